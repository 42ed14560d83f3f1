/* rtc_call.h - the peer connection of one call, and what it carries.
 *
 * Room: carries out luukkud's orders about a connection, hands our encoder's
 * packets to it and what comes from the far end to media, and reports. One
 * connection at a time. All on the transport's thread, but for making and
 * freeing; not here: the thread, its mailbox (rtc_transport.h).
 */
#ifndef LUUKKU_APP_RTC_CALL_H
#define LUUKKU_APP_RTC_CALL_H

#include "ipc/rtcmsg.h"
#include "media/media.h"
#include "rtc/peer/peer.h"

struct rtc_call;

struct rtc_call_config {
    struct lk_loop *loop; /* the transport's; borrowed */
    struct rtc_ice_config ice;
    int start_bps;
    int min_bps;
    int max_bps;
    bool echo; /* answer the data channel `echo` */
    /* `m` dies on return. */
    void (*report)(void *arg, const struct rtcmsg *m);
    void *arg;
};

/* Owner: caller. Errors: -ENOMEM. */
int rtc_call_new(const struct rtc_call_config *config,
                 struct rtc_call **ret) LK_MUST_CHECK;

/* After rtc_call_close(). NULL is fine. Returns NULL. */
struct rtc_call *rtc_call_free(struct rtc_call *c);

/* Before anything below; both are borrowed. */
void rtc_call_attach(struct rtc_call *c, struct media *media,
                     void *glib_context);

/* An order: RTCMSG_PREPARE to RTCMSG_SHUT of a connection. One about
 * a connection that is gone does nothing. What fails is reported. */
void rtc_call_order(struct rtc_call *c, const struct rtcmsg *m);

/* Ends the connection, if there is one. */
void rtc_call_close(struct rtc_call *c);

/* STUN and TURN servers, for the next connection. Copied. */
void rtc_call_servers(struct rtc_call *c, const struct rtc_ice_config *ice);

/* Packets of our encoder, taken over. */
void rtc_call_packets(struct rtc_call *c, struct media_packets *p);

/* Our decoder needs a key frame of the far end. */
void rtc_call_want_keyframe(struct rtc_call *c);

/* False, and nothing in `ret`: there is no connection. */
bool rtc_call_stats(struct rtc_call *c, struct rtc_peer_stats *ret);

#endif
