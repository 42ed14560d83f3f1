#include "ccid/class.h"
#include "ccid/quirks.h"

#include "testing.h"

#include <errno.h>

/* A reader at TPDU level with a pad, as an SCM SPR 532 describes itself. */
static const uint8_t descriptor[CCID_CLASS_DESCRIPTOR_LEN] = {
    0x36, 0x21, 0x00, 0x01, 0x00, 0x07, 0x03, 0x00, 0x00, 0x00, 0xA0,
    0x0F, 0x00, 0x00, 0xE0, 0x2E, 0x00, 0x00, 0x00, 0x80, 0x25, 0x00,
    0x00, 0x00, 0xD8, 0x02, 0x00, 0x00, 0xFC, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xBA, 0x00, 0x01, 0x00,
    0x07, 0x01, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x03, 0x01};

static void decoded(void **state)
{
    struct ccid_class c;
    (void)state;
    assert_int_equal(ccid_class_decode(descriptor, sizeof(descriptor), &c), 0);
    assert_int_equal(c.release, 0x0100);
    assert_int_equal(c.slots, 1);
    assert_int_equal(c.voltages, 7);
    assert_int_equal(c.protocols, 3);
    assert_int_equal(c.clock_khz, 4000);
    assert_int_equal(c.ifsd_max, 252);
    assert_int_equal(c.features, 0x000100BA);
    assert_int_equal(c.message_max, 263);
    assert_int_equal(c.pad, 3);
    assert_int_equal(c.busy_slots, 1);
    for (size_t len = 0; len < sizeof(descriptor); len++)
        assert_int_equal(ccid_class_decode(descriptor, len, &c), -EBADMSG);
}

static void hostile(void **state)
{
    uint8_t b[sizeof(descriptor)];
    struct ccid_class c;
    (void)state;
    memcpy(b, descriptor, sizeof(b));
    b[1] = 0x22;
    assert_int_equal(ccid_class_decode(b, sizeof(b), &c), -EBADMSG);
    memcpy(b, descriptor, sizeof(b));
    memset(b + 44, 0, 4); /* no message fits */
    assert_int_equal(ccid_class_decode(b, sizeof(b), &c), -EBADMSG);
    memset(b, 0xFF, sizeof(b));
    b[0] = 0x36;
    b[1] = 0x21;
    assert_int_equal(ccid_class_decode(b, sizeof(b), &c), 0);
    assert_true(c.message_max < 70000);
    assert_int_equal(c.clock_khz, CCID_CLOCK_KHZ);
    assert_int_equal(c.slots, 255);
    memcpy(b, descriptor, sizeof(b));
    b[53] = 0;
    assert_int_equal(ccid_class_decode(b, sizeof(b), &c), 0);
    assert_int_equal(c.busy_slots, 1);
}

static void quirks(void **state)
{
    struct ccid_quirk q;
    struct ccid_class c;
    (void)state;
    assert_int_equal(ccid_class_decode(descriptor, sizeof(descriptor), &c), 0);
    ccid_quirks_find(0x076B, 0x3031, 0x0200, &q);
    ccid_quirks_apply(&q, &c);
    assert_int_equal(c.pad, 0);
    assert_int_equal(c.features & 0x70000, CCID_FEATURE_EXTENDED_APDU);
    /* Only one firmware of it. */
    ccid_quirks_find(0x046A, 0x00A1, 0x0100, &q);
    assert_int_equal(q.flags, CCID_QUIRK_EXTENDED);
    ccid_quirks_find(0x046A, 0x00A1, 0x0101, &q);
    assert_int_equal(q.flags, 0);
    ccid_quirks_find(0x04E6, 0x5111, 0x0619, &q);
    assert_true(q.flags & CCID_QUIRK_OLD_FIRMWARE);
    ccid_quirks_find(0x04E6, 0x5111, 0x0620, &q);
    assert_int_equal(q.flags, CCID_QUIRK_FULL_APDU);
    ccid_quirks_apply(&q, &c);
    assert_int_equal(c.message_max, 271);
    /* Two lines of one reader. */
    ccid_quirks_find(0x413C, 0x2100, 0x0101, &q);
    assert_int_equal(q.flags, CCID_QUIRK_NO_MESSAGE | CCID_QUIRK_VENDOR_CLASS |
                                  CCID_QUIRK_DIGITS_SWAPPED);
    ccid_quirks_find(0x1234, 0x5678, 0, &q);
    assert_int_equal(q.flags, 0);
    assert_string_equal(q.source, "");
}

static void table(void **state)
{
    (void)state;
    assert_null(ccid_quirks_line(ccid_quirks_count()));
    for (size_t i = 0; i < ccid_quirks_count(); i++) {
        const struct ccid_quirk *q = ccid_quirks_line(i);
        assert_true(strlen(q->source) > 20);
        assert_true(q->version_min <= q->version_max);
        assert_true(q->flags != 0 || q->rate_max != 0 || q->ifsd_max != 0 ||
                    q->patience_ms != 0 || q->settle_ms != 0);
        assert_true(q->patience_ms <= CCID_QUIRK_PATIENCE_MAX_MS);
        assert_true(q->settle_ms <= CCID_QUIRK_SETTLE_MAX_MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoded),
        cmocka_unit_test(hostile),
        cmocka_unit_test(quirks),
        cmocka_unit_test(table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
