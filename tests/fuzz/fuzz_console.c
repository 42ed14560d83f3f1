/* fuzz_console.c - what comes from a serial line. The first byte says whether
 * somebody is logged in before; then bytes, of which 0xfe lets time pass and
 * 0xfd takes output. Nobody gets in without the password, which no input has,
 * and nothing runs that is not in the trail. */
#include "console/console.h"
#include "console/latch.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PASS 0xfe
#define TAKE 0xfd
#define PASSWORD "yNqX7 kVw2 bT9"

struct desk {
    bool expected; /* the password was typed by the test */
    unsigned audited;
    unsigned run;
    bool sends; /* a file was begun: what goes out is no text any more */
};

static void check_run(const struct console_call *call)
{
    struct desk *d = console_reply_arg(call->context);
    if (++d->run > d->audited)
        abort();
}

static void run_lines(const struct console_call *call)
{
    check_run(call);
    for (int i = 0; i < 40; i++)
        if (lk_buf_printf(console_reply_text(call->context), "line %d\n", i))
            return;
}

static void run_confirm(const struct console_call *call)
{
    check_run(call);
    if (!console_reply_confirmed(call->context))
        console_reply_confirm(call->context, "yes");
}

static void run_paste(const struct console_call *call)
{
    size_t len = 0;
    if (console_reply_pasted(call->context, &len))
        return; /* the same line's second run */
    check_run(call);
    console_reply_paste(call->context, ".");
}

static void run_follow(const struct console_call *call)
{
    check_run(call);
    console_reply_follow(call->context);
}

static void run_send(const struct console_call *call)
{
    struct lk_buf *file = NULL;
    struct desk *d = console_reply_arg(call->context);
    check_run(call);
    if (!console_reply_can_send(call->context) ||
        lk_buf_new(CONSOLE_FILE_MAX, &file) < 0)
        return;
    d->sends = true;
    for (int i = 0; i < 100; i++)
        if (lk_buf_printf(file, "line %d of a file\n", i) < 0)
            break;
    if (console_reply_send(call->context, "a.log", 0, file) < 0)
        abort();
}

static void run_rows(const struct console_call *call)
{
    check_run(call);
    console_reply_rows(call->context, (unsigned)strlen(call->arg[0]));
}

static void run_logout(const struct console_call *call)
{
    check_run(call);
    console_reply_logout(call->context);
}

static const struct console_command table[] = {
    {"show", "look", NULL, 0, 0, NULL},
    {"show lines", "forty", NULL, 0, 0, run_lines},
    {"show log", "follows", "[follow]", 0, 1, run_follow},
    {"send", "a file", NULL, 0, 0, run_send},
    {"reboot", "asks", NULL, 0, 0, run_confirm},
    {"paste", "asks", NULL, 0, 0, run_paste},
    {"rows", "of a page", "N", 1, 1, run_rows},
    {"logout", "ends", NULL, 0, 0, run_logout},
};

static bool on_check(void *arg, const char *name, const char *password)
{
    const struct desk *d = arg;
    bool fits = strcmp(name, "anna") == 0 && strcmp(password, PASSWORD) == 0;
    if (fits && !d->expected)
        abort();
    return fits;
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
    (void)who;
    d->audited += strcmp(what, "run") == 0 || strcmp(what, "confirmed") == 0;
    return strlen(text) < CONSOLE_OUT_MAX ? 0 : -1;
}

static bool on_follow(void *arg, struct lk_buf *text)
{
    (void)arg;
    return lk_buf_printf(text, "more\n") == 0;
}

static void take(struct console *c, const struct desk *d)
{
    size_t len = 0;
    const uint8_t *out = console_output(c, &len);
    for (size_t i = 0; i < len && !d->sends; i++)
        if (out[i] == 0 || out[i] >= 127 ||
            (out[i] < ' ' && !strchr("\r\n\b\a", out[i])))
            abort();
    console_sent(c, LK_MIN(len, (size_t)300));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct desk d = {.run = 0};
    LK_AUTO(console_tree) tree = NULL;
    LK_AUTO(console) c = NULL;
    int64_t now_us = 0;
    if (console_tree_new(table, LK_ARRAY_LEN(table), &tree) < 0)
        return 0;
    const struct console_config config = {
        .banner = "Hello\n",
        .prompt = "> ",
        .tree = tree,
        .check = on_check,
        .known = on_known,
        .audit = on_audit,
        .follow = on_follow,
        .sends = true,
        .arg = &d,
    };
    if (console_new(&config, now_us, &c) < 0)
        return 0;
    if (size > 0 && data[0] & 1) {
        static const char login[] = "anna\r" PASSWORD "\r";
        d.expected = true;
        console_input(c, (const uint8_t *)login, sizeof(login) - 1, now_us);
        d.expected = false;
        if (!*console_user(c))
            abort();
    }
    /* The same bytes as a kept lockout: it is never longer than any. */
    const struct console_gate kept = console_latch_decode(data, size, "b", 9);
    if (console_gate_wait(&kept, 9) > CONSOLE_LOCK_MAX_US)
        abort();
    for (size_t i = 1; i < size; i++) {
        if (data[i] == PASS)
            console_tick(c, now_us += 20000000);
        else if (data[i] == TAKE)
            take(c, &d);
        else
            console_input(c, &data[i], 1, now_us);
    }
    return 0;
}
