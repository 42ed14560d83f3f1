/* net_pair.h - two transports in one process, on loopback, that know each
 * other's candidates. For the tests of rtc/net.
 */
#ifndef LUUKKU_TESTS_NET_PAIR_H
#define LUUKKU_TESTS_NET_PAIR_H

#include "testing.h"

#include "base/clock.h"
#include "loop/glib.h"
#include "rtc/net/net.h"

#include <errno.h>

struct side {
    struct pair *pair;
    struct rtc_net *net;
    unsigned events[8]; /* by enum rtc_net_event */
    unsigned rtp, rtcp, packets;
    uint8_t last[1500]; /* the newest RTP or RTCP packet */
    size_t last_len;
    unsigned opened, closed, writable, messages;
    int channel; /* the newest opened */
    bool by_remote;
    char label[RTC_DCEP_LABEL_MAX];
    bool text;
    uint8_t *message; /* the newest */
    size_t message_len;
    bool echo;
};

struct pair {
    struct lk_loop *loop;
    struct lk_loop_glib *glib;
    struct side a, b; /* a: controlling */
};

void pair_setup(struct pair *p);
void pair_teardown(struct pair *p);

/* Makes the transport of a side with `cfg` for both, loopback only. */
void side_new(struct pair *p, struct side *s, const struct rtc_net_config *cfg);

/* Lets `to` know credentials and candidates of `from`. */
void side_tell(struct side *from, struct side *to);

/* Starts DTLS on both; a is the client when `a_client`. */
void pair_start(struct pair *p, bool a_client);

/* Both opened, told and started; waits until both are secure. */
void pair_connect(struct pair *p, bool a_client);

/* Runs the loop until the condition, at most 10 s. */
#define PAIR_UNTIL(p, condition)                                 \
    do {                                                         \
        int64_t end_ = lk_clock_us() + 10000000;                 \
        while (!(condition) && lk_clock_us() < end_)             \
            assert_int_equal(lk_loop_step((p)->loop, 20000), 0); \
        assert_true(condition);                                  \
    } while (0)

/* Runs the loop for `ms`. */
void pair_run(struct pair *p, int ms);

/* Open descriptors and threads of this process. */
unsigned count_fds(void);
unsigned count_threads(void);

#endif
