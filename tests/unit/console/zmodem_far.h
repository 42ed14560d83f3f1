/* zmodem_far.h - a receiver of ZMODEM for the tests, written from the
 * specification without the sender's code, but for its numbers of types.
 *
 * Room: bytes and the time in, bytes out, as a terminal program does it.
 */
#ifndef LUUKKU_TESTS_ZMODEM_FAR_H
#define LUUKKU_TESTS_ZMODEM_FAR_H

#include "console/zmodem_wire.h"

#define FAR_FILE_MAX 262144
#define FAR_SAID_MAX 4096
#define FAR_SUBPACKET_MAX 1200

enum far_reading { FAR_HUNT, FAR_HEX, FAR_BINARY, FAR_DATA };

struct far {
    /* as it is set */
    uint8_t flags;
    unsigned room; /* its buffer; 0: it writes while it reads */
    uint32_t from; /* where it wants to begin */
    bool skips;
    /* what it has */
    char info[256]; /* of ZFILE */
    size_t info_len;
    size_t have;
    uint8_t file[FAR_FILE_MAX];
    bool named;            /* ZFILE came */
    bool whole;            /* ZEOF came where it should */
    bool over;             /* so did ZFIN */
    bool off;              /* cancelled */
    unsigned os;           /* of "OO" */
    size_t largest;        /* of its subpackets */
    unsigned raw_controls; /* that came although none may */
    /* what it says */
    size_t said;
    uint8_t say[FAR_SAID_MAX];
    /* where it is */
    enum far_reading reading;
    unsigned opening;
    unsigned cans;
    bool escaped;
    bool wide;    /* CRC-32 */
    unsigned end; /* of the subpacket, its sum follows; 0: not yet */
    size_t len;
    size_t sum_len;
    uint8_t bytes[FAR_SUBPACKET_MAX];
    uint8_t sum[4];
    bool of_file; /* subpackets are ZFILE's */
    int64_t heard_us;
};

void far_begin(struct far *f, uint8_t flags, unsigned room);
void far_hear(struct far *f, uint8_t byte, int64_t now_us);
void far_tick(struct far *f, int64_t now_us);
void far_header(struct far *f, unsigned type, uint32_t value);

#endif
