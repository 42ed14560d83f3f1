/* super_settings.h - what a technician sets at the kiosk.
 *
 * Room: the requests `settings`, `set` and `unset` of
 * firmware/control/PROTOCOL.md. What a value may be, and the layer above the
 * site file, are firmware/provision's. Thread: the loop's.
 */
#ifndef LUUKKU_APP_SUPER_SETTINGS_H
#define LUUKKU_APP_SUPER_SETTINGS_H

#include "app/super_own.h"

json_t *super_settings_show(const struct super_own *o,
                            const struct control_request *req,
                            const char **ret_why);
json_t *super_settings_set(const struct super_own *o,
                           const struct control_request *req,
                           const char **ret_why);

#endif
