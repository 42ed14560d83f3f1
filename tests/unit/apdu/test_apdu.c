#include "testing.h"

#include "apdu/apdu.h"
#include "apdu/history.h"

#include <errno.h>

static uint8_t data[APDU_DATA_MAX];

struct shape {
    size_t len;
    size_t le;
    size_t encoded; /* bytes */
};

/* The seven cases of ISO/IEC 7816-3, 12.1.3, and their edges. */
static const struct shape shapes[] = {
    {0, 0, 4},     {0, 1, 5},       {0, 256, 5},   {1, 0, 6},
    {255, 0, 260}, {255, 256, 261}, {0, 257, 7},   {0, 65536, 7},
    {256, 0, 263}, {1, 257, 10},    {256, 1, 265}, {65535, 65536, 65544},
};

static void test_round_trip(void **state)
{
    (void)state;
    static uint8_t bytes[APDU_DATA_MAX + APDU_EXTENDED_COMMAND_EXTRA];
    for (size_t i = 0; i < LK_ARRAY_LEN(shapes); i++) {
        const struct shape *s = &shapes[i];
        struct apdu_command d;
        struct apdu_command c = {.cla = 0x80,
                                 .ins = 0xa4,
                                 .p1 = 4,
                                 .p2 = 0x0c,
                                 .data = data,
                                 .len = s->len,
                                 .le = s->le};
        int n = apdu_command_encode(&c, bytes, sizeof(bytes));
        assert_int_equal(n, s->encoded);
        assert_int_equal(apdu_command_decode(bytes, (size_t)n, &d), 0);
        assert_int_equal(d.cla, 0x80);
        assert_int_equal(d.p2, 0x0c);
        assert_int_equal(d.len, s->len);
        assert_int_equal(d.le, s->le);
        if (s->len > 0)
            assert_memory_equal(d.data, data, s->len);
        assert_int_equal(apdu_command_encode(&c, bytes, (size_t)n - 1),
                         -EMSGSIZE);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } table[] = {
        {"", 0},
        {"\0\xa4\0", 3},
        {"\0\xa4\0\0\3ab", 7},     /* cut off */
        {"\0\xa4\0\0\1abc", 8},    /* too long */
        {"\0\xa4\0\0\0\0", 6},     /* neither short nor extended */
        {"\0\xa4\0\0\0\0\0\1", 8}, /* no data, and yet a length */
        {"\0\xa4\0\0\0\0\5ab", 9}, /* cut off */
    };
    struct apdu_command c;
    struct apdu_response r;
    uint8_t out[16];
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        assert_int_equal(apdu_command_decode((const uint8_t *)table[i].bytes,
                                             table[i].len, &c),
                         -EBADMSG);
    c = (struct apdu_command){.le = APDU_LE_MAX + 1};
    assert_int_equal(apdu_command_encode(&c, out, sizeof(out)), -EINVAL);
    c = (struct apdu_command){.len = 1};
    assert_int_equal(apdu_command_encode(&c, out, sizeof(out)), -EINVAL);
    c = (struct apdu_command){.data = data, .len = APDU_DATA_MAX + 1};
    assert_int_equal(apdu_command_encode(&c, out, sizeof(out)), -EINVAL);
    assert_int_equal(apdu_response_decode(out, 1, &r), -EBADMSG);
    assert_int_equal(apdu_response_decode(out, APDU_LE_MAX + 3, &r), -EBADMSG);
}

static void test_response(void **state)
{
    (void)state;
    struct apdu_response r;
    assert_int_equal(apdu_response_decode((const uint8_t *)"ab\x90\x00", 4, &r),
                     0);
    assert_int_equal(r.len, 2);
    assert_int_equal(r.sw, 0x9000);
}

static void test_status_words(void **state)
{
    (void)state;
    static const struct {
        uint16_t sw;
        enum apdu_said said;
        int tries;
    } table[] = {
        {0x9000, APDU_OK, -1},
        {0x6110, APDU_OK, -1},
        {0x6282, APDU_END_OF_FILE, -1},
        {0x6283, APDU_WARNING, -1},
        {0x6300, APDU_WARNING, -1},
        {0x63c0, APDU_TRIES, 0},
        {0x63c5, APDU_TRIES, 5},
        {0x63cf, APDU_TRIES, 15},
        {0x63d0, APDU_WARNING, -1},
        {0x6700, APDU_WRONG_LENGTH, -1},
        {0x6c20, APDU_WRONG_LENGTH, -1},
        {0x6982, APDU_SECURITY, -1},
        {0x6983, APDU_BLOCKED, -1},
        {0x6985, APDU_CONDITIONS, -1},
        {0x6a82, APDU_NOT_FOUND, -1},
        {0x6b00, APDU_WRONG_PLACE, -1},
        {0x6d00, APDU_NOT_SUPPORTED, -1},
        {0x6a80, APDU_WRONG_DATA, -1},
        {0x6f00, APDU_FAULT, -1},
        {0x0000, APDU_FAULT, -1},
        {0xffff, APDU_FAULT, -1},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        assert_int_equal(apdu_said(table[i].sw), table[i].said);
        assert_int_equal(apdu_tries(table[i].sw), table[i].tries);
    }
}

static void test_history(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        bool compact;
        bool extended;
        bool chaining;
    } table[] = {
        {"", 0, false, false, false},
        {"FinEID", 6, false, false, false},
        {"\x80", 1, true, false, false},
        {"\x80\x73\x00\x00\xc0", 5, true, true, true},
        {"\x80\x31\xb8\x73\x00\x00\x40", 7, true, true, false},
        {"\x80\x73\x00\x00", 4, true, false, false}, /* cut off */
        {"\x00\x73\x00\x00\xc0\x05\x90\x00", 8, true, true, true},
        {"\x00\x31\xb8\x64\x04\x29\xec\xc1\x73\x94\x01\x80\x82\x90\x00", 15,
         true, false, true},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        struct card_history h =
            card_history_read((const uint8_t *)table[i].bytes, table[i].len);
        assert_int_equal(h.compact, table[i].compact);
        assert_int_equal(h.extended, table[i].extended);
        assert_int_equal(h.chaining, table[i].chaining);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_response),   cmocka_unit_test(test_status_words),
        cmocka_unit_test(test_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
