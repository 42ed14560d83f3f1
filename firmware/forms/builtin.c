#include "forms/builtin.h"

#include "forms/def.h"

#include <string.h>

const char *forms_builtin(const char *id, size_t *ret_len)
{
    for (const struct forms_builtin_file *f = forms_builtin_files; f->id; f++) {
        if (strcmp(f->id, id) != 0)
            continue;
        *ret_len = f->len;
        return (const char *)f->json;
    }
    return NULL;
}

const char *const *forms_builtin_ids(void)
{
    return forms_builtin_names;
}
