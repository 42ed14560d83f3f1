/* The screen of a call. */
#include "kiosk/keyboard.h"
#include "kiosk/screens_expert.h"
#include "kiosk/screens_strip.h"
#include "kiosk/sizes.h"

/* What one should know in a call. */
#define CALL_NOTICES                                      \
    (SESSION_NOTICE_NO_CAMERA | SESSION_NOTICE_NO_SOUND | \
     SESSION_NOTICE_EXPERT_MUTED | SESSION_NOTICE_SIMULATED)

static void call_notices(struct kiosk_page *p)
{
    const struct session_view *v = p->view;
    if (!v->mic_on)
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_MIC_OFF,
                          KIOSK_STR_NOTICE_MUTED);
    kiosk_page_notices(p, CALL_NOTICES, 1);
}

/* The way to the form, where the service has one; with words when the expert
 * asks to look at it. */
static void call_form(struct kiosk_page *p)
{
    bool called = p->view->form_called;
    if (!p->view->has_form || kiosk_page_typing(p))
        return;
    if (called)
        kiosk_page_notice(p, KIOSK_LOOK_INFO, KIOSK_ICON_POINTER,
                          KIOSK_STR_FORM_CALLED);
    struct kiosk_node n = kiosk_button_node(
        p, &(struct kiosk_button){.id = "form",
                                  .text = KIOSK_STR_FORM_OPEN,
                                  .icon = KIOSK_ICON_CLIPBOARD_LIST,
                                  .look = called ? KIOSK_LOOK_PRIMARY
                                                 : KIOSK_LOOK_PLAIN,
                                  .intent = SESSION_INTENT_FORM});
    kiosk_tree_leaf(p->t, &n);
}

/* The way to the papers, likewise. */
static void call_papers(struct kiosk_page *p)
{
    bool called = p->view->paper_called;
    if (!p->view->has_papers || kiosk_page_typing(p))
        return;
    if (called)
        kiosk_page_notice(p, KIOSK_LOOK_INFO, KIOSK_ICON_POINTER,
                          KIOSK_STR_PAPER_CALLED);
    struct kiosk_button b = kiosk_papers_button(p);
    kiosk_page_button(p, &b);
}

/* What can be done together besides talking. */
static void call_ways(struct kiosk_page *p)
{
    call_form(p);
    call_papers(p);
    kiosk_page_role(p);
}

static void column_open(struct kiosk_page *p, struct kiosk_box box)
{
    box.flow = KIOSK_COLUMN;
    box.align = KIOSK_STRETCH;
    box.gap = p->low ? 3 : 4.5f;
    kiosk_tree_open(p->t, &(struct kiosk_node){.box = box});
}

/* So wide whatever the size of the text, with which the layout lets what holds
 * other things grow. */
static struct kiosk_box box_of_width(const struct kiosk_page *p, float mm)
{
    float growth = kiosk_cell_growth(p->view->manner.text_size);
    return (struct kiosk_box){.min_w = mm, .max_w = mm / growth};
}

/* Width of what stands beside the picture, mm: as wide as ever, so that the
 * picture stays where it is when a notice comes. */
static float side_w(const struct kiosk_page *p)
{
    static const float scale[SESSION_TEXT_SIZES] = {1, 1.2f, 1.5f};
    float w = 92 * scale[p->view->manner.text_size % SESSION_TEXT_SIZES];
    return LK_MIN(w, p->env->width_mm * 0.42f);
}

/* Height that the words and buttons beside the picture need, mm: about. */
static float side_need(const struct kiosk_page *p)
{
    static const float scale[SESSION_TEXT_SIZES] = {1, 1.15f, 1.5f};
    const struct session_view *v = p->view;
    uint32_t seen = v->notices & CALL_NOTICES;
    int notices = !v->mic_on + v->identity_called +
                  (v->has_form && v->form_called) +
                  (v->has_papers && v->paper_called);
    for (; seen; seen &= seen - 1)
        notices++;
    int buttons = 1 + v->identity_called + v->has_form + v->has_papers;
    float words = 44 + 19.0f * (float)notices;
    return words * scale[v->manner.text_size % SESSION_TEXT_SIZES] +
           23.5f * (float)buttons;
}

/* Of the screen's height, bar and strip take that, mm. */
#define BAR_AND_STRIP_MM 74.0f

/* Whether one's own picture, `self` mm wide, would take the room of what one
 * has to know. */
static bool side_crowded(const struct kiosk_page *p, float self)
{
    float room = p->env->height_mm - BAR_AND_STRIP_MM;
    return side_need(p) + self * 0.5f > room;
}

/* Beside the picture: oneself, who it is, how the line is. */
static void call_side(struct kiosk_page *p, float width, float self)
{
    column_open(p, box_of_width(p, width));
    if (!side_crowded(p, self))
        kiosk_page_self(p,
                        (struct kiosk_box){.aspect = 4.0f / 3, .max_w = self});
    kiosk_page_expert(p);
    kiosk_page_identity(p, false);
    kiosk_page_line(p);
    call_ways(p);
    call_notices(p);
    kiosk_tree_close(p->t);
}

static void row_open(struct kiosk_page *p, bool grow)
{
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .box = {.flow = KIOSK_ROW,
                                .align = grow ? KIOSK_STRETCH : KIOSK_START,
                                .grow = grow,
                                .gap = p->low ? 5 : KIOSK_GAP_MM},
                    });
}

/* Width of one's own picture, mm: the words that may stand in it fit. */
static float self_w(const struct kiosk_page *p)
{
    bool largest = p->view->manner.text_size == SESSION_TEXT_LARGEST;
    if (!p->low)
        return side_w(p);
    return largest ? 96 : 68;
}

static void call_wide(struct kiosk_page *p)
{
    row_open(p, true);
    kiosk_page_remote(p, (struct kiosk_box){.grow = true});
    call_side(p, side_w(p), self_w(p));
    kiosk_tree_close(p->t);
}

/* Below each other: who it is, the picture, oneself beside the line's state. */
static void call_tall(struct kiosk_page *p)
{
    kiosk_page_spring(p);
    kiosk_page_expert(p);
    kiosk_page_remote(p, (struct kiosk_box){.aspect = 4.0f / 3});
    row_open(p, false);
    kiosk_page_self(p, (struct kiosk_box){.aspect = 4.0f / 3, .max_w = 118});
    column_open(p, (struct kiosk_box){.grow = true});
    kiosk_page_identity(p, false);
    kiosk_page_line(p);
    call_ways(p);
    call_notices(p);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
    kiosk_page_spring(p);
}

/* Oneself and who it is, in little room. */
static void call_small(struct kiosk_page *p)
{
    row_open(p, false);
    kiosk_page_self(
        p, (struct kiosk_box){.aspect = 4.0f / 3, .max_w = p->low ? 36 : 56});
    column_open(p, (struct kiosk_box){.grow = true});
    kiosk_page_expert(p);
    kiosk_page_identity(p, false);
    kiosk_page_line(p);
    call_ways(p);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

/* The picture beside the conversation in writing. */
static void call_wide_talk(struct kiosk_page *p)
{
    /* While one types there is little height, and words need the width. */
    float beside = p->low ? 84 : 130;
    struct kiosk_box half = {.grow = true};
    struct kiosk_box less = {.min_w = beside, .max_w = beside};
    row_open(p, true);
    column_open(p, kiosk_page_typing(p) ? less : half);
    kiosk_page_remote(p, (struct kiosk_box){.grow = true});
    /* While one types the keyboard has this place. */
    if (kiosk_page_typing(p))
        kiosk_page_speaks(p);
    else
        call_small(p);
    kiosk_tree_close(p->t);
    column_open(p, (struct kiosk_box){.grow = true});
    kiosk_page_talk(p);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

/* The picture, oneself beside it, above the conversation in writing. */
static void call_tall_talk(struct kiosk_page *p)
{
    struct kiosk_box whole = {.grow = true};
    struct kiosk_box less = box_of_width(p, 136);
    row_open(p, false);
    column_open(p, kiosk_page_typing(p) ? less : whole);
    kiosk_page_remote(p, (struct kiosk_box){.aspect = 4.0f / 3});
    kiosk_tree_close(p->t);
    kiosk_page_self(p, (struct kiosk_box){.aspect = 4.0f / 3, .max_w = 70});
    kiosk_tree_close(p->t);
    row_open(p, false);
    column_open(p, (struct kiosk_box){.grow = true});
    kiosk_page_expert(p);
    kiosk_tree_close(p->t);
    kiosk_page_line(p);
    kiosk_tree_close(p->t);
    kiosk_page_identity(p, true);
    call_ways(p);
    kiosk_page_talk(p);
}

static void call_switches(struct kiosk_page *p)
{
    bool mic = p->view->mic_on;
    bool camera = p->view->camera_on;
    kiosk_strip_button(p,
                       &(struct kiosk_button){
                           .id = "mute",
                           .text = mic ? KIOSK_STR_MIC_OFF : KIOSK_STR_MIC_ON,
                           .label = KIOSK_STR_MIC,
                           .icon = mic ? KIOSK_ICON_MIC : KIOSK_ICON_MIC_OFF,
                           .checked = !mic,
                           .intent = SESSION_INTENT_MUTE});
    kiosk_strip_button(
        p, &(struct kiosk_button){
               .id = "camera",
               .text = camera ? KIOSK_STR_CAMERA_OFF : KIOSK_STR_CAMERA_ON,
               .label = KIOSK_STR_CAMERA,
               .icon = camera ? KIOSK_ICON_VIDEO : KIOSK_ICON_VIDEO_OFF,
               .checked = !camera,
               .disabled = p->view->notices & SESSION_NOTICE_NO_CAMERA,
               .intent = SESSION_INTENT_CAMERA});
}

static void volume_button(struct kiosk_page *p, const struct kiosk_button *b)
{
    struct kiosk_node n = kiosk_button_node(p, b);
    n.label = "";
    n.box.pad_x = 0;
    n.box.grow = kiosk_strip_columns(p);
    kiosk_tree_leaf(p->t, &n);
}

static void volume_says(struct kiosk_page *p, const char *value)
{
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "volume",
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_str(p, KIOSK_STR_VOLUME),
                              .label = value,
                              .value = value,
                              .icon = KIOSK_ICON_VOLUME_2,
                              .font = KIOSK_FONT_LABEL,
                              .box = {.along = KIOSK_CENTER, .min_w = 22},
                          });
}

static void volume_quieter(struct kiosk_page *p, const char *value)
{
    volume_button(p,
                  &(struct kiosk_button){.id = "volume-down",
                                         .text = KIOSK_STR_VOLUME_DOWN,
                                         .value = value,
                                         .icon = KIOSK_ICON_MINUS,
                                         .intent = SESSION_INTENT_VOLUME_DOWN,
                                         .disabled = p->view->volume == 0});
}

static void volume_louder(struct kiosk_page *p, const char *value)
{
    volume_button(p, &(struct kiosk_button){.id = "volume-up",
                                            .text = KIOSK_STR_VOLUME_UP,
                                            .value = value,
                                            .icon = KIOSK_ICON_PLUS,
                                            .intent = SESSION_INTENT_VOLUME_UP,
                                            .disabled = p->view->volume >= 10});
}

/* Quieter, how loud it is, louder; in a narrow cell how loud it is stands
 * above, as the others' icons do. */
static void call_volume(struct kiosk_page *p)
{
    const char *value = kiosk_tree_printf(p->t, "%u", p->view->volume);
    bool tiles = kiosk_strip_tiles(p);
    if (tiles) {
        kiosk_tree_open(p->t, &(struct kiosk_node){
                                  .box = {.flow = KIOSK_COLUMN,
                                          .align = KIOSK_STRETCH,
                                          .along = KIOSK_END,
                                          .gap = 0.5f},
                              });
        volume_says(p, value);
    }
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 2},
              });
    volume_quieter(p, value);
    if (!tiles)
        volume_says(p, value);
    volume_louder(p, value);
    kiosk_tree_close(p->t);
    if (tiles)
        kiosk_tree_close(p->t);
}

static bool beside_form(const struct kiosk_page *p)
{
    return p->view->screen == SESSION_FORM ||
           p->view->screen == SESSION_APPROVE;
}

/* From the form to the papers. */
static void strip_papers(struct kiosk_page *p)
{
    struct kiosk_button b = kiosk_papers_button(p);
    b.label = KIOSK_STR_PAPER_TITLE;
    kiosk_strip_button(p, &b);
}

void kiosk_strip_call(struct kiosk_page *p, const struct kiosk_button *other)
{
    struct kiosk_strip help = {0};
    kiosk_strip_help(p, &help);
    help.button[0].worded = false;
    bool papers =
        beside_form(p) && p->view->has_papers && !kiosk_side_papers(p);
    kiosk_strip_open(p, p->wide ? 5 + (other != NULL) + papers : 3);
    call_switches(p);
    call_volume(p);
    if (other)
        kiosk_strip_button(p, other);
    if (papers)
        strip_papers(p);
    kiosk_strip_button(p, &help.button[0]);
    kiosk_strip_button(
        p, &(struct kiosk_button){.id = "end-call",
                                  .text = KIOSK_STR_END_CALL,
                                  .icon = KIOSK_ICON_PHONE_OFF,
                                  .look = KIOSK_LOOK_DANGER,
                                  .worded = true,
                                  .last = true,
                                  .intent = SESSION_INTENT_END_CALL});
    kiosk_tree_close(p->t);
}

static void call_strip(struct kiosk_page *p)
{
    kiosk_strip_call(
        p, &(struct kiosk_button){.id = "text",
                                  .text = KIOSK_STR_TEXT,
                                  .icon = KIOSK_ICON_MESSAGE_SQUARE_TEXT,
                                  .checked = p->view->manner.typing,
                                  .intent = SESSION_INTENT_TYPING});
}

void kiosk_screen_call(struct kiosk_page *p)
{
    bool typing = p->view->manner.typing;
    if (p->wide && typing)
        call_wide_talk(p);
    else if (p->wide)
        call_wide(p);
    else if (typing)
        call_tall_talk(p);
    else
        call_tall(p);
    kiosk_page_end(p);
    kiosk_page_keyboard(p);
    call_strip(p);
}
