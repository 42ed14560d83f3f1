/* Requests against a stand-in agency on loopback, with certificates made by
 * tools/pki. */
#include "testing.h"

#include "base/clock.h"
#include "loop/loop.h"
#include "post/http.h"
#include "post/matter.h"
#include "post/queue.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_MS 60000 /* nothing here takes as long */

static char dir[] = "/tmp/luukku-post-XXXXXX";
static struct lk_loop *loop;
static struct lk_buf *ca, *other_ca;
static pid_t server;
static int port;

/* Runs a shell command in the test's directory. */
static void shell(const char *command)
{
    pid_t pid = fork();
    int status = -1;
    if (pid == 0) {
        if (chdir(dir) == 0)
            execl("/bin/sh", "sh", "-ec", command, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static struct lk_buf *read_file(const char *name)
{
    char path[128];
    char chunk[4096];
    size_t n;
    struct lk_buf *b = NULL;
    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(lk_buf_new(1 << 20, &b), 0);
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        assert_int_equal(lk_buf_append(b, chunk, n), 0);
    (void)fclose(f);
    return b;
}

/* Starts the agency; it says its port. */
static void start_server(void)
{
    int out[2];
    char line[64] = "";
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    server = fork();
    if (server == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (chdir(dir) == 0 && dup2(out[1], 1) == 1)
            execl(AGENCY, "luukku-agency", "--dir", "agency", "--cert",
                  "pki/broker/server.crt", "--key", "pki/broker/server.key",
                  "--post-cert", "pki/agencies/kela/post.crt", "--post-key",
                  "post.key", "--trouble", "1", (char *)NULL);
        _exit(127);
    }
    (void)close(out[1]);
    FILE *f = fdopen(out[0], "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof(line), f));
    (void)fclose(f);
    assert_memory_equal(line, "listening ", 10);
    port = (int)strtol(line + 10, NULL, 10);
    assert_true(port > 0);
}

static int setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    shell("p=$PWD/pki; " PKI " init $p; " PKI " agency $p kela Kela; " PKI
          " broker $p; " PKI " post $p kela --key-out post.key");
    shell("printf 'a sealed container' | openssl cms -encrypt -binary "
          "-aes-256-gcm -outform DER -out letter "
          "pki/agencies/kela/post.crt");
    ca = read_file("pki/fleet/ca.crt");
    other_ca = read_file("pki/agencies/kela/ca.crt");
    start_server();
    assert_int_equal(post_http_init(), 0);
    return lk_loop_new(&loop);
}

static int teardown(void **state)
{
    (void)state;
    if (server > 0) {
        (void)kill(server, SIGKILL);
        (void)waitpid(server, NULL, 0);
    }
    lk_buf_free(ca);
    lk_buf_free(other_ca);
    loop = lk_loop_free(loop);
    shell("rm -rf \"$PWD\"");
    return 0;
}

struct got {
    bool done;
    long status;
    uint32_t retry_after_s;
    char body[1024];
    size_t len;
};

static void on_done(void *arg, const struct post_http_answer *a)
{
    struct got *g = arg;
    assert_false(g->done);
    *g = (struct got){.done = true,
                      .status = a->status,
                      .retry_after_s = a->retry_after_s,
                      .len = a->len};
    (void)snprintf(g->body, sizeof(g->body), "%s", a->body);
}

static struct got wait_for(struct got *g)
{
    int64_t end_ms = lk_clock_ms() + LIMIT_MS;
    while (!g->done) {
        assert_true(lk_clock_ms() < end_ms);
        assert_int_equal(lk_loop_step(loop, 50 * INT64_C(1000)), 0);
    }
    return *g;
}

static struct got ask(const char *path, const struct lk_buf *trust)
{
    LK_AUTO(post_http) h = NULL;
    struct got g = {.done = false};
    char url[256];
    (void)snprintf(url, sizeof(url), "https://127.0.0.1:%d%s", port, path);
    const struct post_http_request rq = {
        .url = url, .ca = trust, .body = -1, .done = on_done, .arg = &g};
    assert_int_equal(post_http_new(loop, &h), 0);
    assert_int_equal(post_http_start(h, &rq), 0);
    return wait_for(&g);
}

static int open_letter(void)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/letter", dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static struct got send_letter(const char *code, int body)
{
    LK_AUTO(post_http) h = NULL;
    struct got g = {.done = false};
    char url[256];
    char key[128];
    const char *header[] = {"Content-Type: application/pkcs7-mime", key};
    (void)snprintf(url, sizeof(url), "https://127.0.0.1:%d/letters", port);
    (void)snprintf(key, sizeof(key), "Idempotency-Key: %s", code);
    const struct post_http_request rq = {.url = url,
                                         .ca = ca,
                                         .header = header,
                                         .headers = 2,
                                         .body = body,
                                         .done = on_done,
                                         .arg = &g};
    assert_int_equal(post_http_new(loop, &h), 0);
    assert_int_equal(post_http_start(h, &rq), 0);
    return wait_for(&g);
}

static void test_letters(void **state)
{
    LK_AUTO_FD letter = open_letter();
    LK_AUTO_FD bad = memfd_create("bad", MFD_CLOEXEC);
    struct post_matter m;
    (void)state;
    assert_int_equal(write(bad, "nonsense", 8), 8);
    struct got g = send_letter("KE4F-7Q9W-2MXT-8ZA", letter);
    assert_int_equal(g.status, 503); /* --trouble 1 */
    assert_int_equal(g.retry_after_s, 1);
    assert_int_equal(post_judge(g.status), POST_LATER);
    assert_int_equal(send_letter("KE4F-7Q9W-2MXT-8ZA", letter).status, 201);
    assert_int_equal(send_letter("KE4F-7Q9W-2MXT-8ZA", letter).status, 200);
    assert_int_equal(send_letter("KE4F-7Q9W-2MXT-8ZA", bad).status, 409);
    g = send_letter("KE00", bad);
    assert_int_equal(g.status, 422);
    assert_int_equal(post_judge(g.status), POST_REFUSED);
    shell("[ \"$(cat agency/letters/KE4F-7Q9W-2MXT-8ZA.asice)\" = "
          "'a sealed container' ]");
    g = ask("/matters/KE4F-7Q9W-2MXT-8ZA", ca);
    assert_int_equal(g.status, 200);
    assert_int_equal(post_matter_parse(g.body, g.len, &m), 0);
    assert_string_equal(m.state, "Received");
    assert_int_equal(ask("/matters/KE00", ca).status, 404);
}

static void test_nobody_and_strangers(void **state)
{
    LK_AUTO(post_http) h = NULL;
    struct got g = {.done = false};
    const char *split = "X: 1\r\nHost: other";
    (void)state;
    struct post_http_request rq = {.url = "https://127.0.0.1:1/",
                                   .ca = ca,
                                   .body = -1,
                                   .done = on_done,
                                   .arg = &g};
    assert_int_equal(post_http_new(loop, &h), 0);
    assert_int_equal(post_http_start(h, &rq), 0);
    assert_int_equal(wait_for(&g).status, 0);
    assert_int_equal(ask("/matters/KE00", other_ca).status, 0);
    rq.url = "http://127.0.0.1/";
    assert_int_equal(post_http_start(h, &rq), -EINVAL);
    rq.url = "file:///etc/passwd";
    assert_int_equal(post_http_start(h, &rq), -EINVAL);
    rq.url = "https://127.0.0.1:1/";
    rq.header = &split;
    rq.headers = 1;
    assert_int_equal(post_http_start(h, &rq), -EINVAL);
}

/* More at once than fit; and freed while they are under way. */
static void test_ceiling(void **state)
{
    LK_AUTO(post_http) h = NULL;
    struct got g[POST_HTTP_FLIGHTS_MAX + 1] = {{.done = false}};
    char url[64];
    (void)state;
    (void)snprintf(url, sizeof(url), "https://127.0.0.1:%d/", port);
    assert_int_equal(post_http_new(loop, &h), 0);
    for (size_t i = 0; i <= POST_HTTP_FLIGHTS_MAX; i++) {
        const struct post_http_request rq = {
            .url = url, .ca = ca, .body = -1, .done = on_done, .arg = &g[i]};
        assert_int_equal(post_http_start(h, &rq),
                         i < POST_HTTP_FLIGHTS_MAX ? 0 : -ENOSPC);
    }
    assert_int_equal(wait_for(&g[0]).status, 404);
    h = post_http_free(h);
    assert_int_equal(lk_loop_step(loop, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters),
        cmocka_unit_test(test_nobody_and_strangers),
        cmocka_unit_test(test_ceiling),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
