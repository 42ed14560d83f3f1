#include "console/tree.h"

#include "console/put.h"
#include "console/sift.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libcli.h>

#define WORD_MAX 24 /* bytes of one word of a command, the NUL included */

struct console_tree {
    struct cli_def *cli;
    const struct console_command *table;
    size_t n;
    void *context;      /* of the call under way */
    struct lk_buf *out; /* likewise */
};

static const struct console_command *find(const struct console_tree *t,
                                          const char *words)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->table[i].words, words) == 0)
            return &t->table[i];
    return NULL;
}

static void say_usage(const struct console_command *c, struct lk_buf *out)
{
    console_putf(out, "Write: %s %s\n", c->words,
                 c->arguments ? c->arguments : "");
}

static int on_command(struct cli_def *cli, const char *words, char **argv,
                      int argc)
{
    const struct console_tree *t = cli_get_context(cli);
    const struct console_command *c = find(t, words);
    if (!c || !c->run)
        return CLI_ERROR;
    if ((size_t)argc < c->least || (size_t)argc > c->most) {
        say_usage(c, t->out);
        return CLI_ERROR;
    }
    const struct console_call call = {
        .command = c,
        .arg = (const char *const *)argv,
        .args = (size_t)argc,
        .context = t->context,
    };
    c->run(&call);
    return CLI_OK;
}

/* What libcli has to say. */
static void on_print(struct cli_def *cli, const char *text)
{
    const struct console_tree *t = cli_get_context(cli);
    if (t->out)
        console_putf(t->out, "%s\n", text);
}

static struct cli_command *find_node(struct cli_command *first,
                                     const char *word, size_t len)
{
    for (struct cli_command *c = first; c; c = c->next)
        if (strlen(c->command) == len && strncmp(c->command, word, len) == 0)
            return c;
    return NULL;
}

static int register_one(struct console_tree *t, const struct console_command *c)
{
    struct cli_command *parent = NULL;
    const char *word = c->words;
    size_t len = strcspn(word, " ");
    while (word[len] == ' ') {
        parent =
            find_node(parent ? parent->children : t->cli->commands, word, len);
        if (!parent)
            return -EINVAL;
        word += len + 1;
        len = strcspn(word, " ");
    }
    if (len >= WORD_MAX)
        return -EINVAL;
    return cli_register_command(t->cli, parent, word,
                                c->run ? on_command : NULL,
                                PRIVILEGE_UNPRIVILEGED, MODE_EXEC, c->help)
               ? 0
               : -ENOMEM;
}

int console_tree_new(const struct console_command *table, size_t n,
                     struct console_tree **ret)
{
    LK_AUTO(console_tree) t = calloc(1, sizeof(*t));
    int r = 0;
    if (!t)
        return -ENOMEM;
    t->cli = cli_init();
    if (!t->cli)
        return -ENOMEM;
    t->table = table;
    t->n = n;
    cli_set_context(t->cli, t);
    cli_print_callback(t->cli, on_print);
    cli_unregister_all_filters(t->cli);
    cli_unregister_all_commands(t->cli);
    for (size_t i = 0; i < n && r == 0; i++)
        r = register_one(t, &table[i]);
    /* A change of mode is what makes libcli look for the shortest words. */
    (void)cli_set_configmode(t->cli, MODE_CONFIG, NULL);
    (void)cli_set_configmode(t->cli, MODE_EXEC, NULL);
    if (r == 0)
        *ret = LK_TAKE(t);
    return r;
}

struct console_tree *console_tree_free(struct console_tree *t)
{
    if (t && t->cli)
        (void)cli_done(t->cli);
    free(t);
    return NULL;
}

/* The place in the tree where a line ends. */
struct place {
    struct cli_command *first; /* words that may stand there; NULL: none */
    struct cli_command *of;    /* the command before; NULL: the top */
    const char *word;          /* what is there of the last word */
    bool sifts;                /* it is a filter's name */
};

static bool starts(const char *s, const char *word, size_t len)
{
    return strncasecmp(s, word, len) == 0;
}

/* The command that `word` names or begins, when there is only one. */
static struct cli_command *match(struct cli_command *first, const char *word,
                                 size_t len)
{
    struct cli_command *found = find_node(first, word, len);
    size_t n = 0;
    if (found)
        return found;
    for (struct cli_command *c = first; c; c = c->next)
        if (starts(c->command, word, len)) {
            found = c;
            n++;
        }
    return n == 1 ? found : NULL;
}

static void find_place(const struct console_tree *t, const char *line,
                       struct place *ret)
{
    const char *pipe = strrchr(line, '|');
    const char *at = pipe ? pipe + 1 : line;
    *ret = (struct place){.first = pipe ? NULL : t->cli->commands,
                          .sifts = pipe != NULL};
    at += strspn(at, " ");
    for (size_t len = strcspn(at, " "); at[len]; len = strcspn(at, " ")) {
        struct cli_command *c = ret->first ? match(ret->first, at, len) : NULL;
        if (c || ret->first || ret->sifts) {
            ret->of = c;
            ret->first = c ? c->children : NULL;
        }
        ret->sifts = false;
        at += len;
        at += strspn(at, " ");
    }
    ret->word = at;
}

static void help_sifts(const char *word, struct lk_buf *out)
{
    for (size_t i = 0; console_sift_name(i); i++)
        if (starts(console_sift_name(i), word, strlen(word)))
            console_putf(out, "  %-14s %s\n", console_sift_name(i),
                         console_sift_help(i));
}

void console_tree_help(const struct console_tree *t, const char *line,
                       struct lk_buf *out)
{
    struct place at;
    size_t n = 0;
    find_place(t, line, &at);
    if (at.sifts) {
        help_sifts(at.word, out);
        return;
    }
    for (struct cli_command *c = at.first; c; c = c->next)
        if (starts(c->command, at.word, strlen(at.word))) {
            console_putf(out, "  %-14s %s\n", c->command, c->help);
            n++;
        }
    if (at.of && at.of->callback) {
        const struct console_command *c = find(t, at.of->full_command_name);
        const char *what = c && c->arguments ? c->arguments : "<Enter>";
        console_putf(out,
                     strlen(what) > 14 ? "  %s\n  %14s %s\n" : "  %-14s%s %s\n",
                     what, "", at.of->help);
        console_put(out, "  |              show only a part: | include TEXT\n");
        n++;
    }
    if (n == 0)
        console_put(out, "  Nothing that is known can stand there.\n");
}

/* Whether the line ends where further words are needed. */
static bool is_begun(const struct console_tree *t, const char *line)
{
    struct place at;
    find_place(t, line, &at);
    struct cli_command *c =
        at.first ? match(at.first, at.word, strlen(at.word)) : NULL;
    return c && c->children;
}

/* Says what was not understood at `word`, behind the command `of`. */
static void say_unknown(const struct console_tree *t, struct cli_command *first,
                        const struct cli_command *of, const char *word,
                        struct lk_buf *out)
{
    int len = (int)strcspn(word, " ");
    int shown = LK_MIN(len, WORD_MAX);
    size_t could = 0;
    for (struct cli_command *c = first; c; c = c->next)
        could += starts(c->command, word, (size_t)len);
    if (could > 0)
        console_putf(out, "\"%.*s\" could be:\n", shown, word);
    for (struct cli_command *c = first; c && could > 0; c = c->next)
        if (starts(c->command, word, (size_t)len))
            console_putf(out, "  %-14s %s\n", c->command, c->help);
    if (could > 0)
        return;
    const struct console_command *after =
        of ? find(t, of->full_command_name) : NULL;
    if (after)
        console_putf(out, "There is no \"%s %.*s\". What there is: %s ?\n",
                     after->words, shown, word, after->words);
    else
        console_putf(out, "There is no \"%.*s\". What there is: ?\n", shown,
                     word);
}

/* Whether each word is a command's; else it is said which is none. */
static bool is_known(const struct console_tree *t, const char *line,
                     struct lk_buf *out)
{
    struct cli_command *first = t->cli->commands;
    const struct cli_command *of = NULL;
    for (const char *at = line + strspn(line, " "); *at && first;) {
        size_t len = strcspn(at, " ");
        struct cli_command *c = match(first, at, len);
        if (!c && of && of->callback)
            return true; /* its arguments begin */
        if (!c) {
            say_unknown(t, first, of, at, out);
            return false;
        }
        of = c;
        first = c->children;
        at += len;
        at += strspn(at, " ");
    }
    return true;
}

int console_tree_run(struct console_tree *t, const char *line, void *context,
                     struct lk_buf *out)
{
    char further[CONSOLE_LINE_MAX + 1];
    if (is_begun(t, line)) {
        (void)snprintf(further, sizeof(further), "%s ", line);
        console_put(out, "What of these?\n");
        console_tree_help(t, further, out);
        return 0;
    }
    if (!is_known(t, line, out))
        return -EINVAL;
    t->context = context;
    t->out = out;
    int r = cli_run_command(t->cli, line);
    t->out = NULL;
    return r == CLI_OK ? 0 : -EINVAL;
}

/* Takes a word that fits into account. */
static size_t narrow(const char *name, const char *word, size_t before,
                     char *ret)
{
    size_t len = strlen(word);
    size_t common = 0;
    if (!starts(name, word, len))
        return before;
    if (before == 0) {
        (void)snprintf(ret, CONSOLE_COMPLETION_MAX, "%s ", name + len);
        return 1;
    }
    while (ret[common] && ret[common] == name[len + common])
        common++;
    ret[common] = 0;
    return before + 1;
}

size_t console_tree_complete(const struct console_tree *t, const char *line,
                             char *ret)
{
    struct place at;
    size_t n = 0;
    *ret = 0;
    find_place(t, line, &at);
    for (struct cli_command *c = at.first; c; c = c->next)
        n = narrow(c->command, at.word, n, ret);
    for (size_t i = 0; at.sifts && console_sift_name(i); i++)
        n = narrow(console_sift_name(i), at.word, n, ret);
    return n;
}
