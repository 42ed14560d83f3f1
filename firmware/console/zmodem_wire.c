#include "console/zmodem_wire.h"

#include "base/crc.h"

#include <string.h>

#define PAD '*'
#define HEX 'B'
#define BINARY 'A'
#define BINARY_32 'C'
#define XON 0x11
#define XOFF 0x13
#define DLE 0x10
#define HIGH 0x80

/* What stands before the digits of a hex header. */
static const uint8_t opening[] = {PAD, ZMODEM_DLE, HEX};
#define OPENING (sizeof(opening))
#define DIGITS 14 /* type, four bytes, CRC-16 */

static void header_bytes(struct zmodem_header h, uint8_t ret[5])
{
    ret[0] = (uint8_t)h.type;
    lk_put_le(ret + 1, h.value, 4);
}

void zmodem_write_hex(struct lk_writer *w, struct zmodem_header h)
{
    static const char digit[] = "0123456789abcdef";
    uint8_t b[7];
    header_bytes(h, b);
    uint16_t crc = lk_crc16(0, b, 5);
    b[5] = (uint8_t)(crc >> 8);
    b[6] = (uint8_t)crc;
    lk_write_u8(w, PAD);
    lk_write_bytes(w, opening, OPENING);
    for (size_t i = 0; i < sizeof(b); i++) {
        lk_write_u8(w, (uint8_t)digit[b[i] >> 4]);
        lk_write_u8(w, (uint8_t)digit[b[i] & 0xf]);
    }
    lk_write_u8(w, '\r');
    lk_write_u8(w, '\n' | HIGH);
    if (h.type != ZMODEM_ZFIN && h.type != ZMODEM_ZACK)
        lk_write_u8(w, XON); /* frees a receiver that a stray XOFF stopped */
}

/* Section 7.2: what the line or a modem may take for itself. */
static bool is_escaped(const struct zmodem_style *style, uint8_t byte)
{
    uint8_t low = byte & (HIGH - 1);
    if (byte == ZMODEM_DLE || low == DLE || low == XON || low == XOFF)
        return true;
    if (low == '\r' && (style->last & (HIGH - 1)) == '@')
        return true;
    return style->escctl && (byte & 0x60) == 0;
}

static void write_escaped(struct lk_writer *w, struct zmodem_style *style,
                          uint8_t byte)
{
    if (is_escaped(style, byte)) {
        lk_write_u8(w, ZMODEM_DLE);
        byte ^= 0x40;
    }
    lk_write_u8(w, byte);
    style->last = byte;
}

static void write_all(struct lk_writer *w, struct zmodem_style *style,
                      const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        write_escaped(w, style, data[i]);
}

/* The sum of `len` bytes, and of `end` behind them unless it is 0. */
static void write_sum(struct lk_writer *w, struct zmodem_style *style,
                      const void *data, size_t len, uint8_t end)
{
    uint8_t sum[4];
    size_t n = end != 0;
    if (style->crc32) {
        lk_put_le(sum, lk_crc32(lk_crc32(0, data, len), &end, n), 4);
        write_all(w, style, sum, 4);
        return;
    }
    uint16_t crc = lk_crc16(lk_crc16(0, data, len), &end, n);
    sum[0] = (uint8_t)(crc >> 8);
    sum[1] = (uint8_t)crc;
    write_all(w, style, sum, 2);
}

void zmodem_write_binary(struct lk_writer *w, struct zmodem_style *style,
                         struct zmodem_header h)
{
    uint8_t b[5];
    header_bytes(h, b);
    lk_write_u8(w, PAD);
    lk_write_u8(w, ZMODEM_DLE);
    lk_write_u8(w, style->crc32 ? BINARY_32 : BINARY);
    style->last = 0;
    write_all(w, style, b, sizeof(b));
    write_sum(w, style, b, sizeof(b), 0);
}

void zmodem_write_data(struct lk_writer *w, struct zmodem_style *style,
                       const void *data, size_t len, enum zmodem_end_byte end)
{
    write_all(w, style, data, len);
    lk_write_u8(w, ZMODEM_DLE);
    lk_write_u8(w, (uint8_t)end);
    style->last = (uint8_t)end;
    write_sum(w, style, data, len, (uint8_t)end);
    if (end == ZMODEM_ZCRCW)
        lk_write_u8(w, XON);
}

static int digit_of(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The digits are complete. */
static enum zmodem_heard on_header(struct zmodem_reader *r)
{
    r->at = 0;
    if (lk_crc16(0, r->byte, sizeof(r->byte)) != 0)
        return ZMODEM_HEARD_NOTHING;
    r->header.type = r->byte[0];
    r->header.value = (uint32_t)lk_get_le(r->byte + 1, 4);
    return ZMODEM_HEARD_HEADER;
}

static enum zmodem_heard on_digit(struct zmodem_reader *r, uint8_t byte)
{
    unsigned n = r->at - (unsigned)OPENING;
    int v = digit_of(byte);
    if (v < 0) {
        r->at = byte == PAD;
        return ZMODEM_HEARD_NOTHING;
    }
    if (n % 2 == 0)
        r->byte[n / 2] = (uint8_t)(v << 4);
    else
        r->byte[n / 2] |= (uint8_t)v;
    r->at++;
    return n + 1 == DIGITS ? on_header(r) : ZMODEM_HEARD_NOTHING;
}

enum zmodem_heard zmodem_read(struct zmodem_reader *r, uint8_t byte)
{
    r->cans = byte == ZMODEM_DLE ? r->cans + 1 : 0;
    if (r->cans >= ZMODEM_CANS) {
        *r = (struct zmodem_reader){.at = 0};
        return ZMODEM_HEARD_CANCEL;
    }
    byte &= HIGH - 1; /* parity */
    if (byte == XON || byte == XOFF)
        return ZMODEM_HEARD_NOTHING;
    if (r->at >= OPENING)
        return on_digit(r, byte);
    if (byte == opening[r->at])
        r->at++;
    else
        r->at = byte == PAD;
    return ZMODEM_HEARD_NOTHING;
}
