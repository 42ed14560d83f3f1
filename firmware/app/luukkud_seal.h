/* luukkud_seal.h - makes sealed packages beside the core's thread, which must
 * answer meanwhile.
 *
 * One package at a time, on a thread of its own: it takes about a tenth of a
 * second, and a visit has one. With a signer it is two steps, between which the
 * citizen's card signs: luukkud_seal_begin(), `drafted`, luukkud_seal_finish(),
 * `done`; it waits as long as it takes, until luukkud_seal_drop(). It holds one
 * copy of the papers and the package: FORM_PACKAGE_MAX. Thread: the loop's, but
 * where said.
 */
#ifndef LUUKKU_APP_LUUKKUD_SEAL_H
#define LUUKKU_APP_LUUKKUD_SEAL_H

#include "loop/loop.h"
#include "seal/seal.h"
#include "session/formdesk.h"
#include "session/identdesk.h"

struct luukkud_seal;

struct luukkud_seal_config {
    struct lk_loop *loop;       /* borrowed */
    const struct seal_key *key; /* the device's; borrowed, outlives */
    /* A package, or that it could not be made; dies on return. */
    void (*done)(void *arg, const struct formdesk_package *p);
    /* All but the citizen's signature is there; hash: what the card is to sign,
     * as long as the signer's hash is; dies on return. NULL: nothing is ever
     * signed. */
    void (*drafted)(void *arg, uint32_t id, const uint8_t *hash);
    void *arg;
};

/* Errors: -ENOMEM and those of lk_mailbox_new(). */
int luukkud_seal_new(const struct luukkud_seal_config *config,
                     struct luukkud_seal **ret) LK_MUST_CHECK;

/* Waits for what is being made, and frees. NULL is fine. Returns NULL. Thread:
 * any, when the loop does not run any more. */
struct luukkud_seal *luukkud_seal_free(struct luukkud_seal *s);

/* Begins; `done` follows, with a signer `drafted` before it. The job is copied,
 * but its papers: their descriptors are duplicated. A job whose papers are not
 * those its form names fails with -EBADMSG.
 * Errors: -EBUSY another one is being made, -EINVAL, -EMSGSIZE the certificate
 * is too long, -ENOMEM, pthread_create(3)'s, fcntl(2)'s. */
int luukkud_seal_begin(struct luukkud_seal *s,
                       const struct formdesk_job *job) LK_MUST_CHECK;

/* The card's signature for what was drafted; `done` follows: with -EBADMSG it
 * does not fit. s->id is not looked at.
 * Errors: -ENOENT nothing waits for one, -EBADMSG an algorithm that does not go
 * with the hash, or a length, pthread_create(3)'s; then it still waits. */
int luukkud_seal_finish(struct luukkud_seal *s,
                        const struct identdesk_signature *sig) LK_MUST_CHECK;

/* Gives up whatever is under way: nothing follows of it. */
void luukkud_seal_drop(struct luukkud_seal *s);

#endif
