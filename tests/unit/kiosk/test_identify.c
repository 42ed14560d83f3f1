/* Who the citizen is: phases, intents, the pad of a PIN, what is spoken of it,
 * on whose behalf one acts, a card left behind. */
#include "testing.h"

#include "bench.h"
#include "kiosk/screens.h"
#include "kiosk/speak.h"
#include "kiosk/strings.h"

#include <errno.h>

#define S INT64_C(1000000)

static struct kiosk_tree tree;

static const struct kiosk_env env = {.width_mm = 268, .height_mm = 476};

static struct session_view view_of(enum session_identity_phase phase)
{
    return (struct session_view){
        .screen = SESSION_IDENTIFY,
        .lang = "fi",
        .line = SESSION_LINE_GOOD,
        .expert_name = "Maija Virtanen",
        .agency_name = "Verohallinto",
        .identity = {.phase = phase,
                     .tries = SESSION_TRIES_UNKNOWN,
                     .least = 4,
                     .most = 8,
                     .order = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}};
}

static void build(const struct session_view *v)
{
    kiosk_screen_build(v, &env, &tree);
    assert_int_equal(tree.error, 0);
}

static const struct kiosk_node *node(const char *id)
{
    int i = kiosk_tree_find(&tree, id);
    return i < 0 ? NULL : &tree.node[i];
}

/* Whether some node says that. */
static bool says(const char *what)
{
    for (int i = 0; i < tree.n; i++)
        if (strstr(tree.node[i].name, what) || strstr(tree.node[i].value, what))
            return true;
    return false;
}

static void expect(const char *id, enum session_intent_kind kind)
{
    assert_non_null(node(id));
    assert_int_equal(node(id)->act, KIOSK_ACT_INTENT);
    assert_int_equal(node(id)->intent, kind);
}

static const char *fi(enum kiosk_str key)
{
    return kiosk_str(KIOSK_LANG_FI, key);
}

/* ---- phases ---- */

/* Who asks, what is told, on whose behalf; nothing is done but yes or no. */
static void test_asked(void **state)
{
    (void)state;
    static const enum kiosk_str tells[] = {
        [SESSION_BY_CARD] = KIOSK_STR_TELLS_CARD,
        [SESSION_BY_PHONE] = KIOSK_STR_TELLS_PHONE,
        [SESSION_BY_DOCUMENT] = KIOSK_STR_TELLS_DOCUMENT,
        [SESSION_BY_SIGNATURE] = KIOSK_STR_TELLS_SIGN,
    };
    struct session_view v = view_of(SESSION_IDENTITY_ASKED);
    for (size_t i = 0; i < LK_ARRAY_LEN(tells); i++) {
        v.identity.how = (enum session_identity_how)i;
        build(&v);
        assert_true(says(fi(tells[i])));
        assert_true(says("Maija Virtanen"));
        assert_true(says(fi(KIOSK_STR_ROLE_IS_SELF)));
        expect("consent-yes", SESSION_INTENT_IDENTIFY_YES);
        expect("consent-no", SESSION_INTENT_IDENTIFY_NO);
        assert_int_equal(kiosk_tree_escape(&tree),
                         kiosk_tree_find(&tree, "consent-no"));
    }
    v.role = SESSION_COMPANY;
    (void)snprintf(v.role_name, sizeof(v.role_name), "Leipomo Oy");
    build(&v);
    assert_true(says("Leipomo Oy"));
    assert_int_equal(node("role")->act, KIOSK_ACT_ROLE);
}

/* The way out of every phase under way, and what it is read as. */
static void test_under_way(void **state)
{
    (void)state;
    static const enum session_identity_phase phases[] = {
        SESSION_IDENTITY_CARD, SESSION_IDENTITY_PIN, SESSION_IDENTITY_PHONE,
        SESSION_IDENTITY_DOCUMENT};
    uint32_t part = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(phases); i++) {
        struct session_view v = view_of(phases[i]);
        build(&v);
        expect("give-up", SESSION_INTENT_IDENTIFY_NO);
        assert_true(node("give-up")->escape);
        assert_int_not_equal(tree.part, part);
        part = tree.part;
    }
}

/* Each digit where the session put it; the tree holds none of them. */
static void test_pad(void **state)
{
    (void)state;
    static const uint8_t order[10] = {7, 3, 0, 9, 1, 5, 8, 2, 6, 4};
    struct session_view v = view_of(SESSION_IDENTITY_PIN);
    char id[16];
    memcpy(v.identity.order, order, sizeof(order));
    v.identity.digits = 2;
    build(&v);
    int before = 0;
    for (size_t k = 1; k <= 10; k++) {
        (void)snprintf(id, sizeof(id), "pin-%u", order[k % 10]);
        expect(id, SESSION_INTENT_PIN_DIGIT);
        assert_int_equal(node(id)->at, order[k % 10]);
        assert_string_equal(node(id)->name, fi(KIOSK_STR_PIN_KEY));
        assert_string_equal(node(id)->value, "");
        assert_true(kiosk_tree_find(&tree, id) > before);
        before = kiosk_tree_find(&tree, id);
    }
    expect("pin-back", SESSION_INTENT_PIN_BACK);
    expect("pin-ok", SESSION_INTENT_PIN_OK);
    assert_true(node("pin-ok")->state & KIOSK_DISABLED);
    assert_string_equal(node("pin-dots")->label, "●●○○");
    v.identity.digits = 4;
    build(&v);
    assert_false(node("pin-ok")->state & KIOSK_DISABLED);
    v.identity.digits = 255;
    v.identity.least = 255;
    build(&v);
    v.identity.pad = true;
    build(&v);
    assert_null(node("pin-pad"));
    assert_true(says(fi(KIOSK_STR_PIN_READER)));
}

/* Tries are said once some were used; the PINs are told apart; what is signed
 * is shown. */
static void test_pin_words(void **state)
{
    (void)state;
    struct session_view v = view_of(SESSION_IDENTITY_PIN);
    build(&v);
    assert_true(says("Perustunnusluku PIN1"));
    assert_null(node("pin-tries"));
    v.identity.tries = 5;
    build(&v);
    assert_null(node("pin-tries"));
    v.identity.tries = 2;
    v.identity.how = SESSION_BY_SIGNATURE;
    memset(v.identity.hash, 'a', 96);
    build(&v);
    assert_non_null(node("pin-tries"));
    assert_true(says("Allekirjoitustunnusluku PIN2"));
    assert_int_equal(strlen(node("pin-hash")->value), 96 + 11);
    assert_true(says("aaaaaaaa aaaaaaaa"));
}

static void test_failed(void **state)
{
    (void)state;
    struct session_view v = view_of(SESSION_IDENTITY_FAILED);
    const char *before = "";
    for (int why = SESSION_WHY_WRONG_PIN; why < SESSION_WHYS; why++) {
        bool over = why == SESSION_WHY_LAST_TRY || why == SESSION_WHY_BLOCKED ||
                    why == SESSION_WHY_EXPIRED;
        v.identity.why = (enum session_identity_why)why;
        build(&v);
        assert_string_not_equal(node("identify-why")->name, before);
        before = node("identify-why")->name;
        expect("back", SESSION_INTENT_BACK);
        assert_true((node("again") == NULL) == over);
        if (!over)
            expect("again", SESSION_INTENT_IDENTIFY_AGAIN);
    }
    v.identity.why = SESSION_WHY_WRONG_PIN;
    v.identity.tries = 3;
    build(&v);
    assert_true(says("3 yritystä"));
}

static void test_done(void **state)
{
    (void)state;
    struct session_view v = view_of(SESSION_IDENTITY_DONE);
    (void)snprintf(v.identity.name, sizeof(v.identity.name), "Aino Korhonen");
    build(&v);
    assert_string_equal(node("identity-name")->value, "Aino Korhonen");
    assert_true(node("identity-name")->private);
    expect("done", SESSION_INTENT_DONE);
    assert_null(node("card-take"));
    v.identity.card_in = true;
    build(&v);
    assert_non_null(node("card-take"));
}

static void test_phone(void **state)
{
    (void)state;
    struct session_view v = view_of(SESSION_IDENTITY_PHONE);
    (void)snprintf(v.identity.qr, sizeof(v.identity.qr),
                   "https://bank.example/device?user_code=WDJBMJHT");
    (void)snprintf(v.identity.code, sizeof(v.identity.code), "WDJBMJHT");
    build(&v);
    assert_int_equal(node("phone-qr")->look, KIOSK_LOOK_QR);
    assert_string_equal(node("phone-qr")->value, v.identity.qr);
    assert_string_equal(node("phone-code")->value, "WDJB MJHT");
    assert_true(says("bank.example/device"));
}

/* How long the code is still good: in minutes, at the end in steps of ten
 * seconds; and when the screen says something else. */
static void test_phone_time(void **state)
{
    static const struct {
        int64_t left_us;
        const char *words;
        int64_t next_us; /* from then on */
    } cases[] = {
        {300 * S, "vielä 5 minuuttia", 30 * S + 1},
        {270 * S, "vielä 5 minuuttia", 1},
        {270 * S - 1, "vielä 4 minuuttia", 60 * S},
        {90 * S, "vielä 2 minuuttia", 1},
        {90 * S - 1, "vielä 90 sekuntia", 10 * S - 1},
        {80 * S, "vielä 80 sekuntia", 10 * S},
        {10 * S, "vielä 10 sekuntia", 10 * S},
        {1, "vielä 10 sekuntia", 1},
        {0, "vielä 0 sekuntia", -1},
        {-S, "vielä 0 sekuntia", -1},
    };
    (void)state;
    struct session_view v = view_of(SESSION_IDENTITY_PHONE);
    struct kiosk_env then = env;
    then.now_us = 5000 * S;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        v.identity.code_until_us = then.now_us + cases[i].left_us;
        kiosk_screen_build(&v, &then, &tree);
        assert_int_equal(tree.error, 0);
        if (!says(cases[i].words))
            fail_msg("%zu: not \"%s\"", i, cases[i].words);
        int64_t next_us = kiosk_screen_next_us(&v, then.now_us);
        assert_int_equal(next_us, cases[i].next_us < 0
                                      ? INT64_MAX
                                      : then.now_us + cases[i].next_us);
    }
}

/* From the call, the form and the snapshot. */
static void test_called(void **state)
{
    (void)state;
    static const enum session_screen screens[] = {SESSION_CALL, SESSION_FORM,
                                                  SESSION_APPROVE};
    for (size_t i = 0; i < LK_ARRAY_LEN(screens); i++) {
        struct session_view v = view_of(SESSION_IDENTITY_ASKED);
        v.screen = screens[i];
        build(&v);
        assert_null(node("identify"));
        v.identity_called = true;
        build(&v);
        expect("identify", SESSION_INTENT_IDENTIFY);
        assert_true(says(fi(KIOSK_STR_IDENTIFY_CALLED)));
    }
}

/* ---- speech ---- */

static struct kiosk_utterance said[KIOSK_SPEAK_MAX];

/* What is spoken once `id` has the focus. */
static size_t hear(struct kiosk_speak *s, const struct session_view *v,
                   const char *id)
{
    build(v);
    int i = kiosk_tree_find(&tree, id);
    if (i >= 0)
        tree.node[i].state |= KIOSK_FOCUSED;
    return kiosk_speak_update(s, &tree, v, said);
}

static void test_spoken_digits(void **state)
{
    (void)state;
    struct kiosk_speak s = {0};
    struct session_view v = view_of(SESSION_IDENTITY_PIN);
    v.manner.speech = true;
    (void)hear(&s, &v, "");
    /* The keys are named once, all together. */
    assert_non_null(strstr(said[0].text, fi(KIOSK_STR_PIN_PAD)));
    assert_null(strstr(said[0].text, fi(KIOSK_STR_PIN_KEY)));
    assert_non_null(strstr(said[0].text, fi(KIOSK_STR_PIN_HEADSET)));
    assert_int_equal(hear(&s, &v, "pin-7"), 1);
    assert_null(strchr(said[0].text, '7'));
    assert_non_null(strstr(said[0].text, fi(KIOSK_STR_PIN_KEY)));
    v.manner.headset = true;
    (void)hear(&s, &v, "pin-7");
    assert_int_equal(hear(&s, &v, "pin-8"), 1);
    assert_string_equal(said[0].text, "8.");
    assert_true(said[0].closed && said[0].secret);
    /* It is not kept, to be said again. */
    size_t n = kiosk_speak_again(&s, said);
    for (size_t i = 0; i < n; i++)
        assert_null(strstr(said[i].text, "8."));
    /* How many are held is told. */
    v.identity.digits = 3;
    assert_int_equal(hear(&s, &v, "pin-8"), 1);
    assert_non_null(strstr(said[0].text, "3 numeroa"));
    assert_false(said[0].secret);
}

static void test_alarm(void **state)
{
    (void)state;
    struct session_view v = {.screen = SESSION_END,
                             .card_left = true,
                             .help = true,
                             .code = "7K3M-Q9XF-2HTC"};
    struct kiosk_utterance u;
    for (int lang = 0; lang < KIOSK_LANGS; lang++) {
        (void)snprintf(v.lang, sizeof(v.lang), "%s", kiosk_lang_codes[lang]);
        assert_true(kiosk_speak_alarm(&v, &u));
        assert_non_null(strstr(
            u.text, kiosk_str((enum kiosk_lang)lang, KIOSK_STR_CARD_LEFT)));
        assert_false(u.closed);
        build(&v);
        assert_int_equal(node("card-left")->look, KIOSK_LOOK_ALARM);
        assert_null(node("done"));
        assert_null(node("tracking-code"));
        assert_false(
            kiosk_tree_covered(&tree, kiosk_tree_find(&tree, "card-left")));
    }
    v.card_left = false;
    v.help = false;
    assert_false(kiosk_speak_alarm(&v, &u));
    build(&v);
    assert_non_null(node("done"));
}

/* ---- the screen ---- */

static void show(struct bench *b, const struct session_view *v)
{
    kiosk_ui_set_view(b->ui, v);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_ALIVE, ""), 0);
    b->intents = 0;
}

static void digit(struct bench *b, int k, uint32_t d)
{
    assert_true(k < b->intents);
    assert_int_equal(b->intent[k].kind, SESSION_INTENT_PIN_DIGIT);
    assert_int_equal(b->intent[k].at, d);
}

static void script_pin(struct bench *b)
{
    struct session_view v = view_of(SESSION_IDENTITY_PIN);
    v.identity.digits = 4;
    show(b, &v);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "pin-9"), 0);
    digit(b, 0, 9);
    /* One's own keys. */
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "07"), 0);
    digit(b, 1, 0);
    digit(b, 2, 7);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Backspace"), 0);
    assert_int_equal(b->intent[3].kind, SESSION_INTENT_PIN_BACK);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Return"), 0);
    assert_int_equal(b->intent[4].kind, SESSION_INTENT_PIN_OK);
    assert_int_equal(b->intents, 5);
    assert_false(bench_says(b, "\"value\": \"9\""));
    assert_false(bench_says(b, "\"name\": \"9\""));
    /* Nothing of it is focused, typed or pressed in the phase that comes. */
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Tab"), 0);
    v.identity.phase = SESSION_IDENTITY_WORKING;
    show(b, &v);
    assert_false(bench_says(b, "\"focused\""));
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "1"), -EINVAL);
}

static void test_pin(void **state)
{
    (void)state;
    bench_run(script_pin);
}

/* By the keypad alone. */
static void script_keypad(struct bench *b)
{
    struct session_view v = view_of(SESSION_IDENTITY_PIN);
    show(b, &v);
    while (!bench_says(b, "\"id\": \"pin-5\", \"role\": \"button\", \"name\": "
                          "\"Numeronäppäin\", \"value\": \"\", \"state\": "
                          "[\"focused\"]"))
        assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "F14"), 0);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "F15"), 0);
    assert_int_equal(b->intents, 1);
    digit(b, 0, 5);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "F16"), 0);
    assert_int_equal(b->intent[1].kind, SESSION_INTENT_IDENTIFY_NO);
}

static void test_keypad(void **state)
{
    (void)state;
    bench_run(script_keypad);
}

static void tap(struct bench *b, const char *id)
{
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, id), 0);
}

static void script_role(struct bench *b)
{
    struct session_view v = view_of(SESSION_IDENTITY_ASKED);
    v.screen = SESSION_CALL;
    show(b, &v);
    tap(b, "role");
    tap(b, "role-person");
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "role-save"), -EACCES);
    tap(b, "role-name");
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "Aino Korhonen"), 0);
    tap(b, "key-hide");
    tap(b, "role-id");
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "131052-308T"), 0);
    tap(b, "key-hide");
    assert_int_equal(b->intents, 0);
    tap(b, "role-save");
    assert_int_equal(b->intents, 1);
    assert_int_equal(b->intent[0].kind, SESSION_INTENT_ROLE);
    assert_int_equal(b->intent[0].remove, SESSION_PERSON);
    assert_string_equal(b->intent[0].arg, "Aino Korhonen");
    assert_string_equal(b->intent[0].path, "131052-308T");
    assert_false(bench_says(b, "role-save"));
    /* What was said is there to be changed; leaving changes nothing. */
    v.role = SESSION_PERSON;
    (void)snprintf(v.role_name, sizeof(v.role_name), "Aino Korhonen");
    show(b, &v);
    tap(b, "role");
    assert_true(bench_says(b, "\"value\": \"Aino Korhonen\""));
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Escape"), 0);
    assert_false(bench_says(b, "role-save"));
    assert_int_equal(b->intents, 0);
    tap(b, "role");
    tap(b, "role-self");
    tap(b, "role-save");
    assert_int_equal(b->intent[0].remove, SESSION_SELF);
    assert_string_equal(b->intent[0].arg, "");
}

static void test_role(void **state)
{
    (void)state;
    bench_run(script_role);
}

/* A form that is shared lies behind: what one types here is not it. */
static void test_nobody_sees_a_pin(void **state)
{
    struct form_view form = {.phase = FORM_FILLING, .shared = true};
    struct kiosk_env with = env;
    struct session_view v = view_of(SESSION_IDENTITY_PIN);
    (void)state;
    with.form = &form;
    kiosk_screen_build(&v, &with, &tree);
    assert_false(says(fi(KIOSK_STR_FORM_SHARED)));
    assert_null(node("form-shared"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_under_way),
        cmocka_unit_test(test_pad),
        cmocka_unit_test(test_pin_words),
        cmocka_unit_test(test_failed),
        cmocka_unit_test(test_done),
        cmocka_unit_test(test_phone),
        cmocka_unit_test(test_phone_time),
        cmocka_unit_test(test_called),
        cmocka_unit_test(test_spoken_digits),
        cmocka_unit_test(test_alarm),
        cmocka_unit_test(test_pin),
        cmocka_unit_test(test_keypad),
        cmocka_unit_test(test_role),
        cmocka_unit_test(test_nobody_sees_a_pin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
