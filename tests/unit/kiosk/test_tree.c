/* Building, hit testing, focus order, taps, differences, JSON. */
#include "kiosk/tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct kiosk_tree t;

static int add(const char *id, enum kiosk_role role, uint32_t state,
               struct kiosk_rect rect)
{
    return kiosk_tree_leaf(
        &t,
        &(struct kiosk_node){
            .id = id, .role = role, .state = state, .name = id, .rect = rect});
}

static int open_box(const char *id, enum kiosk_role role, uint32_t state,
                    struct kiosk_rect rect)
{
    return kiosk_tree_open(
        &t,
        &(struct kiosk_node){
            .id = id, .role = role, .state = state, .name = id, .rect = rect});
}

/* Buttons a, b (disabled), card with a text, d under a cover, e in a hidden
 * group. */
static void build(void)
{
    kiosk_tree_begin(&t, SESSION_CARD, KIOSK_LANG_FI);
    open_box("", KIOSK_GROUP, 0, (struct kiosk_rect){0, 0, 100, 100});
    add("a", KIOSK_BUTTON, 0, (struct kiosk_rect){0, 0, 10, 10});
    add("b", KIOSK_BUTTON, KIOSK_DISABLED, (struct kiosk_rect){10, 0, 10, 10});
    open_box("card", KIOSK_BUTTON, 0, (struct kiosk_rect){20, 0, 10, 10});
    add("", KIOSK_TEXT, 0, (struct kiosk_rect){22, 2, 6, 6});
    kiosk_tree_close(&t);
    add("d", KIOSK_BUTTON, 0, (struct kiosk_rect){30, 0, 10, 10});
    add("cover", KIOSK_IMAGE, 0, (struct kiosk_rect){32, 2, 6, 6});
    open_box("group", KIOSK_GROUP, KIOSK_HIDDEN,
             (struct kiosk_rect){40, 0, 10, 10});
    add("e", KIOSK_BUTTON, 0, (struct kiosk_rect){40, 0, 10, 10});
    kiosk_tree_close(&t);
    kiosk_tree_close(&t);
    assert_int_equal(t.error, 0);
}

static void test_structure(void **state)
{
    (void)state;
    build();
    assert_int_equal(t.n, 9);
    assert_int_equal(t.node[0].last, 8);
    assert_int_equal(t.node[3].last, 4);
    assert_int_equal(t.node[4].parent, 3);
    assert_int_equal(kiosk_tree_find(&t, "d"), 5);
    assert_int_equal(kiosk_tree_find(&t, ""), -1);
    assert_int_equal(kiosk_tree_find(&t, "x"), -1);
    assert_true(kiosk_tree_inner(&t, 4));
    assert_false(kiosk_tree_inner(&t, 3));
}

static void test_hit(void **state)
{
    (void)state;
    build();
    assert_int_equal(kiosk_tree_hit(&t, 0, 0), 1);
    assert_int_equal(kiosk_tree_hit(&t, 9, 9), 1);
    assert_int_equal(kiosk_tree_hit(&t, 10, 9), 2);
    assert_int_equal(kiosk_tree_hit(&t, 25, 5), 4);
    assert_int_equal(kiosk_tree_button(&t, 4), 3);
    assert_int_equal(kiosk_tree_hit(&t, 35, 5), 6);
    assert_int_equal(kiosk_tree_button(&t, 6), -1);
    /* What is hidden is not there. */
    assert_int_equal(kiosk_tree_hit(&t, 45, 5), 0);
    assert_int_equal(kiosk_tree_hit(&t, 100, 5), -1);
    assert_int_equal(kiosk_tree_hit(&t, -1, 5), -1);
}

static void test_tap(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        int error;
    } taps[] = {{"a", 0},       {"b", -EACCES}, {"card", 0},
                {"d", -EBUSY},  {"e", -ENXIO},  {"group", -ENXIO},
                {"x", -ENOENT}, {"", -ENOENT}};
    int x = -7;
    int y = -7;
    build();
    for (size_t i = 0; i < LK_ARRAY_LEN(taps); i++)
        assert_int_equal(kiosk_tree_tap(&t, taps[i].id, &x, &y), taps[i].error);
    assert_int_equal(x, 25);
    assert_int_equal(y, 5);
}

static void test_focus_order(void **state)
{
    (void)state;
    build();
    assert_int_equal(kiosk_tree_next(&t, -1, 1), 1);
    assert_int_equal(kiosk_tree_next(&t, 1, 1), 3);
    assert_int_equal(kiosk_tree_next(&t, 3, 1), 5);
    assert_int_equal(kiosk_tree_next(&t, 5, 1), 1);
    assert_int_equal(kiosk_tree_next(&t, 1, -1), 5);
    assert_int_equal(kiosk_tree_next(&t, -1, -1), 5);
    kiosk_tree_begin(&t, SESSION_CARD, KIOSK_LANG_FI);
    assert_int_equal(kiosk_tree_next(&t, -1, 1), -1);
}

static void test_ceilings(void **state)
{
    (void)state;
    kiosk_tree_begin(&t, SESSION_CARD, KIOSK_LANG_FI);
    open_box("", KIOSK_GROUP, 0, (struct kiosk_rect){0});
    for (int i = 0; i < KIOSK_CHILDREN_MAX; i++)
        add("a", KIOSK_TEXT, 0, (struct kiosk_rect){0});
    assert_int_equal(t.error, 0);
    assert_int_equal(add("a", KIOSK_TEXT, 0, (struct kiosk_rect){0}), 0);
    assert_int_equal(t.error, -ENOSPC);

    kiosk_tree_begin(&t, SESSION_CARD, KIOSK_LANG_FI);
    for (int i = 0; i < KIOSK_DEPTH_MAX; i++)
        open_box("", KIOSK_GROUP, 0, (struct kiosk_rect){0});
    assert_int_equal(t.error, 0);
    open_box("", KIOSK_GROUP, 0, (struct kiosk_rect){0});
    assert_int_equal(t.error, -ENOSPC);

    kiosk_tree_begin(&t, SESSION_CARD, KIOSK_LANG_FI);
    for (int i = 0; i < KIOSK_NODES_MAX / 8 && t.error == 0; i++) {
        open_box("", KIOSK_GROUP, 0, (struct kiosk_rect){0});
        for (int k = 0; k < 7; k++)
            add("", KIOSK_TEXT, 0, (struct kiosk_rect){0});
        kiosk_tree_close(&t);
    }
    assert_int_equal(t.error, 0);
    assert_int_equal(t.n, KIOSK_NODES_MAX);
    add("", KIOSK_TEXT, 0, (struct kiosk_rect){0});
    assert_int_equal(t.error, -ENOSPC);

    kiosk_tree_begin(&t, SESSION_CARD, KIOSK_LANG_FI);
    for (int i = 0; i < KIOSK_TEXTS_MAX / 16; i++)
        assert_int_equal(strlen(kiosk_tree_printf(&t, "%015d", i)), 15);
    assert_int_equal(t.error, 0);
    assert_string_equal(kiosk_tree_printf(&t, "%s", "x"), "");
    assert_int_equal(t.error, -ENOSPC);
}

struct changes {
    int n;
    struct kiosk_rect last;
};

static void on_change(void *arg, struct kiosk_rect area)
{
    struct changes *c = arg;
    c->n++;
    c->last = area;
}

static void test_diff(void **state)
{
    (void)state;
    static struct kiosk_tree was;
    struct changes c = {0};
    build();
    was = t;
    kiosk_tree_diff(&was, &t, on_change, &c);
    assert_int_equal(c.n, 0);
    t.node[5].state |= KIOSK_PRESSED;
    kiosk_tree_diff(&was, &t, on_change, &c);
    assert_int_equal(c.n, 1);
    assert_int_equal(c.last.x, 30);
    /* Something that moved: both places. */
    t.node[5].rect.x = 60;
    kiosk_tree_diff(&was, &t, on_change, &c);
    assert_int_equal(c.n, 3);
    /* Another screen: everything. */
    t.screen = SESSION_CALL;
    kiosk_tree_diff(&was, &t, on_change, &c);
    assert_int_equal(c.n, 4);
    assert_int_equal(c.last.w, 100);
}

static void test_json(void **state)
{
    (void)state;
    char *text = NULL;
    kiosk_tree_begin(&t, SESSION_OUT_OF_SERVICE, KIOSK_LANG_FI);
    open_box("", KIOSK_GROUP, 0, (struct kiosk_rect){0});
    kiosk_tree_open(
        &t, &(struct kiosk_node){.id = "a",
                                 .role = KIOSK_BUTTON,
                                 .name = "Ä\"\n",
                                 .value = "v",
                                 .state = KIOSK_CHECKED | KIOSK_DISABLED,
                                 .rect = {1, 2, 3, 4}});
    add("inner", KIOSK_TEXT, 0, (struct kiosk_rect){0});
    assert_int_equal(kiosk_tree_json(&t, 1000, &text), 0);
    assert_string_equal(text,
                        "{\"screen\": \"out-of-service\", \"nodes\": [{\"id\": "
                        "\"a\", \"role\": \"button\", \"name\": "
                        "\"Ä\\\"\\u000a\", \"value\": \"v\", \"state\": "
                        "[\"disabled\", \"checked\"], \"rect\": [1, 2, 3, "
                        "4]}]}");
    size_t len = strlen(text);
    free(text);
    text = NULL;
    assert_int_equal(kiosk_tree_json(&t, len - 1, &text), -EMSGSIZE);
    assert_null(text);
    assert_int_equal(kiosk_tree_json(&t, len, &text), 0);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure), cmocka_unit_test(test_hit),
        cmocka_unit_test(test_tap),       cmocka_unit_test(test_focus_order),
        cmocka_unit_test(test_ceilings),  cmocka_unit_test(test_diff),
        cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
