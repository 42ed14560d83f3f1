#include "base/text.h"
#include "seal/seal_impl.h"

#include <openssl/sha.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MIMETYPE "application/vnd.etsi.asic-e+zip"
#define ENTRY_OVERHEAD 512 /* both headers of an entry, and its line */
#define MANIFEST_MAX (SEAL_FILES_MAX * ENTRY_OVERHEAD + 1024)
#define META "META-INF/"

/* Whose signature: a manifest and a signature file each, told by the number. */
enum { SIGNATURE_KIOSK = 1 };

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

static int manifest_add(struct lk_buf *b, const struct seal_file *f)
{
    uint8_t hash[SEAL_SHA256_LEN];
    char text[4 * (SEAL_SHA256_LEN + 2) / 3 + 1];
    SHA256(f->data, f->len, hash);
    EVP_EncodeBlock((unsigned char *)text, hash, sizeof(hash));
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
static int manifest_make(const struct seal_file *file, size_t files,
                         const struct signature *s, struct lk_buf **ret)
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
    for (size_t i = 0; r == 0 && i < files; i++)
        r = manifest_add(b, &file[i]);
    if (r == 0)
        r = lk_buf_printf(b, "</asic:ASiCManifest>\n");
    if (r == 0)
        *ret = LK_TAKE(b);
    return r;
}

static int container_sign(struct seal_zip *z, const struct seal_file *file,
                          size_t files, const struct seal_key *key,
                          int64_t now_s)
{
    struct signature s;
    LK_AUTO(lk_buf) manifest = NULL;
    LK_AUTO(lk_buf) cms = NULL;
    signature_name(SIGNATURE_KIOSK, &s);
    int r = manifest_make(file, files, &s, &manifest);
    if (r == 0)
        r = seal_cms_sign(key, manifest->data, manifest->len, now_s, &cms);
    if (r == 0)
        r = seal_zip_add(z, s.manifest, manifest->data, manifest->len);
    if (r == 0)
        r = seal_zip_add(z, s.name, cms->data, cms->len);
    return r;
}

static int container_check(const struct seal_file *file, size_t files)
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
    return total <= SEAL_TOTAL_MAX ? 0 : -EMSGSIZE;
}

int seal_container(const struct seal_file *file, size_t files,
                   const struct seal_key *key, int64_t now_s,
                   struct lk_buf **ret)
{
    LK_AUTO(seal_zip) z = NULL;
    int r = container_check(file, files);
    if (r == 0)
        r = seal_zip_new(SEAL_TOTAL_MAX + SEAL_OVERHEAD_MAX, now_s, &z);
    if (r == 0)
        r = seal_zip_add(z, "mimetype", MIMETYPE, strlen(MIMETYPE));
    for (size_t i = 0; r == 0 && i < files; i++)
        r = seal_zip_add(z, file[i].name, file[i].data, file[i].len);
    if (r == 0)
        r = container_sign(z, file, files, key, now_s);
    return r < 0 ? r : seal_zip_end(z, ret);
}
