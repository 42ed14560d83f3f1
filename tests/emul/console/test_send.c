/* `log send`, received by rz of Debian's lrzsz on the other end of the line:
 * at speed and at 9600 baud, with noise, and by one that will not have it. */
#include "rig.h"

#include "app/super_ring.h"
#include "base/clock.h"
#include "control/client.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define LINES 600 /* that lie in the log's ring from before */
#define CARRY_US 120000000
#define NEVER UINT64_MAX

/* The technician's terminal program, and the line to it. */
static struct far {
    int fd;
    pid_t pid; /* 0: it has ended */
    int status;
    char folder[128];
    unsigned damage; /* of a million bytes, how many */
    uint64_t seed;
    unsigned speed; /* bytes a second; 0: as fast as it goes */
    uint64_t carried;
    int64_t begun_us;
} far;

static void fill_ring(void)
{
    LK_AUTO(super_ring) ring = NULL;
    char text[128];
    assert_int_equal(super_ring_open(rig_path("ring"), &ring), 0);
    for (unsigned i = 1; i <= LINES; i++) {
        (void)snprintf(text, sizeof(text),
                       "info luukkud marker n=%04u what=\"a line as others, "
                       "\xc3\xa4 @ to fill the ring\"",
                       i);
        const struct super_log_line line = {
            .number = i,
            .wall_us = 1700000000000000 + (int64_t)i * 1000000,
            .program = super_log_program("luukkud"),
            .text = text};
        assert_int_equal(super_ring_put(ring, &line, false), 0);
    }
}

static void await_super(void)
{
    int64_t end_us = lk_clock_us() + RIG_LIMIT_US;
    int r = -EAGAIN;
    while (r < 0 && lk_clock_us() < end_us) {
        LK_AUTO(control_client) client = NULL;
        r = control_client_open(rig_path("k.sock"), &client);
        (void)poll(NULL, 0, 20);
    }
    assert_int_equal(r, 0);
}

static int setup(void **state)
{
    (void)state;
    rig_folder();
    fill_ring();
    rig_start_super();
    await_super();
    return 0;
}

static int open_line(void **state)
{
    far = (struct far){.fd = -1, .seed = test_seed()};
    (void)snprintf(far.folder, sizeof(far.folder), "%s",
                   rig_path("far.XXXXXX"));
    assert_non_null(mkdtemp(far.folder));
    return rig_open(state);
}

static int close_line(void **state)
{
    rig_stop(&far.pid);
    far.fd = lk_fd_close(far.fd);
    return rig_close(state);
}

/* Both ends of what rz talks through: a pseudo-terminal; or a socket, for there
 * rz cannot throw its last words away (it empties its terminal when it ends,
 * and a pseudo-terminal has nothing that would have sent them before). */
static int open_far(bool socket)
{
    int fd[2];
    if (socket)
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    else
        assert_int_equal(openpty(&fd[0], &fd[1], NULL, NULL, NULL), 0);
    far.fd = fd[0];
    (void)fcntl(far.fd, F_SETFD, FD_CLOEXEC);
    assert_int_equal(fcntl(far.fd, F_SETFL, O_NONBLOCK), 0);
    return fd[1];
}

/* Starts rz. `option` may be NULL. */
static void start_rz(const char *option, bool socket)
{
    const char *argv[] = {"rz", "-q", "-b", option, NULL};
    posix_spawn_file_actions_t actions;
    int slave = open_far(socket);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    (void)posix_spawn_file_actions_adddup2(&actions, slave, 0);
    (void)posix_spawn_file_actions_adddup2(&actions, slave, 1);
    (void)posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY,
                                           0);
    (void)posix_spawn_file_actions_addchdir_np(&actions, far.folder);
    assert_int_equal(posix_spawnp(&far.pid, argv[0], &actions, NULL,
                                  (char *const *)(uintptr_t)argv, environ),
                     0);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)lk_fd_close(slave);
    far.begun_us = lk_clock_us();
    far.carried = 0;
}

/* What noise makes of `len` bytes: at most twice as many. */
static size_t damage(const uint8_t *from, size_t len, uint8_t *to)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        uint64_t roll = test_random(&far.seed);
        if (roll % 1000000 >= far.damage) {
            to[n++] = from[i];
            continue;
        }
        roll = test_random(&far.seed);
        if (roll & 1) /* another byte; else it is lost */
            to[n++] = (uint8_t)(roll >> 8);
        if (roll & 2) /* and one too many */
            to[n++] = (uint8_t)(roll >> 16);
    }
    return n;
}

static void give(int fd, const uint8_t *data, size_t len)
{
    int64_t end_us = lk_clock_us() + RIG_LIMIT_US;
    while (len > 0 && lk_clock_us() < end_us) {
        ssize_t n = write(fd, data, len); /* SIGPIPE is ignored */
        if (n < 0 && (errno == EIO || errno == EPIPE))
            return; /* rz has gone */
        if (n < 0) {
            assert_int_equal(errno, EAGAIN);
            (void)poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 50);
            continue;
        }
        data += n;
        len -= (size_t)n;
    }
    assert_int_equal(len, 0);
}

/* Bytes that the line's speed lets through now. */
static size_t allowed(void)
{
    uint64_t all = 256;
    if (far.speed > 0) {
        int64_t us = lk_clock_us() - far.begun_us;
        uint64_t due = (uint64_t)us * far.speed / 1000000;
        all = due > far.carried ? due - far.carried : 0;
    }
    return LK_MIN(all, (uint64_t)256);
}

/* From the console to rz; kept as what was heard as well. */
static void carry_there(void)
{
    uint8_t data[256];
    uint8_t noisy[512];
    struct rig_line *line = rig_line();
    size_t most = allowed();
    ssize_t n = most > 0 ? read(line->fd, data, most) : 0;
    if (n <= 0)
        return;
    far.carried += (uint64_t)n;
    give(far.fd, noisy, damage(data, (size_t)n, noisy));
    if (line->len > RIG_HEARD_MAX / 2)
        rig_forget();
    for (ssize_t i = 0; i < n; i++)
        line->heard[line->len++] = (char)(data[i] ? data[i] : '0');
    line->heard[line->len] = 0;
}

static void carry_back(void)
{
    uint8_t data[256];
    uint8_t noisy[512];
    ssize_t n = read(far.fd, data, sizeof(data));
    if (n > 0)
        give(rig_line()->fd, noisy, damage(data, (size_t)n, noisy));
}

/* Carries bytes both ways until rz ends, or has had so many. */
static void carry(uint64_t most)
{
    int64_t end_us = lk_clock_us() + CARRY_US;
    while (far.pid > 0 && far.carried < most) {
        if (lk_clock_us() > end_us)
            fail_msg("rz does not end, heard \"%s\"", rig_line()->heard);
        struct pollfd p[] = {
            {.fd = rig_line()->fd, .events = allowed() > 0 ? POLLIN : 0},
            {.fd = far.fd, .events = POLLIN}};
        (void)poll(p, 2, 20);
        carry_back();
        carry_there();
        if (waitpid(far.pid, &far.status, WNOHANG) == far.pid)
            far.pid = 0;
    }
    carry_back(); /* its last words */
}

/* The file that rz has written; "" none. */
static const char *received(void)
{
    static char path[512];
    DIR *d = opendir(far.folder);
    assert_non_null(d);
    path[0] = 0;
    for (const struct dirent *e = readdir(d); e; e = readdir(d))
        if (strncmp(e->d_name, "luukku-kiosk-1-", 15) == 0)
            (void)snprintf(path, sizeof(path), "%s/%s", far.folder, e->d_name);
    (void)closedir(d);
    return path;
}

/* It has the log's lines, all and in order, and is as long as the trail says.
 */
static void check_received(void)
{
    char line[1024];
    char sent[128];
    char expected[640];
    unsigned n = 0;
    struct stat st;
    const char *path = received();
    assert_int_equal(far.status, 0);
    assert_true(*path);
    assert_int_equal(stat(path, &st), 0);
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        const char *marker = strstr(line, "luukkud marker n=");
        assert_non_null(strchr(line, '\n'));
        if (!marker)
            continue;
        assert_int_equal(strtoul(marker + 17, NULL, 10), ++n);
        assert_non_null(strstr(line, ".000Z info luukkud marker"));
        assert_non_null(strstr(line, "\xc3\xa4 @ to fill the ring\"\n"));
    }
    (void)fclose(f);
    assert_int_equal(n, LINES);
    (void)snprintf(sent, sizeof(sent), "%s %ld of %ld bytes",
                   strrchr(path, '/') + 1, (long)st.st_size, (long)st.st_size);
    (void)snprintf(expected, sizeof(expected), "grep -q 'anna sent %s' %s",
                   sent, rig_path("audit"));
    rig_expect("Sent.");
    rig_expect("luukku> ");
    rig_shell(expected);
}

static void begin(const char *command)
{
    rig_log_in("\r");
    rig_say(command);
    rig_say("\r");
    rig_expect("by ZMODEM now");
}

static void rz_receives_the_log(void **state)
{
    (void)state;
    begin("log send");
    start_rz(NULL, false);
    carry(NEVER);
    check_received();
    print_message("%llu bytes in %lld ms\n", (unsigned long long)far.carried,
                  (long long)(lk_clock_us() - far.begun_us) / 1000);
    rig_say("show version\r"); /* the line is a console's again */
    rig_expect("luukku> ");
}

static void control_characters_escaped(void **state)
{
    (void)state;
    begin("log send");
    start_rz("-e", false);
    carry(NEVER);
    check_received();
}

/* About ten errors each way. */
static void over_a_noisy_line(void **state)
{
    (void)state;
    far.damage = 150;
    begin("log send");
    start_rz(NULL, false);
    carry(NEVER);
    check_received();
}

static void at_9600_baud(void **state)
{
    (void)state;
    far.speed = 960;
    begin("log send lines=60");
    start_rz(NULL, false);
    carry(NEVER);
    rig_expect("Sent.");
    rig_expect("luukku> ");
    assert_int_equal(far.status, 0);
}

/* rz is stopped as by Ctrl-C: it cancels. */
static void rz_gives_up(void **state)
{
    (void)state;
    far.speed = 5000;
    begin("log send");
    start_rz(NULL, true);
    carry(10000);
    (void)kill(far.pid, SIGINT);
    carry(NEVER);
    rig_expect("broke it off");
    rig_expect("luukku> ");
    rig_say("show version\r");
    rig_expect("luukku> ");
}

static void nobody_receives(void **state)
{
    (void)state;
    rig_log_in("\r");
    rig_say("log send\r");
    rig_expect("by ZMODEM now");
    rig_say("\x03");
    rig_expect("Given up");
    rig_expect("luukku> ");
    rig_say("log send | include x\r");
    rig_expect("leave out |");
    rig_expect("luukku> ");
    rig_say("log send level=error match=no-such-line\r");
    rig_expect("no such lines");
    rig_expect("luukku> ");
    rig_say("log send program=nobody\r");
    rig_expect("The kiosk says: ");
    rig_expect("luukku> ");
}

#define SEND_TEST(fn) cmocka_unit_test_setup_teardown(fn, open_line, close_line)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEND_TEST(rz_receives_the_log), SEND_TEST(control_characters_escaped),
        SEND_TEST(over_a_noisy_line),   SEND_TEST(at_9600_baud),
        SEND_TEST(rz_gives_up),         SEND_TEST(nobody_receives),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, setup, rig_teardown);
}
