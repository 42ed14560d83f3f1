/* settings.h - what a technician sets at the kiosk, above its site file.
 *
 * Room: the few members of the site file that a person beside the kiosk knows
 * better. They stay when another site file comes, and are judged by the same
 * parsers. Pure. Any thread.
 */
#ifndef LUUKKU_PROVISION_SETTINGS_H
#define LUUKKU_PROVISION_SETTINGS_H

#include "provision/site.h"

enum provision_setting {
    PROVISION_SET_LANGUAGE,
    PROVISION_SET_VOLUME,
    PROVISION_SET_BRIGHTNESS,
    PROVISION_SET_SITE,
    PROVISION_SET_NOTICE,
    PROVISION_SET_KEYPAD,
    PROVISION_SETTINGS_COUNT,
};

/* Where a value comes from. */
enum provision_source {
    PROVISION_FROM_DEFAULT, /* nobody said anything */
    PROVISION_FROM_SITE,
    PROVISION_FROM_SETTINGS,
};

/* The setting's name, as in the site file. */
const char *provision_setting_name(enum provision_setting s);

/* What it may be, a few words for people. */
const char *provision_setting_allowed(enum provision_setting s);

/* Errors: -ENOENT no setting is called so. */
int provision_setting_find(const char *name,
                           enum provision_setting *ret) LK_MUST_CHECK;

/* Where the value in force comes from. Errors: -ENOMEM. */
int provision_setting_source(const struct provision_files *f,
                             enum provision_setting s,
                             enum provision_source *ret) LK_MUST_CHECK;

/* Sets one, and makes the configuration anew of the site file and the settings;
 * with an error the set is as it was.
 *
 * value   as it is typed: a number in digits, a text, the keypad's JSON; NULL:
 *         whatever the site file says again
 * Errors  -ENOENT the kiosk has no site file yet, -EBADMSG (why is in
 *         *ret_error, which is written only then), -ENOSPC, -ENOMEM
 */
int provision_setting_put(struct provision_files *f, enum provision_setting s,
                          const char *value, const struct provision_own *own,
                          struct store_config_error *ret_error) LK_MUST_CHECK;

#endif
