/* On the way to being identified: the card goes in, a code for one's own
 * telephone, a document before the camera. */
#include "kiosk/screens_expert.h"
#include "kiosk/screens_identify.h"

#include "kiosk/strings.h"

#include <string.h>

void kiosk_identify_card(struct kiosk_page *p)
{
    kiosk_identify_open(p, KIOSK_STR_CARD_IN_TITLE);
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .box = {.flow = p->wide ? KIOSK_ROW : KIOSK_COLUMN,
                                .align = KIOSK_CENTER,
                                .gap = KIOSK_GAP_MM},
                    });
    kiosk_tree_leaf(p->t,
                    &(struct kiosk_node){
                        .id = "card-in",
                        .role = KIOSK_IMAGE,
                        .name = kiosk_page_str(p, KIOSK_STR_CARD_IN_PICTURE),
                        .label = "",
                        .look = KIOSK_LOOK_INFO,
                        .icon = KIOSK_ICON_CARD_IN,
                        .icon_mm = p->low ? 46 : 76,
                        .ink = KIOSK_INK_BRAND,
                        .box = {.along = KIOSK_CENTER, .pad_x = 5, .pad_y = 4},
                    });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = kiosk_page_str(p, KIOSK_STR_CARD_IN_HOW),
                              .font = KIOSK_FONT_NAME,
                              .box = {.grow = p->wide},
                          });
    kiosk_tree_close(p->t);
    kiosk_identify_close(p, &kiosk_identify_give_up, NULL);
}

void kiosk_identify_working(struct kiosk_page *p)
{
    enum session_identity_how how = p->view->identity.how;
    bool card = (how == SESSION_BY_CARD || how == SESSION_BY_SIGNATURE) &&
                p->view->identity.card_in;
    kiosk_page_spring(p);
    kiosk_tree_leaf(p->t,
                    &(struct kiosk_node){
                        .id = "identify-working",
                        .role = KIOSK_STATUS,
                        .name = kiosk_page_str(p, card ? KIOSK_STR_WORK_CARD
                                                       : KIOSK_STR_WORK_WAIT),
                        .icon = card ? KIOSK_ICON_ID_CARD : KIOSK_ICON_CLOCK,
                        .icon_mm = 12,
                        .font = KIOSK_FONT_NAME,
                        .ink = KIOSK_INK_BRAND,
                        .box = {.along = KIOSK_CENTER},
                    });
    kiosk_page_spring(p);
}

/* ---- telephone ---- */

/* Groups of four, unless it has groups of its own. */
static const char *grouped(struct kiosk_page *p, const char *code)
{
    char text[2 * sizeof(p->view->identity.code)];
    size_t n = 0;
    bool own = strpbrk(code, "- ") != NULL;
    for (size_t i = 0; code[i] && n + 2 < sizeof(text); i++) {
        if (!own && i > 0 && i % 4 == 0)
            text[n++] = ' ';
        text[n++] = code[i];
    }
    text[n] = '\0';
    return kiosk_page_own(p, text);
}

/* The address without what only a camera needs. */
static const char *address(struct kiosk_page *p, const char *url)
{
    const char *from = strstr(url, "://");
    from = from ? from + 3 : url;
    return kiosk_tree_printf(p->t, "%.*s", (int)strcspn(from, "?#"), from);
}

static void phone_code(struct kiosk_page *p)
{
    const struct session_identity *i = &p->view->identity;
    if (!i->code[0])
        return;
    const char *code = grouped(p, i->code);
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .id = "phone-code",
            .role = KIOSK_TEXT,
            .name = kiosk_page_str(p, KIOSK_STR_PHONE_CODE),
            .label = "",
            .value = code,
            .spelled = true,
            .private = true,
            .box = {.flow = KIOSK_COLUMN, .align = KIOSK_STRETCH, .gap = 1},
        });
    kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_MUTED,
                    kiosk_page_str(p, KIOSK_STR_PHONE_CODE));
    kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_TEXT, address(p, i->qr));
    p->t->node[p->t->n - 1].foreign = true;
    kiosk_page_text(p, KIOSK_FONT_HEADING, KIOSK_INK_BRAND, code);
    p->t->node[p->t->n - 1].foreign = true;
    kiosk_tree_close(p->t);
}

/* Edge of the QR code, mm: its modules are large enough for any telephone. */
static float qr_mm(const struct kiosk_page *p)
{
    return p->low ? 58 : 84;
}

void kiosk_identify_phone(struct kiosk_page *p)
{
    bool tight = p->low && p->view->manner.text_size != SESSION_TEXT_NORMAL;
    kiosk_identify_open(p, tight ? KIOSK_STRS : KIOSK_STR_PHONE_TITLE);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW, .gap = KIOSK_GAP_MM},
                          });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "phone-qr",
                              .role = KIOSK_IMAGE,
                              .name = kiosk_page_str(p, KIOSK_STR_PHONE_QR),
                              .label = "",
                              .value = kiosk_page_own(p, p->view->identity.qr),
                              .private = true,
                              .look = KIOSK_LOOK_QR,
                              .box = {.min_w = qr_mm(p), .min_h = qr_mm(p)},
                          });
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = true,
                                      .gap = p->low ? 3 : 5},
                          });
    kiosk_page_step(p, 1, KIOSK_STR_PHONE_STEP_1);
    kiosk_page_step(p, 2, KIOSK_STR_PHONE_STEP_2);
    kiosk_page_step(p, 3, KIOSK_STR_PHONE_STEP_3);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
    phone_code(p);
    kiosk_identify_line(p, KIOSK_ICON_CLOCK,
                        kiosk_page_str(p, KIOSK_STR_PHONE_VALID));
    kiosk_identify_close(p, &kiosk_identify_give_up, NULL);
}

/* ---- document ---- */

void kiosk_identify_document(struct kiosk_page *p)
{
    kiosk_identify_open(p, KIOSK_STR_DOCUMENT_TITLE);
    kiosk_identify_line(p, KIOSK_ICON_ID_CARD,
                        kiosk_page_str(p, KIOSK_STR_DOCUMENT_HOW));
    kiosk_page_notice(p, KIOSK_LOOK_INFO, KIOSK_ICON_USERS,
                      KIOSK_STR_DOCUMENT_SEEN);
    kiosk_identify_close(p, &kiosk_identify_give_up, NULL);
}
