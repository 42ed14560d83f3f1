/* The outbox on a real directory, and what is left of it when the power fails
 * at each of its steps. */
#include "testing.h"

#include "store/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LETTER_LEN 150000 /* three pieces */

static char path[] = "/tmp/luukku-outbox-XXXXXX";

/* Steps until the power fails or one of them does; negative: never. What was
 * not yet made to last is told to the test. */
static struct shared {
    int steps_left;
    int fail_with; /* 0: the power fails */
    bool file_synced, renamed, dir_synced;
} * world;

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat2(int a, const char *from, int b, const char *to,
                     unsigned flags);
int __wrap_renameat2(int a, const char *from, int b, const char *to,
                     unsigned flags);
ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);

/* Whether this step fails. */
static bool step(void)
{
    if (!world || world->steps_left < 0 || world->steps_left-- > 0)
        return false;
    if (world->fail_with == 0) {
        (void)raise(SIGKILL);
    }
    errno = world->fail_with;
    return true;
}

int __wrap_fsync(int fd)
{
    struct stat st;
    if (step())
        return -1;
    if (world && fstat(fd, &st) == 0) {
        world->file_synced |= S_ISREG(st.st_mode);
        world->dir_synced = world->renamed && S_ISDIR(st.st_mode);
    }
    return __real_fsync(fd);
}

int __wrap_renameat2(int a, const char *from, int b, const char *to,
                     unsigned flags)
{
    if (step())
        return -1;
    int r = __real_renameat2(a, from, b, to, flags);
    if (world)
        world->renamed = r == 0;
    return r;
}

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
    return step() ? -1 : __real_write(fd, data, len);
}

static int open_dir(void)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static struct store_outbox *open_outbox(void)
{
    struct store_outbox *o = NULL;
    assert_int_equal(store_outbox_open(open_dir(), &o), 0);
    return o;
}

static struct store_outbox *reopen(struct store_outbox *o)
{
    (void)store_outbox_free(o);
    return open_outbox();
}

static int letter_of(char c, size_t len)
{
    int fd = memfd_create("letter", MFD_CLOEXEC);
    char *data = malloc(len + 1);
    assert_true(fd >= 0 && data);
    memset(data, c, len);
    assert_int_equal(__real_write(fd, data, len), (ssize_t)len);
    free(data);
    return fd;
}

static int put(struct store_outbox *o, const char *name, char c, size_t len)
{
    LK_AUTO_FD fd = letter_of(c, len);
    return store_outbox_put(o, name, fd);
}

/* The letter is whole, or it is not there. Returns whether it is. */
static bool is_whole(const struct store_outbox *o, const char *name, char c,
                     size_t len)
{
    LK_AUTO_FD fd = store_outbox_get(o, name);
    char *data = malloc(len + 1);
    assert_non_null(data);
    if (fd >= 0) {
        assert_int_equal(read(fd, data, len + 1), (ssize_t)len);
        for (size_t i = 0; i < len; i++)
            assert_int_equal(data[i], c);
    } else {
        assert_int_equal(fd, -ENOENT);
    }
    free(data);
    return fd >= 0;
}

static void clean(void)
{
    LK_AUTO(store_outbox) o = open_outbox();
    while (store_outbox_count(o) > 0)
        assert_int_equal(store_outbox_remove(o, store_outbox_name(o, 0)), 0);
}

static void test_life_of_a_letter(void **state)
{
    LK_AUTO(store_outbox) o = open_outbox();
    (void)state;
    assert_int_equal(put(o, "kela.KE4F-7Q9W", 'a', LETTER_LEN), 0);
    assert_int_equal(put(o, "kela.KE4F-7Q9X", 'b', 1), 0);
    assert_int_equal(put(o, "kela.KE4F-7Q9W", 'c', 1), -EEXIST);
    o = reopen(o);
    assert_int_equal(store_outbox_count(o), 2);
    assert_string_equal(store_outbox_name(o, 0), "kela.KE4F-7Q9W");
    assert_null(store_outbox_name(o, 2));
    assert_true(is_whole(o, "kela.KE4F-7Q9W", 'a', LETTER_LEN));
    assert_true(is_whole(o, "kela.KE4F-7Q9X", 'b', 1));
    assert_int_equal(store_outbox_remove(o, "kela.KE4F-7Q9W"), 0);
    assert_int_equal(store_outbox_remove(o, "kela.KE4F-7Q9W"), -ENOENT);
    o = reopen(o);
    assert_int_equal(store_outbox_count(o), 1);
    clean();
}

static void test_names_and_strangers(void **state)
{
    static const char *const bad[] = {
        "",
        ".",
        "..",
        "a/b",
        ".a",
        "a.",
        "a.b.c",
        "a b",
        "\xc3\xa4",
        "a\n",
        "0123456789012345678901234567890123456789012345678901234567890123"};
    LK_AUTO(store_outbox) o = open_outbox();
    char other[64];
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(bad); i++)
        assert_int_equal(put(o, bad[i], 'a', 1), -EINVAL);
    assert_int_equal(put(o, "empty", 'a', 0), -EINVAL);
    /* Files of others stay, and are no letters. */
    (void)snprintf(other, sizeof(other), "%s/README", path);
    LK_AUTO_FD fd = open(other, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    o = reopen(o);
    assert_int_equal(store_outbox_count(o), 0);
    assert_int_equal(unlink(other), 0);
}

static void test_ceiling(void **state)
{
    LK_AUTO(store_outbox) o = open_outbox();
    char name[16];
    (void)state;
    for (int i = 0; i < STORE_OUTBOX_LETTERS_MAX; i++) {
        (void)snprintf(name, sizeof(name), "letter-%d", i);
        assert_int_equal(put(o, name, 'a', 1), 0);
    }
    assert_int_equal(put(o, "one-more", 'a', 1), -ENOSPC);
    o = reopen(o);
    assert_int_equal(store_outbox_count(o), STORE_OUTBOX_LETTERS_MAX);
    assert_string_equal(store_outbox_name(o, 0), "letter-0");
    clean();
}

/* What a disk makes of a power failure at its worst: what was not written out
 * is cut or undone. */
static void lose_what_was_not_synced(const char *name)
{
    char from[128];
    char to[128];
    (void)snprintf(from, sizeof(from), "%s/unfinished", path);
    (void)snprintf(to, sizeof(to), "%s/%s.letter", path, name);
    if (world->renamed && !world->dir_synced)
        assert_int_equal(rename(to, from), 0);
    if (!world->file_synced) {
        int r = truncate(from, 1000);
        assert_true(r == 0 || errno == ENOENT);
    }
}

/* At each step in turn, until it is through. Returns how many there were. */
static int fail_at_each_step(bool at_worst)
{
    for (int i = 0;; i++) {
        *world = (struct shared){.steps_left = -1};
        LK_AUTO(store_outbox) o = open_outbox();
        pid_t pid = fork();
        if (pid == 0) {
            world->steps_left = i;
            _exit(put(o, "kela.code", 'x', LETTER_LEN) == 0 ? 0 : 1);
        }
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        bool done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        assert_true(done ||
                    (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
        if (at_worst)
            lose_what_was_not_synced("kela.code");
        world->steps_left = -1;
        o = reopen(o);
        bool there = is_whole(o, "kela.code", 'x', LETTER_LEN);
        assert_true(there || !done);
        /* And it goes on working. */
        if (!there)
            assert_int_equal(put(o, "kela.code", 'x', LETTER_LEN), 0);
        assert_int_equal(store_outbox_remove(o, "kela.code"), 0);
        if (done)
            return i;
    }
}

static void test_power_failures(void **state)
{
    (void)state;
    /* Three writes, the file's fsync, the rename, the directory's fsync. */
    assert_int_equal(fail_at_each_step(false), 6);
    assert_int_equal(fail_at_each_step(true), 6);
}

/* The disk is full, or broken: nothing is left, and the error is told. */
static void test_errors(void **state)
{
    static const int errors[] = {ENOSPC, EIO};
    (void)state;
    for (size_t e = 0; e < LK_ARRAY_LEN(errors); e++) {
        for (int i = 0; i < 6; i++) {
            *world = (struct shared){.steps_left = -1};
            LK_AUTO(store_outbox) o = open_outbox();
            world->steps_left = i;
            world->fail_with = errors[e];
            LK_AUTO_FD fd = letter_of('x', LETTER_LEN);
            assert_int_equal(store_outbox_put(o, "kela.code", fd), -errors[e]);
            world->steps_left = -1;
            assert_int_equal(store_outbox_count(o), 0);
            o = reopen(o);
            assert_int_equal(store_outbox_count(o), 0);
        }
    }
}

static int setup(void **state)
{
    (void)state;
    world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (world == MAP_FAILED || !mkdtemp(path))
        return -1;
    world->steps_left = -1;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return rmdir(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life_of_a_letter),
        cmocka_unit_test(test_names_and_strangers),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_power_failures),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
