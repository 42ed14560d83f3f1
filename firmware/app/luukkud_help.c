#include "app/luukkud_help.h"

#include "base/clock.h"
#include "base/log.h"
#include "ipc/helpmsg.h"
#include "remote/door.h"
#include "remote/stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lets `rate` a second pass, and twice as many at once. */
struct bucket {
    unsigned rate;
    int64_t full_at_us;
};

struct luukkud_help {
    struct luukkud_help_config config;
    struct lk_chan *chan; /* to luukku-help; NULL: it does not run */
    struct remote_door door;
    struct bucket messages, refusals;
    uint32_t id;             /* of the last session; 0: there was none */
    bool on;                 /* it is under way */
    bool farewell;           /* one frame more goes out: that it is over */
    struct remote_open open; /* whose it is */
    char kn[SIGNAL_NONCE_SIZE];
};

static bool bucket_take(struct bucket *b, int64_t now_us)
{
    int64_t each_us = 1000000 / b->rate;
    int64_t full_at_us = LK_MAX(b->full_at_us, now_us) + each_us;
    if (full_at_us > now_us + 2000000)
        return false;
    b->full_at_us = full_at_us;
    return true;
}

static void note(const char *what, int r)
{
    if (r < 0)
        LK_LOG(WARN, "help", "what=%s err=%s", what, strerrorname_np(-r));
}

/* --- to the technician, and to luukku-help -------------------------------- */

static int send_up(struct luukkud_help *h, const char *user, const void *bytes,
                   size_t len)
{
    struct rtcmsg m = {.type = RTCMSG_PUBLISH, .bytes = bytes, .len = len};
    (void)snprintf(m.topic, sizeof(m.topic), "tech/%s/up/%s",
                   h->config.config->kiosk, user);
    return luukkud_rtc_send(h->config.rtc, &m);
}

static int send_answer(struct luukkud_help *h, const struct remote_open *o,
                       enum signal_type type, const char *body)
{
    const struct signal_draft draft = {.type = type,
                                       .kiosk = h->config.config->kiosk,
                                       .expert = o->user,
                                       .call = o->call,
                                       .kn = h->kn,
                                       .en = o->en,
                                       .body = body};
    char sig[SIGNAL_SIG_TEXT_SIZE];
    char *payload = NULL;
    int r = signal_envelope_seal(&draft, h->config.key, sig, &payload);
    if (r == 0)
        r = send_up(h, o->user, payload, strlen(payload));
    free(payload);
    return r;
}

static void refuse(struct luukkud_help *h, const struct remote_open *o,
                   enum remote_refusal why)
{
    char body[REMOTE_BODY_MAX];
    char kn[SIGNAL_NONCE_SIZE];
    memcpy(kn, h->kn, sizeof(kn)); /* another session's may be in use */
    if (!bucket_take(&h->refusals, lk_loop_now_us(h->config.loop)))
        return;
    LK_LOG(WARN, "help", "what=refused who=%s why=%s", o->user,
           remote_refusal_name(why));
    uint8_t nonce[16];
    lk_random_bytes(nonce, sizeof(nonce));
    lk_b64u_encode(nonce, sizeof(nonce), h->kn);
    remote_body_refuse(why, body);
    note("refusal", send_answer(h, o, SIGNAL_HELP_REFUSE, body));
    memcpy(h->kn, kn, sizeof(kn));
}

static int tell(struct luukkud_help *h, const struct helpmsg *m)
{
    uint8_t bytes[HELPMSG_ENCODED_MAX];
    if (!h->chan)
        return -ENOTCONN;
    int n = helpmsg_encode(m, bytes, sizeof(bytes));
    if (n < 0)
        return n;
    return lk_chan_send(h->chan, (uint16_t)m->type, bytes, (size_t)n, NULL, 0);
}

/* --- a session ------------------------------------------------------------ */

static void show(struct luukkud_help *h, const char *name)
{
    int r =
        session_helper(h->config.session, name, lk_loop_now_us(h->config.loop));
    note("screen", r);
}

/* It is over here; luukku-help still says so to the technician. */
static void close_session(struct luukkud_help *h, enum remote_end why)
{
    const struct helpmsg m = {
        .type = HELPMSG_CLOSE, .id = h->id, .why = (uint8_t)why};
    if (!h->on)
        return;
    LK_LOG(INFO, "help", "what=ended who=%s why=%d", h->open.user, (int)why);
    h->on = false;
    h->farewell = tell(h, &m) == 0;
    show(h, "");
}

static int begin(struct luukkud_help *h, const struct remote_open *o)
{
    uint8_t nonce[16];
    struct helpmsg m = {.type = HELPMSG_OPEN};
    lk_random_bytes(nonce, sizeof(nonce));
    lk_b64u_encode(nonce, sizeof(nonce), h->kn);
    m.id = ++h->id ? h->id : ++h->id;
    int r = lk_hex_decode(o->call, sizeof(m.session), m.session);
    memcpy(m.digest, o->digest, sizeof(m.digest));
    memcpy(m.point, o->point, sizeof(m.point));
    memcpy(m.kn, h->kn, sizeof(m.kn));
    memcpy(m.user, o->user, sizeof(m.user));
    h->open = *o;
    h->farewell = false;
    return r < 0 ? r : tell(h, &m);
}

/* Somebody knocks who has shown who they are: in, when nothing is against it.
 * The screen shows it before the technician gets an answer. */
static void welcome(struct luukkud_help *h, const struct remote_open *o)
{
    if (h->on) {
        refuse(h, o, REMOTE_BUSY);
        return;
    }
    if (!h->chan) {
        refuse(h, o, REMOTE_BROKEN);
        return;
    }
    if (session_helper(h->config.session, o->name,
                       lk_loop_now_us(h->config.loop)) < 0) {
        refuse(h, o, REMOTE_IN_USE);
        return;
    }
    int r = begin(h, o);
    h->on = r == 0;
    if (r == 0) {
        LK_LOG(INFO, "help", "what=begins who=%s", o->user);
        return;
    }
    note("begin", r);
    show(h, "");
    refuse(h, o, REMOTE_BROKEN);
}

static void take_open(struct luukkud_help *h, const struct signal_topic *topic,
                      const struct rtcmsg *m)
{
    struct remote_open o;
    const char *why = "";
    const struct remote_knock knock = {.topic = topic,
                                       .payload = m->bytes,
                                       .len = m->len,
                                       .wall_s = lk_clock_wall_us() / 1000000};
    int r = remote_door_judge(&h->door, &knock, &o, &why);
    if (r == -EBADMSG)
        LK_LOG(WARN, "help", "what=refused why=%s", why);
    else if (r < 0)
        note("open", r);
    else if (r != REMOTE_WELCOME)
        refuse(h, &o, (enum remote_refusal)r);
    else
        welcome(h, &o);
}

/* A frame: whose it says it is counts for nothing, the seal does. */
static void take_frame(struct luukkud_help *h, const struct signal_topic *topic,
                       const struct rtcmsg *m)
{
    const struct helpmsg down = {.type = HELPMSG_DOWN,
                                 .id = h->id,
                                 .frame = m->bytes,
                                 .frame_len = m->len};
    if (!h->on || strcmp(topic->expert, h->open.user) != 0 ||
        m->len > HELPMSG_FRAME_MAX)
        return;
    note("frame", tell(h, &down));
}

bool luukkud_help_rtc(struct luukkud_help *h, const struct rtcmsg *m)
{
    struct signal_topic topic;
    if (m->type != RTCMSG_MESSAGE || strncmp(m->topic, "tech/", 5) != 0)
        return false;
    if (signal_topic_parse(m->topic, &topic) < 0 ||
        topic.kind != SIGNAL_TOPIC_TECH_DOWN || m->len == 0 ||
        strcmp(topic.kiosk, h->config.config->kiosk) != 0 ||
        !bucket_take(&h->messages, lk_loop_now_us(h->config.loop)))
        return true;
    if (m->bytes[0] == '{')
        take_open(h, &topic, m);
    else
        take_frame(h, &topic, m);
    return true;
}

void luukkud_help_watch(struct luukkud_help *h)
{
    const struct session_view *v = session_view(h->config.session);
    if (!h->on || v->helping == SESSION_HELPING)
        return;
    close_session(h, v->helping == SESSION_HELPING_STOPPED ? REMOTE_STOPPED
                                                           : REMOTE_VISIT);
}

/* --- luukku-help ---------------------------------------------------------- */

static void help_receive(struct luukkud_help *h, const struct helpmsg *m)
{
    char body[REMOTE_BODY_MAX];
    if (m->id != h->id)
        return; /* of one that is over */
    if (m->type == HELPMSG_KEY && h->on) {
        remote_body_accept(m->point, body);
        note("accept", send_answer(h, &h->open, SIGNAL_HELP_ACCEPT, body));
    } else if (m->type == HELPMSG_UP && (h->on || h->farewell)) {
        h->farewell = false;
        note("up", send_up(h, h->open.user, m->frame, m->frame_len));
    } else if (m->type == HELPMSG_ENDED && h->on) {
        LK_LOG(INFO, "help", "what=ended who=%s why=%u", h->open.user, m->why);
        h->on = false;
        show(h, "");
    }
}

static void chan_drop(struct luukkud_help *h)
{
    struct lk_chan *chan = h->chan;
    h->chan = NULL;
    if (h->on) {
        h->on = false;
        show(h, "");
    }
    if (chan)
        note("channel", lk_chan_free_later(chan));
}

static void on_message(void *arg, struct lk_chan_msg *msg)
{
    struct luukkud_help *h = arg;
    struct helpmsg m;
    int r = helpmsg_decode(msg->type, msg->payload, msg->len, &m);
    if (r < 0 || m.type < HELPMSG_KEY || lk_chan_fds(msg) > 0) {
        LK_LOG(ERROR, "help", "luukku-help sent what it must not");
        chan_drop(h);
    } else {
        help_receive(h, &m);
    }
    h->config.settle(h->config.arg);
}

static void on_closed(void *arg, int error)
{
    struct luukkud_help *h = arg;
    note("closed", error);
    chan_drop(h);
    h->config.settle(h->config.arg);
}

bool luukkud_help_peer(struct luukkud_help *h, const char *name, int fd)
{
    const struct lk_chan_config config = {
        .receive = on_message, .closed = on_closed, .arg = h};
    if (strcmp(name, "luukku-help") != 0)
        return false;
    chan_drop(h);
    note("channel", lk_chan_new(h->config.loop, fd, &config, &h->chan));
    return true;
}

/* --- life ----------------------------------------------------------------- */

int luukkud_help_new(const struct luukkud_help_config *config,
                     struct luukkud_help **ret)
{
    struct luukkud_help *h = calloc(1, sizeof(*h));
    if (!h)
        return -ENOMEM;
    h->config = *config;
    h->messages.rate = LUUKKUD_HELP_RATE;
    h->refusals.rate = LUUKKUD_HELP_REFUSALS;
    h->door.trust = config->trust;
    const struct store_config_help *c = &config->config->help;
    _Static_assert(STORE_CONFIG_TECHNICIANS_MAX == REMOTE_TECHNICIANS_MAX,
                   "a site's list fits");
    memcpy(h->door.names, c->technician, sizeof(h->door.names));
    h->door.count = c->technicians;
    *ret = h;
    return 0;
}

struct luukkud_help *luukkud_help_free(struct luukkud_help *h)
{
    if (h) {
        h->chan = lk_chan_free(h->chan);
        free(h);
    }
    return NULL;
}
