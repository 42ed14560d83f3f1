/* stream.c - V4L2 streaming with mapped buffers. */
#include "camera/stream.h"
#include "camera/impl.h"

#include <linux/videodev2.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct camera_stream {
    struct camera *camera;
    struct camera_mode mode;
    struct {
        void *at;
        size_t len;
    } buffer[CAMERA_BUFFERS];
    uint32_t buffers;
    bool on;
};

static int stream_error(int r)
{
    switch (r) {
    case -ENODEV:
    case -ENXIO:
        return -ENODEV;
    case -EBUSY:
    case -ENOMEM:
    case -ENOTSUP:
        return r;
    default:
        return r < 0 ? -EIO : r;
    }
}

/* The driver answers with what it really does. */
static int set_mode(struct camera_stream *s, const struct camera_mode *m)
{
    struct v4l2_format f = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    struct v4l2_pix_format *p = &f.fmt.pix;
    p->pixelformat = m->format;
    p->width = m->width_px;
    p->height = m->height_px;
    p->field = V4L2_FIELD_NONE;
    int r = camera_call(s->camera, VIDIOC_S_FMT, &f);
    if (r < 0)
        return stream_error(r);
    bool packed =
        p->pixelformat != V4L2_PIX_FMT_YUYV || p->bytesperline == p->width * 2;
    if (p->pixelformat != m->format || !packed || p->width == 0 ||
        p->height == 0 || p->width > CAMERA_SIDE_MAX ||
        p->height > CAMERA_SIDE_MAX)
        return -ENOTSUP;
    s->mode = *m;
    s->mode.width_px = p->width;
    s->mode.height_px = p->height;
    return 0;
}

/* Not more pictures than wished for. A driver without this runs as it likes. */
static void set_rate(struct camera_stream *s, uint32_t fps)
{
    struct v4l2_streamparm p = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    bool fast = camera_mode_reaches(&s->mode, fps) || s->mode.interval_den == 0;
    p.parm.capture.timeperframe.numerator = fast ? 1 : s->mode.interval_num;
    p.parm.capture.timeperframe.denominator = fast ? fps : s->mode.interval_den;
    (void)!camera_call(s->camera, VIDIOC_S_PARM, &p);
}

static int choose(struct camera_stream *s, const struct camera_wish *wish)
{
    struct camera_mode *modes = calloc(CAMERA_MODES_MAX, sizeof(*modes));
    if (!modes)
        return -ENOMEM;
    size_t count = camera_modes(s->camera, wish, modes);
    int at = camera_mode_choose(modes, count, wish);
    int r = at < 0 ? -ENOTSUP : set_mode(s, &modes[at]);
    free(modes);
    if (r == 0)
        set_rate(s, wish->fps);
    return r;
}

static int queue(struct camera_stream *s, uint32_t index)
{
    struct v4l2_buffer b = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                            .memory = V4L2_MEMORY_MMAP,
                            .index = index};
    return stream_error(camera_call(s->camera, VIDIOC_QBUF, &b));
}

static int map_buffer(struct camera_stream *s, uint32_t index)
{
    const struct camera_io *io = s->camera->io;
    struct v4l2_buffer b = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                            .memory = V4L2_MEMORY_MMAP,
                            .index = index};
    int r = camera_call(s->camera, VIDIOC_QUERYBUF, &b);
    if (r < 0)
        return stream_error(r);
    if (b.length == 0 || b.length > CAMERA_PICTURE_MAX)
        return -EIO;
    void *at = io->map(io->arg, s->camera->fd, b.length, b.m.offset);
    if (!at)
        return -ENOMEM;
    s->buffer[index].at = at;
    s->buffer[index].len = b.length;
    s->buffers = index + 1;
    return queue(s, index);
}

static int request_buffers(struct camera_stream *s, uint32_t *count)
{
    struct v4l2_requestbuffers q = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                                    .memory = V4L2_MEMORY_MMAP,
                                    .count = *count};
    int r = camera_call(s->camera, VIDIOC_REQBUFS, &q);
    *count = q.count;
    return stream_error(r);
}

static int stream_start(struct camera_stream *s, const struct camera_wish *wish)
{
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    uint32_t count = CAMERA_BUFFERS;
    int r = choose(s, wish);
    if (r == 0)
        r = request_buffers(s, &count);
    if (r < 0)
        return r;
    if (count < 2)
        return -ENOMEM;
    for (uint32_t i = 0; i < LK_MIN(count, CAMERA_BUFFERS) && r == 0; i++)
        r = map_buffer(s, i);
    if (r < 0)
        return r;
    r = stream_error(camera_call(s->camera, VIDIOC_STREAMON, &type));
    s->on = r == 0;
    return r;
}

int camera_stream_new(struct camera *c, const struct camera_wish *wish,
                      struct camera_stream **ret)
{
    struct camera_stream *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->camera = c;
    int r = stream_start(s, wish);
    if (r < 0) {
        camera_stream_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

struct camera_stream *camera_stream_free(struct camera_stream *s)
{
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    uint32_t none = 0;
    if (!s)
        return NULL;
    const struct camera_io *io = s->camera->io;
    /* A camera that is gone refuses these; there is nothing left to stop. */
    if (s->on)
        (void)!camera_call(s->camera, VIDIOC_STREAMOFF, &type);
    for (uint32_t i = 0; i < s->buffers; i++)
        io->unmap(io->arg, s->buffer[i].at, s->buffer[i].len);
    (void)!request_buffers(s, &none);
    free(s);
    return NULL;
}

const struct camera_mode *camera_stream_mode(const struct camera_stream *s)
{
    return &s->mode;
}

/* Whole, as the driver says and as its format wants it. */
static bool whole(const struct camera_stream *s, const struct v4l2_buffer *b)
{
    size_t most = s->buffer[b->index].len;
    return !(b->flags & V4L2_BUF_FLAG_ERROR) && b->bytesused > 0 &&
           b->bytesused <= most && b->bytesused >= camera_mode_bytes(&s->mode);
}

static int64_t captured_us(const struct v4l2_buffer *b)
{
    if ((b->flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) !=
        V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
        return 0;
    return (int64_t)b->timestamp.tv_sec * 1000000 + b->timestamp.tv_usec;
}

int camera_stream_take(struct camera_stream *s, camera_picture_fn *fn,
                       void *arg)
{
    struct v4l2_buffer b = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                            .memory = V4L2_MEMORY_MMAP};
    int r = camera_call(s->camera, VIDIOC_DQBUF, &b);
    if (r == -EAGAIN)
        return 0;
    if (r < 0)
        return r == -ENODEV ? r : -EIO;
    if (b.index >= s->buffers)
        return -EIO;
    bool good = whole(s, &b);
    if (good) {
        const struct camera_picture p = {.data = s->buffer[b.index].at,
                                         .len = b.bytesused,
                                         .format = s->mode.format,
                                         .width_px = s->mode.width_px,
                                         .height_px = s->mode.height_px,
                                         .captured_us = captured_us(&b)};
        fn(arg, &p);
    }
    r = queue(s, b.index);
    return r < 0 ? r : good;
}
