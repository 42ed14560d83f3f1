/* fetch_login.h - logins by telephone in luukku-fetch: the channel to luukkud,
 * the questions to the identification service, and login/flow.h between them.
 *
 * Room: wiring. One login at a time; an ID token is handed on and overwritten.
 * Thread: the loop's.
 */
#ifndef LUUKKU_APP_FETCH_LOGIN_H
#define LUUKKU_APP_FETCH_LOGIN_H

#include "loop/loop.h"
#include "post/http.h"
#include "store/config.h"

/* Time for one question and its answer. */
#define FETCH_LOGIN_WHOLE_S 10

struct fetch_login;

struct fetch_login_config {
    struct lk_loop *loop;                   /* borrowed, as is all of this */
    struct post_http *http;                 /* outlives */
    const struct store_config_phone *phone; /* "" in it: every login fails */
    const struct lk_buf *ca;                /* of the service; NULL: likewise */
};

/* Errors: -ENOMEM, -ENOSPC. */
int fetch_login_new(const struct fetch_login_config *config,
                    struct fetch_login **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct fetch_login *fetch_login_free(struct fetch_login *l);
LK_AUTO_DEFINE(fetch_login);

/* The channel to luukkud, in place of any earlier one: what was under way for
 * that is given up. Takes over `fd`. */
void fetch_login_peer(struct fetch_login *l, int fd);

#endif
