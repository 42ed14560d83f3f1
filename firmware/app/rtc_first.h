/* rtc_first.h - pictures made while the connection is still being secured.
 *
 * Room: a key frame takes longest to make just when it is waited for. So the
 * encoder begins with the far end's answer, and its frames wait here, at most
 * RTC_FIRST_FRAMES, until keys are agreed. Nothing leaves before that. Thread:
 * the transport's.
 */
#ifndef LUUKKU_APP_RTC_FIRST_H
#define LUUKKU_APP_RTC_FIRST_H

#include "media/media.h"

/* A handshake beyond so many frames (a quarter of a second at 30 a second)
 * makes a fresh key frame better than these. */
#define RTC_FIRST_FRAMES 8

struct rtc_first {
    bool holds; /* frames come here */
    bool due;   /* the first key frame is being made; no need to ask for one */
    size_t first, count;
    struct media_packets *frame[RTC_FIRST_FRAMES];
};

/* Frames come here from now on. */
void rtc_first_begin(struct rtc_first *f);

/* Takes over `p` while it holds. Sound is dropped, for nobody waits for it, and
 * so is what comes before the first key frame, which nobody could decode.
 * False: one too many, all were dropped, and it holds no longer. */
bool rtc_first_keep(struct rtc_first *f, struct media_packets *p) LK_MUST_CHECK;

/* The connection is there. True: it held until now, and what there is comes
 * from rtc_first_next(); more frames follow it. False: there is nothing. */
bool rtc_first_end(struct rtc_first *f);

/* The oldest frame, owned by the caller; NULL when none is left. */
struct media_packets *rtc_first_next(struct rtc_first *f);

/* Drops everything and holds no longer. */
void rtc_first_drop(struct rtc_first *f);

#endif
