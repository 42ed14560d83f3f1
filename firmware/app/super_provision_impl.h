/* super_provision_impl.h - what super_provision.c and super_renew.c share. */
#ifndef LUUKKU_APP_SUPER_PROVISION_IMPL_H
#define LUUKKU_APP_SUPER_PROVISION_IMPL_H

#include "app/super_provision.h"

#include "provision/cert.h"
#include "provision/renew.h"

#include <limits.h>

#define SUPER_PROVISION_WHY_MAX 512

struct super_provision {
    struct super_provision_config config;
    int dir;
    unsigned generation;
    bool broken;
    int64_t noted_us; /* when the time may be noted again */
    struct provision_files *files;
    struct lk_buf *put; /* a text that comes in pieces */
    char path[PATH_MAX];
    char outbox[PATH_MAX];
    char why[SUPER_PROVISION_WHY_MAX];
    char renew_why[PROVISION_RENEW_WHY_MAX]; /* of the present attempt */
};

/* What the clock says, and whether anything set it. */
struct provision_time super_provision_time(const struct super_provision *p);

#endif
