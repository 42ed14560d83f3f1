/* Positions in lists. Each list that is edited by position gets a splay tree
 * over its items (Sleator and Tarjan, 1985): what was edited lies near the
 * root, so that typing is fast, and any place costs the logarithm at most,
 * amortised. Lists that are only integrated into have none. */
#include "coedit/impl.h"

static uint32_t own(const struct ce_item *it)
{
    return ce_counts(it) ? it->h.len : 0;
}

static uint32_t sum_of(const struct ce_item *it)
{
    return it ? it->sum : 0;
}

static void refresh(struct ce_item *it)
{
    it->sum = own(it) + sum_of(it->lo) + sum_of(it->hi);
}

static void replace_child(struct ce_item *up, const struct ce_item *old,
                          struct ce_item *child)
{
    if (up && up->lo == old)
        up->lo = child;
    else if (up)
        up->hi = child;
    if (child)
        child->up = up;
}

/* Lifts an item above its parent. */
static void lift(struct ce_item *it)
{
    struct ce_item *up = it->up;
    struct ce_item *moved; /* from the one to the other */
    replace_child(up->up, up, it);
    if (up->lo == it) {
        moved = it->hi;
        up->lo = moved;
        it->hi = up;
    } else {
        moved = it->lo;
        up->hi = moved;
        it->lo = up;
    }
    if (moved)
        moved->up = up;
    up->up = it;
    uint32_t whole = up->sum;
    up->sum = whole - it->sum + sum_of(moved);
    it->sum = whole;
}

static void splay(struct ce_type *t, struct ce_item *it)
{
    while (it->up) {
        struct ce_item *up = it->up;
        if (up->up) {
            bool straight = (up->up->lo == up) == (up->lo == it);
            lift(straight ? up : it);
        }
        lift(it);
    }
    t->index = it;
}

/* A balanced tree of all items, without recursion, from the left, as a binary
 * counter grows: item number n is as high as n has trailing zeros, and takes
 * the lower ones of the right spine as its left side. Returns the lowest node
 * of the right spine. */
static struct ce_item *build(struct ce_type *t)
{
    struct ce_item *spine = NULL;
    uint32_t n = 0;
    for (struct ce_item *it = t->start; it; it = it->right) {
        unsigned height = (unsigned)__builtin_ctz(++n);
        struct ce_item *lo = NULL;
        for (unsigned h = 0; h < height && spine; h++) {
            lo = spine;
            spine = spine->up;
        }
        it->up = spine;
        it->lo = lo;
        it->hi = NULL;
        if (lo)
            lo->up = it;
        if (spine)
            spine->hi = it;
        spine = it;
    }
    return spine;
}

/* Sums from below upwards. */
static void add_up(struct ce_item *root)
{
    const struct ce_item *from = NULL;
    for (struct ce_item *it = root, *next; it; it = next) {
        bool down = from == it->up;
        if (down && it->lo)
            next = it->lo;
        else if ((down || from == it->lo) && it->hi)
            next = it->hi;
        else {
            refresh(it);
            next = it->up;
        }
        from = it;
    }
}

static void prepare(struct ce_type *t)
{
    if (t->indexed)
        return;
    t->indexed = true;
    t->index = build(t);
    while (t->index && t->index->up)
        t->index = t->index->up;
    add_up(t->index);
}

struct ce_item *ce_list_find(struct ce_type *t, uint32_t at, uint32_t *ret_in)
{
    prepare(t);
    struct ce_item *it = t->index;
    while (it) {
        uint32_t before = sum_of(it->lo);
        if (at < before) {
            it = it->lo;
        } else if (at < before + own(it)) {
            *ret_in = at - before;
            splay(t, it);
            return it;
        } else {
            at -= before + own(it);
            it = it->hi;
        }
    }
    return NULL;
}

struct ce_item *ce_list_tail(struct ce_type *t)
{
    prepare(t);
    struct ce_item *it = t->index;
    while (it && it->hi)
        it = it->hi;
    if (it)
        splay(t, it);
    return it;
}

uint32_t ce_list_position(struct ce_type *t, struct ce_item *it)
{
    prepare(t);
    splay(t, it);
    return sum_of(it->lo);
}

void ce_list_added(struct ce_type *t, struct ce_item *it)
{
    if (!t->indexed || it->key)
        return;
    it->up = it->lo = it->hi = NULL;
    if (it->left) {
        /* Between its neighbour and all that was behind that one. */
        splay(t, it->left);
        it->lo = it->left;
        it->hi = it->left->hi;
        it->left->hi = NULL;
        it->left->up = it;
        refresh(it->left);
    } else {
        it->hi = t->index;
    }
    if (it->hi)
        it->hi->up = it;
    refresh(it);
    t->index = it;
}

void ce_list_removed(struct ce_type *t, struct ce_item *it)
{
    if (!t->indexed || it->key)
        return;
    splay(t, it);
    struct ce_item *lo = it->lo;
    struct ce_item *hi = it->hi;
    it->lo = it->hi = NULL;
    if (lo)
        lo->up = NULL;
    if (hi)
        hi->up = NULL;
    t->index = hi;
    if (!lo)
        return;
    struct ce_item *most = lo;
    while (most->hi)
        most = most->hi;
    splay(t, most);
    most->hi = hi;
    if (hi)
        hi->up = most;
    refresh(most);
}

void ce_list_weigh(struct ce_type *t, struct ce_item *it)
{
    if (!t->indexed || it->key)
        return;
    splay(t, it);
    refresh(it);
}
