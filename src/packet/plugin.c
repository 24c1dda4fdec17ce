/* plugin: what brings protocols at run time, shared objects above all, each of them a registry over the one before. */
#define _GNU_SOURCE /* dladdr */
#include <steelpkt/plugin.h>

#include "base/error.h"
#include "base/memory.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE = 512 };

struct loaded {
    char *origin; /* the file's path, or what the program called it */
    const struct spk_proto *const *protos;
    struct spk_registry *registry; /* with these, and all before them */
};

struct spk_plugins {
    const struct spk_registry *base;
    struct loaded *loaded;
    size_t count;
    void *self; /* the library's own object; NULL: it is the program */
    char *path; /* of the last failure */
    char message[MESSAGE];
};

/*
 * The functions that plug-ins call are those of this very library, wherever it stands: in a shared object that was itself
 * loaded for one user only (an extension of a language) they would not be seen.
 */
static void *show_own_functions(void)
{
    static const char here = 0;
    Dl_info info;
    bool found = dladdr(&here, &info) != 0 && info.dli_fname != NULL;
    return found ? dlopen(info.dli_fname, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD) : NULL;
}

enum spk_status spk_plugins_new(const struct spk_registry *base, struct spk_plugins **out)
{
    *out = spk_alloc_zeroed(1, sizeof **out);
    if (*out == NULL) {
        return SPK_ERR_MEMORY;
    }
    (*out)->base = base;
    (*out)->self = show_own_functions();
    return SPK_OK;
}

const struct spk_registry *spk_plugins_registry(const struct spk_plugins *plugins)
{
    return plugins->count > 0 ? plugins->loaded[plugins->count - 1].registry : plugins->base;
}

void spk_plugins_take_back(struct spk_plugins *plugins, const struct spk_registry *registry)
{
    while (plugins->count > 0 && spk_plugins_registry(plugins) != registry) {
        const struct loaded *last = &plugins->loaded[--plugins->count];
        spk_registry_free(last->registry);
        spk_free(last->origin);
    }
}

void spk_plugins_free(struct spk_plugins *plugins)
{
    if (plugins == NULL) {
        return;
    }
    spk_plugins_take_back(plugins, plugins->base);
    if (plugins->self != NULL) {
        (void)dlclose(plugins->self);
    }
    spk_free(plugins->loaded);
    spk_free(plugins->path);
    spk_free(plugins);
}

const char *spk_plugins_origin(const struct spk_plugins *plugins, const struct spk_proto *proto)
{
    for (size_t i = 0; i < plugins->count; i++) {
        for (const struct spk_proto *const *one = plugins->loaded[i].protos; *one != NULL; one++) {
            if (*one == proto) {
                return plugins->loaded[i].origin;
            }
        }
    }
    return NULL;
}

/* A copy of directory/name, or of name alone where directory is NULL. */
static char *join(const char *directory, size_t len, const char *name)
{
    size_t size = len + strlen(name) + 2;
    char *path = spk_alloc(size);
    if (path != NULL) {
        (void)snprintf(path, size, "%.*s%s%s", (int)len, directory != NULL ? directory : "", len > 0 ? "/" : "", name);
    }
    return path;
}

/* The error about a file, whose name is kept for as long as the error is. */
static enum spk_status refuse(struct spk_plugins *plugins, const char *path, struct spk_error why,
                              struct spk_error *error)
{
    char *kept = join(NULL, 0, path);
    if (kept == NULL) {
        return spk_no_memory(error);
    }
    spk_free(plugins->path);
    plugins->path = kept;
    why.who = kept;
    why.code = why.code == SPK_OK ? SPK_ERR_USAGE : why.code;
    return spk_fail(error, why);
}

/* What the dynamic linker says, which often begins with the name of the file. */
static enum spk_status refuse_linking(struct spk_plugins *plugins, const char *path, struct spk_error *error)
{
    const char *said = dlerror();
    said = said != NULL ? said : "cannot be loaded";
    size_t len = strlen(path);
    if (strncmp(said, path, len) == 0 && strncmp(said + len, ": ", 2) == 0) {
        said += len + 2;
    }
    (void)snprintf(plugins->message, sizeof plugins->message, "%s", said);
    return refuse(plugins, path, (struct spk_error){ .what = plugins->message }, error);
}

/* What of a plug-in's own description rules it out; what == NULL: nothing. */
static struct spk_error check_plugin(const struct spk_plugin *plugin)
{
    struct spk_error wrong = { .what = NULL };
    if (plugin->abi != SPK_PLUGIN_ABI) {
        wrong = (struct spk_error){ .what = "built for another version of the library (ABI)",
                                    .need = SPK_PLUGIN_ABI,
                                    .have = plugin->abi };
    } else if (plugin->proto_size != sizeof(struct spk_proto) || plugin->row_size != sizeof(struct spk_row)
               || plugin->packet_size != sizeof(struct spk_packet) || plugin->place_size != sizeof(struct spk_place)) {
        wrong.what = "built for another version of the library (its structs have other sizes)";
    } else if (plugin->protos == NULL || plugin->protos[0] == NULL) {
        wrong.what = "a plug-in without a protocol";
    }
    return wrong;
}

/* Room for one more. */
static bool reserve(struct spk_plugins *plugins)
{
    struct loaded *more = spk_realloc(plugins->loaded, (plugins->count + 1) * sizeof *more);
    plugins->loaded = more != NULL ? more : plugins->loaded;
    return more != NULL;
}

enum spk_status spk_plugins_add(struct spk_plugins *plugins, const char *origin, const struct spk_proto *const *protos,
                                struct spk_error *error)
{
    struct spk_registry *registry = NULL;
    size_t count = 0;
    while (protos[count] != NULL) {
        count++;
    }
    char *kept = join(NULL, 0, origin);
    if (kept == NULL || !reserve(plugins)) {
        spk_free(kept);
        return spk_no_memory(error);
    }
    enum spk_status status = spk_registry_new(spk_plugins_registry(plugins), protos, count, &registry, error);
    if (status != SPK_OK) {
        spk_free(kept);
        return status;
    }
    plugins->loaded[plugins->count++] = (struct loaded){ kept, protos, registry };
    return SPK_OK;
}

/* The plug-in's protocols; a refusal names the file, too. */
static enum spk_status add(struct spk_plugins *plugins, const char *path, const struct spk_plugin *plugin,
                           struct spk_error *error)
{
    struct spk_error why = { .code = SPK_OK };
    if (spk_plugins_add(plugins, path, plugin->protos, &why) == SPK_OK) {
        return SPK_OK;
    }
    if (why.code == SPK_ERR_MEMORY) {
        return spk_no_memory(error);
    }
    (void)snprintf(plugins->message, sizeof plugins->message, "%s%s%s", why.who != NULL ? why.who : "",
                   why.who != NULL ? ": " : "", why.what);
    why.what = plugins->message;
    return refuse(plugins, path, why, error);
}

/* Takes the plug-in of an opened file; *kept: its handle must stay. */
static enum spk_status take(struct spk_plugins *plugins, const char *path, void *handle, bool *kept,
                            struct spk_error *error)
{
    const struct spk_plugin *plugin = dlsym(handle, "spk_plugin");
    if (plugin == NULL) {
        return refuse(plugins, path, (struct spk_error){ .what = "no plug-in: it has no spk_plugin" }, error);
    }
    struct spk_error wrong = check_plugin(plugin);
    if (wrong.what != NULL) {
        return refuse(plugins, path, wrong, error);
    }
    for (size_t i = 0; i < plugins->count; i++) {
        if (plugins->loaded[i].protos == plugin->protos) {
            return SPK_OK;
        }
    }
    enum spk_status status = add(plugins, path, plugin, error);
    *kept = status == SPK_OK;
    return status;
}

enum spk_status spk_plugins_load(struct spk_plugins *plugins, const char *path, struct spk_error *error)
{
    /* a name without a slash would be looked for where the system keeps its libraries */
    bool bare = strchr(path, '/') == NULL;
    bool kept = false;
    char *file = join(".", bare ? 1 : 0, path);
    if (file == NULL) {
        return spk_no_memory(error);
    }
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    enum spk_status status =
        handle != NULL ? take(plugins, path, handle, &kept, error) : refuse_linking(plugins, file, error);
    if (handle != NULL && !kept) {
        (void)dlclose(handle);
    }
    spk_free(file);
    return status;
}

/* Paths of a directory's plug-ins. */
struct listing {
    char **paths;
    size_t count;
};

static void listing_free(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        spk_free(listing->paths[i]);
    }
    spk_free(listing->paths);
}

static bool is_plugin_name(const char *name)
{
    size_t len = strlen(name);
    return name[0] != '.' && len > 3 && strcmp(name + len - 3, ".so") == 0;
}

static int by_name(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

/* The next entry; NULL: there is none, or with errno it cannot be read. */
static const struct dirent *next_entry(DIR *directory)
{
    errno = 0;
    /* cppcheck-suppress readdirCalled; the stream is this call's own */
    return readdir(directory);
}

/* Gives 0, or an errno. */
static int list_directory(DIR *directory, const char *path, struct listing *listing)
{
    for (const struct dirent *entry; (entry = next_entry(directory)) != NULL;) {
        if (!is_plugin_name(entry->d_name)) {
            continue;
        }
        char **more = spk_realloc(listing->paths, (listing->count + 1) * sizeof *more);
        listing->paths = more != NULL ? more : listing->paths;
        char *joined = more != NULL ? join(path, strlen(path), entry->d_name) : NULL;
        if (joined == NULL) {
            return ENOMEM;
        }
        listing->paths[listing->count++] = joined;
    }
    int number = errno;
    if (listing->count > 1) {
        qsort(listing->paths, listing->count, sizeof listing->paths[0], by_name);
    }
    return number;
}

static enum spk_status refuse_reading(struct spk_plugins *plugins, const char *path, int number,
                                      struct spk_error *error)
{
    struct spk_error why = { .code = SPK_ERR_IO, .what = "cannot be read", .sys_errno = number };
    return number == ENOMEM ? spk_no_memory(error) : refuse(plugins, path, why, error);
}

/* A file, or the plug-ins of a directory. */
static enum spk_status load_entry(struct spk_plugins *plugins, const char *path, struct spk_error *error)
{
    struct listing listing = { .count = 0 };
    if (path[0] != '/') {
        return refuse(plugins, path, (struct spk_error){ .what = "a path for plug-ins begins with /" }, error);
    }
    DIR *directory = opendir(path);
    if (directory == NULL && errno == ENOTDIR) {
        return spk_plugins_load(plugins, path, error);
    }
    if (directory == NULL) {
        return refuse_reading(plugins, path, errno, error);
    }
    int number = list_directory(directory, path, &listing);
    enum spk_status status = number == 0 ? SPK_OK : refuse_reading(plugins, path, number, error);
    (void)closedir(directory);
    for (size_t i = 0; i < listing.count && status == SPK_OK; i++) {
        status = spk_plugins_load(plugins, listing.paths[i], error);
    }
    listing_free(&listing);
    return status;
}

enum spk_status spk_plugins_load_path(struct spk_plugins *plugins, const char *list, struct spk_error *error)
{
    enum spk_status status = SPK_OK;
    while (*list != '\0' && status == SPK_OK) {
        size_t len = strcspn(list, ":");
        char *entry = len > 0 ? join(NULL, 0, list) : NULL;
        if (len > 0 && entry == NULL) {
            return spk_no_memory(error);
        }
        if (entry != NULL) {
            entry[len] = '\0';
            status = load_entry(plugins, entry, error);
            spk_free(entry);
        }
        list += len + (list[len] == ':');
    }
    return status;
}
