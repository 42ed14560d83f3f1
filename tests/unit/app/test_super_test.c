/* What a technician is told: every fault by its cause, and nothing of what
 * follows from it as if it were one. */
#include "testing.h"

#include "app/super_answer.h"
#include "app/super_test.h"

#include <errno.h>

#define NOW_US INT64_C(1800000000000000) /* 2027-01-15 */
#define FLOOR_S INT64_C(1700000000)

/* --- what luukku-super would know ------------------------------------------
 */

static struct super_info programs[SUPER_DESK_PROGRAMS];
static const char *devices; /* JSON */
static const char *link_name;

size_t super_programs(const struct super *s)
{
    (void)s;
    return SUPER_DESK_PROGRAMS;
}

bool super_has(const struct super *s, size_t program)
{
    (void)s;
    return programs[program].name != NULL;
}

void super_info(const struct super *s, size_t program, struct super_info *ret)
{
    (void)s;
    *ret = programs[program];
}

json_t *super_devices_answer(const struct super_devices *d)
{
    (void)d;
    return json_loads(devices, 0, NULL);
}

const char *super_news_link_name(const struct super_news *n)
{
    (void)n;
    return link_name;
}

const struct super_timing super_timing_usual = {.healthy_us = 60000000};

/* --- one kiosk with one fault ----------------------------------------------
 */

static struct fault {
    const char *what;
    const char *said, *looked;         /* JSON; NULL: as when sound */
    const char *certs, *net, *devices; /* likewise */
    const char *setup;                 /* NULL: it is set up */
    const char *unlooked;              /* why nothing was; NULL: it was */
    const char *link;
    const char *broker;
    int64_t seen_s;
    int64_t wall_us;
    size_t program; /* this one is so */
    enum super_state state;
    unsigned restarts;
    const char *ended;
    int log_error;
    const char *first; /* the first FAIL; NULL: none */
    const char *reason;
    const char *next;
} faults[] = {
    {.what = "sound"},
    {.what = "a program waits",
     .program = SUPER_RTC,
     .state = SUPER_WAITING,
     .restarts = 2,
     .ended = "signal SEGV",
     .first = "programs",
     .reason = "luukku-rtc does not run; its last end: signal SEGV",
     .next = "show log match=luukku-rtc"},
    {.what = "one comes and goes",
     .program = SUPER_SCAN,
     .state = SUPER_RUNNING,
     .restarts = 3,
     .ended = "exit 1",
     .first = "programs",
     .reason = "luukku-scan breaks down again and again (3 times)",
     .next = "restart"},
    {.what = "the display's is dead",
     .program = SUPER_LUUKKUD,
     .state = SUPER_WAITING,
     .restarts = 1,
     .ended = "killed, it does not answer",
     .first = "programs",
     .reason = "luukkud does not run",
     .next = "show log match=luukkud"},
    {.what = "the disk is full",
     .log_error = -ENOSPC,
     .first = "storage",
     .reason = "the disk is full",
     .next = "show storage"},
    {.what = "the disk is broken",
     .log_error = -EIO,
     .first = "storage",
     .reason = "Input/output error",
     .next = "broken"},
    {.what = "the clock begins anew",
     .wall_us = 1000000,
     .certs = "[{\"role\":\"tls\",\"state\":\"not-yet\","
              "\"not_before\":\"2026-11-01T\"}]",
     .first = "clock",
     .reason = "it says 1970-01-01, before this firmware was made",
     .next = "test network"},
    {.what = "the clock is behind what was seen",
     .seen_s = NOW_US / 1000000 + 86400,
     .first = "clock",
     .reason = "but this kiosk has seen ",
     .next = "let off the dates"},
    {.what = "the clock is behind what was signed",
     .certs = "[{\"role\":\"tls\",\"state\":\"not-yet\","
              "\"not_before\":\"2027-11-01T\"}]",
     .first = "clock",
     .reason = "certificate tls begins on 2027-11-01",
     .next = "battery"},
    {.what = "the clock is years ahead",
     .certs = "[{\"role\":\"tls\",\"state\":\"expired\",\"not_after\":"
              "\"2026-01-01T\"},{\"role\":\"tls-ca\",\"state\":\"expired\","
              "\"not_after\":\"2026-10-01T\"}]",
     .first = "clock",
     .reason = "even the fleet's CA ended on 2026-10-01",
     .next = "test network"},
    {.what = "a certificate has ended",
     .certs = "[{\"role\":\"tls-ca\",\"state\":\"ok\"},{\"role\":\"tls\","
              "\"state\":\"expired\",\"not_after\":\"2026-12-31T\"}]",
     .link = "down",
     .first = "certs",
     .reason = "own certificate for the broker (tls) ended on 2026-12-31",
     .next = "provision csr"},
    {.what = "an agency's CA has ended",
     .certs = "[{\"role\":\"ca-kela\",\"state\":\"expired\",\"not_after\":"
              "\"2026-12-31T\"}]",
     .first = "certs",
     .reason = "the CA of the agency kela (ca-kela) ended",
     .next = "ask the office"},
    {.what = "the CA of technicians has ended",
     .certs = "[{\"role\":\"help-ca\",\"state\":\"expired\",\"not_after\":"
              "\"2026-12-31T\"}]",
     .first = "certs",
     .reason = "the CA of technicians (help-ca) ended",
     .next = "ask the office"},
    {.what = "a late CRL is no fault",
     .certs = "[{\"role\":\"crl-kela\",\"state\":\"expired\"},"
              "{\"role\":\"help-crl\",\"state\":\"expired\"},"
              "{\"role\":\"card-crl\",\"state\":\"expired\"}]"},
    {.what = "a key fits nothing",
     .certs = "[{\"role\":\"device\",\"state\":\"ok\",\"key\":\"differs\"}]",
     .first = "certs",
     .reason = "(device) belongs to another key",
     .next = "provision csr"},
    {.what = "no certificate was looked at",
     .certs = "[]",
     .first = "certs",
     .reason = "no certificate could be looked at",
     .next = "luukku-probe"},
    {.what = "luukku-probe broke off",
     .certs = "[{\"test\":\"probe\",\"result\":\"FAIL\",\"reason\":"
              "\"luukku-probe broke off\",\"next\":\"Look\"}]",
     .first = "certs",
     .reason = "luukku-probe broke off",
     .next = "Look"},
    {.what = "no camera, and somebody is there",
     .unlooked = "somebody is at the kiosk",
     .said = "[{\"test\":\"screen answers\",\"result\":\"PASS\",\"why\":\"\"},"
             "{\"test\":\"camera\",\"result\":\"FAIL\",\"why\":\"not found\"},"
             "{\"test\":\"microphone\",\"result\":\"PASS\",\"why\":\"\"},"
             "{\"test\":\"loudspeaker\",\"result\":\"PASS\",\"why\":\"\"}]",
     .first = "camera",
     .reason = "the camera is not there",
     .next = "USB cable"},
    {.what = "no document camera",
     .devices = "[{\"device\":\"document\",\"state\":\"absent\",\"why\":\"\"}]",
     .first = "camera",
     .reason = "the document camera is not there",
     .next = "USB cable"},
    {.what = "no scanner",
     .devices = "[{\"device\":\"scanner\",\"state\":\"absent\",\"why\":\"\"}]",
     .first = "scanner",
     .reason = "the scanner is not there",
     .next = "switched on"},
    {.what = "a scanner that lies",
     .devices = "[{\"device\":\"scanner\",\"state\":\"set aside\",\"why\":"
                "\"it speaks nonsense\"}]",
     .first = "scanner",
     .reason = "misbehaves: it speaks nonsense",
     .next = "device again scanner"},
    {.what = "paper is stuck",
     .said = "[{\"test\":\"screen answers\",\"result\":\"PASS\",\"why\":\"\"},"
             "{\"test\":\"camera\",\"result\":\"PASS\",\"why\":\"\"},"
             "{\"test\":\"microphone\",\"result\":\"PASS\",\"why\":\"\"},"
             "{\"test\":\"loudspeaker\",\"result\":\"PASS\",\"why\":\"\"},"
             "{\"test\":\"scanner is ready\",\"result\":\"FAIL\",\"why\":"
             "\"paper is stuck\"}]",
     .first = "scanner",
     .reason = "paper is stuck",
     .next = "test scanner"},
    {.what = "nobody has set it up",
     .setup = "provision csr",
     .certs = "[]",
     .said = "[{\"test\":\"screen answers\",\"result\":\"PASS\","
             "\"why\":\"\"}]",
     .unlooked = "not set up",
     .net = "[]",
     .link = "down",
     .first = "certs",
     .reason = "not set up",
     .next = "provision csr"},
    {.what = "a cover before the lens",
     .looked = "[{\"test\":\"camera\",\"result\":\"FAIL\",\"reason\":"
               "\"the picture is black\",\"next\":\"Open the cover\"},"
               "{\"test\":\"microphone\",\"result\":\"PASS\","
               "\"reason\":\"\",\"next\":\"\"},{\"test\":\"speaker\","
               "\"result\":\"PASS\",\"reason\":\"\",\"next\":\"\"}]",
     .first = "camera",
     .reason = "the picture is black",
     .next = "Open the cover"},
    {.what = "a camera that is there, and somebody is, too",
     .unlooked = "somebody is at the kiosk"},
    {.what = "nothing is said of the camera",
     .looked = "[{\"test\":\"camera\"}]",
     .first = "camera",
     .reason = "did not say what it saw of the camera",
     .next = "restart"},
    {.what = "nobody answers for the camera",
     .unlooked = "luukku-rtc does not run",
     .said = "[{\"test\":\"screen answers\",\"result\":\"PASS\",\"why\":\"\"}]",
     .first = "camera",
     .reason = "does not answer",
     .next = "restart"},
    {.what = "the broker is down",
     .link = "down",
     .net = "[{\"test\":\"broker\",\"result\":\"FAIL\",\"reason\":\"refuses\","
            "\"next\":\"Ask\"}]",
     .first = "broker",
     .reason = "refuses",
     .next = "Ask"},
    {.what = "the broker lets nobody in",
     .link = "down",
     .net = "[{\"test\":\"broker\",\"result\":\"PASS\"}]",
     .first = "broker",
     .reason = "does not let this kiosk in",
     .next = "test certs"},
    {.what = "the broker was not looked at",
     .link = "down",
     .net = "[]",
     .first = "broker",
     .reason = "was not looked at",
     .next = "luukku-probe"},
    {.what = "no names",
     .link = "down",
     .net = "[{\"test\":\"names\",\"result\":\"FAIL\",\"reason\":\"no name "
            "server\",\"next\":\"Ask the site\"},{\"test\":\"broker\","
            "\"result\":\"SKIP\",\"reason\":\"not looked up\","
            "\"next\":\"test network\"}]",
     .first = "network",
     .reason = "no name server",
     .next = "Ask the site"},
    {.what = "a STUN server is down",
     .net = "[{\"test\":\"broker\",\"result\":\"PASS\"},{\"test\":\"stun\","
            "\"result\":\"FAIL\",\"reason\":\"nothing listens\","
            "\"next\":\"the office\"},{\"test\":\"turn\","
            "\"result\":\"PASS\"}]",
     .first = "stun",
     .reason = "nothing listens",
     .next = "the office"},
    {.what = "a relay's password is wrong",
     .net = "[{\"test\":\"stun\",\"result\":\"PASS\"},{\"test\":\"turn\","
            "\"result\":\"FAIL\",\"reason\":\"password is wrong\","
            "\"next\":\"site file\"}]",
     .first = "turn",
     .reason = "password is wrong",
     .next = "site file"},
};

static const char all_said[] =
    "[{\"test\":\"screen answers\",\"result\":\"PASS\",\"why\":\"\"},"
    "{\"test\":\"camera\",\"result\":\"SKIP\",\"why\":\"simulated, no device "
    "to test\"},{\"test\":\"microphone\",\"result\":\"PASS\",\"why\":\"\"},"
    "{\"test\":\"loudspeaker\",\"result\":\"PASS\",\"why\":\"\"}]";
static const char all_looked[] =
    "[{\"test\":\"camera\",\"result\":\"PASS\",\"reason\":\"\","
    "\"next\":\"\",\"simulated\":true,\"width\":640},"
    "{\"test\":\"microphone\",\"result\":\"PASS\",\"reason\":\"\","
    "\"next\":\"\"},{\"test\":\"speaker\",\"result\":\"PASS\","
    "\"reason\":\"\",\"next\":\"\"}]";
static const char all_devices[] =
    "[{\"device\":\"scanner\",\"state\":\"works\",\"why\":\"\"},"
    "{\"device\":\"reader\",\"state\":\"works\",\"why\":\"\"},"
    "{\"device\":\"document\",\"state\":\"works\",\"why\":\"\"}]";
static const char all_net[] = "[{\"test\":\"broker\",\"result\":\"PASS\"},"
                              "{\"test\":\"stun\",\"result\":\"PASS\"},"
                              "{\"test\":\"turn\",\"result\":\"PASS\"}]";

static json_t *load(const char *own, const char *sound)
{
    json_t *v = json_loads(own ? own : sound, 0, NULL);
    assert_non_null(v);
    return v;
}

static void all_programs_run(const struct fault *f)
{
    static const char *const name[] = {
        [SUPER_LUUKKUD] = "luukkud",
        [SUPER_RTC] = "luukku-rtc",
        [SUPER_SCAN] = "luukku-scan",
        [SUPER_CARD] = "luukku-card",
    };
    memset(programs, 0, sizeof(programs));
    for (size_t i = 0; i < LK_ARRAY_LEN(name); i++)
        programs[i] = (struct super_info){
            .name = name[i], .state = SUPER_RUNNING, .walls = "all"};
    if (!f->ended)
        return;
    programs[f->program].state = f->state;
    programs[f->program].restarts = f->restarts;
    (void)snprintf(programs[f->program].ended, SUPER_ENDED_MAX, "%s", f->ended);
}

static json_t *judge(const struct fault *f, unsigned mask)
{
    static const struct super_machine nowhere = {.root = "/nonexistent"};
    struct store_config store = {.stuns = 1, .turns = 1};
    struct super_news news = {.link = 1};
    const struct super_desk_config config = {.headless = true,
                                             .floor_s = FLOOR_S,
                                             .store = &store,
                                             .news = &news,
                                             .log_error = &f->log_error};
    const struct super_own own = {.config = &config, .now_us = 5000000};
    (void)snprintf(store.broker.host, sizeof(store.broker.host), "127.0.0.1");
    all_programs_run(f);
    devices = f->devices ? f->devices : all_devices;
    link_name = f->link ? f->link : "up";
    struct super_test_facts facts = {
        .said = load(f->said, all_said),
        .looked = load(f->unlooked ? "[]" : f->looked, all_looked),
        .setup = f->setup ? f->setup : "",
        .unlooked = f->unlooked ? f->unlooked : "",
        .certs = load(f->certs, "[{\"role\":\"tls\",\"state\":\"ok\"}]"),
        .net = load(f->net, all_net),
        .machine = &nowhere,
        .floor_s = f->seen_s,
        .wall_us = f->wall_us ? f->wall_us : NOW_US};
    json_t *v = super_test_judge(&own, mask, &facts);
    json_decref(facts.said);
    json_decref(facts.looked);
    json_decref(facts.certs);
    json_decref(facts.net);
    assert_non_null(v);
    return v;
}

static const char *word(const json_t *check, const char *name)
{
    const char *s = json_string_value(json_object_get(check, name));
    assert_non_null(s);
    return s;
}

static const json_t *first_failed(const json_t *checks)
{
    for (size_t i = 0; i < json_array_size(checks); i++) {
        const json_t *one = json_array_get(checks, i);
        if (strcmp(word(one, "result"), "FAIL") == 0)
            return one;
    }
    return NULL;
}

static void first_failure_names_the_cause(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(faults); i++) {
        const struct fault *f = &faults[i];
        json_t *checks = judge(f, super_test_mask("all"));
        const json_t *one = first_failed(checks);
        if (!f->first && one)
            fail_msg("%s: %s", f->what, word(one, "reason"));
        if (f->first && (!one || strcmp(word(one, "test"), f->first) != 0 ||
                         !strstr(word(one, "reason"), f->reason) ||
                         !strstr(word(one, "next"), f->next)))
            fail_msg("%s: %s: %s: %s", f->what, one ? word(one, "test") : "-",
                     one ? word(one, "reason") : "-",
                     one ? word(one, "next") : "-");
        json_decref(checks);
    }
}

/* Whoever fails says why and what to do; who is left out says why. */
static void everybody_has_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(faults); i++) {
        json_t *checks = judge(&faults[i], super_test_mask("all"));
        assert_true(json_array_size(checks) >= SUPER_TESTS);
        for (size_t j = 0; j < json_array_size(checks); j++) {
            const json_t *one = json_array_get(checks, j);
            bool passed = strcmp(word(one, "result"), "PASS") == 0;
            bool failed = strcmp(word(one, "result"), "FAIL") == 0;
            assert_int_equal(*word(one, "reason") == 0, passed);
            assert_true(!passed || *word(one, "next") == 0);
            assert_true(!failed || *word(one, "next"));
        }
        json_decref(checks);
    }
}

/* A device that was not opened is left out, and why is said. */
static void unopened_is_left_out(void **state)
{
    const struct fault busy = {.unlooked = "somebody is at the kiosk"};
    static const char *const names[] = {"camera", "microphone", "speaker"};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++) {
        json_t *checks = judge(&busy, super_test_mask(names[i]));
        const json_t *one = json_array_get(checks, 0);
        assert_string_equal(word(one, "result"), "SKIP");
        assert_string_equal(word(one, "reason"), busy.unlooked);
        json_decref(checks);
    }
    json_t *checks = judge(&faults[0], super_test_mask("camera"));
    const json_t *one = json_array_get(checks, 0);
    assert_true(json_is_true(json_object_get(one, "simulated")));
    assert_int_equal(json_integer_value(json_object_get(one, "width")), 640);
    json_decref(checks);
}

/* Of a kiosk that nobody has set up one line fails: that one. */
static void a_new_one_lacks_one_thing(void **state)
{
    const struct fault fresh = {.setup = "provision csr",
                                .said = "[]",
                                .certs = "[]",
                                .net = "[]",
                                .devices = "[]",
                                .unlooked = "-",
                                .link = "down"};
    static const char *const names[] = {
        "certs",   "keypad", "camera", "microphone", "speaker",
        "scanner", "card",   "broker", "stun",       "turn"};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++) {
        json_t *checks = judge(&fresh, super_test_mask(names[i]));
        assert_int_equal(json_array_size(checks), 1);
        const json_t *one = json_array_get(checks, 0);
        assert_string_equal(word(one, "result"), i == 0 ? "FAIL" : "SKIP");
        assert_non_null(strstr(word(one, "reason"), "not set up"));
        json_decref(checks);
    }
}

/* One test by its name gives its own checks alone. */
static void names_are_known(void **state)
{
    static const char *const names[] = {
        "storage", "clock",  "programs", "certs",      "display", "touch",
        "keypad",  "camera", "scanner",  "microphone", "speaker", "card",
        "network", "broker", "stun",     "turn"};
    unsigned all = 0;
    (void)state;
    assert_int_equal(super_test_mask("everything"), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++) {
        json_t *checks = judge(&faults[0], super_test_mask(names[i]));
        assert_true(json_array_size(checks) >= 1);
        for (size_t j = 0; j < json_array_size(checks); j++)
            assert_string_equal(word(json_array_get(checks, j), "test"),
                                names[i]);
        json_decref(checks);
        all |= super_test_mask(names[i]);
    }
    assert_int_equal(all, super_test_mask("all"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_failure_names_the_cause),
        cmocka_unit_test(everybody_has_words),
        cmocka_unit_test(a_new_one_lacks_one_thing),
        cmocka_unit_test(unopened_is_left_out),
        cmocka_unit_test(names_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
