/* headset.h - whether headphones are plugged in, and into which sound card.
 *
 * Room: ALSA's control devices: jacks ("Headphone Jack", "Headset Jack" and the
 * like, as the kernel's drivers name them), and USB sound cards that come.
 * Not here: sound servers, which hide both; playing.
 */
#ifndef LUUKKU_HEADSET_HEADSET_H
#define LUUKKU_HEADSET_HEADSET_H

#include "loop/loop.h"

#include <stdbool.h>

#define HEADSET_CARDS_MAX 8

/* What is known of one sound card. */
struct headset_card {
    bool there;
    bool usb;
    bool late;  /* came after the start: somebody plugged it in */
    bool named; /* calls itself a headset or headphones */
    bool jack;  /* something is in its jack for headphones */
};

/* The card that headphones are at, or -1. A USB card counts when it came late
 * or calls itself a headset: others may be loudspeakers that were built in.
 * Pure. */
int headset_judge(const struct headset_card cards[HEADSET_CARDS_MAX]);

/* Whether a card's name says that it is for the ears. Pure. */
bool headset_named(const char *name);

/* Whether a control is a jack for headphones: not a microphone's, nor the line
 * out's. Pure. */
bool headset_is_jack(const char *control);

struct headset;

/* Watches; `changed` gets the card (or -1) now and with each change, on the
 * loop's thread. What cannot be opened is not there.
 *
 * Owner   caller, headset_free() on the loop's thread, not in the callback
 * Errors  -ENOMEM
 */
int headset_new(struct lk_loop *loop, void (*changed)(void *arg, int card),
                void *arg, struct headset **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct headset *headset_free(struct headset *h);
LK_AUTO_DEFINE(headset);

#endif
