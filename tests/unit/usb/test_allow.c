#include "testing.h"
#include "usb/allow.h"

#include <errno.h>

static const struct usb_candidate scanner = {
    .vendor = 0x04a9,
    .product = 0x220d,
    .port = "1-1.4",
    .interfaces = 2,
    .interface = {{7, 1, 2}, {7, 1, 4}}};
static const struct usb_candidate reader = {.vendor = 0x08e6,
                                            .product = 0x3437,
                                            .port = "1-2",
                                            .interfaces = 1,
                                            .interface = {{11, 0, 0}}};
static const struct usb_candidate camera = {
    .vendor = 0x046d,
    .product = 0x0825,
    .port = "1-3",
    .interfaces = 2,
    .interface = {{14, 1, 0}, {14, 2, 0}}};
/* What a hostile stick looks like: a keyboard, and storage. */
static const struct usb_candidate stick = {
    .vendor = 0x1234,
    .product = 0x5678,
    .port = "1-4",
    .interfaces = 2,
    .interface = {{3, 1, 1}, {8, 6, 80}}};
static const struct usb_candidate unknown = {
    .vendor = 0x08e6, .product = 0x3437, .port = "1-2"};

static void test_usual(void **state)
{
    static const struct {
        const struct usb_candidate *c;
        bool as[3];
    } cases[] = {
        {&scanner, {true, false, false}},  {&reader, {false, true, false}},
        {&camera, {false, false, true}},   {&stick, {false, false, false}},
        {&unknown, {false, false, false}},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        for (int role = USB_ROLE_SCANNER; role <= USB_ROLE_CAMERA; role++) {
            const struct usb_rule *r = usb_allow_find(
                &usb_allow_usual, (enum usb_role)role, cases[i].c);
            assert_int_equal(r != NULL, cases[i].as[role]);
        }
    }
    struct usb_allow none = {0};
    assert_null(usb_allow_find(&none, USB_ROLE_CARD, &reader));
    (void)state;
}

static void test_rules(void **state)
{
    static const struct {
        const char *text;
        const struct usb_candidate *c;
        bool allowed;
    } cases[] = {
        {"card class=11", &reader, true},
        {"card class=11/0/0", &reader, true},
        {"card class=11/0/1", &reader, false},
        {"card class=11 id=08e6", &reader, true},
        {"card class=11 id=08e6:3437", &reader, true},
        {"card id=08e6:3438 class=11", &reader, false},
        {"card id=08e6:3437", &unknown, true},
        {"card class=11", &unknown, false},
        {"card class=11 port=1-2", &reader, true},
        {"card class=11 port=1-2.1", &reader, false},
        {"card class=11 port=1-", &reader, false},
        {"card class=7/1", &scanner, true},
        /* Class, subclass and protocol of one interface, not of several. */
        {"card class=8/1", &stick, false},
        {"card class=3/6", &stick, false},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        struct usb_allow a = {0};
        assert_int_equal(usb_allow_add(&a, cases[i].text), 0);
        const struct usb_rule *r =
            usb_allow_find(&a, USB_ROLE_CARD, cases[i].c);
        if ((r != NULL) != cases[i].allowed)
            fail_msg("%s", cases[i].text);
        assert_null(usb_allow_find(&a, USB_ROLE_SCANNER, cases[i].c));
    }
    (void)state;
}

static void test_bad_rules(void **state)
{
    static const char *const cases[] = {
        "",
        " ",
        "card",
        "card ",
        "card  class=11",
        " card class=11",
        "printer class=7",
        "card port=1-2",
        "card class=",
        "card class=256",
        "card class=1234",
        "card class=11/",
        "card class=11/0/",
        "card class=11/0/0/0",
        "card class=11x",
        "card class=0x0b",
        "card class=-1",
        "card class=11 class=12",
        "card id=08e",
        "card id=08E6",
        "card id=08e6:",
        "card id=08e6:343",
        "card id=08e6:34377",
        "card id=08e6 id=08e7",
        "card class=11 port=",
        "card class=11 port=usb1",
        "card class=11 port=1-1 port=1-2",
        "card class=11 port=1-1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1",
        "card class=11 serial=1",
        "card CLASS=11",
        "card class=11 ",
    };
    struct usb_allow a = {0};
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        if (usb_allow_add(&a, cases[i]) != -EBADMSG)
            fail_msg("%s", cases[i]);
    }
    char endless[200] = "card class=11 port=";
    memset(endless + strlen(endless), '1', 150);
    assert_int_equal(usb_allow_add(&a, endless), -EBADMSG);
    assert_int_equal(a.rules, 0);
    for (size_t i = 0; i < USB_RULES_MAX; i++)
        assert_int_equal(usb_allow_add(&a, "scanner class=7/1/4"), 0);
    assert_int_equal(usb_allow_add(&a, "scanner class=7/1/4"), -ENOSPC);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_bad_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
