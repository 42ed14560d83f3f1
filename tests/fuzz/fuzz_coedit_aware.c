/* Awareness messages as a hostile page sends them, between one's own states and
 * the passing of time. Ours is never lost to another's word, what is known
 * stays within its bounds, and what is written can be read. */
#include "coedit/sync.h"

#include <stdlib.h>
#include <string.h>

#define SELF 7

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool ok)
{
    if (!ok)
        abort();
}

static void check(const struct coedit_aware *a)
{
    for (size_t i = 0; i < COEDIT_AWARE_CLIENTS; i++) {
        const struct coedit_aware_client *c = &a->client[i];
        need(!c->here || c->used);
        need(c->len <= COEDIT_AWARE_STATE_MAX);
        need(c->state[c->len] == '\0');
        for (size_t k = 0; k < i && c->used; k++)
            need(!a->client[k].used || a->client[k].client != c->client);
    }
}

static bool here(const struct coedit_aware *a, uint64_t client)
{
    for (size_t i = 0; i < COEDIT_AWARE_CLIENTS; i++)
        if (a->client[i].used && a->client[i].client == client)
            return a->client[i].here;
    return false;
}

/* What is written is news to one who knows nothing. */
static void tell(struct coedit_aware *a, int64_t now)
{
    uint8_t message[COEDIT_AWARE_STATE_MAX + 32];
    struct coedit_aware other;
    int n = coedit_aware_write(a, now, message, sizeof(message));
    need(n > 0);
    coedit_aware_init(&other, SELF + 1);
    int r = coedit_aware_take(&other, message, (size_t)n, now);
    need(r >= 0 && here(&other, SELF) == here(a, SELF));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct coedit_aware a;
    int64_t now = 0;
    bool set = false;
    coedit_aware_init(&a, SELF);
    while (size >= 3) {
        size_t len = LK_MIN((size_t)data[1] << 8 | data[2], size - 3);
        const uint8_t *p = data + 3;
        now += (int64_t)(data[0] >> 3) * 1000000;
        switch (data[0] & 7) {
        case 0:
            if (coedit_aware_set(&a, (const char *)p, len, now) == 0)
                set = len != 4 || memcmp(p, "null", 4) != 0;
            break;
        case 1:
            (void)coedit_aware_tick(&a, now);
            break;
        case 2:
            if (set)
                tell(&a, now);
            break;
        default:
            (void)!coedit_aware_take(&a, p, len, now);
            break;
        }
        need(!set || here(&a, SELF));
        check(&a);
        data += 3 + len;
        size -= 3 + len;
    }
    return 0;
}
