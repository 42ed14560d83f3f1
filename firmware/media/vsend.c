/* vsend.c - the picture that is sent: source, pace, keyframes, self-view. */
#include "media/vsend.h"
#include "media/encoder.h"
#include "media/fit.h"
#include "media/look.h"
#include "media/picture.h"

#include "base/clock.h"
#include "base/log.h"

#include <libyuv.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STILL_US 250000 /* between still pictures */
#define CAMERA_STALL_US                                   \
    500000 /* without a picture the camera counts as lost \
            */
#define KEYFRAME_GAP_US 200000
#define MAX_AGE_US 1000000 /* of a camera's picture, to believe its stamp */

enum source {
    SOURCE_SCENE,
    SOURCE_CAMERA,
    SOURCE_OFF,
    SOURCE_NONE,
    SOURCE_SHUT, /* by its own shutter */
    SOURCE_REST  /* nothing is wanted, or the camera is being started */
};

struct media_vsend {
    struct media_config config;
    struct media_out out;
    struct media_encoder *encoder;
    struct media_scene *scene; /* simulated camera only */
    struct lk_ring *ring;
    uint8_t *memory; /* of `picture` */
    struct media_picture picture;
    struct media_fit fit;
    struct media_looker *looker; /* borrowed; NULL: nobody looks */

    pthread_t thread;
    bool runs;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* Under the lock: */
    bool stop, kicked, on, capture;
    int64_t patience_us; /* until then the camera may be starting */
    bool unplugged;      /* the simulated camera */
    bool no_scene;       /* a real one took its place */
    bool shut;           /* the camera's shutter */
    char caption[MEDIA_CAPTIONS][MEDIA_CAPTION_MAX];
    GstBuffer *frame; /* the camera's newest */
    int frame_width, frame_height;
    uint32_t frame_fourcc;
    int64_t frame_us; /* when it came; 0: never, or lost since */
    int64_t frame_captured_us;

    atomic_bool key_wanted, failed, stamps;
    atomic_int bps;
    atomic_ullong captured;
    /* The thread's: */
    enum source source;
    unsigned counter;
    int64_t next_us, key_us, captured_us;
    int seen_width, seen_height; /* of the last, as the camera gave it */
    bool warmed;
};

static void vsend_kick(struct media_vsend *v)
{
    pthread_mutex_lock(&v->lock);
    v->kicked = true;
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->lock);
}

/* Where pictures come from at `now_us`. Under the lock. */
static enum source vsend_source(const struct media_vsend *v, int64_t now_us)
{
    if (!v->capture)
        return SOURCE_REST;
    if (!v->on)
        return SOURCE_OFF;
    if (v->scene && !v->no_scene)
        return v->unplugged ? SOURCE_NONE : SOURCE_SCENE;
    if (v->frame_us != 0 && now_us - v->frame_us < CAMERA_STALL_US)
        return v->shut ? SOURCE_SHUT : SOURCE_CAMERA;
    bool starts = v->frame_us == 0 && now_us < v->patience_us;
    /* Whoever is in a call gets a picture at once. */
    return starts && !atomic_load(&v->out.open) ? SOURCE_REST : SOURCE_NONE;
}

/* Under the lock. */
static void vsend_wait_until(struct media_vsend *v, int64_t at_us)
{
    if (at_us == INT64_MAX) {
        pthread_cond_wait(&v->wake, &v->lock);
        return;
    }
    struct timespec t = {.tv_sec = at_us / 1000000,
                         .tv_nsec = at_us % 1000000 * 1000};
    pthread_cond_timedwait(&v->wake, &v->lock, &t);
}

/* When the source may change, or its next picture is due. Under the lock. */
static int64_t vsend_due_us(const struct media_vsend *v, enum source s)
{
    if (s == SOURCE_REST)
        return v->capture ? v->patience_us : INT64_MAX;
    return s == SOURCE_CAMERA ? v->frame_us + CAMERA_STALL_US : v->next_us;
}

/* Waits until a picture is due: at its time, when the camera has one, when the
 * source changes, or when somebody cannot wait. Under the lock. */
static void vsend_wait(struct media_vsend *v)
{
    for (;;) {
        int64_t now = lk_clock_us();
        enum source s = vsend_source(v, now);
        bool due = s == SOURCE_CAMERA ? v->frame != NULL : now >= v->next_us;
        due = s != SOURCE_REST && (due || v->kicked);
        if (v->stop || due || s != v->source) {
            v->source = s;
            return;
        }
        vsend_wait_until(v, vsend_due_us(v, s));
    }
}

/* False when the camera's picture is broken: it is left out. */
static bool vsend_take(struct media_vsend *v, GstBuffer *b, int width,
                       int height, uint32_t fourcc)
{
    GstMapInfo map;
    if (!gst_buffer_map(b, &map, GST_MAP_READ))
        return false;
    const struct media_fit_from from = {.data = map.data,
                                        .len = map.size,
                                        .width = width,
                                        .height = height,
                                        .fourcc = fourcc};
    int r = media_fit(&v->fit, &from, &v->picture);
    gst_buffer_unmap(b, &map);
    return r == 0;
}

static int64_t vsend_period_us(const struct media_vsend *v)
{
    return v->source == SOURCE_SCENE ? 1000000 / v->config.fps : STILL_US;
}

/* Draws or fetches the next picture. False: there is none after all. */
static bool vsend_picture(struct media_vsend *v, int64_t now_us)
{
    static const enum media_caption captions[] = {
        [SOURCE_SCENE] = MEDIA_CAPTION_SIMULATED,
        [SOURCE_CAMERA] = MEDIA_CAPTION_SIMULATED,
        [SOURCE_OFF] = MEDIA_CAPTION_CAMERA_OFF,
        [SOURCE_NONE] = MEDIA_CAPTION_NO_CAMERA,
        [SOURCE_SHUT] = MEDIA_CAPTION_SHUT};
    char caption[MEDIA_CAPTION_MAX] = "";
    pthread_mutex_lock(&v->lock);
    if (v->source != SOURCE_REST)
        memcpy(caption, v->caption[captions[v->source]], sizeof(caption));
    GstBuffer *b = LK_TAKE(v->frame);
    int width = v->frame_width, height = v->frame_height;
    uint32_t fourcc = v->frame_fourcc;
    v->captured_us = b ? v->frame_captured_us : now_us;
    pthread_mutex_unlock(&v->lock);
    bool ok = true;
    if (v->source == SOURCE_CAMERA && b)
        ok = vsend_take(v, b, width, height, fourcc);
    else if (v->source == SOURCE_SCENE)
        media_scene_draw(v->scene, v->counter, caption, &v->picture);
    else if (v->source != SOURCE_CAMERA)
        media_still_draw(&v->picture, caption);
    v->seen_width = b ? width : v->picture.width;
    v->seen_height = b ? height : v->picture.height;
    if (b)
        gst_buffer_unref(b);
    int64_t period = vsend_period_us(v);
    v->next_us =
        now_us - v->next_us < period ? v->next_us + period : now_us + period;
    return ok;
}

/* Whether this picture is to be a key frame: asked for, and not too soon. */
static bool vsend_key(struct media_vsend *v, int64_t now_us)
{
    if (!atomic_load(&v->out.await_key) && now_us - v->key_us < KEYFRAME_GAP_US)
        return false;
    if (!atomic_exchange(&v->key_wanted, false))
        return false;
    v->key_us = now_us;
    return true;
}

static void turn_round(uint8_t *plane, int stride, int width, int height)
{
    for (int j = 0; j < height; j++) {
        uint8_t *row = plane + (ptrdiff_t)j * stride;
        for (int a = 0, b = width - 1; a < b; a++, b--) {
            uint8_t t = row[a];
            row[a] = row[b];
            row[b] = t;
        }
    }
}

static void vsend_self_view(struct media_vsend *v, int64_t now_us)
{
    struct lk_ring_picture s;
    const struct media_picture *p = &v->picture;
    int width = v->config.self_view_px;
    int height = width * p->height / p->width & ~1;
    if (!v->ring ||
        lk_ring_begin(v->ring, (uint32_t)width, (uint32_t)height, &s) < 0)
        return;
    int y = (int)s.stride, c = y / 2;
    I420Scale(p->plane[0], p->stride[0], p->plane[1], p->stride[1], p->plane[2],
              p->stride[2], p->width, p->height, s.plane[0], y, s.plane[1], c,
              s.plane[2], c, width, height, kFilterBox);
    if (v->source == SOURCE_SCENE) {
        /* Screens mirror one's own picture; this one's words stay legible. */
        turn_round(s.plane[0], y, width, height);
        turn_round(s.plane[1], c, width / 2, height / 2);
        turn_round(s.plane[2], c, width / 2, height / 2);
    }
    lk_ring_commit(v->ring, now_us);
}

/* Not one of our still pictures in the camera's place. */
static bool vsend_real(const struct media_vsend *v)
{
    return v->source == SOURCE_SCENE || v->source == SOURCE_CAMERA;
}

/* A still picture has no moment of its own to tell. */
static bool vsend_stamps(const struct media_vsend *v)
{
    return atomic_load(&v->stamps) && vsend_real(v);
}

/* The first picture, an empty one, is encoded although nobody gets it: memory
 * is touched and tables are made before they are needed in a hurry. */
static void vsend_step(struct media_vsend *v)
{
    int64_t now = lk_clock_us();
    bool rests = v->source == SOURCE_REST;
    if (!vsend_picture(v, now))
        return;
    if (rests) /* what was seen last is not kept */
        media_fit_forget(&v->fit);
    else if (v->looker && vsend_real(v))
        media_looker_picture(v->looker, &v->picture, v->seen_width,
                             v->seen_height);
    atomic_fetch_add(&v->captured, !rests);
    v->out.pass = atomic_load(&v->out.open) && !rests;
    if (v->out.pass || !v->warmed) {
        const struct media_encoder_job job = {.picture = &v->picture,
                                              .captured_us = v->captured_us,
                                              .bps = atomic_load(&v->bps),
                                              .keyframe = v->out.pass &&
                                                          vsend_key(v, now),
                                              .stamp = vsend_stamps(v),
                                              .counter = (uint16_t)v->counter};
        v->warmed = true;
        if (media_encoder_encode(v->encoder, &job) < 0)
            atomic_store(&v->failed, true);
    }
    v->counter++;
    vsend_self_view(v, now);
}

static void *vsend_run(void *arg)
{
    struct media_vsend *v = arg;
    pthread_setname_np(pthread_self(), "media-send");
    pthread_mutex_lock(&v->lock);
    while (!v->stop) {
        vsend_wait(v);
        if (v->stop)
            break;
        v->kicked = false;
        pthread_mutex_unlock(&v->lock);
        vsend_step(v);
        pthread_mutex_lock(&v->lock);
    }
    pthread_mutex_unlock(&v->lock);
    return NULL;
}

static int vsend_sync_init(struct media_vsend *v)
{
    pthread_condattr_t attr;
    int r = pthread_condattr_init(&attr);
    if (r != 0)
        return -r;
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    r = pthread_cond_init(&v->wake, &attr);
    pthread_condattr_destroy(&attr);
    return r == 0 ? -pthread_mutex_init(&v->lock, NULL) : -r;
}

static int vsend_memory(struct media_vsend *v)
{
    const struct media_config *c = &v->config;
    v->memory = malloc(media_picture_len(c->width_px, c->height_px));
    if (!v->memory)
        return -ENOMEM;
    v->picture = media_picture_at(v->memory, c->width_px, c->height_px);
    int r = c->camera_simulated
                ? media_scene_new(c->width_px, c->height_px, &v->scene)
                : 0;
    if (r < 0 || c->self_view_px < 0)
        return r;
    int height = c->self_view_px * c->height_px / c->width_px;
    return lk_ring_new((uint32_t)c->self_view_px, (uint32_t)height, &v->ring);
}

static int vsend_start(struct media_vsend *v)
{
    int r = vsend_memory(v);
    if (r == 0)
        r = media_encoder_new(&v->config, &v->out, &v->encoder);
    if (r < 0)
        return r;
    v->next_us = lk_clock_us();
    v->source = SOURCE_NONE;
    r = -pthread_create(&v->thread, NULL, vsend_run, v);
    v->runs = r == 0;
    return r < 0 ? -ENOMEM : 0;
}

int media_vsend_new(const struct media_config *config,
                    const struct media_callbacks *cb, struct media_vsend **ret)
{
    struct media_vsend *v = calloc(1, sizeof(*v));
    if (!v)
        return -ENOMEM;
    if (vsend_sync_init(v) < 0) {
        free(v);
        return -ENOMEM;
    }
    v->config = *config;
    v->on = true;
    atomic_store(&v->stamps, config->stamps);
    atomic_store(&v->bps, config->start_bps);
    media_out_init(&v->out, MEDIA_VIDEO, cb);
    media_vsend_identity(v, config->pt[MEDIA_VIDEO], config->ssrc[MEDIA_VIDEO]);
    int r = vsend_start(v);
    if (r < 0) {
        media_vsend_free(v);
        return r;
    }
    *ret = v;
    return 0;
}

struct media_vsend *media_vsend_free(struct media_vsend *v)
{
    if (!v)
        return NULL;
    if (v->runs) {
        pthread_mutex_lock(&v->lock);
        v->stop = true;
        pthread_cond_signal(&v->wake);
        pthread_mutex_unlock(&v->lock);
        pthread_join(v->thread, NULL);
    }
    media_encoder_free(v->encoder);
    media_scene_free(v->scene);
    lk_ring_free(v->ring);
    if (v->frame)
        gst_buffer_unref(v->frame);
    free(v->memory);
    media_fit_forget(&v->fit);
    pthread_cond_destroy(&v->wake);
    pthread_mutex_destroy(&v->lock);
    free(v);
    return NULL;
}

void media_vsend_look(struct media_vsend *v, struct media_looker *l)
{
    v->looker = l;
}

struct lk_ring *media_vsend_ring(struct media_vsend *v)
{
    return v->ring;
}

void media_vsend_open(struct media_vsend *v, bool open)
{
    if (open) {
        atomic_store(&v->out.await_key, true);
        atomic_store(&v->key_wanted, true);
    }
    atomic_store(&v->out.open, open);
    if (open)
        vsend_kick(v);
}

void media_vsend_capture(struct media_vsend *v, bool on, int64_t patience_us)
{
    pthread_mutex_lock(&v->lock);
    v->capture = on;
    v->frame_us = 0;
    v->patience_us = lk_clock_us() + patience_us;
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->lock);
}

void media_vsend_identity(struct media_vsend *v, uint8_t pt, uint32_t ssrc)
{
    atomic_store(&v->out.pt, pt);
    atomic_store(&v->out.ssrc, ssrc);
}

void media_vsend_bitrate(struct media_vsend *v, int bps)
{
    atomic_store(&v->bps, bps);
}

void media_vsend_set_stamps(struct media_vsend *v, bool on)
{
    atomic_store(&v->stamps, on);
}

void media_vsend_keyframe(struct media_vsend *v)
{
    atomic_store(&v->key_wanted, true);
    pthread_mutex_lock(&v->lock);
    if (v->source == SOURCE_OFF || v->source == SOURCE_NONE ||
        v->source == SOURCE_SHUT) {
        /* Still pictures are rare: do not wait for the next. */
        v->kicked = true;
        pthread_cond_signal(&v->wake);
    }
    pthread_mutex_unlock(&v->lock);
}

void media_vsend_camera_on(struct media_vsend *v, bool on)
{
    pthread_mutex_lock(&v->lock);
    v->on = on;
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->lock);
}

void media_vsend_scene_there(struct media_vsend *v, bool there)
{
    pthread_mutex_lock(&v->lock);
    v->unplugged = !there;
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->lock);
}

void media_vsend_scene_end(struct media_vsend *v)
{
    pthread_mutex_lock(&v->lock);
    v->no_scene = true;
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->lock);
}

void media_vsend_caption(struct media_vsend *v, enum media_caption which,
                         const char *text)
{
    pthread_mutex_lock(&v->lock);
    snprintf(v->caption[which], MEDIA_CAPTION_MAX, "%s", text);
    v->kicked = true;
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->lock);
}

void media_vsend_camera_frame(void *arg, GstBuffer *b, int width, int height,
                              uint32_t fourcc)
{
    struct media_vsend *v = arg;
    pthread_mutex_lock(&v->lock);
    GstBuffer *old = v->frame;
    v->frame = b;
    v->frame_width = width;
    v->frame_height = height;
    v->frame_fourcc = fourcc;
    v->frame_us = lk_clock_us();
    int64_t age = v->frame_us - (int64_t)(GST_BUFFER_PTS(b) / GST_USECOND);
    bool known = GST_BUFFER_PTS_IS_VALID(b) && age >= 0 && age < MAX_AGE_US;
    v->frame_captured_us = v->frame_us - (known ? age : 0);
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->lock);
    if (old)
        gst_buffer_unref(old);
}

void media_vsend_camera_lost(void *arg)
{
    struct media_vsend *v = arg;
    pthread_mutex_lock(&v->lock);
    v->frame_us = 0;
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->lock);
}

void media_vsend_camera_shut(void *arg, bool shut)
{
    struct media_vsend *v = arg;
    pthread_mutex_lock(&v->lock);
    v->shut = shut;
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->lock);
}

bool media_vsend_camera_is_shut(struct media_vsend *v)
{
    pthread_mutex_lock(&v->lock);
    bool shut = v->shut;
    pthread_mutex_unlock(&v->lock);
    return shut;
}

bool media_vsend_camera_lives(struct media_vsend *v)
{
    pthread_mutex_lock(&v->lock);
    bool lives =
        v->frame_us != 0 && lk_clock_us() - v->frame_us < CAMERA_STALL_US;
    pthread_mutex_unlock(&v->lock);
    return lives;
}

bool media_vsend_failed(struct media_vsend *v)
{
    return atomic_load(&v->failed);
}

void media_vsend_stats(struct media_vsend *v, struct media_stats *ret)
{
    ret->frames_captured = atomic_load(&v->captured);
    ret->frames_sent = atomic_load(&v->out.frames);
    ret->keyframes_sent = atomic_load(&v->out.keyframes);
    ret->bitrate_bps = atomic_load(&v->bps);
    media_encoder_size(v->encoder, &ret->sent_width_px, &ret->sent_height_px);
}
