#include "rtc/net/ice.h"

#include "ice_agent.h"
#include "ice_util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How long the pair before a restart still listens: the far end may send on it
 * until it has changed over. */
#define LINGER_US 2000000

struct rtc_ice {
    struct rtc_ice_config cfg;
    struct rtc_ice_events ev;
    void *arg;
    GMainContext *context;
    struct ice_agent *active;       /* whose pair is used */
    struct ice_agent *next;         /* of a restart under way, or NULL */
    struct ice_agent *old;          /* replaced a moment ago, or NULL */
    struct lk_timer *gathered_soon; /* tells from the loop, not from new() */
    struct lk_timer *linger;
    bool open;
    struct rtc_ice_stats n;
};

/* The generation that is being negotiated, or was last. */
static struct ice_agent *ice_newest(const struct rtc_ice *i)
{
    return i->next ? i->next : i->active;
}

static void ice_on_gathered_soon(void *arg, int64_t now_us)
{
    (void)now_us;
    struct rtc_ice *i = arg;
    i->ev.gathered(i->arg);
}

static void ice_on_linger(void *arg, int64_t now_us)
{
    (void)now_us;
    struct rtc_ice *i = arg;
    i->old = ice_agent_free(i->old);
}

void ice_agent_on_gathered(struct ice_agent *a)
{
    if (!a->ice->active || a == a->ice->active)
        lk_timer_set_in(a->ice->gathered_soon, 0);
}

void ice_agent_on_candidate(struct ice_agent *a, const char *text)
{
    if (a == ice_newest(a->ice))
        a->ice->ev.candidate(a->ice->arg, text);
}

void ice_agent_on_state(struct ice_agent *a, bool up)
{
    struct rtc_ice *i = a->ice;
    if (a != ice_newest(i))
        return; /* a restart is under way, or has been: its pair counts */
    if (up && i->next) {
        ice_agent_free(i->old);
        i->old = i->active;
        i->active = LK_TAKE(i->next);
        lk_timer_set_in(i->linger, LINGER_US);
    }
    i->ev.up(i->arg, up);
}

void ice_agent_on_receive(struct ice_agent *a, uint8_t *data, size_t len)
{
    struct rtc_ice *i = a->ice;
    if (!i->open) {
        i->n.gate_in++;
        return;
    }
    i->n.received++;
    i->n.received_bytes += len;
    i->ev.receive(i->arg, data, len);
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
    i->cfg = *cfg;
    i->ev = *ev;
    i->arg = arg;
    i->context = glib_context;
    int r = lk_timer_new(loop, ice_on_gathered_soon, i, &i->gathered_soon);
    if (r == 0)
        r = lk_timer_new(loop, ice_on_linger, i, &i->linger);
    if (r == 0)
        r = ice_agent_new(i, i->context, cfg, &i->active);
    if (r < 0)
        return r;
    *ret = LK_TAKE(i);
    return 0;
}

struct rtc_ice *rtc_ice_free(struct rtc_ice *i)
{
    if (i) {
        lk_timer_free(i->gathered_soon);
        lk_timer_free(i->linger);
        ice_agent_free(i->old);
        ice_agent_free(i->next);
        ice_agent_free(i->active);
        free(i);
    }
    return NULL;
}

void rtc_ice_open(struct rtc_ice *i)
{
    i->open = true;
}

bool rtc_ice_is_gathered(const struct rtc_ice *i)
{
    return ice_newest(i)->gathered;
}

int rtc_ice_get_local(const struct rtc_ice *i,
                      char ret_ufrag[RTC_ICE_UFRAG_MAX],
                      char ret_pwd[RTC_ICE_PWD_MAX])
{
    g_autofree char *ufrag = NULL;
    g_autofree char *pwd = NULL;
    const struct ice_agent *a = ice_newest(i);
    if (!nice_agent_get_local_credentials(a->nice, a->stream, &ufrag, &pwd))
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
    const struct ice_agent *a = ice_newest(i);
    GSList *list =
        nice_agent_get_local_candidates(a->nice, a->stream, ICE_COMPONENT);
    for (const GSList *k = list; k && n < cap; k = k->next)
        if (ice_util_from_nice(k->data, &ret[n]) == 0)
            n++;
    g_slist_free_full(list, (GDestroyNotify)nice_candidate_free);
    return n;
}

int rtc_ice_set_remote(struct rtc_ice *i, const char *ufrag, const char *pwd)
{
    const struct ice_agent *a = ice_newest(i);
    if (!i->open)
        return -EPERM;
    return nice_agent_set_remote_credentials(a->nice, a->stream, ufrag, pwd)
               ? 0
               : -EINVAL;
}

int rtc_ice_add_candidate(struct rtc_ice *i, const struct rtc_candidate *c)
{
    struct ice_agent *a = ice_newest(i);
    if (!i->open)
        return -EPERM;
    if (a->remote == RTC_ICE_REMOTE_MAX)
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
    n->stream_id = a->stream;
    r = nice_agent_set_remote_candidates(a->nice, a->stream, ICE_COMPONENT,
                                         &one);
    nice_candidate_free(n);
    if (r < 0)
        return -EINVAL;
    a->remote++;
    i->n.remote_candidates++;
    return 0;
}

void rtc_ice_end_candidates(struct rtc_ice *i)
{
    const struct ice_agent *a = ice_newest(i);
    if (i->open)
        nice_agent_peer_candidate_gathering_done(a->nice, a->stream);
}

int rtc_ice_restart(struct rtc_ice *i)
{
    struct ice_agent *a = NULL;
    int r = ice_agent_new(i, i->context, &i->cfg, &a);
    if (r < 0)
        return r;
    ice_agent_free(i->next); /* one that came to nothing */
    i->next = a;
    i->n.restarts++;
    return 0;
}

int rtc_ice_send(void *ice, const uint8_t *data, size_t len)
{
    struct rtc_ice *i = ice;
    if (!i->open) {
        i->n.gate_out++;
        return -EPERM;
    }
    int n = nice_agent_send(i->active->nice, i->active->stream, ICE_COMPONENT,
                            (guint)len, (const gchar *)data);
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
    ret->up = i->active->up;
    ret->local_candidates = ice_newest(i)->local;
    if (nice_agent_get_selected_pair(i->active->nice, i->active->stream,
                                     ICE_COMPONENT, &local, &remote)) {
        ice_util_describe(local, ret->local, sizeof(ret->local));
        ice_util_describe(remote, ret->remote, sizeof(ret->remote));
    }
}
