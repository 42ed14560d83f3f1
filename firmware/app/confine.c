#include "app/confine.h"

#include "app/confine_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/capability.h>

#define GROUPS_MAX 8

static const char *const wall_name[CONFINE_WALLS] = {
    "user",   "caps",   "root",     "net",    "ipc",
    "limits", "nodump", "landlock", "seccomp"};

const char *confine_program(const struct confine_profile *p)
{
    return p->program;
}

/* Notes how the building of a wall went. */
static void note(struct confine_state *s, unsigned wall, int r)
{
    unsigned i = (unsigned)__builtin_ctz(wall);
    s->why[i] = r < 0 ? -r : 0;
    if (r < 0)
        s->stands &= ~wall;
    else
        s->stands |= wall;
}

static int write_file(const char *path, const char *text)
{
    LK_AUTO_FD fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    size_t len = strlen(text);
    return write(fd, text, len) == (ssize_t)len ? 0 : -EIO;
}

/* In a new user namespace: this user stays what it was. */
static int map_self(uid_t uid, gid_t gid)
{
    char line[64];
    (void)snprintf(line, sizeof(line), "%u %u 1", uid, uid);
    int r = write_file("/proc/self/setgroups", "deny");
    if (r == 0)
        r = write_file("/proc/self/uid_map", line);
    (void)snprintf(line, sizeof(line), "%u %u 1", gid, gid);
    return r < 0 ? r : write_file("/proc/self/gid_map", line);
}

/* An ordinary user has the right to other namespaces inside a user namespace.
 */
static int enter_user_namespace(void)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (uid == 0)
        return 0;
    /* super itself is closed to others, which closes /proc/self to this copy
     * of it; exec would open it too. */
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0 || unshare(CLONE_NEWUSER) < 0)
        return -errno;
    return map_self(uid, gid);
}

static int enter_namespace(int which, int before)
{
    if (before < 0)
        return before;
    return unshare(which) < 0 ? -errno : 0;
}

static void enter_namespaces(const struct confine_profile *p,
                             struct confine_state *s)
{
    int r = enter_user_namespace();
    note(s, CONFINE_IPC, enter_namespace(CLONE_NEWIPC | CLONE_NEWUTS, r));
    if (!p->network)
        note(s, CONFINE_NET, enter_namespace(CLONE_NEWNET, r));
    int root = enter_namespace(CLONE_NEWNS, r);
    if (root == 0)
        root = confine_make_root(p, &s->options);
    note(s, CONFINE_ROOT, root);
}

static size_t find_groups(const struct confine_profile *p, gid_t *ret)
{
    size_t n = 0;
    for (size_t i = 0; p->groups[i] && n < GROUPS_MAX; i++) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
        const struct group *g = getgrnam(p->groups[i]);
        if (g)
            ret[n++] = g->gr_gid;
    }
    return n;
}

/* Failing here leaves a root behind a few walls: that is refused. */
static int become_user(const struct confine_profile *p, const gid_t *groups,
                       size_t n)
{
    if (setgroups(n, groups) < 0 || setresgid(p->id, p->id, p->id) < 0 ||
        setresuid(p->id, p->id, p->id) < 0)
        return -errno;
    return 0;
}

static int drop_bounding_set(void)
{
    for (unsigned long cap = 0; cap <= CAP_LAST_CAP + 8; cap++)
        if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1 &&
            prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
            return -errno;
    return 0;
}

/* Raises a limit where that is allowed (root with CAP_SYS_RESOURCE), and
 * otherwise lowers it to what there is. */
static int set_limit(const struct confine_limit *l)
{
    __rlimit_resource_t resource = (__rlimit_resource_t)l->resource;
    struct rlimit now;
    struct rlimit new = {.rlim_cur = l->most, .rlim_max = l->most};
    if (setrlimit(resource, &new) == 0)
        return 0;
    if (errno != EPERM || getrlimit(resource, &now) < 0)
        return -errno;
    new.rlim_cur = new.rlim_max = LK_MIN(l->most, now.rlim_max);
    return setrlimit(resource, &new) < 0 ? -errno : 0;
}

/* Every program's. */
static const struct confine_limit common_limits[] = {
    {0, RLIMIT_CORE, false},
    {64UL << 20, RLIMIT_FSIZE, false}, /* memfds */
#ifndef LUUKKU_SANITIZED
    {4UL << 30, RLIMIT_AS, false},
#endif
};

/* A profile's own limit replaces the common one: lowered first, it could not be
 * raised again. */
static bool has_own_limit(const struct confine_profile *p, int resource)
{
    for (size_t i = 0; i < p->limits; i++)
        if (p->limit[i].resource == resource)
            return true;
    return false;
}

static int set_limits(const struct confine_profile *p, bool own_user)
{
    int r = 0;
    for (size_t i = 0; i < LK_ARRAY_LEN(common_limits) && r == 0; i++)
        if (!has_own_limit(p, common_limits[i].resource))
            r = set_limit(&common_limits[i]);
    for (size_t i = 0; i < p->limits && r == 0; i++)
        if (own_user || !p->limit[i].own_user_only)
            r = set_limit(&p->limit[i]);
    return r;
}

/* LUUKKU_WALLS: "<walls> <options> <errno of each wall>...", decimal. */
static int export_state(const struct confine_state *s)
{
    char text[256];
    int at = snprintf(text, sizeof(text), "%u %d %d", s->stands,
                      s->options.display, s->options.sound);
    for (size_t i = 0; i < CONFINE_WALLS; i++)
        at += snprintf(text + at, sizeof(text) - (size_t)at, " %d", s->why[i]);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    return setenv(CONFINE_ENV, text, 1) < 0 ? -ENOMEM : 0;
}

static int take_number(const char **at, int *ret)
{
    char *end = NULL;
    long n = strtol(*at, &end, 10);
    if (end == *at || n < 0 || n > 65535)
        return -EBADMSG;
    *at = end;
    *ret = (int)n;
    return 0;
}

static void import_state(struct confine_state *s)
{
    const char *at =
        getenv(CONFINE_ENV); /* NOLINT(concurrency-mt-unsafe): one thread */
    int n[3 + CONFINE_WALLS] = {0};
    for (size_t i = 0; i < CONFINE_WALLS; i++)
        s->why[i] = ENOENT; /* not started by luukku-super */
    for (size_t i = 0; at && i < LK_ARRAY_LEN(n); i++)
        if (take_number(&at, &n[i]) < 0)
            return;
    if (!at)
        return;
    s->stands = (unsigned)n[0];
    s->options.display = n[1] > 0;
    s->options.sound = n[2] > 0;
    for (size_t i = 0; i < CONFINE_WALLS; i++)
        s->why[i] = n[3 + i];
    (void)unsetenv(CONFINE_ENV); /* NOLINT(concurrency-mt-unsafe): one thread */
}

int confine_enter(const struct confine_profile *p,
                  const struct confine_options *o)
{
    struct confine_state s = {.options = *o};
    gid_t groups[GROUPS_MAX];
    bool root = geteuid() == 0;
    size_t n = root ? find_groups(p, groups) : 0; /* while /etc is there */
    note(&s, CONFINE_LIMITS, set_limits(p, root));
    enter_namespaces(p, &s);
    int caps = drop_bounding_set();
    if (root) {
        int r = become_user(p, groups, n);
        if (r < 0)
            return r;
    }
    note(&s, CONFINE_USER, root ? 0 : -EPERM);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    /* An ordinary user has no capabilities and gains none: the bounding set,
     * which only a privileged one can empty, does not matter then. */
    note(&s, CONFINE_CAPS, root ? caps : 0);
    return export_state(&s);
}

/* Threads of this process: the directory has a link for each. 0: unknown. */
static unsigned count_threads(void)
{
    struct stat st;
    if (stat("/proc/self/task", &st) < 0 || st.st_nlink < 2)
        return 0;
    return (unsigned)st.st_nlink - 2;
}

static void report(const struct confine_profile *p,
                   const struct confine_state *s, struct confine_report *ret)
{
    struct confine_report r = {.stands = s->stands};
    size_t at = 0;
    r.wanted = (1U << CONFINE_WALLS) - 1;
    if (p->network)
        r.wanted &= ~(unsigned)CONFINE_NET;
    for (unsigned i = 0; i < CONFINE_WALLS; i++) {
        const char *space = at > 0 ? " " : "";
        char *to = r.text + at;
        size_t left = sizeof(r.text) - at;
        if (!(r.wanted & 1U << i))
            continue;
        int n = 0;
        if (!(r.stands & 1U << i))
            n = snprintf(to, left, "%s-%s(%s)", space, wall_name[i],
                         strerrorname_np(s->why[i]));
        else if (1U << i == CONFINE_LANDLOCK)
            n = snprintf(to, left, "%slandlock=%d", space, s->landlock_abi);
        else
            n = snprintf(to, left, "%s%s", space, wall_name[i]);
        at = LK_MIN(at + (size_t)LK_MAX(n, 0), sizeof(r.text) - 1);
    }
    *ret = r;
}

int confine_apply(const struct confine_profile *p, struct confine_report *ret)
{
    struct confine_state s = {.stands = 0};
    import_state(&s);
#ifndef LUUKKU_SANITIZED /* a sanitizer may have a thread of its own */
    if (count_threads() > 1)
        return -EBUSY;
#else
    (void)count_threads;
#endif
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    note(&s, CONFINE_NODUMP,
         prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0);
    note(&s, CONFINE_LANDLOCK, confine_landlock(p, &s, &s.landlock_abi));
    int r = confine_seccomp(p, &s);
    /* Out of memory and the like is no reason to run without; a kernel or a
     * build that has none is. */
    if (r < 0 && r != -ENOTSUP && r != -ENOSYS && r != -EINVAL)
        return r;
    note(&s, CONFINE_SECCOMP, r);
    report(p, &s, ret);
    return 0;
}
