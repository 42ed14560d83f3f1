/* The far end of a form: joining, ending, and what it may send how fast. */
#include "forms/form_impl.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MILLION INT64_C(1000000)

void form_share_init(struct form *f)
{
    f->share = (struct form_share){.lost = "", .last_client = FORM_CITIZEN};
    coedit_aware_init(&f->share.aware, FORM_CITIZEN);
}

void form_share_end(struct form *f)
{
    f->share.at = 0;
    form_unsend(f);
    form_chunks_clear(&f->share.in);
}

void form_share_state(struct form *f)
{
    f->share.state_due = f->share.joined;
}

void form_share_aware(struct form *f)
{
    f->share.aware_due = f->share.joined;
}

void form_share_snapshot(struct form *f)
{
    if (f->share.joined && f->json)
        form_send(f, FORM_SNAPSHOT, f->json, f->json_len);
}

void form_share_package(struct form *f)
{
    if (f->share.joined && f->package && !f->delivered)
        form_send_lent(f, FORM_PACKAGE, f->package, f->package_len);
}

/* --- joining and ending ------------------------------------------------- */

static struct form_load *load_of(struct form_share *s, const char *load)
{
    for (size_t i = 0; i < FORM_LOADS; i++)
        if (s->known[i].client > 0 && strcmp(s->known[i].load, load) == 0)
            return &s->known[i];
    return NULL;
}

/* The load has this id from now on; the one that was used longest ago makes
 * room. */
static void know(struct form_share *s, uint32_t client)
{
    struct form_load *l = load_of(s, s->load);
    struct form_load *oldest = &s->known[0];
    for (size_t i = 1; i < FORM_LOADS; i++)
        if (s->known[i].turn < oldest->turn)
            oldest = &s->known[i];
    if (!l)
        l = oldest;
    memcpy(l->load, s->load, sizeof(l->load));
    l->client = client;
    l->turn = ++s->turn;
    s->client = client;
}

static void leave(struct form *f)
{
    struct form_share *s = &f->share;
    uint32_t clock = s->aware.self_clock;
    coedit_aware_init(&s->aware, FORM_CITIZEN);
    s->aware.self_clock = clock; /* a page that comes back knows it */
    s->joined = s->synced = s->answered = false;
    s->peer_here = false;
    s->waiting_us = 0;
    s->whole_due = s->ack_due = s->state_due = s->aware_due = false;
}

void form_share_over(struct form *f, const char *why)
{
    struct form_share *s = &f->share;
    char json[64];
    if (!s->open || s->ending)
        return;
    s->ending = true;
    struct form_load *l = load_of(s, s->load);
    if (l)
        *l = (struct form_load){0};
    s->client = 0;
    leave(f);
    form_unsend(f);
    form_chunks_clear(&s->in);
    s->lost = why;
    int n = snprintf(json, sizeof(json), "{\"why\":\"%s\"}", why);
    form_send(f, FORM_OVER, json, (size_t)n);
    s->ending = false;
    form_touch(f);
}

/* After `hello`: the kiosk's step 1, and where things stand. */
static void greet(struct form *f, bool fresh)
{
    struct form_share *s = &f->share;
    s->joined = true;
    s->lost = "";
    s->state_due = s->aware_due = true;
    form_send_hello(f, fresh);
    if (fresh)
        form_send_lent(f, FORM_DEFINITION, f->def->json, f->def->json_len);
    if (!form_send_step(f))
        form_share_over(f, "too-large");
    form_share_snapshot(f);
    form_share_package(f);
    form_touch(f);
}

void form_share_fresh(struct form *f)
{
    struct form_share *s = &f->share;
    leave(f);
    form_unsend(f);
    if (s->last_client >= FORM_CLIENTS_MAX) {
        form_share_over(f, "client");
        return;
    }
    know(s, ++s->last_client);
    greet(f, true);
}

static bool is_hex(const char *s, size_t len)
{
    uint8_t bytes[FORM_LOAD_LEN / 2];
    return strlen(s) == len && lk_hex_decode(s, len / 2, bytes) == 0;
}

void form_share_join(struct form *f, const char *load, const char *doc,
                     uint32_t client)
{
    struct form_share *s = &f->share;
    char id[2 * FORM_ID_LEN + 1];
    if (!is_hex(load, FORM_LOAD_LEN)) {
        form_share_over(f, "malformed");
        return;
    }
    lk_hex_encode(f->id, sizeof(f->id), id);
    memcpy(s->load, load, sizeof(s->load));
    const struct form_load *l = load_of(s, load);
    if (!l || l->client != client || strcmp(doc, id) != 0) {
        form_share_fresh(f);
        return;
    }
    leave(f);
    form_unsend(f);
    know(s, client);
    greet(f, false);
}

void form_channel(struct form *f, bool open, int64_t now_us)
{
    struct form_share *s = &f->share;
    f->now_us = LK_MAX(f->now_us, now_us);
    if (s->open || open)
        form_touch(f);
    leave(f);
    form_share_end(f);
    s->open = open;
    s->filled_us = f->now_us;
    s->updates.left = 2 * MILLION * FORM_UPDATE_RATE;
    s->bytes.left = 2 * MILLION * FORM_BYTE_RATE;
    s->others.left = 2 * MILLION * FORM_OTHER_RATE;
}

/* --- what comes --------------------------------------------------------- */

static void fill(struct form_bucket *b, int64_t us, int64_t rate)
{
    b->left = LK_MIN(b->left + us * rate, 2 * rate * MILLION);
}

static bool spend(struct form_bucket *b, size_t n)
{
    b->left -= (int64_t)n * MILLION;
    return b->left >= 0;
}

static void refill(struct form *f, int64_t now_us)
{
    struct form_share *s = &f->share;
    f->now_us = LK_MAX(f->now_us, now_us);
    int64_t us = LK_MIN(f->now_us - s->filled_us, 2 * MILLION);
    s->filled_us = f->now_us;
    fill(&s->updates, us, FORM_UPDATE_RATE);
    fill(&s->bytes, us, FORM_BYTE_RATE);
    fill(&s->others, us, FORM_OTHER_RATE);
}

/* A whole message. */
static void take(struct form *f)
{
    struct form_share *s = &f->share;
    const struct form_chunks in = s->in;
    bool sync = in.kind == FORM_SYNC;
    bool known = in.kind == FORM_JOIN || in.kind == FORM_DO || sync ||
                 in.kind == FORM_AWARE;
    s->in = (struct form_chunks){0};
    if (!known || (!s->joined && in.kind != FORM_JOIN))
        form_share_over(f, "malformed");
    else if (!spend(sync ? &s->updates : &s->others, 1))
        form_share_over(f, "too-fast");
    else if (in.kind == FORM_JOIN)
        form_take_join(f, (const char *)in.data, in.len);
    else if (sync)
        form_take_sync(f, in.data, in.len);
    else if (in.kind == FORM_AWARE)
        form_take_aware(f, in.data, in.len);
    else
        form_take_do(f, (const char *)in.data, in.len);
    struct form_chunks used = in;
    form_chunks_clear(&used);
}

/* Bytes are counted, but for what the kiosk itself asked for: the answer to its
 * step 1 has all that was typed while the line was down. */
static bool too_fast(struct form_share *s, uint8_t kind, size_t len)
{
    return !(kind == FORM_SYNC && s->joined && !s->answered) &&
           !spend(&s->bytes, len);
}

void form_receive(struct form *f, const void *bytes, size_t len, int64_t now_us)
{
    struct form_share *s = &f->share;
    const uint8_t *p = bytes;
    refill(f, now_us);
    if (!s->open || len == 0)
        return;
    /* What was under way when sharing ended is passed over. */
    if (s->lost[0] && p[0] != FORM_JOIN)
        return;
    if (too_fast(s, p[0] & 0x7f, len)) {
        form_share_over(f, "too-fast");
        return;
    }
    int r = form_chunks_take(&s->in, bytes, len);
    if (r < 0)
        form_share_over(f, r == -ENOMEM ? "too-large" : "malformed");
    else if (r > 0)
        take(f);
}

/* --- time --------------------------------------------------------------- */

void form_tick(struct form *f, int64_t now_us)
{
    struct form_share *s = &f->share;
    f->now_us = LK_MAX(f->now_us, now_us);
    if (!s->joined)
        return;
    if (s->waiting_us > 0 && f->now_us - s->waiting_us >= FORM_WAITING_US) {
        form_share_over(f, "waiting");
        return;
    }
    if (coedit_aware_tick(&s->aware, f->now_us) && s->peer_here) {
        s->peer_here = false;
        form_touch(f);
    }
    if (coedit_aware_due(&s->aware, f->now_us))
        form_share_aware(f);
}

int64_t form_next_us(const struct form *f)
{
    const struct form_share *s = &f->share;
    int64_t next = INT64_MAX;
    if (!s->joined)
        return next;
    if (s->waiting_us > 0)
        next = s->waiting_us + FORM_WAITING_US;
    for (size_t i = 0; i < COEDIT_AWARE_CLIENTS; i++) {
        const struct coedit_aware_client *c = &s->aware.client[i];
        int64_t after = c->client == FORM_CITIZEN ? COEDIT_AWARE_RENEW_US
                                                  : COEDIT_AWARE_GONE_US;
        if (c->used && c->here)
            next = LK_MIN(next, c->heard_us + after);
    }
    return next;
}
