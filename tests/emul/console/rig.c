#include "rig.h"

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
#include <unistd.h>

static char dir[64];

static struct rig_line line;

static pid_t super_pid;

struct rig_line *rig_line(void)
{
    return &line;
}

const char *rig_path(const char *name)
{
    static char path[4][128];
    static unsigned turn;
    char *p = path[turn++ % 4];
    (void)snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
    return p;
}

pid_t rig_spawn(const char *const *argv)
{
    pid_t pid = 0;
    assert_int_equal(posix_spawn(&pid, argv[0], NULL, NULL,
                                 (char *const *)(uintptr_t)argv, environ),
                     0);
    return pid;
}

/* A shell command's exit status. */
int rig_shell_status(const char *command)
{
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    int status = -1;
    pid_t pid = rig_spawn(argv);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

void rig_shell(const char *command)
{
    assert_int_equal(rig_shell_status(command), 0);
}

void rig_stop(pid_t *pid)
{
    if (*pid <= 0)
        return;
    (void)kill(*pid, SIGTERM);
    (void)waitpid(*pid, NULL, 0);
    *pid = 0;
}

void rig_write(const char *name, const char *text, mode_t mode)
{
    LK_AUTO_FD fd = open(rig_path(name), O_CREAT | O_WRONLY | O_TRUNC, mode);
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

void rig_folder(void)
{
    char command[512];
    (void)snprintf(dir, sizeof(dir), "/tmp/luukku-console.XXXXXX");
    assert_non_null(mkdtemp(dir));
    assert_int_equal(chmod(dir, 0755), 0);
    (void)snprintf(command, sizeof(command),
                   "cd %s && cp %s/luukku-super %s/luukku-console . && "
                   "cp %s luukkud && cp %s luukku-rtc && "
                   "(umask 077; echo '%s' | ./luukku-console --hash anna "
                   "> accounts)",
                   dir, BIN, BIN, FAKE, FAKE, RIG_PASSWORD);
    rig_shell(command);
    rig_write("x.pem", "x", 0644);
    rig_write("k.json", config, 0644);
}

void rig_start_super(void)
{
    const char *argv[] = {rig_path("luukku-super"),
                          "--config",
                          rig_path("k.json"),
                          "--log",
                          rig_path("ring"),
                          "--headless",
                          NULL};
    super_pid = rig_spawn(argv);
}

int rig_setup(void **state)
{
    (void)state;
    rig_folder();
    rig_start_super();
    return 0;
}

int rig_teardown(void **state)
{
    char command[128];
    (void)state;
    rig_stop(&super_pid);
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    rig_shell(command);
    return 0;
}

/* Reads what is there within `ms`. */
void rig_listen(int ms, size_t most)
{
    struct pollfd p = {.fd = line.fd, .events = POLLIN};
    if (poll(&p, 1, ms) <= 0)
        return;
    assert_true(line.len < RIG_HEARD_MAX);
    ssize_t n = read(line.fd, line.heard + line.len,
                     LK_MIN(most, RIG_HEARD_MAX - line.len));
    if (n > 0)
        line.len += (size_t)n;
    line.heard[line.len] = 0;
}

void rig_forget(void)
{
    line.len = 0;
    line.heard[0] = 0;
}

/* Waits for a text; what came up to its end is taken off. */
void rig_expect(const char *text)
{
    int64_t end_us = lk_clock_us() + RIG_LIMIT_US;
    char *at = NULL;
    while (!(at = strstr(line.heard, text))) {
        if (lk_clock_us() > end_us)
            fail_msg("waited in vain for \"%s\", heard last \"%s\"", text,
                     line.heard + line.len - LK_MIN(line.len, (size_t)500));
        rig_listen(50, RIG_HEARD_MAX);
    }
    at += strlen(text);
    line.len -= (size_t)(at - line.heard);
    memmove(line.heard, at, line.len + 1);
}

void rig_type(const void *bytes, size_t len)
{
    const char *at = bytes;
    int64_t end_us = lk_clock_us() + RIG_LIMIT_US;
    while (len > 0) {
        ssize_t n = write(line.fd, at, len);
        if (n > 0) {
            at += n;
            len -= (size_t)n;
            continue;
        }
        assert_int_equal(errno, EAGAIN);
        assert_true(lk_clock_us() < end_us);
        rig_listen(20, RIG_HEARD_MAX);
        if (line.len > RIG_HEARD_MAX / 2)
            rig_forget();
    }
}

void rig_say(const char *text)
{
    rig_type(text, strlen(text));
}

void rig_start(void)
{
    const char *argv[] = {rig_path("luukku-console"),
                          "--line",
                          line.path,
                          "--socket",
                          rig_path("k.sock"),
                          "--accounts",
                          rig_path("accounts"),
                          "--audit",
                          rig_path("audit"),
                          NULL};
    rig_forget();
    line.pid = rig_spawn(argv);
}

int rig_open(void **state)
{
    (void)state;
    int slave = -1;
    assert_int_equal(openpty(&line.fd, &slave, line.path, NULL, NULL), 0);
    line.keep = slave;
    assert_int_equal(fcntl(line.fd, F_SETFL, O_NONBLOCK), 0);
    (void)fcntl(line.fd, F_SETFD, FD_CLOEXEC);
    (void)fcntl(slave, F_SETFD, FD_CLOEXEC);
    rig_start();
    return 0;
}

int rig_close(void **state)
{
    (void)state;
    rig_stop(&line.pid);
    (void)lk_fd_close(line.keep);
    (void)lk_fd_close(line.fd);
    /* The next test's line may have the same name. */
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -f %s.lock-*",
                   rig_path("audit"));
    rig_shell(command);
    return 0;
}

void rig_log_in(const char *end)
{
    rig_expect("login: ");
    rig_say("anna");
    rig_say(end);
    rig_expect("password: ");
    rig_say(RIG_PASSWORD);
    rig_say(end);
    rig_expect("luukku> ");
}

void rig_stop_super(void)
{
    rig_stop(&super_pid);
}
