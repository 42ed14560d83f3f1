#include "line_world.h"

static struct world *w;

struct world *world(void)
{
    return w;
}

static void on_prepare(const struct rtcmsg *m)
{
    w->number = m->call;
    w->version = m->version;
    w->session = m->session;
    w->gate = false;
}

static void on_form_send(const struct rtcmsg *m)
{
    assert_true(m->binary && w->form_open && m->call == w->number);
    assert_int_equal(m->len, w->form_len);
    w->form_sent++;
}

static void on_send(void *arg, const struct rtcmsg *m)
{
    (void)arg;
    if (m->type == RTCMSG_SEND && m->channel == FORM) {
        on_form_send(m);
        return;
    }
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
        assert_string_equal(e->expert_user, "anna-virtanen");
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

static void on_ctl(void *arg, bool open)
{
    (void)arg;
    assert_true(open != w->ctl_open);
    w->ctl_open = open;
}

static void on_ctl_text(void *arg, const char *text, size_t len)
{
    (void)arg;
    assert_true(w->ctl_open);
    snprintf(w->ctl_got, sizeof(w->ctl_got), "%.*s", (int)len, text);
}

static void on_lane(void *arg, enum line_lane lane, bool open)
{
    (void)arg;
    w->opened_last = lane;
    if (lane != LINE_FORM)
        return;
    assert_true(open != w->form_open);
    w->form_open = open;
    *(open ? &w->form_opened : &w->form_closed) += 1;
}

static void on_lane_data(void *arg, enum line_lane lane, const void *bytes,
                         size_t len)
{
    size_t had = strlen(w->form_got);
    (void)arg;
    snprintf(w->form_got + had, sizeof(w->form_got) - had, "%s%.*s|",
             lane == LINE_PAPER ? "paper:" : "", (int)len, (const char *)bytes);
}

static bool on_lane_poll(void *arg, enum line_lane lane, const void **ret,
                         size_t *ret_len)
{
    static const uint8_t bytes[LINE_LANE_MAX];
    (void)arg;
    if (lane == LINE_PAPER && w->paper_waits > 0) {
        w->paper_waits--;
        *ret = bytes;
        *ret_len = LINE_LANE_MAX;
        return true;
    }
    if (lane == LINE_PAPER)
        return false;
    if (w->form_waits == 0)
        return false;
    w->form_waits--;
    *ret = bytes;
    *ret_len = w->form_len;
    return true;
}

/* --- luukku-rtc's and the page's parts --------------------------------- */

void world_receive(struct rtcmsg m)
{
    line_receive(w->line, &m, &w->t);
}

static void post(struct expert *x, const char *payload)
{
    struct rtcmsg m = {.type = RTCMSG_MESSAGE,
                       .bytes = (const uint8_t *)payload,
                       .len = strlen(payload)};
    snprintf(m.topic, sizeof(m.topic), "k/%s/down/%s", x->kiosk, x->user);
    world_receive(m);
}

void world_give_offer(void)
{
    char sdp[1024];
    expert_sdp(w->session, w->version, "", sdp, sizeof(sdp));
    world_receive((struct rtcmsg){.type = RTCMSG_OFFER,
                                  .call = w->number,
                                  .version = w->version,
                                  .bytes = (const uint8_t *)sdp,
                                  .len = strlen(sdp)});
}

void world_peer(enum rtcmsg_peer how)
{
    world_receive(
        (struct rtcmsg){.type = RTCMSG_PEER, .call = w->number, .peer = how});
}

void world_pass(int64_t us)
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

void world_clear(void)
{
    w->orders = 0;
}

unsigned world_count(enum rtcmsg_type type)
{
    unsigned n = 0;
    for (size_t i = 0; i < w->orders; i++)
        n += w->order[i] == type ? 1 : 0;
    return n;
}

int world_setup(void **state)
{
    struct signal_call_config c = {.kiosk = "kiosk-1", .site = "Kuopio"};
    struct line_output out = {.send = on_send,
                              .event = on_event,
                              .note = on_note,
                              .ctl = on_ctl,
                              .ctl_text = on_ctl_text,
                              .lane = on_lane,
                              .lane_data = on_lane_data,
                              .lane_poll = on_lane_poll};
    (void)state;
    w = calloc(1, sizeof(*w));
    w->form_len = LINE_LANE_MAX;
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

int world_teardown(void **state)
{
    (void)state;
    line_free(w->line);
    expert_clear(&w->expert);
    signal_trust_free(w->trust);
    signal_key_free(w->key);
    free(w);
    return 0;
}

void world_up(void)
{
    line_transport(w->line, true, &w->t);
    world_receive((struct rtcmsg){.type = RTCMSG_LINK, .up = true});
}

void world_into_call(void)
{
    world_up();
    assert_int_equal(line_wait(w->line, "parental-allowance", "fi", &w->t), 0);
    assert_int_equal(world_count(RTCMSG_PREPARE), 1);
    world_give_offer();
    assert_false(w->gate);
    expert_claim(&w->expert, NULL);
    assert_true(w->granted && w->gate && w->expert.granted);
    expert_answer(&w->expert, w->expert.offer);
    assert_int_equal(world_count(RTCMSG_ANSWER), 1);
    world_peer(RTCMSG_PEER_CONNECTED);
    assert_int_equal(w->is, SESSION_LINE_GOOD);
    world_clear();
}

int world_finish(void **state)
{
    (void)state;
    support_free();
    return 0;
}
