#include "testing.h"

#include "base/bytes.h"
#include "media/intake.h"

#include <errno.h>

#define PT 100
#define SECOND 1000000

static size_t packet(uint8_t *p, uint16_t seq, uint32_t ts, uint32_t ssrc)
{
    p[0] = 0x80;
    p[1] = PT;
    lk_put_u16(p + 2, seq);
    lk_put_u32(p + 4, ts);
    lk_put_u32(p + 8, ssrc);
    memset(p + 12, 0xab, 8);
    return 20;
}

static struct media_intake intake_new(void)
{
    return (struct media_intake){
        .clock_hz = 90000, .pt = PT, .jump = MEDIA_INTAKE_JUMP_VIDEO};
}

static struct media_intake_out take(struct media_intake *in, uint16_t seq,
                                    uint32_t ts, uint32_t ssrc, int64_t us)
{
    uint8_t p[32];
    struct media_intake_out out;
    size_t len = packet(p, seq, ts, ssrc);
    assert_int_equal(media_intake_packet(in, p, len, us, &out), 0);
    return out;
}

static unsigned seq_of(const struct media_intake_out *o)
{
    return lk_get_u16(o->header + 2);
}

static uint32_t ts_of(const struct media_intake_out *o)
{
    return lk_get_u32(o->header + 4);
}

static void test_goes_on(void **state)
{
    (void)state;
    struct media_intake in = intake_new();
    struct media_intake_out o = take(&in, 65534, 0xffffff00U, 7, SECOND);
    assert_true(o.fresh);
    assert_int_equal(seq_of(&o), MEDIA_INTAKE_FIRST);
    assert_int_equal(o.len, 8);
    /* Across the wrap of both, reordered and twice. */
    static const uint16_t seqs[] = {65535, 1, 0, 2, 2, 5};
    static const unsigned want[] = {1, 3, 2, 4, 4, 7};
    for (size_t i = 0; i < LK_ARRAY_LEN(seqs); i++) {
        o = take(&in, seqs[i], 0xffffff00U + (uint32_t)i * 3000, 7, SECOND);
        assert_false(o.fresh);
        assert_int_equal(seq_of(&o), MEDIA_INTAKE_FIRST + want[i]);
        assert_int_equal(ts_of(&o), 0xffffff00U + (uint32_t)i * 3000);
        assert_int_equal(lk_get_u32(o.header + 8), 1);
    }
}

static void test_begins_anew(void **state)
{
    (void)state;
    struct media_intake in = intake_new();
    take(&in, 10, 1000, 7, SECOND);
    /* Another source, two seconds later. */
    struct media_intake_out o = take(&in, 40000, 0x12345678, 8, 3 * SECOND);
    assert_true(o.fresh);
    assert_int_equal(seq_of(&o), MEDIA_INTAKE_FIRST + 1);
    assert_int_equal(ts_of(&o), 1000 + 180000 + 1);
    assert_int_equal(media_intake_timestamp(&in, 0x12345678), ts_of(&o));
    /* A gap beyond repair, forwards and backwards. */
    o = take(&in, 41000, 0x12345678, 8, 3 * SECOND);
    assert_true(o.fresh);
    assert_int_equal(seq_of(&o), MEDIA_INTAKE_FIRST + 2);
    o = take(&in, 2, 0x12345678, 8, 3 * SECOND);
    assert_true(o.fresh);
    /* A gap within it. */
    o = take(&in, 202, 0x12345678, 8, 3 * SECOND);
    assert_false(o.fresh);
    assert_int_equal(seq_of(&o), MEDIA_INTAKE_FIRST + 3 + 200);
    in.renew = true;
    o = take(&in, 203, 0x12345678, 8, 3 * SECOND);
    assert_true(o.fresh);
}

/* One wild time stamp is refused; a source that stays there is followed. */
static void test_astray(void **state)
{
    (void)state;
    struct media_intake in = intake_new();
    uint8_t p[32];
    struct media_intake_out o;
    take(&in, 1, 1000, 7, SECOND);
    static const uint32_t wild[] = {1000 + 90000 * 6, 0x80000000U,
                                    1000U - 90000 * 6};
    for (size_t i = 0; i < LK_ARRAY_LEN(wild); i++) {
        size_t len = packet(p, 2, wild[i], 7);
        assert_int_equal(media_intake_packet(&in, p, len, SECOND, &o),
                         -EBADMSG);
    }
    o = take(&in, 2, 4000, 7, SECOND);
    assert_false(o.fresh);
    /* Late by some seconds, or silent for a minute: nothing is wrong. */
    o = take(&in, 3, 7000, 7, 5 * SECOND);
    assert_false(o.fresh);
    o = take(&in, 4, 7000 + 60 * 90000, 7, 65 * SECOND);
    assert_false(o.fresh);
    for (uint16_t i = 0; i < MEDIA_INTAKE_ASTRAY_MAX - 1; i++) {
        size_t len = packet(p, (uint16_t)(5 + i), 0x80000000U, 7);
        assert_int_equal(media_intake_packet(&in, p, len, 65 * SECOND, &o),
                         -EBADMSG);
    }
    o = take(&in, 20, 0x80000000U, 7, 65 * SECOND);
    assert_true(o.fresh);
    assert_int_equal(seq_of(&o), MEDIA_INTAKE_FIRST + 4);
    o = take(&in, 21, 0x80000000U + 3000, 7, 65 * SECOND);
    assert_false(o.fresh);
}

/* One packet far ahead does not make all behind it late for ever. */
static void test_ahead(void **state)
{
    (void)state;
    struct media_intake in = intake_new();
    take(&in, 1, 1000, 7, SECOND);
    take(&in, 401, 1000, 7, SECOND);
    uint16_t i = 0;
    while (i < 200 && !take(&in, (uint16_t)(2 + i), 1000, 7, SECOND).fresh)
        i++;
    assert_int_equal(i, MEDIA_INTAKE_LATE_MAX);
    struct media_intake_out o = take(&in, (uint16_t)(3 + i), 1000, 7, SECOND);
    assert_false(o.fresh);
    assert_int_equal(seq_of(&o), in.seq_high);
}

static void test_headers(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint8_t bytes[40];
        size_t size;
        int want;
        size_t len;
    } cases[] = {
        {"plain", {0x80, PT}, 20, 0, 8},
        {"empty payload", {0x80, PT}, 12, 0, 0},
        {"two CSRCs", {0x82, PT}, 24, 0, 4},
        {"CSRCs missing", {0x8f, PT}, 24, -EBADMSG, 0},
        {"extension", {0x90, PT, [12] = 0xbe, 0xde, 0, 1}, 24, 0, 4},
        {"extension too long",
         {0x90, PT, [12] = 0xbe, 0xde, 0, 9},
         24,
         -EBADMSG,
         0},
        {"extension cut", {0x90, PT}, 14, -EBADMSG, 0},
        {"padding", {0xa0, PT, [19] = 3}, 20, 0, 5},
        {"padding alone", {0xa0, PT, [19] = 8}, 20, 0, 0},
        {"padding too long", {0xa0, PT, [19] = 9}, 20, -EBADMSG, 0},
        {"padding of none", {0xa0, PT, [19] = 0}, 20, -EBADMSG, 0},
        {"padding nowhere", {0xa0, PT}, 12, -EBADMSG, 0},
        {"another type", {0x80, PT + 1}, 20, -EBADMSG, 0},
        {"version 1", {0x40, PT}, 20, -EBADMSG, 0},
        {"short", {0x80, PT}, 11, -EBADMSG, 0},
        {"nothing", {0}, 0, -EBADMSG, 0},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct media_intake in = intake_new();
        struct media_intake_out o = {.len = 99};
        print_message("%s\n", cases[i].what);
        int r =
            media_intake_packet(&in, cases[i].bytes, cases[i].size, SECOND, &o);
        assert_int_equal(r, cases[i].want);
        assert_int_equal(o.len, r == 0 ? cases[i].len : 99);
    }
}

/* A frame that never ends gets an end. */
static void test_endless_frame(void **state)
{
    (void)state;
    struct media_intake in = intake_new();
    size_t since = 0, ends = 0;
    for (unsigned i = 0; i < 400000; i++) {
        struct media_intake_out o = take(&in, (uint16_t)i, 9, 7, SECOND);
        since += o.len;
        assert_true(since <= MEDIA_INTAKE_FRAME_MAX + 8);
        if (o.header[1] & 0x80) {
            since = 0;
            ends++;
        }
    }
    assert_true(ends >= 2);
}

static void test_jitter(void **state)
{
    (void)state;
    struct media_intake in = {
        .clock_hz = 48000, .pt = PT, .jump = MEDIA_INTAKE_JUMP_AUDIO};
    for (int i = 0; i < 500; i++)
        take(&in, (uint16_t)i, (uint32_t)i * 960, 7, SECOND + i * 20000);
    assert_true(media_intake_jitter_us(&in) < 100);
    for (int i = 500; i < 1000; i++)
        take(&in, (uint16_t)i, (uint32_t)i * 960, 7,
             SECOND + i * 20000 + (i % 2) * 10000);
    int64_t j = media_intake_jitter_us(&in);
    assert_true(j > 8000 && j < 12000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goes_on), cmocka_unit_test(test_begins_anew),
        cmocka_unit_test(test_headers), cmocka_unit_test(test_ahead),
        cmocka_unit_test(test_astray),  cmocka_unit_test(test_endless_frame),
        cmocka_unit_test(test_jitter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
