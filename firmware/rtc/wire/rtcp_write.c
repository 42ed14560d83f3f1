#include "rtc/wire/rtcp.h"

#include <string.h>

/* Writes a packet's header with the length still open; its offset. */
static size_t begin(struct lk_writer *w, size_t count, uint8_t pt,
                    uint32_t ssrc)
{
    size_t at = w->len;
    lk_write_u8(w, (uint8_t)(0x80u | (count & 0x1fu)));
    lk_write_u8(w, pt);
    lk_write_u16(w, 0);
    lk_write_u32(w, ssrc);
    return at;
}

static void end(struct lk_writer *w, size_t at)
{
    if (!w->bad)
        lk_put_u16(w->data + at + 2, (uint16_t)((w->len - at) / 4 - 1));
}

static void write_reports(struct lk_writer *w,
                          const struct rtc_rtcp_report *reports, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct rtc_rtcp_report *b = &reports[i];
        lk_write_u32(w, b->ssrc);
        lk_write_u8(w, b->fraction_lost);
        lk_write_u24(w, (uint32_t)b->lost & 0xffffffu);
        lk_write_u32(w, b->highest_seq);
        lk_write_u32(w, b->jitter);
        lk_write_u32(w, b->lsr);
        lk_write_u32(w, b->dlsr);
    }
}

void rtc_rtcp_write_sr(struct lk_writer *w, uint32_t ssrc,
                       const struct rtc_rtcp_sender *sender,
                       const struct rtc_rtcp_report *reports, size_t count)
{
    count = LK_MIN(count, (size_t)RTC_RTCP_REPORTS_MAX);
    size_t at = begin(w, count, 200, ssrc);
    lk_write_u64(w, sender->ntp);
    lk_write_u32(w, sender->rtp_ts);
    lk_write_u32(w, sender->packets);
    lk_write_u32(w, sender->octets);
    write_reports(w, reports, count);
    end(w, at);
}

void rtc_rtcp_write_rr(struct lk_writer *w, uint32_t ssrc,
                       const struct rtc_rtcp_report *reports, size_t count)
{
    count = LK_MIN(count, (size_t)RTC_RTCP_REPORTS_MAX);
    size_t at = begin(w, count, 201, ssrc);
    write_reports(w, reports, count);
    end(w, at);
}

void rtc_rtcp_write_cname(struct lk_writer *w, uint32_t ssrc, const char *cname)
{
    size_t len = strnlen(cname, RTC_RTCP_CNAME_MAX - 1);
    size_t at = begin(w, 1, 202, ssrc);
    lk_write_u8(w, 1);
    lk_write_u8(w, (uint8_t)len);
    lk_write_bytes(w, cname, len);
    do { /* at least one zero ends the list of items */
        lk_write_u8(w, 0);
    } while (!w->bad && (w->len - at) % 4 != 0);
    end(w, at);
}

void rtc_rtcp_write_bye(struct lk_writer *w, const uint32_t *ssrcs,
                        size_t count)
{
    count = LK_MIN(count, (size_t)RTC_RTCP_REPORTS_MAX);
    if (count == 0)
        return;
    size_t at = begin(w, count, 203, ssrcs[0]);
    for (size_t i = 1; i < count; i++)
        lk_write_u32(w, ssrcs[i]);
    end(w, at);
}

void rtc_rtcp_write_pli(struct lk_writer *w, uint32_t ssrc, uint32_t media)
{
    size_t at = begin(w, 1, 206, ssrc);
    lk_write_u32(w, media);
    end(w, at);
}

/* RFC 5104 section 4.3.1.1: the media SSRC is 0, the entry names the target. */
void rtc_rtcp_write_fir(struct lk_writer *w, uint32_t ssrc, uint32_t media,
                        uint8_t command)
{
    size_t at = begin(w, 4, 206, ssrc);
    lk_write_u32(w, 0);
    lk_write_u32(w, media);
    lk_write_u8(w, command);
    lk_write_u24(w, 0);
    end(w, at);
}

size_t rtc_rtcp_write_nack(struct lk_writer *w, uint32_t ssrc, uint32_t media,
                           const uint16_t *seqs, size_t count)
{
    if (count == 0 || w->bad || w->cap - w->len < 16)
        return 0;
    size_t at = begin(w, 1, 205, ssrc);
    lk_write_u32(w, media);
    size_t i = 0;
    while (i < count && w->cap - w->len >= 4) {
        uint16_t pid = seqs[i++];
        unsigned mask = 0;
        for (; i < count; i++) {
            uint16_t d = (uint16_t)(seqs[i] - pid);
            if (d < 1 || d > 16)
                break;
            mask |= 1u << (d - 1);
        }
        lk_write_u16(w, pid);
        lk_write_u16(w, (uint16_t)mask);
    }
    end(w, at);
    return i;
}
