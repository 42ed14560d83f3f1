#include "ccid/message.h"

#include "testing.h"

#include <errno.h>

static void round_trip(void **state)
{
    uint64_t seed = test_seed();
    (void)state;
    for (unsigned n = 0; n < 2000; n++) {
        uint8_t data[300];
        uint8_t raw[400];
        size_t len = test_random(&seed) % sizeof(data);
        for (size_t i = 0; i < len; i++)
            data[i] = (uint8_t)test_random(&seed);
        const struct ccid_command c = {
            .type = CCID_PC_XFR_BLOCK,
            .slot = (uint8_t)test_random(&seed),
            .seq = (uint8_t)test_random(&seed),
            .special = {(uint8_t)test_random(&seed), 2, 3},
            .data = data,
            .len = len,
        };
        struct ccid_command back;
        int total = ccid_command_encode(&c, raw, sizeof(raw));
        assert_int_equal(total, CCID_HEADER_LEN + len);
        assert_int_equal(ccid_command_decode(raw, (size_t)total, &back), 0);
        assert_int_equal(back.type, c.type);
        assert_int_equal(back.slot, c.slot);
        assert_int_equal(back.seq, c.seq);
        assert_memory_equal(back.special, c.special, 3);
        assert_int_equal(back.len, len);
        assert_memory_equal(back.data, data, len);
        assert_int_equal(ccid_command_decode(raw, (size_t)total - 1, &back),
                         -EBADMSG);
        assert_int_equal(ccid_command_encode(&c, raw, (size_t)total - 1),
                         -EMSGSIZE);
    }
}

/* As in the examples of CCID 1.1: little-endian length, then slot and seq. */
static void bytes(void **state)
{
    static const uint8_t wanted[] = {0x6F, 2, 0, 0, 0, 1, 9, 4, 0, 0, 0xCA, 0};
    uint8_t raw[12];
    (void)state;
    const struct ccid_command c = {.type = CCID_PC_XFR_BLOCK,
                                   .slot = 1,
                                   .seq = 9,
                                   .special = {4, 0, 0},
                                   .data = wanted + 10,
                                   .len = 2};
    assert_int_equal(ccid_command_encode(&c, raw, sizeof(raw)), 12);
    assert_memory_equal(raw, wanted, sizeof(wanted));
}

static void replies(void **state)
{
    uint8_t raw[] = {0x80, 2, 0, 0, 0, 1, 7, 0x41, 0xFE, 0, 0x90, 0x00};
    struct ccid_reply r;
    (void)state;
    assert_int_equal(ccid_reply_decode(raw, sizeof(raw), &r), 0);
    assert_int_equal(r.type, CCID_RDR_DATA_BLOCK);
    assert_int_equal(r.slot, 1);
    assert_int_equal(r.seq, 7);
    assert_int_equal(r.icc, CCID_ICC_INACTIVE);
    assert_int_equal(r.verdict, CCID_FAILED);
    assert_string_equal(ccid_error_words(r.error), "card mute");
    assert_int_equal(r.len, 2);
    for (size_t len = 0; len < sizeof(raw); len++)
        assert_int_equal(ccid_reply_decode(raw, len, &r), -EBADMSG);
    raw[7] = 0x03; /* reserved card status */
    assert_int_equal(ccid_reply_decode(raw, sizeof(raw), &r), -EBADMSG);
    raw[7] = 0xC0; /* reserved command status */
    assert_int_equal(ccid_reply_decode(raw, sizeof(raw), &r), -EBADMSG);
    raw[7] = 0x00;
    raw[0] = 0x85; /* no such answer */
    assert_int_equal(ccid_reply_decode(raw, sizeof(raw), &r), -EBADMSG);
    raw[0] = 0x80;
    raw[4] = 0x7F; /* two gigabytes */
    assert_int_equal(ccid_reply_decode(raw, sizeof(raw), &r), -EBADMSG);
    size_t len = 0;
    assert_int_equal(ccid_message_len(raw, sizeof(raw), &len), -EMSGSIZE);
    assert_int_equal(ccid_message_len(raw, 9, &len), -EAGAIN);
}

static void fitting(void **state)
{
    static const struct {
        uint8_t command;
        uint8_t reply;
    } pairs[] = {
        {CCID_PC_POWER_ON, CCID_RDR_DATA_BLOCK},
        {CCID_PC_XFR_BLOCK, CCID_RDR_DATA_BLOCK},
        {CCID_PC_SECURE, CCID_RDR_DATA_BLOCK},
        {CCID_PC_POWER_OFF, CCID_RDR_SLOT_STATUS},
        {CCID_PC_SLOT_STATUS, CCID_RDR_SLOT_STATUS},
        {CCID_PC_ABORT, CCID_RDR_SLOT_STATUS},
        {CCID_PC_GET_PARAMETERS, CCID_RDR_PARAMETERS},
        {CCID_PC_SET_PARAMETERS, CCID_RDR_PARAMETERS},
        {CCID_PC_ESCAPE, CCID_RDR_ESCAPE},
        {CCID_PC_SET_RATE, CCID_RDR_RATE},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(pairs); i++)
        for (int t = CCID_RDR_DATA_BLOCK; t <= CCID_RDR_RATE; t++) {
            struct ccid_reply r = {.type = (uint8_t)t};
            assert_int_equal(ccid_reply_fits(pairs[i].command, &r),
                             t == pairs[i].reply);
            r.verdict = CCID_FAILED;
            assert_int_equal(ccid_reply_fits(pairs[i].command, &r),
                             t == pairs[i].reply || t == CCID_RDR_SLOT_STATUS);
        }
}

static void notices(void **state)
{
    static const uint8_t slots[] = {0x50, 0x0B, 0x00};
    static const uint8_t eight[] = {0x50, 0x00, 0xC0, 0xFF};
    static const uint8_t hard[] = {0x51, 1, 3, 1};
    struct ccid_notice n;
    (void)state;
    assert_int_equal(ccid_notice_decode(slots, sizeof(slots), &n), 0);
    assert_false(n.hardware);
    assert_int_equal(n.changed, 3);
    assert_int_equal(n.present, 1);
    assert_int_equal(ccid_notice_decode(eight, sizeof(eight), &n), 0);
    assert_int_equal(n.changed, 0x80);
    assert_int_equal(n.present, 0x80);
    assert_int_equal(ccid_notice_decode(hard, sizeof(hard), &n), 0);
    assert_true(n.hardware);
    assert_int_equal(n.slot, 1);
    assert_int_equal(ccid_notice_decode(hard, 3, &n), -EBADMSG);
    assert_int_equal(ccid_notice_decode(slots, 1, &n), -EBADMSG);
    assert_int_equal(ccid_notice_decode(slots, 0, &n), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip), cmocka_unit_test(bytes),
        cmocka_unit_test(replies),    cmocka_unit_test(fitting),
        cmocka_unit_test(notices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
