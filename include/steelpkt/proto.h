/*
 * proto: facts about a protocol, in rows, and the registry that knows all protocols.
 *
 * A protocol is a constant table. From its rows come decode, encode, lengths and checksums, query columns, the tree view
 * and the documentation. A GROUP is an ordered list of rows: a header, an option, a DNS record. Rows tile the bytes of
 * their group from its first to its last; a VIEW row covers no bytes of its own and shows what other rows hold.
 *
 * References (struct spk_ref, struct spk_when, keys) name a row by its index and point only BACKWARDS within one group,
 * so one pass decodes everything. spk_registry_new checks this and refuses a table that breaks it.
 */
#ifndef STEELPKT_PROTO_H
#define STEELPKT_PROTO_H

#include <steelpkt/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SPK_ROWS_MAX 64        /* rows in one group */
#define SPK_DEPTH_MAX 8        /* groups within groups */
#define SPK_LAYERS_MAX 32      /* layers in one packet; what is deeper stays payload */
#define SPK_MADE_MAX (1 << 20) /* bytes that one layer's values may become when read; what comes then stays raw */

/* What a row's value is. */
enum spk_kind {
    SPK_PAD,   /* bits without a meaning of their own: reserved, unused; kept and written back as a number */
    SPK_UINT,  /* unsigned number of up to 64 bits, big-endian unless SPK_LITTLE */
    SPK_INT,   /* signed number in two's complement, else as SPK_UINT; references to it read its bits unsigned */
    SPK_BOOL,  /* one bit (or more: true when not 0) */
    SPK_IP4,   /* 32 bits */
    SPK_IP6,   /* 128 bits */
    SPK_MAC,   /* 48 bits (EUI-64: as SPK_BYTES) */
    SPK_BYTES, /* octets */
    SPK_TEXT,  /* octets that are text (UTF-8), or what a codec makes of them */
    SPK_NONE,  /* presence only: the row says that something is there (a view, or a zero-length option) */
    SPK_TIME,  /* nanoseconds since 1970 UTC: views only */
    SPK_DELTA, /* nanoseconds between two times: views only */
    SPK_GROUP, /* a nested group: .in */
    SPK_CHOICE /* one of several groups, by .key: .cases */
};

/* How often a row stands there. */
enum spk_many {
    SPK_ONE,
    SPK_COUNT, /* as often as .n says */
    SPK_FILL,  /* to the end of the region */
    SPK_UNTIL  /* to the end of the region, or up to and with the element whose row .n.row equals .n.add */
};

/* How a number is shown. */
enum spk_base {
    SPK_DEC,
    SPK_HEX, /* 0x and .digits hexadecimal digits (by default those of the row's bits, rounded up to 8, 16, 32 or 64) */
    SPK_DATE /* of a SPK_TIME: a date in UTC instead of seconds */
};

/* Row flags. */
enum {
    SPK_LITTLE = 1 << 0, /* little-endian number */
    SPK_ZERO_IS_REST =
        1 << 1, /* as a length: 0 says "all that is left" (IPv4 with segmentation offload, UDP jumbograms) */
    SPK_ZERO_IS_NONE = 1 << 2, /* as a checksum: 0 says "none", and a sum of 0 is sent as all ones */
    SPK_OWN_NAME = 1 << 3,     /* the name is this project's or the tutorial's; Wireshark does not have it */
    SPK_TUTORIAL = 1 << 4,     /* the tutorial's value, which differs from Wireshark's of the same name: not a column */
    SPK_LIST = 1 << 5,         /* may occur several times in one packet by its nature (stacking protocols) */
    SPK_WHOLE_ELEMENT = 1 << 6, /* of a GROUP of fixed rows: an element that is cut shows none of them */
    SPK_REST_IS_SHOWN = 1 << 7, /* with SPK_ZERO_IS_REST, a length of header and payload: for 0 what is left is shown */
    SPK_MAY_BE_EMPTY = 1 << 8,  /* bytes of which there may be none: that is shown as <none>, not as <MISSING> */
    SPK_ONLY_READ = 1 << 9,     /* as a length: heeded where it stands, but never computed (that of a quoted packet) */
    SPK_NEEDS_ALL = 1 << 10,    /* of a view: it looks at the layers behind its own */
    SPK_RUNS_ON = 1 << 12,      /* of a view of the record: it looks at nothing but the frame's running values */
    SPK_PLAIN_ALONE =
        1 << 13,          /* of a number's own row with a view's get: it says nothing where the header has no options */
    SPK_CUT_OFF = 1 << 11 /* a size that leaves the region around is malformed, and what is there of it is read */
};

/* value(row) * mul + add, in bytes, elements or as the user says; mul 0: no reference. */
struct spk_ref {
    int16_t row;
    int16_t mul;
    int32_t add;
};
#define SPK_REF(row_, mul_, add_)                                                                                      \
    {                                                                                                                  \
        .row = (row_), .mul = (mul_), .add = (add_)                                                                    \
    }

/* Whether a row is there. */
enum spk_test {
    SPK_ALWAYS,
    SPK_EQ,     /* (value(row) & mask) == value; mask 0 means all bits */
    SPK_NE,     /* ... != value */
    SPK_GE,     /* ... >= value */
    SPK_LE,     /* ... <= value */
    SPK_ABSENT, /* the row itself was not there */
    SPK_ROOM    /* at least value bytes are left in the region */
};
struct spk_when {
    uint8_t test;
    int16_t row;
    uint32_t mask;
    uint32_t value;
};

/* Numbers that have names: { 1, "request" }, ..., ended by a NULL name. */
struct spk_enum {
    uint64_t value;
    const char *name;
};

/* A value as read or to be written. data borrows from the packet or from the scratch the reader was given. */
struct spk_value {
    uint8_t kind; /* enum spk_kind */
    uint32_t len; /* bytes at data */
    uint64_t u; /* SPK_UINT, SPK_BOOL, SPK_PAD, SPK_IP4 (host order); SPK_INT, SPK_TIME, SPK_DELTA: an int64_t's bits */
    const uint8_t *data; /* SPK_IP6 (16), SPK_MAC (6), SPK_BYTES, SPK_TEXT */
};

/* Room for one value that is made rather than pointed at (a DNS name). */
struct spk_scratch {
    uint8_t bytes[1280];
};

struct spk_packet;

/* Where a codec or a view stands: everything it may look at. Opaque parts are read with the functions below. */
struct spk_place {
    const struct spk_packet *packet;
    unsigned layer;    /* index into packet->layers */
    uint32_t at;       /* first byte of the row (a view: of its group), from the packet's first byte */
    uint32_t end;      /* end of the region, within the captured bytes */
    const void *group; /* for spk_place_uint */
    uint32_t index;    /* a view that repeats: which of its values, from 0 */
    struct spk_scratch *scratch;
};

/* The number that an earlier row of the same group holds; 0 when the row was not there. */
SPK_API uint64_t spk_place_uint(const struct spk_place *place, int row);
/* Where an earlier row of the same group begins, in bytes from the packet's first byte; UINT32_MAX: not there. */
SPK_API uint32_t spk_place_at(const struct spk_place *place, int row);

/* What was written before a value, for spellings that point back at earlier ones. */
struct spk_written {
    const uint8_t *message; /* from the layer's first byte on */
    uint32_t len;
    const uint32_t *places; /* where values that may be pointed at begin, ascending, from the layer's first byte */
    uint32_t count;
};

/* A spelling on the wire that no row can express. Functions are pure and keep no state. */
struct spk_codec {
    /* Bytes that the value takes on the wire from place->at, or -1: malformed, or not all there. */
    int32_t (*measure)(const struct spk_place *place);
    /* The value as people read it, in place->scratch. False: malformed. */
    bool (*get)(const struct spk_place *place, struct spk_value *value);
    /* The value spelled as text so that put gives the very same bytes back, in place->scratch. */
    bool (*spell)(const struct spk_place *place, struct spk_value *value);
    /*
     * Writes text (as spell gives it, or as a person types it) into out, which has room for size bytes (at least
     * text->len + 16), and gives the number of bytes, or -1: not a value. before: what it may point back at; NULL: nothing.
     */
    int32_t (*put)(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size);
    /*
     * Later values may point at this one: builders remember where it stands. Its own pointers count from the layer's first
     * byte, so the same bytes further on in the layer, with as much of their group behind them, take as many bytes and are
     * the same value, where they were one: get is asked of nothing else, and place has no group.
     */
    bool pointed_at;
    /* How many bytes get makes, where that may be many times those on the wire (SPK_MADE_MAX), -1: malformed; else NULL. */
    int32_t (*made)(const struct spk_place *place);
    /*
     * The value is all that is left of its region, however long: so measure says. It is made of those bytes alone, and no
     * row is asked for: in one layer, the same bytes are the same value.
     */
    bool rest;
};

/* What a VIEW shows. */
enum spk_view_op {
    SPK_NOT_A_VIEW,
    SPK_VIEW_SPAN,   /* the place where row a begins: .bits wide, or the whole of row a when .bits is 0 */
    SPK_VIEW_EITHER, /* row a, then row b: two values */
    SPK_VIEW_SCALE,  /* value(a) * mul + add */
    SPK_VIEW_CALL    /* what get says; with SPK_COUNT, what it says for each place->index (the types in a bitmap) */
};
/* What a view of the record gives, where it is a part of it, so that whoever has the record need not call get. */
enum spk_shows { SPK_SHOWS_OTHER, SPK_SHOWS_TIME, SPK_SHOWS_LEN, SPK_SHOWS_CAP_LEN };
struct spk_view {
    uint8_t op;
    uint8_t shows; /* enum spk_shows */
    /*
     * CALL: get is asked of row a where that is there, and of nothing else: place->at is the row's first byte, place->end
     * the layer's end, and place has no group. The same number further on in the layer gives the same value, or none; the
     * same bytes of a codec that is pointed_at give the same value, where they gave one.
     */
    bool alone;
    int16_t a, b;
    int32_t mul, add;
    /*
     * CALL: false where there is no value here. With a number's own row, or EITHER: what is shown instead of the number
     * that stands at place->at, or false for the number itself (the destination behind a source route); place has no
     * group then.
     */
    bool (*get)(const struct spk_place *place, struct spk_value *value);
    /*
     * CALL of a number with SPK_COUNT, or NULL: the numbers that get gives for so many indices from place->index on, which
     * is a multiple of 64, in order; says how many they are. count: 64, or what is left of the row's.
     */
    uint32_t (*numbers)(const struct spk_place *place, uint32_t count, uint64_t *numbers);
};
#define SPK_SPAN(row_)                                                                                                 \
    {                                                                                                                  \
        .op = SPK_VIEW_SPAN, .a = (row_)                                                                               \
    }
#define SPK_EITHER(a_, b_)                                                                                             \
    {                                                                                                                  \
        .op = SPK_VIEW_EITHER, .a = (a_), .b = (b_)                                                                    \
    }
#define SPK_SCALE(row_, mul_, add_)                                                                                    \
    {                                                                                                                  \
        .op = SPK_VIEW_SCALE, .a = (row_), .mul = (mul_), .add = (add_)                                                \
    }
#define SPK_CALL(get_)                                                                                                 \
    {                                                                                                                  \
        .op = SPK_VIEW_CALL, .get = (get_)                                                                             \
    }

#define SPK_CALL_OF(row_, get_)                                                                                        \
    {                                                                                                                  \
        .op = SPK_VIEW_CALL, .alone = true, .a = (row_), .get = (get_)                                                 \
    }

#define SPK_CALL_MANY(get_, numbers_)                                                                                  \
    {                                                                                                                  \
        .op = SPK_VIEW_CALL, .get = (get_), .numbers = (numbers_)                                                      \
    }

#define SPK_CALL_FOR(get_, shows_)                                                                                     \
    {                                                                                                                  \
        .op = SPK_VIEW_CALL, .get = (get_), .shows = (shows_)                                                          \
    }

struct spk_group;

/* One case of a CHOICE: keys from key to last (last 0: just key). The case with in == NULL and SPK_ELSE takes the rest. */
struct spk_case {
    uint32_t key;
    uint32_t last;
    const struct spk_group *in; /* NULL ends the list; what no case takes are the raw bytes of the CHOICE row itself */
};

struct spk_row {
    const char *name; /* Wireshark's name, "ip.src"; NULL: no column (padding, an unnamed group) */
    const char *also; /* further names, separated by blanks: the tutorial's, Wireshark's former ones; or NULL */
    const char *attr; /* Python attribute and build keyword, "src"; NULL: the name's last part */
    const char *doc;  /* one sentence; unit, range, source where they are not plain. Every named row has one */
    uint8_t kind;     /* enum spk_kind */
    uint8_t many;     /* enum spk_many */
    uint8_t most;     /* elements at most, for stacks that count as layers; 0: as many as there is room for */
    uint8_t base;     /* enum spk_base */
    uint8_t digits;   /* with SPK_HEX: how many digits; 0: by the bits */
    uint16_t flags;
    uint16_t bits;           /* fixed width; 0: by .size, by .codec, by its group, or what is left of the region */
    struct spk_ref size;     /* bytes; opens a region that nothing inside can leave (over all elements, where many) */
    struct spk_ref n;        /* SPK_COUNT, SPK_UNTIL */
    struct spk_when when[2]; /* both must hold */
    const struct spk_group *in;   /* SPK_GROUP */
    int16_t key;                  /* SPK_CHOICE: an earlier row */
    const struct spk_case *cases; /* SPK_CHOICE */
    const struct spk_codec *codec;
    struct spk_view view;
    uint64_t init; /* what a newly built header holds here; SPK_INT: an int64_t's bits */
    const struct spk_enum *names;
};

struct spk_group {
    const char *name; /* "IGMPGroupRecord": the class and struct name of one element; unique */
    const struct spk_row *rows;
    uint16_t count;
};
#define SPK_ROWS(array) .rows = (array), .count = SPK_COUNT_OF(array)

/* Where a protocol sits: a key in a space that other protocols open ("ethertype", 0x0800), ("udp.port", 53). */
struct spk_sit {
    const char *space; /* NULL ends the list */
    uint32_t key;
};
#define SPK_SITS(...)                                                                                                  \
    (const struct spk_sit[])                                                                                           \
    {                                                                                                                  \
        __VA_ARGS__,                                                                                                   \
        {                                                                                                              \
            NULL, 0                                                                                                    \
        }                                                                                                              \
    }

/* How the key of what follows is found. */
enum spk_pick {
    SPK_PICK_ROW,    /* value(keys[0]) */
    SPK_PICK_LOWER,  /* the lower of value(keys[0]), value(keys[1]) first, then the other */
    SPK_PICK_NIBBLE, /* the first four bits of the payload */
    SPK_PICK_KEY,    /* the constant .keys[0] itself */
    SPK_PICK_HEAD    /* the first two bytes of the payload */
};

/* Who may follow. Tried in order; the first whose condition holds and whose space has the key wins. */
struct spk_next {
    const char *space; /* NULL ends the list */
    const char *via;   /* what frame.protocols shows between the two layers ("ethertype"); or NULL */
    uint8_t pick;      /* enum spk_pick */
    int16_t keys[2];
    struct spk_when when[2];
};
#define SPK_NEXTS(...)                                                                                                 \
    (const struct spk_next[])                                                                                          \
    {                                                                                                                  \
        __VA_ARGS__,                                                                                                   \
        {                                                                                                              \
            .space = NULL                                                                                              \
        }                                                                                                              \
    }

/* What a checksum covers. All are RFC 1071 sums. */
enum spk_covers {
    SPK_COVERS_NOTHING, /* no checksum */
    SPK_COVERS_HEADER,
    SPK_COVERS_ALL,    /* header and payload */
    SPK_COVERS_PSEUDO, /* the address rows of the layer below, length and protocol number, then header and payload */
    SPK_COVERS_PSEUDO6 /* the same over IPv6; over IPv4 as SPK_COVERS_ALL (ICMPv6 has no IPv4 form, ICMP no IPv6 form) */
};

/* How long a header is. */
enum spk_extent {
    SPK_EXTENT_ROWS, /* as far as its rows reach */
    SPK_EXTENT_REF,  /* .hlen says, in bytes */
    SPK_EXTENT_REST  /* all that is left: there is no payload */
};

/* Protocol flags. */
enum {
    SPK_QUIET = 1 << 0,      /* not named in frame.protocols */
    SPK_REPEATS = 1 << 1,    /* what its own length leaves over is another of the same (messages in a stream segment) */
    SPK_RECORD = 1 << 2,     /* its rows are views of the record itself (frame.*), not of bytes */
    SPK_RAW = 1 << 3,        /* takes every payload that nobody else takes */
    SPK_NO_PAYLOAD = 1 << 4, /* ends with its header: what is left over belongs to the layer around it */
    SPK_WHOLE = 1 << 5,      /* a header that is cut shows none of its rows */
    SPK_QUOTES = 1 << 6,     /* its payload is the beginning of another packet, which it tells of */
    SPK_WITH_PAYLOAD = 1 << 7 /* as bytes (a filter's tcp[20:4], len(icmp)) it is its header and its payload */
};

/*
 * A protocol. The rows named by hlen, len, csum, next, src and dst must have a fixed place in the header (so decode reads
 * them without a walk).
 */
struct spk_proto {
    const char *name;    /* "udp": Wireshark's filter name; unique among protocols; also the build line's word */
    const char *pyclass; /* "UDP" */
    const char *title;   /* "User Datagram Protocol" */
    const char *spec;    /* "RFC 768" */
    const char *shows;   /* the word in frame.protocols where it is not the name; NULL: the name */
    /* Further words in frame.protocols behind it, for what a header holds (TCP: "mptcp"), nth from 0; NULL: no more. */
    const char *(*holds)(const struct spk_packet *packet, unsigned layer, unsigned nth);
    /*
     * Where something stands behind the payload, in the region around it that ends at end: its first byte in the packet;
     * 0: nothing. The payload ends there, and behind its layers comes the protocol at key 0 of the space .tail. (The
     * extensions behind the packet that ICMP quotes.)
     */
    uint32_t (*tail_at)(const struct spk_packet *packet, unsigned layer, uint32_t end);
    const char *tail;
    struct spk_group hdr;
    uint8_t extent;           /* enum spk_extent */
    struct spk_ref hlen;      /* header, in bytes: SPK_EXTENT_REF */
    struct spk_ref len;       /* header and payload, in bytes; mul 0: all that is left */
    struct spk_when len_when; /* when .len counts (802.3: only where the row is a length) */
    int16_t csum;             /* row of the checksum, with covers */
    uint8_t covers;           /* enum spk_covers */
    /*
     * Rows of the addresses that a pseudo header takes; 0: none. The first layer below that has one counts: a routing
     * header has only a dst, which is then a CALL view (its place has no group), and says where the packet goes in the end.
     */
    int16_t src, dst;
    struct spk_when
        piece;    /* when the payload is a piece of something (a fragment), without which no checksum is right */
    uint16_t min; /* bytes a header has at least, where more than its fixed rows; else 0 */
    uint16_t flags;
    const struct spk_next *next;
    const struct spk_sit *sits;
};

/*
 * A registry: protocols, their links and their fields, compiled for decoding. Immutable once built, so threads share it.
 */
struct spk_registry;

/* The protocols of this library. Never NULL but when memory runs out at the very first call. Not to be freed. */
SPK_API const struct spk_registry *spk_registry_default(void);

/*
 * A registry with all protocols of base (NULL: none) and the given ones. Refused, with the row or protocol in
 * error->who: a reference forwards, a name or key that is taken, a named row without a sentence, a table too deep or long.
 * base and the tables must outlive it. Free with spk_registry_free.
 */
SPK_API enum spk_status spk_registry_new(const struct spk_registry *base, const struct spk_proto *const *protos,
                                         size_t count, struct spk_registry **out, struct spk_error *error);
SPK_API void spk_registry_free(struct spk_registry *registry);

/* Who is to sit at the keys first to last of a space, whatever the protocols' own tables say ("decode as"). */
struct spk_link {
    const char *space; /* "udp.port" */
    uint32_t first, last;
    const struct spk_proto *proto;
};

/*
 * A registry like base in which the links hold: a later one before an earlier one, and of two ports one that is named here
 * before one that only the tables name. SPK_ERR_USAGE: a space or protocol that base does not have; SPK_ERR_LIMIT: more
 * than 262,144 keys. The links are copied; base may be freed before, its tables and the spaces' names must outlive it.
 */
SPK_API enum spk_status spk_registry_relink(const struct spk_registry *base, const struct spk_link *links, size_t count,
                                            struct spk_registry **out, struct spk_error *error);

/*
 * Reads a link as tshark's -d has it: "udp.port==5300,dns", "tcp.port==8000-8010,dns", "ethertype==0x88b5:3,ip" (three
 * keys). Where a protocol stands in that space behind another that frames it (DNS over TCP), that one is taken.
 * SPK_ERR_USAGE with the text in error->who, what is wrong with it, and in error->hint the nearest name where one is near.
 */
SPK_API enum spk_status spk_link_parse(const struct spk_registry *registry, const char *text, struct spk_link *link,
                                       struct spk_error *error);

/* The spaces that have keys, index from 0; NULL ends them. */
SPK_API const char *spk_registry_space(const struct spk_registry *registry, size_t index);

/* The protocols, in the order they were registered; index from 0. */
SPK_API size_t spk_registry_proto_count(const struct spk_registry *registry);
SPK_API const struct spk_proto *spk_registry_proto(const struct spk_registry *registry, size_t index);
/* By name ("udp"), or NULL. */
SPK_API const struct spk_proto *spk_registry_find(const struct spk_registry *registry, const char *name);
/* Who sits at a key of a space, or NULL. */
SPK_API const struct spk_proto *spk_registry_at(const struct spk_registry *registry, const char *space, uint32_t key);

/* A field: every row of one name, resolved once, used for each packet. Owned by the registry. */
struct spk_field {
    const char *name;
    const struct spk_row *row;     /* the first row of that name: kind, base, doc, names */
    const struct spk_proto *proto; /* the protocol it was first found in */
    uint8_t kind;                  /* enum spk_kind of its values; groups: SPK_GROUP */
    bool list;                     /* occurs more than once in a packet by its nature */
    uint32_t index;                /* position among the registry's fields */
};

SPK_API size_t spk_registry_field_count(const struct spk_registry *registry);
SPK_API const struct spk_field *spk_registry_field(const struct spk_registry *registry, size_t index);
/* By name or by one of its further names; NULL: unknown. */
SPK_API const struct spk_field *spk_field_find(const struct spk_registry *registry, const char *name);
/* The known name nearest to an unknown one, for an error's hint; NULL when nothing is near. */
SPK_API const char *spk_field_nearest(const struct spk_registry *registry, const char *name);

/*
 * A value as Wireshark prints it, into text (room for size bytes, always terminated); gives the whole length, as
 * snprintf does. row says how numbers are shown. 0 and an empty text: the value has none, or there was no memory.
 */
SPK_API size_t spk_value_text(const struct spk_row *row, const struct spk_value *value, char *text, size_t size);

/*
 * Reads a value from text as a person types it: decimal or 0x.. numbers, names of the row's values, addresses, bytes as
 * hexadecimal with or without separators, text as it is. 0x.. for a signed number are its bits. Bytes that have to be
 * made live in scratch. SPK_ERR_USAGE with the reason when the text is no value of the row.
 */
SPK_API enum spk_status spk_value_parse(const struct spk_row *row, const char *text, struct spk_scratch *scratch,
                                        struct spk_value *value, struct spk_error *error);

#ifdef __cplusplus
}
#endif
#endif
