#include "world.h"

#include "base/bytes.h"
#include "coedit/any.h"

const char world_definition[] =
    "{\"id\":\"sample\",\"version\":3,\"agency\":\"kela\","
    "\"languages\":[\"fi\",\"en\"],"
    "\"title\":{\"fi\":\"N\xc3\xa4yte\",\"en\":\"Sample\"},\"sections\":["
    "{\"id\":\"me\",\"title\":{\"fi\":\"Min\xc3\xa4\",\"en\":\"Me\"},"
    "\"fields\":["
    "{\"id\":\"name\",\"type\":\"text\",\"required\":true,"
    "\"label\":{\"fi\":\"Nimi\",\"en\":\"Name\"},\"max_length\":40},"
    "{\"id\":\"code\",\"type\":\"person-id\",\"who\":\"citizen\","
    "\"label\":{\"fi\":\"Tunnus\",\"en\":\"Code\"}},"
    "{\"id\":\"home\",\"type\":\"address\","
    "\"label\":{\"fi\":\"Osoite\",\"en\":\"Address\"}},"
    "{\"id\":\"born\",\"type\":\"date\",\"max\":\"today\","
    "\"label\":{\"fi\":\"Syntynyt\",\"en\":\"Born\"}},"
    "{\"id\":\"work\",\"type\":\"yesno\",\"required\":true,"
    "\"label\":{\"fi\":\"T\xc3\xb6iss\xc3\xa4\",\"en\":\"At work\"}},"
    "{\"id\":\"employer\",\"type\":\"text\",\"required\":true,"
    "\"label\":{\"fi\":\"Kuka\",\"en\":\"Who\"},"
    "\"when\":{\"field\":\"work\",\"is\":\"yes\"}}]},"
    "{\"id\":\"kids\",\"title\":{\"fi\":\"Lapset\",\"en\":\"Children\"},"
    "\"fields\":["
    "{\"id\":\"child\",\"type\":\"rows\",\"max\":4,"
    "\"label\":{\"fi\":\"Lapset\",\"en\":\"Children\"},"
    "\"item\":{\"fi\":\"Lapsi\",\"en\":\"Child\"},\"fields\":["
    "{\"id\":\"first\",\"type\":\"text\",\"required\":true,"
    "\"label\":{\"fi\":\"Etunimi\",\"en\":\"First name\"}},"
    "{\"id\":\"age\",\"type\":\"number\",\"min\":0,\"max\":17,"
    "\"label\":{\"fi\":\"Ik\xc3\xa4\",\"en\":\"Age\"}}]},"
    "{\"id\":\"also\",\"type\":\"choices\","
    "\"label\":{\"fi\":\"Muut\",\"en\":\"Also\"},\"options\":["
    "{\"id\":\"a\",\"label\":{\"fi\":\"Aa\",\"en\":\"Ay\"}},"
    "{\"id\":\"b\",\"label\":{\"fi\":\"Bee\",\"en\":\"Bee\"}}]},"
    "{\"id\":\"more\",\"type\":\"lines\","
    "\"label\":{\"fi\":\"Muuta\",\"en\":\"More\"}}]},"
    "{\"id\":\"pay\",\"title\":{\"fi\":\"Maksu\",\"en\":\"Pay\"},"
    "\"fields\":["
    "{\"id\":\"account\",\"type\":\"iban\","
    "\"label\":{\"fi\":\"Tili\",\"en\":\"Account\"}},"
    "{\"id\":\"note\",\"type\":\"text\",\"who\":\"expert\","
    "\"label\":{\"fi\":\"Virkailija\",\"en\":\"Clerk\"}},"
    "{\"id\":\"kind\",\"type\":\"choice\","
    "\"label\":{\"fi\":\"Laji\",\"en\":\"Kind\"},\"options\":["
    "{\"id\":\"x\",\"label\":{\"fi\":\"Iks\",\"en\":\"Ex\"}},"
    "{\"id\":\"y\",\"label\":{\"fi\":\"Yy\",\"en\":\"Why\"}}]},"
    "{\"id\":\"paper\",\"type\":\"attachment\","
    "\"label\":{\"fi\":\"Liite\",\"en\":\"Paper\"}},"
    "{\"id\":\"sign\",\"type\":\"signature\","
    "\"label\":{\"fi\":\"Allekirjoitus\",\"en\":\"Signature\"}}]}]}";

void world_open(struct world *w)
{
    struct forms_def_error e = {0};
    *w = (struct world){.now_us = 1000000};
    if (forms_def_parse(world_definition, strlen(world_definition), &w->def,
                        &e) < 0)
        fail_msg("definition: line %d: %s", e.line, e.reason);
    struct form_config c = {.def = w->def,
                            .lang = "en",
                            .kiosk = "oulu-1",
                            .expert_user = "anna",
                            .expert_name = "Anna \xc3\x85kesson",
                            .today = {2026, 11, 22}};
    memset(c.id, 0xab, sizeof(c.id));
    assert_int_equal(form_new(&c, &w->form), 0);
}

static void page_drop(struct page *p)
{
    coedit_free(p->doc);
    form_chunks_clear(&p->in);
    p->doc = NULL;
}

void world_close(struct world *w)
{
    page_drop(&w->page);
    form_free(w->form);
    forms_def_free(w->def);
}

/* --- messages ----------------------------------------------------------- */

void world_send(struct world *w, uint8_t kind, const void *data, size_t len)
{
    uint8_t chunk[FORM_CHUNK_MAX];
    size_t at = 0;
    do {
        size_t n = form_chunk_write(kind, data, len, &at, chunk);
        form_receive(w->form, chunk, n, w->now_us);
    } while (at < len);
}

void world_do(struct world *w, const char *json)
{
    world_send(w, FORM_DO, json, strlen(json));
}

static void send_sync(struct world *w, uint8_t *message, size_t len)
{
    if (len > 0)
        world_send(w, FORM_SYNC, message, len);
    free(message);
}

static bool told(const char *json, const char *what, char *ret, size_t len)
{
    const char *at = strstr(json, what);
    if (!at)
        return false;
    at += strlen(what);
    len = LK_MIN(len, strcspn(at, "\""));
    memcpy(ret, at, len);
    ret[len] = '\0';
    return true;
}

static void take_hello(struct world *w, const char *json)
{
    struct page *p = &w->page;
    uint8_t *step = NULL;
    size_t len = 0;
    p->hellos++;
    p->fresh = strstr(json, "\"fresh\":true") != NULL;
    p->client = (uint32_t)strtoul(strstr(json, "\"client\":") + 9, NULL, 10);
    assert_true(told(json, "\"doc\":\"", p->doc_id, 32));
    if (p->fresh) {
        coedit_free(p->doc);
        p->most_acked = 0;
        assert_int_equal(coedit_new(p->client, &coedit_limits_file, &p->doc),
                         0);
    }
    assert_int_equal(coedit_sync_hello(p->doc, &step, &len), 0);
    send_sync(w, step, len);
}

static void take_sync(struct world *w, const uint8_t *data, size_t len)
{
    uint8_t *reply = NULL;
    size_t reply_len = 0;
    assert_true(coedit_sync_take(w->page.doc, data, len, &reply, &reply_len) >=
                0);
    send_sync(w, reply, reply_len);
}

static void copy(char *ret, size_t cap, const void *data, size_t len)
{
    assert_true(len < cap);
    memcpy(ret, data, len);
    ret[len] = '\0';
}

static void page_take(struct world *w, uint8_t kind, const uint8_t *data,
                      size_t len)
{
    struct page *p = &w->page;
    if (kind == FORM_HELLO)
        take_hello(w, (const char *)data);
    else if (kind == FORM_SYNC)
        take_sync(w, data, len);
    else if (kind == FORM_ACK)
        p->acked = lk_get_u32(data);
    else if (kind == FORM_STATE)
        copy(p->state, sizeof(p->state), data, len);
    else if (kind == FORM_SNAPSHOT)
        copy(p->snapshot, sizeof(p->snapshot), data, len);
    else if (kind == FORM_OVER)
        assert_true(told((const char *)data, "\"why\":\"", p->over, 16));
    else if (kind == FORM_PACKAGE)
        p->package = len;
    p->definitions += kind == FORM_DEFINITION;
    p->snapshots += kind == FORM_SNAPSHOT;
    if (p->acked > p->most_acked)
        p->most_acked = p->acked;
}

void world_deliver(struct world *w)
{
    struct page *p = &w->page;
    const void *chunk = NULL;
    size_t len = 0;
    while (form_poll(w->form, &chunk, &len)) {
        assert_true(len <= FORM_CHUNK_MAX);
        int r = form_chunks_take(&p->in, chunk, len);
        assert_true(r >= 0);
        if (r == 0)
            continue;
        struct form_chunks whole = p->in;
        p->in = (struct form_chunks){0};
        page_take(w, whole.kind, whole.data, whole.len);
        form_chunks_clear(&whole);
    }
}

void world_settle(struct world *w)
{
    world_deliver(w);
}

void world_join(struct world *w, const char *load)
{
    char json[256];
    struct page *p = &w->page;
    form_channel(w->form, false, w->now_us);
    form_channel(w->form, true, w->now_us);
    form_chunks_clear(&p->in);
    p->over[0] = '\0';
    p->acked = 0;
    if (strcmp(p->load, load) != 0) {
        page_drop(p);
        *p = (struct page){0};
        memcpy(p->load, load, 33);
    }
    (void)snprintf(json, sizeof(json),
                   "{\"v\":1,\"load\":\"%s\",\"doc\":\"%s\",\"client\":%u}",
                   load, p->doc_id, p->client);
    world_send(w, FORM_JOIN, json, strlen(json));
    world_settle(w);
}

/* --- the page's edits --------------------------------------------------- */

/* Where a cell lies: its Map and key. */
static struct coedit_ref place(const struct coedit *d, const char *path,
                               const char **ret_key)
{
    struct coedit_ref f;
    struct coedit_value v;
    char *end = NULL;
    static const char rows[] = "child-";
    assert_int_equal(coedit_root((struct coedit *)d, "f", &f), 0);
    *ret_key = path;
    if (strncmp(path, rows, sizeof(rows) - 1) != 0)
        return f;
    unsigned long id = strtoul(path + sizeof(rows) - 1, &end, 10);
    assert_int_equal(coedit_map_get(d, f, "child", &v), 0);
    for (uint32_t i = 0; i < coedit_length(d, v.type); i++) {
        struct coedit_value row;
        struct coedit_value number;
        double at = 0;
        assert_int_equal(coedit_array_get(d, v.type, i, &row), 0);
        assert_int_equal(coedit_map_get(d, row.type, "_id", &number), 0);
        assert_int_equal(coedit_any_read_number(number.any, number.len, &at),
                         0);
        *ret_key = end + 1;
        if ((unsigned long)at == id)
            return row.type;
    }
    fail_msg("no row: %s", path);
    return f;
}

static void commit(struct world *w)
{
    const uint8_t *update = NULL;
    size_t len = 0;
    assert_int_equal(coedit_commit(w->page.doc, &update, &len), 0);
    page_update(w, update, len);
}

void page_update(struct world *w, const void *update, size_t len)
{
    uint8_t *framed = NULL;
    size_t n = 0;
    assert_int_equal(coedit_sync_update(update, len, &framed, &n), 0);
    send_sync(w, framed, n);
}

void page_type(struct world *w, const char *path, uint32_t at,
               const char *insert, uint32_t remove)
{
    const char *key = NULL;
    struct coedit_value v;
    struct coedit_ref map = place(w->page.doc, path, &key);
    assert_int_equal(coedit_map_get(w->page.doc, map, key, &v), 0);
    coedit_begin(w->page.doc);
    if (remove > 0)
        assert_int_equal(coedit_text_delete(w->page.doc, v.type, at, remove),
                         0);
    assert_int_equal(
        coedit_text_insert(w->page.doc, v.type, at, insert, strlen(insert)), 0);
    commit(w);
}

void page_set(struct world *w, const char *path, const char *value)
{
    uint8_t any[1024];
    const char *key = NULL;
    struct coedit_ref map = place(w->page.doc, path, &key);
    int n = coedit_any_string(value, strlen(value), any, sizeof(any));
    assert_true(n > 0);
    coedit_begin(w->page.doc);
    assert_int_equal(coedit_map_set(w->page.doc, map, key, any, (size_t)n), 0);
    commit(w);
}

char *page_value(const struct world *w, const char *path)
{
    const char *key = NULL;
    const char *s = "";
    char *text = NULL;
    size_t len = 0;
    struct coedit_value v;
    struct coedit_ref map = place(w->page.doc, path, &key);
    if (coedit_map_get(w->page.doc, map, key, &v) < 0)
        return strdup("");
    if (v.is_type) {
        assert_int_equal(coedit_text(w->page.doc, v.type, &text, &len), 0);
        return text;
    }
    assert_int_equal(coedit_any_read_string(v.any, v.len, &s, &len), 0);
    return strndup(s, len);
}

/* --- the kiosk ---------------------------------------------------------- */

struct form_view *world_view(const struct world *w)
{
    struct form_view *v = NULL;
    assert_int_equal(form_view_new(w->form, &v), 0);
    return v;
}

const struct form_item *view_item(const struct form_view *v, const char *path)
{
    for (size_t i = 0; i < v->items; i++)
        if (strcmp(v->item[i].path, path) == 0)
            return &v->item[i];
    return NULL;
}

void assert_value(const struct world *w, const char *path, const char *value)
{
    LK_AUTO(form_view) v = world_view(w);
    const struct form_item *it = view_item(v, path);
    if (!it)
        fail_msg("%s is not shown", path);
    else
        assert_string_equal(it->value, value);
}

int world_edit(struct world *w, const char *path, uint32_t at, uint32_t remove,
               const char *insert)
{
    LK_AUTO(form_view) v = world_view(w);
    const struct form_item *it = view_item(v, path);
    struct form_edit e = {.path = path,
                          .version = it ? it->version : 1,
                          .at = at,
                          .remove = remove,
                          .insert = insert};
    return form_edit(w->form, &e);
}

void world_fill(struct world *w)
{
    assert_int_equal(world_edit(w, "name", 0, 0, "Matti"), 0);
    assert_int_equal(form_set(w->form, "work", "no"), 0);
}
