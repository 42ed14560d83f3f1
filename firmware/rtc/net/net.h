/* net.h - the transport of one connection: ICE, DTLS, SRTP and SCTP stacked.
 *
 * Room: builds the stack, routes what arrives (RFC 7983), holds the gate, adds
 * up the figures. Each layer is a file of its own that knows only the one below
 * it (pipe.h). Not here: SDP, RTP rules (rtc/flow), assembly (rtc/peer).
 *
 * One thread: that of the loop; nothing here makes a thread.
 */
#ifndef LUUKKU_RTC_NET_NET_H
#define LUUKKU_RTC_NET_NET_H

#include "rtc/net/dtls.h"
#include "rtc/net/ice.h"
#include "rtc/net/sctp.h"

struct rtc_net;

/* Initialises the libraries, once per process and before it confines itself:
 * libsrtp (loads NSS and reads its files), OpenSSL. Starts no thread. Later
 * calls do nothing. Errors: -EIO, -ENOMEM. */
int rtc_net_init(void) LK_MUST_CHECK;

/* Room behind an outgoing packet for the tag and index. */
#define RTC_NET_TAIL 64

struct rtc_net_config {
    struct rtc_ice_config ice;
    int dtls_timeout_ms; /* 0: RTC_DTLS_TIMEOUT_MS */
};

enum rtc_net_event {
    RTC_NET_GATHERED, /* candidate gathering is done */
    RTC_NET_ICE_UP,   /* a pair works (again) */
    RTC_NET_ICE_DOWN, /* libnice gave the checks up, or consent ran out */
    RTC_NET_SECURE,   /* DTLS done, fingerprint matched, SRTP keyed */
    RTC_NET_CLOSED,   /* the far end sent close-notify */
    RTC_NET_FAILED    /* see rtc_net_failure() */
};

/* Borrowed bytes die on return; data may be changed in place. */
struct rtc_net_events {
    void (*event)(void *arg, enum rtc_net_event event);
    void (*candidate)(void *arg, const char *text);    /* local, "candidate:" */
    void (*packet)(void *arg);                         /* anything came in */
    void (*rtp)(void *arg, uint8_t *pkt, size_t len);  /* unprotected */
    void (*rtcp)(void *arg, uint8_t *pkt, size_t len); /* unprotected */
    struct rtc_sctp_events sctp;
};

/* Makes a closed transport with a certificate of its own and begins to gather.
 * Owner: caller. Errors: -ENOMEM, -EINVAL, -EIO. */
int rtc_net_new(struct lk_loop *loop, void *glib_context,
                const struct rtc_net_config *cfg,
                const struct rtc_net_events *ev, void *arg,
                struct rtc_net **ret) LK_MUST_CHECK;

/* Says close-notify where there is a connection and frees all. NULL is fine.
 * Not from inside a callback. Returns NULL. */
struct rtc_net *rtc_net_free(struct rtc_net *n);
LK_AUTO_DEFINE(rtc_net);

/* Opens the gate: before, nothing but ICE gathering crosses it either way. */
void rtc_net_open(struct rtc_net *n);

/* The layers below, for their own calls (candidates, credentials...). */
struct rtc_ice *rtc_net_ice(struct rtc_net *n);

/* SHA-256 of our certificate. */
const uint8_t *rtc_net_fingerprint(const struct rtc_net *n);

struct rtc_net_remote {
    bool dtls_client;          /* we start the handshake */
    uint8_t fingerprint[32];   /* the far end's certificate */
    bool data;                 /* data channels were agreed on */
    uint16_t sctp_port;        /* the far end's; ours is 5000 */
    uint32_t max_message_size; /* that it takes; 0: no limit */
};

/* Starts DTLS (as soon as a pair works). Once per connection.
 * Errors  -EPERM the gate is closed, -EALREADY, -ENOMEM, -EIO */
int rtc_net_start(struct rtc_net *n,
                  const struct rtc_net_remote *remote) LK_MUST_CHECK;

/* Protect and send in place: `pkt` has RTC_NET_TAIL writable bytes behind len.
 * Errors  -EAGAIN not secure yet or the socket is full (the packet is lost),
 *         -EPERM the gate is closed, -EIO libsrtp refused */
int rtc_net_send_rtp(struct rtc_net *n, uint8_t *pkt, size_t len);
int rtc_net_send_rtcp(struct rtc_net *n, uint8_t *pkt, size_t len);

/* Data channels, as in sctp.h; before the association is up channels can be
 * opened, and are told to the far end when it is. */
int rtc_net_channel_open(struct rtc_net *n,
                         const struct rtc_sctp_params *params) LK_MUST_CHECK;
int rtc_net_channel_send(struct rtc_net *n, int channel, bool text,
                         const void *data, size_t len) LK_MUST_CHECK;
size_t rtc_net_channel_buffered(const struct rtc_net *n, int channel);
void rtc_net_channels_way(const struct rtc_net *n, struct rtc_sctp_way *ret);
void rtc_net_channel_close(struct rtc_net *n, int channel);

/* The failure's static name; empty when there is none. */
const char *rtc_net_failure(const struct rtc_net *n);

struct rtc_net_stats {
    struct rtc_ice_stats ice;
    uint64_t gate_in;       /* packets dropped because the gate was closed */
    uint64_t gate_out;      /* refused to be sent for it */
    uint64_t unknown;       /* of no known protocol */
    uint64_t srtp_refused;  /* bad tag, replayed, or malformed */
    uint64_t srtp_replayed; /* of them: seen before */
    uint64_t early;         /* came before the keys */
    unsigned handshakes;    /* DTLS handshakes completed */
    int64_t last_packet_us; /* when anything came last; 0: never */
    char profile[24];       /* SRTP profile; empty before */
};

void rtc_net_get_stats(const struct rtc_net *n, struct rtc_net_stats *ret);

#endif
