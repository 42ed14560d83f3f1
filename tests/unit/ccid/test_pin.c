#include "ccid/pin.h"

#include "testing.h"

static const uint8_t verify[] = {0x00, 0x20, 0x00, 0x11, 0x0C, 0, 0, 0, 0,
                                 0,    0,    0,    0,    0,    0, 0, 0};

static struct ccid_pin pin_of(void)
{
    return (struct ccid_pin){.apdu = verify,
                             .len = sizeof(verify),
                             .coding = CCID_PIN_ASCII,
                             .block_len = 12,
                             .digits_min = 4,
                             .digits_max = 12,
                             .timeout_s = 30,
                             .language = 0x040B};
}

static void verified(void **state)
{
    static const uint8_t head[] = {0, 30,   0x82, 12, 0, 12,   4, 2,
                                   1, 0x0B, 0x04, 0,  0, 0x40, 17};
    static const uint8_t prologue[3] = {0, 0x40, 17};
    struct ccid_quirk none = {0};
    struct ccid_pin p = pin_of();
    uint8_t raw[CCID_PIN_BLOCK_MAX];
    (void)state;
    assert_true(ccid_pin_sane(&p, false));
    assert_int_equal(ccid_pin_block(&p, false, &none, prologue, raw),
                     sizeof(head) + sizeof(verify));
    assert_memory_equal(raw, head, sizeof(head));
    assert_memory_equal(raw + sizeof(head), verify, sizeof(verify));
}

static void modified(void **state)
{
    static const uint8_t change[] = {
        0x00, 0x24, 0x00, 0x11, 0x18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0,    0,    0,    0,    0,    0, 0, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t head[] = {1, 30, 0x82, 12,   0, 0, 12, 12, 4, 3,
                                   2, 3,  0x0B, 0x04, 0, 1, 2,  0,  0, 0};
    static const uint8_t prologue[3] = {0};
    struct ccid_quirk q = {0};
    struct ccid_pin p = pin_of();
    uint8_t raw[CCID_PIN_BLOCK_MAX];
    (void)state;
    p.apdu = change;
    p.len = sizeof(change);
    p.new_offset = 12;
    p.ask_old = true;
    p.confirm = true;
    assert_true(ccid_pin_sane(&p, true));
    assert_int_equal(ccid_pin_block(&p, true, &q, prologue, raw),
                     sizeof(head) + sizeof(change));
    assert_memory_equal(raw, head, sizeof(head));
    /* No messages: one index is left, or three where the reader wants so. */
    q.flags = CCID_QUIRK_NO_MESSAGE;
    assert_int_equal(ccid_pin_block(&p, true, &q, prologue, raw),
                     sizeof(head) - 2 + sizeof(change));
    assert_int_equal(raw[11], 0);
    q.flags |= CCID_QUIRK_ALL_MESSAGES | CCID_QUIRK_DIGITS_SWAPPED;
    assert_int_equal(ccid_pin_block(&p, true, &q, prologue, raw),
                     sizeof(head) + sizeof(change));
    assert_int_equal(raw[7], 4);
    assert_int_equal(raw[8], 12);
}

static void insane(void **state)
{
    (void)state;
    struct ccid_pin p;
#define REFUSED(change)                         \
    do {                                        \
        p = pin_of();                           \
        change;                                 \
        assert_false(ccid_pin_sane(&p, false)); \
    } while (0)
    REFUSED(p.apdu = NULL);
    REFUSED(p.len = 4);
    REFUSED(p.len = 16); /* not what Lc says */
    REFUSED(p.block_len = 0);
    REFUSED(p.block_len = 13);
    REFUSED(p.digits_min = 0);
    REFUSED(p.digits_min = 13);
    REFUSED(p.digits_max = 16);
    REFUSED(p.timeout_s = 0);
    REFUSED(p.timeout_s = 31);
    REFUSED(p.new_offset = 1);
    REFUSED(p.coding = (enum ccid_pin_coding)3);
    p = pin_of();
    p.ask_old = true;
    p.old_offset = 1;
    assert_false(ccid_pin_sane(&p, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verified),
        cmocka_unit_test(modified),
        cmocka_unit_test(insane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
