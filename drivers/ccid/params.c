#include "ccid/params.h"

#include <errno.h>

enum {
    FIDI_DEFAULT = 0x11,
    FI_DEFAULT = 372, /* clock cycles of an etu, at the default speed */
    PPSS = 0xFF,
    PPS1_PRESENT = 0x10,
    T1_FIXED = 0x10, /* bits of bmTCCKST1 that are always set */
    INVERSE = 0x02,
};

static const uint16_t fi_table[16] = {
    372, 372, 558, 744,  1116, 1488, 1860, 0,
    0,   512, 768, 1024, 1536, 2048, 0,    0,
};

static const uint8_t di_table[16] = {
    0, 1, 2, 4, 8, 16, 32, 64, 12, 20, 0, 0, 0, 0, 0, 0,
};

/* DI by falling D, so that a speed can be lowered step by step. */
static const uint8_t di_falling[] = {7, 6, 9, 5, 8, 4, 3, 2, 1};

uint32_t ccid_params_rate(uint8_t fidi, uint32_t clock_khz)
{
    uint32_t fi = fi_table[fidi >> 4];
    uint32_t di = di_table[fidi & 15];
    return fi == 0 ? 0 : clock_khz * 1000 * di / fi;
}

/* The fastest speed up to `fidi` that the reader can do. The card allows any D
 * up to its own with its F (9.1). */
static uint8_t fidi_fit(uint8_t fidi, const struct ccid_class *c)
{
    uint8_t d = di_table[fidi & 15];
    if (ccid_params_rate(fidi, c->clock_khz) == 0)
        return FIDI_DEFAULT;
    for (size_t i = 0; i < LK_ARRAY_LEN(di_falling); i++) {
        uint8_t di = di_falling[i];
        uint8_t lower = (uint8_t)((fidi & 0xF0) | di);
        if (di_table[di] > d || di_table[di] == 1)
            continue;
        if (c->rate_max == 0 ||
            ccid_params_rate(lower, c->clock_khz) <= c->rate_max)
            return lower;
    }
    return FIDI_DEFAULT;
}

/* Protocols that both sides speak, of T=0 and T=1. A reader that names none
 * is taken to know both. */
static unsigned common(const struct atr *a, const struct ccid_class *c)
{
    unsigned reader = c->protocols & 3;
    return a->protocols & (reader ? reader : 3u) & 3u;
}

int ccid_params_choose(const struct atr *a, const struct ccid_class *c,
                       bool fast, struct ccid_params *ret)
{
    unsigned both = common(a, c);
    struct ccid_params p = {
        .fidi = FIDI_DEFAULT,
        .inverse = a->inverse,
        .guard_n = a->guard_n,
        .wi = a->wi,
        .cwi = a->cwi,
        .bwi = a->bwi,
        .ifsc = a->ifsc,
        .crc = a->crc,
        .clock_stop = a->clock_stop,
    };
    if (a->specific) {
        p.protocol = a->specific_t;
        p.fidi = a->specific_own ? FIDI_DEFAULT : a->ta1;
    } else if (fast) {
        p.protocol = both & 2 ? 1 : 0;
        p.fidi = fidi_fit(a->ta1, c);
        p.pps = p.protocol != a->first || p.fidi != FIDI_DEFAULT;
    } else {
        p.protocol = a->first;
    }
    if (p.protocol > 1 || (both & 1u << p.protocol) == 0)
        return -EOPNOTSUPP;
    *ret = p;
    return 0;
}

size_t ccid_params_pps(const struct ccid_params *p, uint8_t ret[CCID_PPS_MAX])
{
    ret[0] = PPSS;
    ret[1] = (uint8_t)(PPS1_PRESENT | p->protocol);
    ret[2] = p->fidi;
    ret[3] = ret[0] ^ ret[1] ^ ret[2];
    return 4;
}

int ccid_params_pps_answer(struct ccid_params *p, const uint8_t *b, size_t len)
{
    uint8_t check = 0;
    if (len < 3 || len > 4)
        return -EPROTO;
    for (size_t i = 0; i < len; i++)
        check ^= b[i];
    if (check != 0 || b[0] != PPSS || (b[1] & 0x0F) != p->protocol)
        return -EPROTO;
    bool speed = (b[1] & PPS1_PRESENT) != 0;
    if ((b[1] & 0x60) != 0 || speed != (len == 4))
        return -EPROTO; /* PPS2 and PPS3 were not asked for */
    if (speed && b[2] != p->fidi)
        return -EPROTO;
    if (!speed)
        p->fidi = FIDI_DEFAULT; /* 9.3: no PPS1, the default speed */
    return 0;
}

size_t ccid_params_encode(const struct ccid_params *p,
                          uint8_t ret[CCID_PARAMS_MAX])
{
    uint8_t inverse = p->inverse ? INVERSE : 0;
    ret[0] = p->fidi;
    ret[2] = p->guard_n;
    if (p->protocol == 0) {
        ret[1] = inverse;
        ret[3] = p->wi;
        ret[4] = p->clock_stop;
        return 5;
    }
    ret[1] = (uint8_t)(T1_FIXED | inverse | (p->crc ? 1 : 0));
    ret[3] = (uint8_t)(p->bwi << 4 | p->cwi);
    ret[4] = p->clock_stop;
    ret[5] = p->ifsc;
    ret[6] = 0; /* NAD: not used */
    return 7;
}

static int decode_t1(struct ccid_params *p, const uint8_t *b, size_t len)
{
    if (len < 7 || b[3] >> 4 > 9)
        return -EBADMSG;
    p->crc = (b[1] & 1) != 0;
    p->bwi = b[3] >> 4;
    p->cwi = b[3] & 15;
    if (b[5] >= 1 && b[5] <= 254)
        p->ifsc = b[5];
    return 0;
}

int ccid_params_decode(struct ccid_params *p, uint8_t protocol,
                       const uint8_t *b, size_t len)
{
    if (protocol > 1)
        return -EOPNOTSUPP;
    if (len < 5)
        return -EBADMSG;
    struct ccid_params q = *p;
    q.protocol = protocol;
    q.fidi = b[0];
    q.guard_n = b[2];
    if (protocol == 1) {
        int r = decode_t1(&q, b, len);
        if (r < 0)
            return r;
    } else if (b[3] != 0) {
        q.wi = b[3];
    }
    *p = q;
    return 0;
}

uint32_t ccid_params_wait_ms(const struct ccid_params *p, uint32_t clock_khz)
{
    /* T=0: 10.2, WT = WI x 960 x Fi / f. T=1: 11.4.3, BWT = 11 etu + 2^BWI x
     * 960 x 372 / f. Cycles over kilohertz are milliseconds. */
    uint64_t fi = fi_table[p->fidi >> 4];
    uint64_t di = di_table[p->fidi & 15];
    if (fi == 0 || di == 0) {
        fi = FI_DEFAULT;
        di = 1;
    }
    uint64_t cycles = (uint64_t)p->wi * 960 * fi;
    if (p->protocol == 1)
        cycles = 11 * fi / di + ((uint64_t)960 * FI_DEFAULT << p->bwi);
    return (uint32_t)((cycles + clock_khz - 1) / clock_khz);
}
