/* One picture at a time, with a ceiling; answers have no number. */
#include "app/luukkud_photo.h"

#include "testing.h"

#define SECOND INT64_C(1000000)

static void answered(void **state)
{
    struct luukkud_photo p = {0};
    (void)state;
    assert_int_equal(luukkud_photo_next_us(&p), INT64_MAX);
    assert_true(luukkud_photo_want(&p, false, SECOND));
    assert_int_equal(luukkud_photo_take(&p, true), LUUKKUD_PHOTO_FOR_AIM);
    assert_true(luukkud_photo_want(&p, true, SECOND));
    assert_int_equal(luukkud_photo_take(&p, false), LUUKKUD_PHOTO_FOR_HELD);
    assert_int_equal(luukkud_photo_take(&p, true), LUUKKUD_PHOTO_FOR_NOBODY);
}

/* Wished again while one is under way: that one shows what lay there then. */
static void wished_again(void **state)
{
    struct luukkud_photo p = {0};
    (void)state;
    assert_true(luukkud_photo_want(&p, false, SECOND));
    assert_false(luukkud_photo_want(&p, true, 9 * SECOND));
    assert_int_equal(luukkud_photo_next_us(&p), SECOND + LUUKKUD_PHOTO_US);
    assert_int_equal(luukkud_photo_take(&p, true), LUUKKUD_PHOTO_AGAIN);
    assert_true(luukkud_photo_want(&p, true, 9 * SECOND));
    assert_int_equal(luukkud_photo_take(&p, true), LUUKKUD_PHOTO_FOR_HELD);
    assert_true(luukkud_photo_want(&p, false, SECOND));
    assert_false(luukkud_photo_want(&p, false, SECOND));
    assert_int_equal(luukkud_photo_take(&p, false), LUUKKUD_PHOTO_FOR_AIM);
}

/* No answer: given up, and the camera is free; the answer that comes later is
 * nobody's, or is not taken for the next one. */
static void silent(void **state)
{
    struct luukkud_photo p = {0};
    int64_t until_us = SECOND + LUUKKUD_PHOTO_US;
    (void)state;
    assert_true(luukkud_photo_want(&p, true, SECOND));
    assert_false(luukkud_photo_due(&p, until_us - 1));
    assert_true(luukkud_photo_due(&p, until_us));
    assert_int_equal(luukkud_photo_give_up(&p), LUUKKUD_PHOTO_FOR_HELD);
    assert_false(luukkud_photo_due(&p, until_us));
    assert_int_equal(luukkud_photo_give_up(&p), LUUKKUD_PHOTO_FOR_NOBODY);
    assert_int_equal(luukkud_photo_take(&p, true), LUUKKUD_PHOTO_FOR_NOBODY);
    for (int good = 0; good < 2; good++) {
        assert_true(luukkud_photo_want(&p, false, SECOND));
        assert_int_equal(luukkud_photo_give_up(&p), LUUKKUD_PHOTO_FOR_AIM);
        assert_true(luukkud_photo_want(&p, false, SECOND));
        assert_int_equal(luukkud_photo_take(&p, good), LUUKKUD_PHOTO_AGAIN);
        assert_true(luukkud_photo_want(&p, false, SECOND));
        assert_int_equal(luukkud_photo_take(&p, good), LUUKKUD_PHOTO_FOR_AIM);
    }
}

/* luukku-rtc cannot be asked. */
static void not_asked(void **state)
{
    struct luukkud_photo p = {0};
    (void)state;
    assert_true(luukkud_photo_want(&p, false, SECOND));
    luukkud_photo_drop(&p);
    assert_int_equal(luukkud_photo_next_us(&p), INT64_MAX);
    assert_int_equal(luukkud_photo_take(&p, true), LUUKKUD_PHOTO_FOR_NOBODY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answered),
        cmocka_unit_test(wished_again),
        cmocka_unit_test(silent),
        cmocka_unit_test(not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
