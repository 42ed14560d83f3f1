/* A call to itself: one end's offer as the other's answer, and the verdict. */
#include "testing.h"

#include "app/rtc_verdict.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* --- answers ----------------------------------------------------------- */

static void make_offer(struct rtc_sdp_offer *o, uint32_t ssrc)
{
    *o = (struct rtc_sdp_offer){.session_id = 1,
                                .version = 1,
                                .video_ssrc = ssrc,
                                .rtx_ssrc = ssrc + 1,
                                .audio_ssrc = ssrc + 2,
                                .cname = "c0ffee"};
    (void)snprintf(o->ufrag, sizeof(o->ufrag), "uf%u", ssrc);
    (void)snprintf(o->pwd, sizeof(o->pwd), "passwordpassword%08u", ssrc);
    memset(o->fingerprint, (int)ssrc, sizeof(o->fingerprint));
}

/* Each end takes the other's, and they agree on who begins. */
static void test_answers_are_taken(void **state)
{
    static char offer[2][RTC_SDP_TEXT_MAX + 1];
    static char answer[RTC_SDP_TEXT_MAX + 1];
    struct rtc_sdp_offer o[2];
    struct rtc_sdp_agreed agreed[2];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        make_offer(&o[i], 1000 * (uint32_t)(i + 1));
        assert_true(rtc_sdp_write_offer(&o[i], offer[i], sizeof(offer[i])) > 0);
    }
    for (size_t i = 0; i < 2; i++) {
        LK_AUTO(rtc_sdp) sdp = NULL;
        assert_int_equal(rtc_sdp_new(&sdp), 0);
        int n = rtc_loop_answer(offer[1 - i], strlen(offer[1 - i]), i == 1,
                                answer, sizeof(answer));
        assert_true(n > 0);
        assert_int_equal(rtc_sdp_parse(answer, (size_t)n, sdp), RTC_SDP_OK);
        assert_int_equal(rtc_sdp_check_answer(&o[i], sdp, &agreed[i]),
                         RTC_SDP_OK);
        assert_true(agreed[i].video_send && agreed[i].video_receive);
        assert_true(agreed[i].audio_send && agreed[i].rtx && agreed[i].nack);
        assert_true(agreed[i].twcc_video && agreed[i].data);
    }
    assert_true(agreed[0].dtls_client != agreed[1].dtls_client);
}

static void test_answers_have_room_or_not(void **state)
{
    static const char offer[] = "v=0\r\nm=video\r\na=setup:actpass\r\n";
    char ret[128];
    (void)state;
    int n = rtc_loop_answer(offer, strlen(offer), true, ret, sizeof(ret));
    assert_string_equal(ret, "v=0\r\na=x-luukku-offer:1\r\nm=video\r\n"
                             "a=setup:active\r\n");
    assert_int_equal(n, strlen(ret));
    for (size_t cap = 0; cap <= (size_t)n; cap++)
        assert_int_equal(rtc_loop_answer(offer, strlen(offer), true, ret, cap),
                         -EMSGSIZE);
    assert_int_equal(rtc_loop_answer("v=0\r\n", 5, true, ret, sizeof(ret)),
                     -EBADMSG);
    assert_int_equal(rtc_loop_answer("m=video", 7, true, ret, sizeof(ret)),
                     -EBADMSG);
}

/* --- verdicts ---------------------------------------------------------- */

#define SECOND INT64_C(1000000)

struct run {
    bool relay, configured;
    unsigned servers;
    enum media_device camera;
    const char *failed; /* before it was connected, or in the middle */
    bool connected;
    unsigned candidates;
    double fps;
    double tone_hz;
    double delay_ms;
    int loss_permille;
    unsigned stamps_bad; /* of 100 */
    uint64_t echoes;
    bool freezes; /* half-way */
};

static const struct run good = {.camera = MEDIA_DEVICE_SIMULATED,
                                .connected = true,
                                .candidates = 2,
                                .fps = 30,
                                .tone_hz = 441,
                                .delay_ms = 50,
                                .echoes = 3};

static json_t *judge(const struct run *run)
{
    LK_AUTO(lk_buf) b = NULL;
    struct rtc_verdict v = {.relay = run->relay,
                            .configured = run->configured,
                            .servers = run->servers,
                            .fps = 30,
                            .tone_hz = 440,
                            .camera = run->camera,
                            .microphone = MEDIA_DEVICE_SIMULATED};
    struct rtc_loop_figures f = {.begun_us = SECOND,
                                 .joined_us = 2 * SECOND,
                                 .connected = run->connected,
                                 .echoes = run->echoes};
    f.near.net.ice.local_candidates = f.far.net.ice.local_candidates =
        run->candidates;
    if (run->connected)
        f.near.ice_us = f.near.connected_us = f.far.connected_us = 3 * SECOND;
    f.near.flow.send_kbps = 900;
    f.far.flow.receive_loss_permille = run->loss_permille;
    (void)snprintf(f.near.net.profile, sizeof(f.near.net.profile), "GCM");
    for (int64_t at = 0; at <= 10; at++) {
        int64_t now_us = 3 * SECOND + at * SECOND / 2;
        double seconds = (double)(run->freezes && at > 5 ? 5 : at) / 2;
        uint64_t frames = 100 + (uint64_t)(run->fps * seconds);
        struct media_stats m = {
            .frames_decoded = run->connected ? frames : 0,
            .last_picture_us =
                run->freezes && at > 5 ? 3 * SECOND + 5 * SECOND / 2 : now_us,
            .tone_hz = run->tone_hz,
            .latency_p50_ms = run->delay_ms,
            .latency_p95_ms = run->delay_ms,
            .stamps_good = 100 - run->stamps_bad,
            .stamps_bad = run->stamps_bad,
        };
        if (run->failed && (!run->connected || at == 10))
            (void)snprintf(f.failed, sizeof(f.failed), "%s", run->failed);
        (void)rtc_verdict_look(&v, &f, &m, now_us, SECOND / 2);
    }
    assert_int_equal(lk_buf_new(RTC_VERDICT_TEXT_MAX, &b), 0);
    assert_int_equal(rtc_verdict_write(&v, b), 0);
    json_t *list = json_loads(lk_buf_str(b), 0, NULL);
    assert_non_null(list);
    assert_int_equal(json_array_size(list), 7);
    return list;
}

static const char *said(json_t *list, const char *test, const char *member)
{
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(list, i, one)
    {
        const char *name = json_string_value(json_object_get(one, "test"));
        if (strcmp(name, test) == 0)
            return json_string_value(json_object_get(one, member));
    }
    fail_msg("no check %s", test);
    return "";
}

static void test_a_good_call_passes(void **state)
{
    static const char *const tests[] = {"connect", "picture", "sound", "delay",
                                        "loss",    "rate",    "data"};
    (void)state;
    json_t *list = judge(&good);
    for (size_t i = 0; i < LK_ARRAY_LEN(tests); i++) {
        assert_string_equal(said(list, tests[i], "result"), "PASS");
        assert_string_equal(said(list, tests[i], "reason"), "");
    }
    json_decref(list);
}

/* One thing is wrong: one check fails for it, in the words that name it. */
static void test_what_is_wrong_is_named(void **state)
{
    struct {
        const char *test;
        const char *reason; /* a part of it */
        struct run run;
    } cases[] = {
        {"picture", "camera gives no picture", good},
        {"picture", "of 30 wanted", good},
        {"picture", "stood still", good},
        {"picture", "no picture came through", good},
        {"picture", "20 of 100", good},
        {"sound", "did not come through", good},
        {"sound", "880 Hz", good},
        {"delay", "500 ms", good},
        {"loss", "20.0 of 100", good},
        {"data", "no message came back", good},
        {"connect", "broke while it ran: ice", good},
    };
    (void)state;
    cases[0].run.camera = MEDIA_DEVICE_NONE;
    cases[1].run.fps = 12;
    cases[2].run.freezes = true;
    cases[3].run.fps = 0;
    cases[4].run.stamps_bad = 20;
    cases[5].run.tone_hz = 0;
    cases[6].run.tone_hz = 880;
    cases[7].run.delay_ms = 500;
    cases[8].run.loss_permille = 200;
    cases[9].run.echoes = 0;
    cases[10].run.failed = "ice";
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        json_t *list = judge(&cases[i].run);
        print_message("%s: %s\n", cases[i].test,
                      said(list, cases[i].test, "reason"));
        assert_string_equal(said(list, cases[i].test, "result"), "FAIL");
        assert_non_null(
            strstr(said(list, cases[i].test, "reason"), cases[i].reason));
        assert_true(*said(list, cases[i].test, "next"));
        json_decref(list);
    }
}

/* What keeps the two ends apart; the rest cannot be judged then. */
static void test_why_it_did_not_come_about(void **state)
{
    static const struct {
        const char *result;
        const char *reason;
        struct run run;
    } cases[] = {
        {"FAIL", "no network address", {.failed = "ice"}},
        {"FAIL", "do not reach each other", {.candidates = 1}},
        {"SKIP", "no TURN server is configured", {.relay = true}},
        {"FAIL", "name has an address", {.relay = true, .configured = true}},
        {"FAIL",
         "no TURN server gave a relay",
         {.relay = true, .configured = true, .servers = 1}},
        {"FAIL",
         "nothing passes",
         {.relay = true, .configured = true, .servers = 1, .candidates = 1}},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        json_t *list = judge(&cases[i].run);
        assert_string_equal(said(list, "connect", "result"), cases[i].result);
        assert_non_null(
            strstr(said(list, "connect", "reason"), cases[i].reason));
        assert_string_equal(said(list, "picture", "result"), "SKIP");
        assert_string_equal(said(list, "data", "result"), "SKIP");
        json_decref(list);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_are_taken),
        cmocka_unit_test(test_answers_have_room_or_not),
        cmocka_unit_test(test_a_good_call_passes),
        cmocka_unit_test(test_what_is_wrong_is_named),
        cmocka_unit_test(test_why_it_did_not_come_about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
