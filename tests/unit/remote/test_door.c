/* Who may open a console from afar: each refusal for its own reason, and who is
 * welcome. The technicians, their CA and its list are made on the spot. */
#include "oom.h"
#include "test_pki.h"

#include "remote/door.h"

#include <openssl/pem.h>

#define KIOSK "kiosk-1"
#define NONCE "AAAAAAAAAAAAAAAAAAAAAA"
#define DAY TEST_PKI_DAY
#define PAYLOAD_MAX 8192
#define REVOKED_NUMBER 66

static EVP_PKEY *ca_key, *stranger_key;
static X509 *ca, *stranger;
static struct signal_trust *trust;
static struct remote_door door;

static X509 *new_ca(const char *org, EVP_PKEY *key)
{
    const struct test_cert t = {.common = org,
                                .org = org,
                                .usage = "critical,keyCertSign,cRLSign",
                                .ca = true,
                                .to_s = TEST_PKI_NOW + 3650L * DAY,
                                .number = 1};
    return test_cert_new(&t, key, NULL, NULL);
}

static void trust_ca(const char *agency, X509 *x, EVP_PKEY *key)
{
    const long revoked = REVOKED_NUMBER;
    char *pem = test_cert_pem(x);
    char *crl = test_crl_pem(x, key, &revoked, 1, TEST_PKI_NOW - DAY,
                             TEST_PKI_NOW + DAY);
    const struct signal_trust_files files = {.ca_pem = pem,
                                             .ca_len = strlen(pem),
                                             .crl_pem = crl,
                                             .crl_len = strlen(crl)};
    assert_int_equal(signal_trust_add(trust, agency, &files), 0);
    free(pem);
    free(crl);
}

static int setup(void **state)
{
    (void)state;
    ca_key = test_key_new(TEST_P256);
    stranger_key = test_key_new(TEST_P256);
    ca = new_ca("Technicians", ca_key);
    stranger = new_ca("Technicians", stranger_key); /* the name alone */
    assert_int_equal(signal_trust_new(TEST_PKI_NOW - 10L * DAY, &trust), 0);
    trust_ca(REMOTE_CA, ca, ca_key);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    trust = signal_trust_free(trust);
    X509_free(ca);
    X509_free(stranger);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(stranger_key);
    return 0;
}

/* A site that lets matti and maija in. */
static int fresh_door(void **state)
{
    (void)state;
    door = (struct remote_door){
        .trust = trust, .names = {"matti", "maija"}, .count = 2};
    return 0;
}

/* A technician with what is wrong about them; zero: nothing is. */
struct technician {
    struct test_cert cert;
    const char *kiosk;  /* in the envelope */
    const char *call;   /* 32 hex digits */
    const char *body;   /* instead of the right one */
    bool strangers;     /* certified by another CA of the same name */
    bool anothers_key;  /* signed with a key that is not the certificate's */
    enum test_key kind; /* of the certificate's key */
};

static const struct technician good = {
    .cert = {.common = "matti",
             .unit = REMOTE_ROLE,
             .user = "matti",
             .name = "Matti Mäkinen",
             .usage = "critical,digitalSignature",
             .from_s = TEST_PKI_NOW - DAY,
             .to_s = TEST_PKI_NOW + DAY,
             .number = 7},
    .kiosk = KIOSK,
    .call = "00112233445566778899aabbccddeeff",
};

static struct signal_key *signing_key(EVP_PKEY *key)
{
    struct signal_key *ret = NULL;
    char *pem = NULL;
    BIO *b = BIO_new(BIO_s_mem());
    assert_int_equal(
        PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL), 1);
    long n = BIO_get_mem_data(b, &pem);
    assert_int_equal(signal_key_load_pem(pem, (size_t)n, &ret), 0);
    BIO_free(b);
    return ret;
}

static void write_body(X509 *x, char *ret, size_t cap)
{
    static const uint8_t point[REMOTE_PUBLIC_LEN] = {4, 1, 2, 3};
    static char text[LK_B64U_SIZE(SIGNAL_CERT_MAX)];
    char key[LK_B64U_SIZE(REMOTE_PUBLIC_LEN)];
    uint8_t *der = NULL;
    size_t len = test_cert_der(x, &der);
    assert_true(len <= SIGNAL_CERT_MAX);
    lk_b64u_encode(der, len, text);
    lk_b64u_encode(point, sizeof(point), key);
    free(der);
    int n = snprintf(ret, cap, "{\"cert\":\"%s\",\"key\":\"%s\"}", text, key);
    assert_true(n > 0 && (size_t)n < cap);
}

/* The message as it comes from the broker: free(). */
static char *knock_of(const struct technician *t)
{
    static char body[PAYLOAD_MAX];
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *payload = NULL;
    EVP_PKEY *key = test_key_new(t->kind);
    EVP_PKEY *another = test_key_new(TEST_P256);
    X509 *x = test_cert_new(&t->cert, key, t->strangers ? stranger : ca,
                            t->strangers ? stranger_key : ca_key);
    /* No key but P-256 signs an envelope: for the others any signature will
     * do. */
    bool own = !t->anothers_key && t->kind == TEST_P256;
    struct signal_key *signer = signing_key(own ? key : another);
    write_body(x, body, sizeof(body));
    const struct signal_draft draft = {.type = SIGNAL_HELP_OPEN,
                                       .kiosk = t->kiosk,
                                       .expert = "matti",
                                       .call = t->call,
                                       .kn = "",
                                       .en = NONCE,
                                       .body = t->body ? t->body : body};
    assert_int_equal(signal_envelope_seal(&draft, signer, sig, &payload), 0);
    (void)signal_key_free(signer);
    X509_free(x);
    EVP_PKEY_free(key);
    EVP_PKEY_free(another);
    return payload;
}

static const struct signal_topic topic = {
    .kind = SIGNAL_TOPIC_TECH_DOWN, .kiosk = KIOSK, .expert = "matti"};

static int judge_at(const char *payload, int64_t wall_s,
                    struct remote_open *ret, const char **ret_why)
{
    const struct remote_knock knock = {.topic = &topic,
                                       .payload = payload,
                                       .len = strlen(payload),
                                       .wall_s = wall_s};
    return remote_door_judge(&door, &knock, ret, ret_why);
}

/* The verdict; what is to be answered is filled, what is not stays as it was.
 */
static int verdict(const struct technician *t, const char **ret_why)
{
    struct remote_open before, o;
    memset(&before, 0x5a, sizeof(before));
    memcpy(&o, &before, sizeof(o));
    char *payload = knock_of(t);
    int r = judge_at(payload, TEST_PKI_NOW, &o, ret_why);
    free(payload);
    if (r < 0) {
        assert_memory_equal(&o, &before, sizeof(o));
        return r;
    }
    assert_string_equal(o.user, "matti");
    assert_string_equal(o.call, t->call);
    assert_string_equal(o.en, NONCE);
    assert_int_equal(o.point[0], 4);
    if (r != REMOTE_WELCOME)
        assert_string_equal(o.name, "");
    return r;
}

static int judge(const struct technician *t)
{
    const char *why = "";
    int r = verdict(t, &why);
    assert_string_equal(why, "");
    return r;
}

/* No answer is owed; the word for the log. */
static void assert_dropped(const struct technician *t, const char *reason)
{
    const char *why = "";
    assert_int_equal(verdict(t, &why), -EBADMSG);
    assert_string_equal(why, reason);
}

static void welcome(void **state)
{
    struct remote_open o = {.name = "x"};
    const char *why = "";
    uint8_t zero[32] = {0};
    struct technician t = good;
    (void)state;
    char *payload = knock_of(&t);
    assert_int_equal(judge_at(payload, TEST_PKI_NOW, &o, &why), REMOTE_WELCOME);
    assert_string_equal(o.user, "matti");
    assert_string_equal(o.name, "Matti Mäkinen");
    assert_memory_not_equal(o.digest, zero, sizeof(zero));
    free(payload);
    /* Without "name" they are called as the broker calls them. */
    t.cert.name = NULL;
    t.call = "10112233445566778899aabbccddeeff";
    payload = knock_of(&t);
    assert_int_equal(judge_at(payload, TEST_PKI_NOW, &o, &why), REMOTE_WELCOME);
    assert_string_equal(o.name, "matti");
    free(payload);
}

static void other_certificates(void **state)
{
    struct technician t = good;
    (void)state;
    t.strangers = true;
    assert_int_equal(judge(&t), REMOTE_CERTIFICATE);
    t = good;
    t.cert.to_s = TEST_PKI_NOW - 1;
    assert_int_equal(judge(&t), REMOTE_CERTIFICATE);
    t = good;
    t.cert.from_s = TEST_PKI_NOW + 1;
    assert_int_equal(judge(&t), REMOTE_CERTIFICATE);
    t = good;
    t.cert.user = "maija"; /* who is on the list, but did not knock */
    assert_int_equal(judge(&t), REMOTE_CERTIFICATE);
    t = good;
    t.cert.usage = "critical,keyEncipherment";
    assert_int_equal(judge(&t), REMOTE_CERTIFICATE);
    t = good;
    t.cert.ca = true;
    assert_int_equal(judge(&t), REMOTE_CERTIFICATE);
    /* By its hour, to the second. */
    t = good;
    t.cert.from_s = TEST_PKI_NOW;
    assert_int_equal(judge(&t), REMOTE_WELCOME);
}

/* An expert's certificate opens no console, though this kiosk knows its CA. */
static void an_agencys_expert(void **state)
{
    struct technician t = good;
    (void)state;
    trust_ca("kela", stranger, stranger_key);
    t.strangers = true;
    assert_int_equal(judge(&t), REMOTE_CERTIFICATE);
}

static void revoked(void **state)
{
    struct technician t = good;
    (void)state;
    t.cert.number = REVOKED_NUMBER;
    assert_int_equal(judge(&t), REMOTE_REVOKED);
    /* Ended as well: there is nothing to revoke. */
    t.cert.to_s = TEST_PKI_NOW - 1;
    assert_int_equal(judge(&t), REMOTE_CERTIFICATE);
}

static void roles_and_lists(void **state)
{
    struct technician t = good;
    (void)state;
    t.cert.unit = NULL;
    assert_int_equal(judge(&t), REMOTE_NO_ROLE);
    t.cert.unit = "technicians";
    assert_int_equal(judge(&t), REMOTE_NO_ROLE);
    t.cert.unit = REMOTE_ROLE;
    memcpy(door.names[0], "eero", 5);
    assert_int_equal(judge(&t), REMOTE_NOT_HERE);
    door.count = 0;
    assert_int_equal(judge(&t), REMOTE_NOT_HERE);
    /* Refusals are not remembered: on the list now, the same call is good. */
    memcpy(door.names[0], "matti", 6);
    door.count = 1;
    assert_int_equal(judge(&t), REMOTE_WELCOME);
}

/* Says so only to who signed what they sent. */
static void not_allowed_here(void **state)
{
    struct technician t = good;
    (void)state;
    door.trust = NULL;
    assert_int_equal(judge(&t), REMOTE_OFF);
    t.anothers_key = true;
    assert_dropped(&t, "signature");
}

static void replayed(void **state)
{
    struct technician t = good;
    char call[SIGNAL_CALL_SIZE];
    (void)state;
    assert_int_equal(judge(&t), REMOTE_WELCOME);
    assert_dropped(&t, "order");
    door.trust = NULL;
    assert_dropped(&t, "order");
    door.trust = trust;
    for (unsigned i = 0; i < REMOTE_SEEN_MAX - 1; i++) {
        (void)snprintf(call, sizeof(call), "%032x", i + 1);
        t.call = call;
        assert_int_equal(judge(&t), REMOTE_WELCOME);
    }
    assert_dropped(&good, "order"); /* the oldest of those that are kept */
    assert_dropped(&t, "order");
}

static void not_answered(void **state)
{
    struct technician t = good;
    (void)state;
    t.kiosk = "kiosk-2";
    assert_dropped(&t, "names");
    t = good;
    t.anothers_key = true;
    assert_dropped(&t, "signature");
    t = good;
    t.kind = TEST_P384;
    assert_dropped(&t, "certificate");
    t = good;
    t.call = "00112233445566778899AABBCCDDEEFF";
    assert_dropped(&t, "call");
}

static void bodies(void **state)
{
    static const char *const wrong[] = {
        "",
        "{}",
        "[]",
        "{\"cert\":\"AAAA\"}",
        "{\"key\":\"AAAA\"}",
        "{\"cert\":\"\",\"key\":\"\"}",
        "{\"cert\":\"AAAA\",\"key\":\"AAAA\"}",
        "{\"cert\":\"A A\",\"key\":\"AAAA\"}",
        "{\"cert\":1,\"key\":2}",
    };
    struct technician t = good;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(wrong); i++) {
        t.body = wrong[i];
        assert_dropped(&t, "malformed");
    }
}

/* A message with one byte changed is never welcome: every 7th place, and every
 * place of the last hundred, where the signature is. */
static void changed_bytes(void **state)
{
    struct remote_open o;
    const char *why = "";
    (void)state;
    char *payload = knock_of(&good);
    size_t len = strlen(payload);
    for (size_t i = 0; i < len; i += i + 100 < len ? 7 : 1) {
        char was = payload[i];
        payload[i] = was == 'A' ? 'B' : 'A';
        assert_int_equal(judge_at(payload, TEST_PKI_NOW, &o, &why), -EBADMSG);
        payload[i] = was;
    }
    assert_int_equal(judge_at(payload, TEST_PKI_NOW, &o, &why), REMOTE_WELCOME);
    free(payload);
}

/* A clock that stands before the trust's floor is taken to be there; one that
 * is far ahead lets nobody in whose certificate has ended by it. */
static void clocks(void **state)
{
    struct remote_open o;
    const char *why = "";
    struct technician t = good;
    (void)state;
    t.cert.from_s = TEST_PKI_NOW - 20L * DAY;
    char *payload = knock_of(&t);
    assert_int_equal(judge_at(payload, TEST_PKI_NOW + 400L * DAY, &o, &why),
                     REMOTE_CERTIFICATE);
    assert_int_equal(judge_at(payload, 0, &o, &why), REMOTE_WELCOME);
    free(payload);
}

/* Without memory nobody is welcome, and nothing is remembered. */
static void out_of_memory(void **state)
{
    struct remote_open o;
    const char *why = "";
    int r = 0;
    (void)state;
    char *payload = knock_of(&good);
    OOM_SWEEP(r, judge_at(payload, TEST_PKI_NOW, &o, &why));
    assert_int_equal(r, REMOTE_WELCOME);
    assert_int_equal(judge_at(payload, TEST_PKI_NOW, &o, &why), -EBADMSG);
    free(payload);
}

static void answers(void **state)
{
    static const char *const words[REMOTE_REFUSALS] = {
        "welcome", "off",  "in-use",   "busy",  "certificate",
        "revoked", "role", "not-here", "broken"};
    uint8_t point[REMOTE_PUBLIC_LEN];
    char body[REMOTE_BODY_MAX], want[REMOTE_BODY_MAX];
    (void)state;
    for (int i = 0; i < REMOTE_REFUSALS; i++) {
        assert_string_equal(remote_refusal_name((enum remote_refusal)i),
                            words[i]);
        remote_body_refuse((enum remote_refusal)i, body);
        (void)snprintf(want, sizeof(want), "{\"why\":\"%s\"}", words[i]);
        assert_string_equal(body, want);
    }
    assert_string_equal(remote_refusal_name(REMOTE_REFUSALS), "?");
    memset(point, 0xff, sizeof(point));
    remote_body_accept(point, body);
    assert_int_equal(strlen(body), strlen("{\"key\":\"\"}") + 87);
    assert_memory_equal(body, "{\"key\":\"_____", 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(welcome, fresh_door),
        cmocka_unit_test_setup(other_certificates, fresh_door),
        cmocka_unit_test_setup(revoked, fresh_door),
        cmocka_unit_test_setup(roles_and_lists, fresh_door),
        cmocka_unit_test_setup(not_allowed_here, fresh_door),
        cmocka_unit_test_setup(replayed, fresh_door),
        cmocka_unit_test_setup(not_answered, fresh_door),
        cmocka_unit_test_setup(bodies, fresh_door),
        cmocka_unit_test_setup(changed_bytes, fresh_door),
        cmocka_unit_test_setup(clocks, fresh_door),
        cmocka_unit_test_setup(out_of_memory, fresh_door),
        cmocka_unit_test(answers),
        cmocka_unit_test_setup(an_agencys_expert, fresh_door),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
