/* A file on a console's line: what it begins, and what stands after it. */
#include "oom.h"

#include "console/console.h"
#include "console/zmodem.h"
#include "zmodem_far.h"

#define STEP_US 100000
#define LINES 400
#define STEPS_MAX 10000

struct desk {
    struct console *console;
    struct console_tree *tree;
    int64_t now_us;
    bool audit_fails;
    unsigned drops;
    unsigned sends; /* the command ran */
    char trail[4096];
    char shown[262144];
    struct far far;
    bool far_hears;
};

static void run_send(const struct console_call *call)
{
    struct desk *d = console_reply_arg(call->context);
    struct lk_buf *text = console_reply_text(call->context);
    struct lk_buf *file = NULL;
    d->sends++;
    if (!console_reply_can_send(call->context))
        return;
    int r = lk_buf_new(CONSOLE_FILE_MAX, &file);
    for (int i = 0; i < LINES && r == 0; i++)
        r = lk_buf_printf(file, "line %d of what is sent\n", i);
    if (r == 0)
        r = console_reply_send(call->context, "a.log", 0, LK_TAKE(file));
    if (r < 0 && lk_buf_printf(text, "no memory\n") < 0)
        d->sends--;
    file = lk_buf_free(file);
}

static const struct console_command table[] = {
    {"send", "a file", NULL, 0, 0, run_send},
};

static bool on_check(void *arg, const char *name, const char *password)
{
    (void)arg;
    return strcmp(name, "anna") == 0 && strcmp(password, "kala") == 0;
}

static bool on_known(void *arg, const char *name)
{
    (void)arg;
    return strcmp(name, "anna") == 0;
}

static int on_audit(void *arg, const char *who, const char *what,
                    const char *text)
{
    struct desk *d = arg;
    size_t at = strlen(d->trail);
    if (d->audit_fails)
        return -5;
    (void)snprintf(d->trail + at, sizeof(d->trail) - at, "%s %s %s\n", who,
                   what, text);
    return 0;
}

static void on_drop(void *arg)
{
    struct desk *d = arg;
    d->drops++;
}

static int start(struct desk *d, bool sends)
{
    const struct console_config config = {
        .banner = "Hello\n",
        .prompt = "> ",
        .tree = d->tree,
        .check = on_check,
        .known = on_known,
        .audit = on_audit,
        .sends = sends,
        .drop = on_drop,
        .arg = d,
    };
    d->console = console_free(d->console);
    return console_new(&config, d->now_us, &d->console);
}

static int setup(void **state)
{
    struct desk *d = calloc(1, sizeof(*d));
    d->now_us = 1000000;
    assert_int_equal(console_tree_new(table, LK_ARRAY_LEN(table), &d->tree), 0);
    assert_int_equal(start(d, true), 0);
    *state = d;
    return 0;
}

static int teardown(void **state)
{
    struct desk *d = *state;
    d->console = console_free(d->console);
    d->tree = console_tree_free(d->tree);
    free(d);
    return 0;
}

/* Takes all output; the receiver hears it when there is one. */
static void drain(struct desk *d)
{
    size_t len = 0;
    size_t at = strlen(d->shown);
    const uint8_t *data = console_output(d->console, &len);
    for (; len > 0; data = console_output(d->console, &len)) {
        size_t n = LK_MIN(len, (size_t)100);
        for (size_t i = 0; i < n; i++) {
            if (d->far_hears)
                far_hear(&d->far, data[i], d->now_us);
            if (at + 1 < sizeof(d->shown) && data[i])
                d->shown[at++] = (char)data[i];
        }
        console_sent(d->console, n);
    }
    d->shown[at] = 0;
}

static void say(struct desk *d, const char *text)
{
    d->shown[0] = 0;
    console_input(d->console, (const uint8_t *)text, strlen(text), d->now_us);
    drain(d);
}

static void step(struct desk *d)
{
    d->now_us += STEP_US;
    console_tick(d->console, d->now_us);
    drain(d);
    if (!d->far_hears)
        return;
    size_t n = d->far.said;
    d->far.said = 0;
    console_input(d->console, d->far.say, n, d->now_us);
    drain(d);
}

static void wait_s(struct desk *d, int s)
{
    d->shown[0] = 0;
    for (int i = 0; i < s * 10; i++)
        step(d);
}

static void begin(struct desk *d, const char *typed)
{
    say(d, "anna\rkala\r");
    assert_string_equal(console_user(d->console), "anna");
    say(d, typed);
}

#define SHOWN(d, s) assert_non_null(strstr((d)->shown, (s)))

static void receive(struct desk *d)
{
    far_begin(&d->far, ZMODEM_CANFDX | ZMODEM_CANOVIO | ZMODEM_CANFC32, 0);
    d->far_hears = true;
}

static void a_file_and_then_the_prompt(void **state)
{
    struct desk *d = *state;
    char line[64];
    begin(d, "send\r");
    SHOWN(d, "a.log: ");
    receive(d);
    wait_s(d, 5);
    assert_true(d->far.whole && d->far.over);
    (void)snprintf(line, sizeof(line), "line %d of what is sent\n", LINES - 1);
    assert_memory_equal(d->far.file + d->far.have - strlen(line), line,
                        strlen(line));
    SHOWN(d, "Sent.\r\n> ");
    assert_non_null(strstr(d->trail, "anna run send\nanna sent a.log "));
    /* What came after the last word was nobody's line. */
    assert_null(strstr(d->trail, "noise"));
    d->far_hears = false;
    say(d, "x\r");
    SHOWN(d, "> ");
}

static void nobody_receives(void **state)
{
    struct desk *d = *state;
    begin(d, "send\r\n");
    wait_s(d, 62);
    SHOWN(d, "no terminal program began");
    SHOWN(d, "> ");
    assert_non_null(strstr(d->trail, "anna unsent a.log 0 of "));
    say(d, "send\r");
    say(d, "\x03");
    wait_s(d, 1);
    SHOWN(d, "Given up");
}

static void a_line_for_text_alone(void **state)
{
    struct desk *d = *state;
    begin(d, "send | include line\r");
    SHOWN(d, "leave out |");
    SHOWN(d, "> ");
    assert_int_equal(start(d, false), 0);
    begin(d, "send | include zebra\r");
    SHOWN(d, "takes text alone");
    SHOWN(d, "> ");
    assert_int_equal(d->sends, 2);
}

/* Whoever waits long for a slow line is not logged out; a dead one ends. */
static void not_logged_out_while_it_goes_on(void **state)
{
    struct desk *d = *state;
    begin(d, "send\r");
    wait_s(d, 50); /* nobody yet */
    receive(d);
    wait_s(d, 1);
    assert_string_equal(console_user(d->console), "anna");
    wait_s(d, 599);
    assert_string_equal(console_user(d->console), "anna");
    wait_s(d, 5);
    assert_string_equal(console_user(d->console), "");
}

static void the_line_is_cut(void **state)
{
    struct desk *d = *state;
    begin(d, "send\r");
    receive(d);
    step(d);
    assert_false(d->far.over);
    console_hangup(d->console, d->now_us);
    d->far_hears = false;
    wait_s(d, 1);
    assert_string_equal(d->shown, "\r\nHello\r\nlogin: ");
    say(d, "\r");
    SHOWN(d, "login: ");
}

/* An error: what waits for the line is dropped, and all arrives. */
static void an_error_drops_what_waits(void **state)
{
    struct desk *d = *state;
    begin(d, "send\r");
    receive(d);
    while (d->far.have == 0)
        step(d);
    assert_int_equal(d->drops, 0);
    if (!d->far.whole) {
        far_header(&d->far, ZMODEM_ZRPOS, 0);
        wait_s(d, 3);
        assert_true(d->drops > 0);
    }
    wait_s(d, 20);
    assert_true(d->far.whole);
}

static void without_a_trail_it_says_so(void **state)
{
    struct desk *d = *state;
    begin(d, "send\r");
    d->audit_fails = true;
    say(d, "\x03");
    wait_s(d, 1);
    SHOWN(d, "The audit trail cannot be written.");
    SHOWN(d, "> ");
}

static bool has_prompt(const struct desk *d)
{
    size_t len = strlen(d->shown);
    return len > 2 && strcmp(d->shown + len - 2, "> ") == 0;
}

/* One allocation after another fails: the prompt is there again each time, at
 * once or after Ctrl-C, until nothing was missing. */
static void without_memory(void **state)
{
    struct desk *d = *state;
    unsigned failed = 0;
    begin(d, "\r");
    for (bool whole = false; !whole; failed++) {
        assert_true(failed < 1000);
        d->shown[0] = 0;
        oom_left = failed;
        console_input(d->console, (const uint8_t *)"send\r", 5, d->now_us);
        whole = oom_left > 0;
        oom_left = -1;
        drain(d);
        if (whole)
            SHOWN(d, "by ZMODEM now");
        if (!has_prompt(d)) {
            say(d, "\x03");
            wait_s(d, 1);
            SHOWN(d, "Given up");
        }
        assert_true(has_prompt(d));
    }
    assert_true(failed > 5);
}

#define DESK_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(a_file_and_then_the_prompt),
        DESK_TEST(nobody_receives),
        DESK_TEST(a_line_for_text_alone),
        DESK_TEST(not_logged_out_while_it_goes_on),
        DESK_TEST(the_line_is_cut),
        DESK_TEST(an_error_drops_what_waits),
        DESK_TEST(without_a_trail_it_says_so),
        DESK_TEST(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
