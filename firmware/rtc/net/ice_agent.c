#include "ice_agent.h"

#include "base/log.h"
#include "ice_util.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdlib.h>

/* RFC 8445 section 14.2 allows no less between two checks. */
#define PACING_MS 5
/* First retransmission of a check; libnice's own 500 ms make one lost datagram
 * cost half a second of set-up. */
#define RETRANSMIT_MS 200

static void on_gathered(NiceAgent *nice, guint stream, gpointer arg)
{
    (void)nice;
    (void)stream;
    struct ice_agent *a = arg;
    if (a->gathered)
        return;
    a->gathered = true;
    ice_agent_on_gathered(a);
}

static void on_candidate(NiceAgent *nice, NiceCandidate *candidate,
                         gpointer arg)
{
    (void)nice;
    struct ice_agent *a = arg;
    struct rtc_candidate c;
    char text[RTC_CANDIDATE_TEXT_MAX];
    a->local++;
    if (a->making || a->local > RTC_ICE_LOCAL_MAX ||
        ice_util_from_nice(candidate, &c) < 0 ||
        rtc_candidate_format(&c, text, sizeof(text)) < 0)
        return;
    ice_agent_on_candidate(a, text);
}

static void on_state(NiceAgent *nice, guint stream, guint component,
                     guint state, gpointer arg)
{
    (void)nice;
    (void)stream;
    (void)component;
    struct ice_agent *a = arg;
    LK_LOG(DEBUG, "rtc-ice", "state=%s", nice_component_state_to_string(state));
    bool works = state == NICE_COMPONENT_STATE_CONNECTED ||
                 state == NICE_COMPONENT_STATE_READY;
    if (works && !a->up) {
        a->up = true;
        ice_agent_on_state(a, true);
    } else if (state == NICE_COMPONENT_STATE_FAILED) {
        /* One that was up has lost consent: deaf, it cannot come back to life
         * in a way that libnice does not foresee. */
        if (a->up)
            ice_agent_deafen(a);
        a->up = false;
        ice_agent_on_state(a, false);
    }
}

static void on_receive(NiceAgent *nice, guint stream, guint component,
                       guint len, gchar *data, gpointer arg)
{
    (void)nice;
    (void)stream;
    (void)component;
    ice_agent_on_receive(arg, (uint8_t *)data, len);
}

static int agent_add_servers(struct ice_agent *a,
                             const struct rtc_ice_config *cfg)
{
    bool stun = false;
    for (size_t k = 0; k < cfg->server_count; k++) {
        const struct rtc_ice_server *s = &cfg->servers[k];
        NiceAddress at;
        nice_address_init(&at);
        if (!nice_address_set_from_string(&at, s->host) || s->port == 0 ||
            (s->kind == RTC_ICE_STUN && stun))
            return -EINVAL;
        if (s->kind == RTC_ICE_STUN) {
            stun = true;
            g_object_set(a->nice, "stun-server", s->host, "stun-server-port",
                         (guint)s->port, NULL);
            continue;
        }
        a->relays = true;
        if (!nice_agent_set_relay_info(a->nice, a->stream, ICE_COMPONENT,
                                       s->host, s->port, s->user, s->password,
                                       s->kind == RTC_ICE_TURN_TCP
                                           ? NICE_RELAY_TYPE_TURN_TCP
                                           : NICE_RELAY_TYPE_TURN_UDP))
            return -EINVAL;
    }
    return 0;
}

static int agent_add_addresses(struct ice_agent *a,
                               const struct rtc_ice_config *cfg)
{
    NiceAddress at[RTC_ICE_ADDRESSES_MAX];
    int n = ice_util_addresses(cfg, at, LK_ARRAY_LEN(at));
    for (int k = 0; k < n; k++)
        if (!nice_agent_add_local_address(a->nice, &at[k]))
            return -EIO;
    return n < 0 ? -EIO : 0;
}

static int agent_start(struct ice_agent *a, const struct rtc_ice_config *cfg)
{
    a->nice = nice_agent_new_full(a->context, NICE_COMPATIBILITY_RFC5245,
                                  NICE_AGENT_OPTION_ICE_TRICKLE |
                                      NICE_AGENT_OPTION_CONSENT_FRESHNESS);
    if (!a->nice)
        return -EIO;
    g_object_set(a->nice, "controlling-mode", !cfg->controlled, "ice-tcp",
                 FALSE, "upnp", FALSE, "force-relay", cfg->relay_only,
                 "stun-pacing-timer", (guint)PACING_MS, "stun-initial-timeout",
                 (guint)RETRANSMIT_MS, NULL);
    a->stream = nice_agent_add_stream(a->nice, 1);
    if (a->stream == 0)
        return -EIO;
    g_signal_connect(a->nice, "candidate-gathering-done",
                     G_CALLBACK(on_gathered), a);
    g_signal_connect(a->nice, "new-candidate-full", G_CALLBACK(on_candidate),
                     a);
    g_signal_connect(a->nice, "component-state-changed", G_CALLBACK(on_state),
                     a);
    int r = agent_add_addresses(a, cfg);
    if (r == 0)
        r = agent_add_servers(a, cfg);
    if (r < 0)
        return r;
    if (!nice_agent_attach_recv(a->nice, a->stream, ICE_COMPONENT, a->context,
                                on_receive, a) ||
        !nice_agent_gather_candidates(a->nice, a->stream))
        return -EIO;
    return 0;
}

int ice_agent_new(struct rtc_ice *ice, GMainContext *context,
                  const struct rtc_ice_config *cfg, struct ice_agent **ret)
{
    struct ice_agent *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    a->ice = ice;
    a->context = context;
    a->making = true;
    int r = agent_start(a, cfg);
    if (r < 0) {
        ice_agent_free(a);
        return r;
    }
    a->making = false;
    *ret = a;
    return 0;
}

void ice_agent_deafen(struct ice_agent *a)
{
    nice_agent_attach_recv(a->nice, a->stream, ICE_COMPONENT, a->context, NULL,
                           NULL);
}

/* Nothing is for anyone any more; libnice itself still listens. */
static void on_receive_late(NiceAgent *agent, guint stream, guint component,
                            guint len, gchar *data, gpointer arg)
{
    (void)agent;
    (void)stream;
    (void)component;
    (void)len;
    (void)data;
    (void)arg;
}

static void on_closed(GObject *agent, GAsyncResult *result, gpointer arg)
{
    (void)result;
    nice_agent_remove_stream(NICE_AGENT(agent), GPOINTER_TO_UINT(arg));
    g_object_unref(agent);
}

/* Gives the allocations on TURN servers back; that ends in the loop, after a
 * round trip or a few retransmissions. */
static void agent_leave_relays(struct ice_agent *a)
{
    nice_agent_attach_recv(a->nice, a->stream, ICE_COMPONENT, a->context,
                           on_receive_late, NULL);
    nice_agent_close_async(a->nice, on_closed, GUINT_TO_POINTER(a->stream));
}

struct ice_agent *ice_agent_free(struct ice_agent *a)
{
    if (!a)
        return NULL;
    if (a->nice)
        g_signal_handlers_disconnect_by_data(a->nice, a);
    if (a->nice && a->stream && a->relays) {
        agent_leave_relays(a);
    } else if (a->nice) {
        if (a->stream) {
            ice_agent_deafen(a);
            nice_agent_remove_stream(a->nice, a->stream);
        }
        g_object_unref(a->nice);
    }
    free(a);
    return NULL;
}
