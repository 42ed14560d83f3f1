#include "coedit/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GRAIN 16      /* bytes; every piece is aligned so */
#define SMALL_MAX 512 /* above, classes are powers of two */
#define SMALL_CLASSES (SMALL_MAX / GRAIN)
#define LARGE_CLASSES 32 /* 1 KiB and up */
#define CHUNK_FIRST ((size_t)16 << 10)
#define CHUNK_MAX ((size_t)1 << 20)

struct chunk {
    struct chunk *next;
    size_t len; /* bytes behind this header */
};

struct piece {
    struct piece *next;
};

struct ce_arena {
    struct chunk *chunk;
    uint8_t *at; /* free end of the newest chunk */
    size_t left;
    size_t next_len; /* of the next chunk */
    size_t used, held, max;
    struct piece *small[SMALL_CLASSES + 1];
    struct piece *large[LARGE_CLASSES];
};

int ce_arena_new(size_t max, struct ce_arena **ret)
{
    struct ce_arena *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    a->max = max;
    a->next_len = CHUNK_FIRST;
    *ret = a;
    return 0;
}

struct ce_arena *ce_arena_free(struct ce_arena *a)
{
    if (!a)
        return NULL;
    while (a->chunk) {
        struct chunk *c = a->chunk;
        a->chunk = c->next;
        explicit_bzero(c + 1, c->len);
        free(c);
    }
    free(a);
    return NULL;
}

static unsigned large_class(size_t bytes)
{
    unsigned class = 0;
    while (((size_t)SMALL_MAX << (class + 1)) < bytes)
        class ++;
    return class;
}

size_t ce_arena_round(size_t bytes)
{
    if (bytes <= SMALL_MAX)
        return (bytes + GRAIN - 1) / GRAIN * GRAIN;
    return (size_t)SMALL_MAX << (large_class(bytes) + 1);
}

static struct piece **list_of(struct ce_arena *a, size_t rounded)
{
    if (rounded <= SMALL_MAX)
        return &a->small[rounded / GRAIN];
    return &a->large[large_class(rounded)];
}

/* What is left of a chunk goes to the classes, largest first. */
static void spend_rest(struct ce_arena *a)
{
    while (a->left >= GRAIN) {
        size_t n = LK_MIN(a->left / GRAIN * GRAIN, (size_t)SMALL_MAX);
        struct piece *p = (void *)a->at;
        struct piece **list = list_of(a, n);
        p->next = *list;
        *list = p;
        a->at += n;
        a->left -= n;
    }
}

int ce_arena_reserve(struct ce_arena *a, size_t bytes)
{
    if (a->left >= bytes)
        return 0;
    size_t len = LK_MAX(bytes, a->next_len);
    if (a->held + len > a->max)
        len = bytes; /* the last chunks are no larger than they must */
    if (bytes > a->max || a->held + len > a->max)
        return -ENOSPC;
    struct chunk *c = calloc(1, sizeof(*c) + len);
    if (!c)
        return -ENOMEM;
    spend_rest(a);
    c->len = len;
    c->next = a->chunk;
    a->chunk = c;
    a->at = (uint8_t *)(c + 1);
    a->left = len;
    a->held += len;
    a->next_len = LK_MIN(LK_MAX(a->next_len, a->held / 2), CHUNK_MAX);
    return 0;
}

void *ce_take(struct ce_arena *a, size_t bytes)
{
    size_t n = ce_arena_round(bytes);
    struct piece **list = list_of(a, n);
    struct piece *p = *list;
    if (p) {
        *list = p->next;
        p->next = NULL;
    } else {
        if (a->left < n && ce_arena_reserve(a, n) < 0)
            return NULL;
        p = (void *)a->at;
        a->at += n;
        a->left -= n;
    }
    a->used += n;
    return p;
}

void ce_give(struct ce_arena *a, void *p, size_t bytes)
{
    if (!p)
        return;
    size_t n = ce_arena_round(bytes);
    struct piece *piece = p;
    struct piece **list = list_of(a, n);
    explicit_bzero(p, n);
    piece->next = *list;
    *list = piece;
    a->used -= n;
}

size_t ce_arena_used(const struct ce_arena *a)
{
    return a->used;
}

size_t ce_arena_held(const struct ce_arena *a)
{
    return a->held;
}
