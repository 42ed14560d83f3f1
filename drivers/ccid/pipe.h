/* pipe.h - commands to a reader and their answers, in step whatever happens.
 *
 * Spec: CCID 1.1, sections 3 (USB), 5.3.1 and 6.1.13 (abort), 6.1, 6.2.
 * Room: one command at a time per slot, as many slots at once as the reader
 * takes; sequence numbers; time extension; stale, empty, cut off and foolish
 * answers; stalls; bringing a reader back by ABORT. A command ends in `done`
 * within its time plus CCID_PIPE_ABORT_MS, or the pipe is broken.
 * Not here: what commands mean (reader.h), interrupts.
 * Thread: the loop's.
 */
#ifndef LUUKKU_CCID_PIPE_H
#define LUUKKU_CCID_PIPE_H

#include "ccid/message.h"
#include "loop/loop.h"
#include "usb/usb.h"

#include <stdbool.h>

#define CCID_PIPE_SLOTS_MAX 8
#define CCID_PIPE_COMMAND_MS \
    1200                       /* for a command that has no time of its own */
#define CCID_PIPE_ABORT_MS 250 /* to bring the reader back */
#define CCID_PIPE_REST_MS 200  /* for the rest of a message that began */
#define CCID_PIPE_EXTENSION_MS 15000 /* most for one time extension */
#define CCID_PIPE_STALE_MAX                                                   \
    32                          /* answers to nothing, between two right ones \
                                 */
#define CCID_PIPE_EMPTY_MAX 64  /* empty packets, between two messages */
#define CCID_PIPE_MISHAPS_MAX 4 /* commands in a row that came to nothing */

struct ccid_pipe;

/* A command ended; called from the loop, never inside ccid_pipe_send(). The
 * slot is free by then; ccid_pipe_free() is fine in it.
 *
 * status  0: `reply`, which dies on return, done or failed
 *         -ETIMEDOUT, -EBADMSG, -ECANCELED: no answer, an unlawful one, or
 *         ccid_pipe_abort(); the reader was brought back; reply is NULL
 */
typedef void ccid_pipe_done_fn(void *arg, uint8_t slot, int status,
                               const struct ccid_reply *reply);

/* It is of no use any more; nothing else is called. Perhaps inside a call that
 * did it: nothing of the pipe may be freed in it. */
typedef void ccid_pipe_broken_fn(void *arg, const char *reason);

struct ccid_pipe_config {
    struct lk_loop *loop;
    struct usb_device *device; /* borrowed, interface claimed */
    uint8_t interface;
    const struct usb_endpoint *out;
    const struct usb_endpoint *in;
    size_t message_max;   /* bytes of a message to the reader */
    uint8_t slots;        /* 1..CCID_PIPE_SLOTS_MAX */
    uint8_t busy_slots;   /* 1.. */
    uint32_t patience_ms; /* more for each command */
    uint32_t extension_max_ms;
    bool empties; /* empty packets are its habit */
    ccid_pipe_done_fn *done;
    ccid_pipe_broken_fn *broken;
    void *arg;
};

/* Owner: caller, ccid_pipe_free(). Errors: -ENOMEM, -ENOSPC. */
int ccid_pipe_new(const struct ccid_pipe_config *config,
                  struct ccid_pipe **ret) LK_MUST_CHECK;

/* Wipes and frees. Transfers under way are cancelled; their device has to be
 * closed in the same callback, or outlive them. NULL is fine. Returns NULL. */
struct ccid_pipe *ccid_pipe_free(struct ccid_pipe *p);

/* How long a command may take. */
struct ccid_patience {
    uint32_t wait_ms; /* 0: CCID_PIPE_COMMAND_MS */
    uint32_t unit_ms; /* what one unit of time extension is worth */
};

/* Sends a command; `seq` is set here; its data is copied, and wiped.
 * Errors: -EBUSY the slot has one, -EMSGSIZE, -ENOMEM, -ENODEV broken. */
int ccid_pipe_send(struct ccid_pipe *p, const struct ccid_command *c,
                   struct ccid_patience patience) LK_MUST_CHECK;

/* Whether the slot has a command under way. */
bool ccid_pipe_busy(const struct ccid_pipe *p, uint8_t slot);

/* Ends the slot's command soon, with -ECANCELED or how it ended by then. */
void ccid_pipe_abort(struct ccid_pipe *p, uint8_t slot);

/* Breaks it from outside, as it breaks by itself: calls `broken`. */
void ccid_pipe_break(struct ccid_pipe *p, const char *reason);

#endif
