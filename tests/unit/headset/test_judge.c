/* What counts as headphones. */
#include "testing.h"

#include "headset/headset.h"

static void test_cards(void **state)
{
    (void)state;
    static const struct {
        struct headset_card card[3];
        int expect;
    } table[] = {
        {{{0}}, -1},
        {{{.there = true}}, -1},
        {{{.there = true, .jack = true}}, 0},
        {{{.jack = true}}, -1},
        {{{.there = true}, {.there = true, .usb = true}}, -1},
        {{{.there = true}, {.there = true, .usb = true, .late = true}}, 1},
        {{{.there = true}, {.there = true, .usb = true, .named = true}}, 1},
        {{{.there = true, .late = true, .named = true}}, -1},
        {{{.there = true, .jack = true},
          {.there = false},
          {.there = true, .usb = true, .late = true}},
         2},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++) {
        struct headset_card cards[HEADSET_CARDS_MAX] = {0};
        memcpy(cards, table[i].card, sizeof(table[i].card));
        assert_int_equal(headset_judge(cards), table[i].expect);
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_true(headset_named("Plantronics Blackwire Headset"));
    assert_true(headset_named("USB HEADPHONES"));
    assert_false(headset_named("HDA Intel PCH"));
    assert_false(headset_named(""));
    static const struct {
        const char *control;
        bool expect;
    } table[] = {
        {"Headphone Jack", true},
        {"Front Headphone Jack", true},
        {"Headset Jack", true},
        {"Headphone Front Jack", true},
        {"Headset Mic Jack", false},
        {"Mic Jack", false},
        {"Line Out Jack", false},
        {"Line Out Headphone Jack", false},
        {"Headphone Playback Volume", false},
        {"Jack", false},
        {"", false},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(table); i++)
        assert_int_equal(headset_is_jack(table[i].control), table[i].expect);
}

static int told;

static void changed(void *arg, int card)
{
    (void)arg;
    assert_true(card >= -1 && card < HEADSET_CARDS_MAX);
    told++;
}

/* On whatever machine this is: told once, and gone without a trace. */
static void test_here(void **state)
{
    (void)state;
    LK_AUTO(lk_loop) loop = NULL;
    struct headset *h = NULL;
    assert_int_equal(lk_loop_new(&loop), 0);
    assert_int_equal(headset_new(loop, changed, NULL, &h), 0);
    while (told == 0)
        assert_true(lk_loop_step(loop, 1000000) >= 0);
    assert_int_equal(told, 1);
    headset_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cards),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
