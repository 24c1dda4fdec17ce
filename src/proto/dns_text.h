/* dns_text: octets to the end of their region, as the DNS family's records and options hold them. */
#ifndef SPK_PROTO_DNS_TEXT_H
#define SPK_PROTO_DNS_TEXT_H

#include <steelpkt/proto.h>

/*
 * Text in ASCII as Wireshark reads it: each octet above 127 is U+FFFD, and an octet of 0 ends the text. What is spelled
 * are the octets themselves. A value even where there are no octets.
 */
extern const struct spk_codec spk_dns_ascii;
/* Text in UTF-8; an octet of 0 ends it. */
extern const struct spk_codec spk_dns_utf8;
/* Text in UTF-8, control characters escaped as in a name. */
extern const struct spk_codec spk_dns_shown;
/* Octets as they are; a value even where there are none. */
extern const struct spk_codec spk_dns_octets;

/*
 * Octets as text that people read, into place->scratch: control characters as C escapes them (\t, \033), characters that
 * show nothing as \u200B. What is longer than SPK_DNS_SHOWN_MAX stays as it is.
 */
enum { SPK_DNS_SHOWN_MAX = sizeof(struct spk_scratch) / 4 };
void spk_dns_show(const struct spk_place *place, const uint8_t *raw, uint32_t len, struct spk_value *value);

/* Whether all octets are ASCII that shows something: then they are shown as they are. */
bool spk_dns_is_plain(const uint8_t *raw, uint32_t len);

/* Fills in a value that borrows the packet's own bytes from one place to another. */
void spk_dns_take(const struct spk_place *place, uint32_t from, uint32_t to, uint8_t kind, struct spk_value *value);

#endif
