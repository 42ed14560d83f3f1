/* Grounds, outlines, shadows and the focus ring. */
#include "kiosk/paint_priv.h"

#include "kiosk/sizes.h"

#include <math.h>

#define SHADOW_BELOW_MM 0.7f
#define SCRIM_ALPHA 0.72

void paint_colour(const struct pass *s, uint32_t rgb)
{
    cairo_set_source_rgb(s->cr, (rgb >> 16 & 255) / 255.0,
                         (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}

void paint_rounded(const struct pass *s, struct kiosk_rect r, double out,
                   double radius)
{
    double x = r.x - out;
    double y = r.y - out;
    double w = r.w + 2 * out;
    double h = r.h + 2 * out;
    radius = fmin(radius, fmin(w, h) / 2);
    cairo_new_sub_path(s->cr);
    cairo_arc(s->cr, x + w - radius, y + radius, radius, -M_PI_2, 0);
    cairo_arc(s->cr, x + w - radius, y + h - radius, radius, 0, M_PI_2);
    cairo_arc(s->cr, x + radius, y + h - radius, radius, M_PI_2, M_PI);
    cairo_arc(s->cr, x + radius, y + radius, radius, M_PI, 3 * M_PI_2);
    cairo_close_path(s->cr);
}

/* Straight parts need no path: they are the most pixels. */
static void fill_rounded(const struct pass *s, struct kiosk_rect r,
                         double radius)
{
    int round = (int)ceil(fmin(radius, LK_MIN(r.w, r.h) / 2.0));
    struct kiosk_rect top = {r.x, r.y, r.w, round};
    if (r.h > 2 * round) {
        cairo_rectangle(s->cr, r.x, r.y + round, r.w, r.h - 2 * round);
        cairo_fill(s->cr);
    }
    cairo_save(s->cr);
    cairo_rectangle(s->cr, top.x, top.y, top.w, top.h);
    cairo_rectangle(s->cr, top.x, r.y + r.h - round, top.w, top.h);
    cairo_clip(s->cr);
    paint_rounded(s, r, 0, radius);
    cairo_fill(s->cr);
    cairo_restore(s->cr);
}

static void colour_alpha(const struct pass *s, uint32_t rgb, double alpha)
{
    cairo_set_source_rgba(s->cr, (rgb >> 16 & 255) / 255.0,
                          (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, alpha);
}

void paint_skin(const struct pass *s, const struct kiosk_skin *skin,
                struct kiosk_rect r)
{
    double radius = paint_mm(s, skin->radius_mm);
    if (skin->shadow && s->p->shadow) {
        struct kiosk_rect below = r;
        below.y += (int)paint_mm(s, SHADOW_BELOW_MM);
        paint_colour(s, s->theme->shade);
        kiosk_shadow_draw(s->p->shadow, s->cr, below);
    }
    if (!skin->filled)
        return;
    if (skin->scrim)
        colour_alpha(s, skin->fill, SCRIM_ALPHA);
    else
        paint_colour(s, skin->fill);
    if (radius >= 1) {
        fill_rounded(s, r, radius);
    } else {
        cairo_rectangle(s->cr, r.x, r.y, r.w, r.h);
        cairo_fill(s->cr);
    }
    if (skin->outline_mm > 0) {
        double width = fmax(paint_mm(s, skin->outline_mm), 1);
        paint_colour(s, skin->outline);
        cairo_set_line_width(s->cr, width);
        paint_rounded(s, r, -width / 2, radius - width / 2);
        cairo_stroke(s->cr);
    }
}

/* Two lines, dark and light: one of them stands out from any ground. */
void paint_focus(const struct pass *s, const struct kiosk_node *n)
{
    struct kiosk_skin skin = kiosk_skin(s->theme, n);
    double radius = paint_mm(s, skin.radius_mm);
    cairo_set_line_width(s->cr, paint_mm(s, 1.25f));
    paint_colour(s, s->theme->focus);
    paint_rounded(s, n->rect, paint_mm(s, 1.3f), radius + paint_mm(s, 1.3f));
    cairo_stroke(s->cr);
    cairo_set_line_width(s->cr, paint_mm(s, 0.75f));
    paint_colour(s, s->theme->focus_inner);
    paint_rounded(s, n->rect, paint_mm(s, 0.35f), radius + paint_mm(s, 0.35f));
    cairo_stroke(s->cr);
}
