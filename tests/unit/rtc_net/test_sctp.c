#include "testing.h"

#include "base/clock.h"
#include "rtc/net/sctp.h"

#include <errno.h>
#include <usrsctp.h>

#define WIRE_MAX 4096

struct end {
    struct end *other;
    struct rtc_sctp *sctp;
    unsigned opened, closed, writable, messages;
    int channel, closed_channel;
    bool by_remote, text, send_in_callback, close_in_callback;
    char label[RTC_DCEP_LABEL_MAX];
    uint8_t *message;
    size_t len;
    size_t total; /* bytes of all messages */
};

static struct lk_loop *loop;
static struct end a, b;
static struct {
    struct end *to;
    size_t len;
    uint8_t data[1200];
} wire[WIRE_MAX];
static size_t wire_first, wire_len;
static uint64_t seed;
static unsigned loss_percent;

static int wire_send(void *arg, const uint8_t *data, size_t len)
{
    struct end *e = arg;
    assert_true(len <= RTC_PIPE_SECURE_MTU);
    if (wire_len == WIRE_MAX || test_random(&seed) % 100 < loss_percent)
        return -EAGAIN;
    size_t i = (wire_first + wire_len++) % WIRE_MAX;
    wire[i].to = e->other;
    wire[i].len = len;
    memcpy(wire[i].data, data, len);
    return 0;
}

static void wire_pump(void)
{
    uint8_t copy[1200];
    for (size_t n = wire_len; n > 0; n--) {
        size_t i = wire_first;
        wire_first = (wire_first + 1) % WIRE_MAX;
        wire_len--;
        memcpy(copy, wire[i].data, wire[i].len);
        if (wire[i].to->sctp)
            rtc_sctp_receive(wire[i].to->sctp, copy, wire[i].len);
    }
}

#define UNTIL(condition)                                          \
    do {                                                          \
        int64_t end_ = lk_clock_us() + 20000000;                  \
        while (wire_pump(), !(condition) && lk_clock_us() < end_) \
            assert_int_equal(lk_loop_step(loop, 1000), 0);        \
        assert_true(condition);                                   \
    } while (0)

static void on_open(void *arg, int channel, const char *label, bool by_remote)
{
    struct end *e = arg;
    e->opened++;
    e->channel = channel;
    e->by_remote = by_remote;
    (void)snprintf(e->label, sizeof(e->label), "%s", label);
}

static void on_message(void *arg, int channel, bool text, const uint8_t *data,
                       size_t len)
{
    struct end *e = arg;
    e->messages++;
    e->text = text;
    e->len = len;
    e->total += len;
    free(e->message);
    e->message = malloc(len + 1);
    memcpy(e->message, data, len);
    if (e->send_in_callback)
        assert_int_equal(rtc_sctp_send(e->sctp, channel, text, data, len), 0);
    if (e->close_in_callback)
        rtc_sctp_close(e->sctp, channel);
}

static void on_writable(void *arg, int channel)
{
    struct end *e = arg;
    e->writable++;
    e->channel = channel;
}

static void on_closed(void *arg, int channel)
{
    struct end *e = arg;
    e->closed++;
    e->closed_channel = channel;
}

static void end_new(struct end *e, struct end *other)
{
    static const struct rtc_sctp_events ev = {.channel_open = on_open,
                                              .channel_message = on_message,
                                              .channel_writable = on_writable,
                                              .channel_closed = on_closed};
    struct rtc_pipe below = {.send = wire_send, .arg = e};
    memset(e, 0, sizeof(*e));
    e->other = other;
    assert_int_equal(rtc_sctp_new(loop, &below, &ev, e, &e->sctp), 0);
}

static int setup(void **state)
{
    (void)state;
    seed = test_seed();
    loss_percent = 0;
    wire_len = 0;
    assert_int_equal(lk_loop_new(&loop), 0);
    end_new(&a, &b);
    end_new(&b, &a);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    a.sctp = rtc_sctp_free(a.sctp);
    b.sctp = rtc_sctp_free(b.sctp);
    free(a.message);
    free(b.message);
    loop = lk_loop_free(loop);
    return 0;
}

static void connect_both(uint32_t max)
{
    struct rtc_sctp_start s = {.dtls_client = true,
                               .remote_port = RTC_SCTP_PORT,
                               .max_message_size = max};
    assert_int_equal(rtc_sctp_start(a.sctp, &s), 0);
    assert_int_equal(rtc_sctp_start(a.sctp, &s), -EALREADY);
    s.dtls_client = false;
    assert_int_equal(rtc_sctp_start(b.sctp, &s), 0);
}

static int open_one(struct end *e, const char *label)
{
    struct rtc_sctp_params p = {.reliability = RTC_DCEP_RELIABLE};
    (void)snprintf(p.label, sizeof(p.label), "%s", label);
    return rtc_sctp_open(e->sctp, &p);
}

static void test_labels(void **state)
{
    (void)state;
    struct rtc_sctp_params p = {.reliability = RTC_DCEP_RELIABLE};
    assert_int_equal(rtc_sctp_open(a.sctp, &p), -EINVAL); /* empty */
    memset(p.label, 'x', sizeof(p.label));
    assert_int_equal(rtc_sctp_open(a.sctp, &p), -EINVAL); /* no NUL */
    memcpy(p.label, "\xff", 2);
    assert_int_equal(rtc_sctp_open(a.sctp, &p), -EINVAL); /* not UTF-8 */
}

/* All channels at once, from both ends, opened before and after the way is up;
 * one more is refused, and told so to the other end. */
static void test_many(void **state)
{
    (void)state;
    for (int i = 0; i < RTC_SCTP_CHANNELS_MAX / 2; i++)
        assert_int_equal(open_one(&a, "early"), i);
    connect_both(0);
    UNTIL(a.opened == 8 && b.opened == 8);
    for (int i = 0; i < RTC_SCTP_CHANNELS_MAX / 2; i++)
        assert_true(open_one(&b, "late") >= 0);
    UNTIL(a.opened == 16 && b.opened == 16);
    assert_int_equal(open_one(&a, "more"), -ENOSPC);
    assert_int_equal(open_one(&b, "more"), -ENOSPC);
    for (int i = 0; i < RTC_SCTP_CHANNELS_MAX; i++)
        assert_int_equal(rtc_sctp_send(a.sctp, i, true, "hi", 2), 0);
    UNTIL(b.messages == 16);
    assert_int_equal(rtc_sctp_send(a.sctp, 16, true, "hi", 2), -ENOENT);
    assert_int_equal(rtc_sctp_send(a.sctp, -1, true, "hi", 2), -ENOENT);
}

/* A is full; B has room and opens one more: A closes it at once. */
static void test_refused_by_remote(void **state)
{
    (void)state;
    connect_both(0);
    for (int i = 0; i < RTC_SCTP_CHANNELS_MAX; i++)
        assert_int_equal(open_one(&a, "ours"), i);
    UNTIL(b.opened == 16);
    rtc_sctp_close(b.sctp, 0);
    UNTIL(b.closed == 1 && a.closed == 1);
    int own = open_one(&a, "again");
    assert_true(own >= 0);
    int theirs = open_one(&b, "too many");
    if (theirs < 0) { /* the other was quicker to arrive */
        assert_int_equal(theirs, -ENOSPC);
        return;
    }
    UNTIL(b.closed + a.closed >= 3);
}

/* Both are full, and each hears of as many channels more: every one is closed,
 * not only the first. */
static void test_many_refused(void **state)
{
    (void)state;
    for (int i = 0; i < RTC_SCTP_CHANNELS_MAX; i++) {
        assert_int_equal(open_one(&a, "ours"), i);
        assert_int_equal(open_one(&b, "theirs"), i);
    }
    connect_both(0);
    UNTIL(a.closed == RTC_SCTP_CHANNELS_MAX &&
          b.closed == RTC_SCTP_CHANNELS_MAX);
    assert_int_equal(a.opened + b.opened, 0);
    assert_true(open_one(&a, "again") >= 0);
    UNTIL(a.opened == 1 && b.opened == 1);
}

static void check_close(struct end *first, struct end *second)
{
    connect_both(0);
    int ch = open_one(&a, "x");
    UNTIL(a.opened && b.opened);
    int other = b.channel;
    char big[50000];
    memset(big, 1, sizeof(big));
    int handle = first == &a ? ch : other;
    assert_int_equal(rtc_sctp_send(first->sctp, handle, false, big, 50000), 0);
    rtc_sctp_close(first->sctp, handle);
    assert_int_equal(rtc_sctp_send(first->sctp, handle, false, big, 1), -EPIPE);
    UNTIL(a.closed && b.closed);
    assert_int_equal(second->total, 50000); /* what was queued went first */
    assert_int_equal(rtc_sctp_send(a.sctp, ch, false, big, 1), -ENOENT);
    /* The stream and the handle can be used again. */
    for (unsigned i = 2; i < 40; i++) {
        ch = open_one(&a, "y");
        assert_true(ch >= 0);
        UNTIL(a.opened == i && b.opened == i);
        assert_int_equal(rtc_sctp_send(a.sctp, ch, true, "again", 5), 0);
        UNTIL(b.messages == (second == &b) + i - 1);
        rtc_sctp_close(i % 2 ? a.sctp : b.sctp, i % 2 ? ch : b.channel);
        UNTIL(a.closed == i && b.closed == i);
    }
}

static void test_close_opener(void **state)
{
    (void)state;
    check_close(&a, &b);
}

static void test_close_other(void **state)
{
    (void)state;
    check_close(&b, &a);
}

static void test_callbacks_send_and_close(void **state)
{
    (void)state;
    b.send_in_callback = b.close_in_callback = true;
    connect_both(0);
    int ch = open_one(&a, "x");
    assert_int_equal(rtc_sctp_send(a.sctp, ch, true, "ping", 4), 0);
    UNTIL(a.messages == 1 && a.closed == 1 && b.closed == 1);
    assert_int_equal(a.len, 4);
}

/* The queue has a ceiling, and says when there is room again. */
static void test_back_pressure(void **state)
{
    (void)state;
    uint8_t *big = calloc(1, RTC_SCTP_MESSAGE_MAX);
    connect_both(RTC_SCTP_MESSAGE_MAX);
    int ch = open_one(&a, "bulk");
    int small = open_one(&a, "small");
    UNTIL(a.opened == 2);
    unsigned n = 0;
    int r = 0;
    while ((r = rtc_sctp_send(a.sctp, ch, false, big, RTC_SCTP_MESSAGE_MAX)) ==
           0)
        assert_true(++n < 100);
    assert_int_equal(r, -EAGAIN);
    assert_true(rtc_sctp_buffered(a.sctp, ch) <= RTC_SCTP_QUEUE_MAX);
    assert_true(rtc_sctp_buffered(a.sctp, ch) > RTC_SCTP_QUEUE_MAX / 2);
    assert_int_equal(rtc_sctp_send(a.sctp, small, true, "x", 1), 0);
    UNTIL(a.writable == 1);
    assert_int_equal(a.channel, ch);
    assert_int_equal(rtc_sctp_send(a.sctp, ch, false, big, 1), 0);
    UNTIL(b.messages == n + 2);
    assert_int_equal(b.total, (size_t)n * RTC_SCTP_MESSAGE_MAX + 2);
    free(big);
}

static void test_size_limits(void **state)
{
    (void)state;
    uint8_t *big = calloc(1, RTC_SCTP_MESSAGE_MAX + 1);
    connect_both(1000);
    int ch = open_one(&a, "x");
    UNTIL(a.opened);
    assert_int_equal(rtc_sctp_send(a.sctp, ch, false, big, 1001), -EMSGSIZE);
    assert_int_equal(rtc_sctp_send(a.sctp, ch, false, big, 1000), 0);
    UNTIL(b.messages == 1);
    free(big);
}

/* 10 % of all packets lost: every message comes, whole and in order. */
static void test_loss(void **state)
{
    (void)state;
    uint8_t *big = calloc(1, RTC_SCTP_MESSAGE_MAX);
    loss_percent = 10;
    b.send_in_callback = true;
    connect_both(0);
    int ch = open_one(&a, "x");
    for (unsigned i = 0; i < 6; i++) {
        size_t len = 1 + test_random(&seed) % RTC_SCTP_MESSAGE_MAX;
        for (size_t k = 0; k < len; k++)
            big[k] = (uint8_t)test_random(&seed);
        assert_int_equal(rtc_sctp_send(a.sctp, ch, false, big, len), 0);
        UNTIL(a.messages == i + 1);
        assert_int_equal(a.len, len);
        assert_memory_equal(a.message, big, len);
    }
    free(big);
}

/* Without retransmissions some of it is lost, and the rest still comes. */
static void test_unreliable(void **state)
{
    (void)state;
    struct rtc_sctp_params p = {.label = "loose",
                                .unordered = true,
                                .reliability = RTC_DCEP_RETRANSMITS};
    connect_both(0);
    int ch = rtc_sctp_open(a.sctp, &p);
    UNTIL(a.opened);
    loss_percent = 30;
    uint8_t m[900] = {0};
    for (int i = 0; i < 300; i++) {
        assert_int_equal(rtc_sctp_send(a.sctp, ch, false, m, sizeof(m)), 0);
        UNTIL(wire_len == 0);
    }
    loss_percent = 0;
    unsigned so_far = b.messages;
    assert_int_equal(rtc_sctp_send(a.sctp, ch, true, "end", 3), 0);
    UNTIL(b.messages > so_far && b.text);
    assert_true(b.messages > 100 && b.messages <= 301);
}

/* The far end vanishes: its abort ends every channel here. */
static void test_gone(void **state)
{
    (void)state;
    connect_both(0);
    int ch = open_one(&a, "x");
    UNTIL(a.opened && b.opened);
    b.sctp = rtc_sctp_free(b.sctp);
    UNTIL(a.closed == 1);
    assert_int_equal(rtc_sctp_send(a.sctp, ch, true, "x", 1), -ENOENT);
    assert_int_equal(open_one(&a, "y"), -EPIPE);
}

static void test_garbage(void **state)
{
    (void)state;
    static const uint8_t ports[] = {0x13, 0x88, 0x13, 0x88};
    uint8_t junk[1100];
    connect_both(0);
    int ch = open_one(&a, "x");
    UNTIL(a.opened && b.opened);
    for (int i = 0; i < 3000; i++) {
        size_t len = test_random(&seed) % sizeof(junk);
        for (size_t k = 0; k < len; k++)
            junk[k] = (uint8_t)test_random(&seed);
        if (i % 2 && len > 4) /* to the right port at least */
            memcpy(junk, ports, sizeof(ports));
        rtc_sctp_receive(b.sctp, junk, len);
    }
    assert_int_equal(rtc_sctp_send(a.sctp, ch, true, "x", 1), 0);
    UNTIL(b.messages == 1);
}

/* usrsctp keeps nothing of what was freed. */
static void test_nothing_stays(void **state)
{
    for (int i = 0; i < 20; i++) {
        connect_both(0);
        assert_true(open_one(&a, "x") >= 0);
        if (i % 2)
            UNTIL(a.opened && b.opened);
        teardown(state);
        setup(state);
    }
    teardown(state);
    assert_int_equal(usrsctp_finish(), 0);
    assert_int_equal(lk_loop_new(&loop), 0); /* for the teardown that follows */
    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    static const struct CMUnitTest tests[] = {
        T(test_labels),
        T(test_many),
        T(test_refused_by_remote),
        T(test_many_refused),
        T(test_close_opener),
        T(test_close_other),
        T(test_callbacks_send_and_close),
        T(test_back_pressure),
        T(test_size_limits),
        T(test_loss),
        T(test_unreliable),
        T(test_gone),
        T(test_garbage),
        T(test_nothing_stays), /* last: usrsctp is finished after it */
    };
#undef T
    return cmocka_run_group_tests(tests, NULL, NULL);
}
