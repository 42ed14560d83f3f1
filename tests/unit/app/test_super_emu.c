#include "app/super_emu.h"

#include "testing.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const struct {
    const char *argv[5];
    int error;
    const char *role;
    const char *then;
    const char *line;
    bool plug;
} words[] = {
    {{"emu", "scanner", "unplug"}, 0, "scanner", NULL, "unplug", false},
    {{"emu", "reader", "plug"}, 0, "reader", NULL, "plug", true},
    {{"emu", "reader", "pad", "1234", "ok"},
     0,
     "reader",
     NULL,
     "pad 1234 ok",
     false},
    {{"emu", "card", "insert", "p384"},
     0,
     "reader",
     NULL,
     "card insert p384",
     false},
    {{"emu", "pages", "3"}, 0, "scanner", NULL, "pages 3", false},
    {{"emu", "fault", "jam"}, 0, "scanner", "reader", "fault jam", false},
    {{"emu", "mouse", "plug"}, -EINVAL, NULL, NULL, NULL, false},
    {{"emu", "scanner"}, -EINVAL, NULL, NULL, NULL, false},
    {{"emu", "pages", "3\nunplug"}, -EINVAL, NULL, NULL, NULL, false},
};

static void understands_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(words); i++) {
        struct super_emu_words w;
        size_t argc = 0;
        while (argc < LK_ARRAY_LEN(words[i].argv) && words[i].argv[argc])
            argc++;
        assert_int_equal(super_emu_parse(words[i].argv, argc, &w),
                         words[i].error);
        if (words[i].error)
            continue;
        assert_string_equal(w.role, words[i].role);
        assert_string_equal(w.line, words[i].line);
        assert_int_equal(w.plug, words[i].plug);
        if (words[i].then)
            assert_string_equal(w.then, words[i].then);
        else
            assert_null(w.then);
    }
}

static void refuses_too_long_words(void **state)
{
    char word[SUPER_EMU_LINE_MAX + 1];
    struct super_emu_words w;
    (void)state;
    memset(word, 'a', sizeof(word));
    word[sizeof(word) - 1] = 0;
    const char *argv[] = {"emu", "scanner", word};
    assert_int_equal(super_emu_parse(argv, 3, &w), -EMSGSIZE);
}

struct world {
    struct lk_loop *loop;
    struct super_emu *emu;
    char dir[32];
    char path[2][64];
    int server[2];
    unsigned answers;
    bool ok;
    char text[64];
};

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    (void)snprintf(w->dir, sizeof(w->dir), "/tmp/luukku-emu-XXXXXX");
    if (!mkdtemp(w->dir))
        return -1;
    for (int i = 0; i < 2; i++) {
        struct sockaddr_un at = {.sun_family = AF_UNIX};
        (void)snprintf(w->path[i], sizeof(w->path[i]), "%s/%d", w->dir, i);
        (void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", w->path[i]);
        w->server[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(w->server[i], (void *)&at, sizeof(at)), 0);
        assert_int_equal(listen(w->server[i], 4), 0);
    }
    assert_int_equal(lk_loop_new(&w->loop), 0);
    assert_int_equal(super_emu_new(w->loop, &w->emu), 0);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    super_emu_free(w->emu);
    lk_loop_free(w->loop);
    for (int i = 0; i < 2; i++) {
        (void)close(w->server[i]);
        (void)unlink(w->path[i]);
    }
    (void)rmdir(w->dir);
    free(w);
    return 0;
}

static void on_answer(void *arg, uint64_t tag, bool ok, const char *text)
{
    struct world *w = arg;
    assert_int_equal(tag, 17);
    w->answers++;
    w->ok = ok;
    (void)snprintf(w->text, sizeof(w->text), "%s", text);
}

/* Takes what was asked of emulator `i` and answers, or only hangs up. */
static void play(struct world *w, int i, const char *expect, const char *answer)
{
    char line[64] = "";
    LK_AUTO_FD fd = accept4(w->server[i], NULL, NULL, SOCK_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, line, sizeof(line)), (ssize_t)strlen(expect));
    assert_string_equal(line, expect);
    assert_int_equal(write(fd, answer, strlen(answer)),
                     (ssize_t)strlen(answer));
}

static int ask(struct world *w, const char *then, const char *line)
{
    struct super_emu_done done = {.fn = on_answer, .arg = w, .tag = 17};
    return super_emu_ask(w->emu, w->path[0], then, line, done);
}

static void await(struct world *w, unsigned answers)
{
    for (int i = 0; w->answers < answers; i++) {
        assert_true(i < 100);
        assert_int_equal(lk_loop_step(w->loop, 100000), 0);
    }
}

static void passes_answers_on(void **state)
{
    static const struct {
        const char *answer;
        bool ok;
        const char *text;
    } plays[] = {
        {"ok\n", true, ""},
        {"ok 3 pages\nmore", true, "3 pages"},
        {"error no such word\n", false, "no such word"},
        {"okay\n", false, "the emulator answers in no known way"},
        {"", false, "the emulator has gone"},
    };
    struct world *w = *state;
    for (unsigned i = 0; i < LK_ARRAY_LEN(plays); i++) {
        assert_int_equal(ask(w, NULL, "pages 3"), 0);
        play(w, 0, "pages 3\n", plays[i].answer);
        await(w, i + 1);
        assert_int_equal(w->ok, plays[i].ok);
        assert_string_equal(w->text, plays[i].text);
    }
}

static void asks_the_other_when_the_first_refuses(void **state)
{
    struct world *w = *state;
    assert_int_equal(ask(w, w->path[1], "fault x"), 0);
    play(w, 0, "fault x\n", "error unknown\n");
    assert_int_equal(lk_loop_step(w->loop, 1000000), 0);
    play(w, 1, "fault x\n", "ok\n");
    await(w, 1);
    assert_true(w->ok);
}

static void has_a_ceiling(void **state)
{
    struct world *w = *state;
    int n = 0;
    while (n < 3 && ask(w, NULL, "a") == 0)
        n++;
    assert_int_equal(n, 3);
    (void)close(w->server[0]);
    w->server[0] = -1;
    assert_int_equal(ask(w, NULL, "a"), -ENODEV);
    await(w, 3); /* the three are told that it has gone */
    assert_false(w->ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(understands_words),
        cmocka_unit_test(refuses_too_long_words),
        cmocka_unit_test_setup_teardown(passes_answers_on, setup, teardown),
        cmocka_unit_test_setup_teardown(asks_the_other_when_the_first_refuses,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(has_a_ceiling, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
