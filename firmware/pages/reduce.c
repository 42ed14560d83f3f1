#include "pages/reduce.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A page has some 26 million bytes: each is read once, in blocks that the
 * compiler makes vectors of, and nothing is divided by. */
#define BLOCK 16
#define ROWS_MAX 256U /* whose bytes' sum fits into 16 bits */
/* (sum + n / 2) / n is a multiplication by 2^32 / n + 1 for n below this: the
 * sum is at most 256 * n, and 256 * n * n <= 2^32. */
#define QUICK_MAX 4096U

struct pages_reducer {
    struct scanpage_info from;
    struct scanpage_draft *to;
    uint32_t *edge;   /* of each column of `to`, and the last one's end */
    uint16_t *column; /* sums of rows, for each byte of a row of `from` */
    uint32_t *sum;    /* of a row of `to`, with the depth of `from` */
    uint32_t seen;    /* rows of `from` */
    uint32_t held;    /* of those in `column` */
    uint32_t made;    /* rows of `to` */
};

static uint32_t edge(uint32_t i, uint32_t whole, uint32_t parts)
{
    return (uint32_t)((uint64_t)i * whole / parts);
}

static void add_row(uint16_t *restrict sum, const uint8_t *restrict row,
                    size_t n)
{
    size_t i = 0;
    for (; i + BLOCK <= n; i += BLOCK)
        for (size_t k = 0; k < BLOCK; k++)
            sum[i + k] = (uint16_t)(sum[i + k] + row[i + k]);
    for (; i < n; i++)
        sum[i] = (uint16_t)(sum[i] + row[i]);
}

/* Adds up the columns that belong together. */
static void add_columns(const struct pages_reducer *t)
{
    const uint16_t *p = t->column;
    uint32_t *sum = t->sum;
    for (uint32_t x = 0; x < t->to->info.width_px; x++) {
        uint32_t n = t->edge[x + 1] - t->edge[x];
        if (t->from.depth == 1) {
            for (; n > 0; n--)
                *sum += *p++;
            sum++;
            continue;
        }
        for (; n > 0; n--, p += 3) {
            sum[0] += p[0];
            sum[1] += p[1];
            sum[2] += p[2];
        }
        sum += 3;
    }
}

struct divisor {
    uint32_t n;
    uint64_t inverse; /* 0: divide */
};

static struct divisor divisor_of(uint32_t n)
{
    return (struct divisor){
        .n = n,
        .inverse = n > 0 && n < QUICK_MAX ? (UINT64_C(1) << 32) / n + 1 : 0};
}

static uint8_t mean(uint32_t sum, const struct divisor *d)
{
    uint32_t v = sum + d->n / 2;
    if (d->inverse > 0)
        return (uint8_t)(v * d->inverse >> 32);
    return (uint8_t)(d->n > 0 ? v / d->n : 0);
}

/* Columns are one of two widths. */
struct widths {
    uint32_t narrow;
    struct divisor d[2];
};

static struct widths widths_of(const struct pages_reducer *t, uint32_t rows)
{
    uint32_t narrow = t->from.width_px / t->to->info.width_px;
    return (struct widths){
        .narrow = narrow,
        .d = {divisor_of(narrow * rows), divisor_of((narrow + 1) * rows)}};
}

/* Gray by the weights of ITU-R BT.601. */
static void mean_row(const struct pages_reducer *t, uint32_t rows, uint8_t *to)
{
    const struct widths w = widths_of(t, rows);
    enum { DEPTH_MAX = 3 };
    uint32_t depth = LK_MIN(t->from.depth, (uint32_t)DEPTH_MAX);
    uint32_t made = LK_MIN(t->to->info.depth, depth);
    for (uint32_t x = 0; x < t->to->info.width_px; x++) {
        const struct divisor *d = &w.d[t->edge[x + 1] - t->edge[x] - w.narrow];
        uint8_t p[DEPTH_MAX] = {0};
        for (uint32_t c = 0; c < depth; c++)
            p[c] = mean(t->sum[x * depth + c], d);
        if (depth > made)
            p[0] = (uint8_t)((p[0] * 77U + p[1] * 150U + p[2] * 29U) >> 8);
        for (uint32_t c = 0; c < made; c++)
            *to++ = p[c];
    }
}

static void reduced_size(const struct scanpage_info *from, uint32_t side_px,
                         struct scanpage_info *to)
{
    uint32_t longer = LK_MAX(from->width_px, from->height_px);
    *to = *from;
    if (longer <= side_px)
        return;
    to->width_px = LK_MAX(edge(side_px, from->width_px, longer), 1U);
    to->height_px = LK_MAX(edge(side_px, from->height_px, longer), 1U);
    to->dpi = edge(side_px, from->dpi, longer);
}

static size_t sum_len(const struct pages_reducer *t)
{
    return (size_t)t->to->info.width_px * t->from.depth * sizeof(*t->sum);
}

static int make(struct pages_reducer *t, const struct scanpage_info *to)
{
    int r = scanpage_draft_new(to, &t->to);
    if (r < 0)
        return r;
    t->column = calloc(scanpage_stride(&t->from), sizeof(*t->column));
    t->sum = calloc(1, sum_len(t));
    t->edge = calloc((size_t)to->width_px + 1, sizeof(*t->edge));
    if (!t->column || !t->sum || !t->edge)
        return -ENOMEM;
    for (uint32_t x = 0; x <= to->width_px; x++)
        t->edge[x] = edge(x, t->from.width_px, to->width_px);
    return 0;
}

int pages_reducer_new(const struct scanpage_info *info, uint32_t side_px,
                      bool gray, struct pages_reducer **ret)
{
    struct scanpage_info to;
    reduced_size(info, side_px, &to);
    to.depth = gray ? 1 : info->depth;
    struct pages_reducer *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->from = *info;
    int r = make(t, &to);
    if (r < 0)
        (void)pages_reducer_free(t);
    else
        *ret = t;
    return r;
}

struct pages_reducer *pages_reducer_free(struct pages_reducer *t)
{
    if (!t)
        return NULL;
    (void)scanpage_draft_free(t->to);
    free(t->column);
    free(t->sum);
    free(t->edge);
    free(t);
    return NULL;
}

static void columns_end(struct pages_reducer *t)
{
    add_columns(t);
    memset(t->column, 0, scanpage_stride(&t->from) * sizeof(*t->column));
    t->held = 0;
}

void pages_reducer_rows(struct pages_reducer *t, const uint8_t *rows,
                        uint32_t n)
{
    if (!t->to) /* taken */
        return;
    const struct scanpage_info *to = &t->to->info;
    size_t step = scanpage_stride(&t->from);
    uint32_t height = t->from.height_px;
    for (; n > 0 && t->made < to->height_px; n--, rows += step) {
        uint32_t end = edge(t->made + 1, height, to->height_px);
        add_row(t->column, rows, step);
        t->held++;
        t->seen++;
        if (t->held == ROWS_MAX || t->seen == end)
            columns_end(t);
        if (t->seen < end)
            continue;
        mean_row(t, end - edge(t->made, height, to->height_px),
                 t->to->rows + t->made * scanpage_stride(to));
        memset(t->sum, 0, sum_len(t));
        t->made++;
    }
}

struct scanpage_draft *pages_reducer_take(struct pages_reducer *t)
{
    return t->to && t->made == t->to->info.height_px ? LK_TAKE(t->to) : NULL;
}

int pages_reduce(const struct scanpage_info *info, const uint8_t *rows,
                 uint32_t side_px, bool gray, struct scanpage_draft **ret)
{
    LK_AUTO(pages_reducer) t = NULL;
    int r = pages_reducer_new(info, side_px, gray, &t);
    if (r < 0)
        return r;
    pages_reducer_rows(t, rows, info->height_px);
    *ret = pages_reducer_take(t);
    return 0;
}
