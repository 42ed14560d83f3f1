#include "remote/stream.h"

#include "base/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    size_t len;
    uint8_t text[REMOTE_DATA_MAX];
};

struct remote_stream {
    uint8_t out_key[REMOTE_KEY_LEN];
    uint8_t in_key[REMOTE_KEY_LEN];
    uint8_t id[REMOTE_ID_LEN];
    struct slot slot[REMOTE_WINDOW]; /* of counter % REMOTE_WINDOW */
    uint64_t acked;                  /* what is below has arrived */
    uint64_t sent;    /* what is below is not to be sent just now */
    uint64_t tried;   /* what is below was sent at least once */
    uint64_t written; /* the next to be written */
    int64_t again_us; /* when to send from `acked` on again */
    int64_t again_after_us;
    uint64_t awaited; /* the counter of the next that is taken */
    uint64_t ack_out, ack_in;
    bool ack_due;
    uint8_t held[REMOTE_HELD_MAX];
    size_t held_len;
    bool confirmed;
    enum remote_end ended;
    bool end_due;
    int64_t began_us, heard_us, said_us;
};

int remote_stream_new(const struct remote_stream_config *config,
                      struct remote_stream **ret)
{
    struct remote_stream *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    const struct remote_keys *k = config->keys;
    memcpy(s->out_key, config->kiosk ? k->up : k->down, REMOTE_KEY_LEN);
    memcpy(s->in_key, config->kiosk ? k->down : k->up, REMOTE_KEY_LEN);
    memcpy(s->id, config->id, sizeof(s->id));
    s->began_us = s->heard_us = s->said_us = config->now_us;
    s->again_us = INT64_MAX;
    s->again_after_us = REMOTE_AGAIN_US;
    s->ack_due = !config->kiosk; /* so the kiosk hears who has the keys */
    *ret = s;
    return 0;
}

struct remote_stream *remote_stream_free(struct remote_stream *s)
{
    if (s) {
        explicit_bzero(s, sizeof(*s));
        free(s);
    }
    return NULL;
}

/* --- frames --------------------------------------------------------------- */

static void put_u64(uint8_t *p, uint64_t v)
{
    lk_put_u32(p, (uint32_t)(v >> 32));
    lk_put_u32(p + 4, (uint32_t)v);
}

static uint64_t get_u64(const uint8_t *p)
{
    return (uint64_t)lk_get_u32(p) << 32 | lk_get_u32(p + 4);
}

/* A key seals each kind and counter once: a frame that is sent again is the
 * same to the last bit. */
static void fill_nonce(struct remote_seal *how, uint8_t kind, uint64_t counter)
{
    memset(how->nonce, 0, sizeof(how->nonce));
    how->nonce[0] = kind;
    put_u64(how->nonce + 4, counter);
}

static int frame_write(const struct remote_stream *s, enum remote_kind kind,
                       uint64_t counter, const struct slot *text, uint8_t *ret)
{
    struct remote_seal how = {
        .key = s->out_key, .head = ret, .head_len = REMOTE_FRAME_HEAD};
    ret[0] = REMOTE_FRAME_VERSION;
    ret[1] = (uint8_t)kind;
    memcpy(ret + 2, s->id, REMOTE_ID_LEN);
    put_u64(ret + 2 + REMOTE_ID_LEN, counter);
    fill_nonce(&how, (uint8_t)kind, counter);
    int r = remote_seal(&how, text->text, text->len, ret + REMOTE_FRAME_HEAD);
    return r < 0 ? r : (int)(REMOTE_FRAME_HEAD + text->len + REMOTE_TAG_LEN);
}

static int take_data(struct remote_stream *s, uint64_t counter,
                     const struct slot *text)
{
    s->ack_due = true; /* also of one that was here: the ACK may be lost */
    if (counter < s->awaited)
        return -EALREADY;
    if (counter > s->awaited || sizeof(s->held) - s->held_len < text->len)
        return -EAGAIN;
    memcpy(s->held + s->held_len, text->text, text->len);
    s->held_len += text->len;
    s->awaited++;
    return 0;
}

static int take_ack(struct remote_stream *s, uint64_t counter,
                    const struct slot *text, int64_t now_us)
{
    uint64_t next = text->len == 8 ? get_u64(text->text) : UINT64_MAX;
    if (counter < s->ack_in)
        return -EALREADY;
    if (next > s->tried)
        return -EBADMSG;
    s->ack_in = counter + 1;
    if (next > s->acked) {
        while (s->acked < next)
            explicit_bzero(&s->slot[s->acked++ % REMOTE_WINDOW],
                           sizeof(s->slot[0]));
        s->sent = LK_MAX(s->sent, s->acked);
        s->again_after_us = REMOTE_AGAIN_US;
        s->again_us = INT64_MAX;
        if (s->sent > s->acked)
            s->again_us = now_us + s->again_after_us;
    }
    return 0;
}

static int take_end(struct remote_stream *s, uint64_t counter,
                    const struct slot *text)
{
    bool ok = counter == 0 && text->len == 1 &&
              text->text[0] > REMOTE_GOES_ON && text->text[0] < REMOTE_ENDS;
    if (!ok)
        return -EBADMSG;
    s->ended = (enum remote_end)text->text[0];
    return 0;
}

int remote_stream_receive(struct remote_stream *s, const void *frame,
                          size_t len, int64_t now_us)
{
    const uint8_t *at = frame;
    struct slot text = {.len = 0};
    struct remote_seal how = {
        .key = s->in_key, .head = frame, .head_len = REMOTE_FRAME_HEAD};
    if (s->ended != REMOTE_GOES_ON)
        return -ESHUTDOWN;
    if (len <= REMOTE_FRAME_HEAD + REMOTE_TAG_LEN || len > REMOTE_FRAME_MAX ||
        at[0] != REMOTE_FRAME_VERSION || at[1] < REMOTE_DATA ||
        at[1] > REMOTE_END || memcmp(at + 2, s->id, sizeof(s->id)) != 0)
        return -EBADMSG;
    uint64_t counter = get_u64(at + 2 + REMOTE_ID_LEN);
    fill_nonce(&how, at[1], counter);
    int r = remote_unseal(&how, at + REMOTE_FRAME_HEAD, len - REMOTE_FRAME_HEAD,
                          text.text);
    if (r < 0)
        return r;
    text.len = len - REMOTE_FRAME_HEAD - REMOTE_TAG_LEN;
    if (at[1] == REMOTE_DATA)
        r = take_data(s, counter, &text);
    else if (at[1] == REMOTE_ACK)
        r = take_ack(s, counter, &text, now_us);
    else
        r = take_end(s, counter, &text);
    explicit_bzero(&text, sizeof(text));
    if (r == -EBADMSG || r == -EALREADY) /* an old one proves nothing */
        return r;
    s->confirmed = true;
    s->heard_us = now_us;
    return r;
}

bool remote_stream_confirmed(const struct remote_stream *s)
{
    return s->confirmed;
}

/* --- bytes ---------------------------------------------------------------- */

size_t remote_stream_peek(const struct remote_stream *s, void *ret, size_t cap)
{
    size_t n = LK_MIN(cap, s->held_len);
    memcpy(ret, s->held, n);
    return n;
}

void remote_stream_skip(struct remote_stream *s, size_t len)
{
    size_t n = LK_MIN(len, s->held_len);
    memmove(s->held, s->held + n, s->held_len - n);
    explicit_bzero(s->held + s->held_len - n, n);
    s->held_len -= n;
}

bool remote_stream_room(const struct remote_stream *s)
{
    return s->ended == REMOTE_GOES_ON && s->written - s->acked < REMOTE_WINDOW;
}

size_t remote_stream_write(struct remote_stream *s, const void *data,
                           size_t len)
{
    const uint8_t *at = data;
    size_t done = 0;
    if (s->ended != REMOTE_GOES_ON)
        return 0;
    while (done < len && s->written - s->acked < REMOTE_WINDOW) {
        struct slot *slot = &s->slot[s->written++ % REMOTE_WINDOW];
        slot->len = LK_MIN(len - done, (size_t)REMOTE_DATA_MAX);
        memcpy(slot->text, at + done, slot->len);
        done += slot->len;
    }
    return done;
}

/* --- time ----------------------------------------------------------------- */

void remote_stream_end(struct remote_stream *s, enum remote_end why)
{
    if (s->ended != REMOTE_GOES_ON)
        return;
    s->ended = why;
    s->end_due = true;
}

enum remote_end remote_stream_ended(const struct remote_stream *s)
{
    return s->ended;
}

static int64_t silent_at(const struct remote_stream *s)
{
    return s->heard_us + (s->confirmed ? REMOTE_SILENT_US : REMOTE_CONFIRM_US);
}

static void look_at_clock(struct remote_stream *s, int64_t now_us)
{
    if (now_us >= silent_at(s))
        remote_stream_end(s, REMOTE_SILENT);
    else if (now_us - s->began_us >= REMOTE_LONGEST_US)
        remote_stream_end(s, REMOTE_LONGEST);
    if (now_us >= s->again_us) {
        s->sent = s->acked;
        s->again_us = INT64_MAX;
        s->again_after_us =
            LK_MIN(2 * s->again_after_us, (int64_t)REMOTE_AGAIN_MAX_US);
    }
    if (now_us - s->said_us >= REMOTE_ALIVE_US)
        s->ack_due = true;
}

int remote_stream_poll(struct remote_stream *s, uint8_t *ret, int64_t now_us)
{
    struct slot text = {.len = 8};
    if (s->ended == REMOTE_GOES_ON)
        look_at_clock(s, now_us);
    bool over = s->ended != REMOTE_GOES_ON;
    if ((over && !s->end_due) ||
        (!over && !s->ack_due && s->sent == s->written))
        return 0;
    s->said_us = now_us;
    if (s->sent < s->written) { /* also what was said before the end */
        if (s->again_us == INT64_MAX)
            s->again_us = now_us + s->again_after_us;
        uint64_t counter = s->sent++;
        s->tried = LK_MAX(s->tried, s->sent);
        return frame_write(s, REMOTE_DATA, counter,
                           &s->slot[counter % REMOTE_WINDOW], ret);
    }
    if (over) {
        s->end_due = false;
        text.len = 1;
        text.text[0] = (uint8_t)s->ended;
        return frame_write(s, REMOTE_END, 0, &text, ret);
    }
    s->ack_due = false;
    put_u64(text.text, s->awaited);
    return frame_write(s, REMOTE_ACK, s->ack_out++, &text, ret);
}

int64_t remote_stream_next_us(const struct remote_stream *s)
{
    if (s->ended != REMOTE_GOES_ON)
        return s->end_due ? 0 : INT64_MAX;
    if (s->ack_due || s->sent < s->written)
        return 0;
    int64_t next = LK_MIN(silent_at(s), s->began_us + REMOTE_LONGEST_US);
    next = LK_MIN(next, s->said_us + REMOTE_ALIVE_US);
    return LK_MIN(next, s->again_us);
}
