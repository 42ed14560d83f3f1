/* Reading the kernel's small files, and what they say of panel and input. */
#include "app/super_machine_impl.h"

#include "base/defs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/input-event-codes.h>

int machine_path(const struct super_machine *m, char *ret, size_t cap,
                 const char *fmt, ...)
{
    int at = snprintf(ret, cap, "%s", m->root);
    if (at < 0 || (size_t)at >= cap)
        return -ENAMETOOLONG;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(ret + at, cap - (size_t)at, fmt, ap);
    va_end(ap);
    return n < 0 || (size_t)n >= cap - (size_t)at ? -ENAMETOOLONG : 0;
}

int machine_read(const char *path, char *ret, size_t cap)
{
    LK_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    size_t len = 0;
    if (fd < 0)
        return -errno;
    while (len + 1 < cap) {
        ssize_t n = read(fd, ret + len, cap - 1 - len);
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    for (size_t i = 0; i < len; i++)
        if (ret[i] != '\n' && ret[i] != '\t' && (ret[i] < ' ' || ret[i] > '~'))
            ret[i] = '?';
    ret[len] = 0;
    return (int)len;
}

void machine_line(const struct super_machine *m, const char *dir,
                  const char *entry, const char *name, char *ret, size_t cap)
{
    char path[MACHINE_PATH_MAX];
    ret[0] = 0;
    if (machine_path(m, path, sizeof(path), "%s/%s/%s", dir, entry, name) < 0 ||
        machine_read(path, ret, cap) < 0)
        ret[0] = 0;
    ret[strcspn(ret, "\n")] = 0;
}

int64_t machine_number(const struct super_machine *m, const char *dir,
                       const char *entry, const char *name, int64_t other)
{
    char text[32];
    char *end = NULL;
    machine_line(m, dir, entry, name, text, sizeof(text));
    long long n = strtoll(text, &end, 10);
    return end == text || *end ? other : n;
}

void machine_each(const struct super_machine *m, const char *dir,
                  const char *prefix,
                  void (*fn)(void *arg, const struct super_machine *m,
                             const char *entry),
                  void *arg)
{
    char path[MACHINE_PATH_MAX];
    struct dirent **list = NULL;
    int given = 0;
    if (machine_path(m, path, sizeof(path), "%s", dir) < 0)
        return;
    int n = scandir(path, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *name = list[i]->d_name;
        if (name[0] != '.' && strncmp(name, prefix, strlen(prefix)) == 0 &&
            given < SUPER_MACHINE_LIST_MAX) {
            given++;
            fn(arg, m, name);
        }
        free(list[i]);
    }
    if (n >= 0)
        free(list);
}

struct panels {
    int connected;
    int all;
};

static void count_panel(void *arg, const struct super_machine *m,
                        const char *entry)
{
    struct panels *p = arg;
    char status[32];
    machine_line(m, "/sys/class/drm", entry, "status", status, sizeof(status));
    p->all += status[0] != 0;
    p->connected += strcmp(status, "connected") == 0;
}

void super_machine_panels(const struct super_machine *m, int *ret_connected,
                          int *ret_all)
{
    struct panels p = {.all = 0};
    machine_each(m, "/sys/class/drm", "card", count_panel, &p);
    *ret_connected = p.connected;
    *ret_all = p.all;
}

/* Bit `n` of a bitmap as sysfs writes it: words of `long`, the last one first
 * in value. */
static bool has_bit(const char *map, unsigned n)
{
    unsigned long words[32] = {0};
    size_t count = 0;
    while (*map && count < LK_ARRAY_LEN(words)) {
        char *end = NULL;
        unsigned long v = strtoul(map, &end, 16);
        if (end == map)
            break;
        words[count++] = v;
        map = end;
    }
    const unsigned bits = 8 * sizeof(long);
    size_t from_end = n / bits;
    return from_end < count && words[count - 1 - from_end] >> (n % bits) & 1UL;
}

static void look_touch(void *arg, const struct super_machine *m,
                       const char *entry)
{
    bool *has = arg;
    char map[512];
    machine_line(m, "/sys/class/input", entry, "device/capabilities/abs", map,
                 sizeof(map));
    bool many = has_bit(map, ABS_MT_POSITION_X);
    bool one = has_bit(map, ABS_X);
    machine_line(m, "/sys/class/input", entry, "device/capabilities/key", map,
                 sizeof(map));
    *has = *has || many || (one && has_bit(map, BTN_TOUCH));
}

bool super_machine_has_touch(const struct super_machine *m)
{
    bool has = false;
    machine_each(m, "/sys/class/input", "event", look_touch, &has);
    return has;
}

static void look_digits(void *arg, const struct super_machine *m,
                        const char *entry)
{
    bool *has = arg;
    char map[512];
    machine_line(m, "/sys/class/input", entry, "device/capabilities/key", map,
                 sizeof(map));
    *has = *has || (has_bit(map, KEY_1) && has_bit(map, KEY_0)) ||
           (has_bit(map, KEY_KP1) && has_bit(map, KEY_KP0));
}

bool super_machine_has_digits(const struct super_machine *m)
{
    bool has = false;
    machine_each(m, "/sys/class/input", "event", look_digits, &has);
    return has;
}
