/* seal.h - an approved form as a sealed container, and sealed letters.
 *
 * Spec: ETSI EN 319 162-1 (ASiC-E with CAdES), EN 319 122-1 (CAdES baseline B),
 * RFC 5652 and 5083/5084 (CMS, AES-GCM). OpenSSL, minizip and the PDF's
 * libraries stay behind it. No I/O: bytes in, bytes out.
 */
#ifndef LUUKKU_SEAL_SEAL_H
#define LUUKKU_SEAL_SEAL_H

#include "base/buf.h"

#include <stdbool.h>

#define SEAL_FILES_MAX 40
#define SEAL_NAME_MAX 64 /* bytes, the NUL included */
#define SEAL_FILE_LEN_MAX (64UL * 1024 * 1024)
#define SEAL_TOTAL_MAX (128UL * 1024 * 1024)
/* What a container has besides its files. */
#define SEAL_OVERHEAD_MAX (256UL * 1024)

/* One file of a container: "form.json", "form.pdf", SEAL_PAPERS "1.jpg". */
struct seal_file {
    const char *name; /* [a-z0-9./-], relative, no ".." */
    const char *type; /* media type */
    const void *data;
    size_t len;
};

/* The device's signing key and certificate. */
struct seal_key;
/* key, cert: PEM. Errors: -EBADMSG, -ENOMEM. */
int seal_key_load(const void *key, size_t key_len, const void *cert,
                  size_t cert_len, struct seal_key **ret) LK_MUST_CHECK;
struct seal_key *seal_key_free(struct seal_key *k);
LK_AUTO_DEFINE(seal_key);

/* Makes the container: `mimetype` first, the files, ASiCManifest001.xml with
 * each one's SHA-256, and the kiosk's CAdES signature over that,
 * signature001.p7s. All is stored, nothing deflated. The same in gives the same
 * bytes but for the signature's value (ECDSA is random).
 *
 * now_s   wall clock, for signing-time and the entries
 * ret     owner: caller
 * Errors  -EINVAL a name (also: twice), a media type, or no file; -EMSGSIZE,
 *         -ENOMEM, -EIO libcrypto
 * Thread  any
 */
int seal_container(const struct seal_file *file, size_t files,
                   const struct seal_key *key, int64_t now_s,
                   struct lk_buf **ret) LK_MUST_CHECK;

/* --- a container that the citizen signs, too ---------------------------- *
 * In two steps, since the key is in the citizen's card: a draft says which hash
 * the card is to sign, and takes the signature. It is a CAdES signature like
 * the kiosk's, in ASiCManifest002.xml and signature002.p7s, over the very same
 * files. */

#define SEAL_CERT_MAX 8192 /* bytes of a card's certificate, DER */
#define SEAL_HASH_MAX 64   /* bytes */
#define SEAL_SIGNATURE_MAX 512

enum seal_hash { SEAL_SHA256, SEAL_SHA384, SEAL_SHA512, SEAL_HASHES };

/* How a card's key signs. */
enum seal_scheme {
    SEAL_ECDSA, /* P-256, P-384: r || s, each as long as the curve's order */
    SEAL_RSA_PKCS1, /* RSASSA-PKCS1-v1_5 (RFC 8017) */
    SEAL_RSA_PSS,   /* RSASSA-PSS, MGF1 of the same hash, salt as long as it */
    SEAL_SCHEMES,
};

/* Who signs; borrowed. */
struct seal_signer {
    const void *cert; /* of the signing key, DER */
    size_t cert_len;
    enum seal_hash hash;
};

/* A container that lacks the citizen's signature alone. */
struct seal_draft;

/* Makes it, the kiosk's signature included; what is borrowed may go then.
 *
 * now_s   both signatures' signing-time
 * ret     owner: caller
 * Errors  seal_container()'s; of the certificate: -EBADMSG it is none, or too
 *         long; -EKEYREJECTED it has another key than EC P-256, P-384 or RSA of
 *         2048 to 4096 bits, or its keyUsage is not nonRepudiation;
 *         -EKEYEXPIRED it is not valid at now_s
 * Thread  any, as for the next ones; one at a time
 */
int seal_draft_begin(const struct seal_file *file, size_t files,
                     const struct seal_key *key, int64_t now_s,
                     const struct seal_signer *signer,
                     struct seal_draft **ret) LK_MUST_CHECK;

/* What the card is to sign: the signer's hash of the DER of the signed
 * attributes (RFC 5652, 5.4). Returns its bytes. */
size_t seal_draft_hash(const struct seal_draft *d, uint8_t ret[SEAL_HASH_MAX]);

/* Takes the signature, once it was checked with the certificate's key.
 *
 * ret     the container; owner: caller. The draft is used up then
 * Errors  -EBADMSG it is no such signature over that hash: another may be
 *         tried; -EINVAL the draft is used up; -EMSGSIZE, -ENOMEM, -EIO
 */
int seal_draft_finish(struct seal_draft *d, enum seal_scheme scheme,
                      const void *signature, size_t len,
                      struct lk_buf **ret) LK_MUST_CHECK;

/* Wipes and frees. NULL is fine. Returns NULL. */
struct seal_draft *seal_draft_free(struct seal_draft *d);
LK_AUTO_DEFINE(seal_draft);

/* --- what else is made of a form ---------------------------------------- */

/* A form's canonical JSON as a PDF that can be read and read aloud: text, not a
 * picture; tagged. The texts come with the JSON (forms/canonical.h).
 * Errors: -EBADMSG not such JSON, -ENOMEM, -EIO. */
int seal_pdf(const char *canonical, size_t len, int64_t now_s,
             struct lk_buf **ret) LK_MUST_CHECK;

/* Where the papers that go with a form are in a container: each under the name
 * that the form's JSON has for it. */
#define SEAL_PAPERS "attachments/"

/* Whether these are the very papers that a form names: each is there under its
 * name with its SHA-256, and there are no more. Errors: -EBADMSG they are not,
 * or no such JSON; -ENOMEM. Thread: any. */
int seal_papers_check(const char *canonical, size_t len,
                      const struct seal_file *paper,
                      size_t papers) LK_MUST_CHECK;

/* Encrypts to an agency's certificate (PEM, an EC or RSA key): DER of CMS
 * AuthEnvelopedData, AES-256-GCM (RFC 5084); the key by ECDH with SHA-256 or
 * RSA-OAEP. Errors: -EBADMSG certificate, -EMSGSIZE, -ENOMEM, -EIO. Thread:
 * any. */
int seal_letter(const void *data, size_t len, const void *cert, size_t cert_len,
                struct lk_buf **ret) LK_MUST_CHECK;

/* A new tracking code: the agency's mark (two characters of [A-Z0-9]), 12
 * random characters of Crockford's Base32 and a check character (ISO/IEC 7064
 * MOD 37,36), in groups: "KE4F-7Q9W-2MXT-8ZA". An O in the mark becomes 0, I
 * and L become 1, since that is how a code is read. 60 bits of chance.
 * Errors: -EINVAL the mark. Thread: any. */
#define SEAL_CODE_MAX 32
int seal_code_new(const char *mark, char ret[SEAL_CODE_MAX]) LK_MUST_CHECK;
/* The mark of an agency, of its id: the first two letters or digits, "XX" when
 * it has fewer. */
void seal_code_mark(const char *agency, char ret[3]);
/* Whether a code, as seal_code_read() gives it, has that agency's mark. */
bool seal_code_is_of(const char *code, const char *agency);
/* What was typed, in that form: capitals, groups, O as 0, I and L as 1.
 * Errors: -EBADMSG it is no such code (the check character finds slips). */
int seal_code_read(const char *typed, char ret[SEAL_CODE_MAX]) LK_MUST_CHECK;

#endif
