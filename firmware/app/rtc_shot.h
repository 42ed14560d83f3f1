/* rtc_shot.h - one picture of the camera, for a technician: as a PNG, and as
 * rows of characters for a terminal that draws nothing else.
 *
 * Spec: PNG (W3C, third edition), RFC 1950. Pure besides memory; any thread.
 */
#ifndef LUUKKU_APP_RTC_SHOT_H
#define LUUKKU_APP_RTC_SHOT_H

#include "base/buf.h"
#include "media/media.h"

#define RTC_SHOT_COLUMNS_MIN 20
#define RTC_SHOT_COLUMNS_MAX 78
#define RTC_SHOT_ROWS_MAX 60

#define RTC_SHOT_PNG_MAX (8UL * 1024 * 1024) /* bytes */

/* Appends a PNG of 8 bits each of red, green and blue.
 * Errors: -ENOMEM, -EMSGSIZE it does not fit into `b`. */
int rtc_shot_png(const struct media_shot *s, struct lk_buf *b) LK_MUST_CHECK;

/* Appends a JSON list of rows, each of `columns` characters of " .:-=+*#%@":
 * the darkest of the picture is a space, its lightest an @, as on a dark
 * terminal. A character counts as twice as high as it is wide.
 *
 * columns  RTC_SHOT_COLUMNS_MIN..RTC_SHOT_COLUMNS_MAX
 * Errors   -EINVAL columns, -ENOMEM, -EMSGSIZE */
int rtc_shot_rows(const struct media_shot *s, int columns,
                  struct lk_buf *b) LK_MUST_CHECK;

#endif
