#include "testing.h"

#include "apdu/tlv.h"

#include <errno.h>

static struct tlv_reader of(const char *s, size_t len)
{
    return tlv_reader(s, len);
}

static void test_next(void **state)
{
    (void)state;
    struct tlv t;
    struct tlv_reader r = of("\x30\x03\x02\x01\x05\x7f\x49\x81\x01\xaa", 10);
    assert_true(tlv_next(&r, &t));
    assert_int_equal(t.tag, TLV_SEQUENCE);
    assert_int_equal(t.len, 3);
    struct tlv_reader in = tlv_inside(&t);
    assert_false(tlv_next_if(&in, TLV_OID, &t));
    assert_true(tlv_next_if(&in, TLV_INTEGER, &t));
    assert_false(tlv_next_if(&in, TLV_INTEGER, &t));
    assert_false(in.bad);
    assert_true(tlv_next(&r, &t));
    assert_int_equal(t.tag, 0x7f49);
    assert_int_equal(t.value[0], 0xaa);
    assert_false(tlv_next(&r, &t));
    assert_false(r.bad);
    r = of("\x04\x00\x02\x01\x07", 5);
    assert_true(tlv_find(&r, TLV_INTEGER, &t));
    assert_int_equal(t.value[0], 7);
    assert_false(tlv_find(&r, TLV_SET, &t));
}

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } table[] = {
        {"\x30", 1},                         /* no length */
        {"\x30\x01", 2},                     /* no value */
        {"\x30\x80\x00\x00", 4},             /* indefinite */
        {"\x30\x82\x01", 3},                 /* length cut off */
        {"\x30\x85\x00\x00\x00\x00\x01", 7}, /* length of five bytes */
        {"\x30\x84\xff\xff\xff\xff", 6},     /* far too long */
        {"\x1f\x81\x81\x81\x01\x00", 6},     /* tag of four bytes */
        {"\x1f\x81", 2},                     /* tag cut off */
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        struct tlv t;
        struct tlv_reader r = of(table[i].bytes, table[i].len);
        assert_false(tlv_next(&r, &t));
        assert_true(r.bad);
        assert_false(tlv_next(&r, &t));
        r = of(table[i].bytes, table[i].len);
        assert_false(tlv_next_if(&r, TLV_SEQUENCE, &t));
        assert_true(r.bad);
    }
}

static void test_filled(void **state)
{
    (void)state;
    struct tlv t;
    struct tlv_reader r =
        of("\x00\xff\x02\x01\x01\x00\x00\x02\x01\x02\xff", 11);
    assert_true(tlv_next_filled(&r, &t));
    assert_int_equal(t.value[0], 1);
    assert_true(tlv_next_filled(&r, &t));
    assert_int_equal(t.value[0], 2);
    assert_false(tlv_next_filled(&r, &t));
    assert_false(r.bad);
}

static void test_whole(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        int expect;
        size_t whole;
    } table[] = {
        {"", 0, -EAGAIN, 0},
        {"\x30", 1, -EAGAIN, 0},
        {"\x30\x82\x01", 3, -EAGAIN, 0},
        {"\x30\x82\x04\x00", 4, 0, 1028},
        {"\x30\x82\x20\x00", 4, -EMSGSIZE, 0},
        {"\x30\x82\x1f\xfc", 4, 0, 8192},
        {"\x30\x82\x1f\xfd", 4, -EMSGSIZE, 0},
        {"\x30\x80", 2, -EBADMSG, 0},
        {"\x30\x05", 2, 0, 7},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        size_t whole = 0;
        assert_int_equal(tlv_whole((const uint8_t *)table[i].bytes,
                                   table[i].len, 8192, &whole),
                         table[i].expect);
        assert_int_equal(whole, table[i].whole);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        int expect;
        uint32_t n;
    } table[] = {
        {"", 0, -ERANGE, 0},
        {"\x05", 1, 0, 5},
        {"\x80", 1, -ERANGE, 0},
        {"\x00\x80", 2, 0, 128},
        {"\x7f\xff\xff\xff", 4, 0, INT32_MAX},
        {"\x00\x80\x00\x00\x00", 5, -ERANGE, 0},
        {"\x00\x7f\xff\xff\xff", 5, 0, INT32_MAX},
        {"\x01\x00\x00\x00\x00", 5, -ERANGE, 0},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        uint32_t n = 0;
        struct tlv t = {.value = (const uint8_t *)table[i].bytes,
                        .len = table[i].len};
        assert_int_equal(tlv_number(&t, &n), table[i].expect);
        assert_int_equal(n, table[i].n);
    }
}

static void test_bits(void **state)
{
    (void)state;
    uint32_t bits = 0;
    struct tlv t = {.value = (const uint8_t *)"\x04\x30\x80", .len = 3};
    assert_int_equal(tlv_bits(&t, &bits), 0);
    assert_true(tlv_bit(bits, 2) && tlv_bit(bits, 3) && tlv_bit(bits, 8));
    assert_false(tlv_bit(bits, 0) || tlv_bit(bits, 9));
    t = (struct tlv){.value = (const uint8_t *)"\x08\x30", .len = 2};
    assert_int_equal(tlv_bits(&t, &bits), -EBADMSG);
    t = (struct tlv){.value = (const uint8_t *)"\x01", .len = 1};
    assert_int_equal(tlv_bits(&t, &bits), -EBADMSG);
    t.len = 0;
    assert_int_equal(tlv_bits(&t, &bits), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next),    cmocka_unit_test(test_bad),
        cmocka_unit_test(test_filled),  cmocka_unit_test(test_whole),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
