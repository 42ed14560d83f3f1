/* screens_expert.h - the expert, on every screen of a call.
 *
 * Room: name and agency, from the certificate alone, the picture, the line's
 * state; the frame of the screens that are about a form, beside or below the
 * picture. Not here: what those screens say.
 */
#ifndef LUUKKU_KIOSK_SCREENS_EXPERT_H
#define LUUKKU_KIOSK_SCREENS_EXPERT_H

#include "kiosk/screen_parts.h"

/* Name, agency, that they are verified, and whether they speak. */
void kiosk_page_expert(struct kiosk_page *p);

/* That the expert speaks (EN 301 549, 6.2.2.4, 6.5.5). */
void kiosk_page_speaks(struct kiosk_page *p);

/* How the line is. */
void kiosk_page_line(struct kiosk_page *p);

/* Opens a panel beside (landscape) or below (portrait) the expert; without a
 * call the panel alone. kiosk_frame_close() ends it. */
void kiosk_frame_open(struct kiosk_page *p);
void kiosk_frame_close(struct kiosk_page *p);

/* The way to the papers; whether it stands beside a form, under the expert,
 * and not in the strip. */
struct kiosk_button kiosk_papers_button(const struct kiosk_page *p);
bool kiosk_side_papers(const struct kiosk_page *p);

/* Whether there is an expert at the other end. */
bool kiosk_page_in_call(const struct kiosk_page *p);

/* The strip of a call: microphone, camera, volume, `other` (NULL: none), help,
 * the end of the call. */
void kiosk_strip_call(struct kiosk_page *p, const struct kiosk_button *other);

#endif
