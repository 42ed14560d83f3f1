#include "testing.h"

#include "session/ctl.h"

#include <errno.h>

static void test_round_trip(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        char text[128];
        bool mic = false;
        bool camera = false;
        int n = ctl_write_state(i & 1, i & 2, text, sizeof(text));
        assert_true(n > 0);
        assert_int_equal(ctl_read_state(text, (size_t)n, &mic, &camera), 0);
        assert_int_equal(mic, i & 1);
        assert_int_equal(camera, (i & 2) != 0);
    }
    char bye[64];
    int len = ctl_write_bye(bye, sizeof(bye));
    assert_true(len > 0);
    assert_int_equal(ctl_read_bye(bye, (size_t)len), 0);
    char tiny[8];
    assert_int_equal(ctl_write_bye(tiny, sizeof(tiny)), -EMSGSIZE);
    assert_int_equal(ctl_write_state(true, true, tiny, sizeof(tiny)),
                     -EMSGSIZE);
}

static void test_refused(void **state)
{
    (void)state;
    static char big[CTL_MESSAGE_MAX + 1];
    static const char *const bad[] = {
        "",
        "[]",
        "{",
        "{\"type\":\"state\"}",
        "{\"type\":\"state\",\"mic\":1,\"camera\":true}",
        "{\"type\":\"bye\",\"why\":\"ended\"}",
        "{\"type\":7,\"mic\":true,\"camera\":true}",
        "{\"type\":\"state\",\"mic\":true,\"mic\":true,\"camera\":true}",
        "{\"type\":\"state\",\"mic\":true,\"camera\":true} x",
    };
    bool mic = true;
    bool camera = true;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(ctl_read_state(bad[i], strlen(bad[i]), &mic, &camera),
                         -EBADMSG);
    static const char *const no_bye[] = {
        "",
        "[]",
        "{\"type\":\"bye\"}",
        "{\"type\":\"bye\",\"why\":1}",
        "{\"type\":\"bye\",\"why\":\"left\"}",
        "{\"type\":\"state\",\"why\":\"ended\"}"};
    for (size_t i = 0; i < LK_ARRAY_LEN(no_bye); i++)
        assert_int_equal(ctl_read_bye(no_bye[i], strlen(no_bye[i])), -EBADMSG);
    memset(big, ' ', sizeof(big));
    assert_int_equal(ctl_read_bye(big, sizeof(big)), -EMSGSIZE);
    assert_int_equal(ctl_read_state(big, sizeof(big), &mic, &camera),
                     -EMSGSIZE);
    assert_true(mic && camera); /* untouched */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
