/* Breaks a scan at each of its transfers in turn, in every way: it ends, soon,
 * in pages or with a reason, and the next try works. */
#include "suite.h"

#include "base/clock.h"
#include "escl/limits.h"

/* What the standard asks for; and what a machine that shares its processor
 * with others may add. */
#define HANG_MS 2000
#define SLACK_MS 1000
#define COUNT_MAX 2000
#define AFTER 4 /* transfers that follow the end of a job */

static struct suite *s;
static unsigned from, stride = 7;
static unsigned wrong, tries;
static int64_t worst_ms;

static struct escl_job two_pages(void)
{
    struct escl_job job = suite_small(ESCL_FEEDER);
    job.area = (struct escl_area){1000, 1000, 3000, 2000};
    return job;
}

/* Runs until `done`, and keeps the longest time that nothing was told of. */
static bool watch(const bool *done)
{
    int64_t last = lk_clock_ms();
    uint64_t seen = 0;
    while (!*done && !s->broken) {
        uint64_t now = s->states + s->progress + s->begun + s->done;
        if (now != seen)
            last = lk_clock_ms();
        seen = now;
        int64_t quiet = lk_clock_ms() - last;
        worst_ms = LK_MAX(worst_ms, quiet);
        if (quiet > HANG_MS + SLACK_MS)
            return false;
        (void)suite_run(s, done, 20);
    }
    return true;
}

static void complain(enum usb_fault what, unsigned at, const char *word)
{
    print_error("%s at %u: %s\n", usb_fault_name(what), at, word);
    wrong++;
}

/* The next job, on the same scanner if it is still one. `may_fail`: the fault
 * has not struck yet, and may do so now; then the one after it works. */
static void try_next(enum usb_fault what, unsigned at, bool may_fail)
{
    struct escl_job job = two_pages();
    if (s->broken) {
        suite_close(s);
        if (!suite_open(s)) {
            complain(what, at, "cannot be opened again");
            return;
        }
    }
    (void)suite_say(s, "pages 2");
    suite_start(s, &job);
    bool well = watch(&s->ended);
    if (well && s->ended && s->why == ESCL_DONE && s->whole == 2)
        return;
    if (!well)
        complain(what, at, "hangs in the next job");
    else if (may_fail)
        try_next(what, at, false);
    else
        complain(what, at,
                 s->ended ? escl_reason_name(s->why) : "broken in the next");
}

/* One scan with one fault. False: it had fewer transfers than that. */
static bool try_at(enum usb_fault what, unsigned at)
{
    struct escl_job job = two_pages();
    bool opened = false;
    (void)suite_say(s, "pages 2");
    int64_t begun = lk_clock_ms();
    opened = suite_open_fault(s, what, at);
    if (!opened && lk_clock_ms() - begun > HANG_MS + SLACK_MS)
        complain(what, at, "hangs when opened");
    if (opened) {
        suite_start(s, &job);
        if (!watch(&s->ended))
            complain(what, at, "hangs");
        if (s->ended && s->why == ESCL_DONE && s->whole != 2)
            complain(what, at, "pages are lost");
    }
    bool struck = s->broken || usb_fault_struck(s->device);
    /* A later one is in the cleaning up, or in the next job. */
    bool more = struck || usb_fault_count(s->device) + AFTER > at;
    if (more) /* what the first job did not feel may hurt the second */
        try_next(what, at, !struck || s->broken || s->why == ESCL_DONE);
    suite_close(s);
    tries++;
    return more;
}

/* The fault at every place, or at each `stride`th. */
static void every(enum usb_fault what)
{
    unsigned at = from % stride;
    worst_ms = 0;
    tries = 0;
    while (at < COUNT_MAX && try_at(what, at))
        at += stride;
    print_message("%-8s %u places up to %u, longest silence %d ms\n",
                  usb_fault_name(what), tries, at, (int)worst_ms);
    assert_true(at < COUNT_MAX);
}

static void test_transfers(void **state)
{
    (void)state;
    for (unsigned f = USB_FAULT_NONE + 1; f < USB_FAULTS; f++)
        every((enum usb_fault)f);
    assert_int_equal(wrong, 0);
}

/* Which transfers: "all", or a stride; the everyday run goes on from another
 * one each time. */
int main(int argc, char **argv)
{
    uint64_t seed = test_seed();
    from = (unsigned)(test_random(&seed) % 1000);
    if (argc > 1)
        stride = strcmp(argv[1], "all") == 0
                     ? 1
                     : (unsigned)strtoul(argv[1], NULL, 10);
    if (stride == 0)
        stride = 1;
    s = suite_new(NULL);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_transfers)};
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    s = suite_free(s);
    return r;
}
