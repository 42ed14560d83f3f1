/* The line between a simulated luukku-rtc and a simulated expert's page. */
#include "testing.h"

#include <errno.h>

#include "session/line.h"

#include "../signal/expert.h"

#define SECOND INT64_C(1000000)
#define ORDERS_MAX 64

struct world {
    struct line *line;
    struct signal_key *key;
    struct signal_trust *trust;
    struct expert expert;
    struct signal_time t;
    enum rtcmsg_type order[ORDERS_MAX]; /* since clear(), PUBLISH left out */
    size_t orders;
    uint32_t number;  /* of the newest PREPARE */
    uint64_t version; /* of the newest offer asked for */
    uint64_t session;
    struct session_event last; /* by kind, the newest of LINE and OVER */
    enum session_line is;
    bool granted;
    bool over;
    enum session_end end;
    bool gate;                 /* the newest connection was opened */
    bool captures;             /* as ordered last */
    char watched[LK_NAME_MAX]; /* likewise */
    char ctl[128];
    char text[256]; /* all that was sent on the channel TEXT */
    struct session_talk talk;
    bool talk_up;
    bool voice;
    int voices; /* how often it was told */
};

#define TEXT 5        /* a data channel's number */
#define ST "\xc2\x9c" /* ends the greeting */

static struct world *w;

static void on_prepare(const struct rtcmsg *m)
{
    w->number = m->call;
    w->version = m->version;
    w->session = m->session;
    w->gate = false;
}

static void on_send(void *arg, const struct rtcmsg *m)
{
    (void)arg;
    if (m->type == RTCMSG_PUBLISH) {
        char *payload = strndup((const char *)m->bytes, m->len);
        expert_hear(&w->expert, m->topic, payload);
        free(payload);
        return;
    }
    assert_true(w->orders < ORDERS_MAX);
    w->order[w->orders++] = m->type;
    if (m->type == RTCMSG_PREPARE)
        on_prepare(m);
    else if (m->type == RTCMSG_RESTART)
        w->version = m->version;
    else if (m->type == RTCMSG_OPEN)
        w->gate = true;
    else if (m->type == RTCMSG_CAPTURE)
        w->captures = m->up;
    else if (m->type == RTCMSG_WATCH)
        snprintf(w->watched, sizeof(w->watched), "%.32s", m->text);
    else if (m->type == RTCMSG_SEND && m->channel == TEXT)
        strncat(w->text, (const char *)m->bytes, m->len);
    else if (m->type == RTCMSG_SEND)
        snprintf(w->ctl, sizeof(w->ctl), "%.*s", (int)m->len, m->bytes);
    if (m->type == RTCMSG_OPEN || m->type == RTCMSG_ANSWER)
        assert_true(w->granted); /* never before the grant */
}

static void on_event(void *arg, const struct session_event *e)
{
    (void)arg;
    if (e->kind == SESSION_EVENT_GRANTED) {
        assert_false(w->granted);
        assert_string_equal(e->expert_name, "Anna Virtanen");
        w->granted = true;
    } else if (e->kind == SESSION_EVENT_LINE) {
        w->is = e->line;
    } else if (e->kind == SESSION_EVENT_OVER) {
        w->over = true;
        w->end = e->end;
    } else if (e->kind == SESSION_EVENT_REMOTE) {
        w->last = *e;
    } else if (e->kind == SESSION_EVENT_TALK) {
        w->talk_up = e->up;
    } else if (e->kind == SESSION_EVENT_VOICE) {
        w->voice = e->up;
        w->voices++;
    } else if (e->kind == SESSION_EVENT_SAID) {
        w->talk = *e->talk;
    }
}

static void on_note(void *arg, const char *what, const char *why)
{
    (void)arg;
    (void)what;
    (void)why;
}

/* --- luukku-rtc's and the page's parts --------------------------------- */

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

static void give_offer(void)
{
    char sdp[1024];
    expert_sdp(w->session, w->version, "", sdp, sizeof(sdp));
    receive((struct rtcmsg){.type = RTCMSG_OFFER,
                            .call = w->number,
                            .version = w->version,
                            .bytes = (const uint8_t *)sdp,
                            .len = strlen(sdp)});
}

static void peer(enum rtcmsg_peer how)
{
    receive(
        (struct rtcmsg){.type = RTCMSG_PEER, .call = w->number, .peer = how});
}

static void pass(int64_t us)
{
    int64_t end = w->t.now_us + us;
    for (;;) {
        int64_t next = line_next_us(w->line);
        if (next > end)
            break;
        w->t.now_us = LK_MAX(next, w->t.now_us + 1);
        line_tick(w->line, &w->t);
        expert_tick(&w->expert, w->t.now_us);
    }
    w->t.now_us = end;
}

static void clear(void)
{
    w->orders = 0;
}

static unsigned count(enum rtcmsg_type type)
{
    unsigned n = 0;
    for (size_t i = 0; i < w->orders; i++)
        n += w->order[i] == type ? 1 : 0;
    return n;
}

static int setup(void **state)
{
    struct signal_call_config c = {.kiosk = "kiosk-1", .site = "Kuopio"};
    struct line_output out = {
        .send = on_send, .event = on_event, .note = on_note};
    (void)state;
    w = calloc(1, sizeof(*w));
    w->t = (struct signal_time){.now_us = SECOND, .wall_s = SUPPORT_NOW_S};
    w->key = support_key("kiosk");
    w->trust = support_trust();
    c.key = w->key;
    c.trust = w->trust;
    assert_int_equal(line_new(&c, &out, &w->line), 0);
    expert_init(&w->expert, "anna-virtanen", "Anna Virtanen");
    snprintf(w->expert.kiosk, sizeof(w->expert.kiosk), "kiosk-1");
    w->expert.kiosk_key = w->key;
    w->expert.post = post;
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

static void up(void)
{
    line_transport(w->line, true, &w->t);
    receive((struct rtcmsg){.type = RTCMSG_LINK, .up = true});
}

static void into_call(void)
{
    up();
    assert_int_equal(line_wait(w->line, "parental-allowance", "fi", &w->t), 0);
    assert_int_equal(count(RTCMSG_PREPARE), 1);
    give_offer();
    assert_false(w->gate);
    expert_claim(&w->expert, NULL);
    assert_true(w->granted && w->gate && w->expert.granted);
    expert_answer(&w->expert, w->expert.offer);
    assert_int_equal(count(RTCMSG_ANSWER), 1);
    peer(RTCMSG_PEER_CONNECTED);
    assert_int_equal(w->is, SESSION_LINE_GOOD);
    clear();
}

/* --- tests ------------------------------------------------------------- */

static void test_call_and_end(void **state)
{
    (void)state;
    into_call();
    line_end(w->line, &w->t);
    assert_true(w->over && w->expert.over);
    assert_int_equal(w->end, SESSION_END_BY_CITIZEN);
    assert_int_equal(count(RTCMSG_CLOSE), 1);
    assert_true(line_settled(w->line));
}

/* Camera and microphone run from the queue to the end, whatever happens to the
 * connection between, and at no other time. */
static void test_captures_from_queue_to_end(void **state)
{
    (void)state;
    up();
    assert_int_equal(count(RTCMSG_CAPTURE), 0);
    assert_int_equal(line_wait(w->line, "parental-allowance", "fi", &w->t), 0);
    assert_true(w->captures);
    line_end(w->line, &w->t); /* left the queue */
    assert_false(w->captures);
    w->over = false;
    clear();
    into_call();
    assert_true(w->captures);
    /* A page that is loaded again, and a transport that dies: the new one
     * knows nothing. */
    expert_bye(&w->expert, "left");
    assert_int_equal(count(RTCMSG_CAPTURE), 0);
    line_transport(w->line, false, &w->t);
    w->captures = false;
    up();
    assert_true(w->captures);
    pass(20 * SECOND);
    assert_true(w->over);
    assert_false(w->captures);
    clear();
    line_transport(w->line, false, &w->t);
    up();
    assert_int_equal(count(RTCMSG_CAPTURE), 0);
}

/* Of queues and experts only the chosen card's agency is heard, until the call
 * is granted or the citizen leaves. */
static void test_watches_one_agency(void **state)
{
    (void)state;
    up();
    assert_int_equal(count(RTCMSG_WATCH), 0);
    line_watch(w->line, "parental-allowance");
    assert_string_equal(w->watched, "kela");
    line_watch(w->line, "parental-allowance");
    assert_int_equal(count(RTCMSG_WATCH), 1);
    line_watch(w->line, "no-such-card");
    assert_string_equal(w->watched, "");
    /* A luukku-rtc that is new is told again. */
    line_watch(w->line, "tax-card");
    line_transport(w->line, false, &w->t);
    w->watched[0] = '\0';
    up();
    assert_string_equal(w->watched, "vero");
    assert_int_equal(line_wait(w->line, "parental-allowance", "fi", &w->t), 0);
    assert_string_equal(w->watched, "kela");
    line_end(w->line, &w->t);
    assert_string_equal(w->watched, "");
    w->over = false;
    clear();
    into_call();
    assert_string_equal(w->watched, ""); /* granted: nobody waits any more */
}

static void test_expert_ends(void **state)
{
    (void)state;
    into_call();
    expert_bye(&w->expert, "ended");
    assert_int_equal(w->end, SESSION_END_BY_EXPERT);
    assert_int_equal(count(RTCMSG_CLOSE), 1);
}

/* Silence: one ICE restart at once, then one every 5 s, over after 120 s. */
static void test_silence(void **state)
{
    (void)state;
    into_call();
    uint64_t version = w->version;
    peer(RTCMSG_PEER_INTERRUPTED);
    pass(7 * SECOND);
    assert_int_equal(w->is, SESSION_LINE_INTERRUPTED);
    assert_int_equal(count(RTCMSG_RESTART), 0);
    peer(RTCMSG_PEER_RECONNECTING);
    assert_int_equal(count(RTCMSG_RESTART), 1);
    assert_true(w->version > version);
    give_offer();
    pass(20 * SECOND);
    assert_int_equal(count(RTCMSG_RESTART), 5);
    assert_int_equal(count(RTCMSG_PREPARE), 0);
    assert_false(w->over);
    pass(LINE_GIVE_UP_US);
    assert_true(w->over);
    assert_int_equal(w->end, SESSION_END_LINE_LOST);
}

static void test_silence_that_ends(void **state)
{
    (void)state;
    into_call();
    peer(RTCMSG_PEER_INTERRUPTED);
    peer(RTCMSG_PEER_RECONNECTING);
    pass(60 * SECOND);
    peer(RTCMSG_PEER_CONNECTED);
    assert_int_equal(w->is, SESSION_LINE_GOOD);
    clear();
    pass(2 * LINE_GIVE_UP_US);
    assert_int_equal(count(RTCMSG_RESTART), 0);
    assert_false(w->over);
}

/* The transport program dies in a call: a fresh connection in the same call,
 * under another session id, with a version above. */
static void test_transport_dies(void **state)
{
    (void)state;
    into_call();
    uint64_t session = w->session;
    uint64_t version = w->version;
    line_transport(w->line, false, &w->t);
    assert_int_equal(w->is, SESSION_LINE_RECONNECTING);
    assert_int_equal(w->orders, 0); /* nobody to order */
    pass(2 * SECOND);
    up();
    assert_int_equal(count(RTCMSG_CONTROLS), 1);
    assert_int_equal(count(RTCMSG_PREPARE), 1);
    assert_true(w->gate);
    assert_true(w->session != session);
    assert_true(w->version > version);
    give_offer();
    pass(SECOND);
    assert_true(w->expert.offer == w->version);
    assert_true(w->expert.session_id == w->session);
    expert_answer(&w->expert, w->expert.offer);
    assert_int_equal(count(RTCMSG_ANSWER), 1);
    peer(RTCMSG_PEER_CONNECTED);
    assert_int_equal(w->is, SESSION_LINE_GOOD);
    assert_false(w->over);
}

/* A page that reloads claims again and gets a fresh connection. */
static void test_page_reloads(void **state)
{
    char old[SIGNAL_NONCE_SIZE];
    (void)state;
    into_call();
    memcpy(old, w->expert.en, sizeof(old));
    expert_bye(&w->expert, "left");
    assert_int_equal(count(RTCMSG_CLOSE), 1);
    assert_int_equal(w->is, SESSION_LINE_RECONNECTING);
    assert_false(w->over);
    expert_claim(&w->expert, old);
    assert_int_equal(count(RTCMSG_PREPARE), 1);
    assert_true(w->gate);
    give_offer();
    assert_true(w->expert.session_id == w->session);
}

static void test_page_leaves_for_good(void **state)
{
    (void)state;
    into_call();
    expert_bye(&w->expert, "left");
    pass(20 * SECOND);
    assert_true(w->over);
    assert_int_equal(w->end, SESSION_END_LINE_LOST);
}

/* What is said of an older connection changes nothing. */
static void test_late_words(void **state)
{
    (void)state;
    into_call();
    struct rtcmsg late = {
        .type = RTCMSG_PEER, .call = w->number - 1, .peer = RTCMSG_PEER_FAILED};
    receive(late);
    pass(10 * SECOND);
    assert_int_equal(w->is, SESSION_LINE_GOOD);
    assert_int_equal(w->orders, 0);
}

/* Who speaks is told of the newest connection only, and in a call only. */
static void test_voice(void **state)
{
    (void)state;
    up();
    assert_int_equal(line_wait(w->line, "parental-allowance", "fi", &w->t), 0);
    struct rtcmsg m = {.type = RTCMSG_VOICE, .call = w->number, .up = true};
    receive(m);
    assert_int_equal(w->voices, 0);
    line_end(w->line, &w->t);
    w->over = false;
    clear();
    into_call();
    m.call = w->number;
    receive(m);
    assert_true(w->voice);
    m.up = false;
    m.call--;
    receive(m);
    assert_true(w->voice);
    m.call = w->number;
    receive(m);
    assert_false(w->voice);
    line_end(w->line, &w->t);
    m.up = true;
    receive(m);
    assert_int_equal(w->voices, 2);
}

static void test_failure_makes_a_fresh_connection(void **state)
{
    (void)state;
    into_call();
    peer(RTCMSG_PEER_FAILED);
    assert_int_equal(count(RTCMSG_PREPARE), 0);
    pass(LINE_FRESH_US);
    assert_int_equal(count(RTCMSG_PREPARE), 1);
    assert_true(w->gate);
}

static void test_ctl(void **state)
{
    struct line_controls c = {.mic = false, .camera = true, .lang = "fi"};
    static const char told[] = "{\"type\":\"state\",\"mic\":true,\"camera\":"
                               "false}";
    (void)state;
    into_call();
    receive((struct rtcmsg){.type = RTCMSG_CHANNEL,
                            .call = w->number,
                            .channel = 3,
                            .open = true,
                            .text = "ctl"});
    assert_string_equal(w->ctl,
                        "{\"type\":\"state\",\"mic\":true,\"camera\":true}");
    line_set_controls(w->line, &c);
    assert_string_equal(w->ctl,
                        "{\"type\":\"state\",\"mic\":false,\"camera\":true}");
    receive((struct rtcmsg){.type = RTCMSG_DATA,
                            .call = w->number,
                            .channel = 3,
                            .bytes = (const uint8_t *)told,
                            .len = sizeof(told) - 1});
    assert_true(w->last.mic);
    assert_false(w->last.camera);
    assert_int_equal(w->last.kind, SESSION_EVENT_REMOTE);
    /* What is not there is not said to be on. */
    c.mic = true;
    line_set_controls(w->line, &c);
    receive((struct rtcmsg){.type = RTCMSG_DEVICES,
                            .camera_device = RTCMSG_DEVICE_NONE,
                            .sound_device = RTCMSG_DEVICE_SIMULATED});
    assert_string_equal(w->ctl,
                        "{\"type\":\"state\",\"mic\":true,\"camera\":false}");
    receive((struct rtcmsg){.type = RTCMSG_DEVICES,
                            .camera_device = RTCMSG_DEVICE_REAL,
                            .sound_device = RTCMSG_DEVICE_NONE});
    assert_string_equal(w->ctl,
                        "{\"type\":\"state\",\"mic\":false,\"camera\":true}");
}

/* Each end's farewell on `ctl` does what the signed one does. */
static void test_ctl_bye(void **state)
{
    static const char bye[] = "{\"type\":\"bye\",\"why\":\"ended\"}";
    struct rtcmsg open = {
        .type = RTCMSG_CHANNEL, .channel = 3, .open = true, .text = "ctl"};
    (void)state;
    into_call();
    open.call = w->number;
    receive(open);
    receive((struct rtcmsg){.type = RTCMSG_DATA,
                            .call = w->number,
                            .channel = 3,
                            .bytes = (const uint8_t *)bye,
                            .len = sizeof(bye) - 1});
    assert_true(w->over && w->expert.over);
    assert_int_equal(w->end, SESSION_END_BY_EXPERT);
}

static void test_ctl_bye_of_ours(void **state)
{
    (void)state;
    into_call();
    receive((struct rtcmsg){.type = RTCMSG_CHANNEL,
                            .call = w->number,
                            .channel = 3,
                            .open = true,
                            .text = "ctl"});
    line_end(w->line, &w->t);
    assert_string_equal(w->ctl, "{\"type\":\"bye\",\"why\":\"ended\"}");
    assert_int_equal(w->end, SESSION_END_BY_CITIZEN);
}

static void text_channel(bool is_open)
{
    receive((struct rtcmsg){.type = RTCMSG_CHANNEL,
                            .call = w->number,
                            .channel = TEXT,
                            .open = is_open,
                            .text = "text"});
}

static void text_data(const char *text)
{
    receive((struct rtcmsg){.type = RTCMSG_DATA,
                            .call = w->number,
                            .channel = TEXT,
                            .bytes = (const uint8_t *)text,
                            .len = strlen(text)});
}

/* What was typed before the channel stood, while it stood, and while it was
 * away; nothing of it is left after the call. */
static void test_text(void **state)
{
    (void)state;
    line_write(w->line, "not in a call", w->t.now_us);
    into_call();
    assert_int_equal(w->talk.n, 0);
    line_write(w->line, "a", w->t.now_us);
    text_channel(true);
    assert_true(w->talk_up);
    assert_non_null(strstr(w->text, "luukku;1;"));
    assert_non_null(strstr(w->text, ST "a"));
    text_data("Hei");
    pass(SECOND);
    assert_int_equal(w->talk.n, 2);
    assert_true(w->talk.said[0].mine && !w->talk.said[1].mine);
    assert_string_equal(w->talk.said[1].text, "Hei");
    line_write(w->line, "ab", w->t.now_us);
    line_say(w->line, w->t.now_us);
    pass(SECOND);
    assert_non_null(strstr(w->text, ST "ab\u2028"));
    assert_false(w->talk.said[0].open);
    text_channel(false);
    assert_false(w->talk_up);
    w->text[0] = '\0';
    line_write(w->line, "c", w->t.now_us);
    pass(SECOND);
    assert_string_equal(w->text, "");
    text_channel(true);
    text_data(" sinne");
    pass(SECOND);
    assert_non_null(strstr(w->text, ST "c"));
    assert_string_equal(w->talk.said[1].text, "Hei\ufffd sinne");
    line_end(w->line, &w->t);
    assert_false(w->talk_up);
    w->text[0] = '\0';
    line_write(w->line, "late", w->t.now_us);
    assert_string_equal(w->text, "");
}

static void test_wait_before_transport(void **state)
{
    (void)state;
    assert_int_equal(line_wait(w->line, "nothing", "fi", &w->t), -ENOENT);
    assert_int_equal(line_wait(w->line, "tax-card", "fi", &w->t), 0);
    assert_int_equal(w->orders, 0);
    up();
    assert_int_equal(count(RTCMSG_PREPARE), 1);
    assert_false(w->gate);
    line_end(w->line, &w->t);
    assert_true(w->over);
    assert_false(w->granted);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static int finish(void **state)
{
    (void)state;
    support_free();
    return 0;
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
        CASE(test_voice),
        CASE(test_failure_makes_a_fresh_connection),
        CASE(test_ctl),
        CASE(test_ctl_bye),
        CASE(test_ctl_bye_of_ours),
        CASE(test_text),
        CASE(test_wait_before_transport),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
