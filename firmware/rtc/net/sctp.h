/* sctp.h - data channels: SCTP over DTLS with DCEP, over usrsctp.
 *
 * Spec: RFC 8831 (channels), RFC 8832 (DCEP), RFC 8261 (SCTP over DTLS), RFC
 * 6525 (stream reset). No threads: the loop drives its timers. Not here: what
 * the messages mean.
 */
#ifndef LUUKKU_RTC_NET_SCTP_H
#define LUUKKU_RTC_NET_SCTP_H

#include "loop/loop.h"
#include "rtc/net/pipe.h"
#include "rtc/wire/dcep.h"

struct rtc_sctp;

#define RTC_SCTP_PORT 5000
#define RTC_SCTP_CHANNELS_MAX 16
#define RTC_SCTP_STREAMS_MAX 64     /* stream numbers 0..63, ours and theirs */
#define RTC_SCTP_MESSAGE_MAX 262144 /* bytes of one message, either way */
/* Bytes of one channel that may wait to be sent; always room for one message
 * when none waits. */
#define RTC_SCTP_QUEUE_MAX 1048576
/* A channel that refused a message is writable again below this. */
#define RTC_SCTP_QUEUE_LOW 262144

struct rtc_sctp_params {
    char label[RTC_DCEP_LABEL_MAX];       /* 1..64 bytes of UTF-8 */
    char protocol[RTC_DCEP_PROTOCOL_MAX]; /* likewise, or "" */
    bool unordered;
    enum rtc_dcep_reliability reliability;
    uint32_t parameter; /* retransmissions, or milliseconds */
};

/* Channels are known by a handle, 0..RTC_SCTP_CHANNELS_MAX - 1. Sending and
 * closing from inside these is fine; freeing is not. */
struct rtc_sctp_events {
    void (*channel_open)(void *arg, int channel, const char *label,
                         bool by_remote);
    void (*channel_message)(void *arg, int channel, bool text,
                            const uint8_t *data, size_t len);
    void (*channel_writable)(void *arg, int channel);
    void (*channel_closed)(void *arg, int channel);
};

/* Makes it; channels can be opened at once and wait. `below` is copied. The
 * first one initialises usrsctp, which starts an idle thread of its own.
 * Owner: caller. Errors: -ENOMEM, -EIO. */
int rtc_sctp_new(struct lk_loop *loop, const struct rtc_pipe *below,
                 const struct rtc_sctp_events *ev, void *arg,
                 struct rtc_sctp **ret) LK_MUST_CHECK;

/* Aborts the association and frees all of it. NULL is fine. Returns NULL. */
struct rtc_sctp *rtc_sctp_free(struct rtc_sctp *s);
LK_AUTO_DEFINE(rtc_sctp);

struct rtc_sctp_start {
    bool dtls_client; /* even stream numbers are ours, else odd */
    uint16_t remote_port;
    uint32_t max_message_size; /* that the far end takes; 0: no limit */
};

/* The way is secure: connects. Errors: -EALREADY, -EIO. */
int rtc_sctp_start(struct rtc_sctp *s,
                   const struct rtc_sctp_start *start) LK_MUST_CHECK;

/* Takes one SCTP packet from below. */
void rtc_sctp_receive(struct rtc_sctp *s, const uint8_t *data, size_t len);

/* Opens a channel; channel_open() follows when the far end has confirmed, but
 * messages may be queued before. Returns its handle.
 * Errors  -ENOSPC too many, -EINVAL label, -EPIPE the association is gone */
int rtc_sctp_open(struct rtc_sctp *s,
                  const struct rtc_sctp_params *params) LK_MUST_CHECK;

/* Queues one message of at most RTC_SCTP_MESSAGE_MAX bytes (0 is fine; copied).
 * Errors  -EAGAIN RTC_SCTP_QUEUE_MAX would be passed: channel_writable()
 *         follows; -EMSGSIZE also above what the far end takes; -ENOENT no such
 *         channel; -EPIPE closing, or the association is gone; -ENOMEM */
int rtc_sctp_send(struct rtc_sctp *s, int channel, bool text, const void *data,
                  size_t len) LK_MUST_CHECK;

/* Bytes that wait to be handed to SCTP; 0 for an unknown channel. */
size_t rtc_sctp_buffered(const struct rtc_sctp *s, int channel);

/* What the association's packets do on the way. */
struct rtc_sctp_way {
    uint64_t sent_bytes;   /* handed to the pipe below, headers and all */
    uint64_t flight_bytes; /* about so many of them are not acknowledged */
    int64_t rtt_us;        /* smoothed, in whole milliseconds; -1: not known */
};

void rtc_sctp_get_way(struct rtc_sctp *s, struct rtc_sctp_way *ret);

/* Closes by stream reset when the queue is empty; channel_closed() follows. */
void rtc_sctp_close(struct rtc_sctp *s, int channel);

#endif
