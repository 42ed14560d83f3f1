/* Camera, microphone and loudspeaker as they may be, and what is said of them.
 */
#include "testing.h"

#include "app/rtc_look.h"

#include <jansson.h>
#include <string.h>

#define STEP_US INT64_C(200000)
#define ALL (RTC_LOOK_CAMERA | RTC_LOOK_MICROPHONE | RTC_LOOK_SPEAKER)

/* A kiosk, for the time of one look. */
static struct place {
    const char *what;
    enum media_device camera, microphone, loudspeaker;
    bool shut;
    bool lost; /* the camera counts as gone once it gave nothing */
    double fps;
    double brightness, contrast;
    bool frozen;
    bool deaf;        /* the microphone gives no samples */
    bool muted;       /* nothing but zeros */
    double hum;       /* at the tone's pitch, energy of a sample, always */
    double echo;      /* likewise, while the tone plays */
    double taken;     /* of the tone's samples */
    const char *test; /* that fails; NULL: none */
    const char *reason;
    const char *heard; /* of the loudspeaker; NULL: not said */
} places[] = {
    {.what = "all is well", .echo = 1e-5, .heard = "heard the tone"},
    {.what = "a loud hall: the tone is not heard, which is no fault",
     .hum = 1e-4,
     .echo = 1e-5,
     .heard = "did not hear the tone"},
    {.what = "headphones", .heard = "did not hear the tone"},
    {.what = "simulated",
     .camera = MEDIA_DEVICE_SIMULATED,
     .microphone = MEDIA_DEVICE_SIMULATED,
     .loudspeaker = MEDIA_DEVICE_SIMULATED},
    {.what = "simulated, and slow",
     .camera = MEDIA_DEVICE_SIMULATED,
     .microphone = MEDIA_DEVICE_SIMULATED,
     .loudspeaker = MEDIA_DEVICE_SIMULATED,
     .fps = 3,
     .taken = 0.1},
    {.what = "dark, but there is noise",
     .brightness = 20,
     .contrast = 6,
     .heard = "did not hear the tone"},
    {.what = "no camera",
     .camera = MEDIA_DEVICE_NONE + 100,
     .test = "camera",
     .reason = "is not there",
     .heard = "did not hear the tone"},
    {.what = "a shutter",
     .shut = true,
     .test = "camera",
     .reason = "own shutter is closed",
     .heard = "did not hear the tone"},
    {.what = "a camera that hangs",
     .fps = -1,
     .lost = true,
     .test = "camera",
     .reason = "gives no picture",
     .heard = "did not hear the tone"},
    {.what = "a slow camera",
     .fps = 2.5,
     .test = "camera",
     .reason = "2.5 pictures a second",
     .heard = "did not hear the tone"},
    {.what = "a cover",
     .brightness = 16,
     .contrast = 0.5,
     .test = "camera",
     .reason = "black: a closed shutter, a cover",
     .heard = "did not hear the tone"},
    {.what = "a film before the lens",
     .brightness = 180,
     .contrast = 0.5,
     .test = "camera",
     .reason = "all of one colour",
     .heard = "did not hear the tone"},
    {.what = "a frozen camera",
     .frozen = true,
     .test = "camera",
     .reason = "frozen",
     .heard = "did not hear the tone"},
    {.what = "no microphone",
     .microphone = MEDIA_DEVICE_NONE + 100,
     .deaf = true,
     .test = "microphone",
     .reason = "is not there"},
    {.what = "a microphone that hangs",
     .deaf = true,
     .test = "microphone",
     .reason = "gives no sound"},
    {.what = "a muted microphone",
     .muted = true,
     .test = "microphone",
     .reason = "muted"},
    {.what = "no loudspeaker",
     .loudspeaker = MEDIA_DEVICE_NONE + 100,
     .test = "speaker",
     .reason = "is not there"},
    {.what = "a loudspeaker that hangs",
     .taken = 0.1,
     .test = "speaker",
     .reason = "does not take the test tone"},
};

/* What was not said is as it should be. */
static enum media_device device(enum media_device d)
{
    if ((int)d == MEDIA_DEVICE_NONE + 100)
        return MEDIA_DEVICE_NONE;
    return d == MEDIA_DEVICE_NONE ? MEDIA_DEVICE_REAL : d;
}

static double usual(double v, double otherwise)
{
    return v == 0 ? otherwise : v < 0 ? 0 : v;
}

static void pass_time(const struct place *p, int64_t us, bool tone,
                      struct media_look *s)
{
    double seconds = (double)us / 1e6;
    double n = seconds * MEDIA_AUDIO_CLOCK_HZ;
    if (device(p->camera) != MEDIA_DEVICE_NONE && !p->shut) {
        /* In tenths, so that slow ones count, too. */
        static double part;
        part += usual(p->fps, 30) * seconds;
        s->pictures += (uint64_t)part;
        s->changed += p->frozen ? 0 : (uint64_t)part;
        part -= (double)(uint64_t)part;
        s->width_px = 1280;
        s->height_px = 720;
        s->brightness = usual(p->brightness, 110);
        s->contrast = usual(p->contrast, 40);
        s->sharpness = 5;
    }
    if (device(p->microphone) != MEDIA_DEVICE_NONE && !p->deaf) {
        s->samples += (uint64_t)n;
        s->sounding += p->muted ? 0 : (uint64_t)n;
        s->sound_energy += p->muted ? 0 : 1e-6 * n;
        s->tone_energy += (p->hum + (tone ? p->echo : 0)) * n;
    }
    if (tone)
        s->played += (uint64_t)(n * usual(p->taken, 1));
}

static json_t *look(const struct place *p, unsigned wanted, int64_t *ret_us)
{
    struct rtc_look l;
    struct media_look s = {.pictures = 0};
    LK_AUTO(lk_buf) b = NULL;
    int64_t now_us = 5000000;
    rtc_look_begin(&l, wanted, now_us);
    enum rtc_look_phase phase = RTC_LOOK_STARTS;
    for (int i = 0; phase != RTC_LOOK_DONE && i < 100; i++) {
        struct media_devices d = {.camera = device(p->camera),
                                  .microphone = device(p->microphone),
                                  .loudspeaker = device(p->loudspeaker),
                                  .camera_shut = p->shut};
        now_us += STEP_US;
        if (p->lost && i > 9)
            d.camera = MEDIA_DEVICE_NONE;
        pass_time(p, STEP_US, phase == RTC_LOOK_TONE, &s);
        phase = rtc_look_at(&l, &s, &d, now_us);
    }
    assert_int_equal(phase, RTC_LOOK_DONE);
    if (ret_us)
        *ret_us = now_us - 5000000;
    assert_int_equal(lk_buf_new(RTC_LOOK_TEXT_MAX, &b), 0);
    assert_int_equal(rtc_look_write(&l, b), 0);
    json_t *v = json_loads(lk_buf_str(b), JSON_REJECT_DUPLICATES, NULL);
    if (!v)
        fail_msg("%s: %s", p->what, lk_buf_str(b));
    return v;
}

static const char *word(const json_t *check, const char *name)
{
    const char *s = json_string_value(json_object_get(check, name));
    return s ? s : "";
}

static void judge_check(const struct place *p, const json_t *one)
{
    const char *test = word(one, "test");
    bool fails = p->test && strcmp(p->test, test) == 0;
    if (strcmp(word(one, "result"), fails ? "FAIL" : "PASS") != 0)
        fail_msg("%s: %s: %s", p->what, test, word(one, "reason"));
    assert_int_equal(*word(one, "reason") != 0, fails);
    assert_int_equal(*word(one, "next") != 0, fails);
    if (fails && !strstr(word(one, "reason"), p->reason))
        fail_msg("%s: %s", p->what, word(one, "reason"));
    if (strcmp(test, "speaker") == 0)
        assert_string_equal(word(one, "microphone"), p->heard ? p->heard : "");
    bool simulated = p->camera == MEDIA_DEVICE_SIMULATED;
    assert_int_equal(json_is_true(json_object_get(one, "simulated")),
                     simulated);
}

static void every_place_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(places); i++) {
        json_t *v = look(&places[i], ALL, NULL);
        assert_int_equal(json_array_size(v), 3);
        for (size_t j = 0; j < 3; j++)
            judge_check(&places[i], json_array_get(v, j));
        json_decref(v);
    }
}

static void figures_are_told(void **state)
{
    (void)state;
    json_t *v = look(&places[0], ALL, NULL);
    const json_t *camera = json_array_get(v, 0);
    const json_t *microphone = json_array_get(v, 1);
    assert_int_equal(json_integer_value(json_object_get(camera, "width")),
                     1280);
    double fps = json_number_value(json_object_get(camera, "frames_per_s"));
    assert_true(fps > 29 && fps < 31);
    assert_int_equal(
        json_integer_value(json_object_get(microphone, "level_db")), -60);
    json_decref(v);
}

/* One device alone; without the loudspeaker no tone is played. */
static void asked_for_alone(void **state)
{
    static const char *const name[] = {"camera", "microphone", "speaker"};
    int64_t us = 0;
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        json_t *v = look(&places[0], rtc_look_words(name[i]), &us);
        assert_int_equal(json_array_size(v), 1);
        assert_string_equal(word(json_array_get(v, 0), "test"), name[i]);
        assert_int_equal(us > RTC_LOOK_QUIET_US + RTC_LOOK_TONE_US, i == 2);
        json_decref(v);
    }
    /* What gives nothing is waited for, but not for ever. */
    json_decref(look(&places[8], ALL, &us));
    assert_true(us <= RTC_LOOK_START_US + RTC_LOOK_QUIET_US + RTC_LOOK_TONE_US +
                          4 * STEP_US);
}

static void words_are_devices(void **state)
{
    static const char *const bad[] = {"",        " ",
                                      "cam",     "cameras",
                                      "camera ", "camera  speaker",
                                      " camera", "camera,speaker"};
    (void)state;
    assert_int_equal(rtc_look_words("camera microphone speaker"), ALL);
    assert_int_equal(rtc_look_words("speaker"), RTC_LOOK_SPEAKER);
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(rtc_look_words(bad[i]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_place_in_words),
        cmocka_unit_test(figures_are_told),
        cmocka_unit_test(asked_for_alone),
        cmocka_unit_test(words_are_devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
