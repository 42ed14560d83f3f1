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
#include "forms/view.h"

#define SESSION_TEXT_MAX 129 /* bytes of a shown name, the NUL included */
#define SESSION_ARG_MAX 512  /* bytes of an intent's argument, likewise */
#define SESSION_SAID_MAX 512 /* bytes of one written turn, likewise */
#define SESSION_SAID_TURNS 8 /* written turns that are shown, newest last */

/* Bytes of a language's code, the NUL included: "fi", "sv", "en", "se", "ru",
 * "uk", "ar", "et". */
#define SESSION_LANG_MAX 4

enum session_screen {
    SESSION_START,
    SESSION_SERVICES,
    SESSION_CARD,
    SESSION_WAITING,
    SESSION_CALL,
    SESSION_FORM,    /* in a call: one step of the form, beside the picture */
    SESSION_APPROVE, /* in a call: the snapshot that would be sent */
    SESSION_RECEIPT, /* sent, with a tracking code; in a call, or at its end */
    SESSION_TRACK, /* a tracking code is typed, or what became of its matter */
    SESSION_END,
    SESSION_LEAVING, /* everything is being wiped; nothing can be done */
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

enum session_text_size {
    SESSION_TEXT_NORMAL,
    SESSION_TEXT_LARGE,
    SESSION_TEXT_LARGEST, /* EN 301 549, 5.1.4 */
    SESSION_TEXT_SIZES,
};

/* How the screen is used; back to the defaults after every visit. */
struct session_manner {
    enum session_text_size text_size;
    bool contrast; /* inverse contrast */
    bool speech;   /* screens are spoken */
    uint8_t pace;  /* of speech: 0 slowest .. SESSION_PACE_MAX */
    bool headset;  /* one is plugged in: private things may be spoken */
    bool typing;   /* in a call: conversation in writing is open */
};
#define SESSION_PACE_MAX 4
#define SESSION_PACE_DEFAULT 2

/* One turn of the conversation in writing (real-time text). */
struct session_said {
    bool mine;                   /* typed here */
    bool open;                   /* still being typed */
    uint32_t id;                 /* from 1, rises; a turn keeps its own */
    char text[SESSION_SAID_MAX]; /* UTF-8; U+FFFD stands where text was lost */
};

struct session_talk {
    bool up; /* what is typed reaches the other end */
    uint32_t n;
    struct session_said said[SESSION_SAID_TURNS];
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

/* A matter looked up by its tracking code. */
enum session_track {
    SESSION_TRACK_TYPING,
    SESSION_TRACK_BAD_CODE, /* mistyped: the check character tells */
    SESSION_TRACK_ASKING,
    SESSION_TRACK_FOUND,
    SESSION_TRACK_UNKNOWN, /* the agency knows no such matter */
    SESSION_TRACK_FAILED,  /* the agency could not be reached */
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
    bool speaks; /* the expert, just now; not while muted or the line is bad */
    bool mic_on;
    bool camera_on;
    uint32_t volume; /* 0..10 */
    int64_t call_since_us;

    enum session_end end;

    struct session_manner manner;
    bool help;            /* help is shown over the screen */
    bool idle;            /* the question whether anybody is there */
    int64_t idle_ends_us; /* with `idle`: when the visit ends by itself */
    struct session_talk talk;

    /* The form itself is handed over apart: kiosk_ui_set_form(). */
    bool has_form;            /* the call's service has one, and it lives */
    bool form_called;         /* the expert asks to look at it */
    char code[FORM_CODE_MAX]; /* end, receipt: the tracking code; else "" */

    enum session_track track;
    char track_code[FORM_CODE_MAX];
    char track_title[SESSION_TEXT_MAX]; /* FOUND: as the agency says it */
    char track_state[SESSION_TEXT_MAX]; /* in the citizen's language */
    char track_asks[SESSION_SAID_MAX];  /* a question of the agency's that can
                                           be answered here; "" none */
    bool track_answered;
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

    SESSION_INTENT_ALIVE,     /* somebody touched something, whatever it did */
    SESSION_INTENT_STAY,      /* answers the question whether anybody is here */
    SESSION_INTENT_HELP,      /* opens help, or closes it */
    SESSION_INTENT_TEXT_SIZE, /* to the next size, around */
    SESSION_INTENT_CONTRAST,  /* turns it on or off */
    SESSION_INTENT_SPEECH,    /* likewise */
    SESSION_INTENT_FASTER,    /* speech */
    SESSION_INTENT_SLOWER,
    SESSION_INTENT_TYPING, /* opens or closes the conversation in writing */
    SESSION_INTENT_WRITE,  /* arg: the whole turn that is being typed */
    SESSION_INTENT_SAY,    /* the turn is complete; a new one begins */
    SESSION_INTENT_QUIT,   /* end the visit before a call: wipe, begin anew */

    /* The form; forms/form.h says what each does. On its screens NEXT and BACK
     * go from step to step; BACK at the first goes to the call. */
    SESSION_INTENT_FORM,      /* from the call to the form */
    SESSION_INTENT_CALL_VIEW, /* from the form to the call, whatever the step */
    SESSION_INTENT_EDIT,      /* path, version, at, remove; arg: inserted */
    SESSION_INTENT_SET,       /* path; arg: value */
    SESSION_INTENT_TOGGLE,    /* path; arg: option */
    SESSION_INTENT_FOCUS,     /* path or "", at */
    SESSION_INTENT_ROW_ADD,   /* path */
    SESSION_INTENT_ROW_REMOVE, /* path */
    SESSION_INTENT_ACCEPT,     /* path: the expert's suggestion */
    SESSION_INTENT_DECLINE,    /* path: likewise; on the approval screen without
                                  a path: back to the form */
    SESSION_INTENT_UNDO,
    SESSION_INTENT_REVIEW,  /* read through and approve */
    SESSION_INTENT_APPROVE, /* the citizen's yes */
    SESSION_INTENT_TRACK,   /* from the start: ask for a matter by its code */
    SESSION_INTENT_TRACK_CODE,   /* arg: what was typed */
    SESSION_INTENT_TRACK_ANSWER, /* arg: the answer to what the agency asks */
};

struct session_intent {
    enum session_intent_kind kind;
    char arg[SESSION_ARG_MAX]; /* "" where none is meant */
    char path[FORMS_PATH_MAX]; /* likewise */
    uint32_t version;
    uint32_t at;
    uint32_t remove;
};

#endif
