/* luukku-scan with an emulated scanner: its pages, its misbehaviours. */
#include "bench.h"
#include "draw.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct scanmsg feeder = {.source = SCANMSG_FEEDER, .dpi = 300};

/* The pixels that luukku-paper's JPEG has. */
static uint64_t expected(unsigned sheet, bool back, int dpi, const char *extra)
{
    char words[256];
    size_t len;
    (void)snprintf(words, sizeof(words),
                   "--page %u --seed 1 --dpi %d --quality 85 --region "
                   "0,0,2480,3507 --skew %.2f %s %s",
                   sheet, dpi, ((int)(sheet % 5) - 2) * 0.15,
                   back ? "--back" : "", extra);
    uint8_t *jpeg = bench_paper(words, &len);
    struct picture p = draw_decoded(jpeg, len);
    uint64_t h = bench_hash(p.rows, (size_t)p.w * p.h * p.depth);
    picture_free(&p);
    free(jpeg);
    return h;
}

static void check_peak(struct bench *b, const char *what)
{
    long kb = bench_peak_kb(b);
    printf("peak after %s: %ld MB\n", what, kb / 1024);
#ifndef LUUKKU_SANITIZED
    assert_true(kb < 192 * 1024);
#endif
}

/* Ten sheets in colour: every pixel right, none missing, in order. */
static void test_ten_pages(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, true, NULL);
    bench_give(&b);
    assert_true(b.scanner.sources & 1 << SCANMSG_FEEDER);
    assert_true(b.scanner.modes & 1 << SCANMSG_COLOUR);
    assert_true(b.scanner.papers & 1 << SCANMSG_A4);
    assert_true(b.scanner.dpis > 0 && b.scanner.name[0]);
    printf("scanner: %s\n", b.scanner.name);
    (void)emulator_command(b.emulator, "pages 10");
    bench_start(&b, feeder);
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    assert_int_equal(b.pages, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(b.page[i].m.dpi, 300);
        assert_int_equal(b.page[i].m.traits, 0);
        if (i % 3 == 0)
            assert_true(b.page[i].hash ==
                        expected((unsigned)i + 1, false, 300, ""));
    }
    check_peak(&b, "ten pages");
    assert_non_null(strstr(bench_control(&b, "devices"), "ready"));
    assert_non_null(strstr(bench_control(&b, "selftest"), "PASS"));
    bench_close(&b);
}

static void test_sides_and_wishes(void **state)
{
    (void)state;
    struct bench b;
    struct scanmsg m = feeder;
    bench_open(&b, true, NULL);
    bench_give(&b);
    (void)emulator_command(b.emulator, "pages 2 blank 2b");
    m.source = SCANMSG_DUPLEX;
    m.dpi = 150;
    m.prep = SCANMSG_DROP_BLANK | SCANMSG_WITH_JPEG;
    bench_start(&b, m);
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    assert_int_equal(b.pages, 3);
    assert_true(b.page[2].with_jpeg);
    assert_true(b.page[1].hash == expected(1, true, 150, ""));
    /* gray, one page of three, straightened: the paper lay askew */
    (void)emulator_command(b.emulator, "pages 3");
    m = feeder;
    m.mode = SCANMSG_GRAY;
    m.prep = SCANMSG_STRAIGHTEN;
    m.pages = 1;
    bench_start(&b, m);
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    assert_int_equal(b.pages, 1);
    assert_int_equal(b.page[0].m.mode, SCANMSG_GRAY);
    /* from the glass */
    (void)emulator_command(b.emulator, "empty");
    (void)emulator_command(b.emulator, "glass paper");
    m = feeder;
    m.source = SCANMSG_FLATBED;
    m.turn = 1;
    bench_start(&b, m);
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    assert_int_equal(b.pages, 1);
    assert_true(b.page[0].m.width_px > b.page[0].m.height_px);
    bench_close(&b);
}

/* With no wish: what lies where when the job begins counts, not when the
 * scanner was last asked how it is. */
static void test_no_wish(void **state)
{
    (void)state;
    struct bench b;
    struct scanmsg m = feeder;
    m.source = SCANMSG_AUTO;
    m.dpi = 100;
    bench_open(&b, true, NULL);
    bench_give(&b);
    (void)emulator_command(b.emulator, "glass paper");
    for (unsigned i = 0; i < 3; i++) {
        (void)emulator_command(b.emulator, "pages 2");
        bench_start(&b, m);
        assert_int_equal(bench_end(&b), SCANMSG_DONE);
        assert_int_equal(b.pages, 2);
        (void)emulator_command(b.emulator, "pages 3");
        (void)emulator_command(b.emulator, "empty");
        bench_start(&b, m);
        assert_int_equal(bench_end(&b), SCANMSG_DONE);
        assert_int_equal(b.pages, 1);
    }
    bench_close(&b);
}

/* Cancelled in the middle, and at once again: both jobs end, once each. */
static void test_cancel(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, true, NULL);
    bench_give(&b);
    for (int i = 0; i < 3; i++) {
        (void)emulator_command(b.emulator, "pages 8");
        bench_start(&b, feeder);
        struct scanmsg m = {.type = SCANMSG_CANCEL, .job = b.next_job};
        while (i == 1 && b.pages == 0 && !b.ended)
            assert_int_equal(lk_loop_step(b.loop, 20000), 0);
        bench_send(&b, &m, -1);
        assert_int_equal(bench_end(&b), SCANMSG_CANCELLED);
    }
    (void)emulator_command(b.emulator, "pages 1");
    bench_start(&b, feeder);
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    assert_int_equal(b.pages, 1);
    bench_close(&b);
}

/* Each misbehaviour of pages has its named end, and the next job works. */
static void test_faults(void **state)
{
    (void)state;
    static const struct {
        const char *fault;
        enum scanmsg_reason reason; /* or DONE */
        size_t pages;
        unsigned traits;
    } table[] = {
        {"truncated-jpeg", SCANMSG_MISBEHAVED, 1,
         SCANMSG_CUT | SCANMSG_DAMAGED},
        {"truncated-head", SCANMSG_MALFORMED, 0, 0},
        {"jpeg-bomb", SCANMSG_TOO_LARGE, 0, 0},
        {"jpeg-bomb-progressive", SCANMSG_TOO_LARGE, 0, 0},
        {"zero-size-jpeg", SCANMSG_MALFORMED, 0, 0},
        {"jpeg-garbage-after", SCANMSG_DONE, 1, 0},
        {"pdf-huge-page", SCANMSG_TOO_LARGE, 0, 0},
        {"pdf-garbage", SCANMSG_MALFORMED, 0, 0},
        {"pdf-for-jpeg", SCANMSG_DONE, 1, 0},
        {"progressive-jpeg", SCANMSG_DONE, 1, 0},
        {"cmyk-jpeg", SCANMSG_DONE, 1, 0},
        {"gray-when-color", SCANMSG_DONE, 1, 0},
        {"paper-end-mid-page", SCANMSG_DONE, 1, 0},
        {"wrong-media-type", SCANMSG_DONE, 1, 0},
    };
    struct bench b;
    bench_open(&b, true, NULL);
    bench_give(&b);
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        char order[64];
        (void)snprintf(order, sizeof(order), "fault %s 1", table[i].fault);
        (void)emulator_command(b.emulator, "pages 1");
        (void)emulator_command(b.emulator, order);
        bench_start(&b, feeder);
        printf("%s\n", table[i].fault);
        enum scanmsg_reason r = bench_end(&b);
        assert_int_equal(r, table[i].reason);
        assert_int_equal(b.pages, table[i].pages);
        if (b.pages > 0 && table[i].pages > 0)
            assert_int_equal(b.page[0].m.traits, table[i].traits);
        if (strcmp(table[i].fault, "pdf-for-jpeg") == 0) /* taken out whole */
            assert_true(b.page[0].hash == expected(1, false, 300, ""));
        (void)emulator_command(b.emulator, "fault none");
        bench_wait_state(&b, SCANMSG_STATE_READY);
    }
    check_peak(&b, "faults");
    (void)emulator_command(b.emulator, "pages 1");
    bench_start(&b, feeder);
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    bench_close(&b);
}

/* A stream of 1 GB: drawn in time, or given up with its reason and the program
 * with it. Never more memory than is allowed. */
static void test_pdf_bomb(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, true, NULL);
    bench_give(&b);
    (void)emulator_command(b.emulator, "pages 1");
    (void)emulator_command(b.emulator, "fault pdf-bomb 1");
    bench_start(&b, feeder);
    enum scanmsg_reason r = bench_end(&b);
    if (r == SCANMSG_TOO_COMPLEX) {
        bench_until(&b, &b.closed);
        assert_true(WIFEXITED(bench_reap(&b)));
    } else {
        assert_int_equal(r, SCANMSG_DONE);
        check_peak(&b, "a PDF of 1 GB");
    }
    bench_close(&b);
}

/* No paper, a jam, a cover, no scanner, pulled out: each by its name. */
static void test_states(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, true, NULL);
    bench_start(&b, feeder);
    assert_int_equal(bench_end(&b), SCANMSG_NO_SCANNER);
    assert_non_null(strstr(bench_control(&b, "selftest"), "FAIL"));
    bench_give(&b);
    assert_true(b.device_told && b.device_works);
    (void)emulator_command(b.emulator, "empty");
    bench_start(&b, feeder);
    assert_int_equal(bench_end(&b), SCANMSG_EMPTY);
    (void)emulator_command(b.emulator, "pages 4");
    (void)emulator_command(b.emulator, "jam 3");
    bench_start(&b, feeder);
    assert_int_equal(bench_end(&b), SCANMSG_JAMMED);
    assert_int_equal(b.pages, 2);
    bench_wait_state(&b, SCANMSG_STATE_JAM);
    (void)emulator_command(b.emulator, "clear");
    bench_wait_state(&b, SCANMSG_STATE_READY);
    (void)emulator_command(b.emulator, "pages 4");
    bench_start(&b, feeder);
    /* In the middle of it, however late luukku-scan begins. */
    while (b.pages == 0 && !b.ended)
        assert_int_equal(lk_loop_step(b.loop, 20000), 0);
    (void)emulator_command(b.emulator, "unplug");
    assert_int_equal(bench_end(&b), SCANMSG_UNPLUGGED);
    bench_wait_state(&b, SCANMSG_STATE_NONE);
    (void)emulator_command(b.emulator, "plug");
    bench_give(&b);
    (void)emulator_command(b.emulator, "pages 1");
    bench_start(&b, feeder);
    assert_int_equal(bench_end(&b), SCANMSG_DONE);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),  cmocka_unit_test(test_ten_pages),
        cmocka_unit_test(test_no_wish), cmocka_unit_test(test_sides_and_wishes),
        cmocka_unit_test(test_cancel),  cmocka_unit_test(test_pdf_bomb),
        cmocka_unit_test(test_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
