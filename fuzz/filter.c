/*
 * Any text as a display filter, and any bytes as the packet it is asked about: it compiles or is refused with a reason and a
 * place within the text, and it answers the same twice. The first byte says how long the text is, in fours.
 */
#include <steelpkt.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fault(const char *text, const struct spk_filter_fault *fault, const struct spk_error *error)
{
    if (error->code != SPK_ERR_MEMORY && (error->what == NULL || fault->at + fault->len > strlen(text))) {
        abort(); /* a refusal without a reason, or a mark beside the text */
    }
}

/* Decoded whole and as far as the filter looks: one answer. */
static void ask(const struct spk_filter *filter, const uint8_t *data, size_t size)
{
    struct spk_frame frame = { .number = 1, .link = SPK_LINK_ETHERNET, .time_ns = 1, .has_time = true };
    struct spk_record record = {
        .data = data, .caplen = (uint32_t)size, .len = (uint32_t)size, .link = SPK_LINK_ETHERNET, .number = 1
    };
    struct spk_matcher *matcher = NULL;
    struct spk_reach *reach = NULL;
    struct spk_packet packet;
    bool whole = false;
    bool part = false;
    if (spk_matcher_new(filter, &matcher) == SPK_OK
        && spk_reach_new(spk_registry_default(), spk_filter_needs(filter), &reach, NULL) == SPK_OK) {
        spk_decode_record(spk_registry_default(), &record, &packet);
        packet.frame = &frame;
        enum spk_status first = spk_matcher_match(matcher, &packet, &whole);
        spk_decode_reach(reach, &record, &packet);
        packet.frame = &frame;
        enum spk_status second = spk_matcher_match(matcher, &packet, &part);
        if (first != SPK_ERR_MEMORY && second != SPK_ERR_MEMORY && (first != second || whole != part)) {
            abort();
        }
    }
    spk_reach_free(reach);
    spk_matcher_free(matcher);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct spk_filter *filter = NULL;
    struct spk_filter_fault fault;
    struct spk_error error = { 0 };
    if (size == 0) {
        return 0;
    }
    size_t len = data[0] * 4u < size - 1 ? data[0] * 4u : size - 1;
    size_t rest = size - 1 - len;
    char *text = malloc(len + 1);
    uint8_t *packet = malloc(rest); /* of exactly its size, so that a byte too far is seen */
    if (text != NULL && packet != NULL) {
        memcpy(text, data + 1, len);
        text[len] = '\0';
        memcpy(packet, data + 1 + len, rest);
        if (spk_filter_new(NULL, text, &filter, &fault, &error) == SPK_OK) {
            ask(filter, packet, rest);
        } else {
            check_fault(text, &fault, &error);
        }
    }
    spk_filter_free(filter);
    free(text);
    free(packet);
    return 0;
}
