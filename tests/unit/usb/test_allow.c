#include "testing.h"
#include "usb/allow/allow.h"

static const struct usb_candidate scanner = {.vendor = 0x04a9,
                                             .product = 0x220d,
                                             .port = "1-1.4",
                                             .interfaces = 2,
                                             .interface_class = {255, 7}};
static const struct usb_candidate reader = {.vendor = 0x08e6,
                                            .product = 0x3437,
                                            .port = "1-2",
                                            .interfaces = 1,
                                            .interface_class = {11}};
/* An old reader: its class is the maker's own. */
static const struct usb_candidate old = {.vendor = 0x08e6,
                                         .product = 0x0001,
                                         .class_code = 255,
                                         .port = "1-2",
                                         .interfaces = 1,
                                         .interface_class = {255}};
/* What a hostile stick looks like: a keyboard, and storage. */
static const struct usb_candidate stick = {.vendor = 0x1234,
                                           .product = 0x5678,
                                           .port = "1-4",
                                           .interfaces = 2,
                                           .interface_class = {3, 8}};
static const struct usb_candidate hub = {.vendor = 0x08e6,
                                         .product = 0x3437,
                                         .class_code = 9,
                                         .port = "1-2",
                                         .interfaces = 1,
                                         .interface_class = {11}};
/* Not configured yet: no interface is known. */
static const struct usb_candidate unknown = {
    .vendor = 0x08e6, .product = 0x3437, .port = "1-2"};
/* As many interfaces as there can be, the last one a reader's. */
static const struct usb_candidate many = {
    .vendor = 0x08e6,
    .product = 0x3437,
    .port = "1-2",
    .interfaces = USB_INTERFACES_MAX,
    .interface_class = {[USB_INTERFACES_MAX - 1] = 11}};

static void test_one_rule(void **state)
{
    static const struct {
        struct usb_rule rule;
        const struct usb_candidate *c;
        bool allowed;
    } cases[] = {
        {{-1, -1, ""}, &reader, true},
        {{-1, -1, ""}, &many, true},
        {{-1, -1, ""}, &scanner, false},
        {{-1, -1, ""}, &stick, false},
        {{-1, -1, ""}, &old, false},
        {{-1, -1, ""}, &hub, false},
        {{-1, -1, ""}, &unknown, false},
        {{0x08e6, -1, ""}, &reader, true},
        {{0x08e7, -1, ""}, &reader, false},
        {{0x08e6, -1, ""}, &old, false},
        {{0x08e6, 0x0001, ""}, &old, true},
        {{0x08e6, 0x0001, "1-2"}, &old, true},
        {{0x08e6, 0x0001, "1-3"}, &old, false},
        {{0x08e6, 0x3437, ""}, &reader, true},
        {{0x08e6, 0x3438, ""}, &reader, false},
        {{0x08e6, 0x3437, ""}, &unknown, true},
        {{0x08e6, 0x3437, ""}, &hub, false},
        {{-1, -1, "1-2"}, &reader, true},
        {{-1, -1, "1-2.1"}, &reader, false},
        {{-1, -1, "1-"}, &reader, false},
        {{-1, -1, "1-4"}, &stick, false},
        {{0x1234, -1, "1-4"}, &stick, false},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        const struct usb_allow a = {11, &cases[i].rule, 1};
        size_t at = usb_allow_find(&a, cases[i].c);
        if (at != (cases[i].allowed ? 0 : 1))
            fail_msg("case %zu: %zu", i, at);
    }
    (void)state;
}

static void test_order(void **state)
{
    static const struct usb_rule rules[USB_RULES_MAX] = {
        {0x1111, 0x2222, ""}, {0x04a9, -1, "1-9"}, {0x04a9, -1, ""},
        {-1, -1, ""},         {-1, -1, ""},        {-1, -1, ""},
        {-1, -1, ""},         {0x08e6, 0x0001, ""}};
    const struct usb_allow printers = {7, rules, USB_RULES_MAX};
    assert_int_equal(usb_allow_find(&printers, &scanner), 2);
    assert_int_equal(usb_allow_find(&printers, &reader), USB_RULES_MAX);
    assert_int_equal(usb_allow_find(&printers, &old), USB_RULES_MAX - 1);
    (void)state;
}

static void test_no_rules(void **state)
{
    const struct usb_allow none = {11, NULL, 0};
    assert_int_equal(usb_allow_find(&none, &reader), 0);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_rule),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_no_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
