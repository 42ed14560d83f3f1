#include "sdp_support.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define MARK "t=0 0\r\n"
#define MARKED MARK "a=x-luukku-offer:3\r\n"

static void load(const char *name, char text[VECTOR_MAX])
{
    vector_read(name, text);
    text_replace(text, MARK, MARKED, 0);
}

static void test_browsers(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool sends;
        uint32_t message_max;
    } cases[] = {{"chromium-answer.sdp", true, 262144},
                 {"firefox-answer.sdp", true, 1073741823},
                 {"chromium-recvonly.sdp", false, 262144},
                 {"firefox-recvonly.sdp", false, 1073741823}};
    static char text[VECTOR_MAX];
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct rtc_sdp_agreed a;
        load(cases[i].name, text);
        assert_int_equal(answer_verdict(text, &a), RTC_SDP_OK);
        assert_false(a.dtls_client);
        assert_true(a.video_send && a.audio_send);
        assert_int_equal(a.video_receive, cases[i].sends);
        assert_int_equal(a.audio_receive, cases[i].sends);
        assert_true(a.rtx && a.nack && a.twcc_video && a.twcc_audio);
        assert_true(a.playout_delay && a.opus_fec && a.data);
        assert_int_equal(a.sctp_port, 5000);
        assert_int_equal(a.max_message_size, cases[i].message_max);
        assert_int_equal(a.remote_rtx_ssrc != 0, cases[i].sends);
    }
}

struct lie {
    const char *from, *to;
    int n; /* which occurrence; -1: all */
    enum rtc_sdp_verdict want;
};

/* Each is one edit of Chromium's true answer. */
static const struct lie lies[] = {
    {"v=0\r\n", "", 0, RTC_SDP_NO_VERSION},
    {"v=0\r\n", "v=1\r\n", 0, RTC_SDP_NO_VERSION},
    {" 2 IN IP4 127", " x IN IP4 127", 0, RTC_SDP_NO_VERSION},
    {"s=-\r\n", "v=0\r\n", 0, RTC_SDP_DUPLICATE},
    {"a=x-luukku-offer:3\r\n", "", 0, RTC_SDP_OFFER_VERSION},
    {"a=x-luukku-offer:3", "a=x-luukku-offer:2", 0, RTC_SDP_OFFER_VERSION},
    {"a=x-luukku-offer:3", "a=x-luukku-offer:", 0, RTC_SDP_MALFORMED},
    {"a=x-luukku-offer:3", "a=x-luukku-offer:99999999999999999999999999999999",
     0, RTC_SDP_MALFORMED},
    {"a=x-luukku-offer:3", "a=x-luukku-offer:3\r\na=x-luukku-offer:3", 0,
     RTC_SDP_DUPLICATE},
    {"D6:CC", "D7:CC", 0, RTC_SDP_FINGERPRINT_CONFLICT},
    {"D6:CC", "D7:CC", 2, RTC_SDP_FINGERPRINT_CONFLICT},
    {"D6:CC", "D6-CC", 1, RTC_SDP_MALFORMED},
    {"a=fingerprint:", "a=fingerpaint:", -1, RTC_SDP_NO_FINGERPRINT},
    {"a=fingerprint:sha-256", "a=fingerprint:sha-1", 0,
     RTC_SDP_FINGERPRINT_HASH},
    {"a=setup:active", "a=fingerprint:sha-1 00\r\na=setup:active", 1,
     RTC_SDP_DUPLICATE},
    {"ice-ufrag:IsNk", "ice-ufrag:IsNl", 1, RTC_SDP_ICE_CONFLICT},
    {"ice-pwd:ijsP", "ice-pwd:ijsQ", 2, RTC_SDP_ICE_CONFLICT},
    {"ice-ufrag:IsNk", "ice-ufrag:Is", 0, RTC_SDP_MALFORMED},
    {"ice-ufrag:IsNk", "ice-ufrag:Lk0a", -1, RTC_SDP_ICE_CONFLICT},
    {"a=ice-pwd:", "a=ice-pwn:", -1, RTC_SDP_NO_ICE},
    {"a=setup:active", "a=setup:actpass", -1, RTC_SDP_SETUP_ROLE},
    {"a=setup:active", "a=setup:holdconn", -1, RTC_SDP_SETUP_ROLE},
    {"a=setup:active", "a=setup:lazy", 0, RTC_SDP_NO_SETUP},
    {"a=setup:", "a=sesam:", -1, RTC_SDP_NO_SETUP},
    {"a=setup:active", "a=setup:passive", 1, RTC_SDP_SETUP_CONFLICT},
    {"BUNDLE 0 1 2", "BUNDLE 0 1", 0, RTC_SDP_NOT_BUNDLED},
    {"BUNDLE 0 1 2", "LS 0 1 2", 0, RTC_SDP_NOT_BUNDLED},
    {"BUNDLE 0 1 2", "BUNDLE 0 1 2\r\na=group:BUNDLE 0", 0, RTC_SDP_DUPLICATE},
    {"a=rtcp-mux\r\n", "", 0, RTC_SDP_NO_RTCP_MUX},
    {"a=rtcp-mux\r\n", "", 1, RTC_SDP_NO_RTCP_MUX},
    {"UDP/TLS/RTP/SAVPF", "RTP/AVP", 0, RTC_SDP_PROTOCOL},
    {"UDP/DTLS/SCTP", "UDP/TLS/RTP/SAVPF", 0, RTC_SDP_PROTOCOL},
    {"m=video 9", "m=video 0", 0, RTC_SDP_REJECTED},
    {"m=video 9", "m=video x", 0, RTC_SDP_MALFORMED},
    {"m=video", "m=image", 0, RTC_SDP_PROTOCOL},
    {"a=mid:0", "a=mid:2", 0, RTC_SDP_DUPLICATE},
    {"BUNDLE 0 1 2", "BUNDLE 0 1 2 3", 0, RTC_SDP_OK},
    {"SAVPF 96 97", "SAVPF 96 98", 0, RTC_SDP_MALFORMED},
    {"SAVPF 96 97", "SAVPF 96 97 98", 0, RTC_SDP_CODEC_NOT_OFFERED},
    {"SAVPF 96 97", "SAVPF 96 97 97", 0, RTC_SDP_DUPLICATE},
    {"VP8/90000", "VP9/90000", 0, RTC_SDP_CODEC_NOT_OFFERED},
    {"opus/48000/2", "opus/48000", 0, RTC_SDP_CODEC_NOT_OFFERED},
    {"apt=96", "apt=97", 0, RTC_SDP_CODEC_NOT_OFFERED},
    {"apt=96", "apt=-1", 0, RTC_SDP_MALFORMED},
    {"a=rtpmap:97", "a=rtpmap:96", 0, RTC_SDP_DUPLICATE},
    {"nack pli", "goog-remb", 0, RTC_SDP_FEEDBACK_NOT_OFFERED},
    {"a=extmap:3", "a=extmap:5", 0, RTC_SDP_EXTENSION_NOT_OFFERED},
    {"a=extmap:3", "a=extmap:4", 0, RTC_SDP_DUPLICATE},
    {"a=extmap:4", "a=extmap:0", 0, RTC_SDP_MALFORMED},
    {"789426816", "1111111", 0, RTC_SDP_SSRC_CONFLICT},
    {"789426816", "4079754162", 0, RTC_SDP_SSRC_CONFLICT},
    {"a=sctp-port:5000", "a=sctp-port:0", 0, RTC_SDP_DATA_CHANNEL},
    {"a=sctp-port:5000", "a=sctp-port:70000", 0, RTC_SDP_MALFORMED},
    {"a=sendrecv", "a=sendrecv\r\na=recvonly", 0, RTC_SDP_DUPLICATE},
    {" typ host", "", 0, RTC_SDP_MALFORMED},
    {"typ host", "typ guest", 0, RTC_SDP_OK}, /* ignored, counted */
    {"t=0 0", "t", 0, RTC_SDP_MALFORMED},
    {"a=mid:0", "a=x-luukku-offer:3\r\na=mid:0", 0, RTC_SDP_MALFORMED},
};

static void test_lies(void **state)
{
    (void)state;
    static char text[VECTOR_MAX];
    for (size_t i = 0; i < LK_ARRAY_LEN(lies); i++) {
        struct rtc_sdp_agreed a;
        load("chromium-answer.sdp", text);
        text_replace(text, lies[i].from, lies[i].to, lies[i].n);
        enum rtc_sdp_verdict v = answer_verdict(text, &a);
        if (v != lies[i].want)
            print_message("\"%s\" -> \"%s\": %s\n", lies[i].from, lies[i].to,
                          rtc_sdp_verdict_name(v));
        assert_int_equal(v, lies[i].want);
    }
}

/* Edits that need more than one place. */
static void test_sections(void **state)
{
    (void)state;
    static char text[VECTOR_MAX];
    struct rtc_sdp_agreed a;
    load("chromium-answer.sdp", text);
    text_replace(text, "a=mid:0", "a=mid:x", 0);
    text_replace(text, "a=mid:1", "a=mid:0", 0);
    text_replace(text, "a=mid:x", "a=mid:1", 0);
    assert_int_equal(answer_verdict(text, &a), RTC_SDP_SECTION_ORDER);

    load("chromium-answer.sdp", text);
    *strstr(text, "m=application") = '\0';
    assert_int_equal(answer_verdict(text, &a), RTC_SDP_SECTION_COUNT);
    *strstr(text, "m=video") = '\0';
    assert_int_equal(answer_verdict(text, &a), RTC_SDP_NO_SECTION);

    load("chromium-answer.sdp", text);
    text_replace(text, "m=audio 9", "m=audio 0", 0);
    text_replace(text, "BUNDLE 0 1 2", "BUNDLE 0 2", 0);
    assert_int_equal(answer_verdict(text, &a), RTC_SDP_OK);
    assert_false(a.audio_send || a.audio_receive);
    assert_true(a.video_send && a.data);

    load("chromium-answer.sdp", text);
    text_replace(text, "a=setup:active", "a=setup:passive", -1);
    text_replace(text, "a=sendrecv", "a=inactive", 0);
    assert_int_equal(answer_verdict(text, &a), RTC_SDP_OK);
    assert_true(a.dtls_client);
    assert_false(a.video_send || a.video_receive);
}

static void test_reflection(void **state)
{
    (void)state;
    static char text[VECTOR_MAX];
    struct rtc_sdp_agreed a;
    load("luukku-offer.sdp", text);
    assert_int_equal(answer_verdict(text, &a), RTC_SDP_SSRC_CONFLICT);
    text_replace(text, "1111111", "1", -1);
    text_replace(text, "2222222", "2", -1);
    text_replace(text, "3333333", "3", -1);
    assert_int_equal(answer_verdict(text, &a), RTC_SDP_SETUP_ROLE);
    text_replace(text, "actpass", "active", -1);
    assert_int_equal(answer_verdict(text, &a), RTC_SDP_FINGERPRINT_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_browsers),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_reflection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
