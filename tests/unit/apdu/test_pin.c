#include "testing.h"

#include "apdu/pin.h"

#include <errno.h>

struct block {
    struct card_pin pin;
    const char *digits;
    const char *expect; /* hex */
};

static const struct block blocks[] = {
    {{0x11, 4, 12, 12, 0x00, true, P15_ASCII},
     "1234",
     "002000110c313233340000000000000000"},
    {{0x82, 6, 12, 12, 0x00, true, P15_ASCII},
     "123456789012",
     "002000820c313233343536373839303132"},
    {{0x01, 4, 8, 8, 0xff, false, P15_ASCII}, "12345", "00200001053132333435"},
    {{0x01, 4, 8, 8, 0xff, true, P15_UTF8},
     "12345",
     "00200001083132333435ffffff"},
    {{0x05, 4, 12, 8, 0xff, true, P15_BCD},
     "1234",
     "00200005081234ffffffffffff"},
    {{0x05, 4, 12, 8, 0xff, true, P15_BCD},
     "12345",
     "002000050812345fffffffffff"},
    {{0x05, 4, 12, 8, 0xff, false, P15_BCD}, "12345", "002000050312345f"},
    {{0x05, 4, 8, 8, 0xff, true, P15_NIBBLE_BCD},
     "1290",
     "0020000508f1f2f9f0ffffffff"},
    {{0x02, 4, 12, 8, 0x00, true, P15_ISO9564},
     "12345",
     "00200002082512345fffffffff"},
};

static size_t digits_of(const char *s, uint8_t *ret)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i++)
        ret[i] = (uint8_t)(s[i] - '0');
    return n;
}

static void test_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(blocks); i++) {
        uint8_t digits[16];
        uint8_t out[CARD_PIN_COMMAND_MAX];
        char hex[2 * CARD_PIN_COMMAND_MAX + 1] = "";
        size_t n = digits_of(blocks[i].digits, digits);
        int len = card_pin_command(&blocks[i].pin, digits, n, out);
        assert_true(len > 0);
        for (int k = 0; k < len; k++)
            (void)snprintf(hex + 2 * k, 3, "%02x", out[k]);
        assert_string_equal(hex, blocks[i].expect);
    }
}

static void test_refused(void **state)
{
    (void)state;
    uint8_t out[CARD_PIN_COMMAND_MAX];
    uint8_t digits[16] = {1, 2, 3, 10};
    const struct card_pin *p = &blocks[0].pin;
    assert_int_equal(card_pin_command(p, digits, 3, out), -EINVAL);
    assert_int_equal(card_pin_command(p, digits, 4, out), -EINVAL);
    assert_int_equal(card_pin_command(p, digits, 13, out), -EINVAL);
}

static void test_template(void **state)
{
    (void)state;
    static const uint8_t expect[] = {0x00, 0x20, 0x00, 0x11, 12, 0, 0, 0, 0,
                                     0,    0,    0,    0,    0,  0, 0, 0};
    uint8_t out[CARD_PIN_COMMAND_MAX];
    assert_int_equal(card_pin_template(&blocks[0].pin, out), sizeof(expect));
    assert_memory_equal(out, expect, sizeof(expect));
    assert_int_equal(card_pin_template(&blocks[2].pin, out), 5);
    assert_int_equal(card_pin_template(&blocks[8].pin, out), 13);
    assert_int_equal(out[5], 0x20);
}

static void test_from(void **state)
{
    (void)state;
    static const struct {
        struct p15_pin pin;
        int expect;
        unsigned least, most, stored;
    } table[] = {
        {{.coding = P15_ASCII, .least = 4, .stored = 12, .most = 12},
         0,
         4,
         12,
         12},
        {{.coding = P15_ASCII, .least = 4, .stored = 8, .most = 0}, 0, 4, 8, 8},
        {{.coding = P15_ASCII, .least = 0, .stored = 8, .most = 99},
         0,
         1,
         8,
         8},
        {{.coding = P15_BCD, .least = 4, .stored = 4, .most = 12}, 0, 4, 8, 4},
        {{.coding = P15_ISO9564, .least = 4, .stored = 0, .most = 12},
         0,
         4,
         12,
         8},
        {{.coding = P15_ASCII, .least = 4, .stored = 0, .most = 6}, 0, 4, 6, 6},
        {{.coding = 5, .least = 4, .stored = 8}, -ENOTSUP, 0, 0, 0},
        {{.coding = P15_ASCII, .least = 4, .stored = 17}, -ENOTSUP, 0, 0, 0},
        {{.coding = P15_ASCII, .least = 9, .stored = 8}, -ENOTSUP, 0, 0, 0},
        {{.coding = P15_ASCII, .least = 13, .stored = 16}, -ENOTSUP, 0, 0, 0},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        struct card_pin p = {.least = 0};
        assert_int_equal(card_pin_from(&table[i].pin, &p), table[i].expect);
        assert_int_equal(p.least, table[i].least);
        assert_int_equal(p.most, table[i].most);
        assert_int_equal(p.stored, table[i].stored);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_template),
        cmocka_unit_test(test_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
