/* The call as its own kiosk drives it; call_in.c has what comes from outside,
 * call_out.c what is sent. */
#include "signal/call_state.h"
#include "signal/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SESSION_ID_MASK ((UINT64_C(1) << 62) - 1)

/* Copies valid UTF-8 of 1..cap-1 bytes. */
static bool call_copy_text(char *to, size_t cap, const char *from)
{
    size_t len = from ? strnlen(from, cap) : 0;
    if (len == 0 || len == cap || !lk_utf8_valid(from, len))
        return false;
    memcpy(to, from, len + 1);
    return true;
}

int signal_call_new(const struct signal_call_config *config,
                    struct signal_call **ret)
{
    if (!lk_name_valid(config->kiosk) ||
        !lk_utf8_valid(config->site, strlen(config->site)))
        return -EINVAL;
    size_t len =
        lk_utf8_cut(config->site, strlen(config->site), SIGNAL_SHOWN_MAX - 1);
    if (len == 0)
        return -EINVAL;
    struct signal_call *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    memcpy(c->kiosk, config->kiosk, strlen(config->kiosk) + 1);
    memcpy(c->site, config->site, len);
    c->key = config->key;
    c->trust = config->trust;
    signal_json_prepare();
    int r = signal_queue_new(&c->queue);
    if (r < 0) {
        (void)signal_call_free(c);
        return r;
    }
    *ret = c;
    return 0;
}

/* Forgets the call: all that is about it, and nothing else. */
static void call_reset(struct signal_call *c)
{
    signal_outbox_drop(&c->outbox, SIGNAL_TYPES);
    c->holder_key = signal_key_free(c->holder_key);
    free(c->grant);
    c->grant = NULL;
    free(c->offer);
    c->offer = NULL;
    c->claim = (struct signal_claim){.state = SIGNAL_CLAIM_IDLE};
    c->who = (struct signal_identity){.user = ""};
    c->ids = (struct signal_offer_ids){.version = 0};
    c->seen = (struct signal_seen){.next = 0};
    c->agency[0] = c->call[0] = c->kn[0] = '\0';
    c->n = c->place = c->free_experts = 0;
    c->outdated = c->offer_sent = c->answered = c->bound = false;
}

struct signal_call *signal_call_free(struct signal_call *c)
{
    if (c) {
        call_reset(c);
        signal_actions_clear(&c->actions);
        c->queue = signal_queue_free(c->queue);
        free(c);
    }
    return NULL;
}

static bool call_active(const struct signal_call *c)
{
    return c->claim.state == SIGNAL_CLAIM_OPEN ||
           c->claim.state == SIGNAL_CLAIM_HELD ||
           c->claim.state == SIGNAL_CLAIM_LEFT;
}

static bool call_held(const struct signal_call *c)
{
    return c->claim.state == SIGNAL_CLAIM_HELD ||
           c->claim.state == SIGNAL_CLAIM_LEFT;
}

static int call_set_wait(struct signal_call *c, const struct signal_wait *w)
{
    if (!lk_name_valid(w->agency) || !lk_name_valid(w->card) ||
        strlen(w->lang) < 2 ||
        !call_copy_text(c->lang, sizeof(c->lang), w->lang) ||
        !call_copy_text(c->title[0], SIGNAL_TITLE_MAX, w->title_fi) ||
        !call_copy_text(c->title[1], SIGNAL_TITLE_MAX, w->title_sv) ||
        !call_copy_text(c->title[2], SIGNAL_TITLE_MAX, w->title_en))
        return -EINVAL;
    memcpy(c->agency, w->agency, strlen(w->agency) + 1);
    memcpy(c->card, w->card, strlen(w->card) + 1);
    c->wait = (struct signal_wait){.agency = c->agency,
                                   .card = c->card,
                                   .lang = c->lang,
                                   .title_fi = c->title[0],
                                   .title_sv = c->title[1],
                                   .title_en = c->title[2]};
    return 0;
}

int signal_call_wait(struct signal_call *c, const struct signal_wait *wait,
                     const struct signal_time *t)
{
    uint8_t random[16];
    if (call_active(c))
        return -EBUSY;
    c->now_us = t->now_us;
    call_reset(c);
    int r = call_set_wait(c, wait);
    if (r < 0) {
        call_reset(c);
        return r;
    }
    lk_random_bytes(random, sizeof(random));
    lk_hex_encode(random, sizeof(random), c->call);
    lk_random_bytes(random, sizeof(random));
    lk_b64u_encode(random, sizeof(random), c->kn);
    c->since_us = t->now_us;
    r = signal_call_announce(c, false);
    if (r < 0) {
        call_reset(c);
        return r;
    }
    signal_claim_open(&c->claim);
    signal_call_tell_queue(c);
    return 0;
}

int signal_call_next_offer(struct signal_call *c, bool fresh,
                           struct signal_offer_ids *ret)
{
    if (!call_active(c))
        return -EINVAL;
    if (c->ids.version == SIGNAL_VERSION_MAX)
        return -EOVERFLOW;
    if (fresh || c->outdated || c->ids.session_id == 0) {
        uint64_t id = 0;
        lk_random_bytes(&id, sizeof(id));
        c->ids.session_id = (id & SESSION_ID_MASK) | 1;
        c->outdated = c->bound = false;
    }
    c->ids.version++;
    free(c->offer);
    c->offer = NULL;
    c->offer_sent = c->answered = false;
    signal_outbox_drop(&c->outbox, SIGNAL_CANDIDATE);
    *ret = c->ids;
    return 0;
}

int signal_call_offer(struct signal_call *c, const char *sdp, size_t len,
                      const struct signal_time *t)
{
    struct signal_sdp look;
    c->now_us = t->now_us;
    if (!call_active(c) || c->outdated || c->ids.version == 0 ||
        c->offer_sent || c->offer)
        return -EINVAL;
    if (len >= SIGNAL_PAYLOAD_MAX)
        return -EMSGSIZE;
    if (signal_sdp_look(sdp, len, &look) != SIGNAL_OK ||
        look.session_id != c->ids.session_id ||
        look.version != c->ids.version || !lk_utf8_valid(sdp, len))
        return -EINVAL;
    c->offer = malloc(len + 1);
    if (!c->offer)
        return -ENOMEM;
    memcpy(c->offer, sdp, len);
    c->offer[len] = '\0';
    if (memcmp(c->kiosk_print, look.print, sizeof(c->kiosk_print)) != 0)
        c->bound = false;
    memcpy(c->kiosk_print, look.print, sizeof(c->kiosk_print));
    int r = signal_call_flush_offer(c);
    if (r < 0) {
        free(c->offer);
        c->offer = NULL;
    }
    return r;
}

int signal_call_candidate(struct signal_call *c,
                          const struct signal_candidate *candidate,
                          const struct signal_time *t)
{
    c->now_us = t->now_us;
    size_t len = strnlen(candidate->candidate, SIGNAL_CANDIDATE_MAX + 1);
    size_t mid = strnlen(candidate->mid, SIGNAL_MID_MAX);
    if (len > SIGNAL_CANDIDATE_MAX || mid == 0 || mid == SIGNAL_MID_MAX ||
        strpbrk(candidate->candidate, "\r\n") ||
        (len > 0 && strncmp(candidate->candidate, "candidate:", 10) != 0) ||
        !lk_utf8_valid(candidate->candidate, len) ||
        !lk_utf8_valid(candidate->mid, mid))
        return -EINVAL;
    if (c->claim.state != SIGNAL_CLAIM_HELD || c->outdated || !c->offer_sent ||
        candidate->version != c->ids.version)
        return 0;
    char *body = NULL;
    int r = signal_body_write_candidate(c->n + 1, candidate, &body);
    if (r < 0)
        return r;
    struct signal_mail mail = {.type = SIGNAL_CANDIDATE,
                               .expert = c->claim.holder,
                               .en = c->claim.en,
                               .body = body};
    r = signal_call_send(c, &mail);
    free(body);
    c->n += r == 0;
    return r;
}

static int call_send_bye(struct signal_call *c, enum signal_bye why)
{
    char *body = NULL;
    int r = signal_body_write_bye(++c->n, why, &body);
    if (r < 0)
        return r;
    struct signal_mail mail = {.type = SIGNAL_BYE,
                               .expert = c->claim.holder,
                               .en = c->claim.en,
                               .body = body};
    r = signal_call_send(c, &mail);
    free(body);
    return r;
}

int signal_call_end(struct signal_call *c, enum signal_bye why,
                    const struct signal_time *t)
{
    int r = 0;
    c->now_us = t->now_us;
    if (!call_active(c))
        return 0;
    bool held = call_held(c);
    if (!held)
        r = signal_call_announce(c, true);
    signal_call_over(c, why, false);
    /* After it, for the outbox has room then. */
    return held ? call_send_bye(c, why) : r;
}

void signal_call_link(struct signal_call *c, bool up,
                      const struct signal_time *t)
{
    c->now_us = t->now_us;
    if (up == c->up)
        return;
    c->up = up;
    c->announce_us = t->now_us;
    signal_outbox_link(&c->outbox, up, t->now_us);
    if (up)
        (void)signal_call_tick(c, t); /* what fails is due again */
}

/* The end of lingering: nothing of the call is kept. */
static void call_settle(struct signal_call *c)
{
    if (c->claim.state != SIGNAL_CLAIM_OVER || c->now_us < c->over_us)
        return;
    if (c->outbox.count == 0 || c->now_us >= c->over_us + SIGNAL_LINGER_US)
        call_reset(c);
}

int signal_call_tick(struct signal_call *c, const struct signal_time *t)
{
    int r = 0;
    struct signal_outbox_work work = {.resent = 0};
    c->now_us = t->now_us;
    if (signal_actions_room(&c->actions) < SIGNAL_ACTIONS_RESERVE)
        return 0;
    if (signal_claim_expire(&c->claim, t->now_us))
        signal_call_over(c, SIGNAL_BYE_LEFT, true);
    if (c->claim.state == SIGNAL_CLAIM_OPEN && c->announce_us <= t->now_us)
        r = signal_call_announce(c, false);
    signal_outbox_tick(&c->outbox, &c->actions, t->now_us, &work);
    c->counts.resent += work.resent;
    c->counts.gave_up += work.gave_up;
    if (c->offer && call_held(c)) {
        int r2 = signal_call_flush_offer(c);
        r = r < 0 ? r : r2;
    }
    signal_call_tell_queue(c);
    call_settle(c);
    return r;
}

int64_t signal_call_deadline_us(const struct signal_call *c)
{
    int64_t first = signal_outbox_deadline_us(&c->outbox);
    if (c->claim.state == SIGNAL_CLAIM_OPEN) {
        first = LK_MIN(first, signal_queue_deadline_us(c->queue, c->now_us));
        first = c->up ? LK_MIN(first, c->announce_us) : first;
    }
    if (c->claim.state == SIGNAL_CLAIM_LEFT)
        first = LK_MIN(first, c->claim.left_until_us);
    if (c->claim.state == SIGNAL_CLAIM_OVER)
        first = LK_MIN(first, c->now_us < c->over_us
                                  ? c->over_us
                                  : c->over_us + SIGNAL_LINGER_US);
    /* An offer that could not be sent, for want of memory. */
    if (c->offer && c->claim.state == SIGNAL_CLAIM_HELD)
        first = LK_MIN(first, c->now_us + SIGNAL_ANNOUNCE_US);
    return first;
}

bool signal_call_settled(const struct signal_call *c)
{
    return c->outbox.count == 0;
}

bool signal_call_poll(struct signal_call *c, struct signal_action *ret)
{
    return signal_actions_poll(&c->actions, ret);
}

enum signal_claim_state signal_call_state(const struct signal_call *c)
{
    return c->claim.state;
}

bool signal_call_media_allowed(const struct signal_call *c)
{
    return signal_claim_media_allowed(&c->claim);
}

bool signal_call_binding(const struct signal_call *c,
                         struct signal_binding *ret)
{
    if (!c->bound || !call_held(c))
        return false;
    *ret = (struct signal_binding){.kiosk = c->kiosk,
                                   .expert = c->claim.holder,
                                   .call = c->call,
                                   .kn = c->kn,
                                   .en = c->claim.en};
    memcpy(ret->kiosk_print, c->kiosk_print, sizeof(ret->kiosk_print));
    memcpy(ret->page_print, c->page_print, sizeof(ret->page_print));
    return true;
}

void signal_call_counts(const struct signal_call *c,
                        struct signal_call_counts *ret)
{
    *ret = c->counts;
}
