/* The screens of the call's form, and of a matter that was sent before. */
#include "testing.h"

#include "session/session.h"

static struct session *s;
static int64_t now_us;

static int setup(void **state)
{
    struct session_config c = {.site = "Kuopio", .lang = "fi"};
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

static void intent(enum session_intent_kind kind, const char *path,
                   const char *arg)
{
    struct session_intent i = {.kind = kind};
    snprintf(i.path, sizeof(i.path), "%s", path);
    snprintf(i.arg, sizeof(i.arg), "%s", arg);
    session_intent(s, &i, now_us);
}

static void event(struct session_event e)
{
    session_event(s, &e, now_us);
}

static void form(enum form_phase phase, const char *code)
{
    event((struct session_event){
        .kind = SESSION_EVENT_FORM, .up = true, .phase = phase, .code = code});
}

static void expect_screen(enum session_screen screen)
{
    assert_int_equal(session_view(s)->screen, screen);
}

static void drain(void)
{
    struct session_action a;
    while (session_poll(s, &a))
        continue;
}

/* The next action hands this intent to the form. */
static void expect_form(enum session_intent_kind kind, const char *path)
{
    struct session_action a;
    assert_true(session_poll(s, &a));
    assert_int_equal(a.kind, SESSION_DO_FORM);
    assert_int_equal(a.intent.kind, kind);
    assert_string_equal(a.intent.path, path);
}

static void expect_nothing(void)
{
    struct session_action a;
    assert_false(session_poll(s, &a));
}

static void to_call(void)
{
    event((struct session_event){.kind = SESSION_EVENT_BROKER, .up = true});
    intent(SESSION_INTENT_NEXT, "", "");
    intent(SESSION_INTENT_CARD, "", "parental-allowance");
    intent(SESSION_INTENT_CALL, "", "");
    event((struct session_event){.kind = SESSION_EVENT_GRANTED,
                                 .expert_user = "anna",
                                 .expert_name = "Anna",
                                 .agency_name = "Kela"});
    expect_screen(SESSION_CALL);
    drain();
}

static int setup_form(void **state)
{
    int r = setup(state);
    to_call();
    form(FORM_FILLING, NULL);
    expect_screen(SESSION_CALL);
    intent(SESSION_INTENT_FORM, "", "");
    expect_screen(SESSION_FORM);
    return r;
}

static void test_no_form(void **state)
{
    (void)state;
    to_call();
    assert_false(session_view(s)->has_form);
    intent(SESSION_INTENT_FORM, "", "");
    expect_screen(SESSION_CALL);
    intent(SESSION_INTENT_NEXT, "", "");
    intent(SESSION_INTENT_APPROVE, "", "");
    intent(SESSION_INTENT_DONE, "", "");
    expect_screen(SESSION_CALL);
    expect_nothing();
}

/* Which intents reach the form, screen by screen. */
static void test_reach(void **state)
{
    static const struct {
        enum session_intent_kind kind;
        bool form, approve, receipt;
    } rows[] = {
        {SESSION_INTENT_EDIT, true, true, true}, /* it counts, and refuses */
        {SESSION_INTENT_SET, true, true, true},
        {SESSION_INTENT_FOCUS, true, true, true},
        {SESSION_INTENT_UNDO, true, true, true},
        {SESSION_INTENT_NEXT, true, false, false},
        {SESSION_INTENT_BACK, true, true, false},
        {SESSION_INTENT_ACCEPT, true, false, false},
        {SESSION_INTENT_DECLINE, true, true, false},
        {SESSION_INTENT_REVIEW, true, false, false},
        {SESSION_INTENT_APPROVE, false, true, false},
        {SESSION_INTENT_FORM, false, false, false},
        {SESSION_INTENT_CARD, false, false, false},
    };
    static const enum form_phase phases[] = {FORM_FILLING, FORM_REVIEW,
                                             FORM_SENT};
    (void)state;
    for (size_t p = 0; p < LK_ARRAY_LEN(phases); p++) {
        form(phases[p], NULL);
        enum session_screen screen = session_view(s)->screen;
        for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
            const bool reach[] = {rows[i].form, rows[i].approve,
                                  rows[i].receipt};
            intent(rows[i].kind, "name", "x");
            if (reach[p])
                expect_form(rows[i].kind, "name");
            expect_nothing();
            expect_screen(screen);
        }
    }
}

static void test_whole_way(void **state)
{
    (void)state;
    form(FORM_REVIEW, NULL);
    expect_screen(SESSION_APPROVE);
    form(FORM_FILLING, NULL); /* declined, or voided */
    expect_screen(SESSION_FORM);
    form(FORM_REVIEW, NULL);
    intent(SESSION_INTENT_APPROVE, "", "");
    expect_form(SESSION_INTENT_APPROVE, "");
    form(FORM_SEALING, NULL);
    expect_screen(SESSION_APPROVE);
    form(FORM_FAILED, NULL);
    expect_screen(SESSION_FORM);
    form(FORM_REVIEW, NULL);
    form(FORM_SEALING, NULL);
    form(FORM_SENT, "KE4F-7Q9W-2MXT-8ZK");
    expect_screen(SESSION_RECEIPT);
    assert_string_equal(session_view(s)->code, "KE4F-7Q9W-2MXT-8ZK");
    intent(SESSION_INTENT_DONE, "", "");
    expect_screen(SESSION_CALL);
    form(FORM_SENT, "KE4F-7Q9W-2MXT-8ZK"); /* the agency has it, too */
    expect_screen(SESSION_CALL);
    intent(SESSION_INTENT_FORM, "", "");
    expect_screen(SESSION_RECEIPT);
}

/* From the form to the call and back, wherever it stands. */
static void test_call_view(void **state)
{
    static const enum form_phase phases[] = {FORM_FILLING, FORM_REVIEW,
                                             FORM_SEALING, FORM_SENT};
    static const enum session_screen screens[] = {
        SESSION_FORM, SESSION_APPROVE, SESSION_APPROVE, SESSION_RECEIPT};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(phases); i++) {
        form(phases[i], NULL);
        expect_screen(screens[i]);
        intent(SESSION_INTENT_CALL_VIEW, "", "");
        expect_form(SESSION_INTENT_CALL_VIEW, "");
        expect_screen(SESSION_CALL);
        intent(SESSION_INTENT_FORM, "", "");
        expect_screen(screens[i]);
    }
    form(FORM_FILLING, NULL);
    event((struct session_event){.kind = SESSION_EVENT_FORM_LEFT});
    expect_screen(SESSION_CALL);
}

/* What is in a call is in all of its screens. */
static void test_is_a_call(void **state)
{
    static const enum form_phase phases[] = {FORM_FILLING, FORM_REVIEW,
                                             FORM_SENT};
    struct session_action a;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(phases); i++) {
        form(phases[i], NULL);
        assert_true(session_in_call(session_view(s)));
        bool mic = session_view(s)->mic_on;
        intent(SESSION_INTENT_MUTE, "", "");
        assert_true(session_view(s)->mic_on != mic);
        assert_true(session_poll(s, &a) && a.kind == SESSION_DO_CONTROLS);
        event((struct session_event){.kind = SESSION_EVENT_LINE,
                                     .line = SESSION_LINE_INTERRUPTED});
        assert_int_equal(session_view(s)->line, SESSION_LINE_INTERRUPTED);
        event((struct session_event){.kind = SESSION_EVENT_LINE,
                                     .line = SESSION_LINE_GOOD});
        assert_true(session_next_us(s) == INT64_MAX); /* nobody is asked */
        intent(SESSION_INTENT_HELP, "", "");
        assert_true(session_view(s)->help);
    }
    intent(SESSION_INTENT_END_CALL, "", "");
    expect_screen(SESSION_END);
}

/* Help is about a screen: it goes with it, whoever turned the page. */
static void test_help_goes(void **state)
{
    (void)state;
    intent(SESSION_INTENT_HELP, "", "");
    form(FORM_REVIEW, NULL);
    expect_screen(SESSION_APPROVE);
    assert_false(session_view(s)->help);
}

static void test_called(void **state)
{
    (void)state;
    event((struct session_event){
        .kind = SESSION_EVENT_FORM, .up = true, .called = true});
    assert_false(session_view(s)->form_called); /* it is being looked at */
    intent(SESSION_INTENT_CALL_VIEW, "", "");
    event((struct session_event){
        .kind = SESSION_EVENT_FORM, .up = true, .called = true});
    assert_true(session_view(s)->form_called);
    uint64_t version = session_view(s)->version;
    form(FORM_FILLING, NULL);
    assert_true(session_view(s)->form_called);
    assert_true(session_view(s)->version == version);
    intent(SESSION_INTENT_FORM, "", "");
    assert_false(session_view(s)->form_called);
}

static void test_ends_unfinished(void **state)
{
    (void)state;
    event((struct session_event){.kind = SESSION_EVENT_OVER,
                                 .end = SESSION_END_BY_EXPERT});
    expect_screen(SESSION_END);
    assert_false(session_view(s)->has_form);
    assert_string_equal(session_view(s)->code, "");
    assert_true(session_next_us(s) == now_us + SESSION_END_SHOWN_US);
    form(FORM_FILLING, NULL);
    expect_screen(SESSION_END);
    assert_false(session_view(s)->has_form);
    now_us = session_next_us(s);
    session_tick(s, now_us);
    struct session_action a;
    assert_true(session_poll(s, &a) && a.kind == SESSION_DO_FINISH);
}

/* The end screen keeps the code, and stays longer for it; the next visit has
 * nothing of it. */
static void test_ends_sent(void **state)
{
    (void)state;
    form(FORM_SENT, "KE4F-7Q9W-2MXT-8ZK");
    event((struct session_event){.kind = SESSION_EVENT_OVER,
                                 .end = SESSION_END_BY_EXPERT});
    expect_screen(SESSION_END);
    assert_string_equal(session_view(s)->code, "KE4F-7Q9W-2MXT-8ZK");
    assert_true(session_next_us(s) == now_us + SESSION_END_CODE_US);
    intent(SESSION_INTENT_DONE, "", "");
    assert_string_equal(session_view(s)->code, "");
    form(FORM_SENT, "KE4F-7Q9W-2MXT-8ZK"); /* late */
    assert_string_equal(session_view(s)->code, "");
}

/* The call ends while what was approved is being sealed. */
static void test_sealed_after_the_end(void **state)
{
    (void)state;
    form(FORM_SEALING, NULL);
    event((struct session_event){.kind = SESSION_EVENT_OVER,
                                 .end = SESSION_END_LINE_LOST});
    form(FORM_SENT, "KE4F-7Q9W-2MXT-8ZK");
    expect_screen(SESSION_END);
    assert_string_equal(session_view(s)->code, "KE4F-7Q9W-2MXT-8ZK");
}

/* --- a matter that was sent before ------------------------------------- */

static void matter(enum session_track track, const char *title,
                   const char *asks)
{
    struct session_matter m = {.track = track,
                               .code = "KE4F-7Q9W-2MXT-8ZK",
                               .title = title,
                               .state = "",
                               .asks = asks};
    event((struct session_event){.kind = SESSION_EVENT_TRACK, .matter = &m});
}

static void expect_track(enum session_intent_kind kind, const char *arg)
{
    struct session_action a;
    assert_true(session_poll(s, &a));
    assert_int_equal(a.kind, SESSION_DO_TRACK);
    assert_int_equal(a.intent.kind, kind);
    assert_string_equal(a.intent.arg, arg);
}

static void test_track(void **state)
{
    (void)state;
    matter(SESSION_TRACK_FOUND, "late", ""); /* nobody asked */
    assert_string_equal(session_view(s)->track_title, "");
    intent(SESSION_INTENT_TRACK, "", "");
    expect_screen(SESSION_TRACK);
    assert_true(session_next_us(s) < INT64_MAX); /* somebody may walk away */
    intent(SESSION_INTENT_TRACK_CODE, "", "ke4f");
    expect_track(SESSION_INTENT_TRACK_CODE, "ke4f");
    intent(SESSION_INTENT_TRACK_ANSWER, "", "x"); /* to what? */
    expect_nothing();
    uint64_t version = session_view(s)->version;
    matter(SESSION_TRACK_FOUND, "Vanhempainraha", "Puhelinnumero?");
    assert_true(session_view(s)->version > version);
    assert_string_equal(session_view(s)->track_title, "Vanhempainraha");
    intent(SESSION_INTENT_TRACK_ANSWER, "", "040");
    expect_track(SESSION_INTENT_TRACK_ANSWER, "040");
    assert_false(session_view(s)->track_answered);
}

static void answered(const char *code)
{
    struct session_matter m = {.track = SESSION_TRACK_FOUND,
                               .code = code,
                               .title = "",
                               .state = "",
                               .asks = "",
                               .answered = true};
    event((struct session_event){.kind = SESSION_EVENT_TRACK, .matter = &m});
}

/* What is shown stays when the answer is on its way; there is no second. */
static void test_track_answered(void **state)
{
    (void)state;
    intent(SESSION_INTENT_TRACK, "", "");
    drain();
    answered("KE4F-7Q9W-2MXT-8ZK"); /* of an earlier visit */
    assert_false(session_view(s)->track_answered);
    matter(SESSION_TRACK_FOUND, "Vanhempainraha", "Puhelinnumero?");
    intent(SESSION_INTENT_TRACK_ANSWER, "", ""); /* nothing is no answer */
    expect_nothing();
    answered("KE00-0000-0000-000"); /* of another matter */
    assert_false(session_view(s)->track_answered);
    answered("KE4F-7Q9W-2MXT-8ZK");
    assert_true(session_view(s)->track_answered);
    assert_int_equal(session_view(s)->track, SESSION_TRACK_FOUND);
    assert_string_equal(session_view(s)->track_title, "Vanhempainraha");
    intent(SESSION_INTENT_TRACK_ANSWER, "", "040");
    expect_nothing();
    matter(SESSION_TRACK_FAILED, "", "");
    assert_false(session_view(s)->track_answered);
}

/* Who has seen nothing of a matter goes back; else all is wiped. */
static void test_track_leaves(void **state)
{
    struct session_action a;
    (void)state;
    intent(SESSION_INTENT_TRACK, "", "");
    intent(SESSION_INTENT_BACK, "", "");
    expect_screen(SESSION_START);
    drain();
    intent(SESSION_INTENT_TRACK, "", "");
    matter(SESSION_TRACK_FOUND, "Vanhempainraha", "");
    intent(SESSION_INTENT_BACK, "", "");
    expect_screen(SESSION_LEAVING);
    assert_string_equal(session_view(s)->track_title, "");
    assert_true(session_poll(s, &a) && a.kind == SESSION_DO_FINISH);
    event((struct session_event){.kind = SESSION_EVENT_WIPED});
    intent(SESSION_INTENT_TRACK, "", "");
    matter(SESSION_TRACK_FOUND, "Vanhempainraha", "");
    for (int i = 0; i < 2; i++) { /* asked, and no answer */
        now_us = session_next_us(s);
        session_tick(s, now_us);
    }
    expect_screen(SESSION_LEAVING);
}

int main(void)
{
#define START(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define FORM(f) cmocka_unit_test_setup_teardown(f, setup_form, teardown)
    const struct CMUnitTest tests[] = {
        START(test_no_form),        FORM(test_reach),
        FORM(test_whole_way),       FORM(test_call_view),
        FORM(test_is_a_call),       FORM(test_help_goes),
        FORM(test_called),          FORM(test_ends_unfinished),
        FORM(test_ends_sent),       FORM(test_sealed_after_the_end),
        START(test_track),          START(test_track_leaves),
        START(test_track_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
