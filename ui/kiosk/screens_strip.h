/* screens_strip.h - the strip at the bottom of every screen.
 *
 * Room: which buttons are always within reach, and how they are drawn in the
 * room there is. Not here: what a screen is about.
 */
#ifndef LUUKKU_KIOSK_SCREENS_STRIP_H
#define LUUKKU_KIOSK_SCREENS_STRIP_H

#include "kiosk/screen_parts.h"

#define KIOSK_STRIP_MAX 8 /* buttons of a strip; more are left out */

struct kiosk_strip {
    int n;
    struct kiosk_button button[KIOSK_STRIP_MAX];
};

/* Adds a button; KIOSK_LOOK_NONE: as the others. */
void kiosk_strip_add(struct kiosk_strip *s, const struct kiosk_button *b);

/* Adds reading aloud, size of text, contrast. */
void kiosk_strip_manner(struct kiosk_page *p, struct kiosk_strip *s);

/* Adds help, which closes itself when it is open. */
void kiosk_strip_help(struct kiosk_page *p, struct kiosk_strip *s);

/* Whether the button that leads on belongs into the strip: with large text on a
 * small panel it would be pages away. */
bool kiosk_strip_leads(const struct kiosk_page *p);

/* Adds the way out. */
void kiosk_strip_quit(struct kiosk_strip *s);

/* Closes the body and draws the strip, whole. */
void kiosk_page_strip(struct kiosk_page *p, const struct kiosk_strip *s);

/* Closes the body and opens a strip that is built by hand, of `n` buttons in
 * a line; kiosk_tree_close() ends it. */
void kiosk_strip_open(struct kiosk_page *p, int n);

/* Whether it has columns, which a button fills. */
bool kiosk_strip_columns(const struct kiosk_page *p);

/* Whether its buttons have their words under the icon. */
bool kiosk_strip_tiles(const struct kiosk_page *p);

/* One of its buttons. */
void kiosk_strip_button(struct kiosk_page *p, const struct kiosk_button *b);

#endif
