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

/* A pixel that stands for 2 to this many: their sum fits into 16 bits, and
 * (sum + n / 2) / n is the upper half of a multiplication by 2^16 / n + 1,
 * since (256 * n) * n <= 2^16. */
#define FEW_MAX 16U
/* Of 16 bits: a pixel's three, and one that does not matter. */
#define LANES 4

/* Of a row of `to` that stands for so many rows, for each of its bytes. */
struct few {
    uint16_t *half;
    uint16_t *inverse; /* NULL: some are of more pixels, or of one */
};

struct pages_reducer {
    struct scanpage_info from;
    struct scanpage_draft *to;
    uint32_t *edge;    /* of each column of `to`, and the last one's end */
    uint16_t *column;  /* sums of rows, for each byte of a row of `from` */
    uint32_t *sum;     /* of a row of `to`, with the depth of `from` */
    uint16_t *lanes;   /* the same where all stand for few */
    struct few few[2]; /* for the fewest rows, and one more */
    uint32_t seen;     /* rows of `from` */
    uint32_t held;     /* of those in `column` */
    uint32_t made;     /* rows of `to` */
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

/* Three sums in one addition: none of them reaches the next one's bits. */
static uint64_t lanes_of(const uint16_t *p)
{
    uint64_t v = 0;
    memcpy(&v, p, sizeof(v));
    return v;
}

static void add_lanes(const struct pages_reducer *t)
{
    const uint16_t *p = t->column;
    uint16_t *to = t->lanes;
    for (uint32_t x = 0; x < t->to->info.width_px; x++, to += 3) {
        uint32_t n = t->edge[x + 1] - t->edge[x];
        uint64_t v = lanes_of(p);
        for (p += 3; n > 1; n--, p += 3)
            v += lanes_of(p);
        memcpy(to, &v, sizeof(v));
    }
}

static uint8_t few_mean(uint16_t sum, uint16_t half, uint16_t inverse)
{
    return (uint8_t)((uint32_t)(uint16_t)(sum + half) * inverse >> 16);
}

static void few_row(const uint16_t *restrict sum, const struct few *f, size_t n,
                    uint8_t *restrict to)
{
    const uint16_t *restrict half = f->half;
    const uint16_t *restrict inverse = f->inverse;
    size_t i = 0;
    for (; i + BLOCK <= n; i += BLOCK)
        for (size_t k = 0; k < BLOCK; k++)
            to[i + k] = few_mean(sum[i + k], half[i + k], inverse[i + k]);
    for (; i < n; i++)
        to[i] = few_mean(sum[i], half[i], inverse[i]);
}

/* Where a row of `to` can be made so. */
static const struct few *few_of(const struct pages_reducer *t, uint32_t rows)
{
    uint32_t fewest = t->from.height_px / t->to->info.height_px;
    const struct few *f = &t->few[rows > fewest];
    return t->lanes && f->inverse ? f : NULL;
}

static int few_make(const struct pages_reducer *t, uint32_t rows, struct few *f)
{
    const struct scanpage_info *to = &t->to->info;
    uint32_t narrow = t->from.width_px / to->width_px;
    if (narrow * rows < 2 || (narrow + 1) * rows > FEW_MAX)
        return 0;
    f->half = calloc(scanpage_stride(to), sizeof(*f->half));
    f->inverse = calloc(scanpage_stride(to), sizeof(*f->inverse));
    if (!f->half || !f->inverse)
        return -ENOMEM;
    for (size_t i = 0; i < scanpage_stride(to); i++) {
        size_t x = i / 3;
        uint32_t n = (t->edge[x + 1] - t->edge[x]) * rows;
        f->half[i] = (uint16_t)(n / 2);
        f->inverse[i] = (uint16_t)((1U << 16) / n + 1);
    }
    return 0;
}

static int lanes_make(struct pages_reducer *t)
{
    const struct scanpage_info *to = &t->to->info;
    uint32_t rows = t->from.height_px / to->height_px;
    if (t->from.depth != 3 || to->depth != 3)
        return 0;
    t->lanes = calloc(scanpage_stride(to) + LANES, sizeof(*t->lanes));
    if (!t->lanes)
        return -ENOMEM;
    int r = few_make(t, rows, &t->few[0]);
    return r < 0 ? r : few_make(t, rows + 1, &t->few[1]);
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
    t->column = calloc(scanpage_stride(&t->from) + LANES, sizeof(*t->column));
    t->sum = calloc(1, sum_len(t));
    t->edge = calloc((size_t)to->width_px + 1, sizeof(*t->edge));
    if (!t->column || !t->sum || !t->edge)
        return -ENOMEM;
    for (uint32_t x = 0; x <= to->width_px; x++)
        t->edge[x] = edge(x, t->from.width_px, to->width_px);
    return lanes_make(t);
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
    free(t->lanes);
    for (size_t i = 0; i < LK_ARRAY_LEN(t->few); i++) {
        free(t->few[i].half);
        free(t->few[i].inverse);
    }
    free(t);
    return NULL;
}

static void columns_begin(struct pages_reducer *t)
{
    memset(t->column, 0, scanpage_stride(&t->from) * sizeof(*t->column));
    t->held = 0;
}

/* A row of `to` whose rows are all there; `rows` of them. */
static void row_end(struct pages_reducer *t, uint32_t rows)
{
    size_t stride = scanpage_stride(&t->to->info);
    uint8_t *to = t->to->rows + t->made++ * stride;
    const struct few *few = few_of(t, rows);
    if (few) {
        add_lanes(t);
        few_row(t->lanes, few, stride, to);
    } else {
        add_columns(t);
        mean_row(t, rows, to);
        memset(t->sum, 0, sum_len(t));
    }
    columns_begin(t);
}

void pages_reducer_rows(struct pages_reducer *t, const uint8_t *rows,
                        uint32_t n)
{
    if (!t->to) /* taken */
        return;
    size_t step = scanpage_stride(&t->from);
    uint32_t height = t->from.height_px;
    uint32_t made = t->to->info.height_px;
    for (; n > 0 && t->made < made; n--, rows += step) {
        uint32_t begin = edge(t->made, height, made);
        uint32_t end = edge(t->made + 1, height, made);
        add_row(t->column, rows, step);
        t->held++;
        t->seen++;
        if (t->seen == end) {
            row_end(t, end - begin);
        } else if (t->held == ROWS_MAX) {
            add_columns(t);
            columns_begin(t);
        }
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
