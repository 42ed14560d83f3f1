/* look.c - what camera and sound devices give, as figures. */
#include "media/look.h"

#include <libyuv.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FADE_STEP 4 /* of MEDIA_LOOK_TONE_LOUD each sample: 9 ms */
#define ROW_STEP 2  /* every other row is enough to judge by */

#define FNV_OFFSET UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

enum { PERIOD = MEDIA_AUDIO_CLOCK_HZ / MEDIA_LOOK_TONE_HZ }; /* samples */

_Static_assert(MEDIA_AUDIO_CLOCK_HZ % MEDIA_LOOK_TONE_HZ == 0 &&
                   MEDIA_LOOK_BLOCK % PERIOD == 0,
               "a block holds whole periods of the tone");

int media_looker_init(struct media_looker *l)
{
    return pthread_mutex_init(&l->lock, NULL) == 0 ? 0 : -ENOMEM;
}

struct media_shot *media_shot_free(struct media_shot *s)
{
    if (s) {
        explicit_bzero(s->rgb, (size_t)s->width_px * (size_t)s->height_px * 3);
        free(s);
    }
    return NULL;
}

void media_looker_destroy(struct media_looker *l)
{
    l->shot = media_shot_free(l->shot);
    pthread_mutex_destroy(&l->lock);
}

void media_looker_set(struct media_looker *l, bool on)
{
    pthread_mutex_lock(&l->lock);
    l->sum = (struct media_look){.pictures = 0};
    l->hash = 0;
    l->wanted = l->no_room = false;
    l->shot = media_shot_free(l->shot);
    pthread_mutex_unlock(&l->lock);
    atomic_store(&l->looks, on);
}

/* --- the picture ---------------------------------------------------------- */

struct luma {
    uint64_t n, sum, squares, edges, pairs;
    uint64_t hash;
};

static void luma_row(struct luma *u, const uint8_t *row, int width)
{
    for (int x = 0; x < width; x++) {
        uint64_t v = row[x];
        u->sum += v;
        u->squares += v * v;
        u->hash = (u->hash ^ v) * FNV_PRIME;
        if (x > 0)
            u->edges += (uint64_t)(row[x] > row[x - 1] ? row[x] - row[x - 1]
                                                       : row[x - 1] - row[x]);
    }
    u->n += (uint64_t)width;
    u->pairs += (uint64_t)width - 1;
}

/* Keeps the whole picture. Under the lock. */
static void keep(struct media_looker *l, const struct media_picture *p)
{
    size_t len = (size_t)p->width * (size_t)p->height * 3;
    struct media_shot *s = malloc(sizeof(*s) + len);
    l->wanted = false;
    l->no_room = !s;
    media_shot_free(l->shot);
    l->shot = s;
    if (!s)
        return;
    s->width_px = p->width;
    s->height_px = p->height;
    I420ToRAW(p->plane[0], p->stride[0], p->plane[1], p->stride[1], p->plane[2],
              p->stride[2], s->rgb, p->width * 3, p->width, p->height);
}

void media_looker_want(struct media_looker *l)
{
    pthread_mutex_lock(&l->lock);
    l->wanted = true;
    l->no_room = false;
    pthread_mutex_unlock(&l->lock);
}

int media_looker_take(struct media_looker *l, struct media_shot **ret)
{
    pthread_mutex_lock(&l->lock);
    int r = l->shot ? 0 : l->no_room ? -ENOMEM : -EAGAIN;
    if (r == 0)
        *ret = LK_TAKE(l->shot);
    pthread_mutex_unlock(&l->lock);
    return r;
}

void media_looker_picture(struct media_looker *l, const struct media_picture *p,
                          int width, int height)
{
    struct luma u = {.hash = FNV_OFFSET};
    if (!atomic_load(&l->looks))
        return;
    for (int y = 0; y < p->height; y += ROW_STEP)
        luma_row(&u, p->plane[0] + (ptrdiff_t)y * p->stride[0], p->width);
    double mean = (double)u.sum / (double)u.n;
    double spread = (double)u.squares / (double)u.n - mean * mean;
    pthread_mutex_lock(&l->lock);
    struct media_look *s = &l->sum;
    s->changed += s->pictures > 0 && u.hash != l->hash;
    s->pictures++;
    s->width_px = width;
    s->height_px = height;
    s->brightness = mean;
    s->contrast = spread > 0 ? sqrt(spread) : 0;
    s->sharpness = (double)u.edges / (double)u.pairs;
    l->hash = u.hash;
    if (l->wanted)
        keep(l, p);
    pthread_mutex_unlock(&l->lock);
}

/* --- the sound ------------------------------------------------------------ */

/* A full block: its energy, and how much of that lies at the tone's pitch
 * (one bin of a Fourier transform, whatever the phase). */
static void block_end(struct media_looker *l)
{
    double tone = l->in_phase * l->in_phase + l->across * l->across;
    pthread_mutex_lock(&l->lock);
    l->sum.samples += l->filled;
    l->sum.sounding += l->sounding;
    l->sum.sound_energy += l->energy;
    l->sum.tone_energy += tone * 2 / MEDIA_LOOK_BLOCK;
    pthread_mutex_unlock(&l->lock);
    l->filled = l->sounding = 0;
    l->energy = l->in_phase = l->across = 0;
}

void media_looker_sound(struct media_looker *l, const int16_t *samples,
                        size_t n)
{
    if (!atomic_load(&l->looks))
        return;
    for (size_t i = 0; i < n; i++) {
        double v = samples[i] / 32768.0;
        double at = 2 * M_PI * (double)(l->filled % PERIOD) / PERIOD;
        l->energy += v * v;
        l->in_phase += v * cos(at);
        l->across += v * sin(at);
        l->sounding += samples[i] != 0;
        if (++l->filled == MEDIA_LOOK_BLOCK)
            block_end(l);
    }
}

/* --- the test tone -------------------------------------------------------- */

bool media_looker_sounds(const struct media_looker *l)
{
    return atomic_load(&l->tone) || atomic_load(&l->loud) > 0;
}

void media_looker_tone(struct media_looker *l, int16_t *samples, size_t n)
{
    int target = atomic_load(&l->tone) ? MEDIA_LOOK_TONE_LOUD : 0;
    int loud = atomic_load(&l->loud);
    if (target == 0 && loud == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        loud = loud < target ? LK_MIN(loud + FADE_STEP, target)
                             : LK_MAX(loud - FADE_STEP, target);
        double v = loud * sin(2 * M_PI * (double)l->phase / PERIOD);
        samples[i] = (int16_t)LK_MIN(LK_MAX(samples[i] + v, -32768), 32767);
        l->phase = (l->phase + 1) % PERIOD;
    }
    atomic_store(&l->loud, loud);
    pthread_mutex_lock(&l->lock);
    l->sum.played += n;
    pthread_mutex_unlock(&l->lock);
}

void media_looker_get(struct media_looker *l, struct media_look *ret)
{
    pthread_mutex_lock(&l->lock);
    *ret = l->sum;
    pthread_mutex_unlock(&l->lock);
}
