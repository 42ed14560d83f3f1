/* What a line carries beside the pictures: `ctl`, `text`, who speaks. */
#include "line_world.h"

/* Who speaks is told of the newest connection only, and in a call only. */
static void test_voice(void **state)
{
    (void)state;
    world_up();
    assert_int_equal(
        line_wait(world()->line, "parental-allowance", "fi", &world()->t), 0);
    struct rtcmsg m = {
        .type = RTCMSG_VOICE, .call = world()->number, .up = true};
    world_receive(m);
    assert_int_equal(world()->voices, 0);
    line_end(world()->line, &world()->t);
    world()->over = false;
    world_clear();
    world_into_call();
    m.call = world()->number;
    world_receive(m);
    assert_true(world()->voice);
    m.up = false;
    m.call--;
    world_receive(m);
    assert_true(world()->voice);
    m.call = world()->number;
    world_receive(m);
    assert_false(world()->voice);
    line_end(world()->line, &world()->t);
    m.up = true;
    world_receive(m);
    assert_int_equal(world()->voices, 2);
}

static void test_ctl(void **state)
{
    struct line_controls c = {.mic = false, .camera = true, .lang = "fi"};
    static const char told[] = "{\"type\":\"state\",\"mic\":true,\"camera\":"
                               "false}";
    (void)state;
    world_into_call();
    world_receive((struct rtcmsg){.type = RTCMSG_CHANNEL,
                                  .call = world()->number,
                                  .channel = 3,
                                  .open = true,
                                  .text = "ctl"});
    assert_string_equal(world()->ctl,
                        "{\"type\":\"state\",\"mic\":true,\"camera\":true}");
    line_set_controls(world()->line, &c);
    assert_string_equal(world()->ctl,
                        "{\"type\":\"state\",\"mic\":false,\"camera\":true}");
    world_receive((struct rtcmsg){.type = RTCMSG_DATA,
                                  .call = world()->number,
                                  .channel = 3,
                                  .bytes = (const uint8_t *)told,
                                  .len = sizeof(told) - 1});
    assert_true(world()->last.mic);
    assert_false(world()->last.camera);
    assert_int_equal(world()->last.kind, SESSION_EVENT_REMOTE);
    /* What is not there is not said to be on. */
    c.mic = true;
    line_set_controls(world()->line, &c);
    world_receive((struct rtcmsg){.type = RTCMSG_DEVICES,
                                  .camera_device = RTCMSG_DEVICE_NONE,
                                  .sound_device = RTCMSG_DEVICE_SIMULATED});
    assert_string_equal(world()->ctl,
                        "{\"type\":\"state\",\"mic\":true,\"camera\":false}");
    world_receive((struct rtcmsg){.type = RTCMSG_DEVICES,
                                  .camera_device = RTCMSG_DEVICE_REAL,
                                  .sound_device = RTCMSG_DEVICE_NONE});
    assert_string_equal(world()->ctl,
                        "{\"type\":\"state\",\"mic\":false,\"camera\":true}");
}

/* Each end's farewell on `ctl` does what the signed one does. */
static void test_ctl_bye(void **state)
{
    static const char bye[] = "{\"type\":\"bye\",\"why\":\"ended\"}";
    struct rtcmsg open = {
        .type = RTCMSG_CHANNEL, .channel = 3, .open = true, .text = "ctl"};
    (void)state;
    world_into_call();
    open.call = world()->number;
    world_receive(open);
    world_receive((struct rtcmsg){.type = RTCMSG_DATA,
                                  .call = world()->number,
                                  .channel = 3,
                                  .bytes = (const uint8_t *)bye,
                                  .len = sizeof(bye) - 1});
    assert_true(world()->over && world()->expert.over);
    assert_int_equal(world()->end, SESSION_END_BY_EXPERT);
}

static void test_ctl_bye_of_ours(void **state)
{
    (void)state;
    world_into_call();
    world_receive((struct rtcmsg){.type = RTCMSG_CHANNEL,
                                  .call = world()->number,
                                  .channel = 3,
                                  .open = true,
                                  .text = "ctl"});
    line_end(world()->line, &world()->t);
    assert_string_equal(world()->ctl, "{\"type\":\"bye\",\"why\":\"ended\"}");
    assert_int_equal(world()->end, SESSION_END_BY_CITIZEN);
}

static void text_channel(bool is_open)
{
    world_receive((struct rtcmsg){.type = RTCMSG_CHANNEL,
                                  .call = world()->number,
                                  .channel = TEXT,
                                  .open = is_open,
                                  .text = "text"});
}

static void text_data(const char *text)
{
    world_receive((struct rtcmsg){.type = RTCMSG_DATA,
                                  .call = world()->number,
                                  .channel = TEXT,
                                  .bytes = (const uint8_t *)text,
                                  .len = strlen(text)});
}

/* What was typed before the channel stood, while it stood, and while it was
 * away; nothing of it is left after the call. */
static void test_text(void **state)
{
    (void)state;
    line_write(world()->line, "not in a call", world()->t.now_us);
    world_into_call();
    assert_int_equal(world()->talk.n, 0);
    line_write(world()->line, "a", world()->t.now_us);
    text_channel(true);
    assert_true(world()->talk_up);
    assert_non_null(strstr(world()->text, "luukku;1;"));
    assert_non_null(strstr(world()->text, ST "a"));
    text_data("Hei");
    world_pass(SECOND);
    assert_int_equal(world()->talk.n, 2);
    assert_true(world()->talk.said[0].mine && !world()->talk.said[1].mine);
    assert_string_equal(world()->talk.said[1].text, "Hei");
    line_write(world()->line, "ab", world()->t.now_us);
    line_say(world()->line, world()->t.now_us);
    world_pass(SECOND);
    assert_non_null(strstr(world()->text, ST "ab\u2028"));
    assert_false(world()->talk.said[0].open);
    text_channel(false);
    assert_false(world()->talk_up);
    world()->text[0] = '\0';
    line_write(world()->line, "c", world()->t.now_us);
    world_pass(SECOND);
    assert_string_equal(world()->text, "");
    text_channel(true);
    text_data(" sinne");
    world_pass(SECOND);
    assert_non_null(strstr(world()->text, ST "c"));
    assert_string_equal(world()->talk.said[1].text, "Hei\ufffd sinne");
    line_end(world()->line, &world()->t);
    assert_false(world()->talk_up);
    world()->text[0] = '\0';
    line_write(world()->line, "late", world()->t.now_us);
    assert_string_equal(world()->text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_voice),           CASE(test_ctl),  CASE(test_ctl_bye),
        CASE(test_ctl_bye_of_ours), CASE(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, world_finish);
}
