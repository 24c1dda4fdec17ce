/* manual_filter: steelpkt-filter(7), the language of display filters, from the words and functions of the library. */
#include "manual.h"

#include <stdio.h>

/* The kinds of values and how they are written. */
static const struct word values[] = {
    { "numbers", 0, "80, -1, 0x50, 0120 (octal) or 0b1010000; 'P' is the number of a character." },
    { "names", 0, "Of a field whose values have names, in quotes: dns.qry.type == \"AAAA\"." },
    { "booleans", 0, "1 or True, 0 or False." },
    { "text", 0,
      "In double quotes, with the escapes of C; r\"...\" is taken as it stands, which is what regular expressions "
      "want." },
    { "bytes", 0,
      "Two hexadecimal digits each, with : - or . between them: 00:0c:29, or in quotes the bytes of a text." },
    { "addresses", 0,
      "192.0.2.1, 192.0.2.0/24, 2001:db8::1, 2001:db8::/32, 00:00:5e:00:53:01; a network equals every address in it." },
    { "times", 0,
      "In quotes a date, \"2017-05-03 18:01:18.39\" or \"May 3, 2017 18:01:18\", in UTC where no zone stands behind "
      "it; "
      "differences and seconds since 1970 are numbers with a fraction." },
    { NULL, 0, NULL },
};

static const struct example examples[] = {
    { "dns and not ip.src == 192.0.2.53", "Packets of DNS that come from elsewhere." },
    { "tcp.flags.syn == 1 && tcp.flags.ack == 0", "Attempts to open a connection." },
    { "tcp.port in {80, 443, 8000..8100}", "Either port is one of these." },
    { "ip.addr == 192.0.2.0/24", "From or to a network." },
    { "dns.qry.name matches \"(^|\\\\.)example\\\\.(com|org)$\"", "Names in two domains." },
    { "udp.payload[0:2] == 12:34", "The first two bytes of a payload." },
    { "len(dns.qry.name) > 50 or count(dns.a) > 10", "What is longer or more than usual." },
    { "ip.ttl < 5 && !icmp", "Nearly expired, but no error message." },
    { NULL, NULL },
};

/* A word of the language as an argument of a macro, in quotes. */
static void put_quoted(struct output *output, const char *text)
{
    spk_cli_put(output, "\"\\&");
    for (; *text != '\0'; text++) {
        spk_cli_put_format(output, *text == '"' ? "\\(dq" : *text == '\\' ? "\\e" : *text == '-' ? "\\-" : "%c", *text);
    }
    spk_cli_put(output, "\\&\"");
}

/* Each word with its other spellings. */
static void put_words(struct output *output)
{
    const struct spk_filter_word *word = NULL;
    spk_cli_put(output, ".Bl -tag -width Ds\n");
    for (size_t i = 0; (word = spk_filter_word(i)) != NULL;) {
        spk_cli_put(output, ".It Cm ");
        put_quoted(output, word->text);
        const char *doc = word->doc;
        for (i++; (word = spk_filter_word(i)) != NULL && word->doc == NULL; i++) {
            spk_cli_put(output, " , Cm ");
            put_quoted(output, word->text);
        }
        spk_cli_put(output, "\n");
        spk_cli_mdoc_prose(output, doc);
    }
    spk_cli_put(output, ".El\n");
}

static void put_functions(struct output *output)
{
    const struct spk_filter_function *function = NULL;
    spk_cli_put(output, ".Bl -tag -width Ds\n");
    for (size_t i = 0; (function = spk_filter_function(i)) != NULL; i++) {
        spk_cli_put_format(output, ".It Cm %s Ns Pq Ar %s\n", function->name, function->arguments);
        spk_cli_mdoc_prose(output, function->doc);
    }
    spk_cli_put(output, ".El\n");
}

static void put_limits(struct output *output)
{
    char text[512];
    snprintf(
        text, sizeof text,
        "A filter has at most %u bytes, and parentheses at most %u deep. One calculation gives at most %u values in "
        "one packet, and slices, calculations and functions make at most %u bytes of it. A regular expression that "
        "needs more steps than PCRE2's limits allow does not match.",
        SPK_FILTER_TEXT_MAX, SPK_FILTER_DEPTH_MAX, SPK_FILTER_VALUES_MAX, SPK_FILTER_BYTES_MAX);
    spk_cli_mdoc_prose(output, text);
}

void spk_cli_manual_filter(struct output *output)
{
    spk_cli_mdoc_head(output, "steelpkt-filter", 7, "steelpkt-filter", "The language of display filters");
    spk_cli_put(output, ".Sh DESCRIPTION\n");
    spk_cli_mdoc_prose(
        output,
        "A display filter says which packets are kept. It is the text behind -Y, in the language of "
        "wireshark-filter(4) as tshark 4.0 has it, without macros, field references and the functions of plug-ins. "
        "A filter is a test, or several tests combined. The name of a field or protocol alone is the test whether "
        "the packet has it. steelpkt-fields(7) lists the names. A field that stands in a packet several times is "
        "compared by each of its values; the words below say how many of them must fulfil the test. An absent "
        "field fulfils no test, so that ! in front of a test keeps packets without the field too.");
    spk_cli_put(output, ".Ss Words\n");
    spk_cli_mdoc_prose(output, "Spellings that mean the same stand side by side.");
    put_words(output);
    spk_cli_put(output, ".Ss Functions\n");
    put_functions(output);
    spk_cli_put(output, ".Ss Values\n");
    spk_cli_mdoc_words(output, "Em", values);
    spk_cli_put(output, ".Ss Limits\n");
    put_limits(output);
    spk_cli_put(output, ".Sh EXAMPLES\n");
    spk_cli_mdoc_examples(output, examples);
    spk_cli_put(output, ".Sh DIAGNOSTICS\n");
    spk_cli_mdoc_prose(output,
                       "A wrong filter is shown with a mark under the word that is wrong, and with the nearest name "
                       "where a name is not known.");
    spk_cli_manual_see_also(output, "steelpkt-filter", 7);
}
