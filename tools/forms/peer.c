/* form-peer DEFINITION - a form without kiosk and line, for tests against pages
 * in other languages. Commands come by lines on standard input, texts as hex;
 * each is answered by one line of JSON: the result, and the messages for the
 * page.
 *
 *   now US | open | close | in HEX | type PATH UNIT HEX | erase PATH UNIT N
 *   set PATH VALUE | rowadd PATH | rowdel PATH | accept PATH | undo | next
 *   review | reopen | json
 */
#include "base/buf.h"
#include "base/text.h"
#include "forms/form_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_LEN (1 << 20)
#define DEFINITION_MAX FORMS_DEF_LEN_MAX

struct peer {
    struct form *f;
    int64_t now_us;
    char *json; /* the document's, when it was asked for */
};

/* Decodes hex in place; bytes. */
static size_t unhex(char *s)
{
    size_t len = strlen(s) / 2;
    uint8_t *bytes = malloc(len + 1);
    if (!bytes || lk_hex_decode(s, len, bytes) < 0)
        len = 0;
    if (bytes)
        memcpy(s, bytes, len);
    s[len] = '\0';
    free(bytes);
    return len;
}

/* Places are taken modulo the text, so that any number is one. */
static int edit(struct peer *p, const char *path, const char *unit,
                const char *remove, const char *insert)
{
    const struct form_cell *c = form_cell_find(p->f, path);
    if (!c)
        return -ENOENT;
    uint32_t units = form_units(c->value, c->len);
    uint32_t at = (uint32_t)strtoul(unit, NULL, 10) % (units + 1);
    uint32_t n = (uint32_t)strtoul(remove, NULL, 10);
    uint32_t from = (uint32_t)form_bytes(c->value, c->len, at);
    uint32_t to = (uint32_t)form_bytes(c->value, c->len, at + n);
    struct form_edit e = {.path = path,
                          .version = c->version,
                          .at = from,
                          .remove = n > 0 ? to - from : 0,
                          .insert = insert};
    return form_edit(p->f, &e);
}

static int show(struct peer *p)
{
    size_t len = 0;
    free(p->json);
    p->json = NULL;
    return coedit_json(p->f->doc, p->f->f, COEDIT_MAP, &p->json, &len);
}

/* Commands about the channel and time. */
static bool line(struct peer *p, char **word)
{
    if (strcmp(word[0], "now") == 0) {
        p->now_us = strtoll(word[1], NULL, 10);
        form_tick(p->f, p->now_us);
    } else if (strcmp(word[0], "open") == 0) {
        form_channel(p->f, true, p->now_us);
    } else if (strcmp(word[0], "close") == 0) {
        form_channel(p->f, false, p->now_us);
    } else if (strcmp(word[0], "in") == 0) {
        size_t len = unhex(word[1]);
        form_receive(p->f, word[1], len, p->now_us);
    } else if (strcmp(word[0], "reopen") == 0) {
        form_reopen(p->f);
    } else {
        return false;
    }
    return true;
}

static int typed(struct peer *p, char **word)
{
    unhex(word[3]);
    return edit(p, word[1], word[2], "0", word[3]);
}

static int erased(struct peer *p, char **word)
{
    return edit(p, word[1], word[2], word[3], "");
}

static int run(struct peer *p, char **word)
{
    static const struct {
        const char *name;
        int (*all)(struct peer *p, char **word);
        int (*path)(struct form *f, const char *path);
        int (*plain)(struct form *f);
    } known[] = {
        {"type", typed, NULL, NULL},
        {"erase", erased, NULL, NULL},
        {"rowadd", NULL, form_row_add, NULL},
        {"rowdel", NULL, form_row_remove, NULL},
        {"accept", NULL, form_accept, NULL},
        {"undo", NULL, NULL, form_undo},
        {"next", NULL, NULL, form_next},
        {"review", NULL, NULL, form_review},
    };
    if (line(p, word))
        return 0;
    if (strcmp(word[0], "set") == 0)
        return form_set(p->f, word[1], word[2]);
    if (strcmp(word[0], "json") == 0)
        return show(p);
    for (size_t i = 0; i < LK_ARRAY_LEN(known); i++) {
        if (strcmp(known[i].name, word[0]) != 0)
            continue;
        if (known[i].all)
            return known[i].all(p, word);
        return known[i].path ? known[i].path(p->f, word[1])
                             : known[i].plain(p->f);
    }
    return -ENOSYS;
}

static void answer(struct peer *p, int r)
{
    const void *chunk = NULL;
    size_t len = 0;
    bool first = true;
    static char hex[2 * FORM_CHUNK_MAX + 1];
    printf("{\"r\":%d,\"out\":[", r);
    while (form_poll(p->f, &chunk, &len)) {
        lk_hex_encode(chunk, len, hex);
        printf("%s\"%s\"", first ? "" : ",", hex);
        first = false;
    }
    printf("],\"json\":%s}\n", p->json ? p->json : "null");
    free(p->json);
    p->json = NULL;
    (void)fflush(stdout);
}

static int make(const char *path, struct forms_def **ret_def, struct form **ret)
{
    static char json[DEFINITION_MAX];
    struct forms_def_error e = {0};
    FILE *file = fopen(path, "re");
    size_t len = file ? fread(json, 1, sizeof(json), file) : 0;
    if (file)
        (void)fclose(file);
    int r = forms_def_parse(json, len, ret_def, &e);
    if (r < 0) {
        (void)fprintf(stderr, "%s:%d: %s\n", path, e.line, e.reason);
        return r;
    }
    struct form_config c = {.def = *ret_def,
                            .lang = "en",
                            .kiosk = "oulu-1",
                            .expert_user = "anna",
                            .expert_name = "Anna \xc3\x85kesson",
                            .today = {2026, 11, 22}};
    lk_random_bytes(c.id, sizeof(c.id));
    return form_new(&c, ret);
}

int main(int argc, char **argv)
{
    LK_AUTO(forms_def) def = NULL;
    LK_AUTO(form) f = NULL;
    if (argc != 2 || make(argv[1], &def, &f) < 0)
        return 2;
    struct peer p = {.f = f, .now_us = 1000000};
    char *text = malloc(LINE_MAX_LEN);
    while (text && fgets(text, LINE_MAX_LEN, stdin)) {
        char none[] = "";
        char *word[4] = {none, none, none, none};
        char *rest = text;
        text[strcspn(text, "\n")] = '\0';
        for (size_t i = 0; i < LK_ARRAY_LEN(word) && rest; i++)
            word[i] = strsep(&rest, " ");
        answer(&p, run(&p, word));
    }
    free(text);
    return 0;
}
