/* Two conversations with a bad channel between them: bytes come late and in
 * pieces, connections break and are made anew, one side may forget everything.
 * What one wrote is in the end what the other shows, or a mark says so. */
#include "testing.h"

#include "session/talk.h"

#define ROUNDS 300
#define STEPS 120 /* so few that all fits into the history */
#define WIRE_MAX 262144
#define TYPED_MAX 48 /* bytes: many turns rather than long ones */
#define LOST "\xef\xbf\xbd"

struct end {
    struct talk talk;
    char typed[SESSION_ARG_MAX];
    uint8_t wire[WIRE_MAX]; /* to the other */
    size_t wire_len;
};

static struct end ends[2];
static int64_t now_us;
static uint64_t chance;
static uint64_t last_id;
static bool connected;

static size_t below(size_t n)
{
    return (size_t)(test_random(&chance) % n);
}

static void pump(struct end *e)
{
    char message[TALK_MESSAGE_MAX];
    size_t n;
    while ((n = talk_send(&e->talk, now_us, message)) > 0) {
        assert_true(e->wire_len + n <= WIRE_MAX);
        memcpy(e->wire + e->wire_len, message, n);
        e->wire_len += n;
    }
}

static void step_write(struct end *e)
{
    static const char *const piece[] = {
        "a", "b", "ä",          "Ж",          "ب",          "\u0301",
        " ", "x", "\U0001F468", "\u200d",     "\U0001F469", "\U0001F1EB",
        "1", "2", "\U0001F1EE", "\U0001F44D", "\U0001F3FD", "yz",
    };
    size_t len = strlen(e->typed);
    size_t keep = lk_utf8_cut(e->typed, len, len - below(len + 1) / 2);
    if (below(3) == 0)
        e->typed[keep] = '\0';
    len = strlen(e->typed);
    for (size_t i = below(4); i > 0 && len < TYPED_MAX; i--)
        len += (size_t)snprintf(e->typed + len, sizeof(e->typed) - len, "%s",
                                piece[below(LK_ARRAY_LEN(piece))]);
    if (below(20) == 0)
        e->typed[0] = '\0';
    talk_write(&e->talk, e->typed);
}

static void step_say(struct end *e)
{
    talk_say(&e->talk);
    e->typed[0] = '\0';
}

static void deliver(size_t from, size_t len)
{
    struct end *e = &ends[from];
    len = LK_MIN(len, e->wire_len);
    talk_receive(&ends[1 - from].talk, e->wire, len, now_us);
    e->wire_len -= len;
    memmove(e->wire, e->wire + len, e->wire_len);
}

static void channel(bool up)
{
    connected = up;
    for (size_t i = 0; i < 2; i++) {
        ends[i].wire_len = 0;
        talk_channel(&ends[i].talk, up, now_us);
    }
}

static void forget(struct end *e)
{
    channel(false);
    talk_begin(&e->talk, ++last_id, now_us);
    e->typed[0] = '\0';
}

static void step(bool forgetful)
{
    struct end *e = &ends[below(2)];
    switch (below(12)) {
    case 0:
        step_say(e);
        break;
    case 1:
        now_us += (int64_t)below(8 * TALK_GREETING_US / STEPS);
        break;
    case 2:
        if (below(4) == 0)
            channel(!connected);
        break;
    case 3:
        if (forgetful && below(8) == 0)
            forget(&ends[1]);
        break;
    case 4:
    case 5:
    case 6:
        deliver(below(2), below(30));
        break;
    default:
        step_write(e);
        break;
    }
    pump(&ends[0]);
    pump(&ends[1]);
}

static void let_flow(void)
{
    for (size_t i = 0; i < 60; i++) {
        for (size_t k = 0; k < 2; k++) {
            pump(&ends[k]);
            deliver(k, WIRE_MAX);
        }
        now_us += 1000000;
    }
    assert_int_equal(ends[0].wire_len + ends[1].wire_len, 0);
}

/* A good connection, and time; then a last word from both. */
static void settle(void)
{
    channel(false);
    channel(true);
    let_flow();
    for (size_t i = 0; i < 2; i++) {
        talk_say(&ends[i].talk);
        talk_write(&ends[i].talk, "loppu");
        talk_say(&ends[i].talk);
    }
    let_flow();
}

static void show(struct end *e, struct session_talk *ret)
{
    e->talk.changed = true;
    e->talk.show_us = 0;
    assert_true(talk_show(&e->talk, now_us, ret));
}

/* The turns that somebody wrote, last first; NULL after the first. */
static const struct session_said *turn_of(const struct session_talk *t,
                                          bool mine, size_t back)
{
    for (size_t i = t->n; i-- > 0;)
        if (t->said[i].mine == mine && back-- == 0)
            return &t->said[i];
    return NULL;
}

/* Every turn that both still show is the same; behind a mark nothing is known.
 */
static void check(size_t writer, bool marks)
{
    struct session_talk wrote;
    struct session_talk read;
    show(&ends[writer], &wrote);
    show(&ends[1 - writer], &read);
    for (size_t i = 0;; i++) {
        const struct session_said *a = turn_of(&wrote, true, i);
        const struct session_said *b = turn_of(&read, false, i);
        assert_true(i > 0 || (a && b));
        if (!a || !b)
            return;
        if (strstr(b->text, LOST) != NULL) {
            assert_true(marks);
            return;
        }
        assert_string_equal(a->text, b->text);
        assert_int_equal(a->open, b->open);
    }
}

static void play(bool forgetful)
{
    now_us = 1000000;
    memset(ends, 0, sizeof(ends));
    for (size_t i = 0; i < 2; i++)
        talk_begin(&ends[i].talk, ++last_id, now_us);
    channel(below(2) == 0);
    for (size_t i = 0; i < STEPS; i++)
        step(forgetful);
    settle();
    check(0, false); /* who forgets what it has read is told again */
    check(1, forgetful);
}

static void test_nothing_is_lost(void **state)
{
    (void)state;
    chance = test_seed();
    for (size_t i = 0; i < ROUNDS; i++)
        play(false);
}

static void test_what_is_lost_is_marked(void **state)
{
    (void)state;
    chance = test_seed();
    for (size_t i = 0; i < ROUNDS; i++)
        play(true);
}

/* More than is kept was typed while there was no channel. */
static void test_more_than_the_history(void **state)
{
    struct session_talk read;
    (void)state;
    now_us = 1000000;
    memset(ends, 0, sizeof(ends));
    talk_begin(&ends[0].talk, 1, now_us);
    talk_begin(&ends[1].talk, 2, now_us);
    channel(true);
    talk_write(&ends[0].talk, "alku");
    pump(&ends[0]);
    deliver(0, WIRE_MAX);
    channel(false);
    for (size_t i = 0; i < TALK_HISTORY_MAX / 100 + 1; i++) {
        char text[128];
        (void)snprintf(text, sizeof(text), "%0100zu", i);
        talk_write(&ends[0].talk, text);
        talk_say(&ends[0].talk);
    }
    settle();
    show(&ends[1], &read);
    for (size_t i = 1; i < 6; i++) {
        const struct session_said *said = turn_of(&read, false, i);
        char text[128];
        (void)snprintf(text, sizeof(text), "%0100zu",
                       TALK_HISTORY_MAX / 100 + 1 - i);
        assert_string_equal(said->text, text);
    }
    check(0, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_lost),
        cmocka_unit_test(test_what_is_lost_is_marked),
        cmocka_unit_test(test_more_than_the_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
