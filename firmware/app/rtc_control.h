/* rtc_control.h - luukku-rtc's main thread: channels, broker link, media.
 *
 * Room: wiring. Orders of luukkud go to the transport thread or the broker's
 * link, reports go back; technicians' commands are answered.
 */
#ifndef LUUKKU_APP_RTC_CONTROL_H
#define LUUKKU_APP_RTC_CONTROL_H

#include "app/inherit.h"
#include "store/config.h"

struct rtc_control;

struct rtc_control_config {
    struct store_config *config; /* these are borrowed and outlive it */
    struct lk_buf *tls_ca;
    struct lk_buf *tls_cert;
    struct lk_buf *tls_key;
    int64_t floor_s; /* no right clock shows less; seconds since 1970 */
    int super_fd;    /* taken over */
    bool echo;       /* UI control was allowed: answer the channel `echo` */
};

/* Makes everything; starts threads, so after confinement.
 * Errors: -ENOMEM and those of the rooms it wires. Thread: main. */
int rtc_control_new(const struct rtc_control_config *config,
                    struct rtc_control **ret) LK_MUST_CHECK;

/* Says ready and runs until luukku-super says stop. Errors: lk_loop_run()'s. */
int rtc_control_run(struct rtc_control *c, const char *walls) LK_MUST_CHECK;

/* Ends the call and all threads. NULL is fine. Returns NULL. */
struct rtc_control *rtc_control_free(struct rtc_control *c);

#endif
