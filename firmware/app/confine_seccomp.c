#include "app/confine_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <seccomp.h>

#define NEW_NAMESPACES                                                       \
    ((uint64_t)CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

#define ALLOW(n)    \
    {               \
        .name = (n) \
    }
#define FAIL(n, e)                \
    {                             \
        .name = (n), .error = (e) \
    }
/* With argument number `f` equal to `v`. */
#define WITH(n, f, v)                                                       \
    {                                                                       \
        .name = (n), .argument = { {(f), CONFINE_INT_MASK, (uint64_t)(v)} } \
    }

const struct confine_call confine_common[] = {
    /* descriptors that are open already */
    ALLOW("read"),
    ALLOW("readv"),
    ALLOW("pread64"),
    ALLOW("preadv"),
    ALLOW("preadv2"), /* the frame ring's wake-up: RWF_NOWAIT */
    ALLOW("write"),
    ALLOW("writev"),
    ALLOW("pwrite64"),
    ALLOW("lseek"),
    ALLOW("close"),
    ALLOW("dup"),
    ALLOW("dup2"),
    ALLOW("dup3"),
    ALLOW("fcntl"),
    ALLOW("fstat"),
    ALLOW("fstatfs"),
    ALLOW("ftruncate"), /* memfds */
    ALLOW("fallocate"),
    ALLOW("sendmsg"),
    ALLOW("recvmsg"),
    ALLOW("sendto"),
    ALLOW("recvfrom"),
    ALLOW("shutdown"),
    ALLOW("getsockopt"),
    ALLOW("setsockopt"),
    ALLOW("getsockname"),
    ALLOW("getpeername"),
    /* files by name: Landlock and the private root say which. No writing of
     * names: creating, removing and renaming are not here. */
    {.name = "openat",
     .argument = {{2, O_CREAT | (O_TMPFILE & ~O_DIRECTORY), 0}}},
    {.name = "openat", .error = EACCES, .argument = {{2, O_CREAT, O_CREAT}}},
    ALLOW("newfstatat"),
    ALLOW("stat"),
    ALLOW("lstat"),
    ALLOW("statx"),
    ALLOW("statfs"),
    ALLOW("access"),
    ALLOW("faccessat"),
    ALLOW("faccessat2"),
    ALLOW("readlink"),
    ALLOW("readlinkat"),
    ALLOW("getdents64"),
    ALLOW("getcwd"),
    FAIL("openat2", ENOSYS),
    FAIL("mkdir", EACCES), /* caches that libraries would like to keep */
    FAIL("mkdirat", EACCES),
    FAIL("unlink", EACCES),
    FAIL("unlinkat", EACCES),
    /* waiting */
    ALLOW("poll"),
    ALLOW("ppoll"),
    ALLOW("select"),
    ALLOW("pselect6"),
    ALLOW("epoll_create1"),
    ALLOW("epoll_ctl"),
    ALLOW("epoll_wait"),
    ALLOW("epoll_pwait"),
    ALLOW("eventfd2"),
    ALLOW("pipe2"),
    ALLOW("timerfd_create"),
    ALLOW("timerfd_settime"),
    ALLOW("timerfd_gettime"),
    ALLOW("signalfd4"),
    ALLOW("nanosleep"),
    ALLOW("clock_nanosleep"),
    ALLOW("restart_syscall"),
    WITH("socketpair", 0, AF_UNIX),
    /* memory. Executable memory stays possible: ORC compiles its loops. */
    ALLOW("brk"),
    ALLOW("mmap"),
    ALLOW("munmap"),
    ALLOW("mremap"),
    ALLOW("mprotect"),
    ALLOW("madvise"),
    ALLOW("mincore"),
    ALLOW("memfd_create"),
    FAIL("mlock", EPERM),
    FAIL("get_mempolicy", ENOSYS),
    FAIL("set_mempolicy", ENOSYS),
    FAIL("mbind", ENOSYS),
    /* threads: clone3's flags cannot be looked at, so libc falls back */
    {.name = "clone",
     .argument = {{0, CLONE_THREAD | NEW_NAMESPACES, CLONE_THREAD}}},
    FAIL("clone3", ENOSYS),
    ALLOW("futex"),
    ALLOW("futex_waitv"),
    ALLOW("set_robust_list"),
    ALLOW("get_robust_list"),
    ALLOW("set_tid_address"),
    ALLOW("rseq"),
    ALLOW("membarrier"),
    ALLOW("exit"),
    ALLOW("exit_group"),
    ALLOW("gettid"),
    ALLOW("sched_yield"),
    ALLOW("sched_getaffinity"),
    ALLOW("sched_getparam"),
    ALLOW("sched_getscheduler"),
    ALLOW("sched_getattr"),
    ALLOW("sched_get_priority_min"),
    ALLOW("sched_get_priority_max"),
    FAIL("sched_setaffinity", EPERM),
    FAIL("setpriority", EPERM),
    ALLOW("getpriority"),
    ALLOW("arch_prctl"),
    WITH("prctl", 0, PR_SET_NAME),
    WITH("prctl", 0, PR_GET_NAME),
    WITH("prctl", 0, PR_SET_TIMERSLACK),
    WITH("prctl", 0, PR_GET_DUMPABLE),
    WITH("prctl", 0, PR_CAPBSET_READ),
    {.name = "prctl",
     .error = EINVAL,
     .argument = {{0, CONFINE_INT_MASK, 0x53564d41 /* PR_SET_VMA */}}},
    /* signals, own only (tgkill is added with the process's id) */
    ALLOW("rt_sigaction"),
    ALLOW("rt_sigprocmask"),
    ALLOW("rt_sigreturn"),
    ALLOW("rt_sigtimedwait"),
    ALLOW("rt_sigpending"),
    ALLOW("sigaltstack"),
    /* facts */
    ALLOW("clock_gettime"),
    ALLOW("clock_getres"),
    ALLOW("gettimeofday"),
    ALLOW("time"),
    ALLOW("times"),
    ALLOW("getrandom"),
    ALLOW("getpid"),
    ALLOW("getppid"),
    ALLOW("getpgrp"),
    ALLOW("getuid"),
    ALLOW("geteuid"),
    ALLOW("getgid"),
    ALLOW("getegid"),
    ALLOW("getresuid"),
    ALLOW("getresgid"),
    ALLOW("getgroups"),
    ALLOW("getcpu"),
    ALLOW("getrusage"),
    ALLOW("getrlimit"),
    ALLOW("capget"),
    ALLOW("sysinfo"),
    ALLOW("uname"),
    WITH("prlimit64", 0, 0),
    /* terminals: only questions, and never TIOCSTI or TIOCLINUX */
    WITH("ioctl", 1, 0x5401), /* TCGETS: isatty(3) */
    WITH("ioctl", 1, 0x5413), /* TIOCGWINSZ */
    WITH("ioctl", 1, 0x541b), /* FIONREAD */
    WITH("ioctl", 1, 0x5421), /* FIONBIO */
    {.name = NULL},
};

static int add_call(scmp_filter_ctx ctx, const struct confine_call *c)
{
    struct scmp_arg_cmp cmp[2];
    unsigned n = 0;
    int number = seccomp_syscall_resolve_name(c->name);
    if (number == __NR_SCMP_ERROR)
        return 0; /* younger than the library: stays forbidden */
    for (unsigned i = 0; i < LK_ARRAY_LEN(cmp); i++)
        if (c->argument[i].mask)
            cmp[n++] = SCMP_CMP64(c->argument[i].index, SCMP_CMP_MASKED_EQ,
                                  c->argument[i].mask, c->argument[i].value);
    uint32_t action =
        c->error ? SCMP_ACT_ERRNO((uint32_t)c->error) : SCMP_ACT_ALLOW;
    int r = seccomp_rule_add_array(ctx, action, number, n, cmp);
    /* -EDOM: not a call of this machine; -EEXIST: said twice. */
    return r == -EDOM || r == -EEXIST ? 0 : r;
}

static int add_own_calls(scmp_filter_ctx ctx, const struct confine_profile *p,
                         const struct confine_state *s)
{
    struct confine_call raise_own =
        WITH("tgkill", 0, (unsigned)getpid()); /* abort(3), pthread_kill(3) */
    int r = add_call(ctx, &raise_own);
    for (size_t i = 0; i < p->calls && r == 0; i++)
        r = add_call(ctx, &p->call[i]);
    if (r < 0 || !p->network)
        return r;
    /* A sound server's socket is reached by path. The private root holds no
     * other; without it every socket of this user would be open. */
    struct confine_call unix_socket = WITH("socket", 0, AF_UNIX);
    if (!s->options.sound || !(s->stands & CONFINE_ROOT))
        unix_socket.error = EAFNOSUPPORT;
    return add_call(ctx, &unix_socket);
}

static int fill_filter(scmp_filter_ctx ctx, const struct confine_profile *p,
                       const struct confine_state *s)
{
    int r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_NNP, 0); /* set already */
    for (const struct confine_call *c = confine_common; c->name && r == 0; c++)
        r = add_call(ctx, c);
    if (r == 0)
        r = add_own_calls(ctx, p, s);
    return r < 0 ? r : seccomp_load(ctx);
}

int confine_seccomp(const struct confine_profile *p,
                    const struct confine_state *s)
{
#ifdef LUUKKU_SANITIZED
    /* Sanitizers call what no allow-list should have. Said in the report. */
    (void)p;
    (void)s;
    (void)fill_filter;
    return -ENOTSUP;
#else
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!ctx)
        return -ENOMEM;
    int r = fill_filter(ctx, p, s);
    seccomp_release(ctx);
    return r;
#endif
}
