/* pin.h - how a card wants its PIN.
 *
 * Spec: ISO/IEC 7816-15:2016, 8.9 (pwdType, storedLength, padChar); ISO/IEC
 * 7816-4:2013, 11.5.6 (VERIFY); ISO 9564-1, 9.3.3 (format 2). Pure: no I/O, no
 * allocation, any thread. Nothing of a PIN is kept here, nor on the stack.
 */
#ifndef LUUKKU_APDU_PIN_H
#define LUUKKU_APDU_PIN_H

#include "apdu/pkcs15.h"

#define CARD_PIN_DIGITS_MAX 12
#define CARD_PIN_BLOCK_MAX 16 /* bytes of a PIN as the card stores it */
#define CARD_PIN_HEADER 5     /* bytes before it: CLA INS P1 P2 Lc */
#define CARD_PIN_COMMAND_MAX (CARD_PIN_HEADER + CARD_PIN_BLOCK_MAX)

struct card_pin {
    uint8_t reference; /* P2 of VERIFY */
    uint8_t least;     /* digits, 1..CARD_PIN_DIGITS_MAX */
    uint8_t most;      /* digits, least..CARD_PIN_DIGITS_MAX */
    uint8_t stored;    /* bytes of the block, 1..CARD_PIN_BLOCK_MAX */
    uint8_t pad;       /* fills the block up to `stored` */
    bool padded;       /* it is filled up; else it is as long as the PIN */
    enum p15_coding coding;
};

/* Takes over what an AODF says.
 * Errors: -ENOTSUP a coding that we do not know, or lengths that cannot be. */
int card_pin_from(const struct p15_pin *p, struct card_pin *ret) LK_MUST_CHECK;

/* The VERIFY command with `n` digits (values 0..9, not characters), straight
 * into `ret`, which holds CARD_PIN_COMMAND_MAX bytes and is the caller's to
 * wipe.
 *
 * Returns its length
 * Errors  -EINVAL too few, too many, or no digits
 */
int card_pin_command(const struct card_pin *p, const uint8_t *digits, size_t n,
                     uint8_t *ret) LK_MUST_CHECK;

/* The same with padding where a reader's own pad will put the PIN. Returns its
 * length; never fails. */
int card_pin_template(const struct card_pin *p,
                      uint8_t ret[CARD_PIN_COMMAND_MAX]);

#endif
