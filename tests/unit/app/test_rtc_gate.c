/* How much a far end may say on a data channel. */
#include "testing.h"

#include "app/rtc_gate.h"
#include "ipc/rtcmsg.h"

#define SECOND INT64_C(1000000)

static const uint8_t bytes[RTCMSG_BYTES_MAX + 1];
static const uint8_t mark[] = {0xef, 0xbf, 0xbd};

/* Messages of `len` bytes that pass whole before the first mark. */
static size_t pass_all(struct rtc_gate *g, size_t len, int64_t now_us)
{
    for (size_t n = 0;; n++) {
        const uint8_t *data = bytes;
        size_t left = len;
        assert_true(rtc_gate_pass(g, &data, &left, now_us));
        if (data == bytes) {
            assert_int_equal(left, len);
            continue;
        }
        assert_int_equal(left, sizeof(mark));
        assert_memory_equal(data, mark, sizeof(mark));
        return n;
    }
}

static void expect_nothing(struct rtc_gate *g, size_t len, int64_t now_us)
{
    const uint8_t *data = bytes;
    assert_false(rtc_gate_pass(g, &data, &len, now_us));
}

static void test_bytes(void **state)
{
    struct rtc_gate g = {0};
    (void)state;
    assert_int_equal(pass_all(&g, 1024, SECOND),
                     RTC_GATE_BYTES * RTC_GATE_S / 1024);
    expect_nothing(&g, 1024, SECOND);
    assert_int_equal(pass_all(&g, 1024, 2 * SECOND), RTC_GATE_BYTES / 1024);
}

static void test_messages(void **state)
{
    struct rtc_gate g = {0};
    (void)state;
    assert_int_equal(pass_all(&g, 1, SECOND), RTC_GATE_MESSAGES * RTC_GATE_S);
    expect_nothing(&g, 1, SECOND);
    assert_int_equal(pass_all(&g, 0, 2 * SECOND), RTC_GATE_MESSAGES);
    assert_int_equal(pass_all(&g, 1, 1000 * SECOND),
                     RTC_GATE_MESSAGES * RTC_GATE_S);
}

static void test_too_long(void **state)
{
    struct rtc_gate g = {0};
    (void)state;
    assert_int_equal(pass_all(&g, RTCMSG_BYTES_MAX + 1, SECOND), 0);
    expect_nothing(&g, RTCMSG_BYTES_MAX + 1, SECOND);
    expect_nothing(&g, SIZE_MAX, SECOND);
    assert_true(pass_all(&g, RTCMSG_BYTES_MAX, SECOND) > 0);
}

/* Messages of `len` bytes that pass the form's gate before it shuts. */
static size_t pass_form(struct rtc_gate *g, size_t len, int64_t now_us)
{
    size_t n = 0;
    while (rtc_gate_pass_whole(g, &rtc_gate_form, len, now_us))
        n++;
    return n;
}

static void test_form(void **state)
{
    (void)state;
    assert_int_equal(
        pass_form(&(struct rtc_gate){0}, rtc_gate_form.len, SECOND),
        rtc_gate_form.bytes * rtc_gate_form.seconds /
            (int64_t)rtc_gate_form.len);
    assert_int_equal(pass_form(&(struct rtc_gate){0}, 1, SECOND),
                     rtc_gate_form.messages * rtc_gate_form.seconds);
    assert_int_equal(
        pass_form(&(struct rtc_gate){0}, rtc_gate_form.len + 1, SECOND), 0);
}

/* Half a stream is none: once shut it stays shut. */
static void test_form_shut(void **state)
{
    struct rtc_gate g = {0};
    (void)state;
    (void)pass_form(&g, rtc_gate_form.len, SECOND);
    assert_false(rtc_gate_pass_whole(&g, &rtc_gate_form, 1, 1000 * SECOND));
}

/* At the sustained rate it never shuts. */
static void test_form_rate(void **state)
{
    struct rtc_gate g = {0};
    size_t len = (size_t)(rtc_gate_form.bytes / rtc_gate_form.messages);
    (void)state;
    for (int64_t i = 0; i < 1000; i++)
        assert_true(
            rtc_gate_pass_whole(&g, &rtc_gate_form, len,
                                SECOND + i * SECOND / rtc_gate_form.messages));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),     cmocka_unit_test(test_messages),
        cmocka_unit_test(test_too_long),  cmocka_unit_test(test_form),
        cmocka_unit_test(test_form_shut), cmocka_unit_test(test_form_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
