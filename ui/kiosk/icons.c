#include "kiosk/icons.h"

#include <errno.h>
#include <stdlib.h>

#include <cairo.h>
#include <librsvg/rsvg.h>

struct mask {
    int edge;
    cairo_surface_t *surface;
};

struct kiosk_icons {
    RsvgHandle *svg[KIOSK_ICONS];
    struct mask mask[KIOSK_ICONS][KIOSK_ICON_SIZES];
    unsigned next[KIOSK_ICONS]; /* the mask that is replaced next */
};

static int icons_load(struct kiosk_icons *s)
{
    for (int i = KIOSK_ICON_NONE + 1; i < KIOSK_ICONS; i++) {
        s->svg[i] = rsvg_handle_new_from_data(kiosk_icon_svgs[i].data,
                                              kiosk_icon_svgs[i].len, NULL);
        if (!s->svg[i])
            return -EIO;
    }
    return 0;
}

int kiosk_icons_new(struct kiosk_icons **ret)
{
    struct kiosk_icons *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    int r = icons_load(s);
    if (r < 0) {
        kiosk_icons_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

struct kiosk_icons *kiosk_icons_free(struct kiosk_icons *s)
{
    if (!s)
        return NULL;
    for (int i = 0; i < KIOSK_ICONS; i++) {
        if (s->svg[i])
            g_object_unref(s->svg[i]);
        for (int k = 0; k < KIOSK_ICON_SIZES; k++)
            if (s->mask[i][k].surface)
                cairo_surface_destroy(s->mask[i][k].surface);
    }
    free(s);
    return NULL;
}

static cairo_surface_t *icon_render(RsvgHandle *svg, int edge)
{
    cairo_surface_t *mask =
        cairo_image_surface_create(CAIRO_FORMAT_A8, edge, edge);
    cairo_t *cr = cairo_create(mask);
    RsvgRectangle view = {0, 0, edge, edge};
    rsvg_handle_render_document(svg, cr, &view, NULL);
    cairo_destroy(cr);
    return mask;
}

static cairo_surface_t *icon_mask(struct kiosk_icons *s, enum kiosk_icon icon,
                                  int edge)
{
    for (int k = 0; k < KIOSK_ICON_SIZES; k++)
        if (s->mask[icon][k].edge == edge)
            return s->mask[icon][k].surface;
    struct mask *m = &s->mask[icon][s->next[icon]++ % KIOSK_ICON_SIZES];
    if (m->surface)
        cairo_surface_destroy(m->surface);
    m->surface = icon_render(s->svg[icon], edge);
    m->edge = edge;
    return m->surface;
}

bool kiosk_icon_points(enum kiosk_icon icon)
{
    return icon == KIOSK_ICON_ARROW_LEFT || icon == KIOSK_ICON_ARROW_RIGHT ||
           icon == KIOSK_ICON_LOG_OUT;
}

void kiosk_icon_draw(struct kiosk_icons *s, cairo_t *cr, enum kiosk_icon icon,
                     struct kiosk_icon_place at, bool rtl)
{
    if (icon == KIOSK_ICON_NONE || at.edge <= 0)
        return;
    cairo_surface_t *mask = icon_mask(s, icon, at.edge);
    if (!rtl || !kiosk_icon_points(icon)) {
        cairo_mask_surface(cr, mask, at.x, at.y);
        return;
    }
    cairo_save(cr);
    cairo_translate(cr, at.x + at.edge, at.y);
    cairo_scale(cr, -1, 1);
    cairo_mask_surface(cr, mask, 0, 0);
    cairo_restore(cr);
}
