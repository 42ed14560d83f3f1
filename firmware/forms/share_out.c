/* Messages to the page: what waits, and what is made when the channel takes
 * more. */
#include "forms/form_impl.h"
#include "forms/json_out.h"
#include "forms/words.h"

#include "base/bytes.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE_MAX FORM_MESSAGE_MAX

/* --- the queue ---------------------------------------------------------- */

static void message_free(struct form_message *m)
{
    if (m->data == (const uint8_t *)(m + 1))
        explicit_bzero(m + 1, m->len);
    free(m);
}

static void drop_first(struct form_share *s)
{
    struct form_message *m = s->first;
    s->first = m->next;
    if (!s->first)
        s->last = NULL;
    s->waiting--;
    s->waiting_bytes -= m->len;
    s->at = 0;
    message_free(m);
}

/* Takes back messages of that kind, 0 all, behind the one that is under way. */
static void unsend(struct form_share *s, uint8_t kind)
{
    struct form_message **at = &s->first;
    struct form_message *last = NULL;
    while (*at) {
        struct form_message *m = *at;
        if ((m == s->first && s->at > 0) || (kind > 0 && m->kind != kind)) {
            last = m;
            at = &m->next;
            continue;
        }
        *at = m->next;
        s->waiting--;
        s->waiting_bytes -= m->len;
        message_free(m);
    }
    s->last = last;
}

void form_unsend(struct form *f)
{
    unsend(&f->share, 0);
}

static bool push(struct form *f, struct form_message *m)
{
    struct form_share *s = &f->share;
    if (!m)
        return false;
    if (s->last)
        s->last->next = m;
    else
        s->first = m;
    s->last = m;
    s->waiting++;
    s->waiting_bytes += m->len;
    return true;
}

static struct form_message *message_new(uint8_t kind, size_t len, size_t own)
{
    struct form_message *m = calloc(1, sizeof(*m) + own);
    if (m)
        *m = (struct form_message){.kind = kind, .len = len};
    return m;
}

static bool put(struct form *f, uint8_t kind, const void *data, size_t len)
{
    const struct form_share *s = &f->share;
    if (!s->open)
        return true;
    if (len > FORM_MESSAGE_MAX || s->waiting == FORM_OUT_MAX ||
        s->waiting_bytes + len > FORM_OUT_BYTES)
        return false;
    struct form_message *m = message_new(kind, len, len);
    if (m) {
        memcpy(m + 1, data, len);
        m->data = (const uint8_t *)(m + 1);
    }
    return push(f, m);
}

void form_send(struct form *f, uint8_t kind, const void *data, size_t len)
{
    if (!put(f, kind, data, len))
        form_share_over(f, "too-large");
}

bool form_send_step(struct form *f)
{
    uint8_t *step = NULL;
    size_t len = 0;
    bool done = coedit_sync_hello(f->doc, &step, &len) == 0 &&
                put(f, FORM_SYNC, step, len);
    free(step);
    return done;
}

void form_send_lent(struct form *f, uint8_t kind, const void *data, size_t len)
{
    struct form_message *m = NULL;
    if (!f->share.open)
        return;
    m = message_new(kind, len, 0);
    if (m)
        m->data = data;
    if (!push(f, m))
        form_share_over(f, "too-large");
}

/* The page reads too slowly for single updates, or there is no memory: they are
 * left out, and the whole follows in their place. */
void form_share_update(struct form *f, const void *update, size_t len)
{
    uint8_t *framed = NULL;
    size_t n = 0;
    struct form_share *s = &f->share;
    if (!s->open || !s->synced || s->whole_due)
        return;
    s->whole_due = s->waiting >= FORM_UPDATES_MAX ||
                   coedit_sync_update(update, len, &framed, &n) < 0 ||
                   !put(f, FORM_SYNC, framed, n);
    if (s->whole_due)
        unsend(s, FORM_SYNC);
    free(framed);
}

/* --- what is made as it goes out ---------------------------------------- */

static void put_errors(const struct form *f, struct json_out *o)
{
    jout_key(o, "errors");
    jout_open(o, '{');
    for (size_t i = 0; i < f->cells; i++) {
        const struct form_cell *c = f->cell[i];
        if (c->judged.error == FORMS_OK)
            continue;
        jout_key(o, c->path);
        jout_open(o, '{');
        jout_put(o, "error", forms_error_word(c->judged.error));
        jout_put(o, "bound", c->judged.bound);
        jout_close(o, '}');
    }
    jout_close(o, '}');
}

static void put_cells(const struct form *f, struct json_out *o)
{
    jout_key(o, "suggestions");
    jout_open(o, '{');
    for (size_t i = 0; i < f->cells; i++)
        if (f->cell[i]->suggestion)
            jout_put(o, f->cell[i]->path, f->cell[i]->suggestion);
    jout_close(o, '}');
    jout_key(o, "by");
    jout_open(o, '{');
    for (size_t i = 0; i < f->cells; i++)
        if (f->cell[i]->by != FORM_BY_NOBODY)
            jout_put(o, f->cell[i]->path, form_by_word(f->cell[i]->by));
    jout_close(o, '}');
    jout_key(o, "hidden");
    jout_open(o, '[');
    for (size_t s = 0; s < f->def->sections; s++)
        if (f->section_hidden[s])
            jout_text(o, f->def->section[s].id);
    for (size_t i = 0; i < f->cells; i++)
        if (f->cell[i]->hidden && !f->section_hidden[f->cell[i]->section])
            jout_text(o, f->cell[i]->path);
    jout_close(o, ']');
}

struct lk_buf *form_state_new(const struct form *f)
{
    LK_AUTO(lk_buf) b = NULL;
    char hex[65] = "";
    if (lk_buf_new(STATE_MAX, &b) < 0)
        return NULL;
    if (f->json)
        lk_hex_encode(f->json_sha256, sizeof(f->json_sha256), hex);
    struct json_out o = {.b = b};
    jout_open(&o, '{');
    jout_put(&o, "phase", form_phase_word(f->phase));
    jout_put(&o, "section", f->def->section[f->step].id);
    put_errors(f, &o);
    jout_put(&o, "point", f->point);
    put_cells(f, &o);
    jout_put(&o, "sha256", hex);
    jout_put(&o, "code", f->code);
    jout_key(&o, "posted");
    jout_raw(&o, f->posted ? "true" : "false");
    jout_key(&o, "posting");
    jout_raw(&o, f->posting ? "true" : "false");
    jout_close(&o, '}');
    return o.error == 0 ? LK_TAKE(b) : NULL;
}

static bool put_state(struct form *f)
{
    struct lk_buf *b = form_state_new(f);
    bool done = b && put(f, FORM_STATE, b->data, b->len);
    if (b)
        lk_buf_wipe(b);
    lk_buf_free(b);
    return done;
}

static bool put_ack(struct form *f)
{
    uint8_t ack[4];
    lk_put_u32(ack, coedit_clock(f->doc, f->share.client));
    return put(f, FORM_ACK, ack, sizeof(ack));
}

/* Where the citizen is. */
static bool put_aware(struct form *f)
{
    char state[FORMS_PATH_MAX + 64] = "{}";
    uint8_t message[COEDIT_AWARE_STATE_MAX + 64];
    const struct form_cell *c = form_cell_find(f, f->focus);
    if (c) {
        uint32_t at = form_units(c->value, LK_MIN((size_t)f->caret, c->len));
        (void)snprintf(state, sizeof(state),
                       "{\"field\":\"%s\",\"at\":%u,\"to\":%u}", c->path, at,
                       at);
    }
    if (coedit_aware_set(&f->share.aware, state, strlen(state), f->now_us) < 0)
        return false;
    int n = coedit_aware_write(&f->share.aware, f->now_us, message,
                               sizeof(message));
    return n >= 0 && put(f, FORM_AWARE, message, (size_t)n);
}

static bool put_whole(struct form *f)
{
    uint8_t *update = NULL;
    uint8_t *framed = NULL;
    size_t len = 0;
    size_t n = 0;
    bool done = coedit_encode(f->doc, NULL, 0, &update, &len) == 0 &&
                coedit_sync_update(update, len, &framed, &n) == 0 &&
                put(f, FORM_SYNC, framed, n);
    free(update);
    free(framed);
    return done && (f->share.answered || form_send_step(f));
}

/* Puts the next of what is due into the queue; false: nothing is. */
static bool make_due(struct form *f)
{
    struct form_share *s = &f->share;
    bool done = true;
    if (s->whole_due) {
        s->whole_due = false;
        done = put_whole(f);
    } else if (s->ack_due) {
        s->ack_due = false;
        done = put_ack(f);
    } else if (s->state_due) {
        s->state_due = false;
        done = put_state(f);
    } else if (s->aware_due) {
        s->aware_due = false;
        done = put_aware(f);
    } else {
        return false;
    }
    if (!done)
        form_share_over(f, "too-large");
    return s->first;
}

bool form_poll(struct form *f, const void **ret, size_t *ret_len)
{
    struct form_share *s = &f->share;
    if (!s->open || (!s->first && !make_due(f)))
        return false;
    const struct form_message *m = s->first;
    *ret_len = form_chunk_write(m->kind, m->data, m->len, &s->at, s->out);
    *ret = s->out;
    if (s->at == m->len)
        drop_first(s);
    return true;
}

void form_send_hello(struct form *f, bool fresh)
{
    char doc[2 * FORM_ID_LEN + 1];
    char sha256[65];
    char hello[512];
    lk_hex_encode(f->id, sizeof(f->id), doc);
    lk_hex_encode(f->def->sha256, sizeof(f->def->sha256), sha256);
    int n = snprintf(hello, sizeof(hello),
                     "{\"v\":1,\"doc\":\"%s\",\"client\":%u,\"kiosk\":%d,"
                     "\"lang\":\"%s\",\"sha256\":\"%s\",\"fresh\":%s}",
                     doc, f->share.client, FORM_CITIZEN, form_lang(f), sha256,
                     fresh ? "true" : "false");
    form_send(f, FORM_HELLO, hello, (size_t)n);
}
