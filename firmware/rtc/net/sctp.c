#include "rtc/net/sctp.h"

#include "base/log.h"
#include "sctp_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <usrsctp.h>

/* Room for one whole message and what goes before it. */
#define SEND_BUFFER (RTC_SCTP_MESSAGE_MAX + 128 * 1024)
#define RECEIVE_BUFFER (1024 * 1024)
/* usrsctp's clock is driven by us: often while something is on the way, seldom
 * when nothing is. */
#define TICK_ACTIVE_US 10000
#define TICK_IDLE_US 100000
#define ACTIVE_FOR_US 3000000
/* usrsctp leaves the common header of 12 bytes out of this. */
#define PATH_MTU (RTC_PIPE_SECURE_MTU - 16)
#define RTO_INITIAL_MS 200
#define RTO_MIN_MS 100
#define RTO_MAX_MS 2000
/* The call decides when the far end is dead, not SCTP: retransmissions go on
 * for longer than the longest silence. */
#define RETRANSMISSIONS 1000

/* usrsctp can speak of an address after the object behind it is gone: so it is
 * given numbers, which are looked up here. All in one thread. */
static struct {
    struct rtc_sctp *live;
    uintptr_t last_number;
    int64_t ticked_us;
    bool done;
} lib;

static struct rtc_sctp *sctp_find(const void *address)
{
    struct rtc_sctp *s = lib.live;
    while (s && s->number != (uintptr_t)address)
        s = s->next;
    return s;
}

/* usrsctp's way out. What cannot be sent is lost, as on any network. */
static int sctp_output(void *address, void *data, size_t len, uint8_t tos,
                       uint8_t no_fragment)
{
    (void)tos;
    (void)no_fragment;
    struct rtc_sctp *s = sctp_find(address);
    if (!s)
        return EHOSTUNREACH;
    s->active_us = lk_loop_now_us(s->loop);
    s->sent_bytes += len;
    (void)s->below.send(s->below.arg, data, len);
    return 0;
}

/* Not earlier than it is needed: even without its threads usrsctp starts one
 * ("SCTP iterator"), and a program confines itself before its first thread. */
static void sctp_init_once(void)
{
    if (lib.done)
        return;
    usrsctp_init_nothreads(0, sctp_output, NULL);
    usrsctp_sysctl_set_sctp_ecn_enable(0);
    usrsctp_sysctl_set_sctp_asconf_enable(0);
    usrsctp_sysctl_set_sctp_auth_enable(0);
    usrsctp_sysctl_set_sctp_blackhole(2); /* no answer to what nobody awaits */
    usrsctp_sysctl_set_sctp_delayed_sack_time_default(20);
    /* Else 30 for one chunk, which is a minute, and that with no cause in the
     * ABORT. */
    usrsctp_sysctl_set_sctp_max_retran_chunk(RETRANSMISSIONS);
    usrsctp_sysctl_set_sctp_nr_outgoing_streams_default(RTC_SCTP_STREAMS_MAX);
    lib.done = true;
}

static struct sockaddr_conn sctp_address(const struct rtc_sctp *s,
                                         uint16_t port)
{
    struct sockaddr_conn a;
    memset(&a, 0, sizeof(a));
    a.sconn_family = AF_CONN;
    a.sconn_port = htons(port);
    a.sconn_addr = (void *)s->number;
    return a;
}

static bool option(struct rtc_sctp *s, int name, const void *value, size_t len)
{
    return usrsctp_setsockopt(s->socket, IPPROTO_SCTP, name, value,
                              (socklen_t)len) == 0;
}

static bool sctp_subscribe(struct rtc_sctp *s)
{
    static const uint16_t events[] = {SCTP_ASSOC_CHANGE,
                                      SCTP_PARTIAL_DELIVERY_EVENT,
                                      SCTP_STREAM_RESET_EVENT};
    bool ok = true;
    for (size_t i = 0; i < LK_ARRAY_LEN(events); i++) {
        struct sctp_event e = {
            .se_assoc_id = SCTP_ALL_ASSOC, .se_type = events[i], .se_on = 1};
        ok = ok && option(s, SCTP_EVENT, &e, sizeof(e));
    }
    return ok;
}

static bool sctp_set_buffers(struct rtc_sctp *s)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0}; /* close aborts */
    int out = SEND_BUFFER;
    int in = RECEIVE_BUFFER;
    return usrsctp_setsockopt(s->socket, SOL_SOCKET, SO_LINGER, &now,
                              sizeof(now)) == 0 &&
           usrsctp_setsockopt(s->socket, SOL_SOCKET, SO_SNDBUF, &out,
                              sizeof(out)) == 0 &&
           usrsctp_setsockopt(s->socket, SOL_SOCKET, SO_RCVBUF, &in,
                              sizeof(in)) == 0 &&
           usrsctp_set_non_blocking(s->socket, 1) == 0;
}

static bool sctp_set_options(struct rtc_sctp *s)
{
    int on = 1;
    struct sctp_assoc_value reset = {.assoc_id = SCTP_ALL_ASSOC,
                                     .assoc_value =
                                         SCTP_ENABLE_RESET_STREAM_REQ};
    struct sctp_assoc_value turns = {.assoc_id = SCTP_ALL_ASSOC,
                                     .assoc_value = SCTP_SS_ROUND_ROBIN};
    struct sctp_initmsg init = {.sinit_num_ostreams = RTC_SCTP_STREAMS_MAX,
                                .sinit_max_instreams = RTC_SCTP_STREAMS_MAX};
    struct sctp_rtoinfo rto = {.srto_initial = RTO_INITIAL_MS,
                               .srto_min = RTO_MIN_MS,
                               .srto_max = RTO_MAX_MS};
    struct sctp_assocparams life = {.sasoc_asocmaxrxt = RETRANSMISSIONS};
    return option(s, SCTP_NODELAY, &on, sizeof(on)) &&
           option(s, SCTP_RECVRCVINFO, &on, sizeof(on)) &&
           option(s, SCTP_ENABLE_STREAM_RESET, &reset, sizeof(reset)) &&
           option(s, SCTP_PLUGGABLE_SS, &turns, sizeof(turns)) &&
           option(s, SCTP_INITMSG, &init, sizeof(init)) &&
           option(s, SCTP_RTOINFO, &rto, sizeof(rto)) &&
           option(s, SCTP_ASSOCINFO, &life, sizeof(life));
}

/* usrsctp does no path-MTU discovery worth the name over DTLS, and ICE's own
 * checks are our heartbeats. */
static bool sctp_set_path(struct rtc_sctp *s, const struct sockaddr_conn *to)
{
    struct sctp_paddrparams p;
    memset(&p, 0, sizeof(p));
    memcpy(&p.spp_address, to, sizeof(*to));
    p.spp_flags = SPP_PMTUD_DISABLE | SPP_HB_DISABLE;
    p.spp_pathmtu = PATH_MTU;
    p.spp_pathmaxrxt = RETRANSMISSIONS;
    return option(s, SCTP_PEER_ADDR_PARAMS, &p, sizeof(p));
}

static void sctp_tick(struct rtc_sctp *s, int64_t now_us)
{
    int64_t ms = (now_us - lib.ticked_us) / 1000;
    if (ms > 0) {
        lib.ticked_us += ms * 1000;
        usrsctp_handle_timers((uint32_t)LK_MIN(ms, (int64_t)1000));
    }
    bool active = !s->up || now_us - s->active_us < ACTIVE_FOR_US;
    lk_timer_set(s->timer, now_us + (active ? TICK_ACTIVE_US : TICK_IDLE_US));
}

static void sctp_on_association(struct rtc_sctp *s,
                                const struct sctp_assoc_change *c)
{
    LK_LOG(DEBUG, "rtc-sctp", "association=%u", c->sac_state);
    if (c->sac_state == SCTP_COMM_UP) {
        s->up = true;
        sctp_channels_up(s);
    } else if (c->sac_state == SCTP_COMM_LOST ||
               c->sac_state == SCTP_SHUTDOWN_COMP ||
               c->sac_state == SCTP_CANT_STR_ASSOC ||
               c->sac_state == SCTP_RESTART) {
        /* A restarted association has forgotten its channels too. */
        s->up = false;
        s->gone = true;
        sctp_channels_gone(s);
    }
}

static void sctp_on_reset(struct rtc_sctp *s,
                          const struct sctp_stream_reset_event *e, size_t len)
{
    size_t n = (len - sizeof(*e)) / sizeof(e->strreset_stream_list[0]);
    bool failed = e->strreset_flags &
                  (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED);
    for (size_t i = 0; i < n; i++) {
        uint16_t stream = e->strreset_stream_list[i];
        if (e->strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN)
            sctp_channels_reset(s, stream, true);
        /* A denied reset closes our side all the same: nothing is left that
         * could be said on it. */
        if (failed || e->strreset_flags & SCTP_STREAM_RESET_OUTGOING_SSN)
            sctp_channels_reset(s, stream, false);
    }
}

static void sctp_on_notification(struct rtc_sctp *s, size_t len)
{
    const union sctp_notification *n = (const void *)s->scratch;
    if (len < sizeof(n->sn_header))
        return;
    switch (n->sn_header.sn_type) {
    case SCTP_ASSOC_CHANGE:
        if (len >= sizeof(n->sn_assoc_change))
            sctp_on_association(s, &n->sn_assoc_change);
        break;
    case SCTP_PARTIAL_DELIVERY_EVENT:
        if (len >= sizeof(n->sn_pdapi_event))
            sctp_channels_abandon(s, (uint16_t)n->sn_pdapi_event.pdapi_stream);
        break;
    case SCTP_STREAM_RESET_EVENT:
        if (len >= sizeof(n->sn_strreset_event))
            sctp_on_reset(s, &n->sn_strreset_event, len);
        break;
    default:
        break;
    }
}

/* Takes out what usrsctp has put together. */
static void sctp_drain(struct rtc_sctp *s)
{
    while (!s->gone) {
        struct sctp_rcvinfo info;
        socklen_t info_len = sizeof(info);
        unsigned type = SCTP_RECVV_NOINFO;
        int flags = 0;
        ssize_t n = usrsctp_recvv(s->socket, s->scratch, sizeof(s->scratch),
                                  NULL, NULL, &info, &info_len, &type, &flags);
        if (n <= 0)
            return;
        if (flags & MSG_NOTIFICATION) {
            sctp_on_notification(s, (size_t)n);
        } else if (type == SCTP_RECVV_RCVINFO) {
            struct sctp_piece p = {.stream = info.rcv_sid,
                                   .ppid = ntohl(info.rcv_ppid),
                                   .last = flags & MSG_EOR,
                                   .data = s->scratch,
                                   .len = (size_t)n};
            sctp_channels_receive(s, &p);
        }
        explicit_bzero(s->scratch, (size_t)n);
    }
}

/* After anything that may have moved the association. */
static void sctp_after(struct rtc_sctp *s)
{
    if (s->busy)
        return;
    s->busy = true;
    sctp_drain(s);
    sctp_channels_flush(s);
    s->busy = false;
}

static void sctp_on_timer(void *arg, int64_t now_us)
{
    struct rtc_sctp *s = arg;
    sctp_tick(s, now_us);
    sctp_after(s);
}

int rtc_sctp_new(struct lk_loop *loop, const struct rtc_pipe *below,
                 const struct rtc_sctp_events *ev, void *arg,
                 struct rtc_sctp **ret)
{
    sctp_init_once();
    LK_AUTO(rtc_sctp) s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->loop = loop;
    s->below = *below;
    s->ev = *ev;
    s->arg = arg;
    int r = lk_timer_new(loop, sctp_on_timer, s, &s->timer);
    if (r < 0)
        return r;
    *ret = LK_TAKE(s);
    return 0;
}

static void sctp_unlink(const struct rtc_sctp *s)
{
    struct rtc_sctp **at = &lib.live;
    while (*at && *at != s)
        at = &(*at)->next;
    if (*at)
        *at = s->next;
}

struct rtc_sctp *rtc_sctp_free(struct rtc_sctp *s)
{
    if (s) {
        if (s->socket)
            usrsctp_close(s->socket); /* the ABORT leaves here */
        if (s->number) {
            usrsctp_deregister_address((void *)s->number);
            sctp_unlink(s);
        }
        sctp_channels_free(s);
        lk_timer_free(s->timer);
        free(s);
    }
    return NULL;
}

static int sctp_connect(struct rtc_sctp *s, uint16_t remote_port)
{
    struct sockaddr_conn from = sctp_address(s, RTC_SCTP_PORT);
    struct sockaddr_conn to = sctp_address(s, remote_port);
    s->socket =
        usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);
    if (!s->socket || !sctp_set_buffers(s) || !sctp_set_options(s) ||
        !sctp_subscribe(s))
        return -EIO;
    if (usrsctp_bind(s->socket, (struct sockaddr *)&from, sizeof(from)) != 0)
        return -EIO;
    if (usrsctp_connect(s->socket, (struct sockaddr *)&to, sizeof(to)) != 0 &&
        errno != EINPROGRESS)
        return -EIO;
    return sctp_set_path(s, &to) ? 0 : -EIO;
}

int rtc_sctp_start(struct rtc_sctp *s, const struct rtc_sctp_start *start)
{
    if (s->number)
        return -EALREADY;
    int64_t now_us = lk_loop_now_us(s->loop);
    if (!lib.live)
        lib.ticked_us = now_us; /* nobody's clock ran meanwhile */
    s->number = ++lib.last_number;
    s->next = lib.live;
    lib.live = s;
    s->client = start->dtls_client;
    s->max_message_size = start->max_message_size;
    usrsctp_register_address((void *)s->number);
    int r = sctp_connect(s, start->remote_port);
    if (r < 0) {
        s->gone = true;
        return r;
    }
    lk_timer_set_in(s->timer, TICK_ACTIVE_US);
    return 0;
}

void rtc_sctp_receive(struct rtc_sctp *s, const uint8_t *data, size_t len)
{
    if (!s->number || s->gone)
        return;
    s->active_us = lk_loop_now_us(s->loop);
    usrsctp_conninput((void *)s->number, data, len, 0);
    sctp_after(s);
    if (s->up)
        lk_timer_set_in(s->timer, TICK_ACTIVE_US);
}

int sctp_association_send(struct rtc_sctp *s, const struct sctp_channel *c,
                          const struct sctp_message *m)
{
    struct sctp_sendv_spa a;
    memset(&a, 0, sizeof(a));
    a.sendv_flags = SCTP_SEND_SNDINFO_VALID;
    a.sendv_sndinfo.snd_sid = c->stream;
    a.sendv_sndinfo.snd_ppid = htonl(m->ppid);
    a.sendv_sndinfo.snd_flags = SCTP_EOR;
    if (c->params.unordered && !m->ordered && c->confirmed)
        a.sendv_sndinfo.snd_flags |= SCTP_UNORDERED;
    if (c->params.reliability != RTC_DCEP_RELIABLE && !m->ordered) {
        a.sendv_flags |= SCTP_SEND_PRINFO_VALID;
        a.sendv_prinfo.pr_policy = c->params.reliability == RTC_DCEP_RETRANSMITS
                                       ? SCTP_PR_SCTP_RTX
                                       : SCTP_PR_SCTP_TTL;
        a.sendv_prinfo.pr_value = c->params.parameter;
    }
    ssize_t n = usrsctp_sendv(s->socket, m->data, m->len, NULL, 0, &a,
                              sizeof(a), SCTP_SENDV_SPA, 0);
    if (n >= 0)
        return 0;
    return errno == EWOULDBLOCK || errno == ENOBUFS || errno == EINTR ? -EAGAIN
                                                                      : -EPIPE;
}

void rtc_sctp_get_way(struct rtc_sctp *s, struct rtc_sctp_way *ret)
{
    struct sctp_status t;
    socklen_t len = sizeof(t);
    memset(&t, 0, sizeof(t));
    *ret = (struct rtc_sctp_way){.sent_bytes = s->sent_bytes, .rtt_us = -1};
    if (!s->up ||
        usrsctp_getsockopt(s->socket, IPPROTO_SCTP, SCTP_STATUS, &t, &len) != 0)
        return;
    ret->flight_bytes =
        (uint64_t)t.sstat_unackdata * t.sstat_fragmentation_point;
    if (t.sstat_primary.spinfo_srtt > 0)
        ret->rtt_us = INT64_C(1000) * t.sstat_primary.spinfo_srtt;
}

int sctp_association_reset(struct rtc_sctp *s, uint16_t stream)
{
    uint8_t raw[sizeof(struct sctp_reset_streams) + sizeof(uint16_t)];
    struct sctp_reset_streams r;
    memset(&r, 0, sizeof(r));
    r.srs_flags = SCTP_STREAM_RESET_OUTGOING;
    r.srs_number_streams = 1;
    memcpy(raw, &r, sizeof(r));
    memcpy(raw + offsetof(struct sctp_reset_streams, srs_stream_list), &stream,
           sizeof(stream));
    if (option(s, SCTP_RESET_STREAMS, raw,
               offsetof(struct sctp_reset_streams, srs_stream_list) +
                   sizeof(stream)))
        return 0;
    return errno == EALREADY || errno == EBUSY || errno == EAGAIN ||
                   errno == ENOMEM
               ? -EAGAIN
               : -EPIPE;
}
