/* What the programs need, and what must go on working behind the walls. */
#include "probe.h"
#include "probe_seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

static void *thread_main(void *arg)
{
    prctl(PR_SET_NAME, "probe");
    *(int *)arg = 1;
    return NULL;
}

static int run_threads(const struct probe_target *t)
{
    (void)t;
    for (int i = 0; i < 8; i++) {
        pthread_t thread;
        int ran = 0;
        int r = pthread_create(&thread, NULL, thread_main, &ran);
        if (r != 0)
            return -r;
        (void)pthread_join(thread, NULL);
        if (!ran)
            return -EIO;
    }
    return 0;
}

static int share_memory(const struct probe_target *t)
{
    (void)t;
    size_t len = 8UL << 20;
    LK_AUTO_FD fd = memfd_create("probe", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || ftruncate(fd, (off_t)len) < 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) < 0)
        return -errno;
    void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return -errno;
    memset(at, 1, len);
    return probe_result(munmap(at, len));
}

static int compile_code(const struct probe_target *t)
{
    (void)t;
    void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? -errno : 0;
}

static int use_much_memory(const struct probe_target *t)
{
    (void)t;
    char *at = malloc(64UL << 20);
    if (!at)
        return -ENOMEM;
    memset(at, 1, 64UL << 20);
    int r = at[4096] == 1 ? 0 : -EIO;
    free(at);
    return r;
}

static int wait_for_things(const struct probe_target *t)
{
    (void)t;
    sigset_t set;
    struct itimerspec soon = {.it_value.tv_nsec = 1000000};
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    LK_AUTO_FD timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    LK_AUTO_FD event = eventfd(1, EFD_CLOEXEC);
    LK_AUTO_FD signals = signalfd(-1, &set, SFD_CLOEXEC);
    LK_AUTO_FD epoll = epoll_create1(EPOLL_CLOEXEC);
    if (timer < 0 || event < 0 || signals < 0 || epoll < 0 ||
        timerfd_settime(timer, 0, &soon, NULL) < 0)
        return -errno;
    struct epoll_event e = {.events = EPOLLIN};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, event, &e) < 0 ||
        epoll_wait(epoll, &e, 1, 1000) != 1)
        return -EIO;
    struct pollfd fds[] = {{.fd = timer, .events = POLLIN},
                           {.fd = signals, .events = POLLIN}};
    struct timespec limit = {.tv_sec = 5};
    raise(SIGTERM);
    if (ppoll(fds, 2, &limit, NULL) < 1 || !(fds[1].revents & POLLIN))
        return -EIO;
    return poll(fds, 1, 5000) == 1 ? 0 : -EIO;
}

/* To the parent, which sends the same descriptor and bytes back. */
static int pass_descriptor(const struct probe_target *t)
{
    char byte = 'x';
    LK_AUTO_FD event = eventfd(0, EFD_CLOEXEC);
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec v = {.iov_base = &byte, .iov_len = 1};
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof(control)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &event, sizeof(int));
    if (sendmsg(t->channel, &m, MSG_NOSIGNAL) < 0)
        return -errno;
    byte = 0;
    if (recvmsg(t->channel, &m, MSG_CMSG_CLOEXEC) < 0)
        return -errno;
    return byte == 'x' ? 0 : -EIO;
}

static int make_random(const struct probe_target *t)
{
    char b[16];
    (void)t;
    return getrandom(b, sizeof(b), 0) == sizeof(b) ? 0 : -errno;
}

static int print_and_sleep(const struct probe_target *t)
{
    (void)t;
    struct timespec ms = {.tv_nsec = 1000000};
    time_t now = time(NULL);
    struct tm tm;
    return localtime_r(&now, &tm) && nanosleep(&ms, NULL) == 0 &&
                   isatty(2) >= 0 && printf("%s", "") == 0 &&
                   fflush(stdout) == 0
               ? 0
               : -EIO;
}

static int open_font(const struct probe_target *t)
{
    (void)t;
    DIR *d = opendir("/usr/share/fonts");
    if (!d)
        return -errno;
    (void)closedir(d);
    return 0;
}

static int ask_for_things_softly(const struct probe_target *t)
{
    (void)t;
    /* Libraries try these and live without. */
    LK_AUTO_FD fd = open("/tmp/cache", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    struct sched_param sp = {.sched_priority = 0};
    int policy = 0;
    (void)pthread_getschedparam(pthread_self(), &policy, &sp);
    return fd < 0 ? 0 : -EIO;
}

static int open_devices(const struct probe_target *t)
{
    (void)t;
    LK_AUTO_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);
    LK_AUTO_FD random = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    return null < 0 || random < 0 ? -errno : 0;
}

static int open_line(const struct probe_target *t)
{
    (void)t;
    LK_AUTO_FD fd = open(PROBE_LINE, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return probe_result(fd);
}

static int sync_file(const struct probe_target *t)
{
    (void)t;
    LK_AUTO_FD fd = memfd_create("trail", MFD_CLOEXEC);
    if (fd < 0 || pwrite(fd, "x", 1, 0) != 1)
        return -errno;
    return probe_result(fdatasync(fd));
}

static int open_resolver(const struct probe_target *t)
{
    (void)t;
    LK_AUTO_FD fd = open("/etc/nsswitch.conf", O_RDONLY | O_CLOEXEC);
    return probe_result(fd);
}

static int send_datagram(const struct probe_target *t)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(a);
    char byte = 'x';
    (void)t;
    LK_AUTO_FD fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (void *)&a, sizeof(a)) < 0 ||
        getsockname(fd, (void *)&a, &len) < 0 ||
        sendto(fd, &byte, 1, 0, (void *)&a, sizeof(a)) != 1)
        return -errno;
    return recv(fd, &byte, 1, 0) == 1 ? 0 : -errno;
}

static int connect_tcp(const struct probe_target *t)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)t->tcp_port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    LK_AUTO_FD fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    return probe_result(connect(fd, (void *)&a, sizeof(a)));
}

static int list_interfaces(const struct probe_target *t)
{
    struct ifaddrs *list = NULL;
    (void)t;
    if (getifaddrs(&list) < 0)
        return -errno;
    int r = list ? 0 : -ENOENT;
    freeifaddrs(list);
    return r;
}

static int look_up_name(const struct probe_target *t)
{
    struct addrinfo *list = NULL;
    (void)t;
    if (getaddrinfo("localhost", "443", NULL, &list) != 0)
        return -ENOENT;
    freeaddrinfo(list);
    return 0;
}

static int ask_for_priority(const struct probe_target *t)
{
    struct sched_param sp = {.sched_priority = 5};
    (void)t;
    int r = pthread_setschedparam(pthread_self(), SCHED_RR, &sp);
    return r == 0 || r == EPERM ? 0 : -r;
}

const struct probe_attempt probe_needed[] = {
    {"threads", PROBE_BOTH, run_threads},
    {"shared memory", PROBE_BOTH, share_memory},
    {"compiled loops", PROBE_BOTH, compile_code},
    {"64 MiB of memory", PROBE_BOTH, use_much_memory},
    {"timers, events, signals", PROBE_BOTH, wait_for_things},
    {"descriptors on a channel", PROBE_BOTH, pass_descriptor},
    {"random bytes", PROBE_BOTH, make_random},
    {"printing and sleeping", PROBE_BOTH, print_and_sleep},
    {"soft refusals", PROBE_BOTH, ask_for_things_softly},
    {"null and random devices", PROBE_SUPERS, open_devices},
    {"its line", PROBE_CONSOLE, open_line},
    {"luukku-super's socket", PROBE_CONSOLE, probe_connect_control},
    {"a trail that is on the disk", PROBE_TRAIL, sync_file},
    {"files of the resolver", PROBE_NET, open_resolver},
    {"fonts", PROBE_FONTS, open_font},
    {"a sealed package", PROBE_LUUKKUD, probe_seal},
    {"UDP", PROBE_NET, send_datagram},
    {"TCP", PROBE_NET, connect_tcp},
    {"network interfaces", PROBE_NET, list_interfaces},
    {"names", PROBE_NET, look_up_name},
    {"real-time priority or a refusal", PROBE_RTC, ask_for_priority},
    {NULL, PROBE_BOTH, NULL},
};
