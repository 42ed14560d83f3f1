/* The line: queue, call, silence, and who dies when. */
#include "line_world.h"

#include <errno.h>

static void test_call_and_end(void **state)
{
    (void)state;
    world_into_call();
    line_end(world()->line, &world()->t);
    assert_true(world()->over && world()->expert.over);
    assert_int_equal(world()->end, SESSION_END_BY_CITIZEN);
    assert_int_equal(world_count(RTCMSG_CLOSE), 1);
    assert_true(line_settled(world()->line));
}

/* Camera and microphone run from the queue to the end, whatever happens to the
 * connection between, and at no other time. */
static void test_captures_from_queue_to_end(void **state)
{
    (void)state;
    world_up();
    assert_int_equal(world_count(RTCMSG_CAPTURE), 0);
    assert_int_equal(
        line_wait(world()->line, "parental-allowance", "fi", &world()->t), 0);
    assert_true(world()->captures);
    line_end(world()->line, &world()->t); /* left the queue */
    assert_false(world()->captures);
    world()->over = false;
    world_clear();
    world_into_call();
    assert_true(world()->captures);
    /* A page that is loaded again, and a transport that dies: the new one
     * knows nothing. */
    expert_bye(&world()->expert, "left");
    assert_int_equal(world_count(RTCMSG_CAPTURE), 0);
    line_transport(world()->line, false, &world()->t);
    world()->captures = false;
    world_up();
    assert_true(world()->captures);
    world_pass(20 * SECOND);
    assert_true(world()->over);
    assert_false(world()->captures);
    world_clear();
    line_transport(world()->line, false, &world()->t);
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
    line_watch(world()->line, "parental-allowance");
    assert_string_equal(world()->watched, "kela");
    line_watch(world()->line, "parental-allowance");
    assert_int_equal(world_count(RTCMSG_WATCH), 1);
    line_watch(world()->line, "no-such-card");
    assert_string_equal(world()->watched, "");
    /* A luukku-rtc that is new is told again. */
    line_watch(world()->line, "tax-card");
    line_transport(world()->line, false, &world()->t);
    world()->watched[0] = '\0';
    world_up();
    assert_string_equal(world()->watched, "vero");
    assert_int_equal(
        line_wait(world()->line, "parental-allowance", "fi", &world()->t), 0);
    assert_string_equal(world()->watched, "kela");
    line_end(world()->line, &world()->t);
    assert_string_equal(world()->watched, "");
    world()->over = false;
    world_clear();
    world_into_call();
    assert_string_equal(world()->watched,
                        ""); /* granted: nobody waits any more */
}

static void test_expert_ends(void **state)
{
    (void)state;
    world_into_call();
    expert_bye(&world()->expert, "ended");
    assert_int_equal(world()->end, SESSION_END_BY_EXPERT);
    assert_int_equal(world_count(RTCMSG_CLOSE), 1);
}

/* Silence: one ICE restart at once, then one every 5 s, over after 120 s. */
static void test_silence(void **state)
{
    (void)state;
    world_into_call();
    uint64_t version = world()->version;
    world_peer(RTCMSG_PEER_INTERRUPTED);
    world_pass(7 * SECOND);
    assert_int_equal(world()->is, SESSION_LINE_INTERRUPTED);
    assert_int_equal(world_count(RTCMSG_RESTART), 0);
    world_peer(RTCMSG_PEER_RECONNECTING);
    assert_int_equal(world_count(RTCMSG_RESTART), 1);
    assert_true(world()->version > version);
    world_give_offer();
    world_pass(20 * SECOND);
    assert_int_equal(world_count(RTCMSG_RESTART), 5);
    assert_int_equal(world_count(RTCMSG_PREPARE), 0);
    assert_false(world()->over);
    world_pass(LINE_GIVE_UP_US);
    assert_true(world()->over);
    assert_int_equal(world()->end, SESSION_END_LINE_LOST);
}

static void test_silence_that_ends(void **state)
{
    (void)state;
    world_into_call();
    world_peer(RTCMSG_PEER_INTERRUPTED);
    world_peer(RTCMSG_PEER_RECONNECTING);
    world_pass(60 * SECOND);
    world_peer(RTCMSG_PEER_CONNECTED);
    assert_int_equal(world()->is, SESSION_LINE_GOOD);
    world_clear();
    world_pass(2 * LINE_GIVE_UP_US);
    assert_int_equal(world_count(RTCMSG_RESTART), 0);
    assert_false(world()->over);
}

/* The transport program dies in a call: a fresh connection in the same call,
 * under another session id, with a version above. */
static void test_transport_dies(void **state)
{
    (void)state;
    world_into_call();
    uint64_t session = world()->session;
    uint64_t version = world()->version;
    line_transport(world()->line, false, &world()->t);
    assert_int_equal(world()->is, SESSION_LINE_RECONNECTING);
    assert_int_equal(world()->orders, 0); /* nobody to order */
    world_pass(2 * SECOND);
    world_up();
    assert_int_equal(world_count(RTCMSG_CONTROLS), 1);
    assert_int_equal(world_count(RTCMSG_PREPARE), 1);
    assert_true(world()->gate);
    assert_true(world()->session != session);
    assert_true(world()->version > version);
    world_give_offer();
    world_pass(SECOND);
    assert_true(world()->expert.offer == world()->version);
    assert_true(world()->expert.session_id == world()->session);
    expert_answer(&world()->expert, world()->expert.offer);
    assert_int_equal(world_count(RTCMSG_ANSWER), 1);
    world_peer(RTCMSG_PEER_CONNECTED);
    assert_int_equal(world()->is, SESSION_LINE_GOOD);
    assert_false(world()->over);
}

/* A page that reloads claims again and gets a fresh connection. */
static void test_page_reloads(void **state)
{
    char old[SIGNAL_NONCE_SIZE];
    (void)state;
    world_into_call();
    memcpy(old, world()->expert.en, sizeof(old));
    expert_bye(&world()->expert, "left");
    assert_int_equal(world_count(RTCMSG_CLOSE), 1);
    assert_int_equal(world()->is, SESSION_LINE_RECONNECTING);
    assert_false(world()->over);
    expert_claim(&world()->expert, old);
    assert_int_equal(world_count(RTCMSG_PREPARE), 1);
    assert_true(world()->gate);
    world_give_offer();
    assert_true(world()->expert.session_id == world()->session);
}

static void test_page_leaves_for_good(void **state)
{
    (void)state;
    world_into_call();
    expert_bye(&world()->expert, "left");
    world_pass(20 * SECOND);
    assert_true(world()->over);
    assert_int_equal(world()->end, SESSION_END_LINE_LOST);
}

/* What is said of an older connection changes nothing. */
static void test_late_words(void **state)
{
    (void)state;
    world_into_call();
    struct rtcmsg late = {.type = RTCMSG_PEER,
                          .call = world()->number - 1,
                          .peer = RTCMSG_PEER_FAILED};
    world_receive(late);
    world_pass(10 * SECOND);
    assert_int_equal(world()->is, SESSION_LINE_GOOD);
    assert_int_equal(world()->orders, 0);
}

static void test_failure_makes_a_fresh_connection(void **state)
{
    (void)state;
    world_into_call();
    world_peer(RTCMSG_PEER_FAILED);
    assert_int_equal(world_count(RTCMSG_PREPARE), 0);
    world_pass(LINE_FRESH_US);
    assert_int_equal(world_count(RTCMSG_PREPARE), 1);
    assert_true(world()->gate);
}

static void test_wait_before_transport(void **state)
{
    (void)state;
    assert_int_equal(line_wait(world()->line, "nothing", "fi", &world()->t),
                     -ENOENT);
    assert_int_equal(line_wait(world()->line, "tax-card", "fi", &world()->t),
                     0);
    assert_int_equal(world()->orders, 0);
    world_up();
    assert_int_equal(world_count(RTCMSG_PREPARE), 1);
    assert_false(world()->gate);
    line_end(world()->line, &world()->t);
    assert_true(world()->over);
    assert_false(world()->granted);
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
