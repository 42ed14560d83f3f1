#include "app/scan_desk.h"

#include "app/scan_device.h"
#include "app/scan_job.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "ipc/chan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX 2048

struct scan_desk {
    struct lk_loop *loop;
    struct superlink *super;
    struct lk_chan *luukkud; /* NULL: not there */
    struct scan_device *device;
    struct scan_job *job;
    bool broken; /* the decoder's thread does not end its page */
};

/* --- luukkud ------------------------------------------------------------ */

static void drop_luukkud(struct scan_desk *d)
{
    struct lk_chan *c = d->luukkud;
    d->luukkud = NULL;
    if (d->job)
        scan_job_forget(d->job);
    if (c && lk_chan_free_later(c) < 0)
        LK_LOG(ERROR, "scan", "what=luukkud-channel is not freed");
}

static void tell(void *arg, const struct scanmsg *m, const int *fds,
                 size_t nfds)
{
    struct scan_desk *d = arg;
    uint8_t b[SCANMSG_ENCODED_MAX];
    int n = scanmsg_encode(m, b, sizeof(b));
    int r = n;
    if (n >= 0 && d->luukkud)
        r = lk_chan_send(d->luukkud, (uint16_t)m->type, b, (size_t)n, fds,
                         nfds);
    if (r < 0)
        LK_LOG(ERROR, "scan", "what=tell type=%u err=%s", m->type,
               strerrorname_np(-r));
}

static void tell_scanner(void *arg)
{
    struct scan_desk *d = arg;
    struct scanmsg m;
    scan_device_tell(d->device, &m);
    tell(d, &m, NULL, 0);
}

static void luukkud_message(void *arg, struct lk_chan_msg *msg)
{
    struct scan_desk *d = arg;
    struct scanmsg m;
    int r =
        scanmsg_decode(msg->type, msg->payload, msg->len, lk_chan_fds(msg), &m);
    if (r < 0 || m.type >= SCANMSG_SCANNER) {
        LK_LOG(ERROR, "scan", "luukkud sent what it must not");
        drop_luukkud(d);
        return;
    }
    scan_job_order(d->job, &m, lk_chan_take_fd(msg, 0));
}

static void luukkud_closed(void *arg, int error)
{
    struct scan_desk *d = arg;
    LK_LOG(INFO, "scan", "what=luukkud-channel err=%s",
           strerrorname_np(-error));
    drop_luukkud(d);
}

/* --- luukku-super ------------------------------------------------------- */

static void super_peer(void *arg, const char *name, int fd)
{
    struct scan_desk *d = arg;
    const struct lk_chan_config config = {
        .receive = luukkud_message, .closed = luukkud_closed, .arg = d};
    if (strcmp(name, "luukkud") != 0) {
        (void)lk_fd_close(fd);
        return;
    }
    drop_luukkud(d);
    int r = lk_chan_new(d->loop, fd, &config, &d->luukkud);
    if (r < 0)
        LK_LOG(ERROR, "scan", "what=luukkud-channel err=%s",
               strerrorname_np(-r));
    else
        tell_scanner(d);
}

static void super_device(void *arg, uint32_t id, const char *how, int fd)
{
    struct scan_desk *d = arg;
    scan_device_given(d->device, id, how, fd);
}

static void super_shutdown(void *arg)
{
    struct scan_desk *d = arg;
    lk_loop_stop(d->loop, 0);
}

static int answer_devices(struct scan_desk *d, struct lk_buf *b)
{
    struct scanmsg m;
    scan_device_tell(d->device, &m);
    char name[SCANMSG_NAME_MAX];
    lk_text_plain(m.name, name, sizeof(name));
    return lk_buf_printf(b,
                         "[{\"device\":\"scanner\",\"name\":\"%s\","
                         "\"condition\":\"%s\",\"busy\":%s}]",
                         name, scanmsg_state_name(m.state),
                         scan_job_busy(d->job) ? "true" : "false");
}

static int answer_selftest(struct scan_desk *d, struct lk_buf *b)
{
    struct scanmsg m;
    const char *why = scan_device_why(d->device);
    scan_device_tell(d->device, &m);
    bool good = m.state == SCANMSG_STATE_READY || m.state == SCANMSG_STATE_BUSY;
    if (m.state == SCANMSG_STATE_JAM)
        why = "paper is stuck: open the feeder and take it out";
    else if (m.state == SCANMSG_STATE_OPEN)
        why = "a cover is open: close it";
    char text[DEVICE_DESK_WHY_MAX];
    lk_text_plain(good ? "" : why, text, sizeof(text));
    return lk_buf_printf(b,
                         "[{\"test\":\"scanner is ready\",\"result\":\"%s\","
                         "\"why\":\"%s\"}]",
                         good ? "PASS" : "FAIL", text);
}

static int answer(struct scan_desk *d, uint32_t id, size_t argc,
                  const char *const *argv)
{
    LK_AUTO(lk_buf) b = NULL;
    int r = lk_buf_new(ANSWER_MAX, &b);
    if (r < 0)
        return r;
    if (argc == 1 && strcmp(argv[0], "devices") == 0)
        r = answer_devices(d, b);
    else if (argc == 1 && strcmp(argv[0], "selftest") == 0)
        r = answer_selftest(d, b);
    else
        return superlink_fail(d->super, id, "luukku-scan has no \"%s\"",
                              argv[0]);
    return r < 0 ? r : superlink_reply(d->super, id, lk_buf_str(b));
}

static void super_control(void *arg, uint32_t id, size_t argc,
                          const char *const *argv)
{
    int r = answer(arg, id, argc, argv);
    if (r < 0)
        LK_LOG(WARN, "scan", "what=reply err=%s", strerrorname_np(-r));
}

/* --- the job and the scanner -------------------------------------------- */

static enum scanmsg_reason job_scan(void *arg, const struct scanmsg *m)
{
    struct scan_desk *d = arg;
    return scan_device_start(d->device, m);
}

static void job_cancel(void *arg)
{
    struct scan_desk *d = arg;
    scan_device_cancel(d->device);
}

static void job_pause(void *arg, bool on)
{
    struct scan_desk *d = arg;
    scan_device_pause(d->device, on);
}

static void job_broken(void *arg)
{
    struct scan_desk *d = arg;
    d->broken = true;
    lk_loop_stop(d->loop, 1);
}

/* --- life --------------------------------------------------------------- */

static int make(struct scan_desk *d, int super_fd)
{
    LK_AUTO_FD fd = super_fd;
    const struct superlink_config link = {.program = "luukku-scan",
                                          .peer = super_peer,
                                          .control = super_control,
                                          .device = super_device,
                                          .shutdown = super_shutdown,
                                          .arg = d};
    const struct scan_job_config job = {.tell = tell,
                                        .scan = job_scan,
                                        .scan_cancel = job_cancel,
                                        .scan_pause = job_pause,
                                        .broken = job_broken,
                                        .arg = d};
    int r = lk_loop_new(&d->loop);
    if (r == 0)
        r = superlink_new(d->loop, lk_fd_take(&fd), &link, &d->super);
    const struct scan_device_config device = {
        .loop = d->loop, .super = d->super, .changed = tell_scanner, .arg = d};
    if (r == 0)
        r = scan_device_new(&device, &d->device);
    if (r == 0)
        r = scan_job_new(d->loop, &job, &d->job);
    if (r == 0)
        scan_device_attach(d->device, d->job);
    return r;
}

int scan_desk_new(int super_fd, struct scan_desk **ret)
{
    struct scan_desk *d = calloc(1, sizeof(*d));
    int r = -ENOMEM;
    if (d)
        r = make(d, super_fd);
    else
        (void)lk_fd_close(super_fd);
    if (r < 0)
        (void)scan_desk_free(d);
    else
        *ret = d;
    return r;
}

struct scan_desk *scan_desk_free(struct scan_desk *d)
{
    if (!d)
        return NULL;
    d->luukkud = lk_chan_free(d->luukkud);
    d->device = scan_device_free(d->device);
    d->job = scan_job_free(d->job);
    d->super = superlink_free(d->super);
    d->loop = lk_loop_free(d->loop);
    free(d);
    return NULL;
}

int scan_desk_run(struct scan_desk *d, const char *walls)
{
    int r = superlink_ready(d->super, walls);
    if (r < 0)
        return r;
    r = lk_loop_run(d->loop);
    return d->broken ? -ETIME : r;
}
