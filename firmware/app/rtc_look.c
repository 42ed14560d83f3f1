#include "app/rtc_look.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define REASON_MAX 160

/* One check's words. */
struct said {
    const char *test;
    char reason[REASON_MAX]; /* "": it passed */
    const char *next;
};

static const struct {
    const char *word;
    enum rtc_look_device device;
} words_of[] = {{"camera", RTC_LOOK_CAMERA},
                {"microphone", RTC_LOOK_MICROPHONE},
                {"speaker", RTC_LOOK_SPEAKER}};

unsigned rtc_look_words(const char *words)
{
    unsigned all = 0;
    while (*words) {
        size_t len = strcspn(words, " ");
        unsigned one = 0;
        for (size_t i = 0; i < LK_ARRAY_LEN(words_of); i++)
            if (strlen(words_of[i].word) == len &&
                memcmp(words_of[i].word, words, len) == 0)
                one = words_of[i].device;
        if (!one || (words[len] && !words[len + 1]))
            return 0;
        all |= one;
        words += len + (words[len] != 0);
    }
    return all;
}

/* --- how it goes ---------------------------------------------------------- */

void rtc_look_begin(struct rtc_look *l, unsigned wanted, int64_t now_us)
{
    *l = (struct rtc_look){.wanted = wanted, .since_us = now_us};
}

/* What is not there, or has given something. */
static bool all_began(const struct media_look *s, const struct media_devices *d)
{
    return (d->camera == MEDIA_DEVICE_NONE || s->pictures > 0) &&
           (d->microphone == MEDIA_DEVICE_NONE || s->samples > 0);
}

/* A camera that gives nothing counts as lost after a while: what is judged is
 * that it was there. */
static void keep_devices(struct media_devices *have,
                         const struct media_devices *d)
{
    have->camera = LK_MAX(have->camera, d->camera);
    have->microphone = LK_MAX(have->microphone, d->microphone);
    have->loudspeaker = LK_MAX(have->loudspeaker, d->loudspeaker);
}

static void go_on(struct rtc_look *l, enum rtc_look_phase phase, int64_t now_us)
{
    l->phase = phase;
    l->since_us = now_us;
}

enum rtc_look_phase rtc_look_at(struct rtc_look *l,
                                const struct media_look *seen,
                                const struct media_devices *devices,
                                int64_t now_us)
{
    int64_t us = now_us - l->since_us;
    keep_devices(&l->devices, devices);
    l->shut = devices->camera_shut;
    l->end = *seen;
    switch (l->phase) {
    case RTC_LOOK_STARTS:
        if (us < RTC_LOOK_START_US && !all_began(seen, devices))
            break;
        l->quiet = *seen;
        go_on(l, RTC_LOOK_QUIET, now_us);
        break;
    case RTC_LOOK_QUIET:
        l->quiet_us = us;
        if (us < RTC_LOOK_QUIET_US)
            break;
        l->tone = *seen;
        go_on(l, l->wanted & RTC_LOOK_SPEAKER ? RTC_LOOK_TONE : RTC_LOOK_DONE,
              now_us);
        break;
    case RTC_LOOK_TONE:
        l->tone_us = us;
        if (us >= RTC_LOOK_TONE_US)
            go_on(l, RTC_LOOK_DONE, now_us);
        break;
    case RTC_LOOK_DONE:
        break;
    }
    return l->phase;
}

/* --- what was seen and heard ---------------------------------------------- */

/* Pictures a second, since both devices gave something. */
static double fps_of(const struct rtc_look *l)
{
    uint64_t n = l->end.pictures - l->quiet.pictures;
    int64_t us = l->quiet_us + l->tone_us;
    return us > 0 ? (double)n * 1e6 / (double)us : 0;
}

static void say(struct said *s, const char *why, const char *next)
{
    (void)snprintf(s->reason, sizeof(s->reason), "%s", why);
    s->next = next;
}

static const char fit_cable[] =
    "Check the camera's USB cable; plug it into another socket. Then: test "
    "camera";

static void judge_picture(const struct rtc_look *l, struct said *s)
{
    const struct media_look *e = &l->end;
    if (e->brightness < RTC_LOOK_BLACK && e->contrast < 2 * RTC_LOOK_EVEN)
        say(s,
            "the camera's picture is black: a closed shutter, a cover, or no "
            "light at all",
            "Open the cover before the lens, switch on the light. Then: test "
            "camera");
    else if (e->contrast < RTC_LOOK_EVEN)
        say(s, "the camera's picture is all of one colour, with nothing in it",
            "Take away what is before the lens, and its film. Then: test "
            "camera");
    else if (e->pictures >= RTC_LOOK_STILL_PICTURES && e->changed == 0)
        say(s, "the camera's picture is frozen: every one is the same",
            "Unplug the camera, plug it in again. Then: test camera. If it "
            "stays so, change it.");
}

static void judge_camera(const struct rtc_look *l, struct said *s)
{
    if (l->devices.camera == MEDIA_DEVICE_NONE) {
        say(s, "the camera is not there", fit_cable);
    } else if (l->shut) {
        say(s, "the camera's own shutter is closed",
            "Slide the shutter open. Then: test camera");
    } else if (l->end.pictures == 0) {
        say(s, "the camera was opened, but gives no picture", fit_cable);
    } else if (fps_of(l) < RTC_LOOK_FPS_MIN &&
               l->devices.camera == MEDIA_DEVICE_REAL) {
        (void)snprintf(s->reason, sizeof(s->reason),
                       "the camera gives %.1f pictures a second, fewer than %d",
                       fps_of(l), RTC_LOOK_FPS_MIN);
        s->next = "More light helps; else plug it into another socket, "
                  "without a hub. Then: test camera";
    } else {
        judge_picture(l, s);
    }
}

static void judge_microphone(const struct rtc_look *l, struct said *s)
{
    if (l->devices.microphone == MEDIA_DEVICE_NONE)
        say(s, "the microphone is not there, or cannot be opened",
            "Check the sound device's cable. Then: restart");
    else if (l->end.samples == 0)
        say(s, "the microphone was opened, but gives no sound",
            "Unplug the sound device, plug it in again. Then: restart");
    else if (l->end.sounding == 0)
        say(s, "the microphone gives digital silence: it is muted",
            "Is there a switch or a key on it? Then: test microphone. If it "
            "stays so, change it.");
}

static void judge_speaker(const struct rtc_look *l, struct said *s)
{
    double wanted = (double)l->tone_us * MEDIA_AUDIO_CLOCK_HZ / 1e6;
    double played = (double)(l->end.played - l->tone.played);
    /* What stands for a loudspeaker takes its time: it need only take some. */
    int least = l->devices.loudspeaker == MEDIA_DEVICE_SIMULATED
                    ? 1
                    : RTC_LOOK_PLAYED_PERCENT;
    if (l->devices.loudspeaker == MEDIA_DEVICE_NONE)
        say(s, "the loudspeaker is not there, or cannot be opened",
            "Check the sound device's cable and its power. Then: restart");
    else if (played * 100 < wanted * least)
        say(s, "the loudspeaker was opened, but does not take the test tone",
            "Unplug the sound device, plug it in again. Then: restart");
}

/* Energy a sample, of what was added between two looks. */
static double mean_of(double from, double to, uint64_t n)
{
    return n > 0 ? (to - from) / (double)n : 0;
}

/* Whether the microphone heard the loudspeaker's tone. */
static bool tone_heard(const struct rtc_look *l)
{
    const struct media_look *q = &l->quiet;
    const struct media_look *t = &l->tone;
    const struct media_look *e = &l->end;
    double before =
        mean_of(q->tone_energy, t->tone_energy, t->samples - q->samples);
    double with =
        mean_of(t->tone_energy, e->tone_energy, e->samples - t->samples);
    return with > RTC_LOOK_HEARD_LEAST && with > before * RTC_LOOK_HEARD_TIMES;
}

/* Loudness in decibels below the most, of what was heard before the tone. */
static double level_db(const struct rtc_look *l)
{
    double mean = mean_of(0, l->tone.sound_energy, l->tone.samples);
    return mean > 1e-12 ? 10 * log10(mean) : -120;
}

/* --- in JSON -------------------------------------------------------------- */

static int write_said(const struct said *s, enum media_device d,
                      struct lk_buf *b)
{
    return lk_buf_printf(
        b,
        "%s{\"test\":\"%s\",\"result\":\"%s\","
        "\"reason\":\"%s\",\"next\":\"%s\"%s",
        b->data[b->len - 1] == '[' ? "" : ",", s->test,
        s->reason[0] ? "FAIL" : "PASS", s->reason, s->reason[0] ? s->next : "",
        d == MEDIA_DEVICE_SIMULATED ? ",\"simulated\":true" : "");
}

static int write_camera(const struct rtc_look *l, struct lk_buf *b)
{
    struct said s = {.test = "camera"};
    judge_camera(l, &s);
    int r = write_said(&s, l->devices.camera, b);
    if (r == 0 && l->end.pictures > 0)
        r = lk_buf_printf(
            b,
            ",\"width\":%d,\"height\":%d,\"frames_per_s\":%.1f,"
            "\"brightness\":%.0f,\"contrast\":%.0f,\"sharpness\":%.1f",
            l->end.width_px, l->end.height_px, fps_of(l), l->end.brightness,
            l->end.contrast, l->end.sharpness);
    return r < 0 ? r : lk_buf_printf(b, "}");
}

static int write_microphone(const struct rtc_look *l, struct lk_buf *b)
{
    struct said s = {.test = "microphone"};
    judge_microphone(l, &s);
    int r = write_said(&s, l->devices.microphone, b);
    if (r == 0 && l->end.sounding > 0)
        r = lk_buf_printf(b, ",\"level_db\":%.0f", level_db(l));
    return r < 0 ? r : lk_buf_printf(b, "}");
}

static int write_speaker(const struct rtc_look *l, struct lk_buf *b)
{
    struct said s = {.test = "speaker"};
    judge_speaker(l, &s);
    int r = write_said(&s, l->devices.loudspeaker, b);
    /* Two that are simulated share no air. */
    if (r == 0 && !s.reason[0] && l->end.sounding > 0 &&
        l->devices.loudspeaker == MEDIA_DEVICE_REAL)
        r = lk_buf_printf(b, ",\"microphone\":\"%s\"",
                          tone_heard(l) ? "heard the tone"
                                        : "did not hear the tone");
    return r < 0 ? r : lk_buf_printf(b, "}");
}

int rtc_look_write(const struct rtc_look *l, struct lk_buf *b)
{
    int r = lk_buf_printf(b, "[");
    if (r == 0 && l->wanted & RTC_LOOK_CAMERA)
        r = write_camera(l, b);
    if (r == 0 && l->wanted & RTC_LOOK_MICROPHONE)
        r = write_microphone(l, b);
    if (r == 0 && l->wanted & RTC_LOOK_SPEAKER)
        r = write_speaker(l, b);
    return r < 0 ? r : lk_buf_printf(b, "]");
}
