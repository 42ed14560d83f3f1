/* pipe_impl.h - what pipe.c and pipe_in.c share. */
#ifndef LUUKKU_CCID_PIPE_IMPL_H
#define LUUKKU_CCID_PIPE_IMPL_H

#include "ccid/pipe.h"
#include "ccid/reader.h"

enum ccid_line_state {
    CCID_SLOT_IDLE,
    CCID_SLOT_QUEUED,   /* has a command that is not out yet */
    CCID_SLOT_WAITING,  /* its command is out, or going out */
    CCID_SLOT_ABORTING, /* being brought back */
};

/* Steps of bringing it back. */
enum ccid_abort_step {
    CCID_ABORT_HELD,    /* the command's own transfer is still under way */
    CCID_ABORT_CONTROL, /* the request on endpoint 0 is under way */
    CCID_ABORT_QUEUED,  /* the message waits for its turn */
    CCID_ABORT_SENT,    /* its answer is waited for */
};

struct ccid_pipe_slot {
    struct ccid_pipe *pipe;
    uint8_t slot;
    enum ccid_line_state state;
    enum ccid_abort_step abort_step;
    int status; /* how it ends once brought back */
    uint8_t type;
    uint8_t seq; /* of the command, or of its abort */
    uint8_t *message;
    size_t len;
    uint32_t wait_ms;
    uint32_t unit_ms;
    int64_t limit_us; /* however often it is extended */
    struct lk_timer *timer;
};

struct ccid_pipe {
    struct ccid_pipe_config c;
    struct ccid_pipe_slot slot[CCID_PIPE_SLOTS_MAX];
    struct usb_transfer *out;
    int out_slot; /* whose transfer `out` is, -1 none */
    uint8_t abort_message[CCID_HEADER_LEN];
    struct usb_transfer *in;
    uint8_t *message; /* what came of an answer */
    size_t message_len;
    size_t message_cap;
    bool halted; /* an endpoint's halt is being ended */
    bool dead;
    uint8_t seq;
    unsigned stale;
    unsigned empty;
    unsigned mishaps;
};

/* Sends what waits for its turn. False: the pipe broke, and may be gone. */
bool ccid_pipe_pump_out(struct ccid_pipe *p);

/* Asks for an answer when one is awaited. False: the pipe broke, may be gone */
bool ccid_pipe_pump_in(struct ccid_pipe *p);

/* The slot's command ended. Last thing to be done: the pipe may be gone. */
void ccid_pipe_complete(struct ccid_pipe_slot *s, int status,
                        const struct ccid_reply *reply);

/* Begins to bring the slot back. The pipe may be gone after it. */
void ccid_pipe_recover(struct ccid_pipe_slot *s, int status);

/* Begins to bring back every slot that waits for an answer: one came that is
 * unlawful, and whose it was is not known. The pipe may be gone after it. */
void ccid_pipe_trouble(struct ccid_pipe *p, const char *reason);

/* Ends the halt of an endpoint, then ccid_pipe_trouble(). */
void ccid_pipe_unhalt(struct ccid_pipe *p, uint8_t endpoint);

#endif
