#include "base/text.h"
#include "seal/seal_impl.h"

#include <openssl/sha.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIMETYPE "application/vnd.etsi.asic-e+zip"
#define ENTRY_OVERHEAD 512 /* both headers of an entry, and its line */
#define MANIFEST_MAX (SEAL_FILES_MAX * ENTRY_OVERHEAD + 1024)
/* Of a container's usual overhead: both signatures and manifests, headers. */
#define OVERHEAD_EXPECTED (64UL * 1024)
#define META "META-INF/"

/* Whose signature: a manifest and a signature file each, told by the number. */
enum { SIGNATURE_KIOSK = 1, SIGNATURE_CITIZEN };

/* What is to be sealed, and the digest of each. */
struct contents {
    const struct seal_file *file;
    size_t files;
    uint8_t (*hash)[SEAL_SHA256_LEN];
};

struct seal_draft {
    struct seal_zip *zip; /* NULL: used up */
    struct seal_remote *remote;
};

struct signature {
    char name[SEAL_NAME_MAX];
    char manifest[SEAL_NAME_MAX];
};

/* EN 319 162-1, 4.4.3.2 and A.7: names that readers look for. */
static void signature_name(int number, struct signature *ret)
{
    (void)snprintf(ret->name, sizeof(ret->name), META "signature%03d.p7s",
                   number);
    (void)snprintf(ret->manifest, sizeof(ret->manifest),
                   META "ASiCManifest%03d.xml", number);
}

static int manifest_add(struct lk_buf *b, const struct seal_file *f,
                        const uint8_t hash[SEAL_SHA256_LEN])
{
    char text[4 * (SEAL_SHA256_LEN + 2) / 3 + 1];
    EVP_EncodeBlock((unsigned char *)text, hash, SEAL_SHA256_LEN);
    return lk_buf_printf(
        b,
        "<asic:DataObjectReference URI=\"%s\" MimeType=\"%s\">"
        "<ds:DigestMethod "
        "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
        "<ds:DigestValue>%s</ds:DigestValue>"
        "</asic:DataObjectReference>\n",
        f->name, f->type, text);
}

/* EN 319 162-1, A.4: ASiCManifest. */
static int manifest_make(const struct contents *c, const struct signature *s,
                         struct lk_buf **ret)
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(MANIFEST_MAX, &b);
    if (r == 0)
        r = lk_buf_printf(b,
                          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                          "<asic:ASiCManifest "
                          "xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" "
                          "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n"
                          "<asic:SigReference URI=\"%s\" "
                          "MimeType=\"application/pkcs7-signature\"/>\n",
                          s->name);
    for (size_t i = 0; r == 0 && i < c->files; i++)
        r = manifest_add(b, &c->file[i], c->hash[i]);
    if (r == 0)
        r = lk_buf_printf(b, "</asic:ASiCManifest>\n");
    if (r == 0)
        *ret = LK_TAKE(b);
    return r;
}

/* Adds whose manifest it is; gives it, too. */
static int manifest_put(struct seal_zip *z, const struct contents *c,
                        int number, struct lk_buf **ret)
{
    LK_AUTO(lk_buf) manifest = NULL;
    struct signature s;
    signature_name(number, &s);
    int r = manifest_make(c, &s, &manifest);
    if (r == 0)
        r = seal_zip_add(z, s.manifest, manifest->data, manifest->len);
    if (r == 0)
        *ret = LK_TAKE(manifest);
    return r;
}

static int signature_put(struct seal_zip *z, const struct lk_buf *cms,
                         int number)
{
    struct signature s;
    signature_name(number, &s);
    return cms ? seal_zip_add(z, s.name, cms->data, cms->len) : -EIO;
}

static int container_sign(struct seal_zip *z, const struct contents *c,
                          const struct seal_key *key, int64_t now_s)
{
    LK_AUTO(lk_buf) manifest = NULL;
    LK_AUTO(lk_buf) cms = NULL;
    int r = manifest_put(z, c, SIGNATURE_KIOSK, &manifest);
    if (r == 0)
        r = seal_cms_sign(key, manifest->data, manifest->len, now_s, &cms);
    return r < 0 ? r : signature_put(z, cms, SIGNATURE_KIOSK);
}

static int container_check(const struct seal_file *file, size_t files,
                           size_t *ret_total)
{
    size_t total = 0;
    if (files == 0)
        return -EINVAL;
    if (files > SEAL_FILES_MAX)
        return -EMSGSIZE;
    for (size_t i = 0; i < files; i++) {
        if (!seal_file_fits(file, files, i))
            return -EINVAL;
        if (file[i].len > SEAL_FILE_LEN_MAX)
            return -EMSGSIZE;
        total += file[i].len;
    }
    *ret_total = total;
    return total <= SEAL_TOTAL_MAX ? 0 : -EMSGSIZE;
}

/* All but the citizen's signature; its files must have been checked. */
static int container_fill(struct seal_zip *z, const struct contents *c,
                          const struct seal_key *key, int64_t now_s)
{
    int r = seal_zip_add(z, "mimetype", MIMETYPE, strlen(MIMETYPE));
    for (size_t i = 0; r == 0 && i < c->files; i++) {
        const struct seal_file *f = &c->file[i];
        SHA256(f->data, f->len, c->hash[i]);
        r = seal_zip_add(z, f->name, f->data, f->len);
    }
    return r < 0 ? r : container_sign(z, c, key, now_s);
}

static int container_begin(const struct contents *c, const struct seal_key *key,
                           int64_t now_s, struct seal_zip **ret)
{
    LK_AUTO(seal_zip) z = NULL;
    size_t total;
    int r = container_check(c->file, c->files, &total);
    if (r == 0)
        r = seal_zip_new(SEAL_TOTAL_MAX + SEAL_OVERHEAD_MAX,
                         total + OVERHEAD_EXPECTED, now_s, &z);
    if (r == 0)
        r = container_fill(z, c, key, now_s);
    if (r == 0)
        *ret = LK_TAKE(z);
    return r;
}

int seal_container(const struct seal_file *file, size_t files,
                   const struct seal_key *key, int64_t now_s,
                   struct lk_buf **ret)
{
    uint8_t hash[SEAL_FILES_MAX][SEAL_SHA256_LEN];
    const struct contents c = {file, files, hash};
    LK_AUTO(seal_zip) z = NULL;
    int r = container_begin(&c, key, now_s, &z);
    return r < 0 ? r : seal_zip_end(z, ret);
}

/* --- with the citizen's signature -------------------------------------- */

int seal_draft_begin(const struct seal_file *file, size_t files,
                     const struct seal_key *key, int64_t now_s,
                     const struct seal_signer *signer, struct seal_draft **ret)
{
    uint8_t hash[SEAL_FILES_MAX][SEAL_SHA256_LEN];
    const struct contents c = {file, files, hash};
    LK_AUTO(lk_buf) manifest = NULL;
    LK_AUTO(seal_draft) d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    int r = container_begin(&c, key, now_s, &d->zip);
    if (r == 0)
        r = manifest_put(d->zip, &c, SIGNATURE_CITIZEN, &manifest);
    if (r == 0)
        r = seal_remote_new(signer, manifest->data, manifest->len, now_s,
                            &d->remote);
    if (r == 0)
        *ret = LK_TAKE(d);
    return r;
}

size_t seal_draft_hash(const struct seal_draft *d, uint8_t ret[SEAL_HASH_MAX])
{
    return seal_remote_hash(d->remote, ret);
}

int seal_draft_finish(struct seal_draft *d, enum seal_scheme scheme,
                      const void *signature, size_t len, struct lk_buf **ret)
{
    LK_AUTO(lk_buf) cms = NULL;
    if (!d->zip)
        return -EINVAL;
    int r = seal_remote_sign(d->remote, scheme, signature, len, &cms);
    if (r < 0)
        return r;
    LK_AUTO(seal_zip) z = LK_TAKE(d->zip);
    r = signature_put(z, cms, SIGNATURE_CITIZEN);
    return r < 0 ? r : seal_zip_end(z, ret);
}

struct seal_draft *seal_draft_free(struct seal_draft *d)
{
    if (d) {
        seal_zip_free(d->zip);
        seal_remote_free(d->remote);
        free(d);
    }
    return NULL;
}
