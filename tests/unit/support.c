#define _XOPEN_SOURCE 700
#include "support.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

/* nftw(3) hands no context through. */
static void (*visitor)(const char *path, void *context);
static void *visitor_context;

static int visit_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    const char *name = path + where->base;
    (void)info;
    if (type == FTW_F && (strstr(name, "cap") != NULL || strstr(name, "dmp") != NULL || strstr(name, "ntar") != NULL)) {
        visitor(path, visitor_context);
    }
    return 0;
}

void for_each_capture(void (*visit)(const char *path, void *context), void *context)
{
    const char *source = getenv("STEELPKT_SOURCE");
    const char *corpus = getenv("STEELPKT_CORPUS");
    char own[1024];
    snprintf(own, sizeof own, "%s/tests/captures", source != NULL ? source : ".");
    visitor = visit;
    visitor_context = context;
    nftw(own, visit_entry, 16, FTW_PHYS);
    if (corpus != NULL) {
        nftw(corpus, visit_entry, 16, FTW_PHYS);
    }
}
