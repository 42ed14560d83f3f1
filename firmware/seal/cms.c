#include "seal/seal_impl.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <errno.h>

#define CMS_OVERHEAD_MAX 65536 /* bytes around what is signed or encrypted */
#define SIGN_FLAGS \
    (CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | CMS_CADES | CMS_PARTIAL)

int seal_cms_failed(void)
{
    ERR_clear_error();
    return -EIO;
}

static int cms_to_der(CMS_ContentInfo *cms, size_t limit, struct lk_buf **ret)
{
    LK_AUTO(lk_buf) b = NULL;
    int len = i2d_CMS_ContentInfo(cms, NULL);
    if (len <= 0)
        return seal_cms_failed();
    int r = lk_buf_new(limit, &b);
    if (r == 0)
        r = lk_buf_reserve(b, (size_t)len);
    if (r < 0)
        return r;
    unsigned char *at = b->data;
    if (i2d_CMS_ContentInfo(cms, &at) != len)
        return seal_cms_failed();
    b->data[len] = '\0';
    b->len = (size_t)len;
    *ret = LK_TAKE(b);
    return 0;
}

/* The claimed time (RFC 5652, 11.3): UTCTime until 2049. */
static bool signer_set_time(CMS_SignerInfo *si, int64_t now_s)
{
    ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)now_s);
    bool ok = t && CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime,
                                               t->type, t, -1) == 1;
    ASN1_TIME_free(t);
    return ok;
}

int seal_cms_sign(const struct seal_key *key, const void *data, size_t len,
                  int64_t now_s, struct lk_buf **ret)
{
    if (len > INT32_MAX)
        return -EMSGSIZE;
    /* CMS_CADES adds signing-certificate-v2 (EN 319 122-1, 5.2.2.3). */
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, SIGN_FLAGS);
    BIO *content = BIO_new_mem_buf(data, (int)len);
    CMS_SignerInfo *si = cms && content
                             ? CMS_add1_signer(cms, key->cert, key->pkey,
                                               EVP_sha256(), SIGN_FLAGS)
                             : NULL;
    int r = -EIO;
    if (si && signer_set_time(si, now_s) &&
        CMS_final(cms, content, NULL, SIGN_FLAGS) == 1)
        r = cms_to_der(cms, CMS_OVERHEAD_MAX, ret);
    BIO_free(content);
    CMS_ContentInfo_free(cms);
    return r == -EIO ? seal_cms_failed() : r;
}

/* EC: ECDH with a KDF over SHA-256 (RFC 5753); RSA: OAEP with SHA-256 (RFC
 * 4055). Left alone, libcrypto would take SHA-1 and PKCS #1 v1.5. */
static bool recipient_choose(CMS_RecipientInfo *ri, const EVP_PKEY *pkey)
{
    EVP_PKEY_CTX *ctx = CMS_RecipientInfo_get0_pkey_ctx(ri);
    if (!ctx)
        return false;
    if (EVP_PKEY_is_a(pkey, "EC"))
        return EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) == 1;
    return EVP_PKEY_is_a(pkey, "RSA") &&
           EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1;
}

static bool letter_address(CMS_ContentInfo *cms, X509 *cert)
{
    CMS_RecipientInfo *ri = CMS_add1_recipient_cert(cms, cert, CMS_KEY_PARAM);
    return ri && recipient_choose(ri, X509_get0_pubkey(cert));
}

int seal_letter(const void *data, size_t len, const void *cert, size_t cert_len,
                struct lk_buf **ret)
{
    const unsigned flags = CMS_BINARY | CMS_PARTIAL;
    if (len > SEAL_TOTAL_MAX + SEAL_OVERHEAD_MAX)
        return -EMSGSIZE;
    X509 *to = seal_cert_read(cert, cert_len);
    if (!to)
        return -EBADMSG;
    CMS_ContentInfo *cms = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), flags);
    BIO *content = BIO_new_mem_buf(data, (int)len);
    int r = cms && content ? 0 : -ENOMEM;
    if (r == 0 && !letter_address(cms, to))
        r = -EBADMSG;
    if (r == 0 && CMS_final(cms, content, NULL, flags) != 1)
        r = -EIO;
    if (r == 0)
        r = cms_to_der(cms, len + CMS_OVERHEAD_MAX, ret);
    BIO_free(content);
    CMS_ContentInfo_free(cms);
    X509_free(to);
    ERR_clear_error();
    return r;
}
