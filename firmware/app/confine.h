/* confine.h - the wall around each program.
 *
 * Room: two steps. luukku-super calls confine_enter() between fork and exec:
 * namespaces, private root and /dev, own user, no capabilities, limits. The
 * program itself calls confine_apply() once it has loaded what it needs and
 * before it starts a thread: no dumps, Landlock, seccomp. Where the kernel or
 * the rights for a wall are missing it is left out, and said in the report:
 * never silently. What each program may do is its profile: confine_luukkud.c
 * and so on.
 * Spec: seccomp(2), landlock(7), namespaces(7), capabilities(7), prctl(2).
 */
#ifndef LUUKKU_APP_CONFINE_H
#define LUUKKU_APP_CONFINE_H

#include "base/defs.h"

#include <stdbool.h>

struct confine_profile;

extern const struct confine_profile confine_luukkud;
extern const struct confine_profile confine_rtc;
extern const struct confine_profile confine_fetch;
extern const struct confine_profile confine_scan;
extern const struct confine_profile confine_card;
extern const struct confine_profile confine_help;
extern const struct confine_profile confine_probe;       /* its network half */
extern const struct confine_profile confine_probe_certs; /* its other half */

/* The walls, as bits. */
enum confine_wall {
    CONFINE_USER = 1 << 0,     /* a user id of its own (else: super's) */
    CONFINE_CAPS = 1 << 1,     /* no capabilities, no new privileges */
    CONFINE_ROOT = 1 << 2,     /* a private root with a private /dev */
    CONFINE_NET = 1 << 3,      /* an empty network (only where wanted) */
    CONFINE_IPC = 1 << 4,      /* own System V IPC and host name */
    CONFINE_LIMITS = 1 << 5,   /* resource limits */
    CONFINE_NODUMP = 1 << 6,   /* memory closed to same-user processes */
    CONFINE_LANDLOCK = 1 << 7, /* files by allow-list, signals inside only */
    CONFINE_SECCOMP = 1 << 8,  /* system calls by allow-list */
};

#define CONFINE_REPORT_MAX 256

struct confine_report {
    unsigned wanted; /* walls of the profile */
    unsigned stands; /* those that stand */
    /* "user caps root net ipc limits nodump landlock=7 seccomp" and, for each
     * that is missing, "-net(EPERM)". */
    char text[CONFINE_REPORT_MAX];
};

/* What differs from one start to the next. */
struct confine_options {
    bool display; /* luukkud draws on a real display: sockets, DRM, input */
    bool sound;   /* rtc may reach a sound server's socket */
};

/* First step; in the child of fork(), single-threaded. Leaves the report for
 * confine_apply() in the environment (LUUKKU_WALLS).
 *
 * Errors  none of a missing wall; -errno only when the child must not go on
 *         (it is root and cannot drop it)
 */
int confine_enter(const struct confine_profile *p,
                  const struct confine_options *o) LK_MUST_CHECK;

/* Second step; in the program, before its first thread. After it, only what
 * the profile names can be opened or called; anything else kills the process
 * (SIGSYS), apart from a few harmless probes, which get an error.
 *
 * Errors  -EBUSY threads run already (they would stay outside), -ENOMEM,
 *         and seccomp_load(3)'s
 * Thread  the only one
 */
int confine_apply(const struct confine_profile *p,
                  struct confine_report *ret) LK_MUST_CHECK;

/* confine_apply() for luukku-console, which the system starts: only its `line`
 * can be opened again. */
int confine_console_apply(const char *line,
                          struct confine_report *ret) LK_MUST_CHECK;

/* The program's name in its profile, such as "luukkud". */
const char *confine_program(const struct confine_profile *p);

#endif
