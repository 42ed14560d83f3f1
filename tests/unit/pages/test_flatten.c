#include "testing.h"

#include "draw.h"

#include "pages/flatten.h"
#include "pages/look.h"
#include "pages/rows.h"

#include <errno.h>
#include <math.h>

static struct scanpage_draft *draft(const struct picture *p)
{
    const struct scanpage_info i = {p->w, p->h, p->depth, 0};
    struct scanpage_draft *d = NULL;
    assert_int_equal(scanpage_draft_new(&i, &d), 0);
    memcpy(d->rows, p->rows, scanpage_bytes(&i));
    return d;
}

static const double quads[][8] = {
    {420, 60, 1180, 90, 1210, 1130, 380, 1110},
    {500, 150, 1100, 100, 1200, 1000, 350, 1050},
    {300, 120, 1150, 260, 1010, 1090, 180, 950}, /* turned a little */
    {100, 300, 1500, 280, 1520, 1150, 80, 1180}, /* across */
};

static void test_corners(void **state)
{
    (void)state;
    struct picture letter = draw_letter(1240, 1754, 30, 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(quads); i++) {
        struct picture photo = draw_photo(1600, 1200, &letter, quads[i]);
        struct picture gray = draw_gray(&photo);
        struct scanpage_draft *d = draft(&gray);
        struct pages_point c[4];
        assert_int_equal(pages_look_sheet(d, c), 0);
        for (size_t k = 0; k < 4; k++) {
            assert_true(fabs(c[k].x - quads[i][2 * k]) < 4);
            assert_true(fabs(c[k].y - quads[i][2 * k + 1]) < 4);
        }
        scanpage_draft_free(d);
        picture_free(&gray);
        picture_free(&photo);
    }
    picture_free(&letter);
}

/* What comes out is the letter: the same ink at the same places, white paper
 * from corner to corner. */
static void test_flatten(void **state)
{
    (void)state;
    struct picture letter = draw_letter(1240, 1754, 30, 0);
    for (size_t i = 0; i < 3; i++) {
        struct picture photo = draw_photo(1600, 1200, &letter, quads[i]);
        struct scanpage_draft *d = draft(&photo);
        assert_int_equal(pages_flatten(&d), 0);
        const struct scanpage_info *n = &d->info;
        uint32_t right = 0;
        uint32_t all = 0;
        uint32_t white = 0;
        uint32_t paper = 0;
        for (uint32_t y = n->height_px / 30; y < n->height_px * 29 / 30; y++)
            for (uint32_t x = n->width_px / 30; x < n->width_px * 29 / 30;
                 x++) {
                const uint8_t *v = d->rows + y * scanpage_stride(n) + x * 3UL;
                const uint8_t *o =
                    letter.rows +
                    ((size_t)(y * letter.h / n->height_px) * letter.w +
                     x * letter.w / n->width_px) *
                        3;
                all++;
                right += (v[1] > 128) == (o[1] > 128);
                paper += o[1] == 255;
                white += o[1] == 255 && v[0] > 215 && v[1] > 215 && v[2] > 215;
            }
        assert_true(right > all * 91 / 100);
        assert_true(white > paper * 94 / 100);
        scanpage_draft_free(d);
        picture_free(&photo);
    }
    picture_free(&letter);
}

/* A sheet of A4 gets A4's sides and a resolution. */
static void test_a4(void **state)
{
    (void)state;
    static const double square_on[8] = {400,  40,   1176, 40,
                                        1176, 1137, 400,  1137};
    struct picture letter = draw_letter(1240, 1754, 30, 0);
    struct picture photo = draw_photo(1600, 1200, &letter, square_on);
    struct scanpage_draft *d = draft(&photo);
    assert_int_equal(pages_flatten(&d), 0);
    double ratio = (double)d->info.height_px / d->info.width_px;
    assert_true(fabs(ratio - 1.4142) < 0.003);
    assert_true(d->info.dpi >= 92 && d->info.dpi <= 96);
    scanpage_draft_free(d);
    picture_free(&photo);
    picture_free(&letter);
}

/* No sheet: an empty desk, a page that fills the picture, a round thing. */
static void test_none(void **state)
{
    (void)state;
    struct picture p = draw_letter(800, 600, 10, 0);
    for (int i = 0; i < 4; i++) {
        if (i == 1)
            memset(p.rows, 70, 800UL * 600 * 3);
        for (uint32_t y = 0; y < 600 && i == 2; y++)
            for (uint32_t x = 0; x < 800; x++)
                memset(p.rows + (y * 800UL + x) * 3,
                       hypot(x - 400.0, y - 300.0) < 220 ? 240 : 60, 3);
        uint64_t seed = 3;
        for (size_t k = 0; k < 800UL * 600 * 3 && i == 3; k++)
            p.rows[k] = (uint8_t)test_random(&seed);
        struct scanpage_draft *d = draft(&p);
        assert_int_equal(pages_flatten(&d), -ENOENT);
        assert_memory_equal(d->rows, p.rows, 800UL * 600 * 3);
        scanpage_draft_free(d);
    }
    picture_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corners),
        cmocka_unit_test(test_flatten),
        cmocka_unit_test(test_a4),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
