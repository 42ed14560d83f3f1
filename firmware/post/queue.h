/* queue.h - letters on their way to agencies: which one is sent when.
 *
 * Room: pure; time and chance go in. A letter stays until its agency has said
 * that it has it: what is refused is tried again, too, since only the agency
 * can mend that. Waits grow with "full jitter": a random time up to a bound
 * that doubles, so that kiosks that lost the same server do not come back all
 * at once. Not here: the letters' bytes, HTTP.
 */
#ifndef LUUKKU_POST_QUEUE_H
#define LUUKKU_POST_QUEUE_H

#include "base/defs.h"

#include <stdbool.h>

#define POST_LETTERS_MAX 64
#define POST_NAME_MAX 64   /* bytes of a letter's name, the NUL included */
#define POST_FLIGHTS_MAX 2 /* letters that are being sent at a time */

#define POST_WAIT_FIRST_S 2  /* bound of the first wait */
#define POST_WAIT_MOST_S 900 /* of the longest */
#define POST_WAIT_REFUSED_S 3600
#define POST_RETRY_AFTER_MOST_S 3600 /* what a server asks for is kept to */

enum post_verdict {
    POST_DELIVERED,
    POST_LATER,   /* nobody there, or the server has trouble */
    POST_REFUSED, /* the server does not want it as it is */
};

enum post_state {
    POST_WAITING,
    POST_FLYING,
};

struct post_letter {
    char name[POST_NAME_MAX]; /* "<agency>.<tracking code>" */
    enum post_state state;
    bool refused;      /* the last time */
    unsigned attempts; /* that ended */
    int64_t next_us;   /* WAITING: when it is sent */
};

struct post_queue {
    struct post_letter letter[POST_LETTERS_MAX];
    size_t letters;
    size_t flights;
};

/* Takes a letter up; it is due at once. Errors: -EINVAL the name, -EEXIST,
 * -ENOSPC. */
int post_queue_add(struct post_queue *q, const char *name,
                   int64_t now_us) LK_MUST_CHECK;

/* The letter to be sent now, which flies from here on, or NULL: nothing is due,
 * or enough fly. Lent until the queue changes. */
const struct post_letter *post_queue_take(struct post_queue *q, int64_t now_us);

/* How an attempt ended.
 * retry_after_s  what the server asked for; 0: nothing
 * chance         random
 * Errors         -ENOENT no such letter flies */
struct post_end {
    const char *name;
    enum post_verdict verdict;
    uint32_t retry_after_s;
    uint32_t chance;
};
int post_queue_ended(struct post_queue *q, const struct post_end *end,
                     int64_t now_us) LK_MUST_CHECK;

/* The network came back: what waits is due within the first bound. */
void post_queue_hurry(struct post_queue *q, uint32_t chance, int64_t now_us);

/* When to ask again; INT64_MAX: not before something ends or is added. */
int64_t post_queue_next_us(const struct post_queue *q);

/* What an HTTP status means for a letter; 0: there was no answer. */
enum post_verdict post_judge(long status);

/* The agency and the tracking code in a letter's name.
 * agency: LK_NAME_MAX bytes, code: POST_NAME_MAX. Errors: -EINVAL. */
int post_name_split(const char *name, char *ret_agency,
                    char *ret_code) LK_MUST_CHECK;

#endif
