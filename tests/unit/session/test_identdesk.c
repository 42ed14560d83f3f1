/* The desk between page and citizen: asking, agreeing, giving up; role; what a
 * page that lies gets. */
#include "ident_world.h"
#include "oom.h"

#include <errno.h>

#define w ident_world()

/* The proof that the page heard is over what stands now. */
static void assert_card_proof(const struct identity_acting *a)
{
    uint8_t challenge[32];
    uint8_t sig[64];
    const char *s = world_word(w, "sig");
    assert_said("proof");
    assert_string_equal(world_word(w, "alg"), "ES384");
    assert_int_equal(
        identity_challenge(IDENTITY_CARD, &w->binding, a, challenge), 0);
    assert_int_equal(lk_b64u_decode(s, strlen(s), sig, sizeof(sig)), 32);
    assert_memory_equal(sig, challenge, 32);
}

static const struct identity_acting self = {IDENTITY_SELF, "", ""};

/* --- the usual way ----------------------------------------------------- */

static void identifies(void **state)
{
    (void)state;
    assert_string_equal(
        json_string_value(json_object_get(world_last(w, "role"), "role")),
        "self");
    world_ask(w, 1, "card");
    assert_said("asked");
    assert_int_equal(w->view.phase, SESSION_IDENTITY_ASKED);
    assert_int_equal(w->view.how, SESSION_BY_CARD);
    assert_int_equal(w->called, 1);
    card_put(w, CARDMSG_CARD_FINEID);
    assert_int_equal(w->card.id, 0); /* nothing before the yes */
    assert_true(w->view.card_in);
    card_pull(w);
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    assert_said("card");
    assert_int_equal(w->view.phase, SESSION_IDENTITY_CARD);
    card_put(w, CARDMSG_CARD_LOOKING);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_CARD);
    card_put(w, CARDMSG_CARD_FINEID);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_PIN);
    assert_said("pin");
    assert_int_equal(w->view.least, 4);
    assert_int_equal(w->view.most, 12);
    assert_int_equal(w->view.tries, 5);
    assert_false(w->view.pad);
    for (int i = 0; i < 10; i++)
        assert_int_equal(w->view.order[i], i);
    world_type(w, "123"); /* too few: nothing happens */
    assert_int_equal(w->view.phase, SESSION_IDENTITY_PIN);
    assert_int_equal(w->view.digits, 3);
    world_intent(w, SESSION_INTENT_PIN_BACK);
    assert_int_equal(w->view.digits, 2);
    world_type(w, "34");
    assert_int_equal(w->view.phase, SESSION_IDENTITY_DONE);
    assert_string_equal(w->view.name, "Maija Ääkkönen");
    assert_card_proof(&self);
    assert_int_equal(world_states(w, "proof"), 1);
    world_page(w, "{\"type\":\"identify-off\",\"n\":1}"); /* it is over */
    assert_said("proof");
    assert_int_equal(w->card.verifies, 1);
    world_intent(w, SESSION_INTENT_DONE);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_NONE);
    assert_string_equal(w->view.name, "");
    assert_true(w->view.card_in);
    assert_int_equal(w->notes, 0);
}

/* Nothing of the name goes to the page before the yes, whatever is asked. */
static void nothing_before_the_yes(void **state)
{
    (void)state;
    card_put(w, CARDMSG_CARD_FINEID);
    world_ask(w, 1, "card");
    world_type(w, "1234");
    world_intent(w, SESSION_INTENT_IDENTIFY_AGAIN);
    world_intent(w, SESSION_INTENT_PIN_BACK);
    world_page(w, "{\"type\":\"identify-seen\",\"n\":1}");
    world_reconnect(w);
    assert_int_equal(w->card.verifies, 0);
    assert_said("asked");
    for (size_t i = 0; i < w->heard; i++)
        assert_true(json_object_size(w->texts[i]) <= 4);
    world_intent(w, SESSION_INTENT_IDENTIFY_NO);
    assert_said("declined");
    assert_int_equal(w->view.phase, SESSION_IDENTITY_NONE);
    world_intent(w, SESSION_INTENT_IDENTIFY_YES); /* too late */
    assert_said("declined");
}

static void gives_up_at_any_time(void **state)
{
    static const enum session_intent_kind kinds[] = {
        SESSION_INTENT_IDENTIFY_NO, SESSION_INTENT_BACK, SESSION_INTENT_DONE};
    (void)state;
    for (uint32_t i = 0; i < 6; i++) {
        world_wait(w, 10 * SEC);
        world_ask(w, i + 1, "card");
        world_intent(w, SESSION_INTENT_IDENTIFY_YES);
        if (i % 2)
            card_put(w, CARDMSG_CARD_FINEID);
        assert_int_equal(w->view.phase,
                         i % 2 ? SESSION_IDENTITY_PIN : SESSION_IDENTITY_CARD);
        world_intent(w, kinds[i % 3]);
        assert_said("declined");
        assert_int_equal(w->view.phase, SESSION_IDENTITY_NONE);
        assert_int_equal(w->card.id, 0);
        card_pull(w);
    }
}

/* Going back from the question leaves it there. */
static void back_from_the_question(void **state)
{
    (void)state;
    world_ask(w, 1, "card");
    world_intent(w, SESSION_INTENT_BACK);
    assert_said("asked");
    assert_int_equal(w->view.phase, SESSION_IDENTITY_ASKED);
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    assert_said("card");
}

static void a_question_waits_so_long(void **state)
{
    (void)state;
    world_ask(w, 1, "card");
    world_wait(w, IDENTDESK_ASKED_US - 1);
    assert_said("asked");
    world_wait(w, 1);
    assert_said("failed");
    assert_string_equal(world_word(w, "why"), "timeout");
    assert_int_equal(w->view.phase, SESSION_IDENTITY_NONE);
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_NONE);
}

/* --- the page ---------------------------------------------------------- */

static void the_page_takes_it_back(void **state)
{
    (void)state;
    card_put(w, CARDMSG_CARD_FINEID);
    world_ask(w, 3, "card");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    world_page(w, "{\"type\":\"identify-off\",\"n\":2}");
    assert_said("pin");
    world_page(w, "{\"type\":\"identify-off\",\"n\":3}");
    assert_said("off");
    assert_int_equal(w->view.phase, SESSION_IDENTITY_NONE);
    assert_int_equal(w->card.id, 0);
    world_page(w, "{\"type\":\"identify-off\",\"n\":3}");
    assert_int_equal(world_states(w, "off"), 1);
}

/* What was signed for a request that is gone goes nowhere. */
static void a_late_signature_is_dropped(void **state)
{
    (void)state;
    card_put(w, CARDMSG_CARD_FINEID);
    world_ask(w, 1, "card");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    uint32_t id = w->card.id;
    w->card.working = true; /* the card cannot be stopped any more */
    world_page(w, "{\"type\":\"identify-off\",\"n\":1}");
    world_ask(w, 2, "card");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    assert_said("card"); /* the reader is not free yet */
    uint8_t bytes[48] = {1};
    struct cardmsg late = {.type = CARDMSG_RESULT,
                           .id = id,
                           .bytes = bytes,
                           .len = 48,
                           .certificate = bytes,
                           .certificate_len = 20};
    w->card.id = 0;
    identdesk_card(w->d, &late, w->now_us);
    world_run(w);
    assert_int_equal(world_states(w, "proof"), 0);
    assert_said("pin");
    assert_int_not_equal(w->card.id, id);
    world_type(w, "1234");
    assert_card_proof(&self);
    assert_int_equal(
        json_integer_value(json_object_get(world_last(w, "identity"), "n")), 2);
}

static void a_newer_request_replaces(void **state)
{
    (void)state;
    card_put(w, CARDMSG_CARD_FINEID);
    world_ask(w, 5, "card");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    assert_said("pin");
    world_ask(w, 5, "card"); /* a repeat */
    world_ask(w, 4, "phone");
    assert_said("pin");
    world_ask(w, 6, "phone");
    assert_said("asked"); /* consent anew */
    assert_string_equal(world_word(w, "how"), "phone");
    assert_int_equal(w->view.how, SESSION_BY_PHONE);
    assert_int_equal(w->card.id, 0);
    assert_int_equal(w->called, 2);
}

/* A page that asks and asks does not keep the citizen busy. */
static void a_flood_of_requests(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 50; n++)
        world_ask(w, n, "card");
    assert_int_equal(world_states(w, "asked"), IDENTDESK_ASKS);
    assert_int_equal(world_states(w, "off"), 50 - IDENTDESK_ASKS);
    world_wait(w, IDENTDESK_ASK_US);
    world_ask(w, 51, "card");
    world_ask(w, 52, "card");
    assert_int_equal(world_states(w, "asked"), IDENTDESK_ASKS + 1);
    world_wait(w, 100 * IDENTDESK_ASK_US);
    for (uint32_t n = 60; n < 80; n++)
        world_ask(w, n, "card");
    assert_int_equal(world_states(w, "asked"), 2 * IDENTDESK_ASKS + 1);
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
    size_t heard = w->heard;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(texts); i++)
        world_page(w, "%s", texts[i]);
    assert_int_equal(w->heard, heard);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_NONE);
}

/* --- connections ------------------------------------------------------- */

static void a_fresh_connection_begins_anew(void **state)
{
    (void)state;
    card_put(w, CARDMSG_CARD_FINEID);
    world_ask(w, 1, "card");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_PIN);
    w->bound = false;
    identdesk_channel(w->d, false, w->now_us);
    world_run(w);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_WORKING);
    assert_int_equal(w->card.id, 0); /* the PIN is gone */
    world_type(w, "1234");
    assert_int_equal(w->card.verifies, 0);
    w->bound = true;
    w->binding.kiosk_print[3] = 9;
    identdesk_channel(w->d, true, w->now_us);
    world_run(w);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_PIN); /* no new yes */
    world_type(w, "1234");
    assert_card_proof(&self);
}

/* The connection changed under a signature, without a word of `ctl` yet. */
static void a_swapped_connection(void **state)
{
    (void)state;
    card_put(w, CARDMSG_CARD_FINEID);
    world_ask(w, 1, "card");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    w->binding.page_print[7] ^= 1;
    world_type(w, "1234");
    assert_int_equal(world_states(w, "proof"), 0);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_PIN); /* anew */
    world_type(w, "1234");
    assert_card_proof(&self);
}

static void the_line_stays_away(void **state)
{
    (void)state;
    world_ask(w, 1, "card");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    w->bound = false;
    identdesk_channel(w->d, false, w->now_us);
    world_wait(w, IDENTDESK_LINE_US);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_FAILED);
    assert_int_equal(w->view.why, SESSION_WHY_FAILED);
    w->bound = true;
    identdesk_channel(w->d, true, w->now_us);
    assert_said("failed"); /* is heard now */
    world_intent(w, SESSION_INTENT_IDENTIFY_AGAIN);
    assert_said("card");
}

static void a_finished_one_is_repeated(void **state)
{
    (void)state;
    card_put(w, CARDMSG_CARD_FINEID);
    world_ask(w, 1, "card");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    world_type(w, "1234");
    json_t *first = json_deep_copy(world_last(w, "identity"));
    world_intent(w, SESSION_INTENT_DONE);
    world_reconnect(w);
    assert_int_equal(world_states(w, "proof"), 2);
    assert_true(json_equal(first, world_last(w, "identity")));
    json_decref(first);
    /* The role comes before it. */
    assert_ptr_equal(world_last(w, "identity"), w->texts[w->heard - 1]);
    assert_ptr_equal(world_last(w, "role"), w->texts[w->heard - 2]);
}

static void the_call_ends(void **state)
{
    (void)state;
    card_put(w, CARDMSG_CARD_FINEID);
    world_role(w, SESSION_PERSON, "Aino", "010115A901K");
    world_ask(w, 9, "card");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    identdesk_end(w->d, w->now_us);
    world_run(w);
    assert_int_equal(w->card.id, 0);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_NONE);
    assert_true(w->view.card_in); /* is not forgotten */
    size_t heard = w->heard;
    world_ask(w, 10, "card");
    world_role(w, SESSION_PERSON, "Aino", "");
    world_intent(w, SESSION_INTENT_SIGN);
    assert_int_equal(w->heard, heard);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_NONE);
    card_pull(w);
    assert_false(w->view.card_in);
    identdesk_begin(w->d, w->now_us);
    assert_string_equal(
        json_string_value(json_object_get(world_last(w, "role"), "role")),
        "self");
    world_ask(w, 1, "card"); /* it is another call */
    assert_said("asked");
}

/* --- role -------------------------------------------------------------- */

static void the_role_is_signed(void **state)
{
    struct identity_acting company = {IDENTITY_COMPANY, "Sähkö \"Valo\" Oy",
                                      "1234567-1"};
    (void)state;
    world_role(w, SESSION_COMPANY, company.name, company.id);
    assert_string_equal(
        json_string_value(json_object_get(world_last(w, "role"), "name")),
        company.name);
    card_put(w, CARDMSG_CARD_FINEID);
    world_ask(w, 1, "card");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    world_role(w, SESSION_SELF, "ignored", "ignored"); /* while typing */
    assert_int_equal(w->view.phase, SESSION_IDENTITY_PIN);
    world_type(w, "1234");
    assert_card_proof(&self);
    world_role(w, SESSION_COMPANY, company.name, company.id);
    assert_int_equal(world_states(w, "proof"), 1); /* it stays what it was */
    world_ask(w, 2, "card");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    world_type(w, "1234");
    assert_card_proof(&company);
}

static void bad_roles(void **state)
{
    char name[200];
    size_t heard = w->heard;
    (void)state;
    memset(name, 'a', sizeof(name));
    name[129] = '\0';
    world_role(w, SESSION_PERSON, "", "010115A901K");
    world_role(w, SESSION_PERSON, "a\nb", "");
    world_role(w, SESSION_PERSON, name, "");
    world_role(w, SESSION_PERSON, "a", name);
    world_role(w, (enum session_role)3, "a", "b");
    assert_int_equal(w->heard, heard);
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
