#include "bench.h"

#include "app/confine.h"
#include "base/clock.h"
#include "ipc/supermsg.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_US 90000000

uint64_t bench_hash(const void *data, size_t len)
{
    const uint8_t *p = data;
    uint64_t h = 0xcbf29ce484222325ULL;
    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * 0x100000001b3ULL;
    return h;
}

/* --- as luukku-super ---------------------------------------------------- */

static void on_super(void *arg, struct lk_chan_msg *msg)
{
    struct bench *b = arg;
    struct supermsg m;
    assert_int_equal(supermsg_decode(msg->type, msg->payload, msg->len,
                                     msg->fds[0] >= 0, &m),
                     0);
    if (m.type == SUPERMSG_READY) {
        printf("walls: %s\n", m.text);
        b->ready = true;
    } else if (m.type == SUPERMSG_PONG) {
        b->pongs++;
    } else if (m.type == SUPERMSG_CONTROL_REPLY) {
        (void)snprintf(b->answer, sizeof(b->answer), "%s", m.text);
        b->answered = true;
    } else if (m.type == SUPERMSG_DEVICE_STATE) {
        b->device_works = m.ok;
        b->device_told = true;
        (void)snprintf(b->why, sizeof(b->why), "%s", m.text);
    }
}

static void on_super_closed(void *arg, int error)
{
    (void)arg;
    (void)error;
}

static void super_send(struct bench *b, const struct supermsg *m, int fd)
{
    static uint8_t out[SUPERMSG_PAYLOAD_MAX];
    int n = supermsg_encode(m, out, sizeof(out));
    assert_true(n >= 0);
    assert_int_equal(
        lk_chan_send(b->super, (uint16_t)m->type, out, (size_t)n, &fd, fd >= 0),
        0);
}

/* --- as luukkud --------------------------------------------------------- */

static void take_page(struct bench *b, struct lk_chan_msg *msg,
                      const struct scanmsg *m)
{
    assert_true(b->pages < BENCH_PAGES_MAX);
    struct bench_page *p = &b->page[b->pages++];
    struct scanpage *page = NULL;
    struct scanpage *preview = NULL;
    assert_int_equal(scanpage_open(lk_chan_take_fd(msg, 0), &page), 0);
    assert_int_equal(scanpage_open(lk_chan_take_fd(msg, 1), &preview), 0);
    assert_int_equal(page->info.width_px, m->width_px);
    assert_int_equal(page->info.height_px, m->height_px);
    assert_true(preview->info.width_px <= 1280 &&
                preview->info.height_px <= 1280);
    *p = (struct bench_page){.m = *m, .fd = -1};
    p->hash = bench_hash(page->rows, scanpage_bytes(&page->info));
    p->with_jpeg = msg->fds[2] >= 0;
    if (p->with_jpeg)
        assert_true(scanpage_sealed_len(msg->fds[2], 1 << 26) > 100);
    if (b->keep)
        p->fd = dup(page->fd);
    scanpage_free(page);
    scanpage_free(preview);
}

static void on_luukkud(void *arg, struct lk_chan_msg *msg)
{
    struct bench *b = arg;
    struct scanmsg m;
    size_t fds = 0;
    while (fds < LK_CHAN_FDS_MAX && msg->fds[fds] >= 0)
        fds++;
    assert_int_equal(scanmsg_decode(msg->type, msg->payload, msg->len, fds, &m),
                     0);
    if (m.type == SCANMSG_SCANNER)
        b->scanner = m;
    if (b->heard) {
        b->heard(b->arg, &m, msg);
    } else if (m.type == SCANMSG_PAGE) {
        assert_int_equal(m.page, b->pages + 1);
        take_page(b, msg, &m);
    } else if (m.type == SCANMSG_PROGRESS) {
        b->progress++;
    } else if (m.type == SCANMSG_END) {
        assert_false(b->ended);
        b->end = m;
        b->ended = true;
        b->pongs_at_end = b->pongs;
    }
}

static void on_luukkud_closed(void *arg, int error)
{
    struct bench *b = arg;
    (void)error;
    b->closed = true;
    if (b->gone)
        b->gone(b->arg);
}

void bench_send(struct bench *b, const struct scanmsg *m, int fd)
{
    uint8_t out[SCANMSG_ENCODED_MAX];
    int n = scanmsg_encode(m, out, sizeof(out));
    assert_true(n >= 0);
    assert_int_equal(lk_chan_send(b->luukkud, (uint16_t)m->type, out, (size_t)n,
                                  &fd, fd >= 0),
                     0);
}

/* --- life --------------------------------------------------------------- */

static void give_peer(struct bench *b)
{
    const struct lk_chan_config config = {
        .receive = on_luukkud, .closed = on_luukkud_closed, .arg = b};
    const struct supermsg m = {.type = SUPERMSG_PEER, .text = "luukkud"};
    int pair[2];
    assert_int_equal(lk_chan_pair(pair), 0);
    assert_int_equal(lk_chan_new(b->loop, pair[0], &config, &b->luukkud), 0);
    super_send(b, &m, pair[1]);
    close(pair[1]);
}

void bench_open(struct bench *b, bool emulator, const char *const *args)
{
    const struct super_program program = {
        .name = "luukku-scan", .path = SCAN, .profile = &confine_scan};
    const struct lk_chan_config config = {
        .receive = on_super, .closed = on_super_closed, .arg = b};
    memset(b, 0, sizeof(*b));
    if (emulator)
        b->emulator = emulator_start("scanner", args);
    assert_int_equal(super_spawn(&program, &b->process), 0);
    assert_int_equal(lk_loop_new(&b->loop), 0);
    assert_int_equal(
        lk_chan_new(b->loop, b->process.channel, &config, &b->super), 0);
    give_peer(b);
    bench_until(b, &b->ready);
}

static void say_output(struct bench *b)
{
    char text[4096];
    ssize_t n;
    while ((n = read(b->process.output, text, sizeof(text))) > 0)
        (void)fwrite(text, 1, (size_t)n, stdout);
}

int bench_reap(struct bench *b)
{
    int status = 0;
    if (b->process.pid > 0)
        assert_int_equal(waitpid(b->process.pid, &status, 0), b->process.pid);
    b->process.pid = 0;
    return status;
}

void bench_close(struct bench *b)
{
    const struct supermsg m = {.type = SUPERMSG_SHUTDOWN};
    if (b->process.pid > 0)
        super_send(b, &m, -1);
    int status = bench_reap(b);
    say_output(b);
    assert_true(!WIFEXITED(status) || WEXITSTATUS(status) <= 1);
    for (size_t i = 0; i < b->pages; i++)
        (void)lk_fd_close(b->page[i].fd);
    b->luukkud = lk_chan_free(b->luukkud);
    b->super = lk_chan_free(b->super);
    b->loop = lk_loop_free(b->loop);
    (void)lk_fd_close(b->process.pidfd);
    (void)lk_fd_close(b->process.output);
    b->emulator = emulator_free(b->emulator);
}

void bench_step(struct bench *b)
{
    assert_int_equal(lk_loop_step(b->loop, 20000), 0);
}

void bench_until(struct bench *b, const bool *flag)
{
    int64_t limit = lk_clock_us() + LIMIT_US;
    while (!*flag) {
        if (lk_clock_us() > limit) {
            say_output(b);
            fail_msg("nothing came");
        }
        assert_int_equal(lk_loop_step(b->loop, 20000), 0);
    }
}

void bench_wait_state(struct bench *b, enum scanmsg_state s)
{
    int64_t limit = lk_clock_us() + LIMIT_US;
    while (b->scanner.state != s) {
        if (lk_clock_us() > limit) {
            say_output(b);
            fail_msg("scanner stays %s", scanmsg_state_name(b->scanner.state));
        }
        assert_int_equal(lk_loop_step(b->loop, 20000), 0);
    }
}

void bench_give(struct bench *b)
{
    static uint32_t id;
    const struct supermsg m = {
        .type = SUPERMSG_DEVICE, .id = ++id, .text = "usbip 1-1"};
    int fd = emulator_connect(b->emulator);
    assert_true(fd >= 0);
    b->device_told = false;
    super_send(b, &m, fd);
    close(fd);
    bench_wait_state(b, SCANMSG_STATE_READY);
}

/* --- jobs --------------------------------------------------------------- */

static void begin(struct bench *b, struct scanmsg *m)
{
    for (size_t i = 0; i < b->pages; i++)
        b->page[i].fd = lk_fd_close(b->page[i].fd);
    b->pages = 0;
    b->ended = false;
    b->progress = 0;
    m->job = ++b->next_job;
    if (m->pages == 0)
        m->pages = BENCH_PAGES_MAX;
}

void bench_start(struct bench *b, struct scanmsg m)
{
    begin(b, &m);
    m.type = SCANMSG_START;
    bench_send(b, &m, -1);
}

void bench_decode(struct bench *b, struct scanmsg m, int fd)
{
    begin(b, &m);
    m.type = SCANMSG_DECODE;
    bench_send(b, &m, fd);
    close(fd);
}

enum scanmsg_reason bench_end(struct bench *b)
{
    bench_until(b, &b->ended);
    assert_int_equal(b->end.job, b->next_job);
    assert_int_equal(b->end.pages, b->pages);
    if (b->end.reason != SCANMSG_DONE)
        printf("end: %s (%s), %zu pages, %u times progress\n",
               scanmsg_reason_name(b->end.reason), b->end.why, b->pages,
               b->progress);
    return b->end.reason;
}

void bench_ping(struct bench *b)
{
    const struct supermsg m = {.type = SUPERMSG_PING, .id = 1};
    super_send(b, &m, -1);
}

const char *bench_control(struct bench *b, const char *word)
{
    const struct supermsg m = {
        .type = SUPERMSG_CONTROL, .id = 5, .args = 1, .arg = {word}};
    b->answered = false;
    super_send(b, &m, -1);
    bench_until(b, &b->answered);
    return b->answer;
}

long bench_peak_kb(const struct bench *b)
{
    char path[64];
    char line[256];
    long kb = -1;
    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)b->process.pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    (void)fclose(f);
    return kb;
}

/* In the child: its words, cut at spaces. */
static void run_paper(char *words, int out)
{
    char *argv[40] = {PAPER};
    size_t n = 1;
    for (char *at = words; n < LK_ARRAY_LEN(argv) - 1;) {
        at += strspn(at, " ");
        if (!*at)
            break;
        argv[n++] = at;
        at += strcspn(at, " ");
        if (*at)
            *at++ = 0;
    }
    (void)dup2(out, STDOUT_FILENO);
    (void)execv(PAPER, argv);
    _exit(127);
}

uint8_t *bench_paper(const char *words, size_t *ret_len)
{
    char copy[512];
    int pipes[2];
    int status = -1;
    size_t cap = 64UL << 20;
    size_t len = 0;
    ssize_t n = 0;
    uint8_t *data = malloc(cap);
    assert_non_null(data);
    (void)snprintf(copy, sizeof(copy), "%s", words);
    assert_int_equal(pipe(pipes), 0);
    pid_t pid = fork();
    if (pid == 0)
        run_paper(copy, pipes[1]);
    assert_true(pid > 0);
    close(pipes[1]);
    while ((n = read(pipes[0], data + len, cap - len)) > 0)
        len += (size_t)n;
    close(pipes[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    *ret_len = len;
    return data;
}
