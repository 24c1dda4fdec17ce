/* reader: what pcap.c, pcapng.c and reader.c share. */
#ifndef CAPTURE_READER_H
#define CAPTURE_READER_H

#include <steelpkt/capture.h>

#include "base/error.h"
#include "capture/bytes.h"
#include "capture/stream.h"

/* How the time stamps of an interface become nanoseconds. */
enum time_kind {
    TIME_MULTIPLY, /* ts * factor, where ts <= limit */
    TIME_DIVIDE,   /* ts / factor */
    TIME_BINARY,   /* ts * 10^9 >> shift, in 128 bits */
    TIME_REFUSED   /* a resolution beyond 10^-19 or 2^-63 */
};

struct time_scale {
    uint64_t factor;
    uint64_t limit; /* the largest ts whose product fits */
    int64_t offset_s;
    uint8_t kind; /* enum time_kind */
    uint8_t shift;
    uint8_t resolution;
    bool plain; /* TIME_MULTIPLY without an offset: the quick way */
};

/* One pcapng interface. */
struct interface {
    struct time_scale scale;
    uint32_t snaplen;     /* 0: no limit */
    uint32_t warnings;    /* of every record of it */
    uint32_t cap;         /* the most bytes a record of its link type may have */
    uint32_t plain_limit; /* the smaller of cap and snap length */
    uint32_t options_len;
    uint8_t *options; /* owned; NULL: none kept */
    uint16_t link;
    uint8_t fcs_len;
};

struct pcap_state {
    uint32_t header_len;  /* 16, or 24 for the modified form */
    uint32_t factor;      /* nanoseconds in a unit of the fraction */
    uint32_t per_second;  /* units of the fraction in a second */
    uint32_t snaplen;     /* as written */
    uint32_t limit;       /* above it a record is "over the snap length" */
    uint32_t cap;         /* above it a record is an error */
    uint32_t plain_limit; /* the smaller of the two */
    uint32_t warnings;    /* of every record */
    uint16_t link;
    uint8_t fcs_len;
    uint8_t order;          /* of the two lengths: enum length_order of pcap.c */
    uint64_t empty_records; /* all-zero record headers already taken, still to be delivered */
    uint64_t empty_offset;  /* where the next of them stood */
};

struct pcapng_state {
    struct interface *interfaces; /* owned */
    uint32_t count;
    uint32_t room;
    uint64_t total;
    uint32_t section;
    uint32_t sections;
    size_t options_kept; /* bytes of interface options in this section */
    bool large;          /* the section has an interface whose records may be large */
};

/* Of a reader that salvages. */
struct salvage_state {
    /* the format's own; NULL: damage ends the reading */
    enum spk_status (*next)(struct spk_reader *reader, struct spk_block *block, struct spk_record *record,
                            struct spk_error *error);
    struct spk_block block; /* what was taken last */
    struct spk_record record;
    bool holds; /* it stands behind a gap and is still to be given */
    bool has_last;
    int64_t last_s; /* the last packet's time */
    uint64_t gaps, skipped;
};

#define SPK_EVENTS_KEPT 16u

typedef enum spk_status spk_reader_next_fn(struct spk_reader *reader, struct spk_block *block,
                                           struct spk_record *record, struct spk_error *error);

struct spk_reader {
    struct spk_window window;
    spk_reader_next_fn *next;
    const char *name;
    uint64_t packets;
    uint32_t warnings;
    bool swapped;
    bool big_endian;
    enum spk_format format;
    enum spk_compression compression;
    uint16_t version_major;
    uint16_t version_minor;
    bool has_link; /* link is every record's */
    uint16_t link;
    struct salvage_state salvage;
    struct spk_error failed; /* code below 0: what every further call gives */
    struct pcap_state pcap;
    struct pcapng_state ng;
    uint64_t events;
    struct spk_event last_events[SPK_EVENTS_KEPT]; /* a ring: event n stands at n % SPK_EVENTS_KEPT */
};

/* The most bytes a record of a link type may have. */
uint32_t spk_record_cap(uint16_t link);

void spk_reader_note(struct spk_reader *reader, enum spk_warning warning, const char *what, uint64_t at);

/*
 * The input ended, or a zero-filled tail begins, where a header of need bytes was wanted at the
 * window's pos: reads on while all is zero. SPK_END: nothing but zeros (or nothing at all) was left;
 * *zeros is how many. SPK_OK: something else came after *zeros zero bytes that were taken in whole
 * units of unit bytes.
 *
 * After 64 MiB of zeros it is SPK_END too: a sparse file of a terabyte is not read through for its
 * sake. spk_reader_zeros_text says what to call so many zeros.
 */
#define SPK_ZEROS_MAX (64u * 1024u * 1024u)
const char *spk_reader_zeros_text(uint64_t zeros);
enum spk_status spk_reader_skip_zeros(struct spk_reader *reader, size_t unit, uint64_t *zeros, struct spk_error *error);

/* One step along options, as spk_option_next, but telling how they end. */
enum spk_option_step { SPK_OPTION_GIVEN, SPK_OPTION_END, SPK_OPTION_BAD };
enum spk_option_step spk_option_step(const uint8_t *options, size_t size, bool swapped, size_t *at,
                                     struct spk_option *option);

/*
 * The blocks beside the packets (section.c). Each takes a whole block whose frame was checked.
 * The section and interface blocks can fail; the others only note events.
 */
enum spk_status spk_section_check(struct spk_reader *reader, const struct spk_block *block, struct spk_error *error);
void spk_section_begin(struct spk_reader *reader, const struct spk_block *block);
enum spk_status spk_section_interface(struct spk_reader *reader, const struct spk_block *block,
                                      struct spk_error *error);
void spk_section_side_block(struct spk_reader *reader, const struct spk_block *block);

/* Takes the file header that the window begins with (4 bytes are there) and sets reader->next. */
enum spk_status spk_pcap_open(struct spk_reader *reader, struct spk_error *error);
enum spk_status spk_pcapng_open(struct spk_reader *reader, struct spk_error *error);

/* From now on gives gaps for damage: behind the format's open. */
void spk_salvage_begin(struct spk_reader *reader);

/* What is there of the record that the input ends in, which the window begins with. False: not enough to tell. */
bool spk_pcap_cut_record(struct spk_reader *reader, struct spk_record *record);
bool spk_pcapng_cut_record(struct spk_reader *reader, struct spk_record *record);

/* The number in a section header that says its byte order. */
#define SPK_BYTE_ORDER 0x1a2b3c4du

/* Whether four bytes begin a pcap file (of any form), in either byte order. */
bool spk_pcap_magic(const uint8_t *bytes);

void spk_pcapng_close(struct spk_reader *reader);

/* What a reader's next is where it goes on in the middle of a file. */
enum spk_status spk_pcapng_next(struct spk_reader *reader, struct spk_block *wanted, struct spk_record *record,
                                struct spk_error *error);
spk_reader_next_fn *spk_pcap_next(const struct spk_reader *reader);

/* spk_reader_more of each format, which numbers the records it gives. */
size_t spk_pcap_more(struct spk_reader *reader, struct spk_record *records, size_t room);
size_t spk_pcapng_more(struct spk_reader *reader, struct spk_record *records, size_t room);

/* Whether each record of the pcap file says its length where a record of version 2.4 does. */
bool spk_pcap_is_plain(const struct spk_reader *reader);

/* The longest block of a type, and the shortest of any. */
#define SPK_BLOCK_MIN 12u
uint32_t spk_pcapng_block_cap(const struct spk_reader *reader, uint32_t type);

/* So many bytes are looked at to judge where a record of any format may begin. */
#define SPK_CUT_HEADER 16u

/* The time scale of an if_tsresol value and an if_tsoffset. */
struct time_scale spk_time_scale(uint8_t resolution, int64_t offset_s);

/* The general way from a time stamp to nanoseconds; false: they do not fit, or are refused. */
bool spk_time_scaled(const struct time_scale *scale, uint64_t ts, int64_t *ns);

#endif
