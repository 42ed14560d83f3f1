/* What the identification service answers. */
#include "oom.h"

#include "login/answer.h"

#include <errno.h>

#define DEVICE "\"device_code\":\"dev-1\""
#define CODE "\"user_code\":\"WDJB-MJHT\""
#define URL "\"verification_uri\":\"https://id.example/device\""
#define LASTS "\"expires_in\":300"
#define ALL DEVICE "," CODE "," URL "," LASTS

static int start(const char *json, struct login_start *ret)
{
    return login_parse_start(json, strlen(json), ret);
}

static void test_start(void **state)
{
    struct login_start s;
    (void)state;
    assert_int_equal(start("{" ALL "}", &s), 0);
    assert_string_equal(s.device, "dev-1");
    assert_string_equal(s.code, "WDJB-MJHT");
    assert_string_equal(s.url, "https://id.example/device");
    assert_int_equal(s.lasts_s, 300);
    assert_int_equal(s.interval_s, LOGIN_INTERVAL_S);
    assert_int_equal(
        start("{" ALL ",\"interval\":2,\"more\":[{}],"
              "\"verification_uri_complete\":\"https://id.example/d?c=W\"}",
              &s),
        0);
    assert_string_equal(s.url, "https://id.example/d?c=W");
    assert_int_equal(s.interval_s, 2);
    assert_int_equal(start("{" ALL ",\"interval\":0}", &s), 0);
    assert_int_equal(s.interval_s, 1);
    assert_int_equal(start("{" ALL ",\"interval\":99999999999}", &s), 0);
    assert_int_equal(s.interval_s, LOGIN_INTERVAL_MAX_S);
    assert_int_equal(
        start("{" DEVICE "," CODE "," URL ",\"expires_in\":86400}", &s), 0);
    assert_int_equal(s.lasts_s, LOGIN_LASTS_MAX_S);
}

static void test_start_refused(void **state)
{
    static const struct {
        const char *json;
        int want;
    } cases[] = {
        {"", -EBADMSG},
        {"[]", -EBADMSG},
        {"{}", -EBADMSG},
        {"{" ALL, -EBADMSG},
        {"{" ALL "}x", -EBADMSG},
        {"{" ALL "," CODE "}", -EBADMSG}, /* twice */
        {"{" CODE "," URL "," LASTS "}", -EBADMSG},
        {"{" DEVICE "," URL "," LASTS "}", -EBADMSG},
        {"{" DEVICE "," CODE "," LASTS "}", -EBADMSG},
        {"{" DEVICE "," CODE "," URL "}", -EBADMSG},
        {"{" DEVICE "," CODE "," URL ",\"expires_in\":0}", -EBADMSG},
        {"{" DEVICE "," CODE "," URL ",\"expires_in\":\"300\"}", -EBADMSG},
        {"{" DEVICE "," CODE "," URL ",\"expires_in\":1.5}", -EBADMSG},
        {"{" ALL ",\"interval\":-1}", -EBADMSG},
        {"{" ALL ",\"interval\":null}", -EBADMSG},
        {"{" ALL ",\"verification_uri_complete\":\"http://id.example\"}",
         -EBADMSG},
        {"{" ALL ",\"verification_uri_complete\":7}", -EBADMSG},
        {"{" DEVICE "," CODE "," LASTS
         ",\"verification_uri\":\"javascript:x\"}",
         -EBADMSG},
        {"{" DEVICE "," CODE "," LASTS ",\"verification_uri\":\"https://\"}",
         -EBADMSG},
        {"{" DEVICE "," CODE "," LASTS
         ",\"verification_uri\":\"https://good@bad.example/\"}",
         -EBADMSG},
        {"{" DEVICE "," CODE "," LASTS
         ",\"verification_uri\":\"https://a b/\"}",
         -EBADMSG},
        {"{" DEVICE "," URL "," LASTS ",\"user_code\":\"A\\nB\"}", -EBADMSG},
        {"{" DEVICE "," URL "," LASTS ",\"user_code\":\" AB\"}", -EBADMSG},
        {"{" DEVICE "," URL "," LASTS ",\"user_code\":\"\"}", -EBADMSG},
        {"{" DEVICE "," URL "," LASTS ",\"user_code\":\"\\u00e4\"}", -EBADMSG},
        {"{" DEVICE "," URL "," LASTS
         ",\"user_code\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
         -EMSGSIZE},
        {"{\"a\":[[[[[[[[[[1]]]]]]]]]]," ALL "}", -EBADMSG},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct login_start s = {.lasts_s = 77};
        int r = start(cases[i].json, &s);
        if (r != cases[i].want || s.lasts_s != 77)
            fail_msg("%s: %d", cases[i].json, r);
    }
}

/* Longer than is taken: an address, a device code, the whole. */
static void test_start_long(void **state)
{
    char json[LOGIN_ANSWER_MAX + 256];
    char many[LOGIN_ANSWER_MAX];
    struct login_start s;
    (void)state;
    memset(many, 'a', sizeof(many));
    (void)snprintf(json, sizeof(json),
                   "{" DEVICE "," CODE "," LASTS
                   ",\"verification_uri\":\"https://%.*s\"}",
                   LOGIN_URL_MAX - 9, many);
    assert_int_equal(start(json, &s), 0);
    (void)snprintf(json, sizeof(json),
                   "{" DEVICE "," CODE "," LASTS
                   ",\"verification_uri\":\"https://%.*s\"}",
                   LOGIN_URL_MAX - 8, many);
    assert_int_equal(start(json, &s), -EMSGSIZE);
    (void)snprintf(json, sizeof(json),
                   "{" CODE "," URL "," LASTS ",\"device_code\":\"%.*s\"}",
                   LOGIN_DEVICE_MAX, many);
    assert_int_equal(start(json, &s), -EMSGSIZE);
    (void)snprintf(json, sizeof(json), "{" ALL ",\"x\":\"%.*s\"}",
                   LOGIN_ANSWER_MAX - 16, many);
    assert_int_equal(start(json, &s), -EBADMSG);
}

#define JWS "eyJh.eyJz.c2ln"

static void test_poll(void **state)
{
    static const struct {
        long status;
        const char *json;
        enum login_verdict want;
    } cases[] = {
        {200, "{\"id_token\":\"" JWS "\",\"access_token\":\"x\"}", LOGIN_TOKEN},
        {200, "{\"access_token\":\"x\"}", LOGIN_BROKEN},
        {200, "{\"id_token\":\"a.b\"}", LOGIN_BROKEN},
        {200, "{\"id_token\":\"a.b.c.d\"}", LOGIN_BROKEN},
        {200, "{\"id_token\":\"a..c\"}", LOGIN_BROKEN},
        {200, "{\"id_token\":\"a.b.\"}", LOGIN_BROKEN},
        {200, "{\"id_token\":\"a.b.c \"}", LOGIN_BROKEN},
        {200, "{\"id_token\":\"a.b.c\\u0000\"}", LOGIN_BROKEN},
        {200, "{\"id_token\":7}", LOGIN_BROKEN},
        {200, "{\"error\":\"authorization_pending\"}", LOGIN_BROKEN},
        {200, "", LOGIN_BROKEN},
        {201, "{\"id_token\":\"" JWS "\"}", LOGIN_BROKEN},
        {302, "", LOGIN_BROKEN},
        {400, "{\"error\":\"authorization_pending\"}", LOGIN_PENDING},
        {400, "{\"error\":\"slow_down\"}", LOGIN_SLOW_DOWN},
        {400, "{\"error\":\"access_denied\"}", LOGIN_DENIED},
        {403, "{\"error\":\"access_denied\"}", LOGIN_DENIED},
        {400, "{\"error\":\"expired_token\"}", LOGIN_EXPIRED},
        {400, "{\"error\":\"invalid_grant\"}", LOGIN_BROKEN},
        {400, "{\"error\":7}", LOGIN_BROKEN},
        {400, "{\"error\":\"slow_down\",\"error\":\"x\"}", LOGIN_BROKEN},
        {400, "<html>", LOGIN_BROKEN},
        {401, "{\"error\":\"invalid_client\"}", LOGIN_BROKEN},
        {429, "", LOGIN_SLOW_DOWN},
        {408, "", LOGIN_AWAY},
        {500, "{\"error\":\"access_denied\"}", LOGIN_AWAY},
        {503, "", LOGIN_AWAY},
        {0, "", LOGIN_AWAY},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct login_poll p;
        assert_int_equal(login_parse_poll(cases[i].status, cases[i].json,
                                          strlen(cases[i].json), &p),
                         0);
        if (p.verdict != cases[i].want)
            fail_msg("%ld %s: %d", cases[i].status, cases[i].json,
                     (int)p.verdict);
        assert_true((p.token != NULL) == (p.verdict == LOGIN_TOKEN));
        if (p.token)
            assert_string_equal(lk_buf_str(p.token), JWS);
        lk_buf_free(p.token);
    }
}

static void test_poll_memory(void **state)
{
    static const char json[] = "{\"id_token\":\"" JWS "\"}";
    struct login_poll p = {.token = NULL};
    int r = -ENOMEM;
    (void)state;
    for (int at = 0; at < 100 && (r < 0 || p.verdict != LOGIN_TOKEN); at++) {
        oom_left = at;
        r = login_parse_poll(200, json, sizeof(json) - 1, &p);
        oom_left = -1;
        /* The parser does not tell memory from mistakes. */
        assert_true(r == -ENOMEM || r == 0);
        assert_true(r == 0 || !p.token);
    }
    assert_int_equal(r, 0);
    assert_int_equal(p.verdict, LOGIN_TOKEN);
    lk_buf_free(p.token);
}

static void test_write(void **state)
{
    LK_AUTO(lk_buf) b = NULL;
    LK_AUTO(lk_buf) small = NULL;
    (void)state;
    assert_int_equal(lk_buf_new(LOGIN_FORM_MAX, &b), 0);
    assert_int_equal(
        login_write_start(b, "a b&c=\xc3\xa4", "openid profile", "n-_.~"), 0);
    assert_string_equal(lk_buf_str(b),
                        "client_id=a%20b%26c%3D%C3%A4&scope=openid%20profile&"
                        "nonce=n-_.%7E");
    lk_buf_wipe(b);
    assert_int_equal(login_write_poll(b, "c", "d+/"), 0);
    assert_string_equal(
        lk_buf_str(b),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&"
        "client_id=c&device_code=d%2B%2F");
    assert_int_equal(lk_buf_new(20, &small), 0);
    assert_int_equal(login_write_poll(small, "c", "d"), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_start_refused),
        cmocka_unit_test(test_start_long),
        cmocka_unit_test(test_poll),
        cmocka_unit_test(test_poll_memory),
        cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
