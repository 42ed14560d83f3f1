#include "provision/crl.h"

#include "provision/pem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

/* A text of lists on its way into the site file. */
struct put {
    json_t *site;
    const struct provision_time *time;
    struct store_config_error *error;
    size_t changed; /* parts that have another list now */
    bool keeps;     /* only in place of an older list; nothing is refused */
};

/* One list, and what became of it. */
struct one {
    X509_CRL *crl;
    bool named;    /* a CA has its issuer's name */
    bool signer;   /* and its key made the signature */
    bool unlisted; /* in a part without lists */
    bool taken;    /* or there already */
};

static int refuse(struct put *p, const char *why)
{
    p->error->line = 0;
    (void)snprintf(p->error->reason, sizeof(p->error->reason), "%s", why);
    return -EBADMSG;
}

/* --- one list alone ------------------------------------------------------- */

static int check_times(struct put *p, const X509_CRL *crl)
{
    const ASN1_TIME *from = X509_CRL_get0_lastUpdate(crl);
    const ASN1_TIME *until = X509_CRL_get0_nextUpdate(crl);
    const struct provision_time *t = p->time;
    int64_t now_s = t->clock_set ? t->now_s : t->floor_s;
    if (!until)
        return refuse(p, "it does not say when the next one comes");
    int first =
        ASN1_TIME_cmp_time_t(from, (time_t)(now_s + PROVISION_CRL_AHEAD_S));
    int last = ASN1_TIME_cmp_time_t(until, (time_t)now_s);
    if (first == -2 || last == -2)
        return refuse(p, "its times cannot be read");
    if (t->clock_set && first > 0)
        return refuse(p, "it is from the future: is the kiosk's clock right?");
    if (last < 0)
        return refuse(p, "its next issue is due already: fetch the latest one "
                         "from its issuer");
    return 0;
}

/* RFC 5280, 5.2.4: a delta says only what is new since a whole list. */
static int check_one(struct put *p, const X509_CRL *crl)
{
    if (X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0)
        return refuse(p, "it is a delta, which says only what is new: the "
                         "whole list is needed");
    return check_times(p, crl);
}

/* What ended a row of lists: their end, or no memory for the next one. All of
 * them can be read, which was looked at before. */
static int end_of_lists(void)
{
    unsigned long e = ERR_peek_last_error();
    bool all = ERR_GET_LIB(e) == ERR_LIB_PEM &&
               ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    return all ? 0 : -ENOMEM;
}

/* --- against the one in use ----------------------------------------------- */

/* Below 0: `a` is older than `b`; by their numbers, else by their times. */
static int compare(const X509_CRL *a, const X509_CRL *b)
{
    ASN1_INTEGER *of_a = X509_CRL_get_ext_d2i(a, NID_crl_number, NULL, NULL);
    ASN1_INTEGER *of_b = X509_CRL_get_ext_d2i(b, NID_crl_number, NULL, NULL);
    int r = of_a && of_b ? ASN1_INTEGER_cmp(of_a, of_b)
                         : ASN1_TIME_compare(X509_CRL_get0_lastUpdate(a),
                                             X509_CRL_get0_lastUpdate(b));
    ASN1_INTEGER_free(of_a);
    ASN1_INTEGER_free(of_b);
    return r;
}

/* What a list is to one of its issuer's that is there: 0 newer. */
static int judge(struct put *p, const X509_CRL *crl, const X509_CRL *old)
{
    if (X509_CRL_match(old, crl) == 0)
        return 1;
    if (compare(crl, old) > 0)
        return 0;
    return p->keeps ? 1 : refuse(p, "it is not newer than the one in use");
}

/* Copies the lists of other issuers to `out`. Returns 1 when the list does not
 * belong there, 0 when it is newer than all its issuer's that are there. */
static int keep_others(struct put *p, const X509_CRL *crl, BIO *in, BIO *out)
{
    X509_CRL *old = NULL;
    bool older = false;
    int r = 0;
    while (r == 0 && (old = PEM_read_bio_X509_CRL(in, NULL, NULL, NULL))) {
        bool others = X509_NAME_cmp(X509_CRL_get_issuer(old),
                                    X509_CRL_get_issuer(crl)) != 0;
        if (others)
            r = PEM_write_bio_X509_CRL(out, old) == 1 ? 0 : -ENOMEM;
        else
            r = judge(p, crl, old);
        older = older || !others;
        X509_CRL_free(old);
    }
    if (r == 0)
        r = end_of_lists();
    return r == 0 && p->keeps && !older ? 1 : r;
}

static int replace(struct put *p, const X509_CRL *crl, json_t *part)
{
    const json_t *is = json_object_get(part, "crl");
    char *data = NULL;
    BIO *in =
        BIO_new_mem_buf(json_string_value(is), (int)json_string_length(is));
    BIO *out = BIO_new(BIO_s_mem());
    int r = in && out ? keep_others(p, crl, in, out) : -ENOMEM;
    if (r == 0 && PEM_write_bio_X509_CRL(out, crl) != 1)
        r = -ENOMEM;
    if (r == 0) {
        long len = BIO_get_mem_data(out, &data);
        r = json_object_set_new(part, "crl", json_stringn(data, (size_t)len)) <
                    0
                ? -ENOMEM
                : 0;
        p->changed += r == 0;
    }
    BIO_free(in);
    BIO_free(out);
    return r < 0 ? r : 0;
}

/* --- where it belongs ----------------------------------------------------- */

/* Whether a CA of that text signed it. */
static bool signed_here(struct one *o, const char *text, size_t len)
{
    bool found = false;
    X509 *ca = NULL;
    BIO *bio = BIO_new_mem_buf(text, (int)len);
    while (bio && !found && (ca = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        if (X509_NAME_cmp(X509_get_subject_name(ca),
                          X509_CRL_get_issuer(o->crl)) == 0) {
            o->named = true;
            found = X509_CRL_verify(o->crl, X509_get0_pubkey(ca)) == 1;
        }
        X509_free(ca);
    }
    BIO_free(bio);
    ERR_clear_error();
    o->signer = o->signer || found;
    return found;
}

static int put_into(struct put *p, struct one *o, json_t *part)
{
    const json_t *ca = json_object_get(part, "ca");
    if (!json_is_string(ca) ||
        !signed_here(o, json_string_value(ca), json_string_length(ca)))
        return 0;
    if (!json_is_string(json_object_get(part, "crl"))) {
        o->unlisted = true;
        return 0;
    }
    o->taken = true;
    return replace(p, o->crl, part);
}

static int refuse_place(struct put *p, const struct one *o)
{
    if (o->unlisted)
        return refuse(p, "the site file uses no list of this issuer: a site "
                         "file with \"crl\" has to come first");
    if (o->named)
        return refuse(p, "its signature is not by the CA of that name in the "
                         "site file: it is damaged, or somebody else's");
    return refuse(p, "its issuer is none of the CAs in the site file");
}

/* The parts of a site file that may have lists; where one is missing, NULL. */
static json_t *part_at(const json_t *site, size_t i)
{
    static const char *const others[] = {"cards", "help"};
    const json_t *agencies = json_object_get(site, "agencies");
    size_t n = json_array_size(agencies);
    return i < n ? json_array_get(agencies, i)
                 : json_object_get(site, others[(i - n) % 2]);
}

static size_t parts_of(const json_t *site)
{
    return json_array_size(json_object_get(site, "agencies")) + 2;
}

static int put_everywhere(struct put *p, struct one *o)
{
    int r = 0;
    for (size_t i = 0; i < parts_of(p->site) && r == 0; i++)
        r = put_into(p, o, part_at(p->site, i));
    return r;
}

static int put_one(struct put *p, X509_CRL *crl)
{
    struct one o = {.crl = crl};
    int r = p->keeps ? 0 : check_one(p, crl);
    if (r == 0)
        r = put_everywhere(p, &o);
    return r == 0 && !o.taken && !p->keeps ? refuse_place(p, &o) : r;
}

static int put_all(struct put *p, const char *text, size_t len)
{
    X509_CRL *crl = NULL;
    int r = 0;
    BIO *bio = BIO_new_mem_buf(text, (int)len);
    if (!bio)
        return -ENOMEM;
    while (r == 0 && (crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL))) {
        r = put_one(p, crl);
        X509_CRL_free(crl);
    }
    if (r == 0)
        r = end_of_lists();
    BIO_free(bio);
    ERR_clear_error();
    return r;
}

/* The configuration anew, of the site file as it is now. */
static int make(struct put *p, struct provision_files *f,
                const struct provision_own *own)
{
    char *made = json_dumps(p->site, JSON_INDENT(1));
    if (!made)
        return -ENOMEM;
    int r = 0;
    if (strlen(made) > STORE_CONFIG_LEN_MAX)
        r = refuse(p, "with the newer lists of withdrawn certificates the site "
                      "file becomes too long");
    else
        r = provision_site_put(f, made, strlen(made), own, p->error);
    free(made);
    if (r == -EBADMSG)
        p->error->line = 0; /* nobody sees that site file */
    return r;
}

/* The site file of a set; it was read before. */
static json_t *site_of(const struct provision_files *f)
{
    const struct lk_buf *text = provision_files_get(f, PROVISION_SITE);
    return json_loadb(lk_buf_str(text), text->len, 0, NULL);
}

int provision_crl_put(struct provision_files *f, const char *text, size_t len,
                      const struct provision_own *own,
                      const struct provision_time *time,
                      struct store_config_error *ret_error)
{
    struct put p = {.time = time, .error = ret_error};
    if (!provision_files_get(f, PROVISION_SITE))
        return refuse(&p, "there is no site file yet: provision site");
    const char *why =
        len > PROVISION_TEXT_MAX ? "it is too long" : pem_crls_wrong(text, len);
    if (why)
        return refuse(&p, why);
    p.site = site_of(f);
    if (!p.site)
        return -ENOMEM;
    int r = put_all(&p, text, len);
    if (r == 0 && p.changed == 0)
        r = refuse(&p, "it is there already: nothing to do");
    if (r == 0)
        r = make(&p, f, own);
    json_decref(p.site);
    return r;
}

int provision_crl_keep(struct provision_files *f,
                       const struct provision_files *before,
                       const struct provision_own *own,
                       struct store_config_error *ret_error)
{
    struct put p = {.keeps = true, .error = ret_error};
    if (!provision_files_get(before, PROVISION_SITE))
        return 0;
    json_t *old = site_of(before);
    p.site = site_of(f);
    int r = old && p.site ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < parts_of(old); i++) {
        const json_t *crl = json_object_get(part_at(old, i), "crl");
        if (json_is_string(crl))
            r = put_all(&p, json_string_value(crl), json_string_length(crl));
    }
    if (r == 0 && p.changed > 0)
        r = make(&p, f, own);
    json_decref(p.site);
    json_decref(old);
    return r;
}
