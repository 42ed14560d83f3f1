/* receive.h - from RTP to the jitter buffer, the same for picture and sound.
 *
 * Room, private: intake, the limit on what waits undecoded, and the mapping to
 * the sender's clock. push() is the transport thread's.
 */
#ifndef LUUKKU_MEDIA_RECEIVE_H
#define LUUKKU_MEDIA_RECEIVE_H

#include "media/element.h"
#include "media/intake.h"
#include "media/media.h"

#include <pthread.h>

#define MEDIA_WAITING_MAX 4096 /* packets between push and decoder */

struct media_receive {
    enum media_kind kind;
    const struct media_callbacks *cb; /* borrowed */
    struct media_pipe pipe;
    GstPad *source;
    GstElement *jitterbuffer;
    struct media_intake intake; /* transport thread's */
    unsigned seen;              /* likewise: the identity last followed */
    atomic_uint identity;       /* rises with media_identity() */
    atomic_uint pt;
    const atomic_bool *open; /* borrowed */
    atomic_bool await_key;   /* video: after a new beginning */
    atomic_int waiting;
    atomic_llong jitter_us;
    atomic_ullong received, refused, keys_wanted;
    /* Lip-sync, under the lock: */
    pthread_mutex_t lock;
    bool report_known, offset_known;
    uint64_t report_us; /* the sender's clock */
    uint32_t report_ts; /* as it goes into the jitter buffer */
    int64_t offset_us;  /* our clock minus the sender's, at the buffer's exit */
};

/* Makes the pipeline with our pad and a jitter buffer of `latency_ms`; the
 * caller adds the rest behind r->jitterbuffer. Errors: -ENOMEM, -EIO. */
int media_receive_init(struct media_receive *r, enum media_kind kind,
                       const struct media_callbacks *cb,
                       int latency_ms) LK_MUST_CHECK;

/* Announces the stream, once everything plays. */
void media_receive_begin(struct media_receive *r);

/* Stops and frees what there is. */
void media_receive_close(struct media_receive *r);

/* As media_receive_rtp(). */
int media_receive_push(struct media_receive *r, const uint8_t *data,
                       size_t len);

/* As media_sender_report(). */
void media_receive_report(struct media_receive *r, uint64_t ntp,
                          uint32_t rtp_timestamp);

/* A new far end: packets are a new beginning, its reports are forgotten. */
void media_receive_identity(struct media_receive *r, uint8_t pt);

/* Our clock minus the sender's, in us, of what leaves the jitter buffer.
 * -EAGAIN: not known yet. */
int media_receive_offset(struct media_receive *r,
                         int64_t *ret_us) LK_MUST_CHECK;

/* Tells the callback that a key frame is wanted. */
void media_receive_want_key(struct media_receive *r);

#endif
