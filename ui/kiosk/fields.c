#include "kiosk/fields.h"

#include "base/log.h"
#include "kiosk/typing_form.h"
#include "kiosk/ui_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

/* `n`: what else the intent says; NULL nothing. */
static void tell_of(struct kiosk_ui *ui, enum session_intent_kind kind,
                    const struct kiosk_node *n, const char *text)
{
    struct session_intent intent = {.kind = kind};
    if (n) {
        intent.at = n->at;
        intent.remove = n->remove;
        intent.version = n->version;
        memcpy(intent.box, n->at_box, sizeof(intent.box));
    }
    snprintf(intent.arg, sizeof(intent.arg), "%s", text);
    ui->config.intent(ui->config.arg, &intent);
    explicit_bzero(&intent, sizeof(intent));
}

static void tell(struct kiosk_ui *ui, enum session_intent_kind kind,
                 const char *text)
{
    tell_of(ui, kind, NULL, text);
}

/* Most bytes of a field's text: what the session is told must fit. */
static size_t field_max(const struct kiosk_node *n)
{
    size_t most = n->act == KIOSK_ACT_INTENT ? SESSION_ARG_MAX - 1U
                                             : (size_t)KIOSK_EDIT_MAX;
    return n->field.max > 0 ? LK_MIN(most, n->field.max) : most;
}

/* Whether somebody else types into it, too. */
static bool is_shared(const struct kiosk_node *n)
{
    return n->role == KIOSK_FIELD && n->intent == SESSION_INTENT_EDIT;
}

/* One change to the text of the field that has the caret. */
struct change {
    const struct kiosk_node *n;
    struct kiosk_edit *e;
    char *was; /* of a shared text: as it was before */
};

static void change_end(struct change *c)
{
    if (c->was)
        explicit_bzero(c->was, strlen(c->was));
    free(c->was);
    c->was = NULL;
}

static int change_begin(struct kiosk_ui *ui, struct change *ret)
{
    struct change c = {0};
    int i = kiosk_fields_active(ui);
    if (i < 0)
        return -EINVAL;
    c.n = &kiosk_ui_tree(ui)->node[i];
    int r = is_shared(c.n)
                ? kiosk_typing_form_open(&ui->typing, c.n, &c.e)
                : kiosk_typing_open(&ui->typing, c.n->id, field_max(c.n), &c.e);
    if (r < 0)
        return r;
    if (is_shared(c.n))
        c.was = strdup(kiosk_edit_text(c.e));
    if (is_shared(c.n) && !c.was)
        return -ENOMEM;
    snprintf(ui->typing.field, sizeof(ui->typing.field), "%s", c.n->id);
    *ret = c;
    return 0;
}

static void changed(struct kiosk_ui *ui, const struct change *c)
{
    struct kiosk_typed *at = kiosk_typing_at(&ui->typing, c->n->id);
    struct session_intent intent;
    ui->stale = true;
    if (c->n->act != KIOSK_ACT_INTENT)
        return;
    if (!c->was) {
        tell(ui, c->n->intent, kiosk_edit_text(c->e));
        return;
    }
    struct kiosk_splice s = kiosk_splice_of(c->was, kiosk_edit_text(c->e));
    while (at && kiosk_typing_form_next(at, &s, &intent))
        ui->config.intent(ui->config.arg, &intent);
    explicit_bzero(&intent, sizeof(intent));
}

void kiosk_fields_present(struct kiosk_ui *ui, const char *path, size_t caret)
{
    struct session_intent intent = {.kind = SESSION_INTENT_FOCUS,
                                    .at = (uint32_t)caret};
    bool same = strcmp(ui->here, path) == 0 && ui->here_at == intent.at;
    if (ui->view.screen != SESSION_FORM || same)
        return;
    snprintf(ui->here, sizeof(ui->here), "%s", path);
    ui->here_at = intent.at;
    snprintf(intent.path, sizeof(intent.path), "%s", path);
    ui->config.intent(ui->config.arg, &intent);
}

/* Where the caret is now. */
static void present_caret(struct kiosk_ui *ui, const struct change *c)
{
    if (is_shared(c->n))
        kiosk_fields_present(ui, c->n->path, kiosk_edit_caret(c->e));
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
    struct kiosk_edit *e;
    bool anew = strcmp(ui->typing.field, n->id) != 0 || !ui->typing.osk.shown;
    snprintf(ui->typing.field, sizeof(ui->typing.field), "%s", n->id);
    if (anew)
        kiosk_osk_open(&ui->typing.osk, n->field.keys, t->lang);
    ui->stale = true;
    if (is_shared(n) && kiosk_typing_form_open(&ui->typing, n, &e) == 0)
        kiosk_fields_present(ui, n->path, kiosk_edit_caret(e));
}

void kiosk_fields_select(struct kiosk_ui *ui, int i)
{
    if (kiosk_ui_tree(ui)->node[i].role == KIOSK_FIELD)
        activate(ui, kiosk_ui_tree(ui), i);
}

int kiosk_fields_type(struct kiosk_ui *ui, const char *text, size_t len)
{
    struct change c;
    int r = change_begin(ui, &c);
    if (r < 0)
        return r;
    r = kiosk_edit_insert(c.e, text, len);
    /* What does not fit any more goes into a new text. */
    if (r == -EMSGSIZE && c.n->field.submits && len <= field_max(c.n)) {
        submit(ui, c.n, c.e);
        r = kiosk_edit_insert(c.e, text, len);
    }
    if (r == 0 && len > 0)
        changed(ui, &c);
    change_end(&c);
    return r == -EBADMSG ? -EINVAL : r;
}

void kiosk_fields_erase(struct kiosk_ui *ui, enum kiosk_edit_step step)
{
    struct change c;
    if (change_begin(ui, &c) < 0)
        return;
    if (kiosk_edit_erase(c.e, step))
        changed(ui, &c);
    change_end(&c);
}

void kiosk_fields_move(struct kiosk_ui *ui, enum kiosk_edit_step step,
                       bool select)
{
    struct change c;
    if (change_begin(ui, &c) < 0)
        return;
    kiosk_edit_move(c.e, step, select);
    present_caret(ui, &c);
    change_end(&c);
    ui->stale = true;
}

void kiosk_fields_point(struct kiosk_ui *ui, size_t anchor, size_t caret)
{
    struct change c;
    if (change_begin(ui, &c) < 0)
        return;
    kiosk_edit_select(c.e, anchor, caret);
    present_caret(ui, &c);
    change_end(&c);
    ui->stale = true;
}

static void type_key(struct kiosk_ui *ui, const char *text)
{
    int r = kiosk_fields_type(ui, text, strlen(text));
    if (r < 0) /* the field is full, which is seen */
        LK_LOG(DEBUG, "kiosk", "key err=%s", strerrorname_np(-r));
}

void kiosk_fields_enter(struct kiosk_ui *ui)
{
    struct change c;
    if (change_begin(ui, &c) < 0)
        return;
    bool lines = c.n->field.lines;
    bool sends = c.n->field.sends && kiosk_edit_len(c.e) > 0;
    if (c.n->field.submits)
        submit(ui, c.n, c.e);
    if (sends)
        tell_of(ui, c.n->field.submit, c.n, kiosk_edit_text(c.e));
    if (sends && c.n->field.once)
        kiosk_edit_clear(c.e);
    change_end(&c);
    if (lines)
        type_key(ui, "\n");
    else if (!c.n->field.submits)
        kiosk_fields_hide(ui);
}

void kiosk_fields_key(struct kiosk_ui *ui, const char *key)
{
    char text[KIOSK_OSK_TEXT_MAX];
    enum kiosk_osk_act act = kiosk_osk_press(&ui->typing.osk, key, text);
    ui->stale = true;
    switch (act) {
    case KIOSK_OSK_TYPE:
        type_key(ui, text);
        break;
    case KIOSK_OSK_LEFT:
    case KIOSK_OSK_RIGHT:
        kiosk_fields_aside(
            ui, &(struct kiosk_aside){.right = act == KIOSK_OSK_RIGHT,
                                      .select = ui->typing.osk.shift !=
                                                KIOSK_OSK_SMALL});
        break;
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
    int i = kiosk_fields_active(ui);
    ui->typing.osk.shown = false;
    ui->stale = true;
    if (i < 0 || !is_shared(&kiosk_ui_tree(ui)->node[i]))
        return;
    /* The field is left: what stands in it is the form's again. */
    if (ui->keys.led)
        snprintf(ui->focus, sizeof(ui->focus), "%s",
                 kiosk_ui_tree(ui)->node[i].id);
    else
        ui->focus[0] = '\0';
    ui->typing.field[0] = '\0';
    kiosk_typing_form_sync(&ui->typing, ui->form);
    kiosk_fields_present(ui, "", 0);
}

/* Whether the text of the field runs from right to left: its first letter
 * says so, without any the screen. */
static bool runs_left(const struct kiosk_ui *ui)
{
    const struct kiosk_edit *e =
        kiosk_typing_find(&ui->typing, ui->typing.field);
    const char *s = e ? kiosk_edit_text(e) : "";
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c >= 0xD6 && c <= 0xDB)
            return true;
        if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            return false;
        if (c >= 0xC3 && c < 0xD6)
            return false;
    }
    return kiosk_ui_tree(ui)->rtl;
}

void kiosk_fields_aside(struct kiosk_ui *ui, const struct kiosk_aside *a)
{
    bool next = a->right != runs_left(ui);
    enum kiosk_edit_step one = next ? KIOSK_EDIT_NEXT : KIOSK_EDIT_PREVIOUS;
    enum kiosk_edit_step word =
        next ? KIOSK_EDIT_NEXT_WORD : KIOSK_EDIT_PREVIOUS_WORD;
    kiosk_fields_move(ui, a->word ? word : one, a->select);
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
