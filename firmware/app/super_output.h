/* super_output.h - what the programs say, into the ring and to standard error.
 *
 * Room: reading the pipes, the limit of lines a second.
 */
#ifndef LUUKKU_APP_SUPER_OUTPUT_H
#define LUUKKU_APP_SUPER_OUTPUT_H

#include "app/super_impl.h"
#include "base/log.h"

/* Reads what there is, within reason. False: the other end is closed. */
bool super_output_read(struct super_child *c);

/* The program has ended: reads the rest, and the line it did not finish. */
void super_output_end(struct super_child *c);

/* For lk_log_set_sink(): super's own lines. arg: struct super_log. */
void super_output_own(void *arg, enum lk_log_level level, const char *line);

#endif
