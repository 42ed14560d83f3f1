#include "app/console_provision.h"

#include "app/console_commands.h"
#include "app/console_json.h"
#include "console/put.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#define PIECE_MAX 2048 /* bytes of the text in one request */
#define LAST_LINE "."

static int ask(const struct console_call *call, const char *const *words,
               json_t **ret)
{
    LK_AUTO(control_answer) a = NULL;
    struct lk_buf *text = console_reply_text(call->context);
    int r =
        console_commands_ask(console_reply_arg(call->context), words, text, &a);
    if (r == 0)
        r = console_json_load(a->text, ret);
    return r;
}

/* What the kiosk is, and what comes next. */
static void show_state(const struct console_call *call, const json_t *v)
{
    struct lk_buf *text = console_reply_text(call->context);
    const json_t *cert = json_object_get(v, "certificate");
    const json_t *clock = json_object_get(v, "clock");
    const char *next = console_json_text(v, "next");
    console_putf(text, "kiosk        %s\nstate        %s\n",
                 console_json_text(v, "kiosk"), console_json_text(v, "state"));
    console_putf(text, "certificate  %s%s\n",
                 json_is_object(cert) ? "until " : "none",
                 console_json_text(cert, "not_after"));
    console_putf(text, "site file    %s\n",
                 json_is_true(json_object_get(v, "site")) ? "yes" : "none");
    console_putf(text, "clock        %s%s\n", console_json_text(clock, "at"),
                 json_is_true(json_object_get(clock, "set"))
                     ? ""
                     : " (nobody has set it: it may be wrong)");
    if (*next)
        console_putf(text, "%s\n", next);
}

void console_provision_status(const struct console_call *call)
{
    static const char *const words[] = {"provision", "status", NULL};
    json_t *v = NULL;
    if (ask(call, words, &v) == 0)
        show_state(call, v);
    json_decref(v);
}

void console_provision_csr(const struct console_call *call)
{
    static const char *const words[] = {"provision", "csr", NULL};
    struct lk_buf *text = console_reply_text(call->context);
    json_t *v = NULL;
    if (ask(call, words, &v) == 0) {
        console_put(text, console_json_text(v, "pem"));
        console_putf(text,
                     "Send this to the fleet's office, as it is; its name is "
                     "%s.\nIts answer goes to: provision certificate\n",
                     console_json_text(v, "kiosk"));
    }
    json_decref(v);
}

/* Puts the text in pieces. */
static int put(const struct console_call *call, const char *s, size_t len)
{
    for (size_t at = 0; at < len;) {
        char offset[24];
        char piece[PIECE_MAX + 1];
        const char *const words[] = {"provision", "put", offset, piece, NULL};
        json_t *v = NULL;
        size_t n = LK_MIN(len - at, (size_t)PIECE_MAX);
        while (n > 1 && at + n < len &&
               ((unsigned char)s[at + n] & 0xC0) == 0x80)
            n--; /* not inside a character */
        (void)snprintf(offset, sizeof(offset), "%zu", at);
        memcpy(piece, s + at, n);
        piece[n] = 0;
        int r = ask(call, words, &v);
        json_decref(v);
        explicit_bzero(piece, sizeof(piece));
        if (r < 0)
            return r;
        at += n;
    }
    return 0;
}

void console_provision_text(const struct console_call *call)
{
    size_t len = 0;
    struct lk_buf *text = console_reply_text(call->context);
    const char *s = console_reply_pasted(call->context, &len);
    const char *words[] = {"provision", strchr(call->command->words, ' ') + 1,
                           call->args > 0 ? call->arg[0] : NULL, NULL};
    json_t *v = NULL;
    if (!s) {
        console_put(text, "Paste it, then a line with a full stop alone. "
                          "Ctrl-C gives up.\n");
        console_reply_paste(call->context, LAST_LINE);
        return;
    }
    if (len == 0) {
        console_put(text, "Nothing was pasted; nothing was done.\n");
        return;
    }
    if (put(call, s, len) == 0 && ask(call, words, &v) == 0) {
        show_state(call, v);
        if (strcmp(console_json_text(v, "state"), "in-use") == 0)
            console_put(text, "In a minute: test all\n");
    }
    json_decref(v);
}
