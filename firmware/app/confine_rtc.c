/* The profile of luukku-rtc: network, camera and sound. No disk, no display. */
#include "app/confine_impl.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/netlink.h>

static const char *const groups[] = {"audio", NULL};

static const struct confine_path paths[] = {
    /* to load: the data of libraries and plug-ins */
    {"/etc/ssl/openssl.cnf", CONFINE_READ | CONFINE_LATE},
    {"/etc/localtime", CONFINE_READ | CONFINE_LATE},
    {"/etc/machine-id", CONFINE_READ | CONFINE_LATE},
    {"/sys/devices/system/cpu", CONFINE_READ | CONFINE_LATE},
    CONFINE_PATHS_OF_NAMES,
    /* sound; cameras come as descriptors */
    {"/dev/null", CONFINE_DEVICE | CONFINE_LATE},
    {"/dev/zero", CONFINE_DEVICE},
    {"/dev/urandom", CONFINE_READ | CONFINE_DEVICE | CONFINE_LATE},
    {"/dev/snd", CONFINE_DEVICE | CONFINE_LATE},
    {"/sys/class/sound", CONFINE_READ | CONFINE_LATE},
    /* voices, and recordings for languages that have none */
    {"/usr/lib/*/espeak-ng-data", CONFINE_READ | CONFINE_LATE},
    {"/usr/share/luukku/prompts", CONFINE_READ | CONFINE_LATE},
    {"/usr/share/alsa", CONFINE_READ | CONFINE_LATE},
    {"/etc/asound.conf", CONFINE_READ | CONFINE_LATE},
    {"/etc/alsa", CONFINE_READ | CONFINE_LATE},
    {"/etc/pulse", CONFINE_READ | CONFINE_LATE | CONFINE_SOUND},
    {"$XDG_RUNTIME_DIR/pulse",
     CONFINE_READ | CONFINE_SOCKET | CONFINE_LATE | CONFINE_SOUND},
};

static const struct confine_call calls[] = {
    CONFINE_CALLS_OF_NETWORK,
    {.name = "socket", /* news of cameras, as udev asks for: not needed */
     .error = EAFNOSUPPORT,
     .argument = {{0, CONFINE_INT_MASK, AF_NETLINK},
                  {2, CONFINE_INT_MASK, NETLINK_KOBJECT_UEVENT}}},
    CONFINE_IOCTL('V'),  /* V4L2 */
    CONFINE_IOCTL('A'),  /* ALSA's PCM */
    CONFINE_IOCTL('U'),  /* its mixer */
    CONFINE_IOCTL(0x89), /* SIOCGIF* */
    /* Whether anything keeps the clock right; setting it takes CAP_SYS_TIME. */
    {.name = "clock_adjtime",
     .argument = {{0, CONFINE_INT_MASK, CLOCK_REALTIME}}},
    {.name = "adjtimex"},
    /* The transport's thread has real-time priority where RLIMIT_RTPRIO lets
     * it; GLib's pools copy a thread's scheduling. */
    {.name = "sched_setscheduler"},
    {.name = "sched_setattr"},
};

static const struct confine_limit limits[] = {
    {512, RLIMIT_NOFILE, false},
    {512, RLIMIT_NPROC, true},
    {10, RLIMIT_RTPRIO, false},
};

const struct confine_profile confine_rtc = {
    .program = "luukku-rtc",
    .id = 60802,
    .groups = groups,
    .network = true,
    .path = paths,
    .paths = LK_ARRAY_LEN(paths),
    .call = calls,
    .calls = LK_ARRAY_LEN(calls),
    .limit = limits,
    .limits = LK_ARRAY_LEN(limits),
};
