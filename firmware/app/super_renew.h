/* super_renew.h - the kiosk asks for new certificates before the old ones end.
 *
 * Room: when, and what becomes of it; what a renewal is, is provision/renew.h.
 * luukku-rtc carries request and answer (SUPERMSG_RENEW); the keys stay here.
 * New certificates are used when nobody is at the kiosk, and kept when the
 * broker let them in; otherwise the old ones come back. Thread: the loop's.
 */
#ifndef LUUKKU_APP_SUPER_RENEW_H
#define LUUKKU_APP_SUPER_RENEW_H

#include "app/super.h"
#include "app/super_news.h"
#include "app/super_provision.h"

#include "loop/loop.h"

struct super_renew;

/* Waits. Each is drawn anew between a half and the whole of it. */
struct super_renew_timing {
    int64_t look_us;  /* between two looks */
    int64_t first_us; /* before the first request: a fleet was signed at once */
    int64_t again_us; /* to the second request; doubles */
    int64_t most_us;  /* longest */
    int64_t trial_us; /* for the broker to let the new certificates in */
};

extern const struct super_renew_timing super_renew_usual; /* 5 s, 1 h, 2 min,
                                                              12 h, 15 min */
extern const struct super_renew_timing super_renew_quick; /* for tests */

struct super_renew_config {
    struct super_provision *provision; /* borrowed */
    const struct super_news *news;     /* borrowed */
    size_t program;                    /* the place of luukku-rtc */
    const struct super_renew_timing *timing;
    /* Another set stands: the programs are to begin anew. */
    void (*anew)(void *arg);
    void *arg;
};

/* Owner: caller. Errors: -ENOMEM, lk_timer_new()'s. */
int super_renew_new(struct lk_loop *l, const struct super_renew_config *config,
                    struct super_renew **ret) LK_MUST_CHECK;

/* NULL is fine. Returns NULL. */
struct super_renew *super_renew_free(struct super_renew *r);
LK_AUTO_DEFINE(super_renew);

/* Begins to look. */
void super_renew_attach(struct super_renew *r, struct super *s);

/* SUPERMSG_RENEW: an answer came. false: that program may not send one. */
bool super_renew_message(struct super_renew *r, size_t program,
                         const struct supermsg *m);

#endif
