#include "kiosk/paper_touch.h"

#include "base/clock.h"
#include "kiosk/ui_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The same as PAPERS_POINTS_US, which the other end keeps. */
#define TELL_US INT64_C(33333)

static int sheet_at(const struct kiosk_ui *ui, int x, int y)
{
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    int i = kiosk_tree_hit(t, x, y);
    bool sheet = i >= 0 && t->node[i].look == KIOSK_LOOK_SHEET &&
                 t->node[i].sheet.touched;
    return sheet ? i : -1;
}

/* The page that fingers are on, or NULL: it has gone. */
static const struct kiosk_node *sheet_of(const struct kiosk_ui *ui)
{
    const struct kiosk_tree *t = kiosk_ui_tree(ui);
    int i = kiosk_tree_find(t, "paper-view");
    return i >= 0 && t->node[i].sheet.touched ? &t->node[i] : NULL;
}

static void tell(struct kiosk_ui *ui, const struct session_intent *i)
{
    ui->paper.told_us = lk_clock_us();
    ui->config.intent(ui->config.arg, i);
}

/* Whether it is time to tell of a movement. */
static bool is_due(const struct kiosk_ui *ui, bool last)
{
    return last || lk_clock_us() - ui->paper.told_us >= TELL_US;
}

/* ---- pointing and drawing ---- */

static void point(struct kiosk_ui *ui, const struct kiosk_node *n,
                  const uint16_t at[2], bool last)
{
    if (!is_due(ui, last))
        return;
    tell(ui, &(struct session_intent){.kind = SESSION_INTENT_POINT,
                                      .at = n->sheet.page,
                                      .box = {at[0], at[1]}});
}

/* Less than this is a finger that was only put down, 1/PAPERS_WHOLE. */
#define MARK_LEAST 60

static void draw(struct kiosk_ui *ui, const struct kiosk_node *n,
                 const uint16_t at[2], bool last)
{
    struct kiosk_paper *h = &ui->paper;
    int far = LK_MAX(abs(at[0] - h->from[0]), abs(at[1] - h->from[1]));
    h->draft = (struct papers_mark){
        .id = !last,
        .kind = h->tool == KIOSK_TOOL_BOX ? PAPERS_BOX : PAPERS_LINE,
        .mine = true,
        .x = h->from[0],
        .y = h->from[1],
        .to_x = at[0],
        .to_y = at[1],
    };
    ui->stale = true;
    if (last && far >= MARK_LEAST)
        tell(ui, &(struct session_intent){
                     .kind = SESSION_INTENT_MARK,
                     .at = n->sheet.page,
                     .remove = h->draft.kind,
                     .box = {h->from[0], h->from[1], at[0], at[1]}});
}

/* ---- moving the page ---- */

/* The page's middle such that what was under the finger stays there. */
static void pan(struct kiosk_ui *ui, const struct kiosk_node *n, int x, int y,
                bool last)
{
    struct kiosk_paper *h = &ui->paper;
    struct kiosk_spread p = kiosk_sheet_spread(&n->sheet, n->rect);
    uint16_t at[2];
    kiosk_sheet_from(&p, x, y, at);
    struct papers_look l = kiosk_paper_look(h, ui->papers);
    l.x = kiosk_sheet_move(l.x, h->from[0] - at[0]);
    l.y = kiosk_sheet_move(l.y, h->from[1] - at[1]);
    /* Beyond its ends the page stays, and so does its middle. */
    struct kiosk_sheet s = n->sheet;
    s.x = l.x;
    s.y = l.y;
    p = kiosk_sheet_spread(&s, n->rect);
    uint16_t mid[2];
    kiosk_sheet_from(&p, n->rect.x + n->rect.w / 2.0,
                     n->rect.y + n->rect.h / 2.0, mid);
    l.x = mid[0];
    l.y = mid[1];
    bool moved = l.x != n->sheet.x || l.y != n->sheet.y;
    h->look = l;
    h->looks = true;
    ui->stale = ui->stale || moved;
    if ((moved || last) && is_due(ui, last))
        tell(ui, &(struct session_intent){.kind = SESSION_INTENT_LOOK,
                                          .at = l.page,
                                          .remove = l.turn,
                                          .version = l.zoom,
                                          .box = {l.x, l.y}});
}

/* ---- edges ---- */

static int nearest_edge(const uint16_t edge[4], const uint16_t at[2])
{
    int best = 0;
    for (int k = 1; k < 4; k++)
        if (abs(at[k % 2] - edge[k]) < abs(at[best % 2] - edge[best]))
            best = k;
    return best;
}

static void crop(struct kiosk_ui *ui, const uint16_t at[2], bool last)
{
    struct kiosk_paper *h = &ui->paper;
    kiosk_paper_edge(h->crop, h->edge, at[h->edge % 2]);
    ui->stale = true;
    if (!is_due(ui, last))
        return;
    struct session_intent i = {.kind = SESSION_INTENT_PAGE_CROP_EDGES};
    memcpy(i.box, h->crop, sizeof(i.box));
    tell(ui, &i);
}

/* ---- fingers ---- */

static void follow(struct kiosk_ui *ui, int x, int y, bool last)
{
    const struct kiosk_node *n = sheet_of(ui);
    uint16_t at[2];
    if (!n || !ui->papers)
        return;
    struct kiosk_spread p = kiosk_sheet_spread(&n->sheet, n->rect);
    kiosk_sheet_from(&p, x, y, at);
    if (n->sheet.crops)
        crop(ui, at, last);
    else if (ui->paper.tool == KIOSK_TOOL_MOVE)
        pan(ui, n, x, y, last);
    else if (ui->paper.tool == KIOSK_TOOL_LINE ||
             ui->paper.tool == KIOSK_TOOL_BOX)
        draw(ui, n, at, last);
    else
        point(ui, n, at, last);
}

bool kiosk_paper_down(struct kiosk_ui *ui, int x, int y)
{
    struct kiosk_paper *h = &ui->paper;
    int i = sheet_at(ui, x, y);
    if (i < 0 || !ui->papers)
        return false;
    const struct kiosk_node *n = &kiosk_ui_tree(ui)->node[i];
    struct kiosk_spread p = kiosk_sheet_spread(&n->sheet, n->rect);
    kiosk_sheet_from(&p, x, y, h->from);
    h->held = true;
    h->anchored = false;
    h->told_us = 0;
    if (n->sheet.crops) {
        memcpy(h->crop, n->sheet.edge, sizeof(h->crop));
        h->crops = true;
        h->edge = nearest_edge(h->crop, h->from);
    }
    if (h->tool == KIOSK_TOOL_POINT || h->tool == KIOSK_TOOL_TEXT)
        follow(ui, x, y, false);
    return true;
}

void kiosk_paper_moved(struct kiosk_ui *ui, int x, int y)
{
    follow(ui, x, y, false);
}

void kiosk_paper_up(struct kiosk_ui *ui, int x, int y)
{
    follow(ui, x, y, true);
    ui->paper.held = false;
    ui->paper.draft = (struct papers_mark){0};
    ui->stale = true;
}

void kiosk_paper_pick(struct kiosk_ui *ui, const struct kiosk_node *n)
{
    struct kiosk_paper *h = &ui->paper;
    bool set = n->remove == KIOSK_TOOLS;
    ui->stale = true;
    h->anchored = set;
    if (set) {
        memcpy(h->anchor, n->at_box, sizeof(h->anchor));
        return;
    }
    h->tool = (enum kiosk_tool)n->remove;
    /* A pointer that is put away is not left lying about. */
    if (h->tool == KIOSK_TOOL_MOVE && ui->papers && ui->papers->mine.here)
        tell(ui, &(struct session_intent){.kind = SESSION_INTENT_POINT});
}

void kiosk_paper_settle(struct kiosk_ui *ui)
{
    struct kiosk_paper *h = &ui->paper;
    if (h->held)
        return;
    h->looks = false;
    h->crops = false;
}
