/* The profile of luukkud: the session and the screen. Display and input, and no
 * network at all. */
#include "app/confine_impl.h"

#include <errno.h>

static const char *const groups[] = {"video", "render", "input", NULL};

static const struct confine_path paths[] = {
    /* to load: the data of libraries */
    {"/etc/fonts", CONFINE_READ | CONFINE_LATE},
    {"/etc/localtime", CONFINE_READ | CONFINE_LATE},
    {"/etc/machine-id", CONFINE_READ},
    {"/sys/devices/system/cpu", CONFINE_READ | CONFINE_LATE},
    /* Pango opens a font when the first letter of its script is drawn. */
    {"/usr/share/fonts", CONFINE_READ | CONFINE_LATE},
    {"/usr/local/share/fonts", CONFINE_READ | CONFINE_LATE},
    {"/usr/share/fontconfig", CONFINE_READ | CONFINE_LATE},
    {"/var/cache/fontconfig", CONFINE_READ | CONFINE_LATE},
    {"/usr/share/X11/locale", CONFINE_READ | CONFINE_LATE},
    {"/dev/null", CONFINE_DEVICE | CONFINE_LATE},
    {"/dev/zero", CONFINE_DEVICE},
    {"/dev/urandom", CONFINE_READ | CONFINE_DEVICE | CONFINE_LATE},
    /* the display and what is touched */
    {"/dev/dri", CONFINE_DEVICE | CONFINE_LATE | CONFINE_DISPLAY},
    {"/dev/input", CONFINE_DEVICE | CONFINE_LATE | CONFINE_DISPLAY},
    {"/dev/tty*", CONFINE_DEVICE | CONFINE_DISPLAY},
    {"/run/udev", CONFINE_READ | CONFINE_LATE | CONFINE_DISPLAY},
    {"/sys/class", CONFINE_READ | CONFINE_LATE | CONFINE_DISPLAY},
    {"/sys/devices", CONFINE_READ | CONFINE_LATE | CONFINE_DISPLAY},
    {"/sys/dev", CONFINE_READ | CONFINE_LATE | CONFINE_DISPLAY},
    {"/tmp/.X11-unix", CONFINE_SOCKET | CONFINE_DISPLAY},
    {"$XAUTHORITY", CONFINE_READ | CONFINE_DISPLAY},
    {"$XDG_RUNTIME_DIR/wayland-*", CONFINE_SOCKET | CONFINE_DISPLAY},
};

static const struct confine_call calls[] = {
    CONFINE_IOCTL('d'), /* DRM */
    CONFINE_IOCTL('E'), /* evdev */
    CONFINE_IOCTL('b'), /* dma-buf */
    /* X11's shared pictures; the IPC namespace is this program's own */
    {.name = "shmget"},
    {.name = "shmat"},
    {.name = "shmdt"},
    {.name = "shmctl"},
    {.name = "inotify_init1"}, /* SDL looks for new keyboards */
    {.name = "inotify_add_watch"},
    {.name = "fadvise64"}, /* fontconfig reads what it has cached */
};

static const struct confine_limit limits[] = {
    {256, RLIMIT_NOFILE, false},
    {256, RLIMIT_NPROC, true},
};

const struct confine_profile confine_luukkud = {
    .program = "luukkud",
    .id = 60801,
    .groups = groups,
    .network = false,
    .path = paths,
    .paths = LK_ARRAY_LEN(paths),
    .call = calls,
    .calls = LK_ARRAY_LEN(calls),
    .limit = limits,
    .limits = LK_ARRAY_LEN(limits),
};
