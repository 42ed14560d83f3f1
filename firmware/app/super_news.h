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

#include "app/figures.h"

#include <stdbool.h>

#include <jansson.h>

#define SUPER_NEWS_CALLS 50
#define SUPER_NEWS_TEXT_MAX FIGURES_TEXT_MAX /* bytes of one piece of news */
#define SUPER_NEWS_NUMBER_MAX FIGURES_NUMBER_MAX

enum super_news_from { SUPER_NEWS_LUUKKUD, SUPER_NEWS_RTC };

enum super_news_session {
    SUPER_SESSION_UNKNOWN,
    SUPER_SESSION_IDLE,
    SUPER_SESSION_VISIT,
    SUPER_SESSION_CALL,
};

struct super_news_call {
    int64_t wall_us;             /* its end */
    int64_t value[FIGURES_CALL]; /* -1: not measured */
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

/* Whether a citizen is at the kiosk, as far as it is known. */
bool super_news_somebody(const struct super_news *n);

/* "idle", "visit" or "call"; NULL: not known. */
const char *super_news_session_name(const struct super_news *n);

/* "up" or "down"; NULL: not known. */
const char *super_news_link_name(const struct super_news *n);

/* "calls", newest first. NULL: no memory. */
json_t *super_news_answer(const struct super_news *n);

#endif
