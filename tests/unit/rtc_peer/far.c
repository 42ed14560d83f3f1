#include "far.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_wire(void *arg, int fd, short events)
{
    struct bench *b = arg;
    struct wire *w = &b->wire;
    int side = fd == w->fd[0] ? 0 : 1;
    uint8_t buf[2048];
    struct sockaddr_in from;
    socklen_t len = sizeof(from);
    (void)events;
    ssize_t n = recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT,
                         (struct sockaddr *)&from, &len);
    if (n < 0)
        return;
    w->to[side] = from; /* where answers go */
    if (w->cut) {
        w->dropped++;
        return;
    }
    w->passed++;
    (void)sendto(w->fd[1 - side], buf, (size_t)n, 0,
                 (struct sockaddr *)&w->to[1 - side], sizeof(from));
}

static void wire_setup(struct bench *b)
{
    struct wire *w = &b->wire;
    for (int i = 0; i < 2; i++) {
        struct sockaddr_in a = {.sin_family = AF_INET};
        socklen_t len = sizeof(a);
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        w->fd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        assert_true(w->fd[i] >= 0);
        assert_int_equal(bind(w->fd[i], (struct sockaddr *)&a, sizeof(a)), 0);
        assert_int_equal(getsockname(w->fd[i], (struct sockaddr *)&a, &len), 0);
        w->port[i] = ntohs(a.sin_port);
        assert_int_equal(
            lk_watch_new(b->loop, w->fd[i], POLLIN, on_wire, b, &w->watch[i]),
            0);
    }
}

static void wire_teardown(struct wire *w)
{
    for (int i = 0; i < 2; i++) {
        w->watch[i] = lk_watch_free(w->watch[i]);
        w->fd[i] = lk_fd_close(w->fd[i]);
    }
}

/* --- the peer's events */

static void on_state(void *arg, enum rtc_peer_state state)
{
    ((struct bench *)arg)->states[state]++;
    assert_string_not_equal(rtc_peer_state_name(state), "unknown");
}

static void on_candidate(void *arg, const char *text)
{
    (void)arg;
    assert_int_equal(strncmp(text, "candidate:", 10), 0);
}

static void on_rtp(void *arg, enum flow_kind kind, const uint8_t *pkt,
                   size_t len, int64_t now_us)
{
    struct bench *b = arg;
    assert_true(len <= sizeof(b->packet) && now_us > 0);
    b->rtp[kind]++;
    memcpy(b->packet, pkt, len);
    b->packet_len = len;
}

static void on_keyframe(void *arg)
{
    ((struct bench *)arg)->keyframes++;
}

static void on_bitrate(void *arg, int bps)
{
    assert_true(bps > 0);
    ((struct bench *)arg)->bitrates++;
}

static void on_silence(void *arg, int64_t silent_us)
{
    struct bench *b = arg;
    b->silences++;
    b->silent_us = silent_us;
}

static void on_open(void *arg, int channel, const char *label, bool by_remote)
{
    struct bench *b = arg;
    (void)label;
    (void)by_remote;
    b->opened++;
    b->channel = channel;
}

static void on_message(void *arg, int channel, bool text, const uint8_t *data,
                       size_t len)
{
    struct bench *b = arg;
    (void)channel;
    (void)text;
    (void)data;
    b->messages++;
    b->message_len = len;
}

static void on_writable(void *arg, int channel)
{
    (void)arg;
    (void)channel;
}

static void on_closed(void *arg, int channel)
{
    (void)channel;
    ((struct bench *)arg)->closed++;
}

static const struct rtc_peer_events peer_events = {
    .state = on_state,
    .candidate = on_candidate,
    .rtp = on_rtp,
    .keyframe = on_keyframe,
    .bitrate = on_bitrate,
    .silence = on_silence,
    .channel_open = on_open,
    .channel_message = on_message,
    .channel_writable = on_writable,
    .channel_closed = on_closed,
};

/* --- the far end's */

static void far_event(void *arg, enum rtc_net_event event)
{
    ((struct bench *)arg)->far_events[event]++;
}

static void far_candidate(void *arg, const char *text)
{
    (void)arg;
    (void)text;
}

static void far_packet(void *arg)
{
    (void)arg;
}

static void far_rtp(void *arg, uint8_t *pkt, size_t len)
{
    struct bench *b = arg;
    b->far_rtp++;
    memcpy(b->far_packet, pkt, len);
    b->far_packet_len = len;
}

static void far_rtcp(void *arg, uint8_t *pkt, size_t len)
{
    (void)pkt;
    (void)len;
    ((struct bench *)arg)->far_rtcp++;
}

static void far_open(void *arg, int channel, const char *label, bool by_remote)
{
    (void)channel;
    (void)label;
    (void)by_remote;
    ((struct bench *)arg)->far_opened++;
}

static void far_message(void *arg, int channel, bool text, const uint8_t *data,
                        size_t len)
{
    struct bench *b = arg; /* an echo */
    assert_int_equal(rtc_net_channel_send(b->far, channel, text, data, len), 0);
}

static void far_channel(void *arg, int channel)
{
    (void)arg;
    (void)channel;
}

static const struct rtc_net_events far_events = {
    .event = far_event,
    .candidate = far_candidate,
    .packet = far_packet,
    .rtp = far_rtp,
    .rtcp = far_rtcp,
    .sctp = {.channel_open = far_open,
             .channel_message = far_message,
             .channel_writable = far_channel,
             .channel_closed = far_channel},
};

/* --- the bench */

void bench_setup(struct bench *b)
{
    memset(b, 0, sizeof(*b));
    assert_int_equal(rtc_net_init(), 0);
    assert_int_equal(lk_loop_new(&b->loop), 0);
    assert_int_equal(lk_loop_glib_new(b->loop, &b->glib), 0);
    wire_setup(b);
}

void bench_teardown(struct bench *b)
{
    b->peer = rtc_peer_free(b->peer);
    b->far = rtc_net_free(b->far);
    wire_teardown(&b->wire);
    b->glib = lk_loop_glib_free(b->glib);
    b->loop = lk_loop_free(b->loop);
}

void bench_new(struct bench *b)
{
    struct rtc_peer_config cfg;
    memset(&cfg, 0, sizeof(cfg));
    cfg.loop = b->loop;
    cfg.glib_context = lk_loop_glib_context(b->glib);
    cfg.session_id = 77;
    cfg.start_bps = 500000;
    cfg.min_bps = 100000;
    cfg.max_bps = 1500000;
    cfg.net.ice.interface_count = 1;
    memcpy(cfg.net.ice.interfaces[0], "lo", 3);
    cfg.net.ice.loopback = true;
    cfg.net.ice.no_ip6 = true;
    assert_int_equal(rtc_peer_new(&cfg, &peer_events, b, &b->peer), 0);
    cfg.net.ice.controlled = true;
    assert_int_equal(rtc_net_new(b->loop, cfg.glib_context, &cfg.net,
                                 &far_events, b, &b->far),
                     0);
    rtc_net_open(b->far);
    BENCH_UNTIL(b, b->states[RTC_PEER_READY] == 1 &&
                       b->far_events[RTC_NET_GATHERED] == 1);
}

void bench_offer(struct bench *b)
{
    b->offer_len =
        rtc_peer_offer(b->peer, ++b->version, b->offer, sizeof(b->offer));
    assert_true(b->offer_len > 0);
    assert_int_equal(strlen(b->offer), b->offer_len);
}

static const char *const media[] = {
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
};

static const char *const attributes[] = {
    "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n"
    "a=rtcp-fb:96 transport-cc\r\na=rtpmap:97 rtx/90000\r\n"
    "a=fmtp:97 apt=96\r\n",
    "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n",
    "a=sctp-port:5000\r\na=max-message-size:262144\r\n",
};

static void add_candidates(struct bench *b, struct lk_buf *out)
{
    struct rtc_candidate c[RTC_ICE_LOCAL_MAX];
    char text[RTC_CANDIDATE_TEXT_MAX];
    size_t n = rtc_ice_get_candidates(rtc_net_ice(b->far), c, LK_ARRAY_LEN(c));
    assert_true(n == 1);
    if (b->wired) {
        b->wire.to[1] = (struct sockaddr_in){.sin_family = AF_INET,
                                             .sin_port = htons(c[0].port)};
        b->wire.to[1].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        c[0].port = b->wire.port[0];
    }
    assert_true(rtc_candidate_format(&c[0], text, sizeof(text)) > 0);
    assert_int_equal(lk_buf_printf(out, "a=%s\r\n", text), 0);
}

void bench_answer_text(struct bench *b, const struct answer *a,
                       char ret[RTC_SDP_TEXT_MAX])
{
    struct lk_buf *out = NULL;
    char ufrag[RTC_ICE_UFRAG_MAX], pwd[RTC_ICE_PWD_MAX], fp[100], head[1200];
    const uint8_t *raw = rtc_net_fingerprint(b->far);
    assert_int_equal(lk_buf_new(RTC_SDP_TEXT_MAX - 1, &out), 0);
    assert_int_equal(rtc_ice_get_local(rtc_net_ice(b->far), ufrag, pwd), 0);
    for (int i = 0; i < 32; i++)
        (void)snprintf(fp + 3 * i, 4, "%02X%s",
                       raw[i] ^ (i == 7 && a->wrong_fingerprint),
                       i < 31 ? ":" : "");
    assert_int_equal(
        lk_buf_printf(
            out,
            "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
            "a=x-luukku-offer:%llu\r\na=group:BUNDLE 0 1 2\r\n",
            (unsigned long long)(a->version ? a->version : b->version)),
        0);
    for (int i = 0; i < 3; i++) {
        (void)snprintf(head, sizeof(head),
                       "c=IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
                       "a=fingerprint:sha-256 %s\r\na=setup:%s\r\na=mid:%d\r\n"
                       "%s",
                       ufrag, pwd, fp, a->setup ? a->setup : "active", i,
                       i < 2 ? "a=sendrecv\r\na=rtcp-mux\r\n"
                               "a=extmap:3 http://www.ietf.org/id/draft-holmer-"
                               "rmcat-transport-wide-cc-extensions-01\r\n"
                             : "");
        assert_int_equal(
            lk_buf_printf(out, "%s%s%s", media[i], head, attributes[i]), 0);
        if (i == 0 && !a->no_candidates)
            add_candidates(b, out);
        if (i == 0 && a->extra)
            assert_int_equal(lk_buf_append(out, a->extra, strlen(a->extra)), 0);
    }
    memcpy(ret, out->data, out->len + 1);
    lk_buf_free(out);
}

int bench_answer(struct bench *b, const struct answer *a,
                 enum rtc_sdp_verdict *ret)
{
    static char text[RTC_SDP_TEXT_MAX];
    bench_answer_text(b, a, text);
    return rtc_peer_answer(b->peer, text, strlen(text), ret);
}

void bench_far_learn(struct bench *b)
{
    struct rtc_sdp *sdp = NULL;
    struct rtc_ice *ice = rtc_net_ice(b->far);
    assert_int_equal(rtc_sdp_new(&sdp), 0);
    assert_int_equal(rtc_sdp_parse(b->offer, (size_t)b->offer_len, sdp),
                     RTC_SDP_OK);
    assert_true(sdp->version == b->version && sdp->session_id == 77);
    assert_int_equal(rtc_ice_set_remote(ice, sdp->sections[0].transport.ufrag,
                                        sdp->sections[0].transport.pwd),
                     0);
    assert_true(sdp->candidate_count == 1);
    struct rtc_candidate c = sdp->candidates[0];
    if (b->wired) {
        b->wire.to[0] = (struct sockaddr_in){.sin_family = AF_INET,
                                             .sin_port = htons(c.port)};
        b->wire.to[0].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        c.port = b->wire.port[1];
    }
    assert_int_equal(rtc_ice_add_candidate(ice, &c), 0);
    rtc_sdp_free(sdp);
}

void bench_far_start(struct bench *b, bool client)
{
    struct rtc_net_remote r = {
        .dtls_client = client, .data = true, .sctp_port = RTC_SCTP_PORT};
    struct rtc_sdp *sdp = NULL;
    assert_int_equal(rtc_sdp_new(&sdp), 0);
    assert_int_equal(rtc_sdp_parse(b->offer, (size_t)b->offer_len, sdp),
                     RTC_SDP_OK);
    memcpy(r.fingerprint, sdp->sections[0].transport.fingerprint,
           sizeof(r.fingerprint));
    assert_int_equal(rtc_net_start(b->far, &r), 0);
    rtc_sdp_free(sdp);
}

void bench_connect(struct bench *b, const char *setup)
{
    enum rtc_sdp_verdict v = RTC_SDP_MALFORMED;
    struct answer a = {.setup = setup};
    bench_new(b);
    rtc_peer_open(b->peer);
    bench_offer(b);
    bench_far_learn(b);
    assert_int_equal(bench_answer(b, &a, &v), 0);
    assert_int_equal(v, RTC_SDP_OK);
    bench_far_start(b, strcmp(setup, "active") == 0);
    BENCH_UNTIL(b, b->states[RTC_PEER_CONNECTED] == 1 &&
                       b->far_events[RTC_NET_SECURE] == 1);
}

void bench_run(struct bench *b, int ms)
{
    int64_t end = lk_clock_us() + (int64_t)ms * 1000;
    while (lk_clock_us() < end)
        assert_int_equal(
            lk_loop_step(b->loop, LK_MAX(end - lk_clock_us(), (int64_t)0)), 0);
}
