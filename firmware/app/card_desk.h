/* card_desk.h - luukku-card put together: reader, card, luukkud, luukku-super.
 *
 * Room: wiring, and the commands `devices` and `selftest`. Thread: the loop's.
 */
#ifndef LUUKKU_APP_CARD_DESK_H
#define LUUKKU_APP_CARD_DESK_H

#include "apdu/chain.h"
#include "app/card_vault.h"

struct card_desk;

struct card_desk_config {
    struct card_vault *vault;       /* borrowed */
    const struct card_trust *trust; /* borrowed; NULL: no CA is configured */
    int super_fd;                   /* taken over, also on failure */
};

/* Errors: those of the rooms it puts together. */
int card_desk_new(const struct card_desk_config *config,
                  struct card_desk **ret) LK_MUST_CHECK;
struct card_desk *card_desk_free(struct card_desk *d);
LK_AUTO_DEFINE(card_desk);

/* Says that it is ready behind these walls, and runs until it is told to stop.
 * Returns 0 or -errno. */
int card_desk_run(struct card_desk *d, const char *walls);

#endif
