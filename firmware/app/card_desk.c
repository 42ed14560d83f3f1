#include "app/card_desk.h"

#include "app/card_reader.h"
#include "app/card_work.h"
#include "app/device_desk.h"
#include "app/superlink.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "ipc/chan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REPLY_MAX 2048
#define NAME_MAX_SHOWN 64

struct card_desk {
    struct card_desk_config config;
    struct lk_loop *loop;
    struct superlink *super;
    struct device_desk *device;
    struct card_reader *reader;
    struct card_work *work;
    struct lk_chan *luukkud; /* NULL: it is not there */
    uint8_t out[CARDMSG_ENCODED_MAX];
};

/* --- luukkud ------------------------------------------------------------- */

static void drop_luukkud(struct card_desk *d)
{
    struct lk_chan *old = LK_TAKE(d->luukkud);
    if (old && lk_chan_free_later(old) < 0)
        LK_LOG(ERROR, "card", "a channel is not freed");
    card_work_luukkud(d->work, false);
}

static void on_tell(void *arg, const struct cardmsg *m)
{
    struct card_desk *d = arg;
    if (!d->luukkud)
        return;
    int n = cardmsg_encode(m, d->out, sizeof(d->out));
    if (n >= 0)
        n = lk_chan_send(d->luukkud, (uint16_t)m->type, d->out, (size_t)n, NULL,
                         0);
    explicit_bzero(d->out, sizeof(d->out)); /* perhaps a certificate */
    if (n < 0 && n != -EPIPE)
        LK_LOG(WARN, "card", "type=%u err=%s", (unsigned)m->type,
               strerrorname_np(-n));
}

static void luukkud_receive(void *arg, struct lk_chan_msg *msg)
{
    struct card_desk *d = arg;
    struct cardmsg m;
    int r = cardmsg_decode(msg->type, msg->payload, msg->len, &m);
    if (r < 0 || m.type >= CARDMSG_STATE) {
        LK_LOG(ERROR, "card", "luukkud sent what is no order");
        drop_luukkud(d);
        return;
    }
    card_work_order(d->work, &m);
    explicit_bzero(&m, sizeof(m)); /* perhaps a digit */
}

static void luukkud_closed(void *arg, int error)
{
    struct card_desk *d = arg;
    LK_LOG(DEBUG, "card", "luukkud gone err=%s", strerrorname_np(-error));
    drop_luukkud(d);
}

static void super_peer(void *arg, const char *name, int fd)
{
    struct card_desk *d = arg;
    LK_AUTO_FD own = fd;
    const struct lk_chan_config config = {.receive = luukkud_receive,
                                          .closed = luukkud_closed,
                                          .arg = d,
                                          .wipe = true};
    if (strcmp(name, "luukkud") != 0)
        return;
    if (d->luukkud)
        drop_luukkud(d);
    int r = lk_chan_new(d->loop, lk_fd_take(&own), &config, &d->luukkud);
    if (r < 0)
        LK_LOG(ERROR, "card", "no channel err=%s", strerrorname_np(-r));
    else
        card_work_luukkud(d->work, true);
}

static int64_t on_now(void *arg)
{
    (void)arg;
    return lk_clock_wall_us() / 1000000;
}

/* --- the device ---------------------------------------------------------- */

static const char *device_fits(const struct usb_descriptors *d)
{
    (void)d; /* drivers/ccid knows the odd ones, too */
    return NULL;
}

static void device_opened(void *arg, struct usb_device *device)
{
    struct card_desk *d = arg;
    int r = card_reader_open(d->reader, device);
    if (r == -ENODEV)
        device_desk_unplugged(d->device);
    else if (r == -ENXIO)
        device_desk_misbehaved(d->device, "it is no card reader that we know");
    else if (r == -EBADMSG)
        device_desk_misbehaved(d->device, "its descriptors are broken");
    else if (r < 0)
        device_desk_misbehaved(d->device, "it cannot be driven");
}

static void device_gone(void *arg)
{
    struct card_desk *d = arg;
    card_reader_close(d->reader);
}

static void super_device(void *arg, uint32_t id, const char *how, int fd)
{
    struct card_desk *d = arg;
    device_desk_given(d->device, id, how, fd);
}

static void reader_works(void *arg)
{
    struct card_desk *d = arg;
    device_desk_works(d->device);
}

static void reader_broken(void *arg, const char *why)
{
    struct card_desk *d = arg;
    if (why)
        device_desk_misbehaved(d->device, why);
    else
        device_desk_unplugged(d->device);
}

/* --- technicians --------------------------------------------------------- */

static const char *card_word(enum cardmsg_card c)
{
    static const char *const word[CARDMSG_CARDS] = {
        "absent", "looking", "unreadable", "unknown", "blocked", "fineid"};
    return word[c];
}

/* Nothing of the holder: that there is an eID card, not whose. */
static int devices_print(const struct card_desk *d, struct lk_buf *b)
{
    struct cardmsg m;
    char name[NAME_MAX_SHOWN];
    char plain_why[NAME_MAX_SHOWN];
    const char *why;
    enum device_desk_state state = device_desk_state(d->device, &why);
    card_work_state(d->work, &m);
    lk_text_plain(card_reader_name(d->reader), name, sizeof(name));
    lk_text_plain(why, plain_why, sizeof(plain_why));
    return lk_buf_printf(b,
                         "[{\"device\":\"reader\",\"state\":\"%s\","
                         "\"why\":\"%s\",\"name\":\"%s\",\"level\":\"%s\","
                         "\"pad\":%s,\"card\":\"%s\"}]",
                         device_desk_word(state), plain_why, name,
                         card_reader_level(d->reader), m.pad ? "true" : "false",
                         card_word(m.card));
}

static int selftest_print(const struct card_desk *d, struct lk_buf *b)
{
    static const char *const none =
        "{\"test\":\"card-ca\",\"result\":\"SKIP\",\"why\":\"no CA of cards is "
        "configured: certificates are not checked\"}";
    static const char *const good =
        "{\"test\":\"card-ca\",\"result\":\"PASS\",\"why\":\"\"}";
    struct cardmsg m;
    card_work_state(d->work, &m);
    int r = lk_buf_printf(b, "[%s", d->config.trust ? good : none);
    if (r == 0 && m.card == CARDMSG_CARD_UNREADABLE)
        r = lk_buf_printf(b, ",{\"test\":\"card\",\"result\":\"FAIL\",\"why\":"
                             "\"the card in the reader does not answer\"}");
    return r < 0 ? r : lk_buf_printf(b, "]");
}

static int command(struct card_desk *d, uint32_t id, const char *word)
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(REPLY_MAX, &b);
    if (r == 0 && strcmp(word, "devices") == 0)
        r = devices_print(d, b);
    else if (r == 0 && strcmp(word, "selftest") == 0)
        r = selftest_print(d, b);
    else if (r == 0)
        return superlink_fail(d->super, id, "luukku-card has no \"%s\"", word);
    return r < 0 ? r : superlink_reply(d->super, id, lk_buf_str(b));
}

static void super_control(void *arg, uint32_t id, size_t argc,
                          const char *const *argv)
{
    struct card_desk *d = arg;
    (void)argc;
    int r = command(d, id, argv[0]);
    if (r < 0)
        LK_LOG(WARN, "card", "what=reply err=%s", strerrorname_np(-r));
}

static void super_shutdown(void *arg)
{
    struct card_desk *d = arg;
    lk_loop_stop(d->loop, 0);
}

/* --- life ---------------------------------------------------------------- */

static int make_work(struct card_desk *d)
{
    const struct card_reader_config reader = {.loop = d->loop,
                                              .works = reader_works,
                                              .broken = reader_broken,
                                              .arg = d};
    int r = card_reader_new(&reader, &d->reader);
    if (r < 0)
        return r;
    const struct card_work_config work = {.loop = d->loop,
                                          .vault = d->config.vault,
                                          .trust = d->config.trust,
                                          .ops = &card_reader_ops,
                                          .slot = d->reader,
                                          .tell = on_tell,
                                          .now_s = on_now,
                                          .typing_us = CARD_WORK_TYPING_US,
                                          .arg = d};
    r = card_work_new(&work, &d->work);
    if (r == 0)
        card_reader_serve(d->reader, d->work);
    return r;
}

static int make_all(struct card_desk *d, int fd)
{
    LK_AUTO_FD own = fd;
    const struct superlink_config link = {.program = "luukku-card",
                                          .peer = super_peer,
                                          .control = super_control,
                                          .shutdown = super_shutdown,
                                          .device = super_device,
                                          .arg = d};
    int r = lk_loop_new(&d->loop);
    if (r == 0)
        r = make_work(d);
    if (r == 0)
        r = superlink_new(d->loop, lk_fd_take(&own), &link, &d->super);
    if (r < 0)
        return r;
    const struct device_desk_config device = {.loop = d->loop,
                                              .super = d->super,
                                              .fits = device_fits,
                                              .opened = device_opened,
                                              .gone = device_gone,
                                              .arg = d};
    return device_desk_new(&device, &d->device);
}

int card_desk_new(const struct card_desk_config *config, struct card_desk **ret)
{
    LK_AUTO_FD fd = config->super_fd;
    LK_AUTO(card_desk) d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->config = *config;
    int r = make_all(d, lk_fd_take(&fd));
    if (r == 0)
        *ret = LK_TAKE(d);
    return r;
}

struct card_desk *card_desk_free(struct card_desk *d)
{
    if (d) {
        d->reader = card_reader_free(d->reader);
        d->device = device_desk_free(d->device);
        d->work = card_work_free(d->work);
        d->luukkud = lk_chan_free(d->luukkud);
        d->super = superlink_free(d->super);
        d->loop = lk_loop_free(d->loop);
        explicit_bzero(d, sizeof(*d));
        free(d);
    }
    return NULL;
}

int card_desk_run(struct card_desk *d, const char *walls)
{
    int r = superlink_ready(d->super, walls);
    return r < 0 ? r : lk_loop_run(d->loop);
}
