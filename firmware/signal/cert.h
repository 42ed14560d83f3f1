/* cert.h - who an expert is: certificates of the agencies' CAs.
 *
 * Spec: RFC 5280; PROTOCOL.md, "Claim" 3. Everything is loaded from memory
 * before the program confines itself. Not here: the signature of the claim.
 */
#ifndef LUUKKU_SIGNAL_CERT_H
#define LUUKKU_SIGNAL_CERT_H

#include "base/text.h"
#include "signal/key.h"

#define SIGNAL_CERT_MAX 4096         /* bytes of an expert's certificate, DER */
#define SIGNAL_SHOWN_MAX 129         /* bytes of a shown name, with its NUL */
#define SIGNAL_TRUST_AGENCIES_MAX 64 /* agencies of one store */
#define SIGNAL_TRUST_CAS_MAX 4       /* CA certificates of one agency */
#define SIGNAL_TRUST_PEM_MAX (1 << 20) /* bytes of a PEM file (long CRLs) */

/* What a valid certificate says. */
struct signal_identity {
    char user[LK_NAME_MAX];             /* UID */
    char name[SIGNAL_SHOWN_MAX];        /* CN, to be shown */
    char agency[LK_NAME_MAX];           /* of the call */
    char agency_name[SIGNAL_SHOWN_MAX]; /* O of the CA's subject, to be shown */
};

/* The agencies that this kiosk serves, with their CAs and revocations. */
struct signal_trust;

/* Makes an empty store.
 *
 * floor_s  seconds since 1970 of the program's build: a clock that is before
 *          this is taken to be at this
 * Errors   -ENOMEM
 */
int signal_trust_new(int64_t floor_s, struct signal_trust **ret) LK_MUST_CHECK;
struct signal_trust *signal_trust_free(struct signal_trust *t);
LK_AUTO_DEFINE(signal_trust);

/* One agency's files. */
struct signal_trust_files {
    const void *ca_pem; /* 1 to SIGNAL_TRUST_CAS_MAX certificates */
    size_t ca_len;
    const void *crl_pem; /* one list per CA that has one; at least one */
    size_t crl_len;
};

/* Adds an agency. All or nothing. A revocation list must be signed by one of
 * the CAs; its age is not judged, for an old list is better than none.
 *
 * Errors  -EBADMSG not such PEM, a CA that is none, has no O or a bad one, or a
 *         list that none of them signed; -EINVAL a bad name, no list; -EEXIST;
 *         -ENOSPC a ceiling above; -EMSGSIZE; -ENOMEM
 */
int signal_trust_add(struct signal_trust *t, const char *agency,
                     const struct signal_trust_files *files) LK_MUST_CHECK;

/* The P-256 key inside a certificate, unchecked: for the claim's signature.
 * Returns SIGNAL_OK, SIGNAL_CERTIFICATE, or -ENOMEM. Thread: any. */
int signal_cert_key(const void *der, size_t len,
                    struct signal_key **ret) LK_MUST_CHECK;

/* The only attribute of that short name ("OU", "name") in a certificate's
 * subject, as signal_identity's texts are, into `cap` bytes at `ret`.
 * Unchecked: behind signal_trust_check(). Errors: -EBADMSG there is none, or
 * not one that can be shown. Thread: any. */
int signal_cert_subject(const void *der, size_t len, const char *attribute,
                        char *ret, size_t cap) LK_MUST_CHECK;

/* What a certificate is asked for. */
struct signal_cert_query {
    const char *agency; /* of the call */
    const char *user;   /* of the topic and the envelope */
    int64_t wall_s;     /* seconds since 1970; see floor_s */
};

/* Judges a hostile certificate: chain to that agency's CA, validity,
 * digitalSignature, no CA itself, P-256, UID, CN, revocation.
 *
 * ret      filled on SIGNAL_OK only
 * Returns  SIGNAL_OK; SIGNAL_AGENCY, SIGNAL_REVOKED or SIGNAL_CERTIFICATE;
 *          -ENOMEM
 * Thread   any; the store is only read
 */
int signal_trust_check(const struct signal_trust *t,
                       const struct signal_cert_query *query, const void *der,
                       size_t len, struct signal_identity *ret) LK_MUST_CHECK;

#endif
