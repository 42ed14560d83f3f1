/* What the document camera sees, as the page that it would be. */
#include "kiosk/screens_paper.h"

/* How it is, for eye and ear. */
static void aim_state(struct kiosk_page *p, const struct papers_view *v)
{
    enum kiosk_str text = KIOSK_STR_PAPER_BUSY;
    bool lost = v->aim && !v->aim_found;
    if (v->aim)
        text = lost ? KIOSK_STR_PAPER_AIM_LOST : KIOSK_STR_PAPER_AIM_FOUND;
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "aim",
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_str(p, text),
                              .look = lost ? KIOSK_LOOK_WARN : KIOSK_LOOK_INFO,
                              .icon = lost     ? KIOSK_ICON_TRIANGLE_ALERT
                                      : v->aim ? KIOSK_ICON_CIRCLE_CHECK
                                               : KIOSK_ICON_CLOCK,
                              .icon_mm = 6.2f,
                              .font = KIOSK_FONT_BODY,
                              .ink = lost ? KIOSK_INK_WARN : KIOSK_INK_BRAND,
                              .box = {.pad_x = 5, .pad_y = 3, .min_h = 13},
                          });
}

void kiosk_paper_aim(struct kiosk_page *p, const struct papers_view *v)
{
    static const struct kiosk_button stop = {
        .id = "scan-cancel",
        .text = KIOSK_STR_PAPER_STOP,
        .icon = KIOSK_ICON_X,
        .escape = true,
        .intent = SESSION_INTENT_SCAN_CANCEL,
    };
    const struct kiosk_paper_button take = {
        .button = {.id = "take",
                   .text = KIOSK_STR_PAPER_TAKE,
                   .icon = KIOSK_ICON_CAMERA,
                   .look = KIOSK_LOOK_PRIMARY,
                   .disabled = !v->aim,
                   .intent = SESSION_INTENT_SCAN},
        .remove = 2,
    };
    const struct papers_page seen = {.preview = v->aim};
    struct kiosk_node sheet = kiosk_paper_sheet(&seen);
    sheet.id = "paper-view";
    sheet.name = kiosk_page_str(p, KIOSK_STR_PAPER_AIM_TITLE);
    kiosk_paper_body_open(p);
    kiosk_tree_leaf(p->t, &sheet);
    kiosk_paper_tools_open(p);
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_PAPER_AIM_TITLE));
    aim_state(p, v);
    kiosk_paper_wide(p, &take);
    kiosk_paper_tools_close(p, &stop, NULL);
    kiosk_paper_body_close(p);
}
