/* flow.h - everything between RTP packets and the protected transport.
 *
 * Room: SSRCs and header extensions, pacing, RTX within a budget, NACK,
 * transport-wide feedback, rate control, SR/RR/SDES/BYE, key-frame requests,
 * silence, statistics; one `struct flow` per peer connection. Sans I/O: bytes
 * and the time go in, flow_poll() gives bytes and actions. No allocation after
 * flow_new(). One thread: the transport's. Not here: SRTP, jitter buffer,
 * codecs.
 *
 * Use: after every input call flow_poll() until it says false, then sleep until
 * flow_next_timeout() at the latest and poll again.
 */
#ifndef LUUKKU_RTC_FLOW_FLOW_H
#define LUUKKU_RTC_FLOW_FLOW_H

#include "base/defs.h"

#include <stdbool.h>

enum flow_kind { FLOW_VIDEO = 0, FLOW_AUDIO = 1 };

/* Longest RTP packet taken by flow_send_rtp(): the payloader's MTU. */
#define FLOW_SEND_MAX 1200
/* Room behind an outgoing packet for SRTP's tag and SRTCP's index. */
#define FLOW_TAIL 64
#define FLOW_SILENT_SHORT_US 3000000 /* "picture interrupted" */
#define FLOW_SILENT_LONG_US 10000000 /* "reconnecting" */

struct flow_config {
    uint32_t video_ssrc, rtx_ssrc, audio_ssrc; /* ours, as offered */
    char cname[33];
    uint8_t video_pt, rtx_pt, audio_pt; /* both directions */
    uint8_t twcc_ext;                   /* extension id 1..14; 0: not agreed */
    uint8_t playout_ext; /* sent on video as 0..0 ms; 0: not agreed */
    bool nack;           /* both directions */
    bool rtx;
    bool send_video, send_audio;     /* what the answer lets us send */
    int start_bps, min_bps, max_bps; /* of the video, on the wire */
    uint16_t rtx_seq;                /* random start of our RTX sequence */
    int64_t wall_us; /* wall clock (since 1970) minus now_us, for SRs */
};

struct flow;

/* Makes a flow; nothing is sent before flow_start().
 *
 * Owner   caller, flow_free()
 * Errors  -ENOMEM, -EINVAL a rate, SSRC or id out of range
 */
int flow_new(const struct flow_config *cfg, struct flow **ret) LK_MUST_CHECK;
struct flow *flow_free(struct flow *f);
LK_AUTO_DEFINE(flow);

/* The transport is up (DTLS done): sends and timers begin, a key frame is asked
 * of our own encoder. Again, after an ICE restart, it tells that the path has
 * changed: delays are measured anew. */
void flow_start(struct flow *f, int64_t now_us);

/* Takes one RTP packet from our payloader; it is copied.
 *
 * pkt         `len` bytes; its SSRC and extensions are replaced, its sequence
 *             number and timestamp kept
 * capture_us  when the content was captured, on now_us's clock; for lip-sync
 * Errors      -EAGAIN not started, held back until a key frame, or this kind
 *             is not sent (counted, not an event); -EBADMSG, -EMSGSIZE
 */
int flow_send_rtp(struct flow *f, enum flow_kind kind, const uint8_t *pkt,
                  size_t len, int64_t capture_us, int64_t now_us);

/* A packet for the jitter buffer, borrowed from the bytes received. */
struct flow_packet {
    enum flow_kind kind;
    const uint8_t *data;
    size_t len;
};

/* Takes one unprotected RTP packet, which may be changed in place (RTX is
 * unwrapped). Returns 1 with `ret` to be handed to the jitter buffer at once, 0
 * when there is nothing to hand on (padding, duplicate, of no use).
 * Errors  -EBADMSG malformed, -ENOENT unknown payload type */
int flow_receive_rtp(struct flow *f, uint8_t *pkt, size_t len, int64_t now_us,
                     struct flow_packet *ret) LK_MUST_CHECK;

/* Takes one unprotected RTCP compound. Errors: -EBADMSG (what came before the
 * broken part has been used). */
int flow_receive_rtcp(struct flow *f, const uint8_t *data, size_t len,
                      int64_t now_us);

/* Any packet at all came in (STUN, DTLS, SRTP): silence is over. RTP and RTCP
 * inputs imply it. */
void flow_note_packet(struct flow *f, int64_t now_us);

/* Our decoder wants a key frame of the far end; rate-limited. */
void flow_request_keyframe(struct flow *f, int64_t now_us);

/* Whether the rate is as high as it may be, and no queue stands on the way. */
bool flow_at_top(const struct flow *f);

/* Ceiling of our video's rate from now on, e.g. for a smaller picture. */
void flow_set_max_bps(struct flow *f, int max_bps);

/* Says BYE for all our sources with the next poll. */
void flow_bye(struct flow *f);

enum flow_out_type {
    FLOW_OUT_RTP,      /* protect and send data */
    FLOW_OUT_RTCP,     /* likewise */
    FLOW_OUT_KEYFRAME, /* our encoder should make a key frame now */
    FLOW_OUT_BITRATE,  /* our encoder's target is `bps` from now on */
    FLOW_OUT_SILENCE   /* silence changed: `silent_us` */
};

struct flow_out {
    enum flow_out_type type;
    enum flow_kind kind; /* FLOW_OUT_RTP */
    uint8_t *data;       /* valid until the next call into this flow; may be
                            written in place, FLOW_TAIL bytes beyond len too */
    size_t len;
    int bps;           /* FLOW_OUT_BITRATE */
    int64_t silent_us; /* FLOW_OUT_SILENCE: 0 (over), FLOW_SILENT_SHORT_US or
                          FLOW_SILENT_LONG_US */
};

/* The next thing to do; false when there is none at `now_us`. Runs the timers
 * that are due. */
bool flow_poll(struct flow *f, int64_t now_us, struct flow_out *ret);

/* When to poll again at the latest, absolute; INT64_MAX before flow_start(). */
int64_t flow_next_timeout(const struct flow *f);

/* The far end's wall clock (microseconds since 1970) at which it captured what
 * bears `rtp_ts`: sound and picture with equal values belong together.
 * Errors  -EAGAIN no sender report of that kind yet */
int flow_capture_time(const struct flow *f, enum flow_kind kind,
                      uint32_t rtp_ts, int64_t *ret_wall_us) LK_MUST_CHECK;

struct flow_stats {
    int send_kbps, receive_kbps;        /* RTP over the last second */
    int target_kbps;                    /* of the rate control */
    int delivered_kbps;                 /* what feedback says arrived */
    int rtt_us;                         /* -1: unknown */
    int queue_us;                       /* delay above its floor, on the path */
    int pacer_us;                       /* waiting in our own pacer */
    int send_loss_permille;             /* as the far end reports */
    int receive_loss_permille;          /* before RTX */
    uint64_t sent[2], received[2];      /* packets, by kind, without RTX */
    uint64_t nack_sent, nack_received;  /* sequence numbers */
    uint64_t rtx_sent, rtx_denied;      /* denied: no budget, or gone */
    uint64_t rtx_received, rtx_useless; /* useless: not missing */
    uint64_t gave_up;                   /* losses that stayed */
    uint64_t duplicates, reordered;
    uint64_t pli_sent, pli_received, fir_received;
    uint64_t feedback_sent, feedback_received;
    uint64_t paced_out; /* dropped by the pacer's ceiling */
    uint64_t malformed;
    int64_t last_packet_us; /* when anything came last */
};

void flow_get_stats(struct flow *f, int64_t now_us, struct flow_stats *ret);

#endif
