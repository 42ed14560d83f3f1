/* confine_impl.h - profiles, and the parts of the wall.
 *
 * Room: shared by the confine*.c files only.
 */
#ifndef LUUKKU_APP_CONFINE_IMPL_H
#define LUUKKU_APP_CONFINE_IMPL_H

#include "app/confine.h"

#include <sys/resource.h>

#define CONFINE_WALLS 9
#define CONFINE_ENV "LUUKKU_WALLS"

/* How a path of a profile may be used. */
enum confine_access {
    CONFINE_READ = 1 << 0,    /* read, and listed */
    CONFINE_DEVICE = 1 << 1,  /* read, written, ioctl */
    CONFINE_SOCKET = 1 << 2,  /* connected to */
    CONFINE_LATE = 1 << 3,    /* also after confine_apply() */
    CONFINE_DISPLAY = 1 << 4, /* only with options.display */
    CONFINE_SOUND = 1 << 5,   /* only with options.sound */
};

struct confine_path {
    const char *path; /* absolute; what is missing is left out. "$NAME/rest"
                         starts with an environment variable; a '*' at the end
                         stands for any rest of the last part */
    unsigned access;
};

/* A system call's verdict. Arguments are compared after masking. */
struct confine_call {
    const char *name;
    int error; /* 0: allowed; otherwise this errno is returned */
    struct confine_argument {
        unsigned index; /* which argument */
        uint64_t mask;  /* 0: not looked at */
        uint64_t value;
    } argument[2];
};

/* Of an argument that is an int. */
#define CONFINE_INT_MASK 0xffffffffULL

/* Allows the ioctl(2) numbers of one driver family: their second byte. */
#define CONFINE_IOCTL(family)                                                 \
    {                                                                         \
        .name = "ioctl", .argument = { {1, 0xff00, (uint64_t)(family) << 8} } \
    }

/* For whoever connects: names are looked up with every connection. The file
 * includes <sys/socket.h> and <linux/netlink.h>. */
#define CONFINE_PATHS_OF_NAMES                               \
    {"/etc/resolv.conf", CONFINE_READ | CONFINE_LATE},       \
        {"/etc/hosts", CONFINE_READ | CONFINE_LATE},         \
        {"/etc/host.conf", CONFINE_READ | CONFINE_LATE},     \
        {"/etc/nsswitch.conf", CONFINE_READ | CONFINE_LATE}, \
        {"/etc/gai.conf", CONFINE_READ | CONFINE_LATE},      \
    {                                                        \
        "/etc/services", CONFINE_READ | CONFINE_LATE         \
    }

/* Sockets of IP; of netlink only the one that says whether there is an IPv6
 * address, and which interfaces there are. */
#define CONFINE_CALLS_OF_NETWORK                                           \
    {.name = "socket", .argument = {{0, CONFINE_INT_MASK, AF_INET}}},      \
        {.name = "socket", .argument = {{0, CONFINE_INT_MASK, AF_INET6}}}, \
        {.name = "socket",                                                 \
         .argument = {{0, CONFINE_INT_MASK, AF_NETLINK},                   \
                      {2, CONFINE_INT_MASK, NETLINK_ROUTE}}},              \
        {.name = "bind"}, {.name = "connect"}, {.name = "sendmmsg"},       \
    {                                                                      \
        .name = "recvmmsg"                                                 \
    }

struct confine_limit {
    rlim_t most;
    int resource;
    bool own_user_only; /* counts per user: only where it is our own */
};

struct confine_profile {
    const char *program;
    unsigned id;               /* user and group id where super is root */
    const char *const *groups; /* names, up to a NULL; missing ones left out */
    bool network;
    const struct confine_path *path; /* besides those that every program has */
    size_t paths;
    const struct confine_call *call; /* besides confine_common */
    size_t calls;
    const struct confine_limit *limit; /* besides every program's */
    size_t limits;
};

/* Present state of one process's wall. */
struct confine_state {
    unsigned stands;
    struct confine_options options;
    int why[CONFINE_WALLS]; /* errno for each wall that is missing */
    int landlock_abi;
};

/* Calls that every program may make; the end is at .name NULL. */
extern const struct confine_call confine_common[];

/* Longest path after expansion, and most of one profile. */
#define CONFINE_PATH_MAX 512
#define CONFINE_PATHS_MAX 96

/* Calls fn(arg, path, access) for each expanded path of the profile that
 * exists and fits the options. Returns the first negative result, or 0. */
typedef int confine_path_fn(void *arg, const char *path, unsigned access);
int confine_each_path(const struct confine_profile *p,
                      const struct confine_options *o, confine_path_fn *fn,
                      void *arg);

/* The parts. Each returns 0 or -errno. */
int confine_make_root(const struct confine_profile *p,
                      const struct confine_options *o);
int confine_landlock(const struct confine_profile *p,
                     const struct confine_state *s, int *ret_abi);
int confine_seccomp(const struct confine_profile *p,
                    const struct confine_state *s);

#endif
