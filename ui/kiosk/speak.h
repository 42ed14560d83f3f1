/* speak.h - from the semantic tree to what is spoken.
 *
 * Room: which words a screen, a change, the focus and the conversation in
 * writing are spoken with, and when. Pure: no I/O, no clock; remembers what it
 * said last. Not here: voices and sound (luukku-rtc), the log for technicians
 * (speech.h).
 *
 * What is marked private in the tree, and the conversation, goes into an
 * utterance of its own that is `closed`: for headphones alone. Without a
 * headset a neutral sentence is spoken in its place.
 */
#ifndef LUUKKU_KIOSK_SPEAK_H
#define LUUKKU_KIOSK_SPEAK_H

#include "kiosk/edit.h"
#include "kiosk/kiosk.h"
#include "kiosk/tree.h"

#define KIOSK_SPEAK_STATUSES_MAX 128 /* statuses whose changes are known */
#define KIOSK_SPEAK_CHOICES_MAX 16   /* buttons named with a new screen */

/* Most utterances of one change: an open one, then a closed one. */
#define KIOSK_SPEAK_MAX 2

/* What was spoken last. Zeroed: nothing yet. Holds private words: wipe it. */
struct kiosk_speak {
    bool on;
    enum session_screen screen;
    enum kiosk_lang lang;
    struct session_manner manner;
    uint32_t volume;
    char overlay[KIOSK_ID_MAX];  /* of the top overlay; "-" when it has no id */
    char focus[KIOSK_ID_MAX];    /* "" none */
    uint64_t focus_sum;          /* of its name and state */
    uint64_t value_sum;          /* of its value */
    uint32_t part;               /* of the screen, and its page */
    char question[KIOSK_ID_MAX]; /* that the focus is in, or "" */
    char typed[KIOSK_EDIT_MAX + 1]; /* text of the field that is typed into */
    size_t statuses;
    uint64_t status[KIOSK_SPEAK_STATUSES_MAX];
    bool mic_on, camera_on;
    uint32_t told;     /* newest turn of the other end that was told of */
    uint32_t said;     /* newest one that was spoken */
    size_t said_bytes; /* of that turn's text */
    size_t again_n;
    struct kiosk_utterance again[KIOSK_SPEAK_MAX];
};

/* Looks at a new tree of `view`; fills `ret` with what is to be spoken now,
 * `id` left 0. Returns how many, 0..KIOSK_SPEAK_MAX. */
size_t kiosk_speak_update(struct kiosk_speak *s, const struct kiosk_tree *t,
                          const struct session_view *view,
                          struct kiosk_utterance ret[KIOSK_SPEAK_MAX]);

/* What must be called out over and over, speech or not: a card left behind.
 * False: nothing. */
bool kiosk_speak_alarm(const struct session_view *view,
                       struct kiosk_utterance *ret);

/* What was spoken last, again, in its own language; nothing while speech is
 * off. What was private stays unsaid when the headset is gone. As above. */
size_t kiosk_speak_again(const struct kiosk_speak *s,
                         struct kiosk_utterance ret[KIOSK_SPEAK_MAX]);

/* --- speak_words.c: private to this room ------------------------------- */

/* Utterances in the making: what all may hear, and what only headphones do. */
struct kiosk_words {
    enum kiosk_lang lang;
    bool headset;
    bool hid;    /* the neutral sentence was said once */
    bool secret; /* what only headphones hear is not to be kept */
    struct kiosk_utterance open, closed;
};

/* One phrase, with a full stop unless it ends in a mark. What does not fit is
 * left out whole. */
void kiosk_words_add(struct kiosk_words *w, bool private, const char *phrase);
void kiosk_words_str(struct kiosk_words *w, enum kiosk_str key);

/* Name, value, kind and state of a button or field, as one phrase. */
void kiosk_words_control(struct kiosk_words *w, const struct kiosk_tree *t,
                         int i);

/* The question that a node lies in, or -1. */
int kiosk_words_question(const struct kiosk_tree *t, int i);

/* What belongs to question q besides its answer: help, what is wrong. */
void kiosk_words_about(struct kiosk_words *w, const struct kiosk_tree *t,
                       int q);

/* A text, or a status with its value. */
void kiosk_words_text(struct kiosk_words *w, const struct kiosk_node *n);

/* The whole screen, or the overlay on top: texts, then what can be done. */
void kiosk_words_screen(struct kiosk_words *w, const struct kiosk_tree *t);

/* Whether the node, or one around it, is hidden for everybody: what only is on
 * another page of a pager is read out with the rest. */
bool kiosk_words_hidden(const struct kiosk_tree *t, int i);

/* Whether a node around it, or itself, has that id. */
bool kiosk_words_within(const struct kiosk_tree *t, int i, const char *id);

/* Whether it belongs to the buttons that turn pages. */
bool kiosk_words_turns(const struct kiosk_tree *t, int i);

#endif
