/* rtc_names.h - addresses of the STUN and TURN servers.
 *
 * Room: literal addresses at once; names by the C library on a thread of its
 * own, because that can block for long; again every ten minutes, and sooner
 * after a failure. Files that it may read: as in signal/link.h.
 */
#ifndef LUUKKU_APP_RTC_NAMES_H
#define LUUKKU_APP_RTC_NAMES_H

#include "rtc/peer/peer.h"
#include "store/config.h"

struct rtc_names;

#define RTC_NAMES_AGAIN_S 600 /* after all were found */
#define RTC_NAMES_RETRY_S 15  /* after one was not */

/* What has an address; fewer servers than configured while some have none.
 * Thread: the names' own, or the caller's inside rtc_names_new(). */
typedef void rtc_names_fn(void *arg, const struct rtc_ice_server *servers,
                          size_t count);

/* Reports literal addresses before it returns; starts a thread when there are
 * names. config (borrowed) outlives it.
 * Errors: -ENOMEM, pthread_create(3)'s. */
int rtc_names_new(const struct store_config *config, rtc_names_fn *found,
                  void *arg, struct rtc_names **ret) LK_MUST_CHECK;

/* Stops; waits for a look-up that is under way (the resolver's own timeouts).
 * NULL is fine. Returns NULL. */
struct rtc_names *rtc_names_free(struct rtc_names *n);

#endif
