/* coedit.h - a document that several people edit at once.
 *
 * Spec: Yjs update format v1 as yjs 13.6 writes and reads it; the conflict rule
 * is YATA (Nicolaescu et al., 2016). Maps, texts and arrays, nested; what forms
 * do not use (formatting, embeds, binary, XML, subdocuments) is kept and
 * written back as it came.
 *
 * Room: codec, integration in any order, garbage collection, local edits,
 * reading. Pure: no I/O, no clock, no recursion on outside data. One document
 * belongs to one thread; its memory is one arena with a ceiling, wiped when
 * the document is freed. An update from outside is decoded and checked in full
 * before the document is touched: it is taken whole, or not at all.
 * Not here: who may write what (a policy is asked), how bytes travel.
 *
 * Positions and lengths of texts are UTF-16 units, as in a browser.
 */
#ifndef LUUKKU_COEDIT_COEDIT_H
#define LUUKKU_COEDIT_COEDIT_H

#include "base/defs.h"

#include <stdbool.h>

struct coedit;

/* Ceilings of one document. Hitting one is -E2BIG (of an update or of what it
 * says) or -ENOSPC (of the document), and changes nothing. */
struct coedit_limits {
    size_t memory_max;    /* bytes of the arena */
    size_t update_max;    /* bytes of one update */
    size_t live_max;      /* of one that comes as it is made (sync.h), where
                             large ones bring all at once */
    uint64_t client_max;  /* greatest client id */
    uint32_t clients_max; /* distinct client ids */
    uint32_t clock_max;   /* end of any struct or deleted range */
    uint32_t growth_max;  /* units that one client adds */
    uint32_t update_structs_max;
    uint32_t structs_max;    /* in the document */
    uint32_t string_max;     /* bytes of one string */
    uint32_t text_max;       /* units of all texts, deleted ones included
                                until they are collected */
    uint32_t any_depth_max;  /* nesting of one value, at most 64 */
    uint32_t type_depth_max; /* nesting of maps, texts and arrays */
    uint32_t children_max;   /* live children of one array or map */
    uint32_t key_max;        /* bytes of a map's key or a root's name */
    uint32_t roots_max;
    uint32_t pending_bytes_max; /* of structs that wait for others */
    uint32_t pending_structs_max;
    uint32_t ranges_max; /* deleted ranges in one update */
    uint32_t scan_max;   /* steps of conflict search in one update */
    uint32_t own_share;  /* percent of memory, structs and texts that updates
                            from others leave to local edits */
    uint32_t undo_max;   /* edits that can be taken back; older ones cannot */
    uint32_t undo_bytes_max; /* of what they deleted */
};

/* Ceilings for a form session with a hostile browser; and ones for replaying
 * long histories from files. */
extern const struct coedit_limits coedit_limits_form;
extern const struct coedit_limits coedit_limits_file;

/* Makes an empty document.
 *
 * client  the id of local edits, 0..limits->client_max
 * limits  copied
 * Owner   caller, coedit_free()
 * Errors  -ENOMEM, -EINVAL client or a limit out of range
 */
int coedit_new(uint64_t client, const struct coedit_limits *limits,
               struct coedit **ret) LK_MUST_CHECK;

/* Wipes and frees. NULL is fine. Returns NULL. */
struct coedit *coedit_free(struct coedit *d);
LK_AUTO_DEFINE(coedit);

/* --- types -------------------------------------------------------------- */

enum coedit_kind {
    COEDIT_ARRAY = 0,
    COEDIT_MAP = 1,
    COEDIT_TEXT = 2,
    COEDIT_XML_ELEMENT = 3,
    COEDIT_XML_FRAGMENT = 4,
    COEDIT_XML_HOOK = 5,
    COEDIT_XML_TEXT = 6,
};

/* A map, text or array of a document: by the id of the item that holds it, so
 * that a stale one is found out (-ENOENT) and never followed. */
struct coedit_ref {
    uint32_t client; /* the document's own number; COEDIT_ROOT for a root */
    uint32_t clock;  /* or the number of the root */
};
#define COEDIT_ROOT UINT32_MAX

/* The root of that name, made when it is not there. Both ends must agree on
 * what kind it is: the wire does not say.
 * Errors: -ENOSPC too many roots or no memory, -EINVAL name empty or long. */
int coedit_root(struct coedit *d, const char *name,
                struct coedit_ref *ret) LK_MUST_CHECK;

/* --- local edits -------------------------------------------------------- */

/* Edits lie between these; everything between them is one transaction and one
 * update. Nesting is counted. */
void coedit_begin(struct coedit *d);

/* Ends the transaction. The update, if anything changed, is lent until the next
 * call on the document.
 *
 * ret     may be NULL; *ret_len is 0 when nothing changed
 * Errors  -ENOSPC no memory for the update; the edits stand all the same, and
 *         coedit_encode() has them
 */
int coedit_commit(struct coedit *d, const uint8_t **ret, size_t *ret_len);

/* Common to all edits: -ENOENT the type is gone, -ENOTSUP it is not of that
 * kind, -ERANGE a position is outside, -EBADMSG text is not UTF-8, -EINVAL a
 * surrogate pair would be cut, -ENOSPC a ceiling, -EPERM outside coedit_begin()
 * and coedit_commit(). Then nothing has changed. */

/* Inserts `len` bytes of UTF-8 at unit `at` of a text. */
int coedit_text_insert(struct coedit *d, struct coedit_ref ref, uint32_t at,
                       const char *s, size_t len) LK_MUST_CHECK;
int coedit_text_delete(struct coedit *d, struct coedit_ref ref, uint32_t at,
                       uint32_t units) LK_MUST_CHECK;

/* `any`: `n` encoded values (any.h), one after the other, `len` bytes. */
int coedit_array_insert(struct coedit *d, struct coedit_ref ref, uint32_t at,
                        uint32_t n, const void *any, size_t len) LK_MUST_CHECK;
int coedit_array_insert_type(struct coedit *d, struct coedit_ref ref,
                             uint32_t at, enum coedit_kind kind,
                             struct coedit_ref *ret) LK_MUST_CHECK;
int coedit_array_delete(struct coedit *d, struct coedit_ref ref, uint32_t at,
                        uint32_t n) LK_MUST_CHECK;

/* One encoded value; the key is copied. */
int coedit_map_set(struct coedit *d, struct coedit_ref ref, const char *key,
                   const void *any, size_t len) LK_MUST_CHECK;
int coedit_map_set_type(struct coedit *d, struct coedit_ref ref,
                        const char *key, enum coedit_kind kind,
                        struct coedit_ref *ret) LK_MUST_CHECK;
int coedit_map_delete(struct coedit *d, struct coedit_ref ref,
                      const char *key) LK_MUST_CHECK;

/* --- undo --------------------------------------------------------------- */

/* Marks the open transaction as one that coedit_undo() takes back.
 *
 * join    as one with the last one that was marked, such as the letters of a
 *         word
 * Errors  -EPERM outside coedit_begin() and coedit_commit()
 */
int coedit_undoable(struct coedit *d, bool join);

/* Takes the last marked transaction back, as a transaction of its own, which is
 * committed: what it added goes, what it deleted comes again where it was. What
 * others wrote stays, also
 * - a map or array that was added and that others wrote into since: it stays,
 *   with all that was put into it;
 * - a key's value that another set since.
 * What another deleted as well comes again: that they did is not known. So does
 * a row that was deleted, with what was in it, as a new one: references to the
 * old ones are stale.
 *
 * ret     the update, as coedit_commit(); may be NULL
 * Errors  -ENOENT nothing to take back, -EBUSY a transaction is open, -ENOSPC a
 *         ceiling. Then nothing has changed
 */
int coedit_undo(struct coedit *d, const uint8_t **ret, size_t *ret_len);
bool coedit_can_undo(const struct coedit *d);
/* Nothing can be taken back any more; what was kept for it is wiped. */
void coedit_undo_forget(struct coedit *d);

/* --- from outside ------------------------------------------------------- */

/* Applies an update: decodes and checks all of it, then integrates. What
 * depends on what is not there waits in the document.
 *
 * Errors  -EBADMSG malformed; -E2BIG, -ENOSPC see struct coedit_limits;
 *         -ERANGE a clock or growth beyond them; -EBUSY a transaction is
 *         open, -ENOMEM. Then nothing has changed.
 *         -EOVERFLOW too much waits, or conflict search took too long: that
 *         shows itself midway only, and a valid beginning of the update is in;
 *         so it may be with -ENOSPC when the arena is at its very end
 */
int coedit_apply(struct coedit *d, const void *update,
                 size_t len) LK_MUST_CHECK;

/* What an update would do, one question for each struct that is new and for
 * each live piece that it deletes; deletions first. */
enum coedit_ask_kind {
    COEDIT_ASK_INSERT,
    COEDIT_ASK_DELETE, /* who deletes is not on the wire */
    COEDIT_ASK_GC,     /* clocks of what its writer has collected already */
    COEDIT_ASK_SKIP,   /* clocks left out: the first place of an update */
};
enum coedit_where {
    COEDIT_WHERE_IN,      /* `into` says it */
    COEDIT_WHERE_NOWHERE, /* beside or in what is gone: will hold nothing */
    COEDIT_WHERE_UNKNOWN, /* depends on what has not come */
};
struct coedit_ask {
    enum coedit_ask_kind kind;
    enum coedit_where where;
    uint64_t client; /* whose clocks these are: the writer of what is inserted,
                        the one whose text is deleted */
    uint32_t clock;
    uint32_t units;  /* without those that are held already */
    uint8_t content; /* the wire's number: 1 deleted, 4 string, 7 type, 8 any */
    struct coedit_ref into; /* the map, text or array that it lies in; that may
                               come with the same update */
    bool into_root;
    enum coedit_kind into_kind; /* unless it is a root: those have none */
    const char *key;            /* NULL in lists */
    enum coedit_kind made;      /* content 7: what kind of type */
    const uint8_t *bytes; /* content 4: UTF-8; 8: `units` encoded values, one
                             after the other; NULL of others and deletions */
    size_t len;
    uint32_t length; /* of a list: live units in `into`, when all that was
                        asked so far is done */
};
struct coedit_policy {
    /* 0, or a negative errno that refuses the whole update. May read the
     * document. */
    int (*ask)(void *arg, const struct coedit_ask *ask);
    void *arg;
};

/* coedit_apply() of what a peer may not do all of. Every question is asked
 * before the document is touched. Nothing of the update may wait: what depends
 * on what is not there is asked about as unknown and then refused, so nothing
 * gets in later without being asked about. What is held already, and deleted
 * already, is not asked about.
 *
 * policy  NULL: everything may be
 * Errors  as coedit_apply(), what the policy says; -EAGAIN it would have to
 *         wait; -EILSEQ it would cut a pair of surrogates of a text that is
 *         here; -EBADMSG also for a key with a NUL in it. Then nothing has
 *         changed
 */
int coedit_apply_checked(struct coedit *d, const void *update, size_t len,
                         const struct coedit_policy *policy) LK_MUST_CHECK;

/* Whether structs or deletions wait for what has not come. */
bool coedit_pending(const struct coedit *d);

/* --- reading ------------------------------------------------------------ */

/* Units of a text, items of an array, live keys of a map; 0 when gone. */
uint32_t coedit_length(const struct coedit *d, struct coedit_ref ref);

/* The text as UTF-8 with a NUL.
 * ret     heap, the caller wipes and frees it
 * Errors  -ENOENT, -ENOTSUP, -ENOMEM */
int coedit_text(const struct coedit *d, struct coedit_ref ref, char **ret,
                size_t *ret_len) LK_MUST_CHECK;

/* What a place in a map or array holds. */
struct coedit_value {
    bool is_type;
    struct coedit_ref type;
    enum coedit_kind kind;
    const uint8_t *any; /* one encoded value, borrowed until the next change */
    size_t len;
};
/* Errors: -ENOENT nothing there, -ENOTSUP not a map or array. */
int coedit_map_get(const struct coedit *d, struct coedit_ref ref,
                   const char *key, struct coedit_value *ret) LK_MUST_CHECK;
int coedit_array_get(const struct coedit *d, struct coedit_ref ref, uint32_t at,
                     struct coedit_value *ret) LK_MUST_CHECK;

/* Who wrote what is there now: the live units of a text or array, or the value
 * of a map's key. */
#define COEDIT_AUTHORS 16
struct coedit_authors {
    uint32_t n; /* by falling units */
    struct {
        uint64_t client;
        uint32_t units;
    } author[COEDIT_AUTHORS];
    bool more;     /* than fit: those with the fewest units are left out */
    bool written;  /* anyone ever wrote here, so that `last` is one */
    uint64_t last; /* whose writing reached this document last; who deletes is
                      not known */
};
/* key     NULL: of the list itself
 * Errors  -ENOENT the type is gone, or nothing is at the key */
int coedit_authors(const struct coedit *d, struct coedit_ref ref,
                   const char *key, struct coedit_authors *ret) LK_MUST_CHECK;

/* A client's next clock; 0 when nothing is of it. */
uint32_t coedit_clock(const struct coedit *d, uint64_t client);

/* A root as JSON, as JSON.stringify(type.toJSON()) of yjs but with sorted keys
 * (RFC 8785, 3.2.3) and bytes as {"$bytes": base64}; with a NUL.
 * ret     heap, the caller wipes and frees it
 * Errors  -ENOMEM, -E2BIG nested too deep */
int coedit_json(const struct coedit *d, struct coedit_ref ref,
                enum coedit_kind kind, char **ret,
                size_t *ret_len) LK_MUST_CHECK;

/* --- to others ---------------------------------------------------------- */

/* Each writes into heap memory that the caller frees.
 * Errors: -ENOMEM; -EBADMSG a malformed state vector, -E2BIG. */
int coedit_state_vector(const struct coedit *d, uint8_t **ret,
                        size_t *ret_len) LK_MUST_CHECK;

/* All that a peer with state vector `sv` (sv_len 0: an empty document) lacks,
 * the whole delete set, and what waits. */
int coedit_encode(const struct coedit *d, const void *sv, size_t sv_len,
                  uint8_t **ret, size_t *ret_len) LK_MUST_CHECK;

/* --- what changed ------------------------------------------------------- */

/* A type that the last transaction changed, and of a map which key. */
struct coedit_change {
    struct coedit_ref type;
    const char *key; /* NULL for texts and arrays; the document's own */
};
/* The i-th change of the last transaction that was committed or applied; false
 * behind the last. Gone with the next one. Types that went away are left out.
 */
bool coedit_changed(const struct coedit *d, size_t i,
                    struct coedit_change *ret);

/* How the last transaction changed a text or array, from left to right: at unit
 * `at`, the splices before it done, `removed` units went and `inserted` came.
 *
 * cap     at least 1; when there are more, the last one spans the rest
 * Returns how many; 0 nothing, or the type is gone
 */
struct coedit_splice {
    uint32_t at;
    uint32_t removed;
    uint32_t inserted;
};
size_t coedit_splices(const struct coedit *d, struct coedit_ref ref,
                      struct coedit_splice *ret, size_t cap);

/* Figures for limits and tests. */
struct coedit_figures {
    size_t memory;      /* bytes used in the arena */
    size_t memory_held; /* bytes that the arena has from the system */
    uint32_t structs;
    uint32_t clients;
    uint32_t pending_structs;
    uint32_t pending_bytes;
    uint32_t pending_ranges;
};
void coedit_figures(const struct coedit *d, struct coedit_figures *ret);

#endif
