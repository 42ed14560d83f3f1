/* What is shown, as one block: counted first, then written. */
#include "forms/form_impl.h"
#include "forms/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct painter {
    const struct form *f;
    struct form_item *item; /* NULL while counting */
    struct form_view_option *option;
    char *text;
    size_t items, options, bytes;
    char shown[FORMS_VALUE_MAX];
};

static const char *keep(struct painter *p, const char *s)
{
    size_t n = strlen(s) + 1;
    char *at = p->text ? p->text + p->bytes : NULL;
    p->bytes += n;
    if (at)
        memcpy(at, s, n);
    return at ? at : "";
}

/* The next item, with texts that are there; one to spare is written while only
 * counting. */
static struct form_item *next(struct painter *p, struct form_item *spare,
                              enum form_item_kind kind, const char *path,
                              const char *label)
{
    struct form_item *it = p->item ? &p->item[p->items] : spare;
    p->items++;
    *it = (struct form_item){.kind = kind,
                             .type = FORMS_INFO,
                             .path = keep(p, path),
                             .label = keep(p, label),
                             .help = "",
                             .hint = "",
                             .value = "",
                             .error_text = "",
                             .error_bound = "",
                             .suggestion = ""};
    return it;
}

static void add_options(struct painter *p, struct form_item *it,
                        const struct form_cell *c)
{
    if (p->option)
        it->option = &p->option[p->options];
    it->options = c->field->options;
    for (size_t i = 0; i < c->field->options; i++) {
        const struct forms_option *o = &c->field->option[i];
        const char *id = keep(p, o->id);
        const char *label = keep(p, form_say(p->f, &o->label));
        if (p->option)
            p->option[p->options] = (struct form_view_option){
                id, label, form_option_chosen(c, o->id)};
        p->options++;
    }
}

/* --- filling ------------------------------------------------------------ */

static void add_peer(const struct painter *p, struct form_item *it,
                     const struct form_cell *c)
{
    const struct form_share *s = &p->f->share;
    it->pointed = strcmp(p->f->point, c->path) == 0;
    it->peer = s->peer_here && strcmp(s->peer, c->path) == 0;
    if (it->peer)
        it->peer_caret = (uint32_t)form_bytes(c->value, c->len, s->peer_at);
}

static void add_error(struct painter *p, struct form_item *it,
                      const struct form_cell *c)
{
    if (!form_cell_marked(c))
        return;
    it->error = c->judged.error;
    it->error_text = keep(p, form_say(p->f, &c->field->error));
    it->error_bound = keep(p, c->judged.bound);
}

static void add_cell(struct painter *p, const struct form_cell *c)
{
    struct form_item spare;
    const struct forms_field *field = c->field;
    enum form_item_kind kind =
        field->type == FORMS_INFO ? FORM_ITEM_INFO : FORM_ITEM_CELL;
    struct form_item *it =
        next(p, &spare, kind, c->path, form_say(p->f, &field->label));
    it->type = field->type;
    it->help = keep(p, form_say(p->f, &field->help));
    it->hint = keep(p, form_say(p->f, &field->hint));
    form_cell_show(p->f, c, c->value, p->shown);
    it->value = keep(p, c->kind == FORM_CELL_PAPERS ? p->shown : c->value);
    it->papers = (uint32_t)c->papers;
    it->required = field->required;
    it->is_private = field->is_private || c->top->is_private ||
                     field->type == FORMS_IBAN ||
                     field->type == FORMS_PERSON_ID;
    it->locked = !form_cell_open(c, FORMS_CITIZEN);
    it->by = c->by;
    it->version = c->version;
    it->edits = c->edits;
    it->max = 3 * form_cell_max(c);
    if (c->suggestion) {
        form_cell_show(p->f, c, c->suggestion, p->shown);
        it->suggestion = keep(p, p->shown);
    }
    add_options(p, it, c);
    add_error(p, it, c);
    add_peer(p, it, c);
}

static void add_group(struct painter *p, const struct form_cell *c,
                      const struct forms_field *group)
{
    struct form_item spare;
    struct form_item *it =
        next(p, &spare, FORM_ITEM_GROUP, "", form_say(p->f, &group->label));
    it->type = group->type;
    it->help = keep(p, form_say(p->f, &group->help));
    it->required = group->required;
    if (c->kind != FORM_CELL_ROWS)
        return;
    it->path = keep(p, c->path);
    add_error(p, it, c);
    add_peer(p, it, c);
}

static void add_row(struct painter *p, const struct form_cell *c)
{
    struct form_item spare;
    for (size_t i = 0; i < p->f->rows; i++) {
        char path[FORMS_PATH_MAX];
        if (p->f->row[i].id != c->row)
            continue;
        form_row_path(p->f, i, path);
        struct form_item *it =
            next(p, &spare, FORM_ITEM_ROW, path, form_say(p->f, &c->top->item));
        it->locked = !form_cell_open(form_cell_of(p->f, c->top->id, NULL, 0),
                                     FORMS_CITIZEN);
    }
}

static void add_add(struct painter *p, const struct form_cell *rows)
{
    struct form_item spare;
    if (!form_cell_open(rows, FORMS_CITIZEN) || !form_rows_room(p->f, rows))
        return;
    (void)next(p, &spare, FORM_ITEM_ADD, rows->path,
               form_say(p->f, &rows->field->item));
}

static void add_step(struct painter *p)
{
    const struct form_cell *rows = NULL;   /* the field of rows we are in */
    const struct form_cell *before = NULL; /* the cell shown last */
    for (size_t i = 0; i < p->f->cells; i++) {
        const struct form_cell *c = p->f->cell[i];
        if (rows && c->row == 0) {
            add_add(p, rows);
            rows = NULL;
        }
        if (c->section != p->f->step || c->hidden)
            continue;
        if (c->row > 0 && (!before || before->row != c->row))
            add_row(p, c);
        if (c->group &&
            (!before || before->group != c->group || before->row != c->row))
            add_group(p, c, c->group);
        before = c;
        if (c->kind == FORM_CELL_ROWS) {
            rows = c;
            add_group(p, c, c->field);
        } else if (c->field->type != FORMS_SIGNATURE) {
            add_cell(p, c);
        }
    }
    if (rows)
        add_add(p, rows);
}

/* --- the snapshot ------------------------------------------------------- */

static void add_answer(struct painter *p, const struct form_cell *c)
{
    struct form_item spare;
    struct form_item *it = next(p, &spare, FORM_ITEM_ANSWER, c->path,
                                form_say(p->f, &c->field->label));
    form_cell_show(p->f, c, c->value, p->shown);
    it->type = c->field->type;
    it->value = keep(p, p->shown);
    it->papers = (uint32_t)c->papers;
    it->by = c->by;
    it->is_private = c->field->is_private || c->top->is_private ||
                     c->field->type == FORMS_IBAN ||
                     c->field->type == FORMS_PERSON_ID;
}

/* An address is one answer; `part` is its first cell. */
static void add_address(struct painter *p, const struct form_cell *const *part)
{
    struct form_item spare;
    const struct form_cell *c[3] = {NULL};
    const struct forms_field *group = part[0]->group;
    for (size_t i = 0; i < group->fields; i++)
        c[form_part_of(part[i])] = part[i];
    if (!c[0] || !c[1] || !c[2])
        return;
    struct form_item *it = next(p, &spare, FORM_ITEM_ANSWER, c[1]->path,
                                form_say(p->f, &group->label));
    form_parts_show(c, p->shown);
    it->type = FORMS_ADDRESS;
    it->value = keep(p, p->shown);
    it->by = form_parts_by(c);
    it->is_private = group->is_private;
}

static void add_reading(struct painter *p, size_t i,
                        const struct form_cell *before)
{
    const struct form_cell *c = p->f->cell[i];
    struct form_item spare;
    if (!before || before->section != c->section)
        (void)next(p, &spare, FORM_ITEM_SECTION, "",
                   form_say(p->f, &p->f->def->section[c->section].title));
    if (c->row > 0 && (!before || before->row != c->row))
        (void)next(p, &spare, FORM_ITEM_ROW, "", form_say(p->f, &c->top->item));
    if (c->kind == FORM_CELL_ROWS)
        (void)next(p, &spare, FORM_ITEM_GROUP, "",
                   form_say(p->f, &c->field->label));
    else if (!c->group)
        add_answer(p, c);
    else if (c->field == &c->group->field[0])
        add_address(p, (const struct form_cell *const *)&p->f->cell[i]);
}

static void add_snapshot(struct painter *p)
{
    const struct form_cell *before = NULL;
    for (size_t i = 0; i < p->f->cells; i++) {
        const struct form_cell *c = p->f->cell[i];
        if (c->hidden || c->field->type == FORMS_INFO ||
            c->field->type == FORMS_SIGNATURE)
            continue;
        add_reading(p, i, before);
        before = c;
    }
}

/* --- the whole ---------------------------------------------------------- */

static void paint(struct painter *p, struct form_view *v)
{
    const struct form *f = p->f;
    const struct forms_def *d = f->def;
    v->title = keep(p, form_say(f, &d->title));
    v->section = keep(p, form_say(f, &d->section[f->step].title));
    if (f->phase == FORM_FILLING || f->phase == FORM_FAILED)
        add_step(p);
    else
        add_snapshot(p);
}

static void fill(const struct form *f, struct form_view *v)
{
    v->phase = f->phase;
    for (size_t s = 0; s < f->def->sections; s++) {
        bool applies = form_step_applies(f, s);
        v->steps += applies;
        v->step += applies && s <= f->step;
    }
    for (size_t i = 0; i < f->cells; i++)
        v->errors += f->phase == FORM_FILLING && !f->cell[i]->hidden &&
                     f->cell[i]->section == f->step &&
                     form_cell_marked(f->cell[i]);
    v->shared = f->share.open && f->share.joined;
    v->can_undo = form_can_undo(f);
    v->voided = f->voided;
    v->lost = f->share.lost;
    memcpy(v->code, f->code, sizeof(v->code));
    v->delivered = f->delivered;
    v->posted = f->posted;
    v->posting = f->posting;
}

int form_view_new(const struct form *f, struct form_view **ret)
{
    struct form_view draft = {0};
    struct painter *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->f = f;
    paint(p, &draft);
    size_t items = p->items * sizeof(struct form_item);
    size_t options = p->options * sizeof(struct form_view_option);
    size_t block = sizeof(struct form_view) + items + options + p->bytes;
    struct form_view *v = calloc(1, block);
    if (v) {
        v->block = block;
        v->items = p->items;
        p->item = (void *)(v + 1);
        p->option = (void *)((char *)(v + 1) + items);
        p->text = (char *)(v + 1) + items + options;
        p->items = p->options = p->bytes = 0;
        v->item = p->item;
        paint(p, v);
        fill(f, v);
        *ret = v;
    }
    explicit_bzero(p, sizeof(*p));
    free(p);
    return v ? 0 : -ENOMEM;
}
