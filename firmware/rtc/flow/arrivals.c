#include "rtc/flow/arrivals.h"

#include <errno.h>

static int64_t *slot(struct flow_arrivals *a, uint16_t seq)
{
    return &a->at_us[seq % FLOW_ARRIVALS_SLOTS];
}

static void begin(struct flow_arrivals *a, uint16_t seq)
{
    a->on = true;
    a->base = seq;
    a->highest = seq;
    a->pending = 0;
    for (size_t i = 0; i < FLOW_ARRIVALS_SLOTS; i++)
        a->at_us[i] = RTC_TWCC_LOST;
}

void flow_arrivals_add(struct flow_arrivals *a, uint16_t seq, int64_t now_us)
{
    if (!a->on)
        begin(a, seq);
    uint16_t ahead = (uint16_t)(seq - a->highest);
    if (ahead < 0x8000 && ahead >= FLOW_ARRIVALS_SLOTS) {
        begin(a, seq); /* nothing in between can be told any more */
    } else if (ahead > 0 && ahead < 0x8000) {
        for (uint16_t s = (uint16_t)(a->highest + 1); s != seq; s++)
            *slot(a, s) = RTC_TWCC_LOST;
        a->highest = seq;
    } else if ((uint16_t)(a->highest - seq) >= FLOW_ARRIVALS_SLOTS) {
        return;
    }
    uint16_t back = (uint16_t)(a->base - seq);
    if (back > 0 && back < 0x8000) { /* late: reported on as lost already */
        if (back > FLOW_ARRIVALS_BACK || *slot(a, seq) != RTC_TWCC_LOST)
            return;
        a->base = seq;
    }
    *slot(a, seq) = now_us;
    a->pending++;
}

int64_t flow_arrivals_next(const struct flow_arrivals *a)
{
    if (!a->on || a->pending == 0)
        return INT64_MAX;
    return a->sent_us + (a->pending >= FLOW_ARRIVALS_MANY
                             ? FLOW_ARRIVALS_SOON_US
                             : FLOW_ARRIVALS_LATE_US);
}

/* The numbers from base to highest, in order, into a->line; their count. A
 * long hole before them is not told in full. */
static size_t line_up(struct flow_arrivals *a)
{
    size_t count = (uint16_t)(a->highest - a->base + 1);
    if (count > FLOW_ARRIVALS_SLOTS) {
        a->base = (uint16_t)(a->highest - FLOW_ARRIVALS_SLOTS + 1);
        count = FLOW_ARRIVALS_SLOTS;
    }
    while (count > FLOW_ARRIVALS_BACK && *slot(a, a->base) == RTC_TWCC_LOST) {
        a->base++;
        count--;
    }
    for (size_t i = 0; i < count; i++)
        a->line[i] = *slot(a, (uint16_t)(a->base + i));
    return count;
}

static uint32_t count_came(const int64_t *line, size_t count)
{
    uint32_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += line[i] != RTC_TWCC_LOST;
    return n;
}

bool flow_arrivals_write(struct flow_arrivals *a, struct lk_writer *w,
                         uint32_t ssrc, uint32_t media, int64_t now_us)
{
    if (!a->on || a->pending == 0)
        return false;
    size_t count = line_up(a);
    const struct rtc_twcc_report rep = {.ssrc = ssrc,
                                        .media = media,
                                        .report = a->report,
                                        .base_seq = a->base,
                                        .arrivals_us = a->line,
                                        .count = count};
    int n = rtc_twcc_write(w, &rep);
    a->sent_us = now_us;
    if (n < 0) {
        a->pending = n == -EMSGSIZE ? a->pending : 0;
        return false;
    }
    a->report++;
    a->base = (uint16_t)(a->base + n);
    a->pending = count_came(a->line + n, count - (size_t)n);
    return true;
}
