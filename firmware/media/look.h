/* look.h - what camera and sound devices give, as figures: for a technician.
 *
 * Room, private. Fed by the threads that carry picture and sound, and costs
 * them next to nothing while nobody looks; keeps no sound, and no picture but
 * one that was asked for. Also makes the test tone, and finds it again in what
 * the microphone hears.
 */
#ifndef LUUKKU_MEDIA_LOOK_H
#define LUUKKU_MEDIA_LOOK_H

#include "media/media.h"
#include "media/picture.h"

#include <pthread.h>
#include <stdatomic.h>

/* Samples that are judged together: whole periods of the test tone. */
#define MEDIA_LOOK_BLOCK 960

/* The most of the test tone, of 32767: soft, 26 dB below the most. */
#define MEDIA_LOOK_TONE_LOUD 1640

/* Zeroed, then media_looker_init(). */
struct media_looker {
    atomic_bool looks, tone;
    pthread_mutex_t lock;
    struct media_look sum;   /* under the lock */
    uint64_t hash;           /* of the last picture; likewise */
    bool wanted, no_room;    /* the next picture, whole; likewise */
    struct media_shot *shot; /* it, owned; likewise */
    /* The microphone's streaming thread's: a block that is not full yet. */
    size_t filled, sounding;
    double energy, in_phase, across;
    /* The thread that plays: */
    size_t phase;    /* samples within a period */
    atomic_int loud; /* 0..MEDIA_LOOK_TONE_LOUD: begins and ends softly */
};

/* Errors: -ENOMEM. */
int media_looker_init(struct media_looker *l) LK_MUST_CHECK;
void media_looker_destroy(struct media_looker *l);

/* Begins anew with nothing seen and heard (true), or ends. Any thread. */
void media_looker_set(struct media_looker *l, bool on);

/* One picture; the camera gave it with that size. Its luma is looked at. */
void media_looker_picture(struct media_looker *l, const struct media_picture *p,
                          int width, int height);

/* n samples of the microphone, mono, 48 kHz, before anything is taken out. */
void media_looker_sound(struct media_looker *l, const int16_t *samples,
                        size_t n);

/* Whether the test tone is to be played, or still fades out. Any thread. */
bool media_looker_sounds(const struct media_looker *l);

/* Adds the next n samples of the test tone to `samples`. */
void media_looker_tone(struct media_looker *l, int16_t *samples, size_t n);

/* As media_look_want() and media_look_take(). */
void media_looker_want(struct media_looker *l);
int media_looker_take(struct media_looker *l,
                      struct media_shot **ret) LK_MUST_CHECK;

/* What was seen and heard since media_looker_set(). Any thread. */
void media_looker_get(struct media_looker *l, struct media_look *ret);

#endif
