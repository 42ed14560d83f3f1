/* Trust stores and hostile certificates; the vectors have the plain cases. */
#include "expert.h"
#include "testing.h"

#include "signal/cert.h"

#include <errno.h>

static struct expert expert;
static struct signal_trust *trust;

static int setup(void **state)
{
    (void)state;
    trust = support_trust();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    trust = signal_trust_free(trust);
    support_free();
    return 0;
}

static char *pem_of(const char *kind, const char *member, const char *name)
{
    size_t len = 0;
    uint8_t *der =
        support_b64u(json_string_value(json_object_get(
                         json_object_get(support_vectors(), member), name)),
                     &len);
    char *pem = support_pem(kind, der, len);
    free(der);
    return pem;
}

static int judge(const char *user, const char *name, const char *query)
{
    struct signal_identity who = {.user = ""};
    struct signal_cert_query q = {
        .agency = "kela", .user = query, .wall_s = SUPPORT_NOW_S};
    expert_init(&expert, user, name);
    int r = signal_trust_check(trust, &q, expert.cert, expert.cert_len, &who);
    if (r == SIGNAL_OK)
        assert_string_equal(who.name, name);
    else
        assert_string_equal(who.user, "");
    expert_clear(&expert);
    return r;
}

static void shown_names(void **state)
{
    char name[200];
    (void)state;
    assert_int_equal(judge("aino", "Aino Läinén 日本", "aino"), SIGNAL_OK);
    assert_int_equal(judge("aino", "Aino", "eero"), SIGNAL_CERTIFICATE);
    assert_int_equal(judge("aino", "Ai\nno", "aino"), SIGNAL_CERTIFICATE);
    memset(name, 'x', sizeof(name));
    name[64] = '\0'; /* X.520's own limit, OpenSSL makes no longer one */
    assert_int_equal(judge("aino", name, "aino"), SIGNAL_OK);
}

static void clocks(void **state)
{
    struct signal_identity who;
    struct signal_trust *floor = NULL;
    (void)state;
    char *ca = pem_of("CERTIFICATE", "ca", "kela");
    char *crl = pem_of("X509 CRL", "crl", "kela");
    struct signal_trust_files files = {.ca_pem = ca,
                                       .ca_len = strlen(ca),
                                       .crl_pem = crl,
                                       .crl_len = strlen(crl)};
    struct signal_cert_query q = {.agency = "kela", .user = "aino"};
    assert_int_equal(signal_trust_new(SUPPORT_NOW_S, &floor), 0);
    assert_int_equal(signal_trust_add(floor, "kela", &files), 0);
    expert_init(&expert, "aino", "Aino");
    /* 1970: the build date counts. */
    assert_int_equal(
        signal_trust_check(floor, &q, expert.cert, expert.cert_len, &who),
        SIGNAL_OK);
    assert_int_equal(
        signal_trust_check(trust, &q, expert.cert, expert.cert_len, &who),
        SIGNAL_CERTIFICATE);
    q.agency = "vero";
    q.wall_s = SUPPORT_NOW_S;
    assert_int_equal(
        signal_trust_check(trust, &q, expert.cert, expert.cert_len, &who),
        SIGNAL_AGENCY);
    q.agency = "nobody";
    assert_int_equal(
        signal_trust_check(floor, &q, expert.cert, expert.cert_len, &who),
        SIGNAL_AGENCY);
    expert_clear(&expert);
    (void)signal_trust_free(floor);
    free(ca);
    free(crl);
}

/* Every certificate cut short, lengthened, or with a byte changed: refused, or
 * (a byte that is not signed does not exist) never taken. */
static void hostile_bytes(void **state)
{
    static uint8_t der[SIGNAL_CERT_MAX + 1];
    struct signal_identity who;
    struct signal_cert_query q = {
        .agency = "kela", .user = "aino", .wall_s = SUPPORT_NOW_S};
    (void)state;
    expert_init(&expert, "aino", "Aino");
    size_t len = expert.cert_len;
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(signal_trust_check(trust, &q, expert.cert, i, &who),
                         SIGNAL_CERTIFICATE);
        memcpy(der, expert.cert, len);
        der[i] ^= 0x41;
        assert_int_not_equal(signal_trust_check(trust, &q, der, len, &who),
                             SIGNAL_OK);
    }
    memcpy(der, expert.cert, len);
    assert_int_equal(signal_trust_check(trust, &q, der, len + 1, &who),
                     SIGNAL_CERTIFICATE);
    assert_int_equal(signal_trust_check(trust, &q, der, sizeof(der), &who),
                     SIGNAL_CERTIFICATE);
    struct signal_key *key = NULL;
    assert_int_equal(signal_cert_key(der, sizeof(der), &key),
                     SIGNAL_CERTIFICATE);
    expert_clear(&expert);
    /* The authority itself is no expert. */
    uint8_t *ca =
        support_b64u(json_string_value(json_object_get(
                         json_object_get(support_vectors(), "ca"), "kela")),
                     &len);
    assert_int_equal(signal_trust_check(trust, &q, ca, len, &who),
                     SIGNAL_CERTIFICATE);
    free(ca);
}

static int add(const char *agency, const char *ca, const char *crl)
{
    struct signal_trust_files files = {.ca_pem = ca,
                                       .ca_len = strlen(ca),
                                       .crl_pem = crl,
                                       .crl_len = strlen(crl)};
    return signal_trust_add(trust, agency, &files);
}

static void files_of_agencies(void **state)
{
    char name[LK_NAME_MAX];
    char *ca = pem_of("CERTIFICATE", "ca", "kela");
    char *crl = pem_of("X509 CRL", "crl", "kela");
    char *other = pem_of("X509 CRL", "crl", "vero");
    int r = 0;
    (void)state;
    assert_int_equal(add("kela", ca, crl), -EEXIST);
    assert_int_equal(add("K", ca, crl), -EINVAL);
    assert_int_equal(add("poliisi", ca, ""), -EINVAL);
    assert_int_equal(add("poliisi", "", crl), -EBADMSG);
    assert_int_equal(add("poliisi", "no certificate", crl), -EBADMSG);
    assert_int_equal(add("poliisi", ca, "no list"), -EBADMSG);
    assert_int_equal(add("poliisi", ca, other), -EBADMSG);
    assert_int_equal(add("poliisi", ca, crl), 0);
    for (int i = 0; i < SIGNAL_TRUST_AGENCIES_MAX && r == 0; i++) {
        (void)snprintf(name, sizeof(name), "agency-%d", i);
        r = add(name, ca, crl);
    }
    assert_int_equal(r, -ENOSPC);
    free(ca);
    free(crl);
    free(other);
}

static void keys(void **state)
{
    struct signal_key *key = NULL;
    uint8_t sig[SIGNAL_SIGNATURE_LEN];
    char *pem = pem_of("CERTIFICATE", "ca", "kela");
    (void)state;
    assert_int_equal(signal_key_load_pem("", 0, &key), -EBADMSG);
    assert_int_equal(signal_key_load_pem(pem, strlen(pem), &key), -EBADMSG);
    assert_int_equal(signal_key_load_spki("x", 1, &key), -EBADMSG);
    assert_int_equal(signal_key_load_pem(pem, SIGNAL_KEY_FILE_MAX + 1, &key),
                     -EMSGSIZE);
    free(pem);
    assert_null(key);
    size_t len = 0;
    uint8_t *spki = support_b64u(
        json_string_value(json_object_get(
            json_object_get(json_object_get(support_vectors(), "keys"),
                            "kiosk"),
            "spki")),
        &len);
    assert_int_equal(signal_key_load_spki(spki, len, &key), 0);
    assert_int_equal(signal_key_sign(key, "x", 1, sig), -EIO);
    struct signal_key *own = support_key("kiosk");
    assert_int_equal(signal_key_sign(own, "x", 1, sig), 0);
    assert_int_equal(signal_key_verify(key, "x", 1, sig), 0);
    assert_int_equal(signal_key_verify(key, "y", 1, sig), -EBADMSG);
    memset(sig, 0, sizeof(sig));
    assert_int_equal(signal_key_verify(key, "x", 1, sig), -EBADMSG);
    memset(sig, 0xff, sizeof(sig));
    assert_int_equal(signal_key_verify(key, "x", 1, sig), -EBADMSG);
    (void)signal_key_free(own);
    (void)signal_key_free(key);
    free(spki);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shown_names),   cmocka_unit_test(clocks),
        cmocka_unit_test(hostile_bytes), cmocka_unit_test(files_of_agencies),
        cmocka_unit_test(keys),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
