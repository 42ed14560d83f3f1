/* Screens when there is nothing to be done: end, leaving, a technician's trial,
 * out of service. */
#include "kiosk/screens_receipt.h"
#include "kiosk/screens_strip.h"

struct closing {
    enum kiosk_icon icon;
    enum kiosk_ink ink;
    enum kiosk_look look;
    enum kiosk_str title;
    enum kiosk_str text;
};

static void closing_panel(struct kiosk_page *p, const struct closing *c)
{
    kiosk_page_spring(p);
    /* A reminder has a drawing of its own, and needs the room. */
    uint32_t hidden = p->wide && p->view->paper_left ? KIOSK_HIDDEN : 0;
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_IMAGE,
                              .state = hidden,
                              .look = c->look,
                              .icon = c->icon,
                              .icon_mm = 18,
                              .ink = c->ink,
                              .box = {.along = KIOSK_CENTER,
                                      .min_w = 34,
                                      .min_h = 34,
                                      .max_w = 34},
                          });
    kiosk_page_title(p, c->title, c->text);
}

static const struct closing *closing_of(enum session_end end)
{
    static const struct closing all[] = {
        [SESSION_END_NONE] = {KIOSK_ICON_CIRCLE_CHECK, KIOSK_INK_GOOD,
                              KIOSK_LOOK_GOOD, KIOSK_STR_END_TITLE,
                              KIOSK_STR_END_THANKS},
        [SESSION_END_BY_CITIZEN] = {KIOSK_ICON_CIRCLE_CHECK, KIOSK_INK_GOOD,
                                    KIOSK_LOOK_GOOD, KIOSK_STR_END_TITLE,
                                    KIOSK_STR_END_BY_CITIZEN},
        [SESSION_END_BY_EXPERT] = {KIOSK_ICON_CIRCLE_CHECK, KIOSK_INK_GOOD,
                                   KIOSK_LOOK_GOOD, KIOSK_STR_END_TITLE,
                                   KIOSK_STR_END_BY_EXPERT},
        [SESSION_END_LINE_LOST] = {KIOSK_ICON_WIFI_OFF, KIOSK_INK_WARN,
                                   KIOSK_LOOK_WARN, KIOSK_STR_END_LOST_TITLE,
                                   KIOSK_STR_END_LOST},
        [SESSION_END_CANCELLED] = {KIOSK_ICON_LOG_OUT, KIOSK_INK_BRAND,
                                   KIOSK_LOOK_INFO,
                                   KIOSK_STR_END_CANCELLED_TITLE,
                                   KIOSK_STR_END_CANCELLED},
        [SESSION_END_FAILED] = {KIOSK_ICON_TRIANGLE_ALERT, KIOSK_INK_WARN,
                                KIOSK_LOOK_WARN, KIOSK_STR_END_FAILED_TITLE,
                                KIOSK_STR_END_FAILED},
    };
    return (size_t)end < LK_ARRAY_LEN(all) ? &all[end] : &all[0];
}

static const struct kiosk_button end_done = {
    .id = "done",
    .text = KIOSK_STR_DONE,
    .icon = KIOSK_ICON_CHECK,
    .look = KIOSK_LOOK_PRIMARY,
    .worded = true,
    .last = true,
    .escape = true,
    .intent = SESSION_INTENT_DONE,
};

static void closing_strip(struct kiosk_page *p, const struct kiosk_button *more)
{
    struct kiosk_strip s = {0};
    kiosk_strip_manner(p, &s);
    kiosk_strip_help(p, &s);
    if (more)
        kiosk_strip_add(&s, more);
    kiosk_page_strip(p, &s);
}

/* Papers that may lie on the glass: the lid is drawn, open. */
static void end_paper(struct kiosk_page *p)
{
    if (!p->view->paper_left)
        return;
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .id = "paper-left",
                        .role = KIOSK_STATUS,
                        .name = kiosk_page_str(p, KIOSK_STR_PAPER_LEFT_TITLE),
                        .value = kiosk_page_str(p, KIOSK_STR_PAPER_LEFT_TEXT),
                        .label = "",
                        .look = KIOSK_LOOK_WARN,
                        .box = {.flow = KIOSK_ROW,
                                .align = KIOSK_CENTER,
                                .gap = 6,
                                .pad_x = 6,
                                .pad_y = 4},
                    });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_IMAGE,
                              .icon = KIOSK_ICON_PAPER_LID,
                              .icon_mm = 30,
                              .ink = KIOSK_INK_WARN,
                          });
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = true,
                                      .gap = 1},
                          });
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_PAPER_LEFT_TITLE));
    kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_PAPER_LEFT_TEXT));
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

/* The card is called for until it is taken: nothing else is here, and nothing
 * leads on. What is written is for whoever passes by, too. */
static void end_card(struct kiosk_page *p)
{
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .id = "card-left",
                        .role = KIOSK_STATUS,
                        .name = kiosk_page_str(p, KIOSK_STR_CARD_LEFT),
                        .value = kiosk_page_str(p, KIOSK_STR_CARD_LEFT_TAKE),
                        .label = "",
                        .look = KIOSK_LOOK_ALARM,
                        .box = {.flow = p->wide ? KIOSK_ROW : KIOSK_COLUMN,
                                .align = KIOSK_CENTER,
                                .along = KIOSK_CENTER,
                                .grow = true,
                                .gap = p->low ? 8 : 16,
                                .pad_x = p->low ? 10 : 16,
                                .pad_y = p->low ? 6 : 16},
                    });
    kiosk_tree_leaf(p->t,
                    &(struct kiosk_node){
                        .role = KIOSK_IMAGE,
                        .name = kiosk_page_str(p, KIOSK_STR_CARD_OUT_PICTURE),
                        .label = "",
                        .icon = KIOSK_ICON_CARD_OUT,
                        .icon_mm = p->low ? 54 : 100,
                        .ink = KIOSK_INK_LIGHT,
                    });
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = p->wide,
                                      .gap = p->low ? 3 : 6},
                          });
    kiosk_page_text(p, KIOSK_FONT_FIGURE, KIOSK_INK_LIGHT,
                    kiosk_page_str(p, KIOSK_STR_CARD_LEFT));
    kiosk_page_text(p, KIOSK_FONT_FIGURE, KIOSK_INK_LIGHT,
                    kiosk_page_str(p, KIOSK_STR_CARD_LEFT_TAKE));
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
    struct kiosk_strip s = {0};
    kiosk_strip_manner(p, &s);
    kiosk_page_strip(p, &s);
}

void kiosk_screen_end(struct kiosk_page *p)
{
    if (p->view->card_left) {
        end_card(p);
        return;
    }
    closing_panel(p, closing_of(p->view->end));
    end_paper(p);
    kiosk_page_code(p, p->view->code);
    kiosk_page_notice(p, KIOSK_LOOK_INFO, KIOSK_ICON_INFO, KIOSK_STR_END_WIPE);
    kiosk_page_spring(p);
    bool leads = kiosk_strip_leads(p);
    if (!leads) {
        int i = kiosk_page_button(p, &end_done);
        p->t->node[i].font = KIOSK_FONT_NAME;
        p->t->node[i].box.min_h = p->low ? 24 : 30;
    }
    closing_strip(p, leads ? &end_done : NULL);
}

void kiosk_screen_leaving(struct kiosk_page *p)
{
    static const struct closing leaving = {
        KIOSK_ICON_SHIELD_CHECK, KIOSK_INK_GOOD,         KIOSK_LOOK_GOOD,
        KIOSK_STR_LEAVING_TITLE, KIOSK_STR_LEAVING_TEXT,
    };
    closing_panel(p, &leaving);
    kiosk_page_spring(p);
    kiosk_page_spring(p);
}

/* Whoever comes by knows what the camera is on for, and can end it. */
void kiosk_screen_trial(struct kiosk_page *p)
{
    static const struct closing devices = {
        KIOSK_ICON_VIDEO,      KIOSK_INK_BRAND,      KIOSK_LOOK_INFO,
        KIOSK_STR_TRIAL_TITLE, KIOSK_STR_TRIAL_TEXT,
    };
    static const struct closing picture = {
        KIOSK_ICON_VIDEO,
        KIOSK_INK_WARN,
        KIOSK_LOOK_WARN,
        KIOSK_STR_TRIAL_PICTURE_TITLE,
        KIOSK_STR_TRIAL_PICTURE_TEXT,
    };
    static const struct kiosk_button stop = {
        .id = "trial-stop",
        .text = KIOSK_STR_TRIAL_STOP,
        .icon = KIOSK_ICON_X,
        .look = KIOSK_LOOK_PRIMARY,
        .worded = true,
        .last = true,
        .escape = true,
        .intent = SESSION_INTENT_QUIT,
    };
    kiosk_page_helper(p);
    closing_panel(p, p->view->trial == SESSION_TRIAL_PICTURE ? &picture
                                                             : &devices);
    kiosk_page_spring(p);
    bool leads = kiosk_strip_leads(p);
    if (!leads) {
        int i = kiosk_page_button(p, &stop);
        p->t->node[i].font = KIOSK_FONT_NAME;
        p->t->node[i].box.min_h = p->low ? 24 : 30;
    }
    struct kiosk_strip s = {0};
    kiosk_strip_manner(p, &s);
    if (leads)
        kiosk_strip_add(&s, &stop);
    kiosk_page_strip(p, &s);
}

void kiosk_screen_out(struct kiosk_page *p)
{
    static const struct closing out = {
        KIOSK_ICON_TRIANGLE_ALERT, KIOSK_INK_WARN,     KIOSK_LOOK_WARN,
        KIOSK_STR_OUT_TITLE,       KIOSK_STR_OUT_TEXT,
    };
    closing_panel(p, &out);
    kiosk_page_spring(p);
    kiosk_page_spring(p);
    closing_strip(p, NULL);
}
