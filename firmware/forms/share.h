/* share.h - the far end of a form: what is known of the page, and what waits to
 * be sent to it. Private to this room.
 *
 * Spec: firmware/signal/PROTOCOL.md, "Form".
 */
#ifndef LUUKKU_FORMS_SHARE_H
#define LUUKKU_FORMS_SHARE_H

#include "coedit/sync.h"
#include "forms/chunk.h"

#define FORM_LOADS 6         /* loads of a page that may come back */
#define FORM_CLIENTS_MAX 200 /* ids given in one form */
#define FORM_LOAD_LEN 32     /* hex digits */
#define FORM_OUT_MAX 256     /* messages that wait */
#define FORM_UPDATES_MAX 200 /* when the whole is sent instead */
#define FORM_OUT_BYTES (2 * FORM_MESSAGE_MAX)
#define FORM_UPDATE_MAX 65536 /* bytes of one update of a page */
#define FORM_UPDATE_RATE 50   /* a second, twice as many at once */
#define FORM_BYTE_RATE 262144 /* likewise */
#define FORM_OTHER_RATE 40    /* messages that are no updates, likewise */
#define FORM_WAITING_US (5 * INT64_C(1000000))

struct form_message {
    struct form_message *next;
    uint8_t kind;
    size_t len;
    const uint8_t *data; /* behind the struct, or borrowed of the form */
};

/* What may be used at once, filled up with time; in millionths. */
struct form_bucket {
    int64_t left;
};

struct form_load {
    char load[FORM_LOAD_LEN + 1]; /* "" free */
    uint32_t client;
    uint32_t turn; /* rises with use */
};

struct form_share {
    bool open;        /* there is a channel */
    bool joined;      /* `hello` went out */
    bool synced;      /* its step 1 came: updates are passed on */
    bool answered;    /* its step 2 came */
    const char *lost; /* why sharing ended; "" it did not */

    char load[FORM_LOAD_LEN + 1];
    uint32_t client;      /* of the page; 0 none */
    uint32_t last_client; /* id given last */
    struct form_load known[FORM_LOADS];
    uint32_t turn;

    struct form_chunks in;
    struct form_message *first, *last;
    size_t waiting, waiting_bytes;
    size_t at; /* bytes of the first one that went out */
    bool whole_due, ack_due, state_due, aware_due;
    bool ending; /* `over` is being put into the queue */
    uint8_t out[FORM_CHUNK_MAX];

    struct form_bucket updates, bytes, others;
    int64_t filled_us;
    int64_t waiting_us; /* since when something waits in the document */

    struct coedit_aware aware;
    bool peer_here;
    char peer[FORMS_PATH_MAX];
    uint32_t peer_at; /* units */
};

struct form;

void form_share_init(struct form *f);
void form_share_end(struct form *f);

/* An update of the kiosk's: to the page, when it may have it. */
void form_share_update(struct form *f, const void *update, size_t len);
/* The state, or the citizen's place, changed. */
void form_share_state(struct form *f);
void form_share_aware(struct form *f);
void form_share_snapshot(struct form *f);
void form_share_package(struct form *f);

/* Sharing ends with that word; the form goes on. */
void form_share_over(struct form *f, const char *why);
/* Answers `join`. And: the page begins anew with an empty document, and a new
 * id. */
void form_share_join(struct form *f, const char *load, const char *doc,
                     uint32_t client);
void form_share_fresh(struct form *f);

/* --- messages out (share_out.c) ----------------------------------------- */

/* Puts a message into the queue. Without memory, or room, sharing ends. */
void form_send(struct form *f, uint8_t kind, const void *data, size_t len);
/* Likewise; the bytes live as long as the form. */
void form_send_lent(struct form *f, uint8_t kind, const void *data, size_t len);
/* The kiosk's step 1; false: no room or no memory. */
bool form_send_step(struct form *f);
/* Takes all back that waits, but a message that is under way. */
void form_unsend(struct form *f);
void form_send_hello(struct form *f, bool fresh);

/* --- messages in (share_in.c, share_do.c) ------------------------------- */

void form_take_join(struct form *f, const char *json, size_t len);
void form_take_sync(struct form *f, const uint8_t *p, size_t len);
void form_take_aware(struct form *f, const uint8_t *p, size_t len);
void form_take_do(struct form *f, const char *json, size_t len);
/* The `state` as JSON; NULL without memory. Heap. */
struct lk_buf *form_state_new(const struct form *f);

#endif
