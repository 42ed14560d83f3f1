#include "rtc/flow/flow.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void drain(struct flow *f, int64_t now_us)
{
    struct flow_out o;
    for (int i = 0; flow_poll(f, now_us, &o); i++) {
        if (i > 5000)
            abort(); /* it spins */
        if (o.type == FLOW_OUT_RTP || o.type == FLOW_OUT_RTCP)
            memset(o.data + o.len, 0, FLOW_TAIL);
    }
    if (flow_next_timeout(f) <= now_us)
        abort();
}

/* The input is a row of (kind, length, bytes): what comes in, what is sent, and
 * time that passes. */
static void play(struct flow *f, const uint8_t *data, size_t size)
{
    static uint8_t pkt[256];
    struct flow_packet got;
    int64_t now_us = 1000000;
    while (size >= 2) {
        size_t len = LK_MIN((size_t)data[1], size - 2);
        memcpy(pkt, data + 2, len);
        switch (data[0] % 5) {
        case 0:
            (void)!flow_receive_rtp(f, pkt, len, now_us, &got);
            break;
        case 1:
            (void)flow_receive_rtcp(f, pkt, len, now_us);
            break;
        case 2:
            (void)flow_send_rtp(f, FLOW_VIDEO, pkt, len, now_us, now_us);
            break;
        case 3:
            (void)flow_send_rtp(f, FLOW_AUDIO, pkt, len, now_us, now_us);
            break;
        default:
            now_us += (int64_t)data[1] * 1000;
            len = 0;
            drain(f, now_us);
            break;
        }
        data += 2 + len;
        size -= 2 + len;
    }
    drain(f, now_us + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct flow_config cfg = {.video_ssrc = 1,
                                           .rtx_ssrc = 2,
                                           .audio_ssrc = 3,
                                           .cname = "fuzz",
                                           .video_pt = 96,
                                           .rtx_pt = 97,
                                           .audio_pt = 111,
                                           .twcc_ext = 3,
                                           .playout_ext = 4,
                                           .nack = true,
                                           .rtx = true,
                                           .send_video = true,
                                           .send_audio = true,
                                           .start_bps = 300000,
                                           .min_bps = 100000,
                                           .max_bps = 2000000};
    struct flow *f = NULL;
    if (flow_new(&cfg, &f) < 0)
        return 0;
    flow_start(f, 1000000);
    play(f, data, size);
    flow_free(f);
    return 0;
}
