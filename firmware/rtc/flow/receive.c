/* The receiver of RTP: order, holes, retransmissions. */
#include "rtc/flow/internal.h"

#include "base/bytes.h"

#include <errno.h>
#include <string.h>

void flow_request_keyframe(struct flow *f, int64_t now_us)
{
    f->pli_wanted = f->sources[FLOW_VIDEO].on;
    f->pli_after_us = now_us;
    f->pli_tries = 0;
}

static void note_hole(struct flow *f, const struct flow_source *s,
                      int64_t now_us)
{
    if (s->gap == 0 || !f->cfg.nack)
        return;
    uint16_t first = (uint16_t)(s->highest - s->gap);
    if (s->gap > FLOW_LEAP_MAX) {
        flow_nack_clear(&f->nack);
        flow_request_keyframe(f, now_us);
    } else if (!flow_nack_miss(&f->nack, first, s->gap, now_us)) {
        flow_request_keyframe(f, now_us);
    }
}

/* A key frame makes what was missing before it of no use, and answers a
 * request for one. */
static void note_key(struct flow *f, uint16_t seq, const uint8_t *payload,
                     size_t len)
{
    if (rtc_vp8_starts_keyframe(payload, len)) {
        flow_nack_key(&f->nack, seq);
        f->pli_wanted = false;
        f->pli_tries = 0; /* nothing is awaited */
    }
}

/* Whether the packet is to be handed on. */
static bool take_media(struct flow *f, enum flow_kind kind,
                       const struct rtc_rtp *h, int64_t now_us)
{
    struct flow_source *s = &f->sources[kind];
    enum flow_source_verdict v =
        flow_source_add(s, h->ssrc, h->seq, h->ts, now_us);
    switch (v) {
    case FLOW_SOURCE_FIRST:
        if (kind == FLOW_VIDEO) {
            flow_nack_clear(&f->nack);
            /* A key frame's beginning, now or in a moment, calls this off. */
            flow_request_keyframe(f, now_us);
            f->pli_after_us = now_us + FLOW_PLI_FIRST_US;
        }
        break;
    case FLOW_SOURCE_NEXT:
        if (kind == FLOW_VIDEO)
            note_hole(f, s, now_us);
        break;
    case FLOW_SOURCE_LATE:
        f->stats.reordered++;
        if (kind == FLOW_VIDEO)
            flow_nack_came(&f->nack, h->seq, true, now_us);
        break;
    case FLOW_SOURCE_DUPLICATE:
        f->stats.duplicates++;
        return false;
    case FLOW_SOURCE_DOUBTFUL:
        return false;
    }
    f->stats.received[kind]++;
    return h->payload_len > 0;
}

/* RFC 4588 section 4: the original number comes before the payload. The
 * header moves two bytes up and the packet begins there. */
static int take_rtx(struct flow *f, uint8_t *pkt, const struct rtc_rtp *h,
                    int64_t now_us, struct flow_packet *ret)
{
    struct flow_source *s = &f->sources[FLOW_VIDEO];
    if (h->payload_len <= 2 || !s->on) {
        f->stats.rtx_useless++; /* padding that probes */
        return 0;
    }
    uint16_t seq = lk_get_u16(pkt + h->payload_at);
    if (!flow_source_recover(s, seq)) {
        f->stats.rtx_useless++;
        return 0;
    }
    f->stats.rtx_received++;
    flow_nack_came(&f->nack, seq, false, now_us);
    uint8_t *to = pkt + 2;
    memmove(to, pkt, h->payload_at);
    to[0] &= (uint8_t)~0x20u; /* its padding is cut off */
    to[1] = (uint8_t)((to[1] & 0x80u) | f->cfg.video_pt);
    lk_put_u16(to + 2, seq);
    lk_put_u32(to + 8, s->ssrc);
    size_t len = h->payload_at + h->payload_len - 2;
    note_key(f, seq, to + h->payload_at, h->payload_len - 2);
    *ret = (struct flow_packet){FLOW_VIDEO, to, len};
    return 1;
}

static void note_arrival(struct flow *f, const struct rtc_rtp *h,
                         int64_t now_us)
{
    struct rtc_rtp_ext e;
    if (rtc_rtp_ext_find(h, f->cfg.twcc_ext, &e) && e.len >= 2)
        flow_arrivals_add(&f->arrivals, lk_get_u16(e.data), now_us);
}

int flow_receive_rtp(struct flow *f, uint8_t *pkt, size_t len, int64_t now_us,
                     struct flow_packet *ret)
{
    struct rtc_rtp h;
    if (rtc_rtp_parse(pkt, len, &h) < 0) {
        f->stats.malformed++;
        return -EBADMSG;
    }
    flow_note_packet(f, now_us);
    flow_meter_add(&f->received_meter, len, now_us);
    note_arrival(f, &h, now_us);
    if (h.pt == f->cfg.rtx_pt && f->cfg.rtx)
        return take_rtx(f, pkt, &h, now_us, ret);
    if (h.pt != f->cfg.video_pt && h.pt != f->cfg.audio_pt)
        return -ENOENT;
    enum flow_kind kind = h.pt == f->cfg.video_pt ? FLOW_VIDEO : FLOW_AUDIO;
    if (!take_media(f, kind, &h, now_us))
        return 0;
    if (kind == FLOW_VIDEO)
        note_key(f, h.seq, pkt + h.payload_at, h.payload_len);
    *ret = (struct flow_packet){kind, pkt, len};
    return 1;
}
