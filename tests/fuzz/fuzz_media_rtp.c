/* fuzz_media_rtp.c - received RTP, from the packet to the decoded picture.
 *
 * The input is a run of packets, each behind two bytes: a flag for the kind,
 * and its length in units of 4. Sequence numbers, where the flag says so, are
 * set to go on, so that more than the first packet gets anywhere. The pipelines
 * are real ones; they go on from input to input, as they do in a call.
 */
#include "base/bytes.h"
#include "media/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VIDEO_PT 96
#define AUDIO_PT 97

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct lk_loop *loop;
static struct media *media;

static void packets(void *arg, struct media_packets *p)
{
    (void)arg;
    media_packets_free(p);
}

static void keyframe_wanted(void *arg)
{
    (void)arg;
}

static void stop(void)
{
    media = media_free(media);
    loop = lk_loop_free(loop);
}

static void start(void)
{
    const struct media_config c = {
        .pt = {VIDEO_PT, AUDIO_PT}, .stamps = true, .self_view_px = -1};
    const struct media_callbacks cb = {.packets = packets,
                                       .keyframe_wanted = keyframe_wanted};
    if (media_init() < 0 || lk_loop_new(&loop) < 0 ||
        media_new(&c, &cb, loop, &media) < 0) {
        fprintf(stderr, "media does not start\n");
        abort();
    }
    media_open(media, true);
    atexit(stop);
}

static void give(enum media_kind kind, bool go_on, const uint8_t *data,
                 size_t len)
{
    static uint16_t seq[MEDIA_KINDS];
    uint8_t p[MEDIA_RTP_IN_MAX];
    memcpy(p, data, len);
    if (go_on && len >= 12) {
        p[0] = 0x80;
        p[1] = (uint8_t)((p[1] & 0x80) |
                         (kind == MEDIA_VIDEO ? VIDEO_PT : AUDIO_PT));
        lk_put_u16(p + 2, ++seq[kind]);
        lk_put_u32(p + 8, 5);
    }
    (void)media_receive_rtp(media, kind, p, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!media)
        start();
    struct lk_reader r = lk_reader(data, size);
    while (r.left >= 2) {
        unsigned flags = lk_read_u8(&r);
        size_t len = (size_t)lk_read_u8(&r) * 4;
        len = LK_MIN(len, r.left);
        const uint8_t *p = lk_read_bytes(&r, len);
        enum media_kind kind = flags & 1U ? MEDIA_AUDIO : MEDIA_VIDEO;
        if (flags & 4U && len >= 12)
            media_sender_report(media, kind, (uint64_t)lk_get_u32(p) << 32,
                                lk_get_u32(p + 4));
        give(kind, flags & 2U, p, len);
    }
    struct media_stats s;
    (void)lk_loop_step(loop, 0);
    media_stats(media, &s);
    return 0;
}
