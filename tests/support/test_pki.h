/* test_pki.h - a PKI for tests, made on the spot by OpenSSL.
 *
 * Room: keys, a CA, certificates as an eID card has them, revocation lists.
 * Everything asserts: a test that cannot make its PKI has failed. Used with
 * cmocka and without.
 */
#ifndef LUUKKU_TESTS_TEST_PKI_H
#define LUUKKU_TESTS_TEST_PKI_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#define TEST_PKI_NOW                                        \
    1900000000 /* seconds; most certificates are valid then \
                */
#define TEST_PKI_DAY 86400

enum test_key {
    TEST_P256,
    TEST_P384,
    TEST_RSA2048,
    TEST_RSA3072,
    TEST_ED25519,
    TEST_KEYS
};

struct test_cert {
    const char *given;   /* "" leaves it out */
    const char *surname; /* likewise */
    const char *common;
    const char *serial; /* SATU, in the subject */
    const char *org;    /* O; here and below NULL leaves it out */
    const char *unit;   /* OU */
    const char *user;   /* UID */
    const char *name;   /* the attribute "name" */
    const char *usage;  /* keyUsage as in openssl.cnf; NULL none */
    bool ca;
    int64_t from_s; /* 0: a year before TEST_PKI_NOW */
    int64_t to_s;   /* 0: a year after */
    long number;
};

/* A key: EVP_PKEY_free(). RSA: the same one each time, of one size. */
EVP_PKEY *test_key_new(enum test_key k);

/* A certificate of `key`, by `issuer` with `issuer_key`; issuer NULL: by
 * itself. */
X509 *test_cert_new(const struct test_cert *t, EVP_PKEY *key, X509 *issuer,
                    EVP_PKEY *issuer_key);

/* DER into a new buffer: free(). */
size_t test_cert_der(X509 *x, uint8_t **ret);

/* PEM, NUL at the end: free(). */
char *test_cert_pem(X509 *x);

/* A revocation list with `count` numbers, valid from..to: free(). */
char *test_crl_pem(X509 *issuer, EVP_PKEY *issuer_key, const long *numbers,
                   size_t count, int64_t from_s, int64_t to_s);

#endif
