/* rtc_verdict.h - a call of the kiosk to itself, judged in words.
 *
 * Room: what was seen while it ran becomes checks as in
 * firmware/control/PROTOCOL.md. Pure; any thread.
 */
#ifndef LUUKKU_APP_RTC_VERDICT_H
#define LUUKKU_APP_RTC_VERDICT_H

#include "app/rtc_loop.h"
#include "base/buf.h"

#define RTC_VERDICT_TEXT_MAX 8192

/* Beyond these a check fails. */
#define RTC_VERDICT_FPS_PERCENT 60    /* of the frames that were wanted */
#define RTC_VERDICT_FROZEN_MS 1000    /* between two pictures */
#define RTC_VERDICT_STAMPS_PERCENT 90 /* of the pictures are those sent */
#define RTC_VERDICT_TONE_PERCENT 3    /* off the tone that was sent */
#define RTC_VERDICT_HEARD_PERCENT 80  /* of the looks heard it */
#define RTC_VERDICT_DELAY_MS 400      /* of 95 of 100 pictures */
#define RTC_VERDICT_LOSS_PERMILLE 30

/* All of one run; zero at first. */
struct rtc_verdict {
    bool relay;       /* by the TURN servers alone */
    unsigned servers; /* of them that have an address */
    bool configured;  /* there are some in the configuration */
    int fps;          /* wanted */
    int tone_hz;      /* sent */
    enum media_device camera, microphone;

    struct rtc_loop_figures loop; /* as last looked */
    struct media_stats media;     /* likewise */

    /* What rtc_verdict_look() keeps. */
    int64_t connected_us; /* when the window began; 0: it has not */
    int64_t looked_us;
    uint64_t decoded; /* at its begin */
    int64_t gap_us;   /* longest between pictures */
    unsigned looks, heard;
    double tone_heard_hz; /* last; 0: never */
    int worst_loss_permille;
    int64_t loss_permille; /* of all looks, added */
    int worst_queue_us;
};

/* Takes a look: `f` and `m` are of now_us. `warm_us` after both ends were
 * connected the window begins in which is counted. Returns for how long it has
 * been open, in microseconds; 0: not yet. */
int64_t rtc_verdict_look(struct rtc_verdict *v,
                         const struct rtc_loop_figures *f,
                         const struct media_stats *m, int64_t now_us,
                         int64_t warm_us);

/* Appends the list of checks. Errors: lk_buf_append()'s. */
int rtc_verdict_write(const struct rtc_verdict *v,
                      struct lk_buf *b) LK_MUST_CHECK;

#endif
