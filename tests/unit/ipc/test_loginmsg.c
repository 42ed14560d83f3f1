#include "testing.h"

#include "ipc/loginmsg.h"

#include <errno.h>

static const struct loginmsg samples[] = {
    {.type = LOGINMSG_BEGIN, .id = 1, .nonce = "n-_0aZ"},
    {.type = LOGINMSG_CANCEL, .id = UINT32_MAX},
    {.type = LOGINMSG_CODE,
     .id = 2,
     .lasts_ms = 300000,
     .url = "https://id.example/device?user_code=AB",
     .code = "AB"},
    {.type = LOGINMSG_CODE, .id = 2, .lasts_ms = 1, .url = "https://x"},
    {.type = LOGINMSG_TOKEN, .id = 3, .token = "aZ0.-_.x", .token_len = 8},
    {.type = LOGINMSG_FAILED, .id = 4, .why = LOGINMSG_SERVICE},
};

static int encode(const struct loginmsg *m, uint8_t *ret)
{
    return loginmsg_encode(m, ret, LOGINMSG_ENCODED_MAX);
}

static void test_round_trip(void **state)
{
    uint8_t b[LOGINMSG_ENCODED_MAX + 1];
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(samples); i++) {
        const struct loginmsg *m = &samples[i];
        struct loginmsg d;
        int n = encode(m, b);
        assert_true(n > 0);
        assert_int_equal(loginmsg_decode(m->type, b, (size_t)n, &d), 0);
        assert_int_equal(d.type, m->type);
        assert_int_equal(d.id, m->id);
        assert_int_equal(d.lasts_ms, m->lasts_ms);
        assert_int_equal(d.why, m->why);
        assert_string_equal(d.nonce, m->nonce);
        assert_string_equal(d.url, m->url);
        assert_string_equal(d.code, m->code);
        assert_int_equal(d.token_len, m->token_len);
        if (m->token_len > 0)
            assert_memory_equal(d.token, m->token, m->token_len);
        assert_int_equal(loginmsg_encode(m, b, (size_t)n - 1), -EMSGSIZE);
        n = encode(m, b);
        for (int cut = 0; cut < n; cut++)
            assert_int_equal(loginmsg_decode(m->type, b, (size_t)cut, &d),
                             -EBADMSG);
        b[n] = 0;
        assert_int_equal(loginmsg_decode(m->type, b, (size_t)n + 1, &d),
                         -EBADMSG);
    }
}

/* What is refused is refused on both sides. */
static void test_refused(void **state)
{
    static const struct loginmsg bad[] = {
        {.type = LOGINMSG_BEGIN, .id = 1},
        {.type = LOGINMSG_BEGIN, .id = 1, .nonce = "a b"},
        {.type = LOGINMSG_BEGIN, .nonce = "a"},
        {.type = LOGINMSG_CANCEL},
        {.type = LOGINMSG_CODE, .id = 1, .url = "https://x"},
        {.type = LOGINMSG_CODE,
         .id = 1,
         .lasts_ms = LOGINMSG_LASTS_MAX_MS + 1,
         .url = "https://x"},
        {.type = LOGINMSG_CODE, .id = 1, .lasts_ms = 1, .url = "http://x"},
        {.type = LOGINMSG_CODE, .id = 1, .lasts_ms = 1, .url = "https://\xc3"},
        {.type = LOGINMSG_CODE,
         .id = 1,
         .lasts_ms = 1,
         .url = "https://x",
         .code = "\n"},
        {.type = LOGINMSG_TOKEN, .id = 1, .token = "", .token_len = 0},
        {.type = LOGINMSG_TOKEN, .id = 1, .token = "a\"b", .token_len = 3},
        {.type = LOGINMSG_TOKEN, .id = 1, .token = "a\0b", .token_len = 3},
        {.type = LOGINMSG_FAILED, .id = 1, .why = LOGINMSG_WHYS},
        {.type = (enum loginmsg_type)0, .id = 1},
        {.type = (enum loginmsg_type)99, .id = 1},
    };
    static char big[LOGINMSG_TOKEN_MAX + 1];
    struct loginmsg m = {.type = LOGINMSG_TOKEN, .id = 1, .token = big};
    uint8_t b[LOGINMSG_ENCODED_MAX];
    struct loginmsg d;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(encode(&bad[i], b), -EINVAL);
    memset(big, 'a', sizeof(big));
    m.token_len = sizeof(big);
    assert_int_equal(encode(&m, b), -EINVAL);
    m.token_len--;
    int n = encode(&m, b);
    assert_true(n > 0);
    assert_int_equal(loginmsg_decode(LOGINMSG_TOKEN, b, (size_t)n, &d), 0);
    b[n - 1] = '"';
    assert_int_equal(loginmsg_decode(LOGINMSG_TOKEN, b, (size_t)n, &d),
                     -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
