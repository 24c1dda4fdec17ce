/* losses: what was in a pcapng and has no place in a pcap, counted on the way and told at the end. */
#ifndef CLI_LOSSES_H
#define CLI_LOSSES_H

#include "cli.h"

enum loss {
    LOSS_COMMENTS,
    LOSS_NAMES,
    LOSS_STATISTICS,
    LOSS_SECRETS,
    LOSS_BLOCKS,
    LOSS_ABOUT,
    LOSS_PACKET_OPTIONS,
    LOSS_INTERFACES,
    LOSS_FCS,
    LOSS_TIMES,
    LOSS_NO_TIME,
    LOSS_COUNT
};

struct losses {
    uint64_t counts[LOSS_COUNT];
    bool has_first; /* what the first packet was: others differ from it */
    uint32_t interface, section;
    uint8_t fcs_len;
};

/* A block that is no packet and is left out. */
void spk_cli_losses_block(struct losses *losses, const struct spk_block *block);

/* A packet that is written to a pcap, with times in nanoseconds or not. */
void spk_cli_losses_record(struct losses *losses, const struct spk_record *record, bool nanoseconds);

/* Says in a line what was lost, if anything was. who: the file it is not in. */
void spk_cli_losses_tell(const struct losses *losses, const char *who);

#endif
