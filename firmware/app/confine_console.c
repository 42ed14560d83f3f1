/* The profile of luukku-console: its line and the control socket. It is started
 * by the system, one for each line, so that it answers when luukku-super does
 * not: of the walls it puts up those that a program can put up by itself. Its
 * trail is open before. */
#include "app/confine_impl.h"

#include <asm/termbits.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static const char *const groups[] = {NULL};

#define IOCTL(number)                                                    \
    {                                                                    \
        .name = "ioctl", .argument = { {1, CONFINE_INT_MASK, (number)} } \
    }

static const struct confine_call calls[] = {
    {.name = "socket", .argument = {{0, CONFINE_INT_MASK, AF_UNIX}}},
    {.name = "connect"},
    {.name = "fdatasync"},
    IOCTL(TCGETS),
    IOCTL(TCSETS),
    IOCTL(TCSETSF),
    IOCTL(TCFLSH),
};

int confine_console_apply(const char *line, struct confine_report *ret)
{
    const struct confine_path paths[] = {
        {line, CONFINE_DEVICE | CONFINE_LATE},
    };
    const struct confine_profile profile = {
        .program = "luukku-console",
        .groups = groups,
        .path = paths,
        .paths = LK_ARRAY_LEN(paths),
        .call = calls,
        .calls = LK_ARRAY_LEN(calls),
    };
    return confine_apply(&profile, ret);
}
