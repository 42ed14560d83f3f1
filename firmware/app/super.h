/* super.h - keep the programs running.
 *
 * Room: starting, heartbeat, restart with back-off, the channels between them,
 * orderly end. Everything on the loop's thread.
 * Not here: what a technician's command means (super_command.h).
 */
#ifndef LUUKKU_APP_SUPER_H
#define LUUKKU_APP_SUPER_H

#include "app/super_log.h"
#include "app/super_spawn.h"
#include "ipc/supermsg.h"
#include "loop/loop.h"

#define SUPER_PROGRAMS_MAX 6
#define SUPER_LINKS_MAX 5
#define SUPER_SESSION 0 /* this one holds the session */
#define SUPER_WALLS_MAX 256
#define SUPER_ENDED_MAX 64

/* Lines a second from one program that are passed on to standard error. */
#define SUPER_LINES_PER_S 200

struct super_timing {
    int64_t ping_us;         /* between two pings */
    unsigned pings_missed;   /* so many in a row: it hangs, and is killed */
    int64_t start_us;        /* from exec to READY */
    int64_t stop_us;         /* from SIGTERM to SIGKILL */
    int64_t backoff_us;      /* the second restart's wait; doubles */
    int64_t backoff_most_us; /* longest wait */
    int64_t healthy_us;      /* after a run this long, as if the first */
    int64_t answer_us;       /* a program's answer to a command */
};

/* 0.3 s, 4, 30 s (60 s in sanitized builds), 2 s, 0.1 s, 30 s, 60 s, 5 s: a
 * program that hangs in a call must be back within 5 s. */
extern const struct super_timing super_timing_usual;

/* Ten times as long for pings, the end and answers, twenty for the start: for a
 * machine that is emulated. */
extern const struct super_timing super_timing_slow;

enum super_state {
    SUPER_WAITING,  /* ended; the back-off runs */
    SUPER_STARTING, /* not ready yet */
    SUPER_RUNNING,
    SUPER_STOPPING, /* told to end */
    SUPER_ENDED,    /* for good */
};

struct super_info {
    const char *name;
    enum super_state state;
    pid_t pid;         /* 0 when it does not run */
    unsigned restarts; /* since super started, session ends not counted */
    int64_t started_us;
    char walls[SUPER_WALLS_MAX]; /* "" before it was ready */
    char ended[SUPER_ENDED_MAX]; /* how it last ended: "exit 1", "signal SEGV",
                                    "killed, it does not answer" */
};

/* Two programs that have a channel to each other, by their places. */
struct super_link {
    size_t a;
    size_t b;
};

struct super_config {
    /* Borrowed for super's life. One without a path is not there: nothing
     * starts it, nobody hears of it. */
    const struct super_program *program;
    size_t programs; /* 1..SUPER_PROGRAMS_MAX */
    struct super_link link[SUPER_LINKS_MAX];
    size_t links;
    struct super_timing timing;
    bool keep_programs;    /* do not start anew at a session's end */
    struct super_log *log; /* borrowed */
    /* An answer to super_command(). The callee owns fd (-1: none). */
    void (*reply)(void *arg, size_t program, const struct supermsg *m, int fd);
    /* SUPERMSG_DEVICE_STATE. false: it must not send that, and is killed. May
     * be NULL: none may. */
    bool (*device)(void *arg, size_t program, const struct supermsg *m);
    /* SUPERMSG_LETTER or one of those behind it. The callee owns fd (-1: none).
     * false: it must not send that, and is killed. May be NULL: none may. */
    bool (*post)(void *arg, size_t program, const struct supermsg *m, int fd);
    /* SUPERMSG_NEWS. false: it must not say that, and is killed. May be NULL:
     * none may. */
    bool (*news)(void *arg, size_t program, const struct supermsg *m);
    /* It runs, and may be sent to. May be NULL. */
    void (*ready)(void *arg, size_t program);
    /* It has ended: what was asked of it is not answered. `broke`: in the
     * middle of its work, unasked. */
    void (*gone)(void *arg, size_t program, bool broke);
    /* All have ended after super_stop(). */
    void (*stopped)(void *arg);
    void *arg;
};

struct super;

/* Makes the supervisor; starts nothing.
 * Owner: caller, super_free(). Errors: -ENOMEM, -ENOSPC, -EINVAL. */
int super_new(struct lk_loop *l, const struct super_config *config,
              struct super **ret) LK_MUST_CHECK;

/* Kills and reaps what still runs, and frees. NULL is fine. Returns NULL. */
struct super *super_free(struct super *s);
LK_AUTO_DEFINE(super);

/* Starts every program. What cannot be started is tried again with back-off. */
void super_start(struct super *s);

/* Ends every program in order, then calls stopped(). A second call kills at
 * once. */
void super_stop(struct super *s);

/* Ends every program in order and starts each anew, with no back-off. */
void super_renew(struct super *s);

/* Sends a command to a running program.
 * Errors: -ENOTCONN it does not run, lk_chan_send()'s, supermsg_encode()'s. */
int super_command(struct super *s, size_t program, uint32_t id,
                  const char *const *argv, size_t argc) LK_MUST_CHECK;

/* Sends a SUPERMSG_DEVICE, _CAMERA, _CAMERA_GONE, _HEALTH, _LETTER or one of
 * those behind it; fd is borrowed, -1: none. Errors: -ENOTCONN it does not run,
 * lk_chan_send()'s, supermsg_encode()'s. */
int super_post(struct super *s, size_t program, const struct supermsg *m,
               int fd) LK_MUST_CHECK;

/* Places; super_has() says whether there is a program at one. */
size_t super_programs(const struct super *s);
bool super_has(const struct super *s, size_t program);

/* What there is to know of a program that is there. */
void super_info(const struct super *s, size_t program, struct super_info *ret);

#endif
