/* sctp_priv.h - what sctp.c (the association) and sctp_channel.c (the channels
 * on it) share. Private to the room.
 */
#ifndef LUUKKU_RTC_NET_SCTP_PRIV_H
#define LUUKKU_RTC_NET_SCTP_PRIV_H

#include "base/buf.h"
#include "rtc/net/sctp.h"

struct socket; /* usrsctp's, not the system's */

#define SCTP_SCRATCH_LEN (64 * 1024) /* bytes read from usrsctp at once */
#define SCTP_NO_STREAM UINT16_MAX

/* One message that waits for room in usrsctp's buffer. */
struct sctp_message {
    struct sctp_message *next;
    uint32_t ppid;
    bool ordered; /* whatever the channel is: DCEP */
    size_t len;
    uint8_t data[];
};

struct sctp_channel {
    bool used;
    bool by_remote;
    bool opened;    /* DATA_CHANNEL_OPEN was queued, or came */
    bool confirmed; /* acknowledged: unordered sending may begin */
    bool refused;   /* an -EAGAIN is owed a channel_writable() */
    bool closing;   /* no more messages are taken */
    bool reset_sent;
    bool out_reset; /* our direction is reset */
    bool in_reset;  /* theirs is */
    uint16_t stream;
    struct rtc_sctp_params params;
    struct sctp_message *first, *last;
    size_t queued;       /* bytes */
    struct lk_buf *part; /* a message of which more is to come */
};

struct rtc_sctp {
    struct rtc_sctp *next; /* in the list of live ones */
    struct lk_loop *loop;
    struct rtc_pipe below;
    struct rtc_sctp_events ev;
    void *arg;
    struct lk_timer *timer;
    struct socket *socket;
    uintptr_t number; /* the address that usrsctp knows us by */
    int64_t active_us;
    uint64_t sent_bytes;
    bool client;
    bool up;
    bool gone;
    bool busy; /* in usrsctp or in a callback: do not flush recursively */
    uint32_t max_message_size;
    size_t turn; /* the channel that sends next */
    struct sctp_channel channels[RTC_SCTP_CHANNELS_MAX];
    bool cut[RTC_SCTP_STREAMS_MAX];      /* rest of this message is dropped */
    bool unwanted[RTC_SCTP_STREAMS_MAX]; /* to be reset as soon as can be */
    _Alignas(8) uint8_t scratch[SCTP_SCRATCH_LEN];
};

/* --- the association, for the channels */

/* Hands one message to usrsctp. Errors: -EAGAIN no room now, -EPIPE. */
int sctp_association_send(struct rtc_sctp *s, const struct sctp_channel *c,
                          const struct sctp_message *m);

/* Asks for the reset of our direction of a stream. Errors: -EAGAIN another
 * one is under way, -EPIPE. */
int sctp_association_reset(struct rtc_sctp *s, uint16_t stream);

/* --- the channels, for the association */

/* The association is up: streams are given out and OPENs sent. */
void sctp_channels_up(struct rtc_sctp *s);

/* The association is gone, and so are the channels. */
void sctp_channels_gone(struct rtc_sctp *s);

/* Sends what fits, resets what is to be closed, tells who may write again. */
void sctp_channels_flush(struct rtc_sctp *s);

/* A piece of a message came in. */
struct sctp_piece {
    uint16_t stream;
    uint32_t ppid;
    bool last;
    const uint8_t *data;
    size_t len;
};
void sctp_channels_receive(struct rtc_sctp *s, const struct sctp_piece *p);

/* The rest of a message that began on `stream` will not come. */
void sctp_channels_abandon(struct rtc_sctp *s, uint16_t stream);

/* A direction of a stream has been reset. */
void sctp_channels_reset(struct rtc_sctp *s, uint16_t stream, bool incoming);

/* Frees without telling. */
void sctp_channels_free(struct rtc_sctp *s);

#endif
