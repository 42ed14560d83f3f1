/* session.h - one citizen's visit: screens, rules and what follows from them.
 *
 * Room: a state machine. Intents come from the screen, events from the call;
 * views and actions come out. Pure: no I/O, no clock, one thread.
 * Not here: how a call is signalled or carried (line.h).
 */
#ifndef LUUKKU_SESSION_SESSION_H
#define LUUKKU_SESSION_SESSION_H

#include "session/view.h"

struct session;

#define SESSION_VOLUME_MAX 10
#define SESSION_VOLUME_DEFAULT 7

/* The end screen leaves by itself after this, so that nothing stays behind
 * when the citizen walks away. */
#define SESSION_END_SHOWN_US (30 * 1000000LL)

/* Likewise with a tracking code, which takes time to be written down. */
#define SESSION_END_CODE_US (120 * 1000000LL)

/* Nobody touched anything: the question comes, and the visit ends (EN 301 549,
 * 5.9 and WCAG 2.2, 2.2.1 ask for 20 s at least to answer). Never in the
 * queue or in a call. */
#define SESSION_IDLE_US (90 * 1000000LL)
#define SESSION_IDLE_ANSWER_US (30 * 1000000LL)

/* With a card in the reader it does not leave, nor by "done", so that nobody
 * goes home without it; but in the end the kiosk is for others, too. */
#define SESSION_END_CARD_US (600 * 1000000LL)

struct session_config {
    const char *site; /* shown name of the place; copied */
    const char *lang; /* language of every new visit; copied */
    /* What the place has to say to its citizens; copied. NULL or "": nothing */
    const char *notice;
    uint32_t volume; /* of every new visit; 0: SESSION_VOLUME_DEFAULT */
    int64_t idle_us; /* in place of SESSION_IDLE_US, for tests; 0: that */
};

/* Makes a session on its start screen.
 * Owner: caller. Errors: -ENOMEM, -EINVAL text too long or not UTF-8. */
int session_new(const struct session_config *config,
                struct session **ret) LK_MUST_CHECK;

/* Frees and wipes. NULL is fine. Returns NULL. */
struct session *session_free(struct session *s);
LK_AUTO_DEFINE(session);

enum session_event_kind {
    SESSION_EVENT_BROKER,    /* up: whether calls can be made */
    SESSION_EVENT_QUEUE,     /* place, free_experts */
    SESSION_EVENT_GRANTED,   /* expert_user, expert_name, agency_name: the call
                                is on */
    SESSION_EVENT_LINE,      /* line */
    SESSION_EVENT_OVER,      /* end: the call is over */
    SESSION_EVENT_REMOTE,    /* mic, camera: the expert's own switches */
    SESSION_EVENT_DEVICES,   /* camera, mic: present; simulated */
    SESSION_EVENT_TRANSPORT, /* up: whether the transport program runs */
    SESSION_EVENT_HEADSET,   /* up: plugged in; the first time starts speech */
    SESSION_EVENT_TALK,      /* up: the channel for writing is open */
    SESSION_EVENT_SAID,      /* talk: what was written, anew */
    SESSION_EVENT_VOICE,     /* up: somebody speaks at the other end */
    SESSION_EVENT_FORM,      /* up: there is one; phase, called, code */
    SESSION_EVENT_FORM_LEFT, /* back from its first step: to the call */
    SESSION_EVENT_TRACK,     /* track: a matter, as it is known */
    SESSION_EVENT_PAPERS,    /* up: there is something to scan with, or pages;
                                called: the expert asks for a paper, or shows
                                one; glass: one was scanned from it */
    SESSION_EVENT_PAPERS_LEFT, /* back from the tray: to where it was */
    SESSION_EVENT_IDENTITY,    /* identity: as it stands; called */
    SESSION_EVENT_WIPED,       /* all of the last visit is gone: begin anew */
};

/* What is known of a matter; borrowed during the call. "" for what is not.
 * answered: an answer is on its way; of the rest the code alone counts. */
struct session_matter {
    enum session_track track;
    const char *code;
    const char *title;
    const char *state;
    const char *asks;
    bool answered;
};

struct session_event {
    enum session_event_kind kind;
    bool up;
    bool mic;
    bool camera;
    bool simulated;
    uint32_t place;
    uint32_t free_experts;
    enum session_line line;
    enum session_end end;
    enum form_phase phase;
    bool called; /* the expert asks to look at the form (a paper, ...), now */
    bool glass;
    const char *code;        /* the tracking code; NULL: none */
    const char *expert_user; /* borrowed during the call, as is all below */
    const char *expert_name;
    const char *agency_name;
    const struct session_talk *talk;
    const struct session_matter *matter;
    const struct session_identity *identity;
};

enum session_action_kind {
    SESSION_DO_WAIT,     /* join the queue for `card` in `lang` */
    SESSION_DO_LEAVE,    /* leave the queue */
    SESSION_DO_HANG_UP,  /* end the call */
    SESSION_DO_CONTROLS, /* mic_on, camera_on, volume, lang as in the view */
    SESSION_DO_WRITE,    /* text: the turn being typed, whole */
    SESSION_DO_SAY,      /* the turn is complete */
    SESSION_DO_WATCH,  /* card: its queue is of interest from now on; "" none */
    SESSION_DO_FORM,   /* intent: for the form */
    SESSION_DO_TRACK,  /* intent: TRACK_CODE or TRACK_ANSWER */
    SESSION_DO_PAPERS, /* intent: for the papers */
    SESSION_DO_IDENTITY, /* intent: for identifying and signing by card */
    SESSION_DO_FINISH,   /* the visit is over: wipe everything, begin anew */
};

struct session_action {
    enum session_action_kind kind;
    char card[LK_NAME_MAX];
    char lang[SESSION_LANG_MAX];
    char text[SESSION_ARG_MAX];
    struct session_intent intent;
};

/* Most actions that wait to be polled; a session makes two at a time. */
#define SESSION_ACTIONS_MAX 8

/* Takes what a person did. What does not fit the present screen is ignored:
 * a touch can be late. now_us: CLOCK_MONOTONIC. */
void session_intent(struct session *s, const struct session_intent *intent,
                    int64_t now_us);

/* Takes what happened. Events that do not fit the present screen only update
 * what they say. */
void session_event(struct session *s, const struct session_event *event,
                   int64_t now_us);

/* So long nobody may have touched anything before a trial may begin. */
#define SESSION_TRIAL_ALONE_US (10 * 1000000LL)

/* Shows that a technician tries something, until SESSION_TRIAL_NONE: then the
 * start screen is back. A trial follows another one at once. Somebody who stops
 * it makes the view's `trial` SESSION_TRIAL_NONE; the screen stays. A picture
 * is stopped by any touch: whoever touches the kiosk stands before it.
 * Errors  -EBUSY somebody is at the kiosk, or was just now */
int session_trial(struct session *s, enum session_trial what,
                  int64_t now_us) LK_MUST_CHECK;

/* Shows that the technician `name` looks at the kiosk from afar, until it is
 * called with "". Somebody who stops it, or begins to use the kiosk, makes the
 * view's `helping` say so, and the name is gone at once.
 * Errors  -EBUSY somebody is at the kiosk, or was just now */
int session_helper(struct session *s, const char *name,
                   int64_t now_us) LK_MUST_CHECK;

/* Lets time pass. */
void session_tick(struct session *s, int64_t now_us);

/* When session_tick() is wanted next; INT64_MAX for never. */
int64_t session_next_us(const struct session *s);

/* Whether they show the same. */
bool session_identity_same(const struct session_identity *a,
                           const struct session_identity *b);

/* Takes the next action; false when there is none. */
bool session_poll(struct session *s, struct session_action *ret);

/* Whether a call is on: on its own screen, or on one of the form's. */
bool session_in_call(const struct session_view *view);

/* The present view; changes with the next intent, event or tick. */
const struct session_view *session_view(const struct session *s);

#endif
