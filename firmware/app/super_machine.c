#include "app/super_machine.h"

#include "app/super_machine_impl.h"
#include "app/super_time.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The value of the first line "name<spaces>: value" or "name: value". */
static void find_value(const char *text, const char *name, char *ret,
                       size_t cap)
{
    size_t len = strlen(name);
    ret[0] = 0;
    for (const char *at = text; at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, name, len) != 0)
            continue;
        const char *v = at + len;
        v += strspn(v, " \t");
        if (*v++ != ':')
            continue;
        v += strspn(v, " \t");
        (void)snprintf(ret, cap, "%.*s", (int)strcspn(v, "\n"), v);
        return;
    }
}

static void read_root(const struct super_machine *m, const char *file,
                      char *ret, size_t cap)
{
    char path[MACHINE_PATH_MAX];
    ret[0] = 0;
    if (machine_path(m, path, sizeof(path), "%s", file) < 0 ||
        machine_read(path, ret, cap) < 0)
        ret[0] = 0;
}

static json_t *number_or_null(int64_t n)
{
    return n < 0 ? json_null() : json_integer(n);
}

static json_t *cpu(const struct super_machine *m)
{
    char text[MACHINE_FILE_MAX];
    char model[128];
    double load[3] = {0, 0, 0};
    read_root(m, "/proc/cpuinfo", text, sizeof(text));
    find_value(text, "model name", model, sizeof(model));
    if (!model[0])
        find_value(text, "Model", model, sizeof(model));
    if (getloadavg(load, 3) < 0)
        return json_pack("{s:s,s:I,s:n}", "model", model, "cores",
                         (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "load");
    return json_pack("{s:s,s:I,s:[f,f,f]}", "model", model, "cores",
                     (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "load", load[0],
                     load[1], load[2]);
}

static json_t *memory(const struct super_machine *m)
{
    char text[MACHINE_FILE_MAX];
    char value[64];
    read_root(m, "/proc/meminfo", text, sizeof(text));
    find_value(text, "MemTotal", value, sizeof(value));
    int64_t total = value[0] ? strtoll(value, NULL, 10) : -1;
    find_value(text, "MemAvailable", value, sizeof(value));
    int64_t available = value[0] ? strtoll(value, NULL, 10) : -1;
    return json_pack("{s:o,s:o}", "total_kb", number_or_null(total),
                     "available_kb", number_or_null(available));
}

static void add_zone(void *arg, const struct super_machine *m,
                     const char *entry)
{
    static const char dir[] = "/sys/class/thermal";
    char name[64];
    int64_t milli = machine_number(m, dir, entry, "temp", INT64_MIN);
    machine_line(m, dir, entry, "type", name, sizeof(name));
    if (milli != INT64_MIN)
        (void)json_array_append_new(arg,
                                    json_pack("{s:s,s:f}", "name", name,
                                              "celsius", (double)milli / 1000));
}

static json_t *temperature(const struct super_machine *m)
{
    json_t *list = json_array();
    if (list)
        machine_each(m, "/sys/class/thermal", "thermal_zone", add_zone, list);
    return list;
}

struct mount {
    char device[256];
    char path[256];
    char type[64];
    char options[512];
};

/* Of several views of one device the first stands for all. */
static bool is_listed(json_t *list, const char *device)
{
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(list, i, one)
    {
        const char *had = json_string_value(json_object_get(one, "device"));
        if (had && strcmp(had, device) == 0)
            return true;
    }
    return false;
}

static void add_mount(json_t *list, const struct mount *mount)
{
    struct statvfs v;
    bool root = strcmp(mount->path, "/") == 0;
    if ((strncmp(mount->device, "/dev/", 5) != 0 && !root) ||
        is_listed(list, mount->device) || statvfs(mount->path, &v) < 0 ||
        json_array_size(list) >= SUPER_MACHINE_LIST_MAX)
        return;
    json_int_t unit = (json_int_t)v.f_frsize;
    (void)json_array_append_new(
        list, json_pack("{s:s,s:s,s:s,s:I,s:I,s:b}", "path", mount->path,
                        "device", mount->device, "type", mount->type,
                        "total_kb", (json_int_t)v.f_blocks * unit / 1024,
                        "free_kb", (json_int_t)v.f_bavail * unit / 1024,
                        "read_only", (v.f_flag & ST_RDONLY) != 0));
}

static json_t *storage(const struct super_machine *m)
{
    char text[MACHINE_FILE_MAX];
    struct mount mount;
    json_t *list = json_array();
    read_root(m, "/proc/mounts", text, sizeof(text));
    for (const char *at = text; list && *at;
         at += strcspn(at, "\n"), at += *at == '\n')
        if (sscanf(at, "%255s %255s %63s %511s", mount.device, mount.path,
                   mount.type, mount.options) == 4)
            add_mount(list, &mount);
    return list;
}

static json_t *machine_clock(int64_t floor_s)
{
    struct timex t = {.modes = 0};
    char at[SUPER_TIME_MAX];
    int64_t now_us = lk_clock_wall_us();
    bool known = adjtimex(&t) >= 0;
    super_time_text(now_us, at);
    return json_pack("{s:s,s:o,s:b}", "at", at, "synchronised",
                     known ? json_boolean(!(t.status & STA_UNSYNC))
                           : json_null(),
                     "sane", now_us / 1000000 >= floor_s);
}

const struct super_machine super_machine_here = {.root = ""};

json_t *super_machine_version(const char *version)
{
    struct utsname u;
    if (uname(&u) < 0)
        return json_pack("{s:s,s:n,s:n}", "version", version, "kernel",
                         "machine");
    return json_pack("{s:s,s:s,s:s}", "version", version, "kernel", u.release,
                     "machine", u.machine);
}

json_t *super_machine_hardware(const struct super_machine *m, int64_t floor_s)
{
    struct utsname u;
    char text[64];
    bool known = uname(&u) == 0;
    read_root(m, "/proc/uptime", text, sizeof(text));
    int64_t up_s = text[0] ? strtoll(text, NULL, 10) : -1;
    return json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o}", "machine",
                     known ? u.machine : "", "kernel", known ? u.release : "",
                     "uptime_s", number_or_null(up_s), "clock",
                     machine_clock(floor_s), "cpu", cpu(m), "memory", memory(m),
                     "temperature", temperature(m), "storage", storage(m));
}

int64_t super_machine_memory_kb(const struct super_machine *m, int pid)
{
    char file[64];
    char text[4096];
    char value[64];
    (void)snprintf(file, sizeof(file), "/proc/%d/status", pid);
    read_root(m, file, text, sizeof(text));
    find_value(text, "VmRSS", value, sizeof(value));
    return value[0] ? strtoll(value, NULL, 10) : -1;
}
