/* paper_touch.h - fingers on a page of paper.
 *
 * Room: from a finger's positions to what is moved, pointed at and drawn, as
 * intents at most 30 times a second, and the last one always. Main thread.
 */
#ifndef LUUKKU_KIOSK_PAPER_TOUCH_H
#define LUUKKU_KIOSK_PAPER_TOUCH_H

#include "kiosk/tree.h"

struct kiosk_ui;

/* A finger went down; whether it is on a page, which then follows it. */
bool kiosk_paper_down(struct kiosk_ui *ui, int x, int y);
/* It moved; it was lifted. Only while a page follows it. */
void kiosk_paper_moved(struct kiosk_ui *ui, int x, int y);
void kiosk_paper_up(struct kiosk_ui *ui, int x, int y);

/* A button with KIOSK_ACT_TOOL was pressed. */
void kiosk_paper_pick(struct kiosk_ui *ui, const struct kiosk_node *n);

/* The session answered, or the screen was left: the hand is not ahead any
 * more. */
void kiosk_paper_settle(struct kiosk_ui *ui);

#endif
