#include "ccid/params.h"

#include "testing.h"

#include <errno.h>

static struct atr atr_of(uint16_t protocols, uint8_t first, uint8_t ta1)
{
    return (struct atr){.protocols = protocols,
                        .first = first,
                        .ta1 = ta1,
                        .wi = 10,
                        .ifsc = 32,
                        .cwi = 13,
                        .bwi = 4};
}

static const struct ccid_class reader = {
    .protocols = 3, .clock_khz = 4000, .rate_max = 344086};

static void choices(void **state)
{
    static const struct {
        uint16_t protocols;
        uint8_t first;
        uint8_t ta1;
        bool fast;
        uint8_t protocol;
        uint8_t fidi;
        bool pps;
    } rows[] = {
        {1, 0, 0x11, true, 0, 0x11, false},
        {1, 0, 0x95, true, 0, 0x95, true}, /* 125 kbit/s */
        {1, 0, 0x97, true, 0, 0x96, true}, /* 500 is too fast, 250 is not */
        {1, 0, 0x95, false, 0, 0x11, false},
        {3, 0, 0x11, true, 1, 0x11, true}, /* T=1 is asked for */
        {3, 0, 0x11, false, 0, 0x11, false},
        {2, 1, 0x18, true, 1, 0x18, true},
        {2, 1, 0x70, true, 1, 0x11, false}, /* reserved FI */
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        struct atr a = atr_of(rows[i].protocols, rows[i].first, rows[i].ta1);
        struct ccid_params p;
        assert_int_equal(ccid_params_choose(&a, &reader, rows[i].fast, &p), 0);
        assert_int_equal(p.protocol, rows[i].protocol);
        assert_int_equal(p.fidi, rows[i].fidi);
        assert_int_equal(p.pps, rows[i].pps);
    }
}

static void specific(void **state)
{
    struct atr a = atr_of(3, 0, 0x95);
    struct ccid_params p;
    (void)state;
    a.specific = true;
    a.specific_t = 1;
    assert_int_equal(ccid_params_choose(&a, &reader, true, &p), 0);
    assert_int_equal(p.protocol, 1);
    assert_int_equal(p.fidi, 0x95);
    assert_false(p.pps);
    a.specific_own = true;
    assert_int_equal(ccid_params_choose(&a, &reader, true, &p), 0);
    assert_int_equal(p.fidi, 0x11);
    a.specific_t = 14;
    assert_int_equal(ccid_params_choose(&a, &reader, true, &p), -EOPNOTSUPP);
}

static void nothing_common(void **state)
{
    struct atr a = atr_of(2, 1, 0x11);
    struct ccid_class c = reader;
    struct ccid_params p;
    (void)state;
    c.protocols = 1;
    assert_int_equal(ccid_params_choose(&a, &c, true, &p), -EOPNOTSUPP);
    c.protocols = 0; /* a reader that says nothing */
    assert_int_equal(ccid_params_choose(&a, &c, true, &p), 0);
    a.protocols = 1u << 14;
    a.first = 14;
    assert_int_equal(ccid_params_choose(&a, &c, true, &p), -EOPNOTSUPP);
}

static void pps(void **state)
{
    struct ccid_params p = {.protocol = 1, .fidi = 0x95};
    uint8_t raw[CCID_PPS_MAX];
    static const uint8_t wanted[] = {0xFF, 0x11, 0x95, 0x7B};
    static const uint8_t no_speed[] = {0xFF, 0x01, 0xFE};
    static const uint8_t slower[] = {0xFF, 0x11, 0x94, 0x7A};
    static const uint8_t other[] = {0xFF, 0x10, 0x95, 0x7A};
    static const uint8_t check[] = {0xFF, 0x11, 0x95, 0x7C};
    (void)state;
    assert_int_equal(ccid_params_pps(&p, raw), sizeof(wanted));
    assert_memory_equal(raw, wanted, sizeof(wanted));
    assert_int_equal(ccid_params_pps_answer(&p, wanted, 4), 0);
    assert_int_equal(p.fidi, 0x95);
    assert_int_equal(ccid_params_pps_answer(&p, slower, 4), -EPROTO);
    assert_int_equal(ccid_params_pps_answer(&p, other, 4), -EPROTO);
    assert_int_equal(ccid_params_pps_answer(&p, check, 4), -EPROTO);
    for (size_t len = 0; len < 4; len++)
        assert_int_equal(ccid_params_pps_answer(&p, wanted, len), -EPROTO);
    assert_int_equal(ccid_params_pps_answer(&p, no_speed, 3), 0);
    assert_int_equal(p.fidi, 0x11);
}

static void structures(void **state)
{
    struct ccid_params p = {.protocol = 1,
                            .fidi = 0x95,
                            .guard_n = 2,
                            .bwi = 4,
                            .cwi = 5,
                            .ifsc = 254,
                            .crc = true};
    static const uint8_t t1[] = {0x95, 0x11, 2, 0x45, 0, 254, 0};
    uint8_t raw[CCID_PARAMS_MAX];
    struct ccid_params q = {0};
    (void)state;
    assert_int_equal(ccid_params_encode(&p, raw), 7);
    assert_memory_equal(raw, t1, sizeof(t1));
    assert_int_equal(ccid_params_decode(&q, 1, t1, sizeof(t1)), 0);
    assert_true(q.crc);
    assert_int_equal(q.ifsc, 254);
    assert_int_equal(q.bwi, 4);
    for (size_t len = 0; len < sizeof(t1); len++)
        assert_int_equal(ccid_params_decode(&q, 1, t1, len), -EBADMSG);
    assert_int_equal(ccid_params_decode(&q, 2, t1, 7), -EOPNOTSUPP);
    p.protocol = 0;
    p.wi = 25;
    p.inverse = true;
    static const uint8_t t0[] = {0x95, 2, 2, 25, 0};
    assert_int_equal(ccid_params_encode(&p, raw), 5);
    assert_memory_equal(raw, t0, sizeof(t0));
    assert_int_equal(ccid_params_decode(&q, 0, t0, sizeof(t0)), 0);
    assert_int_equal(q.wi, 25);
}

static void times(void **state)
{
    struct ccid_params p = {.protocol = 1, .fidi = 0x11, .bwi = 4};
    (void)state;
    /* 16 x 960 x 372 cycles at 4 MHz, and 11 etu. */
    assert_int_equal(ccid_params_wait_ms(&p, 4000), 1430);
    p.protocol = 0;
    p.wi = 10;
    assert_int_equal(ccid_params_wait_ms(&p, 4000), 893);
    p.fidi = 0x70; /* reserved: as by default */
    assert_int_equal(ccid_params_wait_ms(&p, 4000), 893);
    assert_int_equal(ccid_params_rate(0x11, 3720), 10000);
    assert_int_equal(ccid_params_rate(0x70, 3720), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choices),        cmocka_unit_test(specific),
        cmocka_unit_test(nothing_common), cmocka_unit_test(pps),
        cmocka_unit_test(structures),     cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
