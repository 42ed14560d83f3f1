/* What the expert asks for, and what the last scan lacked. */
#include "kiosk/screens_paper.h"

#include <stdio.h>
#include <string.h>

/* The kind in the citizen's language: the service's words, else the kiosk's;
 * NULL: neither has any. */
static const char *ask_kind(struct kiosk_page *p, const struct papers_ask *ask)
{
    static const struct {
        const char *kind;
        enum kiosk_str text;
    } all[] = {
        {"payslip", KIOSK_STR_PAPER_KIND_PAYSLIP},
        {"tax-decision", KIOSK_STR_PAPER_KIND_TAX_DECISION},
        {"rent-agreement", KIOSK_STR_PAPER_KIND_RENT_AGREEMENT},
        {"medical-certificate", KIOSK_STR_PAPER_KIND_MEDICAL_CERTIFICATE},
        {"identity-document", KIOSK_STR_PAPER_KIND_IDENTITY_DOCUMENT},
    };
    if (*ask->kind_words)
        return kiosk_page_own(p, ask->kind_words);
    for (size_t i = 0; i < LK_ARRAY_LEN(all); i++)
        if (strcmp(all[i].kind, ask->kind) == 0)
            return kiosk_page_str(p, all[i].text);
    return NULL;
}

/* Which paper: the kind, and what the expert wrote. */
static const char *ask_words(struct kiosk_page *p, const struct papers_ask *ask)
{
    const char *kind = ask_kind(p, ask);
    const char *words = kind && *ask->text
                            ? kiosk_tree_printf(p->t, "%s: %s", kind, ask->text)
                        : kind ? kind
                               : ask->text;
    return *words ? kiosk_page_fill(p, KIOSK_STR_PAPER_ASK_TEXT, "text", words)
                  : kiosk_page_str(p, KIOSK_STR_PAPER_ASK);
}

static void tray_ask(struct kiosk_page *p, const struct papers_ask *ask)
{
    if (!ask->open)
        return;
    const char *words = ask_words(p, ask);
    if (ask->sides == 2)
        words = kiosk_tree_printf(p->t, "%s%s %s", words,
                                  strchr(".!?", words[strlen(words) - 1]) ? ""
                                                                          : ".",
                                  kiosk_page_str(p, KIOSK_STR_PAPER_ASK_BOTH));
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_INFO,
                              .box = {.flow = KIOSK_ROW,
                                      .align = KIOSK_CENTER,
                                      .gap = 4,
                                      .pad_x = 4,
                                      .pad_y = 2},
                          });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "paper-ask",
                              .role = KIOSK_STATUS,
                              .name = words,
                              .icon = KIOSK_ICON_FILE_TEXT,
                              .icon_mm = 6.2f,
                              .font = KIOSK_FONT_BODY,
                              .ink = KIOSK_INK_BRAND,
                              .foreign = *ask->text != '\0',
                              .box = {.grow = true},
                          });
    struct kiosk_node n = kiosk_button_node(
        p, &(struct kiosk_button){.id = "paper-decline",
                                  .text = KIOSK_STR_PAPER_DECLINE,
                                  .icon = KIOSK_ICON_X,
                                  .intent = SESSION_INTENT_ASK_DECLINE});
    n.box.pad_x = 4;
    kiosk_tree_leaf(p->t, &n);
    kiosk_tree_close(p->t);
}

/* What the last scan lacked, with a drawing of what to do; or what could not be
 * done with a page. */
static void trouble(struct kiosk_page *p, const struct papers_view *v)
{
    static const struct {
        enum kiosk_str text;
        enum kiosk_icon icon;
    } all[PAPERS_TROUBLES] = {
        [PAPERS_NO_SCANNER] = {KIOSK_STR_PAPER_NO_SCANNER,
                               KIOSK_ICON_TRIANGLE_ALERT},
        [PAPERS_EMPTY] = {KIOSK_STR_PAPER_EMPTY, KIOSK_ICON_PAPER_FEEDER},
        [PAPERS_JAMMED] = {KIOSK_STR_PAPER_JAMMED, KIOSK_ICON_PAPER_LID},
        [PAPERS_LID_OPEN] = {KIOSK_STR_PAPER_LID_OPEN, KIOSK_ICON_PAPER_LID},
        [PAPERS_UNPLUGGED] = {KIOSK_STR_PAPER_UNPLUGGED,
                              KIOSK_ICON_TRIANGLE_ALERT},
        [PAPERS_NO_CAMERA] = {KIOSK_STR_PAPER_NO_CAMERA,
                              KIOSK_ICON_TRIANGLE_ALERT},
        [PAPERS_ALL_BLANK] = {KIOSK_STR_PAPER_ALL_BLANK, KIOSK_ICON_PAPER_LID},
        [PAPERS_FULL] = {KIOSK_STR_PAPER_FULL, KIOSK_ICON_TRIANGLE_ALERT},
        [PAPERS_UNREADABLE] = {KIOSK_STR_PAPER_UNREADABLE,
                               KIOSK_ICON_PAPER_LID},
        [PAPERS_NOT_EDITED] = {KIOSK_STR_PAPER_NOT_EDITED,
                               KIOSK_ICON_TRIANGLE_ALERT},
        [PAPERS_NOT_ATTACHED] = {KIOSK_STR_PAPER_NOT_ATTACHED,
                                 KIOSK_ICON_TRIANGLE_ALERT},
        [PAPERS_TIED] = {KIOSK_STR_PAPER_TIED, KIOSK_ICON_TRIANGLE_ALERT},
    };
    if (v->said == PAPERS_FINE || v->said >= PAPERS_TROUBLES)
        return;
    kiosk_tree_leaf(
        p->t,
        &(struct kiosk_node){
            .id = "paper-trouble",
            .role = KIOSK_STATUS,
            .name = kiosk_page_str(p, all[v->said].text),
            .look = KIOSK_LOOK_WARN,
            .icon = all[v->said].icon,
            .icon_mm =
                all[v->said].icon == KIOSK_ICON_TRIANGLE_ALERT ? 6.2f : 14,
            .font = KIOSK_FONT_BODY,
            .ink = KIOSK_INK_WARN,
            .box = {.pad_x = 5, .pad_y = 3, .min_h = 13},
        });
}

static void tray_left_out(struct kiosk_page *p, const struct papers_view *v)
{
    char text[128];
    if (v->left_out == 0 || v->said == PAPERS_ALL_BLANK)
        return;
    kiosk_str_count(p->lang, KIOSK_PLURAL_PAPER_LEFT_OUT, v->left_out,
                    sizeof(text), text);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "paper-left-out",
                              .role = KIOSK_STATUS,
                              .name = kiosk_page_own(p, text),
                              .look = KIOSK_LOOK_INFO,
                              .icon = KIOSK_ICON_INFO,
                              .icon_mm = 6.2f,
                              .font = KIOSK_FONT_BODY,
                              .ink = KIOSK_INK_BRAND,
                              .box = {.pad_x = 5, .pad_y = 3, .min_h = 13},
                          });
}

/* Beside the page only what is about it. */
void kiosk_paper_trouble(struct kiosk_page *p, const struct papers_view *v)
{
    if (v->said == PAPERS_NOT_EDITED || v->said == PAPERS_NOT_ATTACHED ||
        v->said == PAPERS_TIED)
        trouble(p, v);
}

void kiosk_paper_news(struct kiosk_page *p, const struct papers_view *v)
{
    tray_ask(p, &v->ask);
    trouble(p, v);
    tray_left_out(p, v);
}
