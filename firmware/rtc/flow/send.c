/* The sender: what leaves, when, and in which form. */
#include "rtc/flow/internal.h"

#include "base/bytes.h"

#include <errno.h>
#include <string.h>

#define KEPT_LEN RTC_RTP_HEADER_LEN /* of the header, before the payload */

/* Keeps header and payload, without extensions, CSRCs and padding. */
static uint64_t keep(struct flow *f, const struct rtc_rtp *h,
                     const uint8_t *pkt)
{
    uint64_t pos = 0;
    size_t len = KEPT_LEN + h->payload_len;
    uint8_t *to = flow_store_put(&f->store, len, &pos);
    rtc_rtp_write_header(h, to);
    memcpy(to + KEPT_LEN, pkt + h->payload_at, h->payload_len);
    return pos;
}

static int queue_audio(struct flow *f, struct rtc_rtp *h, const uint8_t *pkt)
{
    if (f->audio_len == FLOW_AUDIO_QUEUE)
        return -EAGAIN;
    h->pt = f->cfg.audio_pt;
    h->ssrc = f->cfg.audio_ssrc;
    h->ext_profile = f->cfg.twcc_ext ? RTC_RTP_EXT_ONE_BYTE : 0;
    uint32_t at = (f->audio_head + f->audio_len++) % FLOW_AUDIO_QUEUE;
    f->audio[at] = (struct flow_queued){keep(f, h, pkt),
                                        (uint16_t)(KEPT_LEN + h->payload_len)};
    return 0;
}

/* How many of the packets that wait are kept when the queue is too long: up
 * to the end of a key frame, or the rest of the frame that is leaving. */
static uint32_t count_kept(struct flow *f)
{
    uint32_t kept = 0;
    bool leaving = !f->sent_whole;
    for (uint32_t i = 0; i < f->pacer.video.len; i++) {
        const struct flow_cached *c =
            flow_cache_find(&f->cache, flow_pacer_peek(&f->pacer.video, i));
        const uint8_t *data = c ? flow_store_get(&f->store, c->pos) : NULL;
        if (!data)
            continue;
        leaving = leaving && lk_get_u32(data + 4) == f->sent_ts;
        if (leaving || c->key)
            kept = i + 1;
    }
    return kept;
}

/* Drops what waits but for `kept` packets. Numbers go on without a hole: what
 * was dropped never was. */
static void drop_queue(struct flow *f, uint32_t kept)
{
    struct flow_pacer_queue *q = &f->pacer.video;
    for (uint32_t i = kept; i < q->len; i++) {
        struct flow_cached *c =
            flow_cache_find(&f->cache, flow_pacer_peek(q, i));
        if (!c)
            continue;
        f->pacer.video_bytes -= LK_MIN(f->pacer.video_bytes, (size_t)c->len);
        c->used = false;
    }
    f->stats.paced_out += q->len - kept;
    f->video_seq = (uint16_t)(f->video_seq - (q->len - kept));
    q->len = kept;
    f->gate = true;
    flow_want_key(f);
}

static void shorten_queue(struct flow *f, uint32_t ts)
{
    size_t bytes = f->pacer.video_bytes;
    bool full =
        f->pacer.video.len == FLOW_PACER_VIDEO || bytes > FLOW_PACER_QUEUE_MAX;
    bool in_key = f->key_known && ts == f->key_ts;
    if (full && in_key) /* a key frame that never fits: only what leaves */
        drop_queue(f, 0);
    else if (full || (bytes > flow_pacer_ceiling(&f->pacer) && !in_key))
        drop_queue(f, count_kept(f));
}

/* Whoever asked before this key frame left is served by it. */
static void key_came(struct flow *f, uint32_t ts, int64_t now_us)
{
    if (f->key_wanted)
        f->key_us = now_us;
    f->key_wanted = false;
    f->gate = false;
    f->key_awaited = false;
    f->key_known = true;
    f->key_ts = ts;
}

static int queue_video(struct flow *f, struct rtc_rtp *h, const uint8_t *pkt,
                       int64_t now_us)
{
    bool key = rtc_vp8_starts_keyframe(pkt + h->payload_at, h->payload_len);
    if (f->pacer.video.len == FLOW_PACER_VIDEO)
        drop_queue(f, 0); /* one frame alone fills it */
    if (key)
        key_came(f, h->ts, now_us);
    if (!f->key_known || h->ts != f->key_ts)
        flow_overshoot_add(&f->overshoot, KEPT_LEN + h->payload_len);
    if (f->gate) {
        f->key_wanted = f->key_wanted || !f->key_awaited;
        return -EAGAIN;
    }
    if (!f->have_seq)
        f->video_seq = h->seq;
    f->have_seq = true;
    h->seq = f->video_seq++;
    h->pt = f->cfg.video_pt;
    h->ssrc = f->cfg.video_ssrc;
    h->ext_profile =
        f->cfg.twcc_ext || f->cfg.playout_ext ? RTC_RTP_EXT_ONE_BYTE : 0;
    struct flow_cached *c = flow_cache_put(&f->cache, h->seq);
    c->key = f->key_known && h->ts == f->key_ts;
    c->len = (uint16_t)(KEPT_LEN + h->payload_len);
    c->pos = keep(f, h, pkt);
    (void)flow_pacer_push(&f->pacer.video, h->seq); /* shortened below */
    f->pacer.video_bytes += c->len;
    shorten_queue(f, h->ts);
    return f->gate ? -EAGAIN : 0;
}

int flow_send_rtp(struct flow *f, enum flow_kind kind, const uint8_t *pkt,
                  size_t len, int64_t capture_us, int64_t now_us)
{
    bool sends = kind == FLOW_VIDEO ? f->cfg.send_video : f->cfg.send_audio;
    if (!f->started || !sends)
        return -EAGAIN;
    if (len > FLOW_SEND_MAX)
        return -EMSGSIZE;
    struct rtc_rtp h;
    if (rtc_rtp_parse(pkt, len, &h) < 0 || h.payload_len == 0)
        return -EBADMSG;
    struct flow_clock *clock = &f->clocks[kind];
    clock->any = true;
    clock->ts = h.ts;
    clock->capture_us = capture_us;
    return kind == FLOW_AUDIO ? queue_audio(f, &h, pkt)
                              : queue_video(f, &h, pkt, now_us);
}

void flow_resend(struct flow *f, uint16_t seq, int64_t now_us)
{
    f->stats.nack_received++;
    struct flow_cached *c = flow_cache_find(&f->cache, seq);
    int64_t gap = LK_MAX(flow_rtt(f) * 4 / 5, (int64_t)5000);
    if (!c || c->sent_us == 0 || !f->cfg.rtx ||
        now_us - c->sent_us > FLOW_RTX_AGE_US ||
        !flow_store_get(&f->store, c->pos)) {
        f->stats.rtx_denied++;
        return;
    }
    if (c->resent_us != 0 && now_us - c->resent_us < gap)
        return; /* on its way */
    flow_pacer_refill(&f->pacer, now_us);
    if (!flow_pacer_take_rtx(&f->pacer, c->len) ||
        !flow_pacer_push(&f->pacer.rtx, seq)) {
        f->stats.rtx_denied++;
        return;
    }
    c->resent_us = now_us;
}

/* Writes the extensions of a packet that leaves; their length. */
static size_t put_extensions(struct flow *f, enum flow_kind kind,
                             uint16_t wide_seq, uint8_t *to)
{
    static const uint8_t no_delay[3] = {0}; /* playout-delay 0..0 */
    uint8_t number[2];
    struct rtc_rtp_ext e[2];
    size_t n = 0;
    lk_put_u16(number, wide_seq);
    if (f->cfg.twcc_ext)
        e[n++] = (struct rtc_rtp_ext){f->cfg.twcc_ext, number, 2};
    if (kind == FLOW_VIDEO && f->cfg.playout_ext)
        e[n++] = (struct rtc_rtp_ext){f->cfg.playout_ext, no_delay, 3};
    if (n == 0)
        return 0;
    int len = rtc_rtp_ext_write(e, n, to, 16);
    return len < 0 ? 0 : (size_t)len;
}

struct piece { /* a packet that was kept and now leaves */
    enum flow_kind kind;
    bool rtx;
    const uint8_t *kept;
    size_t len;
};

/* Composes what leaves out of what was kept; RFC 4588 section 4 for RTX. */
static void emit(struct flow *f, const struct piece *p, int64_t now_us,
                 struct flow_out *ret)
{
    enum flow_kind kind = p->kind;
    const uint8_t *kept = p->kept;
    size_t len = p->len;
    uint8_t *to = f->out;
    memcpy(to, kept, KEPT_LEN);
    size_t at = KEPT_LEN;
    at += put_extensions(f, kind, f->history.next, to + at);
    if (p->rtx) {
        to[1] = (uint8_t)((kept[1] & 0x80u) | f->cfg.rtx_pt);
        lk_put_u16(to + 2, f->rtx_seq++);
        lk_put_u32(to + 8, f->cfg.rtx_ssrc);
        memcpy(to + at, kept + 2, 2); /* the original number */
        at += 2;
    }
    memcpy(to + at, kept + KEPT_LEN, len - KEPT_LEN);
    at += len - KEPT_LEN;
    if (f->cfg.twcc_ext)
        (void)flow_history_add(&f->history, at, now_us);
    flow_pacer_spend(&f->pacer, at);
    flow_meter_add(&f->sent_meter, at, now_us);
    if (!p->rtx) {
        f->stats.sent[kind]++;
        f->clocks[kind].packets++;
        f->clocks[kind].octets += (uint32_t)(len - KEPT_LEN);
    }
    *ret = (struct flow_out){
        .type = FLOW_OUT_RTP, .kind = kind, .data = to, .len = at};
}

static bool poll_audio(struct flow *f, int64_t now_us, struct flow_out *ret)
{
    while (f->audio_len > 0) {
        struct flow_queued q = f->audio[f->audio_head];
        f->audio_head = (f->audio_head + 1) % FLOW_AUDIO_QUEUE;
        f->audio_len--;
        const uint8_t *kept = flow_store_get(&f->store, q.pos);
        if (!kept)
            continue;
        emit(f, &(struct piece){FLOW_AUDIO, false, kept, q.len}, now_us, ret);
        return true;
    }
    return false;
}

static bool poll_rtx(struct flow *f, int64_t now_us, struct flow_out *ret)
{
    uint16_t seq = 0;
    while (flow_pacer_pop(&f->pacer.rtx, &seq)) {
        struct flow_cached *c = flow_cache_find(&f->cache, seq);
        const uint8_t *kept = c ? flow_store_get(&f->store, c->pos) : NULL;
        if (!kept)
            continue;
        f->stats.rtx_sent++;
        emit(f, &(struct piece){FLOW_VIDEO, true, kept, c->len}, now_us, ret);
        return true;
    }
    return false;
}

static bool poll_video(struct flow *f, int64_t now_us, struct flow_out *ret)
{
    uint16_t seq = 0;
    while (flow_pacer_pop(&f->pacer.video, &seq)) {
        struct flow_cached *c = flow_cache_find(&f->cache, seq);
        if (!c)
            continue;
        f->pacer.video_bytes -= LK_MIN(f->pacer.video_bytes, (size_t)c->len);
        const uint8_t *kept = flow_store_get(&f->store, c->pos);
        if (!kept)
            continue;
        c->sent_us = now_us;
        f->sent_ts = lk_get_u32(kept + 4);
        f->sent_whole = kept[1] & 0x80; /* the marker ends a frame */
        emit(f, &(struct piece){FLOW_VIDEO, false, kept, c->len}, now_us, ret);
        return true;
    }
    return false;
}

bool flow_poll_rtp(struct flow *f, int64_t now_us, struct flow_out *ret)
{
    if (poll_audio(f, now_us, ret))
        return true;
    if (f->pacer.tokens <= 0)
        return false;
    return poll_rtx(f, now_us, ret) || poll_video(f, now_us, ret);
}

int64_t flow_next_rtp(const struct flow *f)
{
    return f->audio_len > 0 ? f->pacer.at_us : flow_pacer_next(&f->pacer);
}
