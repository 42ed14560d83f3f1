/* luukkud_speech.h - what the screen says, in the words of luukku-rtc.
 *
 * Pure besides memory; any thread.
 */
#ifndef LUUKKU_APP_LUUKKUD_SPEECH_H
#define LUUKKU_APP_LUUKKUD_SPEECH_H

#include "ipc/rtcmsg.h"
#include "kiosk/kiosk.h"

/* A copy that outlives the callback, or NULL. luukkud_speech_free(). */
struct kiosk_utterance *luukkud_speech_copy(const struct kiosk_utterance *u);

/* Wipes and frees: it may be private. NULL is fine. */
void luukkud_speech_free(struct kiosk_utterance *u);

/* The order to speak; ret->bytes points into `u`. */
void luukkud_speech_message(const struct kiosk_utterance *u,
                            struct rtcmsg *ret);

enum kiosk_spoken luukkud_speech_outcome(enum rtcmsg_spoken how);

#endif
