#include "rtc/wire/rtcp.h"

#include <errno.h>
#include <string.h>

enum {
    PT_SR = 200,
    PT_RR = 201,
    PT_SDES = 202,
    PT_BYE = 203,
    PT_RTPFB = 205,
    PT_PSFB = 206
};
enum { FMT_NACK = 1, FMT_TWCC = 15, FMT_PLI = 1, FMT_FIR = 4 };
enum { SDES_CNAME = 1 };

#define SENDER_LEN 20u
#define REPORT_LEN 24u

static enum rtc_rtcp_kind kind_of(uint8_t pt, uint8_t fmt)
{
    switch (pt) {
    case PT_SR:
        return RTC_RTCP_SR;
    case PT_RR:
        return RTC_RTCP_RR;
    case PT_SDES:
        return RTC_RTCP_SDES;
    case PT_BYE:
        return RTC_RTCP_BYE;
    case PT_RTPFB:
        if (fmt == FMT_NACK)
            return RTC_RTCP_NACK;
        return fmt == FMT_TWCC ? RTC_RTCP_TWCC : RTC_RTCP_OTHER;
    case PT_PSFB:
        if (fmt == FMT_PLI)
            return RTC_RTCP_PLI;
        return fmt == FMT_FIR ? RTC_RTCP_FIR : RTC_RTCP_OTHER;
    default:
        return RTC_RTCP_OTHER;
    }
}

/* Whether what the count and kind promise is there. */
static bool body_fits(const struct rtc_rtcp *p)
{
    switch (p->kind) {
    case RTC_RTCP_SR:
        return p->len >= SENDER_LEN + (size_t)p->count * REPORT_LEN;
    case RTC_RTCP_RR:
        return p->len >= (size_t)p->count * REPORT_LEN;
    case RTC_RTCP_BYE:
        return p->count == 0 || p->len >= ((size_t)p->count - 1) * 4;
    case RTC_RTCP_NACK:
        return p->len >= 4;
    case RTC_RTCP_TWCC:
    case RTC_RTCP_FIR:
        return p->len >= 8;
    case RTC_RTCP_SDES:
    case RTC_RTCP_PLI:
    case RTC_RTCP_OTHER:
        return true;
    }
    return false;
}

/* Moves the SSRCs that begin the packet out of the body. */
static int take_ssrcs(struct lk_reader *b, struct rtc_rtcp *p)
{
    bool feedback = p->kind == RTC_RTCP_NACK || p->kind == RTC_RTCP_TWCC ||
                    p->kind == RTC_RTCP_PLI || p->kind == RTC_RTCP_FIR;
    bool none = p->kind == RTC_RTCP_SDES || p->kind == RTC_RTCP_OTHER ||
                (p->kind == RTC_RTCP_BYE && p->count == 0);
    if (!none)
        p->ssrc = lk_read_u32(b);
    if (feedback)
        p->media_ssrc = lk_read_u32(b);
    return b->bad ? -EBADMSG : 0;
}

int rtc_rtcp_next(struct lk_reader *r, struct rtc_rtcp *ret)
{
    if (r->left == 0 && !r->bad)
        return 0;
    uint8_t first = lk_read_u8(r);
    uint8_t pt = lk_read_u8(r);
    size_t len = (size_t)lk_read_u16(r) * 4;
    const uint8_t *data = lk_read_bytes(r, len);
    if (r->bad || first >> 6 != 2)
        goto bad;
    if (first & 0x20) { /* padding, RFC 3550 section 6.4.1 */
        size_t padding = len > 0 ? data[len - 1] : 0;
        if (padding == 0 || padding > len)
            goto bad;
        len -= padding;
    }
    struct rtc_rtcp p = {.count = first & 0x1f};
    p.kind = kind_of(pt, p.count);
    struct lk_reader body = lk_reader(data, len);
    if (take_ssrcs(&body, &p) < 0)
        goto bad;
    p.body = body.at;
    p.len = body.left;
    if (!body_fits(&p))
        goto bad;
    *ret = p;
    return 1;
bad:
    r->bad = true;
    r->left = 0;
    return -EBADMSG;
}

int rtc_rtcp_get_sender(const struct rtc_rtcp *p, struct rtc_rtcp_sender *ret)
{
    if (p->kind != RTC_RTCP_SR)
        return -EINVAL;
    struct lk_reader r = lk_reader(p->body, p->len);
    struct rtc_rtcp_sender s;
    s.ntp = lk_read_u64(&r);
    s.rtp_ts = lk_read_u32(&r);
    s.packets = lk_read_u32(&r);
    s.octets = lk_read_u32(&r);
    if (r.bad)
        return -EINVAL;
    *ret = s;
    return 0;
}

int rtc_rtcp_get_report(const struct rtc_rtcp *p, size_t i,
                        struct rtc_rtcp_report *ret)
{
    if ((p->kind != RTC_RTCP_SR && p->kind != RTC_RTCP_RR) || i >= p->count)
        return -ENOENT;
    struct lk_reader r = lk_reader(p->body, p->len);
    lk_read_skip(&r,
                 (p->kind == RTC_RTCP_SR ? SENDER_LEN : 0) + i * REPORT_LEN);
    struct rtc_rtcp_report b;
    b.ssrc = lk_read_u32(&r);
    b.fraction_lost = lk_read_u8(&r);
    uint32_t lost = lk_read_u24(&r);
    b.lost = (int32_t)lost - (lost & 0x800000u ? 0x1000000 : 0);
    b.highest_seq = lk_read_u32(&r);
    b.jitter = lk_read_u32(&r);
    b.lsr = lk_read_u32(&r);
    b.dlsr = lk_read_u32(&r);
    if (r.bad)
        return -ENOENT;
    *ret = b;
    return 0;
}

/* Skips the rest of an SDES chunk: items up to the zero that ends the list,
 * then padding to 32 bits. The item found is copied. */
static bool walk_chunk(struct lk_reader *r, size_t total,
                       char ret[RTC_RTCP_CNAME_MAX])
{
    bool found = false;
    for (;;) {
        uint8_t type = lk_read_u8(r);
        if (r->bad || type == 0)
            break;
        size_t len = lk_read_u8(r);
        const uint8_t *s = lk_read_bytes(r, len);
        if (!s || type != SDES_CNAME || found || memchr(s, 0, len))
            continue;
        len = LK_MIN(len, (size_t)RTC_RTCP_CNAME_MAX - 1);
        memcpy(ret, s, len);
        ret[len] = '\0';
        found = true;
    }
    lk_read_skip(r, (4 - (total - r->left) % 4) % 4);
    return found;
}

int rtc_rtcp_get_cname(const struct rtc_rtcp *p, uint32_t ssrc,
                       char ret[RTC_RTCP_CNAME_MAX])
{
    if (p->kind != RTC_RTCP_SDES)
        return -ENOENT;
    struct lk_reader r = lk_reader(p->body, p->len);
    for (unsigned i = 0; i < p->count && !r.bad; i++) {
        char cname[RTC_RTCP_CNAME_MAX];
        uint32_t of = lk_read_u32(&r);
        bool found = walk_chunk(&r, p->len, cname);
        if (found && of == ssrc) {
            memcpy(ret, cname, strlen(cname) + 1);
            return 0;
        }
    }
    return -ENOENT;
}

bool rtc_rtcp_bye_has(const struct rtc_rtcp *p, uint32_t ssrc)
{
    if (p->kind != RTC_RTCP_BYE || p->count == 0)
        return false;
    if (p->ssrc == ssrc)
        return true;
    for (size_t i = 0; i + 1 < p->count; i++) {
        if (lk_get_u32(p->body + i * 4) == ssrc)
            return true;
    }
    return false;
}

/* *at counts candidates: 17 per FCI entry, the first of which always is. */
bool rtc_rtcp_nack_next(const struct rtc_rtcp *p, size_t *at, uint16_t *ret)
{
    if (p->kind != RTC_RTCP_NACK)
        return false;
    while (*at / 17 * 4 + 4 <= p->len) {
        const uint8_t *fci = p->body + *at / 17 * 4;
        unsigned k = (unsigned)(*at % 17);
        (*at)++;
        if (k == 0 || (lk_get_u16(fci + 2) >> (k - 1) & 1)) {
            *ret = (uint16_t)(lk_get_u16(fci) + k);
            return true;
        }
    }
    return false;
}

int rtc_rtcp_get_fir(const struct rtc_rtcp *p, uint32_t ssrc, uint8_t *ret)
{
    if (p->kind != RTC_RTCP_FIR)
        return -ENOENT;
    for (size_t i = 0; i + 8 <= p->len; i += 8) {
        if (lk_get_u32(p->body + i) == ssrc) {
            *ret = p->body[i + 4];
            return 0;
        }
    }
    return -ENOENT;
}
