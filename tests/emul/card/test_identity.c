/* The desk of the session with the real luukku-card, an emulated reader and
 * card behind it: what comes to the page and to the seal is a signature over
 * what they expect. This test is luukku-super, luukkud's core, page and seal.
 */
#include "program.h"

#include "apdu/cert.h"
#include "session/identdesk.h"

#include <errno.h>
#include <signal.h>

struct world {
    struct program p;
    struct identdesk *desk;
    uint32_t n;
    struct session_identity view;
    char said[IDENTITY_SAID_MAX + 1]; /* last */
    /* of the seal */
    uint32_t signer;
    size_t cert_len;
    uint8_t cert[CARD_CERT_MAX];
    enum cardmsg_hash hash;
    uint8_t signature[CARD_SIGNATURE_MAX];
    size_t signature_len;
};

static const struct identity_binding binding = {.kiosk = "kuopio-02",
                                                .expert = "maija-virtanen",
                                                .call = "0123",
                                                .kn = "kn",
                                                .en = "en",
                                                .kiosk_print = {1},
                                                .page_print = {2}};

/* --- the desk's outputs ------------------------------------------------ */

static void on_event(void *arg, const struct session_event *e)
{
    struct world *w = arg;
    w->view = *e->identity;
}

static int on_card_out(void *arg, const struct cardmsg *m)
{
    struct world *w = arg;
    return program_tell(&w->p, m);
}

static void on_page(void *arg, const char *text, size_t len)
{
    struct world *w = arg;
    assert_true(len < sizeof(w->said));
    memcpy(w->said, text, len);
    w->said[len] = '\0';
}

static bool on_binding(void *arg, struct identity_binding *ret)
{
    (void)arg;
    *ret = binding;
    return true;
}

static int on_prepare(void *arg, const struct identdesk_signer *s)
{
    struct world *w = arg;
    assert_true(s->cert_len <= sizeof(w->cert));
    w->signer = s->id;
    w->hash = s->hash;
    w->cert_len = s->cert_len;
    memcpy(w->cert, s->cert, s->cert_len);
    return 0;
}

static int on_signature(void *arg, const struct identdesk_signature *s)
{
    struct world *w = arg;
    assert_int_equal(s->id, w->signer);
    w->signature_len = s->len;
    if (s->bytes)
        memcpy(w->signature, s->bytes, s->len);
    return 0;
}

static void on_note(void *arg, const char *what, const char *why)
{
    (void)arg;
    print_message("%s: %s\n", what, why);
}

/* --- luukku-card ------------------------------------------------------- */

static void on_card(void *arg, const struct cardmsg *m)
{
    struct world *w = arg;
    identdesk_card(w->desk, m, lk_clock_us());
}

/* It was killed. */
static void on_gone(void *arg)
{
    struct world *w = arg;
    identdesk_card_gone(w->desk, lk_clock_us());
}

static int setup_card(void **state, const char *card)
{
    struct world *w = calloc(1, sizeof(*w));
    const struct identdesk_config config = {.out = {.event = on_event,
                                                    .card = on_card_out,
                                                    .page = on_page,
                                                    .binding = on_binding,
                                                    .prepare = on_prepare,
                                                    .signature = on_signature,
                                                    .note = on_note,
                                                    .arg = w}};
    w->p = (struct program){.heard = on_card, .gone = on_gone, .arg = w};
    program_init(&w->p, "extended", card);
    assert_int_equal(identdesk_new(&config, &w->desk), 0);
    identdesk_begin(w->desk, lk_clock_us());
    identdesk_channel(w->desk, true, lk_clock_us());
    program_start(&w->p);
    program_give_reader(&w->p);
    *state = w;
    return 0;
}

static int setup_p384(void **state)
{
    return setup_card(state, "p384");
}

static int setup_p256(void **state)
{
    return setup_card(state, "p256");
}

static int setup_rsa(void **state)
{
    return setup_card(state, "rsa2048");
}

static int teardown(void **state)
{
    struct world *w = *state;
    program_stop(&w->p, 0);
    identdesk_free(w->desk);
    program_done(&w->p);
    free(w);
    return 0;
}

/* --- what people do ---------------------------------------------------- */

static void intent(struct world *w, enum session_intent_kind kind, uint32_t at)
{
    const struct session_intent i = {.kind = kind, .at = at};
    identdesk_intent(w->desk, &i, lk_clock_us());
}

static void identify(struct world *w)
{
    char text[64];
    int n =
        snprintf(text, sizeof(text),
                 "{\"type\":\"identify\",\"n\":%u,\"how\":\"card\"}", ++w->n);
    identdesk_receive(w->desk, text, (size_t)n, lk_clock_us());
    intent(w, SESSION_INTENT_IDENTIFY_YES, 0);
}

static void type(struct world *w, const char *digits)
{
    unsigned n = 0;
    PROGRAM_UNTIL(&w->p, w->view.phase == SESSION_IDENTITY_PIN);
    for (; *digits; digits++) {
        intent(w, SESSION_INTENT_PIN_DIGIT, (uint32_t)(*digits - '0'));
        n++;
        PROGRAM_UNTIL(&w->p, w->view.digits == n);
    }
    intent(w, SESSION_INTENT_PIN_OK, 0);
}

static void expect_failed(struct world *w, enum session_identity_why why,
                          const char *word)
{
    PROGRAM_UNTIL(&w->p, w->view.phase == SESSION_IDENTITY_FAILED);
    assert_int_equal(w->view.why, why);
    assert_non_null(strstr(w->said, word));
}

/* Bytes of a member of what was said. */
static size_t said_bytes(const struct world *w, const char *key, uint8_t *ret,
                         size_t cap)
{
    const char *at = strstr(w->said, key);
    assert_non_null(at);
    at += strlen(key);
    int n = lk_b64u_decode(at, strcspn(at, "\""), ret, cap);
    assert_true(n > 0);
    return (size_t)n;
}

/* The signature, by the certificate that was said, over this call. */
static void check_proof(struct world *w)
{
    static const struct identity_acting self;
    static uint8_t der[CARD_CERT_MAX];
    uint8_t sig[CARD_SIGNATURE_MAX];
    uint8_t challenge[IDENTITY_HASH_LEN];
    uint8_t hash[CARD_HASH_MAX];
    LK_AUTO(card_cert) cert = NULL;
    size_t len = said_bytes(w, "\"cert\":\"", der, sizeof(der));
    assert_int_equal(card_cert_new(der, len, &cert), 0);
    len = said_bytes(w, "\"sig\":\"", sig, sizeof(sig));
    bool p384 = strstr(w->said, "\"alg\":\"ES384\"") != NULL;
    enum card_hash h = p384 ? CARD_SHA384 : CARD_SHA256;
    enum card_scheme s = p384 || strstr(w->said, "\"ES256\"") ? CARD_ECDSA
                         : strstr(w->said, "\"PS256\"")       ? CARD_RSA_PSS
                                                              : CARD_RSA_PKCS1;
    assert_int_equal(
        identity_challenge(IDENTITY_CARD, &binding, &self, challenge), 0);
    assert_int_equal(card_challenge_hash(IDENTITY_PURPOSE, challenge,
                                         sizeof(challenge), h, hash),
                     0);
    assert_int_equal(card_cert_verify(cert, s, h, hash, sig, len), 0);
    challenge[0] ^= 1; /* and over no other */
    assert_int_equal(card_challenge_hash(IDENTITY_PURPOSE, challenge,
                                         sizeof(challenge), h, hash),
                     0);
    assert_int_equal(card_cert_verify(cert, s, h, hash, sig, len), -EBADMSG);
}

static void identifies(void **state)
{
    struct world *w = *state;
    identify(w);
    type(w, "1234");
    PROGRAM_UNTIL(&w->p, w->view.phase == SESSION_IDENTITY_DONE);
    assert_string_not_equal(w->view.name, "");
    assert_true(w->view.card_in);
    check_proof(w);
}

static void signs(void **state)
{
    struct world *w = *state;
    uint8_t hash[CARD_HASH_MAX];
    LK_AUTO(card_cert) cert = NULL;
    memset(hash, 0x5c, sizeof(hash));
    intent(w, SESSION_INTENT_SIGN, 0);
    PROGRAM_UNTIL(&w->p, w->signer != 0);
    identdesk_prepared(w->desk, w->signer, hash, lk_clock_us());
    type(w, "123456");
    PROGRAM_UNTIL(&w->p, w->signature_len > 0);
    assert_int_equal(card_cert_new(w->cert, w->cert_len, &cert), 0);
    assert_true(card_cert_may(cert, CARD_FOR_SIGNING));
    assert_int_equal(w->hash, CARDMSG_SHA384);
    assert_int_equal(card_cert_verify(cert, CARD_ECDSA, CARD_SHA384, hash,
                                      w->signature, w->signature_len),
                     0);
    identdesk_signed(w->desk, w->signer, 0, lk_clock_us());
    assert_int_equal(w->view.phase, SESSION_IDENTITY_DONE);
    intent(w, SESSION_INTENT_DONE, 0);
}

static void failures(void **state)
{
    struct world *w = *state;
    identify(w);
    type(w, "9999");
    expect_failed(w, SESSION_WHY_WRONG_PIN,
                  "\"why\":\"wrong-pin\",\"tries\":4");
    intent(w, SESSION_INTENT_IDENTIFY_AGAIN, 0);
    PROGRAM_UNTIL(&w->p, w->view.phase == SESSION_IDENTITY_PIN);
    (void)emulator_command(w->p.emulator, "card remove");
    expect_failed(w, SESSION_WHY_CARD_GONE, "card-gone");
    PROGRAM_UNTIL(&w->p, !w->view.card_in);
    (void)emulator_command(w->p.emulator, "card insert p384");
    (void)emulator_command(w->p.emulator, "tries pin1 1");
    intent(w, SESSION_INTENT_IDENTIFY_AGAIN, 0);
    expect_failed(w, SESSION_WHY_LAST_TRY, "\"why\":\"last-try\",\"tries\":1");
    (void)emulator_command(w->p.emulator, "tries pin1 5");
    intent(w, SESSION_INTENT_IDENTIFY_AGAIN, 0);
    PROGRAM_UNTIL(&w->p, w->view.phase == SESSION_IDENTITY_PIN);
    (void)emulator_command(w->p.emulator, "unplug");
    expect_failed(w, SESSION_WHY_READER, "no-reader");
    (void)emulator_command(w->p.emulator, "plug");
    PROGRAM_UNTIL(&w->p, !w->p.works);
    program_give_reader(&w->p);
    intent(w, SESSION_INTENT_IDENTIFY_AGAIN, 0);
    type(w, "1234");
    PROGRAM_UNTIL(&w->p, w->view.phase == SESSION_IDENTITY_DONE);
    check_proof(w);
}

static void luukku_card_is_killed(void **state)
{
    struct world *w = *state;
    identify(w);
    PROGRAM_UNTIL(&w->p, w->view.phase == SESSION_IDENTITY_PIN);
    intent(w, SESSION_INTENT_PIN_DIGIT, 1);
    program_stop(&w->p, SIGKILL);
    expect_failed(w, SESSION_WHY_READER, "\"why\":\"reader\"");
    intent(w, SESSION_INTENT_IDENTIFY_AGAIN, 0);
    assert_int_equal(w->view.phase, SESSION_IDENTITY_CARD);
    (void)emulator_command(w->p.emulator, "reset");
    program_start(&w->p);
    program_give_reader(&w->p);
    type(w, "1234"); /* the first digit is gone with the program */
    PROGRAM_UNTIL(&w->p, w->view.phase == SESSION_IDENTITY_DONE);
    check_proof(w);
}

#define T(name, card) \
    cmocka_unit_test_setup_teardown(name, setup_##card, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(identifies, p384), T(identifies, p256),
        T(identifies, rsa),  T(signs, p384),
        T(failures, p384),   T(luukku_card_is_killed, p384),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
