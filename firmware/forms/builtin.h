/* builtin.h - the generated table of built-in definitions. Inner header. */
#ifndef LUUKKU_FORMS_BUILTIN_H
#define LUUKKU_FORMS_BUILTIN_H

#include <stddef.h>

struct forms_builtin_file {
    const char *id;
    const unsigned char *json; /* followed by a NUL */
    size_t len;                /* bytes, without it */
};

/* Both end with NULL. */
extern const struct forms_builtin_file forms_builtin_files[];
extern const char *const forms_builtin_names[];

#endif
