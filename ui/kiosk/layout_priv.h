/* layout_priv.h - what the parts of the layout share. */
#ifndef LUUKKU_KIOSK_LAYOUT_PRIV_H
#define LUUKKU_KIOSK_LAYOUT_PRIV_H

#include "kiosk/layout.h"

#define KIOSK_LAYOUT_MEMO 2 /* widths per node whose results are kept */

/* A node's natural size at one width. */
struct layout_memo {
    int epoch;
    int avail;
    struct kiosk_size size;
};

struct layout {
    struct kiosk_tree *t;
    const struct kiosk_metrics *m;
    float tight; /* what is left of gaps and padding; 1: all */
    int epoch;   /* rises when memos become wrong */
    struct layout_memo memo[KIOSK_NODES_MAX][KIOSK_LAYOUT_MEMO];
    struct layout_memo words[KIOSK_NODES_MAX]; /* size.w: layout_words() */
    /* Columns of grids: the same on all pages. epoch: the gap, px; size.w:
     * columns. */
    struct layout_memo cols[KIOSK_NODES_MAX];
};

/* Children of one node that take room, and their sizes. */
struct kids {
    int n;
    int at[KIOSK_CHILDREN_MAX];
    int main[KIOSK_CHILDREN_MAX];  /* length along the flow, px */
    int cross[KIOSK_CHILDREN_MAX]; /* length across it, px */
};

/* layout.c */
struct kids layout_kids(const struct layout *l, int i);
const struct kiosk_box *layout_box(const struct layout *l, int i);
int layout_px(const struct layout *l, float mm);
/* Padding and gaps, which give way when room is short. */
int layout_gap(const struct layout *l, int i);
int layout_pad_y(const struct layout *l, int i);
/* Greatest width; of boxes that hold others it grows with the text, and words
 * in place of a picture always have room. */
int layout_max_w(struct layout *l, int i);
/* Size that a node wants when it may be `avail` wide. */
struct kiosk_size layout_natural(struct layout *l, int i, int avail);
/* Least width at which no word of the node sticks out. */
int layout_words(struct layout *l, int i);
/* Words and icon in place of a picture that is `width` wide. */
struct kiosk_size layout_placeholder(struct layout *l, int i, int width);
/* Gives node i and all in it their rectangles. */
void layout_place(struct layout *l, int i, struct kiosk_rect r);
void layout_spill(struct layout *l, int need, int room);
int layout_sum(const int *v, int n, int gap);
int layout_offset(enum kiosk_place p, int room, int len);

/* layout_flow.c: each measures within `avail`, and places within `r`. */
struct kiosk_size layout_column_size(struct layout *l, int i, int avail);
struct kiosk_size layout_row_size(struct layout *l, int i, int avail);
/* Whether a row's children are all side by side. */
bool layout_row_is_one(struct layout *l, int i, int avail);
int layout_row_least_h(struct layout *l, int i, int avail);
struct kiosk_size layout_wrap_size(struct layout *l, int i, int avail);
void layout_column_place(struct layout *l, int i, struct kiosk_rect r);
void layout_row_place(struct layout *l, int i, struct kiosk_rect r);
void layout_wrap_place(struct layout *l, int i, struct kiosk_rect r);

/* layout_grid.c */
struct kiosk_size layout_grid_size(struct layout *l, int i, int avail);
void layout_grid_place(struct layout *l, int i, struct kiosk_rect r);

/* layout_pager.c */
/* All on one page; with the buttons that stay. */
struct kiosk_size layout_pager_size(struct layout *l, int i, int avail);
void layout_pager_place(struct layout *l, int i, struct kiosk_rect r);
/* Whether a node can do with less height than it wants; the least. */
bool layout_yields(const struct layout *l, int i);
int layout_least_h(struct layout *l, int i, int avail);

#endif
