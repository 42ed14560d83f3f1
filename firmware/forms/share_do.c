/* Commands of the page. A path that is gone is passed over: a row may have been
 * removed while the command was on its way. */
#include "forms/form_impl.h"

#include "base/json_read.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct command {
    char name[16];
    char field[FORMS_PATH_MAX];
    char value[FORM_SUGGESTION_MAX + 1];
    char sha256[65];
    bool has_field, has_value, has_sha256;
};

static bool filling(const struct form *f)
{
    return f->phase == FORM_FILLING || f->phase == FORM_FAILED;
}

static void point(struct form *f, const struct command *c)
{
    const struct form_cell *cell = form_cell_find(f, c->field);
    memcpy(f->point, cell ? cell->path : "", cell ? sizeof(f->point) : 1);
    if (cell && !cell->hidden && filling(f))
        form_step_go(f, cell->section);
    f->called = f->called || cell;
    form_settle(f);
}

/* What could not be taken over by accepting it is no suggestion. */
static bool suits(const struct form_cell *c, const char *value)
{
    size_t len = strlen(value);
    if (c->kind != FORM_CELL_TEXT && c->kind != FORM_CELL_SCALAR)
        return false;
    size_t most =
        c->field->options > 0 ? FORM_SUGGESTION_MAX : form_cell_max(c);
    return form_units(value, len) <= most && form_text_fits(c, value, len);
}

static void suggest(struct form *f, const struct command *c)
{
    struct form_cell *cell = form_cell_find(f, c->field);
    if (!cell || !suits(cell, c->value))
        return;
    if (form_keep(&cell->suggestion, c->value) < 0)
        form_share_over(f, "too-large");
    form_settle(f);
}

static void withdraw(struct form *f, const struct command *c)
{
    struct form_cell *cell = form_cell_find(f, c->field);
    if (!cell || !cell->suggestion)
        return;
    form_wipe(&cell->suggestion);
    form_settle(f);
}

static void add_row(struct form *f, const struct command *c)
{
    struct form_cell *cell = form_cell_find(f, c->field);
    if (!cell || cell->kind != FORM_CELL_ROWS || !filling(f))
        return;
    if (!form_cell_open(cell, FORMS_EXPERT))
        form_share_over(f, "forbidden");
    else
        (void)!form_rows_add(f, cell); /* full: the page sees none come */
}

static void remove_row(struct form *f, const struct command *c)
{
    size_t row = form_row_find(f, c->field);
    if (row == f->rows || !filling(f))
        return;
    const struct form_cell *cell = form_cell_find(f, f->row[row].top->id);
    if (!cell || !form_cell_open(cell, FORMS_EXPERT))
        form_share_over(f, "forbidden");
    else
        (void)!form_rows_remove(f, row);
}

static void review(struct form *f)
{
    f->called = true;
    form_touch(f);
    if (filling(f))
        (void)!form_review(f); /* where it cannot be, the step shows why */
}

static void hash(struct form *f, const struct command *c)
{
    char hex[65];
    lk_hex_encode(f->json_sha256, sizeof(f->json_sha256), hex);
    /* One of a snapshot that is gone says nothing. */
    if (f->json && strcmp(hex, c->sha256) != 0)
        form_share_fresh(f);
}

static void received(struct form *f, const struct command *c)
{
    char hex[65];
    lk_hex_encode(f->package_sha256, sizeof(f->package_sha256), hex);
    if (!f->package || strcmp(hex, c->sha256) != 0)
        return;
    f->delivered = true;
    form_touch(f);
}

static void opened(struct form *f)
{
    f->called = true;
    form_touch(f);
}

static bool run(struct form *f, const struct command *c)
{
    static const struct {
        const char *name;
        void (*plain)(struct form *f);
        void (*with)(struct form *f, const struct command *c);
        bool value, sha256;
    } known[] = {
        {"open", opened, NULL, false, false},
        {"review", review, NULL, false, false},
        {"point", NULL, point, false, false},
        {"suggest", NULL, suggest, true, false},
        {"withdraw", NULL, withdraw, false, false},
        {"row-add", NULL, add_row, false, false},
        {"row-remove", NULL, remove_row, false, false},
        {"hash", NULL, hash, false, true},
        {"received", NULL, received, false, true},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++) {
        if (strcmp(known[i].name, c->name) != 0)
            continue;
        if (known[i].plain) {
            known[i].plain(f);
            return true;
        }
        bool whole = known[i].sha256
                         ? c->has_sha256
                         : c->has_field && (c->has_value || !known[i].value);
        if (whole)
            known[i].with(f, c);
        return whole;
    }
    return false;
}

void form_take_do(struct form *f, const char *json, size_t len)
{
    struct command c = {.name = ""};
    struct lk_json_want want[] = {
        {.name = "do", .text = c.name, .cap = sizeof(c.name)},
        {.name = "field", .text = c.field, .cap = sizeof(c.field)},
        {.name = "value", .text = c.value, .cap = sizeof(c.value)},
        {.name = "sha256", .text = c.sha256, .cap = sizeof(c.sha256)},
    };
    bool read = lk_json_read(json, len, want, LK_ARRAY_LEN(want)) == 0;
    c.has_field = want[1].seen;
    c.has_value = want[2].seen;
    c.has_sha256 = want[3].seen;
    if (!read || !run(f, &c))
        form_share_over(f, "malformed");
    explicit_bzero(&c, sizeof(c));
}
