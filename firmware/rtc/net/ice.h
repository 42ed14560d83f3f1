/* ice.h - the lowest layer: one ICE component over libnice.
 *
 * Spec: RFC 8445 (controlling, full), RFC 8838 (trickle), RFC 7675 (consent),
 * RFC 8656 (TURN over UDP and TCP). Gathers from the moment it is made. Holds
 * the gate: while closed, datagrams that are not ICE's own neither leave nor
 * come in. Not here: resolving .local names; TURN over TLS.
 */
#ifndef LUUKKU_RTC_NET_ICE_H
#define LUUKKU_RTC_NET_ICE_H

#include "loop/loop.h"
#include "rtc/wire/candidate.h"

struct rtc_ice;

#define RTC_ICE_SERVERS_MAX 4
#define RTC_ICE_LOCAL_MAX 32  /* local candidates told to the far end */
#define RTC_ICE_REMOTE_MAX 64 /* remote candidates taken, per restart */
#define RTC_ICE_INTERFACES_MAX 8
#define RTC_ICE_ADDRESSES_MAX 16 /* local addresses gathered from */

enum rtc_ice_server_kind {
    RTC_ICE_STUN = 0,
    RTC_ICE_TURN_UDP,
    RTC_ICE_TURN_TCP
};

struct rtc_ice_server {
    enum rtc_ice_server_kind kind;
    char host[64]; /* an address literal; names are the caller's to resolve */
    uint16_t port;
    char user[128]; /* TURN's long-term credentials */
    char password[128];
};

struct rtc_ice_config {
    size_t server_count;
    struct rtc_ice_server servers[RTC_ICE_SERVERS_MAX]; /* at most one STUN */
    size_t interface_count;                      /* 0: all but loopback */
    char interfaces[RTC_ICE_INTERFACES_MAX][16]; /* only these, e.g. "lo" */
    bool loopback;                               /* gather from loopback too */
    bool no_ip6;                                 /* IPv4 only */
    bool relay_only; /* only relayed candidates are used */
    bool controlled; /* tests: the answering side */
};

struct rtc_ice_events {
    void (*gathered)(void *arg);
    void (*candidate)(void *arg, const char *text); /* local, "candidate:..." */
    void (*up)(void *arg, bool up); /* a pair works, or none any more */
    /* One datagram that is not STUN; may be changed in place. */
    void (*receive)(void *arg, uint8_t *data, size_t len);
};

/* Makes the agent and begins to gather; the callbacks come from the loop, never
 * from inside this call.
 *
 * glib_context  lk_loop_glib_context() of `loop`
 * Owner         caller
 * Errors        -ENOMEM, -EINVAL a server that cannot be, -EIO libnice refused
 */
int rtc_ice_new(struct lk_loop *loop, void *glib_context,
                const struct rtc_ice_config *cfg,
                const struct rtc_ice_events *ev, void *arg,
                struct rtc_ice **ret) LK_MUST_CHECK;

/* Closes sockets, timers and allocations on TURN servers. NULL is fine. Not
 * from inside a callback. Returns NULL. */
struct rtc_ice *rtc_ice_free(struct rtc_ice *i);
LK_AUTO_DEFINE(rtc_ice);

/* Opens the gate. */
void rtc_ice_open(struct rtc_ice *i);

/* Our credentials; they change with rtc_ice_restart(). Errors: -EIO. */
int rtc_ice_get_local(const struct rtc_ice *i,
                      char ret_ufrag[RTC_ICE_UFRAG_MAX],
                      char ret_pwd[RTC_ICE_PWD_MAX]) LK_MUST_CHECK;

/* The local candidates found so far; returns how many were filled in. */
size_t rtc_ice_get_candidates(const struct rtc_ice *i,
                              struct rtc_candidate *ret, size_t cap);

bool rtc_ice_is_gathered(const struct rtc_ice *i);

/* Takes the far end's credentials; checks begin with its candidates.
 * Errors  -EPERM the gate is closed, -EINVAL refused */
int rtc_ice_set_remote(struct rtc_ice *i, const char *ufrag,
                       const char *pwd) LK_MUST_CHECK;

/* Takes one candidate of the far end.
 * Errors  -EPERM the gate is closed, -EADDRNOTAVAIL of no use to us (.local,
 *         link-local, TCP, component 2...; counted), -ENOSPC too many,
 *         -EINVAL libnice refused */
int rtc_ice_add_candidate(struct rtc_ice *i,
                          const struct rtc_candidate *c) LK_MUST_CHECK;

/* The far end has no more candidates. */
void rtc_ice_end_candidates(struct rtc_ice *i);

/* A new generation: credentials, sockets and candidates anew, so that a change
 * of network is survived too. The working pair stays in use until a new one
 * works; a restart under way is given up for this one.
 * Errors  -EIO, -ENOMEM */
int rtc_ice_restart(struct rtc_ice *i) LK_MUST_CHECK;

/* Sends one datagram over the working pair; a struct rtc_pipe's send.
 * Errors  -EPERM gate, -EAGAIN no pair or no room */
int rtc_ice_send(void *ice, const uint8_t *data, size_t len);

struct rtc_ice_stats {
    bool up;
    char local[64]; /* "host udp 192.0.2.2:40000"; empty: none */
    char remote[64];
    unsigned restarts;
    uint64_t sent, received; /* datagrams, without STUN */
    uint64_t sent_bytes, received_bytes;
    uint64_t no_room;           /* could not be sent */
    uint64_t gate_in, gate_out; /* stopped by the gate */
    unsigned local_candidates;
    unsigned remote_candidates; /* taken */
    unsigned remote_unresolved; /* dropped: .local names */
    unsigned remote_unused;     /* dropped: of no use to us */
};

void rtc_ice_get_stats(const struct rtc_ice *i, struct rtc_ice_stats *ret);

#endif
