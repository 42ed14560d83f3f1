#include "kiosk/paint_priv.h"

#include "kiosk/sizes.h"

static void footer_line(const struct pass *s, const struct kiosk_node *n)
{
    paint_colour(s, s->theme->line);
    cairo_rectangle(s->cr, n->rect.x, n->rect.y, n->rect.w,
                    LK_MAX((int)paint_mm(s, 0.4f), 1));
    cairo_fill(s->cr);
}

/* The ground around node i. */
static uint32_t ground_around(const struct pass *s, int i)
{
    int parent = s->t->node[i].parent;
    return parent < 0 ? s->theme->page : kiosk_ground(s->theme, s->t, parent);
}

static void video(const struct pass *s, int i)
{
    const struct kiosk_node *n = &s->t->node[i];
    struct kiosk_rect r = n->rect;
    cairo_surface_flush(s->surface);
    if (n->source == KIOSK_SOURCE_NONE || !s->p->picture ||
        !s->p->picture(s->p->arg, n->source, s->c, r)) {
        paint_placeholder(s, i);
        return;
    }
    cairo_surface_mark_dirty_rectangle(s->surface, r.x, r.y, r.w, r.h);
    /* Round the corners with the ground's colour. */
    cairo_set_fill_rule(s->cr, CAIRO_FILL_RULE_EVEN_ODD);
    paint_colour(s, ground_around(s, i));
    cairo_rectangle(s->cr, r.x, r.y, r.w, r.h);
    paint_rounded(s, r, 0, paint_mm(s, KIOSK_PANEL_RADIUS_MM));
    cairo_fill(s->cr);
    cairo_set_fill_rule(s->cr, CAIRO_FILL_RULE_WINDING);
}

static void node_paint(const struct pass *s, int i)
{
    const struct kiosk_node *n = &s->t->node[i];
    struct kiosk_skin skin = kiosk_skin(s->theme, n);
    if (n->rect.w <= 0 || n->rect.h <= 0)
        return;
    if (n->look == KIOSK_LOOK_VIDEO) {
        video(s, i);
    } else {
        paint_skin(s, &skin, n->rect);
        if (n->look == KIOSK_LOOK_FOOTER)
            footer_line(s, n);
        if (n->look == KIOSK_LOOK_QR)
            paint_qr(s, n);
        else if (n->look == KIOSK_LOOK_SHEET)
            paint_sheet(s, n);
        else if (n->role == KIOSK_FIELD)
            paint_field(s, i);
        else if (n->box.flow == KIOSK_LEAF)
            paint_content(s, i);
    }
    if (n->state & KIOSK_FOCUSED)
        paint_focus(s, n);
}

struct kiosk_rect kiosk_paint_reach(const struct kiosk_painter *p,
                                    struct kiosk_rect r)
{
    int out = kiosk_px(p->metrics, KIOSK_BLEED_MM) + 1;
    return (struct kiosk_rect){r.x - out, r.y - out, r.w + 2 * out,
                               r.h + 2 * out};
}

static bool is_picture(const struct kiosk_painter *p,
                       const struct kiosk_node *n)
{
    return n->look == KIOSK_LOOK_VIDEO && n->source != KIOSK_SOURCE_NONE &&
           p->picture;
}

/* Pictures ignore the clip, so the area must hold them whole. */
static struct kiosk_rect area_with_videos(const struct kiosk_painter *p,
                                          const struct kiosk_tree *t,
                                          struct kiosk_rect area)
{
    for (int i = 0; i < t->n; i++) {
        const struct kiosk_node *n = &t->node[i];
        if (is_picture(p, n) && kiosk_rect_touches(area, n->rect))
            area = kiosk_rect_union(area, n->rect);
    }
    return area;
}

/* Whether drawing the node changes anything in the area. A picture near it
 * must not be drawn: only its corners would be clipped. */
static bool is_touched(const struct kiosk_painter *p,
                       const struct kiosk_tree *t, int i,
                       struct kiosk_rect area)
{
    const struct kiosk_node *n = &t->node[i];
    if (kiosk_tree_hidden(t, i) || n->state & KIOSK_BLANK)
        return false;
    if (is_picture(p, n))
        return kiosk_rect_touches(n->rect, area);
    return kiosk_rect_touches(kiosk_paint_reach(p, n->rect), area);
}

struct kiosk_rect kiosk_paint(const struct kiosk_painter *p,
                              const struct kiosk_canvas *c,
                              const struct kiosk_tree *t,
                              struct kiosk_rect area)
{
    struct kiosk_rect all = {0, 0, c->size.w, c->size.h};
    /* Twice: what the one picture adds may touch the other. */
    area = area_with_videos(p, t, area_with_videos(p, t, area));
    area = kiosk_rect_within(area, all);
    if (area.w == 0 || area.h == 0)
        return area;
    struct pass s = {.p = p, .theme = kiosk_theme(t->contrast), .t = t, .c = c};
    s.surface = cairo_image_surface_create_for_data(
        (unsigned char *)c->pixels, CAIRO_FORMAT_RGB24, c->size.w, c->size.h,
        c->stride_px * 4);
    s.cr = cairo_create(s.surface);
    cairo_rectangle(s.cr, area.x, area.y, area.w, area.h);
    cairo_clip(s.cr);
    for (int i = 0; i < t->n; i++)
        if (is_touched(p, t, i, area))
            node_paint(&s, i);
    cairo_destroy(s.cr);
    cairo_surface_finish(s.surface);
    cairo_surface_destroy(s.surface);
    return area;
}

void kiosk_paint_warm(const struct kiosk_painter *p,
                      const struct kiosk_canvas *c)
{
    cairo_surface_t *surface = cairo_image_surface_create_for_data(
        (unsigned char *)c->pixels, CAIRO_FORMAT_RGB24, c->size.w, c->size.h,
        c->stride_px * 4);
    cairo_t *cr = cairo_create(surface);
    kiosk_text_warm(p->text, cr);
    struct kiosk_icon_place at = {0, 0, kiosk_px(p->metrics, KIOSK_ICON_MM)};
    for (int i = KIOSK_ICON_NONE + 1; i < KIOSK_ICONS; i++)
        kiosk_icon_draw(p->icons, cr, (enum kiosk_icon)i, at, false);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
}
