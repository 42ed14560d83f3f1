#include "session/talk_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NEVER INT64_MAX
#define MILLION INT64_C(1000000)

/* Most characters of a position in a greeting, and so the largest one. */
#define GOT_DIGITS 15
#define GOT_MAX UINT64_C(999999999999999)
#define ID_DIGITS ((size_t)16)

/* --- ceilings ---------------------------------------------------------- */

static void bucket_fill(struct talk_bucket *b, int64_t cps, int64_t now_us)
{
    int64_t full = cps * TALK_CPS_S * MILLION;
    int64_t passed = LK_MIN(now_us - b->at_us, TALK_CPS_S * MILLION);
    b->at_us = now_us;
    b->millionths = LK_MIN(b->millionths + passed * cps, full);
}

static size_t bucket_left(struct talk_bucket *b, int64_t cps, int64_t now_us)
{
    bucket_fill(b, cps, now_us);
    return (size_t)LK_MAX(b->millionths / MILLION, 0);
}

static void bucket_begin(struct talk_bucket *b, int64_t cps, int64_t now_us)
{
    b->at_us = now_us;
    b->millionths = cps * TALK_CPS_S * MILLION;
}

static void bucket_take(struct talk_bucket *b, size_t n)
{
    b->millionths -= (int64_t)n * MILLION;
}

/* --- life -------------------------------------------------------------- */

void talk_wipe(struct talk *t)
{
    explicit_bzero(t, sizeof(*t));
}

void talk_begin(struct talk *t, uint64_t id, int64_t now_us)
{
    talk_wipe(t);
    t->id = id;
    bucket_begin(&t->pass, TALK_CPS, now_us);
    bucket_begin(&t->take, TALK_CPS_TAKEN, now_us);
}

void talk_channel(struct talk *t, bool up, int64_t now_us)
{
    t->up = t->greet = up;
    t->greeted = t->heard = t->held = false;
    explicit_bzero(&t->in, sizeof(t->in));
    if (!up)
        return;
    t->sent_before = t->out.next;
    t->far_before = t->far_id;
    t->got_before = t->got;
    t->batch_us = now_us;
    /* Whom we never met and have told nothing, no greeting can tell more. */
    t->held = t->again && (t->known || t->out.next > 0);
    t->held_us = t->known ? NEVER : now_us + TALK_GREETING_US;
    t->again = true;
}

/* --- out --------------------------------------------------------------- */

void talk_write(struct talk *t, const char *text)
{
    talk_line_read(text, &t->out.turn);
    talk_turns_set(&t->turns, &t->out.turn);
    t->changed = true;
}

void talk_say(struct talk *t)
{
    if (!talk_turns_open(&t->turns, true))
        return;
    talk_turns_end(&t->turns, true);
    talk_out_say(&t->out);
    t->changed = true;
}

static size_t greeting(struct talk *t, char *ret)
{
    t->greet = false;
    int n = snprintf(ret, TALK_MESSAGE_MAX,
                     "\xc2\x98luukku;1;%016" PRIx64 ";%016" PRIx64 ";%" PRIu64
                     "\xc2\x9c",
                     t->id, t->far_before, LK_MIN(t->got_before, GOT_MAX));
    return (size_t)n;
}

static bool held(const struct talk *t, int64_t now_us)
{
    return t->held && now_us < t->held_us;
}

size_t talk_send(struct talk *t, int64_t now_us, char *ret)
{
    const uint32_t *c;
    size_t len = 0;
    if (!t->up)
        return 0;
    if (t->greet)
        return greeting(t, ret);
    if (held(t, now_us) || now_us < t->batch_us || !talk_out_waits(&t->out))
        return 0;
    size_t left =
        bucket_left(&t->pass, t->known ? TALK_CPS : TALK_CPS_STRANGER, now_us);
    size_t n = talk_out_take(&t->out, LK_MIN(left, TALK_CHUNK_MAX), &c);
    bucket_take(&t->pass, n);
    for (size_t i = 0; i < n; i++)
        len += talk_char_put(c[i], ret + len);
    /* A full message is followed at once by the rest. */
    if (n < TALK_CHUNK_MAX)
        t->batch_us = now_us + TALK_BATCH_US;
    return len;
}

/* --- in ---------------------------------------------------------------- */

/* A mark in place of what the far end wrote and we do not have. */
static void lost(struct talk *t)
{
    talk_turns_add(&t->turns, false, TALK_LOST);
}

/* Reads `n` digits, lower-case hex. Returns whether they are. */
static bool read_id(const char *s, uint64_t *ret)
{
    uint64_t id = 0;
    for (size_t i = 0; i < ID_DIGITS; i++) {
        const char *digits = "0123456789abcdef";
        const char *at = s[i] ? strchr(digits, s[i]) : NULL;
        if (!at)
            return false;
        id = id << 4 | (uint64_t)(at - digits);
    }
    *ret = id;
    return true;
}

static bool read_got(const char *s, uint64_t *ret)
{
    size_t n = strspn(s, "0123456789");
    uint64_t got = 0;
    if (n == 0 || n > GOT_DIGITS || s[n] != '\0')
        return false;
    for (size_t i = 0; i < n; i++)
        got = got * 10 + (uint64_t)(s[i] - '0');
    *ret = got;
    return true;
}

/* Goes on from what the far end has of our stream. */
static void meet(struct talk *t, bool ours, uint64_t got)
{
    uint64_t under = t->out.next - t->sent_before;
    if (under == 0 && ours)
        talk_out_go_on(&t->out, got);
    else if (under == 0)
        talk_out_anew(&t->out);
    else if (got != t->sent_before)
        talk_out_doubt(&t->out, got + under);
}

/* "luukku;1;<mine>;<yours>;<got>" */
static void take_greeting(struct talk *t, const char *s)
{
    static const char head[] = "luukku;1;";
    const char *ids = s + strlen(head);
    uint64_t mine;
    uint64_t yours;
    uint64_t got;
    if (t->greeted || t->heard || strncmp(s, head, strlen(head)) != 0)
        return;
    if (!read_id(ids, &mine) || ids[ID_DIGITS] != ';' ||
        !read_id(ids + ID_DIGITS + 1, &yours) ||
        ids[2 * ID_DIGITS + 1] != ';' ||
        !read_got(ids + 2 * ID_DIGITS + 2, &got))
        return;
    t->greeted = t->known = true;
    t->held = false;
    if (mine != t->far_id && t->got > 0) {
        lost(t);
        talk_turns_end(&t->turns, false);
    }
    if (mine != t->far_id)
        t->got = 0;
    t->far_id = mine;
    meet(t, yours == t->id, yours == t->id ? got : 0);
}

/* The first character of a channel. From one who has not greeted it may follow
 * on others that were lost (RFC 8865, section 5.4). */
static void first_heard(struct talk *t)
{
    t->heard = true;
    if (t->greeted)
        return;
    if (t->got > 0)
        lost(t);
    if (!t->known)
        t->held = false;
}

/* Whether a character is above the ceiling and is dropped. One mark stands for
 * a row of them, so the row ends only when a second's worth may pass again. */
static bool flooded(struct talk *t, int64_t now_us)
{
    size_t left = bucket_left(&t->take, TALK_CPS_TAKEN, now_us);
    if (!t->dropping && left > 0) {
        bucket_take(&t->take, 1);
        return false;
    }
    if (!t->dropping)
        lost(t);
    t->dropping = left < (size_t)TALK_CPS_TAKEN;
    return true;
}

static void take(struct talk *t, enum talk_heard heard, uint32_t c,
                 int64_t now_us)
{
    if (heard == TALK_HEARD_NONE)
        return;
    if (heard == TALK_HEARD_STRING) {
        take_greeting(t, t->in.string);
        return;
    }
    if (!t->heard)
        first_heard(t);
    t->got++;
    if (flooded(t, now_us))
        return;
    if (heard == TALK_HEARD_CHAR)
        talk_turns_add(&t->turns, false, c);
    else if (heard == TALK_HEARD_ERASE)
        talk_turns_erase(&t->turns, false);
    else if (heard == TALK_HEARD_END)
        talk_turns_end(&t->turns, false);
}

void talk_receive(struct talk *t, const uint8_t *data, size_t len,
                  int64_t now_us)
{
    uint32_t c = 0;
    size_t i = 0;
    while (i < len) {
        bool again = false;
        enum talk_heard heard = talk_in_take(&t->in, data[i], &c, &again);
        take(t, heard, c, now_us);
        i += again ? 0 : 1;
    }
    t->changed = true;
}

/* --- what follows ------------------------------------------------------ */

bool talk_show(struct talk *t, int64_t now_us, struct session_talk *ret)
{
    if (!t->changed || now_us < t->show_us)
        return false;
    t->changed = false;
    t->show_us = now_us + TALK_SHOW_US;
    explicit_bzero(ret, sizeof(*ret));
    ret->up = t->up;
    ret->n = (uint32_t)t->turns.n;
    for (size_t i = 0; i < t->turns.n; i++)
        ret->said[i] = t->turns.turn[i].said;
    return true;
}

int64_t talk_next_us(const struct talk *t)
{
    int64_t next = t->changed ? t->show_us : NEVER;
    if (!t->up)
        return next;
    if (t->greet)
        return 0;
    if (talk_out_waits(&t->out))
        next = LK_MIN(next,
                      t->held ? LK_MAX(t->held_us, t->batch_us) : t->batch_us);
    return next;
}
