#include "session/talk_impl.h"

#include <string.h>

static void out_push(struct talk_out *o, uint32_t c)
{
    if (o->n == TALK_HISTORY_MAX) {
        memmove(o->history, o->history + 1,
                (TALK_HISTORY_MAX - 1) * sizeof(o->history[0]));
        o->n--;
        o->base++;
    }
    o->history[o->n++] = c;
}

static bool line_same(const struct talk_line *a, const struct talk_line *b)
{
    return a->n == b->n && memcmp(a->c, b->c, a->n * sizeof(a->c[0])) == 0;
}

/* Puts what changed into the stream: the fewest erasures, and what comes after
 * them. An erasure takes a character with all that joins it, so what stays must
 * end before such a one. */
static void out_flush(struct talk_out *o)
{
    const struct talk_line *turn = &o->turn;
    struct talk_line *said = &o->said;
    size_t same = 0;
    while (same < LK_MIN(said->n, turn->n) && said->c[same] == turn->c[same])
        same++;
    while (same < said->n && talk_char_joins(said->c, same))
        same--;
    while (said->n > same) {
        said->n = talk_erased(said->c, said->n);
        out_push(o, TALK_BS);
    }
    for (size_t i = same; i < turn->n; i++)
        out_push(o, turn->c[i]);
    *said = *turn;
}

/* Carries out the erasures among `n` characters, in place; those of what is not
 * there go. Returns how many are left. */
static size_t settle(uint32_t *c, size_t n)
{
    size_t left = 0;
    for (size_t i = 0; i < n; i++) {
        if (c[i] == TALK_BS)
            left = talk_erased(c, left);
        else
            c[left++] = c[i];
    }
    return left;
}

/* The far end is at `at`; of what is kept, all from the `from`th on is sent,
 * behind a mark for what is gone. */
static void out_lose(struct talk_out *o, uint64_t at, size_t from)
{
    uint32_t *c = o->history + from;
    size_t n = settle(c, o->n - from);
    if (n > TALK_REST_MAX) {
        c += n - TALK_REST_MAX;
        n = TALK_REST_MAX;
    }
    memmove(o->history + 1, c, n * sizeof(c[0]));
    o->history[0] = TALK_LOST;
    o->n = n + 1;
    o->base = o->next = at;
    /* What stands behind the last new line is the open turn, as far as the far
     * end will have it. It was no longer than a turn when it was typed. */
    size_t open = 0;
    while (open < LK_MIN(n, TALK_TURN_MAX) && o->history[n - open] != TALK_LINE)
        open++;
    memcpy(o->said.c, o->history + 1 + n - open, open * sizeof(c[0]));
    o->said.n = open;
}

bool talk_out_waits(const struct talk_out *o)
{
    return o->next < o->base + o->n || !line_same(&o->said, &o->turn);
}

void talk_out_say(struct talk_out *o)
{
    out_flush(o);
    out_push(o, TALK_LINE);
    o->said.n = o->turn.n = 0;
}

size_t talk_out_take(struct talk_out *o, size_t max, const uint32_t **ret)
{
    out_flush(o);
    if (o->next < o->base) {
        out_lose(o, o->next, 0);
        out_flush(o);
    }
    size_t from = (size_t)(o->next - o->base);
    size_t n = LK_MIN(max, o->n - from);
    o->next += n;
    *ret = o->history + from;
    return n;
}

void talk_out_go_on(struct talk_out *o, uint64_t got)
{
    if (got < o->base)
        out_lose(o, got, 0);
    else if (got > o->base + o->n)
        out_lose(o, got, o->n);
    else
        o->next = got;
}

void talk_out_anew(struct talk_out *o)
{
    if (o->base == 0)
        o->next = 0;
    else
        out_lose(o, 0, 0);
}

void talk_out_doubt(struct talk_out *o, uint64_t at)
{
    size_t sent = o->next > o->base ? (size_t)(o->next - o->base) : 0;
    out_lose(o, at, sent);
}
