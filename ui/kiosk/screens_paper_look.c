/* A page that both look at: zoomed, turned, pointed at, drawn upon. */
#include "kiosk/screens_paper.h"

#include "kiosk/keyboard.h"

#include <stdio.h>
#include <string.h>

#define SAID_MAX 12 /* the newest of the expert's marks that are spoken */

/* What the buttons are about. */
struct looking {
    const struct papers_view *v;
    const struct kiosk_paper *hand;
    struct papers_look look;
    const struct papers_page *page;
    size_t place;
    uint16_t cursor[2]; /* where the buttons' own pointer is */
};

static struct kiosk_paper_button look_at(const struct looking *l,
                                         const struct kiosk_button *b)
{
    return (struct kiosk_paper_button){
        .button = *b,
        .at = l->look.page,
        .remove = l->look.turn,
        .version = l->look.zoom,
        .box = {l->look.x, l->look.y},
    };
}

/* ---- the page itself ---- */

static void look_sheet(struct kiosk_page *p, const struct looking *l)
{
    struct kiosk_node n = kiosk_paper_sheet(l->page);
    struct kiosk_sheet *s = &n.sheet;
    if (kiosk_page_typing(p))
        n.box.min_h = 8;
    n.id = "paper-view";
    n.name = kiosk_paper_name(p, l->place);
    s->picture = l->v->detail ? l->v->detail : l->page->preview;
    s->turn = l->look.turn;
    s->zoom = l->look.zoom;
    s->x = l->look.x;
    s->y = l->look.y;
    s->touched = true;
    s->mark = l->v->mark;
    s->marks = LK_MIN(l->v->marks, (size_t)PAPERS_MARKS_MAX);
    s->marks_sum = kiosk_sheet_marks_sum(s->mark, s->marks);
    s->draft = l->hand->draft;
    s->theirs = (struct kiosk_sheet_point){
        l->v->theirs.here, l->v->theirs.x, l->v->theirs.y,
        kiosk_page_own(p, p->view->expert_name)};
    s->mine =
        (struct kiosk_sheet_point){l->v->mine.here, l->v->mine.x, l->v->mine.y,
                                   kiosk_page_str(p, KIOSK_STR_SELF)};
    if (l->hand->anchored) {
        s->draft = (struct papers_mark){
            .id = 1,
            .mine = true,
            .kind = l->hand->tool == KIOSK_TOOL_BOX ? PAPERS_BOX : PAPERS_LINE,
            .x = l->hand->anchor[0],
            .y = l->hand->anchor[1],
            .to_x = l->cursor[0],
            .to_y = l->cursor[1],
        };
    }
    kiosk_tree_leaf(p->t, &n);
}

/* ---- what one hears of the expert ---- */

static const char *who_page(struct kiosk_page *p, enum kiosk_str text,
                            size_t place)
{
    char number[16];
    char some[256];
    char all[256];
    snprintf(number, sizeof(number), "%zu", place + 1);
    kiosk_str_fill(kiosk_page_str(p, text), "n", number, sizeof(some), some);
    kiosk_str_fill(some, "who", p->view->expert_name, sizeof(all), all);
    return kiosk_page_own(p, all);
}

/* In thirds of what is seen when the page is not turned: each is said once. */
static void said_point(struct kiosk_page *p, const struct looking *l)
{
    static const enum kiosk_str thirds[] = {KIOSK_STR_PAPER_POINT_TOP,
                                            KIOSK_STR_PAPER_POINT_MIDDLE,
                                            KIOSK_STR_PAPER_POINT_BOTTOM};
    int third = LK_MIN(l->v->theirs.y * 3 / PAPERS_WHOLE, 2);
    if (l->v->theirs.here)
        kiosk_paper_said(p, "paper-point",
                         who_page(p, thirds[third], l->place));
}

/* "40 % from the left, 25 % from above". */
static const char *where(struct kiosk_page *p, const uint16_t at[2])
{
    char number[16];
    char some[160];
    char all[160];
    snprintf(number, sizeof(number), "%d", at[0] * 100 / PAPERS_WHOLE);
    kiosk_str_fill(kiosk_page_str(p, KIOSK_STR_PAPER_AT), "x", number,
                   sizeof(some), some);
    snprintf(number, sizeof(number), "%d", at[1] * 100 / PAPERS_WHOLE);
    kiosk_str_fill(some, "y", number, sizeof(all), all);
    return kiosk_page_own(p, all);
}

/* With its place: who does not see it can ask about that. */
static void said_mark(struct kiosk_page *p, const struct papers_mark *m)
{
    char some[512];
    char all[512];
    enum kiosk_str text = KIOSK_STR_PAPER_WORDS_BY;
    if (m->kind == PAPERS_LINE)
        text = KIOSK_STR_PAPER_LINE_BY;
    if (m->kind == PAPERS_BOX)
        text = KIOSK_STR_PAPER_BOX_BY;
    kiosk_str_fill(kiosk_page_str(p, text), "who", p->view->expert_name,
                   sizeof(some), some);
    kiosk_str_fill(some, "text", m->text, sizeof(all), all);
    const uint16_t middle[2] = {(uint16_t)((m->x + m->to_x) / 2),
                                (uint16_t)((m->y + m->to_y) / 2)};
    const uint16_t begin[2] = {m->x, m->y};
    const char *at = where(p, m->kind == PAPERS_TEXT ? begin : middle);
    kiosk_paper_said(
        p, kiosk_tree_printf(p->t, "mark-%u", m->id),
        kiosk_tree_printf(p->t, "%s%s %s.", all,
                          strchr(".!?", all[strlen(all) - 1]) ? "" : ".", at));
    /* As all that the expert writes. */
    p->t->node[p->t->n - 1].private = m->kind == PAPERS_TEXT;
}

static void said_all(struct kiosk_page *p, const struct looking *l)
{
    size_t theirs = 0;
    said_point(p, l);
    for (size_t i = l->v->marks; i > 0 && theirs < SAID_MAX; i--) {
        if (l->v->mark[i - 1].mine)
            continue;
        said_mark(p, &l->v->mark[i - 1]);
        theirs++;
    }
}

/* ---- looking closer ---- */

static void zoom_tiles(struct kiosk_page *p, const struct looking *l)
{
    static const struct kiosk_button in = {.id = "look-in",
                                           .text = KIOSK_STR_PAPER_ZOOM_IN,
                                           .icon = KIOSK_ICON_ZOOM_IN,
                                           .intent = SESSION_INTENT_LOOK};
    static const struct kiosk_button out = {.id = "look-out",
                                            .text = KIOSK_STR_PAPER_ZOOM_OUT,
                                            .icon = KIOSK_ICON_ZOOM_OUT,
                                            .intent = SESSION_INTENT_LOOK};
    static const struct kiosk_button turn = {.id = "look-turn",
                                             .text = KIOSK_STR_PAPER_TURN,
                                             .icon = KIOSK_ICON_ROTATE_CW,
                                             .intent = SESSION_INTENT_LOOK};
    char number[16];
    snprintf(number, sizeof(number), "%u", l->look.zoom);
    const char *percent =
        kiosk_page_fill(p, KIOSK_STR_PAPER_PERCENT, "n", number);
    struct kiosk_paper_button b = look_at(l, &in);
    b.version = kiosk_paper_zoom(l->look.zoom, true);
    b.button.disabled = l->look.zoom >= PAPERS_ZOOM_MAX;
    b.button.value = percent;
    kiosk_paper_tile(p, &b);
    b = look_at(l, &out);
    b.version = kiosk_paper_zoom(l->look.zoom, false);
    b.button.disabled = l->look.zoom <= PAPERS_ZOOM_MIN;
    b.button.value = percent;
    kiosk_paper_tile(p, &b);
    b = look_at(l, &turn);
    b.remove = (l->look.turn + 1) & 3;
    kiosk_paper_tile(p, &b);
}

/* ---- tools ---- */

static void tool_tiles(struct kiosk_page *p, const struct looking *l)
{
    static const struct kiosk_button tools[KIOSK_TOOLS] = {
        [KIOSK_TOOL_MOVE] = {.id = "tool-move",
                             .text = KIOSK_STR_PAPER_MOVE,
                             .icon = KIOSK_ICON_HAND},
        [KIOSK_TOOL_POINT] = {.id = "tool-point",
                              .text = KIOSK_STR_PAPER_POINT,
                              .icon = KIOSK_ICON_POINTER},
        [KIOSK_TOOL_LINE] = {.id = "tool-line",
                             .text = KIOSK_STR_PAPER_LINE,
                             .icon = KIOSK_ICON_SLASH},
        [KIOSK_TOOL_BOX] = {.id = "tool-box",
                            .text = KIOSK_STR_PAPER_BOX,
                            .icon = KIOSK_ICON_SQUARE},
        [KIOSK_TOOL_TEXT] = {.id = "tool-text",
                             .text = KIOSK_STR_PAPER_TEXT,
                             .icon = KIOSK_ICON_TYPE},
    };
    for (int i = 0; i < KIOSK_TOOLS; i++) {
        struct kiosk_paper_button b = {.button = tools[i],
                                       .act = KIOSK_ACT_TOOL,
                                       .at = l->look.page,
                                       .remove = (uint32_t)i};
        b.button.checked = l->hand->tool == (enum kiosk_tool)i;
        kiosk_paper_tile(p, &b);
    }
}

/* Moves what is seen of the page, or one's own pointer on it. */
static void way_tiles(struct kiosk_page *p, const struct looking *l)
{
    static const struct {
        struct kiosk_button button;
        int dx, dy;
    } ways[] = {
        {{.id = "look-left",
          .text = KIOSK_STR_PAPER_LEFT,
          .icon = KIOSK_ICON_CHEVRON_LEFT},
         -1,
         0},
        {{.id = "look-right",
          .text = KIOSK_STR_PAPER_RIGHT,
          .icon = KIOSK_ICON_CHEVRON_RIGHT},
         1,
         0},
        {{.id = "look-up",
          .text = KIOSK_STR_PAPER_UP,
          .icon = KIOSK_ICON_CHEVRON_UP},
         0,
         -1},
        {{.id = "look-down",
          .text = KIOSK_STR_PAPER_DOWN,
          .icon = KIOSK_ICON_CHEVRON_DOWN},
         0,
         1},
    };
    bool moves = l->hand->tool == KIOSK_TOOL_MOVE;
    int step =
        moves ? PAPERS_WHOLE * 30 / LK_MAX(l->look.zoom, 1) : KIOSK_POINT_STEP;
    const uint16_t from[2] = {moves ? l->look.x : l->cursor[0],
                              moves ? l->look.y : l->cursor[1]};
    /* As they lie, whichever way one reads. */
    kiosk_tree_open(
        p->t,
        &(struct kiosk_node){
            .box = {.flow = KIOSK_ROW, .fixed = true, .gap = KIOSK_KEY_GAP_MM},
        });
    for (size_t i = 0; i < LK_ARRAY_LEN(ways); i++) {
        struct kiosk_paper_button b = look_at(l, &ways[i].button);
        int by[2];
        kiosk_paper_step(l->look.turn, ways[i].dx * step, ways[i].dy * step,
                         by);
        b.button.intent = moves ? SESSION_INTENT_LOOK : SESSION_INTENT_POINT;
        b.box[0] = kiosk_sheet_move(from[0], by[0]);
        b.box[1] = kiosk_sheet_move(from[1], by[1]);
        b.button.value = where(p, from);
        b.button.disabled = (moves && l->look.zoom <= PAPERS_ZOOM_MIN) ||
                            (b.box[0] == from[0] && b.box[1] == from[1]);
        kiosk_paper_key(p, &b);
    }
    kiosk_tree_close(p->t);
}

/* By buttons a line or a frame begins and ends where one's pointer is. */
static void set_tile(struct kiosk_page *p, const struct looking *l)
{
    const struct kiosk_paper *h = l->hand;
    struct kiosk_paper_button b = {
        .button = {.id = "mark-set",
                   .text = h->anchored ? KIOSK_STR_PAPER_SET_END
                                       : KIOSK_STR_PAPER_SET_START,
                   .value = where(p, l->cursor),
                   .icon = KIOSK_ICON_CHECK,
                   .intent = SESSION_INTENT_MARK},
        .act = h->anchored ? KIOSK_ACT_INTENT : KIOSK_ACT_TOOL,
        .at = l->look.page,
        .box = {l->cursor[0], l->cursor[1]},
    };
    if (h->tool != KIOSK_TOOL_LINE && h->tool != KIOSK_TOOL_BOX)
        return;
    b.remove = h->anchored
                   ? (h->tool == KIOSK_TOOL_BOX ? PAPERS_BOX : PAPERS_LINE)
                   : (uint32_t)KIOSK_TOOLS;
    if (h->anchored) {
        memcpy(b.box, h->anchor, sizeof(h->anchor));
        memcpy(b.box + 2, l->cursor, sizeof(l->cursor));
    }
    kiosk_paper_tile(p, &b);
}

/* How far a point lies outside of a mark, squared. */
static int64_t mark_far(const struct papers_mark *m, const uint16_t at[2])
{
    int64_t dx = LK_MAX(
        LK_MAX(LK_MIN(m->x, m->to_x) - at[0], at[0] - LK_MAX(m->x, m->to_x)),
        0);
    int64_t dy = LK_MAX(
        LK_MAX(LK_MIN(m->y, m->to_y) - at[1], at[1] - LK_MAX(m->y, m->to_y)),
        0);
    return dx * dx + dy * dy;
}

/* The one that is pointed at; else the citizen's newest, else the expert's.
 * NULL: there is none. */
static const struct papers_mark *unmark_which(const struct looking *l)
{
    const struct papers_mark *best = NULL;
    for (size_t i = 0; i < l->v->marks; i++) {
        const struct papers_mark *m = &l->v->mark[i];
        bool better = !best || m->mine >= best->mine;
        if (best && l->v->mine.here)
            better = mark_far(m, l->cursor) <= mark_far(best, l->cursor);
        if (better)
            best = m;
    }
    return best;
}

static void unmark_tile(struct kiosk_page *p, const struct looking *l)
{
    const struct papers_mark *m = unmark_which(l);
    const uint16_t at[2] = {m ? m->x : 0, m ? m->y : 0};
    struct kiosk_paper_button b = {
        .button = {.id = "unmark",
                   .text = KIOSK_STR_PAPER_UNMARK,
                   .icon = KIOSK_ICON_UNDO_2,
                   .intent = SESSION_INTENT_UNMARK},
        .at = l->look.page,
        .version = m ? m->id : 0,
    };
    if (!m)
        return;
    b.button.value = where(p, at);
    kiosk_paper_tile(p, &b);
}

static void words_field(struct kiosk_page *p, const struct looking *l)
{
    struct kiosk_node n = {
        .id = "mark-text",
        .role = KIOSK_FIELD,
        .name = kiosk_page_str(p, KIOSK_STR_PAPER_WORDS),
        .look = KIOSK_LOOK_FIELD,
        .font = KIOSK_FONT_BODY,
        .foreign = true,
        .field = {.hint = kiosk_page_str(p, KIOSK_STR_PAPER_WORDS_HINT),
                  .max = PAPERS_MARK_TEXT_MAX - 1,
                  .sends = true,
                  .once = true,
                  .submit = SESSION_INTENT_MARK},
        .at = l->look.page,
        .remove = PAPERS_TEXT,
        .at_box = {l->cursor[0], l->cursor[1], l->cursor[0], l->cursor[1]},
        .box = {.pad_x = 4, .pad_y = 2, .min_h = KIOSK_TARGET_MM},
    };
    if (l->hand->tool == KIOSK_TOOL_TEXT)
        kiosk_page_field_node(p, &n);
}

/* ---- other pages ---- */

static void page_tiles(struct kiosk_page *p, const struct looking *l)
{
    static const struct kiosk_button ways[2] = {
        {.id = "look-previous",
         .text = KIOSK_STR_PAPER_PREVIOUS,
         .icon = KIOSK_ICON_ARROW_LEFT,
         .intent = SESSION_INTENT_LOOK},
        {.id = "look-next",
         .text = KIOSK_STR_PAPER_NEXT,
         .icon = KIOSK_ICON_ARROW_RIGHT,
         .intent = SESSION_INTENT_LOOK},
    };
    uint32_t to[2] = {kiosk_paper_beside(l->v, l->look.page, false),
                      kiosk_paper_beside(l->v, l->look.page, true)};
    for (int i = 0; i < 2 && (to[0] || to[1]); i++) {
        struct kiosk_paper_button b = {
            .button = ways[i],
            .at = to[i],
            .version = PAPERS_ZOOM_MIN,
            .box = {PAPERS_WHOLE / 2, PAPERS_WHOLE / 2},
        };
        b.button.disabled = to[i] == 0;
        kiosk_paper_tile(p, &b);
    }
    if (l->page->from == PAPERS_FROM_EXPERT)
        return;
    kiosk_paper_attach(p, l->v, l->page);
    kiosk_paper_tile(p, &(struct kiosk_paper_button){
                            .button = {.id = "unshare",
                                       .text = KIOSK_STR_PAPER_UNSHARE,
                                       .icon = KIOSK_ICON_EYE_OFF,
                                       .look = KIOSK_LOOK_LEAVE,
                                       .intent = SESSION_INTENT_PAGE_UNSHARE},
                            .at = l->look.page,
                        });
}

/* ---- all of it ---- */

static void look_tools(struct kiosk_page *p, const struct looking *l)
{
    kiosk_paper_tools_open(p);
    kiosk_tree_open(p->t, &(struct kiosk_node){.box = {.flow = KIOSK_COLUMN}});
    kiosk_paper_head(p, l->v, l->place);
    said_all(p, l);
    kiosk_tree_close(p->t);
    words_field(p, l);
    kiosk_paper_grid_open(p);
    zoom_tiles(p, l);
    tool_tiles(p, l);
    set_tile(p, l);
    unmark_tile(p, l);
    page_tiles(p, l);
    kiosk_tree_close(p->t);
    way_tiles(p, l);
    kiosk_paper_tools_close(p, &kiosk_paper_back, NULL);
}

void kiosk_paper_together(struct kiosk_page *p, const struct papers_view *v)
{
    struct looking l = {.v = v, .hand = kiosk_paper_hand(p)};
    l.look = kiosk_paper_look(l.hand, v);
    l.place = kiosk_paper_place(v, l.look.page);
    if (l.place == SIZE_MAX) {
        kiosk_paper_tray(p, v);
        return;
    }
    l.page = &v->page[l.place];
    l.cursor[0] = v->mine.here ? v->mine.x : l.look.x;
    l.cursor[1] = v->mine.here ? v->mine.y : l.look.y;
    kiosk_paper_body_open(p);
    look_sheet(p, &l);
    if (!kiosk_page_typing(p))
        look_tools(p, &l);
    else
        words_field(p, &l);
    kiosk_paper_body_close(p);
}
