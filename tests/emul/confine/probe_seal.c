/* What luukkud does when a form was approved, behind its walls. */
#include "probe_seal.h"

#include "seal/seal.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

static const char form[] =
    "{\"v\":1,\"form\":{\"id\":\"move\",\"version\":2,\"sha256\":\"00\","
    "\"agency\":\"dvv\"},\"lang\":\"fi\",\"title\":\"Muuttoilmoitus\","
    "\"kiosk\":\"k-1\",\"expert\":{\"user\":\"\",\"name\":\"\"},\"record\":{},"
    "\"sections\":[{\"id\":\"s\",\"title\":\"Osoite\",\"fields\":[{\"id\":"
    "\"a\",\"type\":\"text\",\"label\":\"Nimi\",\"value\":\"A\",\"shown\":"
    "\"Matti Meik\xc3\xa4l\xc3\xa4inen \xd0\x96 \xd8\xb9\",\"by\":\"citizen\"}"
    "]}]}";

/* The bytes of a memory BIO. */
static size_t bytes_of(BIO *bio, const void **ret)
{
    char *at = NULL;
    long n = BIO_get_mem_data(bio, &at);
    *ret = at;
    return n > 0 ? (size_t)n : 0;
}

static bool certify(EVP_PKEY *pkey, X509 *cert)
{
    X509_NAME *name = X509_get_subject_name(cert);
    return ASN1_INTEGER_set(X509_get_serialNumber(cert), 7) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                      (const unsigned char *)"k-1", -1, -1,
                                      0) == 1 &&
           X509_set_issuer_name(cert, name) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(cert), -60) != NULL &&
           X509_gmtime_adj(X509_getm_notAfter(cert), 3600) != NULL &&
           X509_set_pubkey(cert, pkey) == 1 &&
           X509_sign(cert, pkey, EVP_sha256()) > 0;
}

/* A device's key, as luukkud has it before the walls are up. */
static int make_key(struct seal_key **ret)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    BIO *key_pem = BIO_new(BIO_s_mem());
    BIO *cert_pem = BIO_new(BIO_s_mem());
    int r = -ENOMEM;
    if (pkey && cert && key_pem && cert_pem && certify(pkey, cert) &&
        PEM_write_bio_PrivateKey(key_pem, pkey, NULL, NULL, 0, NULL, NULL) &&
        PEM_write_bio_X509(cert_pem, cert)) {
        const void *k;
        const void *c;
        size_t k_len = bytes_of(key_pem, &k);
        size_t c_len = bytes_of(cert_pem, &c);
        r = seal_key_load(k, k_len, c, c_len, ret);
    }
    BIO_free(key_pem);
    BIO_free(cert_pem);
    X509_free(cert);
    EVP_PKEY_free(pkey);
    return r;
}

static int make_package(const struct seal_key *key)
{
    LK_AUTO(lk_buf) pdf = NULL;
    LK_AUTO(lk_buf) package = NULL;
    char code[SEAL_CODE_MAX];
    int64_t now_s = (int64_t)time(NULL);
    int r = seal_code_new("DV", code);
    if (r < 0)
        return r;
    r = seal_pdf(form, sizeof(form) - 1, now_s, &pdf);
    if (r < 0)
        return r;
    const struct seal_file files[] = {
        {"form.json", "application/json", form, sizeof(form) - 1},
        {"form.pdf", "application/pdf", pdf->data, pdf->len}};
    return seal_container(files, LK_ARRAY_LEN(files), key, now_s, &package);
}

static void *seal_main(void *arg)
{
    static int result;
    result = make_package(arg);
    return &result;
}

int probe_seal(const struct probe_target *t)
{
    LK_AUTO(seal_key) key = NULL;
    pthread_t thread;
    void *result = NULL;
    (void)t;
    int r = make_key(&key);
    if (r == 0)
        r = -pthread_create(&thread, NULL, seal_main, key);
    if (r == 0)
        r = -pthread_join(thread, &result);
    return r == 0 ? *(int *)result : r;
}
