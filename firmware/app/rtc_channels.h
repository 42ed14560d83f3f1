/* rtc_channels.h - the data channels of one connection.
 *
 * Room: opens `ctl`, `text`, `form` and `paper`, hands on what comes on them as
 * far as their gates let it, sends what luukkud orders, gives it room on the
 * last two, closes what the far end opens beside them, and answers `echo`.
 * Thread: the transport's.
 */
#ifndef LUUKKU_APP_RTC_CHANNELS_H
#define LUUKKU_APP_RTC_CHANNELS_H

#include "ipc/rtcmsg.h"
#include "rtc/peer/peer.h"

struct rtc_channels;

struct rtc_channels_config {
    struct lk_loop *loop; /* the transport's; borrowed */
    int start_bps;        /* what the way carries, until it is known */
    bool echo;            /* answer the data channel `echo` */
    /* `m` dies on return. */
    void (*report)(void *report_arg, const struct rtcmsg *m);
    void *report_arg;
    /* The video may have `bps` of the way from now on. */
    void (*video)(void *video_arg, int bps);
    void *video_arg;
};

/* Owner: caller. Errors: -ENOMEM, -ENOSPC. */
int rtc_channels_new(const struct rtc_channels_config *config,
                     struct rtc_channels **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct rtc_channels *rtc_channels_free(struct rtc_channels *c);

/* A new connection, `number` in reports; `peer` is borrowed until reset. */
void rtc_channels_begin(struct rtc_channels *c, struct rtc_peer *peer,
                        uint32_t number);

/* The peer is going. */
void rtc_channels_reset(struct rtc_channels *c);

/* What the way carries is known anew; rtc_channels_config.video follows. */
void rtc_channels_bitrate(struct rtc_channels *c, int bps);

/* The peer's events. */
void rtc_channels_opened(struct rtc_channels *c, int channel, const char *label,
                         bool by_remote);
void rtc_channels_message(struct rtc_channels *c, int channel, bool text,
                          const uint8_t *data, size_t len);
void rtc_channels_writable(struct rtc_channels *c, int channel);
void rtc_channels_closed(struct rtc_channels *c, int channel);

/* RTCMSG_SEND and RTCMSG_SHUT of this connection. */
void rtc_channels_order(struct rtc_channels *c, const struct rtcmsg *m);

#endif
