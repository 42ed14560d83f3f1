#include "fleet.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>

static void put_extension(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    assert_non_null(e);
    assert_int_equal(X509_add_ext(x, e, -1), 1);
    X509_EXTENSION_free(e);
}

static X509 *make(const struct want *w, EVP_PKEY *key, const struct fleet *by)
{
    X509 *x = X509_new();
    assert_non_null(x);
    X509_NAME *name = X509_get_subject_name(x);
    assert_int_equal(X509_set_version(x, X509_VERSION_3), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 1), 1);
    assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                                (const unsigned char *)w->name,
                                                -1, -1, 0),
                     1);
    assert_int_equal(
        X509_set_issuer_name(x, by->ca ? X509_get_subject_name(by->ca) : name),
        1);
    assert_non_null(
        ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(NOW + w->from_s)));
    assert_non_null(
        ASN1_TIME_set(X509_getm_notAfter(x), (time_t)(NOW + w->to_s)));
    assert_int_equal(X509_set_pubkey(x, key), 1);
    put_extension(x, NID_basic_constraints,
                  w->ca ? "critical,CA:true" : "critical,CA:false");
    if (w->ca)
        put_extension(x, NID_key_usage, "critical,keyCertSign,cRLSign");
    if (w->purpose)
        put_extension(x, NID_ext_key_usage, w->purpose);
    assert_true(X509_sign(x, by->key, EVP_sha256()) > 0);
    return x;
}

struct fleet fleet_new(const char *name)
{
    struct fleet f = {.key = EVP_EC_gen("P-256")};
    struct want w = {
        .name = name, .from_s = -1000 * DAY, .to_s = 3000 * DAY, .ca = true};
    f.ca = make(&w, f.key, &f);
    return f;
}

void fleet_free(struct fleet *f)
{
    EVP_PKEY_free(f->key);
    X509_free(f->ca);
}

struct provision_files *kiosk_new(void)
{
    struct provision_files *f = NULL;
    assert_int_equal(provision_files_new(&f), 0);
    assert_int_equal(provision_keys_make(f), 2);
    assert_int_equal(provision_keys_make(f), 0);
    return f;
}

EVP_PKEY *key_of(const struct provision_files *f, const char *name)
{
    const struct lk_buf *text = provision_files_get(f, name);
    BIO *bio = BIO_new_mem_buf(text->data, (int)text->len);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    assert_non_null(key);
    BIO_free(bio);
    return key;
}

const struct want good_device = {
    .name = "kiosk-7", .purpose = DEVICE, .from_s = -DAY, .to_s = 900 * DAY};
const struct want good_tls = {
    .name = "kiosk-7", .purpose = TLS, .from_s = -DAY, .to_s = 900 * DAY};

char *fleet_text(BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    char *text = strndup(data, (size_t)len);
    assert_non_null(text);
    BIO_free(bio);
    return text;
}

char *answer(const struct provision_files *f, const struct fleet *by,
             const struct want *device, const struct want *tls,
             const struct fleet *ca)
{
    BIO *bio = BIO_new(BIO_s_mem());
    const struct {
        const struct want *want;
        const char *key;
    } own[] = {{device, PROVISION_DEVICE_KEY}, {tls, PROVISION_TLS_KEY}};
    for (size_t i = 0; i < LK_ARRAY_LEN(own); i++) {
        if (!own[i].want)
            continue;
        EVP_PKEY *key = key_of(f, own[i].key);
        X509 *x = make(own[i].want, key, by);
        assert_int_equal(PEM_write_bio_X509(bio, x), 1);
        X509_free(x);
        EVP_PKEY_free(key);
    }
    if (ca)
        assert_int_equal(PEM_write_bio_X509(bio, ca->ca), 1);
    return fleet_text(bio);
}
