#include "speech/speech.h"

#include "speech/pcm.h"
#include "speech/synth.h"

#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FADE_SAMPLES 240 /* 5 ms: the end of what is cut */

struct order {
    uint32_t id;
    unsigned pace;
    bool closed;
    char lang[8];
    char text[SPEECH_TEXT_MAX];
    char keys[SPEECH_KEYS_MAX];
};

struct speech {
    struct speech_config config;
    pthread_t worker;
    bool started;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* any of what follows, which is under the lock */
    bool quit;
    bool headset;
    size_t waiting;
    struct order *queue[SPEECH_QUEUE_MAX]; /* oldest first; owned */
    bool busy;                             /* one is being said */
    bool busy_closed;                      /* ...that is private */
    bool cut;                              /* ...and is to end */
    size_t ring_at, ring_n;
    int16_t ring[SPEECH_RING_MAX];
    struct speech_stats stats;
    /* The worker's alone: */
    struct speech_resampler resampler;
    struct speech_limiter limiter;
};

static void order_free(struct order *o)
{
    if (o)
        explicit_bzero(o, sizeof(*o));
    free(o);
}

static void over(struct speech *s, uint32_t id, enum speech_how how)
{
    s->config.over(s->config.arg, id, how);
}

static struct timespec deadline(int ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* --- samples that wait -------------------------------------------------- */

static int16_t *ring_slot(struct speech *s, size_t i)
{
    return &s->ring[(s->ring_at + i) % SPEECH_RING_MAX];
}

/* Leaves a few samples that fade out, so that it does not click. */
static void ring_cut(struct speech *s)
{
    int16_t tail[FADE_SAMPLES];
    size_t n = LK_MIN(s->ring_n, (size_t)FADE_SAMPLES);
    for (size_t i = 0; i < n; i++)
        tail[i] = *ring_slot(s, i);
    speech_fade_out(tail, n);
    for (size_t i = 0; i < n; i++)
        *ring_slot(s, i) = tail[i];
    s->ring_n = n;
}

/* Under the lock. False: it was cut, or nobody plays. */
static bool ring_wait_below(struct speech *s, size_t level)
{
    struct timespec until = deadline(SPEECH_STALL_MS);
    size_t before = s->ring_n;
    while (!s->cut && !s->quit && s->ring_n > level) {
        if (pthread_cond_timedwait(&s->changed, &s->lock, &until) == 0 &&
            s->ring_n == before)
            continue;
        if (s->ring_n == before)
            return false;
        before = s->ring_n;
        until = deadline(SPEECH_STALL_MS);
    }
    return !s->cut && !s->quit;
}

static bool ring_put(struct speech *s, const int16_t *samples, size_t n)
{
    pthread_mutex_lock(&s->lock);
    bool on = ring_wait_below(s, SPEECH_RING_MAX - n);
    for (size_t i = 0; on && i < n; i++)
        *ring_slot(s, s->ring_n++) = samples[i];
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return on;
}

/* The synthesiser's samples. On the worker. */
static bool take(void *arg, const int16_t *samples, size_t n, uint32_t rate_hz)
{
    struct speech *s = arg;
    int16_t block[480 + SPEECH_RESAMPLE_MAX];
    size_t len = 0;
    bool on = true;
    s->resampler.rate_hz = rate_hz;
    for (size_t i = 0; on && i < n; i++) {
        int16_t made[SPEECH_RESAMPLE_MAX];
        size_t k = speech_resample(&s->resampler, samples[i], made);
        for (size_t j = 0; j < k; j++)
            block[len++] = speech_limit(&s->limiter, made[j], SPEECH_CEILING);
        if (len >= 480 || i + 1 == n) {
            on = ring_put(s, block, len);
            len = 0;
        }
    }
    return on;
}

/* --- the worker ---------------------------------------------------------- */

static enum speech_how say(struct speech *s, const struct order *o, bool able)
{
    const struct synth_sink sink = {.take = take, .arg = s};
    int r = synth_play(s->config.prompts, o->lang, o->keys, &sink);
    if (r == -ENOENT && synth_has_voice(o->lang))
        r = able ? synth_say(o->lang, o->pace, o->text, &sink) : -EIO;
    if (r == -ENOENT)
        return SPEECH_NO_VOICE;
    return r < 0 ? SPEECH_FAILED : SPEECH_DONE;
}

/* Under the lock. The next order, or NULL: quit. */
static struct order *next_order(struct speech *s)
{
    while (!s->quit && s->waiting == 0)
        pthread_cond_wait(&s->changed, &s->lock);
    if (s->quit)
        return NULL;
    struct order *o = s->queue[0];
    s->waiting--;
    for (size_t i = 0; i < s->waiting; i++)
        s->queue[i] = s->queue[i + 1];
    s->busy = true;
    s->busy_closed = o->closed;
    s->cut = false;
    return o;
}

static enum speech_how one(struct speech *s, const struct order *o, bool able)
{
    pthread_mutex_lock(&s->lock);
    bool refused = o->closed && !s->headset;
    pthread_mutex_unlock(&s->lock);
    if (refused)
        return SPEECH_REFUSED;
    enum speech_how how = say(s, o, able);
    pthread_mutex_lock(&s->lock);
    bool played = ring_wait_below(s, 0);
    if (s->cut || s->quit)
        how = SPEECH_CUT;
    else if (!played && how == SPEECH_DONE)
        how = SPEECH_FAILED;
    if (!played)
        ring_cut(s);
    s->busy = false;
    pthread_mutex_unlock(&s->lock);
    return how;
}

static void *work(void *arg)
{
    struct speech *s = arg;
    pthread_setname_np(pthread_self(), "speech");
    /* Here and not earlier: it starts a thread of its own. */
    int r = synth_open();
    if (r < 0)
        LK_LOG(DEBUG, "speech", "what=espeak-ng result=%d", r);
    for (;;) {
        pthread_mutex_lock(&s->lock);
        struct order *o = next_order(s);
        pthread_mutex_unlock(&s->lock);
        if (!o)
            break;
        enum speech_how how = one(s, o, r == 0);
        pthread_mutex_lock(&s->lock);
        s->busy = false;
        pthread_mutex_unlock(&s->lock);
        over(s, o->id, how);
        order_free(o);
    }
    return NULL;
}

/* --- what others call ---------------------------------------------------- */

/* Under the lock: takes what waits out of the queue; returns how many. */
static size_t cut_all(struct speech *s, struct order *ret[SPEECH_QUEUE_MAX])
{
    size_t n = s->waiting;
    for (size_t i = 0; i < n; i++)
        ret[i] = s->queue[i];
    s->waiting = 0;
    s->cut = s->busy;
    ring_cut(s);
    pthread_cond_broadcast(&s->changed);
    return n;
}

static void tell_cut(struct speech *s, struct order *const *cut, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        over(s, cut[i]->id, SPEECH_CUT);
        order_free(cut[i]);
    }
}

static struct order *order_copy(const struct speech_order *order)
{
    struct order *o = calloc(1, sizeof(*o));
    if (!o || strlen(order->text) >= sizeof(o->text) ||
        strlen(order->keys) >= sizeof(o->keys) ||
        strlen(order->lang) >= sizeof(o->lang)) {
        free(o);
        return NULL;
    }
    o->id = order->id;
    o->pace = order->pace;
    o->closed = order->closed;
    memcpy(o->lang, order->lang, strlen(order->lang));
    memcpy(o->text, order->text, strlen(order->text));
    memcpy(o->keys, order->keys, strlen(order->keys));
    return o;
}

void speech_say(struct speech *s, const struct speech_order *order)
{
    struct order *cut[SPEECH_QUEUE_MAX];
    size_t n = 0;
    struct order *o = order_copy(order);
    pthread_mutex_lock(&s->lock);
    if (order->interrupt)
        n = cut_all(s, cut);
    bool room = o && s->waiting < SPEECH_QUEUE_MAX;
    if (room)
        s->queue[s->waiting++] = o;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    tell_cut(s, cut, n);
    if (!room) {
        over(s, order->id, SPEECH_FAILED);
        order_free(o);
    }
}

void speech_hush(struct speech *s)
{
    struct order *cut[SPEECH_QUEUE_MAX];
    pthread_mutex_lock(&s->lock);
    size_t n = cut_all(s, cut);
    pthread_mutex_unlock(&s->lock);
    tell_cut(s, cut, n);
}

void speech_headset(struct speech *s, bool in)
{
    pthread_mutex_lock(&s->lock);
    s->headset = in;
    if (!in && s->busy && s->busy_closed) {
        s->cut = true;
        /* Not even the rest of a word comes from the loudspeaker. */
        s->ring_n = 0;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
}

size_t speech_read(struct speech *s, int16_t *ret, size_t n, bool *speaking)
{
    pthread_mutex_lock(&s->lock);
    size_t got = LK_MIN(n, s->ring_n);
    for (size_t i = 0; i < got; i++) {
        ret[i] = *ring_slot(s, i);
        s->stats.peak = LK_MAX(s->stats.peak, abs(ret[i]));
    }
    s->ring_at = (s->ring_at + got) % SPEECH_RING_MAX;
    s->ring_n -= got;
    s->stats.samples += got;
    if (speaking)
        *speaking = s->busy || s->ring_n > 0;
    if (got > 0)
        pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return got;
}

bool speech_wait(struct speech *s, int timeout_ms)
{
    struct timespec until = deadline(timeout_ms);
    int r = 0;
    pthread_mutex_lock(&s->lock);
    while (s->ring_n == 0 && !s->quit && r == 0)
        r = pthread_cond_timedwait(&s->changed, &s->lock, &until);
    bool some = s->ring_n > 0;
    pthread_mutex_unlock(&s->lock);
    return some;
}

void speech_stats(struct speech *s, struct speech_stats *ret)
{
    pthread_mutex_lock(&s->lock);
    *ret = s->stats;
    pthread_mutex_unlock(&s->lock);
}

static int make_lock(struct speech *s)
{
    pthread_condattr_t a;
    if (pthread_condattr_init(&a) != 0)
        return -ENOMEM;
    int r = pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    if (r == 0)
        r = pthread_cond_init(&s->changed, &a);
    pthread_condattr_destroy(&a);
    if (r != 0)
        return -ENOMEM;
    if (pthread_mutex_init(&s->lock, NULL) == 0)
        return 0;
    pthread_cond_destroy(&s->changed);
    return -ENOMEM;
}

int speech_new(const struct speech_config *config, struct speech **ret)
{
    struct speech *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->config = *config;
    int r = make_lock(s);
    if (r < 0) {
        free(s);
        return r;
    }
    r = -pthread_create(&s->worker, NULL, work, s);
    s->started = r == 0;
    if (r < 0) {
        speech_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

struct speech *speech_free(struct speech *s)
{
    if (!s)
        return NULL;
    speech_hush(s);
    pthread_mutex_lock(&s->lock);
    s->quit = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    if (s->started)
        pthread_join(s->worker, NULL);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->changed);
    explicit_bzero(s, sizeof(*s));
    free(s);
    return NULL;
}
