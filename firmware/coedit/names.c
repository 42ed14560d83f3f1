/* Keys, clients and roots: what updates name, each kept once. */
#include "coedit/impl.h"

#include <errno.h>
#include <string.h>

#define FIRST 8

int ce_vec_reserve(struct coedit *d, struct ce_vec *v, uint32_t n, size_t size)
{
    if (v->n + n <= v->cap)
        return 0;
    uint32_t cap = LK_MAX(v->cap * 2, (uint32_t)FIRST);
    while (cap < v->n + n)
        cap *= 2;
    void *p = ce_take(d->arena, cap * size);
    if (!p)
        return -ENOSPC;
    if (v->n > 0)
        memcpy(p, v->at, v->n * size);
    ce_give(d->arena, v->at, v->cap * size);
    v->at = p;
    v->cap = cap;
    return 0;
}

void ce_vec_free(struct coedit *d, struct ce_vec *v, size_t size)
{
    ce_give(d->arena, v->at, v->cap * size);
    *v = (struct ce_vec){0};
}

/* FNV-1a. Hostile names cannot pile up in one slot for long: their number and
 * length have ceilings. */
static uint32_t hash_of(const void *p, size_t len)
{
    const uint8_t *b = p;
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ b[i]) * 16777619u;
    return h;
}

struct ce_key *ce_key_find(const struct coedit *d, const char *s, size_t len)
{
    if (d->key_slots == 0)
        return NULL;
    uint32_t hash = hash_of(s, len);
    struct ce_key *k = d->key_slot[hash & (d->key_slots - 1)];
    while (k &&
           (k->hash != hash || k->len != len || memcmp(k->name, s, len) != 0))
        k = k->next;
    return k;
}

static int keys_grow(struct coedit *d)
{
    if (d->keys < d->key_slots)
        return 0;
    uint32_t slots = LK_MAX(d->key_slots * 2, (uint32_t)FIRST);
    struct ce_key **slot = ce_take(d->arena, slots * sizeof(struct ce_key *));
    if (!slot)
        return -ENOSPC;
    for (uint32_t i = 0; i < d->key_slots; i++) {
        for (struct ce_key *k = d->key_slot[i], *next; k; k = next) {
            next = k->next;
            k->next = slot[k->hash & (slots - 1)];
            slot[k->hash & (slots - 1)] = k;
        }
    }
    ce_give(d->arena, d->key_slot, d->key_slots * sizeof(struct ce_key *));
    d->key_slot = slot;
    d->key_slots = slots;
    return 0;
}

struct ce_key *ce_key_of(struct coedit *d, const char *s, size_t len)
{
    struct ce_key *k = ce_key_find(d, s, len);
    if (k)
        return k;
    if (keys_grow(d) < 0)
        return NULL;
    k = ce_take(d->arena, sizeof(*k) + len + 1);
    if (!k)
        return NULL;
    k->hash = hash_of(s, len);
    k->len = (uint32_t)len;
    k->number = d->keys;
    memcpy(k->name, s, len);
    struct ce_key **slot = &d->key_slot[k->hash & (d->key_slots - 1)];
    k->next = *slot;
    *slot = k;
    d->keys++;
    return k;
}

static uint32_t client_slot(const struct coedit *d, uint64_t id)
{
    uint32_t i = hash_of(&id, sizeof(id)) & (d->client_slots - 1);
    while (d->client_slot[i] && d->client[d->client_slot[i] - 1].id != id)
        i = (i + 1) & (d->client_slots - 1);
    return i;
}

bool ce_client_find(const struct coedit *d, uint64_t id, uint32_t *ret)
{
    if (d->client_slots == 0)
        return false;
    if (d->client[d->near].id == id) {
        *ret = d->near;
        return true;
    }
    uint32_t i = client_slot(d, id);
    if (!d->client_slot[i])
        return false;
    *ret = d->client_slot[i] - 1;
    return true;
}

/* Twice as many places for clients, in all three arrays. */
static int clients_grow(struct coedit *d)
{
    if (d->clients < d->clients_cap)
        return 0;
    uint32_t cap = LK_MAX(d->clients_cap * 2, (uint32_t)FIRST);
    uint32_t slots = cap * 2;
    struct ce_client *client = ce_take(d->arena, cap * sizeof(*client));
    uint32_t *order = ce_take(d->arena, cap * sizeof(*order));
    uint32_t *slot = ce_take(d->arena, slots * sizeof(*slot));
    if (!client || !order || !slot) {
        ce_give(d->arena, client, cap * sizeof(*client));
        ce_give(d->arena, order, cap * sizeof(*order));
        ce_give(d->arena, slot, slots * sizeof(*slot));
        return -ENOSPC;
    }
    if (d->clients > 0) {
        memcpy(client, d->client, d->clients * sizeof(*client));
        memcpy(order, d->order, d->clients * sizeof(*order));
    }
    ce_give(d->arena, d->client, d->clients_cap * sizeof(*client));
    ce_give(d->arena, d->order, d->clients_cap * sizeof(*order));
    ce_give(d->arena, d->client_slot, d->client_slots * sizeof(*slot));
    d->client = client;
    d->order = order;
    d->client_slot = slot;
    d->clients_cap = cap;
    d->client_slots = slots;
    for (uint32_t i = 0; i < d->clients; i++)
        slot[client_slot(d, client[i].id)] = i + 1;
    return 0;
}

int ce_client_of(struct coedit *d, uint64_t id, uint32_t *ret)
{
    if (ce_client_find(d, id, ret)) {
        d->near = *ret;
        return 0;
    }
    if (id > d->limits.client_max || d->clients == d->limits.clients_max)
        return -E2BIG;
    if (clients_grow(d) < 0 ||
        ce_vec_reserve(d, &d->touched, d->clients_cap, sizeof(uint32_t)) < 0)
        return -ENOSPC;
    uint32_t i = d->clients;
    uint32_t at = i;
    while (at > 0 && d->client[d->order[at - 1]].id < id) {
        d->order[at] = d->order[at - 1];
        at--;
    }
    d->order[at] = i;
    d->client[i].id = id;
    d->client_slot[client_slot(d, id)] = i + 1;
    d->clients++;
    *ret = i;
    return 0;
}

struct ce_type *ce_root_of(struct coedit *d, struct ce_key *name)
{
    for (uint32_t i = 0; i < d->roots; i++)
        if (d->root[i]->name == name)
            return d->root[i];
    if (d->roots == d->limits.roots_max)
        return NULL;
    if (d->roots == d->roots_cap) {
        uint32_t cap = LK_MAX(d->roots_cap * 2, (uint32_t)FIRST);
        struct ce_type **p = ce_take(d->arena, cap * sizeof(struct ce_type *));
        if (!p)
            return NULL;
        if (d->roots > 0)
            memcpy(p, d->root, d->roots * sizeof(struct ce_type *));
        ce_give(d->arena, d->root, d->roots_cap * sizeof(struct ce_type *));
        d->root = p;
        d->roots_cap = cap;
    }
    struct ce_type *t = ce_type_new(d);
    if (!t)
        return NULL;
    t->name = name;
    t->depth = 1;
    d->root[d->roots++] = t;
    return t;
}

struct ce_type *ce_type_at(const struct coedit *d, struct coedit_ref ref)
{
    if (ref.client == COEDIT_ROOT)
        return ref.clock < d->roots ? d->root[ref.clock] : NULL;
    if (ref.client >= d->clients || ref.clock >= d->client[ref.client].state)
        return NULL;
    struct ce_client *c = &d->client[ref.client];
    struct ce_item *it = ce_item_of(ce_at(c, ce_find(c, ref.clock)));
    bool live = it && it->h.ref == CE_TYPE && !it->h.deleted;
    return live ? it->u.type : NULL;
}

struct coedit_ref ce_ref_of(const struct coedit *d, const struct ce_type *t)
{
    if (t->item)
        return (struct coedit_ref){t->item->h.client, t->item->h.clock};
    for (uint32_t i = 0; i < d->roots; i++)
        if (d->root[i] == t)
            return (struct coedit_ref){COEDIT_ROOT, i};
    return (struct coedit_ref){COEDIT_ROOT, UINT32_MAX};
}

/* --- taking back what a refused update named ---------------------------- */

struct ce_names ce_names_mark(const struct coedit *d)
{
    return (struct ce_names){d->clients, d->keys, d->roots};
}

/* Takes the later ones out of one slot. */
static void slot_back(struct coedit *d, struct ce_key **at, uint32_t keys)
{
    while (*at) {
        struct ce_key *k = *at;
        if (k->number < keys) {
            at = &k->next;
            continue;
        }
        *at = k->next;
        ce_give(d->arena, k, sizeof(*k) + k->len + 1);
    }
}

/* The last one: nothing was put behind it into the slots, which are probed one
 * by one. */
static void client_back(struct coedit *d)
{
    uint32_t i = d->clients - 1;
    uint32_t at = 0;
    while (d->order[at] != i)
        at++;
    memmove(d->order + at, d->order + at + 1, (i - at) * sizeof(*d->order));
    d->client_slot[client_slot(d, d->client[i].id)] = 0;
    memset(&d->client[i], 0, sizeof(d->client[i]));
    d->clients--;
}

void ce_names_back(struct coedit *d, struct ce_names mark)
{
    while (d->roots > mark.roots)
        ce_type_free(d, d->root[--d->roots]);
    for (uint32_t i = 0; i < d->key_slots && d->keys > mark.keys; i++)
        slot_back(d, &d->key_slot[i], mark.keys);
    d->keys = mark.keys;
    while (d->clients > mark.clients)
        client_back(d);
    if (d->near >= d->clients)
        d->near = d->self;
}

int coedit_root(struct coedit *d, const char *name, struct coedit_ref *ret)
{
    size_t len = strlen(name);
    if (len == 0 || len > d->limits.key_max)
        return -EINVAL;
    struct ce_key *key = ce_key_of(d, name, len);
    struct ce_type *t = key ? ce_root_of(d, key) : NULL;
    if (!t)
        return -ENOSPC;
    *ret = ce_ref_of(d, t);
    return 0;
}
