#include "provision/renew.h"

#include "provision/key.h"
#include "provision/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <openssl/cms.h> /* has its PEM functions only behind pem.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define REFUSED "refused "

enum provision_renew_stage provision_renew_stage(
    const struct provision_files *f)
{
    if (provision_files_get(f, PROVISION_OLD_KEY))
        return PROVISION_RENEW_TRIAL;
    return provision_files_get(f, PROVISION_NEXT_KEY) ? PROVISION_RENEW_ASKED
                                                      : PROVISION_RENEW_IDLE;
}

/* The least time that it can be. */
static int64_t least(const struct provision_time *t)
{
    return t->clock_set ? LK_MAX(t->now_s, t->floor_s) : t->floor_s;
}

bool provision_renew_due(const struct provision_files *f,
                         const struct provision_time *time)
{
    int64_t from = 0;
    int64_t until = 0;
    if (provision_cert_times(f, &from, &until) < 0 || until <= from)
        return false;
    return until - least(time) < (until - from) / 3;
}

/* --- moving texts ----------------------------------------------------------
 */

static int copy_text(struct provision_files *f, const char *from,
                     const char *to)
{
    const struct lk_buf *text = provision_files_get(f, from);
    return text ? provision_files_put(f, to, text->data, text->len) : -ENOENT;
}

/* What `copy` has becomes the set's. */
static void turn(struct provision_files *f, struct provision_files *copy)
{
    struct provision_files old = *f;
    *f = *copy;
    *copy = old;
}

static const struct {
    const char *is, *old;
} kept[] = {{PROVISION_TLS_KEY, PROVISION_OLD_KEY},
            {PROVISION_TLS_CERT, PROVISION_OLD_TLS},
            {PROVISION_DEVICE_CERT, PROVISION_OLD_DEVICE}};

bool provision_renew_old_ended(const struct provision_files *f,
                               const struct provision_time *time)
{
    LK_AUTO(provision_files) copy = NULL;
    int64_t from = 0;
    int64_t until = 0;
    int r = provision_files_copy(f, &copy);
    for (size_t i = 0; i < LK_ARRAY_LEN(kept) && r == 0; i++)
        r = copy_text(copy, kept[i].old, kept[i].is);
    if (r == 0)
        r = provision_cert_times(copy, &from, &until);
    return r == 0 && until <= least(time);
}

int provision_renew_begin(struct provision_files *f)
{
    LK_AUTO(provision_files) made = NULL;
    enum provision_renew_stage stage = provision_renew_stage(f);
    if (stage != PROVISION_RENEW_IDLE)
        return stage == PROVISION_RENEW_TRIAL ? -EBUSY : 0;
    int r = provision_files_new(&made);
    if (r == 0)
        r = provision_keys_make(made);
    const struct lk_buf *key =
        r < 0 ? NULL : provision_files_get(made, PROVISION_TLS_KEY);
    if (!key)
        return r < 0 ? r : -ENOMEM;
    return provision_files_put(f, PROVISION_NEXT_KEY, key->data, key->len);
}

/* The set as it would be with the new key: without certificates of its own. */
static int next_set(const struct provision_files *f,
                    struct provision_files **ret)
{
    LK_AUTO(provision_files) copy = NULL;
    if (provision_renew_stage(f) != PROVISION_RENEW_ASKED)
        return -ENOENT;
    int r = provision_files_copy(f, &copy);
    for (size_t i = 0; i < LK_ARRAY_LEN(kept) && r == 0; i++)
        r = copy_text(copy, kept[i].is, kept[i].old);
    if (r == 0)
        r = copy_text(copy, PROVISION_NEXT_KEY, PROVISION_TLS_KEY);
    if (r < 0)
        return r;
    provision_files_drop(copy, PROVISION_NEXT_KEY);
    provision_files_drop(copy, PROVISION_TLS_CERT);
    provision_files_drop(copy, PROVISION_DEVICE_CERT);
    *ret = LK_TAKE(copy);
    return 0;
}

/* --- asking ---------------------------------------------------------------
 */

/* Signs `text` as the kiosk that the set's certificate is for. */
static int sign(const struct provision_files *f, const char *text, BIO *out)
{
    const char *why = NULL;
    X509 *cert = NULL;
    CMS_ContentInfo *cms = NULL;
    const struct lk_buf *pem = provision_files_get(f, PROVISION_DEVICE_CERT);
    EVP_PKEY *key = pem_key(f, PROVISION_DEVICE_KEY);
    BIO *from = pem ? BIO_new_mem_buf(pem->data, (int)pem->len) : NULL;
    BIO *data = BIO_new_mem_buf(text, -1);
    int r = from && key && data ? 0 : -EBADMSG;
    if (r == 0 && pem_next_cert(from, &cert, &why) <= 0)
        r = -EBADMSG;
    if (r == 0)
        cms = CMS_sign(cert, key, NULL, data, CMS_BINARY | CMS_NOSMIMECAP);
    if (r == 0 && (!cms || PEM_write_bio_CMS(out, cms) != 1))
        r = -EBADMSG;
    CMS_ContentInfo_free(cms);
    X509_free(cert);
    BIO_free(data);
    BIO_free(from);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return r;
}

int provision_renew_request(const struct provision_files *f, char *ret)
{
    LK_AUTO(provision_files) next = NULL;
    char text[LK_NAME_MAX + 32 + PROVISION_REQUEST_MAX];
    char name[LK_NAME_MAX];
    char *data = NULL;
    int r = provision_cert_name(f, name);
    if (r == 0)
        r = next_set(f, &next);
    if (r < 0)
        return r;
    int n = snprintf(text, sizeof(text), "luukku-renew-1 %s\n", name);
    r = provision_request_make(next, name, text + n);
    BIO *out = r == 0 ? BIO_new(BIO_s_mem()) : NULL;
    if (!out)
        return r < 0 ? r : -ENOMEM;
    r = sign(f, text, out);
    long len = BIO_get_mem_data(out, &data);
    if (r == 0 && len >= PROVISION_RENEW_REQUEST_MAX)
        r = -EMSGSIZE;
    if (r == 0) {
        memcpy(ret, data, (size_t)len);
        ret[len] = 0;
    }
    BIO_free(out);
    return r;
}

/* --- the answer -----------------------------------------------------------
 */

/* Copies printable ASCII alone: the words are a stranger's. */
static void plain(char *ret, size_t cap, const char *text, size_t len)
{
    size_t at = 0;
    for (size_t i = 0; i < len && at + 1 < cap; i++)
        ret[at++] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
    ret[at] = 0;
}

static int refuse(struct store_config_error *e, const char *why)
{
    *e = (struct store_config_error){.line = 0};
    (void)snprintf(e->reason, sizeof(e->reason), "%s", why);
    return -EBADMSG;
}

static int office_refused(struct store_config_error *e, const char *text,
                          size_t len)
{
    char words[PROVISION_RENEW_WHY_MAX / 2];
    char why[PROVISION_RENEW_WHY_MAX];
    while (len > 0 && text[len - 1] == '\n')
        len--;
    plain(words, sizeof(words), text, len);
    (void)snprintf(why, sizeof(why), "the fleet's office says: %s", words);
    return refuse(e, why);
}

int provision_renew_take(struct provision_files *f, const char *text,
                         size_t len, const struct provision_time *time,
                         struct store_config_error *ret_error)
{
    LK_AUTO(provision_files) next = NULL;
    char name[LK_NAME_MAX];
    int64_t from = 0;
    int64_t old_until = 0;
    int64_t until = 0;
    const size_t word = sizeof(REFUSED) - 1;
    int r = next_set(f, &next);
    if (r == 0)
        r = provision_cert_name(f, name);
    if (r == 0)
        r = provision_cert_times(f, &from, &old_until);
    if (r < 0)
        return r;
    if (len > PROVISION_RENEW_ANSWER_MAX)
        return refuse(ret_error, "the answer is too long");
    if (len >= word && memcmp(text, REFUSED, word) == 0)
        return office_refused(ret_error, text + word, len - word);
    r = provision_cert_take(next, text, len, name, time, ret_error);
    if (r == 0)
        r = provision_cert_times(next, &from, &until);
    if (r < 0)
        return r;
    if (until <= old_until)
        return refuse(ret_error,
                      "the new certificates last no longer than the old ones");
    turn(f, next);
    return 0;
}

/* --- the end --------------------------------------------------------------
 */

static void forget(struct provision_files *f)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(kept); i++)
        provision_files_drop(f, kept[i].old);
    provision_files_drop(f, PROVISION_NEXT_KEY);
}

void provision_renew_prove(struct provision_files *f)
{
    forget(f);
    provision_files_drop(f, PROVISION_RENEW_WHY);
}

int provision_renew_back(struct provision_files *f, const char *why)
{
    LK_AUTO(provision_files) copy = NULL;
    char words[PROVISION_RENEW_WHY_MAX];
    int r = provision_files_copy(f, &copy);
    if (!copy || r < 0)
        return r;
    bool trial = provision_renew_stage(f) == PROVISION_RENEW_TRIAL;
    for (size_t i = 0; i < LK_ARRAY_LEN(kept) && trial && r == 0; i++)
        r = copy_text(copy, kept[i].old, kept[i].is);
    plain(words, sizeof(words), why, strlen(why));
    if (r == 0)
        r = provision_files_put(copy, PROVISION_RENEW_WHY, words,
                                strlen(words));
    if (r < 0)
        return r;
    forget(copy);
    turn(f, copy);
    return 0;
}

void provision_renew_why(const struct provision_files *f,
                         char ret[PROVISION_RENEW_WHY_MAX])
{
    const struct lk_buf *text = provision_files_get(f, PROVISION_RENEW_WHY);
    plain(ret, PROVISION_RENEW_WHY_MAX, text ? (const char *)text->data : "",
          text ? text->len : 0);
}
