/* The real synthesiser, and a player that takes samples as fast as they come.
 */
#include "testing.h"

#include "speech/pcm.h"
#include "speech/speech.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUTCOMES 64
#define PATIENCE_MS 20000

struct rig {
    struct speech *speech;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t n;
    uint32_t id[OUTCOMES];
    enum speech_how how[OUTCOMES];
    char prompts[64];
};

static struct rig rig = {.lock = PTHREAD_MUTEX_INITIALIZER,
                         .changed = PTHREAD_COND_INITIALIZER,
                         .prompts = "/nonexistent"};

static void on_over(void *arg, uint32_t id, enum speech_how how)
{
    struct rig *r = arg;
    pthread_mutex_lock(&r->lock);
    assert_true(r->n < OUTCOMES);
    r->id[r->n] = id;
    r->how[r->n++] = how;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

static void start(void)
{
    struct speech_config c = {
        .prompts = rig.prompts, .over = on_over, .arg = &rig};
    rig.n = 0;
    assert_int_equal(speech_new(&c, &rig.speech), 0);
}

static void stop(void)
{
    rig.speech = speech_free(rig.speech);
}

/* The outcome of an utterance; plays meanwhile. Counts samples and keeps the
 * loudest one. */
static enum speech_how play(uint32_t id, size_t *ret_samples, int *ret_peak)
{
    int16_t block[480];
    size_t samples = 0;
    int peak = 0;
    for (;;) {
        size_t n = speech_read(rig.speech, block, 480, NULL);
        for (size_t i = 0; i < n; i++)
            peak = LK_MAX(peak, abs(block[i]));
        samples += n;
        pthread_mutex_lock(&rig.lock);
        for (size_t i = 0; i < rig.n; i++) {
            if (rig.id[i] != id || n > 0)
                continue;
            enum speech_how how = rig.how[i];
            pthread_mutex_unlock(&rig.lock);
            if (ret_samples)
                *ret_samples = samples;
            if (ret_peak)
                *ret_peak = peak;
            return how;
        }
        pthread_mutex_unlock(&rig.lock);
        if (n == 0)
            (void)speech_wait(rig.speech, 10);
    }
}

static struct speech_order order(uint32_t id, const char *lang,
                                 const char *text)
{
    return (struct speech_order){
        .id = id, .lang = lang, .pace = 2, .text = text, .keys = ""};
}

/* Each language makes sound of a plausible length, below the ceiling. */
static void test_languages(void **state)
{
    (void)state;
    static const struct {
        const char *lang, *text;
    } table[] = {
        {"fi", "Tervetuloa. Valitse kieli."},
        {"sv", "Välkommen. Välj ett språk."},
        {"en", "Welcome. Choose a language."},
        {"ru", "Добро пожаловать. Выберите язык."},
        {"uk", "Ласкаво просимо. Виберіть мову."},
        {"ar", "مرحبا بكم. اختر لغة."},
        {"et", "Tere tulemast. Valige keel."},
    };
    start();
    for (uint32_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        size_t samples;
        int peak;
        struct speech_order o = order(i + 1, table[i].lang, table[i].text);
        speech_say(rig.speech, &o);
        assert_int_equal(play(i + 1, &samples, &peak), SPEECH_DONE);
        print_message("%s: %zu ms, peak %d\n", table[i].lang, samples / 48,
                      peak);
        assert_in_range(samples, SPEECH_RATE_HZ / 2, SPEECH_RATE_HZ * 8);
        assert_in_range(peak, 2000, SPEECH_CEILING);
    }
    struct speech_stats s;
    speech_stats(rig.speech, &s);
    assert_true(s.samples > 7 * SPEECH_RATE_HZ / 2);
    stop();
}

/* A sign alone, as keys have it, is spoken by its name. */
static void test_signs(void **state)
{
    (void)state;
    static const char *const signs[] = {",.", ".", "-.", "?", "@."};
    start();
    for (uint32_t i = 0; i < LK_ARRAY_LEN(signs); i++) {
        size_t samples;
        int peak;
        struct speech_order o = order(i + 1, "fi", signs[i]);
        speech_say(rig.speech, &o);
        assert_int_equal(play(i + 1, &samples, &peak), SPEECH_DONE);
        assert_true(samples > SPEECH_RATE_HZ / 5 && peak > 2000);
    }
    stop();
}

/* Faster is shorter, each step. */
static void test_pace(void **state)
{
    (void)state;
    size_t before = SIZE_MAX;
    start();
    for (uint32_t pace = 0; pace < 5; pace++) {
        size_t samples;
        struct speech_order o =
            order(pace + 1, "fi", "Odota vuoroasi, kiitos.");
        o.pace = pace;
        speech_say(rig.speech, &o);
        assert_int_equal(play(pace + 1, &samples, NULL), SPEECH_DONE);
        assert_true(samples < before);
        before = samples;
    }
    stop();
}

#define LONG                                                             \
    "This is a long sentence that goes on and on, so that somebody may " \
    "cut it. It has another sentence behind it, and then a third one. "

static void wait_for_sound(void)
{
    int16_t block[480];
    while (!speech_wait(rig.speech, PATIENCE_MS))
        fail();
    assert_true(speech_read(rig.speech, block, 480, NULL) > 0);
}

/* A cut leaves less than a block, which fades out; the next one follows. */
static void test_cut(void **state)
{
    (void)state;
    int16_t block[960];
    start();
    struct speech_order o = order(1, "en", LONG);
    speech_say(rig.speech, &o);
    o.id = 2;
    speech_say(rig.speech, &o);
    wait_for_sound();
    speech_hush(rig.speech);
    size_t n = speech_read(rig.speech, block, 960, NULL);
    assert_true(n <= 240);
    if (n > 0)
        assert_true(abs(block[n - 1]) < 400);
    assert_int_equal(play(1, NULL, NULL), SPEECH_CUT);
    assert_int_equal(play(2, NULL, NULL), SPEECH_CUT);
    o = order(3, "en", LONG);
    speech_say(rig.speech, &o);
    wait_for_sound();
    o = order(4, "en", "Short.");
    o.interrupt = true;
    speech_say(rig.speech, &o);
    assert_int_equal(play(4, NULL, NULL), SPEECH_DONE);
    assert_int_equal(play(3, NULL, NULL), SPEECH_CUT);
    stop();
}

/* Private words need a headset, and end with it. */
static void test_closed(void **state)
{
    (void)state;
    size_t samples;
    int16_t block[480];
    start();
    struct speech_order o = order(1, "fi", "Salaisuus.");
    o.closed = true;
    speech_say(rig.speech, &o);
    assert_int_equal(play(1, &samples, NULL), SPEECH_REFUSED);
    assert_int_equal(samples, 0);
    speech_headset(rig.speech, true);
    o.id = 2;
    speech_say(rig.speech, &o);
    assert_int_equal(play(2, &samples, NULL), SPEECH_DONE);
    assert_true(samples > SPEECH_RATE_HZ / 4);
    o = order(3, "en", LONG);
    o.closed = true;
    speech_say(rig.speech, &o);
    wait_for_sound();
    speech_headset(rig.speech, false);
    assert_int_equal(speech_read(rig.speech, block, 480, NULL), 0);
    assert_int_equal(play(3, &samples, NULL), SPEECH_CUT);
    assert_int_equal(samples, 0);
    stop();
}

/* More than the queue holds fails, and nothing hangs. */
static void test_queue(void **state)
{
    (void)state;
    start();
    for (uint32_t id = 1; id <= SPEECH_QUEUE_MAX + 4; id++) {
        struct speech_order o = order(id, "en", LONG);
        speech_say(rig.speech, &o);
    }
    assert_int_equal(play(SPEECH_QUEUE_MAX + 4, NULL, NULL), SPEECH_FAILED);
    static char huge[SPEECH_TEXT_MAX + 1];
    memset(huge, 'a', sizeof(huge) - 1);
    struct speech_order o = order(99, "en", huge);
    speech_say(rig.speech, &o);
    assert_int_equal(play(99, NULL, NULL), SPEECH_FAILED);
    stop(); /* with a full queue */
    assert_int_equal(rig.n, SPEECH_QUEUE_MAX + 5);
}

static void put_prompt(const char *dir, const char *key, size_t samples)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/se/%s.s16", dir, key);
    FILE *f = fopen(path, "wbe");
    assert_non_null(f);
    for (size_t i = 0; i < samples; i++)
        assert_int_equal(fwrite(i % 64 < 32 ? "\0\x10" : "\0\xf0", 2, 1, f), 1);
    assert_int_equal(fclose(f), 0);
}

/* Northern Sámi has no voice: recordings, when all of them are there. */
static void test_prompts(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        enum speech_how how;
        size_t samples;
    } table[] = {
        {"", SPEECH_NO_VOICE, 0},
        {"hello", SPEECH_DONE, 4800},
        {"hello bye", SPEECH_DONE, 7200},
        {"hello missing", SPEECH_NO_VOICE, 0},
        {"../se/hello", SPEECH_NO_VOICE, 0},
        {" hello", SPEECH_NO_VOICE, 0},
    };
    char dir[] = "/tmp/luukku-prompts-XXXXXX";
    char se[64];
    assert_non_null(mkdtemp(dir));
    (void)snprintf(se, sizeof(se), "%s/se", dir);
    assert_int_equal(mkdir(se, 0700), 0);
    put_prompt(dir, "hello", 4800);
    put_prompt(dir, "bye", 2400);
    (void)snprintf(rig.prompts, sizeof(rig.prompts), "%s", dir);
    start();
    for (uint32_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        size_t samples;
        struct speech_order o = order(i + 1, "se", "Bures boahtin.");
        o.keys = table[i].keys;
        speech_say(rig.speech, &o);
        assert_int_equal(play(i + 1, &samples, NULL), table[i].how);
        assert_true(samples + 8 >= table[i].samples &&
                    samples <= table[i].samples + 8);
    }
    stop();
    static const char *const names[] = {"/se/hello.s16", "/se/bye.s16", "/se",
                                        ""};
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++) {
        char path[128];
        (void)snprintf(path, sizeof(path), "%s%s", dir, names[i]);
        assert_int_equal(remove(path), 0);
    }
    (void)snprintf(rig.prompts, sizeof(rig.prompts), "/nonexistent");
}

/* Nobody plays: it is given up, and said. */
static void test_stall(void **state)
{
    (void)state;
    start();
    struct speech_order o = order(1, "en", LONG);
    speech_say(rig.speech, &o);
    pthread_mutex_lock(&rig.lock);
    while (rig.n == 0)
        pthread_cond_wait(&rig.changed, &rig.lock);
    assert_int_equal(rig.how[0], SPEECH_FAILED);
    pthread_mutex_unlock(&rig.lock);
    stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_languages), cmocka_unit_test(test_signs),
        cmocka_unit_test(test_pace),      cmocka_unit_test(test_cut),
        cmocka_unit_test(test_closed),    cmocka_unit_test(test_queue),
        cmocka_unit_test(test_prompts),   cmocka_unit_test(test_stall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
