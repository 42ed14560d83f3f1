#include "app/console_care.h"

#include "app/console_commands.h"
#include "app/console_json.h"
#include "console/put.h"
#include "console/table.h"

#include <string.h>

#include <jansson.h>

#define LAST_LINE "."
#define VALUE_MAX 4095 /* bytes of a word of a request */

static int ask(const struct console_call *call, const char *const *words,
               json_t **ret)
{
    LK_AUTO(control_answer) a = NULL;
    int r = console_commands_ask(console_reply_arg(call->context), words,
                                 console_reply_text(call->context), &a);
    return r < 0 ? r : console_json_load(a->text, ret);
}

/* --- showing -------------------------------------------------------------- */

static int add_row(struct console_table *t, const char *name, const json_t *one)
{
    char value[CONSOLE_CELL_MAX];
    const json_t *v = json_object_get(one, "value");
    const json_t *lights = json_object_get(one, "lights");
    const char *cell[] = {name, value, console_json_text(one, "from"),
                          console_json_text(one, "allowed")};
    if (json_is_object(v))
        cell[1] = "keys of its own";
    else
        console_json_value(v, value, sizeof(value));
    if (json_is_integer(lights) && json_integer_value(lights) == 0)
        cell[3] = "the kernel knows no light of this display";
    return console_table_add(t, cell);
}

static int draw(const json_t *settings, struct lk_buf *out)
{
    static const char *const heading[] = {"SETTING", "VALUE", "FROM",
                                          "ALLOWED"};
    LK_AUTO(console_table) t = NULL;
    const char *name = NULL;
    json_t *one = NULL;
    int r = console_table_new(heading, LK_ARRAY_LEN(heading), &t);
    if (r < 0 || !t)
        return r;
    json_object_foreach((json_t *)(uintptr_t)settings, name, one)
    {
        r = add_row(t, name, one);
        if (r < 0)
            return r;
    }
    return console_table_draw(t, out);
}

static void show(const struct console_call *call, const char *const *words,
                 const char *after)
{
    struct lk_buf *text = console_reply_text(call->context);
    json_t *v = NULL;
    if (ask(call, words, &v) == 0) {
        if (draw(v, text) < 0)
            console_put(text, "The kiosk's answer cannot be shown.\n");
        console_put(text, after);
    }
    json_decref(v);
}

void console_care_settings(const struct console_call *call)
{
    static const char *const words[] = {"settings", NULL};
    show(call, words, "");
}

/* --- setting -------------------------------------------------------------- */

#define BEGINS "The kiosk begins anew with it.\n"

void console_care_set(const struct console_call *call)
{
    const char *const words[] = {"set", strchr(call->command->words, ' ') + 1,
                                 call->arg[0], NULL};
    show(call, words, BEGINS);
}

void console_care_unset(const struct console_call *call)
{
    const char *const words[] = {"unset", call->arg[0], NULL};
    show(call, words, BEGINS);
}

void console_care_set_text(const struct console_call *call)
{
    char value[VALUE_MAX + 1];
    size_t len = 0;
    struct lk_buf *text = console_reply_text(call->context);
    const char *s = console_reply_pasted(call->context, &len);
    const char *name = call->args > 0 ? call->arg[0] : "keypad";
    const char *const words[] = {"set", name, value, NULL};
    if (strcmp(name, "keypad") != 0 && strcmp(name, "site") != 0 &&
        strcmp(name, "notice") != 0) {
        console_put(text, "Texts: site, notice.\n");
        return;
    }
    if (!s) {
        console_put(text, "Type or paste it, then a line with a full stop "
                          "alone. Ctrl-C gives up.\n");
        console_reply_paste(call->context, LAST_LINE);
        return;
    }
    while (len > 0 && s[len - 1] == '\n')
        len--; /* the end of its last line */
    if (len == 0 || len > VALUE_MAX) {
        console_put(text, len == 0 ? "Nothing was typed; nothing was done.\n"
                                   : "That is too long; nothing was done.\n");
        return;
    }
    memcpy(value, s, len);
    value[len] = 0;
    show(call, words, BEGINS);
}

/* --- factory reset -------------------------------------------------------- */

void console_care_reset(const struct console_call *call)
{
    struct console_commands *c = console_reply_arg(call->context);
    struct lk_buf *text = console_reply_text(call->context);
    const char *const words[] = {"factory-reset", c->kiosk,
                                 call->args > 0 ? call->arg[0] : NULL, NULL};
    json_t *v = NULL;
    if (!console_reply_confirmed(call->context)) {
        console_commands_name(c); /* it may have got another one */
        if (!*c->kiosk) {
            console_put(text, "The kiosk does not say its name: show status\n");
            return;
        }
        console_putf(text,
                     "This wipes the kiosk's keys, certificates, site file, "
                     "settings and log. It is\nof no use to anybody until it "
                     "is provisioned anew. The audit trail stays.\n"
                     "To go on, type the kiosk's name: %s\n",
                     c->kiosk);
        console_reply_confirm(call->context, c->kiosk);
        return;
    }
    if (ask(call, words, &v) == 0)
        console_put(text, "It is wiped, and begins anew. In a minute: "
                          "provision status\n");
    json_decref(v);
}
