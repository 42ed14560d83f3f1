/* Who is at the other end of a call, and how the line is. */
#include "kiosk/screens_expert.h"

#include "kiosk/keyboard.h"

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

void kiosk_page_remote(struct kiosk_page *p, struct kiosk_box box)
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
                  .box = box,
              });
}

void kiosk_page_line(struct kiosk_page *p)
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

/* That the expert speaks (EN 301 549, 6.2.2.4, 6.5.5). For the eye: who hears
 * the voice is not told so, nor is it a status. */
void kiosk_page_speaks(struct kiosk_page *p)
{
    const char *words = kiosk_page_str(p, KIOSK_STR_EXPERT_SPEAKS);
    bool speaks = p->view->speaks;
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "expert-speaks",
                              .role = KIOSK_IMAGE,
                              .name = words,
                              .value = speaks ? words : "",
                              .icon = KIOSK_ICON_VOLUME_2,
                              .icon_mm = 5.5f,
                              .font = KIOSK_FONT_SMALL,
                              .ink = KIOSK_INK_BRAND,
                              .state = speaks ? 0 : KIOSK_BLANK,
                          });
}

void kiosk_page_expert(struct kiosk_page *p)
{
    const struct session_view *v = p->view;
    kiosk_tree_open(
        p->t, &(struct kiosk_node){.box = {.flow = KIOSK_COLUMN, .gap = 1}});
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
    kiosk_tree_close(p->t);
    kiosk_tree_open(p->t, &(struct kiosk_node){.box = {.flow = KIOSK_WRAP,
                                                       .align = KIOSK_CENTER,
                                                       .gap = 4}});
    kiosk_tree_leaf(p->t,
                    &(struct kiosk_node){
                        .id = "expert-verified",
                        .role = KIOSK_TEXT,
                        .name = kiosk_page_str(p, KIOSK_STR_EXPERT_VERIFIED),
                        .icon = KIOSK_ICON_SHIELD_CHECK,
                        .icon_mm = 5.5f,
                        .font = KIOSK_FONT_SMALL,
                        .ink = KIOSK_INK_GOOD,
                        .state = *v->expert_name ? 0 : KIOSK_HIDDEN,
                    });
    kiosk_page_speaks(p);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

bool kiosk_page_in_call(const struct kiosk_page *p)
{
    return *p->view->expert_name != '\0';
}

/* ---- beside a form ---- */

static bool is_largest(const struct kiosk_page *p)
{
    return p->view->manner.text_size == SESSION_TEXT_LARGEST;
}

static void side_open(struct kiosk_page *p, struct kiosk_box box)
{
    box.flow = KIOSK_COLUMN;
    box.align = KIOSK_STRETCH;
    box.gap = p->low ? 2.5f : 4;
    kiosk_tree_open(p->t, &(struct kiosk_node){.box = box});
}

/* What the expert wrote last: who talks in writing does not miss it here. */
static void side_said(struct kiosk_page *p)
{
    const struct session_talk *talk = &p->view->talk;
    const struct session_said *last = NULL;
    for (uint32_t i = 0; i < talk->n && i < SESSION_SAID_TURNS; i++)
        if (!talk->said[i].mine && talk->said[i].text[0])
            last = &talk->said[i];
    if (!last || p->low || is_largest(p) || kiosk_page_typing(p))
        return;
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "text-last",
                              .role = KIOSK_TEXT,
                              .name = kiosk_tree_printf(p->t, "%s", last->text),
                              .look = KIOSK_LOOK_THEIRS,
                              .icon = KIOSK_ICON_MESSAGE_SQUARE_TEXT,
                              .icon_mm = 5.5f,
                              .font = KIOSK_FONT_BODY,
                              .foreign = true,
                              .private = true,
                              .box = {.pad_x = 4, .pad_y = 3, .max_h = 40},
                          });
}

/* Whether the expert sees what is typed into the form. Not beside anything
 * else: a PIN is nobody's to see. */
static void side_shared(struct kiosk_page *p)
{
    const struct form_view *f = p->env->form;
    bool shared = f && f->shared;
    if (!f || f->phase != FORM_FILLING || kiosk_page_tight(p) ||
        kiosk_page_typing(p) || p->view->screen != SESSION_FORM)
        return;
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .id = "form-shared",
                  .role = KIOSK_STATUS,
                  .name = kiosk_page_str(p, shared ? KIOSK_STR_FORM_SHARED
                                                   : KIOSK_STR_FORM_UNSHARED),
                  .icon = shared ? KIOSK_ICON_USERS : KIOSK_ICON_INFO,
                  .icon_mm = 5.5f,
                  .font = KIOSK_FONT_SMALL,
                  .ink = KIOSK_INK_MUTED,
              });
}

/* With large text on a small panel: the picture or, while the line is not good,
 * how that is; the same words would stand in place of the picture. */
static void side_picture(struct kiosk_page *p)
{
    if (!kiosk_page_tight(p) || p->view->line == SESSION_LINE_GOOD)
        kiosk_page_remote(p, (struct kiosk_box){.aspect = 4.0f / 3});
    else
        kiosk_page_line(p);
}

/* While one types there is little height: the picture beside the words. */
static void side_low(struct kiosk_page *p)
{
    float growth = kiosk_cell_growth(p->view->manner.text_size);
    side_open(p, (struct kiosk_box){.min_w = 92, .max_w = 92 / growth});
    kiosk_page_remote(p, (struct kiosk_box){.aspect = 4.0f / 3});
    kiosk_tree_close(p->t);
    side_open(p, (struct kiosk_box){.min_w = 88, .max_w = 88 / growth});
    kiosk_page_expert(p);
    kiosk_page_line(p);
    kiosk_tree_close(p->t);
}

struct kiosk_button kiosk_papers_button(const struct kiosk_page *p)
{
    return (struct kiosk_button){
        .id = "papers",
        .text = KIOSK_STR_PAPER_OPEN,
        .icon = KIOSK_ICON_FILES,
        .look = p->view->paper_called ? KIOSK_LOOK_PRIMARY : KIOSK_LOOK_NONE,
        .intent = SESSION_INTENT_PAPERS,
    };
}

/* A low strip has no room for one more, the column above it has. */
bool kiosk_side_papers(const struct kiosk_page *p)
{
    bool form =
        p->view->screen == SESSION_FORM || p->view->screen == SESSION_APPROVE;
    return form && p->view->has_papers && p->low && p->wide && !p->bare &&
           p->view->manner.text_size == SESSION_TEXT_NORMAL;
}

static void side_papers(struct kiosk_page *p)
{
    struct kiosk_button b = kiosk_papers_button(p);
    if (kiosk_side_papers(p))
        kiosk_page_button(p, &b);
}

static void side_wide(struct kiosk_page *p)
{
    bool paper = p->view->screen == SESSION_PAPER;
    float w = p->low ? 92 : 150;
    if (paper && p->view->manner.text_size == SESSION_TEXT_NORMAL)
        w = p->low ? 76 : 104; /* the page needs the room */
    else if (kiosk_page_tight(p))
        w = kiosk_page_typing(p) ? 60 : 84;
    else if (is_largest(p))
        w = 140;
    float growth = kiosk_cell_growth(p->view->manner.text_size);
    side_open(p, (struct kiosk_box){.min_w = w, .max_w = w / growth});
    side_picture(p);
    if (!p->bare) {
        kiosk_page_expert(p);
        if (!kiosk_page_tight(p))
            kiosk_page_line(p);
        side_shared(p);
        side_papers(p);
        side_said(p);
    }
    kiosk_tree_close(p->t);
}

static void side_tall(struct kiosk_page *p)
{
    bool less = kiosk_page_typing(p) || p->view->screen == SESSION_PAPER;
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW, .gap = KIOSK_GAP_MM},
                          });
    kiosk_page_remote(
        p, (struct kiosk_box){.aspect = 4.0f / 3, .max_w = less ? 84 : 118});
    side_open(p, (struct kiosk_box){.grow = true});
    kiosk_page_expert(p);
    kiosk_page_line(p);
    side_shared(p);
    side_said(p);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

void kiosk_frame_open(struct kiosk_page *p)
{
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .box = {.flow = p->wide ? KIOSK_ROW : KIOSK_COLUMN,
                                .align = KIOSK_STRETCH,
                                .grow = true,
                                .gap = p->low ? 4 : KIOSK_GAP_MM},
                    });
    bool beside = kiosk_page_typing(p) && !p->low && !is_largest(p);
    if (kiosk_page_in_call(p) && p->wide && beside)
        side_low(p);
    else if (kiosk_page_in_call(p) && p->wide)
        side_wide(p);
    else if (kiosk_page_in_call(p))
        side_tall(p);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_PANEL,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = true,
                                      .gap = p->low ? 2 : 4,
                                      .pad_x = p->low ? 5 : 8,
                                      .pad_y = p->low ? 3 : 6},
                          });
    kiosk_page_identity(p, true);
}

void kiosk_frame_close(struct kiosk_page *p)
{
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}
