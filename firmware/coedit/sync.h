/* sync.h - the messages that bring two documents together.
 *
 * Spec: y-protocols 1.0, sync.js and awareness.js. A message is a number, then
 * its payload: 0 a state vector (the answer is 1), 1 what that vector lacks, 2
 * an update. Awareness: who is there and where, one JSON text for each client,
 * with a clock; null means gone.
 * Pure; time is injected. One thread, that of the document.
 */
#ifndef LUUKKU_COEDIT_SYNC_H
#define LUUKKU_COEDIT_SYNC_H

#include "coedit/coedit.h"

enum coedit_sync {
    COEDIT_SYNC_STEP_1 = 0,
    COEDIT_SYNC_STEP_2 = 1,
    COEDIT_SYNC_UPDATE = 2,
};

/* Takes a message. What is to be sent back, if anything, is heap memory that
 * the caller frees; *ret_len is 0 when nothing is.
 *
 * Returns the kind of message, or
 * Errors  -EBADMSG malformed, those of coedit_apply() and coedit_encode()
 */
int coedit_sync_take(struct coedit *d, const void *message, size_t len,
                     uint8_t **ret, size_t *ret_len) LK_MUST_CHECK;

/* Likewise; what it would do is asked, see coedit_apply_checked(). */
int coedit_sync_take_checked(struct coedit *d, const void *message, size_t len,
                             const struct coedit_policy *policy, uint8_t **ret,
                             size_t *ret_len) LK_MUST_CHECK;

/* The first message of each side; and an update in its frame. Heap memory.
 * Errors: -ENOMEM. */
int coedit_sync_hello(const struct coedit *d, uint8_t **ret,
                      size_t *ret_len) LK_MUST_CHECK;
int coedit_sync_update(const void *update, size_t len, uint8_t **ret,
                       size_t *ret_len) LK_MUST_CHECK;

/* --- awareness ---------------------------------------------------------- */

#define COEDIT_AWARE_CLIENTS 8      /* that are known at a time */
#define COEDIT_AWARE_STATE_MAX 1024 /* bytes of one state */
#define COEDIT_AWARE_MESSAGE_MAX 8704
#define COEDIT_AWARE_RENEW_US (15 * INT64_C(1000000))
#define COEDIT_AWARE_GONE_US (30 * INT64_C(1000000))

struct coedit_aware {
    uint64_t self;
    uint32_t self_clock;
    struct coedit_aware_client {
        bool used; /* else the slot is free */
        bool here; /* else gone: the clock is remembered */
        uint64_t client;
        uint32_t clock;
        int64_t heard_us;
        size_t len;
        char state[COEDIT_AWARE_STATE_MAX + 1]; /* JSON, with a NUL */
    } client[COEDIT_AWARE_CLIENTS];
};

/* Nobody is here. */
void coedit_aware_init(struct coedit_aware *a, uint64_t self);

/* One's own state: JSON text; NULL or "null": gone. Then coedit_aware_write().
 * Errors: -E2BIG, -EBADMSG no UTF-8. */
int coedit_aware_set(struct coedit_aware *a, const char *state, size_t len,
                     int64_t now_us) LK_MUST_CHECK;

/* Takes a message. States are passed on as they came: who shows them looks at
 * what is in them.
 *
 * Returns whether anything changed (1), whether one's own state must be sent
 * anew (2), both (3), or 0
 * Errors  -EBADMSG malformed, -E2BIG a state or too many clients; then nothing
 *         has changed
 */
int coedit_aware_take(struct coedit_aware *a, const void *message, size_t len,
                      int64_t now_us) LK_MUST_CHECK;

/* Forgets those that were not heard for COEDIT_AWARE_GONE_US. Returns whether
 * any was. */
bool coedit_aware_tick(struct coedit_aware *a, int64_t now_us);

/* Whether one's own state is due again. */
bool coedit_aware_due(const struct coedit_aware *a, int64_t now_us);

/* One's own state as a message; returns bytes, or -EMSGSIZE. Notes the time. */
int coedit_aware_write(struct coedit_aware *a, int64_t now_us, void *ret,
                       size_t cap);

#endif
