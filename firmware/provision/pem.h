/* pem.h - keys and certificates of PEM texts, inside this room. */
#ifndef LUUKKU_PROVISION_PEM_H
#define LUUKKU_PROVISION_PEM_H

#include "provision/files.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#define PEM_CERTS_MAX 16 /* certificates of one text */

/* The key of that name; NULL: there is none, or it is broken. Owner: caller. */
EVP_PKEY *pem_key(const struct provision_files *f, const char *name);

/* The next block of `bio`, which must be what `type` says ("CERTIFICATE",
 * "X509 CRL"): DER in *ret_der (OPENSSL_free). Returns 1, 0 at the end, or
 * -EBADMSG and a static *ret_why. */
int pem_next(BIO *bio, const char *type, unsigned char **ret_der, long *ret_len,
             const char **ret_why);

/* The next certificate; returns as pem_next(). Owner: caller. */
int pem_next_cert(BIO *bio, X509 **ret, const char **ret_why);

/* The line, from 1, on which block number n (from 0) begins; 0: none such. */
int pem_line(const char *text, size_t len, size_t n);

/* Whether the text is 1..PEM_CERTS_MAX certificates; NULL, or what is wrong. */
const char *pem_certs_wrong(const char *text, size_t len);

/* Whether it is 1..PEM_CERTS_MAX revocation lists; likewise. */
const char *pem_crls_wrong(const char *text, size_t len);

#endif
