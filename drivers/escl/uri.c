#include "escl/uri.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Where the path begins: behind "scheme://host", or at once. */
static const char *path_of(const char *s)
{
    const char *host = NULL;
    if (strncmp(s, "//", 2) == 0)
        host = s + 2;
    const char *colon = strstr(s, "://");
    const char *slash = strchr(s, '/');
    if (colon && slash == colon + 1)
        host = colon + 3;
    if (!host)
        return s;
    return host + strcspn(host, "/?#");
}

/* Visible ASCII, no segment that climbs. */
static bool sound(const char *path)
{
    for (const char *p = path; *p; p++) {
        if (*p <= ' ' || *p > '~' || *p == '\\')
            return false;
        if (*p != '/' || p[1] != '.')
            continue;
        size_t n = strcspn(p + 1, "/");
        if (n == 1 || (n == 2 && p[2] == '.'))
            return false;
    }
    return true;
}

int escl_uri_resolve(const char *base, const char *location, char *ret)
{
    char path[ESCL_PATH_MAX];
    const char *from = path_of(location);
    size_t len = strcspn(from, "?#");
    const char *last = strrchr(base, '/');
    size_t dir = *from != '/' && last ? (size_t)(last - base) + 1 : 0;
    while (len > 0 && from[len - 1] == '/')
        len--;
    if (len == 0 || (dir == 0 && *from != '/'))
        return -EBADMSG;
    if (dir + len >= ESCL_PATH_MAX - 32)
        return -EMSGSIZE;
    (void)snprintf(path, sizeof(path), "%.*s%.*s", (int)dir, base, (int)len,
                   from);
    if (!sound(path))
        return -EBADMSG;
    memcpy(ret, path, strlen(path) + 1);
    return 0;
}
