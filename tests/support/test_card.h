/* test_card.h - an eID card in a test: answers APDUs, keeps count of tries.
 *
 * Room: files, PINs and keys of FINEID v4 (P-384), v3 (RSA and P-256) and of a
 * plain PKCS #15 card; written from the specifications apart from
 * firmware/apdu, and without any of its code.
 */
#ifndef LUUKKU_TESTS_TEST_CARD_H
#define LUUKKU_TESTS_TEST_CARD_H

#include "test_pki.h"

#define TEST_CARD_FILES_MAX 12
#define TEST_CARD_PIN1 "1234"
#define TEST_CARD_PIN2 "567890"
#define TEST_CARD_HIDE 0x5a /* PINs are kept with this over each character */

enum test_card_kind {
    TEST_FINEID4, /* P-384 twice */
    TEST_FINEID3, /* RSA-2048 by PSS, P-256; tries by GET DATA; 4335 */
    TEST_PLAIN,   /* PKCS #15, RSA-2048, another AID by EF.DIR, DigestInfo */
};

struct test_card_file {
    uint8_t dir[2]; /* 3F00: the root and the application */
    uint8_t id[2];
    uint8_t *data;
    size_t len;
};

#define TEST_SIGNATURE_MAX 512

/* What a key has signed last. */
struct test_card_signed {
    uint8_t hash[96]; /* or DigestInfo */
    size_t len;       /* 0: nothing yet */
    uint8_t algorithm;
    uint8_t sig[TEST_SIGNATURE_MAX]; /* as OpenSSL gives it */
    size_t sig_len;
};

struct test_card {
    enum test_card_kind kind;
    struct test_card_file file[TEST_CARD_FILES_MAX];
    size_t files;
    EVP_PKEY *ca_key;
    X509 *ca;
    EVP_PKEY *key[2]; /* of PIN 1, of PIN 2 */
    struct test_card_signed done[2];
    X509 *cert[2];
    char pin[2][16]; /* hidden */
    int tries[2];
    bool verified[2];
    /* how it behaves */
    bool extended;     /* takes extended lengths */
    bool pkcs1_only;   /* RSA without PSS */
    bool direct;       /* PSO: HASH is not known: data in COMPUTE */
    bool authenticate; /* nor COMPUTE: INTERNAL AUTHENTICATE alone */
    bool der;          /* ECDSA as ASN.1 */
    bool wrong;        /* signs something else than it was given */
    bool no_probe;     /* an empty VERIFY is refused */
    size_t answer_max; /* bytes of an answer; 0: as asked */
    /* what it holds now */
    const struct test_card_file *selected;
    uint8_t dir[2];
    bool app;
    uint8_t algorithm;
    uint8_t key_ref;
    uint8_t hash[64];
    size_t hash_len;
    /* what it saw */
    unsigned commands;
    unsigned verifies; /* with a PIN in them */
    char pin_seen[16]; /* of the last one, hidden */
    uint8_t answer[4096 + 2];
};

/* Makes it with keys, certificates and files of its own. */
struct test_card *test_card_new(enum test_card_kind kind);
/* Gives PIN 1 (0) or PIN 2 (1) other digits. */
void test_card_set_pin(struct test_card *c, int which, const char *digits);

void test_card_free(struct test_card *c);

/* Answers a command: bytes in c->answer, SW1 SW2 last. Returns their number. */
size_t test_card_do(struct test_card *c, const uint8_t *apdu, size_t len);

#endif
