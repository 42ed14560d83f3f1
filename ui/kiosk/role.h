/* role.h - on whose behalf one acts: what the buttons of that question do.
 *
 * Room: opening and leaving it, the choice that was not said yet, telling the
 * session. Thread: the main thread. Not here: what it looks like
 * (screens_role.c).
 */
#ifndef LUUKKU_KIOSK_ROLE_H
#define LUUKKU_KIOSK_ROLE_H

struct kiosk_ui;

/* Fields of the question. */
#define KIOSK_ROLE_NAME "role-name"
#define KIOSK_ROLE_ID "role-id"

/* KIOSK_ACT_ROLE: "open", "close", "self", "person", "company", "save". */
void kiosk_role_act(struct kiosk_ui *ui, const char *what);

#endif
