/* losses: of blocks, of options, of what a packet's record says beside its bytes. */
#include "losses.h"

#include <inttypes.h>
#include <stdio.h>

/* Options of an interface that say how its packets are to be read, which a pcap says in its own way. */
enum { IF_TSRESOL = 9, IF_FCSLEN = 13, IF_TSOFFSET = 14, RESOLUTION_MAX = 9 };

/* Options of a block that is left out: comments, and those that tell about sections, interfaces or packets. */
static void count_options(struct losses *losses, const uint8_t *options, size_t size, bool swapped, enum loss loss)
{
    struct spk_option option;
    for (size_t at = 0; spk_option_next(options, size, swapped, &at, &option);) {
        losses->counts[option.code == SPK_OPTION_COMMENT ? LOSS_COMMENTS : loss]++;
    }
}

/* The program that wrote a section (shb_userappl) is another one now, and no loss. */
static void count_section(struct losses *losses, const uint8_t *options, size_t size, bool swapped)
{
    enum { SHB_USERAPPL = 4 };
    struct spk_option option;
    for (size_t at = 0; spk_option_next(options, size, swapped, &at, &option);) {
        losses->counts[LOSS_COMMENTS] += option.code == SPK_OPTION_COMMENT;
        losses->counts[LOSS_ABOUT] += option.code != SPK_OPTION_COMMENT && option.code != SHB_USERAPPL;
    }
}

static void count_interface(struct losses *losses, const uint8_t *options, size_t size, bool swapped)
{
    struct spk_option option;
    for (size_t at = 0; spk_option_next(options, size, swapped, &at, &option);) {
        switch (option.code) {
        case SPK_OPTION_COMMENT:
            losses->counts[LOSS_COMMENTS]++;
            break;
        case IF_TSRESOL:
            losses->counts[LOSS_TIMES] += option.length == 1 && (option.value[0] & 0x7f) > RESOLUTION_MAX;
            break;
        case IF_FCSLEN:
        case IF_TSOFFSET:
            break;
        default:
            losses->counts[LOSS_ABOUT]++;
        }
    }
}

void spk_cli_losses_block(struct losses *losses, const struct spk_block *block)
{
    const uint8_t *options = NULL;
    size_t size = 0;
    bool has_options = spk_block_options(block, &options, &size);
    switch (block->type) {
    case SPK_BLOCK_SECTION:
        if (has_options) {
            count_section(losses, options, size, block->swapped);
        }
        return;
    case SPK_BLOCK_INTERFACE:
        if (has_options) {
            count_interface(losses, options, size, block->swapped);
        }
        return;
    case SPK_BLOCK_NAMES:
        losses->counts[LOSS_NAMES]++;
        break;
    case SPK_BLOCK_STATISTICS:
        losses->counts[LOSS_STATISTICS]++;
        return;
    case SPK_BLOCK_SECRETS:
        losses->counts[LOSS_SECRETS]++;
        return;
    default:
        losses->counts[LOSS_BLOCKS]++;
        return;
    }
    if (has_options) {
        count_options(losses, options, size, block->swapped, LOSS_ABOUT);
    }
}

void spk_cli_losses_record(struct losses *losses, const struct spk_record *record, bool nanoseconds)
{
    if (!losses->has_first) {
        losses->has_first = true;
        losses->interface = record->interface;
        losses->section = record->section;
        losses->fcs_len = record->fcs_len;
    }
    losses->counts[LOSS_INTERFACES] += record->interface != losses->interface || record->section != losses->section;
    losses->counts[LOSS_FCS] += record->fcs_len != losses->fcs_len;
    losses->counts[LOSS_TIMES] += !nanoseconds && record->has_time && record->time_ns % 1000 != 0;
    losses->counts[LOSS_NO_TIME] += !record->has_time;
    count_options(losses, record->options, record->options_len, record->swapped, LOSS_PACKET_OPTIONS);
}

void spk_cli_losses_tell(const struct losses *losses, const char *who)
{
    static const char *const names[LOSS_COUNT] = {
        [LOSS_COMMENTS] = "comments",
        [LOSS_NAMES] = "blocks of names",
        [LOSS_STATISTICS] = "blocks of statistics",
        [LOSS_SECRETS] = "blocks of secrets",
        [LOSS_BLOCKS] = "other blocks",
        [LOSS_ABOUT] = "options of sections and interfaces",
        [LOSS_PACKET_OPTIONS] = "options of packets",
        [LOSS_INTERFACES] = "packets from a second interface",
        [LOSS_FCS] = "packets with another length of checksum",
        [LOSS_TIMES] = "times that are finer",
        [LOSS_NO_TIME] = "packets without a time, now of 1970",
    };
    char text[512] = "not kept in pcap:";
    size_t used = sizeof "not kept in pcap:" - 1;
    bool any = false;
    for (size_t i = 0; i < LOSS_COUNT; i++) {
        if (losses->counts[i] > 0) {
            int len = snprintf(text + used, sizeof text - used, "%s %s (%" PRIu64 ")", any ? "," : "", names[i],
                               losses->counts[i]);
            used += len > 0 && (size_t)len < sizeof text - used ? (size_t)len : 0;
            any = true;
        }
    }
    if (any) {
        spk_cli_error(&(struct spk_error){ .who = who, .what = text, .hint = "pcapng keeps all of it" });
    }
}
