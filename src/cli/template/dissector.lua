
-- ---- what rows mean; the same for every protocol ----

-- A number of the message.
local function load(tvb, at, bits, row)
    if bits > 32 then
        local range = tvb(math.floor(at / 8), math.floor(bits / 8))
        return (row.little and range:le_uint64() or range:uint64()):tonumber()
    end
    if row.little then
        return tvb(math.floor(at / 8), math.floor(bits / 8)):le_uint()
    end
    return tvb(math.floor(at / 8), math.floor((at % 8 + bits + 7) / 8)):bitfield(at % 8, bits)
end

-- The number in a row of this element; 0 where it is not there.
local function number(walk, index)
    local row = walk.rows[index]
    local place = walk.places[index]
    if row.view == "span" or row.view == "scale" then
        local shown = walk.rows[row.a]
        place = walk.places[row.a]
        if row.view == "scale" then
            return number(walk, row.a) * row.mul + row.add
        end
        return place and load(walk.tvb, place.at, row.bits > 0 and row.bits or shown.bits, shown) or 0
    end
    if not place or row.bits == 0 or row.bits > 64 then
        return 0
    end
    return load(walk.tvb, place.at, row.bits, row)
end

local function claimed(walk, ref)
    return number(walk, ref[1]) * ref[2] + ref[3]
end

local function holds(walk, row, at, limit)
    for _, when in ipairs(row.when or {}) do
        local test, index, mask, value = when[1], when[2], when[3], when[4]
        local ok
        if test == "room" then
            ok = limit - math.floor(at / 8) >= value
        elseif test == "absent" then
            ok = walk.places[index] == nil
        else
            local found = number(walk, index)
            if mask ~= 0 then
                found = bit32 and bit32.band(found, mask) or bit.band(found, mask)
            end
            ok = (test == "eq" and found == value) or (test == "ne" and found ~= value)
                or (test == "ge" and found >= value) or (test == "le" and found <= value)
        end
        if not ok then
            return false
        end
    end
    return true
end

-- Shows bits of the message as a field.
local function show(tvb, tree, row, at, bits, shown, value)
    if not row.field then
        return tree
    end
    local from, to = math.floor(at / 8), math.floor((at + bits + 7) / 8)
    local range = tvb(from, to - from)
    local kind = row.kind
    if kind == "none" or kind == "group" then
        return tree:add(row.field, range)
    elseif kind == "uint" or kind == "int" or kind == "bool" then
        if value == nil and bits > 32 then
            return (shown.little and tree.add_le or tree.add)(tree, row.field, range)
        end
        value = value or load(tvb, at, bits, shown)
        if kind == "int" and value >= 2 ^ (bits - 1) then
            value = value - 2 ^ bits
        end
        return tree:add(row.field, range, kind == "bool" and value ~= 0 or value)
    elseif kind == "text" then
        return tree:add(row.field, range, range:string())
    elseif bits > 0 then
        return tree:add(row.field, range)
    end
    return tree
end

local walk_group

-- One value or one nested element. Gives where it ends, or nil: it does not fit.
local function take(tvb, tree, walk, row, at, stop)
    local have = math.min(stop, tvb:captured_len()) * 8 - at
    local inner = row.group
    if row.cases then
        local key = number(walk, row.key)
        for _, case in ipairs(row.cases) do
            if key >= case[1] and key <= case[2] then
                inner = case[3]
                break
            end
        end
    end
    if inner then
        local branch = tree
        if have > 0 then
            branch = row.field and show(tvb, tree, row, at, have, row) or tree:add(tvb(math.floor(at / 8)), inner.name)
        end
        local past, whole, child = walk_group(tvb, branch, inner, at, stop)
        if branch ~= tree then
            branch:set_len(math.max(math.ceil((past - at) / 8), 0))
        end
        return past, whole, child
    end
    if row.codec then -- spelled by a function of the plug-in: what is left is not taken apart here
        return at, false
    end
    local bits = row.bits
    if bits == 0 then
        bits = row.kind == "none" and not row.size and 0 or row.size and not row.many and stop * 8 - at or have
    end
    if bits > have then
        return at, false
    end
    if bits > 0 or row.kind == "none" then
        show(tvb, tree, row, at, bits, row)
    end
    return at + bits, true
end

-- A row that repeats.
local function take_many(tvb, tree, walk, row, at, stop)
    local count = row.many == "count" and math.max(claimed(walk, row.n), 0) or math.huge
    local index = 0
    while index < count do
        if row.many ~= "count" and math.floor(at / 8) >= math.min(stop, tvb:captured_len()) then
            break
        end
        local past, whole, child = take(tvb, tree, walk, row, at, stop)
        if not whole then
            return past, row.size ~= nil
        end
        if past == at and row.many ~= "count" then
            break
        end
        index = index + 1
        local value = row.many == "until" and (child and number(child, row.n[1]) or load(tvb, at, past - at, row))
        at = past
        if value and value == row.n[3] then
            break
        end
    end
    return at, true
end

local function show_view(tvb, tree, walk, row)
    for _, index in ipairs(row.view == "either" and { row.a, row.b } or { row.a }) do
        local place, shown = walk.places[index], walk.rows[index]
        if place and row.view == "scale" then
            show(tvb, tree, row, place.at, place.bits, shown, number(walk, index) * row.mul + row.add)
        elseif place then
            local bits = row.view == "span" and row.bits > 0 and row.bits or place.bits
            if place.at + bits <= tvb:captured_len() * 8 then
                show(tvb, tree, row, place.at, bits, shown)
            end
        end
    end
end

-- The rows of one element from bit `at` on, none behind byte `stop`. Gives where they end, and whether all were there.
walk_group = function(tvb, tree, group, at, stop)
    local walk = { tvb = tvb, rows = group.rows, places = {} }
    local whole = true
    for index, row in ipairs(group.rows) do
        if row.view then
            if row.view ~= "call" and (whole or row.view == "either") and holds(walk, row, at, stop) then
                show_view(tvb, tree, walk, row)
            end
        elseif whole and holds(walk, row, at, stop) then
            local region, begin = stop, at
            if row.size then
                local bytes = claimed(walk, row.size)
                region = math.floor(at / 8) + bytes
                if bytes < 0 or region > stop then
                    whole = false
                end
            end
            if whole then
                if row.many then
                    at, whole = take_many(tvb, tree, walk, row, at, region)
                else
                    at, whole = take(tvb, tree, walk, row, at, region)
                end
                if whole or at > begin then
                    walk.places[index] = { at = begin, bits = at - begin }
                end
                if row.size and (row.many or row.group or row.cases) then
                    at, whole = math.max(at, math.min(region, tvb:captured_len()) * 8), true
                end
            end
        end
    end
    return at, whole, walk
end

function protocol.dissector(tvb, pinfo, root)
    local tree = root:add(protocol, tvb())
    pinfo.cols.protocol = protocol.name
    local past, whole, walk = walk_group(tvb, tree, header, 0, tvb:reported_len())
    local bytes, stop = math.ceil(past / 8), tvb:reported_len()
    if facts.hlen then
        bytes = claimed(walk, facts.hlen)
    elseif facts.rest then
        bytes = stop
    end
    if facts.len and (not facts.len_when or holds(walk, { when = facts.len_when }, past, stop)) then
        stop = math.min(stop, claimed(walk, facts.len))
    end
    tree:set_len(math.min(math.max(bytes, 0), tvb:captured_len()))
    if not whole or bytes >= math.min(stop, tvb:captured_len()) then
        return
    end
    local payload = tvb(bytes, math.min(stop, tvb:captured_len()) - bytes):tvb()
    for _, follow in ipairs(facts.next) do
        local ok, space = pcall(DissectorTable.get, follow.space)
        local keys = {}
        for _, row in ipairs(ok and space and holds(walk, follow, past, stop) and follow.keys or {}) do
            keys[#keys + 1] = number(walk, row)
        end
        table.sort(keys) -- of two ports the lower counts first
        for _, key in ipairs(keys) do
            if space:try(key, payload, pinfo, root) > 0 then
                return
            end
        end
    end
    Dissector.get("data"):call(payload, pinfo, root)
end

-- ---- where it sits ----

for _, place in ipairs(facts.sits) do
    local ok, space = pcall(DissectorTable.get, place[1])
    if ok and space then
        space:add(place[2], protocol)
    end
end
for _, follow in ipairs(facts.next) do
    local ok, space = pcall(DissectorTable.get, follow.space)
    if not ok or not space then
        DissectorTable.new(follow.space, follow.space, ftypes.UINT32, base.DEC)
    end
end
