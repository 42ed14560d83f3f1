#include "rtc/wire/rtcp.h"

#include "unit.h"

#include <errno.h>
#include <string.h>

static void test_compound(void **state)
{
    (void)state;
    uint8_t b[256];
    struct lk_writer w = lk_writer(b, sizeof(b));
    const struct rtc_rtcp_sender sender = {0x0102030405060708, 9, 10, 11};
    const struct rtc_rtcp_report reports[2] = {{21, 128, -3, 70000, 5, 6, 7},
                                               {22, 0, 0x7fffff, 1, 2, 3, 4}};
    const uint32_t gone[2] = {1, 2};
    rtc_rtcp_write_sr(&w, 1, &sender, reports, 2);
    rtc_rtcp_write_cname(&w, 1, "abc");
    rtc_rtcp_write_bye(&w, gone, 2);
    int n = lk_writer_end(&w);
    assert_int_equal(n, 28 + 48 + 16 + 12);

    struct lk_reader r = lk_reader(b, (size_t)n);
    struct rtc_rtcp p;
    assert_int_equal(rtc_rtcp_next(&r, &p), 1);
    assert_int_equal(p.kind, RTC_RTCP_SR);
    struct rtc_rtcp_sender s;
    assert_int_equal(rtc_rtcp_get_sender(&p, &s), 0);
    assert_int_equal(s.ntp, sender.ntp);
    assert_int_equal(s.octets, 11);
    struct rtc_rtcp_report rb;
    assert_int_equal(rtc_rtcp_get_report(&p, 0, &rb), 0);
    assert_int_equal(rb.lost, -3);
    assert_int_equal(rtc_rtcp_get_report(&p, 1, &rb), 0);
    assert_int_equal(rb.ssrc, 22);
    assert_int_equal(rb.lost, 0x7fffff);
    assert_int_equal(rb.dlsr, 4);
    assert_int_equal(rtc_rtcp_get_report(&p, 2, &rb), -ENOENT);

    assert_int_equal(rtc_rtcp_next(&r, &p), 1);
    char cname[RTC_RTCP_CNAME_MAX];
    assert_int_equal(rtc_rtcp_get_cname(&p, 1, cname), 0);
    assert_string_equal(cname, "abc");
    assert_int_equal(rtc_rtcp_get_cname(&p, 2, cname), -ENOENT);

    assert_int_equal(rtc_rtcp_next(&r, &p), 1);
    assert_true(rtc_rtcp_bye_has(&p, 1) && rtc_rtcp_bye_has(&p, 2));
    assert_false(rtc_rtcp_bye_has(&p, 3));
    assert_int_equal(rtc_rtcp_next(&r, &p), 0);
}

static void test_cname_padding(void **state)
{
    (void)state;
    static const char *const names[] = {"",    "a",    "ab",
                                        "abc", "abcd", "0123456789"};
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++) {
        uint8_t b[64];
        char got[RTC_RTCP_CNAME_MAX];
        struct lk_writer w = lk_writer(b, sizeof(b));
        rtc_rtcp_write_cname(&w, 5, names[i]);
        assert_int_equal(w.len % 4, 0);
        assert_int_equal(b[w.len - 1], 0);
        struct lk_reader r = lk_reader(b, w.len);
        struct rtc_rtcp p;
        assert_int_equal(rtc_rtcp_next(&r, &p), 1);
        assert_int_equal(rtc_rtcp_get_cname(&p, 5, got), 0);
        assert_string_equal(got, names[i]);
    }
}

static void test_nack(void **state)
{
    (void)state;
    static const uint16_t lost[] = {65530, 65531, 65535, 10, 11, 27, 28, 500};
    uint8_t b[64];
    struct lk_writer w = lk_writer(b, sizeof(b));
    assert_int_equal(rtc_rtcp_write_nack(&w, 1, 2, lost, LK_ARRAY_LEN(lost)),
                     LK_ARRAY_LEN(lost));
    assert_int_equal(w.len, 12 + 4 * 4);
    struct lk_reader r = lk_reader(b, w.len);
    struct rtc_rtcp p;
    assert_int_equal(rtc_rtcp_next(&r, &p), 1);
    assert_int_equal(p.media_ssrc, 2);
    size_t at = 0;
    uint16_t seq = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(lost); i++) {
        assert_true(rtc_rtcp_nack_next(&p, &at, &seq));
        assert_int_equal(seq, lost[i]);
    }
    assert_false(rtc_rtcp_nack_next(&p, &at, &seq));
    w = lk_writer(b, 20); /* two entries: the first six */
    assert_int_equal(rtc_rtcp_write_nack(&w, 1, 2, lost, LK_ARRAY_LEN(lost)),
                     6);
    assert_false(w.bad);
    w = lk_writer(b, 15);
    assert_int_equal(rtc_rtcp_write_nack(&w, 1, 2, lost, 1), 0);
}

static void test_feedback(void **state)
{
    (void)state;
    uint8_t b[64];
    struct lk_writer w = lk_writer(b, sizeof(b));
    rtc_rtcp_write_pli(&w, 1, 2);
    rtc_rtcp_write_fir(&w, 1, 2, 77);
    struct lk_reader r = lk_reader(b, w.len);
    struct rtc_rtcp p;
    uint8_t command = 0;
    assert_int_equal(rtc_rtcp_next(&r, &p), 1);
    assert_int_equal(p.kind, RTC_RTCP_PLI);
    assert_int_equal(p.media_ssrc, 2);
    assert_int_equal(rtc_rtcp_next(&r, &p), 1);
    assert_int_equal(rtc_rtcp_get_fir(&p, 2, &command), 0);
    assert_int_equal(command, 77);
    assert_int_equal(rtc_rtcp_get_fir(&p, 3, &command), -ENOENT);
}

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        uint8_t b[12];
        size_t len;
    } cases[] = {
        {{0x80}, 1},
        {{0x40, 201, 0, 1, 0, 0, 0, 1}, 8}, /* version */
        {{0x80, 201, 0, 2, 0, 0, 0, 1}, 8}, /* longer than the bytes */
        {{0x80, 200, 0, 1, 0, 0, 0, 1}, 8}, /* no sender info */
        {{0x81, 201, 0, 1, 0, 0, 0, 1}, 8}, /* no report block */
        {{0x82, 203, 0, 1, 0, 0, 0, 1}, 8}, /* a source is missing */
        {{0x81, 205, 0, 1, 0, 0, 0, 1}, 8}, /* NACK of nothing */
        {{0xa0, 201, 0, 1, 0, 0, 0, 9}, 8}, /* padding above the body */
        {{0xa0, 201, 0, 0}, 4},             /* padding of nothing */
        {{0x81, 206, 0, 1, 0, 0, 0, 1}, 8}, /* PLI without media */
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct lk_reader r = lk_reader(cases[i].b, cases[i].len);
        struct rtc_rtcp p;
        assert_int_equal(rtc_rtcp_next(&r, &p), -EBADMSG);
        assert_int_equal(rtc_rtcp_next(&r, &p), -EBADMSG);
    }
}

/* Application packets, REMB and extended reports are walked over. */
static void test_unknown(void **state)
{
    (void)state;
    static const uint8_t b[] = {0x8f, 206, 0,    1,   0, 0, 0, 1, 0x80, 207,
                                0,    0,   0x80, 201, 0, 1, 0, 0, 0,    5};
    struct lk_reader r = lk_reader(b, sizeof(b));
    struct rtc_rtcp p;
    assert_int_equal(rtc_rtcp_next(&r, &p), 1);
    assert_int_equal(p.kind, RTC_RTCP_OTHER);
    assert_int_equal(rtc_rtcp_next(&r, &p), 1);
    assert_int_equal(p.kind, RTC_RTCP_OTHER);
    assert_int_equal(rtc_rtcp_next(&r, &p), 1);
    assert_int_equal(p.kind, RTC_RTCP_RR);
    assert_int_equal(p.ssrc, 5);
    struct rtc_rtcp_sender s;
    assert_int_equal(rtc_rtcp_get_sender(&p, &s), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compound), cmocka_unit_test(test_cname_padding),
        cmocka_unit_test(test_nack),     cmocka_unit_test(test_feedback),
        cmocka_unit_test(test_bad),      cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
