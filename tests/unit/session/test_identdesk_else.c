/* Other ways than the card: telephone and document. */
#include "ident_world.h"

#include <errno.h>

#define W ident_world()

static const struct identity_acting self = {IDENTITY_SELF, "", ""};

/* --- telephone --------------------------------------------------------- */

static const char token[] = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";

static void phone(enum identdesk_phone_kind kind)
{
    struct identdesk_phone_event e = {.id = W->phone,
                                      .kind = kind,
                                      .url = "https://id.example/?c=ABCD",
                                      .code = "ABCD-EFGH",
                                      .lasts_us = 120 * SEC,
                                      .token = token,
                                      .token_len = sizeof(token) - 1};
    if (kind != IDENTDESK_PHONE_CODE)
        W->phone = 0; /* it has ended */
    identdesk_phone(W->d, &e, W->now_us);
}

/* Seconds, as the page heard last. */
static int64_t code_left(void)
{
    const json_t *left = json_object_get(world_last(W, "identity"), "left");
    assert_true(json_is_integer(left));
    return json_integer_value(left);
}

static void phone_code(void)
{
    static uint32_t n;
    world_wait(W, 10 * SEC);
    n++;
    world_ask(W, n, "phone");
    assert_int_equal(W->phone, 0);
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    assert_int_not_equal(W->phone, 0);
    assert_said("working");
    phone(IDENTDESK_PHONE_CODE);
    assert_said("phone");
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PHONE);
    assert_string_equal(W->view.qr, "https://id.example/?c=ABCD");
    assert_string_equal(W->view.code, "ABCD-EFGH");
    assert_int_equal(W->view.code_until_us, W->now_us + 120 * SEC);
    assert_int_equal(code_left(), 120);
}

static void assert_phone_proof(void)
{
    uint8_t sha256[32];
    char lines[IDENTITY_LINES_MAX];
    assert_said("proof");
    assert_string_equal(world_word(W, "token"), token);
    assert_int_equal(strlen(world_word(W, "sig")), 86);
    assert_int_equal(identity_digest(token, sizeof(token) - 1, sha256), 0);
    assert_true(
        identity_lines(IDENTITY_PHONE, &W->binding, &self, sha256, lines) > 0);
    assert_string_equal(W->signed_text, lines);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_DONE);
    assert_string_equal(W->view.qr, "");
    assert_string_equal(W->view.name, ""); /* the page reads the token */
}

static void by_phone(void **state)
{
    (void)state;
    phone_code();
    phone(IDENTDESK_PHONE_TOKEN);
    assert_phone_proof();
}

/* The answer comes while the line is away: it waits for the next one. */
static void by_phone_without_a_line(void **state)
{
    (void)state;
    world_ask(W, 1000, "phone");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    phone(IDENTDESK_PHONE_CODE);
    W->bound = false;
    identdesk_channel(W->d, false, W->now_us);
    phone(IDENTDESK_PHONE_TOKEN);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_WORKING);
    assert_int_equal(world_states(W, "proof"), 0);
    W->bound = true;
    W->binding.page_print[1]++;
    identdesk_channel(W->d, true, W->now_us);
    assert_phone_proof();
}

/* A page that comes back hears how long the code is still good. */
static void code_told_again(void **state)
{
    (void)state;
    phone_code();
    int told = world_states(W, "phone");
    identdesk_channel(W->d, false, W->now_us);
    world_wait(W, 40 * SEC + 1);
    identdesk_channel(W->d, true, W->now_us);
    assert_int_equal(world_states(W, "phone"), told + 1);
    assert_int_equal(code_left(), 80);
    phone(IDENTDESK_PHONE_LATE);
    assert_failed(SESSION_WHY_TIMEOUT, "timeout");
    assert_int_equal(W->view.code_until_us, 0);
}

static void phones_that_fail(void **state)
{
    (void)state;
    phone_code();
    phone(IDENTDESK_PHONE_DENIED);
    assert_failed(SESSION_WHY_PHONE_DENIED, "phone-denied");
    phone_code();
    phone(IDENTDESK_PHONE_FAILED);
    assert_failed(SESSION_WHY_PHONE_FAILED, "phone-failed");
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    assert_int_not_equal(W->phone, 0);
    phone(IDENTDESK_PHONE_CODE);
    world_wait(W, 119 * SEC); /* what the server says */
    assert_said("phone");
    world_wait(W, SEC);
    assert_failed(SESSION_WHY_TIMEOUT, "timeout");
    assert_int_equal(W->phone, 0);
    phone_code();
    world_wait(W, 100 * SEC);
    phone(IDENTDESK_PHONE_CODE); /* a second one: no time anew, it is stopped */
    assert_failed(SESSION_WHY_PHONE_FAILED, "phone-failed");
    assert_int_equal(W->phone, 0);
    phone_code();
    W->sign_fails = true;
    phone(IDENTDESK_PHONE_TOKEN);
    assert_failed(SESSION_WHY_PHONE_FAILED, "phone-failed");
    W->sign_fails = false;
    world_ask(W, 500, "phone");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    world_wait(W, IDENTDESK_CODE_US); /* no code comes */
    assert_failed(SESSION_WHY_PHONE_FAILED, "phone-failed");
    assert_int_equal(W->phone, 0);
    W->phone_error = -EHOSTUNREACH;
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    assert_failed(SESSION_WHY_PHONE_FAILED, "phone-failed");
    assert_int_equal(world_states(W, "proof"), 0);
}

/* What no login says. */
static void strange_phones(void **state)
{
    static char big[IDENTITY_TOKEN_MAX + 2];
    struct identdesk_phone_event e = {
        .kind = IDENTDESK_PHONE_CODE, .code = "", .url = "", .lasts_us = SEC};
    (void)state;
    memset(big, 'a', sizeof(big) - 1);
    for (uint32_t n = 1; n < 8; n++) {
        world_wait(W, 10 * SEC);
        world_ask(W, n, "phone");
        world_intent(W, SESSION_INTENT_IDENTIFY_YES);
        uint32_t id = W->phone;
        assert_int_not_equal(id, 0);
        e.id = id + 1; /* of another login */
        identdesk_phone(W->d, &e, W->now_us);
        assert_said("working");
        e.id = id;
        e.url = n == 1 ? "" : n == 2 ? big : n == 3 ? "\xff" : "https://x";
        e.code = n == 4 ? big : n == 5 ? "\xff" : "A";
        e.lasts_us = n == 6 ? 0 : SEC;
        identdesk_phone(W->d, &e, W->now_us);
        if (n == 7) {
            e.kind = IDENTDESK_PHONE_TOKEN;
            e.token = big;
            e.token_len = sizeof(big) - 1;
            W->phone = 0;
            identdesk_phone(W->d, &e, W->now_us);
        }
        assert_failed(SESSION_WHY_PHONE_FAILED, "phone-failed");
        assert_int_equal(W->phone, 0);
    }
}

/* --- document ---------------------------------------------------------- */

static void by_document(void **state)
{
    (void)state;
    world_ask(W, 1, "document");
    assert_false(W->camera);
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    assert_true(W->camera);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_DOCUMENT);
    world_page(W, "{\"type\":\"identify-seen\",\"n\":1}"); /* not yet */
    assert_said("working");
    identdesk_document(W->d, 0, W->now_us);
    assert_said("document");
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN); /* it lay badly */
    assert_true(W->camera);
    identdesk_document(W->d, 0, W->now_us);
    assert_said("document");
    world_page(W, "{\"type\":\"identify-seen\",\"n\":2}");
    assert_said("document");
    world_page(W, "{\"type\":\"identify-seen\",\"n\":1}");
    assert_said("proof");
    assert_false(W->camera); /* it is gone */
    assert_int_equal(json_object_size(world_last(W, "identity")), 4);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_DONE);
    world_page(W, "{\"type\":\"identify-seen\",\"n\":1}");
    assert_int_equal(world_states(W, "proof"), 1);
}

static void documents_that_fail(void **state)
{
    (void)state;
    W->camera_error = -ENODEV;
    world_ask(W, 1, "document");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    assert_failed(SESSION_WHY_NO_CAMERA, "no-camera");
    W->camera_error = 0;
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    world_wait(W, IDENTDESK_CODE_US); /* it shows nothing */
    assert_failed(SESSION_WHY_NO_CAMERA, "no-camera");
    assert_false(W->camera);
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    identdesk_document(W->d, 0, W->now_us);
    world_wait(W, IDENTDESK_DOCUMENT_US);
    assert_failed(SESSION_WHY_TIMEOUT, "timeout");
    assert_false(W->camera);
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    identdesk_document(W->d, 0, W->now_us);
    W->camera = false; /* it was unplugged */
    identdesk_document(W->d, -ENODEV, W->now_us);
    assert_failed(SESSION_WHY_NO_CAMERA, "no-camera");
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    identdesk_document(W->d, 0, W->now_us);
    world_intent(W, SESSION_INTENT_IDENTIFY_NO);
    assert_said("declined");
    assert_false(W->camera);
}

#define T(name) \
    cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(by_phone),
        T(by_phone_without_a_line),
        T(code_told_again),
        T(phones_that_fail),
        T(strange_phones),
        T(by_document),
        T(documents_that_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
