/* The profile of luukku-help: the descriptors that it is given, and nothing
 * else. The trail is one of them. */
#include "app/confine_impl.h"

static const char *const groups[] = {NULL};

static const struct confine_path paths[] = {
    /* to load: the data of libraries */
    {"/etc/ssl/openssl.cnf", CONFINE_READ},
    {"/etc/localtime", CONFINE_READ},
    {"/dev/null", CONFINE_DEVICE | CONFINE_LATE},
    {"/dev/urandom", CONFINE_READ | CONFINE_DEVICE | CONFINE_LATE},
};

static const struct confine_call calls[] = {
    {.name = "fdatasync"},
};

static const struct confine_limit limits[] = {
    {64, RLIMIT_NOFILE, false},
    {16, RLIMIT_NPROC, true},
};

const struct confine_profile confine_help = {
    .program = "luukku-help",
    .id = 60808,
    .groups = groups,
    .path = paths,
    .paths = LK_ARRAY_LEN(paths),
    .call = calls,
    .calls = LK_ARRAY_LEN(calls),
    .limit = limits,
    .limits = LK_ARRAY_LEN(limits),
};
