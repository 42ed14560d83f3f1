/* peer_priv.h - what peer.c (life, calls), negotiate.c (offer and answer) and
 * pump.c (flow and net) share. Private to the room.
 */
#ifndef LUUKKU_RTC_PEER_PEER_PRIV_H
#define LUUKKU_RTC_PEER_PEER_PRIV_H

#include "rtc/peer/peer.h"

struct rtc_peer {
    struct rtc_peer_config cfg;
    struct rtc_peer_events ev;
    void *arg;
    struct rtc_net *net;
    struct flow *flow; /* from the first answer on */
    struct lk_timer *gather_timer;
    struct lk_timer *flow_timer;
    enum rtc_peer_state state;
    bool open;
    bool pumping;  /* inside pump(): no need to begin another */
    bool waiting;  /* the newest offer has no answer yet */
    bool secure;   /* DTLS is done */
    bool answered; /* once at least */
    bool restarting;
    unsigned restarts;
    int max_bps;
    int64_t offer_us, answer_us, ice_us, connected_us;
    struct rtc_sdp_offer offer;   /* the newest; version 0: none yet */
    struct rtc_sdp_agreed agreed; /* by the newest answer */
    size_t pending_count;         /* candidates ahead of their answer */
    struct rtc_candidate pending[RTC_PEER_PENDING_CANDIDATES];
    bool pending_end;
};

/* Changes the state and tells, when it is another one. */
void peer_set_state(struct rtc_peer *p, enum rtc_peer_state state);

/* Whether nothing can come of this peer any more. */
bool peer_is_over(const struct rtc_peer *p);

/* Draws SSRCs and CNAME. */
void peer_offer_init(struct rtc_peer *p);

/* What rtc_net hands up. */
extern const struct rtc_net_events peer_net_events;

/* Makes the flow of what was agreed on. Errors as flow_new(). */
int peer_flow_new(struct rtc_peer *p);

/* Does what the flow wants done, and sets its timer. */
void peer_pump(struct rtc_peer *p);

void peer_on_flow_timer(void *arg, int64_t now_us);

#endif
