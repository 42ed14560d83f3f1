#include "app/console_commands.h"

#include "app/console_care.h"
#include "app/console_log.h"
#include "app/console_provision.h"
#include "app/console_show.h"
#include "console/put.h"
#include "control/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define ANSWER_US 8000000 /* super gives its programs 5 s */
#define TEST_US 45000000  /* luukku-probe takes 20 s, twice */
#define TRIAL_US 65000000 /* with a call of the kiosk to itself */

static struct console_commands *commands_of(const struct console_call *call)
{
    return console_reply_arg(call->context);
}

static struct lk_buf *text_of(const struct console_call *call)
{
    return console_reply_text(call->context);
}

/* What is wrong with the way to luukku-super, and what to do. */
static const char *explain(int r)
{
    if (r == -ECANCELED)
        return "Stopped.\n";
    if (r == -ENOENT || r == -ECONNREFUSED)
        return "luukku-super does not run: the kiosk is dead.\n"
               "Switch the kiosk off and on; if this stays, its storage or "
               "its configuration\nis broken: call the fleet's office.\n";
    if (r == -EACCES)
        return "This console's user may not ask luukku-super.\n";
    if (r == -ETIMEDOUT)
        return "luukku-super does not answer in time. Try again; if this "
               "stays, switch the\nkiosk off and on.\n";
    if (r == -EPIPE)
        return "luukku-super hung up: it was started anew, or too many ask it "
               "at once.\nTry again.\n";
    if (r == -EINVAL || r == -EMSGSIZE)
        return "A word is too long.\n";
    return "luukku-super's answer cannot be understood.\n";
}

/* How long the kiosk may take, and whether Ctrl-C ends it: only what changes
 * nothing can be stopped half-way. */
struct patience {
    int64_t us;
    bool stops;
};

/* Asks; says in `text` what went wrong. */
static int ask(const struct console_commands *c, const char *const *words,
               struct patience patience, struct lk_buf *text,
               struct control_answer **ret)
{
    LK_AUTO(control_client) own = NULL;
    LK_AUTO(control_answer) a = NULL;
    size_t n = 0;
    while (words[n])
        n++;
    const struct control_client_stop stop = {c->line_fd, c->typed, c->arg};
    int r = c->client ? 0 : control_client_open(c->socket, &own);
    struct control_client *client = c->client ? c->client : own;
    if (r == 0 && patience.stops && c->line_fd >= 0)
        r = control_client_call_until(client, words, n, patience.us, &stop, &a);
    else if (r == 0)
        r = control_client_call(client, words, n, patience.us, &a);
    if (!a) {
        r = r < 0 ? r : -EPROTO;
        console_put(text, explain(r));
        return r;
    }
    if (!a->ok) {
        console_putf(text, "The kiosk says: %s.\n", a->text);
        return -EIO;
    }
    *ret = LK_TAKE(a);
    return 0;
}

int console_commands_ask(const struct console_commands *c,
                         const char *const *words, struct lk_buf *text,
                         struct control_answer **ret)
{
    return ask(c, words, (struct patience){ANSWER_US, false}, text, ret);
}

/* Asks and shows. */
static void ask_and_show(const struct console_call *call,
                         const char *const *words, int64_t timeout_us,
                         console_show_fn *show)
{
    LK_AUTO(control_answer) a = NULL;
    struct lk_buf *text = text_of(call);
    const struct patience patience = {timeout_us, true};
    if (ask(commands_of(call), words, patience, text, &a) < 0)
        return;
    if (show(a->text, text) < 0)
        console_put(text, "The kiosk's answer cannot be shown.\n");
}

/* Commands whose request is another, or that are shown in another way; the
 * others' request is what was typed, and its result a list of checks. */
static const struct request {
    const char *command;
    const char *words[3];
    console_show_fn *show;
} requests[] = {
    {"show status", {"status"}, console_show_status},
    {"show programs", {"programs"}, console_show_programs},
    {"show version", {"version"}, console_show_version},
    {"show devices", {"devices"}, console_show_devices},
    {"show hardware", {"hardware"}, console_show_hardware},
    {"show storage", {"hardware"}, console_show_storage},
    {"show temperature", {"hardware"}, console_show_temperature},
    {"show net", {"network"}, console_show_network},
    {"show certs", {"certs"}, console_show_certs},
    {"show call", {"call", "stats"}, console_show_call},
    {"show calls", {"calls"}, console_show_calls},
};

static void show(const struct console_call *call)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(requests); i++)
        if (strcmp(requests[i].command, call->command->words) == 0)
            ask_and_show(call, requests[i].words, ANSWER_US, requests[i].show);
}

#define REQUEST_WORDS_MAX 8

/* "test NAME", "net WHAT HOST": asked as it is typed. */
static void check(const struct console_call *call)
{
    struct console_commands *c = commands_of(call);
    const char *words[REQUEST_WORDS_MAX] = {NULL};
    char own[32];
    (void)snprintf(own, sizeof(own), "%s", call->command->words);
    char *second = strchr(own, ' ');
    if (!second)
        return;
    *second = 0;
    words[0] = own;
    words[1] = second + 1;
    for (size_t i = 0; i < call->args && i + 3 < REQUEST_WORDS_MAX; i++)
        words[i + 2] = call->arg[i];
    bool trial = strcmp(own, "call") == 0;
    c->notice(c->arg,
              trial ? "Testing; this may take a minute. Ctrl-C stops it.\n"
                    : "Testing; this may take half a minute. Ctrl-C "
                      "stops it.\n");
    ask_and_show(call, words, trial ? TRIAL_US : TEST_US, console_show_tests);
}

static void picture(const struct console_call *call)
{
    struct console_commands *c = commands_of(call);
    const char *const words[] = {"camera", "picture",
                                 call->args > 0 ? call->arg[0] : NULL, NULL};
    c->notice(c->arg, "The kiosk's screen says that a picture is taken; ten "
                      "seconds.\n");
    ask_and_show(call, words, TRIAL_US, console_show_picture);
}

static void show_log(const struct console_call *call)
{
    const char *words[REQUEST_WORDS_MAX] = {"log"};
    struct console_commands *c = commands_of(call);
    LK_AUTO(control_answer) a = NULL;
    bool follow = call->args > 0 && strcmp(call->arg[0], "follow") == 0;
    for (size_t i = follow; i < call->args; i++)
        words[i + 1 - follow] = call->arg[i];
    const struct patience patience = {ANSWER_US, true};
    if (ask(c, words, patience, text_of(call), &a) < 0)
        return;
    if (console_show_log(a->text, text_of(call)) < 0)
        console_put(text_of(call), "The kiosk's answer cannot be shown.\n");
    else if (text_of(call)->len == 0)
        console_put(text_of(call), "There are no such lines.\n");
    c->log_next = console_show_log_next(a->text);
    if (!follow || c->log_next == 0)
        return;
    for (size_t i = 0; i < CONSOLE_LOG_WORDS; i++)
        (void)snprintf(c->log_word[i], sizeof(c->log_word[i]), "%s",
                       words[i + 1] ? words[i + 1] : "");
    console_put(text_of(call), "-- new lines as they come; any key ends --\n");
    console_reply_follow(call->context);
}

bool console_commands_follow(struct console_commands *c, struct lk_buf *text)
{
    char since[32];
    const char *words[REQUEST_WORDS_MAX] = {"log", since};
    LK_AUTO(control_answer) a = NULL;
    (void)snprintf(since, sizeof(since), "since=%llu", c->log_next);
    for (size_t i = 0; i < CONSOLE_LOG_WORDS && *c->log_word[i]; i++)
        words[i + 2] = c->log_word[i];
    const struct patience patience = {ANSWER_US, true};
    if (ask(c, words, patience, text, &a) < 0 ||
        console_show_log(a->text, text) < 0)
        return false;
    c->log_next = console_show_log_next(a->text);
    return c->log_next > 0;
}

static void device_again(const struct console_call *call)
{
    const char *const words[] = {"device", "again", call->arg[0], NULL};
    LK_AUTO(control_answer) a = NULL;
    if (console_commands_ask(commands_of(call), words, text_of(call), &a) == 0)
        console_putf(text_of(call), "It is tried again. Then: test %s\n",
                     strcmp(call->arg[0], "reader") == 0 ? "card"
                                                         : call->arg[0]);
}

/* "restart", "reboot" and with "now": asked for once more, by name. */
static void begin_anew(const struct console_call *call)
{
    const char *const words[] = {call->command->words,
                                 call->args > 0 ? call->arg[0] : NULL, NULL};
    LK_AUTO(control_answer) a = NULL;
    if (!console_reply_confirmed(call->context)) {
        console_putf(text_of(call),
                     "This ends whatever the kiosk is doing. To go on, type "
                     "%s\n",
                     call->command->words);
        console_reply_confirm(call->context, call->command->words);
        return;
    }
    if (console_commands_ask(commands_of(call), words, text_of(call), &a) == 0)
        console_put(text_of(call), "It begins anew. In a minute: test all\n");
}

static void help(const struct console_call *call)
{
    console_put(
        text_of(call),
        "What is broken?    test all\n"
        "                   It says what to begin with, and what to do.\n"
        "Is it mended?      test NAME, as in: test broker\n"
        "What is going on?  show status, show devices, show log follow\n"
        "For the office?    log send: the log as a file, by ZMODEM\n"
        "What is there?     ? alone, or after a word: show ?\n"
        "\n"
        "Words may be cut short (sh sta), and Tab completes them.\n"
        "A long answer waits at --More--: a space goes on, q ends it.\n"
        "After | comes a filter: show log | include error\n"
        "The end: logout\n");
}

static void terminal_rows(const struct console_call *call)
{
    char *end = NULL;
    unsigned long n = strtoul(call->arg[0], &end, 10);
    if (*end || n > CONSOLE_ROWS_MAX || (n > 0 && n < 5)) {
        console_putf(text_of(call), "Rows: 5 to %d, or 0 for no pages.\n",
                     CONSOLE_ROWS_MAX);
        return;
    }
    console_reply_rows(call->context, (unsigned)n);
}

static void log_out(const struct console_call *call)
{
    console_reply_logout(call->context);
}

static const struct console_command commands[] = {
    {"show", "look at the kiosk", NULL, 0, 0, NULL},
    {"show status", "health, programs, session, broker", NULL, 0, 0, show},
    {"show programs", "programs alone, without asking them", NULL, 0, 0, show},
    {"show version", "firmware and kernel", NULL, 0, 0, show},
    {"show devices", "cameras, sound, display, scanner, reader", NULL, 0, 0,
     show},
    {"show hardware", "clock, processor, memory", NULL, 0, 0, show},
    {"show storage", "room on the disks", NULL, 0, 0, show},
    {"show temperature", "sensors", NULL, 0, 0, show},
    {"show net", "interfaces, routes, servers", NULL, 0, 0, show},
    {"show settings", "what is set here, and what may be", NULL, 0, 0,
     console_care_settings},
    {"show certs", "certificates and their ends", NULL, 0, 0, show},
    {"show call", "figures of the present call", NULL, 0, 0, show},
    {"show calls", "figures of the last calls", NULL, 0, 0, show},
    {"show log", "last lines; follow: and new ones",
     "[follow] [program=P] [level=error|warn] [match=T] [lines=N]", 0,
     CONSOLE_LOG_WORDS + 1, show_log},
    {"log", "the log as a file", NULL, 0, 0, NULL},
    {"log send", "by ZMODEM, to your terminal program",
     "[program=P] [level=error|warn] [match=T] [lines=N]", 0, CONSOLE_LOG_WORDS,
     console_log_send},
    {"test", "find what is broken", NULL, 0, 0, NULL},
    {"test all", "everything, in the order of causes", NULL, 0, 0, check},
    {"test storage", "room on the disks, the log's ring", NULL, 0, 0, check},
    {"test clock", "whether the date can be right", NULL, 0, 0, check},
    {"test certs", "certificates and keys", NULL, 0, 0, check},
    {"test programs", "what does not run, or breaks down", NULL, 0, 0, check},
    {"test display", "the screen", NULL, 0, 0, check},
    {"test touch", "the touch panel", NULL, 0, 0, check},
    {"test keypad", "the keypad", NULL, 0, 0, check},
    {"test camera", "the cameras", NULL, 0, 0, check},
    {"test microphone", "the microphone", NULL, 0, 0, check},
    {"test speaker", "the loudspeaker", NULL, 0, 0, check},
    {"test scanner", "the scanner", NULL, 0, 0, check},
    {"test card", "the card reader", NULL, 0, 0, check},
    {"test network", "cable, address, route, names", NULL, 0, 0, check},
    {"test broker", "the way to the broker", NULL, 0, 0, check},
    {"test stun", "the servers that tell addresses", NULL, 0, 0, check},
    {"test turn", "the relays", NULL, 0, 0, check},
    {"net", "try the network", NULL, 0, 0, NULL},
    {"net dns", "look a name up", "HOST", 1, 1, check},
    {"net tcp", "connect", "HOST PORT", 2, 2, check},
    {"net tls", "connect, and look at its certificate", "HOST PORT", 2, 2,
     check},
    {"net stun", "this kiosk's address, seen from there", "[HOST PORT]", 0, 2,
     check},
    {"net turn", "ask each relay for a place", NULL, 0, 0, check},
    {"net ping", "how long a server takes to answer; alone: each of ours",
     "[HOST [PORT]]", 0, 2, check},
    {"net speed", "what the relay carries there and back; not during a visit",
     NULL, 0, 0, check},
    {"call", "try a call", NULL, 0, 0, NULL},
    {"call loopback", "the kiosk calls itself: picture, sound, delay, loss",
     "[SECONDS] [turn]", 0, 2, check},
    {"camera", "look through the camera", NULL, 0, 0, NULL},
    {"camera picture", "what it sees, in characters; the screen says so first",
     "[COLUMNS]", 0, 1, picture},
    {"device", "a device that was set aside", NULL, 0, 0, NULL},
    {"device again", "use it again", "scanner|reader", 1, 1, device_again},
    {"provision", "what this kiosk is", NULL, 0, 0, NULL},
    {"provision status", "new, in use, or what is missing", NULL, 0, 0,
     console_provision_status},
    {"provision csr", "its request for certificates, to copy", NULL, 0, 0,
     console_provision_csr},
    {"provision certificate", "give it the answer, pasted", "[now]", 0, 1,
     console_provision_text},
    {"provision site", "give it its site file, pasted", "[check|now]", 0, 1,
     console_provision_text},
    {"provision crl", "give it a newer list of withdrawn ones, pasted",
     "[check|now]", 0, 1, console_provision_text},
    {"set", "change how this kiosk is; not during a visit", NULL, 0, 0, NULL},
    {"set language", "what a visit begins in", "fi|sv|en|se|ru|uk|ar|et", 1, 1,
     console_care_set},
    {"set volume", "what a visit begins with", "1..10", 1, 1, console_care_set},
    {"set brightness", "the display's light, percent", "10..100", 1, 1,
     console_care_set},
    {"set text", "the place's name, its notice to citizens", "site|notice", 1,
     1, console_care_set_text},
    {"set keypad", "which key does what: JSON, pasted", NULL, 0, 0,
     console_care_set_text},
    {"unset", "as the site file says it again",
     "language|volume|brightness|site|notice|keypad", 1, 1, console_care_unset},
    {"factory-reset", "wipe all that makes it this kiosk", "[letters]", 0, 1,
     console_care_reset},
    {"restart", "begin the kiosk's programs anew", "[now]", 0, 1, begin_anew},
    {"reboot", "begin the machine anew", "[now]", 0, 1, begin_anew},
    {"terminal", "this terminal", NULL, 0, 0, NULL},
    {"terminal rows", "lines of a page; 0: no pages", "NUMBER", 1, 1,
     terminal_rows},
    {"help", "how to begin", NULL, 0, 0, help},
    {"logout", "end; so does Ctrl-D", NULL, 0, 0, log_out},
    {"exit", "the same as logout", NULL, 0, 0, log_out},
};

int console_commands_tree(struct console_tree **ret)
{
    return console_tree_new(commands, LK_ARRAY_LEN(commands), ret);
}

void console_commands_name(struct console_commands *c)
{
    static const char *const words[] = {"status", NULL};
    LK_AUTO(control_answer) a = NULL;
    LK_AUTO(lk_buf) text = NULL;
    if (lk_buf_new(CONSOLE_OUT_MAX, &text) < 0 ||
        console_commands_ask(c, words, text, &a) < 0)
        return;
    json_t *v = json_loads(a->text, 0, NULL);
    const char *kiosk = json_string_value(json_object_get(v, "kiosk"));
    if (kiosk && lk_name_valid(kiosk))
        (void)snprintf(c->kiosk, sizeof(c->kiosk), "%s", kiosk);
    json_decref(v);
}
