/* support: what several targets do. */
#ifndef FUZZ_SUPPORT_H
#define FUZZ_SUPPORT_H

#include <steelpkt.h>

#include <stdlib.h>
#include <string.h>

/* What must hold, whatever the bytes are: else the fuzzer is told. */
static inline void claim(bool holds)
{
    if (!holds) {
        abort();
    }
}

/*
 * Reads and shows every value of a packet, whose rows must tile it, and builds from the values alone, which must give the
 * same bytes again.
 */
static inline void read_and_build(const struct spk_packet *packet, struct spk_build *build)
{
    struct spk_walk walk;
    struct spk_scratch scratch;
    struct spk_value value;
    char text[300];
    uint64_t bits = 0;
    const uint8_t *built = NULL;
    uint32_t len = 0;
    spk_walk_begin(&walk, packet);
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        spk_build_event(build, &walk, event);
        bits += event == SPK_EVENT_RAW ? walk.width : 0;
        if (event == SPK_EVENT_VALUE) {
            bits += walk.row->view.op == SPK_NOT_A_VIEW ? walk.width : 0;
            if (spk_walk_value(&walk, &scratch, &value)) {
                spk_value_text(walk.row, &value, text, sizeof text);
            }
        }
    }
    claim(bits == (uint64_t)packet->caplen * 8);
    claim(spk_build_finish(build, 0, &built, &len, NULL) == SPK_OK && len == packet->caplen);
    claim(len == 0 || memcmp(built, packet->data, len) == 0);
}

#endif
