/* packet_made: fields of the default registry by their names, and packets that are made of a line. */
#ifndef UNIT_PACKET_MADE_H
#define UNIT_PACKET_MADE_H

#include "support.h"

#include <steelpkt.h>

static inline const struct spk_field *field(const char *name)
{
    const struct spk_field *found = spk_field_find(spk_registry_default(), name);
    if (found == NULL) {
        fail_msg("no field %s", name);
    }
    return found;
}

/* The bytes that the line builds, fixed as told (SPK_FIX_); they are the builder's. */
static inline const uint8_t *line_bytes(struct spk_build *build, const char *line, unsigned fix, uint32_t *len)
{
    const uint8_t *data = NULL;
    struct spk_error error = { 0 };
    spk_build_reset(build);
    if (spk_build_line(build, line, &error) != SPK_OK || spk_build_finish(build, fix, &data, len, &error) != SPK_OK) {
        fail_msg("%s: %s: %s", line, error.who, error.what);
    }
    return data;
}

#endif
