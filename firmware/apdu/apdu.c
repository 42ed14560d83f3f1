#include "apdu/apdu.h"

#include "base/bytes.h"

#include <errno.h>
#include <string.h>

static bool wants_extended(const struct apdu_command *c)
{
    return c->len > APDU_SHORT_DATA_MAX || c->le > APDU_SHORT_LE_MAX;
}

/* ISO/IEC 7816-3, 12.1.3: the first length field of an extended command has a
 * leading zero byte; 256 and 65536 are written as zero. */
static void write_lengths(struct lk_writer *w, const struct apdu_command *c)
{
    bool extended = wants_extended(c);
    if (extended)
        lk_write_u8(w, 0);
    if (c->len > 0 && extended)
        lk_write_u16(w, (uint16_t)c->len);
    else if (c->len > 0)
        lk_write_u8(w, (uint8_t)c->len);
    if (c->len > 0)
        lk_write_bytes(w, c->data, c->len);
    if (c->le > 0 && extended)
        lk_write_u16(w, (uint16_t)c->le);
    else if (c->le > 0)
        lk_write_u8(w, (uint8_t)c->le);
}

int apdu_command_encode(const struct apdu_command *c, uint8_t *ret, size_t cap)
{
    struct lk_writer w = lk_writer(ret, cap);
    if (c->len > APDU_DATA_MAX || c->le > APDU_LE_MAX ||
        (c->len > 0 && !c->data))
        return -EINVAL;
    lk_write_u8(&w, c->cla);
    lk_write_u8(&w, c->ins);
    lk_write_u8(&w, c->p1);
    lk_write_u8(&w, c->p2);
    write_lengths(&w, c);
    return lk_writer_end(&w);
}

static size_t le_of(size_t field, size_t most)
{
    return field == 0 ? most : field;
}

static int decode_short(const uint8_t *b, size_t len, struct apdu_command *c)
{
    if (len == 1) {
        c->le = le_of(b[0], APDU_SHORT_LE_MAX);
        return 0;
    }
    c->len = b[0];
    c->data = b + 1;
    if (c->len == 0 || (len != 1 + c->len && len != 2 + c->len))
        return -EBADMSG;
    if (len == 2 + c->len)
        c->le = le_of(b[1 + c->len], APDU_SHORT_LE_MAX);
    return 0;
}

static int decode_extended(const uint8_t *b, size_t len, struct apdu_command *c)
{
    size_t first = lk_get_u16(b + 1);
    if (len == 3) {
        c->le = le_of(first, APDU_LE_MAX);
        return 0;
    }
    c->len = first;
    c->data = b + 3;
    if (c->len == 0 || (len != 3 + c->len && len != 5 + c->len))
        return -EBADMSG;
    if (len == 5 + c->len)
        c->le = le_of(lk_get_u16(b + 3 + c->len), APDU_LE_MAX);
    return 0;
}

int apdu_command_decode(const uint8_t *bytes, size_t len,
                        struct apdu_command *ret)
{
    if (len < 4)
        return -EBADMSG;
    struct apdu_command c = {
        .cla = bytes[0], .ins = bytes[1], .p1 = bytes[2], .p2 = bytes[3]};
    int r = 0;
    if (len >= 7 && bytes[4] == 0)
        r = decode_extended(bytes + 4, len - 4, &c);
    else if (len > 4)
        r = decode_short(bytes + 4, len - 4, &c);
    if (r == 0)
        *ret = c;
    return r;
}

int apdu_response_decode(const uint8_t *bytes, size_t len,
                         struct apdu_response *ret)
{
    if (len < 2 || len > APDU_LE_MAX + 2)
        return -EBADMSG;
    ret->data = bytes;
    ret->len = len - 2;
    ret->sw = lk_get_u16(bytes + len - 2);
    return 0;
}

enum apdu_said apdu_said(uint16_t sw)
{
    static const struct {
        uint16_t sw;
        enum apdu_said said;
    } table[] = {
        {0x9000, APDU_OK},
        {0x6282, APDU_END_OF_FILE},
        {0x6700, APDU_WRONG_LENGTH},
        {0x6982, APDU_SECURITY},
        {0x69f0, APDU_SECURITY},
        {0x6983, APDU_BLOCKED},
        {0x6984, APDU_BLOCKED},
        {0x6985, APDU_CONDITIONS},
        {0x6986, APDU_CONDITIONS},
        {0x6a82, APDU_NOT_FOUND},
        {0x6a83, APDU_NOT_FOUND},
        {0x6a88, APDU_NOT_FOUND},
        {0x6b00, APDU_WRONG_PLACE},
        {0x6881, APDU_NOT_SUPPORTED},
        {0x6882, APDU_NOT_SUPPORTED},
        {0x6884, APDU_NOT_SUPPORTED},
        {0x6a81, APDU_NOT_SUPPORTED},
        {0x6d00, APDU_NOT_SUPPORTED},
        {0x6e00, APDU_NOT_SUPPORTED},
        {0x6a80, APDU_WRONG_DATA},
        {0x6a86, APDU_WRONG_DATA},
        {0x6a87, APDU_WRONG_DATA},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        if (table[i].sw == sw)
            return table[i].said;
    if (apdu_tries(sw) >= 0)
        return APDU_TRIES;
    switch (sw >> 8) {
    case 0x61:
        return APDU_OK;
    case 0x62:
    case 0x63:
        return APDU_WARNING;
    case 0x6c:
        return APDU_WRONG_LENGTH;
    default:
        return APDU_FAULT;
    }
}

int apdu_tries(uint16_t sw)
{
    return (sw & 0xfff0) == 0x63c0 ? sw & 0xf : -1;
}
