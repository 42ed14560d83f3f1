/* Touch, mouse and keys: from events to presses, focus and intents. */
#include "base/clock.h"
#include "kiosk/fields.h"
#include "kiosk/keys.h"
#include "kiosk/paper_touch.h"
#include "kiosk/role.h"
#include "kiosk/ui_priv.h"

#include <stdio.h>
#include <string.h>

/* The session is told at most this often that somebody is there. */
#define ALIVE_US INT64_C(1000000)

/* Turns a pager's page. Where the buttons that do so also lead on, as in a
 * form, what was typed into is left, and keys go to the page's first question.
 */
static void turn_page(struct kiosk_ui *ui, int i)
{
    bool leads = kiosk_ui_tree(ui)->node[i].turn != KIOSK_TURN_ENDS;
    char focus[KIOSK_ID_MAX];
    snprintf(focus, sizeof(focus), "%s", ui->focus);
    if (leads)
        kiosk_fields_hide(ui);
    snprintf(ui->focus, sizeof(ui->focus), "%s", focus);
    if (!kiosk_pages_turn(&ui->pages, kiosk_ui_tree(ui), i))
        return;
    ui->stale = true;
    if (!leads || !ui->keys.led)
        return;
    kiosk_ui_refresh(ui);
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    int first = kiosk_pages_entry(t, i, 1);
    if (first >= 0)
        snprintf(ui->focus, sizeof(ui->focus), "%s", t->node[first].id);
    ui->stale = true;
}

void kiosk_input_activate(struct kiosk_ui *ui, int i)
{
    const struct kiosk_node *n = &kiosk_ui_tree(ui)->node[i];
    if (n->state & KIOSK_DISABLED)
        return;
    if (n->role == KIOSK_FIELD) {
        kiosk_fields_select(ui, i);
        snprintf(ui->focus, sizeof(ui->focus), "%s", n->id);
        return;
    }
    if (*n->path)
        kiosk_fields_present(ui, n->path, 0);
    if (n->act == KIOSK_ACT_KEY)
        kiosk_fields_key(ui, n->arg);
    if (n->act == KIOSK_ACT_PAGE)
        turn_page(ui, i);
    if (n->act == KIOSK_ACT_TOOL)
        kiosk_paper_pick(ui, n);
    if (n->act == KIOSK_ACT_REPEAT)
        kiosk_speech_again(ui);
    if (n->act == KIOSK_ACT_ROLE)
        kiosk_role_act(ui, n->arg);
    if (n->act != KIOSK_ACT_INTENT)
        return;
    /* What is wrong is turned to, once the form has told. */
    ui->led_on =
        n->intent == SESSION_INTENT_NEXT || n->intent == SESSION_INTENT_REVIEW;
    /* A copy: the tree may be built anew before the callback returns. */
    struct session_intent intent = {.kind = n->intent,
                                    .at = n->at,
                                    .remove = n->remove,
                                    .version = n->version};
    memcpy(intent.box, n->at_box, sizeof(intent.box));
    ui->paper.anchored &= n->intent == SESSION_INTENT_POINT;
    if (n->turn == KIOSK_TURN_ENDS)
        snprintf(intent.arg, sizeof(intent.arg), "%s", n->arg);
    snprintf(intent.path, sizeof(intent.path), "%s", n->path);
    ui->config.intent(ui->config.arg, &intent);
    explicit_bzero(&intent, sizeof(intent)); /* it may be a digit of a PIN */
}

static bool press_is(const struct kiosk_ui *ui, const struct kiosk_event *e)
{
    return ui->press.down && ui->press.pointer == e->pointer;
}

static int button_at(const struct kiosk_ui *ui, int x, int y)
{
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    int i = kiosk_tree_button(t, kiosk_tree_hit(t, x, y));
    return i >= 0 && !(t->node[i].state & KIOSK_DISABLED) ? i : -1;
}

/* Whether the press is on the button that it began on. */
static bool press_inside(const struct kiosk_ui *ui, const struct kiosk_event *e)
{
    int i = button_at(ui, e->x, e->y);
    return i >= 0 && strcmp(kiosk_ui_tree(ui)->node[i].id, ui->press.id) == 0;
}

/* A finger that rests on this key deletes on and on. */
static bool is_delete(const struct kiosk_node *n)
{
    return n->act == KIOSK_ACT_KEY && strcmp(n->arg, "delete") == 0;
}

/* A finger in a field's text: the caret goes there; drawn along, it selects. */
static void press_point(struct kiosk_ui *ui, const struct kiosk_event *e)
{
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    int i = kiosk_tree_find(t, ui->press.id);
    if (i < 0 || t->node[i].role != KIOSK_FIELD)
        return;
    size_t at = kiosk_paint_field_at(&ui->painter, t, i, e->x, e->y);
    if (e->kind == KIOSK_EVENT_DOWN)
        ui->press.at = at;
    if (t->node[i].field.active)
        kiosk_fields_point(ui, ui->press.at, at);
}

/* The field that was touched has just got the caret: it goes to where the
 * finger was, if what stood there is what is edited. */
static void point_first(struct kiosk_ui *ui, const struct kiosk_node *n,
                        size_t at)
{
    const struct kiosk_edit *e = kiosk_typing_find(&ui->typing, n->id);
    if (n->role == KIOSK_FIELD && !n->field.active && e && *n->value &&
        !n->field.secret && strcmp(kiosk_edit_text(e), n->value) == 0)
        kiosk_fields_point(ui, at, at);
}

static void input_down(struct kiosk_ui *ui, const struct kiosk_event *e)
{
    struct kiosk_stroked *k = &ui->keys;
    int64_t now = lk_clock_us();
    /* One finger at a time: a second one is a palm or a child. */
    if (ui->press.down)
        return;
    ui->press = (struct kiosk_press){.down = true, .pointer = e->pointer};
    ui->focus[0] = '\0';
    ui->stale = true;
    k->led = false;
    if (kiosk_paper_down(ui, e->x, e->y))
        return;
    int i = button_at(ui, e->x, e->y);
    if (i < 0)
        return;
    const struct kiosk_node *n = &kiosk_ui_tree(ui)->node[i];
    if (!kiosk_strokes_take(&k->strokes, &k->pad, n->id, now))
        return;
    snprintf(ui->press.id, sizeof(ui->press.id), "%s", n->id);
    ui->press.inside = true;
    if (is_delete(n))
        kiosk_strokes_hold(&k->strokes, &k->pad, n->id, now);
    press_point(ui, e);
}

static void input_move(struct kiosk_ui *ui, const struct kiosk_event *e)
{
    if (press_is(ui, e) && ui->paper.held)
        kiosk_paper_moved(ui, e->x, e->y);
    if (!press_is(ui, e) || !ui->press.id[0])
        return;
    bool inside = press_inside(ui, e);
    ui->stale |= inside != ui->press.inside;
    ui->press.inside = inside;
    press_point(ui, e);
    if (!inside)
        kiosk_strokes_release(&ui->keys.strokes);
}

static void input_up(struct kiosk_ui *ui, const struct kiosk_event *e)
{
    if (!press_is(ui, e))
        return;
    if (ui->paper.held)
        kiosk_paper_up(ui, e->x, e->y);
    bool act = ui->press.id[0] && !ui->press.repeated && press_inside(ui, e);
    int i = act ? kiosk_tree_find(kiosk_ui_tree(ui), ui->press.id) : -1;
    size_t at = ui->press.at;
    ui->press = (struct kiosk_press){0};
    ui->stale = true;
    kiosk_strokes_release(&ui->keys.strokes);
    if (i < 0)
        return;
    kiosk_input_activate(ui, i);
    point_first(ui, &kiosk_ui_tree(ui)->node[i], at);
}

/* What rests acts again: a finger, or a key. */
static void input_again(struct kiosk_ui *ui)
{
    struct kiosk_stroked *k = &ui->keys;
    if (!kiosk_strokes_due(&k->strokes, &k->pad, lk_clock_us()))
        return;
    if (ui->press.down) {
        ui->press.repeated = true;
        kiosk_fields_key(ui, "delete");
    } else {
        kiosk_keys_again(ui);
    }
}

/* Somebody is there. */
static void input_alive(struct kiosk_ui *ui)
{
    struct session_intent intent = {.kind = SESSION_INTENT_ALIVE};
    int64_t now = lk_clock_us();
    if (ui->keys.alive > 0 && now - ui->keys.alive < ALIVE_US)
        return;
    ui->keys.alive = now;
    ui->config.intent(ui->config.arg, &intent);
}

static void input_exposed(struct kiosk_ui *ui)
{
    ui->dirty_n = 1;
    ui->dirty[0] =
        (struct kiosk_rect){0, 0, ui->canvas->size.w, ui->canvas->size.h};
}

static void input_resized(struct kiosk_ui *ui, struct kiosk_size size)
{
    struct kiosk_canvas *c = NULL;
    if (size.w == ui->canvas->size.w && size.h == ui->canvas->size.h)
        return;
    if (kiosk_canvas_new(size, &c) < 0) {
        ui->lost = true;
        return;
    }
    kiosk_canvas_free(ui->canvas);
    ui->canvas = c;
    ui->stale = true;
    input_exposed(ui);
}

static void input_event(struct kiosk_ui *ui, const struct kiosk_event *e)
{
    if (e->kind == KIOSK_EVENT_DOWN || e->kind == KIOSK_EVENT_KEY)
        input_alive(ui);
    switch (e->kind) {
    case KIOSK_EVENT_DOWN:
        input_down(ui, e);
        break;
    case KIOSK_EVENT_MOVE:
        input_move(ui, e);
        break;
    case KIOSK_EVENT_UP:
        input_up(ui, e);
        break;
    case KIOSK_EVENT_KEY:
        kiosk_keys_down(ui, e);
        break;
    case KIOSK_EVENT_KEY_UP:
        kiosk_keys_up(ui);
        break;
    case KIOSK_EVENT_TEXT:
        kiosk_keys_text(ui, e->text);
        break;
    case KIOSK_EVENT_EXPOSED:
        input_exposed(ui);
        break;
    case KIOSK_EVENT_RESIZED:
        input_resized(ui, e->size);
        break;
    case KIOSK_EVENT_CLOSED:
        ui->closing = ui->closing || !ui->config.fullscreen;
        break;
    case KIOSK_EVENT_NONE:
        break;
    }
}

void kiosk_input_run(struct kiosk_ui *ui)
{
    struct kiosk_event e;
    input_again(ui);
    while (kiosk_window_event(ui->window, &e)) {
        if (e.kind == KIOSK_EVENT_DOWN || e.kind == KIOSK_EVENT_UP ||
            e.kind == KIOSK_EVENT_KEY)
            kiosk_stats_input(&ui->stats, lk_clock_us() - e.age_us);
        input_event(ui, &e);
        /* The next event is judged by what this one changed. */
        if (e.kind != KIOSK_EVENT_NONE && e.kind != KIOSK_EVENT_MOVE)
            kiosk_ui_refresh(ui);
    }
    explicit_bzero(&e, sizeof(e)); /* what was typed may be a PIN */
}

void kiosk_input_apply(struct kiosk_ui *ui, struct kiosk_tree *t)
{
    kiosk_keys_focus(ui, t);
    int i = kiosk_tree_find(t, ui->focus);
    if (i < 0) /* a finger has chosen the field that is typed into */
        i = kiosk_tree_find(t, ui->typing.field);
    if (i >= 0 && kiosk_tree_focusable(t, i))
        t->node[i].state |= KIOSK_FOCUSED;
    i = kiosk_tree_find(t, ui->focus);
    if (i >= 0 && t->node[i].act != KIOSK_ACT_KEY &&
        strcmp(ui->here, t->node[i].path) != 0)
        kiosk_fields_present(ui, t->node[i].path, 0);
    i = kiosk_tree_find(t, ui->press.id);
    if (i >= 0 && ui->press.inside && !*t->node[i].closed &&
        !(t->node[i].state & KIOSK_DISABLED))
        t->node[i].state |= KIOSK_PRESSED;
}

void kiosk_input_reset(struct kiosk_ui *ui)
{
    /* The finger is still down, but on nothing: lifting it does nothing. */
    explicit_bzero(ui->press.id, sizeof(ui->press.id));
    ui->press.inside = false;
    explicit_bzero(ui->focus, sizeof(ui->focus));
    explicit_bzero(ui->keys.under, sizeof(ui->keys.under));
    explicit_bzero(&ui->keys.held, sizeof(ui->keys.held));
    kiosk_strokes_release(&ui->keys.strokes);
    ui->here[0] = '\0';
    ui->pointed[0] = '\0';
    ui->typed[0] = '\0';
    ui->led_on = false;
    ui->here_at = 0;
    ui->pages = (struct kiosk_pages){0};
    ui->paper = (struct kiosk_paper){0};
    ui->acting = (struct kiosk_acting){0};
    kiosk_typing_clear(&ui->typing);
}
