/* What every screen has: the strip, help, the idle question, the conversation
 * in writing. */
#include "kiosk/screens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW_US INT64_C(1000000000)
#define SECOND_US INT64_C(1000000)

static struct kiosk_tree tree;

static const struct kiosk_env env = {
    .width_mm = 268, .height_mm = 476, .now_us = NOW_US};

static void build(const struct session_view *view, const struct kiosk_env *e)
{
    struct session_view v = *view;
    snprintf(v.lang, sizeof(v.lang), "fi");
    kiosk_screen_build(&v, e, &tree);
    assert_int_equal(tree.error, 0);
}

static const struct kiosk_node *node(const char *id)
{
    int i = kiosk_tree_find(&tree, id);
    return i < 0 ? NULL : &tree.node[i];
}

static void expect_intent(const char *id, enum session_intent_kind kind)
{
    assert_non_null(node(id));
    assert_int_equal(node(id)->act, KIOSK_ACT_INTENT);
    assert_int_equal(node(id)->intent, kind);
}

static void test_strip(void **state)
{
    (void)state;
    static const enum session_screen screens[] = {
        SESSION_START, SESSION_SERVICES, SESSION_CARD,          SESSION_WAITING,
        SESSION_CALL,  SESSION_END,      SESSION_OUT_OF_SERVICE};
    for (size_t i = 0; i < LK_ARRAY_LEN(screens); i++) {
        bool call = screens[i] == SESSION_CALL;
        bool before =
            screens[i] == SESSION_SERVICES || screens[i] == SESSION_CARD;
        build(&(struct session_view){.screen = screens[i]}, &env);
        expect_intent("help", SESSION_INTENT_HELP);
        assert_true((node("quit") != NULL) == before);
        /* In a call they are one tap away. */
        assert_true((node("speech") != NULL) == !call);
        build(&(struct session_view){.screen = screens[i], .help = true}, &env);
        expect_intent("help", SESSION_INTENT_HELP);
        expect_intent("speech", SESSION_INTENT_SPEECH);
        expect_intent("text-size", SESSION_INTENT_TEXT_SIZE);
        expect_intent("contrast", SESSION_INTENT_CONTRAST);
        assert_int_equal(kiosk_tree_escape(&tree),
                         kiosk_tree_find(&tree, "help"));
    }
}

static void test_switches(void **state)
{
    (void)state;
    struct session_view v = {.screen = SESSION_SERVICES};
    build(&v, &env);
    assert_false(node("speech")->state & KIOSK_CHECKED);
    v.manner = (struct session_manner){
        .speech = true, .contrast = true, .text_size = SESSION_TEXT_LARGEST};
    build(&v, &env);
    assert_true(node("speech")->state & KIOSK_CHECKED);
    assert_true(node("contrast")->state & KIOSK_CHECKED);
    /* It has three values, so it is never drawn as on. */
    assert_false(node("text-size")->state & KIOSK_CHECKED);
    assert_string_equal(node("text-size")->name, "Tekstin koko");
    assert_string_equal(node("text-size")->value, "Suurin");
}

/* Help covers the screen; the pace can be changed while speech is on. */
static void test_help(void **state)
{
    (void)state;
    struct session_view v = {.screen = SESSION_CALL, .help = true};
    build(&v, &env);
    assert_true(node("help-page")->overlay);
    assert_null(node("end-call"));
    assert_non_null(node("remote-video"));
    assert_null(node("faster"));
    v.manner.speech = true;
    build(&v, &env);
    expect_intent("faster", SESSION_INTENT_FASTER);
    assert_true(node("slower")->state & KIOSK_DISABLED);
    v.manner.pace = SESSION_PACE_MAX;
    build(&v, &env);
    assert_true(node("faster")->state & KIOSK_DISABLED);
}

/* The time left is told in steps, and changes just when it is drawn anew. */
static void test_idle(void **state)
{
    (void)state;
    static const struct {
        int64_t left_us;
        const char *says;
        int64_t next_us;
    } cases[] = {
        {30 * SECOND_US, "30", NOW_US + 5 * SECOND_US},
        {26 * SECOND_US, "30", NOW_US + SECOND_US},
        {25 * SECOND_US, "25", NOW_US + 5 * SECOND_US},
        {1, "5", NOW_US + 1},
        {0, "0", INT64_MAX},
        {-SECOND_US, "0", INT64_MAX},
    };
    struct session_view v = {.screen = SESSION_SERVICES};
    assert_int_equal(kiosk_screen_next_us(&v, NOW_US), INT64_MAX);
    v.idle = true;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        v.idle_ends_us = NOW_US + cases[i].left_us;
        build(&v, &env);
        expect_intent("stay", SESSION_INTENT_STAY);
        assert_true(kiosk_tree_covered(&tree, kiosk_tree_find(&tree, "help")));
        assert_non_null(strstr(node("idle-left")->name, cases[i].says));
        assert_int_equal(kiosk_screen_next_us(&v, NOW_US), cases[i].next_us);
    }
}

static void test_talk(void **state)
{
    (void)state;
    struct session_view v = {
        .screen = SESSION_CALL,
        .expert_name = "Maija",
        .manner = {.typing = true},
        .talk = {.up = true,
                 .n = 4,
                 .said = {{.id = 1, .text = "Hei"},
                          {.id = 2, .mine = true, .text = "Moi"},
                          {.id = 3, .open = true, .text = "a\xef\xbf\xbd"},
                          {.id = 4, .mine = true, .open = true, .text = "x"}}},
    };
    build(&v, &env);
    assert_true(node("text")->state & KIOSK_CHECKED);
    assert_int_equal(node("text-log")->role, KIOSK_GROUP);
    assert_string_equal(node("text-turn-1")->name, "Maija");
    assert_string_equal(node("text-turn-2")->value, "Moi");
    assert_int_equal(node("text-turn-2")->look, KIOSK_LOOK_MINE);
    assert_int_equal(node("text-turn-3")->look, KIOSK_LOOK_THEIRS);
    assert_non_null(strstr(node("text-turn-3")->name, "kirjoittaa"));
    assert_non_null(strstr(node("text-turn-3")->value, "tullut perille"));
    assert_true(node("text-turn-3")->private);
    /* One's own open turn is in the field. */
    assert_null(node("text-turn-4"));
    expect_intent("text-input", SESSION_INTENT_WRITE);
    assert_int_equal(node("text-input")->field.submit, SESSION_INTENT_SAY);
    assert_false(node("text-input")->field.eager);
    v.talk.n = 0;
    build(&v, &env);
    assert_true(node("text-input")->field.eager);
}

/* Whether the expert speaks changes that one sign, on every kind of call
 * screen, and is told in words. */
static void test_expert_speaks(void **state)
{
    (void)state;
    struct kiosk_env wide = env;
    wide.width_mm = 476;
    wide.height_mm = 268;
    for (int i = 0; i < 4; i++) {
        struct session_view v = {.screen = SESSION_CALL,
                                 .line = SESSION_LINE_GOOD,
                                 .expert_name = "Maija",
                                 .manner = {.typing = i & 1}};
        build(&v, i & 2 ? &wide : &env);
        int nodes = tree.n;
        assert_int_equal(node("expert-speaks")->role, KIOSK_IMAGE);
        assert_int_equal(node("expert-speaks")->state, KIOSK_BLANK);
        assert_string_equal(node("expert-speaks")->value, "");
        v.speaks = true;
        build(&v, i & 2 ? &wide : &env);
        assert_int_equal(tree.n, nodes);
        assert_int_equal(node("expert-speaks")->state, 0);
        assert_string_equal(node("expert-speaks")->name, "Puhuu");
        assert_string_equal(node("expert-speaks")->value, "Puhuu");
        assert_int_equal(node("expert-speaks")->icon, KIOSK_ICON_VOLUME_2);
    }
}

/* A turn of any length, cut anywhere, keeps whole characters. */
static void test_long_turn(void **state)
{
    (void)state;
    struct session_view v = {
        .screen = SESSION_CALL,
        .manner = {.typing = true, .text_size = SESSION_TEXT_LARGEST},
        .talk = {.n = 1, .said = {{.id = 1}}},
    };
    for (int shift = 0; shift < 3; shift++) {
        char *text = v.talk.said[0].text;
        memset(text, 'a', (size_t)shift);
        text[shift] = '\0';
        while (strlen(text) + 2 < SESSION_SAID_MAX)
            memcpy(text + strlen(text), "ä", sizeof("ä"));
        build(&v, &env);
        int i = kiosk_tree_find(&tree, "text-turn-1");
        const char *shown = tree.node[i + 2].name;
        assert_true(strlen(shown) < strlen(text));
        assert_true(lk_utf8_valid(shown, strlen(shown)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strip),         cmocka_unit_test(test_switches),
        cmocka_unit_test(test_help),          cmocka_unit_test(test_idle),
        cmocka_unit_test(test_talk),          cmocka_unit_test(test_long_turn),
        cmocka_unit_test(test_expert_speaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
