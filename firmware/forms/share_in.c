/* Messages of the page: joining, updates, where its cursor is. */
#include "forms/form_impl.h"
#include "forms/policy.h"

#include "base/bytes.h"
#include "base/json_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void form_take_join(struct form *f, const char *json, size_t len)
{
    char load[FORM_LOAD_LEN + 1] = "";
    char doc[2 * FORM_ID_LEN + 1] = "";
    uint32_t v = 0;
    uint32_t client = 0;
    struct lk_json_want want[] = {
        {.name = "v", .whole = &v},
        {.name = "load", .text = load, .cap = sizeof(load)},
        {.name = "doc", .text = doc, .cap = sizeof(doc)},
        {.name = "client", .whole = &client},
    };
    if (lk_json_read(json, len, want, LK_ARRAY_LEN(want)) < 0 || v != 1)
        form_share_over(f, "malformed");
    else
        form_share_join(f, load, doc, client);
}

/* --- updates ------------------------------------------------------------ */

/* Kind and payload of a message of y-protocols: two numbers of 7 bits a byte,
 * then so many bytes. */
static int open_sync(const uint8_t *p, size_t len, const uint8_t **ret,
                     size_t *ret_len)
{
    struct lk_reader r = lk_reader(p, len);
    uint8_t kind = lk_read_u8(&r);
    uint32_t n = 0;
    uint8_t b = 0x80;
    for (unsigned shift = 0; b & 0x80 && shift < 28; shift += 7) {
        b = lk_read_u8(&r);
        n |= (uint32_t)(b & 0x7f) << shift;
    }
    if (r.bad || b & 0x80 || n != r.left || kind > COEDIT_SYNC_UPDATE)
        return -EBADMSG;
    *ret = r.at;
    *ret_len = r.left;
    return kind;
}

static const char *word_for(int error, const struct form_policy *p)
{
    if (error == -EPERM && p->why)
        return p->why;
    if (error == -EBADMSG)
        return "malformed";
    if (error == -EILSEQ)
        return "content";
    return error == -ERANGE ? "clock" : "too-large";
}

/* It depends on what is not here: the page is asked for all that it has, once;
 * then it has some time. */
static void wait_for(struct form *f)
{
    struct form_share *s = &f->share;
    if (s->waiting_us > 0)
        return;
    s->waiting_us = LK_MAX(f->now_us, (int64_t)1);
    s->answered = false;
    if (!form_send_step(f))
        form_share_over(f, "too-large");
}

static void take_update(struct form *f, int kind, const uint8_t *p, size_t len)
{
    struct form_share *s = &f->share;
    struct form_policy policy = {.f = f};
    const struct coedit_policy asked = {form_policy_ask, &policy};
    if (kind == COEDIT_SYNC_UPDATE && len > FORM_UPDATE_MAX) {
        form_share_over(f, "too-large");
        return;
    }
    int r = coedit_apply_checked(f->doc, p, len, &asked);
    if (r == -EPERM && policy.frozen) {
        form_share_fresh(f); /* put aside */
        return;
    }
    if (r == -EAGAIN && !policy.why) {
        wait_for(f);
        return;
    }
    if (r == 0 || r == -EOVERFLOW || r == -ENOSPC) {
        /* Of the last two a beginning may have been taken. */
        form_record_add(&f->record, s->client, f->now_us, p, len);
        if (form_refresh(f) < 0)
            r = -ENOMEM;
        form_settle(f);
    }
    if (r < 0) {
        form_share_over(f, word_for(r, &policy));
        return;
    }
    if (kind == COEDIT_SYNC_STEP_2) {
        s->answered = true;
        s->waiting_us = 0;
    }
    s->ack_due = true;
}

static void answer(struct form *f, const uint8_t *p, size_t len)
{
    uint8_t *reply = NULL;
    size_t reply_len = 0;
    int r = coedit_sync_take(f->doc, p, len, &reply, &reply_len);
    if (r < 0)
        form_share_over(f, r == -EBADMSG ? "malformed" : "too-large");
    else
        form_send(f, FORM_SYNC, reply, reply_len);
    free(reply);
    f->share.synced = f->share.joined;
}

void form_take_sync(struct form *f, const uint8_t *p, size_t len)
{
    const uint8_t *body = NULL;
    size_t body_len = 0;
    int kind = open_sync(p, len, &body, &body_len);
    if (kind < 0)
        form_share_over(f, "malformed");
    else if (kind == COEDIT_SYNC_STEP_1)
        answer(f, p, len);
    else if (f->share.synced)
        take_update(f, kind, body, body_len);
    /* else it is of the document that the page held before its step 1 */
}

/* --- where the page's cursor is ----------------------------------------- */

/* Whether the message speaks of ids alone that were given. */
static bool all_known(const struct form_share *s)
{
    for (size_t i = 0; i < COEDIT_AWARE_CLIENTS; i++)
        if (s->aware.client[i].used &&
            (s->aware.client[i].client < FORM_CITIZEN ||
             s->aware.client[i].client > s->last_client))
            return false;
    return true;
}

static const struct coedit_aware_client *peer_of(const struct form_share *s)
{
    for (size_t i = 0; i < COEDIT_AWARE_CLIENTS; i++)
        if (s->aware.client[i].used && s->aware.client[i].here &&
            s->aware.client[i].client == s->client)
            return &s->aware.client[i];
    return NULL;
}

static int read_peer(struct form *f)
{
    struct form_share *s = &f->share;
    char field[FORMS_PATH_MAX] = "";
    uint32_t at = 0;
    uint32_t to = 0;
    struct lk_json_want want[] = {
        {.name = "field", .text = field, .cap = sizeof(field)},
        {.name = "at", .whole = &at},
        {.name = "to", .whole = &to},
    };
    const struct coedit_aware_client *c = peer_of(s);
    int r = c ? lk_json_read(c->state, c->len, want, LK_ARRAY_LEN(want)) : 0;
    if (r < 0)
        return r;
    s->peer_here = field[0] != '\0';
    memcpy(s->peer, field, sizeof(field));
    s->peer_at = want[2].seen ? to : at;
    form_touch(f);
    return 0;
}

void form_take_aware(struct form *f, const uint8_t *p, size_t len)
{
    struct form_share *s = &f->share;
    int r = len > COEDIT_AWARE_MESSAGE_MAX
                ? -E2BIG
                : coedit_aware_take(&s->aware, p, len, f->now_us);
    if (r >= 0 && !all_known(s)) {
        form_share_over(f, "client");
        return;
    }
    if (r > 0 && (r & 2))
        form_share_aware(f);
    if (r > 0 && (r & 1))
        r = read_peer(f);
    if (r < 0)
        form_share_over(f, r == -E2BIG ? "too-large" : "malformed");
}
