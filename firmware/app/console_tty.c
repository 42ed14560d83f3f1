#include "app/console_tty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static const struct {
    unsigned baud;
    speed_t speed;
} speeds[] = {
    {9600, B9600},   {19200, B19200},   {38400, B38400},
    {57600, B57600}, {115200, B115200},
};

static int set_speed(struct termios *t, unsigned baud)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(speeds); i++)
        if (speeds[i].baud == baud)
            return cfsetspeed(t, speeds[i].speed) < 0 ? -errno : 0;
    return baud == 0 ? 0 : -EINVAL;
}

int console_tty_open(const char *path, unsigned baud)
{
    struct termios t;
    LK_AUTO_FD fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || tcgetattr(fd, &t) < 0)
        return -errno;
    cfmakeraw(&t);
    t.c_iflag |= IGNBRK;
    t.c_cflag |= CLOCAL | CREAD;
    t.c_cflag &= ~(tcflag_t)CRTSCTS;
    int r = set_speed(&t, baud);
    if (r < 0)
        return r;
    return tcsetattr(fd, TCSANOW, &t) < 0 ? -errno : lk_fd_take(&fd);
}

int console_tty_pair(char *ret, size_t cap)
{
    LK_AUTO_FD fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0)
        return -errno;
    int r = ptsname_r(fd, ret, cap);
    if (r != 0)
        return -r;
    int other = console_tty_open(ret, 0); /* stays open */
    return other < 0 ? other : lk_fd_take(&fd);
}
