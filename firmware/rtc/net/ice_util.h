/* ice_util.h - local addresses to gather from, and candidates between
 * libnice's form and ours. Private to the room.
 */
#ifndef LUUKKU_RTC_NET_ICE_UTIL_H
#define LUUKKU_RTC_NET_ICE_UTIL_H

#include "rtc/net/ice.h"

#include <agent.h>

/* Fills at most `cap` addresses of interfaces that are up and that `cfg` lets
 * be used; link-local ones are left out, loopback when there is anything else.
 * Returns how many, or -errno of getifaddrs(3). */
int ice_util_addresses(const struct rtc_ice_config *cfg, NiceAddress *ret,
                       size_t cap);

/* libnice's local candidate as ours. Errors: -EINVAL not to be told to anyone.
 */
int ice_util_from_nice(const NiceCandidate *n, struct rtc_candidate *ret);

/* Ours as libnice's; free with nice_candidate_free().
 * Errors  -EADDRNOTAVAIL of no use to us */
int ice_util_to_nice(const struct rtc_candidate *c, NiceCandidate **ret);

/* "host udp 192.0.2.2:40000" */
void ice_util_describe(const NiceCandidate *n, char *ret, size_t cap);

#endif
