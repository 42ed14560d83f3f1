/* peer.h - one peer connection: negotiation, transport, media, data channels.
 *
 * Room: puts rtc/net (ICE, DTLS, SRTP, SCTP), rtc/flow (RTP and RTCP rules) and
 * rtc/wire (SDP) together; the kiosk always offers. A peer is made closed:
 * until rtc_peer_open() no DTLS record, RTP packet or data-channel byte leaves
 * or is taken in. Not here: signalling, codecs, jitter buffers, when to
 * restart.
 *
 * One thread: that of the loop. A peer must not be freed inside one of its own
 * callbacks (lk_loop_defer() does it right after).
 */
#ifndef LUUKKU_RTC_PEER_PEER_H
#define LUUKKU_RTC_PEER_PEER_H

#include "loop/loop.h"
#include "rtc/flow/flow.h"
#include "rtc/net/net.h"
#include "rtc/wire/sdp.h"

struct rtc_peer;

#define RTC_PEER_GATHER_MS 1000        /* offer without what is slower */
#define RTC_PEER_RECEIVE_MAX 1500      /* longest RTP packet handed out */
#define RTC_PEER_PENDING_CANDIDATES 32 /* that came before the answer */

enum rtc_peer_state {
    RTC_PEER_GATHERING = 0, /* no offer yet */
    RTC_PEER_READY,         /* rtc_peer_offer() has one to give */
    RTC_PEER_OFFERED,       /* waiting for the answer */
    RTC_PEER_CONNECTING,    /* answered; ICE checks, DTLS handshake */
    RTC_PEER_CONNECTED,     /* media flows */
    RTC_PEER_LOST,          /* ICE failed: rtc_peer_restart(), or free it */
    RTC_PEER_CLOSED,        /* the far end closed DTLS */
    RTC_PEER_FAILED         /* for good: see rtc_peer_failure() */
};

/* The state's name for logs and stats, e.g. "connected"; never NULL. */
const char *rtc_peer_state_name(enum rtc_peer_state s);

/* All are called on the loop's thread, never from inside rtc_peer_new().
 * Borrowed bytes die on return. None may be NULL but where said. */
struct rtc_peer_events {
    void (*state)(void *arg, enum rtc_peer_state state);
    /* A local candidate found after the offer was written, "candidate:...";
     * may be NULL: then it is told to nobody. */
    void (*candidate)(void *arg, const char *text);
    /* One RTP packet in the order of arrival, RTX undone, for the jitter
     * buffer; now_us is when it was read from the socket. */
    void (*rtp)(void *arg, enum flow_kind kind, const uint8_t *pkt, size_t len,
                int64_t now_us);
    void (*keyframe)(void *arg);         /* our encoder: a key frame now */
    void (*bitrate)(void *arg, int bps); /* our encoder: this target */
    /* Nothing came for FLOW_SILENT_SHORT_US or _LONG_US; 0: it is over. */
    void (*silence)(void *arg, int64_t silent_us);
    /* Data channels; `channel` is a handle, 0..RTC_SCTP_CHANNELS_MAX - 1. */
    void (*channel_open)(void *arg, int channel, const char *label,
                         bool by_remote);
    void (*channel_message)(void *arg, int channel, bool text,
                            const uint8_t *data, size_t len);
    void (*channel_writable)(void *arg, int channel); /* after an -EAGAIN */
    /* Both directions are closed; the handle is free again on return. */
    void (*channel_closed)(void *arg, int channel);
};

struct rtc_peer_config {
    struct lk_loop *loop; /* borrowed, outlives the peer */
    void *glib_context;   /* lk_loop_glib_context() of the same loop */
    struct rtc_net_config net;
    uint64_t session_id; /* of the SDP's o= line: names this connection */
    int start_bps, min_bps, max_bps; /* of our video */
    bool split_streams;              /* see struct rtc_sdp_offer */
    bool no_playout_delay;           /* leave the playout-delay extension out */
    int gather_ms;                   /* 0: RTC_PEER_GATHER_MS */
};

/* Makes a closed peer, makes its certificate and begins to gather. The state
 * becomes RTC_PEER_READY when all is gathered, or after gather_ms.
 *
 * cfg, ev  copied, ev->... with `arg`
 * Owner    caller, rtc_peer_free()
 * Errors   -ENOMEM, -EINVAL a field out of range, -EIO a library refused;
 *          rtc_net_init() must have been called before
 */
int rtc_peer_new(const struct rtc_peer_config *cfg,
                 const struct rtc_peer_events *ev, void *arg,
                 struct rtc_peer **ret) LK_MUST_CHECK;

/* Says BYE and DTLS close-notify where connected and frees everything at once:
 * no descriptor, thread or timer stays. NULL is fine. Returns NULL. */
struct rtc_peer *rtc_peer_free(struct rtc_peer *p);
LK_AUTO_DEFINE(rtc_peer);

/* Opens the gate: the call has been granted. Cannot be undone. */
void rtc_peer_open(struct rtc_peer *p);

/* Writes the offer (CRLF lines, NUL) into `cap` bytes; returns its length.
 * RTC_SDP_TEXT_MAX is always enough. May be called again, also in another
 * state: the newest offer is the one that an answer must answer.
 *
 * version  of the o= line, above all earlier ones of the call
 * Errors   -EAGAIN still gathering, -EINVAL version did not rise,
 *          -EPIPE closed or failed, -EMSGSIZE
 */
int rtc_peer_offer(struct rtc_peer *p, uint64_t version, char *ret,
                   size_t cap) LK_MUST_CHECK;

/* Takes the answer of the far end, and its candidates. When it is refused,
 * nothing has changed and another answer may come.
 *
 * ret_verdict  always filled: RTC_SDP_OK or the reason of the refusal
 * Errors       -EPROTO refused, see *ret_verdict; -EPERM the gate is closed;
 *              -EALREADY no offer waits for an answer; -EBADMSG another
 *              certificate or DTLS role than in this connection's first answer
 *              (a fresh connection is needed); -ENOMEM; -EIO
 */
int rtc_peer_answer(struct rtc_peer *p, const char *sdp, size_t len,
                    enum rtc_sdp_verdict *ret_verdict) LK_MUST_CHECK;

/* Takes a trickled candidate of the far end; empty ends them. What comes before
 * the answer waits (at most RTC_PEER_PENDING_CANDIDATES).
 * Errors  as rtc_candidate_parse(); -EADDRNOTAVAIL a .local name, or an address
 *         that we do not use (counted; not a fault); -ENOSPC; -EPERM */
int rtc_peer_candidate(struct rtc_peer *p, const char *text,
                       size_t len) LK_MUST_CHECK;

/* Begins an ICE restart: new credentials, the same certificate and keys. The
 * next rtc_peer_offer() (at once) and its answer carry it out; until then the
 * old path stays in use. Errors: -EPIPE closed or failed, -EAGAIN no answer was
 * taken yet. */
int rtc_peer_restart(struct rtc_peer *p) LK_MUST_CHECK;

/* Sends one RTP packet of our payloader (at most FLOW_SEND_MAX bytes; copied).
 * capture_us on CLOCK_MONOTONIC. Packets of one frame are best sent without
 * returning to the loop in between. Errors as flow_send_rtp(). */
int rtc_peer_send_rtp(struct rtc_peer *p, enum flow_kind kind,
                      const uint8_t *pkt, size_t len, int64_t capture_us);

/* Our decoder needs a key frame; rate-limited, fine in any state. */
void rtc_peer_request_keyframe(struct rtc_peer *p);

/* Whether our video's rate is as high as it may be, and no queue stands: the
 * way carries that, and perhaps more. Any state. */
bool rtc_peer_at_top(const struct rtc_peer *p);

/* Ceiling of our video's rate from now on. */
void rtc_peer_set_max_bps(struct rtc_peer *p, int max_bps);

/* As flow_capture_time(); -EAGAIN also before the connection. */
int rtc_peer_capture_time(const struct rtc_peer *p, enum flow_kind kind,
                          uint32_t rtp_ts, int64_t *ret_wall_us) LK_MUST_CHECK;

/* Opens a data channel; before the connection it is opened with it.
 * Returns a handle. channel_open() tells when the far end has confirmed.
 * Errors  -ENOSPC too many channels, -EINVAL label, -EPIPE */
int rtc_peer_channel_open(struct rtc_peer *p,
                          const struct rtc_sctp_params *params) LK_MUST_CHECK;

/* Queues one message (0..RTC_SCTP_MESSAGE_MAX bytes; copied).
 * Errors  -EAGAIN the queue is full: channel_writable() follows; -EMSGSIZE also
 *         above what the far end takes; -ENOENT no such channel, -EPIPE not
 *         connected or closing; -ENOMEM */
int rtc_peer_channel_send(struct rtc_peer *p, int channel, bool text,
                          const void *data, size_t len) LK_MUST_CHECK;

/* Bytes of a channel that wait to be sent. 0 for an unknown one. */
size_t rtc_peer_channel_buffered(const struct rtc_peer *p, int channel);

/* What the packets of all channels do on the way. */
void rtc_peer_channels_way(const struct rtc_peer *p, struct rtc_sctp_way *ret);

/* Closes a channel after what is queued; channel_closed() follows. */
void rtc_peer_channel_close(struct rtc_peer *p, int channel);

/* Why it failed: a static name such as "fingerprint", "dtls-timeout",
 * "certificate", "srtp-profile"; empty when it did not. */
const char *rtc_peer_failure(const struct rtc_peer *p);

struct rtc_peer_stats {
    enum rtc_peer_state state;
    struct flow_stats flow;
    struct rtc_net_stats net;
    int64_t offer_us;     /* clock at the last offer; 0: none */
    int64_t answer_us;    /* the first answer */
    int64_t ice_us;       /* the first working pair */
    int64_t connected_us; /* DTLS done */
    unsigned restarts;    /* ICE restarts that led to an answer */
    unsigned handshakes;  /* DTLS handshakes done: 1 for a whole connection */
    bool video_send, video_receive, audio_send, audio_receive; /* agreed */
};

void rtc_peer_get_stats(struct rtc_peer *p, struct rtc_peer_stats *ret);

#endif
