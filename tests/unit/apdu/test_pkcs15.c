/* The files of cards, as they are and cut, spoiled, or too full. */
#include "test_card.h"
#include "testing.h"

#include "apdu/pkcs15.h"

#include <errno.h>

static const struct test_card_file *file(const struct test_card *c, unsigned id)
{
    for (size_t i = 0; i < c->files; i++)
        if (c->file[i].id[0] == id >> 8 && c->file[i].id[1] == (id & 0xff))
            return &c->file[i];
    return NULL;
}

static struct test_card *fineid, *plain;

static void test_files(void **state)
{
    (void)state;
    const struct test_card_file *f = file(fineid, 0x5031);
    struct p15_files files;
    assert_int_equal(p15_odf_decode(f->data, f->len, &files), 0);
    assert_int_equal(files.count, 3);
    assert_int_equal(p15_files_find(&files, P15_PINS, 0)->path.bytes[3], 0x01);
    assert_int_equal(p15_files_find(&files, P15_PRIVATE_KEYS, 0)->path.len, 4);
    assert_null(p15_files_find(&files, P15_PINS, 1));
    assert_null(p15_files_find(&files, P15_DATA, 0));
    assert_int_equal(p15_odf_decode("\0\0", 2, &files), -EBADMSG);
}

static void test_pins(void **state)
{
    (void)state;
    const struct test_card_file *f = file(fineid, 0x4401);
    struct p15_pins pins = {.count = 0};
    assert_int_equal(p15_pins_decode(f->data, f->len, &pins), 0);
    assert_int_equal(pins.count, 3);
    const struct p15_pin *p = &pins.pin[1];
    assert_string_equal(p->label, "PIN2");
    assert_int_equal(p->reference, 0x82);
    assert_int_equal(p->least, 6);
    assert_int_equal(p->stored, 12);
    assert_int_equal(p->coding, P15_ASCII);
    assert_true(p->local && p->padded && p->initialized && !p->puk);
    assert_int_equal(p->path.len, 4);
    assert_false(pins.pin[0].local);
    assert_true(pins.pin[2].puk);
    f = file(plain, 0x4401);
    pins.count = 0;
    assert_int_equal(p15_pins_decode(f->data, f->len, &pins), 0);
    assert_int_equal(pins.pin[0].coding, P15_BCD);
    assert_int_equal(pins.pin[0].pad, 0xff);
    /* again and again: until there is no more room */
    for (int i = 0; i < 20; i++)
        assert_int_equal(p15_pins_decode(f->data, f->len, &pins), 0);
    assert_int_equal(pins.count, P15_PINS_MAX);
}

static void test_keys(void **state)
{
    (void)state;
    const struct test_card_file *f = file(fineid, 0x4402);
    struct p15_keys keys = {.count = 0};
    assert_int_equal(p15_keys_decode(f->data, f->len, &keys), 0);
    assert_int_equal(keys.count, 2);
    assert_true(keys.key[0].ec);
    assert_int_equal(keys.key[0].reference, 1);
    assert_int_equal(keys.key[1].reference, 2);
    assert_int_equal(keys.key[1].path.len, 6);
    f = file(plain, 0x4402);
    keys.count = 0;
    assert_int_equal(p15_keys_decode(f->data, f->len, &keys), 0);
    assert_false(keys.key[0].ec);
    assert_int_equal(keys.key[0].bits, 2048);
    for (int i = 0; i < 20; i++)
        assert_int_equal(p15_keys_decode(f->data, f->len, &keys), 0);
    assert_int_equal(keys.count, P15_KEYS_MAX);
}

static void test_certs(void **state)
{
    (void)state;
    const struct test_card_file *f = file(plain, 0x4403);
    struct p15_certs certs = {.count = 0};
    assert_int_equal(p15_certs_decode(f->data, f->len, &certs), 0);
    assert_int_equal(certs.count, 2);
    assert_true(certs.cert[0].authority);
    assert_false(certs.cert[1].authority);
    assert_int_equal(certs.cert[1].path.bytes[2], 0x55);
    const struct p15_id a = {.bytes = {0x45}, .len = 1};
    const struct p15_id none = {.len = 0};
    assert_true(p15_id_equal(&a, &certs.cert[1].id));
    assert_false(p15_id_equal(&a, &certs.cert[0].id));
    assert_false(p15_id_equal(&none, &none));
    for (int i = 0; i < 20; i++)
        assert_int_equal(p15_certs_decode(f->data, f->len, &certs), 0);
    assert_int_equal(certs.count, P15_CERTS_MAX);
}

static void test_dir(void **state)
{
    (void)state;
    const struct test_card_file *f = file(plain, 0x2f00);
    struct p15_apps apps;
    assert_int_equal(p15_dir_decode(f->data, f->len, &apps), 0);
    assert_int_equal(apps.count, 1);
    assert_int_equal(apps.app[0].aid_len, 6);
    assert_string_equal(apps.app[0].label, "ID");
    assert_int_equal(p15_dir_decode("\x61\x00", 2, &apps), -EBADMSG);
}

static void test_token(void **state)
{
    (void)state;
    static const uint8_t token[] = {
        0x30, 0x2e, 0x02, 0x01, 0x01, 0x04, 0x04, 0x01, 0x02, 0x03, 0x04, 0x0c,
        0x03, 'D',  'V',  'V',  0x80, 0x06, 'F',  'I',  'N',  'E',  'I',  'D',
        0x03, 0x02, 0x04, 0x30, 0xa2, 0x12, 0x30, 0x10, 0x02, 0x01, 0x01, 0x02,
        0x02, 0x10, 0x41, 0x05, 0x00, 0x03, 0x02, 0x06, 0x40, 0x02, 0x01, 0x54};
    struct p15_token t;
    assert_int_equal(p15_token_decode(token, sizeof(token), &t), 0);
    assert_string_equal(t.maker, "DVV");
    assert_string_equal(t.label, "FINEID");
    assert_int_equal(t.serial_len, 4);
    assert_int_equal(t.algorithms, 1);
    assert_int_equal(t.algorithm[0].mechanism, 0x1041);
    assert_int_equal(t.algorithm[0].reference, 0x54);
    assert_int_equal(p15_token_decode(token, 10, &t), -EBADMSG);
}

/* Every cut and every spoiled byte is survived, within the bounds (the
 * sanitizers look). */
static void test_spoiled(void **state)
{
    (void)state;
    static const unsigned ids[] = {0x5031, 0x4401, 0x4402, 0x4403};
    uint64_t seed = test_seed();
    for (size_t i = 0; i < LK_ARRAY_LEN(ids); i++) {
        const struct test_card_file *f = file(fineid, ids[i]);
        for (size_t n = 0; n < 4000; n++) {
            struct p15_pins pins = {.count = 0};
            struct p15_keys keys = {.count = 0};
            struct p15_certs certs = {.count = 0};
            struct p15_files files;
            size_t len = n < f->len ? n : f->len;
            uint8_t *copy = malloc(len + 1);
            memcpy(copy, f->data, len);
            if (n >= f->len && len > 0)
                copy[test_random(&seed) % len] = (uint8_t)test_random(&seed);
            int good = p15_pins_decode(copy, len, &pins);
            good |= p15_keys_decode(copy, len, &keys);
            good |= p15_certs_decode(copy, len, &certs);
            good |= p15_odf_decode(copy, len, &files);
            assert_true(good <= 0 && pins.count <= P15_PINS_MAX);
            free(copy);
        }
    }
}

static int setup(void **state)
{
    (void)state;
    fineid = test_card_new(TEST_FINEID4);
    plain = test_card_new(TEST_PLAIN);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_card_free(fineid);
    test_card_free(plain);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),   cmocka_unit_test(test_pins),
        cmocka_unit_test(test_keys),    cmocka_unit_test(test_certs),
        cmocka_unit_test(test_dir),     cmocka_unit_test(test_token),
        cmocka_unit_test(test_spoiled),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
