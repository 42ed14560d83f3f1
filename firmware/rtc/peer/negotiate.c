#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "peer_priv.h"

#include <errno.h>
#include <string.h>

static uint32_t random_ssrc(void)
{
    uint32_t v = 0;
    while (v == 0)
        lk_random_bytes(&v, sizeof(v));
    return v;
}

void peer_offer_init(struct rtc_peer *p)
{
    struct rtc_sdp_offer *o = &p->offer;
    uint8_t name[8];
    o->video_ssrc = random_ssrc();
    do {
        o->rtx_ssrc = random_ssrc();
        o->audio_ssrc = random_ssrc();
    } while (o->rtx_ssrc == o->video_ssrc || o->audio_ssrc == o->video_ssrc ||
             o->rtx_ssrc == o->audio_ssrc);
    lk_random_bytes(name, sizeof(name));
    lk_hex_encode(name, sizeof(name), o->cname);
    o->session_id = p->cfg.session_id;
    o->split_streams = p->cfg.split_streams;
    memcpy(o->fingerprint, rtc_net_fingerprint(p->net), sizeof(o->fingerprint));
}

int rtc_peer_offer(struct rtc_peer *p, uint64_t version, char *ret, size_t cap)
{
    struct rtc_sdp_offer o = p->offer;
    const struct rtc_ice *ice = rtc_net_ice(p->net);
    if (peer_is_over(p))
        return -EPIPE;
    if (p->state == RTC_PEER_GATHERING)
        return -EAGAIN;
    if (version <= o.version)
        return -EINVAL;
    int r = rtc_ice_get_local(ice, o.ufrag, o.pwd);
    if (r < 0)
        return r;
    o.version = version;
    o.candidate_count =
        rtc_ice_get_candidates(ice, o.candidates, RTC_SDP_OFFER_CANDIDATES_MAX);
    o.end_of_candidates = rtc_ice_is_gathered(ice);
    r = rtc_sdp_write_offer(&o, ret, cap);
    if (r < 0)
        return r;
    p->offer = o;
    p->waiting = true;
    p->offer_us = lk_clock_us();
    if (p->state == RTC_PEER_READY)
        peer_set_state(p, RTC_PEER_OFFERED);
    return r;
}

/* Reads and judges; changes nothing. */
static enum rtc_sdp_verdict answer_judge(const struct rtc_peer *p,
                                         const char *text, size_t len,
                                         struct rtc_sdp *sdp,
                                         struct rtc_sdp_agreed *ret)
{
    enum rtc_sdp_verdict v = rtc_sdp_parse(text, len, sdp);
    return v == RTC_SDP_OK ? rtc_sdp_check_answer(&p->offer, sdp, ret) : v;
}

/* A restart keeps the DTLS connection, and so its ends. */
static bool answer_same_ends(const struct rtc_peer *p,
                             const struct rtc_sdp_agreed *a)
{
    return a->dtls_client == p->agreed.dtls_client &&
           memcmp(a->fingerprint, p->agreed.fingerprint,
                  sizeof(a->fingerprint)) == 0;
}

/* A candidate names the credentials that it belongs to, if it likes. */
static bool candidate_is_old(const struct rtc_peer *p,
                             const struct rtc_candidate *c)
{
    return c->ufrag[0] && strcmp(c->ufrag, p->agreed.ufrag) != 0;
}

/* One that is of no use is counted by ICE; the others still are of some. */
static void candidate_try(struct rtc_peer *p, const struct rtc_candidate *c)
{
    int r = candidate_is_old(p, c)
                ? -EADDRNOTAVAIL
                : rtc_ice_add_candidate(rtc_net_ice(p->net), c);
    if (r < 0)
        LK_LOG(DEBUG, "rtc-peer", "candidate=unused err=%d", r);
}

static void candidates_flush(struct rtc_peer *p, const struct rtc_sdp *sdp)
{
    for (size_t i = 0; i < sdp->candidate_count; i++)
        candidate_try(p, &sdp->candidates[i]);
    for (size_t i = 0; i < p->pending_count; i++)
        candidate_try(p, &p->pending[i]);
    if (sdp->end_of_candidates || p->pending_end)
        rtc_ice_end_candidates(rtc_net_ice(p->net));
    p->pending_count = 0;
    p->pending_end = false;
}

static int answer_start(struct rtc_peer *p)
{
    struct rtc_net_remote remote = {
        .dtls_client = p->agreed.dtls_client,
        .data = p->agreed.data,
        .sctp_port = p->agreed.sctp_port,
        .max_message_size = p->agreed.max_message_size,
    };
    memcpy(remote.fingerprint, p->agreed.fingerprint,
           sizeof(remote.fingerprint));
    int r = peer_flow_new(p);
    return r < 0 ? r : rtc_net_start(p->net, &remote);
}

/* Puts a good answer to use. */
static int answer_take(struct rtc_peer *p, const struct rtc_sdp *sdp,
                       const struct rtc_sdp_agreed *agreed)
{
    bool first = !p->answered;
    int r = rtc_ice_set_remote(rtc_net_ice(p->net), agreed->ufrag, agreed->pwd);
    if (r < 0)
        return -EIO;
    p->agreed = *agreed;
    p->waiting = false;
    p->answered = true;
    if (first)
        p->answer_us = lk_clock_us();
    if (p->restarting)
        p->restarts++;
    p->restarting = false;
    if (p->state != RTC_PEER_CONNECTED)
        peer_set_state(p, RTC_PEER_CONNECTING);
    r = first ? answer_start(p) : 0;
    if (r < 0)
        return r;
    candidates_flush(p, sdp);
    return 0;
}

int rtc_peer_answer(struct rtc_peer *p, const char *sdp, size_t len,
                    enum rtc_sdp_verdict *ret_verdict)
{
    LK_AUTO(rtc_sdp) parsed = NULL;
    struct rtc_sdp_agreed agreed;
    *ret_verdict = RTC_SDP_OK;
    if (!p->open)
        return -EPERM;
    if (!p->waiting || peer_is_over(p))
        return -EALREADY;
    int r = rtc_sdp_new(&parsed);
    if (r < 0)
        return r;
    *ret_verdict = answer_judge(p, sdp, len, parsed, &agreed);
    if (*ret_verdict != RTC_SDP_OK) {
        LK_LOG(DEBUG, "rtc-peer", "answer=%s",
               rtc_sdp_verdict_name(*ret_verdict));
        return -EPROTO;
    }
    if (p->answered && !answer_same_ends(p, &agreed))
        return -EBADMSG;
    return answer_take(p, parsed, &agreed);
}

int rtc_peer_candidate(struct rtc_peer *p, const char *text, size_t len)
{
    struct rtc_candidate c;
    struct rtc_ice *ice = rtc_net_ice(p->net);
    if (!p->open)
        return -EPERM;
    if (len == 0) {
        if (p->waiting)
            p->pending_end = true;
        else
            rtc_ice_end_candidates(ice);
        return 0;
    }
    int r = rtc_candidate_parse(text, len, &c);
    if (r < 0)
        return r;
    if (!p->waiting)
        return candidate_is_old(p, &c) ? -EADDRNOTAVAIL
                                       : rtc_ice_add_candidate(ice, &c);
    if (p->pending_count == RTC_PEER_PENDING_CANDIDATES)
        return -ENOSPC;
    p->pending[p->pending_count++] = c;
    return 0;
}

int rtc_peer_restart(struct rtc_peer *p)
{
    if (peer_is_over(p))
        return -EPIPE;
    if (!p->answered)
        return -EAGAIN;
    int r = rtc_ice_restart(rtc_net_ice(p->net));
    if (r < 0)
        return r;
    p->restarting = true;
    /* An answer to the offer before would carry credentials for old ones. */
    p->waiting = false;
    p->pending_count = 0;
    p->pending_end = false;
    return 0;
}
