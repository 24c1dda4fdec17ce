/* straight: which byte of a packet of a known kind fills which column, and filling them. */
#include "query/straight.h"

#include "base/memory.h"
#include "query/quick.h"

/* ---- what is known ---- */

uint8_t spk_way_of(const struct quick *quick, const struct column_type *type)
{
    static const uint8_t stores[] = { [WAY_8] = STORE_8, [WAY_16] = STORE_16, [WAY_32] = STORE_32 };
    if (type->list || type->last) {
        return WAY_ANY;
    }
    if (quick->op == QUICK_RECORD) {
        return type->store == STORE_64 && spk_is_number(quick->row->kind) ? WAY_RECORD : WAY_ANY;
    }
    if (quick->op != QUICK_UINT || quick->little || quick->bit % 8 != 0) {
        return WAY_ANY;
    }
    if (quick->row->kind == SPK_IP4 && quick->width == 32 && type->store == STORE_TEXT && !type->dictionary) {
        return WAY_IP4;
    }
    uint8_t way = quick->width == 8 ? WAY_8 : quick->width == 16 ? WAY_16 : quick->width == 32 ? WAY_32 : WAY_ANY;
    bool fits = way != WAY_ANY && type->store == stores[way] && quick->row->view.get == NULL;
    return fits ? way : WAY_ANY;
}

/* Of a kind's reads for a column that holds one value, the one that counts; NULL: it has none. */
static const struct fixed_read *read_of(const struct fixed *fixed, uint32_t kind, uint32_t column, bool last)
{
    const struct fixed_read *found = NULL;
    const struct fixed_read *read = &fixed->reads[fixed->kinds[kind].first];
    for (uint32_t i = 0; i < fixed->kinds[kind].count && (found == NULL || last); i++) {
        found = read[i].quick->column == column ? &read[i] : found;
    }
    return found;
}

/* Whether of the reads for a column one known beforehand counts, and no other. */
static bool takes_one(const struct fixed *fixed, uint32_t column, const struct column_type *type)
{
    bool one = !type->list;
    for (uint32_t i = 0; i < fixed->count && one; i++) {
        one = fixed->reads[i].quick->column != column || fixed->reads[i].quick->when_count == 0;
    }
    return one;
}

/* All reads of each kind for the column; they stand side by side. */
static void take_each(struct straight_column *to, const struct fixed *fixed)
{
    to->way = WAY_EACH;
    for (uint32_t kind = 0; kind < fixed->kind_count; kind++) {
        to->reads[kind] = fixed->kinds[kind].known ? read_of(fixed, kind, to->column, false) : NULL;
        const struct fixed_read *end = &fixed->reads[fixed->kinds[kind].first + fixed->kinds[kind].count];
        for (const struct fixed_read *read = to->reads[kind]; read != NULL && read < end; read++) {
            to->places[kind].at = (uint16_t)(to->places[kind].at + (read->quick->column == to->column));
        }
    }
}

static bool begin_column(struct straight_column *to, const struct fixed *fixed, const struct column_type *type)
{
    bool first = true;
    to->reads = (const struct fixed_read **)spk_alloc_zeroed(fixed->kind_count, sizeof to->reads[0]);
    to->places = spk_alloc_zeroed(fixed->kind_count, sizeof to->places[0]);
    if (to->reads == NULL || to->places == NULL) {
        return false;
    }
    if (!takes_one(fixed, to->column, type)) {
        take_each(to, fixed);
        return true;
    }
    for (uint32_t kind = 0; kind < fixed->kind_count; kind++) {
        const struct fixed_read *read = fixed->kinds[kind].known ? read_of(fixed, kind, to->column, type->last) : NULL;
        if (read != NULL) {
            uint8_t way = type->last ? WAY_ANY : spk_way_of(read->quick, type);
            to->reads[kind] = read;
            to->places[kind] = (struct straight_place){ (uint16_t)(read->at + read->quick->bit / 8), UINT16_MAX };
            to->way = first || way == to->way ? way : WAY_ANY;
            first = false;
        }
    }
    return true;
}

/* The record's read of a column; NULL: packets fill it. */
static const struct quick *record_read(const struct spk_query *query, uint32_t column)
{
    for (uint32_t k = query->record.first; k < query->record.first + query->record.count; k++) {
        if (query->quick[k].column == column) {
            return &query->quick[k];
        }
    }
    return NULL;
}

static bool is_member(uint8_t shows, const struct column_type *type)
{
    return !type->list
           && (shows == SPK_SHOWS_TIME    ? type->store == STORE_64
               : shows != SPK_SHOWS_OTHER ? type->store == STORE_32
                                          : false);
}

bool spk_straight_begin(struct straight *straight, const struct spk_query *query, const struct column_type *types)
{
    *straight = (struct straight){ .wholly = query->fixed != NULL };
    if (query->fixed == NULL) {
        return true;
    }
    straight->columns = spk_alloc_zeroed(query->count, sizeof straight->columns[0]);
    straight->members = spk_alloc_zeroed(query->count, sizeof straight->members[0]);
    bool ok = straight->columns != NULL && straight->members != NULL;
    for (uint32_t i = 0; i < query->count && ok; i++) {
        const struct quick *record = record_read(query, i);
        if (!query->is_quick[i]) {
            continue;
        }
        if (record != NULL) {
            uint8_t shows = record->row->view.shows;
            straight->wholly = straight->wholly && is_member(shows, &types[i]);
            straight->members[straight->member_count++] = (struct straight_member){ i, shows };
            continue;
        }
        struct straight_column *to = &straight->columns[straight->column_count++];
        to->column = i;
        ok = begin_column(to, query->fixed, &types[i]);
    }
    return ok;
}

void spk_straight_end(struct straight *straight)
{
    for (uint32_t i = 0; i < straight->column_count; i++) {
        spk_free((void *)straight->columns[i].reads);
        spk_free(straight->columns[i].places);
    }
    spk_free(straight->columns);
    spk_free(straight->members);
}

/* ---- filling ---- */

/* The rows from row on have values where a bit says so. */
static void mark(struct column *column, size_t row, uint64_t bits)
{
    uint8_t *valid = column->valid + row / 8;
    *valid |= (uint8_t)(bits << row % 8);
    for (bits >>= 8 - row % 8; bits != 0; bits >>= 8) {
        *++valid |= (uint8_t)bits;
    }
}

/* The bits of so many rows, one at least. */
static inline uint64_t all_of(size_t count)
{
    return UINT64_MAX >> (RUN_MAX - count);
}

/* So many rows' bits, of which the last is the highest, with the one behind them; mask: all ones where it has a value. */
static inline uint64_t next_bit(uint64_t bits, uint64_t mask)
{
    return bits >> 1 | (mask & UINT64_C(1) << (RUN_MAX - 1));
}

/*
 * Numbers of so many bytes. Whether a packet has one is not asked by a branch, which would often be guessed wrong: a packet
 * of a known kind has eight bytes at least, and what is read of one without the number is masked.
 */
static inline __attribute__((always_inline)) void fill_numbers(const struct straight_column *from,
                                                               struct column *column, size_t row, const struct run *run,
                                                               unsigned bytes)
{
    const struct straight_place *places = from->places;
    const struct spk_record *records = run->records;
    const size_t count = run->count;
    uint8_t *to = column->data + row * bytes;
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        const struct straight_place place = places[run->kinds[i]];
        const uint8_t *value = records[i].data + place.at;
        const uint64_t mask = (uint64_t)(int64_t)(int16_t)place.there;
        if (bytes == 4) {
            ((uint32_t *)(void *)to)[i] = spk_load32(value) & (uint32_t)mask;
        } else if (bytes == 2) {
            ((uint16_t *)(void *)to)[i] = spk_load16(value) & place.there;
        } else {
            to[i] = *value & (uint8_t)mask;
        }
        bits = next_bit(bits, mask);
    }
    mark(column, row, bits >> (RUN_MAX - count));
}

static enum spk_status fill_ip4(const struct straight_column *from, struct column *column, size_t row,
                                const struct run *run)
{
    const struct straight_place *places = from->places;
    const struct spk_record *records = run->records;
    const size_t count = run->count;
    char *to = (char *)spk_buf_room(&column->bytes, count * (SPK_IP4_TEXT + 1));
    if (to == NULL) {
        return SPK_ERR_MEMORY;
    }
    const char *text = (const char *)column->bytes.data;
    uint64_t without = 0;
    spk_column_fill(column, row);
    int32_t *ends = (int32_t *)(void *)column->data + row + 1;
    for (size_t i = 0; i < count; i++) {
        const struct straight_place place = places[run->kinds[i]];
        if (place.there != 0) {
            to += spk_ip4_text(spk_load32(records[i].data + place.at), to);
        } else {
            without |= UINT64_C(1) << i;
        }
        ends[i] = (int32_t)(to - text);
    }
    mark(column, row, all_of(count) & ~without);
    column->count = row + count;
    column->bytes.len = (size_t)(to - text);
    return column->bytes.len <= INT32_MAX - RUN_MAX * SPK_IP4_TEXT ? SPK_OK : SPK_ERR_LIMIT;
}

/* Values of any kind. */
static enum spk_status fill_any(const struct straight_column *from, struct column *column, size_t row,
                                const struct run *run)
{
    enum spk_status status = SPK_OK;
    for (size_t i = 0; i < run->count && status == SPK_OK; i++) {
        const struct fixed_read *read = from->reads[run->kinds[i]];
        if (read != NULL) {
            struct spk_value value;
            spk_quick_load(read->quick, run->records[i].data + read->at, &value);
            status = spk_column_put(column, row + i, read->quick->row, &value);
        }
    }
    return status;
}

/* All values that are there; the column says which of them count. */
static enum spk_status fill_each(const struct straight_column *from, struct column *column, size_t row,
                                 const struct run *run)
{
    enum spk_status status = SPK_OK;
    for (size_t i = 0; i < run->count && status == SPK_OK; i++) {
        const struct fixed_read *read = from->reads[run->kinds[i]];
        const uint8_t *data = run->records[i].data;
        for (uint16_t k = from->places[run->kinds[i]].at; k > 0 && status == SPK_OK; k--, read++) {
            if (spk_quick_holds(read->quick, data + read->at)) {
                struct spk_value value;
                spk_quick_load(read->quick, data + read->at, &value);
                status = spk_column_put(column, row + i, read->quick->row, &value);
            }
        }
    }
    return status;
}

enum spk_status spk_straight_packets(const struct straight *straight, struct column *columns, size_t row,
                                     const struct run *run)
{
    enum spk_status status = SPK_OK;
    for (uint32_t c = 0; c < straight->column_count && status == SPK_OK; c++) {
        const struct straight_column *from = &straight->columns[c];
        struct column *column = &columns[from->column];
        switch (from->way) {
        case WAY_8:
            fill_numbers(from, column, row, run, 1);
            break;
        case WAY_16:
            fill_numbers(from, column, row, run, 2);
            break;
        case WAY_32:
            fill_numbers(from, column, row, run, 4);
            break;
        case WAY_IP4:
            status = fill_ip4(from, column, row, run);
            break;
        case WAY_EACH:
            status = fill_each(from, column, row, run);
            break;
        default:
            status = fill_any(from, column, row, run);
            break;
        }
    }
    return status;
}

static void fill_times(struct column *column, size_t row, const struct run *run)
{
    int64_t *to = (int64_t *)(void *)column->data + row;
    uint64_t bits = 0;
    for (size_t i = 0; i < run->count; i++) {
        const uint64_t mask = -(uint64_t)run->records[i].has_time;
        to[i] = (int64_t)((uint64_t)run->records[i].time_ns & mask);
        bits = next_bit(bits, mask);
    }
    mark(column, row, bits >> (RUN_MAX - run->count));
}

static void fill_lengths(struct column *column, size_t row, const struct run *run, bool captured)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct spk_record *record = &run->records[i];
        bool cap = captured || record->len < record->caplen;
        ((uint32_t *)(void *)column->data)[row + i] = cap ? record->caplen : record->len;
    }
    mark(column, row, all_of(run->count));
}

void spk_straight_members(const struct straight *straight, struct column *columns, size_t row, const struct run *run)
{
    for (uint32_t m = 0; m < straight->member_count; m++) {
        const struct straight_member *member = &straight->members[m];
        struct column *column = &columns[member->column];
        if (member->shows == SPK_SHOWS_TIME) {
            fill_times(column, row, run);
        } else {
            fill_lengths(column, row, run, member->shows == SPK_SHOWS_CAP_LEN);
        }
    }
}
