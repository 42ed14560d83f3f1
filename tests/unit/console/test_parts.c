/* The small parts: filters, pages, tables, accounts, gate, trail, tree. */
#include "testing.h"

#include "console/account.h"
#include "console/audit.h"
#include "console/gate.h"
#include "console/latch.h"
#include "console/line.h"
#include "console/pager.h"
#include "console/put.h"
#include "console/sift.h"
#include "console/table.h"
#include "console/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char text[] = "Alpha\nbeta\ngamma\nALPHABET\n";

static const struct {
    const char *line;
    const char *command; /* NULL: refused */
    const char *left;
} sifts[] = {
    {"show x", "show x", text},
    {" show  x | include alpha ", "show  x", "Alpha\nALPHABET\n"},
    {"show | exclude alpha", "show", "beta\ngamma\n"},
    {"show | begin gam", "show", "gamma\nALPHABET\n"},
    {"show|count", "show", "4 lines\n"},
    {"show | i a | e mm | c", "show", "3 lines\n"},
    {"show | include nothing", "show", ""},
    {"show |", NULL, NULL},
    {"show | include", NULL, NULL},
    {"show | count x", NULL, NULL},
    {"show | count | include x", NULL, NULL},
    {"show | bogus x", NULL, NULL},
    {"| include x", NULL, NULL},
    {"s|i a|i a|i a|i a|i a", NULL, NULL},
};

static void sifts_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(sifts); i++) {
        char command[CONSOLE_LINE_MAX] = "";
        struct console_sift s;
        const char *why = NULL;
        LK_AUTO(lk_buf) out = NULL;
        int r = console_sift_parse(sifts[i].line, command, &s, &why);
        assert_int_equal(r, sifts[i].command ? 0 : -EINVAL);
        if (r < 0) {
            assert_non_null(why);
            continue;
        }
        assert_string_equal(command, sifts[i].command);
        assert_int_equal(lk_buf_new(1000, &out), 0);
        assert_int_equal(console_sift_apply(&s, text, out), 0);
        assert_string_equal(lk_buf_str(out), sifts[i].left);
    }
}

static struct lk_buf *text_of(const char *s)
{
    struct lk_buf *b = NULL;
    assert_int_equal(lk_buf_new(CONSOLE_TEXT_MAX, &b), 0);
    assert_int_equal(lk_buf_append(b, s, strlen(s)), 0);
    return b;
}

static void pages(void **state)
{
    struct console_pager p = {.rows = 3};
    LK_AUTO(lk_buf) out = NULL;
    (void)state;
    assert_int_equal(lk_buf_new(4096, &out), 0);
    console_pager_begin(&p, text_of("1  \n2\n3\n4\n5\n6"));
    assert_false(console_pager_pump(&p, out));
    assert_true(p.waiting);
    assert_ptr_equal(strstr(lk_buf_str(out), "1\r\n2\r\n--More--"), out->data);
    assert_true(console_pager_key(&p, 1, out)); /* no key */
    assert_true(p.waiting);
    lk_buf_wipe(out);
    assert_true(console_pager_key(&p, '\n', out));
    assert_false(console_pager_pump(&p, out));
    assert_non_null(strstr(lk_buf_str(out), "\r3\r\n--More--"));
    lk_buf_wipe(out);
    assert_true(console_pager_key(&p, ' ', out));
    assert_false(console_pager_pump(&p, out));
    assert_non_null(strstr(lk_buf_str(out), "\r4\r\n5\r\n--More--"));
    lk_buf_wipe(out);
    assert_true(console_pager_key(&p, 'q', out));
    assert_true(console_pager_pump(&p, out));
    assert_null(strchr(lk_buf_str(out), '6'));
}

/* The next command, typed where a key of the pager was expected. */
static void a_command_ends_the_pages(void **state)
{
    struct console_pager p = {.rows = 3};
    LK_AUTO(lk_buf) out = NULL;
    (void)state;
    assert_int_equal(lk_buf_new(4096, &out), 0);
    console_pager_begin(&p, text_of("1\n2\n3\n4"));
    assert_false(console_pager_pump(&p, out));
    assert_false(console_pager_key(&p, 's', out));
    assert_true(console_pager_pump(&p, out));
    assert_null(strchr(lk_buf_str(out), '3'));
}

/* Rows of 79, and never more ahead than a slow line takes. */
static void wraps_and_waits(void **state)
{
    struct console_pager p = {.rows = 0};
    LK_AUTO(lk_buf) out = NULL;
    LK_AUTO(lk_buf) all = NULL;
    char line[20001];
    unsigned turns = 0;
    (void)state;
    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = 0;
    line[60] = ' ';
    assert_int_equal(lk_buf_new(CONSOLE_AHEAD + 100, &out), 0);
    assert_int_equal(lk_buf_new(CONSOLE_TEXT_MAX, &all), 0);
    console_pager_begin(&p, text_of(line));
    for (bool done = false; !done; turns++) {
        done = console_pager_pump(&p, out);
        assert_true(out->len <= CONSOLE_AHEAD + CONSOLE_COLUMNS + 2);
        assert_int_equal(lk_buf_append(all, out->data, out->len), 0);
        lk_buf_wipe(out);
    }
    assert_true(turns > 30);
    assert_int_equal(strcspn(lk_buf_str(all), "\r"), 60);
    for (const char *s = lk_buf_str(all); *s;) {
        size_t n = strcspn(s, "\r");
        assert_true(n <= CONSOLE_COLUMNS);
        s += n + 2;
    }
    console_pager_end(&p);
}

static void tables_fit(void **state)
{
    static const char *const heading[] = {"NAME", "STATE", "WHY"};
    static const char *const row[] = {"Ylämaa", NULL, "a\nb"};
    char *wide = calloc(1, 401);
    memset(wide, 'w', 400);
    wide[90] = ' ';
    const char *const wide_row[] = {wide, wide, wide};
    LK_AUTO(console_table) t = NULL;
    LK_AUTO(lk_buf) out = NULL;
    (void)state;
    assert_int_equal(lk_buf_new(65536, &out), 0);
    assert_int_equal(console_table_new(heading, 9, &t), -EINVAL);
    assert_int_equal(console_table_new(heading, 3, &t), 0);
    assert_int_equal(console_table_add(t, row), 0);
    assert_int_equal(console_table_draw(t, out), 0);
    assert_string_equal(lk_buf_str(out), "NAME    STATE  WHY\n"
                                         "------------------\n"
                                         "Ylamaa  -      a b\n");
    assert_int_equal(console_table_add(t, wide_row), 0);
    lk_buf_wipe(out);
    assert_int_equal(console_table_draw(t, out), 0);
    for (const char *s = lk_buf_str(out); *s;) {
        size_t n = strcspn(s, "\n");
        assert_true(n <= CONSOLE_COLUMNS);
        s += n + 1;
    }
    for (int i = 0; i < CONSOLE_TABLE_ROWS_MAX - 3; i++)
        assert_int_equal(console_table_add(t, row), 0);
    assert_int_equal(console_table_add(t, row), -ENOSPC);
    free(wide);
}

/* A last column that needs two rows costs those before it nothing. */
static void tables_cut_nothing_that_fits(void **state)
{
    static const char *const heading[] = {"PROGRAM",  "STATE",  "PID",
                                          "RESTARTS", "UP (S)", "KB"};
    static const char *const row[] = {
        "luukku-fetch", "waiting to start", "5645", "12", "84512", "44492"};
    static const char *const last[] = {"LAST END", "killed, no answer"};
    const char *cell[7];
    LK_AUTO(console_table) t = NULL;
    LK_AUTO(lk_buf) out = NULL;
    (void)state;
    assert_int_equal(lk_buf_new(65536, &out), 0);
    memcpy(cell, heading, sizeof(heading));
    cell[6] = last[0];
    assert_int_equal(console_table_new(cell, 7, &t), 0);
    memcpy(cell, row, sizeof(row));
    cell[6] = last[1];
    assert_int_equal(console_table_add(t, cell), 0);
    assert_int_equal(console_table_draw(t, out), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(row); i++)
        assert_non_null(strstr(lk_buf_str(out), row[i]));
    assert_non_null(strstr(lk_buf_str(out), "killed, no\n"));
}

static void text_is_plain(void **state)
{
    char to[32];
    (void)state;
    const char s[] = "\xc3\xa4\xc3\x96\xe2\x80\x93\xe2\x82\xac\x1b\t\n\xc3";
    assert_int_equal(console_plain(s, strlen(s), to, sizeof(to)), 8);
    assert_string_equal(to, "aO-?? \n?");
    assert_int_equal(console_plain("abcdef", 6, to, 4), 3);
}

#define HASH                                           \
    "$y$j9T$cPQnIcUG5BBwz0Ji0XYuR/$UQhOybs4nWBHg8klH/" \
    "7KilJu.Ed2Qs9dTElqAF4N94C" /* of "kissa kala" */

static const struct {
    const char *text;
    unsigned line; /* that is wrong; 0: none */
} files[] = {
    {"", 0},
    {"# who\n\nanna:" HASH "\nmatti:" HASH, 0},
    {"anna\n", 1},
    {"\nAnna:" HASH "\n", 2},
    {"anna:" HASH "\nanna:" HASH "\n", 2},
    {"anna:\n", 1},
    {"anna:kissa\n", 1},
    {"anna:ab0123456789a\n", 1}, /* DES is too weak */
};

static void accounts_are_parsed(void **state)
{
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(files); i++) {
        LK_AUTO(console_accounts) a = NULL;
        unsigned line = 0;
        int r = console_accounts_parse(files[i].text, strlen(files[i].text), &a,
                                       &line);
        assert_int_equal(r, files[i].line ? -EBADMSG : 0);
        assert_int_equal(line, files[i].line);
    }
}

static void passwords_are_checked(void **state)
{
    LK_AUTO(console_accounts) a = NULL;
    char hash[CONSOLE_HASH_MAX];
    unsigned line = 0;
    static const char file[] = "anna:" HASH "\n";
    (void)state;
    assert_int_equal(console_accounts_parse(file, sizeof(file) - 1, &a, &line),
                     0);
    assert_int_equal(console_accounts_count(a), 1);
    assert_true(console_accounts_check(a, "anna", "kissa kala"));
    assert_false(console_accounts_check(a, "anna", "kissa kal"));
    assert_false(console_accounts_check(a, "anna", ""));
    assert_false(console_accounts_check(a, "matti", "kissa kala"));
    assert_true(console_accounts_known(a, "anna"));
    assert_false(console_accounts_known(a, "matti"));
    assert_int_equal(console_account_hash("", hash), -EINVAL);
    assert_int_equal(console_account_hash("x", hash), 0);
    assert_memory_equal(hash, "$y$", 3);
}

static void the_gate_closes_for_longer(void **state)
{
    static const int64_t wait_s[] = {0, 0, 60, 120, 240, 480, 900, 900};
    struct console_gate g = {.failed = 0};
    int64_t now_us = 5000000;
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(wait_s); i++) {
        console_gate_failed(&g, now_us);
        assert_int_equal(console_gate_wait(&g, now_us), wait_s[i] * 1000000);
        now_us += wait_s[i] * 1000000;
        assert_int_equal(console_gate_wait(&g, now_us), 0);
    }
    console_gate_passed(&g);
    console_gate_failed(&g, now_us);
    assert_int_equal(console_gate_wait(&g, now_us), 0);
}

#define S INT64_C(1000000)

static void the_lockout_outlives_a_restart(void **state)
{
    static const struct {
        const char *boot;
        int64_t now_s;
        unsigned failed;
        int64_t until_s;
        int64_t wait_s;
    } cases[] = {
        {"this", 100, 0, 0, 0},        /* nobody failed */
        {"this", 100, 2, 0, 0},        /* not yet locked */
        {"this", 100, 3, 130, 30},     /* goes on */
        {"this", 200, 3, 130, 0},      /* ended meanwhile */
        {"other", 5, 3, 130, 60},      /* anew */
        {"other", 5, 5, 999999, 240},  /* anew, as long as it was */
        {"other", 5, 5, 0, 0},         /* had ended before */
        {"this", 100, 4, 999999, 120}, /* no lock is that long */
        {"other", 5, 4294967295U, 1, 900},
    };
    (void)state;
    for (size_t i = 0; i < LK_ARRAY_LEN(cases); i++) {
        uint8_t data[CONSOLE_LATCH_LEN];
        int64_t now_us = cases[i].now_s * S;
        struct console_gate g = {.failed = cases[i].failed,
                                 .until_us = cases[i].until_s * S};
        console_latch_encode(&g, "this", data);
        g = console_latch_decode(data, sizeof(data), cases[i].boot, now_us);
        assert_int_equal(console_gate_wait(&g, now_us), cases[i].wait_s * S);
        assert_int_equal(g.failed, cases[i].failed);
    }
}

static void a_record_is_not_believed_at_once(void **state)
{
    uint8_t data[CONSOLE_LATCH_LEN];
    const struct console_gate open = {.failed = 0};
    (void)state;
    console_latch_encode(&open, "b", data);
    struct console_gate g = console_latch_decode(data, 0, "b", 7);
    assert_int_equal(g.failed, 0);
    for (size_t i = 0; i < sizeof(data) * 8; i++) {
        data[i / 8] ^= (uint8_t)(1U << i % 8);
        g = console_latch_decode(data, sizeof(data), "b", 7);
        assert_int_equal(console_gate_wait(&g, 7), CONSOLE_LOCK_US);
        data[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    for (size_t len = 1; len < sizeof(data); len++) {
        g = console_latch_decode(data, len, "b", 7);
        assert_int_equal(console_gate_wait(&g, 7), CONSOLE_LOCK_US);
    }
}

static void the_latch_is_a_file(void **state)
{
    char dir[] = "/tmp/luukku-latch.XXXXXX";
    char path[64];
    struct console_gate g = {.failed = 9};
    struct stat st;
    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/lock", dir);
    for (unsigned i = 0; i < 4; i++) {
        LK_AUTO(console_latch) l = NULL;
        assert_int_equal(console_latch_open(path, 5 * S, &l, &g), 0);
        assert_int_equal(g.failed, i);
        console_gate_failed(&g, 5 * S);
        assert_int_equal(console_latch_put(l, &g), 0);
    }
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    LK_AUTO(console_latch) none = NULL;
    assert_int_equal(console_latch_open(dir, 0, &none, &g), -EISDIR);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_int_equal(console_latch_open(path, 0, &none, &g), -ELOOP);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

static void the_trail_only_grows(void **state)
{
    char dir[] = "/tmp/luukku-audit.XXXXXX";
    char path[64];
    char old[64];
    char got[256];
    struct stat st;
    LK_AUTO(console_audit) a = NULL;
    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/a", dir);
    (void)snprintf(old, sizeof(old), "%s/a.1", dir);
    assert_int_equal(console_audit_open(path, "ttyS0", &a), 0);
    assert_int_equal(console_audit_add(a, 0, "anna", "run", "x\ny\x1b\xff"), 0);
    LK_AUTO_FD fd = open(path, O_RDWR);
    ssize_t n = read(fd, got, sizeof(got) - 1);
    got[n > 0 ? n : 0] = 0;
    assert_string_equal(got, "1970-01-01T00:00:00Z ttyS0 anna run x?y??\n");
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    /* Full: refused, and kept under another name at the next start. */
    assert_int_equal(ftruncate(fd, CONSOLE_AUDIT_BYTES_MAX), 0);
    assert_int_equal(console_audit_add(a, 0, "anna", "run", ""), -EFBIG);
    a = console_audit_free(a);
    assert_int_equal(console_audit_open(path, "ttyS0", &a), 0);
    assert_int_equal(stat(old, &st), 0);
    assert_int_equal(st.st_size, CONSOLE_AUDIT_BYTES_MAX);
    assert_int_equal(console_audit_add(a, 0, "anna", "run", ""), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink(old, path), 0);
    a = console_audit_free(a);
    assert_int_equal(console_audit_open(path, "ttyS0", &a), -ELOOP);
    (void)unlink(path);
    (void)unlink(old);
    (void)rmdir(dir);
}

#define CALLED_MAX 128

static void note_words(const struct console_call *call)
{
    char *to = call->context;
    int at = snprintf(to, CALLED_MAX, "%s", call->command->words);
    for (size_t i = 0; i < call->args; i++)
        at += snprintf(to + at, CALLED_MAX - (size_t)at, "/%s", call->arg[i]);
}

static const struct console_command table[] = {
    {"show", "look", NULL, 0, 0, NULL},
    {"show status", "what runs", NULL, 0, 0, note_words},
    {"show storage", "what is left", NULL, 0, 0, note_words},
    {"net", "network", NULL, 0, 0, NULL},
    {"net dns", "a name", "HOST [PORT]", 1, 2, note_words},
    {"reboot", "begin anew", NULL, 0, 0, note_words},
};

static const struct {
    const char *line;
    const char *called;
    const char *said;
} runs[] = {
    {"show status", "show status", ""},
    {"sh stat", "show status", ""},
    {"SHOW STATUS", "show status", ""},
    {"net dns a b", "net dns/a/b", ""},
    {"net dns \"a b\"", "net dns/a b", ""},
    {"net dns", "", "Write: net dns HOST [PORT]"},
    {"net dns a b c", "", "Write: net dns HOST [PORT]"},
    {"show", "", "what runs"},
    {"show st", "", "\"st\" could be:\n  status "},
    {"show st", "", "what is left"},
    {"show stx", "", "There is no \"show stx\". What there is: show ?"},
    {"show stx now", "", "There is no \"show stx\". What there is: show ?"},
    {"reboot now", "", "Write: reboot"},
    {"nothing", "", "There is no \"nothing\". What there is: ?"},
    {"a-word-that-is-longer-than-any", "", "\"a-word-that-is-longer-th\"."},
    {"\"", "", ""},
};

static void the_tree_calls(void **state)
{
    LK_AUTO(console_tree) t = NULL;
    (void)state;
    assert_int_equal(console_tree_new(table, LK_ARRAY_LEN(table), &t), 0);
    for (size_t i = 0; i < LK_ARRAY_LEN(runs); i++) {
        char called[CALLED_MAX] = "";
        LK_AUTO(lk_buf) out = NULL;
        assert_int_equal(lk_buf_new(4096, &out), 0);
        (void)console_tree_run(t, runs[i].line, called, out);
        assert_string_equal(called, runs[i].called);
        assert_non_null(strstr(lk_buf_str(out), runs[i].said));
    }
}

static const struct {
    const char *line;
    const char *rest;
    size_t n;
    const char *help;
} completions[] = {
    {"", "", 3, "reboot"},
    {"s", "how ", 1, "look"},
    {"show", " ", 1, "look"},
    {"show st", "", 2, "what is left"},
    {"show sta", "tus ", 1, "what runs"},
    {"sh sto", "rage ", 1, "what is left"},
    {"net dns ", "", 0, "HOST [PORT]"},
    {"show status ", "", 0, "<Enter>"},
    {"show x ", "", 0, "Nothing"},
    {"show status | ", "", 4, "include"},
    {"show status | in", "clude ", 1, "TEXT"},
    {"x|", "", 4, "count"},
    {"zz", "", 0, "Nothing"},
};

static void the_tree_completes(void **state)
{
    LK_AUTO(console_tree) t = NULL;
    (void)state;
    assert_int_equal(console_tree_new(table, LK_ARRAY_LEN(table), &t), 0);
    assert_int_equal(console_tree_new(table + 1, 1, &t), -EINVAL);
    for (size_t i = 0; i < LK_ARRAY_LEN(completions); i++) {
        char rest[CONSOLE_COMPLETION_MAX];
        LK_AUTO(lk_buf) out = NULL;
        assert_int_equal(lk_buf_new(4096, &out), 0);
        assert_int_equal(console_tree_complete(t, completions[i].line, rest),
                         completions[i].n);
        assert_string_equal(rest, completions[i].rest);
        console_tree_help(t, completions[i].line, out);
        assert_non_null(strstr(lk_buf_str(out), completions[i].help));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sifts_lines),
        cmocka_unit_test(pages),
        cmocka_unit_test(wraps_and_waits),
        cmocka_unit_test(a_command_ends_the_pages),
        cmocka_unit_test(tables_fit),
        cmocka_unit_test(tables_cut_nothing_that_fits),
        cmocka_unit_test(text_is_plain),
        cmocka_unit_test(accounts_are_parsed),
        cmocka_unit_test(passwords_are_checked),
        cmocka_unit_test(the_gate_closes_for_longer),
        cmocka_unit_test(the_lockout_outlives_a_restart),
        cmocka_unit_test(a_record_is_not_believed_at_once),
        cmocka_unit_test(the_latch_is_a_file),
        cmocka_unit_test(the_trail_only_grows),
        cmocka_unit_test(the_tree_calls),
        cmocka_unit_test(the_tree_completes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
