/* luukkud_help.h - a technician's console from afar: who may, what the screen
 * shows of it, and when it ends.
 *
 * Spec: signal/PROTOCOL.md, "Remote help". Room: judging who opens one, signing
 * the answer with the device's key, passing sealed frames between luukku-rtc
 * and luukku-help, and ending it when somebody at the kiosk wants that or
 * begins to use it. What is in the frames is luukku-help's. Thread: the core's.
 */
#ifndef LUUKKU_APP_LUUKKUD_HELP_H
#define LUUKKU_APP_LUUKKUD_HELP_H

#include "app/luukkud_rtc.h"
#include "session/session.h"
#include "signal/cert.h"
#include "signal/key.h"
#include "store/config.h"

struct luukkud_help;

/* Messages a second that are looked at, and twice as many at once. */
#define LUUKKUD_HELP_RATE 60
/* Answers to those who are refused. */
#define LUUKKUD_HELP_REFUSALS 2

struct luukkud_help_config {
    struct lk_loop *loop;              /* borrowed, as all below */
    const struct store_config *config; /* the kiosk's name, who may */
    const struct signal_key *key;      /* the device's */
    const struct signal_trust *trust;  /* NULL: help is off */
    struct session *session;
    struct luukkud_rtc *rtc;
    void (*settle)(void *arg); /* what was decided is carried out */
    void *arg;
};

/* Errors: -ENOMEM. */
int luukkud_help_new(const struct luukkud_help_config *config,
                     struct luukkud_help **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct luukkud_help *luukkud_help_free(struct luukkud_help *h);
LK_AUTO_DEFINE(luukkud_help);

/* struct superlink_config's `peer`: takes over `fd` when `name` is
 * luukku-help; false: it is not, and fd is still the caller's. */
bool luukkud_help_peer(struct luukkud_help *h, const char *name, int fd);

/* RTCMSG_MESSAGE in a topic of technicians is this one's. False: the message is
 * another. */
bool luukkud_help_rtc(struct luukkud_help *h, const struct rtcmsg *m);

/* After whatever may have changed the screen: it may be over. */
void luukkud_help_watch(struct luukkud_help *h);

#endif
