/* super_impl.h - one watched program, inside the supervisor.
 *
 * Room: shared by super.c (all of them together) and super_child.c (one).
 */
#ifndef LUUKKU_APP_SUPER_IMPL_H
#define LUUKKU_APP_SUPER_IMPL_H

#include "app/super.h"
#include "app/super_backoff.h"
#include "app/super_rate.h"
#include "ipc/chan.h"

struct super_child {
    struct super *super;
    struct lk_loop *loop;
    const struct super_program *program;
    size_t index;
    enum super_state state;
    struct super_process process; /* pid 0: none */
    struct lk_chan *chan;
    struct lk_watch *watch_end;    /* the pidfd */
    struct lk_watch *watch_output; /* NULL once it is closed */
    struct lk_timer *ping;
    struct lk_timer *deadline; /* WAITING: start; STARTING: ready by then;
                                  RUNNING: channel gone; STOPPING: SIGKILL */
    struct super_backoff backoff;
    struct super_lines lines;
    int64_t lines_second; /* in which lines_passed are counted */
    unsigned lines_passed;
    uint32_t ping_id;
    unsigned missed; /* pings in a row without an answer */
    bool said_hello;
    bool renewing;      /* start again at once when it has ended */
    const char *killed; /* why we do away with it; NULL: we do not */
    unsigned restarts;
    int64_t started_us;
    char walls[SUPER_WALLS_MAX];
    char ended[SUPER_ENDED_MAX];
};

struct super {
    struct lk_loop *loop;
    struct super_config config;
    struct super_child child[SUPER_PROGRAMS_MAX];
    struct super_rate rate;
    bool stopping;
};

/* super_child.c */
int super_child_init(struct super_child *c, struct super *s, size_t index);
void super_child_finish(struct super_child *c);
void super_child_start(struct super_child *c);
/* Tells it to end; SIGKILL at once when `hard`. */
void super_child_stop(struct super_child *c, bool hard);
bool super_child_lives(const struct super_child *c);
int super_child_send(struct super_child *c, const struct supermsg *m, int fd);
/* Kills it for what it did; `why` is for the log. */
void super_child_kill(struct super_child *c, const char *why);

/* super.c: what a child tells the rest. At its start it gets its channels. */
void super_on_started(struct super *s, struct super_child *c);
/* `broke`: in the middle of its work, unasked. */
void super_on_ended(struct super *s, struct super_child *c, bool broke);
void super_on_ready(struct super *s, struct super_child *c);
void super_on_message(struct super *s, struct super_child *c,
                      const struct supermsg *m, struct lk_chan_msg *raw);

#endif
