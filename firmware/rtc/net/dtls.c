#include "rtc/net/dtls.h"

#include "base/log.h"
#include "dtls_lib.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

/* The first retransmission; it doubles up to the ceiling. RFC 6347 section
 * 4.2.4.1 speaks of 1 s, but a call waits for this and the path is known. */
#define RETRANSMIT_FIRST_US 150000u
#define RETRANSMIT_MAX_US 2000000u
#define SRTP_KEY_LEN ((size_t)16)
#define SRTP_SALT_MAX ((size_t)14)

struct held {
    size_t len;
    uint8_t data[RTC_DTLS_RECORD_MAX];
};

struct rtc_dtls {
    struct lk_loop *loop;
    struct rtc_dtls_events ev;
    void *arg;
    struct dtls_wire wire;
    SSL *ssl;
    EVP_PKEY *key;
    X509 *cert;
    uint8_t ours[RTC_DTLS_FINGERPRINT_LEN];
    uint8_t theirs[RTC_DTLS_FINGERPRINT_LEN];
    struct lk_timer *retransmit;
    struct lk_timer *deadline;
    int timeout_ms;
    bool client;
    bool path;
    bool secure;
    bool closed;
    bool mismatch; /* the certificate was not the one that was signed for */
    enum rtc_dtls_failure failure;
    unsigned handshakes;
    size_t held_count;
    struct held held[RTC_DTLS_EARLY_MAX];
};

const char *rtc_dtls_failure_name(enum rtc_dtls_failure f)
{
    static const char *const names[] = {
        [RTC_DTLS_NO_FAILURE] = "",
        [RTC_DTLS_FINGERPRINT] = "fingerprint",
        [RTC_DTLS_CERTIFICATE] = "certificate",
        [RTC_DTLS_PROFILE] = "srtp-profile",
        [RTC_DTLS_TIMEOUT] = "dtls-timeout",
        [RTC_DTLS_PROTOCOL] = "dtls-protocol",
        [RTC_DTLS_INTERNAL] = "internal",
    };
    return (size_t)f < LK_ARRAY_LEN(names) ? names[f] : "internal";
}

int rtc_dtls_init(void)
{
    return dtls_lib_init();
}

int dtls_verify(void *dtls, const X509 *cert)
{
    struct rtc_dtls *d = dtls;
    uint8_t fp[RTC_DTLS_FINGERPRINT_LEN];
    if (dtls_lib_fingerprint(cert, fp) == 0 &&
        CRYPTO_memcmp(fp, d->theirs, sizeof(fp)) == 0)
        return 1;
    d->mismatch = true;
    return 0;
}

static void dtls_fail(struct rtc_dtls *d, enum rtc_dtls_failure why)
{
    if (d->failure || d->closed)
        return;
    LK_LOG(DEBUG, "rtc-dtls", "failed=%s", rtc_dtls_failure_name(why));
    d->failure = why;
    lk_timer_clear(d->retransmit);
    lk_timer_clear(d->deadline);
    d->ev.failed(d->arg, why);
}

/* Why the handshake ended, from OpenSSL's error queue. */
static enum rtc_dtls_failure dtls_reason(const struct rtc_dtls *d)
{
    unsigned long e = ERR_peek_error();
    if (d->mismatch)
        return RTC_DTLS_FINGERPRINT;
    switch (ERR_GET_REASON(e)) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    case SSL_R_UNKNOWN_CERTIFICATE_TYPE:
    case SSL_R_WRONG_CERTIFICATE_TYPE:
    case SSL_R_NO_SHARED_CIPHER:
        return RTC_DTLS_CERTIFICATE;
    default:
        return RTC_DTLS_PROTOCOL;
    }
}

/* RFC 5764 section 4.2: client key, server key, client salt, server salt. */
static int dtls_export(struct rtc_dtls *d, enum rtc_dtls_profile profile,
                       struct rtc_dtls_keys *ret)
{
    static const char label[] = "EXTRACTOR-dtls_srtp";
    size_t salt = profile == RTC_DTLS_AEAD_AES_128_GCM ? 12 : SRTP_SALT_MAX;
    uint8_t m[2 * (SRTP_KEY_LEN + SRTP_SALT_MAX)];
    if (SSL_export_keying_material(d->ssl, m, 2 * (SRTP_KEY_LEN + salt), label,
                                   sizeof(label) - 1, NULL, 0, 0) != 1)
        return -EIO;
    uint8_t *client = d->client ? ret->send : ret->receive;
    uint8_t *server = d->client ? ret->receive : ret->send;
    ret->profile = profile;
    memcpy(client, m, SRTP_KEY_LEN);
    memcpy(server, m + SRTP_KEY_LEN, SRTP_KEY_LEN);
    memcpy(client + SRTP_KEY_LEN, m + 2 * SRTP_KEY_LEN, salt);
    memcpy(server + SRTP_KEY_LEN, m + 2 * SRTP_KEY_LEN + salt, salt);
    OPENSSL_cleanse(m, sizeof(m));
    return 0;
}

/* The certificate again, by itself: were the verify callback ever not asked (a
 * resumed session, say), no key would be used. */
static bool dtls_peer_matches(struct rtc_dtls *d)
{
    X509 *cert = SSL_get1_peer_certificate(d->ssl);
    if (!cert)
        return false;
    bool same = dtls_verify(d, cert);
    X509_free(cert);
    return same;
}

static void dtls_finish(struct rtc_dtls *d)
{
    struct rtc_dtls_keys keys = {0};
    const SRTP_PROTECTION_PROFILE *p = SSL_get_selected_srtp_profile(d->ssl);
    if (!dtls_peer_matches(d)) {
        dtls_fail(d, RTC_DTLS_FINGERPRINT);
        return;
    }
    if (!p ||
        (p->id != SRTP_AEAD_AES_128_GCM && p->id != SRTP_AES128_CM_SHA1_80)) {
        dtls_fail(d, RTC_DTLS_PROFILE);
        return;
    }
    if (dtls_export(d, (enum rtc_dtls_profile)p->id, &keys) < 0) {
        dtls_fail(d, RTC_DTLS_INTERNAL);
        return;
    }
    lk_timer_clear(d->deadline);
    d->secure = true;
    d->handshakes++;
    d->ev.secure(d->arg, &keys);
    OPENSSL_cleanse(&keys, sizeof(keys));
}

static void dtls_set_timer(struct rtc_dtls *d)
{
    struct timeval in;
    if (d->failure || d->closed || !DTLSv1_get_timeout(d->ssl, &in))
        lk_timer_clear(d->retransmit);
    else
        lk_timer_set_in(d->retransmit,
                        (int64_t)in.tv_sec * 1000000 + in.tv_usec);
}

static void dtls_read_all(struct rtc_dtls *d)
{
    uint8_t buf[RTC_DTLS_RECORD_MAX];
    while (d->secure && !d->failure && !d->closed) {
        ERR_clear_error();
        int n = SSL_read(d->ssl, buf, sizeof(buf));
        if (n > 0) {
            d->ev.receive(d->arg, buf, (size_t)n);
            continue;
        }
        int why = SSL_get_error(d->ssl, n);
        if (why == SSL_ERROR_ZERO_RETURN) {
            d->closed = true;
            d->ev.closed(d->arg);
        } else if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
            dtls_fail(d, RTC_DTLS_PROTOCOL);
        }
        return;
    }
}

static void dtls_pump(struct rtc_dtls *d)
{
    if (d->failure || d->closed)
        return;
    if (!d->secure) {
        ERR_clear_error();
        int r = SSL_do_handshake(d->ssl);
        int why = r == 1 ? SSL_ERROR_NONE : SSL_get_error(d->ssl, r);
        if (r == 1)
            dtls_finish(d);
        else if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
            dtls_fail(d, dtls_reason(d));
    }
    dtls_read_all(d);
    ERR_clear_error();
    dtls_set_timer(d);
}

static void dtls_on_retransmit(void *arg, int64_t now_us)
{
    (void)now_us;
    struct rtc_dtls *d = arg;
    ERR_clear_error();
    if (DTLSv1_handle_timeout(d->ssl) < 0)
        dtls_fail(d, RTC_DTLS_TIMEOUT);
    else
        dtls_set_timer(d);
    ERR_clear_error();
}

static void dtls_on_deadline(void *arg, int64_t now_us)
{
    (void)now_us;
    dtls_fail(arg, RTC_DTLS_TIMEOUT);
}

static unsigned dtls_backoff(SSL *ssl, unsigned last_us)
{
    (void)ssl;
    return last_us ? LK_MIN(last_us * 2, RETRANSMIT_MAX_US)
                   : RETRANSMIT_FIRST_US;
}

int rtc_dtls_new(struct lk_loop *loop, const struct rtc_pipe *below,
                 const struct rtc_dtls_events *ev, void *arg,
                 struct rtc_dtls **ret)
{
    if (!dtls_lib_context())
        return -EIO;
    LK_AUTO(rtc_dtls) d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->loop = loop;
    d->wire.below = *below;
    d->ev = *ev;
    d->arg = arg;
    int r = lk_timer_new(loop, dtls_on_retransmit, d, &d->retransmit);
    if (r == 0)
        r = lk_timer_new(loop, dtls_on_deadline, d, &d->deadline);
    if (r == 0)
        r = dtls_lib_certificate_new(&d->key, &d->cert);
    if (r == 0)
        r = dtls_lib_fingerprint(d->cert, d->ours);
    if (r < 0)
        return r;
    *ret = LK_TAKE(d);
    return 0;
}

struct rtc_dtls *rtc_dtls_free(struct rtc_dtls *d)
{
    if (d) {
        if (d->ssl && d->secure && !d->closed && !d->failure)
            (void)SSL_shutdown(d->ssl); /* close-notify; nobody waits for it */
        SSL_free(d->ssl);
        EVP_PKEY_free(d->key);
        X509_free(d->cert);
        lk_timer_free(d->retransmit);
        lk_timer_free(d->deadline);
        ERR_clear_error();
        free(d);
    }
    return NULL;
}

const uint8_t *rtc_dtls_fingerprint(const struct rtc_dtls *d)
{
    return d->ours;
}

bool rtc_dtls_is_secure(const struct rtc_dtls *d)
{
    return d->secure && !d->closed && !d->failure;
}

unsigned rtc_dtls_handshakes(const struct rtc_dtls *d)
{
    return d->handshakes;
}

static void dtls_take(struct rtc_dtls *d, const uint8_t *data, size_t len)
{
    d->wire.in = data;
    d->wire.in_len = len;
    dtls_pump(d);
    d->wire.in = NULL;
    d->wire.in_len = 0;
}

/* With both a role and a path: a client speaks, a server answers what came
 * before. An answer sent earlier would be lost and wait for the timer. */
static void dtls_begin(struct rtc_dtls *d)
{
    if (!d->ssl || !d->path)
        return;
    lk_timer_set_in(d->deadline, (int64_t)d->timeout_ms * 1000);
    if (d->client)
        dtls_pump(d);
    for (size_t i = 0; i < d->held_count; i++)
        dtls_take(d, d->held[i].data, d->held[i].len);
    d->held_count = 0;
}

int rtc_dtls_start(struct rtc_dtls *d, bool client,
                   const uint8_t fingerprint[RTC_DTLS_FINGERPRINT_LEN],
                   int timeout_ms)
{
    if (d->ssl)
        return -EALREADY;
    SSL *ssl = SSL_new(dtls_lib_context());
    BIO *bio = ssl ? dtls_lib_bio_new(&d->wire) : NULL;
    if (!bio || SSL_use_certificate(ssl, d->cert) != 1 ||
        SSL_use_PrivateKey(ssl, d->key) != 1) {
        BIO_free(bio);
        SSL_free(ssl);
        ERR_clear_error();
        return bio ? -EIO : -ENOMEM;
    }
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, d);
    SSL_set_mtu(ssl, RTC_PIPE_MTU);
    DTLS_set_timer_cb(ssl, dtls_backoff);
    if (client)
        SSL_set_connect_state(ssl);
    else
        SSL_set_accept_state(ssl);
    d->ssl = ssl;
    d->client = client;
    d->timeout_ms = timeout_ms > 0 ? timeout_ms : RTC_DTLS_TIMEOUT_MS;
    memcpy(d->theirs, fingerprint, sizeof(d->theirs));
    dtls_begin(d);
    return 0;
}

void rtc_dtls_path_up(struct rtc_dtls *d)
{
    if (d->path)
        return;
    d->path = true;
    dtls_begin(d);
}

void rtc_dtls_receive(struct rtc_dtls *d, const uint8_t *data, size_t len)
{
    if (len == 0 || len > RTC_DTLS_RECORD_MAX || d->failure || d->closed)
        return;
    if (d->ssl && d->path) {
        dtls_take(d, data, len);
    } else if (d->held_count < RTC_DTLS_EARLY_MAX) {
        struct held *h = &d->held[d->held_count++];
        memcpy(h->data, data, len);
        h->len = len;
    }
}

int rtc_dtls_send(void *dtls, const uint8_t *data, size_t len)
{
    struct rtc_dtls *d = dtls;
    if (d->failure || d->closed)
        return -EPIPE;
    if (!d->secure)
        return -EAGAIN;
    if (len == 0 || len > RTC_DTLS_SEND_MAX)
        return -EMSGSIZE;
    ERR_clear_error();
    int n = SSL_write(d->ssl, data, (int)len);
    ERR_clear_error();
    return n == (int)len ? 0 : -EIO;
}
