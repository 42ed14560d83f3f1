/* The line: queue, call, silence, and who dies when. */
#include "line_world.h"

#include <errno.h>

static void test_call_and_end(void **state)
{
    (void)state;
    world_into_call();
    line_end(w->line, &w->t);
    assert_true(w->over && w->expert.over);
    assert_int_equal(w->end, SESSION_END_BY_CITIZEN);
    assert_int_equal(world_count(RTCMSG_CLOSE), 1);
    assert_true(line_settled(w->line));
}

/* Camera and microphone run from the queue to the end, whatever happens to the
 * connection between, and at no other time. */
static void test_captures_from_queue_to_end(void **state)
{
    (void)state;
    world_up();
    assert_int_equal(world_count(RTCMSG_CAPTURE), 0);
    assert_int_equal(line_wait(w->line, "parental-allowance", "fi", &w->t), 0);
    assert_true(w->captures);
    line_end(w->line, &w->t); /* left the queue */
    assert_false(w->captures);
    w->over = false;
    world_clear();
    world_into_call();
    assert_true(w->captures);
    /* A page that is loaded again, and a transport that dies: the new one
     * knows nothing. */
    expert_bye(&w->expert, "left");
    assert_int_equal(world_count(RTCMSG_CAPTURE), 0);
    line_transport(w->line, false, &w->t);
    w->captures = false;
    world_up();
    assert_true(w->captures);
    world_pass(20 * SECOND);
    assert_true(w->over);
    assert_false(w->captures);
    world_clear();
    line_transport(w->line, false, &w->t);
    world_up();
    assert_int_equal(world_count(RTCMSG_CAPTURE), 0);
}

/* Of queues and experts only the chosen card's agency is heard, until the call
 * is granted or the citizen leaves. */
static void test_watches_one_agency(void **state)
{
    (void)state;
    world_up();
    assert_int_equal(world_count(RTCMSG_WATCH), 0);
    line_watch(w->line, "parental-allowance");
    assert_string_equal(w->watched, "kela");
    line_watch(w->line, "parental-allowance");
    assert_int_equal(world_count(RTCMSG_WATCH), 1);
    line_watch(w->line, "no-such-card");
    assert_string_equal(w->watched, "");
    /* A luukku-rtc that is new is told again. */
    line_watch(w->line, "tax-card");
    line_transport(w->line, false, &w->t);
    w->watched[0] = '\0';
    world_up();
    assert_string_equal(w->watched, "vero");
    assert_int_equal(line_wait(w->line, "parental-allowance", "fi", &w->t), 0);
    assert_string_equal(w->watched, "kela");
    line_end(w->line, &w->t);
    assert_string_equal(w->watched, "");
    w->over = false;
    world_clear();
    world_into_call();
    assert_string_equal(w->watched, ""); /* granted: nobody waits any more */
}

static void test_expert_ends(void **state)
{
    (void)state;
    world_into_call();
    expert_bye(&w->expert, "ended");
    assert_int_equal(w->end, SESSION_END_BY_EXPERT);
    assert_int_equal(world_count(RTCMSG_CLOSE), 1);
}

/* Silence: one ICE restart at once, then one every 5 s, over after 120 s. */
static void test_silence(void **state)
{
    (void)state;
    world_into_call();
    uint64_t version = w->version;
    world_peer(RTCMSG_PEER_INTERRUPTED);
    world_pass(7 * SECOND);
    assert_int_equal(w->is, SESSION_LINE_INTERRUPTED);
    assert_int_equal(world_count(RTCMSG_RESTART), 0);
    world_peer(RTCMSG_PEER_RECONNECTING);
    assert_int_equal(world_count(RTCMSG_RESTART), 1);
    assert_true(w->version > version);
    world_give_offer();
    world_pass(20 * SECOND);
    assert_int_equal(world_count(RTCMSG_RESTART), 5);
    assert_int_equal(world_count(RTCMSG_PREPARE), 0);
    assert_false(w->over);
    world_pass(LINE_GIVE_UP_US);
    assert_true(w->over);
    assert_int_equal(w->end, SESSION_END_LINE_LOST);
}

static void test_silence_that_ends(void **state)
{
    (void)state;
    world_into_call();
    world_peer(RTCMSG_PEER_INTERRUPTED);
    world_peer(RTCMSG_PEER_RECONNECTING);
    world_pass(60 * SECOND);
    world_peer(RTCMSG_PEER_CONNECTED);
    assert_int_equal(w->is, SESSION_LINE_GOOD);
    world_clear();
    world_pass(2 * LINE_GIVE_UP_US);
    assert_int_equal(world_count(RTCMSG_RESTART), 0);
    assert_false(w->over);
}

/* The transport program dies in a call: a fresh connection in the same call,
 * under another session id, with a version above. */
static void test_transport_dies(void **state)
{
    (void)state;
    world_into_call();
    uint64_t session = w->session;
    uint64_t version = w->version;
    line_transport(w->line, false, &w->t);
    assert_int_equal(w->is, SESSION_LINE_RECONNECTING);
    assert_int_equal(w->orders, 0); /* nobody to order */
    world_pass(2 * SECOND);
    world_up();
    assert_int_equal(world_count(RTCMSG_CONTROLS), 1);
    assert_int_equal(world_count(RTCMSG_PREPARE), 1);
    assert_true(w->gate);
    assert_true(w->session != session);
    assert_true(w->version > version);
    world_give_offer();
    world_pass(SECOND);
    assert_true(w->expert.offer == w->version);
    assert_true(w->expert.session_id == w->session);
    expert_answer(&w->expert, w->expert.offer);
    assert_int_equal(world_count(RTCMSG_ANSWER), 1);
    world_peer(RTCMSG_PEER_CONNECTED);
    assert_int_equal(w->is, SESSION_LINE_GOOD);
    assert_false(w->over);
}

/* A page that reloads claims again and gets a fresh connection. */
static void test_page_reloads(void **state)
{
    char old[SIGNAL_NONCE_SIZE];
    (void)state;
    world_into_call();
    memcpy(old, w->expert.en, sizeof(old));
    expert_bye(&w->expert, "left");
    assert_int_equal(world_count(RTCMSG_CLOSE), 1);
    assert_int_equal(w->is, SESSION_LINE_RECONNECTING);
    assert_false(w->over);
    expert_claim(&w->expert, old);
    assert_int_equal(world_count(RTCMSG_PREPARE), 1);
    assert_true(w->gate);
    world_give_offer();
    assert_true(w->expert.session_id == w->session);
}

static void test_page_leaves_for_good(void **state)
{
    (void)state;
    world_into_call();
    expert_bye(&w->expert, "left");
    world_pass(20 * SECOND);
    assert_true(w->over);
    assert_int_equal(w->end, SESSION_END_LINE_LOST);
}

/* What is said of an older connection changes nothing. */
static void test_late_words(void **state)
{
    (void)state;
    world_into_call();
    struct rtcmsg late = {
        .type = RTCMSG_PEER, .call = w->number - 1, .peer = RTCMSG_PEER_FAILED};
    world_receive(late);
    world_pass(10 * SECOND);
    assert_int_equal(w->is, SESSION_LINE_GOOD);
    assert_int_equal(w->orders, 0);
}

static void test_failure_makes_a_fresh_connection(void **state)
{
    (void)state;
    world_into_call();
    world_peer(RTCMSG_PEER_FAILED);
    assert_int_equal(world_count(RTCMSG_PREPARE), 0);
    world_pass(LINE_FRESH_US);
    assert_int_equal(world_count(RTCMSG_PREPARE), 1);
    assert_true(w->gate);
}

static void test_wait_before_transport(void **state)
{
    (void)state;
    assert_int_equal(line_wait(w->line, "nothing", "fi", &w->t), -ENOENT);
    assert_int_equal(line_wait(w->line, "tax-card", "fi", &w->t), 0);
    assert_int_equal(w->orders, 0);
    world_up();
    assert_int_equal(world_count(RTCMSG_PREPARE), 1);
    assert_false(w->gate);
    line_end(w->line, &w->t);
    assert_true(w->over);
    assert_false(w->granted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_call_and_end),
        CASE(test_captures_from_queue_to_end),
        CASE(test_watches_one_agency),
        CASE(test_expert_ends),
        CASE(test_silence),
        CASE(test_silence_that_ends),
        CASE(test_transport_dies),
        CASE(test_page_reloads),
        CASE(test_page_leaves_for_good),
        CASE(test_late_words),
        CASE(test_failure_makes_a_fresh_connection),
        CASE(test_wait_before_transport),
    };
    return cmocka_run_group_tests(tests, NULL, world_finish);
}
