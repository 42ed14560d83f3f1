#include "testing.h"

#include "app/rtc_quality.h"

static void a_call_becomes_its_figures(void **state)
{
    struct rtc_quality q = {.runs = false};
    struct media_stats m = {.frames_sent = 100, .frames_decoded = 50};
    struct rtc_transport_stats t = {.present = true};
    int64_t v[FIGURES_CALL];
    (void)state;
    rtc_quality_begin(&q, &m, 1000000);
    for (int i = 1; i <= 2; i++) {
        t.peer.flow.rtt_us = 10000 * i;
        t.peer.flow.send_loss_permille = 4;
        t.peer.restarts = 1;
        m.frames_sent = 100 + 30 * (uint64_t)i;
        m.frames_decoded = 50 + 15 * (uint64_t)i;
        m.width_px = 640;
        rtc_quality_sample(&q, &t, &m, 1000000 + 1000000 * i);
        rtc_quality_begin(&q, &m, 5); /* connected again: the same call */
    }
    t.present = false; /* its connection is gone: nothing to learn */
    rtc_quality_sample(&q, &t, &m, 3500000);
    assert_true(rtc_quality_end(&q, 4000000, v));
    assert_int_equal(v[FIGURES_DURATION_S], 3);
    assert_int_equal(v[FIGURES_RTT_US], 15000);
    assert_int_equal(v[FIGURES_RTT_WORST_US], 20000);
    assert_int_equal(v[FIGURES_LOSS_SENT_PERMILLE], 4);
    assert_int_equal(v[FIGURES_FPS_SENT_MILLI], 30000);
    assert_int_equal(v[FIGURES_FPS_RECEIVED_MILLI], 15000);
    assert_int_equal(v[FIGURES_WIDTH], 640);
    assert_int_equal(v[FIGURES_RESTARTS], 1);
    assert_false(rtc_quality_end(&q, 4000000, v));
}

static void what_was_not_measured_is_not_invented(void **state)
{
    struct rtc_quality q = {.runs = false};
    struct media_stats m = {.frames_sent = 0};
    struct rtc_transport_stats t = {.present = true,
                                    .peer = {.flow = {.rtt_us = -1}}};
    int64_t v[FIGURES_CALL];
    (void)state;
    assert_false(rtc_quality_end(&q, 0, v));
    rtc_quality_begin(&q, &m, 0);
    rtc_quality_sample(&q, &t, &m, 0);
    assert_true(rtc_quality_end(&q, 0, v));
    assert_int_equal(v[FIGURES_RTT_US], -1);
    assert_int_equal(v[FIGURES_RTT_WORST_US], -1);
    assert_int_equal(v[FIGURES_FPS_SENT_MILLI], -1);
    assert_int_equal(v[FIGURES_DURATION_S], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_becomes_its_figures),
        cmocka_unit_test(what_was_not_measured_is_not_invented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
