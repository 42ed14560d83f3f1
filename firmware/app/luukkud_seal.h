/* luukkud_seal.h - makes sealed packages beside the core's thread, which must
 * answer meanwhile.
 *
 * One package at a time, each on a thread of its own: it takes about a tenth of
 * a second, and a visit has one. Thread: the loop's, but where said.
 */
#ifndef LUUKKU_APP_LUUKKUD_SEAL_H
#define LUUKKU_APP_LUUKKUD_SEAL_H

#include "loop/loop.h"
#include "seal/seal.h"
#include "session/formdesk.h"

struct luukkud_seal;

struct luukkud_seal_config {
    struct lk_loop *loop;       /* borrowed */
    const struct seal_key *key; /* the device's; borrowed, outlives */
    /* A package, or that it could not be made; dies on return. */
    void (*done)(void *arg, const struct formdesk_package *p);
    void *arg;
};

/* Errors: -ENOMEM and those of lk_mailbox_new(). */
int luukkud_seal_new(const struct luukkud_seal_config *config,
                     struct luukkud_seal **ret) LK_MUST_CHECK;

/* Waits for what is being made, and frees. NULL is fine. Returns NULL. Thread:
 * any, when the loop does not run any more. */
struct luukkud_seal *luukkud_seal_free(struct luukkud_seal *s);

/* Begins; `done` follows. The job is copied.
 * Errors: -EBUSY another one is being made, -ENOMEM, pthread_create(3)'s. */
int luukkud_seal_begin(struct luukkud_seal *s,
                       const struct formdesk_job *job) LK_MUST_CHECK;

#endif
