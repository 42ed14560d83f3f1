/* A login by telephone in luukku-fetch: luukkud on one side, on the other a
 * service that answers what the test says. Time is the loop's: the shortest
 * pause between two questions is waited for, nothing is measured. */
#include "app/fetch_login.h"
#include "ipc/chan.h"
#include "ipc/loginmsg.h"

#include "testing.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define NONCE "abcDEF_123-xyz"
#define TOKEN "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJtYWlqYSJ9.c2ln"
#define START                                                        \
    "{\"device_code\":\"dev-1\",\"user_code\":\"AB-CD\","            \
    "\"verification_uri\":\"https://id.example/\","                  \
    "\"verification_uri_complete\":\"https://id.example/?c=AB-CD\"," \
    "\"expires_in\":60,\"interval\":1}"

struct world {
    struct lk_loop *loop;
    struct fetch_login *login;
    int far; /* luukkud's end */
    struct store_config_phone phone;
    struct lk_buf *ca;
    /* The question that waits for its answer. */
    post_http_fn *done; /* NULL: none */
    void *arg;
    char url[64], form[512];
    unsigned asked, stopped;
    int refuses; /* what asking gives */
};

static struct world w;

/* --- the service, in the place of post/http.c ----------------------------- */

int post_http_start(struct post_http *h, const struct post_http_request *rq)
{
    (void)h;
    assert_null(w.done); /* one question at a time */
    assert_ptr_equal(rq->ca, w.ca);
    assert_int_equal(rq->body, -1);
    w.asked++;
    if (w.refuses < 0)
        return w.refuses;
    w.done = rq->done;
    w.arg = rq->arg;
    (void)snprintf(w.url, sizeof(w.url), "%s", rq->url);
    (void)snprintf(w.form, sizeof(w.form), "%s", lk_buf_str(rq->text));
    return 0;
}

void post_http_stop(struct post_http *h, const void *arg)
{
    (void)h;
    w.stopped += w.done && w.arg == arg;
    w.done = NULL;
}

static void answer(long status, const char *body)
{
    post_http_fn *done = w.done;
    const struct post_http_answer a = {
        .status = status, .body = body, .len = strlen(body), .why = "test"};
    assert_non_null(done);
    w.done = NULL;
    done(w.arg, &a);
}

/* Until the next question; the pause before it is the service's. */
static void await_question(const char *url)
{
    for (int i = 0; i < 200 && !w.done; i++)
        assert_int_equal(lk_loop_step(w.loop, 100000), 0);
    assert_non_null(w.done);
    assert_string_equal(w.url, url);
}

/* --- luukkud ------------------------------------------------------------- */

static void say_bytes(uint16_t type, const void *payload, size_t len)
{
    uint8_t frame[LOGINMSG_ENCODED_MAX + 4];
    struct lk_writer f = lk_writer(frame, sizeof(frame));
    lk_write_u16(&f, type);
    lk_write_u16(&f, 1);
    lk_write_bytes(&f, payload, len);
    int n = lk_writer_end(&f);
    assert_true(n > 0);
    assert_int_equal(write(w.far, frame, (size_t)n), n);
    assert_int_equal(lk_loop_step(w.loop, 1000000), 0);
}

static void say(const struct loginmsg *m)
{
    uint8_t buf[LOGINMSG_ENCODED_MAX];
    int n = loginmsg_encode(m, buf, sizeof(buf));
    assert_true(n >= 0);
    say_bytes((uint16_t)m->type, buf, (size_t)n);
}

static void begin(uint32_t id)
{
    say(&(struct loginmsg){.type = LOGINMSG_BEGIN, .id = id, .nonce = NONCE});
}

/* The next message; lives until the next call. */
static struct loginmsg heard(void)
{
    static uint8_t frame[LOGINMSG_ENCODED_MAX + 4];
    struct loginmsg m;
    ssize_t n = recv(w.far, frame, sizeof(frame), MSG_DONTWAIT);
    assert_true(n > 4);
    assert_int_equal(
        loginmsg_decode(lk_get_u16(frame), frame + 4, (size_t)n - 4, &m), 0);
    return m;
}

static void hears_nothing(void)
{
    uint8_t byte;
    assert_int_equal(recv(w.far, &byte, 1, MSG_DONTWAIT | MSG_PEEK), -1);
    assert_int_equal(errno, EAGAIN);
}

static void hears_end(uint32_t id, enum loginmsg_why why)
{
    struct loginmsg m = heard();
    assert_int_equal(m.type, LOGINMSG_FAILED);
    assert_int_equal(m.id, id);
    assert_int_equal(m.why, why);
    hears_nothing();
}

/* As far as the code on the screen. */
static void to_code(uint32_t id)
{
    begin(id);
    await_question(w.phone.device_url);
    assert_non_null(strstr(w.form, "nonce=" NONCE));
    assert_non_null(strstr(w.form, "client_id=kiosk"));
    answer(200, START);
    struct loginmsg m = heard();
    assert_int_equal(m.type, LOGINMSG_CODE);
    assert_int_equal(m.id, id);
    assert_string_equal(m.code, "AB-CD");
    assert_string_equal(m.url, "https://id.example/?c=AB-CD");
    assert_true(m.lasts_ms > 0 && m.lasts_ms <= 60000);
    hears_nothing();
}

static void connect_luukkud(void)
{
    int pair[2];
    assert_int_equal(lk_chan_pair(pair), 0);
    (void)lk_fd_close(w.far);
    w.far = pair[1];
    fetch_login_peer(w.login, pair[0]);
}

static int setup(void **state)
{
    (void)state;
    w = (struct world){.far = -1};
    w.phone =
        (struct store_config_phone){.device_url = "https://id.example/device",
                                    .token_url = "https://id.example/token",
                                    .client = "kiosk",
                                    .scope = "openid profile"};
    assert_int_equal(lk_loop_new(&w.loop), 0);
    assert_int_equal(lk_buf_new(100, &w.ca), 0);
    const struct fetch_login_config c = {
        .loop = w.loop, .phone = &w.phone, .ca = w.ca};
    assert_int_equal(fetch_login_new(&c, &w.login), 0);
    connect_luukkud();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fetch_login_free(w.login);
    lk_buf_free(w.ca);
    lk_loop_free(w.loop);
    (void)lk_fd_close(w.far);
    return 0;
}

/* --- tests --------------------------------------------------------------- */

static void succeeds(void **state)
{
    (void)state;
    to_code(7);
    await_question(w.phone.token_url);
    assert_non_null(strstr(w.form, "device_code=dev-1"));
    assert_null(strstr(w.form, NONCE));
    answer(400, "{\"error\":\"authorization_pending\"}");
    hears_nothing();
    await_question(w.phone.token_url);
    answer(200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\","
                "\"id_token\":\"" TOKEN "\"}");
    struct loginmsg m = heard();
    assert_int_equal(m.type, LOGINMSG_TOKEN);
    assert_int_equal(m.id, 7);
    assert_int_equal(m.token_len, strlen(TOKEN));
    assert_memory_equal(m.token, TOKEN, m.token_len);
    hears_nothing();
    to_code(8); /* and the next one */
}

static void fails(void **state)
{
    static const struct {
        long status;
        const char *body;
        enum loginmsg_why why;
    } all[] = {
        {400, "{\"error\":\"access_denied\"}", LOGINMSG_DENIED},
        {400, "{\"error\":\"expired_token\"}", LOGINMSG_EXPIRED},
        {400, "{\"error\":\"invalid_client\"}", LOGINMSG_SERVICE},
        {200, "{\"access_token\":\"a\"}", LOGINMSG_SERVICE},
        {200, "no JSON", LOGINMSG_SERVICE},
    };
    (void)state;
    for (uint32_t i = 0; i < LK_ARRAY_LEN(all); i++) {
        to_code(i + 1);
        await_question(w.phone.token_url);
        answer(all[i].status, all[i].body);
        hears_end(i + 1, all[i].why);
    }
}

/* No service, none that can be asked, one that gives no code. */
static void no_code(void **state)
{
    (void)state;
    begin(1);
    answer(404, "");
    hears_end(1, LOGINMSG_SERVICE);
    begin(2);
    answer(200, "{\"device_code\":\"dev\"}");
    hears_end(2, LOGINMSG_SERVICE);
    w.phone.device_url[0] = '\0';
    w.asked = 0;
    begin(3);
    assert_int_equal(w.asked, 0);
}

/* Cancelled, or begun anew: nothing more is said of it, and its question is
 * stopped. A cancel of another login is none. */
static void cancelled(void **state)
{
    (void)state;
    begin(1);
    say(&(struct loginmsg){.type = LOGINMSG_CANCEL, .id = 2});
    assert_non_null(w.done);
    say(&(struct loginmsg){.type = LOGINMSG_CANCEL, .id = 1});
    assert_null(w.done);
    assert_int_equal(w.stopped, 1);
    begin(3);
    begin(4);
    assert_int_equal(w.stopped, 2);
    assert_int_equal(w.asked, 3);
    hears_nothing();
    to_code(5);
}

/* What is no order ends the channel, and what was under way with it. */
static void no_order(void **state)
{
    uint8_t byte;
    (void)state;
    begin(1);
    say(&(struct loginmsg){.type = LOGINMSG_FAILED, .id = 1});
    assert_int_equal(w.stopped, 1);
    assert_int_equal(recv(w.far, &byte, 1, 0), 0);
    connect_luukkud();
    say_bytes(LOGINMSG_BEGIN, "x", 1);
    assert_int_equal(recv(w.far, &byte, 1, 0), 0);
    connect_luukkud();
    to_code(2);
}

/* luukkud goes, or another one comes: the login is given up. */
static void luukkud_goes(void **state)
{
    (void)state;
    begin(1);
    w.far = lk_fd_close(w.far);
    assert_int_equal(lk_loop_step(w.loop, 1000000), 0);
    assert_int_equal(w.stopped, 1);
    connect_luukkud();
    begin(2);
    connect_luukkud();
    assert_int_equal(w.stopped, 2);
    to_code(3);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {T(succeeds), T(fails),
                                       T(no_code),  T(cancelled),
                                       T(no_order), T(luukkud_goes)};
#undef T
    return cmocka_run_group_tests(tests, NULL, NULL);
}
