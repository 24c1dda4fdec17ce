/* default: the registry of all protocols of this library, made at the first call and never changed after it. */
#include "wire/registry.h"

#include <stdatomic.h>

#define SPK_PROTOCOL(name) extern const struct spk_proto spk_proto_##name;
#include "proto/protocols.h"
#undef SPK_PROTOCOL

static const struct spk_proto *const all[] = {
#define SPK_PROTOCOL(name) &spk_proto_##name,
#include "proto/protocols.h"
#undef SPK_PROTOCOL
};

/* The one pointer that is set once: whoever comes second gives its own copy back. */
static _Atomic(struct spk_registry *) made;

const struct spk_registry *spk_registry_default(void)
{
    struct spk_registry *registry = atomic_load(&made);
    if (registry != NULL) {
        return registry;
    }
    if (spk_registry_new(NULL, all, SPK_COUNT_OF(all), &registry, NULL) != SPK_OK) {
        return NULL;
    }
    struct spk_registry *first = NULL;
    if (!atomic_compare_exchange_strong(&made, &first, registry)) {
        spk_registry_free(registry);
        return first;
    }
    return registry;
}
