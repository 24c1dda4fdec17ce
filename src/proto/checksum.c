#include "proto/checksum.h"

const struct spk_enum spk_checksum_states[] = {
    { SPK_CSUM_BAD, "Bad" }, { SPK_CSUM_GOOD, "Good" }, { SPK_CSUM_UNVERIFIED, "Unverified" },
    { SPK_CSUM_ABSENT, "Not present" }, { 0, NULL },
};

bool spk_checksum_status(const struct spk_place *place, struct spk_value *value)
{
    value->kind = SPK_UINT;
    value->u = spk_layer_checksum(place->packet, place->layer);
    return true;
}

bool spk_checksum_unasked(const struct spk_place *place, struct spk_value *value)
{
    (void)place;
    value->kind = SPK_UINT;
    value->u = SPK_CSUM_UNVERIFIED;
    return true;
}

bool spk_checksum_good(const struct spk_place *place, struct spk_value *value)
{
    enum spk_csum_state state = spk_layer_checksum(place->packet, place->layer);

    value->kind = SPK_BOOL;
    value->u = state == SPK_CSUM_GOOD;
    return state == SPK_CSUM_GOOD || state == SPK_CSUM_BAD;
}
