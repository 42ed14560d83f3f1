/* intake.h - tidies received RTP for the jitter buffer.
 *
 * Room, private. Whatever the far end does, what comes out is one endless
 * stream: one SSRC, sequence numbers from MEDIA_INTAKE_FIRST on, time stamps
 * that go on across a change of source, no extensions, CSRCs or padding.
 * Spec: RFC 3550, 5.1. Pure: no I/O, no allocation, one thread.
 */
#ifndef LUUKKU_MEDIA_INTAKE_H
#define LUUKKU_MEDIA_INTAKE_H

#include "base/defs.h"

#include <stdbool.h>

#define MEDIA_INTAKE_FIRST 1000 /* the first sequence number */
#define MEDIA_INTAKE_PT 96      /* the payload type that comes out */
#define MEDIA_INTAKE_HEADER 12  /* bytes before the payload that comes out */
/* A larger step is a new beginning. Small for sound: the decoder fills a gap
 * with as much made-up sound, which has to be played. */
#define MEDIA_INTAKE_JUMP_VIDEO 512
#define MEDIA_INTAKE_JUMP_AUDIO 25
/* So many packets in a row that are all late: the one that made them so was
 * wrong. */
#define MEDIA_INTAKE_LATE_MAX 64
/* A time stamp this far from what the clock on the wall says is refused, unless
 * so many come in a row: then the source has made up its mind. */
#define MEDIA_INTAKE_ASTRAY_US 5000000
#define MEDIA_INTAKE_ASTRAY_MAX 8
/* Bytes without an end of frame after which one is made up, so that nobody
 * can make the depayloader collect for ever. */
#define MEDIA_INTAKE_FRAME_MAX (1024UL * 1024UL)

struct media_intake {
    uint32_t clock_hz;
    uint8_t pt; /* taken */
    int jump;   /* one of the above */
    bool started;
    bool renew; /* set by the owner: the next packet is a new beginning */
    uint32_t ssrc;
    uint16_t seq_off; /* added to what comes in */
    uint32_t ts_off;
    uint16_t seq_high; /* highest given out */
    uint32_t ts_high;  /* of that one */
    int64_t high_us;   /* when it came */
    size_t frame_len;  /* since the last marker */
    unsigned late;     /* packets in a row behind the highest */
    unsigned astray;   /* packets refused in a row for their time stamp */
    uint32_t jitter;   /* RFC 3550, A.8, in clock ticks * 16 */
    uint32_t transit;
};

struct media_intake_out {
    uint8_t header[MEDIA_INTAKE_HEADER];
    const uint8_t *payload; /* points into the packet that came in */
    size_t len;             /* may be 0 */
    bool fresh; /* a new beginning: another source, or a gap beyond repair */
};

/* Reads one packet that came at `now_us`. `ret` is filled on success only.
 * Errors: -EBADMSG malformed, another payload type, or astray in time. */
int media_intake_packet(struct media_intake *in, const uint8_t *data,
                        size_t size, int64_t now_us,
                        struct media_intake_out *ret) LK_MUST_CHECK;

/* The time stamp that goes out for one of the present source. */
static inline uint32_t media_intake_timestamp(const struct media_intake *in,
                                              uint32_t rtp_timestamp)
{
    return rtp_timestamp + in->ts_off;
}

/* The mean deviation of arrival times, in us. */
int64_t media_intake_jitter_us(const struct media_intake *in);

#endif
