/* line: a packet from one line of text, as the test vectors and a shell write it. The grammar stands at spk_build_line. */
#include "base/error.h"
#include "packet/build.h"

#include <string.h>

enum { WORD_MAX = 64 };

struct reader {
    struct spk_build *build;
    const char *text;        /* the whole line */
    const char *at;          /* what is read next */
    struct spk_error *error; /* where what is wrong is said */
    char token[4096];
};

unsigned spk_row_rank(const struct spk_row *row, const char *word)
{
    if (row->attr != NULL && strcmp(row->attr, word) == 0) {
        return 3;
    }
    if (row->name == NULL || (row->flags & SPK_TUTORIAL) != 0) {
        return 0;
    }
    size_t name = strlen(row->name);
    size_t length = strlen(word);
    if (name < length || strcmp(row->name + name - length, word) != 0) {
        return 0;
    }
    if (name == length) {
        return 3;
    }
    if (row->name[name - length - 1] != '.') {
        return 0;
    }
    return row->view.op == SPK_NOT_A_VIEW ? 2 : 1;
}

static enum spk_status wrong(struct reader *r, const char *what)
{
    struct spk_error error = {
        .code = SPK_ERR_USAGE, .who = "build line", .what = what, .at = (uint64_t)(r->at - r->text), .has_at = true
    };
    if (r->build->error.code != SPK_OK) {
        error.who = r->build->error.who;
        error.what = r->build->error.what;
        error.code = r->build->error.code;
    }
    return spk_fail(r->error, error);
}

static void skip_blanks(struct reader *r)
{
    while (*r->at == ' ' || *r->at == '\t') {
        r->at++;
    }
}

static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    if (*r->at != c) {
        return false;
    }
    r->at++;
    return true;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'
           || c == '-';
}

/* A protocol's or attribute's name, into word. False: none here, or too long. */
static bool take_word(struct reader *r, char word[WORD_MAX])
{
    size_t n = 0;
    skip_blanks(r);
    while (is_word(*r->at) && n + 1 < WORD_MAX) {
        word[n++] = *r->at++;
    }
    word[n] = '\0';
    return n > 0 && !is_word(*r->at);
}

/* A value's text up to , ) ] or the end, or between quotes (where \" and \\ stand for themselves), into token. */
static bool take_value(struct reader *r)
{
    size_t n = 0;
    bool quoted = take(r, '"');
    while (*r->at != '\0' && n + 1 < sizeof r->token) {
        if (quoted ? *r->at == '"' : strchr(",)]/", *r->at) != NULL && !(*r->at == '/' && r->at[1] != ' ')) {
            break;
        }
        if (quoted && *r->at == '\\' && (r->at[1] == '"' || r->at[1] == '\\')) {
            r->at++;
        }
        r->token[n++] = *r->at++;
    }
    while (!quoted && n > 0 && (r->token[n - 1] == ' ' || r->token[n - 1] == '\t')) {
        n--;
    }
    r->token[n] = '\0';
    return quoted ? take(r, '"') : true;
}

/* token as bytes when it says hex:..., else as text. */
static enum spk_status put_raw(struct reader *r)
{
    static const struct spk_row bytes = { .attr = "raw", .kind = SPK_BYTES };
    struct spk_scratch scratch;
    struct spk_value value = { .data = (const uint8_t *)r->token, .len = (uint32_t)strlen(r->token) };
    if (strncmp(r->token, "hex:", 4) == 0) {
        enum spk_status status = spk_value_parse(&bytes, r->token + 4, &scratch, &value, r->error);
        if (status != SPK_OK) {
            return status;
        }
    }
    return spk_build_raw(r->build, value.data, value.len) == SPK_OK ? SPK_OK : wrong(r, "");
}

static enum spk_status set_token(struct reader *r, const struct spk_target *target)
{
    struct spk_scratch scratch;
    struct spk_value value;
    int index = spk_build_locate(r->build, target);
    if (index < 0) {
        return wrong(r, "");
    }
    struct spk_build_level *level = &r->build->levels[r->build->depth];
    const struct spk_row *row = level->group->rows[index].row;
    const char *text = r->token;
    bool bytes = row->kind == SPK_BYTES || row->kind == SPK_CHOICE;
    if (bytes && strncmp(text, "hex:", 4) == 0) {
        text += 4;
    }
    enum spk_status status = spk_value_parse(row, text, &scratch, &value, r->error);
    if (status != SPK_OK) {
        return status;
    }
    return spk_build_set_row(r->build, level, index, &value) == SPK_OK ? SPK_OK : wrong(r, "");
}

static enum spk_status read_arguments(struct reader *r, unsigned depth);

static enum spk_status read_element(struct reader *r, const struct spk_target *target, unsigned depth)
{
    if (!take(r, '(')) {
        return take_value(r) ? set_token(r, target) : wrong(r, "a quote is not closed");
    }
    if (depth >= SPK_DEPTH_MAX) {
        return wrong(r, "groups are nested too deep");
    }
    if (spk_build_enter_target(r->build, target) != SPK_OK) {
        return wrong(r, "");
    }
    enum spk_status status = read_arguments(r, depth + 1);
    if (status != SPK_OK) {
        return status;
    }
    return spk_build_leave(r->build) == SPK_OK ? SPK_OK : wrong(r, "");
}

static enum spk_status read_list(struct reader *r, const struct spk_target *target, unsigned depth)
{
    if (take(r, ']')) {
        return SPK_OK;
    }
    do {
        enum spk_status status = read_element(r, target, depth);
        if (status != SPK_OK) {
            return status;
        }
    } while (take(r, ','));
    return take(r, ']') ? SPK_OK : wrong(r, "expected , or ] in a list");
}

/* "name=value, ...)": the opening bracket is read already. Bounded by depth. */
static enum spk_status read_arguments(struct reader *r, unsigned depth)
{
    char word[WORD_MAX];
    if (take(r, ')')) {
        return SPK_OK;
    }
    do {
        if (!take_word(r, word) || !take(r, '=')) {
            return wrong(r, "expected NAME=VALUE");
        }
        struct spk_target target = { .field = SPK_NOWHERE, .word = word, .name = "build line" };
        enum spk_status status = SPK_OK;
        if (strcmp(word, "raw") == 0) {
            status = take_value(r) ? put_raw(r) : wrong(r, "a quote is not closed");
        } else if (take(r, '[')) {
            status = read_list(r, &target, depth);
        } else {
            status = read_element(r, &target, depth);
        }
        if (status != SPK_OK) {
            return status;
        }
    } while (take(r, ','));
    return take(r, ')') ? SPK_OK : wrong(r, "expected , or )");
}

static enum spk_status read_layer(struct reader *r)
{
    char word[WORD_MAX];
    const char *start = r->at;
    skip_blanks(r);
    if (*r->at == '"' || strncmp(r->at, "hex:", 4) == 0) {
        return take_value(r) ? put_raw(r) : wrong(r, "a quote is not closed");
    }
    if (!take_word(r, word)) {
        return wrong(r, "expected a protocol's name");
    }
    const struct spk_proto *proto = spk_registry_find(r->build->packet.registry, word);
    if (proto == NULL) {
        r->at = start;
        return wrong(r, "unknown protocol");
    }
    if (spk_build_layer(r->build, proto) != SPK_OK) {
        return wrong(r, "");
    }
    return take(r, '(') ? read_arguments(r, 0) : SPK_OK;
}

static enum spk_status read_layers(struct reader *r)
{
    do {
        enum spk_status status = read_layer(r);
        if (status != SPK_OK) {
            return status;
        }
    } while (take(r, '/'));
    return *r->at == '\0' ? SPK_OK : wrong(r, "expected / or the end of the line");
}

enum spk_status spk_build_line(struct spk_build *build, const char *line, struct spk_error *error)
{
    struct spk_error found = { .code = SPK_OK };
    struct reader r = { .build = build, .text = line, .at = line, .error = &found };
    if (read_layers(&r) == SPK_OK) {
        return SPK_OK;
    }
    spk_build_remember(build, found);
    return spk_fail(error, found);
}
