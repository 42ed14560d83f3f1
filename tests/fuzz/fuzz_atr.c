/* ATRs: what decodes keeps to the ranges that the header promises, and what
 * follows from it (protocol, PPS, parameters, times) is total. */
#include "ccid/params.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct atr *a)
{
    if (a->protocols == 0 || a->first > 14 || a->bwi > 9 || a->cwi > 15 ||
        a->ifsc == 0 || a->ifsc == 255 || a->wi == 0 ||
        a->history_len > ATR_HISTORY_MAX || a->clock_stop > 3)
        abort();
}

static void follow(const struct atr *a, const struct ccid_class *c, bool fast,
                   const uint8_t *rest, size_t len)
{
    struct ccid_params p;
    uint8_t raw[CCID_PPS_MAX + CCID_PARAMS_MAX];
    if (ccid_params_choose(a, c, fast, &p) < 0)
        return;
    size_t n = ccid_params_pps(&p, raw);
    struct ccid_params q = p;
    if (ccid_params_pps_answer(&q, raw, n) < 0)
        abort();
    if (ccid_params_pps_answer(&q, rest, len) == 0 && q.fidi != p.fidi &&
        q.fidi != 0x11)
        abort();
    n = ccid_params_encode(&p, raw);
    q = p;
    if (ccid_params_decode(&q, p.protocol, raw, n) < 0 ||
        memcmp(&q.bwi, &p.bwi, 1) != 0)
        abort();
    if (ccid_params_decode(&q, p.protocol, rest, len) == 0 && q.bwi > 9)
        abort();
    (void)ccid_params_wait_ms(&q, c->clock_khz);
    (void)ccid_params_rate(q.fidi, c->clock_khz);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct atr a;
    struct ccid_class c = {
        .protocols = 3, .clock_khz = 4000, .rate_max = 200000};
    if (size < 1)
        return 0;
    /* First byte: where the ATR ends and the answers that follow begin. */
    size_t len = LK_MIN((size_t)(data[0] & 63), size - 1);
    if (data[0] & 64)
        c.protocols = 1;
    if (atr_decode(data + 1, len, &a) < 0)
        return 0;
    check(&a);
    follow(&a, &c, (data[0] & 128) != 0, data + 1 + len, size - 1 - len);
    return 0;
}
