/* The papers of a visit: all pages and the way to more of them. */
#include "kiosk/screens_paper.h"

#include "kiosk/keyboard.h"
#include "kiosk/screens_expert.h"

#define PART_MAX 24 /* pages in one grid (KIOSK_CHILDREN_MAX) */

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

/* ---- the tray ---- */

/* How it begins, with a drawing of the machine. */
static void tray_how(struct kiosk_page *p, const struct papers_view *v)
{
    bool camera = v->camera && !v->sources;
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 6},
              });
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .role = KIOSK_IMAGE,
                  .icon = camera ? KIOSK_ICON_CAMERA : KIOSK_ICON_PAPER_LID,
                  .icon_mm = p->low ? 18 : 30,
                  .ink = KIOSK_INK_BRAND,
              });
    kiosk_tree_leaf(
        p->t, &(struct kiosk_node){
                  .role = KIOSK_TEXT,
                  .name = kiosk_page_str(p, camera ? KIOSK_STR_PAPER_HOW_CAMERA
                                                   : KIOSK_STR_PAPER_HOW),
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
        tray_how(p, v);
    kiosk_paper_news(p, v);
}

static void tray_share_all(struct kiosk_page *p, const struct papers_view *v)
{
    if (kiosk_paper_unshared(v) < 2)
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
    kiosk_paper_where(p, v);
    kiosk_paper_tools_close(p, &kiosk_paper_back, more);
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
    case PAPERS_AIM:
        kiosk_paper_aim(p, v);
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
