/* Sizes of letters, contrast, how quickly the screen answers. */
#include "kiosk/sizes.h"
#include "kiosk/stats.h"
#include "kiosk/text.h"
#include "kiosk/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cairo.h>
#include <cmocka.h>

#define EDGE 512
#define PX_PER_MM 16.0f

/* Height in pixels of what a text leaves on paper. */
static int ink_px(struct kiosk_text *text, const struct kiosk_type *type,
                  const char *letters)
{
    cairo_surface_t *paper =
        cairo_image_surface_create(CAIRO_FORMAT_A8, EDGE, EDGE);
    cairo_t *cr = cairo_create(paper);
    struct kiosk_rect area = {0, 0, EDGE, EDGE};
    kiosk_text_draw(text, cr, type, letters, area, KIOSK_LEFT);
    cairo_destroy(cr);
    cairo_surface_flush(paper);
    const unsigned char *row = cairo_image_surface_get_data(paper);
    int stride = cairo_image_surface_get_stride(paper);
    int rows = 0;
    for (int y = 0; y < EDGE; y++, row += stride) {
        int most = 0;
        for (int x = 0; x < EDGE; x++)
            most = LK_MAX(most, (int)row[x]);
        rows += most > 127;
    }
    cairo_surface_destroy(paper);
    return rows;
}

/* EN 301 549, 5.1.4: every kind of text in its largest size, from every
 * distance; also in the font that Cyrillic comes from. */
static void test_capitals(void **state)
{
    (void)state;
    static const float distances[] = {300, 450, 600, 1000};
    assert_true(fabsf(kiosk_capital_mm(600) - 7.33f) < 0.005f);
    for (size_t d = 0; d < LK_ARRAY_LEN(distances); d++) {
        LK_AUTO(kiosk_text) text = NULL;
        assert_int_equal(kiosk_text_new(PX_PER_MM, distances[d], &text), 0);
        int least = (int)(kiosk_capital_mm(distances[d]) * PX_PER_MM);
        for (int f = 0; f < KIOSK_FONTS; f++) {
            struct kiosk_type type = {(enum kiosk_font)f, SESSION_TEXT_LARGEST,
                                      false};
            assert_true(ink_px(text, &type, "H") >= least);
            assert_true(ink_px(text, &type, "Н") >= least);
        }
    }
}

static void test_sizes_grow(void **state)
{
    (void)state;
    for (int f = 0; f < KIOSK_FONTS; f++) {
        float normal =
            kiosk_font_mm((enum kiosk_font)f, SESSION_TEXT_NORMAL, 600);
        float large =
            kiosk_font_mm((enum kiosk_font)f, SESSION_TEXT_LARGE, 600);
        float largest =
            kiosk_font_mm((enum kiosk_font)f, SESSION_TEXT_LARGEST, 600);
        assert_true(normal < large);
        assert_true(large < largest);
    }
}

/* Lines break between words only, but for what people wrote. */
static void test_words_stay_whole(void **state)
{
    (void)state;
    struct kiosk_size whole;
    struct kiosk_size narrow;
    struct kiosk_type type = {KIOSK_FONT_BODY, SESSION_TEXT_NORMAL, false};
    LK_AUTO(kiosk_text) text = NULL;
    assert_int_equal(kiosk_text_new(4, 600, &text), 0);
    assert_int_equal(
        kiosk_text_measure(text, &type, "Vanhempainpäiväraha", 0, &whole), 0);
    assert_int_equal(
        kiosk_text_measure(text, &type, "Vanhempainpäiväraha", 30, &narrow), 0);
    assert_int_equal(whole.w, narrow.w);
    assert_int_equal(whole.h, narrow.h);
    type.breaks = true;
    assert_int_equal(
        kiosk_text_measure(text, &type, "Vanhempainpäiväraha", 30, &narrow), 0);
    assert_true(narrow.w <= 30);
    assert_true(narrow.h > whole.h);
}

/* The caret goes along the writing, which may be from right to left. */
static void test_caret(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool rtl;
    } texts[] = {{"abc def", false}, {"Пример", false}, {"مرحبا", true}};
    struct kiosk_type type = {KIOSK_FONT_BODY, SESSION_TEXT_NORMAL, true};
    struct kiosk_rect area = {10, 10, 200, 40};
    LK_AUTO(kiosk_text) text = NULL;
    assert_int_equal(kiosk_text_new(4, 600, &text), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(texts); i++) {
        struct kiosk_rect first;
        struct kiosk_rect last;
        struct kiosk_drawn d = {type, texts[i].text, area, KIOSK_LEFT};
        assert_int_equal(kiosk_text_caret(text, &d, 0, &first), 0);
        assert_int_equal(
            kiosk_text_caret(text, &d, strlen(texts[i].text), &last), 0);
        assert_true(texts[i].rtl ? first.x > last.x : first.x < last.x);
        assert_true(LK_MIN(first.x, last.x) >= 9);
    }
}

static void test_contrast(void **state)
{
    (void)state;
    assert_true(fabs(kiosk_contrast(0x000000, 0xFFFFFF) - 21) < 0.01);
    assert_true(fabs(kiosk_contrast(0xFFFFFF, 0x000000) - 21) < 0.01);
    assert_true(fabs(kiosk_contrast(0x123456, 0x123456) - 1) < 0.001);
    /* The lightest grey that 4.5:1 on white allows. */
    assert_true(kiosk_contrast(0x767676, 0xFFFFFF) >= 4.5);
    assert_true(kiosk_contrast(0x777777, 0xFFFFFF) < 4.5);
}

static void test_stats(void **state)
{
    (void)state;
    struct kiosk_stats s = {0};
    char *json = NULL;
    kiosk_stats_shown(&s, 5, 25, 100, true);
    kiosk_stats_input(&s, 1000);
    kiosk_stats_input(&s, 1500);
    kiosk_stats_shown(&s, 2000, 3000, 10, false);
    kiosk_stats_input(&s, 4000);
    kiosk_stats_shown(&s, 4000, 4100, 10, false);
    kiosk_stats_shown(&s, 5000, 9000, 10, false);
    assert_int_equal(kiosk_stats_json(&s, &json), 0);
    assert_string_equal(json, "{\"answer_us\": 100, \"answer_worst_us\": 2000, "
                              "\"full_us\": 20, \"draws\": 4, "
                              "\"drawn_px\": 130}");
    free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_capitals),
        cmocka_unit_test(test_sizes_grow),
        cmocka_unit_test(test_words_stay_whole),
        cmocka_unit_test(test_caret),
        cmocka_unit_test(test_contrast),
        cmocka_unit_test(test_stats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
