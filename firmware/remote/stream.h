/* stream.h - one session's bytes over a broker that loses, repeats, reorders,
 * forges and reads along.
 *
 * Spec: signal/PROTOCOL.md, "Remote help". Sealed frames in both directions,
 * each byte once and in order: a window of unacknowledged frames, sent again
 * until they are acknowledged; an end after silence. Pure but for allocation:
 * takes the time and bytes, gives bytes. Both roles, so that it can be tried
 * against itself. One thread.
 * Not here: who may open a session (door.h).
 */
#ifndef LUUKKU_REMOTE_STREAM_H
#define LUUKKU_REMOTE_STREAM_H

#include "remote/keys.h"

#define REMOTE_ID_LEN 16
#define REMOTE_DATA_MAX 1024 /* bytes of text in a frame */
#define REMOTE_FRAME_HEAD 26 /* version, kind, id, counter */
#define REMOTE_FRAME_MAX (REMOTE_FRAME_HEAD + REMOTE_DATA_MAX + REMOTE_TAG_LEN)
#define REMOTE_FRAME_VERSION 1
#define REMOTE_WINDOW 16     /* frames that nobody has acknowledged */
#define REMOTE_HELD_MAX 8192 /* bytes received and not read */

#define REMOTE_AGAIN_US 1000000 /* until a frame is sent again; doubles */
#define REMOTE_AGAIN_MAX_US 8000000
#define REMOTE_ALIVE_US 5000000      /* something is said so often */
#define REMOTE_CONFIRM_US 10000000   /* the first frame comes by then */
#define REMOTE_SILENT_US 30000000    /* nothing heard so long: it is over */
#define REMOTE_LONGEST_US 7200000000 /* of a session */

enum remote_kind {
    REMOTE_DATA = 1, /* 1..REMOTE_DATA_MAX bytes; counter: from 0 */
    REMOTE_ACK = 2,  /* u64: the counter that is awaited next; counter: rises */
    REMOTE_END = 3,  /* u8: enum remote_end; counter: 0 */
};

/* Why it is over. The numbers are the protocol's. */
enum remote_end {
    REMOTE_GOES_ON = 0,
    REMOTE_LEFT = 1,    /* logged out, or the technician's program ended */
    REMOTE_STOPPED = 2, /* by somebody at the kiosk */
    REMOTE_VISIT = 3,   /* somebody came to use the kiosk */
    REMOTE_SILENT = 4,  /* the other side was not heard of for too long */
    REMOTE_LONGEST = 5, /* it took too long */
    REMOTE_FAILED = 6,  /* the kiosk's program broke or begins anew */
    REMOTE_ENDS,
};

struct remote_stream;

struct remote_stream_config {
    const struct remote_keys *keys; /* copied */
    uint8_t id[REMOTE_ID_LEN];      /* the session's */
    bool kiosk;                     /* else the technician's side */
    int64_t now_us;
};

/* Owner: caller. Errors: -ENOMEM. */
int remote_stream_new(const struct remote_stream_config *config,
                      struct remote_stream **ret) LK_MUST_CHECK;

/* Wipes and frees; NULL is fine. Returns NULL. */
struct remote_stream *remote_stream_free(struct remote_stream *s);
LK_AUTO_DEFINE(remote_stream);

/* Takes a hostile frame.
 *
 * Errors  -EBADMSG none of this session's other side; -EALREADY it was here
 *         before; -EAGAIN one before it is missing, or there is no room: it
 *         comes again; -ESHUTDOWN it is over; -ENOMEM
 */
int remote_stream_receive(struct remote_stream *s, const void *frame,
                          size_t len, int64_t now_us) LK_MUST_CHECK;

/* Whether a frame of the other side's was ever taken: it holds the keys. */
bool remote_stream_confirmed(const struct remote_stream *s);

/* Copies at most `cap` received bytes, which stay until they are skipped.
 * Returns how many. */
size_t remote_stream_peek(const struct remote_stream *s, void *ret, size_t cap);

/* Takes out what was looked at; its room is offered to the other side. */
void remote_stream_skip(struct remote_stream *s, size_t len);

/* Whether a frame's worth of bytes can be given to remote_stream_write(). */
bool remote_stream_room(const struct remote_stream *s);

/* Gives bytes to be sent. Returns how many of them there was room for. */
size_t remote_stream_write(struct remote_stream *s, const void *data,
                           size_t len);

/* Ends it, and says so to the other side once. */
void remote_stream_end(struct remote_stream *s, enum remote_end why);

/* REMOTE_GOES_ON, or why it is over; its last frames may still wait. */
enum remote_end remote_stream_ended(const struct remote_stream *s);

/* Does what is due and writes the next frame to be sent, REMOTE_FRAME_MAX
 * bytes at `ret`. Returns its length, 0 when there is none now, or -EIO
 * libcrypto failed. */
int remote_stream_poll(struct remote_stream *s, uint8_t *ret,
                       int64_t now_us) LK_MUST_CHECK;

/* When remote_stream_poll() has something to do; INT64_MAX: never again. */
int64_t remote_stream_next_us(const struct remote_stream *s);

#endif
