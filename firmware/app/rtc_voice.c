/* rtc_voice.c - whether somebody speaks at the far end. */
#include "app/rtc_voice.h"

bool rtc_voice_look(struct rtc_voice *v, double level, int64_t now_us)
{
    bool before = v->up;
    bool loud = level > RTC_VOICE_LEVEL;
    if (loud && v->loud)
        v->up = true;
    else if (!loud && now_us - v->loud_us >= RTC_VOICE_PAUSE_US)
        v->up = false;
    if (loud)
        v->loud_us = now_us;
    v->loud = loud;
    return v->up != before;
}
