/* flow.h - one login by telephone: what is asked when, until it has ended.
 *
 * Spec: RFC 8628 sections 3.3 to 3.5. Pure: takes the time and answers, says
 * what is to be done. The service is asked no sooner after an answer than its
 * interval, five seconds later for good after each "slow_down", and with
 * doubled pauses while it does not answer. A login ends by itself when its code
 * does, with the service or without it.
 *
 * begin, then: do what login_flow_next() says, hand in what came of it, again.
 */
#ifndef LUUKKU_LOGIN_FLOW_H
#define LUUKKU_LOGIN_FLOW_H

#include "login/answer.h"

#define LOGIN_AWAY_MAX_S 30 /* longest pause while nobody answers */
#define LOGIN_SLOWER_S 5    /* RFC 8628 section 3.5 */

enum login_do {
    LOGIN_DO_NOTHING, /* until login_flow_wait_us(), or an answer comes */
    LOGIN_DO_START,   /* ask for a code */
    LOGIN_DO_SHOW,    /* start: url, code, and lasts_us is how long still */
    LOGIN_DO_POLL,    /* ask for the token of start.device */
    LOGIN_DO_END,     /* how it ended; nothing follows */
};

enum login_end {
    LOGIN_END_TOKEN,
    LOGIN_END_DENIED,
    LOGIN_END_EXPIRED,
    LOGIN_END_SERVICE, /* it does not answer, or not as it should */
};

enum login_stage {
    LOGIN_IDLE,
    LOGIN_STARTING, /* not asked yet */
    LOGIN_STARTED,  /* the first answer is awaited */
    LOGIN_SHOWING,  /* a code is there, and not shown yet */
    LOGIN_PAUSE,
    LOGIN_POLLING, /* an answer is awaited */
    LOGIN_ENDING,
};

/* The members are the flow's; `start` and `token` may be read when told. */
struct login_flow {
    enum login_stage stage;
    enum login_end end;
    struct login_start start;
    struct lk_buf *token; /* END_TOKEN; the flow's, until it is cleared */
    int64_t until_us;     /* when the code ends */
    int64_t next_us;      /* PAUSE: when the next question is due */
    uint32_t interval_s;
    uint32_t away; /* questions in a row that nobody answered */
};

/* Begins anew, whatever was before. */
void login_flow_begin(struct login_flow *f);

/* Forgets and overwrites everything; nothing is under way. */
void login_flow_clear(struct login_flow *f);

/* What is to be done now. Each thing is said once: a question counts as asked,
 * a code as shown. */
enum login_do login_flow_next(struct login_flow *f, int64_t now_us);

/* The answer to the question that was asked last (status 0: there is none).
 * What comes unasked is passed over. */
void login_flow_answer(struct login_flow *f, long status, const char *body,
                       size_t len, int64_t now_us);

/* How long the code is still good, microseconds. */
int64_t login_flow_lasts_us(const struct login_flow *f, int64_t now_us);

/* When login_flow_next() is to be asked again; INT64_MAX: never. */
int64_t login_flow_wait_us(const struct login_flow *f);

#endif
