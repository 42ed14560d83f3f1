/* fit.c - a camera's picture, brought to the size and shape that is sent. */
#include "media/fit.h"

#include <libyuv.h>

#include <errno.h>
#include <stdlib.h>

static void crop_and_scale(const struct media_picture *from,
                           const struct media_picture *to)
{
    int width = LK_MIN(from->width, from->height * to->width / to->height) & ~1;
    int height =
        LK_MIN(from->height, from->width * to->height / to->width) & ~1;
    int x = (from->width - width) / 2 & ~1;
    int y = (from->height - height) / 2 & ~1;
    uint8_t *p[3];
    for (int i = 0; i < 3; i++) {
        int down = i == 0 ? 1 : 2;
        p[i] =
            from->plane[i] + (ptrdiff_t)(y / down) * from->stride[i] + x / down;
    }
    I420Scale(p[0], from->stride[0], p[1], from->stride[1], p[2],
              from->stride[2], width, height, to->plane[0], to->stride[0],
              to->plane[1], to->stride[1], to->plane[2], to->stride[2],
              to->width, to->height, kFilterBox);
}

static int convert(const struct media_fit_from *from,
                   const struct media_picture *p)
{
    return ConvertToI420(from->data, from->len, p->plane[0], p->stride[0],
                         p->plane[1], p->stride[1], p->plane[2], p->stride[2],
                         0, 0, from->width, from->height, from->width,
                         from->height, kRotate0, from->fourcc);
}

/* Bytes that a raw picture must have; a JPEG tells its own story. */
static size_t raw_len_of(const struct media_fit_from *f)
{
    size_t pixels = (size_t)f->width * (size_t)f->height;
    if (f->fourcc == FOURCC_MJPG)
        return 1;
    return f->fourcc == FOURCC_YUY2 ? pixels * 2 : pixels * 3 / 2;
}

static bool side_fits(int px)
{
    return px >= MEDIA_FIT_SIDE_MIN && px <= MEDIA_FIT_SIDE_MAX && px % 2 == 0;
}

int media_fit(struct media_fit *f, const struct media_fit_from *from,
              const struct media_picture *to)
{
    if (!side_fits(from->width) || !side_fits(from->height) ||
        from->len < raw_len_of(from))
        return -EBADMSG;
    if (from->width == to->width && from->height == to->height)
        return convert(from, to);
    size_t len = media_picture_len(from->width, from->height);
    if (len > f->raw_len) {
        uint8_t *raw = realloc(f->raw, len);
        if (!raw)
            return -ENOMEM;
        f->raw = raw;
        f->raw_len = len;
    }
    struct media_picture whole =
        media_picture_at(f->raw, from->width, from->height);
    int r = convert(from, &whole);
    if (r == 0)
        crop_and_scale(&whole, to);
    return r;
}

void media_fit_forget(struct media_fit *f)
{
    free(f->raw);
    f->raw = NULL;
    f->raw_len = 0;
}
