/* media.c - assembly: what is sent, what is received, and the devices. */
#include "media/adapt.h"
#include "media/assembly.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICK_US 100000
#define TICK_REST_US 1000000    /* while nothing is captured */
#define RETRY_US 1000000        /* between looks for a device that is gone */
#define CAMERA_START_US 2000000 /* to the first picture */
#define BPS_START 800000
#define TONE_HZ 440
#define SELF_VIEW_PX 320

/* What is as it should be, in the words of the public header. */
static int config_check(struct media_config *c)
{
    c->width_px = c->width_px ? c->width_px : 640;
    c->height_px = c->height_px ? c->height_px : 480;
    c->fps = c->fps ? c->fps : MEDIA_FPS_MAX;
    c->start_bps = c->start_bps ? c->start_bps : BPS_START;
    c->tone_hz = c->tone_hz ? c->tone_hz : TONE_HZ;
    c->self_view_px = c->self_view_px ? c->self_view_px : SELF_VIEW_PX;
    bool size = c->width_px >= 320 && c->width_px <= MEDIA_WIDTH_MAX &&
                c->height_px >= 240 && c->height_px <= MEDIA_HEIGHT_MAX &&
                c->width_px % 2 == 0 && c->height_px % 2 == 0;
    bool rates = c->fps >= 10 && c->fps <= MEDIA_FPS_MAX &&
                 c->start_bps >= MEDIA_BPS_MIN &&
                 c->start_bps <= MEDIA_BPS_MAX && c->tone_hz >= 60 &&
                 c->tone_hz <= 3000;
    bool view = c->self_view_px < 0 ||
                (c->self_view_px >= 64 && c->self_view_px <= c->width_px &&
                 c->self_view_px % 2 == 0);
    return size && rates && view && c->pt[0] < 128 && c->pt[1] < 128 ? 0
                                                                     : -EINVAL;
}

static void tell(struct media *m, enum media_event event)
{
    if (m->cb.event)
        m->cb.event(m->cb.arg, event);
}

static enum media_device device_of(bool simulated, bool real)
{
    if (simulated)
        return MEDIA_DEVICE_SIMULATED;
    return real ? MEDIA_DEVICE_REAL : MEDIA_DEVICE_NONE;
}

/* One that gives no pictures yet counts while it may be starting. */
static bool camera_there(struct media *m)
{
    if (!m->capture)
        return m->camera_fd >= 0;
    return m->camera && (media_vsend_camera_lives(m->vsend) ||
                         lk_clock_us() < m->camera_by_us);
}

static bool microphone_there(const struct media *m)
{
    if (m->capture)
        return m->asend != NULL;
    return m->config.sound_simulated || (m->config.source != MEDIA_SOUND_NONE &&
                                         m->found.source != MEDIA_SOUND_NONE);
}

/* Looks what there is now, and tells when it changed. */
static void devices_update(struct media *m, bool silently)
{
    const struct media_config *c = &m->config;
    bool microphone = microphone_there(m);
    struct media_devices d = {
        .camera =
            device_of(c->camera_simulated && !m->unplugged, camera_there(m)),
        .microphone = device_of(microphone && c->sound_simulated, microphone),
        .loudspeaker = device_of(c->sound_simulated, m->loudspeaker)};
    if (d.camera == MEDIA_DEVICE_REAL)
        memcpy(d.camera_name, m->camera_name, sizeof(d.camera_name));
    d.camera_shut = m->camera && media_vsend_camera_is_shut(m->vsend);
    pthread_mutex_lock(&m->devices_lock);
    bool changed = d.camera != m->devices.camera ||
                   d.camera_shut != m->devices.camera_shut ||
                   d.microphone != m->devices.microphone ||
                   d.loudspeaker != m->devices.loudspeaker;
    m->devices = d;
    pthread_mutex_unlock(&m->devices_lock);
    if (changed && !silently)
        tell(m, MEDIA_EVENT_DEVICES);
}

int media_emulate_camera(struct media *m, bool there)
{
    if (!m->config.camera_simulated)
        return -ENODEV;
    m->unplugged = !there;
    media_vsend_scene_there(m->vsend, there);
    devices_update(m, false);
    return 0;
}

static void camera_try(struct media *m)
{
    if (m->camera || m->camera_fd < 0)
        return;
    const struct media_camera_config c = {.fd = m->camera_fd,
                                          .width = m->config.width_px,
                                          .height = m->config.height_px,
                                          .fps = m->config.fps,
                                          .frame = media_vsend_camera_frame,
                                          .shut = media_vsend_camera_shut,
                                          .lost = media_vsend_camera_lost,
                                          .arg = m->vsend};
    int r = media_camera_new(&c, &m->camera);
    LK_LOG(DEBUG, "media", "camera result=%d", r);
    if (r == 0)
        m->camera_by_us = lk_clock_us() + CAMERA_START_US;
}

static void camera_stop(struct media *m)
{
    m->camera = media_camera_free(m->camera);
    media_vsend_camera_shut(m->vsend, false);
}

void media_use_camera(struct media *m, int fd, const char *name)
{
    camera_stop(m);
    media_vsend_camera_lost(m->vsend);
    (void)lk_fd_close(m->camera_fd);
    m->camera_fd = fd < 0 ? -1 : fd;
    (void)snprintf(m->camera_name, sizeof(m->camera_name), "%s",
                   fd < 0 ? "" : name);
    if (fd >= 0 && m->config.camera_simulated) {
        m->config.camera_simulated = false;
        media_vsend_scene_end(m->vsend);
    }
    if (m->capture)
        camera_try(m);
    devices_update(m, false);
}

static void microphone_try(struct media *m)
{
    const struct media_config *c = &m->config;
    if (m->asend || (!c->sound_simulated && c->source == MEDIA_SOUND_NONE))
        return;
    const struct media_asend_config a = {.source = c->source,
                                         .simulated = c->sound_simulated,
                                         .tone_hz = c->tone_hz,
                                         .cancel_echo = m->loudspeaker,
                                         .tone = &m->tone,
                                         .looker = &m->looker};
    int r = media_asend_new(&a, &m->audio_out, &m->microphone_on, &m->asend);
    LK_LOG(DEBUG, "media", "microphone result=%d", r);
}

/* Exchanges the receiver of sound for one that plays to `sink`. */
static int loudspeaker_set(struct media *m, enum media_sound sink)
{
    struct media_arecv *fresh, *old;
    const struct media_arecv_config c = {.pt = m->config.pt[MEDIA_AUDIO],
                                         .sink = sink,
                                         .gain = &m->gain,
                                         .card = m->card,
                                         .speech = m->config.speech,
                                         .looker = &m->looker,
                                         .open = &m->open};
    int r = media_arecv_new(&c, &m->cb, &fresh);
    if (r < 0)
        return r;
    pthread_mutex_lock(&m->sound_lock);
    old = m->arecv;
    m->arecv = fresh;
    m->loudspeaker = sink != MEDIA_SOUND_NONE;
    pthread_mutex_unlock(&m->sound_lock);
    media_arecv_free(old);
    return 0;
}

static void loudspeaker_try(struct media *m)
{
    if (m->loudspeaker || m->config.sound_simulated ||
        m->config.sink == MEDIA_SOUND_NONE)
        return;
    int r = loudspeaker_set(m, m->config.sink);
    LK_LOG(DEBUG, "media", "loudspeaker result=%d", r);
    /* The canceller can only be linked when there is something to cancel. */
    if (r == 0)
        m->asend = media_asend_free(m->asend);
}

int media_set_output(struct media *m, int card)
{
    if (m->config.sink != MEDIA_SOUND_ALSA || m->config.sound_simulated)
        return -ENODEV;
    if (card == m->card)
        return m->loudspeaker ? 0 : -EIO;
    /* The old device is let go of first: both may be the same one. */
    int r = loudspeaker_set(m, MEDIA_SOUND_NONE);
    m->card = card;
    if (r == 0)
        r = loudspeaker_set(m, MEDIA_SOUND_ALSA);
    if (r < 0) {
        m->card = -1;
        loudspeaker_try(m);
    }
    m->asend = media_asend_free(m->asend); /* links to the new echo probe */
    return r;
}

static void capture_watch(struct media *m, int64_t now_us)
{
    bool gone = m->camera && !media_vsend_camera_lives(m->vsend) &&
                now_us >= m->camera_by_us;
    if (gone)
        camera_stop(m);
    camera_try(m);
    microphone_try(m);
}

/* What broke is let go of, and looked for again now and then. */
static void devices_watch(struct media *m, int64_t now_us)
{
    if (m->asend && media_asend_broken(m->asend))
        m->asend = media_asend_free(m->asend);
    if (m->loudspeaker && media_arecv_broken(m->arecv) &&
        loudspeaker_set(m, MEDIA_SOUND_NONE) == 0)
        m->asend = media_asend_free(m->asend);
    if (now_us >= m->retry_us) {
        m->retry_us = now_us + RETRY_US;
        loudspeaker_try(m);
        if (m->capture)
            capture_watch(m, now_us);
        else
            media_probe(&m->found);
    }
    devices_update(m, false);
}

void media_capture(struct media *m, bool on)
{
    if (on == m->capture)
        return;
    m->capture = on;
    if (on) {
        media_vsend_capture(m->vsend, true,
                            m->camera_fd < 0 ? 0 : CAMERA_START_US);
        camera_try(m);
        microphone_try(m);
    } else {
        camera_stop(m);
        m->asend = media_asend_free(m->asend);
        media_vsend_capture(m->vsend, false, 0);
    }
    devices_update(m, false);
    m->retry_us = lk_clock_us() + RETRY_US;
    lk_timer_set_in(m->timer, on ? TICK_US : TICK_REST_US);
}

/* Where sound is played later than its picture, the picture waits a little. */
static void lip_sync(struct media *m)
{
    int64_t video, audio, skew = 0;
    bool known =
        media_receive_offset(media_vrecv_receive(m->vrecv), &video) == 0 &&
        media_receive_offset(media_arecv_receive(m->arecv), &audio) == 0;
    if (known)
        skew = audio + media_arecv_latency_us(m->arecv) - video;
    /* More than that is a sender that lies about its clocks. */
    if (skew > 2000000 || skew < -2000000)
        skew = 0;
    atomic_store(&m->skew_ms, (int)(skew / 1000));
    m->delay_us = media_adapt_delay(m->delay_us, m->loudspeaker ? skew : 0);
    media_vrecv_delay(m->vrecv, m->delay_us);
}

static void tick(void *arg, int64_t now_us)
{
    struct media *m = arg;
    lk_timer_set(m->timer, now_us + (m->capture ? TICK_US : TICK_REST_US));
    devices_watch(m, now_us);
    media_arecv_tick(m->arecv);
    lip_sync(m);
    bool failed = media_vsend_failed(m->vsend) ||
                  atomic_load(&media_vrecv_receive(m->vrecv)->pipe.broken);
    if (failed && !m->failed_told) {
        m->failed_told = true;
        tell(m, MEDIA_EVENT_FAILED);
    }
}

/* On the streaming thread. */
static void picture_came(void *arg)
{
    struct media *m = arg;
    static const uint8_t news = 1;
    /* Full only when the same news waits already. */
    (void)!lk_mailbox_post(m->first, &news);
}

static void tell_first(void *arg, void *item)
{
    struct media *m = arg;
    (void)item;
    tell(m, MEDIA_EVENT_FIRST_PICTURE);
}

static int media_watch_first(struct media *m, struct lk_loop *loop)
{
    struct lk_mailbox_config box = {.item_len = 1,
                                    .capacity = 4,
                                    .full = LK_MAILBOX_DROP_OLDEST,
                                    .receive = tell_first,
                                    .arg = m};
    int r = lk_mailbox_new(loop, &box, &m->first);
    if (r == 0)
        media_vrecv_on_first(m->vrecv, picture_came, m);
    return r;
}

static int media_start(struct media *m, struct lk_loop *loop)
{
    int r = media_vsend_new(&m->config, &m->cb, &m->vsend);
    if (r < 0)
        return r;
    media_vsend_look(m->vsend, &m->looker);
    r = media_vrecv_new(&m->config, &m->cb, &m->open, &m->vrecv);
    if (r == 0)
        r = media_watch_first(m, loop);
    if (r == 0)
        r = loudspeaker_set(m, MEDIA_SOUND_NONE);
    if (r == 0)
        r = lk_timer_new(loop, tick, m, &m->timer);
    if (r < 0)
        return r;
    media_probe(&m->found);
    loudspeaker_try(m);
    devices_update(m, true);
    m->retry_us = lk_clock_us() + RETRY_US;
    lk_timer_set_in(m->timer, TICK_REST_US);
    return 0;
}

int media_new(const struct media_config *config,
              const struct media_callbacks *cb, struct lk_loop *loop,
              struct media **ret)
{
    struct media_config c = *config;
    if (config_check(&c) < 0 || !cb->packets || !cb->keyframe_wanted)
        return -EINVAL;
    struct media *m = calloc(1, sizeof(*m));
    if (!m)
        return -ENOMEM;
    m->config = c;
    m->card = -1;
    m->camera_fd = -1;
    m->cb = *cb;
    atomic_store(&m->gain, MEDIA_GAIN_ONE);
    atomic_store(&m->volume, MEDIA_GAIN_ONE);
    atomic_store(&m->microphone_on, true);
    if (pthread_mutex_init(&m->sound_lock, NULL) != 0 ||
        pthread_mutex_init(&m->devices_lock, NULL) != 0 ||
        media_looker_init(&m->looker) < 0) {
        free(m);
        return -ENOMEM;
    }
    media_out_init(&m->audio_out, MEDIA_AUDIO, &m->cb);
    atomic_store(&m->audio_out.pt, c.pt[MEDIA_AUDIO]);
    atomic_store(&m->audio_out.ssrc, c.ssrc[MEDIA_AUDIO]);
    int r = media_start(m, loop);
    if (r < 0) {
        media_free(m);
        return r;
    }
    *ret = m;
    return 0;
}

struct media *media_free(struct media *m)
{
    if (!m)
        return NULL;
    lk_timer_free(m->timer);
    media_camera_free(m->camera);
    lk_fd_close(m->camera_fd);
    media_asend_free(m->asend);
    media_vsend_free(m->vsend);
    media_vrecv_free(m->vrecv);
    media_arecv_free(m->arecv);
    lk_mailbox_free(m->first);
    pthread_mutex_destroy(&m->sound_lock);
    pthread_mutex_destroy(&m->devices_lock);
    media_looker_destroy(&m->looker);
    free(m);
    return NULL;
}
