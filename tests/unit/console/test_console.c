#include "testing.h"

#include "console/console.h"

#define NOW 1000000LL

/* A technician's desk: what was shown, what was audited, what ran. */
struct desk {
    struct console *console;
    struct console_tree *tree;
    int64_t now_us;
    bool audit_fails;
    unsigned logins; /* checks that passed */
    unsigned runs;
    unsigned follows;
    const char *typed; /* while "wait" waits */
    char pasted[256];
    char trail[65536];
    char shown[262144];
};

static struct desk *desk_of(const struct console_call *call)
{
    return console_reply_arg(call->context);
}

static void run_lines(const struct console_call *call)
{
    desk_of(call)->runs++;
    for (int i = 0; i < 60; i++)
        if (lk_buf_printf(console_reply_text(call->context), "line %d\n", i))
            return;
}

static void run_flow(const struct console_call *call)
{
    console_reply_rows(call->context, 0);
    run_lines(call);
}

static void run_reboot(const struct console_call *call)
{
    if (console_reply_confirmed(call->context))
        desk_of(call)->runs++;
    else
        console_reply_confirm(call->context, "reboot");
}

static void run_paste(const struct console_call *call)
{
    size_t len = 0;
    const char *s = console_reply_pasted(call->context, &len);
    if (s)
        (void)snprintf(desk_of(call)->pasted, sizeof(desk_of(call)->pasted),
                       "%.*s", (int)len, s);
    else
        console_reply_paste(call->context, call->arg[0]);
}

static void run_follow(const struct console_call *call)
{
    console_reply_follow(call->context);
}

static void run_tail(const struct console_call *call)
{
    run_lines(call);
    console_reply_follow(call->context);
}

static void run_logout(const struct console_call *call)
{
    console_reply_logout(call->context);
}

/* Waits; meanwhile somebody types, and output goes out. */
static void run_wait(const struct console_call *call)
{
    struct desk *d = desk_of(call);
    const char *typed = d->typed;
    d->typed = NULL;
    d->runs++;
    if (typed)
        (void)console_interrupt(d->console, (const uint8_t *)typed,
                                strlen(typed));
    console_sent(d->console, 0);
}

static const struct console_command table[] = {
    {"lines", "sixty", NULL, 0, 0, run_lines},
    {"flow", "sixty, without pages", NULL, 0, 0, run_flow},
    {"reboot", "asks", NULL, 0, 0, run_reboot},
    {"paste", "asks", "END", 1, 1, run_paste},
    {"follow", "goes on", NULL, 0, 0, run_follow},
    {"logout", "ends", NULL, 0, 0, run_logout},
    {"wait", "waits", NULL, 0, 0, run_wait},
    {"tail", "sixty, then goes on", NULL, 0, 0, run_tail},
};

static bool on_check(void *arg, const char *name, const char *password)
{
    struct desk *d = arg;
    bool fits = strcmp(name, "anna") == 0 && strcmp(password, "kala") == 0;
    d->logins += fits;
    return fits;
}

static bool on_known(void *arg, const char *name)
{
    (void)arg;
    return strcmp(name, "anna") == 0;
}

static int on_audit(void *arg, const char *who, const char *what,
                    const char *text)
{
    struct desk *d = arg;
    size_t at = strlen(d->trail);
    if (d->audit_fails)
        return -5;
    if (at < sizeof(d->trail) / 2)
        (void)snprintf(d->trail + at, sizeof(d->trail) - at, "%s %s %s\n", who,
                       what, text);
    return 0;
}

static bool on_follow(void *arg, struct lk_buf *text)
{
    struct desk *d = arg;
    return lk_buf_printf(text, "more %u\n", d->follows++) == 0;
}

static int setup(void **state)
{
    struct desk *d = calloc(1, sizeof(*d));
    d->now_us = NOW;
    assert_int_equal(console_tree_new(table, LK_ARRAY_LEN(table), &d->tree), 0);
    const struct console_config config = {
        .banner = "Hello\n",
        .prompt = "> ",
        .tree = d->tree,
        .check = on_check,
        .known = on_known,
        .audit = on_audit,
        .follow = on_follow,
        .arg = d,
    };
    assert_int_equal(console_new(&config, d->now_us, &d->console), 0);
    *state = d;
    return 0;
}

static int teardown(void **state)
{
    struct desk *d = *state;
    d->console = console_free(d->console);
    d->tree = console_tree_free(d->tree);
    free(d);
    return 0;
}

/* Takes all output, a few bytes at a time. */
static void drain(struct desk *d)
{
    size_t at = strlen(d->shown);
    size_t len = 0;
    const uint8_t *data = console_output(d->console, &len);
    for (; len > 0; data = console_output(d->console, &len)) {
        size_t n = LK_MIN(len, (size_t)100);
        if (at + n < sizeof(d->shown)) {
            memcpy(d->shown + at, data, n);
            at += n;
        }
        console_sent(d->console, n);
    }
    d->shown[at] = 0;
}

static void say(struct desk *d, const char *text)
{
    d->shown[0] = 0;
    console_input(d->console, (const uint8_t *)text, strlen(text), d->now_us);
    drain(d);
}

static void wait_s(struct desk *d, int64_t s)
{
    d->now_us += s * 1000000;
    d->shown[0] = 0;
    console_tick(d->console, d->now_us);
    drain(d);
}

static void log_in(struct desk *d)
{
    say(d, "anna\rkala\r");
    assert_string_equal(console_user(d->console), "anna");
}

#define SHOWN(d, s) assert_non_null(strstr((d)->shown, (s)))

static void idle_is_logged_out(void **state)
{
    struct desk *d = *state;
    drain(d);
    SHOWN(d, "Hello\r\nlogin: ");
    log_in(d);
    wait_s(d, 599);
    assert_string_equal(console_user(d->console), "anna");
    say(d, "\r");
    wait_s(d, 599);
    assert_string_equal(console_user(d->console), "anna");
    wait_s(d, 1);
    assert_string_equal(console_user(d->console), "");
    SHOWN(d, "nothing was done for 10 minutes");
    SHOWN(d, "login: ");
    say(d, "\x1b[A\r");
    assert_null(strstr(d->shown, "line")); /* history went, too */
}

static void a_slow_login_begins_anew(void **state)
{
    struct desk *d = *state;
    say(d, "anna\r");
    SHOWN(d, "password: ");
    wait_s(d, 60);
    SHOWN(d, "login: ");
    say(d, "kala\r");
    assert_int_equal(d->logins, 0);
}

static void is_locked_and_opens_again(void **state)
{
    struct desk *d = *state;
    for (int i = 0; i < 3; i++)
        say(d, "anna\rno\r");
    SHOWN(d, "Locked for 60 seconds after 3");
    say(d, "anna\rkala\r");
    assert_string_equal(d->shown, "");
    console_hangup(d->console, d->now_us); /* no way around it */
    say(d, "anna\rkala\r");
    assert_int_equal(d->logins, 0);
    wait_s(d, 60);
    say(d, "anna\rno\r");
    SHOWN(d, "Locked for 120 seconds");
    wait_s(d, 120);
    log_in(d);
    assert_string_equal(d->trail, "anna refused \nanna refused \nanna locked \n"
                                  "anna locked \nanna login \n");
}

static void a_password_is_nowhere(void **state)
{
    struct desk *d = *state;
    say(d, "hunter-two\rkala\r"); /* a password in the name's place */
    assert_null(strstr(d->shown, "kala"));
    log_in(d);
    assert_null(strstr(d->trail, "hunter"));
    assert_null(strstr(d->trail, "kala"));
}

/* No attempt: an empty password, one with noise, and what is no name. */
static void noise_is_no_attempt(void **state)
{
    struct desk *d = *state;
    for (int i = 0; i < 5; i++) {
        say(d, "anna\r\r");
        say(d, "anna\rka\xffla\r");
    }
    for (int i = 0; i < 9; i++)
        say(d, "\xff\x80 noise\r");
    log_in(d);
    assert_string_equal(d->trail, "anna login \n");
}

static void two_that_greet_each_other_stop(void **state)
{
    struct desk *d = *state;
    for (int i = 0; i < 10; i++)
        say(d, "Welcome to another\r");
    SHOWN(d, "wait 10 seconds");
    say(d, "anna\rkala\r");
    assert_string_equal(d->shown, "");
    wait_s(d, 10);
    log_in(d);
}

static void without_a_trail_nothing_runs(void **state)
{
    struct desk *d = *state;
    d->audit_fails = true;
    say(d, "anna\rkala\r");
    SHOWN(d, "nobody may log in");
    assert_string_equal(console_user(d->console), "");
    d->audit_fails = false;
    log_in(d);
    d->audit_fails = true;
    say(d, "lines\r");
    SHOWN(d, "nothing is run");
    say(d, "reboot\r");
    d->audit_fails = false;
    say(d, "reboot\r");
    d->audit_fails = true;
    say(d, "reboot\r");
    assert_int_equal(d->runs, 0);
}

static void a_damaged_line_does_not_run(void **state)
{
    struct desk *d = *state;
    char over[200];
    log_in(d);
    say(d, "lines\xc3\xa4\r");
    SHOWN(d, "Noise came");
    memset(over, 'x', sizeof(over) - 1);
    over[sizeof(over) - 1] = 0;
    memcpy(over, "lines", 5);
    say(d, over);
    say(d, "\r");
    SHOWN(d, "too long");
    assert_int_equal(d->runs, 0);
}

static void pages_and_filters(void **state)
{
    struct desk *d = *state;
    log_in(d);
    say(d, "lines\r\n");
    SHOWN(d, "line 22");
    SHOWN(d, "--More--");
    assert_null(strstr(d->shown, "line 23"));
    say(d, " ");
    SHOWN(d, "line 45");
    say(d, "q");
    SHOWN(d, "> ");
    say(d, "lines | include 5 | exclude 2 | count\r");
    SHOWN(d, "13 lines");
    say(d, "lines | bogus\r");
    SHOWN(d, "After | comes");
}

static void typed_ahead_is_kept(void **state)
{
    struct desk *d = *state;
    log_in(d);
    say(d, "lines | include 3\rlines | count\rlines | count\r");
    assert_int_equal(d->runs, 3);
    SHOWN(d, "60 lines");
}

/* What came together with a command is older than what comes while it waits,
 * and no command runs within another. */
static void typed_ahead_keeps_its_order(void **state)
{
    struct desk *d = *state;
    log_in(d);
    d->typed = "show\rwait\r";
    say(d, "wait\rlines | count\rno");
    assert_int_equal(d->runs, 3);
    const char *trail = strstr(d->trail, "run wait");
    assert_non_null(trail);
    const char *rest = "run wait\nanna run lines | count\n"
                       "anna run noshow\nanna run wait\n";
    assert_string_equal(trail, rest);
    /* Ctrl-C forgets both. */
    d->typed = "wait\r\x03li";
    say(d, "wait\rwait\rno");
    say(d, "nes\r");
    assert_int_equal(d->runs, 5);
    rest = "run wait\nanna stopped wait\nanna run lines\n";
    assert_string_equal(d->trail + strlen(d->trail) - strlen(rest), rest);
}

/* What a page does not show is never left out in silence, and who ends a page
 * does not wait for more. */
static void a_page_that_is_ended(void **state)
{
    struct desk *d = *state;
    log_in(d);
    say(d, "lines\r");
    say(d, "lines | count\r");
    SHOWN(d, "(the rest is left out)");
    SHOWN(d, "60 lines");
    say(d, "tail\r");
    say(d, "q");
    d->now_us += 10000000;
    console_tick(d->console, d->now_us);
    assert_int_equal(d->follows, 0);
    say(d, "lines | count\r"); /* no key was eaten */
    assert_int_equal(d->runs, 4);
}

static void confirmed_only_by_the_word(void **state)
{
    static const char *const no[] = {"", "reboo", "Reboot", "reboot ",
                                     "reboot\xff"};
    struct desk *d = *state;
    log_in(d);
    for (size_t i = 0; i < LK_ARRAY_LEN(no); i++) {
        say(d, "reboot\r");
        say(d, no[i]);
        say(d, "\r");
        SHOWN(d, "Nothing was done");
    }
    say(d, "reboot\r\x03reboot\r\x04"); /* Ctrl-C, then Ctrl-D: logged out */
    assert_int_equal(d->runs, 0);
    say(d, "anna\rkala\r");
    say(d, "reboot\rreboot\r");
    assert_int_equal(d->runs, 1);
    assert_non_null(strstr(d->trail, "anna confirmed reboot\n"));
    assert_non_null(strstr(d->trail, "anna declined reboot\n"));
}

static void pastes(void **state)
{
    struct desk *d = *state;
    log_in(d);
    say(d, "paste END\r");
    say(d, "one\r\ntwo\nEND\r\n");
    assert_string_equal(d->pasted, "one\ntwo\nEND\n");
    say(d, "paste .\r{}\r.\r");
    assert_string_equal(d->pasted, "{}\n");
    d->pasted[0] = 0;
    say(d, "paste END\ra\x01\rEND\r");
    SHOWN(d, "Noise came into that");
    say(d, "paste END\rabc\x03");
    SHOWN(d, "Given up");
    say(d, "paste END\r");
    for (int i = 0; i < CONSOLE_PASTE_MAX / 16 + 1; i++)
        console_input(d->console, (const uint8_t *)"0123456789abcde\r", 16,
                      d->now_us);
    drain(d);
    SHOWN(d, "too long; nothing was done");
    assert_string_equal(d->pasted, "");
}

static void follows_until_a_key(void **state)
{
    struct desk *d = *state;
    log_in(d);
    say(d, "follow\r\n");
    wait_s(d, 1);
    SHOWN(d, "more 0");
    wait_s(d, 1);
    SHOWN(d, "more 1");
    say(d, "x");
    SHOWN(d, "> ");
    wait_s(d, 1);
    assert_string_equal(d->shown, "");
    say(d, "follow\r");
    wait_s(d, 600);
    assert_string_equal(console_user(d->console), "");
}

static void break_ends_an_output(void **state)
{
    struct desk *d = *state;
    log_in(d);
    say(d, "flow\r");
    SHOWN(d, "line 59");
    console_input(d->console, (const uint8_t *)"flow\rflow\r\x03", 11,
                  d->now_us);
    d->shown[0] = 0;
    drain(d);
    assert_null(strstr(d->shown, "line 59"));
    SHOWN(d, "^C");
    say(d, "logout\r");
    assert_string_equal(console_user(d->console), "");
}

/* Ten thousand lines of anything: nobody is let in, and it still answers. */
static void noise_lets_nobody_in(void **state)
{
    static const char *const words[] = {
        "lines", "\x1b[", "\x1b[A", "anna",  "\r",   "\n", "|", "?",
        "\t",    "\x03",  "\x1bO",  "paste", "\x7f", "\"", "\\"};
    struct desk *d = *state;
    uint64_t seed = test_seed();
    for (int i = 0; i < 10000; i++) {
        uint8_t noise[256];
        size_t len = 0;
        while (len < 10 + test_random(&seed) % 60) {
            const char *w = words[test_random(&seed) % LK_ARRAY_LEN(words)];
            if (test_random(&seed) % 3 == 0) {
                for (; *w; w++)
                    noise[len++] = (uint8_t)*w;
            } else {
                noise[len++] = (uint8_t)test_random(&seed);
            }
        }
        noise[len++] = test_random(&seed) % 2 ? '\r' : '\n';
        console_input(d->console, noise, len, d->now_us);
        d->shown[0] = 0;
        drain(d);
        d->now_us += (int64_t)(test_random(&seed) % 30000000);
        console_tick(d->console, d->now_us);
    }
    assert_int_equal(d->logins, 0);
    assert_string_equal(console_user(d->console), "");
    wait_s(d, 1000);
    say(d, "\x03");
    log_in(d);
}

/* The same once somebody is in. */
static void noise_after_login_is_survived(void **state)
{
    struct desk *d = *state;
    uint64_t seed = test_seed();
    for (int i = 0; i < 10000; i++) {
        uint8_t noise[64];
        size_t len = test_random(&seed) % 60;
        for (size_t j = 0; j < len; j++)
            noise[j] = (uint8_t)(test_random(&seed) % (i % 2 ? 256 : 128));
        noise[len++] = test_random(&seed) % 2 ? '\r' : '\n';
        if (!*console_user(d->console)) {
            d->now_us += 1000000000;
            say(d, "\x03");
            log_in(d);
        }
        console_input(d->console, noise, len, d->now_us);
        d->shown[0] = 0;
        drain(d);
    }
}

#define DESK_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/* What is typed while a command waits is for later; Ctrl-C ends the command,
 * and what came before it is forgotten. */
static void is_interrupted(void **state)
{
    struct desk *d = *state;
    uint8_t many[2000];
    memset(many, 'y', sizeof(many));
    log_in(d);
    assert_false(console_interrupt(d->console, (const uint8_t *)"abc", 3));
    assert_false(console_interrupt(d->console, many, sizeof(many)));
    assert_null(strstr(d->trail, "stopped"));
    assert_true(console_interrupt(d->console, (const uint8_t *)"d\x03\x03", 3));
    assert_false(console_interrupt(d->console, (const uint8_t *)"flow\r", 5));
    const char *first = strstr(d->trail, "stopped");
    assert_non_null(first);
    assert_null(strstr(first + 1, "stopped"));
    say(d, "flow\r");
    assert_null(strstr(d->trail, "abc"));
    assert_null(strstr(d->trail, "yyy"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(is_interrupted),
        DESK_TEST(idle_is_logged_out),
        DESK_TEST(a_slow_login_begins_anew),
        DESK_TEST(is_locked_and_opens_again),
        DESK_TEST(a_password_is_nowhere),
        DESK_TEST(noise_is_no_attempt),
        DESK_TEST(two_that_greet_each_other_stop),
        DESK_TEST(without_a_trail_nothing_runs),
        DESK_TEST(a_damaged_line_does_not_run),
        DESK_TEST(pages_and_filters),
        DESK_TEST(typed_ahead_is_kept),
        DESK_TEST(typed_ahead_keeps_its_order),
        DESK_TEST(a_page_that_is_ended),
        DESK_TEST(confirmed_only_by_the_word),
        DESK_TEST(pastes),
        DESK_TEST(follows_until_a_key),
        DESK_TEST(break_ends_an_output),
        DESK_TEST(noise_lets_nobody_in),
        DESK_TEST(noise_after_login_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
