#include "rtc/flow/flow.h"

#include "rtc/flow/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_valid(const struct flow_config *c)
{
    bool ssrcs = c->video_ssrc != c->rtx_ssrc &&
                 c->video_ssrc != c->audio_ssrc && c->rtx_ssrc != c->audio_ssrc;
    bool rates = c->min_bps >= 30000 && c->min_bps <= c->start_bps &&
                 c->start_bps <= c->max_bps && c->max_bps <= 20000000;
    bool pts = c->video_pt < 128 && c->rtx_pt < 128 && c->audio_pt < 128 &&
               c->video_pt != c->audio_pt && c->video_pt != c->rtx_pt &&
               c->rtx_pt != c->audio_pt;
    bool exts = c->twcc_ext <= 14 && c->playout_ext <= 14 &&
                (c->twcc_ext == 0 || c->twcc_ext != c->playout_ext);
    return ssrcs && rates && pts && exts &&
           memchr(c->cname, 0, sizeof(c->cname));
}

int flow_new(const struct flow_config *cfg, struct flow **ret)
{
    if (!is_valid(cfg))
        return -EINVAL;
    struct flow *f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    f->cfg = *cfg;
    f->rtx_seq = cfg->rtx_seq;
    f->random = cfg->video_ssrc ^ cfg->audio_ssrc << 1 ^ 0x9e3779b9u;
    f->rtt_us = -1;
    f->fir_command = -1;
    f->sent_whole = true;
    flow_source_init(&f->sources[FLOW_VIDEO], 90000);
    flow_source_init(&f->sources[FLOW_AUDIO], 48000);
    flow_control_init(&f->control, cfg->twcc_ext != 0, cfg->start_bps,
                      cfg->min_bps, cfg->max_bps);
    *ret = f;
    return 0;
}

struct flow *flow_free(struct flow *f)
{
    free(f);
    return NULL;
}

void flow_start(struct flow *f, int64_t now_us)
{
    flow_control_start(&f->control, now_us);
    f->last_us = now_us;
    flow_want_key(f);
    if (f->started)
        return;
    f->started = true;
    f->gate = true;
    f->key_us = now_us - FLOW_KEY_AGAIN_US;
    f->report_us = now_us + FLOW_REPORT_FIRST_US;
    flow_pacer_init(&f->pacer, f->cfg.start_bps, now_us);
}

void flow_note_packet(struct flow *f, int64_t now_us)
{
    f->last_us = now_us;
    f->silent_us = 0;
}

void flow_want_key(struct flow *f)
{
    f->key_wanted = true;
}

bool flow_at_top(const struct flow *f)
{
    return flow_control_at_top(&f->control);
}

void flow_set_max_bps(struct flow *f, int max_bps)
{
    flow_control_set_max(&f->control, max_bps);
}

void flow_bye(struct flow *f)
{
    f->bye_wanted = true;
}

/* When our encoder may be asked for a key frame; INT64_MAX when none is wanted.
 * While the pacer still drains what it kept, another one would only make the
 * queue longer; the pacer's own timer wakes us then. */
static int64_t key_next(const struct flow *f)
{
    bool full = f->pacer.video_bytes > flow_pacer_ceiling(&f->pacer) / 4;
    if (!f->cfg.send_video || full)
        return INT64_MAX;
    /* What asks within a round trip has not seen the last one yet. */
    int64_t gap = LK_MAX(flow_rtt(f) + 100000, (int64_t)FLOW_KEY_GAP_US);
    if (f->key_wanted)
        return f->key_us + gap;
    return f->key_awaited ? f->key_us + FLOW_KEY_AGAIN_US : INT64_MAX;
}

static int encoder_bps(const struct flow *f)
{
    return flow_overshoot_correct(&f->overshoot,
                                  flow_control_encoder_bps(&f->control));
}

static bool bitrate_due(const struct flow *f, int64_t now_us)
{
    int bps = encoder_bps(f);
    int step = LK_MAX(f->told_bps / 33, 1);
    if (f->told_bps == 0 || bps <= f->told_bps - step)
        return true;
    bool top = f->control.target_bps >= f->control.max_bps;
    return now_us - f->told_us >= FLOW_TELL_GAP_US &&
           (bps >= f->told_bps + step || (top && bps > f->told_bps));
}

static bool poll_event(struct flow *f, int64_t now_us, struct flow_out *ret)
{
    if (f->silent_us != f->told_silent_us) {
        f->told_silent_us = f->silent_us;
        *ret = (struct flow_out){.type = FLOW_OUT_SILENCE,
                                 .silent_us = f->silent_us};
        return true;
    }
    if (key_next(f) <= now_us) {
        f->key_wanted = false;
        f->key_awaited = true;
        f->key_us = now_us;
        *ret = (struct flow_out){.type = FLOW_OUT_KEYFRAME};
        return true;
    }
    if (bitrate_due(f, now_us)) {
        f->told_bps = encoder_bps(f);
        flow_overshoot_tell(&f->overshoot, f->told_bps, now_us);
        f->told_us = now_us;
        *ret = (struct flow_out){.type = FLOW_OUT_BITRATE, .bps = f->told_bps};
        return true;
    }
    return false;
}

static void run_timers(struct flow *f, int64_t now_us)
{
    int64_t silent = now_us - f->last_us;
    if (now_us == f->timer_us)
        return;
    f->timer_us = now_us;
    if (silent >= FLOW_SILENT_LONG_US)
        f->silent_us = FLOW_SILENT_LONG_US;
    else if (silent >= FLOW_SILENT_SHORT_US)
        f->silent_us = FLOW_SILENT_SHORT_US;
    flow_control_timer(&f->control, flow_rtt(f), now_us);
    flow_overshoot_update(&f->overshoot, now_us);
    bool full = f->control.queue_us > FLOW_CONTROL_QUEUE_HIGH_US;
    f->pacer.rtx_percent =
        full ? FLOW_PACER_RTX_PERCENT_FULL : FLOW_PACER_RTX_PERCENT;
    flow_pacer_set_bps(&f->pacer, (int)f->control.target_bps);
    flow_pacer_refill(&f->pacer, now_us);
    uint32_t lost = flow_nack_expire(&f->nack, now_us);
    if (lost > 0) { /* the decoder cannot go on without them */
        f->stats.gave_up += lost;
        flow_request_keyframe(f, now_us);
    }
}

bool flow_poll(struct flow *f, int64_t now_us, struct flow_out *ret)
{
    if (!f->started)
        return false;
    run_timers(f, now_us);
    return poll_event(f, now_us, ret) || flow_poll_rtcp(f, now_us, ret) ||
           flow_poll_rtp(f, now_us, ret);
}

static int64_t next_silence(const struct flow *f)
{
    if (f->silent_us == 0)
        return f->last_us + FLOW_SILENT_SHORT_US;
    return f->silent_us == FLOW_SILENT_SHORT_US
               ? f->last_us + FLOW_SILENT_LONG_US
               : INT64_MAX;
}

int64_t flow_next_timeout(const struct flow *f)
{
    if (!f->started)
        return INT64_MAX;
    int64_t next = next_silence(f);
    int64_t key = key_next(f);
    next = LK_MIN(next, key);
    int64_t stall = flow_control_next(&f->control, flow_rtt(f));
    next = LK_MIN(next, stall);
    next = LK_MIN(next, flow_next_rtcp(f));
    return LK_MIN(next, flow_next_rtp(f));
}

int flow_capture_time(const struct flow *f, enum flow_kind kind,
                      uint32_t rtp_ts, int64_t *ret_wall_us)
{
    return flow_source_wall(&f->sources[kind], rtp_ts, ret_wall_us);
}

void flow_get_stats(struct flow *f, int64_t now_us, struct flow_stats *ret)
{
    struct flow_stats *s = &f->stats;
    s->send_kbps = flow_meter_kbps(&f->sent_meter, now_us);
    s->receive_kbps = flow_meter_kbps(&f->received_meter, now_us);
    s->target_kbps = (int)(f->control.target_bps / 1000);
    s->delivered_kbps = (int)(f->control.acked_bps / 1000);
    s->rtt_us = (int)f->rtt_us;
    s->queue_us = (int)f->control.queue_us;
    s->pacer_us = f->started ? flow_pacer_delay_us(&f->pacer) : 0;
    s->receive_loss_permille =
        f->sources[FLOW_VIDEO].fraction_lost * 1000 / 256;
    s->last_packet_us = f->last_us;
    *ret = *s;
}
