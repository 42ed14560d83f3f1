/* rtc_transport.h - the thread that carries the call: peer connection and
 * packets, nothing else.
 *
 * Room: wiring of luukku-rtc. Orders come in as rtcmsg and as packets of the
 * encoder; reports leave as rtcmsg through a callback. The thread has real-time
 * priority where it may: a stall of 80 ms here makes a browser halve its
 * estimate for the whole call. It touches media only by calls that may be made
 * from any thread, and changes no GStreamer state.
 */
#ifndef LUUKKU_APP_RTC_TRANSPORT_H
#define LUUKKU_APP_RTC_TRANSPORT_H

#include "app/rtc_loop.h"
#include "ipc/rtcmsg.h"
#include "media/media.h"
#include "rtc/peer/peer.h"

struct rtc_transport;

/* A sign of life is at most this old while the thread is well. */
#define RTC_TRANSPORT_BEAT_US 250000

struct rtc_transport_stats {
    bool present; /* there is a connection */
    struct rtc_peer_stats peer;
    int64_t worst_late_us; /* of the loop, since the call began */
    uint64_t packets_lost; /* of our encoder, before this thread took them */
};

struct rtc_transport_config {
    struct rtc_ice_config ice;
    int start_bps;
    int min_bps;
    int max_bps;
    bool echo; /* answer the data channel `echo` */

    /* Thread: the transport's; must only hand on. `m` (heap, free()) is taken
     * over; its bytes lie in the same allocation. */
    void (*report)(void *arg, struct rtcmsg *m);
    /* Likewise; `s` (heap, free()) is taken over. */
    void (*stats)(void *arg, uint32_t id, struct rtc_transport_stats *s);
    /* Likewise; of a call of the kiosk to itself. */
    void (*loop)(void *arg, struct rtc_loop_figures *f);
    void *arg;
};

/* Makes it; no thread yet. Errors: -ENOMEM and those of lk_mailbox_new(). */
int rtc_transport_new(const struct rtc_transport_config *config,
                      struct rtc_transport **ret) LK_MUST_CHECK;

/* Starts the thread; media (borrowed) outlives it.
 * Errors: pthread_create(3)'s. */
int rtc_transport_start(struct rtc_transport *t,
                        struct media *media) LK_MUST_CHECK;

/* Ends the call and the thread, and waits for it; media is not called any more.
 * NULL is fine. Thread: not the transport's. */
void rtc_transport_stop(struct rtc_transport *t);

/* Stops and frees. Nobody may post any more. NULL is fine. Returns NULL. */
struct rtc_transport *rtc_transport_free(struct rtc_transport *t);

/* An order about a connection, RTCMSG_PREPARE to RTCMSG_SHUT. Copied.
 * Errors: -ENOMEM, -ENOSPC the thread does not keep up. Thread: any. */
int rtc_transport_order(struct rtc_transport *t,
                        const struct rtcmsg *m) LK_MUST_CHECK;

/* New STUN and TURN servers, for the next connection. Errors, thread: as
 * above. */
int rtc_transport_servers(struct rtc_transport *t,
                          const struct rtc_ice_config *ice) LK_MUST_CHECK;

/* Asks for figures; answered by config.stats with `id`. Errors, thread: as
 * above. */
int rtc_transport_ask_stats(struct rtc_transport *t, uint32_t id) LK_MUST_CHECK;

/* Begins a call of the kiosk to itself (rtc_loop.h), or ends it; one that is
 * prepared for an expert ends it, too. While it lasts, our encoder's packets
 * are its. Errors, thread: as above. */
int rtc_transport_loop(struct rtc_transport *t, bool on,
                       bool relay) LK_MUST_CHECK;

/* Asks how it stands; answered by config.loop, also when there is none: then it
 * failed. Errors, thread: as above. */
int rtc_transport_ask_loop(struct rtc_transport *t) LK_MUST_CHECK;

/* Packets of our encoder, taken over. Thread: any. */
void rtc_transport_packets(struct rtc_transport *t, struct media_packets *p);

/* Our decoder needs a key frame of the far end. Thread: any. */
void rtc_transport_keyframe_wanted(struct rtc_transport *t);

/* Whether the thread showed signs of life of late. Thread: any. */
bool rtc_transport_alive(struct rtc_transport *t, int64_t now_us);

#endif
