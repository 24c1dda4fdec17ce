/*
 * mydns: the DNS of steelscript.packets.protos.dns_purepy, gone to C step by step: RFC 1035, section 4, on UDP port 5350.
 *
 *       0                             15
 *      +-------------------------------+
 *      |             ident             |
 *      +--+---------+--+--+--+--+------+
 *      |qr| op_code |aa|tc|rd|ra| z ad cd resp_code
 *      +--+---------+--+--+--+--+------+
 *      |  query, answer, auth, ad count (16 bits each)
 *      +-------------------------------+
 *      |  queries, answers, authority, ad ...
 *
 * STEP says how far the file has got: 1 the header, 2 the questions, 3 their names, 4 the records. Each step builds.
 */
#include <steelpkt.h>

#ifndef STEP
#define STEP 4
#endif

#if STEP >= 3
#include <string.h>

/* [measure] */
enum { NAME_OCTETS = 255, LABEL_MAX = 63, POINTER = 0xc0, OFFSET_MAX = 0x3fff };

/* Bytes that a name takes where it stands: its labels, and the 0 or the pointer that closes it. */
static int32_t measure_name(const struct spk_place *place)
{
    const uint8_t *data = place->packet->data;
    uint32_t at = place->at;

    while (at < place->end && at - place->at < NAME_OCTETS) {
        uint8_t length = data[at];
        if (length == 0) {
            return (int32_t)(at - place->at + 1);
        }
        if ((length & POINTER) == POINTER) {
            return place->end - at >= 2 ? (int32_t)(at - place->at + 2) : -1;
        }
        if (length > LABEL_MAX) {
            return -1;
        }
        at += length + 1u;
    }
    return -1;
}
/* [end] */

/* [read] */
/*
 * The labels of the name at a byte of the message, each with its length before it, pointers followed: how many bytes they
 * are. -1: the name is cut or too long, or a pointer does not lead backwards, where reading might never end.
 */
static int32_t read_labels(const uint8_t *message, uint32_t at, uint32_t end, uint8_t labels[NAME_OCTETS])
{
    uint32_t limit = at, len = 0;

    while (at < end) {
        uint8_t length = message[at];
        if ((length & POINTER) == POINTER) {
            uint32_t target = end - at >= 2 ? (length & ~(uint32_t)POINTER) << 8 | message[at + 1] : limit;
            if (target >= limit) {
                return -1;
            }
            at = limit = target;
            continue;
        }
        if (length == 0) {
            return (int32_t)len;
        }
        if (length > LABEL_MAX || end - at <= length || len + length + 2u > NAME_OCTETS) {
            return -1;
        }
        memcpy(labels + len, message + at, length + 1u);
        len += length + 1u;
        at += length + 1u;
    }
    return -1;
}
/* [end] */

/* [text] */
/* A label as text: octets that would not come back as they are get a backslash. Gives how many characters. */
static uint32_t label_text(const uint8_t *label, uint8_t *out)
{
    uint32_t n = 0;

    for (uint32_t i = 1; i <= label[0]; i++) {
        uint8_t octet = label[i];
        if (octet == '.' || octet == '\\') {
            out[n++] = '\\';
            out[n++] = octet;
        } else if (octet > 0x20 && octet < 0x7f && octet != '@' && octet != '<') {
            out[n++] = octet;
        } else {
            out[n++] = '\\';
            out[n++] = (uint8_t)('0' + octet / 100);
            out[n++] = (uint8_t)('0' + octet / 10 % 10);
            out[n++] = (uint8_t)('0' + octet % 10);
        }
    }
    return n;
}

/* The name as people read it: labels with dots between them, and nothing for the root. */
static bool get_name(const struct spk_place *place, struct spk_value *value)
{
    uint32_t base = place->packet->layers[place->layer].at;
    uint8_t *out = place->scratch->bytes;
    uint8_t labels[NAME_OCTETS];
    uint32_t n = 0;
    int32_t len = read_labels(place->packet->data + base, place->at - base, place->end - base, labels);

    for (int32_t i = 0; i < len; i += labels[i] + 1) {
        if (i > 0) {
            out[n++] = '.';
        }
        n += label_text(labels + i, out + n);
    }
    *value = (struct spk_value){ .kind = SPK_TEXT, .data = out, .len = n };
    return len >= 0;
}
/* [end] */

/* [spell] */
/* The name as it stands: a dot behind every label, and a pointer as @ and where it leads: "www.@00016". */
static bool spell_name(const struct spk_place *place, struct spk_value *value)
{
    const uint8_t *at = place->packet->data + place->at;
    uint8_t *out = place->scratch->bytes;
    uint32_t n = 0;

    if (measure_name(place) < 0) {
        return false;
    }
    for (; at[0] != 0 && at[0] <= LABEL_MAX; at += at[0] + 1) {
        n += label_text(at, out + n);
        out[n++] = '.';
    }
    if (at[0] != 0) {
        uint32_t target = (at[0] & ~(uint32_t)POINTER) << 8 | at[1];
        out[n++] = '@';
        for (uint32_t unit = 10000; unit > 0; unit /= 10) {
            out[n++] = (uint8_t)('0' + target / unit % 10);
        }
    } else if (n == 0) {
        out[n++] = '.';
    }
    *value = (struct spk_value){ .kind = SPK_TEXT, .data = out, .len = n };
    return true;
}
/* [end] */

/* [parse] */
/* A name taken from text. */
struct name {
    uint8_t labels[NAME_OCTETS];
    uint32_t len;
    int32_t pointer; /* what it ends with in place of a 0, or -1 */
};

static uint32_t digits(const uint8_t *text, const uint8_t *end)
{
    uint32_t count = 0;

    while (text + count < end && text[count] >= '0' && text[count] <= '9') {
        count++;
    }
    return count;
}

/* The octet at text, which a backslash may spell; moves text behind it. False: none can be meant. */
static bool take_octet(const uint8_t **text, const uint8_t *end, uint8_t *octet)
{
    uint32_t number = *(*text)++;

    if (number == '\\' && digits(*text, end) >= 3) {
        number = ((*text)[0] - '0') * 100u + ((*text)[1] - '0') * 10u + ((*text)[2] - '0');
        *text += 3;
    } else if (number == '\\') {
        if (*text == end) {
            return false;
        }
        number = *(*text)++;
    }
    *octet = (uint8_t)number;
    return number <= 255;
}

/* "@" and a place, up to the end of the text: a pointer. -1: it is none. */
static int32_t pointer_of(const uint8_t *text, const uint8_t *end)
{
    uint32_t count = *text == '@' ? digits(text + 1, end) : 0;
    uint32_t target = 0;

    if (count == 0 || count > 5 || text + 1 + count != end) {
        return -1;
    }
    for (uint32_t i = 1; i <= count; i++) {
        target = target * 10 + (text[i] - '0');
    }
    return target <= OFFSET_MAX ? (int32_t)target : -1;
}

static bool parse_name(const struct spk_value *value, struct name *name)
{
    const uint8_t *text = value->data;
    const uint8_t *end = text + value->len;

    name->len = 0;
    name->pointer = -1;
    if (value->len == 0 || (value->len == 1 && text[0] == '.')) {
        return true;
    }
    while (text < end && (name->pointer = pointer_of(text, end)) < 0) {
        uint32_t label = name->len++;
        while (text < end && *text != '.') {
            if (name->len >= NAME_OCTETS - 1 || !take_octet(&text, end, &name->labels[name->len++])) {
                return false;
            }
        }
        text += text < end;
        name->labels[label] = (uint8_t)(name->len - label - 1);
        if (name->labels[label] == 0 || name->len - label - 1 > LABEL_MAX || name->len >= NAME_OCTETS) {
            return false;
        }
    }
    return true;
}
/* [end] */

/* [put] */
/* Where the labels stand already, as a name or as the end of one; -1: nowhere. */
static int32_t find_written(const struct spk_written *before, const uint8_t *labels, uint32_t len)
{
    uint8_t other[NAME_OCTETS];

    for (uint32_t i = 0; i < before->count; i++) {
        uint32_t at = before->places[i];
        while (at < before->len && at <= OFFSET_MAX && before->message[at] > 0 && before->message[at] <= LABEL_MAX) {
            if (read_labels(before->message, at, before->len, other) == (int32_t)len
                && memcmp(other, labels, len) == 0) {
                return (int32_t)at;
            }
            at += before->message[at] + 1u;
        }
    }
    return -1;
}

/* Writes a name: its labels up to an end that stands somewhere before, and the pointer to that or a 0. */
static int32_t put_name(const struct spk_value *text, const struct spk_written *before, uint8_t *out, uint32_t size)
{
    struct name name;
    uint32_t own = 0;

    if (!parse_name(text, &name)) {
        return -1;
    }
    while (own < name.len) {
        if (before != NULL && name.pointer < 0) {
            name.pointer = find_written(before, name.labels + own, name.len - own);
            if (name.pointer >= 0) {
                break;
            }
        }
        own += name.labels[own] + 1u;
    }
    if (own + 2 > size) {
        return -1;
    }
    memcpy(out, name.labels, own);
    if (name.pointer < 0) {
        out[own] = 0;
        return (int32_t)own + 1;
    }
    out[own] = (uint8_t)(POINTER | name.pointer >> 8);
    out[own + 1] = (uint8_t)name.pointer;
    return (int32_t)own + 2;
}

static const struct spk_codec name_codec = {
    .measure = measure_name,
    .get = get_name,
    .spell = spell_name,
    .put = put_name,
    .pointed_at = true,
};
/* [end] */
#endif

/* clang-format off */

#if STEP == 2
/* [labels] */
enum { LABEL_LEN, LABEL };

static const struct spk_row label_rows[] = {
    [LABEL_LEN] = {
        .name = "mydns.label_len", .kind = SPK_UINT, .bits = 8,
        .doc = "Octets of the label; 0 ends the name.",
    },
    [LABEL] = {
        .name = "mydns.label", .kind = SPK_TEXT, .size = SPK_REF(LABEL_LEN, 1, 0),
        .doc = "One label of a name.",
    },
};

static const struct spk_group label = { .name = "MyDNSLabel", SPK_ROWS(label_rows) };

#define QUERY_NAME_ROW                                                                                                 \
    .name = "mydns.query_name", .kind = SPK_GROUP, .in = &label, .many = SPK_UNTIL, .n = SPK_REF(LABEL_LEN, 1, 0),     \
    .doc = "The name that is asked for, label by label."
/* [end] */
#elif STEP > 2
/* [name_row] */
#define QUERY_NAME_ROW                                                                                                 \
    .name = "mydns.query_name", .kind = SPK_TEXT, .codec = &name_codec, .doc = "The name that is asked for."
/* [end] */
#endif

#if STEP >= 2
/* [types] */
static const struct spk_enum types[] = {
    { 1, "A" }, { 2, "NS" }, { 5, "CNAME" }, { 6, "SOA" }, { 12, "PTR" }, { 15, "MX" }, { 16, "TXT" }, { 28, "AAAA" },
    { 41, "OPT" }, { 0, NULL },
};

static const struct spk_enum classes[] = { { 1, "IN" }, { 254, "NONE" }, { 255, "ANY" }, { 0, NULL } };
/* [end] */

/* [query] */
static const struct spk_row query_rows[] = {
    { QUERY_NAME_ROW },
    {
        .name = "mydns.query_type", .kind = SPK_UINT, .bits = 16, .init = 1, .names = types,
        .doc = "The kind of record that is asked for.",
    },
    {
        .name = "mydns.query_class", .kind = SPK_UINT, .bits = 16, .init = 1, .names = classes,
        .doc = "Its class.",
    },
};

static const struct spk_group query = { .name = "MyDNSQuery", SPK_ROWS(query_rows) };
/* [end] */
#endif

#if STEP >= 4
/* [data] */
static const struct spk_row a_rows[] = {
    { .name = "mydns.a", .kind = SPK_IP4, .bits = 32, .doc = "IPv4 address of the owner." },
};

static const struct spk_row aaaa_rows[] = {
    { .name = "mydns.aaaa", .kind = SPK_IP6, .bits = 128, .doc = "IPv6 address of the owner." },
};

static const struct spk_row host_rows[] = {
    { .name = "mydns.host", .kind = SPK_TEXT, .codec = &name_codec,
      .doc = "The name server, the name that the owner is an alias of, or the one pointed at." },
};

static const struct spk_row soa_rows[] = {
    { .name = "mydns.mname", .kind = SPK_TEXT, .codec = &name_codec, .doc = "The zone's primary name server." },
    { .name = "mydns.rname", .kind = SPK_TEXT, .codec = &name_codec, .doc = "The mailbox of the zone's keeper." },
    { .name = "mydns.serial", .kind = SPK_UINT, .bits = 32, .doc = "Version of the zone." },
    { .name = "mydns.refresh", .kind = SPK_UINT, .bits = 32, .doc = "Seconds until a secondary asks again." },
    { .name = "mydns.retry", .kind = SPK_UINT, .bits = 32, .doc = "Seconds until it asks again where that failed." },
    { .name = "mydns.expire", .kind = SPK_UINT, .bits = 32, .doc = "Seconds after which it no longer answers." },
    { .name = "mydns.minimum", .kind = SPK_UINT, .bits = 32, .doc = "Seconds for which a name may be known as absent." },
};

static const struct spk_row mx_rows[] = {
    { .name = "mydns.preference", .kind = SPK_UINT, .bits = 16, .doc = "The lowest is tried first." },
    { .name = "mydns.exchange", .kind = SPK_TEXT, .codec = &name_codec, .doc = "A host that takes the owner's mail." },
};

static const struct spk_group a = { .name = "MyDNSAddress", SPK_ROWS(a_rows) };
static const struct spk_group aaaa = { .name = "MyDNSAddress6", SPK_ROWS(aaaa_rows) };
static const struct spk_group host = { .name = "MyDNSHost", SPK_ROWS(host_rows) };
static const struct spk_group soa = { .name = "MyDNSZone", SPK_ROWS(soa_rows) };
static const struct spk_group mx = { .name = "MyDNSMail", SPK_ROWS(mx_rows) };

static const struct spk_case data_by_type[] = {
    { 1, 0, &a }, { 2, 0, &host }, { 5, 0, &host }, { 6, 0, &soa }, { 12, 0, &host }, { 15, 0, &mx }, { 28, 0, &aaaa },
    { 0, 0, NULL },
};
/* [end] */

/* [record] */
enum { DOMAIN_NAME, RES_TYPE, RES_CLASS, RES_TTL, RES_LEN, RES_DATA };

static const struct spk_row record_rows[] = {
    [DOMAIN_NAME] = {
        .name = "mydns.domain_name", .kind = SPK_TEXT, .codec = &name_codec,
        .doc = "The record's owner.",
    },
    [RES_TYPE] = {
        .name = "mydns.res_type", .kind = SPK_UINT, .bits = 16, .init = 1, .names = types,
        .doc = "The record's kind.",
    },
    [RES_CLASS] = {
        .name = "mydns.res_class", .kind = SPK_UINT, .bits = 16, .init = 1, .names = classes,
        .doc = "Its class.",
    },
    [RES_TTL] = {
        .name = "mydns.res_ttl", .kind = SPK_UINT, .bits = 32,
        .doc = "How long it holds, in seconds.",
    },
    [RES_LEN] = {
        .name = "mydns.res_len", .kind = SPK_UINT, .bits = 16,
        .doc = "Octets of its data.",
    },
    [RES_DATA] = {
        .name = "mydns.res_data", .kind = SPK_CHOICE, .key = RES_TYPE, .cases = data_by_type,
        .size = SPK_REF(RES_LEN, 1, 0),
        .doc = "Its data, taken apart by its kind; octets where the kind is not known.",
    },
};

static const struct spk_group record = { .name = "MyDNSResource", SPK_ROWS(record_rows) };
/* [end] */
#endif

/* [header] */
enum {
    IDENT, QUERY_RESP, OP_CODE, AUTHORITATIVE, TRUNCATED, RECURSION_REQUESTED, RECURSION_AVAILABLE, Z, AUTHENTIC_DATA,
    CHECK_DISABLED, RESP_CODE, QUERY_COUNT, ANSWER_COUNT, AUTH_COUNT, AD_COUNT, QUERIES, ANSWERS, AUTHORITY, AD
};

#define FLAG(name_, doc_) { .name = "mydns." name_, .kind = SPK_BOOL, .bits = 1, .doc = doc_ }

static const struct spk_row message_rows[] = {
    [IDENT] = {
        .name = "mydns.ident", .kind = SPK_UINT, .bits = 16,
        .doc = "Chosen by who asks; the answer bears it, too.",
    },
    [QUERY_RESP] = FLAG("query_resp", "0: a query, 1: a response."),
    [OP_CODE] = {
        .name = "mydns.op_code", .kind = SPK_UINT, .bits = 4,
        .doc = "0 for an ordinary query.",
    },
    [AUTHORITATIVE] = FLAG("authoritative", "The answer comes from a server of the zone."),
    [TRUNCATED] = FLAG("truncated", "The message was cut."),
    [RECURSION_REQUESTED] = FLAG("recursion_requested", "The server shall ask others."),
    [RECURSION_AVAILABLE] = FLAG("recursion_available", "The server is willing to."),
    [Z] = { .kind = SPK_PAD, .bits = 1 },
    [AUTHENTIC_DATA] = FLAG("authentic_data", "Signatures were checked."),
    [CHECK_DISABLED] = FLAG("check_disabled", "Unchecked data is welcome."),
    [RESP_CODE] = {
        .name = "mydns.resp_code", .kind = SPK_UINT, .bits = 4,
        .doc = "How it went; 0: well.",
    },
    [QUERY_COUNT] = {
        .name = "mydns.query_count", .kind = SPK_UINT, .bits = 16,
        .doc = "How many queries follow.",
    },
    [ANSWER_COUNT] = {
        .name = "mydns.answer_count", .kind = SPK_UINT, .bits = 16,
        .doc = "How many answers.",
    },
    [AUTH_COUNT] = {
        .name = "mydns.auth_count", .kind = SPK_UINT, .bits = 16,
        .doc = "How many records of name servers.",
    },
    [AD_COUNT] = {
        .name = "mydns.ad_count", .kind = SPK_UINT, .bits = 16,
        .doc = "How many additional records.",
    },
/* [end] */
#if STEP >= 2
/* [queries] */
    [QUERIES] = {
        .name = "mydns.queries", .kind = SPK_GROUP, .in = &query, .many = SPK_COUNT, .n = SPK_REF(QUERY_COUNT, 1, 0),
        .doc = "What is asked for.",
    },
/* [end] */
#endif
#if STEP >= 4
/* [records] */
    [ANSWERS] = {
        .name = "mydns.answers", .kind = SPK_GROUP, .in = &record, .many = SPK_COUNT, .n = SPK_REF(ANSWER_COUNT, 1, 0),
        .doc = "The records that answer it.",
    },
    [AUTHORITY] = {
        .name = "mydns.authority", .kind = SPK_GROUP, .in = &record, .many = SPK_COUNT, .n = SPK_REF(AUTH_COUNT, 1, 0),
        .doc = "Records of who is responsible.",
    },
    [AD] = {
        .name = "mydns.ad", .kind = SPK_GROUP, .in = &record, .many = SPK_COUNT, .n = SPK_REF(AD_COUNT, 1, 0),
        .doc = "Records that help with the others.",
    },
/* [end] */
#endif
};
/* clang-format on */

/* [plugin] */

static const struct spk_proto mydns = {
    .name = "mydns",
    .pyclass = "MyDNS",
    .title = "My Domain Name System",
    .spec = "RFC 1035",
    .hdr = { .name = "MyDNS", SPK_ROWS(message_rows) },
    .extent = SPK_EXTENT_REST,
    .sits = SPK_SITS({ "udp.port", 5350 }),
};

SPK_PLUGIN(&mydns);
/* [end] */
