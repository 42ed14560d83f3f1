/* reader_impl.h - what reader.c, presence.c, op.c and power.c share. */
#ifndef LUUKKU_CCID_READER_IMPL_H
#define LUUKKU_CCID_READER_IMPL_H

#include "ccid/class.h"
#include "ccid/exchange.h"
#include "ccid/params.h"
#include "ccid/pipe.h"
#include "ccid/quirks.h"
#include "ccid/reader.h"
#include "ccid/t1.h"
#include "usb/usb.h"

#define CCID_POLL_MS 250   /* between two questions whether a card is in */
#define CCID_ASK_MS 600    /* for the answer to it */
#define CCID_START_TRIES 2 /* of the first question to a slot */
#define CCID_OPERATION_MS 120000 /* most for one operation of many commands */
#define CCID_CHANGES_MAX 60      /* cards that come and go within ... */
#define CCID_NOTICES_MAX 500     /* interrupts within ... */
#define CCID_WINDOW_MS 10000     /* ... this time */
#define CCID_HALTS_MAX 3         /* of the interrupt endpoint */

enum ccid_op {
    CCID_OP_NONE,
    CCID_OP_POWER_ON,
    CCID_OP_POWER_OFF,
    CCID_OP_TRANSCEIVE,
    CCID_OP_PIN,
    CCID_OP_ESCAPE,
};

/* Where powering on is: which command is out. */
enum ccid_power_step {
    CCID_POWER_STEP_OFF,
    CCID_POWER_STEP_ON,
    CCID_POWER_STEP_SETTLE, /* none: the timer runs */
    CCID_POWER_STEP_GET,
    CCID_POWER_STEP_PPS,
    CCID_POWER_STEP_SET,
    CCID_POWER_STEP_RATE,
    CCID_POWER_STEP_IFSD,
};

struct ccid_slot {
    struct ccid_reader *reader;
    uint8_t index;
    bool present; /* a card is in, by the reader's last word */
    bool told;    /* ... as the owner knows it */
    bool swapped; /* it was another card in between */
    bool active;  /* the card has power, by the reader's last word */
    bool powered; /* it is ours to speak to */
    bool asking;  /* GetSlotStatus is out */

    enum ccid_op op;
    struct ccid_done done;
    bool begun;     /* its first command went out */
    bool cancelled; /* to end with -ECANCELED, though no command is out */
    int64_t begun_us;
    const char *why;
    struct lk_timer *timer; /* a pause after power on */

    enum ccid_power_step step;
    uint8_t voltage; /* index of the one that is tried */
    bool fast;       /* protocol and speed are negotiated */
    struct ccid_params params;
    struct ccid_card card;
    struct ccid_t1 t1;
    struct ccid_exchange x;
    uint8_t *bytes; /* of an escape, or for the pad */
    size_t len;
    uint8_t pad_s; /* how long the pad waits */
    bool modify;   /* the pad changes a PIN */
};

enum ccid_state { CCID_STARTING, CCID_READY, CCID_BROKEN };

struct ccid_reader {
    struct lk_loop *loop;
    struct usb_device *device;
    struct ccid_events events;
    struct ccid_info info;
    struct ccid_class class;
    struct ccid_quirk quirk;
    struct ccid_pipe *pipe;
    uint8_t interface;
    const struct usb_endpoint *interrupt; /* NULL: none */
    enum ccid_state state;
    uint8_t starting; /* slot that is asked first */
    unsigned tries;
    struct lk_timer *poll;
    struct lk_timer *fail; /* breaks it from the loop */
    const char *reason;
    unsigned halts;
    unsigned notices; /* in the present window */
    unsigned changes;
    int64_t window_us;
    bool *freed; /* set when it is freed in a callback */
    struct ccid_slot slot[CCID_SLOTS_MAX];
};

/* It broke: the owner is told from the loop. */
void ccid_reader_break(struct ccid_reader *r, const char *reason);

/* presence.c */

/* Asks slots for their cards one after another, then `ready`. */
void ccid_presence_start(struct ccid_reader *r);

/* An answer to GetSlotStatus. The reader may be gone after it. */
void ccid_presence_answer(struct ccid_slot *s, int status,
                          const struct ccid_reply *reply);

/* What any answer says of the card. */
void ccid_presence_note(struct ccid_slot *s, const struct ccid_reply *reply);

/* Tells the owner what changed. False: the reader is gone. */
bool ccid_presence_tell(struct ccid_slot *s);

/* The timer of polled readers. */
void ccid_presence_poll(void *arg, int64_t now_us);

/* op.c */

/* How a command of the pipe ended. */
void ccid_op_done(void *arg, uint8_t slot, int status,
                  const struct ccid_reply *reply);

/* The operation ends: the owner is told. False: the reader is gone. */
bool ccid_op_finish(struct ccid_slot *s, int status, const uint8_t *data,
                    size_t len);

/* ... with an error after which the card has to be powered anew. */
bool ccid_op_fail(struct ccid_slot *s, int status, const char *why);

/* What a failed command means. */
int ccid_op_verdict(struct ccid_slot *s, const struct ccid_reply *reply);

/* Sends a command of the slot. */
int ccid_op_send(struct ccid_slot *s, uint8_t type, const uint8_t special[3],
                 const uint8_t *data, size_t len);

/* Sends what an exchange, or T=1 alone, has ready. */
int ccid_op_send_block(struct ccid_slot *s, const uint8_t *data, size_t len,
                       uint8_t bwi, uint8_t level);

/* Begins an operation that waited for an answer to GetSlotStatus. */
void ccid_op_begin_late(struct ccid_slot *s);

/* power.c */

/* Begins to power on or off; 0 or an error of ccid_op_send(). */
int ccid_power_begin(struct ccid_slot *s);

/* Its command ended. False: the reader is gone. */
bool ccid_power_done(struct ccid_slot *s, int status,
                     const struct ccid_reply *reply);

/* The pause after power on is over. */
void ccid_power_timer(void *arg, int64_t now_us);

/* How APDUs reach the card, as it is powered now. */
struct ccid_exchange_config ccid_power_carrier(struct ccid_slot *s);

#endif
