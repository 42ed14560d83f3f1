/* The desk between page and citizen: asking, agreeing, giving up; role; what a
 * page that lies gets. */
#include "ident_world.h"
#include "oom.h"

#include <errno.h>

#define W ident_world()

/* The proof that the page heard is over what stands now. */
static void assert_card_proof(const struct identity_acting *a)
{
    uint8_t challenge[32];
    uint8_t sig[64];
    const char *s = world_word(W, "sig");
    assert_said("proof");
    assert_string_equal(world_word(W, "alg"), "ES384");
    assert_int_equal(
        identity_challenge(IDENTITY_CARD, &W->binding, a, challenge), 0);
    assert_int_equal(lk_b64u_decode(s, strlen(s), sig, sizeof(sig)), 32);
    assert_memory_equal(sig, challenge, 32);
}

static const struct identity_acting self = {IDENTITY_SELF, "", ""};

/* --- the usual way ----------------------------------------------------- */

static void identifies(void **state)
{
    (void)state;
    assert_string_equal(
        json_string_value(json_object_get(world_last(W, "role"), "role")),
        "self");
    world_ask(W, 1, "card");
    assert_said("asked");
    assert_int_equal(W->view.phase, SESSION_IDENTITY_ASKED);
    assert_int_equal(W->view.how, SESSION_BY_CARD);
    assert_int_equal(W->called, 1);
    card_put(W, CARDMSG_CARD_FINEID);
    assert_int_equal(W->card.id, 0); /* nothing before the yes */
    assert_true(W->view.card_in);
    card_pull(W);
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    assert_said("card");
    assert_int_equal(W->view.phase, SESSION_IDENTITY_CARD);
    card_put(W, CARDMSG_CARD_LOOKING);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_CARD);
    card_put(W, CARDMSG_CARD_FINEID);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN);
    assert_said("pin");
    assert_int_equal(W->view.least, 4);
    assert_int_equal(W->view.most, 12);
    assert_int_equal(W->view.tries, 5);
    assert_false(W->view.pad);
    for (int i = 0; i < 10; i++)
        assert_int_equal(W->view.order[i], i);
    world_type(W, "123"); /* too few: nothing happens */
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN);
    assert_int_equal(W->view.digits, 3);
    world_intent(W, SESSION_INTENT_PIN_BACK);
    assert_int_equal(W->view.digits, 2);
    world_type(W, "34");
    assert_int_equal(W->view.phase, SESSION_IDENTITY_DONE);
    assert_string_equal(W->view.name, "Maija Ääkkönen");
    assert_card_proof(&self);
    assert_int_equal(world_states(W, "proof"), 1);
    world_page(W, "{\"type\":\"identify-off\",\"n\":1}"); /* it is over */
    assert_said("proof");
    assert_int_equal(W->card.verifies, 1);
    world_intent(W, SESSION_INTENT_DONE);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
    assert_string_equal(W->view.name, "");
    assert_true(W->view.card_in);
    assert_int_equal(W->notes, 0);
}

/* Nothing of the name goes to the page before the yes, whatever is asked. */
static void nothing_before_the_yes(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    world_ask(W, 1, "card");
    world_type(W, "1234");
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    world_intent(W, SESSION_INTENT_PIN_BACK);
    world_page(W, "{\"type\":\"identify-seen\",\"n\":1}");
    world_reconnect(W);
    assert_int_equal(W->card.verifies, 0);
    assert_said("asked");
    for (size_t i = 0; i < W->heard; i++)
        assert_true(json_object_size(W->texts[i]) <= 4);
    world_intent(W, SESSION_INTENT_IDENTIFY_NO);
    assert_said("declined");
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
    world_intent(W, SESSION_INTENT_IDENTIFY_YES); /* too late */
    assert_said("declined");
}

static void gives_up_at_any_time(void **state)
{
    static const enum session_intent_kind kinds[] = {
        SESSION_INTENT_IDENTIFY_NO, SESSION_INTENT_BACK, SESSION_INTENT_DONE};
    (void)state;
    for (uint32_t i = 0; i < 6; i++) {
        world_wait(W, 10 * SEC);
        world_ask(W, i + 1, "card");
        world_intent(W, SESSION_INTENT_IDENTIFY_YES);
        if (i % 2)
            card_put(W, CARDMSG_CARD_FINEID);
        assert_int_equal(W->view.phase,
                         i % 2 ? SESSION_IDENTITY_PIN : SESSION_IDENTITY_CARD);
        world_intent(W, kinds[i % 3]);
        assert_said("declined");
        assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
        assert_int_equal(W->card.id, 0);
        card_pull(W);
    }
}

/* Going back from the question leaves it there. */
static void back_from_the_question(void **state)
{
    (void)state;
    world_ask(W, 1, "card");
    world_intent(W, SESSION_INTENT_BACK);
    assert_said("asked");
    assert_int_equal(W->view.phase, SESSION_IDENTITY_ASKED);
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    assert_said("card");
}

static void a_question_waits_so_long(void **state)
{
    (void)state;
    world_ask(W, 1, "card");
    world_wait(W, IDENTDESK_ASKED_US - 1);
    assert_said("asked");
    world_wait(W, 1);
    assert_said("failed");
    assert_string_equal(world_word(W, "why"), "timeout");
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
}

/* --- the page ---------------------------------------------------------- */

static void the_page_takes_it_back(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    world_ask(W, 3, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    world_page(W, "{\"type\":\"identify-off\",\"n\":2}");
    assert_said("pin");
    world_page(W, "{\"type\":\"identify-off\",\"n\":3}");
    assert_said("off");
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
    assert_int_equal(W->card.id, 0);
    world_page(W, "{\"type\":\"identify-off\",\"n\":3}");
    assert_int_equal(world_states(W, "off"), 1);
}

/* What was signed for a request that is gone goes nowhere. */
static void a_late_signature_is_dropped(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    world_ask(W, 1, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    uint32_t id = W->card.id;
    W->card.working = true; /* the card cannot be stopped any more */
    world_page(W, "{\"type\":\"identify-off\",\"n\":1}");
    world_ask(W, 2, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    assert_said("card"); /* the reader is not free yet */
    uint8_t bytes[48] = {1};
    struct cardmsg late = {.type = CARDMSG_RESULT,
                           .id = id,
                           .bytes = bytes,
                           .len = 48,
                           .certificate = bytes,
                           .certificate_len = 20};
    W->card.id = 0;
    identdesk_card(W->d, &late, W->now_us);
    world_run(W);
    assert_int_equal(world_states(W, "proof"), 0);
    assert_said("pin");
    assert_int_not_equal(W->card.id, id);
    world_type(W, "1234");
    assert_card_proof(&self);
    assert_int_equal(
        json_integer_value(json_object_get(world_last(W, "identity"), "n")), 2);
}

static void a_newer_request_replaces(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    world_ask(W, 5, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    assert_said("pin");
    world_ask(W, 5, "card"); /* a repeat */
    world_ask(W, 4, "phone");
    assert_said("pin");
    world_ask(W, 6, "phone");
    assert_said("asked"); /* consent anew */
    assert_string_equal(world_word(W, "how"), "phone");
    assert_int_equal(W->view.how, SESSION_BY_PHONE);
    assert_int_equal(W->card.id, 0);
    assert_int_equal(W->called, 2);
}

/* A page that asks and asks does not keep the citizen busy. */
static void a_flood_of_requests(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 50; n++)
        world_ask(W, n, "card");
    assert_int_equal(world_states(W, "asked"), IDENTDESK_ASKS);
    assert_int_equal(world_states(W, "off"), 50 - IDENTDESK_ASKS);
    world_wait(W, IDENTDESK_ASK_US);
    world_ask(W, 51, "card");
    world_ask(W, 52, "card");
    assert_int_equal(world_states(W, "asked"), IDENTDESK_ASKS + 1);
    world_wait(W, 100 * IDENTDESK_ASK_US);
    for (uint32_t n = 60; n < 80; n++)
        world_ask(W, n, "card");
    assert_int_equal(world_states(W, "asked"), 2 * IDENTDESK_ASKS + 1);
}

static void lies(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{\"type\":\"identity\",\"n\":1,\"state\":\"proof\"}",
        "{\"type\":\"identify\",\"n\":0,\"how\":\"card\"}",
        "{\"type\":\"identify\",\"n\":1,\"how\":\"passport\"}",
        "{\"type\":\"identify-seen\",\"n\":1}",
        "{\"type\":\"identify-off\",\"n\":1}",
        "{\"type\":\"role\",\"role\":\"company\",\"name\":\"x\"}"};
    size_t heard = W->heard;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(texts); i++)
        world_page(W, "%s", texts[i]);
    assert_int_equal(W->heard, heard);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
}

/* --- connections ------------------------------------------------------- */

static void a_fresh_connection_begins_anew(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    world_ask(W, 1, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN);
    W->bound = false;
    identdesk_channel(W->d, false, W->now_us);
    world_run(W);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_WORKING);
    assert_int_equal(W->card.id, 0); /* the PIN is gone */
    world_type(W, "1234");
    assert_int_equal(W->card.verifies, 0);
    W->bound = true;
    W->binding.kiosk_print[3] = 9;
    identdesk_channel(W->d, true, W->now_us);
    world_run(W);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN); /* no new yes */
    world_type(W, "1234");
    assert_card_proof(&self);
}

/* The connection changed under a signature, without a word of `ctl` yet. */
static void a_swapped_connection(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    world_ask(W, 1, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    W->binding.page_print[7] ^= 1;
    world_type(W, "1234");
    assert_int_equal(world_states(W, "proof"), 0);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN); /* anew */
    world_type(W, "1234");
    assert_card_proof(&self);
}

static void the_line_stays_away(void **state)
{
    (void)state;
    world_ask(W, 1, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    W->bound = false;
    identdesk_channel(W->d, false, W->now_us);
    world_wait(W, IDENTDESK_LINE_US);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_FAILED);
    assert_int_equal(W->view.why, SESSION_WHY_FAILED);
    W->bound = true;
    identdesk_channel(W->d, true, W->now_us);
    assert_said("failed"); /* is heard now */
    world_intent(W, SESSION_INTENT_IDENTIFY_AGAIN);
    assert_said("card");
}

static void a_finished_one_is_repeated(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    world_ask(W, 1, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    world_type(W, "1234");
    json_t *first = json_deep_copy(world_last(W, "identity"));
    world_intent(W, SESSION_INTENT_DONE);
    world_reconnect(W);
    assert_int_equal(world_states(W, "proof"), 2);
    assert_true(json_equal(first, world_last(W, "identity")));
    json_decref(first);
    /* The role comes before it. */
    assert_ptr_equal(world_last(W, "identity"), W->texts[W->heard - 1]);
    assert_ptr_equal(world_last(W, "role"), W->texts[W->heard - 2]);
}

static void the_call_ends(void **state)
{
    (void)state;
    card_put(W, CARDMSG_CARD_FINEID);
    world_role(W, SESSION_PERSON, "Aino", "010115A901K");
    world_ask(W, 9, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    identdesk_end(W->d, W->now_us);
    world_run(W);
    assert_int_equal(W->card.id, 0);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
    assert_true(W->view.card_in); /* is not forgotten */
    size_t heard = W->heard;
    world_ask(W, 10, "card");
    world_role(W, SESSION_PERSON, "Aino", "");
    world_intent(W, SESSION_INTENT_SIGN);
    assert_int_equal(W->heard, heard);
    assert_int_equal(W->view.phase, SESSION_IDENTITY_NONE);
    card_pull(W);
    assert_false(W->view.card_in);
    identdesk_begin(W->d, W->now_us);
    assert_string_equal(
        json_string_value(json_object_get(world_last(W, "role"), "role")),
        "self");
    world_ask(W, 1, "card"); /* it is another call */
    assert_said("asked");
}

/* --- role -------------------------------------------------------------- */

static void the_role_is_signed(void **state)
{
    struct identity_acting company = {IDENTITY_COMPANY, "Sähkö \"Valo\" Oy",
                                      "1234567-1"};
    (void)state;
    world_role(W, SESSION_COMPANY, company.name, company.id);
    assert_string_equal(
        json_string_value(json_object_get(world_last(W, "role"), "name")),
        company.name);
    card_put(W, CARDMSG_CARD_FINEID);
    world_ask(W, 1, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    world_role(W, SESSION_SELF, "ignored", "ignored"); /* while typing */
    assert_int_equal(W->view.phase, SESSION_IDENTITY_PIN);
    world_type(W, "1234");
    assert_card_proof(&self);
    world_role(W, SESSION_COMPANY, company.name, company.id);
    assert_int_equal(world_states(W, "proof"), 1); /* it stays what it was */
    world_ask(W, 2, "card");
    world_intent(W, SESSION_INTENT_IDENTIFY_YES);
    world_type(W, "1234");
    assert_card_proof(&company);
}

static void bad_roles(void **state)
{
    char name[200];
    size_t heard = W->heard;
    (void)state;
    memset(name, 'a', sizeof(name));
    name[129] = '\0';
    world_role(W, SESSION_PERSON, "", "010115A901K");
    world_role(W, SESSION_PERSON, "a\nb", "");
    world_role(W, SESSION_PERSON, name, "");
    world_role(W, SESSION_PERSON, "a", name);
    world_role(W, (enum session_role)3, "a", "b");
    assert_int_equal(W->heard, heard);
}

/* --- memory ------------------------------------------------------------ */

static void no_memory(void **state)
{
    struct identdesk_config config = {.shuffle = true};
    struct identdesk *d = NULL;
    int r;
    (void)state;
    OOM_SWEEP(r, identdesk_new(&config, &d));
    assert_non_null(d);
    assert_null(identdesk_free(d));
    assert_null(identdesk_free(NULL));
}

#define T(name) \
    cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(identifies),
        T(nothing_before_the_yes),
        T(gives_up_at_any_time),
        T(back_from_the_question),
        T(a_question_waits_so_long),
        T(the_page_takes_it_back),
        T(a_late_signature_is_dropped),
        T(a_newer_request_replaces),
        T(a_flood_of_requests),
        T(lies),
        T(a_fresh_connection_begins_anew),
        T(a_swapped_connection),
        T(the_line_stays_away),
        T(a_finished_one_is_repeated),
        T(the_call_ends),
        T(the_role_is_signed),
        T(bad_roles),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
