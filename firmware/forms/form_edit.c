/* What the citizen types, chooses and attaches. */
#include "forms/form_impl.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A citizen's cell that takes values, now. */
static int find(struct form *f, const char *path, struct form_cell **ret)
{
    struct form_cell *c = form_cell_find(f, path);
    if (!c)
        return -ENOENT;
    if (c->kind != FORM_CELL_TEXT && c->kind != FORM_CELL_SCALAR)
        return -EINVAL;
    return form_cell_for(f, path, c->kind, ret);
}

/* --- typing ------------------------------------------------------------- */

/* Control characters do not belong into answers; a new line where there are
 * lines. */
bool form_text_fits(const struct form_cell *c, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t b = (uint8_t)s[i];
        bool line = b == '\n' && c->field->type == FORMS_LINES;
        if ((b < 0x20 && !line) || b == 0x7f)
            return false;
    }
    return lk_utf8_valid(s, len);
}

static size_t removed(const struct form_place *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->pieces; i++)
        n += p->piece[i].len;
    return n;
}

/* The value as it will be. Heap. */
static char *edited(const struct form_cell *c, const struct form_place *p,
                    const char *insert)
{
    size_t n = strlen(insert);
    char *s = malloc(c->len + n + 1);
    size_t from = 0;
    size_t len = p->at;
    if (!s)
        return NULL;
    memcpy(s, c->value, len);
    memcpy(s + len, insert, n);
    len += n;
    from = p->at;
    for (size_t i = 0; i < p->pieces; i++) {
        size_t keep = p->piece[i].at - from;
        memcpy(s + len, c->value + from, keep);
        len += keep;
        from += keep + p->piece[i].len;
    }
    memcpy(s + len, c->value + from, c->len - from);
    len += c->len - from;
    s[len] = '\0';
    return s;
}

/* Inserts, then deletes from the end, so that the places hold. */
static int edit_text(struct form *f, const struct form_cell *c,
                     const struct form_place *p, const char *insert)
{
    uint32_t units = form_units(insert, strlen(insert));
    int r = coedit_text_insert(f->doc, c->type, form_units(c->value, p->at),
                               insert, strlen(insert));
    for (size_t i = p->pieces; i > 0 && r == 0; i--) {
        const struct form_piece *k = &p->piece[i - 1];
        uint32_t n = form_units(c->value + k->at, k->len);
        if (n > 0)
            r = coedit_text_delete(f->doc, c->type,
                                   form_units(c->value, k->at) + units, n);
    }
    return r;
}

static void note(struct form_cell *c, const struct form_edit *e,
                 const struct form_place *p)
{
    uint32_t n = (uint32_t)strlen(e->insert);
    form_map_note(c, (struct form_change){.at = p->at,
                                          .inserted = n,
                                          .own = true,
                                          .base = e->version,
                                          .seen_at = e->at});
    for (size_t i = p->pieces; i > 0; i--) {
        const struct form_piece *k = &p->piece[i - 1];
        form_map_note(c, (struct form_change){.at = k->at + n,
                                              .removed = k->len,
                                              .own = true,
                                              .base = e->version,
                                              .seen_at = e->at + n + k->seen_at,
                                              .seen_removed = k->seen_len});
    }
}

static enum form_stroke stroke_of(const struct form_edit *e)
{
    if (e->remove > 0)
        return e->insert[0] ? FORM_STROKE_OTHER : FORM_STROKE_DELETE;
    return e->insert[0] == ' ' || e->insert[0] == '\n' ? FORM_STROKE_OTHER
                                                       : FORM_STROKE_TYPE;
}

static int apply(struct form *f, struct form_cell *c, const struct form_edit *e,
                 const struct form_place *p)
{
    char *value = edited(c, p, e->insert);
    if (!value)
        return -ENOMEM;
    coedit_begin(f->doc);
    int r = c->kind == FORM_CELL_TEXT ? edit_text(f, c, p, e->insert)
                                      : form_put(f, c, value, strlen(value));
    if (r == 0) {
        form_undoable(f, c, stroke_of(e));
        note(c, e, p);
        form_wipe(&c->value);
        c->value = value;
        c->len = strlen(value);
        value = NULL;
    }
    form_wipe(&value);
    int r2 = form_commit(f);
    return r < 0 ? r : r2;
}

static int edit(struct form *f, const struct form_edit *e)
{
    struct form_cell *c = NULL;
    struct form_place p;
    size_t len = strlen(e->insert);
    int r = find(f, e->path, &c);
    if (r < 0)
        return r;
    if (!form_cell_typed(c) || len > FORM_EDIT_MAX ||
        !form_text_fits(c, e->insert, len))
        return -EINVAL;
    r = form_map(c, e, &p);
    if (r < 0)
        return r;
    if (len > removed(&p) &&
        form_units(c->value, c->len) + form_units(e->insert, len) >
            form_cell_max(c) + form_units(c->value, removed(&p)))
        return -ENOSPC;
    r = form_writable(f);
    if (r == 0)
        r = apply(f, c, e, &p);
    form_settle(f);
    return r;
}

int form_edit(struct form *f, const struct form_edit *e)
{
    struct form_cell *c = form_cell_find(f, e->path);
    /* Counted whatever becomes of it: the screen waits for that. */
    if (c) {
        c->edits++;
        form_touch(f);
    }
    return edit(f, e);
}

/* --- choosing ----------------------------------------------------------- */

static bool has_option(const struct forms_field *field, const char *id)
{
    for (size_t i = 0; i < field->options; i++)
        if (strcmp(field->option[i].id, id) == 0)
            return true;
    return false;
}

static bool may_be(const struct form *f, const struct form_cell *c,
                   const char *value)
{
    struct forms_judged j;
    if (value[0] == '\0')
        return true;
    if (c->field->type == FORMS_CHOICE)
        return has_option(c->field, value);
    if (c->field->type == FORMS_YESNO)
        return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
    if (c->field->type != FORMS_DATE || strlen(value) > FORM_SCALAR_MAX)
        return false;
    forms_judge(c->field, value, &f->today, NULL, &j);
    return j.error == FORMS_OK || j.error == FORMS_TOO_EARLY ||
           j.error == FORMS_TOO_LATE;
}

/* Sets a scalar, in a transaction of its own. */
static int put(struct form *f, const struct form_cell *c, const char *value)
{
    int r = form_writable(f);
    if (r < 0)
        return r;
    if (strcmp(c->value, value) == 0)
        return 0;
    coedit_begin(f->doc);
    r = form_put(f, c, value, strlen(value));
    form_undoable(f, c, FORM_STROKE_OTHER);
    int r2 = form_commit(f);
    form_settle(f);
    return r < 0 ? r : r2;
}

int form_set(struct form *f, const char *path, const char *value)
{
    struct form_cell *c = NULL;
    int r = find(f, path, &c);
    if (r < 0)
        return r;
    if (c->kind != FORM_CELL_SCALAR || !may_be(f, c, value))
        return -EINVAL;
    return put(f, c, value);
}

bool form_option_chosen(const struct form_cell *c, const char *id)
{
    size_t n = strlen(id);
    for (const char *s = c->value; *s;) {
        size_t len = strcspn(s, " ");
        if (len == n && memcmp(s, id, n) == 0)
            return true;
        s += len;
        s += *s == ' ';
    }
    return false;
}

int form_toggle(struct form *f, const char *path, const char *option)
{
    struct form_cell *c = NULL;
    char value[FORMS_OPTIONS_MAX * FORMS_ID_MAX + 1];
    size_t len = 0;
    int r = find(f, path, &c);
    if (r < 0)
        return r;
    if (c->field->type != FORMS_CHOICES || !has_option(c->field, option))
        return -EINVAL;
    for (size_t i = 0; i < c->field->options; i++) {
        const char *id = c->field->option[i].id;
        size_t n = strlen(id);
        if (form_option_chosen(c, id) == (strcmp(id, option) == 0) ||
            len + n + 2 > sizeof(value))
            continue;
        if (len > 0)
            value[len++] = ' ';
        memcpy(value + len, id, n);
        len += n;
    }
    value[len] = '\0';
    return put(f, c, value);
}

/* --- papers ------------------------------------------------------------- */

int form_attach(struct form *f, const char *path, const char *name,
                const uint8_t sha256[32])
{
    struct form_cell *c = NULL;
    size_t len = strlen(name);
    int r = form_cell_for(f, path, FORM_CELL_PAPERS, &c);
    if (r < 0)
        return r;
    if (len == 0 || !lk_utf8_valid(name, len))
        return -EINVAL;
    if (c->papers == FORM_PAPERS_MAX)
        return -ENOSPC;
    struct form_paper *more =
        reallocarray(c->paper, c->papers + 1, sizeof(*more));
    if (!more)
        return -ENOMEM;
    c->paper = more;
    r = form_writable(f);
    if (r < 0)
        return r;
    struct form_paper *p = &c->paper[c->papers++];
    *p = (struct form_paper){0};
    memcpy(p->name, name, lk_utf8_cut(name, len, sizeof(p->name) - 1));
    memcpy(p->sha256, sha256, sizeof(p->sha256));
    c->by = FORM_BY_CITIZEN;
    form_settle(f);
    return 0;
}

int form_detach(struct form *f, const char *path, const uint8_t sha256[32])
{
    struct form_cell *c = NULL;
    size_t i = 0;
    int r = form_cell_for(f, path, FORM_CELL_PAPERS, &c);
    if (r < 0)
        return r;
    while (i < c->papers && memcmp(c->paper[i].sha256, sha256, 32) != 0)
        i++;
    if (i == c->papers)
        return -ENOENT;
    r = form_writable(f);
    if (r < 0)
        return r;
    c->papers--;
    memmove(&c->paper[i], &c->paper[i + 1],
            (c->papers - i) * sizeof(c->paper[0]));
    explicit_bzero(&c->paper[c->papers], sizeof(c->paper[0]));
    form_settle(f);
    return 0;
}

/* --- suggestions -------------------------------------------------------- */

int form_decline(struct form *f, const char *path)
{
    struct form_cell *c = form_cell_find(f, path);
    if (!c || !c->suggestion)
        return -ENOENT;
    form_wipe(&c->suggestion);
    form_settle(f);
    return 0;
}

/* The whole value becomes the one that was suggested. */
static int replace(struct form *f, struct form_cell *c, const char *value)
{
    if (c->kind == FORM_CELL_SCALAR)
        return form_put(f, c, value, strlen(value));
    uint32_t units = form_units(value, strlen(value));
    int r = coedit_text_insert(f->doc, c->type, 0, value, strlen(value));
    if (r == 0 && c->len > 0)
        r = coedit_text_delete(f->doc, c->type, units,
                               form_units(c->value, c->len));
    return r;
}

int form_accept(struct form *f, const char *path)
{
    struct form_cell *c = form_cell_find(f, path);
    if (!c || !c->suggestion)
        return -ENOENT;
    if (!form_cell_open(c, FORMS_CITIZEN))
        return -EACCES;
    int r = form_writable(f);
    if (r < 0)
        return r;
    coedit_begin(f->doc);
    r = replace(f, c, c->suggestion);
    form_undoable(f, c, FORM_STROKE_OTHER);
    int r2 = form_commit(f);
    if (r == 0) {
        form_wipe(&c->suggestion);
        c->accepted = c->version;
        form_cell_credit(f, c);
    }
    form_settle(f);
    return r < 0 ? r : r2;
}
