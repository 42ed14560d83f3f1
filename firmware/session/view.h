/* view.h - what the screens show, and what people do there.
 *
 * Room: the immutable view that the session publishes, and the intents that
 * come back. Plain data without pointers, so that it can be copied between
 * threads. Texts that depend on the language are not here: the screens have
 * string tables; names from outside are valid UTF-8.
 */
#ifndef LUUKKU_SESSION_VIEW_H
#define LUUKKU_SESSION_VIEW_H

#include "base/text.h"

#define SESSION_TEXT_MAX 129 /* bytes of a shown name, the NUL included */
#define SESSION_LANG_MAX                                \
    4 /* "fi", "sv", "en", "se", "ru", "uk", "ar", "et" \
       */

enum session_screen {
    SESSION_START,
    SESSION_SERVICES,
    SESSION_CARD,
    SESSION_WAITING,
    SESSION_CALL,
    SESSION_END,
    SESSION_OUT_OF_SERVICE,
};

/* How the connection of a call is. */
enum session_line {
    SESSION_LINE_CONNECTING,   /* granted, no picture yet */
    SESSION_LINE_GOOD,         /* packets flow */
    SESSION_LINE_INTERRUPTED,  /* nothing for 3 s */
    SESSION_LINE_RECONNECTING, /* nothing for 10 s, or the transport died */
};

/* Why a session ended, for the end screen. */
enum session_end {
    SESSION_END_NONE,
    SESSION_END_BY_CITIZEN,
    SESSION_END_BY_EXPERT,
    SESSION_END_LINE_LOST, /* 120 s of silence */
    SESSION_END_CANCELLED, /* left the queue */
    SESSION_END_FAILED,    /* the call could not be set up */
};

/* Things a citizen or an adviser should know; bits. */
enum session_notice {
    SESSION_NOTICE_NO_BROKER = 1 << 0,  /* calls cannot be made just now */
    SESSION_NOTICE_NO_CAMERA = 1 << 1,  /* the expert sees no picture */
    SESSION_NOTICE_NO_SOUND = 1 << 2,   /* no microphone or loudspeaker */
    SESSION_NOTICE_SIMULATED = 1 << 3,  /* simulated camera and sound */
    SESSION_NOTICE_NO_PICTURE = 1 << 4, /* the expert's camera is off */
    SESSION_NOTICE_EXPERT_MUTED = 1 << 5,
};

struct session_view {
    uint64_t version; /* rises with every change, from 1 */
    enum session_screen screen;
    char lang[SESSION_LANG_MAX];
    char site[SESSION_TEXT_MAX];
    char card[LK_NAME_MAX]; /* chosen service, or "" */
    uint32_t notices;       /* enum session_notice bits */

    /* waiting */
    uint32_t place;        /* in the queue, from 1 */
    uint32_t free_experts; /* of that agency */
    int64_t waiting_since_us;

    /* call */
    enum session_line line;
    char expert_name[SESSION_TEXT_MAX]; /* from the certificate only */
    char agency_name[SESSION_TEXT_MAX]; /* likewise */
    bool mic_on;
    bool camera_on;
    uint32_t volume; /* 0..10 */
    int64_t call_since_us;

    enum session_end end;
};

enum session_intent_kind {
    SESSION_INTENT_NEXT,   /* from start to services */
    SESSION_INTENT_BACK,   /* one screen back */
    SESSION_INTENT_LANG,   /* arg: language code */
    SESSION_INTENT_CARD,   /* arg: service card id */
    SESSION_INTENT_CALL,   /* join the queue */
    SESSION_INTENT_CANCEL, /* leave the queue */
    SESSION_INTENT_MUTE,   /* turn the microphone off or on */
    SESSION_INTENT_CAMERA, /* turn the camera off or on */
    SESSION_INTENT_VOLUME_UP,
    SESSION_INTENT_VOLUME_DOWN,
    SESSION_INTENT_END_CALL,
    SESSION_INTENT_DONE, /* leave: wipe and begin anew */
};

struct session_intent {
    enum session_intent_kind kind;
    char arg[LK_NAME_MAX]; /* "" where none is meant */
};

#endif
