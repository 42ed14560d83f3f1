/* Files, programs, sockets and other processes: what must not be reached. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/if_packet.h>

int probe_result(long r)
{
    return r < 0 ? -errno : 0;
}

int probe_connect_control(const struct probe_target *t)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    LK_AUTO_FD fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    memcpy(a.sun_path, t->control, sizeof(t->control));
    return probe_result(connect(fd, (void *)&a, sizeof(a)));
}

static int try_open(const char *path, int flags)
{
    LK_AUTO_FD fd = open(path, flags | O_CLOEXEC, 0600);
    return probe_result(fd);
}

#define OPENS(name, path, flags)                  \
    static int name(const struct probe_target *t) \
    {                                             \
        (void)t;                                  \
        return try_open((path), (flags));         \
    }                                             \
    struct probe_swallow_semicolon

OPENS(open_shadow, "/etc/shadow", O_RDONLY);
OPENS(open_passwd, "/etc/passwd", O_RDONLY);
OPENS(open_key, t->key, O_RDONLY);
OPENS(open_key_to_write, t->key, O_WRONLY);
OPENS(list_root, "/", O_RDONLY | O_DIRECTORY);
OPENS(list_usb, "/dev/bus/usb", O_RDONLY | O_DIRECTORY);
OPENS(open_usb, "/dev/bus/usb/001/001", O_RDWR);
OPENS(open_mem, "/dev/mem", O_RDONLY);
OPENS(open_kmsg, "/dev/kmsg", O_RDONLY);
OPENS(open_disk, "/dev/vda", O_RDONLY);
OPENS(open_fuse, "/dev/fuse", O_RDWR);
OPENS(open_uinput, "/dev/uinput", O_WRONLY);
OPENS(open_own_mem, "/proc/self/mem", O_RDWR);
OPENS(open_sysctl, "/proc/sys/kernel/core_pattern", O_WRONLY);
OPENS(create_in_tmp, "/tmp/luukku-probe", O_CREAT | O_WRONLY);
OPENS(create_in_shm, "/dev/shm/luukku-probe", O_CREAT | O_WRONLY);
OPENS(create_nameless, "/tmp", O_TMPFILE | O_WRONLY);
OPENS(create_in_run, "/run/luukku-probe", O_CREAT | O_WRONLY);

static int open_process(pid_t pid, const char *what)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
    return try_open(path, O_RDONLY);
}

static int read_memory_of_super(const struct probe_target *t)
{
    return open_process(t->super, "mem");
}

static int read_memory_of_sibling(const struct probe_target *t)
{
    return open_process(t->sibling, "mem");
}

static int read_environment_of_super(const struct probe_target *t)
{
    return open_process(t->super, "environ");
}

static int vm_readv(const struct probe_target *t, pid_t pid)
{
    char got[sizeof(PROBE_SECRET)];
    struct iovec to = {.iov_base = got, .iov_len = sizeof(got)};
    struct iovec from = {.iov_base = (void *)(uintptr_t)t->secret,
                         .iov_len = sizeof(got)};
    return probe_result(process_vm_readv(pid, &to, 1, &from, 1, 0));
}

static int vm_readv_super(const struct probe_target *t)
{
    return vm_readv(t, t->super);
}

static int vm_readv_sibling(const struct probe_target *t)
{
    return vm_readv(t, t->sibling);
}

static int trace_super(const struct probe_target *t)
{
    return probe_result(ptrace(PTRACE_SEIZE, t->super, NULL, NULL));
}

static int trace_sibling(const struct probe_target *t)
{
    return probe_result(ptrace(PTRACE_SEIZE, t->sibling, NULL, NULL));
}

static int kill_super(const struct probe_target *t)
{
    return probe_result(kill(t->super, 0));
}

static int kill_sibling(const struct probe_target *t)
{
    return probe_result(kill(t->sibling, SIGCONT));
}

static int tgkill_sibling(const struct probe_target *t)
{
    return probe_result(syscall(SYS_tgkill, t->sibling, t->sibling, SIGCONT));
}

static int pidfd_of_sibling(const struct probe_target *t)
{
    return probe_result(syscall(SYS_pidfd_open, t->sibling, 0));
}

static int run_program(const struct probe_target *t)
{
    (void)t;
    execl("/bin/true", "true", NULL);
    return -errno;
}

static int run_nameless_program(const struct probe_target *t)
{
    char *const argv[] = {NULL};
    (void)t;
    LK_AUTO_FD fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);
    syscall(SYS_execveat, fd < 0 ? 0 : fd, "", argv, argv, AT_EMPTY_PATH);
    return -errno;
}

static int make_process(const struct probe_target *t)
{
    (void)t;
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return probe_result(pid);
}

static int make_process_in_namespace(const struct probe_target *t)
{
    (void)t;
    long r = syscall(SYS_clone, 0x10000000UL /* CLONE_NEWUSER */ | SIGCHLD, 0,
                     0, 0, 0);
    if (r == 0)
        _exit(0);
    return probe_result(r);
}

static int open_socket(int family, int type, int protocol)
{
    LK_AUTO_FD fd = socket(family, type | SOCK_CLOEXEC, protocol);
    return probe_result(fd);
}

#define SOCKET(name, family, type, protocol)              \
    static int name(const struct probe_target *t)         \
    {                                                     \
        (void)t;                                          \
        return open_socket((family), (type), (protocol)); \
    }                                                     \
    struct probe_swallow_semicolon

SOCKET(socket_inet, AF_INET, SOCK_DGRAM, 0);
SOCKET(socket_inet_stream, AF_INET, SOCK_STREAM, 0);
SOCKET(socket_inet6, AF_INET6, SOCK_DGRAM, 0);
SOCKET(socket_inet_raw, AF_INET, SOCK_RAW, 1);
SOCKET(socket_netlink, AF_NETLINK, SOCK_RAW, 0);
SOCKET(socket_netlink_audit, AF_NETLINK, SOCK_RAW, 9);
SOCKET(socket_netlink_uevent, AF_NETLINK, SOCK_RAW, 15);
SOCKET(socket_packet, AF_PACKET, SOCK_RAW, 0x300);
SOCKET(socket_unix, AF_UNIX, SOCK_STREAM, 0);
SOCKET(socket_vsock, AF_VSOCK, SOCK_STREAM, 0);
SOCKET(socket_bluetooth, AF_BLUETOOTH, SOCK_RAW, 1);
SOCKET(socket_can, AF_CAN, SOCK_RAW, 1);
SOCKET(socket_alg, AF_ALG, SOCK_SEQPACKET, 0);

static int listen_on_network(const struct probe_target *t)
{
    (void)t;
    LK_AUTO_FD fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? -errno : probe_result(listen(fd, 1));
}

static int change_mode(const struct probe_target *t)
{
    return probe_result(chmod(t->key, 0600));
}

static int remove_file(const struct probe_target *t)
{
    return probe_result(unlink(t->key));
}

static int rename_file(const struct probe_target *t)
{
    return probe_result(rename(t->key, "/tmp/luukku-probe"));
}

static int make_link(const struct probe_target *t)
{
    return probe_result(symlink(t->key, "/tmp/luukku-probe"));
}

static int make_node(const struct probe_target *t)
{
    (void)t;
    return probe_result(mknod("/tmp/luukku-probe", S_IFCHR | 0600, 0x101));
}

static int make_directory(const struct probe_target *t)
{
    (void)t;
    return probe_result(mkdir("/tmp/luukku-probe", 0700));
}

static int truncate_file(const struct probe_target *t)
{
    return probe_result(truncate(t->key, 0));
}

const struct probe_attempt probe_forbidden[] = {
    {"open /etc/shadow", PROBE_BOTH, open_shadow},
    {"open /etc/passwd", PROBE_BOTH, open_passwd},
    {"open the device key", PROBE_BOTH, open_key},
    {"open the device key to write", PROBE_BOTH, open_key_to_write},
    {"list /", PROBE_BOTH, list_root},
    {"list USB devices", PROBE_BOTH, list_usb},
    {"open a USB device", PROBE_BOTH, open_usb},
    {"open /dev/mem", PROBE_BOTH, open_mem},
    {"open /dev/kmsg", PROBE_BOTH, open_kmsg},
    {"open a disk", PROBE_BOTH, open_disk},
    {"open /dev/fuse", PROBE_BOTH, open_fuse},
    {"open /dev/uinput", PROBE_BOTH, open_uinput},
    {"open own memory", PROBE_BOTH, open_own_mem},
    {"open a sysctl to write", PROBE_BOTH, open_sysctl},
    {"create a file in /tmp", PROBE_BOTH, create_in_tmp},
    {"create a file in /dev/shm", PROBE_BOTH, create_in_shm},
    {"create a file in /run", PROBE_BOTH, create_in_run},
    {"create a nameless file", PROBE_BOTH, create_nameless},
    {"chmod", PROBE_BOTH, change_mode},
    {"unlink", PROBE_BOTH, remove_file},
    {"rename", PROBE_BOTH, rename_file},
    {"symlink", PROBE_BOTH, make_link},
    {"mknod", PROBE_BOTH, make_node},
    {"mkdir", PROBE_BOTH, make_directory},
    {"truncate", PROBE_BOTH, truncate_file},
    {"read super's memory", PROBE_BOTH, read_memory_of_super},
    {"read a sibling's memory", PROBE_BOTH, read_memory_of_sibling},
    {"read super's environment", PROBE_BOTH, read_environment_of_super},
    {"process_vm_readv super", PROBE_BOTH, vm_readv_super},
    {"process_vm_readv a sibling", PROBE_BOTH, vm_readv_sibling},
    {"ptrace super", PROBE_BOTH, trace_super},
    {"ptrace a sibling", PROBE_BOTH, trace_sibling},
    {"kill super", PROBE_BOTH, kill_super},
    {"kill a sibling", PROBE_BOTH, kill_sibling},
    {"tgkill a sibling", PROBE_BOTH, tgkill_sibling},
    {"pidfd_open a sibling", PROBE_BOTH, pidfd_of_sibling},
    {"exec", PROBE_BOTH, run_program},
    {"execveat", PROBE_BOTH, run_nameless_program},
    {"fork", PROBE_BOTH, make_process},
    {"fork into a namespace", PROBE_BOTH, make_process_in_namespace},
    {"socket AF_INET", PROBE_LOCAL, socket_inet},
    {"socket AF_INET stream", PROBE_LOCAL, socket_inet_stream},
    {"socket AF_INET6", PROBE_LOCAL, socket_inet6},
    {"socket AF_NETLINK", PROBE_LOCAL, socket_netlink},
    {"socket AF_UNIX", PROBE_SILENT, socket_unix},
    {"socket AF_INET raw", PROBE_BOTH, socket_inet_raw},
    {"socket AF_NETLINK audit", PROBE_BOTH, socket_netlink_audit},
    {"socket AF_NETLINK uevent", PROBE_BOTH, socket_netlink_uevent},
    {"socket AF_PACKET", PROBE_BOTH, socket_packet},
    {"socket AF_VSOCK", PROBE_BOTH, socket_vsock},
    {"socket AF_BLUETOOTH", PROBE_BOTH, socket_bluetooth},
    {"socket AF_CAN", PROBE_BOTH, socket_can},
    {"socket AF_ALG", PROBE_BOTH, socket_alg},
    {"connect to the control socket", PROBE_SUPERS, probe_connect_control},
    {"listen on the network", PROBE_BOTH, listen_on_network},
    {NULL, PROBE_BOTH, NULL},
};
