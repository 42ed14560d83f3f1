#include "rtc/flow/flow.h"

#include "rtc/wire/rtcp.h"
#include "rtc/wire/rtp.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

static bool fail_next;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
    bool fail = fail_next;
    fail_next = false;
    return fail ? NULL : __real_calloc(n, size);
}

static const struct flow_config good = {
    .video_ssrc = 1,
    .rtx_ssrc = 2,
    .audio_ssrc = 3,
    .cname = "abc",
    .video_pt = 96,
    .rtx_pt = 97,
    .audio_pt = 111,
    .twcc_ext = 3,
    .playout_ext = 4,
    .nack = true,
    .rtx = true,
    .send_video = true,
    .send_audio = true,
    .start_bps = 800000,
    .min_bps = 100000,
    .max_bps = 2000000,
    .rtx_seq = 500,
    .wall_us = 1700000000000000,
};

static struct flow *f;
static int64_t now;

static int begin(void **state)
{
    (void)state;
    now = 5000000;
    assert_int_equal(flow_new(&good, &f), 0);
    flow_start(f, now);
    return 0;
}

static int end(void **state)
{
    (void)state;
    f = flow_free(f);
    return 0;
}

/* Polls until `type` comes; false when it does not. */
static bool poll_for(enum flow_out_type type, struct flow_out *ret)
{
    while (flow_poll(f, now, ret)) {
        if (ret->type == type)
            return true;
    }
    return false;
}

static void drain(void)
{
    struct flow_out o;
    while (flow_poll(f, now, &o))
        ;
}

/* A packet as a payloader makes it; `len` bytes of payload. */
static size_t make(uint8_t *b, uint16_t seq, bool first, bool key, size_t len)
{
    struct rtc_rtp h = {
        .marker = true, .pt = 100, .seq = seq, .ts = seq * 3000u, .ssrc = 9};
    rtc_rtp_write_header(&h, b);
    memset(b + 12, 0x55, len);
    b[12] = first ? 0x10 : 0;
    b[13] = key ? 0 : 1;
    return 12 + len;
}

static int send_video(uint16_t seq, bool key, size_t len)
{
    uint8_t b[FLOW_SEND_MAX];
    return flow_send_rtp(f, FLOW_VIDEO, b, make(b, seq, true, key, len), now,
                         now);
}

static void test_config(void **state)
{
    (void)state;
    struct flow_config c[8];
    struct flow *made = NULL;
    for (size_t i = 0; i < LK_ARRAY_LEN(c); i++)
        c[i] = good;
    c[0].rtx_ssrc = 1;
    c[1].min_bps = 1000;
    c[2].start_bps = 50000;
    c[3].max_bps = 30000000;
    c[4].twcc_ext = 15;
    c[5].playout_ext = 3;
    c[6].audio_pt = 96;
    memset(c[7].cname, 'x', sizeof(c[7].cname));
    for (size_t i = 0; i < LK_ARRAY_LEN(c); i++)
        assert_int_equal(flow_new(&c[i], &made), -EINVAL);
    fail_next = true;
    assert_int_equal(flow_new(&good, &made), -ENOMEM);
    assert_null(made);
    assert_null(flow_free(NULL));
}

static void test_before_start(void **state)
{
    (void)state;
    struct flow_out o;
    assert_int_equal(flow_new(&good, &f), 0);
    assert_int_equal(send_video(1, true, 100), -EAGAIN);
    assert_false(flow_poll(f, now, &o));
    assert_true(flow_next_timeout(f) == INT64_MAX);
    f = flow_free(f);
}

/* Our SSRC, type and extensions; the playout delay is 0..0. */
static void test_rewritten(void **state)
{
    (void)state;
    struct flow_out o;
    struct rtc_rtp h;
    struct rtc_rtp_ext e;
    assert_true(poll_for(FLOW_OUT_KEYFRAME, &o));
    assert_int_equal(send_video(70, true, 300), 0);
    assert_true(poll_for(FLOW_OUT_RTP, &o));
    assert_int_equal(rtc_rtp_parse(o.data, o.len, &h), 0);
    assert_int_equal(h.pt, 96);
    assert_int_equal(h.ssrc, 1);
    assert_int_equal(h.seq, 70);
    assert_int_equal(h.ts, 210000);
    assert_true(h.marker);
    assert_int_equal(h.payload_len, 300);
    assert_true(rtc_rtp_ext_find(&h, 3, &e));
    assert_int_equal(e.data[1], 0);
    assert_true(rtc_rtp_ext_find(&h, 4, &e));
    assert_int_equal(e.data[0] | e.data[1] | e.data[2], 0);
    memset(o.data + o.len, 0xff, FLOW_TAIL); /* there is room for a tag */
    uint8_t b[FLOW_SEND_MAX];
    size_t len = make(b, 9, false, false, 60);
    assert_int_equal(flow_send_rtp(f, FLOW_AUDIO, b, len, now, now), 0);
    assert_true(poll_for(FLOW_OUT_RTP, &o));
    assert_int_equal(rtc_rtp_parse(o.data, o.len, &h), 0);
    assert_int_equal(o.kind, FLOW_AUDIO);
    assert_int_equal(h.ssrc, 3);
    assert_int_equal(h.pt, 111);
    assert_true(rtc_rtp_ext_find(&h, 3, &e));
    assert_int_equal(e.data[1], 1);
    assert_false(rtc_rtp_ext_find(&h, 4, &e));
}

static void test_refused(void **state)
{
    (void)state;
    uint8_t b[FLOW_SEND_MAX + 1] = {0x80};
    assert_int_equal(flow_send_rtp(f, FLOW_VIDEO, b, 11, now, now), -EBADMSG);
    assert_int_equal(flow_send_rtp(f, FLOW_VIDEO, b, 12, now, now), -EBADMSG);
    assert_int_equal(flow_send_rtp(f, FLOW_VIDEO, b, sizeof(b), now, now),
                     -EMSGSIZE);
    int r = 0;
    for (int i = 0; i < 40; i++)
        r = flow_send_rtp(f, FLOW_AUDIO, b, 50, now, now);
    assert_int_equal(r, -EAGAIN); /* more than fits between two polls */
}

/* Nothing leaves before a key frame; it is asked for again. */
static void test_gate(void **state)
{
    (void)state;
    struct flow_out o;
    assert_true(poll_for(FLOW_OUT_KEYFRAME, &o));
    drain();
    assert_int_equal(send_video(1, false, 100), -EAGAIN);
    assert_false(poll_for(FLOW_OUT_RTP, &o));
    now += 600000;
    assert_true(poll_for(FLOW_OUT_KEYFRAME, &o));
    assert_int_equal(send_video(2, true, 100), 0);
    assert_true(poll_for(FLOW_OUT_RTP, &o));
    now += 600000;
    assert_false(poll_for(FLOW_OUT_KEYFRAME, &o));
}

static void receive_rtcp(const struct lk_writer *w)
{
    assert_int_equal(flow_receive_rtcp(f, w->data, w->len, now), 0);
}

/* A key frame made before the connection was there serves whoever asks until it
 * has left. */
static void test_key_at_hand(void **state)
{
    (void)state;
    uint8_t b[64];
    struct flow_out o;
    struct lk_writer w = lk_writer(b, sizeof(b));
    assert_int_equal(send_video(1, true, 100), 0);
    rtc_rtcp_write_pli(&w, 50, 1); /* at once: it has not seen that one yet */
    receive_rtcp(&w);
    assert_false(poll_for(FLOW_OUT_KEYFRAME, &o));
    now += 600000;
    assert_true(poll_for(FLOW_OUT_KEYFRAME, &o));
}

/* What the ceiling drops leaves no hole in the numbers. */
static void test_ceiling(void **state)
{
    (void)state;
    struct flow_out o;
    struct rtc_rtp h;
    struct flow_stats st;
    uint16_t seq = 100;
    uint16_t expected = 100;
    assert_int_equal(send_video(seq++, true, 1000), 0);
    while (send_video(seq, false, 1000) == 0)
        assert_true(seq++ < 400);
    flow_get_stats(f, now, &st);
    assert_true(st.paced_out > 0);
    while (poll_for(FLOW_OUT_RTP, &o)) {
        assert_int_equal(rtc_rtp_parse(o.data, o.len, &h), 0);
        assert_int_equal(h.seq, expected++);
    }
    assert_int_equal(send_video(seq++, false, 1000), -EAGAIN);
    now += 1000000;
    assert_true(poll_for(FLOW_OUT_KEYFRAME, &o));
    assert_int_equal(send_video(seq++, true, 1000), 0);
    assert_true(poll_for(FLOW_OUT_RTP, &o));
    assert_int_equal(rtc_rtp_parse(o.data, o.len, &h), 0);
    assert_int_equal(h.seq, expected);
}

/* RFC 4588 section 4: own SSRC, type and numbers; the original's first. */
static void test_rtx(void **state)
{
    (void)state;
    uint8_t b[64];
    struct flow_out o;
    struct rtc_rtp h;
    const uint16_t lost[] = {70, 71};
    assert_int_equal(send_video(70, true, 300), 0);
    drain();
    struct lk_writer w = lk_writer(b, sizeof(b));
    (void)rtc_rtcp_write_nack(&w, 50, 1, lost, 2);
    now += 20000;
    receive_rtcp(&w);
    receive_rtcp(&w); /* again too soon: it is on its way */
    assert_true(poll_for(FLOW_OUT_RTP, &o));
    assert_int_equal(rtc_rtp_parse(o.data, o.len, &h), 0);
    assert_int_equal(h.pt, 97);
    assert_int_equal(h.ssrc, 2);
    assert_int_equal(h.seq, 500);
    assert_int_equal(h.ts, 210000);
    assert_int_equal(h.payload_len, 302);
    assert_int_equal(lk_get_u16(o.data + h.payload_at), 70);
    assert_int_equal(o.data[h.payload_at + 2], 0x10);
    assert_false(poll_for(FLOW_OUT_RTP, &o));
    now += 2000000; /* too old by now */
    receive_rtcp(&w);
    assert_false(poll_for(FLOW_OUT_RTP, &o));
    struct flow_stats st;
    flow_get_stats(f, now, &st);
    assert_int_equal(st.rtx_sent, 1);
    assert_true(st.rtx_denied >= 3);
}

static void test_key_requests(void **state)
{
    (void)state;
    uint8_t b[64];
    struct flow_out o;
    assert_int_equal(send_video(1, true, 100), 0);
    drain();
    for (int i = 0; i < 4; i++) {
        struct lk_writer w = lk_writer(b, sizeof(b));
        now += 1000000;
        rtc_rtcp_write_pli(&w, 50, i == 3 ? 77 : 1); /* the last: not ours */
        receive_rtcp(&w);
        assert_int_equal(poll_for(FLOW_OUT_KEYFRAME, &o), i != 3);
        (void)send_video((uint16_t)(2 + i), true, 100);
        drain();
    }
    static const struct {
        uint8_t command;
        bool key;
    } firs[] = {{7, true}, {7, false}, {8, true}};
    for (size_t i = 0; i < LK_ARRAY_LEN(firs); i++) {
        struct lk_writer w = lk_writer(b, sizeof(b));
        now += 1000000;
        rtc_rtcp_write_fir(&w, 50, 1, firs[i].command);
        receive_rtcp(&w);
        assert_int_equal(poll_for(FLOW_OUT_KEYFRAME, &o), firs[i].key);
        (void)send_video((uint16_t)(20 + i), true, 100);
        drain();
    }
}

static bool find_in(const struct flow_out *o, enum rtc_rtcp_kind kind,
                    struct rtc_rtcp *ret)
{
    struct lk_reader r = lk_reader(o->data, o->len);
    while (rtc_rtcp_next(&r, ret) == 1) {
        if (ret->kind == kind)
            return true;
    }
    return false;
}

/* Finds a packet of `kind` in the compounds of the next two seconds. */
static bool find_rtcp(enum rtc_rtcp_kind kind, struct rtc_rtcp *ret)
{
    struct flow_out o;
    for (int i = 0; i < 2000; i++, now += 1000) {
        while (poll_for(FLOW_OUT_RTCP, &o)) {
            if (find_in(&o, kind, ret))
                return true;
        }
    }
    return false;
}

static void test_sender_report(void **state)
{
    (void)state;
    struct rtc_rtcp p;
    struct rtc_rtcp_sender sr;
    assert_int_equal(send_video(10, true, 100), 0);
    int64_t sent = now;
    assert_true(find_rtcp(RTC_RTCP_SR, &p));
    assert_int_equal(rtc_rtcp_get_sender(&p, &sr), 0);
    assert_int_equal(p.ssrc, 1);
    assert_int_equal(sr.packets, 1);
    assert_int_equal(sr.octets, 100);
    assert_int_equal(sr.rtp_ts, 30000 + (now - sent) * 90 / 1000);
    assert_int_equal(sr.ntp >> 32, (now + good.wall_us) / 1000000 + 2208988800);

    /* the far end answers after 30 ms, of which it kept 10 */
    struct rtc_rtcp_report b = {.ssrc = 1,
                                .lsr = (uint32_t)(sr.ntp >> 16),
                                .dlsr = 655,
                                .fraction_lost = 64};
    uint8_t bytes[64];
    struct lk_writer w = lk_writer(bytes, sizeof(bytes));
    struct flow_stats st;
    now += 30000;
    rtc_rtcp_write_rr(&w, 50, &b, 1);
    receive_rtcp(&w);
    flow_get_stats(f, now, &st);
    assert_in_range(st.rtt_us, 19900, 20100);
    assert_int_equal(st.send_loss_permille, 250);
}

static int receive_video(uint16_t seq, bool key, struct flow_packet *ret)
{
    static uint8_t b[FLOW_SEND_MAX];
    size_t len = make(b, seq, true, key, 50);
    b[1] = 96;
    return flow_receive_rtp(f, b, len, now, ret);
}

static void test_receive(void **state)
{
    (void)state;
    struct flow_packet got;
    struct rtc_rtcp p;
    assert_int_equal(receive_video(10, true, &got), 1);
    assert_int_equal(got.len, 62);
    assert_int_equal(receive_video(12, false, &got), 1);
    assert_int_equal(receive_video(12, false, &got), 0);
    assert_true(find_rtcp(RTC_RTCP_NACK, &p));
    size_t at = 0;
    uint16_t seq = 0;
    assert_int_equal(p.media_ssrc, 9);
    assert_true(rtc_rtcp_nack_next(&p, &at, &seq));
    assert_int_equal(seq, 11);
    assert_false(rtc_rtcp_nack_next(&p, &at, &seq));

    uint8_t b[64] = {0}; /* the answer, with padding */
    struct rtc_rtp h = {.pt = 97, .seq = 900, .ts = 33000, .ssrc = 10};
    rtc_rtp_write_header(&h, b);
    b[0] |= 0x20;
    b[13] = 11;
    b[14] = 0x10;
    b[15] = 1;
    b[19] = 3;
    assert_int_equal(flow_receive_rtp(f, b, 20, now, &got), 1);
    assert_int_equal(rtc_rtp_parse(got.data, got.len, &h), 0);
    assert_int_equal(h.seq, 11);
    assert_int_equal(h.ssrc, 9);
    assert_int_equal(h.pt, 96);
    assert_int_equal(h.payload_len, 3);
    assert_int_equal(h.padding_len, 0);
    assert_int_equal(receive_video(11, false, &got), 0);
    b[1] = 50; /* of no type that was agreed */
    assert_int_equal(flow_receive_rtp(f, b, 20, now, &got), -ENOENT);
}

/* A request is repeated until a key frame comes. */
static void test_pli(void **state)
{
    (void)state;
    struct flow_packet got;
    struct rtc_rtcp p;
    flow_request_keyframe(f, now); /* nobody to ask yet */
    assert_false(find_rtcp(RTC_RTCP_PLI, &p));
    assert_int_equal(receive_video(10, true, &got), 1);
    assert_false(find_rtcp(RTC_RTCP_PLI, &p));
    flow_request_keyframe(f, now);
    assert_true(find_rtcp(RTC_RTCP_PLI, &p));
    assert_int_equal(p.media_ssrc, 9);
    assert_true(find_rtcp(RTC_RTCP_PLI, &p));
    assert_int_equal(receive_video(11, true, &got), 1);
    assert_false(find_rtcp(RTC_RTCP_PLI, &p));
    assert_int_equal(receive_video(2000, false, &got), 1); /* a long hole */
    assert_true(find_rtcp(RTC_RTCP_PLI, &p));
}

/* Sound and picture captured together have equal wall clocks. */
static void test_lip_sync(void **state)
{
    (void)state;
    struct flow_packet got;
    uint8_t b[128];
    int64_t wall[2];
    assert_int_equal(flow_capture_time(f, FLOW_VIDEO, 0, wall), -EAGAIN);
    assert_int_equal(receive_video(10, true, &got), 1);
    size_t len = make(b, 5, false, false, 20);
    b[1] = 111;
    b[11] = 8;
    assert_int_equal(flow_receive_rtp(f, b, len, now, &got), 1);
    struct lk_writer w = lk_writer(b, sizeof(b));
    struct rtc_rtcp_sender sr = {.ntp = UINT64_C(3900000000) << 32,
                                 .rtp_ts = 90000};
    rtc_rtcp_write_sr(&w, 9, &sr, NULL, 0);
    sr.ntp += UINT64_C(1) << 32;
    sr.rtp_ts = 48000;
    rtc_rtcp_write_sr(&w, 8, &sr, NULL, 0);
    receive_rtcp(&w);
    assert_int_equal(flow_capture_time(f, FLOW_VIDEO, 270000, &wall[0]), 0);
    assert_int_equal(flow_capture_time(f, FLOW_AUDIO, 96000, &wall[1]), 0);
    assert_int_equal(wall[0], wall[1]);
}

static void test_bye(void **state)
{
    (void)state;
    struct rtc_rtcp p;
    struct flow_packet got;
    uint8_t b[32];
    const uint32_t theirs = 9;
    flow_bye(f);
    assert_true(find_rtcp(RTC_RTCP_BYE, &p));
    assert_true(rtc_rtcp_bye_has(&p, 1) && rtc_rtcp_bye_has(&p, 3));
    assert_false(find_rtcp(RTC_RTCP_BYE, &p));
    assert_int_equal(receive_video(10, true, &got), 1);
    struct lk_writer w = lk_writer(b, sizeof(b));
    rtc_rtcp_write_bye(&w, &theirs, 1);
    receive_rtcp(&w);
    flow_request_keyframe(f, now);
    assert_false(find_rtcp(RTC_RTCP_PLI, &p));
}

static void test_malformed(void **state)
{
    (void)state;
    struct flow_stats st;
    struct flow_packet got;
    uint8_t b[RTC_RTCP_PACKET_MAX + 1] = {0x80, 201, 0, 9};
    assert_int_equal(flow_receive_rtcp(f, b, 8, now), -EBADMSG);
    assert_int_equal(flow_receive_rtcp(f, b, sizeof(b), now), -EBADMSG);
    assert_int_equal(flow_receive_rtp(f, b, 5, now, &got), -EBADMSG);
    flow_get_stats(f, now, &st);
    assert_int_equal(st.malformed, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config),
        cmocka_unit_test(test_before_start),
        cmocka_unit_test_setup_teardown(test_rewritten, begin, end),
        cmocka_unit_test_setup_teardown(test_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_gate, begin, end),
        cmocka_unit_test_setup_teardown(test_key_at_hand, begin, end),
        cmocka_unit_test_setup_teardown(test_ceiling, begin, end),
        cmocka_unit_test_setup_teardown(test_rtx, begin, end),
        cmocka_unit_test_setup_teardown(test_key_requests, begin, end),
        cmocka_unit_test_setup_teardown(test_sender_report, begin, end),
        cmocka_unit_test_setup_teardown(test_receive, begin, end),
        cmocka_unit_test_setup_teardown(test_pli, begin, end),
        cmocka_unit_test_setup_teardown(test_lip_sync, begin, end),
        cmocka_unit_test_setup_teardown(test_bye, begin, end),
        cmocka_unit_test_setup_teardown(test_malformed, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
