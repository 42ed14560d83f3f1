/* assembly.h - the parts of struct media.
 *
 * Room, private: media.c makes it and watches the devices; public.c has what
 * other threads may call.
 */
#ifndef LUUKKU_MEDIA_ASSEMBLY_H
#define LUUKKU_MEDIA_ASSEMBLY_H

#include "loop/mailbox.h"
#include "media/arecv.h"
#include "media/asend.h"
#include "media/look.h"
#include "media/media.h"
#include "media/vrecv.h"
#include "media/vsend.h"

#define MEDIA_BPS_MIN 50000
#define MEDIA_BPS_MAX 8000000

struct media {
    struct media_config config;
    struct media_callbacks cb;
    struct lk_timer *timer;
    struct lk_mailbox *first; /* news of the first picture, at once */
    int64_t retry_us;
    struct media_probe found; /* as last looked */

    struct media_looker looker;
    struct media_vsend *vsend;
    struct media_camera *camera; /* NULL: at rest, or none */
    int64_t camera_by_us;        /* until then it may be starting */
    char camera_name[MEDIA_NAME_MAX];
    struct media_vrecv *vrecv;
    struct media_asend *asend; /* NULL: at rest, or none */
    struct media_out audio_out;
    /* The loudspeaker may be exchanged under the transport thread, which never
     * waits for this lock: it tries. */
    pthread_mutex_t sound_lock;
    struct media_arecv *arecv;

    pthread_mutex_t devices_lock;
    struct media_devices devices; /* under it */
    int64_t delay_us;
    int camera_fd;     /* of its node; -1: there is none */
    int card;          /* that arecv plays to; -1: ALSA's default device */
    atomic_int gain;   /* MEDIA_GAIN_ONE: as it came */
    atomic_int volume; /* the gain that is wanted: in a trial there is none */
    atomic_int skew_ms;
    atomic_bool microphone_on;
    atomic_bool tone; /* is sent in place of what the microphone hears */
    atomic_bool open;
    bool loudspeaker; /* arecv plays to a device */
    bool capture;     /* camera and microphone run; the control thread's */
    bool unplugged;   /* the simulated camera; likewise */
    bool failed_told;
};

#endif
