/* probe.c - tries, behind the walls of one program, everything that is
 * forbidden, each in a process of its own, and what the program needs.
 *
 * Output: a line of JSON for each attempt, and one with the count. Exit status
 * 0 when each ended as it must, 77 where the build has no walls to try.
 */
#include "probe.h"

#include "app/confine.h"
#include "app/inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define ATTEMPT_MS 20000
#define USER 65534 /* nobody */

static const char secret[] = PROBE_SECRET;

/* What an attempt tells the parent. */
struct verdict {
    int result;
    char walls[CONFINE_REPORT_MAX];
};

static const struct probe_attempt *const lists[] = {probe_forbidden,
                                                    probe_kernel, probe_needed};

#define NEEDED 2
#define LIST_WAIT 9 /* no attempt: stay, as the sibling */

struct probe {
    struct probe_target target;
    char dir[32];
    int exe;     /* this program */
    int control; /* listening */
    int tcp;     /* listening */
    int echo;    /* other end of target.channel */
    unsigned wrong;
    unsigned done;
    bool walls_said;
    bool as_user; /* not as root */
    bool sound;   /* a sound server may be reached */
};

/* luukku-console is started by the system, and puts up what it can itself. */
static bool is_console(void)
{
    return strcmp(PROBE_NAME, "console") == 0;
}

static const char *program(void)
{
    return is_console() ? "luukku-console" : confine_program(PROBE_PROFILE);
}

/* --- in the confined process --------------------------------------------- */

static int attempt_main(char **argv)
{
    struct inherit in;
    struct confine_report report;
    struct verdict v = {.result = 0};
    if (inherit_init(&in) < 0)
        return 2;
    int out = inherit_take(&in, "out");
    struct probe_target t = {
        .super = (pid_t)strtol(argv[4], NULL, 10),
        .sibling = (pid_t)strtol(argv[5], NULL, 10),
        .secret = (const char *)(uintptr_t)strtoull(argv[6], NULL, 16),
        .tcp_port = (unsigned)strtoul(argv[9], NULL, 10),
        .channel = inherit_take(&in, "channel")};
    (void)snprintf(t.key, sizeof(t.key), "%s", argv[7]);
    (void)snprintf(t.control, sizeof(t.control), "%s", argv[8]);
    int r = is_console() ? confine_console_apply(PROBE_LINE, &report)
                         : confine_apply(PROBE_PROFILE, &report);
    if (r < 0)
        return 3;
    memcpy(v.walls, report.text, sizeof(v.walls));
    long list = strtol(argv[2], NULL, 10);
    long index = strtol(argv[3], NULL, 10);
    if (list != LIST_WAIT)
        v.result = lists[list][index].run(&t);
    if (write(out, &v, sizeof(v)) != sizeof(v))
        return 4;
    if (list != LIST_WAIT)
        return 0;
    for (;;)
        (void)poll(NULL, 0, -1);
}

/* --- in the parent -------------------------------------------------------- */

static void child_main(struct probe *p, size_t list, size_t index, int out)
{
    struct inherit in = {.count = 0};
    struct confine_options o = {.display = true, .sound = p->sound};
    char text[9][140];
    int exe = -1;
    (void)snprintf(text[0], sizeof(text[0]), "probe");
    (void)snprintf(text[1], sizeof(text[1]), "--attempt");
    (void)snprintf(text[2], sizeof(text[2]), "%zu", list);
    (void)snprintf(text[3], sizeof(text[3]), "%zu", index);
    (void)snprintf(text[4], sizeof(text[4]), "%d", (int)p->target.super);
    (void)snprintf(text[5], sizeof(text[5]), "%d", (int)p->target.sibling);
    (void)snprintf(text[6], sizeof(text[6]), "%llx",
                   (unsigned long long)(uintptr_t)p->target.secret);
    (void)snprintf(text[7], sizeof(text[7]), "%s", p->target.key);
    (void)snprintf(text[8], sizeof(text[8]), "%s", p->target.control);
    (void)umask(077); /* as super's children have it */
    char port[16];
    (void)snprintf(port, sizeof(port), "%u", p->target.tcp_port);
    char *argv[] = {text[0], text[1], text[2], text[3], text[4], text[5],
                    text[6], text[7], text[8], port,    NULL};
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
        inherit_add(&in, "out", out) < 0 ||
        inherit_add(&in, "channel", p->target.channel) < 0 ||
        inherit_arrange(&in, p->exe, &exe) < 0 ||
        (!is_console() && confine_enter(PROBE_PROFILE, &o) < 0))
        _exit(5);
    syscall(SYS_execveat, exe, "", argv, environ, AT_EMPTY_PATH);
    _exit(6);
}

static pid_t start(struct probe *p, size_t list, size_t index, int *ret_out)
{
    int out[2];
    if (pipe2(out, O_CLOEXEC) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0)
        child_main(p, list, index, out[1]);
    (void)close(out[1]);
    *ret_out = out[0];
    return pid;
}

/* Sends back what an attempt sent on its channel. */
static void echo_once(int fd)
{
    char byte = 0;
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec v = {.iov_base = &byte, .iov_len = 1};
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof(control)};
    if (recvmsg(fd, &m, 0) != 1)
        return;
    (void)sendmsg(fd, &m, MSG_NOSIGNAL);
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    int got = -1;
    if (c)
        memcpy(&got, CMSG_DATA(c), sizeof(got));
    (void)lk_fd_close(got);
}

/* Waits for the verdict; false when there is none. */
static bool await(struct probe *p, int out, struct verdict *ret)
{
    for (;;) {
        struct pollfd fds[] = {{.fd = out, .events = POLLIN},
                               {.fd = p->echo, .events = POLLIN}};
        if (poll(fds, 2, ATTEMPT_MS) <= 0)
            return false;
        if (fds[1].revents & POLLIN)
            echo_once(p->echo);
        if (fds[0].revents)
            return read(out, ret, sizeof(*ret)) == sizeof(*ret);
    }
}

static void say_walls(struct probe *p, const struct verdict *v)
{
    if (p->walls_said)
        return;
    p->walls_said = true;
    printf("{\"program\":\"%s\",\"uid\":%u,\"walls\":\"%s\"}\n", program(),
           getuid(), v->walls);
}

/* How the attempt ended, and whether that is right. */
static bool judge(size_t list, const struct verdict *v, bool got, int status,
                  char *ret, size_t cap)
{
    if (got && v->result == 0) {
        (void)snprintf(ret, cap, "done");
        return list == NEEDED;
    }
    if (got) {
        (void)snprintf(ret, cap, "%s", strerrorname_np(-v->result));
        /* A call that fails for a bad argument proves nothing. */
        return list == 0 ||
               (list == 1 && (v->result == -EPERM || v->result == -EACCES ||
                              v->result == -ENOSYS));
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
        (void)snprintf(ret, cap, "killed");
        return list != NEEDED;
    }
    (void)snprintf(ret, cap, "ended without a word: %s %d",
                   WIFSIGNALED(status) ? "signal" : "exit",
                   WIFSIGNALED(status) ? WTERMSIG(status)
                                       : WEXITSTATUS(status));
    return false;
}

static void try_one(struct probe *p, size_t list, size_t index)
{
    struct verdict v = {.result = 0};
    char how[64];
    int out = -1;
    int status = 0;
    pid_t pid = start(p, list, index, &out);
    if (pid < 0) {
        p->wrong++;
        return;
    }
    bool got = await(p, out, &v);
    (void)lk_fd_close(out);
    struct pollfd none = {.fd = -1};
    for (int i = 0; waitpid(pid, &status, WNOHANG) == 0; i++) {
        (void)poll(&none, 1, 2);
        if (i == 1000)
            (void)kill(pid, SIGKILL);
    }
    if (got)
        say_walls(p, &v);
    bool right = judge(list, &v, got, status, how, sizeof(how));
    p->wrong += !right;
    p->done++;
    printf("{\"%s\":\"%s\",\"result\":\"%s\",\"right\":%s}\n",
           list == NEEDED ? "needed" : "forbidden", lists[list][index].name,
           how, right ? "true" : "false");
    (void)fflush(stdout);
}

static int make_files(struct probe *p)
{
    struct probe_target *t = &p->target;
    (void)snprintf(p->dir, sizeof(p->dir), "/tmp/luukku-probe.XXXXXX");
    if (!mkdtemp(p->dir) || chmod(p->dir, 0755) < 0)
        return -errno;
    (void)snprintf(t->key, sizeof(t->key), "%s/device.key", p->dir);
    (void)snprintf(t->control, sizeof(t->control), "%s/control", p->dir);
    LK_AUTO_FD fd = open(t->key, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    return fd < 0 ? -errno : 0;
}

static int make_sockets(struct probe *p)
{
    struct probe_target *t = &p->target;
    struct sockaddr_un u = {.sun_family = AF_UNIX};
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(a);
    int pair[2];
    memcpy(u.sun_path, t->control, sizeof(t->control));
    p->control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    p->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(p->control, (void *)&u, sizeof(u)) < 0 ||
        chmod(t->control, 0666) < 0 || listen(p->control, 8) < 0 ||
        bind(p->tcp, (void *)&a, sizeof(a)) < 0 || listen(p->tcp, 8) < 0 ||
        getsockname(p->tcp, (void *)&a, &len) < 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return -errno;
    t->tcp_port = ntohs(a.sin_port);
    t->channel = pair[0];
    p->echo = pair[1];
    return 0;
}

static int drop_to_user(void)
{
    if (getuid() != 0)
        return 0;
    if (setresgid(USER, USER, USER) < 0 || setresuid(USER, USER, USER) < 0)
        return -errno;
    /* A change of user closes /proc/self to this process. */
    return prctl(PR_SET_DUMPABLE, 1) < 0 ? -errno : 0;
}

static bool wanted(const struct probe *p, const struct probe_attempt *a)
{
    if (a->who == PROBE_SILENT)
        return !p->sound && !is_console();
    bool luukkud = strcmp(PROBE_NAME, "luukkud") == 0;
    bool rtc = strcmp(PROBE_NAME, "rtc") == 0;
    bool net = rtc || strcmp(PROBE_NAME, "fetch") == 0 ||
               strcmp(PROBE_NAME, "probe") == 0;
    bool trail = is_console() || strcmp(PROBE_NAME, "help") == 0;
    bool fonts = luukkud || strcmp(PROBE_NAME, "scan") == 0;
    return a->who == PROBE_BOTH || (a->who == PROBE_LUUKKUD && luukkud) ||
           (a->who == PROBE_NET && net) || (a->who == PROBE_LOCAL && !net) ||
           (a->who == PROBE_FONTS && fonts) || (a->who == PROBE_RTC && rtc) ||
           (a->who == PROBE_TRAIL && trail) ||
           a->who == (is_console() ? PROBE_CONSOLE : PROBE_SUPERS);
}

static void try_all(struct probe *p)
{
    for (size_t list = 0; list < LK_ARRAY_LEN(lists); list++)
        for (size_t i = 0; lists[list][i].name; i++)
            if (wanted(p, &lists[list][i]))
                try_one(p, list, i);
}

/* The sibling: confined in the same way, and ready when it says so. */
static int start_sibling(struct probe *p)
{
    struct verdict v;
    int out = -1;
    p->target.sibling = start(p, LIST_WAIT, 0, &out);
    LK_AUTO_FD own = out;
    return p->target.sibling > 0 && await(p, own, &v) ? 0 : -EIO;
}

int main(int argc, char **argv)
{
    struct probe p = {.target = {.super = getpid(), .secret = secret}};
    if (argc == 10 && strcmp(argv[1], "--attempt") == 0)
        return attempt_main(argv);
#ifdef LUUKKU_SANITIZED
    printf("skipped: a sanitized build runs without seccomp\n");
    return 77;
#endif
    p.exe = open("/proc/self/exe", O_PATH | O_CLOEXEC);
    for (int i = 1; i < argc; i++) {
        p.as_user = p.as_user || strcmp(argv[i], "--as-user") == 0;
        p.sound = p.sound || strcmp(argv[i], "--sound") == 0;
    }
    if (p.exe < 0 || (p.as_user && drop_to_user() < 0) || make_files(&p) < 0 ||
        make_sockets(&p) < 0 || start_sibling(&p) < 0) {
        (void)fprintf(stderr, "cannot set up: %s\n", strerror(errno));
        return 2;
    }
    try_all(&p);
    (void)kill(p.target.sibling, SIGKILL);
    (void)waitpid(p.target.sibling, NULL, 0);
    (void)unlink(p.target.key);
    (void)unlink(p.target.control);
    (void)rmdir(p.dir);
    printf("%u passed, %u failed\n", p.done - p.wrong, p.wrong);
    return p.wrong > 0 || p.done == 0;
}
