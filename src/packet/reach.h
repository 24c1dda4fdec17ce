/* reach: the steps of a registry, some of which are the last that anybody wants. */
#ifndef PACKET_REACH_H
#define PACKET_REACH_H

#include <steelpkt/packet.h>

#include "wire/registry.h"

struct spk_reach {
    const struct spk_registry *registry;
    uint32_t raw;            /* the SPK_RAW protocol where it is wanted, else SPK_NOWHERE */
    struct spk_step steps[]; /* a protocol each */
};

#endif
