/* The reader on a fake device: what it says to it, in which order, and what it
 * makes of what it hears. */
#include "bench.h"
#include "ccid/pipe.h"
#include "testing.h"

#include <errno.h>

static struct bench b;

#define EXTENDED 0x000404FEu
#define SHORT 0x000204FEu
#define TPDU_AUTO 0x000106FEu
#define TPDU_BARE 0x00010000u

static const uint8_t read_200[] = {0x00, 0xB0, 0x00, 0xC8, 0x00};
static const uint8_t challenge[] = {0x00, 0x84, 0x00, 0x00, 0x00};

static void open_with(const struct fake_config *c)
{
    bench_init(&b, c);
    assert_int_equal(bench_open(&b), 0);
}

static int clear(void **state)
{
    (void)state;
    bench_clear(&b);
    return 0;
}

static void read_check(void)
{
    assert_int_equal(bench_apdu(&b, read_200, sizeof(read_200)), 0);
    assert_int_equal(b.len, 202);
    for (unsigned i = 0; i < 200; i++)
        assert_int_equal(b.answer[i], i);
}

static void extended(void **state)
{
    (void)state;
    open_with(&(struct fake_config){.features = EXTENDED});
    assert_true(b.present[0]);
    assert_int_equal(b.info->level, CCID_LEVEL_EXTENDED_APDU);
    assert_int_equal(bench_power_on(&b), 0);
    assert_int_equal(b.len, b.fake->card[0].atr_len);
    read_check();
    fake_log_check(b.fake, "65 62 6c 6f ");
}

/* All is left to the host: voltage, PPS, parameters, rate, IFSD. */
static void bare(void **state)
{
    (void)state;
    bench_init(&b, &(struct fake_config){.features = TPDU_BARE, .voltages = 7});
    b.fake->voltage_needed = 2;
    assert_int_equal(bench_open(&b), 0);
    assert_int_equal(bench_power_on(&b), 0);
    fake_log_check(b.fake, "65 62 63 62 6f 61 73 6f ");
    assert_int_equal(b.fake->card[0].t1.ifsd, 254);
    assert_int_equal(ccid_reader_card(b.reader, 0)->protocol, 1);
    read_check();
    /* Powered again: off first. */
    b.fake->log_len = 0;
    assert_int_equal(bench_power_on(&b), 0);
    fake_log_check(b.fake, "63 62 63 62 6f 61 73 6f ");
}

static void no_voltage(void **state)
{
    (void)state;
    bench_init(&b, &(struct fake_config){.features = TPDU_BARE, .voltages = 3});
    b.fake->voltage_needed = 3; /* the reader has no 1.8 V */
    assert_int_equal(bench_open(&b), 0);
    assert_int_equal(bench_power_on(&b), -EIO);
    assert_string_equal(ccid_reader_why(b.reader, 0), "card mute");
    fake_log_check(b.fake, "65 62 63 62 ");
}

/* Parameters or the rate are refused: once more, as the card does by itself. */
static void refused(void **state)
{
    static const uint8_t which[] = {0x61, 0x73};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(which); i++) {
        bench_init(&b, &(struct fake_config){.features = TPDU_BARE});
        fake_card_t0(&b.fake->card[0]);
        b.fake->fails[which[i]] = true;
        b.fake->error_of[which[i]] = 11;
        assert_int_equal(bench_open(&b), 0);
        int e = bench_power_on(&b);
        if (which[i] == 0x61) {
            assert_int_equal(e, -EOPNOTSUPP);
            fake_log_check(b.fake, "65 62 6f 61 63 62 61 ");
        } else {
            assert_int_equal(e, 0);
            fake_log_check(b.fake, "65 62 6f 61 73 63 62 61 ");
        }
        if (i == 0)
            bench_clear(&b);
    }
}

static void automatic(void **state)
{
    (void)state;
    open_with(&(struct fake_config){.features = TPDU_AUTO});
    assert_int_equal(bench_power_on(&b), 0);
    fake_log_check(b.fake, "65 62 6c ");
    b.fake->card[0].t1.ifsd = 254; /* the reader agreed on it with the card */
    read_check();
}

static void quirky(void **state)
{
    (void)state;
    bench_init(&b, &(struct fake_config){.vendor = 0x046A,
                                         .product = 0x003E,
                                         .interface_class = 0xFF,
                                         .features = TPDU_AUTO});
    assert_int_equal(bench_open(&b), 0);
    bench_clear(&b);
    /* Class 0xFF of anybody else; firmware that does not work; a card class
     * that we do not speak; character level. */
    static const struct fake_config others[] = {
        {.vendor = 0x046B, .interface_class = 0xFF, .features = TPDU_AUTO},
        {.vendor = 0x04E6,
         .product = 0x5111,
         .version = 0x0619,
         .features = TPDU_AUTO},
        {.interface_class = 8, .features = TPDU_AUTO},
        {.features = 0xFE},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(others); i++) {
        bench_init(&b, &others[i]);
        assert_int_equal(bench_open(&b), -ENXIO);
        assert_false(b.closed); /* the device is still ours */
        if (i + 1 < LK_ARRAY_LEN(others))
            bench_clear(&b);
    }
}

/* Between being found and being opened it went, or became another. */
static void gone_meanwhile(void **state)
{
    static const int errors[] = {-ENODEV, -ENOENT};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(errors); i++) {
        const struct fake_config config = {.features = TPDU_AUTO,
                                           .claim_error = errors[i]};
        bench_init(&b, &config);
        assert_int_equal(bench_open(&b), -ENODEV);
        assert_false(b.closed); /* the device is still ours */
        if (i + 1 < LK_ARRAY_LEN(errors))
            bench_clear(&b);
    }
}

static bool gone(const struct bench *x)
{
    return !x->present[0];
}

static bool there(const struct bench *x)
{
    return x->present[0];
}

static void moved(void **state)
{
    (void)state;
    for (unsigned polled = 0; polled < 2; polled++) {
        open_with(&(struct fake_config){.features = EXTENDED,
                                        .two_endpoints = polled});
        assert_int_equal(b.info->polled, polled);
        assert_int_equal(bench_power_on(&b), 0);
        fake_insert(b.fake, 0, false);
        assert_true(bench_until(&b, gone));
        assert_int_equal(bench_apdu(&b, challenge, sizeof(challenge)),
                         -ENOMEDIUM);
        fake_insert(b.fake, 0, true);
        assert_true(bench_until(&b, there));
        assert_int_equal(bench_apdu(&b, challenge, sizeof(challenge)),
                         -ENOTCONN);
        assert_int_equal(bench_power_on(&b), 0);
        /* Out and in again between two questions: told as both. */
        unsigned before = b.changes;
        fake_insert(b.fake, 0, true);
        for (unsigned i = 0; i < 200 && b.changes < before + 2; i++)
            (void)lk_loop_step(b.loop, 10000);
        assert_int_equal(b.changes, before + 2);
        assert_true(b.present[0]);
        if (polled == 0)
            bench_clear(&b);
    }
}

static bool is_broken(const struct bench *x)
{
    return x->broken != NULL;
}

/* Cards that come and go without end; a hardware error. */
static void storms(void **state)
{
    static const uint8_t hardware[] = {0x51, 0, 1, 1};
    (void)state;
    open_with(&(struct fake_config){.features = EXTENDED});
    for (unsigned i = 0; i < 200 && !b.broken; i++) {
        fake_insert(b.fake, 0, i % 2);
        bench_settle(&b);
    }
    assert_true(bench_until(&b, is_broken));
    assert_true(b.changes < 100);
    bench_clear(&b);
    open_with(&(struct fake_config){.features = EXTENDED});
    fake_notify(b.fake, hardware, sizeof(hardware));
    assert_true(bench_until(&b, is_broken));
    bench_clear(&b);
    /* Interrupts that say nothing: it asks from then on. */
    open_with(&(struct fake_config){.features = EXTENDED});
    for (unsigned i = 0; i < 1000 && !b.info->polled; i++) {
        fake_notify(b.fake, (const uint8_t *)"\x50", 2);
        bench_settle(&b);
    }
    assert_true(b.info->polled);
}

static bool started(const struct bench *x)
{
    return x->fake->held_n > 0;
}

/* Two slots that may be busy at once, or one. */
static void slots(void **state)
{
    (void)state;
    for (uint8_t busy = 1; busy <= 2; busy++) {
        struct bench second;
        bench_init(&b, &(struct fake_config){
                           .features = EXTENDED, .slots = 2, .busy = busy});
        b.fake->present[1] = true;
        assert_int_equal(bench_open(&b), 0);
        assert_true(b.present[0] && b.present[1]);
        memset(&second, 0, sizeof(second));
        b.fake->hold = 1;
        assert_int_equal(ccid_power_on(b.reader, 0, bench_done(&b)), 0);
        assert_int_equal(ccid_power_on(b.reader, 1, bench_done(&second)), 0);
        assert_true(bench_until(&b, started));
        bench_settle(&b);
        assert_int_equal(b.fake->most_held, busy);
        fake_release(b.fake);
        assert_int_equal(bench_finish(&b, 0), 0);
        for (unsigned i = 0; i < 100 && second.done == 0; i++)
            bench_settle(&b);
        assert_int_equal(second.done, 1);
        assert_int_equal(second.status, 0);
        if (busy == 1)
            bench_clear(&b);
    }
}

/* It promised four slots and has two. */
static void fewer_slots(void **state)
{
    (void)state;
    bench_init(&b, &(struct fake_config){.features = EXTENDED, .slots = 4});
    b.fake->config.slots = 2;
    assert_int_equal(bench_open(&b), 0);
    assert_int_equal(b.info->slots, 2);
    assert_int_equal(ccid_power_on(b.reader, 2, bench_done(&b)), -EINVAL);
}

static void escape(void **state)
{
    uint8_t bytes[CCID_ESCAPE_MAX + 1] = {1, 2, 3};
    (void)state;
    open_with(&(struct fake_config){.features = EXTENDED});
    fake_insert(b.fake, 0, false);
    assert_true(bench_until(&b, gone)); /* it needs no card */
    assert_int_equal(
        bench_finish(&b, ccid_escape(b.reader, 0, bytes, 3, bench_done(&b))),
        0);
    assert_int_equal(b.len, 3);
    assert_memory_equal(b.answer, bytes, 3);
    assert_int_equal(
        ccid_escape(b.reader, 0, bytes, sizeof(bytes), bench_done(&b)),
        -EINVAL);
}

static const uint8_t verify[] = {0x00, 0x20, 0x00, 0x11, 0x08, 0, 0,
                                 0,    0,    0,    0,    0,    0};

/* A pad that fails as if it were none is believed no longer. */
static void pad(void **state)
{
    struct ccid_pin p = {.apdu = verify,
                         .len = sizeof(verify),
                         .coding = CCID_PIN_ASCII,
                         .block_len = 8,
                         .digits_min = 4,
                         .digits_max = 8,
                         .timeout_s = 20};
    (void)state;
    open_with(&(struct fake_config){.features = EXTENDED, .pad = 3});
    assert_true(b.info->pad_verify && b.info->pad_modify);
    assert_int_equal(bench_power_on(&b), 0);
    assert_int_equal(
        bench_finish(&b, ccid_pin_verify(b.reader, 0, &p, bench_done(&b))), 0);
    assert_memory_equal(b.answer, "\x63\xC2", 2);
    b.fake->fails[0x69] = true;
    b.fake->error_of[0x69] = 0;
    assert_int_equal(
        bench_finish(&b, ccid_pin_verify(b.reader, 0, &p, bench_done(&b))),
        -EOPNOTSUPP);
    assert_false(b.info->pad_verify);
    assert_true(b.info->pad_modify);
    assert_int_equal(ccid_pin_verify(b.reader, 0, &p, bench_done(&b)),
                     -EOPNOTSUPP);
    p.digits_min = 0;
    assert_int_equal(ccid_pin_modify(b.reader, 0, &p, bench_done(&b)), -EINVAL);
}

/* Answers of every wrong kind. What must come of them. */
static void foolish(void **state)
{
    static const struct {
        uint8_t raw[16];
        size_t len;
        unsigned times;
    } rows[] = {
        {{0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 10, 1},    /* another bSeq */
        {{0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 10, 40},   /* ... without end */
        {{0x80, 0, 0, 0, 0x10, 0, 0, 0, 0, 0}, 10, 1}, /* 256 MiB */
        {{0x99, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 10, 1},
        {{0x80, 0}, 2, 1},
        {{0}, 0, 60},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        open_with(&(struct fake_config){.features = EXTENDED});
        assert_int_equal(bench_power_on(&b), 0);
        b.fake->deed[0x6F] = FAKE_FOREIGN;
        memcpy(b.fake->raw, rows[i].raw, sizeof(rows[i].raw));
        b.fake->raw[6] = 0;
        b.fake->raw_len = rows[i].len;
        b.fake->raw_times = rows[i].times;
        int e = bench_apdu(&b, challenge, sizeof(challenge));
        print_message("row %zu: %d %s\n", i, e, b.broken ? b.broken : "");
        assert_true(e == -ETIMEDOUT || e == -EBADMSG || e == -ENODEV);
        b.fake->deed[0x6F] = FAKE_GOOD;
        if (e != -ENODEV) {
            assert_int_equal(bench_apdu(&b, challenge, sizeof(challenge)),
                             -ENOTCONN);
            assert_int_equal(bench_power_on(&b), 0);
            read_check();
        }
        if (i + 1 < LK_ARRAY_LEN(rows))
            bench_clear(&b);
    }
}

static void patient(void **state)
{
    (void)state;
    open_with(&(struct fake_config){.features = SHORT});
    b.fake->extend = 3;
    b.fake->empties = 5;
    assert_int_equal(bench_power_on(&b), 0);
    read_check();
}

/* Silence, also to the abort: broken, and every operation is told. */
static void silent(void **state)
{
    (void)state;
    open_with(&(struct fake_config){.features = EXTENDED});
    b.fake->deed[0x62] = FAKE_SILENT;
    b.fake->deed[0x72] = FAKE_SILENT;
    assert_int_equal(bench_power_on(&b), -ENODEV);
    assert_true(bench_until(&b, is_broken));
    assert_int_equal(ccid_power_on(b.reader, 0, bench_done(&b)), -ENODEV);
    ccid_cancel(b.reader, 0);
}

/* As a program that died has left it: an abort without its end, a command that
 * still runs, the rest of an answer, also as what is said while it is brought
 * back. The first question recovers it. */
static void left_over(void **state)
{
    static const uint8_t rest[] = {0xde, 0xad, 0xbe, 0xef, 0xff, 1, 2,
                                   3,    4,    5,    6,    7,    8, 9};
    static const uint8_t errors[] = {0xFF, 0xE0};
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        bench_init(&b, &(struct fake_config){.features = EXTENDED});
        b.fake->left = errors[i % 2];
        b.fake->rest = i < 2 ? NULL : rest;
        b.fake->rest_len = sizeof(rest);
        assert_int_equal(bench_open(&b), 0);
        assert_true(b.present[0]);
        fake_log_check(b.fake, "65 72 65 ");
        assert_int_equal(bench_power_on(&b), 0);
        read_check();
        bench_clear(&b);
    }
    /* Where ABORT does not help it is broken, soon. */
    bench_init(&b, &(struct fake_config){.features = EXTENDED});
    b.fake->fails[0x65] = true;
    b.fake->error_of[0x65] = 0xE0;
    assert_int_equal(bench_open(&b), 0);
    assert_true(bench_until(&b, is_broken));
    fake_log_check(b.fake, "65 72 65 72 ");
}

static void cancelled(void **state)
{
    (void)state;
    open_with(&(struct fake_config){.features = EXTENDED});
    assert_int_equal(bench_power_on(&b), 0);
    b.fake->deed[0x6F] = FAKE_SILENT;
    int started = ccid_transceive(b.reader, 0, challenge, sizeof(challenge),
                                  bench_done(&b));
    assert_int_equal(ccid_power_on(b.reader, 0, (struct ccid_done){NULL, NULL}),
                     -EBUSY);
    bench_settle(&b);
    ccid_cancel(b.reader, 0);
    ccid_cancel(b.reader, 0);
    assert_int_equal(bench_finish(&b, started), -ECANCELED);
    ccid_cancel(b.reader, 0);
    b.fake->deed[0x6F] = FAKE_GOOD;
    assert_int_equal(bench_power_on(&b), 0);
    read_check();
}

static void gone_now(void **state)
{
    (void)state;
    open_with(&(struct fake_config){.features = EXTENDED});
    assert_int_equal(bench_power_on(&b), 0);
    b.fake->deed[0x6F] = FAKE_SILENT;
    int started = ccid_transceive(b.reader, 0, challenge, sizeof(challenge),
                                  bench_done(&b));
    usb_backend_gone(&b.fake->base, "pulled out");
    assert_int_equal(bench_finish(&b, started), -ENODEV);
    assert_true(bench_until(&b, is_broken));
    assert_string_equal(b.broken, CCID_GONE);
}

/* Freed inside each kind of callback, and with an operation under way. */
static void freed(void **state)
{
    (void)state;
    open_with(&(struct fake_config){.features = EXTENDED});
    b.free_when_done = true;
    assert_int_equal(bench_power_on(&b), 0);
    assert_null(b.reader);
    assert_true(b.closed);
    bench_clear(&b);
    open_with(&(struct fake_config){.features = EXTENDED});
    b.free_when_done = true;
    int started = ccid_power_on(b.reader, 0, bench_done(&b));
    usb_backend_gone(&b.fake->base, "pulled out");
    assert_int_equal(bench_finish(&b, started), -ENODEV);
    assert_null(b.broken); /* it was freed before */
    bench_clear(&b);
    open_with(&(struct fake_config){.features = EXTENDED});
    assert_int_equal(ccid_power_on(b.reader, 0, bench_done(&b)), 0);
    b.reader = ccid_reader_free(b.reader);
    bench_settle(&b);
    assert_int_equal(b.done, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(extended, clear),
        cmocka_unit_test_teardown(bare, clear),
        cmocka_unit_test_teardown(no_voltage, clear),
        cmocka_unit_test_teardown(refused, clear),
        cmocka_unit_test_teardown(automatic, clear),
        cmocka_unit_test_teardown(quirky, clear),
        cmocka_unit_test_teardown(gone_meanwhile, clear),
        cmocka_unit_test_teardown(moved, clear),
        cmocka_unit_test_teardown(storms, clear),
        cmocka_unit_test_teardown(slots, clear),
        cmocka_unit_test_teardown(fewer_slots, clear),
        cmocka_unit_test_teardown(escape, clear),
        cmocka_unit_test_teardown(pad, clear),
        cmocka_unit_test_teardown(foolish, clear),
        cmocka_unit_test_teardown(patient, clear),
        cmocka_unit_test_teardown(silent, clear),
        cmocka_unit_test_teardown(left_over, clear),
        cmocka_unit_test_teardown(cancelled, clear),
        cmocka_unit_test_teardown(gone_now, clear),
        cmocka_unit_test_teardown(freed, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
