/* Tries, PIN and signature: FINEID S1 (VERIFY, GET DATA, MANAGE SECURITY
 * ENVIRONMENT, PERFORM SECURITY OPERATION), ISO/IEC 7816-4, 11.5.6, and
 * ISO/IEC 7816-8, 11.3 to 11.5. */
#include "apdu/card_impl.h"
#include "apdu/tlv.h"

#include <string.h>

#define INS_VERIFY 0x20
#define INS_MSE 0x22
#define INS_PSO 0x2a
#define INS_INTERNAL_AUTHENTICATE 0x88
#define INS_GET_DATA 0xcb
#define MSE_SET 0x41
#define MSE_SIGNATURE 0xb6
#define MSE_AUTHENTICATION 0xa4
#define TAG_ALGORITHM 0x80
#define TAG_KEY 0x84
#define TAG_HASH 0x90

/* Attributes of a PIN, as GET DATA gives them (FINEID S1 v3.0). */
#define PIN_DATA 0xa0
#define PIN_DATA_REFERENCE 0x83
#define PIN_DATA_TRIES 0xdf21

/* --- tries --------------------------------------------------------------- */

void card_probe_tries(struct card *c, uint8_t reference)
{
    struct apdu_command a = {.ins = INS_VERIFY, .p2 = reference};
    c->probed = true;
    c->tries = CARD_TRIES_UNKNOWN;
    card_send(c, STATE_TRIES, &a);
}

/* FINEID v3.0 tells the tries by GET DATA alone. The reference is where the
 * empty VERIFY had it. */
static void ask_tries_data(struct card *c)
{
    const uint8_t data[] = {0xa0, 0x03, 0x83, 0x01, c->command[3]};
    struct apdu_command a = {.ins = INS_GET_DATA,
                             .p2 = 0xff,
                             .data = data,
                             .len = sizeof(data),
                             .le = APDU_SHORT_LE_MAX};
    card_send(c, STATE_TRIES_DATA, &a);
}

void card_tries_got(struct card *c, const struct apdu_response *r)
{
    int tries = apdu_tries(r->sw);
    enum apdu_said said = apdu_said(r->sw);
    if (tries >= 0)
        c->tries = (uint8_t)tries;
    else if (said == APDU_BLOCKED)
        c->tries = 0;
    /* 9000: verified before, without a wrong one since; all tries are left. */
    if (tries >= 0 || said == APDU_BLOCKED || said == APDU_OK)
        card_go_on(c);
    else
        ask_tries_data(c);
}

/* Tries left in the attributes of this PIN; -1 when they do not say. */
static int tries_of(const struct apdu_response *r, uint8_t reference)
{
    struct tlv_reader in = tlv_reader(r->data, r->len);
    struct tlv t;
    if (apdu_said(r->sw) != APDU_OK || !tlv_next_if(&in, PIN_DATA, &t))
        return -1;
    in = tlv_inside(&t);
    if (!tlv_find(&in, PIN_DATA_REFERENCE, &t) || t.len != 1 ||
        t.value[0] != reference)
        return -1;
    if (!tlv_find(&in, PIN_DATA_TRIES, &t) || t.len != 1 || t.value[0] > 15)
        return -1;
    return t.value[0];
}

void card_tries_data_got(struct card *c, const struct apdu_response *r)
{
    /* The reference is the last byte of what was asked for, before Le. */
    int tries = tries_of(r, c->command[c->command_len - 2]);
    if (tries >= 0)
        c->tries = (uint8_t)tries;
    if (tries < 0 && c->job == JOB_PREPARE)
        card_finish(c, CARD_END_NOT_SUPPORTED); /* none is used up blindly */
    else
        card_go_on(c);
}

/* --- security environment ------------------------------------------------ */

/* FINEID S1, MSE: SET: hash in the high half, scheme in the low one. */
static uint8_t fineid_algorithm(const struct card_signature *s)
{
    static const uint8_t hash[CARD_HASHES] = {0x40, 0x50, 0x60};
    static const uint8_t scheme[] = {
        [CARD_ECDSA] = 0x04, [CARD_RSA_PKCS1] = 0x02, [CARD_RSA_PSS] = 0x05};
    return hash[s->hash] | scheme[s->scheme];
}

static void send_mse(struct card *c, enum card_state state, uint8_t what)
{
    uint8_t data[6];
    size_t n = 0;
    if (c->fineid) {
        data[n++] = TAG_ALGORITHM;
        data[n++] = 1;
        data[n++] = fineid_algorithm(&c->signature);
    }
    if (c->way[c->use].key >= 0) {
        data[n++] = TAG_KEY;
        data[n++] = 1;
        data[n++] = (uint8_t)c->way[c->use].key;
    }
    struct apdu_command a = {
        .ins = INS_MSE, .p1 = MSE_SET, .p2 = what, .data = data, .len = n};
    card_send(c, state, &a);
}

static void begin_signature(struct card *c)
{
    /* Only FINEID's way of saying PSS is known. */
    if (!c->fineid && c->signature.scheme == CARD_RSA_PSS)
        c->signature.scheme = CARD_RSA_PKCS1;
    send_mse(c, STATE_MSE, MSE_SIGNATURE);
}

void card_pin_got(struct card *c, const struct apdu_response *r)
{
    int tries = apdu_tries(r->sw);
    enum apdu_said said = apdu_said(r->sw);
    c->tries = CARD_TRIES_UNKNOWN;
    if (r->sw == 0x9000) {
        begin_signature(c);
        return;
    }
    if (tries >= 0)
        c->tries = (uint8_t)tries;
    if (tries == 0 || said == APDU_BLOCKED) {
        c->tries = 0;
        card_finish(c, CARD_END_BLOCKED);
    } else if (tries > 0 || said == APDU_WARNING || said == APDU_SECURITY) {
        card_finish(c, CARD_END_WRONG_PIN);
    } else {
        card_finish(c, CARD_END_FAULT);
    }
}

/* --- signature ----------------------------------------------------------- */

static size_t signature_le(const struct card *c)
{
    size_t len = card_cert_signature_len(c->cert[c->use]);
    return c->config.extended ? len : LK_MIN(len, (size_t)APDU_SHORT_LE_MAX);
}

static void send_hash(struct card *c)
{
    uint8_t data[2 + CARD_HASH_MAX];
    size_t len = card_hash_len(c->signature.hash);
    data[0] = TAG_HASH;
    data[1] = (uint8_t)len;
    memcpy(data + 2, c->hash, len);
    struct apdu_command a = {
        .ins = INS_PSO, .p1 = 0x90, .p2 = 0xa0, .data = data, .len = 2 + len};
    card_send(c, STATE_HASH, &a);
}

static void send_compute(struct card *c)
{
    struct apdu_command a = {
        .ins = INS_PSO, .p1 = 0x9e, .p2 = 0x9a, .le = signature_le(c)};
    card_send(c, STATE_SIGN, &a);
}

/* What is signed when the card is not told the hash apart: the hash for ECDSA,
 * a DigestInfo for RSA (RFC 8017, 9.2). Returns its length. */
static size_t direct_input(const struct card *c, uint8_t *ret)
{
    static const uint8_t info[] = {0x30, 0,    0x30, 0x0d, 0x06, 0x09, 0x60,
                                   0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                   0,    0x05, 0x00, 0x04, 0};
    size_t len = card_hash_len(c->signature.hash);
    size_t head = 0;
    if (c->signature.scheme == CARD_RSA_PKCS1) {
        head = sizeof(info);
        memcpy(ret, info, head);
        ret[1] = (uint8_t)(head - 2 + len);
        ret[14] = (uint8_t)(1 + c->signature.hash);
        ret[18] = (uint8_t)len;
    }
    memcpy(ret + head, c->hash, len);
    return head + len;
}

static void send_direct(struct card *c, enum card_state state)
{
    uint8_t data[19 + CARD_HASH_MAX];
    bool pso = state == STATE_SIGN_DIRECT;
    struct apdu_command a = {.ins = pso ? INS_PSO : INS_INTERNAL_AUTHENTICATE,
                             .p1 = pso ? 0x9e : 0,
                             .p2 = pso ? 0x9a : 0,
                             .data = data,
                             .len = direct_input(c, data),
                             .le = signature_le(c)};
    card_send(c, state, &a);
}

/* r and s of an ECDSA-Sig-Value as r || s of `len` bytes. */
static bool ecdsa_flat(const struct apdu_response *r, uint8_t *ret, size_t len)
{
    struct tlv_reader in = tlv_reader(r->data, r->len);
    struct tlv t;
    if (!tlv_next_if(&in, TLV_SEQUENCE, &t) || in.left > 0)
        return false;
    in = tlv_inside(&t);
    memset(ret, 0, len);
    for (size_t i = 0; i < 2; i++) {
        if (!tlv_next_if(&in, TLV_INTEGER, &t))
            return false;
        while (t.len > 0 && t.value[0] == 0) {
            t.value++;
            t.len--;
        }
        if (t.len > len / 2)
            return false;
        memcpy(ret + (i + 1) * (len / 2) - t.len, t.value, t.len);
    }
    return in.left == 0;
}

static void take_signature(struct card *c, const struct apdu_response *r)
{
    struct card_signature *s = &c->signature;
    const struct card_cert *cert = c->cert[c->use];
    size_t len = card_cert_signature_len(cert);
    bool good = r->len == len;
    if (good)
        memcpy(s->bytes, r->data, len);
    else if (s->scheme == CARD_ECDSA)
        good = ecdsa_flat(r, s->bytes, len);
    if (good)
        good = card_cert_verify(cert, s->scheme, s->hash, c->hash, s->bytes,
                                len) == 0;
    s->len = good ? len : 0;
    if (!good)
        memset(s->bytes, 0, sizeof(s->bytes));
    card_finish(c, good ? CARD_END_GOOD : CARD_END_BAD_SIGNATURE);
}

/* The card does not do it in this way; the next one, if there is any. The PIN
 * stays verified: it is not asked for again. */
static void other_way(struct card *c)
{
    if (c->signature.scheme == CARD_RSA_PSS) {
        c->signature.scheme = CARD_RSA_PKCS1;
        send_mse(c, STATE_MSE, MSE_SIGNATURE);
        return;
    }
    switch (c->state) {
    case STATE_HASH:
        send_direct(c, STATE_SIGN_DIRECT);
        return;
    case STATE_SIGN_DIRECT:
        if (c->use != CARD_FOR_IDENTITY)
            break;
        send_mse(c, STATE_MSE_AUTH, MSE_AUTHENTICATION);
        return;
    case STATE_IDLE:
    case STATE_SELECT_APP:
    case STATE_FILE_SELECT:
    case STATE_FILE_READ:
    case STATE_SELECT_DIR:
    case STATE_TRIES:
    case STATE_TRIES_DATA:
    case STATE_PIN:
    case STATE_MSE:
    case STATE_SIGN:
    case STATE_MSE_AUTH:
    case STATE_AUTH:
        break;
    }
    card_finish(c, CARD_END_NOT_SUPPORTED);
}

static bool not_this_way(enum apdu_said said)
{
    return said == APDU_NOT_SUPPORTED || said == APDU_WRONG_DATA ||
           said == APDU_NOT_FOUND || said == APDU_CONDITIONS ||
           said == APDU_WRONG_LENGTH;
}

void card_sign_got(struct card *c, const struct apdu_response *r)
{
    enum apdu_said said = apdu_said(r->sw);
    if (said != APDU_OK) {
        if (not_this_way(said))
            other_way(c);
        else
            card_finish(c, CARD_END_FAULT);
        return;
    }
    if (c->state == STATE_MSE && c->fineid)
        send_hash(c);
    else if (c->state == STATE_MSE)
        send_direct(c, STATE_SIGN_DIRECT);
    else if (c->state == STATE_HASH)
        send_compute(c);
    else if (c->state == STATE_MSE_AUTH)
        send_direct(c, STATE_AUTH);
    else
        take_signature(c, r);
}
