#include "app/super_backlight.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NUMBER_MAX 24

/* The most that a light can give. */
static int read_most(int light, unsigned long *ret)
{
    char text[NUMBER_MAX] = "";
    char *end = NULL;
    LK_AUTO_FD fd = openat(light, "max_brightness", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (read(fd, text, sizeof(text) - 1) < 0)
        return -errno;
    unsigned long n = strtoul(text, &end, 10);
    if (end == text || n == 0 || n > 0xffffffffUL)
        return -EBADMSG;
    *ret = n;
    return 0;
}

static int set_light(const char *dir, const char *name, unsigned percent)
{
    char text[NUMBER_MAX];
    char path[PATH_MAX];
    unsigned long most = 0;
    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    LK_AUTO_FD light = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = light < 0 ? -errno : read_most(light, &most);
    if (r < 0)
        return r;
    unsigned long to = (most * percent + 50) / 100;
    int n = snprintf(text, sizeof(text), "%lu", LK_MAX(to, 1UL));
    LK_AUTO_FD fd = openat(light, "brightness", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, (size_t)n) != n)
        return -errno;
    return 0;
}

/* Calls set_light() for each when `percent` is not 0. */
static int each_light(const char *dir, unsigned percent)
{
    struct dirent **entry = NULL;
    int lights = 0;
    int first = 0;
    int n = scandir(dir, &entry, NULL, alphasort);
    if (n < 0)
        return errno == ENOENT ? 0 : -errno;
    for (int i = 0; i < n; i++) {
        if (entry[i]->d_name[0] != '.' && lights < SUPER_BACKLIGHT_MAX) {
            int r = percent > 0 ? set_light(dir, entry[i]->d_name, percent) : 0;
            first = first == 0 ? r : first;
            lights++;
        }
        free(entry[i]);
    }
    free((void *)entry);
    return first < 0 ? first : lights;
}

unsigned super_backlight_count(const char *dir)
{
    int n = each_light(dir, 0);
    return n > 0 ? (unsigned)n : 0;
}

int super_backlight_set(const char *dir, unsigned percent)
{
    return each_light(dir, percent);
}
