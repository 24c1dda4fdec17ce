/*
 * path: growing the tree from the steps and the links, breadth first: what is wanted itself goes before what only leads
 * there.
 */
#include "packet/path.h"

/* The eight bytes that hold what is compared, as a mask and a value in the order of the packet's bytes. */
struct window {
    uint32_t at;
    uint64_t mask, value;
};

/* Adds a number of a header at a byte to what is compared. False: the window does not hold it. */
static bool window_add(struct window *window, uint32_t header, const struct spk_four *four, uint32_t number)
{
    int64_t shift = ((int64_t)window->at + 8 - (header + four->byte + 4)) * 8 + four->shift;
    if (shift < 0 || shift > 63 || (uint64_t)four->mask << shift >> shift != four->mask) {
        return false;
    }
    window->mask |= (uint64_t)four->mask << shift;
    window->value |= (uint64_t)number << shift;
    return true;
}

/* As the machine has it when it loads the bytes. */
static uint64_t native(uint64_t number)
{
    uint8_t bytes[8];
    uint64_t loaded;
    spk_store32(bytes, (uint32_t)(number >> 32));
    spk_store32(bytes + 4, (uint32_t)number);
    memcpy(&loaded, bytes, sizeof loaded);
    return loaded;
}

/*
 * What the header must hold to be the one of this node: the shortest length, and what opens the gate. Lengths and flags
 * stand before addresses: so the window lies as far to the front as it can.
 */
static bool set_own(struct spk_node *node, const struct spk_step *step)
{
    struct window window = { .at = node->layer.at < node->need - 8 ? node->layer.at : node->need - 8 };
    bool open_gate = (step->flags & SPK_STEP_NEXT) == 0 || spk_four_same(&step->gate, &step->key);
    bool fixed = (step->flags & SPK_STEP_HLEN) == 0 || (node->flags & SPK_PATH_HLEN) != 0;
    if (!fixed
        && ((step->min - step->hlen_add) % step->hlen_mul != 0
            || !window_add(&window, node->layer.at, &step->hlen, (step->min - step->hlen_add) / step->hlen_mul))) {
        return false;
    }
    if (!open_gate && (step->gate_span != 0 || !window_add(&window, node->layer.at, &step->gate, step->gate_low))) {
        return false;
    }
    node->own = (uint16_t)window.at;
    node->own_mask = native(window.mask);
    node->own_value = native(window.value);
    return true;
}

/* The window of the key: the last eight bytes that hold it. */
static bool set_key(struct spk_node *node, const struct spk_step *step, struct window *window)
{
    uint32_t end = node->layer.at + step->key.byte + 4;
    *window = (struct window){ .at = end >= 8 ? end - 8 : 0 };
    node->key = (uint16_t)window->at;
    bool held = window_add(window, node->layer.at, &step->key, 0);
    node->key_mask = native(window->mask);
    return held;
}

/* Fills in a node whose protocol and place are set. False: the path ends before it. */
static bool fill(struct spk_node *node, const struct spk_step *step)
{
    struct window key;
    const uint16_t keys = SPK_STEP_NEXT | SPK_STEP_LOWER;
    bool rest = (step->flags & SPK_STEP_REST) != 0;
    bool has_children = (step->flags & keys) == SPK_STEP_NEXT && !rest;
    bool looks = (step->flags & (keys | SPK_STEP_MORE | SPK_STEP_HLEN)) == keys && !rest;
    bool may_vary = !has_children && (step->flags & SPK_STEP_HLEN) != 0;
    if (step->need == UINT32_MAX || (rest && (step->flags & SPK_STEP_LEN) != 0)) {
        return false;
    }
    node->step = step;
    node->layer.hdr_len = step->min;
    node->layer.next = 1;
    node->need = node->layer.at + step->min;
    node->flags = (uint8_t)(((step->flags & SPK_STEP_LEN) != 0 ? SPK_PATH_LEN : 0) | (may_vary ? SPK_PATH_HLEN : 0)
                            | (rest ? SPK_PATH_REST : 0) | (looks ? SPK_PATH_LOOKS : 0));
    return node->need >= 8 && node->need <= UINT16_MAX && set_own(node, step)
           && (!has_children || set_key(node, step, &key));
}

/* A tree that grows. */
struct tree {
    struct spk_node *nodes;
    uint16_t count;
    const struct spk_registry *registry;
    const struct spk_step *steps;
};

/* The value of the key by which a child follows. False: no window holds the key, or the child is there already. */
static bool child_value(const struct tree *tree, struct spk_node *node, uint32_t key, uint32_t proto, uint64_t *value)
{
    const struct spk_step *step = &tree->steps[node->layer.proto];
    struct window window;
    if ((node->flags & SPK_PATH_LOOKS) != 0) {
        *value = UINT64_MAX;
        return spk_path_looked_up(tree->nodes, node, proto) == NULL;
    }
    bool held = set_key(node, step, &window) && window_add(&window, node->layer.at, &step->key, key);
    *value = native(window.value);
    return held;
}

/* Children of a node, but for those that are others made longer. */
static uint32_t count_kin(const struct tree *tree, const struct spk_node *node)
{
    uint32_t count = 0;
    for (uint32_t i = node->child; i < (uint32_t)node->child + node->children; i++) {
        count += (tree->nodes[i].flags & SPK_PATH_LONGER) == 0;
    }
    return count;
}

/* Adds the last child of a node once more, for headers that are longer: what follows them stands nowhere fixed. */
static void add_longer(struct tree *tree, struct spk_node *node)
{
    const struct spk_node *child = &tree->nodes[tree->count - 1];
    const struct spk_step *step = child->step;
    if ((step->flags & SPK_STEP_HLEN) == 0 || (child->flags & SPK_PATH_HLEN) != 0 || child->rank > SPK_PATH_LONGER_RANKS
        || tree->count == SPK_PATH_NODES) {
        return;
    }
    struct spk_node *longer = &tree->nodes[tree->count];
    *longer = *child;
    longer->key_mask = 0;
    longer->flags |= SPK_PATH_HLEN | SPK_PATH_LONGER;
    longer->layer.hdr_len += step->hlen_mul;
    longer->need += step->hlen_mul;
    if (longer->need <= UINT16_MAX && set_own(longer, step)) {
        tree->count++;
        node->children++;
    }
}

/* Adds a child of the node for who sits at a key. */
static void add_child(struct tree *tree, struct spk_node *node, uint32_t key, uint32_t proto)
{
    const struct spk_step *step = &tree->steps[node->layer.proto];
    bool shut = spk_four_same(&step->gate, &step->key) && key - step->gate_low > step->gate_span;
    uint64_t value = 0;
    uint8_t rank = (uint8_t)(node->rank + count_kin(tree, node));
    if (shut || key > step->key.mask || rank > SPK_PATH_RANKS || tree->count == SPK_PATH_NODES
        || node->depth == SPK_LAYERS_MAX || !child_value(tree, node, key, proto, &value)) {
        return;
    }
    struct spk_node *child = &tree->nodes[tree->count];
    *child = (struct spk_node){ .layer = { .proto = (uint16_t)proto, .at = node->need },
                                .value = value,
                                .number = key,
                                .rank = rank,
                                .depth = (uint8_t)(node->depth + 1) };
    if (fill(child, &tree->steps[proto])) {
        tree->count++;
        node->children++;
        add_longer(tree, node);
    }
}

/* Adds children for those whom somebody wants, or else for those who only lead on to one. */
static void add_children(struct tree *tree, struct spk_node *node, bool wanted)
{
    const uint16_t leads = wanted ? 0 : SPK_STEP_LEADS;
    uint32_t count = 0;
    const uint64_t *links = spk_space_links(tree->registry, tree->steps[node->layer.proto].space, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t proto = (uint32_t)(links[i] & UINT16_MAX);
        if ((tree->steps[proto].flags & (SPK_STEP_UNWANTED | SPK_STEP_LEADS)) == leads) {
            add_child(tree, node, (uint32_t)(links[i] >> 16), proto);
        }
    }
}

uint16_t spk_path_grow(struct spk_node *nodes, const struct spk_registry *registry, const struct spk_step *steps,
                       uint32_t proto)
{
    struct tree tree = { .nodes = nodes, .count = 1, .registry = registry, .steps = steps };
    nodes[0] = (struct spk_node){ .layer.proto = (uint16_t)proto, .depth = 1 };
    if (!fill(&nodes[0], &steps[proto])) {
        nodes[0].need = SPK_NOWHERE;
    }
    for (uint16_t i = 0; i < tree.count; i++) {
        struct spk_node *node = &nodes[i];
        if (node->need != SPK_NOWHERE && (node->key_mask != 0 || (node->flags & SPK_PATH_LOOKS) != 0)) {
            node->child = tree.count;
            add_children(&tree, node, true);
            add_children(&tree, node, false);
        }
    }
    return tree.count;
}
