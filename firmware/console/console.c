#include "console/console.h"

#include "console/console_impl.h"
#include "console/put.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char hint[] =
    "Type \"test all\" to find what is broken, \"help\" for more.\n";

void console_say(struct console *c, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        console_put_bytes(c->out, text, n);
        text += n;
        if (*text == '\n') {
            console_put(c->out, "\r\n");
            text++;
        }
    }
}

static enum console_line_kind line_kind(const struct console *c)
{
    if (c->state == CONSOLE_AT_PROMPT)
        return CONSOLE_COMMAND;
    return c->state == CONSOLE_AT_PASSWORD ? CONSOLE_SECRET : CONSOLE_PLAIN;
}

void console_prompt(struct console *c)
{
    static const char *const fixed[] = {
        [CONSOLE_AT_NAME] = "login: ", [CONSOLE_AT_PASSWORD] = "password: ",
        [CONSOLE_AT_PROMPT] = NULL,    [CONSOLE_AT_CONFIRM] = "> ",
        [CONSOLE_AT_PASTE] = "",       [CONSOLE_AT_FOLLOW] = "",
        [CONSOLE_AT_SEND] = "",        [CONSOLE_AT_END] = "",
    };
    const char *text = fixed[c->state];
    console_put(c->out, text ? text : c->config.prompt);
    console_line_show(&c->line, c->out);
}

/* Begins a new line in a state. */
static void enter(struct console *c, enum console_state state)
{
    c->state = state;
    console_line_begin(&c->line, line_kind(c));
    console_prompt(c);
}

int console_audit(struct console *c, const char *what, const char *text)
{
    const char *who = c->user[0] ? c->user : "-";
    return c->config.audit(c->config.arg, who, what, text);
}

static void greet(struct console *c)
{
    if (c->config.user) { /* that one has gone */
        enter(c, CONSOLE_AT_END);
        return;
    }
    console_say(c, "\n");
    console_say(c, c->config.banner);
    enter(c, CONSOLE_AT_NAME);
}

/* There may have been a password among it. */
static void forget_held(struct console *c)
{
    explicit_bzero(c->held, c->held_end);
    c->held_at = c->held_end = 0;
}

void console_logout(struct console *c, const char *why)
{
    if (c->user[0] && console_audit(c, "logout", why) < 0)
        console_say(c, "The audit trail cannot be written.\n");
    explicit_bzero(c->user, sizeof(c->user));
    console_shell_clear(c);
    console_pager_end(&c->pager);
    console_line_forget(&c->line);
    c->rows = CONSOLE_ROWS;
    forget_held(c);
    console_say(c, "\n");
    console_say(c, why);
    console_say(c, "\n");
    greet(c);
}

/* A noisy line, or another program's console at the far end: two that greet
 * each other would never stop. */
static void on_bad_name(struct console *c)
{
    if (++c->bad_names >= CONSOLE_BAD_NAMES) {
        c->bad_names = 0;
        c->quiet_us = c->now_us + CONSOLE_QUIET_US;
        console_say(c, "Too much noise on this line: wait 10 seconds.\n");
    }
    enter(c, CONSOLE_AT_NAME);
}

static void on_name(struct console *c)
{
    bool empty = c->line.len == 0 && !c->line.noisy;
    if (!empty &&
        (c->line.noisy || c->line.over || !lk_name_valid(c->line.text))) {
        on_bad_name(c);
        return;
    }
    if (empty) {
        enter(c, CONSOLE_AT_NAME);
        return;
    }
    memcpy(c->name, c->line.text, c->line.len + 1);
    c->active_us = c->now_us;
    enter(c, CONSOLE_AT_PASSWORD);
}

static void tell_gate(struct console *c)
{
    if (c->config.gated)
        c->config.gated(c->config.arg, &c->gate);
}

static void on_refused(struct console *c)
{
    char text[96];
    console_gate_failed(&c->gate, c->now_us);
    tell_gate(c);
    int64_t wait_us = console_gate_wait(&c->gate, c->now_us);
    /* The name may be a password, typed in the wrong place. */
    bool known = c->config.known(c->config.arg, c->name);
    const char *who = known ? c->name : "-";
    int r = c->config.audit(c->config.arg, who,
                            wait_us > 0 ? "locked" : "refused", "");
    console_say(c, "That is not right.\n");
    if (r < 0)
        console_say(c, "The audit trail cannot be written.\n");
    if (wait_us > 0) {
        (void)snprintf(text, sizeof(text),
                       "Locked for %d seconds after %u failures.\n",
                       (int)(wait_us / 1000000), c->gate.failed);
        console_say(c, text);
    }
    enter(c, CONSOLE_AT_NAME);
}

static void on_password(struct console *c)
{
    bool fits = false;
    if (c->line.len == 0 || c->line.noisy || c->line.over) {
        /* No attempt: an empty line, or one that noise came into. */
        console_say(c,
                    c->line.len ? "Noise on the line: again, please.\n" : "");
        enter(c, CONSOLE_AT_NAME);
        return;
    }
    fits = c->config.check(c->config.arg, c->name, c->line.text);
    console_line_begin(&c->line, CONSOLE_PLAIN);
    if (!fits) {
        on_refused(c);
        return;
    }
    memcpy(c->user, c->name, sizeof(c->user));
    if (console_audit(c, "login", "") < 0) {
        c->user[0] = 0;
        console_say(c, "The audit trail cannot be written: nobody may log in. "
                       "Is the disk full?\n"
                       "Switch the kiosk off and on; if this stays, change "
                       "its disk.\n");
        enter(c, CONSOLE_AT_NAME);
        return;
    }
    console_gate_passed(&c->gate);
    tell_gate(c);
    c->bad_names = 0;
    console_line_forget(&c->line);
    console_say(c, hint);
    enter(c, CONSOLE_AT_PROMPT);
}

static void on_line(struct console *c)
{
    if (c->state != CONSOLE_AT_NAME) /* noise alone keeps nobody logged in */
        c->active_us = c->now_us;
    console_say(c, "\n");
    if (c->state == CONSOLE_AT_NAME)
        on_name(c);
    else if (c->state == CONSOLE_AT_PASSWORD)
        on_password(c);
    else if (c->state == CONSOLE_AT_CONFIRM)
        console_shell_confirm(c);
    else
        console_shell_line(c);
}

/* The words before the cursor. */
static void words_before(const struct console *c, char *ret)
{
    memcpy(ret, c->line.text, c->line.at);
    ret[c->line.at] = 0;
}

static void on_help(struct console *c)
{
    char before[CONSOLE_LINE_MAX];
    LK_AUTO(lk_buf) text = NULL;
    words_before(c, before);
    if (lk_buf_new(CONSOLE_OUT_MAX, &text) < 0)
        return;
    console_tree_help(c->config.tree, before, text);
    console_say(c, "\n");
    console_say(c, lk_buf_str(text));
    console_prompt(c);
}

static void on_tab(struct console *c)
{
    char before[CONSOLE_LINE_MAX];
    char rest[CONSOLE_COMPLETION_MAX];
    words_before(c, before);
    size_t n = console_tree_complete(c->config.tree, before, rest);
    if (n > 1 && !*rest)
        on_help(c);
    else
        console_line_insert(&c->line, rest, c->out);
    if (n == 0)
        console_put(c->out, "\a");
}

static void on_break(struct console *c)
{
    c->active_us = c->now_us;
    console_say(c, "^C\n");
    if (c->state == CONSOLE_AT_NAME || c->state == CONSOLE_AT_PASSWORD) {
        enter(c, CONSOLE_AT_NAME);
        return;
    }
    console_shell_clear(c);
    enter(c, CONSOLE_AT_PROMPT);
}

static void on_event(struct console *c, enum console_event event)
{
    switch (event) {
    case CONSOLE_NOTHING:
        break;
    case CONSOLE_LINE:
        on_line(c);
        break;
    case CONSOLE_TAB:
        c->active_us = c->now_us;
        on_tab(c);
        break;
    case CONSOLE_HELP:
        c->active_us = c->now_us;
        on_help(c);
        break;
    case CONSOLE_BREAK:
        on_break(c);
        break;
    case CONSOLE_END:
        if (c->user[0])
            console_logout(c, "Logged out.");
        break;
    }
}

/* To the end of what is waiting to be read. */
static void hold(struct console *c, uint8_t byte)
{
    if (c->held_end == sizeof(c->held) && c->held_at > 0) {
        c->held_end -= c->held_at;
        memmove(c->held, c->held + c->held_at, c->held_end);
        c->held_at = 0;
    }
    if (c->held_end < sizeof(c->held))
        c->held[c->held_end++] = byte;
    else
        console_put(c->out, "\a");
}

/* The keys of the pager; the first of a new command is read once more. */
static void on_key(struct console *c, uint8_t byte)
{
    int end = console_line_ends(&c->line, byte);
    if (end < 0)
        return;
    bool known = end > 0 || (byte >= ' ' && byte < 127) || byte == 3;
    c->active_us = known ? c->now_us : c->active_us;
    if (!console_pager_key(&c->pager, end > 0 ? '\n' : byte, c->out))
        c->held_at--;
}

static bool is_deaf(const struct console *c)
{
    bool open = c->state == CONSOLE_AT_NAME || c->state == CONSOLE_AT_PASSWORD;
    return open && (c->quiet_us > c->now_us ||
                    console_gate_wait(&c->gate, c->now_us) > 0);
}

static void on_byte(struct console *c, uint8_t byte)
{
    if (is_deaf(c) || c->state == CONSOLE_AT_END)
        return;
    if (c->pager.text) {
        on_key(c, byte);
        return;
    }
    if (c->state == CONSOLE_AT_PASTE) {
        console_shell_paste(c, byte);
        return;
    }
    if (c->state == CONSOLE_AT_SEND) {
        console_send_byte(c, byte);
        return;
    }
    if (c->state == CONSOLE_AT_FOLLOW) {
        if (console_line_ends(&c->line, byte) < 0)
            return; /* the end of the line that began it */
        c->active_us = c->now_us;
        console_shell_clear(c);
        enter(c, CONSOLE_AT_PROMPT);
        return;
    }
    on_event(c, console_line_byte(&c->line, byte, c->out));
}

/* Whether a command is at work, or shows more than the line takes now: what is
 * typed waits. */
static bool is_busy(const struct console *c)
{
    return c->running || (c->pager.text && !c->pager.waiting);
}

/* Forgets what waits up to its last Ctrl-C; false: there is none. */
static bool take_break(struct console *c)
{
    for (size_t i = c->held_end; i > c->held_at; i--)
        if (c->held[i - 1] == 3) {
            c->held_at = i;
            return true;
        }
    return false;
}

static void cut_short(struct console *c)
{
    c->active_us = c->now_us;
    lk_buf_wipe(c->out);
    console_say(c, "^C\n");
    console_pager_skip(&c->pager);
}

/* Shows more, and reads what was typed once nothing is in its way. */
static void pump(struct console *c)
{
    while (!c->running) {
        if (c->pager.text && console_pager_pump(&c->pager, c->out))
            console_shell_shown(c);
        else if (is_busy(c) && take_break(c))
            cut_short(c);
        else if (is_busy(c) || c->held_at == c->held_end)
            break;
        else
            on_byte(c, c->held[c->held_at++]);
    }
    if (c->held_at == c->held_end)
        forget_held(c);
    console_send_pump(c);
}

bool console_interrupt(struct console *c, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hold(c, data[i]);
    if (!take_break(c))
        return false;
    (void)console_audit(c, "stopped", c->command); /* it ends anyway */
    return true;
}

void console_input(struct console *c, const uint8_t *data, size_t len,
                   int64_t now_us)
{
    c->now_us = now_us;
    for (size_t i = 0; i < len; i++) {
        if (c->held_end - c->held_at == sizeof(c->held))
            pump(c);
        hold(c, data[i]);
    }
    pump(c);
}

void console_tick(struct console *c, int64_t now_us)
{
    c->now_us = now_us;
    if (c->gate.until_us > 0 && c->gate.until_us <= now_us) {
        c->gate.until_us = 0; /* its end is kept, too */
        tell_gate(c);
    }
    int64_t still_us = now_us - c->active_us;
    if (c->user[0] && still_us >= CONSOLE_IDLE_US) {
        lk_buf_wipe(c->out);
        console_logout(c, "Logged out: nothing was done for 10 minutes.");
    } else if (c->state == CONSOLE_AT_PASSWORD &&
               still_us >= CONSOLE_LOGIN_US) {
        console_say(c, "\n");
        enter(c, CONSOLE_AT_NAME);
    } else if (c->state == CONSOLE_AT_FOLLOW && !c->pager.text &&
               now_us >= c->follow_us) {
        console_shell_follow(c);
    } else if (c->state == CONSOLE_AT_SEND) {
        console_send_tick(c);
    }
    pump(c);
}

void console_hangup(struct console *c, int64_t now_us)
{
    c->now_us = now_us;
    lk_buf_wipe(c->out);
    console_logout(c, "The line was cut.");
    lk_buf_wipe(c->out);
    greet(c);
}

const uint8_t *console_output(const struct console *c, size_t *ret_len)
{
    *ret_len = c->out->len;
    return c->out->data;
}

void console_sent(struct console *c, size_t len)
{
    size_t left = c->out->len - LK_MIN(len, c->out->len);
    if (left > 0)
        memmove(c->out->data, c->out->data + len, left);
    c->out->len = left;
    pump(c);
}

bool console_over(const struct console *c)
{
    return c->state == CONSOLE_AT_END;
}

const char *console_user(const struct console *c)
{
    return c->user;
}

/* Somebody who was let in elsewhere. */
static int begin_known(struct console *c, const char *user)
{
    (void)snprintf(c->user, sizeof(c->user), "%s", user);
    int r = console_audit(c, "login", "");
    if (r < 0)
        return r;
    console_say(c, c->config.banner);
    console_say(c, hint);
    enter(c, CONSOLE_AT_PROMPT);
    return 0;
}

int console_new(const struct console_config *config, int64_t now_us,
                struct console **ret)
{
    LK_AUTO(console) c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->config = *config;
    c->now_us = c->active_us = now_us;
    c->rows = CONSOLE_ROWS;
    c->gate = config->gate;
    int r = lk_buf_new(CONSOLE_OUT_MAX, &c->out);
    if (r < 0)
        return r;
    if (config->user)
        r = begin_known(c, config->user);
    else
        greet(c);
    if (r == 0)
        *ret = LK_TAKE(c);
    return r;
}

struct console *console_free(struct console *c)
{
    if (c) {
        console_shell_clear(c);
        console_pager_end(&c->pager);
        c->out = lk_buf_free(c->out);
        explicit_bzero(c, sizeof(*c));
        free(c);
    }
    return NULL;
}
