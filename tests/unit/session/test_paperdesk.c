/* The desk between the citizen, luukku-scan and the screen. */
#include "desk_world.h"

#include <errno.h>
#include <unistd.h>

/* --- scanning ---------------------------------------------------------- */

static void test_begin(void **state)
{
    struct papers_view *n = NULL;
    (void)state;
    desk_tap(SESSION_INTENT_SCAN, 0);
    assert_false(paperdesk_take_view(world.d, &n));
    paperdesk_begin(world.d, world.now_us);
    assert_false(world.up);
    assert_int_equal(desk_view()->sources, 0);
    desk_tap(SESSION_INTENT_SCAN, 0);
    assert_int_equal(desk_view()->said, PAPERS_NO_SCANNER);
    paperdesk_scan_up(world.d, world.now_us);
    desk_scanner(SCANMSG_STATE_READY);
    assert_true(world.up);
    assert_int_equal(desk_view()->sources, 15);
    desk_scanner(SCANMSG_STATE_NONE);
    assert_false(world.up);
    paperdesk_set_camera(world.d, true);
    assert_true(world.up && desk_view()->camera);
    paperdesk_wipe(world.d);
    assert_null(desk_view());
    assert_int_equal(paperdesk_next_us(world.d), INT64_MAX);
}

static void test_scan(void **state)
{
    (void)state;
    const struct scanmsg percent = {
        .type = SCANMSG_PROGRESS, .job = 1, .page = 2, .percent = 40};
    desk_tap(SESSION_INTENT_SCAN, 0);
    assert_int_equal(world.order.dpi, 300);
    assert_int_equal(world.order.pages, SCANMSG_PAGES_MAX);
    assert_int_equal(world.order.prep, SCANMSG_WITH_JPEG);
    desk_said(&percent, NULL, 0);
    assert_int_equal(desk_view()->scan_page, 2);
    assert_int_equal(world.v->scan_percent, 40);
    desk_tap(SESSION_INTENT_SCAN, 0); /* one at a time */
    desk_tap(SESSION_INTENT_PAGE, 1);
    desk_gave(7, 0);
    desk_ended(SCANMSG_DONE);
    desk_check(PAPERS_PAGE, 1);
    assert_int_equal(world.glasses, 1);
    desk_scan((uint8_t[]){0, SCANMSG_BLANK, SCANMSG_CUT}, 3);
    desk_check(PAPERS_TRAY, 0);
    assert_int_equal(world.v->pages, 3);
    assert_int_equal(world.v->left_out, 1);
    assert_true(world.v->page[2].cut);
    assert_int_equal(world.glasses, 1); /* three come from the feeder */
    desk_scan((uint8_t[]){0, SCANMSG_BLANK}, 2);
    desk_check(PAPERS_TRAY, 0); /* one page, and word of the other */
    assert_int_equal(world.v->left_out, 1);
    desk_tap(SESSION_INTENT_SCAN_BLANK, 0);
    desk_scan((uint8_t[]){SCANMSG_BLANK}, 1);
    assert_true(desk_view()->page[4].blank);
    desk_tap(SESSION_INTENT_SCAN_BLANK, 0);
    desk_scan((uint8_t[]){SCANMSG_BLANK}, 1);
    assert_int_equal(desk_view()->said, PAPERS_ALL_BLANK);
    assert_int_equal(world.orders, 5);
}

static void test_troubles(void **state)
{
    (void)state;
    static const struct {
        enum scanmsg_reason why;
        enum papers_trouble said;
    } t[] = {
        {SCANMSG_CANCELLED, PAPERS_FINE},
        {SCANMSG_NO_SCANNER, PAPERS_NO_SCANNER},
        {SCANMSG_EMPTY, PAPERS_EMPTY},
        {SCANMSG_JAMMED, PAPERS_JAMMED},
        {SCANMSG_LID_OPEN, PAPERS_LID_OPEN},
        {SCANMSG_UNPLUGGED, PAPERS_UNPLUGGED},
        {SCANMSG_SILENT, PAPERS_UNPLUGGED},
        {SCANMSG_MALFORMED, PAPERS_UNREADABLE},
        {SCANMSG_NO_MEMORY, PAPERS_FULL},
        {SCANMSG_DONE, PAPERS_UNREADABLE}, /* and no page */
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(t); i++) {
        desk_tap(SESSION_INTENT_SCAN, 0);
        assert_int_equal(desk_view()->said, PAPERS_FINE);
        desk_ended(t[i].why);
        desk_check(PAPERS_TRAY, 0);
        assert_int_equal(world.v->said, t[i].said);
    }
    desk_tap(SESSION_INTENT_SCAN, 0);
    desk_gave(7, 0);
    paperdesk_scan_gone(world.d, world.now_us);
    desk_check(PAPERS_TRAY, 0);          /* where what went wrong is said */
    assert_int_equal(world.v->pages, 1); /* what it gave stays */
    assert_int_equal(world.v->said, PAPERS_UNPLUGGED);
    paperdesk_scan_up(world.d, world.now_us);
    desk_scanner(SCANMSG_STATE_READY);
    world.scan_answer = -EPIPE;
    desk_tap(SESSION_INTENT_SCAN, 0);
    assert_int_equal(desk_view()->said, PAPERS_UNPLUGGED);
    desk_check(PAPERS_TRAY, 0);
}

/* A program that gives no page, or too little of one. */
static void test_bad_pages(void **state)
{
    (void)state;
    const struct scanmsg m = {.type = SCANMSG_PAGE,
                              .job = 1,
                              .page = 1,
                              .width_px = 1,
                              .height_px = 1};
    desk_tap(SESSION_INTENT_SCAN, 0);
    int two[] = {pages_pixels(1, 1), pages_pixels(1, 1)};
    desk_said(&m, two, 2);
    assert_int_equal(world.cancels, 1);
    desk_gave(7, 0); /* after that nothing is taken */
    desk_ended(SCANMSG_CANCELLED);
    assert_int_equal(desk_view()->said, PAPERS_UNREADABLE);
    desk_check(PAPERS_TRAY, 0);
    assert_int_equal(world.v->pages, 0);
    struct scanmsg stale = {.type = SCANMSG_END, .job = 1};
    desk_said(&stale, NULL, 0);
    desk_gave(7, 0);
    assert_int_equal(desk_view()->pages, 0);
}

static void test_cancel(void **state)
{
    (void)state;
    desk_tap(SESSION_INTENT_SCAN, 0);
    desk_gave(7, 0);
    desk_tap(SESSION_INTENT_SCAN_CANCEL, 0);
    desk_check(PAPERS_TRAY, 0);
    assert_int_equal(world.cancels, 1);
    desk_tap(SESSION_INTENT_SCAN, 0); /* waits for the end of the other */
    assert_int_equal(world.orders, 1);
    desk_ended(SCANMSG_CANCELLED);
    assert_int_equal(world.orders, 2);
    assert_int_equal(desk_view()->mode, PAPERS_SCANNING);
    desk_tap(SESSION_INTENT_BACK, 0);
    desk_ended(SCANMSG_CANCELLED);
    desk_check(PAPERS_TRAY, 0);
    assert_int_equal(world.v->pages, 1);
    desk_tap(SESSION_INTENT_BACK, 0);
    assert_int_equal(world.lefts, 1);
}

static void test_full(void **state)
{
    (void)state;
    desk_tap(SESSION_INTENT_SCAN, 0);
    for (int i = 0; i < PAPERS_PAGES_MAX; i++)
        desk_gave(7, 0);
    assert_int_equal(world.cancels, 0);
    desk_gave(7, 0);
    assert_int_equal(world.cancels, 1);
    desk_ended(SCANMSG_CANCELLED);
    assert_int_equal(desk_view()->said, PAPERS_FULL);
    assert_int_equal(world.v->pages, PAPERS_PAGES_MAX);
    desk_tap(SESSION_INTENT_SCAN, 0);
    desk_check(PAPERS_TRAY, 0);
}

static void test_sources(void **state)
{
    (void)state;
    struct session_intent i = {.kind = SESSION_INTENT_SCAN_SOURCE,
                               .remove = SCANMSG_DUPLEX};
    desk_tap_with(i);
    desk_scan_pages(1);
    assert_int_equal(world.order.source, SCANMSG_DUPLEX);
    assert_int_equal(world.glasses, 0);
    i.remove = SCANMSG_SOURCES;
    desk_tap_with(i);
    assert_int_equal(desk_view()->source, SCANMSG_DUPLEX);
    desk_scanner(SCANMSG_STATE_NONE);
}

/* luukku-scan says nothing; or does not run. */
static void test_silence(void **state)
{
    (void)state;
    desk_tap(SESSION_INTENT_SCAN, 0);
    assert_int_equal(paperdesk_next_us(world.d),
                     world.now_us + PAPERDESK_SILENT_US);
    world.now_us += PAPERDESK_SILENT_US;
    paperdesk_tick(world.d, world.now_us);
    assert_int_equal(world.cancels, 1);
    world.now_us += PAPERDESK_CANCEL_US;
    paperdesk_tick(world.d, world.now_us);
    assert_int_equal(desk_view()->said, PAPERS_UNPLUGGED);
    desk_check(PAPERS_TRAY, 0);
    desk_scan_pages(1);
    paperdesk_scan_gone(world.d, world.now_us);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_TURN, .at = 1, .remove = 1});
    assert_true(desk_view()->page[0].busy);
    world.now_us += PAPERDESK_DOWN_US;
    paperdesk_tick(world.d, world.now_us);
    assert_false(desk_view()->page[0].busy);
    assert_int_equal(world.v->said, PAPERS_NOT_EDITED);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_TURN, .at = 1, .remove = 1});
    paperdesk_scan_up(world.d, world.now_us);
    desk_scanner(SCANMSG_STATE_READY); /* back in time */
    assert_int_equal(world.order.type, SCANMSG_DECODE);
}

/* --- the document camera ------------------------------------------------ */

static const struct session_intent aim = {.kind = SESSION_INTENT_SCAN,
                                          .remove = 1};
static const struct session_intent shoot = {.kind = SESSION_INTENT_SCAN,
                                            .remove = 2};

/* A picture comes, and luukku-scan makes a page of it. */
static void camera_sees(uint32_t tag, uint8_t traits)
{
    paperdesk_camera_gave(world.d, pages_jpeg(5, 100), world.now_us);
    assert_int_equal(world.order.type, SCANMSG_DECODE);
    assert_int_equal(world.order.prep, SCANMSG_WITH_JPEG | SCANMSG_FLATTEN);
    assert_int_equal(world.order_tag, 5);
    desk_gave(tag, traits);
    desk_ended(SCANMSG_DONE);
}

static void test_camera(void **state)
{
    (void)state;
    desk_tap_with(aim); /* there is none */
    assert_int_equal(world.pictures, 0);
    assert_int_equal(desk_view()->said, PAPERS_NO_CAMERA);
    paperdesk_set_camera(world.d, true);
    desk_tap_with(aim);
    desk_check(PAPERS_AIM, 0);
    assert_null(world.v->aim);
    desk_tap_with(shoot); /* nothing was seen yet */
    desk_check(PAPERS_AIM, 0);
    camera_sees(6, 0);
    assert_non_null(desk_view()->aim);
    assert_false(world.v->aim_found);
    assert_int_equal(world.pictures, 1);
    paperdesk_tick(world.d, world.now_us = paperdesk_next_us(world.d));
    assert_int_equal(world.pictures, 2); /* again and again */
    camera_sees(7, SCANMSG_FLATTENED);
    assert_true(desk_view()->aim_found);
    assert_int_equal(world.v->pages, 0);
    desk_tap_with(shoot);
    desk_check(PAPERS_PAGE, 1);
    assert_int_equal(world.v->page[0].from, PAPERS_FROM_CAMERA);
    assert_null(world.v->aim);
    assert_int_equal(world.glasses, 0);
    paperdesk_tick(world.d, world.now_us += 60 * SECOND);
    assert_int_equal(world.pictures, 2); /* and no more */
}

static void test_camera_given_up(void **state)
{
    (void)state;
    paperdesk_set_camera(world.d, true);
    desk_tap_with(aim);
    desk_tap(SESSION_INTENT_SCAN_CANCEL, 0);
    desk_check(PAPERS_TRAY, 0);
    paperdesk_camera_gave(world.d, pages_jpeg(5, 100), world.now_us);
    assert_int_equal(world.orders, 0); /* too late */
    desk_tap_with(aim);
    camera_sees(6, 0);
    paperdesk_unaim(world.d, world.now_us); /* another screen */
    desk_check(PAPERS_TRAY, 0);
    assert_null(world.v->aim);
    desk_tap_with(aim);
    paperdesk_camera_gave(world.d, pages_jpeg(5, 100), world.now_us);
    desk_tap(SESSION_INTENT_BACK, 0); /* while it is being read */
    desk_check(PAPERS_TRAY, 0);
    assert_int_equal(world.cancels, 1);
    desk_ended(SCANMSG_CANCELLED);
    desk_check(PAPERS_TRAY, 0);
    assert_int_equal(world.v->said, PAPERS_FINE);
}

static void test_camera_fails(void **state)
{
    (void)state;
    paperdesk_set_camera(world.d, true);
    desk_tap_with(aim);
    paperdesk_camera_gave(world.d, -1, world.now_us);
    desk_check(PAPERS_TRAY, 0);
    assert_int_equal(world.v->said, PAPERS_NO_CAMERA);
    desk_tap_with(aim);
    assert_int_equal(desk_view()->said, PAPERS_FINE);
    paperdesk_tick(world.d, world.now_us += 60 * SECOND); /* silent */
    assert_int_equal(desk_view()->said, PAPERS_NO_CAMERA);
    desk_tap_with(aim);
    paperdesk_camera_gave(world.d, pages_jpeg(5, 100), world.now_us);
    desk_ended(SCANMSG_MALFORMED);
    desk_check(PAPERS_TRAY, 0);
    assert_int_equal(world.v->said, PAPERS_UNREADABLE);
    desk_tap_with(aim);
    camera_sees(6, 0);
    paperdesk_set_camera(world.d, false); /* pulled */
    paperdesk_tick(world.d, world.now_us = paperdesk_next_us(world.d));
    desk_check(PAPERS_TRAY, 0);
    assert_int_equal(world.v->said, PAPERS_NO_CAMERA);
    paperdesk_set_camera(world.d, true);
    world.camera_answer = -EIO;
    desk_tap_with(aim);
    desk_check(PAPERS_TRAY, 0);
    assert_int_equal(world.v->said, PAPERS_NO_CAMERA);
}

/* A page of the camera's is taken anew by it, in its place. */
static void test_camera_again(void **state)
{
    (void)state;
    paperdesk_set_camera(world.d, true);
    for (int i = 0; i < 2; i++) {
        desk_tap_with(aim);
        camera_sees(6, SCANMSG_FLATTENED);
        desk_tap_with(shoot);
    }
    desk_tap(SESSION_INTENT_PAGE_AGAIN, 1);
    desk_check(PAPERS_AIM, 0);
    camera_sees(8, SCANMSG_FLATTENED);
    desk_tap(SESSION_INTENT_BACK, 0);
    desk_check(PAPERS_PAGE, 1);
    desk_tap(SESSION_INTENT_PAGE_AGAIN, 1);
    camera_sees(8, SCANMSG_FLATTENED);
    desk_tap_with(shoot);
    desk_check(PAPERS_PAGE, 3);
    assert_int_equal(world.v->pages, 2);
    assert_int_equal(world.v->page[0].id, 3);
    assert_int_equal(world.v->page[0].from, PAPERS_FROM_CAMERA);
}

/* --- pages ------------------------------------------------------------- */

static void test_edits(void **state)
{
    (void)state;
    struct session_intent turn = {
        .kind = SESSION_INTENT_PAGE_TURN, .at = 1, .remove = 3};
    desk_scan_pages(1);
    desk_tap_with(turn);
    assert_true(desk_view()->page[0].busy);
    desk_tap_with(turn); /* one after another */
    assert_int_equal(world.order.turn, 3);
    assert_int_equal(world.order_tag, 100);
    desk_gave(200, 0);
    desk_ended(SCANMSG_DONE);
    desk_check(PAPERS_PAGE, 2);
    assert_int_equal(world.v->page[0].id, 2);
    assert_false(world.v->page[0].busy);
    desk_tap(SESSION_INTENT_PAGE_CROP, 2);
    desk_check(PAPERS_CROP, 2);
    assert_int_equal(world.v->crop[2], 10000);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_CROP_EDGES, .box = {1000, 0, 900, 10000}});
    assert_int_equal(desk_view()->crop[0], 0);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_CROP_EDGES, .box = {1000, 0, 9000, 10000}});
    assert_int_equal(desk_view()->crop[0], 1000);
    desk_tap(SESSION_INTENT_PAGE_CROP_OK, 0);
    assert_int_equal(world.order_tag, 100); /* always of the first */
    assert_int_equal(world.order.turn, 3);
    assert_int_equal(world.order.crop[2], 9000);
    desk_ended(SCANMSG_TOO_COMPLEX);
    desk_check(PAPERS_PAGE, 2); /* it failed: as it was */
    assert_int_equal(world.v->said, PAPERS_NOT_EDITED);
    desk_tap(SESSION_INTENT_PAGE_STRAIGHTEN, 2);
    assert_int_equal(desk_view()->said, PAPERS_FINE);
    assert_true(world.order.prep & SCANMSG_STRAIGHTEN);
    assert_int_equal(world.order.crop[2], 10000);
    desk_gave(201, SCANMSG_STRAIGHTENED);
    desk_ended(SCANMSG_DONE);
    desk_tap(SESSION_INTENT_PAGE_STRAIGHTEN, 3); /* it is */
    desk_tap(SESSION_INTENT_PAGE_CROP, 3);
    desk_tap(SESSION_INTENT_PAGE_CROP_OK, 3); /* nothing is cut */
    assert_int_equal(world.orders, 4);
    desk_tap(SESSION_INTENT_PAGE_CROP, 3);
    desk_tap(SESSION_INTENT_BACK, 0);
    desk_check(PAPERS_PAGE, 3);
    desk_tap(SESSION_INTENT_BACK, 0);
    desk_check(PAPERS_TRAY, 0);
}

/* Whatever luukku-scan lacks, the words are of the page, not of a scanner. */
static void test_edits_that_fail(void **state)
{
    const struct session_intent turn = {
        .kind = SESSION_INTENT_PAGE_TURN, .at = 1, .remove = 1};
    (void)state;
    desk_scan_pages(1);
    for (int why = SCANMSG_DONE; why < SCANMSG_REASONS; why++) {
        desk_tap_with(turn);
        desk_ended((enum scanmsg_reason)why);
        desk_check(PAPERS_PAGE, 1);
        assert_int_equal(world.v->said, PAPERS_NOT_EDITED);
        assert_false(world.v->page[0].busy);
    }
    desk_tap_with(turn);
    desk_gave(200, 0);
    desk_ended(SCANMSG_DONE);
    assert_int_equal(desk_view()->said, PAPERS_FINE);
    desk_tap(SESSION_INTENT_PAGE_CROP, 2);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_CROP_EDGES, .box = {4000, 0, 6000, 10000}});
    world.scan_answer = -EPIPE; /* luukku-scan is on its way down */
    desk_tap(SESSION_INTENT_PAGE_CROP_OK, 0);
    desk_check(PAPERS_PAGE, 2);
    assert_int_equal(world.v->said, PAPERS_NOT_EDITED);
    desk_tap(SESSION_INTENT_BACK, 0);
    assert_int_equal(desk_view()->said, PAPERS_FINE); /* it was read */
}

static void test_again(void **state)
{
    (void)state;
    desk_scan_pages(3);
    desk_share(2);
    assert_true(desk_view()->page[1].shared);
    desk_tap(SESSION_INTENT_PAGE_AGAIN, 2);
    assert_int_equal(world.order.pages, 1);
    desk_gave(55, 0);
    desk_gave(56, 0); /* more than was asked for */
    assert_int_equal(world.cancels, 1);
    desk_ended(SCANMSG_CANCELLED);
    assert_int_equal(desk_view()->pages, 3);
    assert_int_equal(world.v->page[1].id, 4);
    assert_false(
        world.v->page[1].shared); /* the citizen has not seen that one */
    desk_tap(SESSION_INTENT_PAGE_AGAIN, 4);
    desk_tap(SESSION_INTENT_SCAN_CANCEL, 0);
    desk_ended(SCANMSG_CANCELLED);
    assert_int_equal(desk_view()->pages, 3);
}

static void test_order_and_remove(void **state)
{
    (void)state;
    desk_scan_pages(3);
    desk_tap(SESSION_INTENT_PAGE, 1);
    desk_tap(SESSION_INTENT_PAGE_LATER, 1);
    desk_tap(SESSION_INTENT_PAGE_EARLIER, 3);
    assert_int_equal(desk_view()->page[1].id, 3);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_TURN, .at = 1, .remove = 1});
    desk_tap(SESSION_INTENT_PAGE_REMOVE, 1);
    desk_check(PAPERS_TRAY, 0);
    desk_gave(9, 0); /* of the page that is gone */
    desk_ended(SCANMSG_CANCELLED);
    assert_int_equal(desk_view()->pages, 2);
    assert_int_equal(world.v->said, PAPERS_FINE);
    desk_tap(SESSION_INTENT_PAGE, 1);
    desk_check(PAPERS_TRAY, 0);
}

/* --- consent ----------------------------------------------------------- */

static void test_consent(void **state)
{
    (void)state;
    desk_join();
    desk_scan_pages(3);
    assert_int_equal(desk_pieces(1), 0);
    desk_tap(SESSION_INTENT_PAGE, 1);
    desk_tap(SESSION_INTENT_PAGE_SHARE, 1);
    desk_check(PAPERS_CONSENT, 1);
    assert_int_equal(desk_pieces(1), 0);
    desk_tap(SESSION_INTENT_CONSENT_NO, 0);
    desk_check(PAPERS_PAGE, 1);
    desk_tap(SESSION_INTENT_CONSENT_YES, 0); /* too late */
    assert_int_equal(desk_pieces(1), 0);
    desk_share(1);
    desk_check(PAPERS_LOOK, 1);
    assert_int_equal(desk_pieces(1), 3500);
    assert_int_equal(desk_pieces(2), 0);
    desk_tap(SESSION_INTENT_PAGE_SHARE, 1); /* it is */
    desk_check(PAPERS_LOOK, 1);
    desk_tap(SESSION_INTENT_PAGE_SHARE, 0);
    desk_check(PAPERS_CONSENT, 0);
    desk_tap(SESSION_INTENT_CONSENT_YES, 0);
    desk_check(PAPERS_LOOK, 2);
    assert_true(desk_view()->page[2].shared);
    desk_tap(SESSION_INTENT_PAGE_UNSHARE, 2);
    desk_check(PAPERS_TRAY, 0);
    assert_int_equal(desk_pieces(2), 0);
}

/* What the citizen had not seen when asked is not meant. */
static void test_consent_is_for_what_is_seen(void **state)
{
    (void)state;
    desk_scan_pages(2);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_TURN, .at = 1, .remove = 1});
    desk_tap(SESSION_INTENT_PAGE_SHARE, 0);
    desk_gave(50, 0);
    desk_ended(SCANMSG_DONE);
    desk_tap(SESSION_INTENT_CONSENT_YES, 0);
    assert_int_equal(desk_view()->page[0].id, 3);
    assert_false(world.v->page[0].shared);
    assert_true(world.v->page[1].shared);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_TURN, .at = 3, .remove = 1});
    desk_tap(SESSION_INTENT_PAGE_SHARE, 3);
    desk_gave(51, 0);
    desk_ended(SCANMSG_DONE);
    desk_check(PAPERS_TRAY, 0);
    desk_tap(SESSION_INTENT_CONSENT_YES, 0);
    assert_false(desk_view()->page[0].shared);
}

#define CASE(f) \
    cmocka_unit_test_setup_teardown(f, desk_setup_begun, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_begin, desk_setup, desk_teardown),
        CASE(test_scan),
        CASE(test_troubles),
        CASE(test_bad_pages),
        CASE(test_cancel),
        CASE(test_full),
        CASE(test_sources),
        CASE(test_silence),
        CASE(test_camera),
        CASE(test_camera_given_up),
        CASE(test_camera_fails),
        CASE(test_camera_again),
        CASE(test_edits),
        CASE(test_edits_that_fail),
        CASE(test_again),
        CASE(test_order_and_remove),
        CASE(test_consent),
        CASE(test_consent_is_for_what_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
