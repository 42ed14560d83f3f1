#include "apdu/cert_impl.h"

#include "base/wipe.h"

#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <errno.h>
#include <malloc.h>
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

int card_cert_new(const uint8_t *der, size_t len, struct card_cert **ret)
{
    if (len == 0 || len > CARD_CERT_MAX)
        return -EMSGSIZE;
    struct card_cert *c = calloc(1, sizeof(*c) + len);
    if (!c)
        return -ENOMEM;
    memcpy(c->der, der, len);
    c->len = len;
    int r = card_cert_read(c);
    if (r < 0)
        card_cert_free(c);
    else
        *ret = c;
    return r;
}

struct card_cert *card_cert_free(struct card_cert *c)
{
    if (c) {
        OPENSSL_cleanse(c, sizeof(*c) + c->len);
        free(c);
    }
    return NULL;
}

int card_cert_x509(const struct card_cert *c, X509 **ret)
{
    const uint8_t *at = c->der;
    X509 *x = d2i_X509(NULL, &at, (long)c->len);
    if (!x || at != c->der + c->len) {
        X509_free(x);
        return card_cert_decode_error();
    }
    ERR_clear_error();
    *ret = x;
    return 0;
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
    X509 *x = NULL;
    if (card_cert_x509(c, &x) < 0)
        return false;
    uint32_t usage = X509_get_key_usage(x);
    X509_free(x);
    ERR_clear_error();
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

/* Errors: -EBADMSG it does not fit, -ENOMEM. */
static int key_verify(const struct card_cert *c, enum card_scheme s,
                      enum card_hash h, const uint8_t *hash, const uint8_t *sig,
                      size_t len)
{
    X509 *x = NULL;
    int r = card_cert_x509(c, &x);
    if (r < 0)
        return r;
    EVP_PKEY *key = X509_get0_pubkey(x);
    EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
    r = key ? -ENOMEM : -EBADMSG;
    if (ctx && EVP_PKEY_verify_init(ctx) == 1 && set_scheme(ctx, s, h))
        r = EVP_PKEY_verify(ctx, sig, len, hash, card_hash_len(h)) == 1
                ? 0
                : -EBADMSG;
    EVP_PKEY_CTX_free(ctx);
    X509_free(x);
    ERR_clear_error();
    return r;
}

int card_cert_verify(const struct card_cert *c, enum card_scheme s,
                     enum card_hash h, const uint8_t *hash, const uint8_t *sig,
                     size_t len)
{
    bool rsa = c->kind == CARD_KEY_RSA;
    if (c->kind == CARD_KEY_OTHER || rsa == (s == CARD_ECDSA) ||
        card_hash_len(h) == 0 || len != card_cert_signature_len(c))
        return -EINVAL;
    if (rsa)
        return key_verify(c, s, h, hash, sig, len);
    uint8_t *der = NULL;
    int n = ecdsa_der(sig, len, &der);
    if (n < 0)
        return n;
    int r = key_verify(c, s, h, hash, der, (size_t)n);
    OPENSSL_free(der);
    return r;
}

static void *memory_new(size_t len, const char *file, int line)
{
    (void)file;
    (void)line;
    return malloc(len);
}

static void memory_free(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    lk_free_wiped(p);
}

/* Not realloc(3), which leaves what it moves. */
static void *memory_resize(void *p, size_t len, const char *file, int line)
{
    void *n = len > 0 ? memory_new(len, file, line) : NULL;
    if (n && p)
        memcpy(n, p, LK_MIN(len, malloc_usable_size(p)));
    if (n || len == 0)
        memory_free(p, file, line);
    return n;
}

int card_crypto_init(void)
{
    uint8_t hash[CARD_HASH_MAX];
    /* A certificate that is checked is taken apart into many small pieces, and
     * each has somebody's name in it. */
    if (CRYPTO_set_mem_functions(memory_new, memory_resize, memory_free) != 1)
        return -EIO;
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
