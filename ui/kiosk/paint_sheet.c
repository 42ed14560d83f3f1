/* A page of paper, and what people draw and point at on it. */
#include "kiosk/paint_priv.h"

#include "kiosk/sheets.h"

#include <math.h>

/* Paper is white in both themes, and so is what is drawn on it. */
#define PAPER 0xFFFFFF
#define MINE 0x0B4FB3
#define THEIRS 0xA1146A
#define EDGE 0x00357A
#define MARK_MM 0.9f
#define HALO_MM 2.1f
#define HANDLE_MM 7.0f

struct drawing {
    const struct pass *s;
    const struct kiosk_sheet *sheet;
    struct kiosk_rect r; /* its place */
    struct kiosk_spread spread;
};

static void path_rect(cairo_t *cr, struct kiosk_rect r)
{
    cairo_rectangle(cr, r.x, r.y, r.w, r.h);
}

/* --- the page ------------------------------------------------------------- */

static int clamp(double v, int least, int most)
{
    return LK_MIN(LK_MAX((int)lround(v), least), most);
}

/* What of the picture is seen, in its own pixels. */
static struct kiosk_rect seen_from(const struct drawing *d,
                                   struct kiosk_rect seen)
{
    const struct scanpage_info *i = papers_picture_info(d->sheet->picture);
    const struct kiosk_spread *p = &d->spread;
    uint8_t back = (uint8_t)((4 - p->turn) & 3);
    double a[2] = {(seen.x - p->x) / p->w, (seen.y - p->y) / p->h};
    double b[2] = {(seen.x + seen.w - p->x) / p->w,
                   (seen.y + seen.h - p->y) / p->h};
    const double ua[4][2] = {
        {a[0], a[1]}, {1 - a[1], a[0]}, {1 - a[0], 1 - a[1]}, {a[1], 1 - a[0]}};
    const double ub[4][2] = {
        {b[0], b[1]}, {1 - b[1], b[0]}, {1 - b[0], 1 - b[1]}, {b[1], 1 - b[0]}};
    int w = (int)i->width_px;
    int h = (int)i->height_px;
    int x = clamp(fmin(ua[back][0], ub[back][0]) * w, 0, w - 1);
    int y = clamp(fmin(ua[back][1], ub[back][1]) * h, 0, h - 1);
    int right = clamp(fmax(ua[back][0], ub[back][0]) * w, x + 1, w);
    int bottom = clamp(fmax(ua[back][1], ub[back][1]) * h, y + 1, h);
    return (struct kiosk_rect){x, y, right - x, bottom - y};
}

static void draw_pixels(const struct drawing *d, struct kiosk_rect seen)
{
    const struct pass *s = d->s;
    if (!d->sheet->picture || !s->p->sheets || seen.w < 1 || seen.h < 1)
        return;
    struct kiosk_scaling want = {seen_from(d, seen), d->spread.turn, seen.w,
                                 seen.h};
    const uint32_t *px =
        kiosk_sheets_get(s->p->sheets, d->sheet->picture, &want);
    if (!px)
        return;
    /* Only read: cairo knows no constant pictures. */
    cairo_surface_t *page = cairo_image_surface_create_for_data(
        (unsigned char *)(uintptr_t)px, CAIRO_FORMAT_RGB24, seen.w, seen.h,
        seen.w * 4);
    cairo_set_source_surface(s->cr, page, seen.x, seen.y);
    path_rect(s->cr, seen);
    cairo_fill(s->cr);
    cairo_surface_destroy(page);
}

static void draw_page(const struct drawing *d)
{
    const struct pass *s = d->s;
    struct kiosk_rect seen = kiosk_sheet_seen(&d->spread, d->r);
    double line = fmax(paint_mm(s, 0.3f), 1);
    paint_colour(s, PAPER);
    path_rect(s->cr, seen);
    cairo_fill(s->cr);
    draw_pixels(d, seen);
    paint_colour(s, s->theme->outline);
    cairo_set_line_width(s->cr, line);
    cairo_rectangle(s->cr, seen.x + line / 2, seen.y + line / 2, seen.w - line,
                    seen.h - line);
    cairo_stroke(s->cr);
}

/* --- lines ---------------------------------------------------------------- */

/* Strokes the path that is set, readable on any ground. */
static void stroke(const struct pass *s, uint32_t rgb)
{
    cairo_set_line_cap(s->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(s->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(s->cr, paint_mm(s, HALO_MM));
    paint_colour(s, PAPER);
    cairo_stroke_preserve(s->cr);
    cairo_set_line_width(s->cr, paint_mm(s, MARK_MM));
    paint_colour(s, rgb);
    cairo_stroke(s->cr);
    cairo_set_line_cap(s->cr, CAIRO_LINE_CAP_BUTT);
    cairo_set_line_join(s->cr, CAIRO_LINE_JOIN_MITER);
}

/* Words on a plate of that colour, its corner at xy, moved into the
 * place. Names have one line, and are cut; what somebody wrote goes on below.
 */
static void plate(const struct drawing *d, const char *text, uint32_t rgb,
                  const double xy[2], bool name)
{
    const struct pass *s = d->s;
    struct kiosk_type type = {.font = KIOSK_FONT_SMALL,
                              .size = s->t->text_size};
    struct kiosk_size size;
    int pad = (int)paint_mm(s, 2);
    int most = name ? (int)paint_mm(s, KIOSK_PLATE_W_MM) : d->r.w;
    int high = name ? (int)paint_mm(s, KIOSK_PLATE_H_MM) : d->r.h;
    int wrap = name ? 0 : LK_MAX(d->r.w - 2 * pad, 1);
    type.breaks = !name;
    if (!*text || kiosk_text_measure(s->p->text, &type, text, wrap, &size) < 0)
        return;
    int w = LK_MIN(size.w + 2 * pad, LK_MIN(most, d->r.w));
    int h = LK_MIN(size.h + pad, high);
    struct kiosk_rect at = {clamp(xy[0], d->r.x, d->r.x + d->r.w - w),
                            clamp(xy[1], d->r.y, d->r.y + d->r.h - h), w, h};
    cairo_save(s->cr);
    paint_colour(s, PAPER);
    paint_rounded(s, at, paint_mm(s, 0.5f), paint_mm(s, 1.9f));
    cairo_fill(s->cr);
    paint_colour(s, rgb);
    paint_rounded(s, at, 0, paint_mm(s, 1.6f));
    cairo_fill_preserve(s->cr);
    cairo_clip(s->cr);
    paint_colour(s, PAPER);
    struct kiosk_rect in = {at.x + pad, at.y, name ? size.w : wrap, h};
    kiosk_text_draw(s->p->text, s->cr, &type, text, in, KIOSK_LEFT);
    cairo_restore(s->cr);
}

static void draw_mark(const struct drawing *d, const struct papers_mark *m)
{
    double a[2];
    double b[2];
    uint32_t rgb = m->mine ? MINE : THEIRS;
    kiosk_sheet_to(&d->spread, m->x, m->y, a);
    kiosk_sheet_to(&d->spread, m->to_x, m->to_y, b);
    switch (m->kind) {
    case PAPERS_LINE:
        cairo_move_to(d->s->cr, a[0], a[1]);
        cairo_line_to(d->s->cr, b[0], b[1]);
        stroke(d->s, rgb);
        break;
    case PAPERS_BOX:
        cairo_rectangle(d->s->cr, fmin(a[0], b[0]), fmin(a[1], b[1]),
                        fabs(a[0] - b[0]), fabs(a[1] - b[1]));
        stroke(d->s, rgb);
        break;
    case PAPERS_TEXT:
        plate(d, m->text, rgb, a, false);
        break;
    }
}

/* --- pointers ------------------------------------------------------------- */

/* An arrow whose tip is what is pointed at. */
static void arrow(const struct pass *s, double x, double y, uint32_t rgb)
{
    static const double shape[][2] = {{0, 0},       {0, 0.86},    {0.22, 0.66},
                                      {0.37, 1},    {0.52, 0.93}, {0.37, 0.6},
                                      {0.66, 0.58}, {0, 0}};
    double edge = paint_mm(s, KIOSK_POINTER_MM) * 0.9;
    cairo_move_to(s->cr, x, y);
    for (size_t i = 1; i < LK_ARRAY_LEN(shape); i++)
        cairo_line_to(s->cr, x + shape[i][0] * edge, y + shape[i][1] * edge);
    cairo_close_path(s->cr);
    cairo_set_line_join(s->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(s->cr, paint_mm(s, 1.6f));
    paint_colour(s, PAPER);
    cairo_stroke_preserve(s->cr);
    paint_colour(s, rgb);
    cairo_fill(s->cr);
    cairo_set_line_join(s->cr, CAIRO_LINE_JOIN_MITER);
}

static void draw_point(const struct drawing *d,
                       const struct kiosk_sheet_point *at, uint32_t rgb)
{
    double xy[2];
    if (!at->here)
        return;
    kiosk_sheet_to(&d->spread, at->x, at->y, xy);
    double out = paint_mm(d->s, KIOSK_POINTER_MM);
    const double beside[2] = {xy[0] + out * 0.6, xy[1] + out * 0.7};
    if (at->name && *at->name)
        plate(d, at->name, rgb, beside, true);
    arrow(d->s, xy[0], xy[1], rgb);
}

/* --- edges ---------------------------------------------------------------- */

static void handle(const struct pass *s, double x, double y)
{
    double radius = paint_mm(s, HANDLE_MM) / 2;
    cairo_new_sub_path(s->cr);
    cairo_arc(s->cr, x, y, radius, 0, 2 * M_PI);
    paint_colour(s, EDGE);
    cairo_fill_preserve(s->cr);
    paint_colour(s, PAPER);
    cairo_set_line_width(s->cr, paint_mm(s, 0.8f));
    cairo_stroke(s->cr);
}

/* What is cut away is dimmed; the edges have handles. */
static void draw_edges(const struct drawing *d)
{
    const struct pass *s = d->s;
    const uint16_t *e = d->sheet->edge;
    struct kiosk_rect seen = kiosk_sheet_seen(&d->spread, d->r);
    double a[2];
    double b[2];
    kiosk_sheet_to(&d->spread, e[0], e[1], a);
    kiosk_sheet_to(&d->spread, e[2], e[3], b);
    cairo_set_fill_rule(s->cr, CAIRO_FILL_RULE_EVEN_ODD);
    cairo_set_source_rgba(s->cr, 0.05, 0.1, 0.18, 0.55);
    path_rect(s->cr, seen);
    cairo_rectangle(s->cr, a[0], a[1], b[0] - a[0], b[1] - a[1]);
    cairo_fill(s->cr);
    cairo_set_fill_rule(s->cr, CAIRO_FILL_RULE_WINDING);
    cairo_rectangle(s->cr, a[0], a[1], b[0] - a[0], b[1] - a[1]);
    stroke(s, EDGE);
    handle(s, a[0], (a[1] + b[1]) / 2);
    handle(s, b[0], (a[1] + b[1]) / 2);
    handle(s, (a[0] + b[0]) / 2, a[1]);
    handle(s, (a[0] + b[0]) / 2, b[1]);
}

void paint_sheet(const struct pass *s, const struct kiosk_node *n)
{
    struct drawing d = {.s = s, .sheet = &n->sheet, .r = n->rect};
    d.spread = kiosk_sheet_spread(d.sheet, d.r);
    cairo_save(s->cr);
    path_rect(s->cr, n->rect);
    cairo_clip(s->cr);
    draw_page(&d);
    for (size_t i = 0; i < n->sheet.marks; i++)
        draw_mark(&d, &n->sheet.mark[i]);
    if (n->sheet.draft.id > 0)
        draw_mark(&d, &n->sheet.draft);
    if (n->sheet.crops)
        draw_edges(&d);
    draw_point(&d, &n->sheet.mine, MINE);
    draw_point(&d, &n->sheet.theirs, THEIRS);
    cairo_restore(s->cr);
}
