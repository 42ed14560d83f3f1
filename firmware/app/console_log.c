#include "app/console_log.h"

#include "app/console_commands.h"
#include "app/console_json.h"
#include "app/console_show.h"
#include "base/clock.h"
#include "console/put.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* More than the log has answers: one has 200 lines, or 12,000 bytes. */
#define ANSWERS_MAX 400

struct log_file {
    struct console_commands *commands;
    const char *words[CONSOLE_LOG_WORDS + 3]; /* NULL behind the last */
    bool last;                                /* the last lines alone */
    unsigned long long next;
    size_t lines;
    struct lk_buf *bytes;
};

/* As `show log` has it, but whole: what a library said has its program before
 * it. Errors: lk_buf_append()'s. */
static int add_line(struct log_file *f, const json_t *line)
{
    const char *program = console_json_text(line, "program");
    bool says_it = json_is_string(json_object_get(line, "room"));
    int r = lk_buf_printf(f->bytes, "%s %s%s%s\n",
                          console_json_text(line, "at"), says_it ? "" : program,
                          says_it ? "" : ": ", console_json_text(line, "text"));
    f->lines += r == 0;
    return r;
}

/* Adds an answer's lines. Returns how many. Errors: -EBADMSG,
 * lk_buf_append()'s. */
static int add_answer(struct log_file *f, const char *json)
{
    json_t *v = NULL;
    int r = console_json_load(json, &v);
    const json_t *lines = json_object_get(v, "lines");
    size_t n = json_array_size(lines);
    for (size_t i = 0; i < n && r == 0; i++)
        r = add_line(f, json_array_get(lines, i));
    json_decref(v);
    f->next = console_show_log_next(json);
    return r < 0 ? r : (int)n;
}

/* From the oldest line on, an answer at a time. */
static int fetch(struct log_file *f, struct lk_buf *text)
{
    char since[32];
    int n = 1;
    if (!f->last)
        f->words[1] = since;
    for (unsigned i = 0; i < ANSWERS_MAX && n > 0; i++) {
        LK_AUTO(control_answer) a = NULL;
        (void)snprintf(since, sizeof(since), "since=%llu", f->next);
        n = console_commands_ask(f->commands, f->words, text, &a);
        if (n < 0)
            return n;
        n = add_answer(f, a->text);
        if (f->last)
            break;
    }
    if (n == -EMSGSIZE)
        console_put(text, "(The log is too long; its end is missing.)\n");
    else if (n < 0)
        console_put(text, "The kiosk's answer cannot be sent.\n");
    return n == -EMSGSIZE ? 0 : LK_MIN(n, 0);
}

static void set_words(struct log_file *f, const struct console_call *call)
{
    size_t n = 0;
    for (size_t i = 0; i < call->args; i++)
        f->last = f->last || strncmp(call->arg[i], "lines=", 6) == 0;
    f->words[n++] = "log";
    if (!f->last)
        n++; /* since= */
    for (size_t i = 0; i < call->args && i < CONSOLE_LOG_WORDS; i++)
        f->words[n++] = call->arg[i];
}

static void send_it(const struct console_call *call, struct log_file *f)
{
    char name[LK_NAME_MAX + 48];
    char at[24] = "";
    struct tm tm;
    time_t now_s = (time_t)(lk_clock_wall_us() / 1000000);
    const char *kiosk = f->commands->kiosk;
    if (gmtime_r(&now_s, &tm))
        (void)strftime(at, sizeof(at), "%Y%m%dT%H%M%SZ", &tm);
    (void)snprintf(name, sizeof(name), "luukku-%s-%s.log",
                   *kiosk ? kiosk : "kiosk", at);
    if (console_reply_send(call->context, name, now_s, LK_TAKE(f->bytes)) < 0)
        console_put(console_reply_text(call->context),
                    "There is no memory left for this.\n");
}

void console_log_send(const struct console_call *call)
{
    struct lk_buf *text = console_reply_text(call->context);
    struct log_file f = {.commands = console_reply_arg(call->context)};
    if (!console_reply_can_send(call->context))
        return;
    set_words(&f, call);
    if (!*f.commands->kiosk) /* it did not answer when the console began */
        console_commands_name(f.commands);
    if (lk_buf_new(CONSOLE_FILE_MAX, &f.bytes) < 0)
        console_put(text, "There is no memory left for this.\n");
    else if (fetch(&f, text) == 0 && f.lines > 0)
        send_it(call, &f);
    else if (f.lines == 0 && text->len == 0)
        console_put(text, "There are no such lines.\n");
    f.bytes = lk_buf_free(f.bytes);
}
