/* program.h - the program luukku-card with an emulated reader and card; the
 * test is in the places of luukku-super and of luukkud.
 *
 * Room: starts it, hands over channels and reader, ends it. Waits, with
 * limits; failures end the test.
 */
#ifndef LUUKKU_TESTS_CARD_PROGRAM_H
#define LUUKKU_TESTS_CARD_PROGRAM_H

#include "emulator.h"
#include "testing.h"

#include "base/clock.h"
#include "ipc/cardmsg.h"
#include "ipc/chan.h"
#include "ipc/supermsg.h"

#include <sys/types.h>

#define PROGRAM_WAIT_MS 20000

struct program {
    struct emulator *emulator;
    struct lk_loop *loop;
    struct lk_chan *super;
    struct lk_chan *luukkud;
    pid_t pid;
    uint32_t devices; /* handed over so far */
    bool ready;
    bool works;       /* the reader, as luukku-card said last */
    bool stopping;    /* its channels may close */
    char reply[2048]; /* to the last command */
    /* Set by the test, with `arg`, before program_start(). */
    void (*heard)(void *arg, const struct cardmsg *m);
    /* It went, unasked or not; NULL: it may not go unasked. */
    void (*gone)(void *arg);
    void *arg;
};

/* Runs the loop until something is so, which must be within the limit. */
#define PROGRAM_UNTIL(p, what)                                       \
    for (int64_t end_ = lk_clock_ms() + PROGRAM_WAIT_MS; !(what);) { \
        if (lk_clock_ms() > end_)                                    \
            fail_msg("in vain: %s", #what);                          \
        assert_int_equal(lk_loop_step((p)->loop, 20000), 0);         \
    }

/* An emulated reader with a card (tools/emulator's names), and the loop. */
void program_init(struct program *p, const char *variant, const char *card);

/* Executes luukku-card and opens luukkud's channel to it. */
void program_start(struct program *p);

/* Hands over the reader as a new device, which comes to work. */
void program_give_reader(struct program *p);

/* As luukku-super; fd -1: none. */
void program_super(struct program *p, const struct supermsg *m, int fd);

/* As luukkud. Errors: lk_chan_send()'s, cardmsg_encode()'s, -ENOTCONN. */
int program_tell(struct program *p, const struct cardmsg *m);

/* Ends it by a signal, or by asking it to (0); then it may be started anew. */
void program_stop(struct program *p, int signal);

/* After program_stop(). */
void program_done(struct program *p);

#endif
