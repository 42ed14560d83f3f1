#include "app/luukkud_devices.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One program's channel. */
struct device_chan {
    struct luukkud_devices *devices;
    const char *program;
    struct lk_chan *chan; /* NULL: it does not run */
    /* Reads a message. Negative: it is none. */
    int (*receive)(struct luukkud_devices *d, struct lk_chan_msg *msg);
    void (*forget)(struct luukkud_devices *d); /* the program has gone */
    bool wipe;                                 /* see struct lk_chan_config */
};

struct luukkud_devices {
    struct lk_loop *loop;
    struct luukkud_devices_state state;
    struct device_chan scan;
    struct device_chan card;
    struct device_chan fetch;
    struct luukkud_devices_scan scan_out;   /* NULLs: nobody listens */
    struct luukkud_devices_card card_out;   /* likewise */
    struct luukkud_devices_login login_out; /* likewise */
};

static int scan_receive(struct luukkud_devices *d, struct lk_chan_msg *msg)
{
    struct scanmsg m;
    int r =
        scanmsg_decode(msg->type, msg->payload, msg->len, lk_chan_fds(msg), &m);
    if (r == 0 && m.type < SCANMSG_SCANNER)
        r = -EBADMSG; /* luukkud's own to say */
    if (r == 0 && m.type == SCANMSG_SCANNER)
        d->state.scanner = m.state;
    if (r == 0 && d->scan_out.message)
        d->scan_out.message(d->scan_out.arg, &m, msg);
    return r;
}

static void scan_forget(struct luukkud_devices *d)
{
    d->state.scanner = SCANMSG_STATE_NONE;
    if (d->scan_out.gone)
        d->scan_out.gone(d->scan_out.arg);
}

void luukkud_devices_listen_scan(struct luukkud_devices *d,
                                 const struct luukkud_devices_scan *out)
{
    d->scan_out = *out;
}

int luukkud_devices_send_scan(struct luukkud_devices *d,
                              const struct scanmsg *m, int fd)
{
    uint8_t bytes[SCANMSG_ENCODED_MAX];
    if (!d->scan.chan)
        return -ENOTCONN;
    int n = scanmsg_encode(m, bytes, sizeof(bytes));
    if (n < 0)
        return n;
    return lk_chan_send(d->scan.chan, (uint16_t)m->type, bytes, (size_t)n, &fd,
                        fd < 0 ? 0 : 1);
}

static int card_receive(struct luukkud_devices *d, struct lk_chan_msg *msg)
{
    struct cardmsg m;
    int r = cardmsg_decode(msg->type, msg->payload, msg->len, &m);
    if (r == 0 && (m.type < CARDMSG_STATE || lk_chan_fds(msg) > 0))
        r = -EBADMSG;
    if (r == 0 && m.type == CARDMSG_STATE) {
        d->state.reader = m.reader;
        d->state.card = m.card;
    }
    if (r == 0 && d->card_out.message)
        d->card_out.message(d->card_out.arg, &m);
    explicit_bzero(&m, sizeof(m)); /* the holder's name */
    return r;
}

static void card_forget(struct luukkud_devices *d)
{
    d->state.reader = CARDMSG_READER_NONE;
    d->state.card = CARDMSG_CARD_ABSENT;
    if (d->card_out.gone)
        d->card_out.gone(d->card_out.arg);
}

void luukkud_devices_listen_card(struct luukkud_devices *d,
                                 const struct luukkud_devices_card *out)
{
    d->card_out = *out;
}

int luukkud_devices_send_card(struct luukkud_devices *d,
                              const struct cardmsg *m)
{
    uint8_t bytes[CARDMSG_ENCODED_MAX];
    if (!d->card.chan)
        return -ENOTCONN;
    int n = cardmsg_encode(m, bytes, sizeof(bytes));
    if (n < 0)
        return n;
    int r = lk_chan_send(d->card.chan, (uint16_t)m->type, bytes, (size_t)n,
                         NULL, 0);
    explicit_bzero(bytes, (size_t)n); /* a digit of a PIN, perhaps */
    return r;
}

static int fetch_receive(struct luukkud_devices *d, struct lk_chan_msg *msg)
{
    struct loginmsg m;
    int r = loginmsg_decode(msg->type, msg->payload, msg->len, &m);
    if (r == 0 && (m.type < LOGINMSG_CODE || lk_chan_fds(msg) > 0))
        r = -EBADMSG;
    if (r == 0 && d->login_out.message)
        d->login_out.message(d->login_out.arg, &m);
    explicit_bzero(&m, sizeof(m)); /* the code */
    return r;
}

static void fetch_forget(struct luukkud_devices *d)
{
    if (d->login_out.gone)
        d->login_out.gone(d->login_out.arg);
}

void luukkud_devices_listen_login(struct luukkud_devices *d,
                                  const struct luukkud_devices_login *out)
{
    d->login_out = *out;
}

int luukkud_devices_send_login(struct luukkud_devices *d,
                               const struct loginmsg *m)
{
    uint8_t bytes[LOGINMSG_ENCODED_MAX];
    if (!d->fetch.chan)
        return -ENOTCONN;
    int n = loginmsg_encode(m, bytes, sizeof(bytes));
    if (n < 0)
        return n;
    return lk_chan_send(d->fetch.chan, (uint16_t)m->type, bytes, (size_t)n,
                        NULL, 0);
}

static void chan_drop(struct device_chan *c)
{
    struct lk_chan *chan = c->chan;
    c->chan = NULL;
    c->forget(c->devices);
    if (chan && lk_chan_free_later(chan) < 0)
        LK_LOG(ERROR, "core", "what=%s-channel is not freed", c->program);
}

static void on_message(void *arg, struct lk_chan_msg *msg)
{
    struct device_chan *c = arg;
    if (c->receive(c->devices, msg) == 0)
        return;
    LK_LOG(ERROR, "core", "%s sent what it must not", c->program);
    chan_drop(c);
}

static void on_closed(void *arg, int error)
{
    struct device_chan *c = arg;
    LK_LOG(INFO, "core", "what=%s-channel err=%s", c->program,
           strerrorname_np(-error));
    chan_drop(c);
}

bool luukkud_devices_peer(struct luukkud_devices *d, const char *name, int fd)
{
    struct device_chan *const all[] = {&d->scan, &d->card, &d->fetch};
    struct device_chan *c = NULL;
    for (size_t i = 0; i < LK_ARRAY_LEN(all); i++)
        if (strcmp(name, all[i]->program) == 0)
            c = all[i];
    if (!c)
        return false;
    struct lk_chan_config config = {
        .receive = on_message, .closed = on_closed, .arg = c, .wipe = c->wipe};
    chan_drop(c);
    int r = lk_chan_new(d->loop, fd, &config, &c->chan);
    if (r < 0)
        LK_LOG(ERROR, "core", "what=%s-channel err=%s", name,
               strerrorname_np(-r));
    else if (c == &d->scan && d->scan_out.up)
        d->scan_out.up(d->scan_out.arg);
    return true;
}

void luukkud_devices_state(const struct luukkud_devices *d,
                           struct luukkud_devices_state *ret)
{
    *ret = d->state;
}

int luukkud_devices_new(struct lk_loop *l, struct luukkud_devices **ret)
{
    struct luukkud_devices *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->loop = l;
    d->scan = (struct device_chan){.devices = d,
                                   .program = "luukku-scan",
                                   .receive = scan_receive,
                                   .forget = scan_forget};
    d->card = (struct device_chan){.devices = d,
                                   .program = "luukku-card",
                                   .receive = card_receive,
                                   .forget = card_forget,
                                   .wipe = true};
    d->fetch = (struct device_chan){.devices = d,
                                    .program = "luukku-fetch",
                                    .receive = fetch_receive,
                                    .forget = fetch_forget,
                                    .wipe = true};
    *ret = d;
    return 0;
}

struct luukkud_devices *luukkud_devices_free(struct luukkud_devices *d)
{
    if (d) {
        d->scan.chan = lk_chan_free(d->scan.chan);
        d->card.chan = lk_chan_free(d->card.chan);
        d->fetch.chan = lk_chan_free(d->fetch.chan);
        free(d);
    }
    return NULL;
}
