/*
 * base: what every chapter of the library shares: visibility, version, status, errors.
 *
 * Ownership, in five sentences, for the whole library:
 *   Views borrow: a struct spk_value, a record's data and a text pointer live as long as what they were read from.
 *   A decoded packet is offsets into *your* bytes; keep the bytes while you use it.
 *   What comes through an out-pointer is yours, and its _free or _close gives it back.
 *   A reader's record lives until the next call on that reader.
 *   Every _free(NULL) and _close(NULL) is fine.
 *
 * The library keeps no global mutable state, prints nothing and never exits.
 */
#ifndef STEELPKT_BASE_H
#define STEELPKT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __GNUC__
#define SPK_EXPORT __attribute__((visibility("default")))
#else
#define SPK_EXPORT
#endif

/* A function of the library (data has SPK_EXPORT): where the compiler knows how, it is called without a table of jumps. */
#ifdef __has_attribute
#if __has_attribute(noplt)
#define SPK_API SPK_EXPORT __attribute__((noplt))
#endif
#endif
#ifndef SPK_API
#define SPK_API SPK_EXPORT
#endif

#define SPK_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What a function that can fail returns. Zero and above is not a failure. */
enum spk_status {
    SPK_OK = 0,
    SPK_END = 1,          /* nothing more to come: the input ended where it may end */
    SPK_IDLE = 2,         /* nothing came within the time given; more may (live sources only) */
    SPK_GAP = 3,          /* something is missing here, the error says what; more follows (readers that salvage only) */
    SPK_ERR_USAGE = -1,   /* the caller's arguments: an unknown field, a bad address text, a row out of order */
    SPK_ERR_DAMAGED = -2, /* the input breaks its format's rules */
    SPK_ERR_CUT = -3,     /* the input ends in the middle of something */
    SPK_ERR_IO = -4,      /* the operating system refused; sys_errno says why */
    SPK_ERR_MEMORY = -5,  /* an allocation failed */
    SPK_ERR_LIMIT = -6,   /* a stated limit of the library was reached */
    SPK_ERR_UNSUPPORTED = -7 /* understood, but not something this library does */
};

/*
 * Why something failed. The strings are static (or, for who, the caller's own); the sentence is made only by
 * spk_error_text. Numbers that do not apply are zero.
 */
struct spk_error {
    enum spk_status code;
    const char *who;  /* file name, field or protocol concerned; may be NULL */
    const char *what; /* "record header cut", "unknown field", ...; never NULL after a failure */
    const char *hint; /* what to do about it, or the nearest known name; may be NULL */
    uint64_t at;      /* byte offset in the input, where has_at */
    uint64_t packet;  /* number of the packet concerned, from 1; 0: none */
    uint64_t need;    /* bytes needed, where need or have is not 0 */
    uint64_t have;    /* bytes that were there */
    uint64_t skipped; /* of a gap: bytes passed over from `at` on */
    int sys_errno;    /* the operating system's number; 0: none */
    bool has_at;
};

/*
 * Writes the error as one line without a newline: "WHO: WHAT, at byte N (packet M): needed X, had Y".
 * Where nothing was needed but something was there: "WHO: WHAT, at byte N (packet M): Y bytes". A gap goes on with
 * "; skipped Z bytes".
 * Takes the error and room for size bytes; gives the length the whole sentence has (as snprintf does).
 */
SPK_API size_t spk_error_text(const struct spk_error *error, char *text, size_t size);

/* The library's version, "MAJOR.MINOR.PATCH". */
SPK_API const char *spk_version(void);

#ifdef __cplusplus
}
#endif
#endif
