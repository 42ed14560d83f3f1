/* The receipt of what was sent. */
#include "kiosk/screens_receipt.h"

#include "kiosk/pager.h"
#include "kiosk/screens_expert.h"
#include "kiosk/screens_form.h"

/* Edge of the QR code, mm. */
static float qr_mm(const struct kiosk_page *p)
{
    return p->low ? 34 : 50;
}

static void code_words(struct kiosk_page *p, const char *code)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .id = "tracking-code",
                              .role = KIOSK_TEXT,
                              .name = kiosk_page_str(p, KIOSK_STR_CODE),
                              .label = "",
                              .value = code,
                              .private = true,
                              .spelled = true,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .along = KIOSK_CENTER,
                                      .grow = true,
                                      .gap = 1},
                          });
    kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_MUTED,
                    kiosk_page_str(p, KIOSK_STR_CODE));
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = code,
                              .font = KIOSK_FONT_TITLE,
                              .ink = KIOSK_INK_BRAND,
                              .foreign = true,
                          });
    kiosk_tree_close(p->t);
}

void kiosk_page_code(struct kiosk_page *p, const char *code)
{
    if (!*code)
        return;
    code = kiosk_page_own(p, code);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW,
                                      .align = KIOSK_CENTER,
                                      .gap = KIOSK_GAP_MM},
                          });
    code_words(p, code);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "tracking-qr",
                              .role = KIOSK_IMAGE,
                              .name = kiosk_page_str(p, KIOSK_STR_CODE_QR),
                              .label = "",
                              .value = code,
                              .private = true,
                              .look = KIOSK_LOOK_QR,
                              .box = {.min_w = qr_mm(p), .min_h = qr_mm(p)},
                          });
    kiosk_tree_close(p->t);
    kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_CODE_TEXT));
}

static void receipt_state(struct kiosk_page *p, const char *id, bool done,
                          enum kiosk_str yes, enum kiosk_str no)
{
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .id = id,
                  .role = KIOSK_STATUS,
                  .name = kiosk_page_str(p, done ? yes : no),
                  .look = done ? KIOSK_LOOK_GOOD : KIOSK_LOOK_INFO,
                  .icon = done ? KIOSK_ICON_CIRCLE_CHECK : KIOSK_ICON_CLOCK,
                  .icon_mm = 6.2f,
                  .font = KIOSK_FONT_BODY,
                  .ink = done ? KIOSK_INK_GOOD : KIOSK_INK_BRAND,
                  .box = {.pad_x = 5, .pad_y = 3, .min_h = 13},
              });
}

/* How it was signed. */
static void receipt_signed(struct kiosk_page *p, bool card)
{
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .id = "receipt-signed",
                  .role = KIOSK_TEXT,
                  .name = kiosk_page_str(p, card ? KIOSK_STR_RECEIPT_SIGNED
                                                 : KIOSK_STR_RECEIPT_APPROVED),
                  .icon = card ? KIOSK_ICON_SIGNATURE : KIOSK_ICON_CHECK,
                  .icon_mm = 6.2f,
                  .font = KIOSK_FONT_BODY,
              });
}

static void receipt_body(struct kiosk_page *p)
{
    const struct form_view *f = p->env->form;
    const char *code = f && f->code[0] ? f->code : p->view->code;
    kiosk_pager_open(p->t, &(struct kiosk_node){
                               .id = "receipt",
                               .box = {.align = KIOSK_STRETCH,
                                       .grow = true,
                                       .min_h = 24,
                                       .gap = p->low ? 3 : 5},
                           });
    kiosk_tree_leaf(p->t,
                    &(struct kiosk_node){
                        .role = KIOSK_HEADING,
                        .name = kiosk_page_str(p, KIOSK_STR_RECEIPT_TITLE),
                        .icon = KIOSK_ICON_CIRCLE_CHECK,
                        .icon_mm = p->low ? 9 : 12,
                        .font = p->low ? KIOSK_FONT_NAME : KIOSK_FONT_HEADING,
                        .ink = KIOSK_INK_GOOD,
                    });
    if (*p->view->agency_name)
        kiosk_page_text(p, KIOSK_FONT_LEAD, KIOSK_INK_TEXT,
                        kiosk_page_fill(p, KIOSK_STR_RECEIPT_TO, "who",
                                        p->view->agency_name));
    kiosk_page_code(p, code);
    if (f)
        receipt_signed(p, f->signed_card);
    if (p->view->identity.card_in)
        kiosk_page_notice(p, KIOSK_LOOK_WARN, KIOSK_ICON_CARD_OUT,
                          KIOSK_STR_CARD_TAKE);
    if (f)
        receipt_state(p, "receipt-expert", f->delivered,
                      KIOSK_STR_RECEIPT_DELIVERED,
                      KIOSK_STR_RECEIPT_UNDELIVERED);
    if (f && (f->posting || f->posted))
        receipt_state(p, "receipt-agency", f->posted, KIOSK_STR_RECEIPT_POSTED,
                      KIOSK_STR_RECEIPT_WAITS);
    kiosk_pager_close(p->t);
}

void kiosk_screen_receipt(struct kiosk_page *p)
{
    static const struct kiosk_button call_view = {
        .id = "call-view",
        .text = KIOSK_STR_FORM_CALL_VIEW,
        .icon = KIOSK_ICON_USER,
        .intent = SESSION_INTENT_CALL_VIEW,
    };
    kiosk_frame_open(p);
    receipt_body(p);
    kiosk_page_button(p, &(struct kiosk_button){.id = "done",
                                                .text = KIOSK_STR_DONE,
                                                .icon = KIOSK_ICON_CHECK,
                                                .look = KIOSK_LOOK_PRIMARY,
                                                .escape = true,
                                                .intent = SESSION_INTENT_DONE});
    kiosk_frame_close(p);
    kiosk_page_end(p);
    kiosk_strip_call(p, &call_view);
}
