/* Replays tests/vectors/signal/envelopes.json: every stage of every case. */
#include "support.h"

#include "signal/body.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct signal_trust *trust;
static struct signal_key *keys[6];

static const char *str(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static struct signal_key *key_of(const char *name)
{
    static const char *const names[6] = {"kiosk",   "other-kiosk", "expert",
                                         "kela-ca", "vero-ca",     "stray-ca"};
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        if (!keys[i])
            keys[i] = support_key(name);
        return keys[i];
    }
    fail_msg("key %s", name);
    return NULL;
}

static int judge_claim(const struct signal_envelope *e)
{
    static struct signal_body_claim claim;
    LK_AUTO(signal_key) key = NULL;
    int r = signal_body_claim(e->body, e->body_len, &claim);
    if (r == SIGNAL_OK)
        r = signal_cert_key(claim.cert, claim.cert_len, &key);
    if (r == SIGNAL_OK)
        r = signal_envelope_verify(e, key);
    if (r != SIGNAL_OK)
        return r;
    struct signal_cert_query q = {
        .agency = "kela", .user = e->expert, .wall_s = SUPPORT_NOW_S};
    struct signal_identity who;
    r = signal_trust_check(trust, &q, claim.cert, claim.cert_len, &who);
    if (r == SIGNAL_OK) {
        assert_string_equal(who.name, "Maija Virtanen");
        assert_string_equal(who.agency_name, "Kela");
        assert_string_equal(who.user, "maija-virtanen");
    }
    return r;
}

static int judge_sdp(const struct signal_envelope *e, uint64_t newest)
{
    struct signal_sdp sdp;
    int r = (int)signal_sdp_look(e->body, e->body_len, &sdp);
    if (r != SIGNAL_OK)
        return r;
    bool order =
        e->type == SIGNAL_ANSWER ? sdp.answers == newest : sdp.version > newest;
    return order ? SIGNAL_OK : SIGNAL_ORDER;
}

static int judge_body(const struct signal_envelope *e,
                      const struct signal_topic *topic, uint64_t newest)
{
    struct signal_body_candidate candidate;
    struct signal_body_announce announce;
    enum signal_bye bye;
    char sig[SIGNAL_SIG_TEXT_SIZE];
    int r = SIGNAL_OK;
    switch (e->type) {
    case SIGNAL_OFFER:
    case SIGNAL_ANSWER:
        return judge_sdp(e, newest);
    case SIGNAL_CANDIDATE:
        r = signal_body_candidate(e->body, e->body_len, &candidate);
        if (r == SIGNAL_OK && candidate.version != newest)
            r = SIGNAL_ORDER;
        return r;
    case SIGNAL_ANNOUNCE:
        r = signal_body_announce(e->body, e->body_len, &announce);
        if (r == SIGNAL_OK && strcmp(announce.agency, topic->agency) != 0)
            r = SIGNAL_NAMES;
        return r;
    case SIGNAL_BYE:
        return signal_body_bye(e->body, e->body_len, &bye);
    case SIGNAL_ACK:
        return signal_body_ack(e->body, e->body_len, sig);
    case SIGNAL_CLAIM:
    case SIGNAL_GRANT:     /* the page's to judge, not in C */
    case SIGNAL_REFUSE:    /* likewise */
    case SIGNAL_HEALTH:    /* of the fleet's tool */
    case SIGNAL_HELP_OPEN: /* firmware/remote judges it */
    case SIGNAL_HELP_ACCEPT:
    case SIGNAL_HELP_REFUSE:
    case SIGNAL_TYPES:
        break;
    }
    return r;
}

static int judge(const json_t *c, const void *payload, size_t len)
{
    struct signal_topic topic;
    const json_t *h = json_object_get(c, "held");
    struct signal_held held = {
        .call = str(h, "call"), .kn = str(h, "kn"), .en = str(h, "en")};
    LK_AUTO(signal_envelope) e = NULL;
    assert_int_equal(signal_topic_parse(str(c, "topic"), &topic), 0);
    int r = signal_envelope_open(payload, len, &topic, &held, &e);
    if (r != SIGNAL_OK)
        return r;
    if (str(c, "canonical"))
        assert_string_equal(e->lines, str(c, "canonical"));
    if (e->type == SIGNAL_CLAIM)
        return judge_claim(e);
    r = signal_envelope_verify(e, key_of(str(c, "signer")));
    if (r != SIGNAL_OK)
        return r;
    return judge_body(
        e, &topic, (uint64_t)json_integer_value(json_object_get(h, "offer")));
}

/* Bodies that only the page reads. */
static bool page_only(const json_t *c)
{
    return strcmp(str(c, "receiver"), "expert") == 0 &&
           strcmp(str(c, "stage"), "body") == 0 &&
           (strstr(str(c, "payload"), "\"type\":\"grant\"") ||
            strstr(str(c, "payload"), "\"type\":\"refuse\""));
}

static void replay(void **state)
{
    (void)state;
    size_t i = 0;
    const json_t *c = NULL;
    const json_t *cases = json_object_get(support_vectors(), "cases");
    assert_true(json_array_size(cases) > 90);
    json_array_foreach(cases, i, c)
    {
        size_t len = 0;
        const char *b64 = str(c, "payload_b64");
        uint8_t *raw = b64 ? support_b64u(b64, &len) : NULL;
        const char *text = str(c, "payload");
        if (!raw)
            len = strlen(text);
        int r = judge(c, raw ? (const void *)raw : text, len);
        free(raw);
        if (page_only(c))
            continue;
        if (r < 0 || strcmp(signal_reason_name((enum signal_reason)r),
                            str(c, "verdict")) != 0)
            fail_msg("%s: %s, not %s", str(c, "name"),
                     signal_reason_name((enum signal_reason)r),
                     str(c, "verdict"));
    }
    struct tm tm = {.tm_year = 126, .tm_mon = 10, .tm_mday = 21, .tm_hour = 12};
    assert_int_equal(timegm(&tm), SUPPORT_NOW_S);
    assert_string_equal(str(support_vectors(), "now"),
                        "2026-11-21T12:00:00.000Z");
}

static int teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(keys); i++)
        keys[i] = signal_key_free(keys[i]);
    trust = signal_trust_free(trust);
    support_free();
    return 0;
}

static int setup(void **state)
{
    (void)state;
    trust = support_trust();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(replay)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
