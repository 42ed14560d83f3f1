/* line.h - carries one call between signalling and the transport program.
 *
 * Room: turns what signal/call.h decides and what luukku-rtc reports into
 * orders to luukku-rtc and events for the session: prepares a connection while
 * the citizen waits, opens it on the grant, restarts ICE in silence, makes a
 * fresh connection when the transport program or the expert's page came back,
 * and gives up after 120 s. Holds the call's rules of silence (PROTOCOL.md).
 * No I/O: messages leave through callbacks; time goes in. One thread.
 */
#ifndef LUUKKU_SESSION_LINE_H
#define LUUKKU_SESSION_LINE_H

#include "ipc/rtcmsg.h"
#include "session/session.h"
#include "signal/call.h"

struct line;

#define LINE_RESTART_US (5 * INT64_C(1000000))   /* between ICE restarts */
#define LINE_FRESH_US (2 * INT64_C(1000000))     /* between fresh connections */
#define LINE_GIVE_UP_US (120 * INT64_C(1000000)) /* of silence */
#define LINE_CTL_MAX 1024   /* bytes of a message of the page on `ctl` */
#define LINE_SAY_MAX 16384  /* bytes of one to it */
#define LINE_LANE_MAX 16384 /* bytes of a message on `form` or `paper` */

/* The channels that carry much. The first has the way before the second. */
enum line_lane { LINE_FORM, LINE_PAPER, LINE_LANES };

/* What leaves. Called from inside the functions below; must not call back into
 * the line. What is borrowed dies on return. */
struct line_output {
    void (*send)(void *arg, const struct rtcmsg *m); /* to luukku-rtc */
    void (*event)(void *arg, const struct session_event *e);
    /* A refused message, a repeat given up: static names for the log. */
    void (*note)(void *arg, const char *what, const char *why);
    /* A lane of the call opened or closed; a message came on it (0 bytes: one
     * that was not binary); asks for the next one to send, at most
     * LINE_LANE_MAX bytes, lent until the next call: false, there is none.
     * All or none of them. */
    void (*lane)(void *arg, enum line_lane lane, bool open);
    void (*lane_data)(void *arg, enum line_lane lane, const void *bytes,
                      size_t len);
    bool (*lane_poll)(void *arg, enum line_lane lane, const void **ret,
                      size_t *ret_len);
    /* `ctl` of the call opened (each time it is another connection's) or
     * closed; a text came on it that is none of the line's own. Both or
     * neither. */
    void (*ctl)(void *arg, bool open);
    void (*ctl_text)(void *arg, const char *text, size_t len);
    void *arg;
};

/* Makes a line. The configuration's key and trust are borrowed and outlive it.
 * Owner: caller. Errors: those of signal_call_new(). */
int line_new(const struct signal_call_config *config,
             const struct line_output *out, struct line **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct line *line_free(struct line *l);
LK_AUTO_DEFINE(line);

/* The citizen looks at a service: from now on the broker tells of its agency's
 * queue and experts, so that place and number are known by the time the queue
 * is joined. NULL, "" or no card of the catalogue: of none. Ends by itself with
 * the grant, and with the wait. */
void line_watch(struct line *l, const char *card);

/* Joins the queue for a service of the catalogue, prepares a connection, and
 * lets camera and microphone run until it is all over.
 * Errors: -ENOENT no such card, and those of signal_call_wait(). */
int line_wait(struct line *l, const char *card, const char *lang,
              const struct signal_time *t) LK_MUST_CHECK;

/* Leaves the queue or ends the call; SESSION_EVENT_OVER follows. */
void line_end(struct line *l, const struct signal_time *t);

/* The citizen's switches, as in the view; told to luukku-rtc and, in a call,
 * to the expert's page. */
struct line_controls {
    bool mic;
    bool camera;
    uint8_t volume; /* 0..10 */
    char lang[SESSION_LANG_MAX];
};
void line_set_controls(struct line *l, const struct line_controls *c);

/* The conversation in writing (talk.h): the citizen's open turn as it is now,
 * valid UTF-8; and its end. Nothing outside a call. SESSION_EVENT_SAID
 * follows, perhaps a little later. */
void line_write(struct line *l, const char *text, int64_t now_us);
void line_say(struct line *l, int64_t now_us);

/* There may be something to send on the lanes: sends as much of it as
 * luukku-rtc has room for, and goes on by itself when it has more. */
void line_flow(struct line *l);

/* Says a text of at most LINE_SAY_MAX bytes on `ctl`; nothing where that is not
 * open. May be called from inside the outputs, as line_binding(). */
void line_say_ctl(struct line *l, const char *text, size_t len);

/* signal_call_binding() of the line's call. */
bool line_binding(const struct line *l, struct signal_binding *ret);

/* luukku-rtc runs (a new channel to it stands), or has gone. */
void line_transport(struct line *l, bool up, const struct signal_time *t);

/* Whether the farewell of the last call has arrived or been given up, so that
 * the programs may end. */
bool line_settled(const struct line *l);

/* A message from luukku-rtc. */
void line_receive(struct line *l, const struct rtcmsg *m,
                  const struct signal_time *t);

/* Does what is due. */
void line_tick(struct line *l, const struct signal_time *t);

/* When line_tick() is wanted next; INT64_MAX for never. */
int64_t line_next_us(const struct line *l);

#endif
