#include "signal/cert.h"
#include "signal/envelope.h"
#include "signal/key_evp.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct trust_agency {
    char name[LK_NAME_MAX];
    X509_STORE *store;
    X509_CRL *crls[SIGNAL_TRUST_CAS_MAX];
    size_t crl_count;
};

struct signal_trust {
    int64_t floor_s;
    size_t count;
    struct trust_agency agencies[SIGNAL_TRUST_AGENCIES_MAX];
};

int signal_trust_new(int64_t floor_s, struct signal_trust **ret)
{
    struct signal_trust *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->floor_s = floor_s;
    *ret = t;
    return 0;
}

static void trust_agency_clear(struct trust_agency *a)
{
    X509_STORE_free(a->store);
    for (size_t i = 0; i < a->crl_count; i++)
        X509_CRL_free(a->crls[i]);
    *a = (struct trust_agency){.store = NULL};
}

struct signal_trust *signal_trust_free(struct signal_trust *t)
{
    if (t) {
        for (size_t i = 0; i < t->count; i++)
            trust_agency_clear(&t->agencies[i]);
        free(t);
    }
    return NULL;
}

static const struct trust_agency *trust_find(const struct signal_trust *t,
                                             const char *agency)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->agencies[i].name, agency) == 0)
            return &t->agencies[i];
    return NULL;
}

/* The only attribute `nid` of a name as UTF-8 of 1..cap-1 bytes, without
 * control characters. */
static int cert_name_text(const X509_NAME *name, int nid, char *ret, size_t cap)
{
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(name, nid, at) >= 0)
        return -EBADMSG;
    unsigned char *text = NULL;
    const ASN1_STRING *s =
        X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    int n = ASN1_STRING_to_UTF8(&text, s);
    bool ok = n > 0 && (size_t)n < cap && lk_utf8_valid(text, (size_t)n);
    for (int i = 0; ok && i < n; i++)
        ok = text[i] >= ' ' && text[i] != 0x7f;
    if (ok) {
        memcpy(ret, text, (size_t)n);
        ret[n] = '\0';
    }
    OPENSSL_free(text);
    return ok ? 0 : -EBADMSG;
}

/* Adds one CA certificate; it must be one and have a name to show. */
static int trust_take_ca(struct trust_agency *a, X509 *ca)
{
    char shown[SIGNAL_SHOWN_MAX];
    if (X509_check_ca(ca) < 1 ||
        cert_name_text(X509_get_subject_name(ca), NID_organizationName, shown,
                       sizeof(shown)) < 0)
        return -EBADMSG;
    return X509_STORE_add_cert(a->store, ca) == 1 ? 0 : -ENOMEM;
}

static int trust_load_cas(struct trust_agency *a, BIO *bio)
{
    size_t n = 0;
    X509 *ca = NULL;
    while ((ca = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        int r = n == SIGNAL_TRUST_CAS_MAX ? -ENOSPC : trust_take_ca(a, ca);
        X509_free(ca);
        if (r < 0)
            return r;
        n++;
    }
    return n > 0 ? 0 : -EBADMSG;
}

/* Whether one of the agency's CAs signed this list. */
static bool trust_signed_crl(const struct trust_agency *a, X509_CRL *crl)
{
    STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(a->store);
    for (int i = 0; i < sk_X509_OBJECT_num(all); i++) {
        X509 *ca = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(all, i));
        if (ca &&
            X509_NAME_cmp(X509_get_subject_name(ca),
                          X509_CRL_get_issuer(crl)) == 0 &&
            X509_CRL_verify(crl, X509_get0_pubkey(ca)) == 1)
            return true;
    }
    return false;
}

static int trust_load_crls(struct trust_agency *a, BIO *bio)
{
    X509_CRL *crl = NULL;
    while ((crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL))) {
        bool full = a->crl_count == SIGNAL_TRUST_CAS_MAX;
        if (full || !trust_signed_crl(a, crl)) {
            X509_CRL_free(crl);
            return full ? -ENOSPC : -EBADMSG;
        }
        a->crls[a->crl_count++] = crl;
    }
    return a->crl_count > 0 ? 0 : -EBADMSG;
}

static int trust_with_bio(struct trust_agency *a, const void *pem, size_t len,
                          int (*load)(struct trust_agency *, BIO *))
{
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    if (!bio)
        return -ENOMEM;
    int r = load(a, bio);
    BIO_free(bio);
    ERR_clear_error();
    return r;
}

int signal_trust_add(struct signal_trust *t, const char *agency,
                     const struct signal_trust_files *files)
{
    if (!lk_name_valid(agency) || files->crl_len == 0)
        return -EINVAL;
    if (files->ca_len > SIGNAL_TRUST_PEM_MAX ||
        files->crl_len > SIGNAL_TRUST_PEM_MAX)
        return -EMSGSIZE;
    if (trust_find(t, agency))
        return -EEXIST;
    if (t->count == SIGNAL_TRUST_AGENCIES_MAX)
        return -ENOSPC;
    struct trust_agency a = {.store = X509_STORE_new()};
    memcpy(a.name, agency, strlen(agency) + 1);
    int r = a.store ? 0 : -ENOMEM;
    if (r == 0)
        r = trust_with_bio(&a, files->ca_pem, files->ca_len, trust_load_cas);
    if (r == 0)
        r = trust_with_bio(&a, files->crl_pem, files->crl_len, trust_load_crls);
    if (r < 0)
        trust_agency_clear(&a);
    else
        t->agencies[t->count++] = a;
    return r;
}

/* Parses a whole certificate; NULL when it is none. */
static X509 *cert_parse(const void *der, size_t len)
{
    if (len == 0 || len > SIGNAL_CERT_MAX)
        return NULL;
    const unsigned char *at = der;
    X509 *x = d2i_X509(NULL, &at, (long)len);
    if (x && at != (const unsigned char *)der + len) {
        X509_free(x);
        x = NULL;
    }
    ERR_clear_error();
    return x;
}

int signal_cert_key(const void *der, size_t len, struct signal_key **ret)
{
    X509 *x = cert_parse(der, len);
    if (!x)
        return SIGNAL_CERTIFICATE;
    EVP_PKEY *pkey = X509_get_pubkey(x);
    X509_free(x);
    int r = signal_key_wrap(pkey, ret);
    return r == -EBADMSG ? SIGNAL_CERTIFICATE : r;
}

int signal_cert_subject(const void *der, size_t len, const char *attribute,
                        char *ret, size_t cap)
{
    X509 *x = cert_parse(der, len);
    int r = -EBADMSG;
    if (x)
        r = cert_name_text(X509_get_subject_name(x), OBJ_txt2nid(attribute),
                           ret, cap);
    X509_free(x);
    ERR_clear_error();
    return r;
}

/* Whether the agency's CAs stand behind the certificate now. On success *ret
 * is the CA, with a reference of its own. */
static int trust_verify(const struct trust_agency *a, X509 *x, int64_t wall_s,
                        X509 **ret)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (!ctx || X509_STORE_CTX_init(ctx, a->store, x, NULL) != 1) {
        X509_STORE_CTX_free(ctx);
        return -ENOMEM;
    }
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_time(param, (time_t)wall_s);
    X509_VERIFY_PARAM_set_depth(param, 0);
    /* A CA in the store is trusted as it stands, whoever signed it. */
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    int r = SIGNAL_CERTIFICATE;
    if (X509_verify_cert(ctx) == 1) {
        STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
        X509 *ca = sk_X509_num(chain) == 2 ? sk_X509_value(chain, 1) : NULL;
        if (ca && X509_up_ref(ca) == 1) {
            *ret = ca;
            r = SIGNAL_OK;
        }
    } else if (X509_STORE_CTX_get_error(ctx) == X509_V_ERR_OUT_OF_MEM) {
        r = -ENOMEM;
    }
    X509_STORE_CTX_free(ctx);
    ERR_clear_error();
    return r;
}

/* SIGNAL_AGENCY when another agency's CA issued it, else SIGNAL_CERTIFICATE. */
static int trust_blame(const struct signal_trust *t,
                       const struct trust_agency *own, X509 *x, int64_t wall_s)
{
    for (size_t i = 0; i < t->count; i++) {
        X509 *ca = NULL;
        if (&t->agencies[i] == own)
            continue;
        int r = trust_verify(&t->agencies[i], x, wall_s, &ca);
        X509_free(ca);
        if (r != SIGNAL_CERTIFICATE)
            return r == SIGNAL_OK ? SIGNAL_AGENCY : r;
    }
    return SIGNAL_CERTIFICATE;
}

static bool trust_revoked(const struct trust_agency *a, X509 *x)
{
    for (size_t i = 0; i < a->crl_count; i++) {
        X509_REVOKED *entry = NULL;
        /* 2 is "removed from the list" (RFC 5280 5.3.1): not revoked. */
        if (X509_NAME_cmp(X509_CRL_get_issuer(a->crls[i]),
                          X509_get_issuer_name(x)) == 0 &&
            X509_CRL_get0_by_cert(a->crls[i], &entry, x) == 1)
            return true;
    }
    return false;
}

/* What the certificate itself must be and say. */
static int cert_identity(X509 *x, X509 *ca,
                         const struct signal_cert_query *query,
                         struct signal_identity *ret)
{
    struct signal_identity who = {.user = ""};
    const X509_NAME *subject = X509_get_subject_name(x);
    uint32_t flags = X509_get_extension_flags(x);
    struct signal_key *key = NULL;
    int r = signal_key_wrap(X509_get_pubkey(x), &key);
    (void)signal_key_free(key);
    if (r < 0)
        return r == -ENOMEM ? r : SIGNAL_CERTIFICATE;
    if ((flags & EXFLAG_KUSAGE) == 0 || (flags & EXFLAG_CA) != 0 ||
        (X509_get_key_usage(x) & KU_DIGITAL_SIGNATURE) == 0)
        return SIGNAL_CERTIFICATE;
    if (cert_name_text(subject, NID_userId, who.user, sizeof(who.user)) < 0 ||
        strcmp(who.user, query->user) != 0 ||
        cert_name_text(subject, NID_commonName, who.name, sizeof(who.name)) <
            0 ||
        cert_name_text(X509_get_subject_name(ca), NID_organizationName,
                       who.agency_name, sizeof(who.agency_name)) < 0)
        return SIGNAL_CERTIFICATE;
    memcpy(who.agency, query->agency, strlen(query->agency) + 1);
    *ret = who;
    return SIGNAL_OK;
}

int signal_trust_check(const struct signal_trust *t,
                       const struct signal_cert_query *query, const void *der,
                       size_t len, struct signal_identity *ret)
{
    const struct trust_agency *own = trust_find(t, query->agency);
    int64_t wall_s = LK_MAX(query->wall_s, t->floor_s);
    X509 *x = cert_parse(der, len);
    X509 *ca = NULL;
    int r = SIGNAL_CERTIFICATE;
    if (x && own)
        r = trust_verify(own, x, wall_s, &ca);
    if (x && r == SIGNAL_CERTIFICATE)
        r = trust_blame(t, own, x, wall_s);
    if (r == SIGNAL_OK)
        r = trust_revoked(own, x) ? SIGNAL_REVOKED
                                  : cert_identity(x, ca, query, ret);
    X509_free(ca);
    X509_free(x);
    ERR_clear_error();
    return r;
}
