/* paint.h - draws a tree into memory.
 *
 * Room: shapes, colours, text and icons by Cairo. Pixels are 32-bit
 * 0xXXRRGGBB in native order. Pictures come through a callback.
 */
#ifndef LUUKKU_KIOSK_PAINT_H
#define LUUKKU_KIOSK_PAINT_H

#include "kiosk/icons.h"
#include "kiosk/layout.h"
#include "kiosk/shadow.h"
#include "kiosk/sheets.h"
#include "kiosk/text.h"
#include "kiosk/theme.h"

/* How far a node draws beyond its rectangle (shadow, focus ring), mm. */
#define KIOSK_BLEED_MM 3.0f
#define KIOSK_SHADOW_MM 2.2f

struct kiosk_canvas {
    struct kiosk_size size;
    uint32_t *pixels;
    int stride_px; /* pixels from row to row */
};

struct kiosk_painter {
    struct kiosk_text *text;           /* borrowed */
    struct kiosk_icons *icons;         /* borrowed */
    const struct kiosk_shadow *shadow; /* borrowed; NULL: none */
    struct kiosk_sheets *sheets;       /* borrowed; NULL: pages stay blank */
    const struct kiosk_metrics *metrics;
    /* Fills `area` of the canvas with the newest picture of `source`; false
     * when there is none. */
    bool (*picture)(void *arg, enum kiosk_source source,
                    const struct kiosk_canvas *c, struct kiosk_rect area);
    void *arg;
};

/* Allocates pixels, black. Errors: -ENOMEM, -EINVAL size not positive. */
int kiosk_canvas_new(struct kiosk_size size,
                     struct kiosk_canvas **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct kiosk_canvas *kiosk_canvas_free(struct kiosk_canvas *c);
LK_AUTO_DEFINE(kiosk_canvas);

/* Draws what lies in `area`, and the whole of every picture that touches it.
 * Returns the area that was drawn. */
struct kiosk_rect kiosk_paint(const struct kiosk_painter *p,
                              const struct kiosk_canvas *c,
                              const struct kiosk_tree *t,
                              struct kiosk_rect area);

/* The byte of a field's text, node i, that lies nearest to a point; 0 while it
 * is empty. */
size_t kiosk_paint_field_at(const struct kiosk_painter *p,
                            const struct kiosk_tree *t, int i, int x, int y);

/* The area that changes when this node's looks change. */
struct kiosk_rect kiosk_paint_reach(const struct kiosk_painter *p,
                                    struct kiosk_rect r);

/* Draws every icon and every font's scripts into the canvas, so that nothing
 * has to be loaded later. */
void kiosk_paint_warm(const struct kiosk_painter *p,
                      const struct kiosk_canvas *c);

/* Blackens `area`, which lies within the canvas. */
void kiosk_canvas_black(struct kiosk_canvas *c, struct kiosk_rect area);

/* Writes the canvas as PNG into a new sealed memfd of at most `max` bytes.
 * Errors: -EMSGSIZE, -ENOMEM, -EMFILE, -EIO. */
int kiosk_canvas_png(const struct kiosk_canvas *c, size_t max, int *ret_fd,
                     size_t *ret_len) LK_MUST_CHECK;

struct kiosk_rect kiosk_rect_union(struct kiosk_rect a, struct kiosk_rect b);
bool kiosk_rect_touches(struct kiosk_rect a, struct kiosk_rect b);
struct kiosk_rect kiosk_rect_within(struct kiosk_rect a, struct kiosk_rect b);

#endif
