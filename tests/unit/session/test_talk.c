/* The conversation in writing: the vectors that the expert's page passes too,
 * and two of them with a bad channel between. */
#include "testing.h"

#include "session/talk.h"

#include <jansson.h>
#include <stdlib.h>

#define SECOND INT64_C(1000000)
#define OWN_ID UINT64_C(0x0123456789abcdef)
#define SENT_MAX 65536

/* --- vectors ----------------------------------------------------------- */

struct stage {
    struct talk talk;
    struct session_talk shown;
    int64_t now_us;
    char sent[SENT_MAX];
    size_t sent_len;
    bool bytewise; /* what is heard comes byte by byte */
};

static struct stage *s;

static void pump(void)
{
    char message[TALK_MESSAGE_MAX];
    size_t n;
    while ((n = talk_send(&s->talk, s->now_us, message)) > 0) {
        assert_true(s->sent_len + n < SENT_MAX);
        assert_true(lk_utf8_valid(message, n));
        memcpy(s->sent + s->sent_len, message, n);
        s->sent_len += n;
    }
    s->sent[s->sent_len] = '\0';
    (void)talk_show(&s->talk, s->now_us, &s->shown);
}

static void pass(int64_t us)
{
    int64_t end = s->now_us + us;
    for (;;) {
        int64_t next = talk_next_us(&s->talk);
        if (next > end)
            break;
        s->now_us = LK_MAX(next, s->now_us + 1);
        pump();
    }
    s->now_us = end;
}

static void hear(const uint8_t *data, size_t len)
{
    size_t step = s->bytewise ? 1 : len;
    for (size_t i = 0; i < len; i += step)
        talk_receive(&s->talk, data + i, step, s->now_us);
}

static void hear_hex(const char *hex)
{
    uint8_t raw[256];
    size_t len = strlen(hex) / 2;
    assert_true(len <= sizeof(raw));
    assert_int_equal(lk_hex_decode(hex, len, raw), 0);
    hear(raw, len);
}

static void check_turns(const json_t *want)
{
    /* As it is, whether or not it may be shown yet. */
    s->talk.changed = true;
    s->talk.show_us = s->now_us;
    assert_true(talk_show(&s->talk, s->now_us, &s->shown));
    assert_int_equal(s->shown.n, json_array_size(want));
    for (size_t i = 0; i < s->shown.n; i++) {
        const json_t *turn = json_array_get(want, i);
        const struct session_said *said = &s->shown.said[i];
        assert_string_equal(said->text,
                            json_string_value(json_array_get(turn, 2)));
        assert_string_equal(said->mine ? "mine" : "far",
                            json_string_value(json_array_get(turn, 0)));
        assert_string_equal(said->open ? "open" : "done",
                            json_string_value(json_array_get(turn, 1)));
    }
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((uint8_t)*text & 0xc0) != 0x80;
    return n;
}

static void check_sent(const json_t *step)
{
    const json_t *sent = json_object_get(step, "sent");
    const json_t *length = json_object_get(step, "sentLength");
    if (!sent && !length)
        return;
    if (sent)
        assert_string_equal(s->sent, json_string_value(sent));
    else
        assert_int_equal(characters(s->sent), json_integer_value(length));
    s->sent_len = 0;
    s->sent[0] = '\0';
}

static void play_heard(const json_t *step)
{
    const json_t *text = json_object_get(step, "hear");
    const json_t *times = json_object_get(step, "times");
    const json_t *bytes = json_object_get(step, "bytes");
    for (json_int_t i = 0; text && i < (times ? json_integer_value(times) : 1);
         i++)
        hear((const uint8_t *)json_string_value(text),
             json_string_length(text));
    if (bytes)
        hear_hex(json_string_value(bytes));
}

static void play_step(const json_t *step)
{
    const json_t *v;
    if ((v = json_object_get(step, "up")))
        talk_channel(&s->talk, json_is_true(v), s->now_us);
    play_heard(step);
    if ((v = json_object_get(step, "write")))
        talk_write(&s->talk, json_string_value(v));
    if (json_object_get(step, "say"))
        talk_say(&s->talk);
    pump();
    if ((v = json_object_get(step, "pass")))
        pass(json_integer_value(v) * 1000);
    if ((v = json_object_get(step, "turns")))
        check_turns(v);
    check_sent(step);
}

static void play_case(const json_t *c, bool bytewise)
{
    const json_t *step;
    size_t i;
    *s = (struct stage){.bytewise = bytewise, .now_us = SECOND};
    talk_begin(&s->talk, OWN_ID, s->now_us);
    json_array_foreach(json_object_get(c, "steps"), i, step)
    {
        play_step(step);
    }
}

static void play_file(const char *name)
{
    char path[512];
    json_error_t error;
    const json_t *c;
    size_t i;
    (void)snprintf(path, sizeof(path), "%s/%s.json", VECTORS, name);
    json_t *file = json_load_file(path, 0, &error);
    assert_non_null(file);
    s = calloc(1, sizeof(*s));
    assert_non_null(s);
    json_array_foreach(json_object_get(file, "cases"), i, c)
    {
        print_message("%s: %s\n", name,
                      json_string_value(json_object_get(c, "name")));
        play_case(c, false);
        play_case(c, true);
    }
    free(s);
    json_decref(file);
}

static void test_characters(void **state)
{
    (void)state;
    play_file("characters");
}

static void test_edits(void **state)
{
    (void)state;
    play_file("edits");
}

static void test_loss(void **state)
{
    (void)state;
    play_file("loss");
}

static void test_hostile(void **state)
{
    (void)state;
    play_file("hostile");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_loss),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
