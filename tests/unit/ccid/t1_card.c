#include "t1_card.h"

#include <string.h>

/* Bit by bit from the polynomial x^16 + x^12 + x^5 + 1, lowest bit first. */
static uint16_t crc_slow(const uint8_t *p, size_t len)
{
    unsigned reg = 0xFFFF;
    for (size_t bit = 0; bit < len * 8; bit++) {
        unsigned in = (p[bit / 8] >> bit % 8) & 1u;
        unsigned out = reg & 1u;
        reg >>= 1;
        if (in ^ out)
            reg ^= 0x8408;
    }
    return (uint16_t)(reg ^ 0xFFFF);
}

size_t t1_card_block(bool crc, uint8_t pcb, const uint8_t *inf, size_t len,
                     uint8_t *ret)
{
    ret[0] = 0;
    ret[1] = pcb;
    ret[2] = (uint8_t)len;
    if (len)
        memcpy(ret + 3, inf, len);
    size_t n = 3 + len;
    if (crc) {
        uint16_t v = crc_slow(ret, n);
        ret[n] = (uint8_t)(v >> 8);
        ret[n + 1] = (uint8_t)v;
        return n + 2;
    }
    ret[n] = 0;
    for (size_t i = 0; i < n; i++)
        ret[n] ^= ret[i];
    return n + 1;
}

void t1_card_reset(struct t1_card *c)
{
    c->ns = 0;
    c->nr = 0;
    c->ifsd = 32;
    c->command_len = 0;
    c->answering = false;
    c->wtx_out = false;
    c->last_len = 0;
    c->last_i = false;
}

static size_t say(struct t1_card *c, uint8_t pcb, const uint8_t *inf,
                  size_t len, uint8_t *ret)
{
    c->last_len = t1_card_block(c->crc, pcb, inf, len, c->last);
    c->last_i = !(pcb & 0x80);
    memcpy(ret, c->last, c->last_len);
    return c->last_len;
}

static size_t repeat(struct t1_card *c, uint8_t *ret)
{
    memcpy(ret, c->last, c->last_len);
    return c->last_len;
}

static size_t say_r(struct t1_card *c, uint8_t error, uint8_t *ret)
{
    return say(c, (uint8_t)(0x80 | c->nr << 4 | error), NULL, 0, ret);
}

static size_t say_i(struct t1_card *c, uint8_t *ret)
{
    size_t left = c->answer_len - c->answer_at;
    c->part = left < c->ifsd ? left : c->ifsd;
    uint8_t pcb = (uint8_t)(c->ns << 6 | (c->part < left ? 0x20 : 0));
    return say(c, pcb, c->answer + c->answer_at, c->part, ret);
}

static size_t answer(struct t1_card *c, uint8_t *ret)
{
    if (c->wtx_left > 0) {
        uint8_t times = 2;
        c->wtx_left--;
        c->wtx_out = true;
        return say(c, 0xC3, &times, 1, ret);
    }
    return say_i(c, ret);
}

static size_t take_i(struct t1_card *c, uint8_t pcb, const uint8_t *inf,
                     size_t len, uint8_t *ret)
{
    if ((pcb >> 6 & 1) != c->nr || len > c->ifsc)
        return say_r(c, 2, ret);
    if (c->answering) { /* a new command: the answer before was taken */
        c->answering = false;
        c->ns ^= 1;
        c->command_len = 0;
    }
    c->nr ^= 1;
    memcpy(c->command + c->command_len, inf, len);
    c->command_len += len;
    if (pcb & 0x20)
        return say_r(c, 0, ret);
    c->executed++;
    c->answer_len = c->execute(c->arg, c->command, c->command_len, c->answer);
    c->answer_at = 0;
    c->answering = true;
    c->wtx_left = c->wtx;
    return answer(c, ret);
}

static size_t take_r(struct t1_card *c, uint8_t pcb, uint8_t *ret)
{
    uint8_t n = pcb >> 4 & 1;
    if (c->last_len == 0)
        return say_r(c, 2, ret);
    if (c->last_i && n != c->ns && c->answer_at + c->part < c->answer_len) {
        c->answer_at += c->part;
        c->ns ^= 1;
        return say_i(c, ret);
    }
    return repeat(c, ret);
}

static size_t take_s(struct t1_card *c, uint8_t pcb, const uint8_t *inf,
                     size_t len, uint8_t *ret)
{
    if (pcb == 0xC0) {
        uint8_t ifsd = c->ifsd;
        t1_card_reset(c);
        c->ifsd = ifsd;
        c->resyncs++;
        return say(c, 0xE0, NULL, 0, ret);
    }
    if (pcb == 0xC1 && len == 1) {
        c->ifsd = inf[0];
        return say(c, 0xE1, inf, 1, ret);
    }
    if (pcb == 0xE3 && c->wtx_out) {
        c->wtx_out = false;
        return answer(c, ret);
    }
    return say_r(c, 2, ret);
}

size_t t1_card_feed(struct t1_card *c, const uint8_t *b, size_t len,
                    uint8_t *ret)
{
    uint8_t check[300];
    size_t edc = c->crc ? 2 : 1;
    if (len < 3 + edc || len != 3 + (size_t)b[2] + edc)
        return say_r(c, 2, ret);
    (void)t1_card_block(c->crc, b[1], b + 3, b[2], check);
    check[0] = b[0];
    if (memcmp(check, b, len) != 0 || b[0] != 0)
        return say_r(c, 1, ret);
    if (!(b[1] & 0x80))
        return take_i(c, b[1], b + 3, b[2], ret);
    if ((b[1] & 0xC0) == 0x80)
        return take_r(c, b[1], ret);
    return take_s(c, b[1], b + 3, b[2], ret);
}
