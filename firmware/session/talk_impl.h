/* talk_impl.h - the parts of talk.c: characters, turns, our stream, theirs.
 *
 * Spec: firmware/signal/PROTOCOL.md, "Text". Pure. Not for other rooms.
 */
#ifndef LUUKKU_SESSION_TALK_IMPL_H
#define LUUKKU_SESSION_TALK_IMPL_H

#include "session/talk.h"

#define TALK_BS 0x08u
#define TALK_LINE 0x2028u /* LINE SEPARATOR: the end of a turn */
#define TALK_LOST 0xfffdu /* REPLACEMENT CHARACTER */

/* --- characters (talk_text.c) ------------------------------------------ */

/* Writes `c` (a scalar value) as UTF-8; returns 1..4 bytes. */
size_t talk_char_put(uint32_t c, char *ret);

/* Reads one character of valid UTF-8 and moves `s` on. */
uint32_t talk_char_get(const char **s);

/* Reads valid UTF-8 that was typed: control characters and new lines become
 * spaces, byte order marks go, the rest after one turn is cut. */
void talk_line_read(const char *text, struct talk_line *ret);

/* Writes UTF-8 and a NUL into `ret` of SESSION_SAID_MAX bytes. */
void talk_line_write(const struct talk_line *l, char *ret);

/* Whether character `i` of `c` belongs to the one before it. */
bool talk_char_joins(const uint32_t *c, size_t i);

/* How many of `n` characters are left when the last one is erased, with all
 * that joins it; 0 of 0. */
size_t talk_erased(const uint32_t *c, size_t n);

/* --- turns (talk_turns.c) ---------------------------------------------- */

/* One more character of somebody's. A turn that it does not fit is split. */
void talk_turns_add(struct talk_turns *t, bool mine, uint32_t c);

/* Somebody's turn is complete. */
void talk_turns_end(struct talk_turns *t, bool mine);

/* Somebody's last character goes, were it a new line. */
void talk_turns_erase(struct talk_turns *t, bool mine);

/* Our open turn as it is now. */
void talk_turns_set(struct talk_turns *t, const struct talk_line *line);

/* Somebody's open turn, NULL for none. */
struct talk_turn *talk_turns_open(struct talk_turns *t, bool mine);

/* --- our stream (talk_out.c) ------------------------------------------- */

/* Whether something waits to be sent. */
bool talk_out_waits(const struct talk_out *o);

/* Our open turn is complete. */
void talk_out_say(struct talk_out *o);

/* Takes at most `max` characters, which count as sent. They stay where they are
 * until the next call. Returns how many. */
size_t talk_out_take(struct talk_out *o, size_t max, const uint32_t **ret);

/* The far end has `got` characters and nothing is under way. */
void talk_out_go_on(struct talk_out *o, uint64_t got);

/* The far end knows nothing of this stream. */
void talk_out_anew(struct talk_out *o);

/* What was sent is not known to have arrived; the far end will be at `at`. */
void talk_out_doubt(struct talk_out *o, uint64_t at);

/* --- their stream (talk_in.c) ------------------------------------------ */

enum talk_heard {
    TALK_HEARD_NONE,    /* part of a character, or of a control string */
    TALK_HEARD_NOTHING, /* a character without meaning */
    TALK_HEARD_CHAR,
    TALK_HEARD_ERASE,
    TALK_HEARD_END,    /* of a turn */
    TALK_HEARD_STRING, /* in->string is complete, with a NUL */
};

/* Takes one byte. A malformed sequence can end with a byte that begins the next
 * character: then `*ret_again` says that it must be taken once more.
 * ret_c   for TALK_HEARD_CHAR */
enum talk_heard talk_in_take(struct talk_in *in, uint8_t byte, uint32_t *ret_c,
                             bool *ret_again);

#endif
