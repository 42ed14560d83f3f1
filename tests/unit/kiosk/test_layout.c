/* Arithmetic of boxes, with text measured by counting letters. */
#include "kiosk/layout.h"
#include "kiosk/pager.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct kiosk_tree t;

/* Width of the word at `at`, px; and its letters. */
static int word_px(const char *at, int *ret_len)
{
    *ret_len = (int)strcspn(at, " ");
    return *ret_len * 10;
}

/* Letters are 10 x 20 px; lines break at spaces, and where the type says so
 * within words. */
static int letters(void *arg, const struct kiosk_type *type, const char *text,
                   int width_px, struct kiosk_size *ret)
{
    (void)arg;
    int width = width_px > 0 ? width_px : INT_MAX;
    int x = 0;
    struct kiosk_size s = {0, 20};
    for (int len; *text; text += len + (text[len] == ' ')) {
        int w = word_px(text, &len);
        if (type->breaks && w > width)
            w = LK_MAX(width / 10, 1) * 10;
        if (x > 0 && x + 10 + w > width) {
            x = 0;
            s.h += 20;
        }
        x += w + (x > 0 ? 10 : 0);
        s.w = LK_MAX(s.w, x);
    }
    *ret = s;
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
    int c = child("abcdef ghijkl", (struct kiosk_box){0});
    lay(120, 200);
    expect(a, 10, 2, 30, 20);
    expect(b, 10, 27, 0, 200 - 4 - 20 - 40 - 10);
    expect(c, 10, 158, 60, 40);
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
    int b = child("abcd efgh", (struct kiosk_box){.grow = true});
    int c = child("", (struct kiosk_box){.grow = true});
    lay(130, 100);
    /* 90 left for two. */
    expect(a, 0, 35, 20, 30);
    expect(b, 30, 30, 45, 40);
    expect(c, 85, 50, 45, 0);
}

/* What does not fit side by side goes on below. */
static void test_row_falls(void **state)
{
    (void)state;
    begin((struct kiosk_box){.flow = KIOSK_ROW, .gap = 4});
    int a = child("ab", (struct kiosk_box){.min_w = 60});
    int b = child("ab", (struct kiosk_box){.min_w = 60});
    lay(124, 44);
    expect(b, 64, 0, 60, 20);
    lay(123, 44);
    assert_false(t.spills);
    expect(a, 0, 0, 60, 20);
    expect(b, 0, 24, 60, 20);
    lay(123, 43);
    assert_true(t.spills);
    t.node[0].box.fixed = true;
    lay(123, 44);
    assert_true(t.spills);
}

/* Words wrap before anything falls; nobody gets less than its words. */
static void test_row_squeezes(void **state)
{
    (void)state;
    begin((struct kiosk_box){.flow = KIOSK_ROW, .gap = 10});
    int a = child("abcdef", (struct kiosk_box){0});
    int b = child("ab cd ef gh", (struct kiosk_box){0});
    lay(130, 100);
    expect(a, 0, 0, 60, 20);
    expect(b, 70, 0, 50, 40);
    lay(90, 100);
    expect(b, 70, 0, 20, 80);
    lay(89, 100);
    expect(b, 0, 30, 80, 40);
}

/* A row whose children want more than their words. */
static void test_row_cells(void **state)
{
    (void)state;
    begin((struct kiosk_box){.flow = KIOSK_ROW, .cell_w = 50});
    int a = child("ab cd", (struct kiosk_box){.grow = true});
    int b = child("ab cd", (struct kiosk_box){.grow = true});
    lay(100, 100);
    expect(b, 50, 0, 50, 20);
    lay(99, 100);
    expect(a, 0, 0, 99, 20);
    expect(b, 0, 20, 99, 20);
    t.text_size = SESSION_TEXT_LARGE;
    lay(129, 100);
    expect(b, 0, 20, 129, 20);
    lay(130, 100);
    expect(b, 65, 0, 65, 20);
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
    int b = child("abcd efgh", (struct kiosk_box){0});
    int c = child("ab", (struct kiosk_box){0});
    lay(90, 90);
    expect(a, 0, 0, 40, 40);
    expect(b, 50, 0, 40, 40);
    expect(c, 0, 50, 40, 40);
    assert_false(t.spills);
    /* Columns fall where a word would not fit. */
    lay(89, 160);
    expect(b, 0, 50, 89, 40);
    assert_false(t.spills);
}

/* A picture that has no room for its height keeps its shape. */
static void test_picture_yields(void **state)
{
    (void)state;
    begin((struct kiosk_box){.flow = KIOSK_COLUMN, .align = KIOSK_STRETCH});
    int a = child("", (struct kiosk_box){.aspect = 2});
    int b = child("ab", (struct kiosk_box){0});
    lay(100, 60);
    expect(a, 10, 0, 80, 40);
    expect(b, 0, 40, 100, 20);
    assert_false(t.spills);
}

/* ---- pages ---- */

#define LINES 7

static int lines[LINES];
static int turns;

/* A pager of lines that are 20 px high, in a box if `boxed`. */
static void begin_pager(bool boxed)
{
    kiosk_tree_begin(&t, SESSION_START, KIOSK_LANG_EN);
    kiosk_pager_open(&t, &(struct kiosk_node){.id = "page"});
    if (boxed)
        kiosk_tree_open(&t,
                        &(struct kiosk_node){.look = KIOSK_LOOK_PANEL,
                                             .box = {.flow = KIOSK_COLUMN}});
    for (int i = 0; i < LINES; i++)
        lines[i] = child("abc", (struct kiosk_box){0});
    if (boxed)
        kiosk_tree_close(&t);
    turns = t.n;
    kiosk_pager_close(&t);
    assert_int_equal(t.error, 0);
}

/* Lines that are seen. */
static uint32_t lines_seen(void)
{
    uint32_t seen = 0;
    for (int i = 0; i < LINES; i++)
        if (!kiosk_tree_hidden(&t, lines[i]))
            seen |= 1u << i;
    return seen;
}

static void test_pager_of_one(void **state)
{
    (void)state;
    begin_pager(false);
    t.node[0].page = 3;
    lay(300, 140);
    assert_int_equal(t.node[0].pages, 1);
    assert_int_equal(t.node[0].page, 0);
    assert_int_equal(lines_seen(), (1 << LINES) - 1);
    assert_true(kiosk_tree_hidden(&t, turns));
    assert_false(t.spills);
}

/* Whatever the height: every line is on exactly one page, within it, and the
 * buttons are where they were. */
static void check_pages(int height)
{
    uint32_t all = 0;
    int pages = 1;
    for (int page = 0; page < pages; page++) {
        t.node[0].page = (uint8_t)page;
        lay(300, height);
        pages = t.node[0].pages;
        assert_int_equal(t.node[0].page, page);
        assert_int_equal(lines_seen() & all, 0);
        all |= lines_seen();
        assert_false(t.spills);
        for (int i = 0; i < LINES; i++)
            if (!kiosk_tree_hidden(&t, lines[i]))
                assert_true(t.node[lines[i]].rect.y + 20 <=
                            (pages > 1 ? t.node[turns].rect.y : height));
        if (pages > 1)
            assert_int_equal(t.node[turns].rect.y + t.node[turns].rect.h,
                             height);
    }
    assert_int_equal(all, (1 << LINES) - 1);
    assert_true(pages > 1);
}

static void test_pager_shows_all_once(void **state)
{
    (void)state;
    for (int boxed = 0; boxed < 2; boxed++) {
        begin_pager(boxed);
        for (int height = 139; height >= 41; height--)
            check_pages(height);
    }
}

static int find(const char *id)
{
    return kiosk_tree_find(&t, id);
}

static void test_pager_buttons(void **state)
{
    (void)state;
    begin_pager(false);
    t.node[0].page = 9;
    lay(300, 100);
    /* 4 and 3. */
    assert_int_equal(t.node[0].pages, 2);
    assert_int_equal(t.node[0].page, 1);
    assert_string_equal(t.node[find("page-of")].name, "Page 2 of 2");
    assert_string_equal(kiosk_node_text(&t.node[find("page-of")]), "2/2");
    assert_true(t.node[find("page-more")].state & KIOSK_DISABLED);
    assert_false(t.node[find("page-back")].state & KIOSK_DISABLED);
    t.node[0].page = 0;
    lay(300, 100);
    assert_false(t.node[find("page-more")].state & KIOSK_DISABLED);
    assert_true(t.node[find("page-back")].state & KIOSK_DISABLED);
}

/* A heading is not the last of its page. */
static void test_pager_heading(void **state)
{
    (void)state;
    begin_pager(false);
    t.node[lines[3]].role = KIOSK_HEADING;
    lay(300, 100);
    assert_int_equal(lines_seen(), 7);
}

/* Which page is remembered by the pager's id; the focus goes across. */
static void test_pages_turn(void **state)
{
    (void)state;
    struct kiosk_pages pages = {0};
    begin_pager(false);
    for (int i = 0; i < LINES; i++) {
        t.node[lines[i]].role = KIOSK_BUTTON;
        t.node[lines[i]].id = kiosk_tree_printf(&t, "line-%d", i);
    }
    kiosk_pages_apply(&pages, &t);
    lay(300, 100);
    assert_false(kiosk_pages_turn(&pages, &t, find("page-back")));
    assert_false(kiosk_pages_step(&pages, &t, lines[3], 1));
    assert_false(kiosk_pages_step(&pages, &t, lines[0], -1));
    assert_true(kiosk_pages_step(&pages, &t, find("page-more"), 1));
    kiosk_pages_apply(&pages, &t);
    lay(300, 100);
    kiosk_pages_keep(&pages, &t);
    assert_int_equal(t.node[0].page, 1);
    assert_int_equal(kiosk_pages_entry(&t, find("page-more"), 1), lines[4]);
    assert_true(kiosk_pages_step(&pages, &t, lines[4], -1));
    kiosk_pages_apply(&pages, &t);
    lay(300, 100);
    assert_int_equal(t.node[0].page, 0);
    assert_int_equal(kiosk_pages_entry(&t, lines[4], -1), find("page-more"));
    assert_true(kiosk_pages_turn(&pages, &t, find("page-more")));
    kiosk_pages_apply(&pages, &t);
    assert_int_equal(t.node[0].page, 1);
}

/* Before anything goes to another page gaps become smaller. */
static void test_pager_tightens(void **state)
{
    (void)state;
    begin_pager(false);
    t.node[0].box.gap = 8;
    lay(300, LINES * 20 + (LINES - 1) * 4);
    assert_int_equal(t.node[0].pages, 1);
    assert_int_equal(t.node[lines[1]].rect.y, 24);
    lay(300, LINES * 20 + (LINES - 1) * 4 - 1);
    assert_true(t.node[0].pages > 1);
}

/* ---- from right to left ---- */

#define NODES 24

/* A tree of boxes chosen by a seed. */
static void build_random(unsigned *seed)
{
    static const enum kiosk_flow flows[] = {KIOSK_COLUMN, KIOSK_ROW, KIOSK_WRAP,
                                            KIOSK_GRID};
    static const char *const words[] = {"a", "abc de", "abcdef", ""};
    begin((struct kiosk_box){.flow = KIOSK_COLUMN, .align = KIOSK_STRETCH});
    for (int i = 0; i < NODES; i++) {
        unsigned r = (unsigned)rand_r(seed);
        struct kiosk_box box = {
            .flow = flows[r % 4],
            .cols = 3,
            .gap = (float)(r / 4 % 7),
            .pad_x = (float)(r / 32 % 5),
            .align = (enum kiosk_place)(r / 256 % 4),
            .grow = r / 1024 % 2,
        };
        if (r / 2048 % 3 == 0) {
            kiosk_tree_open(&t, &(struct kiosk_node){.box = box});
            child("x", (struct kiosk_box){0});
            continue;
        }
        if (r / 2048 % 3 == 1 && t.open > 0)
            kiosk_tree_close(&t);
        child(words[r / 8192 % 4], (struct kiosk_box){.grow = box.grow});
    }
}

static void test_mirror_is_exact(void **state)
{
    (void)state;
    static struct kiosk_tree ltr;
    for (unsigned seed = 1; seed <= 200; seed++) {
        unsigned r = seed;
        build_random(&r);
        lay(317, 400);
        ltr = t;
        t.rtl = true;
        lay(317, 400);
        for (int i = 0; i < t.n; i++) {
            struct kiosk_rect a = ltr.node[i].rect;
            struct kiosk_rect b = t.node[i].rect;
            if (b.x != 317 - a.x - a.w || b.y != a.y || b.w != a.w ||
                b.h != a.h)
                fail_msg("seed %u: node %d is not mirrored", seed, i);
        }
    }
}

/* A keyboard's row moves, but its keys stay in their order. */
static void test_fixed_is_not_mirrored(void **state)
{
    (void)state;
    begin((struct kiosk_box){.flow = KIOSK_ROW});
    int digit = kiosk_tree_open(
        &t, &(struct kiosk_node){.box = {.flow = KIOSK_ROW, .fixed = true}});
    int one = child("1", (struct kiosk_box){0});
    int two = child("2", (struct kiosk_box){0});
    t.rtl = true;
    lay(100, 20);
    expect(digit, 80, 0, 20, 20);
    expect(one, 80, 0, 10, 20);
    expect(two, 90, 0, 10, 20);
}

static void test_overlay(void **state)
{
    (void)state;
    begin((struct kiosk_box){.flow = KIOSK_COLUMN});
    int a = child("a", (struct kiosk_box){.grow = true});
    int over = kiosk_tree_open(
        &t, &(struct kiosk_node){.overlay = true,
                                 .box = {.flow = KIOSK_COLUMN,
                                         .align = KIOSK_CENTER,
                                         .along = KIOSK_CENTER}});
    int b = child("abcd", (struct kiosk_box){0});
    lay(100, 60);
    expect(a, 0, 0, 10, 60);
    expect(over, 0, 0, 100, 60);
    expect(b, 30, 20, 40, 20);
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

static void test_blank_keeps_its_room(void **state)
{
    (void)state;
    begin((struct kiosk_box){.flow = KIOSK_COLUMN, .gap = 10});
    int a = kiosk_tree_leaf(
        &t, &(struct kiosk_node){.name = "a", .state = KIOSK_BLANK});
    int b = child("a", (struct kiosk_box){0});
    lay(100, 100);
    expect(a, 0, 0, 10, 20);
    expect(b, 0, 30, 10, 20);
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
        cmocka_unit_test(test_row_falls),
        cmocka_unit_test(test_row_squeezes),
        cmocka_unit_test(test_row_cells),
        cmocka_unit_test(test_picture_yields),
        cmocka_unit_test(test_pager_of_one),
        cmocka_unit_test(test_pager_shows_all_once),
        cmocka_unit_test(test_pager_buttons),
        cmocka_unit_test(test_pager_heading),
        cmocka_unit_test(test_pages_turn),
        cmocka_unit_test(test_pager_tightens),
        cmocka_unit_test(test_mirror_is_exact),
        cmocka_unit_test(test_fixed_is_not_mirrored),
        cmocka_unit_test(test_overlay),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_grid),
        cmocka_unit_test(test_aspect_and_icons),
        cmocka_unit_test(test_hidden_takes_no_room),
        cmocka_unit_test(test_blank_keeps_its_room),
        cmocka_unit_test(test_measure_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
