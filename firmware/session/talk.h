/* talk.h - the conversation in writing of one call: real-time text.
 *
 * Spec: ITU-T T.140 (characters, erasure, new lines), RFC 8865 (its data
 * channel), RFC 3629 (UTF-8), firmware/signal/PROTOCOL.md, "Text". Pure: time
 * goes in, messages and turns come out; no allocation. One thread.
 * Not here: the channel itself (line.h), what the screen makes of it.
 */
#ifndef LUUKKU_SESSION_TALK_H
#define LUUKKU_SESSION_TALK_H

#include "session/view.h"

#include <stddef.h>

/* Messages leave at once, then in batches this far apart. */
#define TALK_BATCH_US INT64_C(100000)
/* What arrives is shown at most this often. */
#define TALK_SHOW_US INT64_C(40000)

/* Characters of the own stream that can be sent again. */
#define TALK_HISTORY_MAX 4000
/* Characters in one message, and bytes that it fits in. */
#define TALK_CHUNK_MAX 1024
#define TALK_MESSAGE_MAX ((size_t)TALK_CHUNK_MAX * 4)

/* Characters per second, averaged over TALK_CPS_S (RFC 4103, section 6 and RFC
 * 8865, section 4.2.1): what we send to another Luukku, what we send to a
 * stranger (the RFCs' default), and what we take before characters are lost. */
#define TALK_CPS INT64_C(400)
#define TALK_CPS_STRANGER INT64_C(30)
#define TALK_CPS_TAKEN INT64_C(800)
#define TALK_CPS_S 10

/* Characters of one control string or sequence that are skipped; what follows
 * is text again. T.140 has 256 for strings. */
#define TALK_STRING_MAX 256
#define TALK_SEQUENCE_MAX 64

/* Who has sent text before and has not been greeted waits this long for a
 * greeting on a fresh channel before it takes the far end for a stranger. */
#define TALK_GREETING_US (3 * INT64_C(1000000))

/* A stream that begins anew after a loss keeps this much, so that there is room
 * for one correction. */
#define TALK_REST_MAX (TALK_HISTORY_MAX - 1100)

/* Characters in one turn, at most: of one byte each. */
#define TALK_TURN_MAX (SESSION_SAID_MAX - 1)

/* Below: members are talk*.c's own. They stand here so that a conversation may
 * lie in another structure; it holds no pointers. */

/* A turn of text as characters. */
struct talk_line {
    uint32_t c[TALK_TURN_MAX];
    size_t n;
};

/* What the far end sends, on its way from bytes to text. */
struct talk_in {
    uint32_t c;        /* the bits so far of a character not wholly here */
    uint8_t need;      /* bytes that it still needs */
    uint8_t low, high; /* what the next of them may be */
    uint8_t state;     /* of control strings and sequences */
    bool cr;           /* the last character was a CR */
    size_t skipped;    /* characters of the present string or sequence */
    char string[TALK_STRING_MAX]; /* the string, '?' for what is not ASCII */
};

/* Who has written what. */
struct talk_turn {
    struct session_said said;
    uint32_t ends; /* new lines after it */
    bool split;    /* too long: goes on in its writer's next one */
};

struct talk_turns {
    struct talk_turn turn[SESSION_SAID_TURNS];
    size_t n;
    uint32_t last_id;
};

/* What we send. Positions count the characters of our stream. */
struct talk_out {
    uint32_t history[TALK_HISTORY_MAX]; /* from `base` on */
    size_t n;
    uint64_t base;
    uint64_t next;         /* the next to be sent */
    struct talk_line said; /* our open turn as the stream has it */
    struct talk_line turn; /* the same as it was typed */
};

/* Characters that may pass: refilled with time. */
struct talk_bucket {
    int64_t millionths;
    int64_t at_us;
};

struct talk {
    struct talk_turns turns;
    struct talk_out out;
    struct talk_in in;
    struct talk_bucket pass; /* ours */
    struct talk_bucket take; /* theirs */
    uint64_t id;             /* of our stream */
    uint64_t far_id;         /* of theirs, 0 before they greeted */
    uint64_t got;            /* characters of theirs that arrived */
    uint64_t sent_before;    /* out.next when the present channel opened */
    uint64_t far_before;     /* far_id, likewise */
    uint64_t got_before;     /* got, likewise */
    bool up;                 /* a channel is open */
    bool again;              /* the next one is not the call's first */
    bool greet;              /* our greeting is due */
    bool greeted;            /* theirs has come on this channel */
    bool heard;              /* text has come on this channel */
    bool held;               /* nothing but our greeting leaves */
    bool known;              /* they have greeted us in this call */
    bool dropping;           /* they are above the ceiling */
    bool changed;            /* since it was last shown */
    int64_t held_us;         /* `held` ends by itself */
    int64_t batch_us;        /* the next message may leave */
    int64_t show_us;         /* it may be shown again */
};

/* Begins a conversation; all of an older one is wiped.
 *
 * id      names our stream, random, not 0
 */
void talk_begin(struct talk *t, uint64_t id, int64_t now_us);

/* Wipes everything, as at the end of a call. */
void talk_wipe(struct talk *t);

/* A fresh channel stands (each call with `true` means another one), or there
 * is none. What was typed meanwhile is kept. */
void talk_channel(struct talk *t, bool up, int64_t now_us);

/* Our open turn as it is now, whole: valid UTF-8, cut after SESSION_SAID_MAX -
 * 1 bytes; control characters and new lines in it become spaces. */
void talk_write(struct talk *t, const char *text);

/* Our open turn is complete; nothing where nothing was written. */
void talk_say(struct talk *t);

/* Bytes from the far end, hostile, split anywhere. Never fails: what is
 * malformed becomes U+FFFD, what passes the ceiling too. */
void talk_receive(struct talk *t, const uint8_t *data, size_t len,
                  int64_t now_us);

/* Takes the next message that is due on the channel, as UTF-8 without a NUL.
 *
 * ret     of TALK_MESSAGE_MAX bytes
 * Returns its bytes, 0 when none is due; ask until then
 */
size_t talk_send(struct talk *t, int64_t now_us, char *ret);

/* Takes what is to be shown; false when nothing changed or it is too early.
 * ret->up is not judged here. */
bool talk_show(struct talk *t, int64_t now_us, struct session_talk *ret);

/* When talk_send() and talk_show() are wanted next; INT64_MAX for never. */
int64_t talk_next_us(const struct talk *t);

#endif
