/* overlay.h - what was set at the kiosk, above what its site file says.
 *
 * Room: for site.c and settings.c. The set's PROVISION_SETTINGS is a JSON
 * object with members of the site file's; what they may be is judged where the
 * site file's are.
 */
#ifndef LUUKKU_PROVISION_OVERLAY_H
#define LUUKKU_PROVISION_OVERLAY_H

#include "provision/files.h"

#include <jansson.h>

/* The settings of the set, an empty object when there are none or they are
 * broken; NULL: no memory. Owner: caller. */
json_t *overlay_read(const struct provision_files *f);

/* Keeps the settings `v` (borrowed) in the set, or none when it is empty.
 * Errors: -ENOSPC, -ENOMEM. */
int overlay_write(struct provision_files *f, const json_t *v);

/* Puts the settings of the set into a site file's object. Errors: -ENOMEM. */
int overlay_apply(const struct provision_files *f, json_t *site);

#endif
