/* cert_impl.h - the certificate's inside, for cert.c and chain.c. */
#ifndef LUUKKU_APDU_CERT_IMPL_H
#define LUUKKU_APDU_CERT_IMPL_H

#include "apdu/cert.h"

#include <openssl/x509v3.h>

struct card_cert {
    X509 *x509;
    EVP_PKEY *key; /* borrowed from x509; NULL when unusable */
    enum card_key kind;
    unsigned bits;
    char name[CARD_NAME_MAX];
    char satu[CARD_SATU_MAX];
    size_t len;
    uint8_t der[];
};

#endif
