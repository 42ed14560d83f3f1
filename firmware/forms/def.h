/* def.h - the definition of a form: JSON in, checked tables out.
 *
 * Spec: FORMAT.md of this room. Pure. What it gives is read only and may be
 * read by any thread.
 */
#ifndef LUUKKU_FORMS_DEF_H
#define LUUKKU_FORMS_DEF_H

#include "base/defs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORMS_DEF_LEN_MAX 65536 /* bytes of the JSON */
#define FORMS_ID_MAX 25         /* bytes of an id, the NUL included */
#define FORMS_PATH_MAX 72       /* bytes of a path, likewise */
#define FORMS_LANGS_MAX 8
#define FORMS_SECTIONS_MAX 12
#define FORMS_FIELDS_MAX 60 /* cells of rows included */
#define FORMS_OPTIONS_MAX 24
#define FORMS_ROWS_MAX 20
#define FORMS_PAPERS_MAX 12 /* kinds that can be asked for */
#define FORMS_REASON_MAX 256

enum forms_type {
    FORMS_TEXT,
    FORMS_LINES,
    FORMS_NUMBER,
    FORMS_DATE,
    FORMS_CHOICE,
    FORMS_CHOICES,
    FORMS_YESNO,
    FORMS_EMAIL,
    FORMS_PHONE,
    FORMS_ADDRESS, /* its three cells are in `fields` */
    FORMS_IBAN,
    FORMS_PERSON_ID,
    FORMS_POSTCODE, /* of an address only */
    FORMS_ROWS,
    FORMS_ATTACHMENT,
    FORMS_SIGNATURE,
    FORMS_INFO,
    FORMS_TYPES,
};

enum forms_who { FORMS_BOTH, FORMS_CITIZEN, FORMS_EXPERT };

/* A text in the definition's languages, in their order; NULL: has none. */
struct forms_text {
    const char *in[FORMS_LANGS_MAX];
};

struct forms_option {
    const char *id;
    struct forms_text label;
};

struct forms_when; /* a condition */

struct forms_field {
    const char *id; /* of an address' cells the whole path: "home-street" */
    enum forms_type type;
    enum forms_who who;
    bool required;
    bool is_private;
    struct forms_text label, help, hint, error, item;
    uint32_t max_length;   /* UTF-16 units; 0 where it has no meaning */
    const char *pattern;   /* "" none */
    const char *min, *max; /* as in FORMAT.md, as text; "" none */
    uint32_t decimals;
    const struct forms_option *option;
    size_t options;
    const struct forms_field *field; /* cells of rows or of an address */
    size_t fields;
    const struct forms_when *when; /* NULL: always shown */
};

struct forms_section {
    const char *id;
    struct forms_text title;
    const struct forms_when *when;
    const struct forms_field *field;
    size_t fields;
};

/* A kind of paper that the expert may ask for. */
struct forms_paper {
    const char *id;
    struct forms_text label;
    bool both_sides; /* as a rule */
};

struct forms_def {
    const char *id;
    const char *agency;
    uint32_t version;
    const char *lang[FORMS_LANGS_MAX];
    size_t langs;
    struct forms_text title;
    const struct forms_section *section;
    size_t sections;
    const struct forms_paper *paper; /* none: those that every service knows */
    size_t papers;
    const char *json; /* the very bytes */
    size_t json_len;
    uint8_t sha256[32]; /* of them */
};

struct forms_def_error {
    int line;                      /* from 1; 0 when it has none */
    char reason[FORMS_REASON_MAX]; /* "sections[1].fields[0].type: ..." */
};

/* Parses and checks a definition.
 *
 * Owner   caller, forms_def_free()
 * Errors  -EBADMSG (the first reason is in *ret_error, written only then),
 *         -ENOMEM
 */
int forms_def_parse(const char *json, size_t len, struct forms_def **ret,
                    struct forms_def_error *ret_error) LK_MUST_CHECK;

/* The same for who mends a file: names every mistake that can be seen.
 *
 * errors  in: how many fit into `ret_errors`, 1 or more; out, with -EBADMSG and
 *         0: how many there are
 */
int forms_def_check(const char *json, size_t len, struct forms_def **ret,
                    struct forms_def_error *ret_errors,
                    size_t *errors) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct forms_def *forms_def_free(struct forms_def *d);
LK_AUTO_DEFINE(forms_def);

/* The built-in definition with that id as JSON, or NULL. Static. */
const char *forms_builtin(const char *id, size_t *ret_len);
/* Ids of all built-in definitions, NULL at the end. Static. */
const char *const *forms_builtin_ids(void);

/* `t` in language `lang`: that one, else English, else the first; "" when the
 * text is not there. Borrowed from the definition. */
const char *forms_say(const struct forms_def *d, const struct forms_text *t,
                      const char *lang);

/* The words for a kind of paper; NULL: the definition does not name it.
 * Borrowed from the definition. */
const char *forms_say_paper(const struct forms_def *d, const char *kind,
                            const char *lang);

/* The type's name as in definitions: "person-id". Static. */
const char *forms_type_name(enum forms_type type);

/* Asks for the value in the document of an earlier field; "" when it is empty
 * or hidden. `row`: the row that the condition's own field is in, 0 for none.
 */
typedef const char *(*forms_lookup)(void *arg, const char *id, uint32_t row);

/* Whether the condition holds; NULL does. */
bool forms_when_holds(const struct forms_when *w, uint32_t row,
                      forms_lookup lookup, void *arg);

#endif
