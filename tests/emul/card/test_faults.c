/* Every single transfer of a certificate read and of a signature broken in
 * turn, in every way: it ends soon, a PIN is never sent twice, and the next try
 * works. LUUKKU_FAULTS=all tries every transfer; else every `step`th in each
 * way, from a place that goes with the way, so that ways and places are mixed.
 */
#include "bench.h"

#include "base/clock.h"

#define READY (1U << CARDMSG_CARD_FINEID)
#define SETTLED                                                           \
    (READY | 1U << CARDMSG_CARD_UNREADABLE | 1U << CARDMSG_CARD_UNKNOWN | \
     1U << CARDMSG_CARD_BLOCKED)
#define STEP 7 /* as many as there are ways: every place once in some way */
#define WRONG_PIN2 "999999"

/* What happened is told to have stopped: at most the silence that the driver
 * waits for, and what a busy machine adds. */
#define STILL_US 4000000

/* The longest stillness so far in this course, and where. */
static struct {
    int64_t us;
    enum usb_fault what;
    unsigned at;
} worst;

static void note_worst(const struct bench *b, enum usb_fault what, unsigned at)
{
    if (b->worst_us > worst.us) {
        worst.us = b->worst_us;
        worst.what = what;
        worst.at = at;
    }
    if (b->worst_us > STILL_US)
        fail_msg("%s at %u: nothing happened for %lld ms", usb_fault_name(what),
                 at, (long long)b->worst_us / 1000);
}

/* A request as far as it comes. */
static void attempt(struct bench *b, const char *pin)
{
    if (!bench_wait_card(b, SETTLED) || b->state.card != CARDMSG_CARD_FINEID)
        return;
    if (bench_ask(b, CARDMSG_SIGN, CARDMSG_SHA384))
        bench_type(b, pin);
}

/* One fault, then a try that must work; plugged in anew where it is broken. */
static bool run(struct bench *b, enum usb_fault what, unsigned at,
                const char *pin)
{
    bool wrong = strcmp(pin, WRONG_PIN2) == 0;
    (void)emulator_command(b->emulator, "reset");
    bench_open(b, what, at);
    attempt(b, pin);
    note_worst(b, what, at);
    bool struck = b->device && usb_fault_struck(b->device);
    if (wrong)
        assert_true(bench_tries(b, 2) >= 4);
    else
        assert_int_equal(bench_tries(b, 2), 5);
    /* A fault that is still to come is none of the next try. */
    bool good = struck && !b->broken && bench_wait_card(b, SETTLED) &&
                b->state.card == CARDMSG_CARD_FINEID;
    if (!good) {
        bench_close(b);
        bench_open(b, USB_FAULT_NONE, 0);
        assert_true(bench_wait_card(b, READY));
    }
    if (!bench_ask(b, CARDMSG_SIGN, CARDMSG_SHA384))
        fail_msg("%s at %u: the next try failed: why=%d %s",
                 usb_fault_name(what), at, (int)b->end.why,
                 b->broken ? b->why : "");
    bench_type(b, BENCH_PIN2);
    if (b->end.type != CARDMSG_RESULT)
        fail_msg("%s at %u: no signature: why=%d", usb_fault_name(what), at,
                 (int)b->end.why);
    bench_expect_result(b, CARDMSG_SIGN, CARDMSG_SHA384);
    bench_close(b);
    return struck;
}

/* Transfers of a whole course without a fault. */
static unsigned count(struct bench *b)
{
    bench_open(b, USB_FAULT_TIMEOUT, 1000000);
    attempt(b, BENCH_PIN2);
    unsigned n = usb_fault_count(b->device);
    bench_expect_result(b, CARDMSG_SIGN, CARDMSG_SHA384);
    bench_close(b);
    return n;
}

static void break_all(const char *variant, const char *pin)
{
    const char *args[] = {"--variant", variant, "--card", "p384", NULL};
    struct bench *b = bench_new(args);
    memset(&worst, 0, sizeof(worst));
    const char *all = getenv("LUUKKU_FAULTS");
    unsigned step = all && strcmp(all, "all") == 0 ? 1 : STEP;
    unsigned transfers = count(b);
    unsigned struck = 0;
    unsigned runs = 0;
    int what_only = 0;
    unsigned at_only = 0;
    const char *colon = all ? strchr(all, ':') : NULL;
    if (colon) {
        what_only = (int)strtol(all, NULL, 10);
        at_only = (unsigned)strtoul(colon + 1, NULL, 10);
        step = 1;
    }
    for (int what = USB_FAULT_UNPLUG; what < USB_FAULTS; what++)
        for (unsigned at = (unsigned)what % step; at < transfers; at += step) {
            if (what_only && (what != what_only || at != at_only))
                continue;
            struck += run(b, (enum usb_fault)what, at, pin);
            runs++;
        }
    print_message("%s: %u transfers, %u runs, %u struck, longest still %lld "
                  "ms (%s at %u)\n",
                  variant, transfers, runs, struck, (long long)worst.us / 1000,
                  usb_fault_name(worst.what), worst.at);
    bench_free(b);
}

static void test_extended(void **state)
{
    (void)state;
    break_all("extended", BENCH_PIN2);
}

static void test_extended_wrong_pin(void **state)
{
    (void)state;
    break_all("extended", WRONG_PIN2);
}

static void test_tpdu(void **state)
{
    (void)state;
    break_all("tpdu-t1", BENCH_PIN2);
}

static void test_tpdu_wrong_pin(void **state)
{
    (void)state;
    break_all("tpdu-t0", WRONG_PIN2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extended),
        cmocka_unit_test(test_extended_wrong_pin),
        cmocka_unit_test(test_tpdu),
        cmocka_unit_test(test_tpdu_wrong_pin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
