#include "kiosk/paint.h"

#include <math.h>

#include <cairo.h>

#define PANEL_RADIUS_MM 5.0f
#define SHADOW_RINGS 3

/* One pass over the tree. */
struct pass {
    const struct kiosk_painter *p;
    const struct kiosk_theme *theme;
    const struct kiosk_canvas *c;
    cairo_surface_t *surface;
    cairo_t *cr;
};

static double mm(const struct pass *s, float length)
{
    return (double)(length * s->p->metrics->px_per_mm);
}

static void colour(const struct pass *s, uint32_t rgb)
{
    cairo_set_source_rgb(s->cr, (rgb >> 16 & 255) / 255.0,
                         (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}

static void rounded(const struct pass *s, struct kiosk_rect r, double out,
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

static void fill(const struct pass *s, struct kiosk_rect r, uint32_t rgb)
{
    colour(s, rgb);
    cairo_rectangle(s->cr, r.x, r.y, r.w, r.h);
    cairo_fill(s->cr);
}

static void fill_rounded(const struct pass *s, struct kiosk_rect r,
                         double radius, uint32_t rgb)
{
    colour(s, rgb);
    rounded(s, r, 0, radius);
    cairo_fill(s->cr);
}

static void outline(const struct pass *s, struct kiosk_rect r, double radius,
                    double width, uint32_t rgb)
{
    colour(s, rgb);
    cairo_set_line_width(s->cr, width);
    rounded(s, r, -width / 2, radius - width / 2);
    cairo_stroke(s->cr);
}

/* Rings around the panel only: its inside is painted over anyway. */
static void shadow(const struct pass *s, struct kiosk_rect r, double radius)
{
    uint32_t rgb = s->theme->shade;
    cairo_set_fill_rule(s->cr, CAIRO_FILL_RULE_EVEN_ODD);
    cairo_set_source_rgba(s->cr, (rgb >> 16 & 255) / 255.0,
                          (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, 0.035);
    struct kiosk_rect below = r;
    below.y += (int)mm(s, 0.8f);
    for (int i = 1; i <= SHADOW_RINGS; i++) {
        double out = mm(s, 0.6f) * i;
        rounded(s, below, out, radius + out);
        rounded(s, r, -1, radius);
        cairo_fill(s->cr);
    }
    cairo_set_fill_rule(s->cr, CAIRO_FILL_RULE_WINDING);
}

static void panel(const struct pass *s, const struct kiosk_node *n,
                  uint32_t rgb)
{
    double radius = mm(s, PANEL_RADIUS_MM);
    shadow(s, n->rect, radius);
    fill_rounded(s, n->rect, radius, rgb);
    outline(s, n->rect, radius, mm(s, 0.3f), s->theme->line);
}

static void strip(const struct pass *s, const struct kiosk_node *n,
                  uint32_t rgb)
{
    fill_rounded(s, n->rect, mm(s, 3.2f), rgb);
}

/* Dims what is beneath. */
static void scrim(const struct pass *s, const struct kiosk_node *n)
{
    uint32_t rgb = s->theme->shade;
    cairo_set_source_rgba(s->cr, (rgb >> 16 & 255) / 255.0,
                          (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, 0.6);
    cairo_rectangle(s->cr, n->rect.x, n->rect.y, n->rect.w, n->rect.h);
    cairo_fill(s->cr);
}

/* Pills: filled, or outlined on white. */
static void button(const struct pass *s, const struct kiosk_node *n)
{
    const struct kiosk_theme *t = s->theme;
    bool down = n->state & KIOSK_PRESSED;
    double radius = mm(s, 10);
    if (n->state & KIOSK_DISABLED) {
        fill_rounded(s, n->rect, radius, t->disabled);
        return;
    }
    if (n->look == KIOSK_LOOK_PRIMARY) {
        fill_rounded(s, n->rect, radius, down ? t->brand_pressed : t->brand);
        return;
    }
    if (n->look == KIOSK_LOOK_DANGER) {
        fill_rounded(s, n->rect, radius, down ? t->danger_pressed : t->danger);
        return;
    }
    bool leave = n->look == KIOSK_LOOK_LEAVE;
    uint32_t tint = leave ? t->danger_tint : t->tint;
    fill_rounded(s, n->rect, radius, down ? tint : t->surface);
    outline(s, n->rect, radius, mm(s, 0.5f), leave ? t->danger : t->outline);
}

static void focus_ring(const struct pass *s, const struct kiosk_node *n)
{
    bool card = n->look == KIOSK_LOOK_CARD;
    double radius = mm(s, card ? PANEL_RADIUS_MM : 10);
    cairo_set_line_width(s->cr, mm(s, 1.25f));
    colour(s, s->theme->focus);
    rounded(s, n->rect, mm(s, 1.3f), radius + mm(s, 1.3f));
    cairo_stroke(s->cr);
    cairo_set_line_width(s->cr, mm(s, 0.75f));
    colour(s, s->theme->focus_inner);
    rounded(s, n->rect, mm(s, 0.35f), radius + mm(s, 0.35f));
    cairo_stroke(s->cr);
}

static uint32_t ink_rgb(const struct pass *s, const struct kiosk_node *n)
{
    const struct kiosk_theme *t = s->theme;
    if (n->state & KIOSK_DISABLED)
        return t->on_disabled;
    if (n->look == KIOSK_LOOK_LEAVE)
        return t->danger;
    switch (n->ink) {
    case KIOSK_INK_TEXT:
        return t->text;
    case KIOSK_INK_MUTED:
        return t->muted;
    case KIOSK_INK_BRAND:
        return t->brand;
    case KIOSK_INK_LIGHT:
        return t->on_brand;
    case KIOSK_INK_GOOD:
        return t->good;
    case KIOSK_INK_WARN:
        return t->warn;
    case KIOSK_INK_ACCENT:
        return t->accent[n->accent % KIOSK_ACCENTS];
    }
    return t->text;
}

static struct kiosk_size text_size(const struct pass *s,
                                   const struct kiosk_node *n, int width)
{
    struct kiosk_size size = {0};
    const char *text = kiosk_node_text(n);
    if (*text &&
        kiosk_text_measure(s->p->text, n->font, text, width, &size) < 0)
        return (struct kiosk_size){0};
    return size;
}

/* Icon and text side by side. */
static void leaf_content(const struct pass *s, const struct kiosk_node *n)
{
    const struct kiosk_metrics *m = s->p->metrics;
    const char *text = kiosk_node_text(n);
    int icon = kiosk_icon_px(m, n);
    int before = icon + kiosk_icon_gap_px(m, n);
    int pad = kiosk_px(m, n->box.pad_x);
    int room = n->rect.w - 2 * pad;
    int width = LK_MAX(room - before, 1);
    struct kiosk_size size = text_size(s, n, width);
    int x = n->rect.x + pad;
    if (n->box.along == KIOSK_CENTER)
        x += (room - before - size.w) / 2;
    int icon_x = n->icon_last ? x + size.w + before - icon : x;
    x += n->icon_last ? 0 : before;
    colour(s, ink_rgb(s, n));
    kiosk_icon_draw(s->p->icons, s->cr, n->icon, icon_x,
                    n->rect.y + (n->rect.h - icon) / 2, icon);
    if (!*text)
        return;
    /* Wrapped as it was measured: the same width, not the text's own. */
    struct kiosk_rect area = {x, n->rect.y, width, n->rect.h};
    kiosk_text_draw(s->p->text, s->cr, n->font, text, area, KIOSK_START);
}

int kiosk_paint_placeholder_px(const struct kiosk_painter *p,
                               const struct kiosk_node *n, int width_px)
{
    struct kiosk_size size = {0};
    int width = LK_MAX(width_px - kiosk_px(p->metrics, 8), 1);
    const char *text = kiosk_node_text(n);
    if (kiosk_text_measure(p->text, n->font, text, width, &size) < 0)
        return 0;
    return kiosk_icon_px(p->metrics, n) + kiosk_px(p->metrics, 3) + size.h;
}

/* Words in place of a picture: icon above, centred. */
static void placeholder(const struct pass *s, const struct kiosk_node *n)
{
    const struct kiosk_metrics *m = s->p->metrics;
    fill_rounded(s, n->rect, mm(s, PANEL_RADIUS_MM), s->theme->video);
    int icon = kiosk_icon_px(m, n);
    int need = kiosk_paint_placeholder_px(s->p, n, n->rect.w);
    int y = n->rect.y + (n->rect.h - need) / 2;
    int inset = kiosk_px(m, 4);
    colour(s, s->theme->on_brand);
    kiosk_icon_draw(s->p->icons, s->cr, n->icon,
                    n->rect.x + (n->rect.w - icon) / 2, y, icon);
    int above = icon + kiosk_px(m, 3);
    struct kiosk_rect area = {n->rect.x + inset, y + above,
                              n->rect.w - 2 * inset, need - above};
    if (*kiosk_node_text(n))
        kiosk_text_draw(s->p->text, s->cr, n->font, kiosk_node_text(n), area,
                        KIOSK_CENTER);
}

static void video(const struct pass *s, const struct kiosk_node *n)
{
    struct kiosk_rect r = n->rect;
    cairo_surface_flush(s->surface);
    if (n->source == KIOSK_SOURCE_NONE || !s->p->picture ||
        !s->p->picture(s->p->arg, n->source, s->c, r)) {
        placeholder(s, n);
        return;
    }
    cairo_surface_mark_dirty_rectangle(s->surface, r.x, r.y, r.w, r.h);
    /* Round the corners with the ground's colour. */
    cairo_set_fill_rule(s->cr, CAIRO_FILL_RULE_EVEN_ODD);
    colour(s, s->theme->page);
    cairo_rectangle(s->cr, r.x, r.y, r.w, r.h);
    rounded(s, r, 0, mm(s, PANEL_RADIUS_MM));
    cairo_fill(s->cr);
    cairo_set_fill_rule(s->cr, CAIRO_FILL_RULE_WINDING);
}

static void node_ground(const struct pass *s, const struct kiosk_node *n)
{
    const struct kiosk_theme *t = s->theme;
    struct kiosk_rect top = {n->rect.x, n->rect.y, n->rect.w,
                             LK_MAX((int)mm(s, 0.4f), 1)};
    switch (n->look) {
    case KIOSK_LOOK_NONE:
    case KIOSK_LOOK_VIDEO:
        return;
    case KIOSK_LOOK_PAGE:
        fill(s, n->rect, t->page);
        return;
    case KIOSK_LOOK_BAR:
        fill(s, n->rect, t->brand);
        return;
    case KIOSK_LOOK_FOOTER:
        fill(s, n->rect, t->surface);
        fill(s, top, t->line);
        return;
    case KIOSK_LOOK_PANEL:
        panel(s, n, t->surface);
        return;
    case KIOSK_LOOK_CARD:
        panel(s, n, n->state & KIOSK_PRESSED ? t->tint : t->surface);
        return;
    case KIOSK_LOOK_PLAIN:
    case KIOSK_LOOK_PRIMARY:
    case KIOSK_LOOK_DANGER:
    case KIOSK_LOOK_LEAVE:
        button(s, n);
        return;
    case KIOSK_LOOK_TILE:
        fill_rounded(s, n->rect, mm(s, 4.4f),
                     t->accent_tint[n->accent % KIOSK_ACCENTS]);
        return;
    case KIOSK_LOOK_BADGE:
        fill_rounded(s, n->rect, n->rect.h, t->tint);
        return;
    case KIOSK_LOOK_LOGO:
        fill_rounded(s, n->rect, mm(s, 2.6f), t->surface);
        return;
    case KIOSK_LOOK_FIELD:
    case KIOSK_LOOK_KEY:
        fill_rounded(s, n->rect, mm(s, 2.4f),
                     n->state & KIOSK_PRESSED ? t->tint : t->surface);
        outline(s, n->rect, mm(s, 2.4f), mm(s, 0.5f), t->outline);
        return;
    case KIOSK_LOOK_SCRIM:
        scrim(s, n);
        return;
    case KIOSK_LOOK_INFO:
    case KIOSK_LOOK_MINE:
        strip(s, n, t->tint);
        return;
    case KIOSK_LOOK_THEIRS:
        strip(s, n, t->surface);
        return;
    case KIOSK_LOOK_WARN:
        strip(s, n, t->warn_tint);
        return;
    case KIOSK_LOOK_GOOD:
        strip(s, n, t->good_tint);
        return;
    }
}

static void node_paint(const struct pass *s, const struct kiosk_node *n)
{
    if (n->rect.w <= 0 || n->rect.h <= 0)
        return;
    if (n->look == KIOSK_LOOK_VIDEO) {
        video(s, n);
    } else {
        node_ground(s, n);
        if (n->box.flow == KIOSK_LEAF)
            leaf_content(s, n);
    }
    if (n->state & KIOSK_FOCUSED)
        focus_ring(s, n);
}

struct kiosk_rect kiosk_paint_reach(const struct kiosk_painter *p,
                                    struct kiosk_rect r)
{
    int out = kiosk_px(p->metrics, KIOSK_BLEED_MM) + 1;
    return (struct kiosk_rect){r.x - out, r.y - out, r.w + 2 * out,
                               r.h + 2 * out};
}

/* Pictures ignore the clip, so the area must hold them whole. */
static struct kiosk_rect area_with_videos(const struct kiosk_painter *p,
                                          const struct kiosk_tree *t,
                                          struct kiosk_rect area)
{
    for (int i = 0; i < t->n; i++) {
        const struct kiosk_node *n = &t->node[i];
        if (n->look == KIOSK_LOOK_VIDEO && n->source != KIOSK_SOURCE_NONE &&
            p->picture && kiosk_rect_touches(area, n->rect))
            area = kiosk_rect_union(area, n->rect);
    }
    return area;
}

struct kiosk_rect kiosk_paint(const struct kiosk_painter *p,
                              const struct kiosk_canvas *c,
                              const struct kiosk_tree *t,
                              struct kiosk_rect area)
{
    struct kiosk_rect all = {0, 0, c->size.w, c->size.h};
    area = kiosk_rect_within(area_with_videos(p, t, area), all);
    if (area.w == 0 || area.h == 0)
        return area;
    struct pass s = {.p = p, .theme = p->theme, .c = c};
    s.surface = cairo_image_surface_create_for_data(
        (unsigned char *)c->pixels, CAIRO_FORMAT_RGB24, c->size.w, c->size.h,
        c->stride_px * 4);
    s.cr = cairo_create(s.surface);
    cairo_rectangle(s.cr, area.x, area.y, area.w, area.h);
    cairo_clip(s.cr);
    for (int i = 0; i < t->n; i++)
        if (!kiosk_tree_hidden(t, i) &&
            kiosk_rect_touches(kiosk_paint_reach(p, t->node[i].rect), area))
            node_paint(&s, &t->node[i]);
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
    for (int i = KIOSK_ICON_NONE + 1; i < KIOSK_ICONS; i++)
        kiosk_icon_draw(p->icons, cr, (enum kiosk_icon)i, 0, 0,
                        kiosk_px(p->metrics, 7.4f));
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
}
