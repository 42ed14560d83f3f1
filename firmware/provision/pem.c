#include "provision/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <errno.h>
#include <string.h>

EVP_PKEY *pem_key(const struct provision_files *f, const char *name)
{
    const struct lk_buf *text = provision_files_get(f, name);
    BIO *bio = text ? BIO_new_mem_buf(text->data, (int)text->len) : NULL;
    if (!bio)
        return NULL;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)"");
    BIO_free(bio);
    ERR_clear_error();
    return key;
}

int pem_next(BIO *bio, const char *type, unsigned char **ret_der, long *ret_len,
             const char **ret_why)
{
    char *name = NULL;
    char *header = NULL;
    unsigned char *der = NULL;
    long len = 0;
    ERR_clear_error();
    if (PEM_read_bio(bio, &name, &header, &der, &len) != 1) {
        bool end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
        ERR_clear_error();
        *ret_why = "is cut off or damaged";
        return end ? 0 : -EBADMSG;
    }
    int r = strcmp(name, type) == 0 ? 1 : -EBADMSG;
    if (strstr(name, "PRIVATE KEY"))
        *ret_why = "is a private key, which belongs nowhere but where it was "
                   "made";
    else if (strstr(name, "REQUEST"))
        *ret_why = "is a request, not the certificate made from it";
    else
        *ret_why = "is something else than what belongs here";
    OPENSSL_free(name);
    OPENSSL_free(header);
    if (r == 1) {
        *ret_der = der;
        *ret_len = len;
    } else {
        OPENSSL_clear_free(der, (size_t)len);
    }
    return r;
}

int pem_next_cert(BIO *bio, X509 **ret, const char **ret_why)
{
    unsigned char *der = NULL;
    long len = 0;
    int r = pem_next(bio, PEM_STRING_X509, &der, &len, ret_why);
    if (r <= 0)
        return r;
    const unsigned char *at = der;
    X509 *x = d2i_X509(NULL, &at, len);
    bool whole = x && at == der + len;
    OPENSSL_free(der);
    ERR_clear_error();
    if (!whole) {
        X509_free(x);
        *ret_why = "is no certificate";
        return -EBADMSG;
    }
    *ret = x;
    return 1;
}

int pem_line(const char *text, size_t len, size_t n)
{
    static const char begin[] = "-----BEGIN ";
    int line = 1;
    bool fresh = true; /* at a line's start */
    for (size_t i = 0; i < len; i++) {
        if (fresh && len - i >= sizeof(begin) - 1 &&
            memcmp(text + i, begin, sizeof(begin) - 1) == 0 && n-- == 0)
            return line;
        fresh = text[i] == '\n';
        line += fresh;
    }
    return 0;
}

static int next_crl(BIO *bio, const char **ret_why)
{
    unsigned char *der = NULL;
    long len = 0;
    int r = pem_next(bio, PEM_STRING_X509_CRL, &der, &len, ret_why);
    if (r <= 0)
        return r;
    const unsigned char *at = der;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, len);
    bool whole = crl && at == der + len;
    X509_CRL_free(crl);
    OPENSSL_free(der);
    ERR_clear_error();
    *ret_why = "is no revocation list";
    return whole ? 1 : -EBADMSG;
}

static int next_cert(BIO *bio, const char **ret_why)
{
    X509 *x = NULL;
    int r = pem_next_cert(bio, &x, ret_why);
    X509_free(x);
    return r;
}

static const char *all_wrong(const char *text, size_t len,
                             int (*next)(BIO *bio, const char **ret_why))
{
    const char *why = "cannot be looked at: no memory";
    BIO *bio = BIO_new_mem_buf(text, (int)len);
    if (!bio)
        return why;
    int r = 1;
    size_t n = 0;
    for (; n <= PEM_CERTS_MAX && r > 0; n++)
        r = next(bio, &why);
    BIO_free(bio);
    if (r > 0)
        return "holds too many";
    if (r < 0)
        return why;
    return n > 1 ? NULL : "is no PEM text (-----BEGIN ...)";
}

const char *pem_certs_wrong(const char *text, size_t len)
{
    return all_wrong(text, len, next_cert);
}

const char *pem_crls_wrong(const char *text, size_t len)
{
    return all_wrong(text, len, next_crl);
}
