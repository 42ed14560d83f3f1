/* layout.h - from millimetres and texts to rectangles in pixels.
 *
 * Room: columns, rows, wrapping rows, grids and pagers; mirroring for scripts
 * that run from right to left. Pure: text is measured through a callback.
 *
 * What is too wide falls to further lines: a row goes on below where the words
 * of its children would not fit side by side, a grid has fewer columns. What is
 * too high for a pager goes to further pages. Words are never broken, but those
 * that people wrote (`foreign`).
 */
#ifndef LUUKKU_KIOSK_LAYOUT_H
#define LUUKKU_KIOSK_LAYOUT_H

#include "kiosk/tree.h"

struct kiosk_size {
    int w, h; /* px */
};

/* How a text is set. */
struct kiosk_type {
    enum kiosk_font font;
    enum session_text_size size;
    bool breaks; /* a word too wide for a line is broken */
};

struct kiosk_metrics {
    float px_per_mm;
    /* Size of `text` wrapped at width_px (0: never), or -ENOMEM. Wider than
     * width_px where a word is. */
    int (*measure)(void *arg, const struct kiosk_type *type, const char *text,
                   int width_px, struct kiosk_size *ret);
    void *arg;
};

/* Pixels of a length, rounded. */
int kiosk_px(const struct kiosk_metrics *m, float mm);

/* How a node's text is set. */
struct kiosk_type kiosk_node_type(const struct kiosk_tree *t,
                                  const struct kiosk_node *n);

/* Edge of a leaf's icon in px, 0 when it has none; and the gap behind it. */
int kiosk_icon_px(const struct kiosk_metrics *m, const struct kiosk_tree *t,
                  const struct kiosk_node *n);
int kiosk_icon_gap_px(const struct kiosk_metrics *m,
                      const struct kiosk_node *n);

/* What a leaf draws; of a field, its text or its hint. */
const char *kiosk_node_text(const struct kiosk_node *n);

/* Around and between the words and the icon in place of a picture. */
#define KIOSK_PLACEHOLDER_PAD_MM 4.0f
#define KIOSK_PLACEHOLDER_GAP_MM 3.0f

/* Sets every node's rectangle, the root's being size; which nodes are on
 * another page of their pager (KIOSK_OFFPAGE), and how many pages there are.
 * `page` of a pager is brought into range. Sets t->spills where something is
 * larger than its place, t->error when a text cannot be measured.
 *
 * A tree may be laid out again, also for another size.
 */
void kiosk_layout(struct kiosk_tree *t, const struct kiosk_metrics *m,
                  struct kiosk_size size);

#endif
