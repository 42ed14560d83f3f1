#include "testing.h"

#include "base/defs.h"
#include "signal/link_watch.h"

#define ID "Client 00112233445566778899aabbccddeeff "

static void test_lines(void **state)
{
    static const struct {
        const char *line;
        bool whole; /* a packet came to its end */
        bool foul;
    } cases[] = {
        {ID "received PUBLISH (d0, q0, r0, m0, 'k/a/down/b', ... (5 bytes))",
         true, false},
        {ID "received PUBLISH (d0, q1, r0, m7, 'k/a/down/b', ... (5 bytes))",
         true, true},
        {ID "received PUBLISH (d1, q2, r0, m7, 'x', ... (5 bytes))", true,
         true},
        {ID "received PUBLISH (d0, q2, r0, m1, ' received PUBLISH (d0, q0,')",
         true, true},
        {ID "received PUBLISH (d", true, true},
        {ID "received PUBLISH (d0, q", true, true},
        {ID "received PUBLISH (dup 0, qos 0)", true, true},
        {ID "received SUBACK", true, false},
        {ID "received PINGRESP", true, false},
        {ID "received CONNACK (0)", true, false},
        {ID "sending PUBLISH (d0, q0, r0, m1, 'a', ... (1 bytes))", false,
         false},
        {"", false, false},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct link_watch w = {.foul = false};
        link_watch_line(&w, cases[i].line, 70);
        assert_int_equal(w.whole_at, cases[i].whole ? 70 : 0);
        assert_int_equal(w.foul, cases[i].foul);
        assert_int_equal(link_watch_fits(&w, 80), !cases[i].foul);
    }
}

static void test_unfinished(void **state)
{
    struct link_watch w = {.foul = false};
    (void)state;
    assert_true(link_watch_fits(&w, LINK_UNFINISHED_MAX));
    assert_false(link_watch_fits(&w, LINK_UNFINISHED_MAX + 1));
    link_watch_line(&w, ID "received PINGRESP", LINK_UNFINISHED_MAX + 1);
    assert_true(link_watch_fits(&w, LINK_UNFINISHED_MAX + 1));
    assert_true(link_watch_fits(&w, 2 * LINK_UNFINISHED_MAX + 1));
    assert_false(link_watch_fits(&w, 2 * LINK_UNFINISHED_MAX + 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_unfinished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
