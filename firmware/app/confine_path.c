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

/* What every program has: its libraries, while they are loaded. */
static const struct confine_path common[] = {
    {"/usr", CONFINE_READ},   {"/lib", CONFINE_READ},
    {"/lib64", CONFINE_READ}, {"/etc/ld.so.cache", CONFINE_READ},
    {"/proc", CONFINE_READ},
};

/* Calls for each that is there of `n` paths of a profile. */
static int each_path(const struct confine_path *list, size_t n,
                     const struct confine_options *o, confine_path_fn *fn,
                     void *arg)
{
    char path[CONFINE_PATH_MAX];
    struct stat st;
    for (size_t i = 0; i < n; i++) {
        int r = 0;
        if (!fits(list[i].access, o) ||
            expand(list[i].path, path, sizeof(path)) < 0)
            continue;
        if (strchr(path, '*'))
            r = each_match(path, list[i].access, fn, arg);
        else if (stat(path, &st) == 0)
            r = fn(arg, path, list[i].access);
        if (r < 0)
            return r;
    }
    return 0;
}

int confine_each_path(const struct confine_profile *p,
                      const struct confine_options *o, confine_path_fn *fn,
                      void *arg)
{
    int r = each_path(common, LK_ARRAY_LEN(common), o, fn, arg);
    return r < 0 ? r : each_path(p->path, p->paths, o, fn, arg);
}
