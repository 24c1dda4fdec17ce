/*
 * plugin: protocols that stand in a file of their own and are loaded at run time.
 *
 * A plug-in is a shared object with the rows of one or more protocols, and what it needs of functions:
 *
 *     #include <steelpkt.h>
 *     static const struct spk_proto sensor = { .name = "sensor", ... };
 *     SPK_PLUGIN(&sensor);
 *
 *     $ cc -shared -fPIC sensor.c $(pkg-config --cflags --libs steelpkt) -o sensor.so
 *
 * It is code, and runs with all rights of the program. So a plug-in is only loaded when somebody names it, and it is never
 * looked for in the current directory.
 */
#ifndef STEELPKT_PLUGIN_H
#define STEELPKT_PLUGIN_H

#include <steelpkt/base.h>
#include <steelpkt/packet.h>
#include <steelpkt/proto.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows whenever the meaning of a struct that a plug-in has or sees changes; that its layout changes, its size tells. */
#define SPK_PLUGIN_ABI 1

/* What a plug-in says of itself, under the symbol spk_plugin. abi stays first, whatever comes. */
struct spk_plugin {
    uint32_t abi;                          /* SPK_PLUGIN_ABI, when it was built */
    uint16_t proto_size;                   /* of struct spk_proto, then */
    uint16_t row_size;                     /* of struct spk_row */
    uint16_t packet_size;                  /* of struct spk_packet */
    uint16_t place_size;                   /* of struct spk_place */
    const struct spk_proto *const *protos; /* NULL ends them */
};

/* Stands once in a plug-in: SPK_PLUGIN(&first, &second); */
#define SPK_PLUGIN(...)                                                                                                \
    extern SPK_EXPORT const struct spk_plugin spk_plugin;                                                              \
    const struct spk_plugin spk_plugin = { .abi = SPK_PLUGIN_ABI,                                                      \
                                           .proto_size = sizeof(struct spk_proto),                                     \
                                           .row_size = sizeof(struct spk_row),                                         \
                                           .packet_size = sizeof(struct spk_packet),                                   \
                                           .place_size = sizeof(struct spk_place),                                     \
                                           .protos = (const struct spk_proto *const[]){ __VA_ARGS__, NULL } }

/* Plug-ins that were loaded, one over the other, and the registry that has the protocols of all. */
struct spk_plugins;

/* None yet, over base, which must outlive it. SPK_ERR_MEMORY. */
SPK_API enum spk_status spk_plugins_new(const struct spk_registry *base, struct spk_plugins **out);

/*
 * Gives the registries back; nothing may use them any longer. The code of a plug-in stays in the process.
 */
SPK_API void spk_plugins_free(struct spk_plugins *plugins);

/*
 * Loads a file; one that is loaded already is no error. Refused, with the reason and as if nothing had been asked: what is
 * no shared object or no plug-in, what was built for another version of the library, what calls something that is not
 * there, and protocols that spk_registry_new refuses over those that are there. The strings of error live until the next
 * call.
 */
SPK_API enum spk_status spk_plugins_load(struct spk_plugins *plugins, const char *path, struct spk_error *error);

/*
 * Loads what a list names, as STEELPKT_PLUGIN_PATH holds it: files, and directories whose files *.so are meant, in the order
 * of their names. Entries are absolute, with colons between them; empty ones are passed over. The first failure ends it.
 */
SPK_API enum spk_status spk_plugins_load_path(struct spk_plugins *plugins, const char *list, struct spk_error *error);

/*
 * Adds protocols that the program has itself, ended by NULL. origin is what spk_plugins_origin says of them, and is copied;
 * the tables must outlive plugins. Refused as spk_registry_new refuses.
 */
SPK_API enum spk_status spk_plugins_add(struct spk_plugins *plugins, const char *origin,
                                        const struct spk_proto *const *protos, struct spk_error *error);

/* Base and all that was loaded so far. Later ones do not change it, and it lives until spk_plugins_free. */
SPK_API const struct spk_registry *spk_plugins_registry(const struct spk_plugins *plugins);

/*
 * Takes back what was loaded or added after a registry that spk_plugins_registry gave, as if nothing had been asked: for a
 * program that cannot take up a protocol. Nothing may use the later registries any longer.
 */
SPK_API void spk_plugins_take_back(struct spk_plugins *plugins, const struct spk_registry *registry);

/* Where a protocol came from, the file of a plug-in for one; NULL: it is none that was loaded or added. */
SPK_API const char *spk_plugins_origin(const struct spk_plugins *plugins, const struct spk_proto *proto);

#ifdef __cplusplus
}
#endif
#endif
