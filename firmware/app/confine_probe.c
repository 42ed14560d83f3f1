/* The profiles of luukku-probe: one looks at certificates and keys and reaches
 * nothing, the other reaches the network and is given no key. */
#include "app/confine_impl.h"

#include <errno.h>
#include <sys/socket.h>

#include <linux/netlink.h>

static const char *const groups[] = {NULL};

static const struct confine_path certs_paths[] = {
    {"/etc/ssl/openssl.cnf", CONFINE_READ},
    {"/etc/localtime", CONFINE_READ},
    {"/dev/null", CONFINE_DEVICE | CONFINE_LATE},
    {"/dev/urandom", CONFINE_READ | CONFINE_DEVICE | CONFINE_LATE},
};

static const struct confine_path net_paths[] = {
    {"/etc/ssl/openssl.cnf", CONFINE_READ | CONFINE_LATE},
    {"/etc/localtime", CONFINE_READ | CONFINE_LATE},
    CONFINE_PATHS_OF_NAMES,
    {"/dev/null", CONFINE_DEVICE | CONFINE_LATE},
    {"/dev/urandom", CONFINE_READ | CONFINE_DEVICE | CONFINE_LATE},
};

static const struct confine_call net_calls[] = {
    CONFINE_CALLS_OF_NETWORK,
};

static const struct confine_limit limits[] = {
    {128, RLIMIT_NOFILE, false},
    {16, RLIMIT_NPROC, true},
};

const struct confine_profile confine_probe = {
    .program = "luukku-probe",
    .id = 60806,
    .groups = groups,
    .network = true,
    .path = net_paths,
    .paths = LK_ARRAY_LEN(net_paths),
    .call = net_calls,
    .calls = LK_ARRAY_LEN(net_calls),
    .limit = limits,
    .limits = LK_ARRAY_LEN(limits),
};

const struct confine_profile confine_probe_certs = {
    .program = "luukku-probe",
    .id = 60807,
    .groups = groups,
    .path = certs_paths,
    .paths = LK_ARRAY_LEN(certs_paths),
    .limit = limits,
    .limits = LK_ARRAY_LEN(limits),
};
