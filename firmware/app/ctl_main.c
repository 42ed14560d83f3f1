/* luukkuctl: technicians' commands, in a shell.
 *
 * Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 nobody there.
 */
#include "app/ctl_print.h"
#include "app/ctl_provision.h"
#include "base/buf.h"
#include "base/text.h"
#include "control/client.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_REFUSED 1
#define EXIT_USAGE 2
#define EXIT_UNREACHABLE 3

#define ANSWER_US 8000000 /* super gives its programs 5 s */
#define LOOKING_US \
    65000000 /* luukku-probe 20 s, twice for a test; a trial 60 */
#define FOLLOW_MS 300

static const char usage[] =
    "usage: luukkuctl --socket S [--json] COMMAND\n"
    "\n"
    "  status                    programs, their walls, session and calls\n"
    "  devices                   camera, sound, display, scanner, reader\n"
    "  device again ROLE         use a device again that was set aside\n"
    "  selftest                  checks; exit status 1 when one fails\n"
    "  call stats                figures of the present call\n"
    "  call loopback [SECONDS] [turn]\n"
    "                            the kiosk calls itself, while nobody is at "
    "it;\n"
    "                            turn: through the relay alone\n"
    "  camera picture FILE.png   what the camera sees, while nobody is at the\n"
    "                            kiosk; its screen says so first\n"
    "  calls                     figures of the last calls\n"
    "  programs, version, hardware, network\n"
    "  log [-f] [since=N] [program=NAME] [level=error|warn|info]\n"
    "      [match=TEXT] [lines=N]\n"
    "                            last lines; -f: and new ones; with --json a\n"
    "                            line of JSON each\n"
    "  certs                     certificates, and how long they last\n"
    "  test all|NAME             PASS, FAIL or SKIP, why, and what to do "
    "next;\n"
    "                            exit status 1 when one fails. NAME: "
    "programs,\n"
    "                            certs, display, touch, keypad, camera,\n"
    "                            microphone, speaker, scanner, card, network,\n"
    "                            broker, stun, turn\n"
    "  net dns HOST | tcp HOST PORT | tls HOST PORT | stun [HOST PORT] |\n"
    "      turn | ping [HOST [PORT]] | speed\n"
    "                            looks along the way to a server; speed: what\n"
    "                            the relay carries, not during a visit\n"
    "  stop                      ends what test, net, loopback or camera are "
    "at\n"
    "  restart [now], reboot [now]\n"
    "                            begin anew; now: also during a visit\n"
    "  provision status          what this kiosk is: new, in use, broken\n"
    "  provision csr             its request for certificates, PEM\n"
    "  provision certificate|site|crl FILE [check|now]\n"
    "                            gives it certificates (PEM), a site file "
    "(JSON)\n"
    "                            or newer lists of withdrawn certificates "
    "(PEM);\n"
    "                            FILE - is standard input; check: only looks;\n"
    "                            now: also during a visit\n"
    "  settings                  what is set at the kiosk, and what may be\n"
    "  set NAME VALUE            NAME: language, volume, brightness, site,\n"
    "                            notice, keypad (JSON); not during a visit\n"
    "  unset NAME                as the site file says it again\n"
    "  factory-reset KIOSK [letters]\n"
    "                            wipes keys, certificates, site file, "
    "settings\n"
    "                            and log; KIOSK is its name; letters: those\n"
    "                            that wait, too\n"
    "  audit WHO TEXT            leave a line in the log\n"
    "\n"
    "where the kiosk was started with --allow-ui-control:\n"
    "\n"
    "  ui tree                   what is on the screen\n"
    "  ui tap ID                 touch the middle of a node\n"
    "  ui type TEXT              type a text\n"
    "  ui key NAME               press a key, such as Tab or Return\n"
    "  ui screenshot FILE.png    save a picture of the screen\n"
    "  ui stats                  how quickly the screen answers\n"
    "  ui speech [peek]          what was spoken since last asked; peek: the\n"
    "                            next time again\n"
    "  emu camera unplug|plug    take an emulated device away, and back\n"
    "  emu headset unplug|plug\n"
    "  emu scanner unplug|plug   and other words that its emulator knows\n"
    "  emu reader unplug|plug    likewise\n"
    "  emu card insert|remove\n"
    "  emu document lay|page|unplug|plug\n"
    "                            what lies under a simulated document camera\n"
    "  emu pages N               so many lie in the scanner's feeder\n"
    "  emu fault NAME            a misbehaviour of scanner or reader\n";

struct ctl {
    const char *socket;
    bool json;
    bool follow;
    const char *file; /* where a picture goes */
    const char *argv[CONTROL_ARGS_MAX];
    size_t argc;
};

#define ANY_WORDS (-1) /* one or more */

/* The commands, and how many words may follow. */
static const struct shape {
    const char *word[2];
    int more;
} shapes[] = {
    {{"status", NULL}, 0},
    {{"devices", NULL}, 0},
    {{"selftest", NULL}, 0},
    {{"call", "stats"}, 0},
    {{"call", "loopback"}, 0},
    {{"call", "loopback"}, 1},
    {{"call", "loopback"}, 2},
    {{"camera", "picture"}, 1},
    {{"calls", NULL}, 0},
    {{"programs", NULL}, 0},
    {{"version", NULL}, 0},
    {{"hardware", NULL}, 0},
    {{"network", NULL}, 0},
    {{"audit", NULL}, 2},
    {{"provision", "status"}, 0},
    {{"provision", "csr"}, 0},
    {{"provision", "certificate"}, 1},
    {{"provision", "certificate"}, 2},
    {{"provision", "site"}, 1},
    {{"provision", "site"}, 2},
    {{"provision", "crl"}, 1},
    {{"provision", "crl"}, 2},
    {{"settings", NULL}, 0},
    {{"factory-reset", NULL}, 1},
    {{"factory-reset", NULL}, 2},
    {{"set", NULL}, 2},
    {{"unset", NULL}, 1},
    {{"restart", NULL}, 0},
    {{"restart", "now"}, 0},
    {{"reboot", NULL}, 0},
    {{"reboot", "now"}, 0},
    {{"certs", NULL}, 0},
    {{"stop", NULL}, 0},
    {{"test", NULL}, 1},
    {{"net", NULL}, ANY_WORDS},
    {{"log", NULL}, 0},
    {{"log", NULL}, ANY_WORDS},
    {{"ui", "tree"}, 0},
    {{"ui", "tap"}, 1},
    {{"ui", "type"}, 1},
    {{"ui", "key"}, 1},
    {{"ui", "speech"}, 0},
    {{"emu", "camera"}, 1},
    {{"ui", "screenshot"}, 1},
    {{"emu", "headset"}, 1},
    {{"ui", "speech"}, 1},
    {{"ui", "stats"}, 0},
    {{"device", "again"}, 1},
    {{"emu", "scanner"}, ANY_WORDS},
    {{"emu", "reader"}, ANY_WORDS},
    {{"emu", "document"}, ANY_WORDS},
    {{"emu", "card"}, ANY_WORDS},
    {{"emu", "pages"}, ANY_WORDS},
    {{"emu", "fault"}, ANY_WORDS},
};

static bool is_command(int argc, char **argv)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(shapes); i++) {
        const struct shape *s = &shapes[i];
        int words = s->word[1] ? 2 : 1;
        bool fits = s->more == ANY_WORDS
                        ? argc > words && argc < CONTROL_ARGS_MAX
                        : argc == words + s->more;
        if (fits && strcmp(argv[0], s->word[0]) == 0 &&
            (words == 1 || strcmp(argv[1], s->word[1]) == 0))
            return true;
    }
    return false;
}

/* Takes the word "-f" out of those of `log`. */
static bool take_follow(struct ctl *c)
{
    bool found = false;
    size_t kept = 1;
    for (size_t i = 1; i < c->argc; i++) {
        if (strcmp(c->argv[i], "-f") == 0)
            found = true;
        else
            c->argv[kept++] = c->argv[i];
    }
    c->argc = kept;
    return found;
}

static int parse_options(int argc, char **argv, struct ctl *ret)
{
    static const struct option known[] = {
        {"socket", required_argument, NULL, 's'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct ctl c = {.socket = NULL};
    int o = 0;
    /* "+": a word of the command is no option. */
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    while ((o = getopt_long(argc, argv, "+", known, NULL)) != -1) {
        if (o == 's')
            c.socket = optarg;
        else if (o == 'j')
            c.json = true;
        else
            return -EINVAL;
    }
    /* --json may also stand at the end, as people write it. */
    while (argc > optind && strcmp(argv[argc - 1], "--json") == 0) {
        c.json = true;
        argc--;
    }
    if (!c.socket || argc <= optind ||
        !is_command(argc - optind, argv + optind))
        return -EINVAL;
    for (int i = optind; i < argc; i++)
        c.argv[c.argc++] = argv[i];
    if (strcmp(c.argv[0], "log") == 0) {
        c.follow = take_follow(&c);
    } else if (c.argc == 3 && (strcmp(c.argv[1], "screenshot") == 0 ||
                               strcmp(c.argv[0], "camera") == 0)) {
        c.file = c.argv[--c.argc];
    }
    *ret = c;
    return 0;
}

/* Answered by a list of checks. */
static bool gives_checks(const struct ctl *c)
{
    bool loop = c->argc > 1 && strcmp(c->argv[1], "loopback") == 0;
    return loop || strcmp(c->argv[0], "test") == 0 ||
           strcmp(c->argv[0], "net") == 0;
}

static int save_picture(const char *path, const uint8_t *data, size_t len)
{
    LK_AUTO_FD fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    size_t at = 0;
    while (fd >= 0 && at < len) {
        ssize_t n = write(fd, data + at, len - at);
        if (n < 0 && errno != EINTR)
            break;
        at += n > 0 ? (size_t)n : 0;
    }
    if (fd < 0 || at < len) {
        (void)fprintf(stderr, "luukkuctl: %s: %s\n", path,
                      strerrorname_np(errno));
        return EXIT_REFUSED;
    }
    return 0;
}

/* A self-test of which a check fails is a failure. */
static int verdict(const struct ctl *c, const struct control_answer *a)
{
    bool tests = strcmp(c->argv[0], "selftest") == 0 || gives_checks(c);
    bool failed = tests && !ctl_selftest_passed(a->text);
    return failed ? EXIT_REFUSED : 0;
}

static int show(const struct ctl *c, const struct control_answer *a)
{
    if (!a->ok) {
        (void)fprintf(stderr, "luukkuctl: %s\n", a->text);
        return EXIT_REFUSED;
    }
    if (c->file) {
        if (!a->picture) {
            (void)fprintf(stderr, "luukkuctl: the answer has no picture\n");
            return EXIT_REFUSED;
        }
        int r = save_picture(c->file, a->payload, a->len);
        if (r != 0)
            return r;
    }
    if (!c->json && strcmp(c->argv[0], "provision") == 0 &&
        strcmp(c->argv[1], "csr") == 0)
        return ctl_provision_print(a->text) ? 0 : EXIT_REFUSED;
    if (c->json || strcmp(c->argv[0], "ui") == 0)
        (void)puts(a->text);
    else if (gives_checks(c))
        ctl_print_checks(stdout, a->text);
    else if (strcmp(c->argv[0], "camera") == 0)
        ctl_print_picture(stdout, a->text);
    else
        ctl_print_answer(stdout, a->text);
    return verdict(c, a);
}

/* What went wrong on the way, as a sentence and an exit status. */
static int explain(const struct ctl *c, int r)
{
    const char *why = strerrorname_np(-r);
    int status = EXIT_UNREACHABLE;
    if (r == -ENOENT || r == -ECONNREFUSED)
        why = "no kiosk listens there";
    else if (r == -EACCES)
        why = "this user may not";
    else if (r == -ETIMEDOUT)
        why = "the kiosk does not answer";
    else if (r == -EPIPE)
        why = "the kiosk has hung up";
    else if (r == -ENAMETOOLONG)
        why = "the path is too long for a socket";
    if (r == -EINVAL || r == -EMSGSIZE) {
        why = "a word is too long or not UTF-8";
        status = EXIT_USAGE;
    }
    (void)fprintf(stderr, "luukkuctl: %s: %s\n", c->socket, why);
    return status;
}

static bool provisions(const struct ctl *c)
{
    return strcmp(c->argv[0], "provision") == 0 && c->argc > 2;
}

/* "provision certificate FILE": the file's text first, in pieces. */
static int run_provision(const struct ctl *c, struct control_client *client)
{
    LK_AUTO(lk_buf) text = NULL;
    LK_AUTO(control_answer) put = NULL;
    LK_AUTO(control_answer) a = NULL;
    const char *words[] = {c->argv[0], c->argv[1],
                           c->argc > 3 ? c->argv[3] : NULL};
    int r = ctl_provision_read(c->argv[2], &text);
    if (r < 0) {
        (void)fprintf(stderr, "luukkuctl: %s: %s\n", c->argv[2],
                      strerrordesc_np(-r));
        return EXIT_USAGE;
    }
    r = ctl_provision_put(client, lk_buf_str(text), text->len, ANSWER_US, &put);
    lk_buf_wipe(text);
    if (r < 0)
        return explain(c, r);
    if (!put->ok)
        return show(c, put);
    r = control_client_call(client, words, c->argc > 3 ? 3 : 2, ANSWER_US, &a);
    return r < 0 ? explain(c, r) : show(c, a);
}

static int run_once(const struct ctl *c, struct control_client *client)
{
    LK_AUTO(control_answer) a = NULL;
    if (provisions(c))
        return run_provision(c, client);
    bool looks = strcmp(c->argv[0], "certs") == 0 ||
                 strcmp(c->argv[0], "camera") == 0 || gives_checks(c);
    int r = control_client_call(client, c->argv, c->argc,
                                looks ? LOOKING_US : ANSWER_US, &a);
    return r < 0 ? explain(c, r) : show(c, a);
}

/* From the second time on `since=` stands where the first asked for it, or
 * behind the other words. */
static int run_log(const struct ctl *c, struct control_client *client)
{
    char since[48];
    const char *argv[CONTROL_ARGS_MAX];
    size_t argc = 0;
    for (size_t i = 0; i < c->argc; i++)
        argv[argc++] = c->argv[i];
    do {
        LK_AUTO(control_answer) a = NULL;
        int r = control_client_call(client, argv, argc, ANSWER_US, &a);
        if (r < 0)
            return explain(c, r);
        if (!a->ok || (c->json && !c->follow))
            return show(c, a);
        long long next = ctl_print_log(stdout, a->text, c->json);
        if (next < 0 || fflush(stdout) == EOF)
            return EXIT_REFUSED;
        (void)snprintf(since, sizeof(since), "since=%lld", next);
        argc = 0;
        for (size_t i = 0; i < c->argc; i++)
            if (strncmp(c->argv[i], "since", 5) != 0 &&
                strncmp(c->argv[i], "lines=", 6) != 0)
                argv[argc++] = c->argv[i];
        argv[argc++] = since;
        if (c->follow)
            (void)poll(NULL, 0, FOLLOW_MS);
    } while (c->follow);
    return 0;
}

int main(int argc, char **argv)
{
    struct ctl c;
    LK_AUTO(control_client) client = NULL;
    if (parse_options(argc, argv, &c) < 0) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    int r = control_client_open(c.socket, &client);
    if (r < 0)
        return explain(&c, r);
    return strcmp(c.argv[0], "log") == 0 ? run_log(&c, client)
                                         : run_once(&c, client);
}
