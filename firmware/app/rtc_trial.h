/* rtc_trial.h - what luukku-rtc tries for a technician while nobody is at the
 * kiosk: a call to itself; its devices, one by one.
 *
 * Room: orders of luukkud (RTCMSG_TRY), the time each may take, and giving
 * everything back. luukkud sees to it that nobody is there and that the screen
 * says what is done. Thread: main.
 */
#ifndef LUUKKU_APP_RTC_TRIAL_H
#define LUUKKU_APP_RTC_TRIAL_H

#include "app/rtc_transport.h"
#include "store/config.h"

struct rtc_trial;

#define RTC_TRIAL_SECONDS_MIN 3
#define RTC_TRIAL_SECONDS_MAX 30
#define RTC_TRIAL_CONNECT_US (8 * INT64_C(1000000)) /* beside gathering */
#define RTC_TRIAL_LOOK_US 200000     /* between two looks at it */
#define RTC_TRIAL_PICTURE_US 2000000 /* for the one picture, once it runs */
#define RTC_TRIAL_WARM_US 1000000    /* connected, and not yet counted */

struct rtc_trial_config {
    struct lk_loop *loop; /* borrowed, as all below */
    const struct store_config *config;
    struct media *media;
    struct rtc_transport *transport;
    /* RTCMSG_TRIED; `m` dies on return. */
    void (*tell)(void *arg, const struct rtcmsg *m);
    /* Likewise with a sealed memfd, which is taken over. */
    void (*tell_picture)(void *arg, const struct rtcmsg *m, int fd);
    void *arg;
};

/* Owner: caller. Errors: -ENOMEM, -ENOSPC. */
int rtc_trial_new(const struct rtc_trial_config *config,
                  struct rtc_trial **ret) LK_MUST_CHECK;

/* Without ending what is under way. NULL is fine. Returns NULL. */
struct rtc_trial *rtc_trial_free(struct rtc_trial *t);
LK_AUTO_DEFINE(rtc_trial);

/* RTCMSG_TRY. What it can begin:
 *   loop SECONDS        a call to itself, on its own addresses
 *   loop SECONDS turn   likewise, through the TURN servers alone
 *   look DEVICE ...     what these devices give, of rtc_look_words()
 *   picture COLUMNS     what the camera sees: a PNG, and rows so wide */
void rtc_trial_order(struct rtc_trial *t, const struct rtcmsg *m);

/* Ends what is under way, without an answer: somebody has come, or luukkud has
 * gone. */
void rtc_trial_end(struct rtc_trial *t);

/* For struct rtc_transport_config, on this thread: how the call stands. */
void rtc_trial_figures(struct rtc_trial *t, const struct rtc_loop_figures *f);

/* The servers that have an address, of those that connections use. */
void rtc_trial_servers(struct rtc_trial *t, const struct rtc_ice_config *ice);

#endif
