#include "net_pair.h"

#include <dirent.h>

static void on_event(void *arg, enum rtc_net_event event)
{
    struct side *s = arg;
    s->events[event]++;
}

static void on_candidate(void *arg, const char *text)
{
    (void)arg;
    assert_int_equal(strncmp(text, "candidate:", 10), 0);
}

static void on_packet(void *arg)
{
    struct side *s = arg;
    s->packets++;
}

static void keep(struct side *s, const uint8_t *pkt, size_t len)
{
    assert_true(len <= sizeof(s->last));
    memcpy(s->last, pkt, len);
    s->last_len = len;
}

static void on_rtp(void *arg, uint8_t *pkt, size_t len)
{
    struct side *s = arg;
    s->rtp++;
    keep(s, pkt, len);
}

static void on_rtcp(void *arg, uint8_t *pkt, size_t len)
{
    struct side *s = arg;
    s->rtcp++;
    keep(s, pkt, len);
}

static void on_open(void *arg, int channel, const char *label, bool by_remote)
{
    struct side *s = arg;
    s->opened++;
    s->channel = channel;
    s->by_remote = by_remote;
    (void)snprintf(s->label, sizeof(s->label), "%s", label);
}

static void on_message(void *arg, int channel, bool text, const uint8_t *data,
                       size_t len)
{
    struct side *s = arg;
    s->messages++;
    s->text = text;
    free(s->message);
    s->message = malloc(len + 1);
    assert_non_null(s->message);
    memcpy(s->message, data, len);
    s->message_len = len;
    if (s->echo)
        assert_int_equal(rtc_net_channel_send(s->net, channel, text, data, len),
                         0);
}

static void on_writable(void *arg, int channel)
{
    (void)channel;
    struct side *s = arg;
    s->writable++;
}

static void on_closed(void *arg, int channel)
{
    (void)channel;
    struct side *s = arg;
    s->closed++;
}

static const struct rtc_net_events events = {
    .event = on_event,
    .candidate = on_candidate,
    .packet = on_packet,
    .rtp = on_rtp,
    .rtcp = on_rtcp,
    .sctp = {.channel_open = on_open,
             .channel_message = on_message,
             .channel_writable = on_writable,
             .channel_closed = on_closed},
};

void pair_setup(struct pair *p)
{
    memset(p, 0, sizeof(*p));
    p->a.pair = p->b.pair = p;
    assert_int_equal(rtc_net_init(), 0);
    assert_int_equal(lk_loop_new(&p->loop), 0);
    assert_int_equal(lk_loop_glib_new(p->loop, &p->glib), 0);
}

void pair_teardown(struct pair *p)
{
    p->a.net = rtc_net_free(p->a.net);
    p->b.net = rtc_net_free(p->b.net);
    free(p->a.message);
    free(p->b.message);
    p->glib = lk_loop_glib_free(p->glib);
    p->loop = lk_loop_free(p->loop);
}

void side_new(struct pair *p, struct side *s, const struct rtc_net_config *cfg)
{
    struct rtc_net_config c;
    memset(&c, 0, sizeof(c));
    if (cfg)
        c = *cfg;
    c.ice.interface_count = 1;
    memcpy(c.ice.interfaces[0], "lo", 3);
    c.ice.loopback = true;
    c.ice.controlled = s == &p->b;
    assert_int_equal(rtc_net_new(p->loop, lk_loop_glib_context(p->glib), &c,
                                 &events, s, &s->net),
                     0);
}

void side_tell(struct side *from, struct side *to)
{
    char ufrag[RTC_ICE_UFRAG_MAX], pwd[RTC_ICE_PWD_MAX];
    struct rtc_candidate c[RTC_ICE_LOCAL_MAX];
    struct rtc_ice *ice = rtc_net_ice(to->net);
    assert_int_equal(rtc_ice_get_local(rtc_net_ice(from->net), ufrag, pwd), 0);
    size_t n =
        rtc_ice_get_candidates(rtc_net_ice(from->net), c, LK_ARRAY_LEN(c));
    assert_true(n > 0);
    assert_int_equal(rtc_ice_set_remote(ice, ufrag, pwd), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(rtc_ice_add_candidate(ice, &c[i]), 0);
}

static void side_start(struct side *s, const struct side *other, bool client)
{
    struct rtc_net_remote r = {.dtls_client = client,
                               .data = true,
                               .sctp_port = RTC_SCTP_PORT,
                               .max_message_size = RTC_SCTP_MESSAGE_MAX};
    memcpy(r.fingerprint, rtc_net_fingerprint(other->net),
           sizeof(r.fingerprint));
    assert_int_equal(rtc_net_start(s->net, &r), 0);
    assert_int_equal(rtc_net_start(s->net, &r), -EALREADY);
}

void pair_start(struct pair *p, bool a_client)
{
    side_start(&p->a, &p->b, a_client);
    side_start(&p->b, &p->a, !a_client);
}

void pair_connect(struct pair *p, bool a_client)
{
    PAIR_UNTIL(p, p->a.events[RTC_NET_GATHERED] == 1 &&
                      p->b.events[RTC_NET_GATHERED] == 1);
    rtc_net_open(p->a.net);
    rtc_net_open(p->b.net);
    side_tell(&p->a, &p->b);
    side_tell(&p->b, &p->a);
    pair_start(p, a_client);
    PAIR_UNTIL(p, p->a.events[RTC_NET_SECURE] == 1 &&
                      p->b.events[RTC_NET_SECURE] == 1);
}

void pair_run(struct pair *p, int ms)
{
    int64_t end = lk_clock_us() + (int64_t)ms * 1000;
    while (lk_clock_us() < end)
        assert_int_equal(lk_loop_step(p->loop, end - lk_clock_us()), 0);
}

static unsigned count_entries(const char *path)
{
    unsigned n = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

unsigned count_fds(void)
{
    return count_entries("/proc/self/fd");
}

unsigned count_threads(void)
{
    return count_entries("/proc/self/task");
}
