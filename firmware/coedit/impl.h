/* impl.h - the document's inside, shared by the room's files only.
 *
 * Structs (items and holes left by collected ones) of a client lie in blocks
 * sorted by clock. Items of a type are also a list in document order; lists
 * that are edited by position get an index: a splay tree over the same items
 * with the units of each subtree.
 */
#ifndef LUUKKU_COEDIT_IMPL_H
#define LUUKKU_COEDIT_IMPL_H

#include "coedit/arena.h"
#include "coedit/coedit.h"
#include "coedit/lib0.h"

#include <string.h>

#define CE_NONE UINT32_MAX /* no client: an id that is absent */
#define CE_BLOCK 170       /* structs in a block, which takes 2 KiB */
#define CE_LINEAR_KEYS 8   /* keys of a map that are searched one by one */

/* Content references of the wire; 0 and 10 are no items. */
enum ce_ref {
    CE_GC = 0,
    CE_DELETED = 1,
    CE_JSON = 2,
    CE_BINARY = 3,
    CE_STRING = 4,
    CE_EMBED = 5,
    CE_FORMAT = 6,
    CE_TYPE = 7,
    CE_ANY = 8,
    CE_DOC = 9,
    CE_SKIP = 10,
};

struct ce_id {
    uint32_t client; /* index into the document's clients, or CE_NONE */
    uint32_t clock;
};

/* Shared bytes; several items may hold pieces of it. */
struct ce_buf {
    uint32_t refs;
    uint32_t cap, used; /* bytes */
    uint8_t data[];
};

/* A map's key or a root's name, one for the document. */
struct ce_key {
    uint32_t hash;
    uint32_t len;
    struct ce_key *next; /* in the same slot */
    uint32_t number;     /* how many there were before it */
    char name[];         /* with a NUL */
};

struct ce_type;

/* What every struct has. A CE_GC has nothing else. */
struct ce_head {
    uint32_t clock;
    uint32_t len; /* clocks it takes: units, values, or 1 */
    uint32_t client;
    uint8_t ref;
    bool deleted;
    bool wide; /* a hole in the memory of an item */
    uint8_t unused;
};

struct ce_item {
    struct ce_head h;
    struct ce_id origin, right_origin;
    struct ce_item *left, *right;
    struct ce_type *parent;
    struct ce_key *key; /* NULL in lists */
    union {
        struct ce_buf *buf; /* strings as UTF-16, others as encoded */
        struct ce_type *type;
    } u;
    uint32_t off, bytes; /* the item's piece of buf */
    /* index; `sum` counts the live units of the subtree */
    struct ce_item *up, *lo, *hi;
    uint32_t sum;
    uint32_t mark; /* conflict search: generation in which it was passed */
};

struct ce_entry {
    struct ce_key *key;
    struct ce_item *first; /* leftmost of its chain */
    struct ce_item *last;  /* rightmost: the value */
    uint64_t changed;      /* number of the transaction that last changed it */
};

struct ce_type {
    struct ce_item *item; /* that holds it; NULL for a root */
    struct ce_key *name;  /* of a root */
    struct ce_item *start;
    struct ce_item *index; /* root of the splay tree, or NULL */
    bool indexed;
    uint8_t kind;
    uint16_t depth;  /* roots 1 */
    uint32_t length; /* live countable units of the list */
    uint32_t live_keys;
    uint32_t writer; /* client that wrote here last, + 1 */
    struct ce_entry *entry;
    uint32_t entries, entries_cap;
    uint32_t *slot; /* hash to entry + 1; NULL while there are few */
    uint32_t slots;
    struct ce_buf *tag; /* bytes after the type's number on the wire, or NULL */
    uint32_t tag_off, tag_len;
    uint64_t changed;     /* number of the transaction that last changed it */
    uint64_t counted;     /* number of the update that `incoming` is of */
    uint32_t incoming;    /* children that it brings */
    struct ce_type *gone; /* the next one to be collected */
};

struct ce_block {
    uint32_t n;
    uint32_t clock[CE_BLOCK];
    struct ce_head *at[CE_BLOCK];
};

/* Where a struct is. */
struct ce_spot {
    uint32_t block, at;
};

struct ce_client {
    uint64_t id;
    uint32_t state;  /* clock after its last struct */
    uint32_t before; /* likewise, when the transaction began */
    bool touched;    /* in this transaction */
    uint32_t blocks, blocks_cap;
    struct ce_block **block;
    struct ce_spot near; /* found last */
};

struct ce_range {
    uint32_t client, clock, len;
};

enum ce_placed { CE_NOT_YET, CE_ON_THE_WAY, CE_PLACED, CE_NOWHERE };

/* A struct of an update, decoded, not yet integrated. */
struct ce_rec {
    /* found by the check: the type that it goes into, which is in the document
     * or comes with the update (number of its struct + 1); NULL and 0 while
     * that is not known */
    struct ce_type *into;
    uint32_t into_rec;
    uint32_t incoming; /* children that the update brings into this type */
    uint16_t depth;    /* of the type it holds; 0 unknown */
    uint8_t placed;    /* enum ce_placed */
    uint32_t client, clock, len;
    uint8_t ref;
    uint8_t kind; /* of a CE_TYPE */
    bool has_parent;
    bool parent_is_root;
    struct ce_id origin, right_origin, parent;
    struct ce_key *root, *key;
    const uint8_t *body; /* content in the update */
    uint32_t body_len;
};

/* Structs of one client in an update, in clock order. */
struct ce_run {
    uint32_t client;
    uint32_t first, n; /* records */
    uint32_t next;     /* the next one to integrate, 0..n */
    uint32_t rest;     /* shelved: what waits begins here */
    uint32_t near;     /* found last */
    bool shelved;
};

/* Not to be copied: small ones lie in it. */
#define CE_SMALL 2
struct ce_update {
    struct ce_rec *rec;
    uint32_t recs;
    struct ce_run *run; /* by falling client id */
    uint32_t runs;
    struct ce_range *del;
    uint32_t dels;
    size_t units; /* of all its strings */
    uint32_t skips;
    struct ce_range skip; /* the first one */
    uint32_t *run_of;     /* client to run + 1, for `clients` of them; NULL when
                             there are few runs */
    uint32_t clients;
    struct ce_rec small_rec[CE_SMALL];
    struct ce_run small_run[CE_SMALL];
    struct ce_range small_del[CE_SMALL];
};

/* Grows by doubling; of the arena. */
struct ce_vec {
    void *at;
    uint32_t n, cap;
};

/* Structs and deletions that wait. Records sorted by client, then clock. */
struct ce_pending {
    struct ce_vec rec;  /* struct ce_rec; bodies are the pending's own */
    struct ce_vec del;  /* struct ce_range */
    struct ce_vec miss; /* struct ce_id: what must come first */
    size_t bytes;
};

/* What an undoable transaction deleted: a piece of content. Pieces in a type
 * that went come behind it, in order. */
struct ce_kept {
    uint32_t parent; /* number of the type's piece + 1; 0: it lies in what
                        is still there */
    struct ce_id id; /* its clocks were so many */
    uint32_t len;
    struct ce_key *key; /* NULL in lists */
    uint8_t ref, kind;
    uint32_t off, bytes;  /* of the step's bytes; texts as UTF-16 */
    struct ce_type *type; /* that it was; then, the one that it becomes */
};

/* What can be taken back at once. */
struct ce_step {
    struct ce_vec added; /* struct ce_range: own clocks */
    struct ce_vec again; /* likewise: of these, what it deleted itself */
    struct ce_vec kept;  /* struct ce_kept */
    struct ce_vec bytes; /* uint8_t */
};

struct ce_undo {
    struct ce_vec step;  /* struct ce_step, the newest last */
    struct ce_vec taken; /* struct ce_range: own clocks that were taken back */
    size_t bytes;        /* of all steps */
    bool mark, join;     /* the open transaction */
};

struct ce_change {
    struct ce_type *type;
    struct ce_id id; /* of its item; CE_NONE for a root */
    uint32_t root;
    struct ce_key *key;
};

struct coedit {
    struct coedit_limits limits;
    struct ce_arena *arena;

    struct ce_client *client;
    uint32_t *client_slot; /* hash to client + 1 */
    uint32_t *order;       /* clients by falling id */
    struct ce_type **root;
    struct ce_key **key_slot;
    uint32_t clients, clients_cap, client_slots;
    uint32_t self; /* client of local edits */
    uint32_t near; /* client that was looked up last */
    uint32_t roots, roots_cap;
    uint32_t key_slots, keys;
    uint32_t structs;

    size_t units; /* of texts */
    struct ce_pending pending;
    struct ce_undo undo;

    /* the open transaction, or the last one */
    uint64_t number;
    struct ce_vec touched; /* uint32_t clients */
    struct ce_vec del;     /* struct ce_range */
    struct ce_vec split;   /* struct ce_id, of right parts */
    struct ce_vec change;  /* struct ce_change */
    struct ce_out out;     /* its update */
    uint32_t nested;
    bool local;
    bool blind; /* it could not note all it did */
    bool lost;  /* a type went away in it */

    uint64_t updates;    /* checked so far */
    uint32_t generation; /* of conflict searches; each begins a new one */
    uint32_t scan;       /* with which the last search began */
    uint32_t steps;      /* in this update */
};

/* --- arena-backed vectors (names.c) ----------------------------------- */

/* Room for `n` more of `size` bytes. -ENOSPC. */
int ce_vec_reserve(struct coedit *d, struct ce_vec *v, uint32_t n, size_t size);
/* One more of `size` bytes, zeroed; NULL when the arena is full. */
static inline void *ce_vec_push(struct coedit *d, struct ce_vec *v, size_t size)
{
    if (v->n == v->cap && ce_vec_reserve(d, v, 1, size) < 0)
        return NULL;
    if (!v->at)
        return NULL;
    void *p = (uint8_t *)v->at + v->n++ * size;
    memset(p, 0, size);
    return p;
}
void ce_vec_free(struct coedit *d, struct ce_vec *v, size_t size);

/* --- names and clients (names.c) ---------------------------------------- */

/* The key with that text, made when new. NULL: full. */
struct ce_key *ce_key_of(struct coedit *d, const char *s, size_t len);
struct ce_key *ce_key_find(const struct coedit *d, const char *s, size_t len);
/* The client's index, made when new. -ENOSPC. */
int ce_client_of(struct coedit *d, uint64_t id, uint32_t *ret);
bool ce_client_find(const struct coedit *d, uint64_t id, uint32_t *ret);
/* A root by its name, made when new. NULL: full. */
struct ce_type *ce_root_of(struct coedit *d, struct ce_key *name);
/* The type behind a reference, or NULL when it is gone. */
struct ce_type *ce_type_at(const struct coedit *d, struct coedit_ref ref);
struct coedit_ref ce_ref_of(const struct coedit *d, const struct ce_type *t);

/* How many names there are; and back to that, when nothing uses the later ones.
 */
struct ce_names {
    uint32_t clients, keys, roots;
};
struct ce_names ce_names_mark(const struct coedit *d);
void ce_names_back(struct coedit *d, struct ce_names mark);

/* --- structs by clock (store.c) ----------------------------------------- */

struct ce_spot ce_search(struct ce_client *c, uint32_t clock);
/* Where the struct that holds the clock is; it must be below the state. Most
 * often that is the newest. */
static inline struct ce_spot ce_find(struct ce_client *c, uint32_t clock)
{
    const struct ce_block *b = c->block[c->blocks - 1];
    struct ce_spot last = {c->blocks - 1, b->n - 1};
    return b->clock[last.at] <= clock ? last : ce_search(c, clock);
}
static inline struct ce_head *ce_at(const struct ce_client *c, struct ce_spot s)
{
    return c->block[s.block]->at[s.at];
}
/* Steps; false at the ends. */
bool ce_next(const struct ce_client *c, struct ce_spot *s);
bool ce_prev(const struct ce_client *c, struct ce_spot *s);
int ce_append(struct coedit *d, struct ce_head *h);
int ce_insert_after(struct coedit *d, struct ce_client *c, struct ce_spot s,
                    struct ce_head *h);
void ce_remove(struct coedit *d, struct ce_client *c, struct ce_spot s);
static inline void ce_replace(struct ce_client *c, struct ce_spot s,
                              struct ce_head *h)
{
    c->block[s.block]->at[s.at] = h;
}

/* --- contents (content.c) ----------------------------------------------- */

static inline bool ce_ref_countable(uint8_t ref)
{
    return ref != CE_GC && ref != CE_DELETED && ref != CE_FORMAT;
}
struct ce_buf *ce_buf_new(struct coedit *d, size_t bytes);
void ce_buf_drop(struct coedit *d, struct ce_buf *b);
/* Adds a record's text to the item's own; false: no memory, and no change. */
bool ce_content_extend(struct coedit *d, struct ce_item *it,
                       const struct ce_rec *rec);
/* Fills an item's content from a record. -ENOSPC. */
int ce_content_set(struct coedit *d, struct ce_item *it,
                   const struct ce_rec *rec);
/* The content from `at` on goes to `right`. */
void ce_content_split(struct coedit *d, struct ce_item *left,
                      struct ce_item *right, uint32_t at);
/* Takes right's content behind left's; false when they do not fit. */
bool ce_content_merge(struct coedit *d, struct ce_item *left,
                      struct ce_item *right);
/* Drops the content; the item becomes CE_DELETED. */
void ce_content_drop(struct coedit *d, struct ce_item *it);
/* Writes content from unit `off` on, as on the wire. */
void ce_content_write(struct ce_out *o, const struct ce_item *it, uint32_t off);

/* --- lists and maps (list.c, map.c) ------------------------------------- */

static inline bool ce_counts(const struct ce_item *it)
{
    return !it->h.deleted && ce_ref_countable(it->h.ref);
}
/* The live item that holds unit `at` (0..length-1), and where in it. */
struct ce_item *ce_list_find(struct ce_type *t, uint32_t at, uint32_t *ret_in);
/* The last item, tombstones included, or NULL. */
struct ce_item *ce_list_tail(struct ce_type *t);
/* Units before the item. */
uint32_t ce_list_position(struct ce_type *t, struct ce_item *it);
/* Index upkeep: after linking, before unlinking, when the live units change. */
void ce_list_added(struct ce_type *t, struct ce_item *it);
void ce_list_removed(struct ce_type *t, struct ce_item *it);
void ce_list_weigh(struct ce_type *t, struct ce_item *it);

struct ce_entry *ce_map_find(const struct ce_type *t, const struct ce_key *key);
/* The key's entry, made when new; NULL: full. */
struct ce_entry *ce_map_of(struct coedit *d, struct ce_type *t,
                           struct ce_key *key);
struct ce_type *ce_type_new(struct coedit *d);
void ce_type_free(struct coedit *d, struct ce_type *t);

/* --- items (item.c) ----------------------------------------------------- */

static inline uint32_t ce_end(const struct ce_head *h)
{
    return h->clock + h->len;
}
/* NULL for the hole that a collected item left. */
static inline struct ce_item *ce_item_of(struct ce_head *h)
{
    return h && h->ref != CE_GC ? LK_CONTAINER_OF(h, struct ce_item, h) : NULL;
}
/* Splits so that a struct begins, or ends, at the id. Holes stay whole. */
struct ce_head *ce_clean_start(struct coedit *d, struct ce_id id);
struct ce_head *ce_clean_end(struct coedit *d, struct ce_id id);
void ce_delete(struct coedit *d, struct ce_item *it);
void ce_note_deleted(struct coedit *d, const struct ce_head *h);
void ce_note_change(struct coedit *d, struct ce_type *t, struct ce_key *key);
/* All that is in a type: the first of it, and what comes after `it` among those
 * of the same parent; the list, then key by key from the rightmost on. NULL
 * behind the last. */
struct ce_item *ce_inside(const struct ce_type *t);
struct ce_item *ce_beside(const struct ce_item *it);
struct ce_item *ce_item_new(struct coedit *d);
struct ce_head *ce_hole_new(struct coedit *d, uint32_t client, uint32_t clock,
                            uint32_t len);
void ce_struct_free(struct coedit *d, struct ce_head *h); /* no content */

/* Whether text of this client between the two, of so many units, becomes part
 * of `left` at once, as merging would make it; then it has. */
bool ce_extend(struct coedit *d, struct ce_item *left,
               const struct ce_item *right, uint32_t client,
               const struct ce_rec *rec);

/* --- integration (integrate.c) ------------------------------------------ */

/* Puts an item, whose id, origins, left, right, parent and key are set, into
 * its place and into the store. -ENOSPC: then nothing was linked. */
int ce_integrate(struct coedit *d, struct ce_item *it);

/* A new item of the document's own client between two neighbours. -ENOSPC: then
 * nothing was linked. */
int ce_put(struct coedit *d, struct ce_type *t, struct ce_item *left,
           struct ce_item *right, struct ce_key *key,
           const struct ce_rec *content);

/* --- transactions (transaction.c, collect.c) ---------------------------- */

void ce_begin(struct coedit *d, bool local);
void ce_touch(struct coedit *d, uint32_t client);
/* The state of a client when the transaction began. */
static inline uint32_t ce_before(const struct ce_client *c)
{
    return c->touched ? c->before : c->state;
}
void ce_commit(struct coedit *d);
void ce_collect(struct coedit *d);
void ce_merge_all(struct coedit *d);
/* Ranges by client and clock; those that touch are one. */
void ce_ranges_sort(struct ce_vec *v);
/* Of sorted ones: the first that ends behind a clock, or is of a later client;
 * and one more, in its place. False: no memory. */
uint32_t ce_ranges_from(const struct ce_vec *v, uint32_t client,
                        uint32_t clock);
bool ce_ranges_add(struct coedit *d, struct ce_vec *v, struct ce_range r);
static inline struct ce_range *ce_range_at(const struct ce_vec *v, uint32_t i)
{
    return (struct ce_range *)v->at + i;
}

/* --- undo (keep.c, undo.c) ---------------------------------------------- */

/* Notes what the open transaction did, before its deletions are collected. */
void ce_undo_note(struct coedit *d);
void ce_undo_clear(struct coedit *d);
void ce_step_free(struct coedit *d, struct ce_step *s);
/* Whether all of a range lies within the vector's; they are sorted. */
bool ce_ranges_hold(const struct ce_vec *v, struct ce_range r);
/* The part of `r` from its start on that lies within one range of the vector,
 * or (*ret_in false) before the next one. */
uint32_t ce_ranges_part(const struct ce_vec *v, struct ce_range r,
                        bool *ret_in);

/* --- updates (decode.c, check.c, apply.c, encode.c, pending.c) ---------- */

/* Decodes; the update's arrays are heap memory until ce_update_free(). */
int ce_decode(struct coedit *d, const void *data, size_t len,
              struct ce_update *ret);
void ce_update_free(struct ce_update *u);
/* Fills run_of. */
int ce_update_index(const struct coedit *d, struct ce_update *u);
struct ce_run *ce_update_run(const struct ce_update *u, uint32_t client);
/* The update's struct that holds the id, or NULL. */
struct ce_rec *ce_update_find(const struct ce_update *u, struct ce_id id);
/* Finds out where each struct goes, and whether all stays within the ceilings.
 * -E2BIG, -ENOSPC. */
int ce_check(struct coedit *d, struct ce_update *u);
/* Asks about all that a checked update would do; `mark` are the names before it
 * was decoded. */
int ce_ask(struct coedit *d, struct ce_update *u, struct ce_names mark,
           const struct coedit_policy *policy);
int ce_pending_add(struct coedit *d, const struct ce_rec *rec);
int ce_pending_miss(struct coedit *d, uint32_t client, uint32_t clock);
bool ce_pending_ready(const struct coedit *d);
/* One more deletion that waits; ce_pending_settle() follows on the last one. */
int ce_pending_del(struct coedit *d, struct ce_range r);
/* Sorts them. -EOVERFLOW: there were too many, and some are forgotten. */
int ce_pending_settle(struct coedit *d);
/* Whether one of them need not wait any more. Most updates change nothing for
 * them, and must not be slower for what a liar left there: only clients that
 * the transaction brought something of are looked up, and local edits. */
bool ce_pending_del_ready(const struct coedit *d);
/* Takes all that waits out, as an update whose bodies lie in *ret_bodies. */
int ce_pending_take(struct coedit *d, struct ce_update *ret,
                    uint8_t **ret_bodies);
void ce_write_changes(struct coedit *d, struct ce_out *o);
void ce_write_ranges(const struct coedit *d, struct ce_out *o,
                     const struct ce_vec *v);

#endif
