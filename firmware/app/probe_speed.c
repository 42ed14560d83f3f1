/* How much the site's own relay carries: two relays, one of which sends to the
 * other, so every byte goes out over the kiosk's line and comes back over it.
 * Only over UDP, as calls go. */
#include "app/probe_turn.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/rand.h>

#define CHANNEL 0x4000
#define PAYLOAD 1000
#define STEP_US 500000 /* one rate is sent for so long, */
#define LATE_US 300000 /* and what comes later is lost */
#define QUIET_PACKETS 10
#define LOSS_MOST 5 /* per cent: a rate that is carried */

/* What goes: a token of this run, which step, and when. */
struct mark {
    uint8_t token[PROBE_TOKEN_LEN];
    uint32_t step;
    uint32_t sequence; /* within the step; for two of the same */
    int64_t sent_us;
};

struct run {
    struct probe_talk to; /* sends */
    struct probe_talk from;
    uint8_t token[PROBE_TOKEN_LEN];
    uint32_t step;
    uint64_t sent;
    uint64_t received;
    int64_t first_us; /* when the first and the last of the step came */
    int64_t last_us;
    int64_t delay_us[QUIET_PACKETS]; /* of the first ones of the step */
};

struct outcome {
    double mbit;
    double loss_percent;
};

static const unsigned rates_kbps[] = {500, 1000, 2000, 4000, 8000};

static void send_one(struct run *r)
{
    uint8_t out[PROBE_CHANNEL_HEADER + PAYLOAD] = {0};
    struct mark m = {.step = r->step,
                     .sequence = (uint32_t)r->sent,
                     .sent_us = lk_clock_us()};
    memcpy(m.token, r->token, sizeof(m.token));
    probe_channel_write(out, CHANNEL, PAYLOAD);
    memcpy(out + PROBE_CHANNEL_HEADER, &m, sizeof(m));
    /* What does not fit into the socket is lost, as on the way. */
    (void)send(r->to.fd, out, sizeof(out), MSG_NOSIGNAL | MSG_DONTWAIT);
    r->sent++;
}

static void take_one(struct run *r, const uint8_t *data, size_t len)
{
    struct mark m;
    size_t inside = 0;
    const uint8_t *v = probe_channel_read(data, len, CHANNEL, &inside);
    if (!v || inside < sizeof(m))
        return;
    memcpy(&m, v, sizeof(m));
    if (memcmp(m.token, r->token, sizeof(m.token)) != 0 || m.step != r->step ||
        m.sequence >= r->sent || r->received >= r->sent)
        return;
    r->last_us = lk_clock_us();
    if (r->received == 0)
        r->first_us = r->last_us;
    if (r->received < QUIET_PACKETS)
        r->delay_us[r->received] = r->last_us - m.sent_us;
    r->received++;
}

/* Takes what comes until then. */
static void listen_until(struct run *r, int64_t end_us)
{
    struct pollfd p = {.fd = r->from.fd, .events = POLLIN};
    uint8_t in[PROBE_CHANNEL_HEADER + PAYLOAD + 500];
    for (;;) {
        int64_t left_us = end_us - lk_clock_us();
        struct timespec left = {.tv_sec = left_us / 1000000,
                                .tv_nsec = left_us % 1000000 * 1000};
        if (left_us <= 0 || ppoll(&p, 1, &left, NULL) != 1)
            return;
        ssize_t n = recv(r->from.fd, in, sizeof(in), MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN)
            return;
        if (n > 0)
            take_one(r, in, (size_t)n);
    }
}

/* Sends `packets`, one each `every_us`, and hears how many come. */
static void run_step(struct run *r, uint64_t packets, int64_t every_us)
{
    int64_t begin_us = lk_clock_us();
    r->step++;
    r->sent = 0;
    r->received = 0;
    while (r->sent < packets) {
        send_one(r);
        listen_until(r, begin_us + (int64_t)r->sent * every_us);
    }
    int64_t end_us = lk_clock_us() + LATE_US;
    while (r->received < r->sent && lk_clock_us() < end_us)
        listen_until(r, lk_clock_us() + 20000);
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a;
    const int64_t *y = b;
    return (*x > *y) - (*x < *y);
}

/* Median of a quiet line, ms; below 0: nothing came. */
static double quiet_ms(struct run *r)
{
    run_step(r, QUIET_PACKETS, 20000);
    if (r->received == 0)
        return -1;
    qsort(r->delay_us, (size_t)r->received, sizeof(r->delay_us[0]), compare);
    size_t middle = (size_t)r->received / 2;
    return (double)r->delay_us[middle] / 1000.0;
}

static struct outcome step_outcome(const struct run *r, unsigned kbps)
{
    struct outcome o = {.mbit = 0, .loss_percent = 100};
    if (r->received > 1) {
        int64_t took_us = r->last_us - r->first_us;
        o.mbit = took_us > 0
                     ? (double)(r->received - 1) * PAYLOAD * 8 / (double)took_us
                     : 0;
        o.loss_percent =
            100.0 * (double)(r->sent - r->received) / (double)r->sent;
    }
    /* A burst that arrives at once is no faster line than what was sent. */
    double most = (double)kbps / 1000.0;
    o.mbit = o.mbit > most ? most : o.mbit;
    return o;
}

/* Faster and faster until something is lost; the last rate counts. */
static struct outcome climb(struct run *r)
{
    struct outcome best = {.mbit = 0, .loss_percent = 100};
    for (size_t i = 0; i < LK_ARRAY_LEN(rates_kbps); i++) {
        int64_t every_us = INT64_C(8000) * PAYLOAD / rates_kbps[i];
        run_step(r, (uint64_t)(STEP_US / every_us), every_us);
        struct outcome o = step_outcome(r, rates_kbps[i]);
        if (o.mbit >= best.mbit)
            best = o;
        if (o.loss_percent > LOSS_MOST)
            break;
    }
    return best;
}

static void tell(struct run *r, const struct store_config_turn *turn)
{
    char more[160];
    char why[200];
    double delay_ms = quiet_ms(r);
    if (delay_ms < 0) {
        (void)snprintf(why, sizeof(why),
                       "%.100s:%u gives relays, but carries nothing",
                       turn->at.host, (unsigned)turn->at.port);
        probe_check("speed", "FAIL", why,
                    "Ask the office whether the relay may send to itself, and "
                    "whether its ports 49152 to 65535 are open.",
                    NULL);
        return;
    }
    struct outcome o = climb(r);
    (void)snprintf(more, sizeof(more),
                   "\"mbit_up_and_down\":%.2f,\"loss_percent\":%.1f,"
                   "\"delay_ms\":%.1f",
                   o.mbit, o.loss_percent, delay_ms);
    probe_check("speed", "PASS", "", "", more);
}

static int join(struct run *r, const struct store_config_turn *turn)
{
    struct probe_stun answer;
    struct probe_place to;
    struct probe_place from;
    if (probe_turn_open("speed", turn, &r->to, &answer) < 0)
        return -EIO;
    int t = probe_stun_place(&answer, PROBE_STUN_XOR_RELAYED, &to);
    if (probe_turn_open("speed", turn, &r->from, &answer) < 0)
        return -EIO;
    if (t < 0 || probe_stun_place(&answer, PROBE_STUN_XOR_RELAYED, &from) < 0 ||
        RAND_bytes(r->token, sizeof(r->token)) != 1) {
        probe_check("speed", "FAIL", "the relay does not say where it is",
                    "Ask the office what answers there.", NULL);
        return -EIO;
    }
    int c = probe_turn_channel(&r->to, CHANNEL, &from);
    return c < 0 ? c : probe_turn_channel(&r->from, CHANNEL, &to);
}

void probe_speed(const struct store_config_turn *turn)
{
    struct run r = {.to = {.fd = -1}, .from = {.fd = -1}};
    if (turn->tcp) {
        probe_check("speed", "SKIP",
                    "this relay is asked over TCP, whose speed says little "
                    "about a call",
                    "", NULL);
        return;
    }
    if (join(&r, turn) == 0)
        tell(&r, turn);
    probe_turn_close(&r.to);
    probe_turn_close(&r.from);
}
