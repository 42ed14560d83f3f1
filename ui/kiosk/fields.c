#include "kiosk/fields.h"

#include "base/log.h"
#include "kiosk/ui_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int field_in(const struct kiosk_tree *t, const char *id)
{
    int i = kiosk_tree_find(t, id);
    bool field = i >= 0 && t->node[i].role == KIOSK_FIELD;
    return field && kiosk_tree_focusable(t, i) ? i : -1;
}

int kiosk_fields_active(const struct kiosk_ui *ui)
{
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    int i = field_in(t, ui->focus);
    return i >= 0 ? i : field_in(t, ui->typing.field);
}

static void tell(struct kiosk_ui *ui, enum session_intent_kind kind,
                 const char *text)
{
    struct session_intent intent = {.kind = kind};
    snprintf(intent.arg, sizeof(intent.arg), "%s", text);
    ui->config.intent(ui->config.arg, &intent);
    explicit_bzero(&intent, sizeof(intent));
}

/* Most bytes of a field's text: what the session is told must fit. */
static size_t field_max(const struct kiosk_node *n)
{
    size_t most = n->act == KIOSK_ACT_INTENT ? SESSION_ARG_MAX - 1U
                                             : (size_t)KIOSK_EDIT_MAX;
    return n->field.max > 0 ? LK_MIN(most, n->field.max) : most;
}

/* The text of the field that has the caret; its node in *ret_node. */
static int active_edit(struct kiosk_ui *ui, const struct kiosk_node **ret_node,
                       struct kiosk_edit **ret)
{
    int i = kiosk_fields_active(ui);
    if (i < 0)
        return -EINVAL;
    const struct kiosk_node *n = &kiosk_ui_tree(ui)->node[i];
    int r = kiosk_typing_open(&ui->typing, n->id, field_max(n), ret);
    if (r < 0)
        return r;
    snprintf(ui->typing.field, sizeof(ui->typing.field), "%s", n->id);
    *ret_node = n;
    return 0;
}

static void changed(struct kiosk_ui *ui, const struct kiosk_node *n,
                    const struct kiosk_edit *e)
{
    ui->stale = true;
    if (n->act == KIOSK_ACT_INTENT)
        tell(ui, n->intent, kiosk_edit_text(e));
}

static void submit(struct kiosk_ui *ui, const struct kiosk_node *n,
                   struct kiosk_edit *e)
{
    ui->stale = true;
    if (kiosk_edit_len(e) == 0)
        return;
    kiosk_edit_clear(e);
    tell(ui, n->field.submit, "");
}

static void activate(struct kiosk_ui *ui, const struct kiosk_tree *t, int i)
{
    const struct kiosk_node *n = &t->node[i];
    snprintf(ui->typing.field, sizeof(ui->typing.field), "%s", n->id);
    kiosk_osk_open(&ui->typing.osk, n->field.keys, t->lang);
    ui->stale = true;
}

void kiosk_fields_select(struct kiosk_ui *ui, int i)
{
    if (kiosk_ui_tree(ui)->node[i].role == KIOSK_FIELD)
        activate(ui, kiosk_ui_tree(ui), i);
}

int kiosk_fields_type(struct kiosk_ui *ui, const char *text, size_t len)
{
    struct kiosk_edit *e;
    const struct kiosk_node *n;
    int r = active_edit(ui, &n, &e);
    if (r < 0)
        return r;
    r = kiosk_edit_insert(e, text, len);
    /* What does not fit any more goes into a new text. */
    if (r == -EMSGSIZE && n->field.submits && len <= field_max(n)) {
        submit(ui, n, e);
        r = kiosk_edit_insert(e, text, len);
    }
    if (r == 0 && len > 0)
        changed(ui, n, e);
    return r == -EBADMSG ? -EINVAL : r;
}

void kiosk_fields_erase(struct kiosk_ui *ui, enum kiosk_edit_step step)
{
    struct kiosk_edit *e;
    const struct kiosk_node *n;
    if (active_edit(ui, &n, &e) == 0 && kiosk_edit_erase(e, step))
        changed(ui, n, e);
}

void kiosk_fields_move(struct kiosk_ui *ui, enum kiosk_edit_step step,
                       bool select)
{
    struct kiosk_edit *e;
    const struct kiosk_node *n;
    if (active_edit(ui, &n, &e) < 0)
        return;
    kiosk_edit_move(e, step, select);
    ui->stale = true;
}

void kiosk_fields_enter(struct kiosk_ui *ui)
{
    struct kiosk_edit *e;
    const struct kiosk_node *n;
    if (active_edit(ui, &n, &e) < 0)
        return;
    if (n->field.submits)
        submit(ui, n, e);
    else
        kiosk_fields_hide(ui);
}

void kiosk_fields_key(struct kiosk_ui *ui, const char *key)
{
    char text[KIOSK_OSK_TEXT_MAX];
    ui->stale = true;
    switch (kiosk_osk_press(&ui->typing.osk, key, text)) {
    case KIOSK_OSK_TYPE: {
        int r = kiosk_fields_type(ui, text, strlen(text));
        if (r < 0) /* the field is full, which is seen */
            LK_LOG(DEBUG, "kiosk", "key err=%s", strerrorname_np(-r));
        break;
    }
    case KIOSK_OSK_ERASE:
        kiosk_fields_erase(ui, KIOSK_EDIT_PREVIOUS);
        break;
    case KIOSK_OSK_ENTER:
        kiosk_fields_enter(ui);
        break;
    case KIOSK_OSK_HIDE:
        kiosk_fields_hide(ui);
        break;
    case KIOSK_OSK_TURN:
        break;
    }
}

void kiosk_fields_hide(struct kiosk_ui *ui)
{
    ui->typing.osk.shown = false;
    ui->stale = true;
}

/* The eager field that is in `next` and was not there before, or -1. */
static int eager_in(const struct kiosk_ui *ui, const struct kiosk_tree *next)
{
    const struct kiosk_tree *was = kiosk_ui_tree(ui);
    for (int i = 0; i < next->n; i++) {
        const struct kiosk_node *n = &next->node[i];
        if (n->role == KIOSK_FIELD && n->field.eager &&
            kiosk_tree_focusable(next, i) && kiosk_tree_find(was, n->id) < 0)
            return i;
    }
    return -1;
}

bool kiosk_fields_sync(struct kiosk_ui *ui, const struct kiosk_tree *next)
{
    int i = eager_in(ui, next);
    if (i >= 0) {
        activate(ui, next, i);
        snprintf(ui->focus, sizeof(ui->focus), "%s", next->node[i].id);
        return true;
    }
    if (!ui->typing.field[0] || kiosk_tree_find(next, ui->typing.field) >= 0)
        return false;
    ui->typing.field[0] = '\0';
    ui->typing.osk.shown = false;
    return true;
}
