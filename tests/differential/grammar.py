"""Filters made from the grammar, the fields and the values that a capture has; the same seed gives the same filters."""

import random

SEED = 20260704

NUMBERS = {"FT_UINT8": 1, "FT_UINT16": 2, "FT_UINT24": 3, "FT_UINT32": 4, "FT_FRAMENUM": 4}
OCTETS = ("FT_BYTES", "FT_ETHER")
SLICED = ("FT_BYTES", "FT_ETHER", "FT_IPv4", "FT_IPv6", "FT_STRING")
ORDER = ("==", "!=", "===", "!==", "~=", ">", "<", ">=", "<=",
         "eq", "ne", "any_eq", "all_ne", "any_ne", "all_eq", "gt", "lt", "ge", "le")


# sharkd reads a capture twice, and knows at the second time what conversations agreed on.
STATEFUL = ("tcp.window_size",)


class Maker:
    """fields: {name: tshark's type}; values: {name: cells that were printed}; protocols: names."""

    def __init__(self, fields, values, protocols):
        self.random = random.Random(SEED)
        self.fields, self.values, self.protocols = fields, values, protocols
        # mostly fields that the capture has
        self.names = sorted(name for name in fields if values.get(name) and name not in STATEFUL)
        self.absent = sorted(name for name in fields if not values.get(name))
        self.by_type = {}
        for name in self.names:
            self.by_type.setdefault(fields[name], []).append(name)

    def pick(self, *items):
        return self.random.choice(items)

    def name(self, *types):
        """A field of one of the types (none: any)."""
        if not types:
            return self.random.choice(self.absent if self.absent and self.random.random() < 0.05 else self.names)
        return self.random.choice(self.by_type[self.pick(*[t for t in types if self.by_type.get(t)])])

    # ---- literals ----

    def value(self, name):
        return self.random.choice(self.random.choice(self.values[name]).split(",")) if self.values.get(name) else "1"

    def number(self, name):
        size = NUMBERS[self.fields[name]]
        try:
            number = int(self.value(name), 0)
        except ValueError:
            number = 1
        number = self.pick(number, number, number, number + 1, self.random.randrange(300), 0)
        number = min(max(number, 0), 256 ** min(size, 2) - 1)
        return self.pick(str(number), str(number), hex(number), f"0{number:o}", bin(number))

    def quoted(self, text):
        return '"' + "".join(c if c.isalnum() or c in " .-_" else "".join(f"\\x{b:02x}" for b in c.encode())
                             for c in text) + '"'

    def octets(self, name, most=6):
        text = self.value(name).replace(":", "")
        size = self.random.randint(1, most)
        pairs = [text[i:i + 2] for i in range(0, len(text) - 1, 2)] or ["00"]
        first = self.random.randrange(len(pairs))
        pairs = pairs[first:first + size]
        if any(set(pair) - set("0123456789abcdef") for pair in pairs):
            pairs = ["00"]
        return pairs

    def hexes(self, name, most=6):
        pairs = self.octets(name, most)
        if len(pairs) == 1:
            return self.pick(f"0x{pairs[0]}", f"{int(pairs[0], 16) % 100:02}")
        return self.pick(":", ":", "-", ".").join(pairs) if not pairs[0].isdigit() else ":".join(pairs)

    def address(self, name):
        four = self.fields[name] == "FT_IPv4"
        value = self.value(name)
        return value + (f"/{self.random.randint(0, 32 if four else 128)}" if self.random.random() < 0.3 else "")

    def text(self, name):
        value = self.value(name)
        cut = self.random.randint(1, max(1, len(value)))
        return self.pick(value, value, value[:cut], value[cut // 2:cut])

    def literal(self, name):
        kind = self.fields[name]
        if kind in NUMBERS:
            return self.number(name)
        if kind == "FT_BOOLEAN":
            return self.pick("0", "1", "True", "False", "TRUE", "FALSE")
        if kind in ("FT_IPv4", "FT_IPv6"):
            return self.address(name)
        if kind == "FT_ETHER":
            return self.value(name).replace(":", self.pick(":", ":", "-"))
        if kind == "FT_BYTES":
            octets = bytes.fromhex("".join(self.octets(name)))
            return self.pick(self.hexes(name), self.quoted(octets.decode("latin-1")[:3]))
        if kind == "FT_STRING":
            return self.quoted(self.text(name))
        if kind == "FT_RELATIVE_TIME":
            return self.pick(self.value(name).lstrip("-"), str(self.random.randrange(10)), "1.5", "0.000001")
        if kind == "FT_ABSOLUTE_TIME":
            return self.pick('"2017-05-03 18:01:18"', '"2020-01-01"', '"May 3, 2017 18:01:18.390878"',
                             '"2017-05-03T18:01:18.390878Z"', '"1999-12-31 23:59:59.999"')
        return "1"

    # ---- tests ----

    def exists(self):
        return self.pick(self.name(), self.name(), self.random.choice(self.protocols))

    def compare(self):
        name = self.name(*COMPARED)
        prefix = self.pick("", "", "", "", "any ", "all ")
        return f"{prefix}{name} {self.pick(*ORDER)} {self.literal(name)}"

    def compare_fields(self):
        a = self.name(*COMPARED)
        same = [n for n in self.by_type[self.fields[a]] if n.split(".")[0] == a.split(".")[0]]
        return f"{a} {self.pick(*ORDER)} {self.random.choice(same)}"

    def chain(self):
        a, b = self.name("FT_UINT8", "FT_UINT16"), self.name("FT_UINT16", "FT_UINT32")
        return f"{a} {self.pick('<', '<=', '!=')} {b} {self.pick('<', '<=', '!=')} {self.number(b)}"

    def member(self):
        name = self.name(*COMPARED)
        parts = []
        for _ in range(self.random.randint(1, 4)):
            one = self.literal(name)
            parts.append(self.pick(one, one, f"{one} .. {self.literal(name)}"))
        return f"{name} {self.pick('in', 'in', 'not in', '!in')} {{{', '.join(parts)}}}"

    def search(self):
        kind = self.random.random()
        if kind < 0.4:
            name = self.name("FT_STRING")
            return f"{name} contains {self.quoted(self.text(name))}"
        if kind < 0.7:
            name = self.name(*OCTETS)
            return f"{name} contains {self.hexes(name, 3)}"
        return f"{self.random.choice(self.protocols)} contains {self.hexes(self.name(*OCTETS), 3)}"

    def regex(self):
        name = self.pick(self.name("FT_STRING"), self.name("FT_STRING"), self.name("FT_BYTES"),
                         self.random.choice(self.protocols))
        word = "".join(c for c in (self.text(name) if name in self.values else "example") if c.isalnum())[:6] or "a"
        if self.random.random() < 0.5:
            word = word.upper()
        return name + self.pick(" matches ", " ~ ") + self.pick(
            f'"{word}"', f'"^{word}"', f'"{word}$"', f'r"{word[:1]}\\w+"', f'"(?-i){word}"', '"[0-9]{2,}"',
            f'"({word}|www)"', f'"^.{{3,20}}$"', r'r"\x00\x01"', f'"{word[:2]}.*{word[-1:]}"')

    def slice_of(self, name):
        at = self.random.randint(0, 5)
        return name + self.pick(f"[{at}]", f"[{at}:{self.random.randint(1, 3)}]", f"[{at}-{at + self.random.randint(1, 3)}]",
                                f"[:{at + 1}]", f"[{at}:]", f"[-{at + 1}:]", f"[{at},{at + 1}]", f"[-{at + 2}:1,0]")

    def slices(self):
        name = self.pick(self.name(*SLICED), self.name(*SLICED), self.random.choice(self.protocols))
        other = name if name in self.fields else self.name(*OCTETS)
        literal = self.hexes(other, 3) if self.fields[other] in OCTETS else self.pick("00", "01:02", '"ww"', "0xff", "7f")
        return f"{self.slice_of(name)} {self.pick('==', '!=', '>', '<', '===', '!==', 'contains')} {literal}"

    def layers(self):
        name = self.name(*COMPARED)
        which = self.pick("#1", "#2", "#[1-2]", "#[2:]", "#[1:1]", "#[1,2]", "#3", "#0")
        if self.random.random() < 0.4:
            return self.pick(name, self.random.choice(self.protocols)) + which
        return f"{name}{which} {self.pick(*ORDER)} {self.literal(name)}"

    def function(self):
        kind = self.random.randrange(7)
        order = self.pick("==", "!=", ">", "<", ">=", "===", "!==")
        if kind == 0:
            name = self.name()
            return f"count({self.pick(name, name, self.random.choice(self.protocols))}) {order} {self.random.randint(1, 4)}"
        if kind == 1:
            return f"len({self.name('FT_STRING', 'FT_BYTES', 'FT_IPv4', 'FT_UINT16', 'FT_ETHER')}) {order} " \
                   f"{self.random.randint(1, 24)}"
        if kind == 2:
            name = self.name("FT_STRING")
            upper = self.random.random() < 0.5
            text = self.text(name)
            return (f"{'upper' if upper else 'lower'}({name}) {self.pick('==', 'contains', '!=', '>')} "
                    f"{self.quoted(text.upper() if upper else text.lower())}")
        if kind == 3:
            name = self.name("FT_UINT8", "FT_UINT16", "FT_UINT32", "FT_IPv4", "FT_IPv6", "FT_ETHER")
            return f"string({name}) " + self.pick('matches "^1"', 'matches "[02468]$"', 'contains "1"', 'contains ":"',
                                                  '== "10"')
        if kind == 4:
            a = self.name("FT_UINT8", "FT_UINT16", "FT_UINT32", "FT_IPv4", "FT_RELATIVE_TIME", "FT_STRING")
            b = self.random.choice(self.by_type[self.fields[a]])
            return f"{self.pick('max', 'min')}({self.pick(a, f'{a}, {b}')}) {order} {self.literal(a)}"
        if kind == 5:
            a = self.name("FT_UINT16", "FT_UINT8", "FT_RELATIVE_TIME")
            return f"abs({a} - {self.literal(a)}) {order} {self.literal(a)}"
        a, b = self.name("FT_STRING", "FT_BYTES"), self.name("FT_STRING", "FT_BYTES")
        return f"len({a}) {order} len({b})"

    def arithmetic(self):
        a = self.name("FT_UINT16", "FT_UINT32", "FT_UINT8")
        b = self.pick(self.name("FT_UINT16", "FT_UINT8"), str(self.random.randrange(100)))
        op = self.pick("+", "-", "*", "/", "%", "&")
        if self.random.random() < 0.15:
            return f"{a} {op} {b}"
        left = self.pick(f"{a} {op} {b}", f"{a} {op} {b}", f"{{{a} + 1}} {op} {b}", f"-{a} {self.pick('+', '-')} {b}")
        return f"{left} {self.pick(*ORDER)} {self.pick(self.number(a), f'{b} * 2', '0')}"

    def bits(self):
        name = self.pick(self.name("FT_UINT8", "FT_UINT16", "FT_UINT32"), self.name("FT_UINT8"))
        mask = hex(1 << self.random.randrange(8))
        return self.pick(f"{name} & {mask}", f"{name} & {mask} == {mask}", f"{name} bitwise_and {mask} != 0",
                         f"{self.slice_of(self.name(*OCTETS))} & {self.pick('01', '0f', 'f0', '80')} == 00",
                         f"{self.name('FT_IPv4')} & 255.255.0.0 == 10.0.0.0")

    def protocol_bytes(self):
        name = self.random.choice(self.protocols)
        return self.pick(f"{name}[{self.random.randrange(20)}] == {self.random.randrange(100):02}",
                         f"len({name}) {self.pick('==', '>', '<')} {self.pick(8, 14, 20, 40)}",
                         f"{name}[0:2] in {{00:00}}" if self.random.random() < 0.1 else f"{name}[0:2] > 00:10",
                         f"{name} contains \"{self.pick('www', 'com', 'a', 'HTTP')}\"",
                         f"{name}[2:2] == {name}[0:2]")

    def test(self):
        return self.random.choices(
            (self.exists, self.compare, self.compare_fields, self.chain, self.member, self.search, self.regex,
             self.slices, self.layers, self.function, self.arithmetic, self.bits, self.protocol_bytes),
            (8, 24, 6, 2, 9, 6, 7, 9, 7, 10, 7, 4, 5))[0]()

    def combined(self, depth=0):
        kind = self.random.random()
        if depth == 3 or kind < 0.55:
            return self.test()
        if kind < 0.7:
            return self.pick("!", "not ") + self.pick("({})", "({})", "{}").format(self.combined(depth + 1))
        both = self.combined(depth + 1), self.combined(depth + 1)
        whole = f"{both[0]} {self.pick('and', 'or', '&&', '||')} {both[1]}"
        return f"({whole})" if depth and self.random.random() < 0.7 else whole

    # ---- wrong ones ----

    def broken(self):
        """A filter with something taken away or put in; mostly it has to be refused."""
        whole = self.test()
        words = whole.split(" ")
        at = self.random.randrange(len(words))
        a, b = self.name(*COMPARED), self.name(*COMPARED)
        return self.pick(
            " ".join(words[:at] + words[at + 1:]) or "()",
            " ".join([*words[:at], self.pick("==", "and", "(", ")", "in", "{", "}", "!", "&", ","), *words[at:]]),
            f"{a} == {self.literal(b)}", f"{a} == {b}", f"{a} = {self.literal(a)}", f"{self.literal(a)} == {a}",
            f"{a} contains {self.literal(a)}", f'{a} matches "a"', f"{self.slice_of(a)} == 00", f"len({a}",
            f"upper({a}) == \"A\"", f"string({a}) == \"1\"", f"{a} + {self.literal(a)} == {self.literal(a)}",
            f"max({a}, {b}) == {self.literal(a)}", f"{a} & {self.literal(a)}", f"-{a} == 1", f"nosuchfunction({a}) == 1",
            f"{a} in {{{self.literal(b)}}}", f"{a} in {self.literal(a)}", f"({a}) == {self.literal(a)}", f"{whole} {whole}")


COMPARED = (*NUMBERS, "FT_BOOLEAN", "FT_IPv4", "FT_IPv6", *OCTETS, "FT_STRING", "FT_RELATIVE_TIME", "FT_ABSOLUTE_TIME")


def make(fields, values, protocols, count):
    """So many filters, each once; one in eight is broken."""
    maker = Maker(fields, values, protocols)
    filters = {}
    while len(filters) < count:
        filters[maker.broken() if len(filters) % 8 == 7 else maker.combined()] = True
    return list(filters)
