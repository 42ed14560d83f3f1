#include "testing.h"

#include "base/clock.h"
#include "rtc/net/dtls.h"
#include "rtc/net/srtp.h"

#include <errno.h>
#include <openssl/ssl.h>

#define WIRE_MAX 64

/* Two ends and a wire that keeps datagrams in order and can lose some. */
struct end {
    struct end *other;
    struct rtc_dtls *dtls;
    struct rtc_dtls_keys keys;
    unsigned secure, closed, failed;
    enum rtc_dtls_failure why;
    uint8_t got[RTC_DTLS_RECORD_MAX];
    size_t got_len;
    unsigned got_count;
    unsigned sent;
    uint64_t lose; /* bit n: the n-th datagram sent is lost */
    size_t longest;
};

static struct lk_loop *loop;
static struct end a, b;
static struct {
    struct end *to;
    size_t len;
    uint8_t data[RTC_DTLS_RECORD_MAX];
} wire[WIRE_MAX];
static size_t wire_len;

static int wire_send(void *arg, const uint8_t *data, size_t len)
{
    struct end *e = arg;
    unsigned n = e->sent++;
    e->longest = LK_MAX(e->longest, len);
    if (n < 64 && e->lose >> n & 1)
        return 0;
    assert_true(wire_len < WIRE_MAX && len <= RTC_DTLS_RECORD_MAX);
    wire[wire_len].to = e->other;
    wire[wire_len].len = len;
    memcpy(wire[wire_len++].data, data, len);
    return 0;
}

static void wire_pump(void)
{
    for (size_t i = 0; i < wire_len; i++)
        if (wire[i].to->dtls)
            rtc_dtls_receive(wire[i].to->dtls, wire[i].data, wire[i].len);
    wire_len = 0;
}

static void on_secure(void *arg, const struct rtc_dtls_keys *keys)
{
    struct end *e = arg;
    e->secure++;
    e->keys = *keys;
}

static void on_receive(void *arg, const uint8_t *data, size_t len)
{
    struct end *e = arg;
    memcpy(e->got, data, len);
    e->got_len = len;
    e->got_count++;
}

static void on_closed(void *arg)
{
    struct end *e = arg;
    e->closed++;
}

static void on_failed(void *arg, enum rtc_dtls_failure why)
{
    struct end *e = arg;
    e->failed++;
    e->why = why;
}

static void end_new(struct end *e, struct end *other)
{
    static const struct rtc_dtls_events ev = {.secure = on_secure,
                                              .receive = on_receive,
                                              .closed = on_closed,
                                              .failed = on_failed};
    struct rtc_pipe below = {.send = wire_send, .arg = e};
    memset(e, 0, sizeof(*e));
    e->other = other;
    assert_int_equal(rtc_dtls_new(loop, &below, &ev, e, &e->dtls), 0);
}

static int setup(void **state)
{
    (void)state;
    assert_int_equal(rtc_dtls_init(), 0);
    assert_int_equal(lk_loop_new(&loop), 0);
    wire_len = 0;
    end_new(&a, &b);
    end_new(&b, &a);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    a.dtls = rtc_dtls_free(a.dtls);
    b.dtls = rtc_dtls_free(b.dtls);
    loop = lk_loop_free(loop);
    return 0;
}

#define UNTIL(condition)                                          \
    do {                                                          \
        int64_t end_ = lk_clock_us() + 10000000;                  \
        while (wire_pump(), !(condition) && lk_clock_us() < end_) \
            assert_int_equal(lk_loop_step(loop, 5000), 0);        \
        assert_true(condition);                                   \
    } while (0)

static void start(bool a_client)
{
    assert_int_equal(
        rtc_dtls_start(a.dtls, a_client, rtc_dtls_fingerprint(b.dtls), 0), 0);
    assert_int_equal(
        rtc_dtls_start(b.dtls, !a_client, rtc_dtls_fingerprint(a.dtls), 0), 0);
}

static void check_secure(void)
{
    assert_int_equal(a.secure, 1);
    assert_int_equal(b.secure, 1);
    assert_int_equal(a.keys.profile, b.keys.profile);
    assert_memory_equal(a.keys.send, b.keys.receive, 28);
    assert_memory_equal(a.keys.receive, b.keys.send, 28);
    assert_memory_not_equal(a.keys.send, a.keys.receive, 28);
    assert_true(rtc_dtls_is_secure(a.dtls) && rtc_dtls_is_secure(b.dtls));
    assert_true(a.longest <= RTC_PIPE_MTU && b.longest <= RTC_PIPE_MTU);
}

static void test_roles(void **state)
{
    for (int i = 0; i < 2; i++) {
        start(i == 0);
        assert_int_equal(
            rtc_dtls_start(a.dtls, true, rtc_dtls_fingerprint(b.dtls), 0),
            -EALREADY);
        rtc_dtls_path_up(a.dtls);
        rtc_dtls_path_up(b.dtls);
        UNTIL(a.secure && b.secure);
        check_secure();
        teardown(state);
        setup(state);
    }
}

/* Datagrams up to the ceiling go through, others are refused. */
static void test_data(void **state)
{
    (void)state;
    uint8_t m[RTC_DTLS_SEND_MAX + 1];
    memset(m, 0x42, sizeof(m));
    start(true);
    assert_int_equal(rtc_dtls_send(a.dtls, m, 10), -EAGAIN);
    rtc_dtls_path_up(a.dtls);
    rtc_dtls_path_up(b.dtls);
    UNTIL(a.secure && b.secure);
    assert_int_equal(rtc_dtls_send(a.dtls, m, sizeof(m)), -EMSGSIZE);
    assert_int_equal(rtc_dtls_send(a.dtls, m, 0), -EMSGSIZE);
    assert_int_equal(rtc_dtls_send(a.dtls, m, sizeof(m) - 1), 0);
    UNTIL(b.got_count == 1);
    assert_int_equal(b.got_len, sizeof(m) - 1);
    assert_true(a.longest <= RTC_PIPE_MTU);
    a.dtls = rtc_dtls_free(a.dtls);
    UNTIL(b.closed == 1);
    assert_int_equal(rtc_dtls_send(b.dtls, m, 10), -EPIPE);
}

/* What comes before there is a role or a path is held, not lost: the server
 * answers at once, without waiting for a retransmission. */
static void test_early(void **state)
{
    (void)state;
    rtc_dtls_path_up(a.dtls);
    assert_int_equal(
        rtc_dtls_start(a.dtls, true, rtc_dtls_fingerprint(b.dtls), 0), 0);
    wire_pump();
    assert_int_equal(a.sent, 1);
    assert_int_equal(b.sent, 0);
    assert_int_equal(
        rtc_dtls_start(b.dtls, false, rtc_dtls_fingerprint(a.dtls), 0), 0);
    assert_int_equal(b.sent, 0);
    rtc_dtls_path_up(b.dtls);
    assert_true(b.sent > 0);
    UNTIL(a.secure && b.secure);
    check_secure();
}

/* Any one datagram of either side, or the first three, may be lost. */
static void test_loss(void **state)
{
    for (unsigned i = 0; i < 12; i++) {
        struct end *loser = i % 2 ? &a : &b;
        loser->lose = i < 10 ? 1u << i / 2 : 7;
        start(true);
        rtc_dtls_path_up(a.dtls);
        rtc_dtls_path_up(b.dtls);
        UNTIL(a.secure && b.secure);
        check_secure();
        assert_int_equal(rtc_dtls_handshakes(a.dtls), 1);
        teardown(state);
        setup(state);
    }
}

/* Another certificate: refused by name on the side that knows better, before
 * it has given a key out. */
static void check_fingerprint(bool liar_is_server)
{
    uint8_t wrong[RTC_DTLS_FINGERPRINT_LEN];
    memcpy(wrong, rtc_dtls_fingerprint(b.dtls), sizeof(wrong));
    wrong[0] ^= 0x80;
    assert_int_equal(rtc_dtls_start(a.dtls, liar_is_server, wrong, 0), 0);
    assert_int_equal(rtc_dtls_start(b.dtls, !liar_is_server,
                                    rtc_dtls_fingerprint(a.dtls), 0),
                     0);
    rtc_dtls_path_up(a.dtls);
    rtc_dtls_path_up(b.dtls);
    UNTIL(a.failed);
    assert_int_equal(a.why, RTC_DTLS_FINGERPRINT);
    assert_int_equal(a.secure, 0);
    assert_string_equal(rtc_dtls_failure_name(a.why), "fingerprint");
    UNTIL(b.failed);
    assert_int_equal(b.secure, 0);
    assert_int_equal(rtc_dtls_send(a.dtls, wrong, 1), -EPIPE);
}

static void test_fingerprint_of_server(void **state)
{
    (void)state;
    check_fingerprint(true);
}

static void test_fingerprint_of_client(void **state)
{
    (void)state;
    check_fingerprint(false);
}

static void test_timeout(void **state)
{
    (void)state;
    a.lose = UINT64_MAX;
    assert_int_equal(
        rtc_dtls_start(a.dtls, true, rtc_dtls_fingerprint(b.dtls), 300), 0);
    rtc_dtls_path_up(a.dtls);
    UNTIL(a.failed);
    assert_int_equal(a.why, RTC_DTLS_TIMEOUT);
    assert_true(a.sent >= 2);
}

/* A client of OpenSSL's own, with what a test wants wrong about it. */
struct stranger {
    SSL_CTX *ctx;
    SSL *ssl;
    BIO *in, *out;
};

static void stranger_new(struct stranger *s, const char *profiles)
{
    s->ctx = SSL_CTX_new(DTLS_client_method());
    assert_non_null(s->ctx);
    if (profiles)
        assert_int_equal(SSL_CTX_set_tlsext_use_srtp(s->ctx, profiles), 0);
    SSL_CTX_set_options(s->ctx, SSL_OP_NO_QUERY_MTU);
    s->ssl = SSL_new(s->ctx);
    s->in = BIO_new(BIO_s_mem());
    s->out = BIO_new(BIO_s_mem());
    SSL_set_bio(s->ssl, s->in, s->out);
    BIO_set_mem_eof_return(s->in, -1);
    SSL_set_mtu(s->ssl, 1200);
    SSL_set_connect_state(s->ssl);
}

static void stranger_free(struct stranger *s)
{
    SSL_free(s->ssl);
    SSL_CTX_free(s->ctx);
}

/* One turn: what a sent goes in; what comes out goes to a, record by record. */
static void stranger_turn(struct stranger *s)
{
    uint8_t buf[16384];
    for (size_t i = 0; i < wire_len; i++)
        BIO_write(s->in, wire[i].data, (int)wire[i].len);
    wire_len = 0;
    (void)SSL_do_handshake(s->ssl);
    int n = BIO_read(s->out, buf, sizeof(buf));
    for (int at = 0; n > 0 && at + 13 <= n;) {
        int len = 13 + (buf[at + 11] << 8 | buf[at + 12]);
        rtc_dtls_receive(a.dtls, buf + at, (size_t)len);
        at += len;
    }
}

static void check_stranger(const char *profiles, enum rtc_dtls_failure why)
{
    struct stranger s;
    stranger_new(&s, profiles);
    b.dtls = rtc_dtls_free(b.dtls);
    uint8_t any[RTC_DTLS_FINGERPRINT_LEN] = {0};
    assert_int_equal(rtc_dtls_start(a.dtls, false, any, 5000), 0);
    rtc_dtls_path_up(a.dtls);
    int64_t end = lk_clock_us() + 8000000;
    while (!a.failed && lk_clock_us() < end) {
        stranger_turn(&s);
        assert_int_equal(lk_loop_step(loop, 5000), 0);
    }
    assert_int_equal(a.failed, 1);
    assert_int_equal(a.why, why);
    assert_int_equal(a.secure, 0);
    stranger_free(&s);
}

static void test_no_certificate(void **state)
{
    (void)state;
    check_stranger("SRTP_AES128_CM_SHA1_80", RTC_DTLS_CERTIFICATE);
}

/* A certificate and a signed fingerprint, but no use_srtp, or an old profile.
 */
static void check_profile(const char *profiles, enum rtc_dtls_failure why)
{
    struct stranger s;
    uint8_t fp[EVP_MAX_MD_SIZE];
    unsigned fp_len = 0;
    stranger_new(&s, profiles);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_set_version(cert, 2);
    X509_gmtime_adj(X509_getm_notBefore(cert), -100);
    X509_gmtime_adj(X509_getm_notAfter(cert), 100);
    X509_set_pubkey(cert, key);
    assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
    assert_int_equal(SSL_use_certificate(s.ssl, cert), 1);
    assert_int_equal(SSL_use_PrivateKey(s.ssl, key), 1);
    X509_digest(cert, EVP_sha256(), fp, &fp_len);
    assert_int_equal(rtc_dtls_start(a.dtls, false, fp, 5000), 0);
    rtc_dtls_path_up(a.dtls);
    int64_t end = lk_clock_us() + 8000000;
    while (!a.failed && !a.secure && lk_clock_us() < end) {
        stranger_turn(&s);
        assert_int_equal(lk_loop_step(loop, 5000), 0);
    }
    assert_int_equal(a.why, why);
    assert_int_equal(a.secure, why == RTC_DTLS_NO_FAILURE);
    X509_free(cert);
    EVP_PKEY_free(key);
    stranger_free(&s);
}

static void test_no_profile(void **state)
{
    (void)state;
    check_profile(NULL, RTC_DTLS_PROFILE);
}

static void test_other_profile(void **state)
{
    (void)state;
    check_profile("SRTP_AES128_CM_SHA1_32", RTC_DTLS_PROFILE);
}

/* The older profile still works: Firefox of some years ago. */
static void test_old_profile(void **state)
{
    (void)state;
    check_profile("SRTP_AES128_CM_SHA1_80", RTC_DTLS_NO_FAILURE);
    assert_int_equal(a.keys.profile, RTC_DTLS_AES128_CM_SHA1_80);
    struct rtc_srtp *s = NULL;
    assert_int_equal(rtc_srtp_init(), 0);
    assert_int_equal(rtc_srtp_new(&a.keys, &s), 0);
    uint8_t pkt[64 + RTC_SRTP_TAIL] = {0x80, 96};
    assert_int_equal(rtc_srtp_protect_rtp(s, pkt, 64), 74);
    rtc_srtp_free(s);
}

/* Garbage before, between and after the flights changes nothing. */
static void test_garbage(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    uint8_t junk[1400];
    start(true);
    rtc_dtls_path_up(a.dtls);
    rtc_dtls_path_up(b.dtls);
    for (int i = 0; i < 400; i++) {
        size_t len = test_random(&seed) % sizeof(junk);
        for (size_t k = 0; k < len; k++)
            junk[k] = (uint8_t)test_random(&seed);
        junk[0] = (uint8_t)(20 + i % 44);
        rtc_dtls_receive(i % 2 ? a.dtls : b.dtls, junk, len);
        if (i > 200)
            wire_pump();
    }
    UNTIL(a.secure && b.secure);
    check_secure();
    assert_int_equal(a.failed + b.failed, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    static const struct CMUnitTest tests[] = {
        T(test_roles),
        T(test_data),
        T(test_early),
        T(test_loss),
        T(test_fingerprint_of_server),
        T(test_fingerprint_of_client),
        T(test_timeout),
        T(test_no_certificate),
        T(test_no_profile),
        T(test_other_profile),
        T(test_old_profile),
        T(test_garbage),
    };
#undef T
    return cmocka_run_group_tests(tests, NULL, NULL);
}
