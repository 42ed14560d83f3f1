#include "dtls_lib.h"

#include "base/text.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

/* A certificate lives for one call; days, so that no wrong clock matters. */
#define VALID_BEFORE_S 86400L
#define VALID_AFTER_S 604800L

static struct {
    SSL_CTX *context;
    BIO_METHOD *bio;
} lib;

SSL_CTX *dtls_lib_context(void)
{
    return lib.context;
}

static int bio_write(BIO *b, const char *data, int len)
{
    struct dtls_wire *wire = BIO_get_data(b);
    if (len < 0)
        return -1;
    /* A datagram that is lost here is as good as one lost on the way: the
     * retransmission timer, or SCTP's, sends it again. */
    (void)wire->below.send(wire->below.arg, (const uint8_t *)data, (size_t)len);
    return len;
}

static int bio_read(BIO *b, char *ret, int cap)
{
    struct dtls_wire *wire = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    if (!wire->in || cap < 0) {
        BIO_set_retry_read(b);
        return -1;
    }
    size_t n = LK_MIN(wire->in_len, (size_t)cap);
    memcpy(ret, wire->in, n);
    wire->in = NULL;
    wire->in_len = 0;
    return (int)n;
}

static long bio_ctrl(BIO *b, int command, long value, void *arg)
{
    (void)value;
    (void)arg;
    const struct dtls_wire *wire = BIO_get_data(b);
    switch (command) {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT:
        return 1;
    case BIO_CTRL_PENDING:
        return (long)wire->in_len;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return RTC_PIPE_MTU;
    default:
        return 0;
    }
}

static int bio_create(BIO *b)
{
    BIO_set_init(b, 1);
    return 1;
}

static int bio_method_init(void)
{
    int index = BIO_get_new_index();
    if (index < 0)
        return -EIO;
    BIO_METHOD *m = BIO_meth_new(index | BIO_TYPE_SOURCE_SINK, "datagram");
    if (!m)
        return -EIO;
    if (!BIO_meth_set_write(m, bio_write) || !BIO_meth_set_read(m, bio_read) ||
        !BIO_meth_set_ctrl(m, bio_ctrl) ||
        !BIO_meth_set_create(m, bio_create)) {
        BIO_meth_free(m);
        return -EIO;
    }
    lib.bio = m;
    return 0;
}

BIO *dtls_lib_bio_new(struct dtls_wire *wire)
{
    BIO *b = BIO_new(lib.bio);
    if (b)
        BIO_set_data(b, wire);
    return b;
}

/* Stands in for the building of a chain: nobody signed the certificate, the
 * fingerprint in the signed description vouches for it. */
static int context_verify(X509_STORE_CTX *store, void *arg)
{
    (void)arg;
    SSL *ssl =
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    X509 *cert = X509_STORE_CTX_get0_cert(store);
    if (ssl && cert && dtls_verify(SSL_get_app_data(ssl), cert))
        return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

static bool context_set(SSL_CTX *c)
{
    SSL_CTX_set_cert_verify_callback(c, context_verify, NULL);
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       NULL);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(c, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION |
                               SSL_OP_NO_TICKET |
                               SSL_OP_CIPHER_SERVER_PREFERENCE);
    /* The SRTP call alone of these returns 0 for success. */
    return SSL_CTX_set_min_proto_version(c, DTLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(c, "ECDHE-ECDSA-AES128-GCM-SHA256:"
                                      "ECDHE-ECDSA-CHACHA20-POLY1305:"
                                      "ECDHE-ECDSA-AES256-GCM-SHA384") == 1 &&
           SSL_CTX_set1_groups_list(c, "X25519:P-256:P-384") == 1 &&
           SSL_CTX_set_tlsext_use_srtp(c, "SRTP_AEAD_AES_128_GCM:"
                                          "SRTP_AES128_CM_SHA1_80") == 0;
}

int dtls_lib_init(void)
{
    if (lib.context)
        return 0;
    if (!lib.bio && bio_method_init() < 0)
        return -EIO;
    SSL_CTX *c = SSL_CTX_new(DTLS_method());
    if (!c || !context_set(c)) {
        SSL_CTX_free(c);
        ERR_clear_error();
        return -EIO;
    }
    lib.context = c;
    return 0;
}

static bool certificate_fill(X509 *cert, EVP_PKEY *key)
{
    uint64_t serial = 0;
    lk_random_bytes(&serial, sizeof(serial));
    X509_NAME *name = X509_get_subject_name(cert);
    return X509_set_version(cert, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1) ==
               1 &&
           X509_gmtime_adj(X509_getm_notBefore(cert), -VALID_BEFORE_S) &&
           X509_gmtime_adj(X509_getm_notAfter(cert), VALID_AFTER_S) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                      (const unsigned char *)"rtc", -1, -1,
                                      0) == 1 &&
           X509_set_issuer_name(cert, name) == 1 &&
           X509_set_pubkey(cert, key) == 1 &&
           X509_sign(cert, key, EVP_sha256()) > 0;
}

int dtls_lib_certificate_new(EVP_PKEY **ret_key, X509 **ret_cert)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    if (!key || !cert || !certificate_fill(cert, key)) {
        EVP_PKEY_free(key);
        X509_free(cert);
        ERR_clear_error();
        return -EIO;
    }
    *ret_key = key;
    *ret_cert = cert;
    return 0;
}

int dtls_lib_fingerprint(const X509 *cert,
                         uint8_t ret[RTC_DTLS_FINGERPRINT_LEN])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (!X509_digest(cert, EVP_sha256(), digest, &n) ||
        n != RTC_DTLS_FINGERPRINT_LEN)
        return -EIO;
    memcpy(ret, digest, n);
    return 0;
}
