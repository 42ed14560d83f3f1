/* public.c - what other threads may call. */
#include "media/assembly.h"

#include <errno.h>
#include <string.h>

void media_rings(const struct media *m, int *ret_remote_memory_fd,
                 int *ret_remote_wake_fd, int *ret_self_memory_fd,
                 int *ret_self_wake_fd)
{
    const struct lk_ring *self = media_vsend_ring(m->vsend);
    lk_ring_fds(media_vrecv_ring(m->vrecv), ret_remote_memory_fd,
                ret_remote_wake_fd);
    *ret_self_memory_fd = -1;
    *ret_self_wake_fd = -1;
    if (self)
        lk_ring_fds(self, ret_self_memory_fd, ret_self_wake_fd);
}

void media_open(struct media *m, bool open)
{
    atomic_store(&m->open, open);
    atomic_store(&m->audio_out.open, open);
    media_vsend_open(m->vsend, open);
}

void media_identity(struct media *m, const uint8_t pt[MEDIA_KINDS],
                    const uint32_t ssrc[MEDIA_KINDS])
{
    memcpy(m->config.pt, pt, sizeof(m->config.pt));
    memcpy(m->config.ssrc, ssrc, sizeof(m->config.ssrc));
    media_vsend_identity(m->vsend, pt[MEDIA_VIDEO], ssrc[MEDIA_VIDEO]);
    atomic_store(&m->audio_out.pt, pt[MEDIA_AUDIO]);
    atomic_store(&m->audio_out.ssrc, ssrc[MEDIA_AUDIO]);
    media_receive_identity(media_vrecv_receive(m->vrecv), pt[MEDIA_VIDEO]);
    media_receive_identity(media_arecv_receive(m->arecv), pt[MEDIA_AUDIO]);
    media_vrecv_reset(m->vrecv);
}

void media_set_bitrate(struct media *m, int bps)
{
    int b = LK_MIN(LK_MAX(bps, MEDIA_BPS_MIN), MEDIA_BPS_MAX);
    media_vsend_bitrate(m->vsend, b);
}

void media_request_keyframe(struct media *m)
{
    media_vsend_keyframe(m->vsend);
}

void media_set_microphone(struct media *m, bool on)
{
    atomic_store(&m->microphone_on, on);
}

void media_set_camera(struct media *m, bool on)
{
    media_vsend_camera_on(m->vsend, on);
}

/* What one hears of oneself in a trial would go round and round. */
static void gain_follow(struct media *m)
{
    bool trial = atomic_load(&m->tone);
    atomic_store(&m->gain, trial ? 0 : atomic_load(&m->volume));
}

void media_set_volume(struct media *m, double volume)
{
    double v = volume > 0 ? LK_MIN(volume, 1.0) : 0;
    atomic_store(&m->volume, (int)(v * MEDIA_GAIN_ONE));
    gain_follow(m);
}

void media_set_caption(struct media *m, enum media_caption which,
                       const char *text)
{
    if ((unsigned)which < MEDIA_CAPTIONS)
        media_vsend_caption(m->vsend, which, text);
}

void media_set_trial(struct media *m, bool on)
{
    atomic_store(&m->tone, on);
    gain_follow(m);
    media_vsend_set_stamps(m->vsend, on || m->config.stamps);
    media_vrecv_set_stamps(m->vrecv, on || m->config.stamps);
}

void media_look(struct media *m, bool on)
{
    media_looker_set(&m->looker, on);
}

void media_look_tone(struct media *m, bool on)
{
    atomic_store(&m->looker.tone, on);
}

void media_looked(struct media *m, struct media_look *ret)
{
    media_looker_get(&m->looker, ret);
}

void media_look_want(struct media *m)
{
    media_looker_want(&m->looker);
}

int media_look_take(struct media *m, struct media_shot **ret)
{
    return media_looker_take(&m->looker, ret);
}

int media_receive_rtp(struct media *m, enum media_kind kind,
                      const uint8_t *data, size_t len)
{
    if (kind == MEDIA_VIDEO)
        return media_receive_push(media_vrecv_receive(m->vrecv), data, len);
    /* Taken only for the instant in which the loudspeaker is exchanged. */
    if (pthread_mutex_trylock(&m->sound_lock) != 0)
        return -ENOSPC;
    int r = media_receive_push(media_arecv_receive(m->arecv), data, len);
    pthread_mutex_unlock(&m->sound_lock);
    return r;
}

void media_sender_report(struct media *m, enum media_kind kind, uint64_t ntp,
                         uint32_t rtp_timestamp)
{
    if (kind == MEDIA_VIDEO) {
        media_receive_report(media_vrecv_receive(m->vrecv), ntp, rtp_timestamp);
        return;
    }
    /* The next report is as good. */
    if (pthread_mutex_trylock(&m->sound_lock) != 0)
        return;
    media_receive_report(media_arecv_receive(m->arecv), ntp, rtp_timestamp);
    pthread_mutex_unlock(&m->sound_lock);
}

void media_devices(struct media *m, struct media_devices *ret)
{
    pthread_mutex_lock(&m->devices_lock);
    *ret = m->devices;
    pthread_mutex_unlock(&m->devices_lock);
}

void media_stats(struct media *m, struct media_stats *ret)
{
    const struct media_receive *video = media_vrecv_receive(m->vrecv);
    memset(ret, 0, sizeof(*ret));
    media_vsend_stats(m->vsend, ret);
    media_vrecv_stats(m->vrecv, ret);
    ret->audio_packets_sent = atomic_load(&m->audio_out.packets);
    ret->video_packets_received = atomic_load(&video->received);
    ret->keyframes_wanted = atomic_load(&video->keys_wanted);
    ret->packets_refused = atomic_load(&video->refused);
    ret->skew_ms = atomic_load(&m->skew_ms);
    pthread_mutex_lock(&m->sound_lock);
    const struct media_receive *audio = media_arecv_receive(m->arecv);
    ret->audio_packets_received = atomic_load(&audio->received);
    ret->packets_refused += atomic_load(&audio->refused);
    media_arecv_stats(m->arecv, ret);
    pthread_mutex_unlock(&m->sound_lock);
}
