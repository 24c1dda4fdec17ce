/* address: addresses to text and back. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Longest texts, without the terminating zero. */
enum { SPK_IP4_TEXT = 15, SPK_IP6_TEXT = 45, SPK_MAC_TEXT = 17, SPK_UINT_TEXT = 20 };

/* Every part of an IPv4 address with the dot behind it, since no arithmetic is as quick. */
struct spk_octet {
    char text[4];
    uint32_t len;
};
extern const struct spk_octet spk_octets[256];

static inline char *spk_octet_put(char *to, unsigned part)
{
    memcpy(to, spk_octets[part].text, sizeof spk_octets[part].text);
    return to + spk_octets[part].len;
}

/* As those below. */
static inline size_t spk_ip4_text(uint32_t address, char *out)
{
    char *to = spk_octet_put(out, address >> 24);
    to = spk_octet_put(to, address >> 16 & 0xff);
    to = spk_octet_put(to, address >> 8 & 0xff);
    return (size_t)(spk_octet_put(to, address & 0xff) - out) - 1;
}

/* Each writes at out (room for the longest text and one byte), no zero behind it, and gives the length. */
size_t spk_ip6_text(const uint8_t address[16], char *out); /* RFC 5952 */
size_t spk_mac_text(const uint8_t address[6], char *out);  /* lower-case pairs with colons */
size_t spk_uint_text(uint64_t number, char *out);
void spk_digits_text(uint64_t number, size_t count, char *out);  /* exactly so many digits */
size_t spk_hex_text(uint64_t number, unsigned count, char *out); /* exactly count digits, no 0x */

/* Each reads the whole text. False: not an address. */
bool spk_ip4_parse(const char *text, uint32_t *address); /* four decimal parts, nothing else */
bool spk_ip6_parse(const char *text, uint8_t address[16]);
bool spk_mac_parse(const char *text, uint8_t address[6]); /* six parts of one or two digits, with : or - */

#endif
