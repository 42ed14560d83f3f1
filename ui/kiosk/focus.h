/* focus.h - where the focus goes in a tree that is laid out.
 *
 * Room: steps in a direction, and what takes the place of a node that is gone.
 * Steps in reading order: tree.h. Pure.
 */
#ifndef LUUKKU_KIOSK_FOCUS_H
#define LUUKKU_KIOSK_FOCUS_H

#include "kiosk/tree.h"

/* The nearest node that can have the focus in a direction from node i, -1 for
 * none. One of dx, dy is -1 or 1: to the left or right, up or down. */
int kiosk_focus_towards(const struct kiosk_tree *t, int i, int dx, int dy);

/* Where the focus begins: the first node that can have it, title bar and
 * footer left for last; -1 for none. */
int kiosk_focus_first(const struct kiosk_tree *t);

/* What takes the place of node i of `was`, which cannot have the focus in `is`:
 * the nearest one before or behind it in reading order that still can, else
 * where the focus begins; -1 for none. */
int kiosk_focus_instead(const struct kiosk_tree *was, int i,
                        const struct kiosk_tree *is);

#endif
