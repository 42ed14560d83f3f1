#include "testing.h"

#include "base/crc.h"

/* The check values of the catalogue of parametrised CRC algorithms: of
 * CRC-32/ISO-HDLC and CRC-16/XMODEM. */
static void known_sums(void **state)
{
    (void)state;
    assert_int_equal(lk_crc32(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(lk_crc16(0, "123456789", 9), 0x31c3);
    assert_int_equal(lk_crc32(0, "", 0), 0);
    assert_int_equal(lk_crc16(0, "", 0), 0);
}

static void in_pieces(void **state)
{
    (void)state;
    assert_int_equal(lk_crc32(lk_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
    assert_int_equal(lk_crc16(lk_crc16(0, "1234", 4), "56789", 5), 0x31c3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_sums),
        cmocka_unit_test(in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
