/* card_vault.h - the PIN's memory in luukku-card, and the only place of it.
 *
 * Room: one page that is locked into memory, left out of dumps and empty in a
 * forked child. Digits come in one at a time; the one thing that goes out is
 * the VERIFY command, which lies in the same page. Everything is overwritten by
 * card_vault_wipe().
 * Made before the walls are up: locking memory is not allowed behind them.
 * Thread: one.
 */
#ifndef LUUKKU_APP_CARD_VAULT_H
#define LUUKKU_APP_CARD_VAULT_H

#include "apdu/pin.h"

struct card_vault;

/* Owner: caller, card_vault_free().
 * Errors: -ENOMEM, mlock(2)'s and madvise(2)'s: without them there is no PIN.
 */
int card_vault_new(struct card_vault **ret) LK_MUST_CHECK;

/* Wipes and frees; NULL is fine. Returns NULL. */
struct card_vault *card_vault_free(struct card_vault *v);
LK_AUTO_DEFINE(card_vault);

/* Adds a digit (0..9). Errors: -ENOSPC CARD_PIN_DIGITS_MAX are held, -EINVAL.
 */
int card_vault_add(struct card_vault *v, uint8_t digit) LK_MUST_CHECK;

/* Forgets the last digit; none is fine. */
void card_vault_back(struct card_vault *v);

/* Digits held. */
size_t card_vault_count(const struct card_vault *v);

/* The VERIFY command with the digits held; lives until the next wipe. Returns
 * its length. Errors: those of card_pin_command(). */
int card_vault_command(struct card_vault *v, const struct card_pin *pin,
                       const uint8_t **ret) LK_MUST_CHECK;

/* Overwrites all of it. */
void card_vault_wipe(struct card_vault *v);

#endif
