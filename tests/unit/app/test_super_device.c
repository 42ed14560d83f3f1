/* The giving of devices against a program that this test plays: super_post() is
 * its ear. */
#include "app/super_device.h"

#include "testing.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PROGRAM 4
#define LOOK_US 1000

struct world {
    struct lk_loop *loop;
    struct super_devices *devices;
    struct store_config_device config;
    struct super_device_role role;
    char dir[32];
    int server;
    unsigned given;
    uint32_t id;
    char how[64];
    bool runs;
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
    assert_int_equal(m->type, SUPERMSG_DEVICE);
    assert_true(fd >= 0);
    if (!w->runs)
        return -ENOTCONN;
    w->given++;
    w->id = m->id;
    (void)snprintf(w->how, sizeof(w->how), "%s", m->text);
    return 0;
}

static void listen_again(struct world *w)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    (void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", w->config.usbip);
    w->server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(w->server, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(w->server, 16), 0);
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    (void)snprintf(w->dir, sizeof(w->dir), "/tmp/luukku-dev-XXXXXX");
    if (!mkdtemp(w->dir))
        return -1;
    (void)snprintf(w->config.usbip, sizeof(w->config.usbip), "%s/s", w->dir);
    (void)snprintf(w->config.busid, sizeof(w->config.busid), "1-1");
    listen_again(w);
    w->role = (struct super_device_role){"reader", PROGRAM, 11, &w->config};
    assert_int_equal(lk_loop_new(&w->loop), 0);
    const struct super_devices_config config = {.role = &w->role,
                                                .roles = 1,
                                                .sysfs = "/x",
                                                .nodes = "/x",
                                                .look_us = LOOK_US};
    assert_int_equal(super_devices_new(w->loop, &config, &w->devices), 0);
    the_world(w);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    super_devices_free(w->devices);
    lk_loop_free(w->loop);
    (void)close(w->server);
    (void)unlink(w->config.usbip);
    (void)rmdir(w->dir);
    free(w);
    return 0;
}

/* Lets what is due happen, until a device was given `n` times. */
static void run_until_given(struct world *w, unsigned n)
{
    for (int i = 0; w->given < n; i++) {
        assert_true(i < 100);
        assert_int_equal(lk_loop_step(w->loop, LOOK_US), 0);
    }
}

static void run_looks(struct world *w, int looks)
{
    for (int i = 0; i < looks; i++)
        assert_int_equal(lk_loop_step(w->loop, 2 * LOOK_US), 0);
}

static void say(struct world *w, bool works, const char *why)
{
    struct supermsg m = {
        .type = SUPERMSG_DEVICE_STATE, .id = w->id, .ok = works, .text = why};
    assert_true(super_devices_message(w->devices, PROGRAM, &m));
}

static void start(struct world *w)
{
    w->runs = true;
    super_devices_ready(w->devices, PROGRAM);
    run_until_given(w, 1);
}

static void expect(const struct world *w, const char *state, const char *why)
{
    json_t *list = super_devices_answer(w->devices);
    const json_t *one = json_array_get(list, 0);
    assert_string_equal(json_string_value(json_object_get(one, "state")),
                        state);
    assert_string_equal(json_string_value(json_object_get(one, "why")), why);
    json_decref(list);
}

static void gives_it_to_a_program_that_runs(void **state)
{
    struct world *w = *state;
    run_looks(w, 0);
    expect(w, "absent", "");
    start(w);
    assert_string_equal(w->how, "usbip 1-1");
    expect(w, "starting", "");
    say(w, true, "");
    expect(w, "works", "");
    run_looks(w, 2);
    assert_int_equal(w->given, 1);
}

static void gives_it_again_when_it_is_plugged_in(void **state)
{
    struct world *w = *state;
    start(w);
    say(w, true, "");
    (void)close(w->server);
    (void)unlink(w->config.usbip);
    say(w, false, "");
    run_looks(w, 2);
    expect(w, "absent", "");
    assert_int_equal(w->given, 1);
    listen_again(w);
    run_until_given(w, 2);
    assert_string_equal(w->how, "usbip 1-1");
}

static void sets_a_bad_one_aside(void **state)
{
    struct world *w = *state;
    start(w);
    for (unsigned n = 1; n < SUPER_DEVICE_BAD_MAX; n++) {
        say(w, true, "");
        say(w, false, "it babbles");
        run_until_given(w, n + 1);
        assert_string_equal(w->how, "usbip 1-1 reset");
    }
    say(w, false, "it babbles");
    expect(w, "set aside", "it babbles");
    run_looks(w, 3);
    assert_int_equal(w->given, SUPER_DEVICE_BAD_MAX);
    /* the program comes and goes; the device stays aside */
    super_devices_ended(w->devices, PROGRAM, false);
    super_devices_ready(w->devices, PROGRAM);
    run_looks(w, 2);
    expect(w, "set aside", "it babbles");
    assert_false(super_devices_again(w->devices, "mouse"));
    assert_true(super_devices_again(w->devices, "reader"));
    run_until_given(w, SUPER_DEVICE_BAD_MAX + 1);
}

static void blames_the_device_for_a_broken_program(void **state)
{
    struct world *w = *state;
    start(w);
    super_devices_ended(w->devices, PROGRAM, true);
    expect(w, "absent", "its program broke down");
    run_looks(w, 2);
    assert_int_equal(w->given, 1); /* nobody to give it to */
    super_devices_ready(w->devices, PROGRAM);
    run_until_given(w, 2);
    super_devices_ended(w->devices, PROGRAM, false);
    expect(w, "absent", "");
    super_devices_ready(w->devices, PROGRAM);
    run_until_given(w, 3);
    assert_string_equal(w->how, "usbip 1-1 reset"); /* half done, perhaps */
}

static void hears_only_of_what_was_given(void **state)
{
    struct world *w = *state;
    start(w);
    say(w, true, "");
    struct supermsg old = {
        .type = SUPERMSG_DEVICE_STATE, .id = w->id - 1, .text = "old"};
    assert_true(super_devices_message(w->devices, PROGRAM, &old));
    expect(w, "works", "");
    assert_false(super_devices_message(w->devices, PROGRAM + 1, &old));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_it_to_a_program_that_runs, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(gives_it_again_when_it_is_plugged_in,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(sets_a_bad_one_aside, setup, teardown),
        cmocka_unit_test_setup_teardown(blames_the_device_for_a_broken_program,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(hears_only_of_what_was_given, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
