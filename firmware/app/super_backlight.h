/* super_backlight.h - the display's light.
 *
 * Room: writing the kernel's files (Documentation/ABI/stable/
 * sysfs-class-backlight). Thread: any.
 */
#ifndef LUUKKU_APP_SUPER_BACKLIGHT_H
#define LUUKKU_APP_SUPER_BACKLIGHT_H

#include "base/defs.h"

#define SUPER_BACKLIGHT_DIR "/sys/class/backlight"
#define SUPER_BACKLIGHT_MAX 8 /* lights that are looked at */

/* How many lights the kernel knows in `dir`; 0 when there is no such
 * directory. */
unsigned super_backlight_count(const char *dir);

/* Sets each light in `dir` to `percent` (1..100) of its most, at least to its
 * least step that is not off. Returns how many were set, or the error of the
 * first that was not: -EBADMSG no number is known of it, open(2)'s, write(2)'s.
 */
int super_backlight_set(const char *dir, unsigned percent) LK_MUST_CHECK;

#endif
