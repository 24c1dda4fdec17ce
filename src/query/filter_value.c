/* filter_value: what a test or a calculation does with one value of each side. */
#include "query/filter.h"

#include "base/bytes.h"
#include "wire/row.h"

#include <string.h>

static bool is_number(const struct spk_value *value)
{
    return value->kind == SPK_UINT || value->kind == SPK_BOOL || value->kind == SPK_PAD || value->kind == SPK_INT;
}

static bool is_ip4(const struct spk_value *value)
{
    return value->kind == SPK_IP4 || value->kind == FILTER_NET4;
}

static bool is_ip6(const struct spk_value *value)
{
    return value->kind == SPK_IP6 || value->kind == FILTER_NET6;
}

/* ---- octets ---- */

const uint8_t *spk_filter_octets(const struct spk_value *value, uint8_t room[4], uint32_t *len)
{
    if (is_ip4(value)) {
        spk_store32(room, (uint32_t)value->u);
        *len = 4;
        return room;
    }
    *len = value->kind == FILTER_NET6 ? 16 : spk_value_len(value);
    return value->data;
}

const uint8_t *spk_filter_all_octets(const struct spk_value *value, uint8_t room[4], uint32_t *len)
{
    if (value->kind == FILTER_PROTO) {
        *len = (uint32_t)value->u;
        return value->data;
    }
    return spk_filter_octets(value, room, len);
}

/* Where one range lies within len octets; false: not within. */
static bool place_of(const struct filter_range *range, uint32_t len, uint32_t *first, uint32_t *count)
{
    int64_t from = range->first < 0 ? (int64_t)len + range->first : range->first;
    if (from < 0 || from >= len) {
        return false;
    }
    *first = (uint32_t)from;
    *count = range->count == UINT32_MAX ? len - *first : range->count;
    return *count <= len - *first;
}

uint64_t spk_filter_slice_size(const struct filter_range *ranges, uint32_t count, uint32_t len)
{
    uint64_t size = 0;
    uint32_t first = 0;
    uint32_t part = 0;
    for (uint32_t i = 0; i < count && place_of(&ranges[i], len, &first, &part); i++) {
        size += part;
    }
    return size;
}

uint32_t spk_filter_slice(const struct filter_range *ranges, uint32_t count, const uint8_t *bytes, uint32_t len,
                          uint8_t *room)
{
    uint32_t size = 0;
    uint32_t first = 0;
    uint32_t part = 0;
    for (uint32_t i = 0; i < count && place_of(&ranges[i], len, &first, &part); i++) {
        memcpy(room + size, bytes + first, part);
        size += part;
    }
    return size;
}

/* ---- order ---- */

static int order(bool less, bool greater)
{
    return greater - less;
}

static int order_numbers(bool wide, const struct spk_value *a, const struct spk_value *b)
{
    if (a->kind == SPK_INT) {
        int64_t left = wide ? (int64_t)a->u : (int32_t)a->u;
        int64_t right = wide ? (int64_t)b->u : (int32_t)b->u;
        return order(left<right, left> right);
    }
    uint64_t left = wide ? a->u : (uint32_t)a->u;
    uint64_t right = wide ? b->u : (uint32_t)b->u;
    return order(left<right, left> right);
}

static uint32_t ip4_mask(const struct spk_value *value)
{
    uint32_t bits = value->kind == FILTER_NET4 ? value->len : 32;
    return bits == 0 ? 0 : UINT32_MAX << (32 - bits);
}

static int order_ip6(const struct spk_value *a, const struct spk_value *b)
{
    uint32_t bits = a->kind == FILTER_NET6 ? a->len : 128;
    bits = b->kind == FILTER_NET6 && b->len < bits ? b->len : bits;
    int whole = memcmp(a->data, b->data, bits / 8);
    if (whole != 0 || bits % 8 == 0) {
        return whole;
    }
    unsigned mask = 0xff00u >> bits % 8 & 0xff;
    return (int)(a->data[bits / 8] & mask) - (int)(b->data[bits / 8] & mask);
}

static int order_octets(const struct spk_value *a, const struct spk_value *b)
{
    uint8_t left_room[4];
    uint8_t right_room[4];
    uint32_t left_len = 0;
    uint32_t right_len = 0;
    const uint8_t *left = spk_filter_octets(a, left_room, &left_len);
    const uint8_t *right = spk_filter_octets(b, right_room, &right_len);
    uint32_t both = left_len < right_len ? left_len : right_len;
    bool text = a->kind == SPK_TEXT && b->kind == SPK_TEXT;
    if (!text && left_len != right_len) {
        return order(left_len<right_len, left_len> right_len); /* of bytes, the longer ones are greater */
    }
    int differ = both > 0 ? memcmp(left, right, both) : 0;
    return differ != 0 ? differ : order(left_len<right_len, left_len> right_len);
}

static int order_of(bool wide, const struct spk_value *a, const struct spk_value *b)
{
    if (is_number(a) && is_number(b)) {
        return order_numbers(wide, a, b);
    }
    if (is_ip4(a) && is_ip4(b)) {
        uint32_t mask = ip4_mask(a) & ip4_mask(b);
        return order((a->u & mask) < (b->u & mask), (a->u & mask) > (b->u & mask));
    }
    if (is_ip6(a) && is_ip6(b)) {
        return order_ip6(a, b);
    }
    if (a->kind == SPK_TIME || a->kind == SPK_DELTA) {
        return order((int64_t)a->u<(int64_t)b->u, (int64_t)a->u>(int64_t) b->u);
    }
    return order_octets(a, b);
}

bool spk_filter_compare(uint8_t op, bool wide, const struct spk_value *a, const struct spk_value *b)
{
    int found = order_of(wide, a, b);
    switch (op) {
    case FILTER_EQ:
        return found == 0;
    case FILTER_NE:
        return found != 0;
    case FILTER_GT:
        return found > 0;
    case FILTER_GE:
        return found >= 0;
    case FILTER_LT:
        return found < 0;
    default:
        return found <= 0;
    }
}

bool spk_filter_contains(const struct spk_value *a, const struct spk_value *b)
{
    uint8_t room[4];
    uint32_t len = 0;
    uint32_t wanted = 0;
    const uint8_t *hay = spk_filter_all_octets(a, room, &len);
    const uint8_t *needle = spk_filter_all_octets(b, room, &wanted);
    if (wanted == 0 || wanted > len) {
        return wanted == 0 && a->kind != SPK_TEXT; /* as Wireshark has it */
    }
    const uint8_t *end = hay + (len - wanted) + 1;
    for (; (hay = memchr(hay, needle[0], (size_t)(end - hay))) != NULL; hay++) {
        if (memcmp(hay, needle, wanted) == 0) {
            return true;
        }
        if (hay + 1 == end) {
            break;
        }
    }
    return false;
}

bool spk_filter_is_zero(const struct spk_value *value)
{
    uint32_t len = 0;
    uint8_t room[4];
    if (is_number(value) || value->kind == SPK_DELTA || value->kind == SPK_TIME) {
        return value->u == 0;
    }
    const uint8_t *bytes = spk_filter_octets(value, room, &len);
    for (uint32_t i = 0; i < len; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

/* ---- calculation ---- */

/* What is beyond the numbers of that width is no result. */
static bool unsigned_result(bool wide, uint64_t number, struct spk_value *result)
{
    *result = (struct spk_value){ .kind = SPK_UINT, .u = number };
    return wide || number <= UINT32_MAX;
}

static bool signed_result(bool wide, int64_t number, struct spk_value *result)
{
    *result = (struct spk_value){ .kind = SPK_INT, .u = (uint64_t)number };
    return wide || (number >= INT32_MIN && number <= INT32_MAX);
}

static bool arith_unsigned(uint8_t op, bool wide, uint64_t a, uint64_t b, struct spk_value *result)
{
    switch (op) {
    case FILTER_ADD:
        return a <= UINT64_MAX - b && unsigned_result(wide, a + b, result);
    case FILTER_SUB:
        if (a >= b) {
            return unsigned_result(wide, a - b, result);
        }
        /* as Wireshark has it: below zero only where both are signed numbers too */
        return b <= (wide ? INT64_MAX : INT32_MAX) && signed_result(wide, -(int64_t)(b - a), result);
    case FILTER_MUL:
        return (b == 0 || a <= UINT64_MAX / b) && unsigned_result(wide, a * b, result);
    case FILTER_DIV:
        return b != 0 && unsigned_result(wide, a / b, result);
    case FILTER_MOD:
        return b != 0 && unsigned_result(wide, a % b, result);
    default:
        return unsigned_result(wide, a & b, result);
    }
}

static bool add_signed(int64_t a, int64_t b, int64_t *sum)
{
    bool beyond = b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b;
    *sum = beyond ? 0 : a + b;
    return !beyond;
}

static bool multiply_signed(int64_t a, int64_t b, int64_t *product)
{
    uint64_t left = a < 0 ? 0 - (uint64_t)a : (uint64_t)a;
    uint64_t right = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
    if (right != 0 && left > (uint64_t)INT64_MAX / right) {
        return false;
    }
    *product = (a < 0) != (b < 0) ? -(int64_t)(left * right) : (int64_t)(left * right);
    return true;
}

static bool arith_signed(uint8_t op, bool wide, int64_t a, int64_t b, struct spk_value *result)
{
    int64_t number = 0;
    bool whole = b != 0 && !(a == INT64_MIN && b == -1);
    switch (op) {
    case FILTER_ADD:
        return add_signed(a, b, &number) && signed_result(wide, number, result);
    case FILTER_SUB:
        return b != INT64_MIN && add_signed(a, -b, &number) && signed_result(wide, number, result);
    case FILTER_MUL:
        return multiply_signed(a, b, &number) && signed_result(wide, number, result);
    case FILTER_DIV:
        return whole && signed_result(wide, a / b, result);
    case FILTER_MOD:
        return whole && signed_result(wide, a % b, result);
    default:
        return signed_result(wide, a & b, result);
    }
}

static bool negate(bool wide, const struct spk_value *a, struct spk_value *result)
{
    if (a->kind == SPK_DELTA || a->kind == SPK_TIME || a->kind == SPK_INT) {
        bool number = a->kind == SPK_INT;
        *result = (struct spk_value){ .kind = a->kind, .u = 0 - a->u };
        return a->u != (UINT64_C(1) << 63) && (!number || signed_result(wide, (int64_t)result->u, result));
    }
    return a->u <= INT64_MAX && signed_result(wide, -(int64_t)a->u, result);
}

static bool arith_octets(const struct spk_value *a, const struct spk_value *b, uint8_t *room, struct spk_value *result)
{
    uint8_t none[4];
    uint32_t left_len = 0;
    uint32_t right_len = 0;
    const uint8_t *left = spk_filter_octets(a, none, &left_len);
    const uint8_t *right = spk_filter_octets(b, none, &right_len);
    uint32_t len = left_len < right_len ? left_len : right_len;
    for (uint32_t i = 0; i < len; i++) {
        room[i] = left[i] & right[i];
    }
    *result = (struct spk_value){ .kind = is_ip6(a) ? SPK_IP6 : SPK_BYTES, .data = room, .len = len };
    return true;
}

bool spk_filter_arith(uint8_t op, bool wide, const struct spk_value *a, const struct spk_value *b, uint8_t *room,
                      struct spk_value *result)
{
    if (op == FILTER_NEG) {
        return negate(wide, a, result);
    }
    if (a->kind == SPK_DELTA || a->kind == SPK_TIME) {
        int64_t sum = 0;
        bool minus = op == FILTER_SUB;
        int64_t second = (int64_t)b->u;
        bool good = !(minus && second == INT64_MIN) && add_signed((int64_t)a->u, minus ? -second : second, &sum);
        *result = (struct spk_value){ .kind = SPK_DELTA, .u = (uint64_t)sum };
        return good;
    }
    if (is_ip4(a)) {
        *result = (struct spk_value){ .kind = SPK_IP4, .u = a->u & b->u };
        return true;
    }
    if (!is_number(a)) {
        return arith_octets(a, b, room, result);
    }
    if (a->kind == SPK_INT) {
        return wide ? arith_signed(op, true, (int64_t)a->u, (int64_t)b->u, result)
                    : arith_signed(op, false, (int32_t)a->u, (int32_t)b->u, result);
    }
    return wide ? arith_unsigned(op, true, a->u, b->u, result)
                : arith_unsigned(op, false, (uint32_t)a->u, (uint32_t)b->u, result);
}
