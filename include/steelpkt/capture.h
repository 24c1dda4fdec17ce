/*
 * capture: records in, records out. A record is a time, a link type and bytes; this chapter knows no layer.
 *
 * Read: pcap (microseconds, nanoseconds, both byte orders) and pcapng (several sections, interfaces and link types),
 * plain or compressed with gzip, zstd or lz4, told by content and never by suffix; files, pipes and standard input.
 * Written: the same. Memory is constant in the size of the file. Live: records from a network interface, packets to it.
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

/* The highest number in that list when this was written; above it a link type is "unknown". */
#define SPK_LINK_LAST 301u

/*
 * What a reader found odd but could live with: bits in spk_record.warnings where a record carries
 * it, else an event (spk_reader_events). spk_reader_info gives all that were seen.
 */
enum spk_warning {
    SPK_WARN_CAPLEN_OVER_LEN = 1 << 0,  /* captured length above the length on the wire */
    SPK_WARN_OVER_SNAPLEN = 1 << 1,     /* longer than the file's snap length says: not cut */
    SPK_WARN_TIME_FRACTION = 1 << 2,    /* fraction of a second above one second: carried */
    SPK_WARN_TIME_RANGE = 1 << 3,       /* a time that 64-bit nanoseconds cannot hold, or a refused
                                          resolution: no time */
    SPK_WARN_LINK_UNKNOWN = 1 << 4,     /* a link type above SPK_LINK_LAST */
    SPK_WARN_OPTIONS = 1 << 5,          /* the block's options run past it: dropped */
    SPK_WARN_INTERFACE_OPTION = 1 << 6, /* event: an interface's time option is of a wrong length
                                           (default used) or stands there twice (first used), or
                                           its options run past the block */
    SPK_WARN_NAMES = 1 << 7,            /* event: a damaged name resolution block: skipped */
    SPK_WARN_STATISTICS = 1 << 8,       /* event: statistics for an interface that is not there */
    SPK_WARN_SECRETS = 1 << 9,          /* event: a secrets block whose length lies: skipped */
    SPK_WARN_INTERFACE_TEXT = 1 << 10,  /* event: more interface options in one section than a
                                          reader keeps (16 MiB): spk_interface.options is NULL */
    SPK_WARN_CUT = 1 << 11              /* the input ends in this record: data is what was there (only with
                                          spk_reader_options.salvage) */
};

/* One packet as a capture holds it. Borrowed from the reader: valid until its next call. */
struct spk_record {
    const uint8_t *data;
    uint32_t caplen;    /* bytes at data */
    uint32_t len;       /* bytes on the wire; not below caplen unless the file says so (warning) */
    int64_t time_ns;    /* nanoseconds since 1970-01-01 UTC; may be negative; meaningless without
                           has_time */
    uint64_t number;    /* from 1, within this reader */
    uint64_t offset;    /* where the record starts, in bytes of the uncompressed file */
    uint32_t interface; /* pcapng: index within its section; pcap: 0 */
    uint32_t section;   /* pcapng: from 0; pcap: 0 */
    uint16_t link;      /* link type */
    uint8_t fcs_len;    /* bytes of frame check sequence at the end, where the file says; else 0 */
    bool has_time;
    bool has_section;       /* pcapng: interface and section say something */
    uint32_t warnings;      /* bits of enum spk_warning */
    const uint8_t *options; /* pcapng: the block's options as they stand, in the section's byte
                               order, without the option that ends them; else NULL */
    uint32_t options_len;   /* bytes at options */
    bool swapped;           /* pcapng: the section's byte order is not the host's */
};

struct spk_reader;

/*
 * Opens a capture by path; "-" is standard input. Gives a reader in *out (yours: spk_reader_close),
 * or a failure with *error filled in: unreadable, empty, not a capture, a damaged header. The path
 * is used in errors and must outlive the reader.
 */
SPK_API enum spk_status spk_reader_open(const char *path, struct spk_reader **out, struct spk_error *error);

/*
 * The same from a descriptor, which stays the caller's to close; name is used in errors and must
 * outlive the reader.
 */
SPK_API enum spk_status spk_reader_open_fd(int fd, const char *name, struct spk_reader **out, struct spk_error *error);

/*
 * The same over size bytes in memory, which must outlive the reader and its records; records of an
 * uncompressed capture point straight into it.
 */
SPK_API enum spk_status spk_reader_open_memory(const void *bytes, size_t size, const char *name,
                                               struct spk_reader **out, struct spk_error *error);

/*
 * A source of the caller's own: gives 1 to size bytes in to and how many, 0 at the end, below 0 for a failure, which is
 * final (SPK_ERR_IO). It may wait.
 */
typedef ptrdiff_t (*spk_read_fn)(void *context, void *to, size_t size);

/* Where a reader reads from and how; all zero but one of path, bytes, use_fd and read is the default. */
struct spk_reader_options {
    const char *path; /* opened and closed by the reader; "-": standard input */
    const void *bytes;
    size_t size;
    int fd;
    bool use_fd;
    spk_read_fn read;
    void *context;     /* of read */
    bool large_window; /* take zstd frames with windows above 8 MiB too (memory: the window) */
    bool has_link;     /* every record and interface is of this link type, whatever the capture says */
    uint16_t link;
    bool salvage;     /* read on behind damage: see spk_reader_next */
    bool ahead;       /* a compressed file is unpacked by a thread of its own, a few buffers (1 MiB) ahead of reading */
    const char *name; /* for errors; NULL: the path */
};

/* The general form of the three above. */
SPK_API enum spk_status spk_reader_open_with(const struct spk_reader_options *options, struct spk_reader **out,
                                             struct spk_error *error);

/*
 * The next record. SPK_OK: *record is filled in. SPK_END: the capture ended where it may end.
 * Anything below zero: one clear error, after which the reader gives the same error again;
 * everything before it was good.
 *
 * A reader that salvages gives SPK_GAP instead where it finds damage: *error says what is wrong, where, and how many bytes
 * were passed over to the next record or block, which the next call gives. Behind damage a pcapng block is known by its
 * lengths and type (so blocks of more than 512 KiB are not found), a pcap record by what follows it (three records near
 * in time, or eight). What is left of a record that the input ends in is given behind its gap with SPK_WARN_CUT. Damage
 * of the compression under a capture ends it in any case.
 */
SPK_API enum spk_status spk_reader_next(struct spk_reader *reader, struct spk_record *record, struct spk_error *error);

/*
 * The records behind the last one given that can be had without reading any further, room of them at most; all live until
 * the reader's next call. Gives how many; 0: spk_reader_next has to look at what comes next.
 */
SPK_API size_t spk_reader_more(struct spk_reader *reader, struct spk_record *records, size_t room);

SPK_API void spk_reader_close(struct spk_reader *reader);

/* The types of pcapng block that the library itself understands. */
enum spk_block_type {
    SPK_BLOCK_INTERFACE = 1,
    SPK_BLOCK_PACKET_OBSOLETE = 2,
    SPK_BLOCK_PACKET_SIMPLE = 3,
    SPK_BLOCK_NAMES = 4,
    SPK_BLOCK_STATISTICS = 5,
    SPK_BLOCK_PACKET = 6,
    SPK_BLOCK_SECRETS = 10,
    SPK_BLOCK_CUSTOM = 0x00000bad,
    SPK_BLOCK_CUSTOM_NOCOPY = 0x40000bad,
    SPK_BLOCK_SECTION = 0x0a0d0d0a
};

/*
 * The link type of a name as libpcap and https://www.tcpdump.org/linktypes.html have it, with or without its prefix
 * (EN10MB, LINKTYPE_ETHERNET, DLT_RAW), in small or capital letters. False: there is none.
 */
SPK_API bool spk_link_type_find(const char *name, uint16_t *link);

/* One block of a pcapng file, byte for byte. Borrowed from the reader: valid until its next call. */
struct spk_block {
    const uint8_t *bytes; /* from the block type to the trailing length; NULL: a pcap record */
    uint32_t size;
    uint32_t type;
    uint64_t offset;  /* where it starts, in bytes of the uncompressed file */
    uint32_t section; /* from 0 */
    bool swapped;     /* the section's byte order is not the host's */
    bool is_packet;   /* the record that came with it is filled in */
};

/*
 * The next block, packet or not: what a rewriter copies a capture with. SPK_OK: *block is filled
 * in, and *record too where block->is_packet. From a pcap file every record comes so, with
 * block->bytes NULL. Ends and fails as spk_reader_next does; calls of both may be mixed.
 */
SPK_API enum spk_status spk_reader_next_block(struct spk_reader *reader, struct spk_block *block,
                                              struct spk_record *record, struct spk_error *error);

/* One option of a pcapng block: length bytes at value, numbers in the section's byte order. */
struct spk_option {
    uint16_t code;
    uint16_t length;
    const uint8_t *value;
};

#define SPK_OPTION_COMMENT 1u

/*
 * Walks options: start with *at 0; true while *option was filled in. Ends at the last option, at
 * the option that ends them, or where the next would run past size.
 */
SPK_API bool spk_option_next(const uint8_t *options, size_t size, bool swapped, size_t *at, struct spk_option *option);

/*
 * Where the options of a block stand: true with *options (in block->bytes) and *size, false where
 * the block has none, is of a type without options, or lies about its lengths.
 */
SPK_API bool spk_block_options(const struct spk_block *block, const uint8_t **options, size_t *size);

/*
 * A record's comments: start with *at 0; true while *text (not terminated, any bytes, of *length)
 * was filled in.
 */
SPK_API bool spk_record_comment(const struct spk_record *record, size_t *at, const char **text, size_t *length);

/* Something odd that no record carries. */
struct spk_event {
    uint32_t warning; /* one bit of enum spk_warning */
    const char *what; /* static */
    uint64_t at;      /* byte offset of the block */
    uint64_t packets; /* records delivered before it */
};

/* Copies the last events, oldest first: at most room, and a reader keeps 16. Gives how many. */
SPK_API size_t spk_reader_events(const struct spk_reader *reader, struct spk_event *events, size_t room);

enum spk_format {
    SPK_FORMAT_PCAP = 1,
    SPK_FORMAT_PCAPNG = 2,
    SPK_FORMAT_PCAP_MODIFIED = 3 /* Kuznetsov's: 24-byte record headers; read, not written */
};

enum spk_compression {
    SPK_COMPRESSION_NONE = 0,
    SPK_COMPRESSION_GZIP = 1,
    SPK_COMPRESSION_ZSTD = 2,
    SPK_COMPRESSION_LZ4 = 3
};

/* What is known of the capture so far. */
struct spk_reader_info {
    enum spk_format format;
    enum spk_compression compression;
    bool big_endian; /* the (first) section's byte order */
    uint16_t version_major;
    uint16_t version_minor;
    uint32_t sections;         /* so far; pcap: 1 */
    uint32_t interfaces;       /* of the current section, so far; pcap: 1 */
    uint64_t interfaces_total; /* of all sections, so far */
    uint64_t packets;          /* delivered so far */
    uint64_t offset;           /* bytes of the uncompressed file read so far */
    uint64_t events;           /* how many there were */
    uint64_t gaps;             /* that were told of, and the bytes in them */
    uint64_t skipped;
    uint32_t warnings; /* all bits of enum spk_warning seen, in records and events */
};

SPK_API void spk_reader_info(const struct spk_reader *reader, struct spk_reader_info *info);

/* An interface of the current section. Text and options are borrowed: until the next call. */
struct spk_interface {
    uint16_t link;
    uint8_t fcs_len;
    uint8_t resolution; /* as pcapng writes it: n: 10^-n s; 0x80 | n: 2^-n s */
    uint32_t snaplen;   /* 0: no limit */
    int64_t offset_s;   /* seconds added to each of its times */
    const char *name;   /* not terminated, any bytes; NULL: not said */
    size_t name_len;
    const uint8_t *options; /* all of them; NULL: none */
    size_t options_len;
    bool swapped;
};

/* Interface index of the current section (pcap: 0). False where there is none. */
SPK_API bool spk_reader_interface(const struct spk_reader *reader, uint32_t index, struct spk_interface *out);

/* ---- parts: one capture read from several places ---- */

/*
 * Whether the rest of the capture can be read in parts: a regular file of pcap (version 2.4) or pcapng that is not
 * compressed. *size: bytes of the file.
 */
SPK_API bool spk_reader_divides(const struct spk_reader *reader, uint64_t *size);

/*
 * A second reader of such a capture, at a byte where a record begins (pcapng: any block), which knows of sections and
 * interfaces what the first knows now; its records count from 1. The first is only looked at, and must be closed last.
 */
SPK_API enum spk_status spk_reader_fork(const struct spk_reader *reader, uint64_t offset, struct spk_reader **out,
                                        struct spk_error *error);

/*
 * From a byte of the file on hardly anything is wanted: a reader of a part reads little at once there. All records come as
 * they would have.
 */
SPK_API void spk_reader_until(struct spk_reader *reader, uint64_t offset);

/*
 * Where, at or behind a byte, a record seems to begin: a guess that is nearly always right. It is when a reader that comes
 * from before gives a record of that offset, with as many sections and interfaces seen. SPK_END: nothing can be told here.
 */
SPK_API enum spk_status spk_reader_guess(const struct spk_reader *reader, uint64_t from, uint64_t *offset);

/* Where a capture can be cut: offsets at which records begin. */
struct spk_splits {
    uint64_t *begins; /* ascending, from the first record's on; each part ends where the next begins */
    size_t count;
    uint64_t size; /* bytes of the file */
    /*
     * Where, behind the first record, a pcapng tells of more interfaces or sections: offsets behind a record, ascending.
     * Whoever reads a part has to know what stands before the first record, and at those of these that are not behind the
     * part's beginning.
     */
    uint64_t *tells;
    size_t tell_count;
};

/* A part of a capture, as it is asked for: records that begin at or behind begin and before end. Borrowed. */
struct spk_part {
    uint64_t begin, end;
    const uint64_t *tells; /* of spk_splits.tells those that are not behind begin */
    size_t tell_count;
};

/*
 * Cuts a capture into parts of about size bytes, each beginning at a record for certain: proved by the bytes around where
 * that can be, else the file is read up to there. After damage *out holds the cuts before it. SPK_ERR_UNSUPPORTED: it
 * cannot be read in parts. Yours: spk_splits_free, in any case.
 */
SPK_API enum spk_status spk_splits_find(const char *path, uint64_t size, struct spk_splits *out,
                                        struct spk_error *error);
SPK_API void spk_splits_free(struct spk_splits *splits);

/* How a capture is written. All zero is good: plain pcap in microseconds, nothing cut. */
struct spk_writer_options {
    enum spk_format format; /* 0: pcap */
    enum spk_compression compression;
    int level;         /* of compression, as its own tool counts; 0: its default */
    uint32_t threads;  /* zstd: so many compress at once; 0 and 1: the caller's alone */
    bool nanoseconds;  /* pcap: times in nanoseconds; pcapng always holds them */
    bool microseconds; /* pcapng: of times that are whole microseconds the interface says so */
    bool has_link;     /* pcap: link is every record's; else the first record's is (none: Ethernet) */
    uint16_t link;
    uint32_t snaplen;        /* 0: nothing is cut and the file says 262144; else longer packets are cut */
    uint32_t said_snaplen;   /* with snaplen 0: what the file says instead; still nothing is cut */
    const char *application; /* pcapng: who writes; NULL: this library */
};

/* Fills in format and compression as a file name's suffixes say (.pcapng, .gz, .zst, .lz4 ...); format 0: they do not. */
SPK_API void spk_writer_options_from_name(const char *name, struct spk_writer_options *options);

struct spk_writer;

/*
 * Creates (or empties) path and writes a capture there; "-" is standard output. Gives a writer in
 * *out (yours: spk_writer_close). options may be NULL. The path must outlive the writer.
 */
SPK_API enum spk_status spk_writer_open(const char *path, const struct spk_writer_options *options,
                                        struct spk_writer **out, struct spk_error *error);

/* The same to a descriptor, from its present offset; it stays the caller's to close. */
SPK_API enum spk_status spk_writer_open_fd(int fd, const char *name, const struct spk_writer_options *options,
                                           struct spk_writer **out, struct spk_error *error);

/* A destination of the caller's own: takes 1 to size bytes of from and says how many, or below 0 for a failure. */
typedef ptrdiff_t (*spk_write_fn)(void *context, const void *from, size_t size);

/* The same to a function; nothing can be cut back there. */
SPK_API enum spk_status spk_writer_open_function(spk_write_fn write, void *context, const char *name,
                                                 const struct spk_writer_options *options, struct spk_writer **out,
                                                 struct spk_error *error);

/*
 * Writes one record: data, caplen, len, link, time, fcs_len and (pcapng) options are taken from it;
 * number, interface, section and warnings are not. pcapng: an interface is added for each link
 * type, once a section; behind copied blocks a section of its own is begun.
 *
 * What does not fit the format is refused with nothing written and the writer still usable:
 * SPK_ERR_UNSUPPORTED for another link type in a pcap, SPK_ERR_LIMIT for a time before 1970 or
 * after 2106 in a pcap and for a packet longer than a record may be. A record without a time gets
 * the time 0 in a pcap; so it does in a pcapng, unless a simple packet block can hold it.
 *
 * SPK_ERR_IO is final: the file was cut back to whole records where it can be cut (a regular file),
 * spk_writer_safe says how many packets it holds, and every later call fails the same way.
 */
SPK_API enum spk_status spk_writer_write(struct spk_writer *writer, const struct spk_record *record,
                                         struct spk_error *error);

/*
 * Writes a block of a pcapng file as it stands (pcapng only). Copying every block of a file so
 * gives the same file byte for byte. The blocks of a section must come after its section block, and none after a
 * record that spk_writer_write put behind them: SPK_ERR_USAGE.
 */
SPK_API enum spk_status spk_writer_write_block(struct spk_writer *writer, const struct spk_block *block,
                                               struct spk_error *error);

/*
 * Writes a packet block with other packet bytes: interface, time stamp and options stay as the
 * block has them, data, caplen and len are the record's.
 */
SPK_API enum spk_status spk_writer_write_edited(struct spk_writer *writer, const struct spk_block *block,
                                                const struct spk_record *record, struct spk_error *error);

/*
 * Hands everything to the operating system now; before the first record the header too, where options said the link type.
 * Compressed: all so far can be unpacked.
 */
SPK_API enum spk_status spk_writer_flush(struct spk_writer *writer, struct spk_error *error);

/* How many packets the file is known to hold, whole. All of them after a close that succeeded. */
SPK_API uint64_t spk_writer_safe(const struct spk_writer *writer);

/*
 * Writes what is left and closes. A capture was written only when this gave SPK_OK. *safe (may be
 * NULL) is how many whole packets the file holds. The writer is gone in any case.
 */
SPK_API enum spk_status spk_writer_close(struct spk_writer *writer, uint64_t *safe, struct spk_error *error);

/*
 * Appends one option in the host's byte order to size bytes of options at to, *used of them taken:
 * what spk_record.options is made with. False where there is no room.
 */
SPK_API bool spk_option_put(uint8_t *to, size_t size, size_t *used, uint16_t code, const void *value, uint16_t length);

struct spk_bpf;

/* Room for libpcap's sentence about a bad expression. */
#define SPK_BPF_MESSAGE 512u

/*
 * Compiles a filter expression in libpcap's language for one link type. message (SPK_BPF_MESSAGE
 * bytes, the caller's) gets libpcap's own sentence, to which error->hint points: SPK_ERR_USAGE for
 * an expression it does not take, SPK_ERR_UNSUPPORTED for a link type it does not know. Gives a
 * program in *out (yours: spk_bpf_free), which never changes and may be used by several threads.
 */
SPK_API enum spk_status spk_bpf_compile(uint16_t link, uint32_t snaplen, const char *expression, char *message,
                                        struct spk_bpf **out, struct spk_error *error);

/* Whether the record (of the link type compiled for) passes. */
SPK_API bool spk_bpf_match(const struct spk_bpf *bpf, const struct spk_record *record);

SPK_API void spk_bpf_free(struct spk_bpf *bpf);

/* One expression over records of any link type: a program for each, compiled when it first comes. Of one thread. */
struct spk_bpf_set;

/*
 * expression is copied. taken: it is known to be a good one, so that a link type which cannot take it passes nothing, even
 * where it is the first. SPK_ERR_MEMORY. Yours: spk_bpf_set_free.
 */
SPK_API enum spk_status spk_bpf_set_new(const char *expression, bool taken, struct spk_bpf_set **out);

/*
 * Sees to it that there is a program for a link type; a set that is NULL needs none. SPK_ERR_USAGE: the very first type
 * cannot take the expression. Where a later one cannot, nothing of it passes; *refused is true when that was just found,
 * and *error says why, until the next call. SPK_ERR_MEMORY: nothing is known about the type, and it may be asked for again.
 */
SPK_API enum spk_status spk_bpf_set_prepare(struct spk_bpf_set *set, uint16_t link, bool *refused,
                                            struct spk_error *error);

/* Whether a record of a link type that was prepared passes: an spk_keep_fn over a set. */
SPK_API bool spk_bpf_set_keep(const void *set, const struct spk_record *record);

SPK_API void spk_bpf_set_free(struct spk_bpf_set *set);

/* ---- live: the packets of a network interface, through libpcap ---- */

enum { SPK_DEVICE_LOOPBACK = 1 << 0, SPK_DEVICE_UP = 1 << 1, SPK_DEVICE_RUNNING = 1 << 2 };

/* What packets can be captured on. */
struct spk_device {
    const char *name;
    const char *doc; /* a description; NULL: none */
    uint32_t flags;  /* SPK_DEVICE_... */
    bool has_ip4;    /* the first IPv4 address it has, in host order, with its mask */
    uint32_t ip4;
    uint32_t netmask;
};

/*
 * Lists the devices that can be opened, those that are up first. Gives *count of them in *out (yours, one block:
 * spk_device_list_free); none is no failure. message (SPK_BPF_MESSAGE bytes) gets libpcap's sentence, to which
 * error->hint points.
 */
SPK_API enum spk_status spk_device_list(char *message, struct spk_device **out, size_t *count, struct spk_error *error);
SPK_API void spk_device_list_free(struct spk_device *devices);

/* How a device is opened. All zero but the device: whole packets, soon, waited for as long as it takes. */
struct spk_live_options {
    const char *device; /* borrowed for the call; "any": all of them, where the system has that */
    uint32_t snaplen;   /* bytes kept of each packet; 0: SPK_RECORD_MAX */
    bool promiscuous;   /* take what is for others too */
    int32_t wait_ms;    /* how long spk_live_next waits for a packet; 0: until one comes; below 0: not at all */
    uint32_t hold_ms;   /* packets may be gathered so long, to be handed over many at a time; 0: a millisecond */
    uint32_t buffer;    /* bytes in which the system keeps what was not taken yet; 0: its own choice */
    const char *filter; /* in libpcap's language; NULL: none */
};

struct spk_live;

/*
 * Opens a device for capturing and sending. Gives a handle in *out (yours: spk_live_close), or a failure: no such device,
 * no permission, a bad filter (SPK_ERR_USAGE); libpcap's sentence is in message (SPK_BPF_MESSAGE bytes), to which
 * error->hint points. Times are nanoseconds where the system has them, else microseconds.
 */
SPK_API enum spk_status spk_live_open(const struct spk_live_options *options, char *message, struct spk_live **out,
                                      struct spk_error *error);

/*
 * The next packet, as a reader gives a record. SPK_OK: *record is filled in, valid until the next call. SPK_IDLE: none came
 * within wait_ms, or a signal did. SPK_END: spk_live_stop was called. Below zero: the device is gone, for good. Any thread
 * may call it, one at a time. Errors of a handle point to text in it (error->hint).
 */
SPK_API enum spk_status spk_live_next(struct spk_live *live, struct spk_record *record, struct spk_error *error);

/*
 * Ends the capture: a spk_live_next that waits, on any thread, gives SPK_END at once, and so does each one after it. May be
 * called from any thread and from a signal handler.
 */
SPK_API void spk_live_stop(struct spk_live *live);

/* Changes wait_ms. */
SPK_API void spk_live_set_wait(struct spk_live *live, int32_t wait_ms);

/* Puts another filter in the place of the one there is; an empty one takes all. On failure the old one stays. */
SPK_API enum spk_status spk_live_filter(struct spk_live *live, const char *expression, struct spk_error *error);

/* Sends one packet, headers and all, as it is. SPK_OK: the system took all of its bytes. */
SPK_API enum spk_status spk_live_send(struct spk_live *live, const void *data, size_t size, struct spk_error *error);

/*
 * What became of the packets. On Linux received is exact: every packet that passed the filter, and delivered + dropped +
 * those that still wait to be taken are received, but for those that a filter set later (spk_live_filter) holds back.
 */
struct spk_live_counts {
    uint64_t delivered;            /* by spk_live_next */
    uint64_t received;             /* by the system: taken, waiting or dropped */
    uint64_t dropped;              /* of them: no room in the buffer */
    uint64_t dropped_by_interface; /* before them: by the interface or its driver, where they say so */
};
/* Opens nothing: a process that may open nothing any more can ask, too. */
SPK_API enum spk_status spk_live_counts(struct spk_live *live, struct spk_live_counts *counts, struct spk_error *error);

/* What the device gives. */
struct spk_live_info {
    uint16_t link;
    uint32_t snaplen;
    bool nanoseconds; /* of its times; else they are whole microseconds */
};
SPK_API void spk_live_info(const struct spk_live *live, struct spk_live_info *info);

/* No other call may be under way. */
SPK_API void spk_live_close(struct spk_live *live);

#ifdef __cplusplus
}
#endif
#endif
