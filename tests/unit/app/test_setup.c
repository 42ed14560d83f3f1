#include "testing.h"

#include "app/setup.h"

#include "base/log.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static const char good[] =
    "{\"kiosk\": \"kiosk-1\", \"site\": \"Kuopio\",\n"
    "\"broker\": {\"host\": \"127.0.0.1\", \"port\": 8883},\n"
    "\"tls\": {\"ca\": \"/a\", \"cert\": \"/b\", \"key\": \"/c\"},\n"
    "\"device\": {\"cert\": \"/d\", \"key\": \"/e\"},\n"
    "\"agencies\": [{\"id\": \"kela\", \"ca\": \"/f\"}],\n"
    "\"control\": \"/g\"}\n";

/* What is given, what comes back, and what is said about it. */
static const struct {
    const char *text; /* NULL: no such descriptor */
    int result;
    const char *said; /* a part of the line; NULL: nothing */
} cases[] = {
    {NULL, -ENOENT, NULL},
    {good, 0, NULL},
    {"", -EBADMSG, "what=config line="},
    {"{\n\"kiosk\":\n]", -EBADMSG, "what=config line=3 why="},
};

static char said[512];

static void hear(void *arg, enum lk_log_level level, const char *line)
{
    (void)arg;
    (void)level;
    (void)snprintf(said, sizeof(said), "%s", line);
}

static void loads_the_configuration(void **state)
{
    (void)state;
    lk_log_set_sink(hear, NULL);
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        LK_AUTO(store_config) c = NULL;
        struct inherit in = {.count = 0};
        said[0] = 0;
        if (cases[i].text) {
            size_t len = strlen(cases[i].text);
            int fd = memfd_create("test", MFD_CLOEXEC);
            assert_int_equal(write(fd, cases[i].text, len), len);
            assert_int_equal(inherit_add(&in, "config", fd), 0);
        }
        assert_int_equal(setup_config_load(&in, &c), cases[i].result);
        assert_true((c != NULL) == (cases[i].result == 0));
        if (cases[i].said)
            assert_non_null(strstr(said, cases[i].said));
        else
            assert_string_equal(said, "");
        /* It was taken, and is closed. */
        assert_int_equal(inherit_take(&in, "config"), -ENOENT);
    }
    lk_log_set_sink(NULL, NULL);
}

static void tells_a_failure(void **state)
{
    (void)state;
    lk_log_set_sink(hear, NULL);
    assert_int_equal(setup_fail("media", -ENOMEM), -ENOMEM);
    assert_non_null(strstr(said, "what=\"media\" err=ENOMEM"));
    lk_log_set_sink(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_the_configuration),
        cmocka_unit_test(tells_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
