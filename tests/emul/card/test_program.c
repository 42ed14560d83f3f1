/* The program luukku-card, with this test in the places of luukku-super and of
 * luukkud: what it says, and that its memory holds no PIN. */
#include "emulator.h"
#include "find_secret.h"
#include "testing.h"

#include "app/inherit.h"
#include "base/clock.h"
#include "ipc/cardmsg.h"
#include "ipc/chan.h"
#include "ipc/supermsg.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_MS 20000
#define HIDDEN(c) ((c) ^ FIND_HIDE)

struct world {
    struct emulator *emulator;
    struct lk_loop *loop;
    struct lk_chan *super;
    struct lk_chan *luukkud;
    pid_t pid;
    uint32_t id;
    bool ready;
    bool works;
    char reply[2048];
    struct cardmsg state;
    struct cardmsg wanted;
    struct cardmsg end;
    unsigned count; /* digits held */
};

static void on_super(void *arg, struct lk_chan_msg *raw)
{
    struct world *w = arg;
    struct supermsg m;
    assert_int_equal(supermsg_decode(raw->type, raw->payload, raw->len, 0, &m),
                     0);
    if (m.type == SUPERMSG_READY)
        w->ready = true;
    else if (m.type == SUPERMSG_DEVICE_STATE)
        w->works = m.ok;
    else if (m.type == SUPERMSG_CONTROL_REPLY)
        (void)snprintf(w->reply, sizeof(w->reply), "%s", m.text);
}

static void on_card(void *arg, struct lk_chan_msg *raw)
{
    struct world *w = arg;
    struct cardmsg m;
    assert_int_equal(cardmsg_decode(raw->type, raw->payload, raw->len, &m), 0);
    if (m.type == CARDMSG_STATE)
        w->state = m;
    else if (m.type == CARDMSG_PIN_WANTED)
        w->wanted = m;
    else if (m.type == CARDMSG_PIN_COUNT)
        w->count = m.count;
    else if (m.type == CARDMSG_RESULT || m.type == CARDMSG_FAILED)
        w->end = m;
}

static void on_closed(void *arg, int error)
{
    (void)arg;
    fail_msg("closed: %d", error);
}

/* Executes luukku-card with `fd` as its channel to super. */
static pid_t start(int fd)
{
    struct inherit in = {.count = 0};
    int keep = -1;
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    /* A process closed to tracing cannot be searched for leaks at its end. */
    (void)setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    if (inherit_add(&in, "super", fd) == 0 &&
        inherit_arrange(&in, -1, &keep) == 0)
        execl(LUUKKU_CARD, "luukku-card", NULL);
    _exit(127);
}

#define UNTIL(w, what)                                        \
    for (int64_t end_ = lk_clock_ms() + LIMIT_MS; !(what);) { \
        if (lk_clock_ms() > end_)                             \
            fail_msg("in vain: %s", #what);                   \
        assert_int_equal(lk_loop_step((w)->loop, 20000), 0);  \
    }

static void send_super(struct world *w, const struct supermsg *m, int fd)
{
    uint8_t buf[1024];
    int n = supermsg_encode(m, buf, sizeof(buf));
    assert_true(n >= 0);
    assert_int_equal(
        lk_chan_send(w->super, (uint16_t)m->type, buf, (size_t)n, &fd, fd >= 0),
        0);
}

static struct lk_chan *channel(struct world *w, int fd,
                               void (*receive)(void *, struct lk_chan_msg *))
{
    const struct lk_chan_config config = {
        .receive = receive, .closed = on_closed, .arg = w, .wipe = true};
    struct lk_chan *c = NULL;
    assert_int_equal(lk_chan_new(w->loop, fd, &config, &c), 0);
    return c;
}

static int setup_with(void **state, const char *variant)
{
    const char *const args[] = {"--variant", variant, "--card", "p384", NULL};
    struct world *w = calloc(1, sizeof(*w));
    int pair[2];
    w->emulator = emulator_start("reader", args);
    assert_int_equal(lk_loop_new(&w->loop), 0);
    assert_int_equal(lk_chan_pair(pair), 0);
    w->pid = start(pair[1]);
    assert_true(w->pid > 0);
    (void)close(pair[1]);
    w->super = channel(w, pair[0], on_super);
    (void)emulator_command(w->emulator, "pin pin2 94062715");
    UNTIL(w, w->ready);
    assert_int_equal(lk_chan_pair(pair), 0);
    const struct supermsg peer = {.type = SUPERMSG_PEER, .text = "luukkud"};
    send_super(w, &peer, pair[1]);
    (void)close(pair[1]);
    w->luukkud = channel(w, pair[0], on_card);
    LK_AUTO_FD fd = emulator_connect(w->emulator);
    const struct supermsg device = {
        .type = SUPERMSG_DEVICE, .id = 1, .text = "usbip 1-1"};
    send_super(w, &device, fd);
    UNTIL(w, w->works && w->state.card == CARDMSG_CARD_FINEID);
    *state = w;
    return 0;
}

static int setup(void **state)
{
    return setup_with(state, "extended");
}

static int setup_t1(void **state)
{
    return setup_with(state, "tpdu-t1");
}

static int setup_t0(void **state)
{
    return setup_with(state, "tpdu-t0");
}

static int teardown(void **state)
{
    struct world *w = *state;
    int status = 0;
    const struct supermsg m = {.type = SUPERMSG_SHUTDOWN};
    send_super(w, &m, -1);
    assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    lk_chan_free(w->luukkud);
    lk_chan_free(w->super);
    lk_loop_free(w->loop);
    emulator_free(w->emulator);
    free(w);
    return 0;
}

static void say(struct world *w, enum cardmsg_type type, uint8_t digit)
{
    static const uint8_t bytes[64] = {5};
    uint8_t buf[256];
    struct cardmsg m = {.type = type,
                        .id = w->id,
                        .digit = digit,
                        .hash = CARDMSG_SHA384,
                        .purpose = "test-identify",
                        .bytes = bytes,
                        .len = type == CARDMSG_SIGN ? 48 : 32};
    int n = cardmsg_encode(&m, buf, sizeof(buf));
    assert_true(n > 0);
    assert_int_equal(
        lk_chan_send(w->luukkud, (uint16_t)type, buf, (size_t)n, NULL, 0), 0);
}

/* A request, and the digits, which are hidden (FIND_HIDE). */
static void ask(struct world *w, enum cardmsg_type type, const char *hidden,
                size_t n)
{
    w->id++;
    w->wanted.type = 0;
    w->end.type = 0;
    w->count = 0;
    say(w, type, 0);
    UNTIL(w, w->wanted.type != 0);
    for (size_t i = 0; i < n; i++)
        say(w, CARDMSG_DIGIT, (uint8_t)(HIDDEN(hidden[i]) - '0'));
    UNTIL(w, w->count == n);
}

static void finish(struct world *w, enum cardmsg_type how)
{
    say(w, how, 0);
    UNTIL(w, w->end.type != 0);
}

static const char right[] = {HIDDEN('9'), HIDDEN('4'), HIDDEN('0'),
                             HIDDEN('6'), HIDDEN('2'), HIDDEN('7'),
                             HIDDEN('1'), HIDDEN('5')};
static const char wrong[] = {HIDDEN('8'), HIDDEN('3'), HIDDEN('9'),
                             HIDDEN('2'), HIDDEN('0'), HIDDEN('1'),
                             HIDDEN('7'), HIDDEN('4')};

static void leaves_no_pin_in_memory(void **state)
{
    struct world *w = *state;
    int before = find_secret(w->pid, right, sizeof(right));
    if (before == -EACCES) {
        print_message("skipped: another process's memory cannot be read\n");
        skip();
    }
    assert_int_equal(before, 0);
    assert_int_equal(find_secret(w->pid, wrong, sizeof(wrong)), 0);
    /* success */
    ask(w, CARDMSG_SIGN, right, sizeof(right));
    assert_int_equal(find_secret(w->pid, right, sizeof(right)), 1);
    finish(w, CARDMSG_PIN_OK);
    assert_int_equal(w->end.type, CARDMSG_RESULT);
    assert_int_equal(find_secret(w->pid, right, sizeof(right)), 0);
    /* failure */
    ask(w, CARDMSG_SIGN, wrong, sizeof(wrong));
    assert_int_equal(find_secret(w->pid, wrong, sizeof(wrong)), 1);
    finish(w, CARDMSG_PIN_OK);
    assert_int_equal(w->end.why, CARDMSG_WRONG_PIN);
    assert_int_equal(find_secret(w->pid, wrong, sizeof(wrong)), 0);
    /* given up */
    ask(w, CARDMSG_IDENTIFY, wrong, sizeof(wrong));
    finish(w, CARDMSG_CANCEL);
    assert_int_equal(w->end.why, CARDMSG_CANCELLED);
    assert_int_equal(find_secret(w->pid, wrong, sizeof(wrong)), 0);
    /* the reader unplugged while somebody types, and with the PIN complete */
    ask(w, CARDMSG_IDENTIFY, wrong, sizeof(wrong));
    (void)emulator_command(w->emulator, "unplug");
    UNTIL(w, w->end.type != 0);
    assert_int_equal(w->end.why, CARDMSG_CARD_GONE);
    assert_int_equal(find_secret(w->pid, wrong, sizeof(wrong)), 0);
}

static void command(struct world *w, const char *word)
{
    const struct supermsg m = {
        .type = SUPERMSG_CONTROL, .id = 7, .arg = {word}, .args = 1};
    w->reply[0] = 0;
    send_super(w, &m, -1);
    UNTIL(w, w->reply[0] != 0);
}

static void answers_technicians(void **state)
{
    struct world *w = *state;
    command(w, "devices");
    assert_non_null(strstr(w->reply, "\"device\":\"reader\""));
    assert_non_null(strstr(w->reply, "\"state\":\"works\""));
    assert_non_null(strstr(w->reply, "\"card\":\"fineid\""));
    /* nothing of the holder */
    assert_null(strstr(w->reply, w->state.name));
    command(w, "selftest");
    assert_non_null(strstr(w->reply, "\"test\":\"card-ca\""));
    command(w, "nonsense");
    assert_non_null(strstr(w->reply, "luukku-card has no"));
}

static void survives_being_unplugged(void **state)
{
    struct world *w = *state;
    (void)emulator_command(w->emulator, "unplug");
    UNTIL(w, !w->works && w->state.reader == CARDMSG_READER_NONE);
    (void)emulator_command(w->emulator, "plug");
    LK_AUTO_FD fd = emulator_connect(w->emulator);
    const struct supermsg device = {
        .type = SUPERMSG_DEVICE, .id = 2, .text = "usbip 1-1"};
    send_super(w, &device, fd);
    UNTIL(w, w->works && w->state.card == CARDMSG_CARD_FINEID);
    ask(w, CARDMSG_SIGN, right, sizeof(right));
    finish(w, CARDMSG_PIN_OK);
    assert_int_equal(w->end.type, CARDMSG_RESULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(leaves_no_pin_in_memory, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(leaves_no_pin_in_memory, setup_t1,
                                        teardown),
        cmocka_unit_test_setup_teardown(leaves_no_pin_in_memory, setup_t0,
                                        teardown),
        cmocka_unit_test_setup_teardown(answers_technicians, setup, teardown),
        cmocka_unit_test_setup_teardown(survives_being_unplugged, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
