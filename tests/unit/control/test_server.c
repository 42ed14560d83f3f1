#include "testing.h"

#include "control/client.h"
#include "control/server.h"
#include "ipc/chan.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A kiosk that answers with what it was asked, in a thread of its own. */
struct kiosk {
    struct lk_loop *loop;
    struct control_server *server;
    char dir[32];
    char path[256];
    pthread_t thread;
    struct lk_timer *timer;
    bool stop;    /* read and written atomically */
    bool stopped; /* likewise: "stop" came */
};

static int memfd_with(const char *text)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    ssize_t n = write(fd, text, strlen(text));
    return n == (ssize_t)strlen(text) ? fd : -1;
}

static void on_request(void *arg, uint64_t client,
                       const struct control_request *req)
{
    struct kiosk *k = arg;
    struct control_reply reply = {.id = req->id, .ok = true};
    LK_AUTO_FD fd = -1;
    if (strcmp(req->arg[0], "silent") == 0)
        return;
    if (strcmp(req->arg[0], "stop") == 0)
        __atomic_store_n(&k->stopped, true, __ATOMIC_RELEASE);
    if (strcmp(req->arg[0], "fail") == 0) {
        reply.ok = false;
        reply.error = req->arg[1];
    } else if (strcmp(req->arg[0], "picture") == 0) {
        reply.carries = CONTROL_PNG;
        reply.result = "{\"a\":1}";
        fd = memfd_with("PNG");
    } else if (strcmp(req->arg[0], "big") == 0) {
        reply.carries = CONTROL_JSON;
        fd = memfd_with("[1,2]");
    } else {
        reply.result = req->arg[1];
    }
    (void)control_server_reply(k->server, client, &reply, fd);
}

static void on_tick(void *arg, int64_t now_us)
{
    struct kiosk *k = arg;
    (void)now_us;
    if (__atomic_load_n(&k->stop, __ATOMIC_ACQUIRE))
        lk_loop_stop(k->loop, 0);
    else
        lk_timer_set_in(k->timer, 5000);
}

static void *kiosk_thread(void *arg)
{
    struct kiosk *k = arg;
    (void)lk_loop_run(k->loop);
    return NULL;
}

static int kiosk_open(struct kiosk *k)
{
    struct control_server_config config = {
        .path = k->path, .request = on_request, .arg = k};
    return control_server_new(k->loop, &config, &k->server);
}

static int setup(void **state)
{
    static struct kiosk kiosk;
    struct kiosk *k = &kiosk;
    memset(k, 0, sizeof(*k));
    (void)snprintf(k->dir, sizeof(k->dir), "/tmp/luukku-test.XXXXXX");
    assert_non_null(mkdtemp(k->dir));
    (void)snprintf(k->path, sizeof(k->path), "%.31s/control", k->dir);
    assert_int_equal(lk_loop_new(&k->loop), 0);
    assert_int_equal(kiosk_open(k), 0);
    assert_int_equal(lk_timer_new(k->loop, on_tick, k, &k->timer), 0);
    lk_timer_set_in(k->timer, 5000);
    assert_int_equal(pthread_create(&k->thread, NULL, kiosk_thread, k), 0);
    *state = k;
    return 0;
}

static int teardown(void **state)
{
    struct kiosk *k = *state;
    __atomic_store_n(&k->stop, true, __ATOMIC_RELEASE);
    (void)pthread_join(k->thread, NULL);
    k->server = control_server_free(k->server);
    k->timer = lk_timer_free(k->timer);
    k->loop = lk_loop_free(k->loop);
    assert_int_equal(access(k->path, F_OK), -1);
    assert_int_equal(rmdir(k->dir), 0);
    return 0;
}

static int ask(struct control_client *c, const char *one, const char *two,
               struct control_answer **ret)
{
    const char *argv[] = {one, two};
    return control_client_call(c, argv, 2, 20000000, ret);
}

static void answers(void **state)
{
    struct kiosk *k = *state;
    LK_AUTO(control_client) c = NULL;
    struct stat st;
    assert_int_equal(stat(k->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(control_client_open(k->path, &c), 0);
    for (int i = 0; i < 100; i++) {
        LK_AUTO(control_answer) a = NULL;
        assert_int_equal(ask(c, "echo", "{\"x\":1}", &a), 0);
        assert_true(a->ok);
        assert_string_equal(a->text, "{\"x\":1}");
    }
    LK_AUTO(control_answer) no = NULL;
    assert_int_equal(ask(c, "fail", "not today", &no), 0);
    assert_false(no->ok);
    assert_string_equal(no->text, "not today");
    LK_AUTO(control_answer) bad = NULL;
    assert_int_equal(ask(c, "echo", "{broken", &bad), 0);
    assert_false(bad->ok);
    assert_string_equal(bad->text, "the program's answer is malformed");
    LK_AUTO(control_answer) picture = NULL;
    assert_int_equal(ask(c, "picture", "", &picture), 0);
    assert_true(picture->picture);
    assert_int_equal(picture->len, 3);
    assert_memory_equal(picture->payload, "PNG", 3);
    assert_string_equal(picture->text, "{\"a\":1}");
    LK_AUTO(control_answer) big = NULL;
    assert_int_equal(ask(c, "big", "", &big), 0);
    assert_string_equal(big->text, "[1,2]");
}

static void gives_up(void **state)
{
    struct kiosk *k = *state;
    LK_AUTO(control_client) c = NULL;
    LK_AUTO(control_answer) a = NULL;
    const char *argv[] = {"silent"};
    assert_int_equal(control_client_open(k->path, &c), 0);
    assert_int_equal(control_client_call(c, argv, 1, 50000, &a), -ETIMEDOUT);
    assert_null(a);
    assert_int_equal(ask(c, "echo", "2", &a), 0);
    assert_string_equal(a->text, "2");
}

/* A line that somebody types on: 'x' ends the wait. */
static bool on_typed(void *arg)
{
    char c = 0;
    const int *fd = arg;
    return read(*fd, &c, 1) == 1 && c == 'x';
}

/* A wait that is stopped ends at once, the kiosk hears of it, and the answer to
 * the next call is that call's. */
static void is_stopped(void **state)
{
    struct kiosk *k = *state;
    static const char *const silent[] = {"silent"};
    static const char *const echo[] = {"echo", "7"};
    LK_AUTO(control_client) c = NULL;
    LK_AUTO(control_answer) none = NULL;
    LK_AUTO(control_answer) a = NULL;
    int line[2];
    assert_int_equal(pipe2(line, O_CLOEXEC | O_NONBLOCK), 0);
    const struct control_client_stop stop = {line[0], on_typed, &line[0]};
    assert_int_equal(control_client_open(k->path, &c), 0);
    assert_int_equal(write(line[1], "ax", 2), 2);
    assert_int_equal(
        control_client_call_until(c, silent, 1, 20000000, &stop, &none),
        -ECANCELED);
    assert_null(none);
    assert_int_equal(write(line[1], "b", 1), 1);
    assert_int_equal(control_client_call_until(c, echo, 2, 20000000, &stop, &a),
                     0);
    assert_string_equal(a->text, "7");
    assert_true(__atomic_load_n(&k->stopped, __ATOMIC_ACQUIRE));
    (void)close(line[0]);
    (void)close(line[1]);
}

static void bounds_clients(void **state)
{
    struct kiosk *k = *state;
    struct control_client *c[CONTROL_CLIENTS_MAX];
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        LK_AUTO(control_answer) a = NULL;
        assert_int_equal(control_client_open(k->path, &c[i]), 0);
        assert_int_equal(ask(c[i], "echo", "1", &a), 0);
    }
    LK_AUTO(control_client) more = NULL;
    LK_AUTO(control_answer) none = NULL;
    assert_int_equal(control_client_open(k->path, &more), 0);
    int r = ask(more, "echo", "1", &none);
    assert_true(r == -EPIPE || r == -ECONNRESET);
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
        c[i] = control_client_free(c[i]);
    /* Their places are free again, once the kiosk has seen them go. */
    for (r = -EPIPE; r != 0;) {
        LK_AUTO(control_client) again = NULL;
        LK_AUTO(control_answer) a = NULL;
        assert_int_equal(control_client_open(k->path, &again), 0);
        r = ask(again, "echo", "1", &a);
        assert_true(r == 0 || r == -EPIPE || r == -ECONNRESET);
    }
}

static void bounds_waiting(void **state)
{
    struct kiosk *k = *state;
    LK_AUTO(control_client) c = NULL;
    const char *argv[] = {"silent"};
    int r = 0;
    assert_int_equal(control_client_open(k->path, &c), 0);
    for (int i = 0; i < CONTROL_WAITING_MAX; i++) {
        LK_AUTO(control_answer) a = NULL;
        assert_int_equal(control_client_call(c, argv, 1, 2000, &a), -ETIMEDOUT);
    }
    LK_AUTO(control_answer) a = NULL;
    r = ask(c, "echo", "1", &a);
    assert_int_equal(r, 0);
    assert_false(a->ok);
    assert_string_equal(a->text, "too many unanswered requests");
}

static void refuses_rubbish(void **state)
{
    static const char *const rubbish[] = {
        "", "x", "\0\1\0\1{}", "\0\1\0\1{\"v\":9,\"id\":1,\"cmd\":[\"a\"]}",
        "\0\7\0\1{}"};
    struct kiosk *k = *state;
    for (size_t i = 0; i < LK_ARRAY_LEN(rubbish); i++) {
        struct sockaddr_un a = {.sun_family = AF_UNIX};
        char got[512];
        memcpy(a.sun_path, k->path, sizeof(a.sun_path) - 1);
        LK_AUTO_FD fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        assert_int_equal(connect(fd, (void *)&a, sizeof(a)), 0);
        size_t len = i < 2 ? strlen(rubbish[i]) : 4 + strlen(rubbish[i] + 4);
        (void)send(fd, rubbish[i], len, MSG_NOSIGNAL);
        (void)shutdown(fd, SHUT_WR);
        while (recv(fd, got, sizeof(got), 0) > 0)
            ; /* a refusal, perhaps; then the end */
    }
    LK_AUTO(control_client) c = NULL;
    LK_AUTO(control_answer) answer = NULL;
    assert_int_equal(control_client_open(k->path, &c), 0);
    assert_int_equal(ask(c, "echo", "1", &answer), 0);
}

static void shares_no_socket(void **state)
{
    struct kiosk *k = *state;
    struct kiosk other = {.loop = NULL};
    struct control_client *nobody = NULL;
    (void)snprintf(other.path, sizeof(other.path), "%s", k->path);
    assert_int_equal(lk_loop_new(&other.loop), 0);
    assert_int_equal(kiosk_open(&other), -EADDRINUSE);
    /* A socket that is left over is taken over, a file is not. */
    (void)snprintf(other.path, sizeof(other.path), "%.31s/left", k->dir);
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    memcpy(a.sun_path, other.path, sizeof(a.sun_path) - 1);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (void *)&a, sizeof(a)), 0);
    (void)close(fd);
    assert_int_equal(control_client_open(other.path, &nobody), -ECONNREFUSED);
    assert_int_equal(kiosk_open(&other), 0);
    other.server = control_server_free(other.server);
    assert_int_equal(control_client_open(other.path, &nobody), -ENOENT);
    fd = open(other.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    (void)close(fd);
    assert_int_equal(kiosk_open(&other), -EEXIST);
    assert_int_equal(unlink(other.path), 0);
    (void)snprintf(other.path, sizeof(other.path), "%.31s/no/dir", k->dir);
    assert_int_equal(kiosk_open(&other), -ENOENT);
    other.loop = lk_loop_free(other.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers, setup, teardown),
        cmocka_unit_test_setup_teardown(gives_up, setup, teardown),
        cmocka_unit_test_setup_teardown(is_stopped, setup, teardown),
        cmocka_unit_test_setup_teardown(bounds_clients, setup, teardown),
        cmocka_unit_test_setup_teardown(bounds_waiting, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_rubbish, setup, teardown),
        cmocka_unit_test_setup_teardown(shares_no_socket, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
