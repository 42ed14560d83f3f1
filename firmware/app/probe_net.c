/* Names, connections and TLS: where exactly the way to a server ends. */
#include "app/probe.h"

#include "base/clock.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
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

static int resolve(const char *test, const char *host, unsigned port, int type,
                   struct addrinfo **ret)
{
    char service[8];
    char why[160];
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = type};
    (void)snprintf(service, sizeof(service), "%u", port);
    int r = getaddrinfo(host, service, &hints, ret);
    if (r == 0)
        return 0;
    (void)snprintf(why, sizeof(why), "the name %.80s is not found: %s", host,
                   gai_strerror(r));
    probe_check(test, "FAIL", why,
                "Check the network cable, then whether the site's name server "
                "knows that name: show net",
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
               : "Check cable, switch and the site's firewall; test network";
}

int probe_tcp(const char *test, const struct store_config_host *host)
{
    struct addrinfo *all = NULL;
    int fd = -1;
    int r = resolve(test, host->host, host->port, SOCK_STREAM, &all);
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

static int trust(SSL_CTX *ctx, const struct lk_buf *pem)
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

static void tell_handshake(const char *test, SSL *ssl, int r, int64_t since_us)
{
    char more[96];
    char why[200];
    long verdict = SSL_get_verify_result(ssl);
    if (r == 0) {
        (void)snprintf(more, sizeof(more), "\"ms\":%lld,\"protocol\":\"%s\"",
                       (long long)((lk_clock_us() - since_us) / 1000),
                       SSL_get_version(ssl));
        probe_check(test, "PASS", "", "", more);
    } else if (verdict != X509_V_OK) {
        (void)snprintf(why, sizeof(why), "the server's certificate: %s",
                       X509_verify_cert_error_string(verdict));
        probe_check(test, "FAIL", why,
                    "Check the kiosk's clock (show hardware), then the CA file "
                    "and the server's name with the office.",
                    NULL);
    } else {
        probe_check(test, "FAIL",
                    r == -ETIMEDOUT ? "the server answers, but not in TLS"
                                    : "the server ends the TLS handshake",
                    "Ask the office whether that port speaks TLS.", NULL);
    }
}

void probe_tls(const char *test, const struct store_config_host *host,
               const struct lk_buf *ca_pem)
{
    int64_t since_us = lk_clock_us();
    LK_AUTO_FD fd = probe_tcp(test, host);
    if (fd < 0)
        return;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = NULL;
    if (ctx && trust(ctx, ca_pem) > 0) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
        ssl = SSL_new(ctx);
    }
    if (ssl && SSL_set_fd(ssl, fd) == 1) {
        expect_host(ssl, host->host);
        tell_handshake(test, ssl, handshake(ssl), since_us);
    } else {
        probe_check(test, "FAIL", "the CA file of the broker holds no CA",
                    "Provision the kiosk's certificates anew; test certs",
                    NULL);
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

void probe_dns(const char *host)
{
    struct addrinfo *all = NULL;
    char more[ADDRESSES_MAX * (INET6_ADDRSTRLEN + 3) + 64];
    int64_t since_us = lk_clock_us();
    if (resolve("dns", host, 0, SOCK_STREAM, &all) < 0)
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
