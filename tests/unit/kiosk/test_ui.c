/* The whole screen without a display: views in, intents out, requests. */
#include "bench.h"

#include "base/clock.h"
#include "ipc/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static void script_intents(struct bench *b)
{
    static const struct {
        enum session_screen screen;
        const char *id;
        enum session_intent_kind kind;
        const char *arg;
    } taps[] = {
        {SESSION_START, "next", SESSION_INTENT_NEXT, ""},
        {SESSION_START, "lang-sv", SESSION_INTENT_LANG, "sv"},
        {SESSION_START, "lang-fi", SESSION_INTENT_LANG, "fi"},
        {SESSION_SERVICES, "lang-en", SESSION_INTENT_LANG, "en"},
        {SESSION_SERVICES, "service-tax-card", SESSION_INTENT_CARD, "tax-card"},
        {SESSION_SERVICES, "back", SESSION_INTENT_BACK, ""},
        {SESSION_CARD, "call-expert", SESSION_INTENT_CALL, ""},
        {SESSION_CARD, "back", SESSION_INTENT_BACK, ""},
        {SESSION_WAITING, "cancel", SESSION_INTENT_CANCEL, ""},
        {SESSION_CALL, "mute", SESSION_INTENT_MUTE, ""},
        {SESSION_CALL, "camera", SESSION_INTENT_CAMERA, ""},
        {SESSION_CALL, "volume-up", SESSION_INTENT_VOLUME_UP, ""},
        {SESSION_CALL, "volume-down", SESSION_INTENT_VOLUME_DOWN, ""},
        {SESSION_CALL, "end-call", SESSION_INTENT_END_CALL, ""},
        {SESSION_END, "done", SESSION_INTENT_DONE, ""},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(taps); i++) {
        bench_show(b, taps[i].screen);
        assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, taps[i].id), 0);
        bench_expect(b, taps[i].kind, taps[i].arg);
    }
}

static void test_taps_become_intents(void **state)
{
    (void)state;
    bench_run(script_intents);
}

static void script_refusals(struct bench *b)
{
    struct session_view v = {.screen = SESSION_CARD,
                             .lang = "en",
                             .card = "tax-card",
                             .notices = SESSION_NOTICE_NO_BROKER};
    kiosk_ui_set_view(b->ui, &v);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "call-expert"), -EACCES);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, "end-call"), -ENOENT);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TAP, ""), -ENOENT);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "NoSuchKey"), -ENOENT);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_TYPE, "abc"), -EINVAL);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_SPEECH, ""), -EOPNOTSUPP);
    assert_true(bench_says(b, "\"value\": \"You cannot make a call"));
    assert_int_equal(b->intents, 0);
}

static void test_refusals(void **state)
{
    (void)state;
    bench_run(script_refusals);
}

static void script_keys(struct bench *b)
{
    bench_show(b, SESSION_CARD);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Tab"), 0);
    assert_true(bench_says(b, "\"id\": \"call-expert\", \"role\": \"button\", "
                              "\"name\": \"Soita asiantuntijalle\", \"value\": "
                              "\"\", \"state\": [\"focused\"]"));
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Shift+Tab"), 0);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Return"), 0);
    bench_expect(b, SESSION_INTENT_QUIT, "");
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Escape"), 0);
    bench_expect(b, SESSION_INTENT_BACK, "");
    /* Escape must not hang up. */
    bench_show(b, SESSION_CALL);
    assert_int_equal(bench_error(b, KIOSK_REQUEST_KEY, "Escape"), 0);
    assert_int_equal(b->intents, 0);
    /* The focus does not go over to another screen's button. */
    assert_false(bench_says(b, "focused"));
}

static void test_keys(void **state)
{
    (void)state;
    bench_run(script_keys);
}

static size_t screenshot(struct bench *b)
{
    static const unsigned char png[8] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10};
    unsigned char head[8];
    struct kiosk_reply *r = bench_ask(b, KIOSK_REQUEST_SCREENSHOT, "");
    assert_int_equal(r->error, 0);
    assert_int_equal(read(r->fd, head, sizeof(head)), sizeof(head));
    assert_memory_equal(head, png, sizeof(png));
    assert_int_equal(lseek(r->fd, 0, SEEK_END), r->fd_len);
    size_t len = r->fd_len;
    kiosk_reply_free(r);
    return len;
}

static struct kiosk_ring_fds ring_copy(const struct lk_ring *ring)
{
    int memory;
    int wake;
    lk_ring_fds(ring, &memory, &wake);
    return (struct kiosk_ring_fds){fcntl(memory, F_DUPFD_CLOEXEC, 3),
                                   fcntl(wake, F_DUPFD_CLOEXEC, 3)};
}

static void grey_picture(struct lk_ring *ring)
{
    struct lk_ring_picture p;
    assert_int_equal(lk_ring_begin(ring, 320, 240, &p), 0);
    memset(p.plane[0], 200, (size_t)p.stride * 240);
    memset(p.plane[1], 128, (size_t)p.stride / 2 * 120);
    memset(p.plane[2], 128, (size_t)p.stride / 2 * 120);
    lk_ring_commit(ring, lk_clock_us());
}

static void script_pictures(struct bench *b)
{
    static const char none[] = "Asiantuntijan kuva ei näy juuri nyt";
    struct kiosk_ring_fds no = {-1, -1};
    struct lk_ring *ring;
    bench_show(b, SESSION_CALL);
    assert_true(bench_says(b, none));
    size_t blank = screenshot(b);
    assert_int_equal(lk_ring_new(640, 480, &ring), 0);
    grey_picture(ring);
    kiosk_ui_set_rings(b->ui, ring_copy(ring), no);
    while (bench_says(b, none))
        continue;
    assert_true(screenshot(b) != blank);
    /* The transport was started anew: no old picture may stand. */
    kiosk_ui_set_rings(b->ui, no, no);
    assert_true(bench_says(b, none));
    lk_ring_free(ring);
    /* Not a ring: the same placeholder. */
    struct kiosk_ring_fds wrong = {memfd_create("x", MFD_CLOEXEC),
                                   memfd_create("y", MFD_CLOEXEC)};
    kiosk_ui_set_rings(b->ui, wrong, no);
    assert_true(bench_says(b, none));
}

static void test_pictures(void **state)
{
    (void)state;
    bench_run(script_pictures);
}

static void script_hostile_view(struct bench *b)
{
    struct session_view v = {.screen = SESSION_CALL, .lang = "fi"};
    memset(v.site, 'x', sizeof(v.site));
    memset(v.expert_name, 0xff, sizeof(v.expert_name) - 1);
    snprintf(v.agency_name, sizeof(v.agency_name), "a\"\\\x01");
    kiosk_ui_set_view(b->ui, &v);
    assert_true(bench_says(b, "a\\\"\\\\\\u0001"));
    assert_true(bench_says(b, "Asiointipiste"));
}

static void test_hostile_view(void **state)
{
    (void)state;
    bench_run(script_hostile_view);
}

static void test_bad_config(void **state)
{
    (void)state;
    static const struct kiosk_config bad[] = {
        {.width_px = 1080, .height_px = 1920, .headless = true},
        {.width_px = 1080, .headless = true, .intent = bench_intent},
        {.width_px = 100, .height_px = 100, .intent = bench_intent},
        {.width_px = 5000, .height_px = 1000, .intent = bench_intent},
    };
    struct kiosk_ui *ui = NULL;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(kiosk_ui_new(&bad[i], &ui), -EINVAL);
    assert_null(ui);
}

static void test_no_display(void **state)
{
    (void)state;
    struct kiosk_config config = {.intent = bench_intent};
    struct kiosk_ui *ui = NULL;
    setenv("SDL_VIDEODRIVER", "x11", 1);
    setenv("DISPLAY", "127.0.0.1:nonsense", 1);
    assert_int_equal(kiosk_ui_new(&config, &ui), -ENODEV);
    assert_null(ui);
    unsetenv("SDL_VIDEODRIVER");
}

static void test_requests_bounded_and_cancelled(void **state)
{
    (void)state;
    struct bench b = {.lock = PTHREAD_MUTEX_INITIALIZER,
                      .answered = PTHREAD_COND_INITIALIZER};
    struct kiosk_config config = {
        .headless = true, .intent = bench_intent, .arg = &b};
    struct kiosk_request q = {.kind = KIOSK_REQUEST_TREE};
    assert_int_equal(kiosk_ui_new(&config, &b.ui), 0);
    assert_int_equal(kiosk_ui_request(b.ui, &q), -EINVAL);
    q.reply = bench_reply;
    q.reply_arg = &b;
    memset(q.arg, 'x', sizeof(q.arg));
    assert_int_equal(kiosk_ui_request(b.ui, &q), -EINVAL);
    q.arg[0] = '\0';
    for (int i = 0; i < KIOSK_REQUESTS_MAX; i++)
        assert_int_equal(kiosk_ui_request(b.ui, &q), 0);
    assert_int_equal(kiosk_ui_request(b.ui, &q), -ENOSPC);
    kiosk_ui_free(b.ui);
}

static void test_warm(void **state)
{
    (void)state;
    struct bench b = {0};
    struct kiosk_config config = {
        .headless = true, .intent = bench_intent, .arg = &b};
    assert_int_equal(kiosk_ui_new(&config, &b.ui), 0);
    assert_int_equal(kiosk_ui_warm(b.ui), 0);
    kiosk_ui_quit(b.ui);
    assert_int_equal(kiosk_ui_run(b.ui), 0);
    kiosk_ui_free(b.ui);
}

static void test_request_names(void **state)
{
    (void)state;
    assert_int_equal(kiosk_request_kind("tree"), KIOSK_REQUEST_TREE);
    assert_int_equal(kiosk_request_kind("speech"), KIOSK_REQUEST_SPEECH);
    assert_int_equal(kiosk_request_kind("dance"), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taps_become_intents),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_hostile_view),
        cmocka_unit_test(test_bad_config),
        cmocka_unit_test(test_no_display),
        cmocka_unit_test(test_requests_bounded_and_cancelled),
        cmocka_unit_test(test_warm),
        cmocka_unit_test(test_request_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
