/* The desk between the citizen and the expert's page; its end; without memory.
 */
#include "desk_world.h"

#include "oom.h"

/* --- the expert -------------------------------------------------------- */

static void test_ask(void **state)
{
    (void)state;
    desk_join();
    desk_scan_pages(1);
    desk_told("\"ask\":\"none\"");
    desk_say(8,
             "{\"do\":\"ask\",\"kind\":\"payslip\",\"sides\":2,\"text\":\"\"}");
    assert_int_equal(world.calls, 1);
    assert_true(desk_view()->ask.open);
    desk_told("\"ask\":\"open\"");
    desk_share(1); /* it was there before */
    assert_true(desk_view()->ask.open);
    desk_tap(SESSION_INTENT_SCAN, 0);
    desk_told("\"ask\":\"scanning\"");
    desk_gave(7, 0);
    desk_ended(SCANMSG_DONE);
    desk_told("\"ask\":\"open\"");
    desk_share(2);
    assert_false(desk_view()->ask.open);
    desk_told("\"ask\":\"done\"");
    desk_say(8, "{\"do\":\"ask\",\"kind\":\"\",\"sides\":1,\"text\":\"se\"}");
    desk_tap(SESSION_INTENT_ASK_DECLINE, 0);
    desk_told("\"ask\":\"declined\"");
    desk_tap(SESSION_INTENT_ASK_DECLINE, 0);
    assert_false(desk_view()->ask.open);
}

/* The service's words for the kind, where it has any that fit. */
static void test_kinds(void **state)
{
    (void)state;
    desk_join();
    memset(world.long_words, 'a', sizeof(world.long_words) - 1);
    desk_say(8, "{\"do\":\"ask\",\"kind\":\"deed\",\"sides\":1,\"text\":\"\"}");
    assert_string_equal(desk_view()->ask.kind_words, "Kauppakirja");
    desk_say(8, "{\"do\":\"ask\",\"kind\":\"long\",\"sides\":1,\"text\":\"\"}");
    assert_string_equal(desk_view()->ask.kind_words, "");
    world.long_words[PAPERS_KIND_WORDS_MAX - 1] = '\0';
    desk_say(8, "{\"do\":\"ask\",\"kind\":\"long\",\"sides\":2,\"text\":\"\"}");
    assert_int_equal(strlen(desk_view()->ask.kind_words),
                     PAPERS_KIND_WORDS_MAX - 1);
    desk_say(8,
             "{\"do\":\"ask\",\"kind\":\"payslip\",\"sides\":1,\"text\":\"\"}");
    assert_string_equal(desk_view()->ask.kind_words, "");
}

static void test_together(void **state)
{
    (void)state;
    desk_join();
    desk_scan_pages(1);
    desk_share(1);
    desk_tap_with((struct session_intent){.kind = SESSION_INTENT_LOOK,
                                          .at = 1,
                                          .version = 200,
                                          .remove = 1,
                                          .box = {100, 200}});
    assert_int_equal(desk_view()->look.zoom, 200);
    assert_int_equal(world.order.type, SCANMSG_DECODE); /* its own pixels */
    assert_int_equal(world.order.prep, 0);
    desk_gave(0, 0);
    desk_ended(SCANMSG_DONE);
    assert_int_equal(papers_picture_info(desk_view()->detail)->width_px, 40);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_POINT, .at = 1, .box = {5, 6}});
    desk_tap_with((struct session_intent){.kind = SESSION_INTENT_MARK,
                                          .at = 1,
                                          .remove = PAPERS_TEXT,
                                          .arg = "huomaa"});
    assert_int_equal(desk_view()->marks, 1);
    assert_true(world.v->mine.here && world.v->mark[0].mine);
    desk_say(5, "{\"page\":1,\"turn\":0,\"zoom\":100,\"x\":0,\"y\":0}");
    assert_int_equal(desk_view()->look.zoom, 100);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_UNMARK, .at = 1, .version = 1});
    assert_int_equal(desk_view()->marks, 0);
    desk_tap(SESSION_INTENT_BACK, 0);
    desk_check(PAPERS_TRAY, 0);
    assert_null(world.v->detail);
    assert_false(world.v->mine.here);
    unsigned before = world.calls;
    desk_say(5, "{\"page\":1,\"turn\":0,\"zoom\":110,\"x\":0,\"y\":0}");
    assert_int_equal(world.calls, before); /* the same page as before */
    desk_say(5, "{\"page\":0,\"turn\":0,\"zoom\":100,\"x\":0,\"y\":0}");
    desk_say(5, "{\"page\":1,\"turn\":0,\"zoom\":110,\"x\":0,\"y\":0}");
    assert_int_equal(world.calls, before + 1);
    desk_check(PAPERS_LOOK, 1);
    desk_say(8, "{\"do\":\"saved\",\"page\":1}");
    assert_true(desk_view()->page[0].saved);
    desk_say(8, "nonsense"); /* sharing ends, the pages stay */
    assert_int_equal(desk_view()->pages, 1);
    assert_true(world.v->page[0].shared);
}

static void test_document(void **state)
{
    (void)state;
    desk_join();
    desk_scan_pages(1);
    desk_offer(1);
    assert_int_equal(world.order.type, SCANMSG_DECODE);
    assert_int_equal(world.order.pages, PAPERS_PAGES_MAX);
    assert_int_equal(world.order_tag, 7);
    desk_told("\"state\":\"reading\"");
    desk_gave(1, 0);
    desk_gave(2, 0);
    desk_ended(SCANMSG_DONE);
    desk_told("\"state\":\"shown\",\"why\":\"\",\"pages\":2");
    assert_int_equal(world.calls, 1);
    assert_int_equal(desk_view()->pages, 3);
    assert_int_equal(world.v->page[1].from, PAPERS_FROM_EXPERT);
    assert_true(world.v->page[1].shared);
    assert_int_equal(world.v->look.page, 2);
    desk_tap(SESSION_INTENT_PAPERS, 0);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_TURN, .at = 2, .remove = 1});
    desk_tap(SESSION_INTENT_PAGE_UNSHARE, 2);
    assert_false(desk_view()->page[1].busy); /* it is the expert's */
    desk_tap(SESSION_INTENT_PAGE, 3);
    desk_check(PAPERS_LOOK, 3);
    desk_say(8, "{\"do\":\"offer-off\",\"n\":1}");
    assert_int_equal(desk_view()->pages, 1);
}

static void test_documents_that_are_not_shown(void **state)
{
    (void)state;
    static const struct {
        enum scanmsg_reason why;
        const char *word;
    } t[] = {
        {SCANMSG_UNKNOWN, "unknown"},     {SCANMSG_MALFORMED, "malformed"},
        {SCANMSG_TOO_LARGE, "too-large"}, {SCANMSG_TOO_COMPLEX, "too-complex"},
        {SCANMSG_LOCKED, "locked"},       {SCANMSG_SILENT, "failed"},
        {SCANMSG_DONE, "failed"},
    };
    char json[64];
    uint32_t n = 0;
    desk_join();
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++) {
        desk_offer(++n);
        if (t[i].why != SCANMSG_DONE)
            desk_gave(1, 0); /* whole, or not shown */
        desk_ended(t[i].why);
        snprintf(json, sizeof(json), "\"refused\",\"why\":\"%s\"", t[i].word);
        desk_told(json);
        assert_int_equal(desk_view()->pages, 0);
    }
    desk_offer(++n);
    paperdesk_scan_gone(world.d, world.now_us); /* it broke on it */
    desk_told("\"refused\",\"why\":\"failed\"");
    paperdesk_scan_up(world.d, world.now_us);
    desk_scanner(SCANMSG_STATE_READY);
    desk_scan_pages(1);
    desk_offer(++n);
    assert_int_equal(world.order.pages, PAPERS_PAGES_MAX);
    for (int i = 0; i < PAPERS_PAGES_MAX; i++)
        desk_gave(1, 0);
    desk_ended(SCANMSG_CANCELLED);
    desk_told("\"refused\",\"why\":\"full\"");
    assert_int_equal(desk_view()->pages, 1);
    desk_offer(++n);
    desk_gave(1, 0);
    desk_say(8, "{\"do\":\"offer-off\",\"n\":10}");
    desk_gave(1, 0);
    desk_ended(SCANMSG_DONE);
    assert_int_equal(n, 10);
    desk_told("\"state\":\"none\"");
    assert_int_equal(desk_view()->pages, 1);
}

static void test_hold(void **state)
{
    (void)state;
    desk_join();
    paperdesk_set_place(world.d, "paper");
    assert_false(paperdesk_held(world.d));
    paperdesk_hold(world.d, pages_jpeg(8, 100), world.now_us);
    assert_true(paperdesk_holding(world.d));
    desk_gave(9, 0);
    desk_ended(SCANMSG_DONE);
    assert_false(paperdesk_holding(world.d));
    assert_true(paperdesk_held(world.d));
    assert_int_equal(desk_pieces(1), 3500);
    assert_true(desk_view()->page[0].shared && !world.v->page[0].keep);
    desk_tap(SESSION_INTENT_PAGE_ATTACH, 1);
    desk_say(8, "{\"do\":\"saved\",\"page\":1}");
    assert_true(!desk_view()->page[0].attached && !world.v->page[0].saved);
    paperdesk_hold(world.d, -1, world.now_us);
    assert_false(paperdesk_held(world.d));
    assert_int_equal(desk_view()->pages, 0);
    paperdesk_hold(world.d, pages_jpeg(8, 100), world.now_us);
    desk_gave(9, 0);
    desk_ended(SCANMSG_DONE);
    assert_true(paperdesk_held(world.d));
    desk_tap(SESSION_INTENT_PAGE_REMOVE, 2); /* the citizen took it away */
    assert_false(paperdesk_held(world.d));
    paperdesk_hold(world.d, pages_jpeg(8, 100), world.now_us);
    paperdesk_hold(world.d, -1, world.now_us); /* before it was read */
    desk_gave(9, 0);
    desk_ended(SCANMSG_CANCELLED);
    assert_int_equal(desk_view()->pages, 0);
}

/* --- ends -------------------------------------------------------------- */

static void test_wipe(void **state)
{
    (void)state;
    desk_join();
    desk_scan_pages(2);
    desk_share(1);
    desk_offer(1);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_TURN, .at = 2, .remove = 1});
    paperdesk_set_place(world.d, "paper");
    paperdesk_wipe(world.d);
    assert_null(desk_view());
    assert_int_equal(desk_open_fds(), world.fds_before);
    assert_int_equal(desk_pieces(1), 0);
    desk_gave(1, 0);
    desk_ended(SCANMSG_DONE);
    desk_tap(SESSION_INTENT_SCAN, 0);
    desk_say(8, "{\"do\":\"ask\",\"kind\":\"a\",\"sides\":1}");
    paperdesk_tick(world.d, world.now_us + 1000 * SECOND);
    assert_int_equal(desk_open_fds(), world.fds_before);
    paperdesk_begin(world.d, world.now_us);
    assert_int_equal(desk_view()->pages, 0);
    assert_false(world.v->can_attach || world.v->ask.open);
    desk_scan_pages(1);
    desk_check(PAPERS_PAGE, 1);
}

/* Too much waits for luukku-scan. */
static void test_queue(void **state)
{
    (void)state;
    desk_tap(SESSION_INTENT_SCAN, 0);
    for (uint32_t i = 0; i < 20; i++)
        desk_gave(i + 1, 0);
    desk_ended(SCANMSG_DONE);
    for (uint32_t i = 1; i <= 20; i++)
        desk_tap_with((struct session_intent){
            .kind = SESSION_INTENT_PAGE_TURN, .at = i, .remove = 1});
    assert_int_equal(world.notes, 20 - PAPERDESK_JOBS_MAX);
    assert_false(desk_view()->page[19].busy);
    for (uint32_t i = 1; i <= PAPERDESK_JOBS_MAX; i++) {
        assert_int_equal(world.order_tag, i);
        desk_gave(i + 100, 0);
        desk_ended(SCANMSG_DONE);
    }
    assert_int_equal(desk_view()->page[0].id, 21);
    assert_false(world.v->page[0].busy);
}

static void test_memory(void **state)
{
    struct papers_view *n = NULL;
    int r = 0;
    (void)state;
    oom_left = 0;
    assert_false(paperdesk_take_view(world.d, &n));
    oom_left = -1;
    assert_int_equal(world.notes, 1);
    assert_true(paperdesk_next_us(world.d) > world.now_us);
    assert_false(paperdesk_take_view(world.d, &n));
    paperdesk_tick(world.d, world.now_us + SECOND);
    assert_int_equal(desk_view()->pages, 0);
    for (long i = 0; i < 40; i++) {
        struct scanmsg m = {
            .type = SCANMSG_PAGE, .page = 1, .width_px = 1, .height_px = 1};
        int fds[] = {pages_pixels(1, 1), pages_pixels(1, 1), pages_jpeg(1, 99),
                     pages_jpeg(1, 99)};
        desk_tap(SESSION_INTENT_SCAN, 0);
        m.job = world.order.job;
        oom_left = i;
        paperdesk_scanned(world.d, &m, fds, 4, world.now_us);
        oom_left = -1;
        for (size_t k = 0; k < 4; k++)
            (void)lk_fd_close(fds[k]);
        desk_ended(SCANMSG_DONE);
        if (desk_view()->pages > 0)
            break;
        assert_int_equal(world.v->said, PAPERS_FULL);
    }
    assert_int_equal(desk_view()->pages, 1);
    paperdesk_free(world.d);
    OOM_SWEEP(r, paperdesk_new(&desk_output, &world.d));
}

#define CASE(f) \
    cmocka_unit_test_setup_teardown(f, desk_setup_begun, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_ask),
        CASE(test_kinds),
        CASE(test_together),
        CASE(test_document),
        CASE(test_documents_that_are_not_shown),
        CASE(test_hold),
        CASE(test_wipe),
        CASE(test_queue),
        CASE(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
