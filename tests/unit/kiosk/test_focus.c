/* Where the focus goes: directions, and nodes that are gone. */
#include "kiosk/focus.h"

#include "testing.h"

/* A button. */
static void put(struct kiosk_tree *t, const char *id, struct kiosk_rect r)
{
    int i = kiosk_tree_leaf(t, &(struct kiosk_node){
                                   .id = id,
                                   .role = KIOSK_BUTTON,
                                   .act = KIOSK_ACT_INTENT,
                               });
    t->node[i].rect = r;
}

/*  bar:  [help]
 *  [a] [b] [c]
 *  [d]     [e]
 *  footer: [f]
 */
static void grid(struct kiosk_tree *t)
{
    kiosk_tree_begin(t, SESSION_CARD, KIOSK_LANG_FI);
    kiosk_tree_open(t, &(struct kiosk_node){.look = KIOSK_LOOK_PAGE});
    kiosk_tree_open(t, &(struct kiosk_node){.look = KIOSK_LOOK_BAR});
    put(t, "help", (struct kiosk_rect){300, 0, 100, 50});
    kiosk_tree_close(t);
    put(t, "a", (struct kiosk_rect){0, 100, 100, 50});
    put(t, "b", (struct kiosk_rect){150, 100, 100, 50});
    put(t, "c", (struct kiosk_rect){300, 100, 100, 50});
    put(t, "d", (struct kiosk_rect){0, 200, 100, 50});
    put(t, "e", (struct kiosk_rect){300, 200, 100, 50});
    kiosk_tree_open(t, &(struct kiosk_node){.look = KIOSK_LOOK_FOOTER});
    put(t, "f", (struct kiosk_rect){150, 300, 100, 50});
    kiosk_tree_close(t);
    kiosk_tree_close(t);
}

static void steps_go_where_they_point(void **state)
{
    static const struct {
        const char *from;
        int dx, dy;
        const char *to; /* "" for none */
    } steps[] = {
        {"a", 1, 0, "b"},     {"b", 1, 0, "c"},    {"c", -1, 0, "b"},
        {"a", -1, 0, ""},     {"a", 0, 1, "d"},    {"c", 0, 1, "e"},
        {"b", 0, 1, "f"},     {"e", 0, -1, "c"},   {"d", 1, 0, "e"},
        {"c", 0, -1, "help"}, {"help", 0, 1, "c"}, {"help", 0, -1, ""},
        {"f", 0, -1, "b"},
    };
    (void)state;
    static struct kiosk_tree t;
    grid(&t);
    for (size_t i = 0; i < LK_ARRAY_LEN(steps); i++) {
        int from = kiosk_tree_find(&t, steps[i].from);
        int to = kiosk_focus_towards(&t, from, steps[i].dx, steps[i].dy);
        if (to != kiosk_tree_find(&t, steps[i].to))
            fail_msg("from %s by %d, %d to %s", steps[i].from, steps[i].dx,
                     steps[i].dy, to < 0 ? "none" : t.node[to].id);
    }
    assert_int_equal(kiosk_focus_towards(&t, -1, 1, 0), -1);
}

static void it_begins_in_the_body(void **state)
{
    (void)state;
    static struct kiosk_tree t;
    grid(&t);
    assert_string_equal(t.node[kiosk_focus_first(&t)].id, "a");
    for (int i = 0; i < t.n; i++)
        if (strcmp(t.node[i].id, "help") != 0)
            t.node[i].state |=
                t.node[i].role == KIOSK_BUTTON ? KIOSK_DISABLED : 0;
    assert_string_equal(t.node[kiosk_focus_first(&t)].id, "help");
    t.node[kiosk_focus_first(&t)].state |= KIOSK_DISABLED;
    assert_int_equal(kiosk_focus_first(&t), -1);
}

static void set(struct kiosk_tree *t, const char *id, uint32_t state)
{
    t->node[kiosk_tree_find(t, id)].state |= state;
}

static void the_nearest_takes_over(void **state)
{
    (void)state;
    static struct kiosk_tree was;
    static struct kiosk_tree is;
    grid(&was);
    grid(&is);
    set(&is, "b", KIOSK_HIDDEN);
    int b = kiosk_tree_find(&was, "b");
    assert_string_equal(is.node[kiosk_focus_instead(&was, b, &is)].id, "c");
    set(&is, "c", KIOSK_DISABLED);
    assert_string_equal(is.node[kiosk_focus_instead(&was, b, &is)].id, "a");
    set(&is, "a", KIOSK_DISABLED);
    assert_string_equal(is.node[kiosk_focus_instead(&was, b, &is)].id, "d");
    assert_string_equal(is.node[kiosk_focus_instead(&was, -1, &is)].id, "d");
}

/* What lies under an overlay is out of reach. */
static void overlays_keep_it(void **state)
{
    (void)state;
    static struct kiosk_tree was;
    static struct kiosk_tree is;
    grid(&was);
    grid(&is);
    is.open = 0;
    kiosk_tree_open(&is, &(struct kiosk_node){.overlay = true});
    put(&is, "stay", (struct kiosk_rect){100, 100, 100, 50});
    put(&is, "quit", (struct kiosk_rect){100, 200, 100, 50});
    kiosk_tree_close(&is);
    int a = kiosk_tree_find(&was, "a");
    assert_string_equal(is.node[kiosk_focus_instead(&was, a, &is)].id, "stay");
    int stay = kiosk_tree_find(&is, "stay");
    assert_int_equal(kiosk_focus_towards(&is, stay, 1, 0), -1);
    assert_string_equal(is.node[kiosk_tree_next(&is, stay, 1)].id, "quit");
    assert_int_equal(kiosk_tree_next(&is, stay + 1, 1), stay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_go_where_they_point),
        cmocka_unit_test(it_begins_in_the_body),
        cmocka_unit_test(the_nearest_takes_over),
        cmocka_unit_test(overlays_keep_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
