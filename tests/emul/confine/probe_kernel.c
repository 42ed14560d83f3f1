/* Calls into the kernel that no program of ours has a use for. */
#include "probe.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define CALLS(name, call)                         \
    static int name(const struct probe_target *t) \
    {                                             \
        (void)t;                                  \
        return probe_result(call);                \
    }                                             \
    struct probe_swallow_semicolon

CALLS(mount_something, mount("none", "/tmp", "tmpfs", 0, NULL));
CALLS(unmount, umount2("/proc", MNT_DETACH));
CALLS(change_root, chroot("/usr"));
CALLS(unshare_user, unshare(CLONE_NEWUSER));
CALLS(unshare_net, unshare(CLONE_NEWNET));
CALLS(enter_namespace, setns(0, 0));
CALLS(clone_tree, syscall(SYS_open_tree, -100, "/", 1));
CALLS(load_bpf, syscall(SYS_bpf, 0, NULL, 0));
CALLS(add_key, syscall(SYS_add_key, "user", "luukku", "x", 1, -3));
CALLS(control_keys, syscall(SYS_keyctl, 0, -3, 1));
CALLS(ring_setup, syscall(SYS_io_uring_setup, 1, NULL));
CALLS(perf_open, syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
CALLS(load_module, syscall(SYS_init_module, "", 0, ""));
CALLS(load_module_file, syscall(SYS_finit_module, 0, "", 0));
CALLS(load_kernel, syscall(SYS_kexec_load, 0, 0, NULL, 0));
/* Harmless where it is let through: switches Ctrl-Alt-Del to a signal. */
CALLS(reboot_machine, reboot(RB_DISABLE_CAD));
CALLS(type_for_user, ioctl(0, TIOCSTI, "x"));
CALLS(paste_for_user, ioctl(0, 0x541c /* TIOCLINUX */, "\3"));
CALLS(type_with_high_bits, syscall(SYS_ioctl, 0, 0x100000000UL | TIOCSTI, "x"));
CALLS(fault_handler, syscall(SYS_userfaultfd, 0));
CALLS(be_root, syscall(SYS_setuid, 0));
CALLS(be_dumpable, prctl(PR_SET_DUMPABLE, 1));
CALLS(be_orphan, prctl(PR_SET_PDEATHSIG, 0));
CALLS(change_personality, personality(ADDR_NO_RANDOMIZE));
CALLS(set_time, settimeofday(NULL, &(struct timezone){0}));
CALLS(set_host_name, sethostname("x", 1));
CALLS(read_kernel_log, klogctl(10, NULL, 0));
CALLS(open_by_handle, syscall(SYS_open_by_handle_at, -100, NULL, 0));
CALLS(watch_files, syscall(SYS_fanotify_init, 0, 0));
CALLS(take_descriptor, syscall(SYS_pidfd_getfd, 0, 0, 0));
CALLS(make_session, setsid());

static int limit_others(const struct probe_target *t)
{
    struct rlimit l = {.rlim_cur = 0, .rlim_max = 0};
    return probe_result(prlimit(t->sibling, RLIMIT_NOFILE, &l, NULL));
}

static int raise_own_limit(const struct probe_target *t)
{
    struct rlimit l = {.rlim_cur = 1UL << 20, .rlim_max = 1UL << 20};
    (void)t;
    return probe_result(setrlimit(RLIMIT_NOFILE, &l));
}

const struct probe_attempt probe_kernel[] = {
    {"mount", PROBE_BOTH, mount_something},
    {"umount", PROBE_BOTH, unmount},
    {"chroot", PROBE_BOTH, change_root},
    {"unshare a user namespace", PROBE_BOTH, unshare_user},
    {"unshare a network namespace", PROBE_BOTH, unshare_net},
    {"setns", PROBE_BOTH, enter_namespace},
    {"open_tree", PROBE_BOTH, clone_tree},
    {"bpf", PROBE_BOTH, load_bpf},
    {"add_key", PROBE_BOTH, add_key},
    {"keyctl", PROBE_BOTH, control_keys},
    {"io_uring_setup", PROBE_BOTH, ring_setup},
    {"perf_event_open", PROBE_BOTH, perf_open},
    {"init_module", PROBE_BOTH, load_module},
    {"finit_module", PROBE_BOTH, load_module_file},
    {"kexec_load", PROBE_BOTH, load_kernel},
    {"reboot", PROBE_BOTH, reboot_machine},
    {"TIOCSTI", PROBE_BOTH, type_for_user},
    {"TIOCLINUX", PROBE_BOTH, paste_for_user},
    {"TIOCSTI with high bits set", PROBE_BOTH, type_with_high_bits},
    {"userfaultfd", PROBE_BOTH, fault_handler},
    {"setuid 0", PROBE_BOTH, be_root},
    {"become dumpable", PROBE_BOTH, be_dumpable},
    {"outlive super", PROBE_BOTH, be_orphan},
    {"personality", PROBE_BOTH, change_personality},
    {"set the time zone", PROBE_BOTH, set_time},
    {"set the host name", PROBE_BOTH, set_host_name},
    {"read the kernel's log", PROBE_BOTH, read_kernel_log},
    {"open_by_handle_at", PROBE_BOTH, open_by_handle},
    {"fanotify_init", PROBE_BOTH, watch_files},
    {"pidfd_getfd", PROBE_BOTH, take_descriptor},
    {"setsid", PROBE_BOTH, make_session},
    {"limit a sibling", PROBE_BOTH, limit_others},
    {"raise own limit", PROBE_BOTH, raise_own_limit},
    {NULL, PROBE_BOTH, NULL},
};
