/* A kiosk that has no certificate or no site yet. */
#include "kiosk/screen_parts.h"

/* Edge of the QR code, mm: two requests in PEM are about 113 modules with the
 * quiet zone, and a telephone wants 1 mm of each. */
static float qr_mm(const struct kiosk_page *p)
{
    return p->low ? 100 : 150;
}

static void request_code(struct kiosk_page *p)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_CENTER,
                                      .gap = KIOSK_GAP_MM},
                          });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "request-qr",
                              .role = KIOSK_IMAGE,
                              .name = kiosk_page_str(p, KIOSK_STR_UNUSED_QR),
                              .label = "",
                              .value = kiosk_page_own(p, p->view->request),
                              .private = true, /* nothing to read out */
                              .look = KIOSK_LOOK_QR,
                              .box = {.min_w = qr_mm(p), .min_h = qr_mm(p)},
                          });
    kiosk_page_text(
        p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
        kiosk_page_fill(p, KIOSK_STR_UNUSED_NAME, "name", p->view->unused));
    kiosk_tree_close(p->t);
}

static void steps(struct kiosk_page *p)
{
    static const enum kiosk_str words[] = {KIOSK_STR_UNUSED_STEP_1,
                                           KIOSK_STR_UNUSED_STEP_2,
                                           KIOSK_STR_UNUSED_STEP_3};
    static const char *const commands[] = {
        "provision csr", "provision certificate", "provision site"};
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_PANEL,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .along = KIOSK_CENTER,
                                      .grow = p->wide,
                                      .gap = p->low ? 3 : 5,
                                      .pad_x = 9,
                                      .pad_y = p->low ? 5 : 8},
                          });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_HEADING,
                              .name = kiosk_page_str(p, KIOSK_STR_UNUSED_TECH),
                              .font = KIOSK_FONT_NAME,
                          });
    for (int i = 0; i < 3; i++) {
        kiosk_page_step(p, i + 1, words[i]);
        kiosk_tree_leaf(p->t, &(struct kiosk_node){
                                  .role = KIOSK_TEXT,
                                  .name = commands[i],
                                  .font = KIOSK_FONT_BODY,
                                  .ink = KIOSK_INK_MUTED,
                                  .foreign = true,
                                  .box = {.pad_x = 14},
                              });
    }
    kiosk_tree_close(p->t);
}

void kiosk_screen_unused(struct kiosk_page *p)
{
    kiosk_page_title(p, KIOSK_STR_UNUSED_TITLE, KIOSK_STR_UNUSED_TEXT);
    kiosk_page_sides_open(p);
    request_code(p);
    steps(p);
    kiosk_tree_close(p->t);
    kiosk_page_spring(p);
    kiosk_page_langs(p, false);
}
