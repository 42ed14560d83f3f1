#include "testing.h"

#include "control/message.h"

#include <errno.h>

static const struct {
    const char *text;
    int result;
} requests[] = {
    {"{\"v\":1,\"id\":7,\"cmd\":[\"ui\",\"tap\",\"next\"]}", 0},
    {"{\"v\":1,\"id\":4294967295,\"cmd\":[\"\"]}", 0},
    {"{\"v\":2,\"id\":7,\"cmd\":[\"ui\"]}", -EPROTONOSUPPORT},
    {"{\"v\":1,\"id\":4294967296,\"cmd\":[\"ui\"]}", -EBADMSG},
    {"{\"v\":1,\"id\":-1,\"cmd\":[\"ui\"]}", -EBADMSG},
    {"{\"v\":1,\"id\":\"7\",\"cmd\":[\"ui\"]}", -EBADMSG},
    {"{\"v\":1,\"id\":7,\"cmd\":[]}", -EBADMSG},
    {"{\"v\":1,\"id\":7,\"cmd\":\"ui\"}", -EBADMSG},
    {"{\"v\":1,\"id\":7,\"cmd\":[1]}", -EBADMSG},
    {"{\"v\":1,\"id\":7,\"cmd\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\","
     "\"h\",\"i\"]}",
     -EBADMSG},
    {"{\"v\":1,\"id\":7,\"cmd\":[\"u\\u0000i\"]}", -EBADMSG},
    {"{\"v\":1,\"id\":7}", -EBADMSG},
    {"{\"v\":1,\"id\":7,\"cmd\":[\"ui\"],\"more\":1}", -EBADMSG},
    {"{\"v\":1,\"v\":1,\"id\":7,\"cmd\":[\"ui\"]}", -EBADMSG},
    {"[]", -EBADMSG},
    {"", -EBADMSG},
    {"{\"v\":1,\"id\":7,\"cmd\":[\"ui\"]}x", -EBADMSG},
};

static void decodes_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(requests); i++) {
        LK_AUTO(control_request) req = NULL;
        LK_AUTO(lk_buf) b = NULL;
        const char *text = requests[i].text;
        assert_int_equal(control_request_decode(text, strlen(text), &req),
                         requests[i].result);
        if (requests[i].result < 0) {
            assert_null(req);
            continue;
        }
        assert_int_equal(lk_buf_new(1000, &b), 0);
        assert_int_equal(control_request_encode(req, b), 0);
        assert_string_equal(lk_buf_str(b), text);
    }
}

static const struct {
    const char *text;
    int result;
} replies[] = {
    {"{\"v\":1,\"id\":7,\"ok\":true}", 0},
    {"{\"v\":1,\"id\":7,\"ok\":true,\"result\":{\"a\":[1,2]}}", 0},
    {"{\"v\":1,\"id\":7,\"ok\":true,\"result\":null}", 0},
    {"{\"v\":1,\"id\":7,\"ok\":true,\"result\":\"x\",\"carries\":\"png\"}", 0},
    {"{\"v\":1,\"id\":7,\"ok\":true,\"carries\":\"json\"}", 0},
    {"{\"v\":1,\"id\":7,\"ok\":false,\"error\":\"no\"}", 0},
    {"{\"v\":1,\"id\":7,\"ok\":false}", -EBADMSG},
    {"{\"v\":1,\"id\":7,\"ok\":true,\"error\":\"no\"}", -EBADMSG},
    {"{\"v\":1,\"id\":7,\"ok\":false,\"error\":\"no\",\"result\":1}", -EBADMSG},
    {"{\"v\":1,\"id\":7,\"ok\":false,\"error\":\"no\",\"carries\":\"png\"}",
     -EBADMSG},
    {"{\"v\":1,\"id\":7,\"ok\":true,\"carries\":\"gif\"}", -EBADMSG},
    {"{\"v\":1,\"id\":7,\"ok\":1}", -EBADMSG},
    {"{\"v\":1,\"id\":7,\"ok\":true,\"more\":1}", -EBADMSG},
    {"{\"v\":3,\"id\":7,\"ok\":true}", -EPROTONOSUPPORT},
};

static void decodes_replies(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(replies); i++) {
        LK_AUTO(control_reply) reply = NULL;
        LK_AUTO(lk_buf) b = NULL;
        const char *text = replies[i].text;
        assert_int_equal(control_reply_decode(text, strlen(text), &reply),
                         replies[i].result);
        if (replies[i].result < 0) {
            assert_null(reply);
            continue;
        }
        assert_int_equal(lk_buf_new(1000, &b), 0);
        assert_int_equal(control_reply_encode(reply, b), 0);
        assert_string_equal(lk_buf_str(b), text);
    }
}

/* A result from a program is believed only when it is JSON. */
static void checks_results(void **state)
{
    static const struct {
        char *result;
        int r;
    } results[] = {
        {"{}", 0},
        {"1", 0},
        {"{", -EBADMSG},
        {"", -EBADMSG},
        {"{}, \"ok\": false", -EBADMSG},
        {"\xff", -EBADMSG},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(results); i++) {
        LK_AUTO(lk_buf) b = NULL;
        struct control_reply reply = {
            .id = 1, .ok = true, .result = results[i].result};
        assert_int_equal(lk_buf_new(1000, &b), 0);
        assert_int_equal(control_reply_encode(&reply, b), results[i].r);
    }
}

static void bounds_requests(void **state)
{
    static char word[CONTROL_ARG_MAX + 1];
    struct control_request req = {.id = 1, .arg = {word}, .args = 1};
    (void)state;
    LK_AUTO(lk_buf) b = NULL;
    assert_int_equal(lk_buf_new(CONTROL_TEXT_MAX, &b), 0);
    memset(word, 'x', CONTROL_ARG_MAX);
    assert_int_equal(control_request_encode(&req, b), -EMSGSIZE);
    word[CONTROL_ARG_MAX - 1] = 0;
    assert_int_equal(control_request_encode(&req, b), 0);
    req.args = 0;
    assert_int_equal(control_request_encode(&req, b), -EINVAL);
    req.args = 1;
    word[0] = (char)0xff;
    assert_int_equal(control_request_encode(&req, b), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_requests),
        cmocka_unit_test(decodes_replies),
        cmocka_unit_test(checks_results),
        cmocka_unit_test(bounds_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
