#include "world.h"

#include "base/defs.h"

static void world_carry(struct world *w, const char *topic, const char *payload,
                        bool up)
{
    unsigned copies = test_random(&w->seed) % 100 >= w->loss_pct;
    copies += test_random(&w->seed) % 100 < w->double_pct;
    for (unsigned i = 0; i < copies && w->mail_count < WORLD_MAIL_MAX; i++) {
        struct world_mail *m = &w->mail[w->mail_count++];
        (void)snprintf(m->topic, sizeof(m->topic), "%s", topic);
        m->payload = strdup(payload);
        m->up = up;
        m->at_us = w->t.now_us;
        if (w->delay_us > 0)
            m->at_us +=
                (int64_t)(test_random(&w->seed) % (uint64_t)w->delay_us);
    }
}

static void world_post(struct expert *x, const char *payload)
{
    char topic[SIGNAL_TOPIC_MAX];
    (void)snprintf(topic, sizeof(topic), "k/kuopio-02/down/%s", x->user);
    world_carry(x->arg, topic, payload, false);
}

struct world *world_new(size_t experts)
{
    static const char *const users[WORLD_EXPERTS] = {"maija-virtanen",
                                                     "juha-niemi", "aino-laine",
                                                     "eero-salo", "liisa-maki"};
    struct world *w = calloc(1, sizeof(*w));
    assert_non_null(w);
    w->key = support_key("kiosk");
    w->trust = support_trust();
    w->t = (struct signal_time){.now_us = 1000 * SEC, .wall_s = SUPPORT_NOW_S};
    w->seed = 1;
    struct signal_call_config config = {.kiosk = "kuopio-02",
                                        .site = "Yhteispalvelupiste, Kuopio",
                                        .key = w->key,
                                        .trust = w->trust};
    assert_int_equal(signal_call_new(&config, &w->call), 0);
    for (size_t i = 0; i < experts; i++) {
        expert_init(&w->experts[i], users[i], "Maija Virtanen");
        w->experts[i].kiosk_key = w->key;
        w->experts[i].post = world_post;
        w->experts[i].arg = w;
    }
    w->expert_count = experts;
    signal_call_link(w->call, true, &w->t);
    return w;
}

void world_free(struct world *w)
{
    for (size_t i = 0; i < w->mail_count; i++)
        free(w->mail[i].payload);
    for (size_t i = 0; i < w->expert_count; i++)
        expert_clear(&w->experts[i]);
    w->call = signal_call_free(w->call);
    w->trust = signal_trust_free(w->trust);
    w->key = signal_key_free(w->key);
    free(w);
}

void world_offer(struct world *w, bool fresh)
{
    char sdp[2048];
    assert_int_equal(signal_call_next_offer(w->call, fresh, &w->ids), 0);
    expert_sdp(w->ids.session_id, w->ids.version, "", sdp, sizeof(sdp));
    assert_int_equal(signal_call_offer(w->call, sdp, strlen(sdp), &w->t), 0);
    world_poll(w);
}

void world_wait(struct world *w)
{
    const struct signal_wait wait = {.agency = "kela",
                                     .card = "vanhempainpaivaraha",
                                     .lang = "fi",
                                     .title_fi = "Vanhempainpäiväraha",
                                     .title_sv = "Föräldradagpenning",
                                     .title_en = "Parental allowance"};
    assert_int_equal(signal_call_wait(w->call, &wait, &w->t), 0);
    world_offer(w, true);
    world_run(w, 0);
}

static void world_act(struct world *w, const struct signal_action *a)
{
    struct world_did *d = &w->did;
    switch (a->kind) {
    case SIGNAL_ACT_PUBLISH:
        d->published++;
        assert_int_equal(strlen(a->data), a->len);
        (void)snprintf(d->last_payload, sizeof(d->last_payload), "%s", a->data);
        (void)snprintf(d->last_topic, sizeof(d->last_topic), "%s", a->topic);
        world_carry(w, a->topic, a->data, true);
        break;
    case SIGNAL_ACT_GRANTED:
        d->granted++;
        d->who = a->who;
        break;
    case SIGNAL_ACT_RECONNECT:
        d->reconnect++;
        break;
    case SIGNAL_ACT_ANSWER:
        d->answers++;
        d->answer_version = a->version;
        break;
    case SIGNAL_ACT_CANDIDATE:
        d->candidates++;
        break;
    case SIGNAL_ACT_LEFT:
        d->left++;
        break;
    case SIGNAL_ACT_OVER:
        d->over++;
        d->why = a->why;
        d->remote = a->remote;
        break;
    case SIGNAL_ACT_QUEUE:
        d->place = a->place;
        d->free_experts = a->free_experts;
        break;
    case SIGNAL_ACT_REFUSED:
        d->refused++;
        d->last_refused = a->reason;
        break;
    case SIGNAL_ACT_GAVE_UP:
        d->gave_up++;
        break;
    }
}

void world_poll(struct world *w)
{
    struct signal_action a;
    if (signal_call_media_allowed(w->call)) {
        enum signal_claim_state s = signal_call_state(w->call);
        w->media_early = w->media_early || s != SIGNAL_CLAIM_HELD;
    }
    while (signal_call_poll(w->call, &a))
        world_act(w, &a);
}

void world_inject(struct world *w, const char *topic, const void *payload,
                  size_t len)
{
    struct signal_message m = {
        .topic = topic, .payload = payload, .len = len, .t = &w->t};
    assert_int_equal(signal_call_receive(w->call, &m), 0);
    world_poll(w);
}

/* Delivers one message that is due. False when there is none. */
static bool world_deliver(struct world *w)
{
    size_t first = w->mail_count;
    for (size_t i = 0; i < w->mail_count; i++)
        if (w->mail[i].at_us <= w->t.now_us &&
            (first == w->mail_count || w->mail[i].at_us < w->mail[first].at_us))
            first = i;
    if (first == w->mail_count)
        return false;
    struct world_mail m = w->mail[first];
    if (test_random(&w->seed) % 100 < w->replay_pct) {
        w->mail[first].at_us += (int64_t)(test_random(&w->seed) % (20 * SEC));
        m.payload = strdup(m.payload);
    } else {
        w->mail_count--;
        memmove(&w->mail[first], &w->mail[first + 1],
                (w->mail_count - first) * sizeof(m));
    }
    if (!m.up)
        world_inject(w, m.topic, m.payload, strlen(m.payload));
    for (size_t i = 0; m.up && i < w->expert_count; i++)
        expert_hear(&w->experts[i], m.topic, m.payload);
    free(m.payload);
    return true;
}

void world_run(struct world *w, int64_t for_us)
{
    int64_t until_us = w->t.now_us + for_us;
    world_poll(w);
    for (;;) {
        for (size_t i = 0; i < w->expert_count; i++)
            expert_tick(&w->experts[i], w->t.now_us);
        if (signal_call_deadline_us(w->call) <= w->t.now_us) {
            assert_int_equal(signal_call_tick(w->call, &w->t), 0);
            world_poll(w);
        }
        while (world_deliver(w))
            ;
        if (w->t.now_us >= until_us)
            return;
        w->t.now_us += LK_MIN(10 * MS, until_us - w->t.now_us);
    }
}
