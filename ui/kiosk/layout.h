/* layout.h - from millimetres and texts to rectangles in pixels.
 *
 * Room: columns, rows, wrapping rows and grids. Pure: text is measured through
 * a callback. Mirroring for scripts that run from right to left belongs here.
 */
#ifndef LUUKKU_KIOSK_LAYOUT_H
#define LUUKKU_KIOSK_LAYOUT_H

#include "kiosk/tree.h"

struct kiosk_size {
    int w, h; /* px */
};

struct kiosk_metrics {
    float px_per_mm;
    /* Size of `text` wrapped at width_px (0: never), or -ENOMEM. */
    int (*measure)(void *arg, enum kiosk_font font, const char *text,
                   int width_px, struct kiosk_size *ret);
    void *arg;
};

/* Pixels of a length, rounded. */
int kiosk_px(const struct kiosk_metrics *m, float mm);

/* Edge of a leaf's icon in px, 0 when it has none; and the gap behind it. */
int kiosk_icon_px(const struct kiosk_metrics *m, const struct kiosk_node *n);
int kiosk_icon_gap_px(const struct kiosk_metrics *m,
                      const struct kiosk_node *n);

/* What a leaf draws. */
const char *kiosk_node_text(const struct kiosk_node *n);

/* Sets every node's rectangle, the root's being size. Sets t->spills where
 * something is larger than its place, t->error when a text cannot be
 * measured. */
void kiosk_layout(struct kiosk_tree *t, const struct kiosk_metrics *m,
                  struct kiosk_size size);

#endif
