/* probe.h - luukku-probe: looks at certificates, or at the network, and ends.
 *
 * Room: short-lived helpers of luukku-super's tests. Each finding is one line
 * of JSON on standard output, at most PROBE_LINE_MAX bytes of printable ASCII:
 * a check of firmware/control/PROTOCOL.md, or one of its certificates. Blocking
 * calls with limits; luukku-super ends what takes too long. One thread.
 */
#ifndef LUUKKU_APP_PROBE_H
#define LUUKKU_APP_PROBE_H

#include "app/inherit.h"
#include "store/config.h"

#include <stdbool.h>
#include <string.h>

#define PROBE_LINE_MAX 500
#define PROBE_WAIT_MS 3000 /* for one answer from the network */

/* A finding as a check. `result` is PASS, FAIL or SKIP; the texts become
 * printable ASCII. `more`, which may be NULL, is ` "name":value` of further
 * members. */
void probe_check(const char *test, const char *result, const char *reason,
                 const char *next, const char *more);

/* Writes one line, or instead of one that is too long a check that failed. */
void probe_line(const char *json);

/* Every certificate among the descriptors, which are read and closed. */
void probe_certs(struct inherit *in);

/* Whether a certificate's role (firmware/control/PROTOCOL.md) is that of a list
 * of withdrawn ones. Pure. */
static inline bool probe_role_is_crl(const char *role)
{
    return strncmp(role, "crl-", 4) == 0 || strcmp(role, "card-crl") == 0 ||
           strcmp(role, "help-crl") == 0;
}

struct addrinfo;

/* Addresses of `host` for getaddrinfo()'s `type`. 0, and the list is the
 * caller's (freeaddrinfo()); or -ENOENT, having told why as a failed check of
 * `test`. In the test of everything (`test` is "broker", "stun" or "turn") name
 * servers that do not answer are a finding of their own, "names". */
int probe_resolve(const char *test, const struct store_config_host *host,
                  int type, struct addrinfo **ret) LK_MUST_CHECK;

/* Server `host`: connects by TCP. Returns a descriptor, or -1, having told why
 * as a failed check of `test`. */
int probe_tcp(const char *test, const struct store_config_host *host);

/* What certificates of servers are checked against. */
struct probe_trust {
    const struct lk_buf *ca_pem;
    int64_t floor_s; /* the clock cannot be trusted, this has passed: seconds
                        since 1970 (signal/link_time.h); 0: the clock judges */
};

/* By TCP and TLS, as the broker's link judges. */
void probe_tls(const char *test, const struct store_config_host *host,
               const struct probe_trust *trust);

/* Addresses of a name. */
void probe_dns(const char *host);

/* A binding of a STUN server, a relay of a TURN server. */
void probe_stun(const struct store_config_host *host);
void probe_turn(const struct store_config_turn *turn);

/* How long `host` takes to answer five times, and how often it does not; port
 * 0: none was named. */
void probe_ping(const struct store_config_host *host);

/* What a relay of `turn` carries there and back, at most 8 Mbit/s, within 10 s
 * and 1.2 MB each way. */
void probe_speed(const struct store_config_turn *turn);

#endif
