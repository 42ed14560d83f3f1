/* One step of a form, filled in together with the expert. */
#include "kiosk/screens_form.h"

#include "kiosk/keyboard.h"
#include "kiosk/screens_expert.h"

#include <stdio.h>
#include <string.h>

/* Children of one group; more go into the next (KIOSK_CHILDREN_MAX). */
#define PART_MAX 24

/* Height that the questions keep, mm. */
#define ITEMS_LEAST_MM 24.0f

/* ---- pages ---- */

static struct kiosk_node part_node(const struct kiosk_page *p)
{
    return (struct kiosk_node){
        .box = {.flow = KIOSK_COLUMN,
                .align = KIOSK_STRETCH,
                .gap = p->low ? 3 : 5},
    };
}

void kiosk_form_pager_open(struct kiosk_page *p, const char *id)
{
    struct kiosk_node n = part_node(p);
    struct kiosk_node part = n;
    n.id = id;
    n.box.flow = KIOSK_PAGER;
    n.box.grow = true;
    n.box.min_h = ITEMS_LEAST_MM;
    kiosk_tree_open(p->t, &n);
    kiosk_tree_open(p->t, &part);
}

void kiosk_form_part(struct kiosk_page *p, size_t n)
{
    struct kiosk_node part = part_node(p);
    if (n == 0 || n % PART_MAX != 0)
        return;
    kiosk_tree_close(p->t);
    kiosk_tree_open(p->t, &part);
}

/* What one item and all below it may need at most. */
#define SPARE_NODES 320
#define SPARE_TEXTS 131072

bool kiosk_form_full(struct kiosk_page *p)
{
    if (p->t->n + SPARE_NODES < KIOSK_NODES_MAX &&
        p->t->texts_len + SPARE_TEXTS < KIOSK_TEXTS_MAX)
        return false;
    kiosk_tree_close(p->t);
    struct kiosk_node part = part_node(p);
    kiosk_tree_open(p->t, &part);
    kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_TRIANGLE_ALERT,
                      KIOSK_STR_FORM_FULL);
    return true;
}

static void turn(struct kiosk_page *p, const struct kiosk_button *b,
                 const char *step, enum kiosk_turn how)
{
    struct kiosk_node n = kiosk_button_node(p, b);
    bool onward = step[0] != '-';
    n.arg = step;
    n.turn = how;
    n.box.pad_x = 5;
    if (how == KIOSK_TURN_LEAVES)
        n.act = KIOSK_ACT_PAGE;
    n.icon_last = b->icon == KIOSK_ICON_ARROW_RIGHT;
    /* Where one can leave, too, there is room for one's words only. */
    if (!onward && (kiosk_page_tight(p) ||
                    (how == KIOSK_TURN_LEAVES &&
                     p->view->manner.text_size != SESSION_TEXT_NORMAL)))
        n.label = "";
    kiosk_tree_leaf(p->t, &n);
}

static void turn_plain(struct kiosk_page *p, const struct kiosk_button *b)
{
    struct kiosk_node n = kiosk_button_node(p, b);
    n.box.pad_x = 5;
    if (kiosk_page_tight(p))
        n.label = "";
    kiosk_tree_leaf(p->t, &n);
}

static void turn_of(struct kiosk_page *p)
{
    const char *id = "form-of";
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = id,
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_str(p, KIOSK_STR_PAGE_OF),
                              .arg = kiosk_page_str(p, KIOSK_STR_PAGE_OF),
                              .label = "8/8",
                              .font = KIOSK_FONT_LABEL,
                              .ink = KIOSK_INK_MUTED,
                              .box = {.along = KIOSK_CENTER, .min_w = 14},
                          });
}

void kiosk_form_turns(struct kiosk_page *p, const struct kiosk_turns *turns)
{
    kiosk_tree_close(p->t);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .turns = true,
                              .stays = true,
                              .box = {.flow = KIOSK_ROW,
                                      .align = KIOSK_CENTER,
                                      .gap = p->low ? 3 : 4},
                          });
    if (turns->leave)
        turn_plain(p, turns->leave);
    if (turns->back)
        turn(p, turns->back, "-1",
             turns->leave ? KIOSK_TURN_LEAVES : KIOSK_TURN_ACTS);
    if (turns->other)
        turn_plain(p, turns->other);
    kiosk_page_spring(p);
    turn_of(p);
    turn(p, turns->next, "1",
         turns->last ? KIOSK_TURN_LEAVES : KIOSK_TURN_ACTS);
    if (turns->last)
        turn(p, turns->last, "1", KIOSK_TURN_COMES);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

/* ---- one step ---- */

/* While one types in landscape there is room for that question alone. */
static bool is_narrowed(const struct kiosk_page *p)
{
    return kiosk_page_typing(p) &&
           (p->wide || p->view->manner.text_size == SESSION_TEXT_LARGEST);
}

/* How far one has come: as many marks as there are steps. */
static void form_marks(struct kiosk_page *p, const struct form_view *f)
{
    uint32_t steps = LK_MIN(f->steps, (uint32_t)FORMS_SECTIONS_MAX);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW, .gap = 1.5f},
                          });
    for (uint32_t i = 1; i <= steps; i++)
        kiosk_tree_leaf(p->t, &(struct kiosk_node){
                                  .look = KIOSK_LOOK_STEP,
                                  .state = i <= f->step ? KIOSK_CHECKED : 0,
                                  .box = {.grow = true, .min_h = 1.6f},
                              });
    kiosk_tree_close(p->t);
}

static const char *form_step(struct kiosk_page *p, const struct form_view *f)
{
    char number[16];
    char some[96];
    char text[128];
    snprintf(number, sizeof(number), "%u", f->step);
    kiosk_str_fill(kiosk_page_str(p, KIOSK_STR_FORM_STEP), "n", number,
                   sizeof(some), some);
    snprintf(number, sizeof(number), "%u", f->steps);
    kiosk_str_fill(some, "m", number, sizeof(text), text);
    return kiosk_page_own(p, text);
}

static void form_head(struct kiosk_page *p, const struct form_view *f)
{
    if (is_narrowed(p))
        return;
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .gap = p->low ? 0.5f : 1.5f},
                          });
    const char *step = form_step(p, f);
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .id = "form-step",
                  .role = KIOSK_TEXT,
                  .name = kiosk_tree_printf(p->t, "%s · %s", step, f->title),
                  .font = KIOSK_FONT_SMALL,
                  .ink = KIOSK_INK_MUTED,
                  .state = kiosk_page_tight(p) ? KIOSK_HIDDEN : 0,
              });
    kiosk_tree_leaf(
        p->t,
        &(struct kiosk_node){
            .id = "form-section",
            .role = KIOSK_HEADING,
            .name = kiosk_page_tight(p)
                        ? kiosk_tree_printf(p->t, "%s · %s", step, f->section)
                        : kiosk_page_own(p, f->section),
            .font = kiosk_page_tight(p) ? KIOSK_FONT_LABEL : KIOSK_FONT_HEADING,
        });
    form_marks(p, f);
    kiosk_tree_close(p->t);
}

static void form_notices(struct kiosk_page *p, const struct form_view *f)
{
    if (p->view->paper_called)
        kiosk_page_notice(p, KIOSK_LOOK_INFO, KIOSK_ICON_POINTER,
                          KIOSK_STR_PAPER_CALLED);
    if (f->phase == FORM_FAILED)
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_TRIANGLE_ALERT,
                          KIOSK_STR_FORM_FAILED);
    if (f->voided)
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_TRIANGLE_ALERT,
                          KIOSK_STR_FORM_VOIDED);
    if (*f->lost)
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_WIFI_OFF,
                          KIOSK_STR_FORM_LOST);
    if (f->errors > 0)
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_TRIANGLE_ALERT,
                          KIOSK_STR_FORM_ERRORS);
}

/* Whether the item is shown just now. */
static bool item_shown(const struct kiosk_page *p, const struct form_item *item)
{
    static const char prefix[] = "field-";
    if (!is_narrowed(p))
        return true;
    const char *field = p->env->typing->field;
    return strncmp(field, prefix, strlen(prefix)) == 0 &&
           strcmp(field + strlen(prefix), item->path) == 0 &&
           item->kind == FORM_ITEM_CELL;
}

static void form_turns(struct kiosk_page *p, const struct form_view *f)
{
    static const struct kiosk_button back = {
        .id = "back",
        .text = KIOSK_STR_BACK,
        .icon = KIOSK_ICON_ARROW_LEFT,
        .escape = true,
        .intent = SESSION_INTENT_BACK,
    };
    static const struct kiosk_button next = {
        .id = "next",
        .text = KIOSK_STR_FORM_NEXT,
        .icon = KIOSK_ICON_ARROW_RIGHT,
        .look = KIOSK_LOOK_PRIMARY,
        .intent = SESSION_INTENT_NEXT,
    };
    static const struct kiosk_button review = {
        .id = "review",
        .text = KIOSK_STR_FORM_REVIEW,
        .icon = KIOSK_ICON_CLIPBOARD_CHECK,
        .look = KIOSK_LOOK_PRIMARY,
        .intent = SESSION_INTENT_REVIEW,
    };
    struct kiosk_button undo = {
        .id = "undo",
        .text = KIOSK_STR_FORM_UNDO,
        .icon = KIOSK_ICON_UNDO_2,
        .disabled = !f->can_undo,
        .intent = SESSION_INTENT_UNDO,
    };
    kiosk_form_turns(p, &(struct kiosk_turns){
                            .back = &back,
                            .other = &undo,
                            .next = &next,
                            .last = f->step >= f->steps ? &review : NULL,
                        });
}

static void form_items(struct kiosk_page *p, const struct form_view *f)
{
    size_t n = 0;
    /* By another name: which page was shown is remembered. */
    kiosk_form_pager_open(p, is_narrowed(p) ? "form-typing" : "form-items");
    if (!is_narrowed(p))
        form_notices(p, f);
    bool full = false;
    for (size_t i = 0; i < f->items && !full; i++) {
        full = kiosk_form_full(p);
        if (full || !item_shown(p, &f->item[i]))
            continue;
        n++;
        kiosk_form_part(p, n);
        kiosk_form_item(p, &f->item[i]);
    }
    if (!is_narrowed(p)) {
        form_turns(p, f);
        return;
    }
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

static const struct kiosk_button form_call_view = {
    .id = "call-view",
    .text = KIOSK_STR_FORM_CALL_VIEW,
    .icon = KIOSK_ICON_USER,
    .intent = SESSION_INTENT_CALL_VIEW,
};

void kiosk_screen_form(struct kiosk_page *p)
{
    const struct form_view *f = p->env->form;
    kiosk_frame_open(p);
    if (f) {
        p->t->part = f->step;
        form_head(p, f);
        form_items(p, f);
    } else {
        kiosk_page_text(p, KIOSK_FONT_LEAD, KIOSK_INK_MUTED,
                        kiosk_page_str(p, KIOSK_STR_FORM_MOMENT));
    }
    kiosk_frame_close(p);
    kiosk_page_end(p);
    kiosk_page_keyboard(p);
    kiosk_strip_call(p, &form_call_view);
}
