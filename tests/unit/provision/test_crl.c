/* Newer lists of withdrawn certificates: where each one goes, what stays, and
 * every reason to refuse one. */
#include "fleet.h"
#include "oom.h"

#include "provision/crl.h"

#include <jansson.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>

static const struct provision_own own = {
    .control = "/run/c", .outbox = "/var/o", .kiosk = ""};
static const struct provision_time now = {
    .now_s = NOW, .clock_set = true, .floor_s = NOW - 300 * DAY};

/* What a list is like. */
struct list {
    int64_t from_s, to_s; /* from NOW */
    long number;          /* 0: none */
    bool delta;
};

static const struct list first = {-20 * DAY, DAY, 7, false};
static const struct list next = {-DAY, 8 * DAY, 8, false};

/* One CA's list, PEM; free() it. */
static char *list_of(const struct fleet *by, const struct list *is)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *at = ASN1_TIME_new();
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    BIO *bio = BIO_new(BIO_s_mem());
    assert_true(crl && at && number && bio);
    assert_int_equal(X509_CRL_set_version(crl, X509_CRL_VERSION_2), 1);
    assert_int_equal(
        X509_CRL_set_issuer_name(crl, X509_get_subject_name(by->ca)), 1);
    assert_non_null(ASN1_TIME_set(at, (time_t)(NOW + is->from_s)));
    assert_int_equal(X509_CRL_set1_lastUpdate(crl, at), 1);
    assert_non_null(ASN1_TIME_set(at, (time_t)(NOW + is->to_s)));
    assert_int_equal(X509_CRL_set1_nextUpdate(crl, at), 1);
    assert_int_equal(ASN1_INTEGER_set(number, is->number), 1);
    if (is->number > 0)
        assert_int_equal(
            X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0), 1);
    if (is->delta)
        assert_int_equal(
            X509_CRL_add1_ext_i2d(crl, NID_delta_crl, number, 1, 0), 1);
    assert_true(X509_CRL_sign(crl, by->key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_bio_X509_CRL(bio, crl), 1);
    ASN1_INTEGER_free(number);
    ASN1_TIME_free(at);
    X509_CRL_free(crl);
    return fleet_text(bio);
}

static char *ca_of(const struct fleet *a, const struct fleet *b)
{
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_X509(bio, a->ca), 1);
    assert_int_equal(PEM_write_bio_X509(bio, b->ca), 1);
    return fleet_text(bio);
}

/* Two CAs, both with a list in use, and one that the site does not know. */
struct world {
    struct fleet a, b, stranger;
    struct provision_files *f;
    struct store_config_error e;
};

/* The first agency's CAs are both; `lists`: whether it uses any. */
static struct world world_new(bool lists)
{
    struct world w = {
        .a = fleet_new("A"), .b = fleet_new("B"), .stranger = fleet_new("C")};
    char base[65536];
    size_t at = 0;
    size_t i = 0;
    json_t *line = NULL;
    json_t *root = json_load_file(VECTORS "/wrong.json", 0, NULL);
    json_array_foreach(json_object_get(root, "base"), i, line) at +=
        (size_t)snprintf(base + at, sizeof(base) - at, "%s\n",
                         json_string_value(line));
    json_t *site = json_loads(base, 0, NULL);
    json_t *agency = json_array_get(json_object_get(site, "agencies"), 0);
    char *ca = ca_of(&w.a, &w.b);
    char *of_a = list_of(&w.a, &first);
    char *of_b = list_of(&w.b, &first);
    char both[8192];
    (void)snprintf(both, sizeof(both), "%s%s", of_a, of_b);
    assert_int_equal(json_object_set_new(agency, "ca", json_string(ca)), 0);
    if (lists)
        assert_int_equal(json_object_set_new(agency, "crl", json_string(both)),
                         0);
    else
        (void)json_object_del(agency, "crl");
    char *text = json_dumps(site, 0);
    assert_int_equal(provision_files_new(&w.f), 0);
    int r = provision_site_put(w.f, text, strlen(text), &own, &w.e);
    assert_int_equal(r, 0);
    free(text);
    free(of_b);
    free(of_a);
    free(ca);
    json_decref(site);
    json_decref(root);
    return w;
}

static void world_free(struct world *w)
{
    w->f = provision_files_free(w->f);
    fleet_free(&w->a);
    fleet_free(&w->b);
    fleet_free(&w->stranger);
}

static const char *in_use(const struct world *w)
{
    return lk_buf_str(provision_files_get(w->f, "site-agency-0-crl.pem"));
}

static int put(struct world *w, const char *text)
{
    return provision_crl_put(w->f, text, strlen(text), &own, &now, &w->e);
}

/* It is refused with these words, and nothing has changed. */
static void refused(struct world *w, const char *text, const char *words)
{
    char before[65536];
    const struct lk_buf *site = provision_files_get(w->f, PROVISION_SITE);
    (void)snprintf(before, sizeof(before), "%s", lk_buf_str(site));
    assert_int_equal(put(w, text), -EBADMSG);
    if (!strstr(w->e.reason, words))
        fail_msg("\"%s\" is not in: %s", words, w->e.reason);
    site = provision_files_get(w->f, PROVISION_SITE);
    assert_string_equal(lk_buf_str(site), before);
}

static void test_newer(void **state)
{
    struct world w = world_new(true);
    char *old_a = list_of(&w.a, &first);
    char *a = list_of(&w.a, &next);
    char *old_b = strdup(strstr(in_use(&w) + 1, "-----BEGIN"));
    (void)state;
    assert_int_equal(put(&w, a), 0);
    assert_non_null(strstr(in_use(&w), a));
    assert_non_null(strstr(in_use(&w), old_b)); /* the other issuer's stays */
    refused(&w, a, "there already");
    refused(&w, old_a, "not newer");
    free(old_b);
    free(a);
    free(old_a);
    world_free(&w);
}

static char *site_text(const struct provision_files *f)
{
    char *text = strdup(lk_buf_str(provision_files_get(f, PROVISION_SITE)));
    assert_non_null(text);
    return text;
}

static struct provision_files *copy_of(const struct provision_files *f)
{
    struct provision_files *copy = NULL;
    assert_int_equal(provision_files_copy(f, &copy), 0);
    return copy;
}

static int keep(struct world *w, const struct provision_files *before)
{
    return provision_crl_keep(w->f, before, &own, &w->e);
}

/* A site file from a drawer: what it has of older lists does not come back. */
static void test_kept(void **state)
{
    static const struct list newest = {-60, 9 * DAY, 9, false};
    struct world w = world_new(true);
    char *drawer = site_text(w.f);
    char *a = list_of(&w.a, &next);
    char *newer = list_of(&w.a, &newest);
    char *old_b = strdup(strstr(in_use(&w) + 1, "-----BEGIN"));
    (void)state;
    assert_int_equal(put(&w, a), 0);
    LK_AUTO(provision_files) before = copy_of(w.f);
    int r = provision_site_put(w.f, drawer, strlen(drawer), &own, &w.e);
    assert_int_equal(r, 0);
    assert_null(strstr(in_use(&w), a));
    OOM_SWEEP(r, keep(&w, before));
    assert_non_null(strstr(in_use(&w), a));
    assert_non_null(strstr(in_use(&w), old_b));
    char *kept = site_text(w.f);
    assert_int_equal(keep(&w, before), 0);
    assert_string_equal(lk_buf_str(provision_files_get(w.f, PROVISION_SITE)),
                        kept);
    assert_int_equal(put(&w, newer), 0);
    assert_int_equal(keep(&w, before), 0);
    assert_non_null(strstr(in_use(&w), newer));
    free(kept);
    free(old_b);
    free(newer);
    free(a);
    free(drawer);
    world_free(&w);
}

/* Lists of issuers that the new site file does not know, or wants no list of,
 * go; so do those of a kiosk that had no site file. */
static void test_not_kept(void **state)
{
    struct world w = world_new(true);
    struct world none = world_new(false);
    struct world other = world_new(true);
    LK_AUTO(provision_files) nothing = NULL;
    (void)state;
    char *text = site_text(other.f);
    assert_int_equal(provision_files_new(&nothing), 0);
    assert_int_equal(keep(&other, w.f), 0);
    assert_int_equal(keep(&other, nothing), 0);
    assert_string_equal(
        lk_buf_str(provision_files_get(other.f, PROVISION_SITE)), text);
    free(text);
    text = site_text(none.f);
    assert_int_equal(keep(&none, w.f), 0);
    assert_string_equal(lk_buf_str(provision_files_get(none.f, PROVISION_SITE)),
                        text);
    free(text);
    world_free(&other);
    world_free(&none);
    world_free(&w);
}

static void test_refused(void **state)
{
    static const struct {
        struct list list;
        const char *words;
    } bad[] = {
        {{-30 * DAY, DAY, 6, false}, "not newer"},
        {{-DAY, DAY, 7, false}, "not newer"}, /* the number says it */
        {{-30 * DAY, DAY, 0, false}, "not newer"},
        {{-DAY, -60, 8, false}, "due already"},
        {{PROVISION_CRL_AHEAD_S + 1, DAY, 8, false}, "from the future"},
        {{-DAY, DAY, 8, true}, "delta"},
    };
    struct world w = world_new(true);
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        char *text = list_of(&w.a, &bad[i].list);
        refused(&w, text, bad[i].words);
        free(text);
    }
    world_free(&w);
}

static void test_whose(void **state)
{
    struct world w = world_new(true);
    struct world none = world_new(false);
    const struct fleet forged = {.key = w.stranger.key, .ca = w.a.ca};
    char *stranger = list_of(&w.stranger, &next);
    char *false_one = list_of(&forged, &next);
    char *unused = list_of(&none.a, &next);
    char *a = list_of(&w.a, &next);
    char both[8192];
    (void)state;
    refused(&w, stranger, "none of the CAs");
    refused(&w, false_one, "signature is not by");
    refused(&none, unused, "uses no list");
    refused(&w, "no PEM", "is no PEM text");
    (void)snprintf(both, sizeof(both), "%s%s", a, stranger);
    refused(&w, both, "none of the CAs"); /* all of them or none */
    free(a);
    free(unused);
    free(false_one);
    free(stranger);
    world_free(&none);
    world_free(&w);
}

static void test_size(void **state)
{
    static char big[PROVISION_TEXT_MAX + 2];
    struct world w = world_new(true);
    (void)state;
    memset(big, 'x', sizeof(big) - 1);
    refused(&w, big, "too long");
    world_free(&w);
}

static void test_clock_unset(void **state)
{
    const struct provision_time unset = {.now_s = 0, .floor_s = NOW - DAY};
    struct world w = world_new(true);
    char *a = list_of(&w.a, &next);
    (void)state;
    assert_int_equal(provision_crl_put(w.f, a, strlen(a), &own, &unset, &w.e),
                     0);
    free(a);
    world_free(&w);
}

static void test_no_memory(void **state)
{
    struct world w = world_new(true);
    char *a = list_of(&w.a, &next);
    int r = 0;
    (void)state;
    OOM_SWEEP(r, provision_crl_put(w.f, a, strlen(a), &own, &now, &w.e));
    assert_non_null(strstr(in_use(&w), a));
    free(a);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept),        cmocka_unit_test(test_not_kept),
        cmocka_unit_test(test_newer),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_whose),       cmocka_unit_test(test_size),
        cmocka_unit_test(test_clock_unset), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
