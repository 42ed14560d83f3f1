/* speech.h - the kiosk's own voice: what is to be said becomes sound.
 *
 * Room: a bounded queue, one worker thread that synthesises, and the samples
 * that wait to be played. Whoever plays takes them with speech_read(). Not
 * here: what is said (ui/kiosk/speak.h), loudspeakers (media).
 *
 * Private words (`closed`) are spoken only while speech_headset() says that a
 * headset plays; when it is pulled they stop at once.
 */
#ifndef LUUKKU_SPEECH_SPEECH_H
#define LUUKKU_SPEECH_SPEECH_H

#include "base/defs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct speech;

#define SPEECH_TEXT_MAX 4097 /* bytes of one utterance, the NUL included */
#define SPEECH_KEYS_MAX 512  /* bytes of its names, likewise */
#define SPEECH_QUEUE_MAX                                 \
    8 /* utterances that wait; of more the new one fails \
       */
#define SPEECH_RING_MAX 9600 /* samples made ahead: 0.2 s */

/* No sample of speech is beyond this: 6 dB below what the format can hold. */
#define SPEECH_CEILING 16384

/* Samples taken by nobody for so long: the utterance has failed. */
#define SPEECH_STALL_MS 3000

enum speech_how {
    SPEECH_DONE,     /* the last sample was taken */
    SPEECH_CUT,      /* by another one, speech_hush(), or a pulled headset */
    SPEECH_NO_VOICE, /* neither a voice nor recordings */
    SPEECH_REFUSED,  /* closed, and no headset plays */
    SPEECH_FAILED,   /* no room, no memory, nobody plays, or espeak-ng failed */
};

struct speech_order {
    uint32_t id;
    const char *lang; /* "fi"... */
    unsigned pace;    /* 0 slowest..4 */
    bool closed;
    bool interrupt;   /* whatever is said and waits is cut */
    const char *text; /* UTF-8 */
    const char *keys; /* names of its phrases for recordings; "" none */
};

struct speech_config {
    const char *prompts; /* folder of recordings; borrowed */
    /* What became of an order; once for each. Thread: the worker's
     * or the caller's of speech_say(); must only hand on. */
    void (*over)(void *arg, uint32_t id, enum speech_how how);
    void *arg;
};

/* Makes it and starts its worker. Errors: -ENOMEM, pthread_create(3)'s.
 * Thread: any, once a program, after confinement. */
int speech_new(const struct speech_config *config,
               struct speech **ret) LK_MUST_CHECK;

/* Cuts what is said and waits for the worker. NULL is fine. Returns NULL. */
struct speech *speech_free(struct speech *s);
LK_AUTO_DEFINE(speech);

/* Speaks; the order is copied. Its end comes through `over`, failure too.
 * Thread: any. */
void speech_say(struct speech *s, const struct speech_order *order);

/* Silence at once; all that waits is cut. Thread: any. */
void speech_hush(struct speech *s);

/* Whether a headset plays. Thread: any. */
void speech_headset(struct speech *s, bool in);

/* Takes up to n samples, mono, 48 kHz; fewer, or 0, when there are no more.
 * `speaking`, when not NULL: whether something is being said, although none
 * may be ready now. Thread: one player at a time; never waits for synthesis. */
size_t speech_read(struct speech *s, int16_t *ret, size_t n, bool *speaking);

/* Waits until there are samples to take, at most timeout_ms. Returns whether
 * there are. Thread: as speech_read(). */
bool speech_wait(struct speech *s, int timeout_ms);

struct speech_stats {
    uint64_t samples; /* taken, since the start */
    int peak;         /* the loudest of them, 0..SPEECH_CEILING */
};

/* Thread: any. */
void speech_stats(struct speech *s, struct speech_stats *ret);

#endif
