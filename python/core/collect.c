/*
 * collect: the attributes and query fields of a class, from its rows and from what the tutorial's class has beside them;
 * and whether all of them have fixed places.
 */
#include "types.h"

/* Where rows are met on the way through a group and those that open in it. */
struct collector {
    struct core_class *klass;
    size_t attr_room, field_room;
    unsigned depth;
};

void *core_grow(void *array, size_t count, size_t *room, size_t size)
{
    size_t larger = *room == 0 ? 16 : *room * 2;

    if (count < *room)
        return array;
    void *grown = PyMem_Realloc(array, larger * size);
    if (grown == NULL)
        return PyErr_NoMemory();
    *room = larger;
    return grown;
}

static struct core_attr *add_attr(struct collector *c, const char *name)
{
    struct core_class *klass = c->klass;
    struct core_attr *attrs = core_grow(klass->attrs, klass->attr_count, &c->attr_room, sizeof *attrs);

    if (attrs == NULL)
        return NULL;
    klass->attrs = attrs;
    struct core_attr *attr = &attrs[klass->attr_count];
    *attr = (struct core_attr){ .name = name, .klass = klass, .word = PyUnicode_InternFromString(name) };
    if (attr->word == NULL)
        return NULL;
    klass->attr_count++;
    return attr;
}

bool core_row_is_number(const struct spk_row *row)
{
    return row->kind == SPK_PAD || row->kind == SPK_UINT || row->kind == SPK_INT || row->kind == SPK_BOOL
           || row->kind == SPK_IP4;
}

/* A place of width bits at a bit of the header. */
static void set_place(struct core_attr *attr, uint32_t bit, uint32_t width)
{
    const struct spk_row *row = attr->row;
    bool number = core_row_is_number(row);
    uint32_t end = (bit + width + 7) / 8;

    attr->width = (uint16_t)width;
    if (number && (width < 1 || width > 56 ? width != 64 || bit % 8 != 0 : end - bit / 8 > 8))
        return;
    if (!number && (bit % 8 != 0 || width % 8 != 0))
        return;
    attr->how = CORE_FIXED;
    attr->writable = true;
    attr->byte = (uint16_t)(bit / 8);
    attr->end = (uint16_t)end;
    attr->little = (row->flags & SPK_LITTLE) != 0 && bit % 8 == 0 && width % 8 == 0;
    if (number) {
        attr->load = (uint8_t)(end - bit / 8);
        attr->shift = (uint8_t)(end * 8 - (bit + width));
        attr->mask = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
    }
}

static bool is_fixed(const struct spk_row *row)
{
    return row->bits > 0 && row->many == SPK_ONE && row->when[0].test == SPK_ALWAYS && row->kind != SPK_GROUP
           && row->kind != SPK_CHOICE;
}

/* Bits before a row of the group, where all rows up to it have their fixed places; -1: they have not. */
static int32_t fixed_bit(const struct spk_group *group, int row)
{
    int32_t bit = 0;

    for (int i = 0; i < row; i++) {
        if (group->rows[i].view.op != SPK_NOT_A_VIEW)
            continue;
        if (!is_fixed(&group->rows[i]))
            return -1;
        bit += group->rows[i].bits;
    }
    return bit;
}

/* How the attribute of a row of the header itself is read and written. */
static void set_how(struct core_attr *attr, const struct spk_group *group, int index)
{
    const struct spk_row *row = &group->rows[index];
    bool span = row->view.op == SPK_VIEW_SPAN;
    int place = span ? row->view.a : index;
    const struct spk_row *placed = &group->rows[place];
    int32_t bit = fixed_bit(group, place);

    attr->how = CORE_ROWS;
    attr->width = row->bits;
    attr->writable = row->view.op == SPK_NOT_A_VIEW && attr->klass->shape == CORE_VARIED;
    /* a class that shows some of its rows has the view among its values, in place of what that lies over */
    if (attr->klass->element && attr->klass->special->only == NULL)
        core_span_attr(attr, group);
    if (attr->klass->element || !(span || row->view.op == SPK_NOT_A_VIEW))
        return;
    if (attr->klass->tail == NULL && attr->klass->shape == CORE_ENDED && bit >= 0 && !is_fixed(placed)
        && row->kind == SPK_BYTES) {
        attr->how = CORE_TAIL;
        attr->writable = true;
    } else if (bit >= 0 && is_fixed(placed) && row->when[0].test == SPK_ALWAYS) {
        set_place(attr, (uint32_t)bit, row->bits > 0 ? row->bits : placed->bits);
    }
}

static int add_field(struct collector *c, const char *name, size_t len, const struct core_attr *attr,
                     const struct spk_row *row)
{
    struct core_class *klass = c->klass;
    struct core_field *fields = core_grow(klass->fields, klass->field_count, &c->field_room, sizeof *fields);

    if (fields == NULL)
        return -1;
    klass->fields = fields;
    PyObject *word = PyUnicode_FromStringAndSize(name, (Py_ssize_t)len);
    if (word == NULL)
        return -1;
    PyUnicode_InternInPlace(&word);
    /* attributes move while they are collected: their place is found at the end */
    fields[klass->field_count++] =
        (struct core_field){ .name = word, .row = row, .attr_index = (size_t)(attr - klass->attrs) };
    return 0;
}

static int add_fields(struct collector *c, const struct core_attr *attr, const struct spk_row *row)
{
    if (row->name == NULL || row->kind == SPK_GROUP)
        return 0;
    if (add_field(c, row->name, strlen(row->name), attr, row) < 0)
        return -1;
    for (const char *also = row->also; also != NULL && *also != '\0';) {
        size_t len = strcspn(also, " ");
        if (add_field(c, also, len, attr, row) < 0)
            return -1;
        also += len + strspn(also + len, " ");
    }
    return 0;
}

/* Bounded by SPK_DEPTH_MAX, as the rows are. */
static int collect(struct collector *c, const struct spk_group *group)
{
    for (int i = 0; i < group->count; i++) {
        const struct spk_row *row = &group->rows[i];
        const char *name = core_row_attr(row);
        bool single = row->many == SPK_ONE && row->view.op == SPK_NOT_A_VIEW;
        bool opens = single && (row->kind == SPK_GROUP || (row->kind == SPK_CHOICE && !c->klass->element));
        struct core_attr *attr = name != NULL ? core_class_attr_named(c->klass, name) : NULL;
        if (name != NULL && attr == NULL && !(single && row->kind == SPK_GROUP)) {
            attr = add_attr(c, name);
            if (attr == NULL)
                return -1;
            attr->row = row;
            attr->how = CORE_ROWS;
            attr->width = row->bits;
            attr->writable = row->view.op == SPK_NOT_A_VIEW;
            if (c->depth == 0)
                set_how(attr, group, i);
        }
        if (attr != NULL && add_fields(c, attr, row) < 0)
            return -1;
        if (!opens || c->depth + 1 >= SPK_DEPTH_MAX)
            continue;
        c->depth++;
        int done = row->kind == SPK_GROUP ? collect(c, row->in) : 0;
        for (const struct spk_case *at = row->cases; row->kind == SPK_CHOICE && done == 0 && at->in != NULL; at++)
            done = collect(c, at->in);
        c->depth--;
        if (done < 0)
            return -1;
    }
    return 0;
}

static int add_specials(struct collector *c)
{
    for (const struct core_attr *special = c->klass->special->attrs; special != NULL && special->name != NULL;
         special++) {
        struct core_attr *attr = core_class_attr_named(c->klass, special->name);
        if (attr == NULL)
            attr = add_attr(c, special->name);
        if (attr == NULL)
            return -1;
        if (special->get != NULL) {
            attr->how = CORE_SPECIAL;
            attr->get = special->get;
            attr->writable = false;
        }
        if (special->set != NULL)
            attr->writable = true;
        if (special->locked)
            attr->writable = false;
        attr->set = special->set;
        attr->kind = special->kind != NULL ? special->kind : attr->kind;
        attr->doc = special->doc;
        if (special->most > 0) {
            attr->least = special->least;
            attr->most = special->most;
        }
    }
    return 0;
}

/* Those of the rows that the class shows, in its own order. */
static int keep_only(struct collector *c)
{
    struct core_class *klass = c->klass;
    struct core_attr *kept = NULL;
    size_t count = 0;

    for (const char *const *name = klass->special->only; name != NULL && *name != NULL; name++)
        count++;
    if (count == 0)
        return 0;
    kept = PyMem_Calloc(count, sizeof *kept);
    if (kept == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        const struct core_attr *attr = core_class_attr_named(klass, klass->special->only[i]);
        if (attr == NULL) {
            PyErr_Format(PyExc_SystemError, "%s has no row for %s", klass->name, klass->special->only[i]);
            PyMem_Free(kept);
            return -1;
        }
        kept[i] = *attr;
        kept[i].writable = true;
    }
    for (size_t i = 0; i < count; i++)
        Py_INCREF(kept[i].word);
    for (size_t i = 0; i < klass->attr_count; i++)
        Py_DECREF(klass->attrs[i].word);
    for (size_t i = 0; i < klass->field_count; i++)
        Py_DECREF(klass->fields[i].name);
    PyMem_Free(klass->attrs);
    klass->attrs = kept;
    klass->attr_count = c->attr_room = count;
    klass->field_count = 0;
    return 0;
}

/* Fixed rows only; those and one piece of bytes behind them; or more than that. */
static uint8_t shape_of(const struct core_class *klass, uint16_t *fixed)
{
    const struct spk_group *group = klass->group;
    const struct spk_row *last = NULL;
    uint32_t bits = 0;
    bool bytes = false;
    unsigned others = 0;

    for (int i = 0; group != NULL && i < group->count; i++) {
        const struct spk_row *row = &group->rows[i];
        if (row->view.op == SPK_NOT_A_VIEW && is_fixed(row) && others == 0) {
            bits += row->bits;
        } else if (row->view.op == SPK_NOT_A_VIEW) {
            others++;
            last = row;
        } else if (others > 0 && row->view.op == SPK_VIEW_SPAN && &group->rows[row->view.a] == last && row->bits == 0) {
            bytes = true; /* a view of all of it */
        }
    }
    *fixed = (uint16_t)(bits / 8);
    if (others == 0)
        return CORE_PLAIN;
    bool rest =
        last->kind == SPK_BYTES && last->size.mul == 0 && last->size.add == 0 && last->when[0].test == SPK_ALWAYS;
    bool counted = klass->proto != NULL && klass->proto->extent == SPK_EXTENT_REF;
    return others == 1 && bits % 8 == 0 && (rest || (bytes && counted)) ? CORE_ENDED : CORE_VARIED;
}

static int name_fields(struct core_class *klass)
{
    PyObject *names = PyList_New(0);

    /* what the tutorial says of a name goes before what Wireshark does */
    for (size_t i = 0, front = 0; i < klass->field_count; i++) {
        struct core_field field = klass->fields[i];
        if ((field.row->flags & SPK_TUTORIAL) == 0)
            continue;
        memmove(&klass->fields[front + 1], &klass->fields[front], (i - front) * sizeof field);
        klass->fields[front++] = field;
    }
    for (size_t i = 0; names != NULL && i < klass->field_count; i++) {
        klass->fields[i].attr = &klass->attrs[klass->fields[i].attr_index];
        int known = PySequence_Contains(names, klass->fields[i].name);
        if (known < 0 || (known == 0 && PyList_Append(names, klass->fields[i].name) < 0))
            Py_CLEAR(names);
    }
    for (const char *const *name = klass->special->fields; names != NULL && name != NULL && *name != NULL; name++) {
        PyObject *word = PyUnicode_InternFromString(*name);
        int known = word != NULL ? PySequence_Contains(names, word) : -1; /* a row may have it as an alias */
        if (known < 0 || (known == 0 && PyList_Append(names, word) < 0))
            Py_CLEAR(names);
        Py_XDECREF(word);
    }
    klass->query_fields = names != NULL ? PyList_AsTuple(names) : NULL;
    Py_XDECREF(names);
    return klass->query_fields != NULL ? 0 : -1;
}

/* ---- what no row says ---- */

static PyObject *get_payload(struct core_layer *layer, const struct core_attr *attr)
{
    (void)attr;
    return Py_XNewRef(core_layer_payload(layer));
}

static int set_payload(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    (void)attr;
    return core_layer_set_payload(layer, value);
}

static PyObject *get_ports(struct core_layer *layer, const struct core_attr *attr)
{
    (void)attr;
    return Py_XNewRef(core_layer_ports(layer));
}

static int set_ports(struct core_layer *layer, const struct core_attr *attr, PyObject *value)
{
    (void)attr;
    return core_layer_set_ports(layer, value);
}

/* ---- attributes by their words ---- */

static void put_word(struct core_class *klass, const struct core_attr *attr)
{
    size_t slot = core_word_slot(klass, attr->word);

    while (klass->by_word[slot] != NULL)
        slot = (slot + 1) & (klass->word_slots - 1);
    klass->by_word[slot] = attr;
}

/* The payload goes before a row of that name, the ports behind: of two of one word the first is found. */
static void put_words(struct core_class *klass)
{
    const struct core_words *words = &klass->state->words;
    const struct core_attr others[] = {
        { .word = words->payload, .get = get_payload, .set = set_payload },
        { .word = words->l7_ports, .get = get_ports, .set = set_ports },
    };

    for (size_t i = 0; i < CORE_OTHERS; i++) {
        klass->others[i] = others[i];
        klass->others[i].klass = klass;
        klass->others[i].how = CORE_SPECIAL;
        klass->others[i].writable = true;
        core_attr_choose(&klass->others[i]);
    }
    if (klass->has_payload)
        put_word(klass, &klass->others[0]);
    for (size_t i = 0; i < klass->attr_count; i++)
        put_word(klass, &klass->attrs[i]);
    put_word(klass, &klass->others[1]);
}

/* What follows of the attributes once they stay where they are. */
static int settle(struct core_class *klass)
{
    klass->word_slots = 2;
    while (klass->word_slots < 2 * (klass->attr_count + CORE_OTHERS))
        klass->word_slots *= 2;
    klass->by_word = PyMem_Calloc(klass->word_slots, sizeof klass->by_word[0]);
    if (klass->by_word == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < klass->attr_count; i++) {
        struct core_attr *attr = &klass->attrs[i];
        if (attr->how == CORE_TAIL)
            klass->tail = attr;
        attr->plain = attr->how == CORE_FIXED && attr->writable && attr->set == NULL && klass->shape != CORE_VARIED;
        core_attr_choose(attr);
    }
    put_words(klass);
    return 0;
}

int core_class_collect(struct core_class *klass)
{
    struct collector collector = { .klass = klass };

    klass->shape = shape_of(klass, &klass->fixed);
    if (klass->element) {
        klass->shape = CORE_VARIED;
        klass->fixed = 0;
    }
    if ((klass->group != NULL && collect(&collector, klass->group) < 0) || keep_only(&collector) < 0
        || add_specials(&collector) < 0 || name_fields(klass) < 0)
        return -1;
    return settle(klass);
}
