/* Columns, rows that go on below, wrapping rows. */
#include "kiosk/layout_priv.h"

#include "kiosk/sizes.h"

static int most_of(const int *v, int n)
{
    int most = 0;
    for (int c = 0; c < n; c++)
        most = LK_MAX(most, v[c]);
    return most;
}

/* ---- columns ---- */

static void column_measure(struct layout *l, struct kids *k, int avail)
{
    for (int c = 0; c < k->n; c++) {
        struct kiosk_size s = layout_natural(l, k->at[c], avail);
        k->main[c] = s.h;
        k->cross[c] = s.w;
    }
}

struct kiosk_size layout_column_size(struct layout *l, int i, int avail)
{
    struct kids k = layout_kids(l, i);
    column_measure(l, &k, avail);
    return (struct kiosk_size){most_of(k.cross, k.n),
                               layout_sum(k.main, k.n, layout_gap(l, i))};
}

/* Hands what is left of the room to the growing children. */
static void column_grow(const struct layout *l, struct kids *k, int left)
{
    int growing = 0;
    for (int c = 0; c < k->n; c++)
        growing += layout_box(l, k->at[c])->grow;
    for (int c = 0; c < k->n && left > 0; c++) {
        if (!layout_box(l, k->at[c])->grow)
            continue;
        int share = left / LK_MAX(growing, 1);
        growing--;
        left -= share;
        k->main[c] += share;
    }
}

/* Takes what is too much from children that can do with less. */
static void column_yield(struct layout *l, struct kids *k, int avail, int over)
{
    for (int c = k->n - 1; c >= 0 && over > 0; c--) {
        if (!layout_yields(l, k->at[c]))
            continue;
        int least = layout_least_h(l, k->at[c], avail);
        int less = LK_MIN(over, LK_MAX(k->main[c] - least, 0));
        k->main[c] -= less;
        over -= less;
    }
}

/* Width that a child of a column gets. */
static int column_width(struct layout *l, const struct kids *k, int c,
                        enum kiosk_place align, int room)
{
    const struct kiosk_box *b = layout_box(l, k->at[c]);
    int w = align == KIOSK_STRETCH ? room : k->cross[c];
    w = LK_MIN(w, layout_max_w(l, k->at[c]));
    /* A picture that lost height keeps its shape; words in its place need the
     * width. */
    if (b->aspect > 0 && !*kiosk_node_text(&l->t->node[k->at[c]]))
        w = LK_MIN(w, (int)((float)k->main[c] * b->aspect + 0.5f));
    return w;
}

void layout_column_place(struct layout *l, int i, struct kiosk_rect r)
{
    struct kids k = layout_kids(l, i);
    const struct kiosk_box *b = layout_box(l, i);
    int gap = layout_gap(l, i);
    column_measure(l, &k, r.w);
    int left = r.h - layout_sum(k.main, k.n, gap);
    if (left < 0)
        column_yield(l, &k, r.w, -left);
    else
        column_grow(l, &k, left);
    int need = layout_sum(k.main, k.n, gap);
    layout_spill(l, need, r.h);
    int y = r.y + layout_offset(b->along, r.h, need);
    for (int c = 0; c < k.n; c++) {
        int w = column_width(l, &k, c, b->align, r.w);
        layout_spill(l, LK_MAX(w, layout_words(l, k.at[c])), r.w);
        /* A picture that lost height stands in the middle. */
        bool narrow = b->align == KIOSK_STRETCH &&
                      w < LK_MIN(r.w, layout_max_w(l, k.at[c]));
        int x = r.x + layout_offset(narrow ? KIOSK_CENTER : b->align, r.w, w);
        layout_place(l, k.at[c], (struct kiosk_rect){x, y, w, k.main[c]});
        y += k.main[c] + gap;
    }
}

/* ---- rows ---- */

/* Least width of a row's child. */
static int row_least(struct layout *l, int i, int child)
{
    const struct kiosk_box *b = layout_box(l, i);
    const struct kiosk_node *n = &l->t->node[child];
    int least = layout_words(l, child);
    bool spring = n->box.grow && n->box.flow == KIOSK_LEAF &&
                  !*kiosk_node_text(n) && n->icon == KIOSK_ICON_NONE;
    if (b->cell_w > 0 && !spring)
        least = LK_MAX(least, layout_px(l, b->cell_w * kiosk_cell_growth(
                                                           l->t->text_size)));
    return least;
}

/* Children first..next-1 fit side by side, at least one. */
static int row_line(struct layout *l, int i, const struct kids *k, int first,
                    int avail)
{
    int gap = layout_gap(l, i);
    int used = row_least(l, i, k->at[first]);
    int next = first + 1;
    if (layout_box(l, i)->fixed)
        return k->n;
    while (next < k->n) {
        used += gap + row_least(l, i, k->at[next]);
        if (used > avail)
            break;
        next++;
    }
    return next;
}

/* What the children that do not grow must give up, each by how much it has
 * above its least. */
static void row_squeeze(struct kids *k, const int *least, int first, int next,
                        int over)
{
    int slack = 0;
    for (int c = first; c < next; c++)
        slack += LK_MAX(k->main[c] - least[c], 0);
    for (int c = first; c < next && over > 0 && slack > 0; c++) {
        int own = LK_MAX(k->main[c] - least[c], 0);
        int less = (int)(((int64_t)over * own + slack - 1) / slack);
        k->main[c] -= less;
        over -= less;
        slack -= own;
    }
}

/* Shares what is left among the growing children, none below its least. */
static void row_grow(const struct layout *l, struct kids *k, const int *least,
                     int first, int next, int left)
{
    int growing = 0;
    for (int c = first; c < next; c++)
        growing += layout_box(l, k->at[c])->grow;
    for (int settled = -1; settled != 0 && growing > 0;) {
        settled = 0;
        for (int c = first; c < next; c++) {
            if (!layout_box(l, k->at[c])->grow || k->main[c] > 0 ||
                least[c] <= left / growing)
                continue;
            k->main[c] = least[c];
            left -= least[c];
            growing--;
            settled++;
            break;
        }
    }
    for (int c = first; c < next; c++) {
        if (!layout_box(l, k->at[c])->grow || k->main[c] > 0)
            continue;
        k->main[c] = LK_MAX(left / LK_MAX(growing, 1), 0);
        left -= k->main[c];
        growing--;
    }
}

/* Takes back what squeezed children do not use, as words wrap whole. */
static int row_reclaim(struct layout *l, struct kids *k, int first, int next)
{
    int over = 0;
    for (int c = first; c < next; c++) {
        if (layout_box(l, k->at[c])->grow)
            continue;
        struct kiosk_size s = layout_natural(l, k->at[c], k->main[c]);
        int used = LK_MIN(k->main[c], s.w);
        over += k->main[c] - used;
        k->main[c] = used;
        k->cross[c] = s.h;
    }
    return over;
}

/* The highest child that would like to be wider, or -1. */
static int row_highest(const struct layout *l, const struct kids *k,
                       const int *want, int first, int next)
{
    int highest = -1;
    for (int c = first; c < next; c++)
        if (!layout_box(l, k->at[c])->grow && k->main[c] < want[c] &&
            (highest < 0 || k->cross[c] > k->cross[highest]))
            highest = c;
    return highest;
}

/* Gives what is over to the highest children, as far as it makes them lower. */
static void row_settle(struct layout *l, struct kids *k, int *want, int first,
                       int next)
{
    int over = row_reclaim(l, k, first, next);
    int c = row_highest(l, k, want, first, next);
    for (; c >= 0 && over > 0; c = row_highest(l, k, want, first, next)) {
        int width = LK_MIN(k->main[c] + over, want[c]);
        struct kiosk_size s = layout_natural(l, k->at[c], width);
        want[c] = LK_MIN(s.w, width);
        if (s.h >= k->cross[c])
            want[c] = k->main[c];
        over -= want[c] - k->main[c];
        k->main[c] = want[c];
        k->cross[c] = s.h;
    }
}

/* Widths of one line; returns its height. */
static int row_measure(struct layout *l, int i, struct kids *k, int first,
                       int next, int avail)
{
    int least[KIOSK_CHILDREN_MAX] = {0};
    int want[KIOSK_CHILDREN_MAX] = {0};
    int left = avail - layout_gap(l, i) * (next - first - 1);
    int need = 0;
    int taken = 0;
    int height = 0;
    for (int c = first; c < next; c++) {
        bool grow = layout_box(l, k->at[c])->grow;
        least[c] = row_least(l, i, k->at[c]);
        k->main[c] = grow ? 0 : layout_natural(l, k->at[c], LK_MAX(left, 1)).w;
        k->main[c] = grow ? 0 : LK_MAX(k->main[c], least[c]);
        want[c] = k->main[c];
        need += grow ? least[c] : k->main[c];
    }
    if (need > left) {
        row_squeeze(k, least, first, next, need - left);
        row_settle(l, k, want, first, next);
    }
    for (int c = first; c < next; c++)
        taken += k->main[c];
    row_grow(l, k, least, first, next, left - taken);
    for (int c = first; c < next; c++) {
        k->cross[c] = layout_natural(l, k->at[c], LK_MAX(k->main[c], 1)).h;
        height = LK_MAX(height, k->cross[c]);
    }
    return height;
}

struct kiosk_size layout_row_size(struct layout *l, int i, int avail)
{
    struct kids k = layout_kids(l, i);
    int gap = layout_gap(l, i);
    struct kiosk_size s = {0};
    for (int c = 0; c < k.n;) {
        int next = row_line(l, i, &k, c, avail);
        s.h += (c > 0 ? gap : 0) + row_measure(l, i, &k, c, next, avail);
        s.w = LK_MAX(s.w, layout_sum(k.main + c, next - c, gap));
        c = next;
    }
    return s;
}

bool layout_row_is_one(struct layout *l, int i, int avail)
{
    struct kids k = layout_kids(l, i);
    return k.n == 0 || row_line(l, i, &k, 0, avail) == k.n;
}

int layout_row_least_h(struct layout *l, int i, int avail)
{
    struct kids k = layout_kids(l, i);
    int gap = layout_gap(l, i);
    int h = 0;
    for (int c = 0; c < k.n;) {
        int next = row_line(l, i, &k, c, avail);
        int height = 0;
        row_measure(l, i, &k, c, next, avail);
        h += c > 0 ? gap : 0;
        for (; c < next; c++)
            height = LK_MAX(height,
                            layout_least_h(l, k.at[c], LK_MAX(k.main[c], 1)));
        h += height;
    }
    return h;
}

static void row_line_place(struct layout *l, int i, const struct kids *k,
                           int first, int next, struct kiosk_rect r)
{
    const struct kiosk_box *b = layout_box(l, i);
    int gap = layout_gap(l, i);
    int need = layout_sum(k->main + first, next - first, gap);
    layout_spill(l, need, r.w);
    int x = r.x + layout_offset(b->along, r.w, need);
    for (int c = first; c < next; c++) {
        int h = b->align == KIOSK_STRETCH ? r.h : LK_MIN(k->cross[c], r.h);
        if (!layout_yields(l, k->at[c]))
            layout_spill(l, k->cross[c], r.h);
        struct kiosk_rect child = {x, r.y + layout_offset(b->align, r.h, h),
                                   k->main[c], h};
        layout_place(l, k->at[c], child);
        x += k->main[c] + gap;
    }
}

void layout_row_place(struct layout *l, int i, struct kiosk_rect r)
{
    struct kids k = layout_kids(l, i);
    int gap = layout_gap(l, i);
    int y = r.y;
    for (int c = 0; c < k.n;) {
        int next = row_line(l, i, &k, c, r.w);
        int height = row_measure(l, i, &k, c, next, r.w);
        /* The last line has what is left: all, where there is but one. */
        if (next == k.n)
            height = r.y + r.h - y;
        row_line_place(l, i, &k, c, next,
                       (struct kiosk_rect){r.x, y, r.w, height});
        y += height + gap;
        c = next;
    }
}

/* ---- wrapping rows ---- */

static void wrap_measure(struct layout *l, struct kids *k, int avail)
{
    for (int c = 0; c < k->n; c++) {
        struct kiosk_size s = layout_natural(l, k->at[c], avail);
        k->main[c] = s.w;
        k->cross[c] = s.h;
    }
}

/* One line: children first..next-1, and its height. */
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

struct kiosk_size layout_wrap_size(struct layout *l, int i, int avail)
{
    struct kids k = layout_kids(l, i);
    int gap = layout_gap(l, i);
    wrap_measure(l, &k, avail);
    int all = layout_sum(k.main, k.n, gap);
    struct kiosk_size s = {LK_MIN(avail, all), 0};
    for (int c = 0; c < k.n;) {
        int height;
        c = wrap_line(&k, c, gap, avail, &height);
        s.h += height + (s.h > 0 ? gap : 0);
    }
    return s;
}

void layout_wrap_place(struct layout *l, int i, struct kiosk_rect r)
{
    struct kids k = layout_kids(l, i);
    int gap = layout_gap(l, i);
    enum kiosk_place along = layout_box(l, i)->along;
    int y = r.y;
    int height = 0;
    wrap_measure(l, &k, r.w);
    for (int c = 0; c < k.n; y += height + gap) {
        int next = wrap_line(&k, c, gap, r.w, &height);
        int need = layout_sum(k.main + c, next - c, gap);
        int x = r.x + layout_offset(along, r.w, need);
        layout_spill(l, need, r.w);
        for (; c < next; c++) {
            layout_place(l, k.at[c],
                         (struct kiosk_rect){x, y, k.main[c], height});
            x += k.main[c] + gap;
        }
    }
    layout_spill(l, y - gap, r.y + r.h);
}
