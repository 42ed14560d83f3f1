/* camera.c - the call's camera: a thread that takes its pictures. */
#include "media/camera.h"

#include "camera/stream.h"

#include <libyuv.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define POWER_LINE_HZ 50 /* Europe's */

struct media_camera {
    struct media_camera_config config;
    struct camera *camera;
    struct camera_stream *stream;
    int stop_fd;
    pthread_t thread;
    bool runs;
};

uint32_t media_camera_fourcc(uint32_t format)
{
    static const struct {
        uint32_t format, fourcc;
    } known[] = {{CAMERA_MJPEG, FOURCC_MJPG},
                 {CAMERA_YUYV, FOURCC_YUY2},
                 {CAMERA_NV12, FOURCC_NV12},
                 {CAMERA_I420, FOURCC_I420}};
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++)
        if (known[i].format == format)
            return known[i].fourcc;
    return 0;
}

/* The driver's memory goes back to it at once: a copy costs less than a camera
 * that runs out of buffers while something is encoded. */
static void take(void *arg, const struct camera_picture *p)
{
    struct media_camera *c = arg;
    GstBuffer *b = gst_buffer_new_memdup(p->data, p->len);
    if (p->captured_us > 0)
        GST_BUFFER_PTS(b) = (GstClockTime)p->captured_us * GST_USECOND;
    c->config.frame(c->config.arg, b, (int)p->width_px, (int)p->height_px,
                    media_camera_fourcc(p->format));
}

static void tell_shut(struct media_camera *c)
{
    if (c->config.shut)
        c->config.shut(c->config.arg, camera_shut(c->camera));
}

/* What poll(2) said of the camera. False: it is lost. */
static bool handle(struct media_camera *c, short events)
{
    if ((events & POLLPRI) && camera_events(c->camera))
        tell_shut(c);
    if (!(events & (POLLIN | POLLERR | POLLHUP)))
        return true;
    int r = camera_stream_take(c->stream, take, c);
    /* An error that gives no picture would be told for ever. */
    return r > 0 || (r == 0 && !(events & (POLLERR | POLLHUP)));
}

static void *camera_run(void *arg)
{
    struct media_camera *c = arg;
    struct pollfd f[2] = {
        {.fd = camera_fd(c->camera), .events = POLLIN | POLLPRI},
        {.fd = c->stop_fd, .events = POLLIN}};
    (void)pthread_setname_np(pthread_self(), "media-camera");
    if (camera_shut(c->camera))
        tell_shut(c);
    for (;;) {
        int n = poll(f, LK_ARRAY_LEN(f), -1);
        if (f[1].revents)
            return NULL;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || !handle(c, f[0].revents))
            break;
    }
    if (c->config.lost)
        c->config.lost(c->config.arg);
    return NULL;
}

static int camera_start(struct media_camera *c)
{
    const struct media_camera_config *k = &c->config;
    const struct camera_wish wish = {.width_px = (uint32_t)k->width,
                                     .height_px = (uint32_t)k->height,
                                     .fps = (uint32_t)k->fps};
    const struct camera_settings usual = {.power_line_hz = POWER_LINE_HZ,
                                          .zoom = -1};
    int fd = fcntl(k->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return -ENODEV;
    int r = camera_open(fd, k->io, &c->camera);
    if (r < 0)
        return r == -ENOMEM ? r : -ENODEV;
    camera_prepare(c->camera, &usual);
    r = camera_stream_new(c->camera, &wish, &c->stream);
    if (r < 0)
        return r == -ENOMEM ? r : -ENODEV;
    c->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (c->stop_fd < 0 || pthread_create(&c->thread, NULL, camera_run, c) != 0)
        return -ENOMEM;
    c->runs = true;
    return 0;
}

int media_camera_new(const struct media_camera_config *config,
                     struct media_camera **ret)
{
    struct media_camera *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->config = *config;
    c->stop_fd = -1;
    int r = camera_start(c);
    if (r < 0) {
        media_camera_free(c);
        return r;
    }
    *ret = c;
    return 0;
}

struct media_camera *media_camera_free(struct media_camera *c)
{
    static const uint64_t one = 1;
    if (!c)
        return NULL;
    if (c->runs) {
        /* A new eventfd has room for it. */
        (void)!write(c->stop_fd, &one, sizeof(one));
        pthread_join(c->thread, NULL);
    }
    camera_stream_free(c->stream);
    camera_free(c->camera);
    lk_fd_close(c->stop_fd);
    free(c);
    return NULL;
}
