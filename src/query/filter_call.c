/* filter_call: the functions of filters, over the values of one packet. */
#include "query/filter_run.h"

#include "base/address.h"

static uint64_t length_of(const struct spk_value *value, uint8_t size)
{
    switch (value->kind) {
    case SPK_UINT:
    case SPK_INT:
    case SPK_PAD:
        return size;
    case SPK_IP4:
        return 4;
    case SPK_IP6:
        return 16;
    case SPK_MAC:
        return 6;
    case SPK_BYTES:
    case SPK_TEXT:
    case FILTER_PROTO:
        return value->len;
    default:
        return 0; /* as Wireshark has it for booleans and times */
    }
}

static void change_case(const struct spk_value *value, bool upper, uint8_t *to)
{
    for (uint32_t i = 0; i < value->len; i++) {
        uint8_t letter = value->data[i];
        bool other = upper ? letter >= 'a' && letter <= 'z' : letter >= 'A' && letter <= 'Z';
        to[i] = other ? letter ^ 0x20 : letter;
    }
}

static uint32_t put_text(const struct spk_value *value, uint8_t *to)
{
    char *text = (char *)to;
    bool negative = false;
    switch (value->kind) {
    case SPK_IP4:
        return (uint32_t)spk_ip4_text((uint32_t)value->u, text);
    case SPK_IP6:
        return (uint32_t)spk_ip6_text(value->data, text);
    case SPK_MAC:
        return (uint32_t)spk_mac_text(value->data, text);
    default:
        *text = '-';
        negative = value->kind == SPK_INT && (int64_t)value->u < 0;
        return (uint32_t)(negative + spk_uint_text(negative ? 0 - value->u : value->u, text + negative));
    }
}

/* One value for each value of the argument. False: failed, remembered. */
static bool call_each(struct spk_matcher *matcher, const struct filter_step *step, const struct spk_item *from)
{
    const struct spk_value *value = &from->value;
    struct spk_item item = { .layer = from->layer, .value = *value };
    uint8_t *kept = NULL;
    switch (step->op) {
    case FUNCTION_LEN:
        item.value = (struct spk_value){ .kind = SPK_UINT, .u = length_of(value, step->size) };
        break;
    case FUNCTION_UPPER:
    case FUNCTION_LOWER:
    case FUNCTION_STRING: {
        bool text = step->op == FUNCTION_STRING;
        kept = spk_filter_room_for(matcher, text ? SPK_IP6_TEXT : value->len);
        if (kept == NULL) {
            return false;
        }
        item.value = (struct spk_value){ .kind = SPK_TEXT, .data = kept, .len = value->len };
        if (text) {
            item.value.len = put_text(value, kept);
        } else {
            change_case(value, step->op == FUNCTION_UPPER, kept);
        }
        break;
    }
    default: /* abs */
        if (value->kind == SPK_INT || value->kind == SPK_DELTA || value->kind == SPK_TIME) {
            item.value.u = (int64_t)value->u < 0 ? 0 - value->u : value->u;
        }
        break;
    }
    return spk_filter_push(matcher, spk_filter_made(matcher, step->to), &item);
}

bool spk_filter_call(struct spk_matcher *matcher, const struct filter_step *step)
{
    struct filter_values from = spk_filter_values(matcher, step->a);
    struct filter_made *to = spk_filter_made(matcher, step->to);
    to->count = step->goes_on ? to->count : 0;
    if (step->op == FUNCTION_COUNT) {
        struct spk_item item = { .layer = SPK_NO_LAYER, .value = { .kind = SPK_UINT, .u = from.count } };
        return from.count > 0 && spk_filter_push(matcher, to, &item);
    }
    for (uint32_t i = 0; i < from.count; i++) {
        bool extreme = step->op == FUNCTION_MAX || step->op == FUNCTION_MIN;
        if (!extreme && !call_each(matcher, step, &from.items[i])) {
            return false;
        }
        if (extreme && to->count == 0) {
            spk_filter_push(matcher, to, &from.items[i]);
        } else if (extreme
                   && spk_filter_compare(step->op == FUNCTION_MAX ? FILTER_GT : FILTER_LT, step->wide,
                                         &from.items[i].value, &to->items[0].value)) {
            to->items[0] = from.items[i];
        }
    }
    return to->count > 0;
}
