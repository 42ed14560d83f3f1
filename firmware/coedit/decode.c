/* From bytes to structs, before anything is touched. */
#include "coedit/impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BITS_REF 0x1f
#define BIT_SUB 0x20
#define BIT_RIGHT 0x40
#define BIT_ORIGIN 0x80
#define STRUCT_LEAST 2 /* bytes of the shortest struct */
#define RANGE_LEAST 2

struct decoder {
    struct coedit *d;
    struct ce_in in;
    struct ce_update *u;
    uint32_t recs_cap, runs_cap, dels_cap;
    int error;
};

/* Twice as much memory: from the small arrays in the update to the heap. */
static void *grow(void *p, const void *small, uint32_t n, uint32_t *cap,
                  size_t size)
{
    uint32_t more = LK_MAX(*cap * 2, 16u);
    void *at = reallocarray(p == small ? NULL : p, more, size);
    if (at && p == small)
        memcpy(at, small, n * size);
    if (at)
        *cap = more;
    return at;
}

static void fail(struct decoder *x, int error)
{
    if (x->error == 0)
        x->error = error;
    x->in.bad = true;
}

static uint32_t read_clock(struct decoder *x)
{
    uint64_t v = ce_read_uint(&x->in);
    if (v > x->d->limits.clock_max)
        fail(x, -ERANGE);
    return (uint32_t)v;
}

static uint32_t read_client(struct decoder *x)
{
    uint64_t id = ce_read_uint(&x->in);
    uint32_t client = CE_NONE;
    if (x->in.bad)
        return CE_NONE;
    int r = ce_client_of(x->d, id, &client);
    if (r < 0)
        fail(x, r);
    return client;
}

static struct ce_id read_id(struct decoder *x)
{
    struct ce_id id = {.client = read_client(x)};
    id.clock = read_clock(x);
    return id;
}

/* A string of at most so many bytes; one that is longer is too big. */
static const uint8_t *read_string(struct decoder *x, uint32_t max,
                                  uint32_t *ret_len)
{
    struct ce_in from = x->in;
    const uint8_t *p = ce_read_string(&x->in, max, ret_len);
    if (p)
        return p;
    (void)ce_read_string(&from, UINT32_MAX, ret_len);
    if (!from.bad)
        fail(x, -E2BIG);
    return NULL;
}

static struct ce_key *read_key(struct decoder *x)
{
    uint32_t len;
    const uint8_t *p = read_string(x, x->d->limits.key_max, &len);
    if (!p)
        return NULL;
    struct ce_key *k = ce_key_of(x->d, (const char *)p, len);
    if (!k)
        fail(x, -ENOSPC);
    return k;
}

static uint32_t read_count(struct decoder *x, size_t least, uint32_t max)
{
    uint64_t n = ce_read_uint(&x->in);
    if (n * least > (size_t)(x->in.end - x->in.at))
        x->in.bad = true;
    else if (n > max)
        fail(x, -E2BIG);
    return x->in.bad ? 0 : (uint32_t)n;
}

static uint32_t read_len(struct decoder *x)
{
    uint32_t n = read_clock(x);
    if (n == 0)
        x->in.bad = true;
    return n;
}

/* Passes a value; one that is well-formed but beyond the ceilings is too big.
 */
static void skip_value(struct decoder *x)
{
    const struct coedit_limits *m = &x->d->limits;
    struct ce_in from = x->in;
    ce_skip_any(&x->in, m->any_depth_max, m->string_max);
    if (!x->in.bad)
        return;
    ce_skip_any(&from, CE_ANY_DEPTH, UINT32_MAX);
    if (!from.bad)
        fail(x, -E2BIG);
}

/* `n` values, of which the struct is as long. */
static uint32_t read_values(struct decoder *x, bool json)
{
    const struct coedit_limits *m = &x->d->limits;
    uint32_t n = read_count(x, 1, m->clock_max);
    uint32_t len;
    for (uint32_t i = 0; i < n && !x->in.bad; i++) {
        if (json)
            (void)read_string(x, m->string_max, &len);
        else
            skip_value(x);
    }
    if (n == 0)
        x->in.bad = true;
    return n;
}

static uint32_t read_text(struct decoder *x, struct ce_rec *rec)
{
    rec->body = read_string(x, x->d->limits.string_max, &rec->body_len);
    if (!rec->body || rec->body_len == 0) {
        x->in.bad = true;
        return 0;
    }
    uint32_t units = (uint32_t)ce_units(rec->body, rec->body_len);
    x->u->units += units;
    return units;
}

static uint32_t read_type(struct decoder *x, struct ce_rec *rec)
{
    uint64_t kind = ce_read_uint(&x->in);
    uint32_t len;
    if (kind > COEDIT_XML_TEXT) {
        x->in.bad = true;
        return 0;
    }
    rec->kind = (uint8_t)kind;
    rec->body = x->in.at;
    if (kind == COEDIT_XML_ELEMENT || kind == COEDIT_XML_HOOK)
        (void)read_string(x, x->d->limits.key_max, &len);
    return 1;
}

/* The content: its length in clocks; body and body_len are what follows its
 * number, or count, on the wire. */
static void read_content(struct decoder *x, struct ce_rec *rec)
{
    const struct coedit_limits *m = &x->d->limits;
    uint32_t len;
    rec->body = x->in.at;
    switch (rec->ref) {
    case CE_DELETED:
        rec->len = read_len(x);
        rec->body = x->in.at;
        break;
    case CE_STRING:
        rec->len = read_text(x, rec);
        return;
    case CE_JSON:
    case CE_ANY: {
        struct ce_in from = x->in;
        (void)ce_read_uint(&from);
        rec->body = from.at;
        rec->len = read_values(x, rec->ref == CE_JSON);
        break;
    }
    case CE_TYPE:
        rec->len = read_type(x, rec);
        break;
    case CE_BINARY:
        (void)ce_read_blob(&x->in, m->string_max, &len);
        rec->len = 1;
        break;
    case CE_FORMAT:
    case CE_DOC:
    case CE_EMBED:
        (void)read_string(x, m->string_max, &len);
        if (rec->ref == CE_FORMAT)
            (void)read_string(x, m->string_max, &len);
        if (rec->ref == CE_DOC)
            skip_value(x);
        rec->len = 1;
        break;
    default:
        x->in.bad = true;
        break;
    }
    if (!x->in.bad)
        rec->body_len = (uint32_t)(x->in.at - rec->body);
}

static void read_parent(struct decoder *x, struct ce_rec *rec, uint8_t info)
{
    rec->has_parent = true;
    if (ce_read_uint(&x->in) == 1) {
        rec->parent_is_root = true;
        rec->root = read_key(x);
    } else {
        rec->parent = read_id(x);
    }
    if (info & BIT_SUB)
        rec->key = read_key(x);
}

/* Ids of the own client lie before the struct. */
static bool id_fits(const struct ce_rec *rec, struct ce_id id)
{
    return id.client != rec->client || id.clock < rec->clock;
}

static void read_item(struct decoder *x, struct ce_rec *rec, uint8_t info)
{
    if (info & BIT_ORIGIN)
        rec->origin = read_id(x);
    if (info & BIT_RIGHT)
        rec->right_origin = read_id(x);
    if (!(info & (BIT_ORIGIN | BIT_RIGHT)))
        read_parent(x, rec, info);
    if (!id_fits(rec, rec->origin) || !id_fits(rec, rec->right_origin) ||
        !id_fits(rec, rec->parent))
        x->in.bad = true;
    if (!x->in.bad)
        read_content(x, rec);
}

static struct ce_rec *new_rec(struct decoder *x)
{
    struct ce_update *u = x->u;
    if (u->recs == x->d->limits.update_structs_max) {
        fail(x, -E2BIG);
        return NULL;
    }
    if (u->recs == x->recs_cap) {
        void *p =
            grow(u->rec, u->small_rec, u->recs, &x->recs_cap, sizeof(*u->rec));
        if (!p) {
            fail(x, -ENOMEM);
            return NULL;
        }
        u->rec = p;
    }
    struct ce_rec *rec = &u->rec[u->recs];
    memset(rec, 0, sizeof(*rec));
    rec->origin.client = rec->right_origin.client = rec->parent.client =
        CE_NONE;
    return rec;
}

/* One struct at `clock`; a skip leaves no record. Returns its length. */
static uint32_t read_struct(struct decoder *x, uint32_t client, uint32_t clock)
{
    uint8_t info = ce_read_byte(&x->in);
    struct ce_rec *rec = x->in.bad ? NULL : new_rec(x);
    if (!rec)
        return 0;
    rec->client = client;
    rec->clock = clock;
    rec->ref = info & BITS_REF;
    if (info == CE_GC || info == CE_SKIP)
        rec->len = read_len(x);
    else if (rec->ref == CE_GC || rec->ref == CE_SKIP)
        x->in.bad = true;
    else
        read_item(x, rec, info);
    if (x->in.bad)
        return 0;
    uint64_t end = (uint64_t)clock + rec->len;
    if (end > x->d->limits.clock_max ||
        (info != CE_SKIP && end > x->d->limits.growth_max)) {
        fail(x, -ERANGE);
        return 0;
    }
    if (info != CE_SKIP)
        x->u->recs++;
    else if (x->u->skips++ == 0)
        x->u->skip = (struct ce_range){client, clock, rec->len};
    return rec->len;
}

static void add_run(struct decoder *x, uint32_t client, uint32_t first)
{
    struct ce_update *u = x->u;
    for (uint32_t i = 0; i < u->runs; i++)
        if (u->run[i].client == client)
            x->in.bad = true; /* a client has one run */
    if (u->runs == x->runs_cap) {
        void *p =
            grow(u->run, u->small_run, u->runs, &x->runs_cap, sizeof(*u->run));
        if (!p) {
            fail(x, -ENOMEM);
            return;
        }
        u->run = p;
    }
    if (!x->in.bad && u->recs > first)
        u->run[u->runs++] = (struct ce_run){
            .client = client, .first = first, .n = u->recs - first};
}

static void read_runs(struct decoder *x)
{
    uint32_t clients = read_count(x, 3, x->d->limits.clients_max);
    while (clients-- > 0 && !x->in.bad) {
        uint32_t n = read_count(x, STRUCT_LEAST, UINT32_MAX);
        uint32_t client = read_client(x);
        uint32_t clock = read_clock(x);
        uint32_t first = x->u->recs;
        while (n-- > 0 && !x->in.bad)
            clock += read_struct(x, client, clock);
        if (!x->in.bad)
            add_run(x, client, first);
    }
}

static void add_range(struct decoder *x, uint32_t client)
{
    struct ce_update *u = x->u;
    uint32_t clock = read_clock(x);
    uint32_t len = read_clock(x);
    if (!x->in.bad && (uint64_t)clock + len > x->d->limits.clock_max)
        fail(x, -ERANGE);
    if (u->dels == x->d->limits.ranges_max)
        fail(x, -E2BIG);
    if (!x->in.bad && u->dels == x->dels_cap) {
        void *p =
            grow(u->del, u->small_del, u->dels, &x->dels_cap, sizeof(*u->del));
        if (p)
            u->del = p;
        else
            fail(x, -ENOMEM);
    }
    if (!x->in.bad && len > 0)
        u->del[u->dels++] = (struct ce_range){client, clock, len};
}

static void read_ranges(struct decoder *x)
{
    uint32_t clients = read_count(x, 2, x->d->limits.clients_max);
    while (clients-- > 0 && !x->in.bad) {
        uint32_t client = read_client(x);
        uint32_t n = read_count(x, RANGE_LEAST, UINT32_MAX);
        while (n-- > 0 && !x->in.bad)
            add_range(x, client);
    }
}

/* Runs by falling client id: the higher one rarely meets a conflict. */
static void sort_runs(const struct coedit *d, struct ce_update *u)
{
    for (uint32_t i = 1; i < u->runs; i++) {
        struct ce_run run = u->run[i];
        uint32_t at = i;
        while (at > 0 &&
               d->client[u->run[at - 1].client].id < d->client[run.client].id) {
            u->run[at] = u->run[at - 1];
            at--;
        }
        u->run[at] = run;
    }
}

int ce_update_index(const struct coedit *d, struct ce_update *u)
{
    sort_runs(d, u);
    if (u->runs <= CE_SMALL)
        return 0;
    u->clients = d->clients;
    u->run_of = calloc(LK_MAX(d->clients, 1u), sizeof(*u->run_of));
    if (!u->run_of)
        return -ENOMEM;
    for (uint32_t i = 0; i < u->runs; i++)
        u->run_of[u->run[i].client] = i + 1;
    return 0;
}

struct ce_run *ce_update_run(const struct ce_update *u, uint32_t client)
{
    if (u->run_of)
        return client < u->clients && u->run_of[client]
                   ? &u->run[u->run_of[client] - 1]
                   : NULL;
    for (uint32_t i = 0; i < u->runs; i++)
        if (u->run[i].client == client)
            return &u->run[i];
    return NULL;
}

static bool holds(const struct ce_rec *rec, uint32_t clock)
{
    return rec->clock <= clock && clock - rec->clock < rec->len;
}

struct ce_rec *ce_update_find(const struct ce_update *u, struct ce_id id)
{
    struct ce_run *run = ce_update_run(u, id.client);
    if (!run)
        return NULL;
    /* Neighbours name neighbours: often it is what was found last, or next. */
    struct ce_rec *rec = u->rec + run->first;
    for (uint32_t i = run->near; i < run->n && i < run->near + 2; i++) {
        if (!holds(&rec[i], id.clock))
            continue;
        run->near = i;
        return &rec[i];
    }
    uint32_t lo = 0;
    uint32_t hi = run->n;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (rec[mid].clock <= id.clock)
            lo = mid;
        else
            hi = mid;
    }
    run->near = lo;
    return holds(&rec[lo], id.clock) ? &rec[lo] : NULL;
}

int ce_decode(struct coedit *d, const void *data, size_t len,
              struct ce_update *ret)
{
    ret->rec = ret->small_rec;
    ret->run = ret->small_run;
    ret->del = ret->small_del;
    ret->recs = ret->runs = ret->dels = ret->clients = ret->skips = 0;
    ret->run_of = NULL;
    ret->units = 0;
    if (len > d->limits.update_max)
        return -E2BIG;
    const uint8_t *p = data;
    struct decoder x = {.d = d,
                        .in = {p, p + len, false},
                        .u = ret,
                        .recs_cap = CE_SMALL,
                        .runs_cap = CE_SMALL,
                        .dels_cap = CE_SMALL};
    read_runs(&x);
    read_ranges(&x);
    int r = x.error;
    if (r == 0 && (x.in.bad || x.in.at != x.in.end))
        r = -EBADMSG;
    if (r == 0)
        r = ce_update_index(d, ret);
    if (r < 0)
        ce_update_free(ret);
    return r;
}

void ce_update_free(struct ce_update *u)
{
    if (u->rec != u->small_rec)
        free(u->rec);
    if (u->run != u->small_run)
        free(u->run);
    if (u->del != u->small_del)
        free(u->del);
    free(u->run_of);
    u->rec = NULL;
    u->run = NULL;
    u->del = NULL;
    u->run_of = NULL;
}
