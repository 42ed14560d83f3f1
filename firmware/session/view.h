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

#define SESSION_NOTICE_MAX 257 /* bytes of a place's notice, likewise */
#define SESSION_TEXT_MAX 129   /* bytes of a shown name, the NUL included */
#define SESSION_ARG_MAX 512    /* bytes of an intent's argument, likewise */
#define SESSION_SAID_MAX 512   /* bytes of one written turn, likewise */
#define SESSION_SAID_TURNS 8   /* written turns that are shown, newest last */

/* Bytes of a kiosk's requests for certificates, the NUL included. */
#define SESSION_REQUEST_MAX 1280

/* Bytes of a language's code, the NUL included: "fi", "sv", "en", "se", "ru",
 * "uk", "ar", "et". */
#define SESSION_LANG_MAX 4

enum session_screen {
    SESSION_START,
    SESSION_SERVICES,
    SESSION_CARD,
    SESSION_WAITING,
    SESSION_CALL,
    SESSION_FORM,     /* in a call: one step of the form, beside the picture */
    SESSION_APPROVE,  /* in a call: the snapshot that would be sent */
    SESSION_PAPER,    /* in a call: papers are scanned and looked at */
    SESSION_IDENTIFY, /* in a call: who the citizen is; a signature by card */
    SESSION_RECEIPT,  /* sent, with a tracking code; in a call, or at its end */
    SESSION_TRACK, /* a tracking code is typed, or what became of its matter */
    SESSION_END,
    SESSION_LEAVING, /* everything is being wiped; nothing can be done */
    SESSION_TRIAL,   /* no visit: a technician tries camera and sound */
    SESSION_UNUSED,  /* the kiosk has no certificate or no site yet */
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

/* How identifying, or signing by card, stands. */
enum session_identity_phase {
    SESSION_IDENTITY_NONE,
    SESSION_IDENTITY_ASKED, /* what will be told to whom; yes or no */
    SESSION_IDENTITY_CARD,  /* put the card in */
    SESSION_IDENTITY_PIN,   /* on the screen, or on the reader's own keys */
    SESSION_IDENTITY_WORKING,
    SESSION_IDENTITY_PHONE,    /* a code is shown for one's own telephone */
    SESSION_IDENTITY_DOCUMENT, /* held to the document camera */
    SESSION_IDENTITY_DONE,     /* take your card */
    SESSION_IDENTITY_FAILED,   /* why, tries */
};

enum session_identity_how {
    SESSION_BY_CARD,
    SESSION_BY_PHONE,
    SESSION_BY_DOCUMENT,
    SESSION_BY_SIGNATURE, /* the form, with the card's signing key (PIN 2) */
};

/* Why it failed; each has its own words. */
enum session_identity_why {
    SESSION_WHY_NONE,
    SESSION_WHY_WRONG_PIN, /* tries: left */
    SESSION_WHY_LAST_TRY,  /* one is left, which is not used up here */
    SESSION_WHY_BLOCKED,
    SESSION_WHY_NO_CARD,
    SESSION_WHY_CARD_GONE,
    SESSION_WHY_NOT_EID,
    SESSION_WHY_UNREADABLE,
    SESSION_WHY_TIMEOUT,
    SESSION_WHY_READER, /* it misbehaves, or there is none */
    SESSION_WHY_EXPIRED,
    SESSION_WHY_PHONE_DENIED,
    SESSION_WHY_PHONE_FAILED,
    SESSION_WHY_NO_CAMERA,
    SESSION_WHY_FAILED,
    SESSION_WHYS,
};

/* What a technician tries while nobody is there. */
/* A technician who looks at the kiosk from afar (firmware/remote). */
enum session_helping {
    SESSION_HELPING_NOT,
    SESSION_HELPING,         /* `helper` is connected */
    SESSION_HELPING_STOPPED, /* somebody at the kiosk ended it */
    SESSION_HELPING_VISIT,   /* somebody began to use the kiosk */
};

enum session_trial {
    SESSION_TRIAL_NONE,
    SESSION_TRIAL_DEVICES, /* camera and microphone; nothing is kept */
    SESSION_TRIAL_PICTURE, /* the technician sees what the camera sees */
};

/* On whose behalf the citizen acts. */
enum session_role { SESSION_SELF, SESSION_PERSON, SESSION_COMPANY };

#define SESSION_QR_MAX 256
#define SESSION_TRIES_UNKNOWN 0xff

struct session_identity {
    enum session_identity_phase phase;
    enum session_identity_how how;
    enum session_identity_why why;
    uint8_t tries;           /* left, or SESSION_TRIES_UNKNOWN */
    uint8_t digits;          /* of the PIN, held now */
    uint8_t least, most;     /* digits that the PIN may have */
    bool pad;                /* it is typed on the reader's own keys */
    uint8_t order[10];       /* PIN: the digit on each key, shuffled or 0..9 */
    bool reader;             /* there is a card reader */
    bool card_in;            /* a card is in it */
    char qr[SESSION_QR_MAX]; /* PHONE: what the code says */
    char code[32];           /* PHONE: to type where it cannot be read */
    int64_t code_until_us;   /* PHONE: when the code ends, lk_clock_us() */
    char hash[2 * 48 + 1];   /* SIGNATURE: hex, what is signed: 64 or 96 */
    char name[SESSION_TEXT_MAX]; /* DONE: the holder's, as on the card */
};

struct session_view {
    uint64_t version; /* rises with every change, from 1 */
    enum session_screen screen;
    char unused[LK_NAME_MAX]; /* SESSION_UNUSED: what the kiosk is called */
    char request[SESSION_REQUEST_MAX]; /* likewise: its requests, PEM */
    char lang[SESSION_LANG_MAX];
    char site[SESSION_TEXT_MAX];
    char site_notice[SESSION_NOTICE_MAX]; /* of the place; "" none */
    char card[LK_NAME_MAX];               /* chosen service, or "" */
    uint32_t notices;                     /* enum session_notice bits */

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
    enum session_trial trial;
    enum session_helping helping;
    char helper[SESSION_TEXT_MAX]; /* from the certificate only; "" nobody */

    struct session_manner manner;
    bool help;            /* help is shown over the screen */
    bool idle;            /* the question whether anybody is there */
    int64_t idle_ends_us; /* with `idle`: when the visit ends by itself */
    struct session_talk talk;

    /* The form itself is handed over apart: kiosk_ui_set_form(). */
    bool has_form;            /* the call's service has one, and it lives */
    bool form_called;         /* the expert asks to look at it */
    char code[FORM_CODE_MAX]; /* end, receipt: the tracking code; else "" */

    /* The papers themselves are handed over apart: kiosk_ui_set_papers(). */
    bool has_papers;   /* there is something to scan with, or pages are there */
    bool paper_called; /* the expert asks for a paper, or shows one */
    struct session_identity identity;
    bool identity_called; /* the expert asks who it is */
    enum session_role role;
    char role_name[SESSION_TEXT_MAX]; /* of whom; "" oneself */
    char role_id[32];
    bool card_left;  /* a card is still in the reader at the end */
    bool paper_left; /* papers may lie on the glass at the end */

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
    SESSION_INTENT_HELPER_STOP, /* ends a technician's remote help */
    SESSION_INTENT_QUIT, /* end the visit before a call: wipe, begin anew */

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

    /* Papers; papers/view.h has the words. `at`: a page's id. */
    SESSION_INTENT_PAPERS,      /* from the call or the form to the papers */
    SESSION_INTENT_SCAN_SOURCE, /* remove: enum scanmsg_source */
    SESSION_INTENT_SCAN_BLANK,  /* leave blank pages out, or not */
    SESSION_INTENT_SCAN,        /* remove 1: aim the document camera; 2: take
                                   what is seen */
    SESSION_INTENT_SCAN_CANCEL,
    SESSION_INTENT_PAGE,            /* at: look at this one */
    SESSION_INTENT_PAGE_TURN,       /* at; remove: quarters clockwise, 1..3 */
    SESSION_INTENT_PAGE_STRAIGHTEN, /* at */
    SESSION_INTENT_PAGE_CROP,       /* at: set its edges */
    SESSION_INTENT_PAGE_CROP_EDGES, /* box: as they stand now */
    SESSION_INTENT_PAGE_CROP_OK,    /* cut */
    SESSION_INTENT_PAGE_AGAIN,      /* at: scan it anew, in its place */
    SESSION_INTENT_PAGE_REMOVE,     /* at */
    SESSION_INTENT_PAGE_EARLIER,    /* at */
    SESSION_INTENT_PAGE_LATER,      /* at */
    SESSION_INTENT_PAGE_SHARE,      /* at, 0 all: asks for consent */
    SESSION_INTENT_PAGE_UNSHARE, /* at: the expert does not see it any more */
    SESSION_INTENT_PAGE_ATTACH,  /* at: goes with the form, or not any more */
    SESSION_INTENT_CONSENT_YES,
    SESSION_INTENT_CONSENT_NO,
    SESSION_INTENT_LOOK,        /* at; box[0..1]: middle; version: zoom;
                                   remove: turn */
    SESSION_INTENT_POINT,       /* at, 0 nowhere; box[0..1] */
    SESSION_INTENT_MARK,        /* at; remove: enum papers_mark_kind; box; arg:
                                   text */
    SESSION_INTENT_UNMARK,      /* at; version: the mark's id */
    SESSION_INTENT_ASK_DECLINE, /* the expert gets no such paper */

    /* Who the citizen is. */
    SESSION_INTENT_IDENTIFY, /* to that screen */
    SESSION_INTENT_IDENTIFY_YES,
    SESSION_INTENT_IDENTIFY_NO, /* also gives up what is under way */
    SESSION_INTENT_PIN_DIGIT,   /* at: the digit */
    SESSION_INTENT_PIN_BACK,
    SESSION_INTENT_PIN_OK,
    SESSION_INTENT_IDENTIFY_AGAIN, /* after a failure; or the document lay badly
                                    */
    SESSION_INTENT_SIGN,           /* approve: sign with the card, too */
    SESSION_INTENT_ROLE, /* remove: enum session_role; arg: name; path:
                            id */
};

struct session_intent {
    enum session_intent_kind kind;
    char arg[SESSION_ARG_MAX]; /* "" where none is meant */
    char path[FORMS_PATH_MAX]; /* likewise */
    uint32_t version;
    uint32_t at;
    uint32_t remove;
    uint16_t box[4]; /* positions on a page: x, y, to x, to y */
};

#endif
