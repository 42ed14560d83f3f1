#include "provision/key.h"

#include "provision/pem.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const key_names[] = {PROVISION_DEVICE_KEY,
                                        PROVISION_TLS_KEY};

/* What a memory BIO holds goes into the set. */
static int put_bio(struct provision_files *f, const char *name, BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    int r = provision_files_put(f, name, data, (size_t)len);
    OPENSSL_cleanse(data, (size_t)len);
    return r;
}

static int key_make(struct provision_files *f, const char *name)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_mem());
    int r = key && bio ? 0 : -EIO;
    if (r == 0 &&
        PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
        r = -EIO;
    if (r == 0)
        r = put_bio(f, name, bio);
    BIO_free(bio);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return r;
}

int provision_keys_make(struct provision_files *f)
{
    int made = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(key_names); i++) {
        if (provision_files_get(f, key_names[i]))
            continue;
        int r = key_make(f, key_names[i]);
        if (r < 0)
            return r;
        made++;
    }
    return made;
}

int provision_keys_name(const struct provision_files *f, char ret[LK_NAME_MAX])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned char *der = NULL;
    EVP_PKEY *key = pem_key(f, PROVISION_DEVICE_KEY);
    if (!key)
        return -EBADMSG;
    int len = i2d_PUBKEY(key, &der);
    EVP_PKEY_free(key);
    if (len <= 0)
        return -ENOMEM;
    int ok = EVP_Digest(der, (size_t)len, hash, NULL, EVP_sha256(), NULL);
    OPENSSL_free(der);
    if (ok != 1)
        return -ENOMEM;
    (void)snprintf(ret, LK_NAME_MAX, "new-%02x%02x%02x%02x", hash[0], hash[1],
                   hash[2], hash[3]);
    return 0;
}

/* One request, PEM, behind what `bio` holds. */
static int request_write(BIO *bio, EVP_PKEY *key, const char *role,
                         const char *name)
{
    X509_REQ *req = X509_REQ_new();
    X509_NAME *subject = req ? X509_REQ_get_subject_name(req) : NULL;
    bool ok = subject && X509_REQ_set_version(req, X509_REQ_VERSION_1) == 1 &&
              X509_NAME_add_entry_by_txt(subject, "OU", MBSTRING_UTF8,
                                         (const unsigned char *)role, -1, -1,
                                         0) == 1 &&
              X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                         (const unsigned char *)name, -1, -1,
                                         0) == 1 &&
              X509_REQ_set_pubkey(req, key) == 1 &&
              X509_REQ_sign(req, key, EVP_sha256()) > 0 &&
              PEM_write_bio_X509_REQ(bio, req) == 1;
    X509_REQ_free(req);
    return ok ? 0 : -ENOMEM;
}

int provision_request_make(const struct provision_files *f, const char *name,
                           char *ret)
{
    static const char *const roles[] = {"device", "tls"};
    char *data = NULL;
    int r = 0;
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio)
        return -ENOMEM;
    for (size_t i = 0; i < LK_ARRAY_LEN(roles) && r == 0; i++) {
        EVP_PKEY *key = pem_key(f, key_names[i]);
        r = key ? request_write(bio, key, roles[i], name) : -EBADMSG;
        EVP_PKEY_free(key);
    }
    long len = r == 0 ? BIO_get_mem_data(bio, &data) : 0;
    if (r == 0 && len >= PROVISION_REQUEST_MAX)
        r = -EMSGSIZE;
    if (r == 0) {
        memcpy(ret, data, (size_t)len);
        ret[len] = 0;
    }
    BIO_free(bio);
    ERR_clear_error();
    return r;
}
