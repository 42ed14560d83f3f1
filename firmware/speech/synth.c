#include "speech/synth.h"
#include "speech/pcm.h"

#include <espeak-ng/espeak_ng.h>
#include <espeak-ng/speak_lib.h>

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifndef ESPEAK_DATA_HOME
#error "ESPEAK_DATA_HOME comes from the build"
#endif

/* Words a minute; espeak-ng itself takes 80..450. */
static const int paces[SYNTH_PACES] = {110, 140, 170, 220, 290};

static const struct {
    const char *lang, *voice;
} voices[] = {
    {"fi", "fi"}, {"sv", "sv"}, {"en", "en"}, {"ru", "ru"},
    {"uk", "uk"}, {"ar", "ar"}, {"et", "et"},
};

/* espeak-ng would open a sound device of its own, by way of a sound server's
 * socket that is walled off; but the samples are all that is wanted of it.
 * This stands before its player library's function of the same name. */
void *create_audio_device_object(const char *device, const char *application,
                                 const char *description);
void *create_audio_device_object(const char *device, const char *application,
                                 const char *description)
{
    (void)device;
    (void)application;
    (void)description;
    return NULL;
}

static struct {
    const struct synth_sink *sink; /* of the synthesis under way */
    uint32_t rate_hz;
    bool stopped;
} now; /* espeak-ng's callback knows no argument of ours that is never NULL */

static int synth_made(short *samples, int n, espeak_EVENT *events)
{
    (void)events;
    if (!now.sink || now.stopped)
        return 1;
    if (samples && n > 0)
        now.stopped =
            !now.sink->take(now.sink->arg, samples, (size_t)n, now.rate_hz);
    return now.stopped ? 1 : 0;
}

int synth_open(void)
{
    if (now.rate_hz > 0)
        return 0;
    espeak_ng_InitializePath(ESPEAK_DATA_HOME);
    espeak_ng_ERROR_CONTEXT context = NULL;
    espeak_ng_STATUS s = espeak_ng_Initialize(&context);
    espeak_ng_ClearErrorContext(&context);
    if (s == ENS_OK)
        s = espeak_ng_InitializeOutput(ENOUTPUT_MODE_SYNCHRONOUS, 0, NULL);
    if (s != ENS_OK)
        return -EIO;
    now.rate_hz = (uint32_t)espeak_ng_GetSampleRate();
    espeak_SetSynthCallback(synth_made);
    return 0;
}

static const char *voice_of(const char *lang)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(voices); i++)
        if (strcmp(voices[i].lang, lang) == 0)
            return voices[i].voice;
    return NULL;
}

bool synth_has_voice(const char *lang)
{
    return voice_of(lang) != NULL;
}

/* One sign, and perhaps the full stop that ends every phrase. */
static bool is_sign(const char *text)
{
    return ispunct((unsigned char)text[0]) &&
           (!text[1] || strcmp(text + 1, ".") == 0);
}

/* A key with a sign, or a sign that was typed, is spoken by its name. */
static espeak_ng_STATUS synth_speak(const char *text)
{
    if (is_sign(text))
        return espeak_ng_SpeakCharacter((wchar_t)text[0]);
    return espeak_ng_Synthesize(text, strlen(text) + 1, 0, POS_CHARACTER, 0,
                                espeakCHARS_UTF8, NULL, NULL);
}

int synth_say(const char *lang, unsigned pace, const char *text,
              const struct synth_sink *sink)
{
    const char *voice = voice_of(lang);
    if (!voice)
        return -ENOENT;
    if (espeak_ng_SetVoiceByName(voice) != ENS_OK)
        return -EIO;
    int wpm = paces[LK_MIN(pace, (unsigned)SYNTH_PACES - 1)];
    if (espeak_ng_SetParameter(espeakRATE, wpm, 0) != ENS_OK)
        return -EIO;
    now.sink = sink;
    now.stopped = false;
    espeak_ng_STATUS s = synth_speak(text);
    now.sink = NULL;
    return s == ENS_OK || now.stopped ? 0 : -EIO;
}

/* --- recordings ---------------------------------------------------------- */

#define PROMPT_PATH_MAX 256
#define PROMPT_BLOCK 1024 /* samples */

static bool is_plain(const char *s, size_t len)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    return len > 0 && len < 64 && strspn(s, good) >= len;
}

static FILE *prompt_open(const char *dir, const char *lang, const char *key,
                         size_t len)
{
    char path[PROMPT_PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s/%s/%.*s.s16", dir, lang, (int)len,
                     key);
    bool good = is_plain(lang, strlen(lang)) && is_plain(key, len) && n > 0 &&
                (size_t)n < sizeof(path);
    return good ? fopen(path, "rbe") : NULL;
}

/* Whether it went on to its end. */
static bool prompt_play(FILE *f, const struct synth_sink *sink)
{
    uint8_t bytes[PROMPT_BLOCK * 2];
    int16_t samples[PROMPT_BLOCK];
    size_t left = SYNTH_PROMPT_MAX;
    while (left > 0) {
        size_t n = fread(bytes, 2, LK_MIN(left / 2, (size_t)PROMPT_BLOCK), f);
        for (size_t i = 0; i < n; i++)
            samples[i] =
                (int16_t)(uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
        if (n == 0)
            return true;
        if (!sink->take(sink->arg, samples, n, SPEECH_RATE_HZ))
            return false;
        left -= n * 2;
    }
    return true;
}

/* Calls play with each key's file, or only looks whether all are there. */
static int prompts_each(const char *dir, const char *lang, const char *keys,
                        const struct synth_sink *sink)
{
    bool on = true;
    if (!*keys)
        return -ENOENT;
    while (*keys && on) {
        size_t len = strcspn(keys, " ");
        FILE *f = prompt_open(dir, lang, keys, len);
        if (!f)
            return -ENOENT;
        on = !sink || prompt_play(f, sink);
        (void)fclose(f);
        keys += len + (keys[len] == ' ');
    }
    return 0;
}

int synth_play(const char *dir, const char *lang, const char *keys,
               const struct synth_sink *sink)
{
    int r = prompts_each(dir, lang, keys, NULL);
    return r < 0 ? r : prompts_each(dir, lang, keys, sink);
}
