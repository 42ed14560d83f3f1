/* A factory reset: what is left when the power fails at each of its steps, or
 * one of them does. */
#include "remove_tree.h"
#include "testing.h"

#include "provision/reset.h"
#include "provision/state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS_MAX 200

static char path[] = "/tmp/luukku-reset-XXXXXX";

/* Steps until one fails; negative: none does. */
static struct shared {
    int left;
    int fail_with; /* 0: the power fails */
} * world;

static bool step(void)
{
    if (!world || world->left < 0 || world->left-- > 0)
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
STEP(int, unlinkat, (int at, const char *name, int flags), (at, name, flags))
STEP(ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len))

int __real_openat(int at, const char *name, int flags, mode_t mode);
int __wrap_openat(int at, const char *name, int flags, ...);
int __wrap_openat(int at, const char *name, int flags, ...)
{
    return step() ? -1 : __real_openat(at, name, flags, 0600);
}

/* A kiosk's directory: a set, and a letter that waits. */
static void make_kiosk(void)
{
    LK_AUTO(provision_files) f = NULL;
    unsigned g = 0;
    LK_AUTO_FD dir = provision_state_open(path);
    assert_true(dir >= 0);
    assert_int_equal(provision_files_new(&f), 0);
    assert_int_equal(provision_files_put(f, PROVISION_TLS_KEY, "key", 3), 0);
    assert_int_equal(provision_files_put(f, PROVISION_SITE, "{}", 2), 0);
    assert_int_equal(provision_state_save(dir, f, 0, &g), 0);
    assert_int_equal(mkdirat(dir, "outbox", 0700), 0);
    LK_AUTO_FD letter =
        openat(dir, "outbox/a-letter", O_WRONLY | O_CREAT, 0600);
    assert_true(letter >= 0);
    assert_int_equal(write(letter, "letter", 6), 6);
}

static bool is_there(const char *name)
{
    char full[128];
    struct stat st;
    (void)snprintf(full, sizeof(full), "%s/%s", path, name);
    return lstat(full, &st) == 0;
}

static bool is_whole(void)
{
    return is_there("current/" PROVISION_TLS_KEY) &&
           is_there("current/" PROVISION_SITE) && is_there("outbox/a-letter");
}

static bool is_empty(void)
{
    return rmdir(path) == 0 && mkdir(path, 0700) == 0;
}

static int whole_reset(void)
{
    LK_AUTO_FD dir = provision_state_open(path);
    int r = dir < 0 ? dir : provision_reset_begin(dir);
    return r < 0 ? r : provision_reset_finish(dir);
}

/* In a child that dies, or fails, at step `at`. Whether it came to its end. */
static bool reset_until(int at, int fail_with)
{
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        world->fail_with = fail_with;
        world->left = at;
        int r = whole_reset();
        _exit(r == 0 && world->left >= 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    world->left = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void each_step(int fail_with)
{
    int kept = 0;
    int went_on = 0;
    bool ended = false;
    for (int at = 0; at < STEPS_MAX && !ended; at++) {
        assert_int_equal(test_remove_tree(path), 0);
        make_kiosk();
        ended = reset_until(at, fail_with);
        LK_AUTO_FD dir = provision_state_open(path);
        int due = provision_reset_due(dir);
        if (due == 0 && !is_empty()) {
            assert_true(is_whole());
            kept++;
            continue;
        }
        if (due == 0)
            continue; /* done: the last step made it last */
        assert_int_equal(due, 1);
        assert_int_equal(provision_reset_finish(dir), 0);
        assert_int_equal(provision_reset_due(dir), 0);
        assert_true(is_empty());
        went_on++;
    }
    assert_true(ended);
    assert_true(kept >= 1);
    assert_true(went_on >= 10);
}

static void test_power(void **state)
{
    (void)state;
    each_step(0);
}

static void test_disk(void **state)
{
    (void)state;
    each_step(EIO);
    each_step(ENOSPC);
}

/* Links are taken away, not followed. */
static void test_links(void **state)
{
    (void)state;
    char other[] = "/tmp/luukku-other-XXXXXX";
    LK_AUTO_FD file = mkstemp(other);
    assert_true(file >= 0);
    assert_int_equal(write(file, "stays", 5), 5);
    assert_int_equal(test_remove_tree(path), 0);
    make_kiosk();
    LK_AUTO_FD dir = provision_state_open(path);
    assert_int_equal(symlinkat(other, dir, "a"), 0);
    assert_int_equal(symlinkat("/tmp", dir, "outbox/b"), 0);
    assert_int_equal(provision_reset_due(dir), 0);
    assert_int_equal(whole_reset(), 0);
    assert_true(is_empty());
    assert_int_equal(lseek(file, 0, SEEK_END), 5);
    assert_int_equal(unlink(other), 0);
}

static void test_deep(void **state)
{
    (void)state;
    assert_int_equal(test_remove_tree(path), 0);
    make_kiosk();
    LK_AUTO_FD dir = provision_state_open(path);
    char name[64] = "d";
    for (int i = 0; i < 8; i++) {
        assert_int_equal(mkdirat(dir, name, 0700), 0);
        memcpy(name + strlen(name), "/d", 3);
    }
    assert_int_equal(whole_reset(), -ELOOP);
    assert_int_equal(provision_reset_due(dir), 1);
}

static int make(void **state)
{
    (void)state;
    world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (world == MAP_FAILED || !mkdtemp(path))
        return -1;
    world->left = -1;
    return 0;
}

static int clean(void **state)
{
    (void)state;
    return test_remove_tree(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power), cmocka_unit_test(test_disk),
        cmocka_unit_test(test_links), cmocka_unit_test(test_deep)};
    return cmocka_run_group_tests(tests, make, clean);
}
