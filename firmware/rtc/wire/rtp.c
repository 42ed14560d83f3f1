#include "rtc/wire/rtp.h"

#include "base/bytes.h"

#include <errno.h>
#include <string.h>

#define RTP_VERSION 2u
#define RTP_PADDING 0x20u
#define RTP_EXTENSION 0x10u

static int parse_extension(struct lk_reader *r, struct rtc_rtp *h)
{
    h->ext_profile = lk_read_u16(r);
    h->ext_len = (size_t)lk_read_u16(r) * 4;
    h->ext = lk_read_bytes(r, h->ext_len);
    return r->bad ? -EBADMSG : 0;
}

int rtc_rtp_parse(const uint8_t *pkt, size_t len, struct rtc_rtp *ret)
{
    if (len > RTC_RTP_PACKET_MAX)
        return -EMSGSIZE;
    struct rtc_rtp h = {0};
    struct lk_reader r = lk_reader(pkt, len);
    uint8_t first = lk_read_u8(&r);
    uint8_t second = lk_read_u8(&r);
    h.marker = (second & 0x80) != 0;
    h.pt = second & 0x7f;
    h.seq = lk_read_u16(&r);
    h.ts = lk_read_u32(&r);
    h.ssrc = lk_read_u32(&r);
    h.csrc_count = first & 0x0f;
    lk_read_skip(&r, (size_t)h.csrc_count * 4);
    if (r.bad || first >> 6 != RTP_VERSION)
        return -EBADMSG;
    if ((first & RTP_EXTENSION) && parse_extension(&r, &h) < 0)
        return -EBADMSG;
    h.payload_at = len - r.left;
    if (first & RTP_PADDING) {
        h.padding_len = r.left > 0 ? pkt[len - 1] : 0;
        if (h.padding_len == 0 || h.padding_len > r.left)
            return -EBADMSG;
    }
    h.payload_len = r.left - h.padding_len;
    *ret = h;
    return 0;
}

/* RFC 8285 section 4.2: id 15 ends the walk, id 0 is padding. */
static bool next_one_byte(const struct rtc_rtp *h, size_t *at,
                          struct rtc_rtp_ext *ret)
{
    while (*at < h->ext_len && h->ext[*at] == 0)
        (*at)++;
    if (*at >= h->ext_len)
        return false;
    uint8_t id = h->ext[*at] >> 4;
    size_t len = (h->ext[*at] & 0x0fu) + 1;
    if (id == 0 || id == 15 || len > h->ext_len - *at - 1)
        return false;
    *ret = (struct rtc_rtp_ext){id, h->ext + *at + 1, len};
    *at += 1 + len;
    return true;
}

/* Section 4.3. */
static bool next_two_byte(const struct rtc_rtp *h, size_t *at,
                          struct rtc_rtp_ext *ret)
{
    while (*at < h->ext_len && h->ext[*at] == 0)
        (*at)++;
    if (h->ext_len - *at < 2)
        return false;
    size_t len = h->ext[*at + 1];
    if (len > h->ext_len - *at - 2)
        return false;
    *ret = (struct rtc_rtp_ext){h->ext[*at], h->ext + *at + 2, len};
    *at += 2 + len;
    return true;
}

bool rtc_rtp_ext_next(const struct rtc_rtp *h, size_t *at,
                      struct rtc_rtp_ext *ret)
{
    if (h->ext_profile == RTC_RTP_EXT_ONE_BYTE)
        return next_one_byte(h, at, ret);
    if ((h->ext_profile & 0xfff0u) == RTC_RTP_EXT_TWO_BYTE)
        return next_two_byte(h, at, ret);
    return false;
}

bool rtc_rtp_ext_find(const struct rtc_rtp *h, uint8_t id,
                      struct rtc_rtp_ext *ret)
{
    struct rtc_rtp_ext e;
    size_t at = 0;
    while (id != 0 && rtc_rtp_ext_next(h, &at, &e)) {
        if (e.id == id) {
            *ret = e;
            return true;
        }
    }
    return false;
}

void rtc_rtp_write_header(const struct rtc_rtp *h,
                          uint8_t ret[RTC_RTP_HEADER_LEN])
{
    unsigned first = RTP_VERSION << 6;
    if (h->ext_profile != 0)
        first |= RTP_EXTENSION;
    ret[0] = (uint8_t)first;
    ret[1] = (uint8_t)((h->marker ? 0x80u : 0u) | (h->pt & 0x7fu));
    lk_put_u16(ret + 2, h->seq);
    lk_put_u32(ret + 4, h->ts);
    lk_put_u32(ret + 8, h->ssrc);
}

int rtc_rtp_ext_write(const struct rtc_rtp_ext *elements, size_t count,
                      uint8_t *ret, size_t cap)
{
    struct lk_writer w = lk_writer(ret, cap);
    lk_write_u16(&w, RTC_RTP_EXT_ONE_BYTE);
    lk_write_u16(&w, 0);
    for (size_t i = 0; i < count; i++) {
        const struct rtc_rtp_ext *e = &elements[i];
        if (e->id < 1 || e->id > 14 || e->len < 1 || e->len > 16)
            return -EINVAL;
        lk_write_u8(&w, (uint8_t)((unsigned)e->id << 4 | (e->len - 1)));
        lk_write_bytes(&w, e->data, e->len);
    }
    while (!w.bad && w.len % 4 != 0)
        lk_write_u8(&w, 0);
    if (!w.bad)
        lk_put_u16(ret + 2, (uint16_t)(w.len / 4 - 1));
    return lk_writer_end(&w);
}

/* RFC 7741 section 4.2: the descriptor's optional bytes come before the
 * payload header, whose lowest bit is 0 in a key frame. */
bool rtc_vp8_starts_keyframe(const uint8_t *payload, size_t len)
{
    struct lk_reader r = lk_reader(payload, len);
    uint8_t d = lk_read_u8(&r);
    if (!(d & 0x10) || (d & 0x07)) /* not the start of partition 0 */
        return false;
    if (d & 0x80) {
        uint8_t x = lk_read_u8(&r);
        if ((x & 0x80) && (lk_read_u8(&r) & 0x80)) /* 15-bit picture id */
            lk_read_skip(&r, 1);
        if (x & 0x40)
            lk_read_skip(&r, 1); /* TL0PICIDX */
        if (x & 0x30)
            lk_read_skip(&r, 1); /* TID and KEYIDX share a byte */
    }
    uint8_t frame = lk_read_u8(&r);
    return !r.bad && !(frame & 0x01);
}
