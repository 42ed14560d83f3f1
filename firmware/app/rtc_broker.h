/* rtc_broker.h - luukku-rtc's link to the broker: what is heard, and told.
 *
 * Room: wiring of signal/link.h. Claims and answers for this kiosk are always
 * heard; of queues and experts one agency's, and only while somebody asks for
 * that. Thread: main.
 */
#ifndef LUUKKU_APP_RTC_BROKER_H
#define LUUKKU_APP_RTC_BROKER_H

#include "ipc/rtcmsg.h"
#include "loop/loop.h"
#include "store/config.h"

struct rtc_broker;

struct rtc_broker_config {
    struct lk_loop *loop;              /* borrowed */
    const struct store_config *config; /* these are borrowed for the call */
    const struct lk_buf *tls_ca;
    const struct lk_buf *tls_cert;
    const struct lk_buf *tls_key;
    int64_t floor_s; /* see signal_link_config */
    /* RTCMSG_LINK and RTCMSG_MESSAGE, for luukkud; `m` dies on return. */
    void (*tell)(void *arg, const struct rtcmsg *m);
    /* An answer to rtc_broker_renew(): UTF-8; dies on return. */
    void (*renewed)(void *arg, const char *text);
    void *arg;
};

/* Starts to connect. Owner: caller. Errors: -ENOMEM, signal_link_new()'s. */
int rtc_broker_new(const struct rtc_broker_config *config,
                   struct rtc_broker **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct rtc_broker *rtc_broker_free(struct rtc_broker *b);

/* Whether the link stands. */
bool rtc_broker_up(const struct rtc_broker *b);

/* Tells again how the link is, to a luukkud that is new. */
void rtc_broker_tell(struct rtc_broker *b);

/* RTCMSG_PUBLISH. Errors: as signal_link_publish(). */
int rtc_broker_publish(struct rtc_broker *b,
                       const struct rtcmsg *m) LK_MUST_CHECK;

/* Publishes a request for new certificates. Errors: signal_link_publish()'s. */
int rtc_broker_renew(struct rtc_broker *b, const char *request) LK_MUST_CHECK;

/* Of that agency's queue and experts is heard from now on, and of no other;
 * "": of none, as at first. Errors: -EINVAL no agency's name: of none. */
int rtc_broker_watch(struct rtc_broker *b, const char *agency) LK_MUST_CHECK;

#endif
