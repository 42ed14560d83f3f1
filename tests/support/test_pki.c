#include "test_pki.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

/* Also where NDEBUG is set. */
#define MUST(x)      \
    do {             \
        if (!(x))    \
            abort(); \
    } while (0)

/* Takes long to make: one of each size for the whole process. */
static EVP_PKEY *rsa_key(enum test_key k)
{
    static EVP_PKEY *keys[TEST_KEYS];
    if (!keys[k])
        keys[k] = EVP_RSA_gen(k == TEST_RSA2048 ? 2048 : 3072);
    MUST(keys[k] && EVP_PKEY_up_ref(keys[k]) == 1);
    return keys[k];
}

EVP_PKEY *test_key_new(enum test_key k)
{
    EVP_PKEY *key = NULL;
    if (k == TEST_P256)
        key = EVP_EC_gen("P-256");
    else if (k == TEST_P384)
        key = EVP_EC_gen("P-384");
    else if (k == TEST_ED25519)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    else
        key = rsa_key(k);
    MUST(key);
    return key;
}

static void add_name(X509_NAME *n, const char *field, const char *text)
{
    if (text && text[0])
        MUST(X509_NAME_add_entry_by_txt(n, field, MBSTRING_UTF8,
                                        (const unsigned char *)text, -1, -1,
                                        0) == 1);
}

static void add_extension(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    MUST(e && X509_add_ext(x, e, -1) == 1);
    X509_EXTENSION_free(e);
}

static const EVP_MD *digest(EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "ED25519") ? NULL : EVP_sha384();
}

X509 *test_cert_new(const struct test_cert *t, EVP_PKEY *key, X509 *issuer,
                    EVP_PKEY *issuer_key)
{
    X509 *x = X509_new();
    int64_t from = t->from_s ? t->from_s : TEST_PKI_NOW - 365L * TEST_PKI_DAY;
    int64_t to = t->to_s ? t->to_s : TEST_PKI_NOW + 365L * TEST_PKI_DAY;
    MUST(x && X509_set_version(x, 2) == 1);
    MUST(ASN1_INTEGER_set(X509_get_serialNumber(x), t->number) == 1);
    MUST(ASN1_TIME_set(X509_getm_notBefore(x), from));
    MUST(ASN1_TIME_set(X509_getm_notAfter(x), to));
    X509_NAME *n = X509_get_subject_name(x);
    add_name(n, "C", "FI");
    add_name(n, "serialNumber", t->serial);
    add_name(n, "GN", t->given);
    add_name(n, "SN", t->surname);
    add_name(n, "O", t->org);
    add_name(n, "OU", t->unit);
    add_name(n, "UID", t->user);
    add_name(n, "CN", t->common);
    add_name(n, "name", t->name);
    MUST(X509_set_pubkey(x, key) == 1);
    MUST(X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : n) ==
         1);
    add_extension(x, NID_basic_constraints,
                  t->ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (t->usage)
        add_extension(x, NID_key_usage, t->usage);
    MUST(X509_sign(x, issuer ? issuer_key : key,
                   digest(issuer ? issuer_key : key)) > 0);
    return x;
}

size_t test_cert_der(X509 *x, uint8_t **ret)
{
    *ret = NULL;
    int n = i2d_X509(x, ret);
    MUST(n > 0);
    uint8_t *copy = malloc((size_t)n);
    MUST(copy);
    memcpy(copy, *ret, (size_t)n);
    OPENSSL_free(*ret);
    *ret = copy;
    return (size_t)n;
}

static char *take_text(BIO *b)
{
    char *data = NULL;
    long n = BIO_get_mem_data(b, &data);
    char *copy = calloc(1, (size_t)n + 1);
    MUST(n > 0 && copy);
    memcpy(copy, data, (size_t)n);
    BIO_free(b);
    return copy;
}

char *test_cert_pem(X509 *x)
{
    BIO *b = BIO_new(BIO_s_mem());
    MUST(b && PEM_write_bio_X509(b, x) == 1);
    return take_text(b);
}

char *test_crl_pem(X509 *issuer, EVP_PKEY *issuer_key, const long *numbers,
                   size_t count, int64_t from_s, int64_t to_s)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *from = ASN1_TIME_set(NULL, from_s);
    ASN1_TIME *to = ASN1_TIME_set(NULL, to_s);
    MUST(crl && from && to && X509_CRL_set_version(crl, 1) == 1);
    MUST(X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) == 1);
    MUST(X509_CRL_set1_lastUpdate(crl, from) == 1);
    MUST(X509_CRL_set1_nextUpdate(crl, to) == 1);
    for (size_t i = 0; i < count; i++) {
        X509_REVOKED *r = X509_REVOKED_new();
        ASN1_INTEGER *n = ASN1_INTEGER_new();
        MUST(r && n && ASN1_INTEGER_set(n, numbers[i]) == 1);
        MUST(X509_REVOKED_set_serialNumber(r, n) == 1);
        MUST(X509_REVOKED_set_revocationDate(r, from) == 1);
        MUST(X509_CRL_add0_revoked(crl, r) == 1);
        ASN1_INTEGER_free(n);
    }
    MUST(X509_CRL_sort(crl) == 1);
    MUST(X509_CRL_sign(crl, issuer_key, digest(issuer_key)) > 0);
    BIO *b = BIO_new(BIO_s_mem());
    MUST(b && PEM_write_bio_X509_CRL(b, crl) == 1);
    X509_CRL_free(crl);
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    return take_text(b);
}
