/* def_impl.h - what the files of the definition's parser share. Inner header.
 *
 * Room: a parse under way: its place in the JSON, the mistakes found so far,
 * the ids seen so far, memory. A mistake is noted and parsing goes on, so that
 * one run can name them all; what was parsed is used only if there was none.
 */
#ifndef LUUKKU_FORMS_DEF_IMPL_H
#define LUUKKU_FORMS_DEF_IMPL_H

#include "forms/def.h"

#include "base/json.h"

#include <jansson.h>

/* Deepest place: sections[1].fields[2].fields[3].when.all[0].any[0].not.in[1]
 */
#define DEF_STEPS_MAX 24
#define DEF_WHEN_DEPTH_MAX 4
#define DEF_LIST_MAX 16 /* conditions in one list */

/* Lengths of texts, in code points. */
enum {
    DEF_TITLE_MAX = 100,
    DEF_LABEL_MAX = 200,
    DEF_INFO_MAX = 1000,
    DEF_HELP_MAX = 400,
    DEF_HINT_MAX = 80,
    DEF_ERROR_MAX = 200,
    DEF_ITEM_MAX = 40,
    DEF_PAPER_MAX = 60,
};

/* Sections, fields with the three cells of each that may be an address. */
#define DEF_IDS_MAX (FORMS_SECTIONS_MAX + 4 * FORMS_FIELDS_MAX)

struct def_id {
    const char *id;
    const struct forms_field *field; /* NULL: no condition can name it */
    const struct forms_field *rows;  /* that it is a cell of, or NULL */
    bool wrong; /* a field without a type: what names it is not told, too */
};

struct def_chunk;

struct def {
    struct forms_def pub;
    struct def_chunk *chunk; /* memory of all that pub points to */
    json_t *root;            /* and its strings */
};

struct def_parse {
    const char *text;
    size_t len;
    struct lk_json_step step[DEF_STEPS_MAX];
    size_t depth;
    struct forms_def_error *error; /* `cap` of them */
    size_t cap;
    size_t errors;
    bool no_memory;
    struct def *def;
    struct def_id id[DEF_IDS_MAX];
    size_t ids;
    size_t fields;                  /* cells of rows included */
    const struct forms_field *rows; /* whose cells are being parsed, or NULL */
    bool signature;                 /* there is one already */
};

enum forms_when_kind {
    FORMS_WHEN_IN, /* `is`, too */
    FORMS_WHEN_FILLED,
    FORMS_WHEN_ALL,
    FORMS_WHEN_ANY,
    FORMS_WHEN_NOT,
};

struct forms_when {
    enum forms_when_kind kind;
    const char *field;
    const char *const *value;
    size_t values;
    const struct forms_when *sub;
    size_t subs;
};

/* --- def_json.c ---------------------------------------------------------- */

void def_enter(struct def_parse *p, const char *key);
void def_enter_at(struct def_parse *p, size_t index);
void def_leave(struct def_parse *p);

/* Notes a mistake at the present place. */
void def_refuse(struct def_parse *p, const char *why);
/* The same with the member `key` of the present place. */
void def_refuse_at(struct def_parse *p, const char *key, const char *why);

/* Zeroed memory that lives as long as the definition; NULL when n is 0 or
 * there is none, which is noted. */
void *def_take(struct def_parse *p, size_t n, size_t size);
void def_release(struct def *d);

/* Refuses members of `object` that are not among the `n` of `known`; false: it
 * is no object. */
bool def_members(struct def_parse *p, const json_t *object,
                 const char *const *known, size_t n);

/* Each reads the member `key` of `object`, whose place is the present one. One
 * that must be there and is not, or is wrong, is noted. */
const char *def_string(struct def_parse *p, const json_t *object,
                       const char *key, bool must);
const char *def_id(struct def_parse *p, const json_t *object, const char *key);
bool def_bool(struct def_parse *p, const json_t *object, const char *key);
uint32_t def_uint(struct def_parse *p, const json_t *object, const char *key,
                  uint32_t least, uint32_t most);
/* A list of least..most elements, or NULL. */
const json_t *def_list(struct def_parse *p, const json_t *object,
                       const char *key, size_t least, size_t most);
/* A text of at most `max` code points a language. */
void def_text(struct def_parse *p, const json_t *object, const char *key,
              size_t max, struct forms_text *ret);

/* --- def_field.c --------------------------------------------------------- */

/* Reads the list `fields` of the present place's `object`. */
const struct forms_field *def_fields(struct def_parse *p, const json_t *object,
                                     size_t *ret_n);
/* Takes an id into use; one that is in use is noted as `key`'s mistake. */
void def_id_add(struct def_parse *p, const char *key, const struct def_id *id);

/* --- def_range.c --------------------------------------------------------- */

/* Reads `min`, `max`, `decimals` of numbers, dates and rows. */
void def_range(struct def_parse *p, const json_t *object,
               struct forms_field *f);

/* --- when.c -------------------------------------------------------------- */

/* Reads the member `when`; NULL when it is not there. */
const struct forms_when *def_when(struct def_parse *p, const json_t *object);

#endif
