/* How long a server takes to answer: echoes of ICMP, where the kernel lets this
 * program send them (net.ipv4.ping_group_range); else a connection's first
 * answer, which is as good a measure. */
#include "app/probe.h"
#include "app/probe_stun.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/rand.h>

#define ECHOES 5
#define ECHO_MS 800 /* for one; as much for all of them leaves time */
#define PAUSE_MS 100
#define DEFAULT_PORT 443 /* where ICMP is not allowed and no port was named */

#define DEAD 2 /* that many without an answer, and none before */

struct figures {
    int sent;
    int received;
    int64_t least_us;
    int64_t most_us;
    int64_t sum_us;
    bool refused; /* by a machine that is there: nothing listens at the port */
};

static void count(struct figures *f, int64_t us)
{
    f->sent++;
    if (us < 0)
        return;
    f->least_us = f->received == 0 || us < f->least_us ? us : f->least_us;
    f->most_us = us > f->most_us ? us : f->most_us;
    f->sum_us += us;
    f->received++;
}

/* Microseconds until the reply to this one; -1: none in time. */
static int64_t echo(int fd, bool v6, unsigned sequence)
{
    uint8_t token[PROBE_TOKEN_LEN];
    uint8_t out[PROBE_ECHO_LEN];
    uint8_t in[256];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (RAND_bytes(token, sizeof(token)) != 1)
        return -1;
    probe_echo_write(out, v6, sequence, token);
    int64_t since_us = lk_clock_us();
    if (send(fd, out, sizeof(out), MSG_NOSIGNAL) != (ssize_t)sizeof(out))
        return -1;
    for (;;) {
        int64_t left_ms = ECHO_MS - (lk_clock_us() - since_us) / 1000;
        if (left_ms <= 0 || poll(&p, 1, (int)left_ms) != 1)
            return -1;
        ssize_t n = recv(fd, in, sizeof(in), 0);
        if (n < 0)
            return -1;
        if (probe_echo_answers(in, (size_t)n, v6, sequence, token))
            return lk_clock_us() - since_us;
    }
}

/* Likewise until somebody takes the connection, or refuses it: both are
 * answers from there. */
static int64_t knock(const struct addrinfo *a, bool *refused)
{
    LK_AUTO_FD fd =
        socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int64_t since_us = lk_clock_us();
    int error = 0;
    socklen_t len = sizeof(error);
    if (fd < 0)
        return -1;
    if (connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
        struct pollfd p = {.fd = fd, .events = POLLOUT};
        if (errno == EINPROGRESS) {
            if (poll(&p, 1, ECHO_MS) != 1 ||
                getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
                return -1;
        } else {
            error = errno;
        }
    }
    *refused = *refused || error == ECONNREFUSED;
    return error == 0 || error == ECONNREFUSED ? lk_clock_us() - since_us : -1;
}

/* Takes a descriptor for echoes. Errors: -EACCES the kernel allows none;
 * connect()'s. */
static int echo_socket(const struct addrinfo *a, int *ret)
{
    bool v6 = a->ai_family == AF_INET6;
    LK_AUTO_FD fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC,
                           v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
    if (fd < 0)
        return -EACCES;
    if (connect(fd, a->ai_addr, a->ai_addrlen) < 0)
        return -errno;
    *ret = lk_fd_take(&fd);
    return 0;
}

static void tell(const struct store_config_host *host, const char *by,
                 const struct figures *f)
{
    char name[STORE_CONFIG_TEXT_MAX];
    char more[PROBE_LINE_MAX];
    char why[200];
    int lost = f->sent - f->received;
    lk_text_plain(host->host, name, sizeof(name));
    (void)snprintf(more, sizeof(more),
                   "\"host\":\"%.60s\",\"by\":\"%s\",\"sent\":%d,"
                   "\"received\":%d,\"ms\":%.1f,\"ms_least\":%.1f,"
                   "\"ms_most\":%.1f%s",
                   name, by, f->sent, f->received,
                   (double)f->sum_us / 1000.0 / (f->received ? f->received : 1),
                   (double)f->least_us / 1000.0, (double)f->most_us / 1000.0,
                   f->refused
                       ? ",\"port\":\"refuses: the machine is there, but "
                         "nothing listens at that port\""
                       : "");
    if (lost == 0) {
        probe_check("ping", "PASS", "", "", more);
    } else if (f->received > 0) {
        (void)snprintf(why, sizeof(why),
                       "%d of %d answers of %.60s were lost on the way", lost,
                       f->sent, name);
        probe_check("ping", "FAIL", why,
                    "Check the cable and its sockets; then ask the site about "
                    "its network.",
                    more);
    } else {
        (void)snprintf(why, sizeof(why), "%.100s does not answer (%s)", name,
                       by);
        probe_check("ping", "FAIL", why,
                    "Some networks let no echo through: try net tcp with its "
                    "port. Else: test network",
                    NULL);
    }
}

void probe_ping(const struct store_config_host *host)
{
    struct store_config_host at = *host;
    struct addrinfo *all = NULL;
    struct figures f = {.received = 0};
    char by[64] = "icmp";
    at.port = at.port ? at.port : DEFAULT_PORT;
    if (probe_resolve("ping", &at, SOCK_STREAM, &all) < 0)
        return;
    LK_AUTO_FD fd = -1;
    int r = echo_socket(all, &fd);
    if (r == -EACCES)
        (void)snprintf(by, sizeof(by),
                       "tcp %u; icmp needs net.ipv4.ping_group_range",
                       (unsigned)at.port);
    for (unsigned i = 0; i < ECHOES && (r == 0 || r == -EACCES) &&
                         (f.received > 0 || f.sent < DEAD);
         i++) {
        if (i > 0)
            (void)poll(NULL, 0, PAUSE_MS);
        count(&f, fd < 0 ? knock(all, &f.refused)
                         : echo(fd, all->ai_family == AF_INET6, i));
    }
    freeaddrinfo(all);
    if (r == 0 || r == -EACCES)
        tell(&at, by, &f);
    else
        probe_check("ping", "FAIL", "there is no way to that address",
                    "Look: test network", NULL);
}
