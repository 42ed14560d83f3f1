/* glib.h - lets a GMainContext ride along in a loop.
 *
 * Room: for libraries that insist on GLib's main loop (libnice, GStreamer's
 * bus). Linked only by those who use GLib: library luukku::loop_glib.
 */
#ifndef LUUKKU_LOOP_GLIB_H
#define LUUKKU_LOOP_GLIB_H

#include "loop/loop.h"

struct lk_loop_glib;

/* Makes a new GMainContext that is dispatched by `l`, and makes it the thread's
 * default one.
 *
 * Owner   caller, lk_loop_glib_free() before lk_loop_free()
 * Errors  -ENOMEM
 * Thread  the loop's
 */
int lk_loop_glib_new(struct lk_loop *l,
                     struct lk_loop_glib **ret) LK_MUST_CHECK;

/* Takes it off the loop. NULL is fine. Returns NULL. */
struct lk_loop_glib *lk_loop_glib_free(struct lk_loop_glib *g);

/* The GMainContext, borrowed; a void pointer, so that GLib stays out of public
 * headers. */
void *lk_loop_glib_context(struct lk_loop_glib *g);

#endif
