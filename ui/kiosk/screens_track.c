/* What became of a matter, by its tracking code. */
#include "kiosk/keyboard.h"
#include "kiosk/screens_strip.h"

#include <string.h>

static void track_open(struct kiosk_page *p, bool grow)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_PANEL,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = grow,
                                      .gap = p->low ? 3 : 5,
                                      .pad_x = p->low ? 6 : 9,
                                      .pad_y = p->low ? 4 : 8},
                          });
}

/* What was typed into a field of this screen, the tree's own. */
static const char *typed(struct kiosk_page *p, const char *id)
{
    const struct kiosk_edit *e =
        p->env->typing ? kiosk_typing_find(p->env->typing, id) : NULL;
    return e ? kiosk_page_own(p, kiosk_edit_text(e)) : "";
}

/* Sends what the field holds. */
static void send_button(struct kiosk_page *p, const struct kiosk_button *b,
                        const char *text)
{
    struct kiosk_node n = kiosk_button_node(p, b);
    n.arg = text;
    n.look = *text ? KIOSK_LOOK_PRIMARY : n.look;
    n.ink = *text ? KIOSK_INK_LIGHT : n.ink;
    n.state |= *text ? 0 : KIOSK_DISABLED;
    kiosk_tree_leaf(p->t, &n);
}

static void track_ask(struct kiosk_page *p)
{
    track_open(p, false);
    if (!p->bare)
        kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_TEXT,
                        kiosk_page_str(p, KIOSK_STR_TRACK_TEXT));
    kiosk_page_field(
        p, &(struct kiosk_entry){
               .id = "track-code",
               .name = KIOSK_STR_CODE,
               .hint = KIOSK_STR_CODE,
               .has_hint = true,
               .how = {.keys = KIOSK_KEYS_CODE,
                       .max = FORM_CODE_MAX - 1,
                       .sends = true,
                       .eager = p->view->track == SESSION_TRACK_TYPING,
                       .submit = SESSION_INTENT_TRACK_CODE},
           });
    send_button(p,
                &(struct kiosk_button){.id = "track-ask",
                                       .text = KIOSK_STR_TRACK_ASK,
                                       .icon = KIOSK_ICON_SEARCH,
                                       .intent = SESSION_INTENT_TRACK_CODE},
                typed(p, "track-code"));
    kiosk_tree_close(p->t);
}

static void track_answer(struct kiosk_page *p)
{
    const struct session_view *v = p->view;
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "track-asks",
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_str(p, KIOSK_STR_TRACK_ASKS),
                              .label = kiosk_page_own(p, v->track_asks),
                              .value = kiosk_page_own(p, v->track_asks),
                              .private = true,
                              .look = KIOSK_LOOK_INFO,
                              .icon = KIOSK_ICON_CIRCLE_QUESTION_MARK,
                              .font = KIOSK_FONT_LEAD,
                              .foreign = true,
                              .box = {.pad_x = 5, .pad_y = 4},
                          });
    kiosk_page_field(p, &(struct kiosk_entry){
                            .id = "track-answer",
                            .name = KIOSK_STR_TRACK_ANSWER,
                            .hint = KIOSK_STR_TRACK_ANSWER,
                            .has_hint = true,
                            .rows = p->low ? 1 : 3,
                            .how = {.max = SESSION_ARG_MAX - 1,
                                    .sends = true,
                                    .submit = SESSION_INTENT_TRACK_ANSWER},
                        });
    send_button(p,
                &(struct kiosk_button){.id = "track-send",
                                       .text = KIOSK_STR_TRACK_SEND,
                                       .icon = KIOSK_ICON_SEND,
                                       .intent = SESSION_INTENT_TRACK_ANSWER},
                typed(p, "track-answer"));
}

static void track_found(struct kiosk_page *p)
{
    const struct session_view *v = p->view;
    bool asks = *v->track_asks && !v->track_answered;
    track_open(p, false);
    if (!p->bare) {
        kiosk_tree_leaf(p->t, &(struct kiosk_node){
                                  .id = "track-title",
                                  .role = KIOSK_HEADING,
                                  .name = kiosk_page_own(p, v->track_title),
                                  .font = KIOSK_FONT_HEADING,
                                  .foreign = true,
                                  .private = true,
                              });
        kiosk_tree_leaf(p->t, &(struct kiosk_node){
                                  .id = "track-state",
                                  .role = KIOSK_STATUS,
                                  .name = kiosk_page_own(p, v->track_state),
                                  .icon = KIOSK_ICON_FILE_TEXT,
                                  .font = KIOSK_FONT_LEAD,
                                  .foreign = true,
                                  .private = true,
                              });
    }
    if (v->track_answered)
        kiosk_page_notice(p, KIOSK_LOOK_GOOD, KIOSK_ICON_CIRCLE_CHECK,
                          KIOSK_STR_TRACK_ANSWERED);
    if (asks)
        track_answer(p);
    kiosk_tree_close(p->t);
}

static void track_says(struct kiosk_page *p)
{
    switch (p->view->track) {
    case SESSION_TRACK_BAD_CODE:
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_TRIANGLE_ALERT,
                          KIOSK_STR_TRACK_BAD_CODE);
        break;
    case SESSION_TRACK_ASKING:
        kiosk_page_notice(p, KIOSK_LOOK_INFO, KIOSK_ICON_CLOCK,
                          KIOSK_STR_TRACK_ASKING);
        break;
    case SESSION_TRACK_UNKNOWN:
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_INFO,
                          KIOSK_STR_TRACK_UNKNOWN);
        break;
    case SESSION_TRACK_FAILED:
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_WIFI_OFF,
                          KIOSK_STR_TRACK_FAILED);
        break;
    case SESSION_TRACK_TYPING:
    case SESSION_TRACK_FOUND:
        break;
    }
}

static void track_strip(struct kiosk_page *p)
{
    struct kiosk_strip s = {0};
    kiosk_strip_add(&s, &(struct kiosk_button){.id = "back",
                                               .text = KIOSK_STR_BACK,
                                               .icon = KIOSK_ICON_ARROW_LEFT,
                                               .worded = true,
                                               .intent = SESSION_INTENT_BACK,
                                               .escape = true});
    kiosk_strip_manner(p, &s);
    kiosk_strip_help(p, &s);
    kiosk_page_end(p);
    kiosk_page_keyboard(p);
    kiosk_page_strip(p, &s);
}

void kiosk_screen_track(struct kiosk_page *p)
{
    bool found = p->view->track == SESSION_TRACK_FOUND;
    if (!p->bare)
        kiosk_page_text(p, KIOSK_FONT_TITLE, KIOSK_INK_TEXT,
                        kiosk_page_str(p, KIOSK_STR_TRACK_TITLE));
    track_says(p);
    if (found)
        track_found(p);
    else if (p->view->track != SESSION_TRACK_ASKING)
        track_ask(p);
    track_strip(p);
}
