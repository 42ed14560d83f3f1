#include "seal/seal_impl.h"

#include <string.h>

#define TYPE_MAX 100 /* bytes of a media type */

static bool all_of(const char *s, const char *also)
{
    for (; *s; s++)
        if (!(*s >= 'a' && *s <= 'z') && !(*s >= '0' && *s <= '9') &&
            !strchr(also, *s))
            return false;
    return true;
}

/* A relative path without empty parts and without parts of dots alone. */
static bool name_is_path(const char *name)
{
    const char *at = name;
    for (;;) {
        size_t n = strcspn(at, "/");
        if (n == 0 || strspn(at, ".") >= n)
            return false;
        if (!at[n])
            return true;
        at += n + 1;
    }
}

bool seal_file_fits(const struct seal_file *file, size_t files, size_t at)
{
    const char *name = file[at].name;
    const char *type = file[at].type;
    if (strlen(name) >= SEAL_NAME_MAX || !all_of(name, "./-") ||
        !name_is_path(name) || strcmp(name, "mimetype") == 0)
        return false;
    if (!*type || strlen(type) > TYPE_MAX || !all_of(type, "/.+-"))
        return false;
    for (size_t i = 0; i < at && i < files; i++)
        if (strcmp(file[i].name, name) == 0)
            return false;
    return true;
}
