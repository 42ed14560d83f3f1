/* power.c - power on, protocol and speed, power off. */
#include "ccid/reader_impl.h"

#include <errno.h>
#include <string.h>

enum {
    SELECT_AUTO = 0, /* bPowerSelect */
    SELECT_5V = 1,
    FIDI_DEFAULT = 0x11,
    IFSD_DEFAULT = 32,
    T1_FRAME = 5, /* bytes of a T=1 block around its field, at most */
};

/* Step after step; each returns 0 when a command is out, or an error. */
static int step_on(struct ccid_slot *s);
static int step_parameters(struct ccid_slot *s);
static int step_ifsd(struct ccid_slot *s);

static bool has(const struct ccid_slot *s, uint32_t feature)
{
    return (s->reader->class.features & feature) != 0;
}

static bool by_host(const struct ccid_slot *s)
{
    return s->reader->info.level == CCID_LEVEL_TPDU &&
           !has(s, CCID_FEATURE_AUTO_PPS | CCID_FEATURE_AUTO_NEGOTIATE);
}

static int step_off(struct ccid_slot *s)
{
    s->step = CCID_POWER_STEP_OFF;
    s->powered = false;
    return ccid_op_send(s, CCID_PC_POWER_OFF, NULL, NULL, 0);
}

int ccid_power_begin(struct ccid_slot *s)
{
    s->voltage = 0;
    s->fast = true;
    s->powered = false;
    memset(&s->params, 0, sizeof(s->params));
    if (s->op == CCID_OP_POWER_OFF || s->active ||
        s->reader->quirk.flags & CCID_QUIRK_OFF_FIRST)
        return step_off(s);
    return step_on(s);
}

/* bPowerSelect of the n-th try: what the reader chooses, or 5, 3 and 1.8 V as
 * far as it has them. -1: there is none left. */
static int voltage_select(const struct ccid_slot *s, uint8_t n)
{
    uint8_t voltages = s->reader->class.voltages;
    if (has(s, CCID_FEATURE_AUTO_VOLTAGE))
        return n == 0 ? SELECT_AUTO : -1;
    if (voltages == 0)
        voltages = CCID_VOLTAGE_5V;
    for (int i = 0; i < 3; i++)
        if (voltages & 1u << i && n-- == 0)
            return SELECT_5V + i;
    return -1;
}

static int step_on(struct ccid_slot *s)
{
    uint8_t special[3] = {(uint8_t)voltage_select(s, s->voltage), 0, 0};
    s->step = CCID_POWER_STEP_ON;
    return ccid_op_send(s, CCID_PC_POWER_ON, special, NULL, 0);
}

/* Another voltage, after the power was off (ISO/IEC 7816-3, 6.2.3). */
static int next_voltage(struct ccid_slot *s, int error)
{
    if (voltage_select(s, (uint8_t)(s->voltage + 1)) < 0)
        return error;
    s->voltage++;
    return step_off(s);
}

/* Once more, with what the card does by itself. */
static int plainly(struct ccid_slot *s, int error)
{
    if (!s->fast)
        return error;
    s->fast = false;
    return step_off(s);
}

static int powered(struct ccid_slot *s, const struct ccid_reply *reply)
{
    int e = ccid_op_verdict(s, reply);
    if (e == -EIO)
        return next_voltage(s, e);
    if (e < 0)
        return e;
    if (atr_decode(reply->data, reply->len, &s->card.atr) < 0) {
        s->why = "the answer to reset makes no sense";
        return -EPROTO;
    }
    memcpy(s->card.raw, reply->data, reply->len);
    s->card.len = reply->len;
    s->active = true;
    if (s->reader->quirk.settle_ms > 0) {
        s->step = CCID_POWER_STEP_SETTLE;
        lk_timer_set_in(s->timer, (int64_t)s->reader->quirk.settle_ms * 1000);
        return 0;
    }
    return step_parameters(s);
}

static int step_set(struct ccid_slot *s)
{
    uint8_t data[CCID_PARAMS_MAX];
    uint8_t special[3] = {s->params.protocol, 0, 0};
    size_t len = ccid_params_encode(&s->params, data);
    s->step = CCID_POWER_STEP_SET;
    return ccid_op_send(s, CCID_PC_SET_PARAMETERS, special, data, len);
}

/* The reader negotiates, or we do; where nobody can the card's own way is
 * taken. */
static int step_parameters(struct ccid_slot *s)
{
    const struct ccid_class *c = &s->reader->class;
    bool negotiable = by_host(s) || (has(s, CCID_FEATURE_AUTO_PPS) &&
                                     !has(s, CCID_FEATURE_AUTO_NEGOTIATE));
    int e =
        ccid_params_choose(&s->card.atr, c, s->fast && negotiable, &s->params);
    if (e < 0) {
        s->why = "reader and card have no protocol in common";
        return e;
    }
    if (has(s, CCID_FEATURE_AUTO_NEGOTIATE)) {
        s->step = CCID_POWER_STEP_GET;
        return ccid_op_send(s, CCID_PC_GET_PARAMETERS, NULL, NULL, 0);
    }
    if (!by_host(s) || !s->params.pps)
        return step_set(s);
    uint8_t pps[CCID_PPS_MAX];
    size_t len = ccid_params_pps(&s->params, pps);
    s->step = CCID_POWER_STEP_PPS;
    return ccid_op_send_block(s, pps, len, 0, 0);
}

/* What the reader negotiated. One that does not tell has taken what the card
 * offers first. */
static int got(struct ccid_slot *s, const struct ccid_reply *reply)
{
    if (reply->icc == CCID_ICC_NONE)
        return -ENOMEDIUM;
    /* QEMU's reader says that nothing follows, and sends it all the same. */
    if (reply->verdict == CCID_DONE &&
        ccid_params_decode(&s->params, reply->last, reply->data, reply->len) ==
            -EOPNOTSUPP) {
        s->why = "the reader chose a protocol that we do not speak";
        return -EOPNOTSUPP;
    }
    return step_ifsd(s);
}

static int agreed(struct ccid_slot *s, const struct ccid_reply *reply)
{
    int e = ccid_op_verdict(s, reply);
    if (e == 0)
        e = ccid_params_pps_answer(&s->params, reply->data, reply->len);
    if (e == -ENOMEDIUM)
        return e;
    return e < 0 ? plainly(s, -EPROTO) : step_set(s);
}

static int step_rate(struct ccid_slot *s)
{
    uint32_t khz = s->reader->class.clock_khz;
    uint32_t rate = ccid_params_rate(s->params.fidi, khz);
    uint8_t data[8];
    if (has(s, CCID_FEATURE_AUTO_BAUD) || s->params.fidi == FIDI_DEFAULT ||
        !by_host(s))
        return step_ifsd(s);
    for (unsigned i = 0; i < 4; i++) {
        data[i] = (uint8_t)(khz >> 8 * i);
        data[4 + i] = (uint8_t)(rate >> 8 * i);
    }
    s->step = CCID_POWER_STEP_RATE;
    return ccid_op_send(s, CCID_PC_SET_RATE, NULL, data, sizeof(data));
}

static int set(struct ccid_slot *s, const struct ccid_reply *reply)
{
    int e = ccid_op_verdict(s, reply);
    bool by_itself =
        has(s, CCID_FEATURE_AUTO_ATR) && reply->error == CCID_ERROR_UNSUPPORTED;
    if (e == 0 || (e == -EOPNOTSUPP && by_itself))
        return step_rate(s);
    return e == -ENOMEDIUM ? e : plainly(s, e);
}

static int rated(struct ccid_slot *s, const struct ccid_reply *reply)
{
    int e = ccid_op_verdict(s, reply);
    if (e == 0)
        return step_ifsd(s);
    return e == -ENOMEDIUM ? e : plainly(s, e);
}

static size_t room(const struct ccid_slot *s)
{
    return s->reader->class.message_max - CCID_HEADER_LEN;
}

/* T=1 at TPDU level: the card is told how much we take at once. Returns 1 when
 * there is nothing left to do. */
static int step_ifsd(struct ccid_slot *s)
{
    if (s->params.protocol != 1 || s->reader->info.level != CCID_LEVEL_TPDU)
        return 1;
    size_t ifsd = LK_MIN(room(s) - T1_FRAME, (size_t)CCID_T1_INF_MAX);
    if (s->reader->class.ifsd_max > 0)
        ifsd = LK_MIN(ifsd, (size_t)s->reader->class.ifsd_max);
    ccid_t1_init(&s->t1, s->params.ifsc, s->params.crc);
    if (has(s, CCID_FEATURE_AUTO_IFSD)) {
        s->t1.ifsd = CCID_T1_INF_MAX; /* what was agreed on is not told */
        return 1;
    }
    if (ifsd <= IFSD_DEFAULT)
        return 1;
    s->step = CCID_POWER_STEP_IFSD;
    ccid_t1_start_ifsd(&s->t1, (uint8_t)ifsd);
    return ccid_op_send_block(s, s->t1.block, s->t1.block_len, 0, 0);
}

static int resized(struct ccid_slot *s, const struct ccid_reply *reply)
{
    int e = ccid_op_verdict(s, reply);
    bool garbled = e == -EIO && reply->error == CCID_ERROR_PARITY;
    if (e < 0 && !garbled)
        return e;
    e = ccid_t1_feed(&s->t1, garbled ? NULL : reply->data,
                     garbled ? 0 : reply->len);
    if (e == 1)
        return ccid_op_send_block(s, s->t1.block, s->t1.block_len,
                                  s->t1.wtx > 1 ? s->t1.wtx : 0, 0);
    if (e < 0) /* a card that does not know it: small blocks do as well */
        ccid_t1_init(&s->t1, s->params.ifsc, s->params.crc);
    return 1;
}

static int step_done(struct ccid_slot *s, const struct ccid_reply *reply)
{
    switch (s->step) {
    case CCID_POWER_STEP_OFF:
        return s->present ? step_on(s) : -ENOMEDIUM;
    case CCID_POWER_STEP_ON:
        return powered(s, reply);
    case CCID_POWER_STEP_GET:
        return got(s, reply);
    case CCID_POWER_STEP_PPS:
        return agreed(s, reply);
    case CCID_POWER_STEP_SET:
        return set(s, reply);
    case CCID_POWER_STEP_RATE:
        return rated(s, reply);
    case CCID_POWER_STEP_IFSD:
        return resized(s, reply);
    case CCID_POWER_STEP_SETTLE:
        break;
    }
    return -EBADMSG;
}

static bool conclude(struct ccid_slot *s, int e)
{
    uint8_t raw[ATR_LEN_MAX];
    if (e == 0)
        return true;
    if (e < 0)
        return ccid_op_fail(s, e, NULL);
    size_t len = s->card.len;
    memcpy(raw, s->card.raw, len);
    s->card.protocol = s->params.protocol;
    s->powered = true;
    s->why = "";
    return ccid_op_finish(s, 0, raw, len);
}

bool ccid_power_done(struct ccid_slot *s, int status,
                     const struct ccid_reply *reply)
{
    (void)status;
    if (s->op == CCID_OP_POWER_ON)
        return conclude(s, step_done(s, reply));
    int e = ccid_op_verdict(s, reply);
    s->active = e < 0 && s->active;
    return ccid_op_finish(s, e == -ENOMEDIUM ? 0 : e, NULL, 0);
}

void ccid_power_timer(void *arg, int64_t now_us)
{
    struct ccid_slot *s = arg;
    (void)now_us;
    if (s->cancelled)
        (void)ccid_op_fail(s, -ECANCELED, "");
    else if (s->op == CCID_OP_POWER_ON)
        (void)conclude(s, step_parameters(s));
}

struct ccid_exchange_config ccid_power_carrier(struct ccid_slot *s)
{
    struct ccid_exchange_config config = {
        .carrier = CCID_CARRIER_EXTENDED,
        .room = room(s),
    };
    if (s->reader->info.level == CCID_LEVEL_SHORT_APDU)
        config.carrier = CCID_CARRIER_SHORT;
    else if (s->reader->info.level == CCID_LEVEL_TPDU)
        config.carrier =
            s->params.protocol == 1 ? CCID_CARRIER_TPDU1 : CCID_CARRIER_TPDU0;
    if (config.carrier == CCID_CARRIER_TPDU1)
        config.t1 = &s->t1;
    return config;
}
