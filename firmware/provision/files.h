/* files.h - what a kiosk was provisioned with, as a set of named texts.
 *
 * Room: the set in memory; state.h keeps it on the disk. Pure. Each text is
 * overwritten when it goes: there are keys among them.
 */
#ifndef LUUKKU_PROVISION_FILES_H
#define LUUKKU_PROVISION_FILES_H

#include "base/buf.h"

#include <stdbool.h>

#define PROVISION_FILES_MAX 96     /* texts of a set */
#define PROVISION_FILE_NAME_MAX 40 /* bytes of a name, the NUL included */
#define PROVISION_TEXT_MAX 65536UL /* bytes of one text */

/* Names that have a meaning. */
#define PROVISION_DEVICE_KEY "device.key" /* PKCS#8 PEM, P-256 */
#define PROVISION_TLS_KEY "tls.key"       /* likewise */
#define PROVISION_DEVICE_CERT "device.crt"
#define PROVISION_TLS_CERT "tls.crt"
#define PROVISION_CA "ca.crt"               /* the fleet's, kept from then on */
#define PROVISION_SITE "site.json"          /* as given, with newer CRLs */
#define PROVISION_KEYPAD "site-keypad.json" /* its keypad's keys */
#define PROVISION_SETTINGS "settings.json"  /* what was set at the kiosk */
#define PROVISION_CONFIG "kiosk.json"       /* the configuration made of both */

struct provision_file {
    char name[PROVISION_FILE_NAME_MAX];
    struct lk_buf *text; /* owned */
};

struct provision_files {
    struct provision_file file[PROVISION_FILES_MAX];
    size_t files;
};

/* An empty set. Owner: caller. Errors: -ENOMEM. */
int provision_files_new(struct provision_files **ret) LK_MUST_CHECK;

/* Overwrites and frees; NULL is fine. Returns NULL. */
struct provision_files *provision_files_free(struct provision_files *f);
LK_AUTO_DEFINE(provision_files);

/* Whether `name` may be one: 1..39 of [a-z0-9.-], no dot in front. */
bool provision_files_name_valid(const char *name);

/* Puts a copy of `len` bytes in place of any text of that name; on failure the
 * set is as it was. Errors: -EINVAL the name, -EMSGSIZE, -ENOSPC, -ENOMEM. */
int provision_files_put(struct provision_files *f, const char *name,
                        const void *data, size_t len) LK_MUST_CHECK;

/* The text of that name, borrowed; NULL: there is none. */
const struct lk_buf *provision_files_get(const struct provision_files *f,
                                         const char *name);

/* Takes one out, if it is there. */
void provision_files_drop(struct provision_files *f, const char *name);

/* A set of copies. Owner: caller. Errors: -ENOMEM. */
int provision_files_copy(const struct provision_files *f,
                         struct provision_files **ret) LK_MUST_CHECK;

#endif
