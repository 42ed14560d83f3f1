/* line_world.h - a line between a simulated luukku-rtc and a simulated expert's
 * page, as its tests share it.
 */
#ifndef LUUKKU_TEST_LINE_WORLD_H
#define LUUKKU_TEST_LINE_WORLD_H

#include "testing.h"

#include "session/line.h"

#include "../signal/expert.h"

#define SECOND INT64_C(1000000)
#define ORDERS_MAX 64

struct world {
    struct line *line;
    struct signal_key *key;
    struct signal_trust *trust;
    struct expert expert;
    struct signal_time t;
    enum rtcmsg_type order[ORDERS_MAX]; /* since clear(), PUBLISH left out */
    size_t orders;
    uint32_t number;  /* of the newest PREPARE */
    uint64_t version; /* of the newest offer asked for */
    uint64_t session;
    struct session_event last; /* by kind, the newest of LINE and OVER */
    enum session_line is;
    bool granted;
    bool over;
    enum session_end end;
    bool gate;                 /* the newest connection was opened */
    bool captures;             /* as ordered last */
    char watched[LK_NAME_MAX]; /* likewise */
    char ctl[128];
    char text[256]; /* all that was sent on the channel TEXT */
    struct session_talk talk;
    bool talk_up;
    bool voice;
    int voices; /* how often it was told */
    /* The channel FORM */
    unsigned form_sent;  /* messages on it */
    unsigned form_waits; /* more to send */
    size_t form_len;     /* bytes of each; at first the most there may be */
    bool ctl_open;
    char ctl_got[128];
    enum line_lane opened_last;
    unsigned paper_waits;
    bool form_open;
    unsigned form_opened, form_closed;
    char form_got[64]; /* what came, "|" after each message */
};

#define TEXT 5        /* a data channel's number */
#define FORM 6        /* likewise */
#define PAPER 7       /* likewise */
#define CTL 8         /* likewise */
#define ST "\xc2\x9c" /* ends the greeting */

/* The one that the running test has. */
struct world *world(void);

/* luukku-rtc's part: a message of its own; the offer asked for last; how the
 * connection is. */
void world_receive(struct rtcmsg m);
void world_give_offer(void);
void world_peer(enum rtcmsg_peer how);

/* Lets time pass, doing what is due on the way. */
void world_pass(int64_t us);

/* Forgets the orders so far; how many of one type came since. */
void world_clear(void);
unsigned world_count(enum rtcmsg_type type);

int world_setup(void **state);
int world_teardown(void **state);
/* Of the whole group. */
int world_finish(void **state);

/* luukku-rtc and the broker are there. */
void world_up(void);
/* In a call with Anna Virtanen, connected. */
void world_into_call(void);

#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

#endif
