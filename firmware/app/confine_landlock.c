#include "app/confine_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* landlock(7). Debian 12's header is older than the kernels that may be met, so
 * the layout is given here in full. */
struct ruleset {
    uint64_t fs;
    uint64_t net;    /* from ABI 4 */
    uint64_t scoped; /* from ABI 6 */
};

struct path_rule {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

#define CREATE_VERSION 1U
#define RULE_PATH 1

#define FS_WRITE_FILE (1ULL << 1)
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)
#define FS_ABI_1 ((1ULL << 13) - 1)
#define FS_REFER (1ULL << 13)     /* from ABI 2 */
#define FS_TRUNCATE (1ULL << 14)  /* from ABI 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* from ABI 5 */
#define NET_BIND_TCP 1ULL
#define NET_CONNECT_TCP 2ULL
#define SCOPE_ABSTRACT_UNIX 1ULL
#define SCOPE_SIGNAL 2ULL

struct land {
    int fd;
    uint64_t handled;
};

static struct ruleset ruleset_for(const struct confine_profile *p, int abi)
{
    struct ruleset r = {.fs = FS_ABI_1};
    if (abi >= 2)
        r.fs |= FS_REFER;
    if (abi >= 3)
        r.fs |= FS_TRUNCATE;
    if (abi >= 5)
        r.fs |= FS_IOCTL_DEV;
    if (abi >= 4)
        r.net = NET_BIND_TCP | (p->network ? 0 : NET_CONNECT_TCP);
    if (abi >= 6)
        r.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
    return r;
}

static size_t ruleset_size(int abi)
{
    if (abi >= 6)
        return sizeof(struct ruleset);
    return abi >= 4 ? offsetof(struct ruleset, scoped)
                    : offsetof(struct ruleset, net);
}

static int allow_path(void *arg, const char *path, unsigned access)
{
    const struct land *l = arg;
    struct stat st;
    if (!(access & CONFINE_LATE))
        return 0;
    LK_AUTO_FD fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    uint64_t allowed = FS_READ_FILE;
    if (access & CONFINE_DEVICE)
        allowed |= FS_WRITE_FILE | FS_IOCTL_DEV;
    if (S_ISDIR(st.st_mode))
        allowed |= FS_READ_DIR;
    struct path_rule rule = {.allowed = allowed & l->handled, .parent_fd = fd};
    if (syscall(SYS_landlock_add_rule, l->fd, RULE_PATH, &rule, 0) < 0)
        return -errno;
    return 0;
}

int confine_landlock(const struct confine_profile *p,
                     const struct confine_state *s, int *ret_abi)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
    if (abi < 0)
        return -errno;
    struct ruleset rules = ruleset_for(p, (int)abi);
    LK_AUTO_FD fd = (int)syscall(SYS_landlock_create_ruleset, &rules,
                                 ruleset_size((int)abi), 0);
    if (fd < 0)
        return -errno;
    struct land land = {.fd = fd, .handled = rules.fs};
    int r = confine_each_path(p, &s->options, allow_path, &land);
    if (r < 0)
        return r;
    if (syscall(SYS_landlock_restrict_self, fd, 0) < 0)
        return -errno;
    *ret_abi = (int)abi;
    return 0;
}
