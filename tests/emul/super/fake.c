/* fake.c - a program for super to watch, which misbehaves when it is told to.
 *
 * Its name is its argv[0]. With a profile of that name it confines itself as
 * the real one does, so that the whole way is tried. Commands:
 *   do crash|exit|hang|spam|abort|rubbish|end-session|stubborn|silent
 *   peer      how often the sibling's greeting came over the present channel
 *   kept      how often super said that the programs are kept
 *   big       an answer that does not fit a message
 *   letter:NAME:BASE64URL, ask:NAME: to luukku-super; posted, told: what came
 *   of them
 *   status, devices, selftest
 */
#include "app/confine.h"
#include "app/inherit.h"
#include "app/superlink.h"
#include "base/log.h"
#include "base/text.h"
#include "ipc/chan.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define GREETING 1
#define BIG 100000

struct fake {
    const char *name;
    struct lk_loop *loop;
    struct superlink *link;
    struct lk_chan *peer;
    struct lk_chan *old_peer; /* freed once no callback of it is under way */
    unsigned greetings;
    unsigned kept;
    unsigned posted;
    unsigned held;
    char told[1024];
    bool stubborn;
    bool silent;
};

static void on_greeting(void *arg, struct lk_chan_msg *msg)
{
    struct fake *f = arg;
    f->greetings += msg->type == GREETING;
}

static void on_peer_closed(void *arg, int error)
{
    (void)arg;
    (void)error; /* super brings another */
}

static void free_old_peer(void *arg)
{
    struct fake *f = arg;
    f->old_peer = lk_chan_free(f->old_peer);
}

static void on_peer(void *arg, const char *name, int fd)
{
    struct fake *f = arg;
    struct lk_chan_config config = {
        .receive = on_greeting, .closed = on_peer_closed, .arg = f};
    (void)name;
    f->old_peer = f->peer;
    f->peer = NULL;
    f->greetings = 0;
    if (lk_loop_defer(f->loop, free_old_peer, f) < 0 ||
        lk_chan_new(f->loop, fd, &config, &f->peer) < 0)
        abort();
    /* Fails where the sibling has closed this one for a later one already,
     * which is on its way to here, too. */
    (void)!lk_chan_send(f->peer, GREETING, "hello", 5, NULL, 0);
}

static void spam(void)
{
    for (int i = 0; i < 20000; i++)
        (void)fprintf(stderr, "spam %d of a program that talks much\n", i);
    (void)fprintf(stderr, "a line without an end");
}

static void do_something(struct fake *f, uint32_t id, const char *what)
{
    struct pollfd none = {.fd = -1};
    if (strcmp(what, "crash") == 0)
        (void)raise(SIGSEGV);
    else if (strcmp(what, "abort") == 0)
        abort();
    else if (strcmp(what, "exit") == 0)
        exit(3); /* NOLINT(concurrency-mt-unsafe): one thread */
    else if (strcmp(what, "spam") == 0)
        spam();
    else if (strcmp(what, "rubbish") == 0)
        (void)dprintf(3, "rubbish"); /* the channel to super */
    else if (strcmp(what, "stubborn") == 0)
        f->stubborn = true;
    else if (strcmp(what, "silent") == 0)
        f->silent = true;
    else if (strcmp(what, "end-session") == 0)
        (void)superlink_session_ended(f->link);
    (void)superlink_reply(f->link, id, "{}");
    while (strcmp(what, "hang") == 0)
        (void)poll(&none, 1, -1);
}

static void answer_big(struct fake *f, uint32_t id)
{
    static char big[BIG];
    memset(big, 'x', sizeof(big) - 1);
    big[0] = '"';
    big[sizeof(big) - 2] = '"';
    (void)superlink_reply(f->link, id, big);
}

static void answer_number(struct fake *f, uint32_t id, unsigned n)
{
    char text[16];
    (void)snprintf(text, sizeof(text), "%u", n);
    (void)superlink_reply(f->link, id, text);
}

/* A letter, "letter:NAME:BASE64URL", or a question, "ask:NAME". */
static int post(struct fake *f, const char *what)
{
    char name[128];
    uint8_t bytes[SUPERMSG_ARG_MAX];
    struct supermsg m = {.type = SUPERMSG_ASK, .id = 1, .text = name};
    const char *from = strchr(what, ':') + 1;
    const char *content = strchr(from, ':');
    (void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(from, ":"), from);
    if (!content)
        return superlink_post(f->link, &m, -1);
    content++;
    int n = lk_b64u_decode(content, strlen(content), bytes, sizeof(bytes));
    LK_AUTO_FD fd = n < 0 ? n : superlink_memfd(bytes, (size_t)n);
    m.type = SUPERMSG_LETTER;
    return fd < 0 ? fd : superlink_post(f->link, &m, fd);
}

static void on_post(void *arg, const struct supermsg *m, int fd)
{
    struct fake *f = arg;
    (void)lk_fd_close(fd);
    f->posted += m->type == SUPERMSG_POSTED;
    f->held += m->type == SUPERMSG_HELD && m->ok;
    if (m->type == SUPERMSG_TOLD)
        (void)snprintf(f->told, sizeof(f->told), "%s:%.1000s",
                       m->ok ? "yes" : "no", m->text);
}

/* Tells what was told, line ends as '|'. */
static void answer_told(struct fake *f, uint32_t id)
{
    char text[sizeof(f->told) + 3];
    (void)snprintf(text, sizeof(text), "\"%s\"", f->told);
    for (char *c = text; *c; c++)
        *c = (char)(*c == '\n' ? '|' : *c);
    (void)superlink_reply(f->link, id, text);
}

static void on_control(void *arg, uint32_t id, size_t argc,
                       const char *const *argv)
{
    struct fake *f = arg;
    char text[128];
    if (strcmp(argv[0], "do") == 0 && argc == 2) {
        do_something(f, id, argv[1]);
    } else if (strcmp(argv[argc - 1], "ignored") == 0) {
        return;
    } else if (strcmp(argv[argc - 1], "big") == 0) {
        answer_big(f, id);
    } else if (strcmp(argv[argc - 1], "picture") == 0 ||
               strcmp(argv[argc - 1], "screenshot") == 0) {
        (void)superlink_reply_png(f->link, id, "{\"width\":1}", "PNG!", 4);
    } else if (strcmp(argv[argc - 1], "peer") == 0) {
        answer_number(f, id, f->greetings);
    } else if (strcmp(argv[argc - 1], "kept") == 0) {
        answer_number(f, id, f->kept);
    } else if (strcmp(argv[argc - 1], "posted") == 0) {
        answer_number(f, id, f->posted);
    } else if (strcmp(argv[argc - 1], "held") == 0) {
        answer_number(f, id, f->held);
    } else if (strcmp(argv[argc - 1], "told") == 0) {
        answer_told(f, id);
    } else if (strchr(argv[argc - 1], ':')) {
        answer_number(f, id, (unsigned)-post(f, argv[argc - 1]));
    } else if (strcmp(argv[0], "selftest") == 0) {
        (void)superlink_reply(
            f->link, id,
            "[{\"test\":\"fake\",\"result\":\"PASS\",\"why\":\"\"}]");
    } else if (strcmp(argv[0], "devices") == 0) {
        (void)superlink_reply(f->link, id,
                              "[{\"device\":\"camera\",\"state\":\"none\"}]");
    } else if (argc == 1) {
        (void)snprintf(text, sizeof(text), "{\"%s\":\"%s\"}", f->name, argv[0]);
        (void)superlink_reply(f->link, id, text);
    } else if (strcmp(argv[0], "ui") == 0 && argc > 2 &&
               strcmp(argv[1], "do") == 0) {
        do_something(f, id, argv[2]);
    } else {
        (void)superlink_fail(f->link, id, "%s knows no \"%s\"", f->name,
                             argv[0]);
    }
}

static void on_shutdown(void *arg)
{
    struct fake *f = arg;
    if (!f->stubborn)
        lk_loop_stop(f->loop, 0);
}

static void on_kept(void *arg)
{
    struct fake *f = arg;
    f->kept++;
}

static bool is_alive(void *arg)
{
    const struct fake *f = arg;
    return !f->silent;
}

static int confine(const char *name, struct confine_report *report)
{
    const struct confine_profile *const known[] = {&confine_luukkud,
                                                   &confine_rtc};
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++)
        if (strcmp(confine_program(known[i]), name) == 0 &&
            getenv("LUUKKU_WALLS"))
            return confine_apply(known[i], report);
    (void)snprintf(report->text, sizeof(report->text), "none");
    return 0;
}

static int run(struct fake *f, struct inherit *in, const char *walls)
{
    struct superlink_config config = {.program = f->name,
                                      .peer = on_peer,
                                      .control = on_control,
                                      .shutdown = on_shutdown,
                                      .kept = on_kept,
                                      .alive = is_alive,
                                      .post = on_post,
                                      .arg = f};
    int r = lk_loop_new(&f->loop);
    if (r == 0)
        r = superlink_new(f->loop, inherit_take(in, "super"), &config,
                          &f->link);
    if (r == 0)
        r = superlink_ready(f->link, walls);
    inherit_close(in);
    return r < 0 ? r : lk_loop_run(f->loop);
}

int main(int argc, char **argv)
{
    struct inherit in;
    struct confine_report report;
    struct fake f = {.name = argv[0]};
    lk_log_init(argv[0], LK_LOG_INFO);
    if (argc > 1 && strcmp(argv[1], "never-ready") == 0)
        (void)poll(NULL, 0, -1);
    if (argc > 1 && strcmp(argv[1], "no-start") == 0)
        return 4;
    if (argc > 1 && strcmp(argv[1], "impostor") == 0)
        f.name = "somebody-else";
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &term, NULL); /* SHUTDOWN says the same */
    int r = inherit_init(&in);
    if (r == 0)
        r = confine(f.name, &report);
    if (r < 0) {
        LK_LOG(ERROR, "fake", "err=%s", strerrorname_np(-r));
        return 1;
    }
    LK_LOG(INFO, "fake", "started pid=%d", (int)getpid());
    r = run(&f, &in, report.text);
    f.link = superlink_free(f.link);
    f.peer = lk_chan_free(f.peer);
    f.loop = lk_loop_free(f.loop);
    return r < 0;
}
