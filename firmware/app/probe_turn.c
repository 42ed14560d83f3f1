/* STUN and TURN: RFC 8489 sections 5, 9.2, 14; RFC 8656 section 7. A relay is
 * asked for with the kiosk's password, and given back. */
#include "app/probe.h"

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

#define MESSAGE_MAX 1200
#define HEADER 20
#define COOKIE 0x2112a442U
#define TRIES 3 /* over UDP, each a third of the wait */

enum {
    BINDING = 0x0001,
    ALLOCATE = 0x0003,
    REFRESH = 0x0004,
    SUCCESS = 0x0100,
    ERROR = 0x0110,
};

enum {
    USERNAME = 0x0006,
    INTEGRITY = 0x0008,
    ERROR_CODE = 0x0009,
    LIFETIME = 0x000d,
    REALM = 0x0014,
    NONCE = 0x0015,
    TRANSPORT = 0x0019,
    XOR_MAPPED = 0x0020,
};

struct message {
    uint8_t data[MESSAGE_MAX];
    size_t len;
};

struct talk {
    int fd;
    bool tcp;
    const struct store_config_turn *turn;
    uint8_t key[16]; /* MD5 of user, realm and password */
    bool has_key;
    uint8_t realm[256];
    size_t realm_len;
    uint8_t nonce[256];
    size_t nonce_len;
};

static void put16(uint8_t *to, unsigned v)
{
    to[0] = (uint8_t)(v >> 8);
    to[1] = (uint8_t)v;
}

static unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static void message_begin(struct message *m, unsigned type)
{
    const uint32_t cookie = htonl(COOKIE);
    memset(m, 0, sizeof(*m));
    put16(m->data, type);
    memcpy(m->data + 4, &cookie, 4);
    if (RAND_bytes(m->data + 8, 12) != 1)
        memset(m->data + 8, 0x5a, 12);
    m->len = HEADER;
}

/* What we add always fits: names and passwords of the configuration are
 * short, and realm and nonce are at most 255 bytes. */
static void message_add(struct message *m, unsigned type, const void *value,
                        size_t len)
{
    size_t padded = (len + 3) & ~(size_t)3;
    if (m->len + 4 + padded > sizeof(m->data))
        return;
    put16(m->data + m->len, type);
    put16(m->data + m->len + 2, (unsigned)len);
    memcpy(m->data + m->len + 4, value, len);
    m->len += 4 + padded;
    put16(m->data + 2, (unsigned)(m->len - HEADER));
}

static void message_sign(struct message *m, const struct talk *t)
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    message_add(m, USERNAME, t->turn->user, strlen(t->turn->user));
    message_add(m, REALM, t->realm, t->realm_len);
    message_add(m, NONCE, t->nonce, t->nonce_len);
    /* The length counts the sum that is yet to come. */
    put16(m->data + 2, (unsigned)(m->len - HEADER + 24));
    (void)HMAC(EVP_sha1(), t->key, sizeof(t->key), m->data, m->len, sum, &len);
    message_add(m, INTEGRITY, sum, 20);
}

/* The value of an attribute; NULL: there is none, or it is cut off. */
static const uint8_t *message_find(const struct message *m, unsigned type,
                                   size_t *ret_len)
{
    for (size_t at = HEADER; at + 4 <= m->len;) {
        size_t len = get16(m->data + at + 2);
        if (at + 4 + len > m->len)
            return NULL;
        if (get16(m->data + at) == type) {
            *ret_len = len;
            return m->data + at + 4;
        }
        at += 4 + ((len + 3) & ~(size_t)3);
    }
    return NULL;
}

static unsigned error_code(const struct message *m)
{
    size_t len = 0;
    const uint8_t *v = message_find(m, ERROR_CODE, &len);
    return v && len >= 4 ? (v[2] & 7U) * 100 + v[3] : 0;
}

/* Whether what came answers `asked`. */
static bool is_answer(const struct message *m, const struct message *asked)
{
    return m->len >= HEADER && memcmp(m->data + 4, asked->data + 4, 16) == 0 &&
           get16(m->data + 2) + (size_t)HEADER <= m->len;
}

static int receive(const struct talk *t, struct message *m, int wait_ms)
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
        if (!t->tcp ||
            (m->len >= HEADER && m->len >= HEADER + (size_t)get16(m->data + 2)))
            return 0;
    }
    return -EBADMSG;
}

/* Asks, again over UDP when nothing comes, and waits for the answer. */
static int ask(const struct talk *t, const struct message *m,
               struct message *answer)
{
    for (int i = 0; i < (t->tcp ? 1 : TRIES); i++) {
        if (send(t->fd, m->data, m->len, MSG_NOSIGNAL) != (ssize_t)m->len)
            return -errno;
        int r =
            receive(t, answer, t->tcp ? PROBE_WAIT_MS : PROBE_WAIT_MS / TRIES);
        if (r == 0 && is_answer(answer, m))
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

/* This kiosk's address, seen from there (XOR-MAPPED-ADDRESS, IPv4). */
static void mapped(const struct message *m, char *ret, size_t cap)
{
    size_t len = 0;
    char text[INET_ADDRSTRLEN];
    const uint8_t *v = message_find(m, XOR_MAPPED, &len);
    ret[0] = 0;
    if (!v || len < 8 || v[1] != 1)
        return;
    uint8_t a[4];
    for (size_t i = 0; i < 4; i++)
        a[i] = v[4 + i] ^ (uint8_t)(COOKIE >> (24 - 8 * i));
    if (inet_ntop(AF_INET, a, text, sizeof(text)))
        (void)snprintf(ret, cap, ",\"address\":\"%s\"", text);
}

void probe_stun(const struct store_config_host *host)
{
    struct message m;
    struct message answer;
    char address[64];
    char more[96];
    int64_t since_us = lk_clock_us();
    LK_AUTO_FD fd = udp("stun", host);
    struct talk t = {.fd = fd};
    if (fd < 0)
        return;
    message_begin(&m, BINDING);
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

static bool keep(const struct message *m, unsigned type, uint8_t *ret,
                 size_t *ret_len)
{
    size_t len = 0;
    const uint8_t *v = message_find(m, type, &len);
    if (!v || len > 255)
        return false;
    memcpy(ret, v, len);
    *ret_len = len;
    return true;
}

/* RFC 8489 section 9.2.2: the long-term key. */
static bool learn(struct talk *t, const struct message *m)
{
    char text[2 * STORE_CONFIG_TEXT_MAX + 260];
    unsigned len = 0;
    if (!keep(m, REALM, t->realm, &t->realm_len) ||
        !keep(m, NONCE, t->nonce, &t->nonce_len))
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

static void allocate(struct message *m, const struct talk *t)
{
    static const uint8_t over_udp[4] = {17, 0, 0, 0};
    message_begin(m, ALLOCATE);
    message_add(m, TRANSPORT, over_udp, sizeof(over_udp));
    if (t->has_key)
        message_sign(m, t);
}

static void give_back(const struct talk *t)
{
    static const uint8_t none[4] = {0};
    struct message m;
    struct message answer;
    message_begin(&m, REFRESH);
    message_add(&m, LIFETIME, none, sizeof(none));
    message_sign(&m, t);
    (void)ask(t, &m, &answer); /* it ends by itself in ten minutes, too */
}

static void refused(const struct store_config_turn *turn, unsigned code)
{
    char why[200];
    bool password = code == 401 || code == 441;
    (void)snprintf(why, sizeof(why), "%.100s:%u refuses a relay (%u)%s",
                   turn->at.host, (unsigned)turn->at.port, code,
                   password ? ": user or password is wrong" : "");
    probe_check("turn", "FAIL", why,
                password ? "Provision the site file with the right TURN user "
                           "and password."
                         : "Ask the office what the TURN server's limits are.",
                NULL);
}

static void try_turn(struct talk *t)
{
    struct message m;
    struct message answer = {.len = 0};
    char more[48];
    int64_t since_us = lk_clock_us();
    allocate(&m, t);
    int r = ask(t, &m, &answer);
    /* A stale nonce (438) is answered with a fresh one, once. */
    for (int i = 0; i < 2 && r == 0 && get16(answer.data) == (ALLOCATE | ERROR);
         i++) {
        unsigned code = error_code(&answer);
        bool first = code == 401 && !t->has_key;
        if ((!first && code != 438) || !learn(t, &answer)) {
            refused(t->turn, code);
            return;
        }
        allocate(&m, t);
        r = ask(t, &m, &answer);
    }
    if (r < 0) {
        silent("turn", &t->turn->at, r);
    } else if (get16(answer.data) == (ALLOCATE | SUCCESS) && t->has_key) {
        (void)snprintf(more, sizeof(more), "\"ms\":%lld",
                       (long long)((lk_clock_us() - since_us) / 1000));
        probe_check("turn", "PASS", "", "", more);
        give_back(t);
    } else {
        refused(t->turn, error_code(&answer));
    }
}

void probe_turn(const struct store_config_turn *turn)
{
    LK_AUTO_FD fd =
        turn->tcp ? probe_tcp("turn", &turn->at) : udp("turn", &turn->at);
    struct talk t = {.fd = fd, .tcp = turn->tcp, .turn = turn};
    if (fd >= 0)
        try_turn(&t);
    explicit_bzero(t.key, sizeof(t.key));
}
