/* calendar.h - days of the Gregorian calendar. Inner header.
 *
 * Spec: FORMAT.md, "date". Years 1900 to 2199 in what is typed; reckoning goes
 * beyond. Pure.
 */
#ifndef LUUKKU_FORMS_CALENDAR_H
#define LUUKKU_FORMS_CALENDAR_H

#include "forms/value.h"

#define FORMS_DAY_MAX 16     /* bytes of one written, the NUL included */
#define FORMS_DAYS_MAX 40000 /* farthest from today in a definition */

/* Whether the calendar has the day. */
bool forms_day_valid(const struct forms_day *day);

/* Reads `YYYY-MM-DD` or `D.M.YYYY`, spaces behind the points, of the years
 * 1900 to 2199. False: no such day. */
bool forms_day_read(const char *s, size_t len,
                    struct forms_day *ret) LK_MUST_CHECK;

/* Reads a bound of a definition: `YYYY-MM-DD`, `today`, `today+N`, `today-N`.
 */
bool forms_day_bound(const char *s, const struct forms_day *today,
                     struct forms_day *ret) LK_MUST_CHECK;

/* Writes `YYYY-MM-DD`; the year has four digits. */
void forms_day_write(const struct forms_day *day, char ret[FORMS_DAY_MAX]);

/* Below, 0 or above 0, as `a` is before, on or after `b`. */
int forms_day_compare(const struct forms_day *a, const struct forms_day *b);

#endif
