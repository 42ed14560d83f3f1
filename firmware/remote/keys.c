#include "remote/keys.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LABEL "luukku-help-1"
#define SHARED_LEN 32 /* the x of a point of P-256 */

struct remote_secret {
    EVP_PKEY *pkey;
};

int remote_secret_new(struct remote_secret **ret)
{
    LK_AUTO(remote_secret) s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->pkey = EVP_EC_gen("P-256");
    if (!s->pkey) {
        ERR_clear_error();
        return -EIO;
    }
    *ret = LK_TAKE(s);
    return 0;
}

struct remote_secret *remote_secret_free(struct remote_secret *s)
{
    if (s) {
        EVP_PKEY_free(s->pkey); /* clears what it frees */
        free(s);
    }
    return NULL;
}

int remote_secret_public(const struct remote_secret *s, uint8_t *ret)
{
    size_t n = 0;
    int ok = EVP_PKEY_get_octet_string_param(s->pkey, OSSL_PKEY_PARAM_PUB_KEY,
                                             ret, REMOTE_PUBLIC_LEN, &n);
    ERR_clear_error();
    return ok == 1 && n == REMOTE_PUBLIC_LEN ? 0 : -EIO;
}

int remote_salt(const uint8_t open[32], const char *kn,
                const uint8_t point[REMOTE_PUBLIC_LEN],
                uint8_t ret[REMOTE_SALT_LEN])
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool ok = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
              EVP_DigestUpdate(md, LABEL, strlen(LABEL)) == 1 &&
              EVP_DigestUpdate(md, open, 32) == 1 &&
              EVP_DigestUpdate(md, kn, strlen(kn)) == 1 &&
              EVP_DigestUpdate(md, point, REMOTE_PUBLIC_LEN) == 1 &&
              EVP_DigestFinal_ex(md, ret, NULL) == 1;
    EVP_MD_CTX_free(md);
    return ok ? 0 : -ENOMEM;
}

/* The point as a key; EVP_PKEY_fromdata() refuses what is not on the curve. */
static int load_point(const uint8_t *point, EVP_PKEY **ret)
{
    char group[] = "P-256";
    uint8_t bytes[REMOTE_PUBLIC_LEN];
    memcpy(bytes, point, sizeof(bytes));
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, bytes,
                                          sizeof(bytes)),
        OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (!ctx)
        return -ENOMEM;
    int ok = EVP_PKEY_fromdata_init(ctx);
    if (ok == 1)
        ok = EVP_PKEY_fromdata(ctx, ret, EVP_PKEY_PUBLIC_KEY,
                               (OSSL_PARAM *)(uintptr_t)params);
    EVP_PKEY_CTX_free(ctx);
    return ok == 1 ? 0 : -EBADMSG;
}

static int share(const struct remote_secret *s, EVP_PKEY *other, uint8_t *ret)
{
    size_t n = SHARED_LEN;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(s->pkey, NULL);
    if (!ctx)
        return -ENOMEM;
    int r = EVP_PKEY_derive_init(ctx) == 1 ? 0 : -EIO;
    if (r == 0 && EVP_PKEY_derive_set_peer(ctx, other) != 1)
        r = -EBADMSG;
    if (r == 0 && (EVP_PKEY_derive(ctx, ret, &n) != 1 || n != SHARED_LEN))
        r = -EIO;
    EVP_PKEY_CTX_free(ctx);
    return r;
}

static int expand(uint8_t *shared, const uint8_t *salt, uint8_t *ret,
                  size_t len)
{
    char digest[] = "SHA256";
    char label[] = LABEL;
    uint8_t own_salt[REMOTE_SALT_LEN];
    memcpy(own_salt, salt, sizeof(own_salt));
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, shared,
                                          SHARED_LEN),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, own_salt,
                                          sizeof(own_salt)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, label,
                                          strlen(label)),
        OSSL_PARAM_construct_end()};
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    int ok = ctx ? EVP_KDF_derive(ctx, ret, len, params) : 0;
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return ok == 1 ? 0 : -EIO;
}

int remote_agree(const struct remote_secret *s,
                 const uint8_t other[REMOTE_PUBLIC_LEN],
                 const uint8_t salt[REMOTE_SALT_LEN], struct remote_keys *ret)
{
    uint8_t shared[SHARED_LEN];
    uint8_t both[2 * REMOTE_KEY_LEN];
    EVP_PKEY *pkey = NULL;
    if (other[0] != 4) /* the one form that is spoken of */
        return -EBADMSG;
    int r = load_point(other, &pkey);
    if (r == 0)
        r = share(s, pkey, shared);
    if (r == 0)
        r = expand(shared, salt, both, sizeof(both));
    if (r == 0) {
        memcpy(ret->down, both, REMOTE_KEY_LEN);
        memcpy(ret->up, both + REMOTE_KEY_LEN, REMOTE_KEY_LEN);
    }
    explicit_bzero(shared, sizeof(shared));
    explicit_bzero(both, sizeof(both));
    EVP_PKEY_free(pkey);
    ERR_clear_error();
    return r;
}

int remote_seal(const struct remote_seal *how, const uint8_t *plain, size_t len,
                uint8_t *ret)
{
    int n = 0;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    bool ok =
        c &&
        EVP_EncryptInit_ex2(c, EVP_aes_256_gcm(), how->key, how->nonce, NULL) ==
            1 &&
        EVP_EncryptUpdate(c, NULL, &n, how->head, (int)how->head_len) == 1 &&
        EVP_EncryptUpdate(c, ret, &n, plain, (int)len) == 1 &&
        (size_t)n == len && EVP_EncryptFinal_ex(c, ret + n, &n) == 1 &&
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, REMOTE_TAG_LEN,
                            ret + len) == 1;
    EVP_CIPHER_CTX_free(c);
    ERR_clear_error();
    return ok ? 0 : -EIO;
}

int remote_unseal(const struct remote_seal *how, const uint8_t *sealed,
                  size_t len, uint8_t *ret)
{
    int n = 0;
    uint8_t tag[REMOTE_TAG_LEN];
    if (len < REMOTE_TAG_LEN)
        return -EBADMSG;
    size_t text = len - REMOTE_TAG_LEN;
    memcpy(tag, sealed + text, sizeof(tag));
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    if (!c)
        return -ENOMEM;
    bool ok =
        EVP_DecryptInit_ex2(c, EVP_aes_256_gcm(), how->key, how->nonce, NULL) ==
            1 &&
        EVP_DecryptUpdate(c, NULL, &n, how->head, (int)how->head_len) == 1 &&
        EVP_DecryptUpdate(c, ret, &n, sealed, (int)text) == 1 &&
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, REMOTE_TAG_LEN, tag) ==
            1 &&
        EVP_DecryptFinal_ex(c, ret + n, &n) == 1;
    EVP_CIPHER_CTX_free(c);
    ERR_clear_error();
    return ok ? 0 : -EBADMSG;
}
