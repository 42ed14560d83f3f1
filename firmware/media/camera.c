/* camera.c - one V4L2 camera, until it is gone. */
#include "media/camera.h"
#include "media/device.h"
#include "media/element.h"

#include <errno.h>
#include <stdlib.h>

struct media_camera {
    struct media_camera_config config;
    struct media_pipe pipe;
    GstPad *sink;
    int width, height; /* of what comes; the camera's thread */
    uint32_t fourcc;
};

static void camera_broke(void *arg)
{
    struct media_camera *c = arg;
    if (c->config.lost)
        c->config.lost(c->config.arg);
}

/* The format that was agreed on, from the caps. */
static void camera_caps(struct media_camera *c, GstCaps *caps)
{
    const GstStructure *s = gst_caps_get_structure(caps, 0);
    int width = 0, height = 0;
    const char *format = gst_structure_get_string(s, "format");
    c->fourcc = media_device_fourcc(gst_structure_get_name(s), format);
    gst_structure_get_int(s, "width", &width);
    gst_structure_get_int(s, "height", &height);
    c->width = width;
    c->height = height;
}

static gboolean camera_event(GstPad *pad, GstObject *parent, GstEvent *e)
{
    (void)parent;
    struct media_camera *c = gst_pad_get_element_private(pad);
    if (GST_EVENT_TYPE(e) == GST_EVENT_CAPS) {
        GstCaps *caps;
        gst_event_parse_caps(e, &caps);
        camera_caps(c, caps);
    } else if (GST_EVENT_TYPE(e) == GST_EVENT_EOS) {
        camera_broke(c);
    }
    gst_event_unref(e);
    return TRUE;
}

static GstFlowReturn camera_chain(GstPad *pad, GstObject *parent, GstBuffer *b)
{
    (void)parent;
    struct media_camera *c = gst_pad_get_element_private(pad);
    if (c->fourcc == 0) {
        gst_buffer_unref(b);
        return GST_FLOW_NOT_NEGOTIATED;
    }
    c->config.frame(c->config.arg, b, c->width, c->height, c->fourcc);
    return GST_FLOW_OK;
}

static GstElement *camera_source(struct media_camera *c, const char *caps)
{
    GstElement *e = c->config.source;
    if (e) {
        c->config.source = NULL;
        return gst_bin_add(GST_BIN(c->pipe.bin), e) ? e : NULL;
    }
    e = media_pipe_add(&c->pipe, "v4l2src", NULL);
    if (e)
        g_object_set(e, "device", c->config.path, NULL);
    return e ? media_pipe_filter(&c->pipe, caps, e) : NULL;
}

static int camera_start(struct media_camera *c)
{
    char caps[MEDIA_DEVICE_CAPS_MAX] = "";
    int r = media_pipe_init(&c->pipe);
    if (r < 0)
        return r;
    c->pipe.on_broken = camera_broke;
    c->pipe.arg = c;
    if (!c->config.source) {
        r = media_device_prepare(c->config.path, c->config.width,
                                 c->config.height, c->config.fps, caps);
        if (r < 0)
            return r;
    }
    GstElement *e = camera_source(c, caps);
    const struct media_pad_sink fns = {
        .chain = camera_chain, .event = camera_event, .arg = c};
    c->sink = e ? media_pad_sink(e, &fns) : NULL;
    return c->sink && media_pipe_play(&c->pipe) == 0 ? 0 : -ENODEV;
}

int media_camera_new(const struct media_camera_config *config,
                     struct media_camera **ret)
{
    struct media_camera *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->config = *config;
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
    if (!c)
        return NULL;
    c->config.lost = NULL;
    /* Deactivated first: a picture that is on its way is let go of. */
    if (c->sink)
        gst_pad_set_active(c->sink, FALSE);
    media_pipe_close(&c->pipe);
    c->sink = media_pad_free(c->sink);
    free(c);
    return NULL;
}
