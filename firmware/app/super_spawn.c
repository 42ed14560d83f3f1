#include "app/super_spawn.h"

#include "ipc/chan.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a program may know of super's environment; a name that ends in '_' is a
 * beginning. Everything else stays behind. */
static const char *const passed_on[] = {
    "LANG",         "LC_",         "TZ",
    "DISPLAY",      "XAUTHORITY",  "WAYLAND_DISPLAY",
    "SDL_",         "GST_",        "ALSA_",
    "ORC_",         "PULSE_",      "XDG_RUNTIME_DIR",
    "MALLOC_",      "ASAN_",       "UBSAN_",
    "LSAN_",        "TSAN_",       "LUUKKU_",
    "XDG_SESSION_", "G_MESSAGES_", "G_DEBUG",
};

static bool is_passed_on(const char *entry)
{
    size_t len = strcspn(entry, "=");
    for (size_t i = 0; i < LK_ARRAY_LEN(passed_on); i++) {
        const char *name = passed_on[i];
        size_t n = strlen(name);
        if (strncmp(entry, name, n) == 0 && (n == len || name[n - 1] == '_'))
            return true;
    }
    return false;
}

static void clean_environment(void)
{
    size_t kept = 0;
    for (size_t i = 0; environ[i]; i++)
        if (is_passed_on(environ[i]))
            environ[kept++] = environ[i];
    environ[kept] = NULL;
}

static int reset_signals(void)
{
    sigset_t none;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int i = 1; i < NSIG; i++)
        (void)sigaction(i, &usual, NULL); /* some cannot be set: no matter */
    sigemptyset(&none);
    return -pthread_sigmask(SIG_SETMASK, &none, NULL);
}

static int set_standard_descriptors(int output)
{
    LK_AUTO_FD null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
        return -errno;
    return 0;
}

/* Dies with super. After the change of user, which would undo it. */
static int tie_to_parent(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return -errno;
    return getppid() == parent ? 0 : -ESRCH; /* it was quicker */
}

static int child_prepare(const struct super_program *p, struct inherit *in,
                         pid_t parent, int exe, int *ret_exe)
{
    if (setsid() < 0)
        return -errno;
    (void)umask(077);
    clean_environment();
    int r = reset_signals();
    if (r == 0)
        r = inherit_arrange(in, exe, ret_exe);
    if (r == 0 && p->profile)
        r = confine_enter(p->profile, &p->options);
    return r < 0 ? r : tie_to_parent(parent);
}

static _Noreturn void child_main(const struct super_program *p,
                                 struct inherit *in, pid_t parent, int exe,
                                 int output)
{
    char *argv[SUPER_ARGS_MAX + 2];
    size_t n = 0;
    /* execve(2) wants them writable, and writes nothing. */
    argv[n++] = (char *)(uintptr_t)p->name;
    for (size_t i = 0; p->args && p->args[i] && n <= SUPER_ARGS_MAX; i++)
        argv[n++] = (char *)(uintptr_t)p->args[i];
    argv[n] = NULL;
    int r = set_standard_descriptors(output);
    if (r == 0)
        r = child_prepare(p, in, parent, exe, &exe);
    if (r == 0) {
        (void)syscall(SYS_execveat, exe, "", argv, environ, AT_EMPTY_PATH);
        r = -errno;
    }
    (void)dprintf(STDERR_FILENO, "error %s start err=%s\n", p->name,
                  strerrorname_np(-r));
    _exit(127);
}

static int spawn_with(const struct super_program *p, struct inherit *in,
                      int exe, int output, pid_t *ret)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0)
        child_main(p, in, parent, exe, output);
    *ret = pid;
    return 0;
}

/* Not reaped yet, so the id is still its own. */
static int open_pidfd(pid_t pid, int *ret)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0) {
        int r = -errno;
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        return r;
    }
    *ret = fd;
    return 0;
}

/* `in` gets the program's end of the channel besides what it opens. */
static int spawn_open(const struct super_program *p, struct inherit *in,
                      int theirs, struct super_process *ret)
{
    int output[2];
    pid_t pid = 0;
    int r = inherit_add(in, "super", theirs); /* empty: it cannot fail */
    LK_AUTO_FD exe = open(p->path, O_PATH | O_CLOEXEC);
    if (exe < 0)
        return -errno;
    if (r == 0 && p->open)
        r = p->open(p->arg, in);
    if (r < 0)
        return r;
    if (pipe2(output, O_CLOEXEC) < 0)
        return -errno;
    LK_AUTO_FD ours = output[0];
    r = fcntl(ours, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
    if (r == 0)
        r = spawn_with(p, in, exe, output[1], &pid);
    (void)lk_fd_close(output[1]);
    if (r == 0)
        r = open_pidfd(pid, &ret->pidfd);
    if (r < 0)
        return r;
    ret->pid = pid;
    ret->output = lk_fd_take(&ours);
    return 0;
}

int super_spawn(const struct super_program *p, struct super_process *ret)
{
    struct inherit in = {.count = 0};
    struct super_process made;
    int pair[2];
    int r = lk_chan_pair(pair);
    if (r < 0)
        return r;
    r = spawn_open(p, &in, pair[1], &made);
    inherit_close(&in);
    if (r < 0) {
        (void)lk_fd_close(pair[0]);
        return r;
    }
    made.channel = pair[0];
    *ret = made;
    return 0;
}
