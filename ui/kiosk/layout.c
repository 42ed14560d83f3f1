#include "kiosk/layout.h"

#include <math.h>

struct layout {
    struct kiosk_tree *t;
    const struct kiosk_metrics *m;
};

/* Children of one node, the hidden ones left out. */
struct kids {
    int n;
    int at[KIOSK_CHILDREN_MAX];
    int main[KIOSK_CHILDREN_MAX];  /* length along the flow, px */
    int cross[KIOSK_CHILDREN_MAX]; /* length across it, px */
};

static struct kiosk_size natural(const struct layout *l, int i, int avail);
static void place(const struct layout *l, int i, struct kiosk_rect r);

int kiosk_px(const struct kiosk_metrics *m, float mm)
{
    return (int)lroundf(mm * m->px_per_mm);
}

const char *kiosk_node_text(const struct kiosk_node *n)
{
    return n->label ? n->label : n->name;
}

int kiosk_icon_px(const struct kiosk_metrics *m, const struct kiosk_node *n)
{
    if (n->icon == KIOSK_ICON_NONE)
        return 0;
    return kiosk_px(m, n->icon_mm > 0 ? n->icon_mm : 7.4f);
}

int kiosk_icon_gap_px(const struct kiosk_metrics *m, const struct kiosk_node *n)
{
    if (n->icon == KIOSK_ICON_NONE || !*kiosk_node_text(n))
        return 0;
    return kiosk_px(m, 2.6f);
}

static int at_least(int v, int min)
{
    return v < min ? min : v;
}

static int pad(const struct layout *l, float mm)
{
    return kiosk_px(l->m, mm);
}

static struct kids kids_of(const struct layout *l, int i)
{
    struct kids k = {0};
    for (int c = i + 1; c <= l->t->node[i].last; c = l->t->node[c].last + 1)
        if (!(l->t->node[c].state & (KIOSK_HIDDEN | KIOSK_OFFPAGE)) &&
            !l->t->node[c].overlay)
            k.at[k.n++] = c;
    return k;
}

static const struct kiosk_box *box_of(const struct layout *l, int i)
{
    return &l->t->node[i].box;
}

static struct kiosk_size leaf_size(const struct layout *l, int i, int avail)
{
    const struct kiosk_node *n = &l->t->node[i];
    struct kiosk_size s = {0};
    if (n->box.aspect > 0) {
        s.w = avail;
        s.h = (int)lroundf((float)avail / n->box.aspect);
        return s;
    }
    int icon = kiosk_icon_px(l->m, n);
    int before = icon + kiosk_icon_gap_px(l->m, n);
    const char *text = kiosk_node_text(n);
    if (*text) {
        int r = l->m->measure(l->m->arg, n->font, text,
                              at_least(avail - before, 1), &s);
        if (r < 0)
            l->t->error = r;
    }
    s.w += before;
    s.h = at_least(s.h, icon);
    return s;
}

/* Widths of a row's children within `avail`: each its own, the growing ones
 * share what is left. */
static void row_measure(const struct layout *l, int i, struct kids *k,
                        int avail)
{
    int gap = pad(l, box_of(l, i)->gap);
    int left = avail - gap * LK_MAX(k->n - 1, 0);
    int growing = 0;
    for (int c = 0; c < k->n; c++) {
        if (box_of(l, k->at[c])->grow) {
            growing++;
            continue;
        }
        struct kiosk_size s = natural(l, k->at[c], at_least(left, 1));
        k->main[c] = s.w;
        k->cross[c] = s.h;
        left -= s.w;
    }
    for (int c = 0; c < k->n; c++) {
        if (!box_of(l, k->at[c])->grow)
            continue;
        int share = left / LK_MAX(growing, 1);
        growing--;
        left -= share;
        k->main[c] = at_least(share, 1);
        k->cross[c] = natural(l, k->at[c], k->main[c]).h;
    }
}

static void column_measure(const struct layout *l, struct kids *k, int avail)
{
    for (int c = 0; c < k->n; c++) {
        struct kiosk_size s = natural(l, k->at[c], avail);
        k->main[c] = s.h;
        k->cross[c] = s.w;
    }
}

static int sum_of(const int *v, int n, int gap)
{
    int sum = gap * LK_MAX(n - 1, 0);
    for (int c = 0; c < n; c++)
        sum += v[c];
    return sum;
}

static int most_of(const int *v, int n)
{
    int most = 0;
    for (int c = 0; c < n; c++)
        most = LK_MAX(most, v[c]);
    return most;
}

/* One line of a wrapping row: children first..next-1, their height. */
static int wrap_line(const struct kids *k, int first, int gap, int avail,
                     int *ret_height)
{
    int next = first;
    int used = 0;
    *ret_height = 0;
    while (next < k->n) {
        int more = k->main[next] + (next > first ? gap : 0);
        if (next > first && used + more > avail)
            break;
        used += more;
        *ret_height = LK_MAX(*ret_height, k->cross[next]);
        next++;
    }
    return next;
}

static void wrap_measure(const struct layout *l, struct kids *k, int avail)
{
    for (int c = 0; c < k->n; c++) {
        struct kiosk_size s = natural(l, k->at[c], avail);
        k->main[c] = s.w;
        k->cross[c] = s.h;
    }
}

static struct kiosk_size wrap_size(const struct layout *l, int i, int avail)
{
    struct kids k = kids_of(l, i);
    int gap = pad(l, box_of(l, i)->gap);
    wrap_measure(l, &k, avail);
    struct kiosk_size s = {LK_MIN(avail, sum_of(k.main, k.n, gap)), 0};
    for (int c = 0; c < k.n;) {
        int height;
        c = wrap_line(&k, c, gap, avail, &height);
        s.h += height + (s.h > 0 ? gap : 0);
    }
    return s;
}

static int grid_cell(const struct layout *l, int i, int avail)
{
    int cols = at_least(box_of(l, i)->cols, 1);
    return at_least((avail - pad(l, box_of(l, i)->gap) * (cols - 1)) / cols, 1);
}

/* Fills heights of a grid's rows; returns their number. */
static int grid_rows(const struct layout *l, int i, int avail, int *rows)
{
    struct kids k = kids_of(l, i);
    const struct kiosk_box *b = box_of(l, i);
    int cols = at_least(b->cols, 1);
    int cell = grid_cell(l, i, avail);
    int n = (k.n + cols - 1) / cols;
    for (int row = 0; row < n; row++)
        rows[row] = 0;
    for (int c = 0; c < k.n; c++)
        rows[c / cols] = LK_MAX(rows[c / cols], natural(l, k.at[c], cell).h);
    if (b->equal) {
        int most = most_of(rows, n);
        for (int row = 0; row < n; row++)
            rows[row] = most;
    }
    return n;
}

static struct kiosk_size inner_size(const struct layout *l, int i, int avail)
{
    struct kids k = kids_of(l, i);
    int gap = pad(l, box_of(l, i)->gap);
    int rows[KIOSK_CHILDREN_MAX];
    int n;
    switch (box_of(l, i)->flow) {
    case KIOSK_COLUMN:
    case KIOSK_PAGER:
        column_measure(l, &k, avail);
        return (struct kiosk_size){most_of(k.cross, k.n),
                                   sum_of(k.main, k.n, gap)};
    case KIOSK_ROW:
        row_measure(l, i, &k, avail);
        return (struct kiosk_size){sum_of(k.main, k.n, gap),
                                   most_of(k.cross, k.n)};
    case KIOSK_WRAP:
        return wrap_size(l, i, avail);
    case KIOSK_GRID:
        n = grid_rows(l, i, avail, rows);
        return (struct kiosk_size){avail, sum_of(rows, n, gap)};
    case KIOSK_LEAF:
        break;
    }
    return leaf_size(l, i, avail);
}

/* Size that a node wants when it may be `avail` wide. */
static struct kiosk_size natural(const struct layout *l, int i, int avail)
{
    const struct kiosk_box *b = box_of(l, i);
    int px = 2 * pad(l, b->pad_x);
    int py = 2 * pad(l, b->pad_y);
    if (b->max_w > 0)
        avail = LK_MIN(avail, pad(l, b->max_w));
    struct kiosk_size s = inner_size(l, i, at_least(avail - px, 1));
    s.w = at_least(s.w + px, pad(l, b->min_w));
    s.h = at_least(s.h + py, pad(l, b->min_h));
    if (b->max_h > 0)
        s.h = LK_MIN(s.h, pad(l, b->max_h));
    return s;
}

/* Offset of something `len` long in a room. */
static int offset(enum kiosk_place p, int room, int len)
{
    if (p == KIOSK_CENTER)
        return (room - len) / 2;
    return p == KIOSK_END ? room - len : 0;
}

static void spill_check(const struct layout *l, int need, int room)
{
    if (need > room)
        l->t->spills = true;
}

/* Hands what is left of `room` to the growing children of a column. */
static void column_grow(const struct layout *l, struct kids *k, int left)
{
    int growing = 0;
    for (int c = 0; c < k->n; c++)
        growing += box_of(l, k->at[c])->grow;
    for (int c = 0; c < k->n && left > 0; c++) {
        if (!box_of(l, k->at[c])->grow)
            continue;
        int share = left / LK_MAX(growing, 1);
        growing--;
        left -= share;
        k->main[c] += share;
    }
}

static void column_place(const struct layout *l, int i, struct kiosk_rect r)
{
    struct kids k = kids_of(l, i);
    const struct kiosk_box *b = box_of(l, i);
    int gap = pad(l, b->gap);
    column_measure(l, &k, r.w);
    spill_check(l, sum_of(k.main, k.n, gap), r.h);
    column_grow(l, &k, r.h - sum_of(k.main, k.n, gap));
    int y = r.y + offset(b->along, r.h, sum_of(k.main, k.n, gap));
    for (int c = 0; c < k.n; c++) {
        int w = b->align == KIOSK_STRETCH ? r.w : k.cross[c];
        if (box_of(l, k.at[c])->max_w > 0)
            w = LK_MIN(w, pad(l, box_of(l, k.at[c])->max_w));
        spill_check(l, k.cross[c], r.w);
        struct kiosk_rect child = {r.x + offset(b->align, r.w, w), y, w,
                                   k.main[c]};
        place(l, k.at[c], child);
        y += k.main[c] + gap;
    }
}

static void row_place(const struct layout *l, int i, struct kiosk_rect r)
{
    struct kids k = kids_of(l, i);
    const struct kiosk_box *b = box_of(l, i);
    int gap = pad(l, b->gap);
    row_measure(l, i, &k, r.w);
    spill_check(l, sum_of(k.main, k.n, gap), r.w);
    int x = r.x + offset(b->along, r.w, sum_of(k.main, k.n, gap));
    for (int c = 0; c < k.n; c++) {
        int h = b->align == KIOSK_STRETCH ? r.h : k.cross[c];
        spill_check(l, k.cross[c], r.h);
        struct kiosk_rect child = {x, r.y + offset(b->align, r.h, h), k.main[c],
                                   h};
        place(l, k.at[c], child);
        x += k.main[c] + gap;
    }
}

static void wrap_place(const struct layout *l, int i, struct kiosk_rect r)
{
    struct kids k = kids_of(l, i);
    int gap = pad(l, box_of(l, i)->gap);
    wrap_measure(l, &k, r.w);
    int y = r.y;
    int height = 0;
    for (int c = 0; c < k.n; y += height + gap) {
        int next = wrap_line(&k, c, gap, r.w, &height);
        for (int x = r.x; c < next; c++) {
            place(l, k.at[c], (struct kiosk_rect){x, y, k.main[c], height});
            spill_check(l, x + k.main[c], r.x + r.w);
            x += k.main[c] + gap;
        }
    }
    spill_check(l, y - gap, r.y + r.h);
}

static void grid_place(const struct layout *l, int i, struct kiosk_rect r)
{
    struct kids k = kids_of(l, i);
    const struct kiosk_box *b = box_of(l, i);
    int gap = pad(l, b->gap);
    int cols = at_least(b->cols, 1);
    int cell = grid_cell(l, i, r.w);
    int rows[KIOSK_CHILDREN_MAX];
    int n = grid_rows(l, i, r.w, rows);
    spill_check(l, sum_of(rows, n, gap), r.h);
    int y = r.y;
    for (int c = 0; c < k.n; c++) {
        int col = c % cols;
        if (c > 0 && col == 0)
            y += rows[c / cols - 1] + gap;
        struct kiosk_rect child = {r.x + col * (cell + gap), y, cell,
                                   rows[c / cols]};
        place(l, k.at[c], child);
    }
}

static void place(const struct layout *l, int i, struct kiosk_rect r)
{
    struct kiosk_node *n = &l->t->node[i];
    n->rect = r;
    int px = pad(l, n->box.pad_x);
    int py = pad(l, n->box.pad_y);
    struct kiosk_rect in = {r.x + px, r.y + py, r.w - 2 * px, r.h - 2 * py};
    switch (n->box.flow) {
    case KIOSK_COLUMN:
    case KIOSK_PAGER:
        column_place(l, i, in);
        break;
    case KIOSK_ROW:
        row_place(l, i, in);
        break;
    case KIOSK_WRAP:
        wrap_place(l, i, in);
        break;
    case KIOSK_GRID:
        grid_place(l, i, in);
        break;
    case KIOSK_LEAF:
        break;
    }
}

void kiosk_layout(struct kiosk_tree *t, const struct kiosk_metrics *m,
                  struct kiosk_size size)
{
    struct layout l = {t, m};
    struct kiosk_rect all = {0, 0, size.w, size.h};
    for (int i = 0; i < t->n; i++) {
        struct kiosk_node *n = &t->node[i];
        n->rect = (struct kiosk_rect){0};
        n->page = 0;
        n->pages = 1;
        n->state &= ~(uint32_t)KIOSK_OFFPAGE;
        n->state |= n->turns ? KIOSK_OFFPAGE : 0;
    }
    if (t->n > 0 && t->error == 0)
        place(&l, 0, all);
    for (int i = 1; i < t->n && t->error == 0; i++)
        if (t->node[i].overlay)
            place(&l, i, all);
}
