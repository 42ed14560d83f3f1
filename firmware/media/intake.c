/* intake.c - tidies received RTP for the jitter buffer. */
#include "media/intake.h"

#include "base/bytes.h"

#include <errno.h>
#include <string.h>

struct packet {
    bool marker;
    uint16_t seq;
    uint32_t ts, ssrc;
    const uint8_t *payload;
    size_t len;
};

static int packet_parse(const struct media_intake *in, const uint8_t *data,
                        size_t size, struct packet *ret)
{
    struct lk_reader r = lk_reader(data, size);
    unsigned first = lk_read_u8(&r), second = lk_read_u8(&r);
    ret->marker = second >> 7;
    ret->seq = lk_read_u16(&r);
    ret->ts = lk_read_u32(&r);
    ret->ssrc = lk_read_u32(&r);
    lk_read_skip(&r, (size_t)4 * (first & 15U));
    if (first & 0x10U) {
        lk_read_skip(&r, 2);
        lk_read_skip(&r, (size_t)4 * lk_read_u16(&r));
    }
    if (r.bad || first >> 6 != 2 || (second & 0x7fU) != in->pt)
        return -EBADMSG;
    ret->payload = r.at;
    ret->len = r.left;
    if (first & 0x20U) {
        size_t pad = r.left > 0 ? data[size - 1] : 0;
        if (pad == 0 || pad > r.left)
            return -EBADMSG;
        ret->len -= pad;
    }
    return 0;
}

/* The new source goes on right behind the old one, as far in time as the clock
 * on the wall went. */
static void intake_rebase(struct media_intake *in, const struct packet *p,
                          int64_t now_us)
{
    uint16_t seq = MEDIA_INTAKE_FIRST;
    uint32_t ts = p->ts;
    if (in->started) {
        int64_t gone = LK_MIN(LK_MAX(now_us - in->high_us, 0), 3600000000LL);
        seq = (uint16_t)(in->seq_high + 1);
        ts = in->ts_high + (uint32_t)(gone * in->clock_hz / 1000000) + 1;
    }
    in->started = true;
    in->renew = false;
    in->ssrc = p->ssrc;
    in->seq_off = (uint16_t)(seq - p->seq);
    in->ts_off = ts - p->ts;
    in->seq_high = (uint16_t)(seq - 1);
    in->frame_len = 0;
    in->astray = 0;
    in->late = 0;
    in->transit = 0;
}

static void intake_jitter(struct media_intake *in, uint32_t ts, int64_t now_us)
{
    uint32_t arrival =
        (uint32_t)((uint64_t)now_us * (in->clock_hz / 1000) / 1000);
    uint32_t transit = arrival - ts;
    if (in->transit != 0) {
        int32_t d = (int32_t)(transit - in->transit);
        uint32_t step = d < 0 ? 0U - (uint32_t)d : (uint32_t)d;
        step = LK_MIN(step, in->clock_hz); /* a second at most */
        in->jitter += step - ((in->jitter + 8) >> 4);
    }
    in->transit = transit ? transit : 1;
}

static bool intake_marker(struct media_intake *in, const struct packet *p)
{
    in->frame_len += p->len;
    bool marker = p->marker || in->frame_len > MEDIA_INTAKE_FRAME_MAX;
    if (marker)
        in->frame_len = 0;
    return marker;
}

/* One wild time stamp would make everything behind it wait for its moment. */
static bool intake_astray(struct media_intake *in, const struct packet *p,
                          int64_t now_us)
{
    int64_t gone = LK_MIN(LK_MAX(now_us - in->high_us, 0), 3600000000LL);
    uint32_t want = in->ts_high + (uint32_t)(gone * in->clock_hz / 1000000);
    int64_t off = (int32_t)(p->ts + in->ts_off - want);
    int64_t most = (int64_t)MEDIA_INTAKE_ASTRAY_US * in->clock_hz / 1000000;
    if (off <= most && off >= -most) {
        in->astray = 0;
        return false;
    }
    return ++in->astray < MEDIA_INTAKE_ASTRAY_MAX;
}

int media_intake_packet(struct media_intake *in, const uint8_t *data,
                        size_t size, int64_t now_us,
                        struct media_intake_out *ret)
{
    struct packet p;
    int r = packet_parse(in, data, size, &p);
    if (r < 0)
        return r;
    int step = (int16_t)(uint16_t)(p.seq + in->seq_off - in->seq_high);
    in->late = step > 0 ? 0 : in->late + 1;
    bool fresh = in->late > MEDIA_INTAKE_LATE_MAX || !in->started ||
                 in->renew || p.ssrc != in->ssrc || step > in->jump ||
                 step < -in->jump;
    if (!fresh && intake_astray(in, &p, now_us))
        return -EBADMSG;
    fresh = fresh || in->astray > 0;
    if (fresh)
        intake_rebase(in, &p, now_us);
    uint16_t seq = (uint16_t)(p.seq + in->seq_off);
    uint32_t ts = p.ts + in->ts_off;
    if ((int16_t)(uint16_t)(seq - in->seq_high) > 0) {
        in->seq_high = seq;
        in->ts_high = ts;
        in->high_us = now_us;
        intake_jitter(in, ts, now_us);
    }
    ret->header[0] = 0x80;
    ret->header[1] =
        (uint8_t)(MEDIA_INTAKE_PT | (intake_marker(in, &p) ? 0x80U : 0U));
    lk_put_u16(ret->header + 2, seq);
    lk_put_u32(ret->header + 4, ts);
    lk_put_u32(ret->header + 8, 1); /* one SSRC, whatever comes */
    ret->payload = p.payload;
    ret->len = p.len;
    ret->fresh = fresh;
    return 0;
}

int64_t media_intake_jitter_us(const struct media_intake *in)
{
    return (int64_t)(in->jitter >> 4) * 1000000 / in->clock_hz;
}
