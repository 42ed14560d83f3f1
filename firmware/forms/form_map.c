/* Edits of a screen that is a little behind the document.
 *
 * The text that the screen was shown, what it changed itself since, and what
 * others changed since are laid over each other: bytes that only the document
 * has, only the screen still has, or both. Then a place on the screen is a
 * place in the document. */
#include "forms/form_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SEEN 1u /* the screen has the byte */
#define HELD 2u /* the document has it */

struct overlay {
    uint8_t *mark; /* bits of each byte */
    size_t n, cap;
};

/* The index behind `count` bytes that have the bit, or SIZE_MAX. */
static size_t behind(const struct overlay *o, uint8_t bit, size_t count)
{
    size_t i = 0;
    for (; count > 0 && i < o->n; i++)
        count -= (o->mark[i] & bit) != 0;
    return count == 0 ? i : SIZE_MAX;
}

static size_t count(const struct overlay *o, uint8_t bit, size_t end)
{
    size_t n = 0;
    for (size_t i = 0; i < end; i++)
        n += (o->mark[i] & bit) != 0;
    return n;
}

/* Clears bits `off` of the first `n` bytes from `at` on that have `bit`. */
static void clear(struct overlay *o, size_t at, uint8_t bit, size_t n,
                  unsigned off)
{
    for (size_t i = at; i < o->n && n > 0; i++)
        if (o->mark[i] & bit) {
            o->mark[i] = (uint8_t)(o->mark[i] & ~off);
            n--;
        }
}

static void replay(struct overlay *o, const struct form_change *c,
                   uint32_t base)
{
    bool as_seen = c->own && c->base == base;
    uint8_t bit = as_seen ? SEEN : HELD;
    size_t at = behind(o, bit, as_seen ? c->seen_at : c->at);
    if (at == SIZE_MAX)
        return; /* cannot be */
    clear(o, at, bit, as_seen ? c->seen_removed : c->removed,
          c->own ? SEEN | HELD : HELD);
    memmove(o->mark + at + c->inserted, o->mark + at, o->n - at);
    memset(o->mark + at, c->own ? SEEN | HELD : HELD, c->inserted);
    o->n += c->inserted;
}

static const struct form_change *change_at(const struct form_cell *c,
                                           uint32_t i)
{
    return &c->change[i % FORM_CHANGES];
}

/* The first change behind that version; -EINVAL when it is forgotten. */
static int first_behind(const struct form_cell *c, uint32_t version,
                        uint32_t *ret)
{
    uint32_t i = c->changes - LK_MIN(c->changes, (uint32_t)FORM_CHANGES);
    if (version > c->version || version < c->since)
        return -EINVAL;
    while (i < c->changes && change_at(c, i)->version <= version)
        i++;
    *ret = i;
    return 0;
}

static int lay_over(const struct form_cell *c, uint32_t base,
                    struct overlay *ret)
{
    uint32_t first = 0;
    int r = first_behind(c, base, &first);
    if (r < 0)
        return r;
    size_t all = c->len;
    size_t len = c->len;
    for (uint32_t i = first; i < c->changes; i++) {
        const struct form_change *ch = change_at(c, i);
        len = len + ch->removed - ch->inserted;
        all += ch->removed;
    }
    uint8_t *mark = malloc(all + 1);
    if (!mark)
        return -ENOMEM;
    memset(mark, SEEN | HELD, len);
    *ret = (struct overlay){mark, len, all};
    for (uint32_t i = first; i < c->changes; i++)
        replay(ret, change_at(c, i), base);
    return 0;
}

/* The piece that byte `at` of the document goes on with, or a new one; NULL:
 * too many. What the document has no more makes pieces without length. */
static struct form_piece *piece_for(struct form_place *p, uint32_t at,
                                    uint32_t seen, bool held)
{
    struct form_piece *last = p->pieces > 0 ? &p->piece[p->pieces - 1] : NULL;
    if (last && (last->len > 0) == held &&
        (!held || last->at + last->len == at))
        return last;
    if (p->pieces == FORM_PIECES)
        return NULL;
    last = &p->piece[p->pieces++];
    *last = (struct form_piece){.at = at, .seen_at = seen};
    return last;
}

/* What of the document lies in the screen's bytes from index `i` on. */
static int find_pieces(const struct overlay *o, size_t i, uint32_t remove,
                       struct form_place *p)
{
    uint32_t at = p->at;
    uint32_t seen = 0;
    for (; seen < remove && i < o->n; i++) {
        bool held = o->mark[i] & HELD;
        if (o->mark[i] & SEEN) {
            struct form_piece *k = piece_for(p, at, seen, held);
            if (!k)
                return -EINVAL;
            k->len += held;
            k->seen_len++;
            seen++;
        }
        at += held;
    }
    return seen == remove ? 0 : -EINVAL;
}

static bool cuts_character(const struct form_cell *c, uint32_t at)
{
    return at < c->len && ((uint8_t)c->value[at] & 0xc0) == 0x80;
}

int form_map(const struct form_cell *c, const struct form_edit *e,
             struct form_place *ret)
{
    struct overlay o = {0};
    *ret = (struct form_place){0};
    int r = lay_over(c, e->version, &o);
    if (r < 0)
        return r;
    size_t i = behind(&o, SEEN, e->at);
    if (i == SIZE_MAX)
        r = -EINVAL;
    if (r == 0) {
        ret->at = (uint32_t)count(&o, HELD, i);
        r = find_pieces(&o, i, e->remove, ret);
    }
    free(o.mark);
    if (r == 0 && cuts_character(c, ret->at))
        r = -EINVAL;
    for (size_t k = 0; k < ret->pieces && r == 0; k++)
        if (cuts_character(c, ret->piece[k].at) ||
            cuts_character(c, ret->piece[k].at + ret->piece[k].len))
            r = -EINVAL;
    return r;
}

void form_map_note(struct form_cell *c, struct form_change change)
{
    change.version = ++c->version;
    if (!c->change)
        c->change = calloc(FORM_CHANGES, sizeof(*c->change));
    if (!c->change) {
        c->changes = 0;
        c->since = c->version; /* edits based on earlier ones are refused */
        return;
    }
    if (c->changes >= FORM_CHANGES)
        c->since = change_at(c, c->changes)->version;
    c->change[c->changes++ % FORM_CHANGES] = change;
}

void form_map_diff(struct form_cell *c, const char *old, size_t old_len)
{
    size_t most = LK_MIN(old_len, c->len);
    size_t head = 0;
    while (head < most && old[head] == c->value[head])
        head++;
    while (head > 0 && (cuts_character(c, (uint32_t)head) ||
                        ((uint8_t)old[head] & 0xc0) == 0x80))
        head--;
    size_t tail = 0;
    while (tail < most - head &&
           old[old_len - 1 - tail] == c->value[c->len - 1 - tail])
        tail++;
    while (tail > 0 && ((uint8_t)old[old_len - tail] & 0xc0) == 0x80)
        tail--;
    form_map_note(
        c, (struct form_change){.at = (uint32_t)head,
                                .removed = (uint32_t)(old_len - head - tail),
                                .inserted = (uint32_t)(c->len - head - tail)});
}
