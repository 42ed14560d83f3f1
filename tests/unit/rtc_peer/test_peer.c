#include "far.h"

#include "base/bytes.h"

#include <dirent.h>

static struct bench b;

static int setup(void **state)
{
    (void)state;
    bench_setup(&b);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bench_teardown(&b);
    return 0;
}

/* A VP8 key frame of one packet, as a payloader makes it. */
static size_t video_packet(uint8_t pkt[200], uint16_t seq)
{
    memset(pkt, 0, 200);
    pkt[0] = 0x80;
    pkt[1] = 0x80 | RTC_PT_VP8;
    pkt[2] = (uint8_t)(seq >> 8);
    pkt[3] = (uint8_t)seq;
    pkt[7] = (uint8_t)seq; /* timestamp */
    pkt[11] = 1;           /* SSRC */
    pkt[12] = 0x10;        /* first partition begins, and P of VP8 is 0 */
    return 200;
}

static void check_call(const char *dtls)
{
    uint8_t pkt[200 + RTC_NET_TAIL];
    bench_connect(&b, dtls);
    assert_true(b.keyframes >= 1);
    /* Out: with the SSRC that was offered, whatever the payloader wrote. */
    size_t len = video_packet(pkt, 5);
    assert_int_equal(
        rtc_peer_send_rtp(b.peer, FLOW_VIDEO, pkt, len, lk_clock_us()), 0);
    BENCH_UNTIL(&b, b.far_rtp == 1);
    uint32_t ssrc = lk_get_u32(b.far_packet + 8);
    char line[40];
    (void)snprintf(line, sizeof(line), "a=ssrc-group:FID %u ", ssrc);
    assert_non_null(strstr(b.offer, line));
    /* In. */
    len = video_packet(pkt, 9);
    assert_int_equal(rtc_net_send_rtp(b.far, pkt, len), 0);
    BENCH_UNTIL(&b, b.rtp[FLOW_VIDEO] == 1);
    assert_int_equal(b.packet_len, 200);
    assert_int_equal(b.packet[3], 9);
    rtc_peer_request_keyframe(b.peer);
    BENCH_UNTIL(&b, b.far_rtcp > 0);
    struct rtc_peer_stats st;
    rtc_peer_get_stats(b.peer, &st);
    assert_int_equal(st.state, RTC_PEER_CONNECTED);
    assert_int_equal(st.handshakes, 1);
    assert_true(st.video_send && st.video_receive);
    assert_true(st.answer_us >= st.offer_us && st.connected_us >= st.ice_us);
    assert_string_equal(rtc_peer_failure(b.peer), "");
}

static void test_call_as_server(void **state)
{
    (void)state;
    check_call("active");
}

static void test_call_as_client(void **state)
{
    (void)state;
    check_call("passive");
}

static void test_channels(void **state)
{
    (void)state;
    static const uint8_t big[RTC_SCTP_MESSAGE_MAX];
    struct rtc_sctp_params p = {.label = "ctl"};
    bench_connect(&b, "active");
    int ch = rtc_peer_channel_open(b.peer, &p);
    assert_true(ch >= 0);
    BENCH_UNTIL(&b, b.opened == 1 && b.far_opened == 1);
    assert_int_equal(rtc_peer_channel_send(b.peer, ch, false, big, sizeof(big)),
                     0);
    BENCH_UNTIL(&b, b.messages == 1);
    assert_int_equal(b.message_len, sizeof(big));
    rtc_peer_channel_close(b.peer, ch);
    BENCH_UNTIL(&b, b.closed == 1);
    assert_int_equal(rtc_peer_channel_send(b.peer, ch, false, big, 1), -ENOENT);
    assert_int_equal(rtc_peer_channel_buffered(b.peer, ch), 0);
}

/* Before the grant: the offer can be had, and that is all. */
static void test_gate(void **state)
{
    (void)state;
    uint8_t pkt[200];
    struct answer a = {0};
    enum rtc_sdp_verdict v;
    struct rtc_sctp_params p = {.label = "early"};
    bench_new(&b);
    bench_offer(&b);
    assert_true(rtc_peer_channel_open(b.peer, &p) >= 0);
    bench_far_learn(&b); /* a far end that knows the offer all the same */
    bench_far_start(&b, true);
    assert_int_equal(bench_answer(&b, &a, &v), -EPERM);
    assert_int_equal(rtc_peer_candidate(b.peer, "", 0), -EPERM);
    assert_int_equal(rtc_peer_restart(b.peer), -EAGAIN);
    size_t len = video_packet(pkt, 1);
    assert_int_equal(
        rtc_peer_send_rtp(b.peer, FLOW_VIDEO, pkt, len, lk_clock_us()),
        -EAGAIN);
    rtc_peer_request_keyframe(b.peer);
    bench_run(&b, 500);
    struct rtc_peer_stats st;
    rtc_peer_get_stats(b.peer, &st);
    assert_int_equal(st.state, RTC_PEER_OFFERED);
    assert_int_equal(st.net.ice.sent, 0);
    assert_int_equal(st.net.ice.received, 0);
    assert_int_equal(st.handshakes, 0);
    assert_int_equal(b.far_rtp + b.far_rtcp + b.far_opened, 0);
    assert_int_equal(b.rtp[0] + b.rtp[1] + b.opened, 0);
    /* Opened, the same answer is taken and everything flows. */
    rtc_peer_open(b.peer);
    assert_int_equal(bench_answer(&b, &a, &v), 0);
    BENCH_UNTIL(&b, b.states[RTC_PEER_CONNECTED] == 1 && b.opened == 1);
}

/* Refused by name, and nothing has changed: a good answer is still taken. */
static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        struct answer answer;
        enum rtc_sdp_verdict verdict;
    } cases[] = {
        {{.version = 99}, RTC_SDP_OFFER_VERSION},
        {{.setup = "actpass"}, RTC_SDP_SETUP_ROLE},
        {{.extra = "a=mid:7\r\n"}, RTC_SDP_DUPLICATE},
    };
    struct answer good = {0};
    enum rtc_sdp_verdict v;
    bench_new(&b);
    rtc_peer_open(b.peer);
    assert_int_equal(bench_answer(&b, &good, &v), -EALREADY);
    bench_offer(&b);
    bench_far_learn(&b);
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        assert_int_equal(bench_answer(&b, &cases[i].answer, &v), -EPROTO);
        assert_int_equal(v, cases[i].verdict);
    }
    assert_int_equal(rtc_peer_answer(b.peer, "v=0\r\n", 5, &v), -EPROTO);
    assert_int_not_equal(v, RTC_SDP_OK);
    bench_offer(&b); /* a newer one: the older answer is too late */
    good.version = b.version - 1;
    assert_int_equal(bench_answer(&b, &good, &v), -EPROTO);
    assert_int_equal(v, RTC_SDP_OFFER_VERSION);
    assert_int_equal(
        rtc_peer_offer(b.peer, b.version, b.offer, sizeof(b.offer)), -EINVAL);
    good.version = 0;
    assert_int_equal(bench_answer(&b, &good, &v), 0);
    assert_int_equal(bench_answer(&b, &good, &v), -EALREADY);
    bench_far_start(&b, true);
    BENCH_UNTIL(&b, b.states[RTC_PEER_CONNECTED] == 1);
}

/* The certificate is not the one that was signed for. */
static void test_fingerprint(void **state)
{
    (void)state;
    struct answer a = {.wrong_fingerprint = true};
    enum rtc_sdp_verdict v;
    uint8_t pkt[200];
    bench_new(&b);
    rtc_peer_open(b.peer);
    bench_offer(&b);
    bench_far_learn(&b);
    assert_int_equal(bench_answer(&b, &a, &v), 0);
    bench_far_start(&b, true);
    BENCH_UNTIL(&b, b.states[RTC_PEER_FAILED] == 1);
    assert_string_equal(rtc_peer_failure(b.peer), "fingerprint");
    assert_int_equal(b.states[RTC_PEER_CONNECTED], 0);
    assert_int_equal(rtc_peer_restart(b.peer), -EPIPE);
    assert_int_equal(rtc_peer_offer(b.peer, 1000, b.offer, sizeof(b.offer)),
                     -EPIPE);
    size_t len = video_packet(pkt, 1);
    (void)rtc_peer_send_rtp(b.peer, FLOW_VIDEO, pkt, len, lk_clock_us());
    bench_run(&b, 100);
    assert_int_equal(b.far_rtp + b.far_opened, 0);
}

/* Trickled: ahead of the answer, after it, of no use, too many. */
static void test_candidates(void **state)
{
    (void)state;
    static const char local[] = "candidate:1 1 udp 2113937151 "
                                "0f1e2d3c-0000-4000-8000-000000000000.local "
                                "54321 typ host";
    static const char tcp[] = "candidate:1 1 tcp 1518280447 127.0.0.1 9 typ "
                              "host tcptype active";
    struct answer a = {.no_candidates = true};
    enum rtc_sdp_verdict v;
    struct rtc_candidate c[4];
    char text[RTC_CANDIDATE_TEXT_MAX];
    bench_new(&b);
    rtc_peer_open(b.peer);
    bench_offer(&b);
    assert_int_equal(rtc_ice_get_candidates(rtc_net_ice(b.far), c, 4), 1);
    assert_true(rtc_candidate_format(&c[0], text, sizeof(text)) > 0);
    assert_int_equal(rtc_peer_candidate(b.peer, text, strlen(text)), 0);
    for (int i = 1; i < RTC_PEER_PENDING_CANDIDATES; i++)
        assert_int_equal(rtc_peer_candidate(b.peer, local, strlen(local)), 0);
    assert_int_equal(rtc_peer_candidate(b.peer, text, strlen(text)), -ENOSPC);
    assert_int_equal(rtc_peer_candidate(b.peer, "candidate:x", 11), -EBADMSG);
    assert_int_equal(rtc_peer_candidate(b.peer, "", 0), 0);
    bench_far_learn(&b);
    assert_int_equal(bench_answer(&b, &a, &v), 0);
    bench_far_start(&b, true);
    BENCH_UNTIL(&b, b.states[RTC_PEER_CONNECTED] == 1);
    assert_int_equal(rtc_peer_candidate(b.peer, local, strlen(local)),
                     -EADDRNOTAVAIL);
    assert_int_equal(rtc_peer_candidate(b.peer, tcp, strlen(tcp)),
                     -EADDRNOTAVAIL);
    struct rtc_peer_stats st;
    rtc_peer_get_stats(b.peer, &st);
    assert_int_equal(st.net.ice.remote_unresolved, RTC_PEER_PENDING_CANDIDATES);
    assert_int_equal(st.net.ice.remote_unused, 1);
}

/* Only the far end checks (its candidates were all names): it becomes known by
 * that. */
static void test_unknown_far_end(void **state)
{
    (void)state;
    struct answer a = {.no_candidates = true};
    enum rtc_sdp_verdict v;
    bench_new(&b);
    rtc_peer_open(b.peer);
    bench_offer(&b);
    bench_far_learn(&b);
    assert_int_equal(bench_answer(&b, &a, &v), 0);
    bench_far_start(&b, true);
    BENCH_UNTIL(&b, b.states[RTC_PEER_CONNECTED] == 1);
    struct rtc_peer_stats st;
    rtc_peer_get_stats(b.peer, &st);
    assert_int_equal(strncmp(st.net.ice.remote, "prflx", 5), 0);
}

static void restart(bool wrong)
{
    struct answer a = {.wrong_fingerprint = wrong};
    enum rtc_sdp_verdict v;
    assert_int_equal(rtc_peer_restart(b.peer), 0);
    assert_int_equal(bench_answer(&b, &a, &v), -EALREADY);
    bench_offer(&b);
    assert_int_equal(rtc_ice_restart(rtc_net_ice(b.far)), 0);
    bench_far_learn(&b);
    assert_int_equal(bench_answer(&b, &a, &v), wrong ? -EBADMSG : 0);
}

static void send_until_seen(uint16_t seq)
{
    uint8_t pkt[200];
    unsigned before = b.far_rtp;
    BENCH_UNTIL(&b, (video_packet(pkt, seq++),
                     (void)rtc_peer_send_rtp(b.peer, FLOW_VIDEO, pkt, 200,
                                             lk_clock_us()),
                     b.far_rtp > before));
}

/* ICE restarts: media goes on, no second handshake, and no other far end. */
static void test_restart(void **state)
{
    (void)state;
    bench_connect(&b, "active");
    send_until_seen(1);
    for (uint16_t i = 1; i <= 2; i++) {
        unsigned up = b.far_events[RTC_NET_ICE_UP];
        restart(false);
        BENCH_UNTIL(&b, b.far_events[RTC_NET_ICE_UP] > up);
        send_until_seen((uint16_t)(1000 * i));
    }
    restart(true);
    struct rtc_peer_stats st;
    rtc_peer_get_stats(b.peer, &st);
    assert_int_equal(st.restarts, 2);
    assert_int_equal(st.handshakes, 1);
    assert_int_equal(b.states[RTC_PEER_FAILED], 0);
}

/* The wire is cut: silence is told. A restart into the dead network does no
 * harm, the next one brings all back, without a new handshake. */
static void test_outage(void **state)
{
    (void)state;
    uint8_t pkt[200 + RTC_NET_TAIL];
    b.wired = true;
    bench_connect(&b, "active");
    size_t len = video_packet(pkt, 1);
    assert_int_equal(rtc_net_send_rtp(b.far, pkt, len), 0);
    BENCH_UNTIL(&b, b.rtp[FLOW_VIDEO] == 1);
    assert_true(b.wire.passed > 0);
    b.wire.cut = true;
    BENCH_UNTIL(&b, b.silences == 1);
    assert_int_equal(b.silent_us, FLOW_SILENT_SHORT_US);
    restart(false);
    BENCH_UNTIL_MS(&b, 30000, b.states[RTC_PEER_LOST] >= 1);
    b.wire.cut = false;
    restart(false);
    BENCH_UNTIL(&b, b.states[RTC_PEER_CONNECTED] == 2);
    send_until_seen(100);
    len = video_packet(pkt, 2);
    assert_int_equal(rtc_net_send_rtp(b.far, pkt, len), 0);
    BENCH_UNTIL(&b, b.rtp[FLOW_VIDEO] == 2 && b.silent_us == 0);
    struct rtc_peer_stats st;
    rtc_peer_get_stats(b.peer, &st);
    assert_int_equal(st.handshakes, 1);
    assert_int_equal(st.restarts, 2);
    assert_true(b.wire.dropped > 0);
}

static void test_far_end_leaves(void **state)
{
    (void)state;
    struct rtc_sctp_params p = {.label = "x"};
    bench_connect(&b, "active");
    b.far = rtc_net_free(b.far);
    BENCH_UNTIL(&b, b.states[RTC_PEER_CLOSED] == 1);
    assert_int_equal(rtc_peer_channel_open(b.peer, &p), -EPIPE);
    assert_int_equal(rtc_peer_channel_send(b.peer, 0, true, "x", 1), -EPIPE);
}

/* Freed while connected: BYE and close-notify reach the far end. */
static void test_we_leave(void **state)
{
    (void)state;
    bench_connect(&b, "active");
    send_until_seen(1);
    unsigned rtcp = b.far_rtcp;
    b.peer = rtc_peer_free(b.peer);
    BENCH_UNTIL(&b, b.far_events[RTC_NET_CLOSED] == 1);
    assert_true(b.far_rtcp > rtcp);
}

static void test_bad_config(void **state)
{
    (void)state;
    struct rtc_peer_events ev = {0};
    struct rtc_peer_config c;
    struct rtc_peer *p = NULL;
    memset(&c, 0, sizeof(c));
    c.loop = b.loop;
    c.glib_context = lk_loop_glib_context(b.glib);
    assert_int_equal(rtc_peer_new(&c, &ev, NULL, &p), -EINVAL);
    c.session_id = 1;
    c.min_bps = 2;
    c.start_bps = 1;
    c.max_bps = 3;
    assert_int_equal(rtc_peer_new(&c, &ev, NULL, &p), -EINVAL);
    assert_null(p);
    assert_null(rtc_peer_free(NULL));
}

static unsigned count_entries(const char *path)
{
    unsigned n = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

/* Calls one after the other, some cut short: nothing stays. */
static void test_cycles(void **state)
{
    bench_connect(&b, "active");
    teardown(state);
    unsigned fds = count_entries("/proc/self/fd");
    unsigned threads = count_entries("/proc/self/task");
    for (int i = 0; i < 40; i++) {
        setup(state);
        if (i % 4 == 0)
            bench_new(&b);
        else
            bench_connect(&b, i % 2 ? "active" : "passive");
        if (i % 4 == 3)
            send_until_seen(1);
        teardown(state);
        assert_int_equal(count_entries("/proc/self/fd"), fds);
        assert_int_equal(count_entries("/proc/self/task"), threads);
    }
    setup(state);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    static const struct CMUnitTest tests[] = {
        T(test_call_as_server), T(test_call_as_client),  T(test_channels),
        T(test_gate),           T(test_refusals),        T(test_fingerprint),
        T(test_candidates),     T(test_unknown_far_end), T(test_restart),
        T(test_outage),         T(test_far_end_leaves),  T(test_we_leave),
        T(test_bad_config),     T(test_cycles),
    };
#undef T
    return cmocka_run_group_tests(tests, NULL, NULL);
}
