/* On the way to being identified: the card goes in, a code for one's own
 * telephone, a document before the camera. */
#include "kiosk/screens_expert.h"
#include "kiosk/screens_identify.h"
#include "kiosk/screens_paper.h"

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

/* Below this, in seconds, the rest is told in steps of ten seconds; above, in
 * minutes, to the nearest. */
#define SOON_S 90
#define STEP_S 10
#define SECOND_US INT64_C(1000000)

static int64_t code_left_us(const struct session_view *v, int64_t now_us)
{
    return LK_MAX(v->identity.code_until_us - now_us, 0);
}

static int64_t nearest_minutes(int64_t left_us)
{
    return (left_us + 30 * SECOND_US) / (60 * SECOND_US);
}

/* Begun ones count. */
static int64_t code_steps(int64_t left_us)
{
    return (left_us + STEP_S * SECOND_US - 1) / (STEP_S * SECOND_US);
}

int64_t kiosk_code_next_us(const struct session_view *v, int64_t now_us)
{
    int64_t left_us = code_left_us(v, now_us);
    if (v->identity.phase != SESSION_IDENTITY_PHONE || left_us == 0)
        return INT64_MAX;
    int64_t at_us =
        left_us < SOON_S * SECOND_US
            ? (code_steps(left_us) - 1) * STEP_S * SECOND_US
            : nearest_minutes(left_us) * 60 * SECOND_US - 30 * SECOND_US - 1;
    return v->identity.code_until_us - at_us;
}

static const char *code_left(struct kiosk_page *p)
{
    char text[128];
    int64_t left_us = code_left_us(p->view, p->env->now_us);
    bool soon = left_us < SOON_S * SECOND_US;
    kiosk_str_count(
        p->lang, soon ? KIOSK_PLURAL_PHONE_SECONDS : KIOSK_PLURAL_PHONE_MINUTES,
        (uint64_t)(soon ? code_steps(left_us) * STEP_S
                        : nearest_minutes(left_us)),
        sizeof(text), text);
    return kiosk_tree_printf(p->t, "%s", text);
}

/* Edge of the QR code, mm: its modules are large enough for any telephone. */
static float qr_mm(const struct kiosk_page *p)
{
    return p->low ? 58 : 84;
}

void kiosk_identify_phone(struct kiosk_page *p)
{
    bool tight = kiosk_page_tight(p);
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
    kiosk_identify_line(p, KIOSK_ICON_CLOCK, code_left(p));
    kiosk_identify_close(p, &kiosk_identify_give_up, NULL);
}

/* ---- document ---- */

/* What the expert sees of it; NULL: nothing yet. */
static const struct papers_page *document_held(const struct kiosk_page *p)
{
    const struct papers_view *v = p->env->papers;
    for (size_t i = v ? v->pages : 0; i > 0; i--)
        if (!v->page[i - 1].keep && v->page[i - 1].from == PAPERS_FROM_CAMERA)
            return &v->page[i - 1];
    return NULL;
}

static void document_sheet(struct kiosk_page *p)
{
    const struct papers_page *page = document_held(p);
    if (!page)
        return;
    struct kiosk_node n = kiosk_paper_sheet(page);
    n.id = "document-view";
    n.name = kiosk_page_str(p, KIOSK_STR_DOCUMENT_SEEN);
    n.private = true;
    n.box.grow = false;
    n.box.min_h = p->low ? 40 : 64;
    kiosk_tree_leaf(p->t, &n);
}

void kiosk_identify_document(struct kiosk_page *p)
{
    static const struct kiosk_button again = {
        .id = "again",
        .text = KIOSK_STR_PAPER_PHOTO_AGAIN,
        .icon = KIOSK_ICON_CAMERA,
        .intent = SESSION_INTENT_IDENTIFY_AGAIN,
    };
    kiosk_identify_open(p, KIOSK_STR_DOCUMENT_TITLE);
    document_sheet(p);
    kiosk_identify_line(p, KIOSK_ICON_ID_CARD,
                        kiosk_page_str(p, KIOSK_STR_DOCUMENT_HOW));
    kiosk_page_notice(p, KIOSK_LOOK_INFO, KIOSK_ICON_USERS,
                      KIOSK_STR_DOCUMENT_SEEN);
    kiosk_identify_close(p, &kiosk_identify_give_up,
                         document_held(p) ? &again : NULL);
}
