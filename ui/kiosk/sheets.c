#include "kiosk/sheets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct kept {
    struct papers_picture *picture; /* one reference; NULL: free */
    struct kiosk_scaling how;
    uint32_t *pixels;
    uint64_t used; /* when it was last asked for */
};

struct kiosk_sheets {
    struct kept at[KIOSK_SHEETS_MAX];
    size_t bytes;
    uint64_t clock, scaled;
};

static size_t bytes_of(const struct kiosk_scaling *s)
{
    return (size_t)s->w * (size_t)s->h * sizeof(uint32_t);
}

int kiosk_sheets_new(struct kiosk_sheets **ret)
{
    struct kiosk_sheets *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    *ret = s;
    return 0;
}

static void drop(struct kiosk_sheets *s, struct kept *k)
{
    if (!k->picture)
        return;
    size_t bytes = bytes_of(&k->how);
    explicit_bzero(k->pixels, bytes);
    free(k->pixels);
    papers_picture_free(k->picture);
    s->bytes -= bytes;
    *k = (struct kept){0};
}

struct kiosk_sheets *kiosk_sheets_free(struct kiosk_sheets *s)
{
    if (!s)
        return NULL;
    kiosk_sheets_keep(s, NULL);
    free(s);
    return NULL;
}

static bool has(const struct papers_view *v, const struct papers_picture *p)
{
    for (size_t i = 0; v && i < v->pages; i++)
        if (v->page[i].preview == p)
            return true;
    return v && (v->detail == p || v->aim == p);
}

void kiosk_sheets_keep(struct kiosk_sheets *s, const struct papers_view *v)
{
    for (size_t i = 0; i < KIOSK_SHEETS_MAX; i++)
        if (!has(v, s->at[i].picture))
            drop(s, &s->at[i]);
}

static bool same(const struct kiosk_scaling *a, const struct kiosk_scaling *b)
{
    return a->from.x == b->from.x && a->from.y == b->from.y &&
           a->from.w == b->from.w && a->from.h == b->from.h &&
           a->turn == b->turn && a->w == b->w && a->h == b->h;
}

/* A free place, or the one that was not asked for longest. */
static struct kept *oldest(struct kiosk_sheets *s)
{
    struct kept *old = &s->at[0];
    for (size_t i = 0; i < KIOSK_SHEETS_MAX; i++)
        if (s->at[i].used < old->used)
            old = &s->at[i];
    return old;
}

static struct kept *oldest_kept(struct kiosk_sheets *s)
{
    struct kept *old = NULL;
    for (size_t i = 0; i < KIOSK_SHEETS_MAX; i++)
        if (s->at[i].picture && (!old || s->at[i].used < old->used))
            old = &s->at[i];
    return old;
}

static const uint32_t *make(struct kiosk_sheets *s, struct papers_picture *p,
                            const struct kiosk_scaling *want)
{
    size_t bytes = bytes_of(want);
    if (bytes == 0 || bytes > KIOSK_SHEETS_BYTES)
        return NULL;
    while (s->bytes + bytes > KIOSK_SHEETS_BYTES)
        drop(s, oldest_kept(s));
    struct kept *k = oldest(s);
    drop(s, k);
    uint32_t *pixels = malloc(bytes);
    if (!pixels)
        return NULL;
    s->scaled++;
    if (kiosk_sheets_scale(papers_picture_info(p), papers_picture_rows(p), want,
                           pixels) < 0) {
        free(pixels);
        return NULL;
    }
    *k = (struct kept){.picture = papers_picture_ref(p),
                       .how = *want,
                       .pixels = pixels,
                       .used = ++s->clock};
    s->bytes += bytes;
    return pixels;
}

const uint32_t *kiosk_sheets_get(struct kiosk_sheets *s,
                                 struct papers_picture *p,
                                 const struct kiosk_scaling *want)
{
    for (size_t i = 0; i < KIOSK_SHEETS_MAX; i++) {
        struct kept *k = &s->at[i];
        if (k->picture != p || !same(&k->how, want))
            continue;
        k->used = ++s->clock;
        return k->pixels;
    }
    if (want->w <= 0 || want->h <= 0)
        return NULL;
    return make(s, p, want);
}

uint64_t kiosk_sheets_scaled(const struct kiosk_sheets *s)
{
    return s->scaled;
}
