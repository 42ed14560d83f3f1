/* Whole cards, their answers garbled, memory running out. */
#include "test_card.h"
#include "oom.h"

#include "apdu/apdu.h"
#include "apdu/card.h"

#include <errno.h>

static const uint8_t hash[64] = {1, 2, 3, 4, 5, 6, 7, 8};

struct run {
    struct test_card *card;
    struct card *c;
    const char *pin; /* digits given when asked; NULL: the right one */
    unsigned asked;  /* how often a PIN was asked for */
    unsigned steps;
    /* Answer number `at` is replaced by this. */
    unsigned at;
    const uint8_t *instead;
    size_t instead_len;
};

/* One answer to what is wanted. False: the job has ended. */
static bool step(struct run *r)
{
    static const char *const right[] = {TEST_CARD_PIN1, TEST_CARD_PIN2};
    struct card_want w;
    uint8_t command[CARD_PIN_COMMAND_MAX];
    card_next(r->c, &w);
    if (w.ask == CARD_ASK_END)
        return false;
    if (w.ask == CARD_ASK_PIN) {
        const char *pin = r->pin ? r->pin : right[w.pin->reference == 0x82];
        uint8_t digits[16];
        size_t n = strlen(pin);
        for (size_t i = 0; i < n; i++)
            digits[i] = (uint8_t)(pin[i] - '0');
        int len = card_pin_command(w.pin, digits, n, command);
        assert_true(len > 0);
        w.command = command;
        w.len = (size_t)len;
        r->asked++;
    }
    size_t n = test_card_do(r->card, w.command, w.len);
    if (++r->steps == r->at)
        card_answer(r->c, r->instead, r->instead_len);
    else
        card_answer(r->c, r->card->answer, n);
    return true;
}

static enum card_end finish(struct run *r)
{
    struct card_want w;
    while (step(r))
        assert_true(r->steps < 1000);
    card_next(r->c, &w);
    return w.end;
}

static enum card_end look(struct run *r)
{
    assert_int_equal(card_start_look(r->c), 0);
    return finish(r);
}

static enum card_end prepare(struct run *r, enum card_usage u)
{
    assert_int_equal(card_start_prepare(r->c, u), 0);
    return finish(r);
}

static enum card_end sign(struct run *r, enum card_usage u, enum card_hash h)
{
    assert_int_equal(card_start_sign(r->c, u, h, hash), 0);
    return finish(r);
}

static struct test_card *cards[3]; /* keys take time to make: one of each */

static void begin(struct run *r, enum test_card_kind kind)
{
    struct test_card *c = cards[kind];
    *r = (struct run){.card = c};
    c->extended = c->pkcs1_only = c->direct = c->authenticate = false;
    c->der = c->wrong = c->app = false;
    c->answer_max = 0;
    c->selected = NULL;
    c->dir[0] = 0x3f;
    c->dir[1] = 0;
    c->commands = c->verifies = 0;
    c->tries[0] = c->tries[1] = 5;
    c->verified[0] = c->verified[1] = false;
    struct card_config config = {.extended = false};
    assert_int_equal(card_new(&config, &r->c), 0);
}

static void begin_extended(struct run *r, enum test_card_kind kind)
{
    begin(r, kind);
    r->c = card_free(r->c);
    r->card->extended = true;
    struct card_config config = {.extended = true};
    assert_int_equal(card_new(&config, &r->c), 0);
}

/* Name and SATU without a PIN, in as few commands as can be. */
static void test_look(void **state)
{
    (void)state;
    struct run r;
    begin(&r, TEST_FINEID4);
    assert_int_equal(look(&r), CARD_END_GOOD);
    const struct card_cert *cert = card_certificate(r.c, CARD_FOR_IDENTITY);
    assert_string_equal(card_cert_name(cert), "Maija Ääkkönen");
    assert_string_equal(card_cert_satu(cert), "10000001N");
    assert_int_equal(card_tries(r.c), 5);
    assert_true(card_is_fineid(r.c));
    assert_int_equal(r.card->verifies, 0);
    size_t len;
    uint8_t *der;
    const uint8_t *got = card_cert_der(cert, &len);
    assert_int_equal(test_cert_der(r.card->cert[0], &der), len);
    assert_memory_equal(got, der, len);
    free(der);
    /* application, file, one read for each 256 bytes, tries */
    assert_int_equal(r.card->commands, 3 + (len + 255) / 256);
    card_free(r.c);

    begin_extended(&r, TEST_FINEID4);
    assert_int_equal(look(&r), CARD_END_GOOD);
    assert_int_equal(r.card->commands, 5);
    card_free(r.c);
}

struct kind_case {
    enum test_card_kind kind;
    enum card_usage use;
    enum card_hash hash;
    enum card_scheme scheme;
};

static const struct kind_case signatures[] = {
    {TEST_FINEID4, CARD_FOR_IDENTITY, CARD_SHA384, CARD_ECDSA},
    {TEST_FINEID4, CARD_FOR_SIGNING, CARD_SHA384, CARD_ECDSA},
    {TEST_FINEID4, CARD_FOR_SIGNING, CARD_SHA256, CARD_ECDSA},
    {TEST_FINEID4, CARD_FOR_SIGNING, CARD_SHA512, CARD_ECDSA},
    {TEST_FINEID3, CARD_FOR_IDENTITY, CARD_SHA256, CARD_RSA_PSS},
    {TEST_FINEID3, CARD_FOR_IDENTITY, CARD_SHA512, CARD_RSA_PSS},
    {TEST_FINEID3, CARD_FOR_SIGNING, CARD_SHA256, CARD_ECDSA},
    {TEST_FINEID3, CARD_FOR_SIGNING, CARD_SHA384, CARD_ECDSA},
    {TEST_PLAIN, CARD_FOR_IDENTITY, CARD_SHA256, CARD_RSA_PKCS1},
    {TEST_PLAIN, CARD_FOR_IDENTITY, CARD_SHA384, CARD_RSA_PKCS1},
};

static void check_signature(const struct run *r, const struct kind_case *k)
{
    const struct card_signature *s = card_signature_of(r->c);
    const struct card_cert *cert = card_certificate(r->c, k->use);
    assert_int_equal(s->scheme, k->scheme);
    assert_int_equal(s->hash, k->hash);
    assert_int_equal(
        card_cert_verify(cert, s->scheme, s->hash, hash, s->bytes, s->len), 0);
    assert_int_equal(r->asked, 1);
    assert_int_equal(r->card->verifies, 1);
}

static void test_sign(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(signatures); i++) {
        const struct kind_case *k = &signatures[i];
        for (int extended = 0; extended < 2; extended++) {
            struct run r;
            if (extended)
                begin_extended(&r, k->kind);
            else
                begin(&r, k->kind);
            assert_int_equal(look(&r), CARD_END_GOOD);
            assert_int_equal(prepare(&r, k->use), CARD_END_GOOD);
            assert_int_equal(sign(&r, k->use, k->hash), CARD_END_GOOD);
            check_signature(&r, k);
            /* and once more: the tries are looked at anew */
            r.asked = r.card->verifies = 0;
            assert_int_equal(prepare(&r, k->use), CARD_END_GOOD);
            assert_int_equal(sign(&r, k->use, k->hash), CARD_END_GOOD);
            check_signature(&r, k);
            card_free(r.c);
        }
    }
}

/* Cards that do it in another way. */
static void test_other_ways(void **state)
{
    (void)state;
    struct kind_case k = {TEST_FINEID3, CARD_FOR_IDENTITY, CARD_SHA256,
                          CARD_RSA_PKCS1};
    struct run r;
    begin(&r, k.kind);
    r.card->pkcs1_only = true;
    assert_int_equal(look(&r), CARD_END_GOOD);
    assert_int_equal(prepare(&r, k.use), CARD_END_GOOD);
    assert_int_equal(sign(&r, k.use, k.hash), CARD_END_GOOD);
    check_signature(&r, &k);
    card_free(r.c);

    for (int i = 0; i < 3; i++) {
        k = signatures[0];
        begin(&r, k.kind);
        r.card->direct = i == 0;
        r.card->authenticate = i == 1;
        r.card->der = i == 2;
        assert_int_equal(look(&r), CARD_END_GOOD);
        assert_int_equal(prepare(&r, k.use), CARD_END_GOOD);
        assert_int_equal(sign(&r, k.use, k.hash), CARD_END_GOOD);
        check_signature(&r, &k);
        card_free(r.c);
    }
    /* a document is not signed by INTERNAL AUTHENTICATE */
    begin(&r, TEST_FINEID4);
    r.card->authenticate = true;
    assert_int_equal(look(&r), CARD_END_GOOD);
    assert_int_equal(prepare(&r, CARD_FOR_SIGNING), CARD_END_GOOD);
    assert_int_equal(sign(&r, CARD_FOR_SIGNING, CARD_SHA384),
                     CARD_END_NOT_SUPPORTED);
    card_free(r.c);
    /* extended lengths that were promised and are not there; short answers */
    begin_extended(&r, TEST_FINEID4);
    r.card->extended = false;
    assert_int_equal(look(&r), CARD_END_GOOD);
    card_free(r.c);
    begin(&r, TEST_FINEID4);
    r.card->answer_max = 100;
    assert_int_equal(look(&r), CARD_END_GOOD);
    assert_int_equal(prepare(&r, CARD_FOR_SIGNING), CARD_END_GOOD);
    card_free(r.c);
}

static void test_wrong_pin(void **state)
{
    (void)state;
    struct run r;
    begin(&r, TEST_FINEID4);
    r.pin = "0000";
    assert_int_equal(look(&r), CARD_END_GOOD);
    for (int left = 4; left >= 1; left--) {
        assert_int_equal(prepare(&r, CARD_FOR_IDENTITY), CARD_END_GOOD);
        assert_int_equal(sign(&r, CARD_FOR_IDENTITY, CARD_SHA384),
                         CARD_END_WRONG_PIN);
        assert_int_equal(card_tries(r.c), left);
    }
    /* the last one is not used up, not even asked for */
    assert_int_equal(r.card->verifies, 4);
    assert_int_equal(prepare(&r, CARD_FOR_IDENTITY), CARD_END_LAST_TRY);
    assert_int_equal(card_start_sign(r.c, CARD_FOR_IDENTITY, CARD_SHA384, hash),
                     -EINVAL);
    r.card->tries[0] = 0;
    assert_int_equal(prepare(&r, CARD_FOR_IDENTITY), CARD_END_BLOCKED);
    assert_int_equal(card_tries(r.c), 0);
    /* the other PIN is another PIN */
    r.pin = NULL;
    assert_int_equal(prepare(&r, CARD_FOR_SIGNING), CARD_END_GOOD);
    assert_int_equal(sign(&r, CARD_FOR_SIGNING, CARD_SHA384), CARD_END_GOOD);
    assert_int_equal(r.card->verifies, 5);
    card_free(r.c);
}

/* Tries by GET DATA; without any word of them no PIN is sent. */
static void test_tries_by_data(void **state)
{
    (void)state;
    static const uint8_t none[] = {0x6a, 0x88};
    struct run r;
    begin(&r, TEST_FINEID3);
    assert_int_equal(look(&r), CARD_END_GOOD);
    assert_int_equal(card_tries(r.c), 5);
    r.card->tries[0] = 1;
    assert_int_equal(prepare(&r, CARD_FOR_IDENTITY), CARD_END_LAST_TRY);
    r.card->tries[0] = 3;
    r.steps = 0;
    r.at = 2; /* the probe, then GET DATA */
    r.instead = none;
    r.instead_len = sizeof(none);
    assert_int_equal(prepare(&r, CARD_FOR_IDENTITY), CARD_END_NOT_SUPPORTED);
    card_free(r.c);
}

/* What the card signed is checked before anybody gets it. */
static void test_bad_signature(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(signatures); i += 2) {
        const struct kind_case *k = &signatures[i];
        struct run r;
        begin(&r, k->kind);
        r.card->wrong = true;
        assert_int_equal(look(&r), CARD_END_GOOD);
        assert_int_equal(prepare(&r, k->use), CARD_END_GOOD);
        assert_int_equal(sign(&r, k->use, k->hash), CARD_END_BAD_SIGNATURE);
        assert_int_equal(card_signature_of(r.c)->len, 0);
        card_free(r.c);
    }
}

static void test_misuse(void **state)
{
    (void)state;
    struct run r;
    struct card_want w;
    begin(&r, TEST_FINEID4);
    card_answer(r.c, hash, 4); /* nothing was wanted */
    assert_int_equal(card_start_prepare(r.c, CARD_FOR_SIGNING), -EINVAL);
    assert_int_equal(card_start_sign(r.c, CARD_FOR_SIGNING, CARD_SHA384, hash),
                     -EINVAL);
    assert_int_equal(card_start_look(r.c), 0);
    assert_int_equal(card_start_look(r.c), -EBUSY);
    assert_int_equal(card_start_prepare(r.c, CARD_FOR_SIGNING), -EBUSY);
    assert_int_equal(card_start_sign(r.c, CARD_FOR_SIGNING, CARD_SHA384, hash),
                     -EBUSY);
    assert_int_equal(finish(&r), CARD_END_GOOD);
    assert_int_equal(prepare(&r, CARD_FOR_SIGNING), CARD_END_GOOD);
    /* prepared for another use, or for no hash there is */
    assert_int_equal(card_start_sign(r.c, CARD_FOR_IDENTITY, CARD_SHA384, hash),
                     -EINVAL);
    assert_int_equal(card_start_sign(r.c, CARD_FOR_SIGNING, CARD_HASHES, hash),
                     -EINVAL);
    card_next(r.c, &w);
    assert_int_equal(w.ask, CARD_ASK_END);
    assert_string_equal(card_end_word(CARD_END_LAST_TRY), "last-try");
    assert_string_equal(card_end_word(CARD_ENDS), "fault");
    assert_null(card_free(NULL));
    card_free(r.c);
}

/* Looks, prepares and signs as far as that goes. */
static void do_all(struct run *r, const struct kind_case *k)
{
    if (look(r) == CARD_END_GOOD && prepare(r, k->use) == CARD_END_GOOD)
        (void)sign(r, k->use, k->hash);
}

/* A signature that was handed on is good. The one that the card makes again and
 * again is verified once. */
static void check_handed_on(const struct run *r, const struct kind_case *k)
{
    static struct card_signature known;
    const struct card_signature *s = card_signature_of(r->c);
    if (s->len == 0 || (s->len == known.len && s->hash == known.hash &&
                        memcmp(s->bytes, known.bytes, s->len) == 0))
        return;
    assert_int_equal(card_cert_verify(card_certificate(r->c, k->use), s->scheme,
                                      s->hash, hash, s->bytes, s->len),
                     0);
    known = *s;
}

/* Each answer in turn replaced by each of these: it ends, the PIN is sent once
 * at most, and nothing that was not checked is handed on. */
static void test_garbled(void **state)
{
    (void)state;
    static const uint8_t full[258] = {0x30, 0x82, 0x20, 0x00};
    static const struct {
        const uint8_t *bytes;
        size_t len;
    } answers[] = {
        {(const uint8_t *)"", 0},
        {(const uint8_t *)"\x90", 1},
        {(const uint8_t *)"\x90\x00", 2},
        {(const uint8_t *)"\x6a\x82", 2},
        {(const uint8_t *)"\x63\xc0", 2},
        {(const uint8_t *)"\x63\xc1", 2},
        {(const uint8_t *)"\x69\x83", 2},
        {(const uint8_t *)"\x67\x00", 2},
        {(const uint8_t *)"\x6f\x00", 2},
        {(const uint8_t *)"\x61\x10", 2},
        {(const uint8_t *)"\x6d\x00", 2},
        {(const uint8_t *)"\x6b\x00", 2},
        {(const uint8_t *)"\xff\x90\x00", 3},
        {(const uint8_t *)"\x30\x84\xff\xff\xff\xff\x90\x00", 8},
        {full, sizeof(full)},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(signatures); i += 4)
        for (size_t a = 0; a < LK_ARRAY_LEN(answers); a++)
            for (unsigned at = 1; at < 26; at++) {
                struct run r;
                begin(&r, signatures[i].kind);
                r.at = at;
                r.instead = answers[a].bytes;
                r.instead_len = answers[a].len;
                do_all(&r, &signatures[i]);
                assert_true(r.asked <= 1);
                check_handed_on(&r, &signatures[i]);
                card_free(r.c);
            }
}

/* A card that answers everything with the same ends every job soon. */
static void test_endless(void **state)
{
    (void)state;
    static const uint8_t one_byte[] = {0x30, 0x90, 0x00};
    static const uint8_t ok[] = {0x90, 0x00};
    struct card_config config = {.extended = false};
    for (int i = 0; i < 2; i++) {
        LK_AUTO(card) c = NULL;
        struct card_want w;
        assert_int_equal(card_new(&config, &c), 0);
        assert_int_equal(card_start_look(c), 0);
        unsigned n = 0;
        for (card_next(c, &w); w.ask != CARD_ASK_END; card_next(c, &w)) {
            card_answer(c, i ? one_byte : ok, i ? 3 : 2);
            assert_true(++n <= CARD_COMMANDS_MAX);
        }
        assert_int_not_equal(w.end, CARD_END_GOOD);
    }
}

/* Without memory a job ends badly, and nothing leaks. */
static void test_no_memory(void **state)
{
    (void)state;
    bool good = false;
    for (long n = 0; !good; n++) {
        struct run r;
        begin(&r, TEST_FINEID4);
        assert_int_equal(card_start_look(r.c), 0);
        struct card_want w;
        for (card_next(r.c, &w); w.ask == CARD_ASK_COMMAND;
             card_next(r.c, &w)) {
            size_t len = test_card_do(r.card, w.command, w.len);
            oom_left = n;
            card_answer(r.c, r.card->answer, len);
            oom_left = -1;
        }
        good = w.end == CARD_END_GOOD;
        assert_true(good || w.end == CARD_END_NO_MEMORY);
        assert_true(n < 1000);
        card_free(r.c);
    }
    struct card *c = NULL;
    struct card_config config = {.extended = false};
    int result;
    OOM_SWEEP(result, card_new(&config, &c));
    card_free(c);
}

static int setup(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        cards[i] = test_card_new((enum test_card_kind)i);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        test_card_free(cards[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_sign),
        cmocka_unit_test(test_other_ways),
        cmocka_unit_test(test_wrong_pin),
        cmocka_unit_test(test_tries_by_data),
        cmocka_unit_test(test_bad_signature),
        cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_garbled),
        cmocka_unit_test(test_endless),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
