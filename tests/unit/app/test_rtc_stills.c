#include "app/rtc_stills.h"

#include "base/bytes.h"
#include "testing.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct world {
    struct lk_loop *loop;
    struct rtc_stills *s;
    int far; /* the camera's end */
    unsigned told, gone;
    int error;
    size_t len;
    const char *why;
};
static struct world w;

static void on_gone(void *arg, const char *why)
{
    (void)arg;
    w.gone++;
    w.why = why;
    lk_loop_stop(w.loop, 0);
}

static void on_still(void *arg, int error, int fd)
{
    (void)arg;
    w.told++;
    w.error = error;
    w.len = fd < 0 ? 0 : (size_t)lseek(fd, 0, SEEK_END);
    if (fd >= 0)
        assert_int_equal(write(fd, "x", 1), -1); /* sealed */
    (void)lk_fd_close(fd);
    lk_loop_stop(w.loop, 0);
}

static void give(void)
{
    int fds[2];
    (void)lk_fd_close(w.far);
    assert_int_equal(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
        0);
    w.far = fds[1];
    assert_int_equal(rtc_stills_given(w.s, fds[0]), 0);
}

static int setup(void **state)
{
    (void)state;
    w = (struct world){.far = -1};
    assert_int_equal(lk_loop_new(&w.loop), 0);
    assert_int_equal(rtc_stills_new(w.loop, on_gone, NULL, &w.s), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rtc_stills_free(w.s);
    (void)lk_fd_close(w.far);
    lk_loop_free(w.loop);
    return 0;
}

/* One byte came: a picture is wanted. */
static void asked(void)
{
    char c[2];
    assert_int_equal(recv(w.far, c, sizeof(c), 0), 1);
}

/* A head that tells of `len` bytes, and `bytes` of them. */
static void answer(uint32_t len, size_t bytes)
{
    static uint8_t all[4 + 100000];
    lk_put_u32(all, len);
    assert_int_equal(send(w.far, all, 4 + bytes, MSG_NOSIGNAL), 4 + bytes);
}

static void run(void)
{
    assert_int_equal(lk_loop_run(w.loop), 0);
}

static void test_picture(void **state)
{
    (void)state;
    assert_false(rtc_stills_there(w.s));
    assert_int_equal(rtc_stills_take(w.s, on_still, NULL), -ENODEV);
    give();
    assert_true(rtc_stills_there(w.s));
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(rtc_stills_take(w.s, on_still, NULL), 0);
        assert_int_equal(rtc_stills_take(w.s, on_still, NULL), -EBUSY);
        asked();
        answer(70000 + i, 70000 + i);
        run();
        assert_int_equal(w.told, i);
        assert_int_equal(w.error, 0);
        assert_int_equal(w.len, 70000 + i);
    }
    assert_int_equal(w.gone, 0);
}

/* Each ends the socket, and the picture that was awaited. */
static void test_breaks(void **state)
{
    (void)state;
    static const struct {
        uint32_t len;
        size_t bytes;
        bool close;
        int error;
    } rows[] = {
        {0, 0, false, -EIO},
        {CAMERA_SNAPSHOT_MAX + 1, 10, false, -EIO},
        {UINT32_MAX, 10, false, -EIO},
        {10, 11, false, -EIO},
        {10, 9, true, -ENODEV},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(rows); i++) {
        give();
        assert_int_equal(rtc_stills_take(w.s, on_still, NULL), 0);
        asked();
        answer(rows[i].len, rows[i].bytes);
        if (rows[i].close)
            w.far = lk_fd_close(w.far);
        run();
        assert_int_equal(w.told, i + 1);
        assert_int_equal(w.error, rows[i].error);
        assert_int_equal(w.gone, i + 1);
        assert_int_equal(w.why == NULL, rows[i].close);
        assert_false(rtc_stills_there(w.s));
    }
}

static void test_unasked(void **state)
{
    (void)state;
    give();
    answer(10, 10);
    run();
    assert_int_equal(w.told, 0);
    assert_int_equal(w.gone, 1);
    assert_non_null(w.why);
}

static void test_another(void **state)
{
    (void)state;
    give();
    assert_int_equal(rtc_stills_take(w.s, on_still, NULL), 0);
    give(); /* in its place */
    assert_int_equal(w.told, 1);
    assert_int_equal(w.error, -ENODEV);
    assert_int_equal(w.gone, 0);
    assert_true(rtc_stills_there(w.s));
}

int main(void)
{
#define CASE(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_picture),
        CASE(test_breaks),
        CASE(test_unasked),
        CASE(test_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
