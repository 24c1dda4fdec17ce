/* Any text as a build line: it is built or refused, and what was built decodes. */
#include <steelpkt.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct spk_build *build = NULL;
    struct spk_error error = { 0 };
    const uint8_t *built = NULL;
    uint32_t len = 0;
    char *line = malloc(size + 1);
    if (line == NULL || spk_build_new(spk_registry_default(), &build) != SPK_OK) {
        free(line);
        return 0;
    }
    memcpy(line, data, size);
    line[size] = '\0';
    spk_build_compress(build, size % 2 == 0);
    enum spk_status status = spk_build_line(build, line, &error);
    if (status == SPK_OK) {
        status = spk_build_finish(build, SPK_FIX_LENGTHS | SPK_FIX_CHECKSUMS, &built, &len, &error);
    }
    if (status == SPK_OK && len > 0) {
        struct spk_packet packet;
        spk_decode(spk_registry_default(), SPK_LINK_ETHERNET, built, len, len, &packet);
        spk_packet_check(&packet, NULL);
    } else if (status != SPK_OK && error.what == NULL) {
        abort(); /* a refusal without a reason */
    }
    spk_build_free(build);
    free(line);
    return 0;
}
