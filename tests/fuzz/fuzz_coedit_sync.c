/* A kiosk's document and a page's that talk, with a policy at the kiosk: the
 * page may write into "notes" and the rows, as client 2. Between honest edits
 * messages are damaged or made up. Whatever comes: what the page may not write
 * stays as it was, nothing waits, what is refused changed nothing; and two that
 * met nothing but each other's messages hold the same in the end. */
#include "coedit/any.h"
#include "coedit/sync.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE 16
#define PAGE 2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct message {
    uint8_t *p;
    size_t len;
};

struct end {
    struct coedit *d;
    struct coedit_ref notes, mine, rows, form;
    struct message out[QUEUE];
    size_t first, n;
};

struct world {
    struct end kiosk, page;
    bool lied;
    const uint8_t *at, *end;
};

static void need(bool ok)
{
    if (!ok)
        abort();
}

static uint8_t next(struct world *w)
{
    return w->at < w->end ? *w->at++ : 0;
}

static int judge(void *arg, const struct coedit_ask *ask)
{
    const struct world *w = arg;
    const struct end *k = &w->kiosk;
    bool notes = ask->into_root && ask->into.clock == k->notes.clock;
    bool rows = ask->into_root && ask->into.clock == k->rows.clock;
    bool in_row = !ask->into_root && ask->into_kind == COEDIT_MAP;
    if (ask->kind == COEDIT_ASK_SKIP || ask->where == COEDIT_WHERE_UNKNOWN)
        return -EPERM;
    if (ask->kind != COEDIT_ASK_DELETE && ask->client != PAGE)
        return -EACCES;
    if (ask->where == COEDIT_WHERE_NOWHERE)
        return 0;
    if (notes && ask->content == 4 && ask->length > 200)
        return -E2BIG;
    return notes || rows || in_row ? 0 : -EACCES;
}

static void open_end(struct end *e, uint64_t client)
{
    need(coedit_new(client, &coedit_limits_form, &e->d) == 0);
    need(coedit_root(e->d, "notes", &e->notes) == 0);
    need(coedit_root(e->d, "mine", &e->mine) == 0);
    need(coedit_root(e->d, "rows", &e->rows) == 0);
    need(coedit_root(e->d, "form", &e->form) == 0);
}

static void push(struct end *e, uint8_t *p, size_t len)
{
    if (e->n == QUEUE || len == 0) {
        free(p);
        return;
    }
    e->out[(e->first + e->n++) % QUEUE] = (struct message){p, len};
}

static struct message pop(struct end *e)
{
    if (e->n == 0)
        return (struct message){NULL, 0};
    struct message m = e->out[e->first];
    e->first = (e->first + 1) % QUEUE;
    e->n--;
    return m;
}

/* An update, if there is one, on its way. */
static void tell(struct world *w, struct end *e, const uint8_t *p, size_t len)
{
    uint8_t *message = NULL;
    size_t message_len = 0;
    if (len > 0)
        need(coedit_sync_update(p, len, &message, &message_len) == 0);
    if (message && e->n == QUEUE)
        w->lied = true; /* it is lost, as no channel would */
    push(e, message, message_len);
}

/* One edit, as the input says. */
static void edit(struct world *w, struct end *e, struct coedit_ref text)
{
    static const char *const words[] = {"a", "bc", "\xf0\x9f\x98\x80",
                                        "\xc3\xa4\xc3\xb6", "x y z"};
    uint8_t kind = next(w);
    bool marked = kind & 0x80;
    bool join = kind & 0x40;
    const uint8_t *p;
    size_t len;
    uint32_t have = coedit_length(e->d, text);
    uint32_t at = next(w) % (have + 1);
    uint8_t any[COEDIT_ANY_SMALL];
    struct coedit_ref made;
    int n = coedit_any_number(at, any, sizeof(any));
    kind %= 5;
    coedit_begin(e->d);
    if (marked)
        need(coedit_undoable(e->d, join) == 0);
    if (kind == 0)
        (void)!coedit_text_delete(e->d, text, at, LK_MIN(have - at, 3u));
    else if (kind < 3)
        (void)!coedit_text_insert(e->d, text, at, words[at % 5],
                                  strlen(words[at % 5]));
    else if (kind == 3)
        (void)!coedit_array_delete(e->d, e->rows, 0,
                                   coedit_length(e->d, e->rows) > 0);
    else if (coedit_array_insert_type(e->d, e->rows, 0, COEDIT_MAP, &made) == 0)
        (void)!coedit_map_set(e->d, made, "c", any, (size_t)n);
    if (coedit_commit(e->d, &p, &len) == 0)
        tell(w, e, p, len);
}

static void undo(struct world *w, struct end *e)
{
    const uint8_t *p;
    size_t len;
    int r = coedit_undo(e->d, &p, &len);
    need(r == 0 || r == -ENOENT || r == -ENOSPC);
    tell(w, e, p, len);
}

static void say_hello(struct end *e)
{
    uint8_t *p;
    size_t len;
    need(coedit_sync_hello(e->d, &p, &len) == 0);
    push(e, p, len);
}

static char *text_of(const struct end *e, struct coedit_ref ref)
{
    char *s;
    size_t len;
    need(coedit_json(e->d, ref, COEDIT_TEXT, &s, &len) == 0);
    return s;
}

static struct message all_of(const struct end *e)
{
    struct message m;
    need(coedit_encode(e->d, NULL, 0, &m.p, &m.len) == 0);
    return m;
}

/* Who wrote the notes, and how they changed, adds up. */
static void check_notes(const struct end *k, uint32_t before)
{
    struct coedit_authors a;
    struct coedit_splice s[3];
    uint32_t units = 0;
    uint32_t now = coedit_length(k->d, k->notes);
    need(coedit_authors(k->d, k->notes, NULL, &a) == 0);
    for (uint32_t i = 0; i < a.n; i++)
        units += a.author[i].units;
    need(units == now);
    size_t n = coedit_splices(k->d, k->notes, s, LK_ARRAY_LEN(s));
    for (size_t i = 0; i < n; i++) {
        need(s[i].at <= before && s[i].removed <= before - s[i].at);
        before += s[i].inserted - s[i].removed;
    }
    need(before == now);
}

/* A message from outside comes to the kiosk. */
static void to_kiosk(struct world *w, struct message m)
{
    const struct coedit_policy policy = {judge, w};
    struct end *k = &w->kiosk;
    uint8_t *answer;
    size_t answer_len;
    char *mine = text_of(k, k->mine);
    struct message before = all_of(k);
    uint32_t notes = coedit_length(k->d, k->notes);
    int r = coedit_sync_take_checked(k->d, m.p, m.len, &policy, &answer,
                                     &answer_len);
    if (r == COEDIT_SYNC_STEP_1 && answer_len > 0 && k->n == QUEUE)
        w->lied = true;
    push(k, answer, answer_len);
    char *mine_now = text_of(k, k->mine);
    need(strcmp(mine, mine_now) == 0);
    need(!coedit_pending(k->d));
    if (r > COEDIT_SYNC_STEP_1)
        check_notes(k, notes);
    if (r < 0 && r != -EOVERFLOW && r != -ENOSPC) {
        struct message now = all_of(k);
        need(now.len == before.len && memcmp(now.p, before.p, now.len) == 0);
        free(now.p);
    }
    w->lied |= r < 0;
    free(before.p);
    free(mine);
    free(mine_now);
    free(m.p);
}

static void to_page(struct world *w, struct message m)
{
    uint8_t *answer;
    size_t answer_len;
    int r = coedit_sync_take(w->page.d, m.p, m.len, &answer, &answer_len);
    need(r >= 0 || w->lied);
    if (answer_len > 0 && w->page.n == QUEUE)
        w->lied = true;
    push(&w->page, answer, answer_len);
    free(m.p);
}

/* Changes a byte or two, or cuts it. */
static struct message damaged(struct world *w, struct message m)
{
    for (uint8_t n = next(w) % 3; m.len > 0 && n-- > 0;)
        m.p[next(w) % m.len] = next(w);
    if (m.len > 0 && next(w) % 8 == 0)
        m.len = next(w) % m.len;
    w->lied = true;
    return m;
}

static struct message made_up(struct world *w)
{
    size_t len = next(w);
    size_t left = (size_t)(w->end - w->at);
    struct message m = {.len = LK_MIN(len, left)};
    m.p = malloc(m.len + 1);
    need(m.p);
    memcpy(m.p, w->at, m.len);
    w->at += m.len;
    w->lied = true;
    return m;
}

/* Something that an end does by itself. */
static void act(struct world *w, uint8_t kind)
{
    struct coedit_ref text = w->page.notes;
    if (kind == 0)
        text = next(w) % 2 ? w->kiosk.mine : w->kiosk.notes;
    if (kind < 2)
        edit(w, kind ? &w->page : &w->kiosk, text);
    else if (kind == 2)
        say_hello(next(w) % 2 ? &w->page : &w->kiosk);
    else
        undo(w, kind == 3 ? &w->kiosk : &w->page);
}

/* A message that comes to the kiosk: an honest one, or not. */
static struct message some(struct world *w, uint8_t kind)
{
    if (kind == 0)
        return made_up(w);
    struct message m = pop(&w->page);
    return kind == 1 && m.p ? damaged(w, m) : m;
}

static void step(struct world *w)
{
    uint8_t kind = next(w) % 10;
    struct message m = {NULL, 0};
    if (kind < 5) {
        act(w, kind);
        return;
    }
    if (kind == 5)
        m = pop(&w->kiosk);
    else
        m = some(w, kind - 6);
    if (m.p && kind == 5)
        to_page(w, m);
    else if (m.p)
        to_kiosk(w, m);
}

/* All that is on its way comes; then both must hold the same. */
static void settle(struct world *w)
{
    for (int i = 0; i < 4 * QUEUE && (w->kiosk.n > 0 || w->page.n > 0); i++) {
        struct message m = pop(&w->kiosk);
        if (m.p)
            to_page(w, m);
        m = pop(&w->page);
        if (m.p)
            to_kiosk(w, m);
    }
}

static void compare(const struct world *w)
{
    char *a = text_of(&w->kiosk, w->kiosk.notes);
    char *b = text_of(&w->page, w->page.notes);
    need(strcmp(a, b) == 0);
    need(coedit_length(w->kiosk.d, w->kiosk.rows) ==
         coedit_length(w->page.d, w->page.rows));
    free(a);
    free(b);
}

static void close_end(struct end *e)
{
    while (e->n > 0)
        free(pop(e).p);
    coedit_free(e->d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world w = {.at = data, .end = data + size};
    open_end(&w.kiosk, 1);
    open_end(&w.page, PAGE);
    for (int i = 0; i < 200 && w.at < w.end; i++)
        step(&w);
    settle(&w);
    if (!w.lied) {
        say_hello(&w.kiosk);
        say_hello(&w.page);
        settle(&w);
        compare(&w);
    }
    close_end(&w.kiosk);
    close_end(&w.page);
    return 0;
}
