/* mode.c - which mode serves a wish best. */
#include "camera/mode.h"

#include <errno.h>

static const uint32_t formats[] = {CAMERA_MJPEG, CAMERA_YUYV, CAMERA_NV12,
                                   CAMERA_I420};

/* How far a mode is from the wish; smaller is better, the first first. */
struct distance {
    bool slow, small, other_shape;
    uint64_t area;
    size_t format;
};

bool camera_mode_reaches(const struct camera_mode *m, uint32_t fps)
{
    return m->interval_den > 0 &&
           (uint64_t)m->interval_num * fps <= m->interval_den;
}

size_t camera_mode_bytes(const struct camera_mode *m)
{
    size_t pixels = (size_t)m->width_px * m->height_px;
    if (m->format == CAMERA_MJPEG)
        return 0;
    return m->format == CAMERA_YUYV ? pixels * 2 : pixels * 3 / 2;
}

static size_t format_rank(uint32_t format)
{
    size_t i = 0;
    while (i < LK_ARRAY_LEN(formats) && formats[i] != format)
        i++;
    return i;
}

static bool usable(const struct camera_mode *m, const struct camera_wish *wish)
{
    bool size =
        m->width_px >= CAMERA_SIDE_MIN && m->height_px >= CAMERA_SIDE_MIN &&
        m->width_px <= CAMERA_SIDE_MAX && m->height_px <= CAMERA_SIDE_MAX &&
        m->width_px % 2 == 0 && m->height_px % 2 == 0;
    return size && format_rank(m->format) < LK_ARRAY_LEN(formats) &&
           (!wish->jpeg_only || m->format == CAMERA_MJPEG);
}

static struct distance distance_of(const struct camera_mode *m,
                                   const struct camera_wish *w)
{
    uint64_t have = (uint64_t)m->width_px * m->height_px;
    uint64_t want = (uint64_t)w->width_px * w->height_px;
    struct distance d = {
        .slow = !camera_mode_reaches(m, w->fps),
        .small =
            m->width_px < w->width_px ||
                    m->height_px<w->height_px,
                                 .other_shape =
                                     (uint64_t)m->width_px * w->height_px !=
                                     (uint64_t)w->width_px * m->height_px,
                                 .area = have>
                        want
                ? have - want
                : want - have,
        .format = format_rank(m->format),
    };
    return d;
}

static bool nearer(const struct distance *a, const struct distance *b)
{
    if (a->slow != b->slow)
        return b->slow;
    if (a->small != b->small)
        return b->small;
    if (a->other_shape != b->other_shape)
        return b->other_shape;
    if (a->area != b->area)
        return a->area < b->area;
    return a->format < b->format;
}

int camera_mode_choose(const struct camera_mode *modes, size_t count,
                       const struct camera_wish *wish)
{
    struct distance best = {0};
    int at = -ENOENT;
    for (size_t i = 0; i < LK_MIN(count, (size_t)CAMERA_MODES_MAX); i++) {
        if (!usable(&modes[i], wish))
            continue;
        struct distance d = distance_of(&modes[i], wish);
        if (at >= 0 && !nearer(&d, &best))
            continue;
        best = d;
        at = (int)i;
    }
    return at;
}
