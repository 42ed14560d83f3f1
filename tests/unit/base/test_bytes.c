#include "testing.h"

#include "base/bytes.h"

#include <errno.h>

static void test_round_trip(void **state)
{
    (void)state;
    uint8_t b[64];
    char s[8];
    size_t n;
    struct lk_writer w = lk_writer(b, sizeof(b));
    lk_write_u8(&w, 0x01);
    lk_write_u16(&w, 0x0203);
    lk_write_u24(&w, 0x040506);
    lk_write_u32(&w, 0x0708090a);
    lk_write_u64(&w, 0x0b0c0d0e0f101112ULL);
    lk_write_str(&w, "kela");
    lk_write_blob(&w, "abc", 3);
    int len = lk_writer_end(&w);
    assert_int_equal(len, 18 + 6 + 7);
    for (int i = 0; i < 18; i++)
        assert_int_equal(b[i], i + 1);
    struct lk_reader r = lk_reader(b, (size_t)len);
    assert_int_equal(lk_read_u8(&r), 0x01);
    assert_int_equal(lk_read_u16(&r), 0x0203);
    assert_int_equal(lk_read_u24(&r), 0x040506);
    assert_int_equal(lk_read_u32(&r), 0x0708090a);
    assert_true(lk_read_u64(&r) == 0x0b0c0d0e0f101112ULL);
    lk_read_str(&r, s, sizeof(s));
    assert_string_equal(s, "kela");
    assert_memory_equal(lk_read_blob(&r, 3, &n), "abc", 3);
    assert_int_equal(n, 3);
    assert_int_equal(lk_reader_end(&r), 0);
}

/* Every prefix of a good message is refused, and nothing outside is read. */
static void test_every_prefix(void **state)
{
    (void)state;
    static const uint8_t good[] = {0, 2, 'h', 'i', 0, 0, 0, 1, 'x', 9};
    for (size_t len = 0; len <= sizeof(good); len++) {
        uint8_t *copy = malloc(len + !len);
        memcpy(copy, good, len);
        struct lk_reader r = lk_reader(copy, len);
        char s[8];
        size_t n;
        lk_read_str(&r, s, sizeof(s));
        (void)lk_read_blob(&r, 8, &n);
        (void)lk_read_u8(&r);
        assert_int_equal(lk_reader_end(&r), len == sizeof(good) ? 0 : -EBADMSG);
        free(copy);
    }
}

static void test_sour(void **state)
{
    (void)state;
    static const uint8_t two[] = {1, 2, 3};
    struct lk_reader r = lk_reader(two, 3);
    assert_int_equal(lk_read_u32(&r), 0);
    assert_int_equal(lk_read_u8(&r), 0); /* stays sour, though bytes are left */
    assert_true(r.bad);
    uint8_t b[3];
    struct lk_writer w = lk_writer(b, sizeof(b));
    lk_write_u32(&w, 1);
    lk_write_u8(&w, 1);
    assert_int_equal(w.len, 0);
    assert_int_equal(lk_writer_end(&w), -EMSGSIZE);
}

static void test_strings(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[6];
        size_t len;
        bool ok;
    } table[] = {
        {{0, 0}, 2, true},
        {{0, 3, 'a', 'b', 'c'}, 5, true},
        {{0, 4, 'a', 'b', 'c', 'd'}, 6, false}, /* does not fit in four */
        {{0, 2, 'a', 0}, 4, false},             /* NUL inside */
        {{0, 9, 'a'}, 3, false},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        char s[4] = "zzz";
        struct lk_reader r = lk_reader(table[i].bytes, table[i].len);
        lk_read_str(&r, s, sizeof(s));
        assert_int_equal(!r.bad, table[i].ok);
        if (!table[i].ok)
            assert_string_equal(s, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_sour),
        cmocka_unit_test(test_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
