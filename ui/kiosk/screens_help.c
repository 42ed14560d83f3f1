/* Help for each screen, and the question whether anybody is there. */
#include "kiosk/screens_strip.h"

#include <stdio.h>

/* The time left is said in steps, so that the screen stays calm. */
#define IDLE_STEP_S 5
#define IDLE_STEP_US (IDLE_STEP_S * INT64_C(1000000))

/* What can be done on a screen, and what happens then. */
struct help_words {
    enum kiosk_str here;
    enum kiosk_str next;
};

static struct help_words help_words(enum session_screen screen)
{
    switch (screen) {
    case SESSION_START:
        return (struct help_words){KIOSK_STR_HELP_START,
                                   KIOSK_STR_HELP_START_NEXT};
    case SESSION_SERVICES:
        return (struct help_words){KIOSK_STR_HELP_SERVICES,
                                   KIOSK_STR_HELP_SERVICES_NEXT};
    case SESSION_CARD:
        return (struct help_words){KIOSK_STR_HELP_CARD,
                                   KIOSK_STR_HELP_CARD_NEXT};
    case SESSION_WAITING:
        return (struct help_words){KIOSK_STR_HELP_WAITING,
                                   KIOSK_STR_HELP_WAITING_NEXT};
    case SESSION_PAPER:
        return (struct help_words){KIOSK_STR_HELP_PAPER,
                                   KIOSK_STR_HELP_PAPER_NEXT};
    case SESSION_CALL:
        return (struct help_words){KIOSK_STR_HELP_CALL,
                                   KIOSK_STR_HELP_CALL_NEXT};
    case SESSION_IDENTIFY:
        return (struct help_words){KIOSK_STR_HELP_IDENTIFY,
                                   KIOSK_STR_HELP_IDENTIFY_NEXT};
    case SESSION_END:
        return (struct help_words){KIOSK_STR_HELP_END, KIOSK_STR_HELP_END_NEXT};
    case SESSION_FORM:
        return (struct help_words){KIOSK_STR_HELP_FORM,
                                   KIOSK_STR_HELP_FORM_NEXT};
    case SESSION_APPROVE:
        return (struct help_words){KIOSK_STR_HELP_APPROVE,
                                   KIOSK_STR_HELP_APPROVE_NEXT};
    case SESSION_RECEIPT:
        return (struct help_words){KIOSK_STR_HELP_RECEIPT,
                                   KIOSK_STR_HELP_RECEIPT_NEXT};
    case SESSION_TRACK:
        return (struct help_words){KIOSK_STR_HELP_TRACK,
                                   KIOSK_STR_HELP_TRACK_NEXT};
    case SESSION_LEAVING:
    case SESSION_TRIAL:
    case SESSION_UNUSED:
    case SESSION_OUT_OF_SERVICE:
        break;
    }
    return (struct help_words){KIOSK_STR_HELP_OUT, KIOSK_STR_HELP_OUT_NEXT};
}

static void help_text(struct kiosk_page *p, enum kiosk_icon icon,
                      enum kiosk_str text)
{
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = kiosk_page_str(p, text),
                              .icon = icon,
                              .icon_mm = 7.4f,
                              .font = KIOSK_FONT_BODY,
                          });
}

static void help_panel_open(struct kiosk_page *p)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_PANEL,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .gap = p->low ? 2 : 3,
                                      .pad_x = 8,
                                      .pad_y = p->low ? 5 : 7},
                          });
}

static void help_about(struct kiosk_page *p, enum kiosk_str title,
                       enum kiosk_str text)
{
    help_panel_open(p);
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                    kiosk_page_str(p, title));
    kiosk_page_text(p, KIOSK_FONT_LEAD, KIOSK_INK_TEXT,
                    kiosk_page_str(p, text));
    kiosk_tree_close(p->t);
}

/* How fast speech is, and the buttons that change it. */
static void help_pace(struct kiosk_page *p)
{
    uint8_t pace = p->view->manner.pace;
    const char *value =
        kiosk_tree_printf(p->t, "%d/%d", pace + 1, SESSION_PACE_MAX + 1);
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .box = {.flow = KIOSK_WRAP, .align = KIOSK_CENTER, .gap = 4},
              });
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .id = "pace",
                  .role = KIOSK_STATUS,
                  .name = kiosk_page_str(p, KIOSK_STR_PACE),
                  .label = kiosk_tree_printf(
                      p->t, "%s %s", kiosk_page_str(p, KIOSK_STR_PACE), value),
                  .value = value,
                  .icon = KIOSK_ICON_GAUGE,
                  .font = KIOSK_FONT_LABEL,
                  .box = {.min_h = KIOSK_TARGET_MM},
              });
    kiosk_page_button(p,
                      &(struct kiosk_button){.id = "slower",
                                             .text = KIOSK_STR_SLOWER,
                                             .icon = KIOSK_ICON_MINUS,
                                             .value = value,
                                             .disabled = pace == 0,
                                             .intent = SESSION_INTENT_SLOWER});
    kiosk_page_button(
        p, &(struct kiosk_button){.id = "faster",
                                  .text = KIOSK_STR_FASTER,
                                  .icon = KIOSK_ICON_PLUS,
                                  .value = value,
                                  .disabled = pace >= SESSION_PACE_MAX,
                                  .intent = SESSION_INTENT_FASTER});
    kiosk_tree_close(p->t);
}

static void help_ways(struct kiosk_page *p)
{
    help_panel_open(p);
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_HELP_WAYS));
    help_text(p, KIOSK_ICON_POINTER, KIOSK_STR_HELP_TOUCH);
    help_text(p, KIOSK_ICON_KEYBOARD, KIOSK_STR_HELP_KEYPAD);
    help_text(p, KIOSK_ICON_HEADPHONES, KIOSK_STR_HELP_HEADSET);
    if (p->view->manner.speech)
        help_pace(p);
    kiosk_tree_close(p->t);
}

static void help_strip(struct kiosk_page *p)
{
    struct kiosk_strip s = {0};
    kiosk_strip_manner(p, &s);
    kiosk_strip_help(p, &s);
    s.button[s.n - 1].last = true;
    kiosk_page_strip(p, &s);
}

/* What can be done, and what comes then; in a call beside the expert, who
 * does not go away for it. */
static void help_screen(struct kiosk_page *p)
{
    struct help_words words = help_words(p->view->screen);
    bool call =
        p->view->screen == SESSION_CALL || p->view->screen == SESSION_FORM ||
        p->view->screen == SESSION_APPROVE ||
        p->view->screen == SESSION_PAPER || p->view->screen == SESSION_IDENTIFY;
    bool largest = p->view->manner.text_size == SESSION_TEXT_LARGEST;
    bool grid = p->wide && !call && !largest;
    if (call)
        kiosk_tree_open(p->t,
                        &(struct kiosk_node){
                            .box = {.flow = KIOSK_ROW, .gap = KIOSK_GAP_MM},
                        });
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = grid ? KIOSK_GRID : KIOSK_COLUMN,
                                      .cols = 2,
                                      .align = KIOSK_STRETCH,
                                      .grow = call,
                                      .gap = KIOSK_GAP_MM},
                          });
    help_about(p, KIOSK_STR_HELP_HERE, words.here);
    help_about(p, KIOSK_STR_HELP_NEXT, words.next);
    kiosk_tree_close(p->t);
    if (!call)
        return;
    kiosk_page_remote(p, (struct kiosk_box){.aspect = 4.0f / 3,
                                            .max_w = p->low    ? 84.0f
                                                     : p->wide ? 120.0f
                                                               : 90.0f});
    kiosk_tree_close(p->t);
}

void kiosk_screen_help(struct kiosk_page *p)
{
    kiosk_page_text(p, KIOSK_FONT_TITLE, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_HELP_TITLE));
    help_screen(p);
    kiosk_page_notice(p, KIOSK_LOOK_GOOD, KIOSK_ICON_USERS,
                      KIOSK_STR_HELP_ADVISER);
    help_ways(p);
    help_strip(p);
}

/* Steps that are left to answer, the present one included. */
static int64_t idle_steps(const struct session_view *view, int64_t now_us)
{
    int64_t left = LK_MAX(view->idle_ends_us - now_us, 0);
    return (left + IDLE_STEP_US - 1) / IDLE_STEP_US;
}

int64_t kiosk_idle_next_us(const struct session_view *view, int64_t now_us)
{
    int64_t steps = idle_steps(view, now_us);
    if (!view->idle || steps == 0)
        return INT64_MAX;
    return view->idle_ends_us - (steps - 1) * IDLE_STEP_US;
}

void kiosk_page_idle(struct kiosk_page *p)
{
    char text[96];
    int64_t left = idle_steps(p->view, p->env->now_us) * IDLE_STEP_S;
    kiosk_str_count(p->lang, KIOSK_PLURAL_IDLE_LEFT, (uint64_t)left,
                    sizeof(text), text);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .id = "idle",
                              .look = KIOSK_LOOK_SCRIM,
                              .overlay = true,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_CENTER,
                                      .along = KIOSK_CENTER,
                                      .pad_x = KIOSK_MARGIN_MM,
                                      .pad_y = KIOSK_MARGIN_MM},
                          });
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_PANEL,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .gap = p->low ? 5 : 8,
                                      .max_w = 290,
                                      .pad_x = 12,
                                      .pad_y = p->low ? 9 : 14},
                          });
    kiosk_page_text(p, KIOSK_FONT_TITLE, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_IDLE_TITLE));
    kiosk_page_text(p, KIOSK_FONT_LEAD, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_IDLE_TEXT));
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "idle-left",
                              .role = KIOSK_TEXT,
                              .name = kiosk_tree_printf(p->t, "%s", text),
                              .icon = KIOSK_ICON_CLOCK,
                              .font = KIOSK_FONT_LEAD,
                              .ink = KIOSK_INK_MUTED,
                          });
    int i = kiosk_page_button(
        p, &(struct kiosk_button){.id = "stay",
                                  .text = KIOSK_STR_STAY,
                                  .icon = KIOSK_ICON_CHECK,
                                  .look = KIOSK_LOOK_PRIMARY,
                                  .escape = true,
                                  .intent = SESSION_INTENT_STAY});
    p->t->node[i].font = KIOSK_FONT_NAME;
    p->t->node[i].box.min_h = p->low ? 24 : 30;
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}
