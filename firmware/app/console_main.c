/* luukku-console: technicians' commands, on a serial line.
 *
 * One for each line, started by the system, for as long as the kiosk is on.
 */
#include "app/confine.h"
#include "app/console_commands.h"
#include "app/console_tell.h"
#include "app/console_tty.h"
#include "base/clock.h"
#include "base/log.h"
#include "console/account.h"
#include "console/audit.h"
#include "console/latch.h"
#include "console/put.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define EXIT_USAGE 2
#define TICK_MS 250
#define REOPEN_MS 1000
#define PASSWORD_MAX 128

static const char usage[] =
    "usage: luukku-console --line TTY [--baud N] --socket S --accounts FILE\n"
    "                      --audit FILE\n"
    "       luukku-console --hash NAME < PASSWORD\n"
    "\n"
    "  --line TTY       the serial line (raw, 8 bits, no flow control); pty: "
    "a\n"
    "                   new pseudo-terminal, whose path is written, to try\n"
    "  --baud N         9600, 19200, 38400, 57600 or 115200; else as it is\n"
    "  --socket S       the kiosk's control socket\n"
    "  --accounts FILE  who may log in: lines NAME:HASH, for its owner alone\n"
    "  --audit FILE     who typed what and when; only ever appended to\n"
    "  --hash NAME      write a line for the accounts' file\n";

struct app {
    const char *line;
    const char *socket;
    const char *accounts_path;
    const char *audit_path;
    const char *hash;
    const char *baud_word;
    unsigned baud;
    int fd;    /* the line; -1: cut */
    bool full; /* the trail is */
    char banner[256];
    char pty[64];
    const char *line_name; /* in the trail */
    struct console_accounts *accounts;
    struct console_audit *audit;
    struct console_latch *latch;
    struct console_gate gate; /* as it was kept */
    struct console_tree *tree;
    struct console_commands commands;
    struct console *console;
};

/* Where the option's word goes; NULL: there is no such option. */
static const char **option_word(struct app *a, const char *name)
{
    const struct {
        const char *name;
        const char **word;
    } known[] = {
        {"--line", &a->line},        {"--baud", &a->baud_word},
        {"--socket", &a->socket},    {"--accounts", &a->accounts_path},
        {"--audit", &a->audit_path}, {"--hash", &a->hash},
    };
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].word;
    return NULL;
}

static int parse_options(int argc, char **argv, struct app *a)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        const char **word = option_word(a, argv[i]);
        if (!word)
            return -EINVAL;
        *word = argv[i + 1];
    }
    if (argc % 2 == 0)
        return -EINVAL;
    char *end = NULL;
    unsigned long baud = a->baud_word ? strtoul(a->baud_word, &end, 10) : 0;
    if ((end && *end) || baud > 115200)
        return -EINVAL;
    a->baud = (unsigned)baud;
    bool serves = a->line && a->socket && a->accounts_path && a->audit_path;
    return serves || a->hash ? 0 : -EINVAL;
}

static int fail(const char *what, int r)
{
    LK_LOG(ERROR, "console", "%s: %s", what, strerrorname_np(-r));
    return r;
}

/* "--hash": the password comes as a line, from no terminal's echo. */
static int write_hash(const char *name)
{
    char password[PASSWORD_MAX];
    char hash[CONSOLE_HASH_MAX];
    if (!lk_name_valid(name) || !fgets(password, sizeof(password), stdin))
        return -EINVAL;
    password[strcspn(password, "\n")] = 0;
    int r = console_account_hash(password, hash);
    explicit_bzero(password, sizeof(password));
    if (r == 0)
        (void)printf("%s:%s\n", name, hash);
    return r;
}

/* The file's text; one that others may read or write is no secret. */
static int read_accounts(const char *path, char *text, size_t cap)
{
    struct stat st;
    LK_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
        return -EPERM;
    ssize_t n = read(fd, text, cap);
    return n < 0 ? -errno : (int)n;
}

static int load_accounts(struct app *a)
{
    char text[CONSOLE_ACCOUNTS_BYTES_MAX + 1];
    unsigned line = 0;
    int n = read_accounts(a->accounts_path, text, sizeof(text));
    if (n < 0)
        return fail(a->accounts_path, n);
    int r = console_accounts_parse(text, (size_t)n, &a->accounts, &line);
    explicit_bzero(text, sizeof(text));
    if (r == -EBADMSG)
        LK_LOG(ERROR, "console", "accounts line=%u is wrong", line);
    else if (r == 0 && console_accounts_count(a->accounts) == 0)
        LK_LOG(WARN, "console", "no accounts: nobody can log in");
    return r;
}

static void write_banner(struct app *a)
{
    const char *kiosk = a->commands.kiosk;
    console_commands_name(&a->commands);
    (void)snprintf(a->banner, sizeof(a->banner),
                   "Luukku " LUUKKU_VERSION ", %s\n"
                   "For technicians. Every line is recorded, with who typed "
                   "it.\n",
                   *kiosk ? kiosk : "a kiosk that does not answer");
}

static bool on_check(void *arg, const char *name, const char *password)
{
    const struct console_commands *c = arg;
    struct app *a = c->arg;
    if (!*c->kiosk) /* it did not answer before */
        write_banner(a);
    return console_accounts_check(a->accounts, name, password);
}

static bool on_known(void *arg, const char *name)
{
    const struct console_commands *c = arg;
    const struct app *a = c->arg;
    return console_accounts_known(a->accounts, name);
}

static int on_audit(void *arg, const char *who, const char *what,
                    const char *text)
{
    const struct console_commands *c = arg;
    struct app *a = c->arg;
    int r = console_audit_add(a->audit, lk_clock_wall_us(), who, what, text);
    if (r == -EFBIG)
        a->full = true; /* opened anew only before the walls: by the next one */
    if (r < 0)
        return fail("audit trail", r);
    console_tell(a->socket, a->line_name, who, what, text);
    return 0;
}

static void on_gated(void *arg, const struct console_gate *g)
{
    const struct console_commands *c = arg;
    struct app *a = c->arg;
    int r = console_latch_put(a->latch, g);
    if (r < 0)
        (void)fail("lockout", r); /* it holds until the next restart */
}

static bool on_follow(void *arg, struct lk_buf *text)
{
    return console_commands_follow(arg, text);
}

static void on_drop(void *arg)
{
    const struct console_commands *c = arg;
    const struct app *a = c->arg;
    if (a->fd >= 0 && tcflush(a->fd, TCOFLUSH) < 0)
        LK_LOG(DEBUG, "console", "flush err=%s", strerrorname_np(errno));
}

/* The line was cut: nobody is there any more. */
static void close_line(struct app *a)
{
    a->fd = lk_fd_close(a->fd);
    console_hangup(a->console, lk_clock_us());
}

/* Sends what the line takes now. */
static void send_some(struct app *a)
{
    size_t len = 0;
    const uint8_t *data = console_output(a->console, &len);
    while (a->fd >= 0 && len > 0) {
        ssize_t n = write(a->fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN)
            close_line(a);
        if (n <= 0)
            return;
        console_sent(a->console, (size_t)n);
        data = console_output(a->console, &len);
    }
}

static void on_notice(void *arg, const char *text)
{
    struct app *a = arg;
    size_t len = strlen(text);
    char said[128];
    int n = snprintf(said, sizeof(said), "%.*s\r\n", (int)len - 1, text);
    send_some(a);
    (void)console_output(a->console, &len);
    if (len > 0 || a->fd < 0 || write(a->fd, said, (size_t)n) < 0)
        return; /* a slow line: the answer will do */
}

static bool on_typed(void *arg)
{
    struct app *a = arg;
    uint8_t data[256];
    ssize_t n = read(a->fd, data, sizeof(data));
    bool cut = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    bool stopped = n > 0 && console_interrupt(a->console, data, (size_t)n);
    explicit_bzero(data, sizeof(data));
    return stopped || cut; /* the next read finds it cut, too */
}

static void receive_some(struct app *a)
{
    uint8_t data[256];
    ssize_t n = read(a->fd, data, sizeof(data));
    a->commands.line_fd = a->fd;
    if (n > 0)
        console_input(a->console, data, (size_t)n, lk_clock_us());
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        close_line(a);
    explicit_bzero(data, sizeof(data));
}

static int serve(struct app *a)
{
    while (!a->full) {
        size_t waiting = 0;
        if (a->fd < 0) {
            (void)poll(NULL, 0, REOPEN_MS);
            a->fd = console_tty_open(a->line, a->baud);
            if (a->fd == -EACCES) /* another device: beyond the walls */
                return fail(a->line, a->fd);
            console_tick(a->console, lk_clock_us());
            continue;
        }
        (void)console_output(a->console, &waiting);
        struct pollfd p = {.fd = a->fd, .events = POLLIN};
        if (waiting > 0)
            p.events |= POLLOUT;
        int n = poll(&p, 1, TICK_MS);
        if (n < 0 && errno != EINTR)
            return fail("poll", -errno);
        if (n > 0 && p.revents & (POLLIN | POLLHUP | POLLERR))
            receive_some(a);
        console_tick(a->console, lk_clock_us());
        send_some(a);
    }
    return fail("trail", -EFBIG);
}

static int start_console(struct app *a)
{
    const struct console_config config = {
        .banner = a->banner,
        .prompt = "luukku> ",
        .tree = a->tree,
        .check = on_check,
        .known = on_known,
        .audit = on_audit,
        .follow = on_follow,
        .sends = true,
        .drop = on_drop,
        .gated = on_gated,
        .gate = a->gate,
        .arg = &a->commands,
    };
    a->commands.socket = a->socket;
    a->commands.notice = on_notice;
    a->commands.line_fd = -1; /* nobody is there yet */
    a->commands.typed = on_typed;
    a->commands.arg = a;
    write_banner(a);
    return console_new(&config, lk_clock_us(), &a->console);
}

static int open_line(struct app *a)
{
    if (strcmp(a->line, "pty") != 0) {
        a->fd = console_tty_open(a->line, a->baud);
        return LK_MIN(a->fd, 0);
    }
    a->fd = console_tty_pair(a->pty, sizeof(a->pty));
    if (a->fd < 0)
        return a->fd;
    a->line = a->pty;
    return puts(a->line) == EOF || fflush(stdout) == EOF ? -EIO : 0;
}

/* The trail, and beside it the lockout of this line. */
static int open_records(struct app *a)
{
    char path[PATH_MAX];
    const char *slash = strrchr(a->line, '/');
    a->line_name = slash ? slash + 1 : a->line;
    int r = console_audit_open(a->audit_path, a->line_name, &a->audit);
    if (r < 0)
        return fail(a->audit_path, r);
    int n =
        snprintf(path, sizeof(path), "%s.lock-%s", a->audit_path, a->line_name);
    r = -ENAMETOOLONG;
    if (n > 0 && (size_t)n < sizeof(path))
        r = console_latch_open(path, lk_clock_us(), &a->latch, &a->gate);
    return r < 0 ? fail(path, r) : 0;
}

static int start(struct app *a)
{
    struct confine_report walls;
    int r = load_accounts(a);
    if (r == 0)
        r = open_records(a);
    if (r < 0)
        return r;
    r = open_line(a);
    if (r < 0)
        return fail(a->line, r);
    r = confine_console_apply(a->line, &walls);
    if (r < 0)
        return fail("confinement", r);
    LK_LOG(INFO, "console", "ready line=%s walls=%s", a->line, walls.text);
    r = console_commands_tree(&a->tree);
    if (r == 0)
        r = start_console(a);
    return r < 0 ? fail("start", r) : 0;
}

int main(int argc, char **argv)
{
    struct app a = {.fd = -1};
    int r = parse_options(argc, argv, &a);
    if (r < 0) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    lk_log_init("luukku-console", LK_LOG_INFO);
    if (a.hash) {
        r = write_hash(a.hash);
    } else {
        r = start(&a);
        if (r == 0)
            r = serve(&a);
    }
    a.console = console_free(a.console);
    a.tree = console_tree_free(a.tree);
    a.audit = console_audit_free(a.audit);
    a.latch = console_latch_free(a.latch);
    a.accounts = console_accounts_free(a.accounts);
    (void)lk_fd_close(a.fd);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
