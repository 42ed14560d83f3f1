/* The desk under chance: everybody around it does anything at any time. */
#include "ident_world.h"

#include <errno.h>

#define w ident_world()

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
                        .id = chance(2) ? w->card.id : chance(200),
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
    if (m.type == CARDMSG_SIGNER && m.id == w->card.id)
        return; /* the fake seal knows its card */
    identdesk_card(w->d, &m, w->now_us);
    world_run(w);
}

static void some_card(void)
{
    switch (chance(6)) {
    case 0:
        card_pull(w);
        break;
    case 1:
        card_reader(w, (enum cardmsg_reader)chance(CARDMSG_READERS));
        break;
    case 2:
        if (w->card.runs)
            card_crash(w);
        else
            card_start(w);
        break;
    case 3:
        mad_card();
        break;
    default:
        if (w->card.runs && w->card.reader == CARDMSG_READER_READY)
            card_put(w, chance(4) ? CARDMSG_CARD_FINEID
                                  : (enum cardmsg_card)chance(CARDMSG_CARDS));
        break;
    }
}

static void some_page(uint32_t *n)
{
    static const char *const hows[] = {"card", "phone", "document"};
    switch (chance(5)) {
    case 0:
        world_page(w, "{\"type\":\"identify-off\",\"n\":%u}", chance(*n + 1));
        break;
    case 1:
        world_page(w, "{\"type\":\"identify-seen\",\"n\":%u}", *n);
        break;
    case 2:
        world_reconnect(w);
        break;
    default:
        world_ask(w, ++*n, hows[chance(3)]);
        break;
    }
}

static void some_other(void)
{
    static const char id_token[] = "aaa.bbb.ccc";
    struct identdesk_phone_event e = {.id = w->phone,
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
        if (w->phone && e.kind != IDENTDESK_PHONE_CODE)
            w->phone = 0;
        identdesk_phone(w->d, &e, w->now_us);
        break;
    case 1:
        if (w->camera && chance(3) == 0) {
            w->camera = false;
            identdesk_document(w->d, -EIO, w->now_us);
        } else {
            identdesk_document(w->d, 0, w->now_us);
        }
        break;
    case 2:
        identdesk_prepared(w->d, w->signer.id, hash, w->now_us);
        break;
    default:
        if (w->signer.id && w->signatures > 0 && chance(2) &&
            w->view.phase == SESSION_IDENTITY_WORKING) {
            uint32_t id = w->signer.id;
            identdesk_signed(w->d, id, 0, w->now_us);
            if (w->view.phase == SESSION_IDENTITY_DONE)
                w->signer.id = 0;
        }
        break;
    }
    world_run(w);
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
        world_intent(w, kinds[what]);
    else if (what == 10)
        world_role(w, (enum session_role)chance(3), "Aino", "");
    else if (w->view.how == SESSION_BY_SIGNATURE)
        world_type(w, chance(4) ? "654321" : "111111");
    else
        world_type(w, chance(4) ? "1234" : "1111");
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
        w->card.tries[0] = w->card.tries[1] = (uint8_t)(2 + chance(4));
        for (int i = 0; i < 60 && w->heard < WORLD_TEXTS - 20; i++) {
            enum session_identity_phase before = w->view.phase;
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
                world_wait(w, chance(100) * SEC);
            int now = world_states(w, "proof");
            /* (A connection that is new hears the last one again.) */
            if (now > proofs && who >= 5)
                assert_int_not_equal(before, SESSION_IDENTITY_ASKED);
            proofs = now;
            assert_true(w->card.tries[0] > 0 && w->card.tries[1] > 0);
        }
        identdesk_end(w->d, w->now_us);
        world_run(w);
        assert_int_equal(w->view.phase, SESSION_IDENTITY_NONE);
        assert_int_equal(w->card.id, 0);
        assert_int_equal(w->phone, 0);
        assert_false(w->camera);
        assert_int_equal(w->signer.id, 0);
        assert_true(identdesk_next_us(w->d) == INT64_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chances, world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
