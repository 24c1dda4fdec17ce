/* reference: a protocol as a page in Markdown, and what all its forms need. */
#include "reference.h"

#include "catalog.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void add_group(struct groups *groups, const struct spk_group *group)
{
    for (size_t i = 0; i < groups->count; i++) {
        if (groups->items[i] == group) {
            return;
        }
    }
    if (group != NULL && groups->count < GROUPS_MAX) {
        groups->items[groups->count++] = group;
    }
}

void spk_cli_groups(const struct spk_proto *proto, struct groups *groups)
{
    groups->count = 0;
    add_group(groups, &proto->hdr);
    for (size_t i = 0; i < groups->count; i++) {
        for (uint16_t k = 0; k < groups->items[i]->count; k++) {
            const struct spk_row *row = &groups->items[i]->rows[k];
            if (row->kind == SPK_GROUP) {
                add_group(groups, row->in);
            }
            for (const struct spk_case *one = row->cases; row->kind == SPK_CHOICE && one->in != NULL; one++) {
                add_group(groups, one->in);
            }
        }
    }
}

const char *spk_cli_row_word(const struct spk_row *row)
{
    const char *dot = row->name != NULL ? strrchr(row->name, '.') : NULL;
    return row->attr != NULL ? row->attr : dot != NULL ? dot + 1 : row->name;
}

const char *spk_cli_row_type(const struct spk_row *row)
{
    const struct entry entry = { .row = row, .kind = row->kind };
    return row->kind == SPK_CHOICE ? "GROUP" : spk_cli_entry_type(&entry);
}

/* ---- as Markdown ---- */

static void put_row_name(struct output *output, const struct spk_group *group, int index)
{
    const char *word = index >= 0 && index < group->count ? spk_cli_row_word(&group->rows[index]) : NULL;
    if (word != NULL) {
        spk_cli_put_format(output, "`%s`", word);
    } else {
        spk_cli_put_format(output, "row %d", index);
    }
}

static void put_ref(struct output *output, const struct spk_group *group, const struct spk_ref *ref)
{
    put_row_name(output, group, ref->row);
    if (ref->mul != 1) {
        spk_cli_put_format(output, " * %d", ref->mul);
    }
    if (ref->add != 0) {
        spk_cli_put_format(output, ref->add > 0 ? " + %ld" : " - %ld", labs((long)ref->add));
    }
}

static void put_width(struct output *output, const struct spk_group *group, const struct spk_row *row)
{
    if (row->view.op == SPK_VIEW_EITHER || row->view.op == SPK_VIEW_SPAN || row->view.op == SPK_VIEW_SCALE) {
        spk_cli_put(output, "shows ");
        put_row_name(output, group, row->view.a);
        if (row->view.op == SPK_VIEW_EITHER) {
            spk_cli_put(output, " and ");
            put_row_name(output, group, row->view.b);
        } else if (row->view.op == SPK_VIEW_SCALE) {
            spk_cli_put_format(output, " * %ld + %ld", (long)row->view.mul, (long)row->view.add);
        }
    } else if (row->view.op == SPK_VIEW_CALL) {
        spk_cli_put(output, "computed");
    } else if (row->codec != NULL) {
        spk_cli_put(output, "by its spelling");
    } else if (row->kind == SPK_GROUP) {
        spk_cli_put_format(output, "`%s`", row->in->name);
    } else if (row->kind == SPK_CHOICE) {
        spk_cli_put(output, "by ");
        put_row_name(output, group, row->key);
    } else if (row->bits > 0) {
        spk_cli_put_format(output, "%u bit%s", row->bits, row->bits == 1 ? "" : "s");
    } else if (row->size.mul == 0) {
        spk_cli_put(output, row->kind == SPK_NONE ? "none" : "the rest");
    }
    if (row->size.mul != 0) {
        bool alone = row->kind != SPK_GROUP && row->kind != SPK_CHOICE && row->codec == NULL && row->bits == 0;
        spk_cli_put(output, alone ? "" : ", in ");
        put_ref(output, group, &row->size);
        spk_cli_put(output, " bytes");
    }
}

static void put_repeats(struct output *output, const struct spk_group *group, const struct spk_row *row)
{
    if (row->many == SPK_COUNT) {
        spk_cli_put(output, ", ");
        put_ref(output, group, &row->n);
        spk_cli_put(output, " times");
    } else if (row->many == SPK_FILL) {
        spk_cli_put(output, ", as often as there is room");
    } else if (row->many == SPK_UNTIL) {
        spk_cli_put_format(output, ", up to the one that holds %ld", (long)row->n.add);
    }
}

static void put_when(struct output *output, const struct spk_group *group, const struct spk_when *when, bool second)
{
    static const char *const signs[] = { "", "=", "!=", ">=", "<=", "", "" };
    if (when->test == SPK_ALWAYS || when->test > SPK_ROOM) {
        return;
    }
    spk_cli_put(output, second ? " and " : ", if ");
    if (when->test == SPK_ROOM) {
        spk_cli_put_format(output, "%" PRIu32 " bytes are left", when->value);
        return;
    }
    put_row_name(output, group, when->row);
    if (when->test == SPK_ABSENT) {
        spk_cli_put(output, " is not there");
        return;
    }
    if (when->mask != 0) {
        spk_cli_put_format(output, " & 0x%" PRIx32, when->mask);
    }
    spk_cli_put_format(output, " %s %" PRIu32, signs[when->test], when->value);
}

/* Text in a cell of a table. */
static void put_cell(struct output *output, const char *text)
{
    for (; *text != '\0'; text++) {
        const char letter[3] = { *text == '|' ? '\\' : *text, *text == '|' ? '|' : '\0', '\0' };
        spk_cli_put(output, letter);
    }
}

static void put_md_row(struct output *output, const struct spk_group *group, const struct spk_row *row)
{
    const char *word = spk_cli_row_word(row);
    spk_cli_put_format(output, row->name != NULL ? "| `%s` | " : "| %s | ", row->name != NULL ? row->name : "");
    spk_cli_put_format(output, word != NULL ? "`%s` | " : "%s | ", word != NULL ? word : "");
    spk_cli_put_format(output, "%s | ", row->kind == SPK_PAD ? "" : spk_cli_row_type(row));
    put_width(output, group, row);
    put_repeats(output, group, row);
    put_when(output, group, &row->when[0], false);
    put_when(output, group, &row->when[1], row->when[0].test != SPK_ALWAYS);
    spk_cli_put(output, " | ");
    put_cell(output, row->doc != NULL ? row->doc : row->kind == SPK_PAD ? "Unused." : "");
    if (row->init != 0) {
        spk_cli_put_format(output, " Begins as %" PRIu64 ".", row->init);
    }
    for (const struct spk_enum *one = row->names; one != NULL && one->name != NULL; one++) {
        spk_cli_put_format(output, "%s%" PRIu64 " ", one == row->names ? " Values: " : ", ", one->value);
        put_cell(output, one->name);
        spk_cli_put(output, one[1].name == NULL ? "." : "");
    }
    spk_cli_put(output, " |\n");
}

static void put_cases(struct output *output, const struct spk_group *group)
{
    for (uint16_t i = 0; i < group->count; i++) {
        const struct spk_row *row = &group->rows[i];
        if (row->kind != SPK_CHOICE || row->view.op != SPK_NOT_A_VIEW) {
            continue;
        }
        spk_cli_put(output, "\nBy ");
        put_row_name(output, group, row->key);
        spk_cli_put(output, " there follows:\n\n");
        for (const struct spk_case *one = row->cases; one->in != NULL; one++) {
            spk_cli_put_format(output, "- %" PRIu32, one->key);
            if (one->last > one->key) {
                spk_cli_put_format(output, " to %" PRIu32, one->last);
            }
            spk_cli_put_format(output, ": `%s`\n", one->in->name);
        }
    }
}

static void put_facts(const struct reference *reference)
{
    const struct spk_proto *proto = reference->proto;
    struct output *output = reference->output;
    const char *spec = spk_cli_proto_spec(proto);
    spk_cli_put_format(output, "# %s\n\n", spk_cli_proto_title(proto));
    spk_cli_put_format(output, "- Name: `%s`", proto->name);
    spk_cli_put_format(output, proto->pyclass != NULL ? "; in Python `%s`\n" : "%s\n",
                       proto->pyclass != NULL ? proto->pyclass : "");
    if (spec != NULL) {
        spk_cli_put_format(output, "- Specification: %s\n", spec);
    }
    if (reference->origin != NULL) {
        spk_cli_put_format(output, "- From: `%s`\n", reference->origin);
    }
    for (const struct spk_sit *sit = proto->sits; sit != NULL && sit->space != NULL; sit++) {
        spk_cli_put_format(output, "%s`%s` %" PRIu32 "%s", sit == proto->sits ? "- Sits at: " : ", ", sit->space,
                           sit->key, sit[1].space == NULL ? "\n" : "");
    }
    for (const struct spk_next *next = proto->next; next != NULL && next->space != NULL; next++) {
        spk_cli_put_format(output, "%s`%s`%s", next == proto->next ? "- Followed by who sits in: " : ", ", next->space,
                           next[1].space == NULL ? "\n" : "");
    }
    if (proto->extent == SPK_EXTENT_REF) {
        spk_cli_put(output, "- The header's bytes: ");
        put_ref(output, &proto->hdr, &proto->hlen);
        spk_cli_put(output, "\n");
    }
    if (proto->len.mul != 0) {
        spk_cli_put(output, "- Bytes of header and payload: ");
        put_ref(output, &proto->hdr, &proto->len);
        spk_cli_put(output, "\n");
    }
    if (proto->covers != SPK_COVERS_NOTHING) {
        static const char *const covered[] = { "", "the header", "header and payload",
                                               "a pseudo header, header and payload",
                                               "a pseudo header, header and payload" };
        spk_cli_put(output, "- Checksum: ");
        put_row_name(output, &proto->hdr, proto->csum);
        spk_cli_put_format(output, " over %s\n", covered[proto->covers]);
    }
}

void spk_cli_reference_md(const struct reference *reference)
{
    struct output *output = reference->output;
    struct groups groups;
    put_facts(reference);
    spk_cli_groups(reference->proto, &groups);
    for (size_t i = 0; i < groups.count; i++) {
        spk_cli_put_format(output, "\n## `%s`\n\n", groups.items[i]->name);
        spk_cli_put(output, "| field | word | type | width | what it holds |\n|---|---|---|---|---|\n");
        for (uint16_t k = 0; k < groups.items[i]->count; k++) {
            put_md_row(output, groups.items[i], &groups.items[i]->rows[k]);
        }
        put_cases(output, groups.items[i]);
    }
}
