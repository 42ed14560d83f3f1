/* ATRs of real cards, as their holders published them, and hostile ones. */
#include "ccid/atr.h"

#include "testing.h"

#include <errno.h>

struct sample {
    const char *name;
    uint8_t raw[ATR_LEN_MAX];
    size_t len;
    uint16_t protocols;
    uint8_t ta1;
    uint8_t history_len;
    uint8_t ifsc;
    uint8_t bwi;
    uint8_t cwi;
    uint8_t wi;
};

#define RAW(...) {__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__})

static const struct sample samples[] = {
    {"FINEID",
     RAW(0x3B, 0x7B, 0x94, 0x00, 0x00, 0x80, 0x62, 0x12, 0x51, 0x56, 0x46, 0x69,
         0x6E, 0x45, 0x49, 0x44),
     1, 0x94, 11, 32, 4, 13, 10},
    {"FINEID, later",
     RAW(0x3B, 0x7F, 0x96, 0x00, 0x00, 0x80, 0x31, 0xB8, 0x65, 0xB0, 0x85, 0x03,
         0x00, 0xEF, 0x12, 0x00, 0xF6, 0x82, 0x90, 0x00),
     1, 0x96, 15, 32, 4, 13, 10},
    {"EstEID",
     RAW(0x3B, 0xFE, 0x18, 0x00, 0x00, 0x80, 0x31, 0xFE, 0x45, 0x45, 0x73, 0x74,
         0x45, 0x49, 0x44, 0x20, 0x76, 0x65, 0x72, 0x20, 0x31, 0x2E, 0x30,
         0xA8),
     3, 0x18, 14, 254, 4, 5, 10},
    {"Belgian eID",
     RAW(0x3B, 0x98, 0x13, 0x40, 0x0A, 0xA5, 0x03, 0x01, 0x01, 0x01, 0xAD, 0x13,
         0x11),
     1, 0x13, 8, 32, 4, 13, 10},
    {"German eID",
     RAW(0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
         0x09),
     3, 0x11, 8, 32, 4, 13, 10},
    {"YubiKey",
     RAW(0x3B, 0xFD, 0x13, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x15, 0x80, 0x73, 0xC0,
         0x21, 0xC0, 0x57, 0x59, 0x75, 0x62, 0x69, 0x4B, 0x65, 0x79, 0x40),
     2, 0x13, 13, 254, 1, 5, 10},
    {"JCOP",
     RAW(0x3B, 0xFA, 0x13, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0x4A, 0x43, 0x4F,
         0x50, 0x34, 0x31, 0x56, 0x32, 0x32, 0x31, 0x96),
     2, 0x13, 10, 254, 4, 5, 10},
    {"OpenPGP",
     RAW(0x3B, 0xDA, 0x18, 0xFF, 0x81, 0xB1, 0xFE, 0x75, 0x1F, 0x03, 0x00, 0x31,
         0xC5, 0x73, 0xC0, 0x01, 0x40, 0x00, 0x90, 0x00, 0x0C),
     2, 0x18, 10, 254, 7, 5, 10},
    {"sysmoUSIM",
     RAW(0x3B, 0x9F, 0x96, 0x80, 0x1F, 0xC7, 0x80, 0x31, 0xA0, 0x73, 0xBE, 0x21,
         0x13, 0x67, 0x43, 0x20, 0x07, 0x18, 0x00, 0x00, 0x01, 0xA5),
     1, 0x96, 15, 32, 4, 13, 10},
    {"inverse", RAW(0x3F, 0x65, 0x25, 0x08, 0x33, 0x04, 0x6C, 0x90, 0x00), 1,
     0x11, 5, 32, 4, 13, 10},
    {"least", RAW(0x3B, 0x00), 1, 0x11, 0, 32, 4, 13, 10},
    {"WI 25", RAW(0x3B, 0x80, 0x40, 0x19), 1, 0x11, 0, 32, 4, 13, 25},
};

static void real(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        const struct sample *s = &samples[i];
        struct atr a;
        print_message("%s\n", s->name);
        assert_int_equal(atr_decode(s->raw, s->len, &a), 0);
        assert_int_equal(a.protocols, s->protocols);
        assert_int_equal(a.ta1, s->ta1);
        assert_int_equal(a.history_len, s->history_len);
        assert_int_equal(a.ifsc, s->ifsc);
        assert_int_equal(a.bwi, s->bwi);
        assert_int_equal(a.cwi, s->cwi);
        assert_int_equal(a.wi, s->wi);
        assert_int_equal(a.inverse, s->raw[0] == 0x3F);
    }
}

/* Whatever is cut off an ATR, it is refused, and `ret` stays as it was. */
static void truncated(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        for (size_t len = 0; len < samples[i].len; len++) {
            struct atr a;
            struct atr before;
            memset(&a, 0x5A, sizeof(a));
            before = a;
            int r = atr_decode(samples[i].raw, len, &a);
            assert_true(r == -EMSGSIZE || r == -EBADMSG);
            assert_memory_equal(&a, &before, sizeof(a));
        }
    }
}

static void surplus(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        uint8_t raw[ATR_LEN_MAX + 2] = {0};
        struct atr a;
        memcpy(raw, samples[i].raw, samples[i].len);
        assert_int_equal(atr_decode(raw, samples[i].len + 1, &a), -EMSGSIZE);
    }
    uint8_t longest[ATR_LEN_MAX + 1] = {0x3B};
    struct atr a;
    assert_int_equal(atr_decode(longest, sizeof(longest), &a), -EMSGSIZE);
}

/* One flipped bit in an ATR with TCK never goes unseen. */
static void flipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        const struct sample *s = &samples[i];
        if (strcmp(s->name, "EstEID") != 0 && strcmp(s->name, "OpenPGP") != 0)
            continue;
        for (size_t bit = 8; bit < s->len * 8; bit++) {
            uint8_t raw[ATR_LEN_MAX];
            struct atr a;
            memcpy(raw, s->raw, s->len);
            raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
            int r = atr_decode(raw, s->len, &a);
            /* Some flips move the bytes; then TCK may be none. */
            if (bit >= 16 && raw[bit / 8] != 0x80)
                assert_true(r <= 0);
            if (bit >= (s->len - 8) * 8)
                assert_int_equal(r, -EBADMSG);
        }
    }
}

static void details(void **state)
{
    struct atr a;
    (void)state;
    static const uint8_t specific[] = {0x3B, 0x90, 0x95, 0x10, 0x80};
    assert_int_equal(atr_decode(specific, sizeof(specific), &a), 0);
    assert_true(a.specific && a.specific_fixed && !a.specific_own);
    assert_int_equal(a.specific_t, 0);
    assert_int_equal(a.fi, 512);
    assert_int_equal(a.di, 16);
    const struct sample *pgp = &samples[7];
    assert_int_equal(atr_decode(pgp->raw, pgp->len, &a), 0);
    assert_int_equal(a.classes, ATR_CLASS_A | ATR_CLASS_B);
    assert_int_equal(a.guard_n, 255);
    assert_int_equal(a.first, 1);
    const struct sample *sim = &samples[8];
    assert_int_equal(atr_decode(sim->raw, sim->len, &a), 0);
    assert_int_equal(a.classes, 7);
    assert_int_equal(a.clock_stop, 3);
}

static void refused(void **state)
{
    static const struct {
        uint8_t raw[8];
        size_t len;
        int error;
    } bad[] = {
        {RAW(0x3C, 0x00), -EBADMSG},                         /* TS */
        {RAW(0x3B, 0x80, 0x1F, 0x00), -EBADMSG},             /* T=15 in TD1 */
        {RAW(0x3B, 0x80, 0x40, 0x00), -EBADMSG},             /* WI 0 */
        {RAW(0x3B, 0x80, 0x81, 0x11, 0x00, 0x10), -EBADMSG}, /* IFSC 0 */
        {RAW(0x3B, 0x80, 0x81, 0x11, 0xFF, 0xEF), -EBADMSG}, /* IFSC 255 */
        {RAW(0x3B, 0x80, 0x81, 0x21, 0xA5, 0x85), -EBADMSG}, /* BWI 10 */
        {RAW(0x3B, 0x80, 0x01, 0x80), -EBADMSG},             /* TCK */
        {RAW(0x3B, 0x80, 0x01), -EMSGSIZE},                  /* no TCK */
    };
    struct atr a;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(atr_decode(bad[i].raw, bad[i].len, &a), bad[i].error);
    /* TD after TD until the end. */
    uint8_t endless[ATR_LEN_MAX];
    memset(endless, 0x80, sizeof(endless));
    endless[0] = 0x3B;
    assert_int_equal(atr_decode(endless, sizeof(endless), &a), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real),    cmocka_unit_test(truncated),
        cmocka_unit_test(surplus), cmocka_unit_test(flipped),
        cmocka_unit_test(details), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
