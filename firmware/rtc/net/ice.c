#include "rtc/net/ice.h"

#include "base/log.h"
#include "ice_util.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#define COMPONENT 1
/* RFC 8445 section 14.2 allows no less between two checks. */
#define PACING_MS 5
/* First retransmission of a check; libnice's own 500 ms make one lost datagram
 * cost half a second of set-up. */
#define RETRANSMIT_MS 200

struct rtc_ice {
    struct rtc_ice_events ev;
    void *arg;
    NiceAgent *agent;
    GMainContext *context;
    guint stream;
    struct lk_timer *gathered_soon; /* tells from the loop, not from new() */
    bool making;                    /* still in rtc_ice_new() */
    bool gathered;
    bool open;
    bool up;
    bool checking; /* since the last up: the next one is news */
    bool relays;   /* TURN servers are to be told that we leave */
    unsigned restarts;
    unsigned remote_count; /* since the last restart */
    struct rtc_ice_stats n;
};

static void ice_on_gathered_soon(void *arg, int64_t now_us)
{
    (void)now_us;
    struct rtc_ice *i = arg;
    i->ev.gathered(i->arg);
}

static void ice_on_gathered(NiceAgent *agent, guint stream, gpointer arg)
{
    (void)agent;
    (void)stream;
    struct rtc_ice *i = arg;
    if (i->gathered)
        return;
    i->gathered = true;
    lk_timer_set_in(i->gathered_soon, 0);
}

static void ice_on_candidate(NiceAgent *agent, NiceCandidate *candidate,
                             gpointer arg)
{
    (void)agent;
    struct rtc_ice *i = arg;
    struct rtc_candidate c;
    char text[RTC_CANDIDATE_TEXT_MAX];
    i->n.local_candidates++;
    if (i->making || i->n.local_candidates > RTC_ICE_LOCAL_MAX ||
        ice_util_from_nice(candidate, &c) < 0 ||
        rtc_candidate_format(&c, text, sizeof(text)) < 0)
        return;
    i->ev.candidate(i->arg, text);
}

static void ice_on_state(NiceAgent *agent, guint stream, guint component,
                         guint state, gpointer arg)
{
    (void)agent;
    (void)stream;
    (void)component;
    struct rtc_ice *i = arg;
    LK_LOG(DEBUG, "rtc-ice", "state=%s", nice_component_state_to_string(state));
    bool works = state == NICE_COMPONENT_STATE_CONNECTED ||
                 state == NICE_COMPONENT_STATE_READY;
    if (works && (!i->up || i->checking)) {
        i->up = true;
        i->checking = false;
        i->ev.up(i->arg, true);
    } else if (state == NICE_COMPONENT_STATE_FAILED) {
        i->up = false;
        i->ev.up(i->arg, false);
    }
}

static void ice_on_receive(NiceAgent *agent, guint stream, guint component,
                           guint len, gchar *data, gpointer arg)
{
    (void)agent;
    (void)stream;
    (void)component;
    struct rtc_ice *i = arg;
    if (!i->open) {
        i->n.gate_in++;
        return;
    }
    i->n.received++;
    i->n.received_bytes += len;
    i->ev.receive(i->arg, (uint8_t *)data, len);
}

static int ice_add_servers(struct rtc_ice *i, const struct rtc_ice_config *cfg)
{
    bool stun = false;
    for (size_t k = 0; k < cfg->server_count; k++) {
        const struct rtc_ice_server *s = &cfg->servers[k];
        NiceAddress a;
        nice_address_init(&a);
        if (!nice_address_set_from_string(&a, s->host) || s->port == 0 ||
            (s->kind == RTC_ICE_STUN && stun))
            return -EINVAL;
        if (s->kind == RTC_ICE_STUN) {
            stun = true;
            g_object_set(i->agent, "stun-server", s->host, "stun-server-port",
                         (guint)s->port, NULL);
            continue;
        }
        i->relays = true;
        if (!nice_agent_set_relay_info(i->agent, i->stream, COMPONENT, s->host,
                                       s->port, s->user, s->password,
                                       s->kind == RTC_ICE_TURN_TCP
                                           ? NICE_RELAY_TYPE_TURN_TCP
                                           : NICE_RELAY_TYPE_TURN_UDP))
            return -EINVAL;
    }
    return 0;
}

static int ice_add_addresses(struct rtc_ice *i,
                             const struct rtc_ice_config *cfg)
{
    NiceAddress a[RTC_ICE_ADDRESSES_MAX];
    int n = ice_util_addresses(cfg, a, LK_ARRAY_LEN(a));
    for (int k = 0; k < n; k++)
        if (!nice_agent_add_local_address(i->agent, &a[k]))
            return -EIO;
    return n < 0 ? -EIO : 0;
}

static int ice_start(struct rtc_ice *i, const struct rtc_ice_config *cfg)
{
    i->agent = nice_agent_new_full(i->context, NICE_COMPATIBILITY_RFC5245,
                                   NICE_AGENT_OPTION_ICE_TRICKLE |
                                       NICE_AGENT_OPTION_CONSENT_FRESHNESS);
    if (!i->agent)
        return -EIO;
    g_object_set(i->agent, "controlling-mode", !cfg->controlled, "ice-tcp",
                 FALSE, "upnp", FALSE, "force-relay", cfg->relay_only,
                 "stun-pacing-timer", (guint)PACING_MS, "stun-initial-timeout",
                 (guint)RETRANSMIT_MS, NULL);
    i->stream = nice_agent_add_stream(i->agent, 1);
    if (i->stream == 0)
        return -EIO;
    g_signal_connect(i->agent, "candidate-gathering-done",
                     G_CALLBACK(ice_on_gathered), i);
    g_signal_connect(i->agent, "new-candidate-full",
                     G_CALLBACK(ice_on_candidate), i);
    g_signal_connect(i->agent, "component-state-changed",
                     G_CALLBACK(ice_on_state), i);
    int r = ice_add_addresses(i, cfg);
    if (r == 0)
        r = ice_add_servers(i, cfg);
    if (r < 0)
        return r;
    if (!nice_agent_attach_recv(i->agent, i->stream, COMPONENT, i->context,
                                ice_on_receive, i) ||
        !nice_agent_gather_candidates(i->agent, i->stream))
        return -EIO;
    return 0;
}

int rtc_ice_new(struct lk_loop *loop, void *glib_context,
                const struct rtc_ice_config *cfg,
                const struct rtc_ice_events *ev, void *arg,
                struct rtc_ice **ret)
{
    if (cfg->server_count > RTC_ICE_SERVERS_MAX ||
        cfg->interface_count > RTC_ICE_INTERFACES_MAX)
        return -EINVAL;
    LK_AUTO(rtc_ice) i = calloc(1, sizeof(*i));
    if (!i)
        return -ENOMEM;
    i->ev = *ev;
    i->arg = arg;
    i->context = glib_context;
    i->making = true;
    int r = lk_timer_new(loop, ice_on_gathered_soon, i, &i->gathered_soon);
    if (r == 0)
        r = ice_start(i, cfg);
    if (r < 0)
        return r;
    i->making = false;
    *ret = LK_TAKE(i);
    return 0;
}

/* Nothing is for anyone any more; libnice itself still listens. */
static void ice_on_receive_late(NiceAgent *agent, guint stream, guint component,
                                guint len, gchar *data, gpointer arg)
{
    (void)agent;
    (void)stream;
    (void)component;
    (void)len;
    (void)data;
    (void)arg;
}

static void ice_on_closed(GObject *agent, GAsyncResult *result, gpointer arg)
{
    (void)result;
    nice_agent_remove_stream(NICE_AGENT(agent), GPOINTER_TO_UINT(arg));
    g_object_unref(agent);
}

/* Gives the allocations on TURN servers back; that ends in the loop, after a
 * round trip or a few retransmissions. */
static void ice_leave_relays(struct rtc_ice *i)
{
    nice_agent_attach_recv(i->agent, i->stream, COMPONENT, i->context,
                           ice_on_receive_late, NULL);
    nice_agent_close_async(i->agent, ice_on_closed,
                           GUINT_TO_POINTER(i->stream));
}

struct rtc_ice *rtc_ice_free(struct rtc_ice *i)
{
    if (!i)
        return NULL;
    lk_timer_free(i->gathered_soon);
    if (i->agent)
        g_signal_handlers_disconnect_by_data(i->agent, i);
    if (i->agent && i->stream && i->relays) {
        ice_leave_relays(i);
    } else if (i->agent) {
        if (i->stream) {
            nice_agent_attach_recv(i->agent, i->stream, COMPONENT, i->context,
                                   NULL, NULL);
            nice_agent_remove_stream(i->agent, i->stream);
        }
        g_object_unref(i->agent);
    }
    free(i);
    return NULL;
}

void rtc_ice_open(struct rtc_ice *i)
{
    i->open = true;
}

bool rtc_ice_is_gathered(const struct rtc_ice *i)
{
    return i->gathered;
}

int rtc_ice_get_local(const struct rtc_ice *i,
                      char ret_ufrag[RTC_ICE_UFRAG_MAX],
                      char ret_pwd[RTC_ICE_PWD_MAX])
{
    g_autofree char *ufrag = NULL;
    g_autofree char *pwd = NULL;
    if (!nice_agent_get_local_credentials(i->agent, i->stream, &ufrag, &pwd))
        return -EIO;
    if (strlen(ufrag) >= RTC_ICE_UFRAG_MAX || strlen(pwd) >= RTC_ICE_PWD_MAX)
        return -EIO;
    memcpy(ret_ufrag, ufrag, strlen(ufrag) + 1);
    memcpy(ret_pwd, pwd, strlen(pwd) + 1);
    return 0;
}

size_t rtc_ice_get_candidates(const struct rtc_ice *i,
                              struct rtc_candidate *ret, size_t cap)
{
    size_t n = 0;
    GSList *list =
        nice_agent_get_local_candidates(i->agent, i->stream, COMPONENT);
    for (const GSList *k = list; k && n < cap; k = k->next)
        if (ice_util_from_nice(k->data, &ret[n]) == 0)
            n++;
    g_slist_free_full(list, (GDestroyNotify)nice_candidate_free);
    return n;
}

int rtc_ice_set_remote(struct rtc_ice *i, const char *ufrag, const char *pwd)
{
    if (!i->open)
        return -EPERM;
    return nice_agent_set_remote_credentials(i->agent, i->stream, ufrag, pwd)
               ? 0
               : -EINVAL;
}

int rtc_ice_add_candidate(struct rtc_ice *i, const struct rtc_candidate *c)
{
    if (!i->open)
        return -EPERM;
    if (i->remote_count == RTC_ICE_REMOTE_MAX)
        return -ENOSPC;
    if (c->family == RTC_CANDIDATE_LOCAL) {
        /* Nobody here can resolve it. The far end checks us all the same, and
         * becomes known by that. */
        i->n.remote_unresolved++;
        return -EADDRNOTAVAIL;
    }
    NiceCandidate *n = NULL;
    int r = ice_util_to_nice(c, &n);
    if (r < 0) {
        i->n.remote_unused++;
        return r;
    }
    GSList one = {.data = n, .next = NULL};
    n->stream_id = i->stream;
    r = nice_agent_set_remote_candidates(i->agent, i->stream, COMPONENT, &one);
    nice_candidate_free(n);
    if (r < 0)
        return -EINVAL;
    i->remote_count++;
    i->n.remote_candidates++;
    return 0;
}

void rtc_ice_end_candidates(struct rtc_ice *i)
{
    if (i->open)
        nice_agent_peer_candidate_gathering_done(i->agent, i->stream);
}

int rtc_ice_restart(struct rtc_ice *i)
{
    if (!nice_agent_restart_stream(i->agent, i->stream))
        return -EIO;
    i->restarts++;
    i->remote_count = 0;
    i->checking = true;
    return 0;
}

int rtc_ice_send(void *ice, const uint8_t *data, size_t len)
{
    struct rtc_ice *i = ice;
    if (!i->open) {
        i->n.gate_out++;
        return -EPERM;
    }
    int n = nice_agent_send(i->agent, i->stream, COMPONENT, (guint)len,
                            (const gchar *)data);
    if (n < 0) {
        i->n.no_room++;
        return -EAGAIN;
    }
    i->n.sent++;
    i->n.sent_bytes += len;
    return 0;
}

void rtc_ice_get_stats(const struct rtc_ice *i, struct rtc_ice_stats *ret)
{
    NiceCandidate *local = NULL;
    NiceCandidate *remote = NULL;
    *ret = i->n;
    ret->up = i->up;
    ret->restarts = i->restarts;
    if (nice_agent_get_selected_pair(i->agent, i->stream, COMPONENT, &local,
                                     &remote)) {
        ice_util_describe(local, ret->local, sizeof(ret->local));
        ice_util_describe(remote, ret->remote, sizeof(ret->remote));
    }
}
