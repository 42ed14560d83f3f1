/* Servers of STUN and TURN: RFC 8489 section 9.2; RFC 8656 section 7. A relay
 * is asked for with the kiosk's password, and given back. */
#include "app/probe_turn.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#define TRIES 3 /* over UDP, each a third of the wait */

static void message_begin(struct probe_stun *m, unsigned type)
{
    uint8_t id[12];
    if (RAND_bytes(id, sizeof(id)) != 1)
        memset(id, 0x5a, sizeof(id));
    probe_stun_begin(m, type, id);
}

/* What we add always fits: names and passwords of the configuration are
 * short, and realm and nonce are at most 255 bytes. */
static void message_sign(struct probe_stun *m, const struct probe_talk *t)
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    probe_stun_add(m, PROBE_STUN_USERNAME, t->turn->user,
                   strlen(t->turn->user));
    probe_stun_add(m, PROBE_STUN_REALM, t->realm, t->realm_len);
    probe_stun_add(m, PROBE_STUN_NONCE, t->nonce, t->nonce_len);
    /* The length counts the sum that is yet to come. */
    size_t counted = m->len - PROBE_STUN_HEADER + 24;
    m->data[2] = (uint8_t)(counted >> 8);
    m->data[3] = (uint8_t)counted;
    (void)HMAC(EVP_sha1(), t->key, sizeof(t->key), m->data, m->len, sum, &len);
    probe_stun_add(m, PROBE_STUN_INTEGRITY, sum, 20);
}

static int receive(const struct probe_talk *t, struct probe_stun *m,
                   int wait_ms)
{
    struct pollfd p = {.fd = t->fd, .events = POLLIN};
    m->len = 0;
    while (m->len < sizeof(m->data)) {
        if (poll(&p, 1, wait_ms) != 1)
            return -ETIMEDOUT;
        ssize_t n = recv(t->fd, m->data + m->len, sizeof(m->data) - m->len, 0);
        if (n <= 0)
            return n < 0 ? -errno : -ECONNRESET;
        m->len += (size_t)n;
        if (!t->tcp || (m->len >= PROBE_STUN_HEADER &&
                        m->len >= probe_stun_whole(m->data, m->len)))
            return 0;
    }
    return -EBADMSG;
}

/* Asks, again over UDP when nothing comes, and waits for the answer. */
static int ask(const struct probe_talk *t, const struct probe_stun *m,
               struct probe_stun *answer)
{
    for (int i = 0; i < (t->tcp ? 1 : TRIES); i++) {
        if (send(t->fd, m->data, m->len, MSG_NOSIGNAL) != (ssize_t)m->len)
            return -errno;
        int r =
            receive(t, answer, t->tcp ? PROBE_WAIT_MS : PROBE_WAIT_MS / TRIES);
        if (r == 0 && probe_stun_answers(answer, m))
            return 0;
        if (r < 0 && r != -ETIMEDOUT)
            return r;
    }
    return -ETIMEDOUT;
}

static int udp(const char *test, const struct store_config_host *host)
{
    struct addrinfo *all = NULL;
    if (probe_resolve(test, host, SOCK_DGRAM, &all) < 0)
        return -1;
    int fd = socket(all->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, all->ai_addr, all->ai_addrlen) < 0)
        fd = lk_fd_close(fd);
    freeaddrinfo(all);
    if (fd < 0) {
        char why[160];
        (void)snprintf(why, sizeof(why), "there is no way to %.100s",
                       host->host);
        probe_check(test, "FAIL", why, "Look: test network", NULL);
    }
    return fd;
}

static void silent(const char *test, const struct store_config_host *host,
                   int error)
{
    char why[200];
    (void)snprintf(why, sizeof(why), "%.100s:%u %s", host->host,
                   (unsigned)host->port,
                   error == -ECONNREFUSED ? "refuses: nothing listens there"
                                          : "does not answer");
    probe_check(
        test, "FAIL", why,
        "Ask the office whether that server runs and its port is right, "
        "and the site whether its firewall lets the kiosk through.",
        NULL);
}

/* This kiosk's address, seen from there. */
static void mapped(const struct probe_stun *m, char *ret, size_t cap)
{
    struct probe_place p;
    char text[INET6_ADDRSTRLEN];
    ret[0] = 0;
    if (probe_stun_place(m, PROBE_STUN_XOR_MAPPED, &p) == 0 &&
        inet_ntop(p.v6 ? AF_INET6 : AF_INET, p.address, text, sizeof(text)))
        (void)snprintf(ret, cap, ",\"address\":\"%s\"", text);
}

void probe_stun(const struct store_config_host *host)
{
    struct probe_stun m;
    struct probe_stun answer;
    char address[64];
    char more[96];
    int64_t since_us = lk_clock_us();
    LK_AUTO_FD fd = udp("stun", host);
    struct probe_talk t = {.fd = fd};
    if (fd < 0)
        return;
    message_begin(&m, PROBE_STUN_BINDING);
    int r = ask(&t, &m, &answer);
    if (r < 0) {
        silent("stun", host, r);
        return;
    }
    mapped(&answer, address, sizeof(address));
    (void)snprintf(more, sizeof(more), "\"ms\":%lld%s",
                   (long long)((lk_clock_us() - since_us) / 1000), address);
    probe_check("stun", "PASS", "", "", more);
}

static bool keep(const struct probe_stun *m, unsigned type, uint8_t *ret,
                 size_t *ret_len)
{
    size_t len = 0;
    const uint8_t *v = probe_stun_find(m, type, &len);
    if (!v || len > 255)
        return false;
    memcpy(ret, v, len);
    *ret_len = len;
    return true;
}

/* RFC 8489 section 9.2.2: the long-term key. */
static bool learn(struct probe_talk *t, const struct probe_stun *m)
{
    char text[2 * STORE_CONFIG_TEXT_MAX + 260];
    unsigned len = 0;
    if (!keep(m, PROBE_STUN_REALM, t->realm, &t->realm_len) ||
        !keep(m, PROBE_STUN_NONCE, t->nonce, &t->nonce_len))
        return false;
    int n =
        snprintf(text, sizeof(text), "%s:%.*s:%s", t->turn->user,
                 (int)t->realm_len, (const char *)t->realm, t->turn->password);
    bool ok = n > 0 && (size_t)n < sizeof(text) &&
              EVP_Digest(text, (size_t)n, t->key, &len, EVP_md5(), NULL) == 1;
    explicit_bzero(text, sizeof(text));
    t->has_key = ok;
    return ok;
}

static void allocate(struct probe_stun *m, const struct probe_talk *t)
{
    static const uint8_t over_udp[4] = {17, 0, 0, 0};
    message_begin(m, PROBE_STUN_ALLOCATE);
    probe_stun_add(m, PROBE_STUN_TRANSPORT, over_udp, sizeof(over_udp));
    if (t->has_key)
        message_sign(m, t);
}

static void refused(const struct probe_talk *t, const char *what, unsigned code)
{
    char why[200];
    bool password = code == 401 || code == 441;
    (void)snprintf(why, sizeof(why), "%.100s:%u refuses %s (%u)%s",
                   t->turn->at.host, (unsigned)t->turn->at.port, what, code,
                   password ? ": user or password is wrong" : "");
    probe_check(t->test, "FAIL", why,
                password ? "Provision the site file with the right TURN user "
                           "and password."
                         : "Ask the office what the TURN server's limits are.",
                NULL);
}

/* 0 and `answer` is a relay's; or -EIO, having told why. */
static int ask_relay(struct probe_talk *t, struct probe_stun *answer)
{
    struct probe_stun m;
    allocate(&m, t);
    int r = ask(t, &m, answer);
    /* A stale nonce (438) is answered with a fresh one, once. */
    for (int i = 0;
         i < 2 && r == 0 &&
         probe_stun_type(answer) == (PROBE_STUN_ALLOCATE | PROBE_STUN_ERROR);
         i++) {
        unsigned code = probe_stun_error(answer);
        bool first = code == 401 && !t->has_key;
        if ((!first && code != 438) || !learn(t, answer)) {
            refused(t, "a relay", code);
            return -EIO;
        }
        allocate(&m, t);
        r = ask(t, &m, answer);
    }
    if (r < 0)
        silent(t->test, &t->turn->at, r);
    else if (probe_stun_type(answer) !=
                 (PROBE_STUN_ALLOCATE | PROBE_STUN_SUCCESS) ||
             !t->has_key)
        refused(t, "a relay", probe_stun_error(answer));
    else
        return 0;
    return -EIO;
}

int probe_turn_open(const char *test, const struct store_config_turn *turn,
                    struct probe_talk *ret, struct probe_stun *answer)
{
    int fd = turn->tcp ? probe_tcp(test, &turn->at) : udp(test, &turn->at);
    if (fd < 0)
        return -EIO;
    *ret = (struct probe_talk){
        .fd = fd, .tcp = turn->tcp, .turn = turn, .test = test};
    int r = ask_relay(ret, answer);
    ret->relay = r == 0;
    return r;
}

void probe_turn_close(struct probe_talk *t)
{
    static const uint8_t none[4] = {0};
    struct probe_stun m;
    struct probe_stun answer;
    if (t->relay) {
        message_begin(&m, PROBE_STUN_REFRESH);
        probe_stun_add(&m, PROBE_STUN_LIFETIME, none, sizeof(none));
        message_sign(&m, t);
        (void)ask(t, &m, &answer); /* it ends by itself in ten minutes, too */
    }
    t->relay = false;
    t->fd = lk_fd_close(t->fd);
    explicit_bzero(t->key, sizeof(t->key));
}

int probe_turn_channel(const struct probe_talk *t, unsigned number,
                       const struct probe_place *to)
{
    const uint8_t value[4] = {(uint8_t)(number >> 8), (uint8_t)number};
    struct probe_stun m;
    struct probe_stun answer;
    message_begin(&m, PROBE_STUN_CHANNEL);
    probe_stun_add(&m, PROBE_STUN_CHANNEL_NUMBER, value, sizeof(value));
    probe_stun_add_place(&m, PROBE_STUN_XOR_PEER, to);
    message_sign(&m, t);
    int r = ask(t, &m, &answer);
    if (r < 0)
        silent(t->test, &t->turn->at, r);
    else if (probe_stun_type(&answer) !=
             (PROBE_STUN_CHANNEL | PROBE_STUN_SUCCESS))
        refused(t, "a way to its own relay", probe_stun_error(&answer));
    else
        return 0;
    return -EIO;
}

void probe_turn(const struct store_config_turn *turn)
{
    struct probe_talk t = {.fd = -1};
    struct probe_stun answer;
    char more[48];
    int64_t since_us = lk_clock_us();
    if (probe_turn_open("turn", turn, &t, &answer) == 0) {
        (void)snprintf(more, sizeof(more), "\"ms\":%lld",
                       (long long)((lk_clock_us() - since_us) / 1000));
        probe_check("turn", "PASS", "", "", more);
    }
    probe_turn_close(&t);
}
