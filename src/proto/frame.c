/*
 * Frame: what the record says of itself, before any byte of the packet: length, number, times, and the protocols found. All
 * of it are views; running values (number, times since) belong to whoever reads the records in order and are passed in with
 * the packet.
 */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#include <string.h>

enum {
    NUMBER, TIME, TIME_EPOCH, TIME_RELATIVE, TIME_DELTA, TIME_DELTA_DISPLAYED, LEN, CAP_LEN, PROTOCOLS, INTERFACE_ID,
    SECTION_NUMBER, FLOW_HASH
};

static bool get_number(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_frame *frame = place->packet->frame;
    value->u = frame != NULL ? frame->number : 0;
    return frame != NULL;
}

static bool get_time(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_frame *frame = place->packet->frame;
    if (frame == NULL || !frame->has_time) {
        return false;
    }
    value->u = (uint64_t)frame->time_ns;
    return true;
}

/* Time since another record; nothing came before the first, so it is zero there. */
static bool since(const struct spk_frame *frame, bool has_then, int64_t then, struct spk_value *value)
{
    if (frame == NULL || !frame->has_time) {
        return false;
    }
    value->u = has_then ? (uint64_t)frame->time_ns - (uint64_t)then : 0;
    return true;
}

static bool get_time_relative(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_frame *frame = place->packet->frame;
    return frame != NULL && since(frame, frame->has_first, frame->first_ns, value);
}

static bool get_time_delta(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_frame *frame = place->packet->frame;
    return frame != NULL && since(frame, frame->has_previous, frame->previous_ns, value);
}

static bool get_time_delta_displayed(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_frame *frame = place->packet->frame;
    return frame != NULL && since(frame, frame->has_displayed, frame->displayed_ns, value);
}

static bool get_len(const struct spk_place *place, struct spk_value *value)
{
    value->u = place->packet->len;
    return true;
}

static bool get_cap_len(const struct spk_place *place, struct spk_value *value)
{
    value->u = place->packet->caplen;
    return true;
}

static bool get_interface_id(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_frame *frame = place->packet->frame;
    value->u = frame != NULL ? frame->interface : 0;
    return frame != NULL && frame->has_section;
}

static bool get_section_number(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_frame *frame = place->packet->frame;
    value->u = frame != NULL ? (uint64_t)frame->section + 1 : 0;
    return frame != NULL && frame->has_section;
}

/* Adds a word and the colon before it; false when there is no room. */
static bool add_word(struct spk_scratch *scratch, uint32_t *len, const char *word)
{
    size_t size = strlen(word);
    if (sizeof scratch->bytes - *len < size + 1) {
        return false;
    }
    if (*len > 0) {
        scratch->bytes[(*len)++] = ':';
    }
    memcpy(scratch->bytes + *len, word, size);
    *len += (uint32_t)size;
    return true;
}

/* Messages in one stream segment are named once, however many they are. */
static bool is_named(const struct spk_packet *packet, unsigned layer)
{
    const struct spk_proto *proto = spk_layer_proto(packet, layer);
    if ((proto->flags & SPK_QUIET) != 0) {
        return false;
    }
    const struct spk_proto *before = layer > 0 ? spk_layer_proto(packet, layer - 1) : proto;
    if ((before->flags & SPK_REPEATS) == 0) {
        return true;
    }
    return spk_layer_find(packet, before, 0) == (int)layer - 1;
}

static bool get_protocols(const struct spk_place *place, struct spk_value *value)
{
    const struct spk_packet *packet = place->packet;
    uint32_t len = 0;
    bool room = true;
    const char *via = NULL;
    for (unsigned i = 0; i < packet->count && room; i++) {
        const struct spk_proto *proto = spk_layer_proto(packet, i);
        if (via != NULL) {
            room = add_word(place->scratch, &len, via);
        }
        if (room && is_named(packet, i)) {
            room = add_word(place->scratch, &len, proto->shows != NULL ? proto->shows : proto->name);
        }
        const char *held = NULL;
        for (unsigned nth = 0; proto->holds != NULL && room && (held = proto->holds(packet, i, nth)) != NULL; nth++) {
            room = add_word(place->scratch, &len, held);
        }
        uint8_t next = packet->layers[i].next;
        via = next > 0 ? proto->next[next - 1].via : NULL;
    }
    value->data = place->scratch->bytes;
    value->len = len;
    return packet->count > 0;
}

static bool get_flow_hash(const struct spk_place *place, struct spk_value *value)
{
    return spk_flow_hash(place->packet, &value->u);
}

static const struct spk_row rows[] = {
    [NUMBER] = {
        .name = "frame.number", .kind = SPK_UINT, .flags = SPK_RUNS_ON, .view = SPK_CALL(get_number),
        .doc = "Number of the record, from 1.",
    },
    [TIME] = {
        .name = "frame.time", .kind = SPK_TIME, .base = SPK_DATE, .view = SPK_CALL_FOR(get_time, SPK_SHOWS_TIME),
        .doc = "When the packet was captured, as a date in UTC.",
    },
    [TIME_EPOCH] = {
        .name = "frame.time_epoch", .kind = SPK_TIME, .view = SPK_CALL_FOR(get_time, SPK_SHOWS_TIME),
        .doc = "When the packet was captured, in seconds since 1970-01-01 UTC.",
    },
    [TIME_RELATIVE] = {
        .name = "frame.time_relative", .kind = SPK_DELTA, .flags = SPK_RUNS_ON, .view = SPK_CALL(get_time_relative),
        .doc = "Seconds since the first record.",
    },
    [TIME_DELTA] = {
        .name = "frame.time_delta", .kind = SPK_DELTA, .flags = SPK_RUNS_ON, .view = SPK_CALL(get_time_delta),
        .doc = "Seconds since the record before.",
    },
    [TIME_DELTA_DISPLAYED] = {
        .name = "frame.time_delta_displayed", .kind = SPK_DELTA, .flags = SPK_RUNS_ON,
        .view = SPK_CALL(get_time_delta_displayed),
        .doc = "Seconds since the record that was shown before.",
    },
    [LEN] = {
        .name = "frame.len", .also = "frame.pkt_len", .kind = SPK_UINT, .bits = 32,
        .view = SPK_CALL_FOR(get_len, SPK_SHOWS_LEN),
        .doc = "Bytes of the packet on the wire.",
    },
    [CAP_LEN] = {
        .name = "frame.cap_len", .also = "frame.caplen", .kind = SPK_UINT, .bits = 32,
        .view = SPK_CALL_FOR(get_cap_len, SPK_SHOWS_CAP_LEN),
        .doc = "Bytes of the packet that were captured.",
    },
    [PROTOCOLS] = {
        .name = "frame.protocols", .kind = SPK_TEXT, .flags = SPK_NEEDS_ALL, .view = SPK_CALL(get_protocols),
        .doc = "Names of the protocols found, outermost first, with colons between them.",
    },
    [INTERFACE_ID] = {
        .name = "frame.interface_id", .kind = SPK_UINT, .bits = 32, .view = SPK_CALL(get_interface_id),
        .doc = "Index of the interface within its section, from 0; only where the capture has interfaces.",
    },
    [SECTION_NUMBER] = {
        .name = "frame.section_number", .kind = SPK_UINT, .bits = 32, .view = SPK_CALL(get_section_number),
        .doc = "Number of the capture's section, from 1; only where the capture has sections.",
    },
    /* signed, as the whole numbers of SQL are */
    [FLOW_HASH] = {
        .name = "flow.hash", .attr = "flow_hash", .kind = SPK_INT, .bits = 64, .flags = SPK_OWN_NAME | SPK_NEEDS_ALL,
        .view = SPK_CALL(get_flow_hash),
        .doc = "Hash of addresses, ports and IP protocol: one number for both directions of a conversation.",
    },
};

const struct spk_proto spk_proto_frame = {
    .name = "frame", .pyclass = "Frame", .title = "Frame", .spec = "none",
    .hdr = { .name = "Frame", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_ROWS, .flags = SPK_RECORD,
};
