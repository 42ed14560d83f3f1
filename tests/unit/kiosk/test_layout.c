/* Arithmetic of boxes, with text measured by counting letters. */
#include "kiosk/layout.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct kiosk_tree t;

/* Letters are 10 x 20 px and wrap anywhere. */
static int letters(void *arg, const struct kiosk_type *type, const char *text,
                   int width_px, struct kiosk_size *ret)
{
    (void)arg;
    (void)type;
    int n = (int)strlen(text);
    int per_line = width_px > 0 ? LK_MAX(width_px / 10, 1) : n;
    *ret = (struct kiosk_size){LK_MIN(n, per_line) * 10,
                               (n + per_line - 1) / per_line * 20};
    return 0;
}

static int no_memory(void *arg, const struct kiosk_type *type, const char *text,
                     int width_px, struct kiosk_size *ret)
{
    (void)arg;
    (void)type;
    (void)text;
    (void)width_px;
    (void)ret;
    return -ENOMEM;
}

static const struct kiosk_metrics one_px = {.px_per_mm = 1, .measure = letters};

static void begin(struct kiosk_box box)
{
    kiosk_tree_begin(&t, SESSION_START, KIOSK_LANG_FI);
    kiosk_tree_open(&t, &(struct kiosk_node){.box = box});
}

static int child(const char *text, struct kiosk_box box)
{
    return kiosk_tree_leaf(&t, &(struct kiosk_node){.name = text, .box = box});
}

static void expect(int i, int x, int y, int w, int h)
{
    struct kiosk_rect r = t.node[i].rect;
    assert_int_equal(r.x, x);
    assert_int_equal(r.y, y);
    assert_int_equal(r.w, w);
    assert_int_equal(r.h, h);
}

static void lay(int w, int h)
{
    kiosk_layout(&t, &one_px, (struct kiosk_size){w, h});
    assert_int_equal(t.error, 0);
}

static void test_column(void **state)
{
    (void)state;
    begin((struct kiosk_box){
        .flow = KIOSK_COLUMN, .gap = 5, .pad_x = 10, .pad_y = 2});
    int a = child("abc", (struct kiosk_box){0});
    int b = child("", (struct kiosk_box){.grow = true});
    int c = child("abcdefghijkl", (struct kiosk_box){0});
    lay(120, 200);
    expect(a, 10, 2, 30, 20);
    expect(b, 10, 27, 0, 200 - 4 - 20 - 40 - 10);
    expect(c, 10, 158, 100, 40);
    assert_false(t.spills);
    lay(120, 70);
    assert_true(t.spills);
}

static void test_column_places(void **state)
{
    (void)state;
    begin((struct kiosk_box){
        .flow = KIOSK_COLUMN, .align = KIOSK_STRETCH, .along = KIOSK_CENTER});
    int a = child("abc", (struct kiosk_box){.max_w = 50});
    int b = child("abc", (struct kiosk_box){0});
    lay(100, 100);
    expect(a, 0, 30, 50, 20);
    expect(b, 0, 50, 100, 20);
}

static void test_row(void **state)
{
    (void)state;
    begin((struct kiosk_box){
        .flow = KIOSK_ROW, .align = KIOSK_CENTER, .gap = 10});
    int a = child("ab", (struct kiosk_box){.min_h = 30});
    int b = child("abcdefgh", (struct kiosk_box){.grow = true});
    int c = child("", (struct kiosk_box){.grow = true});
    lay(130, 100);
    /* 90 left for two. */
    expect(a, 0, 35, 20, 30);
    expect(b, 30, 30, 45, 40);
    expect(c, 85, 50, 45, 0);
}

static void test_row_spills(void **state)
{
    (void)state;
    begin((struct kiosk_box){.flow = KIOSK_ROW});
    child("ab", (struct kiosk_box){.min_w = 60});
    child("ab", (struct kiosk_box){.min_w = 60});
    lay(120, 20);
    assert_false(t.spills);
    lay(119, 20);
    assert_true(t.spills);
}

static void test_wrap(void **state)
{
    (void)state;
    begin((struct kiosk_box){.flow = KIOSK_WRAP, .gap = 10});
    int a = child("abcd", (struct kiosk_box){0});
    int b = child("abcd", (struct kiosk_box){.min_h = 30});
    int c = child("abcd", (struct kiosk_box){0});
    lay(90, 60);
    expect(a, 0, 0, 40, 30);
    expect(b, 50, 0, 40, 30);
    expect(c, 0, 40, 40, 20);
    assert_false(t.spills);
    lay(89, 60);
    assert_true(t.spills);
}

static void test_grid(void **state)
{
    (void)state;
    begin((struct kiosk_box){
        .flow = KIOSK_GRID, .cols = 2, .gap = 10, .equal = true});
    int a = child("ab", (struct kiosk_box){0});
    int b = child("abcdefgh", (struct kiosk_box){0});
    int c = child("ab", (struct kiosk_box){0});
    lay(90, 90);
    expect(a, 0, 0, 40, 40);
    expect(b, 50, 0, 40, 40);
    expect(c, 0, 50, 40, 40);
    assert_false(t.spills);
}

static void test_aspect_and_icons(void **state)
{
    (void)state;
    begin((struct kiosk_box){.flow = KIOSK_COLUMN, .align = KIOSK_STRETCH});
    int a = child("", (struct kiosk_box){.aspect = 2, .max_w = 80});
    int b = kiosk_tree_leaf(
        &t, &(struct kiosk_node){.name = "ab",
                                 .icon = KIOSK_ICON_MIC,
                                 .icon_mm = 30,
                                 .box = {.pad_x = 5, .pad_y = 1}});
    lay(100, 200);
    expect(a, 0, 0, 80, 40);
    expect(b, 0, 40, 100, 32);
    assert_int_equal(kiosk_icon_px(&one_px, &t, &t.node[b]), 30);
    assert_int_equal(kiosk_icon_gap_px(&one_px, &t.node[a]), 0);
}

static void test_hidden_takes_no_room(void **state)
{
    (void)state;
    begin((struct kiosk_box){.flow = KIOSK_COLUMN, .gap = 10});
    int a = kiosk_tree_leaf(
        &t, &(struct kiosk_node){.name = "a", .state = KIOSK_HIDDEN});
    int b = child("a", (struct kiosk_box){0});
    lay(100, 100);
    expect(a, 0, 0, 0, 0);
    expect(b, 0, 0, 10, 20);
}

static void test_measure_fails(void **state)
{
    (void)state;
    static const struct kiosk_metrics m = {.px_per_mm = 1,
                                           .measure = no_memory};
    begin((struct kiosk_box){.flow = KIOSK_COLUMN});
    child("a", (struct kiosk_box){0});
    kiosk_layout(&t, &m, (struct kiosk_size){10, 10});
    assert_int_equal(t.error, -ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_column),
        cmocka_unit_test(test_column_places),
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_row_spills),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_grid),
        cmocka_unit_test(test_aspect_and_icons),
        cmocka_unit_test(test_hidden_takes_no_room),
        cmocka_unit_test(test_measure_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
