/* super_spawn.h - start one program behind its first walls.
 *
 * Room: fork, descriptors, environment, signals, confine_enter(), exec.
 */
#ifndef LUUKKU_APP_SUPER_SPAWN_H
#define LUUKKU_APP_SUPER_SPAWN_H

#include "app/confine.h"
#include "app/inherit.h"

#include <sys/types.h>

#define SUPER_ARGS_MAX 8

struct super_program {
    const char *name;        /* also its argv[0]; static */
    const char *path;        /* the executable */
    const char *const *args; /* after argv[0], up to a NULL; may be NULL */
    const struct confine_profile *profile; /* NULL: no walls (tests) */
    struct confine_options options;
    /* Opens what the program inherits, anew for each start: fills `in`, whose
     * descriptors are closed afterwards. Returns 0 or -errno, having logged
     * what could not be opened. May be NULL. */
    int (*open)(void *arg, struct inherit *in);
    void *arg;
};

struct super_process {
    pid_t pid;
    int pidfd;
    int channel; /* our end of its channel to super */
    int output;  /* what it writes to standard output and error; non-blocking */
};

/* Starts it. It dies with the calling process (SIGKILL), has a session of its
 * own, so that Ctrl-C in a terminal reaches super alone, a clean environment,
 * default signals, and only the named descriptors.
 *
 * Owner   caller: the descriptors, and reaping
 * Errors  of fork(2), pipe2(2), socketpair(2), open(2) and `open`
 * Thread  a process with no other thread
 */
int super_spawn(const struct super_program *p,
                struct super_process *ret) LK_MUST_CHECK;

#endif
