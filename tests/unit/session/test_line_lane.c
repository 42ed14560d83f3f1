/* The channels of form and papers: what luukku-rtc has room for, and what
 * happens to them when a connection goes. And `ctl`. */
#include "line_world.h"

#define LONG LINE_LANE_MAX

static void channel(bool open)
{
    world_receive((struct rtcmsg){.type = RTCMSG_CHANNEL,
                                  .call = world()->number,
                                  .channel = FORM,
                                  .open = open,
                                  .text = "form"});
}

static void room(uint64_t bytes)
{
    world_receive((struct rtcmsg){.type = RTCMSG_ROOM,
                                  .call = world()->number,
                                  .channel = FORM,
                                  .room = bytes});
}

static void data(uint16_t number, bool binary, const char *text)
{
    world_receive((struct rtcmsg){.type = RTCMSG_DATA,
                                  .call = world()->number,
                                  .channel = number,
                                  .binary = binary,
                                  .bytes = (const uint8_t *)text,
                                  .len = strlen(text)});
}

static void test_before_the_grant(void **state)
{
    (void)state;
    world_up();
    assert_int_equal(
        line_wait(world()->line, "parental-allowance", "fi", &world()->t), 0);
    channel(true);
    assert_false(world()->form_open);
}

static void test_room(void **state)
{
    (void)state;
    world_into_call();
    world()->form_waits = 10;
    line_flow(world()->line);
    assert_int_equal(world()->form_sent, 0); /* no channel */
    channel(true);
    assert_int_equal(world()->form_sent, 0); /* no room yet */
    room(2 * LONG);
    assert_int_equal(world()->form_sent, 2);
    room(3 * LONG - 1);
    assert_int_equal(world()->form_sent, 2);
    room(4 * LONG);
    assert_int_equal(world()->form_sent, 4);
    room(LONG); /* room is never taken back */
    assert_int_equal(world()->form_sent, 4);
    room(100 * LONG);
    assert_int_equal(world()->form_sent, 10);
    world()->form_waits = 1;
    line_flow(world()->line);
    assert_int_equal(world()->form_sent, 11);
}

/* Short ones cost what they cost in queues. */
static void test_short(void **state)
{
    (void)state;
    world_into_call();
    world()->form_len = 1;
    world()->form_waits = 1000;
    channel(true);
    room(2 * LONG);
    assert_int_equal(world()->form_sent, LONG / RTCMSG_ROOM_LEAST + 1);
}

static void test_data(void **state)
{
    (void)state;
    world_into_call();
    data(FORM, true, "early");
    channel(true);
    data(FORM, true, "one");
    data(FORM + 1, true, "other");
    data(FORM, false, "text");
    assert_string_equal(world()->form_got, "one||");
}

/* The far end closes; luukku-rtc dies; a fresh connection begins with no room
 * of the old one. */
static void test_again(void **state)
{
    (void)state;
    world_into_call();
    channel(true);
    room(8 * LONG);
    channel(false);
    assert_int_equal(world()->form_closed, 1);
    channel(true);
    world()->form_waits = 2;
    line_flow(world()->line);
    assert_int_equal(world()->form_sent, 0);
    line_transport(world()->line, false, &world()->t);
    assert_int_equal(world()->form_closed, 2);
    uint32_t old = world()->number;
    world_up();
    assert_true(world()->number != old);
    channel(true);
    room(LONG);
    assert_int_equal(world()->form_sent, 1);
    line_end(world()->line, &world()->t);
    assert_int_equal(world()->form_opened, 3);
    assert_int_equal(world()->form_closed, 3);
    world()->form_waits = 1;
    line_flow(world()->line);
    assert_int_equal(world()->form_sent, 1);
}

/* Each has room of its own, and messages of its own. */
static void test_papers(void **state)
{
    (void)state;
    world_into_call();
    channel(true);
    world_receive((struct rtcmsg){.type = RTCMSG_CHANNEL,
                                  .call = world()->number,
                                  .channel = PAPER,
                                  .open = true,
                                  .text = "paper"});
    assert_int_equal(world()->opened_last, LINE_PAPER);
    world()->paper_waits = 3;
    world()->form_waits = 1;
    room(LONG);
    assert_int_equal(world()->form_sent, 1);
    assert_int_equal(world()->paper_waits, 3);
    world_receive((struct rtcmsg){.type = RTCMSG_ROOM,
                                  .call = world()->number,
                                  .channel = PAPER,
                                  .room = 2 * LONG});
    assert_int_equal(world()->paper_waits, 1);
    data(PAPER, true, "p");
    data(FORM, true, "f");
    assert_string_equal(world()->form_got, "paper:p|f|");
}

static void test_ctl(void **state)
{
    char text[LINE_CTL_MAX + 2] = "{\"type\":\"identify\"}";
    (void)state;
    world_into_call();
    world_receive((struct rtcmsg){.type = RTCMSG_CHANNEL,
                                  .call = world()->number,
                                  .channel = CTL,
                                  .open = true,
                                  .text = "ctl"});
    assert_true(world()->ctl_open);
    data(CTL, false, text);
    assert_string_equal(world()->ctl_got, text);
    world()->ctl_got[0] = '\0';
    data(CTL, false, "{\"type\":\"state\",\"mic\":true,\"camera\":true}");
    data(CTL, true, text);
    memset(text, 'x', sizeof(text) - 1);
    data(CTL, false, text);
    assert_string_equal(world()->ctl_got, "");
    unsigned before = world_count(RTCMSG_SEND);
    line_say_ctl(world()->line, "{}", 2);
    assert_int_equal(world_count(RTCMSG_SEND), before + 1);
    line_transport(world()->line, false, &world()->t);
    assert_false(world()->ctl_open);
    line_say_ctl(world()->line, "{}", 2);
    assert_int_equal(world_count(RTCMSG_SEND), before + 1);
}

/* Room on another channel, or of another connection. */
static void test_foreign_room(void **state)
{
    (void)state;
    world_into_call();
    channel(true);
    world()->form_waits = 1;
    world_receive((struct rtcmsg){.type = RTCMSG_ROOM,
                                  .call = world()->number,
                                  .channel = FORM + 1,
                                  .room = 9 * LONG});
    world_receive((struct rtcmsg){.type = RTCMSG_ROOM,
                                  .call = world()->number - 1,
                                  .channel = FORM,
                                  .room = 9 * LONG});
    assert_int_equal(world()->form_sent, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_before_the_grant),
        CASE(test_room),
        CASE(test_short),
        CASE(test_data),
        CASE(test_again),
        CASE(test_foreign_room),
        CASE(test_papers),
        CASE(test_ctl),
    };
    return cmocka_run_group_tests(tests, NULL, world_finish);
}
