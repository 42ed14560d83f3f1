#include "sctp_priv.h"

#include "base/log.h"
#include "base/text.h"
#include "base/wipe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct sctp_channel *channel_at(const struct rtc_sctp *s, int channel)
{
    if (channel < 0 || channel >= RTC_SCTP_CHANNELS_MAX ||
        !s->channels[channel].used)
        return NULL;
    return (struct sctp_channel *)&s->channels[channel];
}

static int channel_handle(const struct rtc_sctp *s,
                          const struct sctp_channel *c)
{
    return (int)(c - s->channels);
}

static struct sctp_channel *channel_of_stream(struct rtc_sctp *s,
                                              uint16_t stream)
{
    for (size_t i = 0; i < RTC_SCTP_CHANNELS_MAX; i++)
        if (s->channels[i].used && s->channels[i].stream == stream)
            return &s->channels[i];
    return NULL;
}

/* A free slot; its stream is given when the role is known. */
static struct sctp_channel *channel_take(struct rtc_sctp *s)
{
    for (size_t i = 0; i < RTC_SCTP_CHANNELS_MAX; i++) {
        struct sctp_channel *c = &s->channels[i];
        if (c->used)
            continue;
        memset(c, 0, sizeof(*c));
        c->used = true;
        c->stream = SCTP_NO_STREAM;
        return c;
    }
    return NULL;
}

static void channel_release(struct sctp_channel *c)
{
    while (c->first) {
        struct sctp_message *m = c->first;
        c->first = m->next;
        lk_free_wiped(m);
    }
    c->part = lk_buf_free(c->part);
    memset(c, 0, sizeof(*c));
}

static int channel_queue(struct sctp_channel *c, uint32_t ppid,
                         const void *data, size_t len)
{
    struct sctp_message *m = malloc(sizeof(*m) + len);
    if (!m)
        return -ENOMEM;
    m->next = NULL;
    m->ppid = ppid;
    m->ordered = ppid == RTC_PPID_DCEP;
    m->len = len;
    memcpy(m->data, data, len);
    if (c->last)
        c->last->next = m;
    else
        c->first = m;
    c->last = m;
    c->queued += len;
    return 0;
}

/* RFC 8832 section 6: the DTLS client's streams are even. */
static int channel_give_stream(struct rtc_sctp *s, struct sctp_channel *c)
{
    for (uint16_t id = s->client ? 0 : 1; id < RTC_SCTP_STREAMS_MAX; id += 2) {
        if (channel_of_stream(s, id) || s->unwanted[id])
            continue;
        c->stream = id;
        return 0;
    }
    return -ENOSPC;
}

/* The OPEN goes before whatever was queued since rtc_sctp_open(). */
static int channel_say_open(struct rtc_sctp *s, struct sctp_channel *c)
{
    struct rtc_dcep_open open;
    memset(&open, 0, sizeof(open));
    open.reliability = c->params.reliability;
    open.unordered = c->params.unordered;
    open.priority = RTC_DCEP_PRIORITY_NORMAL;
    open.parameter = c->params.parameter;
    memcpy(open.label, c->params.label, sizeof(open.label));
    memcpy(open.protocol, c->params.protocol, sizeof(open.protocol));
    uint8_t raw[RTC_DCEP_OPEN_MAX];
    int n = rtc_dcep_write_open(&open, raw, sizeof(raw));
    if (n < 0)
        return n;
    int r = channel_give_stream(s, c);
    if (r < 0)
        return r;
    struct sctp_message *waiting = c->first;
    struct sctp_message *last = c->last;
    c->first = c->last = NULL;
    r = channel_queue(c, RTC_PPID_DCEP, raw, (size_t)n);
    if (r < 0) {
        c->first = waiting;
        c->last = last;
        return r;
    }
    c->first->next = waiting;
    c->last = last ? last : c->first;
    c->opened = true;
    return 0;
}

static void channel_end(struct rtc_sctp *s, struct sctp_channel *c)
{
    s->ev.channel_closed(s->arg, channel_handle(s, c));
    channel_release(c);
}

static void channel_close(struct sctp_channel *c)
{
    c->closing = true;
    c->part = lk_buf_free(c->part);
}

void sctp_channels_up(struct rtc_sctp *s)
{
    for (size_t i = 0; i < RTC_SCTP_CHANNELS_MAX; i++) {
        struct sctp_channel *c = &s->channels[i];
        if (c->used && !c->opened && channel_say_open(s, c) < 0)
            channel_end(s, c);
    }
}

void sctp_channels_gone(struct rtc_sctp *s)
{
    for (size_t i = 0; i < RTC_SCTP_CHANNELS_MAX; i++)
        if (s->channels[i].used)
            channel_end(s, &s->channels[i]);
}

void sctp_channels_free(struct rtc_sctp *s)
{
    for (size_t i = 0; i < RTC_SCTP_CHANNELS_MAX; i++)
        channel_release(&s->channels[i]);
}

/* Sends one message of a channel. 1 sent, 0 nothing to send, -EAGAIN no room.
 */
static int channel_send_one(struct rtc_sctp *s, struct sctp_channel *c)
{
    struct sctp_message *m = c->used && c->opened ? c->first : NULL;
    if (!m || c->reset_sent)
        return 0;
    int r = sctp_association_send(s, c, m);
    if (r == -EAGAIN)
        return r;
    /* What usrsctp will never take must not block what comes after. */
    c->first = m->next;
    if (!c->first)
        c->last = NULL;
    c->queued -= m->len;
    lk_free_wiped(m); /* usrsctp has a copy */
    return 1;
}

static void channels_send(struct rtc_sctp *s)
{
    size_t idle = 0;
    while (idle < RTC_SCTP_CHANNELS_MAX) {
        int r = channel_send_one(s, &s->channels[s->turn]);
        if (r == -EAGAIN)
            return;
        idle = r == 1 ? 0 : idle + 1;
        s->turn = (s->turn + 1) % RTC_SCTP_CHANNELS_MAX;
    }
}

/* Closing: when all is sent, our direction is reset; when both are, it ends. */
static void channel_go_on_closing(struct rtc_sctp *s, struct sctp_channel *c)
{
    if (!c->reset_sent && !c->first) {
        int r = sctp_association_reset(s, c->stream);
        c->reset_sent = r != -EAGAIN;
        c->out_reset = c->out_reset || r == -EPIPE;
    }
    if (c->out_reset && c->in_reset)
        channel_end(s, c);
}

/* Streams of channels that could not be taken: one reset at a time is under
 * way (RFC 6525 section 5.1.1), so that many take turns. */
static void channels_refuse(struct rtc_sctp *s)
{
    for (uint16_t i = 0; i < RTC_SCTP_STREAMS_MAX; i++) {
        if (s->unwanted[i] && sctp_association_reset(s, i) == -EAGAIN)
            return;
        s->unwanted[i] = false;
    }
}

void sctp_channels_flush(struct rtc_sctp *s)
{
    if (!s->up)
        return;
    channels_refuse(s);
    channels_send(s);
    for (size_t i = 0; i < RTC_SCTP_CHANNELS_MAX; i++) {
        struct sctp_channel *c = &s->channels[i];
        if (c->used && c->opened && c->closing) {
            channel_go_on_closing(s, c);
        } else if (c->used && c->refused && c->queued <= RTC_SCTP_QUEUE_LOW) {
            c->refused = false;
            s->ev.channel_writable(s->arg, (int)i);
        }
    }
    channels_send(s); /* what those callbacks queued */
}

/* Queues the ACK of a channel that the far end opens. */
static int channel_accept(struct rtc_sctp *s, uint16_t stream,
                          const struct rtc_dcep_open *open,
                          struct sctp_channel **ret)
{
    uint8_t ack[4];
    bool theirs = (stream % 2 == 0) != s->client;
    int n = rtc_dcep_write_ack(ack, sizeof(ack));
    struct sctp_channel *c = theirs && n > 0 ? channel_take(s) : NULL;
    if (!c)
        return -ENOSPC;
    c->by_remote = c->opened = c->confirmed = true;
    c->stream = stream;
    c->params.unordered = open->unordered;
    c->params.reliability = open->reliability;
    c->params.parameter = open->parameter;
    memcpy(c->params.label, open->label, sizeof(c->params.label));
    int r = channel_queue(c, RTC_PPID_DCEP, ack, (size_t)n);
    if (r < 0) {
        channel_release(c);
        return r;
    }
    *ret = c;
    return 0;
}

static void channels_dcep(struct rtc_sctp *s, const struct sctp_piece *p)
{
    struct rtc_dcep_open open;
    struct sctp_channel *c = channel_of_stream(s, p->stream);
    int kind = rtc_dcep_parse(p->data, p->len, &open);
    if (kind == RTC_DCEP_ACK && c && !c->by_remote && !c->confirmed) {
        c->confirmed = true;
        s->ev.channel_open(s->arg, channel_handle(s, c), c->params.label,
                           false);
    } else if (kind == RTC_DCEP_OPEN && !c) {
        /* One that we cannot take is closed at once: RFC 8832 section 6. */
        if (channel_accept(s, p->stream, &open, &c) == 0)
            s->ev.channel_open(s->arg, channel_handle(s, c), c->params.label,
                               true);
        else
            s->unwanted[p->stream] = true;
    } else {
        LK_LOG(DEBUG, "rtc-sctp", "dcep=refused stream=%u", p->stream);
    }
}

static void channel_deliver(struct rtc_sctp *s, struct sctp_channel *c,
                            const struct sctp_piece *p)
{
    bool text = p->ppid == RTC_PPID_STRING || p->ppid == RTC_PPID_STRING_EMPTY;
    bool empty =
        p->ppid == RTC_PPID_STRING_EMPTY || p->ppid == RTC_PPID_BINARY_EMPTY;
    if (!text && !empty && p->ppid != RTC_PPID_BINARY)
        return;
    if (!c->closing)
        s->ev.channel_message(s->arg, channel_handle(s, c), text, p->data,
                              empty ? 0 : p->len);
}

/* Adds a piece to its message. 1 when it is whole (p then is all of it). */
static int channel_assemble(struct sctp_channel *c, struct sctp_piece *p)
{
    size_t have = c->part ? c->part->len : 0;
    if (p->len > RTC_SCTP_MESSAGE_MAX - have)
        return -EMSGSIZE;
    if (p->last && have == 0)
        return 1;
    int r = c->part ? 0 : lk_buf_new(RTC_SCTP_MESSAGE_MAX, &c->part);
    if (r == 0)
        r = lk_buf_append(c->part, p->data, p->len);
    if (r < 0)
        return r;
    p->data = c->part->data;
    p->len = c->part->len;
    return p->last ? 1 : 0;
}

/* Whether this piece is of a message that is being dropped. */
static bool channels_cut(struct rtc_sctp *s, const struct sctp_piece *p,
                         bool begin)
{
    if (p->stream >= RTC_SCTP_STREAMS_MAX)
        return true;
    bool cut = s->cut[p->stream] || begin;
    s->cut[p->stream] = cut && !p->last;
    return cut;
}

void sctp_channels_receive(struct rtc_sctp *s, const struct sctp_piece *piece)
{
    struct sctp_piece p = *piece;
    if (channels_cut(s, piece, false))
        return;
    struct sctp_channel *c = channel_of_stream(s, p.stream);
    bool dcep = p.ppid == RTC_PPID_DCEP;
    if ((!c && !dcep) || (dcep && !p.last)) {
        (void)channels_cut(s, piece, true);
        return;
    }
    if (dcep) {
        channels_dcep(s, &p);
        return;
    }
    int r = channel_assemble(c, &p);
    if (r == 1) {
        struct lk_buf *whole = LK_TAKE(c->part);
        channel_deliver(s, c, &p);
        lk_buf_free(whole);
    } else if (r < 0) {
        /* More than was announced, or no memory: this channel is over. */
        (void)channels_cut(s, piece, true);
        channel_close(c);
    }
}

void sctp_channels_abandon(struct rtc_sctp *s, uint16_t stream)
{
    struct sctp_channel *c = channel_of_stream(s, stream);
    if (c)
        c->part = lk_buf_free(c->part);
    if (stream < RTC_SCTP_STREAMS_MAX)
        s->cut[stream] = false;
}

void sctp_channels_reset(struct rtc_sctp *s, uint16_t stream, bool incoming)
{
    struct sctp_channel *c = channel_of_stream(s, stream);
    if (incoming)
        sctp_channels_abandon(s, stream);
    if (!c)
        return;
    if (incoming) {
        /* RFC 8831 section 6.7: answered by a reset of our own. */
        c->in_reset = true;
        channel_close(c);
    } else {
        c->out_reset = true;
    }
}

int rtc_sctp_open(struct rtc_sctp *s, const struct rtc_sctp_params *params)
{
    size_t len = strnlen(params->label, sizeof(params->label));
    if (len == 0 || len == sizeof(params->label) ||
        !lk_utf8_valid(params->label, len))
        return -EINVAL;
    if (s->gone)
        return -EPIPE;
    struct sctp_channel *c = channel_take(s);
    if (!c)
        return -ENOSPC;
    c->params = *params;
    int r = s->up ? channel_say_open(s, c) : 0;
    if (r < 0) {
        channel_release(c);
        return r;
    }
    if (!s->busy)
        sctp_channels_flush(s);
    return channel_handle(s, c);
}

int rtc_sctp_send(struct rtc_sctp *s, int channel, bool text, const void *data,
                  size_t len)
{
    struct sctp_channel *c = channel_at(s, channel);
    if (!c)
        return -ENOENT;
    if (c->closing || s->gone)
        return -EPIPE;
    if (len > RTC_SCTP_MESSAGE_MAX ||
        (s->max_message_size && len > s->max_message_size))
        return -EMSGSIZE;
    if (c->queued > 0 && c->queued + len > RTC_SCTP_QUEUE_MAX) {
        c->refused = true;
        return -EAGAIN;
    }
    /* RFC 8831 section 6.6: SCTP knows no empty message. */
    static const uint8_t zero = 0;
    uint32_t ppid = text ? RTC_PPID_STRING : RTC_PPID_BINARY;
    if (len == 0)
        ppid = text ? RTC_PPID_STRING_EMPTY : RTC_PPID_BINARY_EMPTY;
    int r = len ? channel_queue(c, ppid, data, len)
                : channel_queue(c, ppid, &zero, 1);
    if (r == 0 && !s->busy)
        sctp_channels_flush(s);
    return r;
}

size_t rtc_sctp_buffered(const struct rtc_sctp *s, int channel)
{
    const struct sctp_channel *c = channel_at(s, channel);
    return c ? c->queued : 0;
}

void rtc_sctp_close(struct rtc_sctp *s, int channel)
{
    struct sctp_channel *c = channel_at(s, channel);
    if (!c || c->closing)
        return;
    channel_close(c);
    if (!c->opened)
        channel_end(s, c); /* the far end never heard of it */
    else if (!s->busy)
        sctp_channels_flush(s);
}
