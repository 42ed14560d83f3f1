/* flat.c - coedit-flat: long lives of documents, for the count of instructions.
 *
 * Every life is a row of edits. Each is made by an editor, and its update is
 * then applied by another. The first thousand and the last thousand of both are
 * marked for Valgrind (callgrind), which writes their cost down under
 * "LIFE local first" and so on; flat.mjs runs this and compares. Ceilings are
 * those of a form.
 */
#include "coedit/any.h"
#include "coedit/coedit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#define WINDOW 1000 /* edits that are counted at each end */
#define MANY 100000
#define ROWS 1000
#define CLIENTS 200

static _Noreturn void die(const char *what, int error)
{
    (void)fprintf(stderr, "coedit-flat: %s: %s\n", what,
                  strerrordesc_np(error));
    _exit(EXIT_FAILURE);
}

static void check(const char *what, int r)
{
    if (r < 0)
        die(what, -r);
}

/* Updates one after the other, each behind its length. */
struct log {
    uint8_t *at;
    size_t len, cap;
};

static void put(struct log *l, const void *p, size_t n)
{
    if (l->len + n > l->cap) {
        l->cap = (l->cap + n) * 2;
        l->at = realloc(l->at, l->cap);
    }
    if (!l->at)
        die("memory", ENOMEM);
    memcpy(l->at + l->len, p, n);
    l->len += n;
}

static void put_update(struct log *l, const uint8_t *p, size_t len)
{
    uint32_t n = (uint32_t)len;
    put(l, &n, sizeof(n));
    put(l, p, len);
}

/* Two editors, of whom most lives need one, and what they sent. */
struct world {
    struct coedit *d, *other;
    struct coedit_ref text, map, rows, other_text, other_map;
    struct log log;
    uint32_t state; /* of chance */
};

/* xorshift: every run is the same. */
static uint32_t below(struct world *w, uint32_t n)
{
    w->state ^= w->state << 13;
    w->state ^= w->state >> 17;
    w->state ^= w->state << 5;
    return w->state % n;
}

static void sent(struct world *w)
{
    const uint8_t *p;
    size_t len;
    check("commit", coedit_commit(w->d, &p, &len));
    put_update(&w->log, p, len);
}

static void insert(struct world *w, uint32_t at)
{
    coedit_begin(w->d);
    check("insert", coedit_text_insert(w->d, w->text, at, "x", 1));
    sent(w);
}

static void erase(struct world *w, uint32_t at)
{
    coedit_begin(w->d);
    check("delete", coedit_text_delete(w->d, w->text, at, 1));
    sent(w);
}

static uint32_t units(const struct world *w)
{
    return coedit_length(w->d, w->text);
}

/* --- texts -------------------------------------------------------------- */

static void life_end(struct world *w, uint32_t i)
{
    insert(w, i);
}

static void life_front(struct world *w, uint32_t i)
{
    (void)i;
    insert(w, 0);
}

static void life_middle(struct world *w, uint32_t i)
{
    insert(w, i / 2);
}

static void life_random(struct world *w, uint32_t i)
{
    insert(w, below(w, i + 1));
}

/* A letter, and back again: nothing stays but what was deleted. */
static void life_backspace(struct world *w, uint32_t i)
{
    if (i % 2 == 0)
        insert(w, 0);
    else
        erase(w, 0);
}

/* Two letters at random places, then one away. */
static void life_deletions(struct world *w, uint32_t i)
{
    if (i % 3 == 2)
        erase(w, below(w, units(w)));
    else
        insert(w, below(w, units(w) + 1));
}

/* Likewise, and all may be taken back, ten edits at a time; some is. */
static void life_undo(struct world *w, uint32_t i)
{
    const uint8_t *p;
    size_t len;
    if (i % 50 == 49) {
        check("undo", coedit_undo(w->d, &p, &len));
        put_update(&w->log, p, len);
        return;
    }
    coedit_begin(w->d);
    check("undoable", coedit_undoable(w->d, i % 10 > 0));
    if (i % 3 == 2)
        check("delete",
              coedit_text_delete(w->d, w->text, below(w, units(w)), 1));
    else
        check("insert", coedit_text_insert(w->d, w->text,
                                           below(w, units(w) + 1), "x", 1));
    sent(w);
}

/* A page of text typed in one go, then holes in it. */
static void life_holes(struct world *w, uint32_t i)
{
    static char page[4096];
    if (i == 0)
        memset(page, 'x', sizeof(page));
    if (units(w) == 0) {
        coedit_begin(w->d);
        check("page", coedit_text_insert(w->d, w->text, 0, page, sizeof(page)));
        sent(w);
    } else {
        erase(w, below(w, units(w)));
    }
}

/* Two who see each other at once, at random places of one text. */
static void life_two(struct world *w, uint32_t i)
{
    const uint8_t *p;
    size_t len;
    struct coedit *d = i % 2 ? w->other : w->d;
    coedit_begin(d);
    check("insert", coedit_text_insert(
                        d, i % 2 ? w->other_text : w->text,
                        below(w, coedit_length(w->d, w->text) + 1), "x", 1));
    check("commit", coedit_commit(d, &p, &len));
    put_update(&w->log, p, len);
    check("apply", coedit_apply(i % 2 ? w->d : w->other, p, len));
}

/* --- maps and arrays ---------------------------------------------------- */

static int value(uint32_t i, uint8_t any[COEDIT_ANY_SMALL])
{
    return coedit_any_number(i, any, COEDIT_ANY_SMALL);
}

static void set(struct coedit *d, struct coedit_ref map, const char *key,
                uint32_t i)
{
    uint8_t any[COEDIT_ANY_SMALL];
    int len = value(i, any);
    check("value", len);
    check("set", coedit_map_set(d, map, key, any, (size_t)len));
}

/* One key, overwritten again and again. */
static void life_key(struct world *w, uint32_t i)
{
    coedit_begin(w->d);
    set(w->d, w->map, "key", i);
    sent(w);
}

/* Likewise by two in turn, so that no two of its values are one's own. */
static void life_key_of_two(struct world *w, uint32_t i)
{
    const uint8_t *p;
    size_t len;
    struct coedit *d = i % 2 ? w->other : w->d;
    coedit_begin(d);
    set(d, i % 2 ? w->other_map : w->map, "key", i);
    check("commit", coedit_commit(d, &p, &len));
    put_update(&w->log, p, len);
    check("apply", coedit_apply(i % 2 ? w->d : w->other, p, len));
}

/* Ever new keys; old ones go. */
static void life_keys(struct world *w, uint32_t i)
{
    char key[16];
    coedit_begin(w->d);
    (void)snprintf(key, sizeof(key), "k%u", i);
    set(w->d, w->map, key, i);
    if (i >= 500) {
        (void)snprintf(key, sizeof(key), "k%u", i - 500);
        check("away", coedit_map_delete(w->d, w->map, key));
    }
    sent(w);
}

/* Values in an array, in and out at random places. */
static void life_values(struct world *w, uint32_t i)
{
    uint8_t any[COEDIT_ANY_SMALL];
    uint32_t n = coedit_length(w->d, w->rows);
    int len = value(i, any);
    check("value", len);
    coedit_begin(w->d);
    if (n > 0 && (n == 500 || below(w, 3) == 0))
        check("out", coedit_array_delete(w->d, w->rows, below(w, n), 1));
    else
        check("in", coedit_array_insert(w->d, w->rows, below(w, n + 1), 1, any,
                                        (size_t)len));
    sent(w);
}

static void add_row(struct world *w, uint32_t at)
{
    struct coedit_ref row;
    struct coedit_ref text;
    check("row", coedit_array_insert_type(w->d, w->rows, at, COEDIT_MAP, &row));
    check("text", coedit_map_set_type(w->d, row, "name", COEDIT_TEXT, &text));
    check("name", coedit_text_insert(w->d, text, 0, "name", 4));
    set(w->d, row, "sum", at);
}

/* A row now and then, ROWS in the end; else something is written in one. */
static void life_rows(struct world *w, uint32_t i)
{
    struct coedit_value row;
    struct coedit_value name;
    uint32_t n = coedit_length(w->d, w->rows);
    coedit_begin(w->d);
    if (n < ROWS && i % 10 == 0) {
        add_row(w, below(w, n + 1));
    } else {
        check("row", coedit_array_get(w->d, w->rows, below(w, n), &row));
        check("name", coedit_map_get(w->d, row.type, "name", &name));
        uint32_t len = coedit_length(w->d, name.type);
        if (i % 3)
            check("type", coedit_text_insert(w->d, name.type, below(w, len + 1),
                                             "x", 1));
        else
            set(w->d, row.type, "sum", i);
    }
    sent(w);
}

/* Rows come and go; nothing stays. */
static void life_rows_away(struct world *w, uint32_t i)
{
    uint32_t n = coedit_length(w->d, w->rows);
    coedit_begin(w->d);
    if (n < 20)
        add_row(w, below(w, n + 1));
    else
        check("away", coedit_array_delete(w->d, w->rows, below(w, n), 1));
    (void)i;
    sent(w);
}

/* --- liars -------------------------------------------------------------- */

/* Everything comes twice, the second time late. */
static void life_twice(struct world *w, uint32_t i)
{
    static struct log once;
    static size_t late;
    if (i == 0) {
        once.len = 0;
        late = 0;
    }
    size_t from = w->log.len;
    insert(w, below(w, i + 1));
    put(&once, w->log.at + from, w->log.len - from);
    if (i >= 10) {
        uint32_t n;
        memcpy(&n, once.at + late, sizeof(n));
        put(&w->log, once.at + late, sizeof(n) + n);
        late += sizeof(n) + n;
    }
}

static size_t number(uint8_t *p, uint32_t v)
{
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        p[n++] = (uint8_t)(v | 0x80);
    p[n++] = (uint8_t)v;
    return n;
}

/* Many ids, each of which writes at the end of its own. */
static void life_clients(struct world *w, uint32_t i)
{
    uint8_t u[32] = {1, 1};
    uint32_t client = 1000 + i % CLIENTS;
    uint32_t clock = i / CLIENTS;
    size_t n = 2;
    n += number(u + n, client);
    n += number(u + n, clock);
    if (clock > 0) {
        u[n++] = 0x84; /* a text with an origin */
        n += number(u + n, client);
        n += number(u + n, clock - 1);
    } else {
        u[n++] = 0x04; /* a text in a root */
        u[n++] = 1;
        u[n++] = 1;
        u[n++] = 't';
    }
    u[n++] = 1;
    u[n++] = 'x';
    u[n++] = 0;
    put_update(&w->log, u, n);
    check("apply", coedit_apply(w->d, u, n));
}

/* A key that two overwrite in turn, and one who says each time that there was
 * nothing at it yet. */
static void life_first(struct world *w, uint32_t i)
{
    uint8_t u[32] = {1, 1, 0};
    size_t n = 3;
    if (i % 3 < 2) {
        life_key_of_two(w, i);
        return;
    }
    n += number(u + n, i / 3);
    memcpy(u + n, "\x28\1\1m\3key\1\x7d\1", 12);
    n += 12;
    put_update(&w->log, u, n);
    check("apply", coedit_apply(w->d, u, n));
    check("apply", coedit_apply(w->other, u, n));
}

/* Once, as many deletions as may wait, of what never comes. */
static void wait_for_nothing(struct world *w)
{
    uint32_t n = coedit_limits_form.ranges_max;
    uint8_t *u = malloc(16 + (size_t)n * 8);
    size_t len = 0;
    if (!u)
        die("memory", ENOMEM);
    len += number(u + len, 0);
    len += number(u + len, 1);
    len += number(u + len, 77);
    len += number(u + len, n);
    for (uint32_t i = 0; i < n; i++) {
        len += number(u + len, 10 + 2 * i);
        len += number(u + len, 1);
    }
    put_update(&w->log, u, len);
    check("wait", coedit_apply(w->d, u, len));
    free(u);
}

static void life_waiting(struct world *w, uint32_t i)
{
    if (i == 2 * WINDOW)
        wait_for_nothing(w);
    insert(w, below(w, i + 1));
}

/* ------------------------------------------------------------------------ */

static const struct life {
    const char *name;
    uint32_t edits;
    void (*edit)(struct world *w, uint32_t i);
} lives[] = {
    {"end", MANY, life_end},
    {"front", MANY, life_front},
    {"middle", MANY, life_middle},
    {"random", MANY, life_random},
    {"backspace", MANY, life_backspace},
    {"deletions", MANY, life_deletions},
    {"undo", MANY, life_undo},
    {"holes", MANY, life_holes},
    {"two", MANY, life_two},
    {"key", MANY, life_key},
    {"key-of-two", MANY, life_key_of_two},
    {"keys", MANY, life_keys},
    {"values", MANY, life_values},
    {"rows", 10 * ROWS, life_rows},
    {"rows-away", MANY / 2, life_rows_away},
    {"twice", MANY, life_twice},
    {"clients", MANY, life_clients},
    {"first", MANY / 2, life_first},
    {"waiting", 10 * WINDOW, life_waiting},
};

/* What comes from now on is counted; and is written down. */
static void count(void)
{
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}

static void counted(const char *life, const char *who, const char *when)
{
    char what[64];
    (void)snprintf(what, sizeof(what), "%s %s %s", life, who, when);
    CALLGRIND_DUMP_STATS_AT(what);
    CALLGRIND_STOP_INSTRUMENTATION;
}

static struct coedit *fresh(uint64_t client, struct coedit_ref *text,
                            struct coedit_ref *map, struct coedit_ref *rows)
{
    struct coedit *d;
    check("document", coedit_new(client, &coedit_limits_form, &d));
    check("text", coedit_root(d, "t", text));
    check("map", coedit_root(d, "m", map));
    check("rows", coedit_root(d, "r", rows));
    return d;
}

static void live_local(const struct life *l, struct world *w)
{
    for (uint32_t i = 0; i < l->edits; i++) {
        if (i == 0 || i == l->edits - WINDOW)
            count();
        l->edit(w, i);
        if (i == WINDOW - 1)
            counted(l->name, "local", "first");
    }
    counted(l->name, "local", "last");
}

static int allow(void *arg, const struct coedit_ask *ask)
{
    (void)arg;
    return ask->kind == COEDIT_ASK_SKIP ? -EPERM : 0;
}

/* The updates, by one who only listens, and asks whether they may be. */
static void live_remote(const struct life *l, const struct world *w,
                        struct coedit *d)
{
    const struct coedit_policy policy = {.ask = allow};
    bool waits = l->edit == life_waiting; /* no policy would take that */
    size_t at = 0;
    uint32_t n = 0;
    uint32_t updates = 0;
    for (size_t p = 0; p < w->log.len; p += sizeof(n) + n, updates++)
        memcpy(&n, w->log.at + p, sizeof(n));
    for (uint32_t i = 0; i < updates; i++) {
        if (i == 0 || i == updates - WINDOW)
            count();
        memcpy(&n, w->log.at + at, sizeof(n));
        check("apply", coedit_apply_checked(d, w->log.at + at + sizeof(n), n,
                                            waits ? NULL : &policy));
        at += sizeof(n) + n;
        if (i == WINDOW - 1)
            counted(l->name, "remote", "first");
    }
    counted(l->name, "remote", "last");
}

static void live(const struct life *l)
{
    struct world w = {.state = 2463534242u};
    struct coedit_ref none;
    w.d = fresh(1, &w.text, &w.map, &w.rows);
    w.other = fresh(2, &w.other_text, &w.other_map, &none);
    live_local(l, &w);
    struct coedit *far = fresh(3, &none, &none, &none);
    live_remote(l, &w, far);
    coedit_free(far);
    coedit_free(w.other);
    coedit_free(w.d);
    free(w.log.at);
}

/* coedit-flat [LIFE...]: none means all. */
int main(int argc, char **argv)
{
    for (size_t i = 0; i < LK_ARRAY_LEN(lives); i++) {
        bool wanted = argc == 1;
        for (int k = 1; k < argc; k++)
            wanted |= strcmp(argv[k], lives[i].name) == 0;
        if (wanted)
            live(&lives[i]);
    }
    return EXIT_SUCCESS;
}
