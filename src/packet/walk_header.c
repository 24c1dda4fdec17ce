/* walk_header: a header of which all that is wanted is one stretch, without a walk of its rows. */
#include "packet/walk.h"
#include "packet/walk_stretch.h"

bool spk_walk_header(struct spk_walk *walk, const struct spk_packet *packet, unsigned layer,
                     const struct spk_stretches *stretches, uint16_t rows)
{
    const struct spk_layer *at = &packet->layers[layer];
    const struct spk_cgroup *group = packet->registry->protos[at->proto].hdr;
    const struct spk_stretch_group *of = &stretches->groups[group->index];
    const uint32_t end = spk_walk_header_end(packet, at);
    const uint32_t have = end < packet->caplen ? end : packet->caplen;
    const struct spk_decision *decision = group->decisions;
    const struct spk_stretch *stretch =
        of->at != NULL ? spk_stretch_find(of, 0, packet->data, at->at, have, &decision) : NULL;
    if (stretch == NULL || stretch->end < rows || stretch->kind != SPK_STRETCH_ROWS) {
        return false;
    }
    spk_walk_none(walk, packet);
    walk->layer = layer;
    spk_walk_level_begin(&walk->levels[0], group, at->at, end, true);
    spk_walk_give_stretches(&walk->levels[0], of);
    spk_walk_pass_stretch(walk, &walk->levels[0], stretch, decision);
    return true;
}
