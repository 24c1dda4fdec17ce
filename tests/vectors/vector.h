/*
 * vector: the vector files of the protocols, one a file NAME.txt in this directory. Lines; '#' begins a comment; a blank
 * line ends a vector.
 *
 *   vector NAME                       begins one
 *   as PROTO | link N                 what the bytes begin with; default: link 1, Ethernet
 *   hex 0011 22..                     the bytes; several lines are one after the other
 *   wire N                            length on the wire, where more than was captured
 *   field NAME = VALUE                as Wireshark prints it; several occurrences joined by ','
 *   field NAME absent
 *   protocols eth:ethertype:ip        frame.protocols
 *   stop PROTO AT NEED HAVE REASON    what the strict check says: truncated, malformed or deep; without it: well formed
 *   build LINE                        gives these bytes (spk_build_line)
 *   build+fix LINE                    gives them with lengths and checksums computed and names compressed
 *   filter EXPR = match | no          whether a display filter keeps the packet
 *   count N                           the last line: how many vectors the file has
 */
#ifndef VECTORS_VECTOR_H
#define VECTORS_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vector_line_kind { LINE_FIELD, LINE_ABSENT, LINE_PROTOCOLS, LINE_STOP, LINE_BUILD, LINE_BUILD_FIX, LINE_FILTER };

struct vector_line {
    enum vector_line_kind kind;
    unsigned number; /* in the file, from 1 */
    char *name;      /* LINE_FIELD, LINE_ABSENT; LINE_FILTER: the filter */
    char *text;
};

struct vector {
    char *name;
    char *as; /* NULL: by link */
    uint16_t link;
    uint32_t wire; /* at least len */
    uint32_t len;
    unsigned number; /* line it begins at */
    size_t line_count;
    uint8_t *bytes;
    struct vector_line *lines;
};

struct vector_file {
    struct vector *vectors;
    size_t count;
    long stated;       /* what the count line says; -1: there is none */
    unsigned bad_line; /* the first line that is none of the above; 0: all are */
    char *text;        /* what all strings point into */
};

/* Reads a file. False: it cannot be read, or memory is out. */
bool vector_file_read(const char *path, struct vector_file *file);
void vector_file_free(struct vector_file *file);

#endif
