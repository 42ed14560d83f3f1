#include "ice_util.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static bool interface_wanted(const struct rtc_ice_config *cfg, const char *name)
{
    for (size_t i = 0; i < cfg->interface_count; i++)
        if (strncmp(cfg->interfaces[i], name, sizeof(cfg->interfaces[i])) == 0)
            return true;
    return cfg->interface_count == 0;
}

static bool address_usable(const struct rtc_ice_config *cfg,
                           const struct ifaddrs *a, bool loopback)
{
    if (!a->ifa_addr || !(a->ifa_flags & IFF_UP) ||
        !(a->ifa_flags & IFF_RUNNING) || !interface_wanted(cfg, a->ifa_name))
        return false;
    int family = a->ifa_addr->sa_family;
    if (family != AF_INET && (family != AF_INET6 || cfg->no_ip6))
        return false;
    return !(a->ifa_flags & IFF_LOOPBACK) == !loopback;
}

/* Good on one wire only, and an IPv6 one says not even which. */
static bool address_is_linklocal(const NiceAddress *a)
{
    if (nice_address_ip_version(a) == 6)
        return IN6_IS_ADDR_LINKLOCAL(&a->s.ip6.sin6_addr);
    return (ntohl(a->s.ip4.sin_addr.s_addr) >> 16) == 0xa9fe;
}

static size_t addresses_add(const struct rtc_ice_config *cfg,
                            const struct ifaddrs *list, bool loopback,
                            NiceAddress *ret, size_t cap)
{
    size_t n = 0;
    for (const struct ifaddrs *a = list; a && n < cap; a = a->ifa_next) {
        if (!address_usable(cfg, a, loopback))
            continue;
        nice_address_init(&ret[n]);
        nice_address_set_from_sockaddr(&ret[n], a->ifa_addr);
        nice_address_set_port(&ret[n], 0);
        if (nice_address_is_valid(&ret[n]) && !address_is_linklocal(&ret[n]))
            n++;
    }
    return n;
}

int ice_util_addresses(const struct rtc_ice_config *cfg, NiceAddress *ret,
                       size_t cap)
{
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list) != 0)
        return -errno;
    size_t n = addresses_add(cfg, list, false, ret, cap);
    if (n == 0 || cfg->loopback)
        n += addresses_add(cfg, list, true, ret + n, cap - n);
    freeifaddrs(list);
    return (int)n;
}

static void address_text(const NiceAddress *a,
                         char ret[NICE_ADDRESS_STRING_LEN])
{
    ret[0] = '\0';
    if (nice_address_is_valid(a))
        nice_address_to_string(a, ret);
}

int ice_util_from_nice(const NiceCandidate *n, struct rtc_candidate *ret)
{
    static const enum rtc_candidate_type types[] = {
        [NICE_CANDIDATE_TYPE_HOST] = RTC_CANDIDATE_HOST,
        [NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE] = RTC_CANDIDATE_SRFLX,
        [NICE_CANDIDATE_TYPE_RELAYED] = RTC_CANDIDATE_RELAY,
    };
    struct rtc_candidate c;
    char text[NICE_ADDRESS_STRING_LEN];
    /* RFC 8445 section 7.3.1.3: a peer-reflexive one is never signalled. */
    if (n->transport != NICE_CANDIDATE_TRANSPORT_UDP ||
        n->type == NICE_CANDIDATE_TYPE_PEER_REFLEXIVE ||
        (size_t)n->type >= LK_ARRAY_LEN(types))
        return -EINVAL;
    memset(&c, 0, sizeof(c));
    c.type = types[n->type];
    c.component = (uint16_t)n->component_id;
    c.priority = n->priority;
    c.port = (uint16_t)nice_address_get_port(&n->addr);
    c.family = nice_address_ip_version(&n->addr) == 6 ? RTC_CANDIDATE_IP6
                                                      : RTC_CANDIDATE_IP4;
    address_text(&n->addr, text);
    (void)snprintf(c.address, sizeof(c.address), "%s", text);
    (void)snprintf(c.foundation, sizeof(c.foundation), "%s", n->foundation);
    if (c.type != RTC_CANDIDATE_HOST) {
        address_text(&n->base_addr, text);
        (void)snprintf(c.related, sizeof(c.related), "%s", text);
        c.related_port = (uint16_t)nice_address_get_port(&n->base_addr);
    }
    *ret = c;
    return 0;
}

int ice_util_to_nice(const struct rtc_candidate *c, NiceCandidate **ret)
{
    static const NiceCandidateType types[] = {
        [RTC_CANDIDATE_HOST] = NICE_CANDIDATE_TYPE_HOST,
        [RTC_CANDIDATE_SRFLX] = NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE,
        [RTC_CANDIDATE_PRFLX] = NICE_CANDIDATE_TYPE_PEER_REFLEXIVE,
        [RTC_CANDIDATE_RELAY] = NICE_CANDIDATE_TYPE_RELAYED,
    };
    NiceAddress a;
    nice_address_init(&a);
    if (c->transport != RTC_CANDIDATE_UDP || c->component != 1 ||
        c->port == 0 || c->family == RTC_CANDIDATE_LOCAL ||
        (size_t)c->type >= LK_ARRAY_LEN(types) ||
        !nice_address_set_from_string(&a, c->address) ||
        address_is_linklocal(&a))
        return -EADDRNOTAVAIL;
    NiceCandidate *n = nice_candidate_new(types[c->type]);
    nice_address_set_port(&a, c->port);
    n->transport = NICE_CANDIDATE_TRANSPORT_UDP;
    n->addr = a;
    n->base_addr = a;
    n->component_id = c->component;
    n->priority = c->priority;
    (void)g_strlcpy(n->foundation, c->foundation, sizeof(n->foundation));
    *ret = n;
    return 0;
}

void ice_util_describe(const NiceCandidate *n, char *ret, size_t cap)
{
    static const char *const types[] = {
        [NICE_CANDIDATE_TYPE_HOST] = "host",
        [NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE] = "srflx",
        [NICE_CANDIDATE_TYPE_PEER_REFLEXIVE] = "prflx",
        [NICE_CANDIDATE_TYPE_RELAYED] = "relay",
    };
    char text[NICE_ADDRESS_STRING_LEN];
    address_text(&n->addr, text);
    (void)snprintf(ret, cap, "%s udp %s:%u",
                   (size_t)n->type < LK_ARRAY_LEN(types) ? types[n->type] : "?",
                   text, nice_address_get_port(&n->addr));
}
