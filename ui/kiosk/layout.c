#include "kiosk/layout_priv.h"

#include "kiosk/sizes.h"

#include <limits.h>
#include <math.h>

int kiosk_px(const struct kiosk_metrics *m, float mm)
{
    return (int)lroundf(mm * m->px_per_mm);
}

struct kiosk_type kiosk_node_type(const struct kiosk_tree *t,
                                  const struct kiosk_node *n)
{
    return (struct kiosk_type){
        .font = n->font,
        .size = t->text_size,
        .breaks = n->foreign || n->role == KIOSK_FIELD,
    };
}

const char *kiosk_node_text(const struct kiosk_node *n)
{
    if (n->role == KIOSK_FIELD)
        return *n->value ? n->value : n->field.hint;
    return n->label ? n->label : n->name;
}

int kiosk_icon_px(const struct kiosk_metrics *m, const struct kiosk_tree *t,
                  const struct kiosk_node *n)
{
    if (n->icon == KIOSK_ICON_NONE)
        return 0;
    float mm = n->icon_mm > 0 ? n->icon_mm : KIOSK_ICON_MM;
    return kiosk_px(m, mm * kiosk_icon_growth(t->text_size));
}

int kiosk_icon_gap_px(const struct kiosk_metrics *m, const struct kiosk_node *n)
{
    if (n->icon == KIOSK_ICON_NONE || !*kiosk_node_text(n))
        return 0;
    return kiosk_px(m, KIOSK_ICON_GAP_MM);
}

int layout_px(const struct layout *l, float mm)
{
    return kiosk_px(l->m, mm);
}

const struct kiosk_box *layout_box(const struct layout *l, int i)
{
    return &l->t->node[i].box;
}

int layout_gap(const struct layout *l, int i)
{
    const struct kiosk_box *b = layout_box(l, i);
    return layout_px(l, b->fixed ? b->gap : b->gap * l->tight);
}

int layout_pad_y(const struct layout *l, int i)
{
    return layout_px(l, layout_box(l, i)->pad_y * l->tight);
}

struct kids layout_kids(const struct layout *l, int i)
{
    const struct kiosk_tree *t = l->t;
    struct kids k = {0};
    for (int c = i + 1; c <= t->node[i].last; c = t->node[c].last + 1)
        if (!(t->node[c].state & (KIOSK_HIDDEN | KIOSK_OFFPAGE)) &&
            !t->node[c].overlay)
            k.at[k.n++] = c;
    return k;
}

int layout_sum(const int *v, int n, int gap)
{
    int sum = gap * LK_MAX(n - 1, 0);
    for (int c = 0; c < n; c++)
        sum += v[c];
    return sum;
}

int layout_offset(enum kiosk_place p, int room, int len)
{
    if (p == KIOSK_CENTER)
        return (room - len) / 2;
    return p == KIOSK_END ? room - len : 0;
}

void layout_spill(struct layout *l, int need, int room)
{
    if (need > room)
        l->t->spills = true;
}

static struct kiosk_size leaf_measure(struct layout *l, int i, int width)
{
    const struct kiosk_node *n = &l->t->node[i];
    struct kiosk_size s = {0};
    struct kiosk_type type = kiosk_node_type(l->t, n);
    const char *text = kiosk_node_text(n);
    if (!*text)
        return s;
    int r = l->m->measure(l->m->arg, &type, text, width, &s);
    if (r < 0)
        l->t->error = r;
    return s;
}

struct kiosk_size layout_placeholder(struct layout *l, int i, int width)
{
    const struct kiosk_node *n = &l->t->node[i];
    int pad = layout_px(l, KIOSK_PLACEHOLDER_PAD_MM);
    struct kiosk_size s = leaf_measure(l, i, LK_MAX(width - 2 * pad, 1));
    if (s.h > 0 && n->icon != KIOSK_ICON_NONE)
        s.h += layout_px(l, KIOSK_PLACEHOLDER_GAP_MM);
    s.h += kiosk_icon_px(l->m, l->t, n);
    s.w = LK_MAX(s.w, kiosk_icon_px(l->m, l->t, n)) + 2 * pad;
    s.h += s.h > 0 ? 2 * pad : 0;
    return s;
}

int layout_max_w(struct layout *l, int i)
{
    const struct kiosk_box *b = layout_box(l, i);
    const struct kiosk_node *n = &l->t->node[i];
    if (!(b->max_w > 0))
        return INT_MAX;
    if (b->flow != KIOSK_LEAF)
        return layout_px(l, b->max_w * kiosk_cell_growth(l->t->text_size));
    int w = layout_px(l, b->max_w);
    if (n->look == KIOSK_LOOK_VIDEO && *kiosk_node_text(n))
        w = LK_MAX(w, layout_placeholder(l, i, 1).w);
    return w;
}

static struct kiosk_size leaf_size(struct layout *l, int i, int avail)
{
    const struct kiosk_node *n = &l->t->node[i];
    struct kiosk_size s = {0};
    if (n->box.aspect > 0) {
        s.w = avail;
        s.h = (int)lroundf((float)avail / n->box.aspect);
        if (*kiosk_node_text(n))
            s.h = LK_MAX(s.h, layout_placeholder(l, i, avail).h);
        return s;
    }
    if (n->look == KIOSK_LOOK_VIDEO)
        return layout_placeholder(l, i, avail);
    int icon = kiosk_icon_px(l->m, l->t, n);
    int before = icon + kiosk_icon_gap_px(l->m, n);
    s = leaf_measure(l, i, LK_MAX(avail - before, 1));
    s.w += before;
    s.h = LK_MAX(s.h, icon);
    return s;
}

static struct kiosk_size inner_size(struct layout *l, int i, int avail)
{
    switch (layout_box(l, i)->flow) {
    case KIOSK_COLUMN:
        return layout_column_size(l, i, avail);
    case KIOSK_PAGER:
        return layout_pager_size(l, i, avail);
    case KIOSK_ROW:
        return layout_row_size(l, i, avail);
    case KIOSK_WRAP:
        return layout_wrap_size(l, i, avail);
    case KIOSK_GRID:
        return layout_grid_size(l, i, avail);
    case KIOSK_LEAF:
        break;
    }
    return leaf_size(l, i, avail);
}

static struct kiosk_size node_size(struct layout *l, int i, int avail)
{
    const struct kiosk_box *b = layout_box(l, i);
    int px = 2 * layout_px(l, b->pad_x);
    int py = 2 * layout_pad_y(l, i);
    avail = LK_MIN(avail, layout_max_w(l, i));
    struct kiosk_size s = inner_size(l, i, LK_MAX(avail - px, 1));
    s.w = LK_MAX(s.w + px, layout_px(l, b->min_w));
    s.h = LK_MAX(s.h + py, layout_px(l, b->min_h));
    if (b->max_h > 0)
        s.h = LK_MIN(s.h, layout_px(l, b->max_h));
    return s;
}

/* Kept, because every box around asks again. */
struct kiosk_size layout_natural(struct layout *l, int i, int avail)
{
    struct layout_memo *memo = l->memo[i];
    for (int k = 0; k < KIOSK_LAYOUT_MEMO; k++)
        if (memo[k].epoch == l->epoch && memo[k].avail == avail)
            return memo[k].size;
    struct kiosk_size s = node_size(l, i, avail);
    memo[1] = memo[0];
    memo[0] = (struct layout_memo){l->epoch, avail, s};
    return s;
}

static int leaf_words(struct layout *l, int i)
{
    const struct kiosk_node *n = &l->t->node[i];
    if (n->look == KIOSK_LOOK_VIDEO)
        return *kiosk_node_text(n) ? layout_placeholder(l, i, 1).w : 0;
    struct kiosk_type type = kiosk_node_type(l->t, n);
    int before = kiosk_icon_px(l->m, l->t, n) + kiosk_icon_gap_px(l->m, n);
    return before + (type.breaks ? 0 : leaf_measure(l, i, 1).w);
}

/* A fixed row stays a row; all else can put its children below each other. */
static int kids_words(struct layout *l, int i)
{
    struct kids k = layout_kids(l, i);
    bool row = layout_box(l, i)->fixed && layout_box(l, i)->flow == KIOSK_ROW;
    int most = 0;
    for (int c = 0; c < k.n; c++) {
        k.main[c] = layout_words(l, k.at[c]);
        most = LK_MAX(most, k.main[c]);
    }
    return row ? layout_sum(k.main, k.n, layout_gap(l, i)) : most;
}

int layout_words(struct layout *l, int i)
{
    struct layout_memo *memo = &l->words[i];
    const struct kiosk_box *b = layout_box(l, i);
    if (memo->epoch == l->epoch)
        return memo->size.w;
    int w = b->flow == KIOSK_LEAF ? leaf_words(l, i) : kids_words(l, i);
    w += 2 * layout_px(l, b->pad_x);
    w = LK_MAX(w, layout_px(l, b->min_w));
    *memo = (struct layout_memo){l->epoch, 0, {w, 0}};
    return w;
}

void layout_place(struct layout *l, int i, struct kiosk_rect r)
{
    struct kiosk_node *n = &l->t->node[i];
    n->rect = r;
    int px = layout_px(l, n->box.pad_x);
    int py = layout_pad_y(l, i);
    struct kiosk_rect in = {r.x + px, r.y + py, r.w - 2 * px, r.h - 2 * py};
    switch (n->box.flow) {
    case KIOSK_COLUMN:
        layout_column_place(l, i, in);
        break;
    case KIOSK_PAGER:
        layout_pager_place(l, i, in);
        break;
    case KIOSK_ROW:
        layout_row_place(l, i, in);
        break;
    case KIOSK_WRAP:
        layout_wrap_place(l, i, in);
        break;
    case KIOSK_GRID:
        layout_grid_place(l, i, in);
        break;
    case KIOSK_LEAF:
        if (!(n->box.aspect > 0) && n->role != KIOSK_FIELD)
            layout_spill(l, layout_natural(l, i, r.w).h, r.h);
        break;
    }
}

/* Mirrors node i and what is in it about the middle of the screen; the inside
 * of a fixed one moves along as it is. */
static void mirror(struct kiosk_tree *t, int width)
{
    for (int i = 0; i < t->n;) {
        struct kiosk_node *n = &t->node[i];
        int x = width - n->rect.x - n->rect.w;
        int by = x - n->rect.x;
        n->rect.x = x;
        int last = n->box.fixed ? n->last : i;
        for (int c = i + 1; c <= last; c++)
            t->node[c].rect.x += by;
        i = last + 1;
    }
}

static void tree_reset(struct kiosk_tree *t)
{
    t->spills = false;
    for (int i = 0; i < t->n; i++) {
        struct kiosk_node *n = &t->node[i];
        n->rect = (struct kiosk_rect){0};
        n->pages = 1;
        n->state &= ~(uint32_t)KIOSK_OFFPAGE;
        if (n->turns)
            n->state |= KIOSK_OFFPAGE;
    }
}

void kiosk_layout(struct kiosk_tree *t, const struct kiosk_metrics *m,
                  struct kiosk_size size)
{
    struct layout l = {.t = t, .m = m, .tight = 1, .epoch = 1};
    struct kiosk_rect all = {0, 0, size.w, size.h};
    tree_reset(t);
    t->px_per_mm = m->px_per_mm;
    if (t->n == 0 || t->error < 0)
        return;
    layout_place(&l, 0, all);
    for (int i = 1; i < t->n; i++)
        if (t->node[i].overlay)
            layout_place(&l, i, all);
    if (t->rtl)
        mirror(t, size.w);
}
