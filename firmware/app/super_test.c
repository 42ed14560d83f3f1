#include "app/super_test.h"

#include "app/super_answer.h"
#include "app/super_machine.h"

#include <stdio.h>
#include <string.h>

static const char *const test_name[SUPER_TESTS] = {
    [SUPER_TEST_PROGRAMS] = "programs",
    [SUPER_TEST_CERTS] = "certs",
    [SUPER_TEST_DISPLAY] = "display",
    [SUPER_TEST_TOUCH] = "touch",
    [SUPER_TEST_KEYPAD] = "keypad",
    [SUPER_TEST_CAMERA] = "camera",
    [SUPER_TEST_MICROPHONE] = "microphone",
    [SUPER_TEST_SPEAKER] = "speaker",
    [SUPER_TEST_SCANNER] = "scanner",
    [SUPER_TEST_CARD] = "card",
    [SUPER_TEST_NETWORK] = "network",
    [SUPER_TEST_BROKER] = "broker",
    [SUPER_TEST_TURN] = "turn",
};

static const struct super_machine this_machine = {.root = ""};

struct judge {
    const struct super_own *own;
    const struct super_test_facts *facts;
    json_t *checks;
    enum super_test test;
};

unsigned super_test_mask(const char *name)
{
    if (strcmp(name, "all") == 0)
        return (1U << SUPER_TESTS) - 1;
    for (unsigned i = 0; i < SUPER_TESTS; i++)
        if (strcmp(name, test_name[i]) == 0)
            return 1U << i;
    return 0;
}

bool super_test_wants_certs(unsigned mask)
{
    return mask & 1U << SUPER_TEST_CERTS;
}

bool super_test_wants_net(unsigned mask)
{
    return mask & (1U << SUPER_TEST_BROKER | 1U << SUPER_TEST_TURN);
}

static void add(const struct judge *j, const char *result, const char *reason,
                const char *next)
{
    (void)json_array_append_new(
        j->checks, json_pack("{s:s,s:s,s:s,s:s}", "test", test_name[j->test],
                             "result", result, "reason", reason, "next", next));
}

static void pass(const struct judge *j)
{
    add(j, "PASS", "", "");
}

static const char *text_of(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s ? s : "";
}

static bool runs(const struct judge *j, size_t program)
{
    struct super_info info;
    if (!super_has(j->own->super, program))
        return false;
    super_info(j->own->super, program, &info);
    return info.state == SUPER_RUNNING;
}

/* Says that a program is not there to be asked. */
static bool skips_without(const struct judge *j, size_t program)
{
    char why[96];
    struct super_info info;
    if (runs(j, program))
        return false;
    super_info(j->own->super, program, &info);
    (void)snprintf(why, sizeof(why), "%s does not run, and it knows",
                   info.name);
    add(j, "SKIP", why, "Mend that first: test programs");
    return true;
}

static void test_programs(struct judge *j)
{
    json_t *all = super_answer_programs(j->own->super, j->own->now_us);
    json_t *dead = json_object_get(all, "dead");
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(dead, i, one)
    {
        char why[200];
        char next[160];
        (void)snprintf(why, sizeof(why), "%s is %s; it ended with: %s",
                       text_of(one, "name"), text_of(one, "state"),
                       text_of(one, "why"));
        (void)snprintf(next, sizeof(next),
                       "Look at: log program=%s. Then: restart. When it stays "
                       "so, send the log to the office.",
                       text_of(one, "name"));
        add(j, "FAIL", why, next);
    }
    if (json_array_size(dead) == 0)
        pass(j);
    json_decref(all);
}

static void fail_cert(const struct judge *j, const json_t *cert)
{
    char why[256];
    const char *state = text_of(cert, "state");
    bool own = strcmp(text_of(cert, "role"), "device") == 0 ||
               strcmp(text_of(cert, "role"), "tls") == 0;
    (void)snprintf(why, sizeof(why), "%s (%.80s) is %s%s%s",
                   text_of(cert, "role"), text_of(cert, "subject"), state,
                   *text_of(cert, "why") ? ": " : "", text_of(cert, "why"));
    add(j, "FAIL", why,
        strcmp(state, "not-yet") == 0
            ? "The clock may be wrong: show hardware. Else a new certificate "
              "is needed."
        : own ? "Make a request (provision csr), have it signed, bring the "
                "certificate back (provision certificate)."
              : "Ask the office for the present file of that CA, and provision "
                "the site anew.");
}

/* A CRL whose next issue is late is still used: an old list is better than
 * none. */
static void test_certs(struct judge *j)
{
    size_t i = 0;
    size_t bad = 0;
    json_t *one = NULL;
    json_array_foreach(j->facts->certs, i, one)
    {
        const char *role = text_of(one, "role");
        const char *state = text_of(one, "state");
        const char *key = text_of(one, "key");
        bool crl = strncmp(role, "crl-", 4) == 0;
        bool good = strcmp(state, "ok") == 0 || strcmp(state, "soon") == 0 ||
                    (crl && strcmp(state, "expired") == 0);
        if (!*role) { /* luukku-probe about itself */
            add(j, "FAIL", text_of(one, "reason"), text_of(one, "next"));
            bad++;
        } else if (!good) {
            fail_cert(j, one);
            bad++;
        } else if (*key && strcmp(key, "fits") != 0) {
            add(j, "FAIL",
                strcmp(role, "device") == 0
                    ? "the device key does not belong to its certificate"
                    : "the TLS key does not belong to its certificate",
                "Make a request with this key (provision csr), have it signed, "
                "and bring the certificate back.");
            bad++;
        }
    }
    if (i == 0)
        add(j, "FAIL", "no certificate could be looked at",
            "Look at: log program=luukku-probe");
    else if (bad == 0)
        pass(j);
}

/* The first of what programs said under this name; NULL: nothing. */
static const json_t *said(const struct judge *j, const char *test)
{
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(j->facts->said, i,
                       one) if (strcmp(text_of(one, "test"), test) ==
                                0) return one;
    return NULL;
}

/* What luukkud or luukku-rtc says of `test`, with this advice. */
static void test_said(struct judge *j, size_t program, const char *test,
                      const char *next)
{
    if (skips_without(j, program))
        return;
    const json_t *v = said(j, test);
    const char *result = v ? text_of(v, "result") : "";
    if (!v)
        add(j, "FAIL", "its program does not answer",
            "Ask again; when it stays so: restart");
    else if (strcmp(result, "PASS") == 0)
        pass(j);
    else
        add(j, strcmp(result, "SKIP") == 0 ? "SKIP" : "FAIL", text_of(v, "why"),
            strcmp(result, "SKIP") == 0 ? "" : next);
}

static void test_display(struct judge *j)
{
    int connected = 0;
    int all = 0;
    super_machine_panels(&this_machine, &connected, &all);
    if (j->own->config->headless)
        add(j, "SKIP", "the kiosk draws into memory (--headless)", "");
    else if (all > 0 && connected == 0)
        add(j, "FAIL", "no panel is connected to the machine",
            "Check the panel's cable at both ends and its power.");
    else
        test_said(j, SUPER_LUUKKUD, "screen answers",
                  "The screen's program hangs: restart");
}

static void test_touch(struct judge *j)
{
    if (super_machine_has_touch(&this_machine))
        pass(j);
    else if (j->own->config->headless)
        add(j, "SKIP", "the kiosk has no screen to touch (--headless)", "");
    else
        add(j, "FAIL", "the machine sees no touch screen",
            "Check the panel's USB cable: it is apart from the picture's.");
}

static void test_keypad(struct judge *j)
{
    if (super_machine_has_digits(&this_machine))
        pass(j);
    else if (j->own->config->headless || !j->own->config->store->keypad[0])
        add(j, "SKIP", "no keypad is configured", "");
    else
        add(j, "FAIL", "the machine sees no keys with digits",
            "Check the keypad's cable; plug it into another socket.");
}

static void test_device(struct judge *j, const char *role, size_t program,
                        const char *next)
{
    json_t *list = super_devices_answer(j->own->devices);
    size_t i = 0;
    json_t *one = NULL;
    json_t *found = NULL;
    json_array_foreach(list, i, one) if (strcmp(text_of(one, "device"), role) ==
                                         0) found = one;
    const char *state = text_of(found, "state");
    char why[200];
    (void)snprintf(why, sizeof(why), "the %s is %s%s%s", role, state,
                   *text_of(found, "why") ? ": " : "", text_of(found, "why"));
    if (!found)
        add(j, "SKIP", "this kiosk is configured without it", "");
    else if (strcmp(state, "absent") == 0)
        add(j, "FAIL", why, next);
    else if (skips_without(j, program))
        ;
    else if (strcmp(state, "works") == 0)
        pass(j);
    else
        add(j, "FAIL", why,
            strcmp(state, "starting") == 0
                ? "Wait ten seconds and ask again."
                : "Switch it off and on, then: device again ROLE");
    json_decref(list);
}

static bool has_address(const json_t *interface)
{
    size_t i = 0;
    json_t *a = NULL;
    json_array_foreach(json_object_get(interface, "addresses"), i, a)
    {
        const char *s = json_string_value(a);
        if (s && strncmp(s, "fe80:", 5) != 0)
            return true;
    }
    return false;
}

static bool is_local(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
           strcmp(host, "localhost") == 0;
}

/* Where the way out ends: no carrier, no address, no route. */
static void test_network(struct judge *j)
{
    json_t *net = super_machine_network(&this_machine);
    size_t i = 0;
    json_t *one = NULL;
    bool carrier = false;
    bool address = false;
    json_array_foreach(json_object_get(net, "interfaces"), i, one)
    {
        if (strcmp(text_of(one, "name"), "lo") == 0)
            continue;
        bool up = json_is_true(json_object_get(one, "carrier"));
        carrier = carrier || up;
        address = address || (up && has_address(one));
    }
    bool route = json_array_size(json_object_get(net, "routes")) > 0;
    if (is_local(j->own->config->store->broker.host) || (address && route))
        pass(j);
    else if (!carrier)
        add(j, "FAIL", "no network cable is plugged in, or the switch is off",
            "Check the cable at both ends; does the socket's lamp shine?");
    else if (!address)
        add(j, "FAIL", "the cable is in, but the kiosk got no address",
            "Ask the site whether DHCP gives this kiosk an address.");
    else
        add(j, "FAIL", "there is an address, but no way out of this network",
            "Ask the site for the router's address.");
    json_decref(net);
}

/* What luukku-probe found under this name; false: nothing of it failed. */
static bool found_trouble(struct judge *j, const char *test)
{
    size_t i = 0;
    json_t *one = NULL;
    bool any = false;
    json_array_foreach(j->facts->net, i, one)
    {
        const char *name = text_of(one, "test");
        bool own = strcmp(name, test) == 0 || strcmp(name, "probe") == 0;
        if (!own || strcmp(text_of(one, "result"), "FAIL") != 0)
            continue;
        add(j, "FAIL", text_of(one, "reason"), text_of(one, "next"));
        any = true;
    }
    return any;
}

/* The link that stands is proof enough; otherwise the look says why not. */
static void test_broker(struct judge *j)
{
    const char *link = super_news_link_name(j->own->config->news);
    const json_t *v = said(j, "broker");
    if ((link && strcmp(link, "up") == 0) ||
        (v && strcmp(text_of(v, "result"), "PASS") == 0))
        pass(j);
    else if (!found_trouble(j, "broker") && !skips_without(j, SUPER_RTC))
        add(j, "FAIL", "the broker answers, but does not let this kiosk in",
            "test certs; then ask the office whether the broker knows this "
            "kiosk.");
}

static void test_turn(struct judge *j)
{
    if (j->own->config->store->turns == 0)
        add(j, "SKIP", "no TURN server is configured", "");
    else if (!found_trouble(j, "turn"))
        pass(j);
}

static void test_camera(struct judge *j)
{
    test_said(j, SUPER_RTC, "camera",
              "Check the camera's USB cable; plug it into another socket.");
}

static void test_microphone(struct judge *j)
{
    test_said(j, SUPER_RTC, "microphone",
              "Check the sound device's cable; then: restart");
}

static void test_speaker(struct judge *j)
{
    test_said(j, SUPER_RTC, "loudspeaker",
              "Check the sound device's cable and its power; then: restart");
}

static void test_scanner(struct judge *j)
{
    test_device(j, "scanner", SUPER_SCAN,
                "Switch the scanner on and check its USB cable.");
}

static void test_card(struct judge *j)
{
    test_device(j, "reader", SUPER_CARD,
                "Check the card reader's USB cable; plug it into another "
                "socket.");
}

json_t *super_test_judge(const struct super_own *own, unsigned mask,
                         const struct super_test_facts *facts)
{
    static void (*const fn[SUPER_TESTS])(struct judge * j) = {
        [SUPER_TEST_PROGRAMS] = test_programs,
        [SUPER_TEST_CERTS] = test_certs,
        [SUPER_TEST_DISPLAY] = test_display,
        [SUPER_TEST_TOUCH] = test_touch,
        [SUPER_TEST_KEYPAD] = test_keypad,
        [SUPER_TEST_CAMERA] = test_camera,
        [SUPER_TEST_MICROPHONE] = test_microphone,
        [SUPER_TEST_SPEAKER] = test_speaker,
        [SUPER_TEST_SCANNER] = test_scanner,
        [SUPER_TEST_CARD] = test_card,
        [SUPER_TEST_NETWORK] = test_network,
        [SUPER_TEST_BROKER] = test_broker,
        [SUPER_TEST_TURN] = test_turn,
    };
    struct judge j = {.own = own, .facts = facts, .checks = json_array()};
    for (unsigned i = 0; j.checks && i < SUPER_TESTS; i++) {
        j.test = (enum super_test)i;
        if (mask & 1U << i)
            fn[i](&j);
    }
    return j.checks;
}
