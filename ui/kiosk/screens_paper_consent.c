/* May the expert see a page, or all of them? */
#include "kiosk/screens_paper.h"

#define CONSENT_SHEETS 3 /* of many, that are drawn */

static void consent_sheets(struct kiosk_page *p, const struct papers_view *v)
{
    int n = 0;
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW,
                                      .align = KIOSK_STRETCH,
                                      .grow = true,
                                      .min_h = 40,
                                      .gap = 3},
                          });
    for (size_t i = 0; i < v->pages && n < CONSENT_SHEETS; i++) {
        const struct papers_page *page = &v->page[i];
        bool all =
            v->at == 0 && !page->shared && page->from != PAPERS_FROM_EXPERT;
        if (!all && page->id != v->at)
            continue;
        struct kiosk_node sheet = kiosk_paper_sheet(page);
        sheet.box.min_h = 40;
        kiosk_tree_leaf(p->t, &sheet);
        n++;
    }
    kiosk_tree_close(p->t);
}

static void consent_words(struct kiosk_page *p, const struct papers_view *v)
{
    char text[256];
    const char *words = kiosk_page_str(p, KIOSK_STR_PAPER_CONSENT);
    size_t place = kiosk_paper_place(v, v->at);
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_PAPER_CONSENT_TITLE));
    if (v->at == 0) {
        kiosk_str_count(p->lang, KIOSK_PLURAL_PAPER_CONSENT_ALL,
                        kiosk_paper_unshared(v), sizeof(text), text);
        words = kiosk_page_own(p, text);
    } else if (place < v->pages) {
        kiosk_page_text(p, KIOSK_FONT_LABEL, KIOSK_INK_MUTED,
                        kiosk_paper_name(p, place));
    }
    kiosk_page_text(p, KIOSK_FONT_LEAD, KIOSK_INK_TEXT, words);
}

void kiosk_paper_consent(struct kiosk_page *p, const struct papers_view *v)
{
    static const struct kiosk_paper_button yes = {
        .button = {.id = "consent-yes",
                   .text = KIOSK_STR_PAPER_SHARE,
                   .icon = KIOSK_ICON_EYE,
                   .look = KIOSK_LOOK_PRIMARY,
                   .intent = SESSION_INTENT_CONSENT_YES},
    };
    static const struct kiosk_paper_button no = {
        .button = {.id = "consent-no",
                   .text = KIOSK_STR_PAPER_CONSENT_NO,
                   .icon = KIOSK_ICON_X,
                   .escape = true,
                   .intent = SESSION_INTENT_CONSENT_NO},
    };
    kiosk_paper_body_open(p);
    consent_sheets(p, v);
    kiosk_paper_tools_open(p);
    consent_words(p, v);
    kiosk_paper_wide(p, &yes);
    kiosk_paper_wide(p, &no);
    kiosk_paper_tools_close(p, NULL, NULL);
    kiosk_paper_body_close(p);
}
