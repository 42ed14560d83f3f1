/* key.h - the kiosk's own keys, and the request for their certificates.
 *
 * Spec: PKCS#8 (RFC 5958), PKCS#10 (RFC 2986), P-256 (FIPS 186-4). Keys are
 * made here and never leave the kiosk. OpenSSL stays behind it. Any thread.
 */
#ifndef LUUKKU_PROVISION_KEY_H
#define LUUKKU_PROVISION_KEY_H

#include "base/text.h"
#include "provision/files.h"

#define PROVISION_REQUEST_MAX 2048 /* bytes of both requests, with the NUL */

/* Makes the keys that the set does not have yet.
 * Returns how many were made. Errors: provision_files_put()'s, -EIO. */
int provision_keys_make(struct provision_files *f) LK_MUST_CHECK;

/* A kiosk without a certificate is called by its signing key: "new-" and the
 * first 8 digits of the key's SHA-256 (of its SubjectPublicKeyInfo), which the
 * fleet's tool shows, too. Errors: -EBADMSG no such key, -ENOMEM. */
int provision_keys_name(const struct provision_files *f,
                        char ret[LK_NAME_MAX]) LK_MUST_CHECK;

/* Writes the requests for both keys, one PEM behind the other: subject
 * OU=device and OU=tls, CN=name, signed by the key itself.
 *
 * ret     PROVISION_REQUEST_MAX bytes, a string
 * Errors  -EBADMSG a key is missing or broken, -EMSGSIZE, -ENOMEM
 */
int provision_request_make(const struct provision_files *f, const char *name,
                           char *ret) LK_MUST_CHECK;

#endif
