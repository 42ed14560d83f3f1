#include "kiosk/keys.h"

#include "base/clock.h"
#include "base/log.h"
#include "kiosk/fields.h"
#include "kiosk/focus.h"
#include "kiosk/pin.h"
#include "kiosk/ui_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void focus_set(struct kiosk_ui *ui, int i)
{
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    snprintf(ui->focus, sizeof(ui->focus), "%s", i < 0 ? "" : t->node[i].id);
    ui->stale = true;
}

static int focus_at(const struct kiosk_ui *ui)
{
    return kiosk_tree_find(kiosk_ui_tree(ui), ui->focus);
}

/* In reading order, over the pages of a pager. */
static void focus_step(struct kiosk_ui *ui, int step)
{
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    int i = focus_at(ui);
    if (i < 0 && step > 0) {
        focus_set(ui, kiosk_focus_first(t));
        return;
    }
    if (i < 0 || !kiosk_pages_step(&ui->pages, t, i, step)) {
        focus_set(ui, kiosk_tree_next(t, i, step));
        return;
    }
    ui->stale = true;
    kiosk_ui_refresh(ui);
    focus_set(ui, kiosk_pages_entry(kiosk_ui_tree(ui), i, step));
}

/* As it is seen; in reading order where nothing lies in that direction. */
static void focus_towards(struct kiosk_ui *ui, int dx, int dy)
{
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    int i = kiosk_focus_towards(t, focus_at(ui), dx, dy);
    if (i >= 0)
        focus_set(ui, i);
    else
        focus_step(ui, t->rtl && dx ? -dx : dx + dy);
}

/* Whether keys go to the field and not to what has the focus. */
static bool is_editing(const struct kiosk_ui *ui)
{
    int i = focus_at(ui);
    bool field = i < 0 || kiosk_ui_tree(ui)->node[i].role == KIOSK_FIELD;
    return field && kiosk_fields_active(ui) >= 0;
}

static bool on_keyboard(const struct kiosk_ui *ui)
{
    int i = focus_at(ui);
    return i >= 0 && kiosk_ui_tree(ui)->node[i].act == KIOSK_ACT_KEY;
}

static void select_focused(struct kiosk_ui *ui)
{
    int i = focus_at(ui);
    if (i < 0)
        focus_step(ui, 1);
    else
        kiosk_input_activate(ui, i);
}

/* The keypad has no letters: from the field to the first key. */
static void select_by_pad(struct kiosk_ui *ui)
{
    int i = focus_at(ui);
    select_focused(ui);
    if (i < 0 || kiosk_ui_tree(ui)->node[i].role != KIOSK_FIELD)
        return;
    kiosk_ui_refresh(ui);
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    int key = kiosk_tree_find(t, "keyboard");
    int aside = kiosk_tree_find(t, "key-right");
    key = LK_MAX(key, aside + (aside >= 0));
    while (key >= 0 && key < t->n && t->node[key].act != KIOSK_ACT_KEY)
        key++;
    if (key >= 0 && key < t->n)
        focus_set(ui, key);
}

/* Out of the keyboard, or what the screen says that Escape means. */
static void back(struct kiosk_ui *ui)
{
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    if (ui->typing.osk.shown && kiosk_fields_active(ui) >= 0) {
        kiosk_fields_hide(ui);
        return;
    }
    int i = kiosk_tree_escape(t);
    if (i >= 0)
        kiosk_input_activate(ui, i);
}

static void tell(struct kiosk_ui *ui, enum session_intent_kind kind)
{
    struct session_intent intent = {.kind = kind};
    ui->config.intent(ui->config.arg, &intent);
}

/* Returns whether it acts again while it rests. */
static bool pad_act(struct kiosk_ui *ui, enum kiosk_pad does)
{
    switch (does) {
    case KIOSK_PAD_NEXT:
        focus_step(ui, 1);
        return true;
    case KIOSK_PAD_PREVIOUS:
        focus_step(ui, -1);
        return true;
    case KIOSK_PAD_SELECT:
        select_by_pad(ui);
        return false;
    case KIOSK_PAD_BACK:
        back(ui);
        return false;
    case KIOSK_PAD_HELP:
        tell(ui, SESSION_INTENT_HELP);
        return false;
    case KIOSK_PAD_SPEECH:
        tell(ui, SESSION_INTENT_SPEECH);
        return false;
    case KIOSK_PAD_REPEAT:
        kiosk_speech_again(ui);
        return false;
    case KIOSK_PAD_FASTER:
        tell(ui, SESSION_INTENT_FASTER);
        return false;
    case KIOSK_PAD_SLOWER:
        tell(ui, SESSION_INTENT_SLOWER);
        return false;
    case KIOSK_PAD_VOLUME_UP:
        tell(ui, SESSION_INTENT_VOLUME_UP);
        return true;
    case KIOSK_PAD_VOLUME_DOWN:
        tell(ui, SESSION_INTENT_VOLUME_DOWN);
        return true;
    case KIOSK_PAD_TEXT_SIZE:
        tell(ui, SESSION_INTENT_TEXT_SIZE);
        return false;
    case KIOSK_PAD_CONTRAST:
        tell(ui, SESSION_INTENT_CONTRAST);
        return false;
    case KIOSK_PAD_NONE:
    case KIOSK_PADS:
        break;
    }
    return false;
}

/* Keys that do something to the text of a field. Returns whether it does. */
static bool edit_act(struct kiosk_ui *ui, const struct kiosk_event *e)
{
    enum kiosk_edit_step before =
        e->ctrl ? KIOSK_EDIT_PREVIOUS_WORD : KIOSK_EDIT_PREVIOUS;
    enum kiosk_edit_step after =
        e->ctrl ? KIOSK_EDIT_NEXT_WORD : KIOSK_EDIT_NEXT;
    switch ((int)e->key) {
    case KIOSK_KEY_ENTER:
        kiosk_fields_enter(ui);
        return true;
    case KIOSK_KEY_SPACE: /* comes as text */
        return true;
    case KIOSK_KEY_LEFT:
    case KIOSK_KEY_RIGHT:
        kiosk_fields_aside(
            ui, &(struct kiosk_aside){.right = e->key == KIOSK_KEY_RIGHT,
                                      .word = e->ctrl,
                                      .select = e->shift});
        return true;
    case KIOSK_KEY_HOME:
        kiosk_fields_move(ui, KIOSK_EDIT_HOME, e->shift);
        return true;
    case KIOSK_KEY_END:
        kiosk_fields_move(ui, KIOSK_EDIT_END, e->shift);
        return true;
    case KIOSK_KEY_BACKSPACE:
        kiosk_fields_erase(ui, before);
        return true;
    case KIOSK_KEY_DELETE:
        kiosk_fields_erase(ui, after);
        return true;
    default:
        return false;
    }
}

static void focus_act(struct kiosk_ui *ui, enum kiosk_key key)
{
    switch (key) {
    case KIOSK_KEY_NEXT:
        focus_step(ui, 1);
        break;
    case KIOSK_KEY_PREVIOUS:
        focus_step(ui, -1);
        break;
    case KIOSK_KEY_ENTER:
    case KIOSK_KEY_SPACE:
        select_focused(ui);
        break;
    case KIOSK_KEY_ESCAPE:
        back(ui);
        break;
    case KIOSK_KEY_LEFT:
        focus_towards(ui, -1, 0);
        break;
    case KIOSK_KEY_RIGHT:
        focus_towards(ui, 1, 0);
        break;
    case KIOSK_KEY_UP:
        focus_towards(ui, 0, -1);
        break;
    case KIOSK_KEY_DOWN:
        focus_towards(ui, 0, 1);
        break;
    case KIOSK_KEY_BACKSPACE:
    case KIOSK_KEY_HOME:
    case KIOSK_KEY_END:
    case KIOSK_KEY_DELETE:
    case KIOSK_KEY_OTHER:
        break;
    }
}

/* Whether the key acts again while it rests: what moves or deletes does, what
 * presses, sends or leaves does not. */
static bool key_rests(enum kiosk_key key)
{
    return key != KIOSK_KEY_OTHER && key != KIOSK_KEY_ENTER &&
           key != KIOSK_KEY_SPACE && key != KIOSK_KEY_ESCAPE;
}

/* Returns whether it acts again while it rests. */
static bool keys_act(struct kiosk_ui *ui, const struct kiosk_event *e)
{
    enum kiosk_pad does = KIOSK_PAD_NONE;
    if (e->usage <= KIOSK_USAGE_MAX)
        does = (enum kiosk_pad)ui->keys.pad.does[e->usage];
    if (does != KIOSK_PAD_NONE)
        return pad_act(ui, does);
    if (kiosk_pin_key(ui, e->key, focus_at(ui) >= 0))
        return e->key != KIOSK_KEY_ENTER;
    if (!is_editing(ui) || !edit_act(ui, e))
        focus_act(ui, e->key);
    return key_rests(e->key);
}

void kiosk_keys_down(struct kiosk_ui *ui, const struct kiosk_event *e)
{
    struct kiosk_stroked *k = &ui->keys;
    char what[KIOSK_STROKE_MAX];
    int64_t now = lk_clock_us();
    snprintf(what, sizeof(what), "usage %u", e->usage);
    k->muted = !kiosk_strokes_take(&k->strokes, &k->pad, what, now);
    if (k->muted)
        return;
    k->led = true;
    kiosk_strokes_release(&k->strokes);
    if (!keys_act(ui, e))
        return;
    k->held = *e;
    kiosk_strokes_hold(&k->strokes, &k->pad, what, now);
}

void kiosk_keys_up(struct kiosk_ui *ui)
{
    kiosk_strokes_release(&ui->keys.strokes);
}

void kiosk_keys_text(struct kiosk_ui *ui, const char *text)
{
    bool pressed = on_keyboard(ui);
    if (!ui->keys.muted && kiosk_pin_type(ui, text))
        return;
    /* The space bar has pressed the key that has the focus. */
    if (ui->keys.muted || (pressed && strcmp(text, " ") == 0) ||
        (!pressed && !is_editing(ui)))
        return;
    int r = kiosk_fields_type(ui, text, strlen(text));
    if (r < 0) /* the field is full, which is seen */
        LK_LOG(DEBUG, "kiosk", "text err=%s", strerrorname_np(-r));
}

void kiosk_keys_again(struct kiosk_ui *ui)
{
    struct kiosk_event e = ui->keys.held;
    (void)keys_act(ui, &e);
}

/* Where the focus goes when it cannot stay. */
static int focus_other(struct kiosk_ui *ui, const struct kiosk_tree *next)
{
    const struct kiosk_tree *was = kiosk_ui_tree(ui);
    int from = kiosk_tree_find(was, ui->focus);
    int i = kiosk_tree_find(next, ui->focus);
    if (i >= 0 && kiosk_tree_covered(next, i))
        snprintf(ui->keys.under, sizeof(ui->keys.under), "%s", ui->focus);
    int under = kiosk_tree_find(next, ui->keys.under);
    if (under >= 0 && kiosk_tree_focusable(next, under)) {
        ui->keys.under[0] = '\0';
        return under;
    }
    bool key = from >= 0 && was->node[from].act == KIOSK_ACT_KEY;
    int field = kiosk_tree_find(next, ui->typing.field);
    /* The keyboard was put away. */
    if (key && !ui->typing.osk.shown && field >= 0 &&
        kiosk_tree_focusable(next, field))
        return field;
    /* What lay over the screen has gone: nothing beneath was chosen, and what
     * is pressed twice must not press there. */
    if (kiosk_tree_top(was) > 0 && kiosk_tree_top(next) == 0)
        return -1;
    return kiosk_focus_instead(was, from, next);
}

void kiosk_keys_focus(struct kiosk_ui *ui, const struct kiosk_tree *next)
{
    int i = kiosk_tree_find(next, ui->focus);
    /* On a new screen nothing has it: what was pressed twice must not press
     * there. */
    if (!ui->focus[0] || (i >= 0 && kiosk_tree_focusable(next, i)))
        return;
    if (ui->keys.led)
        i = focus_other(ui, next);
    else
        i = -1;
    snprintf(ui->focus, sizeof(ui->focus), "%s", i < 0 ? "" : next->node[i].id);
}
