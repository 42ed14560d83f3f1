#include "seal/seal_impl.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <errno.h>
#include <stdlib.h>

/* Never asks a human for a password: encrypted keys are not ours. */
static int key_no_password(char *buf, int size, int rwflag, void *arg)
{
    (void)buf;
    (void)size;
    (void)rwflag;
    (void)arg;
    return -1;
}

X509 *seal_cert_read(const void *pem, size_t len)
{
    BIO *bio = len <= SEAL_PEM_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
    if (!bio)
        return NULL;
    X509 *cert = PEM_read_bio_X509(bio, NULL, key_no_password, NULL);
    BIO_free(bio);
    ERR_clear_error();
    return cert;
}

static EVP_PKEY *key_read(const void *pem, size_t len)
{
    BIO *bio = len <= SEAL_PEM_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
    if (!bio)
        return NULL;
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, key_no_password, NULL);
    BIO_free(bio);
    ERR_clear_error();
    return pkey;
}

int seal_key_load(const void *key, size_t key_len, const void *cert,
                  size_t cert_len, struct seal_key **ret)
{
    struct seal_key *k = calloc(1, sizeof(*k));
    if (!k)
        return -ENOMEM;
    k->pkey = key_read(key, key_len);
    k->cert = seal_cert_read(cert, cert_len);
    bool fits =
        k->pkey && k->cert && X509_check_private_key(k->cert, k->pkey) == 1;
    ERR_clear_error();
    if (!fits) {
        seal_key_free(k);
        return -EBADMSG;
    }
    *ret = k;
    return 0;
}

struct seal_key *seal_key_free(struct seal_key *k)
{
    if (k) {
        EVP_PKEY_free(k->pkey);
        X509_free(k->cert);
        free(k);
    }
    return NULL;
}
