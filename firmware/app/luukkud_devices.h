/* luukkud_devices.h - luukkud's ends of the channels to luukku-scan,
 * luukku-card and luukku-fetch.
 *
 * Room: taking the channels, checking every message, remembering how scanner,
 * reader and card are. Who sends what is no message is cut off; super starts
 * that program anew for it, and a fresh channel comes.
 * Not here: what a session does with pages (luukkud_papers.h) and cards
 * (luukkud_identity.h).
 * Thread: the core's.
 */
#ifndef LUUKKU_APP_LUUKKUD_DEVICES_H
#define LUUKKU_APP_LUUKKUD_DEVICES_H

#include "ipc/cardmsg.h"
#include "ipc/chan.h"
#include "ipc/loginmsg.h"
#include "ipc/scanmsg.h"

struct luukkud_devices;

struct luukkud_devices_state {
    enum scanmsg_state scanner;
    enum cardmsg_reader reader;
    enum cardmsg_card card;
};

/* Errors: -ENOMEM. */
int luukkud_devices_new(struct lk_loop *l,
                        struct luukkud_devices **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct luukkud_devices *luukkud_devices_free(struct luukkud_devices *d);
LK_AUTO_DEFINE(luukkud_devices);

/* struct superlink_config's `peer`: takes over `fd` when `name` is one of the
 * three programs; false: it is none of them, and fd is still the caller's. */
bool luukkud_devices_peer(struct luukkud_devices *d, const char *name, int fd);

/* That luukku-scan runs, what it says, checked; and that it has gone. */
struct luukkud_devices_scan {
    void (*up)(void *arg);
    /* `raw`: of its descriptors those that are taken are the taker's. */
    void (*message)(void *arg, const struct scanmsg *m,
                    struct lk_chan_msg *raw);
    void (*gone)(void *arg);
    void *arg;
};

/* From now on it is told; copied. */
void luukkud_devices_listen_scan(struct luukkud_devices *d,
                                 const struct luukkud_devices_scan *out);

/* Tells luukku-scan. fd: borrowed, -1 none.
 * Errors: -ENOTCONN it does not run, scanmsg_encode()'s, lk_chan_send()'s. */
int luukkud_devices_send_scan(struct luukkud_devices *d,
                              const struct scanmsg *m, int fd) LK_MUST_CHECK;

/* What luukku-card says, checked; and that it has gone. */
struct luukkud_devices_card {
    void (*message)(void *arg, const struct cardmsg *m); /* dies on return */
    void (*gone)(void *arg);
    void *arg;
};

/* From now on it is told; copied. */
void luukkud_devices_listen_card(struct luukkud_devices *d,
                                 const struct luukkud_devices_card *out);

/* Tells luukku-card; nothing of it is kept here.
 * Errors: -ENOTCONN it does not run, cardmsg_encode()'s, lk_chan_send()'s. */
int luukkud_devices_send_card(struct luukkud_devices *d,
                              const struct cardmsg *m) LK_MUST_CHECK;

/* What luukku-fetch says of a login by telephone, checked; and that it has
 * gone. */
struct luukkud_devices_login {
    void (*message)(void *arg, const struct loginmsg *m); /* dies on return */
    void (*gone)(void *arg);
    void *arg;
};

/* From now on it is told; copied. */
void luukkud_devices_listen_login(struct luukkud_devices *d,
                                  const struct luukkud_devices_login *out);

/* Tells luukku-fetch. Errors: -ENOTCONN it does not run, loginmsg_encode()'s,
 * lk_chan_send()'s. */
int luukkud_devices_send_login(struct luukkud_devices *d,
                               const struct loginmsg *m) LK_MUST_CHECK;

/* How they are; none and absent while their program does not run. */
void luukkud_devices_state(const struct luukkud_devices *d,
                           struct luukkud_devices_state *ret);

#endif
