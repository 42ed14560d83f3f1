/* What the kiosk's certificates say, and whether its keys fit them. */
#include "app/probe.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define NAME_MAX_SHOWN 80
#define CERTS_MAX 8  /* of one file */
#define SOON_DAYS 30 /* a certificate is renewed within these */
#define DAY_S 86400

struct finding {
    const char *role;
    const char *state;
    const X509_NAME *subject;
    const X509_NAME *issuer;
    const ASN1_TIME *before;
    const ASN1_TIME *after;
    const char *key;
    const char *why;
};

static void name_text(const X509_NAME *name, char *ret, size_t cap)
{
    char text[512] = "";
    BIO *b = name ? BIO_new(BIO_s_mem()) : NULL;
    /* Letters as they are: they are made plain below, and where shown. */
    unsigned long flags =
        XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    if (b && X509_NAME_print_ex(b, name, 0, flags) >= 0) {
        int n = BIO_read(b, text, sizeof(text) - 1);
        text[n > 0 ? n : 0] = 0;
    }
    BIO_free(b);
    lk_text_plain(text, ret, cap);
}

static void time_text(const ASN1_TIME *t, char *ret, size_t cap)
{
    struct tm tm;
    ret[0] = 0;
    if (t && ASN1_TIME_to_tm(t, &tm) == 1 &&
        strftime(ret, cap, "\"%Y-%m-%dT%H:%M:%S.000Z\"", &tm) > 0)
        return;
    (void)snprintf(ret, cap, "null");
}

/* Whole days from now to `t`, negative when it has passed. */
static bool days_until(const ASN1_TIME *t, int *ret)
{
    int days = 0;
    int seconds = 0;
    if (!t || ASN1_TIME_diff(&days, &seconds, NULL, t) != 1)
        return false;
    *ret = seconds < 0 ? days - 1 : days;
    return true;
}

static const char *judge(const ASN1_TIME *before, const ASN1_TIME *after)
{
    int days = 0;
    if (before && X509_cmp_current_time(before) > 0)
        return "not-yet";
    if (!days_until(after, &days))
        return "unreadable";
    if (X509_cmp_current_time(after) < 0)
        return "expired";
    return days <= SOON_DAYS ? "soon" : "ok";
}

static void tell(const struct finding *f)
{
    char line[PROBE_LINE_MAX + 200];
    char subject[NAME_MAX_SHOWN];
    char issuer[NAME_MAX_SHOWN];
    char before[32];
    char after[32];
    char days[16] = "null";
    int left = 0;
    name_text(f->subject, subject, sizeof(subject));
    name_text(f->issuer, issuer, sizeof(issuer));
    time_text(f->before, before, sizeof(before));
    time_text(f->after, after, sizeof(after));
    if (days_until(f->after, &left))
        (void)snprintf(days, sizeof(days), "%d", left);
    (void)snprintf(line, sizeof(line),
                   "{\"role\":\"%s\",\"state\":\"%s\",\"subject\":\"%s\","
                   "\"issuer\":\"%s\",\"not_before\":%s,\"not_after\":%s,"
                   "\"days_left\":%s%s%s%s,\"why\":\"%s\"}",
                   f->role, f->state, subject, issuer, before, after, days,
                   f->key ? ",\"key\":\"" : "", f->key ? f->key : "",
                   f->key ? "\"" : "", f->why ? f->why : "");
    probe_line(line);
}

static void unreadable(const char *role, const char *why)
{
    tell(&(struct finding){.role = role, .state = "unreadable", .why = why});
}

static const char *judge_key(X509 *cert, const struct lk_buf *pem)
{
    BIO *b = pem ? BIO_new_mem_buf(pem->data, (int)pem->len) : NULL;
    EVP_PKEY *key = b ? PEM_read_bio_PrivateKey(b, NULL, NULL, NULL) : NULL;
    const char *verdict = "unreadable";
    if (key)
        verdict = X509_check_private_key(cert, key) == 1 ? "fits" : "differs";
    EVP_PKEY_free(key);
    BIO_free(b);
    ERR_clear_error();
    return verdict;
}

static void tell_cert(const char *role, X509 *x, const struct lk_buf *key,
                      bool has_key)
{
    const ASN1_TIME *before = X509_get0_notBefore(x);
    const ASN1_TIME *after = X509_get0_notAfter(x);
    tell(&(struct finding){.role = role,
                           .state = judge(before, after),
                           .subject = X509_get_subject_name(x),
                           .issuer = X509_get_issuer_name(x),
                           .before = before,
                           .after = after,
                           .key = has_key ? judge_key(x, key) : NULL});
}

static int tell_certs(const char *role, BIO *b, const struct lk_buf *key,
                      bool has_key)
{
    int count = 0;
    while (count < CERTS_MAX) {
        X509 *x = PEM_read_bio_X509(b, NULL, NULL, NULL);
        if (!x)
            break;
        /* The key belongs to the first: what follows is its chain. */
        tell_cert(role, x, key, has_key && count == 0);
        X509_free(x);
        count++;
    }
    return count;
}

static int tell_crls(const char *role, BIO *b)
{
    int count = 0;
    while (count < CERTS_MAX) {
        X509_CRL *x = PEM_read_bio_X509_CRL(b, NULL, NULL, NULL);
        if (!x)
            break;
        const ASN1_TIME *after = X509_CRL_get0_nextUpdate(x);
        tell(&(struct finding){.role = role,
                               .state = judge(NULL, after),
                               .issuer = X509_CRL_get_issuer(x),
                               .before = X509_CRL_get0_lastUpdate(x),
                               .after = after});
        X509_CRL_free(x);
        count++;
    }
    return count;
}

static void look(struct inherit *in, const char *role, const char *name,
                 const char *key_name)
{
    LK_AUTO(lk_buf) pem = NULL;
    LK_AUTO(lk_buf) key = NULL;
    if (inherit_read(in, name, &pem) < 0) {
        unreadable(role, "the file cannot be read");
        return;
    }
    if (key_name && inherit_read(in, key_name, &key) < 0)
        key = NULL;
    BIO *b = BIO_new_mem_buf(pem->data, (int)pem->len);
    int count = 0;
    if (b)
        count = probe_role_is_crl(role)
                    ? tell_crls(role, b)
                    : tell_certs(role, b, key, key_name != NULL);
    if (count == 0)
        unreadable(role, "it holds no such PEM");
    if (key)
        lk_buf_wipe(key);
    BIO_free(b);
    ERR_clear_error();
}

void probe_certs(struct inherit *in)
{
    static const struct {
        const char *role;
        const char *cert;
        const char *key;
    } own[] = {{"device", "device-cert", "device-key"},
               {"tls", "tls-cert", "tls-key"}};
    for (size_t i = 0; i < LK_ARRAY_LEN(own); i++)
        look(in, own[i].role, own[i].cert, own[i].key);
    for (size_t i = 0; i < in->count; i++) {
        char name[INHERIT_NAME_MAX];
        if (in->entry[i].fd < 0 || strcmp(in->entry[i].name, "config") == 0 ||
            strcmp(in->entry[i].name, "super") == 0)
            continue;
        memcpy(name, in->entry[i].name, sizeof(name));
        look(in, name, name, NULL);
    }
}
