#define _POSIX_C_SOURCE 200809L
#include "base/address.h"

#include "base/bytes.h"

#include <arpa/inet.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

/* The numbers 0 to 99 with two digits each: half as many divisions. */
static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                            "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                            "8081828384858687888990919293949596979899";

/* The smallest numbers of two digits, of three and so on; 0 has one digit. */
static const uint64_t powers[] = { 0,
                                   10,
                                   100,
                                   1000,
                                   10000,
                                   100000,
                                   1000000,
                                   10000000,
                                   100000000,
                                   1000000000,
                                   UINT64_C(10000000000),
                                   UINT64_C(100000000000),
                                   UINT64_C(1000000000000),
                                   UINT64_C(10000000000000),
                                   UINT64_C(100000000000000),
                                   UINT64_C(1000000000000000),
                                   UINT64_C(10000000000000000),
                                   UINT64_C(100000000000000000),
                                   UINT64_C(1000000000000000000),
                                   UINT64_C(10000000000000000000) };

static inline size_t count_digits(uint64_t number)
{
    const unsigned bits = 64 - (unsigned)__builtin_clzll(number | 1);
    const unsigned less = bits * 1233 >> 12; /* a bit is 0.301 digits: one digit too few, or as many as there are */
    return less + (number >= powers[less]);
}

static inline void put_pair(uint32_t number, char *out)
{
    memcpy(out, pairs + 2 * (size_t)number, 2);
}

void spk_digits_text(uint64_t number, size_t count, char *out)
{
    size_t at = count;
    for (; at >= 4; at -= 4, number /= 10000) {
        const uint32_t four = (uint32_t)(number % 10000);
        put_pair(four / 100, out + at - 4);
        put_pair(four % 100, out + at - 2);
    }
    if (at >= 2) {
        put_pair((uint32_t)(number % 100), out + at - 2);
        number /= 100;
        at -= 2;
    }
    if (at == 1) {
        out[0] = (char)('0' + number % 10);
    }
}

size_t spk_uint_text(uint64_t number, char *out)
{
    const size_t count = count_digits(number);
    spk_digits_text(number, count, out);
    return count;
}

size_t spk_hex_text(uint64_t number, unsigned count, char *out)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned shift = 4 * (count - 1 - i);
        out[i] = digits[shift < 64 ? number >> shift & 15 : 0];
    }
    return count;
}

#define OCTET(text_)                                                                                                   \
    {                                                                                                                  \
        text_, sizeof text_ - 1                                                                                        \
    }
#define TEN(tens)                                                                                                      \
    OCTET(tens "0."), OCTET(tens "1."), OCTET(tens "2."), OCTET(tens "3."), OCTET(tens "4."), OCTET(tens "5."),        \
        OCTET(tens "6."), OCTET(tens "7."), OCTET(tens "8."), OCTET(tens "9.")
const struct spk_octet spk_octets[256] = {
    TEN(""),   TEN("1"),      TEN("2"),      TEN("3"),      TEN("4"),      TEN("5"),      TEN("6"),      TEN("7"),
    TEN("8"),  TEN("9"),      TEN("10"),     TEN("11"),     TEN("12"),     TEN("13"),     TEN("14"),     TEN("15"),
    TEN("16"), TEN("17"),     TEN("18"),     TEN("19"),     TEN("20"),     TEN("21"),     TEN("22"),     TEN("23"),
    TEN("24"), OCTET("250."), OCTET("251."), OCTET("252."), OCTET("253."), OCTET("254."), OCTET("255."),
};

size_t spk_ip6_text(const uint8_t address[16], char *out)
{
    char text[INET6_ADDRSTRLEN];
    if (inet_ntop(AF_INET6, address, text, sizeof text) == NULL) {
        return 0;
    }
    size_t n = strlen(text);
    memcpy(out, text, n);
    return n;
}

size_t spk_mac_text(const uint8_t address[6], char *out)
{
    char *at = out;
    for (int i = 0; i < 6; i++) {
        *at++ = digits[address[i] >> 4];
        *at++ = digits[address[i] & 15];
        *at++ = ':';
    }
    return SPK_MAC_TEXT;
}

bool spk_ip4_parse(const char *text, uint32_t *address)
{
    uint8_t bytes[4];
    if (inet_pton(AF_INET, text, bytes) != 1) {
        return false;
    }
    *address = spk_load32(bytes);
    return true;
}

bool spk_ip6_parse(const char *text, uint8_t address[16])
{
    return inet_pton(AF_INET6, text, address) == 1;
}

static int hex_digit(char c)
{
    const char *found = c == '\0' ? NULL : strchr("0123456789abcdefABCDEF", c);
    if (found == NULL) {
        return -1;
    }
    return c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 : c - '0';
}

bool spk_mac_parse(const char *text, uint8_t address[6])
{
    for (int part = 0; part < 6; part++) {
        int high = hex_digit(*text);
        if (high < 0) {
            return false;
        }
        text++;
        int low = hex_digit(*text);
        if (low >= 0) {
            text++;
            high = high * 16 + low;
        }
        address[part] = (uint8_t)high;
        if (part < 5 && *text != ':' && *text != '-') {
            return false;
        }
        text += part < 5;
    }
    return *text == '\0';
}
