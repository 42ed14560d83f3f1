/* The papers of a visit: all pages and the way to scan more; the scan; whether
 * the expert may see them. */
#include "kiosk/screens_paper.h"

#include "ipc/scanmsg.h"
#include "kiosk/keyboard.h"
#include "kiosk/screens_expert.h"

#include <stdio.h>
#include <string.h>

#define PART_MAX 24 /* pages in one grid (KIOSK_CHILDREN_MAX) */

/* ---- what the expert asks for, what went wrong ---- */

static void tray_ask(struct kiosk_page *p, const struct papers_ask *ask)
{
    if (!ask->open)
        return;
    const char *words =
        *ask->text
            ? kiosk_page_fill(p, KIOSK_STR_PAPER_ASK_TEXT, "text", ask->text)
            : kiosk_page_str(p, KIOSK_STR_PAPER_ASK);
    if (ask->sides == 2)
        words = kiosk_tree_printf(
            p->t, "%s%s %s", words,
            *ask->text && !strchr(".!?", ask->text[strlen(ask->text) - 1]) ? "."
                                                                           : "",
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
                              .foreign = true,
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

/* What the last scan lacked, with a drawing of what to do. */
static void tray_trouble(struct kiosk_page *p, const struct papers_view *v)
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
        [PAPERS_ALL_BLANK] = {KIOSK_STR_PAPER_ALL_BLANK, KIOSK_ICON_PAPER_LID},
        [PAPERS_FULL] = {KIOSK_STR_PAPER_FULL, KIOSK_ICON_TRIANGLE_ALERT},
        [PAPERS_UNREADABLE] = {KIOSK_STR_PAPER_UNREADABLE,
                               KIOSK_ICON_PAPER_LID},
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

/* ---- pages ---- */

/* What a tap on a page's button beside it does: the next step with it. */
static void cell_button(struct kiosk_page *p, const struct papers_page *page,
                        size_t n)
{
    bool own = page->from != PAPERS_FROM_EXPERT;
    bool shares = own && !page->shared;
    struct kiosk_button b = {
        .id = kiosk_tree_printf(
            p->t, shares ? "page-%zu-share" : "page-%zu-look", n + 1),
        .text = shares ? KIOSK_STR_PAPER_SHARE : KIOSK_STR_PAPER_LOOK,
        .value = kiosk_paper_name(p, n),
        .icon = shares ? KIOSK_ICON_EYE : KIOSK_ICON_USERS,
        .disabled = page->busy,
        .intent = shares ? SESSION_INTENT_PAGE_SHARE : SESSION_INTENT_LOOK,
    };
    struct kiosk_node node = kiosk_button_node(p, &b);
    if (shares)
        node.label = kiosk_page_str(p, KIOSK_STR_PAPER_SHARE_SHORT);
    node.font = KIOSK_FONT_BODY;
    node.at = page->id;
    node.version = PAPERS_ZOOM_MIN;
    node.at_box[0] = node.at_box[1] = PAPERS_WHOLE / 2;
    node.box.pad_x = 3;
    kiosk_tree_leaf(p->t, &node);
}

/* With large letters the words stand beside the page. */
static bool cells_lie(const struct kiosk_page *p)
{
    enum session_text_size size = p->view->manner.text_size;
    return size == SESSION_TEXT_LARGEST ||
           (p->low && size == SESSION_TEXT_LARGE);
}

/* So high is a page among others, mm: higher while there are few. */
static float cell_sheet_h(const struct kiosk_page *p)
{
    if (cells_lie(p))
        return 40;
    if (p->low)
        return 44;
    return !p->wide && p->env->papers->pages <= 3 ? 84 : 58;
}

static void cell_words(struct kiosk_page *p, const struct papers_page *page,
                       size_t n)
{
    enum kiosk_place along = cells_lie(p) ? KIOSK_START : KIOSK_CENTER;
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_COLUMN,
                                      .align = KIOSK_STRETCH,
                                      .grow = cells_lie(p),
                                      .gap = 0.5f},
                          });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = kiosk_paper_name(p, n),
                              .font = KIOSK_FONT_LABEL,
                              .box = {.along = along},
                          });
    kiosk_tree_leaf(p->t,
                    &(struct kiosk_node){
                        .role = KIOSK_TEXT,
                        .name = kiosk_paper_state(p, page, false),
                        .font = KIOSK_FONT_SMALL,
                        .ink = page->shared ? KIOSK_INK_GOOD : KIOSK_INK_MUTED,
                        .box = {.along = along},
                    });
    kiosk_tree_close(p->t);
}

static void cell_card(struct kiosk_page *p, const struct papers_page *page,
                      size_t n)
{
    bool lies = cells_lie(p);
    struct kiosk_node card = {
        .id = kiosk_tree_printf(p->t, "page-%zu", n + 1),
        .role = KIOSK_BUTTON,
        .name = kiosk_paper_name(p, n),
        .value = kiosk_paper_state(p, page, true),
        .label = "",
        .look = KIOSK_LOOK_CARD,
        .act = KIOSK_ACT_INTENT,
        .intent = SESSION_INTENT_PAGE,
        .at = page->id,
        .box = {.flow = lies ? KIOSK_ROW : KIOSK_COLUMN,
                .align = lies ? KIOSK_CENTER : KIOSK_STRETCH,
                .grow = true,
                .gap = lies ? 4 : 1,
                .pad_x = 3,
                .pad_y = 3},
    };
    struct kiosk_node sheet = kiosk_paper_sheet(page);
    sheet.box =
        (struct kiosk_box){.min_w = lies ? 34 : 20, .min_h = cell_sheet_h(p)};
    kiosk_tree_open(p->t, &card);
    kiosk_tree_leaf(p->t, &sheet);
    cell_words(p, page, n);
    kiosk_tree_close(p->t);
}

static void cell(struct kiosk_page *p, const struct papers_page *page, size_t n)
{
    kiosk_tree_open(p->t,
                    &(struct kiosk_node){
                        .box = {.flow = KIOSK_COLUMN,
                                .align = KIOSK_STRETCH,
                                .fixed = !cells_lie(p), /* kept on one page */
                                .gap = 3},
                    });
    cell_card(p, page, n);
    cell_button(p, page, n);
    kiosk_tree_close(p->t);
}

static void tray_pages(struct kiosk_page *p, const struct papers_view *v)
{
    struct kiosk_node grid = {
        .box = {.flow = KIOSK_GRID,
                .cols = (uint8_t)(cells_lie(p)              ? 1
                                  : p->low || v->pages <= 3 ? 3
                                                            : 4),
                .cell_w = 44,
                .gap = 4},
    };
    for (size_t i = 0; i < v->pages; i++) {
        if (i % PART_MAX == 0 && i > 0)
            kiosk_tree_close(p->t);
        if (i % PART_MAX == 0)
            kiosk_tree_open(p->t, &grid);
        cell(p, &v->page[i], i);
    }
    if (v->pages > 0)
        kiosk_tree_close(p->t);
}

/* ---- scanning ---- */

static void source_button(struct kiosk_page *p, const struct papers_view *v,
                          unsigned source)
{
    static const struct {
        const char *id;
        enum kiosk_str text;
    } all[SCANMSG_SOURCES] = {
        [SCANMSG_AUTO] = {"source-auto", KIOSK_STR_PAPER_AUTO},
        [SCANMSG_FLATBED] = {"source-glass", KIOSK_STR_PAPER_GLASS},
        [SCANMSG_FEEDER] = {"source-feeder", KIOSK_STR_PAPER_FEEDER},
        [SCANMSG_DUPLEX] = {"source-duplex", KIOSK_STR_PAPER_DUPLEX},
    };
    bool chosen = v->source == source;
    struct kiosk_node n = kiosk_button_node(
        p, &(struct kiosk_button){.id = all[source].id,
                                  .text = all[source].text,
                                  .icon = chosen ? KIOSK_ICON_CIRCLE_DOT
                                                 : KIOSK_ICON_CIRCLE,
                                  .checked = chosen,
                                  .intent = SESSION_INTENT_SCAN_SOURCE});
    n.remove = source;
    n.font = KIOSK_FONT_BODY;
    n.box.pad_x = 4;
    kiosk_tree_leaf(p->t, &n);
}

static void drop_button(struct kiosk_page *p, const struct papers_view *v)
{
    struct kiosk_node n = kiosk_button_node(
        p,
        &(struct kiosk_button){.id = "scan-blank",
                               .text = KIOSK_STR_PAPER_DROP,
                               .icon = v->drop_blank ? KIOSK_ICON_SQUARE_CHECK
                                                     : KIOSK_ICON_SQUARE,
                               .checked = v->drop_blank,
                               .intent = SESSION_INTENT_SCAN_BLANK});
    n.look = KIOSK_LOOK_PLAIN;
    n.ink = KIOSK_INK_BRAND;
    n.font = KIOSK_FONT_BODY;
    n.box.pad_x = 4;
    kiosk_tree_leaf(p->t, &n);
}

/* Where the paper lies, where there is a choice. */
static void tray_where(struct kiosk_page *p, const struct papers_view *v)
{
    unsigned sources = v->sources;
    if (!sources)
        return;
    bool one = (sources & (sources - 1)) == 0;
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .role = KIOSK_GROUP,
            .name = kiosk_page_str(p, KIOSK_STR_PAPER_WHERE),
            .question = !one,
            .box = {.flow = KIOSK_COLUMN, .align = KIOSK_STRETCH, .gap = 2},
        });
    if (!one)
        kiosk_page_text(p, KIOSK_FONT_LABEL, KIOSK_INK_TEXT,
                        kiosk_page_str(p, KIOSK_STR_PAPER_WHERE));
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_WRAP, .gap = 3},
                          });
    for (unsigned s = 0; !one && s < SCANMSG_SOURCES; s++)
        if (sources & 1U << s)
            source_button(p, v, s);
    drop_button(p, v);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

/* ---- the tray ---- */

static size_t unshared(const struct papers_view *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->pages; i++)
        n += !v->page[i].shared && v->page[i].from != PAPERS_FROM_EXPERT;
    return n;
}

/* How it begins, with a drawing of the scanner. */
static void tray_how(struct kiosk_page *p)
{
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 6},
              });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_IMAGE,
                              .icon = KIOSK_ICON_PAPER_LID,
                              .icon_mm = p->low ? 18 : 30,
                              .ink = KIOSK_INK_BRAND,
                          });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_TEXT,
                              .name = kiosk_page_str(p, KIOSK_STR_PAPER_HOW),
                              .font = KIOSK_FONT_LEAD,
                              .box = {.grow = true},
                          });
    kiosk_tree_close(p->t);
}

static void tray_head(struct kiosk_page *p, const struct papers_view *v)
{
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_PAPER_TITLE));
    if (v->pages == 0)
        tray_how(p);
    tray_ask(p, &v->ask);
    tray_trouble(p, v);
    tray_left_out(p, v);
}

static void tray_share_all(struct kiosk_page *p, const struct papers_view *v)
{
    if (unshared(v) < 2)
        return;
    kiosk_page_button(
        p, &(struct kiosk_button){.id = "share-all",
                                  .text = KIOSK_STR_PAPER_SHARE_ALL,
                                  .icon = KIOSK_ICON_EYE,
                                  .intent = SESSION_INTENT_PAGE_SHARE});
}

void kiosk_paper_tray(struct kiosk_page *p, const struct papers_view *v)
{
    const struct kiosk_paper_button photo = {
        .button = {.id = "scan-camera",
                   .text = KIOSK_STR_PAPER_PHOTO,
                   .icon = KIOSK_ICON_CAMERA,
                   .look = v->sources ? KIOSK_LOOK_PLAIN : KIOSK_LOOK_PRIMARY,
                   .intent = SESSION_INTENT_SCAN},
        .remove = 1,
    };
    const struct kiosk_paper_button scan = {
        .button = {.id = "scan",
                   .text = KIOSK_STR_PAPER_SCAN,
                   .icon = KIOSK_ICON_SCAN_LINE,
                   .look = KIOSK_LOOK_PRIMARY,
                   .disabled = !v->sources,
                   .intent = SESSION_INTENT_SCAN},
    };
    const struct kiosk_paper_button *more[2] = {v->camera ? &photo : NULL,
                                                &scan};
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .id = "paper-tray",
                              .box = {.flow = KIOSK_PAGER,
                                      .align = KIOSK_STRETCH,
                                      .grow = true,
                                      .gap = p->low ? 3 : 5,
                                      .min_h = 44},
                          });
    tray_head(p, v);
    tray_pages(p, v);
    tray_share_all(p, v);
    tray_where(p, v);
    kiosk_paper_tools_close(p, &kiosk_paper_back, more);
}

/* ---- the scan ---- */

#define BAR_STEPS 20

static void scan_bar(struct kiosk_page *p, uint8_t percent)
{
    kiosk_tree_open(p->t, &(struct kiosk_node){
                              .box = {.flow = KIOSK_ROW, .gap = 1},
                          });
    for (int i = 0; i < BAR_STEPS; i++)
        kiosk_tree_leaf(
            p->t,
            &(struct kiosk_node){
                .look = KIOSK_LOOK_STEP,
                .state = percent * BAR_STEPS > i * 100 ? KIOSK_CHECKED : 0,
                .box = {.grow = true, .min_h = 5},
            });
    kiosk_tree_close(p->t);
}

/* The percentage is seen as it is, and spoken in quarters. */
static void scan_words(struct kiosk_page *p, const struct papers_view *v)
{
    char number[16];
    snprintf(number, sizeof(number), "%u", LK_MAX(v->scan_page, 1U));
    const char *name =
        kiosk_page_fill(p, KIOSK_STR_PAPER_SCANNING, "n", number);
    snprintf(number, sizeof(number), "%d",
             v->scan_percent - v->scan_percent % 25);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .id = "scanning",
                              .role = KIOSK_STATUS,
                              .name = name,
                              .label = name,
                              .value = kiosk_page_fill(
                                  p, KIOSK_STR_PAPER_PERCENT, "n", number),
                              .icon = KIOSK_ICON_SCAN_LINE,
                              .icon_mm = 12,
                              .font = KIOSK_FONT_NAME,
                              .ink = KIOSK_INK_BRAND,
                          });
}

void kiosk_paper_scanning(struct kiosk_page *p, const struct papers_view *v)
{
    char number[16];
    snprintf(number, sizeof(number), "%u", v->scan_percent);
    kiosk_page_spring(p);
    scan_words(p, v);
    scan_bar(p, v->scan_percent);
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_IMAGE,
                              .label = kiosk_page_fill(
                                  p, KIOSK_STR_PAPER_PERCENT, "n", number),
                              .font = KIOSK_FONT_LEAD,
                              .ink = KIOSK_INK_MUTED,
                          });
    kiosk_page_spring(p);
    kiosk_page_button(
        p, &(struct kiosk_button){.id = "scan-cancel",
                                  .text = KIOSK_STR_PAPER_STOP,
                                  .icon = KIOSK_ICON_X,
                                  .look = KIOSK_LOOK_LEAVE,
                                  .escape = true,
                                  .intent = SESSION_INTENT_SCAN_CANCEL});
}

/* ---- consent ---- */

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
        kiosk_str_count(p->lang, KIOSK_PLURAL_PAPER_CONSENT_ALL, unshared(v),
                        sizeof(text), text);
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

/* ---- all of them ---- */

static void paper_mode(struct kiosk_page *p, const struct papers_view *v)
{
    /* Another mode is spoken as another screen. */
    p->t->part = (uint32_t)v->mode + 1;
    switch (v->mode) {
    case PAPERS_TRAY:
        break;
    case PAPERS_SCANNING:
        kiosk_paper_scanning(p, v);
        return;
    case PAPERS_PAGE:
        kiosk_paper_page(p, v);
        return;
    case PAPERS_CROP:
        kiosk_paper_crop(p, v);
        return;
    case PAPERS_CONSENT:
        kiosk_paper_consent(p, v);
        return;
    case PAPERS_LOOK:
        kiosk_paper_together(p, v);
        return;
    }
    kiosk_paper_tray(p, v);
}

void kiosk_screen_paper(struct kiosk_page *p)
{
    static const struct papers_view nothing;
    /* They come a moment later than their screen. */
    struct kiosk_env env = *p->env;
    const struct kiosk_env *own = p->env;
    if (!env.papers)
        env.papers = &nothing;
    p->env = &env;
    kiosk_frame_open(p);
    paper_mode(p, env.papers);
    kiosk_frame_close(p);
    p->env = own;
    kiosk_page_end(p);
    kiosk_page_keyboard(p);
    kiosk_strip_call(p, NULL);
}
