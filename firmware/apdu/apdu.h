/* apdu.h - command and response APDUs, status words.
 *
 * Spec: ISO/IEC 7816-3:2006, 12.1 (cases and lengths); ISO/IEC 7816-4:2013,
 * 5.1 and 5.3 (status words). Pure: no I/O, no allocation, any thread.
 * Room: short and extended lengths. How they cross the wire is drivers/ccid's.
 */
#ifndef LUUKKU_APDU_APDU_H
#define LUUKKU_APDU_APDU_H

#include "base/defs.h"

#include <stdbool.h>

#define APDU_DATA_MAX 65535           /* bytes of a command's data */
#define APDU_LE_MAX 65536             /* bytes that may be asked for */
#define APDU_SHORT_DATA_MAX 255       /* likewise, short */
#define APDU_SHORT_LE_MAX 256         /* likewise */
#define APDU_SHORT_COMMAND_MAX 261    /* bytes of an encoded short command */
#define APDU_EXTENDED_COMMAND_EXTRA 9 /* bytes besides the data, extended */

struct apdu_command {
    uint8_t cla;
    uint8_t ins;
    uint8_t p1;
    uint8_t p2;
    const uint8_t *data; /* borrowed; len bytes */
    size_t len;          /* 0..APDU_DATA_MAX */
    size_t le;           /* most bytes wanted back, 0 none, ..APDU_LE_MAX */
};

struct apdu_response {
    const uint8_t *data; /* borrowed from the bytes that were decoded */
    size_t len;
    uint16_t sw; /* SW1 SW2 */
};

/* Encodes a command, short where it fits, extended otherwise. A command with
 * data and le has both lengths extended when either needs it.
 *
 * Returns bytes written to `ret` (of `cap` bytes)
 * Errors  -EINVAL lengths out of range, -EMSGSIZE does not fit in `cap`
 */
int apdu_command_encode(const struct apdu_command *c, uint8_t *ret,
                        size_t cap) LK_MUST_CHECK;

/* Decodes exactly `len` bytes.
 *
 * ret     filled on success only; points into `bytes`
 * Errors  -EBADMSG not one of the seven cases, or lengths that do not add up
 */
int apdu_command_decode(const uint8_t *bytes, size_t len,
                        struct apdu_command *ret) LK_MUST_CHECK;

/* Decodes an answer of 2..65538 bytes. Errors: -EBADMSG. */
int apdu_response_decode(const uint8_t *bytes, size_t len,
                         struct apdu_response *ret) LK_MUST_CHECK;

/* What a status word says, as far as it matters here. */
enum apdu_said {
    APDU_OK,            /* 9000, 61xx */
    APDU_END_OF_FILE,   /* 6282: fewer bytes than asked for */
    APDU_WARNING,       /* another 62xx, 63xx without a counter */
    APDU_TRIES,         /* 63Cx: x tries are left */
    APDU_WRONG_LENGTH,  /* 6700, 6Cxx */
    APDU_SECURITY,      /* 6982, 69F0: a PIN is wanted first */
    APDU_BLOCKED,       /* 6983, 6984: no try is left */
    APDU_CONDITIONS,    /* 6985, 6986: not now */
    APDU_NOT_FOUND,     /* 6A82, 6A83, 6A88 */
    APDU_WRONG_PLACE,   /* 6B00: offset outside the file */
    APDU_NOT_SUPPORTED, /* 6881, 6882, 6884, 6A81, 6D00, 6E00 */
    APDU_WRONG_DATA,    /* 6A80, 6A86, 6A87 */
    APDU_FAULT,         /* anything else */
};

enum apdu_said apdu_said(uint16_t sw);

/* Tries left of a 63Cx: 0..15; -1 for any other. */
int apdu_tries(uint16_t sw);

#endif
