/* form: format and compression, from options and from suffixes. */
#define _POSIX_C_SOURCE 200809L
#include "form.h"

#include <string.h>
#include <unistd.h>

enum { FORM_NANOSECONDS = 100 }; /* a form beside those of enum spk_format */

const struct word spk_cli_forms[] = {
    { "pcap", SPK_FORMAT_PCAP, "times in microseconds, or in nanoseconds where the input has them" },
    { "nsecpcap", FORM_NANOSECONDS, "times in nanoseconds in any case" },
    { "pcapng", SPK_FORMAT_PCAPNG, "keeps everything" },
    { NULL, 0, NULL },
};

const struct word spk_cli_compressions[] = {
    { "none", SPK_COMPRESSION_NONE, "whatever the suffix says" },
    { "gzip", SPK_COMPRESSION_GZIP, "levels 1 to 9" },
    { "zstd", SPK_COMPRESSION_ZSTD, "levels 1 to 22" },
    { "lz4", SPK_COMPRESSION_LZ4, "levels 1 to 12" },
    { NULL, 0, NULL },
};

static int read_compression(const struct given *given, struct spk_writer_options *form)
{
    uint8_t kind = (uint8_t)form->compression;
    uint64_t level = 0;
    uint64_t threads = 1;
    if (!spk_cli_word(given, OPTION_COMPRESS, &kind) || !spk_cli_number(given, OPTION_LEVEL, &level)
        || !spk_cli_number(given, OPTION_THREADS, &threads)) {
        return USAGE;
    }
    if (kind == SPK_COMPRESSION_NONE && level > 0) {
        return spk_cli_usage("--level", "nothing is compressed here; --compress or OUT's suffix says with what", NULL);
    }
    if (kind != SPK_COMPRESSION_ZSTD && threads > 1) {
        return spk_cli_usage("--threads", "only zstd takes several; --compress zstd", NULL);
    }
    form->compression = (enum spk_compression)kind;
    form->level = level < INT32_MAX ? (int)level : INT32_MAX;
    form->threads = threads < UINT32_MAX ? (uint32_t)threads : UINT32_MAX;
    return DONE;
}

int spk_cli_form(const struct given *given, const char *path, struct spk_writer_options *form)
{
    uint8_t format = 0;
    if (strcmp(path, "-") == 0 && isatty(STDOUT_FILENO) == 1) {
        return spk_cli_usage("standard output", "it is a terminal, which cannot show a capture", NULL);
    }
    spk_writer_options_from_name(path, form);
    if (!spk_cli_word(given, OPTION_FORMAT, &format)) {
        return USAGE;
    }
    form->nanoseconds = format == FORM_NANOSECONDS;
    if (format != 0) {
        form->format = format == SPK_FORMAT_PCAPNG ? SPK_FORMAT_PCAPNG : SPK_FORMAT_PCAP;
    }
    return read_compression(given, form);
}
