/* query_read: a reader's records for a scan. */
#ifndef UNIT_QUERY_READ_H
#define UNIT_QUERY_READ_H

#include <steelpkt.h>

static inline enum spk_status next_record(void *reader, struct spk_record *record, struct spk_error *error)
{
    return spk_reader_next(reader, record, error);
}

#endif
