/* link_time.h - whether a certificate of the broker is in time.
 *
 * Room: for link_tls.c, and for who tests the way to the broker. Pure. A clock
 * that cannot be trusted must not decide whom the kiosk talks to, nor whether
 * it does: certificates are then held to the floor, a time that has passed for
 * certain.
 */
#ifndef LUUKKU_SIGNAL_LINK_TIME_H
#define LUUKKU_SIGNAL_LINK_TIME_H

#include "base/defs.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether the clock may judge: something outside has set it, and it does not
 * show less than the floor. Both times are seconds since 1970. */
bool link_time_trusted(bool set, int64_t now_s, int64_t floor_s);

/* What OpenSSL's verdict of one certificate of the chain (RFC 5280 section
 * 6.1.3, step (a)(2) is its time) becomes.
 *
 * error    X509_V_*, X509_V_OK included
 * trusted  link_time_trusted(): nothing changes
 * until_s  its notAfter in seconds since 1970; INT64_MIN: not readable
 * Returns X509_V_*: without trust X509_V_ERR_CERT_HAS_EXPIRED of one that ended
 * before the floor, and no error of time of any other
 */
int link_time_judge(int error, bool trusted, int64_t until_s,
                    int64_t floor_s) LK_MUST_CHECK;

#endif
