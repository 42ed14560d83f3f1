/* probe.h - one attempt behind the walls of a program.
 *
 * Room: shared by the probe's files. Every attempt is made in a process of its
 * own that was confined like the program: confine_enter(), exec,
 * confine_apply(); luukku-console has the second step alone.
 */
#ifndef LUUKKU_TESTS_PROBE_H
#define LUUKKU_TESTS_PROBE_H

#include "base/defs.h"

#include <stdbool.h>
#include <sys/types.h>

/* What an attempt may aim at: made by the parent, which is unconfined. */
struct probe_target {
    pid_t super;        /* the parent */
    pid_t sibling;      /* a process of the same user */
    const char *secret; /* PROBE_SECRET, at the same address in both */
    char key[128];      /* a file with it, readable by all */
    char control[100];  /* a listening AF_UNIX socket, writable by all */
    unsigned tcp_port;  /* a listening TCP socket on 127.0.0.1 */
    int channel;        /* an AF_UNIX socket whose other end echoes */
};

/* The one device that luukku-console may open again: here, its line. */
#define PROBE_LINE "/dev/null"

#define PROBE_SECRET "the quick brown fox"

enum probe_who {
    PROBE_BOTH,
    PROBE_LUUKKUD,
    PROBE_RTC,
    PROBE_NET,    /* those with a network */
    PROBE_LOCAL,  /* those without */
    PROBE_FONTS,  /* those that read fonts */
    PROBE_SILENT, /* all, but not where a sound server or luukku-super's socket
                     may be reached */
    PROBE_SUPERS, /* all that luukku-super starts */
    PROBE_CONSOLE,
    PROBE_TRAIL, /* those that write a technician's trail */
};

struct probe_attempt {
    const char *name;
    enum probe_who who;
    /* 0: it could be done. Otherwise -errno. */
    int (*run)(const struct probe_target *t);
};

/* Lists, up to a NULL name. */
extern const struct probe_attempt probe_forbidden[];
extern const struct probe_attempt probe_kernel[]; /* forbidden as well */
extern const struct probe_attempt probe_needed[];

/* r of a system call as 0 or -errno. */
int probe_result(long r);

/* luukku-super's socket: forbidden to all programs but one, which needs it. */
int probe_connect_control(const struct probe_target *t);

#endif
