/* element.c - GStreamer for this room: plug-ins, elements, pipelines, pads. */
#include "media/element.h"
#include "media/media.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef MEDIA_PLUGIN_DIR
#error "MEDIA_PLUGIN_DIR comes from the build"
#endif

/* The plug-ins' file names, without "libgst" and ".so". */
static const char *const plugins[] = {
    "coreelements", "vpx",          "rtp",          "rtpmanager",
    "opus",         "audiotestsrc", "audioconvert", "audioresample",
    "webrtcdsp",    "alsa",         "pulseaudio",
};

static const char *const factories[] = {
    "capsfilter",   "fakesink",      "vp8enc",          "vp8dec",
    "rtpvp8pay",    "rtpvp8depay",   "rtpopuspay",      "rtpopusdepay",
    "opusenc",      "opusdec",       "rtpjitterbuffer", "audiotestsrc",
    "audioconvert", "audioresample", "webrtcdsp",       "webrtcechoprobe",
    "alsasrc",      "alsasink",      "pulsesrc",        "pulsesink",
    NULL,
};

const char *const *media_factories(void)
{
    return factories;
}

static int plugin_load(const char *name)
{
    char path[256];
    int n =
        snprintf(path, sizeof(path), "%s/libgst%s.so", MEDIA_PLUGIN_DIR, name);
    if (n < 0 || (size_t)n >= sizeof(path))
        return -EIO;
    GError *error = NULL;
    GstPlugin *p = gst_plugin_load_file(path, &error);
    if (!p) {
        LK_LOG(DEBUG, "media", "plugin=%s error=%s", name,
               error ? error->message : "?");
        g_clear_error(&error);
        return -ENOENT;
    }
    /* The registry holds it; it is never unloaded. */
    gst_object_unref(p);
    return 0;
}

int media_init(void)
{
    /* No registry: neither a scan of all plug-ins, nor a scanner process, nor
     * a cache file. What is needed is loaded by name. */
    static const char *const env[][2] = {{"GST_REGISTRY_DISABLE", "yes"},
                                         {"GST_PLUGIN_SYSTEM_PATH_1_0", ""},
                                         {"GST_PLUGIN_PATH_1_0", ""}};
    for (size_t i = 0; i < LK_ARRAY_LEN(env); i++)
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs yet */
        if (setenv(env[i][0], env[i][1], 1) < 0)
            return -EIO;
    gst_registry_fork_set_enabled(FALSE);
    if (!gst_init_check(NULL, NULL, NULL))
        return -EIO;
    for (size_t i = 0; i < LK_ARRAY_LEN(plugins); i++) {
        int r = plugin_load(plugins[i]);
        if (r < 0)
            return r;
    }
    return 0;
}

GstElement *media_element_new(const char *factory)
{
    for (const char *const *f = factories; *f; f++)
        if (strcmp(*f, factory) == 0)
            return gst_element_factory_make(factory, NULL);
    return NULL;
}

static void pipe_broke(struct media_pipe *p)
{
    if (!atomic_exchange(&p->broken, true) && p->on_broken)
        p->on_broken(p->arg);
}

/* Called on whatever thread posts. Nothing is queued on the bus. */
static GstBusSyncReply pipe_message(GstBus *bus, GstMessage *m, gpointer arg)
{
    (void)bus;
    struct media_pipe *p = arg;
    if (GST_MESSAGE_TYPE(m) == GST_MESSAGE_ERROR) {
        GError *error = NULL;
        gst_message_parse_error(m, &error, NULL);
        LK_LOG(DEBUG, "media", "element=%s error=%s", GST_MESSAGE_SRC_NAME(m),
               error->message);
        g_error_free(error);
        pipe_broke(p);
    } else if (GST_MESSAGE_TYPE(m) == GST_MESSAGE_EOS) {
        pipe_broke(p);
    } else if (GST_MESSAGE_TYPE(m) == GST_MESSAGE_LATENCY) {
        atomic_store(&p->relatch, true);
    }
    gst_message_unref(m);
    return GST_BUS_DROP;
}

int media_pipe_init(struct media_pipe *p)
{
    p->bin = gst_pipeline_new(NULL);
    if (!p->bin)
        return -ENOMEM;
    atomic_store(&p->broken, false);
    atomic_store(&p->relatch, false);
    GstClock *clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(p->bin), clock);
    gst_object_unref(clock);
    gst_element_set_start_time(p->bin, GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(p->bin, 0);
    GstBus *bus = gst_element_get_bus(p->bin);
    gst_bus_set_sync_handler(bus, pipe_message, p, NULL);
    gst_object_unref(bus);
    return 0;
}

GstElement *media_pipe_add(struct media_pipe *p, const char *factory,
                           GstElement *after)
{
    GstElement *e = media_element_new(factory);
    if (!e)
        return NULL;
    if (!gst_bin_add(GST_BIN(p->bin), e)) {
        gst_object_unref(e);
        return NULL;
    }
    if (after && !gst_element_link(after, e))
        return NULL;
    return e;
}

GstElement *media_pipe_filter(struct media_pipe *p, const char *caps,
                              GstElement *after)
{
    GstElement *e = media_pipe_add(p, "capsfilter", after);
    GstCaps *c = gst_caps_from_string(caps);
    if (e && c)
        g_object_set(e, "caps", c, NULL);
    if (c)
        gst_caps_unref(c);
    return c ? e : NULL;
}

int media_pipe_play(struct media_pipe *p)
{
    GstStateChangeReturn r = gst_element_set_state(p->bin, GST_STATE_PLAYING);
    return r == GST_STATE_CHANGE_FAILURE ? -EIO : 0;
}

void media_pipe_latency(struct media_pipe *p)
{
    if (p->bin && atomic_exchange(&p->relatch, false))
        gst_bin_recalculate_latency(GST_BIN(p->bin));
}

void media_pipe_close(struct media_pipe *p)
{
    if (!p->bin)
        return;
    gst_element_set_state(p->bin, GST_STATE_NULL);
    GstBus *bus = gst_element_get_bus(p->bin);
    gst_bus_set_sync_handler(bus, NULL, NULL, NULL);
    gst_object_unref(bus);
    gst_object_unref(p->bin);
    p->bin = NULL;
}

/* We are live and add no latency. */
static gboolean source_query(GstPad *pad, GstObject *parent, GstQuery *q)
{
    if (GST_QUERY_TYPE(q) == GST_QUERY_LATENCY) {
        gst_query_set_latency(q, TRUE, 0, GST_CLOCK_TIME_NONE);
        return TRUE;
    }
    return gst_pad_query_default(pad, parent, q);
}

GstPad *media_pad_source(GstElement *element, GstPadEventFunction event,
                         void *arg)
{
    GstPad *pad = gst_pad_new("src", GST_PAD_SRC);
    gst_object_ref_sink(pad);
    gst_pad_set_element_private(pad, arg);
    gst_pad_set_event_function(pad, event);
    gst_pad_set_query_function(pad, source_query);
    GstPad *peer = gst_element_get_static_pad(element, "sink");
    bool ok = gst_pad_link(pad, peer) == GST_PAD_LINK_OK;
    gst_object_unref(peer);
    if (!ok || !gst_pad_set_active(pad, TRUE))
        return media_pad_free(pad);
    return pad;
}

void media_pad_begin(GstPad *pad, const char *id, GstCaps *caps)
{
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_push_event(pad, gst_event_new_stream_start(id));
    gst_pad_push_event(pad, gst_event_new_caps(caps));
    gst_pad_push_event(pad, gst_event_new_segment(&segment));
}

/* We take whatever caps come; the event function looks at them. Without this
 * the first caps would be the only ones. */
static gboolean sink_query(GstPad *pad, GstObject *parent, GstQuery *q)
{
    GstCaps *filter;
    if (GST_QUERY_TYPE(q) == GST_QUERY_ACCEPT_CAPS) {
        gst_query_set_accept_caps_result(q, TRUE);
        return TRUE;
    }
    if (GST_QUERY_TYPE(q) != GST_QUERY_CAPS)
        return gst_pad_query_default(pad, parent, q);
    gst_query_parse_caps(q, &filter);
    GstCaps *any = filter ? gst_caps_ref(filter) : gst_caps_new_any();
    gst_query_set_caps_result(q, any);
    gst_caps_unref(any);
    return TRUE;
}

GstPad *media_pad_sink(GstElement *element, const struct media_pad_sink *fns)
{
    GstPad *pad = gst_pad_new("sink", GST_PAD_SINK);
    gst_object_ref_sink(pad);
    gst_pad_set_element_private(pad, fns->arg);
    gst_pad_set_query_function(pad, sink_query);
    gst_pad_set_chain_function(pad, fns->chain);
    if (fns->list)
        gst_pad_set_chain_list_function(pad, fns->list);
    if (fns->event)
        gst_pad_set_event_function(pad, fns->event);
    GstPad *peer = gst_element_get_static_pad(element, "src");
    bool ok = gst_pad_link(peer, pad) == GST_PAD_LINK_OK;
    gst_object_unref(peer);
    if (!ok || !gst_pad_set_active(pad, TRUE))
        return media_pad_free(pad);
    return pad;
}

GstPad *media_pad_free(GstPad *pad)
{
    if (!pad)
        return NULL;
    gst_pad_set_active(pad, FALSE);
    GstPad *peer = gst_pad_get_peer(pad);
    if (peer) {
        if (GST_PAD_IS_SRC(pad))
            gst_pad_unlink(pad, peer);
        else
            gst_pad_unlink(peer, pad);
        gst_object_unref(peer);
    }
    gst_object_unref(pad);
    return NULL;
}

void media_pad_probe(GstElement *element, const char *pad,
                     GstPadProbeCallback fn, void *arg)
{
    GstPad *p = gst_element_get_static_pad(element, pad);
    gst_pad_add_probe(p, GST_PAD_PROBE_TYPE_BUFFER, fn, arg, NULL);
    gst_object_unref(p);
}
