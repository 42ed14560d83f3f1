/* Every misbehaviour of the emulated readers and cards, by name, at power on
 * and at an APDU, once and for ever: no operation hangs, no PIN is tried twice,
 * and when the device behaves again so does the driver, perhaps after opening
 * anew.
 *
 *   faults [VARIANT [STRIDE]]   as conformance.c; with a stride one try of each
 *                               STRIDE that follow one another, at random
 */
#include "card.h"
#include "testing.h"

#include <errno.h>

static const char *const variants[] = {"extended", "short", "tpdu-t0",
                                       "tpdu-t1", "tpdu-t1-poll"};

static const char *const faults[] = {
    "stall-in",
    "stall-in-lost",
    "stall-out",
    "zero-packet",
    "no-zlp",
    "silent",
    "slow",
    "unplug-on-command",
    "unplug-on-apdu",
    "short-message",
    "cut-message",
    "split-answer",
    "lie-about-length",
    "overlong-length",
    "extra-bytes",
    "wrong-seq",
    "wrong-slot",
    "wrong-type",
    "stale-answer",
    "time-extension",
    "hw-error",
    "parity",
    "overrun",
    "slot-busy",
    "not-supported",
    "no-power-5v",
    "mute-card",
    "mute-apdu",
    "remove-on-apdu",
    "notify-storm",
    "notify-lie",
    "notify-hardware",
    "garbage-atr",
    "bad-tck",
    "short-atr",
    "long-atr",
    "empty-atr",
    "pps-refused",
    "bad-lrc",
    "lost-block",
    "lost-command",
    "wtx",
    "wtx-zero",
    "wrong-ns",
    "wrong-nad",
    "block-length",
    "ifs-request",
    "abort-request",
    "deaf-card",
    "null-bytes",
    "procedure-conflict",
    "no-status",
    "one-byte",
    "huge-answer",
    "more-forever",
};

/* Those that must not be seen from outside at all, armed once. */
static const char *const harmless[] = {
    "zero-packet",  "no-zlp",       "split-answer",   "extra-bytes",
    "stale-answer", "slow",         "time-extension", "null-bytes",
    "wtx",          "notify-storm",
};

#define RECOVERIES 5

static struct bench *bench;
static struct card_file certificate;
static struct test_sample sample;

static void fresh(void)
{
    bench_close(bench);
    (void)emulator_command(bench->emulator, "fault none");
    (void)emulator_try(bench->emulator, "plug");
    (void)emulator_try(bench->emulator, "card insert");
    (void)emulator_command(bench->emulator, "reset");
    assert_int_equal(bench_open(bench, USB_FAULT_NONE, 0), 0);
    assert_true(bench_wait(bench, &bench->present[0], 5000));
}

/* All is well again, or is after opening anew. */
static void recovered(const char *fault)
{
    struct card_file again;
    (void)emulator_command(bench->emulator, "fault none");
    (void)emulator_try(bench->emulator, "plug");
    (void)emulator_try(bench->emulator, "card insert");
    bench_idle(bench, 30);
    bool opened = bench->broken || !bench->info;
    if (opened)
        assert_int_equal(bench_open(bench, USB_FAULT_NONE, 0), 0);
    assert_true(bench_wait(bench, &bench->present[0], 5000));
    int e = card_read(bench, 0, &again);
    /* A card that was pulled and put back may be noticed in the middle, and
     * late where a kernel is emulated, too. */
    for (int i = 0; e < 0 && !bench->broken && i < RECOVERIES; i++) {
        bench_idle(bench, 600);
        assert_true(bench_wait(bench, &bench->present[0], 5000));
        e = card_read(bench, 0, &again);
    }
    if (e < 0)
        print_message("%s: then %d, %s\n", fault, e,
                      bench->broken ? bench->broken : "not broken");
    assert_int_equal(e, 0);
    assert_int_equal(again.len, certificate.len);
    assert_memory_equal(again.bytes, certificate.bytes, again.len);
}

static bool arm(const char *fault, bool once)
{
    char line[64];
    (void)snprintf(line, sizeof(line), "fault %s%s", fault, once ? " 1" : "");
    return strncmp(emulator_try(bench->emulator, line), "ok", 2) == 0;
}

static bool is_harmless(const char *fault)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(harmless); i++)
        if (strcmp(harmless[i], fault) == 0)
            return true;
    return false;
}

static void at_power_on(const char *fault, bool once)
{
    struct card_file f;
    fresh();
    if (!arm(fault, once))
        return;
    int e = card_read(bench, 0, &f);
    print_message("%-20s power %s: %d %s\n", fault, once ? "once" : "ever", e,
                  bench->broken ? bench->broken
                                : ccid_reader_why(bench->reader, 0));
    if (once && is_harmless(fault))
        assert_int_equal(e, 0);
    recovered(fault);
}

static void at_apdu(const char *fault, bool once)
{
    fresh();
    assert_int_equal(bench_power_on(bench, 0), 0);
    int tries = card_tries(bench);
    if (!arm(fault, once))
        return;
    int e = bench_apdu(bench, 0, "00200011 0C 393939390000000000000000");
    unsigned sw = bench_sw(bench);
    print_message(
        "%-20s verify %s: %d %04x %s\n", fault, once ? "once" : "ever", e, sw,
        bench->broken ? bench->broken : ccid_reader_why(bench->reader, 0));
    int left = card_tries(bench);
    if (left < 0) { /* it was pulled out */
        recovered(fault);
        return;
    }
    assert_true(left == tries || left == tries - 1);
    if (e == 0 && (sw & 0xFFF0) == 0x63C0)
        assert_int_equal(sw & 15, left);
    if (once && is_harmless(fault))
        assert_int_equal(e, 0);
    recovered(fault);
}

static void every(void **state)
{
    unsigned at = 0;
    (void)state;
    fresh();
    assert_int_equal(card_read(bench, 0, &certificate), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(faults); i++) {
        if (test_sample_takes(&sample, at++))
            at_power_on(faults[i], true);
        if (test_sample_takes(&sample, at++))
            at_power_on(faults[i], false);
        if (test_sample_takes(&sample, at++))
            at_apdu(faults[i], true);
        if (test_sample_takes(&sample, at++))
            at_apdu(faults[i], false);
    }
}

/* A reader that asks for more time, and more: it is given, and can be taken
 * back at any time. */
static void extended(void **state)
{
    (void)state;
    fresh();
    assert_int_equal(bench_power_on(bench, 0), 0);
    if (!arm("time-extension-forever", false))
        return;
    static const uint8_t challenge[] = {0x00, 0x84, 0x00, 0x00, 0x08};
    assert_int_equal(ccid_transceive(bench->reader, 0, challenge,
                                     sizeof(challenge), bench_done(bench)),
                     0);
    bench_idle(bench, CCID_SILENCE_MS + 500);
    assert_int_equal(bench->done, 0);
    ccid_cancel(bench->reader, 0);
    int e = bench_finish(bench, 0);
    assert_true(e == -ECANCELED || e == -ENODEV);
    recovered("time-extension-forever");
}

static int run(const char *name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every),
        cmocka_unit_test(extended),
    };
    const char *args[] = {"--variant", name, NULL};
    print_message("--- %s\n", name);
    bench = bench_new(args);
    int failed = cmocka_run_group_tests_name(name, tests, NULL, NULL);
    print_message("--- %s: longest operation %lld ms\n", name,
                  (long long)bench->worst_ms);
    bench = bench_free(bench);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    sample = test_sample_new(argc > 2 ? argv[2] : NULL);
    if (argc > 1)
        return run(argv[1]);
    for (size_t i = 0; i < LK_ARRAY_LEN(variants); i++)
        failed += run(variants[i]);
    return failed;
}
