/* The conformance suite of drivers/ccid, against the emulated readers.
 *
 *   conformance [VARIANT]   that one, or all of them one after another
 *
 * Runs on the host over USB/IP, and unchanged in a guest whose kernel has the
 * device (support/emulator.h), there one variant at a time.
 */
#include "card.h"
#include "testing.h"

#include <errno.h>

struct variant {
    const char *name;
    enum ccid_level level;
    uint8_t protocol;
    bool polled;
    bool pad;
    uint8_t slots;
};

static const struct variant variants[] = {
    {"extended", CCID_LEVEL_EXTENDED_APDU, 1, false, false, 1},
    {"extended-large", CCID_LEVEL_EXTENDED_APDU, 1, false, false, 1},
    {"short", CCID_LEVEL_SHORT_APDU, 1, false, false, 1},
    {"tpdu-t0", CCID_LEVEL_TPDU, 0, false, false, 1},
    {"tpdu-t1", CCID_LEVEL_TPDU, 1, false, false, 1},
    {"tpdu-t0-manual", CCID_LEVEL_TPDU, 0, false, false, 1},
    {"tpdu-t1-poll", CCID_LEVEL_TPDU, 1, true, false, 1},
    {"pad", CCID_LEVEL_EXTENDED_APDU, 1, false, true, 1},
    {"pad-tpdu", CCID_LEVEL_TPDU, 1, false, true, 1},
    {"false-pad", CCID_LEVEL_EXTENDED_APDU, 1, false, false, 1},
    {"two-slot", CCID_LEVEL_SHORT_APDU, 1, false, false, 2},
};

static const struct variant *variant;
static struct bench *bench;
static struct card_file certificate;

/* Before each test: a fresh card that nobody spoke to, and no fault. */
static int fresh(void **state)
{
    (void)state;
    bench_close(bench);
    (void)emulator_command(bench->emulator, "fault none");
    (void)emulator_try(bench->emulator, "plug");
    (void)emulator_try(bench->emulator, "card insert");
    (void)emulator_command(bench->emulator, "reset");
    if (variant->pad)
        (void)emulator_command(bench->emulator, "pad none");
    assert_int_equal(bench_open(bench, USB_FAULT_NONE, 0), 0);
    assert_true(bench_wait(bench, &bench->present[0], 5000));
    return 0;
}

static void described(void **state)
{
    (void)state;
    const struct ccid_info *i = bench->info;
    assert_true(strlen(i->name) > 0);
    assert_int_equal(i->level, variant->level);
    assert_int_equal(i->polled, variant->polled);
    assert_int_equal(i->slots, variant->slots);
    assert_int_equal(i->pad_verify, variant->pad);
    assert_int_equal(i->pad_modify, variant->pad);
}

static void read(void **state)
{
    struct card_file again;
    (void)state;
    assert_int_equal(card_read(bench, 0, &certificate), 0);
    const struct ccid_card *c = ccid_reader_card(bench->reader, 0);
    assert_non_null(c);
    assert_int_equal(c->protocol, variant->protocol);
    assert_true(c->len >= ATR_LEN_MIN);
    assert_int_equal(card_read(bench, 0, &again), 0);
    assert_int_equal(again.len, certificate.len);
    assert_memory_equal(again.bytes, certificate.bytes, again.len);
    /* All of it in one command, where lines are long enough; else as much as a
     * short answer holds. */
    bool all = variant->level == CCID_LEVEL_EXTENDED_APDU ||
               (variant->level == CCID_LEVEL_TPDU && variant->protocol == 1);
    assert_int_equal(bench_apdu(bench, 0, "00B00000000000"), 0);
    assert_int_equal(bench_sw(bench), 0x9000);
    assert_int_equal(bench->len, (all ? certificate.len : 256) + 2);
    assert_memory_equal(bench->answer, certificate.bytes, bench->len - 2);
    assert_int_equal(bench_power_off(bench, 0), 0);
    assert_null(ccid_reader_card(bench->reader, 0));
    assert_int_equal(bench_apdu(bench, 0, "00B0000000"), -ENOTCONN);
}

/* A command of 600 bytes: the card takes it and says what it thinks of it. */
static void long_command(void **state)
{
    uint8_t apdu[7 + 600] = {0x00, 0x2A, 0x90, 0xA0, 0x00, 0x02, 0x58};
    (void)state;
    assert_int_equal(bench_power_on(bench, 0), 0);
    assert_int_equal(bench_apdu_bytes(bench, 0, apdu, sizeof(apdu)), 0);
    assert_int_equal(bench->len, 2);
    assert_true(bench_sw(bench) >= 0x6700);
    assert_int_equal(bench_apdu(bench, 0, "0084000010"), 0);
    assert_int_equal(bench->len, 18);
}

static void pin(void **state)
{
    (void)state;
    int tries = card_tries(bench);
    assert_int_equal(bench_power_on(bench, 0), 0);
    assert_int_equal(
        bench_apdu(bench, 0, "00200011 0C 393939390000000000000000"), 0);
    assert_int_equal(bench_sw(bench) & 0xFFF0, 0x63C0);
    assert_int_equal(card_tries(bench), tries - 1);
    assert_int_equal(
        bench_apdu(bench, 0, "00200011 0C 313233340000000000000000"), 0);
    assert_int_equal(bench_sw(bench), 0x9000);
    assert_int_equal(card_tries(bench), tries);
}

static void misuse(void **state)
{
    uint8_t one = 0;
    (void)state;
    assert_int_equal(bench_apdu(bench, 0, "00B0000000"), -ENOTCONN);
    assert_int_equal(bench_power_on(bench, 0), 0);
    assert_int_equal(bench_apdu_bytes(bench, 0, &one, 1), -EINVAL);
    assert_int_equal(bench_power_on(bench, 9), -EINVAL);
    struct ccid_done done = bench_done(bench);
    assert_int_equal(ccid_power_on(bench->reader, 0, done), 0);
    assert_int_equal(ccid_power_on(bench->reader, 0, done), -EBUSY);
    assert_int_equal(bench_finish(bench, 0), 0);
    (void)bench_escape(bench, 0, "02");
    assert_null(bench->broken);
    assert_int_equal(card_read(bench, 0, &certificate), 0);
}

static void movement(void **state)
{
    bool gone = false;
    (void)state;
    assert_int_equal(bench_power_on(bench, 0), 0);
    (void)emulator_command(bench->emulator, "card remove");
    for (unsigned i = 0; i < 200 && !gone; i++) {
        bench_idle(bench, 20);
        gone = !bench->present[0];
    }
    assert_true(gone);
    assert_int_equal(bench_power_on(bench, 0), -ENOMEDIUM);
    (void)emulator_command(bench->emulator, "card insert");
    assert_true(bench_wait(bench, &bench->present[0], 4000));
    assert_int_equal(bench_apdu(bench, 0, "00B0000000"), -ENOTCONN);
    assert_int_equal(card_read(bench, 0, &certificate), 0);
}

static void unplugged(void **state)
{
    (void)state;
    assert_int_equal(bench_power_on(bench, 0), 0);
    int started = ccid_power_on(bench->reader, 0, bench_done(bench));
    (void)emulator_command(bench->emulator, "unplug");
    int e = bench_finish(bench, started);
    assert_true(e == 0 || e == -ENODEV);
    for (unsigned i = 0; i < 200 && !bench->broken; i++)
        bench_idle(bench, 20);
    assert_non_null(bench->broken);
    assert_int_equal(bench_power_on(bench, 0), -ENODEV);
    bench_close(bench);
    (void)emulator_command(bench->emulator, "plug");
    assert_int_equal(bench_open(bench, USB_FAULT_NONE, 0), 0);
    assert_true(bench_wait(bench, &bench->present[0], 5000));
    assert_int_equal(card_read(bench, 0, &certificate), 0);
}

static const uint8_t verify[] = {0x00, 0x20, 0x00, 0x11, 0x0C, 0, 0, 0, 0,
                                 0,    0,    0,    0,    0,    0, 0, 0};
static const uint8_t change[29] = {0x00, 0x24, 0x00, 0x11, 0x18};

static struct ccid_pin pin_of(const uint8_t *apdu, size_t len)
{
    return (struct ccid_pin){.apdu = apdu,
                             .len = len,
                             .coding = CCID_PIN_ASCII,
                             .block_len = 12,
                             .digits_min = 4,
                             .digits_max = 12,
                             .timeout_s = 20,
                             .language = 0x040B};
}

static int typed(const char *fingers)
{
    struct ccid_pin p = pin_of(verify, sizeof(verify));
    if (fingers)
        (void)emulator_command(bench->emulator, fingers);
    return bench_finish(
        bench, ccid_pin_verify(bench->reader, 0, &p, bench_done(bench)));
}

static void pad(void **state)
{
    (void)state;
    if (!variant->pad) {
        assert_int_equal(bench_power_on(bench, 0), 0);
        assert_int_equal(typed(NULL), -EOPNOTSUPP);
        return;
    }
    int tries = card_tries(bench);
    assert_int_equal(bench_power_on(bench, 0), 0);
    assert_int_equal(typed("pad 9999 ok"), 0);
    assert_int_equal(bench_sw(bench) & 0xFFF0, 0x63C0);
    assert_int_equal(card_tries(bench), tries - 1);
    assert_int_equal(typed("pad 1234 ok"), 0);
    assert_int_equal(bench_sw(bench), 0x9000);
    assert_int_equal(typed("pad cancel"), -ECANCELED);
    assert_int_equal(typed("pad timeout"), -ETIME);
    assert_int_equal(card_tries(bench), tries);
    /* The card was left alone by both: no need for power. */
    assert_int_equal(bench_apdu(bench, 0, "0084000008"), 0);
    struct ccid_pin p = pin_of(change, sizeof(change));
    p.new_offset = 12;
    p.ask_old = true;
    p.confirm = true;
    (void)emulator_command(bench->emulator, "pad 1234 ok 5678 ok 5678 ok");
    assert_int_equal(bench_finish(bench, ccid_pin_modify(bench->reader, 0, &p,
                                                         bench_done(bench))),
                     0);
    assert_int_equal(bench_sw(bench), 0x9000);
    assert_int_equal(typed("pad 5678 ok"), 0);
    assert_int_equal(bench_sw(bench), 0x9000);
}

/* Nobody types; the owner takes it back. */
static void pad_cancelled(void **state)
{
    struct ccid_pin p = pin_of(verify, sizeof(verify));
    (void)state;
    if (!variant->pad)
        return;
    int tries = card_tries(bench);
    assert_int_equal(bench_power_on(bench, 0), 0);
    int started = ccid_pin_verify(bench->reader, 0, &p, bench_done(bench));
    assert_int_equal(started, 0);
    bench_idle(bench, 200);
    assert_int_equal(bench->done, 0);
    ccid_cancel(bench->reader, 0);
    assert_int_equal(bench_finish(bench, 0), -ECANCELED);
    assert_int_equal(card_tries(bench), tries);
    assert_int_equal(card_read(bench, 0, &certificate), 0);
    assert_int_equal(typed("pad 1234 ok"), 0);
    assert_int_equal(bench_sw(bench), 0x9000);
}

static void slots(void **state)
{
    struct card_file other;
    (void)state;
    if (variant->slots < 2)
        return;
    assert_false(bench->present[1]);
    (void)emulator_command(bench->emulator, "card insert p256 1");
    assert_true(bench_wait(bench, &bench->present[1], 4000));
    assert_int_equal(card_read(bench, 0, &certificate), 0);
    assert_int_equal(card_read(bench, 1, &other), 0);
    assert_true(other.len != certificate.len ||
                memcmp(other.bytes, certificate.bytes, other.len) != 0);
    /* Both at once: one waits for the other. */
    struct bench second = {.loop = bench->loop};
    assert_int_equal(ccid_power_on(bench->reader, 0, bench_done(bench)), 0);
    assert_int_equal(ccid_power_on(bench->reader, 1, bench_done(&second)), 0);
    assert_int_equal(bench_finish(bench, 0), 0);
    for (unsigned i = 0; i < 200 && second.done == 0; i++)
        bench_idle(bench, 10);
    assert_int_equal(second.done, 1);
    assert_int_equal(second.status, 0);
    (void)emulator_command(bench->emulator, "card remove 1");
}

static int run(const struct variant *v)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(described, fresh),
        cmocka_unit_test_setup(read, fresh),
        cmocka_unit_test_setup(long_command, fresh),
        cmocka_unit_test_setup(pin, fresh),
        cmocka_unit_test_setup(misuse, fresh),
        cmocka_unit_test_setup(movement, fresh),
        cmocka_unit_test_setup(unplugged, fresh),
        cmocka_unit_test_setup(pad, fresh),
        cmocka_unit_test_setup(pad_cancelled, fresh),
        cmocka_unit_test_setup(slots, fresh),
    };
    const char *args[] = {"--variant", v->name, NULL};
    print_message("--- %s\n", v->name);
    variant = v;
    bench = bench_new(args);
    int failed = cmocka_run_group_tests_name(v->name, tests, NULL, NULL);
    print_message("--- %s: longest operation %lld ms\n", v->name,
                  (long long)bench->worst_ms);
    bench = bench_free(bench);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    bool any = false;
    for (size_t i = 0; i < LK_ARRAY_LEN(variants); i++) {
        if (argc > 1 && strcmp(argv[1], variants[i].name) != 0)
            continue;
        any = true;
        failed += run(&variants[i]);
    }
    return any ? failed : 2;
}
