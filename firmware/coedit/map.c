/* Types, and the keys of maps in the order in which they first came. */
#include "coedit/impl.h"

#include <string.h>

struct ce_type *ce_type_new(struct coedit *d)
{
    return ce_take(d->arena, sizeof(struct ce_type));
}

void ce_type_free(struct coedit *d, struct ce_type *t)
{
    if (!t)
        return;
    ce_give(d->arena, t->entry, t->entries_cap * sizeof(*t->entry));
    ce_give(d->arena, t->slot, t->slots * sizeof(*t->slot));
    ce_buf_drop(d, t->tag);
    ce_give(d->arena, t, sizeof(*t));
}

static uint32_t slot_of(const struct ce_type *t, const struct ce_key *key)
{
    uint32_t i = key->hash & (t->slots - 1);
    while (t->slot[i] && t->entry[t->slot[i] - 1].key != key)
        i = (i + 1) & (t->slots - 1);
    return i;
}

struct ce_entry *ce_map_find(const struct ce_type *t, const struct ce_key *key)
{
    if (t->slot) {
        uint32_t i = t->slot[slot_of(t, key)];
        return i ? &t->entry[i - 1] : NULL;
    }
    for (uint32_t i = 0; i < t->entries; i++)
        if (t->entry[i].key == key)
            return &t->entry[i];
    return NULL;
}

static bool entries_grow(struct coedit *d, struct ce_type *t)
{
    uint32_t cap = LK_MAX(t->entries_cap * 2, 4u);
    uint32_t slots = cap > CE_LINEAR_KEYS ? cap * 2 : 0;
    struct ce_entry *entry = ce_take(d->arena, cap * sizeof(*entry));
    uint32_t *slot = slots ? ce_take(d->arena, slots * sizeof(*slot)) : NULL;
    if (!entry || (slots && !slot)) {
        ce_give(d->arena, entry, cap * sizeof(*entry));
        return false;
    }
    if (t->entry && t->entries > 0)
        memcpy(entry, t->entry, t->entries * sizeof(*entry));
    ce_give(d->arena, t->entry, t->entries_cap * sizeof(*entry));
    ce_give(d->arena, t->slot, t->slots * sizeof(*slot));
    t->entry = entry;
    t->entries_cap = cap;
    t->slot = slot;
    t->slots = slots;
    for (uint32_t i = 0; slots && i < t->entries; i++)
        slot[slot_of(t, entry[i].key)] = i + 1;
    return true;
}

struct ce_entry *ce_map_of(struct coedit *d, struct ce_type *t,
                           struct ce_key *key)
{
    struct ce_entry *e = ce_map_find(t, key);
    if (e)
        return e;
    if (t->entries == t->entries_cap && !entries_grow(d, t))
        return NULL;
    if (t->slot)
        t->slot[slot_of(t, key)] = t->entries + 1;
    e = t->entry ? &t->entry[t->entries++] : NULL;
    if (e)
        *e = (struct ce_entry){.key = key};
    return e;
}
