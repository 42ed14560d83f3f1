/* Cameras on their way to a program that this test plays: super_post() is its
 * ear. /dev and /sys are folders of the test's own. */
#include "app/super_camera.h"

#include "remove_tree.h"
#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM 1

struct world {
    struct lk_loop *loop;
    struct super_cameras *cameras;
    char root[32];
    char dev[64];
    char sysfs[64];
    bool runs;
    unsigned came;
    unsigned went;
    char text[256];
};

/* The only one: super_post() has no other way to it. */
static struct world *the_world(struct world *set)
{
    static struct world *w;
    w = set ? set : w;
    return w;
}

int super_post(struct super *s, size_t program, const struct supermsg *m,
               int fd)
{
    struct world *w = the_world(NULL);
    (void)s;
    assert_int_equal(program, PROGRAM);
    if (!w->runs)
        return -ENOTCONN;
    assert_int_equal(m->type == SUPERMSG_CAMERA, fd >= 0);
    if (m->type == SUPERMSG_CAMERA)
        w->came++;
    else if (m->type == SUPERMSG_CAMERA_GONE)
        w->went++;
    else
        fail();
    (void)snprintf(w->text, sizeof(w->text), "%s", m->text);
    return 0;
}

static void put(const char *dir, const char *path, const char *text)
{
    char whole[PATH_MAX];
    (void)snprintf(whole, sizeof(whole), "%s/%s", dir, path);
    for (char *at = strchr(whole + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = 0;
        (void)mkdir(whole, 0700);
        *at = '/';
    }
    int fd = open(whole, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
}

static void plug(const struct world *w)
{
    put(w->sysfs, "class/video4linux/video0/name", "Desk camera\n");
    put(w->sysfs, "class/video4linux/video0/device/uevent", "");
    put(w->dev, "video0", "");
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    (void)snprintf(w->root, sizeof(w->root), "/tmp/luukku-cam-XXXXXX");
    if (!mkdtemp(w->root))
        return -1;
    (void)snprintf(w->dev, sizeof(w->dev), "%s/dev", w->root);
    (void)snprintf(w->sysfs, sizeof(w->sysfs), "%s/sys", w->root);
    assert_int_equal(mkdir(w->dev, 0700), 0);
    assert_int_equal(lk_loop_new(&w->loop), 0);
    const struct super_cameras_config config = {
        .dev = w->dev, .sysfs = w->sysfs, .program = PROGRAM};
    assert_int_equal(super_cameras_new(w->loop, &config, &w->cameras), 0);
    super_cameras_attach(w->cameras, (struct super *)w); /* never looked at */
    the_world(w);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    super_cameras_free(w->cameras);
    lk_loop_free(w->loop);
    int r = test_remove_tree(w->root);
    free(w);
    return r;
}

static void run_until(struct world *w, unsigned came, unsigned went)
{
    for (int i = 0; w->came < came || w->went < went; i++) {
        assert_true(i < 200);
        assert_int_equal(lk_loop_step(w->loop, 20000), 0);
    }
}

static void tells_of_one_that_comes_and_goes(void **state)
{
    struct world *w = *state;
    char node[96];
    w->runs = true;
    super_cameras_ready(w->cameras, PROGRAM);
    plug(w);
    run_until(w, 1, 0);
    assert_memory_equal(w->text, "video0 ", 7);
    assert_non_null(strstr(w->text, "Desk camera"));
    (void)snprintf(node, sizeof(node), "%s/video0", w->dev);
    assert_int_equal(unlink(node), 0);
    run_until(w, 1, 1);
    assert_string_equal(w->text, "video0");
}

static void tells_a_program_that_starts_of_all(void **state)
{
    struct world *w = *state;
    plug(w);
    for (int i = 0; i < 5; i++)
        assert_int_equal(lk_loop_step(w->loop, 20000), 0);
    assert_int_equal(w->came, 0); /* nobody was there to hear it */
    w->runs = true;
    super_cameras_ready(w->cameras, PROGRAM + 1);
    super_cameras_ready(w->cameras, PROGRAM);
    run_until(w, 1, 0);
    super_cameras_ready(w->cameras, PROGRAM); /* started anew */
    run_until(w, 2, 0);
}

static void keeps_to_itself_what_sysfs_does_not_know(void **state)
{
    struct world *w = *state;
    w->runs = true;
    super_cameras_ready(w->cameras, PROGRAM);
    put(w->dev, "video7", "");
    plug(w);
    run_until(w, 1, 0);
    assert_int_equal(w->came, 1);
    assert_memory_equal(w->text, "video0 ", 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tells_of_one_that_comes_and_goes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(tells_a_program_that_starts_of_all,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            keeps_to_itself_what_sysfs_does_not_know, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
