/* Data: a payload that no protocol takes. */
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

enum { DATA, LEN };

static bool get_len(const struct spk_place *place, struct spk_value *value)
{
    value->u = place->end - place->at;
    return true;
}

static const struct spk_row rows[] = {
    [DATA] = {
        .name = "data.data", .also = "data", .attr = "payload", .kind = SPK_BYTES,
        .doc = "The bytes.",
    },
    [LEN] = {
        .name = "data.len", .kind = SPK_UINT, .view = SPK_CALL(get_len),
        .doc = "How many bytes there are, as far as they were captured.",
    },
};

const struct spk_proto spk_proto_data = {
    .name = "data", .pyclass = "NullPkt", .title = "Data", .spec = "none",
    .hdr = { .name = "NullPkt", SPK_ROWS(rows) },
    .extent = SPK_EXTENT_REST, .flags = SPK_RAW,
};
