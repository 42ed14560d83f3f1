/* Certificates and what is to be thought of them. */
#include "oom.h"
#include "test_pki.h"

#include "apdu/chain.h"

#include <errno.h>

#include <openssl/err.h>

#define DAY TEST_PKI_DAY
#define NOW TEST_PKI_NOW

static EVP_PKEY *root_key, *other_key, *leaf_key;
static X509 *root, *other;

static X509 *make(const struct test_cert *t)
{
    struct test_cert c = *t;
    c.number = c.number ? c.number : 100;
    return test_cert_new(&c, leaf_key, root, root_key);
}

static struct card_cert *take(X509 *x)
{
    struct card_cert *c = NULL;
    uint8_t *der;
    size_t len = test_cert_der(x, &der);
    assert_int_equal(card_cert_new(der, len, &c), 0);
    free(der);
    X509_free(x);
    return c;
}

static struct card_trust *trust(const char *crl, bool needed)
{
    struct card_trust *t = NULL;
    char *pem = test_cert_pem(root);
    const struct card_trust_config config = {.ca = pem,
                                             .ca_len = strlen(pem),
                                             .crl = crl,
                                             .crl_len = crl ? strlen(crl) : 0,
                                             .crl_needed = needed};
    assert_int_equal(card_trust_new(&config, &t), 0);
    free(pem);
    return t;
}

static enum card_chain check(const struct card_trust *t,
                             const struct card_cert *c, enum card_usage u,
                             int64_t now_s)
{
    enum card_chain v = CARD_CHAINS;
    assert_int_equal(card_trust_check(t, c, u, now_s, &v), 0);
    return v;
}

static void test_reasons(void **state)
{
    (void)state;
    static const struct test_cert good = {.common = "A",
                                          .usage = "digitalSignature"};
    LK_AUTO(card_trust) t = trust(NULL, false);
    LK_AUTO(card_cert) c = take(make(&good));
    assert_int_equal(check(t, c, CARD_FOR_IDENTITY, NOW), CARD_CHAIN_GOOD);
    assert_int_equal(check(t, c, CARD_FOR_SIGNING, NOW),
                     CARD_CHAIN_WRONG_USAGE);
    assert_int_equal(check(t, c, CARD_FOR_IDENTITY, NOW - 366L * DAY),
                     CARD_CHAIN_NOT_YET_VALID);
    assert_int_equal(check(t, c, CARD_FOR_IDENTITY, NOW + 366L * DAY),
                     CARD_CHAIN_EXPIRED);
    LK_AUTO(card_cert)
    stranger = take(test_cert_new(&good, leaf_key, other, other_key));
    assert_int_equal(check(t, stranger, CARD_FOR_IDENTITY, NOW),
                     CARD_CHAIN_UNKNOWN_ISSUER);
    /* by the right name, and another key */
    LK_AUTO(card_cert)
    forged = take(test_cert_new(&good, leaf_key, root, other_key));
    assert_int_equal(check(t, forged, CARD_FOR_IDENTITY, NOW),
                     CARD_CHAIN_BAD_SIGNATURE);
    LK_AUTO(card_cert) self = take(test_cert_new(&good, leaf_key, NULL, NULL));
    assert_int_equal(check(t, self, CARD_FOR_IDENTITY, NOW),
                     CARD_CHAIN_UNKNOWN_ISSUER);
    static const struct test_cert no_usage = {.common = "A"};
    LK_AUTO(card_cert) bare = take(make(&no_usage));
    assert_int_equal(check(t, bare, CARD_FOR_IDENTITY, NOW),
                     CARD_CHAIN_WRONG_USAGE);
    assert_string_equal(card_chain_word(CARD_CHAIN_NO_CRL), "no-crl");
    assert_string_equal(card_chain_word(CARD_CHAINS), "bad");
}

static void test_revocation(void **state)
{
    (void)state;
    static const long revoked[] = {100};
    static const struct test_cert good = {
        .common = "A", .usage = "nonRepudiation", .number = 101};
    static const struct test_cert bad = {
        .common = "B", .usage = "nonRepudiation", .number = 100};
    LK_AUTO(card_cert) c = take(make(&good));
    LK_AUTO(card_cert) gone = take(make(&bad));
    char *crl = test_crl_pem(root, root_key, revoked, 1, NOW - DAY, NOW + DAY);
    char *foreign =
        test_crl_pem(other, other_key, revoked, 1, NOW - DAY, NOW + DAY);
    char *forged = test_crl_pem(root, other_key, NULL, 0, NOW - DAY, NOW + DAY);
    LK_AUTO(card_trust) t = trust(crl, true);
    assert_int_equal(check(t, c, CARD_FOR_SIGNING, NOW), CARD_CHAIN_GOOD);
    assert_int_equal(check(t, gone, CARD_FOR_SIGNING, NOW), CARD_CHAIN_REVOKED);
    assert_int_equal(check(t, c, CARD_FOR_SIGNING, NOW + 2 * DAY),
                     CARD_CHAIN_CRL_EXPIRED);
    /* a list that is too old still tells who was revoked */
    assert_int_equal(check(t, gone, CARD_FOR_SIGNING, NOW + 2 * DAY),
                     CARD_CHAIN_REVOKED);
    /* not needed: what is there counts, what is missing does not matter */
    LK_AUTO(card_trust) easy = trust(crl, false);
    assert_int_equal(check(easy, gone, CARD_FOR_SIGNING, NOW),
                     CARD_CHAIN_REVOKED);
    assert_int_equal(check(easy, c, CARD_FOR_SIGNING, NOW + 2 * DAY),
                     CARD_CHAIN_GOOD);
    LK_AUTO(card_trust) none = trust(NULL, true);
    assert_int_equal(check(none, c, CARD_FOR_SIGNING, NOW), CARD_CHAIN_NO_CRL);
    LK_AUTO(card_trust) of_other = trust(foreign, true);
    assert_int_equal(check(of_other, c, CARD_FOR_SIGNING, NOW),
                     CARD_CHAIN_NO_CRL);
    LK_AUTO(card_trust) by_other = trust(forged, true);
    assert_int_equal(check(by_other, c, CARD_FOR_SIGNING, NOW),
                     CARD_CHAIN_NO_CRL);
    free(crl);
    free(foreign);
    free(forged);
}

static void test_bad_files(void **state)
{
    (void)state;
    struct card_trust *t = NULL;
    char *pem = test_cert_pem(root);
    struct card_trust_config config = {.ca = "nothing", .ca_len = 7};
    assert_int_equal(card_trust_new(&config, &t), -EBADMSG);
    config.ca_len = 0;
    assert_int_equal(card_trust_new(&config, &t), -EBADMSG);
    config = (struct card_trust_config){
        .ca = pem, .ca_len = strlen(pem), .crl = "x", .crl_len = 1};
    assert_int_equal(card_trust_new(&config, &t), -EBADMSG);
    config.crl = "\x30\x03\x02\x01\x05";
    config.crl_len = 5;
    assert_int_equal(card_trust_new(&config, &t), -EBADMSG);
    assert_null(t);
    int r;
    config.crl_len = 0;
    OOM_SWEEP(r, card_trust_new(&config, &t));
    card_trust_free(t);
    free(pem);
}

static void test_certificate(void **state)
{
    (void)state;
    static const struct {
        struct test_cert t;
        const char *name;
        const char *satu;
    } table[] = {
        {{.given = "Maija", .surname = "Ääkkönen", .serial = "10000001N"},
         "Maija Ääkkönen",
         "10000001N"},
        {{.common = "Only A Name", .serial = "10000001M"}, "Only A Name", ""},
        {{.given = "Maija", .common = "Common"}, "Common", ""},
        {{.surname = "No\nLine", .given = "X", .common = "Y"}, "Y", ""},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        LK_AUTO(card_cert) c = take(make(&table[i].t));
        assert_string_equal(card_cert_name(c), table[i].name);
        assert_string_equal(card_cert_satu(c), table[i].satu);
        assert_int_equal(card_cert_key(c, NULL), CARD_KEY_P256);
        assert_int_equal(card_cert_signature_len(c), 64);
    }
    assert_true(card_satu_valid("10000001N"));
    assert_false(card_satu_valid("10000001n"));
    assert_false(card_satu_valid("1000001N"));
    assert_false(card_satu_valid("1000000AN"));
}

static void test_keys(void **state)
{
    (void)state;
    static const struct {
        enum test_key key;
        enum card_key kind;
        unsigned bits;
    } table[] = {{TEST_P256, CARD_KEY_P256, 256},
                 {TEST_P384, CARD_KEY_P384, 384},
                 {TEST_RSA2048, CARD_KEY_RSA, 2048},
                 {TEST_ED25519, CARD_KEY_OTHER, 0}};
    static const struct test_cert t = {.common = "K"};
    static const uint8_t hash[CARD_HASH_MAX];
    static const uint8_t sig[CARD_SIGNATURE_MAX];
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        unsigned bits = 0;
        EVP_PKEY *key = test_key_new(table[i].key);
        LK_AUTO(card_cert) c = take(test_cert_new(&t, key, NULL, NULL));
        assert_int_equal(card_cert_key(c, &bits), table[i].kind);
        assert_int_equal(bits, table[i].bits);
        size_t len = card_cert_signature_len(c);
        bool rsa = table[i].kind == CARD_KEY_RSA;
        enum card_scheme s = rsa ? CARD_RSA_PSS : CARD_ECDSA;
        enum card_scheme wrong = rsa ? CARD_ECDSA : CARD_RSA_PKCS1;
        int expect = table[i].kind == CARD_KEY_OTHER ? -EINVAL : -EBADMSG;
        assert_int_equal(card_cert_verify(c, s, CARD_SHA256, hash, sig, len),
                         expect);
        assert_int_equal(
            card_cert_verify(c, s, CARD_SHA256, hash, sig, len + 1), -EINVAL);
        assert_int_equal(
            card_cert_verify(c, wrong, CARD_SHA256, hash, sig, len), -EINVAL);
        EVP_PKEY_free(key);
    }
}

static void test_broken(void **state)
{
    (void)state;
    static const struct test_cert t = {.common = "B"};
    static uint8_t long_one[CARD_CERT_MAX + 1];
    struct card_cert *c = NULL;
    X509 *x = make(&t);
    uint8_t *der;
    size_t len = test_cert_der(x, &der);
    for (size_t cut = 1; cut < len; cut += 7)
        assert_int_equal(card_cert_new(der, cut, &c), -EBADMSG);
    assert_int_equal(card_cert_new(der, 0, &c), -EMSGSIZE);
    assert_int_equal(card_cert_new(long_one, sizeof(long_one), &c), -EMSGSIZE);
    memcpy(long_one, der, len);
    assert_int_equal(card_cert_new(long_one, len + 1, &c), -EBADMSG);
    assert_null(c);
    free(der);
    X509_free(x);
}

static void check_mutated(const struct card_trust *trust, const uint8_t *der,
                          size_t len, bool whole, unsigned *ret_unsound)
{
    LK_AUTO(card_cert) c = NULL;
    enum card_chain verdict = CARD_CHAINS;
    unsigned bits = 0;
    const uint8_t *at = der;
    X509 *x = d2i_X509(NULL, &at, (long)len);
    EVP_PKEY *key = x ? X509_get0_pubkey(x) : NULL;
    int r = card_cert_new(der, len, &c);
    assert_true(r == 0 || (r == -EBADMSG && !whole));
    if (r == 0 && card_cert_key(c, &bits) != CARD_KEY_OTHER && key) {
        assert_int_equal(bits, EVP_PKEY_get_bits(key));
        assert_true(EVP_PKEY_is_a(key, bits < 2048 ? "EC" : "RSA"));
    }
    if (r == 0 && !x) {
        assert_int_equal(card_trust_check(trust, c, CARD_FOR_IDENTITY,
                                          TEST_PKI_NOW, &verdict),
                         0);
        assert_int_equal(verdict, CARD_CHAIN_BAD);
        *ret_unsound += 1;
    }
    X509_free(x);
    ERR_clear_error();
}

/* With each byte changed in turn: where it is read at all, OpenSSL says the
 * same of the key or refuses it, and so does the check of the chain. */
static void test_mutated(void **state)
{
    (void)state;
    static const struct test_cert t = {.given = "A", .surname = "B"};
    static const uint8_t with[] = {0x00, 0x01, 0x30, 0x7f, 0x80, 0xff};
    static const enum test_key keys[] = {TEST_P384, TEST_RSA2048};
    char *pem = test_cert_pem(root);
    const struct card_trust_config config = {.ca = pem, .ca_len = strlen(pem)};
    struct card_trust *trust = NULL;
    unsigned unsound = 0;
    assert_int_equal(card_trust_new(&config, &trust), 0);
    for (size_t k = 0; k < LK_ARRAY_LEN(keys); k++) {
        EVP_PKEY *key = test_key_new(keys[k]);
        X509 *x = test_cert_new(&t, key, root, root_key);
        uint8_t *der;
        size_t len = test_cert_der(x, &der);
        for (size_t i = 0; i < len * sizeof(with); i++) {
            uint8_t *at = der + i / sizeof(with);
            uint8_t was = *at;
            *at = with[i % sizeof(with)];
            check_mutated(trust, der, len, *at == was, &unsound);
            *at = was;
        }
        free(der);
        X509_free(x);
        EVP_PKEY_free(key);
    }
    assert_true(unsound > 0);
    card_trust_free(trust);
    free(pem);
}

static int setup(void **state)
{
    (void)state;
    const struct test_cert ca = {.common = "Root",
                                 .ca = true,
                                 .usage = "keyCertSign,cRLSign",
                                 .number = 1,
                                 .from_s = NOW - 3650L * DAY,
                                 .to_s = NOW + 3650L * DAY};
    struct test_cert stranger = ca;
    stranger.common = "Other";
    root_key = test_key_new(TEST_P384);
    other_key = test_key_new(TEST_P256);
    leaf_key = test_key_new(TEST_P256);
    root = test_cert_new(&ca, root_key, NULL, NULL);
    other = test_cert_new(&stranger, other_key, NULL, NULL);
    /* Not card_crypto_init(): the sweeps are of our memory, not of OpenSSL's,
     * which looks algorithms up when they are first used. */
    uint8_t hash[CARD_HASH_MAX];
    for (int h = 0; h < CARD_HASHES; h++)
        if (card_challenge_hash("test", hash, 0, (enum card_hash)h, hash) < 0)
            return -1;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    X509_free(root);
    X509_free(other);
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(other_key);
    EVP_PKEY_free(leaf_key);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reasons),   cmocka_unit_test(test_revocation),
        cmocka_unit_test(test_bad_files), cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_keys),      cmocka_unit_test(test_broken),
        cmocka_unit_test(test_mutated),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
