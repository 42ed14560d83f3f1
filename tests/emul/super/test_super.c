/* Supervision of programs that crash, hang, stop, lie and talk too much. */
#include "testing.h"

#include "app/super.h"
#include "app/super_rate.h"
#include "base/clock.h"
#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_US 30000000  /* for anything to come true */
#define LONG_US 3600000000 /* longer than any test */

struct bench {
    struct lk_loop *loop;
    struct super *super;
    struct super_log *log;
    struct super_program program[2];
    bool stopped;
    unsigned gone[2];
    uint32_t answered; /* id of the last answer */
    bool ok;
    enum supermsg_carries carries;
    char text[256];
    uint32_t next_id;
};

static void on_reply(void *arg, size_t program, const struct supermsg *m,
                     int fd)
{
    struct bench *b = arg;
    (void)program;
    b->answered = m->id;
    b->ok = m->ok;
    b->carries = m->carries;
    (void)snprintf(b->text, sizeof(b->text), "%.255s", m->text);
    (void)lk_fd_close(fd);
}

static void on_gone(void *arg, size_t program, bool broke)
{
    (void)broke;
    struct bench *b = arg;
    b->gone[program]++;
}

static void on_stopped(void *arg)
{
    struct bench *b = arg;
    b->stopped = true;
}

static const char *const no_args[] = {NULL};

/* Healthy programs are given longer than a test lasts, so that a busy machine
 * never makes super end one of them. */
static const struct super_timing patient = {.ping_us = 100000,
                                            .pings_missed = UINT_MAX,
                                            .start_us = LONG_US,
                                            .stop_us = LONG_US,
                                            .backoff_us = 20000,
                                            .backoff_most_us = 200000,
                                            .healthy_us = LONG_US};

/* For programs that hang. On a busy machine a healthy one may be taken for one
 * that hangs, so nothing is said of it here but that it is back. */
static const struct super_timing strict = {.ping_us = 100000,
                                           .pings_missed = 10,
                                           .start_us = LONG_US,
                                           .stop_us = 300000,
                                           .backoff_us = 20000,
                                           .backoff_most_us = 200000,
                                           .healthy_us = LONG_US};

static void bench_open_with(struct bench *b, const char *const *args, bool keep,
                            const struct super_timing *timing)
{
    struct super_config config = {
        .program = b->program,
        .programs = 2,
        .link = {{0, 1}},
        .links = 1,
        .timing = *timing,
        .keep_programs = keep,
        .reply = on_reply,
        .gone = on_gone,
        .stopped = on_stopped,
        .arg = b,
    };
    memset(b, 0, sizeof(*b));
    for (size_t i = 0; i < 2; i++)
        b->program[i] = (struct super_program){
            .name = i ? "second" : "first", .path = FAKE, .args = args};
    b->program[1].args = no_args;
    assert_int_equal(lk_loop_new(&b->loop), 0);
    assert_int_equal(super_log_new(&b->log), 0);
    config.log = b->log;
    assert_int_equal(super_new(b->loop, &config, &b->super), 0);
    super_start(b->super);
}

static void bench_open(struct bench *b, const char *const *args, bool keep)
{
    bench_open_with(b, args, keep, &patient);
}

static void bench_close(struct bench *b)
{
    b->super = super_free(b->super);
    b->loop = lk_loop_free(b->loop);
    b->log = super_log_free(b->log);
    /* Nothing is left, neither running nor to be reaped. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static struct super_info info_of(const struct bench *b, size_t i)
{
    struct super_info info;
    super_info(b->super, i, &info);
    return info;
}

/* Turns the loop until `condition`, at most LIMIT_US. */
#define AWAIT(b, condition)                                      \
    do {                                                         \
        int64_t end_us_ = lk_clock_us() + LIMIT_US;              \
        while (!(condition)) {                                   \
            assert_true(lk_clock_us() < end_us_);                \
            assert_int_equal(lk_loop_step((b)->loop, 50000), 0); \
        }                                                        \
    } while (0)

#define RUNS(b, i) (info_of((b), (i)).state == SUPER_RUNNING)

static void ask(struct bench *b, size_t program, const char *one,
                const char *two)
{
    const char *argv[] = {one, two};
    uint32_t id = ++b->next_id;
    AWAIT(b, RUNS(b, program));
    assert_int_equal(super_command(b->super, program, id, argv, two ? 2 : 1),
                     0);
    unsigned gone = b->gone[program];
    AWAIT(b, b->answered == id || b->gone[program] > gone);
}

static void greets(struct bench *b, size_t program)
{
    do
        ask(b, program, "peer", NULL);
    while (strcmp(b->text, "1") != 0);
}

static void stop_all(struct bench *b)
{
    super_stop(b->super);
    AWAIT(b, b->stopped);
    assert_int_equal(info_of(b, 0).state, SUPER_ENDED);
    assert_int_equal(info_of(b, 1).state, SUPER_ENDED);
}

static void runs_and_stops_in_order(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, no_args, false);
    AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
    greets(&b, 0);
    greets(&b, 1);
    stop_all(&b);
    assert_string_equal(info_of(&b, 0).ended, "exit 0");
    assert_string_equal(info_of(&b, 1).ended, "exit 0");
    assert_int_equal(info_of(&b, 0).restarts, 0);
    bench_close(&b);
}

static void answers_commands(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, no_args, false);
    AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
    ask(&b, 0, "status", NULL);
    assert_true(b.ok);
    assert_string_equal(b.text, "{\"first\":\"status\"}");
    ask(&b, 1, "nonsense", "x");
    assert_false(b.ok);
    assert_string_equal(b.text, "second knows no \"nonsense\"");
    ask(&b, 1, "big", NULL);
    assert_int_equal(b.carries, SUPERMSG_JSON);
    ask(&b, 1, "picture", NULL);
    assert_int_equal(b.carries, SUPERMSG_PNG);
    assert_string_equal(b.text, "{\"width\":1}");
    bench_close(&b); /* without a stop: killed */
}

/* What each misdeed ends with. */
static const struct misdeed {
    const char *what;
    const char *ended;
} misdeeds[] = {
    {"crash", "signal SEGV"},
    {"abort", "signal ABRT"},
    {"exit", "exit 3"},
    {"rubbish", "killed, it sent what no channel carries"},
};

static void restarts_after_misdeeds(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, no_args, false);
    for (size_t i = 0; i < LK_ARRAY_LEN(misdeeds); i++) {
        AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
        pid_t survivor = info_of(&b, 0).pid;
        unsigned restarts = info_of(&b, 1).restarts;
        ask(&b, 1, "do", misdeeds[i].what);
        AWAIT(&b, info_of(&b, 1).restarts > restarts);
#ifndef LUUKKU_SANITIZED
        assert_string_equal(info_of(&b, 1).ended, misdeeds[i].ended);
#endif
        AWAIT(&b, RUNS(&b, 1));
        /* The survivor got the new channel, and both hear each other. */
        assert_int_equal(info_of(&b, 0).pid, survivor);
        greets(&b, 0);
        greets(&b, 1);
    }
    stop_all(&b);
    bench_close(&b);
}

static void ends_those_that_hang(void **state)
{
    static const char *const hangs[] = {"hang", "silent"};
    struct bench b;
    (void)state;
    bench_open_with(&b, no_args, false, &strict);
    for (size_t i = 0; i < LK_ARRAY_LEN(hangs); i++) {
        AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
        unsigned restarts = info_of(&b, 1).restarts;
        ask(&b, 1, "do", hangs[i]);
        AWAIT(&b, info_of(&b, 1).restarts > restarts);
        assert_string_equal(info_of(&b, 1).ended, "killed, it does not answer");
        greets(&b, 0);
        greets(&b, 1);
    }
    stop_all(&b);
    bench_close(&b);
}

static void notices_stopped_and_killed(void **state)
{
    static const int signals[] = {SIGSTOP, SIGKILL, SIGSTOP};
    struct bench b;
    (void)state;
    bench_open_with(&b, no_args, false, &strict);
    for (size_t i = 0; i < LK_ARRAY_LEN(signals); i++) {
        AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
        pid_t pid = info_of(&b, 1).pid;
        unsigned restarts = info_of(&b, 1).restarts;
        assert_int_equal(kill(pid, signals[i]), 0);
        AWAIT(&b, info_of(&b, 1).restarts > restarts && RUNS(&b, 1));
        greets(&b, 0);
    }
    stop_all(&b);
    bench_close(&b);
}

static void stops_the_stubborn(void **state)
{
    struct super_timing timing = patient;
    struct bench b;
    (void)state;
    timing.stop_us = strict.stop_us;
    bench_open_with(&b, no_args, false, &timing);
    AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
    ask(&b, 0, "do", "stubborn");
    assert_int_equal(kill(info_of(&b, 1).pid, SIGSTOP), 0);
    stop_all(&b);
    assert_string_equal(info_of(&b, 0).ended,
                        "killed, it does not end in time");
    assert_string_equal(info_of(&b, 1).ended,
                        "killed, it does not end in time");
    bench_close(&b);
}

static void gives_up_on_no_start(void **state)
{
    static const char *const never[] = {"never-ready", NULL};
    static const char *const fails[] = {"no-start", NULL};
    static const char *const liar[] = {"impostor", NULL};
    const char *const *const args[] = {fails, liar};
    struct bench b;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(args); i++) {
        bench_open(&b, args[i], false);
        AWAIT(&b, info_of(&b, 0).restarts >= 4);
        const char *argv[] = {"status"};
        if (info_of(&b, 0).state != SUPER_RUNNING)
            assert_int_equal(super_command(b.super, 0, 1, argv, 1), -ENOTCONN);
        stop_all(&b);
        bench_close(&b);
    }
    bench_open(&b, never, false);
    stop_all(&b); /* in the middle of the start */
    bench_close(&b);
}

static void says_what_is_missing(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, no_args, false);
    b.program[1].path = "/nonexistent/program";
    AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
    ask(&b, 1, "do", "exit");
    AWAIT(&b, info_of(&b, 1).restarts >= 3);
    assert_string_equal(info_of(&b, 1).ended, "not started: ENOENT");
    stop_all(&b);
    bench_close(&b);
}

static void renews_after_a_session(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, no_args, false);
    for (int i = 0; i < 3; i++) {
        AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
        pid_t first = info_of(&b, 0).pid;
        pid_t second = info_of(&b, 1).pid;
        ask(&b, 0, "do", "end-session");
        AWAIT(&b, info_of(&b, 0).pid != first && info_of(&b, 1).pid != second &&
                      RUNS(&b, 0) && RUNS(&b, 1));
        greets(&b, 0);
        greets(&b, 1);
        ask(&b, 0, "kept", NULL);
        assert_string_equal(b.text, "0");
    }
    assert_int_equal(info_of(&b, 0).restarts, 0);
    stop_all(&b);
    bench_close(&b);
}

/* The session dies with the program that holds it; nobody keeps a part. */
static void wipes_when_the_session_dies(void **state)
{
    struct bench b;
    (void)state;
    for (int keep = 0; keep <= 1; keep++) {
        bench_open(&b, no_args, keep != 0);
        AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
        pid_t other = info_of(&b, 1).pid;
        assert_int_equal(kill(info_of(&b, 0).pid, SIGKILL), 0);
        AWAIT(&b, info_of(&b, 0).restarts == 1 && RUNS(&b, 0) && RUNS(&b, 1) &&
                      (keep != 0) == (info_of(&b, 1).pid == other));
        greets(&b, 1);
        assert_int_equal(info_of(&b, 1).restarts, 0);
        stop_all(&b);
        bench_close(&b);
    }
}

/* Instead of an end, whoever ended the session is told; nobody else. */
static void keeps_programs_when_told(void **state)
{
    static const char *const counts[] = {"1", "2"};
    struct bench b;
    (void)state;
    bench_open(&b, no_args, true);
    AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
    pid_t first = info_of(&b, 0).pid;
    pid_t second = info_of(&b, 1).pid;
    for (size_t i = 0; i < LK_ARRAY_LEN(counts); i++) {
        ask(&b, 0, "do", "end-session");
        do
            ask(&b, 0, "kept", NULL);
        while (strcmp(b.text, counts[i]) != 0);
    }
    ask(&b, 1, "kept", NULL);
    assert_string_equal(b.text, "0");
    assert_int_equal(info_of(&b, 0).pid, first);
    assert_int_equal(info_of(&b, 1).pid, second);
    assert_true(RUNS(&b, 0) && RUNS(&b, 1));
    stop_all(&b);
    bench_close(&b);
}

/* 20,001 lines of one program within a moment: a few are kept, with the others'
 * lines from before, and how many were not is said. */
static void keeps_what_others_said(void **state)
{
    struct bench b;
    struct super_log_line line;
    (void)state;
    bench_open(&b, no_args, false);
    AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
    uint64_t before = super_log_next(b.log);
    ask(&b, 0, "do", "spam");
    ask(&b, 1, "status", NULL); /* the other is served all the same */
    stop_all(&b);
    unsigned spam = 0;
    assert_int_equal(super_log_at(b.log, 1, &line), 1);
    for (uint64_t n = before; super_log_at(b.log, n, &line) == 1;
         n = line.number + 1)
        spam += strncmp(line.text, "spam ", 5) == 0;
    assert_in_range(spam, 1, SUPER_RATE_PROGRAM_LINES * 12);
    bench_close(&b);
}

static unsigned count_descriptors(void)
{
    unsigned n = 0;
    DIR *d = opendir("/proc/self/fd");
    assert_non_null(d);
    while (readdir(d))
        n++;
    (void)closedir(d);
    return n;
}

static void leaks_no_descriptors(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, no_args, false);
    AWAIT(&b, RUNS(&b, 0) && RUNS(&b, 1));
    greets(&b, 0);
    unsigned before = count_descriptors();
    for (unsigned i = 0; i < 10; i++) {
        pid_t pid = info_of(&b, i % 2).pid;
        assert_int_equal(kill(pid, SIGKILL), 0);
        AWAIT(&b, info_of(&b, i % 2).pid != pid && RUNS(&b, 0) && RUNS(&b, 1));
        greets(&b, 0);
        greets(&b, 1);
    }
    assert_int_equal(count_descriptors(), before);
    stop_all(&b);
    bench_close(&b);
}

/* Ends at a random moment of a random life. */
static void stops_at_any_moment(void **state)
{
    uint64_t seed = test_seed();
    (void)state;
    for (int i = 0; i < 30; i++) {
        struct bench b;
        bench_open_with(&b, no_args, false, &strict);
        uint64_t turns = test_random(&seed) % 12;
        for (uint64_t n = 0; n < turns; n++) {
            assert_int_equal(
                lk_loop_step(b.loop, (int64_t)(test_random(&seed) % 20000)), 0);
            pid_t pid = info_of(&b, n % 2).pid;
            if (pid > 0 && test_random(&seed) % 4 == 0)
                (void)kill(pid, test_random(&seed) % 2 ? SIGKILL : SIGSTOP);
            if (test_random(&seed) % 8 == 0)
                super_renew(b.super);
        }
        if (test_random(&seed) % 4)
            stop_all(&b);
        bench_close(&b);
    }
}

static void drop_line(void *arg, enum lk_log_level level, const char *line)
{
    (void)arg;
    (void)level;
    (void)line;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_and_stops_in_order),
        cmocka_unit_test(answers_commands),
        cmocka_unit_test(restarts_after_misdeeds),
        cmocka_unit_test(ends_those_that_hang),
        cmocka_unit_test(notices_stopped_and_killed),
        cmocka_unit_test(stops_the_stubborn),
        cmocka_unit_test(gives_up_on_no_start),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(renews_after_a_session),
        cmocka_unit_test(wipes_when_the_session_dies),
        cmocka_unit_test(keeps_programs_when_told),
        cmocka_unit_test(keeps_what_others_said),
        cmocka_unit_test(leaks_no_descriptors),
        cmocka_unit_test(stops_at_any_moment),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    if (!getenv("LUUKKU_TEST_LOG"))
        lk_log_set_sink(drop_line, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
