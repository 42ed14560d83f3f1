#include "apdu/pin.h"

#include <errno.h>
#include <string.h>

#define INS_VERIFY 0x20
#define ISO9564_LEN 8

/* Bytes that `n` digits take, without padding. */
static size_t digits_len(const struct card_pin *p, size_t n)
{
    switch (p->coding) {
    case P15_BCD:
        return (n + 1) / 2;
    case P15_ISO9564:
        return ISO9564_LEN;
    case P15_ASCII:
    case P15_UTF8:
    case P15_NIBBLE_BCD:
        break;
    }
    return n;
}

int card_pin_from(const struct p15_pin *p, struct card_pin *ret)
{
    struct card_pin c = {.reference = p->reference,
                         .pad = p->pad,
                         .padded = p->padded,
                         .coding = (enum p15_coding)p->coding};
    size_t most = p->most > 0 ? p->most : CARD_PIN_DIGITS_MAX;
    most = LK_MIN(most, CARD_PIN_DIGITS_MAX);
    if (p->coding > P15_ISO9564 || p->stored > CARD_PIN_BLOCK_MAX)
        return -ENOTSUP;
    c.least = (uint8_t)LK_MIN(LK_MAX(p->least, 1U), CARD_PIN_DIGITS_MAX + 1U);
    size_t stored = p->coding == P15_ISO9564 ? ISO9564_LEN : p->stored;
    /* Not more digits than the block takes. */
    while (stored > 0 && most > 0 && digits_len(&c, most) > stored)
        most--;
    if (stored == 0)
        stored = digits_len(&c, most);
    if (c.least > most || stored == 0)
        return -ENOTSUP;
    c.most = (uint8_t)most;
    c.stored = (uint8_t)stored;
    *ret = c;
    return 0;
}

static int header(const struct card_pin *p, size_t block, uint8_t *ret)
{
    ret[0] = 0x00;
    ret[1] = INS_VERIFY;
    ret[2] = 0x00;
    ret[3] = p->reference;
    ret[4] = (uint8_t)block;
    return (int)(CARD_PIN_HEADER + block);
}

/* The padding of a whole block. */
static void fill(const struct card_pin *p, uint8_t *block, size_t len)
{
    memset(block, p->coding == P15_ISO9564 ? 0xff : p->pad, len);
    if (p->coding == P15_ISO9564)
        block[0] = 0x20;
}

/* Puts digit number `i` into the high (even) or the low half of a byte. */
static void put_nibble(uint8_t *to, size_t i, uint8_t digit)
{
    uint8_t keep = i % 2 == 0 ? 0x0f : 0xf0;
    *to = (uint8_t)((*to & keep) | (i % 2 == 0 ? digit << 4 : digit));
}

static void put_digit(const struct card_pin *p, uint8_t *block, size_t i,
                      uint8_t digit)
{
    switch (p->coding) {
    case P15_BCD:
        put_nibble(block + i / 2, i, digit);
        break;
    case P15_ISO9564:
        put_nibble(block + 1 + i / 2, i, digit);
        break;
    case P15_NIBBLE_BCD:
        block[i] = (uint8_t)(0xf0 | digit);
        break;
    case P15_ASCII:
    case P15_UTF8:
        block[i] = (uint8_t)('0' + digit);
        break;
    }
}

int card_pin_command(const struct card_pin *p, const uint8_t *digits, size_t n,
                     uint8_t *ret)
{
    if (n < p->least || n > p->most)
        return -EINVAL;
    for (size_t i = 0; i < n; i++)
        if (digits[i] > 9)
            return -EINVAL;
    size_t len = p->padded ? p->stored : digits_len(p, n);
    uint8_t *block = ret + CARD_PIN_HEADER;
    fill(p, block, len);
    if (p->coding == P15_ISO9564)
        block[0] = (uint8_t)(0x20 | n);
    for (size_t i = 0; i < n; i++)
        put_digit(p, block, i, digits[i]);
    return header(p, len, ret);
}

int card_pin_template(const struct card_pin *p,
                      uint8_t ret[CARD_PIN_COMMAND_MAX])
{
    size_t len = p->padded || p->coding == P15_ISO9564 ? p->stored : 0;
    fill(p, ret + CARD_PIN_HEADER, LK_MAX(len, (size_t)1));
    return header(p, len, ret);
}
