/* cert.h - certificates that came back from the fleet's tool.
 *
 * Spec: RFC 5280; RFC 9336 for the device's purpose. What is pasted by a
 * technician or comes from the broker is not believed: each certificate must
 * be for a key that is here, be signed by the fleet's CA, bear one name, be for
 * its purpose, and be in time. Pure; OpenSSL stays behind it. Any thread.
 */
#ifndef LUUKKU_PROVISION_CERT_H
#define LUUKKU_PROVISION_CERT_H

#include "base/text.h"
#include "provision/files.h"
#include "store/config.h"

/* What the time is believed to be. A clock that nobody has set proves nothing:
 * it may be years off, either way, and must not lock a kiosk out. */
struct provision_time {
    int64_t now_s;   /* the clock, s since 1970 */
    bool clock_set;  /* something outside has set it (NTP) */
    int64_t floor_s; /* it is not earlier than this */
};

/* Takes the answer to the request: PEM with the certificates of the device's
 * and the TLS key in any order, and the fleet's CA. One that is missing is
 * taken from the set where it fits. Once the set has a CA only that one counts.
 *
 * f          has the keys; gets all three certificates on success, and is as
 *            it was otherwise
 * kiosk      the name that they must bear; "": any. On success the name that
 *            they bear
 * Errors     -EBADMSG (why is in *ret_error, which is written only then; the
 *            line is where that certificate begins), -ENOMEM, -ENOSPC
 */
int provision_cert_take(struct provision_files *f, const char *pem, size_t len,
                        char kiosk[LK_NAME_MAX],
                        const struct provision_time *time,
                        struct store_config_error *ret_error) LK_MUST_CHECK;

/* The name in the set's device certificate.
 * Errors: -ENOENT there is none, -EBADMSG it is broken. */
int provision_cert_name(const struct provision_files *f,
                        char ret[LK_NAME_MAX]) LK_MUST_CHECK;

/* The first and last second of the set's own certificates, both taken
 * together. Errors: as provision_cert_name(). */
int provision_cert_times(const struct provision_files *f, int64_t *ret_from,
                         int64_t *ret_until) LK_MUST_CHECK;

#endif
