/* playout.c - all that the loudspeaker plays. */
#include "media/playout.h"
#include "media/arecv.h"

#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK 480 /* samples: 10 ms */
#define BLOCK_US 10000
#define QUIET_US 60000  /* the far end's sound has stopped flowing */
#define LOOK_MS 20      /* whether it has, while there is something to say */
#define IDLE_MS 250     /* whether to end */
#define STRAY_US 200000 /* time stamps further off begin anew */
#define DUCK_STEP 4     /* of MEDIA_GAIN_ONE each sample: 15 ms */

struct media_playout {
    struct speech *speech;
    struct media_looker *looker;
    const atomic_int *gain;
    GstPad *entry, *exit;
    pthread_t thread;
    bool started;
    atomic_llong far_us;  /* when the far end's sound last came */
    pthread_mutex_t lock; /* one stream: held from mixing until it is taken */
    struct media_mix mix;
    int64_t next_us; /* time stamp of the next block of speech alone */
    pthread_mutex_t quit_lock;
    pthread_cond_t quitting;
    bool quit; /* under it */
};

void media_mix(struct media_mix *m, int16_t *far, const int16_t *voice,
               size_t n, bool speaking, int gain)
{
    int target = speaking ? MEDIA_GAIN_ONE - MEDIA_DUCKED : 0;
    int loud = LK_MAX(gain, MEDIA_SPEECH_GAIN_MIN);
    for (size_t i = 0; i < n; i++) {
        if (m->duck < target)
            m->duck = LK_MIN(m->duck + DUCK_STEP, target);
        else
            m->duck = LK_MAX(m->duck - DUCK_STEP, target);
        int32_t sum = far[i] * (MEDIA_GAIN_ONE - m->duck) / MEDIA_GAIN_ONE;
        sum += voice[i] * loud / MEDIA_GAIN_ONE;
        far[i] = speech_limit(&m->limiter, sum, MEDIA_CEILING);
    }
}

/* Under the lock. */
static void playout_mix(struct media_playout *p, int16_t *far, size_t n)
{
    int16_t voice[BLOCK];
    int gain = atomic_load(p->gain);
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t len = LK_MIN(n - at, (size_t)BLOCK);
        bool speaking = false;
        size_t got =
            p->speech ? speech_read(p->speech, voice, len, &speaking) : 0;
        memset(voice + got, 0, (len - got) * sizeof(voice[0]));
        media_looker_tone(p->looker, voice, len);
        media_mix(&p->mix, far + at, voice, len, speaking, gain);
    }
}

static GstFlowReturn playout_push(struct media_playout *p, GstBuffer *b)
{
    GstMapInfo map;
    b = gst_buffer_make_writable(b);
    if (gst_buffer_map(b, &map, GST_MAP_READWRITE)) {
        playout_mix(p, (int16_t *)(void *)map.data, map.size / sizeof(int16_t));
        gst_buffer_unmap(b, &map);
    }
    return gst_pad_push(p->exit, b);
}

/* The far end's sound comes. */
static GstFlowReturn entry_chain(GstPad *pad, GstObject *parent, GstBuffer *b)
{
    (void)parent;
    struct media_playout *p = gst_pad_get_element_private(pad);
    /* First, so that the other thread lets go of the lock for good. */
    atomic_store(&p->far_us, lk_clock_us());
    pthread_mutex_lock(&p->lock);
    GstFlowReturn f = playout_push(p, b);
    pthread_mutex_unlock(&p->lock);
    return f;
}

/* Both sides hear each other's events as if nothing stood between. */
static gboolean exit_event(GstPad *pad, GstObject *parent, GstEvent *e)
{
    (void)parent;
    struct media_playout *p = gst_pad_get_element_private(pad);
    return gst_pad_push_event(p->entry, e);
}

static gboolean exit_query(GstPad *pad, GstObject *parent, GstQuery *q)
{
    struct media_playout *p = gst_pad_get_element_private(pad);
    if (GST_QUERY_TYPE(q) == GST_QUERY_LATENCY)
        return gst_pad_peer_query(p->entry, q);
    return gst_pad_query_default(pad, parent, q);
}

static bool far_flows(struct media_playout *p, int64_t now)
{
    return now - atomic_load(&p->far_us) < QUIET_US;
}

/* Waits, or returns true at once when it is time to end. */
static bool playout_pause(struct media_playout *p, int ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += (long)ms * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    pthread_mutex_lock(&p->quit_lock);
    int r = 0;
    while (!p->quit && ms > 0 && r == 0)
        r = pthread_cond_timedwait(&p->quitting, &p->quit_lock, &t);
    bool quit = p->quit;
    pthread_mutex_unlock(&p->quit_lock);
    return quit;
}

/* A block of speech alone. False: it was not taken. */
static bool speech_block(struct media_playout *p)
{
    bool taken = true;
    pthread_mutex_lock(&p->lock);
    int64_t now = lk_clock_us();
    GstBuffer *b =
        far_flows(p, now)
            ? NULL
            : gst_buffer_new_allocate(NULL, BLOCK * sizeof(int16_t), NULL);
    if (b) {
        gst_buffer_memset(b, 0, 0, BLOCK * sizeof(int16_t));
        if (p->next_us < now - BLOCK_US || p->next_us > now + STRAY_US) {
            p->next_us = now;
            GST_BUFFER_FLAG_SET(b, GST_BUFFER_FLAG_DISCONT);
        }
        GST_BUFFER_PTS(b) = (GstClockTime)p->next_us * GST_USECOND;
        GST_BUFFER_DURATION(b) = BLOCK_US * GST_USECOND;
        p->next_us += BLOCK_US;
        taken = playout_push(p, b) == GST_FLOW_OK;
    }
    pthread_mutex_unlock(&p->lock);
    return taken;
}

static void *playout_run(void *arg)
{
    struct media_playout *p = arg;
    pthread_setname_np(pthread_self(), "media-speech");
    while (!playout_pause(p, 0)) {
        bool some =
            media_looker_sounds(p->looker) || speech_wait(p->speech, IDLE_MS);
        bool stuck = some && (far_flows(p, lk_clock_us()) || !speech_block(p));
        if (stuck && playout_pause(p, LOOK_MS))
            break;
    }
    return NULL;
}

static int playout_locks(struct media_playout *p)
{
    pthread_condattr_t a;
    if (pthread_condattr_init(&a) != 0)
        return -ENOMEM;
    int r = pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    if (r == 0)
        r = pthread_cond_init(&p->quitting, &a);
    if (r == 0)
        r = pthread_mutex_init(&p->lock, NULL);
    if (r == 0)
        r = pthread_mutex_init(&p->quit_lock, NULL);
    pthread_condattr_destroy(&a);
    return r == 0 ? 0 : -ENOMEM;
}

int media_playout_new(const struct media_playout_config *config,
                      struct media_playout **ret)
{
    struct media_playout *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->speech = config->speech;
    p->looker = config->looker;
    p->gain = config->gain;
    int r = playout_locks(p);
    if (r < 0) {
        free(p);
        return r;
    }
    const struct media_pad_sink fns = {.chain = entry_chain, .arg = p};
    p->entry = media_pad_sink(config->from, &fns);
    p->exit = media_pad_source(config->to, exit_event, p);
    if (!p->entry || !p->exit) {
        media_playout_free(p);
        return -EIO;
    }
    gst_pad_set_query_function(p->exit, exit_query);
    *ret = p;
    return 0;
}

int media_playout_begin(struct media_playout *p)
{
    GstCaps *caps = gst_caps_from_string(
        "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved");
    media_pad_begin(p->exit, "playout", caps);
    gst_caps_unref(caps);
    if (!p->speech)
        return 0;
    int r = -pthread_create(&p->thread, NULL, playout_run, p);
    p->started = r == 0;
    return r;
}

struct media_playout *media_playout_free(struct media_playout *p)
{
    if (!p)
        return NULL;
    pthread_mutex_lock(&p->quit_lock);
    p->quit = true;
    pthread_cond_broadcast(&p->quitting);
    pthread_mutex_unlock(&p->quit_lock);
    if (p->started)
        pthread_join(p->thread, NULL);
    p->entry = media_pad_free(p->entry);
    p->exit = media_pad_free(p->exit);
    pthread_cond_destroy(&p->quitting);
    pthread_mutex_destroy(&p->quit_lock);
    pthread_mutex_destroy(&p->lock);
    free(p);
    return NULL;
}
