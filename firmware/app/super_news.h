/* super_news.h - what programs tell luukku-super unasked, and what it keeps.
 *
 * Room: total parsing of SUPERMSG_NEWS, the present state of session and
 * broker's link, and the figures of the last calls: in memory only, bounded,
 * numbers and nothing else. A program that has been taken over can lie in its
 * figures, and no more. Pure: time is given; one thread.
 *
 *   luukkud      "session idle|visit|call"
 *   luukku-rtc   "link up|down"
 *                "call NAME=NUMBER ..." at the end of each call
 */
#ifndef LUUKKU_APP_SUPER_NEWS_H
#define LUUKKU_APP_SUPER_NEWS_H

#include "base/defs.h"

#include <stdbool.h>

#include <jansson.h>

#define SUPER_NEWS_CALLS 50
#define SUPER_NEWS_TEXT_MAX 1024 /* bytes of one piece of news */
#define SUPER_NEWS_NUMBER_MAX INT64_C(1000000000000)

enum super_news_from { SUPER_NEWS_LUUKKUD, SUPER_NEWS_RTC };

enum super_news_session {
    SUPER_SESSION_UNKNOWN,
    SUPER_SESSION_IDLE,
    SUPER_SESSION_VISIT,
    SUPER_SESSION_CALL,
};

/* Figures of a call, in the order of their names in super_news.c. */
enum super_news_figure {
    SUPER_CALL_DURATION_S,
    SUPER_CALL_RTT_US,
    SUPER_CALL_RTT_WORST_US,
    SUPER_CALL_LOSS_SENT_PERMILLE,
    SUPER_CALL_LOSS_RECEIVED_PERMILLE,
    SUPER_CALL_FPS_SENT_MILLI,
    SUPER_CALL_FPS_RECEIVED_MILLI,
    SUPER_CALL_WIDTH,
    SUPER_CALL_HEIGHT,
    SUPER_CALL_SEND_KBPS,
    SUPER_CALL_RECEIVE_KBPS,
    SUPER_CALL_FIRST_FRAME_MS,
    SUPER_CALL_RESTARTS,
    SUPER_CALL_RELAYED,
    SUPER_CALL_FIGURES,
};

struct super_news_call {
    int64_t wall_us;                   /* its end */
    int64_t value[SUPER_CALL_FIGURES]; /* -1: not measured */
};

struct super_news {
    enum super_news_session session;
    int link; /* 1 up, 0 down, -1 not known */
    struct super_news_call call[SUPER_NEWS_CALLS];
    uint64_t calls; /* ever */
};

/* Nothing is known yet. */
void super_news_init(struct super_news *n);

/* Takes a piece of news. Errors: -EBADMSG not one that this program may tell;
 * nothing is changed then. */
int super_news_take(struct super_news *n, enum super_news_from from,
                    const char *text, int64_t wall_us) LK_MUST_CHECK;

/* The program has ended: what it told of the present is no longer known. */
void super_news_forget(struct super_news *n, enum super_news_from from);

/* "idle", "visit" or "call"; NULL: not known. */
const char *super_news_session_name(const struct super_news *n);

/* "up" or "down"; NULL: not known. */
const char *super_news_link_name(const struct super_news *n);

/* "calls", newest first. NULL: no memory. */
json_t *super_news_answer(const struct super_news *n);

/* Writes "call NAME=NUMBER ..." and a NUL; figures that are -1 are left out.
 * Returns the length or -EMSGSIZE. */
int super_news_write_call(const int64_t value[SUPER_CALL_FIGURES], char *ret,
                          size_t cap);

#endif
