#include "signal/key.h"
#include "signal/key_evp.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HALF (SIGNAL_SIGNATURE_LEN / 2)
#define DER_SIGNATURE_MAX 80 /* two 33-byte INTEGERs in a SEQUENCE: 72 */

struct signal_key {
    EVP_PKEY *pkey;
};

static bool key_is_p256(const EVP_PKEY *pkey)
{
    char group[32] = "";
    return EVP_PKEY_is_a(pkey, "EC") &&
           EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

int signal_key_wrap(EVP_PKEY *pkey, struct signal_key **ret)
{
    struct signal_key *k = NULL;
    int r = -EBADMSG;
    if (pkey && key_is_p256(pkey)) {
        k = calloc(1, sizeof(*k));
        r = k ? 0 : -ENOMEM;
    }
    if (r < 0) {
        EVP_PKEY_free(pkey);
        ERR_clear_error();
        return r;
    }
    k->pkey = pkey;
    *ret = k;
    return 0;
}

/* Never asks a human for a password: encrypted keys are not ours. */
static int key_no_password(char *buf, int size, int rwflag, void *arg)
{
    (void)buf;
    (void)size;
    (void)rwflag;
    (void)arg;
    return -1;
}

int signal_key_load_pem(const void *pem, size_t len, struct signal_key **ret)
{
    if (len > SIGNAL_KEY_FILE_MAX)
        return -EMSGSIZE;
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    if (!bio)
        return -ENOMEM;
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, key_no_password, NULL);
    BIO_free(bio);
    return signal_key_wrap(pkey, ret);
}

int signal_key_load_spki(const void *der, size_t len, struct signal_key **ret)
{
    if (len > SIGNAL_KEY_FILE_MAX)
        return -EMSGSIZE;
    const unsigned char *at = der;
    EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)len);
    if (pkey && at != (const unsigned char *)der + len) {
        EVP_PKEY_free(pkey);
        return -EBADMSG;
    }
    return signal_key_wrap(pkey, ret);
}

struct signal_key *signal_key_free(struct signal_key *k)
{
    if (k) {
        EVP_PKEY_free(k->pkey);
        free(k);
    }
    return NULL;
}

/* OpenSSL's DER SEQUENCE of two INTEGERs to r||s. */
static int key_raw_from_der(const uint8_t *der, size_t len, uint8_t *ret)
{
    const unsigned char *at = der;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
    if (!sig)
        return -EIO;
    uint8_t raw[SIGNAL_SIGNATURE_LEN];
    bool ok = BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, HALF) == HALF &&
              BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + HALF, HALF) == HALF;
    ECDSA_SIG_free(sig);
    if (!ok)
        return -EIO;
    memcpy(ret, raw, sizeof(raw));
    return 0;
}

int signal_key_sign(const struct signal_key *k, const void *data, size_t len,
                    uint8_t *ret)
{
    uint8_t der[DER_SIGNATURE_MAX];
    size_t der_len = sizeof(der);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx)
        return -ENOMEM;
    bool ok = EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, k->pkey) == 1 &&
              EVP_DigestSign(ctx, der, &der_len, data, len) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return ok ? key_raw_from_der(der, der_len, ret) : -EIO;
}

/* r||s to DER; the length, or -ENOMEM. */
static int key_der_from_raw(const uint8_t *raw, uint8_t *ret)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, HALF, NULL);
    BIGNUM *s = BN_bin2bn(raw + HALF, HALF, NULL);
    if (!sig || !r || !s || ECDSA_SIG_set0(sig, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(sig);
        return -ENOMEM;
    }
    unsigned char *at = ret;
    int n = i2d_ECDSA_SIG(sig, NULL);
    if (n > 0 && n <= DER_SIGNATURE_MAX)
        n = i2d_ECDSA_SIG(sig, &at);
    ECDSA_SIG_free(sig);
    return n > 0 && n <= DER_SIGNATURE_MAX ? n : -ENOMEM;
}

int signal_key_verify(const struct signal_key *k, const void *data, size_t len,
                      const uint8_t *sig)
{
    uint8_t der[DER_SIGNATURE_MAX];
    int der_len = key_der_from_raw(sig, der);
    if (der_len < 0)
        return der_len;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx)
        return -ENOMEM;
    int r = -ENOMEM;
    if (EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, k->pkey) == 1) {
        int v = EVP_DigestVerify(ctx, der, (size_t)der_len, data, len);
        r = v == 1 ? 0 : -EBADMSG;
    }
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return r;
}
