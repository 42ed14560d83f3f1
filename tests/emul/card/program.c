#include "program.h"

#include "app/inherit.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_super(void *arg, struct lk_chan_msg *raw)
{
    struct program *p = arg;
    struct supermsg m;
    assert_int_equal(supermsg_decode(raw->type, raw->payload, raw->len, 0, &m),
                     0);
    if (m.type == SUPERMSG_READY)
        p->ready = true;
    else if (m.type == SUPERMSG_DEVICE_STATE)
        p->works = m.ok;
    else if (m.type == SUPERMSG_CONTROL_REPLY)
        (void)snprintf(p->reply, sizeof(p->reply), "%s", m.text);
}

static void on_luukkud(void *arg, struct lk_chan_msg *raw)
{
    struct program *p = arg;
    struct cardmsg m;
    assert_int_equal(cardmsg_decode(raw->type, raw->payload, raw->len, &m), 0);
    p->heard(p->arg, &m);
}

/* Of either channel: the first tells that it has gone. */
static void on_closed(void *arg, int error)
{
    struct program *p = arg;
    if (!p->gone && !p->stopping)
        fail_msg("closed: %d", error);
    if (p->ready && p->gone)
        p->gone(p->arg);
    p->ready = false;
}

/* Executes luukku-card with `fd` as its channel to super. */
static pid_t execute(int fd)
{
    struct inherit in = {.count = 0};
    int keep = -1;
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    /* A process closed to tracing cannot be searched for leaks at its end. */
    (void)setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    if (inherit_add(&in, "super", fd) == 0 &&
        inherit_arrange(&in, -1, &keep) == 0)
        execl(LUUKKU_CARD, "luukku-card", NULL);
    _exit(127);
}

static struct lk_chan *channel(struct program *p, int fd,
                               void (*receive)(void *, struct lk_chan_msg *))
{
    const struct lk_chan_config config = {
        .receive = receive, .closed = on_closed, .arg = p, .wipe = true};
    struct lk_chan *c = NULL;
    assert_int_equal(lk_chan_new(p->loop, fd, &config, &c), 0);
    return c;
}

void program_init(struct program *p, const char *variant, const char *card)
{
    const char *const args[] = {"--variant", variant, "--card", card, NULL};
    p->emulator = emulator_start("reader", args);
    assert_int_equal(lk_loop_new(&p->loop), 0);
}

void program_start(struct program *p)
{
    const struct supermsg peer = {.type = SUPERMSG_PEER, .text = "luukkud"};
    int pair[2];
    p->stopping = false;
    assert_int_equal(lk_chan_pair(pair), 0);
    p->pid = execute(pair[1]);
    assert_true(p->pid > 0);
    (void)close(pair[1]);
    p->super = channel(p, pair[0], on_super);
    PROGRAM_UNTIL(p, p->ready);
    assert_int_equal(lk_chan_pair(pair), 0);
    program_super(p, &peer, pair[1]);
    (void)close(pair[1]);
    p->luukkud = channel(p, pair[0], on_luukkud);
}

void program_give_reader(struct program *p)
{
    LK_AUTO_FD fd = emulator_connect(p->emulator);
    const struct supermsg device = {
        .type = SUPERMSG_DEVICE, .id = ++p->devices, .text = "usbip 1-1"};
    program_super(p, &device, fd);
    PROGRAM_UNTIL(p, p->works);
}

void program_super(struct program *p, const struct supermsg *m, int fd)
{
    uint8_t buf[1024];
    int n = supermsg_encode(m, buf, sizeof(buf));
    assert_true(n >= 0);
    assert_int_equal(
        lk_chan_send(p->super, (uint16_t)m->type, buf, (size_t)n, &fd, fd >= 0),
        0);
}

int program_tell(struct program *p, const struct cardmsg *m)
{
    uint8_t buf[CARDMSG_ENCODED_MAX];
    if (!p->luukkud)
        return -ENOTCONN;
    int n = cardmsg_encode(m, buf, sizeof(buf));
    return n < 0 ? n
                 : lk_chan_send(p->luukkud, (uint16_t)m->type, buf, (size_t)n,
                                NULL, 0);
}

void program_stop(struct program *p, int signal)
{
    const struct supermsg m = {.type = SUPERMSG_SHUTDOWN};
    int status = 0;
    p->stopping = true;
    if (signal != 0)
        (void)kill(p->pid, signal);
    else
        program_super(p, &m, -1);
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    assert_true(signal != 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    PROGRAM_UNTIL(p, !p->ready);
    p->luukkud = lk_chan_free(p->luukkud);
    p->super = lk_chan_free(p->super);
    p->works = false;
}

void program_done(struct program *p)
{
    lk_loop_free(p->loop);
    emulator_free(p->emulator);
}
