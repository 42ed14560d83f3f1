/* What a scanner that behaves is good for, over USB and over TCP. */
#include "suite.h"

#include "escl/limits.h"

#include <errno.h>

static struct suite *s;
static bool (*open_it)(struct suite *s);

static int setup(void **state)
{
    static const char *const emulator_args[] = {"--tcp", "0", NULL};
    (void)state;
    s = suite_new(emulator_args);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    s = suite_free(s);
    return 0;
}

static int open_one(void **state)
{
    (void)state;
    (void)suite_say(s, "fault none");
    (void)suite_say(s, "pages 0");
    assert_true(open_it(s));
    return 0;
}

static int close_one(void **state)
{
    (void)state;
    suite_close(s);
    return 0;
}

static void test_ability(void **state)
{
    (void)state;
    assert_string_equal(s->ability->model, "Luukku Emulated MFP");
    for (size_t i = 0; i < ESCL_SOURCES; i++) {
        assert_true(s->ability->source[i].present);
        assert_int_equal(s->ability->source[i].modes, 7);
        assert_true(s->ability->source[i].resolutions >= 5);
    }
}

static void test_platen(void **state)
{
    (void)state;
    struct escl_job job = suite_small(ESCL_PLATEN);
    uint64_t first = 0;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(suite_scan(s, &job), ESCL_DONE);
        assert_int_equal(s->whole, 1);
        assert_int_equal(s->format[0], ESCL_JPEG);
        assert_true(s->bytes[0] > 500);
        if (i == 0)
            first = s->hash[0];
        assert_true(s->hash[0] == first); /* the same paper */
    }
    job.format = ESCL_PDF;
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
    assert_int_equal(s->format[0], ESCL_PDF);
}

static void test_feeder(void **state)
{
    (void)state;
    (void)suite_say(s, "pages 3");
    struct escl_job job = suite_small(ESCL_FEEDER);
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
    assert_int_equal(s->whole, 3);
    assert_true(s->hash[0] != s->hash[1] && s->hash[1] != s->hash[2]);
    /* The same sheets by duplex: twice as many sides. */
    (void)suite_say(s, "pages 3");
    job.source = ESCL_FEEDER_DUPLEX;
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
    assert_int_equal(s->whole, 6);
    /* And now it is empty. */
    assert_int_equal(suite_scan(s, &job), ESCL_FEEDER_EMPTY);
    assert_int_equal(s->whole, 0);
}

/* Paper that is put in while the scanner's answer to an earlier question is on
 * its way: the job believes an answer of its own. */
static void test_paper_meanwhile(void **state)
{
    (void)state;
    struct escl_job job = suite_small(ESCL_FEEDER);
    const bool never = false;
    while (s->states == 0)
        (void)suite_run(s, &never, 10);
    (void)suite_say(s, "aim status");
    (void)suite_say(s, "fault slow-drip 1");
    unsigned long before = strtoul(suite_say(s, "requests"), NULL, 10);
    while (strtoul(suite_say(s, "requests"), NULL, 10) == before)
        (void)suite_run(s, &never, 10);
    (void)suite_say(s, "pages 1");
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
    assert_int_equal(s->whole, 1);
}

static void test_ceiling(void **state)
{
    (void)state;
    (void)suite_say(s, "pages 5");
    struct escl_job job = suite_small(ESCL_FEEDER);
    job.pages = 2;
    assert_int_equal(suite_scan(s, &job), ESCL_CEILING);
    assert_int_equal(s->whole, 2);
    job.pages = 50;
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
    assert_int_equal(s->whole, 3);
}

static void test_large(void **state)
{
    (void)state;
    struct escl_job job = {.source = ESCL_PLATEN,
                           .mode = ESCL_COLOUR,
                           .format = ESCL_JPEG,
                           .dpi = 300,
                           .pages = 1};
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
    assert_true(s->bytes[0] > 200000);
}

static bool paused;

static void pause_now(struct suite *t)
{
    if (t->begun == 2 && !paused) {
        escl_scanner_pause(t->scanner);
        paused = true;
    }
}

static void test_pause(void **state)
{
    (void)state;
    (void)suite_say(s, "pages 3");
    struct escl_job job = suite_small(ESCL_FEEDER);
    job.area = (struct escl_area){0};
    job.dpi = 300;
    paused = false;
    s->on_bytes = pause_now;
    suite_start(s, &job);
    assert_true(suite_run(s, &paused, SUITE_WAIT_MS));
    /* Longer than any patience of the driver's. */
    assert_false(suite_run(s, &s->ended, 3000));
    assert_true(s->bytes[1] <= ESCL_AHEAD_BYTES + 65536);
    escl_scanner_resume(s->scanner);
    s->on_bytes = NULL;
    assert_int_equal(suite_wait(s), ESCL_DONE);
    assert_int_equal(s->whole, 3);
}

static void cancel_now(struct suite *t)
{
    t->on_bytes = NULL;
    escl_scanner_cancel(t->scanner);
    assert_false(t->ended);
}

static void test_cancel(void **state)
{
    (void)state;
    (void)suite_say(s, "pages 4");
    struct escl_job job = suite_small(ESCL_FEEDER);
    job.area = (struct escl_area){0};
    suite_start(s, &job); /* at once */
    escl_scanner_cancel(s->scanner);
    assert_int_equal(suite_wait(s), ESCL_CANCELLED);
    s->on_bytes = cancel_now; /* in a page */
    assert_int_equal(suite_scan(s, &job), ESCL_CANCELLED);
    assert_int_equal(s->whole, 0);
    job = suite_small(ESCL_PLATEN);
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
    (void)suite_say(s, "pages 2");
    job = suite_small(ESCL_FEEDER);
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
    assert_int_equal(s->whole, 2);
}

static void test_refused_starts(void **state)
{
    (void)state;
    struct escl_job job = suite_small(ESCL_PLATEN);
    job.pages = 0;
    assert_int_equal(escl_scanner_start(s->scanner, &job), -EINVAL);
    job.pages = ESCL_PAGES_MAX + 1;
    assert_int_equal(escl_scanner_start(s->scanner, &job), -EINVAL);
    job = suite_small(ESCL_PLATEN);
    suite_start(s, &job);
    assert_int_equal(escl_scanner_start(s->scanner, &job), -EBUSY);
    assert_int_equal(suite_wait(s), ESCL_DONE);
}

/* The feeder's state is seen while nothing is done. */
static void wait_feeder(enum escl_feeder want)
{
    bool never = false;
    for (int i = 0; i < 100 && s->state.feeder != want; i++)
        (void)suite_run(s, &never, 100);
    assert_int_equal(s->state.feeder, want);
}

static void test_states(void **state)
{
    (void)state;
    wait_feeder(ESCL_FEEDER_HAS_NONE);
    (void)suite_say(s, "pages 2");
    wait_feeder(ESCL_FEEDER_HAS_PAPER);
    (void)suite_say(s, "jam");
    wait_feeder(ESCL_FEEDER_JAMMED);
    assert_int_equal(s->state.activity, ESCL_ACTIVITY_STOPPED);
    struct escl_job job = suite_small(ESCL_FEEDER);
    assert_int_equal(suite_scan(s, &job), ESCL_JAM);
    (void)suite_say(s, "clear");
    (void)suite_say(s, "cover open");
    wait_feeder(ESCL_FEEDER_OPEN);
    assert_int_equal(suite_scan(s, &job), ESCL_COVER_OPEN);
    (void)suite_say(s, "cover closed");
    wait_feeder(ESCL_FEEDER_HAS_PAPER);
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
    assert_int_equal(s->whole, 2);
}

/* A jam at the second sheet. */
static void test_jam(void **state)
{
    (void)state;
    (void)suite_say(s, "pages 4");
    (void)suite_say(s, "jam 2");
    struct escl_job job = suite_small(ESCL_FEEDER);
    assert_int_equal(suite_scan(s, &job), ESCL_JAM);
    assert_int_equal(s->whole, 1);
    (void)suite_say(s, "clear");
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
}

/* Slow is not broken. */
static void test_slow(void **state)
{
    (void)state;
    (void)suite_say(s, "speed 12"); /* five seconds each */
    (void)suite_say(s, "pages 1");
    struct escl_job job = suite_small(ESCL_FEEDER);
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
    assert_true(s->progress > 3);
    job = suite_small(ESCL_PLATEN);
    job.area = (struct escl_area){0};
    job.dpi = 150;
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
    (void)suite_say(s, "speed 0");
}

static void test_unplug(void **state)
{
    (void)state;
    struct escl_job job = suite_small(ESCL_PLATEN);
    (void)suite_say(s, "unplug");
    if (s->device) {
        assert_true(suite_run(s, &s->broken, 2000));
        assert_int_equal(s->broken_why, ESCL_GONE);
    } else {
        /* Whoever answers there closes at once. */
        enum escl_reason why = suite_scan(s, &job);
        assert_true(why == ESCL_GONE || why == ESCL_SILENT);
    }
    (void)suite_say(s, "plug");
    suite_close(s);
    assert_true(open_it(s));
    assert_int_equal(suite_scan(s, &job), ESCL_DONE);
}

/* Freed at any moment. */
static void free_now(struct suite *t)
{
    t->on_bytes = NULL;
    t->scanner = escl_scanner_free(t->scanner);
    t->ended = true;
}

static void test_freed(void **state)
{
    (void)state;
    struct escl_job job = suite_small(ESCL_PLATEN);
    s->on_bytes = free_now;
    (void)suite_scan(s, &job);
    for (int i = 0; i < 5; i++) {
        bool never = false;
        suite_close(s);
        assert_true(open_it(s));
        suite_start(s, &job);
        (void)suite_run(s, &never, (unsigned)i * 3);
    }
}

int main(int argc, char **argv)
{
    open_it =
        argc > 1 && strcmp(argv[1], "tcp") == 0 ? suite_open_tcp : suite_open;
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_one, close_one)
    const struct CMUnitTest tests[] = {
        TEST(test_ability),
        TEST(test_platen),
        TEST(test_feeder),
        TEST(test_ceiling),
        TEST(test_paper_meanwhile),
        TEST(test_large),
        TEST(test_pause),
        TEST(test_cancel),
        TEST(test_refused_starts),
        TEST(test_states),
        TEST(test_jam),
        TEST(test_slow),
        TEST(test_unplug),
        TEST(test_freed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
