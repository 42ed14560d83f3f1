/* Requests, and the certificates that come back: good ones, and one lie each.
 */
#include "fleet.h"
#include "oom.h"

#include <openssl/pem.h>

static const struct provision_time now_set = {
    .now_s = NOW, .clock_set = true, .floor_s = NOW - 100 * DAY};

static int take(struct provision_files *f, const char *text, const char *kiosk,
                const struct provision_time *t, struct store_config_error *e)
{
    char name[LK_NAME_MAX];
    (void)snprintf(name, sizeof(name), "%s", kiosk);
    int r = provision_cert_take(f, text, strlen(text), name, t, e);
    if (r == 0)
        assert_string_equal(name, "kiosk-7");
    return r;
}

static void test_request(void **state)
{
    LK_AUTO(provision_files) f = kiosk_new();
    char name[LK_NAME_MAX];
    char pem[PROVISION_REQUEST_MAX];
    (void)state;
    assert_int_equal(provision_keys_name(f, name), 0);
    assert_int_equal(strlen(name), 12);
    assert_int_equal(provision_request_make(f, name, pem), 0);
    BIO *bio = BIO_new_mem_buf(pem, -1);
    for (int i = 0; i < 2; i++) {
        char text[64];
        X509_REQ *req = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
        EVP_PKEY *key = key_of(f, i ? PROVISION_TLS_KEY : PROVISION_DEVICE_KEY);
        X509_NAME *subject = X509_REQ_get_subject_name(req);
        assert_int_equal(X509_REQ_verify(req, key), 1);
        assert_true(X509_NAME_get_text_by_NID(
                        subject, NID_organizationalUnitName, text, 64) > 0);
        assert_string_equal(text, i ? "tls" : "device");
        assert_true(
            X509_NAME_get_text_by_NID(subject, NID_commonName, text, 64) > 0);
        assert_string_equal(text, name);
        X509_REQ_free(req);
        EVP_PKEY_free(key);
    }
    BIO_free(bio);
    provision_files_drop(f, PROVISION_TLS_KEY);
    assert_int_equal(provision_request_make(f, name, pem), -EBADMSG);
}

static void test_good(void **state)
{
    LK_AUTO(provision_files) f = kiosk_new();
    struct fleet fleet = fleet_new("fleet");
    struct store_config_error e = {.line = -1};
    char name[LK_NAME_MAX];
    int64_t from = 0;
    int64_t until = 0;
    char *text = answer(f, &fleet, &good_device, &good_tls, &fleet);
    (void)state;
    assert_int_equal(provision_cert_name(f, name), -ENOENT);
    assert_int_equal(take(f, text, "", &now_set, &e), 0);
    assert_int_equal(provision_cert_name(f, name), 0);
    assert_int_equal(provision_cert_times(f, &from, &until), 0);
    assert_int_equal(from, NOW - DAY);
    assert_int_equal(until, NOW + 900 * DAY);
    free(text);
    /* Later the CA need not come again, and one certificate alone will do. */
    const struct want later = {
        .name = "kiosk-7", .purpose = TLS, .from_s = -DAY, .to_s = 1000 * DAY};
    text = answer(f, &fleet, NULL, &later, NULL);
    assert_int_equal(take(f, text, "kiosk-7", &now_set, &e), 0);
    free(text);
    fleet_free(&fleet);
}

static void test_lies(void **state)
{
    static const struct {
        struct want device;
        struct want tls;
        int line; /* 0: of neither */
        const char *reason;
    } lies[] = {
        {{"kiosk-7", DEVICE, -DAY, -1, false},
         {"kiosk-7", TLS, -DAY, DAY, false},
         1,
         "ended on 2030-03-17, and today is not before 2030-03-17"},
        {{"kiosk-7", DEVICE, 3 * DAY, 9 * DAY, false},
         {"kiosk-7", TLS, -DAY, DAY, false},
         1,
         "begins on 2030-03-20, and the kiosk's clock says 2030-03-17"},
        {{"kiosk-7", TLS, -DAY, DAY, false},
         {"kiosk-7", TLS, -DAY, DAY, false},
         1,
         "is not for signing documents (RFC 9336)"},
        {{"kiosk-7", DEVICE, -DAY, DAY, false},
         {"kiosk-7", DEVICE, -DAY, DAY, false},
         -1,
         "is not for TLS clients"},
        {{"kiosk-7", DEVICE, -DAY, DAY, false},
         {"kiosk-8", TLS, -DAY, DAY, false},
         -1,
         "is kiosk-8's, not kiosk-7's"},
        {{"Kiosk 7", DEVICE, -DAY, DAY, false},
         {"kiosk-7", TLS, -DAY, DAY, false},
         1,
         "bears no kiosk's name, [a-z0-9-]{3,32}"},
        {{"kiosk-7", DEVICE, -DAY, DAY, true},
         {"kiosk-7", TLS, -DAY, DAY, false},
         1,
         "is a CA's, for a key of the kiosk"},
    };
    struct fleet fleet = fleet_new("fleet");
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(lies); i++) {
        LK_AUTO(provision_files) f = kiosk_new();
        struct store_config_error e = {.line = -1};
        char *text = answer(f, &fleet, &lies[i].device, &lies[i].tls, &fleet);
        print_message("%s\n", lies[i].reason);
        assert_int_equal(take(f, text, "", &now_set, &e), -EBADMSG);
        assert_string_equal(e.reason, lies[i].reason);
        assert_true(lies[i].line < 0 ? e.line > 1 : e.line == lies[i].line);
        assert_int_equal(f->files, 2); /* as it was */
        free(text);
    }
    fleet_free(&fleet);
}

static void refused(struct provision_files *f, const char *text,
                    const char *kiosk, const char *reason)
{
    struct store_config_error e = {.line = -1};
    size_t files = f->files;
    assert_int_equal(take(f, text, kiosk, &now_set, &e), -EBADMSG);
    assert_string_equal(e.reason, reason);
    assert_int_equal(f->files, files);
}

static void test_others(void **state)
{
    LK_AUTO(provision_files) f = kiosk_new();
    LK_AUTO(provision_files) other = kiosk_new();
    struct fleet fleet = fleet_new("fleet");
    struct fleet false_fleet = fleet_new("fleet");
    struct store_config_error e;
    char *good = answer(f, &fleet, &good_device, &good_tls, &fleet);
    char *not_ours = answer(other, &fleet, &good_device, &good_tls, &fleet);
    char *forged = answer(f, &false_fleet, &good_device, &good_tls, &fleet);
    char *false_ca =
        answer(f, &false_fleet, &good_device, &good_tls, &false_fleet);
    char *no_ca = answer(f, &fleet, &good_device, &good_tls, NULL);
    char *half = answer(f, &fleet, &good_device, NULL, &fleet);
    (void)state;
    refused(f, not_ours, "",
            "is for another key: it does not answer this kiosk's request");
    refused(f, forged, "", "was not signed by this fleet's CA");
    refused(f, no_ca, "", "the fleet's CA is not in it");
    refused(f, half, "", "there is no certificate for the TLS key in it");
    refused(f, good, "kiosk-9", "is kiosk-7's, not kiosk-9's");
    refused(f, "", "", "there is no certificate for the device's key in it");
    refused(f, "hello\n", "",
            "there is no certificate for the device's key in it");
    refused(f, "-----BEGIN CERTIFICATE-----\nMIIB\n", "",
            "is cut off or damaged");
    refused(f,
            "-----BEGIN CERTIFICATE REQUEST-----\nMA==\n"
            "-----END CERTIFICATE REQUEST-----\n",
            "", "is a request, not the certificate made from it");
    refused(f, lk_buf_str(provision_files_get(f, PROVISION_TLS_KEY)), "",
            "is a private key, which belongs nowhere but where it was made");
    /* Once it has a fleet it has no other, of whatever name. */
    assert_int_equal(take(f, good, "", &now_set, &e), 0);
    refused(f, false_ca, "", "is another fleet's CA");
    free(good);
    free(not_ours);
    free(forged);
    free(false_ca);
    free(no_ca);
    free(half);
    fleet_free(&fleet);
    fleet_free(&false_fleet);
}

/* A clock that nobody set locks no kiosk out, however far off it is; what has
 * certainly ended has. */
static void test_clocks(void **state)
{
    static const struct {
        int64_t now_s;
        bool set;
        int64_t floor_s;
        bool taken;
    } clocks[] = {
        {0, false, NOW - 100 * DAY, true},
        {NOW + 9000LL * DAY, false, NOW - 100 * DAY, true},
        {NOW + 9000LL * DAY, true, NOW - 100 * DAY, false},
        {0, true, NOW - 100 * DAY, false}, /* set, and before the floor */
        {NOW, true, NOW, true},
        {0, false, NOW + 901LL * DAY, false},
    };
    struct fleet fleet = fleet_new("fleet");
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(clocks); i++) {
        LK_AUTO(provision_files) f = kiosk_new();
        struct store_config_error e;
        const struct provision_time t = {clocks[i].now_s, clocks[i].set,
                                         clocks[i].floor_s};
        char *text = answer(f, &fleet, &good_device, &good_tls, &fleet);
        assert_int_equal(take(f, text, "", &t, &e),
                         clocks[i].taken ? 0 : -EBADMSG);
        free(text);
    }
    fleet_free(&fleet);
}

static void test_no_memory(void **state)
{
    LK_AUTO(provision_files) f = kiosk_new();
    struct fleet fleet = fleet_new("fleet");
    struct store_config_error e;
    char *text = answer(f, &fleet, &good_device, &good_tls, &fleet);
    int r = 0;
    (void)state;
    OOM_SWEEP(r, take(f, text, "", &now_set, &e));
    free(text);
    fleet_free(&fleet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request), cmocka_unit_test(test_good),
        cmocka_unit_test(test_lies),    cmocka_unit_test(test_others),
        cmocka_unit_test(test_clocks),  cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
