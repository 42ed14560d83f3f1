/* zmodem_wire.h - ZMODEM's headers and data subpackets as bytes.
 *
 * Spec: Chuck Forsberg, "The ZMODEM Inter Application File Transfer Protocol"
 * (1988-10-14), sections 7 (frames) and 11 (frame types). Only a sender's
 * half: it writes all formats and reads hex headers, which are all that a
 * receiver sends. Pure, one thread for each struct. Order and time: zmodem.h.
 */
#ifndef LUUKKU_CONSOLE_ZMODEM_WIRE_H
#define LUUKKU_CONSOLE_ZMODEM_WIRE_H

#include "base/bytes.h"

#define ZMODEM_DLE 0x18 /* the escape; five in a row cancel */
#define ZMODEM_CANS 5

/* Frame types, section 11. */
enum zmodem_type {
    ZMODEM_ZRQINIT,
    ZMODEM_ZRINIT,
    ZMODEM_ZSINIT,
    ZMODEM_ZACK,
    ZMODEM_ZFILE,
    ZMODEM_ZSKIP,
    ZMODEM_ZNAK,
    ZMODEM_ZABORT,
    ZMODEM_ZFIN,
    ZMODEM_ZRPOS,
    ZMODEM_ZDATA,
    ZMODEM_ZEOF,
    ZMODEM_ZFERR,
    ZMODEM_ZCRC,
    ZMODEM_ZCHALLENGE,
    ZMODEM_ZCOMPL,
    ZMODEM_ZCAN,
    ZMODEM_ZFREECNT,
    ZMODEM_ZCOMMAND,
};

/* What a data subpacket ends with, section 7.4. */
enum zmodem_end_byte {
    ZMODEM_ZCRCE = 'h', /* the frame ends, a header follows */
    ZMODEM_ZCRCG = 'i', /* the frame goes on */
    ZMODEM_ZCRCQ = 'j', /* it goes on, ZACK wanted */
    ZMODEM_ZCRCW = 'k', /* the frame ends, ZACK wanted */
};

/* Flags of ZRINIT, in the highest byte of its value (ZF0). */
#define ZMODEM_CANFDX 0x01
#define ZMODEM_CANOVIO 0x02
#define ZMODEM_CANFC32 0x20
#define ZMODEM_ESCCTL 0x40
#define ZMODEM_ESC8 0x80

/* The flag of ZFILE: no conversion (ZCBIN). */
#define ZMODEM_BINARY ((uint32_t)1 << 24)

struct zmodem_header {
    unsigned type;  /* a receiver may send what is no zmodem_type */
    uint32_t value; /* a position; or four bytes, ZF0 the highest */
};

/* How bytes are written. */
struct zmodem_style {
    bool crc32;
    bool escctl;  /* all control characters are escaped */
    uint8_t last; /* what went before: CR is escaped behind @ */
};

/* Most bytes of one header; of one subpacket of `len` bytes. */
#define ZMODEM_HEADER_MAX 24
#define ZMODEM_SUBPACKET_MAX(len) (2 * (len) + 10)

/* Appends a hex header: of types that ask for no subpackets. */
void zmodem_write_hex(struct lk_writer *w, struct zmodem_header h);

/* Appends a binary header, with CRC-16 or CRC-32. */
void zmodem_write_binary(struct lk_writer *w, struct zmodem_style *style,
                         struct zmodem_header h);

/* Appends a data subpacket. */
void zmodem_write_data(struct lk_writer *w, struct zmodem_style *style,
                       const void *data, size_t len, enum zmodem_end_byte end);

/* What a byte completed. */
enum zmodem_heard {
    ZMODEM_HEARD_NOTHING,
    ZMODEM_HEARD_HEADER, /* in `header` */
    ZMODEM_HEARD_CANCEL,
};

/* Reads headers from among anything. All zero begins. */
struct zmodem_reader {
    unsigned at;   /* of what precedes a header's digits, then of those */
    unsigned cans; /* in a row */
    uint8_t byte[7];
    struct zmodem_header header;
};

/* Takes one byte. A header that is damaged is nothing. */
enum zmodem_heard zmodem_read(struct zmodem_reader *r, uint8_t byte);

#endif
