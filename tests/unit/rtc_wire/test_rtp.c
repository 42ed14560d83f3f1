#include "rtc/wire/rtp.h"

#include "unit.h"

#include <errno.h>
#include <string.h>

static void test_round_trip(void **state)
{
    (void)state;
    static const uint8_t seq[2] = {0x12, 0x34};
    static const uint8_t zero[3] = {0};
    const struct rtc_rtp_ext e[] = {{3, seq, 2}, {4, zero, 3}};
    uint8_t b[64] = {0};
    struct rtc_rtp h = {.marker = true,
                        .pt = 96,
                        .seq = 65535,
                        .ts = 0xdeadbeef,
                        .ssrc = 7,
                        .ext_profile = RTC_RTP_EXT_ONE_BYTE};
    rtc_rtp_write_header(&h, b);
    int n = rtc_rtp_ext_write(e, 2, b + 12, sizeof(b) - 12);
    assert_int_equal(n, 12);
    struct rtc_rtp out;
    assert_int_equal(rtc_rtp_parse(b, 12 + 12 + 5, &out), 0);
    assert_true(out.marker);
    assert_int_equal(out.pt, 96);
    assert_int_equal(out.seq, 65535);
    assert_int_equal(out.ts, 0xdeadbeef);
    assert_int_equal(out.ssrc, 7);
    assert_int_equal(out.payload_at, 24);
    assert_int_equal(out.payload_len, 5);
    struct rtc_rtp_ext f;
    assert_true(rtc_rtp_ext_find(&out, 3, &f));
    assert_memory_equal(f.data, seq, 2);
    assert_true(rtc_rtp_ext_find(&out, 4, &f));
    assert_int_equal(f.len, 3);
    assert_false(rtc_rtp_ext_find(&out, 5, &f));
    assert_false(rtc_rtp_ext_find(&out, 0, &f));
    for (size_t cap = 0; cap < 12; cap++)
        assert_int_equal(rtc_rtp_ext_write(e, 2, b, cap), -EMSGSIZE);
    const struct rtc_rtp_ext bad = {15, seq, 2};
    assert_int_equal(rtc_rtp_ext_write(&bad, 1, b, sizeof(b)), -EINVAL);
}

static void test_two_byte(void **state)
{
    (void)state;
    static const uint8_t b[] = {0x90, 96, 0, 1, 0, 0, 0, 0, 0,  0, 0, 1,   0x10,
                                0x05, 0,  2, 0, 3, 2, 9, 8, 44, 0, 0, 0xaa};
    struct rtc_rtp h;
    struct rtc_rtp_ext e;
    assert_int_equal(rtc_rtp_parse(b, sizeof(b), &h), 0);
    assert_true(rtc_rtp_ext_find(&h, 3, &e));
    assert_int_equal(e.len, 2);
    assert_int_equal(e.data[0], 9);
    assert_true(rtc_rtp_ext_find(&h, 44, &e));
    assert_int_equal(e.len, 0);
    assert_int_equal(h.payload_len, 1);
}

static void test_padding_and_csrc(void **state)
{
    (void)state;
    uint8_t b[28] = {0xa2, 0x60};
    struct rtc_rtp h;
    b[27] = 3;
    assert_int_equal(rtc_rtp_parse(b, sizeof(b), &h), 0);
    assert_int_equal(h.csrc_count, 2);
    assert_int_equal(h.payload_at, 20);
    assert_int_equal(h.payload_len, 5);
    assert_int_equal(h.padding_len, 3);
    b[27] = 8;
    assert_int_equal(rtc_rtp_parse(b, sizeof(b), &h), 0);
    assert_int_equal(h.payload_len, 0);
    b[27] = 9;
    assert_int_equal(rtc_rtp_parse(b, sizeof(b), &h), -EBADMSG);
    b[27] = 0;
    assert_int_equal(rtc_rtp_parse(b, sizeof(b), &h), -EBADMSG);
}

static void test_bad(void **state)
{
    (void)state;
    static uint8_t b[RTC_RTP_PACKET_MAX + 1] = {0x80, 96};
    struct rtc_rtp h;
    for (size_t n = 0; n < 12; n++)
        assert_int_equal(rtc_rtp_parse(b, n, &h), -EBADMSG);
    assert_int_equal(rtc_rtp_parse(b, sizeof(b), &h), -EMSGSIZE);
    b[0] = 0x40;
    assert_int_equal(rtc_rtp_parse(b, 40, &h), -EBADMSG);
    b[0] = 0x90; /* an extension longer than the packet */
    b[15] = 7;
    assert_int_equal(rtc_rtp_parse(b, 40, &h), -EBADMSG);
    assert_int_equal(rtc_rtp_parse(b, 14, &h), -EBADMSG);
    b[0] = 0x8f; /* more CSRCs than bytes */
    assert_int_equal(rtc_rtp_parse(b, 40, &h), -EBADMSG);
}

static void test_vp8(void **state)
{
    (void)state;
    static const struct {
        uint8_t b[8];
        size_t len;
        bool key;
    } cases[] = {
        {{0x10, 0x00}, 2, true},
        {{0x10, 0x01}, 2, false},
        {{0x10}, 1, false},
        {{0x00, 0x00}, 2, false},            /* not a partition's start */
        {{0x11, 0x00}, 2, false},            /* partition 1 */
        {{0x90, 0x80, 0x11, 0x10}, 4, true}, /* 7-bit picture id */
        {{0x90, 0x80, 0x91, 0x22, 0x00}, 5, true},
        {{0x90, 0xf0, 0x91, 0x22, 0x01, 0x20, 0x00}, 7, true},
        {{0x90, 0xf0, 0x91, 0x22, 0x01, 0x20, 0x01}, 7, false},
        {{0x90, 0xf0, 0x91, 0x22, 0x01, 0x20}, 6, false},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++)
        assert_int_equal(rtc_vp8_starts_keyframe(cases[i].b, cases[i].len),
                         cases[i].key);
    assert_false(rtc_vp8_starts_keyframe(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_two_byte),
        cmocka_unit_test(test_padding_and_csrc),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_vp8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
