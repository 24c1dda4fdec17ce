/* kind: making the heads and their tables from the tree, the steps and the links. */
#include "packet/kind.h"

#include "base/memory.h"

/* Keys in a table at most, and how many slots it has: as few as keep them apart. */
enum { LISTED = 64, SLOT_BITS = 8, TRIES = 32 };

/* Keys whose way is another than that of all others. */
struct list {
    struct spk_way ways[LISTED];
    uint32_t count;
};

struct maker {
    struct spk_kinds *kinds;
    const struct spk_reach *reach;
    const struct spk_node *nodes; /* of the tree, and what stands beside each of them */
    const struct spk_stencil *stencils;
    const bool *holds;
    struct spk_head *heads; /* of the nodes */
    uint32_t mul;           /* kept the keys of the last table apart, and mostly does those of the next */
    bool failed;            /* no memory */
};

const struct spk_head spk_head_untold = { .need = SPK_NOWHERE };
const struct spk_head spk_head_unmade = { .need = SPK_NOWHERE };

enum { NO_KEY = 1 }; /* what a key masked with 0 never is */

enum { ROOM = 4096 };

struct spk_kinds_room {
    struct spk_kinds_room *before;
    size_t used; /* of the words */
    uint64_t words[ROOM];
};

/* Room for size bytes that stays where it is, up to the next call if it is not kept. NULL: no memory. */
static void *room_for(struct maker *m, size_t size)
{
    struct spk_kinds_room *room = m->kinds->last;
    if (room == NULL || (ROOM - room->used) * sizeof room->words[0] < size) {
        struct spk_kinds_room *more = spk_alloc(sizeof *more);
        if (more == NULL) {
            m->failed = true;
            return NULL;
        }
        more->before = room;
        more->used = 0;
        m->kinds->last = room = more;
    }
    return &room->words[room->used];
}

static void keep(struct maker *m, size_t size)
{
    struct spk_kinds_room *room = m->kinds->last;
    room->used += (size + sizeof room->words[0] - 1) / sizeof room->words[0];
}

/* One head, as given. */
static const struct spk_head *add_head(struct maker *m, const struct spk_head *head)
{
    struct spk_head *added = room_for(m, sizeof *added);
    if (added == NULL) {
        return &spk_head_untold;
    }
    *added = *head;
    keep(m, sizeof *added);
    return added;
}

/* ---- tables ---- */

/* Whether no two of the listed keys have the same slot. */
static bool keeps_apart(const struct list *list, const struct spk_head *head)
{
    uint64_t taken[(1 << SLOT_BITS) / 64] = { 0 };
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t slot = list->ways[i].key * head->mul >> head->shift;
        uint64_t bit = UINT64_C(1) << slot % 64;
        if ((taken[slot / 64] & bit) != 0) {
            return false;
        }
        taken[slot / 64] |= bit;
    }
    return true;
}

/* Puts the listed keys into a table. A slot that is left has key 0, which is only ever looked for in the first. */
static void put_ways(const struct list *list, const struct spk_head *head, struct spk_way *ways)
{
    for (uint32_t i = 0; i < UINT32_C(1) << (32 - head->shift); i++) {
        ways[i] = (struct spk_way){ .next = head->otherwise };
    }
    for (uint32_t i = 0; i < list->count; i++) {
        ways[list->ways[i].key * head->mul >> head->shift] = list->ways[i];
    }
}

/* Finds as few slots as keep the keys apart. False: there are none. */
static bool spread(struct maker *m, struct spk_head *head, const struct list *list, struct spk_way *ways)
{
    for (uint32_t bits = 1; bits <= SLOT_BITS; bits++) {
        head->shift = (uint8_t)(32 - bits);
        for (uint32_t i = 0; i < TRIES && list->count * 2 <= UINT32_C(1) << bits; i++) {
            head->mul = m->mul;
            if (keeps_apart(list, head)) {
                put_ways(list, head, ways);
                keep(m, sizeof ways[0] << bits);
                return true;
            }
            m->mul *= 0x2c9277b5u;
        }
    }
    return false;
}

/* Makes the table of what is listed. Where the keys cannot be kept apart, no packet goes on from the head. */
static void set_table(struct maker *m, struct spk_head *head, struct list *list)
{
    struct spk_way *ways = room_for(m, sizeof ways[0] << SLOT_BITS);
    if (ways == NULL) {
        return;
    }
    head->flags |= SPK_HEAD_KEY;
    head->table = ways;
    if (!spread(m, head, list, ways)) {
        list->count = 0;
        head->otherwise = &spk_head_untold;
        spread(m, head, list, ways);
    }
    head->likely_next = ways[0].key == 0 ? ways[0].next : head->otherwise;
}

/* Where the head looks for its key. */
static void set_key(struct spk_head *head, const struct spk_four *four)
{
    head->key = four->byte;
    head->key_mask = spk_native32(four->mask << four->shift);
}

static void list_way(struct list *list, struct spk_head *head, const struct spk_four *four, uint32_t key,
                     const struct spk_head *way)
{
    if (way == head->otherwise || key > four->mask) {
        return;
    }
    if (list->count == LISTED) {
        head->otherwise = &spk_head_untold; /* so is what is not listed for want of room */
    } else {
        list->ways[list->count++] = (struct spk_way){ spk_native32(key << four->shift), way };
    }
}

/* ---- who follows ---- */

static bool is_wanted(const struct maker *m, uint32_t proto)
{
    return proto != SPK_NOWHERE && (m->reach->steps[proto].flags & SPK_STEP_UNWANTED) == 0;
}

static bool anybody_wanted(const struct maker *m, uint16_t space)
{
    uint32_t count = 0;
    const uint64_t *links = spk_space_links(m->reach->registry, space, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (is_wanted(m, (uint32_t)(links[i] & UINT16_MAX))) {
            return true;
        }
    }
    return false;
}

/* The row as four bytes of the packet, in a header that begins there; mask 0: it is not read so. */
static struct spk_four four_at(const struct spk_cplace *place, uint32_t header)
{
    uint32_t end = header + place->byte + place->load;
    bool plain = place->load != 0 && end >= 4 && end <= UINT16_MAX;
    return plain ? (struct spk_four){ place->mask, (uint16_t)(end - 4), place->shift } : (struct spk_four){ 0 };
}

static bool same_key(const struct spk_cnext *a, const struct spk_cnext *b)
{
    return a->pick == SPK_PICK_ROW && b->pick == SPK_PICK_ROW && a->space == b->space
           && a->keys[0].bit == b->keys[0].bit && a->keys[0].width == b->keys[0].width;
}

/* That of packets that end with a node; NULL: they have none. */
static const struct spk_stencil *stencil_of(const struct maker *m, uint32_t index)
{
    return m->holds[index] ? &m->stencils[index] : NULL;
}

/* The way to a head that looks at a key of a header behind the node, and goes on as told when it leads to nobody wanted. */
static const struct spk_head *ask_key(struct maker *m, const struct spk_node *node, const struct spk_cproto *proto,
                                      const struct spk_cnext *next, const struct spk_head *otherwise)
{
    const struct spk_registry *registry = m->reach->registry;
    const struct spk_four four = four_at(&next->keys[0], node->need);
    struct spk_head head = { .need = node->need + proto->min,
                             .otherwise = otherwise,
                             .stencil = stencil_of(m, (uint32_t)(node - m->nodes)) };
    struct list keys;
    uint32_t count = 0;
    const uint64_t *links = spk_space_links(registry, next->space, &count);
    if (four.mask == 0) {
        return &spk_head_untold;
    }
    keys.count = 0;
    set_key(&head, &four);
    for (uint32_t i = 0; i < count; i++) {
        if (is_wanted(m, (uint32_t)(links[i] & UINT16_MAX))) {
            list_way(&keys, &head, &four, (uint32_t)(links[i] >> 16), &spk_head_untold);
        }
    }
    set_table(m, &head, &keys);
    return add_head(m, &head);
}

/*
 * The way where a protocol follows the node that only leads and takes no steps: what spk_onward_look_ahead asks, by a head
 * for each of its keys.
 */
static const struct spk_head *ask_ahead(struct maker *m, const struct spk_node *node, uint32_t index)
{
    const struct spk_registry *registry = m->reach->registry;
    const struct spk_cproto *proto = &registry->protos[index];
    const struct spk_head *way = NULL;
    if ((node->flags & SPK_PATH_HLEN) != 0 || proto->min > UINT16_MAX
        || ((proto->flags & SPK_HAS_TAIL) != 0 && is_wanted(m, spk_link_look(registry, proto->tail, 0)))) {
        return &spk_head_untold;
    }
    for (uint8_t i = proto->next_count; i-- > 0 && way != &spk_head_untold;) {
        const struct spk_cnext *next = &proto->next[i];
        if (next->pick == SPK_PICK_ROW) {
            bool again = i > 0 && same_key(next, &proto->next[i - 1]);
            way = again ? way : ask_key(m, node, proto, next, way);
        } else if (next->pick != SPK_PICK_KEY || is_wanted(m, spk_link_look(registry, next->space, next->key))) {
            way = &spk_head_untold;
        }
    }
    return way;
}

/* The way where a protocol follows that is no child of the node. */
static const struct spk_head *way_to(struct maker *m, const struct spk_node *node, uint32_t proto)
{
    if (!is_wanted(m, proto)) {
        return NULL;
    }
    return spk_step_asks(&m->reach->steps[proto]) ? ask_ahead(m, node, proto) : &spk_head_untold;
}

/* The way where the first key leads to nobody: that of the only other who may follow, whatever his conditions. */
static const struct spk_head *otherwise_of(struct maker *m, const struct spk_node *node)
{
    const struct spk_registry *registry = m->reach->registry;
    const struct spk_cproto *proto = &registry->protos[node->layer.proto];
    const struct spk_head *way = NULL;
    for (uint8_t i = 1; (node->step->flags & SPK_STEP_MORE) != 0 && i < proto->next_count; i++) {
        const struct spk_cnext *next = &proto->next[i];
        const struct spk_head *follows = NULL;
        if (next->pick == SPK_PICK_KEY) {
            follows = way_to(m, node, spk_link_look(registry, next->space, next->key));
        } else if (!same_key(next, &proto->next[0]) && anybody_wanted(m, next->space)) {
            follows = &spk_head_untold;
        }
        if (follows != NULL) {
            way = way == NULL ? follows : &spk_head_untold;
        }
    }
    return way;
}

static const struct spk_head *child_at(const struct maker *m, const struct spk_node *node, uint32_t key)
{
    for (uint32_t child = node->child; child < (uint32_t)node->child + node->children; child++) {
        if (m->nodes[child].number == key) {
            return &m->heads[child];
        }
    }
    return &spk_head_untold;
}

/* ---- heads ---- */

/* A number of the node's header as one of the packet. */
static struct spk_four in_packet(struct spk_four number, const struct spk_node *node)
{
    number.byte = (uint16_t)(number.byte + node->layer.at);
    return number;
}

static void set_lengths(struct spk_head *head, const struct spk_node *node)
{
    const struct spk_step *step = node->step;
    if ((node->flags & SPK_PATH_HLEN) != 0) {
        head->flags |= SPK_HEAD_HLEN;
        head->header =
            (struct spk_head_end){ in_packet(step->hlen, node), step->hlen_mul, node->layer.at + step->hlen_add };
    }
    if ((node->flags & SPK_PATH_LEN) != 0) {
        head->flags |= SPK_HEAD_LEN;
        head->payload =
            (struct spk_head_end){ in_packet(step->len, node), step->len_mul, node->layer.at + step->len_add };
        head->len_low = step->len_low;
        head->len_span = step->len_span;
    }
}

/*
 * Where the key is a length as well (Ethernet's), keys that are none are told without it, and the others by a head of their
 * own: it takes what the given one leaves.
 */
static void split_lengths(struct maker *m, struct spk_head *head)
{
    struct spk_head lengths = *head;
    struct list none;
    none.count = 0;
    set_table(m, &lengths, &none);
    head->otherwise = add_head(m, &lengths);
    head->flags &= (uint8_t)~SPK_HEAD_LEN;
}

/* The way where one of two keys decides: to who sits there, if he is wanted; unwanted: the way if he is not. */
static const struct spk_head *way_of_either(const struct maker *m, const struct spk_node *node, uint32_t proto,
                                            const struct spk_head *unwanted)
{
    const struct spk_node *child = spk_path_looked_up(m->nodes, node, proto);
    if (child != NULL) {
        return &m->heads[child - m->nodes];
    }
    return is_wanted(m, proto) ? &spk_head_untold : unwanted;
}

/*
 * A head that looks at the second of two keys, where that decides if it is below some number. Where no key does, the way
 * is the one given.
 */
static const struct spk_head *ask_second(struct maker *m, const struct spk_head *like, const struct spk_node *node,
                                         uint32_t below, const struct spk_head *otherwise)
{
    const struct spk_four four = in_packet(node->step->other, node);
    const struct spk_head *unwanted = otherwise_of(m, node);
    struct spk_head head = *like;
    struct list keys;
    uint32_t count = 0;
    const uint64_t *links = spk_space_links(m->reach->registry, node->step->space, &count);
    keys.count = 0;
    head.flags = 0;
    head.mask = 0;
    head.otherwise = otherwise;
    set_key(&head, &four);
    for (uint32_t i = 0; i < count && (uint32_t)(links[i] >> 16) < below; i++) {
        uint32_t proto = (uint32_t)(links[i] & UINT16_MAX);
        list_way(&keys, &head, &four, (uint32_t)(links[i] >> 16), way_of_either(m, node, proto, unwanted));
    }
    if (keys.count == 0 && head.otherwise == otherwise) {
        return otherwise;
    }
    set_table(m, &head, &keys);
    return add_head(m, &head);
}

/* The lower of two keys decides, or where nobody sits there the other. */
static void set_both(struct maker *m, struct spk_head *head, const struct spk_node *node)
{
    const struct spk_four four = in_packet(node->step->key, node);
    const struct spk_head *unwanted = otherwise_of(m, node);
    const struct spk_head like = *head;
    struct list keys;
    uint32_t count = 0;
    const uint64_t *links = spk_space_links(m->reach->registry, node->step->space, &count);
    keys.count = 0;
    set_key(head, &four);
    head->otherwise = ask_second(m, &like, node, UINT32_MAX, unwanted);
    const struct spk_head *before = NULL;
    const struct spk_head *asked = NULL; /* below the next key, too, where the ways are the same */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = (uint32_t)(links[i] >> 16);
        const struct spk_head *way = way_of_either(m, node, (uint32_t)(links[i] & UINT16_MAX), unwanted);
        asked = i > 0 && way == before ? asked : ask_second(m, &like, node, key, way);
        before = way;
        list_way(&keys, head, &four, key, asked);
    }
    set_table(m, head, &keys);
}

static const struct spk_way *find_way(const struct list *keys, const struct spk_head *next)
{
    for (uint32_t i = 0; i < keys->count; i++) {
        if (keys->ways[i].next == next) {
            return &keys->ways[i];
        }
    }
    return NULL;
}

/*
 * The child that is looked for before the table: the first that ends its path, for he is wanted himself and does not only
 * lead on; else the first.
 */
static void set_likely(const struct maker *m, struct spk_head *head, const struct spk_node *node,
                       const struct list *keys)
{
    const struct spk_way *likely = NULL;
    bool ends = false;
    for (uint32_t i = node->child; i < (uint32_t)node->child + node->children && !ends; i++) {
        const struct spk_way *way = find_way(keys, &m->heads[i]);
        ends = way != NULL && m->nodes[i].children == 0;
        likely = ends || likely == NULL ? way : likely;
    }
    if (likely != NULL) {
        head->likely = likely->key;
        head->likely_next = likely->next;
    }
}

/* The ways of the key. */
static void set_keys(struct maker *m, struct spk_head *head, const struct spk_node *node)
{
    const struct spk_step *step = node->step;
    const struct spk_four four = in_packet(step->key, node);
    struct list keys;
    bool gated = spk_four_same(&step->gate, &step->key);
    bool is_len = (head->flags & SPK_HEAD_LEN) != 0 && spk_four_same(&step->len, &step->key);
    uint32_t count = 0;
    const uint64_t *links = spk_space_links(m->reach->registry, step->space, &count);
    keys.count = 0;
    set_key(head, &four);
    head->otherwise = otherwise_of(m, node);
    if (is_len) {
        split_lengths(m, head);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = (uint32_t)(links[i] >> 16);
        bool shut =
            (gated && key - step->gate_low > step->gate_span) || (is_len && key - step->len_low <= step->len_span);
        const struct spk_head *way = shut ? &spk_head_untold : child_at(m, node, key);
        if (way == &spk_head_untold && !shut) {
            way = way_to(m, node, (uint32_t)(links[i] & UINT16_MAX));
        }
        list_way(&keys, head, &four, key, way);
    }
    set_table(m, head, &keys);
    set_likely(m, head, node, &keys);
}

/* Whether the likely key alone leads on. */
static bool is_sure(const struct spk_head *head)
{
    return head->mask == 0 && head->flags == SPK_HEAD_KEY && head->likely_next != NULL;
}

static void make_head(struct maker *m, uint32_t index)
{
    const struct spk_node *node = &m->nodes[index];
    struct spk_head head = { .elsewise = &spk_head_untold,
                             .sure = NO_KEY,
                             .mask = node->own_mask,
                             .value = node->own_value,
                             .need = node->need,
                             .own = node->own,
                             .stencil = stencil_of(m, index) };
    if (node->need != SPK_NOWHERE) {
        set_lengths(&head, node);
        uint16_t keys = node->step->flags & (SPK_STEP_NEXT | SPK_STEP_LOWER);
        if (keys == SPK_STEP_NEXT) {
            set_keys(m, &head, node);
        } else if ((keys & SPK_STEP_NEXT) != 0) {
            set_both(m, &head, node);
        }
    }
    if (is_sure(&head)) {
        head.sure = head.likely;
        head.sure_mask = head.key_mask;
    }
    m->heads[index] = head;
    if ((node->flags & SPK_PATH_LONGER) != 0) {
        m->heads[index - 1].elsewise = &m->heads[index];
    }
}

/* Nodes of the tree that begins at a node: its root's children stand behind it, and so on. */
static uint32_t count_nodes(const struct spk_node *nodes)
{
    uint32_t count = 1;
    for (uint32_t i = 0; i < count; i++) {
        count += nodes[i].children;
    }
    return count;
}

const struct spk_head *spk_kinds_add(struct spk_kinds *kinds, const struct spk_reach *reach, uint32_t node,
                                     const struct spk_stencil *stencils, const bool *holds)
{
    struct maker m = { .kinds = kinds,
                       .reach = reach,
                       .nodes = &reach->nodes[node],
                       .stencils = &stencils[node],
                       .holds = &holds[node],
                       .mul = 0x9e3779b1u };
    if (reach->raw != SPK_NOWHERE) {
        return &spk_head_untold;
    }
    const uint32_t count = count_nodes(m.nodes);
    m.heads = room_for(&m, count * sizeof m.heads[0]);
    if (m.heads == NULL) {
        return NULL;
    }
    keep(&m, count * sizeof m.heads[0]);
    for (uint32_t i = 0; i < count && !m.failed; i++) {
        make_head(&m, i);
    }
    return m.failed ? NULL : m.heads;
}

void spk_kinds_free(struct spk_kinds *kinds)
{
    for (struct spk_kinds_room *room = kinds->last; room != NULL;) {
        struct spk_kinds_room *before = room->before;
        spk_free(room);
        room = before;
    }
}
