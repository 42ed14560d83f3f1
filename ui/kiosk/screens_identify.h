/* screens_identify.h - parts of the screen that tells who the citizen is, and
 * of the signature by card.
 *
 * Room: each phase of struct session_identity as content of the frame beside
 * the expert. Not here: any rule of it, any PIN.
 */
#ifndef LUUKKU_KIOSK_SCREENS_IDENTIFY_H
#define LUUKKU_KIOSK_SCREENS_IDENTIFY_H

#include "kiosk/screen_parts.h"

/* A pager that fills the frame, with what is said; then the buttons. A title of
 * KIOSK_STRS is none. */
void kiosk_identify_open(struct kiosk_page *p, enum kiosk_str title);
/* Closes it and adds a row: what leads back, what leads on; NULL: none. */
void kiosk_identify_close(struct kiosk_page *p, const struct kiosk_button *back,
                          const struct kiosk_button *on);

/* Nothing comes of it: on all the ways. */
extern const struct kiosk_button kiosk_identify_give_up;

/* A line with an icon. */
void kiosk_identify_line(struct kiosk_page *p, enum kiosk_icon icon,
                         const char *text);

/* Whether the form is being signed. */
bool kiosk_identify_signs(const struct kiosk_page *p);

/* screens_identify_ask.c: what will be told to whom; how it ended. */
void kiosk_identify_none(struct kiosk_page *p);
void kiosk_identify_asked(struct kiosk_page *p);
void kiosk_identify_done(struct kiosk_page *p);
void kiosk_identify_failed(struct kiosk_page *p);

/* screens_identify_way.c: on the way there. */
void kiosk_identify_card(struct kiosk_page *p);
void kiosk_identify_working(struct kiosk_page *p);
void kiosk_identify_phone(struct kiosk_page *p);
void kiosk_identify_document(struct kiosk_page *p);

/* screens_pin.c */
void kiosk_identify_pin(struct kiosk_page *p);

/* screens_role.c: on whose behalf one acts, and the button that changes it. */
void kiosk_identify_role(struct kiosk_page *p);

#endif
