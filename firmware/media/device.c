/* device.c - what cameras and sound devices there are, without GStreamer. */
#include "media/device.h"
#include "media/media.h"

#include <libyuv.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CAMERAS_MAX 64 /* /dev/video0.. */
#define CARDS_MAX 8
#define PCMS_MAX 8
#define ENUM_MAX 64 /* intervals looked at per format */

/* Cheapest to convert first. JPEG last: it must be decoded, but is all that
 * fits through USB 2 at larger sizes. */
static const struct format {
    const char *media_type, *format;
    uint32_t pixelformat, fourcc;
} formats[] = {
    {"video/x-raw", "I420", V4L2_PIX_FMT_YUV420, FOURCC_I420},
    {"video/x-raw", "NV12", V4L2_PIX_FMT_NV12, FOURCC_NV12},
    {"video/x-raw", "YUY2", V4L2_PIX_FMT_YUYV, FOURCC_YUY2},
    {"image/jpeg", NULL, V4L2_PIX_FMT_MJPEG, FOURCC_MJPG},
};

uint32_t media_device_fourcc(const char *media_type, const char *format)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(formats); i++) {
        const struct format *f = &formats[i];
        if (strcmp(f->media_type, media_type) != 0)
            continue;
        if (!f->format || (format && strcmp(f->format, format) == 0))
            return f->fourcc;
    }
    return 0;
}

/* Whether the driver offers the format at `v`'s size and `fps`. */
static bool camera_offers(int fd, struct v4l2_frmivalenum v, int fps)
{
    for (v.index = 0; v.index < ENUM_MAX; v.index++) {
        if (ioctl(fd, VIDIOC_ENUM_FRAMEINTERVALS, &v) < 0)
            return false;
        const struct v4l2_fract *f = v.type == V4L2_FRMIVAL_TYPE_DISCRETE
                                         ? &v.discrete
                                         : &v.stepwise.min;
        if ((uint64_t)f->numerator * (uint64_t)fps <= f->denominator)
            return true;
    }
    return false;
}

/* In low light a long exposure halves the frame rate: rather a dark picture.
 * Not every camera has the control. */
static void camera_keep_rate(int fd)
{
    struct v4l2_control c = {.id = V4L2_CID_EXPOSURE_AUTO_PRIORITY};
    int r = ioctl(fd, VIDIOC_S_CTRL, &c);
    (void)r;
}

int media_device_prepare(const char *path, int width, int height, int fps,
                         char ret[MEDIA_DEVICE_CAPS_MAX])
{
    LK_AUTO_FD fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -ENODEV;
    camera_keep_rate(fd);
    for (size_t i = 0; i < LK_ARRAY_LEN(formats); i++) {
        const struct format *f = &formats[i];
        struct v4l2_frmivalenum v = {.pixel_format = f->pixelformat,
                                     .width = (uint32_t)width,
                                     .height = (uint32_t)height};
        if (!camera_offers(fd, v, fps))
            continue;
        int n = snprintf(ret, MEDIA_DEVICE_CAPS_MAX,
                         "%s%s%s,width=%d,height=%d,framerate=%d/1",
                         f->media_type, f->format ? ",format=" : "",
                         f->format ? f->format : "", width, height, fps);
        return n > 0 && n < MEDIA_DEVICE_CAPS_MAX ? 0 : -ENODEV;
    }
    return -ENODEV;
}

static bool camera_is(const char *path, char name[MEDIA_NAME_MAX])
{
    struct v4l2_capability cap;
    LK_AUTO_FD fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || ioctl(fd, VIDIOC_QUERYCAP, &cap) < 0)
        return false;
    uint32_t caps = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps
                                                            : cap.capabilities;
    if (!(caps & V4L2_CAP_VIDEO_CAPTURE) || !(caps & V4L2_CAP_STREAMING))
        return false;
    /* The device says its own name: keep what is surely harmless. */
    size_t n = 0;
    for (; n < sizeof(cap.card) && n < MEDIA_NAME_MAX - 1 && cap.card[n]; n++) {
        bool plain = cap.card[n] >= ' ' && cap.card[n] < 0x7f;
        name[n] = '?';
        if (plain)
            memcpy(&name[n], &cap.card[n], 1);
    }
    name[n] = '\0';
    return true;
}

static void probe_camera(struct media_probe *ret)
{
    for (int i = 0; i < CAMERAS_MAX; i++) {
        char path[sizeof(ret->camera_path)];
        int n = snprintf(path, sizeof(path), "/dev/video%d", i);
        if (n > 0 && (size_t)n < sizeof(path) &&
            camera_is(path, ret->camera_name)) {
            memcpy(ret->camera_path, path, (size_t)n + 1);
            return;
        }
    }
}

/* ALSA's nodes are pcmC<card>D<device>, then c(apture) or p(layback). */
static bool alsa_has(char direction)
{
    for (int card = 0; card < CARDS_MAX; card++) {
        for (int device = 0; device < PCMS_MAX; device++) {
            char path[48];
            snprintf(path, sizeof(path), "/dev/snd/pcmC%dD%d%c", card, device,
                     direction);
            if (access(path, F_OK) == 0)
                return true;
        }
    }
    return false;
}

static bool pulse_runs(void)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets the environment */
    const char *server = getenv("PULSE_SERVER");
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): as above */
    const char *dir = getenv("XDG_RUNTIME_DIR");
    char path[256];
    struct stat st;
    if (server && *server)
        return true;
    int n = dir ? snprintf(path, sizeof(path), "%s/pulse/native", dir) : -1;
    return n > 0 && (size_t)n < sizeof(path) && stat(path, &st) == 0 &&
           S_ISSOCK(st.st_mode);
}

void media_device_sound(struct media_probe *ret)
{
    ret->source = ret->sink = MEDIA_SOUND_PULSE;
    if (pulse_runs())
        return;
    ret->source = alsa_has('c') ? MEDIA_SOUND_ALSA : MEDIA_SOUND_NONE;
    ret->sink = alsa_has('p') ? MEDIA_SOUND_ALSA : MEDIA_SOUND_NONE;
}

void media_probe(struct media_probe *ret)
{
    memset(ret, 0, sizeof(*ret));
    probe_camera(ret);
    media_device_sound(ret);
}
