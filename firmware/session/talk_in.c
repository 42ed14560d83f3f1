#include "session/talk_impl.h"

#define CR 0x0du
#define LF 0x0au
#define TAB 0x09u
#define ESC 0x1bu
#define DEL 0x7fu
#define SOS 0x98u
#define CSI 0x9bu
#define ST 0x9cu
#define BOM 0xfeffu

enum { IN_TEXT, IN_STRING, IN_ESCAPE, IN_SEQUENCE };

/* --- UTF-8 ------------------------------------------------------------- */

/* Takes a byte that begins a character. Returns whether `*ret` is one. What is
 * malformed is one mark for each longest beginning of a character (Unicode
 * 15.0, section 3.9, U+FFFD substitution of maximal subparts), as in browsers.
 */
static bool utf8_begin(struct talk_in *in, uint8_t b, uint32_t *ret)
{
    in->low = 0x80;
    in->high = 0xbf;
    if (b >= 0xc2 && b <= 0xdf)
        in->need = 1;
    else if (b >= 0xe0 && b <= 0xef)
        in->need = 2;
    else if (b >= 0xf0 && b <= 0xf4)
        in->need = 3;
    if (in->need == 0) {
        *ret = b < 0x80 ? b : TALK_LOST;
        return true;
    }
    in->c = b & (0x3fu >> in->need);
    if (b == 0xe0)
        in->low = 0xa0; /* no overlong form */
    else if (b == 0xed)
        in->high = 0x9f; /* no surrogate */
    else if (b == 0xf0)
        in->low = 0x90;
    else if (b == 0xf4)
        in->high = 0x8f;
    return false;
}

static bool utf8_take(struct talk_in *in, uint8_t b, uint32_t *ret,
                      bool *ret_again)
{
    *ret_again = false;
    if (in->need == 0)
        return utf8_begin(in, b, ret);
    if (b < in->low || b > in->high) {
        in->need = 0;
        *ret = TALK_LOST;
        *ret_again = true;
        return true;
    }
    in->low = 0x80;
    in->high = 0xbf;
    in->c = in->c << 6 | (b & 0x3fu);
    *ret = in->c;
    return --in->need == 0;
}

/* --- characters -------------------------------------------------------- */

static enum talk_heard begin(struct talk_in *in, uint8_t state)
{
    in->state = state;
    in->skipped = 0;
    return state == IN_STRING ? TALK_HEARD_NONE : TALK_HEARD_NOTHING;
}

static enum talk_heard in_text(struct talk_in *in, uint32_t c, uint32_t *ret)
{
    bool lf = in->cr && c == LF;
    in->cr = c == CR;
    if (lf)
        return TALK_HEARD_NOTHING;
    if (c == TALK_BS)
        return TALK_HEARD_ERASE;
    if (c == CR || c == LF || c == TALK_LINE || c == TALK_LINE + 1)
        return TALK_HEARD_END;
    if (c == SOS)
        return begin(in, IN_STRING);
    if (c == ESC)
        return begin(in, IN_ESCAPE);
    if (c == CSI)
        return begin(in, IN_SEQUENCE);
    *ret = c == TAB ? ' ' : c;
    if (*ret < 0x20 || (c >= DEL && c < 0xa0) || c == BOM)
        return TALK_HEARD_NOTHING;
    return TALK_HEARD_CHAR;
}

static enum talk_heard in_string(struct talk_in *in, uint32_t c)
{
    if (c == ST) {
        in->string[in->skipped] = '\0';
        in->state = IN_TEXT;
        return TALK_HEARD_STRING;
    }
    if (c < 0x20 || c >= DEL)
        c = '?';
    in->string[in->skipped++] = (char)c;
    if (in->skipped == TALK_STRING_MAX)
        in->state = IN_TEXT;
    return TALK_HEARD_NONE;
}

/* ESC and one character, perhaps behind intermediates; ESC [ is CSI, whose
 * sequence ends with a letter or the like (ECMA-48, sections 5.3 and 5.4). */
static enum talk_heard in_sequence(struct talk_in *in, uint32_t c,
                                   uint32_t *ret)
{
    if (c < 0x20 || c >= DEL) { /* cannot stand in one: it was none */
        in->state = IN_TEXT;
        return in_text(in, c, ret);
    }
    uint32_t last = in->state == IN_ESCAPE ? 0x30 : 0x40;
    in->skipped++;
    if (in->state == IN_ESCAPE && c == '[' && in->skipped == 1)
        in->state = IN_SEQUENCE;
    else if (c >= last || in->skipped == TALK_SEQUENCE_MAX)
        in->state = IN_TEXT;
    return TALK_HEARD_NOTHING;
}

enum talk_heard talk_in_take(struct talk_in *in, uint8_t byte, uint32_t *ret_c,
                             bool *ret_again)
{
    uint32_t c;
    if (!utf8_take(in, byte, &c, ret_again))
        return TALK_HEARD_NONE;
    if (in->state == IN_STRING)
        return in_string(in, c);
    if (in->state != IN_TEXT)
        return in_sequence(in, c, ret_c);
    return in_text(in, c, ret_c);
}
