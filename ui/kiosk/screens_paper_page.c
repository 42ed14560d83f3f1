/* One page of the citizen's own: turned, cropped, put in its place, shared. */
#include "kiosk/screens_paper.h"

#include <stdio.h>
#include <string.h>

/* ---- the page ---- */

/* Who sees it: the way on, and the way back. */
static void page_sharing(struct kiosk_page *p, const struct papers_page *page)
{
    const struct kiosk_paper_button share = {
        .button = {.id = "share",
                   .text = KIOSK_STR_PAPER_SHARE,
                   .icon = KIOSK_ICON_EYE,
                   .look = KIOSK_LOOK_PRIMARY,
                   .disabled = page->busy,
                   .intent = SESSION_INTENT_PAGE_SHARE},
        .at = page->id,
    };
    const struct kiosk_paper_button look = {
        .button = {.id = "look",
                   .text = KIOSK_STR_PAPER_LOOK,
                   .icon = KIOSK_ICON_USERS,
                   .look = KIOSK_LOOK_PRIMARY,
                   .intent = SESSION_INTENT_LOOK},
        .at = page->id,
        .version = PAPERS_ZOOM_MIN,
        .box = {PAPERS_WHOLE / 2, PAPERS_WHOLE / 2},
    };
    kiosk_paper_wide(p, page->shared ? &look : &share);
}

static void page_deeds(struct kiosk_page *p, const struct papers_view *v,
                       size_t place)
{
    static const struct kiosk_button all[] = {
        {.id = "turn",
         .text = KIOSK_STR_PAPER_TURN,
         .icon = KIOSK_ICON_ROTATE_CW,
         .intent = SESSION_INTENT_PAGE_TURN},
        {.id = "straighten",
         .text = KIOSK_STR_PAPER_STRAIGHTEN,
         .icon = KIOSK_ICON_RULER,
         .intent = SESSION_INTENT_PAGE_STRAIGHTEN},
        {.id = "crop",
         .text = KIOSK_STR_PAPER_CROP,
         .icon = KIOSK_ICON_CROP,
         .intent = SESSION_INTENT_PAGE_CROP},
        {.id = "again",
         .text = KIOSK_STR_PAPER_AGAIN,
         .icon = KIOSK_ICON_REFRESH_CW,
         .intent = SESSION_INTENT_PAGE_AGAIN},
        {.id = "earlier",
         .text = KIOSK_STR_PAPER_EARLIER,
         .icon = KIOSK_ICON_ARROW_UP,
         .intent = SESSION_INTENT_PAGE_EARLIER},
        {.id = "later",
         .text = KIOSK_STR_PAPER_LATER,
         .icon = KIOSK_ICON_ARROW_DOWN,
         .intent = SESSION_INTENT_PAGE_LATER},
        {.id = "remove",
         .text = KIOSK_STR_FORM_REMOVE,
         .icon = KIOSK_ICON_TRASH_2,
         .look = KIOSK_LOOK_LEAVE,
         .intent = SESSION_INTENT_PAGE_REMOVE},
    };
    const struct papers_page *page = &v->page[place];
    for (size_t i = 0; i < LK_ARRAY_LEN(all); i++) {
        struct kiosk_paper_button b = {.button = all[i], .at = page->id};
        enum session_intent_kind does = b.button.intent;
        b.remove = does == SESSION_INTENT_PAGE_TURN; /* one quarter */
        if (does == SESSION_INTENT_PAGE_AGAIN &&
            page->from == PAPERS_FROM_CAMERA)
            b.button.text = KIOSK_STR_PAPER_PHOTO_AGAIN;
        b.button.disabled =
            page->busy || (does == SESSION_INTENT_PAGE_EARLIER && place == 0) ||
            (does == SESSION_INTENT_PAGE_LATER && place + 1 == v->pages);
        kiosk_paper_tile(p, &b);
    }
}

static void page_unshare(struct kiosk_page *p, const struct papers_page *page)
{
    kiosk_paper_tile(p, &(struct kiosk_paper_button){
                            .button = {.id = "unshare",
                                       .text = KIOSK_STR_PAPER_UNSHARE,
                                       .icon = KIOSK_ICON_EYE_OFF,
                                       .intent = SESSION_INTENT_PAGE_UNSHARE},
                            .at = page->id,
                        });
}

void kiosk_paper_page(struct kiosk_page *p, const struct papers_view *v)
{
    size_t place = kiosk_paper_place(v, v->at);
    if (place == SIZE_MAX) {
        kiosk_paper_tray(p, v); /* it has gone */
        return;
    }
    const struct papers_page *page = &v->page[place];
    struct kiosk_node sheet = kiosk_paper_sheet(page);
    sheet.id = "paper-view";
    sheet.name = kiosk_paper_name(p, place);
    kiosk_paper_body_open(p);
    kiosk_tree_leaf(p->t, &sheet);
    kiosk_paper_tools_open(p);
    kiosk_paper_head(p, v, place);
    kiosk_paper_trouble(p, v);
    page_sharing(p, page);
    kiosk_paper_grid_open(p);
    if (page->shared)
        page_unshare(p, page);
    kiosk_paper_attach(p, v, page);
    page_deeds(p, v, place);
    kiosk_tree_close(p->t);
    kiosk_paper_tools_close(p, &kiosk_paper_back, NULL);
    kiosk_paper_body_close(p);
}

/* ---- its edges ---- */

/* How far an edge is in from its own side of the page, percent. */
static int edge_in(const uint16_t edge[4], int k)
{
    int by = k < 2 ? edge[k] : PAPERS_WHOLE - edge[k];
    return by * 100 / PAPERS_WHOLE;
}

static void edge_button(struct kiosk_page *p, const uint16_t edge[4], int k,
                        bool inward)
{
    static const char *const ids[4][2] = {
        {"crop-left-out", "crop-left-in"},
        {"crop-top-out", "crop-top-in"},
        {"crop-right-out", "crop-right-in"},
        {"crop-bottom-out", "crop-bottom-in"}};
    static const enum kiosk_str names[4] = {
        KIOSK_STR_PAPER_EDGE_LEFT, KIOSK_STR_PAPER_EDGE_TOP,
        KIOSK_STR_PAPER_EDGE_RIGHT, KIOSK_STR_PAPER_EDGE_BOTTOM};
    static const enum kiosk_icon arrows[4] = {
        KIOSK_ICON_CHEVRON_RIGHT, KIOSK_ICON_CHEVRON_DOWN,
        KIOSK_ICON_CHEVRON_LEFT, KIOSK_ICON_CHEVRON_UP};
    char number[16];
    int by = (k < 2) == inward ? KIOSK_CROP_STEP : -KIOSK_CROP_STEP;
    struct kiosk_paper_button b = {
        .button = {.id = ids[k][inward],
                   .text = names[k],
                   .icon = arrows[inward ? k : (k + 2) % 4],
                   .intent = SESSION_INTENT_PAGE_CROP_EDGES}};
    memcpy(b.box, edge, sizeof(b.box));
    kiosk_paper_edge(b.box, k, edge[k] + by);
    b.button.disabled = b.box[k] == edge[k];
    b.name = kiosk_tree_printf(
        p->t, "%s, %s", kiosk_page_str(p, names[k]),
        kiosk_page_str(p, inward ? KIOSK_STR_PAPER_IN : KIOSK_STR_PAPER_OUT));
    snprintf(number, sizeof(number), "%d", edge_in(edge, k));
    b.button.value = kiosk_page_fill(p, KIOSK_STR_PAPER_PERCENT, "n", number);
    kiosk_paper_key(p, &b);
}

/* The buttons as they lie: the one to the left moves it to the left. */
static void edge_row(struct kiosk_page *p, const uint16_t edge[4], int k)
{
    static const enum kiosk_str names[4] = {
        KIOSK_STR_PAPER_EDGE_LEFT, KIOSK_STR_PAPER_EDGE_TOP,
        KIOSK_STR_PAPER_EDGE_RIGHT, KIOSK_STR_PAPER_EDGE_BOTTOM};
    kiosk_tree_open(
        p->t, &(struct kiosk_node){
                  .box = {.flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 3},
              });
    kiosk_tree_leaf(p->t, &(struct kiosk_node){
                              .role = KIOSK_IMAGE,
                              .label = kiosk_page_str(p, names[k]),
                              .font = KIOSK_FONT_BODY,
                              .box = {.grow = true},
                          });
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .box = {.flow = KIOSK_ROW, .fixed = true, .gap = KIOSK_KEY_GAP_MM},
        });
    edge_button(p, edge, k, k >= 2);
    edge_button(p, edge, k, k < 2);
    kiosk_tree_close(p->t);
    kiosk_tree_close(p->t);
}

void kiosk_paper_crop(struct kiosk_page *p, const struct papers_view *v)
{
    static const struct kiosk_paper_button ok = {
        .button = {.id = "crop-ok",
                   .text = KIOSK_STR_PAPER_CROP_OK,
                   .icon = KIOSK_ICON_CROP,
                   .look = KIOSK_LOOK_PRIMARY,
                   .intent = SESSION_INTENT_PAGE_CROP_OK},
    };
    const struct kiosk_paper_button *more[2] = {NULL, &ok};
    const struct kiosk_paper *hand = kiosk_paper_hand(p);
    const uint16_t *edge = hand->crops ? hand->crop : v->crop;
    size_t place = kiosk_paper_place(v, v->at);
    if (place == SIZE_MAX) {
        kiosk_paper_tray(p, v);
        return;
    }
    struct kiosk_node sheet = kiosk_paper_sheet(&v->page[place]);
    sheet.id = "paper-view";
    sheet.name = kiosk_paper_name(p, place);
    sheet.sheet.crops = sheet.sheet.touched = true;
    memcpy(sheet.sheet.edge, edge, sizeof(sheet.sheet.edge));
    kiosk_paper_body_open(p);
    kiosk_tree_leaf(p->t, &sheet);
    kiosk_paper_tools_open(p);
    kiosk_page_text(p, KIOSK_FONT_NAME, KIOSK_INK_TEXT,
                    kiosk_page_str(p, KIOSK_STR_PAPER_CROP));
    kiosk_page_text(p, KIOSK_FONT_BODY, KIOSK_INK_MUTED,
                    kiosk_page_str(p, KIOSK_STR_PAPER_CROP_HOW));
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .box = {.flow = KIOSK_GRID, .cols = p->wide ? 1 : 2, .gap = 3},
        });
    for (int k = 0; k < 4; k++)
        edge_row(p, edge, k);
    kiosk_tree_close(p->t);
    kiosk_paper_tools_close(p, &kiosk_paper_back, more);
    kiosk_paper_body_close(p);
}
