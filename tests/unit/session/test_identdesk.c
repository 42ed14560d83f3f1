/* The desk between page and citizen: asking, agreeing, giving up; telephone,
 * document, role; what a page that lies gets. */
#include "ident_world.h"
#include "oom.h"

#include <errno.h>

static struct ident_world *w;

static int setup(void **state)
{
    (void)state;
    w = world_new(false);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_free(w);
    return 0;
}

static void assert_said(const char *state)
{
    assert_string_equal(world_word(w, "state"), state);
}

static void assert_failed(enum session_identity_why why, const char *word)
{
    assert_int_equal(w->view.phase, SESSION_IDENTITY_FAILED);
    assert_int_equal(w->view.why, why);
    assert_said("failed");
    assert_string_equal(world_word(w, "why"), word);
}

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

/* --- telephone --------------------------------------------------------- */

static const char token[] = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";

static void phone(enum identdesk_phone_kind kind)
{
    struct identdesk_phone_event e = {.id = w->phone,
                                      .kind = kind,
                                      .url = "https://id.example/?c=ABCD",
                                      .code = "ABCD-EFGH",
                                      .lasts_us = 120 * SEC,
                                      .token = token,
                                      .token_len = sizeof(token) - 1};
    if (kind != IDENTDESK_PHONE_CODE)
        w->phone = 0; /* it has ended */
    identdesk_phone(w->d, &e, w->now_us);
}

static void phone_code(void)
{
    static uint32_t n;
    world_wait(w, 10 * SEC);
    n++;
    world_ask(w, n, "phone");
    assert_int_equal(w->phone, 0);
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    assert_int_not_equal(w->phone, 0);
    assert_said("working");
    phone(IDENTDESK_PHONE_CODE);
    assert_said("phone");
    assert_int_equal(w->view.phase, SESSION_IDENTITY_PHONE);
    assert_string_equal(w->view.qr, "https://id.example/?c=ABCD");
    assert_string_equal(w->view.code, "ABCD-EFGH");
}

static void assert_phone_proof(void)
{
    uint8_t sha256[32];
    char lines[IDENTITY_LINES_MAX];
    assert_said("proof");
    assert_string_equal(world_word(w, "token"), token);
    assert_int_equal(strlen(world_word(w, "sig")), 86);
    assert_int_equal(identity_digest(token, sizeof(token) - 1, sha256), 0);
    assert_true(
        identity_lines(IDENTITY_PHONE, &w->binding, &self, sha256, lines) > 0);
    assert_string_equal(w->signed_text, lines);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_DONE);
    assert_string_equal(w->view.qr, "");
    assert_string_equal(w->view.name, ""); /* the page reads the token */
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
    world_ask(w, 1000, "phone");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    phone(IDENTDESK_PHONE_CODE);
    w->bound = false;
    identdesk_channel(w->d, false, w->now_us);
    phone(IDENTDESK_PHONE_TOKEN);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_WORKING);
    assert_int_equal(world_states(w, "proof"), 0);
    w->bound = true;
    w->binding.page_print[1]++;
    identdesk_channel(w->d, true, w->now_us);
    assert_phone_proof();
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
    world_intent(w, SESSION_INTENT_IDENTIFY_AGAIN);
    assert_int_not_equal(w->phone, 0);
    phone(IDENTDESK_PHONE_CODE);
    world_wait(w, 119 * SEC); /* what the server says */
    assert_said("phone");
    world_wait(w, SEC);
    assert_failed(SESSION_WHY_TIMEOUT, "timeout");
    assert_int_equal(w->phone, 0);
    phone_code();
    w->sign_fails = true;
    phone(IDENTDESK_PHONE_TOKEN);
    assert_failed(SESSION_WHY_PHONE_FAILED, "phone-failed");
    w->sign_fails = false;
    world_ask(w, 500, "phone");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    world_wait(w, IDENTDESK_CODE_US); /* no code comes */
    assert_failed(SESSION_WHY_PHONE_FAILED, "phone-failed");
    assert_int_equal(w->phone, 0);
    w->phone_error = -EHOSTUNREACH;
    world_intent(w, SESSION_INTENT_IDENTIFY_AGAIN);
    assert_failed(SESSION_WHY_PHONE_FAILED, "phone-failed");
    assert_int_equal(world_states(w, "proof"), 0);
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
        world_wait(w, 10 * SEC);
        world_ask(w, n, "phone");
        world_intent(w, SESSION_INTENT_IDENTIFY_YES);
        uint32_t id = w->phone;
        assert_int_not_equal(id, 0);
        e.id = id + 1; /* of another login */
        identdesk_phone(w->d, &e, w->now_us);
        assert_said("working");
        e.id = id;
        e.url = n == 1 ? "" : n == 2 ? big : n == 3 ? "\xff" : "https://x";
        e.code = n == 4 ? big : n == 5 ? "\xff" : "A";
        e.lasts_us = n == 6 ? 0 : SEC;
        identdesk_phone(w->d, &e, w->now_us);
        if (n == 7) {
            e.kind = IDENTDESK_PHONE_TOKEN;
            e.token = big;
            e.token_len = sizeof(big) - 1;
            w->phone = 0;
            identdesk_phone(w->d, &e, w->now_us);
        }
        assert_failed(SESSION_WHY_PHONE_FAILED, "phone-failed");
        assert_int_equal(w->phone, 0);
    }
}

/* --- document ---------------------------------------------------------- */

static void by_document(void **state)
{
    (void)state;
    world_ask(w, 1, "document");
    assert_false(w->camera);
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    assert_true(w->camera);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_DOCUMENT);
    world_page(w, "{\"type\":\"identify-seen\",\"n\":1}"); /* not yet */
    assert_said("working");
    identdesk_document(w->d, 0, w->now_us);
    assert_said("document");
    world_page(w, "{\"type\":\"identify-seen\",\"n\":2}");
    assert_said("document");
    world_page(w, "{\"type\":\"identify-seen\",\"n\":1}");
    assert_said("proof");
    assert_false(w->camera); /* it is gone */
    assert_int_equal(json_object_size(world_last(w, "identity")), 4);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_DONE);
    world_page(w, "{\"type\":\"identify-seen\",\"n\":1}");
    assert_int_equal(world_states(w, "proof"), 1);
}

static void documents_that_fail(void **state)
{
    (void)state;
    w->camera_error = -ENODEV;
    world_ask(w, 1, "document");
    world_intent(w, SESSION_INTENT_IDENTIFY_YES);
    assert_failed(SESSION_WHY_NO_CAMERA, "no-camera");
    w->camera_error = 0;
    world_intent(w, SESSION_INTENT_IDENTIFY_AGAIN);
    world_wait(w, IDENTDESK_CODE_US); /* it shows nothing */
    assert_failed(SESSION_WHY_NO_CAMERA, "no-camera");
    assert_false(w->camera);
    world_intent(w, SESSION_INTENT_IDENTIFY_AGAIN);
    identdesk_document(w->d, 0, w->now_us);
    world_wait(w, IDENTDESK_DOCUMENT_US);
    assert_failed(SESSION_WHY_TIMEOUT, "timeout");
    assert_false(w->camera);
    world_intent(w, SESSION_INTENT_IDENTIFY_AGAIN);
    identdesk_document(w->d, 0, w->now_us);
    w->camera = false; /* it was unplugged */
    identdesk_document(w->d, -ENODEV, w->now_us);
    assert_failed(SESSION_WHY_NO_CAMERA, "no-camera");
    world_intent(w, SESSION_INTENT_IDENTIFY_AGAIN);
    identdesk_document(w->d, 0, w->now_us);
    world_intent(w, SESSION_INTENT_IDENTIFY_NO);
    assert_said("declined");
    assert_false(w->camera);
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

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
        T(by_phone),
        T(by_phone_without_a_line),
        T(phones_that_fail),
        T(strange_phones),
        T(by_document),
        T(documents_that_fail),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
