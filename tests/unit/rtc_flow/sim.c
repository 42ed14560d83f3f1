#include "sim.h"

#include "base/bytes.h"
#include "rtc/wire/rtp.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define VIDEO_PT 96
#define RTX_PT 97
#define AUDIO_PT 111
#define CHUNK 1100         /* bytes of video per packet */
#define STAMP 24           /* bytes of ours in each payload */
#define PATIENCE_US 250000 /* the model jitter buffer's */

uint32_t sim_random(struct sim *s, uint32_t below)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 17;
    s->random ^= s->random << 5;
    return below > 0 ? s->random % below : 0;
}

/* The next slot of the ring; those before `tail` are free. */
static struct sim_packet *line_slot(struct sim_line *l)
{
    assert_true(l->head - l->tail < SIM_PACKETS);
    return &l->packets[l->head++ % SIM_PACKETS];
}

static void line_send(struct sim *s, struct sim_line *l,
                      const struct flow_out *o)
{
    int64_t leaves = s->now_us;
    l->bytes_in += o->len;
    if (l->down || (int)sim_random(s, 1000) < l->loss_permille) {
        l->lost++;
        return;
    }
    if (l->bps > 0) {
        l->free_us = LK_MAX(l->free_us, s->now_us);
        if (l->free_us - s->now_us > l->queue_us) {
            l->lost++;
            return;
        }
        l->free_us += (int64_t)(o->len + 40) * 8000000 / l->bps;
        leaves = l->free_us;
    }
    int64_t due =
        leaves + l->delay_us + sim_random(s, (uint32_t)l->jitter_us + 1);
    if (!l->reorder)
        due = LK_MAX(due, l->last_us);
    l->last_us = due;
    struct sim_packet *p = line_slot(l);
    p->used = true;
    p->due_us = due;
    p->rtcp = o->type == FLOW_OUT_RTCP;
    p->len = o->len;
    assert_true(o->len <= sizeof(p->data));
    memcpy(p->data, o->data, o->len);
}

/* ---- model encoder */

static void send_packet(struct sim *s, struct sim_end *e, struct sim_frame *fr,
                        size_t len)
{
    uint8_t b[12 + STAMP + CHUNK] = {0};
    bool first = fr->have == 0;
    struct rtc_rtp h = {.marker = fr->have + 1 == fr->count,
                        .pt = VIDEO_PT,
                        .seq = e->seq++,
                        .ts = (uint32_t)(fr->capture_us * 9 / 100),
                        .ssrc = 0xdead};
    rtc_rtp_write_header(&h, b);
    b[12] = first ? 0x10 : 0;
    b[13] = fr->key ? 0 : 1;
    lk_put_u32(b + 14, fr->number);
    lk_put_u16(b + 18, fr->have++);
    lk_put_u16(b + 20, fr->count);
    b[22] = fr->key;
    lk_put_u32(b + 23, (uint32_t)fr->capture_us);
    (void)flow_send_rtp(e->flow, FLOW_VIDEO, b, 12 + STAMP + len,
                        fr->capture_us, s->now_us);
}

static void encode_frame(struct sim *s, struct sim_end *e)
{
    int bps = LK_MIN(e->told_bps, e->source_bps) / 100 * e->overshoot_percent;
    size_t bytes = (size_t)(bps / 8 / e->fps);
    bytes = bytes * (70 + sim_random(s, 61)) / 100;
    if (e->key)
        bytes = LK_MAX(bytes * 5, (size_t)8000);
    struct sim_frame fr = {.number = ++e->frame,
                           .count = (uint16_t)(bytes / CHUNK + 1),
                           .key = e->key,
                           .capture_us = s->now_us};
    e->keys += e->key;
    e->key = false;
    e->encoded++;
    while (fr.have < fr.count) {
        size_t len = LK_MIN(bytes, (size_t)CHUNK);
        send_packet(s, e, &fr, len);
        bytes -= len;
    }
}

static void encode(struct sim *s, struct sim_end *e)
{
    if (s->now_us >= e->next_audio_us) {
        uint8_t b[12 + 80] = {0};
        struct rtc_rtp h = {.pt = AUDIO_PT, .seq = e->audio_seq++};
        h.ts = (uint32_t)e->audio_seq * 960;
        rtc_rtp_write_header(&h, b);
        (void)flow_send_rtp(e->flow, FLOW_AUDIO, b, sizeof(b), s->now_us,
                            s->now_us);
        e->next_audio_us += 20000;
    }
    if (s->now_us >= e->next_frame_us) {
        encode_frame(s, e);
        e->next_frame_us += 1000000 / e->fps;
    }
}

/* ---- model decoder: shows complete frames in order; waits a while for a
 * hole, then asks for a key frame and goes on from there */

static void show(struct sim *s, struct sim_end *e, struct sim_frame *fr)
{
    if (e->shown < SIM_FRAMES)
        e->latencies[e->shown] = s->now_us - fr->capture_us;
    if (e->shown > 0)
        e->worst_gap_us = LK_MAX(e->worst_gap_us, s->now_us - e->last_shown_us);
    e->last_shown_us = s->now_us;
    e->shown++;
    e->next = fr->number + 1;
    e->broken = false;
}

static struct sim_frame *find_frame(struct sim_end *e, uint32_t number)
{
    struct sim_frame *fr = &e->frames[number % SIM_FRAMES];
    return fr->number == number ? fr : NULL;
}

static bool is_whole(const struct sim_frame *fr)
{
    return fr && fr->have == fr->count;
}

static bool show_key(struct sim *s, struct sim_end *e)
{
    for (uint32_t n = e->newest; n > e->next && n + 300 > e->newest; n--) {
        struct sim_frame *fr = find_frame(e, n);
        if (is_whole(fr) && fr->key) {
            show(s, e, fr);
            return true;
        }
    }
    return false;
}

static void decode(struct sim *s, struct sim_end *e)
{
    while (e->any && e->next <= e->newest) {
        struct sim_frame *fr = find_frame(e, e->next);
        if (is_whole(fr) && (!e->broken || fr->key)) {
            show(s, e, fr);
            continue;
        }
        if (show_key(s, e))
            continue;
        if (e->broken || e->newest == e->next)
            return; /* nothing newer shows that there is a hole */
        const struct sim_frame *late = fr;
        for (uint32_t n = e->next; !late && n <= e->newest; n++)
            late = find_frame(e, n);
        if (!late || s->now_us - late->first_us < PATIENCE_US)
            return;
        e->broken = true;
        flow_request_keyframe(e->flow, s->now_us);
    }
}

static void take_video(struct sim *s, struct sim_end *e, const uint8_t *p)
{
    uint32_t number = lk_get_u32(p + 2);
    struct sim_frame *fr = &e->frames[number % SIM_FRAMES];
    if (fr->number != number) {
        uint32_t low = lk_get_u32(p + 11);
        uint32_t age = (uint32_t)s->now_us - low;
        *fr = (struct sim_frame){.number = number,
                                 .count = lk_get_u16(p + 8),
                                 .key = p[10],
                                 .capture_us = s->now_us - age,
                                 .first_us = s->now_us};
    }
    fr->have++;
    assert_true(fr->have <= fr->count); /* nothing is handed on twice */
    if (!e->any)
        e->next = number;
    e->any = true;
    e->newest = LK_MAX(e->newest, number);
}

static void receive(struct sim *s, struct sim_end *e, struct sim_packet *p)
{
    struct flow_packet got;
    if (p->rtcp) {
        assert_int_equal(flow_receive_rtcp(e->flow, p->data, p->len, s->now_us),
                         0);
        return;
    }
    if (flow_receive_rtp(e->flow, p->data, p->len, s->now_us, &got) != 1)
        return;
    struct rtc_rtp h;
    assert_int_equal(rtc_rtp_parse(got.data, got.len, &h), 0);
    assert_int_equal(h.pt, got.kind == FLOW_VIDEO ? VIDEO_PT : AUDIO_PT);
    if (got.kind == FLOW_VIDEO)
        take_video(s, e, got.data + h.payload_at);
    else
        e->audio_received++;
}

/* ---- the loop */

static void drain(struct sim *s, struct sim_end *e)
{
    struct flow_out o;
    int guard = 0;
    while (flow_poll(e->flow, s->now_us, &o)) {
        assert_true(++guard < 2000);
        switch (o.type) {
        case FLOW_OUT_RTP:
            if ((o.data[1] & 0x7f) == RTX_PT)
                e->out->rtx_bytes += o.len;
            line_send(s, e->out, &o);
            break;
        case FLOW_OUT_RTCP:
            line_send(s, e->out, &o);
            break;
        case FLOW_OUT_KEYFRAME:
            e->key = true;
            break;
        case FLOW_OUT_BITRATE:
            assert_true(o.bps <= e->cfg.max_bps);
            e->told_bps = o.bps;
            break;
        case FLOW_OUT_SILENCE:
            e->silent_us = o.silent_us;
            e->silences += o.silent_us > 0;
            break;
        }
    }
    /* A timer that is due but does nothing would spin. */
    assert_true(flow_next_timeout(e->flow) > s->now_us);
}

static bool deliver(struct sim *s, struct sim_line *l, struct sim_end *to)
{
    bool any = false;
    while (l->tail < l->head && !l->packets[l->tail % SIM_PACKETS].used)
        l->tail++;
    for (size_t i = l->tail; i < l->head; i++) {
        struct sim_packet *p = &l->packets[i % SIM_PACKETS];
        if (!p->used || p->due_us > s->now_us)
            continue;
        p->used = false;
        receive(s, to, p);
        any = true;
    }
    return any;
}

static void step_end(struct sim *s, struct sim_end *e, struct sim_line *in)
{
    bool input = deliver(s, in, e);
    bool encodes =
        s->now_us >= e->next_audio_us || s->now_us >= e->next_frame_us;
    decode(s, e);
    if (encodes)
        encode(s, e);
    if (input || encodes || s->now_us >= flow_next_timeout(e->flow))
        drain(s, e);
    struct flow_stats st;
    flow_get_stats(e->flow, s->now_us, &st);
    e->worst_pacer_us = LK_MAX(e->worst_pacer_us, (int64_t)st.pacer_us);
}

void sim_run(struct sim *s, int64_t us)
{
    int64_t end = s->now_us + us;
    while (s->now_us < end) {
        s->now_us += SIM_STEP_US;
        step_end(s, &s->ends[0], &s->lines[1]);
        step_end(s, &s->ends[1], &s->lines[0]);
    }
}

void sim_mark(struct sim *s)
{
    for (int i = 0; i < 2; i++) {
        struct sim_end *e = &s->ends[i];
        e->shown = 0;
        e->encoded = 0;
        e->worst_gap_us = 0;
        e->audio_received = 0;
        e->keys = 0;
        e->worst_pacer_us = 0;
    }
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int64_t sim_latency_us(struct sim_end *e, int percent)
{
    size_t n = LK_MIN(e->shown, SIM_FRAMES);
    assert_true(n > 0);
    qsort(e->latencies, n, sizeof(e->latencies[0]), compare);
    return e->latencies[(n - 1) * (size_t)percent / 100];
}

static void start_end(struct sim *s, uint32_t i)
{
    struct sim_end *e = &s->ends[i];
    e->cfg =
        (struct flow_config){.video_ssrc = 100 + i,
                             .rtx_ssrc = 200 + i,
                             .audio_ssrc = 300 + i,
                             .cname = "sim",
                             .video_pt = VIDEO_PT,
                             .rtx_pt = RTX_PT,
                             .audio_pt = AUDIO_PT,
                             .twcc_ext = 3,
                             .playout_ext = 4,
                             .nack = true,
                             .rtx = true,
                             .send_video = true,
                             .send_audio = true,
                             .start_bps = 800000,
                             .min_bps = 100000,
                             .max_bps = 1700000,
                             .wall_us = INT64_C(1700000000000000) + i * 1000};
    e->out = &s->lines[i];
    e->fps = 30;
    e->source_bps = 1500000;
    e->overshoot_percent = 100;
    e->seq = (uint16_t)(65000 + i);
    e->next_frame_us = s->now_us + 3000 + (int64_t)i * 11000;
    e->next_audio_us = s->now_us + 1000;
    assert_int_equal(flow_new(&e->cfg, &e->flow), 0);
    flow_start(e->flow, s->now_us);
    drain(s, e);
}

struct sim *sim_new(uint32_t seed, const struct sim_line *line)
{
    struct sim *s = calloc(1, sizeof(*s));
    assert_non_null(s);
    print_message("seed %u\n", seed);
    s->random = seed * 2654435761u | 1;
    s->now_us = 1000000000 + sim_random(s, 1000000);
    for (uint32_t i = 0; i < 2; i++) {
        struct sim_line *l = &s->lines[i];
        l->bps = line->bps;
        l->queue_us = line->queue_us;
        l->delay_us = line->delay_us;
        l->jitter_us = line->jitter_us;
        l->reorder = line->reorder;
        l->loss_permille = line->loss_permille;
        start_end(s, i);
    }
    return s;
}

void sim_free(struct sim *s)
{
    flow_free(s->ends[0].flow);
    flow_free(s->ends[1].flow);
    free(s);
}
