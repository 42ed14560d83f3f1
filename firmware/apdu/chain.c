#include "apdu/chain.h"

#include "apdu/cert_impl.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>

struct card_trust {
    X509_STORE *store;
    bool crl_needed;
    bool crls; /* there is at least one */
};

/* The password callback of PEM files that have none. */
static int no_password(char *buf, int size, int rw, void *arg)
{
    (void)buf;
    (void)size;
    (void)rw;
    (void)arg;
    return 0;
}

/* Whether reading PEM ended because there is no more of it. */
static bool pem_ended(void)
{
    unsigned long e = ERR_peek_last_error();
    bool end = ERR_GET_LIB(e) == ERR_LIB_PEM &&
               ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    return end;
}

static int add_cert(struct card_trust *t, X509 *x)
{
    int r = X509_STORE_add_cert(t->store, x) == 1 ? 0 : -ENOMEM;
    X509_free(x);
    ERR_clear_error();
    return r;
}

static int add_crl(struct card_trust *t, X509_CRL *crl)
{
    int r = X509_STORE_add_crl(t->store, crl) == 1 ? 0 : -ENOMEM;
    X509_CRL_free(crl);
    t->crls = true;
    ERR_clear_error();
    return r;
}

static int read_certs(struct card_trust *t, BIO *in)
{
    unsigned n = 0;
    X509 *x;
    while ((x = PEM_read_bio_X509(in, NULL, no_password, NULL))) {
        int r = add_cert(t, x);
        if (r < 0)
            return r;
        if (++n > CARD_TRUST_CERTS_MAX)
            return -ENOSPC;
    }
    return pem_ended() && n > 0 ? 0 : -EBADMSG;
}

static int read_crls(struct card_trust *t, BIO *in)
{
    unsigned n = 0;
    X509_CRL *crl;
    while ((crl = PEM_read_bio_X509_CRL(in, NULL, no_password, NULL))) {
        int r = add_crl(t, crl);
        if (r < 0)
            return r;
        if (++n > CARD_TRUST_CRLS_MAX)
            return -ENOSPC;
    }
    return pem_ended() && n > 0 ? 0 : -EBADMSG;
}

static int read_der_crl(struct card_trust *t, const struct card_trust_config *c)
{
    const uint8_t *at = c->crl;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)c->crl_len);
    ERR_clear_error();
    return crl ? add_crl(t, crl) : -EBADMSG;
}

static int with_bio(struct card_trust *t, const void *data, size_t len,
                    int (*read)(struct card_trust *t, BIO *in))
{
    if (len == 0 || len > INT_MAX)
        return -EBADMSG;
    BIO *in = BIO_new_mem_buf(data, (int)len);
    if (!in)
        return -ENOMEM;
    int r = read(t, in);
    BIO_free(in);
    return r;
}

static int read_all(struct card_trust *t, const struct card_trust_config *c)
{
    int r = with_bio(t, c->ca, c->ca_len, read_certs);
    if (r < 0 || c->crl_len == 0)
        return r;
    /* DER begins with a SEQUENCE, PEM with text. */
    if (((const uint8_t *)c->crl)[0] == 0x30)
        return c->crl_len <= INT_MAX ? read_der_crl(t, c) : -EBADMSG;
    return with_bio(t, c->crl, c->crl_len, read_crls);
}

int card_trust_new(const struct card_trust_config *config,
                   struct card_trust **ret)
{
    struct card_trust *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->crl_needed = config->crl_needed;
    t->store = X509_STORE_new();
    int r = t->store ? read_all(t, config) : -ENOMEM;
    if (r < 0)
        card_trust_free(t);
    else
        *ret = t;
    return r;
}

struct card_trust *card_trust_free(struct card_trust *t)
{
    if (t) {
        X509_STORE_free(t->store);
        free(t);
    }
    return NULL;
}

static enum card_chain verdict_of(int error)
{
    static const struct {
        int error;
        enum card_chain verdict;
    } table[] = {
        {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, CARD_CHAIN_UNKNOWN_ISSUER},
        {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
         CARD_CHAIN_UNKNOWN_ISSUER},
        {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, CARD_CHAIN_UNKNOWN_ISSUER},
        {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, CARD_CHAIN_UNKNOWN_ISSUER},
        {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, CARD_CHAIN_UNKNOWN_ISSUER},
        {X509_V_ERR_CERT_UNTRUSTED, CARD_CHAIN_UNKNOWN_ISSUER},
        {X509_V_ERR_CERT_SIGNATURE_FAILURE, CARD_CHAIN_BAD_SIGNATURE},
        {X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, CARD_CHAIN_BAD_SIGNATURE},
        {X509_V_ERR_INVALID_CA, CARD_CHAIN_WRONG_USAGE},
        {X509_V_ERR_KEYUSAGE_NO_CERTSIGN, CARD_CHAIN_WRONG_USAGE},
        {X509_V_ERR_INVALID_PURPOSE, CARD_CHAIN_WRONG_USAGE},
        {X509_V_ERR_CERT_NOT_YET_VALID, CARD_CHAIN_NOT_YET_VALID},
        {X509_V_ERR_CERT_HAS_EXPIRED, CARD_CHAIN_EXPIRED},
        {X509_V_ERR_CERT_REVOKED, CARD_CHAIN_REVOKED},
        {X509_V_ERR_UNABLE_TO_GET_CRL, CARD_CHAIN_NO_CRL},
        {X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, CARD_CHAIN_NO_CRL},
        {X509_V_ERR_CRL_SIGNATURE_FAILURE, CARD_CHAIN_NO_CRL},
        {X509_V_ERR_DIFFERENT_CRL_SCOPE, CARD_CHAIN_NO_CRL},
        {X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, CARD_CHAIN_NO_CRL},
        {X509_V_ERR_CRL_HAS_EXPIRED, CARD_CHAIN_CRL_EXPIRED},
        {X509_V_ERR_CRL_NOT_YET_VALID, CARD_CHAIN_CRL_EXPIRED},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        if (table[i].error == error)
            return table[i].verdict;
    return CARD_CHAIN_BAD;
}

/* Everything that is wrong, as bits by verdict. */
struct findings {
    unsigned found;
};

/* Notes what is wrong, and goes on: which of them is told is our choice, not
 * the order in which they are met. */
static int on_verify(int ok, X509_STORE_CTX *ctx)
{
    struct findings *f = X509_STORE_CTX_get_app_data(ctx);
    if (!ok)
        f->found |= 1U << verdict_of(X509_STORE_CTX_get_error(ctx));
    return 1;
}

static enum card_chain first_of(unsigned found)
{
    for (unsigned i = CARD_CHAIN_UNKNOWN_ISSUER; i < CARD_CHAINS; i++)
        if (found >> i & 1)
            return (enum card_chain)i;
    return CARD_CHAIN_GOOD;
}

static int verify(const struct card_trust *t, X509 *x, int64_t now_s,
                  struct findings *f)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (!ctx || X509_STORE_CTX_init(ctx, t->store, x, NULL) != 1) {
        X509_STORE_CTX_free(ctx);
        return -ENOMEM;
    }
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
    if (t->crls || t->crl_needed)
        flags |= X509_V_FLAG_CRL_CHECK;
    X509_STORE_CTX_set_flags(ctx, flags);
    X509_STORE_CTX_set_time(ctx, 0, (time_t)now_s);
    X509_STORE_CTX_set_app_data(ctx, f);
    X509_STORE_CTX_set_verify_cb(ctx, on_verify);
    int r = X509_verify_cert(ctx);
    if (r != 1 && f->found == 0)
        f->found |= 1U << CARD_CHAIN_BAD;
    int error = X509_STORE_CTX_get_error(ctx);
    X509_STORE_CTX_free(ctx);
    ERR_clear_error();
    return r != 1 && error == X509_V_ERR_OUT_OF_MEM ? -ENOMEM : 0;
}

int card_trust_check(const struct card_trust *t, const struct card_cert *c,
                     enum card_usage u, int64_t now_s, enum card_chain *ret)
{
    struct findings f = {.found = 0};
    X509 *x = NULL;
    int r = card_cert_x509(c, &x);
    if (r == -EBADMSG) {
        *ret = CARD_CHAIN_BAD; /* it looks like a certificate, and is none */
        return 0;
    }
    if (r == 0)
        r = verify(t, x, now_s, &f);
    X509_free(x);
    if (r < 0)
        return r;
    if (!t->crl_needed)
        f.found &= ~(1U << CARD_CHAIN_NO_CRL | 1U << CARD_CHAIN_CRL_EXPIRED);
    if (!card_cert_may(c, u))
        f.found |= 1U << CARD_CHAIN_WRONG_USAGE;
    *ret = first_of(f.found);
    return 0;
}

const char *card_chain_word(enum card_chain c)
{
    static const char *const word[CARD_CHAINS] = {
        "good",        "unknown-issuer", "bad-signature",
        "wrong-usage", "revoked",        "not-yet-valid",
        "expired",     "no-crl",         "crl-expired",
        "bad"};
    return c < CARD_CHAINS ? word[c] : "bad";
}
