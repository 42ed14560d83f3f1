#include "testing.h"

#include "base/defs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct thing {
    int n;
};

static int freed;

static struct thing *thing_free(struct thing *t)
{
    freed += t != NULL;
    free(t);
    return NULL;
}
LK_AUTO_DEFINE(thing);

static struct thing *make(int give)
{
    LK_AUTO(thing) t = calloc(1, sizeof(*t));
    struct thing *taken = give ? LK_TAKE(t) : NULL;
    assert_true((t == NULL) == (give != 0));
    return taken;
}

static void frees_what_was_not_given_away(void **state)
{
    (void)state;
    assert_null(make(0));
    assert_int_equal(freed, 1);
    struct thing *t = make(1);
    assert_non_null(t);
    assert_int_equal(freed, 1);
    thing_free(t);
}

static int opened(int give, int *ret)
{
    LK_AUTO_FD fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    *ret = fd;
    return give ? lk_fd_take(&fd) : -1;
}

static void closes_what_was_not_given_away(void **state)
{
    int was = -1;
    (void)state;
    assert_int_equal(opened(0, &was), -1);
    errno = 0;
    assert_int_equal(fcntl(was, F_GETFD), -1);
    assert_int_equal(errno, EBADF);
    int fd = opened(1, &was);
    assert_int_equal(fd, was);
    assert_true(fcntl(fd, F_GETFD) >= 0);
    errno = ENOENT; /* kept */
    assert_int_equal(lk_fd_close(fd), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(lk_fd_close(-1), -1);
    assert_int_equal(lk_fd_take(&(int){7}), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frees_what_was_not_given_away),
        cmocka_unit_test(closes_what_was_not_given_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
