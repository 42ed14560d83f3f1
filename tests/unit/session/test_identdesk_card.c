/* The card: each way in which it does not work, each wait, signing the form. */
#include "ident_world.h"

#include <errno.h>

#define W ident_world()

/* Begins one of the two. */
static void begin(bool sign)
{
    static uint32_t n = 1;
    world_wait(W, 10 * SEC);
    if (sign) {
        world_intent(W, SESSION_INTENT_SIGN);
        return;
    }
    world_ask(W, n++, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
}

/* The seal answers what was asked for last. */
static void prepared(void)
{
    uint8_t hash[48];
    memset(hash, 0xab, sizeof(hash));
    assert_int_not_equal(W->signer.id, 0);
    identdesk_prepared(W->d, W->signer.id, hash, W->now_us);
    world_run(W);
}

/* To the PIN, of either. */
static void to_pin(bool sign)
{
    begin(sign);
    if (sign)
        prepared();
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN);
}

/* --- cards ------------------------------------------------------------- */

static void cards_that_are_none(void **state)
{
    static const struct {
        enum cardmsg_card card;
        enum session_identity_why why;
        const char *word;
    } table[] = {
        {CARDMSG_CARD_UNREADABLE, SESSION_WHY_UNREADABLE, "unreadable"},
        {CARDMSG_CARD_UNKNOWN, SESSION_WHY_NOT_EID, "not-eid"},
        {CARDMSG_CARD_BLOCKED, SESSION_WHY_BLOCKED, "blocked"},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        begin(false);
        card_put(W, CARDMSG_CARD_LOOKING);
        card_put(W, table[i].card);
        assert_failed(table[i].why, table[i].word);
        card_pull(W);
        assert_failed(table[i].why, table[i].word); /* stays to be read */
        world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
        assert_int_equal(W->view.phase, SESSION_IDENTITY_CARD);
        card_put(W, CARDMSG_CARD_FINEID);
        assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN);
        card_pull(W);
    }
    W->card.chain = CARDMSG_CHAIN_EXPIRED;
    begin(false);
    card_put(W, CARDMSG_CARD_FINEID);
    assert_failed(SESSION_WHY_EXPIRED, "expired");
    assert_int_equal(W->card.verifies, 0);
}

/* A card whose PIN 1 is blocked can sign, if its PIN 2 is not. */
static void a_blocked_card_signs(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_BLOCKED);
    to_pin(true);
    world_type(W, "654321");
    assert_int_equal(W->signatures, 1);
}

static void tries_are_told(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    for (int sign = 0; sign < 2; sign++) {
        uint8_t *tries = &W->card.tries[sign];
        begin(sign);
        for (int left = 4; left > 0; left--) {
            if (sign)
                prepared();
            assert_int_equal(W->view.tries, left + 1);
            world_type(W, "999999");
            assert_failed(SESSION_WHY_WRONG_PIN, "wrong-pin");
            assert_int_equal(W->view.tries, left);
            world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
        }
        /* The last one is never used up. */
        assert_failed(SESSION_WHY_LAST_TRY, "last-try");
        assert_int_equal(W->view.tries, 1);
        for (int i = 0; i < 3; i++) {
            world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
            world_type(W, "999999");
            assert_failed(SESSION_WHY_LAST_TRY, "last-try");
        }
        assert_int_equal(*tries, 1);
        *tries = 0;
        world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
        assert_failed(SESSION_WHY_BLOCKED, "blocked");
        world_intent(W, SESSION_INTENT_IDENTIFY_NO);
        *tries = 5;
    }
    /* A card that counts in another way: no try is left, so it is blocked. */
    to_pin(false);
    struct cardmsg none = {
        .type = CARDMSG_FAILED, .id = W->card.id, .why = CARDMSG_WRONG_PIN};
    W->card.id = 0;
    identdesk_card(W->d, &none, W->now_us);
    assert_failed(SESSION_WHY_BLOCKED, "blocked");
    assert_int_equal(W->card.verifies, 8);
    assert_int_equal(W->signer.id, 0);
}

static void the_card_goes(void **state)
{
    (void)state;
    for (int sign = 0; sign < 2; sign++) {
        card_put(W, CARDMSG_CARD_FINEID);
        to_pin(sign);
        world_type(W, "12");
        card_pull(W);
        assert_failed(SESSION_WHY_CARD_GONE, "card-gone");
        assert_false(W->view.card_in);
        W->card.who++; /* another one */
        card_put(W, CARDMSG_CARD_FINEID);
        assert_int_equal(W->view.phase, SESSION_IDENTITY_FAILED);
        world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
        if (sign)
            prepared();
        assert_int_equal(W->view.digits, 0);
        world_type(W, sign ? "654321" : "1234");
        assert_int_equal(sign ? W->signatures : world_states(W, "proof"), 1);
    }
}

/* Another card than the one that was asked who would sign. */
static void another_card_signs(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    to_pin(true);
    W->card.who++;
    world_type(W, "654321");
    assert_failed(SESSION_WHY_CARD_GONE, "");
    assert_int_equal(W->signatures, 0);
    assert_int_equal(W->given_up, 1);
}

/* --- reader and luukku-card -------------------------------------------- */

static void no_reader(void **state)
{
    (void)state;
    card_reader(W, CARDMSG_READER_NONE);
    begin(false);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_CARD);
    world_wait(W, IDENTDESK_READER_US);
    assert_failed(SESSION_WHY_READER, "no-reader");
    card_reader(W, CARDMSG_READER_BROKEN);
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    world_wait(W, IDENTDESK_READER_US);
    assert_failed(SESSION_WHY_READER, "reader");
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    world_wait(W, IDENTDESK_READER_US / 2);
    card_reader(W, CARDMSG_READER_READY); /* just in time */
    world_wait(W, IDENTDESK_READER_US);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_CARD);
    card_put(W, CARDMSG_CARD_FINEID);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN);
}

static void the_reader_goes(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        card_put(W, CARDMSG_CARD_FINEID);
        to_pin(false);
        card_reader(W, i ? CARDMSG_READER_BROKEN : CARDMSG_READER_NONE);
        assert_failed(SESSION_WHY_READER, i ? "reader" : "no-reader");
        card_reader(W, CARDMSG_READER_READY);
    }
}

static void luukku_card_crashes(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    to_pin(false);
    world_type(W, "12");
    card_crash(W);
    assert_failed(SESSION_WHY_READER, "reader");
    assert_false(W->view.card_in);
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_CARD);
    world_wait(W, SEC);
    card_start(W); /* started anew */
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN);
    world_type(W, "1234");
    assert_int_equal(W->view.phase, SESSION_IDENTITY_DONE);
    card_crash(W);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_DONE);
    begin(false);
    world_wait(W, IDENTDESK_READER_US); /* it does not come back */
    assert_failed(SESSION_WHY_READER, "reader");
}

static void orders_that_do_not_arrive(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    W->card.stuck = true;
    begin(false);
    assert_failed(SESSION_WHY_READER, "reader");
    assert_true(W->notes > 0);
}

/* --- waiting ----------------------------------------------------------- */

static void nobody_puts_a_card_in(void **state)
{
    (void)state;
    begin(false);
    world_wait(W, IDENTDESK_CARD_US - 1);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_CARD);
    world_wait(W, 1);
    assert_failed(SESSION_WHY_NO_CARD, "no-card");
}

static void nobody_types(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    to_pin(false);
    for (int i = 0; i < 5; i++) { /* slowly is no timeout */
        world_wait(W, IDENTDESK_PIN_US - 1);
        world_type(W, "1");
        world_intent(W, SESSION_INTENT_PIN_BACK);
        assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN);
    }
    world_wait(W, IDENTDESK_PIN_US);
    assert_failed(SESSION_WHY_TIMEOUT, "timeout");
    assert_int_equal(W->card.id, 0); /* cancelled */
}

static void luukku_card_says_nothing(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    W->card.mute = true;
    begin(false);
    world_wait(W, IDENTDESK_WORK_US);
    assert_failed(SESSION_WHY_READER, "reader");
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    world_wait(W, IDENTDESK_CARD_US); /* the first has not ended */
    assert_failed(SESSION_WHY_READER, "reader");
    card_crash(W);
    W->card.mute = false;
    card_start(W);
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN);
    W->card.mute = true; /* now while it works */
    struct cardmsg working = {.type = CARDMSG_WORKING, .id = W->card.id};
    identdesk_card(W->d, &working, W->now_us);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_WORKING);
    world_wait(W, IDENTDESK_WORK_US);
    assert_failed(SESSION_WHY_READER, "reader");
}

/* --- the reader's own keys, the screen's ------------------------------- */

static void on_the_pad(void **state)
{
    (void)state;
    W->card.pad = true;
    card_put(W, CARDMSG_CARD_FINEID);
    to_pin(false);
    assert_true(W->view.pad);
    world_type(W, "1234"); /* the screen's digits go nowhere */
    assert_int_equal(W->card.digits, 0);
    struct cardmsg cancelled = {.type = CARDMSG_FAILED,
                                .id = W->card.id,
                                .why = CARDMSG_CANCELLED,
                                .tries = CARDMSG_TRIES_UNKNOWN};
    W->card.id = 0;
    identdesk_card(W->d, &cancelled, W->now_us);
    assert_string_equal(world_word(W, "state"), "declined");
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
}

static void digits_change_places(void **state)
{
    unsigned moved = 0;
    unsigned same = 0;
    uint8_t last[10] = {0};
    (void)state;
    world_again(true);
    card_put(W, CARDMSG_CARD_FINEID);
    for (int i = 0; i < 20; i++) {
        unsigned seen = 0;
        to_pin(false);
        for (int k = 0; k < 10; k++) {
            seen |= 1U << W->view.order[k];
            moved += W->view.order[k] != k;
        }
        assert_int_equal(seen, 0x3ff);
        same += memcmp(last, W->view.order, 10) == 0;
        memcpy(last, W->view.order, 10);
        world_type(W, "12"); /* the same places while one types */
        assert_memory_equal(last, W->view.order, 10);
        world_intent(W, SESSION_INTENT_IDENTIFY_NO);
    }
    assert_true(moved > 100 && same < 2);
}

/* --- signing the form -------------------------------------------------- */

static void signs(void **state)
{
    uint8_t hash[48];
    char hex[97];
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    begin(true);
    assert_int_equal(W->view.how, SESSION_BY_SIGNATURE);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_WORKING);
    assert_int_equal(W->signer.hash, CARDMSG_SHA384);
    uint32_t id = W->signer.id;
    prepared();
    memset(hash, 0xab, sizeof(hash));
    lk_hex_encode(hash, sizeof(hash), hex);
    assert_string_equal(W->view.hash, hex);
    assert_int_equal(W->view.least, 6);
    world_type(W, "654321");
    /* What was shown is what was signed. */
    assert_int_equal(W->signatures, 1);
    assert_int_equal(W->signature_len, 48);
    assert_memory_equal(W->signature, hash, 48);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_WORKING);
    assert_string_equal(W->view.hash, hex);
    world_intent(W, SESSION_INTENT_IDENTIFY_NO); /* too late */
    assert_int_equal(W->view.phase, SESSION_IDENTITY_WORKING);
    identdesk_signed(W->d, id + 1, 0, W->now_us);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_WORKING);
    identdesk_signed(W->d, id, 0, W->now_us);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_DONE);
    assert_string_equal(W->view.hash, "");
    assert_null(world_last(W, "identity")); /* it is no business of the page */
    world_intent(W, SESSION_INTENT_DONE);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
    assert_int_equal(W->given_up, 0);
}

static void signing_fails(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    W->prepare_error = -EPERM;
    begin(true);
    assert_failed(SESSION_WHY_FAILED, "");
    W->prepare_error = 0;
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    identdesk_prepared(W->d, W->signer.id, NULL, W->now_us);
    W->signer.id = 0;
    assert_failed(SESSION_WHY_FAILED, "");
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    world_wait(W, IDENTDESK_SEAL_US); /* the seal says nothing */
    assert_failed(SESSION_WHY_FAILED, "");
    assert_int_equal(W->given_up, 1);
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    prepared();
    identdesk_prepared(W->d, W->signer.id, NULL, W->now_us); /* reopened */
    W->signer.id = 0;
    world_run(W);
    assert_failed(SESSION_WHY_FAILED, "");
    assert_int_equal(W->card.id, 0);
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    prepared();
    W->signature_error = -EBADMSG;
    world_type(W, "654321");
    assert_failed(SESSION_WHY_FAILED, "");
    W->signature_error = 0;
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    prepared();
    world_type(W, "654321");
    identdesk_signed(W->d, W->signer.id, -EIO, W->now_us);
    assert_failed(SESSION_WHY_FAILED, "");
    W->signer.id = 0;
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    prepared();
    world_type(W, "654321");
    world_wait(W, IDENTDESK_SEAL_US);
    assert_failed(SESSION_WHY_FAILED, "");
    world_intent(W, SESSION_INTENT_BACK);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
    assert_int_equal(W->signer.id, 0);
}

/* A signature is no business of the line; what the page asks waits for it. */
static void asked_while_signing(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    to_pin(true);
    world_reconnect(W);
    world_ask(W, 1000000, "card");
    assert_string_equal(world_word(W, "state"), "asked");
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN);
    assert_int_equal(W->view.how, SESSION_BY_SIGNATURE);
    world_type(W, "654321");
    identdesk_signed(W->d, W->signer.id, 0, W->now_us);
    W->signer.id = 0;
    assert_int_equal(W->called, 0);
    world_intent(W, SESSION_INTENT_DONE);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_ASKED);
    assert_int_equal(W->view.how, SESSION_BY_CARD);
    assert_int_equal(W->called, 1);
    world_intent(W, SESSION_INTENT_SIGN); /* from the question */
    world_intent(W, SESSION_INTENT_IDENTIFY_NO);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_ASKED);
    assert_string_equal(world_word(W, "state"), "asked");
    world_intent(W, SESSION_INTENT_SIGN);
    world_page(W, "{\"type\":\"identify-off\",\"n\":1000000}");
    assert_string_equal(world_word(W, "state"), "off");
    assert_int_equal(W->view.how, SESSION_BY_SIGNATURE);
    world_intent(W, SESSION_INTENT_IDENTIFY_NO);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
}

#define T(name) \
    cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(cards_that_are_none),
        T(a_blocked_card_signs),
        T(tries_are_told),
        T(the_card_goes),
        T(another_card_signs),
        T(no_reader),
        T(the_reader_goes),
        T(luukku_card_crashes),
        T(orders_that_do_not_arrive),
        T(nobody_puts_a_card_in),
        T(nobody_types),
        T(luukku_card_says_nothing),
        T(on_the_pad),
        T(digits_change_places),
        T(signs),
        T(signing_fails),
        T(asked_while_signing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
