/* The channel of the form: what luukku-rtc has room for, and what happens to it
 * when a connection goes. */
#include "testing.h"

#include "session/line.h"

#include "../signal/expert.h"

#define FORM 6 /* the data channel's number */
#define LONG LINE_FORM_MAX

static struct world {
    struct line *line;
    struct signal_key *key;
    struct signal_trust *trust;
    struct expert expert;
    struct signal_time t;
    uint32_t number; /* of the newest connection */
    uint64_t version, session;
    unsigned sent;  /* messages on the channel */
    size_t len;     /* of the messages that wait */
    unsigned waits; /* how many */
    bool open;
    unsigned opened, closed;
    char got[64]; /* what came, "|" after each message */
} * w;

static void on_send(void *arg, const struct rtcmsg *m)
{
    (void)arg;
    if (m->type == RTCMSG_PUBLISH) {
        char *payload = strndup((const char *)m->bytes, m->len);
        expert_hear(&w->expert, m->topic, payload);
        free(payload);
    } else if (m->type == RTCMSG_PREPARE) {
        w->number = m->call;
        w->version = m->version;
        w->session = m->session;
    } else if (m->type == RTCMSG_SEND && m->channel == FORM) {
        assert_true(m->binary && w->open && m->call == w->number);
        assert_int_equal(m->len, w->len);
        w->sent++;
    }
}

static void on_event(void *arg, const struct session_event *e)
{
    (void)arg;
    if (e->kind == SESSION_EVENT_GRANTED)
        assert_string_equal(e->expert_user, "anna-virtanen");
}

static void on_note(void *arg, const char *what, const char *why)
{
    (void)arg;
    (void)what;
    (void)why;
}

static void on_channel(void *arg, bool open)
{
    (void)arg;
    assert_true(open != w->open);
    w->open = open;
    *(open ? &w->opened : &w->closed) += 1;
}

static void on_data(void *arg, const void *bytes, size_t len)
{
    size_t had = strlen(w->got);
    (void)arg;
    snprintf(w->got + had, sizeof(w->got) - had, "%.*s|", (int)len,
             (const char *)bytes);
}

static bool on_poll(void *arg, const void **ret, size_t *ret_len)
{
    static const uint8_t bytes[LONG];
    (void)arg;
    if (w->waits == 0)
        return false;
    w->waits--;
    *ret = bytes;
    *ret_len = w->len;
    return true;
}

static void receive(struct rtcmsg m)
{
    line_receive(w->line, &m, &w->t);
}

static void post(struct expert *x, const char *payload)
{
    struct rtcmsg m = {.type = RTCMSG_MESSAGE,
                       .bytes = (const uint8_t *)payload,
                       .len = strlen(payload)};
    snprintf(m.topic, sizeof(m.topic), "k/%s/down/%s", x->kiosk, x->user);
    receive(m);
}

static void channel(bool open)
{
    receive((struct rtcmsg){.type = RTCMSG_CHANNEL,
                            .call = w->number,
                            .channel = FORM,
                            .open = open,
                            .text = "form"});
}

static void room(uint64_t bytes)
{
    receive((struct rtcmsg){.type = RTCMSG_ROOM,
                            .call = w->number,
                            .channel = FORM,
                            .room = bytes});
}

static void data(uint16_t number, bool binary, const char *text)
{
    receive((struct rtcmsg){.type = RTCMSG_DATA,
                            .call = w->number,
                            .channel = number,
                            .binary = binary,
                            .bytes = (const uint8_t *)text,
                            .len = strlen(text)});
}

static void up(void)
{
    line_transport(w->line, true, &w->t);
    receive((struct rtcmsg){.type = RTCMSG_LINK, .up = true});
}

static void into_call(void)
{
    char sdp[1024];
    up();
    assert_int_equal(line_wait(w->line, "parental-allowance", "fi", &w->t), 0);
    expert_sdp(w->session, w->version, "", sdp, sizeof(sdp));
    receive((struct rtcmsg){.type = RTCMSG_OFFER,
                            .call = w->number,
                            .version = w->version,
                            .bytes = (const uint8_t *)sdp,
                            .len = strlen(sdp)});
    channel(true); /* before the grant there is no form */
    assert_false(w->open);
    expert_claim(&w->expert, NULL);
    expert_answer(&w->expert, w->expert.offer);
}

static int setup(void **state)
{
    struct signal_call_config c = {.kiosk = "kiosk-1", .site = "Kuopio"};
    struct line_output out = {.send = on_send,
                              .event = on_event,
                              .note = on_note,
                              .form_channel = on_channel,
                              .form_data = on_data,
                              .form_poll = on_poll};
    (void)state;
    w = calloc(1, sizeof(*w));
    w->t = (struct signal_time){.now_us = 1000000, .wall_s = SUPPORT_NOW_S};
    c.key = w->key = support_key("kiosk");
    c.trust = w->trust = support_trust();
    w->len = LONG;
    assert_int_equal(line_new(&c, &out, &w->line), 0);
    expert_init(&w->expert, "anna-virtanen", "Anna Virtanen");
    snprintf(w->expert.kiosk, sizeof(w->expert.kiosk), "kiosk-1");
    w->expert.kiosk_key = w->key;
    w->expert.post = post;
    into_call();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    line_free(w->line);
    expert_clear(&w->expert);
    signal_trust_free(w->trust);
    signal_key_free(w->key);
    free(w);
    return 0;
}

static void test_room(void **state)
{
    (void)state;
    w->waits = 10;
    line_form(w->line);
    assert_int_equal(w->sent, 0); /* no channel */
    channel(true);
    assert_int_equal(w->sent, 0); /* no room yet */
    room(2 * LONG);
    assert_int_equal(w->sent, 2);
    room(3 * LONG - 1);
    assert_int_equal(w->sent, 2);
    room(4 * LONG);
    assert_int_equal(w->sent, 4);
    room(LONG); /* room is never taken back */
    assert_int_equal(w->sent, 4);
    room(100 * LONG);
    assert_int_equal(w->sent, 10);
    w->waits = 1;
    line_form(w->line);
    assert_int_equal(w->sent, 11);
}

/* Short ones cost what they cost in queues. */
static void test_short(void **state)
{
    (void)state;
    w->len = 1;
    w->waits = 1000;
    channel(true);
    room(2 * LONG);
    assert_int_equal(w->sent, LONG / RTCMSG_ROOM_LEAST + 1);
}

static void test_data(void **state)
{
    (void)state;
    data(FORM, true, "early");
    channel(true);
    data(FORM, true, "one");
    data(FORM + 1, true, "other");
    data(FORM, false, "text");
    assert_string_equal(w->got, "one||");
}

/* The far end closes; luukku-rtc dies; a fresh connection begins with no room
 * of the old one. */
static void test_again(void **state)
{
    (void)state;
    channel(true);
    room(8 * LONG);
    channel(false);
    assert_int_equal(w->closed, 1);
    channel(true);
    w->waits = 2;
    line_form(w->line);
    assert_int_equal(w->sent, 0);
    line_transport(w->line, false, &w->t);
    assert_int_equal(w->closed, 2);
    uint32_t old = w->number;
    up();
    assert_true(w->number != old);
    channel(true);
    room(LONG);
    assert_int_equal(w->sent, 1);
    line_end(w->line, &w->t);
    assert_int_equal(w->opened, 3);
    assert_int_equal(w->closed, 3);
    w->waits = 1;
    line_form(w->line);
    assert_int_equal(w->sent, 1);
}

/* Room on another channel, or of another connection. */
static void test_foreign_room(void **state)
{
    (void)state;
    channel(true);
    w->waits = 1;
    receive((struct rtcmsg){.type = RTCMSG_ROOM,
                            .call = w->number,
                            .channel = FORM + 1,
                            .room = 9 * LONG});
    receive((struct rtcmsg){.type = RTCMSG_ROOM,
                            .call = w->number - 1,
                            .channel = FORM,
                            .room = 9 * LONG});
    assert_int_equal(w->sent, 0);
}

static int finish(void **state)
{
    (void)state;
    support_free();
    return 0;
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_room),  CASE(test_short),        CASE(test_data),
        CASE(test_again), CASE(test_foreign_room),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
