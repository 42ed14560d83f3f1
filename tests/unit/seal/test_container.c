/* What is refused, what a container and a letter look like from here, and what
 * happens without memory. Whether they are right, other programs judge:
 * container.test.mjs. */
#include "testing.h"

#include "oom.h"
#include "seal/seal.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define NOW 1795000000

struct pem {
    char *data;
    size_t len;
};

/* A key and its own certificate. */
struct pair {
    EVP_PKEY *pkey;
    X509 *cert;
    struct pem key_pem, cert_pem;
};

static struct pair device, other, rsa;

static struct pem pem_of(BIO *bio)
{
    struct pem p = {0};
    char *at;
    p.len = (size_t)BIO_get_mem_data(bio, &at);
    p.data = malloc(p.len);
    assert_non_null(p.data);
    memcpy(p.data, at, p.len);
    BIO_free(bio);
    return p;
}

static struct pair pair_make(EVP_PKEY *pkey)
{
    struct pair p = {.pkey = pkey, .cert = X509_new()};
    X509_NAME *name = X509_get_subject_name(p.cert);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(p.cert), 7), 1);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               (const unsigned char *)"kiosk-1", -1, -1, 0);
    X509_set_issuer_name(p.cert, name);
    X509_time_adj(X509_getm_notBefore(p.cert), 0, &(time_t){NOW - 100});
    X509_time_adj(X509_getm_notAfter(p.cert), 0, &(time_t){NOW + 100});
    X509_set_pubkey(p.cert, pkey);
    assert_true(X509_sign(p.cert, pkey, EVP_sha256()) > 0);
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL);
    p.key_pem = pem_of(bio);
    bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, p.cert);
    p.cert_pem = pem_of(bio);
    return p;
}

static void pair_free(struct pair *p)
{
    EVP_PKEY_free(p->pkey);
    X509_free(p->cert);
    free(p->key_pem.data);
    free(p->cert_pem.data);
}

static int setup(void **state)
{
    (void)state;
    device = pair_make(EVP_EC_gen("P-256"));
    other = pair_make(EVP_EC_gen("P-256"));
    rsa = pair_make(EVP_RSA_gen(2048));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pair_free(&device);
    pair_free(&other);
    pair_free(&rsa);
    return 0;
}

static int load(const struct pem *key, const struct pem *cert,
                struct seal_key **ret)
{
    return seal_key_load(key->data, key->len, cert->data, cert->len, ret);
}

static void test_keys(void **state)
{
    LK_AUTO(seal_key) k = NULL;
    const struct pem cut = {device.cert_pem.data, device.cert_pem.len - 40};
    const struct pem none = {device.cert_pem.data, 0};
    int r;
    (void)state;
    assert_int_equal(load(&device.key_pem, &other.cert_pem, &k), -EBADMSG);
    assert_int_equal(load(&device.cert_pem, &device.cert_pem, &k), -EBADMSG);
    assert_int_equal(load(&device.key_pem, &cut, &k), -EBADMSG);
    assert_int_equal(load(&none, &device.cert_pem, &k), -EBADMSG);
    assert_null(k);
    OOM_SWEEP(r, load(&device.key_pem, &device.cert_pem, &k));
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_files_refused(void **state)
{
    static const struct {
        const char *name, *type;
    } bad[] = {
        {"", "text/plain"},
        {"/a", "text/plain"},
        {"a//b", "text/plain"},
        {"a/", "text/plain"},
        {"../a", "text/plain"},
        {"a/../b", "text/plain"},
        {"a/./b", "text/plain"},
        {"...", "text/plain"},
        {"mimetype", "text/plain"},
        {"META-INF/x", "text/plain"},
        {"a b", "text/plain"},
        {"a\"b", "text/plain"},
        {"a\\b", "text/plain"},
        {"a", ""},
        {"a", "text/plain; x"},
        {"a", "te\"xt"},
        {"one", "text/plain"},
        {"0123456789012345678901234567890123456789012345678901234567890123",
         "text/plain"},
    };
    LK_AUTO(seal_key) k = NULL;
    struct lk_buf *out = NULL;
    (void)state;
    assert_int_equal(load(&device.key_pem, &device.cert_pem, &k), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        const struct seal_file file[] = {
            {"one", "text/plain", "1", 1},
            {bad[i].name, bad[i].type, "2", 1},
        };
        assert_int_equal(seal_container(file, 2, k, NOW, &out), -EINVAL);
    }
    assert_int_equal(seal_container(NULL, 0, k, NOW, &out), -EINVAL);
    assert_null(out);
}

static void test_ceilings(void **state)
{
    LK_AUTO(seal_key) k = NULL;
    struct seal_file file[SEAL_FILES_MAX + 1];
    char name[SEAL_FILES_MAX + 1][8];
    struct lk_buf *out = NULL;
    (void)state;
    assert_int_equal(load(&device.key_pem, &device.cert_pem, &k), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(file); i++) {
        (void)snprintf(name[i], sizeof(name[i]), "f%zu", i);
        file[i] = (struct seal_file){name[i], "text/plain", "x", 1};
    }
    assert_int_equal(seal_container(file, SEAL_FILES_MAX + 1, k, NOW, &out),
                     -EMSGSIZE);
    file[0].len = SEAL_FILE_LEN_MAX + 1;
    assert_int_equal(seal_container(file, 2, k, NOW, &out), -EMSGSIZE);
    for (size_t i = 0; i < 3; i++)
        file[i].len = SEAL_FILE_LEN_MAX;
    assert_int_equal(seal_container(file, 3, k, NOW, &out), -EMSGSIZE);
    assert_null(out);
    file[0].len = file[1].len = file[2].len = 1;
    assert_int_equal(seal_container(file, SEAL_FILES_MAX, k, NOW, &out), 0);
    lk_buf_free(out);
}

/* The same but for the value of the signature and its length. */
static void test_same_in_same_out(void **state)
{
    const struct seal_file file[] = {{"form.json", "application/json", "{}", 2},
                                     {"a/1.pdf", "application/pdf", "", 0}};
    LK_AUTO(seal_key) k = NULL;
    LK_AUTO(lk_buf) a = NULL;
    LK_AUTO(lk_buf) b = NULL;
    (void)state;
    assert_int_equal(load(&device.key_pem, &device.cert_pem, &k), 0);
    assert_int_equal(seal_container(file, 2, k, NOW, &a), 0);
    assert_int_equal(seal_container(file, 2, k, NOW, &b), 0);
    const char *end = "META-INF/signature001.p7s";
    /* The manifest names it; the second time it is the entry. */
    const uint8_t *first = memmem(a->data, a->len, end, strlen(end));
    assert_non_null(first);
    first += strlen(end);
    const uint8_t *entry =
        memmem(first, a->len - (size_t)(first - a->data), end, strlen(end));
    assert_non_null(entry);
    /* Behind its name; before it are its checksum and lengths. */
    assert_memory_equal(a->data, b->data, (size_t)(entry - a->data) - 16);
    assert_memory_equal(a->data, "PK\3\4", 4);
    assert_memory_equal(a->data + 30, "mimetypeapplication/vnd.etsi.asic-e+zip",
                        39);
}

/* --- with a card ------------------------------------------------------- */

#define RAW_MAX 512

/* A certificate for signing of a card's key; keyUsage as OpenSSL writes it, or
 * NULL. */
static X509 *card_cert(EVP_PKEY *pkey, const char *usage)
{
    X509 *cert = X509_new();
    X509_NAME *name = X509_get_subject_name(cert);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(cert), 9), 1);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               (const unsigned char *)"Matti", -1, -1, 0);
    X509_set_issuer_name(cert, name);
    X509_set_version(cert, X509_VERSION_3);
    X509_time_adj(X509_getm_notBefore(cert), 0, &(time_t){NOW - 100});
    X509_time_adj(X509_getm_notAfter(cert), 0, &(time_t){NOW + 100});
    X509_set_pubkey(cert, pkey);
    X509_EXTENSION *ext =
        usage ? X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, usage) : NULL;
    if (ext)
        X509_add_ext(cert, ext, -1);
    X509_EXTENSION_free(ext);
    assert_true(X509_sign(cert, device.pkey, EVP_sha256()) > 0);
    return cert;
}

struct card {
    EVP_PKEY *pkey;
    unsigned char *der;
    struct seal_signer signer;
};

static struct card card_make(EVP_PKEY *pkey, const char *usage,
                             enum seal_hash hash)
{
    struct card c = {.pkey = pkey};
    assert_non_null(pkey);
    X509 *cert = card_cert(pkey, usage);
    int len = i2d_X509(cert, &c.der);
    assert_true(len > 0);
    c.signer = (struct seal_signer){c.der, (size_t)len, hash};
    X509_free(cert);
    return c;
}

static void card_free(struct card *c)
{
    EVP_PKEY_free(c->pkey);
    OPENSSL_free(c->der);
}

/* What the card answers; of an EC key r || s. */
static size_t card_sign(const struct card *c, const struct seal_draft *d,
                        enum seal_scheme scheme, uint8_t ret[RAW_MAX])
{
    static const char *const names[] = {"SHA256", "SHA384", "SHA512"};
    uint8_t hash[SEAL_HASH_MAX];
    size_t n = RAW_MAX;
    size_t len = seal_draft_hash(d, hash);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(c->pkey, NULL);
    assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_signature_md(
                         ctx, EVP_get_digestbyname(names[c->signer.hash])),
                     1);
    if (scheme == SEAL_RSA_PSS)
        EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
    if (scheme == SEAL_RSA_PSS)
        EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST);
    assert_int_equal(EVP_PKEY_sign(ctx, ret, &n, hash, len), 1);
    EVP_PKEY_CTX_free(ctx);
    if (scheme != SEAL_ECDSA)
        return n;
    const uint8_t *at = ret;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)n);
    int half = (EVP_PKEY_get_bits(c->pkey) + 7) / 8;
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret, half);
    BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret + half, half);
    ECDSA_SIG_free(sig);
    return 2 * (size_t)half;
}

static int draft(const struct card *c, struct seal_draft **ret)
{
    const struct seal_file file = {"form.json", "application/json", "{}", 2};
    LK_AUTO(seal_key) k = NULL;
    assert_int_equal(load(&device.key_pem, &device.cert_pem, &k), 0);
    return seal_draft_begin(&file, 1, k, NOW, &c->signer, ret);
}

/* Every bit of a signature counts, and so do its length and its kind; the draft
 * takes the right one behind all that. */
static void card_refuses(const struct card *c, enum seal_scheme scheme)
{
    LK_AUTO(seal_draft) d = NULL;
    struct lk_buf *out = NULL;
    uint8_t raw[RAW_MAX] = {0};
    assert_int_equal(draft(c, &d), 0);
    size_t len = card_sign(c, d, scheme, raw);
    for (size_t i = 0; i < len; i++) {
        raw[i] ^= (uint8_t)(1U << (i % 8));
        assert_int_equal(seal_draft_finish(d, scheme, raw, len, &out),
                         -EBADMSG);
        raw[i] ^= (uint8_t)(1U << (i % 8));
    }
    for (size_t n = 0; n < len; n += 7)
        assert_int_equal(seal_draft_finish(d, scheme, raw, n, &out), -EBADMSG);
    assert_int_equal(seal_draft_finish(d, scheme, raw, len + 1, &out),
                     -EBADMSG);
    for (int other_scheme = 0; other_scheme <= SEAL_SCHEMES; other_scheme++)
        if (other_scheme != (int)scheme)
            assert_int_equal(seal_draft_finish(d,
                                               (enum seal_scheme)other_scheme,
                                               raw, len, &out),
                             -EBADMSG);
    assert_null(out);
    assert_int_equal(seal_draft_finish(d, scheme, raw, len, &out), 0);
    assert_non_null(memmem(out->data, out->len, "signature002.p7s", 16));
    out = lk_buf_free(out);
    assert_int_equal(seal_draft_finish(d, scheme, raw, len, &out), -EINVAL);
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_card_signatures(void **state)
{
    static const enum seal_scheme rsa_schemes[] = {SEAL_RSA_PKCS1,
                                                   SEAL_RSA_PSS};
    (void)state;
    for (int hash = 0; hash < SEAL_HASHES; hash++) {
        struct card p256 = card_make(EVP_EC_gen("P-256"), "nonRepudiation",
                                     (enum seal_hash)hash);
        struct card p384 = card_make(EVP_EC_gen("P-384"), "nonRepudiation",
                                     (enum seal_hash)hash);
        card_refuses(&p256, SEAL_ECDSA);
        card_refuses(&p384, SEAL_ECDSA);
        card_free(&p256);
        card_free(&p384);
    }
    struct card r2048 =
        card_make(EVP_RSA_gen(2048), "nonRepudiation", SEAL_SHA256);
    for (size_t i = 0; i < LK_ARRAY_LEN(rsa_schemes); i++)
        card_refuses(&r2048, rsa_schemes[i]);
    card_free(&r2048);
}

/* A signature of a draft is not one of another, and zeros are none. */
static void test_card_other_draft(void **state)
{
    static const uint8_t zeros[64];
    LK_AUTO(seal_draft) one = NULL;
    LK_AUTO(seal_draft) two = NULL;
    struct lk_buf *out = NULL;
    uint8_t raw[RAW_MAX];
    (void)state;
    struct card a =
        card_make(EVP_EC_gen("P-256"), "nonRepudiation", SEAL_SHA256);
    struct card b =
        card_make(EVP_EC_gen("P-256"), "nonRepudiation", SEAL_SHA256);
    assert_int_equal(draft(&a, &one), 0);
    assert_int_equal(draft(&b, &two), 0);
    size_t len = card_sign(&b, two, SEAL_ECDSA, raw);
    assert_int_equal(seal_draft_finish(one, SEAL_ECDSA, raw, len, &out),
                     -EBADMSG);
    len = card_sign(&b, one, SEAL_ECDSA, raw);
    assert_int_equal(seal_draft_finish(one, SEAL_ECDSA, raw, len, &out),
                     -EBADMSG);
    assert_int_equal(seal_draft_finish(one, SEAL_ECDSA, zeros, 64, &out),
                     -EBADMSG);
    assert_null(out);
    card_free(&a);
    card_free(&b);
}

static void test_card_refused(void **state)
{
    static const struct {
        const char *usage;
        int want;
    } usages[] = {{NULL, -EKEYREJECTED},
                  {"digitalSignature", -EKEYREJECTED},
                  {"critical,nonRepudiation", 0},
                  {"nonRepudiation,digitalSignature", 0}};
    struct seal_draft *d = NULL;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(usages); i++) {
        struct card c =
            card_make(EVP_EC_gen("P-256"), usages[i].usage, SEAL_SHA256);
        assert_int_equal(draft(&c, &d), usages[i].want);
        d = seal_draft_free(d);
        card_free(&c);
    }
    EVP_PKEY *keys[] = {EVP_EC_gen("P-521"), EVP_EC_gen("secp256k1"),
                        EVP_RSA_gen(1024),
                        EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};
    for (size_t i = 0; i < LK_ARRAY_LEN(keys); i++) {
        struct card c = card_make(keys[i], "nonRepudiation", SEAL_SHA256);
        assert_int_equal(draft(&c, &d), -EKEYREJECTED);
        card_free(&c);
    }
    assert_null(d);
    assert_int_equal(ERR_peek_error(), 0);
}

/* Certificates that are none, and those of another time. */
static void test_card_certificates(void **state)
{
    const struct seal_file file = {"form.json", "application/json", "{}", 2};
    LK_AUTO(seal_key) k = NULL;
    struct seal_draft *d = NULL;
    uint8_t longer[SEAL_CERT_MAX + 1] = {0};
    (void)state;
    assert_int_equal(load(&device.key_pem, &device.cert_pem, &k), 0);
    struct card c =
        card_make(EVP_EC_gen("P-256"), "nonRepudiation", SEAL_SHA256);
    struct seal_signer s = c.signer;
    for (s.cert_len = 0; s.cert_len < c.signer.cert_len; s.cert_len += 11)
        assert_int_equal(seal_draft_begin(&file, 1, k, NOW, &s, &d), -EBADMSG);
    memcpy(longer, c.der, c.signer.cert_len);
    s.cert = longer;
    s.cert_len = c.signer.cert_len + 1;
    assert_int_equal(seal_draft_begin(&file, 1, k, NOW, &s, &d), -EBADMSG);
    s.cert_len = sizeof(longer);
    assert_int_equal(seal_draft_begin(&file, 1, k, NOW, &s, &d), -EBADMSG);
    s = c.signer;
    s.hash = SEAL_HASHES;
    assert_int_equal(seal_draft_begin(&file, 1, k, NOW, &s, &d), -EBADMSG);
    s = c.signer;
    assert_int_equal(seal_draft_begin(&file, 1, k, NOW - 101, &s, &d),
                     -EKEYEXPIRED);
    assert_int_equal(seal_draft_begin(&file, 1, k, NOW + 101, &s, &d),
                     -EKEYEXPIRED);
    assert_int_equal(seal_draft_begin(&file, 0, k, NOW, &s, &d), -EINVAL);
    assert_null(d);
    card_free(&c);
}

static void test_card_no_memory(void **state)
{
    const struct seal_file file = {"form.json", "application/json", "{}", 2};
    LK_AUTO(seal_key) k = NULL;
    struct seal_draft *d = NULL;
    struct lk_buf *out = NULL;
    uint8_t raw[RAW_MAX];
    int r;
    (void)state;
    assert_int_equal(load(&device.key_pem, &device.cert_pem, &k), 0);
    struct card c =
        card_make(EVP_EC_gen("P-384"), "nonRepudiation", SEAL_SHA384);
    OOM_SWEEP(r, seal_draft_begin(&file, 1, k, NOW, &c.signer, &d));
    size_t len = card_sign(&c, d, SEAL_ECDSA, raw);
    for (long i = 0; !out; i++) {
        oom_left = i;
        r = seal_draft_finish(d, SEAL_ECDSA, raw, len, &out);
        oom_left = -1;
        if (r == 0)
            break;
        /* It may be used up, and never says that it is done. */
        assert_true(r == -ENOMEM || r == -EINVAL);
        assert_true(i < 1000);
        d = seal_draft_free(d);
        assert_int_equal(seal_draft_begin(&file, 1, k, NOW, &c.signer, &d), 0);
        len = card_sign(&c, d, SEAL_ECDSA, raw);
    }
    lk_buf_free(out);
    seal_draft_free(d);
    assert_null(seal_draft_free(NULL));
    card_free(&c);
}

static void test_no_memory(void **state)
{
    const struct seal_file file = {"form.json", "application/json", "{}", 2};
    LK_AUTO(seal_key) k = NULL;
    struct lk_buf *out = NULL;
    int r;
    (void)state;
    assert_int_equal(load(&device.key_pem, &device.cert_pem, &k), 0);
    OOM_SWEEP(r, seal_container(&file, 1, k, NOW, &out));
    out = lk_buf_free(out);
    OOM_SWEEP(r, seal_letter("x", 1, device.cert_pem.data, device.cert_pem.len,
                             &out));
    lk_buf_free(out);
}

static void letter_opens(const struct pair *to)
{
    static const char text[] =
        "Hyv\xc3\xa4\xc3\xa4 p\xc3\xa4iv\xc3\xa4\xc3\xa4";
    LK_AUTO(lk_buf) out = NULL;
    char *got;
    assert_int_equal(seal_letter(text, sizeof(text), to->cert_pem.data,
                                 to->cert_pem.len, &out),
                     0);
    assert_null(memmem(out->data, out->len, text, sizeof(text)));
    const unsigned char *at = out->data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)out->len);
    assert_non_null(cms);
    assert_int_equal(OBJ_obj2nid(CMS_get0_type(cms)),
                     NID_id_smime_ct_authEnvelopedData);
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(CMS_decrypt(cms, to->pkey, to->cert, NULL, bio, 0), 1);
    assert_int_equal(BIO_get_mem_data(bio, &got), sizeof(text));
    assert_memory_equal(got, text, sizeof(text));
    BIO_free(bio);
    CMS_ContentInfo_free(cms);
}

static void test_letters(void **state)
{
    struct lk_buf *out = NULL;
    struct pair ed = {0};
    BIO *bio = BIO_new(BIO_s_mem());
    (void)state;
    letter_opens(&device);
    letter_opens(&rsa);
    assert_int_equal(seal_letter("x", 1, "none", 4, &out), -EBADMSG);
    /* A key that signs only. */
    ed.pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    ed.cert = X509_new();
    X509_set_pubkey(ed.cert, ed.pkey);
    X509_sign(ed.cert, ed.pkey, NULL);
    PEM_write_bio_X509(bio, ed.cert);
    ed.cert_pem = pem_of(bio);
    assert_int_equal(
        seal_letter("x", 1, ed.cert_pem.data, ed.cert_pem.len, &out), -EBADMSG);
    pair_free(&ed);
    assert_null(out);
    assert_int_equal(ERR_peek_error(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_files_refused),
        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_same_in_same_out),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_card_signatures),
        cmocka_unit_test(test_card_other_draft),
        cmocka_unit_test(test_card_refused),
        cmocka_unit_test(test_card_certificates),
        cmocka_unit_test(test_card_no_memory),
        cmocka_unit_test(test_letters),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
