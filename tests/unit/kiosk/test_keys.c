/* Keyboard, keypad and typing, through the screen without a display. */
#include "bench.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <SDL.h>
#include <cmocka.h>

/* The keypad's keys, as board/common/keypad.example.json has them. */
#define PREVIOUS "F13"
#define NEXT "F14"
#define SELECT "F15"
#define BACK "F16"

static void key(struct bench *b, const char *name)
{
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, name), 0);
}

/* Whether a node has the focus. */
static bool focused(struct bench *b, const char *id)
{
    char want[64];
    struct kiosk_reply *r = bench_ask(b, KIOSK_REQUEST_TREE, "");
    snprintf(want, sizeof(want), "\"id\": \"%s\"", id);
    const char *at = strstr(r->text, want);
    const char *state = at ? strstr(at, "\"state\": [") : NULL;
    const char *end = state ? strchr(state, ']') : NULL;
    const char *found = state ? strstr(state, "focused") : NULL;
    bool has = found && end && found < end;
    kiosk_reply_free(r);
    return has;
}

static struct session_view call_view(bool typing)
{
    return (struct session_view){.version = 1,
                                 .screen = SESSION_CALL,
                                 .lang = "fi",
                                 .card = "tax-card",
                                 .expert_name = "Maija Virtanen",
                                 .agency_name = "Verohallinto",
                                 .line = SESSION_LINE_GOOD,
                                 .mic_on = true,
                                 .camera_on = true,
                                 .volume = 5,
                                 .talk = {.up = true},
                                 .manner = {.typing = typing}};
}

static void show_call(struct bench *b, bool typing)
{
    struct session_view v = call_view(typing);
    kiosk_ui_set_view(b->ui, &v);
}

static void script_pad(struct bench *b)
{
    static const struct {
        const char *key;
        enum session_intent_kind kind;
    } keys[] = {
        {"F17", SESSION_INTENT_HELP},
        {"F18", SESSION_INTENT_SPEECH},
        {"F20", SESSION_INTENT_SLOWER},
        {"F21", SESSION_INTENT_FASTER},
        {"F22", SESSION_INTENT_TEXT_SIZE},
        {"F23", SESSION_INTENT_CONTRAST},
        {"VolumeUp", SESSION_INTENT_VOLUME_UP},
        {"VolumeDown", SESSION_INTENT_VOLUME_DOWN},
        {BACK, SESSION_INTENT_BACK},
    };
    bench_show(b, SESSION_CARD);
    for (size_t i = 0; i < LK_ARRAY_LEN(keys); i++) {
        key(b, keys[i].key);
        bench_expect(b, keys[i].kind, "");
    }
    key(b, "F19"); /* nothing was said yet */
    assert_int_equal(b->intents, 0);
    /* The first press shows where one is and does no more. */
    key(b, SELECT);
    assert_int_equal(b->intents, 0);
    assert_true(focused(b, "call-expert"));
    key(b, SELECT);
    bench_expect(b, SESSION_INTENT_CALL, "");
    key(b, PREVIOUS);
    assert_false(focused(b, "call-expert"));
    key(b, NEXT);
    assert_true(focused(b, "call-expert"));
    assert_true(b->alive >= 1);
}

static void test_pad(void **state)
{
    (void)state;
    bench_run(script_pad);
}

/* What had the focus cannot have it any more, and gets it back. */
static void script_kept(struct bench *b)
{
    struct session_view v = {
        .version = 1, .screen = SESSION_CARD, .lang = "fi", .card = "tax-card"};
    kiosk_ui_set_view(b->ui, &v);
    key(b, NEXT);
    assert_true(focused(b, "call-expert"));
    v.notices = SESSION_NOTICE_NO_BROKER;
    kiosk_ui_set_view(b->ui, &v);
    assert_false(focused(b, "call-expert"));
    assert_true(bench_says(b, "focused"));
    v.notices = 0;
    kiosk_ui_set_view(b->ui, &v);
    key(b, "Tab");
    v.idle = true;
    kiosk_ui_set_view(b->ui, &v);
    assert_true(focused(b, "stay"));
    for (int i = 0; i < 4; i++) {
        key(b, NEXT);
        assert_false(focused(b, "back"));
        assert_false(focused(b, "call-expert"));
        assert_true(bench_says(b, "focused"));
    }
}

static void test_kept(void **state)
{
    (void)state;
    bench_run(script_kept);
}

/* An overlay takes the focus and gives it back. */
static void script_overlay(struct bench *b)
{
    struct session_view v = {
        .version = 1, .screen = SESSION_CARD, .lang = "fi", .card = "tax-card"};
    kiosk_ui_set_view(b->ui, &v);
    key(b, NEXT);
    assert_true(focused(b, "call-expert"));
    v.idle = true;
    kiosk_ui_set_view(b->ui, &v);
    assert_true(focused(b, "stay"));
    key(b, SELECT);
    bench_expect(b, SESSION_INTENT_STAY, "");
    v.idle = false;
    kiosk_ui_set_view(b->ui, &v);
    assert_true(focused(b, "call-expert"));
}

/* Nothing had the focus before: nothing has it afterwards, so that the key
 * that answered does nothing when it is pressed again. */
static void script_overlay_unled(struct bench *b)
{
    struct session_view v = {.version = 1,
                             .screen = SESSION_CARD,
                             .lang = "fi",
                             .card = "tax-card",
                             .idle = true};
    kiosk_ui_set_view(b->ui, &v);
    key(b, SELECT);
    assert_true(focused(b, "stay"));
    v.idle = false;
    kiosk_ui_set_view(b->ui, &v);
    assert_false(bench_says(b, "focused"));
}

static void test_overlay_unled(void **state)
{
    (void)state;
    bench_run(script_overlay_unled);
}

static void test_overlay(void **state)
{
    (void)state;
    bench_run(script_overlay);
}

static void script_arrows(struct bench *b)
{
    bench_show(b, SESSION_START);
    key(b, "Down");
    assert_true(bench_says(b, "focused"));
    for (int i = 0; i < 10; i++) {
        key(b, i % 2 ? "Right" : "Up");
        assert_true(bench_says(b, "focused"));
    }
}

static void test_arrows(void **state)
{
    (void)state;
    bench_run(script_arrows);
}

static void script_type(struct bench *b)
{
    show_call(b, false);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "hei"), -EINVAL);
    show_call(b, true);
    assert_true(focused(b, "text-input"));
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "hei"), 0);
    bench_expect(b, SESSION_INTENT_WRITE, "hei");
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "ää"), 0);
    bench_expect(b, SESSION_INTENT_WRITE, "heiää");
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "\xC3"), -EINVAL);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "a\nb"), -EINVAL);
    key(b, "Backspace");
    bench_expect(b, SESSION_INTENT_WRITE, "heiä");
    key(b, "Home");
    key(b, "Delete");
    bench_expect(b, SESSION_INTENT_WRITE, "eiä");
    assert_true(bench_says(b, "\"value\": \"eiä\""));
    key(b, "Return");
    bench_expect(b, SESSION_INTENT_SAY, "");
    assert_false(bench_says(b, "eiä"));
    key(b, "Return"); /* nothing to say */
    assert_int_equal(b->intents, 0);
    /* Another screen has forgotten it. */
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "salaa"), 0);
    bench_expect(b, SESSION_INTENT_WRITE, "salaa");
    bench_show(b, SESSION_END);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "hei"), -EINVAL);
    show_call(b, true);
    assert_false(bench_says(b, "salaa"));
}

static void test_type(void **state)
{
    (void)state;
    bench_run(script_type);
}

/* A turn that is full is said, and a new one begins. */
static void script_full(struct bench *b)
{
    char half[KIOSK_ARG_MAX];
    show_call(b, true);
    memset(half, 'x', sizeof(half));
    half[sizeof(half) - 1] = '\0';
    for (int i = 0; i < 2; i++)
        assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, half), 0);
    b->intents = 0;
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "ab"), 0);
    assert_int_equal(b->intents, 2);
    assert_int_equal(b->intent[0].kind, SESSION_INTENT_SAY);
    assert_int_equal(b->intent[1].kind, SESSION_INTENT_WRITE);
    assert_string_equal(b->intent[1].arg, "ab");
}

static void test_full(void **state)
{
    (void)state;
    bench_run(script_full);
}

static void physical(SDL_Keycode k, const char *text)
{
    SDL_Event e = {
        .key = {.type = SDL_KEYDOWN,
                .state = SDL_PRESSED,
                .keysym = {.sym = k, .scancode = SDL_GetScancodeFromKey(k)}}};
    SDL_Event typed = {.text = {.type = SDL_TEXTINPUT}};
    assert_int_equal(SDL_PushEvent(&e), 1);
    snprintf(typed.text.text, sizeof(typed.text.text), "%s", text);
    assert_int_equal(SDL_PushEvent(&typed), 1);
    /* The system's own repeat is not ours. */
    e.key.repeat = 1;
    assert_int_equal(SDL_PushEvent(&e), 1);
    assert_int_equal(SDL_PushEvent(&typed), 1);
    e.key.repeat = 0;
    e.key.type = SDL_KEYUP;
    assert_int_equal(SDL_PushEvent(&e), 1);
}

static void script_keyboard(struct bench *b)
{
    show_call(b, true);
    assert_true(focused(b, "text-input"));
    physical(SDLK_a, "a");
    physical(SDLK_SPACE, " ");
    physical(SDLK_b, "b");
    assert_true(bench_says(b, "\"value\": \"a b\""));
    b->intents = 0;
    /* Beside the field letters do nothing. */
    key(b, "Shift+Tab");
    assert_false(focused(b, "text-input"));
    b->intents = 0;
    physical(SDLK_c, "c");
    assert_true(bench_says(b, "\"value\": \"a b\""));
    assert_int_equal(b->intents, 0);
}

static void test_keyboard(void **state)
{
    (void)state;
    bench_run(script_keyboard);
}

static void tap(struct bench *b, const char *id)
{
    int r = bench_error(b, KIOSK_REQUEST_TAP, id);
    if (r)
        fail_msg("%s: %d", id, r);
}

static void script_osk(struct bench *b)
{
    static const char *const taps[] = {
        "key-shift", "key-å",     "key-a",    "key-space",   "key-layer",
        "key-1",     "key-layer", "key-lang", "key-lang-se", "key-đ"};
    show_call(b, true);
    for (size_t i = 0; i < LK_ARRAY_LEN(taps); i++)
        tap(b, taps[i]);
    assert_true(bench_says(b, "\"value\": \"Åa 1đ\""));
    assert_int_equal(b->intents, 5);
    assert_string_equal(b->intent[4].arg, "Åa 1đ");
    b->intents = 0;
    tap(b, "key-delete");
    bench_expect(b, SESSION_INTENT_WRITE, "Åa 1");
    tap(b, "key-enter");
    bench_expect(b, SESSION_INTENT_SAY, "");
    tap(b, "key-hide");
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "key-a"), -ENOENT);
    assert_true(focused(b, "text-input"));
    tap(b, "text-input");
    tap(b, "key-a");
    bench_expect(b, SESSION_INTENT_WRITE, "a");
}

static void test_osk(void **state)
{
    (void)state;
    bench_run(script_osk);
}

/* The keypad alone writes a letter and puts the keyboard away. */
static void script_pad_types(struct bench *b)
{
    show_call(b, true);
    key(b, SELECT);
    assert_true(focused(b, "key-q"));
    key(b, NEXT);
    assert_true(focused(b, "key-w"));
    key(b, SELECT);
    bench_expect(b, SESSION_INTENT_WRITE, "w");
    assert_true(focused(b, "key-w"));
    key(b, BACK);
    assert_true(focused(b, "text-input"));
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "key-a"), -ENOENT);
}

static void test_pad_types(void **state)
{
    (void)state;
    bench_run(script_pad_types);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pad),     cmocka_unit_test(test_kept),
        cmocka_unit_test(test_overlay), cmocka_unit_test(test_overlay_unled),
        cmocka_unit_test(test_arrows),  cmocka_unit_test(test_type),
        cmocka_unit_test(test_full),    cmocka_unit_test(test_keyboard),
        cmocka_unit_test(test_osk),     cmocka_unit_test(test_pad_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
