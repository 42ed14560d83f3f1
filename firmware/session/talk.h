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
#define TALK_MESSAGE_MAX (TALK_CHUNK_MAX * 4)

/* Characters per second, averaged over TALK_CPS_S (RFC 4103, section 6 and RFC
 * 8865, section 4.2.1): what we send to another Luukku, what we send to a
 * stranger (the RFCs' default), and what we take before characters are lost. */
#define TALK_CPS 400
#define TALK_CPS_STRANGER 30
#define TALK_CPS_TAKEN 800
#define TALK_CPS_S 10

/* Characters of one control string or sequence that are skipped; what follows
 * is text again. T.140 has 256 for strings. */
#define TALK_STRING_MAX 256
#define TALK_SEQUENCE_MAX 64

/* Who has sent text before and has not been greeted waits this long for a
 * greeting on a fresh channel before it takes the far end for a stranger. */
#define TALK_GREETING_US (3 * INT64_C(1000000))

/* What the far end sent that is not text yet; talk_in.c's own. */
struct talk_in {
    uint32_t c;        /* bits of a character whose bytes are not all here */
    uint8_t need;      /* bytes that it still needs */
    uint8_t low, high; /* bounds of the next of them */
    uint8_t state;     /* of control strings and sequences */
    bool cr;           /* the last character was a CR */
    uint16_t skipped;  /* characters of the present string or sequence */
    char string[TALK_STRING_MAX]; /* a string's ASCII, as far as it is that */
};

/* Characters that may pass: refilled with time, in millionths. */
struct talk_bucket {
    int64_t tokens;
    int64_t at_us;
};

/* Who has written what; talk_turns.c's own. */
struct talk_turn {
    struct session_said said;
    uint16_t ends; /* new lines after it, 0: it is open, or was split */
    bool split;    /* too long: goes on in the next one of its writer */
};

struct talk_turns {
    struct talk_turn turn[SESSION_SAID_TURNS];
    uint32_t n;
    uint32_t last_id;
};

/* One call's conversation. Only the functions below touch its members; it may
 * lie in another structure and holds no pointers. */
struct talk {
    struct talk_turns turns;

    /* Ours. Positions count the characters of the stream from its begin. */
    uint64_t id;                        /* of our stream */
    uint32_t history[TALK_HISTORY_MAX]; /* position p lies at p % MAX */
    uint64_t base, next, end; /* oldest kept, next to be sent, one past all */
    uint64_t sent_before;     /* `next` when the present channel opened */
    char said[SESSION_SAID_MAX]; /* our open turn as the stream has it */
    char turn[SESSION_SAID_MAX]; /* the same as it was typed */
    struct talk_bucket out;
    int64_t batch_us; /* when the next message may leave */

    /* Theirs. */
    uint64_t far_id; /* of their stream; 0: never greeted */
    uint64_t got;    /* characters of it that have arrived */
    struct talk_in in;
    struct talk_bucket taken;
    bool dropping; /* above the ceiling; a mark stands for what was dropped */

    bool up;        /* a channel is open */
    bool again;     /* it is not the first of this call */
    bool greet;     /* our greeting is due on it */
    bool greeted;   /* theirs has come on it */
    bool heard;     /* something else has come on it */
    bool known;     /* the far end has greeted us in this call */
    bool changed;   /* since it was last shown */
    int64_t hold_us; /* nothing but the greeting leaves before */
    int64_t show_us; /* when it may be shown next */
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
void talk_write(struct talk *t, const char *text, int64_t now_us);

/* Our open turn is complete; nothing where nothing was written. */
void talk_say(struct talk *t, int64_t now_us);

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
