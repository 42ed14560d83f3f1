/* A page on the screen: where it lies, what is scaled, what is drawn anew. */
#include "testing.h"

#include "kiosk/paper.h"
#include "kiosk/sheets.h"
#include "samples.h"

static const struct kiosk_rect place = {100, 50, 600, 800};

/* Every point of the page is found again, however it lies. */
static void test_points(void **state)
{
    (void)state;
    struct papers_picture *picture = sample_picture(210, 297, 1, 0);
    for (int k = 0; k < 4 * 7; k++) {
        struct kiosk_sheet s = {.page = 1, .picture = picture};
        s.turn = (uint8_t)(k % 4);
        s.zoom = (uint16_t)(100 + k / 4 * 100);
        s.x = 2000;
        s.y = 9500;
        struct kiosk_spread p = kiosk_sheet_spread(&s, place);
        for (int i = 0; i <= 10; i++) {
            double xy[2];
            uint16_t back[2];
            kiosk_sheet_to(&p, (uint16_t)(i * 1000), 7000, xy);
            kiosk_sheet_from(&p, xy[0], xy[1], back);
            assert_in_range(back[0] + 1, i * 1000, i * 1000 + 2);
            assert_in_range(back[1], 6999, 7001);
        }
        /* It fills the place as far as it can. */
        struct kiosk_rect seen = kiosk_sheet_seen(&p, place);
        assert_true(seen.w <= place.w && seen.h <= place.h);
        if (s.zoom >= 200) {
            assert_int_equal(seen.w, place.w);
            assert_int_equal(seen.h, place.h);
        }
    }
    papers_picture_free(picture);
}

/* On the screen a quarter to the right takes the page's left edge up. */
static void test_turned(void **state)
{
    (void)state;
    struct kiosk_sheet s = {.turn = 1};
    struct kiosk_spread p = kiosk_sheet_spread(&s, place);
    double left[2];
    double right[2];
    kiosk_sheet_to(&p, 0, 5000, left);
    kiosk_sheet_to(&p, 10000, 5000, right);
    assert_true(left[1] < right[1]);
    int by[2];
    kiosk_paper_step(1, 0, 100, by);
    assert_int_equal(by[0], 100);
    assert_int_equal(by[1], 0);
}

static void test_scale(void **state)
{
    (void)state;
    static const uint8_t gray[4 * 2] = {255, 255, 0, 0, 255, 255, 0, 100};
    struct scanpage_info info = {4, 2, 1, 0};
    uint32_t to[16];
    struct kiosk_scaling want = {{0, 0, 4, 2}, 0, 2, 1};
    assert_int_equal(kiosk_sheets_scale(&info, gray, &want, to), 0);
    assert_int_equal(to[0], 0xFFFFFF);
    assert_int_equal(to[1], 0x191919); /* 100 / 4 */
    want.turn = 1;
    want.w = 1;
    want.h = 2;
    assert_int_equal(kiosk_sheets_scale(&info, gray, &want, to), 0);
    assert_int_equal(to[0], 0xFFFFFF);
    assert_int_equal(to[1], 0x191919);
    want.turn = 3;
    assert_int_equal(kiosk_sheets_scale(&info, gray, &want, to), 0);
    assert_int_equal(to[0], 0x191919);
    static const uint8_t rgb[3] = {1, 2, 3};
    info = (struct scanpage_info){1, 1, 3, 0};
    want = (struct kiosk_scaling){{0, 0, 1, 1}, 2, 4, 4};
    assert_int_equal(kiosk_sheets_scale(&info, rgb, &want, to), 0);
    for (int i = 0; i < 16; i++)
        assert_int_equal(to[i], 0x010203);
    want.from.w = 2;
    assert_int_equal(kiosk_sheets_scale(&info, rgb, &want, to), -22);
    want = (struct kiosk_scaling){{0, 0, 1, 1}, 0, 0, 4};
    assert_int_equal(kiosk_sheets_scale(&info, rgb, &want, to), -22);
}

/* Kept while it is shown, within a ceiling. */
static void test_kept(void **state)
{
    (void)state;
    struct kiosk_sheets *s;
    struct papers_view *v = sample_paper_new(SAMPLE_PAPER_TRAY);
    struct papers_picture *p = v->page[0].preview;
    struct kiosk_scaling want = {{0, 0, 420, 594}, 0, 100, 140};
    assert_int_equal(kiosk_sheets_new(&s), 0);
    assert_non_null(kiosk_sheets_get(s, p, &want));
    assert_non_null(kiosk_sheets_get(s, p, &want));
    assert_int_equal(kiosk_sheets_scaled(s), 1);
    kiosk_sheets_keep(s, v);
    assert_non_null(kiosk_sheets_get(s, p, &want));
    assert_int_equal(kiosk_sheets_scaled(s), 1);
    for (int i = 0; i < KIOSK_SHEETS_MAX + 3; i++) {
        want.w = 10 + i;
        assert_non_null(kiosk_sheets_get(s, p, &want));
    }
    want.w = 100; /* the oldest has gone */
    assert_non_null(kiosk_sheets_get(s, p, &want));
    assert_int_equal(kiosk_sheets_scaled(s), KIOSK_SHEETS_MAX + 5);
    want.w = want.h = 8000;
    assert_null(kiosk_sheets_get(s, p, &want));
    kiosk_sheets_keep(s, NULL);
    want.w = want.h = 100;
    assert_non_null(kiosk_sheets_get(s, p, &want));
    assert_int_equal(kiosk_sheets_scaled(s), KIOSK_SHEETS_MAX + 6);
    /* The store holds the picture for as long as it shows it. */
    papers_view_free(v);
    kiosk_sheets_free(s);
}

/* ---- what is drawn anew ---- */

static struct sample_stage stage;
static struct kiosk_tree was;
static int64_t changed_px;

static void on_changed(void *arg, struct kiosk_rect area)
{
    (void)arg;
    changed_px += (int64_t)area.w * area.h;
    kiosk_paint(&stage.painter, stage.canvas, &stage.tree, area);
}

static const struct sample *sample_named(const char *name)
{
    for (size_t i = 0; i < samples_n; i++)
        if (strcmp(samples[i].name, name) == 0)
            return &samples[i];
    fail_msg("no sample %s", name);
    return NULL;
}

/* A pointer that moves redraws where it was and is, scales nothing, and leaves
 * what drawing the whole would. */
static void test_pointer(void **state)
{
    (void)state;
    const struct sample *sample = sample_named("paper-look");
    const struct sample_look look = {.lang = KIOSK_LANG_FI};
    sample_stage_open(&stage, &sample_panels[0]);
    struct kiosk_size size = stage.canvas->size;
    struct kiosk_rect all = {0, 0, size.w, size.h};
    sample_build(&stage, sample, &look);
    kiosk_paint(&stage.painter, stage.canvas, &stage.tree, all);
    uint64_t scaled = kiosk_sheets_scaled(stage.sheets);
    for (int i = 0; i < 6; i++) {
        was = stage.tree;
        stage.papers->theirs.x = (uint16_t)(9000 - i * 1500);
        stage.papers->mine.here = i % 2 == 0;
        sample_build(&stage, sample, &look);
        changed_px = 0;
        kiosk_tree_diff(&was, &stage.tree, on_changed, NULL);
        assert_true(changed_px > 0);
        assert_true(changed_px < (int64_t)size.w * size.h / 4);
        struct kiosk_canvas *whole;
        assert_int_equal(kiosk_canvas_new(size, &whole), 0);
        kiosk_paint(&stage.painter, whole, &stage.tree, all);
        assert_memory_equal(whole->pixels, stage.canvas->pixels,
                            (size_t)size.w * (size_t)size.h * 4);
        kiosk_canvas_free(whole);
    }
    assert_int_equal(kiosk_sheets_scaled(stage.sheets), scaled);
    sample_stage_close(&stage);
}

static void test_hand(void **state)
{
    (void)state;
    uint16_t edge[4] = {0, 0, 10000, 10000};
    kiosk_paper_edge(edge, 0, 20000);
    assert_int_equal(edge[0], 10000 - KIOSK_CROP_LEAST);
    kiosk_paper_edge(edge, 2, 0);
    assert_int_equal(edge[2], 10000);
    kiosk_paper_edge(edge, 1, -5);
    assert_int_equal(edge[1], 0);
    assert_int_equal(kiosk_paper_zoom(100, true), 150);
    assert_int_equal(kiosk_paper_zoom(120, false), 100);
    assert_int_equal(kiosk_paper_zoom(800, true), 800);
    assert_int_equal(kiosk_paper_zoom(100, false), 100);
    struct papers_view *v = sample_paper_new(SAMPLE_PAPER_LOOK);
    assert_int_equal(kiosk_paper_beside(v, 11, true), 12);
    assert_int_equal(kiosk_paper_beside(v, 12, true), 0); /* not shared */
    assert_int_equal(kiosk_paper_beside(v, 12, false), 11);
    papers_view_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points),  cmocka_unit_test(test_turned),
        cmocka_unit_test(test_scale),   cmocka_unit_test(test_kept),
        cmocka_unit_test(test_pointer), cmocka_unit_test(test_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
