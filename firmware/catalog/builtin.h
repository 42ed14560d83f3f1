/* builtin.h - the services that are known without any catalogue from outside.
 *
 * Room: a short constant list, so that a kiosk can be used from its first
 * start. Signed cards kept by the agencies take its place later.
 */
#ifndef LUUKKU_CATALOG_BUILTIN_H
#define LUUKKU_CATALOG_BUILTIN_H

#include <stddef.h>

enum catalog_lang {
    CATALOG_FI,
    CATALOG_SV,
    CATALOG_EN,
    CATALOG_SE, /* Northern Sámi */
    CATALOG_RU,
    CATALOG_UK,
    CATALOG_AR,
    CATALOG_ET,
    CATALOG_LANGS,
};

struct catalog_card {
    const char *id;     /* [a-z0-9-]{3,32} */
    const char *agency; /* id of the agency, the broker's topic level */
    const char *icon;   /* name of the drawing */
    const char *form;   /* id of the form filled in together; NULL: none */
    const char *const *agency_name; /* CATALOG_LANGS of them, short */
    const char *title[CATALOG_LANGS];
    const char *text[CATALOG_LANGS]; /* one or two plain sentences */
};

/* All cards in the order of showing; *ret_n says how many. Static. */
const struct catalog_card *catalog_builtin(size_t *ret_n);

/* The card with that id, or NULL. */
const struct catalog_card *catalog_builtin_find(const char *id);

/* The language's place in the texts; English for a code that is not known. */
enum catalog_lang catalog_lang(const char *code);

#endif
