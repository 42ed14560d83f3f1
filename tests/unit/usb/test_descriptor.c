#include "testing.h"
#include "usb/descriptor.h"

#include "base/text.h"

#include <errno.h>

#define DEVICE \
    18, 1, 0, 2, 0, 0, 0, 64, 0xe6, 0x08, 0x37, 0x34, 0x05, 0x01, 1, 2, 3, 1
#define CONFIG(total, interfaces) \
    9, 2, (total)&0xff, (total) >> 8, interfaces, 7, 0, 0x80, 50
#define INTERFACE(number, alternate, n, c, s, p) \
    9, 4, number, alternate, n, c, s, p, 0
#define BULK(address) 7, 5, address, 2, 0, 2, 0
#define INTERRUPT(address) 7, 5, address, 3, 8, 0, 16

static const uint8_t device[] = {DEVICE};

/* A scanner: printer's setting 0, IPP over USB at setting 1, twice; and a card
 * reader whose class descriptor stands behind its endpoints. */
static const uint8_t whole[] = {
    CONFIG(9 + 2 * (9 + 14 + 9 + 14) + 9 + 14 + 4, 3),
    INTERFACE(0, 0, 2, 7, 1, 2),
    BULK(0x01),
    BULK(0x81),
    INTERFACE(0, 1, 2, 7, 1, 4),
    BULK(0x01),
    BULK(0x81),
    INTERFACE(1, 0, 2, 7, 1, 2),
    BULK(0x02),
    BULK(0x82),
    INTERFACE(1, 1, 2, 7, 1, 4),
    BULK(0x02),
    BULK(0x82),
    INTERFACE(2, 0, 2, 11, 0, 0),
    BULK(0x03),
    INTERRUPT(0x83),
    4,
    0x21,
    0xaa,
    0xbb,
};

static int decode(const uint8_t *config, size_t len,
                  struct usb_descriptors *ret)
{
    return usb_descriptors_decode(device, sizeof(device), config, len, ret);
}

static void test_whole(void **state)
{
    static struct usb_descriptors d;
    assert_int_equal(decode(whole, sizeof(whole), &d), 0);
    assert_int_equal(d.vendor, 0x08e6);
    assert_int_equal(d.product, 0x3437);
    assert_int_equal(d.version, 0x0105);
    assert_int_equal(d.configuration, 7);
    assert_int_equal(d.string_manufacturer, 1);
    assert_int_equal(d.string_product, 2);
    assert_int_equal(d.string_serial, 3);
    assert_int_equal(d.alternates, 5);
    const struct usb_alternate *a = NULL;
    int n = 0;
    while ((a = usb_alternate_next(&d, a, 7, 1, 4))) {
        assert_int_equal(a->interface, n++);
        assert_int_equal(a->alternate, 1);
        assert_int_equal(a->endpoints, 2);
    }
    assert_int_equal(n, 2);
    a = usb_alternate_next(&d, NULL, 11, -1, -1);
    assert_ptr_equal(a, usb_alternate_find(&d, 2, 0));
    assert_null(usb_alternate_find(&d, 2, 1));
    assert_null(usb_alternate_next(&d, a, -1, -1, -1));
    const struct usb_endpoint *e =
        usb_endpoint_of(a, USB_ENDPOINT_INTERRUPT, true);
    assert_non_null(e);
    assert_int_equal(e->address, 0x83);
    assert_int_equal(e->packet, 8);
    assert_int_equal(e->interval, 16);
    assert_null(usb_endpoint_of(a, USB_ENDPOINT_INTERRUPT, false));
    assert_null(usb_endpoint_of(a, USB_ENDPOINT_BULK, true));
    assert_int_equal(usb_endpoint_find(a, 0x03)->packet, 512);
    assert_null(usb_endpoint_find(a, 0x01));
    size_t len = 0;
    const uint8_t *extra = usb_alternate_extra(&d, a, 0x21, 4, &len);
    assert_non_null(extra);
    assert_int_equal(len, 4);
    assert_int_equal(extra[2], 0xaa);
    len = 77;
    assert_null(usb_alternate_extra(&d, a, 0x21, 5, &len));
    assert_null(usb_alternate_extra(&d, a, 0x24, 2, &len));
    assert_int_equal(len, 77);
    (void)state;
}

/* Cut anywhere: refused, or what stood before the cut. */
static void test_every_truncation(void **state)
{
    static struct usb_descriptors d;
    static struct usb_descriptors full;
    assert_int_equal(decode(whole, sizeof(whole), &full), 0);
    for (size_t len = 0; len < sizeof(whole); len++) {
        uint8_t *cut = malloc(len > 0 ? len : 1);
        memcpy(cut, whole, len);
        memset(&d, 0x5a, sizeof(d));
        int r = decode(cut, len, &d);
        if (r < 0) {
            assert_int_equal(r, -EBADMSG);
            assert_int_equal(d.vendor, 0x5a5a);
        } else {
            assert_in_range(d.alternates, 1, full.alternates);
            for (size_t i = 0; i + 1 < d.alternates; i++)
                assert_memory_equal(&d.alternate[i], &full.alternate[i],
                                    sizeof(d.alternate[i]));
        }
        free(cut);
    }
    for (size_t len = 0; len < sizeof(device); len++)
        assert_int_equal(
            usb_descriptors_decode(device, len, whole, sizeof(whole), &d),
            -EBADMSG);
    (void)state;
}

static const struct {
    const char *what;
    int r;
    uint8_t len;
    uint8_t bytes[64];
} liars[] = {
    {"no interface", -EBADMSG, 9, {CONFIG(9, 0)}},
    {"total below the head", -EBADMSG, 9, {CONFIG(8, 1)}},
    {"total beyond all",
     -EMSGSIZE,
     18,
     {CONFIG(4097, 1), INTERFACE(0, 0, 0, 7, 1, 4)}},
    {"total too small hides it",
     -EBADMSG,
     18,
     {CONFIG(9, 1), INTERFACE(0, 0, 0, 7, 1, 4)}},
    {"total too great is fine",
     0,
     18,
     {CONFIG(4096, 1), INTERFACE(0, 0, 0, 7, 1, 4)}},
    {"head is no configuration",
     -EBADMSG,
     18,
     {9, 4, 18, 0, 1, 1, 0, 0, 0, INTERFACE(0, 0, 0, 7, 1, 4)}},
    {"length 0",
     -EBADMSG,
     20,
     {CONFIG(20, 1), INTERFACE(0, 0, 0, 7, 1, 4), 0, 0}},
    {"length 1",
     -EBADMSG,
     20,
     {CONFIG(20, 1), INTERFACE(0, 0, 0, 7, 1, 4), 1, 5}},
    {"length beyond the end",
     -EBADMSG,
     20,
     {CONFIG(20, 1), INTERFACE(0, 0, 0, 7, 1, 4), 7, 5}},
    {"short interface", -EBADMSG, 17, {CONFIG(17, 1), 8, 4, 0, 0, 0, 7, 1, 4}},
    {"short endpoint",
     -EBADMSG,
     24,
     {CONFIG(24, 1), INTERFACE(0, 0, 1, 7, 1, 4), 6, 5, 0x81, 2, 0, 2}},
    {"interface 32",
     -EMSGSIZE,
     18,
     {CONFIG(18, 1), INTERFACE(32, 0, 0, 7, 1, 4)}},
    {"a device inside",
     -EBADMSG,
     36,
     {CONFIG(36, 1), INTERFACE(0, 0, 0, 7, 1, 4), DEVICE}},
    {"an endpoint of nobody",
     0,
     25,
     {CONFIG(25, 1), BULK(0x81), INTERFACE(0, 0, 0, 7, 1, 4)}},
    {"extras of nobody",
     0,
     21,
     {CONFIG(21, 1), 3, 0x0b, 1, INTERFACE(0, 0, 0, 7, 1, 4)}},
};

static void test_liars(void **state)
{
    static struct usb_descriptors d;
    for (size_t i = 0; i < LK_ARRAY_LEN(liars); i++) {
        int r = decode(liars[i].bytes, liars[i].len, &d);
        if (r != liars[i].r)
            fail_msg("%s: %d", liars[i].what, r);
        if (r == 0)
            assert_int_equal(d.alternate[0].endpoints, 0);
    }
    (void)state;
}

static void test_left_out(void **state)
{
    static const uint8_t config[] = {
        CONFIG(9 + 9 + 6 * 7 + 9 + 7, 1),
        INTERFACE(0, 0, 9, 255, 0, 0),
        BULK(0x00), /* number 0 */
        BULK(0x91), /* reserved bits */
        7,
        5,
        0x81,
        2,
        0,
        0,
        0, /* packets of 0 bytes */
        7,
        5,
        0x81,
        2,
        64,
        0,
        0,          /* good */
        BULK(0x81), /* the same again */
        7,
        5,
        0x02,
        2,
        0,
        0x12,
        0,                            /* high-bandwidth bits are no length */
        INTERFACE(0, 0, 1, 11, 0, 0), /* the same setting again */
        BULK(0x83),
    };
    static struct usb_descriptors d;
    assert_int_equal(decode(config, sizeof(config), &d), 0);
    assert_int_equal(d.alternates, 1);
    const struct usb_alternate *a = &d.alternate[0];
    assert_int_equal(a->class_code, 255);
    assert_int_equal(a->endpoints, 2);
    assert_int_equal(a->endpoint[0].packet, 64);
    assert_int_equal(a->endpoint[1].packet, 512);
    (void)state;
}

static void test_too_many(void **state)
{
    static struct usb_descriptors d;
    uint8_t config[9 + (USB_ALTERNATES_MAX + 1) * 9] = {
        CONFIG((int)sizeof(config), 32)};
    for (size_t i = 0; i <= USB_ALTERNATES_MAX; i++) {
        const uint8_t one[9] = {
            INTERFACE((uint8_t)(i % 32), (uint8_t)(i / 32), 0, 1, 1, 1)};
        memcpy(config + 9 + 9 * i, one, 9);
    }
    assert_int_equal(decode(config, sizeof(config), &d), -EMSGSIZE);
    assert_int_equal(decode(config, sizeof(config) - 9, &d), 0);
    assert_int_equal(d.alternates, USB_ALTERNATES_MAX);
    (void)state;
}

/* All endpoints that there can be, and more. */
static void test_all_endpoints(void **state)
{
    static struct usb_descriptors d;
    uint8_t config[9 + 9 + 256 * 7] = {CONFIG((int)sizeof(config), 1),
                                       INTERFACE(0, 0, 30, 255, 1, 1)};
    for (size_t i = 0; i < 256; i++) {
        const uint8_t one[7] = {BULK((uint8_t)i)};
        memcpy(config + 18 + 7 * i, one, 7);
    }
    assert_int_equal(decode(config, sizeof(config), &d), 0);
    assert_int_equal(d.alternate[0].endpoints, USB_ENDPOINTS_MAX);
    (void)state;
}

static void test_strings(void **state)
{
    static const struct {
        const char *want;
        uint8_t len;
        uint8_t bytes[32];
    } cases[] = {
        {"", 0, {0}},
        {"", 1, {4}},
        {"", 4, {4, 2, 'A', 0}},
        {"", 2, {2, 3}},
        {"A", 4, {4, 3, 'A', 0}},
        {"A", 6, {4, 3, 'A', 0, 'B', 0}},
        {"A", 4, {40, 3, 'A', 0}},
        {"A", 5, {5, 3, 'A', 0, 'B'}},
        {"A", 8, {8, 3, 'A', 0, 0, 0, 'B', 0}},
        {"A B", 12, {12, 3, ' ', 0, 'A', 0, ' ', 0, 'B', 0, ' ', 0}},
        {"\xc3\xa4\xe2\x82\xac", 6, {6, 3, 0xe4, 0, 0xac, 0x20}},
        {"\xf0\x9f\x98\x80", 6, {6, 3, 0x3d, 0xd8, 0x00, 0xde}},
        {"?A", 6, {6, 3, 0x3d, 0xd8, 'A', 0}},
        {"?A", 6, {6, 3, 0x00, 0xde, 'A', 0}},
        {"?", 4, {4, 3, 0x3d, 0xd8}},
        {"??A?", 10, {10, 3, '\n', 0, 27, 0, 'A', 0, 0x85, 0}},
        {"??", 6, {6, 3, 0x2e, 0x20, 0x28, 0x20}},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        char text[USB_STRING_MAX];
        memset(text, 'x', sizeof(text));
        usb_string_decode(cases[i].bytes, cases[i].len, text);
        assert_string_equal(text, cases[i].want);
    }
    /* Longer than there is room for: cut between characters. */
    uint8_t raw[254] = {254, 3};
    for (size_t i = 2; i < sizeof(raw); i += 2)
        raw[i] = 0xe4;
    char text[USB_STRING_MAX];
    usb_string_decode(raw, sizeof(raw), text);
    assert_int_equal(strlen(text), 126);
    assert_true(lk_utf8_valid(text, 126));
    (void)state;
}

/* Anything at all: no crash, and what is decoded keeps its promises. */
static void test_noise(void **state)
{
    static struct usb_descriptors d;
    uint64_t seed = test_seed();
    for (int i = 0; i < 20000; i++) {
        uint8_t bytes[sizeof(whole)];
        memcpy(bytes, whole, sizeof(bytes));
        for (uint64_t n = test_random(&seed) % 6; n > 0; n--)
            bytes[test_random(&seed) % sizeof(bytes)] =
                (uint8_t)test_random(&seed);
        if (decode(bytes, sizeof(bytes), &d) < 0)
            continue;
        assert_in_range(d.alternates, 1, USB_ALTERNATES_MAX);
        for (size_t k = 0; k < d.alternates; k++) {
            const struct usb_alternate *a = &d.alternate[k];
            assert_true(a->extra_at + a->extra_len <= (int)sizeof(bytes));
            assert_ptr_equal(usb_alternate_find(&d, a->interface, a->alternate),
                             a);
        }
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_liars),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_all_endpoints),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
