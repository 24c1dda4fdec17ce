/* tree_json: one packet as one JSON object, for programs. */
#include "packet/walk.h"
#include "query/json.h"
#include "query/out.h"
#include "query/tree.h"
#include "wire/registry.h"
#include "wire/text.h"

static void put_seconds(struct spk_json *json, int64_t ns)
{
    struct spk_value value = { .kind = SPK_DELTA, .u = (uint64_t)ns };
    spk_json_value(json, NULL, &value);
}

static void put_hex(struct spk_json *json, const uint8_t *bytes, uint32_t len)
{
    struct spk_value value = { .kind = SPK_BYTES, .data = bytes, .len = len };
    spk_json_value(json, NULL, &value);
}

static void member_uint(struct spk_json *json, const char *name, uint64_t number)
{
    spk_json_name(json, name);
    spk_json_uint(json, number);
}

static void member_text(struct spk_json *json, const char *name, const char *text)
{
    spk_json_name(json, name);
    if (text != NULL) {
        spk_json_text(json, text);
    } else {
        spk_json_null(json);
    }
}

static void put_field(struct spk_json *json, const struct spk_walk *walk, struct spk_scratch *scratch)
{
    struct spk_value value;
    if (!spk_tree_shows(walk) || !spk_walk_value(walk, scratch, &value)) {
        return;
    }
    spk_json_object(json);
    member_text(json, "name", walk->row->name);
    spk_json_name(json, "value");
    spk_json_value(json, walk->row, &value);
    const char *meaning = spk_value_meaning(walk->row, &value);
    if (meaning != NULL) {
        member_text(json, "meaning", meaning);
    }
    if (walk->len > 0) {
        member_uint(json, "at", walk->at);
        member_uint(json, "len", walk->len);
    }
    spk_json_end(json);
}

static void put_raw(struct spk_json *json, const struct spk_walk *walk)
{
    spk_json_object(json);
    member_text(json, "name", NULL);
    spk_json_name(json, "value");
    put_hex(json, walk->packet->data + walk->at, walk->len);
    member_uint(json, "at", walk->at);
    member_uint(json, "len", walk->len);
    spk_json_end(json);
}

static void begin_layer(struct spk_json *json, const struct spk_proto *proto)
{
    spk_json_object(json);
    member_text(json, "protocol", proto->name);
    member_text(json, "title", proto->title);
}

static void begin_fields(struct spk_json *json)
{
    spk_json_name(json, "fields");
    spk_json_list(json);
}

/* Ends the list of fields and the object it stands in. */
static void end_fields(struct spk_json *json)
{
    spk_json_end(json);
    spk_json_end(json);
}

static void put_record(struct spk_json *json, const struct spk_packet *packet, struct spk_scratch *scratch)
{
    const struct spk_registry *registry = packet->registry;
    struct spk_walk walk;
    for (uint32_t p = 0; p < registry->proto_count; p++) {
        if ((registry->protos[p].proto->flags & SPK_RECORD) == 0) {
            continue;
        }
        begin_layer(json, registry->protos[p].proto);
        begin_fields(json);
        spk_walk_record(&walk, packet, p);
        for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
            if (event == SPK_EVENT_VALUE) {
                put_field(json, &walk, scratch);
            }
        }
        end_fields(json);
    }
}

static void put_layer_head(struct spk_json *json, const struct spk_walk *walk)
{
    const struct spk_layer *layer = &walk->packet->layers[walk->layer];
    begin_layer(json, spk_layer_proto(walk->packet, walk->layer));
    member_uint(json, "at", layer->at);
    member_uint(json, "len", layer->hdr_len);
    begin_fields(json);
}

static void enter(struct spk_json *json, const struct spk_walk *walk)
{
    if (walk->row->kind == SPK_GROUP) {
        spk_json_object(json);
        member_text(json, "name", walk->row->name != NULL ? walk->row->name : walk->in->name);
        member_uint(json, "index", walk->index);
        begin_fields(json);
    }
}

/* All layers; bytes before the first and behind the last stand in the layer beside them, or alone. */
static void put_layers(struct spk_json *json, const struct spk_packet *packet, struct spk_scratch *scratch)
{
    struct spk_walk walk;
    bool open = false;
    spk_walk_begin(&walk, packet);
    for (enum spk_walk_event event = spk_walk_next(&walk); event != SPK_EVENT_END; event = spk_walk_next(&walk)) {
        switch (event) {
        case SPK_EVENT_LAYER:
            if (open) {
                end_fields(json);
            }
            put_layer_head(json, &walk);
            open = true;
            break;
        case SPK_EVENT_VALUE:
            put_field(json, &walk, scratch);
            break;
        case SPK_EVENT_ENTER:
            enter(json, &walk);
            break;
        case SPK_EVENT_LEAVE:
            if (walk.row->kind == SPK_GROUP) {
                end_fields(json);
            }
            break;
        default:
            put_raw(json, &walk);
            break;
        }
    }
    if (open) {
        end_fields(json);
    }
}

static void put_stop(struct spk_json *json, const struct spk_packet *packet, const struct spk_stop *stop)
{
    spk_json_name(json, "stop");
    if (stop->reason == SPK_STOP_NOT) {
        spk_json_null(json);
        return;
    }
    spk_json_object(json);
    member_text(json, "reason", spk_stop_word(stop->reason));
    member_text(json, "protocol", packet->registry->protos[stop->proto].proto->name);
    member_text(json, "field", stop->row);
    member_uint(json, "at", stop->at);
    member_uint(json, "need", stop->need);
    member_uint(json, "have", stop->have);
    spk_json_end(json);
}

void spk_tree_json(const struct spk_packet *packet, struct spk_json *json)
{
    struct spk_scratch scratch;
    struct spk_stop stop = { 0 };
    const size_t before = json->out->buf.len;
    spk_json_object(json);
    if (packet->frame != NULL) {
        member_uint(json, "number", packet->frame->number);
        spk_json_name(json, "time");
        if (packet->frame->has_time) {
            put_seconds(json, packet->frame->time_ns);
        } else {
            spk_json_null(json);
        }
    }
    member_uint(json, "len", packet->len);
    member_uint(json, "caplen", packet->caplen);
    spk_json_name(json, "layers");
    spk_json_list(json);
    put_record(json, packet, &scratch);
    put_layers(json, packet, &scratch);
    spk_json_end(json);
    spk_packet_check(packet, &stop);
    put_stop(json, packet, &stop);
    spk_json_name(json, "data");
    put_hex(json, packet->data, packet->caplen);
    spk_json_end(json);
    if (json->failed) {
        spk_buf_cut(&json->out->buf, before); /* there are only whole objects */
    }
}
