/* The link's TLS context, all from memory. */
#include "signal/key.h"
#include "signal/link_core.h"
#include "signal/link_time.h"

#include "base/clock.h"
#include "base/log.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <errno.h>
#include <time.h>

#define CHAIN_MAX 8 /* certificates in a PEM file */
#define PEM_MAX 65536

static bool tls_host_is_address(const char *host)
{
    unsigned char raw[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, raw) == 1 ||
           inet_pton(AF_INET6, host, raw) == 1;
}

/* libmosquitto is given numeric addresses and would name those to the server:
 * the name asked for is set right as the handshake starts (RFC 6066 section 3:
 * no literal addresses). */
static void tls_info(const SSL *ssl, int where, int value)
{
    (void)value;
    if ((where & SSL_CB_HANDSHAKE_START) == 0)
        return;
    const struct link_core *core = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const char *name = tls_host_is_address(core->host) ? NULL : core->host;
    /* OpenSSL hands out const where its own setters take none. */
    (void)SSL_set_tlsext_host_name((SSL *)(uintptr_t)ssl,
                                   (char *)(uintptr_t)name);
}

static int tls_take_ca(SSL_CTX *ctx, X509 *x, int index)
{
    (void)index;
    return X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x) == 1 ? 0
                                                                    : -EBADMSG;
}

static int tls_take_own(SSL_CTX *ctx, X509 *x, int index)
{
    bool ok = index == 0 ? SSL_CTX_use_certificate(ctx, x) == 1
                         : SSL_CTX_add1_chain_cert(ctx, x) == 1;
    return ok ? 0 : -EBADMSG;
}

/* Gives each certificate of a PEM text to `take`. */
static int tls_each(SSL_CTX *ctx, const void *pem, size_t len,
                    int (*take)(SSL_CTX *, X509 *, int))
{
    if (len > PEM_MAX)
        return -EMSGSIZE;
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    if (!bio)
        return -ENOMEM;
    int n = 0;
    int r = 0;
    X509 *x = NULL;
    while (r == 0 && (x = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        r = n < CHAIN_MAX ? take(ctx, x, n) : -EBADMSG;
        X509_free(x);
        n++;
    }
    BIO_free(bio);
    ERR_clear_error(); /* the end of the text is an error to OpenSSL */
    return r < 0 || n > 0 ? r : -EBADMSG;
}

static int tls_take_key(SSL_CTX *ctx, const void *pem, size_t len)
{
    if (len > SIGNAL_KEY_FILE_MAX)
        return -EMSGSIZE;
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    if (!bio)
        return -ENOMEM;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)"");
    BIO_free(bio);
    bool ok = key && SSL_CTX_use_PrivateKey(ctx, key) == 1 &&
              SSL_CTX_check_private_key(ctx) == 1;
    EVP_PKEY_free(key);
    ERR_clear_error();
    return ok ? 0 : -EBADMSG;
}

static int64_t tls_until_s(X509_STORE_CTX *store)
{
    const X509 *x = X509_STORE_CTX_get_current_cert(store);
    struct tm tm;
    if (!x || ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) != 1)
        return INT64_MIN;
    return (int64_t)timegm(&tm);
}

/* OpenSSL asks for each certificate of the chain, and for each error. */
static int tls_verify(int ok, X509_STORE_CTX *store)
{
    const SSL *ssl =
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const struct link_core *core = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (!core->clock_trusted || core->clock_trusted(core->floor_s))
        return ok;
    int was = ok ? X509_V_OK : X509_STORE_CTX_get_error(store);
    int error = link_time_judge(was, false, tls_until_s(store), core->floor_s);
    if (was != X509_V_OK && error == X509_V_OK)
        LK_LOG(WARN, "link", "what=\"clock not trusted\" floor=%lld",
               (long long)core->floor_s);
    if (error != was)
        X509_STORE_CTX_set_error(store, error);
    return error == X509_V_OK;
}

bool signal_link_clock_trusted(int64_t floor_s)
{
    return link_time_trusted(lk_clock_set(), lk_clock_wall_us() / 1000000,
                             floor_s);
}

/* The server must be who we mean to reach. */
static int tls_expect(SSL_CTX *ctx, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_hostflags(param,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    bool ok = tls_host_is_address(host)
                  ? X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1
                  : X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, tls_verify);
    return ok ? 0 : -ENOMEM;
}

int link_tls_new(const struct signal_link_config *config,
                 const struct link_core *core, SSL_CTX **ret)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    if (!ctx)
        return -ENOMEM;
    (void)SSL_CTX_set_options(ctx,
                              SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    (void)SSL_CTX_set_app_data(ctx, (void *)(uintptr_t)core);
    SSL_CTX_set_info_callback(ctx, tls_info);
    int r =
        SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 ? 0 : -ENOMEM;
    if (r == 0)
        r = tls_expect(ctx, core->host);
    if (r == 0)
        r = tls_each(ctx, config->ca_pem, config->ca_len, tls_take_ca);
    if (r == 0)
        r = tls_each(ctx, config->cert_pem, config->cert_len, tls_take_own);
    if (r == 0)
        r = tls_take_key(ctx, config->key_pem, config->key_len);
    if (r < 0) {
        SSL_CTX_free(ctx);
        return r;
    }
    *ret = ctx;
    return 0;
}
