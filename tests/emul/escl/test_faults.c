/* Every misbehaviour that the emulated scanner knows, by name: it ends in pages
 * or in the right reason, and the next job works. */
#include "suite.h"

#include "base/clock.h"

#include <errno.h>

#define OF(reason) (1U << (reason))
#define DONE OF(ESCL_DONE)
#define TRUNCATED OF(ESCL_TRUNCATED)
#define GARBLED OF(ESCL_GARBLED)
#define SILENT OF(ESCL_SILENT)

/* How a fault is tried. */
enum way {
    JOB,    /* armed when the scanner is open, then a job */
    OPEN,   /* armed before it is opened; it opens in the end */
    BROKEN, /* armed before it is opened, which never succeeds */
};

struct row {
    const char *name;
    enum way way;
    enum escl_source source;
    unsigned sheets;
    const char *count; /* "": until it is taken back */
    const char *aim;   /* kind of answer; NULL as the fault is made */
    unsigned reasons;  /* that are right */
    unsigned pages;    /* whole ones, where it is done */
};

#define P ESCL_PLATEN
#define F ESCL_FEEDER
#define D ESCL_FEEDER_DUPLEX

static const struct row fault_rows[] = {
    /* Feeder and state. */
    {"empty-feeder-as-jam", JOB, F, 0, "", NULL, OF(ESCL_FEEDER_EMPTY), 0},
    {"empty-feeder-taken", JOB, F, 0, "", NULL, OF(ESCL_FEEDER_EMPTY), 0},
    {"status-says-empty", JOB, F, 2, "", NULL, OF(ESCL_FEEDER_EMPTY), 0},
    {"status-says-loaded", JOB, F, 0, "", NULL,
     OF(ESCL_FEEDER_EMPTY) | OF(ESCL_REFUSED), 0},
    {"status-says-loaded", JOB, F, 2, "", NULL, DONE, 2},
    {"odd-adf-names", JOB, F, 2, "", NULL, DONE, 2},
    {"odd-adf-names", JOB, F, 0, "", NULL,
     OF(ESCL_FEEDER_EMPTY) | OF(ESCL_REFUSED), 0},
    {"busy-state", JOB, P, 0, "", NULL, OF(ESCL_BUSY), 0},
    {"state-testing", JOB, P, 0, "", NULL, OF(ESCL_BUSY), 0},
    {"status-failing", JOB, F, 2, "", NULL, DONE, 2},
    {"needs-delete", JOB, F, 2, "", NULL, DONE, 2},
    {"cancel-ignored", JOB, F, 2, "", NULL, DONE, 2},
    {"delete-404", JOB, F, 2, "", NULL, DONE, 2},
    {"delete-silent", JOB, F, 2, "1", NULL, DONE, 2},
    {"jam-mid-page", JOB, F, 2, "2", NULL, OF(ESCL_JAM), 1},
    {"sheet-limit", JOB, F, 2, "1", NULL, DONE, 1},
    /* Jobs. */
    {"host-must-be-localhost", OPEN, P, 0, "", NULL, DONE, 1},
    {"host-needs-port", JOB, P, 0, "", NULL, DONE, 1},
    {"no-location", JOB, P, 0, "", NULL, DONE, 1},
    {"relative-location", JOB, P, 0, "", NULL, DONE, 1},
    {"bare-location", JOB, P, 0, "", NULL, DONE, 1},
    {"absolute-location", JOB, P, 0, "", NULL, DONE, 1},
    {"other-host-location", JOB, P, 0, "", NULL, DONE, 1},
    {"broken-location", JOB, P, 0, "", NULL, DONE, 1},
    {"slash-location", JOB, P, 0, "", NULL, DONE, 1},
    {"huge-location", JOB, P, 0, "", NULL, GARBLED, 0},
    {"job-200", JOB, P, 0, "", NULL, DONE, 1},
    {"job-400", JOB, P, 0, "1", NULL, OF(ESCL_REFUSED), 0},
    {"job-409", JOB, P, 0, "1", NULL, OF(ESCL_REFUSED), 0},
    /* The end, and pages that are not there yet. */
    {"404-end", JOB, F, 2, "", NULL, DONE, 2},
    {"409-end", JOB, F, 2, "", NULL, DONE, 2},
    {"410-end", JOB, F, 2, "", NULL, DONE, 2},
    {"200-end", JOB, F, 2, "", NULL, DONE, 2},
    {"503-end", JOB, F, 2, "", NULL, DONE, 2},
    {"503-not-yet", JOB, F, 2, "3", NULL, DONE, 2},
    {"503-retry-after", JOB, F, 2, "1", NULL, DONE, 2},
    {"503-retry-after-long", JOB, F, 2, "1", NULL, DONE, 2},
    {"404-not-yet", JOB, P, 0, "2", NULL, DONE, 1},
    {"404-not-yet", JOB, D, 2, "1", NULL, DONE, 4},
    {"410-not-yet", JOB, F, 2, "2", NULL, DONE, 2},
    {"early-404", JOB, F, 3, "", NULL, DONE, 3},
    {"wrong-media-type", JOB, P, 0, "", NULL, DONE, 1},
    {"media-type-pdf", JOB, P, 0, "", NULL, DONE, 1},
    {"no-media-type", JOB, P, 0, "", NULL, DONE, 1},
    {"pdf-for-jpeg", JOB, P, 0, "", NULL, DONE, 1},
    {"html-page", JOB, P, 0, "1", NULL, GARBLED, 0},
    /* Pictures: whoever decodes them judges most of this. */
    {"truncated-jpeg", JOB, P, 0, "1", NULL, TRUNCATED, 0},
    {"truncated-head", JOB, P, 0, "1", NULL, TRUNCATED, 0},
    {"jpeg-bomb", JOB, P, 0, "1", NULL, DONE | TRUNCATED, 1},
    {"jpeg-bomb-progressive", JOB, P, 0, "1", NULL, DONE | TRUNCATED, 1},
    {"height-zero-jpeg", JOB, P, 0, "1", NULL, DONE, 1},
    {"zero-size-jpeg", JOB, P, 0, "1", NULL, DONE, 1},
    {"jpeg-garbage-after", JOB, P, 0, "1", NULL, DONE, 1},
    {"two-jpegs", JOB, P, 0, "1", NULL, DONE, 1},
    {"not-a-jpeg", JOB, P, 0, "1", NULL, GARBLED, 0},
    {"bad-bits", JOB, P, 0, "1", NULL, DONE, 1},
    {"pdf-bomb", JOB, P, 0, "1", NULL, DONE, 1},
    {"pdf-huge-page", JOB, P, 0, "1", NULL, DONE, 1},
    {"pdf-garbage", JOB, P, 0, "1", NULL, DONE, 1},
    {"pdf-two-pages", JOB, P, 0, "1", NULL, DONE, 1},
    {"paper-end-mid-page", JOB, F, 2, "1", NULL, DONE, 2},
    {"image-size-differs", JOB, P, 0, "1", NULL, DONE, 1},
    {"wrong-resolution", JOB, P, 0, "1", NULL, DONE, 1},
    {"duplex-back-rotated", JOB, D, 2, "", NULL, DONE, 4},
    {"progressive-jpeg", JOB, P, 0, "", NULL, DONE, 1},
    {"cmyk-jpeg", JOB, P, 0, "", NULL, DONE, 1},
    {"gray-when-color", JOB, P, 0, "", NULL, DONE, 1},
    /* XML. */
    {"garbage-xml", OPEN, P, 0, "2", NULL, DONE, 1},
    {"truncated-xml", OPEN, P, 0, "2", NULL, DONE, 1},
    {"huge-xml", OPEN, P, 0, "2", NULL, DONE, 1},
    {"deep-xml", OPEN, P, 0, "2", NULL, DONE, 1},
    {"entity-bomb", OPEN, P, 0, "2", NULL, DONE, 1},
    {"entity-outside", OPEN, P, 0, "2", NULL, DONE, 1},
    {"odd-namespaces", OPEN, F, 2, "", NULL, DONE, 2},
    {"utf16-xml", OPEN, F, 2, "", NULL, DONE, 2},
    {"garbage-xml", BROKEN, P, 0, "", NULL, GARBLED, 0},
    {"missing-capabilities", OPEN, P, 0, "2", NULL, DONE, 1},
    {"missing-capabilities", BROKEN, P, 0, "", NULL, OF(ESCL_UNFIT), 0},
    {"empty-capabilities", OPEN, P, 0, "2", NULL, DONE, 1},
    {"capabilities-lie", OPEN, P, 0, "", NULL, DONE, 1},
    {"capabilities-absurd", OPEN, P, 0, "", NULL, DONE, 1},
    {"redirect", OPEN, P, 0, "", NULL, DONE, 1},
    /* HTTP. */
    {"http-1.0-close", JOB, P, 0, "", NULL, DONE, 1},
    {"http-1.0-close", JOB, F, 2, "", NULL, DONE, 2},
    {"missing-content-length", JOB, P, 0, "", NULL, DONE, 1},
    {"chunk-garbage", JOB, P, 0, "1", NULL, GARBLED, 0},
    {"chunk-huge", JOB, P, 0, "1", NULL, GARBLED | OF(ESCL_TOO_LARGE), 0},
    {"chunk-trailers", JOB, F, 2, "", NULL, DONE, 2},
    {"chunk-cut", JOB, P, 0, "1", NULL, TRUNCATED, 0},
    {"content-length-long", JOB, P, 0, "1", NULL, TRUNCATED, 0},
    {"content-length-short", JOB, P, 0, "1", NULL, TRUNCATED | OF(ESCL_ABORTED),
     0},
    {"content-length-twice", JOB, P, 0, "1", NULL, GARBLED, 0},
    {"content-length-absurd", JOB, P, 0, "1", NULL, GARBLED, 0},
    {"length-and-chunks", JOB, F, 2, "", NULL, DONE, 2},
    {"empty-body", JOB, P, 0, "1", NULL, OF(ESCL_ABORTED), 0},
    {"stall-in", JOB, P, 0, "1", NULL, TRUNCATED, 0},
    {"stall-in-head", JOB, P, 0, "1", "page", SILENT, 0},
    {"stall-in-head", JOB, P, 0, "1", "job", SILENT, 0},
    {"stall-in-head", JOB, P, 0, "1", "status", DONE, 1},
    {"stall-in-head", OPEN, P, 0, "1", "capabilities", DONE, 1},
    {"stall-out", JOB, P, 0, "1", NULL, DONE | SILENT, 1},
    {"stall-out", OPEN, P, 0, "1", NULL, DONE, 1},
    {"cut-off", JOB, P, 0, "1", NULL, TRUNCATED, 0},
    {"silent", OPEN, P, 0, "1", "capabilities", DONE, 1},
    {"silent", BROKEN, P, 0, "", "capabilities", SILENT, 0},
    {"silent", JOB, P, 0, "1", "job", SILENT, 0},
    {"silent", JOB, P, 0, "1", "status", SILENT | DONE, 1},
    {"silent", JOB, F, 2, "1", "page", SILENT, 0},
    {"silent", JOB, F, 2, "1", "delete", DONE, 2},
    {"zero-packets", JOB, F, 2, "", NULL, DONE, 2},
    {"no-zlp", JOB, F, 2, "", NULL, DONE, 2},
    {"no-zlp", OPEN, P, 0, "", "any", DONE, 1},
    {"split-packets", JOB, F, 2, "", NULL, DONE, 2},
    {"slow-drip", JOB, P, 0, "1", "page", DONE, 1},
    {"slow-drip", OPEN, P, 0, "1", "status", DONE, 1},
    {"stale-answer", OPEN, P, 0, "1", "capabilities", DONE, 1},
    {"stale-answer", JOB, P, 0, "1", "status", DONE, 1},
    {"stale-answer", JOB, P, 0, "1", "job", DONE | GARBLED | SILENT, 1},
    {"stale-answer", JOB, P, 0, "1", "page", DONE, 1},
    {"unread-bytes-poison", OPEN, P, 0, "1", "capabilities", DONE, 1},
    {"unread-bytes-poison", JOB, P, 0, "", "status", DONE | GARBLED | SILENT,
     1},
    {"unread-bytes-poison", JOB, P, 0, "1", "page", DONE, 1},
    {"100-continue", OPEN, F, 2, "", NULL, DONE, 2},
    {"bare-lf", JOB, P, 0, "1", "page", GARBLED, 0},
    {"header-cut", OPEN, P, 0, "1", "capabilities", DONE, 1},
    {"header-cut", JOB, P, 0, "1", "status", DONE, 1},
    {"header-flood", JOB, P, 0, "1", "page", GARBLED, 0},
    {"header-flood", OPEN, P, 0, "1", "capabilities", DONE, 1},
    {"header-lower-case", OPEN, F, 2, "", NULL, DONE, 2},
    {"leading-crlf", OPEN, F, 2, "", NULL, DONE, 2},
    {"no-reason", OPEN, F, 2, "", NULL, DONE, 2},
    {"not-http", JOB, P, 0, "1", "page", GARBLED, 0},
    {"not-http", OPEN, P, 0, "1", "capabilities", DONE, 1},
    {"error-500", JOB, P, 0, "1", "page", OF(ESCL_ABORTED), 0},
    {"error-500", JOB, P, 0, "1", "job", OF(ESCL_ABORTED), 0},
    {"wants-password", JOB, P, 0, "1", "job", OF(ESCL_REFUSED), 0},
    {"wants-password", BROKEN, P, 0, "", "capabilities", OF(ESCL_REFUSED), 0},
    {"unplug-on-page", JOB, F, 2, "1", NULL, OF(ESCL_GONE), 0},
};

static struct suite *s;
static bool (*open_it)(struct suite *s);
static const char *only; /* one fault alone */
static unsigned wrong;

/* One wrong answer does not hide the others. */
#define WRONG(...)                \
    do {                          \
        print_error(__VA_ARGS__); \
        wrong++;                  \
    } while (0)

static void arm(const struct row *w)
{
    (void)suite_say(s, "pages %u", w->sheets);
    if (w->aim)
        (void)suite_say(s, "aim %s", w->aim);
    (void)suite_say(s, "fault %s %s", w->name, w->count);
}

static void disarm(void)
{
    (void)suite_say(s, "fault none");
    (void)suite_say(s, "clear");
    (void)suite_say(s, "plug");
}

static void check(const struct row *w, enum escl_reason why, int64_t ms)
{
    if (!(w->reasons & OF(why)))
        WRONG("%s (%s): %s after %u pages\n", w->name, w->aim ? w->aim : "-",
              escl_reason_name(why), s->whole);
    if (why == ESCL_DONE && s->whole != w->pages)
        WRONG("%s: %u pages\n", w->name, s->whole);
    print_message("%-24s %-12s %-13s %u pages %5d ms\n", w->name,
                  w->aim ? w->aim : "", escl_reason_name(why), s->whole,
                  (int)ms);
}

/* The next one works, on the same scanner or, where it is gone, anew. */
static void check_next(const struct row *w)
{
    struct escl_job job = suite_small(ESCL_FEEDER);
    (void)suite_say(s, "pages 1");
    if (s->broken || !s->scanner) {
        suite_close(s);
        assert_true(open_it(s));
    }
    enum escl_reason why = suite_scan(s, &job);
    if (why != ESCL_DONE || s->whole != 1)
        WRONG("after %s: %s, %u pages\n", w->name, escl_reason_name(why),
              s->whole);
}

static void try_one(const struct row *w)
{
    bool opened = false;
    struct escl_job job = suite_small(w->source);
    if (w->way == JOB)
        opened = open_it(s);
    arm(w);
    int64_t from = lk_clock_ms();
    if (w->way != JOB)
        opened = open_it(s);
    if (opened != (w->way != BROKEN))
        WRONG("%s: %s\n", w->name,
              s->broken ? escl_reason_name(s->broken_why) : "opens");
    s->whole = 0;
    enum escl_reason why = opened ? suite_scan(s, &job) : s->broken_why;
    check(w, why, lk_clock_ms() - from);
    if (w->reasons == OF(ESCL_GONE) && s->device)
        assert_true(suite_run(s, &s->broken, 2000));
    if (w->way == BROKEN && !s->broken)
        suite_close(s);
    disarm();
    check_next(w);
    suite_close(s);
}

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(fault_rows); i++)
        if (!only || strcmp(only, fault_rows[i].name) == 0)
            try_one(&fault_rows[i]);
    assert_int_equal(wrong, 0);
}

/* Every fault that the emulator knows of its own has a row. */
static void test_all(void **state)
{
    (void)state;
    char *names = strdup(suite_say(s, "faults"));
    assert_non_null(names);
    /* "name (what it does); name (what it does)" */
    for (char *n = names; n; n = strstr(n, "); ")) {
        n += n == names ? 0 : 3;
        char *end = strchr(n, ' ');
        assert_non_null(end);
        *end = '\0';
        bool found = strstr(n, "-at") != NULL; /* places of transfers: see
                                                  test_transfers.c */
        for (size_t i = 0; i < LK_ARRAY_LEN(fault_rows); i++)
            found = found || strcmp(fault_rows[i].name, n) == 0;
        if (!found)
            fail_msg("no row for %s", n);
        n = end + 1;
    }
    free(names);
}

int main(int argc, char **argv)
{
    static const char *const emulator_args[] = {"--tcp", "0", NULL};
    bool tcp = argc > 1 && strcmp(argv[1], "tcp") == 0;
    open_it = tcp ? suite_open_tcp : suite_open;
    only = argc > 2 ? argv[2] : NULL;
    s = suite_new(emulator_args);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_faults),
    };
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    s = suite_free(s);
    return r;
}
