/* Fingers and the mouse, as SDL's events. */
#include "touch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <SDL.h>
#include <cmocka.h>

struct place {
    int x, y;
};

static const struct place nowhere = {TOUCH_WIDTH - 5, TOUCH_HEIGHT / 2};

static struct place place_of(struct bench *b, const char *id)
{
    struct kiosk_rect r = bench_rect(b, id);
    return (struct place){r.x + r.w / 2, r.y + r.h / 2};
}

static void finger(uint32_t type, int id, struct place p)
{
    touch_finger(type, id, p.x, p.y);
}

static void mouse(uint32_t type, uint8_t button, struct place p)
{
    SDL_Event e = {
        .button = {.type = type, .button = button, .x = p.x, .y = p.y}};
    assert_int_equal(SDL_PushEvent(&e), 1);
}

static bool pressed(struct bench *b)
{
    return bench_says(b, "\"state\": [\"pressed\"]");
}

static void script_slide(struct bench *b)
{
    bench_show(b, SESSION_SERVICES);
    struct place back = place_of(b, "back");
    finger(SDL_FINGERDOWN, 1, back);
    assert_true(pressed(b));
    finger(SDL_FINGERMOTION, 1, nowhere);
    assert_false(pressed(b));
    finger(SDL_FINGERMOTION, 1, back);
    assert_true(pressed(b));
    assert_int_equal(b->intents, 0);
    finger(SDL_FINGERUP, 1, back);
    assert_false(pressed(b));
    bench_expect(b, SESSION_INTENT_BACK, "");
    /* Sliding off cancels. */
    finger(SDL_FINGERDOWN, 1, back);
    finger(SDL_FINGERMOTION, 1, nowhere);
    finger(SDL_FINGERUP, 1, nowhere);
    /* Sliding on from elsewhere does nothing. */
    finger(SDL_FINGERDOWN, 1, nowhere);
    finger(SDL_FINGERMOTION, 1, back);
    finger(SDL_FINGERUP, 1, back);
    assert_false(pressed(b));
    assert_int_equal(b->intents, 0);
}

static void test_slide(void **state)
{
    (void)state;
    bench_run(script_slide);
}

static void script_screen_changes(struct bench *b)
{
    bench_show(b, SESSION_SERVICES);
    struct place back = place_of(b, "back");
    finger(SDL_FINGERDOWN, 1, back);
    assert_true(pressed(b));
    /* The same button on another screen was not meant. */
    bench_show(b, SESSION_CARD);
    assert_false(pressed(b));
    finger(SDL_FINGERUP, 1, back);
    assert_false(pressed(b));
    assert_int_equal(b->intents, 0);
}

static void test_screen_changes(void **state)
{
    (void)state;
    bench_run(script_screen_changes);
}

static void script_fingers(struct bench *b)
{
    bench_show(b, SESSION_SERVICES);
    struct place back = place_of(b, "back");
    struct place card = place_of(b, "service-tax-card");
    finger(SDL_FINGERDOWN, 1, back);
    finger(SDL_FINGERDOWN, 2, card);
    finger(SDL_FINGERUP, 2, card);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "back"), -EBUSY);
    assert_int_equal(b->intents, 0);
    finger(SDL_FINGERUP, 1, back);
    assert_false(pressed(b));
    bench_expect(b, SESSION_INTENT_BACK, "");
    mouse(SDL_MOUSEBUTTONDOWN, SDL_BUTTON_RIGHT, back);
    mouse(SDL_MOUSEBUTTONUP, SDL_BUTTON_RIGHT, back);
    assert_false(pressed(b));
    assert_int_equal(b->intents, 0);
    mouse(SDL_MOUSEBUTTONDOWN, SDL_BUTTON_LEFT, card);
    mouse(SDL_MOUSEBUTTONUP, SDL_BUTTON_LEFT, card);
    assert_false(pressed(b));
    bench_expect(b, SESSION_INTENT_CARD, "tax-card");
}

static void test_fingers(void **state)
{
    (void)state;
    bench_run(script_fingers);
}

/* A press that becomes impossible while the finger is down. */
static void script_disabled(struct bench *b)
{
    struct session_view v = {
        .version = 1, .screen = SESSION_CARD, .lang = "fi", .card = "tax-card"};
    kiosk_ui_set_view(b->ui, &v);
    struct place call = place_of(b, "call-expert");
    finger(SDL_FINGERDOWN, 1, call);
    assert_true(pressed(b));
    v.notices = SESSION_NOTICE_NO_BROKER;
    kiosk_ui_set_view(b->ui, &v);
    assert_false(pressed(b));
    finger(SDL_FINGERUP, 1, call);
    assert_false(pressed(b));
    assert_int_equal(b->intents, 0);
}

static void test_disabled(void **state)
{
    (void)state;
    bench_run(script_disabled);
}

/* Touching takes the focus ring away. */
static void script_focus(struct bench *b)
{
    bench_show(b, SESSION_CARD);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Tab"), 0);
    assert_true(bench_says(b, "focused"));
    finger(SDL_FINGERDOWN, 1, nowhere);
    finger(SDL_FINGERUP, 1, nowhere);
    assert_false(bench_says(b, "focused"));
}

static void test_focus(void **state)
{
    (void)state;
    bench_run(script_focus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slide),   cmocka_unit_test(test_screen_changes),
        cmocka_unit_test(test_fingers), cmocka_unit_test(test_disabled),
        cmocka_unit_test(test_focus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
