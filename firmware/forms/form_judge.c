/* What follows from the values: what is hidden, what does not fit, and how a
 * value reads. */
#include "forms/form_impl.h"
#include "forms/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- conditions --------------------------------------------------------- */

struct asked {
    const struct form *f;
    const struct form_cell *c; /* whose condition it is */
};

static const char *filled(const struct form *f, const struct form_cell *c)
{
    if (c->hidden)
        return "";
    if (c->kind == FORM_CELL_ROWS)
        return form_rows_of(f, c->field) > 0 ? "yes" : "";
    if (c->kind == FORM_CELL_PAPERS)
        return c->papers > 0 ? "yes" : "";
    return c->value;
}

/* Of an address it is the first part with something in it. */
static const char *look_up(void *arg, const char *id, uint32_t row)
{
    const struct asked *a = arg;
    const struct forms_field *top = a->c ? a->c->top : NULL;
    const struct form_cell *c =
        row > 0 ? form_cell_of(a->f, id, top, row) : NULL;
    if (!c)
        c = form_cell_of(a->f, id, NULL, 0);
    if (!c)
        return "";
    if (!c->group || strcmp(c->group->id, id) != 0)
        return filled(a->f, c);
    for (size_t i = 0; i < a->f->cells; i++) {
        const struct form_cell *part = a->f->cell[i];
        if (part->group == c->group && part->row == c->row &&
            filled(a->f, part)[0])
            return filled(a->f, part);
    }
    return "";
}

static bool holds(const struct form *f, const struct form_cell *c,
                  const struct forms_field *field)
{
    struct asked a = {f, c};
    return !field || forms_when_holds(field->when, c->row, look_up, &a);
}

static bool section_holds(const struct form *f, size_t s)
{
    struct asked a = {f, NULL};
    return forms_when_holds(f->def->section[s].when, 0, look_up, &a);
}

/* Conditions name fields that stand before, so one pass does. */
static void hide(struct form *f)
{
    size_t known = 0;
    for (size_t i = 0; i < f->cells; i++) {
        struct form_cell *c = f->cell[i];
        for (; known <= c->section; known++)
            f->section_hidden[known] = !section_holds(f, known);
        bool top = c->top == c->field || holds(f, c, c->top);
        bool group = c->group == c->top || holds(f, c, c->group);
        c->hidden = f->section_hidden[c->section] || !top || !group ||
                    !holds(f, c, c->field);
    }
}

/* --- errors ------------------------------------------------------------- */

static void judge_count(const struct form *f, struct form_cell *c)
{
    const struct forms_field *field = c->field;
    bool rows = c->kind == FORM_CELL_ROWS;
    size_t n = rows ? form_rows_of(f, field) : c->papers;
    size_t least = rows && field->min[0] ? strtoul(field->min, NULL, 10) : 0;
    size_t most = rows && field->max[0] ? strtoul(field->max, NULL, 10) : n;
    c->judged = (struct forms_judged){.error = FORMS_OK};
    if (field->required && n == 0)
        c->judged.error = FORMS_MISSING;
    else if (n < least)
        c->judged.error = FORMS_TOO_FEW_ROWS;
    else if (n > most)
        c->judged.error = FORMS_TOO_MANY_ROWS;
    if (c->judged.error == FORMS_TOO_FEW_ROWS ||
        c->judged.error == FORMS_TOO_MANY_ROWS)
        (void)snprintf(c->judged.bound, sizeof(c->judged.bound), "%zu",
                       n < least ? least : most);
}

void form_judge_all(struct form *f)
{
    hide(f);
    for (size_t i = 0; i < f->cells; i++) {
        struct form_cell *c = f->cell[i];
        if (c->hidden || c->kind == FORM_CELL_NONE)
            c->judged = (struct forms_judged){.error = FORMS_OK};
        else if (c->kind == FORM_CELL_ROWS || c->kind == FORM_CELL_PAPERS)
            judge_count(f, c);
        else
            forms_judge(c->field, c->value, &f->today, NULL, &c->judged);
    }
}

/* --- reading ------------------------------------------------------------ */

const char *form_say(const struct form *f, const struct forms_text *t)
{
    return forms_say(f->def, t, f->lang);
}

const char *form_say_paper(const struct form *f, const char *kind)
{
    return forms_say_paper(f->def, kind, f->lang);
}

static void show_papers(const struct form_cell *c, char *ret)
{
    size_t len = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < c->papers; i++) {
        int w = snprintf(ret + len, FORMS_VALUE_MAX - len, "%s%s",
                         i > 0 ? "\n" : "", c->paper[i].name);
        len += (size_t)LK_MAX(w, 0);
    }
}

void form_cell_show(const struct form *f, const struct form_cell *c,
                    const char *value, char *ret)
{
    struct forms_judged j;
    char canonical[FORMS_VALUE_MAX];
    ret[0] = '\0';
    if (c->kind == FORM_CELL_PAPERS) {
        show_papers(c, ret);
        return;
    }
    if (value[0] == '\0' || c->kind == FORM_CELL_ROWS ||
        c->kind == FORM_CELL_NONE)
        return;
    forms_judge(c->field, value, &f->today, canonical, &j);
    if (j.error == FORMS_OK)
        forms_show_in(f->def, c->field, canonical, form_lang(f), ret,
                      FORMS_VALUE_MAX);
    else
        (void)snprintf(ret, FORMS_VALUE_MAX, "%s", value);
}
