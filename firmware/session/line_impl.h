/* line_impl.h - one line, shared by its parts.
 *
 * Room: private to line*.c. line.c decides and orders, line_in.c takes what
 * luukku-rtc reports, line_talk.c carries the conversation in writing,
 * line_lane.c form and papers.
 */
#ifndef LUUKKU_SESSION_LINE_IMPL_H
#define LUUKKU_SESSION_LINE_IMPL_H

#include "session/line.h"
#include "session/talk.h"

#define LINE_NEVER INT64_MAX

/* A lane's channel, -1 until it is open; RTCMSG_ROOM on it, and what of that
 * was used. */
struct line_lane_state {
    int channel;
    uint64_t room;
    uint64_t sent;
};

struct line {
    struct signal_call *call;
    struct line_output out;
    struct line_controls controls;
    bool expert_ended;        /* it said so on `ctl` */
    bool has_mic, has_camera; /* as luukku-rtc said last */
    uint32_t number;          /* of the newest connection in luukku-rtc */
    uint64_t version;         /* of its newest offer */
    bool transport;           /* luukku-rtc is there */
    bool captures; /* camera and microphone run: waiting, in a call */
    char watched[LK_NAME_MAX]; /* the agency whose queue is heard of, or "" */
    bool prepared;             /* it has connection `number` */
    bool granted;              /* the call is on */
    bool answered;             /* the newest connection has an answer */
    int ctl;                   /* its `ctl` channel, -1 until it is open */
    int text;                  /* likewise its `text` channel */
    struct line_lane_state lane[LINE_LANES];
    enum session_line is; /* as last told to the session */
    int64_t lost_us;    /* since when the line is not good; LINE_NEVER: it is */
    int64_t restart_us; /* next ICE restart */
    int64_t fresh_us;   /* next fresh connection */
    struct talk talk;   /* of the call that is on */
};

/* --- line.c ------------------------------------------------------------ */

/* Sends on a data channel, where it is open; `len` <= 0: nothing. */
void line_send_on(struct line *l, int channel, const char *text, int len);

/* Tells the expert's page what it gets of the citizen: switched on, and there.
 */
void line_tell_state(struct line *l);

/* `ctl` is that one now, or -1: there is none. */
void line_ctl_channel(struct line *l, int channel);

void line_restart_ice(struct line *l, int64_t now_us);

/* Tells the session how the line is, where that is news. */
void line_tell(struct line *l, enum session_line is, int64_t now_us);

/* After every input: does what signalling decided, and sends what was typed. */
void line_drain(struct line *l, int64_t now_us);

/* --- line_talk.c ------------------------------------------------------- */

void line_talk_begin(struct line *l, int64_t now_us);
void line_talk_close(struct line *l);

/* Sends what is due of what was typed, shows what is new. */
void line_talk_flow(struct line *l, int64_t now_us);

/* The channel `text` opened or closed. */
void line_talk_channel(struct line *l, const struct rtcmsg *m, int64_t now_us);

/* --- line_lane.c ------------------------------------------------------- */

void line_lanes_close(struct line *l);

/* A channel opened or closed; has more room; a message came: where it is one of
 * the lanes. */
void line_lane_channel(struct line *l, const struct rtcmsg *m);
void line_lane_room(struct line *l, const struct rtcmsg *m);
void line_lane_data(struct line *l, const struct rtcmsg *m);

#endif
