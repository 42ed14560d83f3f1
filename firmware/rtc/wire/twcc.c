#include "rtc/wire/twcc.h"

#include <errno.h>

/* Packet status symbols, section 3.1.1. */
enum { SYMBOL_LOST = 0, SYMBOL_SMALL = 1, SYMBOL_LARGE = 2 };

#define CHUNK_VECTOR 0x8000u
#define CHUNK_TWO_BIT 0x4000u
#define VECTOR_SYMBOLS 7u /* of two bits */
#define RUN_MAX 0x1fffu
#define HEADER_LEN 20u /* common header, two SSRCs, base to count */

static bool load_chunk(struct rtc_twcc_reader *r)
{
    uint16_t c = lk_read_u16(&r->chunks);
    if (r->chunks.bad)
        return false;
    if (!(c & CHUNK_VECTOR)) {
        r->width = 0;
        r->run = c & RUN_MAX;
        r->chunk = c >> 13 & 3u;
    } else {
        r->width = c & CHUNK_TWO_BIT ? 2 : 1;
        r->run = c & CHUNK_TWO_BIT ? 7 : 14;
        r->chunk = c & 0x3fffu;
    }
    return r->run > 0;
}

/* The next status symbol; SYMBOL_LARGE + 1 when there is no valid one. */
static unsigned next_symbol(struct rtc_twcc_reader *r)
{
    if (r->run == 0 && !load_chunk(r))
        return SYMBOL_LARGE + 1;
    r->run--;
    if (r->width == 0)
        return r->chunk;
    return r->chunk >> (r->run * r->width) & ((1u << r->width) - 1);
}

int rtc_twcc_read(const uint8_t *body, size_t len, struct rtc_twcc_reader *ret)
{
    struct rtc_twcc_reader r = {.chunks = lk_reader(body, len)};
    r.base_seq = lk_read_u16(&r.chunks);
    r.count = lk_read_u16(&r.chunks);
    r.reference_us = (int64_t)lk_read_u24(&r.chunks) * RTC_TWCC_REFERENCE_US;
    r.report = lk_read_u8(&r.chunks);
    r.time_us = r.reference_us;
    if (r.chunks.bad || r.count == 0)
        return -EBADMSG;
    if (r.count > RTC_TWCC_COUNT_MAX)
        return -EMSGSIZE;
    struct rtc_twcc_reader dry = r;
    size_t need = 0;
    for (unsigned i = 0; i < r.count; i++) {
        unsigned symbol = next_symbol(&dry);
        if (symbol > SYMBOL_LARGE)
            return -EBADMSG;
        need += symbol; /* SMALL has one byte of delta, LARGE two */
    }
    if (dry.chunks.left < need)
        return -EBADMSG;
    r.deltas = dry.chunks;
    *ret = r;
    return 0;
}

bool rtc_twcc_next(struct rtc_twcc_reader *r, struct rtc_twcc_item *ret)
{
    if (r->done >= r->count)
        return false;
    int64_t arrival = RTC_TWCC_LOST;
    unsigned symbol = next_symbol(r);
    if (symbol == SYMBOL_SMALL || symbol == SYMBOL_LARGE) {
        int ticks = symbol == SYMBOL_SMALL ? lk_read_u8(&r->deltas)
                                           : (int16_t)lk_read_u16(&r->deltas);
        r->time_us += (int64_t)ticks * RTC_TWCC_TICK_US;
        arrival = r->time_us;
    }
    ret->seq = (uint16_t)(r->base_seq + r->done);
    ret->arrival_us = arrival;
    r->done++;
    return true;
}

/* What a report of the first `count` packets is made of. */
struct plan {
    int64_t reference; /* in units of 64 ms */
    size_t count;
    uint8_t symbols[RTC_TWCC_WRITE_MAX];
    int16_t ticks[RTC_TWCC_WRITE_MAX];
};

/* Plans packet `i`, the previous arrival having been at tick *prev (negative:
 * none); false when its delta has no 16 bits. */
static bool plan_one(struct plan *p, size_t i, int64_t arrival, int64_t *prev)
{
    p->symbols[i] = SYMBOL_LOST;
    if (arrival == RTC_TWCC_LOST)
        return true;
    int64_t tick = arrival / RTC_TWCC_TICK_US;
    if (*prev < 0) {
        p->reference = arrival / RTC_TWCC_REFERENCE_US;
        *prev = p->reference * (RTC_TWCC_REFERENCE_US / RTC_TWCC_TICK_US);
    }
    int64_t d = tick - *prev;
    if (d > INT16_MAX || d < INT16_MIN)
        return false;
    p->symbols[i] = d >= 0 && d <= 255 ? SYMBOL_SMALL : SYMBOL_LARGE;
    p->ticks[i] = (int16_t)d;
    *prev = tick;
    return true;
}

/* Plans as many packets as `cap` bytes can hold. Every chunk but the last
 * speaks of seven packets or more, which bounds what chunks need. */
static int make_plan(const struct rtc_twcc_report *rep, size_t cap,
                     struct plan *p)
{
    size_t most = LK_MIN(rep->count, (size_t)RTC_TWCC_WRITE_MAX);
    size_t deltas = 0;
    int64_t prev = -1;
    for (p->count = 0; p->count < most; p->count++) {
        size_t i = p->count;
        if (!plan_one(p, i, rep->arrivals_us[i], &prev))
            break;
        size_t chunks = (i + VECTOR_SYMBOLS) / VECTOR_SYMBOLS * 2;
        if (HEADER_LEN + chunks + deltas + p->symbols[i] + 3 > cap)
            break;
        deltas += p->symbols[i];
    }
    if (p->count == 0)
        return -EMSGSIZE;
    return deltas == 0 ? -EINVAL : 0;
}

static void write_chunks(struct lk_writer *w, const struct plan *p)
{
    size_t i = 0;
    while (i < p->count) {
        unsigned symbol = p->symbols[i];
        size_t run = 1;
        while (i + run < p->count && p->symbols[i + run] == symbol)
            run++;
        if (run >= VECTOR_SYMBOLS || i + run == p->count) {
            lk_write_u16(w, (uint16_t)(symbol << 13 | run));
            i += run;
            continue;
        }
        unsigned c = CHUNK_VECTOR | CHUNK_TWO_BIT;
        for (unsigned k = 0; k < VECTOR_SYMBOLS && i < p->count; k++, i++)
            c |= (unsigned)p->symbols[i] << (12 - 2 * k);
        lk_write_u16(w, (uint16_t)c);
    }
}

static void write_deltas(struct lk_writer *w, const struct plan *p)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->symbols[i] == SYMBOL_SMALL)
            lk_write_u8(w, (uint8_t)p->ticks[i]);
        else if (p->symbols[i] == SYMBOL_LARGE)
            lk_write_u16(w, (uint16_t)p->ticks[i]);
    }
}

/* Padding to 32 bits is marked in the header (RFC 3550 section 6.4.1). */
static void write_end(struct lk_writer *w, size_t at)
{
    size_t pad = (4 - (w->len - at) % 4) % 4;
    for (size_t i = 0; i < pad; i++)
        lk_write_u8(w, i + 1 == pad ? (uint8_t)pad : 0);
    if (w->bad)
        return;
    if (pad > 0)
        w->data[at] |= 0x20;
    lk_put_u16(w->data + at + 2, (uint16_t)((w->len - at) / 4 - 1));
}

int rtc_twcc_write(struct lk_writer *w, const struct rtc_twcc_report *rep)
{
    struct plan p;
    p.reference = 0;
    int r = make_plan(rep, w->bad ? 0 : w->cap - w->len, &p);
    if (r < 0)
        return r;
    size_t at = w->len;
    lk_write_u8(w, 0x80 | 15);
    lk_write_u8(w, 205);
    lk_write_u16(w, 0);
    lk_write_u32(w, rep->ssrc);
    lk_write_u32(w, rep->media);
    lk_write_u16(w, rep->base_seq);
    lk_write_u16(w, (uint16_t)p.count);
    lk_write_u24(w, (uint32_t)p.reference & 0xffffffu);
    lk_write_u8(w, rep->report);
    write_chunks(w, &p);
    write_deltas(w, &p);
    write_end(w, at);
    return w->bad ? -EMSGSIZE : (int)p.count;
}
