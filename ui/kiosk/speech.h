/* speech.h - what the screen says, handed on and kept for technicians.
 *
 * Room, private; main thread. What is said is decided in speak.h; voices are
 * luukku-rtc's. The log exists only where technicians may control the screen.
 */
#ifndef LUUKKU_KIOSK_SPEECH_H
#define LUUKKU_KIOSK_SPEECH_H

#include "kiosk/speak.h"

#define KIOSK_SPEECH_LOG_MAX 64 /* utterances kept until asked for */

struct kiosk_speech_entry {
    uint32_t id;
    char lang[SESSION_LANG_MAX];
    bool closed, interrupt;
    enum kiosk_spoken how;
    char *text; /* owned */
};

/* Zeroed: begins empty. */
struct kiosk_speech {
    struct kiosk_speak speak;
    uint32_t id; /* of the newest utterance */
    size_t n;
    struct kiosk_speech_entry log[KIOSK_SPEECH_LOG_MAX]; /* oldest first */
};

/* Adds to the log; the oldest is lost when it is full, the newest when there
 * is no memory. */
void kiosk_speech_note(struct kiosk_speech *s, const struct kiosk_utterance *u);

/* Puts into the log what became of an utterance, if it is still there. */
void kiosk_speech_outcome(struct kiosk_speech *s, uint32_t id,
                          enum kiosk_spoken how);

/* The log as JSON, at most `max` bytes: the oldest are left out for that.
 * With `empty` it is empty afterwards.
 *
 * ret     heap text, the caller frees it
 * Errors  -ENOMEM
 */
int kiosk_speech_json(struct kiosk_speech *s, size_t max, bool empty,
                      char **ret) LK_MUST_CHECK;

/* Wipes and frees what it holds. */
void kiosk_speech_clear(struct kiosk_speech *s);

struct kiosk_ui;

/* Speaks what the newest tree gives cause for. */
void kiosk_speech_update(struct kiosk_ui *ui);

/* A card left behind at the end is called out, whether speech is on or not,
 * every few seconds until it is taken. Call it at every turn of the loop. */
void kiosk_speech_alarm(struct kiosk_ui *ui);

/* Says again what was said last: the key "repeat", and KIOSK_ACT_REPEAT. */
void kiosk_speech_again(struct kiosk_ui *ui);

#endif
