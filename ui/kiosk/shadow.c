#include "kiosk/shadow.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include <cairo.h>

/* Darkest, at the box's edge. */
#define ALPHA 34.0

struct kiosk_shadow {
    int corner; /* edge of a corner: radius + spread */
    int spread;
    cairo_surface_t *mask; /* A8: four corners and a pixel between them */
    cairo_pattern_t *pattern;
};

/* Distance of a pixel from a rounded box, negative inside. */
static double distance(int x, int y, const struct kiosk_shadow *s)
{
    double inner = s->corner;
    double dx = fmax(fabs(x - inner), 0);
    double dy = fmax(fabs(y - inner), 0);
    return hypot(dx, dy) - (s->corner - s->spread);
}

static void mask_fill(const struct kiosk_shadow *s)
{
    unsigned char *data = cairo_image_surface_get_data(s->mask);
    int stride = cairo_image_surface_get_stride(s->mask);
    int edge = 2 * s->corner + 1;
    for (int y = 0; y < edge; y++) {
        for (int x = 0; x < edge; x++) {
            double d = distance(x, y, s) / s->spread;
            double left = fmin(fmax(1 - d, 0), 1);
            data[y * stride + x] = (unsigned char)(ALPHA * left * left);
        }
    }
    cairo_surface_mark_dirty(s->mask);
}

int kiosk_shadow_new(int radius, int spread, struct kiosk_shadow **ret)
{
    struct kiosk_shadow *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->spread = LK_MAX(spread, 1);
    s->corner = LK_MAX(radius, 0) + s->spread;
    s->mask = cairo_image_surface_create(CAIRO_FORMAT_A8, 2 * s->corner + 1,
                                         2 * s->corner + 1);
    if (cairo_surface_status(s->mask) != CAIRO_STATUS_SUCCESS) {
        kiosk_shadow_free(s);
        return -ENOMEM;
    }
    cairo_surface_flush(s->mask);
    mask_fill(s);
    s->pattern = cairo_pattern_create_for_surface(s->mask);
    cairo_pattern_set_filter(s->pattern, CAIRO_FILTER_NEAREST);
    *ret = s;
    return 0;
}

struct kiosk_shadow *kiosk_shadow_free(struct kiosk_shadow *s)
{
    if (!s)
        return NULL;
    if (s->pattern)
        cairo_pattern_destroy(s->pattern);
    if (s->mask)
        cairo_surface_destroy(s->mask);
    free(s);
    return NULL;
}

/* Stretches a part of the mask over an area. */
static void slice(const struct kiosk_shadow *s, cairo_t *cr,
                  struct kiosk_rect from, struct kiosk_rect to)
{
    cairo_matrix_t m;
    if (to.w <= 0 || to.h <= 0)
        return;
    double sx = (double)from.w / to.w;
    double sy = (double)from.h / to.h;
    cairo_matrix_init(&m, sx, 0, 0, sy, from.x - to.x * sx, from.y - to.y * sy);
    cairo_pattern_set_matrix(s->pattern, &m);
    cairo_save(cr);
    cairo_rectangle(cr, to.x, to.y, to.w, to.h);
    cairo_clip(cr);
    cairo_mask(cr, s->pattern);
    cairo_restore(cr);
}

void kiosk_shadow_draw(const struct kiosk_shadow *s, cairo_t *cr,
                       struct kiosk_rect r)
{
    int c = LK_MIN(s->corner, s->spread + LK_MIN(r.w, r.h) / 2);
    int far = 2 * s->corner + 1 - c;
    int left = r.x - s->spread;
    int top = r.y - s->spread;
    int right = r.x + r.w + s->spread - c;
    int bottom = r.y + r.h + s->spread - c;
    int w = right - left - c;
    int h = bottom - top - c;
    slice(s, cr, (struct kiosk_rect){0, 0, c, c},
          (struct kiosk_rect){left, top, c, c});
    slice(s, cr, (struct kiosk_rect){far, 0, c, c},
          (struct kiosk_rect){right, top, c, c});
    slice(s, cr, (struct kiosk_rect){0, far, c, c},
          (struct kiosk_rect){left, bottom, c, c});
    slice(s, cr, (struct kiosk_rect){far, far, c, c},
          (struct kiosk_rect){right, bottom, c, c});
    /* The box that casts it may lie higher. */
    slice(s, cr, (struct kiosk_rect){s->corner, s->corner, 1, 1},
          (struct kiosk_rect){left + c, r.y + r.h - s->spread, w, s->spread});
    /* Along the edges the mask does not change. */
    slice(s, cr, (struct kiosk_rect){s->corner, 0, 1, s->spread},
          (struct kiosk_rect){left + c, top, w, s->spread});
    slice(s, cr,
          (struct kiosk_rect){s->corner, 2 * s->corner + 1 - s->spread, 1,
                              s->spread},
          (struct kiosk_rect){left + c, r.y + r.h, w, s->spread});
    slice(s, cr, (struct kiosk_rect){0, s->corner, s->spread, 1},
          (struct kiosk_rect){left, top + c, s->spread, h});
    slice(s, cr,
          (struct kiosk_rect){2 * s->corner + 1 - s->spread, s->corner,
                              s->spread, 1},
          (struct kiosk_rect){r.x + r.w, top + c, s->spread, h});
}
