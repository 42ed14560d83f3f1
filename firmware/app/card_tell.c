/* Messages to luukkud. */
#include "app/card_work_impl.h"

#include <stdio.h>
#include <string.h>

static void tell(struct card_work *w, const struct cardmsg *m)
{
    if (w->luukkud)
        w->config.tell(w->config.arg, m);
}

static enum cardmsg_chain chain_of(enum card_chain c)
{
    static const enum cardmsg_chain map[CARD_CHAINS] = {
        [CARD_CHAIN_GOOD] = CARDMSG_CHAIN_GOOD,
        [CARD_CHAIN_UNKNOWN_ISSUER] = CARDMSG_CHAIN_UNKNOWN_ISSUER,
        [CARD_CHAIN_BAD_SIGNATURE] = CARDMSG_CHAIN_BAD_SIGNATURE,
        [CARD_CHAIN_WRONG_USAGE] = CARDMSG_CHAIN_WRONG_USAGE,
        [CARD_CHAIN_REVOKED] = CARDMSG_CHAIN_REVOKED,
        [CARD_CHAIN_NOT_YET_VALID] = CARDMSG_CHAIN_NOT_YET_VALID,
        [CARD_CHAIN_EXPIRED] = CARDMSG_CHAIN_EXPIRED,
        [CARD_CHAIN_NO_CRL] = CARDMSG_CHAIN_NO_CRL,
        [CARD_CHAIN_CRL_EXPIRED] = CARDMSG_CHAIN_CRL_EXPIRED,
        [CARD_CHAIN_BAD] = CARDMSG_CHAIN_BAD};
    return c < CARD_CHAINS ? map[c] : CARDMSG_CHAIN_BAD;
}

/* Asked now: a card may stay in over midnight. */
static enum cardmsg_chain check_chain(const struct card_work *w,
                                      enum card_usage u)
{
    enum card_chain verdict = CARD_CHAIN_BAD;
    const struct card_cert *cert =
        w->card ? card_certificate(w->card, u) : NULL;
    if (!w->config.trust || !cert)
        return CARDMSG_CHAIN_UNCHECKED;
    int64_t now_s = w->config.now_s(w->config.arg);
    if (card_trust_check(w->config.trust, cert, u, now_s, &verdict) < 0)
        return CARDMSG_CHAIN_BAD;
    return chain_of(verdict);
}

void card_work_state(const struct card_work *w, struct cardmsg *ret)
{
    struct cardmsg m = {.type = CARDMSG_STATE,
                        .reader = w->reader,
                        .card = w->state,
                        .pad = w->pad,
                        .tries = CARDMSG_TRIES_UNKNOWN};
    bool known =
        w->state == CARDMSG_CARD_FINEID || w->state == CARDMSG_CARD_BLOCKED;
    const struct card_cert *cert =
        known && w->card ? card_certificate(w->card, CARD_FOR_IDENTITY) : NULL;
    if (cert) {
        m.chain = check_chain(w, CARD_FOR_IDENTITY);
        m.tries = card_tries(w->card);
        (void)snprintf(m.name, sizeof(m.name), "%s", card_cert_name(cert));
        (void)snprintf(m.satu, sizeof(m.satu), "%s", card_cert_satu(cert));
        m.bytes = card_cert_der(cert, &m.len);
    }
    *ret = m;
}

void card_tell_state(struct card_work *w)
{
    struct cardmsg m;
    card_work_state(w, &m);
    tell(w, &m);
}

void card_tell_failed(struct card_work *w, uint32_t id, enum cardmsg_why why,
                      uint8_t tries)
{
    const struct cardmsg m = {
        .type = CARDMSG_FAILED, .id = id, .why = why, .tries = tries};
    tell(w, &m);
}

void card_tell_wanted(struct card_work *w, enum cardmsg_where where)
{
    const struct card_pin *pin = card_pin_of(w->card);
    const struct cardmsg m = {.type = CARDMSG_PIN_WANTED,
                              .id = w->request.id,
                              .pin =
                                  w->request.use == CARD_FOR_IDENTITY ? 1 : 2,
                              .where = where,
                              .least = pin->least,
                              .most = pin->most,
                              .tries = card_tries(w->card)};
    tell(w, &m);
}

void card_tell_count(struct card_work *w)
{
    const struct cardmsg m = {.type = CARDMSG_PIN_COUNT,
                              .id = w->request.id,
                              .count =
                                  (uint8_t)card_vault_count(w->config.vault)};
    tell(w, &m);
}

void card_tell_working(struct card_work *w)
{
    const struct cardmsg m = {.type = CARDMSG_WORKING, .id = w->request.id};
    tell(w, &m);
}

static enum cardmsg_algorithm algorithm_of(const struct card_signature *s,
                                           enum card_key key)
{
    static const enum cardmsg_algorithm p256[CARD_HASHES] = {
        CARDMSG_ES256, CARDMSG_ES384_P256, CARDMSG_ES512_P256};
    static const enum cardmsg_algorithm p384[CARD_HASHES] = {
        CARDMSG_ES256_P384, CARDMSG_ES384, CARDMSG_ES512_P384};
    static const enum cardmsg_algorithm pkcs1[CARD_HASHES] = {
        CARDMSG_RS256, CARDMSG_RS384, CARDMSG_RS512};
    static const enum cardmsg_algorithm pss[CARD_HASHES] = {
        CARDMSG_PS256, CARDMSG_PS384, CARDMSG_PS512};
    if (s->scheme == CARD_RSA_PKCS1)
        return pkcs1[s->hash];
    if (s->scheme == CARD_RSA_PSS)
        return pss[s->hash];
    return key == CARD_KEY_P256 ? p256[s->hash] : p384[s->hash];
}

void card_tell_result(struct card_work *w)
{
    enum card_usage u = w->request.use;
    const struct card_cert *cert = card_certificate(w->card, u);
    const struct card_signature *s = card_signature_of(w->card);
    struct cardmsg m = {.type = CARDMSG_RESULT,
                        .id = w->request.id,
                        .algorithm = algorithm_of(s, card_cert_key(cert, NULL)),
                        .chain = check_chain(w, u),
                        .bytes = s->bytes,
                        .len = s->len};
    m.certificate = card_cert_der(cert, &m.certificate_len);
    tell(w, &m);
}

void card_tell_signer(struct card_work *w, enum card_hash hash)
{
    static const enum cardmsg_hash hashes[CARD_HASHES] = {
        [CARD_SHA256] = CARDMSG_SHA256,
        [CARD_SHA384] = CARDMSG_SHA384,
        [CARD_SHA512] = CARDMSG_SHA512};
    struct cardmsg m = {.type = CARDMSG_SIGNER,
                        .id = w->request.id,
                        .hash = hashes[hash],
                        .chain = check_chain(w, CARD_FOR_SIGNING)};
    m.bytes =
        card_cert_der(card_certificate(w->card, CARD_FOR_SIGNING), &m.len);
    tell(w, &m);
}
