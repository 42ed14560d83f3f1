/* device.c - V4L2 capabilities, modes and controls. */
#include "camera/device.h"
#include "camera/impl.h"

#include <linux/videodev2.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FORMATS_MAX 32   /* looked at for each camera */
#define SIZES_MAX 64     /* for each format */
#define INTERVALS_MAX 64 /* for each size */
#define EVENTS_MAX 16    /* taken at one time */

static const uint32_t control_ids[CAMERA_CONTROLS] = {
    [CAMERA_EXPOSURE_PRIORITY] = V4L2_CID_EXPOSURE_AUTO_PRIORITY,
    [CAMERA_EXPOSURE_AUTO] = V4L2_CID_EXPOSURE_AUTO,
    [CAMERA_EXPOSURE] = V4L2_CID_EXPOSURE_ABSOLUTE,
    [CAMERA_FOCUS_AUTO] = V4L2_CID_FOCUS_AUTO,
    [CAMERA_FOCUS] = V4L2_CID_FOCUS_ABSOLUTE,
    [CAMERA_ZOOM] = V4L2_CID_ZOOM_ABSOLUTE,
    [CAMERA_POWER_LINE] = V4L2_CID_POWER_LINE_FREQUENCY,
    [CAMERA_PRIVACY] = V4L2_CID_PRIVACY,
};

int camera_call(struct camera *c, unsigned long request, void *data)
{
    return c->io->control(c->io->arg, c->fd, request, data);
}

/* --- what it is --------------------------------------------------------- */

static int identify(struct camera *c)
{
    struct v4l2_capability cap;
    memset(&cap, 0, sizeof(cap));
    if (camera_call(c, VIDIOC_QUERYCAP, &cap) < 0)
        return -ENODEV;
    uint32_t can = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps
                                                           : cap.capabilities;
    if (!(can & V4L2_CAP_VIDEO_CAPTURE) || !(can & V4L2_CAP_STREAMING))
        return -ENOTSUP;
    /* The device says its own name: keep what is surely harmless. */
    for (size_t i = 0; i < sizeof(c->card) - 1 && cap.card[i]; i++)
        c->card[i] = '?';
    for (size_t i = 0; c->card[i]; i++)
        if (cap.card[i] >= ' ' && cap.card[i] < 0x7f)
            memcpy(&c->card[i], &cap.card[i], 1);
    return 0;
}

/* Asks to be told when the shutter moves. Most cameras have none that tells. */
static void watch_shutter(struct camera *c)
{
    struct v4l2_event_subscription s = {.type = V4L2_EVENT_CTRL,
                                        .id = V4L2_CID_PRIVACY};
    int32_t shut = 0;
    if (camera_control_get(c, CAMERA_PRIVACY, &shut) < 0)
        return;
    c->shut = shut != 0;
    /* Without it the state stays as it was read. */
    (void)!camera_call(c, VIDIOC_SUBSCRIBE_EVENT, &s);
}

int camera_open(int fd, const struct camera_io *io, struct camera **ret)
{
    struct camera *c = calloc(1, sizeof(*c));
    if (!c) {
        lk_fd_close(fd);
        return -ENOMEM;
    }
    c->fd = fd;
    c->io = io ? io : &camera_io_kernel;
    int r = identify(c);
    if (r < 0) {
        camera_free(c);
        return r;
    }
    watch_shutter(c);
    *ret = c;
    return 0;
}

struct camera *camera_free(struct camera *c)
{
    if (!c)
        return NULL;
    lk_fd_close(c->fd);
    free(c);
    return NULL;
}

int camera_fd(const struct camera *c)
{
    return c->fd;
}

const char *camera_card(const struct camera *c)
{
    return c->card;
}

/* --- modes -------------------------------------------------------------- */

struct gathering {
    struct camera *camera;
    const struct camera_wish *wish;
    struct camera_mode *modes;
    size_t count;
};

/* The shortest interval at this size. A range is told by its shortest. */
static void shortest_interval(struct gathering *g, struct camera_mode *m)
{
    struct v4l2_frmivalenum v = {.pixel_format = m->format,
                                 .width = m->width_px,
                                 .height = m->height_px};
    for (v.index = 0; v.index < INTERVALS_MAX; v.index++) {
        if (camera_call(g->camera, VIDIOC_ENUM_FRAMEINTERVALS, &v) < 0)
            return;
        bool discrete = v.type == V4L2_FRMIVAL_TYPE_DISCRETE;
        const struct v4l2_fract *f = discrete ? &v.discrete : &v.stepwise.min;
        bool shorter = m->interval_den == 0 ||
                       (uint64_t)f->numerator * m->interval_den <
                           (uint64_t)m->interval_num * f->denominator;
        if (f->denominator > 0 && f->numerator > 0 && shorter) {
            m->interval_num = f->numerator;
            m->interval_den = f->denominator;
        }
        if (!discrete)
            return;
    }
}

static void gather_size(struct gathering *g, uint32_t format, uint32_t width,
                        uint32_t height)
{
    if (g->count == CAMERA_MODES_MAX)
        return;
    struct camera_mode *m = &g->modes[g->count++];
    *m = (struct camera_mode){
        .format = format, .width_px = width, .height_px = height};
    shortest_interval(g, m);
}

/* The nearest to `want` that a range has. */
static uint32_t in_steps(uint32_t want, uint32_t min, uint32_t max,
                         uint32_t step)
{
    if (want <= min || max < min)
        return min;
    uint32_t most = want > max ? max : want;
    return step > 1 ? min + (most - min) / step * step : most;
}

static void gather_sizes(struct gathering *g, uint32_t format)
{
    struct v4l2_frmsizeenum v = {.pixel_format = format};
    for (v.index = 0; v.index < SIZES_MAX; v.index++) {
        if (camera_call(g->camera, VIDIOC_ENUM_FRAMESIZES, &v) < 0)
            return;
        if (v.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
            gather_size(g, format, v.discrete.width, v.discrete.height);
            continue;
        }
        const struct v4l2_frmsize_stepwise *s = &v.stepwise;
        gather_size(g, format,
                    in_steps(g->wish->width_px, s->min_width, s->max_width,
                             s->step_width),
                    in_steps(g->wish->height_px, s->min_height, s->max_height,
                             s->step_height));
        return;
    }
}

size_t camera_modes(struct camera *c, const struct camera_wish *wish,
                    struct camera_mode modes[CAMERA_MODES_MAX])
{
    struct gathering g = {.camera = c, .wish = wish, .modes = modes};
    struct v4l2_fmtdesc f = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    for (f.index = 0; f.index < FORMATS_MAX; f.index++) {
        if (camera_call(c, VIDIOC_ENUM_FMT, &f) < 0)
            break;
        gather_sizes(&g, f.pixelformat);
    }
    return g.count;
}

/* --- controls ----------------------------------------------------------- */

static int control_error(int r)
{
    if (r == -EINVAL || r == -ENOTTY)
        return -ENOENT;
    if (r == -EACCES || r == -EBUSY)
        return -EACCES;
    return r == -ENODEV || r == 0 ? r : -EIO;
}

int camera_control_range(struct camera *c, enum camera_control which,
                         struct camera_range *ret)
{
    struct v4l2_queryctrl q = {.id = control_ids[which]};
    int r = camera_call(c, VIDIOC_QUERYCTRL, &q);
    if (r < 0)
        return control_error(r);
    if (q.flags & V4L2_CTRL_FLAG_DISABLED || q.maximum < q.minimum)
        return -ENOENT;
    ret->min = q.minimum;
    ret->max = q.maximum;
    ret->step = q.step > 0 ? q.step : 1;
    ret->normal = q.default_value;
    ret->menu = q.type == V4L2_CTRL_TYPE_MENU;
    ret->read_only = (q.flags & V4L2_CTRL_FLAG_READ_ONLY) != 0;
    return 0;
}

/* One control by the extended interface, which alone reaches all of them. */
static int control_exchange(struct camera *c, enum camera_control which,
                            unsigned long request, int32_t *value)
{
    struct v4l2_ext_control one = {.id = control_ids[which], .value = *value};
    struct v4l2_ext_controls all = {
        .which = V4L2_CTRL_WHICH_CUR_VAL, .count = 1, .controls = &one};
    int r = camera_call(c, request, &all);
    if (r == 0)
        *value = one.value;
    return control_error(r);
}

int camera_control_get(struct camera *c, enum camera_control which,
                       int32_t *ret)
{
    int32_t value = 0;
    int r = control_exchange(c, which, VIDIOC_G_EXT_CTRLS, &value);
    if (r == 0)
        *ret = value;
    return r;
}

int camera_control_set(struct camera *c, enum camera_control which,
                       int32_t value)
{
    struct camera_range range;
    int r = camera_control_range(c, which, &range);
    if (r < 0)
        return r;
    if (range.read_only)
        return -EACCES;
    int64_t v = LK_MAX(LK_MIN(value, range.max), range.min);
    if (!range.menu)
        v = range.min + (v - range.min) / range.step * range.step;
    value = (int32_t)v;
    return control_exchange(c, which, VIDIOC_S_EXT_CTRLS, &value);
}

void camera_prepare(struct camera *c, const struct camera_settings *s)
{
    struct camera_range zoom;
    /* A menu of which cameras offer one or the other. */
    if (camera_control_set(c, CAMERA_EXPOSURE_AUTO,
                           V4L2_EXPOSURE_APERTURE_PRIORITY) < 0)
        (void)!camera_control_set(c, CAMERA_EXPOSURE_AUTO, V4L2_EXPOSURE_AUTO);
    (void)!camera_control_set(c, CAMERA_EXPOSURE_PRIORITY, 0);
    (void)!camera_control_set(c, CAMERA_FOCUS_AUTO, 1);
    (void)!camera_control_set(c, CAMERA_POWER_LINE,
                              s->power_line_hz == 60
                                  ? V4L2_CID_POWER_LINE_FREQUENCY_60HZ
                                  : V4L2_CID_POWER_LINE_FREQUENCY_50HZ);
    if (camera_control_range(c, CAMERA_ZOOM, &zoom) == 0)
        (void)!camera_control_set(c, CAMERA_ZOOM,
                                  s->zoom < 0 ? zoom.normal : s->zoom);
}

/* --- the shutter -------------------------------------------------------- */

bool camera_shut(const struct camera *c)
{
    return c->shut;
}

bool camera_events(struct camera *c)
{
    bool before = c->shut;
    for (int i = 0; i < EVENTS_MAX; i++) {
        struct v4l2_event e;
        memset(&e, 0, sizeof(e));
        if (camera_call(c, VIDIOC_DQEVENT, &e) < 0)
            break;
        if (e.type == V4L2_EVENT_CTRL && e.id == V4L2_CID_PRIVACY)
            c->shut = e.u.ctrl.value != 0;
    }
    return c->shut != before;
}
