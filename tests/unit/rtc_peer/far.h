/* far.h - a peer under test, a far end made of rtc_net and hand-written
 * answers, and a wire between them that can be cut. For the tests of rtc/peer.
 */
#ifndef LUUKKU_TESTS_FAR_H
#define LUUKKU_TESTS_FAR_H

#include "testing.h"

#include "base/buf.h"
#include "base/clock.h"
#include "loop/glib.h"
#include "rtc/peer/peer.h"

#include <errno.h>
#include <netinet/in.h>

/* Two UDP ports: what comes to one leaves from the other. */
struct wire {
    int fd[2]; /* 0: facing the peer, 1: facing the far end */
    struct lk_watch *watch[2];
    struct sockaddr_in to[2]; /* the real ends */
    uint16_t port[2];
    bool cut;
    uint64_t passed, dropped;
};

struct bench {
    struct lk_loop *loop;
    struct lk_loop_glib *glib;
    struct rtc_peer *peer;
    struct rtc_net *far;
    bool wired; /* candidates lead over `wire` */
    struct wire wire;
    /* what the peer said */
    unsigned states[8];
    unsigned rtp[2], keyframes, bitrates, silences, opened, closed, messages;
    int64_t silent_us;
    uint8_t packet[1500];
    size_t packet_len;
    size_t message_len;
    int channel;
    char offer[RTC_SDP_TEXT_MAX];
    int offer_len;
    uint64_t version;
    /* what the far end saw */
    unsigned far_events[8];
    unsigned far_rtp, far_rtcp, far_opened;
    uint8_t far_packet[1500];
    size_t far_packet_len;
};

void bench_setup(struct bench *b);
void bench_teardown(struct bench *b);

/* Makes peer and far end anew, with the peer's gate closed. */
void bench_new(struct bench *b);

struct answer {
    const char *setup;      /* NULL: "active" */
    uint64_t version;       /* 0: that of the newest offer */
    bool wrong_fingerprint; /* of somebody else */
    bool no_candidates;
    const char *extra; /* lines behind the first section's */
};

/* Writes the far end's answer to the newest offer. */
void bench_answer_text(struct bench *b, const struct answer *a,
                       char ret[RTC_SDP_TEXT_MAX]);

/* Writes an answer and hands it in. Returns as rtc_peer_answer(). */
int bench_answer(struct bench *b, const struct answer *a,
                 enum rtc_sdp_verdict *ret);

/* Makes a new offer of the next version. */
void bench_offer(struct bench *b);

/* The far end learns what the newest offer says. */
void bench_far_learn(struct bench *b);

/* The far end starts DTLS; `client` is what the answer said. */
void bench_far_start(struct bench *b, bool client);

/* From nothing to connected. */
void bench_connect(struct bench *b, const char *setup);

void bench_run(struct bench *b, int ms);

#define BENCH_UNTIL_MS(b, ms, condition)                         \
    do {                                                         \
        int64_t end_ = lk_clock_us() + (ms)*1000LL;              \
        while (!(condition) && lk_clock_us() < end_)             \
            assert_int_equal(lk_loop_step((b)->loop, 20000), 0); \
        assert_true(condition);                                  \
    } while (0)
#define BENCH_UNTIL(b, condition) BENCH_UNTIL_MS(b, 10000, condition)

#endif
