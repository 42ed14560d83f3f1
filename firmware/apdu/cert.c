#include "apdu/cert_impl.h"

#include "base/text.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SATU_DIGITS 8

static const EVP_MD *hash_md(enum card_hash h)
{
    switch (h) {
    case CARD_SHA256:
        return EVP_sha256();
    case CARD_SHA384:
        return EVP_sha384();
    case CARD_SHA512:
        return EVP_sha512();
    case CARD_HASHES:
        break;
    }
    return NULL;
}

size_t card_hash_len(enum card_hash h)
{
    static const size_t len[CARD_HASHES] = {32, 48, 64};
    return h < CARD_HASHES ? len[h] : 0;
}

bool card_satu_valid(const char *s)
{
    static const char check[] = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    unsigned n = 0;
    if (strlen(s) != SATU_DIGITS + 1)
        return false;
    for (size_t i = 0; i < SATU_DIGITS; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        n = n * 10 + (unsigned)(s[i] - '0');
    }
    return s[SATU_DIGITS] == check[n % (sizeof(check) - 1)];
}

/* The first value of an attribute as one line of UTF-8; false: there is none
 * that can be used. */
static bool subject_text(const X509 *x, int nid, char *ret, size_t cap)
{
    X509_NAME *name = X509_get_subject_name(x);
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    unsigned char *text = NULL;
    if (at < 0)
        return false;
    ASN1_STRING *value =
        X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    int len = ASN1_STRING_to_UTF8(&text, value);
    bool good = len > 0 && lk_utf8_valid(text, (size_t)len);
    for (int i = 0; good && i < len; i++)
        good = text[i] >= 0x20 && text[i] != 0x7f;
    if (good) {
        size_t n = lk_utf8_cut((const char *)text, (size_t)len, cap - 1);
        memcpy(ret, text, n);
        ret[n] = 0;
    }
    OPENSSL_free(text);
    return good;
}

static void read_subject(struct card_cert *c)
{
    char given[CARD_NAME_MAX];
    char surname[CARD_NAME_MAX];
    char satu[CARD_SATU_MAX];
    if (subject_text(c->x509, NID_givenName, given, sizeof(given)) &&
        subject_text(c->x509, NID_surname, surname, sizeof(surname))) {
        char both[2 * CARD_NAME_MAX];
        int n = snprintf(both, sizeof(both), "%s %s", given, surname);
        size_t cut = lk_utf8_cut(both, (size_t)LK_MAX(n, 0), CARD_NAME_MAX - 1);
        memcpy(c->name, both, cut);
    } else {
        (void)subject_text(c->x509, NID_commonName, c->name, sizeof(c->name));
    }
    if (subject_text(c->x509, NID_serialNumber, satu, sizeof(satu)) &&
        card_satu_valid(satu))
        memcpy(c->satu, satu, sizeof(satu));
}

static enum card_key ec_kind(const EVP_PKEY *key)
{
    char group[32] = "";
    size_t len = 0;
    if (EVP_PKEY_get_group_name(key, group, sizeof(group), &len) != 1)
        return CARD_KEY_OTHER;
    if (strcmp(group, "prime256v1") == 0 || strcmp(group, "P-256") == 0)
        return CARD_KEY_P256;
    if (strcmp(group, "secp384r1") == 0 || strcmp(group, "P-384") == 0)
        return CARD_KEY_P384;
    return CARD_KEY_OTHER;
}

static void read_key(struct card_cert *c)
{
    EVP_PKEY *key = X509_get0_pubkey(c->x509);
    if (!key)
        return;
    int bits = EVP_PKEY_get_bits(key);
    if (EVP_PKEY_is_a(key, "EC"))
        c->kind = ec_kind(key);
    else if (EVP_PKEY_is_a(key, "RSA") && bits >= 2048 && bits <= 4096 &&
             bits % 8 == 0)
        c->kind = CARD_KEY_RSA;
    if (c->kind != CARD_KEY_OTHER) {
        c->key = key;
        c->bits = (unsigned)bits;
    }
}

int card_cert_new(const uint8_t *der, size_t len, struct card_cert **ret)
{
    if (len == 0 || len > CARD_CERT_MAX)
        return -EMSGSIZE;
    struct card_cert *c = calloc(1, sizeof(*c) + len);
    if (!c)
        return -ENOMEM;
    const uint8_t *at = der;
    memcpy(c->der, der, len);
    c->len = len;
    c->x509 = d2i_X509(NULL, &at, (long)len);
    ERR_clear_error();
    if (!c->x509 || at != der + len) {
        card_cert_free(c);
        return -EBADMSG;
    }
    read_subject(c);
    read_key(c);
    ERR_clear_error();
    *ret = c;
    return 0;
}

struct card_cert *card_cert_free(struct card_cert *c)
{
    if (c) {
        X509_free(c->x509);
        OPENSSL_cleanse(c, sizeof(*c) + c->len);
        free(c);
    }
    return NULL;
}

const uint8_t *card_cert_der(const struct card_cert *c, size_t *ret_len)
{
    *ret_len = c->len;
    return c->der;
}

const char *card_cert_name(const struct card_cert *c)
{
    return c->name;
}

const char *card_cert_satu(const struct card_cert *c)
{
    return c->satu;
}

enum card_key card_cert_key(const struct card_cert *c, unsigned *ret_bits)
{
    if (ret_bits)
        *ret_bits = c->bits;
    return c->kind;
}

size_t card_cert_signature_len(const struct card_cert *c)
{
    switch (c->kind) {
    case CARD_KEY_P256:
        return 64;
    case CARD_KEY_P384:
        return 96;
    case CARD_KEY_RSA:
        return c->bits / 8;
    case CARD_KEY_OTHER:
        break;
    }
    return 0;
}

bool card_cert_may(const struct card_cert *c, enum card_usage u)
{
    uint32_t wanted = u == CARD_FOR_IDENTITY ? KU_DIGITAL_SIGNATURE
                                             : (uint32_t)KU_NON_REPUDIATION;
    /* All bits are set where there is no keyUsage. */
    uint32_t usage = X509_get_key_usage(c->x509);
    return usage != UINT32_MAX && (usage & wanted) != 0;
}

/* r || s as the DER that OpenSSL wants. Returns its length or -ENOMEM. */
static int ecdsa_der(const uint8_t *sig, size_t len, uint8_t **ret)
{
    ECDSA_SIG *s = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(sig, (int)(len / 2), NULL);
    BIGNUM *t = BN_bin2bn(sig + len / 2, (int)(len / 2), NULL);
    if (!s || !r || !t || ECDSA_SIG_set0(s, r, t) != 1) {
        BN_free(r);
        BN_free(t);
        ECDSA_SIG_free(s);
        return -ENOMEM;
    }
    int n = i2d_ECDSA_SIG(s, ret);
    ECDSA_SIG_free(s);
    return n > 0 ? n : -ENOMEM;
}

static bool set_scheme(EVP_PKEY_CTX *ctx, enum card_scheme s, enum card_hash h)
{
    if (s != CARD_ECDSA && EVP_PKEY_CTX_set_rsa_padding(
                               ctx, s == CARD_RSA_PSS ? RSA_PKCS1_PSS_PADDING
                                                      : RSA_PKCS1_PADDING) != 1)
        return false;
    if (EVP_PKEY_CTX_set_signature_md(ctx, hash_md(h)) != 1)
        return false;
    return s != CARD_RSA_PSS ||
           (EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) ==
                1 &&
            EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, hash_md(h)) == 1);
}

/* 1 it fits, 0 it does not, negative: no memory. */
static int key_verify(EVP_PKEY *key, enum card_scheme s, enum card_hash h,
                      const uint8_t *hash, const uint8_t *sig, size_t len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    int r = -ENOMEM;
    if (ctx && EVP_PKEY_verify_init(ctx) == 1 && set_scheme(ctx, s, h))
        r = EVP_PKEY_verify(ctx, sig, len, hash, card_hash_len(h)) == 1;
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return r;
}

int card_cert_verify(const struct card_cert *c, enum card_scheme s,
                     enum card_hash h, const uint8_t *hash, const uint8_t *sig,
                     size_t len)
{
    bool rsa = c->kind == CARD_KEY_RSA;
    if (!c->key || rsa == (s == CARD_ECDSA) || card_hash_len(h) == 0 ||
        len != card_cert_signature_len(c))
        return -EINVAL;
    if (rsa) {
        int r = key_verify(c->key, s, h, hash, sig, len);
        return r == 0 ? -EBADMSG : LK_MIN(r, 0);
    }
    uint8_t *der = NULL;
    int n = ecdsa_der(sig, len, &der);
    if (n < 0)
        return n;
    int r = key_verify(c->key, s, h, hash, der, (size_t)n);
    OPENSSL_free(der);
    return r == 0 ? -EBADMSG : LK_MIN(r, 0);
}

int card_crypto_init(void)
{
    uint8_t hash[CARD_HASH_MAX];
    /* Algorithms are looked up when they are first used. */
    for (int h = 0; h < CARD_HASHES; h++)
        if (card_challenge_hash("init", hash, 0, (enum card_hash)h, hash) < 0)
            return -EIO;
    return 0;
}

int card_challenge_hash(const char *purpose, const uint8_t *challenge,
                        size_t len, enum card_hash h, uint8_t *ret)
{
    static const char title[] = "luukku-identify-1\n";
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx && EVP_DigestInit_ex(ctx, hash_md(h), NULL) == 1 &&
                EVP_DigestUpdate(ctx, title, sizeof(title) - 1) == 1 &&
                EVP_DigestUpdate(ctx, purpose, strlen(purpose)) == 1 &&
                EVP_DigestUpdate(ctx, "\n", 1) == 1 &&
                EVP_DigestUpdate(ctx, challenge, len) == 1 &&
                EVP_DigestFinal_ex(ctx, ret, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    return good ? 0 : -ENOMEM;
}
