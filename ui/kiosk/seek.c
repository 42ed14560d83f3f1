/* Which question of a form should be in view. */
#include "kiosk/ui_priv.h"

#include <stdio.h>
#include <string.h>

static int question_of(const struct kiosk_tree *t, const char *path)
{
    char id[KIOSK_ID_MAX];
    if (!*path)
        return -1;
    (void)snprintf(id, sizeof(id), "question-%s", path);
    return kiosk_tree_find(t, id);
}

/* Remembers `path`; whether it is another one than before, and one at all. */
static bool is_news(char *was, const char *path)
{
    bool news = *path && strcmp(was, path) != 0;
    (void)snprintf(was, FORMS_PATH_MAX, "%s", path);
    return news;
}

static const char *pointed_path(const struct form_view *f)
{
    for (size_t i = 0; i < f->items; i++)
        if (f->item[i].pointed)
            return f->item[i].path;
    return "";
}

static const char *wrong_path(const struct form_view *f)
{
    for (size_t i = 0; i < f->items; i++)
        if (f->item[i].error != FORMS_OK)
            return f->item[i].path;
    return "";
}

static const char *typed_path(const struct kiosk_ui *ui)
{
    for (int i = 0; ui->typing.osk.shown && i < KIOSK_FIELDS_MAX; i++)
        if (ui->typing.field[0] &&
            strcmp(ui->typing.at[i].id, ui->typing.field) == 0)
            return ui->typing.at[i].path;
    return "";
}

/* With keys the focus goes there, too. */
static int seek_wrong(struct kiosk_ui *ui, const struct kiosk_tree *t)
{
    int i = question_of(t, wrong_path(ui->form));
    for (int c = i; i >= 0 && ui->keys.led && c <= t->node[i].last; c++) {
        const struct kiosk_node *n = &t->node[c];
        if (n->role != KIOSK_FIELD && n->role != KIOSK_BUTTON)
            continue;
        (void)snprintf(ui->focus, sizeof(ui->focus), "%s", n->id);
        break;
    }
    return i;
}

int kiosk_seek(struct kiosk_ui *ui, const struct kiosk_tree *t)
{
    const struct form_view *f = ui->form;
    if (t->screen != SESSION_FORM || !f)
        return -1;
    bool points = is_news(ui->pointed, pointed_path(f));
    bool types = is_news(ui->typed, typed_path(ui));
    if (ui->led_on && f->errors > 0) {
        ui->led_on = false;
        return seek_wrong(ui, t);
    }
    if (types)
        return question_of(t, ui->typed);
    return points ? question_of(t, ui->pointed) : -1;
}
