/* The screen about who the citizen is, and the card that is left behind. */
#include "testing.h"

#include "session/session.h"

static struct session *s;
static int64_t now_us;

static void intent(enum session_intent_kind kind)
{
    struct session_intent i = {.kind = kind};
    session_intent(s, &i, now_us);
}

static void event(struct session_event e)
{
    session_event(s, &e, now_us);
}

static void identity(enum session_identity_phase phase,
                     enum session_identity_how how, bool called)
{
    bool in = session_view(s)->identity.card_in;
    struct session_identity i = {.phase = phase, .how = how, .card_in = in};
    event((struct session_event){
        .kind = SESSION_EVENT_IDENTITY, .identity = &i, .called = called});
}

static void card(bool in)
{
    struct session_identity i = session_view(s)->identity;
    i.card_in = in;
    event(
        (struct session_event){.kind = SESSION_EVENT_IDENTITY, .identity = &i});
}

static void form(enum form_phase phase)
{
    event((struct session_event){
        .kind = SESSION_EVENT_FORM, .up = true, .phase = phase});
}

static void expect(enum session_screen screen)
{
    assert_int_equal(session_view(s)->screen, screen);
}

/* The next action hands this intent to the desk. */
static void expect_do(enum session_intent_kind kind)
{
    struct session_action a;
    assert_true(session_poll(s, &a));
    assert_int_equal(a.kind, SESSION_DO_IDENTITY);
    assert_int_equal(a.intent.kind, kind);
}

static void expect_nothing(void)
{
    struct session_action a;
    assert_false(session_poll(s, &a));
}

static void drain(void)
{
    struct session_action a;
    while (session_poll(s, &a))
        continue;
}

static int setup(void **state)
{
    struct session_config c = {.site = "Kuopio", .lang = "fi"};
    (void)state;
    now_us = 1000000;
    if (session_new(&c, &s) < 0)
        return -1;
    event((struct session_event){.kind = SESSION_EVENT_BROKER, .up = true});
    intent(SESSION_INTENT_NEXT);
    struct session_intent i = {.kind = SESSION_INTENT_CARD,
                               .arg = "parental-allowance"};
    session_intent(s, &i, now_us);
    intent(SESSION_INTENT_CALL);
    event((struct session_event){.kind = SESSION_EVENT_GRANTED,
                                 .expert_user = "anna",
                                 .expert_name = "Anna",
                                 .agency_name = "Kela"});
    drain();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    s = session_free(s);
    return 0;
}

static void called_and_back(void **state)
{
    (void)state;
    identity(SESSION_IDENTITY_ASKED, SESSION_BY_CARD, true);
    expect(SESSION_CALL);
    assert_true(session_view(s)->identity_called);
    intent(SESSION_INTENT_IDENTIFY_YES); /* not from here */
    expect_nothing();
    intent(SESSION_INTENT_IDENTIFY);
    expect(SESSION_IDENTIFY);
    assert_false(session_view(s)->identity_called);
    static const enum session_intent_kind kinds[] = {
        SESSION_INTENT_IDENTIFY_YES, SESSION_INTENT_PIN_DIGIT,
        SESSION_INTENT_PIN_BACK,     SESSION_INTENT_PIN_OK,
        SESSION_INTENT_IDENTIFY_NO,  SESSION_INTENT_IDENTIFY_AGAIN};
    for (size_t i = 0; i < LK_ARRAY_LEN(kinds); i++) {
        intent(kinds[i]);
        expect_do(kinds[i]);
        expect(SESSION_IDENTIFY);
    }
    identity(SESSION_IDENTITY_NONE, SESSION_BY_CARD, false);
    expect(SESSION_CALL);
    identity(SESSION_IDENTITY_DONE, SESSION_BY_CARD, false);
    intent(SESSION_INTENT_IDENTIFY);
    intent(SESSION_INTENT_BACK);
    expect_do(SESSION_INTENT_BACK);
    expect(SESSION_CALL);
    intent(SESSION_INTENT_IDENTIFY);
    intent(SESSION_INTENT_DONE);
    expect_do(SESSION_INTENT_DONE);
    expect(SESSION_CALL);
    expect_nothing();
}

/* From the approval to the card, and with the receipt back. */
static void signs(void **state)
{
    (void)state;
    intent(SESSION_INTENT_SIGN);
    expect_nothing();
    form(FORM_FILLING);
    intent(SESSION_INTENT_FORM);
    form(FORM_REVIEW);
    expect(SESSION_APPROVE);
    intent(SESSION_INTENT_SIGN);
    expect_do(SESSION_INTENT_SIGN);
    expect(SESSION_IDENTIFY);
    identity(SESSION_IDENTITY_CARD, SESSION_BY_SIGNATURE, false);
    identity(SESSION_IDENTITY_NONE, SESSION_BY_SIGNATURE, false);
    expect(SESSION_APPROVE); /* given up */
    intent(SESSION_INTENT_SIGN);
    drain();
    identity(SESSION_IDENTITY_DONE, SESSION_BY_SIGNATURE, false);
    form(FORM_SEALING);
    expect(SESSION_IDENTIFY);
    form(FORM_SENT);
    expect(SESSION_RECEIPT);
    expect_do(SESSION_INTENT_DONE);
    expect_nothing();
}

/* What is sent meanwhile takes nobody away who is being identified. */
static void sent_while_identifying(void **state)
{
    (void)state;
    form(FORM_SEALING);
    identity(SESSION_IDENTITY_PIN, SESSION_BY_CARD, true);
    intent(SESSION_INTENT_IDENTIFY);
    form(FORM_SENT);
    expect(SESSION_IDENTIFY);
    expect_nothing();
    intent(SESSION_INTENT_DONE);
    expect_do(SESSION_INTENT_DONE);
    expect(SESSION_CALL);
}

static bool role(enum session_role r, const char *name, const char *id)
{
    struct session_action a;
    struct session_intent i = {.kind = SESSION_INTENT_ROLE, .remove = r};
    snprintf(i.arg, sizeof(i.arg), "%s", name);
    snprintf(i.path, sizeof(i.path), "%s", id);
    session_intent(s, &i, now_us);
    bool did = session_poll(s, &a);
    if (did)
        assert_int_equal(a.intent.kind, SESSION_INTENT_ROLE);
    return did;
}

static void roles(void **state)
{
    const struct session_view *v = session_view(s);
    char longer[200];
    (void)state;
    memset(longer, 'a', sizeof(longer));
    longer[199] = '\0';
    assert_true(role(SESSION_COMPANY, "Sähkö Oy", "1234567-1"));
    assert_int_equal(v->role, SESSION_COMPANY);
    assert_string_equal(v->role_name, "Sähkö Oy");
    assert_string_equal(v->role_id, "1234567-1");
    assert_false(role(SESSION_PERSON, "", "010115A901K"));
    assert_false(role(SESSION_PERSON, "a\nb", ""));
    assert_false(role(SESSION_PERSON, "\xff", ""));
    assert_false(role(SESSION_PERSON, longer, ""));
    assert_false(role(SESSION_PERSON, "Aino", longer));
    assert_false(role((enum session_role)3, "Aino", ""));
    assert_string_equal(v->role_name, "Sähkö Oy");
    assert_true(role(SESSION_SELF, "Aino", "x"));
    assert_string_equal(v->role_name, "");
    assert_string_equal(v->role_id, "");
    assert_true(role(SESSION_PERSON, "Aino", ""));
    form(FORM_SEALING); /* it is said in what is sealed */
    assert_false(role(SESSION_SELF, "", ""));
    intent(SESSION_INTENT_END_CALL);
    assert_string_equal(v->role_name, "");
}

/* --- the card that is left ---------------------------------------------- */

/* Ticks at every deadline until then. */
static void wait_us(int64_t for_us)
{
    int64_t until_us = now_us + for_us;
    while (session_next_us(s) <= until_us) {
        now_us = session_next_us(s);
        session_tick(s, now_us);
    }
    now_us = until_us;
}

static void a_card_is_left(void **state)
{
    const struct session_view *v = session_view(s);
    (void)state;
    card(true);
    identity(SESSION_IDENTITY_DONE, SESSION_BY_CARD, false);
    assert_false(v->card_left);
    intent(SESSION_INTENT_END_CALL);
    expect(SESSION_END);
    assert_true(v->card_left);
    assert_int_equal(v->identity.phase, SESSION_IDENTITY_NONE);
    drain();
    intent(SESSION_INTENT_DONE);
    wait_us(5 * SESSION_END_SHOWN_US);
    expect(SESSION_END);
    expect_nothing();
    card(false);
    assert_false(v->card_left);
    wait_us(SESSION_END_SHOWN_US - 1);
    expect(SESSION_END); /* the usual time, from now on */
    wait_us(1);
    expect(SESSION_LEAVING);
}

static void a_card_that_is_taken(void **state)
{
    (void)state;
    card(true);
    intent(SESSION_INTENT_END_CALL);
    card(false);
    intent(SESSION_INTENT_DONE);
    expect(SESSION_LEAVING);
}

/* In the end the kiosk is for others, too; whoever wires it says so. */
static void a_card_that_nobody_takes(void **state)
{
    struct session_action a = {.kind = SESSION_DO_WAIT};
    (void)state;
    card(true);
    intent(SESSION_INTENT_END_CALL);
    wait_us(SESSION_END_CARD_US / 2);
    intent(SESSION_INTENT_ALIVE);
    wait_us(SESSION_END_CARD_US / 2 - 1);
    expect(SESSION_END);
    wait_us(1);
    expect(SESSION_LEAVING);
    while (session_poll(s, &a))
        continue;
    assert_int_equal(a.kind, SESSION_DO_FINISH);
    assert_true(session_view(s)->identity.card_in);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(called_and_back),          T(signs),
        T(sent_while_identifying),   T(roles),
        T(a_card_is_left),           T(a_card_that_is_taken),
        T(a_card_that_nobody_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
