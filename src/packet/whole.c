/* whole: putting together what the headers of a path must hold. */
#include "packet/whole.h"

#include <string.h>

/* As much of a packet as windows may stand in. */
enum { SPAN = 128, WINDOW = 8 };

/* Byte by byte, what must stand there. */
struct bytes {
    uint8_t mask[SPAN], value[SPAN];
};

static bool bytes_add(struct bytes *bytes, uint32_t at, uint64_t mask, uint64_t value)
{
    uint8_t masks[WINDOW], values[WINDOW];
    memcpy(masks, &mask, sizeof masks);
    memcpy(values, &value, sizeof values);
    for (uint32_t i = 0; i < WINDOW && at + WINDOW <= SPAN; i++) {
        bytes->mask[at + i] |= masks[i];
        bytes->value[at + i] |= values[i] & masks[i];
    }
    return at + WINDOW <= SPAN;
}

/* As few windows as cover them, none beyond the bytes that must be there. */
static bool set_windows(struct spk_whole *whole, const struct bytes *bytes)
{
    uint32_t need = whole->last->need;
    for (uint32_t at = 0; at < need && at < SPAN; at++) {
        if (bytes->mask[at] == 0) {
            continue;
        }
        uint32_t from = at < need - WINDOW ? at : need - WINDOW;
        if (from + WINDOW > SPAN || whole->window_count == SPK_WHOLE_WINDOWS) {
            return false;
        }
        whole->windows[whole->window_count].at = (uint16_t)from;
        memcpy(&whole->windows[whole->window_count].mask, bytes->mask + from, WINDOW);
        memcpy(&whole->windows[whole->window_count].value, bytes->value + from, WINDOW);
        whole->window_count++;
        at = from + WINDOW - 1;
    }
    return true;
}

/* Notes the key of somebody wanted who may follow the last header. False: there are too many. */
static bool avoid(struct spk_whole *whole, uint32_t key)
{
    if (whole->branches) {
        whole->ways[key & UINT8_MAX] = key <= UINT8_MAX ? SPK_WHOLE_WALKS : whole->ways[key & UINT8_MAX];
        return true;
    }
    if (whole->avoid_count == SPK_WHOLE_AVOIDS) {
        return false;
    }
    whole->avoids[whole->avoid_count++] = key;
    return true;
}

/* The keys of those wanted who may follow the last header. False: too many, or found by more than a key. */
static bool set_avoids(struct spk_whole *whole, const struct spk_reach *reach)
{
    const struct spk_step *step = whole->last->step;
    uint32_t count = 0;
    if ((step->flags & SPK_STEP_NEXT) == 0) {
        return whole->last->children == 0;
    }
    whole->branches = (step->flags & SPK_STEP_LOWER) == 0 && step->key.mask == UINT8_MAX;
    if (!whole->branches && whole->last->children > 0) {
        return false;
    }
    const uint64_t *links = spk_space_links(reach->registry, step->space, &count);
    for (uint32_t i = 0; i < count; i++) {
        if ((reach->steps[links[i] & UINT16_MAX].flags & SPK_STEP_UNWANTED) == 0
            && !avoid(whole, (uint32_t)(links[i] >> 16))) {
            return false;
        }
    }
    return (step->flags & SPK_STEP_MORE) == 0;
}

/* A number of a header as one of the packet. */
static struct spk_four in_packet(struct spk_four number, const struct spk_node *node)
{
    number.byte = (uint16_t)(number.byte + node->layer.at);
    return number;
}

static void set_header(struct spk_whole *whole)
{
    const struct spk_node *last = whole->last;
    const struct spk_step *step = last->step;
    whole->need = last->need;
    whole->header = (struct spk_whole_len){ .base = last->need };
    if ((last->flags & SPK_PATH_HLEN) != 0) {
        whole->header = (struct spk_whole_len){ .number = in_packet(step->hlen, last),
                                                .mul = step->hlen_mul,
                                                .base = last->layer.at + step->hlen_add };
    }
}

/* Whether the windows say already that the header's length does not count. */
static bool is_no_len(const struct spk_node *node, const struct bytes *bytes)
{
    const struct spk_four *len = &node->step->len;
    uint32_t at = node->layer.at + len->byte;
    uint32_t known = at + sizeof(uint32_t) <= SPAN ? spk_load32(bytes->mask + at) >> len->shift & len->mask : 0;
    return known == len->mask && known != 0
           && (spk_load32(bytes->value + at) >> len->shift & len->mask) - node->step->len_low > node->step->len_span;
}

static bool add_len(struct spk_whole *whole, const struct spk_node *node)
{
    if (whole->len_count == SPK_WHOLE_LENS) {
        return false;
    }
    const struct spk_step *step = node->step;
    whole->lens[whole->len_count++] = (struct spk_whole_len){ .number = in_packet(step->len, node),
                                                              .mul = step->len_mul,
                                                              .base = node->layer.at + step->len_add,
                                                              .low = step->len_low,
                                                              .span = step->len_span };
    return true;
}

bool spk_whole_make(struct spk_whole *whole, const struct spk_reach *reach, const struct spk_node *const *nodes,
                    uint32_t count, uint32_t tested)
{
    struct bytes bytes = { 0 };
    *whole = (struct spk_whole){ .last = nodes[count - 1] };
    const uint8_t both = SPK_PATH_HLEN | SPK_PATH_LEN;
    bool fits = (whole->last->flags & both) != both && reach->raw == SPK_NOWHERE && set_avoids(whole, reach);
    for (uint32_t i = tested; fits && i < count; i++) {
        fits = bytes_add(&bytes, nodes[i]->own, nodes[i]->own_mask, nodes[i]->own_value)
               && (i == tested || bytes_add(&bytes, nodes[i - 1]->key, nodes[i - 1]->key_mask, nodes[i]->value));
    }
    for (uint32_t i = tested; fits && i < count; i++) {
        fits = (nodes[i]->flags & SPK_PATH_LEN) == 0 || is_no_len(nodes[i], &bytes) || add_len(whole, nodes[i]);
    }
    set_header(whole);
    return fits && set_windows(whole, &bytes);
}

void spk_whole_branch(struct spk_whole *whole, const struct spk_node *child, uint8_t index)
{
    uint8_t window[WINDOW];
    const struct spk_node *last = whole->last;
    memcpy(window, &child->value, sizeof window);
    uint32_t at = last->layer.at + last->step->key.byte - last->key;
    whole->ways[spk_load32(window + at) >> last->step->key.shift & last->step->key.mask] = index;
}
