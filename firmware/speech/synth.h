/* synth.h - words to samples: espeak-ng, and recordings where it has no voice.
 *
 * Room, private. One thread in the whole program may use it: espeak-ng keeps
 * its state in globals.
 */
#ifndef LUUKKU_SPEECH_SYNTH_H
#define LUUKKU_SPEECH_SYNTH_H

#include "base/defs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYNTH_PACES 5

/* Takes samples of `rate_hz`; false ends the synthesis. */
struct synth_sink {
    bool (*take)(void *arg, const int16_t *samples, size_t n, uint32_t rate_hz);
    void *arg;
};

/* Loads espeak-ng's tables, the first time; they stay until the program ends,
 * because espeak-ng does not start twice. Errors: -EIO they are not there. */
int synth_open(void) LK_MUST_CHECK;

/* Whether there is a voice for the language with that code. */
bool synth_has_voice(const char *lang);

/* Speaks `text` (UTF-8) at `pace`, 0..SYNTH_PACES - 1, into `sink`.
 *
 * Errors  -ENOENT no voice, -EIO
 */
int synth_say(const char *lang, unsigned pace, const char *text,
              const struct synth_sink *sink) LK_MUST_CHECK;

/* Plays the recordings `<dir>/<lang>/<key>.s16` (48 kHz, 16 bit little endian,
 * one channel, without a header) of each of the keys, which are separated by
 * one space. All must be there.
 *
 * Errors  -ENOENT one is not, or a key or language is no plain name, or there
 *         is none; -EIO
 */
int synth_play(const char *dir, const char *lang, const char *keys,
               const struct synth_sink *sink) LK_MUST_CHECK;

#define SYNTH_PROMPT_MAX ((size_t)48000 * 2 * 30) /* bytes of one: 30 s */

#endif
