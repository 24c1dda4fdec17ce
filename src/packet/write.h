/* write: one value into a row's bytes; what building and editing in place share. */
#ifndef PACKET_WRITE_H
#define PACKET_WRITE_H

#include <steelpkt/packet.h>

/*
 * The number in the row that a SCALE view shows, for a value of the view. False: it is no multiple of the factor, or below
 * what the view can show (a row that is not signed holds nothing below 0).
 */
bool spk_row_unscale(const struct spk_row *view, uint64_t shown, uint64_t *number);

/*
 * Writes a value of a fixed width (in bits) at a bit. SPK_ERR_USAGE with a reason in *what when kind or size do not fit:
 * numbers need the row's bits, addresses and bytes exactly its bytes.
 */
enum spk_status spk_row_write(const struct spk_row *row, uint8_t *data, uint32_t bit, uint32_t width,
                              const struct spk_value *value, const char **what);

#endif
