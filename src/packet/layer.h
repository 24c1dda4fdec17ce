/* layer: what the compiled protocol of a placed layer says about it. */
#ifndef PACKET_LAYER_H
#define PACKET_LAYER_H

#include <steelpkt/packet.h>

#include "wire/row.h"

static inline const struct spk_cproto *spk_layer_cproto(const struct spk_packet *packet, unsigned index)
{
    return &packet->registry->protos[packet->layers[index].proto];
}

/* The protocol number that a pseudo header takes: the key by which the layer says who follows; 0: it has none. */
static inline uint32_t spk_layer_number(const struct spk_packet *packet, unsigned index)
{
    const struct spk_cplace *number = &spk_layer_cproto(packet, index)->number;
    const uint8_t *header = packet->data + packet->layers[index].at;
    return number->bit == SPK_NOWHERE ? 0 : (uint32_t)spk_cplace_load(number, header);
}

/* Whether the layer holds only a piece of what stands in it. */
static inline bool spk_layer_is_piece(const struct spk_packet *packet, unsigned index)
{
    const struct spk_cwhen *piece = &spk_layer_cproto(packet, index)->piece;
    return piece->test != SPK_ALWAYS && spk_cwhen_holds(piece, packet->data + packet->layers[index].at, 0);
}

#endif
