#include "fake_card.h"

#include <string.h>

static size_t execute(void *arg, const uint8_t *cmd, size_t len, uint8_t *ret)
{
    return fake_card_apdu(arg, cmd, len, ret);
}

static void card(struct fake_card *c, const uint8_t *atr, size_t len)
{
    memset(c, 0, sizeof(*c));
    memcpy(c->atr, atr, len);
    c->atr_len = len;
    c->t1.ifsc = 254;
    c->t1.execute = execute;
    c->t1.arg = c;
    t1_card_reset(&c->t1);
}

void fake_card_t1(struct fake_card *c)
{
    /* TA1 95, T=1, IFSC 254, BWI 1: waits of 180 ms at most. */
    static const uint8_t atr[] = {0x3B, 0x90, 0x95, 0x81,
                                  0x31, 0xFE, 0x15, 0x00};
    card(c, atr, sizeof(atr));
    for (size_t i = 1; i + 1 < sizeof(atr); i++)
        c->atr[sizeof(atr) - 1] ^= atr[i];
}

void fake_card_t0(struct fake_card *c)
{
    static const uint8_t atr[] = {0x3B, 0x10, 0x95};
    card(c, atr, sizeof(atr));
}

size_t fake_card_apdu(struct fake_card *c, const uint8_t *apdu, size_t len,
                      uint8_t *ret)
{
    size_t n = 0;
    c->executed++;
    if (len >= 4 && apdu[1] == 0xB0) {
        for (; n < apdu[3]; n++)
            ret[n] = (uint8_t)n;
    } else if (len >= 4 && apdu[1] == 0x20) {
        ret[0] = 0x63;
        ret[1] = 0xC2;
        return 2;
    }
    ret[n++] = 0x90;
    ret[n++] = 0x00;
    return n;
}
