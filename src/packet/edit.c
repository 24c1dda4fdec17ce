/* edit: values over what stands in a packet's bytes. */
#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "packet/walk.h"
#include "packet/write.h"

#include <string.h>

static bool is_number(uint8_t kind)
{
    return kind == SPK_PAD || kind == SPK_UINT || kind == SPK_INT || kind == SPK_BOOL || kind == SPK_IP4;
}

/* Whether the number, signed or not, is one that the row's bits can hold. */
static bool fits(const struct spk_row *row, uint32_t width, const struct spk_value *value)
{
    if (value->kind == SPK_INT && value->u >> 63 != 0) {
        return row->kind == SPK_INT && spk_sign_extend(value->u, width) == value->u;
    }
    uint32_t bits = row->kind == SPK_INT ? width - 1 : width;
    return bits >= 64 || value->u >> bits == 0;
}

bool spk_row_unscale(const struct spk_row *view, uint64_t shown, uint64_t *number)
{
    int64_t mul = view->view.mul;
    int64_t left = (int64_t)(shown - (uint64_t)(int64_t)view->view.add);
    bool beyond = view->view.add > 0 ? left > (int64_t)shown : left < (int64_t)shown; /* of 64 bits */
    if (mul == 0 || beyond || (left < 0 && view->kind != SPK_INT) || (mul != -1 && left % mul != 0)) {
        return false;
    }
    *number = mul == -1 ? 0 - (uint64_t)left : (uint64_t)(left / mul);
    return true;
}

enum spk_status spk_row_write(const struct spk_row *row, uint8_t *data, uint32_t bit, uint32_t width,
                              const struct spk_value *value, const char **what)
{
    uint64_t number = value->u;
    switch (row->kind) {
    case SPK_PAD:
    case SPK_UINT:
    case SPK_INT:
    case SPK_BOOL:
    case SPK_IP4:
        if (!is_number(value->kind)) {
            *what = "the field takes a number";
            return SPK_ERR_USAGE;
        }
        if (!fits(row, width, value)) {
            *what = "the number does not fit the field's bits";
            return SPK_ERR_USAGE;
        }
        spk_store_bits(data, bit, width, (row->flags & SPK_LITTLE) != 0 ? spk_swap_bytes(number, width) : number);
        return SPK_OK;
    case SPK_NONE:
        return SPK_OK;
    default:
        if (value->len * 8 != width || bit % 8 != 0) {
            *what = "the value has not the field's length";
            return SPK_ERR_USAGE;
        }
        if (value->len > 0) {
            memcpy(data + bit / 8, value->data, value->len);
        }
        return SPK_OK;
    }
}

static enum spk_status fail(struct spk_error *error, enum spk_status code, const struct spk_field *field,
                            const char *what)
{
    return spk_fail(error, (struct spk_error){ .code = code, .who = field->name, .what = what });
}

static enum spk_status refuse(struct spk_error *error, const struct spk_field *field, const char *what)
{
    return fail(error, SPK_ERR_USAGE, field, what);
}

/* A spelled value must take just the bytes that the old one took. */
static enum spk_status write_coded(const struct spk_walk *walk, uint8_t *data, const struct spk_value *value,
                                   const char **what)
{
    uint32_t size = value->len + 16;
    uint8_t *coded = spk_alloc(size);
    if (coded == NULL) {
        *what = "out of memory";
        return SPK_ERR_MEMORY;
    }
    int32_t n = walk->row->codec->put(value, NULL, coded, size);
    bool fits = n >= 0 && (uint32_t)n == walk->len && (uint32_t)n <= size;
    if (fits) {
        memcpy(data + walk->at, coded, (size_t)n);
    } else {
        *what = n < 0 ? "the text is no value of the field" : "the value has not the field's length";
    }
    spk_free(coded);
    return fits ? SPK_OK : SPK_ERR_USAGE;
}

enum spk_status spk_packet_set(const struct spk_packet *packet, uint8_t *data, const struct spk_field *field,
                               const struct spk_value *value, struct spk_error *error)
{
    struct spk_occurrences occurrences;
    struct spk_scratch scratch;
    struct spk_value old;
    const char *what = NULL;
    spk_occurrences_begin(&occurrences, packet, field);
    if (!spk_occurrences_next(&occurrences, &scratch, &old)) {
        return refuse(error, field, "the packet has no such field");
    }
    const struct spk_walk *walk = &occurrences.walk;
    const struct spk_row *row = walk->row;
    if (row->view.op == SPK_VIEW_CALL) {
        return refuse(error, field, "the field is computed and cannot be set");
    }
    if (row->kind == SPK_NONE) {
        return refuse(error, field, "the field says that something is there and cannot be set");
    }
    enum spk_status status = SPK_OK;
    struct spk_value scaled = *value;
    if (row->view.op == SPK_VIEW_SCALE) {
        if (!spk_row_unscale(row, value->u, &scaled.u)) {
            return refuse(error, field, "the number is no multiple of the field's unit");
        }
    }
    status = row->codec != NULL ? write_coded(walk, data, &scaled, &what)
                                : spk_row_write(row, data, walk->bit, walk->width, &scaled, &what);
    return status == SPK_OK ? SPK_OK : fail(error, status, field, what);
}

enum spk_status spk_packet_set_text(const struct spk_packet *packet, uint8_t *data, const struct spk_field *field,
                                    const char *text, struct spk_error *error)
{
    struct spk_scratch scratch;
    struct spk_value value;
    enum spk_status status = spk_value_parse(field->row, text, &scratch, &value, error);
    return status == SPK_OK ? spk_packet_set(packet, data, field, &value, error) : status;
}
