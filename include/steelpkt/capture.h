/*
 * capture: records in, records out. A record is a time, a link type and bytes; this chapter knows no layer.
 *
 * Read: pcap (microseconds, nanoseconds, both byte orders) and pcapng (several sections, interfaces and link types),
 * plain or compressed with gzip, zstd or lz4, told by content and never by suffix; files, pipes and standard input.
 * Written: the same. Memory is constant in the size of the file.
 */
#ifndef STEELPKT_CAPTURE_H
#define STEELPKT_CAPTURE_H

#include <steelpkt/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Link types, as in https://www.tcpdump.org/linktypes.html. Only those that this project names. */
enum spk_link_type {
    SPK_LINK_NULL = 0,
    SPK_LINK_ETHERNET = 1,
    SPK_LINK_RAW = 101,
    SPK_LINK_LOOP = 108,
    SPK_LINK_LINUX_SLL = 113,
    SPK_LINK_IPV4 = 228,
    SPK_LINK_IPV6 = 229,
    SPK_LINK_LINUX_SLL2 = 276
};

/* A record is at most so many bytes ... */
#define SPK_RECORD_MAX 262144u
/* ... but for the D-Bus and USB link types, as in libpcap. */
#define SPK_RECORD_MAX_LARGE (128u * 1024u * 1024u)

/* What a reader found odd but could live with; each is a bit in spk_record.warnings. */
enum spk_warning {
    SPK_WARN_CAPLEN_OVER_LEN = 1 << 0,  /* captured length above the length on the wire */
    SPK_WARN_OVER_SNAPLEN = 1 << 1,     /* longer than the file's snap length says */
    SPK_WARN_TIME_FRACTION = 1 << 2,    /* fraction of a second above one second: carried */
    SPK_WARN_TIME_RANGE = 1 << 3,       /* a time that 64-bit nanoseconds cannot hold, or a refused resolution: no time */
    SPK_WARN_LINK_UNKNOWN = 1 << 4,     /* a link type this library has no protocol for */
    SPK_WARN_OPTIONS = 1 << 5           /* the block's options run past it: dropped */
};

/* One packet as a capture holds it. Borrowed from the reader: valid until its next call. */
struct spk_record {
    const uint8_t *data;
    uint32_t caplen;    /* bytes at data */
    uint32_t len;       /* bytes on the wire; not below caplen unless the file says so (a warning) */
    int64_t time_ns;    /* nanoseconds since 1970-01-01 UTC; may be negative; meaningless without has_time */
    uint64_t number;    /* from 1, within this reader */
    uint64_t offset;    /* where the record starts, in bytes of the uncompressed file */
    uint32_t interface; /* pcapng: index within its section; pcap: 0 */
    uint32_t section;   /* pcapng: from 0; pcap: 0 */
    uint16_t link;      /* link type */
    uint8_t fcs_len;    /* bytes of frame check sequence at the end, where the file says so; else 0 */
    bool has_time;
    uint32_t warnings;        /* bits of enum spk_warning */
    const uint8_t *options;   /* pcapng: the block's options as they stand, in the section's byte order; else NULL */
    uint32_t options_len;     /* bytes at options */
    bool swapped;             /* pcapng: the section's byte order is not the host's */
};

struct spk_reader;

/*
 * Opens a capture by path; "-" is standard input. Gives a reader in *out (yours: spk_reader_close), or a failure with
 * *error filled in: unreadable, empty, not a capture, a damaged header.
 */
SPK_API enum spk_status spk_reader_open(const char *path, struct spk_reader **out, struct spk_error *error);

/* The same from a descriptor, which stays the caller's to close; name is used in errors and must outlive the reader. */
SPK_API enum spk_status spk_reader_open_fd(int fd, const char *name, struct spk_reader **out, struct spk_error *error);

/*
 * The next record. SPK_OK: *record is filled in. SPK_END: the capture ended where it may end. Anything below zero: one
 * clear error, after which the reader gives the same error again; everything before it was good.
 */
SPK_API enum spk_status spk_reader_next(struct spk_reader *reader, struct spk_record *record, struct spk_error *error);

SPK_API void spk_reader_close(struct spk_reader *reader);

#ifdef __cplusplus
}
#endif
#endif
