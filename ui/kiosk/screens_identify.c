/* Who the citizen is: the frame, and the way there from other screens. */
#include "kiosk/screens_identify.h"

#include "kiosk/keyboard.h"
#include "kiosk/pager.h"
#include "kiosk/screens_expert.h"

const struct kiosk_button kiosk_identify_give_up = {
    .id = "give-up",
    .text = KIOSK_STR_GIVE_UP,
    .icon = KIOSK_ICON_X,
    .escape = true,
    .intent = SESSION_INTENT_IDENTIFY_NO,
};

bool kiosk_identify_signs(const struct kiosk_page *p)
{
    return p->view->identity.how == SESSION_BY_SIGNATURE;
}

void kiosk_identify_open(struct kiosk_page *p, enum kiosk_str title)
{
    kiosk_pager_open(p->t, &(struct kiosk_node){
                               .id = "identify-page",
                               .box = {.align = KIOSK_STRETCH,
                                       .grow = true,
                                       .min_h = 24,
                                       .gap = p->low ? 3 : 6},
                           });
    /* The words say it all where room is short. */
    if (title == KIOSK_STRS)
        return;
    kiosk_page_text(p,
                    kiosk_page_tight(p) ? KIOSK_FONT_NAME : KIOSK_FONT_HEADING,
                    KIOSK_INK_TEXT, kiosk_page_str(p, title));
}

void kiosk_identify_close(struct kiosk_page *p, const struct kiosk_button *back,
                          const struct kiosk_button *on)
{
    kiosk_pager_close(p->t);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW,
                                      .align = KIOSK_CENTER,
                                      .gap = p->low ? 3 : 4},
                          });
    if (back)
        kiosk_page_button(p, back);
    kiosk_page_spring(p);
    if (on)
        kiosk_page_button(p, on);
    kiosk_tree_close(p->t);
}

void kiosk_identify_line(struct kiosk_page *p, enum kiosk_icon icon,
                         const char *text)
{
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = text,
                              .icon = icon,
                              .icon_mm = 7.4f,
                              .font = KIOSK_FONT_LEAD,
                          });
}

/* Where words are large and the panel is small the pad needs the expert's room,
 * too. */
static void frame_open(struct kiosk_page *p)
{
    const struct session_identity *i = &p->view->identity;
    if (!kiosk_page_tight(p) || i->phase != SESSION_IDENTITY_PIN || i->pad) {
        kiosk_frame_open(p);
        return;
    }
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .box = {.flow = KIOSK_COLUMN, .align = KIOSK_STRETCH, .grow = true},
        });
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_PANEL,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = true,
                                      .pad_x = 6,
                                      .pad_y = 3},
                          });
}

void kiosk_screen_identify(struct kiosk_page *p)
{
    const struct session_identity *i = &p->view->identity;
    /* Another phase is as good as another screen. */
    p->t->part = 1 + (uint32_t)i->how * 16 + (uint32_t)i->phase;
    frame_open(p);
    switch (i->phase) {
    case SESSION_IDENTITY_NONE:
        kiosk_identify_none(p);
        break;
    case SESSION_IDENTITY_ASKED:
        kiosk_identify_asked(p);
        break;
    case SESSION_IDENTITY_CARD:
        kiosk_identify_card(p);
        break;
    case SESSION_IDENTITY_PIN:
        kiosk_identify_pin(p);
        break;
    case SESSION_IDENTITY_WORKING:
        kiosk_identify_working(p);
        break;
    case SESSION_IDENTITY_PHONE:
        kiosk_identify_phone(p);
        break;
    case SESSION_IDENTITY_DOCUMENT:
        kiosk_identify_document(p);
        break;
    case SESSION_IDENTITY_DONE:
        kiosk_identify_done(p);
        break;
    case SESSION_IDENTITY_FAILED:
        kiosk_identify_failed(p);
        break;
    }
    kiosk_frame_close(p);
    kiosk_page_end(p);
    kiosk_strip_call(p, NULL);
}

static void identity_button(struct kiosk_page *p)
{
    kiosk_page_button(
        p, &(struct kiosk_button){.id = "identify",
                                  .text = KIOSK_STR_IDENTIFY_OPEN,
                                  .icon = KIOSK_ICON_ID_CARD,
                                  .look = KIOSK_LOOK_PRIMARY,
                                  .intent = SESSION_INTENT_IDENTIFY});
}

void kiosk_page_identity(struct kiosk_page *p, bool row)
{
    if (!p->view->identity_called || kiosk_page_typing(p) ||
        p->view->screen == SESSION_IDENTIFY)
        return;
    if (row)
        kiosk_tree_open(p->t, &(struct kiosk_node){
                                  .box = {.flow = KIOSK_ROW,
                                          .align = KIOSK_CENTER,
                                          .gap = p->low ? 3 : 4},
                              });
    /* In a column that may go on on another page the way there comes first. */
    if (!row && kiosk_page_tight(p))
        identity_button(p);
    kiosk_page_notice(p, KIOSK_LOOK_INFO, KIOSK_ICON_ID_CARD,
                      KIOSK_STR_IDENTIFY_CALLED);
    p->t->node[p->t->n - 1].box.grow = row;
    if (row || !kiosk_page_tight(p))
        identity_button(p);
    if (row)
        kiosk_tree_close(p->t);
}
