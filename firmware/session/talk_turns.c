#include "session/talk_impl.h"

#include <string.h>

struct talk_turn *talk_turns_open(struct talk_turns *t, bool mine)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->turn[i].said.mine == mine && t->turn[i].said.open)
            return &t->turn[i];
    return NULL;
}

static struct talk_turn *turns_last(struct talk_turns *t, bool mine)
{
    for (size_t i = t->n; i-- > 0;)
        if (t->turn[i].said.mine == mine)
            return &t->turn[i];
    return NULL;
}

static void turns_drop(struct talk_turns *t, struct talk_turn *turn)
{
    size_t i = (size_t)(turn - t->turn);
    t->n--;
    memmove(turn, turn + 1, (t->n - i) * sizeof(*turn));
    explicit_bzero(&t->turn[t->n], sizeof(*turn));
}

/* The oldest complete turn makes room for a new one; at most two are open. */
static struct talk_turn *turns_begin(struct talk_turns *t, bool mine)
{
    size_t oldest = 0;
    while (t->n == LK_ARRAY_LEN(t->turn) && t->turn[oldest].said.open)
        oldest++;
    if (t->n == LK_ARRAY_LEN(t->turn))
        turns_drop(t, &t->turn[oldest]);
    struct talk_turn *turn = &t->turn[t->n++];
    *turn = (struct talk_turn){
        .said = {.mine = mine, .open = true, .id = ++t->last_id}};
    return turn;
}

void talk_turns_add(struct talk_turns *t, bool mine, uint32_t c)
{
    char bytes[4];
    size_t n = talk_char_put(c, bytes);
    struct talk_turn *turn = talk_turns_open(t, mine);
    if (turn && strlen(turn->said.text) + n > TALK_TURN_MAX) {
        turn->said.open = false;
        turn->split = true;
        turn = NULL;
    }
    if (!turn)
        turn = turns_begin(t, mine);
    size_t len = strlen(turn->said.text);
    memcpy(turn->said.text + len, bytes, n);
    turn->said.text[len + n] = '\0';
}

void talk_turns_end(struct talk_turns *t, bool mine)
{
    struct talk_turn *turn = talk_turns_open(t, mine);
    if (!turn)
        turn = turns_last(t, mine);
    if (!turn)
        return;
    turn->said.open = false;
    if (turn->ends < UINT32_MAX)
        turn->ends++;
}

void talk_turns_erase(struct talk_turns *t, bool mine)
{
    struct talk_line line;
    struct talk_turn *turn = talk_turns_open(t, mine);
    if (!turn) {
        turn = turns_last(t, mine);
        if (!turn)
            return;
        bool end = turn->ends > 0;
        if (end && --turn->ends > 0)
            return;
        turn->said.open = true;
        turn->split = false;
        if (end)
            return;
    }
    talk_line_read(turn->said.text, &line);
    line.n = talk_erased(line.c, line.n);
    talk_line_write(&line, turn->said.text);
    if (line.n == 0)
        turns_drop(t, turn);
}

void talk_turns_set(struct talk_turns *t, const struct talk_line *line)
{
    struct talk_turn *turn = talk_turns_open(t, true);
    if (!turn && line->n == 0)
        return;
    if (!turn)
        turn = turns_begin(t, true);
    talk_line_write(line, turn->said.text);
    if (line->n == 0)
        turns_drop(t, turn);
}
