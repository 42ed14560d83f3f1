#include "console/console_impl.h"
#include "console/put.h"
#include "console/zmodem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Bytes in a second at 9600 baud: ten bits each. */
#define SLOW_BYTES 960

struct console_send {
    struct zmodem_file file;
    struct lk_buf *bytes;
    struct zmodem zmodem;
    int64_t begun_us;
    size_t there; /* bytes that the far end has */
};

/* What is said at the end, and what to do next. */
static const char *const ends[] = {
    [ZMODEM_UNDER_WAY] = "",
    [ZMODEM_SENT] = "Sent.\n",
    [ZMODEM_SKIPPED] = "The terminal program did not want it: it may have a "
                       "file of that name.\n",
    [ZMODEM_NOBODY] = "Nothing was sent: no terminal program began to receive "
                      "within a minute.\nType log send again and begin it "
                      "there: ZMODEM, receive.\n",
    [ZMODEM_GIVEN_UP] = "Given up; nothing was sent.\n",
    [ZMODEM_CANCELLED] = "The terminal program broke it off. Has it room for "
                         "the file, and may it write\nwhere it wants to?\n",
    [ZMODEM_SILENT] = "The terminal program no longer answers. Is the cable "
                      "in? Type log send again.\n",
    [ZMODEM_NOISY] = "There is too much noise on the line. Try another cable, "
                     "a lower speed, or fewer\nlines: log send lines=50\n",
    [ZMODEM_REFUSED] = "The terminal program cannot write the file. Is its "
                       "disk full?\n",
    [ZMODEM_SEVEN_BITS] = "The terminal program has a line of 7 bits. Set it "
                          "to 8 bits and no parity.\n",
    [ZMODEM_ODD] = "The terminal program has another file of that name. "
                   "Remove it, and try again.\n",
};

struct console_send *console_send_free(struct console_send *s)
{
    if (s) {
        s->bytes = lk_buf_free(s->bytes);
        free(s);
    }
    return NULL;
}

bool console_reply_can_send(struct console *c)
{
    if (!c->config.sends)
        console_put(c->text, "This line takes text alone, no file. At the "
                             "kiosk's serial line it can be sent;\n"
                             "here: show log lines=200\n");
    else if (c->sift.n > 0)
        console_put(c->text, "A file is sent as it is: leave out | and what "
                             "follows it.\n");
    bool can = c->config.sends && c->sift.n == 0;
    c->sift.n = 0; /* the reason is shown, whatever was to be */
    return can;
}

int console_reply_send(struct console *c, const char *name, int64_t mtime_s,
                       struct lk_buf *file)
{
    c->send = console_send_free(c->send);
    struct console_send *s = calloc(1, sizeof(*s));
    if (!s) {
        (void)lk_buf_free(file);
        return -ENOMEM;
    }
    s->bytes = file;
    s->file = (struct zmodem_file){
        .data = file->data, .len = file->len, .mtime_s = mtime_s};
    (void)snprintf(s->file.name, sizeof(s->file.name), "%s", name);
    console_putf(c->text,
                 "%s: %zu bytes, %zu s at 9600 baud.\n"
                 "Let your terminal program receive by ZMODEM now (minicom: "
                 "Ctrl-A R); Ctrl-C ends.\n",
                 s->file.name, file->len, file->len / SLOW_BYTES + 1);
    c->send = s;
    c->next = CONSOLE_NEXT_SEND;
    return 0;
}

void console_send_begin(struct console *c)
{
    struct console_send *s = c->send;
    c->state = CONSOLE_AT_SEND;
    s->begun_us = c->now_us;
    zmodem_begin(&s->zmodem, &s->file, c->now_us);
}

void console_send_byte(struct console *c, uint8_t byte)
{
    zmodem_input(&c->send->zmodem, &byte, 1, c->now_us);
}

void console_send_tick(struct console *c)
{
    zmodem_tick(&c->send->zmodem, c->now_us);
}

/* Says how it went; the prompt comes back. */
static void end(struct console *c)
{
    struct console_send *s = c->send;
    char text[ZMODEM_NAME_MAX + 64];
    enum zmodem_result how = zmodem_result(&s->zmodem);
    (void)snprintf(text, sizeof(text), "%s %zu of %zu bytes", s->file.name,
                   zmodem_there(&s->zmodem), s->file.len);
    bool kept =
        console_audit(c, how == ZMODEM_SENT ? "sent" : "unsent", text) >= 0;
    console_say(c, "\n");
    console_say(c, text);
    (void)snprintf(text, sizeof(text), " in %d s. ",
                   (int)((c->now_us - s->begun_us) / 1000000));
    console_say(c, text);
    console_say(c, ends[how]);
    if (!kept)
        console_say(c, "The audit trail cannot be written.\n");
    c->active_us = c->now_us;
    c->next = CONSOLE_NEXT_PROMPT;
    console_shell_shown(c);
}

void console_send_pump(struct console *c)
{
    uint8_t out[ZMODEM_OUT_MAX];
    if (c->state != CONSOLE_AT_SEND)
        return;
    struct console_send *s = c->send;
    if (zmodem_flush(&s->zmodem)) {
        lk_buf_wipe(c->out);
        if (c->config.drop)
            c->config.drop(c->config.arg);
    }
    if (c->out->len == 0) {
        size_t n = zmodem_output(&s->zmodem, out, c->now_us);
        console_put_bytes(c->out, out, n);
    }
    if (zmodem_there(&s->zmodem) > s->there) { /* somebody is there */
        s->there = zmodem_there(&s->zmodem);
        c->active_us = c->now_us;
    }
    if (zmodem_over(&s->zmodem))
        end(c);
}
