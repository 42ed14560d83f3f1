/* What a technician is told of camera and sound: figures of pictures and
 * sounds that are known. */
#include "testing.h"

#include "media/look.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define WIDTH 64
#define HEIGHT 32
#define SECOND MEDIA_AUDIO_CLOCK_HZ

static struct media_looker l;
static uint8_t memory[WIDTH * HEIGHT * 3 / 2];
static int16_t sound[SECOND];

static struct media_look looked(void)
{
    struct media_look s;
    media_looker_get(&l, &s);
    return s;
}

static void show(void)
{
    struct media_picture p = media_picture_at(memory, WIDTH, HEIGHT);
    media_looker_picture(&l, &p, 1280, 720);
}

static void stripes(uint8_t dark, uint8_t light)
{
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT; i++)
        memory[i] = i % 2 ? light : dark;
}

static void pictures(void **state)
{
    (void)state;
    stripes(16, 16);
    show();
    assert_int_equal(looked().pictures, 0); /* nobody looks */
    media_looker_set(&l, true);
    show();
    show();
    struct media_look s = looked();
    assert_int_equal(s.pictures, 2);
    assert_int_equal(s.changed, 0);
    assert_int_equal(s.width_px, 1280);
    assert_int_equal(s.height_px, 720);
    assert_true(fabs(s.brightness - 16) < 1e-6);
    assert_true(s.contrast < 1e-6 && s.sharpness < 1e-6);
    stripes(90, 110);
    show();
    s = looked();
    assert_int_equal(s.changed, 1);
    assert_true(fabs(s.brightness - 100) < 1e-6);
    assert_true(fabs(s.contrast - 10) < 1e-6);
    assert_true(fabs(s.sharpness - 20) < 1e-6);
    /* One dot of one picture is enough to be another. */
    memory[0]++;
    show();
    assert_int_equal(looked().changed, 2);
    media_looker_set(&l, true); /* begins anew */
    assert_int_equal(looked().pictures, 0);
    media_looker_set(&l, false);
}

/* One picture is kept when it was asked for, as red, green and blue, and is
 * gone when nobody looks any more. */
static void whole_picture(void **state)
{
    struct media_shot *s = NULL;
    (void)state;
    media_looker_set(&l, true);
    stripes(235, 235);
    memset(memory + (size_t)WIDTH * HEIGHT, 128, sizeof(memory) / 3);
    show();
    assert_int_equal(media_looker_take(&l, &s), -EAGAIN);
    media_looker_want(&l);
    assert_int_equal(media_looker_take(&l, &s), -EAGAIN);
    show();
    stripes(16, 16);
    show(); /* another one is not what was asked for */
    assert_int_equal(media_looker_take(&l, &s), 0);
    assert_int_equal(s->width_px, WIDTH);
    assert_int_equal(s->height_px, HEIGHT);
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT * 3; i++)
        assert_true(s->rgb[i] >= 254);
    s = media_shot_free(s);
    assert_int_equal(media_looker_take(&l, &s), -EAGAIN);
    media_looker_want(&l);
    show();
    media_looker_set(&l, false);
    assert_int_equal(media_looker_take(&l, &s), -EAGAIN);
    assert_null(s);
}

static void hum(double hz, double loud)
{
    for (size_t i = 0; i < SECOND; i++)
        sound[i] =
            (int16_t)(32767 * loud * sin(2 * M_PI * hz * (double)i / SECOND));
}

/* Handed over in pieces, as a sound card does. */
static struct media_look hear(void)
{
    media_looker_set(&l, true);
    for (size_t at = 0; at < SECOND; at += 441)
        media_looker_sound(&l, sound + at, LK_MIN(SECOND - at, (size_t)441));
    struct media_look s = looked();
    media_looker_set(&l, false);
    return s;
}

static double loudness(double energy, uint64_t samples)
{
    return sqrt(energy / (double)samples);
}

static void sounds(void **state)
{
    (void)state;
    hum(440, 0);
    struct media_look s = hear();
    assert_int_equal(s.samples, SECOND);
    assert_int_equal(s.sounding, 0);
    assert_true(s.sound_energy < 1e-9);
    hum(MEDIA_LOOK_TONE_HZ, 0.1);
    s = hear();
    assert_true(s.sounding > SECOND / 2);
    assert_true(fabs(loudness(s.sound_energy, s.samples) - 0.0707) < 0.001);
    assert_true(fabs(loudness(s.tone_energy, s.samples) - 0.0707) < 0.001);
    /* A voice, or the simulated microphone, is not the tone. */
    hum(440, 0.1);
    s = hear();
    assert_true(fabs(loudness(s.sound_energy, s.samples) - 0.0707) < 0.001);
    assert_true(loudness(s.tone_energy, s.samples) < 0.008);
}

/* Soft, at its pitch, without a click at either end. */
static void tone(void **state)
{
    (void)state;
    media_looker_set(&l, true);
    memset(sound, 0, sizeof(sound));
    media_looker_tone(&l, sound, SECOND);
    assert_int_equal(looked().played, 0);
    assert_false(media_looker_sounds(&l));
    atomic_store(&l.tone, true);
    assert_true(media_looker_sounds(&l));
    media_looker_tone(&l, sound, SECOND / 2);
    atomic_store(&l.tone, false);
    assert_true(media_looker_sounds(&l));
    media_looker_tone(&l, sound + SECOND / 2, SECOND / 2);
    assert_false(media_looker_sounds(&l));
    assert_int_equal(looked().played, SECOND);
    int most = 0;
    int step = 0;
    for (size_t i = 1; i < SECOND; i++) {
        most = LK_MAX(most, abs(sound[i]));
        step = LK_MAX(step, abs(sound[i] - sound[i - 1]));
    }
    assert_in_range(most, MEDIA_LOOK_TONE_LOUD - 10, MEDIA_LOOK_TONE_LOUD);
    assert_true(step < MEDIA_LOOK_TONE_LOUD / 7); /* as in the tone itself */
    assert_int_equal(sound[SECOND - 1], 0);
    /* On top of what is loud already it does not wrap around. */
    for (size_t i = 0; i < SECOND; i++)
        sound[i] = 32767;
    atomic_store(&l.tone, true);
    media_looker_tone(&l, sound, SECOND);
    for (size_t i = 0; i < SECOND; i++)
        assert_true(sound[i] > 30000);
    atomic_store(&l.tone, false);
    media_looker_set(&l, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures),
        cmocka_unit_test(whole_picture),
        cmocka_unit_test(sounds),
        cmocka_unit_test(tone),
    };
    if (media_looker_init(&l) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    media_looker_destroy(&l);
    return failed;
}
