#include "pages/flatten.h"

#include "pages/limits.h"
#include "pages/look.h"
#include "pages/reduce.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define A4_RATIO 1.41421356
#define A4_NEAR 0.06 /* by so much the ratio of an A4 sheet may be off */
#define A4_WIDTH_IN 8.2677
#define INSET 0.006 /* of the way to the middle, by so much corners move in */

/* --- from four corners to a rectangle ----------------------------------- */

/* x = (m0 u + m1 v + m2) / (m6 u + m7 v + 1), y likewise with m3 to m5; u and v
 * from 0 to 1 over the rectangle. */
struct projection {
    double m[8];
};

/* The square onto a quadrangle (Heckbert, Fundamentals of Texture Mapping and
 * Image Warping, 1989, 2.2.3). */
static void projection_of(const struct pages_point c[4], struct projection *p)
{
    double dx1 = c[1].x - c[2].x;
    double dx2 = c[3].x - c[2].x;
    double dx3 = c[0].x - c[1].x + c[2].x - c[3].x;
    double dy1 = c[1].y - c[2].y;
    double dy2 = c[3].y - c[2].y;
    double dy3 = c[0].y - c[1].y + c[2].y - c[3].y;
    double det = dx1 * dy2 - dy1 * dx2;
    double g = (dx3 * dy2 - dy3 * dx2) / det;
    double h = (dx1 * dy3 - dy1 * dx3) / det;
    const double m[8] = {c[1].x - c[0].x + g * c[1].x,
                         c[3].x - c[0].x + h * c[3].x,
                         c[0].x,
                         c[1].y - c[0].y + g * c[1].y,
                         c[3].y - c[0].y + h * c[3].y,
                         c[0].y,
                         g,
                         h};
    memcpy(p->m, m, sizeof(m));
}

/* The very edge of the sheet is half desk. */
static void inset(struct pages_point c[4])
{
    const struct pages_point m = {(c[0].x + c[1].x + c[2].x + c[3].x) / 4,
                                  (c[0].y + c[1].y + c[2].y + c[3].y) / 4};
    for (size_t i = 0; i < 4; i++) {
        c[i].x += (m.x - c[i].x) * INSET;
        c[i].y += (m.y - c[i].y) * INSET;
    }
}

static double distance(const struct pages_point *a, const struct pages_point *b)
{
    return hypot(a->x - b->x, a->y - b->y);
}

static bool near_ratio(double longer, double shorter)
{
    return fabs(longer / shorter / A4_RATIO - 1) < A4_NEAR;
}

static int sheet_size(const struct pages_point c[4],
                      const struct scanpage_info *from,
                      struct scanpage_info *ret)
{
    double w = LK_MAX(distance(&c[0], &c[1]), distance(&c[3], &c[2]));
    double h = LK_MAX(distance(&c[0], &c[3]), distance(&c[1], &c[2]));
    bool a4 = near_ratio(LK_MAX(w, h), LK_MIN(w, h));
    if (a4 && h > w)
        h = w * A4_RATIO;
    else if (a4)
        w = h * A4_RATIO;
    double most = sqrt((double)from->width_px * from->height_px / (w * h));
    if (most < 1) {
        w *= most;
        h *= most;
    }
    *ret = (struct scanpage_info){.width_px = (uint32_t)w,
                                  .height_px = (uint32_t)h,
                                  .depth = from->depth};
    if (a4)
        ret->dpi = (uint32_t)lround(LK_MIN(w, h) / A4_WIDTH_IN);
    return scanpage_check(ret) < 0 ? -ENOENT : 0;
}

/* The mean of four neighbours; the picture's edge goes on outside. */
static void sample(const struct scanpage_draft *from, double x, double y,
                   uint8_t *to)
{
    const struct scanpage_info *i = &from->info;
    double cx = LK_MIN(LK_MAX(x, 0), i->width_px - 1.001);
    double cy = LK_MIN(LK_MAX(y, 0), i->height_px - 1.001);
    uint32_t px = (uint32_t)cx;
    uint32_t py = (uint32_t)cy;
    uint32_t fx = (uint32_t)((cx - px) * 256);
    uint32_t fy = (uint32_t)((cy - py) * 256);
    size_t step = scanpage_stride(i);
    const uint8_t *p = from->rows + py * step + (size_t)px * i->depth;
    for (uint32_t c = 0; c < i->depth; c++, p++) {
        uint32_t top = p[0] * (256 - fx) + p[i->depth] * fx;
        uint32_t low = p[step] * (256 - fx) + p[step + i->depth] * fx;
        to[c] = (uint8_t)((top * (256 - fy) + low * fy + 32768) >> 16);
    }
}

static void project(const struct scanpage_draft *from,
                    const struct projection *p, struct scanpage_draft *to)
{
    const double *m = p->m;
    uint8_t *at = to->rows;
    for (uint32_t y = 0; y < to->info.height_px; y++) {
        double v = (y + 0.5) / to->info.height_px;
        for (uint32_t x = 0; x < to->info.width_px; x++) {
            double u = (x + 0.5) / to->info.width_px;
            double w = m[6] * u + m[7] * v + 1;
            sample(from, (m[0] * u + m[1] * v + m[2]) / w,
                   (m[3] * u + m[4] * v + m[5]) / w, at);
            at += to->info.depth;
        }
    }
}

int pages_flatten(struct scanpage_draft **page)
{
    LK_AUTO(scanpage_draft) small = NULL;
    LK_AUTO(scanpage_draft) to = NULL;
    const struct scanpage_info *from = &(*page)->info;
    struct scanpage_info info = {0};
    struct pages_point c[4] = {{0, 0}};
    struct projection p = {{0}};
    if (from->width_px < 64 || from->height_px < 64 ||
        (int64_t)from->width_px * from->height_px > PAGES_SHEET_PIXELS_MAX)
        return -ENOENT;
    int r = pages_reduce(from, (*page)->rows, PAGES_LOOK_SIDE_PX, true, &small);
    if (r == 0)
        r = pages_look_sheet(small, c);
    for (size_t i = 0; i < 4 && r == 0; i++) {
        c[i].x = (c[i].x + 0.5) * from->width_px / small->info.width_px;
        c[i].y = (c[i].y + 0.5) * from->height_px / small->info.height_px;
    }
    if (r == 0)
        r = sheet_size(c, from, &info);
    if (r == 0)
        r = scanpage_draft_new(&info, &to);
    if (r < 0 || !to)
        return r;
    inset(c);
    projection_of(c, &p);
    project(*page, &p, to);
    (void)scanpage_draft_free(*page);
    *page = LK_TAKE(to);
    return pages_light(*page);
}
