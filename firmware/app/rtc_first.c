/* rtc_first.c - pictures made while the connection is still being secured. */
#include "app/rtc_first.h"

void rtc_first_begin(struct rtc_first *f)
{
    rtc_first_drop(f);
    f->holds = f->due = true;
}

bool rtc_first_keep(struct rtc_first *f, struct media_packets *p)
{
    bool wanted = p->kind == MEDIA_VIDEO && (f->count > 0 || p->keyframe);
    bool full = wanted && f->count == RTC_FIRST_FRAMES;
    if (!wanted || full)
        media_packets_free(p);
    else
        f->frame[(f->first + f->count++) % RTC_FIRST_FRAMES] = p;
    if (full)
        rtc_first_drop(f);
    return !full;
}

bool rtc_first_end(struct rtc_first *f)
{
    bool held = f->holds;
    f->holds = false;
    return held;
}

struct media_packets *rtc_first_next(struct rtc_first *f)
{
    if (f->count == 0)
        return NULL;
    struct media_packets *p = f->frame[f->first];
    f->first = (f->first + 1) % RTC_FIRST_FRAMES;
    f->count--;
    return p;
}

void rtc_first_drop(struct rtc_first *f)
{
    struct media_packets *p;
    while ((p = rtc_first_next(f)))
        media_packets_free(p);
    f->holds = f->due = false;
}
