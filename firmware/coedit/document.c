/* Making and ending a document; its ceilings. */
#include "coedit/impl.h"

#include <errno.h>
#include <stdlib.h>

#define CLOCK_TOP 0x7fffffffu /* ids of structs never wrap */
#define TYPE_DEPTH_TOP 64

const struct coedit_limits coedit_limits_form = {
    .memory_max = (size_t)48 << 20,
    .update_max = (size_t)1 << 20,
    .live_max = (size_t)64 << 10,
    .client_max = UINT32_MAX,
    .clients_max = 256,
    .clock_max = CLOCK_TOP,
    .growth_max = 1000000,
    .update_structs_max = 10000,
    .structs_max = 200000,
    .string_max = 16384,
    .text_max = 1048576,
    .any_depth_max = 8,
    .type_depth_max = 6,
    .children_max = 1000,
    .key_max = 64,
    .roots_max = 8,
    .pending_bytes_max = 65536,
    .pending_structs_max = 256,
    .ranges_max = 4096,
    .scan_max = 50000,
    .own_share = 25,
    .undo_max = 100,
    .undo_bytes_max = 262144,
};

const struct coedit_limits coedit_limits_file = {
    .memory_max = (size_t)1 << 30,
    .update_max = (size_t)256 << 20,
    .live_max = (size_t)256 << 20,
    .client_max = CE_VARUINT_MAX,
    .clients_max = 1 << 20,
    .clock_max = CLOCK_TOP,
    .growth_max = CLOCK_TOP,
    .update_structs_max = 1 << 24,
    .structs_max = 1 << 24,
    .string_max = 64 << 20,
    .text_max = 256 << 20,
    .any_depth_max = CE_ANY_DEPTH,
    .type_depth_max = TYPE_DEPTH_TOP,
    .children_max = CLOCK_TOP,
    .key_max = 65536,
    .roots_max = 4096,
    .pending_bytes_max = 64 << 20,
    .pending_structs_max = 1 << 20,
    .ranges_max = 1 << 24,
    .scan_max = CLOCK_TOP,
    .undo_max = 1000,
    .undo_bytes_max = 64 << 20,
};

static bool limits_fit(const struct coedit_limits *m)
{
    return m->clock_max <= CLOCK_TOP && m->growth_max <= CLOCK_TOP &&
           m->any_depth_max <= CE_ANY_DEPTH &&
           m->type_depth_max <= TYPE_DEPTH_TOP && m->own_share <= 100 &&
           m->client_max <= CE_VARUINT_MAX && m->clients_max > 0;
}

int coedit_new(uint64_t client, const struct coedit_limits *limits,
               struct coedit **ret)
{
    if (!limits_fit(limits) || client > limits->client_max)
        return -EINVAL;
    struct coedit *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->limits = *limits;
    int r = ce_arena_new(limits->memory_max, &d->arena);
    if (r == 0)
        r = ce_client_of(d, client, &d->self);
    if (r < 0) {
        coedit_free(d);
        return r == -ENOSPC ? -ENOMEM : r;
    }
    *ret = d;
    return 0;
}

struct coedit *coedit_free(struct coedit *d)
{
    if (!d)
        return NULL;
    ce_out_free(&d->out);
    ce_arena_free(d->arena);
    free(d);
    return NULL;
}

void coedit_figures(const struct coedit *d, struct coedit_figures *ret)
{
    *ret = (struct coedit_figures){
        .memory = ce_arena_used(d->arena),
        .memory_held = ce_arena_held(d->arena),
        .structs = d->structs,
        .clients = d->clients,
        .pending_structs = d->pending.rec.n,
        .pending_bytes = (uint32_t)d->pending.bytes,
        .pending_ranges = d->pending.del.n,
    };
}
