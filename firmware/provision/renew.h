/* renew.h - new certificates before the old ones end.
 *
 * Spec: PKCS#10 (RFC 2986), CMS SignedData (RFC 5652); the messages are in
 * firmware/signal/PROTOCOL.md, "Renewal". What a set goes through: idle; asked
 * (it has a new TLS key beside the one in use); on trial (the new certificates
 * are in use, the old ones beside them); idle again, with the new ones if they
 * were proved, with the old ones otherwise. The signing key stays, and gets a
 * new certificate: pages know the kiosk by that key. Pure. Any thread.
 * Not here: when to ask again (app/super_renew.h).
 */
#ifndef LUUKKU_PROVISION_RENEW_H
#define LUUKKU_PROVISION_RENEW_H

#include "provision/cert.h"

#define PROVISION_RENEW_REQUEST_MAX                                          \
    8192                                 /* bytes of a request, with the NUL \
                                          */
#define PROVISION_RENEW_ANSWER_MAX 16384 /* bytes of an answer */
#define PROVISION_RENEW_WHY_MAX 160      /* bytes of a reason, with the NUL */

/* Texts of the set while a renewal is under way. */
#define PROVISION_NEXT_KEY "next-tls.key"
#define PROVISION_OLD_KEY "old-tls.key"
#define PROVISION_OLD_TLS "old-tls.crt"
#define PROVISION_OLD_DEVICE "old-device.crt"
#define PROVISION_RENEW_WHY "renewal.txt" /* why the last one failed */

enum provision_renew_stage {
    PROVISION_RENEW_IDLE,
    PROVISION_RENEW_ASKED,
    PROVISION_RENEW_TRIAL,
};

enum provision_renew_stage provision_renew_stage(
    const struct provision_files *f);

/* Whether less than a third of the life of one of the certificates is left, at
 * the least time that is believed. false where there are none. */
bool provision_renew_due(const struct provision_files *f,
                         const struct provision_time *time);

/* Whether the certificates that a trial would go back to have ended. */
bool provision_renew_old_ended(const struct provision_files *f,
                               const struct provision_time *time);

/* Puts the new key into an idle set; one that asks already is left as it is.
 * Errors: -EBUSY on trial, provision_keys_make()'s. */
int provision_renew_begin(struct provision_files *f) LK_MUST_CHECK;

/* The request of a set that asks: both PKCS#10 requests, signed with the
 * signing key that the certificate still in force is for.
 *
 * ret     PROVISION_RENEW_REQUEST_MAX bytes, a string (PEM, "CMS")
 * Errors  -ENOENT the set does not ask, -EBADMSG a key or certificate is
 *         broken, -EMSGSIZE, -ENOMEM
 */
int provision_renew_request(const struct provision_files *f,
                            char *ret) LK_MUST_CHECK;

/* Takes an answer: both certificates, checked as provision_cert_take() does,
 * which must last longer than those in use. The set is then on trial.
 *
 * f       a set that asks; as it was on any error
 * Errors  -ENOENT it does not ask, -EBADMSG (why is in *ret_error, which is
 *         written only then; "refused WORDS" is the fleet's office's own
 *         reason), -ENOSPC, -ENOMEM
 */
int provision_renew_take(struct provision_files *f, const char *text,
                         size_t len, const struct provision_time *time,
                         struct store_config_error *ret_error) LK_MUST_CHECK;

/* The new certificates work: what was before goes. No error on an idle set. */
void provision_renew_prove(struct provision_files *f);

/* Back to the certificates before a trial, or to no longer asking; `why` is
 * kept (cut, printable ASCII). As it was on any error.
 * Errors: provision_files_put()'s. */
int provision_renew_back(struct provision_files *f,
                         const char *why) LK_MUST_CHECK;

/* Why the last renewal failed; "": none did. */
void provision_renew_why(const struct provision_files *f,
                         char ret[PROVISION_RENEW_WHY_MAX]);

#endif
