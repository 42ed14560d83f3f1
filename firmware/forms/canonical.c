#include "forms/canonical.h"

#include "base/text.h"
#include "forms/form_impl.h"
#include "forms/json_out.h"
#include "forms/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

int form_digest(const void *data, size_t len, uint8_t ret[32])
{
    return EVP_Digest(data, len, ret, NULL, EVP_sha256(), NULL) == 1 ? 0
                                                                     : -ENOMEM;
}

struct writer {
    const struct form *f;
    struct json_out o;
    /* of one cell at a time */
    char shown[FORMS_VALUE_MAX];
    char canonical[FORMS_VALUE_MAX];
};

/* --- values ------------------------------------------------------------- */

/* "" unless it fits, which everything that is sent does. */
static const char *canonical_of(struct writer *w, const struct form_cell *c)
{
    struct forms_judged j;
    w->canonical[0] = '\0';
    forms_judge(c->field, c->value, &w->f->today, w->canonical, &j);
    return j.error == FORMS_OK ? w->canonical : "";
}

static void put_choices(struct writer *w, const struct form_cell *c)
{
    jout_open(&w->o, '[');
    for (size_t i = 0; i < c->field->options; i++)
        if (form_option_chosen(c, c->field->option[i].id))
            jout_text(&w->o, c->field->option[i].id);
    jout_close(&w->o, ']');
}

static void put_papers(struct writer *w, const struct form_cell *c)
{
    jout_open(&w->o, '[');
    for (size_t i = 0; i < c->papers; i++) {
        char hex[65];
        lk_hex_encode(c->paper[i].sha256, sizeof(c->paper[i].sha256), hex);
        jout_open(&w->o, '{');
        jout_put(&w->o, "name", c->paper[i].name);
        jout_put(&w->o, "sha256", hex);
        jout_close(&w->o, '}');
    }
    jout_close(&w->o, ']');
}

static void put_value(struct writer *w, const struct form_cell *c)
{
    jout_key(&w->o, "value");
    if (c->field->type == FORMS_CHOICES) {
        put_choices(w, c);
    } else if (c->field->type == FORMS_ATTACHMENT) {
        put_papers(w, c);
    } else if (c->field->type == FORMS_SIGNATURE) {
        jout_open(&w->o, '{');
        jout_put(&w->o, "by", "citizen");
        jout_close(&w->o, '}');
    } else if (c->field->type == FORMS_YESNO) {
        const char *s = canonical_of(w, c);
        jout_raw(&w->o, strcmp(s, "yes") == 0  ? "true"
                        : strcmp(s, "no") == 0 ? "false"
                                               : "null");
    } else {
        jout_text(&w->o, canonical_of(w, c));
    }
}

/* --- fields ------------------------------------------------------------- */

static void open_field(struct writer *w, const struct forms_field *field,
                       bool applies, enum form_by by)
{
    jout_open(&w->o, '{');
    if (!applies) {
        jout_key(&w->o, "applies");
        jout_raw(&w->o, "false");
    } else {
        jout_put(&w->o, "by", form_by_word(by));
    }
    jout_put(&w->o, "id", field->id);
    jout_put(&w->o, "label", form_say(w->f, &field->label));
}

static void close_field(struct writer *w, enum forms_type type)
{
    jout_put(&w->o, "type", forms_type_name(type));
}

static void put_cell(struct writer *w, const struct form_cell *c)
{
    bool signature = c->field->type == FORMS_SIGNATURE;
    open_field(w, c->field, !c->hidden, signature ? FORM_BY_CITIZEN : c->by);
    if (!c->hidden) {
        form_cell_show(w->f, c, c->value, w->shown);
        jout_put(&w->o, "shown",
                 signature ? form_approved_word(form_lang(w->f)) : w->shown);
    }
    close_field(w, c->field->type);
    if (!c->hidden)
        put_value(w, c);
    jout_close(&w->o, '}');
}

/* The three cells from *at on. */
static void put_address(struct writer *w, const struct form_cell *const *part)
{
    const struct forms_field *group = part[0]->group;
    const struct form_cell *c[3] = {NULL}; /* postcode, street, town */
    for (size_t i = 0; i < group->fields; i++)
        c[form_part_of(part[i])] = part[i];
    bool applies = !part[0]->hidden && c[0] && c[1] && c[2];
    open_field(w, group, applies, applies ? form_parts_by(c) : FORM_BY_NOBODY);
    if (applies) {
        static const char *const name[] = {"postcode", "street", "town"};
        form_parts_show(c, w->shown);
        jout_put(&w->o, "shown", w->shown);
        close_field(w, FORMS_ADDRESS);
        jout_key(&w->o, "value");
        jout_open(&w->o, '{');
        for (size_t i = 0; i < 3; i++)
            jout_put(&w->o, name[i], canonical_of(w, c[i]));
        jout_close(&w->o, '}');
    } else {
        close_field(w, FORMS_ADDRESS);
    }
    jout_close(&w->o, '}');
}

/* One field that is no field of rows, at cell `i`; returns the cell behind. */
static size_t put_plain(struct writer *w, size_t i)
{
    const struct form_cell *c = w->f->cell[i];
    if (c->group) {
        put_address(w, (const struct form_cell *const *)&w->f->cell[i]);
        return i + c->group->fields;
    }
    if (c->field->type != FORMS_INFO)
        put_cell(w, c);
    return i + 1;
}

static size_t put_rows(struct writer *w, size_t i)
{
    const struct form_cell *c = w->f->cell[i++];
    open_field(w, c->field, !c->hidden, FORM_BY_NOBODY);
    if (!c->hidden) {
        jout_key(&w->o, "rows");
        jout_open(&w->o, '[');
    }
    while (i < w->f->cells && w->f->cell[i]->row > 0 &&
           w->f->cell[i]->top == c->field) {
        uint32_t row = w->f->cell[i]->row;
        if (!c->hidden)
            jout_open(&w->o, '[');
        while (i < w->f->cells && w->f->cell[i]->row == row)
            i = c->hidden ? i + 1 : put_plain(w, i);
        if (!c->hidden)
            jout_close(&w->o, ']');
    }
    if (!c->hidden)
        jout_close(&w->o, ']');
    close_field(w, FORMS_ROWS);
    jout_close(&w->o, '}');
    return i;
}

/* --- the whole ---------------------------------------------------------- */

static void put_sections(struct writer *w)
{
    const struct forms_def *d = w->f->def;
    size_t i = 0;
    jout_key(&w->o, "sections");
    jout_open(&w->o, '[');
    for (size_t s = 0; s < d->sections; s++) {
        jout_open(&w->o, '{');
        jout_key(&w->o, "fields");
        jout_open(&w->o, '[');
        while (i < w->f->cells && w->f->cell[i]->section == s)
            i = w->f->cell[i]->kind == FORM_CELL_ROWS ? put_rows(w, i)
                                                      : put_plain(w, i);
        jout_close(&w->o, ']');
        jout_put(&w->o, "id", d->section[s].id);
        jout_put(&w->o, "title", form_say(w->f, &d->section[s].title));
        jout_close(&w->o, '}');
    }
    jout_close(&w->o, ']');
}

static void put_expert(struct writer *w)
{
    jout_key(&w->o, "expert");
    jout_open(&w->o, '{');
    jout_put(&w->o, "name", w->f->expert_name);
    jout_put(&w->o, "user", w->f->expert_user);
    jout_close(&w->o, '}');
}

static void put_form(struct writer *w)
{
    char hex[65];
    const struct forms_def *d = w->f->def;
    lk_hex_encode(d->sha256, sizeof(d->sha256), hex);
    jout_key(&w->o, "form");
    jout_open(&w->o, '{');
    jout_put(&w->o, "agency", d->agency);
    jout_put(&w->o, "id", d->id);
    jout_put(&w->o, "sha256", hex);
    jout_key(&w->o, "version");
    jout_whole(&w->o, d->version);
    jout_close(&w->o, '}');
}

static void put_record(struct writer *w)
{
    char hex[65];
    lk_hex_encode(w->f->record.head, sizeof(w->f->record.head), hex);
    jout_key(&w->o, "record");
    jout_open(&w->o, '{');
    jout_put(&w->o, "head", hex);
    jout_key(&w->o, "updates");
    jout_whole(&w->o, w->f->record.updates);
    jout_close(&w->o, '}');
}

static void put_role(struct writer *w)
{
    if (!*w->f->role)
        return;
    jout_key(&w->o, "role");
    jout_open(&w->o, '{');
    jout_put(&w->o, "id", w->f->role_id);
    jout_put(&w->o, "name", w->f->role_name);
    jout_put(&w->o, "role", w->f->role);
    jout_close(&w->o, '}');
}

static int put_all(struct writer *w)
{
    jout_open(&w->o, '{');
    put_expert(w);
    put_form(w);
    jout_put(&w->o, "kiosk", w->f->kiosk);
    jout_put(&w->o, "lang", form_lang(w->f));
    put_record(w);
    put_role(w);
    put_sections(w);
    jout_put(&w->o, "title", form_say(w->f, &w->f->def->title));
    jout_key(&w->o, "v");
    jout_whole(&w->o, 1);
    jout_close(&w->o, '}');
    return w->o.error;
}

int form_canonical(const struct form *f, char **ret, size_t *ret_len,
                   uint8_t ret_sha256[32])
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(FORM_CANONICAL_MAX, &b);
    if (r < 0)
        return r;
    struct writer *w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    w->f = f;
    w->o.b = b;
    r = put_all(w);
    explicit_bzero(w, sizeof(*w));
    free(w);
    uint8_t digest[32];
    if (r == 0)
        r = form_digest(b->data, b->len, digest);
    char *copy = r == 0 ? strdup(lk_buf_str(b)) : NULL;
    if (r == 0 && copy) {
        memcpy(ret_sha256, digest, sizeof(digest));
        *ret = copy;
        *ret_len = b->len;
    }
    lk_buf_wipe(b);
    return r < 0 ? r : copy ? 0 : -ENOMEM;
}
