#include "testing.h"

#include "ipc/cardmsg.h"

#include <errno.h>

static const uint8_t bytes[64] = {1, 2, 3, 4};

static const struct cardmsg samples[] = {
    {.type = CARDMSG_IDENTIFY,
     .id = 7,
     .purpose = "kela-identify",
     .bytes = bytes,
     .len = 32},
    {.type = CARDMSG_SIGN,
     .id = 8,
     .hash = CARDMSG_SHA384,
     .bytes = bytes,
     .len = 48},
    {.type = CARDMSG_DIGIT, .id = 8, .digit = 9},
    {.type = CARDMSG_PIN_BACK, .id = 8},
    {.type = CARDMSG_PIN_OK, .id = 8},
    {.type = CARDMSG_CANCEL, .id = 8},
    {.type = CARDMSG_WHO, .id = 9},
    {.type = CARDMSG_STATE,
     .reader = CARDMSG_READER_READY,
     .card = CARDMSG_CARD_FINEID,
     .pad = true,
     .chain = CARDMSG_CHAIN_CRL_EXPIRED,
     .tries = 5,
     .name = "Ääkkönen Maija",
     .satu = "10000001N",
     .bytes = bytes,
     .len = 64},
    {.type = CARDMSG_STATE, .tries = CARDMSG_TRIES_UNKNOWN},
    {.type = CARDMSG_PIN_WANTED,
     .id = 8,
     .pin = 2,
     .where = CARDMSG_ON_PAD,
     .least = 6,
     .most = 8,
     .tries = 15},
    {.type = CARDMSG_PIN_COUNT, .id = 8, .count = CARDMSG_PIN_DIGITS_MAX},
    {.type = CARDMSG_WORKING, .id = 8},
    {.type = CARDMSG_RESULT,
     .id = 8,
     .algorithm = CARDMSG_ES512_P256,
     .chain = CARDMSG_CHAIN_BAD,
     .bytes = bytes,
     .len = 64,
     .certificate = bytes,
     .certificate_len = 10},
    {.type = CARDMSG_FAILED, .id = 8, .why = CARDMSG_INTERNAL, .tries = 0},
    {.type = CARDMSG_SIGNER,
     .id = 9,
     .hash = CARDMSG_SHA512,
     .chain = CARDMSG_CHAIN_EXPIRED,
     .bytes = bytes,
     .len = 64},
};

static void check_equal(const struct cardmsg *m, const struct cardmsg *d)
{
    assert_int_equal(d->type, m->type);
    assert_int_equal(d->id, m->id);
    assert_int_equal(d->digit, m->digit);
    assert_int_equal(d->pin, m->pin);
    assert_int_equal(d->least, m->least);
    assert_int_equal(d->most, m->most);
    assert_int_equal(d->count, m->count);
    assert_int_equal(d->tries, m->tries);
    assert_int_equal(d->pad, m->pad);
    assert_int_equal(d->reader, m->reader);
    assert_int_equal(d->card, m->card);
    assert_int_equal(d->chain, m->chain);
    assert_int_equal(d->where, m->where);
    assert_int_equal(d->hash, m->hash);
    assert_int_equal(d->algorithm, m->algorithm);
    assert_int_equal(d->why, m->why);
    assert_string_equal(d->purpose, m->purpose);
    assert_string_equal(d->name, m->name);
    assert_string_equal(d->satu, m->satu);
    assert_int_equal(d->len, m->len);
    if (m->len > 0)
        assert_memory_equal(d->bytes, m->bytes, m->len);
    assert_int_equal(d->certificate_len, m->certificate_len);
    if (m->certificate_len > 0)
        assert_memory_equal(d->certificate, m->certificate, m->certificate_len);
}

static void test_round_trip(void **state)
{
    (void)state;
    uint8_t b[CARDMSG_ENCODED_MAX];
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        struct cardmsg d;
        int n = cardmsg_encode(&samples[i], b, sizeof(b));
        assert_true(n >= 0);
        assert_int_equal(
            cardmsg_decode((uint16_t)samples[i].type, b, (size_t)n, &d), 0);
        check_equal(&samples[i], &d);
        assert_int_equal(cardmsg_encode(&samples[i], b, (size_t)n - 1),
                         -EMSGSIZE);
    }
}

/* Every cut and every lengthening is refused. */
static void test_wrong_lengths(void **state)
{
    (void)state;
    uint8_t b[CARDMSG_ENCODED_MAX];
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        uint16_t type = (uint16_t)samples[i].type;
        struct cardmsg d;
        int n = cardmsg_encode(&samples[i], b, sizeof(b) - 1);
        for (int cut = 0; cut < n; cut++)
            assert_int_equal(cardmsg_decode(type, b, (size_t)cut, &d),
                             -EBADMSG);
        b[n] = 0;
        assert_int_equal(cardmsg_decode(type, b, (size_t)n + 1, &d), -EBADMSG);
    }
}

/* The largest of each fits in CARDMSG_ENCODED_MAX; one byte more is refused. */
static void test_largest(void **state)
{
    (void)state;
    static uint8_t big[CARDMSG_CERTIFICATE_MAX + 1];
    uint8_t b[CARDMSG_ENCODED_MAX];
    struct cardmsg d;
    struct cardmsg m = {.type = CARDMSG_RESULT,
                        .bytes = big,
                        .len = CARDMSG_SIGNATURE_MAX,
                        .certificate = big,
                        .certificate_len = CARDMSG_CERTIFICATE_MAX};
    int n = cardmsg_encode(&m, b, sizeof(b));
    assert_int_equal(cardmsg_decode(CARDMSG_RESULT, b, (size_t)n, &d), 0);
    m.len++;
    assert_int_equal(cardmsg_encode(&m, b, sizeof(b)), -EMSGSIZE);
    m.len--;
    m.certificate_len++;
    assert_int_equal(cardmsg_encode(&m, b, sizeof(b)), -EMSGSIZE);
    struct cardmsg s = {
        .type = CARDMSG_STATE, .bytes = big, .len = CARDMSG_CERTIFICATE_MAX};
    memset(s.name, 'n', sizeof(s.name) - 1);
    memset(s.satu, 's', sizeof(s.satu) - 1);
    n = cardmsg_encode(&s, b, sizeof(b));
    assert_int_equal(cardmsg_decode(CARDMSG_STATE, b, (size_t)n, &d), 0);
}

struct refusal {
    uint16_t type;
    const char *payload;
    size_t len;
};

static void test_refused(void **state)
{
    (void)state;
    static const struct refusal table[] = {
        {0, "", 0},
        {99, "", 0},
        {CARDMSG_DIGIT, "\0\0\0\1\12", 5},     /* digit 10 */
        {CARDMSG_PIN_COUNT, "\0\0\0\1\15", 5}, /* 13 digits */
        {CARDMSG_FAILED, "\0\0\0\1\16\1", 6},  /* a reason that is none */
        {CARDMSG_FAILED, "\0\0\0\1\0\20", 6},  /* 16 tries */
        {CARDMSG_PIN_WANTED, "\0\0\0\1\0\0\4\14\5", 9},    /* PIN 0 */
        {CARDMSG_PIN_WANTED, "\0\0\0\1\3\0\4\14\5", 9},    /* PIN 3 */
        {CARDMSG_PIN_WANTED, "\0\0\0\1\1\2\4\14\5", 9},    /* nowhere */
        {CARDMSG_PIN_WANTED, "\0\0\0\1\1\0\0\14\5", 9},    /* no digits */
        {CARDMSG_PIN_WANTED, "\0\0\0\1\1\0\5\4\5", 9},     /* most < least */
        {CARDMSG_PIN_WANTED, "\0\0\0\1\1\0\5\15\5", 9},    /* most 13 */
        {CARDMSG_STATE, "\3\0\0\0\1\0\0\0\0\0\0\0\0", 13}, /* reader 3 */
        {CARDMSG_STATE, "\0\6\0\0\1\0\0\0\0\0\0\0\0", 13}, /* card 6 */
        {CARDMSG_STATE, "\0\0\2\0\1\0\0\0\0\0\0\0\0", 13}, /* pad 2 */
        {CARDMSG_STATE, "\0\0\0\0\1\0\1\xff\0\0\0\0\0\0", 14}, /* UTF-8 */
    };
    struct cardmsg d;
    assert_int_equal(
        cardmsg_decode(CARDMSG_STATE, "\0\0\0\0\1\0\0\0\0\0\0\0\0", 13, &d), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        assert_int_equal(
            cardmsg_decode(table[i].type, table[i].payload, table[i].len, &d),
            -EBADMSG);
    struct cardmsg m = {.type = (enum cardmsg_type)99};
    uint8_t b[64];
    assert_int_equal(cardmsg_encode(&m, b, sizeof(b)), -EINVAL);
}

/* What the card signs has a purpose that is a name, a challenge of a certain
 * length, a hash of its own length. */
static void test_requests(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "ab", "Kela", "a b c", "a\nbc"};
    uint8_t b[CARDMSG_ENCODED_MAX];
    struct cardmsg d;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        struct cardmsg m = samples[0];
        (void)snprintf(m.purpose, sizeof(m.purpose), "%s", bad[i]);
        int n = cardmsg_encode(&m, b, sizeof(b));
        assert_int_equal(cardmsg_decode(CARDMSG_IDENTIFY, b, (size_t)n, &d),
                         -EBADMSG);
    }
    struct cardmsg m = samples[0];
    m.len = CARDMSG_CHALLENGE_LEAST - 1;
    int n = cardmsg_encode(&m, b, sizeof(b));
    assert_int_equal(cardmsg_decode(CARDMSG_IDENTIFY, b, (size_t)n, &d),
                     -EBADMSG);
    m = samples[1];
    m.len = 32;
    n = cardmsg_encode(&m, b, sizeof(b));
    assert_int_equal(cardmsg_decode(CARDMSG_SIGN, b, (size_t)n, &d), -EBADMSG);
    m = samples[LK_ARRAY_LEN(samples) - 1];
    m.len = 0; /* nobody signs */
    n = cardmsg_encode(&m, b, sizeof(b));
    assert_int_equal(cardmsg_decode(CARDMSG_SIGNER, b, (size_t)n, &d),
                     -EBADMSG);
    assert_int_equal(cardmsg_hash_len(CARDMSG_HASHES), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_wrong_lengths),
        cmocka_unit_test(test_largest),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
