/*
 * packet: bytes to layers (decode), fields of layers (read), layers to bytes (build), and editing in place.
 *
 * Decoding cannot fail: it gives the layers it could place and says where and why it stopped. Building corrects nothing
 * unless asked: lengths and checksums are computed by spk_packet_fix, or by the flags of spk_build_finish.
 */
#ifndef STEELPKT_PACKET_H
#define STEELPKT_PACKET_H

#include <steelpkt/base.h>
#include <steelpkt/capture.h>
#include <steelpkt/proto.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One layer: offsets from the packet's first byte. */
struct spk_layer {
    uint16_t proto;   /* index in the registry */
    uint8_t next;     /* which of the protocol's nexts was used, from 1; 0: none */
    uint8_t flags;    /* SPK_LAYER_... */
    uint32_t at;      /* first byte of the header */
    uint32_t hdr_len; /* bytes of the header that were captured */
    uint32_t end;     /* where its payload ends on the wire; may lie beyond the captured bytes */
};
enum {
    SPK_LAYER_SHORT = 1 << 0 /* the header is not all there: rows are read as far as they reach */
};

/* Why decoding stopped before the end of the bytes. */
enum spk_stop_reason {
    SPK_STOP_NOT,       /* it did not: all layers were placed */
    SPK_STOP_TRUNCATED, /* the capture does not hold all bytes of the packet */
    SPK_STOP_MALFORMED, /* a length or value that cannot be */
    SPK_STOP_TOO_DEEP,  /* more than SPK_LAYERS_MAX layers */
    SPK_STOP_TOO_MUCH   /* values that become more than SPK_MADE_MAX bytes */
};
struct spk_stop {
    uint8_t reason;  /* enum spk_stop_reason */
    uint16_t proto;  /* index of the protocol concerned */
    uint32_t at;     /* byte of the packet */
    uint32_t need;   /* bytes needed there */
    uint32_t have;   /* bytes that were there */
    const char *row; /* whose value said so ("ip.hdr_len"), or what could not be read; may be NULL */
};

/* What the record says of itself: feeds frame.*. Running values belong to whoever reads the records in order. */
struct spk_frame {
    int64_t time_ns;      /* with has_time */
    int64_t first_ns;     /* time of the first record, with has_first */
    int64_t previous_ns;  /* time of the record before, with has_previous */
    int64_t displayed_ns; /* time of the record shown before, with has_displayed */
    uint64_t number;      /* from 1 */
    uint16_t link;
    uint32_t interface; /* with has_section */
    uint32_t section;   /* from 0, with has_section */
    bool has_time, has_first, has_previous, has_displayed, has_section;
};

/* A decoded packet. Fill by spk_decode; no allocation, nothing to free. */
struct spk_packet {
    const struct spk_registry *registry;
    const uint8_t *data;
    uint32_t caplen;               /* bytes at data */
    uint32_t len;                  /* bytes on the wire, at least caplen */
    const struct spk_frame *frame; /* NULL: frame.* has no values but lengths and protocols */
    uint16_t count;                /* layers */
    uint8_t fcs_len;               /* bytes of a frame check sequence known to stand at the end of len */
    struct spk_stop stop;
    struct spk_layer layers[SPK_LAYERS_MAX];
};

/*
 * Decodes caplen bytes (len on the wire) of a link type (spk_link_type). Cannot fail: an unknown link type gives one raw
 * layer. data must live as long as packet is used.
 */
SPK_API void spk_decode(const struct spk_registry *registry, uint16_t link, const uint8_t *data, uint32_t caplen,
                        uint32_t len, struct spk_packet *packet);
/*
 * The same for a record, whose frame check sequence, where the capture says that Ethernet frames have one, is no payload.
 */
SPK_API void spk_decode_record(const struct spk_registry *registry, const struct spk_record *record,
                               struct spk_packet *packet);
/* The same, beginning with a given protocol of the registry. */
SPK_API void spk_decode_as(const struct spk_registry *registry, const struct spk_proto *proto, const uint8_t *data,
                           uint32_t caplen, uint32_t len, struct spk_packet *packet);

/*
 * How far to decode: as far as a protocol that somebody wants to read can still follow. Whoever wants addresses and ports
 * does not pay for what is above them. Immutable once made, so threads share it.
 */
struct spk_reach;

/*
 * wanted holds a bool for each protocol of the registry, by index; spk_field_wants marks those that a field's values come
 * from. SPK_ERR_MEMORY.
 */
SPK_API enum spk_status spk_reach_new(const struct spk_registry *registry, const bool *wanted, struct spk_reach **out,
                                      struct spk_error *error);
/*
 * The same for whoever wants the packet's own headers alone: decoding ends with the header behind which a packet is quoted
 * (SPK_QUOTES: an ICMP error's).
 */
SPK_API enum spk_status spk_reach_own(const struct spk_registry *registry, const bool *wanted, struct spk_reach **out,
                                      struct spk_error *error);
SPK_API void spk_reach_free(struct spk_reach *reach);
SPK_API void spk_field_wants(const struct spk_registry *registry, const struct spk_field *field, bool *wanted);
/*
 * As spk_decode_record, but layers behind the last that matters may be missing, and what stop would say of them. Wanted
 * fields have the very same values.
 */
SPK_API void spk_decode_reach(const struct spk_reach *reach, const struct spk_record *record,
                              struct spk_packet *packet);

/*
 * One step of that: the layer of one protocol (its index in the registry), whose header begins at data and whose region ends
 * len bytes on. Fills *layer, with offsets from data, and gives the index of the protocol that follows by its rows; -1:
 * nobody known does, nothing is left, or the header is not well formed (SPK_LAYER_SHORT).
 */
SPK_API int spk_decode_layer(const struct spk_registry *registry, uint16_t proto, const uint8_t *data, uint32_t caplen,
                             uint32_t len, struct spk_layer *layer);

/* The protocol of a layer. */
SPK_API const struct spk_proto *spk_layer_proto(const struct spk_packet *packet, unsigned layer);
/* The nth layer (from 0) of a protocol; -1: not there. */
SPK_API int spk_layer_find(const struct spk_packet *packet, const struct spk_proto *proto, unsigned nth);

/*
 * Walks every row of every layer and says whether all are well formed; false fills *stop (which may be NULL) with the
 * first that is not. The one strict question.
 */
SPK_API bool spk_packet_check(const struct spk_packet *packet, struct spk_stop *stop);

/* ---- reading fields ---- */

/*
 * The first (outermost) occurrence of a field as a number (SPK_UINT, SPK_BOOL, SPK_IP4; SPK_INT: an int64_t's bits). False:
 * not there.
 */
SPK_API bool spk_packet_uint(const struct spk_packet *packet, const struct spk_field *field, uint64_t *number);
/* The first occurrence as a value. False: not there. */
SPK_API bool spk_packet_value(const struct spk_packet *packet, const struct spk_field *field,
                              struct spk_scratch *scratch, struct spk_value *value);

/*
 * Where a number of up to 32 bits, or an address, stands in every header of its protocol: for reading it from a layer
 * that is known, without a search. Resolved once, used for each packet.
 */
struct spk_spot {
    uint16_t proto; /* index in the registry */
    uint16_t byte;  /* first byte, from the header's */
    uint16_t end;   /* byte behind the value */
    uint8_t shift;
    bool number; /* four bytes are loaded, shifted down and masked; else the bytes as they are */
    uint32_t mask;
};

/* False: the field has several places, or none that is fixed; then spk_packet_uint and spk_packet_value find it. */
SPK_API bool spk_field_spot(const struct spk_registry *registry, const struct spk_field *field, struct spk_spot *spot);

/*
 * The header of a layer, if it is the spot's protocol and reaches as far as the spot; else NULL. Of several spots of one
 * protocol the last need be asked for.
 */
static inline const uint8_t *spk_spot_header(const struct spk_packet *packet, unsigned layer,
                                             const struct spk_spot *spot)
{
    const struct spk_layer *at = &packet->layers[layer];
    bool whole = at->proto == spot->proto && (at->flags & SPK_LAYER_SHORT) == 0 && at->hdr_len >= spot->end;
    return whole ? packet->data + at->at : NULL;
}

/* The number at a spot (with spot->number) of such a header; booleans: 0 or 1. */
static inline uint32_t spk_spot_load(const struct spk_spot *spot, const uint8_t *header)
{
    const uint8_t *at = header + spot->byte;
    uint32_t four = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return four >> spot->shift & spot->mask;
}

/* Writes the low bits of a number there; other bits stay. Lengths and checksums are spk_packet_fix's affair, or
 * for many alike spk_series_fix's. */
static inline void spk_spot_store(const struct spk_spot *spot, uint8_t *header, uint32_t number)
{
    uint8_t *at = header + spot->byte;
    uint32_t four = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    four = (four & ~(spot->mask << spot->shift)) | (number & spot->mask) << spot->shift;
    at[0] = (uint8_t)(four >> 24);
    at[1] = (uint8_t)(four >> 16);
    at[2] = (uint8_t)(four >> 8);
    at[3] = (uint8_t)four;
}

/*
 * Stencils: most packets of a capture are one of a few kinds (Ethernet, IPv4 without options, TCP), and in a packet of such
 * a kind every spot stands at a byte known beforehand. Whoever reads a few spots of many packets asks which stencil fits a
 * record, and decodes only where none does. Threads may share a set: what it makes when it meets the first packet of a link
 * type, it makes for all of them.
 */
struct spk_stencils;
struct spk_stencil {
    const uint16_t *at; /* a spot each: the byte of the packet at which its header begins, or SPK_NOT_THERE */
    const struct spk_stencil *outer; /* the same without the last layer; NULL: there is but this one */
    struct spk_layer layer;          /* the last; hdr_len is the least that it has, end is not said */
    uint16_t index;                  /* among the set's, from 0 */
};
enum { SPK_NOT_THERE = UINT16_MAX };

/*
 * The stencils of a reach for count spots, which belong to protocols that the reach was made for. The reach must live as
 * long as the set. SPK_ERR_MEMORY.
 */
SPK_API enum spk_status spk_stencils_new(const struct spk_reach *reach, const struct spk_spot *spots, size_t count,
                                         struct spk_stencils **out, struct spk_error *error);
SPK_API void spk_stencils_free(struct spk_stencils *set);
/* How many there are; and one of them. */
SPK_API size_t spk_stencils_count(const struct spk_stencils *set);
SPK_API const struct spk_stencil *spk_stencils_get(const struct spk_stencils *set, size_t index);
/*
 * The one that fits: its layers are those that spk_decode_reach would place, all whole, and a spot's header is the first of
 * its protocol that holds it: spk_spot_load(&spots[i], record->data + stencil->at[i]); what packet holds then is not said.
 * NULL: something about the packet is odd, or of varying length, and it was decoded into packet.
 */
SPK_API const struct spk_stencil *spk_decode_stencil(const struct spk_stencils *set, const struct spk_record *record,
                                                     struct spk_packet *packet);

/*
 * As spk_decode_stencil for each of count records, one after the other: their stencils' indexes, as many as come before the
 * first that has none. That one was decoded into packet, unless packet is NULL. Gives how many; count: all have one, and
 * packet says nothing.
 */
SPK_API size_t spk_decode_stencils(const struct spk_stencils *set, const struct spk_record *records, size_t count,
                                   uint16_t *indexes, struct spk_packet *packet);

/*
 * The first occurrence as Wireshark prints it, into text (room for size bytes, always terminated; cut where that is too
 * little). False: not there, and the text is empty.
 */
SPK_API bool spk_packet_text(const struct spk_packet *packet, const struct spk_field *field, char *text, size_t size);

/* What a walk over a packet's rows meets. */
enum spk_walk_event {
    SPK_EVENT_END,
    SPK_EVENT_LAYER, /* a layer begins: walk->layer */
    SPK_EVENT_VALUE, /* a row with a value */
    SPK_EVENT_ENTER, /* an element of a GROUP row, or a CHOICE, begins */
    SPK_EVENT_LEAVE, /* it ends */
    SPK_EVENT_RAW    /* bytes that no row covers: a region's tail, a payload nobody decodes, a trailer */
};

struct spk_walk_level {
    const void *group; /* the registry's compiled group */
    uint16_t row, broken;
    uint16_t rows;  /* so many are walked */
    uint16_t until; /* up to this row nothing has to be decided */
    uint32_t index, count;
    uint32_t start;      /* first byte of the group */
    uint32_t pos;        /* next bit */
    uint32_t end;        /* end of the region on the wire, bytes */
    uint32_t repeat_end; /* end of the region of the row that repeats, bytes */
    bool own, repeating;
    uint64_t there;              /* a bit for each row that may be there */
    const void *decision;        /* which of the group's numbers says so */
    uint64_t starts;             /* a bit for each row with which others may begin that are taken together */
    const void *stretches;       /* the group's; NULL: its rows are taken one by one */
    uint32_t bits[SPK_ROWS_MAX]; /* where each row began; UINT32_MAX: not there */
};

/* Rows that a walk has taken together, or a single row. */
enum { SPK_WALK_TAKEN_MAX = 16, SPK_WALK_ASKED_MAX = 8 };
struct spk_walk_taken {
    const void *stretch; /* NULL: a single row */
    const void *crow;    /* which */
    uint32_t at;         /* from which byte on */
    uint32_t elements;   /* how many times, each so many bytes behind the one before */
    uint32_t step;
    uint32_t bit, width; /* a single row: from there, in bits */
    /* where functions make values: */
    uint32_t shift; /* bytes from the level of the rows, as it is, to where it is the first time */
    uint16_t depth; /* of that level */
    bool moves;     /* so much further on its region ends as well */
};

/* A number that decided on the rows of an element. With a span, any number from one on, and up to so much more, does. */
struct spk_walk_asked {
    uint32_t bit, width;
    uint32_t from, span;
};

/*
 * One walk; the caller's own struct, no allocation. After SPK_EVENT_VALUE, row, at, bit, width and index say what and
 * where; the members below the line belong to the walk.
 */
struct spk_walk {
    const struct spk_packet *packet;
    unsigned layer;             /* index of the layer */
    unsigned depth;             /* nesting of groups, 0 in the header itself */
    const struct spk_row *row;  /* VALUE, ENTER, LEAVE */
    const struct spk_group *in; /* ENTER, LEAVE: the group of the element */
    uint32_t field;             /* index of the row's field; UINT32_MAX: unnamed */
    uint32_t at, len;           /* bytes touched, from the packet's first byte */
    uint32_t bit, width;        /* VALUE: first bit from the packet's first byte, and bits */
    uint32_t index;             /* which element of a repeated row, from 0 */
    struct spk_stop stop;       /* the first row that was malformed or cut */
    /* ---- */
    const uint8_t *want; /* a byte per row id; NULL: every row */
    unsigned last_layer;
    uint32_t covered; /* bytes reported so far */
    uint32_t made;    /* bytes that the layer's values became */
    uint8_t phase, second;
    uint8_t reading;       /* VALUE: how the registry's compiled row is read */
    const void *stretches; /* of all groups; NULL: every row is reported by itself */
    uint32_t taken_count;  /* of the rows taken together */
    uint32_t taken_put;    /* so many of them were read: they are kept for elements that are alike */
    struct spk_walk_taken taken[SPK_WALK_TAKEN_MAX];
    unsigned element;       /* depth of an element that others may be like; 0: there is none */
    uint32_t element_taken; /* the first that was taken of it */
    uint32_t element_made;  /* .made before it */
    unsigned called;        /* depth of the innermost of its levels that functions of views were told of; 0: none */
    uint32_t asked_count;   /* numbers that decided on its rows */
    struct spk_walk_asked asked[SPK_WALK_ASKED_MAX];
    void *known;           /* room for the kinds of elements that were met; NULL: none is kept */
    const void *known_row; /* the compiled row that repeats of which some are known; NULL: none are */
    struct spk_walk_level levels[SPK_DEPTH_MAX];
};

/* Begins a walk over all rows of all layers, in the order of the bytes. */
SPK_API void spk_walk_begin(struct spk_walk *walk, const struct spk_packet *packet);
/* The next event. */
SPK_API enum spk_walk_event spk_walk_next(struct spk_walk *walk);
/* The value of the row that the walk stands on (SPK_EVENT_VALUE). False: malformed, or a view with nothing to show. */
SPK_API bool spk_walk_value(const struct spk_walk *walk, struct spk_scratch *scratch, struct spk_value *value);
/* The same, but spelled so that building from it gives the very same bytes. */
SPK_API bool spk_walk_spelling(const struct spk_walk *walk, struct spk_scratch *scratch, struct spk_value *value);

/* All occurrences of one field, outermost first. */
struct spk_occurrences {
    struct spk_walk walk;
    const struct spk_field *field;
};
SPK_API void spk_occurrences_begin(struct spk_occurrences *occurrences, const struct spk_packet *packet,
                                   const struct spk_field *field);
SPK_API bool spk_occurrences_next(struct spk_occurrences *occurrences, struct spk_scratch *scratch,
                                  struct spk_value *value);

/* ---- editing in place, lengths and checksums ---- */

/* What spk_packet_fix and spk_build_finish compute. Nothing is computed unasked. */
enum {
    SPK_FIX_LENGTHS = 1 << 0,  /* header lengths, total lengths, counts */
    SPK_FIX_CHECKSUMS = 1 << 1 /* all checksums the rows name, innermost first */
};

/*
 * Writes a value over the first occurrence of a field in data, which must be the packet's own bytes. The width stays:
 * SPK_ERR_USAGE when the field is not there, is computed or only says that something is there (SPK_NONE), or the value does
 * not fit.
 */
SPK_API enum spk_status spk_packet_set(const struct spk_packet *packet, uint8_t *data, const struct spk_field *field,
                                       const struct spk_value *value, struct spk_error *error);
SPK_API enum spk_status spk_packet_set_text(const struct spk_packet *packet, uint8_t *data,
                                            const struct spk_field *field, const char *text, struct spk_error *error);

/*
 * Computes what flags ask for over the packet's own bytes: lengths, then checksums, innermost layer first. Done again it
 * changes nothing, nor to the packet decoded anew, unless a length decides who follows (as the type of an 802.3 frame does).
 * Headers cut short are left alone, and so are checksums over more than was captured or a fragment holds; but lengths say
 * what was captured, and where they are asked for as well, so do checksums.
 */
SPK_API void spk_packet_fix(const struct spk_packet *packet, uint8_t *data, unsigned flags);

/*
 * The same for many packets that are alike: their layers begin and end where those of the first do, their pieces are pieces
 * (or none is), and the keys by which layers follow each other are the same. What there is to write is found out once.
 * SPK_ERR_USAGE: an address of a pseudo header does not stand in its row (a source route); SPK_ERR_MEMORY.
 */
struct spk_series;
SPK_API enum spk_status spk_series_new(const struct spk_packet *packet, unsigned flags, struct spk_series **out,
                                       struct spk_error *error);
/* Computes it over the bytes of one of them, which are as long as the first's. */
SPK_API void spk_series_fix(const struct spk_series *series, uint8_t *data);
SPK_API void spk_series_free(struct spk_series *series);

/* Whether a checksum is right; the numbers are Wireshark's. */
enum spk_csum_state {
    SPK_CSUM_BAD,
    SPK_CSUM_GOOD,
    SPK_CSUM_UNVERIFIED, /* not all that it covers is there (cut, a fragment, quoted), or the layer has none */
    SPK_CSUM_ABSENT      /* it says that it was not computed (UDP) */
};
SPK_API enum spk_csum_state spk_layer_checksum(const struct spk_packet *packet, unsigned layer);

/* ---- conversations ---- */

/*
 * The conversation that a packet belongs to, as a number that is the same in both directions, in every capture and on every
 * machine: SipHash-2-4 under a key of zeros over the lower endpoint, the higher one (each an address and a port of two
 * bytes, as they go over the wire) and the protocol's number, one byte. 13 bytes for IPv4, 37 for IPv6.
 *
 * The addresses are the outermost ones, the destination where the packet goes in the end (behind a source route). The
 * protocol's number is that of what stands behind extension headers. What has no ports (ICMP) counts with ports 0, and so
 * does every fragment, the first one too: all pieces of a datagram have one hash, with the number in the header of
 * fragments. False: no layer has addresses of that kind (ARP), or their header was cut.
 */
SPK_API bool spk_flow_hash(const struct spk_packet *packet, uint64_t *hash);

/* ---- building ---- */

/*
 * Layers to bytes: outermost first, rows in any order where their place is fixed, else in the order of the rows. Rows not
 * set hold their initial values; a region whose length counts in words is padded with zeros to whole words.
 */
struct spk_build;

SPK_API enum spk_status spk_build_new(const struct spk_registry *registry, struct spk_build **out);
SPK_API void spk_build_free(struct spk_build *build);
/* Begins a new packet in the same memory. */
SPK_API void spk_build_reset(struct spk_build *build);
/* Whether spellings that may point back do (DNS names); at first they do not. */
SPK_API void spk_build_compress(struct spk_build *build, bool compress);

/*
 * Appends a layer whose header holds its rows' initial values. The functions below act on the last layer. A failure is
 * remembered: every later call gives it back, and spk_build_finish says why. NULL for a protocol or field, as
 * spk_registry_find and spk_field_find give it for a name nobody knows, is such a failure.
 */
SPK_API enum spk_status spk_build_layer(struct spk_build *build, const struct spk_proto *proto);
/*
 * The same, and gives the header's first byte: values of the protocol's spots are written there without a call each
 * (spk_spot_store; an address is its bytes at spot->byte), and need not be set. Valid until the next call on build. NULL: a
 * failure, or the header begins within a byte, or the rows at its front end within one.
 */
SPK_API uint8_t *spk_build_header(struct spk_build *build, const struct spk_proto *proto);
SPK_API enum spk_status spk_build_set(struct spk_build *build, const struct spk_field *field,
                                      const struct spk_value *value);
SPK_API enum spk_status spk_build_set_uint(struct spk_build *build, const struct spk_field *field, uint64_t number);
SPK_API enum spk_status spk_build_set_text(struct spk_build *build, const struct spk_field *field, const char *text);
/* The same by a row's attribute ("sport"): rows without a name have one too. */
SPK_API enum spk_status spk_build_set_attr(struct spk_build *build, const char *attr, const struct spk_value *value);
/*
 * Opens a new element of a GROUP row; rows set then are the element's, until spk_build_leave. A group that a CHOICE's key
 * picks opens by itself when one of its rows is set.
 */
SPK_API enum spk_status spk_build_enter(struct spk_build *build, const struct spk_field *field);
SPK_API enum spk_status spk_build_leave(struct spk_build *build);
/* Appends bytes as they are: a region's tail, a payload. */
SPK_API enum spk_status spk_build_raw(struct spk_build *build, const uint8_t *data, size_t len);

/*
 * The packet's bytes, valid until the next call on build. flags as above. On failure the first error of all calls since
 * the last reset.
 */
SPK_API enum spk_status spk_build_finish(struct spk_build *build, unsigned flags, const uint8_t **data, uint32_t *len,
                                         struct spk_error *error);

/* Feeds a walk's event to a builder: encode(decode(bytes)) from the values alone. */
SPK_API enum spk_status spk_build_event(struct spk_build *build, const struct spk_walk *walk,
                                        enum spk_walk_event event);

/*
 * Builds from a line of text: "eth(dst=ff:ff:ff:ff:ff:ff) / ip(src=192.0.2.1, dst=192.0.2.2, proto=17) / udp(dport=53) /
 * dns(queries=[(name=example.com, type=1)])". Words are protocol names and rows' attributes; [...] lists elements of a
 * group, (...) is one element; hex:0a0b is raw bytes, "..." is text.
 */
SPK_API enum spk_status spk_build_line(struct spk_build *build, const char *line, struct spk_error *error);

#ifdef __cplusplus
}
#endif
#endif
