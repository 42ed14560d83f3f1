/* What a technician tries while nobody is there, as the session sees it. */
#include "testing.h"

#include "session/session.h"

#include <errno.h>

static struct session *s;
static int64_t now_us;

static int setup(void **state)
{
    const struct session_config c = {.site = "Kuopio", .lang = "fi"};
    (void)state;
    now_us = 1000000;
    return session_new(&c, &s);
}

static int teardown(void **state)
{
    (void)state;
    s = session_free(s);
    return 0;
}

static void touch(enum session_intent_kind kind)
{
    const struct session_intent i = {.kind = kind};
    session_intent(s, &i, now_us);
}

static enum session_screen screen(void)
{
    return session_view(s)->screen;
}

static void test_begins_and_ends(void **state)
{
    (void)state;
    uint64_t version = session_view(s)->version;
    assert_int_equal(session_trial(s, SESSION_TRIAL_DEVICES, now_us), 0);
    assert_int_equal(screen(), SESSION_TRIAL);
    assert_int_equal(session_view(s)->trial, SESSION_TRIAL_DEVICES);
    assert_true(session_view(s)->version > version);
    assert_true(session_next_us(s) == INT64_MAX);
    assert_int_equal(session_trial(s, SESSION_TRIAL_PICTURE, now_us), 0);
    assert_int_equal(session_view(s)->trial, SESSION_TRIAL_PICTURE);
    assert_int_equal(session_trial(s, SESSION_TRIAL_NONE, now_us), 0);
    assert_int_equal(screen(), SESSION_START);
    version = session_view(s)->version;
    assert_int_equal(session_trial(s, SESSION_TRIAL_NONE, now_us), 0);
    assert_true(session_view(s)->version == version);
}

/* Whoever is there comes first: on any other screen, and a while after the
 * last touch. */
static void test_somebody_is_there(void **state)
{
    (void)state;
    touch(SESSION_INTENT_ALIVE);
    assert_int_equal(session_trial(s, SESSION_TRIAL_DEVICES, now_us), -EBUSY);
    now_us += SESSION_TRIAL_ALONE_US - 1;
    assert_int_equal(session_trial(s, SESSION_TRIAL_DEVICES, now_us), -EBUSY);
    now_us++;
    touch(SESSION_INTENT_CONTRAST);
    now_us += SESSION_TRIAL_ALONE_US;
    assert_int_equal(session_trial(s, SESSION_TRIAL_DEVICES, now_us), -EBUSY);
    touch(SESSION_INTENT_CONTRAST);
    touch(SESSION_INTENT_NEXT);
    now_us += SESSION_TRIAL_ALONE_US;
    assert_int_equal(session_trial(s, SESSION_TRIAL_DEVICES, now_us), -EBUSY);
    assert_int_equal(screen(), SESSION_SERVICES);
    touch(SESSION_INTENT_BACK);
    now_us += SESSION_TRIAL_ALONE_US;
    assert_int_equal(session_trial(s, SESSION_TRIAL_DEVICES, now_us), 0);
}

/* Stopped: the screen stays until what ran is gone, and nothing else begins. */
static void test_somebody_stops_it(void **state)
{
    const struct session_event wiped = {.kind = SESSION_EVENT_WIPED};
    (void)state;
    assert_int_equal(session_trial(s, SESSION_TRIAL_DEVICES, now_us), 0);
    touch(SESSION_INTENT_NEXT);
    assert_int_equal(session_view(s)->trial, SESSION_TRIAL_DEVICES);
    touch(SESSION_INTENT_QUIT);
    assert_int_equal(screen(), SESSION_TRIAL);
    assert_int_equal(session_view(s)->trial, SESSION_TRIAL_NONE);
    now_us += SESSION_TRIAL_ALONE_US;
    assert_int_equal(session_trial(s, SESSION_TRIAL_DEVICES, now_us), -EBUSY);
    session_event(s, &wiped, now_us);
    assert_int_equal(screen(), SESSION_START);
}

/* Whoever touches the screen stands before it: no picture is taken. */
static void test_a_touch_ends_a_picture(void **state)
{
    static const enum session_intent_kind touches[] = {
        SESSION_INTENT_ALIVE, SESSION_INTENT_NEXT, SESSION_INTENT_CONTRAST,
        SESSION_INTENT_SPEECH, SESSION_INTENT_QUIT};
    const struct session_event wiped = {.kind = SESSION_EVENT_WIPED};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(touches); i++) {
        now_us += SESSION_TRIAL_ALONE_US;
        assert_int_equal(session_trial(s, SESSION_TRIAL_PICTURE, now_us), 0);
        unsigned version = (unsigned)session_view(s)->version;
        touch(touches[i]);
        assert_int_equal(screen(), SESSION_TRIAL);
        assert_int_equal(session_view(s)->trial, SESSION_TRIAL_NONE);
        assert_true((unsigned)session_view(s)->version != version);
        session_event(s, &wiped, now_us);
        assert_int_equal(screen(), SESSION_START);
    }
}

/* A technician's remote help: shown, ended by a touch of the button and by
 * whatever a visit begins with; it stays over a trial. */
static void test_helper(void **state)
{
    static const enum session_intent_kind visits[] = {
        SESSION_INTENT_NEXT, SESSION_INTENT_TRACK, SESSION_INTENT_SPEECH,
        SESSION_INTENT_CONTRAST, SESSION_INTENT_HELP};
    const struct session_view *v = session_view(s);
    (void)state;
    assert_int_equal(session_helper(s, "Maija", now_us), 0);
    assert_int_equal(v->helping, SESSION_HELPING);
    assert_string_equal(v->helper, "Maija");
    touch(SESSION_INTENT_ALIVE);
    assert_int_equal(v->helping, SESSION_HELPING);
    now_us += SESSION_TRIAL_ALONE_US;
    assert_int_equal(session_trial(s, SESSION_TRIAL_DEVICES, now_us), 0);
    assert_int_equal(session_helper(s, "Ville", now_us), -EBUSY);
    assert_int_equal(session_trial(s, SESSION_TRIAL_NONE, now_us), 0);
    assert_string_equal(v->helper, "Maija");
    touch(SESSION_INTENT_HELPER_STOP);
    assert_int_equal(v->helping, SESSION_HELPING_STOPPED);
    assert_string_equal(v->helper, "");
    assert_int_equal(session_helper(s, "", now_us), 0);
    assert_int_equal(v->helping, SESSION_HELPING_NOT);
    for (size_t i = 0; i < LK_ARRAY_LEN(visits); i++) {
        s = session_free(s);
        setup(state);
        assert_int_equal(session_helper(s, "Maija", now_us), 0);
        touch(visits[i]);
        assert_int_equal(session_view(s)->helping, SESSION_HELPING_VISIT);
        assert_string_equal(session_view(s)->helper, "");
        assert_int_equal(session_helper(s, "Maija", now_us), -EBUSY);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_begins_and_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(test_somebody_is_there, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_somebody_stops_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_touch_ends_a_picture, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_helper, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
