/* luukkud_health.h - the kiosk's health, signed and sent to the fleet.
 *
 * Spec: firmware/signal/PROTOCOL.md, "Health". Room: super's facts and what
 * luukku-rtc says of broker, camera and sound become a report, signed with the
 * device's key, on `health/<kiosk>`.
 * Thread: the core's.
 */
#ifndef LUUKKU_APP_LUUKKUD_HEALTH_H
#define LUUKKU_APP_LUUKKUD_HEALTH_H

#include "app/luukkud_rtc.h"
#include "session/session.h"
#include "signal/key.h"
#include "store/config.h"

struct luukkud_health;

struct luukkud_health_config {
    struct lk_loop *loop;              /* borrowed, like all here */
    const struct store_config *config; /* name, what the kiosk should have */
    const struct signal_key *key;      /* the device's */
    const struct session *session;     /* whose call's line is told */
    struct luukkud_rtc *rtc;
};

/* Errors: -ENOMEM, -ENOSPC. */
int luukkud_health_new(const struct luukkud_health_config *config,
                       struct luukkud_health **ret) LK_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct luukkud_health *luukkud_health_free(struct luukkud_health *h);
LK_AUTO_DEFINE(luukkud_health);

/* SUPERMSG_HEALTH: replaces what super said before. */
void luukkud_health_facts(struct luukkud_health *h, const char *facts);

/* Any message of luukku-rtc's; it takes what it needs from it. */
void luukkud_health_rtc(struct luukkud_health *h, const struct rtcmsg *m);

/* luukku-rtc has gone, and the link with it. */
void luukkud_health_rtc_gone(struct luukkud_health *h);

#endif
