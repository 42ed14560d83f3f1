/* params.h - which protocol and speed a card and its reader use, and how long
 * a card may take.
 *
 * Spec: ISO/IEC 7816-3:2006, sections 6.3, 9 (PPS), 10.2, 11.4; CCID 1.1,
 * 6.1.7 (parameters). Pure: no I/O, any thread.
 */
#ifndef LUUKKU_CCID_PARAMS_H
#define LUUKKU_CCID_PARAMS_H

#include "ccid/atr.h"
#include "ccid/class.h"

#define CCID_PPS_MAX 6    /* bytes of a PPS, PCK included */
#define CCID_PARAMS_MAX 7 /* bytes of a protocol data structure */

struct ccid_params {
    uint8_t protocol; /* 0 or 1 */
    uint8_t fidi;     /* FI and DI */
    bool pps;         /* the card has to be told by a PPS */
    bool inverse;     /* convention */
    uint8_t guard_n;
    uint8_t wi;  /* T=0 */
    uint8_t cwi; /* T=1, as the next ones */
    uint8_t bwi;
    uint8_t ifsc;
    bool crc;
    uint8_t clock_stop;
};

/* Chooses: in specific mode what the card dictates, else T=1 before T=0 and the
 * fastest speed that the card offers and the reader can do.
 *
 * fast    false: the card's first protocol and the default speed, no PPS
 * Errors  -EOPNOTSUPP they have no protocol (T=0, T=1) in common
 */
int ccid_params_choose(const struct atr *a, const struct ccid_class *c,
                       bool fast, struct ccid_params *ret) LK_MUST_CHECK;

/* The PPS request for them. Returns its bytes. */
size_t ccid_params_pps(const struct ccid_params *p, uint8_t ret[CCID_PPS_MAX]);

/* Reads the card's answer and takes over what it agreed to: perhaps not the
 * speed. Errors: -EPROTO it is no answer to that request. */
int ccid_params_pps_answer(struct ccid_params *p, const uint8_t *bytes,
                           size_t len) LK_MUST_CHECK;

/* The protocol data structure of the CCID commands. Returns its bytes: 5 for
 * T=0, 7 for T=1. */
size_t ccid_params_encode(const struct ccid_params *p,
                          uint8_t ret[CCID_PARAMS_MAX]);

/* Takes over what the reader says of a protocol (0, 1).
 * Errors: -EBADMSG malformed, -EOPNOTSUPP another protocol. */
int ccid_params_decode(struct ccid_params *p, uint8_t protocol,
                       const uint8_t *bytes, size_t len) LK_MUST_CHECK;

/* Bits per second, at `clock_khz`. 0 for reserved FI or DI. */
uint32_t ccid_params_rate(uint8_t fidi, uint32_t clock_khz);

/* Milliseconds, rounded up, that the card may take: block waiting time for
 * T=1, work waiting time for T=0. */
uint32_t ccid_params_wait_ms(const struct ccid_params *p, uint32_t clock_khz);

#endif
