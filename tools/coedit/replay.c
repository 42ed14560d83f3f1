/* replay.c - coedit-replay: applies recorded sessions and says what came of
 * them, for comparison with Yjs.
 *
 *   coedit-replay < LINES > RESULTS
 *
 * A line is JSON. Of updates: "roots" {name: "map"|"text"|"array"}, "updates"
 * (base64), "deliveryOrder", and, where wanted, "mid" {"after"} and "diff"
 * {"fromStateVector"}; out come "json", "stateVector", "fullUpdate", "pending"
 * (for each delivery 1 structs wait, 2 deletions, 3
 * both, 0 neither), "mid", "diff". Of local edits: "client", "ops"
 * [{"op": [name, ...]}]; out come "updates", "json", "fullUpdate".
 * Or of a conversation with documents that live on from line to line: {"open":
 * id, "client"}, {"doc": id, "apply": base64}, {"doc", "edit": [name, ...]} ->
 * "update" ("undoable": true, or "join", marks it), {"doc", "undo": true} ->
 * "update", {"doc", "tell": true} -> "json", "stateVector", "fullUpdate",
 * {"doc", "close": true}; of y-protocols {"doc", "hello": true} -> "message",
 * {"doc", "take": base64} -> "kind", "message", {"doc", "state": text or null,
 * "now": us} -> "message", {"doc", "aware": base64, "now"} -> "changed",
 * "states", {"doc", "tick": now} -> "states". Each is answered, with "error"
 * when it was refused.
 */
#include "coedit/any.h"
#include "coedit/sync.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void die(const char *what, int error)
{
    (void)fprintf(stderr, "coedit-replay: %s: %s\n", what,
                  strerrordesc_np(-error));
    _exit(EXIT_FAILURE);
}

static void check(const char *what, int r)
{
    if (r < 0)
        die(what, r);
}

static uint8_t *from_base64(const char *s, size_t *ret_len)
{
    size_t len = strlen(s);
    uint8_t *p = malloc(len + 1);
    uint32_t bits = 0;
    int have = 0;
    size_t n = 0;
    if (!p)
        die("memory", -ENOMEM);
    for (; *s && *s != '='; s++) {
        const char *at = strchr(alphabet, *s);
        if (!at)
            die("base64", -EBADMSG);
        bits = bits << 6 | (uint32_t)(at - alphabet);
        have += 6;
        if (have >= 8) {
            have -= 8;
            p[n++] = (uint8_t)(bits >> have);
        }
    }
    *ret_len = n;
    return p;
}

static json_t *to_base64(const uint8_t *p, size_t len)
{
    char *s = malloc((len + 2) / 3 * 4 + 1);
    size_t n = 0;
    if (!s)
        die("memory", -ENOMEM);
    for (size_t i = 0; i < len; i += 3) {
        uint32_t bits = (uint32_t)p[i] << 16;
        bits |= i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0;
        bits |= i + 2 < len ? p[i + 2] : 0;
        s[n++] = alphabet[bits >> 18];
        s[n++] = alphabet[bits >> 12 & 63];
        s[n] = s[n + 1] = '=';
        if (i + 1 < len)
            s[n] = alphabet[bits >> 6 & 63];
        if (i + 2 < len)
            s[n + 1] = alphabet[bits & 63];
        n += 2;
    }
    json_t *o = json_stringn(s, n);
    free(s);
    return o;
}

static enum coedit_kind kind_of(const char *name)
{
    if (strcmp(name, "map") == 0)
        return COEDIT_MAP;
    return strcmp(name, "text") == 0 ? COEDIT_TEXT : COEDIT_ARRAY;
}

/* All roots as one object, its names sorted as JavaScript lists them. */
static json_t *whole_json(struct coedit *d, json_t *roots)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    const char *name;
    json_t *kind;
    if (!f)
        die("memory", -ENOMEM);
    (void)fputc('{', f);
    const char *comma = "";
    json_object_foreach(roots, name, kind)
    {
        struct coedit_ref ref;
        char *json;
        size_t len;
        check("root", coedit_root(d, name, &ref));
        check("json", coedit_json(d, ref, kind_of(json_string_value(kind)),
                                  &json, &len));
        (void)fprintf(f, "%s\"%s\":%s", comma, name, json);
        comma = ",";
        free(json);
    }
    (void)fputc('}', f);
    (void)fclose(f);
    json_t *o = json_string(text);
    free(text);
    return o;
}

static json_t *vector_of(struct coedit *d)
{
    uint8_t *p;
    size_t len;
    check("state vector", coedit_state_vector(d, &p, &len));
    json_t *o = to_base64(p, len);
    free(p);
    return o;
}

static json_t *encoded(struct coedit *d, const void *sv, size_t sv_len)
{
    uint8_t *p;
    size_t len;
    check("encode", coedit_encode(d, sv, sv_len, &p, &len));
    json_t *o = to_base64(p, len);
    free(p);
    return o;
}

static void deliver(struct coedit *d, json_t *line, json_t *out)
{
    json_t *updates = json_object_get(line, "updates");
    json_t *roots = json_object_get(line, "roots");
    json_t *mid = json_object_get(line, "mid");
    char pending[4096] = "";
    size_t i;
    json_t *number;
    json_array_foreach(json_object_get(line, "deliveryOrder"), i, number)
    {
        size_t len;
        uint8_t *p =
            from_base64(json_string_value(json_array_get(
                            updates, (size_t)json_integer_value(number))),
                        &len);
        check("apply", coedit_apply(d, p, len));
        free(p);
        struct coedit_figures f;
        coedit_figures(d, &f);
        if (i + 1 < sizeof(pending))
            pending[i] = (char)('0' + (f.pending_structs > 0) +
                                2 * (f.pending_ranges > 0));
        json_t *after = json_object_get(mid, "after");
        if (after && (size_t)json_integer_value(after) == i + 1)
            json_object_set_new(out, "mid",
                                json_pack("{s:o, s:o}", "json",
                                          whole_json(d, roots), "sv",
                                          vector_of(d)));
    }
    json_object_set_new(out, "pending", json_string(pending));
}

static void replay(json_t *line, json_t *out)
{
    struct coedit *d;
    check("document", coedit_new(0, &coedit_limits_file, &d));
    deliver(d, line, out);
    json_object_set_new(out, "json",
                        whole_json(d, json_object_get(line, "roots")));
    json_object_set_new(out, "stateVector", vector_of(d));
    json_object_set_new(out, "fullUpdate", encoded(d, NULL, 0));
    json_t *diff = json_object_get(line, "diff");
    if (diff) {
        size_t len;
        uint8_t *sv = from_base64(
            json_string_value(json_object_get(diff, "fromStateVector")), &len);
        json_object_set_new(out, "diff", encoded(d, sv, len));
        free(sv);
    }
    coedit_free(d);
}

/* --- local edits -------------------------------------------------------- */

static void put_any(FILE *f, json_t *v);

static void put_size(FILE *f, size_t n)
{
    for (; n >= 0x80; n >>= 7)
        (void)fputc((int)(n & 0x7f) | 0x80, f);
    (void)fputc((int)n, f);
}

static void put_string(FILE *f, const char *s)
{
    put_size(f, strlen(s));
    (void)fputs(s, f);
}

static void put_object(FILE *f, json_t *v)
{
    const char *key;
    json_t *member;
    (void)fputc(118, f);
    put_size(f, json_object_size(v));
    json_object_foreach(v, key, member)
    {
        put_string(f, key);
        put_any(f, member);
    }
}

static void put_any(FILE *f, json_t *v)
{
    uint8_t b[COEDIT_ANY_SMALL];
    int n = 0;
    size_t i;
    json_t *member;
    if (json_is_object(v)) {
        put_object(f, v);
    } else if (json_is_array(v)) {
        (void)fputc(117, f);
        put_size(f, json_array_size(v));
        json_array_foreach(v, i, member) put_any(f, member);
    } else if (json_is_string(v)) {
        (void)fputc(119, f);
        put_string(f, json_string_value(v));
    } else if (json_is_number(v)) {
        n = coedit_any_number(json_number_value(v), b, sizeof(b));
    } else if (json_is_boolean(v)) {
        n = coedit_any_bool(json_is_true(v), b, sizeof(b));
    } else {
        n = coedit_any_null(b, sizeof(b));
    }
    (void)fwrite(b, 1, (size_t)n, f);
}

static void *any_of(json_t *v, bool members, size_t *ret_len)
{
    char *p = NULL;
    size_t i;
    json_t *member;
    FILE *f = open_memstream(&p, ret_len);
    if (!f)
        die("memory", -ENOMEM);
    if (members)
        json_array_foreach(v, i, member) put_any(f, member);
    else
        put_any(f, v);
    (void)fclose(f);
    return p;
}

struct roots {
    struct coedit_ref form, notes, rows;
};

static int edit_array(struct coedit *d, struct coedit_ref rows,
                      const char *name, json_t *op)
{
    uint32_t at = (uint32_t)json_integer_value(json_array_get(op, 1));
    json_t *arg = json_array_get(op, 2);
    if (strcmp(name, "array.delete") == 0)
        return coedit_array_delete(d, rows, at,
                                   (uint32_t)json_integer_value(arg));
    size_t len;
    void *any = any_of(arg, true, &len);
    int r = coedit_array_insert(d, rows, at, (uint32_t)json_array_size(arg),
                                any, len);
    free(any);
    return r;
}

static int edit_map(struct coedit *d, struct coedit_ref form, const char *name,
                    json_t *op)
{
    const char *key = json_string_value(json_array_get(op, 1));
    if (strcmp(name, "map.delete") == 0)
        return coedit_map_delete(d, form, key);
    size_t len;
    void *any = any_of(json_array_get(op, 2), false, &len);
    int r = coedit_map_set(d, form, key, any, len);
    free(any);
    return r;
}

static int edit(struct coedit *d, const struct roots *to, json_t *op)
{
    const char *name = json_string_value(json_array_get(op, 0));
    uint32_t at = (uint32_t)json_integer_value(json_array_get(op, 1));
    json_t *arg = json_array_get(op, 2);
    if (strncmp(name, "array.", 6) == 0)
        return edit_array(d, to->rows, name, op);
    if (strncmp(name, "map.", 4) == 0)
        return edit_map(d, to->form, name, op);
    if (strcmp(name, "text.delete") == 0)
        return coedit_text_delete(d, to->notes, at,
                                  (uint32_t)json_integer_value(arg));
    return coedit_text_insert(d, to->notes, at, json_string_value(arg),
                              json_string_length(arg));
}

static void edit_all(json_t *line, json_t *out)
{
    struct coedit *d;
    struct roots to;
    size_t i;
    json_t *entry;
    json_t *updates = json_array();
    uint64_t client =
        (uint64_t)json_integer_value(json_object_get(line, "client"));
    check("document", coedit_new(client, &coedit_limits_file, &d));
    check("root", coedit_root(d, "form", &to.form));
    check("root", coedit_root(d, "notes", &to.notes));
    check("root", coedit_root(d, "rows", &to.rows));
    json_array_foreach(json_object_get(line, "ops"), i, entry)
    {
        const uint8_t *p;
        size_t len;
        coedit_begin(d);
        check("edit", edit(d, &to, json_object_get(entry, "op")));
        check("commit", coedit_commit(d, &p, &len));
        json_array_append_new(updates, len ? to_base64(p, len) : json_null());
    }
    json_t *roots = json_pack("{s:s, s:s, s:s}", "form", "map", "notes", "text",
                              "rows", "array");
    json_object_set_new(out, "updates", updates);
    json_object_set_new(out, "json", whole_json(d, roots));
    json_object_set_new(out, "fullUpdate", encoded(d, NULL, 0));
    json_decref(roots);
    coedit_free(d);
}

/* --- documents that live on --------------------------------------------- */

#define LIVE_MAX 16

static struct coedit *live[LIVE_MAX];
static struct coedit_aware aware[LIVE_MAX];

static size_t live_id(json_t *line, const char *key)
{
    size_t id = (size_t)json_integer_value(json_object_get(line, key));
    if (id >= LIVE_MAX)
        die("document number", -ERANGE);
    return id;
}

static struct roots roots_of(struct coedit *d)
{
    struct roots to;
    check("root", coedit_root(d, "form", &to.form));
    check("root", coedit_root(d, "notes", &to.notes));
    check("root", coedit_root(d, "rows", &to.rows));
    return to;
}

static void live_open(json_t *line)
{
    size_t id = live_id(line, "open");
    struct coedit **d = &live[id];
    uint64_t client =
        (uint64_t)json_integer_value(json_object_get(line, "client"));
    coedit_free(*d);
    check("document", coedit_new(client, &coedit_limits_file, d));
    (void)roots_of(*d);
    coedit_aware_init(&aware[id], client);
}

static int live_edit(struct coedit *d, json_t *line, json_t *out)
{
    const uint8_t *p;
    size_t len;
    struct roots to = roots_of(d);
    coedit_begin(d);
    if (json_is_true(json_object_get(line, "undoable")))
        check("mark",
              coedit_undoable(d, json_is_true(json_object_get(line, "join"))));
    int r = edit(d, &to, json_object_get(line, "edit"));
    check("commit", coedit_commit(d, &p, &len));
    json_object_set_new(out, "update", len ? to_base64(p, len) : json_null());
    return r;
}

static int live_undo(struct coedit *d, json_t *out)
{
    const uint8_t *p;
    size_t len;
    int r = coedit_undo(d, &p, &len);
    json_object_set_new(out, "update", len ? to_base64(p, len) : json_null());
    return r;
}

/* --- y-protocols -------------------------------------------------------- */

static void put_message(json_t *out, const uint8_t *p, size_t len)
{
    json_object_set_new(out, "message", len ? to_base64(p, len) : json_null());
}

static int live_sync(struct coedit *d, json_t *line, json_t *out)
{
    uint8_t *answer = NULL;
    size_t answer_len = 0;
    json_t *take = json_object_get(line, "take");
    int r;
    if (take) {
        size_t len;
        uint8_t *p = from_base64(json_string_value(take), &len);
        r = coedit_sync_take(d, p, len, &answer, &answer_len);
        free(p);
        json_object_set_new(out, "kind", json_integer(r));
    } else {
        r = coedit_sync_hello(d, &answer, &answer_len);
    }
    put_message(out, answer, answer_len);
    free(answer);
    return r;
}

static void put_states(struct coedit_aware *a, json_t *out)
{
    json_t *states = json_object();
    for (size_t i = 0; i < COEDIT_AWARE_CLIENTS; i++) {
        char id[24];
        (void)snprintf(id, sizeof(id), "%llu",
                       (unsigned long long)a->client[i].client);
        if (a->client[i].used && a->client[i].here)
            json_object_set_new(states, id, json_string(a->client[i].state));
    }
    json_object_set_new(out, "states", states);
}

static int live_aware(struct coedit_aware *a, json_t *line, json_t *out)
{
    json_t *message = json_object_get(line, "aware");
    json_t *tick = json_object_get(line, "tick");
    const char *state = json_string_value(json_object_get(line, "state"));
    int64_t now = json_integer_value(json_object_get(line, "now"));
    uint8_t own[COEDIT_AWARE_STATE_MAX + 32];
    int r = 0;
    if (message) {
        size_t len;
        uint8_t *p = from_base64(json_string_value(message), &len);
        r = coedit_aware_take(a, p, len, now);
        free(p);
        json_object_set_new(out, "changed", json_integer(r));
    } else if (tick) {
        (void)coedit_aware_tick(a, json_integer_value(tick));
    } else {
        r = coedit_aware_set(a, state, state ? strlen(state) : 0, now);
    }
    if ((r >= 0 && !message && !tick) || r >= 2) {
        int n = coedit_aware_write(a, now, own, sizeof(own));
        check("state", n);
        put_message(out, own, (size_t)n);
    }
    put_states(a, out);
    return r;
}

/* --- a line ------------------------------------------------------------- */

static bool has(json_t *line, const char *key)
{
    return json_object_get(line, key) != NULL;
}

static void live_tell(struct coedit *d, json_t *out)
{
    json_t *roots = json_pack("{s:s, s:s, s:s}", "form", "map", "notes", "text",
                              "rows", "array");
    json_object_set_new(out, "json", whole_json(d, roots));
    json_object_set_new(out, "stateVector", vector_of(d));
    json_object_set_new(out, "fullUpdate", encoded(d, NULL, 0));
    json_decref(roots);
}

static void live_line(json_t *line, json_t *out)
{
    size_t id = live_id(line, "doc");
    struct coedit *d = live[id];
    json_t *apply = json_object_get(line, "apply");
    int r = d ? 0 : -ENOENT;
    if (r == 0 && apply) {
        size_t len;
        uint8_t *p = from_base64(json_string_value(apply), &len);
        r = coedit_apply(d, p, len);
        free(p);
    } else if (r == 0 && has(line, "edit")) {
        r = live_edit(d, line, out);
    } else if (r == 0 && has(line, "undo")) {
        r = live_undo(d, out);
    } else if (r == 0 && (has(line, "hello") || has(line, "take"))) {
        r = live_sync(d, line, out);
    } else if (r == 0 && (has(line, "state") || has(line, "aware") ||
                          has(line, "tick"))) {
        r = live_aware(&aware[id], line, out);
    } else if (r == 0 && json_object_get(line, "tell")) {
        live_tell(d, out);
    } else if (r == 0 && json_object_get(line, "close")) {
        live[id] = coedit_free(d);
    }
    if (r < 0)
        json_object_set_new(out, "error", json_string(strerrorname_np(-r)));
}

int main(void)
{
    char *text = NULL;
    size_t cap = 0;
    ssize_t len;
    while ((len = getline(&text, &cap, stdin)) > 0) {
        json_error_t why;
        json_t *line = json_loadb(text, (size_t)len, JSON_ALLOW_NUL, &why);
        json_t *out = json_object();
        if (!line)
            die(why.text, -EBADMSG);
        json_object_set(out, "id", json_object_get(line, "id"));
        if (json_object_get(line, "ops"))
            edit_all(line, out);
        else if (json_object_get(line, "open"))
            live_open(line);
        else if (json_object_get(line, "doc"))
            live_line(line, out);
        else
            replay(line, out);
        (void)json_dumpf(out, stdout, JSON_COMPACT);
        (void)putchar('\n');
        (void)fflush(stdout);
        json_decref(out);
        json_decref(line);
    }
    for (size_t i = 0; i < LIVE_MAX; i++)
        coedit_free(live[i]);
    free(text);
    return EXIT_SUCCESS;
}
