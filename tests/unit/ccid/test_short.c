#include "ccid/short.h"

#include "testing.h"

#include <errno.h>

static void cases(void **state)
{
    static const struct {
        uint8_t raw[16];
        size_t len;
        uint32_t nc;
        uint32_t ne;
        bool extended;
    } good[] = {
        {{0, 1, 2, 3}, 4, 0, 0, false},
        {{0, 1, 2, 3, 5}, 5, 0, 5, false},
        {{0, 1, 2, 3, 0}, 5, 0, 256, false},
        {{0, 1, 2, 3, 2, 9, 9}, 7, 2, 0, false},
        {{0, 1, 2, 3, 2, 9, 9, 0}, 8, 2, 256, false},
        {{0, 1, 2, 3, 0, 1, 0}, 7, 0, 256, true},
        {{0, 1, 2, 3, 0, 0, 0}, 7, 0, 65536, true},
        {{0, 1, 2, 3, 0, 0, 2, 9, 9}, 9, 2, 0, true},
        {{0, 1, 2, 3, 0, 0, 2, 9, 9, 0, 0}, 11, 2, 65536, true},
    };
    static const struct {
        uint8_t raw[12];
        size_t len;
    } bad[] = {
        {{0, 1, 2}, 3},
        {{0, 1, 2, 3, 2, 9}, 6},
        {{0, 1, 2, 3, 2, 9, 9, 0, 0}, 9},
        {{0, 1, 2, 3, 0, 0}, 6},
        {{0, 1, 2, 3, 0, 0, 2, 9}, 8},
        {{0, 1, 2, 3, 0, 0, 2, 9, 9, 0}, 10},
        {{0, 1, 2, 3, 0, 0, 0, 0}, 8},
    };
    struct ccid_apdu a;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(good); i++) {
        assert_int_equal(ccid_apdu_parse(good[i].raw, good[i].len, &a), 0);
        assert_int_equal(a.nc, good[i].nc);
        assert_int_equal(a.ne, good[i].ne);
        assert_int_equal(a.has_le, good[i].ne > 0);
        assert_int_equal(a.extended, good[i].extended);
    }
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(ccid_apdu_parse(bad[i].raw, bad[i].len, &a), -EINVAL);
}

struct turn {
    const char *piece; /* hexadecimal */
    const char *answer;
};

static size_t unhex(const char *s, uint8_t *ret)
{
    size_t n = 0;
    for (; s[0] && s[1]; s += 2) {
        const char digits[3] = {s[0], s[1], '\0'};
        ret[n++] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return n;
}

/* Plays a command: each piece must be the one in the script. */
static void play(enum ccid_line line, const char *command,
                 const struct turn *turns, size_t n, int result,
                 const char *whole)
{
    uint8_t apdu[300];
    uint8_t raw[300];
    struct ccid_short s = {0};
    struct lk_buf *in = NULL;
    print_message("%s\n", command);
    size_t len = unhex(command, apdu);
    assert_int_equal(lk_buf_new(70000, &in), 0);
    assert_int_equal(ccid_short_start(&s, line, apdu, len, in), 0);
    int r = 1;
    for (size_t i = 0; i < n; i++) {
        size_t want = unhex(turns[i].piece, raw);
        assert_int_equal(r, 1);
        assert_int_equal(s.piece_len, want);
        assert_memory_equal(s.piece, raw, want);
        size_t got = unhex(turns[i].answer, raw);
        r = ccid_short_feed(&s, raw, got);
    }
    assert_int_equal(r, result);
    if (whole) {
        size_t want = unhex(whole, raw);
        assert_int_equal(in->len, want);
        assert_memory_equal(in->data, raw, want);
    }
    ccid_short_wipe(&s);
    (void)lk_buf_free(in);
}

#define PLAY(line, command, result, whole, ...)                        \
    play(line, command, (const struct turn[]){__VA_ARGS__},            \
         LK_ARRAY_LEN(((const struct turn[]){__VA_ARGS__})), (result), \
         (whole))

static void t0(void **state)
{
    (void)state;
    /* Case 1: P3 is 0. */
    PLAY(CCID_LINE_TPDU, "00A40000", 0, "9000", {"00A4000000", "9000"});
    /* Case 2. */
    PLAY(CCID_LINE_TPDU, "00B0000002", 0, "AABB9000",
         {"00B0000002", "AABB9000"});
    /* 6Cxx: with the right Le. */
    PLAY(CCID_LINE_TPDU, "00B0000000", 0, "AABB9000", {"00B0000000", "6C02"},
         {"00B0000002", "AABB9000"});
    /* ... but once. */
    PLAY(CCID_LINE_TPDU, "00B0000000", 0, "6C03", {"00B0000000", "6C02"},
         {"00B0000002", "6C03"});
    /* Case 3. */
    PLAY(CCID_LINE_TPDU, "00200011021234", 0, "63C2",
         {"00200011021234", "63C2"});
    /* Case 3 with 61xx: nothing was asked for, so it went well. */
    PLAY(CCID_LINE_TPDU, "00200011021234", 0, "9000",
         {"00200011021234", "6110"});
    /* Case 4: without Le, then GET RESPONSE, as long as there is more. */
    PLAY(CCID_LINE_TPDU, "00A4000C023F0000", 0, "AABBCC9000",
         {"00A4000C023F00", "6102"}, {"00C0000002", "AABB6101"},
         {"00C0000001", "CC9000"});
    /* GET RESPONSE with another Le. */
    PLAY(CCID_LINE_TPDU, "00A4000C023F0000", 0, "AA9000",
         {"00A4000C023F00", "6102"}, {"00C0000002", "6C01"},
         {"00C0000001", "AA9000"});
    /* The class of a chained command is kept but for its chaining bit. */
    PLAY(CCID_LINE_TPDU,
         "912A9E9A021234"
         "00",
         0, "AA9000", {"912A9E9A021234", "6101"}, {"81C0000001", "AA9000"});
    /* 6Cxx to a command with data is the card's last word. */
    PLAY(CCID_LINE_TPDU, "002A9E9A02123400", 0, "6C60",
         {"002A9E9A021234", "6C60"});
    /* It promises and does not give. */
    PLAY(CCID_LINE_TPDU, "00A4000C023F0000", -EPROTO, NULL,
         {"00A4000C023F00", "6102"}, {"00C0000002", "6102"});
    PLAY(CCID_LINE_TPDU, "00A40000", -EPROTO, NULL, {"00A4000000", "90"});
}

static void short_level(void **state)
{
    (void)state;
    PLAY(CCID_LINE_SHORT, "00A40000", 0, "9000", {"00A40000", "9000"});
    PLAY(CCID_LINE_SHORT, "00A4000C023F0000", 0, "9000",
         {"00A4000C023F0000", "9000"});
    /* Extended Le over short pieces. */
    PLAY(CCID_LINE_SHORT, "00B00000000400", 0, "AABBCC9000",
         {"00B0000000", "AABB6101"}, {"00C0000001", "CC9000"});
    /* Extended Lc that would do short. */
    PLAY(CCID_LINE_SHORT, "002A9E9A00000212340000", 0, "AA9000",
         {"002A9E9A02123400", "AA9000"});
    PLAY(CCID_LINE_ANY, "002A9E9A00000212340000", 0, "AA9000",
         {"002A9E9A00000212340000", "AA9000"});
}

static void envelopes(void **state)
{
    uint8_t apdu[5 + 2 + 600 + 2] = {0x80, 0x2A, 0x00, 0xAE, 0x00, 0x02, 0x58};
    struct ccid_short s = {0};
    struct lk_buf *in = NULL;
    size_t at = 0;
    int r = 1;
    (void)state;
    for (size_t i = 7; i < 607; i++)
        apdu[i] = (uint8_t)i;
    assert_int_equal(lk_buf_new(70000, &in), 0);
    assert_int_equal(
        ccid_short_start(&s, CCID_LINE_TPDU, apdu, sizeof(apdu), in), 0);
    while (at < sizeof(apdu)) {
        static const uint8_t head[] = {0x80, 0xC2, 0, 0};
        size_t part = LK_MIN(sizeof(apdu) - at, (size_t)255);
        assert_int_equal(r, 1);
        assert_memory_equal(s.piece, head, 4);
        assert_int_equal(s.piece[4], part);
        assert_int_equal(s.piece_len, 5 + part);
        assert_memory_equal(s.piece + 5, apdu + at, part);
        at += part;
        r = ccid_short_feed(
            &s, (const uint8_t *)(at < sizeof(apdu) ? "\x90\x00" : "\x61\x02"),
            2);
    }
    assert_int_equal(r, 1);
    assert_int_equal(s.piece[1], 0xC0);
    assert_int_equal(ccid_short_feed(&s, (const uint8_t *)"ab\x90\x00", 4), 0);
    assert_int_equal(in->len, 4);
    /* A card that has no ENVELOPE says so; that is the answer. */
    lk_buf_wipe(in);
    assert_int_equal(
        ccid_short_start(&s, CCID_LINE_TPDU, apdu, sizeof(apdu), in), 0);
    assert_int_equal(ccid_short_feed(&s, (const uint8_t *)"\x6D\x00", 2), 0);
    assert_memory_equal(in->data, "\x6D\x00", 2);
    ccid_short_wipe(&s);
    (void)lk_buf_free(in);
}

/* GET RESPONSE without end comes to one. */
static void endless(void **state)
{
    static const uint8_t apdu[] = {0, 0xB0, 0, 0, 0};
    struct ccid_short s = {0};
    struct lk_buf *in = NULL;
    unsigned n = 0;
    int r = 1;
    (void)state;
    assert_int_equal(lk_buf_new(70000, &in), 0);
    assert_int_equal(
        ccid_short_start(&s, CCID_LINE_TPDU, apdu, sizeof(apdu), in), 0);
    while (r == 1 && ++n < 5000)
        r = ccid_short_feed(&s, (const uint8_t *)"x\x61\x01", 3);
    assert_int_equal(r, -EPROTO);
    assert_true(n <= CCID_SHORT_STEPS_MAX + 1);
    (void)lk_buf_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),       cmocka_unit_test(t0),
        cmocka_unit_test(short_level), cmocka_unit_test(envelopes),
        cmocka_unit_test(endless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
