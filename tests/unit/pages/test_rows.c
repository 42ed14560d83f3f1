#include "testing.h"

#include "draw.h"

#include "pages/look.h"
#include "pages/reduce.h"
#include "pages/rows.h"

#include <errno.h>
#include <math.h>

static struct scanpage_draft *draft(const struct picture *p)
{
    const struct scanpage_info i = {p->w, p->h, p->depth, 300};
    struct scanpage_draft *d = NULL;
    assert_int_equal(scanpage_draft_new(&i, &d), 0);
    memcpy(d->rows, p->rows, scanpage_bytes(&i));
    return d;
}

/* Each pixel is where it should be, for every quarter and odd sizes. */
static void test_turn(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{1, 1}, {5, 3}, {64, 33}, {101, 7}};
    for (size_t i = 0; i < LK_ARRAY_LEN(sizes) * 8; i++) {
        uint32_t w = sizes[i / 8][0];
        uint32_t h = sizes[i / 8][1];
        uint32_t depth = i & 4 ? 3 : 1;
        struct picture p = {w, h, depth, malloc((size_t)w * h * depth)};
        for (size_t k = 0; k < (size_t)w * h * depth; k++)
            p.rows[k] = (uint8_t)(k * 7 + k / 251);
        struct scanpage_draft *d = draft(&p);
        unsigned turn = i & 3;
        assert_int_equal(pages_turn(&d, turn), 0);
        assert_int_equal(d->info.width_px, turn & 1 ? h : w);
        for (uint32_t y = 0; y < h; y++)
            for (uint32_t x = 0; x < w; x++) {
                const uint32_t nx[] = {x, h - 1 - y, w - 1 - x, y};
                const uint32_t ny[] = {y, x, h - 1 - y, w - 1 - x};
                assert_memory_equal(
                    p.rows + ((size_t)y * w + x) * depth,
                    d->rows + (size_t)ny[turn] * scanpage_stride(&d->info) +
                        (size_t)nx[turn] * depth,
                    depth);
            }
        scanpage_draft_free(d);
        picture_free(&p);
    }
}

/* What is between the edges, to the pixel. */
static void test_crop(void **state)
{
    (void)state;
    static const struct {
        uint16_t crop[4];
        int error;
        uint32_t x, y, w, h;
    } t[] = {
        {{0, 0, 0, 0}, 0, 0, 0, 200, 100},
        {{0, 0, 10000, 10000}, 0, 0, 0, 200, 100},
        {{2500, 1000, 7500, 9000}, 0, 50, 10, 100, 80},
        {{0, 9900, 100, 10000}, 0, 0, 99, 2, 1},
        {{9999, 0, 10000, 1}, 0, 199, 0, 1, 1},
        {{5000, 0, 5000, 10000}, -EINVAL, 0, 0, 200, 100},
        {{0, 0, 10001, 10000}, -EINVAL, 0, 0, 200, 100},
        {{0, 7000, 10000, 6000}, -EINVAL, 0, 0, 200, 100},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(t) * 2; i++) {
        size_t k = i / 2;
        uint32_t depth = i & 1 ? 3 : 1;
        struct picture p = {200, 100, depth, malloc(20000UL * depth)};
        for (size_t b = 0; b < 20000UL * depth; b++)
            p.rows[b] = (uint8_t)(b * 7 + b / 251);
        struct scanpage_draft *d = draft(&p);
        assert_int_equal(pages_crop(&d, t[k].crop), t[k].error);
        assert_int_equal(d->info.width_px, t[k].w);
        assert_int_equal(d->info.height_px, t[k].h);
        assert_int_equal(d->info.dpi, 300);
        for (uint32_t y = 0; y < t[k].h; y++)
            assert_memory_equal(d->rows + y * scanpage_stride(&d->info),
                                p.rows + ((size_t)(t[k].y + y) * 200 + t[k].x) *
                                             depth,
                                (size_t)t[k].w * depth);
        scanpage_draft_free(d);
        picture_free(&p);
    }
}

/* A page too large for two of it is refused for quarters, not for halves. */
static void test_turn_large(void **state)
{
    (void)state;
    const struct scanpage_info i = {4960, 7016, 3, 600};
    struct scanpage_draft *d = NULL;
    assert_int_equal(scanpage_draft_new(&i, &d), 0);
    assert_int_equal(pages_turn(&d, 1), -E2BIG);
    assert_int_equal(d->info.width_px, 4960);
    assert_int_equal(pages_turn(&d, 0), 0);
    scanpage_draft_free(d);
}

/* A letter that was drawn askew is found so and made level. */
static void test_straighten(void **state)
{
    (void)state;
    static const double angles[] = {-5, -1.3, -0.4, 0, 0.5, 2.2, 6};
    for (size_t i = 0; i < LK_ARRAY_LEN(angles); i++) {
        struct picture p = draw_letter(1131, 1600, 40, angles[i]);
        struct picture g = draw_gray(&p);
        struct scanpage_draft *d = draft(&g);
        double found = 99;
        assert_int_equal(pages_look_skew(d, &found), 0);
        assert_true(fabs(found + angles[i]) < 0.12);
        assert_int_equal(pages_rotate(&d, found), 0);
        assert_int_equal(pages_look_skew(d, &found), 0);
        assert_true(fabs(found) < 0.12);
        scanpage_draft_free(d);
        picture_free(&p);
        picture_free(&g);
    }
}

/* Turned by nothing it stays; turned there and back it is nearly the same. */
static void test_rotate(void **state)
{
    (void)state;
    struct picture p = draw_letter(300, 420, 12, 0);
    struct scanpage_draft *d = draft(&p);
    assert_int_equal(pages_rotate(&d, 0), 0);
    for (size_t y = 0; y < 419; y++)
        assert_memory_equal(d->rows + y * 900, p.rows + y * 900, 897);
    assert_int_equal(pages_rotate(&d, 3), 0);
    assert_int_equal(pages_rotate(&d, -3), 0);
    double far = 0;
    for (size_t y = 60; y < 360; y++)
        for (size_t x = 150; x < 750; x++)
            far += abs(d->rows[y * 900 + x] - p.rows[y * 900 + x]);
    assert_true(far / (300 * 600) < 12);
    assert_int_equal(pages_rotate(&d, 11), -EINVAL);
    assert_int_equal(pages_rotate(&d, NAN), -EINVAL);
    scanpage_draft_free(d);
    picture_free(&p);
}

static void test_reduce(void **state)
{
    (void)state;
    const struct scanpage_info i = {4, 2, 3, 300};
    const uint8_t rows[] = {0,  0,  0,  10, 20, 30, 90, 90, 90, 0,  0, 0,
                            20, 40, 60, 10, 20, 30, 90, 90, 90, 20, 0, 0};
    const uint8_t expect[] = {10, 20, 30, 50, 45, 45};
    struct scanpage_draft *d = NULL;
    assert_int_equal(pages_reduce(&i, rows, 2, false, &d), 0);
    assert_int_equal(d->info.width_px, 2);
    assert_int_equal(d->info.height_px, 1);
    assert_int_equal(d->info.dpi, 150);
    assert_memory_equal(d->rows, expect, sizeof(expect));
    scanpage_draft_free(d);
    /* never larger; gray when wished; a side of one pixel stays */
    assert_int_equal(pages_reduce(&i, rows, 100, true, &d), 0);
    assert_int_equal(d->info.width_px, 4);
    assert_int_equal(d->info.depth, 1);
    assert_int_equal(d->rows[2], 90);
    scanpage_draft_free(d);
    assert_int_equal(pages_reduce(&i, rows, 1, false, &d), 0);
    assert_int_equal(d->info.height_px, 1);
    scanpage_draft_free(d);
}

/* The mean of what a pixel stands for, by the plainest way. */
static uint32_t plain_mean(const struct picture *p, const uint32_t box[4],
                           uint32_t c)
{
    uint64_t sum = 0;
    uint64_t n = (uint64_t)(box[2] - box[0]) * (box[3] - box[1]);
    for (uint32_t y = box[1]; y < box[3]; y++)
        for (uint32_t x = box[0]; x < box[2]; x++)
            sum += p->rows[((size_t)y * p->w + x) * p->depth + c];
    return (uint32_t)((sum + n / 2) / n);
}

/* Odd sizes, some reduced to next to nothing, white and noise. */
static void test_reduce_means(void **state)
{
    (void)state;
    static const uint32_t sizes[][3] = {
        {97, 61, 40}, {640, 33, 7}, {5, 900, 3},    {1000, 700, 1},
        {64, 64, 64}, {33, 1, 16},  {124, 175, 64}, {64, 48, 20},
        {90, 60, 89}, {75, 50, 25}, {100, 30, 50},  {31, 90, 41}};
    for (size_t i = 0; i < LK_ARRAY_LEN(sizes) * 4; i++) {
        const uint32_t *s = sizes[i / 4];
        struct picture p = {s[0], s[1], i & 1 ? 3 : 1, NULL};
        const struct scanpage_info info = {p.w, p.h, p.depth, 300};
        struct scanpage_draft *d = NULL;
        p.rows = malloc((size_t)p.w * p.h * p.depth);
        for (size_t k = 0; k < (size_t)p.w * p.h * p.depth; k++)
            p.rows[k] = i & 2 ? 255 : (uint8_t)(k * k % 251);
        assert_int_equal(pages_reduce(&info, p.rows, s[2], false, &d), 0);
        uint32_t w = d->info.width_px;
        uint32_t h = d->info.height_px;
        for (uint32_t k = 0; k < w * h * p.depth; k++) {
            uint32_t x = k / p.depth % w;
            uint32_t y = k / p.depth / w;
            const uint32_t box[] = {x * p.w / w, y * p.h / h, (x + 1) * p.w / w,
                                    (y + 1) * p.h / h};
            assert_int_equal(d->rows[k], plain_mean(&p, box, k % p.depth));
        }
        scanpage_draft_free(d);
        picture_free(&p);
    }
}

/* By strips of any height the same as at once; nothing before the last row. */
static void test_reduce_strips(void **state)
{
    uint64_t dice = test_seed();
    (void)state;
    for (int i = 0; i < 40; i++) {
        const struct scanpage_info info = {
            1 + (uint32_t)(test_random(&dice) % 200),
            1 + (uint32_t)(test_random(&dice) % 700), i & 1 ? 3 : 1, 300};
        uint32_t side = 1 + (uint32_t)(test_random(&dice) % 120);
        struct scanpage_draft *whole = NULL;
        struct scanpage_draft *d = NULL;
        struct pages_reducer *t = NULL;
        uint8_t *rows = malloc(scanpage_bytes(&info));
        for (size_t k = 0; k < scanpage_bytes(&info); k++)
            rows[k] = (uint8_t)test_random(&dice);
        assert_int_equal(pages_reduce(&info, rows, side, i & 2, &whole), 0);
        assert_int_equal(pages_reducer_new(&info, side, i & 2, &t), 0);
        for (uint32_t y = 0; y < info.height_px;) {
            uint32_t n = LK_MIN(1 + (uint32_t)(test_random(&dice) % 40),
                                info.height_px - y);
            assert_null(pages_reducer_take(t));
            pages_reducer_rows(t, rows + y * scanpage_stride(&info), n);
            y += n;
        }
        d = pages_reducer_take(t);
        assert_non_null(d);
        assert_memory_equal(d->rows, whole->rows, scanpage_bytes(&d->info));
        pages_reducer_rows(t, rows, 1); /* behind the last: not looked at */
        pages_reducer_free(t);
        scanpage_draft_free(d);
        scanpage_draft_free(whole);
        free(rows);
    }
}

static void dot(struct picture *p, uint32_t x, uint32_t y, uint32_t side)
{
    for (uint32_t k = 0; k < side * side; k++)
        memset(p->rows + ((size_t)(y + k / side) * p->w + x + k % side) * 3, 20,
               3);
}

/* Paper, shaded paper, noise and dust are blank; a short line is not, nor is a
 * page that is half a photograph. */
static void test_blank(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int i = 0; i < 8; i++) {
        struct picture p = draw_letter(900, 1270, i == 6 ? 1 : 0, 0);
        const struct scanpage_info info = {p.w, p.h, 3, 0};
        for (uint32_t k = 0; k < p.w * p.h * 3 && (i == 1 || i == 2); k++) {
            int v = i == 1 ? 250 - (int)(k / 3 % p.w) / 30
                           : 235 + (int)(test_random(&seed) % 20);
            p.rows[k] = (uint8_t)v;
        }
        if (i == 3) /* dust */
            dot(&p, 400, 700, 3);
        if (i == 4) /* the feeder's shadow at the edge */
            for (uint32_t y = 0; y < p.h; y++)
                memset(p.rows + (size_t)y * p.w * 3, 30, 30);
        if (i == 5) /* a page number */
            dot(&p, 450, 1180, 8);
        if (i == 7) /* a smooth dark field */
            memset(p.rows + (size_t)p.w * 600 * 3, 90, (size_t)p.w * 400 * 3);
        assert_int_equal(pages_blank(&info, p.rows), i < 5);
        picture_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turn),
        cmocka_unit_test(test_crop),
        cmocka_unit_test(test_turn_large),
        cmocka_unit_test(test_straighten),
        cmocka_unit_test(test_rotate),
        cmocka_unit_test(test_reduce),
        cmocka_unit_test(test_reduce_means),
        cmocka_unit_test(test_reduce_strips),
        cmocka_unit_test(test_blank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
