/* Site files: what is made of a good one, and the line and words of each
 * mistake (tests/vectors/provision/wrong.json, which the schema's test reads,
 * too). */
#include "oom.h"

#include "provision/site.h"

#include <jansson.h>

static const struct provision_own own = {
    .control = "/run/c", .outbox = "/var/o", .kiosk = "kiosk-7"};

static json_t *vectors(void)
{
    json_error_t e;
    json_t *root = json_load_file(VECTORS "/wrong.json", 0, &e);
    assert_non_null(root);
    return root;
}

/* The base with `find` replaced by `put`, once. free() it. */
static char *text_of(const json_t *root, const char *find, const char *put)
{
    static char base[65536];
    size_t i = 0;
    size_t at = 0;
    json_t *line = NULL;
    json_array_foreach(json_object_get(root, "base"), i, line) at +=
        (size_t)snprintf(base + at, sizeof(base) - at, "%s\n",
                         json_string_value(line));
    char *hit = strstr(base, find);
    assert_non_null(hit);
    size_t cap = at + strlen(put) + 1;
    char *text = malloc(cap);
    assert_non_null(text);
    (void)snprintf(text, cap, "%.*s%s%s", (int)(hit - base), base, put,
                   hit + strlen(find));
    return text;
}

static struct provision_files *fresh(void)
{
    struct provision_files *f = NULL;
    assert_int_equal(provision_files_new(&f), 0);
    assert_int_equal(provision_files_put(f, PROVISION_TLS_KEY, "key", 3), 0);
    assert_int_equal(provision_files_put(f, "site-old.pem", "old", 3), 0);
    return f;
}

static void test_good(void **state)
{
    LK_AUTO(provision_files) f = fresh();
    LK_AUTO(store_config) c = NULL;
    struct store_config_error e = {.line = 0};
    json_t *root = vectors();
    char *text = text_of(root, "", "");
    (void)state;
    assert_int_equal(provision_site_put(f, text, strlen(text), &own, &e), 0);
    const struct lk_buf *made = provision_files_get(f, PROVISION_CONFIG);
    assert_int_equal(
        store_config_parse(lk_buf_str(made), made->len, "/g", &c, &e), 0);
    assert_string_equal(c->kiosk, "kiosk-7");
    assert_string_equal(c->control, "/run/c");
    assert_string_equal(c->outbox, "/var/o");
    assert_string_equal(c->tls_key, "/g/" PROVISION_TLS_KEY);
    assert_string_equal(c->agency[0].ca, "/g/site-agency-0-ca.pem");
    assert_string_equal(c->agency[0].crl, "/g/site-agency-0-crl.pem");
    assert_string_equal(c->agency[1].crl, "");
    assert_string_equal(c->keypad, "/g/site-keypad.json");
    assert_string_equal(c->card_ca, "/g/site-cards-ca.pem");
    /* What the configuration names is there; an earlier site's is not. */
    assert_non_null(provision_files_get(f, "site-agency-0-crl.pem"));
    assert_non_null(provision_files_get(f, "site-keypad.json"));
    assert_null(provision_files_get(f, "site-old.pem"));
    assert_string_equal(lk_buf_str(provision_files_get(f, PROVISION_SITE)),
                        text);
    assert_non_null(provision_files_get(f, PROVISION_TLS_KEY));
    free(text);
    json_decref(root);
}

static void test_wrong(void **state)
{
    json_t *root = vectors();
    size_t i = 0;
    json_t *one = NULL;
    (void)state;
    json_array_foreach(json_object_get(root, "cases"), i, one)
    {
        LK_AUTO(provision_files) f = fresh();
        struct store_config_error e = {.line = -1};
        const char *put = json_string_value(json_object_get(one, "put"));
        const char *reason = json_string_value(json_object_get(one, "reason"));
        char *text =
            text_of(root, json_string_value(json_object_get(one, "find")), put);
        print_message("%s\n", put);
        assert_int_equal(provision_site_put(f, text, strlen(text), &own, &e),
                         -EBADMSG);
        assert_string_equal(e.reason, reason);
        assert_int_equal(e.line,
                         json_integer_value(json_object_get(one, "line")));
        assert_int_equal(f->files, 2); /* as it was */
        assert_non_null(provision_files_get(f, "site-old.pem"));
        free(text);
    }
    json_decref(root);
}

static void test_no_object(void **state)
{
    static const struct {
        const char *text;
        const char *reason;
    } bad[] = {{"", "the JSON ends too early"},
               {"[]", "is not an object"},
               {"{", "the JSON ends too early"},
               {"{} {}", "something follows behind the JSON"},
               {"{\"a\":\"\xff\"}", "is not UTF-8"},
               {"{a}", "is not valid JSON"}};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        LK_AUTO(provision_files) f = fresh();
        struct store_config_error e = {.line = -1};
        assert_int_equal(
            provision_site_put(f, bad[i].text, strlen(bad[i].text), &own, &e),
            -EBADMSG);
        assert_string_equal(e.reason, bad[i].reason);
    }
}

static void test_no_memory(void **state)
{
    LK_AUTO(provision_files) f = fresh();
    struct store_config_error e;
    json_t *root = vectors();
    char *text = text_of(root, "", "");
    int r = 0;
    (void)state;
    OOM_SWEEP(r, provision_site_put(f, text, strlen(text), &own, &e));
    free(text);
    json_decref(root);
}

static void test_none(void **state)
{
    LK_AUTO(lk_buf) b = NULL;
    LK_AUTO(store_config) c = NULL;
    struct store_config_error e;
    (void)state;
    assert_int_equal(provision_site_none("new-1a2b3c4d", "/run/c", &b), 0);
    assert_int_equal(store_config_parse(lk_buf_str(b), b->len, "/", &c, &e), 0);
    assert_string_equal(c->kiosk, "new-1a2b3c4d");
    assert_int_equal(c->camera, STORE_CONFIG_NONE);
    struct lk_buf *no = NULL;
    assert_int_equal(provision_site_none("X", "/run/c", &no), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),      cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_no_object), cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
