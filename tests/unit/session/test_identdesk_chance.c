/* The desk under chance: everybody around it does anything at any time. */
#include "ident_world.h"

#include <errno.h>

#define W ident_world()

static uint64_t seed;

static uint32_t chance(uint32_t n)
{
    return (uint32_t)(test_random(&seed) % n);
}

/* Messages that a luukku-card gone mad might send. */
static void mad_card(void)
{
    static const enum cardmsg_type types[] = {
        CARDMSG_PIN_WANTED, CARDMSG_PIN_COUNT, CARDMSG_WORKING,
        CARDMSG_RESULT,     CARDMSG_FAILED,    CARDMSG_SIGNER};
    static const uint8_t bytes[48] = {9};
    struct cardmsg m = {.type = types[chance(6)],
                        .id = chance(2) ? W->card.id : chance(200),
                        .least = 4,
                        .most = 12,
                        .count = (uint8_t)chance(13),
                        .tries = (uint8_t)chance(6),
                        .why = (enum cardmsg_why)chance(CARDMSG_WHYS),
                        .hash = (enum cardmsg_hash)chance(CARDMSG_HASHES),
                        .algorithm =
                            (enum cardmsg_algorithm)chance(CARDMSG_ALGORITHMS),
                        .bytes = bytes,
                        .len = 48,
                        .certificate = bytes,
                        .certificate_len = 20};
    if (m.type == CARDMSG_SIGNER && m.id == W->card.id)
        return; /* the fake seal knows its card */
    if (m.id == W->card.id &&
        (m.type == CARDMSG_RESULT || m.type == CARDMSG_FAILED))
        W->card.id = 0; /* by its own word it has ended */
    identdesk_card(W->d, &m, W->now_us);
    world_run(W);
}

static void some_card(void)
{
    switch (chance(6)) {
    case 0:
        card_pull(W);
        break;
    case 1:
        card_reader(W, (enum cardmsg_reader)chance(CARDMSG_READERS));
        break;
    case 2:
        if (W->card.runs)
            card_crash(W);
        else
            card_start(W);
        break;
    case 3:
        mad_card();
        break;
    default:
        if (W->card.runs && W->card.reader == CARDMSG_READER_READY)
            card_put(W, chance(4) ? CARDMSG_CARD_FINEID
                                  : (enum cardmsg_card)chance(CARDMSG_CARDS));
        break;
    }
}

static void some_page(uint32_t *n)
{
    static const char *const hows[] = {"card", "phone", "document"};
    switch (chance(5)) {
    case 0:
        world_page(W, "{\"type\":\"identify-off\",\"n\":%u}", chance(*n + 1));
        break;
    case 1:
        world_page(W, "{\"type\":\"identify-seen\",\"n\":%u}", *n);
        break;
    case 2:
        world_reconnect(W);
        break;
    default:
        world_ask(W, ++*n, hows[chance(3)]);
        break;
    }
}

static void some_other(void)
{
    static const char id_token[] = "aaa.bbb.ccc";
    struct identdesk_phone_event e = {.id = W->phone,
                                      .kind =
                                          (enum identdesk_phone_kind)chance(4),
                                      .url = "https://id.example/",
                                      .code = "ABCD",
                                      .lasts_us = 60 * SEC,
                                      .token = id_token,
                                      .token_len = sizeof(id_token) - 1};
    uint8_t hash[64] = {1};
    switch (chance(4)) {
    case 0:
        if (W->phone && e.kind != IDENTDESK_PHONE_CODE)
            W->phone = 0;
        identdesk_phone(W->d, &e, W->now_us);
        break;
    case 1:
        if (W->camera && chance(3) == 0) {
            W->camera = false;
            identdesk_document(W->d, -EIO, W->now_us);
        } else {
            identdesk_document(W->d, 0, W->now_us);
        }
        break;
    case 2:
        identdesk_prepared(W->d, W->signer.id, hash, W->now_us);
        break;
    default:
        if (W->signer.id && W->signatures > 0 && chance(2) &&
            W->view.phase == SESSION_IDENTITY_WORKING) {
            uint32_t id = W->signer.id;
            identdesk_signed(W->d, id, 0, W->now_us);
            if (W->view.phase == SESSION_IDENTITY_DONE)
                W->signer.id = 0;
        }
        break;
    }
    world_run(W);
}

static void some_citizen(void)
{
    static const enum session_intent_kind kinds[] = {
        SESSION_INTENT_IDENTIFY_YES, SESSION_INTENT_IDENTIFY_YES,
        SESSION_INTENT_IDENTIFY_NO,  SESSION_INTENT_PIN_BACK,
        SESSION_INTENT_PIN_OK,       SESSION_INTENT_IDENTIFY_AGAIN,
        SESSION_INTENT_SIGN,         SESSION_INTENT_BACK,
        SESSION_INTENT_DONE,         SESSION_INTENT_ALIVE};
    uint32_t what = chance(14);
    if (what < 10)
        world_intent(W, kinds[what]);
    else if (what == 10)
        world_role(W, (enum session_role)chance(3), "Aino", "");
    else if (W->view.how == SESSION_BY_SIGNATURE)
        world_type(W, chance(4) ? "654321" : "111111");
    else
        world_type(W, chance(4) ? "1234" : "1111");
}

/* Whatever happens in whatever order: a wait ends, a proof has its yes, and
 * nobody is left at work for nothing. */
static void chances(void **state)
{
    (void)state;
    seed = test_seed();
    for (int round = 0; round < 300; round++) {
        uint32_t n = 0;
        int proofs = 0;
        world_again(round % 2);
        W->card.tries[0] = W->card.tries[1] = (uint8_t)(2 + chance(4));
        for (int i = 0; i < 60 && W->heard < WORLD_TEXTS - 20; i++) {
            enum session_identity_phase before = W->view.phase;
            uint32_t who = chance(10);
            if (who < 3)
                some_citizen();
            else if (who < 5)
                some_page(&n);
            else if (who < 8)
                some_card();
            else if (who < 9)
                some_other();
            else
                world_wait(W, chance(100) * SEC);
            int now = world_states(W, "proof");
            /* (A connection that is new hears the last one again.) */
            if (now > proofs && who >= 5)
                assert_int_not_equal(before, SESSION_IDENTITY_ASKED);
            proofs = now;
            assert_true(W->card.tries[0] > 0 && W->card.tries[1] > 0);
        }
        identdesk_end(W->d, W->now_us);
        world_run(W);
        assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
        assert_int_equal(W->card.id, 0);
        assert_int_equal(W->phone, 0);
        assert_false(W->camera);
        assert_int_equal(W->signer.id, 0);
        assert_true(identdesk_next_us(W->d) == INT64_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chances, world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
