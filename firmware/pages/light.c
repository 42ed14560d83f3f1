/* The light on a photographed sheet, and its evening. */
#include "pages/flatten.h"

#include "pages/reduce.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LIGHT_SIDE_PX 512 /* of the reduced picture that is looked at */
#define CELL 12           /* its pixels, for one measure of the paper */
#define PAPER 248         /* what paper becomes */
#define DARKEST 24        /* darker paper than this is no paper */
#define INK_TO 30         /* ink this dark becomes black */
#define CALM 2            /* cells around that a cell's light is the mean of */

/* The paper's brightness in a grid of cells, for each colour. */
struct light {
    uint32_t w;
    uint32_t h;
    uint32_t depth;
    float *paper; /* w * h * depth */
    float *calm;  /* likewise, made even */
};

static void light_free(struct light *l)
{
    free(l->paper);
    free(l->calm);
}

static int light_new(const struct scanpage_info *small, struct light *l)
{
    l->w = (small->width_px + CELL - 1) / CELL;
    l->h = (small->height_px + CELL - 1) / CELL;
    l->depth = small->depth;
    size_t n = (size_t)l->w * l->h * l->depth;
    l->paper = malloc(n * sizeof(float));
    l->calm = malloc(n * sizeof(float));
    return l->paper && l->calm ? 0 : -ENOMEM;
}

/* The level that nine tenths of a cell's pixels do not pass: ink is darker,
 * and single bright dots are noise. */
static float cell_paper(const struct scanpage_draft *s, uint32_t cx,
                        uint32_t cy, uint32_t c)
{
    uint32_t count[256] = {0};
    uint32_t n = 0;
    const struct scanpage_info *i = &s->info;
    uint32_t x1 = LK_MIN((cx + 1) * CELL, i->width_px);
    uint32_t y1 = LK_MIN((cy + 1) * CELL, i->height_px);
    for (uint32_t y = cy * CELL; y < y1; y++)
        for (uint32_t x = cx * CELL; x < x1; x++, n++)
            count[s->rows[y * scanpage_stride(i) + (size_t)x * i->depth + c]]++;
    uint32_t above = 0;
    int level = 255;
    for (; level > DARKEST; level--) {
        above += count[level];
        if (above > n / 10)
            break;
    }
    return (float)level;
}

static float *cell(const struct light *l, float *grid, uint32_t x, uint32_t y)
{
    return grid + ((size_t)y * l->w + x) * l->depth;
}

/* The mean of the brighter half around: a dark picture on the sheet takes the
 * light of the paper beside it. */
static float calm_cell(const struct light *l, uint32_t x, uint32_t y,
                       uint32_t c)
{
    float sum = 0;
    float n = 0;
    float most = 0;
    uint32_t x0 = x > CALM ? x - CALM : 0;
    uint32_t y0 = y > CALM ? y - CALM : 0;
    uint32_t x1 = LK_MIN(x + CALM, l->w - 1);
    uint32_t y1 = LK_MIN(y + CALM, l->h - 1);
    for (uint32_t i = y0; i <= y1; i++)
        for (uint32_t k = x0; k <= x1; k++)
            most = LK_MAX(most, cell(l, l->paper, k, i)[c]);
    for (uint32_t i = y0; i <= y1; i++)
        for (uint32_t k = x0; k <= x1; k++) {
            float v = cell(l, l->paper, k, i)[c];
            if (v < most * 0.8F)
                continue;
            sum += v;
            n++;
        }
    return n > 0 ? LK_MAX(sum / n, (float)DARKEST) : (float)DARKEST;
}

static void light_measure(struct light *l, const struct scanpage_draft *s)
{
    for (uint32_t y = 0; y < l->h; y++)
        for (uint32_t x = 0; x < l->w; x++)
            for (uint32_t c = 0; c < l->depth; c++)
                cell(l, l->paper, x, y)[c] = cell_paper(s, x, y, c);
    for (uint32_t y = 0; y < l->h; y++)
        for (uint32_t x = 0; x < l->w; x++)
            for (uint32_t c = 0; c < l->depth; c++)
                cell(l, l->calm, x, y)[c] = calm_cell(l, x, y, c);
}

/* The light of one row of the page, at each of the grid's columns. */
static void row_light(const struct light *l, float at, float *ret)
{
    float y = LK_MIN(LK_MAX(at * (float)l->h - 0.5F, 0.0F), (float)(l->h - 1));
    uint32_t y0 = (uint32_t)y;
    uint32_t y1 = LK_MIN(y0 + 1, l->h - 1);
    float f = y - (float)y0;
    size_t n = (size_t)l->w * l->depth;
    const float *a = l->calm + y0 * n;
    const float *b = l->calm + y1 * n;
    for (size_t i = 0; i < n; i++)
        ret[i] = a[i] * (1 - f) + b[i] * f;
}

static uint8_t even(uint8_t v, float paper)
{
    float r = ((float)v / paper * PAPER - INK_TO) * 255 / (PAPER - INK_TO);
    return (uint8_t)LK_MIN(LK_MAX(r, 0.0F), 255.0F);
}

static void row_even(const struct light *l, const float *light, uint32_t width,
                     uint8_t *row)
{
    float step = (float)l->w / (float)width;
    for (uint32_t x = 0; x < width; x++) {
        float at = LK_MIN(LK_MAX(((float)x + 0.5F) * step - 0.5F, 0.0F),
                          (float)(l->w - 1));
        uint32_t x0 = (uint32_t)at;
        uint32_t x1 = LK_MIN(x0 + 1, l->w - 1);
        float f = at - (float)x0;
        for (uint32_t c = 0; c < l->depth; c++, row++)
            *row = even(*row, light[x0 * l->depth + c] * (1 - f) +
                                  light[x1 * l->depth + c] * f);
    }
}

int pages_light(struct scanpage_draft *page)
{
    LK_AUTO(scanpage_draft) small = NULL;
    struct light l = {.paper = NULL};
    const struct scanpage_info *i = &page->info;
    int r = pages_reduce(i, page->rows, LIGHT_SIDE_PX, false, &small);
    if (r == 0)
        r = light_new(&small->info, &l);
    float *row = NULL;
    if (r == 0) {
        row = malloc((size_t)l.w * l.depth * sizeof(float));
        r = row ? 0 : -ENOMEM;
    }
    if (r == 0)
        light_measure(&l, small);
    for (uint32_t y = 0; y < i->height_px && r == 0; y++) {
        row_light(&l, ((float)y + 0.5F) / (float)i->height_px, row);
        row_even(&l, row, i->width_px, page->rows + y * scanpage_stride(i));
    }
    free(row);
    light_free(&l);
    return r;
}
