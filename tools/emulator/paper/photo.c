/* photo.c - what a camera sees: a page on a desk, at an angle and in uneven
 * light, or a person with a frame number that can be read from the pixels.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "paper.h"

#define PHOTO_DPI 150.0
#define STAMP_CELLS 8 /* a mark, six bits of the frame's number, a mark */

struct point {
    double x, y;
};

/* From the desk's picture to the page's: (ax+by+c)/(gx+hy+1), and so on. */
struct view {
    double m[9];
};

/* The projective map of the unit square onto `q` (Heckbert 1989, 2.2.3),
 * inverted by the adjugate: the picture asks where each pixel comes from. */
static struct view view_of(const struct point q[4])
{
    double dx1 = q[1].x - q[2].x;
    double dx2 = q[3].x - q[2].x;
    double dx3 = q[0].x - q[1].x + q[2].x - q[3].x;
    double dy1 = q[1].y - q[2].y;
    double dy2 = q[3].y - q[2].y;
    double dy3 = q[0].y - q[1].y + q[2].y - q[3].y;
    double den = dx1 * dy2 - dx2 * dy1;
    double g = (dx3 * dy2 - dx2 * dy3) / den;
    double h = (dx1 * dy3 - dx3 * dy1) / den;
    double a = q[1].x - q[0].x + g * q[1].x;
    double b = q[3].x - q[0].x + h * q[3].x;
    double c = q[0].x;
    double d = q[1].y - q[0].y + g * q[1].y;
    double e = q[3].y - q[0].y + h * q[3].y;
    double f = q[0].y;
    return (struct view){{e - f * h, c * h - b, b * f - c * e, f * g - d,
                          a - c * g, c * d - a * f, d * h - e * g,
                          b * g - a * h, a * e - b * d}};
}

static struct point view_back(const struct view *v, double x, double y)
{
    const double *m = v->m;
    double w = m[6] * x + m[7] * y + m[8];
    return (struct point){(m[0] * x + m[1] * y + m[2]) / w,
                          (m[3] * x + m[4] * y + m[5]) / w};
}

/* Wood: rings and fibres of sines. */
static void desk_color(double x, double y, double *rgb)
{
    double ring = sin(y * 0.055 + 2.2 * sin(x * 0.004) + 0.6 * sin(x * 0.019));
    double fibre = sin(y * 1.3 + x * 0.02) * 0.35 + sin(y * 3.1) * 0.2;
    double t = 0.5 + 0.16 * ring + 0.12 * fibre;
    rgb[0] = 96 + 62 * t;
    rgb[1] = 62 + 48 * t;
    rgb[2] = 36 + 32 * t;
}

/* The page's colour at (u, v) of it, between its four nearest pixels. */
static void page_color(const struct paper_image *p, double u, double v,
                       double *rgb)
{
    double x = fmin(fmax(u * p->width - 0.5, 0), p->width - 1.001);
    double y = fmin(fmax(v * p->height - 0.5, 0), p->height - 1.001);
    unsigned left = (unsigned)x;
    unsigned top = (unsigned)y;
    unsigned right = left + 1 < p->width ? left + 1 : left;
    unsigned below = top + 1 < p->height ? top + 1 : top;
    double fx = x - left;
    double fy = y - top;
    for (unsigned c = 0; c < 3; c++) {
        const uint8_t *b = p->bytes + c;
        double t = b[3 * ((size_t)top * p->width + left)] * (1 - fx) +
                   b[3 * ((size_t)top * p->width + right)] * fx;
        double l = b[3 * ((size_t)below * p->width + left)] * (1 - fx) +
                   b[3 * ((size_t)below * p->width + right)] * fx;
        rgb[c] = t * (1 - fy) + l * fy;
    }
}

static bool on_page(struct point at)
{
    return at.x >= 0 && at.x < 1 && at.y >= 0 && at.y < 1;
}

static uint8_t clamp(double v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* One pixel is the mean of four, or fine print would sparkle. */
static void photo_pixel(const struct paper_image *page, const struct view *v,
                        const struct paper_image *to, unsigned x, unsigned y)
{
    double sum[3] = {0, 0, 0};
    for (unsigned i = 0; i < 4; i++) {
        double rgb[3];
        double px = x + 0.25 + 0.5 * (i & 1U);
        double py = y + 0.25 + 0.5 * (i >> 1U);
        struct point at = view_back(v, px, py);
        if (on_page(at)) {
            page_color(page, at.x, at.y, rgb);
        } else {
            double s = 900.0 / to->height;
            desk_color(px * s, py * s, rgb);
            struct point lit =
                view_back(v, px - to->height * 0.008, py - to->height * 0.012);
            double dark = on_page(lit) ? 0.55 : 1;
            for (unsigned c = 0; c < 3; c++)
                rgb[c] *= dark;
        }
        for (unsigned c = 0; c < 3; c++)
            sum[c] += rgb[c] / 4;
    }
    /* A lamp at the upper left, the corners darker. */
    double lx = (double)x / to->width - 0.35;
    double ly = (double)y / to->height - 0.25;
    double light = 1.02 - 0.42 * (lx * lx + ly * ly);
    uint8_t *out = to->bytes + 3 * ((size_t)y * to->width + x);
    out[0] = clamp(sum[0] * light * 1.01);
    out[1] = clamp(sum[1] * light * 0.985);
    out[2] = clamp(sum[2] * light * 0.93);
}

/* Where the page lies: its corners, a little different for each seed. */
static void photo_corners(const struct paper_spec *s, struct point q[4])
{
    struct paper_dice d = paper_dice_new(s->seed, s->page, 3);
    double tall = 0.84 * s->height;
    double wide = tall * s->paper_w / s->paper_h;
    double turn = paper_dice_between(&d, -0.12, 0.12);
    double lean = paper_dice_between(&d, 0.84, 0.94);
    double cx = s->width * paper_dice_between(&d, 0.47, 0.53);
    static const struct point unit[4] = {
        {-0.5, -0.5}, {0.5, -0.5}, {0.5, 0.5}, {-0.5, 0.5}};
    if (wide > 0.84 * s->width) {
        tall *= 0.84 * s->width / wide;
        wide = 0.84 * s->width;
    }
    for (int i = 0; i < 4; i++) {
        double shrink = unit[i].y < 0 ? lean : 1;
        double x = unit[i].x * wide * shrink;
        double y = unit[i].y * tall * 0.94;
        q[i].x = cx + x * cos(turn) - y * sin(turn);
        q[i].y = s->height * 0.5 + x * sin(turn) + y * cos(turn);
    }
}

static int photo_of_page(const struct paper_spec *s, struct paper_image *to)
{
    struct paper_spec flat = *s;
    struct paper_image page = {0};
    struct point q[4];
    flat.dpi = PHOTO_DPI;
    flat.mode = PAPER_COLOR;
    flat.noise = 0;
    flat.skew_deg = 0;
    flat.rotate = 0;
    flat.region.w = 0;
    int e = paper_image_scan(&flat, &page);
    if (e < 0)
        return e;
    photo_corners(s, q);
    for (int i = 0; i < 4 && s->bare; i++)
        q[i].x -= 4.0 * s->width; /* it lies elsewhere */
    struct view v = view_of(q);
    for (unsigned y = 0; y < to->height; y++) {
        for (unsigned x = 0; x < to->width; x++)
            photo_pixel(&page, &v, to, x, y);
    }
    paper_image_free(&page);
    return 0;
}

static void person(cairo_t *c, double w, double h)
{
    cairo_pattern_t *wall = cairo_pattern_create_linear(0, 0, w, h);
    cairo_pattern_add_color_stop_rgb(wall, 0, 0.75, 0.78, 0.8);
    cairo_pattern_add_color_stop_rgb(wall, 1, 0.48, 0.54, 0.6);
    cairo_set_source(c, wall);
    cairo_paint(c);
    cairo_pattern_destroy(wall);
    cairo_set_source_rgb(c, 0.16, 0.28, 0.42);
    cairo_move_to(c, w * 0.22, h);
    cairo_curve_to(c, w * 0.24, h * 0.62, w * 0.76, h * 0.62, w * 0.78, h);
    cairo_fill(c);
    cairo_set_source_rgb(c, 0.86, 0.68, 0.56);
    cairo_save(c);
    cairo_translate(c, w / 2, h * 0.42);
    cairo_scale(c, h * 0.155, h * 0.2);
    cairo_arc(c, 0, 0, 1, 0, 2 * M_PI);
    cairo_fill(c);
    cairo_set_source_rgb(c, 0.3, 0.2, 0.14);
    cairo_arc(c, 0, -0.15, 1.06, M_PI, 2 * M_PI);
    cairo_curve_to(c, 0.7, -0.6, -0.7, -0.6, -1.06, -0.15);
    cairo_fill(c);
    cairo_set_source_rgb(c, 0.15, 0.15, 0.15);
    for (int i = -1; i <= 1; i += 2) {
        cairo_arc(c, 0.36 * i, 0, 0.09, 0, 2 * M_PI);
        cairo_fill(c);
    }
    cairo_set_line_width(c, 0.07);
    cairo_arc(c, 0, 0.3, 0.32, 0.3, M_PI - 0.3);
    cairo_stroke(c);
    cairo_restore(c);
}

/* A row of squares along the top: white, six bits of the frame's number (most
 * significant first, white is 1), black; each a 16th of the picture wide. A
 * ball runs below so that eyes see it too. */
static void frame_stamp(cairo_t *c, double w, double h, unsigned frame,
                        unsigned frames)
{
    double cell = w / 16;
    for (unsigned i = 0; i < STAMP_CELLS; i++) {
        bool white = i == 0 || (i < 7 && (frame >> (6 - i) & 1U));
        double v = white ? 0.95 : 0.04;
        cairo_set_source_rgb(c, v, v, v);
        cairo_rectangle(c, i * cell, 0, cell, cell);
        cairo_fill(c);
    }
    double t = 2 * M_PI * frame / (frames > 0 ? frames : 1);
    cairo_set_source_rgb(c, 0.9, 0.35, 0.1);
    cairo_arc(c, w / 2 + w * 0.4 * sin(t), h * 0.88, h * 0.05, 0, 2 * M_PI);
    cairo_fill(c);
}

static int photo_of_person(const struct paper_spec *s, unsigned frame,
                           struct paper_image *ret)
{
    cairo_surface_t *to = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)s->width, (int)s->height);
    cairo_t *c = cairo_create(to);
    person(c, s->width, s->height);
    frame_stamp(c, s->width, s->height, frame, s->frames);
    cairo_destroy(c);
    int e = paper_image_take(to, true, ret);
    cairo_surface_destroy(to);
    return e;
}

int paper_photo_take(const struct paper_spec *s, unsigned frame,
                     struct paper_image *ret)
{
    struct paper_image i = {
        .width = s->width, .height = s->height, .channels = 3};
    int e = 0;
    if (s->blank) { /* the shutter is closed */
        i.bytes = calloc((size_t)i.width * i.height, 3);
        e = i.bytes ? 0 : -ENOMEM;
    } else if (s->scene == PAPER_PERSON) {
        e = photo_of_person(s, frame, &i);
    } else {
        i.bytes = calloc((size_t)i.width * i.height, 3);
        e = i.bytes ? photo_of_page(s, &i) : -ENOMEM;
    }
    if (e < 0) {
        paper_image_free(&i);
        return e;
    }
    paper_image_noise(&i, s->noise, s->seed * PAPER_FRAMES_MAX + frame);
    *ret = i;
    return 0;
}
