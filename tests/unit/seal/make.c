/* make.c - the room as a command, for tests that let other programs judge.
 *
 *   seal-make container KEY CERT TIME OUT NAME TYPE FILE [NAME TYPE FILE]...
 *   seal-make sign KEY CERT CARDKEY CARDCERT HASH SCHEME TIME OUT NAME TYPE
 * FILE
 *     ... a second signature, as a card would make it; HASH: 256, 384, 512;
 *     SCHEME: ecdsa, pkcs1, pss. Prints the hash that was signed
 *   seal-make letter CERT IN OUT
 *   seal-make pdf TIME IN OUT
 *   seal-make code MARK | read TYPED
 */
#include "base/text.h"
#include "seal/seal.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIPLE 3

static int read_file(const char *path, struct lk_buf **ret)
{
    LK_AUTO(lk_buf) b = NULL;
    char chunk[65536];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f)
        return -errno;
    int r = lk_buf_new(SEAL_FILE_LEN_MAX, &b);
    while (r == 0 && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        r = lk_buf_append(b, chunk, n);
    (void)fclose(f);
    if (r == 0)
        *ret = LK_TAKE(b);
    return r;
}

static int write_file(const char *path, const struct lk_buf *b)
{
    FILE *f = b ? fopen(path, "wb") : NULL;
    if (!f)
        return b ? -errno : -EINVAL;
    size_t n = fwrite(b->data, 1, b->len, f);
    return fclose(f) == 0 && n == b->len ? 0 : -EIO;
}

static int load_key(char **argv, struct seal_key **ret)
{
    LK_AUTO(lk_buf) key = NULL;
    LK_AUTO(lk_buf) cert = NULL;
    int r = read_file(argv[0], &key);
    if (r == 0)
        r = read_file(argv[1], &cert);
    if (r == 0 && key && cert)
        r = seal_key_load(key->data, key->len, cert->data, cert->len, ret);
    return r;
}

/* NAME TYPE FILE of each. */
struct bundle {
    struct seal_file file[SEAL_FILES_MAX];
    struct lk_buf *data[SEAL_FILES_MAX];
    size_t n;
};

static int bundle_read(struct bundle *b, int argc, char **argv)
{
    int r = 0;
    for (int i = 0; i + 2 < argc && b->n < SEAL_FILES_MAX; i += TRIPLE) {
        r = read_file(argv[i + 2], &b->data[b->n]);
        if (r < 0)
            return r;
        b->file[b->n] = (struct seal_file){
            argv[i], argv[i + 1], b->data[b->n]->data, b->data[b->n]->len};
        b->n++;
    }
    return r;
}

static void bundle_free(struct bundle *b)
{
    for (size_t i = 0; i < b->n; i++)
        lk_buf_free(b->data[i]);
}

static int make_container(int argc, char **argv)
{
    struct bundle b = {.n = 0};
    LK_AUTO(seal_key) key = NULL;
    LK_AUTO(lk_buf) out = NULL;
    int r = argc < 4 ? -EINVAL : load_key(argv, &key);
    if (r == 0)
        r = bundle_read(&b, argc - 4, argv + 4);
    if (r == 0)
        r = seal_container(b.file, b.n, key, strtoll(argv[2], NULL, 10), &out);
    if (r == 0)
        r = write_file(argv[3], out);
    bundle_free(&b);
    return r;
}

/* --- a card ------------------------------------------------------------ */

struct card {
    EVP_PKEY *key;
    struct seal_signer signer;
    enum seal_scheme scheme;
    unsigned char *der;
};

static int card_load(char **argv, struct card *ret)
{
    static const char *const schemes[] = {"ecdsa", "pkcs1", "pss"};
    static const char *const hashes[] = {"256", "384", "512"};
    FILE *key = fopen(argv[0], "r");
    FILE *cert = fopen(argv[1], "r");
    X509 *x = cert ? PEM_read_X509(cert, NULL, NULL, NULL) : NULL;
    ret->key = key ? PEM_read_PrivateKey(key, NULL, NULL, NULL) : NULL;
    int len = x ? i2d_X509(x, &ret->der) : 0;
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(argv[2], hashes[i]) == 0)
            ret->signer.hash = (enum seal_hash)i;
        if (strcmp(argv[3], schemes[i]) == 0)
            ret->scheme = (enum seal_scheme)i;
    }
    ret->signer.cert = ret->der;
    ret->signer.cert_len = (size_t)len;
    X509_free(x);
    if (key)
        (void)fclose(key);
    if (cert)
        (void)fclose(cert);
    return ret->key && len > 0 ? 0 : -EBADMSG;
}

/* ECDSA-Sig-Value as r || s. */
static size_t card_raw(const struct card *c, const uint8_t *der, size_t len,
                       uint8_t *ret)
{
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
    int half = (EVP_PKEY_get_bits(c->key) + 7) / 8;
    if (!sig || BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret, half) != half ||
        BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret + half, half) != half)
        half = 0;
    ECDSA_SIG_free(sig);
    return 2 * (size_t)half;
}

static size_t card_sign(const struct card *c, const uint8_t *hash, size_t len,
                        uint8_t ret[SEAL_SIGNATURE_MAX])
{
    static const char *const names[] = {"SHA256", "SHA384", "SHA512"};
    uint8_t sig[SEAL_SIGNATURE_MAX + 64];
    size_t n = sizeof(sig);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(c->key, NULL);
    bool ok = ctx && EVP_PKEY_sign_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_signature_md(
                  ctx, EVP_get_digestbyname(names[c->signer.hash])) == 1;
    if (ok && c->scheme != SEAL_ECDSA)
        ok = EVP_PKEY_CTX_set_rsa_padding(ctx, c->scheme == SEAL_RSA_PSS
                                                   ? RSA_PKCS1_PSS_PADDING
                                                   : RSA_PKCS1_PADDING) == 1;
    if (ok && c->scheme == SEAL_RSA_PSS)
        ok = EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
    ok = ok && EVP_PKEY_sign(ctx, sig, &n, hash, len) == 1;
    EVP_PKEY_CTX_free(ctx);
    if (!ok || (c->scheme != SEAL_ECDSA && n > SEAL_SIGNATURE_MAX))
        return 0;
    if (c->scheme == SEAL_ECDSA)
        return card_raw(c, sig, n, ret);
    memcpy(ret, sig, n);
    return n;
}

static int card_finish(const struct card *c, struct seal_draft *d,
                       struct lk_buf **ret)
{
    uint8_t hash[SEAL_HASH_MAX];
    uint8_t sig[SEAL_SIGNATURE_MAX];
    char hex[2 * SEAL_HASH_MAX + 1];
    size_t len = seal_draft_hash(d, hash);
    lk_hex_encode(hash, len, hex);
    (void)puts(hex);
    size_t n = card_sign(c, hash, len, sig);
    return seal_draft_finish(d, c->scheme, sig, n, ret);
}

static int make_signed(int argc, char **argv)
{
    struct bundle b = {.n = 0};
    struct card card = {.key = NULL};
    LK_AUTO(seal_key) key = NULL;
    LK_AUTO(seal_draft) d = NULL;
    LK_AUTO(lk_buf) out = NULL;
    int r = argc < 8 ? -EINVAL : load_key(argv, &key);
    if (r == 0)
        r = card_load(argv + 2, &card);
    if (r == 0)
        r = bundle_read(&b, argc - 8, argv + 8);
    if (r == 0)
        r = seal_draft_begin(b.file, b.n, key, strtoll(argv[6], NULL, 10),
                             &card.signer, &d);
    if (r == 0)
        r = card_finish(&card, d, &out);
    if (r == 0)
        r = write_file(argv[7], out);
    bundle_free(&b);
    EVP_PKEY_free(card.key);
    OPENSSL_free(card.der);
    return r;
}

static int make_letter(int argc, char **argv)
{
    LK_AUTO(lk_buf) cert = NULL;
    LK_AUTO(lk_buf) in = NULL;
    LK_AUTO(lk_buf) out = NULL;
    int r = argc == 3 ? read_file(argv[0], &cert) : -EINVAL;
    if (r == 0)
        r = read_file(argv[1], &in);
    if (r == 0 && in && cert)
        r = seal_letter(in->data, in->len, cert->data, cert->len, &out);
    return r < 0 ? r : write_file(argv[2], out);
}

static int make_pdf(int argc, char **argv)
{
    LK_AUTO(lk_buf) in = NULL;
    LK_AUTO(lk_buf) out = NULL;
    int r = argc == 3 ? read_file(argv[1], &in) : -EINVAL;
    if (r == 0)
        r = seal_pdf(lk_buf_str(in), in->len, strtoll(argv[0], NULL, 10), &out);
    return r < 0 ? r : write_file(argv[2], out);
}

static int make_code(int argc, char **argv)
{
    char code[SEAL_CODE_MAX];
    int r = argc == 1 ? seal_code_new(argv[0], code) : -EINVAL;
    if (r == 0)
        (void)puts(code);
    return r;
}

static int read_code(int argc, char **argv)
{
    char code[SEAL_CODE_MAX];
    int r = argc == 1 ? seal_code_read(argv[0], code) : -EINVAL;
    if (r == 0)
        (void)puts(code);
    return r;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {{"container", make_container}, {"sign", make_signed},
                    {"letter", make_letter},       {"pdf", make_pdf},
                    {"code", make_code},           {"read", read_code}};
    int r = -EINVAL;
    for (size_t i = 0; argc > 1 && i < LK_ARRAY_LEN(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            r = commands[i].run(argc - 2, argv + 2);
    if (r < 0)
        (void)fprintf(stderr, "seal-make: %s\n", strerror(-r));
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
