/* The cells of a form: which there are, and what each may hold. */
#include "forms/form_impl.h"

#include "base/text.h"
#include "coedit/any.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_STEP 32

struct form_cell *form_cell_free(struct form_cell *c)
{
    if (!c)
        return NULL;
    form_wipe(&c->value);
    form_wipe(&c->suggestion);
    free(c->change);
    free(c->paper);
    free(c);
    return NULL;
}

void form_cells_free(struct form *f)
{
    for (size_t i = 0; i < f->cells; i++)
        form_cell_free(f->cell[i]);
    free(f->cell);
    free(f->row);
    f->cell = NULL;
    f->row = NULL;
    f->cells = f->rows = 0;
}

static enum form_cell_kind kind_of(enum forms_type t)
{
    switch (t) {
    case FORMS_TEXT:
    case FORMS_LINES:
        return FORM_CELL_TEXT;
    case FORMS_ROWS:
        return FORM_CELL_ROWS;
    case FORMS_ATTACHMENT:
        return FORM_CELL_PAPERS;
    case FORMS_NUMBER:
    case FORMS_DATE:
    case FORMS_CHOICE:
    case FORMS_CHOICES:
    case FORMS_YESNO:
    case FORMS_EMAIL:
    case FORMS_PHONE:
    case FORMS_IBAN:
    case FORMS_PERSON_ID:
    case FORMS_POSTCODE:
        return FORM_CELL_SCALAR;
    case FORMS_ADDRESS:
    case FORMS_SIGNATURE:
    case FORMS_INFO:
    case FORMS_TYPES:
        break;
    }
    return FORM_CELL_NONE;
}

/* The Text or Array of a cell, in the open transaction. */
static int make_type(struct form *f, struct form_cell *c)
{
    enum coedit_kind kind =
        c->kind == FORM_CELL_ROWS ? COEDIT_ARRAY : COEDIT_TEXT;
    if (c->kind != FORM_CELL_TEXT && c->kind != FORM_CELL_ROWS)
        return 0;
    return coedit_map_set_type(f->doc, c->in, c->field->id, kind, &c->type);
}

/* Room for one more, `at` the place. */
static int insert(struct form *f, struct form_cell *c, size_t at)
{
    if (f->cells % CELLS_STEP == 0) {
        struct form_cell **more = reallocarray(f->cell, f->cells + CELLS_STEP,
                                               sizeof(struct form_cell *));
        if (!more)
            return -ENOMEM;
        f->cell = more;
    }
    memmove(f->cell + at + 1, f->cell + at,
            (f->cells - at) * sizeof(struct form_cell *));
    f->cell[at] = c;
    f->cells++;
    return 0;
}

static int add_one(struct form *f, const struct form_cell *like, size_t *at)
{
    struct form_cell *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    *c = *like;
    c->kind = kind_of(c->field->type);
    c->version = c->since = 1;
    if (c->row > 0)
        (void)snprintf(c->path, sizeof(c->path), "%s-%u-%s", c->top->id, c->row,
                       c->field->id);
    else
        (void)snprintf(c->path, sizeof(c->path), "%s", c->field->id);
    int r = form_keep(&c->value, "");
    if (r == 0)
        r = make_type(f, c);
    if (r == 0)
        r = insert(f, c, *at);
    if (r < 0) {
        form_cell_free(c);
        return r;
    }
    ++*at;
    return 0;
}

int form_cells_add(struct form *f, const struct form_cell *like, size_t *at)
{
    if (like->field->type != FORMS_ADDRESS)
        return add_one(f, like, at);
    struct form_cell part = *like;
    part.group = like->field;
    int r = 0;
    for (size_t i = 0; i < part.group->fields && r == 0; i++) {
        part.field = &part.group->field[i];
        r = add_one(f, &part, at);
    }
    return r;
}

static int put_meta(struct form *f, const char *key, const char *value)
{
    uint8_t any[96];
    int n = coedit_any_string(value, strlen(value), any, sizeof(any));
    if (n < 0)
        return -EINVAL;
    return coedit_map_set(f->doc, f->meta, key, any, (size_t)n);
}

static int make_meta(struct form *f)
{
    char hex[65];
    uint8_t any[COEDIT_ANY_SMALL];
    lk_hex_encode(f->def->sha256, sizeof(f->def->sha256), hex);
    int n = coedit_any_number(f->def->version, any, sizeof(any));
    int r = coedit_map_set(f->doc, f->meta, "version", any, (size_t)n);
    if (r == 0)
        r = put_meta(f, "form", f->def->id);
    if (r == 0)
        r = put_meta(f, "sha256", hex);
    return r == 0 ? put_meta(f, "lang", f->lang) : r;
}

int form_cells_make(struct form *f)
{
    size_t at = 0;
    coedit_begin(f->doc);
    int r = make_meta(f);
    for (size_t s = 0; s < f->def->sections; s++) {
        const struct forms_section *sec = &f->def->section[s];
        for (size_t i = 0; i < sec->fields && r == 0; i++) {
            struct form_cell like = {.field = &sec->field[i],
                                     .top = &sec->field[i],
                                     .section = s,
                                     .in = f->f};
            r = form_cells_add(f, &like, &at);
        }
    }
    int e = form_commit(f);
    return r < 0 ? r : e;
}

struct form_cell *form_cell_find(const struct form *f, const char *path)
{
    for (size_t i = 0; i < f->cells; i++)
        if (strcmp(f->cell[i]->path, path) == 0)
            return f->cell[i];
    return NULL;
}

struct form_cell *form_cell_of(const struct form *f, const char *id,
                               const struct forms_field *top, uint32_t row)
{
    for (size_t i = 0; i < f->cells; i++) {
        struct form_cell *c = f->cell[i];
        bool here = c->row == row && (row == 0 || c->top == top);
        if (here && (strcmp(c->field->id, id) == 0 ||
                     (c->group && strcmp(c->group->id, id) == 0)))
            return c;
    }
    return NULL;
}

static bool allows(const struct forms_field *f, enum forms_who who)
{
    return !f || f->who == FORMS_BOTH || f->who == who;
}

bool form_cell_open(const struct form_cell *c, enum forms_who who)
{
    return allows(c->field, who) && allows(c->group, who) &&
           allows(c->top, who);
}

uint32_t form_cell_max(const struct form_cell *c)
{
    if (c->field->max_length > 0)
        return c->field->max_length;
    if (c->kind == FORM_CELL_TEXT)
        return c->field->type == FORMS_LINES ? 2000 : 200;
    return c->field->type == FORMS_EMAIL ? FORM_EMAIL_MAX : FORM_SCALAR_MAX;
}

bool form_cell_typed(const struct form_cell *c)
{
    return c->kind == FORM_CELL_TEXT ||
           (c->kind == FORM_CELL_SCALAR && c->field->type != FORMS_CHOICE &&
            c->field->type != FORMS_CHOICES && c->field->type != FORMS_YESNO);
}

bool form_cell_marked(const struct form_cell *c)
{
    if (c->judged.error == FORMS_OK || c->told == FORM_TOLD_NOT)
        return false;
    return c->told == FORM_TOLD_ALL || c->judged.error != FORMS_MISSING;
}

size_t form_rows_of(const struct form *f, const struct forms_field *top)
{
    size_t n = 0;
    for (size_t i = 0; i < f->rows; i++)
        n += f->row[i].top == top;
    return n;
}

size_t form_items_most(const struct form *f)
{
    size_t n = f->def->sections;
    for (size_t i = 0; i < f->cells; i++)
        n += f->cell[i]->kind == FORM_CELL_ROWS ? 2 : 1;
    /* Headings of addresses and rows. */
    for (size_t i = 0; i < f->cells; i++)
        n += f->cell[i]->group &&
             f->cell[i]->field == &f->cell[i]->group->field[0];
    return n + f->rows;
}
