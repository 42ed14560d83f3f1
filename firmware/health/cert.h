/* cert.h - until when the certificates of a PEM file are good.
 *
 * Spec: RFC 5280 section 4.1.2.5. Pure; OpenSSL stays behind it. Nothing else
 * of them is judged here.
 */
#ifndef LUUKKU_HEALTH_CERT_H
#define LUUKKU_HEALTH_CERT_H

#include "base/defs.h"

#include <stdint.h>

#define HEALTH_PEM_MAX 65536 /* bytes of a file */
#define HEALTH_PEM_CERTS_MAX                        \
    16 /* certificates of a file that are looked at \
        */

/* The earliest end of the certificates in `len` bytes of PEM, as seconds since
 * 1970. Errors: -EBADMSG none, or one that is broken; -EMSGSIZE; -ENOMEM.
 * Thread: any. */
int health_cert_ends(const void *pem, size_t len, int64_t *ret) LK_MUST_CHECK;

#endif
