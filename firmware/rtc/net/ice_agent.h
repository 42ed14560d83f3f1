/* ice_agent.h - one libnice agent: one generation of credentials and sockets.
 *
 * Every ICE restart takes a new agent. libnice could restart one in place, but
 * would gather no new addresses, and its consent timer may call the component
 * failed in the middle of the new checks; the next answer then trips an
 * assertion of its own and ends the program. Private to the room.
 */
#ifndef LUUKKU_RTC_NET_ICE_AGENT_H
#define LUUKKU_RTC_NET_ICE_AGENT_H

#include "rtc/net/ice.h"

#include <agent.h>

struct ice_agent {
    struct rtc_ice *ice;
    NiceAgent *nice;
    GMainContext *context;
    guint stream;
    bool making; /* still in ice_agent_new() */
    bool gathered;
    bool up;        /* its pair works */
    bool relays;    /* TURN servers are to be told that we leave */
    unsigned local; /* candidates */
    unsigned remote;
};

/* Makes one and begins to gather. Errors: -ENOMEM, -EINVAL, -EIO. */
int ice_agent_new(struct rtc_ice *ice, GMainContext *context,
                  const struct rtc_ice_config *cfg, struct ice_agent **ret);
struct ice_agent *ice_agent_free(struct ice_agent *a);

/* Stops listening: what still comes is for nobody. */
void ice_agent_deafen(struct ice_agent *a);

/* Told by an agent from the loop; defined in ice.c. */
void ice_agent_on_gathered(struct ice_agent *a);
void ice_agent_on_candidate(struct ice_agent *a, const char *text);
void ice_agent_on_state(struct ice_agent *a, bool up);
void ice_agent_on_receive(struct ice_agent *a, uint8_t *data, size_t len);

#define ICE_COMPONENT 1

#endif
