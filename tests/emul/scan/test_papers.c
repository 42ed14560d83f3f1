/* The papers' desk with the luukku-scan that there is: scanned, turned, cut,
 * shared; the pages that the expert gets are those, to the last byte. */
#include "bench.h"
#include "draw.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/text.h"
#include "papers/share.h"
#include "session/paperdesk.h"

#include <openssl/sha.h>
#include <signal.h>
#include <unistd.h>

#define LIMIT_US 90000000
#define DETAIL_MAX 8000000

struct world {
    struct bench b;
    struct paperdesk *desk;
    struct papers_view *view;
    char told[512];
    char list[PAPERS_MESSAGE_MAX];
    uint32_t page; /* whose detail is being collected */
    uint32_t len;
    uint8_t *detail;
};

/* --- the desk's outputs -------------------------------------------------- */

static void on_event(void *arg, const struct session_event *e)
{
    (void)arg;
    (void)e;
}

static int on_scan(void *arg, const struct scanmsg *m, int fd)
{
    struct world *w = arg;
    if (w->b.closed)
        return -1;
    bench_send(&w->b, m, fd);
    return 0;
}

static void on_note(void *arg, const char *what, const char *why)
{
    (void)arg;
    printf("note: %s: %s\n", what, why);
}

static void on_heard(void *arg, const struct scanmsg *m,
                     struct lk_chan_msg *raw)
{
    struct world *w = arg;
    paperdesk_scanned(w->desk, m, raw->fds, lk_chan_fds(raw), lk_clock_us());
}

static void on_gone(void *arg)
{
    struct world *w = arg;
    paperdesk_scan_gone(w->desk, lk_clock_us());
}

static void open_world(struct world *w, bool emulator)
{
    const struct paperdesk_output out = {
        .event = on_event, .scan = on_scan, .note = on_note, .arg = w};
    *w = (struct world){.detail = malloc(DETAIL_MAX)};
    bench_open(&w->b, emulator, NULL);
    assert_int_equal(paperdesk_new(&out, &w->desk), 0);
    w->b.heard = on_heard;
    w->b.gone = on_gone;
    w->b.arg = w;
    paperdesk_scan_up(w->desk, lk_clock_us());
    paperdesk_begin(w->desk, lk_clock_us());
    if (emulator)
        bench_give(&w->b);
}

static void close_world(struct world *w)
{
    w->view = papers_view_free(w->view);
    w->desk = paperdesk_free(w->desk);
    w->b.heard = NULL;
    w->b.gone = NULL;
    bench_close(&w->b);
    free(w->detail);
}

/* --- both sides ---------------------------------------------------------- */

static const struct papers_view *view(struct world *w)
{
    struct papers_view *v = NULL;
    if (paperdesk_take_view(w->desk, &v)) {
        papers_view_free(w->view);
        w->view = v;
    }
    return w->view;
}

static void tap_with(struct world *w, struct session_intent i)
{
    paperdesk_intent(w->desk, &i, lk_clock_us());
}

static void tap(struct world *w, enum session_intent_kind kind, uint32_t at)
{
    tap_with(w, (struct session_intent){.kind = kind, .at = at});
}

static void say(struct world *w, uint8_t kind, const char *json)
{
    uint8_t m[1024];
    size_t len = strlen(json);
    m[0] = kind;
    memcpy(m + 1, json, len + 1);
    paperdesk_receive(w->desk, m, len + 1, lk_clock_us());
}

static void heard_piece(struct world *w, const uint8_t *m, size_t len)
{
    char json[64];
    if (m[1] != 1 || lk_get_u32(m + 2) != w->page)
        return;
    assert_int_equal(lk_get_u32(m + 6), w->len);
    assert_true(w->len + len - 10 <= DETAIL_MAX);
    memcpy(w->detail + w->len, m + 10, len - 10);
    uint32_t before = w->len;
    w->len += (uint32_t)(len - 10);
    if (before / PAPERS_GOT == w->len / PAPERS_GOT)
        return;
    (void)snprintf(json, sizeof(json), "{\"id\":%u,\"bytes\":%u}", w->page,
                   w->len / PAPERS_GOT * PAPERS_GOT);
    say(w, 4, json);
}

/* Hears all that the kiosk says now. */
static void hear(struct world *w)
{
    const void *bytes = NULL;
    size_t len = 0;
    while (paperdesk_poll(w->desk, lk_clock_us(), &bytes, &len)) {
        const uint8_t *m = bytes;
        if (m[0] == 3)
            heard_piece(w, m, len);
        else if (m[0] == 9)
            (void)snprintf(w->told, sizeof(w->told), "%.*s", (int)len - 1,
                           (const char *)m + 1);
        else if (m[0] == 2)
            (void)snprintf(w->list, sizeof(w->list), "%.*s", (int)len - 1,
                           (const char *)m + 1);
    }
}

static bool is_idle(const struct papers_view *v)
{
    for (size_t i = 0; i < v->pages; i++)
        if (v->page[i].busy)
            return false;
    return v->mode != PAPERS_SCANNING;
}

/* Until nothing is being scanned or made anew, and `told` holds that. */
static void settle(struct world *w, const char *told)
{
    int64_t limit = lk_clock_us() + LIMIT_US;
    do {
        if (lk_clock_us() > limit)
            fail_msg("nothing came: %s", w->told);
        bench_step(&w->b);
        paperdesk_tick(w->desk, lk_clock_us());
        hear(w);
    } while (!is_idle(view(w)) || !strstr(w->told, told));
}

static void join(struct world *w)
{
    paperdesk_channel(w->desk, true, lk_clock_us());
    say(w, 1,
        "{\"v\":1,\"load\":\"00112233445566778899aabbccddeeff\",\"have\":[]}");
}

/* What came of the page is what the list says it is, and the kiosk hears so. */
static void check_whole(struct world *w, uint32_t id)
{
    uint8_t sha256[32];
    char hex[65];
    char json[128];
    SHA256(w->detail, w->len, sha256);
    lk_hex_encode(sha256, sizeof(sha256), hex);
    assert_non_null(strstr(w->list, hex));
    struct picture p = draw_decoded(w->detail, w->len);
    assert_int_equal(p.w, view(w)->page[0].width_px);
    picture_free(&p);
    (void)snprintf(json, sizeof(json), "{\"id\":%u,\"sha256\":\"%s\"}", id,
                   hex);
    say(w, 4, json);
    assert_true(view(w)->page[0].whole);
    printf("page of %u bytes\n", w->len);
}

static void offer(struct world *w, uint32_t n, const char *words)
{
    char json[64];
    uint8_t m[PAPERS_MESSAGE_MAX] = {3, 2};
    size_t len = 0;
    uint8_t *data = bench_paper(words, &len);
    int64_t now_us = lk_clock_us();
    (void)snprintf(json, sizeof(json),
                   "{\"do\":\"offer\",\"n\":%u,\"bytes\":%zu}", n, len);
    say(w, 8, json);
    lk_put_u32(m + 2, n);
    for (size_t at = 0; at < len; at += PAPERS_PIECE_MAX, now_us += 40000) {
        size_t part = LK_MIN(len - at, (size_t)PAPERS_PIECE_MAX);
        lk_put_u32(m + 6, (uint32_t)at);
        memcpy(m + 10, data + at, part);
        paperdesk_receive(w->desk, m, 10 + part, now_us);
    }
    free(data);
}

/* --- tests --------------------------------------------------------------- */

/* Three sheets of which one is blank; one is turned, cut and straightened, and
 * seen by both sides. */
static void test_scan_and_share(void **state)
{
    (void)state;
    struct world w;
    open_world(&w, true);
    (void)emulator_command(w.b.emulator, "pages 3 blank 2");
    join(&w);
    tap_with(&w, (struct session_intent){.kind = SESSION_INTENT_SCAN_SOURCE,
                                         .remove = SCANMSG_FEEDER});
    tap(&w, SESSION_INTENT_SCAN, 0);
    settle(&w, "\"own\":2");
    assert_int_equal(view(&w)->pages, 2);
    assert_int_equal(w.view->left_out, 1);
    uint32_t width = w.view->page[0].width_px;
    uint32_t height = w.view->page[0].height_px;
    tap_with(&w, (struct session_intent){.kind = SESSION_INTENT_PAGE_TURN,
                                         .at = w.view->page[0].id,
                                         .remove = 1});
    settle(&w, "");
    assert_int_equal(view(&w)->page[0].width_px, height);
    tap(&w, SESSION_INTENT_PAGE_CROP, w.view->page[0].id);
    tap_with(&w, (struct session_intent){.kind = SESSION_INTENT_PAGE_CROP_EDGES,
                                         .box = {5000, 0, 10000, 10000}});
    tap(&w, SESSION_INTENT_PAGE_CROP_OK, 0);
    settle(&w, "");
    assert_in_range(view(&w)->page[0].width_px, height / 2 - 1, height / 2 + 1);
    assert_int_equal(w.view->page[0].height_px, width);
    tap(&w, SESSION_INTENT_PAGE_STRAIGHTEN, w.view->page[0].id);
    settle(&w, "");
    assert_int_equal(view(&w)->said, PAPERS_FINE);
    w.page = w.view->page[0].id;
    tap(&w, SESSION_INTENT_PAGE_SHARE, w.page);
    tap(&w, SESSION_INTENT_CONSENT_YES, 0);
    settle(&w, "\"own\":1");
    check_whole(&w, w.page);
    tap_with(&w, (struct session_intent){.kind = SESSION_INTENT_LOOK,
                                         .at = w.page,
                                         .version = 300});
    while (!view(&w)->detail)
        settle(&w, "");
    assert_int_equal(papers_picture_info(w.view->detail)->width_px,
                     w.view->page[0].width_px);
    close_world(&w);
}

/* What the expert shows, and what is none. */
static void test_documents(void **state)
{
    (void)state;
    struct world w;
    open_world(&w, false);
    join(&w);
    offer(&w, 1, "--format pdf-vector");
    settle(&w, "\"shown\",\"why\":\"\",\"pages\":1");
    assert_int_equal(view(&w)->page[0].from, PAPERS_FROM_EXPERT);
    offer(&w, 2, "--dpi 150");
    settle(&w, "\"n\":2,\"state\":\"shown\"");
    say(&w, 8, "{\"do\":\"offer\",\"n\":3,\"bytes\":4}");
    paperdesk_receive(w.desk, "\3\2\0\0\0\3\0\0\0\0junk", 14, lk_clock_us());
    settle(&w, "\"refused\",\"why\":\"unknown\"");
    assert_int_equal(view(&w)->pages, 2);
    close_world(&w);
}

/* luukku-scan dies in the middle: the citizen keeps the pages. */
static void test_crash(void **state)
{
    (void)state;
    struct world w;
    open_world(&w, false);
    join(&w);
    offer(&w, 1, "--dpi 150");
    settle(&w, "\"shown\"");
    offer(&w, 2, "--dpi 600");
    assert_int_equal(kill(w.b.process.pid, SIGKILL), 0);
    settle(&w, "\"refused\",\"why\":\"failed\"");
    assert_int_equal(view(&w)->pages, 1);
    (void)bench_reap(&w.b);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan_and_share),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
