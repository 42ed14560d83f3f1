#include "testing.h"

#include "app/inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int file_with(const char *text)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    return fd;
}

/* Lists that are wrong, and why. */
static const struct {
    const char *list;
    int error;
} wrong[] = {
    {"", -EBADMSG},
    {"super", -EBADMSG},
    {"super=", -EBADMSG},
    {"=3", -EBADMSG},
    {"super=x", -EBADMSG},
    {"super=0", -EBADMSG},
    {"super=2", -EBADMSG},
    {"super=-3", -EBADMSG},
    {"super=3 ", -EBADMSG},
    {"Super=3", -EBADMSG},
    {"a=3,", -EBADMSG},
    {",a=3", -EBADMSG},
    {"a=3,a=4", -EBADMSG},
    {"a=99999999999", -EBADMSG},
    {"a=60000", -EBADF},
    {"a=3=4", -EBADMSG},
    {"a_b=3", -EBADMSG},
    {"a-name-that-is-much-too-long-to-be-one-of-ours=3", -EBADMSG},
};

static void refuses_wrong_lists(void **state)
{
    struct inherit in;
    (void)state;
    unsetenv(INHERIT_ENV);
    assert_int_equal(inherit_init(&in), -ENOENT);
    for (size_t i = 0; i < LK_ARRAY_LEN(wrong); i++) {
        assert_int_equal(setenv(INHERIT_ENV, wrong[i].list, 1), 0);
        assert_int_equal(inherit_init(&in), wrong[i].error);
    }
    unsetenv(INHERIT_ENV);
}

static void takes_each_once(void **state)
{
    char list[64];
    struct inherit in;
    (void)state;
    int fd = dup(1);
    (void)snprintf(list, sizeof(list), "super=%d", fd);
    assert_int_equal(setenv(INHERIT_ENV, list, 1), 0);
    assert_int_equal(inherit_init(&in), 0);
    assert_null(getenv(INHERIT_ENV));
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(inherit_take(&in, "other"), -ENOENT);
    assert_int_equal(inherit_take(&in, "super"), fd);
    assert_int_equal(inherit_take(&in, "super"), -ENOENT);
    inherit_close(&in); /* what was taken stays open */
    assert_int_equal(close(fd), 0);
}

static void reads_whole_files(void **state)
{
    struct inherit in = {.count = 0};
    (void)state;
    assert_int_equal(inherit_add(&in, "key", file_with("secret")), 0);
    assert_int_equal(inherit_add(&in, "empty", file_with("")), 0);
    int big = file_with("");
    assert_int_equal(ftruncate(big, INHERIT_READ_MAX + 1), 0);
    assert_int_equal(inherit_add(&in, "big", big), 0);
    LK_AUTO(lk_buf) key = NULL;
    LK_AUTO(lk_buf) empty = NULL;
    LK_AUTO(lk_buf) none = NULL;
    assert_int_equal(inherit_read(&in, "key", &key), 0);
    assert_string_equal(lk_buf_str(key), "secret");
    assert_int_equal(inherit_read(&in, "empty", &empty), 0);
    assert_int_equal(empty->len, 0);
    assert_int_equal(inherit_read(&in, "big", &none), -EMSGSIZE);
    assert_int_equal(inherit_read(&in, "key", &none), -ENOENT);
    assert_null(none);
}

static void adds_within_limits(void **state)
{
    struct inherit in = {.count = 0};
    char name[16];
    (void)state;
    assert_int_equal(inherit_add(&in, "bad name", 3), -EINVAL);
    assert_int_equal(inherit_add(&in, "", 3), -EINVAL);
    assert_int_equal(inherit_add(&in, "a", -1), -EINVAL);
    for (int i = 0; i < INHERIT_MAX; i++) {
        (void)snprintf(name, sizeof(name), "n%d", i);
        assert_int_equal(inherit_add(&in, name, 3), 0);
    }
    assert_int_equal(inherit_add(&in, "n1", 3), -EINVAL);
    assert_int_equal(inherit_add(&in, "more", 3), -ENOSPC);
}

/* In a copy of this process: what it ends up with. Returns an exit status. */
static int arranged(const struct inherit *in, int keep)
{
    struct inherit out;
    int kept = -1;
    if (inherit_arrange(in, keep, &kept) < 0 || kept != 3 + (int)in->count)
        return 1;
    if (!(fcntl(kept, F_GETFD) & FD_CLOEXEC) || fcntl(3, F_GETFD) != 0)
        return 2;
    if (fcntl(kept + 1, F_GETFD) != -1 || fcntl(400, F_GETFD) != -1)
        return 3;
    if (inherit_init(&out) < 0 || out.count != in->count)
        return 4;
    for (size_t i = 0; i < in->count; i++) {
        LK_AUTO(lk_buf) b = NULL;
        if (inherit_read(&out, in->entry[i].name, &b) < 0 ||
            strcmp(lk_buf_str(b), in->entry[i].name) != 0)
            return 5;
    }
    return 0;
}

/* Places that overlap in every way with the numbers that they come from. */
static void arranges_in_order(void **state)
{
    uint64_t seed = test_seed();
    (void)state;
    for (int round = 0; round < 40; round++) {
        struct inherit in = {.count = 0};
        int first = file_with("zero");
        assert_true(dup2(first, 400) == 400);
        for (int i = 0; i < 6; i++) {
            char name[8];
            (void)snprintf(name, sizeof(name), "n%d", i);
            int fd = file_with(name);
            int at = 3 + (int)(test_random(&seed) % 12);
            bool used = false;
            for (size_t j = 0; j < in.count; j++)
                used = used || in.entry[j].fd == at;
            if (!used && at != first && fd != at && dup2(fd, at) == at) {
                (void)close(fd);
                fd = at;
            }
            assert_int_equal(inherit_add(&in, name, fd), 0);
        }
        int status = 0;
        pid_t pid = fork();
        if (pid == 0)
            _exit(arranged(&in, first));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        inherit_close(&in);
        (void)close(first);
        (void)close(400);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_wrong_lists),
        cmocka_unit_test(takes_each_once),
        cmocka_unit_test(reads_whole_files),
        cmocka_unit_test(adds_within_limits),
        cmocka_unit_test(arranges_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
