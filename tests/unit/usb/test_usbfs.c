/* The kernel's devices without a kernel that has one: what is no device is not
 * opened, nothing is left behind, whenever it is given up. The rest of this
 * back end is tried in a guest (qemu.usb). */
#include "oom.h"
#include "usb/usbfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct opened {
    int times;
    int error;
};

static void on_opened(void *arg, int error, struct usb_device *d)
{
    struct opened *o = arg;
    assert_null(d);
    o->times++;
    o->error = error;
}

static int open_null(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void until(struct lk_loop *l, const struct opened *o)
{
    for (int i = 0; i < 1000 && o->times == 0; i++)
        assert_int_equal(lk_loop_step(l, 20000), 0);
    assert_int_equal(o->times, 1);
}

static void test_no_device(void **state)
{
    struct lk_loop *l = NULL;
    struct opened o = {0};
    int fd = open_null();
    assert_int_equal(lk_loop_new(&l), 0);
    assert_int_equal(usb_fs_open(l, fd, on_opened, &o, NULL), 0);
    assert_int_equal(o.times, 0);
    until(l, &o);
    assert_int_equal(o.error, -EIO);
    assert_false(is_open(fd));
    lk_loop_free(l);
    (void)state;
}

static void test_several(void **state)
{
    struct lk_loop *l = NULL;
    struct opened o[8] = {0};
    assert_int_equal(lk_loop_new(&l), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(o); i++)
        assert_int_equal(usb_fs_open(l, open_null(), on_opened, &o[i], NULL),
                         0);
    for (size_t i = 0; i < LK_ARRAY_LEN(o); i++)
        until(l, &o[i]);
    lk_loop_free(l);
    (void)state;
}

/* Given up at once, and after the thread may have answered. */
static void test_given_up(void **state)
{
    for (int steps = 0; steps < 20; steps++) {
        struct lk_loop *l = NULL;
        struct opened o = {0};
        struct usb_opening *opening = NULL;
        int fd = open_null();
        assert_int_equal(lk_loop_new(&l), 0);
        assert_int_equal(usb_fs_open(l, fd, on_opened, &o, &opening), 0);
        for (int i = 0; i < steps % 4 && o.times == 0; i++)
            assert_int_equal(lk_loop_step(l, 0), 0);
        if (o.times == 0)
            assert_null(usb_opening_free(opening));
        assert_false(is_open(fd));
        lk_loop_free(l);
    }
    (void)state;
}

/* On failure the descriptor stays the caller's. */
static void test_no_memory(void **state)
{
    struct lk_loop *l = NULL;
    struct opened o = {0};
    int r = 0;
    int fd = open_null();
    assert_int_equal(lk_loop_new(&l), 0);
    for (long i = 0;; i++) {
        oom_left = i;
        r = usb_fs_open(l, fd, on_opened, &o, NULL);
        oom_left = -1;
        if (r == 0)
            break;
        assert_int_equal(r, -ENOMEM);
        assert_true(is_open(fd));
    }
    until(l, &o);
    lk_loop_free(l);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_device),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_given_up),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
