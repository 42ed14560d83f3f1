/* super_probe.h - runs luukku-probe and collects what it found.
 *
 * Room: one short-lived, confined program at a time, its lines, its end and
 * its limit of time. What it says is checked as outside bytes are. Thread: the
 * loop's.
 */
#ifndef LUUKKU_APP_SUPER_PROBE_H
#define LUUKKU_APP_SUPER_PROBE_H

#include "app/super_files.h"
#include "app/super_log.h"
#include "loop/loop.h"

#include <jansson.h>

#define SUPER_PROBE_US 20000000 /* it has this long */
#define SUPER_PROBE_LINES 64    /* findings of one run */
#define SUPER_PROBE_WORDS 3

struct super_probe;

struct super_probe_config {
    struct lk_loop *loop; /* borrowed, as all below */
    const char *path;     /* of luukku-probe */
    const struct super_files *files;
    struct super_log *log;
};

/* The findings, a list, which is the callee's. A run that was cut short or
 * broke has a failed check about itself in it. */
typedef void super_probe_fn(void *arg, json_t *findings);

/* Owner: caller, super_probe_free(). Errors: -ENOMEM, -ENOSPC. */
int super_probe_new(const struct super_probe_config *config,
                    struct super_probe **ret) LK_MUST_CHECK;

/* Ends a run that is under way; nobody hears of it. NULL is fine. Returns
 * NULL. */
struct super_probe *super_probe_free(struct super_probe *p);
LK_AUTO_DEFINE(super_probe);

/* What to look at; borrowed for the call. */
struct super_probe_look {
    bool net;        /* the network; else certificates */
    int64_t floor_s; /* with `net`, see struct probe_trust */
    const char *const *word;
    size_t words; /* at most SUPER_PROBE_WORDS */
};

/* Starts a run. `done` is called once, later.
 * Errors: -EBUSY one is under way, -EINVAL, super_spawn()'s, lk_watch_new()'s.
 */
int super_probe_start(struct super_probe *p,
                      const struct super_probe_look *look, super_probe_fn *done,
                      void *arg) LK_MUST_CHECK;

/* Cuts short a run that is under way; `done` is called soon. */
void super_probe_stop(struct super_probe *p);

#endif
