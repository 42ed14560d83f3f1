#include "app/rtc_control.h"

#include "app/rtc_control_impl.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void rtc_control_note(const char *what, int r)
{
    if (r < 0)
        LK_LOG(WARN, "control", "what=\"%s\" err=%s", what,
               strerrorname_np(-r));
}

/* --- media ------------------------------------------------------------- */

static void media_happened(void *arg, enum media_event event)
{
    struct rtc_control *c = arg;
    struct rtcmsg m = {
        .type = RTCMSG_PEER, .call = c->call, .peer = RTCMSG_PEER_PICTURE};
    if (event == MEDIA_EVENT_DEVICES)
        rtc_control_tell_devices(c);
    else if (event == MEDIA_EVENT_FIRST_PICTURE)
        rtc_control_tell(c, &m);
    else if (event == MEDIA_EVENT_FAILED)
        LK_LOG(ERROR, "media", "what=pipeline-failed");
}

static void media_packets_made(void *arg, struct media_packets *p)
{
    struct rtc_control *c = arg;
    rtc_transport_packets(c->transport, p);
}

static void media_keyframe_wanted(void *arg)
{
    struct rtc_control *c = arg;
    rtc_transport_keyframe_wanted(c->transport);
}

static int make_media(struct rtc_control *c, const struct store_config *s)
{
    struct media_config m = {
        .width_px = (int)s->video_width_px,
        .height_px = (int)s->video_height_px,
        .fps = (int)s->video_fps,
        .start_bps =
            LK_MIN(RTC_CONTROL_START_BPS, (int)s->video_max_kbps * 1000),
        .pt = {[MEDIA_VIDEO] = RTC_PT_VP8, [MEDIA_AUDIO] = RTC_PT_OPUS},
        .ssrc = {[MEDIA_VIDEO] = 1, [MEDIA_AUDIO] = 2},
        .stamps = s->stamps,
        .speech = rtc_speech_voice(c->speech),
    };
    struct media_callbacks cb = {.packets = media_packets_made,
                                 .keyframe_wanted = media_keyframe_wanted,
                                 .event = media_happened,
                                 .arg = c};
    rtc_cameras_choose(s, &m);
    int r = media_new(&m, &cb, c->loop, &c->media);
    if (r == 0)
        r = rtc_cameras_new(c->loop, s, c->media, &c->cameras);
    if (r == 0)
        r = rtc_control_make_stills(c);
    if (r == 0 && m.sink == MEDIA_SOUND_ALSA && !m.sound_simulated)
        r = rtc_speech_watch(c->speech, c->loop, c->media);
    return r;
}

/* --- life -------------------------------------------------------------- */

static int make_loop(struct rtc_control *c)
{
    int r = lk_loop_new(&c->loop);
    if (r == 0)
        r = lk_timer_new(c->loop, rtc_control_look, c, &c->look);
    if (r == 0)
        r = lk_timer_new(c->loop, rtc_control_quality_due, c, &c->sample);
    return r < 0 ? r : rtc_control_make_box(c);
}

static int make_broker(struct rtc_control *c,
                       const struct rtc_control_config *rc)
{
    struct rtc_broker_config config = {.loop = c->loop,
                                       .config = rc->config,
                                       .tls_ca = rc->tls_ca,
                                       .tls_cert = rc->tls_cert,
                                       .tls_key = rc->tls_key,
                                       .floor_s = rc->floor_s,
                                       .tell = rtc_control_tell,
                                       .renewed = rtc_control_renewed,
                                       .arg = c};
    return rtc_broker_new(&config, &c->broker);
}

static int make_trial(struct rtc_control *c, const struct store_config *s)
{
    const struct rtc_trial_config config = {.loop = c->loop,
                                            .config = s,
                                            .media = c->media,
                                            .transport = c->transport,
                                            .tell = rtc_control_tell,
                                            .tell_picture =
                                                rtc_control_tell_picture,
                                            .arg = c};
    return rtc_trial_new(&config, &c->trial);
}

static int make_all(struct rtc_control *c, const struct rtc_control_config *rc)
{
    struct rtc_speech_config voice = {.tell = rtc_control_tell, .arg = c};
    int r = make_loop(c);
    if (r == 0)
        r = rtc_speech_new(c->loop, &voice, &c->speech);
    if (r == 0)
        r = rtc_control_make_transport(c, rc);
    if (r == 0)
        r = make_media(c, rc->config);
    if (r == 0)
        r = make_trial(c, rc->config);
    if (r == 0)
        r = rtc_transport_start(c->transport, c->media);
    if (r == 0)
        r = rtc_names_new(rc->config, rtc_control_servers_found, c, &c->names);
    return r < 0 ? r : make_broker(c, rc);
}

int rtc_control_new(const struct rtc_control_config *config,
                    struct rtc_control **ret)
{
    struct rtc_control *c = calloc(1, sizeof(*c));
    int r = c ? 0 : -ENOMEM;
    if (r == 0)
        r = make_all(c, config);
    if (r < 0) {
        lk_fd_close(config->super_fd);
        rtc_control_free(c);
        return r;
    }
    r = rtc_control_make_super(c, config->super_fd);
    if (r < 0) {
        rtc_control_free(c);
        return r;
    }
    *ret = c;
    return 0;
}

int rtc_control_run(struct rtc_control *c, const char *walls)
{
    int r = superlink_ready(c->super, walls);
    return r < 0 ? r : lk_loop_run(c->loop);
}

struct rtc_control *rtc_control_free(struct rtc_control *c)
{
    if (!c)
        return NULL;
    rtc_names_free(c->names);
    rtc_broker_free(c->broker);
    /* The transport's thread calls media, and media's threads post to the
     * transport's box: the thread ends first, then media, then the box. */
    rtc_transport_stop(c->transport);
    rtc_speech_unwatch(c->speech);
    rtc_cameras_free(c->cameras);
    rtc_stills_free(c->stills);
    media_free(c->media);
    rtc_speech_free(c->speech);
    rtc_transport_free(c->transport);
    lk_chan_free(c->luukkud);
    superlink_free(c->super);
    lk_mailbox_free(c->box);
    rtc_trial_free(c->trial);
    lk_timer_free(c->look);
    lk_timer_free(c->sample);
    lk_loop_free(c->loop);
    free(c);
    return NULL;
}
