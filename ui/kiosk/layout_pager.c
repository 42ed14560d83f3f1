/* Pages: which children of a pager are shown together. */
#include "kiosk/layout_priv.h"

#include "kiosk/strings.h"

#include <stdio.h>

/* What a pager is split into, in order: nodes that are shown as a whole. */
struct atoms {
    int n;
    int at[KIOSK_NODES_MAX];
    int pages;
    int first[KIOSK_PAGES_MAX]; /* of each page */
    int next[KIOSK_PAGES_MAX];  /* behind its last */
};

/* Tried in turn before anything goes to another page. */
static const float tights[] = {1.0f, 0.75f, 0.5f};

static bool leaf_yields(const struct kiosk_node *n)
{
    return n->box.aspect > 0 || (n->role == KIOSK_FIELD && n->field.lines);
}

bool layout_yields(const struct layout *l, int i)
{
    const struct kiosk_node *n = &l->t->node[i];
    if (n->box.flow == KIOSK_LEAF)
        return leaf_yields(n);
    if (n->box.flow == KIOSK_PAGER)
        return true;
    if (n->box.flow != KIOSK_COLUMN && n->box.flow != KIOSK_ROW)
        return false;
    struct kids k = layout_kids(l, i);
    for (int c = 0; c < k.n; c++)
        if (layout_yields(l, k.at[c]))
            return true;
    return false;
}

static int column_least_h(struct layout *l, int i, int avail)
{
    struct kids k = layout_kids(l, i);
    for (int c = 0; c < k.n; c++)
        k.main[c] = layout_least_h(l, k.at[c], avail);
    return layout_sum(k.main, k.n, layout_gap(l, i));
}

int layout_least_h(struct layout *l, int i, int avail)
{
    const struct kiosk_node *n = &l->t->node[i];
    const struct kiosk_box *b = &n->box;
    avail = LK_MIN(avail, layout_max_w(l, i));
    int natural = layout_natural(l, i, avail).h;
    int min_h = layout_px(l, b->min_h);
    if (!layout_yields(l, i))
        return natural;
    if (b->flow == KIOSK_LEAF && b->aspect > 0)
        return LK_MIN(natural,
                      LK_MAX(min_h, layout_placeholder(l, i, avail).h));
    if (b->flow == KIOSK_LEAF || b->flow == KIOSK_PAGER)
        return LK_MIN(natural, min_h);
    int inner = LK_MAX(avail - 2 * layout_px(l, b->pad_x), 1);
    int h = b->flow == KIOSK_ROW ? layout_row_least_h(l, i, inner)
                                 : column_least_h(l, i, inner);
    h += 2 * layout_pad_y(l, i);
    return LK_MAX(h, min_h);
}

static void set_tight(struct layout *l, float tight)
{
    l->tight = tight;
    l->epoch++;
}

/* The row of buttons that turn pager i, or -1. */
static int turns_of(const struct kiosk_tree *t, int i)
{
    for (int c = i + 1; c <= t->node[i].last; c = t->node[c].last + 1)
        if (t->node[c].turns)
            return c;
    return -1;
}

/* Whether a node's children may go to different pages. What looks like one
 * thing, or lies side by side, only where it does not fit. */
static bool splits(struct layout *l, int i, int width, int room)
{
    const struct kiosk_node *n = &l->t->node[i];
    int inner = LK_MAX(width - 2 * layout_px(l, n->box.pad_x), 1);
    if (n->role != KIOSK_GROUP || n->box.flow == KIOSK_LEAF ||
        n->box.flow == KIOSK_PAGER || n->box.fixed)
        return false;
    if (layout_natural(l, i, width).h > room)
        return true;
    bool beside = n->box.flow == KIOSK_ROW && layout_row_is_one(l, i, inner);
    return n->look == KIOSK_LOOK_NONE && !beside && !n->question;
}

/* Nodes in i that go onto pages as a whole: those that fit, and those that
 * cannot be split. */
static void atoms_collect(struct layout *l, struct atoms *a, int i, int width,
                          int room)
{
    struct kids k = layout_kids(l, i);
    for (int c = 0; c < k.n; c++) {
        const struct kiosk_node *n = &l->t->node[k.at[c]];
        int inner = LK_MAX(width - 2 * layout_px(l, n->box.pad_x), 1);
        if (n->turns)
            continue;
        if (splits(l, k.at[c], width, room))
            atoms_collect(l, a, k.at[c], inner,
                          room - 2 * layout_pad_y(l, k.at[c]));
        else
            a->at[a->n++] = k.at[c];
    }
}

/* Shows just the atoms first..next-1 of pager i. */
static void atoms_show(struct layout *l, int i, const struct atoms *a,
                       int first, int next)
{
    struct kiosk_tree *t = l->t;
    for (int c = i + 1; c <= t->node[i].last; c++)
        t->node[c].state |= KIOSK_OFFPAGE;
    for (int k = first; k < next; k++) {
        int atom = a->at[k];
        for (int c = atom; c <= t->node[atom].last; c++)
            t->node[c].state &= ~(uint32_t)KIOSK_OFFPAGE;
        for (int c = t->node[atom].parent; c > i; c = t->node[c].parent)
            t->node[c].state &= ~(uint32_t)KIOSK_OFFPAGE;
    }
    l->epoch++;
}

static bool is_spring(const struct kiosk_node *n)
{
    return n->box.flow == KIOSK_LEAF && !*kiosk_node_text(n) &&
           n->icon == KIOSK_ICON_NONE && n->look == KIOSK_LOOK_NONE;
}

/* The first atom of the next page. */
static int page_end(struct layout *l, int i, const struct atoms *a, int first,
                    struct kiosk_size room)
{
    int next = first + 1;
    while (next < a->n) {
        atoms_show(l, i, a, first, next + 1);
        if (layout_column_size(l, i, room.w).h > room.h)
            break;
        next++;
    }
    if (next == a->n)
        return next;
    /* A heading stays with what it is about. */
    int end = next;
    while (end > first && l->t->node[a->at[end - 1]].role == KIOSK_HEADING)
        end--;
    return end > first ? end : next;
}

static void atoms_pages(struct layout *l, int i, struct atoms *a,
                        struct kiosk_size room)
{
    int first = 0;
    while (first < a->n && a->pages < KIOSK_PAGES_MAX) {
        while (first < a->n - 1 && is_spring(&l->t->node[a->at[first]]))
            first++;
        a->first[a->pages] = first;
        first = page_end(l, i, a, first, room);
        a->next[a->pages++] = first;
    }
    /* More than fits on all pages: the audit tells. */
    if (a->pages > 0)
        a->next[a->pages - 1] = a->n;
}

/* What a button that turns pages does where there is none further. */
static void turn_write(struct kiosk_node *n, bool end)
{
    uint32_t not_there = end != (n->turn == KIOSK_TURN_COMES);
    switch (n->turn) {
    case KIOSK_TURN_ENDS:
        n->state &= ~(uint32_t)KIOSK_DISABLED;
        n->state |= end ? KIOSK_DISABLED : 0;
        break;
    case KIOSK_TURN_ACTS:
        n->act = end ? KIOSK_ACT_INTENT : KIOSK_ACT_PAGE;
        break;
    case KIOSK_TURN_LEAVES:
    case KIOSK_TURN_COMES:
        n->state &= ~(uint32_t)KIOSK_HIDDEN;
        n->state |= not_there ? KIOSK_HIDDEN : 0;
        break;
    }
}

static bool is_turn(const struct kiosk_node *n)
{
    return n->act == KIOSK_ACT_PAGE || n->turn != KIOSK_TURN_ENDS;
}

/* The words "page 2 of 3" and which of the buttons can be used. */
static void turns_write(struct kiosk_tree *t, int turns, int page, int pages)
{
    char number[12];
    char count[12];
    char half[64];
    char text[64];
    snprintf(number, sizeof(number), "%d", page + 1);
    snprintf(count, sizeof(count), "%d", pages);
    for (int c = turns + 1; c <= t->node[turns].last; c++) {
        struct kiosk_node *n = &t->node[c];
        if (n->role == KIOSK_STATUS) {
            kiosk_str_fill(n->arg, "n", number, sizeof(half), half);
            kiosk_str_fill(half, "m", count, sizeof(text), text);
            n->name = kiosk_tree_printf(t, "%s", text);
            n->label = kiosk_tree_printf(t, "%s/%s", number, count);
            n->state &= ~(uint32_t)KIOSK_HIDDEN;
            n->state |= pages == 1 ? KIOSK_HIDDEN : 0;
        }
        if (is_turn(n))
            turn_write(n, n->arg[0] == '-' ? page == 0 : page == pages - 1);
    }
}

/* Height of the buttons that turn the pages and the gap above them; 0: none. */
static int turns_h(struct layout *l, int i, int turns, int width)
{
    if (turns < 0)
        return 0;
    return layout_natural(l, turns, width).h + layout_gap(l, i);
}

struct kiosk_size layout_pager_size(struct layout *l, int i, int avail)
{
    struct kiosk_size s = layout_column_size(l, i, avail);
    int turns = turns_of(l->t, i);
    if (turns >= 0 && l->t->node[turns].stays)
        s.h += turns_h(l, i, turns, avail);
    return s;
}

/* Puts them below the page. */
static void turns_place(struct layout *l, int i, int turns, struct kiosk_rect r)
{
    struct kiosk_tree *t = l->t;
    for (int c = turns; c <= t->node[turns].last; c++)
        t->node[c].state &= ~(uint32_t)KIOSK_OFFPAGE;
    int h = turns_h(l, i, turns, r.w) - layout_gap(l, i);
    turns_write(t, turns, t->node[i].page, t->node[i].pages);
    l->epoch++;
    layout_place(l, turns, (struct kiosk_rect){r.x, r.y + r.h - h, r.w, h});
}

/* What is around it is on the page of its first part. */
static void atom_tell(struct kiosk_tree *t, int atom, int page)
{
    for (int c = atom; c <= t->node[atom].last; c++)
        if (t->node[c].box.flow != KIOSK_PAGER)
            t->node[c].page = (uint8_t)page;
    int c = t->node[atom].parent;
    for (; t->node[c].box.flow != KIOSK_PAGER; c = t->node[c].parent)
        t->node[c].page = (uint8_t)page;
}

/* Which page everything is on, for those who look for it. */
static void atoms_tell(struct layout *l, const struct atoms *a)
{
    for (int page = a->pages - 1; page >= 0; page--)
        for (int k = a->first[page]; k < a->next[page]; k++)
            atom_tell(l->t, a->at[k], page);
}

static void pages_place(struct layout *l, int i, struct kiosk_rect r)
{
    struct kiosk_tree *t = l->t;
    struct kiosk_node *n = &t->node[i];
    struct atoms a = {0};
    int turns = turns_of(t, i);
    int below = turns_h(l, i, turns, r.w);
    struct kiosk_size room = {r.w, LK_MAX(r.h - below, 1)};
    atoms_collect(l, &a, i, r.w, room.h);
    atoms_pages(l, i, &a, room);
    if (a.pages == 0)
        return;
    n->pages = (uint8_t)a.pages;
    n->page = LK_MIN(n->page, (uint8_t)(a.pages - 1));
    atoms_tell(l, &a);
    atoms_show(l, i, &a, a.first[n->page], a.next[n->page]);
    layout_column_place(l, i, (struct kiosk_rect){r.x, r.y, r.w, room.h});
    if (turns >= 0 && (a.pages > 1 || t->node[turns].stays))
        turns_place(l, i, turns, r);
}

/* Shows the last atoms that fit, at least one. */
static void tail_place(struct layout *l, int i, struct kiosk_rect r)
{
    struct atoms a = {0};
    atoms_collect(l, &a, i, r.w, r.h);
    int first = LK_MAX(a.n - 1, 0);
    while (first > 0) {
        atoms_show(l, i, &a, first - 1, a.n);
        if (layout_column_size(l, i, r.w).h > r.h)
            break;
        first--;
    }
    atoms_show(l, i, &a, first, a.n);
    layout_column_place(l, i, r);
}

void layout_pager_place(struct layout *l, int i, struct kiosk_rect r)
{
    float tight = l->tight;
    struct kiosk_node *n = &l->t->node[i];
    int turns = turns_of(l->t, i);
    bool stays = turns >= 0 && l->t->node[turns].stays;
    for (size_t k = 0; k < LK_ARRAY_LEN(tights); k++) {
        set_tight(l, tight * tights[k]);
        int below = stays ? turns_h(l, i, turns, r.w) : 0;
        if (column_least_h(l, i, r.w) > r.h - below)
            continue;
        n->page = 0;
        layout_column_place(l, i,
                            (struct kiosk_rect){r.x, r.y, r.w, r.h - below});
        if (stays)
            turns_place(l, i, turns, r);
        set_tight(l, tight);
        return;
    }
    set_tight(l, tight * tights[1]);
    if (n->box.along == KIOSK_END && turns < 0)
        tail_place(l, i, r);
    else
        pages_place(l, i, r);
    set_tight(l, tight);
}
