#include "kiosk/video.h"

#include "ipc/ring.h"

#include <errno.h>
#include <stdlib.h>

#include <libyuv.h>

#define SOURCES 3 /* KIOSK_SOURCE_NONE is not used */
#define BAR_RGB 0x16202D

/* Scaled pictures of at most the greatest panel, as I420. */
struct scratch {
    uint8_t *data;
    size_t cap;
};

struct stream {
    struct lk_ring *ring;
    int wake_fd; /* the ring's, borrowed */
    bool has;    /* `picture` is borrowed from the ring */
    struct lk_ring_picture picture;
};

struct kiosk_video {
    struct stream stream[SOURCES];
    struct scratch scaled;
    struct scratch mirrored;
    struct scratch rgb;
};

int kiosk_video_new(struct kiosk_video **ret)
{
    struct kiosk_video *v = calloc(1, sizeof(*v));
    if (!v)
        return -ENOMEM;
    for (int i = 0; i < SOURCES; i++)
        v->stream[i].wake_fd = -1;
    *ret = v;
    return 0;
}

static void stream_clear(struct stream *s)
{
    s->ring = lk_ring_free(s->ring);
    s->wake_fd = -1;
    s->has = false;
}

struct kiosk_video *kiosk_video_free(struct kiosk_video *v)
{
    if (!v)
        return NULL;
    for (int i = 0; i < SOURCES; i++)
        stream_clear(&v->stream[i]);
    free(v->scaled.data);
    free(v->mirrored.data);
    free(v->rgb.data);
    free(v);
    return NULL;
}

void kiosk_video_set(struct kiosk_video *v, enum kiosk_source source,
                     int memory_fd, int wake_fd)
{
    struct stream *s = &v->stream[source];
    stream_clear(s);
    if (memory_fd < 0 || wake_fd < 0) {
        lk_fd_close(memory_fd);
        lk_fd_close(wake_fd);
        return;
    }
    if (lk_ring_open(memory_fd, wake_fd, &s->ring) < 0)
        return;
    int memory;
    lk_ring_fds(s->ring, &memory, &s->wake_fd);
}

int kiosk_video_wake_fd(const struct kiosk_video *v, enum kiosk_source source)
{
    return v->stream[source].wake_fd;
}

bool kiosk_video_poll(struct kiosk_video *v, enum kiosk_source source,
                      int64_t now_us)
{
    struct stream *s = &v->stream[source];
    if (!s->ring)
        return false;
    struct lk_ring_picture picture;
    int r = lk_ring_acquire(s->ring, &picture);
    if (r < 0)
        stream_clear(s);
    if (r <= 0)
        return false;
    s->picture = picture;
    s->picture.captured_us = LK_MIN(picture.captured_us, now_us);
    s->has = true;
    return true;
}

int64_t kiosk_video_until_us(const struct kiosk_video *v,
                             enum kiosk_source source, int64_t now_us)
{
    const struct stream *s = &v->stream[source];
    if (!s->has || s->picture.captured_us < now_us - KIOSK_LIVE_US)
        return INT64_MAX;
    return s->picture.captured_us + KIOSK_LIVE_US + 1;
}

bool kiosk_video_live(const struct kiosk_video *v, enum kiosk_source source,
                      int64_t now_us)
{
    return kiosk_video_until_us(v, source, now_us) != INT64_MAX;
}

/* A part of a picture, or a whole one of ours. */
struct i420 {
    const uint8_t *y, *u, *v;
    int stride_y, stride_uv;
    int w, h;
};

static int even(int v)
{
    return v & ~1;
}

/* Cuts to the area's proportions, when at most a quarter is lost. */
static struct i420 picture_cut(const struct lk_ring_picture *p,
                               struct kiosk_rect area)
{
    struct i420 src = {p->plane[0],      p->plane[1],        p->plane[2],
                       (int)p->stride,   (int)p->stride / 2, (int)p->width_px,
                       (int)p->height_px};
    int w = even((int)((int64_t)src.h * area.w / area.h));
    int h = even((int)((int64_t)src.w * area.h / area.w));
    int x = 0;
    int y = 0;
    if (w < src.w && w * 4 >= src.w * 3) {
        x = even((src.w - w) / 2);
        src.w = w;
    } else if (h < src.h && h * 4 >= src.h * 3) {
        y = even((src.h - h) / 2);
        src.h = h;
    }
    src.y += (size_t)y * (size_t)src.stride_y + (size_t)x;
    src.u += (size_t)(y / 2) * (size_t)src.stride_uv + (size_t)(x / 2);
    src.v += (size_t)(y / 2) * (size_t)src.stride_uv + (size_t)(x / 2);
    return src;
}

/* Where a picture goes in the area, whole. */
static struct kiosk_rect picture_place(const struct i420 *src,
                                       struct kiosk_rect area)
{
    int w = area.w;
    int h = (int)((int64_t)area.w * src->h / src->w);
    /* What was cut has the proportions already, but for a rounding. */
    if (abs(h - area.h) <= 4)
        return area;
    if (h > area.h) {
        h = area.h;
        w = (int)((int64_t)area.h * src->w / src->h);
    }
    w = LK_MAX(w, 2);
    h = LK_MAX(h, 2);
    return (struct kiosk_rect){area.x + (area.w - w) / 2,
                               area.y + (area.h - h) / 2, w, h};
}

static bool scratch_reserve(struct scratch *s, size_t need)
{
    if (s->cap >= need)
        return true;
    uint8_t *data = realloc(s->data, need);
    if (!data)
        return false;
    s->data = data;
    s->cap = need;
    return true;
}

static bool scratch_fit(struct scratch *s, int w, int h, struct i420 *ret)
{
    size_t luma = (size_t)w * (size_t)h;
    int half = (w + 1) / 2;
    size_t chroma = (size_t)half * (size_t)((h + 1) / 2);
    if (!scratch_reserve(s, luma + 2 * chroma))
        return false;
    *ret = (struct i420){
        s->data, s->data + luma, s->data + luma + chroma, w, half, w, h};
    return true;
}

static bool picture_scale(struct kiosk_video *v, const struct i420 *src, int w,
                          int h, struct i420 *ret)
{
    if (!scratch_fit(&v->scaled, w, h, ret))
        return false;
    enum FilterMode filter = w * 2 <= src->w ? kFilterBox : kFilterBilinear;
    return I420Scale(src->y, src->stride_y, src->u, src->stride_uv, src->v,
                     src->stride_uv, src->w, src->h, (uint8_t *)ret->y,
                     ret->stride_y, (uint8_t *)ret->u, ret->stride_uv,
                     (uint8_t *)ret->v, ret->stride_uv, w, h, filter) == 0;
}

static bool picture_mirror(struct kiosk_video *v, struct i420 *pic)
{
    struct i420 to;
    if (!scratch_fit(&v->mirrored, pic->w, pic->h, &to))
        return false;
    int r = I420Mirror(pic->y, pic->stride_y, pic->u, pic->stride_uv, pic->v,
                       pic->stride_uv, (uint8_t *)to.y, to.stride_y,
                       (uint8_t *)to.u, to.stride_uv, (uint8_t *)to.v,
                       to.stride_uv, pic->w, pic->h);
    *pic = to;
    return r == 0;
}

static uint8_t *canvas_at(const struct kiosk_canvas *c, int x, int y)
{
    return (uint8_t *)(c->pixels + (size_t)y * (size_t)c->stride_px +
                       (size_t)x);
}

/* Larger than it was: fewer pixels are converted when that comes first. */
static bool picture_enlarge(struct kiosk_video *v, const struct i420 *pic,
                            const struct kiosk_canvas *c, struct kiosk_rect to)
{
    int stride = pic->w * 4;
    if (!scratch_reserve(&v->rgb, (size_t)stride * (size_t)pic->h))
        return false;
    return I420ToARGB(pic->y, pic->stride_y, pic->u, pic->stride_uv, pic->v,
                      pic->stride_uv, v->rgb.data, stride, pic->w,
                      pic->h) == 0 &&
           ARGBScale(v->rgb.data, stride, pic->w, pic->h,
                     canvas_at(c, to.x, to.y), c->stride_px * 4, to.w, to.h,
                     kFilterBilinear) == 0;
}

static bool picture_reduce(struct kiosk_video *v, struct i420 *pic,
                           const struct kiosk_canvas *c, struct kiosk_rect to)
{
    struct i420 src = *pic;
    if ((to.w != src.w || to.h != src.h) &&
        !picture_scale(v, &src, to.w, to.h, pic))
        return false;
    return I420ToARGB(pic->y, pic->stride_y, pic->u, pic->stride_uv, pic->v,
                      pic->stride_uv, canvas_at(c, to.x, to.y),
                      c->stride_px * 4, to.w, to.h) == 0;
}

bool kiosk_video_draw(void *arg, enum kiosk_source source,
                      const struct kiosk_canvas *c, struct kiosk_rect area)
{
    struct kiosk_video *v = arg;
    struct stream *s = &v->stream[source];
    struct kiosk_rect all = {0, 0, c->size.w, c->size.h};
    area = kiosk_rect_within(area, all);
    if (!s->has || area.w < 2 || area.h < 2)
        return false;
    struct i420 pic = picture_cut(&s->picture, area);
    struct kiosk_rect to = picture_place(&pic, area);
    if (to.w != area.w || to.h != area.h)
        ARGBRect(canvas_at(c, 0, 0), c->stride_px * 4, area.x, area.y, area.w,
                 area.h, BAR_RGB);
    if (source == KIOSK_SOURCE_SELF && !picture_mirror(v, &pic))
        return false;
    if (to.w >= pic.w && to.h >= pic.h)
        return picture_enlarge(v, &pic, c, to);
    return picture_reduce(v, &pic, c, to);
}
