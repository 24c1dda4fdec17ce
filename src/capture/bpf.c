/*
 * bpf: filters in libpcap's language. libpcap compiles and runs them; it is also asked what a link
 * type of a file is called on this system, by giving it the header of a file that has it.
 */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE /* libpcap's headers use the BSD names of integer types */
#include "base/error.h"
#include "base/memory.h"
#include "capture/bytes.h"

#include <steelpkt/capture.h>

#include <pcap/pcap.h>
#include <stdio.h>

/* libpcap's compiler recurses along an expression; so much of one it takes with ease. */
#define EXPRESSION_MAX (16u * 1024u)

struct spk_bpf {
    struct bpf_program program;
    bool rejects_all; /* there is no program: nothing of this link type can pass */
};

/* A libpcap handle as for an empty capture file of that link type; NULL: it knows no such type. */
static pcap_t *open_empty(uint16_t link, uint32_t snaplen)
{
    uint8_t header[24] = { 0 };
    char ignored[PCAP_ERRBUF_SIZE];
    store32(header, 0xa1b2c3d4u, false);
    store16(header + 4, 2, false);
    store16(header + 6, 4, false);
    store32(header + 16, snaplen > 0 ? snaplen : SPK_RECORD_MAX, false);
    store32(header + 20, link, false);
    FILE *file = fmemopen(header, sizeof header, "rb");
    if (file == NULL) {
        return NULL;
    }
    pcap_t *pcap = pcap_fopen_offline(file, ignored);
    if (pcap == NULL) {
        (void)fclose(file);
        return NULL;
    }
    if (pcap_datalink_val_to_name(pcap_datalink(pcap)) == NULL) {
        pcap_close(pcap);
        return NULL;
    }
    return pcap;
}

enum spk_status spk_bpf_compile(uint16_t link, uint32_t snaplen, const char *expression, char *message,
                                struct spk_bpf **out, struct spk_error *error)
{
    *out = NULL;
    if (strlen(expression) > EXPRESSION_MAX) {
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_LIMIT,
                                                   .what = "filter expression too long",
                                                   .need = strlen(expression),
                                                   .have = EXPRESSION_MAX });
    }
    pcap_t *pcap = open_empty(link, snaplen);
    if (pcap == NULL) {
        snprintf(message, SPK_BPF_MESSAGE, "link type %u", (unsigned)link);
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_UNSUPPORTED,
                                                   .what = "libpcap has no filters for this link type",
                                                   .hint = message });
    }
    struct spk_bpf *bpf = spk_alloc_zeroed(1, sizeof *bpf);
    if (bpf == NULL) {
        pcap_close(pcap);
        return spk_fail(error, (struct spk_error){ .code = SPK_ERR_MEMORY, .what = "no memory for a filter" });
    }
    if (pcap_compile(pcap, &bpf->program, expression, 1, PCAP_NETMASK_UNKNOWN) < 0) {
        /* to libpcap an error; in a capture of several link types an answer like any other */
        bpf->rejects_all = strcmp(pcap_geterr(pcap), "expression rejects all packets") == 0;
    }
    if (bpf->program.bf_insns == NULL && !bpf->rejects_all) {
        snprintf(message, SPK_BPF_MESSAGE, "%s", pcap_geterr(pcap));
        spk_free(bpf);
        pcap_close(pcap);
        return spk_fail(
            error, (struct spk_error){
                       .code = SPK_ERR_USAGE, .who = expression, .what = "bad filter expression", .hint = message });
    }
    pcap_close(pcap);
    *out = bpf;
    return SPK_OK;
}

bool spk_bpf_match(const struct spk_bpf *bpf, const struct spk_record *record)
{
    return !bpf->rejects_all && bpf_filter(bpf->program.bf_insns, record->data, record->len, record->caplen) != 0;
}

void spk_bpf_free(struct spk_bpf *bpf)
{
    if (bpf != NULL) {
        pcap_freecode(&bpf->program);
        spk_free(bpf);
    }
}
