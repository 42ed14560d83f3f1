/* The profile of luukku-fetch: network, and nothing else. */
#include "app/confine_impl.h"

#include <errno.h>
#include <sys/socket.h>

#include <linux/netlink.h>

static const char *const groups[] = {NULL};

static const struct confine_path paths[] = {
    /* to load: the data of libraries */
    {"/etc/ssl/openssl.cnf", CONFINE_READ | CONFINE_LATE},
    {"/etc/localtime", CONFINE_READ | CONFINE_LATE},
    {"/sys/devices/system/cpu", CONFINE_READ | CONFINE_LATE},
    CONFINE_PATHS_OF_NAMES,
    {"/dev/null", CONFINE_DEVICE | CONFINE_LATE},
    {"/dev/urandom", CONFINE_READ | CONFINE_DEVICE | CONFINE_LATE},
};

static const struct confine_call calls[] = {
    CONFINE_CALLS_OF_NETWORK,
};

static const struct confine_limit limits[] = {
    {256, RLIMIT_NOFILE, false},
    {64, RLIMIT_NPROC, true},
};

const struct confine_profile confine_fetch = {
    .program = "luukku-fetch",
    .id = 60803,
    .groups = groups,
    .network = true,
    .path = paths,
    .paths = LK_ARRAY_LEN(paths),
    .call = calls,
    .calls = LK_ARRAY_LEN(calls),
    .limit = limits,
    .limits = LK_ARRAY_LEN(limits),
};
