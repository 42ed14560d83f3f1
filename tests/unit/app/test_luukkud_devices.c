#include "app/luukkud_devices.h"

#include "oom.h"

#include <unistd.h>

struct world {
    struct lk_loop *loop;
    struct luukkud_devices *devices;
    int far; /* the program's end of its channel; -1 none */
};

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    w->far = -1;
    assert_int_equal(lk_loop_new(&w->loop), 0);
    assert_int_equal(luukkud_devices_new(w->loop, &w->devices), 0);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    luukkud_devices_free(w->devices);
    lk_loop_free(w->loop);
    (void)lk_fd_close(w->far);
    free(w);
    return 0;
}

static void start(struct world *w, const char *program)
{
    int pair[2];
    assert_int_equal(lk_chan_pair(pair), 0);
    (void)lk_fd_close(w->far);
    w->far = pair[1];
    assert_true(luukkud_devices_peer(w->devices, program, pair[0]));
}

/* Says it as the program would, in a frame of chan.h. */
static void say(struct world *w, uint16_t type, const uint8_t *payload,
                size_t len)
{
    uint8_t frame[CARDMSG_ENCODED_MAX + 4];
    struct lk_writer f = lk_writer(frame, sizeof(frame));
    lk_write_u16(&f, type);
    lk_write_u16(&f, 1);
    lk_write_bytes(&f, payload, len);
    int n = lk_writer_end(&f);
    assert_true(n > 0);
    assert_int_equal(write(w->far, frame, (size_t)n), n);
    assert_int_equal(lk_loop_step(w->loop, 1000000), 0);
}

static void say_scan(struct world *w, const struct scanmsg *m)
{
    uint8_t buf[SCANMSG_ENCODED_MAX];
    int n = scanmsg_encode(m, buf, sizeof(buf));
    assert_true(n >= 0);
    say(w, m->type, buf, (size_t)n);
}

static void say_card(struct world *w, const struct cardmsg *m)
{
    uint8_t buf[CARDMSG_ENCODED_MAX];
    int n = cardmsg_encode(m, buf, sizeof(buf));
    assert_true(n >= 0);
    say(w, m->type, buf, (size_t)n);
}

static struct luukkud_devices_state state_of(const struct world *w)
{
    struct luukkud_devices_state s;
    luukkud_devices_state(w->devices, &s);
    return s;
}

/* The channel was closed from luukkud's side. */
static bool is_cut(struct world *w)
{
    uint8_t byte = 0;
    assert_int_equal(lk_loop_step(w->loop, 0), 0); /* what was deferred */
    return read(w->far, &byte, 1) == 0;
}

static void remembers_the_scanner(void **state)
{
    struct world *w = *state;
    struct scanmsg m = {.type = SCANMSG_SCANNER, .state = SCANMSG_STATE_READY};
    start(w, "luukku-scan");
    assert_int_equal(state_of(w).scanner, SCANMSG_STATE_NONE);
    say_scan(w, &m);
    assert_int_equal(state_of(w).scanner, SCANMSG_STATE_READY);
    start(w, "luukku-scan"); /* started anew: nothing is known yet */
    assert_int_equal(state_of(w).scanner, SCANMSG_STATE_NONE);
    say_scan(w, &m);
    w->far = lk_fd_close(w->far);
    assert_int_equal(lk_loop_step(w->loop, 1000000), 0);
    assert_int_equal(state_of(w).scanner, SCANMSG_STATE_NONE);
}

static void remembers_the_card(void **state)
{
    struct world *w = *state;
    struct cardmsg m = {.type = CARDMSG_STATE,
                        .reader = CARDMSG_READER_READY,
                        .card = CARDMSG_CARD_FINEID,
                        .tries = 5,
                        .name = "DOE JOHN"};
    start(w, "luukku-card");
    say_card(w, &m);
    assert_int_equal(state_of(w).reader, CARDMSG_READER_READY);
    assert_int_equal(state_of(w).card, CARDMSG_CARD_FINEID);
}

static struct cardmsg heard; /* of luukku-card, last */
static int gone;

static void on_card(void *arg, const struct cardmsg *m)
{
    (void)arg;
    heard = *m;
}

static void on_gone(void *arg)
{
    (void)arg;
    gone++;
}

static void hands_on_the_card(void **state)
{
    struct world *w = *state;
    const struct luukkud_devices_card out = {.message = on_card,
                                             .gone = on_gone};
    const struct cardmsg digit = {.type = CARDMSG_DIGIT, .id = 5, .digit = 7};
    const struct cardmsg failed = {
        .type = CARDMSG_FAILED, .id = 5, .why = CARDMSG_LAST_TRY, .tries = 1};
    uint8_t frame[64];
    luukkud_devices_listen_card(w->devices, &out);
    assert_int_equal(luukkud_devices_send_card(w->devices, &digit), -ENOTCONN);
    start(w, "luukku-card");
    gone = 0;
    say_card(w, &failed);
    assert_int_equal(heard.type, CARDMSG_FAILED);
    assert_int_equal(heard.why, CARDMSG_LAST_TRY);
    assert_int_equal(luukkud_devices_send_card(w->devices, &digit), 0);
    assert_int_equal(read(w->far, frame, sizeof(frame)), 4 + 5);
    assert_int_equal(frame[1], CARDMSG_DIGIT);
    assert_int_equal(frame[8], 7);
    w->far = lk_fd_close(w->far);
    assert_int_equal(lk_loop_step(w->loop, 1000000), 0);
    assert_int_equal(gone, 1);
    assert_int_equal(luukkud_devices_send_card(w->devices, &digit), -ENOTCONN);
}

static struct scanmsg scanned; /* of luukku-scan, last */
static size_t scanned_fds;
static int scanned_fd = -1; /* the first one, taken */
static unsigned scan_gone;

static void on_scan(void *arg, const struct scanmsg *m, struct lk_chan_msg *raw)
{
    assert_int_equal(*(int *)arg, 7);
    scanned = *m;
    scanned_fds = lk_chan_fds(raw);
    (void)lk_fd_close(scanned_fd);
    scanned_fd = lk_chan_take_fd(raw, 0);
}

static void on_scan_gone(void *arg)
{
    assert_int_equal(*(int *)arg, 7);
    scan_gone++;
}

static unsigned scan_ups;

static void on_scan_up(void *arg)
{
    assert_int_equal(*(int *)arg, 7);
    scan_ups++;
}

/* Pages with their descriptors go through, both ways. */
static void speaks_with_luukku_scan(void **state)
{
    struct world *w = *state;
    int seven = 7;
    int pair[2];
    struct lk_chan *far = NULL;
    const struct lk_chan_config config = {.receive = NULL};
    const struct luukkud_devices_scan out = {.up = on_scan_up,
                                             .message = on_scan,
                                             .gone = on_scan_gone,
                                             .arg = &seven};
    const struct scanmsg order = {
        .type = SCANMSG_DECODE, .job = 3, .pages = 1, .crop = {1, 2, 3, 4}};
    const struct scanmsg page = {.type = SCANMSG_PAGE,
                                 .job = 3,
                                 .page = 1,
                                 .width_px = 9,
                                 .height_px = 8};
    uint8_t bytes[SCANMSG_ENCODED_MAX];
    luukkud_devices_listen_scan(w->devices, &out);
    assert_int_equal(luukkud_devices_send_scan(w->devices, &order, 0),
                     -ENOTCONN);
    assert_int_equal(lk_chan_pair(pair), 0);
    assert_true(luukkud_devices_peer(w->devices, "luukku-scan", pair[0]));
    scan_gone = 0;
    assert_int_equal(scan_ups, 1);
    assert_int_equal(luukkud_devices_send_scan(w->devices, &order, 0), 0);
    struct scanmsg bad = order;
    bad.pages = 0;
    assert_int_equal(luukkud_devices_send_scan(w->devices, &bad, 0), -EINVAL);
    assert_int_equal(read(pair[1], bytes, sizeof(bytes)),
                     4 + scanmsg_encode(&order, bytes + 100, 100));
    assert_int_equal(lk_chan_new(w->loop, pair[1], &config, &far), 0);
    int n = scanmsg_encode(&page, bytes, sizeof(bytes));
    const int fds[] = {0, 0, 0, 0};
    assert_int_equal(lk_chan_send(far, SCANMSG_PAGE, bytes, (size_t)n, fds, 4),
                     0);
    assert_int_equal(lk_loop_step(w->loop, 1000000), 0);
    assert_int_equal(scanned.type, SCANMSG_PAGE);
    assert_int_equal(scanned.width_px, 9);
    assert_int_equal(scanned_fds, 4);
    assert_true(scanned_fd >= 0);
    scanned_fd = lk_fd_close(scanned_fd);
    assert_int_equal(scan_gone, 0);
    /* Three are none. */
    assert_int_equal(lk_chan_send(far, SCANMSG_PAGE, bytes, (size_t)n, fds, 3),
                     0);
    assert_int_equal(lk_loop_step(w->loop, 1000000), 0);
    assert_int_equal(scan_gone, 1);
    lk_chan_free(far);
}

static void cuts_off_who_sends_nonsense(void **state)
{
    struct world *w = *state;
    const uint8_t junk[] = {1, 2, 3};
    const struct scanmsg ours = {.type = SCANMSG_CANCEL, .job = 1};
    const struct cardmsg pin = {.type = CARDMSG_DIGIT, .id = 1, .digit = 4};
    start(w, "luukku-scan");
    say(w, SCANMSG_SCANNER, junk, sizeof(junk));
    assert_true(is_cut(w));
    start(w, "luukku-scan");
    say_scan(w, &ours);
    assert_true(is_cut(w));
    start(w, "luukku-card");
    say(w, 4711, junk, 0);
    assert_true(is_cut(w));
    start(w, "luukku-card");
    say_card(w, &pin);
    assert_true(is_cut(w));
}

static void leaves_others_alone(void **state)
{
    struct world *w = *state;
    assert_false(luukkud_devices_peer(w->devices, "luukku-rtc", -1));
}

static void lacks_memory(void **state)
{
    struct world *w = *state;
    struct luukkud_devices *d = NULL;
    int r = 0;
    OOM_SWEEP(r, luukkud_devices_new(w->loop, &d));
    luukkud_devices_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(remembers_the_scanner, setup, teardown),
        cmocka_unit_test_setup_teardown(remembers_the_card, setup, teardown),
        cmocka_unit_test_setup_teardown(speaks_with_luukku_scan, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(cuts_off_who_sends_nonsense, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(hands_on_the_card, setup, teardown),
        cmocka_unit_test_setup_teardown(leaves_others_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(lacks_memory, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
