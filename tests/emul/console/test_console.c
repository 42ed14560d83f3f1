/* The console on a real pseudo-terminal, asking a real luukku-super whose
 * programs are fakes. */
#include "testing.h"

#include "base/clock.h"
#include "base/defs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define LIMIT_US 30000000
#define HEARD_MAX (1 << 20)
#define PASSWORD "kissa kala"

static char dir[64];

static struct line {
    int fd; /* the technician's end */
    int keep;
    pid_t pid;
    char path[64];
    size_t len;
    char heard[HEARD_MAX + 1];
} line;

static pid_t super_pid;

static const char *in_dir(const char *name)
{
    static char path[4][128];
    static unsigned turn;
    char *p = path[turn++ % 4];
    (void)snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
    return p;
}

static pid_t start(const char *const *argv)
{
    pid_t pid = 0;
    assert_int_equal(posix_spawn(&pid, argv[0], NULL, NULL,
                                 (char *const *)(uintptr_t)argv, environ),
                     0);
    return pid;
}

/* A shell command's exit status. */
static int shell_status(const char *command)
{
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    int status = -1;
    pid_t pid = start(argv);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void shell(const char *command)
{
    assert_int_equal(shell_status(command), 0);
}

static void stop(pid_t *pid)
{
    if (*pid <= 0)
        return;
    (void)kill(*pid, SIGTERM);
    (void)waitpid(*pid, NULL, 0);
    *pid = 0;
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    LK_AUTO_FD fd = open(in_dir(name), O_CREAT | O_WRONLY | O_TRUNC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static const char config[] =
    "{\"kiosk\":\"kiosk-1\",\"site\":\"Test\","
    "\"broker\":{\"host\":\"127.0.0.1\",\"port\":1},"
    "\"tls\":{\"ca\":\"x.pem\",\"cert\":\"x.pem\",\"key\":\"x.pem\"},"
    "\"device\":{\"cert\":\"x.pem\",\"key\":\"x.pem\"},"
    "\"agencies\":[{\"id\":\"kela\",\"ca\":\"x.pem\",\"crl\":\"x.pem\"}],"
    "\"control\":\"k.sock\"}";

static int setup(void **state)
{
    char command[512];
    (void)state;
    (void)snprintf(dir, sizeof(dir), "/tmp/luukku-console.XXXXXX");
    assert_non_null(mkdtemp(dir));
    assert_int_equal(chmod(dir, 0755), 0);
    (void)snprintf(command, sizeof(command),
                   "cd %s && cp %s/luukku-super %s/luukku-console . && "
                   "cp %s luukkud && cp %s luukku-rtc && "
                   "(umask 077; echo '%s' | ./luukku-console --hash anna "
                   "> accounts)",
                   dir, BIN, BIN, FAKE, FAKE, PASSWORD);
    shell(command);
    write_file("x.pem", "x", 0644);
    write_file("k.json", config, 0644);
    const char *argv[] = {in_dir("luukku-super"), "--config", in_dir("k.json"),
                          "--headless", NULL};
    super_pid = start(argv);
    return 0;
}

static int teardown(void **state)
{
    char command[128];
    (void)state;
    stop(&super_pid);
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    shell(command);
    return 0;
}

/* Reads what is there within `ms`. */
static void listen_for(int ms, size_t most)
{
    struct pollfd p = {.fd = line.fd, .events = POLLIN};
    if (poll(&p, 1, ms) <= 0)
        return;
    assert_true(line.len < HEARD_MAX);
    ssize_t n = read(line.fd, line.heard + line.len,
                     LK_MIN(most, HEARD_MAX - line.len));
    if (n > 0)
        line.len += (size_t)n;
    line.heard[line.len] = 0;
}

static void forget(void)
{
    line.len = 0;
    line.heard[0] = 0;
}

/* Waits for a text; what came up to its end is taken off. */
static void expect(const char *text)
{
    int64_t end_us = lk_clock_us() + LIMIT_US;
    char *at = NULL;
    while (!(at = strstr(line.heard, text))) {
        if (lk_clock_us() > end_us)
            fail_msg("waited in vain for \"%s\", heard \"%s\"", text,
                     line.heard);
        listen_for(50, HEARD_MAX);
    }
    at += strlen(text);
    line.len -= (size_t)(at - line.heard);
    memmove(line.heard, at, line.len + 1);
}

static void type(const void *bytes, size_t len)
{
    const char *at = bytes;
    int64_t end_us = lk_clock_us() + LIMIT_US;
    while (len > 0) {
        ssize_t n = write(line.fd, at, len);
        if (n > 0) {
            at += n;
            len -= (size_t)n;
            continue;
        }
        assert_int_equal(errno, EAGAIN);
        assert_true(lk_clock_us() < end_us);
        listen_for(20, HEARD_MAX);
        if (line.len > HEARD_MAX / 2)
            forget();
    }
}

static void say(const char *text)
{
    type(text, strlen(text));
}

static void start_console(void)
{
    const char *argv[] = {
        in_dir("luukku-console"), "--line",     line.path,          "--socket",
        in_dir("k.sock"),         "--accounts", in_dir("accounts"), "--audit",
        in_dir("audit"),          NULL};
    forget();
    line.pid = start(argv);
}

static int open_console(void **state)
{
    (void)state;
    int slave = -1;
    assert_int_equal(openpty(&line.fd, &slave, line.path, NULL, NULL), 0);
    line.keep = slave;
    assert_int_equal(fcntl(line.fd, F_SETFL, O_NONBLOCK), 0);
    (void)fcntl(line.fd, F_SETFD, FD_CLOEXEC);
    (void)fcntl(slave, F_SETFD, FD_CLOEXEC);
    start_console();
    return 0;
}

static int close_console(void **state)
{
    (void)state;
    stop(&line.pid);
    (void)lk_fd_close(line.keep);
    (void)lk_fd_close(line.fd);
    /* The next test's line may have the same name. */
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -f %s.lock-*",
                   in_dir("audit"));
    shell(command);
    return 0;
}

static void log_in(const char *end)
{
    expect("login: ");
    say("anna");
    say(end);
    expect("password: ");
    say(PASSWORD);
    say(end);
    expect("luukku> ");
}

static void any_end_of_line(void **state)
{
    static const char *const ends[] = {"\r", "\n", "\r\n", "\n\r"};
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(ends); i++) {
        log_in(ends[i]);
        say("show status");
        say(ends[i]);
        expect("kiosk-1");
        expect("PROGRAM");
        expect("luukku-rtc  running");
        expect("luukku> ");
        /* One line end was one line: no second prompt waits. */
        say("logout");
        say(ends[i]);
        expect("logout");
        expect("Logged out.");
    }
}

static void expect_deaf(void)
{
    expect("login: ");
    forget();
    say("anna\r" PASSWORD "\rshow status\r");
    for (int i = 0; i < 20; i++)
        listen_for(50, HEARD_MAX);
    assert_string_equal(line.heard, "");
}

/* Also when the console is started anew, by whomever. */
static void locks_after_three_failures(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        expect("login: ");
        say("anna\r");
        expect("password: ");
        say("wrong\r");
        expect("not right");
    }
    expect("Locked for 60 seconds");
    expect_deaf();
    stop(&line.pid);
    (void)tcflush(line.keep, TCIOFLUSH);
    start_console();
    expect_deaf();
}

/* What the trail has is in the kiosk's log as well, without quotes that would
 * end it early. */
static void the_log_knows_who_typed_what(void **state)
{
    (void)state;
    log_in("\r");
    say("show \"x\\\r");
    expect("luukku> ");
    say("show log program=console lines=3\r");
    expect("console audit who=anna what=\"");
    expect(" login\"");
    expect(" run show 'x/\"");
    expect(" run show log"); /* and the rest on the next row */
    expect("luukku> ");
}

static void completes_explains_remembers(void **state)
{
    (void)state;
    log_in("\r");
    say("sh\tsta\t");
    expect("show status ");
    say("\r");
    expect("kiosk-1");
    expect("luukku> ");
    say("show ?");
    expect("programs, session, broker");
    expect("luukku> show ");
    say("\x03");
    expect("luukku> ");
    say("\x1b[A");
    expect("show status ");
    say("\r");
    expect("kiosk-1");
    expect("luukku> ");
    say("shwox\x1b[D\x1b[3~\x1b[D\x7f\x1b[Cw status\r");
    expect("kiosk-1");
    expect("luukku> ");
    say("nothing\r");
    expect("Type ? to see");
    expect("luukku> ");
    say("show\r");
    expect("What of these?");
    expect("luukku> ");
    say("\x04");
    expect("Logged out.");
}

static void filters_and_pages(void **state)
{
    (void)state;
    log_in("\r");
    say("terminal rows 5\r");
    expect("luukku> ");
    forget();
    say("show status\r");
    expect("--More--");
    say("\r");
    expect("--More--");
    say("q");
    expect("luukku> ");
    say("show status | include luukku-rtc\r");
    forget();
    expect("luukku-rtc  running");
    expect("luukku> ");
    assert_null(strstr(line.heard, "luukkud"));
    say("show status | bogus\r");
    expect("After | comes");
    say("terminal rows 0\r");
    expect("luukku> ");
    say("show status | count\r");
    expect(" lines");
}

/* As at 9600 baud: what the line does not take waits, and nothing is lost. */
static void slow_reader(void **state)
{
    (void)state;
    log_in("\r");
    say("terminal rows 0\r");
    expect("luukku> ");
    say("show log | count\r");
    expect("lines\r\n");
    expect("luukku> ");
    for (int i = 0; i < 40; i++)
        say("show status\r");
    unsigned seen = 0;
    int64_t end_us = lk_clock_us() + LIMIT_US;
    forget();
    while (seen < 40 && lk_clock_us() < end_us) {
        (void)poll(NULL, 0, 1);
        listen_for(1000, 48);
        char *at = NULL;
        while ((at = strstr(line.heard, "PROGRAM"))) {
            seen++;
            line.len -= (size_t)(at + 7 - line.heard);
            memmove(line.heard, at + 7, line.len + 1);
        }
    }
    assert_int_equal(seen, 40);
}

static void leaves_when_the_line_is_cut(void **state)
{
    (void)state;
    log_in("\r");
    /* Another end would see the session: a hang-up logs out. */
    struct stat st;
    assert_int_equal(stat(in_dir("audit"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    (void)lk_fd_close(line.keep);
    line.keep = -1;
    line.fd = lk_fd_close(line.fd);
    int status = 0;
    int64_t end_us = lk_clock_us() + LIMIT_US;
    bool logged = false;
    while (!logged && lk_clock_us() < end_us) {
        char command[256];
        (void)snprintf(command, sizeof(command),
                       "tail -n 1 %s | grep -q 'anna logout The line was cut'",
                       in_dir("audit"));
        logged = shell_status(command) == 0;
        (void)waitpid(line.pid, &status, WNOHANG);
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
        type(noise, random_line(seed, noise));
        listen_for(0, HEARD_MAX);
        if (line.len > HEARD_MAX / 2)
            forget();
    }
}

/* Logs in, whatever state the console is in; a quiet time may have to pass. */
static void log_in_again(void)
{
    int64_t end_us = lk_clock_us() + LIMIT_US;
    (void)tcflush(line.fd, TCIFLUSH);
    for (bool there = false; !there;) {
        assert_true(lk_clock_us() < end_us);
        forget();
        say("\x03\x03\x04\x03"
            "anna\r");
        for (int i = 0; i < 10; i++)
            listen_for(50, HEARD_MAX);
        there = strstr(line.heard, "login: anna\r\npassword: ") != NULL;
    }
    forget();
    say(PASSWORD "\r");
    expect("luukku> ");
}

static void noise_is_survived(void **state)
{
    (void)state;
    char command[256];
    uint64_t seed = test_seed();
    (void)snprintf(command, sizeof(command), "rm -f %s", in_dir("audit"));
    close_console(state);
    shell(command);
    open_console(state);
    expect("login: ");
    make_noise(&seed, 10000);
    (void)snprintf(command, sizeof(command), "! grep -q ' login' %s",
                   in_dir("audit"));
    shell(command);
    assert_int_equal(waitpid(line.pid, NULL, WNOHANG), 0);
    log_in_again();
    for (int i = 0; i < 3; i++) {
        make_noise(&seed, 60);
        log_in_again();
    }
    say("show status\r");
    expect("kiosk-1");
}

/* Never a password in the trail, wherever it was typed. */
static void trail_has_no_password(void **state)
{
    char command[256];
    (void)state;
    expect("login: ");
    say("secretname\r");
    expect("password: ");
    say(PASSWORD "\r");
    expect("not right");
    (void)snprintf(command, sizeof(command),
                   "! grep -q -e kissa -e kala -e secretname %s && "
                   "grep -q ' - refused' %s",
                   in_dir("audit"), in_dir("audit"));
    shell(command);
}

/* luukku-super is dead: the console says so. */
static void says_that_super_is_dead(void **state)
{
    (void)state;
    log_in("\r");
    stop(&super_pid);
    say("show status\r");
    expect("the kiosk is dead");
    expect("luukku> ");
}

#define CONSOLE_TEST(fn) \
    cmocka_unit_test_setup_teardown(fn, open_console, close_console)

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
    return cmocka_run_group_tests(tests, setup, teardown);
}
