/* chain.h - whether a card's certificate is to be trusted.
 *
 * Spec: RFC 5280, sections 6.1 and 6.3. Pure: takes the time and the bytes of
 * CAs and revocation lists. Thread: one at a time.
 */
#ifndef LUUKKU_APDU_CHAIN_H
#define LUUKKU_APDU_CHAIN_H

#include "apdu/cert.h"

#define CARD_TRUST_CERTS_MAX 32 /* configured CA certificates */
#define CARD_TRUST_CRLS_MAX 32  /* revocation lists */

/* What the check said. Where several things are wrong, the first of them. */
enum card_chain {
    CARD_CHAIN_GOOD,
    CARD_CHAIN_UNKNOWN_ISSUER, /* no way to a configured CA */
    CARD_CHAIN_BAD_SIGNATURE,
    CARD_CHAIN_WRONG_USAGE, /* keyUsage, or a CA that is none */
    CARD_CHAIN_REVOKED,
    CARD_CHAIN_NOT_YET_VALID,
    CARD_CHAIN_EXPIRED,
    CARD_CHAIN_NO_CRL, /* none of its issuer, or none that can be believed */
    CARD_CHAIN_CRL_EXPIRED,
    CARD_CHAIN_BAD, /* anything else that must not be trusted */
    CARD_CHAINS,
};

struct card_trust;

struct card_trust_config {
    const void *ca; /* PEM: certificates, all of them trust anchors */
    size_t ca_len;
    const void *crl; /* PEM: revocation lists, or one as DER; NULL none */
    size_t crl_len;
    /* Without a valid list of its issuer a certificate is not good. A list that
     * is there counts either way. */
    bool crl_needed;
};

/* Reads CAs and lists.
 *
 * Owner   caller, card_trust_free()
 * Errors  -EBADMSG no certificate in it, or something that is not one;
 *         -ENOSPC more than the ceilings above, -ENOMEM
 */
int card_trust_new(const struct card_trust_config *config,
                   struct card_trust **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct card_trust *card_trust_free(struct card_trust *t);
LK_AUTO_DEFINE(card_trust);

/* Checks a certificate for a use at a time (seconds since 1970, UTC).
 *
 * ret     the verdict
 * Errors  -ENOMEM
 */
int card_trust_check(const struct card_trust *t, const struct card_cert *c,
                     enum card_usage u, int64_t now_s,
                     enum card_chain *ret) LK_MUST_CHECK;

/* A word for logs and luukkuctl, such as "expired". */
const char *card_chain_word(enum card_chain c);

#endif
