#include "world.h"

#include "oom.h"

#include <errno.h>

#define UP_MAIJA "k/kuopio-02/up/maija-virtanen"
#define DOWN_MAIJA "k/kuopio-02/down/maija-virtanen"

static struct world *w;

static int setup(void **state)
{
    (void)state;
    w = world_new(2);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_false(w->media_early);
    world_free(w);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    support_free();
    return 0;
}

/* Waits, and the first expert claims and answers. */
static struct expert *connected(void)
{
    world_wait(w);
    expert_claim(&w->experts[0], NULL);
    world_run(w, 100 * MS);
    assert_int_equal(w->did.granted, 1);
    assert_int_equal(w->did.answers, 1);
    return &w->experts[0];
}

/* What ties to the connection is that of the newest answered offer. */
static void assert_bound(const struct expert *x, bool bound)
{
    struct signal_binding b;
    assert_int_equal(signal_call_binding(w->call, &b), bound);
    if (!bound)
        return;
    assert_string_equal(b.expert, x->user);
    assert_string_equal(b.call, x->call);
    assert_string_equal(b.kn, x->kn);
    assert_string_equal(b.en, x->en);
    for (int i = 0; i < SIGNAL_PRINT_LEN; i++)
        assert_true(b.kiosk_print[i] == expert_print(w->ids.session_id, i) &&
                    b.page_print[i] == expert_print(7, i));
}

static void claimed_and_answered(void **state)
{
    (void)state;
    assert_int_equal(signal_call_state(w->call), SIGNAL_CLAIM_IDLE);
    world_wait(w);
    assert_int_equal(signal_call_state(w->call), SIGNAL_CLAIM_OPEN);
    assert_false(signal_call_media_allowed(w->call));
    struct expert *x = &w->experts[0];
    assert_int_equal(strlen(x->call), 32);
    assert_bound(x, false);
    expert_claim(x, NULL);
    world_run(w, 100 * MS);
    assert_true(x->granted);
    assert_bound(x, true);
    assert_int_equal(x->offer, w->ids.version);
    assert_true(x->session_id == w->ids.session_id);
    assert_int_equal(w->did.granted, 1);
    assert_string_equal(w->did.who.user, "maija-virtanen");
    assert_string_equal(w->did.who.name, "Maija Virtanen");
    assert_string_equal(w->did.who.agency, "kela");
    assert_string_equal(w->did.who.agency_name, "Kela");
    assert_int_equal(w->did.answer_version, w->ids.version);
    assert_true(signal_call_media_allowed(w->call));
    expert_candidate(x, x->offer, "candidate:1 1 udp 1 192.0.2.1 9 typ host");
    expert_candidate(x, x->offer, "");
    world_run(w, 100 * MS);
    assert_int_equal(w->did.candidates, 2);
    assert_true(signal_call_settled(w->call));
    assert_int_equal(x->sent_count, 0);
    assert_int_equal(w->did.refused, 0);
    int before = w->did.published;
    world_run(w, 30 * SEC); /* nothing is announced or repeated any more */
    assert_int_equal(w->did.published, before);
}

static void losers_are_told(void **state)
{
    (void)state;
    world_wait(w);
    expert_claim(&w->experts[0], NULL);
    expert_claim(&w->experts[1], NULL);
    world_run(w, SEC);
    assert_true(w->experts[0].granted);
    assert_false(w->experts[1].granted);
    assert_string_equal(w->experts[1].refused_why, "{\"why\":\"taken\"}");
    assert_int_equal(w->did.granted, 1);
    assert_int_equal(w->did.last_refused, SIGNAL_TAKEN);
    assert_true(signal_call_settled(w->call));
    world_run(w, 2 * SEC);
    int before = w->did.published;
    world_run(w, 30 * SEC);
    assert_int_equal(w->did.published, before);
}

static void announces_every_two_seconds(void **state)
{
    (void)state;
    world_wait(w);
    assert_int_equal(w->did.published, 1);
    world_run(w, 10 * SEC);
    assert_int_equal(w->did.published, 6);
    assert_string_equal(w->did.last_topic, "call/kela/kuopio-02");
    assert_non_null(strstr(w->did.last_payload, "\\\"since_s\\\":10"));
    assert_non_null(
        strstr(w->did.last_payload, "\\\"state\\\":\\\"waiting\\\""));
    assert_int_equal(signal_call_end(w->call, SIGNAL_BYE_ENDED, &w->t), 0);
    world_poll(w);
    assert_non_null(strstr(w->did.last_payload, "\\\"state\\\":\\\"gone\\\""));
    assert_int_equal(w->did.over, 1);
    assert_false(w->did.remote);
    world_run(w, 40 * SEC);
    assert_int_equal(w->did.published, 7);
    assert_int_equal(signal_call_state(w->call), SIGNAL_CLAIM_IDLE);
    assert_true(signal_call_deadline_us(w->call) == INT64_MAX);
}

static void repeats_byte_for_byte_and_gives_up(void **state)
{
    static const int64_t after_ms[] = {400, 1200, 2800, 6000, 11000};
    (void)state;
    struct expert *x = connected();
    x->mute_acks = true;
    assert_int_equal(signal_call_end(w->call, SIGNAL_BYE_ENDED, &w->t), 0);
    world_poll(w);
    char first[SIGNAL_PAYLOAD_MAX + 1];
    (void)snprintf(first, sizeof(first), "%s", w->did.last_payload);
    int64_t start_us = w->t.now_us;
    int count = w->did.published;
    for (size_t i = 0; i < LK_ARRAY_LEN(after_ms); i++) {
        world_run(w, start_us + after_ms[i] * MS - 10 * MS - w->t.now_us);
        assert_int_equal(w->did.published, count);
        world_run(w, 10 * MS);
        assert_int_equal(w->did.published, ++count);
        assert_string_equal(w->did.last_payload, first);
    }
    assert_false(signal_call_settled(w->call));
    world_run(w, 20 * SEC);
    assert_int_equal(w->did.published, count);
    assert_int_equal(w->did.gave_up, 1);
    assert_true(signal_call_settled(w->call));
    assert_true(x->over);
}

static void a_repeat_is_acknowledged_and_ignored(void **state)
{
    (void)state;
    struct expert *x = connected();
    expert_candidate(x, x->offer, "candidate:1 1 udp 1 192.0.2.1 9 typ host");
    char *again = strdup(x->sent[0].payload);
    world_run(w, 100 * MS);
    int published = w->did.published;
    for (int i = 0; i < 5; i++)
        world_inject(w, DOWN_MAIJA, again, strlen(again));
    assert_int_equal(w->did.candidates, 1);
    assert_int_equal(w->did.published, published + 5);
    assert_non_null(strstr(w->did.last_payload, "\"type\":\"ack\""));
    free(again);
}

/* (r, n - s) is a signature, too: another text, the same message. */
static void a_mirrored_signature_is_a_repeat(void **state)
{
    static const uint8_t order[32] = {
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
        0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
    uint8_t raw[64];
    char text[SIGNAL_SIG_TEXT_SIZE];
    (void)state;
    struct expert *x = connected();
    expert_candidate(x, x->offer, "candidate:1 1 udp 1 192.0.2.1 9 typ host");
    char *again = strdup(x->sent[0].payload);
    char *at = strstr(again, x->sent[0].sig);
    assert_int_equal(lk_b64u_decode(x->sent[0].sig, 86, raw, 64), 64);
    int borrow = 0;
    for (int i = 31; i >= 0; i--) {
        int v = order[i] - raw[32 + i] - borrow;
        borrow = v < 0;
        raw[32 + i] = (uint8_t)(v & 0xff);
    }
    lk_b64u_encode(raw, 64, text);
    world_run(w, 100 * MS);
    memcpy(at, text, 86);
    world_inject(w, DOWN_MAIJA, again, strlen(again));
    struct signal_call_counts counts;
    signal_call_counts(w->call, &counts);
    assert_int_equal(counts.repeats, 1);
    assert_int_equal(counts.refused[SIGNAL_SIGNATURE], 0);
    assert_int_equal(w->did.candidates, 1);
    free(again);
}

static void at_most_64_unacknowledged(void **state)
{
    (void)state;
    struct expert *x = connected();
    x->mute_acks = true;
    struct signal_candidate c = {
        .version = w->ids.version, .mid = "0", .candidate = "candidate:1"};
    for (int i = 0; i < SIGNAL_UNACKED_MAX; i++) {
        assert_int_equal(signal_call_candidate(w->call, &c, &w->t), 0);
        world_poll(w);
    }
    assert_int_equal(signal_call_candidate(w->call, &c, &w->t), -ENOSPC);
    world_run(w, SEC);
    assert_int_equal(x->candidates, 2 * SIGNAL_UNACKED_MAX);
    /* A farewell always has room. */
    assert_int_equal(signal_call_end(w->call, SIGNAL_BYE_SILENT, &w->t), 0);
    world_run(w, 100 * MS);
    assert_true(x->over);
}

static void outdated_offers_and_answers(void **state)
{
    char sdp[2048];
    struct signal_offer_ids old = {.version = 0};
    (void)state;
    assert_int_equal(signal_call_next_offer(w->call, true, &old), -EINVAL);
    struct expert *x = connected();
    old = w->ids;
    expert_sdp(old.session_id, old.version, "", sdp, sizeof(sdp));
    assert_int_equal(signal_call_offer(w->call, sdp, strlen(sdp), &w->t),
                     -EINVAL); /* sent already */
    world_offer(w, false);
    assert_bound(x, true); /* an ICE restart: it still stands */
    assert_true(w->ids.session_id == old.session_id);
    assert_true(w->ids.version > old.version);
    assert_int_equal(signal_call_offer(w->call, sdp, strlen(sdp), &w->t),
                     -EINVAL);
    expert_answer(x, old.version);
    world_run(w, 100 * MS);
    assert_int_equal(w->did.answers, 2);
    assert_int_equal(w->did.answer_version, w->ids.version);
    assert_int_equal(w->did.last_refused, SIGNAL_ORDER);
    assert_int_equal(x->sent_count, 0); /* the old one was acknowledged */
    expert_candidate(x, old.version, "candidate:1");
    expert_answer(x, w->ids.version); /* a second answer to one offer */
    world_run(w, 100 * MS);
    assert_int_equal(w->did.candidates, 0);
    assert_int_equal(w->did.answers, 2);
    world_offer(w, true);
    assert_bound(x, false);
    assert_true(w->ids.session_id != old.session_id);
    world_run(w, 100 * MS);
    assert_int_equal(w->did.answers, 3);
    assert_bound(x, true);
}

static void a_page_comes_back(void **state)
{
    char old[SIGNAL_NONCE_SIZE];
    struct signal_offer_ids ids;
    char sdp[2048];
    (void)state;
    struct expert *x = connected();
    memcpy(old, x->en, sizeof(old));
    expert_bye(x, "left");
    world_run(w, SEC);
    assert_int_equal(w->did.left, 1);
    assert_false(signal_call_media_allowed(w->call));
    world_run(w, 10 * SEC);
    ids = w->ids;
    expert_claim(x, old);
    world_run(w, SEC);
    assert_true(x->granted);
    assert_int_equal(w->did.granted, 1);
    assert_int_equal(w->did.reconnect, 1);
    assert_true(signal_call_media_allowed(w->call));
    assert_int_equal(x->offer, 0); /* nothing of the old connection */
    assert_bound(x, false);
    expert_sdp(ids.session_id, ids.version, "", sdp, sizeof(sdp));
    assert_int_equal(signal_call_offer(w->call, sdp, strlen(sdp), &w->t),
                     -EINVAL);
    world_offer(w, false); /* is fresh all the same */
    assert_true(w->ids.session_id != ids.session_id);
    world_run(w, 30 * SEC);
    assert_int_equal(w->did.answers, 2);
    assert_int_equal(w->did.over, 0);
    assert_bound(x, true);
}

static void another_tab_gets_nothing(void **state)
{
    (void)state;
    struct expert *x = connected();
    char old[SIGNAL_NONCE_SIZE];
    memcpy(old, x->en, sizeof(old));
    expert_claim(x, NULL);
    world_run(w, SEC);
    assert_false(x->granted);
    assert_true(x->refused);
    /* Another expert who knows the nonce gets nothing, either. */
    expert_claim(&w->experts[1], old);
    world_run(w, SEC);
    assert_true(w->experts[1].refused);
    memcpy(x->en, old, sizeof(old));
    expert_bye(x, "ended");
    world_run(w, SEC);
    assert_int_equal(w->did.over, 1);
    assert_true(w->did.remote);
    assert_int_equal(w->did.why, SIGNAL_BYE_ENDED);
}

static void left_for_good(void **state)
{
    (void)state;
    struct expert *x = connected();
    expert_bye(x, "left");
    world_run(w, 14 * SEC);
    assert_int_equal(w->did.over, 0);
    world_run(w, 2 * SEC);
    assert_int_equal(w->did.over, 1);
    assert_int_equal(w->did.why, SIGNAL_BYE_LEFT);
    assert_true(w->did.remote);
    expert_claim(x, x->en);
    world_run(w, SEC);
    assert_string_equal(x->refused_why, "{\"why\":\"call\"}");
    world_wait(w); /* the next citizen */
    assert_int_equal(signal_call_state(w->call), SIGNAL_CLAIM_OPEN);
}

static void a_lost_link_heals(void **state)
{
    (void)state;
    world_wait(w);
    signal_call_link(w->call, false, &w->t);
    int before = w->did.published;
    world_run(w, 10 * SEC);
    assert_int_equal(w->did.published, before);
    signal_call_link(w->call, true, &w->t);
    world_poll(w);
    assert_int_equal(w->did.published, before + 1);
    expert_claim(&w->experts[0], NULL);
    world_run(w, 100 * MS);
    assert_int_equal(w->did.answers, 1);
    signal_call_link(w->call, false, &w->t);
    before = w->did.published;
    world_offer(w, false);
    world_run(w, 60 * SEC);
    assert_int_equal(w->did.published, before);
    assert_int_equal(w->did.gave_up, 0);
    signal_call_link(w->call, true, &w->t);
    world_poll(w);
    world_run(w, SEC);
    assert_int_equal(w->did.answers, 2);
    assert_true(signal_call_settled(w->call));
}

static void refuses_by_name(void **state)
{
    static const struct {
        const char *topic;
        const char *payload;
        enum signal_reason reason;
    } cases[] = {
        {DOWN_MAIJA, "", SIGNAL_MALFORMED},
        {DOWN_MAIJA, "{\"v\":\"luukku-1\"}", SIGNAL_MALFORMED},
        {UP_MAIJA, "{}", SIGNAL_TYPE},
        {"k/other-kiosk/down/maija-virtanen", "{}", SIGNAL_NAMES},
        {"k/kuopio-02/down", "{}", SIGNAL_NAMES},
        {"k/kuopio-02/down/maija-virtanen/", "{}", SIGNAL_NAMES},
        {"k/kuopio-02/sideways/maija-virtanen", "{}", SIGNAL_NAMES},
        {"news/kela", "{}", SIGNAL_NAMES},
        {"call/kela/iisalmi-01", "[]", SIGNAL_MALFORMED},
        {"here/kela/juha-niemi", "{\"state\":\"asleep\",\"langs\":[]}",
         SIGNAL_MALFORMED},
    };
    (void)state;
    world_wait(w);
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        int before = w->did.refused;
        world_inject(w, cases[i].topic, cases[i].payload,
                     strlen(cases[i].payload));
        assert_int_equal(w->did.refused, before + 1);
        assert_int_equal(w->did.last_refused, cases[i].reason);
    }
    static char big[SIGNAL_PAYLOAD_MAX + 1];
    memset(big, ' ', sizeof(big));
    world_inject(w, DOWN_MAIJA, big, sizeof(big));
    assert_int_equal(w->did.last_refused, SIGNAL_OVERSIZED);
    /* Before the grant nobody's answer counts. */
    uint8_t nonce[16] = {1};
    lk_b64u_encode(nonce, 16, w->experts[0].en);
    expert_answer(&w->experts[0], w->ids.version);
    world_run(w, 10 * MS);
    assert_int_equal(w->did.last_refused, SIGNAL_ORDER);
    assert_int_equal(w->did.answers, 0);
    /* Another key than the certificate's. */
    struct signal_key *own = w->experts[0].key;
    w->experts[0].key = w->key;
    expert_claim(&w->experts[0], NULL);
    world_run(w, 10 * MS);
    assert_int_equal(w->did.last_refused, SIGNAL_SIGNATURE);
    w->experts[0].key = own;
    /* A certificate that has run out: the claimant is told. */
    w->t.wall_s += 400 * 86400;
    expert_claim(&w->experts[0], NULL);
    world_run(w, 10 * MS);
    assert_string_equal(w->experts[0].refused_why, "{\"why\":\"certificate\"}");
    assert_int_equal(w->did.granted, 0);
    assert_false(signal_call_media_allowed(w->call));
}

static void a_flood_starves_nobody(void **state)
{
    struct signal_call_counts counts;
    (void)state;
    world_wait(w);
    /* 2,000 messages at once from one expert, who then is not heard... */
    for (int i = 0; i < 2000; i++)
        world_inject(w, "k/kuopio-02/down/juha-niemi", "{\"v\":1}", 7);
    signal_call_counts(w->call, &counts);
    assert_true(counts.limited > 1900);
    /* ...and another is. */
    expert_claim(&w->experts[0], NULL);
    world_run(w, 100 * MS);
    assert_int_equal(w->did.granted, 1);
    for (int i = 0; i < 2000; i++) {
        char topic[SIGNAL_TOPIC_MAX];
        (void)snprintf(topic, sizeof(topic), "k/kuopio-02/down/spoof-%d", i);
        world_inject(w, topic, "{\"v\":1}", 7);
    }
    assert_int_equal(w->did.answers, 1);
    expert_candidate(&w->experts[0], w->ids.version, "candidate:1");
    world_run(w, 100 * MS);
    assert_int_equal(w->did.candidates, 1);
}

static void loss_and_replay(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        world_free(w);
        w = world_new(3);
        w->seed = seed;
        w->loss_pct = 20;
        w->double_pct = 20;
        w->replay_pct = 10;
        w->delay_us = 500 * MS;
        world_wait(w);
        world_run(w, 20 * SEC); /* announcements until one comes through */
        for (size_t i = 0; i < 3; i++)
            expert_claim(&w->experts[i], NULL);
        world_run(w, 30 * SEC);
        int granted = 0;
        for (size_t i = 0; i < 3; i++)
            granted += w->experts[i].granted;
        assert_int_equal(granted, 1);
        assert_int_equal(w->did.granted, 1);
        assert_int_equal(w->did.answers, 1);
        for (size_t i = 0; i < 3; i++)
            for (int k = 0; w->experts[i].granted && k < 5; k++)
                expert_candidate(&w->experts[i], w->ids.version, "candidate:1");
        world_offer(w, false);
        world_run(w, 30 * SEC);
        assert_int_equal(w->did.answers, 2);
        assert_true(w->did.candidates <= 5);
        assert_int_equal(signal_call_end(w->call, SIGNAL_BYE_ENDED, &w->t), 0);
        world_run(w, 40 * SEC);
        assert_int_equal(w->did.over, 1);
        assert_int_equal(w->did.granted, 1);
        assert_false(signal_call_media_allowed(w->call));
    }
}

static void bad_local_input(void **state)
{
    static char sdp[SIGNAL_PAYLOAD_MAX + 1];
    static char line[SIGNAL_CANDIDATE_MAX + 2] = "candidate:";
    static char title[SIGNAL_TITLE_MAX + 1];
    struct signal_wait good = {.agency = "kela",
                               .card = "card",
                               .lang = "fi",
                               .title_fi = "a",
                               .title_sv = "b",
                               .title_en = "c"};
    (void)state;
    memset(title, 'x', SIGNAL_TITLE_MAX);
    struct signal_wait bad[] = {good, good, good, good, good, good};
    bad[0].agency = "Kela";
    bad[1].card = "x";
    bad[2].lang = "f";
    bad[3].lang = "finn";
    bad[4].title_sv = "\xff";
    bad[5].title_en = title;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(signal_call_wait(w->call, &bad[i], &w->t), -EINVAL);
    assert_int_equal(signal_call_state(w->call), SIGNAL_CLAIM_IDLE);
    (void)connected();
    assert_int_equal(signal_call_wait(w->call, &good, &w->t), -EBUSY);
    struct signal_candidate c[] = {
        {w->ids.version, "0", "a=candidate:1"},
        {w->ids.version, "0", "candidate:1\r\nx"},
        {w->ids.version, "", "candidate:1"},
        {w->ids.version, "a-mid-that-is-too-long", "candidate:1"},
        {w->ids.version, "0", "candidate:\xff"},
        {w->ids.version, "0", line}};
    memset(line + 10, 'x', sizeof(line) - 11);
    for (size_t i = 0; i < LK_ARRAY_LEN(c); i++)
        assert_int_equal(signal_call_candidate(w->call, &c[i], &w->t), -EINVAL);
    assert_int_equal(signal_call_next_offer(w->call, true, &w->ids), 0);
    memset(sdp, 'x', sizeof(sdp) - 1);
    assert_int_equal(signal_call_offer(w->call, sdp, SIGNAL_PAYLOAD_MAX, &w->t),
                     -EMSGSIZE);
    assert_int_equal(signal_call_offer(w->call, sdp, 100, &w->t), -EINVAL);
    /* Grown by its escapes beyond what a payload takes. */
    expert_sdp(w->ids.session_id, w->ids.version, "", sdp, sizeof(sdp));
    size_t len = strlen(sdp);
    while (len < SIGNAL_PAYLOAD_MAX - 200)
        len += (size_t)snprintf(sdp + len, sizeof(sdp) - len, "a=\"\"\r\n");
    assert_int_equal(signal_call_offer(w->call, sdp, len, &w->t), -EMSGSIZE);
    /* Nothing of it stays: the next one is sent. */
    world_offer(w, false);
    world_run(w, SEC);
    assert_int_equal(w->did.answers, 2);
    struct signal_call *other = NULL;
    struct signal_call_config config = {
        .kiosk = "K", .site = "x", .key = w->key, .trust = w->trust};
    assert_int_equal(signal_call_new(&config, &other), -EINVAL);
    config.kiosk = "kuopio-02";
    config.site = "";
    assert_int_equal(signal_call_new(&config, &other), -EINVAL);
}

/* A claim for which memory runs out at every possible place: the call is
 * granted whole or not at all, and what was not is made good by repeats. */
static void a_claim_without_memory(void **state)
{
    (void)state;
    for (long i = 0; i < 24; i++) {
        world_free(w);
        w = world_new(1);
        struct expert *x = &w->experts[0];
        world_wait(w);
        expert_claim(x, NULL);
        struct signal_message m = {.topic = DOWN_MAIJA,
                                   .payload = x->sent[0].payload,
                                   .len = strlen(x->sent[0].payload),
                                   .t = &w->t};
        oom_left = i;
        int r = signal_call_receive(w->call, &m);
        oom_left = -1;
        assert_true(r == 0 || r == -ENOMEM);
        bool held = signal_call_state(w->call) == SIGNAL_CLAIM_HELD;
        assert_true(held || r < 0);
        world_poll(w);
        assert_int_equal(w->did.granted, held);
        assert_int_equal(signal_call_media_allowed(w->call), held);
        world_run(w, 20 * SEC);
        assert_int_equal(w->did.granted, 1);
        assert_int_equal(w->did.answers, 1);
        assert_true(signal_call_settled(w->call));
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(claimed_and_answered),
        T(losers_are_told),
        T(announces_every_two_seconds),
        T(repeats_byte_for_byte_and_gives_up),
        T(a_repeat_is_acknowledged_and_ignored),
        T(a_mirrored_signature_is_a_repeat),
        T(at_most_64_unacknowledged),
        T(outdated_offers_and_answers),
        T(a_page_comes_back),
        T(another_tab_gets_nothing),
        T(left_for_good),
        T(a_lost_link_heals),
        T(refuses_by_name),
        T(a_flood_starves_nobody),
        T(bad_local_input),
        T(loss_and_replay),
        T(a_claim_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, group_teardown);
}
