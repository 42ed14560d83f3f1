#include "kiosk/stats.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void kiosk_stats_input(struct kiosk_stats *s, int64_t at_us)
{
    if (s->since_us == 0)
        s->since_us = at_us;
}

void kiosk_stats_shown(struct kiosk_stats *s, int64_t from_us, int64_t now_us,
                       int64_t px, bool all)
{
    s->draws++;
    s->drawn_px += px;
    if (all)
        s->full_us = now_us - from_us;
    if (s->since_us == 0)
        return;
    s->answer_us = now_us - s->since_us;
    s->answer_worst_us = LK_MAX(s->answer_worst_us, s->answer_us);
    s->since_us = 0;
}

int kiosk_stats_json(const struct kiosk_stats *s, char **ret)
{
    char text[256];
    snprintf(text, sizeof(text),
             "{\"answer_us\": %" PRId64 ", \"answer_worst_us\": %" PRId64
             ", \"full_us\": %" PRId64 ", \"draws\": %" PRId64
             ", \"drawn_px\": %" PRId64 "}",
             s->answer_us, s->answer_worst_us, s->full_us, s->draws,
             s->drawn_px);
    char *copy = strdup(text);
    if (!copy)
        return -ENOMEM;
    *ret = copy;
    return 0;
}
