/* setup.h - what the mains of luukkud and luukku-rtc do alike.
 *
 * Room: their configuration, and how a failed start is told.
 */
#ifndef LUUKKU_APP_SETUP_H
#define LUUKKU_APP_SETUP_H

#include "app/inherit.h"
#include "store/config.h"

/* Logs that `what` failed with the negative errno `error`; returns `error`. */
int setup_fail(const char *what, int error);

/* One malloc arena: what many threads allocate and free by turns stays in one
 * heap, instead of growing several. Before the second thread. */
void setup_one_arena(void);

/* Takes the descriptor "config", parses what it holds and closes it. A mistake
 * in it is logged with its line.
 *
 * Owner   caller; store_config_free()
 * Errors  -ENOENT no such descriptor, and those of store_config_read()
 */
int setup_config_load(struct inherit *in,
                      struct store_config **ret) LK_MUST_CHECK;

#endif
