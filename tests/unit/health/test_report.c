/* The report and its facts: what goes in comes out, what is hostile does not,
 * and the fullest fits. */
#include "oom.h"

#include "health/report.h"

#include <errno.h>

#include <jansson.h>

static struct lk_buf *buf(size_t limit)
{
    struct lk_buf *b = NULL;
    assert_int_equal(lk_buf_new(limit, &b), 0);
    return b;
}

static void fill(struct health_report *r)
{
    *r = (struct health_report){.up_s = 812,
                                .number = 3,
                                .at_s = 1795262400,
                                .line = HEALTH_LINE_GOOD,
                                .broker_up_s = 55,
                                .broker_lost = 2};
    health_version_set(r, "0.1.0");
    assert_int_equal(health_program_add(r, "luukkud", HEALTH_OK, ""), 0);
    assert_int_equal(
        health_program_add(r, "luukku-rtc", HEALTH_FAILED, "signal KILL"), 0);
    r->program[1].restarts = 4;
    assert_int_equal(health_device_add(r, "scanner", HEALTH_ABSENT, ""), 0);
    assert_int_equal(health_cert_add(r, "tls", 1795262400), 0);
    assert_int_equal(health_disk_add(r, "root", 7000, 210), 0);
}

static void the_json(void **state)
{
    struct health_report r;
    LK_AUTO(lk_buf) b = buf(HEALTH_JSON_MAX);
    (void)state;
    fill(&r);
    assert_int_equal(health_report_write(&r, b), 0);
    assert_string_equal(
        lk_buf_str(b),
        "{\"n\":3,\"at\":1795262400,\"version\":\"0.1.0\",\"up_s\":812,"
        "\"line\":\"good\",\"broker\":{\"up_s\":55,\"lost\":2},"
        "\"programs\":[{\"name\":\"luukkud\",\"state\":\"ok\",\"restarts\":0,"
        "\"why\":\"\"},{\"name\":\"luukku-rtc\",\"state\":\"failed\","
        "\"restarts\":4,\"why\":\"signal KILL\"}],"
        "\"devices\":[{\"name\":\"scanner\",\"state\":\"absent\","
        "\"restarts\":0,\"why\":\"\"}],"
        "\"certs\":[{\"name\":\"tls\",\"ends\":1795262400}],"
        "\"storage\":[{\"name\":\"root\",\"total_mb\":7000,"
        "\"free_mb\":210}]}");
}

static void facts_go_and_come(void **state)
{
    struct health_report r;
    struct health_report again;
    LK_AUTO(lk_buf) b = buf(HEALTH_FACTS_MAX);
    (void)state;
    fill(&r);
    assert_int_equal(health_facts_write(&r, b), 0);
    assert_int_equal(health_facts_read(lk_buf_str(b), b->len, &again), 0);
    assert_false(health_report_differs(&r, &again));
    assert_int_equal(again.up_s, 812);
    assert_int_equal(again.number, 0); /* luukkud's own */
    assert_int_equal(again.program[1].restarts, 4);
    assert_string_equal(again.program[1].why, "signal KILL");
    assert_int_equal(again.disk[0].free_mb, 210);
}

/* Words from a device or a program never break the JSON, nor the lines. */
static void words_are_made_plain(void **state)
{
    struct health_report r = {.up_s = 0};
    LK_AUTO(lk_buf) b = buf(HEALTH_JSON_MAX);
    char all[256];
    json_error_t e;
    (void)state;
    for (size_t i = 0; i < sizeof(all) - 1; i++)
        all[i] = (char)(i + 1);
    all[255] = '\0';
    health_version_set(&r, "0.1\"\n\t\\\xc3\xa4");
    assert_string_equal(r.version, "0.1????a");
    assert_int_equal(health_device_add(&r, "scanner", HEALTH_FAILED, all), 0);
    assert_int_equal(health_device_add(&r, "reader", HEALTH_FAILED, all + 100),
                     0);
    assert_int_equal(health_report_write(&r, b), 0);
    json_t *v = json_loadb(lk_buf_str(b), b->len, 0, &e);
    assert_non_null(v);
    json_decref(v);
}

static void fullest(struct health_report *r)
{
    static const char name[] = "abcdefghijabcdefghijabcdefghijabcdefghi";
    char why[HEALTH_WHY_MAX + 10];
    *r = (struct health_report){.up_s = HEALTH_NUMBER_MAX,
                                .number = HEALTH_NUMBER_MAX,
                                .at_s = HEALTH_TIME_MAX,
                                .line = HEALTH_LINE_RECONNECTING,
                                .broker_up_s = HEALTH_NUMBER_MAX,
                                .broker_lost = HEALTH_NUMBER_MAX};
    memset(why, 'w', sizeof(why));
    why[sizeof(why) - 1] = '\0';
    health_version_set(r, why);
    while (health_program_add(r, name, HEALTH_SIMULATED, why) == 0)
        r->program[r->programs - 1].restarts = HEALTH_NUMBER_MAX;
    while (health_device_add(r, name, HEALTH_SIMULATED, why) == 0)
        r->device[r->devices - 1].restarts = HEALTH_NUMBER_MAX;
    while (health_cert_add(r, name, HEALTH_TIME_MAX) == 0)
        ;
    while (health_disk_add(r, name, UINT64_MAX, UINT64_MAX) == 0)
        ;
}

static void the_fullest_fits(void **state)
{
    struct health_report r;
    struct health_report again;
    LK_AUTO(lk_buf) facts = buf(HEALTH_FACTS_MAX);
    LK_AUTO(lk_buf) json = buf(HEALTH_JSON_MAX);
    (void)state;
    fullest(&r);
    assert_int_equal(r.programs, HEALTH_PARTS_MAX);
    assert_int_equal(health_program_add(&r, "x", HEALTH_OK, ""), -ENOSPC);
    assert_int_equal(health_device_add(&r, "x", HEALTH_OK, ""), -ENOSPC);
    assert_int_equal(health_cert_add(&r, "x", 0), -ENOSPC);
    assert_int_equal(health_disk_add(&r, "x", 0, 0), -ENOSPC);
    assert_int_equal(health_facts_write(&r, facts), 0);
    assert_int_equal(health_report_write(&r, json), 0);
    assert_int_equal(health_facts_read(lk_buf_str(facts), facts->len, &again),
                     0);
    assert_false(health_report_differs(&r, &again));
}

static void names(void **state)
{
    static const char *const bad[] = {
        "", "A", "a b", "a\"", "abcdefghijabcdefghijabcdefghijabcdefghij"};
    struct health_report r = {.up_s = 0};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++) {
        assert_int_equal(health_program_add(&r, bad[i], HEALTH_OK, ""),
                         -EINVAL);
        assert_int_equal(health_device_add(&r, bad[i], HEALTH_OK, ""), -EINVAL);
        assert_int_equal(health_cert_add(&r, bad[i], 0), -EINVAL);
        assert_int_equal(health_disk_add(&r, bad[i], 0, 0), -EINVAL);
    }
    assert_int_equal(health_cert_add(&r, "tls", -1), -EINVAL);
    assert_int_equal(health_cert_add(&r, "tls", HEALTH_TIME_MAX + 1), -EINVAL);
    assert_string_equal(health_state_name(HEALTH_STATES), "unknown");
    assert_string_equal(health_line_name(HEALTH_LINES), "none");
}

static void bad_facts(void **state)
{
    static const char *const bad[] = {
        "self\t0.1\t1",
        "\n",
        "self\t0.1\n",
        "self\t0.1\t-1\n",
        "self\t0.1\t01\n",
        "self\t0.1\t2147483648\n",
        "self\t0.1\t1\t2\n",
        "self\t\"\t1\n",
        "what\t0.1\t1\n",
        "program\tx\tok\t0\n",
        "program\tx\tfine\t0\t\n",
        "program\tX\tok\t0\t\n",
        "program\tx\tok\t0\ta\"b\n",
        "program\tx\tok\t\t\n",
        "device\tx\tok\t0\t\t\n",
        "cert\ttls\t253402300800\n",
        "cert\ttls\t1234567890123\n",
        "cert\ttls\n",
        "disk\troot\t1\n",
        "disk\troot\t1\tx\n",
    };
    char many[HEALTH_FACTS_MAX + 2] = "";
    static const char disk[] = "disk\ta\t1\t1\n";
    struct health_report r;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        if (health_facts_read(bad[i], strlen(bad[i]), &r) != -EBADMSG)
            fail_msg("\"%s\" was taken", bad[i]);
    assert_int_equal(health_facts_read("self\t0\0001\t1\n", 11, &r), -EBADMSG);
    for (int i = 0; i < HEALTH_DISKS_MAX + 1; i++)
        memcpy(many + strlen(many), disk, sizeof(disk));
    assert_int_equal(health_facts_read(many, strlen(many), &r), -ENOSPC);
    memset(many, 'x', sizeof(many));
    assert_int_equal(health_facts_read(many, sizeof(many), &r), -EMSGSIZE);
}

/* Time that passes is no news; whatever a technician acts on is. */
static void news(void **state)
{
    struct health_report a;
    struct health_report b;
    (void)state;
    fill(&a);
    b = a;
    b.up_s++;
    b.at_s++;
    b.number++;
    b.line = HEALTH_LINE_NONE;
    assert_false(health_report_differs(&a, &b));
    b.disk[0].free_mb = 209; /* of 7000: full as before */
    assert_false(health_report_differs(&a, &b));
    b.disk[0].free_mb = 351;
    assert_true(health_report_differs(&a, &b));
    b = a;
    b.program[0].state = HEALTH_STARTING;
    assert_true(health_report_differs(&a, &b));
    b = a;
    b.program[1].restarts++;
    assert_true(health_report_differs(&a, &b));
    b = a;
    b.device[0].why[0] = 'x';
    assert_true(health_report_differs(&a, &b));
    b = a;
    b.devices = 0;
    assert_true(health_report_differs(&a, &b));
    b = a;
    b.cert[0].ends_s++;
    assert_true(health_report_differs(&a, &b));
    b = a;
    b.version[0] = '1';
    assert_true(health_report_differs(&a, &b));
}

static int write_both(const struct health_report *r)
{
    LK_AUTO(lk_buf) b = NULL;
    int e = lk_buf_new(HEALTH_JSON_MAX + HEALTH_FACTS_MAX, &b);
    if (e == 0)
        e = health_facts_write(r, b);
    return e < 0 ? e : health_report_write(r, b);
}

static void without_memory(void **state)
{
    struct health_report r;
    int e = 0;
    (void)state;
    fullest(&r);
    OOM_SWEEP(e, write_both(&r));
    LK_AUTO(lk_buf) small = buf(100);
    assert_int_equal(health_report_write(&r, small), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_json),
                                       cmocka_unit_test(facts_go_and_come),
                                       cmocka_unit_test(words_are_made_plain),
                                       cmocka_unit_test(the_fullest_fits),
                                       cmocka_unit_test(names),
                                       cmocka_unit_test(bad_facts),
                                       cmocka_unit_test(news),
                                       cmocka_unit_test(without_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
