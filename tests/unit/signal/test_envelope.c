/* Building, topics, forms at their edges, and running out of memory. What is
 * refused by which name is in the vectors. */
#include "support.h"

#include "oom.h"

#include "signal/body.h"

#include <openssl/crypto.h>

static struct signal_key *key;

static int setup(void **state)
{
    (void)state;
    key = support_key("kiosk");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    key = signal_key_free(key);
    support_free();
    return 0;
}

static const struct signal_topic topic = {
    .kind = SIGNAL_TOPIC_UP, .kiosk = "kuopio-02", .expert = "maija-virtanen"};
static const struct signal_draft draft = {
    .type = SIGNAL_BYE,
    .kiosk = "kuopio-02",
    .expert = "maija-virtanen",
    .call = "0123456789abcdef0123456789abcdef",
    .kn = "DyrFZJZoUM6QfDiod8vsLQ",
    .en = "29OknQ2Qa07ZIWtzMw0vsA",
    .body = "{\"n\":1,\"why\":\"ended\"}"};

static void sealed_is_opened(void **state)
{
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *payload = NULL;
    struct signal_held held = {
        .call = draft.call, .kn = draft.kn, .en = draft.en};
    LK_AUTO(signal_envelope) e = NULL;
    (void)state;
    assert_int_equal(signal_envelope_seal(&draft, key, sig, &payload), 0);
    assert_int_equal(
        signal_envelope_open(payload, strlen(payload), &topic, &held, &e),
        SIGNAL_OK);
    assert_int_equal(e->type, SIGNAL_BYE);
    assert_string_equal(e->body, draft.body);
    assert_string_equal(e->sig, sig);
    assert_int_equal(signal_envelope_verify(e, key), SIGNAL_OK);
    e->lines[0] = 'L';
    assert_int_equal(signal_envelope_verify(e, key), SIGNAL_SIGNATURE);
    free(payload);
}

static void too_long_is_not_sealed(void **state)
{
    static char body[SIGNAL_PAYLOAD_MAX + 10];
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *payload = NULL;
    struct signal_draft d = draft;
    (void)state;
    memset(body, 'x', sizeof(body) - 1);
    d.body = body;
    assert_int_equal(signal_envelope_seal(&d, key, sig, &payload), -EMSGSIZE);
    body[SIGNAL_PAYLOAD_MAX - 100] = '\0'; /* with the rest it is too long */
    assert_int_equal(signal_envelope_seal(&d, key, sig, &payload), -EMSGSIZE);
    d.body = "\xc3(";
    assert_int_equal(signal_envelope_seal(&d, key, sig, &payload), -EINVAL);
    assert_null(payload);
}

/* A kiosk's report names nobody else, and no other topic carries it. */
static void a_report_has_its_topic(void **state)
{
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *payload = NULL;
    struct signal_draft d = draft;
    struct signal_topic t = {.kind = SIGNAL_TOPIC_HEALTH, .kiosk = "kuopio-02"};
    const struct signal_held held = {.call = NULL};
    LK_AUTO(signal_envelope) e = NULL;
    struct signal_envelope *other = NULL;
    (void)state;
    d.type = SIGNAL_HEALTH;
    d.expert = "";
    d.en = "";
    assert_int_equal(signal_envelope_seal(&d, key, sig, &payload), 0);
    assert_int_equal(
        signal_envelope_open(payload, strlen(payload), &t, &held, &e),
        SIGNAL_OK);
    assert_int_equal(signal_envelope_verify(e, key), SIGNAL_OK);
    t.kind = SIGNAL_TOPIC_CALL;
    assert_int_equal(
        signal_envelope_open(payload, strlen(payload), &t, &held, &other),
        SIGNAL_TYPE);
    t = (struct signal_topic){.kind = SIGNAL_TOPIC_HEALTH, .kiosk = "other"};
    assert_int_equal(
        signal_envelope_open(payload, strlen(payload), &t, &held, &other),
        SIGNAL_NAMES);
    free(payload);
}

static void topics(void **state)
{
    static const char here[] = "here/abcdefghijabcdefghijabcdefghij12/"
                               "abcdefghijabcdefghijabcdefghij12";
    static const char *const good[] = {"k/kuopio-02/up/maija-virtanen",
                                       "k/abc/down/def", "call/kela/abc",
                                       "health/kuopio-02", here};
    static const char *const bad[] = {
        "",
        "/",
        "k",
        "k/",
        "k/abc",
        "k/abc/up",
        "k/abc/up/",
        "k/abc/up/def/",
        "k/abc/up/def/g",
        "k/abc/UP/def",
        "k/ab/up/def",
        "k/Abc/up/def",
        "k//up/def",
        "k/abc/up/d+f",
        "call/kela",
        "call/kela/",
        "call//abc",
        "call/kela/abc/d",
        "here/kela/#",
        "/k/abc/up/def",
        "news/kela",
        "health",
        "health/",
        "health/ab",
        "health/kuopio-02/",
        "health/kuopio-02/more",
        "k/abcdefghijabcdefghijabcdefghij123/up/def"};
    char text[SIGNAL_TOPIC_MAX];
    struct signal_topic t;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(good); i++) {
        assert_int_equal(signal_topic_parse(good[i], &t), 0);
        signal_topic_write(&t, text);
        assert_string_equal(text, good[i]);
    }
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        if (signal_topic_parse(bad[i], &t) != -EBADMSG)
            fail_msg("\"%s\" was taken", bad[i]);
}

static void names_of_reasons(void **state)
{
    (void)state;
    for (int i = 1; i < SIGNAL_REASONS; i++)
        assert_int_equal(
            signal_reason_find(signal_reason_name((enum signal_reason)i)), i);
    assert_int_equal(signal_reason_find("ok"), SIGNAL_OK);
    assert_int_equal(signal_reason_find("because"), SIGNAL_OK);
    assert_string_equal(signal_reason_name(SIGNAL_REASONS), "?");
    assert_string_equal(signal_type_name(SIGNAL_TYPES), "?");
    assert_string_equal(signal_bye_name(SIGNAL_BYES), "?");
}

static void descriptions(void **state)
{
#define PRINT                                                                  \
    "a=fingerprint:sha-256 "                                                   \
    "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:" \
    "18:19:1A:1B:1C:1D:1E:1F\r\n"
#define HEAD "v=0\r\no=- 5 6 IN IP4 0.0.0.0\r\n"
    static const struct {
        const char *text;
        enum signal_reason reason;
    } cases[] = {
        {HEAD PRINT "m=a\r\nm=b\r\n", SIGNAL_OK},
        {HEAD "m=a\r\n" PRINT "m=b\r\n" PRINT, SIGNAL_OK},
        {"v=0\no=- 5 6 IN\nm=a\n" PRINT, SIGNAL_OK},
        {HEAD "m=a\r\n" PRINT "m=b\r\n", SIGNAL_FINGERPRINT},
        {HEAD "m=a\r\na=fingerprint:sha-1 00\r\n", SIGNAL_FINGERPRINT},
        {HEAD "m=a\r\n" PRINT "a=fingerprint:sha-1 00\r\n", SIGNAL_FINGERPRINT},
        {HEAD PRINT, SIGNAL_MALFORMED},
        {"o=- 5 6 IN\r\nv=0\r\nm=a\r\n" PRINT, SIGNAL_MALFORMED},
        {"v=0\r\no=- 5 IN\r\nm=a\r\n" PRINT, SIGNAL_MALFORMED},
        {"v=0\r\no=- 5 99999999999999999999 IN\r\nm=a\r\n" PRINT,
         SIGNAL_MALFORMED},
        {HEAD "o=- 5 6 IN IP4 0.0.0.0\r\nm=a\r\n" PRINT, SIGNAL_MALFORMED},
        {HEAD "a=x-luukku-offer:1\r\na=x-luukku-offer:1\r\nm=a\r\n" PRINT,
         SIGNAL_MALFORMED},
        {HEAD "m=a\r\n" PRINT "a=x-luukku-offer:1\r\n", SIGNAL_MALFORMED},
        {HEAD "m=a\r\n" PRINT "\r\n", SIGNAL_MALFORMED},
        {"", SIGNAL_MALFORMED},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct signal_sdp sdp = {.version = 0};
        if (signal_sdp_look(cases[i].text, strlen(cases[i].text), &sdp) !=
            cases[i].reason)
            fail_msg("case %zu", i);
        if (cases[i].reason == SIGNAL_OK) {
            assert_int_equal(sdp.session_id, 5);
            assert_int_equal(sdp.version, 6);
        }
    }
}

/* --- without memory ------------------------------------------------------- */

static int seal_and_drop(void)
{
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *payload = NULL;
    int r = signal_envelope_seal(&draft, key, sig, &payload);
    free(payload);
    /* libcrypto does not say why it would not sign. */
    return r == -EIO ? -ENOMEM : r;
}

static char *sealed;

static int open_and_drop(void)
{
    struct signal_held held = {.call = NULL};
    struct signal_envelope *e = NULL;
    int r = signal_envelope_open(sealed, strlen(sealed), &topic, &held, &e);
    assert_true(r != SIGNAL_OK || e);
    assert_true(r == SIGNAL_OK || !e);
    (void)signal_envelope_free(e);
    return r;
}

static void without_memory(void **state)
{
    char sig[SIGNAL_SIG_TEXT_SIZE];
    int r = 0;
    (void)state;
    assert_int_equal(signal_envelope_seal(&draft, key, sig, &sealed), 0);
    OOM_SWEEP(r, open_and_drop());
    assert_int_equal(r, SIGNAL_OK);
    OOM_SWEEP(r, seal_and_drop());
    assert_int_equal(r, 0);
    free(sealed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_is_opened),
        cmocka_unit_test(too_long_is_not_sealed),
        cmocka_unit_test(a_report_has_its_topic),
        cmocka_unit_test(topics),
        cmocka_unit_test(names_of_reasons),
        cmocka_unit_test(descriptions),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
