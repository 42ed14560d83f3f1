/* Papers that go with the form, and one that does not let them go. */
#include "desk_world.h"

#include <errno.h>

static int seen_tag(void *arg, const struct paperdesk_paper *p)
{
    uint32_t *tag = arg;
    *tag = pages_tag(p->data, p->len);
    return *tag == 77 ? -EIO : 0;
}

static void test_attach(void **state)
{
    (void)state;
    uint32_t tag = 0;
    desk_scan_pages(2);
    desk_tap(SESSION_INTENT_PAGE_ATTACH, 1);
    assert_false(desk_view()->can_attach);
    assert_int_equal(world.v->said, PAPERS_NOT_ATTACHED); /* not silently */
    assert_int_equal(world.notes, 1);
    paperdesk_set_place(world.d, "paper");
    assert_true(desk_view()->can_attach);
    desk_tap(SESSION_INTENT_PAGE_ATTACH, 1);
    assert_true(desk_view()->page[0].attached);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_TURN, .at = 1, .remove = 1});
    desk_gave(77, 0);
    desk_ended(SCANMSG_DONE);
    assert_true(desk_view()->page[0].attached); /* as it is now */
    assert_int_equal(paperdesk_attached(world.d, seen_tag, &tag), -EIO);
    assert_int_equal(tag, 77);
    desk_tap(SESSION_INTENT_PAGE_ATTACH, 3);
    desk_tap(SESSION_INTENT_PAGE_ATTACH, 3);
    desk_tap(SESSION_INTENT_PAGE_REMOVE, 3);
    world.attach_answer = -ENOSPC;
    desk_tap(SESSION_INTENT_PAGE_ATTACH, 2);
    assert_false(desk_view()->page[0].attached);
    assert_int_equal(world.v->said, PAPERS_NOT_ATTACHED);
    assert_int_equal(world.notes, 2);
    assert_string_equal(world.ties, "+paper:paper-1.jpg -paper:paper-1.jpg "
                                    "+paper:paper-3.jpg -paper:paper-3.jpg "
                                    "+paper:paper-3.jpg -paper:paper-3.jpg "
                                    "+paper:paper-2.jpg ");
}

/* While the form is sealed it lets no paper go: the page stays, with its tie,
 * whatever the citizen wishes of it. */
static void test_tied(void **state)
{
    const struct session_intent turn = {
        .kind = SESSION_INTENT_PAGE_TURN, .at = 1, .remove = 1};
    (void)state;
    paperdesk_set_place(world.d, "paper");
    desk_scan_pages(1);
    desk_tap(SESSION_INTENT_PAGE_ATTACH, 1);
    world.attach_answer = -EPERM;
    const enum session_intent_kind deeds[] = {SESSION_INTENT_PAGE_REMOVE,
                                              SESSION_INTENT_PAGE_ATTACH};
    for (size_t i = 0; i < LK_ARRAY_LEN(deeds); i++) {
        desk_tap(deeds[i], 1);
        assert_int_equal(desk_view()->said, PAPERS_TIED);
    }
    desk_tap_with(turn);
    desk_gave(77, 0);
    desk_ended(SCANMSG_CANCELLED);
    assert_int_equal(desk_view()->said, PAPERS_TIED);
    desk_tap(SESSION_INTENT_PAGE_AGAIN, 1);
    desk_gave(78, 0);
    desk_ended(SCANMSG_CANCELLED);
    assert_int_equal(desk_view()->said, PAPERS_TIED);
    assert_int_equal(world.v->pages, 1);
    assert_true(world.v->page[0].id == 1 && world.v->page[0].attached);
    world.attach_answer = -ENOENT; /* the form has it no more */
    desk_tap(SESSION_INTENT_PAGE_REMOVE, 1);
    assert_int_equal(desk_view()->pages, 0);
}

/* What it is now the form does not take any more: the citizen reads so. */
static void test_untied(void **state)
{
    (void)state;
    paperdesk_set_place(world.d, "paper");
    desk_scan_pages(1);
    desk_tap(SESSION_INTENT_PAGE_ATTACH, 1);
    desk_tap_with((struct session_intent){
        .kind = SESSION_INTENT_PAGE_TURN, .at = 1, .remove = 1});
    world.refuse_ties = true;
    desk_gave(77, 0);
    desk_ended(SCANMSG_DONE);
    assert_int_equal(desk_view()->page[0].id, 2);
    assert_false(world.v->page[0].attached);
    assert_int_equal(world.v->said, PAPERS_NOT_ATTACHED);
}

int main(void)
{
#define CASE(name) \
    cmocka_unit_test_setup_teardown(name, desk_setup_begun, desk_teardown)
    const struct CMUnitTest tests[] = {CASE(test_attach), CASE(test_tied),
                                       CASE(test_untied)};
#undef CASE
    return cmocka_run_group_tests(tests, NULL, NULL);
}
