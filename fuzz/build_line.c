/*
 * Any text as a build line: it is built or refused, and what was built decodes. Of two lines the second is built as if the
 * first had not been there: what a builder keeps of one packet holds for the next, or is found anew.
 */
#include "support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct built {
    struct spk_build *build;
    const uint8_t *data;
    uint32_t len;
};

static enum spk_status put(struct built *built, const char *line, bool compress)
{
    struct spk_error error = { 0 };
    spk_build_reset(built->build);
    spk_build_compress(built->build, compress);
    enum spk_status status = spk_build_line(built->build, line, &error);
    if (status == SPK_OK) {
        status = spk_build_finish(built->build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &built->data, &built->len, &error);
    }
    claim(status == SPK_OK || error.what != NULL); /* a refusal has a reason */
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct built fresh = { 0 };
    struct built used = { 0 };
    const struct spk_registry *registry = spk_registry_default();
    bool compress = size % 2 == 0;
    char *first = malloc(size + 1);
    if (first != NULL && spk_build_new(registry, &fresh.build) == SPK_OK
        && spk_build_new(registry, &used.build) == SPK_OK) {
        memcpy(first, data, size);
        first[size] = '\0';
        char *second = strchr(first, '\n');
        if (second != NULL) {
            *second++ = '\0';
        }
        put(&used, first, compress);
        enum spk_status status = put(&fresh, second != NULL ? second : first, compress);
        claim(put(&used, second != NULL ? second : first, compress) == status);
        claim(status != SPK_OK || (used.len == fresh.len && memcmp(used.data, fresh.data, used.len) == 0));
        if (status == SPK_OK && fresh.len > 0) {
            struct spk_packet packet;
            spk_decode(registry, SPK_LINK_ETHERNET, fresh.data, fresh.len, fresh.len, &packet);
            spk_packet_check(&packet, NULL);
        }
    }
    spk_build_free(fresh.build);
    spk_build_free(used.build);
    free(first);
    return 0;
}
