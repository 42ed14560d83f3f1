#include "pages/rows.h"

#include "ipc/scanmsg.h"
#include "pages/limits.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TILE 32        /* pixels turned at a time: both pages stay in cache */
#define FORGET_ROWS 64 /* of the old page, at a time */
#define BOTH_MAX 167772160UL /* bytes of two pages at once */

/* --- turning by quarters ------------------------------------------------ */

static void copy_pixel(uint8_t *to, const uint8_t *from, uint32_t depth)
{
    to[0] = from[0];
    if (depth == 3) {
        to[1] = from[1];
        to[2] = from[2];
    }
}

static void turn_half(struct scanpage_draft *d)
{
    uint32_t depth = d->info.depth;
    uint8_t *a = d->rows;
    uint8_t *b = d->rows + scanpage_bytes(&d->info) - depth;
    for (; a < b; a += depth, b -= depth) {
        uint8_t keep[3];
        copy_pixel(keep, a, depth);
        copy_pixel(a, b, depth);
        copy_pixel(b, keep, depth);
    }
}

/* One tile of the new page, whose rows are the old one's columns. */
static void turn_tile(const struct scanpage_draft *from,
                      struct scanpage_draft *to, uint32_t x0, uint32_t y0)
{
    uint32_t depth = from->info.depth;
    size_t step = scanpage_stride(&from->info);
    uint32_t x1 = LK_MIN(x0 + TILE, to->info.width_px);
    uint32_t y1 = LK_MIN(y0 + TILE, to->info.height_px);
    for (uint32_t y = y0; y < y1; y++) {
        uint8_t *at =
            to->rows + y * scanpage_stride(&to->info) + (size_t)x0 * depth;
        for (uint32_t x = x0; x < x1; x++, at += depth)
            copy_pixel(at,
                       from->rows + (from->info.height_px - 1 - x) * step +
                           (size_t)y * depth,
                       depth);
    }
}

static int turn_quarter(struct scanpage_draft **page)
{
    LK_AUTO(scanpage_draft) to = NULL;
    struct scanpage_info i = (*page)->info;
    if (2 * scanpage_bytes(&i) > BOTH_MAX)
        return -E2BIG;
    i.width_px = (*page)->info.height_px;
    i.height_px = (*page)->info.width_px;
    int r = scanpage_draft_new(&i, &to);
    if (r < 0)
        return r;
    for (uint32_t y = 0; y < i.height_px; y += TILE)
        for (uint32_t x = 0; x < i.width_px; x += TILE)
            turn_tile(*page, to, x, y);
    (void)scanpage_draft_free(*page);
    *page = LK_TAKE(to);
    return 0;
}

int pages_turn(struct scanpage_draft **page, unsigned turn)
{
    int r = turn & 1 ? turn_quarter(page) : 0;
    if (r == 0 && turn & 2)
        turn_half(*page);
    return r;
}

/* --- cutting ------------------------------------------------------------ */

/* The first pixel of a side, and how many; at least one. */
static uint32_t cut_side(uint32_t px, uint32_t from, uint32_t to, uint32_t *ret)
{
    uint32_t a = px * from / SCANMSG_EDGE_MAX;
    uint32_t b = (px * to + SCANMSG_EDGE_MAX - 1) / SCANMSG_EDGE_MAX;
    *ret = b - a;
    return a;
}

int pages_crop(struct scanpage_draft **page, const uint16_t crop[4])
{
    LK_AUTO(scanpage_draft) to = NULL;
    struct scanpage_info i = (*page)->info;
    size_t step = scanpage_stride(&i);
    if ((crop[0] | crop[1] | crop[2] | crop[3]) == 0)
        return 0;
    if (crop[0] >= crop[2] || crop[2] > SCANMSG_EDGE_MAX ||
        crop[1] >= crop[3] || crop[3] > SCANMSG_EDGE_MAX)
        return -EINVAL;
    uint32_t x = cut_side(i.width_px, crop[0], crop[2], &i.width_px);
    uint32_t y = cut_side(i.height_px, crop[1], crop[3], &i.height_px);
    if (i.width_px == (*page)->info.width_px &&
        i.height_px == (*page)->info.height_px)
        return 0;
    int r = scanpage_draft_new(&i, &to);
    if (r < 0)
        return r;
    for (uint32_t n = 0; n < i.height_px; n++) {
        memcpy(to->rows + n * scanpage_stride(&i),
               (*page)->rows + (y + n) * step + (size_t)x * i.depth,
               scanpage_stride(&i));
        if (n % FORGET_ROWS == 0)
            scanpage_draft_forget(*page, y + n);
    }
    (void)scanpage_draft_free(*page);
    *page = LK_TAKE(to);
    return 0;
}

/* --- turning by a little ------------------------------------------------ */

struct rotation {
    const struct scanpage_draft *from;
    double cosine;
    double sine;
    double cx; /* the middle, in pixels */
    double cy;
};

/* The mean of four neighbours, by how near they are. x and y in 1/256. */
static void sample(const struct scanpage_draft *from, int64_t x, int64_t y,
                   uint8_t *to)
{
    uint32_t depth = from->info.depth;
    size_t step = scanpage_stride(&from->info);
    const uint8_t *p =
        from->rows + (size_t)(y >> 8) * step + (size_t)(x >> 8) * depth;
    uint32_t fx = (uint32_t)x & 255;
    uint32_t fy = (uint32_t)y & 255;
    for (uint32_t c = 0; c < depth; c++, p++) {
        uint32_t top = p[0] * (256 - fx) + p[depth] * fx;
        uint32_t low = p[step] * (256 - fx) + p[step + depth] * fx;
        to[c] = (uint8_t)((top * (256 - fy) + low * fy + 32768) >> 16);
    }
}

static void rotate_row(const struct rotation *t, uint32_t y, uint8_t *to)
{
    const struct scanpage_info *i = &t->from->info;
    int64_t right = ((int64_t)i->width_px - 1) * 256;
    int64_t low = ((int64_t)i->height_px - 1) * 256;
    double dy = y - t->cy;
    double sx = (t->sine * dy - t->cosine * t->cx + t->cx) * 256;
    double sy = (t->cosine * dy + t->sine * t->cx + t->cy) * 256;
    for (uint32_t x = 0; x < i->width_px; x++, to += i->depth) {
        int64_t px = (int64_t)sx;
        int64_t py = (int64_t)sy;
        if (sx >= 0 && sy >= 0 && px < right && py < low)
            sample(t->from, px, py, to);
        else
            memset(to, 0xff, i->depth);
        sx += t->cosine * 256;
        sy -= t->sine * 256;
    }
}

int pages_rotate(struct scanpage_draft **page, double degrees)
{
    LK_AUTO(scanpage_draft) to = NULL;
    struct scanpage_draft *from = *page;
    if (!(fabs(degrees) <= PAGES_SKEW_MAX_DEG))
        return -EINVAL;
    int r = scanpage_draft_new(&from->info, &to);
    if (r < 0)
        return r;
    double angle = degrees * M_PI / 180;
    struct rotation t = {.from = from,
                         .cosine = cos(angle),
                         .sine = sin(angle),
                         .cx = (from->info.width_px - 1) / 2.0,
                         .cy = (from->info.height_px - 1) / 2.0};
    size_t step = scanpage_stride(&from->info);
    for (uint32_t y = 0; y < from->info.height_px; y++) {
        rotate_row(&t, y, to->rows + y * step);
        double needed = t.cosine * (y - t.cy) + t.cy - fabs(t.sine) * t.cx - 2;
        if (y % FORGET_ROWS == 0 && needed > 0)
            scanpage_draft_forget(from, (uint32_t)needed);
    }
    (void)scanpage_draft_free(from);
    *page = LK_TAKE(to);
    return 0;
}

/* --- blank or not ------------------------------------------------------- */

#define BLANK_TILE 16
#define BLANK_INK 40      /* levels below the paper around it */
#define BLANK_SHADE 60    /* levels between two shades of paper */
#define BLANK_DUST 40000U /* one inked pixel in so many is dust */
#define BLANK_SHADES 50U  /* one tile in so many may be of another shade */

struct tiles {
    uint32_t ink;            /* pixels */
    uint32_t pixels;         /* looked at */
    uint32_t shade[256 / 8]; /* tiles by the shade of their paper */
    uint32_t count;
};

static uint8_t gray_of(const uint8_t *p)
{
    return (uint8_t)((p[0] * 77U + p[1] * 150U + p[2] * 29U) >> 8);
}

static void tile_look(const struct scanpage_info *i, const uint8_t *rows,
                      uint32_t x0, uint32_t y0, struct tiles *t)
{
    uint8_t v[BLANK_TILE * BLANK_TILE];
    uint8_t paper = 0;
    uint8_t *to = v;
    rows += y0 * scanpage_stride(i) + (size_t)x0 * i->depth;
    for (uint32_t y = 0; y < BLANK_TILE; y++, to += BLANK_TILE) {
        if (i->depth == 1)
            memcpy(to, rows, BLANK_TILE);
        else
            for (size_t k = 0; k < BLANK_TILE; k++)
                to[k] = gray_of(rows + 3 * k);
        rows += scanpage_stride(i);
    }
    for (size_t k = 0; k < sizeof(v); k++)
        paper = LK_MAX(paper, v[k]);
    for (size_t k = 0; k < sizeof(v); k++)
        t->ink += v[k] + BLANK_INK < paper;
    t->pixels += (uint32_t)sizeof(v);
    t->shade[paper / 8]++;
    t->count++;
}

/* Tiles whose paper is far from the commonest shade. */
static uint32_t tiles_strange(const struct tiles *t)
{
    size_t common = 0;
    uint32_t strange = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(t->shade); i++)
        if (t->shade[i] > t->shade[common])
            common = i;
    for (size_t i = 0; i < LK_ARRAY_LEN(t->shade); i++)
        if (i * 8 > common * 8 + BLANK_SHADE ||
            i * 8 + BLANK_SHADE < common * 8)
            strange += t->shade[i];
    return strange;
}

bool pages_blank(const struct scanpage_info *info, const uint8_t *rows)
{
    struct tiles t = {.ink = 0};
    uint32_t mx = info->width_px / 25;
    uint32_t my = info->height_px / 25;
    for (uint32_t y = my; y + BLANK_TILE + my <= info->height_px;
         y += BLANK_TILE)
        for (uint32_t x = mx; x + BLANK_TILE + mx <= info->width_px;
             x += BLANK_TILE)
            tile_look(info, rows, x, y, &t);
    return t.count > 0 && t.ink <= t.pixels / BLANK_DUST &&
           tiles_strange(&t) <= t.count / BLANK_SHADES;
}
