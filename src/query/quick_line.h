/*
 * quick_line: a line of text straight from the fixed places of a packet, for queries of nothing but numbers, flags,
 * addresses and times. Whatever is odd about a packet (a header cut short, very many values) is left to the cells, so that
 * there is one law about what is there.
 */
#ifndef QUERY_QUICK_LINE_H
#define QUERY_QUICK_LINE_H

#include "query/scan.h"
#include "query/sink.h"
#include "wire/text.h"

/* A column's text while a line is made. */
struct slot {
    uint8_t len; /* 0: no value yet */
    char text[2 * SPK_SHORT_TEXT];
};

/* Whether lines of the sink can be made so. */
bool spk_quick_line_suits(const struct spk_query *query, const struct spk_sink_options *options);

/* Appends the line of the packet that the scan has taken. *made false: it has to be made of cells. SPK_ERR_MEMORY. */
enum spk_status spk_quick_line(struct spk_sink *sink, struct slot *slots, struct spk_scan *scan, bool *made);

#endif
