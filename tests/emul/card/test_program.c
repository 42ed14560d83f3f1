/* The program luukku-card, with this test in the places of luukku-super and of
 * luukkud: what it says, and that its memory holds no PIN. */
#include "find_secret.h"
#include "program.h"

#include <errno.h>
#include <signal.h>

#define HIDDEN(c) ((c) ^ FIND_HIDE)

#define KILLS 10
#define KILL_WITHIN_MS 60

struct world {
    struct program p;
    uint32_t id;
    struct cardmsg state;
    struct cardmsg wanted;
    struct cardmsg end;
    unsigned count; /* digits held */
};

static void on_card(void *arg, const struct cardmsg *m)
{
    struct world *w = arg;
    if (m->type == CARDMSG_STATE)
        w->state = *m;
    else if (m->type == CARDMSG_PIN_WANTED)
        w->wanted = *m;
    else if (m->type == CARDMSG_PIN_COUNT)
        w->count = m->count;
    else if (m->type == CARDMSG_RESULT || m->type == CARDMSG_FAILED)
        w->end = *m;
}

static void give_reader(struct world *w)
{
    program_give_reader(&w->p);
    PROGRAM_UNTIL(&w->p, w->state.card == CARDMSG_CARD_FINEID);
}

static int setup_with(void **state, const char *variant)
{
    struct world *w = calloc(1, sizeof(*w));
    w->p = (struct program){.heard = on_card, .arg = w};
    program_init(&w->p, variant, "p384");
    (void)emulator_command(w->p.emulator, "pin pin2 94062715");
    program_start(&w->p);
    give_reader(w);
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
    program_stop(&w->p, 0);
    program_done(&w->p);
    free(w);
    return 0;
}

static void say(struct world *w, enum cardmsg_type type, uint8_t digit)
{
    static const uint8_t bytes[64] = {5};
    struct cardmsg m = {.type = type,
                        .id = w->id,
                        .digit = digit,
                        .hash = CARDMSG_SHA384,
                        .purpose = "test-identify",
                        .bytes = bytes,
                        .len = type == CARDMSG_SIGN ? 48 : 32};
    assert_int_equal(program_tell(&w->p, &m), 0);
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
    PROGRAM_UNTIL(&w->p, w->wanted.type != 0);
    for (size_t i = 0; i < n; i++)
        say(w, CARDMSG_DIGIT, (uint8_t)(HIDDEN(hidden[i]) - '0'));
    PROGRAM_UNTIL(&w->p, w->count == n);
}

static void finish(struct world *w, enum cardmsg_type how)
{
    say(w, how, 0);
    PROGRAM_UNTIL(&w->p, w->end.type != 0);
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
    int before = find_secret(w->p.pid, right, sizeof(right));
    if (before == -EACCES) {
        print_message("skipped: another process's memory cannot be read\n");
        skip();
    }
    assert_int_equal(before, 0);
    assert_int_equal(find_secret(w->p.pid, wrong, sizeof(wrong)), 0);
    /* success */
    ask(w, CARDMSG_SIGN, right, sizeof(right));
    assert_int_equal(find_secret(w->p.pid, right, sizeof(right)), 1);
    finish(w, CARDMSG_PIN_OK);
    assert_int_equal(w->end.type, CARDMSG_RESULT);
    assert_int_equal(find_secret(w->p.pid, right, sizeof(right)), 0);
    /* failure */
    ask(w, CARDMSG_SIGN, wrong, sizeof(wrong));
    assert_int_equal(find_secret(w->p.pid, wrong, sizeof(wrong)), 1);
    finish(w, CARDMSG_PIN_OK);
    assert_int_equal(w->end.why, CARDMSG_WRONG_PIN);
    assert_int_equal(find_secret(w->p.pid, wrong, sizeof(wrong)), 0);
    /* given up */
    ask(w, CARDMSG_IDENTIFY, wrong, sizeof(wrong));
    finish(w, CARDMSG_CANCEL);
    assert_int_equal(w->end.why, CARDMSG_CANCELLED);
    assert_int_equal(find_secret(w->p.pid, wrong, sizeof(wrong)), 0);
    /* the reader unplugged while somebody types, and with the PIN complete */
    ask(w, CARDMSG_IDENTIFY, wrong, sizeof(wrong));
    (void)emulator_command(w->p.emulator, "unplug");
    PROGRAM_UNTIL(&w->p, w->end.type != 0);
    assert_int_equal(w->end.why, CARDMSG_CARD_GONE);
    assert_int_equal(find_secret(w->p.pid, wrong, sizeof(wrong)), 0);
}

static void command(struct world *w, const char *word)
{
    const struct supermsg m = {
        .type = SUPERMSG_CONTROL, .id = 7, .arg = {word}, .args = 1};
    w->p.reply[0] = 0;
    program_super(&w->p, &m, -1);
    PROGRAM_UNTIL(&w->p, w->p.reply[0] != 0);
}

static void answers_technicians(void **state)
{
    struct world *w = *state;
    command(w, "devices");
    assert_non_null(strstr(w->p.reply, "\"device\":\"reader\""));
    assert_non_null(strstr(w->p.reply, "\"state\":\"works\""));
    assert_non_null(strstr(w->p.reply, "\"card\":\"fineid\""));
    /* nothing of the holder */
    assert_null(strstr(w->p.reply, w->state.name));
    command(w, "selftest");
    assert_non_null(strstr(w->p.reply, "\"test\":\"card-ca\""));
    command(w, "nonsense");
    assert_non_null(strstr(w->p.reply, "luukku-card has no"));
}

static void survives_being_unplugged(void **state)
{
    struct world *w = *state;
    (void)emulator_command(w->p.emulator, "unplug");
    PROGRAM_UNTIL(&w->p, !w->p.works && w->state.reader == CARDMSG_READER_NONE);
    (void)emulator_command(w->p.emulator, "plug");
    give_reader(w);
    ask(w, CARDMSG_SIGN, right, sizeof(right));
    finish(w, CARDMSG_PIN_OK);
    assert_int_equal(w->end.type, CARDMSG_RESULT);
}

/* Runs the loop for some ms, for the program to come to some place. */
static void for_a_while(struct world *w, int64_t ms)
{
    for (int64_t end = lk_clock_ms() + ms; lk_clock_ms() < end;)
        assert_int_equal(lk_loop_step(w->p.loop, 1000), 0);
}

/* The next luukku-card gets the reader as the last one left it: in the midst
 * of a command, of a chain of blocks, or of an answer nobody fetched. */
static void survives_being_killed(void **state)
{
    struct world *w = *state;
    uint64_t seed = test_seed();
    for (int i = 0; i < KILLS; i++) {
        if (i % 2 == 0) { /* else it is killed while it reads the card */
            PROGRAM_UNTIL(&w->p, w->state.card == CARDMSG_CARD_FINEID);
            ask(w, CARDMSG_SIGN, right, sizeof(right));
            say(w, CARDMSG_PIN_OK, 0);
        }
        for_a_while(w, (int64_t)(test_random(&seed) % KILL_WITHIN_MS));
        program_stop(&w->p, SIGKILL);
        memset(&w->state, 0, sizeof(w->state));
        program_start(&w->p);
        program_give_reader(&w->p);
    }
    PROGRAM_UNTIL(&w->p, w->state.card == CARDMSG_CARD_FINEID);
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
        cmocka_unit_test_setup_teardown(survives_being_killed, setup, teardown),
        cmocka_unit_test_setup_teardown(survives_being_killed, setup_t1,
                                        teardown),
        cmocka_unit_test_setup_teardown(survives_being_killed, setup_t0,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
