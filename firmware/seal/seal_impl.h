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

/* --- DER (X.690) ------------------------------------------------------- */

/* DER in the making; after an error all that follows is idle. */
struct seal_der {
    struct lk_buf *b;
    int error; /* the first; 0 none */
};
int seal_der_new(size_t limit, struct seal_der *ret) LK_MUST_CHECK;
void seal_der_put(struct seal_der *d, const void *bytes, size_t len);
/* What is put between goes into a value of that tag. */
size_t seal_der_open(const struct seal_der *d);
void seal_der_close(struct seal_der *d, size_t opened, uint8_t tag);
/* Gives the bytes away, or the error. */
int seal_der_end(struct seal_der *d, struct lk_buf **ret) LK_MUST_CHECK;
void seal_der_free(struct seal_der *d);

/* --- a signature whose key is elsewhere -------------------------------- */

struct seal_remote;
/* Over `len` bytes at `data`; the signer is copied. Errors: as
 * seal_draft_begin()'s. */
int seal_remote_new(const struct seal_signer *signer, const void *data,
                    size_t len, int64_t now_s,
                    struct seal_remote **ret) LK_MUST_CHECK;
size_t seal_remote_hash(const struct seal_remote *s,
                        uint8_t ret[SEAL_HASH_MAX]);
/* DER of the CMS SignedData. Errors: -EBADMSG, -ENOMEM, -EIO. */
int seal_remote_sign(const struct seal_remote *s, enum seal_scheme scheme,
                     const void *signature, size_t len,
                     struct lk_buf **ret) LK_MUST_CHECK;
struct seal_remote *seal_remote_free(struct seal_remote *s);
LK_AUTO_DEFINE(seal_remote);

/* --- the container ----------------------------------------------------- */

/* Whether the file's name and media type may stand in a container. */
bool seal_file_fits(const struct seal_file *file, size_t files, size_t at);

/* A container in the making. Every entry is stored as it is: a deflated one
 * has bits that may be changed without anybody noticing. */
struct seal_zip;
/* expect: bytes there is room for at once, so that nothing is copied. */
int seal_zip_new(size_t limit, size_t expect, int64_t now_s,
                 struct seal_zip **ret) LK_MUST_CHECK;
/* Errors: -ENOMEM, -EMSGSIZE, -EIO. After one the container is spoilt. */
int seal_zip_add(struct seal_zip *z, const char *name, const void *data,
                 size_t len) LK_MUST_CHECK;
/* Writes the directory and gives the bytes away. */
int seal_zip_end(struct seal_zip *z, struct lk_buf **ret) LK_MUST_CHECK;
struct seal_zip *seal_zip_free(struct seal_zip *z);
LK_AUTO_DEFINE(seal_zip);

#endif
