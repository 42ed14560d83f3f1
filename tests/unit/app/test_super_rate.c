#include "testing.h"

#include "app/super_rate.h"

static bool admit(struct super_rate *r, const char *program, const char *line,
                  int64_t now_us, unsigned *dropped)
{
    return super_rate_admit(r, program, line, strlen(line), now_us, dropped);
}

static void one_key_does_not_silence_another(void **state)
{
    struct super_rate r = {0};
    unsigned dropped = 9;
    (void)state;
    for (unsigned i = 0; i < SUPER_RATE_KEY_LINES; i++)
        assert_true(
            admit(&r, "luukkud", "warn luukkud link what=a n=1", 0, &dropped));
    assert_false(
        admit(&r, "luukkud", "warn luukkud link what=a n=2", 0, &dropped));
    assert_true(
        admit(&r, "luukkud", "warn luukkud link what=b n=2", 0, &dropped));
    assert_int_equal(dropped, 0);
    assert_true(
        admit(&r, "luukku-rtc", "warn luukkud link what=a n=2", 0, &dropped));
}

static void says_how_many_were_not_kept(void **state)
{
    struct super_rate r = {0};
    unsigned dropped = 0;
    (void)state;
    for (unsigned i = 0; i < SUPER_RATE_KEY_LINES + 7; i++)
        (void)admit(&r, "luukkud", "info luukkud x y", 0, &dropped);
    assert_true(
        admit(&r, "luukkud", "info luukkud x y", SUPER_RATE_US, &dropped));
    assert_int_equal(dropped, 7);
    assert_true(
        admit(&r, "luukkud", "info luukkud x y", SUPER_RATE_US, &dropped));
    assert_int_equal(dropped, 0);
}

static void a_program_has_a_ceiling_with_ever_new_keys(void **state)
{
    struct super_rate r = {0};
    unsigned kept = 0;
    unsigned dropped = 0;
    char line[32];
    (void)state;
    for (unsigned i = 0; i < 10000; i++) {
        (void)snprintf(line, sizeof(line), "noise%u", i);
        kept += admit(&r, "luukkud", line, 5, &dropped);
    }
    assert_int_equal(kept, SUPER_RATE_PROGRAM_LINES);
    assert_true(admit(&r, "luukku-rtc", "noise", 5, &dropped));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_key_does_not_silence_another),
        cmocka_unit_test(says_how_many_were_not_kept),
        cmocka_unit_test(a_program_has_a_ceiling_with_ever_new_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
