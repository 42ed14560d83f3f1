/* seal_impl.h - what the files of this room say to each other. */
#ifndef LUUKKU_SEAL_IMPL_H
#define LUUKKU_SEAL_IMPL_H

#include "seal/seal.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#define SEAL_PEM_MAX 65536
#define SEAL_SHA256_LEN 32

struct seal_key {
    EVP_PKEY *pkey;
    X509 *cert;
};

/* A certificate of PEM; NULL: it is none, or no memory. */
X509 *seal_cert_read(const void *pem, size_t len);

/* Forgets what libcrypto remembers of a failure. Returns -EIO. */
int seal_cms_failed(void);

/* Detached CAdES-B signature (DER) over `len` bytes. Errors: -ENOMEM, -EIO. */
int seal_cms_sign(const struct seal_key *key, const void *data, size_t len,
                  int64_t now_s, struct lk_buf **ret) LK_MUST_CHECK;

/* Whether the file's name and media type may stand in a container. */
bool seal_file_fits(const struct seal_file *file, size_t files, size_t at);

/* A container in the making. Every entry is stored as it is: a deflated one
 * has bits that may be changed without anybody noticing. */
struct seal_zip;
int seal_zip_new(size_t limit, int64_t now_s,
                 struct seal_zip **ret) LK_MUST_CHECK;
/* Errors: -ENOMEM, -EMSGSIZE, -EIO. After one the container is spoilt. */
int seal_zip_add(struct seal_zip *z, const char *name, const void *data,
                 size_t len) LK_MUST_CHECK;
/* Writes the directory and gives the bytes away. */
int seal_zip_end(struct seal_zip *z, struct lk_buf **ret) LK_MUST_CHECK;
struct seal_zip *seal_zip_free(struct seal_zip *z);
LK_AUTO_DEFINE(seal_zip);

#endif
