#include "net_pair.h"

static struct pair pair;

static int setup(void **state)
{
    (void)state;
    pair_setup(&pair);
    side_new(&pair, &pair.a, NULL);
    side_new(&pair, &pair.b, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pair_teardown(&pair);
    return 0;
}

static size_t rtp_packet(uint8_t *pkt, uint16_t seq, size_t len)
{
    memset(pkt, 0x5a, len);
    memset(pkt, 0, 12);
    pkt[0] = 0x80;
    pkt[1] = 96;
    pkt[3] = (uint8_t)seq;
    pkt[11] = 7; /* SSRC */
    return len;
}

/* RTP and RTCP arrive as they were sent, in both DTLS roles. */
static void check_media(bool a_client)
{
    uint8_t pkt[1200 + RTC_NET_TAIL], copy[1200];
    static const uint8_t rr[8] = {0x80, 201, 0, 1, 0, 0, 0, 7};
    pair_connect(&pair, a_client);
    struct side *sides[2] = {&pair.a, &pair.b};
    for (int i = 0; i < 2; i++) {
        struct side *from = sides[i], *to = sides[1 - i];
        size_t len = rtp_packet(pkt, 1, sizeof(copy));
        memcpy(copy, pkt, len);
        assert_int_equal(rtc_net_send_rtp(from->net, pkt, len), 0);
        PAIR_UNTIL(&pair, to->rtp == 1);
        assert_int_equal(to->last_len, len);
        assert_memory_equal(to->last, copy, len);
        memcpy(pkt, rr, sizeof(rr));
        assert_int_equal(rtc_net_send_rtcp(from->net, pkt, sizeof(rr)), 0);
        PAIR_UNTIL(&pair, to->rtcp == 1);
        assert_memory_equal(to->last, rr, sizeof(rr));
    }
    struct rtc_net_stats st;
    rtc_net_get_stats(pair.a.net, &st);
    assert_string_equal(st.profile, "AEAD_AES_128_GCM");
    assert_int_equal(st.handshakes, 1);
    assert_true(st.ice.up && st.ice.local[0] && st.ice.remote[0]);
    assert_true(st.last_packet_us > 0);
}

static void test_media_client(void **state)
{
    (void)state;
    check_media(true);
}

static void test_media_server(void **state)
{
    (void)state;
    check_media(false);
}

/* A packet that comes twice is opened once; a forged one never. */
static void test_replay(void **state)
{
    (void)state;
    uint8_t pkt[200 + RTC_NET_TAIL];
    pair_connect(&pair, true);
    size_t len = rtp_packet(pkt, 9, 200);
    assert_int_equal(rtc_net_send_rtp(pair.a.net, pkt, len), 0);
    len += 16; /* the tag */
    struct rtc_ice *ice = rtc_net_ice(pair.a.net);
    assert_int_equal(rtc_ice_send(ice, pkt, len), 0);
    pkt[3] ^= 1; /* another number: a repeat would be told as one */
    assert_int_equal(rtc_ice_send(ice, pkt, len), 0);
    struct rtc_net_stats st = {0};
    PAIR_UNTIL(&pair,
               (rtc_net_get_stats(pair.b.net, &st), st.srtp_refused == 2));
    assert_int_equal(st.srtp_replayed, 1);
    assert_int_equal(pair.b.rtp, 1);
}

/* Garbage of every first byte and many lengths breaks nothing. */
static void test_garbage(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    uint8_t pkt[1500];
    pair_connect(&pair, true);
    for (unsigned i = 0; i < 3000; i++) {
        size_t len = 1 + test_random(&seed) % (i % 3 ? 40 : 1400);
        for (size_t k = 0; k < len; k++)
            pkt[k] = (uint8_t)test_random(&seed);
        pkt[0] = (uint8_t)i;
        assert_int_equal(rtc_ice_send(rtc_net_ice(pair.a.net), pkt, len), 0);
        if (i % 50 == 0)
            pair_run(&pair, 1);
    }
    size_t len = rtp_packet(pkt, 1, 100);
    assert_int_equal(rtc_net_send_rtp(pair.a.net, pkt, len), 0);
    PAIR_UNTIL(&pair, pair.b.rtp == 1);
    assert_int_equal(pair.b.events[RTC_NET_FAILED], 0);
    struct rtc_net_stats st;
    rtc_net_get_stats(pair.b.net, &st);
    assert_true(st.unknown > 0 && st.srtp_refused > 0);
}

/* Until the gate is opened nothing goes out, and nothing is taken in. */
static void test_gate(void **state)
{
    (void)state;
    uint8_t pkt[100] = {0x80, 96};
    struct rtc_net_remote remote = {.dtls_client = true};
    struct rtc_candidate c = {
        .component = 1, .port = 9, .address = "127.0.0.1"};
    PAIR_UNTIL(&pair, pair.a.events[RTC_NET_GATHERED] == 1 &&
                          pair.b.events[RTC_NET_GATHERED] == 1);
    struct rtc_ice *ice = rtc_net_ice(pair.a.net);
    assert_int_equal(rtc_ice_set_remote(ice, "abcd", "abcdefghijklmnopqrstuv"),
                     -EPERM);
    assert_int_equal(rtc_ice_add_candidate(ice, &c), -EPERM);
    assert_int_equal(rtc_net_start(pair.a.net, &remote), -EPERM);
    assert_int_equal(rtc_ice_send(ice, pkt, sizeof(pkt)), -EPERM);
    assert_int_equal(rtc_net_send_rtp(pair.a.net, pkt, 50), -EAGAIN);
    /* The far end is open and tries with all it has. */
    rtc_net_open(pair.b.net);
    side_tell(&pair.a, &pair.b);
    memcpy(remote.fingerprint, rtc_net_fingerprint(pair.a.net),
           sizeof(remote.fingerprint));
    assert_int_equal(rtc_net_start(pair.b.net, &remote), 0);
    pair_run(&pair, 300);
    struct rtc_net_stats st;
    rtc_net_get_stats(pair.a.net, &st);
    assert_int_equal(st.ice.sent, 0);
    assert_int_equal(st.ice.received, 0);
    assert_int_equal(st.gate_out, 1);
    assert_int_equal(pair.a.events[RTC_NET_ICE_UP], 0);
    assert_int_equal(pair.a.events[RTC_NET_SECURE], 0);
    assert_int_equal(pair.a.packets + pair.a.rtp + pair.a.rtcp, 0);
    rtc_net_get_stats(pair.b.net, &st);
    assert_int_equal(st.ice.received, 0);
}

static void check_echo(bool unordered)
{
    uint64_t seed = test_seed();
    struct rtc_sctp_params params = {.label = "echo", .unordered = unordered};
    uint8_t *big = malloc(RTC_SCTP_MESSAGE_MAX + 1);
    assert_non_null(big);
    for (size_t i = 0; i < RTC_SCTP_MESSAGE_MAX; i++)
        big[i] = (uint8_t)test_random(&seed);
    pair.b.echo = true;
    int ch = rtc_net_channel_open(pair.a.net, &params); /* before the way is */
    assert_true(ch >= 0);
    pair_connect(&pair, true);
    PAIR_UNTIL(&pair, pair.a.opened == 1 && pair.b.opened == 1);
    assert_true(pair.b.by_remote && !pair.a.by_remote);
    assert_string_equal(pair.b.label, "echo");
    static const size_t sizes[] = {
        RTC_SCTP_MESSAGE_MAX, 0, 1, 1200, 70000, 65536};
    for (unsigned i = 0; i < 2 * LK_ARRAY_LEN(sizes); i++) {
        size_t len = sizes[i / 2];
        assert_int_equal(
            rtc_net_channel_send(pair.a.net, ch, i % 2 == 0, big, len), 0);
        PAIR_UNTIL(&pair, pair.a.messages == i + 1);
        assert_int_equal(pair.a.text, i % 2 == 0);
        assert_int_equal(pair.a.message_len, len);
        assert_memory_equal(pair.a.message, big, len);
    }
    assert_int_equal(rtc_net_channel_send(pair.a.net, ch, false, big,
                                          RTC_SCTP_MESSAGE_MAX + 1),
                     -EMSGSIZE);
    free(big);
}

static void test_echo_ordered(void **state)
{
    (void)state;
    check_echo(false);
}

static void test_echo_unordered(void **state)
{
    (void)state;
    check_echo(true);
}

/* New credentials, a new pair, the same DTLS connection. */
static void test_restart(void **state)
{
    (void)state;
    uint8_t pkt[100 + RTC_NET_TAIL];
    pair_connect(&pair, true);
    unsigned up = pair.a.events[RTC_NET_ICE_UP];
    for (uint16_t i = 1; i <= 3; i++) {
        assert_int_equal(rtc_ice_restart(rtc_net_ice(pair.a.net)), 0);
        assert_int_equal(rtc_ice_restart(rtc_net_ice(pair.b.net)), 0);
        side_tell(&pair.a, &pair.b);
        side_tell(&pair.b, &pair.a);
        PAIR_UNTIL(&pair, pair.a.events[RTC_NET_ICE_UP] > up);
        up = pair.a.events[RTC_NET_ICE_UP];
        size_t len = rtp_packet(pkt, i, 100);
        assert_int_equal(rtc_net_send_rtp(pair.a.net, pkt, len), 0);
        PAIR_UNTIL(&pair, pair.b.rtp == i);
    }
    struct rtc_net_stats st;
    rtc_net_get_stats(pair.a.net, &st);
    assert_int_equal(st.handshakes, 1);
    assert_int_equal(st.ice.restarts, 3);
    assert_int_equal(pair.a.events[RTC_NET_SECURE], 1);
}

/* The side that goes says so. */
static void test_close(void **state)
{
    (void)state;
    pair_connect(&pair, false);
    pair.a.net = rtc_net_free(pair.a.net);
    PAIR_UNTIL(&pair, pair.b.events[RTC_NET_CLOSED] == 1);
    assert_int_equal(pair.b.events[RTC_NET_FAILED], 0);
}

/* Another certificate than the one that was signed for. */
static void test_fingerprint(void **state)
{
    (void)state;
    struct rtc_net_remote r = {.dtls_client = true};
    PAIR_UNTIL(&pair, pair.a.events[RTC_NET_GATHERED] == 1 &&
                          pair.b.events[RTC_NET_GATHERED] == 1);
    rtc_net_open(pair.a.net);
    rtc_net_open(pair.b.net);
    side_tell(&pair.a, &pair.b);
    side_tell(&pair.b, &pair.a);
    memcpy(r.fingerprint, rtc_net_fingerprint(pair.b.net),
           sizeof(r.fingerprint));
    r.fingerprint[31] ^= 1;
    assert_int_equal(rtc_net_start(pair.a.net, &r), 0);
    memcpy(r.fingerprint, rtc_net_fingerprint(pair.a.net),
           sizeof(r.fingerprint));
    r.dtls_client = false;
    assert_int_equal(rtc_net_start(pair.b.net, &r), 0);
    PAIR_UNTIL(&pair, pair.a.events[RTC_NET_FAILED] == 1);
    assert_string_equal(rtc_net_failure(pair.a.net), "fingerprint");
    assert_int_equal(pair.a.events[RTC_NET_SECURE], 0);
    PAIR_UNTIL(&pair, pair.b.events[RTC_NET_FAILED] == 1);
    assert_int_equal(pair.b.events[RTC_NET_SECURE], 0);
}

/* Made and freed again and again, connected or not: no descriptor, no thread
 * stays. */
static void test_cycles(void **state)
{
    (void)state;
    pair_connect(&pair, true);
    pair_teardown(&pair);
    unsigned fds = count_fds(), threads = count_threads();
    /* ".", "..", this one, and the one that usrsctp makes at init. */
    assert_int_equal(threads, 4);
    for (int i = 0; i < 30; i++) {
        pair_setup(&pair);
        side_new(&pair, &pair.a, NULL);
        if (i % 3) {
            side_new(&pair, &pair.b, NULL);
            pair_connect(&pair, i % 2);
        }
        if (i % 3 == 2)
            pair_run(&pair, 5);
        pair_teardown(&pair);
        assert_int_equal(count_fds(), fds);
        assert_int_equal(count_threads(), threads);
    }
    pair_setup(&pair);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    static const struct CMUnitTest tests[] = {
        T(test_media_client),   T(test_media_server), T(test_replay),
        T(test_garbage),        T(test_gate),         T(test_echo_ordered),
        T(test_echo_unordered), T(test_restart),      T(test_close),
        T(test_fingerprint),    T(test_cycles),
    };
#undef T
    return cmocka_run_group_tests(tests, NULL, NULL);
}
