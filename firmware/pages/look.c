#include "pages/look.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <leptonica/allheaders.h>

#define SKEW_RANGE_DEG 7.0F
#define SKEW_SURE 3.0F  /* leptonica's confidence */
#define SKEW_SEEN 0.12F /* degrees: 2 mm on the length of A4 are 0.4 */
#define INK_LEVEL 130
#define SHEET_SMALLEST 0.12 /* of the picture's area */
#define SHEET_LARGEST 0.97
#define SHEET_FIT 0.06 /* by so much the four sides may miss the sheet */

/* Gray, by the weights of ITU-R BT.601 where there are colours. */
static uint8_t light(const uint8_t *p, uint32_t depth)
{
    return depth == 1 ? *p
                      : (uint8_t)((p[0] * 77U + p[1] * 150U + p[2] * 29U) >> 8);
}

static PIX *pix_of(const struct scanpage_draft *d)
{
    uint32_t depth = d->info.depth;
    PIX *p =
        pixCreate((l_int32)d->info.width_px, (l_int32)d->info.height_px, 8);
    if (!p)
        return NULL;
    l_uint32 *line = pixGetData(p);
    for (uint32_t y = 0; y < d->info.height_px; y++, line += pixGetWpl(p)) {
        const uint8_t *row = d->rows + y * scanpage_stride(&d->info);
        for (uint32_t x = 0; x < d->info.width_px; x++)
            SET_DATA_BYTE(line, x, light(row + (size_t)x * depth, depth));
    }
    return p;
}

static void quiet(void)
{
    (void)setMsgSeverity(L_SEVERITY_NONE);
}

int pages_look_skew(const struct scanpage_draft *small, double *ret_degrees)
{
    l_float32 angle = 0;
    l_float32 sure = 0;
    quiet();
    PIX *p = pix_of(small);
    PIX *ink = p ? pixThresholdToBinary(p, INK_LEVEL) : NULL;
    pixDestroy(&p);
    if (!ink)
        return -ENOMEM;
    int found = pixFindSkewSweepAndSearch(ink, &angle, &sure, 2, 1,
                                          SKEW_RANGE_DEG, 1.0F, 0.02F) == 0;
    pixDestroy(&ink);
    bool clear = found && sure >= SKEW_SURE && fabsf(angle) >= SKEW_SEEN &&
                 fabsf(angle) < SKEW_RANGE_DEG;
    *ret_degrees = clear ? (double)angle : 0;
    return 0;
}

/* --- the sheet ---------------------------------------------------------- */

/* What is lighter than the desk, its holes (what is written) filled. */
static PIX *light_of(PIX *gray)
{
    PIX *dark = NULL;
    PIX *calm = pixBlockconv(gray, 2, 2);
    l_int32 w = pixGetWidth(gray);
    l_int32 h = pixGetHeight(gray);
    if (!calm ||
        pixOtsuAdaptiveThreshold(calm, w, h, 0, 0, 0.1F, NULL, &dark) != 0) {
        pixDestroy(&calm);
        return NULL;
    }
    pixDestroy(&calm);
    (void)pixInvert(dark, dark);
    PIX *closed = pixCloseSafeBrick(NULL, dark, 9, 9);
    pixDestroy(&dark);
    PIX *opened = closed ? pixOpenBrick(NULL, closed, 9, 9) : NULL;
    pixDestroy(&closed);
    return opened;
}

/* The largest piece; -ENOENT when it is too small or everything. */
static int largest_of(PIX *light, PIX **ret, BOX **ret_box)
{
    PIXA *pieces = NULL;
    BOXA *boxes = pixConnComp(light, &pieces, 4);
    l_int32 best = -1;
    l_int32 most = 0;
    if (!boxes)
        return -ENOMEM;
    NUMA *counts = pixaCountPixels(pieces);
    for (l_int32 i = 0; counts && i < numaGetCount(counts); i++) {
        l_int32 n = 0;
        (void)numaGetIValue(counts, i, &n);
        if (n > most) {
            most = n;
            best = i;
        }
    }
    numaDestroy(&counts);
    double all = (double)pixGetWidth(light) * pixGetHeight(light);
    bool good =
        best >= 0 && most > all * SHEET_SMALLEST && most < all * SHEET_LARGEST;
    if (good) {
        *ret = pixaGetPix(pieces, best, L_COPY);
        *ret_box = boxaGetBox(boxes, best, L_COPY);
    }
    pixaDestroy(&pieces);
    boxaDestroy(&boxes);
    return good ? 0 : -ENOENT;
}

/* The sheet's outline: for each of its rows the first and last pixel, for each
 * column likewise. All in the picture's coordinates. */
struct outline {
    double *left; /* of each row; likewise right */
    double *right;
    double *top; /* of each column; likewise low */
    double *low;
    size_t w;
    size_t h;
};

static void outline_free(struct outline *o)
{
    free(o->left);
    free(o->right);
    free(o->top);
    free(o->low);
}

static int outline_new(PIX *sheet, struct outline *o)
{
    o->w = (size_t)pixGetWidth(sheet);
    o->h = (size_t)pixGetHeight(sheet);
    o->left = calloc(o->h, sizeof(double));
    o->right = calloc(o->h, sizeof(double));
    o->top = calloc(o->w, sizeof(double));
    o->low = calloc(o->w, sizeof(double));
    if (!o->left || !o->right || !o->top || !o->low)
        return -ENOMEM;
    for (size_t i = 0; i < o->h; i++)
        o->left[i] = o->right[i] = -1;
    for (size_t i = 0; i < o->w; i++)
        o->top[i] = o->low[i] = -1;
    const l_uint32 *line = pixGetData(sheet);
    for (size_t y = 0; y < o->h; y++, line += pixGetWpl(sheet))
        for (size_t x = 0; x < o->w; x++) {
            if (!GET_DATA_BIT(line, x))
                continue;
            o->left[y] = o->left[y] < 0 ? (double)x : o->left[y];
            o->right[y] = (double)x;
            o->top[x] = o->top[x] < 0 ? (double)y : o->top[x];
            o->low[x] = (double)y;
        }
    return 0;
}

/* Moves each corner that lies farther in than this pixel. */
static void corners_push(struct pages_point c[4], double best[4], double x,
                         double y)
{
    const double out[4] = {-x - y, x - y, x + y, y - x};
    for (size_t i = 0; i < 4; i++)
        if (out[i] > best[i]) {
            best[i] = out[i];
            c[i] = (struct pages_point){x, y};
        }
}

/* The pixels farthest out along the diagonals. */
static void corners_rough(const struct outline *o, struct pages_point c[4])
{
    double best[4] = {-1e9, -1e9, -1e9, -1e9};
    for (size_t y = 0; y < o->h; y++) {
        if (o->left[y] < 0)
            continue;
        corners_push(c, best, o->left[y], (double)y);
        corners_push(c, best, o->right[y], (double)y);
    }
}

/* A line: at u, the other coordinate is a + b * u. */
struct line {
    double a;
    double b;
};

/* The straight line through the middle of a side, from u0 to u1, thrice:
 * outliers (a finger, a fold) are left out after the first. */
static int side_fit(const double *v, double u0, double u1, struct line *ret)
{
    double far = 1e9;
    double skip = (u1 - u0) * 0.08;
    for (int round = 0; round < 3; round++) {
        double n = 0;
        double su = 0;
        double sv = 0;
        double suu = 0;
        double suv = 0;
        for (size_t u = (size_t)(u0 + skip); u < (size_t)(u1 - skip); u++) {
            double x = (double)u;
            if (v[u] < 0 || (round && fabs(v[u] - ret->a - ret->b * x) > far))
                continue;
            n++;
            su += x;
            sv += v[u];
            suu += x * x;
            suv += x * v[u];
        }
        double det = n * suu - su * su;
        if (n < 16 || det <= 0)
            return -ENOENT;
        ret->b = (n * suv - su * sv) / det;
        ret->a = (sv - ret->b * su) / n;
        far = round ? 2 : 6;
    }
    return 0;
}

/* Where a level side (y = a + b x) and an upright one (x = a + b y) meet. */
static struct pages_point meet(const struct line *level,
                               const struct line *upright)
{
    double y = (level->a + level->b * upright->a) / (1 - level->b * upright->b);
    return (struct pages_point){upright->a + upright->b * y, y};
}

static double area_of(const struct pages_point c[4])
{
    double twice = 0;
    for (size_t i = 0; i < 4; i++) {
        const struct pages_point *p = &c[i];
        const struct pages_point *q = &c[(i + 1) % 4];
        twice += p->x * q->y - q->x * p->y;
    }
    return twice / 2;
}

static int corners_fit(const struct outline *o, struct pages_point c[4])
{
    struct line top = {0, 0};
    struct line right = top;
    struct line low = top;
    struct line left = top;
    corners_rough(o, c);
    int r = side_fit(o->top, c[0].x, c[1].x, &top);
    if (r == 0)
        r = side_fit(o->right, c[1].y, c[2].y, &right);
    if (r == 0)
        r = side_fit(o->low, c[3].x, c[2].x, &low);
    if (r == 0)
        r = side_fit(o->left, c[0].y, c[3].y, &left);
    if (r < 0)
        return r;
    c[0] = meet(&top, &left);
    c[1] = meet(&top, &right);
    c[2] = meet(&low, &right);
    c[3] = meet(&low, &left);
    return 0;
}

/* The four sides hold what was found, and little else. */
static bool corners_good(const struct pages_point c[4], double sheet)
{
    double area = area_of(c);
    if (!(area > 0) || fabs(area - sheet) > sheet * SHEET_FIT)
        return false;
    for (size_t i = 0; i < 4; i++) {
        const struct pages_point *a = &c[i];
        const struct pages_point *b = &c[(i + 1) % 4];
        const struct pages_point *d = &c[(i + 2) % 4];
        if ((b->x - a->x) * (d->y - b->y) - (b->y - a->y) * (d->x - b->x) <= 0)
            return false;
    }
    return true;
}

static int sheet_corners(PIX *sheet, const BOX *box, struct pages_point c[4])
{
    struct outline o = {.left = NULL};
    l_int32 x0 = 0;
    l_int32 y0 = 0;
    l_int32 pixels = 0;
    PIX *filled = pixHolesByFilling(sheet, 4);
    if (!filled)
        return -ENOMEM;
    (void)pixOr(filled, filled, sheet);
    (void)pixCountPixels(filled, &pixels, NULL);
    int r = outline_new(filled, &o);
    if (r == 0)
        r = corners_fit(&o, c);
    if (r == 0 && !corners_good(c, pixels))
        r = -ENOENT;
    outline_free(&o);
    pixDestroy(&filled);
    (void)boxGetGeometry((BOX *)(uintptr_t)box, &x0, &y0, NULL, NULL);
    for (size_t i = 0; i < 4 && r == 0; i++) {
        c[i].x += x0;
        c[i].y += y0;
    }
    return r;
}

int pages_look_sheet(const struct scanpage_draft *gray,
                     struct pages_point ret[4])
{
    PIX *sheet = NULL;
    BOX *box = NULL;
    struct pages_point c[4] = {{0, 0}};
    quiet();
    PIX *p = pix_of(gray);
    PIX *light = p ? light_of(p) : NULL;
    int r = light ? largest_of(light, &sheet, &box) : -ENOMEM;
    pixDestroy(&p);
    pixDestroy(&light);
    if (r == 0)
        r = sheet && box ? sheet_corners(sheet, box, c) : -ENOMEM;
    pixDestroy(&sheet);
    boxDestroy(&box);
    if (r == 0)
        memcpy(ret, c, sizeof(c));
    return r;
}
