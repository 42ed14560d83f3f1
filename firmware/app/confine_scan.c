/* The profile of luukku-scan: the descriptors that it is given, and nothing
 * else. */
#include "app/confine_impl.h"

#include <errno.h>

static const char *const groups[] = {NULL};

static const struct confine_path paths[] = {
    /* to load: the data of libraries */
    {"/etc/ssl/openssl.cnf", CONFINE_READ},
    {"/etc/localtime", CONFINE_READ},
    /* A PDF may want a font that it does not hold. */
    {"/etc/fonts", CONFINE_READ | CONFINE_LATE},
    {"/usr/share/fonts", CONFINE_READ | CONFINE_LATE},
    {"/usr/local/share/fonts", CONFINE_READ | CONFINE_LATE},
    {"/usr/share/fontconfig", CONFINE_READ | CONFINE_LATE},
    {"/var/cache/fontconfig", CONFINE_READ | CONFINE_LATE},
    {"/usr/share/poppler", CONFINE_READ | CONFINE_LATE},
    {"/dev/null", CONFINE_DEVICE | CONFINE_LATE},
    {"/dev/urandom", CONFINE_READ | CONFINE_DEVICE | CONFINE_LATE},
};

static const struct confine_call calls[] = {
    CONFINE_IOCTL('U'),    /* usbfs, on the descriptor from super */
    {.name = "fadvise64"}, /* fontconfig reads what it has cached */
};

static const struct confine_limit limits[] = {
    {64, RLIMIT_NOFILE, false},
    {112UL << 20, RLIMIT_FSIZE, false}, /* a page: A4, 600 dpi, colour */
#ifndef LUUKKU_SANITIZED
    {112UL << 20, RLIMIT_DATA, false}, /* what a decoder may spend: with a page
                                          it stays under 192 MB in use */
#endif
    {16, RLIMIT_NPROC, true},
};

const struct confine_profile confine_scan = {
    .program = "luukku-scan",
    .id = 60804,
    .groups = groups,
    .path = paths,
    .paths = LK_ARRAY_LEN(paths),
    .call = calls,
    .calls = LK_ARRAY_LEN(calls),
    .limit = limits,
    .limits = LK_ARRAY_LEN(limits),
};
