/* ctl_print.h - answers as people read them.
 *
 * Room: luukkuctl's output without --json.
 */
#ifndef LUUKKU_APP_CTL_PRINT_H
#define LUUKKU_APP_CTL_PRINT_H

#include <stdbool.h>
#include <stdio.h>

/* Prints the JSON text of an answer as indented "name: value" lines; a text
 * that is no JSON as it is. */
void ctl_print_answer(FILE *to, const char *json);

/* What a picture of the camera was judged as: a line for each check. */
void ctl_print_picture(FILE *to, const char *json);

/* Prints checks, a line each, and under those that did not pass what to do. */
void ctl_print_checks(FILE *to, const char *json);

/* Prints the lines of a log answer, `as_json` an object a line. Returns the
 * number to go on from, or -EBADMSG. */
long long ctl_print_log(FILE *to, const char *json, bool as_json);

/* Whether the answer of a self-test says that all is well. */
bool ctl_selftest_passed(const char *json);

#endif
