#include "zmodem_far.h"

#include <stdio.h>
#include <string.h>

#define SILENCE_US 5000000

/* Bit by bit over the whole message with its zeros, as the specification's
 * appendix has it, unlike the sender's. */
static uint32_t sum16(const uint8_t *data, size_t len, int end)
{
    uint32_t crc = 0;
    size_t all = len + (end ? 1 : 0) + 2;
    for (size_t i = 0; i < all; i++) {
        unsigned byte = i < len ? data[i] : 0;
        if (i == len && end)
            byte = (unsigned)end;
        for (int bit = 7; bit >= 0; bit--) {
            uint32_t top = crc & 0x8000;
            crc = (crc << 1 | (byte >> bit & 1)) & 0xffff;
            crc ^= top ? 0x1021 : 0;
        }
    }
    return crc;
}

static uint32_t sum32(const uint8_t *data, size_t len, int end)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < len + (end ? 1 : 0); i++) {
        uint32_t x = (crc ^ (i < len ? data[i] : (unsigned)end)) & 0xff;
        for (int bit = 0; bit < 8; bit++)
            x = x & 1 ? x >> 1 ^ 0xedb88320 : x >> 1;
        crc = crc >> 8 ^ x;
    }
    return crc ^ 0xffffffff;
}

static bool sum_fits(const struct far *f, const uint8_t *data, size_t len,
                     const uint8_t *sum)
{
    if (!f->wide)
        return sum16(data, len, (int)f->end) ==
               ((uint32_t)sum[0] << 8 | sum[1]);
    return sum32(data, len, (int)f->end) ==
           ((uint32_t)sum[3] << 24 | (uint32_t)sum[2] << 16 |
            (uint32_t)sum[1] << 8 | sum[0]);
}

void far_header(struct far *f, unsigned type, uint32_t value)
{
    uint8_t b[5] = {(uint8_t)type, (uint8_t)value, (uint8_t)(value >> 8),
                    (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
    uint32_t crc = sum16(b, 5, 0);
    if (f->said + 32 > FAR_SAID_MAX)
        return;
    int n = snprintf((char *)f->say + f->said, 32,
                     "**\x18"
                     "B%02x%02x%02x%02x%02x%04x\r\x8a\x11",
                     b[0], b[1], b[2], b[3], b[4], crc);
    f->said += (size_t)n;
}

static void greet(struct far *f)
{
    far_header(f, ZMODEM_ZRINIT, (uint32_t)f->flags << 24 | f->room);
}

void far_begin(struct far *f, uint8_t flags, unsigned room)
{
    memset(f, 0, sizeof(*f));
    f->flags = flags;
    f->room = room;
    greet(f);
}

static void hunt(struct far *f)
{
    f->reading = FAR_HUNT;
    f->opening = 0;
    f->escaped = false;
}

static void read_data(struct far *f, bool of_file)
{
    f->reading = FAR_DATA;
    f->of_file = of_file;
    f->escaped = false;
    f->len = f->sum_len = 0;
    f->end = 0;
}

static void on_header(struct far *f, unsigned type, uint32_t value)
{
    hunt(f);
    if (type == ZMODEM_ZRQINIT) {
        greet(f);
    } else if (type == ZMODEM_ZFILE) {
        read_data(f, true);
    } else if (type == ZMODEM_ZDATA && value == f->have) {
        read_data(f, false);
    } else if (type == ZMODEM_ZDATA) {
        far_header(f, ZMODEM_ZRPOS, (uint32_t)f->have);
    } else if (type == ZMODEM_ZEOF && value == f->have) {
        f->whole = true;
        greet(f);
    } else if (type == ZMODEM_ZFIN) {
        f->over = true;
        far_header(f, ZMODEM_ZFIN, 0);
    }
}

static void on_file(struct far *f)
{
    f->info_len = f->len < sizeof(f->info) ? f->len : sizeof(f->info) - 1;
    memcpy(f->info, f->bytes, f->info_len);
    hunt(f);
    if (f->skips) {
        far_header(f, ZMODEM_ZSKIP, 0);
        return;
    }
    if (!f->named)
        f->have = f->from;
    f->named = true;
    far_header(f, ZMODEM_ZRPOS, (uint32_t)f->have);
}

/* A subpacket with its sum is there. */
static void on_subpacket(struct far *f)
{
    if (!sum_fits(f, f->bytes, f->len, f->sum)) {
        bool of_file = f->of_file;
        hunt(f);
        far_header(f, of_file ? ZMODEM_ZNAK : ZMODEM_ZRPOS,
                   of_file ? 0 : (uint32_t)f->have);
        return;
    }
    if (f->of_file) {
        on_file(f);
        return;
    }
    f->largest = f->len > f->largest ? f->len : f->largest;
    if (f->have + f->len > FAR_FILE_MAX)
        return;
    memcpy(f->file + f->have, f->bytes, f->len);
    f->have += f->len;
    if (f->end == ZMODEM_ZCRCQ || f->end == ZMODEM_ZCRCW)
        far_header(f, ZMODEM_ZACK, (uint32_t)f->have);
    if (f->end == ZMODEM_ZCRCE || f->end == ZMODEM_ZCRCW)
        hunt(f);
    else
        read_data(f, false);
}

static void broken(struct far *f)
{
    f->end = 0;
    bool of_file = f->of_file;
    bool data = f->reading == FAR_DATA;
    hunt(f);
    if (data)
        far_header(f, of_file ? ZMODEM_ZNAK : ZMODEM_ZRPOS,
                   of_file ? 0 : (uint32_t)f->have);
}

static void add_byte(struct far *f, uint8_t byte)
{
    if (f->end) {
        f->sum[f->sum_len++] = byte;
        if (f->sum_len == (f->wide ? 4U : 2U))
            on_subpacket(f);
    } else if (f->len < sizeof(f->bytes)) {
        f->bytes[f->len++] = byte;
    } else {
        broken(f);
    }
}

static void on_binary(struct far *f, uint8_t byte)
{
    f->bytes[f->len++] = byte;
    if (f->len < (f->wide ? 9U : 7U))
        return;
    f->end = 0;
    if (!sum_fits(f, f->bytes, 5, f->bytes + 5)) {
        hunt(f);
        return;
    }
    on_header(f, f->bytes[0],
              (uint32_t)f->bytes[4] << 24 | (uint32_t)f->bytes[3] << 16 |
                  (uint32_t)f->bytes[2] << 8 | f->bytes[1]);
}

static int digit(uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = byte ? strchr(digits, byte) : NULL;
    return at ? (int)(at - digits) : -1;
}

static void on_hex(struct far *f, uint8_t byte)
{
    uint8_t b[7];
    if (digit(byte) < 0) {
        hunt(f);
        return;
    }
    f->bytes[f->len++] = byte;
    if (f->len < 14)
        return;
    for (size_t i = 0; i < sizeof(b); i++)
        b[i] =
            (uint8_t)(digit(f->bytes[2 * i]) * 16 + digit(f->bytes[2 * i + 1]));
    hunt(f);
    if (sum16(b, 5, 0) == ((uint32_t)b[5] << 8 | b[6]))
        on_header(f, b[0],
                  (uint32_t)b[4] << 24 | (uint32_t)b[3] << 16 |
                      (uint32_t)b[2] << 8 | b[1]);
}

/* Undoes the escapes of binary headers and data. */
static void on_escaped(struct far *f, uint8_t byte)
{
    uint8_t low = byte & 0x7f;
    if (!f->escaped && byte == ZMODEM_DLE) {
        f->escaped = true;
        return;
    }
    if (!f->escaped && (low == 0x11 || low == 0x13))
        return;
    if (!f->escaped && f->flags & ZMODEM_ESCCTL && (byte & 0x60) == 0) {
        f->raw_controls++;
        return;
    }
    if (f->escaped) {
        f->escaped = false;
        if (f->reading == FAR_DATA && !f->end && byte >= ZMODEM_ZCRCE &&
            byte <= ZMODEM_ZCRCW) {
            f->end = byte;
            return;
        }
        if ((byte & 0x60) != 0x40) {
            broken(f);
            return;
        }
        byte ^= 0x40;
    }
    if (f->reading == FAR_BINARY)
        on_binary(f, byte);
    else
        add_byte(f, byte);
}

static void on_hunt(struct far *f, uint8_t byte)
{
    if (f->over && byte == 'O')
        f->os++;
    if (byte == '*') {
        f->opening = 1;
    } else if (f->opening == 1 && byte == ZMODEM_DLE) {
        f->opening = 2;
    } else if (f->opening == 2 && byte >= 'A' && byte <= 'C') {
        f->reading = byte == 'B' ? FAR_HEX : FAR_BINARY;
        f->wide = byte == 'C';
        f->end = 0;
        f->len = 0;
        f->escaped = false;
    } else {
        f->opening = 0;
    }
}

void far_hear(struct far *f, uint8_t byte, int64_t now_us)
{
    f->heard_us = now_us;
    f->cans = byte == ZMODEM_DLE ? f->cans + 1 : 0;
    if (f->cans >= ZMODEM_CANS)
        f->off = true;
    if (f->off)
        return;
    if (f->reading == FAR_HUNT)
        on_hunt(f, byte);
    else if (f->reading == FAR_HEX)
        on_hex(f, byte);
    else
        on_escaped(f, byte);
}

void far_tick(struct far *f, int64_t now_us)
{
    if (f->off || f->over || now_us - f->heard_us < SILENCE_US)
        return;
    f->heard_us = now_us;
    hunt(f);
    if (f->named && !f->whole)
        far_header(f, ZMODEM_ZRPOS, (uint32_t)f->have);
    else
        greet(f);
}
