#include "proto/cooked.h"

/* Part of the address field; it lies within the captured bytes, since the header is fixed and all there. */
static bool give(const struct spk_place *place, int address, uint64_t from, uint64_t to, struct spk_value *value)
{
    uint32_t at = spk_place_at(place, address);
    if (from >= to || at >= place->end || place->end - at < SPK_COOKED_ADDRESS_LEN) {
        return false;
    }
    value->kind = SPK_BYTES;
    value->data = place->packet->data + at + from;
    value->len = (uint32_t)(to - from);
    return true;
}

/* Some drivers have addresses of more than eight bytes and the header holds their first eight. */
static uint64_t used(uint64_t len)
{
    return len < SPK_COOKED_ADDRESS_LEN ? len : SPK_COOKED_ADDRESS_LEN;
}

bool spk_cooked_other(const struct spk_place *place, int address, uint64_t len, struct spk_value *value)
{
    return len != 4 && len != 6 && give(place, address, 0, used(len), value);
}

bool spk_cooked_unused(const struct spk_place *place, int address, uint64_t len, struct spk_value *value)
{
    return give(place, address, used(len), SPK_COOKED_ADDRESS_LEN, value);
}
