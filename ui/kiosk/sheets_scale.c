/* Scaling by weights: each output pixel is the mean of the pixels that it
 * covers; where it covers less than one, of its two neighbours. First down the
 * columns, then along the rows. */
#include "kiosk/sheets.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ONE 16384 /* the sum of a pixel's weights */

/* Which source pixels make one of the output, along one side. */
struct taps {
    int first, n;
    const uint16_t *weight; /* ONE together */
};

struct side {
    struct taps *at; /* one for each output pixel */
    uint16_t *weights;
};

static void side_clear(struct side *s)
{
    free(s->at);
    free(s->weights);
    *s = (struct side){0};
}

/* Weights of one output pixel that covers from..to of the source. Returns how
 * many; their sum is made exactly ONE. */
static int taps_fill(double from, double to, int len, uint16_t *w, int *first)
{
    int sum = 0;
    int most = 0;
    int a = LK_MIN(LK_MAX((int)floor(from), 0), len - 1);
    int b = LK_MIN(LK_MAX((int)ceil(to), a + 1), len);
    for (int i = a; i < b; i++) {
        double part = fmin(to, i + 1) - fmax(from, i);
        w[i - a] = (uint16_t)lround(fmax(part, 0) / (to - from) * ONE);
        sum += w[i - a];
        most = w[i - a] > w[most] ? i - a : most;
    }
    w[most] = (uint16_t)(w[most] + ONE - sum);
    *first = a;
    return b - a;
}

/* Enlarged: the two pixels whose middles lie around that of the output. */
static int taps_between(double middle, int len, uint16_t *w, int *first)
{
    double at = middle - 0.5;
    int a = LK_MIN(LK_MAX((int)floor(at), 0), len - 1);
    int b = LK_MIN(a + 1, len - 1);
    double part = a == b ? 0 : fmin(fmax(at - a, 0), 1);
    w[1] = (uint16_t)lround(part * ONE);
    w[0] = (uint16_t)(ONE - w[1]);
    *first = a;
    return b - a + 1;
}

static int side_make(struct side *s, int len, int out)
{
    double scale = (double)len / out;
    size_t most = (size_t)ceil(LK_MAX(scale, 1.0)) + 2;
    s->at = calloc((size_t)out, sizeof(*s->at));
    s->weights = calloc((size_t)out * most, sizeof(*s->weights));
    if (!s->at || !s->weights) {
        side_clear(s);
        return -ENOMEM;
    }
    for (int i = 0; i < out; i++) {
        uint16_t *w = s->weights + (size_t)i * most;
        s->at[i].weight = w;
        s->at[i].n =
            scale > 1
                ? taps_fill(i * scale, (i + 1) * scale, len, w, &s->at[i].first)
                : taps_between((i + 0.5) * scale, len, w, &s->at[i].first);
    }
    return 0;
}

/* One line of the source's columns, weighted; `line` holds n sums. */
static void columns_add(const struct taps *y, const uint8_t *rows,
                        size_t stride, int n, uint32_t *line)
{
    memset(line, 0, (size_t)n * sizeof(*line));
    for (int k = 0; k < y->n; k++) {
        const uint8_t *row = rows + (size_t)(y->first + k) * stride;
        uint32_t w = y->weight[k];
        for (int i = 0; i < n; i++)
            line[i] += w * row[i];
    }
    for (int i = 0; i < n; i++)
        line[i] = (line[i] + 128) >> 8; /* room for the second weight */
}

static uint32_t pixel_of(const struct taps *x, const uint32_t *line,
                         uint32_t depth)
{
    uint64_t sum[3] = {0};
    for (int k = 0; k < x->n; k++)
        for (uint32_t c = 0; c < depth; c++)
            sum[c] += (uint64_t)x->weight[k] *
                      line[(size_t)(x->first + k) * depth + c];
    uint32_t v[3];
    for (uint32_t c = 0; c < 3; c++)
        v[c] = LK_MIN((uint32_t)(sum[depth == 3 ? c : 0] / (ONE / 256) / ONE),
                      255U);
    return v[0] << 16 | v[1] << 8 | v[2];
}

/* Where pixel x, y of the scaled, not yet turned picture goes. */
static size_t turned_at(const struct kiosk_scaling *want, int x, int y)
{
    size_t w = (size_t)want->w;
    switch (want->turn & 3) {
    case 1:
        return (size_t)x * w + (size_t)(want->w - 1 - y);
    case 2:
        return (size_t)(want->h - 1 - y) * w + (size_t)(want->w - 1 - x);
    case 3:
        return (size_t)(want->h - 1 - x) * w + (size_t)y;
    default:
        return (size_t)y * w + (size_t)x;
    }
}

static bool fits(const struct scanpage_info *info,
                 const struct kiosk_scaling *s)
{
    const struct kiosk_rect *r = &s->from;
    return r->x >= 0 && r->y >= 0 && r->w > 0 && r->h > 0 &&
           r->x + r->w <= (int)info->width_px &&
           r->y + r->h <= (int)info->height_px && s->w > 0 && s->h > 0 &&
           s->w <= SCANPAGE_SIDE_MAX && s->h <= SCANPAGE_SIDE_MAX &&
           (info->depth == 1 || info->depth == 3);
}

int kiosk_sheets_scale(const struct scanpage_info *info, const uint8_t *rows,
                       const struct kiosk_scaling *want, uint32_t *ret)
{
    struct side x = {0};
    struct side y = {0};
    if (!fits(info, want))
        return -EINVAL;
    bool lies = want->turn & 1;
    int w = lies ? want->h : want->w;
    int h = lies ? want->w : want->h;
    int n = want->from.w * (int)info->depth;
    size_t stride = scanpage_stride(info);
    const uint8_t *from = rows + (size_t)want->from.y * stride +
                          (size_t)want->from.x * info->depth;
    uint32_t *line = calloc((size_t)n, sizeof(*line));
    int r = line ? side_make(&x, want->from.w, w) : -ENOMEM;
    if (r == 0)
        r = side_make(&y, want->from.h, h);
    for (int oy = 0; r == 0 && oy < h; oy++) {
        columns_add(&y.at[oy], from, stride, n, line);
        for (int ox = 0; ox < w; ox++)
            ret[turned_at(want, ox, oy)] =
                pixel_of(&x.at[ox], line, info->depth);
    }
    if (line)
        explicit_bzero(line, (size_t)n * sizeof(*line));
    free(line);
    side_clear(&x);
    side_clear(&y);
    return r;
}
