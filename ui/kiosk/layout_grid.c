/* Grids: fewer columns where words or the size of text need it. */
#include "kiosk/layout_priv.h"

#include "kiosk/sizes.h"

static int cell_px(const struct layout *l, int i, int avail, int cols)
{
    return LK_MAX((avail - layout_gap(l, i) * (cols - 1)) / cols, 1);
}

static int grid_cols(struct layout *l, int i, int avail)
{
    const struct kiosk_box *b = layout_box(l, i);
    struct kids k = layout_kids(l, i);
    struct layout_memo *memo = &l->cols[i];
    int gap = layout_gap(l, i);
    if (memo->size.w > 0 && memo->avail == avail && memo->epoch == gap)
        return memo->size.w;
    int cols = LK_MAX((int)b->cols, 1);
    int least = layout_px(l, b->cell_w * kiosk_cell_growth(l->t->text_size));
    for (int c = 0; c < k.n; c++)
        least = LK_MAX(least, layout_words(l, k.at[c]));
    while (cols > 1 && !b->fixed && cell_px(l, i, avail, cols) < least)
        cols--;
    /* As few as its lines need, so that the last line is not left bare. */
    int lines = (k.n + cols - 1) / cols;
    if (cols < b->cols && lines > 0)
        cols = (k.n + lines - 1) / lines;
    *memo = (struct layout_memo){gap, avail, {cols, 0}};
    return cols;
}

/* Fills heights of the rows; returns their number. */
static int grid_rows(struct layout *l, int i, int avail, int cols, int *rows)
{
    struct kids k = layout_kids(l, i);
    int cell = cell_px(l, i, avail, cols);
    int n = (k.n + cols - 1) / cols;
    int most = 0;
    for (int row = 0; row < n; row++)
        rows[row] = 0;
    for (int c = 0; c < k.n; c++) {
        int h = layout_natural(l, k.at[c], cell).h;
        rows[c / cols] = LK_MAX(rows[c / cols], h);
        most = LK_MAX(most, h);
    }
    for (int row = 0; row < n && layout_box(l, i)->equal; row++)
        rows[row] = most;
    return n;
}

struct kiosk_size layout_grid_size(struct layout *l, int i, int avail)
{
    int rows[KIOSK_CHILDREN_MAX] = {0};
    int n = grid_rows(l, i, avail, grid_cols(l, i, avail), rows);
    return (struct kiosk_size){avail, layout_sum(rows, n, layout_gap(l, i))};
}

void layout_grid_place(struct layout *l, int i, struct kiosk_rect r)
{
    struct kids k = layout_kids(l, i);
    int gap = layout_gap(l, i);
    int cols = grid_cols(l, i, r.w);
    int cell = cell_px(l, i, r.w, cols);
    int rows[KIOSK_CHILDREN_MAX] = {0};
    int n = grid_rows(l, i, r.w, cols, rows);
    layout_spill(l, layout_sum(rows, n, gap), r.h);
    int y = r.y;
    for (int c = 0; c < k.n; c++) {
        int col = c % cols;
        if (c > 0 && col == 0)
            y += rows[c / cols - 1] + gap;
        layout_spill(l, layout_words(l, k.at[c]), cell);
        struct kiosk_rect child = {r.x + col * (cell + gap), y, cell,
                                   rows[c / cols]};
        layout_place(l, k.at[c], child);
    }
}
