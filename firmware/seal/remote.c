/* A CAdES signature whose key is in a card: the signed attributes first, the
 * CMS around the signature later.
 *
 * libcrypto's CMS signs in one go with a key that it has, so that the DER is
 * written here: what is hashed for the card is byte for byte what is sent. */
#include "seal/seal_impl.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REMOTE_DER_MAX 32768 /* certificate, its issuer's name, signature */
#define RSA_BITS_LEAST 2048
#define RSA_BITS_MOST 4096
#define ATTRIBUTES 4

enum {
    DER_INTEGER = 0x02,
    DER_OCTETS = 0x04,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_IN_0 = 0xa0, /* context-specific, constructed */
    DER_IN_1 = 0xa1,
    DER_IN_2 = 0xa2,
};

struct der_bytes {
    const char *data;
    size_t len;
};
/* clang-format off */
#define DER(s) {(s), sizeof(s) - 1}
/* clang-format on */

#define OID_PKCS7 "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
#define OID_PKCS9 "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09"
#define OID_PKCS1 "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define OID_SHA2 "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02"
#define OID_ECDSA_SHA2 "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03"
#define VERSION_1 "\x02\x01\x01"

static const struct der_bytes signed_data = DER(OID_PKCS7 "\x02");
static const struct der_bytes data_type = DER(OID_PKCS7 "\x01");
static const struct der_bytes content_type = DER(OID_PKCS9 "\x03");
static const struct der_bytes message_digest = DER(OID_PKCS9 "\x04");
static const struct der_bytes signing_time = DER(OID_PKCS9 "\x05");
static const struct der_bytes signing_certificate_v2 =
    DER("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f");
static const struct der_bytes version_1 = DER(VERSION_1);
static const struct der_bytes id_pss = DER(OID_PKCS1 "\x0a");
static const struct der_bytes id_mgf1 = DER(OID_PKCS1 "\x08");
/* RFC 3370, 3.2: with NULL. */
static const struct der_bytes rsa_encryption =
    DER("\x30\x0d" OID_PKCS1 "\x01\x05\x00");

/* RFC 5754: as digestAlgorithm without parameters, RFC 4055: with NULL within
 * those of PSS. */
static const struct {
    const EVP_MD *(*md)(void);
    size_t len;
    struct der_bytes digest, in_pss, ecdsa;
} hashes[SEAL_HASHES] = {
    [SEAL_SHA256] = {EVP_sha256, 32, DER("\x30\x0b" OID_SHA2 "\x01"),
                     DER("\x30\x0d" OID_SHA2 "\x01\x05\x00"),
                     DER("\x30\x0a" OID_ECDSA_SHA2 "\x02")},
    [SEAL_SHA384] = {EVP_sha384, 48, DER("\x30\x0b" OID_SHA2 "\x02"),
                     DER("\x30\x0d" OID_SHA2 "\x02\x05\x00"),
                     DER("\x30\x0a" OID_ECDSA_SHA2 "\x03")},
    [SEAL_SHA512] = {EVP_sha512, 64, DER("\x30\x0b" OID_SHA2 "\x03"),
                     DER("\x30\x0d" OID_SHA2 "\x03\x05\x00"),
                     DER("\x30\x0a" OID_ECDSA_SHA2 "\x04")},
};

struct seal_remote {
    X509 *cert;
    enum seal_hash hash;
    uint8_t to_sign[SEAL_HASH_MAX];
    struct lk_buf *attributes; /* one after the other, without SET or [0] */
    size_t cert_len;
    uint8_t der[]; /* of the certificate */
};

static void put(struct seal_der *d, struct der_bytes b)
{
    seal_der_put(d, b.data, b.len);
}

static void put_value(struct seal_der *d, uint8_t tag, const void *bytes,
                      size_t len)
{
    size_t at = seal_der_open(d);
    seal_der_put(d, bytes, len);
    seal_der_close(d, at, tag);
}

/* --- the certificate --------------------------------------------------- */

static bool key_fits(const EVP_PKEY *key)
{
    char curve[32] = "";
    int bits = EVP_PKEY_get_bits(key);
    if (EVP_PKEY_is_a(key, "RSA"))
        return bits >= RSA_BITS_LEAST && bits <= RSA_BITS_MOST;
    return EVP_PKEY_is_a(key, "EC") &&
           EVP_PKEY_get_group_name(key, curve, sizeof(curve), NULL) == 1 &&
           (strcmp(curve, SN_X9_62_prime256v1) == 0 ||
            strcmp(curve, SN_secp384r1) == 0);
}

/* For one's own will (RFC 5280, 4.2.1.3: nonRepudiation), as the key of PIN 2
 * is; that of PIN 1 signs challenges that nobody reads. */
static bool cert_is_for_documents(X509 *cert)
{
    return (X509_get_extension_flags(cert) & EXFLAG_KUSAGE) != 0 &&
           (X509_get_key_usage(cert) & KU_NON_REPUDIATION) != 0;
}

static int cert_read(struct seal_remote *s, int64_t now_s)
{
    time_t now = (time_t)now_s;
    const unsigned char *at = s->der;
    s->cert = d2i_X509(NULL, &at, (long)s->cert_len);
    if (!s->cert || at != s->der + s->cert_len)
        return -EBADMSG;
    const EVP_PKEY *key = X509_get0_pubkey(s->cert);
    if (!key || !key_fits(key) || !cert_is_for_documents(s->cert))
        return -EKEYREJECTED;
    if (X509_cmp_time(X509_get0_notBefore(s->cert), &now) >= 0 ||
        X509_cmp_time(X509_get0_notAfter(s->cert), &now) <= 0)
        return -EKEYEXPIRED;
    return 0;
}

/* --- the signed attributes --------------------------------------------- */

/* The value of an attribute is what `write` puts. */
struct attribute_maker {
    struct der_bytes type;
    void (*write)(struct seal_der *d, const struct seal_remote *s,
                  const void *what);
};

static void write_type(struct seal_der *d, const struct seal_remote *s,
                       const void *what)
{
    (void)s;
    (void)what;
    put(d, data_type);
}

/* RFC 5652, 11.3: UTCTime until 2049. */
static void write_time(struct seal_der *d, const struct seal_remote *s,
                       const void *what)
{
    unsigned char *der = NULL;
    const int64_t *now_s = what;
    (void)s;
    ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)*now_s);
    int len = t ? i2d_ASN1_TIME(t, &der) : -1;
    if (len > 0)
        seal_der_put(d, der, (size_t)len);
    else
        d->error = -EIO;
    OPENSSL_free(der);
    ASN1_TIME_free(t);
}

static void write_digest(struct seal_der *d, const struct seal_remote *s,
                         const void *what)
{
    put_value(d, DER_OCTETS, what, hashes[s->hash].len);
}

/* RFC 5035, 4: SHA-256 is left out; whose it is says the signer's identifier.
 */
static void write_certificate(struct seal_der *d, const struct seal_remote *s,
                              const void *what)
{
    uint8_t hash[SEAL_SHA256_LEN];
    size_t all = seal_der_open(d);
    (void)what;
    SHA256(s->der, s->cert_len, hash);
    put_value(d, DER_OCTETS, hash, sizeof(hash));
    for (int depth = 0; depth < 3; depth++) /* one of one certificate */
        seal_der_close(d, all, DER_SEQUENCE);
}

static int attribute_make(const struct seal_remote *s,
                          const struct attribute_maker *m, const void *what,
                          struct lk_buf **ret)
{
    struct seal_der d;
    int r = seal_der_new(REMOTE_DER_MAX, &d);
    if (r < 0)
        return r;
    put(&d, m->type);
    size_t values = seal_der_open(&d);
    m->write(&d, s, what);
    seal_der_close(&d, values, DER_SET);
    seal_der_close(&d, 0, DER_SEQUENCE);
    r = seal_der_end(&d, ret);
    seal_der_free(&d);
    return r;
}

/* X.690, 11.6: a set's elements in the order of their bytes. */
static bool attribute_before(const struct lk_buf *x, const struct lk_buf *y)
{
    return memcmp(x->data, y->data, LK_MIN(x->len, y->len)) < 0;
}

static void attributes_sort(struct lk_buf *attribute[ATTRIBUTES])
{
    for (size_t i = 1; i < ATTRIBUTES; i++)
        for (size_t k = i;
             k > 0 && attribute_before(attribute[k], attribute[k - 1]); k--) {
            struct lk_buf *swap = attribute[k];
            attribute[k] = attribute[k - 1];
            attribute[k - 1] = swap;
        }
}

static int attributes_join(struct lk_buf *const attribute[ATTRIBUTES],
                           struct lk_buf **ret)
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(REMOTE_DER_MAX, &b);
    for (size_t i = 0; r == 0 && i < ATTRIBUTES; i++)
        r = lk_buf_append(b, attribute[i]->data, attribute[i]->len);
    if (r == 0)
        *ret = LK_TAKE(b);
    return r;
}

/* What EN 319 122-1 wants of a baseline B signature, no more. */
static int attributes_make(struct seal_remote *s, const uint8_t *digest,
                           int64_t now_s)
{
    const struct {
        struct attribute_maker maker;
        const void *what;
    } all[ATTRIBUTES] = {
        {{content_type, write_type}, NULL},
        {{signing_time, write_time}, &now_s},
        {{message_digest, write_digest}, digest},
        {{signing_certificate_v2, write_certificate}, NULL},
    };
    struct lk_buf *attribute[ATTRIBUTES] = {0};
    int r = 0;
    for (size_t i = 0; r == 0 && i < ATTRIBUTES; i++)
        r = attribute_make(s, &all[i].maker, all[i].what, &attribute[i]);
    if (r == 0) {
        attributes_sort(attribute);
        r = attributes_join(attribute, &s->attributes);
    }
    for (size_t i = 0; i < ATTRIBUTES; i++)
        lk_buf_free(attribute[i]);
    return r;
}

/* RFC 5652, 5.4: what is signed is a SET OF, whatever tag it is sent with. */
static int attributes_hash(struct seal_remote *s)
{
    struct seal_der d;
    int r = seal_der_new(REMOTE_DER_MAX, &d);
    if (r < 0)
        return r;
    put_value(&d, DER_SET, s->attributes->data, s->attributes->len);
    r = d.error;
    if (r == 0 && EVP_Digest(d.b->data, d.b->len, s->to_sign, NULL,
                             hashes[s->hash].md(), NULL) != 1)
        r = -EIO;
    seal_der_free(&d);
    return r;
}

int seal_remote_new(const struct seal_signer *signer, const void *data,
                    size_t len, int64_t now_s, struct seal_remote **ret)
{
    uint8_t digest[SEAL_HASH_MAX];
    if (signer->cert_len > SEAL_CERT_MAX || signer->hash >= SEAL_HASHES)
        return -EBADMSG;
    LK_AUTO(seal_remote)
    s = calloc(1, sizeof(struct seal_remote) + signer->cert_len);
    if (!s)
        return -ENOMEM;
    s->hash = signer->hash;
    s->cert_len = signer->cert_len;
    memcpy(s->der, signer->cert, signer->cert_len);
    int r = cert_read(s, now_s);
    if (r == 0 &&
        EVP_Digest(data, len, digest, NULL, hashes[s->hash].md(), NULL) != 1)
        r = -EIO;
    if (r == 0)
        r = attributes_make(s, digest, now_s);
    if (r == 0)
        r = attributes_hash(s);
    ERR_clear_error();
    if (r == 0)
        *ret = LK_TAKE(s);
    return r;
}

size_t seal_remote_hash(const struct seal_remote *s, uint8_t ret[SEAL_HASH_MAX])
{
    memcpy(ret, s->to_sign, hashes[s->hash].len);
    return hashes[s->hash].len;
}

struct seal_remote *seal_remote_free(struct seal_remote *s)
{
    if (!s)
        return NULL;
    X509_free(s->cert);
    lk_buf_free(s->attributes);
    explicit_bzero(s->der, s->cert_len);
    free(s);
    return NULL;
}

/* --- the signature ----------------------------------------------------- */

static bool verify_setup(EVP_PKEY_CTX *ctx, const struct seal_remote *s,
                         enum seal_scheme scheme)
{
    if (EVP_PKEY_verify_init(ctx) != 1 ||
        EVP_PKEY_CTX_set_signature_md(ctx, hashes[s->hash].md()) != 1)
        return false;
    if (scheme == SEAL_RSA_PKCS1)
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
    return scheme != SEAL_RSA_PSS ||
           (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

static int verify(const struct seal_remote *s, enum seal_scheme scheme,
                  const uint8_t *signature, size_t len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(X509_get0_pubkey(s->cert), NULL);
    int r = -EIO;
    if (ctx && verify_setup(ctx, s, scheme))
        r = EVP_PKEY_verify(ctx, signature, len, s->to_sign,
                            hashes[s->hash].len) == 1
                ? 0
                : -EBADMSG;
    EVP_PKEY_CTX_free(ctx);
    return r;
}

/* r || s as DER (RFC 5480, appendix A: ECDSA-Sig-Value). */
static int ecdsa_to_der(const uint8_t *raw, size_t len, struct lk_buf **ret)
{
    struct seal_der d;
    int r = seal_der_new(SEAL_SIGNATURE_MAX, &d);
    if (r < 0)
        return r;
    for (const uint8_t *half = raw; half < raw + len; half += len / 2) {
        size_t zeros = 0;
        size_t at = seal_der_open(&d);
        while (zeros < len / 2 - 1 && half[zeros] == 0)
            zeros++;
        if (half[zeros] & 0x80)
            seal_der_put(&d, "", 1); /* positive */
        seal_der_put(&d, half + zeros, len / 2 - zeros);
        seal_der_close(&d, at, DER_INTEGER);
    }
    seal_der_close(&d, 0, DER_SEQUENCE);
    r = seal_der_end(&d, ret);
    seal_der_free(&d);
    return r;
}

/* The signature as CMS carries it, if it is one of that key's. */
static int signature_take(const struct seal_remote *s, enum seal_scheme scheme,
                          const void *raw, size_t len, struct lk_buf **ret)
{
    LK_AUTO(lk_buf) b = NULL;
    const EVP_PKEY *key = X509_get0_pubkey(s->cert);
    bool ec = EVP_PKEY_is_a(key, "EC") == 1;
    size_t bytes = ((size_t)EVP_PKEY_get_bits(key) + 7) / 8;
    if (scheme >= SEAL_SCHEMES || ec != (scheme == SEAL_ECDSA) ||
        len != (ec ? 2 * bytes : bytes))
        return -EBADMSG;
    int r = 0;
    if (ec) {
        r = ecdsa_to_der(raw, len, &b);
    } else {
        r = lk_buf_new(SEAL_SIGNATURE_MAX, &b);
        if (r == 0)
            r = lk_buf_append(b, raw, len);
    }
    if (r == 0)
        r = verify(s, scheme, b->data, b->len);
    if (r == 0)
        *ret = LK_TAKE(b);
    return r;
}

/* --- CMS (RFC 5652, 5) ------------------------------------------------- */

/* RFC 4056, 3: hash, MGF1 and salt are said; the trailer is the default. */
static void put_pss(struct seal_der *d, enum seal_hash hash)
{
    const uint8_t salt = (uint8_t)hashes[hash].len;
    size_t all = seal_der_open(d);
    put(d, id_pss);
    size_t parameters = seal_der_open(d);
    size_t at = parameters;
    put(d, hashes[hash].in_pss);
    seal_der_close(d, at, DER_IN_0);
    at = seal_der_open(d);
    put(d, id_mgf1);
    put(d, hashes[hash].in_pss);
    seal_der_close(d, at, DER_SEQUENCE);
    seal_der_close(d, at, DER_IN_1);
    at = seal_der_open(d);
    put_value(d, DER_INTEGER, &salt, 1);
    seal_der_close(d, at, DER_IN_2);
    seal_der_close(d, parameters, DER_SEQUENCE);
    seal_der_close(d, all, DER_SEQUENCE);
}

static void put_algorithm(struct seal_der *d, enum seal_hash hash,
                          enum seal_scheme scheme)
{
    if (scheme == SEAL_RSA_PSS)
        put_pss(d, hash);
    else
        put(d, scheme == SEAL_ECDSA ? hashes[hash].ecdsa : rsa_encryption);
}

/* IssuerAndSerialNumber. */
static void put_issuer(struct seal_der *d, const X509 *cert)
{
    unsigned char *name = NULL;
    unsigned char *serial = NULL;
    size_t at = seal_der_open(d);
    int n = i2d_X509_NAME(X509_get_issuer_name(cert), &name);
    int m = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert), &serial);
    if (n > 0 && m > 0) {
        seal_der_put(d, name, (size_t)n);
        seal_der_put(d, serial, (size_t)m);
        seal_der_close(d, at, DER_SEQUENCE);
    } else {
        d->error = -EIO;
    }
    OPENSSL_free(name);
    OPENSSL_free(serial);
}

static void put_signer(struct seal_der *d, const struct seal_remote *s,
                       enum seal_scheme scheme, const struct lk_buf *signature)
{
    size_t all = seal_der_open(d);
    put(d, version_1);
    put_issuer(d, s->cert);
    put(d, hashes[s->hash].digest);
    put_value(d, DER_IN_0, s->attributes->data, s->attributes->len);
    put_algorithm(d, s->hash, scheme);
    if (signature)
        put_value(d, DER_OCTETS, signature->data, signature->len);
    else
        d->error = -EIO;
    seal_der_close(d, all, DER_SEQUENCE);
    seal_der_close(d, all, DER_SET);
}

int seal_remote_sign(const struct seal_remote *s, enum seal_scheme scheme,
                     const void *signature, size_t len, struct lk_buf **ret)
{
    LK_AUTO(lk_buf) value = NULL;
    struct seal_der d = {0};
    int r = signature_take(s, scheme, signature, len, &value);
    ERR_clear_error();
    if (r == 0)
        r = seal_der_new(REMOTE_DER_MAX, &d);
    if (r < 0)
        return r;
    put(&d, signed_data);
    size_t content = seal_der_open(&d);
    put(&d, version_1);
    put_value(&d, DER_SET, hashes[s->hash].digest.data,
              hashes[s->hash].digest.len);
    put_value(&d, DER_SEQUENCE, data_type.data, data_type.len); /* detached */
    put_value(&d, DER_IN_0, s->der, s->cert_len);
    put_signer(&d, s, scheme, value);
    seal_der_close(&d, content, DER_SEQUENCE);
    seal_der_close(&d, content, DER_IN_0);
    seal_der_close(&d, 0, DER_SEQUENCE);
    r = seal_der_end(&d, ret);
    seal_der_free(&d);
    return r;
}
