#include "app/confine_impl.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Replaces a leading "$NAME" by the variable's value. -ENOENT: not set, or not
 * an absolute path. */
static int expand(const char *path, char *ret, size_t cap)
{
    char name[64];
    const char *value = "";
    size_t len = 0;
    if (*path == '$') {
        len = strcspn(path, "/");
        if (len > sizeof(name))
            return -ENAMETOOLONG;
        memcpy(name, path + 1, len - 1);
        name[len - 1] = 0;
        value = getenv(name); /* NOLINT(concurrency-mt-unsafe): one thread */
        if (!value || *value != '/')
            return -ENOENT;
    }
    int n = snprintf(ret, cap, "%s%s", value, path + len);
    return n < 0 || (size_t)n >= cap ? -ENAMETOOLONG : 0;
}

static int each_match(const char *pattern, unsigned access, confine_path_fn *fn,
                      void *arg)
{
    glob_t g = {.gl_pathc = 0};
    int r = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    if (glob(pattern, GLOB_NOSORT, NULL, &g) == 0)
        for (size_t i = 0; i < g.gl_pathc && r == 0; i++)
            r = i < CONFINE_PATHS_MAX ? fn(arg, g.gl_pathv[i], access)
                                      : -ENOSPC;
    globfree(&g);
    return r;
}

static bool fits(unsigned access, const struct confine_options *o)
{
    return (!(access & CONFINE_DISPLAY) || o->display) &&
           (!(access & CONFINE_SOUND) || o->sound);
}

int confine_each_path(const struct confine_profile *p,
                      const struct confine_options *o, confine_path_fn *fn,
                      void *arg)
{
    char path[CONFINE_PATH_MAX];
    struct stat st;
    for (size_t i = 0; i < p->paths; i++) {
        int r = 0;
        if (!fits(p->path[i].access, o) ||
            expand(p->path[i].path, path, sizeof(path)) < 0)
            continue;
        if (strchr(path, '*'))
            r = each_match(path, p->path[i].access, fn, arg);
        else if (stat(path, &st) == 0)
            r = fn(arg, path, p->path[i].access);
        if (r < 0)
            return r;
    }
    return 0;
}
