/* Unplugging, a stall, a short packet, an empty one, a stale answer and silence
 * at every single transfer of opening, power on and an APDU: nothing hangs, and
 * the next try works.
 *
 *   walk [VARIANT [STRIDE]]   as faults.c
 */
#include "card.h"
#include "testing.h"

#include <errno.h>

#define TRANSFERS_MAX 200 /* more means that the walk does not end */

static const char *const variants[] = {"extended", "tpdu-t1", "tpdu-t1-poll"};

static struct bench *bench;
static struct test_sample sample;

/* What is walked through. Returns how the first part of it that failed did. */
static int errand(void)
{
    if (bench_wait(bench, &bench->present[0], 1500) == false)
        return -ENOMEDIUM;
    int e = bench_power_on(bench, 0);
    if (e == 0)
        e = bench_apdu(bench, 0, "00A4040C0CA000000063504B43532D3135");
    if (e == 0)
        e = bench_apdu(bench, 0, "00A4080C024331");
    return e == 0 ? bench_apdu(bench, 0, "00B00000F0") : e;
}

/* Breaks transfer `at`. False when there is none any more. */
static bool strike(enum usb_fault what, unsigned at)
{
    int e = bench_open(bench, what, at);
    bool opened = bench->device != NULL;
    if (e == 0)
        e = errand();
    /* A stale answer needs one before it: the walk goes on without. */
    bool struck = !opened || usb_fault_count(bench->device) > at;
    if (struck)
        print_message("%s at %u: %d %s\n", usb_fault_name(what), at, e,
                      bench->broken ? bench->broken : "");
    return struck;
}

static void walk(void **state)
{
    const enum usb_fault *what = *state;
    unsigned at = 0;
    struct card_file whole;
    for (;; at++) {
        assert_true(at < TRANSFERS_MAX);
        if (!test_sample_takes(&sample, at))
            continue;
        if (!strike(*what, at))
            break;
        assert_int_equal(bench_open(bench, USB_FAULT_NONE, 0), 0);
        assert_true(bench_wait(bench, &bench->present[0], 3000));
        assert_int_equal(card_read(bench, 0, &whole), 0);
    }
    print_message("%s: fewer than %u transfers\n", usb_fault_name(*what),
                  at + 1);
    assert_true(at > 8);
}

static int run(const char *name)
{
    static enum usb_fault kinds[USB_FAULTS];
    struct CMUnitTest tests[USB_FAULTS - 1];
    const char *args[] = {"--variant", name, NULL};
    for (unsigned i = 1; i < USB_FAULTS; i++) {
        kinds[i] = (enum usb_fault)i;
        tests[i - 1] = (struct CMUnitTest){
            .name = usb_fault_name(kinds[i]),
            .test_func = walk,
            .initial_state = &kinds[i],
        };
    }
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
