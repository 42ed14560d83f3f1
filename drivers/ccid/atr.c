#include "ccid/atr.h"

#include "base/bytes.h"

#include <errno.h>
#include <string.h>

/* Table 7: FI to Fi. 0: reserved. */
static const uint16_t fi_table[16] = {
    372, 372, 558, 744,  1116, 1488, 1860, 0,
    0,   512, 768, 1024, 1536, 2048, 0,    0,
};

/* Table 8: DI to Di. 0: reserved. */
static const uint8_t di_table[16] = {
    0, 1, 2, 4, 8, 16, 32, 64, 12, 20, 0, 0, 0, 0, 0, 0,
};

enum {
    PRESENT_A = 0x1,
    PRESENT_B = 0x2,
    PRESENT_C = 0x4,
    PRESENT_D = 0x8,
    T_GLOBAL = 15,  /* "T=15": bytes that are no protocol's */
    ROUNDS_MAX = 8, /* 32 bytes hold no more TD than that */
};

/* Where decoding is. */
struct cursor {
    struct lk_reader in;
    struct atr atr;
    unsigned round; /* i of TAi */
    uint8_t t;      /* T of the TD before, for i > 1 */
    bool any_t1;    /* the first TAi of T=1, i > 2, was met */
    bool any_t15;
    bool need_tck;
};

static void defaults(struct atr *a)
{
    *a = (struct atr){
        .ta1 = 0x11,
        .fi = 372,
        .di = 1,
        .wi = 10,
        .ifsc = 32,
        .cwi = 13,
        .bwi = 4,
    };
}

static int ta1_read(struct atr *a, uint8_t v)
{
    a->ta1 = v;
    a->fi = fi_table[v >> 4];
    a->di = di_table[v & 15];
    return 0;
}

static int ta2_read(struct atr *a, uint8_t v)
{
    a->specific = true;
    a->specific_t = v & 15;
    a->specific_fixed = (v & 0x80) != 0;
    a->specific_own = (v & 0x10) != 0;
    return 0;
}

/* TAi, i > 2, of T=1: IFSC. 0 and 255 are reserved (11.4.2). */
static int ifsc_read(struct atr *a, uint8_t v)
{
    if (v == 0 || v == 255)
        return -EBADMSG;
    a->ifsc = v;
    return 0;
}

/* The first TA after T=15: clock stop and classes (8.3). */
static int class_read(struct atr *a, uint8_t v)
{
    a->clock_stop = v >> 6;
    a->classes = v & (ATR_CLASS_A | ATR_CLASS_B | ATR_CLASS_C);
    return 0;
}

static int ta_read(struct cursor *c, uint8_t v)
{
    if (c->round == 1)
        return ta1_read(&c->atr, v);
    if (c->round == 2)
        return ta2_read(&c->atr, v);
    if (c->t == 1 && !c->any_t1)
        return ifsc_read(&c->atr, v);
    if (c->t == T_GLOBAL && !c->any_t15)
        return class_read(&c->atr, v);
    return 0;
}

/* TBi, i > 2, of T=1: waiting times. BWI above 9 is reserved (11.4.3). TB1 and
 * TB2 told of programming voltage; they are to be ignored (8.3). */
static int tb_read(struct cursor *c, uint8_t v)
{
    if (c->round < 3 || c->t != 1 || c->any_t1)
        return 0;
    if (v >> 4 > 9)
        return -EBADMSG;
    c->atr.bwi = v >> 4;
    c->atr.cwi = v & 15;
    return 0;
}

/* TC1 guard time; TC2 waiting integer of T=0, where 0 is reserved (10.2); the
 * first TC of T=1: which code ends a block. */
static int tc_read(struct cursor *c, uint8_t v)
{
    if (c->round == 1) {
        c->atr.guard_n = v;
        return 0;
    }
    if (c->round == 2) {
        if (v == 0)
            return -EBADMSG;
        c->atr.wi = v;
        return 0;
    }
    if (c->t == 1 && !c->any_t1)
        c->atr.crc = (v & 1) != 0;
    return 0;
}

/* TDi: what follows, and whose. The first offers the first protocol. */
static int td_read(struct cursor *c, uint8_t v, uint8_t *present)
{
    uint8_t t = v & 15;
    if (c->round >= 3 && c->t == 1)
        c->any_t1 = true;
    if (c->round >= 3 && c->t == T_GLOBAL)
        c->any_t15 = true;
    if (c->round == 1) {
        if (t == T_GLOBAL)
            return -EBADMSG; /* 8.2.3: T=15 is not allowed in TD1 */
        c->atr.first = t;
    }
    if (t != T_GLOBAL)
        c->atr.protocols |= (uint16_t)(1u << t);
    if (t != 0)
        c->need_tck = true;
    c->t = t;
    *present = v >> 4;
    return 0;
}

/* Reads TAi to TDi as `*present` says, which becomes that of the next. */
static int round_read(struct cursor *c, uint8_t *present)
{
    uint8_t p = *present;
    int r = 0;
    if (p & PRESENT_A)
        r = ta_read(c, lk_read_u8(&c->in));
    if (r == 0 && p & PRESENT_B)
        r = tb_read(c, lk_read_u8(&c->in));
    if (r == 0 && p & PRESENT_C)
        r = tc_read(c, lk_read_u8(&c->in));
    *present = 0;
    if (c->in.bad)
        return -EMSGSIZE;
    if (r == 0 && p & PRESENT_D)
        r = td_read(c, lk_read_u8(&c->in), present);
    return c->in.bad ? -EMSGSIZE : r;
}

/* 8.2.5: TCK makes the exclusive or of T0 to TCK zero. */
static int tck_check(const uint8_t *raw, size_t len)
{
    uint8_t x = 0;
    for (size_t i = 1; i < len; i++)
        x ^= raw[i];
    return x == 0 ? 0 : -EBADMSG;
}

static int history_read(struct cursor *c, uint8_t len)
{
    const uint8_t *p = lk_read_bytes(&c->in, len);
    if (!p)
        return -EMSGSIZE;
    memcpy(c->atr.history, p, len);
    c->atr.history_len = len;
    return 0;
}

static int body_read(struct cursor *c)
{
    uint8_t t0 = lk_read_u8(&c->in);
    uint8_t present = t0 >> 4;
    for (c->round = 1; present != 0 && c->round <= ROUNDS_MAX; c->round++) {
        int r = round_read(c, &present);
        if (r < 0)
            return r;
    }
    if (present != 0)
        return -EMSGSIZE;
    if (c->atr.protocols == 0)
        c->atr.protocols = 1; /* no TD1: T=0 */
    return history_read(c, t0 & 15);
}

int atr_decode(const uint8_t *raw, size_t len, struct atr *ret)
{
    if (len < ATR_LEN_MIN || len > ATR_LEN_MAX)
        return -EMSGSIZE;
    struct cursor c = {.in = lk_reader(raw, len)};
    defaults(&c.atr);
    uint8_t ts = lk_read_u8(&c.in);
    if (ts != 0x3B && ts != 0x3F)
        return -EBADMSG;
    c.atr.inverse = ts == 0x3F;
    int r = body_read(&c);
    if (r < 0)
        return r;
    if (c.in.left != (c.need_tck ? 1u : 0u))
        return -EMSGSIZE;
    if (c.need_tck) {
        r = tck_check(raw, len);
        if (r < 0)
            return r;
    }
    *ret = c.atr;
    return 0;
}
