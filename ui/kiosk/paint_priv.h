/* paint_priv.h - what the parts of the painter share. */
#ifndef LUUKKU_KIOSK_PAINT_PRIV_H
#define LUUKKU_KIOSK_PAINT_PRIV_H

#include "kiosk/paint.h"

#include <cairo.h>

/* One pass over the tree. */
struct pass {
    const struct kiosk_painter *p;
    const struct kiosk_theme *theme;
    const struct kiosk_tree *t;
    const struct kiosk_canvas *c;
    cairo_surface_t *surface;
    cairo_t *cr;
};

static inline double paint_mm(const struct pass *s, float length)
{
    return (double)(length * s->p->metrics->px_per_mm);
}

/* shapes.c */
void paint_colour(const struct pass *s, uint32_t rgb);
/* A path: the rectangle made larger by `out` on all sides. */
void paint_rounded(const struct pass *s, struct kiosk_rect r, double out,
                   double radius);
void paint_skin(const struct pass *s, const struct kiosk_skin *skin,
                struct kiosk_rect r);
void paint_focus(const struct pass *s, const struct kiosk_node *n);

/* paint_leaf.c: text and icon of node i; a field; words in place of a
 * picture. */
void paint_content(const struct pass *s, int i);
void paint_field(const struct pass *s, int i);
void paint_sheet(const struct pass *s, const struct kiosk_node *n);
void paint_qr(const struct pass *s, const struct kiosk_node *n);
void paint_placeholder(const struct pass *s, int i);

#endif
