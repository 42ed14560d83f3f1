/* The set on the disk: what is left of it when the power fails at each of the
 * steps of a save, or one of them does. */
#include "remove_tree.h"
#include "testing.h"

#include "provision/state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS_MAX 200

static char path[] = "/tmp/luukku-state-XXXXXX";

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
STEP(int, mkdirat, (int at, const char *name, mode_t mode), (at, name, mode))
STEP(int, renameat, (int a, const char *from, int b, const char *to),
     (a, from, b, to))
STEP(int, symlinkat, (const char *to, int at, const char *name), (to, at, name))
STEP(int, unlinkat, (int at, const char *name, int flags), (at, name, flags))
STEP(ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len))

int __real_openat(int at, const char *name, int flags, mode_t mode);
int __wrap_openat(int at, const char *name, int flags, ...);
int __wrap_openat(int at, const char *name, int flags, ...)
{
    return step() ? -1 : __real_openat(at, name, flags, 0600);
}

static struct provision_files *set_of(const char *mark, int n)
{
    struct provision_files *f = NULL;
    char name[16];
    assert_int_equal(provision_files_new(&f), 0);
    for (int i = 0; i < n; i++) {
        (void)snprintf(name, sizeof(name), "file-%d", i);
        assert_int_equal(provision_files_put(f, name, mark, strlen(mark)), 0);
    }
    return f;
}

/* Whether what is on the disk is this very set. */
static bool is_set(const struct provision_files *f, const char *mark, size_t n)
{
    if (f->files != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(lk_buf_str(f->file[i].text), mark) != 0)
            return false;
    return true;
}

static int open_state(void)
{
    int dir = provision_state_open(path);
    assert_true(dir >= 0);
    return dir;
}

static void test_life(void **state)
{
    LK_AUTO_FD dir = open_state();
    LK_AUTO(provision_files) none = NULL;
    unsigned g = 9;
    (void)state;
    assert_int_equal(provision_state_load(dir, &none, &g), 0);
    assert_int_equal(g, 0);
    assert_int_equal(none->files, 0);
    for (unsigned i = 0; i < 4; i++) {
        LK_AUTO(provision_files) f = set_of(i % 2 ? "odd" : "even", 2 + (int)i);
        LK_AUTO(provision_files) again = NULL;
        assert_int_equal(provision_state_save(dir, f, g, &g), 0);
        assert_int_equal(g, i + 1);
        assert_int_equal(provision_state_load(dir, &again, &g), 0);
        assert_int_equal(g, i + 1);
        assert_true(is_set(again, i % 2 ? "odd" : "even", 2 + i));
    }
    /* One generation back, and no further. */
    LK_AUTO(provision_files) before = NULL;
    assert_int_equal(provision_state_back(dir, g, &g), 0);
    assert_int_equal(g, 3);
    assert_int_equal(provision_state_load(dir, &before, &g), 0);
    assert_true(is_set(before, "even", 4));
    assert_int_equal(provision_state_back(dir, g, &g), -ENOENT);
    LK_AUTO(provision_files) next = set_of("next", 1);
    assert_int_equal(provision_state_save(dir, next, g, &g), 0);
    assert_int_equal(g, 4);
}

/* Saves in a child that dies, or fails, at step number `at`. Returns whether it
 * came to its end. */
static bool save_until(int at, int fail_with, const struct provision_files *f)
{
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct provision_files *is = NULL;
        unsigned g = 0;
        int dir = provision_state_open(path);
        int r = provision_state_load(dir, &is, &g);
        world->fail_with = fail_with;
        world->left = at;
        if (r == 0)
            r = provision_state_save(dir, f, g, &g);
        _exit(r == 0 && world->left >= 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    world->left = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Old or new, whole; and the next save works. */
static void each_step(int fail_with)
{
    LK_AUTO(provision_files) old = set_of("old", 3);
    LK_AUTO(provision_files) new = set_of("new", 5);
    bool ended = false;
    int seen_new = 0;
    for (int at = 0; at < STEPS_MAX && !ended; at++) {
        assert_true(save_until(STEPS_MAX, fail_with, old));
        ended = save_until(at, fail_with, new);
        LK_AUTO_FD dir = open_state();
        LK_AUTO(provision_files) is = NULL;
        unsigned g = 0;
        assert_int_equal(provision_state_load(dir, &is, &g), 0);
        bool is_new = is_set(is, "new", 5);
        assert_true(is_new || is_set(is, "old", 3));
        assert_true(!seen_new || is_new); /* once it stands it stands */
        seen_new += is_new;
    }
    assert_true(ended);
    assert_true(seen_new > 1); /* it stood before the last step */
}

static void test_power_fails(void **state)
{
    (void)state;
    each_step(0);
}

static void test_disk_fails(void **state)
{
    (void)state;
    each_step(EIO);
    each_step(ENOSPC);
}

static void test_what_is_no_set(void **state)
{
    LK_AUTO_FD dir = open_state();
    struct provision_files *f = NULL;
    unsigned g = 0;
    (void)state;
    assert_int_equal(unlinkat(dir, PROVISION_CURRENT, 0), 0);
    assert_int_equal(symlinkat("../etc", dir, PROVISION_CURRENT), 0);
    assert_int_equal(provision_state_load(dir, &f, &g), -EBADMSG);
    assert_int_equal(unlinkat(dir, PROVISION_CURRENT, 0), 0);
    assert_int_equal(symlinkat("gen-00000077", dir, PROVISION_CURRENT), 0);
    assert_int_equal(provision_state_load(dir, &f, &g), -ENOENT);
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(provision_state_open(path), -EPERM);
    assert_int_equal(chmod(path, 0700), 0);
}

static int set_up(void **state)
{
    (void)state;
    world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    world->left = -1;
    return mkdtemp(path) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return test_remove_tree(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_power_fails),
        cmocka_unit_test(test_disk_fails),
        cmocka_unit_test(test_what_is_no_set),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
