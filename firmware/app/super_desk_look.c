/* Requests that luukku-probe looks for: certs, net, test. */
#include "app/super_desk_impl.h"

#include "app/super_provision.h"
#include "app/super_time.h"
#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool is_word(const struct control_request *req, const char *word)
{
    return strcmp(req->arg[0], word) == 0;
}

bool super_desk_looks(const struct control_request *req)
{
    return is_word(req, "certs") || is_word(req, "net") || is_word(req, "test");
}

static int64_t clock_floor_s(const struct super_desk *d)
{
    return d->config.provision ? super_provision_floor(d->config.provision)
                               : d->config.floor_s;
}

/* What the broker's certificate is held to, as its link holds it; 0: the clock
 * judges. */
static int64_t held_to_s(const struct super_desk *d)
{
    int64_t floor_s = LK_MAX(clock_floor_s(d), 1);
    bool judges =
        lk_clock_set() && lk_clock_wall_us() / 1000000 >= clock_floor_s(d);
    return judges ? 0 : floor_s;
}

/* A line when certificates are not judged by the clock. */
static void add_clock(const struct super_desk *d, json_t *certs)
{
    char why[160];
    char floor[SUPER_TIME_MAX];
    int64_t floor_s = held_to_s(d);
    bool set = lk_clock_set();
    if (floor_s == 0)
        return;
    super_time_text(floor_s * 1000000, floor);
    (void)snprintf(
        why, sizeof(why),
        "%s, so nobody can say whether the broker's certificate has ended "
        "since %.10s; one that ended before that is refused",
        set ? "the clock is behind" : "nothing keeps the clock right", floor);
    (void)json_array_append_new(certs,
                                json_pack("{s:s,s:s,s:s}", "role", "clock",
                                          "state", "untrusted", "why", why));
}

static void on_found(void *arg, json_t *findings);

static int look_next(struct super_desk *d, const char *const *word,
                     size_t words)
{
    if (!d->probe)
        return -ENOENT;
    const struct super_probe_look look = {.net = d->looking.at_net,
                                          .floor_s = held_to_s(d),
                                          .word = word,
                                          .words = words};
    return super_probe_start(d->probe, &look, on_found, d);
}

/* Whoever asked is told what there is. */
static void look_end(struct super_desk *d, struct pending *p)
{
    d->looking.id = 0;
    if (!p)
        return;
    p->waiting &= ~SUPER_DESK_LOOK;
    super_desk_finish(d, p);
}

/* How the certificates renew themselves, behind them. */
static void add_renewal(const struct super_desk *d, json_t *certs)
{
    char why[PROVISION_RENEW_WHY_MAX];
    const char *state = NULL;
    if (!d->config.provision)
        return;
    super_provision_renewal(d->config.provision, &state, why);
    (void)json_array_append_new(
        certs, json_pack("{s:s,s:s,s:s}", "role", "renewal", "state",
                         why[0] ? "failed" : state, "why", why));
}

static void on_found(void *arg, json_t *findings)
{
    struct super_desk *d = arg;
    struct super_desk_looking *l = &d->looking;
    struct pending *p = super_desk_pending(d, l->id);
    if (p && p->answer == ANSWER_TEST)
        (void)json_array_extend(
            json_object_get(p->result, l->at_net ? "net" : "certs"), findings);
    else if (p) {
        (void)json_array_extend(p->result, findings);
        if (!l->at_net) {
            add_renewal(d, p->result);
            add_clock(d, p->result);
        }
    }
    json_decref(findings);
    bool more = p && l->net_too && !l->at_net;
    l->at_net = l->at_net || more;
    if (!more || look_next(d, NULL, 0) < 0)
        look_end(d, p);
}

json_t *super_desk_verdict(struct super_desk *d, const struct pending *p)
{
    if (p->answer != ANSWER_TEST)
        return json_incref(p->result);
    const struct super_own own = super_desk_own(d);
    const struct super_test_facts facts = {
        .said = json_object_get(p->result, "said"),
        .looked = json_object_get(p->result, "looked"),
        .unlooked = json_string_value(json_object_get(p->result, "unlooked")),
        .certs = json_object_get(p->result, "certs"),
        .net = json_object_get(p->result, "net"),
        .setup = d->config.provision ? super_provision_next(d->config.provision)
                                     : "",
        .machine = &super_machine_here,
        .wall_us = lk_clock_wall_us(),
        .clock_set = lk_clock_set(),
        .floor_s = clock_floor_s(d)};
    return super_test_judge(&own, p->mask, &facts);
}

static void begin(struct super_desk *d, struct pending *p, bool net,
                  const struct control_request *req)
{
    const char *const *word = (const char *const *)(const void *)req->arg;
    size_t words = net ? req->args - 1 : 0;
    d->looking = (struct super_desk_looking){.id = p->id, .at_net = net};
    p->waiting = SUPER_DESK_LOOK;
    int r = look_next(d, word + 1, words);
    if (r == 0)
        return;
    d->looking.id = 0;
    super_desk_refuse(d, p,
                      r == -EINVAL ? "a word is too long or begins with -"
                                   : "luukku-probe cannot be started");
}

/* "net" and what may follow it. */
static bool is_net(const struct control_request *req)
{
    static const struct {
        const char *word;
        size_t args;
    } known[] = {{"dns", 3},  {"tcp", 4},  {"tls", 4},  {"stun", 2},
                 {"stun", 4}, {"turn", 2}, {"ping", 2}, {"ping", 3},
                 {"ping", 4}, {"speed", 2}};
    for (size_t i = 0; i < LK_ARRAY_LEN(known) && req->args > 1; i++)
        if (strcmp(req->arg[1], known[i].word) == 0 &&
            req->args == known[i].args)
            return true;
    return false;
}

void super_desk_stop(struct super_desk *d)
{
    d->looking.net_too = false;
    if (d->looking.id != 0)
        super_probe_stop(d->probe);
}

/* --- camera, microphone, loudspeaker -------------------------------------- */

void super_desk_devices_missing(struct super_desk *d, struct pending *p,
                                const char *why)
{
    p->waiting &= ~SUPER_DESK_DEVICES;
    (void)json_object_set_new(p->result, "unlooked", json_string(why));
    super_desk_finish(d, p);
}

bool super_desk_devices_came(struct super_desk *d, const struct supermsg *m)
{
    struct pending *p = NULL;
    for (size_t i = 0; i < SUPER_DESK_PENDING_MAX && !p; i++)
        if (d->pending[i].waiting & SUPER_DESK_DEVICES &&
            d->pending[i].devices_id == m->id)
            p = &d->pending[i];
    if (!p)
        return false;
    if (!m->ok) {
        super_desk_devices_missing(d, p, m->text);
        return true;
    }
    json_t *list = json_loads(m->text, JSON_REJECT_DUPLICATES, NULL);
    bool good =
        json_is_array(list) &&
        json_array_extend(json_object_get(p->result, "looked"), list) == 0;
    json_decref(list);
    super_desk_devices_missing(d, p, good ? "" : "the answer is malformed");
    return true;
}

/* Has luukkud open those of the devices that are to be tested. What it says to
 * that comes later; `p` waits for it already. */
static void ask_devices(struct super_desk *d, struct pending *p)
{
    const char *words[SUPER_TESTS + 1] = {"look"};
    size_t n = 1;
    for (unsigned i = 0; i < SUPER_TESTS; i++)
        if (p->mask & SUPER_TEST_OPENED & 1U << i)
            words[n++] = super_test_name(i);
    p->devices_id = super_desk_id(d);
    p->devices_until_us = lk_loop_now_us(d->loop) + SUPER_DESK_DEVICES_US;
    int r = super_command(d->super, SUPER_LUUKKUD, p->devices_id, words, n);
    if (r < 0)
        super_desk_devices_missing(d, p,
                                   "luukkud, which tells people that the "
                                   "camera is on, does not run");
    else
        super_desk_wake(d);
}

static void test(struct super_desk *d, uint64_t client,
                 const struct control_request *req, unsigned mask)
{
    static const struct control_request selftest = {
        .arg = {(char *)(uintptr_t) "selftest"}, .args = 1};
    bool certs = super_test_wants_certs(mask);
    bool net = super_test_wants_net(mask);
    struct pending *p = super_desk_open(d, client, req, ANSWER_TEST);
    if (!p)
        return;
    p->mask = mask;
    if (certs || net) {
        d->looking = (struct super_desk_looking){
            .id = p->id, .net_too = net, .at_net = !certs};
        if (look_next(d, NULL, 0) < 0)
            d->looking.id = 0; /* the tests say that nothing was found */
    }
    unsigned who = d->looking.id == p->id ? SUPER_DESK_LOOK : 0;
    bool devices = mask & SUPER_TEST_OPENED && super_has(d->super, SUPER_RTC);
    uint32_t id = p->id;
    if (devices)
        who |= SUPER_DESK_DEVICES;
    for (unsigned i = 0; i < SUPER_DESK_PROGRAMS; i++)
        if (i != SUPER_FETCH && super_has(d->super, i))
            who |= 1U << i;
    super_desk_ask(d, p, who, &selftest);
    if (devices && p->id == id)
        ask_devices(d, p);
}

void super_desk_look(struct super_desk *d, uint64_t client,
                     const struct control_request *req)
{
    bool is_test = is_word(req, "test");
    bool net = is_word(req, "net");
    unsigned mask =
        is_test && req->args == 2 ? super_test_mask(req->arg[1]) : 0;
    const char *why = NULL;
    if (is_test && !mask)
        why = "usage: test all|storage|clock|certs|programs|display|touch|"
              "keypad|camera|"
              "microphone|speaker|scanner|card|network|broker|stun|turn";
    else if (net && !is_net(req))
        why = "usage: net dns HOST | tcp HOST PORT | tls HOST PORT | "
              "stun [HOST PORT] | turn | ping [HOST [PORT]] | speed";
    else if (!is_test && !net && req->args != 1)
        why = "that command takes no further words";
    else if (net && strcmp(req->arg[1], "speed") == 0 &&
             super_news_somebody(d->config.news))
        why = "somebody is at the kiosk: its call needs the line";
    else if (d->looking.id != 0)
        why = "another test is under way: ask again in a moment";
    if (why) {
        super_desk_fail(d, client, req->id, why);
        return;
    }
    if (is_test) {
        test(d, client, req, mask);
        return;
    }
    struct pending *p = super_desk_open(d, client, req, ANSWER_FOUND);
    if (p)
        begin(d, p, net, req);
}
