/* That a technician looks at the kiosk from afar: who, and how to end it. */
#include "kiosk/screen_parts.h"

void kiosk_page_helper(struct kiosk_page *p)
{
    static const struct kiosk_button stop = {
        .id = "helper-stop",
        .text = KIOSK_STR_HELPER_STOP,
        .icon = KIOSK_ICON_X,
        .intent = SESSION_INTENT_HELPER_STOP,
    };
    if (p->view->helping != SESSION_HELPING)
        return;
    /* A test of camera and sound has words of its own. */
    bool rests = p->view->screen == SESSION_START;
    const char *title =
        kiosk_page_fill(p, KIOSK_STR_HELPER_TITLE, "name", p->view->helper);
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .id = "helper",
            .role = KIOSK_STATUS,
            .name = title,
            .value = rests ? kiosk_page_str(p, KIOSK_STR_HELPER_TEXT) : "",
            .label = "",
            .look = KIOSK_LOOK_WARN,
            .box = {.flow = p->wide ? KIOSK_ROW : KIOSK_COLUMN,
                    .align = p->wide ? KIOSK_CENTER : KIOSK_STRETCH,
                    .gap = 4,
                    .pad_x = 5,
                    .pad_y = p->low ? 2 : 4},
        });
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = p->wide,
                                      .gap = 1},
                          });
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT, title);
    if (rests && !kiosk_page_tight(p))
        kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_TEXT,
                        kiosk_page_str(p, KIOSK_STR_HELPER_TEXT));
    kiosk_tree_close(p->t);
    (void)kiosk_page_button(p, &stop);
    kiosk_tree_close(p->t);
}
