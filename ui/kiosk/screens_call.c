/* Screens of the call: waiting, call, end; and out of service. */
#include "kiosk/screen_parts.h"

#include <stdio.h>

/* A figure with what it says under it; one status. */
static void waiting_figure(struct kiosk_page *p, const char *id,
                           enum kiosk_str name, const char *value)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .id = id,
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_str(p, name),
                              .value = value,
                              .label = "",
                              .look = KIOSK_LOOK_PANEL,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_CENTER,
                                      .along = KIOSK_CENTER,
                                      .gap = 1,
                                      .pad_x = 4,
                                      .pad_y = p->low    ? 1.5f
                                               : p->wide ? 4
                                                         : 9},
                          });
    kiosk_page_text(p, p->low ? KIOSK_FONT_HEADING : KIOSK_FONT_FIGURE,
                    KIOSK_INK_BRAND, value);
    kiosk_page_text(p, p->low ? KIOSK_FONT_SMALL : KIOSK_FONT_BODY,
                    KIOSK_INK_MUTED, kiosk_page_str(p, name));
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

/* Width of one's own picture beside the figures, so that its height fits
 * under the title and the notices, mm. */
static float waiting_self_w(const struct kiosk_page *p)
{
    float above = p->low ? 93 : 116;
    uint32_t shown = p->view->notices & WAITING_NOTICES;
    if (shown)
        above += p->low ? 24 : 20;
    if (shown & (shown - 1) && shown & ((shown & (shown - 1)) - 1))
        above += p->low ? 18 : 16;
    return (p->env->height_mm - above) * 4 / 3;
}

static void waiting_self(struct kiosk_page *p)
{
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .box = {.flow = KIOSK_COLUMN,
                                .align = KIOSK_STRETCH,
                                .along = p->wide ? KIOSK_START : KIOSK_CENTER,
                                .grow = !p->wide,
                                .max_w = p->wide ? waiting_self_w(p) : 0,
                                .gap = 2.5f},
                    });
    kiosk_page_self(p, (struct kiosk_box){.aspect = 4.0f / 3});
    kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_MUTED,
                    kiosk_page_str(p, KIOSK_STR_WAIT_SELF));
    kiosk_tree_close(p->t);
}

void kiosk_screen_waiting(struct kiosk_page *p)
{
    kiosk_page_title(p, KIOSK_STR_WAITING_TITLE, KIOSK_STR_WAITING_LEAD);
    kiosk_page_notices(p, WAITING_NOTICES, p->wide ? 2 : 1);
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .box = {.flow = p->wide ? KIOSK_ROW : KIOSK_COLUMN,
                                .align = KIOSK_STRETCH,
                                .grow = true,
                                .gap = KIOSK_GAP_MM},
                    });
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = p->wide},
                          });
    waiting_figures(p);
    kiosk_tree_close(p->t);
    waiting_self(p);
    kiosk_tree_close(p->t);
    kiosk_page_footer(p);
    int i = kiosk_page_button(
        p, &(struct kiosk_button){.id = "cancel",
                                  .text = KIOSK_STR_CANCEL,
                                  .icon = KIOSK_ICON_LOG_OUT,
                                  .look = KIOSK_LOOK_LEAVE,
                                  .intent = SESSION_INTENT_CANCEL,
                                  .escape = true});
    p->t->node[i].ink = KIOSK_INK_WARN;
    kiosk_tree_close(p->t);
}

/* What stands in for the expert's picture, or nothing when it is shown. */
static enum kiosk_str remote_words(const struct kiosk_page *p)
{
    switch (p->view->line) {
    case SESSION_LINE_CONNECTING:
        return KIOSK_STR_LINE_CONNECTING;
    case SESSION_LINE_INTERRUPTED:
        return KIOSK_STR_LINE_INTERRUPTED;
    case SESSION_LINE_RECONNECTING:
        return KIOSK_STR_LINE_RECONNECTING;
    case SESSION_LINE_GOOD:
        break;
    }
    if (p->view->notices & SESSION_NOTICE_NO_PICTURE)
        return KIOSK_STR_NOTICE_NO_PICTURE;
    return KIOSK_STR_REMOTE_NONE;
}

static void call_remote(struct kiosk_page *p)
{
    bool shown = p->view->line == SESSION_LINE_GOOD && p->env->remote_live &&
                 !(p->view->notices & SESSION_NOTICE_NO_PICTURE);
    bool good = p->view->line == SESSION_LINE_GOOD;
    const char *words = shown ? "" : kiosk_page_str(p, remote_words(p));
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .id = "remote-video",
                  .role = KIOSK_VIDEO,
                  .name = kiosk_page_str(p, KIOSK_STR_EXPERT_VIDEO),
                  .value = words,
                  .label = words,
                  .look = KIOSK_LOOK_VIDEO,
                  .source = shown ? KIOSK_SOURCE_REMOTE : KIOSK_SOURCE_NONE,
                  .icon = good ? KIOSK_ICON_USER : KIOSK_ICON_WIFI_OFF,
                  .icon_mm = 16,
                  .font = KIOSK_FONT_LEAD,
                  .ink = KIOSK_INK_LIGHT,
                  .box = {.grow = p->wide, .aspect = p->wide ? 0 : 4.0f / 3},
              });
}

static void call_line(struct kiosk_page *p)
{
    static const struct {
        enum kiosk_look look;
        enum kiosk_ink ink;
        enum kiosk_icon icon;
        enum kiosk_str text;
    } lines[] = {
        [SESSION_LINE_CONNECTING] = {KIOSK_LOOK_INFO, KIOSK_INK_BRAND,
                                     KIOSK_ICON_CLOCK,
                                     KIOSK_STR_LINE_CONNECTING},
        [SESSION_LINE_GOOD] = {KIOSK_LOOK_GOOD, KIOSK_INK_GOOD,
                               KIOSK_ICON_CIRCLE_CHECK, KIOSK_STR_LINE_GOOD},
        [SESSION_LINE_INTERRUPTED] = {KIOSK_LOOK_WARN, KIOSK_INK_WARN,
                                      KIOSK_ICON_WIFI_OFF,
                                      KIOSK_STR_LINE_INTERRUPTED},
        [SESSION_LINE_RECONNECTING] = {KIOSK_LOOK_WARN, KIOSK_INK_WARN,
                                       KIOSK_ICON_WIFI_OFF,
                                       KIOSK_STR_LINE_RECONNECTING},
    };
    size_t i = LK_MIN((size_t)p->view->line, LK_ARRAY_LEN(lines) - 1);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "line",
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_str(p, lines[i].text),
                              .look = lines[i].look,
                              .icon = lines[i].icon,
                              .icon_mm = 6.2f,
                              .font = KIOSK_FONT_SMALL,
                              .ink = lines[i].ink,
                              .box = {.pad_x = 4, .pad_y = 3, .min_h = 12},
                          });
}

static void call_expert(struct kiosk_page *p)
{
    const struct session_view *v = p->view;
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .id = "expert",
                        .role = KIOSK_STATUS,
                        .name = kiosk_tree_printf(p->t, "%s", v->expert_name),
                        .value = kiosk_tree_printf(p->t, "%s", v->agency_name),
                        .label = "",
                        .box = {.flow = KIOSK_COLUMN, .gap = 1},
                    });
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                    kiosk_tree_printf(p->t, "%s", v->expert_name));
    kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_MUTED,
                    kiosk_tree_printf(p->t, "%s", v->agency_name));
    kiosk_tree_leaf(p->t,
                    &(struct kiosk_node){
                        .role = KIOSK_TEXT,
                        .name = kiosk_page_str(p, KIOSK_STR_EXPERT_VERIFIED),
                        .icon = KIOSK_ICON_SHIELD_CHECK,
                        .icon_mm = 5.5f,
                        .font = KIOSK_FONT_SMALL,
                        .ink = KIOSK_INK_GOOD,
                        .state = *v->expert_name ? 0 : KIOSK_HIDDEN,
                    });
    kiosk_tree_close(p->t);
}

static void call_notices(struct kiosk_page *p)
{
    const struct session_view *v = p->view;
    if (!v->mic_on)
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_MIC_OFF,
                          KIOSK_STR_NOTICE_MUTED);
    kiosk_page_notices(p,
                       SESSION_NOTICE_NO_CAMERA | SESSION_NOTICE_NO_SOUND |
                           SESSION_NOTICE_EXPERT_MUTED |
                           SESSION_NOTICE_SIMULATED,
                       1);
}

/* Beside the picture: oneself, who it is, how the line is. As wide as ever,
 * so that the picture stays where it is when a notice comes. */
static void call_side(struct kiosk_page *p)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .min_w = 92,
                                      .max_w = 92,
                                      .gap = p->low ? 3.5f : 5},
                          });
    kiosk_page_self(
        p, (struct kiosk_box){.aspect = 4.0f / 3, .max_w = p->low ? 68 : 0});
    call_expert(p);
    call_line(p);
    call_notices(p);
    kiosk_tree_close(p->t);
}

static void call_column_open(struct kiosk_page *p)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = true,
                                      .gap = 4},
                          });
}

static void call_wide(struct kiosk_page *p)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW,
                                      .align = KIOSK_STRETCH,
                                      .grow = true,
                                      .gap = p->low ? 5 : KIOSK_GAP_MM},
                          });
    call_remote(p);
    call_side(p);
    kiosk_tree_close(p->t);
}

/* Below each other: who it is, the picture, oneself beside the line's state. */
static void call_tall(struct kiosk_page *p)
{
    kiosk_page_spring(p);
    call_expert(p);
    call_remote(p);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW, .gap = KIOSK_GAP_MM},
                          });
    kiosk_page_self(p, (struct kiosk_box){.aspect = 4.0f / 3, .max_w = 118});
    call_column_open(p);
    call_line(p);
    call_notices(p);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
    kiosk_page_spring(p);
}

static void call_toggles(struct kiosk_page *p)
{
    bool mic = p->view->mic_on;
    bool camera = p->view->camera_on;
    int m = kiosk_page_button(
        p, &(struct kiosk_button){
               .id = "mute",
               .text = mic ? KIOSK_STR_MIC_OFF : KIOSK_STR_MIC_ON,
               .icon = mic ? KIOSK_ICON_MIC : KIOSK_ICON_MIC_OFF,
               .look = mic ? KIOSK_LOOK_PLAIN : KIOSK_LOOK_PRIMARY,
               .intent = SESSION_INTENT_MUTE});
    p->t->node[m].state |= mic ? 0 : KIOSK_CHECKED;
    int c = kiosk_page_button(
        p, &(struct kiosk_button){
               .id = "camera",
               .text = camera ? KIOSK_STR_CAMERA_OFF : KIOSK_STR_CAMERA_ON,
               .icon = camera ? KIOSK_ICON_VIDEO : KIOSK_ICON_VIDEO_OFF,
               .look = camera ? KIOSK_LOOK_PLAIN : KIOSK_LOOK_PRIMARY,
               .intent = SESSION_INTENT_CAMERA,
               .disabled = p->view->notices & SESSION_NOTICE_NO_CAMERA});
    p->t->node[c].state |= camera ? 0 : KIOSK_CHECKED;
}

static void call_volume_button(struct kiosk_page *p,
                               const struct kiosk_button *b, const char *value)
{
    int i = kiosk_page_button(p, b);
    p->t->node[i].label = "";
    p->t->node[i].value = value;
    p->t->node[i].box.pad_x = 0;
}

static void call_volume(struct kiosk_page *p)
{
    const char *value = kiosk_tree_printf(p->t, "%u", p->view->volume);
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 2},
              });
    call_volume_button(
        p,
        &(struct kiosk_button){.id = "volume-down",
                               .text = KIOSK_STR_VOLUME_DOWN,
                               .icon = KIOSK_ICON_MINUS,
                               .look = KIOSK_LOOK_PLAIN,
                               .intent = SESSION_INTENT_VOLUME_DOWN,
                               .disabled = p->view->volume == 0},
        value);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "volume",
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_str(p, KIOSK_STR_VOLUME),
                              .label = value,
                              .value = value,
                              .icon = KIOSK_ICON_VOLUME_2,
                              .font = KIOSK_FONT_LABEL,
                              .box = {.along = KIOSK_CENTER, .min_w = 24},
                          });
    call_volume_button(
        p,
        &(struct kiosk_button){.id = "volume-up",
                               .text = KIOSK_STR_VOLUME_UP,
                               .icon = KIOSK_ICON_PLUS,
                               .look = KIOSK_LOOK_PLAIN,
                               .intent = SESSION_INTENT_VOLUME_UP,
                               .disabled = p->view->volume >= 10},
        value);
    kiosk_tree_close(p->t);
}

static void call_end(struct kiosk_page *p)
{
    kiosk_page_button(
        p, &(struct kiosk_button){.id = "end-call",
                                  .text = KIOSK_STR_END_CALL,
                                  .icon = KIOSK_ICON_PHONE_OFF,
                                  .look = KIOSK_LOOK_DANGER,
                                  .intent = SESSION_INTENT_END_CALL});
}

static void call_controls_tall(struct kiosk_page *p)
{
    call_column_open(p);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_GRID, .cols = 2, .gap = 4},
                          });
    call_toggles(p);
    kiosk_tree_close(p->t);
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 4},
              });
    call_volume(p);
    kiosk_page_spring(p);
    call_end(p);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

void kiosk_screen_call(struct kiosk_page *p)
{
    if (p->wide)
        call_wide(p);
    else
        call_tall(p);
    kiosk_page_footer(p);
    if (p->wide) {
        call_toggles(p);
        call_volume(p);
        kiosk_page_spring(p);
        call_end(p);
    } else {
        call_controls_tall(p);
    }
    kiosk_tree_close(p->t);
}
