/* The latest time seen, on the disk: hostile files, and each step of a write
 * failing, by power or by the disk. */
#include "remove_tree.h"
#include "testing.h"

#include "provision/floor.h"
#include "provision/state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUILD INT64_C(1767225600)
#define SEEN (BUILD + INT64_C(100000))
#define LATER (SEEN + PROVISION_FLOOR_STEP_S)
#define MOST (BUILD + INT64_C(10000000))
#define STEPS_MAX 20

static char path[] = "/tmp/luukku-floor-XXXXXX";

/* Steps until one fails; negative: none does. */
static struct shared {
    int left;
    int fail_with; /* 0: the power fails */
} * world;

static bool step(void)
{
    if (world->left < 0 || world->left-- > 0)
        return false;
    if (world->fail_with == 0)
        (void)raise(SIGKILL);
    errno = world->fail_with;
    return true;
}

#define STEP(type, name, args, call) \
    type __real_##name args;         \
    type __wrap_##name args;         \
    type __wrap_##name args          \
    {                                \
        if (step())                  \
            return -1;               \
        return __real_##name call;   \
    }

STEP(int, fsync, (int fd), (fd))
STEP(int, renameat, (int a, const char *from, int b, const char *to),
     (a, from, b, to))
STEP(int, unlinkat, (int at, const char *name, int flags), (at, name, flags))
STEP(ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len))

static int64_t read_floor(int dir)
{
    return provision_floor_read(dir, BUILD, MOST);
}

static void put(int dir, const void *data, size_t len)
{
    LK_AUTO_FD fd = openat(dir, PROVISION_FLOOR,
                           O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), len);
}

static void test_life(void **state)
{
    LK_AUTO_FD dir = provision_state_open(path);
    (void)state;
    assert_true(dir >= 0);
    assert_int_equal(read_floor(dir), BUILD);
    assert_int_equal(provision_floor_write(dir, SEEN), 0);
    assert_int_equal(read_floor(dir), SEEN);
    /* A newer firmware, a certificate that has ended before. */
    assert_int_equal(provision_floor_read(dir, LATER, MOST), LATER);
    assert_int_equal(provision_floor_read(dir, BUILD, SEEN), SEEN);
    assert_int_equal(provision_floor_read(dir, BUILD, SEEN - 1), BUILD);
    assert_int_equal(provision_floor_write(dir, -1), -EINVAL);
    assert_int_equal(provision_floor_write(dir, INT64_C(1000000000000)),
                     -EINVAL);
    assert_int_equal(read_floor(dir), SEEN);
    /* Hourly, never backwards, never beyond. */
    assert_false(provision_floor_due(SEEN, 0, MOST));
    assert_false(provision_floor_due(SEEN, SEEN - 1, MOST));
    assert_false(provision_floor_due(SEEN, LATER - 1, MOST));
    assert_true(provision_floor_due(SEEN, LATER, MOST));
    assert_true(provision_floor_due(SEEN, MOST, MOST));
    assert_false(provision_floor_due(SEEN, MOST + 1, MOST));
}

static void test_hostile(void **state)
{
    static const struct {
        const char *text;
        size_t len;
    } cases[] = {
#define TEXT(s) {s, sizeof(s) - 1}
        TEXT(""),
        TEXT("\n"),
        TEXT("1767325600"),
        TEXT("1767325600\n\n"),
        TEXT("1767325600\0\n"),
        TEXT(" 1767325600\n"),
        TEXT("-1767325600\n"),
        TEXT("+1767325600\n"),
        TEXT("0x69567325\n"),
        TEXT("1767325600.5\n"),
        TEXT("9999999999999999999999999999999999\n"),
        TEXT("999999999999\n"),
        TEXT("0000001767325600\n"),
        TEXT("\xff\xfe\0\x01"),
        TEXT("12\n"),
    };
    LK_AUTO_FD dir = provision_state_open(path);
    (void)state;
    put(dir, "1767325600\n", 11);
    assert_int_equal(read_floor(dir), SEEN);
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        put(dir, cases[i].text, cases[i].len);
        if (read_floor(dir) != BUILD)
            fail_msg("case %zu", i);
    }
    /* Not even a file: nothing is followed, nothing waited for. */
    assert_int_equal(unlinkat(dir, PROVISION_FLOOR, 0), 0);
    assert_int_equal(mkfifoat(dir, PROVISION_FLOOR, 0600), 0);
    assert_int_equal(read_floor(dir), BUILD);
    assert_int_equal(unlinkat(dir, PROVISION_FLOOR, 0), 0);
    put(dir, "1767325600\n", 11);
    assert_int_equal(renameat(dir, PROVISION_FLOOR, dir, "other"), 0);
    assert_int_equal(symlinkat("other", dir, PROVISION_FLOOR), 0);
    assert_int_equal(read_floor(dir), BUILD);
    assert_int_equal(unlinkat(dir, "other", 0), 0);
    assert_int_equal(unlinkat(dir, PROVISION_FLOOR, 0), 0);
}

/* Returns whether the write came to its end. */
static bool write_with_failure(int dir, int at, int fail_with)
{
    int status = 0;
    world->left = at;
    world->fail_with = fail_with;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(provision_floor_write(dir, LATER) == 0 ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    world->left = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void test_failures(void **state)
{
    static const int failures[] = {0, EIO, ENOSPC};
    LK_AUTO_FD dir = provision_state_open(path);
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(failures); i++) {
        bool done = false;
        int at = 0;
        for (; !done && at < STEPS_MAX; at++) {
            assert_int_equal(provision_floor_write(dir, SEEN), 0);
            done = write_with_failure(dir, at, failures[i]);
            int64_t is = read_floor(dir);
            assert_true(is == LATER || (!done && is == SEEN));
        }
        assert_true(done);
        assert_true(at > 4); /* each of the steps had its turn */
    }
}

static int setup(void **state)
{
    (void)state;
    world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (world == MAP_FAILED || !mkdtemp(path))
        return -1;
    world->left = -1;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    if (test_remove_tree(path) < 0)
        return -1;
    return munmap(world, sizeof(*world));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_life),
                                       cmocka_unit_test(test_hostile),
                                       cmocka_unit_test(test_failures)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
