#include "oom.h"

#include "session/session.h"

static struct session *s;
static int64_t now_us;

static int setup(void **state)
{
    struct session_config c = {.site = "Yhteispalvelupiste, Kuopio",
                               .lang = "fi"};
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

static void intent(enum session_intent_kind kind, const char *arg)
{
    struct session_intent i = {.kind = kind};
    snprintf(i.arg, sizeof(i.arg), "%s", arg);
    session_intent(s, &i, now_us);
}

static void event(struct session_event e)
{
    session_event(s, &e, now_us);
}

/* The next action must be `kind`. */
static void expect(enum session_action_kind kind)
{
    struct session_action a;
    assert_true(session_poll(s, &a));
    assert_int_equal(a.kind, kind);
}

static void expect_nothing(void)
{
    struct session_action a;
    assert_false(session_poll(s, &a));
}

static void expect_watch(const char *card)
{
    struct session_action a;
    assert_true(session_poll(s, &a));
    assert_int_equal(a.kind, SESSION_DO_WATCH);
    assert_string_equal(a.card, card);
}

static void to_waiting(void)
{
    event((struct session_event){.kind = SESSION_EVENT_BROKER, .up = true});
    intent(SESSION_INTENT_NEXT, "");
    intent(SESSION_INTENT_CARD, "tax-card");
    expect_watch("tax-card");
    intent(SESSION_INTENT_CALL, "");
    assert_int_equal(session_view(s)->screen, SESSION_WAITING);
    expect(SESSION_DO_WAIT);
}

static void to_call(void)
{
    to_waiting();
    event((struct session_event){.kind = SESSION_EVENT_GRANTED,
                                 .expert_name = "Saara M\xc3\xa4kinen",
                                 .agency_name = "Verohallinto"});
    assert_int_equal(session_view(s)->screen, SESSION_CALL);
}

static void test_journey(void **state)
{
    (void)state;
    intent(SESSION_INTENT_LANG, "sv");
    expect(SESSION_DO_CONTROLS);
    to_call();
    assert_string_equal(session_view(s)->expert_name, "Saara M\xc3\xa4kinen");
    assert_string_equal(session_view(s)->lang, "sv");
    intent(SESSION_INTENT_MUTE, "");
    expect(SESSION_DO_CONTROLS);
    assert_false(session_view(s)->mic_on);
    intent(SESSION_INTENT_END_CALL, "");
    expect(SESSION_DO_HANG_UP);
    assert_int_equal(session_view(s)->end, SESSION_END_BY_CITIZEN);
    intent(SESSION_INTENT_DONE, "");
    expect(SESSION_DO_FINISH);
    expect_nothing();
}

/* Nothing of a visit is in the next one's view; what is the kiosk's stays. */
static void test_nothing_stays(void **state)
{
    (void)state;
    intent(SESSION_INTENT_LANG, "en");
    expect(SESSION_DO_CONTROLS);
    event((struct session_event){.kind = SESSION_EVENT_DEVICES,
                                 .camera = true,
                                 .mic = true,
                                 .simulated = true});
    to_call();
    for (int i = 0; i < 20; i++)
        intent(SESSION_INTENT_VOLUME_UP, "");
    expect(SESSION_DO_CONTROLS);
    expect_nothing(); /* twenty changes are one order */
    assert_int_equal(session_view(s)->volume, SESSION_VOLUME_MAX);
    event((struct session_event){.kind = SESSION_EVENT_REMOTE});
    event((struct session_event){.kind = SESSION_EVENT_OVER,
                                 .end = SESSION_END_BY_EXPERT});
    assert_string_equal(session_view(s)->expert_name, "");
    intent(SESSION_INTENT_DONE, "");
    const struct session_view *v = session_view(s);
    /* What is touched before all is wiped would be lost: nothing can be. */
    assert_int_equal(v->screen, SESSION_LEAVING);
    intent(SESSION_INTENT_NEXT, "");
    intent(SESSION_INTENT_HELP, "");
    assert_int_equal(v->screen, SESSION_LEAVING);
    assert_false(v->help);
    event((struct session_event){.kind = SESSION_EVENT_WIPED});
    assert_int_equal(v->screen, SESSION_START);
    assert_string_equal(v->lang, "fi");
    assert_string_equal(v->card, "");
    assert_string_equal(v->agency_name, "");
    assert_int_equal(v->volume, SESSION_VOLUME_DEFAULT);
    assert_int_equal(v->notices, SESSION_NOTICE_SIMULATED);
    assert_string_equal(v->site, "Yhteispalvelupiste, Kuopio");
}

/* The queue that is of interest is that of the card being looked at. */
static void test_watches_the_chosen_card(void **state)
{
    (void)state;
    intent(SESSION_INTENT_NEXT, "");
    expect_nothing();
    intent(SESSION_INTENT_CARD, "tax-card");
    expect_watch("tax-card");
    intent(SESSION_INTENT_BACK, "");
    expect_watch("");
    intent(SESSION_INTENT_CARD, "parental-allowance");
    expect_watch("parental-allowance");
    expect_nothing();
    now_us = session_next_us(s);
    session_tick(s, now_us);
    expect_nothing(); /* asked whether anybody is there */
    now_us = session_next_us(s);
    session_tick(s, now_us);
    expect(SESSION_DO_CONTROLS);
    expect_watch("");
    intent(SESSION_INTENT_NEXT, "");
    intent(SESSION_INTENT_CARD, "tax-card");
    expect_watch("tax-card");
    intent(SESSION_INTENT_QUIT, "");
    expect(SESSION_DO_CONTROLS);
    expect_watch("");
    expect_nothing();
}

static void test_no_call_without_broker(void **state)
{
    (void)state;
    intent(SESSION_INTENT_NEXT, "");
    intent(SESSION_INTENT_CARD, "tax-card");
    intent(SESSION_INTENT_CALL, "");
    assert_int_equal(session_view(s)->screen, SESSION_CARD);
    assert_true(session_view(s)->notices & SESSION_NOTICE_NO_BROKER);
}

static void test_end_screen_leaves(void **state)
{
    (void)state;
    to_waiting();
    intent(SESSION_INTENT_CANCEL, "");
    expect(SESSION_DO_LEAVE);
    assert_true(session_next_us(s) == now_us + SESSION_END_SHOWN_US);
    now_us += SESSION_END_SHOWN_US - 1;
    session_tick(s, now_us);
    assert_int_equal(session_view(s)->screen, SESSION_END);
    session_tick(s, now_us + 1);
    assert_int_equal(session_view(s)->screen, SESSION_LEAVING);
    assert_true(session_next_us(s) == INT64_MAX);
    expect(SESSION_DO_FINISH);
}

static void test_touching_the_end_screen_keeps_it(void **state)
{
    (void)state;
    to_waiting();
    intent(SESSION_INTENT_CANCEL, "");
    now_us += SESSION_END_SHOWN_US - 1;
    intent(SESSION_INTENT_ALIVE, "");
    assert_true(session_next_us(s) == now_us + SESSION_END_SHOWN_US);
}

/* Nobody there: the question, and then everything is as for a new visitor. */
static void test_idle(void **state)
{
    (void)state;
    intent(SESSION_INTENT_TEXT_SIZE, "");
    intent(SESSION_INTENT_NEXT, "");
    now_us += SESSION_IDLE_US - 1;
    session_tick(s, now_us);
    assert_false(session_view(s)->idle);
    session_tick(s, ++now_us);
    assert_true(session_view(s)->idle);
    assert_true(session_view(s)->idle_ends_us - now_us >= 20 * 1000000);
    now_us += SESSION_IDLE_ANSWER_US - 1;
    intent(SESSION_INTENT_ALIVE, "");
    assert_false(session_view(s)->idle);
    assert_int_equal(session_view(s)->screen, SESSION_SERVICES);
    session_tick(s, now_us += SESSION_IDLE_US);
    assert_true(session_view(s)->idle);
    session_tick(s, now_us += SESSION_IDLE_ANSWER_US);
    assert_int_equal(session_view(s)->screen, SESSION_START);
    assert_false(session_view(s)->idle);
    assert_int_equal(session_view(s)->manner.text_size, SESSION_TEXT_NORMAL);
    expect(SESSION_DO_CONTROLS);
    assert_true(session_next_us(s) == INT64_MAX);
}

static void test_waiting_and_calls_are_never_idle(void **state)
{
    (void)state;
    to_waiting();
    assert_true(session_next_us(s) == INT64_MAX);
    event((struct session_event){.kind = SESSION_EVENT_GRANTED,
                                 .expert_name = "Anna",
                                 .agency_name = "Kela"});
    assert_true(session_next_us(s) == INT64_MAX);
}

static void test_manner(void **state)
{
    const struct session_manner *m = &session_view(s)->manner;
    (void)state;
    for (int i = 1; i <= SESSION_TEXT_SIZES; i++) {
        intent(SESSION_INTENT_TEXT_SIZE, "");
        assert_int_equal(m->text_size, i % SESSION_TEXT_SIZES);
    }
    for (int i = 0; i < 2 * SESSION_PACE_MAX; i++)
        intent(SESSION_INTENT_FASTER, "");
    assert_int_equal(m->pace, SESSION_PACE_MAX);
    intent(SESSION_INTENT_CONTRAST, "");
    intent(SESSION_INTENT_HELP, "");
    assert_true(session_view(s)->help);
    intent(SESSION_INTENT_NEXT, "");
    assert_false(session_view(s)->help); /* help of another screen */
    intent(SESSION_INTENT_BACK, "");
    assert_true(m->contrast); /* back is not the end of the visit */
    intent(SESSION_INTENT_NEXT, "");
    intent(SESSION_INTENT_QUIT, "");
    assert_false(m->contrast);
    assert_int_equal(m->pace, SESSION_PACE_DEFAULT);
}

static void test_volume_on_every_screen(void **state)
{
    (void)state;
    intent(SESSION_INTENT_VOLUME_UP, "");
    assert_int_equal(session_view(s)->volume, SESSION_VOLUME_DEFAULT + 1);
    expect(SESSION_DO_CONTROLS);
    intent(SESSION_INTENT_NEXT, "");
    for (int i = 0; i < 2 * SESSION_VOLUME_MAX; i++)
        intent(SESSION_INTENT_VOLUME_DOWN, "");
    assert_int_equal(session_view(s)->volume, 0);
    intent(SESSION_INTENT_QUIT, "");
    assert_int_equal(session_view(s)->volume, SESSION_VOLUME_DEFAULT);
}

static void test_a_headset_starts_speech_once(void **state)
{
    struct session_event in = {.kind = SESSION_EVENT_HEADSET, .up = true};
    struct session_event out = {.kind = SESSION_EVENT_HEADSET};
    (void)state;
    event(in);
    assert_true(session_view(s)->manner.speech);
    assert_true(session_view(s)->manner.headset);
    intent(SESSION_INTENT_SPEECH, "");
    event(out);
    event(in);
    assert_false(session_view(s)->manner.speech);
}

static void test_writing(void **state)
{
    struct session_talk talk = {.n = 1, .said = {{.id = 1, .text = "Hei"}}};
    struct session_action a;
    (void)state;
    intent(SESSION_INTENT_WRITE, "too early");
    expect_nothing();
    to_call();
    event((struct session_event){.kind = SESSION_EVENT_TALK, .up = true});
    intent(SESSION_INTENT_WRITE, "\xff");
    expect_nothing();
    intent(SESSION_INTENT_WRITE, "P\xc3\xa4iv\xc3\xa4\xc3\xa4");
    assert_true(session_poll(s, &a));
    assert_int_equal(a.kind, SESSION_DO_WRITE);
    assert_string_equal(a.text, "P\xc3\xa4iv\xc3\xa4\xc3\xa4");
    intent(SESSION_INTENT_SAY, "");
    expect(SESSION_DO_SAY);
    assert_false(session_view(s)->manner.typing);
    event((struct session_event){.kind = SESSION_EVENT_SAID, .talk = &talk});
    assert_true(session_view(s)->manner.typing); /* it is seen */
    assert_true(session_view(s)->talk.up);
    assert_string_equal(session_view(s)->talk.said[0].text, "Hei");
    intent(SESSION_INTENT_END_CALL, "");
    assert_int_equal(session_view(s)->talk.n, 0);
    assert_string_equal(session_view(s)->talk.said[0].text, "");
}

static void test_transport_dies_in_a_call(void **state)
{
    (void)state;
    to_call();
    event((struct session_event){.kind = SESSION_EVENT_LINE,
                                 .line = SESSION_LINE_GOOD});
    event((struct session_event){.kind = SESSION_EVENT_TRANSPORT, .up = false});
    assert_int_equal(session_view(s)->screen, SESSION_CALL);
    assert_int_equal(session_view(s)->line, SESSION_LINE_RECONNECTING);
}

static void voice(bool up)
{
    event((struct session_event){.kind = SESSION_EVENT_VOICE, .up = up});
}

static void line_is(enum session_line line)
{
    event((struct session_event){.kind = SESSION_EVENT_LINE, .line = line});
}

/* That the expert speaks is shown in a call whose line is good, and not of one
 * who is muted; each change is a new version. */
static void test_expert_speaks(void **state)
{
    (void)state;
    const struct session_view *v = session_view(s);
    voice(true);
    assert_false(v->speaks);
    to_call();
    voice(true);
    assert_false(v->speaks); /* no line yet */
    line_is(SESSION_LINE_GOOD);
    assert_false(v->speaks);
    uint64_t version = v->version;
    voice(true);
    assert_true(v->speaks);
    assert_true(v->version == version + 1);
    voice(true);
    assert_true(v->version == version + 1);
    event((struct session_event){.kind = SESSION_EVENT_REMOTE, .camera = true});
    assert_false(v->speaks);
    event((struct session_event){
        .kind = SESSION_EVENT_REMOTE, .mic = true, .camera = true});
    assert_true(v->speaks);
    line_is(SESSION_LINE_INTERRUPTED);
    assert_false(v->speaks);
    line_is(SESSION_LINE_GOOD);
    assert_false(v->speaks); /* until it is said again */
    voice(true);
    event((struct session_event){.kind = SESSION_EVENT_TRANSPORT});
    assert_false(v->speaks);
    line_is(SESSION_LINE_GOOD);
    voice(true);
    intent(SESSION_INTENT_END_CALL, "");
    assert_false(v->speaks);
}

static void test_long_names_are_cut_between_characters(void **state)
{
    char name[3 * SESSION_TEXT_MAX] = "x";
    (void)state;
    for (size_t i = 1; i + 3 < sizeof(name); i += 2)
        memcpy(name + i, "\xc3\xa4", 3);
    to_waiting();
    event((struct session_event){.kind = SESSION_EVENT_GRANTED,
                                 .expert_name = name,
                                 .agency_name = name});
    const char *shown = session_view(s)->expert_name;
    assert_true(lk_utf8_valid(shown, strlen(shown)));
    assert_int_equal(strlen(shown), SESSION_TEXT_MAX - 2);
}

static void join_anyhow(void)
{
    event((struct session_event){.kind = SESSION_EVENT_BROKER, .up = true});
    intent(SESSION_INTENT_NEXT, "");
    intent(SESSION_INTENT_CARD, "tax-card");
    intent(SESSION_INTENT_CALL, "");
}

/* Any order of intents and events: texts stay valid, the version never falls,
 * a grant outside the queue changes nothing, actions stay within their bound.
 */
static void test_any_order(void **state)
{
    static const char *const args[] = {"",   "fi",       "sv",     "en",
                                       "xx", "tax-card", "nothing"};
    uint64_t seed = test_seed();
    uint64_t version = 0;
    int calls = 0; /* steps in one */
    static const struct session_talk nothing;
    static const struct session_identity nobody;
    static const struct session_matter matter = {
        .code = "", .title = "", .state = "", .asks = ""};
    struct session_action a;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        uint64_t x = test_random(&seed);
        now_us += (int64_t)(x % 5000000);
        if (session_view(s)->screen == SESSION_START && (x >> 48) % 8 == 0)
            join_anyhow(); /* by chance alone one hardly comes so far */
        enum session_screen before = session_view(s)->screen;
        if (x & 1 << 20) {
            intent((enum session_intent_kind)((x >> 32) %
                                              (SESSION_INTENT_ROLE + 1)),
                   args[(x >> 40) % LK_ARRAY_LEN(args)]);
        } else {
            struct session_event e = {
                .kind = (enum session_event_kind)((x >> 32) %
                                                  (SESSION_EVENT_WIPED + 1)),
                .talk = &nothing,
                .matter = &matter,
                .identity = &nobody,
                .up = x >> 41 & 1,
                .mic = x >> 42 & 1,
                .camera = x >> 43 & 1,
                .line = (enum session_line)(x >> 44 & 3),
                .end = SESSION_END_FAILED,
                .expert_name = "Anna",
                .agency_name = "Kela"};
            event(e);
            if (e.kind == SESSION_EVENT_GRANTED && before != SESSION_WAITING)
                assert_int_equal(session_view(s)->screen, before);
        }
        session_tick(s, now_us);
        assert_true(session_view(s)->version >= version);
        version = session_view(s)->version;
        if (session_in_call(session_view(s)))
            calls++;
        else
            assert_string_equal(session_view(s)->expert_name, "");
        while (session_poll(s, &a))
            assert_true(lk_utf8_valid(a.lang, strlen(a.lang)));
    }
    assert_true(calls > 0);
    printf("%d of them in a call\n", calls);
}

static void test_construction(void **state)
{
    struct session_config bad = {.site = "\xff", .lang = "fi"};
    struct session_config good = {.site = "Kuopio", .lang = "sv"};
    struct session *x = NULL;
    int r;
    (void)state;
    assert_int_equal(session_new(&bad, &x), -EINVAL);
    bad = (struct session_config){.site = "Kuopio", .lang = "xx"};
    assert_int_equal(session_new(&bad, &x), -EINVAL);
    OOM_SWEEP(r, session_new(&good, &x));
    assert_string_equal(session_view(x)->lang, "sv");
    session_free(x);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_journey),
        CASE(test_nothing_stays),
        CASE(test_watches_the_chosen_card),
        CASE(test_no_call_without_broker),
        CASE(test_end_screen_leaves),
        CASE(test_touching_the_end_screen_keeps_it),
        CASE(test_idle),
        CASE(test_waiting_and_calls_are_never_idle),
        CASE(test_manner),
        CASE(test_volume_on_every_screen),
        CASE(test_a_headset_starts_speech_once),
        CASE(test_writing),
        CASE(test_transport_dies_in_a_call),
        CASE(test_expert_speaks),
        CASE(test_long_names_are_cut_between_characters),
        CASE(test_any_order),
        CASE(test_construction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
