/* Screens before the call: start, services, card. */
#include "catalog/builtin.h"
#include "kiosk/screens_strip.h"

#include <stdio.h>
#include <string.h>

static void panel_open(struct kiosk_page *p, bool grow)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .look = KIOSK_LOOK_PANEL,
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .along = KIOSK_CENTER,
                                      .grow = grow,
                                      .gap = p->low ? 3.5f : 5,
                                      .pad_x = 9,
                                      .pad_y = p->low ? 6 : 8},
                          });
}

static void start_steps(struct kiosk_page *p)
{
    static const enum kiosk_str steps[] = {
        KIOSK_STR_START_STEP_1, KIOSK_STR_START_STEP_2, KIOSK_STR_START_STEP_3};
    bool largest = p->view->manner.text_size == SESSION_TEXT_LARGEST;
    bool beside = p->wide && !largest;
    panel_open(p, false);
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .box = {.flow = beside ? KIOSK_GRID : KIOSK_COLUMN,
                                .cols = 3,
                                .align = KIOSK_STRETCH,
                                .gap = KIOSK_GAP_MM},
                    });
    for (int i = 0; i < 3; i++)
        kiosk_page_step(p, i + 1, steps[i]);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

static const struct kiosk_button start_next = {
    .id = "next",
    .text = KIOSK_STR_START_NEXT,
    .icon = KIOSK_ICON_ARROW_RIGHT,
    .look = KIOSK_LOOK_PRIMARY,
    .worded = true,
    .last = true,
    .intent = SESSION_INTENT_NEXT,
};

static void start_strip(struct kiosk_page *p)
{
    struct kiosk_strip s = {0};
    kiosk_strip_manner(p, &s);
    kiosk_strip_help(p, &s);
    kiosk_strip_add(&s, &(struct kiosk_button){.id = "track",
                                               .text = KIOSK_STR_TRACK,
                                               .icon = KIOSK_ICON_SEARCH,
                                               .worded = true,
                                               .last = true,
                                               .intent = SESSION_INTENT_TRACK});
    if (kiosk_strip_leads(p))
        kiosk_strip_add(&s, &start_next);
    kiosk_page_strip(p, &s);
}

/* What the place itself has to say, in its own words. */
static void site_notice(struct kiosk_page *p)
{
    if (!p->view->site_notice[0])
        return;
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .id = "site-notice",
                  .role = KIOSK_STATUS,
                  .name = kiosk_tree_printf(p->t, "%s", p->view->site_notice),
                  .look = KIOSK_LOOK_INFO,
                  .icon = KIOSK_ICON_INFO,
                  .icon_mm = 6.2f,
                  .font = KIOSK_FONT_BODY,
                  .ink = KIOSK_INK_BRAND,
                  .box = {.pad_x = 5, .pad_y = 3, .min_h = 13},
              });
}

void kiosk_screen_start(struct kiosk_page *p)
{
    kiosk_page_helper(p);
    kiosk_page_spring(p);
    kiosk_page_title(p, KIOSK_STR_START_TITLE, KIOSK_STR_START_LEAD);
    start_steps(p);
    kiosk_page_spring(p);
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_START_LANGUAGE));
    kiosk_page_langs(p, true);
    kiosk_page_spring(p);
    site_notice(p);
    kiosk_page_notices(p, SESSION_NOTICE_NO_BROKER, 1);
    if (!kiosk_strip_leads(p)) {
        int i = kiosk_page_button(p, &start_next);
        p->t->node[i].icon_last = true;
        p->t->node[i].font = KIOSK_FONT_NAME;
        p->t->node[i].box.min_h = p->low ? 24 : 30;
    }
    start_strip(p);
}

static enum kiosk_icon card_icon(const char *name)
{
    static const struct {
        const char *name;
        enum kiosk_icon icon;
    } icons[] = {
        {"baby", KIOSK_ICON_BABY},
        {"house", KIOSK_ICON_HOUSE},
        {"receipt", KIOSK_ICON_RECEIPT_TEXT},
        {"file-text", KIOSK_ICON_FILE_TEXT},
        {"truck", KIOSK_ICON_TRUCK},
        {"briefcase", KIOSK_ICON_BRIEFCASE},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(icons); i++)
        if (strcmp(icons[i].name, name) == 0)
            return icons[i].icon;
    return KIOSK_ICON_LANDMARK;
}

/* Edge of the square under a service's drawing, mm. */
static float tile_mm(const struct kiosk_page *p)
{
    if (p->low)
        return 16;
    return p->wide ? 22 : 26;
}

/* The drawing, and beside it whose service it is, its title and words. */
static void card_words(struct kiosk_page *p, const struct catalog_card *card,
                       enum kiosk_font title)
{
    enum catalog_lang lang = catalog_lang(kiosk_lang_codes[p->lang]);
    float tile = tile_mm(p);
    struct kiosk_node icon = {
        .role = KIOSK_IMAGE,
        .look = KIOSK_LOOK_TILE,
        .icon = card_icon(card->icon),
        .icon_mm = tile * 0.58f,
        .ink = KIOSK_INK_ACCENT,
        .accent = kiosk_agency_accent(card->agency),
        .box = {.along = KIOSK_CENTER, .min_w = tile, .min_h = tile},
    };
    struct kiosk_node words = {
        .box = {.flow = KIOSK_COLUMN,
                .align = KIOSK_STRETCH,
                .grow = true,
                .gap = p->low ? 0.5f : 1.5f},
    };
    kiosk_tree_leaf(p->t, &icon);
    kiosk_tree_open(p->t, &words);
    kiosk_page_text(p, KIOSK_FONT_SMALL, KIOSK_INK_MUTED,
                    card->agency_name[lang]);
    kiosk_page_text(p, title, KIOSK_INK_TEXT, card->title[lang]);
    kiosk_page_text(p, p->wide ? KIOSK_FONT_BODY : KIOSK_FONT_LEAD,
                    KIOSK_INK_MUTED, card->text[lang]);
    kiosk_tree_close(p->t);
}

static void service_button(struct kiosk_page *p,
                           const struct catalog_card *card)
{
    enum catalog_lang lang = catalog_lang(kiosk_lang_codes[p->lang]);
    struct kiosk_node n = {
        .id = kiosk_tree_printf(p->t, "service-%s", card->id),
        .role = KIOSK_BUTTON,
        .name = card->title[lang],
        .value = card->agency_name[lang],
        .look = KIOSK_LOOK_CARD,
        .box = {.flow = KIOSK_ROW,
                .align = KIOSK_CENTER,
                .gap = p->low ? 4 : 6,
                .pad_x = p->low ? 5 : 8,
                .pad_y = p->low ? 4 : 8},
        .act = KIOSK_ACT_INTENT,
        .intent = SESSION_INTENT_CARD,
        .arg = card->id,
    };
    kiosk_tree_open(p->t, &n);
    card_words(p, card, p->wide ? KIOSK_FONT_NAME : KIOSK_FONT_HEADING);
    kiosk_tree_close(p->t);
}

/* Back, how the screen is used, help, and the way out. */
static void visit_strip(struct kiosk_page *p)
{
    struct kiosk_strip s = {0};
    kiosk_strip_add(&s, &(struct kiosk_button){.id = "back",
                                               .text = KIOSK_STR_BACK,
                                               .icon = KIOSK_ICON_ARROW_LEFT,
                                               .worded = true,
                                               .intent = SESSION_INTENT_BACK,
                                               .escape = true});
    kiosk_strip_manner(p, &s);
    kiosk_strip_help(p, &s);
    kiosk_strip_quit(&s);
    kiosk_page_strip(p, &s);
}

void kiosk_screen_services(struct kiosk_page *p)
{
    size_t n;
    const struct catalog_card *cards = catalog_builtin(&n);
    /* Elsewhere the start screen, one step back, has them. */
    if (!p->low && p->view->manner.text_size == SESSION_TEXT_NORMAL)
        kiosk_page_langs(p, false);
    kiosk_page_title(p, KIOSK_STR_SERVICES_TITLE, KIOSK_STR_SERVICES_LEAD);
    site_notice(p);
    kiosk_page_notices(p, SESSION_NOTICE_NO_BROKER, 1);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_GRID,
                                      .cols = p->wide ? 2 : 1,
                                      .equal = true,
                                      .gap = KIOSK_GAP_MM},
                          });
    for (size_t i = 0; i < n; i++)
        service_button(p, &cards[i]);
    kiosk_tree_close(p->t);
    visit_strip(p);
}

static void card_about(struct kiosk_page *p, const struct catalog_card *card)
{
    panel_open(p, p->wide);
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW,
                                      .align = KIOSK_CENTER,
                                      .gap = p->low ? 4 : 6},
                          });
    card_words(p, card, KIOSK_FONT_HEADING);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

static void card_steps(struct kiosk_page *p)
{
    panel_open(p, p->wide);
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_CARD_NEXT));
    kiosk_page_step(p, 1, KIOSK_STR_CARD_STEP_1);
    kiosk_page_step(p, 2, KIOSK_STR_CARD_STEP_2);
    kiosk_page_step(p, 3, KIOSK_STR_CARD_STEP_3);
    kiosk_tree_close(p->t);
}

static void card_call(struct kiosk_page *p)
{
    bool closed = p->view->notices & SESSION_NOTICE_NO_BROKER;
    int i = kiosk_page_button(
        p, &(struct kiosk_button){.id = "call-expert",
                                  .text = KIOSK_STR_CALL_EXPERT,
                                  .icon = KIOSK_ICON_PHONE,
                                  .look = KIOSK_LOOK_PRIMARY,
                                  .intent = SESSION_INTENT_CALL,
                                  .disabled = closed});
    if (!p->low) {
        p->t->node[i].font = KIOSK_FONT_NAME;
        p->t->node[i].box.min_h = 30;
    }
    if (closed)
        p->t->node[i].value = kiosk_page_str(p, KIOSK_STR_NOTICE_NO_BROKER);
}

void kiosk_screen_card(struct kiosk_page *p)
{
    const struct catalog_card *card = catalog_builtin_find(p->view->card);
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .box = {.flow = p->wide ? KIOSK_ROW : KIOSK_COLUMN,
                                .align = KIOSK_STRETCH,
                                .gap = KIOSK_GAP_MM},
                    });
    if (card)
        card_about(p, card);
    card_steps(p);
    kiosk_tree_close(p->t);
    kiosk_page_notices(p,
                       SESSION_NOTICE_NO_BROKER | SESSION_NOTICE_NO_CAMERA |
                           SESSION_NOTICE_NO_SOUND | SESSION_NOTICE_SIMULATED,
                       p->wide ? 2 : 1);
    kiosk_page_spring(p);
    card_call(p);
    visit_strip(p);
}
