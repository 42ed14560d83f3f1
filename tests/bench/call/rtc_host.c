/* rtc_host.c - runs luukku-rtc alone, in the places of luukku-super and
 * luukkud, so that a benchmark can call it by JSON lines.
 *
 *   bench-rtc-host PROGRAM CONFIG CA CERT KEY
 *
 * in   {"type":"start"} {"type":"answer","sdp":...} {"type":"candidate",
 *      "candidate":...} {"type":"stats"} {"type":"stop"} {"type":"quit"}
 * out  pid, ready, offer, picture (first frame decoded), state, stats; each
 * with "t", wall-clock milliseconds
 */
#include "app/inherit.h"
#include "base/clock.h"
#include "base/log.h"
#include "ipc/chan.h"
#include "ipc/rtcmsg.h"
#include "ipc/supermsg.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_LEN_MAX 65536

struct host {
    struct lk_loop *loop;
    struct lk_chan *super; /* our ends */
    struct lk_chan *luukkud;
    struct lk_watch *input;
    struct lk_timer *ping;
    pid_t child;
    uint32_t call;
    uint64_t version;
    char line[LINE_LEN_MAX];
    size_t len;
};

static void say(const char *type, json_t *o)
{
    json_object_set_new(o, "type", json_string(type));
    json_object_set_new(o, "t", json_real((double)lk_clock_wall_us() / 1000));
    json_dumpf(o, stdout, JSON_COMPACT);
    (void)putchar('\n');
    (void)fflush(stdout);
    json_decref(o);
}

static void check(const char *what, int r)
{
    if (r < 0) {
        (void)fprintf(stderr, "bench-rtc-host: %s: %s\n", what,
                      strerrordesc_np(-r));
        exit(EXIT_FAILURE);
    }
}

static void order(struct host *h, const struct rtcmsg *m)
{
    static uint8_t bytes[RTCMSG_ENCODED_MAX];
    int n = rtcmsg_encode(m, bytes, sizeof(bytes));
    check("order", n);
    check("order", lk_chan_send(h->luukkud, (uint16_t)m->type, bytes, (size_t)n,
                                NULL, 0));
}

static void tell_super(struct host *h, const struct supermsg *m, int fd)
{
    static uint8_t bytes[SUPERMSG_PAYLOAD_MAX];
    int n = supermsg_encode(m, bytes, sizeof(bytes));
    check("super", n);
    check("super", lk_chan_send(h->super, (uint16_t)m->type, bytes, (size_t)n,
                                &fd, fd >= 0 ? 1 : 0));
}

static void on_rtc(void *arg, struct lk_chan_msg *msg)
{
    static const char *const states[] = {"connecting",   "connected",
                                         "picture",      "interrupted",
                                         "reconnecting", "failed"};
    struct host *h = arg;
    struct rtcmsg m;
    check("message", rtcmsg_decode(msg->type, msg->payload, msg->len, &m));
    if (m.type == RTCMSG_OFFER)
        say("offer", json_pack("{s:s%}", "sdp", m.bytes, m.len));
    else if (m.type == RTCMSG_PEER && m.call == h->call)
        say(m.peer == RTCMSG_PEER_PICTURE ? "picture" : "state",
            json_pack("{s:s, s:s}", "state", states[m.peer], "why", m.why));
}

static void gone(void *arg, int error)
{
    (void)arg;
    check("luukku-rtc has gone", error);
}

static void offer_peer(struct host *h)
{
    struct lk_chan_config config = {
        .receive = on_rtc, .closed = gone, .arg = h};
    struct supermsg m = {.type = SUPERMSG_PEER};
    int pair[2];
    check("pair", lk_chan_pair(pair));
    check("channel", lk_chan_new(h->loop, pair[0], &config, &h->luukkud));
    tell_super(h, &m, pair[1]);
    lk_fd_close(pair[1]);
    /* As while a citizen waits: before the call, so that it begins warm. */
    order(h, &(struct rtcmsg){.type = RTCMSG_CAPTURE, .up = true});
    say("ready", json_object());
}

static void on_super(void *arg, struct lk_chan_msg *msg)
{
    struct host *h = arg;
    struct supermsg m;
    size_t fds = msg->fds[0] >= 0 ? 1 : 0;
    check("super's message",
          supermsg_decode(msg->type, msg->payload, msg->len, fds, &m));
    if (m.type == SUPERMSG_READY)
        offer_peer(h);
    else if (m.type == SUPERMSG_CONTROL_REPLY)
        say("stats", json_pack("{s:o}", "stats",
                               json_loads(m.text, JSON_DECODE_ANY, NULL)));
}

/* --- what the benchmark says ------------------------------------------- */

static void start(struct host *h)
{
    struct rtcmsg m = {.type = RTCMSG_PREPARE,
                       .call = ++h->call,
                       .session = (uint64_t)lk_clock_wall_us(),
                       .version = ++h->version};
    order(h, &m);
    m = (struct rtcmsg){.type = RTCMSG_OPEN, .call = h->call};
    order(h, &m);
}

static void ask_stats(struct host *h)
{
    struct supermsg m = {
        .type = SUPERMSG_CONTROL, .id = 1, .arg = {"call", "stats"}, .args = 2};
    tell_super(h, &m, -1);
}

static void command(struct host *h, json_t *o)
{
    const char *type = json_string_value(json_object_get(o, "type"));
    const char *sdp = json_string_value(json_object_get(o, "sdp"));
    const char *text = json_string_value(json_object_get(o, "candidate"));
    struct rtcmsg m = {.call = h->call};
    if (!type) {
        check("a line without type", -EBADMSG);
    } else if (strcmp(type, "start") == 0) {
        start(h);
    } else if (strcmp(type, "stats") == 0) {
        ask_stats(h);
    } else if (strcmp(type, "answer") == 0 && sdp) {
        m.type = RTCMSG_ANSWER;
        m.bytes = (const uint8_t *)sdp;
        m.len = strlen(sdp);
        order(h, &m);
    } else if (strcmp(type, "candidate") == 0 && text) {
        m.type = RTCMSG_CANDIDATE;
        (void)snprintf(m.text, sizeof(m.text), "%s", text);
        order(h, &m);
    } else if (strcmp(type, "stop") == 0) {
        m.type = RTCMSG_CLOSE;
        order(h, &m);
        say("stopped", json_object());
    } else if (strcmp(type, "quit") == 0) {
        lk_loop_stop(h->loop, 0);
    }
}

static void on_line(struct host *h)
{
    json_t *o = json_loadb(h->line, h->len, 0, NULL);
    if (!o)
        check("a line that is no JSON", -EBADMSG);
    command(h, o);
    json_decref(o);
}

static void on_input(void *arg, int fd, short events)
{
    struct host *h = arg;
    char some[4096];
    ssize_t n = read(fd, some, sizeof(some));
    (void)events;
    if (n <= 0)
        lk_loop_stop(h->loop, 0);
    for (ssize_t i = 0; i < n; i++) {
        if (some[i] == '\n') {
            on_line(h);
            h->len = 0;
        } else if (h->len < sizeof(h->line)) {
            h->line[h->len++] = some[i];
        }
    }
}

/* --- life -------------------------------------------------------------- */

static void ping(void *arg, int64_t now_us)
{
    struct host *h = arg;
    struct supermsg m = {.type = SUPERMSG_PING, .id = 1};
    tell_super(h, &m, -1);
    lk_timer_set(h->ping, now_us + 500000);
}

static void run_child(const struct inherit *in, char **argv)
{
    int keep;
    check("descriptors", inherit_arrange(in, -1, &keep));
    (void)execl(argv[1], argv[1], "--allow-ui-control", (char *)NULL);
    _exit(127);
}

static void start_child(struct host *h, char **argv)
{
    static const char *const names[] = {"config", "tls-ca", "tls-cert",
                                        "tls-key"};
    struct lk_chan_config config = {
        .receive = on_super, .closed = gone, .arg = h};
    struct inherit in = {0};
    int pair[2];
    int fds[LK_ARRAY_LEN(names)];
    check("pair", lk_chan_pair(pair));
    check("super", inherit_add(&in, "super", pair[1]));
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++) {
        fds[i] = open(argv[2 + i], O_RDONLY | O_CLOEXEC);
        check(argv[2 + i], fds[i] < 0 ? -errno : 0);
        check(names[i], inherit_add(&in, names[i], fds[i]));
    }
    h->child = fork();
    check("fork", h->child < 0 ? -errno : 0);
    if (h->child == 0)
        run_child(&in, argv);
    for (size_t i = 0; i < LK_ARRAY_LEN(names); i++)
        lk_fd_close(fds[i]);
    lk_fd_close(pair[1]);
    check("channel", lk_chan_new(h->loop, pair[0], &config, &h->super));
    say("pid", json_pack("{s:i}", "pid", (int)h->child));
}

int main(int argc, char **argv)
{
    static struct host h;
    if (argc != 6) {
        (void)fprintf(stderr, "bench-rtc-host PROGRAM CONFIG CA CERT KEY\n");
        return 2;
    }
    lk_log_init("bench-rtc-host", LK_LOG_INFO);
    check("loop", lk_loop_new(&h.loop));
    start_child(&h, argv);
    check("input",
          lk_watch_new(h.loop, STDIN_FILENO, POLLIN, on_input, &h, &h.input));
    check("timer", lk_timer_new(h.loop, ping, &h, &h.ping));
    lk_timer_set_in(h.ping, 0);
    check("loop", lk_loop_run(h.loop));
    lk_chan_free(h.luukkud);
    lk_chan_free(h.super); /* the child ends when its super is gone */
    (void)waitpid(h.child, NULL, 0);
    lk_watch_free(h.input);
    lk_timer_free(h.ping);
    lk_loop_free(h.loop);
    return 0;
}
