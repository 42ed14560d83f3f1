/* cert_impl.h - the certificate's inside, for cert*.c and chain.c. */
#ifndef LUUKKU_APDU_CERT_IMPL_H
#define LUUKKU_APDU_CERT_IMPL_H

#include "apdu/cert.h"

#include <openssl/x509v3.h>

struct card_cert {
    enum card_key kind;
    unsigned bits;
    char name[CARD_NAME_MAX];
    char satu[CARD_SATU_MAX];
    size_t len;
    uint8_t der[];
};

/* cert_read.c: fills in all but the bytes. Errors: -EBADMSG no certificate,
 * -ENOMEM. */
int card_cert_read(struct card_cert *c) LK_MUST_CHECK;

/* Why OpenSSL did not decode something: -ENOMEM or -EBADMSG; its errors are
 * forgotten. */
int card_cert_decode_error(void);

/* The certificate as OpenSSL has it, by its judgement. Owner: caller,
 * X509_free(). Errors: -EBADMSG, -ENOMEM. */
int card_cert_x509(const struct card_cert *c, X509 **ret) LK_MUST_CHECK;

#endif
