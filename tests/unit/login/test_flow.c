/* One login, with the time in the test's hands. */
#include "testing.h"

#include "login/flow.h"

#define S INT64_C(1000000)

static struct login_flow f;
static int64_t now;

static int setup(void **state)
{
    (void)state;
    now = 1000 * S;
    login_flow_begin(&f);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    login_flow_clear(&f);
    assert_int_equal(login_flow_wait_us(&f), INT64_MAX);
    return 0;
}

static void next(enum login_do want)
{
    assert_int_equal(login_flow_next(&f, now), want);
}

static void answer(long status, const char *body)
{
    login_flow_answer(&f, status, body, strlen(body), now);
}

static void started(int lasts_s, int interval_s)
{
    char body[256];
    (void)snprintf(body, sizeof(body),
                   "{\"device_code\":\"dev\",\"user_code\":\"AB\","
                   "\"verification_uri\":\"https://id.example/\","
                   "\"expires_in\":%d,\"interval\":%d}",
                   lasts_s, interval_s);
    next(LOGIN_DO_START);
    next(LOGIN_DO_NOTHING);
    answer(200, body);
    next(LOGIN_DO_SHOW);
    assert_string_equal(f.start.code, "AB");
    assert_int_equal(login_flow_lasts_us(&f, now), lasts_s * S);
    next(LOGIN_DO_NOTHING);
}

/* Nothing is asked before so many seconds, and then at once. */
static void asks_after(int s)
{
    assert_int_equal(login_flow_wait_us(&f), now + s * S);
    now += s * S - 1;
    next(LOGIN_DO_NOTHING);
    now += 1;
    next(LOGIN_DO_POLL);
    next(LOGIN_DO_NOTHING);
}

static void ends(enum login_end want)
{
    assert_int_equal(login_flow_wait_us(&f), 0);
    next(LOGIN_DO_END);
    assert_int_equal(f.end, want);
    assert_string_equal(f.start.device, "");
    next(LOGIN_DO_NOTHING);
    assert_int_equal(login_flow_wait_us(&f), INT64_MAX);
}

static const char pending[] = "{\"error\":\"authorization_pending\"}";

static void test_good(void **state)
{
    (void)state;
    started(300, 3);
    for (int i = 0; i < 5; i++) {
        asks_after(3);
        answer(400, pending);
    }
    asks_after(3);
    answer(200, "{\"id_token\":\"a.b.c\"}");
    ends(LOGIN_END_TOKEN);
    assert_string_equal(lk_buf_str(f.token), "a.b.c");
    login_flow_begin(&f); /* once more: nothing of the first is left */
    assert_null(f.token);
    next(LOGIN_DO_START);
}

static void test_slower(void **state)
{
    (void)state;
    started(600, 5);
    asks_after(5);
    answer(400, "{\"error\":\"slow_down\"}");
    asks_after(10);
    answer(400, pending);
    asks_after(10); /* for good */
    answer(429, "");
    asks_after(15);
    for (int i = 0; i < 20 && f.interval_s < LOGIN_INTERVAL_MAX_S; i++) {
        answer(429, "");
        now += f.interval_s * S;
        f.until_us += f.interval_s * S;
        next(LOGIN_DO_POLL);
    }
    answer(429, "");
    assert_int_equal(login_flow_wait_us(&f), now + LOGIN_INTERVAL_MAX_S * S);
}

/* RFC 8628 section 3.5: nobody answers, and is asked less and less. */
static void test_away(void **state)
{
    static const int pauses[] = {4, 8, 16, 30, 30};
    (void)state;
    started(600, 2);
    asks_after(2);
    for (size_t i = 0; i < LK_ARRAY_LEN(pauses); i++) {
        answer(i % 2 ? 503 : 0, "");
        asks_after(pauses[i]);
    }
    answer(400, pending);
    asks_after(2);
}

static void test_expires(void **state)
{
    (void)state;
    started(20, 5);
    asks_after(5);
    answer(400, "{\"error\":\"expired_token\"}");
    ends(LOGIN_END_EXPIRED);
    login_flow_begin(&f); /* with a question that nobody answers */
    started(12, 5);
    asks_after(5);
    assert_int_equal(login_flow_wait_us(&f), now + 7 * S);
    now += 7 * S;
    next(LOGIN_DO_END);
    assert_int_equal(f.end, LOGIN_END_EXPIRED);
    answer(200, "{\"id_token\":\"a.b.c\"}"); /* too late */
    next(LOGIN_DO_NOTHING);
    assert_null(f.token);
    login_flow_begin(&f); /* in a pause */
    started(7, 5);
    asks_after(5);
    answer(400, pending);
    assert_int_equal(login_flow_wait_us(&f), now + 2 * S);
    now += 2 * S;
    next(LOGIN_DO_END);
    assert_int_equal(f.end, LOGIN_END_EXPIRED);
}

static void test_ends(void **state)
{
    static const struct {
        long status;
        const char *body;
        enum login_end want;
    } cases[] = {{400, "{\"error\":\"access_denied\"}", LOGIN_END_DENIED},
                 {400, "{\"error\":\"invalid_grant\"}", LOGIN_END_SERVICE},
                 {200, "{}", LOGIN_END_SERVICE},
                 {404, "", LOGIN_END_SERVICE}};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        login_flow_begin(&f);
        started(60, 1);
        asks_after(1);
        answer(cases[i].status, cases[i].body);
        ends(cases[i].want);
    }
}

static void test_no_start(void **state)
{
    static const long status[] = {0, 200, 400, 503};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(status); i++) {
        login_flow_begin(&f);
        answer(200, "{}"); /* nothing was asked */
        next(LOGIN_DO_START);
        answer(status[i], "{\"error\":\"invalid_client\"}");
        ends(LOGIN_END_SERVICE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_good, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slower, setup, teardown),
        cmocka_unit_test_setup_teardown(test_away, setup, teardown),
        cmocka_unit_test_setup_teardown(test_expires, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_start, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
