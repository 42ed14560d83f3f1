/* atr.h - decode a smart card's Answer To Reset.
 *
 * Spec: ISO/IEC 7816-3:2006, section 8.2. Pure: no I/O, any thread.
 * Room: interface bytes of T=0, T=1 and T=15, historical bytes, TCK. Which
 * protocol and speed are used is chosen in params.h.
 */
#ifndef LUUKKU_CCID_ATR_H
#define LUUKKU_CCID_ATR_H

#include "base/defs.h"

#include <stdbool.h>

#define ATR_LEN_MAX 33 /* bytes: TS and at most 32 after it */
#define ATR_LEN_MIN 2  /* bytes: TS, T0 */
#define ATR_HISTORY_MAX 15

/* Classes of operating conditions that the card knows (first TA for T=15). */
#define ATR_CLASS_A 0x01 /* 5 V */
#define ATR_CLASS_B 0x02 /* 3 V */
#define ATR_CLASS_C 0x04 /* 1.8 V */

/* An ATR. What the card left out has its default. */
struct atr {
    bool inverse;        /* TS: inverse convention */
    uint16_t protocols;  /* bit n: T=n is offered; 0..14 */
    uint8_t first;       /* T of the protocol offered first */
    uint8_t ta1;         /* FI and DI as sent, 0x11 by default */
    uint16_t fi;         /* clock rate conversion integer; 0: reserved */
    uint8_t di;          /* baud rate adjustment integer; 0: reserved */
    uint8_t guard_n;     /* N of TC1: extra guard time, 255 special */
    bool specific;       /* TA2 is there: specific mode */
    uint8_t specific_t;  /* its T */
    bool specific_fixed; /* it cannot be changed back (TA2, b8) */
    bool specific_own;   /* speed is implied, not TA1's (TA2, b5) */
    uint8_t wi;          /* TC2: waiting integer of T=0, 1.. ; 10 by default */
    uint8_t ifsc;        /* T=1: bytes that the card takes, 1..254 */
    uint8_t cwi;         /* T=1: character waiting integer, 0..15 */
    uint8_t bwi;         /* T=1: block waiting integer, 0..9 */
    bool crc;            /* T=1: blocks end in a CRC, not an LRC */
    uint8_t classes;     /* ATR_CLASS_*, 0: not said */
    uint8_t clock_stop;  /* X of T=15: 0 no, 1 low, 2 high, 3 either */
    uint8_t history_len; /* bytes */
    uint8_t history[ATR_HISTORY_MAX];
};

/* Decodes `len` bytes at `raw`.
 *
 * ret     filled on success only; holds no pointers into `raw`
 * Errors  -EMSGSIZE wrong length, also bytes missing or left over,
 *         -EBADMSG malformed: TS, bad TCK, a reserved value
 */
int atr_decode(const uint8_t *raw, size_t len, struct atr *ret) LK_MUST_CHECK;

#endif
