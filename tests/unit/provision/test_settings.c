/* What is set at the kiosk, above its site file: values that are taken and
 * refused, another site file, damage, allocation failures. */
#include "oom.h"

#include "provision/settings.h"

static const struct provision_own own = {
    .control = "/run/c", .outbox = "/var/o", .kiosk = "kiosk-7"};

static const char site[] =
    "{\"v\":1,\"kiosk\":\"kiosk-7\",\"site\":\"Kirjasto\",\"volume\":4,"
    "\"broker\":{\"host\":\"b\",\"port\":1},"
    "\"agencies\":[{\"id\":\"kela\",\"ca\":\"-----BEGIN CERTIFICATE-----\\n"
    "MIIBtjCCAVugAwIBAgIUGJc/RfjzyoVcRhnMkN3EJjJCFK0wCgYIKoZIzj0EAwIw\\n"
    "JzENMAsGA1UECgwES2VsYTEWMBQGA1UEAwwNS2VsYTogZXhwZXJ0czAgFw0yNjEx\\n"
    "MjIxODM2MDhaGA8yMTI2MTAyOTE4MzYwOFowJzENMAsGA1UECgwES2VsYTEWMBQG\\n"
    "A1UEAwwNS2VsYTogZXhwZXJ0czBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABO+e\\n"
    "wf82CpylRDgSEZZpIHUAXjpY+wid1EaMN9ezOqSOFRyaBrusi77gmrgb4hwH9Ba8\\n"
    "uW+Sd7D43mmTHprXhi2jYzBhMB0GA1UdDgQWBBT9bhgAr27ntyU/Yc+HSKH8zJy4\\n"
    "EDAfBgNVHSMEGDAWgBT9bhgAr27ntyU/Yc+HSKH8zJy4EDAPBgNVHRMBAf8EBTAD\\n"
    "AQH/MA4GA1UdDwEB/wQEAwIBBjAKBggqhkjOPQQDAgNJADBGAiEArCUwDIOx0gY5\\n"
    "9PNAn6e1aTrR7BusKR79JB1DXaKfitoCIQCirmiagX3Ug3X03QAfI6LLIkk1gheS\\n"
    "yRAO9kF9Nm7ESA==\\n-----END CERTIFICATE-----\\n\"}]}";

static const char keypad[] =
    "{\"keys\":{\"previous\":[\"F13\"],\"next\":[\"F14\"],"
    "\"select\":[\"F15\"],\"back\":[\"F16\"]}}";

static struct provision_files *with_site(void)
{
    struct provision_files *f = NULL;
    struct store_config_error e = {.line = 0};
    assert_int_equal(provision_files_new(&f), 0);
    assert_int_equal(provision_site_put(f, site, strlen(site), &own, &e), 0);
    return f;
}

static struct store_config *config_of(const struct provision_files *f)
{
    struct store_config *c = NULL;
    struct store_config_error e = {.line = 0};
    const struct lk_buf *text = provision_files_get(f, PROVISION_CONFIG);
    assert_non_null(text);
    assert_int_equal(
        store_config_parse(lk_buf_str(text), text->len, NULL, &c, &e), 0);
    return c;
}

static void put(struct provision_files *f, const char *name, const char *value)
{
    struct store_config_error e = {.line = 0};
    enum provision_setting s = PROVISION_SETTINGS_COUNT;
    assert_int_equal(provision_setting_find(name, &s), 0);
    assert_int_equal(provision_setting_put(f, s, value, &own, &e), 0);
}

static enum provision_source source(const struct provision_files *f,
                                    enum provision_setting s)
{
    enum provision_source from = PROVISION_FROM_DEFAULT;
    assert_int_equal(provision_setting_source(f, s, &from), 0);
    return from;
}

static void test_layers(void **state)
{
    LK_AUTO(provision_files) f = with_site();
    (void)state;
    {
        LK_AUTO(store_config) c = config_of(f);
        assert_string_equal(c->language, "fi");
        assert_int_equal(c->volume, 4);
        assert_int_equal(c->brightness, 0);
        assert_string_equal(c->notice, "");
    }
    assert_int_equal(source(f, PROVISION_SET_LANGUAGE), PROVISION_FROM_DEFAULT);
    assert_int_equal(source(f, PROVISION_SET_VOLUME), PROVISION_FROM_SITE);
    put(f, "language", "sv");
    put(f, "volume", "10");
    put(f, "brightness", "55");
    put(f, "site", "Kyl\xc3\xa4talo");
    put(f, "notice", "Suljettu ke 24.12.");
    put(f, "keypad", keypad);
    assert_int_equal(source(f, PROVISION_SET_VOLUME), PROVISION_FROM_SETTINGS);
    {
        LK_AUTO(store_config) c = config_of(f);
        assert_string_equal(c->language, "sv");
        assert_int_equal(c->volume, 10);
        assert_int_equal(c->brightness, 55);
        assert_string_equal(c->site, "Kyl\xc3\xa4talo");
        assert_string_equal(c->notice, "Suljettu ke 24.12.");
        assert_string_equal(c->keypad, PROVISION_KEYPAD);
    }
    assert_non_null(provision_files_get(f, PROVISION_KEYPAD));
    /* Another site file changes what was not set here. */
    struct store_config_error e = {.line = 0};
    assert_int_equal(provision_site_put(f, site, strlen(site), &own, &e), 0);
    put(f, "volume", NULL);
    put(f, "keypad", NULL);
    LK_AUTO(store_config) c = config_of(f);
    assert_string_equal(c->language, "sv");
    assert_int_equal(c->volume, 4);
    assert_string_equal(c->keypad, "");
    assert_null(provision_files_get(f, PROVISION_KEYPAD));
    static const char *const rest[] = {"language", "brightness", "site",
                                       "notice", "notice"};
    for (size_t i = 0; i < LK_ARRAY_LEN(rest); i++)
        put(f, rest[i], NULL);
    assert_null(provision_files_get(f, PROVISION_SETTINGS));
}

static void test_refused(void **state)
{
    static char deep[8192]; /* more brackets than any reader goes into */
    static char text[300];
    static const struct {
        enum provision_setting s;
        const char *value;
        const char *reason;
    } bad[] = {
        {PROVISION_SET_LANGUAGE, "de", "language: is not " LK_LANGS_TEXT},
        {PROVISION_SET_LANGUAGE, "", "language: is not " LK_LANGS_TEXT},
        {PROVISION_SET_LANGUAGE, "../fi", "language: is not " LK_LANGS_TEXT},
        {PROVISION_SET_LANGUAGE, "\xff", "language: is not UTF-8"},
        {PROVISION_SET_VOLUME, "0", "volume: is not 1..10"},
        {PROVISION_SET_VOLUME, "11", "volume: is not 1..10"},
        {PROVISION_SET_VOLUME, "-1", "volume: is not a whole number"},
        {PROVISION_SET_VOLUME, "+1", "volume: is not a whole number"},
        {PROVISION_SET_VOLUME, " 1", "volume: is not a whole number"},
        {PROVISION_SET_VOLUME, "1e0", "volume: is not a whole number"},
        {PROVISION_SET_VOLUME, "", "volume: is not a whole number"},
        {PROVISION_SET_VOLUME, "4294967297", "volume: is not a whole number"},
        {PROVISION_SET_BRIGHTNESS, "9", "brightness: is not 10..100"},
        {PROVISION_SET_BRIGHTNESS, "999999999", "brightness: is not 10..100"},
        {PROVISION_SET_SITE, "", "site: is empty"},
        {PROVISION_SET_SITE, "a\nb", "site: has a control character"},
        {PROVISION_SET_SITE, "a\x1b[2J", "site: has a control character"},
        {PROVISION_SET_SITE, text, "site: is too long"},
        {PROVISION_SET_NOTICE, text, "notice: is too long"},
        {PROVISION_SET_NOTICE, "\xc0\x80", "notice: is not UTF-8"},
        {PROVISION_SET_KEYPAD, "{", "keypad: is not valid JSON"},
        {PROVISION_SET_KEYPAD, deep, "keypad: is not valid JSON"},
        {PROVISION_SET_KEYPAD, "[]", "keypad: is not an object"},
        {PROVISION_SET_KEYPAD, "{\"keys\":{},\"keys\":{}}",
         "keypad: is not valid JSON"},
        {PROVISION_SET_KEYPAD, "{\"keys\":{\"next\":[\"F99\"]}}", NULL},
    };
    (void)state;
    memset(deep, '[', sizeof(deep) - 1);
    memset(text, 'x', sizeof(text) - 1);
    LK_AUTO(provision_files) f = with_site();
    put(f, "volume", "5");
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        struct store_config_error e = {.line = -1};
        print_message("%.20s\n", bad[i].value);
        assert_int_equal(
            provision_setting_put(f, bad[i].s, bad[i].value, &own, &e),
            -EBADMSG);
        assert_int_equal(e.line, 0);
        if (bad[i].reason)
            assert_string_equal(e.reason, bad[i].reason);
        else
            assert_memory_equal(e.reason, "keypad: ", 8);
        LK_AUTO(store_config) c = config_of(f);
        assert_int_equal(c->volume, 5);
        assert_string_equal(c->site, "Kirjasto");
    }
}

static void test_no_site(void **state)
{
    LK_AUTO(provision_files) f = NULL;
    struct store_config_error e = {.line = 0};
    enum provision_setting s;
    (void)state;
    assert_int_equal(provision_files_new(&f), 0);
    assert_int_equal(
        provision_setting_put(f, PROVISION_SET_VOLUME, "5", &own, &e), -ENOENT);
    assert_int_equal(f->files, 0);
    assert_int_equal(provision_setting_find("kiosk", &s), -ENOENT);
    assert_int_equal(provision_setting_find("", &s), -ENOENT);
}

/* Damaged settings keep nobody from a site file, nor from setting. */
static void test_damage(void **state)
{
    static const char *const damage[] = {"", "[]", "{\"volume\":", "\xff"};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(damage); i++) {
        LK_AUTO(provision_files) f = with_site();
        assert_int_equal(provision_files_put(f, PROVISION_SETTINGS, damage[i],
                                             strlen(damage[i])),
                         0);
        assert_int_equal(source(f, PROVISION_SET_LANGUAGE),
                         PROVISION_FROM_DEFAULT);
        put(f, "language", "en");
        LK_AUTO(store_config) c = config_of(f);
        assert_string_equal(c->language, "en");
        assert_int_equal(c->volume, 4);
    }
}

static void test_no_memory(void **state)
{
    LK_AUTO(provision_files) f = with_site();
    struct store_config_error e;
    int r = 0;
    (void)state;
    OOM_SWEEP(r,
              provision_setting_put(f, PROVISION_SET_KEYPAD, keypad, &own, &e));
    assert_int_equal(source(f, PROVISION_SET_KEYPAD), PROVISION_FROM_SETTINGS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_site), cmocka_unit_test(test_damage),
        cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
