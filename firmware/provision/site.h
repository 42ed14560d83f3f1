/* site.h - the site file: what one place makes of a kiosk.
 *
 * Room: checking it, and making the kiosk's configuration of it. One JSON
 * object, site.schema.json beside this file: the members of firmware/store's
 * configuration, with texts (PEM, the keypad's keys) where that names files,
 * and without what is the kiosk's own (its keys, paths, sockets). Pure. Any
 * thread.
 */
#ifndef LUUKKU_PROVISION_SITE_H
#define LUUKKU_PROVISION_SITE_H

#include "provision/files.h"
#include "store/config.h"

#define PROVISION_SITE_VERSION 1

/* What is the kiosk's own, whatever the site: absolute paths. */
struct provision_own {
    const char *control; /* the control socket */
    const char *outbox;  /* letters that wait, a directory */
    const char *kiosk;   /* the name it is certified for; "": none yet */
};

/* Checks `len` bytes of JSON and puts what is made of them into the set:
 * PROVISION_SITE, PROVISION_CONFIG and the files that the configuration names,
 * in place of those of an earlier site. What was set at the kiosk
 * (PROVISION_SETTINGS of the set) stands above what the text says. With an
 * error the set is as it was.
 *
 * Errors  -EBADMSG (why is in *ret_error, which is written only then: the
 *         line, the member's path and the reason), -ENOSPC, -ENOMEM
 */
int provision_site_put(struct provision_files *f, const char *text, size_t len,
                       const struct provision_own *own,
                       struct store_config_error *ret_error) LK_MUST_CHECK;

/* The configuration of a kiosk that is not in use: nothing in it leads
 * anywhere. Errors: -ENOMEM, -EINVAL a path that no configuration takes. */
int provision_site_none(const char *kiosk, const char *control,
                        struct lk_buf **ret) LK_MUST_CHECK;

#endif
