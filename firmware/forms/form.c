/* A form's life, and how a change of its document becomes one of its cells. */
#include "forms/form_impl.h"

#include "base/text.h"
#include "coedit/any.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SPLICES 16 /* of one change that are kept apart */

void form_wipe(char **p)
{
    if (*p)
        explicit_bzero(*p, strlen(*p));
    free(*p);
    *p = NULL;
}

int form_keep(char **p, const char *s)
{
    char *copy = strdup(s);
    if (!copy)
        return -ENOMEM;
    form_wipe(p);
    *p = copy;
    return 0;
}

uint32_t form_units(const char *s, size_t len)
{
    uint32_t n = 0;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)s[i];
        n += (c & 0xc0) != 0x80; /* begins a character */
        n += c >= 0xf0;          /* of two units */
    }
    return n;
}

size_t form_bytes(const char *s, size_t len, uint32_t at)
{
    uint32_t n = 0;
    size_t i = 0;
    while (i < len && n < at) {
        n += (uint8_t)s[i] >= 0xf0 ? 2 : 1;
        for (i++; i < len && ((uint8_t)s[i] & 0xc0) == 0x80;)
            i++;
    }
    return i;
}

/* --- life --------------------------------------------------------------- */

static int copy_names(struct form *f, const struct form_config *c)
{
    int r = form_keep(&f->lang, c->lang);
    if (r == 0)
        r = form_keep(&f->kiosk, c->kiosk);
    if (r == 0)
        r = form_keep(&f->expert_user, c->expert_user ? c->expert_user : "");
    if (r == 0)
        r = form_keep(&f->expert_name, c->expert_name ? c->expert_name : "");
    return r;
}

static int make_document(struct form *f)
{
    int r = coedit_new(FORM_CITIZEN, &coedit_limits_form, &f->doc);
    if (r == 0)
        r = coedit_root(f->doc, "meta", &f->meta);
    if (r == 0)
        r = coedit_root(f->doc, "f", &f->f);
    if (r == 0)
        r = form_record_init(&f->record, f->id, sizeof(f->id));
    return r == 0 ? form_cells_make(f) : r;
}

int form_new(const struct form_config *config, struct form **ret)
{
    if (!config->def || !config->lang || !config->kiosk)
        return -EINVAL;
    LK_AUTO(form) f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    f->def = config->def;
    f->today = config->today;
    f->role = "";
    memcpy(f->id, config->id, sizeof(f->id));
    form_share_init(f);
    int r = copy_names(f, config);
    if (r == 0)
        r = make_document(f);
    if (r < 0)
        return r == -EINVAL ? r : -ENOMEM;
    form_settle(f);
    *ret = LK_TAKE(f);
    return 0;
}

static void drop(void *p, size_t len)
{
    if (p)
        explicit_bzero(p, len);
    free(p);
}

struct form *form_free(struct form *f)
{
    if (!f)
        return NULL;
    form_share_end(f);
    form_cells_free(f);
    coedit_free(f->doc);
    form_wipe(&f->lang);
    form_wipe(&f->kiosk);
    form_wipe(&f->expert_user);
    form_wipe(&f->expert_name);
    drop(f->json, f->json_len);
    drop(f->package, f->package_len);
    drop(f, sizeof(*f));
    return NULL;
}

/* --- changes ------------------------------------------------------------ */

int form_writable(struct form *f)
{
    if (f->phase == FORM_SEALING || f->phase == FORM_SENT)
        return -EACCES;
    if (f->phase == FORM_REVIEW) {
        form_reopen(f);
        f->voided = true;
    }
    if (f->phase == FORM_FAILED)
        form_reopen(f);
    f->voided = f->voided && f->phase == FORM_FILLING;
    return 0;
}

int form_act_for(struct form *f, const char *role, const char *name,
                 const char *id)
{
    static const char *const roles[] = {"", "person", "company"};
    size_t name_len = strlen(name);
    size_t id_len = strlen(id);
    size_t i = 0;
    while (i < LK_ARRAY_LEN(roles) && strcmp(role, roles[i]) != 0)
        i++;
    if (i == LK_ARRAY_LEN(roles) || name_len >= sizeof(f->role_name) ||
        id_len >= sizeof(f->role_id) || !lk_utf8_valid(name, name_len) ||
        !lk_utf8_valid(id, id_len))
        return -EINVAL;
    int r = form_writable(f);
    if (r < 0)
        return r;
    explicit_bzero(f->role_name, sizeof(f->role_name));
    explicit_bzero(f->role_id, sizeof(f->role_id));
    f->role = roles[i];
    memcpy(f->role_name, name, *role ? name_len : 0);
    memcpy(f->role_id, id, *role ? id_len : 0);
    form_settle(f);
    return 0;
}

int form_cell_for(struct form *f, const char *path, enum form_cell_kind kind,
                  struct form_cell **ret)
{
    struct form_cell *c = form_cell_find(f, path);
    if (!c)
        return -ENOENT;
    if (c->kind != kind)
        return -EINVAL;
    if (!form_cell_open(c, FORMS_CITIZEN) || f->phase == FORM_SEALING ||
        f->phase == FORM_SENT)
        return -EACCES;
    *ret = c;
    return 0;
}

int form_committed(struct form *f, const uint8_t *update, size_t len)
{
    if (len > 0) {
        form_record_add(&f->record, FORM_CITIZEN, f->now_us, update, len);
        form_share_update(f, update, len);
    }
    return form_refresh(f);
}

int form_commit(struct form *f)
{
    const uint8_t *update = NULL;
    size_t len = 0;
    int r = coedit_commit(f->doc, &update, &len);
    if (r < 0) {
        /* The edits stand: the page gets them with the whole. */
        f->record.broken = true;
        form_share_over(f, "too-large");
        return form_refresh(f);
    }
    return form_committed(f, update, len);
}

static bool same(struct coedit_ref a, struct coedit_ref b)
{
    return a.client == b.client && a.clock == b.clock;
}

/* A scalar as text; what is no string counts as empty. */
static int read_scalar(const struct form *f, const struct form_cell *c,
                       char **ret)
{
    struct coedit_value v;
    const char *s = "";
    size_t len = 0;
    if (coedit_map_get(f->doc, c->in, c->field->id, &v) == 0 && !v.is_type &&
        coedit_any_read_string(v.any, v.len, &s, &len) < 0)
        len = 0;
    char *copy = malloc(len + 1);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, s, len);
    copy[len] = '\0';
    *ret = copy;
    return 0;
}

/* Who wrote what stands there now. */
static enum form_by by_of(const struct form *f, const struct form_cell *c)
{
    bool text = c->kind == FORM_CELL_TEXT;
    struct coedit_authors a;
    bool citizen = false;
    bool expert = false;
    if (c->len == 0 || coedit_authors(f->doc, text ? c->type : c->in,
                                      text ? NULL : c->field->id, &a) < 0)
        return FORM_BY_NOBODY;
    if (c->accepted == c->version)
        return FORM_BY_ACCEPTED;
    for (uint32_t i = 0; i < a.n; i++) {
        citizen = citizen || a.author[i].client == FORM_CITIZEN;
        expert = expert || a.author[i].client != FORM_CITIZEN;
    }
    /* What was accepted is the expert's, whoever wrote it. */
    expert = expert || (text && c->accepted > 0);
    return expert && citizen ? FORM_BY_BOTH
           : expert          ? FORM_BY_EXPERT
                             : FORM_BY_CITIZEN;
}

void form_cell_credit(struct form *f, struct form_cell *c)
{
    if (c->len == 0)
        c->accepted = 0;
    c->by = by_of(f, c);
}

/* Notes how the last transaction changed a text. */
static void note_splices(const struct form *f, struct form_cell *c,
                         const char *old, size_t old_len)
{
    struct coedit_splice s[SPLICES];
    size_t n = coedit_splices(f->doc, c->type, s, SPLICES);
    uint32_t gone = 0; /* units that went before, and that came */
    uint32_t came = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t from = s[i].at + gone - came;
        size_t at = form_bytes(c->value, c->len, s[i].at);
        size_t end = form_bytes(c->value, c->len, s[i].at + s[i].inserted);
        size_t was = form_bytes(old, old_len, from);
        size_t was_end = form_bytes(old, old_len, from + s[i].removed);
        form_map_note(c,
                      (struct form_change){.at = (uint32_t)at,
                                           .removed = (uint32_t)(was_end - was),
                                           .inserted = (uint32_t)(end - at)});
        gone += s[i].removed;
        came += s[i].inserted;
    }
    if (n == 0)
        form_map_diff(c, old, old_len);
}

/* Reads a cell's value; a change that no edit noted is noted. `last`: it is the
 * last transaction's. */
static int reread(struct form *f, struct form_cell *c, bool last)
{
    char *s = NULL;
    size_t len = 0;
    int r = c->kind == FORM_CELL_TEXT ? coedit_text(f->doc, c->type, &s, &len)
                                      : read_scalar(f, c, &s);
    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return r;
    char *old = c->value;
    size_t old_len = c->len;
    c->value = s;
    c->len = strlen(s);
    if (strcmp(old, s) != 0 && c->kind == FORM_CELL_TEXT && last)
        note_splices(f, c, old, old_len);
    else if (strcmp(old, s) != 0)
        form_map_diff(c, old, old_len);
    form_wipe(&old);
    return 0;
}

int form_refresh(struct form *f)
{
    struct coedit_change ch;
    int r = 0;
    for (size_t i = 0; coedit_changed(f->doc, i, &ch); i++)
        for (size_t k = 0; k < f->cells; k++) {
            struct form_cell *c = f->cell[k];
            bool text = c->kind == FORM_CELL_TEXT && same(c->type, ch.type);
            bool scalar = c->kind == FORM_CELL_SCALAR && ch.key &&
                          same(c->in, ch.type) &&
                          strcmp(ch.key, c->field->id) == 0;
            if (!text && !scalar)
                continue;
            if (reread(f, c, true) < 0)
                r = -ENOMEM;
            form_cell_credit(f, c);
            f->touched = c;
        }
    f->stale = f->stale || r < 0;
    return r;
}

/* Without memory some value was not read: all are, once there is some. */
static void mend(struct form *f)
{
    bool stale = false;
    for (size_t i = 0; i < f->cells && f->stale; i++) {
        struct form_cell *c = f->cell[i];
        if (c->kind != FORM_CELL_TEXT && c->kind != FORM_CELL_SCALAR)
            continue;
        stale = reread(f, c, false) < 0 || stale;
        form_cell_credit(f, c);
    }
    f->stale = stale;
}

int form_put(struct form *f, const struct form_cell *c, const char *value,
             size_t len)
{
    uint8_t *any = malloc(len + COEDIT_ANY_SMALL);
    if (!any)
        return -ENOMEM;
    int n = coedit_any_string(value, len, any, len + COEDIT_ANY_SMALL);
    int r = n < 0 ? -EINVAL
                  : coedit_map_set(f->doc, c->in, c->field->id, any, (size_t)n);
    explicit_bzero(any, len + COEDIT_ANY_SMALL);
    free(any);
    return r;
}

void form_touch(struct form *f)
{
    f->version++;
}

void form_settle(struct form *f)
{
    mend(f);
    form_judge_all(f);
    form_step_mend(f);
    form_touch(f);
    form_share_state(f);
}

uint64_t form_version(const struct form *f)
{
    return f->version;
}

bool form_called(struct form *f)
{
    bool called = f->called;
    f->called = false;
    return called;
}
