#include "provision/cert.h"

#include "provision/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A clock that was set may still be this far off, s. */
#define CLOCK_SLACK_S 86400

#define DOCUMENT_SIGNING "1.3.6.1.5.5.7.3.36" /* RFC 9336 section 3.1 */

enum role { ROLE_DEVICE, ROLE_TLS, ROLE_CA, ROLES };

static const struct {
    const char *cert;
    const char *key; /* NULL: not ours */
    const char *missing;
} roles[ROLES] = {
    [ROLE_DEVICE] = {PROVISION_DEVICE_CERT, PROVISION_DEVICE_KEY,
                     "there is no certificate for the device's key in it"},
    [ROLE_TLS] = {PROVISION_TLS_CERT, PROVISION_TLS_KEY,
                  "there is no certificate for the TLS key in it"},
    [ROLE_CA] = {PROVISION_CA, NULL, "the fleet's CA is not in it"},
};

/* An answer that is being looked at. */
struct taking {
    struct provision_files *files;
    const char *text;
    size_t len;
    const struct provision_time *time;
    struct store_config_error *error;
    EVP_PKEY *key[ROLES];
    X509 *cert[ROLES];
    int line[ROLES];
    char name[LK_NAME_MAX];
};

static int refuse(struct taking *t, int line, const char *why)
{
    t->error->line = line;
    (void)snprintf(t->error->reason, sizeof(t->error->reason), "%s", why);
    return -EBADMSG;
}

/* --- one certificate ------------------------------------------------------ */

static int64_t seconds(const ASN1_TIME *at)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(at, &tm) != 1)
        return -1;
    return (int64_t)timegm(&tm);
}

static int common_name(X509 *x, char ret[LK_NAME_MAX])
{
    char name[LK_NAME_MAX + 1];
    int n = X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName,
                                      name, sizeof(name));
    if (n < 0 || strlen(name) != (size_t)n || !lk_name_valid(name))
        return -EBADMSG;
    memcpy(ret, name, (size_t)n + 1);
    return 0;
}

static bool has_purpose(X509 *x, enum role role)
{
    char oid[64];
    bool found = false;
    if (role == ROLE_TLS)
        return X509_get_ext_count(x) > 0 &&
               X509_get_extension_flags(x) & EXFLAG_XKUSAGE &&
               X509_get_extended_key_usage(x) & XKU_SSL_CLIENT;
    EXTENDED_KEY_USAGE *uses =
        X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
    for (int i = 0; i < sk_ASN1_OBJECT_num(uses) && !found; i++)
        found = OBJ_obj2txt(oid, sizeof(oid), sk_ASN1_OBJECT_value(uses, i),
                            1) > 0 &&
                strcmp(oid, DOCUMENT_SIGNING) == 0;
    EXTENDED_KEY_USAGE_free(uses);
    return found;
}

static void day_text(int64_t s, char ret[16])
{
    struct tm tm;
    time_t at = (time_t)s;
    if (!gmtime_r(&at, &tm) || strftime(ret, 16, "%Y-%m-%d", &tm) == 0)
        memcpy(ret, "?", 2);
}

static int check_time(struct taking *t, enum role role)
{
    char why[STORE_CONFIG_REASON_MAX];
    char day[16];
    char now[16];
    const struct provision_time *is = t->time;
    int64_t from = seconds(X509_get0_notBefore(t->cert[role]));
    int64_t until = seconds(X509_get0_notAfter(t->cert[role]));
    int64_t least =
        is->clock_set ? LK_MAX(is->now_s, is->floor_s) : is->floor_s;
    if (from < 0 || until < from)
        return refuse(t, t->line[role], "has times that no calendar has");
    if (until <= least) {
        day_text(until, day);
        day_text(least, now);
        (void)snprintf(why, sizeof(why),
                       "ended on %s, and today is not before %s", day, now);
        return refuse(t, t->line[role], why);
    }
    if (is->clock_set && from > least + CLOCK_SLACK_S) {
        day_text(from, day);
        day_text(least, now);
        (void)snprintf(why, sizeof(why),
                       "begins on %s, and the kiosk's clock says %s", day, now);
        return refuse(t, t->line[role], why);
    }
    return 0;
}

static bool signed_by(X509 *x, X509 *ca)
{
    bool ok = X509_NAME_cmp(X509_get_issuer_name(x),
                            X509_get_subject_name(ca)) == 0 &&
              X509_verify(x, X509_get0_pubkey(ca)) == 1;
    ERR_clear_error();
    return ok;
}

static int check_own(struct taking *t, enum role role)
{
    X509 *x = t->cert[role];
    char name[LK_NAME_MAX];
    int line = t->line[role];
    if (X509_check_ca(x) > 0)
        return refuse(t, line, "is a CA's, for a key of the kiosk");
    if (!signed_by(x, t->cert[ROLE_CA]))
        return refuse(t, line, "was not signed by this fleet's CA");
    if (!has_purpose(x, role))
        return refuse(t, line,
                      role == ROLE_TLS
                          ? "is not for TLS clients"
                          : "is not for signing documents (RFC 9336)");
    if (common_name(x, name) < 0)
        return refuse(t, line, "bears no kiosk's name, [a-z0-9-]{3,32}");
    if (*t->name && strcmp(t->name, name) != 0) {
        char why[STORE_CONFIG_REASON_MAX];
        (void)snprintf(why, sizeof(why), "is %s's, not %s's", name, t->name);
        return refuse(t, line, why);
    }
    memcpy(t->name, name, sizeof(t->name));
    return check_time(t, role);
}

static int check_ca(struct taking *t)
{
    X509 *ca = t->cert[ROLE_CA];
    if (X509_check_ca(ca) != 1 || !signed_by(ca, ca))
        return refuse(t, t->line[ROLE_CA], "is no CA's own certificate");
    return check_time(t, ROLE_CA);
}

/* --- the answer as a whole ------------------------------------------------ */

/* Whose certificate it is; ROLES: nobody's. */
static enum role role_of(const struct taking *t, X509 *x)
{
    for (int i = 0; i < ROLE_CA; i++)
        if (EVP_PKEY_eq(X509_get0_pubkey(x), t->key[i]) == 1)
            return (enum role)i;
    return X509_check_ca(x) == 1 ? ROLE_CA : ROLES;
}

static int take_one(struct taking *t, X509 *x, int line)
{
    enum role role = role_of(t, x);
    ERR_clear_error();
    if (role == ROLES)
        return refuse(t, line,
                      "is for another key: it does not answer this kiosk's "
                      "request");
    if (t->cert[role] && role == ROLE_CA && X509_cmp(t->cert[role], x) != 0)
        return refuse(t, line, "is another fleet's CA");
    if (t->line[role])
        return refuse(t, line, "is there twice");
    X509_free(t->cert[role]);
    t->cert[role] = x;
    t->line[role] = line;
    (void)X509_up_ref(x);
    return 0;
}

static int take_text(struct taking *t)
{
    const char *why = NULL;
    int r = 1;
    BIO *bio = BIO_new_mem_buf(t->text, (int)t->len);
    if (!bio)
        return -ENOMEM;
    for (size_t n = 0; r > 0 && n <= PEM_CERTS_MAX; n++) {
        X509 *x = NULL;
        int line = pem_line(t->text, t->len, n);
        r = pem_next_cert(bio, &x, &why);
        if (r > 0 && take_one(t, x, line) < 0)
            r = -EPROTO; /* the reason is written */
        else if (r < 0)
            r = refuse(t, line, why);
        X509_free(x);
    }
    BIO_free(bio);
    if (r > 0)
        return refuse(t, 0, "there are too many certificates in it");
    return r < 0 ? -EBADMSG : 0;
}

/* The CA that this kiosk knows, before the answer; the rest behind it. */
static int take_kept(struct taking *t, enum role role)
{
    const struct lk_buf *text = provision_files_get(t->files, roles[role].cert);
    if (t->cert[role] || !text)
        return 0;
    BIO *bio = BIO_new_mem_buf(text->data, (int)text->len);
    if (!bio)
        return -ENOMEM;
    X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    if (x && roles[role].key &&
        EVP_PKEY_eq(X509_get0_pubkey(x), t->key[role]) != 1) {
        X509_free(x);
        x = NULL;
    }
    ERR_clear_error();
    t->cert[role] = x;
    return 0;
}

static int check_all(struct taking *t)
{
    for (int i = 0; i < ROLES; i++)
        if (!t->cert[i])
            return refuse(t, 0, roles[i].missing);
    int r = check_ca(t);
    if (r == 0)
        r = check_own(t, ROLE_DEVICE);
    return r < 0 ? r : check_own(t, ROLE_TLS);
}

static int put_cert(struct provision_files *f, enum role role, X509 *x)
{
    char *data = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio)
        return -ENOMEM;
    int r = PEM_write_bio_X509(bio, x) == 1 ? 0 : -ENOMEM;
    long len = BIO_get_mem_data(bio, &data);
    if (r == 0)
        r = provision_files_put(f, roles[role].cert, data, (size_t)len);
    BIO_free(bio);
    return r;
}

/* All three or none. */
static int put_all(struct taking *t)
{
    LK_AUTO(provision_files) copy = NULL;
    int r = provision_files_copy(t->files, &copy);
    for (int i = 0; i < ROLES && r == 0; i++)
        r = put_cert(copy, (enum role)i, t->cert[i]);
    if (!copy || r < 0) /* NULL on failure alone */
        return r;
    struct provision_files old = *t->files;
    *t->files = *copy;
    *copy = old;
    return 0;
}

int provision_cert_take(struct provision_files *f, const char *pem, size_t len,
                        char kiosk[LK_NAME_MAX],
                        const struct provision_time *time,
                        struct store_config_error *ret_error)
{
    struct taking t = {
        .files = f, .text = pem, .len = len, .time = time, .error = ret_error};
    if (len > PROVISION_TEXT_MAX)
        return refuse(&t, 0, "the text is too long");
    (void)snprintf(t.name, sizeof(t.name), "%s", kiosk);
    int r = 0;
    for (int i = 0; i < ROLE_CA && r == 0; i++) {
        t.key[i] = pem_key(f, roles[i].key);
        if (!t.key[i])
            r = refuse(&t, 0, "the kiosk has no such key of its own");
    }
    if (r == 0)
        r = take_kept(&t, ROLE_CA);
    if (r == 0)
        r = take_text(&t);
    for (int i = 0; i < ROLE_CA && r == 0; i++)
        r = take_kept(&t, (enum role)i);
    if (r == 0)
        r = check_all(&t);
    if (r == 0)
        r = put_all(&t);
    if (r == 0)
        memcpy(kiosk, t.name, sizeof(t.name));
    for (int i = 0; i < ROLES; i++) {
        EVP_PKEY_free(t.key[i]);
        X509_free(t.cert[i]);
    }
    ERR_clear_error();
    return r;
}

/* --- what the set has ------------------------------------------------------
 */

static int own_cert(const struct provision_files *f, enum role role, X509 **ret)
{
    const struct lk_buf *text = provision_files_get(f, roles[role].cert);
    if (!text)
        return -ENOENT;
    BIO *bio = BIO_new_mem_buf(text->data, (int)text->len);
    if (!bio)
        return -ENOMEM;
    X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    ERR_clear_error();
    if (!x)
        return -EBADMSG;
    *ret = x;
    return 0;
}

int provision_cert_name(const struct provision_files *f, char ret[LK_NAME_MAX])
{
    X509 *x = NULL;
    int r = own_cert(f, ROLE_DEVICE, &x);
    if (r == 0)
        r = common_name(x, ret);
    X509_free(x);
    return r;
}

int provision_cert_times(const struct provision_files *f, int64_t *ret_from,
                         int64_t *ret_until)
{
    int64_t from = INT64_MIN;
    int64_t until = INT64_MAX;
    for (int i = 0; i < ROLE_CA; i++) {
        X509 *x = NULL;
        int r = own_cert(f, (enum role)i, &x);
        if (r < 0)
            return r;
        from = LK_MAX(from, seconds(X509_get0_notBefore(x)));
        until = LK_MIN(until, seconds(X509_get0_notAfter(x)));
        X509_free(x);
    }
    *ret_from = from;
    *ret_until = until;
    return 0;
}
