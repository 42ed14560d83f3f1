/* meter.c - what a command costs, with the daemons that work for it.
 *
 * Usage: bench-meter PID[,PID...]|- COMMAND...
 *
 * Runs the command; its last line of output is one of JSON: `ms` by the clock,
 * `cpu_ms` of the command and of what it started, and of the daemons meanwhile,
 * `pss_kb` the most memory of all of them together, looked at every 50 ms; its
 * exit code is the command's.
 */
#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAEMONS_MAX 8
#define LOOK_MS 50

struct daemons {
    pid_t pid[DAEMONS_MAX];
    size_t count;
};

/* utime and stime, milliseconds. */
static double cpu_of(pid_t pid)
{
    char path[64], text[1024] = "";
    (void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return 0;
    size_t n = fread(text, 1, sizeof(text) - 1, f);
    (void)fclose(f);
    text[n] = '\0';
    char *at = strrchr(text, ')');
    /* The 14th and 15th; the name was the second. */
    for (int field = 2; at && field < 14; field++)
        at = strchr(at + 1, ' ');
    if (!at)
        return 0;
    double ticks = (double)strtoul(at, &at, 10);
    ticks += (double)strtoul(at, NULL, 10);
    return ticks * 1000 / (double)sysconf(_SC_CLK_TCK);
}

/* Without shared memory: a page that was scanned lies in memory on both sides,
 * in a memfd of ours, in a file of a tmpfs of theirs, which no process is
 * charged for. */
static long pss_of(pid_t pid)
{
    char path[64], line[256];
    long kb = 0;
    (void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof(line), f)) {
        if (strncmp(line, "Pss:", 4) == 0)
            kb += strtol(line + 4, NULL, 10);
        if (strncmp(line, "Pss_Shmem:", 10) == 0)
            kb -= strtol(line + 10, NULL, 10);
    }
    if (f)
        (void)fclose(f);
    return kb;
}

static double cpu_of_all(const struct daemons *d)
{
    double ms = 0;
    for (size_t i = 0; i < d->count; i++)
        ms += cpu_of(d->pid[i]);
    return ms;
}

static long pss_of_all(const struct daemons *d, pid_t command)
{
    long kb = pss_of(command);
    for (size_t i = 0; i < d->count; i++)
        kb += pss_of(d->pid[i]);
    return kb;
}

static void parse(char *list, struct daemons *ret)
{
    for (char *at = list; *at && *at != '-' && ret->count < DAEMONS_MAX;) {
        ret->pid[ret->count++] = (pid_t)strtol(at, &at, 10);
        at += *at == ',';
    }
}

/* Until the command ends. Gives the most memory seen. */
static long watch(const struct daemons *d, pid_t command)
{
    long most = 0;
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, command, 0),
                         .events = POLLIN};
    do {
        long kb = pss_of_all(d, command);
        most = kb > most ? kb : most;
    } while (poll(&end, 1, LOOK_MS) == 0);
    close(end.fd);
    return most;
}

static double ms_of(struct timeval t)
{
    return (double)t.tv_sec * 1000 + (double)t.tv_usec / 1000;
}

int main(int argc, char **argv)
{
    struct daemons d = {.count = 0};
    struct rusage used;
    pid_t pid;
    int status = -1;
    if (argc < 3)
        return EXIT_FAILURE;
    parse(argv[1], &d);
    double before = cpu_of_all(&d);
    int64_t from = lk_clock_us();
    if (posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ) != 0)
        return EXIT_FAILURE;
    long most = watch(&d, pid);
    if (wait4(pid, &status, 0, &used) != pid)
        return EXIT_FAILURE;
    double ms = (double)(lk_clock_us() - from) / 1000;
    double cpu =
        ms_of(used.ru_utime) + ms_of(used.ru_stime) + cpu_of_all(&d) - before;
    (void)printf("{\"ms\":%.1f,\"cpu_ms\":%.1f,\"pss_kb\":%ld}\n", ms, cpu,
                 most);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
