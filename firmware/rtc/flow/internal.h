/* internal.h - struct flow, shared by the files of this room. Private. */
#ifndef LUUKKU_RTC_FLOW_INTERNAL_H
#define LUUKKU_RTC_FLOW_INTERNAL_H

#include "rtc/flow/arrivals.h"
#include "rtc/flow/cache.h"
#include "rtc/flow/control.h"
#include "rtc/flow/flow.h"
#include "rtc/flow/history.h"
#include "rtc/flow/meter.h"
#include "rtc/flow/nack.h"
#include "rtc/flow/overshoot.h"
#include "rtc/flow/pacer.h"
#include "rtc/flow/source.h"
#include "rtc/wire/rtp.h"

#define FLOW_AUDIO_QUEUE 32u     /* packets, a power of two */
#define FLOW_RTX_AGE_US 1000000  /* nothing older is sent again */
#define FLOW_KEY_GAP_US 250000   /* between requests to our encoder */
#define FLOW_KEY_AGAIN_US 500000 /* asked again when none came */
#define FLOW_PLI_GAP_US 200000   /* between PLIs */
#define FLOW_PLI_AGAIN_US 600000 /* when no key frame came */
#define FLOW_PLI_FIRST_US 50000  /* patience with a new source */
#define FLOW_PLI_TRIES 20
#define FLOW_REPORT_US 1000000 /* between reports, on average */
#define FLOW_REPORT_FIRST_US 100000
#define FLOW_LEAP_MAX 300       /* a longer hole is not worth NACKs */
#define FLOW_RTCP_ROOM 1200     /* bytes of one compound of ours */
#define FLOW_TELL_GAP_US 200000 /* between raises told to the encoder */
#define FLOW_RTT_UNKNOWN_US 50000

struct flow_queued { /* a sound packet that waits for the next poll */
    uint64_t pos;
    uint16_t len;
};

struct flow_clock { /* of one kind that we send, for its sender reports */
    bool any;
    uint32_t ts;
    int64_t capture_us;
    uint32_t packets, octets;
};

struct flow {
    struct flow_config cfg;
    int64_t timer_us; /* timers have run at that time */

    /* sender */
    struct flow_store store;
    struct flow_cache cache;
    struct flow_pacer pacer;
    struct flow_history history;
    struct flow_control control;
    struct flow_overshoot overshoot;
    struct flow_clock clocks[2];
    struct flow_queued audio[FLOW_AUDIO_QUEUE];
    uint32_t audio_head, audio_len;
    uint16_t video_seq; /* of the next video packet */
    uint16_t rtx_seq;
    uint32_t sent_ts; /* of the frame that left last, or leaves */
    uint32_t key_ts;  /* of the key frame taken last */
    int64_t key_us;   /* last time it was asked */
    int told_bps;
    int64_t told_us;

    /* receiver */
    struct flow_source sources[2];
    struct flow_nack nack;
    struct flow_arrivals arrivals;
    int pli_tries;        /* since the last key frame that came */
    int64_t pli_us;       /* last one */
    int64_t pli_after_us; /* the next one not before */
    uint32_t fir_from;
    int fir_command; /* last one taken; -1: none */

    /* reports and silence */
    int64_t rtt_us;    /* -1: unknown */
    int64_t report_us; /* next */
    uint32_t random;
    int64_t reference; /* far clock of feedback, unwrapped, in 64 ms */
    int64_t last_us;   /* any packet */
    int64_t silent_us, told_silent_us;

    /* states */
    bool started;
    bool have_seq;    /* video_seq is set */
    bool sent_whole;  /* no frame has left in part */
    bool key_known;   /* key_ts is set */
    bool gate;        /* video is held back until a key frame */
    bool key_wanted;  /* our encoder should make one */
    bool key_awaited; /* it was asked */
    bool pli_wanted;
    bool bye_wanted;
    bool has_reference;

    struct flow_meter sent_meter, received_meter;
    struct flow_stats stats;
    uint8_t out[RTC_RTP_PACKET_MAX + FLOW_TAIL];
};

static inline int64_t flow_rtt(const struct flow *f)
{
    return f->rtt_us < 0 ? FLOW_RTT_UNKNOWN_US : f->rtt_us;
}

/* Our encoder should make a key frame, now or when it may be asked again. */
void flow_want_key(struct flow *f);

/* NACKed: queues the packet for retransmission when the budget allows. */
void flow_resend(struct flow *f, uint16_t seq, int64_t now_us);

/* The next RTP packet that may leave; false when none. */
bool flow_poll_rtp(struct flow *f, int64_t now_us, struct flow_out *ret);

/* When flow_poll_rtp() has something at the latest. */
int64_t flow_next_rtp(const struct flow *f);

/* A compound of all RTCP that is due; false when none. */
bool flow_poll_rtcp(struct flow *f, int64_t now_us, struct flow_out *ret);
int64_t flow_next_rtcp(const struct flow *f);

/* One transport-wide feedback report. */
void flow_take_feedback(struct flow *f, const struct rtc_rtcp *p,
                        int64_t now_us);

#endif
