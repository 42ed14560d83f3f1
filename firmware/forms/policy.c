#include "forms/policy.h"

#include "base/text.h"
#include "coedit/any.h"

#include <errno.h>
#include <string.h>

/* Both may type at the same time, each up to what the field holds; more is
 * nobody's typing. */
#define ROOM(c) (2 * form_cell_max(c))
#define AHEAD_MAX 65536 /* clocks that a page may skip, and be told to wait */

enum { DELETED = 1, STRING = 4, ANY = 8 };

static int refuse(struct form_policy *p, const char *why)
{
    if (!p->why)
        p->why = why;
    return -EPERM;
}

static bool same(struct coedit_ref a, struct coedit_ref b)
{
    return a.client == b.client && a.clock == b.clock;
}

/* The cell that a piece belongs to, or NULL. */
static const struct form_cell *cell_at(const struct form *f,
                                       const struct coedit_ask *ask)
{
    for (size_t i = 0; i < f->cells; i++) {
        const struct form_cell *c = f->cell[i];
        bool text =
            c->kind == FORM_CELL_TEXT && !ask->key && same(c->type, ask->into);
        bool scalar = c->kind == FORM_CELL_SCALAR && ask->key &&
                      same(c->in, ask->into) &&
                      strcmp(ask->key, c->field->id) == 0;
        if (text || scalar)
            return c;
    }
    return NULL;
}

static int ask_string(struct form_policy *p, const struct form_cell *c,
                      const struct coedit_ask *ask)
{
    if (c->kind != FORM_CELL_TEXT)
        return refuse(p, "place");
    if (memchr(ask->bytes, '\0', ask->len))
        return refuse(p, "content");
    return ask->length > ROOM(c) ? refuse(p, "too-large") : 0;
}

static int ask_value(struct form_policy *p, const struct form_cell *c,
                     const struct coedit_ask *ask)
{
    const char *s = NULL;
    size_t len = 0;
    if (c->kind != FORM_CELL_SCALAR)
        return refuse(p, "place");
    if (ask->units != 1 ||
        coedit_any_read_string(ask->bytes, ask->len, &s, &len) < 0 ||
        memchr(s, '\0', len) || !lk_utf8_valid(s, len))
        return refuse(p, "content");
    /* A choice of several is as long as its options. */
    size_t most =
        c->field->options > 0 ? FORMS_OPTIONS_MAX * FORMS_ID_MAX : ROOM(c);
    return form_units(s, len) > most ? refuse(p, "too-large") : 0;
}

static int ask_insert(struct form_policy *p, const struct form_cell *c,
                      const struct coedit_ask *ask)
{
    if (ask->content == STRING)
        return ask_string(p, c, ask);
    return ask->content == ANY ? ask_value(p, c, ask) : 0;
}

static bool frozen(const struct form *f)
{
    return f->phase != FORM_FILLING && f->phase != FORM_FAILED;
}

/* Whose clocks they are, and what kind of thing. */
static int ask_writer(struct form_policy *p, const struct coedit_ask *ask)
{
    if (ask->client != p->f->share.client)
        return refuse(p, "client");
    if (ask->where == COEDIT_WHERE_UNKNOWN &&
        ask->clock > coedit_clock(p->f->doc, ask->client) + AHEAD_MAX)
        return refuse(p, "clock");
    if (ask->kind == COEDIT_ASK_INSERT && ask->content != DELETED &&
        ask->content != STRING && ask->content != ANY)
        return refuse(p, "content");
    return 0;
}

int form_policy_ask(void *arg, const struct coedit_ask *ask)
{
    struct form_policy *p = arg;
    bool inserts = ask->kind == COEDIT_ASK_INSERT;
    int r = ask->kind == COEDIT_ASK_DELETE ? 0 : ask_writer(p, ask);
    if (r < 0)
        return r;
    if (frozen(p->f)) {
        p->frozen = true;
        return -EPERM;
    }
    /* What would hold nothing: typed into a row that was removed meanwhile. */
    if (ask->where != COEDIT_WHERE_IN ||
        (!inserts && ask->kind != COEDIT_ASK_DELETE))
        return 0;
    const struct form_cell *c = cell_at(p->f, ask);
    if (!c)
        return refuse(p, "place");
    if (!form_cell_open(c, FORMS_EXPERT))
        return refuse(p, "forbidden");
    return inserts ? ask_insert(p, c, ask) : 0;
}
