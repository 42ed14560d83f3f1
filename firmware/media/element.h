/* element.h - GStreamer for this room: plug-ins, elements, pipelines, pads.
 *
 * Room, private. Elements come from one table only, and only the plug-ins of
 * that table are ever loaded: what is not there cannot be made.
 *
 * All pipelines run on CLOCK_MONOTONIC with base time 0, so that a buffer's
 * time stamp is lk_clock_us() * 1000 everywhere.
 */
#ifndef LUUKKU_MEDIA_ELEMENT_H
#define LUUKKU_MEDIA_ELEMENT_H

#include "base/defs.h"

#include <gst/gst.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Makes an element of the table, or NULL. Floating, as GStreamer does it. */
GstElement *media_element_new(const char *factory);

/* A pipeline, its bus watched for errors from whatever thread posts them. */
struct media_pipe {
    GstElement *bin;
    atomic_bool broken;  /* an error or the end came over the bus */
    atomic_bool relatch; /* the latency changed and must be shared out */
    void (*on_broken)(void *arg); /* GStreamer's thread; may be NULL */
    void *arg;
};

/* Errors: -ENOMEM. */
int media_pipe_init(struct media_pipe *p) LK_MUST_CHECK;

/* Makes `factory`, adds it and links it behind `after` unless that is NULL.
 * Returns it (owned by the pipeline), or NULL. */
GstElement *media_pipe_add(struct media_pipe *p, const char *factory,
                           GstElement *after);

/* Adds a filter for `caps` behind `after`. */
GstElement *media_pipe_filter(struct media_pipe *p, const char *caps,
                              GstElement *after);

/* Starts it. Errors: -EIO. */
int media_pipe_play(struct media_pipe *p) LK_MUST_CHECK;

/* Shares out a changed latency. Thread: control. */
void media_pipe_latency(struct media_pipe *p);

/* Stops and frees what there is; may be called twice. */
void media_pipe_close(struct media_pipe *p);

/* A pad of ours that pushes into `element`, live, in time format. `event` gets
 * what comes upstream (it must hand on nothing). NULL when it cannot be linked.
 */
GstPad *media_pad_source(GstElement *element, GstPadEventFunction event,
                         void *arg);

/* Announces what the pad will push. */
void media_pad_begin(GstPad *pad, const char *id, GstCaps *caps);

/* A pad of ours that `element` pushes into. `chain` gets each buffer, `list`
 * (may be NULL) lists of them, `event` (may be NULL) events, which it owns. */
struct media_pad_sink {
    GstPadChainFunction chain;
    GstPadChainListFunction list;
    GstPadEventFunction event;
    void *arg; /* gst_pad_get_element_private() */
};
GstPad *media_pad_sink(GstElement *element, const struct media_pad_sink *fns);

/* Deactivates, unlinks and drops a pad of the above. NULL is fine. */
GstPad *media_pad_free(GstPad *pad);

/* Probes `element`'s "sink" or "src" pad for buffers. */
void media_pad_probe(GstElement *element, const char *pad,
                     GstPadProbeCallback fn, void *arg);

#endif
