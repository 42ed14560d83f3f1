/* Who wrote what is there. */
#include "coedit/impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ALL 64 /* that are counted before the few are chosen */

struct count {
    uint32_t client, units;
};

static int by_units(const void *a, const void *b)
{
    const struct count *x = a;
    const struct count *y = b;
    if (x->units != y->units)
        return x->units > y->units ? -1 : 1;
    return x->client < y->client ? -1 : x->client > y->client;
}

/* False: one more client than can be counted. */
static bool add(struct count *all, uint32_t *n, const struct ce_item *it)
{
    uint32_t i = 0;
    while (i < *n && all[i].client != it->h.client)
        i++;
    if (i == ALL)
        return false;
    if (i == *n)
        all[(*n)++] = (struct count){it->h.client, 0};
    all[i].units += it->h.len;
    return true;
}

static void fill(const struct coedit *d, struct coedit_authors *ret,
                 struct count *all, uint32_t n)
{
    qsort(all, n, sizeof(*all), by_units);
    ret->more |= n > COEDIT_AUTHORS;
    ret->n = LK_MIN(n, (uint32_t)COEDIT_AUTHORS);
    for (uint32_t i = 0; i < ret->n; i++) {
        ret->author[i].client = d->client[all[i].client].id;
        ret->author[i].units = all[i].units;
    }
}

static int of_key(const struct coedit *d, const struct ce_type *t,
                  const char *key, struct coedit_authors *ret)
{
    const struct ce_key *k = ce_key_find(d, key, strlen(key));
    const struct ce_entry *e = k ? ce_map_find(t, k) : NULL;
    const struct ce_item *it = e ? e->last : NULL;
    if (!it || it->h.deleted)
        return -ENOENT;
    *ret = (struct coedit_authors){.n = 1, .written = true};
    ret->author[0].client = ret->last = d->client[it->h.client].id;
    ret->author[0].units = it->h.len;
    return 0;
}

int coedit_authors(const struct coedit *d, struct coedit_ref ref,
                   const char *key, struct coedit_authors *ret)
{
    struct count all[ALL];
    uint32_t n = 0;
    const struct ce_type *t = ce_type_at(d, ref);
    if (!t)
        return -ENOENT;
    if (key)
        return of_key(d, t, key, ret);
    *ret = (struct coedit_authors){.written = t->writer > 0};
    if (t->writer > 0)
        ret->last = d->client[t->writer - 1].id;
    for (const struct ce_item *it = t->start; it; it = it->right)
        if (ce_counts(it))
            ret->more |= !add(all, &n, it);
    fill(d, ret, all, n);
    return 0;
}

uint32_t coedit_clock(const struct coedit *d, uint64_t client)
{
    uint32_t i;
    return ce_client_find(d, client, &i) ? d->client[i].state : 0;
}
