/* device_desk, with this test in the places of luukku-super and of the driver,
 * and an emulated card reader behind USB/IP. */
#include "testing.h"

#include "app/device_desk.h"
#include "base/clock.h"
#include "emulator.h"
#include "ipc/chan.h"

#include <errno.h>
#include <unistd.h>

#define LIMIT_MS 20000

struct world {
    struct emulator *emulator;
    struct lk_loop *loop;
    struct superlink *link;
    struct device_desk *desk;
    struct lk_chan *super;     /* super's end */
    struct usb_device *device; /* the driver's; NULL: it has none */
    unsigned opened;
    unsigned gone;
    unsigned states; /* that super was told */
    uint32_t id;
    bool works;
    char why[DEVICE_DESK_WHY_MAX];
};

static const char *fits(const struct usb_descriptors *d)
{
    for (size_t i = 0; i < d->alternates; i++)
        if (d->alternate[i].class_code == 0x0b)
            return NULL;
    return "it is no card reader";
}

static const char *fits_nothing(const struct usb_descriptors *d)
{
    (void)d;
    return "it is no scanner";
}

static void unplugged(void *arg)
{
    struct world *w = arg;
    device_desk_unplugged(w->desk);
}

static void opened(void *arg, struct usb_device *d)
{
    struct world *w = arg;
    assert_null(w->device);
    w->device = d;
    w->opened++;
    usb_on_gone(d, unplugged, w);
}

static void gone(void *arg)
{
    struct world *w = arg;
    assert_non_null(w->device);
    w->device = usb_free(w->device);
    w->gone++;
}

static void on_state(void *arg, struct lk_chan_msg *raw)
{
    struct world *w = arg;
    struct supermsg m;
    assert_int_equal(supermsg_decode(raw->type, raw->payload, raw->len, 0, &m),
                     0);
    if (m.type != SUPERMSG_DEVICE_STATE)
        return;
    w->states++;
    w->id = m.id;
    w->works = m.ok;
    (void)snprintf(w->why, sizeof(w->why), "%s", m.text);
}

static void on_closed(void *arg, int error)
{
    (void)arg;
    fail_msg("closed: %d", error);
}

static void on_device(void *arg, uint32_t id, const char *how, int fd)
{
    struct world *w = arg;
    device_desk_given(w->desk, id, how, fd);
}

static void on_control(void *arg, uint32_t id, size_t argc,
                       const char *const *argv)
{
    (void)arg;
    (void)id;
    (void)argc;
    (void)argv;
}

static void on_shutdown(void *arg)
{
    (void)arg;
}

static int setup_with(void **state,
                      const char *(*fitting)(const struct usb_descriptors *))
{
    struct world *w = calloc(1, sizeof(*w));
    int pair[2];
    const struct lk_chan_config chan = {
        .receive = on_state, .closed = on_closed, .arg = w};
    const struct superlink_config link = {.program = "luukku-card",
                                          .control = on_control,
                                          .device = on_device,
                                          .shutdown = on_shutdown,
                                          .arg = w};
    w->emulator = emulator_start("reader", NULL);
    assert_int_equal(lk_loop_new(&w->loop), 0);
    assert_int_equal(lk_chan_pair(pair), 0);
    assert_int_equal(lk_chan_new(w->loop, pair[0], &chan, &w->super), 0);
    assert_int_equal(superlink_new(w->loop, pair[1], &link, &w->link), 0);
    const struct device_desk_config desk = {.loop = w->loop,
                                            .super = w->link,
                                            .fits = fitting,
                                            .opened = opened,
                                            .gone = gone,
                                            .arg = w};
    assert_int_equal(device_desk_new(&desk, &w->desk), 0);
    *state = w;
    return 0;
}

static int setup(void **state)
{
    return setup_with(state, fits);
}

static int setup_misfit(void **state)
{
    return setup_with(state, fits_nothing);
}

static int teardown(void **state)
{
    struct world *w = *state;
    w->desk = device_desk_free(w->desk);
    usb_free(w->device);
    superlink_free(w->link);
    lk_chan_free(w->super);
    lk_loop_free(w->loop);
    emulator_free(w->emulator);
    free(w);
    return 0;
}

#define UNTIL(w, what)                                        \
    for (int64_t end_ = lk_clock_ms() + LIMIT_MS; !(what);) { \
        if (lk_clock_ms() > end_)                             \
            fail_msg("in vain: %s", #what);                   \
        assert_int_equal(lk_loop_step((w)->loop, 20000), 0);  \
    }

static void give_fd(struct world *w, uint32_t id, const char *how, int fd)
{
    uint8_t buf[256];
    const struct supermsg m = {.type = SUPERMSG_DEVICE, .id = id, .text = how};
    int n = supermsg_encode(&m, buf, sizeof(buf));
    assert_true(n > 0 && fd >= 0);
    assert_int_equal(
        lk_chan_send(w->super, SUPERMSG_DEVICE, buf, (size_t)n, &fd, 1), 0);
}

static void give(struct world *w, uint32_t id, const char *how)
{
    LK_AUTO_FD fd = emulator_connect(w->emulator);
    give_fd(w, id, how, fd);
}

static enum device_desk_state state_of(const struct world *w)
{
    const char *why;
    return device_desk_state(w->desk, &why);
}

static void start(struct world *w)
{
    give(w, 1, "usbip 1-1");
    UNTIL(w, w->device != NULL);
    assert_int_equal(state_of(w), DEVICE_DESK_OPENING);
    device_desk_works(w->desk);
    UNTIL(w, w->states == 1);
    assert_true(w->works && w->id == 1);
    assert_int_equal(state_of(w), DEVICE_DESK_WORKS);
}

static void hands_it_to_the_driver(void **state)
{
    struct world *w = *state;
    assert_int_equal(state_of(w), DEVICE_DESK_NONE);
    start(w);
    assert_string_equal(device_desk_word(state_of(w)), "works");
}

static void tells_that_it_was_pulled_out(void **state)
{
    struct world *w = *state;
    start(w);
    (void)emulator_command(w->emulator, "unplug");
    UNTIL(w, w->states == 2);
    assert_false(w->works);
    assert_string_equal(w->why, "");
    assert_int_equal(w->gone, 1);
    assert_int_equal(state_of(w), DEVICE_DESK_NONE);
    (void)emulator_command(w->emulator, "plug");
    give(w, 2, "usbip 1-1");
    UNTIL(w, w->opened == 2);
}

static void tells_that_it_misbehaved_and_resets_it(void **state)
{
    struct world *w = *state;
    start(w);
    device_desk_misbehaved(w->desk, "it babbles");
    assert_non_null(w->device); /* not inside the call: it may be a callback */
    device_desk_misbehaved(w->desk, "once more");
    UNTIL(w, w->states == 2);
    assert_false(w->works);
    assert_string_equal(w->why, "it babbles");
    assert_int_equal(w->gone, 1);
    assert_int_equal(state_of(w), DEVICE_DESK_BAD);
    give(w, 2, "usbip 1-1 reset");
    UNTIL(w, w->opened == 2);
    device_desk_works(w->desk);
    UNTIL(w, w->states == 3);
    assert_true(w->works && w->id == 2);
}

static void refuses_what_the_driver_is_not_for(void **state)
{
    struct world *w = *state;
    give(w, 1, "usbip 1-1");
    UNTIL(w, w->states == 1);
    assert_false(w->works);
    assert_string_equal(w->why, "it is no scanner");
    assert_int_equal(w->opened, 0);
}

static void takes_another_in_place_of_the_first(void **state)
{
    struct world *w = *state;
    int pair[2];
    start(w);
    assert_int_equal(lk_chan_pair(pair), 0);
    give_fd(w, 2, "usbip 1-1", pair[0]); /* nobody answers behind it */
    UNTIL(w, w->gone == 1);
    assert_int_equal(state_of(w), DEVICE_DESK_OPENING);
    (void)lk_fd_close(pair[0]);
    (void)lk_fd_close(pair[1]); /* and nobody is there any more */
    UNTIL(w, w->states == 2);
    assert_int_equal(w->id, 2);
    assert_false(w->works);
    give(w, 3, "usbip 1-1");
    UNTIL(w, w->opened == 2);
}

static void refuses_words_that_super_does_not_say(void **state)
{
    static const char *const how[] = {"", "usbip", "usb", "pci 1-1",
                                      "usbip 1-1 1-1"};
    struct world *w = *state;
    for (unsigned i = 0; i < LK_ARRAY_LEN(how); i++) {
        int pair[2];
        assert_int_equal(lk_chan_pair(pair), 0);
        give_fd(w, i + 1, how[i], pair[0]);
        (void)lk_fd_close(pair[0]);
        (void)lk_fd_close(pair[1]);
        UNTIL(w, w->states == i + 1);
        assert_false(w->works);
        assert_int_equal(w->id, i + 1);
    }
    assert_int_equal(w->opened, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hands_it_to_the_driver, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(tells_that_it_was_pulled_out, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(tells_that_it_misbehaved_and_resets_it,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_what_the_driver_is_not_for,
                                        setup_misfit, teardown),
        cmocka_unit_test_setup_teardown(takes_another_in_place_of_the_first,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_words_that_super_does_not_say,
                                        setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
