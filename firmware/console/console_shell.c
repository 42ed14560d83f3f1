#include "console/console_impl.h"
#include "console/put.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void prompt_anew(struct console *c)
{
    c->state = CONSOLE_AT_PROMPT;
    console_line_begin(&c->line, CONSOLE_COMMAND);
    console_prompt(c);
}

void console_shell_clear(struct console *c)
{
    if (c->paste)
        lk_buf_wipe(c->paste);
    c->paste = lk_buf_free(c->paste);
    c->text = lk_buf_free(c->text);
    c->send = console_send_free(c->send);
    c->sift = (struct console_sift){.n = 0};
    c->next = CONSOLE_NEXT_PROMPT;
    c->confirmed = c->again = false;
    c->command[0] = c->word[0] = 0;
}

/* Gives a command's output to the pager, through its filters. */
static void show(struct console *c, unsigned rows)
{
    struct lk_buf *left = NULL;
    if (c->text->len + CONSOLE_TABLE_ROOM > c->text->limit)
        console_say(c, "(The output is too long; its end is missing.)\n");
    int r = lk_buf_new(CONSOLE_TEXT_MAX, &left);
    if (r == 0)
        r = console_sift_apply(&c->sift, lk_buf_str(c->text), left);
    c->text = lk_buf_free(c->text);
    if (r == -ENOMEM)
        console_say(c, "There is no memory left for this.\n");
    c->pager.rows = rows;
    if (left)
        console_pager_begin(&c->pager, left);
    else
        console_shell_shown(c);
}

/* Runs the command in `command`. */
static void run(struct console *c)
{
    c->next = CONSOLE_NEXT_PROMPT;
    if (lk_buf_new(CONSOLE_TEXT_MAX, &c->text) < 0) {
        console_say(c, "There is no memory left for this.\n");
        prompt_anew(c);
        return;
    }
    c->running = true;
    int r = console_tree_run(c->config.tree, c->command, c, c->text);
    c->running = false;
    if (r < 0 && c->text->len == 0)
        console_put(c->text, "Type ? to see what can be typed.\n");
    show(c, c->rows);
}

/* Whether a line may be run; says why not. */
static bool is_whole(struct console *c)
{
    if (c->line.noisy)
        console_say(c, "Noise came into that line, so it was not run: "
                       "type it again.\n");
    else if (c->line.over)
        console_say(c, "That line is too long, so it was not run.\n");
    return !c->line.noisy && !c->line.over;
}

static bool is_audited(struct console *c, const char *what, const char *text)
{
    if (console_audit(c, what, text) >= 0)
        return true;
    console_say(c, "The audit trail cannot be written, so nothing is run.\n");
    return false;
}

void console_shell_line(struct console *c)
{
    const char *why = NULL;
    if (c->line.len == 0 && !c->line.noisy) {
        prompt_anew(c);
        return;
    }
    console_shell_clear(c);
    if (!is_audited(c, c->line.noisy ? "noise" : "run", c->line.text) ||
        !is_whole(c)) {
        prompt_anew(c);
        return;
    }
    console_line_keep(&c->line);
    if (console_sift_parse(c->line.text, c->command, &c->sift, &why) < 0) {
        console_say(c, why);
        console_say(c, "\n");
        prompt_anew(c);
        return;
    }
    console_line_begin(&c->line, CONSOLE_COMMAND);
    run(c);
}

/* Once more, with what was asked for. */
static void run_again(struct console *c)
{
    c->again = true;
    run(c);
}

void console_shell_confirm(struct console *c)
{
    bool right = !c->line.noisy && strcmp(c->line.text, c->word) == 0;
    if (!is_audited(c, right ? "confirmed" : "declined", c->command))
        right = false;
    console_line_begin(&c->line, CONSOLE_PLAIN);
    if (right) {
        c->confirmed = true;
        run_again(c);
        return;
    }
    console_say(c, "Nothing was done.\n");
    console_shell_clear(c);
    prompt_anew(c);
}

static void paste_end(struct console *c, const char *why)
{
    if (!why) {
        console_say(c, "\n");
        run_again(c);
        return;
    }
    console_say(c, "\n");
    console_say(c, why);
    console_shell_clear(c);
    prompt_anew(c);
}

static void on_pasted_line(struct console *c)
{
    const char *line = lk_buf_str(c->paste) + c->paste_line;
    size_t len = c->paste->len - c->paste_line;
    c->active_us = c->now_us;
    console_put(c->out, ".");
    bool last = len == strlen(c->word) && memcmp(line, c->word, len) == 0;
    if (last && len == 1) { /* a mark, no part of it */
        c->paste->len = c->paste_line;
        c->paste->data[c->paste->len] = 0;
    } else if (lk_buf_append(c->paste, "\n", 1) < 0) {
        paste_end(c, "That is too long; nothing was done.\n");
        return;
    }
    if (last && c->paste_noisy)
        paste_end(c, "Noise came into that; paste it again.\n");
    else if (last)
        paste_end(c, NULL);
    else
        c->paste_line = c->paste->len;
}

void console_shell_paste(struct console *c, uint8_t byte)
{
    int end = console_line_ends(&c->line, byte);
    if (end < 0)
        return;
    if (end > 0)
        on_pasted_line(c);
    else if (byte == 3)
        paste_end(c, "Given up; nothing was done.\n");
    else if (lk_buf_append(c->paste, &byte, 1) < 0)
        paste_end(c, "That is too long; nothing was done.\n");
    else if ((byte < ' ' && byte != '\t') || byte == 127)
        c->paste_noisy = true;
}

static void begin_paste(struct console *c)
{
    c->paste = lk_buf_free(c->paste);
    c->paste_line = 0;
    c->paste_noisy = false;
    if (lk_buf_new(CONSOLE_PASTE_MAX, &c->paste) < 0) {
        paste_end(c, "There is no memory left for this.\n");
        return;
    }
    c->state = CONSOLE_AT_PASTE;
}

void console_shell_shown(struct console *c)
{
    if (c->next == CONSOLE_NEXT_FOLLOW && c->pager.declined)
        c->next = CONSOLE_NEXT_PROMPT; /* so are the lines that would come */
    switch (c->next) {
    case CONSOLE_NEXT_CONFIRM:
        c->state = CONSOLE_AT_CONFIRM;
        console_line_begin(&c->line, CONSOLE_PLAIN);
        console_prompt(c);
        break;
    case CONSOLE_NEXT_PASTE:
        begin_paste(c);
        break;
    case CONSOLE_NEXT_FOLLOW:
        c->state = CONSOLE_AT_FOLLOW;
        c->follow_us = c->now_us + CONSOLE_FOLLOW_US;
        break;
    case CONSOLE_NEXT_SEND:
        console_send_begin(c);
        break;
    case CONSOLE_NEXT_LOGOUT:
        console_logout(c, "Logged out.");
        break;
    case CONSOLE_NEXT_PROMPT:
        console_shell_clear(c);
        prompt_anew(c);
        break;
    }
}

void console_shell_follow(struct console *c)
{
    if (lk_buf_new(CONSOLE_TEXT_MAX, &c->text) < 0)
        return;
    if (!c->config.follow(c->config.arg, c->text))
        c->next = CONSOLE_NEXT_PROMPT;
    show(c, 0);
}

void console_reply_confirm(struct console *c, const char *word)
{
    (void)snprintf(c->word, sizeof(c->word), "%s", word);
    c->next = CONSOLE_NEXT_CONFIRM;
}

void console_reply_paste(struct console *c, const char *last_line)
{
    (void)snprintf(c->word, sizeof(c->word), "%s", last_line);
    c->next = CONSOLE_NEXT_PASTE;
}

void console_reply_follow(struct console *c)
{
    c->next = CONSOLE_NEXT_FOLLOW;
}

void console_reply_logout(struct console *c)
{
    c->next = CONSOLE_NEXT_LOGOUT;
}

void console_reply_rows(struct console *c, unsigned rows)
{
    c->rows = LK_MIN(rows, (unsigned)CONSOLE_ROWS_MAX);
}

struct lk_buf *console_reply_text(struct console *c)
{
    return c->text;
}

void *console_reply_arg(struct console *c)
{
    return c->config.arg;
}

const char *console_reply_pasted(struct console *c, size_t *ret_len)
{
    if (!c->again || !c->paste)
        return NULL;
    *ret_len = c->paste->len;
    return lk_buf_str(c->paste);
}

bool console_reply_confirmed(const struct console *c)
{
    return c->again && c->confirmed;
}
