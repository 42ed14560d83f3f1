/* packets.c - from the payloader to the transport.
 *
 * The payloader's packets lie in two or three pieces each. They are gathered
 * into one allocation per frame: one copy, no mapping to keep alive, and
 * nothing of GStreamer crosses to the other thread.
 */
#include "media/packets.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <sys/random.h>

#define PACKETS_MAX 2048 /* of one frame */
#define HEADER 12

struct media_packets *media_packets_free(struct media_packets *p)
{
    free(p);
    return NULL;
}

void media_out_init(struct media_out *o, enum media_kind kind,
                    const struct media_callbacks *cb)
{
    o->kind = kind;
    o->cb = cb;
    o->pass = true;
    /* RFC 3550, 5.1: a random start; where there is no randomness yet, any
     * number will do. */
    uint16_t seq = 0;
    if (getrandom(&seq, sizeof(seq), GRND_NONBLOCK) == (ssize_t)sizeof(seq))
        o->seq = seq & 0x7fffU;
}

/* VP8's payload descriptor (RFC 7741, 4.2): the first packet of a frame that
 * needs no other, told by the P bit of the frame's first byte. */
static bool vp8_is_key(const uint8_t *d, size_t len)
{
    struct lk_reader r = lk_reader(d, len);
    unsigned x = lk_read_u8(&r);
    if (x & 0x80U) {
        unsigned ext = lk_read_u8(&r);
        if (ext & 0x80U)
            lk_read_skip(&r, lk_read_u8(&r) & 0x80U ? 1 : 0);
        lk_read_skip(&r, (ext & 0x40U) ? 1 : 0);
        lk_read_skip(&r, (ext & 0x30U) ? 1 : 0);
    }
    unsigned frame = lk_read_u8(&r);
    return !r.bad && (x & 0x10U) && (x & 7U) == 0 && !(frame & 1U);
}

static GstBuffer *nth(GstBufferList *list, GstBuffer *one, unsigned i)
{
    return list ? gst_buffer_list_get(list, i) : one;
}

/* The size of each packet is known to fit: `p` was made for their sum. */
static void gather(struct media_out *o, GstBufferList *list, GstBuffer *one,
                   struct media_packets *p)
{
    uint8_t *at = (uint8_t *)&p->packet[p->count];
    for (unsigned i = 0; i < p->count; i++) {
        GstBuffer *b = nth(list, one, i);
        size_t len = gst_buffer_extract(b, 0, at, gst_buffer_get_size(b));
        at[1] = (uint8_t)((at[1] & 0x80U) | atomic_load(&o->pt));
        lk_put_u16(at + 2, o->seq++);
        lk_put_u32(at + 8, atomic_load(&o->ssrc));
        p->packet[i].data = at;
        p->packet[i].len = len;
        at += len;
    }
    p->rtp_timestamp = lk_get_u32(p->packet[0].data + 4);
    p->captured_us =
        (int64_t)(GST_BUFFER_PTS(nth(list, one, 0)) / 1000) + o->skipped_us;
    p->keyframe =
        o->kind == MEDIA_VIDEO &&
        vp8_is_key(p->packet[0].data + HEADER, p->packet[0].len - HEADER);
}

static struct media_packets *out_gather(struct media_out *o,
                                        GstBufferList *list, GstBuffer *one)
{
    unsigned count = list ? gst_buffer_list_length(list) : 1;
    size_t sum = 0;
    if (count == 0 || count > PACKETS_MAX)
        return NULL;
    for (unsigned i = 0; i < count; i++) {
        size_t len = gst_buffer_get_size(nth(list, one, i));
        if (len <= HEADER || len > MEDIA_RTP_MAX)
            return NULL;
        sum += len;
    }
    struct media_packets *p =
        malloc(sizeof(*p) + count * sizeof(p->packet[0]) + sum);
    if (!p)
        return NULL;
    p->kind = o->kind;
    p->count = count;
    gather(o, list, one, p);
    return p;
}

void media_out_send(struct media_out *o, GstBufferList *list, GstBuffer *one)
{
    if (!atomic_load(&o->open) || !o->pass)
        return;
    struct media_packets *p = out_gather(o, list, one);
    if (!p)
        return;
    if (o->kind == MEDIA_VIDEO) {
        if (p->keyframe)
            atomic_store(&o->await_key, false);
        if (atomic_load(&o->await_key)) {
            /* Never sent, so its numbers are free again. */
            o->seq = (uint16_t)(o->seq - p->count);
            media_packets_free(p);
            return;
        }
        atomic_fetch_add(&o->keyframes, p->keyframe);
    }
    atomic_fetch_add(&o->frames, 1);
    atomic_fetch_add(&o->packets, p->count);
    o->cb->packets(o->cb->arg, p);
}
