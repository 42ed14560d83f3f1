#include "testing.h"

#include "ipc/chan.h"

#include <dirent.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

struct end {
    struct lk_chan *chan;
    unsigned received;
    unsigned order_errors;
    int closed; /* the error, 0 while open */
    int kept_fd;
    uint8_t last[64];
    size_t last_len;
    uint16_t last_type;
};

static struct lk_loop *loop;
static struct end a, b;

static void receive(void *arg, struct lk_chan_msg *msg)
{
    struct end *e = arg;
    e->last_type = msg->type;
    e->last_len = msg->len;
    memcpy(e->last, msg->payload, LK_MIN(msg->len, sizeof(e->last)));
    if (msg->len >= 4 && lk_get_u32(msg->payload) != e->received)
        e->order_errors++;
    if (msg->fds[0] >= 0 && e->kept_fd < 0)
        e->kept_fd = lk_chan_take_fd(msg, 0);
    e->received++;
}

static void closed(void *arg, int error)
{
    struct end *e = arg;
    assert_int_equal(e->closed, 0);
    e->closed = error;
}

static struct lk_chan *make(int fd, struct end *e)
{
    struct lk_chan_config config = {
        .receive = receive, .closed = closed, .arg = e};
    struct lk_chan *c = NULL;
    *e = (struct end){.kept_fd = -1};
    assert_int_equal(lk_chan_new(loop, fd, &config, &c), 0);
    return c;
}

static unsigned open_fds(void)
{
    unsigned n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static unsigned fds_before;

static int setup(void **state)
{
    int p[2];
    (void)state;
    fds_before = open_fds();
    if (lk_loop_new(&loop) < 0 || lk_chan_pair(p) < 0)
        return -1;
    a.chan = make(p[0], &a);
    b.chan = make(p[1], &b);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lk_chan_free(a.chan);
    lk_chan_free(b.chan);
    lk_fd_close(a.kept_fd);
    lk_fd_close(b.kept_fd);
    lk_loop_free(loop);
    return open_fds() == fds_before ? 0 : -1;
}

static void test_message(void **state)
{
    (void)state;
    assert_int_equal(lk_chan_send(a.chan, 7, "\0\0\0\0hello", 9, NULL, 0), 0);
    assert_int_equal(lk_loop_step(loop, 0), 0);
    assert_int_equal(b.received, 1);
    assert_int_equal(b.last_type, 7);
    assert_memory_equal(b.last, "\0\0\0\0hello", 9);
    assert_int_equal(lk_chan_send(a.chan, 7, NULL, 0, NULL, 0), 0);
    assert_int_equal(lk_loop_step(loop, 0), 0);
    assert_int_equal(b.received, 2);
    assert_int_equal(b.last_len, 0);
}

static void test_descriptor(void **state)
{
    int p[2];
    char c = 0;
    (void)state;
    assert_int_equal(pipe(p), 0);
    assert_int_equal(lk_chan_send(a.chan, 1, NULL, 0, &p[0], 1), 0);
    assert_int_equal(lk_chan_send(a.chan, 1, NULL, 0, p, 2), 0); /* dropped */
    close(p[0]);
    assert_int_equal(write(p[1], "x", 1), 1);
    close(p[1]);
    assert_int_equal(lk_loop_step(loop, 0), 0);
    assert_true(b.kept_fd >= 0);
    assert_int_equal(read(b.kept_fd, &c, 1), 1);
    assert_int_equal(c, 'x');
}

/* A full socket queues; the queue has a ceiling; order and count survive. */
static void test_back_pressure(void **state)
{
    static uint8_t big[LK_CHAN_PAYLOAD_MAX];
    unsigned sent = 0;
    int r;
    (void)state;
    for (;;) {
        lk_put_u32(big, sent);
        r = lk_chan_send(a.chan, 1, big, sizeof(big), NULL, 0);
        if (r < 0)
            break;
        sent++;
    }
    assert_int_equal(r, -ENOBUFS);
    assert_int_equal(lk_chan_queued(a.chan), LK_CHAN_QUEUE_MAX);
    while (b.received < sent)
        assert_int_equal(lk_loop_step(loop, 0), 0);
    assert_int_equal(b.order_errors, 0);
    assert_int_equal(lk_chan_queued(a.chan), 0);
    assert_int_equal(lk_chan_send(a.chan, 1, big, sizeof(big) + 1, NULL, 0),
                     -EMSGSIZE);
}

static void test_other_end_dies(void **state)
{
    (void)state;
    b.chan = lk_chan_free(b.chan);
    assert_int_equal(lk_loop_step(loop, 0), 0);
    assert_int_equal(a.closed, -EPIPE);
    assert_int_equal(lk_chan_send(a.chan, 1, NULL, 0, NULL, 0), -EPIPE);
}

static void test_garbage_closes(void **state)
{
    static const uint8_t bad[][5] = {{0}, {0, 1, 0, 2}};
    static const size_t len[] = {3, 4};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct end e;
        int p[2];
        assert_int_equal(lk_chan_pair(p), 0);
        struct lk_chan *c = make(p[0], &e);
        assert_int_equal(send(p[1], bad[i], len[i], 0), (ssize_t)len[i]);
        assert_int_equal(lk_loop_step(loop, 0), 0);
        assert_int_equal(e.closed, -EBADMSG);
        assert_int_equal(e.received, 0);
        lk_chan_free(c);
        close(p[1]);
    }
}

static void free_at_once(void *arg, struct lk_chan_msg *msg)
{
    struct end *e = arg;
    (void)msg;
    e->received++;
    assert_int_equal(lk_chan_free_later(LK_TAKE(e->chan)), 0);
}

/* From inside its own callback: that was its last one, and it is closed. */
static void test_freed_in_its_callback(void **state)
{
    struct end e = {.kept_fd = -1};
    struct lk_chan_config config = {
        .receive = free_at_once, .closed = closed, .arg = &e};
    int p[2];
    (void)state;
    assert_int_equal(lk_chan_pair(p), 0);
    assert_int_equal(lk_chan_new(loop, p[0], &config, &e.chan), 0);
    assert_int_equal(send(p[1], (const uint8_t[]){0, 1, 0, 1}, 4, 0), 4);
    assert_int_equal(lk_loop_step(loop, 0), 0);
    assert_int_equal(e.received, 1);
    assert_int_equal(lk_loop_step(loop, 0), 0);
    assert_int_equal(send(p[1], "x", 1, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, EPIPE);
    close(p[1]);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_message),        CASE(test_descriptor),
        CASE(test_back_pressure),  CASE(test_other_end_dies),
        CASE(test_garbage_closes), CASE(test_freed_in_its_callback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
