/* The console on a real pseudo-terminal, asking a real luukku-super whose
 * programs are fakes. */
#include "rig.h"

#include "base/clock.h"
#include "base/defs.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void any_end_of_line(void **state)
{
    static const char *const ends[] = {"\r", "\n", "\r\n", "\n\r"};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(ends); i++) {
        rig_log_in(ends[i]);
        rig_say("show status");
        rig_say(ends[i]);
        rig_expect("kiosk-1");
        rig_expect("PROGRAM");
        rig_expect("luukku-rtc  running");
        rig_expect("luukku> ");
        /* One line end was one line: no second prompt waits. */
        rig_say("logout");
        rig_say(ends[i]);
        rig_expect("logout");
        rig_expect("Logged out.");
    }
}

static void expect_deaf(void)
{
    rig_expect("login: ");
    rig_forget();
    rig_say("anna\r" RIG_PASSWORD "\rshow status\r");
    for (int i = 0; i < 20; i++)
        rig_listen(50, RIG_HEARD_MAX);
    assert_string_equal(rig_line()->heard, "");
}

/* Also when the console is started anew, by whomever. */
static void locks_after_three_failures(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        rig_expect("login: ");
        rig_say("anna\r");
        rig_expect("password: ");
        rig_say("wrong\r");
        rig_expect("not right");
    }
    rig_expect("Locked for 60 seconds");
    expect_deaf();
    rig_stop(&rig_line()->pid);
    (void)tcflush(rig_line()->keep, TCIOFLUSH);
    rig_start();
    expect_deaf();
}

/* What the trail has is in the kiosk's log as well, without quotes that would
 * end it early. */
static void the_log_knows_who_typed_what(void **state)
{
    (void)state;
    rig_log_in("\r");
    rig_say("show \"x\\\r");
    rig_expect("luukku> ");
    rig_say("show log program=console lines=3\r");
    rig_expect("console audit who=anna what=\"");
    rig_expect(" login\"");
    rig_expect(" run show 'x/\"");
    rig_expect(" run show log"); /* and the rest on the next row */
    rig_expect("luukku> ");
}

static void completes_explains_remembers(void **state)
{
    (void)state;
    rig_log_in("\r");
    rig_say("sh\tsta\t");
    rig_expect("show status ");
    rig_say("\r");
    rig_expect("kiosk-1");
    rig_expect("luukku> ");
    rig_say("show ?");
    rig_expect("programs, session, broker");
    rig_expect("luukku> show ");
    rig_say("\x03");
    rig_expect("luukku> ");
    rig_say("\x1b[A");
    rig_expect("show status ");
    rig_say("\r");
    rig_expect("kiosk-1");
    rig_expect("luukku> ");
    rig_say("shwox\x1b[D\x1b[3~\x1b[D\x7f\x1b[Cw status\r");
    rig_expect("kiosk-1");
    rig_expect("luukku> ");
    rig_say("nothing\r");
    rig_expect("There is no \"nothing\". What there is: ?");
    rig_expect("luukku> ");
    rig_say("show\r");
    rig_expect("What of these?");
    rig_expect("luukku> ");
    rig_say("\x04");
    rig_expect("Logged out.");
}

static void filters_and_pages(void **state)
{
    (void)state;
    rig_log_in("\r");
    rig_say("terminal rows 5\r");
    rig_expect("luukku> ");
    rig_forget();
    rig_say("show status\r");
    rig_expect("--More--");
    rig_say("\r");
    rig_expect("--More--");
    rig_say("q");
    rig_expect("luukku> ");
    rig_say("show status | include luukku-rtc\r");
    rig_forget();
    rig_expect("luukku-rtc  running");
    rig_expect("luukku> ");
    assert_null(strstr(rig_line()->heard, "luukkud"));
    rig_say("show status | bogus\r");
    rig_expect("After | comes");
    rig_say("terminal rows 0\r");
    rig_expect("luukku> ");
    rig_say("show status | count\r");
    rig_expect(" lines");
}

/* As at 9600 baud: what the line does not take waits, and nothing is lost. */
static void slow_reader(void **state)
{
    (void)state;
    rig_log_in("\r");
    rig_say("terminal rows 0\r");
    rig_expect("luukku> ");
    rig_say("show log | count\r");
    rig_expect("lines\r\n");
    rig_expect("luukku> ");
    for (int i = 0; i < 40; i++)
        rig_say("show status\r");
    unsigned seen = 0;
    int64_t end_us = lk_clock_us() + RIG_LIMIT_US;
    rig_forget();
    while (seen < 40 && lk_clock_us() < end_us) {
        (void)poll(NULL, 0, 1);
        rig_listen(1000, 48);
        char *at = NULL;
        while ((at = strstr(rig_line()->heard, "PROGRAM"))) {
            seen++;
            rig_line()->len -= (size_t)(at + 7 - rig_line()->heard);
            memmove(rig_line()->heard, at + 7, rig_line()->len + 1);
        }
    }
    assert_int_equal(seen, 40);
}

static void leaves_when_the_line_is_cut(void **state)
{
    (void)state;
    rig_log_in("\r");
    /* Another end would see the session: a hang-up logs out. */
    struct stat st;
    assert_int_equal(stat(rig_path("audit"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    (void)lk_fd_close(rig_line()->keep);
    rig_line()->keep = -1;
    rig_line()->fd = lk_fd_close(rig_line()->fd);
    int status = 0;
    int64_t end_us = lk_clock_us() + RIG_LIMIT_US;
    bool logged = false;
    while (!logged && lk_clock_us() < end_us) {
        char command[256];
        (void)snprintf(command, sizeof(command),
                       "tail -n 1 %s | grep -q 'anna logout The line was cut'",
                       rig_path("audit"));
        logged = rig_shell_status(command) == 0;
        (void)waitpid(rig_line()->pid, &status, WNOHANG);
        (void)poll(NULL, 0, 20);
    }
    assert_true(logged);
}

static size_t random_line(uint64_t *seed, char *to)
{
    static const char *const words[] = {
        "show ",      "status",   "log ",
        "| include ", "\x1b[",    "\x1b[3",
        "\x1bO",      "\xff\xfd", "?",
        "\t",         "|",        "\"",
        "\\",         "test ",    "all",
        "\x03",       "\x1b[A",   "\x1b[1;9999999999999999999",
    };
    size_t len = 0;
    size_t most = 4 + test_random(seed) % 90;
    while (len < most) {
        if (test_random(seed) % 4 == 0) {
            const char *w = words[test_random(seed) % LK_ARRAY_LEN(words)];
            for (; *w; w++)
                to[len++] = *w;
        } else {
            to[len++] = (char)test_random(seed);
        }
    }
    to[len++] = "\r\n"[test_random(seed) % 2];
    return len;
}

static void make_noise(uint64_t *seed, unsigned lines)
{
    char noise[160];
    for (unsigned i = 0; i < lines; i++) {
        rig_type(noise, random_line(seed, noise));
        rig_listen(0, RIG_HEARD_MAX);
        if (rig_line()->len > RIG_HEARD_MAX / 2)
            rig_forget();
    }
}

/* Logs in, whatever state the console is in; a quiet time may have to pass. */
static void log_in_again(void)
{
    int64_t end_us = lk_clock_us() + RIG_LIMIT_US;
    (void)tcflush(rig_line()->fd, TCIFLUSH);
    for (bool there = false; !there;) {
        assert_true(lk_clock_us() < end_us);
        rig_forget();
        rig_say("\x03\x03\x04\x03"
                "anna\r");
        for (int i = 0; i < 10; i++)
            rig_listen(50, RIG_HEARD_MAX);
        there = strstr(rig_line()->heard, "login: anna\r\npassword: ") != NULL;
    }
    rig_forget();
    rig_say(RIG_PASSWORD "\r");
    rig_expect("luukku> ");
}

static void noise_is_survived(void **state)
{
    (void)state;
    char command[256];
    uint64_t seed = test_seed();
    (void)snprintf(command, sizeof(command), "rm -f %s", rig_path("audit"));
    rig_close(state);
    rig_shell(command);
    rig_open(state);
    rig_expect("login: ");
    make_noise(&seed, 10000);
    (void)snprintf(command, sizeof(command), "! grep -q ' login' %s",
                   rig_path("audit"));
    rig_shell(command);
    assert_int_equal(waitpid(rig_line()->pid, NULL, WNOHANG), 0);
    log_in_again();
    for (int i = 0; i < 3; i++) {
        make_noise(&seed, 60);
        log_in_again();
    }
    rig_say("show status\r");
    rig_expect("kiosk-1");
}

/* Never a password in the trail, wherever it was typed. */
static void trail_has_no_password(void **state)
{
    char command[256];
    (void)state;
    rig_expect("login: ");
    rig_say("secretname\r");
    rig_expect("password: ");
    rig_say(RIG_PASSWORD "\r");
    rig_expect("not right");
    (void)snprintf(command, sizeof(command),
                   "! grep -q -e kissa -e kala -e secretname %s && "
                   "grep -q ' - refused' %s",
                   rig_path("audit"), rig_path("audit"));
    rig_shell(command);
}

/* luukku-super is dead: the console says so. */
static void says_that_super_is_dead(void **state)
{
    (void)state;
    rig_log_in("\r");
    rig_stop_super();
    rig_say("show status\r");
    rig_expect("the kiosk is dead");
    rig_expect("luukku> ");
}

#define CONSOLE_TEST(fn) \
    cmocka_unit_test_setup_teardown(fn, rig_open, rig_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TEST(any_end_of_line),
        CONSOLE_TEST(locks_after_three_failures),
        CONSOLE_TEST(completes_explains_remembers),
        CONSOLE_TEST(filters_and_pages),
        CONSOLE_TEST(slow_reader),
        CONSOLE_TEST(the_log_knows_who_typed_what),
        CONSOLE_TEST(trail_has_no_password),
        CONSOLE_TEST(leaves_when_the_line_is_cut),
        CONSOLE_TEST(noise_is_survived),
        CONSOLE_TEST(says_that_super_is_dead),
    };
    return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
