/* Names, connections and TLS: where exactly the way to a server ends. */
#include "app/probe.h"

#include "base/clock.h"
#include "base/text.h"
#include "signal/link_time.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define ADDRESSES_MAX 8

void probe_line(const char *json)
{
    if (strlen(json) > PROBE_LINE_MAX)
        json = "{\"test\":\"probe\",\"result\":\"FAIL\",\"reason\":\"a finding "
               "is too long to be told\",\"next\":\"Report this.\"}";
    (void)puts(json);
    (void)fflush(stdout);
}

void probe_check(const char *test, const char *result, const char *reason,
                 const char *next, const char *more)
{
    char why[200];
    char then[160];
    char line[PROBE_LINE_MAX + 200];
    lk_text_plain(reason, why, sizeof(why));
    lk_text_plain(next, then, sizeof(then));
    (void)snprintf(line, sizeof(line),
                   "{\"test\":\"%s\",\"result\":\"%s\",\"reason\":\"%s\","
                   "\"next\":\"%s\"%s%s}",
                   test, result, why, then, more && *more ? "," : "",
                   more ? more : "");
    probe_line(line);
}

/* Nobody answered, as opposed to: somebody said that there is no such name. */
static bool is_silence(int gai)
{
    return gai == EAI_AGAIN || gai == EAI_FAIL || gai == EAI_SYSTEM;
}

static void tell_silence(const char *test, const char *host)
{
    static const char *const next =
        "Ask the site for its name server's address, and whether it runs: "
        "show net";
    char why[160];
    bool part = strcmp(test, "broker") == 0 || strcmp(test, "stun") == 0 ||
                strcmp(test, "turn") == 0;
    (void)snprintf(why, sizeof(why),
                   "no name server answers: the address of %.80s is not known",
                   host);
    probe_check(part ? "names" : test, "FAIL", why, next, NULL);
    if (part)
        probe_check(test, "SKIP", "its name cannot be looked up",
                    "Mend that first: test network", NULL);
}

int probe_resolve(const char *test, const struct store_config_host *host,
                  int type, struct addrinfo **ret)
{
    char service[8];
    char why[160];
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = type};
    (void)snprintf(service, sizeof(service), "%u", (unsigned)host->port);
    int r = getaddrinfo(host->host, service, &hints, ret);
    if (r == 0)
        return 0;
    if (is_silence(r)) {
        tell_silence(test, host->host);
        return -ENOENT;
    }
    (void)snprintf(why, sizeof(why),
                   "there is no server of the name %.80s: name servers say so",
                   host->host);
    probe_check(test, "FAIL", why,
                "Ask the office for the server's right name; it stands in the "
                "site file. Look: show net",
                NULL);
    return -ENOENT;
}

/* Milliseconds, or -errno. */
static int connect_one(const struct addrinfo *a, int *ret_fd)
{
    LK_AUTO_FD fd =
        socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, a->ai_addr, a->ai_addrlen) < 0 && errno != EINPROGRESS)
        return -errno;
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    int n = poll(&p, 1, PROBE_WAIT_MS);
    int error = 0;
    socklen_t len = sizeof(error);
    if (n == 0)
        return -ETIMEDOUT;
    if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
        return -errno;
    if (error != 0)
        return -error;
    *ret_fd = lk_fd_take(&fd);
    return 0;
}

static const char *explain(int error)
{
    switch (error) {
    case -ECONNREFUSED:
        return "refuses the connection: nothing listens there";
    case -ETIMEDOUT:
        return "does not answer";
    case -ENETUNREACH:
    case -EHOSTUNREACH:
        return "cannot be reached: there is no route to it";
    default:
        return "cannot be connected to";
    }
}

static const char *advise(int error)
{
    return error == -ECONNREFUSED
               ? "Ask the office whether that server runs and whether the "
                 "port is right."
               : "Look: test network. Then ask the site whether its firewall "
                 "lets the kiosk through.";
}

int probe_tcp(const char *test, const struct store_config_host *host)
{
    struct addrinfo *all = NULL;
    int fd = -1;
    int r = probe_resolve(test, host, SOCK_STREAM, &all);
    if (r < 0)
        return -1;
    r = -ENOENT;
    for (const struct addrinfo *a = all; a && fd < 0; a = a->ai_next)
        r = connect_one(a, &fd);
    freeaddrinfo(all);
    if (fd < 0) {
        char why[200];
        (void)snprintf(why, sizeof(why), "%.100s:%u %s", host->host,
                       (unsigned)host->port, explain(r));
        probe_check(test, "FAIL", why, advise(r), NULL);
    }
    return fd;
}

static int wait_ssl(SSL *ssl, int r, int64_t end_us)
{
    int want = SSL_get_error(ssl, r);
    struct pollfd p = {.fd = SSL_get_fd(ssl)};
    int64_t left_ms = (end_us - lk_clock_us()) / 1000;
    if (want == SSL_ERROR_WANT_READ)
        p.events = POLLIN;
    else if (want == SSL_ERROR_WANT_WRITE)
        p.events = POLLOUT;
    else
        return -EPROTO;
    return left_ms > 0 && poll(&p, 1, (int)left_ms) == 1 ? 0 : -ETIMEDOUT;
}

static int handshake(SSL *ssl)
{
    int64_t end_us = lk_clock_us() + PROBE_WAIT_MS * INT64_C(1000);
    for (;;) {
        int r = SSL_connect(ssl);
        if (r == 1)
            return 0;
        r = wait_ssl(ssl, r, end_us);
        if (r < 0)
            return r;
    }
}

static int take_cas(SSL_CTX *ctx, const struct lk_buf *pem)
{
    BIO *b = BIO_new_mem_buf(pem->data, (int)pem->len);
    int count = 0;
    for (X509 *x = NULL;
         b && (x = PEM_read_bio_X509(b, NULL, NULL, NULL)) != NULL; count++) {
        (void)X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x);
        X509_free(x);
    }
    BIO_free(b);
    ERR_clear_error();
    return count;
}

static void expect_host(SSL *ssl, const char *host)
{
    struct in6_addr any;
    bool number = inet_pton(AF_INET, host, &any) == 1 ||
                  inet_pton(AF_INET6, host, &any) == 1;
    if (number) {
        (void)X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host);
    } else {
        (void)SSL_set1_host(ssl, host);
        (void)SSL_set_tlsext_host_name(ssl, host);
    }
}

static int64_t until_s(const X509_STORE_CTX *store)
{
    const X509 *x = X509_STORE_CTX_get_current_cert(store);
    struct tm tm;
    if (!x || ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) != 1)
        return INT64_MIN;
    return (int64_t)timegm(&tm);
}

/* OpenSSL asks for each certificate of the chain, and for each error. */
static int verify(int ok, X509_STORE_CTX *store)
{
    const SSL *ssl =
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const struct probe_trust *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (t->floor_s == 0)
        return ok;
    int was = ok ? X509_V_OK : X509_STORE_CTX_get_error(store);
    int error = link_time_judge(was, false, until_s(store), t->floor_s);
    X509_STORE_CTX_set_error(store, error);
    return error == X509_V_OK;
}

static void date_of(int64_t at_s, char ret[16])
{
    struct tm tm;
    const time_t t = (time_t)at_s;
    if (!gmtime_r(&t, &tm) || strftime(ret, 16, "%Y-%m-%d", &tm) == 0)
        memcpy(ret, "?", 2);
}

/* What is wrong with a server's certificate, and what to do. */
static void tell_verdict(const char *test, long verdict, int64_t floor_s)
{
    static const struct {
        long verdict;
        const char *why;
        const char *next;
    } known[] = {
        {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, NULL, NULL},
        {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, NULL, NULL},
        {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, NULL, NULL},
        {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, NULL, NULL},
        {X509_V_ERR_CERT_SIGNATURE_FAILURE, NULL, NULL},
        {X509_V_ERR_CERT_HAS_EXPIRED, "the server's certificate has ended",
         "Is the kiosk's date right (show hardware)? Then tell the office: "
         "the server needs a new certificate."},
        {X509_V_ERR_CERT_NOT_YET_VALID,
         "the server's certificate does not begin yet",
         "Is the kiosk's date right (show hardware)? Else tell the office."},
        {X509_V_ERR_HOSTNAME_MISMATCH,
         "the server's certificate is for another name",
         "Ask the office whether the server's name in the site file is right."},
        {X509_V_ERR_IP_ADDRESS_MISMATCH,
         "the server's certificate is for another address",
         "Ask the office whether the server's name in the site file is right."},
    };
    const char *why = "the server's certificate is not from the CA that this "
                      "kiosk knows";
    const char *next = "Somebody else may answer there: tell the office. If "
                       "the CA was changed, provision the site anew.";
    char ended[160];
    char floor[16];
    bool found = false;
    for (size_t i = 0; i < LK_ARRAY_LEN(known) && !found; i++) {
        found = known[i].verdict == verdict;
        if (found && known[i].why) {
            why = known[i].why;
            next = known[i].next;
        }
    }
    if (floor_s != 0 && verdict == X509_V_ERR_CERT_HAS_EXPIRED) {
        date_of(floor_s, floor);
        (void)snprintf(
            ended, sizeof(ended),
            "the server's certificate ended before %s, which this "
            "kiosk has seen; its clock is not asked, it may be wrong",
            floor);
        why = ended;
        next = "Tell the office: the server needs a new certificate. About the "
               "clock: test clock";
    }
    probe_check(test, "FAIL",
                found ? why : X509_verify_cert_error_string(verdict), next,
                NULL);
}

static void tell_handshake(const char *test, SSL *ssl, int r, int64_t since_us)
{
    const struct probe_trust *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    char more[96];
    char floor[16];
    long verdict = SSL_get_verify_result(ssl);
    if (r == 0) {
        int at = snprintf(more, sizeof(more), "\"ms\":%lld,\"protocol\":\"%s\"",
                          (long long)((lk_clock_us() - since_us) / 1000),
                          SSL_get_version(ssl));
        date_of(t->floor_s, floor);
        if (t->floor_s != 0) /* how much this PASS says */
            (void)snprintf(more + at, sizeof(more) - (size_t)at,
                           ",\"dates_held_to\":\"%s\"", floor);
        probe_check(test, "PASS", "", "", more);
    } else if (verdict != X509_V_OK) {
        tell_verdict(test, verdict, t->floor_s);
    } else {
        probe_check(
            test, "FAIL",
            r == -ETIMEDOUT ? "something takes the connection, and says nothing"
                            : "what answers there does not speak TLS",
            "Ask the office whether that server hangs, and whether that "
            "port is the right one.",
            NULL);
    }
}

void probe_tls(const char *test, const struct store_config_host *host,
               const struct probe_trust *trust)
{
    int64_t since_us = lk_clock_us();
    LK_AUTO_FD fd = probe_tcp(test, host);
    if (fd < 0)
        return;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = NULL;
    if (ctx && take_cas(ctx, trust->ca_pem) > 0) {
        /* OpenSSL's data is not const; nobody writes to it. */
        SSL_CTX_set_app_data(ctx, (void *)(uintptr_t)trust);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, verify);
        ssl = SSL_new(ctx);
    }
    if (ssl && SSL_set_fd(ssl, fd) == 1) {
        expect_host(ssl, host->host);
        tell_handshake(test, ssl, handshake(ssl), since_us);
    } else {
        probe_check(test, "FAIL", "the file of the broker's CA holds no CA",
                    "Look: test certs. Then provision the site anew.", NULL);
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

void probe_dns(const char *host)
{
    struct store_config_host named = {.port = 0};
    struct addrinfo *all = NULL;
    char more[ADDRESSES_MAX * (INET6_ADDRSTRLEN + 3) + 64];
    int64_t since_us = lk_clock_us();
    (void)snprintf(named.host, sizeof(named.host), "%s", host);
    if (probe_resolve("dns", &named, SOCK_STREAM, &all) < 0)
        return;
    int at = snprintf(more, sizeof(more), "\"ms\":%lld,\"addresses\":[",
                      (long long)((lk_clock_us() - since_us) / 1000));
    int count = 0;
    for (const struct addrinfo *a = all; a && count < ADDRESSES_MAX / 2;
         a = a->ai_next) {
        char text[INET6_ADDRSTRLEN];
        if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0,
                        NI_NUMERICHOST) == 0)
            at += snprintf(more + at, sizeof(more) - (size_t)at, "%s\"%s\"",
                           count++ ? "," : "", text);
    }
    (void)snprintf(more + at, sizeof(more) - (size_t)at, "]");
    freeaddrinfo(all);
    probe_check("dns", "PASS", "", "", more);
}
