/* The screen while one waits in the queue. */
#include "kiosk/screens_strip.h"

#include <stdio.h>

/* Whether a figure stands beside its words, which saves height. */
static bool figures_beside(const struct kiosk_page *p)
{
    return p->wide &&
           (p->low || p->view->manner.text_size == SESSION_TEXT_LARGEST);
}

/* A figure with what it says; one status. */
static void waiting_figure(struct kiosk_page *p, const char *id,
                           enum kiosk_str name, const char *value)
{
    bool beside = figures_beside(p);
    struct kiosk_node panel = {
        .id = id,
        .role = KIOSK_STATUS,
        .name = kiosk_page_str(p, name),
        .value = value,
        .label = "",
        .look = KIOSK_LOOK_PANEL,
        .box = {.flow = beside ? KIOSK_ROW : KIOSK_COLUMN,
                .align = beside ? KIOSK_CENTER : KIOSK_STRETCH,
                .along = KIOSK_CENTER,
                .gap = beside ? 4 : 1,
                .pad_x = beside ? 7 : 4,
                .pad_y = p->wide ? 3.5f : 9},
    };
    struct kiosk_node figure = {
        .role = KIOSK_TEXT,
        .name = value,
        .font = beside ? KIOSK_FONT_HEADING : KIOSK_FONT_FIGURE,
        .ink = KIOSK_INK_BRAND,
        .box = {.along = KIOSK_CENTER},
    };
    struct kiosk_node words = {
        .role = KIOSK_TEXT,
        .name = kiosk_page_str(p, name),
        .font = KIOSK_FONT_BODY,
        .ink = KIOSK_INK_MUTED,
        .box = {.along = beside ? KIOSK_START : KIOSK_CENTER, .grow = beside},
    };
    kiosk_tree_open(p->t, &panel);
    kiosk_tree_leaf(p->t, beside ? &words : &figure);
    kiosk_tree_leaf(p->t, beside ? &figure : &words);
    kiosk_tree_close(p->t);
}

static const char *waited(struct kiosk_page *p)
{
    int64_t minutes =
        (p->env->now_us - p->view->waiting_since_us) / (60 * INT64_C(1000000));
    if (minutes < 1)
        return kiosk_page_str(p, KIOSK_STR_WAIT_UNDER_MINUTE);
    char n[16];
    char text[48];
    snprintf(n, sizeof(n), "%d", (int)LK_MIN(minutes, 9999));
    kiosk_str_fill(kiosk_page_str(p, KIOSK_STR_WAIT_MINUTES), "n", n,
                   sizeof(text), text);
    return kiosk_tree_printf(p->t, "%s", text);
}

static void waiting_figures(struct kiosk_page *p)
{
    const char *place = "–";
    if (p->view->place > 0)
        place = kiosk_tree_printf(p->t, "%u", p->view->place);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_GRID,
                                      .cols = p->wide ? 1 : 3,
                                      .equal = true,
                                      .gap = 5},
                          });
    waiting_figure(p, "wait-position", KIOSK_STR_WAIT_POSITION, place);
    waiting_figure(p, "wait-time", KIOSK_STR_WAIT_TIME, waited(p));
    waiting_figure(p, "wait-free", KIOSK_STR_WAIT_FREE,
                   kiosk_tree_printf(p->t, "%u", p->view->free_experts));
    kiosk_tree_close(p->t);
}

/* What may be wrong while one waits. */
#define WAITING_NOTICES                                    \
    (SESSION_NOTICE_NO_BROKER | SESSION_NOTICE_NO_CAMERA | \
     SESSION_NOTICE_NO_SOUND)

static void waiting_self(struct kiosk_page *p)
{
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .box = {.flow = KIOSK_COLUMN,
                                .align = KIOSK_STRETCH,
                                .along = p->wide ? KIOSK_START : KIOSK_CENTER,
                                .grow = true,
                                .gap = 2.5f},
                    });
    kiosk_page_self(p, (struct kiosk_box){.aspect = 4.0f / 3});
    kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_MUTED,
                    kiosk_page_str(p, KIOSK_STR_WAIT_SELF));
    kiosk_tree_close(p->t);
}

static void waiting_next(struct kiosk_page *p)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_PANEL,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .gap = 2,
                                      .pad_x = 8,
                                      .pad_y = 6},
                          });
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_HELP_NEXT));
    kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_MUTED,
                    kiosk_page_str(p, KIOSK_STR_HELP_WAITING_NEXT));
    kiosk_tree_close(p->t);
}

static void waiting_strip(struct kiosk_page *p)
{
    struct kiosk_strip s = {0};
    kiosk_strip_manner(p, &s);
    kiosk_strip_help(p, &s);
    kiosk_strip_add(&s,
                    &(struct kiosk_button){.id = "cancel",
                                           .text = KIOSK_STR_CANCEL,
                                           .icon = KIOSK_ICON_LOG_OUT,
                                           .look = KIOSK_LOOK_LEAVE,
                                           .worded = true,
                                           .last = true,
                                           .escape = true,
                                           .intent = SESSION_INTENT_CANCEL});
    kiosk_page_strip(p, &s);
}

void kiosk_screen_waiting(struct kiosk_page *p)
{
    kiosk_page_title(p, KIOSK_STR_WAITING_TITLE, KIOSK_STR_WAITING_LEAD);
    kiosk_page_notices(p, WAITING_NOTICES, p->wide ? 2 : 1);
    kiosk_page_sides_open(p);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .gap = 5,
                                      .grow = p->wide},
                          });
    waiting_figures(p);
    if (!p->low)
        waiting_next(p);
    kiosk_tree_close(p->t);
    waiting_self(p);
    kiosk_tree_close(p->t);
    waiting_strip(p);
}
