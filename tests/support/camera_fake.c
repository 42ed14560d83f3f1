#include "camera_fake.h"

#include <linux/videodev2.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define PICTURE_NS 10000000
#define BUFFERS 4

static const uint32_t control_ids[CAMERA_CONTROLS] = {
    V4L2_CID_EXPOSURE_AUTO_PRIORITY, V4L2_CID_EXPOSURE_AUTO,
    V4L2_CID_EXPOSURE_ABSOLUTE,      V4L2_CID_FOCUS_AUTO,
    V4L2_CID_FOCUS_ABSOLUTE,         V4L2_CID_ZOOM_ABSOLUTE,
    V4L2_CID_POWER_LINE_FREQUENCY,   V4L2_CID_PRIVACY};

static int query(struct camera_fake *f, struct v4l2_capability *c)
{
    memset(c, 0, sizeof(*c));
    (void)snprintf((char *)c->card, sizeof(c->card), "%s", f->card);
    c->capabilities = V4L2_CAP_DEVICE_CAPS;
    c->device_caps = f->capabilities
                         ? f->capabilities
                         : V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
    return 0;
}

/* The n-th different format, in the order of the modes. */
static int enum_format(struct camera_fake *f, struct v4l2_fmtdesc *d)
{
    uint32_t seen = 0;
    for (size_t i = 0; i < f->mode_count; i++) {
        bool again = false;
        for (size_t j = 0; j < i; j++)
            again |= f->modes[j].format == f->modes[i].format;
        if (again || seen++ != d->index)
            continue;
        d->pixelformat = f->modes[i].format;
        return 0;
    }
    return -EINVAL;
}

static int enum_size(struct camera_fake *f, struct v4l2_frmsizeenum *s)
{
    uint32_t seen = 0;
    for (size_t i = 0; i < f->mode_count; i++) {
        const struct camera_mode *m = &f->modes[i];
        if (m->format != s->pixel_format || seen++ != s->index)
            continue;
        s->type = V4L2_FRMSIZE_TYPE_DISCRETE;
        s->discrete.width = m->width_px;
        s->discrete.height = m->height_px;
        if (f->stepwise) {
            s->type = V4L2_FRMSIZE_TYPE_STEPWISE;
            s->stepwise = (struct v4l2_frmsize_stepwise){16, m->width_px,  8,
                                                         16, m->height_px, 8};
        }
        return 0;
    }
    return -EINVAL;
}

static int enum_interval(struct camera_fake *f, struct v4l2_frmivalenum *v)
{
    for (size_t i = 0; i < f->mode_count && v->index == 0; i++) {
        const struct camera_mode *m = &f->modes[i];
        bool same = f->stepwise ||
                    (m->width_px == v->width && m->height_px == v->height);
        if (m->format != v->pixel_format || !same || m->interval_den == 0)
            continue;
        v->type = V4L2_FRMIVAL_TYPE_DISCRETE;
        v->discrete.numerator = m->interval_num;
        v->discrete.denominator = m->interval_den;
        return 0;
    }
    return -EINVAL;
}

static int control_of(const struct camera_fake *f, uint32_t id)
{
    for (int i = 0; i < CAMERA_CONTROLS; i++)
        if (control_ids[i] == id && f->control[i].there)
            return i;
    return -EINVAL;
}

static int query_control(struct camera_fake *f, struct v4l2_queryctrl *q)
{
    int i = control_of(f, q->id);
    if (i < 0)
        return i;
    q->minimum = f->control[i].min;
    q->maximum = f->control[i].max;
    q->step = f->control[i].step;
    q->default_value = f->control[i].normal;
    q->type = f->control[i].menu ? V4L2_CTRL_TYPE_MENU : V4L2_CTRL_TYPE_INTEGER;
    q->flags = f->control[i].read_only ? V4L2_CTRL_FLAG_READ_ONLY : 0;
    return 0;
}

static int exchange(struct camera_fake *f, struct v4l2_ext_controls *all,
                    bool set)
{
    struct v4l2_ext_control *one = all->controls;
    int i = all->count == 1 ? control_of(f, one->id) : -EINVAL;
    if (i < 0)
        return i;
    if (set && f->control[i].error)
        return f->control[i].error;
    if (set)
        f->control[i].value = one->value;
    one->value = f->control[i].value;
    return 0;
}

static int take_event(struct camera_fake *f, struct v4l2_event *e)
{
    if (f->shutters == 0)
        return -ENOENT;
    e->type = V4L2_EVENT_CTRL;
    e->id = V4L2_CID_PRIVACY;
    e->u.ctrl.value = f->shutter[0];
    memmove(f->shutter, f->shutter + 1, --f->shutters * sizeof(f->shutter[0]));
    return 0;
}

static int set_format(struct camera_fake *f, struct v4l2_format *v)
{
    struct v4l2_pix_format *p = &v->fmt.pix;
    f->set = (struct camera_mode){
        .format = p->pixelformat, .width_px = p->width, .height_px = p->height};
    p->bytesperline =
        p->pixelformat == V4L2_PIX_FMT_YUYV ? p->width * 2 + f->stride_off : 0;
    return 0;
}

static int query_buffer(struct camera_fake *f, struct v4l2_buffer *b)
{
    b->length = f->buffer_len ? f->buffer_len : (uint32_t)f->picture_len;
    b->m.offset = b->index;
    return 0;
}

static int dequeue(struct camera_fake *f, struct v4l2_buffer *b)
{
    uint64_t ticks;
    if (!f->on || f->queued == 0)
        return -EINVAL;
    if (f->pictures == 0)
        return -ENODEV;
    if (read(f->fd, &ticks, sizeof(ticks)) < 0)
        return -EAGAIN;
    f->pictures -= f->pictures > 0;
    b->index = (uint32_t)(ticks % BUFFERS) + f->index_off;
    b->bytesused = (uint32_t)(f->claimed_len ? f->claimed_len : f->picture_len);
    b->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC | f->flags;
    b->timestamp.tv_sec = 7;
    b->timestamp.tv_usec = 5;
    f->queued--;
    return 0;
}

static int stream_request(struct camera_fake *f, unsigned long request,
                          void *data)
{
    switch (request) {
    case VIDIOC_S_FMT:
        return set_format(f, data);
    case VIDIOC_S_PARM:
        f->rate = ((struct v4l2_streamparm *)data)
                      ->parm.capture.timeperframe.denominator;
        return 0;
    case VIDIOC_REQBUFS:
        ((struct v4l2_requestbuffers *)data)->count =
            LK_MIN(((struct v4l2_requestbuffers *)data)->count, BUFFERS);
        return 0;
    case VIDIOC_QUERYBUF:
        return query_buffer(f, data);
    case VIDIOC_QBUF:
        f->queued++;
        return 0;
    case VIDIOC_DQBUF:
        return dequeue(f, data);
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
        f->on = request == VIDIOC_STREAMON;
        return 0;
    default:
        return -ENOTTY;
    }
}

static int fake_control(void *arg, int fd, unsigned long request, void *data)
{
    struct camera_fake *f = arg;
    (void)fd;
    if (f->gone)
        return -ENODEV;
    if (f->refuse_error && request == f->refuse)
        return f->refuse_error;
    switch (request) {
    case VIDIOC_QUERYCAP:
        return query(f, data);
    case VIDIOC_ENUM_FMT:
        return enum_format(f, data);
    case VIDIOC_ENUM_FRAMESIZES:
        return enum_size(f, data);
    case VIDIOC_ENUM_FRAMEINTERVALS:
        return enum_interval(f, data);
    case VIDIOC_QUERYCTRL:
        return query_control(f, data);
    case VIDIOC_G_EXT_CTRLS:
    case VIDIOC_S_EXT_CTRLS:
        return exchange(f, data, request == VIDIOC_S_EXT_CTRLS);
    case VIDIOC_SUBSCRIBE_EVENT:
        return 0;
    case VIDIOC_DQEVENT:
        return take_event(f, data);
    default:
        return stream_request(f, request, data);
    }
}

static void *fake_map(void *arg, int fd, size_t len, uint32_t offset)
{
    struct camera_fake *f = arg;
    (void)fd;
    (void)offset;
    uint8_t *p = calloc(1, len);
    if (p && f->picture)
        memcpy(p, f->picture, LK_MIN(len, f->picture_len));
    f->maps += p != NULL;
    return p;
}

static void fake_unmap(void *arg, void *at, size_t len)
{
    struct camera_fake *f = arg;
    (void)len;
    f->maps--;
    free(at);
}

void camera_fake_init(struct camera_fake *f)
{
    const struct itimerspec every = {.it_interval.tv_nsec = PICTURE_NS,
                                     .it_value.tv_nsec = PICTURE_NS};
    memset(f, 0, sizeof(*f));
    f->io = (struct camera_io){.control = fake_control,
                               .map = fake_map,
                               .unmap = fake_unmap,
                               .arg = f};
    f->card = "Fake";
    f->pictures = -1;
    f->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (f->fd < 0 || timerfd_settime(f->fd, 0, &every, NULL) < 0)
        abort();
}

void camera_fake_finish(struct camera_fake *f)
{
    f->fd = lk_fd_close(f->fd);
}

void camera_fake_mode(struct camera_fake *f, uint32_t format, uint32_t width,
                      uint32_t height, uint32_t fps)
{
    if (f->mode_count < CAMERA_FAKE_MODES)
        f->modes[f->mode_count++] =
            (struct camera_mode){.format = format,
                                 .width_px = width,
                                 .height_px = height,
                                 .interval_num = fps > 0,
                                 .interval_den = fps};
}
