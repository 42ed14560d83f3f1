#include "testing.h"

#include "base/clock.h"
#include "camera/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_US 10000000

static char dev[] = "/tmp/luukku-dev-XXXXXX";
static char said[512]; /* "+video0 -video0 ..." */

static void say(char sign, const char *node)
{
    size_t at = strlen(said);
    (void)snprintf(said + at, sizeof(said) - at, "%c%s ", sign, node);
}

static void came(void *arg, const char *node, int fd)
{
    (void)arg;
    assert_true(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
    close(fd);
    say('+', node);
}

static void went(void *arg, const char *node)
{
    (void)arg;
    say('-', node);
}

static const char *path_of(const char *node)
{
    static char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "%s/%s", dev, node);
    return path;
}

/* A file stands for a node. */
static void plug(const char *node)
{
    int fd = open(path_of(node), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static void expect(struct lk_loop *l, const char *want)
{
    int64_t end = lk_clock_us() + PATIENCE_US;
    while (strcmp(said, want) != 0) {
        assert_true(lk_clock_us() < end);
        assert_true(strlen(said) <= strlen(want));
        assert_int_equal(lk_loop_step(l, 50000), 0);
    }
    said[0] = '\0';
}

static void follows_nodes(void **state)
{
    (void)state;
    struct lk_loop *l;
    struct camera_watch *w;
    assert_non_null(mkdtemp(dev));
    const struct camera_watch_config c = {
        .dev = dev, .came = came, .went = went};
    plug("video0");
    plug("vbi0");
    assert_int_equal(lk_loop_new(&l), 0);
    assert_int_equal(camera_watch_new(l, &c, &w), 0);
    expect(l, "+video0 ");
    plug("video1");
    expect(l, "+video1 ");
    unlink(path_of("video0"));
    expect(l, "-video0 ");
    /* Pulled out and put back before anybody looked: another one. */
    unlink(path_of("video1"));
    plug("video1");
    expect(l, "-video1 +video1 ");
    /* A link may lead anywhere. */
    assert_int_equal(symlink("video1", path_of("video2")), 0);
    plug("video3");
    expect(l, "+video3 ");
    unlink(path_of("video3"));
    expect(l, "-video3 ");
    camera_watch_again(w);
    expect(l, "+video1 ");
    assert_null(camera_watch_free(w));
    lk_loop_free(l);
    assert_null(camera_watch_free(NULL));
    unlink(path_of("video1"));
    unlink(path_of("video2"));
    unlink(path_of("vbi0"));
    rmdir(dev);
}

static void more_than_are_known(void **state)
{
    (void)state;
    struct lk_loop *l;
    struct camera_watch *w;
    char node[16];
    size_t told = 0;
    memcpy(dev, "/tmp/luukku-dev-XXXXXX", sizeof(dev));
    assert_non_null(mkdtemp(dev));
    for (int i = 0; i < CAMERA_NODES_MAX + 5; i++) {
        (void)snprintf(node, sizeof(node), "video%d", i);
        plug(node);
    }
    const struct camera_watch_config c = {
        .dev = dev, .came = came, .went = went};
    assert_int_equal(lk_loop_new(&l), 0);
    assert_int_equal(camera_watch_new(l, &c, &w), 0);
    assert_int_equal(lk_loop_step(l, 0), 0);
    for (const char *p = said; *p; p++)
        told += *p == '+';
    assert_int_equal(told, CAMERA_NODES_MAX);
    camera_watch_free(w);
    lk_loop_free(l);
    for (int i = 0; i < CAMERA_NODES_MAX + 5; i++) {
        (void)snprintf(node, sizeof(node), "video%d", i);
        unlink(path_of(node));
    }
    rmdir(dev);
}

static void no_such_directory(void **state)
{
    (void)state;
    struct lk_loop *l;
    struct camera_watch *w = NULL;
    const struct camera_watch_config c = {
        .dev = "/nonexistent", .came = came, .went = went};
    assert_int_equal(lk_loop_new(&l), 0);
    assert_int_equal(camera_watch_new(l, &c, &w), -ENOENT);
    assert_null(w);
    lk_loop_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(follows_nodes),
                                       cmocka_unit_test(more_than_are_known),
                                       cmocka_unit_test(no_such_directory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
