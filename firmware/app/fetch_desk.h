/* fetch_desk.h - luukku-fetch at work: letters go out, matters are asked for,
 * citizens log in by their telephones.
 *
 * Room: the queue, the requests and logins and the channel to luukku-super put
 * together.
 * Thread: the loop's.
 */
#ifndef LUUKKU_APP_FETCH_DESK_H
#define LUUKKU_APP_FETCH_DESK_H

#include "base/buf.h"
#include "store/config.h"

/* Questions under way at a time. */
#define FETCH_ASKS_MAX 4

struct fetch_desk;

struct fetch_desk_config {
    const struct store_config *config; /* borrowed */
    /* The CA of each agency's address; NULL where it has none. Borrowed. */
    struct lk_buf *ca[STORE_CONFIG_AGENCIES_MAX];
    struct lk_buf *phone_ca; /* of the identification service; likewise */
    int super_fd;            /* taken over, also on failure */
};

/* Errors: those of the rooms it puts together. */
int fetch_desk_new(const struct fetch_desk_config *config,
                   struct fetch_desk **ret) LK_MUST_CHECK;
struct fetch_desk *fetch_desk_free(struct fetch_desk *d);
LK_AUTO_DEFINE(fetch_desk);

/* Says that it is ready behind these walls, and runs until it is told to stop.
 * Returns 0 or -errno. */
int fetch_desk_run(struct fetch_desk *d, const char *walls);

#endif
